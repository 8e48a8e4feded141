/* arrhenius.h: how relaxation times go with temperature.
 *
 *     Arrhenius    tau = tau_0 exp(E / k_B T)
 *     VFT          tau = tau_0 exp(B / (T - T_0))                  Vogel, Fulcher, Tammann
 *     fragility    m = d log10(tau) / d(T_g / T) at T_g            where tau = tau_g, by custom 100 s
 *     apparent     E_app = d ln(tau) / d(1 / k_B T)
 *
 * Fitted in ln tau, weighted by relative errors. A frequency f of a maximum of loss is a time by 2 pi f tau
 * = 1. "Super-Arrhenius" is a statement about curvature: with z = 1 / k_B T, ln tau = a + E z + c (z -
 * <z>)^2, c > 0 by more than its errors. Energies are in eV; vt_energy_molar and vt_energy_reduced tell them
 * in kJ/mol and in R T_g.
 *
 * Reference: Boehmer, Ngai, Angell & Plazek, J. Chem. Phys. 99, 4201 (1993) for m. */
#ifndef VT_ARRHENIUS_H
#define VT_ARRHENIUS_H

#include <stdbool.h>

#include "core/status.h"

struct vt_arrhenius {
    int n;
    double energy, energy_error;     /* E [eV] */
    double log_tau0, log_tau0_error; /* ln tau_0, tau_0 in the unit of tau */
    double reduced, r2;              /* chi^2 / dof (NAN without errors of tau), R^2 of ln tau */
};

struct vt_vft {
    int n;
    double b, b_error;               /* B [K] */
    double t0, t0_error;             /* T_0 [K]; 0 and NAN where the data are no more than Arrhenius */
    double log_tau0, log_tau0_error; /* ln tau_0 */
    double tau_g;                    /* as given */
    double tg, tg_error;             /* T_g, where tau = tau_g [K] */
    double fragility, fragility_error;
    double reduced, r2;
    bool t0_at_bound;
};

/* Between neighbours on the axis of 1/T. */
struct vt_apparent {
    double temperature;          /* 1 / T is half way [K] */
    double energy, energy_error; /* [eV]; error NAN where tau has none. Neighbouring values share a tau */
};

struct vt_curvature {
    double value, error; /* c [eV^2] */
    bool super;          /* c > 2 errors: super-Arrhenius */
    bool sub;            /* c < -2 errors */
};

/* n temperatures [K] in any order, tau in any unit, error of each tau or NULL (the scatter tells it).
 * VT_EINPUT with fewer than 2 points (VFT 3, curvature 3; one more without errors), a temperature or tau that
 * is not positive, or a single temperature. VT_EPHYSICS where the data do not determine a parameter. Local.
 */
enum vt_status vt_arrhenius_fit(int n, const double *temperature, const double *tau, const double *error,
                                struct vt_arrhenius *out);
/* tau_g: in the unit of tau (100 s: 1e14 where that is ps). T_g and m lie where the law puts them: outside of
 * the data they are extrapolated, with the error that has. */
enum vt_status vt_vft_fit(int n, const double *temperature, const double *tau, const double *error,
                          double tau_g, struct vt_vft *out);
/* out: n - 1 values, by ascending temperature. */
enum vt_status vt_apparent_energy(int n, const double *temperature, const double *tau, const double *error,
                                  struct vt_apparent *out);
enum vt_status vt_arrhenius_curvature(int n, const double *temperature, const double *tau,
                                      const double *error, struct vt_curvature *out);

/* tau by a law, at a temperature. */
double vt_arrhenius_value(const struct vt_arrhenius *arrhenius, double temperature);
double vt_vft_value(const struct vt_vft *vft, double temperature);
/* m of an Arrhenius law with T_g: E / (k_B T_g ln 10). */
double vt_arrhenius_fragility(double energy, double tg);

double vt_energy_molar(double energy);              /* eV -> kJ/mol */
double vt_energy_reduced(double energy, double tg); /* eV -> R T_g */

#endif
