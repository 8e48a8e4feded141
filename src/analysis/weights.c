/* weights.c: see weights.h.
 *
 * Faber-Ziman weights w_ab = c_a c_b f_a f_b / <f>^2. For X-rays they depend on q through the form factors,
 * so constant weights in real space, f(q -> 0) = Z, are an approximation: w_ZrZr of Cu44Zr44Al8Hf2Co2 grows
 * from 0.278 to 0.322 between q = 0 and 8 / angstrom.
 *
 * Near an absorption edge f is complex, and so long as all that is measured is an intensity, f_a f_b becomes
 * Re(f_a f_b*).
 *
 * Reference: Faber & Ziman, Phil. Mag. 11, 153 (1965). */
#include "analysis/weights.h"

#include <math.h>
#include <stdio.h>

#include "core/scattering.h"

bool vt_amplitude(int z, const struct vt_probe *probe, double q, double f[2])
{
    f[0] = probe->radiation == VT_NUMBER ? 1
           : probe->radiation == VT_XRAY ? vt_form_factor(z, q)
                                         : vt_neutron_length(z);
    f[1] = 0;
    if (probe->radiation == VT_XRAY && !isnan(probe->energy))
        f[0] += vt_anomalous(z, probe->energy / 1e3, &f[1]);
    return !isnan(f[0]) && !isnan(f[1]);
}

static bool amplitudes(const struct vt_material *m, const struct vt_probe *probe, double q, double (*f)[2])
{
    for (int a = 0; a < m->n_species; a++)
        if (!vt_amplitude(m->species[a].z, probe, q, f[a])) return false;
    return true;
}

static void means(const struct vt_material *m, double (*f)[2], double *mean_squared, double *mean_square)
{
    double sum[2] = {0, 0}, square = 0, atoms = (double)vt_material_atoms(m);
    for (int a = 0; a < m->n_species; a++)
        for (int k = 0; k < 2; k++) {
            double share = (double)m->species[a].count / atoms * f[a][k];
            sum[k] += share;
            square += share * f[a][k];
        }
    *mean_squared = sum[0] * sum[0] + sum[1] * sum[1];
    *mean_square = square;
}

static void weigh(const struct vt_material *m, double (*f)[2], double *weight)
{
    double squared, square, atoms = (double)vt_material_atoms(m);
    means(m, f, &squared, &square);
    for (int a = 0; a < m->n_species; a++)
        for (int b = a; b < m->n_species; b++)
            weight[vt_species_pair(a, b, m->n_species)] =
                (a == b ? 1 : 2) * ((double)m->species[a].count / atoms) *
                ((double)m->species[b].count / atoms) * (f[a][0] * f[b][0] + f[a][1] * f[b][1]) / squared;
}

bool vt_weights_at(const struct vt_material *m, const struct vt_probe *probe, double q, double *weight)
{
    double f[VT_SPECIES_MAX][2];
    if (!amplitudes(m, probe, q, f)) return false;
    weigh(m, f, weight);
    return true;
}

bool vt_mean_scattering(const struct vt_material *m, const struct vt_probe *probe, double q,
                        double *mean_squared, double *mean_square)
{
    double f[VT_SPECIES_MAX][2];
    if (!amplitudes(m, probe, q, f)) return false;
    means(m, f, mean_squared, mean_square);
    return true;
}

const char *vt_weights_text(enum vt_radiation radiation, bool anomalous)
{
    return radiation == VT_NEUTRON ? "c_a c_b b_a b_b / <b>^2 (Faber and Ziman), b of Sears"
           : anomalous ? "c_a c_b Re(f_a f_b*) / |<f>|^2 (Faber and Ziman), f0(q) of Waasmaier and "
                         "Kirfel, f' and f'' of xraylib"
                       : "c_a c_b f_a(q) f_b(q) / <f(q)>^2 (Faber and Ziman), f of Waasmaier and "
                         "Kirfel";
}

void vt_weights_number(const struct vt_material *m, double *weight)
{
    vt_weights_at(m, &(struct vt_probe){VT_NUMBER, NAN}, 0, weight);
}

void vt_weights_xray(const struct vt_material *m, double *weight)
{
    double f[VT_SPECIES_MAX][2] = {{0}};
    for (int a = 0; a < m->n_species; a++) f[a][0] = m->species[a].z;
    weigh(m, f, weight);
}

void vt_pair_labels(const struct vt_material *m, char (*label)[VT_PAIR_LABEL])
{
    for (int a = 0; a < m->n_species; a++)
        for (int b = a; b < m->n_species; b++)
            snprintf(label[vt_species_pair(a, b, m->n_species)], VT_PAIR_LABEL, "%s-%s", m->species[a].symbol,
                     m->species[b].symbol);
}
