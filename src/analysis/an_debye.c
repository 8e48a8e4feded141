/* an_debye.c: structure factors from the distances of all pairs (Debye's formula).
 *
 *     N_a N_b / N (A_ab(q) - U(q)) = sum_{i of a, j of b, i != j, r_ij < r_max} sin(q r_ij) / (q r_ij)
 *
 * U is 1 for an isolated cluster, all of whose pairs are there: then S = 1 + (1/N) sum sin(q r) / (q r) for
 * atoms that are all alike. A cluster in vacuum scatters strongly at small q. A piece of matter without end
 * goes on beyond r_max: what atoms at the mean density rho would add up to r_max is taken away,
 *
 *     U(q) = 1 - (4 pi rho / q) int_0^r_max r sin(q r) dr
 *
 * with (N_a - 1) / N_a times the integral for like pairs, so that an ideal gas has A = 1, and A_ab is the
 * transform of g_ab - 1, as in cv_sq.c with its ripples of r_max, but without bins. Then everything in
 * partials.h. The work goes with pairs x wave numbers.
 *
 * Reference: Debye, Ann. Phys. 351, 809 (1915). */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "analysis/kernel.h"
#include "analysis/partials.h"
#include "analysis/weights.h"
#include "core/exact.h"
#include "core/memory.h"
#include "core/pairs.h"

struct debye {
    struct vt_common_options common;
    double r_max, q_max, dq, energy;
    bool isolated;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct debye, 1),
    {.name = "r_max",
     .unit = "A",
     .kind = VT_REAL,
     .offset = offsetof(struct debye, r_max),
     .preset = 15,
     .min = 0.1,
     .max = 1000,
     .help = "largest distance, at most half the least height of the cell; of a cluster, all of it"},
    {.name = "q_max",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct debye, q_max),
     .preset = 25,
     .min = 0.01,
     .max = 70,
     .help = "largest wave number"},
    {.name = "dq",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct debye, dq),
     .preset = 0.05,
     .min = 1e-3,
     .max = 10,
     .help = "step of q; the first one is dq"},
    {.name = "isolated",
     .unit = "",
     .kind = VT_BOOL,
     .offset = offsetof(struct debye, isolated),
     .max = 1,
     .help = "the sample is a cluster in vacuum, not a piece of matter that goes on"},
    VT_ENERGY_OPTION(struct debye),
    {0},
};

enum { FRAMES, INVERSE_VOLUME, COMMON };
enum { LANES = 8 };
/* Terms are rounded to it: sums are of whole quanta, exact below 2^53 of them. As terms are up to 1, a thread
 * hands its sums over after FLUSH pairs, each of which counts up to twice in a row. */
#define QUANTUM 0x1p-34
#define CARRY   (INT64_C(1) << 30) /* a state holds carries and the rest, so that it is exact too */
enum { FLUSH = 1 << 18 };

struct work {
    struct vt_pairs pairs;
    double *sum;    /* [thread][group][pair][q] */
    int64_t *whole; /* the same, in quanta */
    int8_t *group;  /* of owned atoms */
    size_t sum_capacity, whole_capacity, group_capacity;
};

static int n_q(const struct debye *o)
{
    int n = (int)floor(o->q_max / o->dq * (1 + 1e-12));
    return n > 0 ? n : 1;
}

static double reach(const void *options)
{
    const struct debye *o = options;
    return o->r_max;
}

/* A group: [pair][q] sums over centres, their carries, then the rest; then how many centres of each species
 * there are. */
static void sizes(const void *options, const struct vt_material *m, size_t *common, size_t *group)
{
    *common = COMMON;
    *group = 2 * (size_t)vt_species_pairs(m->n_species) * (size_t)n_q(options) + (size_t)m->n_species;
}

static enum vt_status check(const void *options, const struct vt_cell *cell)
{
    const struct debye *o = options;
    double half = vt_cell_least_height(cell) / 2;
    if (o->r_max > half)
        return VT_RAISE(
            VT_EINPUT,
            "debye: r_max is %g angstrom, but half the least height of the cell is %.4g angstrom: use a "
            "smaller r_max or a larger cell",
            o->r_max, half);
    return VT_OK;
}

static void release(void *work)
{
    struct work *w = work;
    vt_pairs_release(&w->pairs);
    free(w->sum), free(w->whole), free(w->group);
}

/* Add sin(q_j r) / (q_j r), q_j = (j + 1) dq, to a and, if it is not NULL, b. By sin((k + 8) x) = 2 cos(8 x)
 * sin(k x) - sin((k - 8) x), which goes on in eight lanes. s (n + 16): room for the sines. */
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) static void add_pair(
    double x, int n, const double *restrict inverse, double *restrict s, double *restrict a,
    double *restrict b)
{
    const double magic = VT_MAGIC(QUANTUM), two_cos = 2 * cos(x), two_cos_lanes = 2 * cos(LANES * x);
    s[0] = sin(x);
    s[1] = two_cos * s[0];
    for (int j = 2; j < 2 * LANES; j++) s[j] = two_cos * s[j - 1] - s[j - 2];
#pragma omp simd safelen(8)
    for (int j = 2 * LANES; j < n; j++) s[j] = two_cos_lanes * s[j - LANES] - s[j - 2 * LANES];
#pragma omp simd
    for (int j = 0; j < n; j++) s[j] = vt_round(s[j] * inverse[j] / x, magic);
#pragma omp simd
    for (int j = 0; j < n; j++) a[j] += s[j];
    if (!b) return;
#pragma omp simd
    for (int j = 0; j < n; j++) b[j] += s[j];
}

struct adding {
    const struct vt_frame *frame;
    const struct work *w;
    double r_max, dq;
    int n, n_species;
    const double *inverse; /* 1 / (j + 1) */
};

/* Sums of a thread, and the pairs in them since they were handed over. */
struct sums {
    size_t size;
    double *sum;
    int64_t *whole, pairs;
};

static void hand_over(struct sums *of)
{
    for (size_t k = 0; k < of->size; k++) {
        of->whole[k] += (int64_t)(of->sum[k] / QUANTUM);
        of->sum[k] = 0;
    }
    of->pairs = 0;
}

static void add_atom(const struct adding *a, int i, double *s, struct sums *of)
{
    double *sum = of->sum;
    const struct vt_frame *f = a->frame;
    size_t group = (size_t)vt_species_pairs(a->n_species) * (size_t)a->n;
    for (int64_t k = a->w->pairs.begin[i]; k < a->w->pairs.begin[i + 1]; k++) {
        int j = a->w->pairs.partner[k];
        double r2 = 0;
        for (int d = 0; d < 3; d++) r2 += (f->x[i][d] - f->x[j][d]) * (f->x[i][d] - f->x[j][d]);
        if (!(r2 < a->r_max * a->r_max) || (i >= f->n && j >= f->n)) continue;
        if (++of->pairs == FLUSH) hand_over(of);
        size_t row = (size_t)vt_species_pair(f->species[i], f->species[j], a->n_species) * (size_t)a->n;
        double *of_i = i < f->n ? sum + (size_t)a->w->group[i] * group + row : NULL,
               *of_j = j < f->n ? sum + (size_t)a->w->group[j] * group + row : NULL;
        if (of_i && of_i == of_j) { /* the same row twice */
            add_pair(a->dq * sqrt(r2), a->n, a->inverse, s, of_i, NULL);
            for (int q = 0; q < a->n; q++) of_i[q] += s[q];
        } else
            add_pair(a->dq * sqrt(r2), a->n, a->inverse, s, of_i ? of_i : of_j, of_i ? of_j : NULL);
    }
}

static enum vt_status accumulate(const void *options, const struct vt_frame *f, void *work,
                                 const struct vt_tally *tally)
{
    const struct debye *o = options;
    struct work *w = work;
    int n_species = f->material->n_species, n = n_q(o), threads = omp_get_max_threads(),
        all = f->n + f->n_ghost;
    size_t rows = (size_t)vt_species_pairs(n_species) * (size_t)n, size = VT_SPACE_GROUPS * rows,
           room = (size_t)n + 2 * LANES;
    double *inverse = NULL, *sines = NULL;
    enum vt_status st = VT_OK;
    if (f->ranks->rank == 0) {
        tally->common[FRAMES] += 1;
        tally->common[INVERSE_VOLUME] += 1 / f->state.volume;
    }
    VT_TRY_GOTO(st, done, vt_pairs_find(&w->pairs, f->x, all, 0, o->r_max));
    VT_TRY_GOTO(st, done, vt_grow(&w->group, &w->group_capacity, f->n));
    VT_TRY_GOTO(st, done, vt_grow(&w->sum, &w->sum_capacity, (size_t)threads * size));
    VT_TRY_GOTO(st, done, vt_grow(&w->whole, &w->whole_capacity, (size_t)threads * size));
    VT_TRY_GOTO(st, done, vt_alloc(&inverse, n));
    VT_TRY_GOTO(st, done, vt_alloc(&sines, (size_t)threads * room));
    for (int j = 0; j < n; j++) inverse[j] = 1.0 / (j + 1);
    for (int i = 0; i < f->n; i++) {
        w->group[i] = (int8_t)vt_space_group(&f->state.cell, f->x[i]);
        tally->group[(size_t)w->group[i] * tally->group_size + 2 * rows + (size_t)f->species[i]] += 1;
    }
    const struct adding a = {f, w, o->r_max, o->dq, n, n_species, inverse};
#pragma omp parallel default(none) shared(a, w, size, all, sines, room) num_threads(threads)
    {
        size_t t = (size_t)omp_get_thread_num();
        struct sums mine = {size, w->sum + t * size, w->whole + t * size, 0};
        memset(mine.sum, 0, size * sizeof *mine.sum);
        memset(mine.whole, 0, size * sizeof *mine.whole);
#pragma omp for schedule(dynamic, 16)
        for (int i = 0; i < all; i++) add_atom(&a, i, sines + t * room, &mine);
        hand_over(&mine);
    }
    for (size_t k = 0; k < size; k++) {
        int64_t whole = 0;
        for (int t = 0; t < threads; t++) whole += w->whole[(size_t)t * size + k];
        int64_t carry = whole / CARRY;
        double *at = tally->group + k / rows * tally->group_size + k % rows;
        at[0] += (double)carry;
        at[rows] += (double)(whole - carry * CARRY);
    }
done:
    free(sines);
    free(inverse);
    return st;
}

/* 1 - U(q): what matter of density 1 would add. */
static double uniform(double q, double r)
{
    return 4 * M_PI * (sin(q * r) - q * r * cos(q * r)) / (q * q * q);
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct debye *o = options;
    const struct vt_material *m = what->material;
    int n = n_q(o), pairs = vt_species_pairs(m->n_species);
    const double *rest = sum + (size_t)pairs * (size_t)n, *centres = rest + (size_t)pairs * (size_t)n,
                 atoms = (double)vt_material_atoms(m),
                 rho = o->isolated ? 0 : atoms * common[INVERSE_VOLUME] / common[FRAMES];
    double *q = NULL, *a = NULL;
    enum vt_status st = VT_OK;
    VT_TRY_GOTO(st, done, vt_alloc(&q, n));
    VT_TRY_GOTO(st, done, vt_alloc(&a, pairs * n));
    for (int j = 0; j < n; j++) q[j] = (j + 1) * o->dq;
    for (int s = 0; s < m->n_species; s++)
        for (int t = s; t < m->n_species; t++) {
            const int p = vt_species_pair(s, t, m->n_species);
            double norm = centres[s] * (double)m->species[t].count / atoms;
            if (t != s) norm += centres[t] * (double)m->species[s].count / atoms;
            /* Atoms that are anywhere see one less of their own kind. */
            double others = s == t ? 1 - 1 / (double)m->species[s].count : 1;
            for (int j = 0; j < n; j++)
                a[p * n + j] = 1 + QUANTUM * ((double)CARRY * sum[p * n + j] + rest[p * n + j]) / norm -
                               rho * others * uniform(q[j], o->r_max);
        }
    st = vt_partials_put(&(struct vt_partials){"debye", o->energy, m, n, q, a}, out);
done:
    free(a);
    free(q);
    return st;
}

const struct vt_kernel vt_kernel_debye = {
    .name = "debye",
    .help = "structure factors from the distances of all pairs, of a piece of matter or of a cluster: "
            "partial, X-ray, "
            "neutron",
    .params = params,
    .options_size = sizeof(struct debye),
    .grouping = VT_GROUP_SPACE,
    .reach = reach,
    .sizes = sizes,
    .check = check,
    .accumulate = accumulate,
    .finish = finish,
    .work_size = sizeof(struct work),
    .release = release,
};
