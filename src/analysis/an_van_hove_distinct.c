/* an_van_hove_distinct.c: distinct part of the van Hove function: where others are, seen from where an atom
 * was.
 *
 * For species a and b, with rho_b = N_b / V:
 *
 *     g_ab(r, t) = < sum_{i of a} sum_{j of b, j != i} delta(r - |r_j(t) - r_i(0)|) > / (4 pi r^2 N_a rho_b)
 *
 * At t = 0 this is the pair distribution function; it fills up at r = 0 when atoms take the places that
 * others have left, as in strings. Places of the earlier frame are carried along by the cell and the centre
 * of mass (past.h).
 *
 * Both sets of atoms are put on the ranks by place, those of the later frame as species of their own, and
 * looked through as one: one call costs four times the pairs of a frame, so origins are 1 ps apart by preset.
 * Each ordered pair (then, now) counts, for the part of the sample in which the first was. */
#include <math.h>
#include <string.h>

#include "analysis/motion.h"
#include "analysis/weights.h"
#include "core/atoms.h"
#include "core/memory.h"
#include "core/pairs.h"
#include "core/parallel.h"

struct distinct {
    struct vt_common_options common;
    struct vt_lag_options lags;
    double r_max, dr;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct distinct, 1),
    VT_LAG_OPTIONS(struct distinct, VT_LAGS_LOG, 100),
    {"r_max", "angstrom", VT_REAL, offsetof(struct distinct, r_max), 8, 0.1, 100, "longest distance", NULL},
    {"dr", "angstrom", VT_REAL, offsetof(struct distinct, dr), 0.05, 1e-3, 10, "width of a bin", NULL},
    {0},
};

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    const struct distinct *o = options;
    (void)material;
    if (o->dr <= o->r_max / 2) return VT_OK;
    return VT_RAISE_AT(
        node, "van_hove_distinct: dr: %g angstrom leaves one bin up to r_max: %g angstrom: use a smaller dr",
        o->dr, o->r_max);
}

struct work {
    struct vt_atoms both;
    struct vt_halo halo;
    struct vt_pairs pairs;
};

static void release(void *work)
{
    struct work *w = work;
    vt_atoms_release(&w->both);
    vt_halo_release(&w->halo);
    vt_pairs_release(&w->pairs);
}

static int count(const struct distinct *o)
{
    return vt_lags_count(&o->lags, o->common.every);
}

static int bins_of(const struct distinct *o)
{
    return (int)ceil(o->r_max / o->dr * (1 - 1e-12));
}

/* For each lag: atoms of each species, then bins of each ordered pair of species. In common behind the times:
 * 1/V. */
static size_t size_of(const struct distinct *o, int n_species)
{
    return (size_t)n_species + (size_t)n_species * (size_t)n_species * (size_t)bins_of(o);
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    *common = (VT_MOTION_COMMON + 1) * (size_t)count(options);
    *group = (size_t)count(options) * size_of(options, material->n_species);
}

static enum vt_status check(const void *options, const struct vt_cell *cell)
{
    const struct distinct *o = options;
    double height = vt_cell_least_height(cell);
    if (o->r_max <= 0.5 * height) return VT_OK;
    return VT_RAISE(VT_EINPUT, "van_hove_distinct: r_max is %g angstrom, and half of the cell only %.4g",
                    o->r_max, 0.5 * height);
}

/* This rank's rows of both frames as atoms: ids and species of the later ones begin behind those of the
 * earlier. */
static enum vt_status take_rows(const struct vt_between *b, struct vt_atoms *both)
{
    int n = b->n, n_species = b->roll->n_species;
    VT_TRY(vt_atoms_reserve(both, 2 * (size_t)n + 1));
    both->n = 2 * n;
    both->n_ghost = 0;
    both->n_total = 2 * b->roll->n_total;
    for (int i = 0; i < n; i++) {
        const double x[3] = {b->then->row[0][i], b->then->row[1][i], b->then->row[2][i]};
        both->id[i] = b->roll->id[i];
        both->id[n + i] = b->roll->id[i] + b->roll->n_total;
        both->species[i] = b->roll->species[i];
        both->species[n + i] = b->roll->species[i] + n_species;
        for (int d = 0; d < 3; d++) {
            double carried = x[d];
            if (b->strained) carried = x[0] * b->map[0][d] + x[1] * b->map[1][d] + x[2] * b->map[2][d];
            both->x[i][d] = vt_grid(carried + b->drift[d]);
            both->x[n + i][d] = b->now->row[d][i];
        }
        for (int s = 0; s < 2; s++) { /* what sorting carries along besides */
            both->x[n * s + i][3] = 0;
            memset(both->v[n * s + i], 0, sizeof both->v[0]);
            memset(both->image[n * s + i], 0, sizeof both->image[0]);
        }
    }
    return VT_OK;
}

static void count_pairs(const struct distinct *o, const struct vt_cell *cell, const struct work *w,
                        int n_species, int64_t n_total, const struct vt_tally *tally, size_t place)
{
    const struct vt_atoms *a = &w->both;
    const int bins = bins_of(o);
#pragma omp parallel for schedule(dynamic, 256)
    for (int i = 0; i < a->n; i++) {
        if (a->species[i] >= n_species) continue;
        double *sum = tally->group + (size_t)vt_space_group(cell, a->x[i]) * tally->group_size + place;
#pragma omp atomic
        sum[a->species[i]] += 1;
        for (int64_t k = w->pairs.begin[i]; k < w->pairs.begin[i + 1]; k++) {
            int j = w->pairs.partner[k], b = a->species[j] - n_species;
            if (b < 0 || a->id[j] == a->id[i] + n_total) continue;
            double square = 0;
            for (int d = 0; d < 3; d++) square += (a->x[j][d] - a->x[i][d]) * (a->x[j][d] - a->x[i][d]);
            double bin = sqrt(square) / o->dr;
            if (!(bin < bins)) continue;
            double *to = &sum[n_species + (a->species[i] * n_species + b) * bins + (int)bin];
#pragma omp atomic
            *to += 1;
        }
    }
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    const struct distinct *o = options;
    struct work *w = work;
    struct vt_cell cell = frame->state.cell;
    struct vt_ranks ranks;
    MPI_Comm comm = frame->ranks->comm;
    int n_species = b->roll->n_species;
    VT_TRY(vt_agree(comm, take_rows(b, &w->both)));
    vt_ranks_init(&ranks, comm, &cell);
    VT_TRY(vt_atoms_migrate(&w->both, &ranks, &cell, 4));
    VT_TRY(vt_halo_build(&w->halo, &w->both, &ranks, &cell, o->r_max, VT_GHOSTS_AROUND));
    VT_TRY(vt_agree(comm, vt_pairs_around(&w->pairs, (const double(*)[4])w->both.x, w->both.n,
                                          w->both.n_ghost, o->r_max)));
    if (frame->ranks->rank == 0) {
        vt_motion_count(b, tally);
        tally->common[VT_MOTION_COMMON * count(o) + b->lag] += 1 / frame->state.volume;
    }
    count_pairs(o, &cell, w, n_species, b->roll->n_total, tally, (size_t)b->lag * size_of(o, n_species));
    return VT_OK;
}

static enum vt_status put(const struct distinct *o, const struct vt_measured *what, int n, const int *index,
                          const double *time, const double *common, const double *sum, struct vt_results *out)
{
    int species = what->material->n_species, bins = bins_of(o);
    char label[VT_SPECIES_MAX * VT_SPECIES_MAX][16];
    const char *name[VT_SPECIES_MAX * VT_SPECIES_MAX];
    double *r;
    struct vt_dataset *d;
    for (int p = 0; p < species * species; p++) {
        snprintf(label[p], sizeof label[p], "%s-%s", what->material->species[p / species].symbol,
                 what->material->species[p % species].symbol);
        name[p] = label[p];
    }
    VT_TRY(vt_results_add(
        out, "van_hove_distinct/g", "1",
        "distinct van Hove function: species b at t around places of species a at 0, over its density", 3,
        (const int[]){species * species, n, bins}, &d));
    VT_TRY(vt_dataset_axis(d, 0, "pair", "", NULL, name));
    VT_TRY(vt_dataset_axis(d, 1, "time", "ps", time, NULL));
    VT_TRY(vt_alloc(&r, bins));
    for (int k = 0; k < bins; k++) r[k] = (k + 0.5) * o->dr;
    enum vt_status st = vt_dataset_axis(d, 2, "r", "angstrom", r, NULL);
    free(r);
    VT_TRY(st);
    VT_TRY(vt_dataset_errors(d));
    for (int k = 0; k < n; k++) {
        const double *s = sum + (size_t)index[k] * size_of(o, species);
        double inverse = common[VT_MOTION_COMMON * count(o) + index[k]] /
                         common[VT_MOTION_COMMON * index[k] + VT_MOTION_PAIRS];
        for (int p = 0; p < species * species; p++) {
            double atoms = s[p / species], others = (double)what->material->species[p % species].count;
            if (p / species == p % species) others -= 1; /* all but the atom itself */
            for (int b = 0; b < bins; b++) {
                double shell = 4 * M_PI / 3 * (pow((b + 1) * o->dr, 3) - pow(b * o->dr, 3));
                d->value[(p * n + k) * bins + b] =
                    s[species + p * bins + b] / (atoms * others * inverse * shell);
            }
        }
    }
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct distinct *o = options;
    enum vt_status st = VT_OK;
    int *index = NULL;
    double *time = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&index, count(o)));
    VT_TRY_GOTO(st, done, vt_alloc(&time, count(o)));
    int n = vt_motion_times(what, "van_hove_distinct/g", common, count(o), true, index, time);
    if (n) st = put(o, what, n, index, time, common, sum, out);
done:
    free(index);
    free(time);
    return st;
}

static const struct vt_motion motion = {
    .kind = VT_PAST_POSITIONS, .lags = offsetof(struct distinct, lags), .between = between};

const struct vt_kernel vt_kernel_van_hove_distinct = {
    .name = "van_hove_distinct",
    .help = "distinct part of the van Hove function: places that others have taken",
    .params = params,
    .options_size = sizeof(struct distinct),
    .grouping = VT_GROUP_SPACE,
    .motion = &motion,
    .collective = true,
    .read = read,
    .sizes = sizes,
    .check = check,
    .finish = finish,
    .work_size = sizeof(struct work),
    .release = release,
};
