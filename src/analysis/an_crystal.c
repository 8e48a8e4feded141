/* an_crystal.c: which atoms have the neighbours of a crystal: adaptive common-neighbour analysis.
 *
 * Around an atom its k nearest are taken, whatever their species: k = 12 for fcc, hcp and icosahedra, 14 for
 * bcc (B2, C11b). Two of them are bonded if they are nearer to each other than
 *
 *     r_c = (1 + sqrt 2)/2 <r>_12                              between the first and second shell of fcc,
 *     r_c = (1 + sqrt 2)/2 <2/sqrt 3 r_1..8, r_9..14>_14       between the second and third of bcc.
 *
 * The bond to one of them is told by the neighbours that it shares, and by the bonds among these: 421, four
 * with two separate bonds; 422, the two bonds meet in an atom; kkk, a ring of k.
 *
 *     fcc 12 x 421     hcp 6 x 421, 6 x 422     icosahedron 12 x 555     bcc 6 x 444, 8 x 666
 *
 * An icosahedron is no crystal, and many are in a glass; but they also are the small atoms of Laves phases,
 * two thirds of all. Thermal motion hides much of any order, so `inherent: true` tells more.
 *
 * Reference: Honeycutt & Andersen, J. Phys. Chem. 91, 4950 (1987); Stukowski, Modell. Simul. Mater. Sci. Eng.
 * 20, 045021 (2012), whose longest chain of bonds is replaced by the number of bonds of each atom. */
#include <math.h>
#include <string.h>

#include "analysis/kernel.h"
#include "core/memory.h"
#include "core/pairs.h"

struct crystal {
    struct vt_common_options common;
    double r_max;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct crystal, 1),
    {.name = "r_max",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct crystal, r_max),
     .preset = 6,
     .min = 1,
     .max = 100,
     .help = "the 14 nearest neighbours are sought up to here; an atom with fewer is in no crystal"},
    {0},
};

enum { FCC, HCP, BCC, ICOSAHEDRON, OTHER, KINDS };
static const char *const kind_label[KINDS] = {"fcc", "hcp", "bcc", "icosahedron", "other"};

enum { NEAREST = 14 };

/* The nearest neighbours of an atom in order of their distance. */
struct near {
    int n;
    double square[NEAREST], d[NEAREST][3]; /* angstrom^2, angstrom */
};

struct work {
    struct vt_pairs pairs;
    struct near *near;
    int *kind;
    size_t near_capacity, kind_capacity;
};

static void release(void *work)
{
    struct work *w = work;
    vt_pairs_release(&w->pairs);
    free(w->near);
    free(w->kind);
}

static double reach(const void *options)
{
    return ((const struct crystal *)options)->r_max;
}

/* A group: atoms [species][kind]. */
static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    (void)options;
    *common = 0;
    *group = (size_t)material->n_species * KINDS;
}

/* At equal distances the place decides, so that the order is the same on any rank. */
static bool is_before(double square, const double *d, double other, const double *e)
{
    if (square != other) return square < other;
    for (int c = 0; c < 3; c++)
        if (d[c] != e[c]) return d[c] < e[c];
    return false;
}

static void insert(struct near *a, double square, const double d[3])
{
    int at = a->n;
    while (at > 0 && is_before(square, d, a->square[at - 1], a->d[at - 1])) at--;
    if (at == NEAREST) return;
    if (a->n < NEAREST) a->n++;
    size_t after = (size_t)(a->n - 1 - at);
    memmove(a->square + at + 1, a->square + at, after * sizeof *a->square);
    memmove(a->d + at + 1, a->d + at, after * sizeof *a->d);
    a->square[at] = square;
    memcpy(a->d[at], d, sizeof a->d[at]);
}

/* All pairs are met once, those of two ghosts too; owned atoms take note of both kinds. */
static enum vt_status find_nearest(struct work *w, const struct vt_frame *f, double r_max)
{
    int all = f->n + f->n_ghost;
    VT_TRY(vt_pairs_find(&w->pairs, f->x, all, 0, r_max));
    VT_TRY(vt_grow(&w->near, &w->near_capacity, f->n));
    for (int i = 0; i < f->n; i++) w->near[i].n = 0;
    for (int i = 0; i < all; i++)
        for (int64_t k = w->pairs.begin[i]; k < w->pairs.begin[i + 1]; k++) {
            int j = w->pairs.partner[k];
            double d[3], back[3], square = 0;
            for (int c = 0; c < 3; c++) {
                d[c] = f->x[j][c] - f->x[i][c];
                back[c] = -d[c];
                square += d[c] * d[c];
            }
            if (i < f->n) insert(&w->near[i], square, d);
            if (j < f->n) insert(&w->near[j], square, back);
        }
    return VT_OK;
}

/* How many of the bonds to the k nearest are of each sort. */
enum { S421, S422, S444, S555, S666, NO_SORT, SORTS };

/* The sort of the bond to a neighbour that shares the set `shared`. bonded[b]: the set bonded to b. */
static int sort_of(uint32_t shared, const uint32_t *bonded)
{
    int members = __builtin_popcount(shared), ends = 0, most = 0, least = NEAREST;
    for (uint32_t rest = shared; rest; rest &= rest - 1) {
        int degree = __builtin_popcount(bonded[__builtin_ctz(rest)] & shared);
        ends += degree;
        most = degree > most ? degree : most;
        least = degree < least ? degree : least;
    }
    if (members == 4 && ends == 4) return most == 1 ? S421 : S422;
    if (most != 2 || least != 2) return NO_SORT;
    return members == 4 ? S444 : members == 5 ? S555 : members == 6 ? S666 : NO_SORT;
}

static void count_sorts(const struct near *a, int k, double r_c, int count[SORTS])
{
    uint32_t bonded[NEAREST] = {0};
    for (int p = 0; p < k; p++)
        for (int q = 0; q < p; q++) {
            double square = 0;
            for (int c = 0; c < 3; c++) square += (a->d[p][c] - a->d[q][c]) * (a->d[p][c] - a->d[q][c]);
            if (square >= r_c * r_c) continue;
            bonded[p] |= 1u << q;
            bonded[q] |= 1u << p;
        }
    memset(count, 0, SORTS * sizeof *count);
    for (int p = 0; p < k; p++) count[sort_of(bonded[p], bonded)]++;
}

static int kind_of(const struct near *a)
{
    int count[SORTS];
    double sum12 = 0, sum14 = 0;
    for (int k = 0; k < a->n; k++) {
        double r = sqrt(a->square[k]);
        if (k < 12) sum12 += r;
        sum14 += k < 8 ? 2 / sqrt(3) * r : r;
    }
    if (a->n < 12) return OTHER;
    count_sorts(a, 12, (1 + sqrt(2)) / 2 * sum12 / 12, count);
    if (count[S421] == 12) return FCC;
    if (count[S421] == 6 && count[S422] == 6) return HCP;
    if (count[S555] == 12) return ICOSAHEDRON;
    if (a->n < 14) return OTHER;
    count_sorts(a, 14, (1 + sqrt(2)) / 2 * sum14 / 14, count);
    return count[S444] == 6 && count[S666] == 8 ? BCC : OTHER;
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    struct work *w = work;
    int n = frame->n;
    VT_TRY(find_nearest(w, frame, ((const struct crystal *)options)->r_max));
    VT_TRY(vt_grow(&w->kind, &w->kind_capacity, n));
#pragma omp parallel for default(none) shared(w, n) schedule(static)
    for (int i = 0; i < n; i++) w->kind[i] = kind_of(&w->near[i]);
    for (int i = 0; i < n; i++) {
        size_t group = (size_t)vt_space_group(&frame->state.cell, frame->x[i]);
        tally->group[group * tally->group_size + (size_t)(frame->species[i] * KINDS + w->kind[i])] += 1;
    }
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    (void)options, (void)common;
    const struct vt_material *m = what->material;
    const char *symbol[VT_SPECIES_MAX];
    double of_kind[KINDS] = {0}, all = 0;
    struct vt_dataset *d;
    for (int a = 0; a < m->n_species; a++) {
        symbol[a] = m->species[a].symbol;
        for (int k = 0; k < KINDS; k++) of_kind[k] += sum[a * KINDS + k], all += sum[a * KINDS + k];
    }
    VT_TRY(vt_results_add(out, "crystal/crystalline", "1",
                          "share of atoms whose neighbours stand as in fcc, hcp or bcc", 0, NULL, &d));
    VT_TRY(vt_dataset_errors(d));
    d->value[0] = (of_kind[FCC] + of_kind[HCP] + of_kind[BCC]) / all;
    VT_TRY(vt_results_add(out, "crystal/fraction", "1",
                          "share of atoms with the neighbours of each structure", 1, (const int[]){KINDS},
                          &d));
    VT_TRY(vt_dataset_axis(d, 0, "structure", "", NULL, kind_label));
    VT_TRY(vt_dataset_errors(d));
    for (int k = 0; k < KINDS; k++) d->value[k] = of_kind[k] / all;
    VT_TRY(vt_results_add(out, "crystal/of_species", "1", "the same among the atoms of each species", 2,
                          (const int[]){m->n_species, KINDS}, &d));
    VT_TRY(vt_dataset_axis(d, 0, "species", "", NULL, symbol));
    VT_TRY(vt_dataset_axis(d, 1, "structure", "", NULL, kind_label));
    VT_TRY(vt_dataset_errors(d));
    for (int a = 0; a < m->n_species; a++) {
        double met = 0;
        for (int k = 0; k < KINDS; k++) met += sum[a * KINDS + k];
        for (int k = 0; k < KINDS; k++) d->value[a * KINDS + k] = met > 0 ? sum[a * KINDS + k] / met : 0;
    }
    return VT_OK;
}

const struct vt_kernel vt_kernel_crystal = {
    .name = "crystal",
    .help = "share of atoms with crystalline neighbourhoods: fcc, hcp, bcc; and icosahedra",
    .params = params,
    .options_size = sizeof(struct crystal),
    .grouping = VT_GROUP_SPACE,
    .reach = reach,
    .sizes = sizes,
    .accumulate = accumulate,
    .finish = finish,
    .work_size = sizeof(struct work),
    .release = release,
};
