/* align.h: what brings one curve onto another in a window where both are thought to be of one shape.
 *
 *     reference:  y = P(x)          the other:  y = P(x) - shift      or      y = P(x) / scale
 *
 * with one polynomial P for both, fitted together with shift or scale by least squares; errors are those of
 * the points, wider where the two are not of one shape (chi^2 above 1). Points need not lie at the same x. */
#ifndef VT_ALIGN_H
#define VT_ALIGN_H

#include <stdbool.h>

#include "core/status.h"

struct vt_points {
    int n;
    const double *x, *y, *error;
};

struct vt_alignment {
    double value, error; /* the shift to be added, or the scale to be multiplied by */
    double chi2;         /* an expected degree of freedom */
    int n[2];            /* points in the window, of the reference and the other */
};

/* VT_EINPUT where a curve has fewer than degree + 2 points in from <= x <= to. Local. */
enum vt_status vt_align(const struct vt_points *reference, const struct vt_points *other, double from,
                        double to, int degree, bool scale, struct vt_alignment *out);

#endif
