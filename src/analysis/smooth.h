/* smooth.h: values and slopes of noisy curves, by smoothers that are linear in the data:
 *
 *     value_i = sum_k h_ik y_k,     slope_i = sum_k d_ik y_k,     sigma^2(value_i) = sum_k h_ik^2 sigma_k^2,
 * slope likewise.
 *
 * Local polynomials: around each point a polynomial is fitted to `window` points, the nearest ones by rank,
 * fewer to one side at the ends. On equal steps this is the filter of Savitzky and Golay (Anal. Chem. 36,
 * 1627 (1964)); abscissae need not be equidistant. Smoothing splines: spline.h. */
#ifndef VT_SMOOTH_H
#define VT_SMOOTH_H

#include "core/status.h"

enum { VT_SMOOTH_DEGREE_MAX = 5 };

struct vt_smooth_point {
    double value, slope, value_error, slope_error;
};

/* Rows of h and d: row i has `width` entries for the points from first[i] on. */
struct vt_smoother {
    int n, width, *first;
    double *h, *d;  /* (n, width) */
    double freedom; /* trace of h: parameters that the smooth curve is worth */
};

/* n points, x ascending. VT_EINPUT unless degree < window <= n. Features narrower than the window are not
 * real. Released by vt_smoother_release, also after a failure. Local. */
enum vt_status vt_smoother_local(int n, const double *x, int window, int degree, struct vt_smoother *out);
void vt_smoother_release(struct vt_smoother *smoother);
/* Room for rows: for those who make a smoother. */
enum vt_status vt_smoother_alloc(int n, int width, struct vt_smoother *out);

/* error of each y (NULL: errors come out as NaN; else taken as independent); out (n). */
void vt_smooth(const struct vt_smoother *smoother, const double *y, const double *error,
               struct vt_smooth_point *out);
/* The share of a point's variance that is left in its residual: 1 - 2 h_ii + sum_k h_ik^2. */
double vt_smoother_left(const struct vt_smoother *smoother, int i);
/* The error of each y by the scatter about its smooth curve: sigma^2 = sum (y - value)^2 / sum of what is
 * left. */
double vt_smoother_scatter(const struct vt_smoother *smoother, const double *y,
                           const struct vt_smooth_point *point);

#endif
