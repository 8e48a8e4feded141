/* an_pdf.c: radial distribution functions g(r), partial and total.
 *
 * Of each unordered pair of species {a, b} the unordered pairs of atoms at distance r in bin k are counted:
 * M_ab(k), summed over frames. With V_k = (4 pi / 3)(r_{k+1}^3 - r_k^3) and the number I_ab(k) of pairs that
 * an ideal gas of the same atoms in the same cells would have,
 *
 *     g_ab(k) = M_ab(k) / I_ab(k),
 *     I_ab(k) = V_k <1/V> (C_a N_b + C_b N_a) / 2,      I_aa(k) = V_k <1/V> C_a (N_a - 1) / 2,
 *
 * where C_a is the number of central atoms met, F N_a in F frames. N_a - 1, not N_a: an atom is not its own
 * neighbour, and so the ideal gas has g = 1 exactly. A pair that cannot exist (one atom of a kind) gets g
 * = 1.
 *
 *     g_number = sum_ab c_a c_b g_ab,     g_xray = sum_ab w_ab g_ab  (weights.h),
 *     n_ab(R)  = (N_b - [a = b]) <1/V> sum_{k: r < R} g_ab(k) V_k     atoms b within R of an atom a.
 *
 * Each unordered pair is counted once in the whole sample: by the atom from which the other lies ahead in x
 * (then y, then z). Differences of positions are exact (docs/theory/exactness.md), so both ends agree about
 * it on whichever ranks they are, also for an atom and its own image. Since a pair belongs to one atom and
 * so to one group of the jackknife, the groups share no counts (docs/theory/errors.md).
 *
 * Reference: Allen & Tildesley, Computer Simulation of Liquids, 2nd ed. (2017), sec. 8.2. */
#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "analysis/dispersion.h"
#include "analysis/kernel.h"
#include "analysis/weights.h"
#include "core/memory.h"

struct pdf {
    struct vt_common_options common;
    double r_max, dr;
    bool images;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct pdf, 0.5),
    {.name = "r_max",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct pdf, r_max),
     .preset = 12,
     .min = 0.1,
     .max = 1000,
     .help = "largest distance; at most half the least height of the cell unless images is true"},
    {.name = "dr",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct pdf, dr),
     .preset = 0.02,
     .min = 1e-4,
     .max = 10,
     .help = "width of a bin; entropy needs 0.04 angstrom or less in a cold glass"},
    {.name = "images",
     .unit = "",
     .kind = VT_BOOL,
     .offset = offsetof(struct pdf, images),
     .max = 1,
     .help = "sum periodic images, and so allow r_max beyond half the cell"},
    {0},
};

/* Number of frames; sum of 1/V; then, for each bin and beyond them all, the frames in which half the least
 * height of the cell lies there. */
enum { FRAMES, INVERSE_VOLUME, HALF_HEIGHT };

/* The last bin is whole: r_max is rounded down to a multiple of dr. */
static int n_bins(const struct pdf *o)
{
    int bins = (int)floor(o->r_max / o->dr * (1 + 1e-12));
    return bins > 0 ? bins : 1;
}

static double reach(const void *options)
{
    return ((const struct pdf *)options)->r_max;
}

/* A group: M [pair][bin], C [species]. */
static void sizes(const void *options, const struct vt_material *m, size_t *common, size_t *group)
{
    *common = HALF_HEIGHT + (size_t)n_bins(options) + 1;
    *group = (size_t)vt_species_pairs(m->n_species) * (size_t)n_bins(options) + (size_t)m->n_species;
}

static enum vt_status check(const void *options, const struct vt_cell *cell)
{
    const struct pdf *o = options;
    double half = vt_cell_least_height(cell) / 2;
    if (!o->images && o->r_max > half)
        return VT_RAISE(
            VT_EINPUT,
            "pdf: r_max is %g angstrom, but half the least height of the cell is %.4g angstrom: use "
            "a smaller r_max or more atoms, or images: true to sum periodic images",
            o->r_max, half);
    return VT_OK;
}

/* Atoms sorted into a grid of cubes, x slowest; a row of cubes along z is one run of atoms. */
struct work {
    struct grid {
        double low[3], side, inverse_side;
        int n[3];
    } grid;
    int *cube, *start, *count; /* cube of an atom; first atom of a cube (cubes + 1); room for sorting */
    double *x[3];              /* sorted positions */
    int *species, *from;       /* sorted species; place in the frame */
    size_t cube_capacity, start_capacity, count_capacity, x_capacity[3], species_capacity, from_capacity;
    uint32_t *histogram; /* [thread][group][pair][bin] */
    size_t histogram_capacity;
    int *group; /* spatial group, sorted order; -1 for ghosts */
    size_t group_capacity;
};

static void release(void *work)
{
    struct work *w = work;
    for (int d = 0; d < 3; d++) free(w->x[d]);
    free(w->cube), free(w->start), free(w->count), free(w->species), free(w->from);
    free(w->histogram), free(w->group);
}

/* Cubes have about a third of r_max for a side, but hold two atoms or more on average. */
static void choose_grid(struct grid *g, const struct vt_frame *frame, double r_max)
{
    int n = frame->n + frame->n_ghost;
    double high[3];
    for (int d = 0; d < 3; d++) g->low[d] = INFINITY, high[d] = -INFINITY;
    for (int i = 0; i < n; i++)
        for (int d = 0; d < 3; d++) {
            g->low[d] = fmin(g->low[d], frame->x[i][d]);
            high[d] = fmax(high[d], frame->x[i][d]);
        }
    double volume = 1;
    for (int d = 0; d < 3; d++) volume *= high[d] - g->low[d] + 1e-3;
    g->side = fmax(r_max / 3, cbrt(2 * volume / n));
    for (;; g->side *= 1.5) {
        double cubes = 1;
        for (int d = 0; d < 3; d++) cubes *= floor((high[d] - g->low[d]) / g->side) + 1;
        if (cubes > 4.0 * n + 64) continue; /* a flat or threadlike sample */
        for (int d = 0; d < 3; d++) g->n[d] = (int)floor((high[d] - g->low[d]) / g->side) + 1;
        g->inverse_side = 1 / g->side;
        return;
    }
}

static int place(const struct grid *g, int d, double x)
{
    int k = (int)((x - g->low[d]) * g->inverse_side);
    return k < 0 ? 0 : k < g->n[d] ? k : g->n[d] - 1;
}

static enum vt_status sort_atoms(struct work *w, const struct vt_frame *frame, double r_max)
{
    int n = frame->n + frame->n_ghost;
    struct grid *g = &w->grid;
    choose_grid(g, frame, r_max);
    int cubes = g->n[0] * g->n[1] * g->n[2];
    VT_TRY(vt_grow(&w->cube, &w->cube_capacity, n));
    VT_TRY(vt_grow(&w->start, &w->start_capacity, cubes + 1));
    VT_TRY(vt_grow(&w->count, &w->count_capacity, cubes));
    for (int d = 0; d < 3; d++) VT_TRY(vt_grow(&w->x[d], &w->x_capacity[d], n));
    VT_TRY(vt_grow(&w->species, &w->species_capacity, n));
    VT_TRY(vt_grow(&w->from, &w->from_capacity, n));
    VT_TRY(vt_grow(&w->group, &w->group_capacity, n));
    memset(w->count, 0, (size_t)cubes * sizeof *w->count);
    for (int i = 0; i < n; i++) {
        const double *x = frame->x[i];
        w->cube[i] = (place(g, 0, x[0]) * g->n[1] + place(g, 1, x[1])) * g->n[2] + place(g, 2, x[2]);
        w->count[w->cube[i]]++;
    }
    w->start[0] = 0;
    for (int c = 0; c < cubes; c++) {
        w->start[c + 1] = w->start[c] + w->count[c];
        w->count[c] = w->start[c];
    }
    for (int i = 0; i < n; i++) {
        int s = w->count[w->cube[i]]++;
        for (int d = 0; d < 3; d++) w->x[d][s] = frame->x[i][d];
        w->species[s] = frame->species[i];
        w->from[s] = i;
        w->group[s] = i < frame->n ? vt_space_group(&frame->state.cell, frame->x[i]) : -1;
    }
    return VT_OK;
}

struct counting {
    const struct work *w;
    double r_max, inverse_dr;
    int bins, pairs, n_species;
};

/* Bin the pairs of an atom at at[3] with the sorted atoms [begin, end).
 *
 * row        where in the histogram the pair with each species begins; a row has one bin beyond the last,
 *            into which everything falls that is not wanted
 * histogram  that of the group of the atom */
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) static void count_run(
    const struct counting *c, const double *at, const int *restrict row, int begin, int end,
    uint32_t *restrict histogram)
{
    enum { PIECE = 256 };
    const double *restrict x = c->w->x[0], *restrict y = c->w->x[1], *restrict z = c->w->x[2];
    const int *restrict species = c->w->species;
    const double xi = at[0], yi = at[1], zi = at[2], inverse_dr = c->inverse_dr;
    const int bins = c->bins;
    for (; begin < end; begin += PIECE) {
        int n = end - begin < PIECE ? end - begin : PIECE;
        int bin[PIECE];
#pragma omp simd
        for (int j = 0; j < n; j++) {
            double dx = x[begin + j] - xi, dy = y[begin + j] - yi, dz = z[begin + j] - zi;
            int ahead = (dx > 0) | ((dx == 0) & ((dy > 0) | ((dy == 0) & (dz > 0))));
            double k = sqrt(dx * dx + dy * dy + dz * dz) * inverse_dr;
            int inside = (int)(k < bins ? k : bins);
            bin[j] = ahead ? inside : bins;
        }
        for (int j = 0; j < n; j++) histogram[row[species[begin + j]] + bin[j]]++;
    }
}

/* Pairs whose central atom is the sorted atom i. histogram: [group][pair][bin + 1]. */
static void count_atom(const struct counting *c, int i, uint32_t *restrict histogram)
{
    const struct work *w = c->w;
    const struct grid *g = &w->grid;
    if (w->group[i] < 0) return;
    int rows[VT_SPECIES_MAX];
    for (int b = 0; b < c->n_species; b++)
        rows[b] = vt_species_pair(w->species[i], b, c->n_species) * (c->bins + 1);
    histogram += (size_t)w->group[i] * (size_t)c->pairs * (size_t)(c->bins + 1);
    const double x[3] = {w->x[0][i], w->x[1][i], w->x[2][i]};
    const double far = c->r_max + 1e-6; /* which cubes: rounding must not lose one */
    int a_end = place(g, 0, x[0] + far), b_begin = place(g, 1, x[1] - far), b_end = place(g, 1, x[1] + far);
    for (int a = place(g, 0, x[0]); a <= a_end; a++) /* nothing behind in x is needed */
        for (int b = b_begin; b <= b_end; b++) {
            /* The least distance in x and y to this row of cubes tells how far to go along z. */
            double dx = g->low[0] + a * g->side - x[0], dy = g->low[1] + b * g->side - x[1];
            if (dx < 0) dx = 0;
            dy = dy > 0 ? dy : dy < -g->side ? -dy - g->side : 0;
            double rest = far * far - dx * dx - dy * dy;
            if (rest < 0) continue;
            double span = sqrt(rest);
            int row = (a * g->n[1] + b) * g->n[2];
            int begin = w->start[row + place(g, 2, x[2] - span)];
            int end = w->start[row + place(g, 2, x[2] + span) + 1];
            count_run(c, x, rows, begin, end, histogram);
        }
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    const struct pdf *o = options;
    struct work *w = work;
    int n_species = frame->material->n_species, pairs = vt_species_pairs(n_species), bins = n_bins(o);
    if (frame->ranks->rank == 0) {
        tally->common[FRAMES] += 1;
        tally->common[INVERSE_VOLUME] += 1 / frame->state.volume;
        double bin = vt_cell_least_height(&frame->state.cell) / 2 / o->dr * (1 + 1e-12);
        tally->common[HALF_HEIGHT + (bin < bins ? (int)bin : bins)] += 1;
    }
    if (frame->n == 0) return VT_OK;
    VT_TRY(sort_atoms(w, frame, o->r_max));
    struct counting c = {w, bins * o->dr, 1 / o->dr, bins, pairs, n_species};
    size_t stride = (size_t)pairs * (size_t)(bins + 1), size = VT_SPACE_GROUPS * stride;
    int threads = omp_get_max_threads(), n = frame->n + frame->n_ghost;
    VT_TRY(vt_grow(&w->histogram, &w->histogram_capacity, (size_t)threads * size));
#pragma omp parallel default(none) shared(c, w, size, n) num_threads(threads)
    {
        uint32_t *mine = w->histogram + (size_t)omp_get_thread_num() * size;
        memset(mine, 0, size * sizeof *mine);
#pragma omp for schedule(dynamic, 128)
        for (int i = 0; i < n; i++) count_atom(&c, i, mine);
#pragma omp single
        for (int t = 1; t < omp_get_num_threads(); t++)
            for (size_t k = 0; k < size; k++) w->histogram[k] += w->histogram[(size_t)t * size + k];
    }
    for (int g = 0; g < VT_SPACE_GROUPS; g++) {
        double *group = tally->group + (size_t)g * tally->group_size;
        for (int p = 0; p < pairs; p++)
            for (int k = 0; k < bins; k++)
                group[p * bins + k] += w->histogram[(size_t)g * stride + (size_t)(p * (bins + 1) + k)];
    }
    for (int s = 0; s < n; s++)
        if (w->group[s] >= 0)
            tally->group[(size_t)w->group[s] * tally->group_size + (size_t)(pairs * bins + w->species[s])] +=
                1;
    return VT_OK;
}

/* What the datasets share. */
struct shape {
    int species, pairs, bins;
    const double *centre, *upper;
    const char *pair[VT_SPECIES_PAIRS_MAX], *symbol[VT_SPECIES_MAX];
};

static enum vt_status add(struct vt_results *out, const char *path, const char *unit, const char *help,
                          const struct shape *s, bool by_pair, bool by_r, bool error, struct vt_dataset **d)
{
    int n_axes = by_pair + by_r, lengths[2] = {by_pair ? s->pairs : s->bins, s->bins};
    VT_TRY(vt_results_add(out, path, unit, help, n_axes, lengths, d));
    if (by_pair) VT_TRY(vt_dataset_axis(*d, 0, "pair", "", NULL, s->pair));
    if (by_r) VT_TRY(vt_dataset_axis(*d, n_axes - 1, "r", "angstrom", s->centre, NULL));
    return error ? vt_dataset_errors(*d) : VT_OK;
}

/* How much the counts of each pair scatter, in units of independent counts: of the whole sample, also where
 * some is left out. */
static enum vt_status put_dispersion(const struct vt_measured *what, const double *sum, const struct shape *s,
                                     struct vt_results *out)
{
    static const char path[] = "pdf/overdispersion";
    struct vt_dataset *d;
    VT_TRY(add(out, path, "1",
               "variance of the counts in a bin between parts of the sample, divided by that of independent "
               "counts",
               s, true, false, false, &d));
    if (what->whole) {
        memcpy(d->value, vt_results_find(what->whole, path)->value, (size_t)s->pairs * sizeof(double));
        return VT_OK;
    }
    for (int p = 0; p < s->pairs; p++)
        VT_TRY(vt_dispersion(what->group + p * s->bins, what->groups, what->group_size, sum + p * s->bins,
                             s->bins, &d->value[p]));
    return VT_OK;
}

static enum vt_status put(const struct pdf *o, const struct vt_measured *what, const double *common,
                          const double *sum, const struct shape *s, struct vt_results *out)
{
    const struct vt_material *m = what->material;
    const double *met = sum + s->pairs * s->bins; /* C_a */
    double u = common[INVERSE_VOLUME] / common[FRAMES];
    double by_number[VT_SPECIES_PAIRS_MAX], by_electrons[VT_SPECIES_PAIRS_MAX];
    vt_weights_number(m, by_number);
    vt_weights_xray(m, by_electrons);

    /* The results may move in memory with each dataset added: fill one before the next. */
    struct vt_dataset *d;
    VT_TRY(add(out, "pdf/count", "1", "unordered pairs counted in all frames", s, true, true, false, &d));
    memcpy(d->value, sum, vt_dataset_size(d) * sizeof *sum);
    VT_TRY(add(out, "pdf/count_ideal", "1", "unordered pairs that an ideal gas of these atoms would have", s,
               true, true, false, &d));
    double *ideal = d->value;
    for (int a = 0; a < s->species; a++)
        for (int b = a; b < s->species; b++) {
            int p = vt_species_pair(a, b, s->species);
            double na = (double)m->species[a].count, nb = (double)m->species[b].count;
            double pairs = a == b ? met[a] * (na - 1) / 2 : (met[a] * nb + met[b] * na) / 2;
            for (int k = 0; k < s->bins; k++) {
                double r0 = k * o->dr, r1 = (k + 1) * o->dr;
                ideal[p * s->bins + k] = fmax(pairs, 0) * u * 4 * M_PI / 3 * (r1 * r1 * r1 - r0 * r0 * r0);
            }
        }
    VT_TRY(add(out, "pdf/g_partial", "1", "g_ab(r) = count / count_ideal", s, true, true, true, &d));
    double *g = d->value;
    for (int k = 0; k < s->pairs * s->bins; k++) g[k] = ideal[k] > 0 ? sum[k] / ideal[k] : 1;
    VT_TRY(add(out, "pdf/g_number", "1", "g(r) = sum c_a c_b g_ab(r), unlike pairs doubled", s, false, true,
               true, &d));
    for (int p = 0; p < s->pairs; p++)
        for (int k = 0; k < s->bins; k++) d->value[k] += by_number[p] * g[p * s->bins + k];
    VT_TRY(add(out, "pdf/g_xray", "1",
               "g(r) = sum w_ab g_ab(r), w_ab = c_a c_b Z_a Z_b / <Z>^2 (q -> 0), unlike pairs doubled", s,
               false, true, true, &d));
    for (int p = 0; p < s->pairs; p++)
        for (int k = 0; k < s->bins; k++) d->value[k] += by_electrons[p] * g[p * s->bins + k];

    VT_TRY(vt_results_add(out, "pdf/coordination", "1", "n_ab(r): atoms b within r of an atom a", 3,
                          (const int[]){s->species, s->species, s->bins}, &d));
    VT_TRY(vt_dataset_axis(d, 0, "central", "", NULL, s->symbol));
    VT_TRY(vt_dataset_axis(d, 1, "neighbour", "", NULL, s->symbol));
    VT_TRY(vt_dataset_axis(d, 2, "r", "angstrom", s->upper, NULL));
    VT_TRY(vt_dataset_errors(d));
    for (int a = 0; a < s->species; a++)
        for (int b = 0; b < s->species; b++) {
            double *n = d->value + (a * s->species + b) * s->bins;
            const double *g_ab = g + vt_species_pair(a, b, s->species) * s->bins;
            double rho = ((double)m->species[b].count - (a == b)) * u, within = 0;
            for (int k = 0; k < s->bins; k++) {
                double r0 = k * o->dr, r1 = (k + 1) * o->dr;
                within += rho * g_ab[k] * 4 * M_PI / 3 * (r1 * r1 * r1 - r0 * r0 * r0);
                n[k] = within;
            }
        }

    VT_TRY(put_dispersion(what, sum, s, out));
    VT_TRY(add(out, "pdf/weight_number", "1", "c_a c_b, unlike pairs doubled", s, true, false, false, &d));
    memcpy(d->value, by_number, (size_t)s->pairs * sizeof(double));
    VT_TRY(add(out, "pdf/weight_xray", "1", "c_a c_b Z_a Z_b / <Z>^2, unlike pairs doubled", s, true, false,
               false, &d));
    memcpy(d->value, by_electrons, (size_t)s->pairs * sizeof(double));
    VT_TRY(vt_results_add(out, "pdf/number_density", "1/angstrom^3", "rho = N <1/V>", 0, NULL, &d));
    d->value[0] = (double)vt_material_atoms(m) * u;
    int valid = 0;
    while (valid < s->bins && common[HALF_HEIGHT + valid] == 0) valid++;
    VT_TRY(vt_results_add(
        out, "pdf/r_valid", "angstrom",
        "g(r) is that of the sample up to here: half the least height of the cell in any frame, "
        "or r_max; beyond it atoms may meet images of themselves",
        0, NULL, &d));
    d->value[0] = valid * o->dr;
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct pdf *o = options;
    const struct vt_material *m = what->material;
    struct shape s = {m->n_species, vt_species_pairs(m->n_species), n_bins(o), NULL, NULL, {0}, {0}};
    enum vt_status st = VT_OK;
    double *centre = NULL, *upper = NULL;
    char label[VT_SPECIES_PAIRS_MAX][VT_PAIR_LABEL];
    vt_pair_labels(m, label);
    for (int p = 0; p < s.pairs; p++) s.pair[p] = label[p];
    for (int a = 0; a < s.species; a++) s.symbol[a] = m->species[a].symbol;
    VT_TRY_GOTO(st, done, vt_alloc(&centre, s.bins));
    VT_TRY_GOTO(st, done, vt_alloc(&upper, s.bins));
    for (int k = 0; k < s.bins; k++) centre[k] = (k + 0.5) * o->dr, upper[k] = (k + 1) * o->dr;
    s.centre = centre, s.upper = upper;
    st = put(o, what, common, sum, &s, out);
done:
    free(upper);
    free(centre);
    return st;
}

const struct vt_kernel vt_kernel_pdf = {
    .name = "pdf",
    .help = "radial distribution functions: partial, by number, X-ray weighted; coordination",
    .params = params,
    .options_size = sizeof(struct pdf),
    .grouping = VT_GROUP_SPACE,
    .reach = reach,
    .sizes = sizes,
    .check = check,
    .accumulate = accumulate,
    .finish = finish,
    .work_size = sizeof(struct work),
    .release = release,
};
