/* entropy.h: what counting noise does to a two-body entropy. */
#ifndef VT_ENTROPY_H
#define VT_ENTROPY_H

#include <stdbool.h>

/* What counting noise adds to n ln n on average, judged from the count itself: the mean of
 * n ln n - vt_entropy_excess(n) over Poisson counts is lambda ln lambda + O(e^-2lambda). Linear between whole
 * numbers. smooth: the same to second order, without the steps between even and odd n. */
double vt_entropy_excess(double n, bool smooth);

#endif
