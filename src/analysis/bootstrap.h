/* bootstrap.h: errors from resampled residuals (Efron & Tibshirani, An Introduction to the Bootstrap,
 * sec. 9.4).
 *
 *     y*_i = fit_i + sigma_i e*_i,     e* drawn with replacement from e_k = (y_k - fit_k) / (sigma_k
 * sqrt(left_k)), mean removed,
 *
 * with the share left_k of its variance that a fit leaves to a residual; what is fitted to y* is spread as
 * what was fitted to y would be, were the measurement repeated. It asks nothing of the form of the noise,
 * only that points be independent. */
#ifndef VT_BOOTSTRAP_H
#define VT_BOOTSTRAP_H

#include <stdint.h>

#include "analysis/breaks.h"
#include "analysis/smooth.h"

/* Standard deviations of value and slope (n each) over resamples around the smooth curve `point` of y. sigma
 * NULL: all alike. Local. */
enum vt_status vt_bootstrap_smooth(const struct vt_smoother *smoother, const double *y, const double *sigma,
                                   const struct vt_smooth_point *point, int resamples, int64_t seed,
                                   double *value, double *slope);

/* at_error and change_error of *out are the standard deviations over resamples around the broken line `fit`
 * itself, as a smooth curve would round its breaks off; the rest of *out is as in fit. VT_EPHYSICS where more
 * than a tenth of the resamples has no such breaks. Local. */
enum vt_status vt_bootstrap_breaks(int n, const double *x, const double *y, const double *sigma,
                                   const struct vt_breaks *fit, int resamples, int64_t seed,
                                   struct vt_breaks *out);

#endif
