/* eos.h: isothermal equations of state P(V), and their fit.
 *
 *     Birch-Murnaghan, 3rd order    P = (3 K_0 / 2) (x^7 - x^5) [1 + (3/4)(K' - 4)(x^2 - 1)],
 *                                   x = (V_0 / V)^{1/3}      (Birch, Phys. Rev. 71, 809 (1947); K' = 4: 2nd
 * order) Vinet                         P = 3 K_0 (1 - y) / y^2 exp[(3/2)(K' - 1)(1 - y)], y = (V / V_0)^{1/3}
 * (Vinet et al., J. Geophys. Res. 92, 9319 (1987))
 *
 * with the bulk modulus K = -V dP/dV, K_0 at P = 0, and K' = dK/dP there. Compression is positive. V may be
 * in any unit, and be a proxy: a density's inverse, or 1/q_1^3 of a first sharp diffraction peak, if the
 * structure only shrinks. P in any unit; K_0 has the same.
 *
 * The fit is of V: the least sum of [V - V(P)]^2 / (sigma_V^2 + (V sigma_P / K)^2), as V is what scatters
 * most; a fit of P would have the noise in its abscissa. Without errors V has the same relative one at
 * each pressure, which the scatter tells. */
#ifndef VT_EOS_H
#define VT_EOS_H

#include <stdbool.h>

#include "core/status.h"

enum vt_eos_form { VT_EOS_BIRCH_MURNAGHAN, VT_EOS_VINET };

struct vt_eos {
    enum vt_eos_form form;
    double v0, k0, k1; /* k1: K' */
};

double vt_eos_pressure(const struct vt_eos *eos, double volume);
double vt_eos_modulus(const struct vt_eos *eos, double volume);
/* V(P). VT_EPHYSICS beyond the pressures of the law: where K falls to nothing. Local. */
enum vt_status vt_eos_volume(const struct vt_eos *eos, double pressure, double *volume);

struct vt_eos_data {
    int n;
    const double *pressure, *volume;
    const double *pressure_error, *volume_error; /* NULL: none */
};

struct vt_eos_fit {
    struct vt_eos eos;
    double error[3]; /* of v0, k0, k1; 0: held */
    bool held[3];
    double covariance[3][3]; /* in this order */
    double chi2;             /* a degree of freedom; NaN without errors or freedom */
    double rms;              /* of V / V(P) - 1 */
    int dof;
};

/* k1, v0: held at these; NaN: fitted. Errors that are given are widened by the root of chi2 where that is
 * above 1. VT_EINPUT with fewer than three points, or without errors no more than numbers that are fitted, or
 * a V that is not positive; VT_EPHYSICS where the volume does not fall with pressure or the data do not
 * determine a number. Local. */
enum vt_status vt_eos_fit(enum vt_eos_form form, double k1, double v0, const struct vt_eos_data *data,
                          struct vt_eos_fit *out);

#endif
