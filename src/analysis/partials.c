/* partials.c: see partials.h. */
#include "analysis/partials.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/weights.h"

/* The rows of a dataset over q. */
struct rows {
    const char *axis; /* NULL: one row */
    int n;
    const char *const *label;
};

static enum vt_status add(const struct vt_partials *p, struct vt_results *out, const char *name,
                          const char *unit, const char *help, const struct rows *rows, bool errors,
                          double **value)
{
    char path[64];
    struct vt_dataset *d;
    const int axes = rows ? 2 : 1, lengths[2] = {rows ? rows->n : p->n, p->n};
    snprintf(path, sizeof path, "%s/%s", p->name, name);
    VT_TRY(vt_results_add(out, path, unit, help, axes, lengths, &d));
    if (rows) VT_TRY(vt_dataset_axis(d, 0, rows->axis, "", NULL, rows->label));
    VT_TRY(vt_dataset_axis(d, axes - 1, "q", "1/angstrom", p->q, NULL));
    *value = d->value;
    return errors ? vt_dataset_errors(d) : VT_OK;
}

static double concentration(const struct vt_material *m, int s)
{
    return (double)m->species[s].count / (double)vt_material_atoms(m);
}

/* sqrt(c_a c_b) S_ab = c_a delta_ab + c_a c_b (A_ab - 1) at the k-th q. */
static double correlation(const struct vt_partials *p, int a, int b, int k)
{
    const struct vt_material *m = p->material;
    double ca = concentration(m, a), cb = concentration(m, b);
    return (a == b ? ca : 0) + ca * cb * (p->a[vt_species_pair(a, b, m->n_species) * p->n + k] - 1);
}

static enum vt_status put_total(const struct vt_partials *p, enum vt_radiation radiation,
                                const struct rows *pairs, struct vt_results *out)
{
    static const struct {
        const char *weight, *weight_help, *s, *s_help, *f, *f_help;
    } text[] = {
        [VT_XRAY] = {"weight_xray",
                     "w_ab(q) = c_a c_b Re(f_a f_b*) / |<f>|^2, unlike pairs doubled; f0(q) of Waasmaier and "
                     "Kirfel, f' and f'' of "
                     "xraylib where energy is told",
                     "s_xray", "S(q) = sum w_ab(q) A_ab(q), X-rays", "f_xray", "F(q) = q (S(q) - 1), X-rays"},
        [VT_NEUTRON] = {"weight_neutron", "w_ab = c_a c_b b_a b_b / <b>^2, unlike pairs doubled", "s_neutron",
                        "S(q) = sum w_ab A_ab(q), neutrons", "f_neutron", "F(q) = q (S(q) - 1), neutrons"},
    };
    const struct vt_probe probe = {radiation, p->energy};
    double weight[VT_SPECIES_PAIRS_MAX], *w, *s, *f;
    if (!vt_weights_at(p->material, &probe, 0, weight)) return VT_OK;
    VT_TRY(add(p, out, text[radiation].weight, "1", text[radiation].weight_help, pairs, false, &w));
    for (int k = 0; k < p->n; k++) {
        vt_weights_at(p->material, &probe, p->q[k], weight);
        for (int q = 0; q < pairs->n; q++) w[q * p->n + k] = weight[q];
    }
    VT_TRY(add(p, out, text[radiation].s, "1", text[radiation].s_help, NULL, true, &s));
    for (int q = 0; q < pairs->n; q++)
        for (int k = 0; k < p->n; k++) s[k] += w[q * p->n + k] * p->a[q * p->n + k];
    VT_TRY(add(p, out, text[radiation].f, "1/angstrom", text[radiation].f_help, NULL, true, &f));
    for (int k = 0; k < p->n; k++) f[k] = p->q[k] * (s[k] - 1);
    return VT_OK;
}

/* S_Nc or S_cc of each species against the rest. */
static void against_the_rest(const struct vt_partials *p, bool both, double *out)
{
    const struct vt_material *m = p->material;
    for (int s = 0; s < m->n_species; s++)
        for (int a = 0; a < m->n_species; a++)
            for (int b = 0; b < m->n_species; b++) {
                double c = concentration(m, s), u = (a == s) - c;
                if (both) u *= (b == s) - c;
                for (int k = 0; k < p->n; k++) out[s * p->n + k] += u * correlation(p, a, b, k);
            }
}

enum vt_status vt_partials_put(const struct vt_partials *p, struct vt_results *out)
{
    const struct vt_material *m = p->material;
    int species = m->n_species, n_pairs = vt_species_pairs(species);
    char label[VT_SPECIES_PAIRS_MAX][VT_PAIR_LABEL];
    const char *pair[VT_SPECIES_PAIRS_MAX], *symbol[VT_SPECIES_MAX];
    vt_pair_labels(m, label);
    for (int k = 0; k < n_pairs; k++) pair[k] = label[k];
    for (int s = 0; s < species; s++) symbol[s] = m->species[s].symbol;
    const struct rows pairs = {"pair", n_pairs, pair}, each = {"species", species, symbol};
    double *v;
    VT_TRY(add(p, out, "a_partial", "1", "A_ab(q), 1 at large q: Faber and Ziman", &pairs, true, &v));
    memcpy(v, p->a, (size_t)n_pairs * (size_t)p->n * sizeof *v);
    VT_TRY(add(p, out, "s_partial", "1",
               "S_ab(q) = delta_ab + sqrt(c_a c_b) (A_ab - 1): Ashcroft and Langreth", &pairs, true, &v));
    for (int a = 0; a < species; a++)
        for (int b = a; b < species; b++)
            for (int k = 0; k < p->n; k++)
                v[vt_species_pair(a, b, species) * p->n + k] =
                    correlation(p, a, b, k) / sqrt(concentration(m, a) * concentration(m, b));
    VT_TRY(add(p, out, "s_number", "1", "S_NN(q) = sum c_a c_b A_ab(q), all atoms alike: Bhatia and Thornton",
               NULL, true, &v));
    for (int a = 0; a < species; a++)
        for (int b = 0; b < species; b++)
            for (int k = 0; k < p->n; k++) v[k] += correlation(p, a, b, k);
    if (species > 1) {
        VT_TRY(add(p, out, "s_cc", "1",
                   "S_cc(q) of one species against the rest; c (1 - c) at large q: Bhatia and Thornton",
                   &each, true, &v));
        against_the_rest(p, true, v);
        VT_TRY(add(p, out, "s_nc", "1",
                   "S_Nc(q) of one species against the rest; 0 at large q: Bhatia and Thornton", &each, true,
                   &v));
        against_the_rest(p, false, v);
    }
    VT_TRY(put_total(p, VT_XRAY, &pairs, out));
    return put_total(p, VT_NEUTRON, &pairs, out);
}
