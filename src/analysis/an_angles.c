/* an_angles.c: angles between bonds.
 *
 * Atoms nearer to each other than the cut-off of their pair, r_max if it has none of its own, are bonded.
 * Each two bonds of an atom b, to a and to c, make an angle; M_abc(k) of them fall into bin k:
 *
 *     distribution(k) = M(k) / (sum M  dtheta)                         sums to 1 with the width of a bin
 *     density(k)      = M(k) / (sum M  (cos theta_k - cos theta_{k+1}) / 2)     1 if directions are random
 *
 * for all b, those of each species, and each triplet {a, c} around b. The best cut-off is the first minimum
 * of g_ab(r). Numbers of neighbours within it, and the chemical order they tell: coordination.h.
 *
 * An angle is computed from exact differences of positions and does not depend on the order of its two bonds,
 * so counts are the same on any rank. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "analysis/by_name.h"
#include "analysis/coordination.h"
#include "analysis/kernel.h"
#include "core/memory.h"
#include "core/pairs.h"

struct angles {
    struct vt_common_options common;
    double r_max;
    int64_t bins;
    const struct vt_yaml *cutoffs; /* NULL after read */
    double cutoff[VT_SPECIES_PAIRS_MAX];
    int pairs; /* of species */
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct angles, 1),
    {.name = "r_max",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct angles, r_max),
     .preset = 3.6,
     .min = 0.5,
     .max = 20,
     .help = "nearer atoms are bonded; the first minimum of g(r) is a good choice"},
    {.name = "cutoffs",
     .unit = "",
     .kind = VT_NODE,
     .offset = offsetof(struct angles, cutoffs),
     .text = "{Cu-Cu: 3.3 A, Cu-Zr: 3.7 A}",
     .help = "instead of r_max, for these pairs"},
    {.name = "bins",
     .unit = "1",
     .kind = VT_INT,
     .offset = offsetof(struct angles, bins),
     .preset = 90,
     .min = 2,
     .max = 3600,
     .help = "bins from 0 to 180 degrees"},
    {0},
};

static enum vt_status read_cutoffs(void *options, const struct vt_material *m, const struct vt_yaml *node)
{
    struct angles *o = options;
    char label[VT_SPECIES_PAIRS_MAX][VT_PAIR_LABEL];
    const struct vt_yaml *map = o->cutoffs;
    (void)node;
    o->cutoffs = NULL;
    o->pairs = vt_species_pairs(m->n_species);
    vt_pair_labels(m, label);
    for (int p = 0; p < o->pairs; p++) o->cutoff[p] = NAN;
    if (map)
        VT_TRY(vt_lengths_by_name(map, "angles: cutoffs", o->pairs, (const char(*)[VT_PAIR_LABEL])label, 20,
                                  o->cutoff));
    for (int p = 0; p < o->pairs; p++)
        if (isnan(o->cutoff[p])) o->cutoff[p] = o->r_max;
    return VT_OK;
}

static double reach(const void *options)
{
    const struct angles *o = options;
    double most = 0;
    for (int p = 0; p < o->pairs; p++) most = fmax(most, o->cutoff[p]);
    return most;
}

/* A group: for each species of centres ATOMS, its neighbours of each species, M [pair of ends][bin]. */
enum { ATOMS, NEIGHBOURS };

static size_t stride(const struct angles *o, int n_species)
{
    return NEIGHBOURS + (size_t)n_species + (size_t)o->pairs * (size_t)o->bins;
}

static void sizes(const void *options, const struct vt_material *m, size_t *common, size_t *group)
{
    *common = 0;
    *group = (size_t)m->n_species * stride(options, m->n_species);
}

struct work {
    struct vt_pairs pairs;
    uint32_t *count; /* [thread][group][as a state] */
    struct bond {
        double u[3]; /* its direction */
        int end;     /* species */
    } * bond;        /* [thread][most] */
    size_t count_capacity, bond_capacity;
};

static void release(void *work)
{
    struct work *w = work;
    vt_pairs_release(&w->pairs);
    free(w->count), free(w->bond);
}

/* The bonds of atom i; returns their number. */
static int find_bonds(const struct angles *o, const struct vt_frame *f, const struct vt_pairs *pairs, int i,
                      struct bond *bond)
{
    int n = 0;
    for (int64_t k = pairs->begin[i]; k < pairs->begin[i + 1]; k++) {
        int j = pairs->partner[k];
        double d[3], square = 0;
        double cutoff = o->cutoff[vt_species_pair(f->species[i], f->species[j], f->material->n_species)];
        for (int c = 0; c < 3; c++) d[c] = f->x[j][c] - f->x[i][c], square += d[c] * d[c];
        if (square >= cutoff * cutoff) continue;
        for (int c = 0; c < 3; c++) bond[n].u[c] = d[c] / sqrt(square);
        bond[n++].end = f->species[j];
    }
    return n;
}

/* own: what the species of the centre has in its group */
static void count_angles(const struct angles *o, int n_species, const struct bond *bond, int n, uint32_t *own)
{
    int bins = (int)o->bins;
    uint32_t *m = own + NEIGHBOURS + n_species;
    own[ATOMS]++;
    for (int p = 0; p < n; p++) {
        own[NEIGHBOURS + bond[p].end]++;
        for (int q = 0; q < p; q++) {
            double cosine = 0;
            for (int c = 0; c < 3; c++) cosine += bond[p].u[c] * bond[q].u[c];
            int bin = (int)(acos(fmax(-1, fmin(1, cosine))) * bins / M_PI);
            m[vt_species_pair(bond[p].end, bond[q].end, n_species) * bins + (bin < bins ? bin : bins - 1)]++;
        }
    }
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    const struct angles *o = options;
    struct work *w = work;
    int threads = omp_get_max_threads(), n = frame->n, species = frame->material->n_species;
    size_t size = VT_SPACE_GROUPS * tally->group_size, most = 0;
    VT_TRY(vt_pairs_around(&w->pairs, frame->x, n, frame->n_ghost, reach(o)));
    for (int i = 0; i < n; i++) {
        size_t length = (size_t)(w->pairs.begin[i + 1] - w->pairs.begin[i]);
        most = length > most ? length : most;
    }
    VT_TRY(vt_grow(&w->count, &w->count_capacity, (size_t)threads * size));
    VT_TRY(vt_grow(&w->bond, &w->bond_capacity, (size_t)threads * most));
    memset(w->count, 0, (size_t)threads * size * sizeof *w->count);
#pragma omp parallel for default(none) shared(o, w, frame, tally, n, species, size, most) schedule(static)
    for (int i = 0; i < n; i++) {
        struct bond *bond = w->bond + (size_t)omp_get_thread_num() * most;
        size_t group = (size_t)vt_space_group(&frame->state.cell, frame->x[i]) * tally->group_size;
        uint32_t *count = w->count + (size_t)omp_get_thread_num() * size + group;
        count_angles(o, species, bond, find_bonds(o, frame, &w->pairs, i, bond),
                     count + (size_t)frame->species[i] * stride(o, species));
    }
    for (int t = 0; t < threads; t++)
        for (size_t k = 0; k < size; k++) tally->group[k] += w->count[(size_t)t * size + k];
    return VT_OK;
}

/* -------------------------------------------------------------------------------------------- datasets */

enum { LABEL = 12 };

/* Rows over angles, as a distribution or as a density. counts (rows, bins) */
static enum vt_status put_rows(const char *path, const char *help, bool density, const char *first, int rows,
                               const char *const *label, int bins, const double *counts,
                               struct vt_results *out)
{
    struct vt_dataset *d;
    double width = 180.0 / bins;
    VT_TRY(vt_results_add(out, path, density ? "1" : "1/degree", help, 2, (const int[]){rows, bins}, &d));
    VT_TRY(vt_dataset_axis(d, 0, first, "", NULL, label));
    VT_TRY(vt_dataset_axis(d, 1, "angle", "degree", NULL, NULL));
    VT_TRY(vt_alloc(&d->axis[1].value, bins));
    VT_TRY(vt_dataset_errors(d));
    for (int k = 0; k < bins; k++) d->axis[1].value[k] = (k + 0.5) * width;
    for (int r = 0; r < rows; r++) {
        const double *m = counts + (size_t)r * (size_t)bins;
        double sum = 0;
        for (int k = 0; k < bins; k++) sum += m[k];
        for (int k = 0; k < bins; k++) {
            double share = density ? (cos(k * M_PI / bins) - cos((k + 1) * M_PI / bins)) / 2 : width;
            d->value[r * bins + k] = sum > 0 ? m[k] / (sum * share) : 0;
        }
    }
    return VT_OK;
}

static enum vt_status put_triplets(const struct angles *o, const struct vt_material *m, const double *sum,
                                   double *counts, struct vt_results *out)
{
    char text[VT_SPECIES_MAX * VT_SPECIES_PAIRS_MAX][LABEL];
    const char *label[VT_SPECIES_MAX * VT_SPECIES_PAIRS_MAX];
    int n = m->n_species, bins = (int)o->bins, row = 0;
    for (int b = 0; b < n; b++)
        for (int a = 0; a < n; a++)
            for (int c = a; c < n; c++, row++) {
                snprintf(text[row], LABEL, "%s-%s-%s", m->species[a].symbol, m->species[b].symbol,
                         m->species[c].symbol);
                label[row] = text[row];
                memcpy(counts + row * bins,
                       sum + (size_t)b * stride(o, n) + NEIGHBOURS + n + vt_species_pair(a, c, n) * bins,
                       (size_t)bins * sizeof *counts);
            }
    return put_rows("angles/of_triplet", "the same of each triplet, its centre in the middle", false,
                    "triplet", row, label, bins, counts, out);
}

/* counts (centres, bins): all, then of each species */
static void add_up_centres(const struct angles *o, int n, const double *sum, double *counts)
{
    int bins = (int)o->bins;
    memset(counts, 0, (size_t)((n + 1) * bins) * sizeof *counts);
    for (int b = 0; b < n; b++) {
        const double *m = sum + (size_t)b * stride(o, n) + NEIGHBOURS + n;
        for (int k = 0; k < o->pairs * bins; k++) {
            counts[k % bins] += m[k];
            counts[(b + 1) * bins + k % bins] += m[k];
        }
    }
}

static enum vt_status put_cutoffs(const struct angles *o, const struct vt_material *m, struct vt_results *out)
{
    char text[VT_SPECIES_PAIRS_MAX][VT_PAIR_LABEL];
    const char *label[VT_SPECIES_PAIRS_MAX];
    struct vt_dataset *d;
    vt_pair_labels(m, text);
    for (int p = 0; p < o->pairs; p++) label[p] = text[p];
    VT_TRY(vt_results_add(out, "angles/cutoff", "angstrom", "atoms nearer to each other are bonded", 1,
                          &o->pairs, &d));
    VT_TRY(vt_dataset_axis(d, 0, "pair", "", NULL, label));
    memcpy(d->value, o->cutoff, (size_t)o->pairs * sizeof *d->value);
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    (void)common;
    const struct angles *o = options;
    const struct vt_material *m = what->material;
    const char *centre[VT_CENTRES_MAX];
    int n = m->n_species, bins = (int)o->bins, n_centres = vt_centre_labels(m, centre);
    double atoms[VT_SPECIES_MAX], neighbours[VT_SPECIES_MAX * VT_SPECIES_MAX], *counts;
    enum vt_status st;
    for (int b = 0; b < n; b++) {
        const double *own = sum + (size_t)b * stride(o, n);
        atoms[b] = own[ATOMS];
        memcpy(neighbours + b * n, own + NEIGHBOURS, (size_t)n * sizeof *neighbours);
    }
    VT_TRY(vt_alloc(&counts, ((size_t)n * (size_t)o->pairs + 1) * (size_t)bins));
    add_up_centres(o, n, sum, counts);
    VT_TRY_GOTO(st, done,
                put_rows("angles/distribution", "angles between the bonds of an atom: P, with integral 1",
                         false, "centre", n_centres, centre, bins, counts, out));
    VT_TRY_GOTO(st, done,
                put_rows("angles/density", "P / (sin theta / 2): 1 if directions are random", true, "centre",
                         n_centres, centre, bins, counts, out));
    VT_TRY_GOTO(st, done, put_triplets(o, m, sum, counts, out));
    VT_TRY_GOTO(st, done, vt_coordination_put("angles", m, atoms, neighbours, out));
    st = put_cutoffs(o, m, out);
done:
    free(counts);
    return st;
}

const struct vt_kernel vt_kernel_angles = {
    .name = "angles",
    .help = "angles between bonds: all, around each species, of each triplet; bonded neighbours",
    .params = params,
    .options_size = sizeof(struct angles),
    .grouping = VT_GROUP_SPACE,
    .read = read_cutoffs,
    .reach = reach,
    .sizes = sizes,
    .accumulate = accumulate,
    .finish = finish,
    .work_size = sizeof(struct work),
    .release = release,
};
