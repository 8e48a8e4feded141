/* breaks.h: where the slope of a curve changes: a glass transition, the onset of a relaxation.
 *
 *     y(x) = y_0 + s (x - x_0) + sum_k d_k max(0, x - b_k),     b_1 < b_2 < ... < b_K
 *
 * a continuous line with K breaks, fitted by least squares (GSL, Levenberg-Marquardt) from the best of a grid
 * of starts. Errors are those of the covariance at the minimum; without errors of y they are scaled so that
 * chi^2 is as expected. */
#ifndef VT_BREAKS_H
#define VT_BREAKS_H

#include "core/status.h"

enum { VT_BREAKS_MAX = 3 };

struct vt_breaks {
    int n;
    struct vt_break {
        double at, at_error;         /* b */
        double change, change_error; /* d: slope above minus slope below */
    } point[VT_BREAKS_MAX];
    double x0, y0;             /* where the line begins */
    double slope, slope_error; /* below the first break */
    double chi2;               /* an expected degree of freedom; 1 if errors of y were not given */
    double rms;                /* of the residuals */
};

/* n points, x ascending; error of each y, or NULL. VT_EINPUT with too few points; VT_EPHYSICS where the data
 * hold no such breaks: a break at an end, or a change of slope that is not three times its error. Local. */
enum vt_status vt_breaks_fit(int n, const double *x, const double *y, const double *error, int breaks,
                             struct vt_breaks *out);
/* The same from the breaks of another fit, for data that differ by their noise only; a change of slope may be
 * of any size. Local. */
enum vt_status vt_breaks_refit(int n, const double *x, const double *y, const double *error,
                               const struct vt_breaks *start, struct vt_breaks *out);
/* The line at x. */
double vt_breaks_value(const struct vt_breaks *breaks, double x);

#endif
