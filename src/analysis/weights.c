/* weights.c: see weights.h.
 *
 * Faber-Ziman weights w_ab = c_a c_b f_a f_b / <f>^2 with f(q -> 0) = Z for X-rays, f = 1 by number. They
 * depend on q through the form factors, so constant weights in real space are an approximation: w_ZrZr of
 * Cu44Zr44Al8Hf2Co2 grows from 0.278 to 0.322 between q = 0 and 8 / angstrom.
 *
 * Reference: Faber & Ziman, Phil. Mag. 11, 153 (1965). */
#include "analysis/weights.h"

#include <stdio.h>

static void weights(const struct vt_material *m, const double *f, double *weight)
{
    double sum = 0;
    for (int a = 0; a < m->n_species; a++) sum += (double)m->species[a].count * f[a];
    for (int a = 0; a < m->n_species; a++)
        for (int b = a; b < m->n_species; b++)
            weight[vt_species_pair(a, b, m->n_species)] = (a == b ? 1 : 2) *
                                                          ((double)m->species[a].count * f[a] / sum) *
                                                          ((double)m->species[b].count * f[b] / sum);
}

void vt_weights_number(const struct vt_material *m, double *weight)
{
    double f[VT_SPECIES_MAX];
    for (int a = 0; a < m->n_species; a++) f[a] = 1;
    weights(m, f, weight);
}

void vt_weights_xray(const struct vt_material *m, double *weight)
{
    double f[VT_SPECIES_MAX];
    for (int a = 0; a < m->n_species; a++) f[a] = m->species[a].z;
    weights(m, f, weight);
}

void vt_pair_labels(const struct vt_material *m, char (*label)[VT_PAIR_LABEL])
{
    for (int a = 0; a < m->n_species; a++)
        for (int b = a; b < m->n_species; b++)
            snprintf(label[vt_species_pair(a, b, m->n_species)], VT_PAIR_LABEL, "%s-%s", m->species[a].symbol,
                     m->species[b].symbol);
}
