/* curve_density.h: the number density of measured samples against temperature.
 *
 *     given    rho(T) = rho_0, or rho_0 / (1 + alpha (T - T_0))^3 with the linear expansion coefficient alpha
 *
 *     a table  two columns T, rho of any readable file; between them linear or a cubic spline, nothing beyond
 * its ends
 *
 *     slope    G(r) = -4 pi rho r at small r, for each curve or one mean for all. Programs that correct F(q)
 * by a polynomial, as PDFgetX3 does, do not keep it (Juhas et al., J. Appl. Cryst. 46, 560 (2013)). */
#ifndef VT_CURVE_DENSITY_H
#define VT_CURVE_DENSITY_H

#include <gsl/gsl_interp.h>
#include <stdbool.h>

#include "core/params.h"
#include "io/curve_file.h"

struct vt_density_options {
    double density, expansion, expansion_at,
        slope_to; /* atoms/angstrom^3, 1/K, K, angstrom; NaN: not given */
    char density_table[VT_TEXT_SIZE];
    int density_between; /* 0 linear, 1 spline */
    int slope_of;        /* 0 each file, 1 the series */
};

/* An opened rule; begins zeroed. */
struct vt_density {
    const struct vt_density_options *options;
    struct vt_curve_file table;
    gsl_interp *interpolation;
};

/* VT_EINPUT unless one way is given, and whole. Released by vt_density_release, also after a failure. Local.
 */
enum vt_status vt_density_open(const struct vt_density_options *options, struct vt_density *density);
void vt_density_release(struct vt_density *density);
/* Does it come from the slope of curves? Then not from here. */
bool vt_density_is_slope(const struct vt_density *density);
/* VT_EINPUT if the table does not reach there. Local. */
enum vt_status vt_density_at(const struct vt_density *density, double temperature, double *rho);

#endif
