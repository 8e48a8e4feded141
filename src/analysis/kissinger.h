/* kissinger.h: activation energies from temperatures that move with the heating rate q.
 *
 *     VT_RATE_PEAK      ln(q / T_p^2) = a - E_a / (R T_p)      (Kissinger, Anal. Chem. 29, 1702 (1957)),
 *     VT_RATE_FICTIVE   ln q = a - dh* / (R T_f)               (Moynihan, Easteal, Wilder & Tucker,
 *                                                              J. Phys. Chem. 78, 2673 (1974)).
 *
 * Kissinger's line is for the peak of a reaction; of glass transitions, of which it is used too, the second
 * one is the law. Energies are in eV per atom: R becomes k_B.
 *
 * It is T that is measured, and it is on both sides. So the least sum is that of (T - T(q))^2 / sigma_T^2,
 * with T(q) on the curve: a line in 1/T(q), each point with the error
 *
 *     sigma = sigma_T |dr/dT|,     r = ln(q / T^2) + E / (k_B T) - a,     dr/dT = -2 / T - E / (k_B T^2)
 *
 * (without 2 / T for ln q). A line through ln(q / T^2) against 1/T as measured has noise in its abscissa
 * too, which lowers E: by half a percent for 1 K in peaks that are spread over 40 K. */
#ifndef VT_KISSINGER_H
#define VT_KISSINGER_H

#include <stdbool.h>

#include "core/status.h"

enum vt_rate_law { VT_RATE_PEAK, VT_RATE_FICTIVE };

struct vt_rate_fit {
    double energy, energy_error; /* eV */
    double level, level_error;   /* a, q in K/s */
    double covariance;           /* of energy and level */
    double chi2;                 /* a degree of freedom; NaN without errors, or with two points */
    int n;
};

/* n rates [K/s] and temperatures [K]; error of each temperature, or NULL: errors are then by the scatter
 * about the line (NaN with two points). Given errors are not narrowed, but widened by the root of chi2 where
 * that is above 1 by more than its own spread. VT_EINPUT with fewer than two rates; VT_EPHYSICS where the
 * temperature does not rise with the rate. Local. */
enum vt_status vt_rate_law_fit(enum vt_rate_law law, int n, const double *rate, const double *temperature,
                               const double *error, struct vt_rate_fit *out);
/* Do the least and the largest of rates make such a fit? */
bool vt_rates_differ(double least, double most);
/* Temperature [K] on the line at a rate [K/s]. */
double vt_rate_law_temperature(enum vt_rate_law law, const struct vt_rate_fit *fit, double rate);
/* Fragility m = dh* / (ln 10 k_B T_g): slope of log10 tau against T_g / T at T_g. */
double vt_fragility(double energy, double glass_temperature);

#endif
