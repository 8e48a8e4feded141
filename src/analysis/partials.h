/* partials.h: what follows from partial structure factors, whichever way they were found.
 *
 * Of A_ab(q) (Faber & Ziman), which goes to 1 at large q, with concentrations c:
 *
 *     S_ab = delta_ab + sqrt(c_a c_b) (A_ab - 1)                            Ashcroft & Langreth
 *     S_NN = sum_ab c_a c_b A_ab                                            Bhatia & Thornton; u_a = delta_as
 * - c_s: S_Nc = sum_ab u_a sqrt(c_a c_b) S_ab,  S_cc = sum_ab u_a u_b sqrt(c_a c_b) S_ab     species s
 * against the rest S    = sum_ab w_ab(q) A_ab,   F = q (S - 1)                           X-rays, neutrons
 *
 * with w_ab = c_a c_b f_a f_b / <f>^2, or Re(f_a f_b*) and |<f>|^2 where the energy of X-rays is told
 * (weights.h). The X-ray S(q) is what an experiment calls so: [I - <f^2>
 * + <f>^2] / <f>^2 of the coherent intensity an atom.
 *
 * References: Faber & Ziman, Phil. Mag. 11, 153 (1965); Ashcroft & Langreth, Phys. Rev. 156, 685 (1967);
 * Bhatia & Thornton, PRB 2, 3004 (1970). */
#ifndef VT_PARTIALS_H
#define VT_PARTIALS_H

#include "core/dataset.h"
#include "core/material.h"

struct vt_partials {
    const char *name; /* of the measurement: datasets are NAME/... */
    double energy;    /* of the X-rays [eV]; NAN: weights without anomalous dispersion */
    const struct vt_material *material;
    int n;
    const double *q; /* (n) 1/angstrom */
    const double *a; /* A_ab (pairs, n) */
};

/* The line of a kernel's or operator's table. */
#define VT_ENERGY_OPTION(type)                                                                               \
    {                                                                                                        \
        .name = "energy", .unit = "keV", .kind = VT_REAL, .offset = offsetof(type, energy),                  \
        .preset = VT_UNSET, .min = 2, .max = 300,                                                            \
        .help = "of X-ray photons: weights with anomalous dispersion f', f''; without it, f0(q) alone"       \
    }

/* Append a_partial, s_partial, s_number, s_cc, s_nc, s_xray, f_xray, s_neutron, f_neutron, weight_xray,
 * weight_neutron; without those of a radiation for which a species has no strength, and without s_cc and s_nc
 * where there is one species. */
enum vt_status vt_partials_put(const struct vt_partials *partials, struct vt_results *out);

#endif
