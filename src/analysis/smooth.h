/* smooth.h: values and slopes of noisy curves by local polynomials.
 *
 * Around each point a polynomial is fitted to `window` points, the nearest ones by rank, fewer to one side at
 * the ends; its value and slope at the point are the results. On equal steps this is the filter of Savitzky
 * and Golay (Anal. Chem. 36, 1627 (1964)); abscissae need not be equidistant. */
#ifndef VT_SMOOTH_H
#define VT_SMOOTH_H

#include "core/status.h"

enum { VT_SMOOTH_DEGREE_MAX = 5 };

struct vt_smooth_point {
    double value, slope, value_error, slope_error;
};

/* n points, x ascending, error of each y (NULL: errors come out as NaN; else taken as independent). VT_EINPUT
 * unless degree < window <= n. Features narrower than the window are not real. out (n). Local. */
enum vt_status vt_smooth(int n, const double *x, const double *y, const double *error, int window, int degree,
                         struct vt_smooth_point *out);

#endif
