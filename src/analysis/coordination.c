/* coordination.c: coordination numbers and chemical order as datasets: see coordination.h. */
#include "analysis/coordination.h"

#include <stdio.h>

#include "analysis/weights.h"

int vt_centre_labels(const struct vt_material *m, const char *label[VT_CENTRES_MAX])
{
    label[0] = "all";
    for (int a = 0; a < m->n_species; a++) label[a + 1] = m->species[a].symbol;
    return m->n_species + 1;
}

enum vt_status vt_centres_put(struct vt_results *out, const char *path, const char *unit, const char *help,
                              const struct vt_material *m, const double *of, size_t stride, const double *per,
                              size_t per_stride)
{
    const char *label[VT_CENTRES_MAX];
    struct vt_dataset *d;
    double sum = 0, count = 0;
    int n = vt_centre_labels(m, label);
    VT_TRY(vt_results_add(out, path, unit, help, 1, &n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "centre", "", NULL, label));
    VT_TRY(vt_dataset_errors(d));
    for (int a = 0; a < m->n_species; a++) {
        double x = of[(size_t)a * stride], y = per[(size_t)a * per_stride];
        sum += x, count += y;
        d->value[a + 1] = x / y;
    }
    d->value[0] = sum / count;
    return VT_OK;
}

static enum vt_status add(struct vt_results *out, const char *name, const char *leaf, const char *help,
                          const struct vt_material *m, struct vt_dataset **d)
{
    char path[80];
    const char *label[VT_CENTRES_MAX];
    snprintf(path, sizeof path, "%s/%s", name, leaf);
    vt_centre_labels(m, label);
    VT_TRY(vt_results_add(out, path, "1", help, 2, (const int[]){m->n_species, m->n_species}, d));
    VT_TRY(vt_dataset_axis(*d, 0, "centre", "", NULL, label + 1));
    VT_TRY(vt_dataset_axis(*d, 1, "neighbour", "", NULL, label + 1));
    return vt_dataset_errors(*d);
}

enum vt_status vt_coordination_put(const char *name, const struct vt_material *m, const double *atoms,
                                   const double *neighbours, struct vt_results *out)
{
    int n = m->n_species, pairs = vt_species_pairs(n);
    double z[VT_SPECIES_MAX] = {0}, c[VT_SPECIES_MAX], all = 0, mean = 0;
    for (int a = 0; a < n; a++) {
        for (int b = 0; b < n; b++) z[a] += neighbours[a * n + b];
        all += atoms[a], mean += z[a];
    }
    mean /= all;
    for (int a = 0; a < n; a++) c[a] = atoms[a] / all;
    char path[80];
    struct vt_dataset *d;
    snprintf(path, sizeof path, "%s/coordination", name);
    VT_TRY(vt_centres_put(out, path, "1", "mean number of neighbours", m, z, 1, atoms, 1));
    VT_TRY(add(out, name, "partial", "mean number of neighbours of each species: Z_ab", m, &d));
    for (int k = 0; k < n * n; k++) d->value[k] = neighbours[k] / atoms[k / n];
    if (n == 1) return VT_OK;
    VT_TRY(add(out, name, "warren_cowley",
               "alpha_ab = 1 - Z_ab / (c_b Z_a): 0 if mixed at random, below 0 if a likes b", m, &d));
    for (int k = 0; k < n * n; k++) d->value[k] = 1 - neighbours[k] / (c[k % n] * z[k / n]);
    char label[VT_SPECIES_PAIRS_MAX][VT_PAIR_LABEL];
    const char *pair[VT_SPECIES_PAIRS_MAX];
    vt_pair_labels(m, label);
    for (int p = 0; p < pairs; p++) pair[p] = label[p];
    snprintf(path, sizeof path, "%s/cargill_spaepen", name);
    VT_TRY(vt_results_add(out, path, "1",
                          "eta_ab = Z_ab <Z> / (c_b Z_a Z_b) - 1: 0 if mixed at random, above 0 if a likes b",
                          1, &pairs, &d));
    VT_TRY(vt_dataset_axis(d, 0, "pair", "", NULL, pair));
    VT_TRY(vt_dataset_errors(d));
    for (int a = 0; a < n; a++)
        for (int b = a; b < n; b++) /* as seen from both sides: small faces may be missing on one */
            d->value[vt_species_pair(a, b, n)] =
                0.5 * (neighbours[a * n + b] + neighbours[b * n + a]) * all * mean / (z[a] * z[b]) - 1;
    return VT_OK;
}
