/* weights.c: see weights.h.
 *
 * Faber-Ziman weights w_ab = c_a c_b f_a f_b / <f>^2. For X-rays they depend on q through the form factors,
 * so constant weights in real space, f(q -> 0) = Z, are an approximation: w_ZrZr of Cu44Zr44Al8Hf2Co2 grows
 * from 0.278 to 0.322 between q = 0 and 8 / angstrom.
 *
 * Reference: Faber & Ziman, Phil. Mag. 11, 153 (1965). */
#include "analysis/weights.h"

#include <math.h>
#include <stdio.h>

#include "core/scattering.h"

void vt_weights(const struct vt_material *m, const double *f, double *weight)
{
    double sum = 0;
    for (int a = 0; a < m->n_species; a++) sum += (double)m->species[a].count * f[a];
    for (int a = 0; a < m->n_species; a++)
        for (int b = a; b < m->n_species; b++)
            weight[vt_species_pair(a, b, m->n_species)] = (a == b ? 1 : 2) *
                                                          ((double)m->species[a].count * f[a] / sum) *
                                                          ((double)m->species[b].count * f[b] / sum);
}

bool vt_weights_at(const struct vt_material *m, enum vt_radiation radiation, double q, double *weight)
{
    double f[VT_SPECIES_MAX];
    for (int a = 0; a < m->n_species; a++) {
        f[a] = radiation == VT_NUMBER ? 1
               : radiation == VT_XRAY ? vt_form_factor(m->species[a].z, q)
                                      : vt_neutron_length(m->species[a].z);
        if (isnan(f[a])) return false;
    }
    vt_weights(m, f, weight);
    return true;
}

void vt_weights_number(const struct vt_material *m, double *weight)
{
    vt_weights_at(m, VT_NUMBER, 0, weight);
}

void vt_weights_xray(const struct vt_material *m, double *weight)
{
    double f[VT_SPECIES_MAX];
    for (int a = 0; a < m->n_species; a++) f[a] = m->species[a].z;
    vt_weights(m, f, weight);
}

void vt_pair_labels(const struct vt_material *m, char (*label)[VT_PAIR_LABEL])
{
    for (int a = 0; a < m->n_species; a++)
        for (int b = a; b < m->n_species; b++)
            snprintf(label[vt_species_pair(a, b, m->n_species)], VT_PAIR_LABEL, "%s-%s", m->species[a].symbol,
                     m->species[b].symbol);
}
