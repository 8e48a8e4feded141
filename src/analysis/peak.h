/* peak.h: place, width and height of one peak of a curve.
 *
 *     y = y_0 + A / (w sqrt(pi / (4 ln 2))) exp(-4 ln 2 ((x - x_c) / w)^2)             Gaussian; w: full
 * width at half maximum y = y_0 + h [eta / (1 + u^2) + (1 - eta) exp(-ln 2 u^2)],  u = 2 (x - x_c) / w
 * pseudo-Voigt
 *
 * The Gaussian with the area A is the form in which first sharp diffraction peaks of glasses are published;
 * it is fitted to the upper half of the peak only, as its feet are not Gaussian. */
#ifndef VT_PEAK_H
#define VT_PEAK_H

#include <stdbool.h>

#include "core/status.h"

enum vt_peak_form { VT_PEAK_GAUSSIAN, VT_PEAK_PSEUDO_VOIGT };

struct vt_peak {
    double place, width, height, base; /* x_c, w, value above the base at x_c, y_0 */
    double place_error, width_error, height_error;
    double mixing; /* eta of the pseudo-Voigt; 0 for a Gaussian */
    int points;    /* fitted */
};

/* The highest point with from <= x <= to, and around it the points above `part` of the way from the lowest
 * value between from and it to the highest; part (0 to 1) 0.5 for the upper half. Least squares from there;
 * errors by the covariance and the scatter. n points, x ascending. VT_EPHYSICS where there is no peak: the
 * highest point at an end, too few points, or no fit. Local. */
enum vt_status vt_peak_fit(int n, const double *x, const double *y, double from, double to, double part,
                           enum vt_peak_form form, struct vt_peak *out);

#endif
