/* ageing.h: how a relaxation time grows with the age of a glass.
 *
 *     tau(t_w) = tau_0 exp(t_w / tau_star)
 *
 * A line in ln tau, weighted by the relative errors; exact, so it needs no start. The law holds while the
 * glass ages; a stationary regime behind it is the caller's window to leave out. Reference: Ruta et al.,
 * Phys. Rev. Lett. 109, 165701 (2012); tau_star there is tau*. */
#ifndef VT_AGEING_H
#define VT_AGEING_H

#include "core/status.h"

struct vt_ageing {
    int n;
    double rate, rate_error; /* d ln tau / d t_w = 1 / tau_star; below 0 where a glass gets faster */
    double tau0, tau0_error; /* tau at t_w = 0 */
    double tau_star, tau_star_error;
    double reduced, r2;
};

/* n ages t_w (in any order) and times tau; error of each tau, or NULL (the scatter of ln tau tells it).
 * VT_EINPUT with fewer than two points (three without errors) or a tau that is not positive; VT_EPHYSICS
 * where the rate is less than twice its error: tau_star is not determined then, while rate and tau0 are
 * filled. Local. */
enum vt_status vt_ageing_fit(int n, const double *t_w, const double *tau, const double *error,
                             struct vt_ageing *out);
double vt_ageing_value(const struct vt_ageing *ageing, double t_w);

#endif
