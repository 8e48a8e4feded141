/* spline.h: the natural cubic smoothing spline, as a smoother (smooth.h).
 *
 *     minimise  sum_i (y_i - f(x_i))^2 + lambda int f''(x)^2 dx
 *
 * over all f (Reinsch, Numer. Math. 10, 177 (1967)), with the lambda that makes
 *
 *     GCV(lambda) = n sum_i (y_i - f(x_i))^2 / (n - tr H)^2
 *
 * least (generalised cross-validation: Craven & Wahba, Numer. Math. 31, 377 (1979)). Errors are those of the
 * noise alone: where the curve bends more sharply than the rest, at a break of slope, a spline rounds it off
 * as every smoother does. */
#ifndef VT_SPLINE_H
#define VT_SPLINE_H

#include "analysis/smooth.h"

enum { VT_SPLINE_POINTS_MAX = 4000 }; /* its rows are as long as the data */

/* n points, x ascending; *lambda [unit of x, cubed] is the one chosen for y. VT_EINPUT with fewer than 5
 * points or more than VT_SPLINE_POINTS_MAX. Released by vt_smoother_release, also after a failure. Local. */
enum vt_status vt_smoother_spline(int n, const double *x, const double *y, double *lambda,
                                  struct vt_smoother *out);

#endif
