/* kww.h: relaxation by a stretched or compressed exponential (Kohlrausch, Williams, Watts).
 *
 *     y(t) = base + height exp[-c (t / tau)^beta]
 *
 *     intermediate scattering function    base 0, height f_q, c = 1
 *     intensity correlation g2            base 1 or fitted, height the contrast, c = 2
 *
 * By the Siegert relation g2 - 1 = contrast |f|^2, so with c = 2 tau and beta are those of f(q, t); fits of
 * g2 with c = 1 are also published, and their tau is smaller by 2^(1/beta). c is a choice that stands with
 * the results. beta < 1: stretched, as in liquids; beta > 1: compressed, as in glasses seen by XPCS. Mean
 * time
 *
 *     <tau> = int_0^inf exp[-(t / tau)^beta] dt = (tau / beta) Gamma(1 / beta).
 *
 * Below about 1 ps atoms fly freely, f = exp[-q^2 (k_B T / 2 m) t^2]: beta = 2 there is no relaxation. A
 * window of simulated data begins behind it, and a tau below the ballistic limit given is flagged.
 *
 * Reference: Williams & Watts, Trans. Faraday Soc. 66, 80 (1970); for g2: Ruta et al., Phys. Rev. Lett. 109,
 * 165701 (2012). */
#ifndef VT_KWW_H
#define VT_KWW_H

#include <stdbool.h>

#include "core/status.h"

struct vt_kww_options {
    double factor;              /* c: 1, or 2 for g2 by the Siegert relation */
    double base;                /* held there; NAN: fitted */
    double t_min, t_max;        /* window of the fit, both included; t_max 0: to the end */
    double beta_low, beta_high; /* both 0: 0.3 and 2 */
    double ballistic;           /* flag tau below this; 0: none */
    double drop;                /* least part of the height that must decay in the window; 0: 0.1 */
};

struct vt_kww {
    double factor;
    double tau, tau_error, beta, beta_error;
    double height, height_error, base, base_error; /* base_error 0 if held */
    double mean, mean_error;                       /* <tau> */
    double reduced, r2;                            /* chi^2 / dof (NAN without errors), R^2 */
    double from, to;                               /* t of the first and last point fitted */
    int points;
    bool beta_at_bound; /* then beta_error is NAN, and the errors of the others hold for this beta */
    bool ballistic;     /* tau is below the ballistic limit: free flight, not relaxation */
};

/* Fit n points, t ascending and not negative; error of each y, or NULL (the scatter tells it). Errors given
 * are stretched where the fit is worse than they allow; they take points as independent, which those of a
 * correlation function of one measurement are not: whoever has parts of the data fits each of them as well
 * (two_time.h). VT_EINPUT where t or an option cannot be. VT_EPHYSICS, with the reason, where the window
 * holds no decay: too few points; a fall of less than three times its error, or of less than `drop` of the
 * height; tau outside of a third of the first to five times the last t, or not determined. Local. */
enum vt_status vt_kww_fit(int n, const double *t, const double *y, const double *error,
                          const struct vt_kww_options *options, struct vt_kww *out);
/* y(t) of a fit. */
double vt_kww_value(const struct vt_kww *kww, double t);
/* <tau> / tau. */
double vt_kww_mean(double beta);
/* What was fitted, in words, for the notes of results: c as it stands in the formula. */
const char *vt_kww_formula(double factor);

#endif
