/* entropy.h: two-body entropy of a curve g(r), and what counting noise does to it. */
#ifndef VT_ENTROPY_H
#define VT_ENTROPY_H

#include <stdbool.h>

#include "core/status.h"

/* S = -2 pi rho k_B int_0^r_max [g ln g - g + 1] r^2 dr in k_B per atom. */
struct vt_entropy_parts {
    double all, below, above; /* the whole; r < split; r > split */
    int clipped;              /* points with g < 0, taken as 0 */
};

/* The entropy of a measured or computed curve.
 *
 * r, g    n points, r growing; each stands for the shell between the midpoints to its neighbours. Below the
 *         first shell is the core, g = 0.
 * rho     atoms per angstrom^3 (one declared value: the result depends on it)
 * r_max   end of the integral [angstrom]; it may lie inside a shell, but not beyond the last
 * split   where `below` ends [angstrom] */
enum vt_status vt_entropy_curve(const double *r, const double *g, int n, double rho, double r_max,
                                double split, struct vt_entropy_parts *out);

/* What counting noise adds to n ln n on average, judged from the count itself: the mean of
 * n ln n - vt_entropy_excess(n) over Poisson counts is lambda ln lambda + O(e^-2lambda). Linear between whole
 * numbers. smooth: the same to second order, without the steps between even and odd n. */
double vt_entropy_excess(double n, bool smooth);

#endif
