/* an_concentration.c: structure factors at small q, and how far the species are from being mixed at random.
 *
 * Of all waves q = 2 pi (n_1 a* + n_2 b* + n_3 c*) that fit into the cell, up to q_max, in shells of |q|:
 *
 *     rho_a(q) = sum_{i of species a} exp(i q r_i)
 *     S_ab(q)  = <Re rho_a rho_b*> / sqrt(N_a N_b)                        (Ashcroft & Langreth)
 *     S_cc(q)  = <|rho_s - c_s rho|^2> / N,   rho = sum_b rho_b           (Bhatia & Thornton, s against the
 * rest) ratio    = S_cc / (c_s (1 - c_s))
 *
 * <...> is over frames and the waves of a shell; of q and -q, which give the same, one is taken. Species
 * dealt to the atoms at random have ratio N / (N - 1); an ordered alloy has less, and one that separates has
 * more, most at the smallest q: for two halves of a cell it is of the order of N. With two species both have
 * the same S_cc, the usual one. Because the smallest shells change with the cell, the three waves along its
 * edges, n = 100, 010, 001, are also given on their own: they are there in every frame and block.
 *
 * An amplitude is a sum over all atoms, so it is added up over ranks before it is squared. Each term is
 * rounded to 2^-30 first: a sum of whole numbers, the same bits from any layout. An atom is first brought
 * into the cell by an exact shift, as it may lie elsewhere on other ranks.
 *
 * Groups of the jackknife are 27 classes of waves, (n_1, n_2, n_3) modulo 3: waves are independent of each
 * other even where frames are not, as in a glass. Waves of one length fall into different classes for the
 * first few lengths.
 *
 * References: Ashcroft & Langreth, Phys. Rev. 156, 685 (1967); Bhatia & Thornton, PRB 2, 3004 (1970). */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/kernel.h"
#include "analysis/weights.h"
#include "core/exact.h"
#include "core/memory.h"
#include "core/parallel.h"

struct concentration {
    struct vt_common_options common;
    double q_max, dq;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct concentration, 1),
    {.name = "q_max",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct concentration, q_max),
     .preset = 1.5,
     .min = 0.01,
     .max = 30,
     .help = "largest wave number; the work goes with its cube, and with the square of the number of atoms"},
    {.name = "dq",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct concentration, dq),
     .preset = 0.05,
     .min = 1e-3,
     .max = 10,
     .help = "width of a shell"},
    {0},
};

enum { WAVES_MAX = 1 << 20 };
#define QUANTUM 0x1p-30

enum { FRAMES }; /* common */

/* Sums of a shell: number of waves, of |q|, and then Re rho_a rho_b* of each pair. The last row is of the
 * waves along the edges. */
enum { WAVES, LENGTH, PRODUCT };

/* Whole shells only: q_max is rounded down to a multiple of dq. */
static int n_shells(const struct concentration *o)
{
    int shells = (int)floor(o->q_max / o->dq * (1 + 1e-12));
    return shells > 0 ? shells : 1;
}

static size_t row_size(int n_species)
{
    return PRODUCT + (size_t)vt_species_pairs(n_species);
}

static double reach(const void *options)
{
    (void)options;
    return 0;
}

static void sizes(const void *options, const struct vt_material *m, size_t *common, size_t *group)
{
    *common = FRAMES + 1;
    *group = (size_t)(n_shells(options) + 1) * row_size(m->n_species);
}

/* Edges of the reciprocal lattice, rows a*, b*, c* with 2 pi. */
static void reciprocal(const struct vt_cell *cell, double g[3][3])
{
    for (int d = 0; d < 3; d++) {
        double x[3] = {0, 0, 0}, s[3];
        x[d] = 1;
        vt_cell_fractional(cell, x, s);
        for (int k = 0; k < 3; k++) g[k][d] = 2 * M_PI * s[k];
    }
}

static double wave_number(double g[3][3], const int n[3])
{
    double q[3];
    for (int d = 0; d < 3; d++) q[d] = n[0] * g[0][d] + n[1] * g[1][d] + n[2] * g[2][d];
    return sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2]);
}

static int shell_of(double g[3][3], const int n[3], double dq)
{
    return (int)(wave_number(g, n) / dq);
}

static enum vt_status check(const void *options, const struct vt_cell *cell)
{
    const struct concentration *o = options;
    double q = n_shells(o) * o->dq, waves = vt_cell_volume(cell) * q * q * q / (12 * M_PI * M_PI), height[3];
    vt_cell_heights(cell, height);
    double least = 2 * M_PI / fmax(fmax(height[0], height[1]), height[2]);
    if (least >= q)
        return VT_RAISE(
            VT_EINPUT,
            "concentration: the waves along the edges of the cell begin at %.4g /A, the shells end "
            "at %g /A: use a larger q_max",
            least, q);
    if (waves > WAVES_MAX)
        return VT_RAISE(VT_EINPUT,
                        "concentration: about %.2g waves up to %g /A fit into the cell, at most %d are "
                        "measured: use a smaller q_max",
                        waves, q, WAVES_MAX);
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ amplitudes */

enum { PIECE = 512 }; /* atoms, of one species, whose factors are kept at a time */

/* Waves that differ in n_3 only: from low to high. */
struct column {
    int n1, n2, low, high;
    int first; /* which wave of all is the first */
};

struct work {
    struct column *column;
    int n_columns, n_waves, most[3]; /* most: the largest |n_d| */
    int *order;                      /* owned atoms, by species */
    double *factor;                  /* exp(2 pi i n s_d): [d][n = 0 .. most[d]][real, imaginary][PIECE] */
    int64_t *sum;                    /* rho [wave][species][real, imaginary], in units of 2^-30 */
    size_t column_capacity, order_capacity, factor_capacity, sum_capacity;
};

static void release(void *work)
{
    struct work *w = work;
    free(w->column), free(w->order), free(w->factor), free(w->sum);
}

/* One of each q and -q: of n, the first number that is not 0 is positive. */
static enum vt_status list_waves(struct work *w, const struct vt_cell *cell, double dq, int shells)
{
    double g[3][3];
    reciprocal(cell, g);
    w->n_columns = w->n_waves = 0;
    for (int d = 0; d < 3; d++) { /* |q| times an edge is at least 2 pi |n_d| */
        const double *h = cell->h[d];
        w->most[d] = (int)floor(dq * shells * sqrt(h[0] * h[0] + h[1] * h[1] + h[2] * h[2]) / (2 * M_PI));
    }
    for (int n1 = 0; n1 <= w->most[0]; n1++)
        for (int n2 = n1 ? -w->most[1] : 0; n2 <= w->most[1]; n2++) {
            struct column c = {n1, n2, INT_MAX, INT_MIN, w->n_waves};
            for (int n3 = n1 || n2 ? -w->most[2] : 1; n3 <= w->most[2]; n3++) {
                if (shell_of(g, (int[]){n1, n2, n3}, dq) >= shells) continue;
                if (c.low > n3) c.low = n3;
                c.high = n3;
            }
            if (c.low > c.high) continue;
            VT_TRY(vt_grow(&w->column, &w->column_capacity, w->n_columns + 1));
            w->column[w->n_columns++] = c;
            w->n_waves += c.high - c.low + 1;
        }
    return VT_OK;
}

static double *factor_of(const struct work *w, int d, int n)
{
    for (int k = 0; k < d; k++) n += w->most[k] + 1;
    return w->factor + (size_t)n * 2 * PIECE;
}

/* Column i of the factors: those of one atom. */
static void make_factors(const struct work *w, const struct vt_cell *cell, const double *at, int i)
{
    double s[3], shift[3], x[3];
    vt_cell_fractional(cell, at, s);
    vt_cell_shift(cell, (int[]){(int)floor(s[0]), (int)floor(s[1]), (int)floor(s[2])}, shift);
    for (int d = 0; d < 3; d++) x[d] = at[d] - shift[d]; /* exact, so the same wherever the atom was */
    vt_cell_fractional(cell, x, s);
    for (int d = 0; d < 3; d++) {
        double *f = factor_of(w, d, 0), re = cos(2 * M_PI * s[d]), im = sin(2 * M_PI * s[d]);
        f[i] = 1;
        f[PIECE + i] = 0;
        for (int n = 0; n < w->most[d]; n++, f += 2 * PIECE) {
            f[2 * PIECE + i] = f[i] * re - f[PIECE + i] * im;
            f[3 * PIECE + i] = f[i] * im + f[PIECE + i] * re;
        }
    }
}

/* Add n atoms of the piece to the waves of a column; sum is that of their species in its first wave. Terms
 * are rounded, so the sums of doubles are exact too. */
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) static void add_column(
    const struct work *w, const struct column *c, int n, int n_species, int64_t *restrict sum)
{
    const double magic = VT_MAGIC(QUANTUM), sign_2 = c->n2 < 0 ? -1 : 1;
    const double *restrict f1 = factor_of(w, 0, c->n1), *restrict f2 = factor_of(w, 1, abs(c->n2));
    double re[PIECE], im[PIECE];
#pragma omp simd
    for (int i = 0; i < n; i++) {
        double im_2 = sign_2 * f2[PIECE + i];
        re[i] = f1[i] * f2[i] - f1[PIECE + i] * im_2;
        im[i] = f1[i] * im_2 + f1[PIECE + i] * f2[i];
    }
    for (int n3 = c->low; n3 <= c->high; n3++, sum += 2 * n_species) {
        const double *restrict f3 = factor_of(w, 2, abs(n3)), sign_3 = n3 < 0 ? -1 : 1;
        double a = 0, b = 0;
#pragma omp simd reduction(+ : a, b)
        for (int i = 0; i < n; i++) {
            double im_3 = sign_3 * f3[PIECE + i];
            a += vt_round(re[i] * f3[i] - im[i] * im_3, magic);
            b += vt_round(re[i] * im_3 + im[i] * f3[i], magic);
        }
        sum[0] += (int64_t)(a / QUANTUM);
        sum[1] += (int64_t)(b / QUANTUM);
    }
}

static enum vt_status make_room(struct work *w, const struct vt_frame *frame, double dq, int shells)
{
    int n_species = frame->material->n_species;
    VT_TRY(list_waves(w, &frame->state.cell, dq, shells));
    size_t factors = 3, sums = 2 * (size_t)n_species * (size_t)w->n_waves;
    for (int d = 0; d < 3; d++) factors += (size_t)w->most[d];
    VT_TRY(vt_grow(&w->order, &w->order_capacity, frame->n));
    VT_TRY(vt_grow(&w->factor, &w->factor_capacity, factors * 2 * PIECE));
    VT_TRY(vt_grow(&w->sum, &w->sum_capacity, sums));
    memset(w->sum, 0, sums * sizeof *w->sum);
    for (int s = 0, n = 0; s < n_species; s++)
        for (int i = 0; i < frame->n; i++)
            if (frame->species[i] == s) w->order[n++] = i;
    return VT_OK;
}

static void add_atoms(struct work *w, const struct vt_frame *frame)
{
    int n_species = frame->material->n_species;
#pragma omp parallel default(none) shared(w, frame, n_species)
    for (int begin = 0, end; begin < frame->n; begin = end) {
        int s = frame->species[w->order[begin]];
        for (end = begin; end < frame->n && end < begin + PIECE && frame->species[w->order[end]] == s;) end++;
#pragma omp for
        for (int i = begin; i < end; i++)
            make_factors(w, &frame->state.cell, frame->x[w->order[i]], i - begin);
#pragma omp for schedule(dynamic, 4)
        for (int k = 0; k < w->n_columns; k++)
            add_column(w, &w->column[k], end - begin, n_species,
                       w->sum + ((int64_t)w->column[k].first * n_species + s) * 2);
    }
}

static void add_products(double *row, double length, const int64_t *rho, int n_species)
{
    row[WAVES] += 1;
    row[LENGTH] += length;
    for (int a = 0, pair = PRODUCT; a < n_species; a++)
        for (int b = a; b < n_species; b++, pair++) {
            double re = QUANTUM * (double)rho[2 * a] * QUANTUM * (double)rho[2 * b],
                   im = QUANTUM * (double)rho[2 * a + 1] * QUANTUM * (double)rho[2 * b + 1];
            row[pair] += re + im;
        }
}

static int class_of(const int n[3])
{
    int class = 0;
    for (int d = 0; d < 3; d++) class = 3 * class + (n[d] % 3 + 3) % 3;
    return class;
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    const struct concentration *o = options;
    struct work *w = work;
    int shells = n_shells(o), n_species = frame->material->n_species;
    MPI_Comm comm = frame->ranks->comm;
    VT_TRY(vt_agree(comm, make_room(w, frame, o->dq, shells)));
    add_atoms(w, frame);
    bool root = frame->ranks->rank == 0;
    VT_TRY(vt_mpi(MPI_Reduce(root ? MPI_IN_PLACE : w->sum, w->sum, w->n_waves * n_species * 2, MPI_INT64_T,
                             MPI_SUM, 0, comm)));
    if (!root) return VT_OK;
    double g[3][3];
    reciprocal(&frame->state.cell, g);
    tally->common[FRAMES] += 1;
    for (const struct column *c = w->column; c < w->column + w->n_columns; c++)
        for (int n3 = c->low; n3 <= c->high; n3++) {
            const int n[3] = {c->n1, c->n2, n3};
            const int64_t *rho = w->sum + (int64_t)(c->first + n3 - c->low) * n_species * 2;
            double *rows = tally->group + (size_t)class_of(n) * tally->group_size, q = wave_number(g, n);
            add_products(rows + (size_t)shell_of(g, n, o->dq) * row_size(n_species), q, rho, n_species);
            if (n[0] + abs(n[1]) + abs(n[2]) == 1)
                add_products(rows + (size_t)shells * row_size(n_species), q, rho, n_species);
        }
    return VT_OK;
}

/* -------------------------------------------------------------------------------------------- datasets */

/* S_ab of a row. */
static double partial(const struct vt_material *m, const double *row, int a, int b)
{
    double na = (double)m->species[a].count, nb = (double)m->species[b].count;
    return row[PRODUCT + vt_species_pair(a, b, m->n_species)] / (row[WAVES] * sqrt(na * nb));
}

/* S_cc of species s against the rest: |rho_s - c rho|^2 multiplied out. */
static double s_cc(const struct vt_material *m, const double *row, int s)
{
    double c = (double)m->species[s].count / (double)vt_material_atoms(m), sum = 0;
    for (int a = 0; a < m->n_species; a++)
        for (int b = 0; b < m->n_species; b++)
            sum += ((a == s) - c) * ((b == s) - c) * row[PRODUCT + vt_species_pair(a, b, m->n_species)];
    return sum / (row[WAVES] * (double)vt_material_atoms(m));
}

static double ratio(const struct vt_material *m, const double *row, int s)
{
    double c = (double)m->species[s].count / (double)vt_material_atoms(m);
    return s_cc(m, row, s) / (c * (1 - c));
}

/* A dataset over shells; first is its other axis, none if that has no labels. */
static enum vt_status add(struct vt_results *out, const char *path, const char *unit, const char *help,
                          const char *first, int n, const char *const *labels, int shells, const double *q,
                          struct vt_dataset **d)
{
    const int lengths[2] = {labels ? n : shells, shells};
    VT_TRY(vt_results_add(out, path, unit, help, labels ? 2 : 1, lengths, d));
    if (labels) VT_TRY(vt_dataset_axis(*d, 0, first, "", NULL, labels));
    VT_TRY(vt_dataset_axis(*d, labels ? 1 : 0, "q", "1/angstrom", q, NULL));
    return labels ? vt_dataset_errors(*d) : VT_OK;
}

static enum vt_status put(const struct vt_material *m, double frames, const double *sum, int shells,
                          const double *q, struct vt_results *out)
{
    int species = m->n_species, pairs = vt_species_pairs(species);
    size_t size = row_size(species);
    char label[VT_SPECIES_PAIRS_MAX][VT_PAIR_LABEL];
    const char *pair[VT_SPECIES_PAIRS_MAX], *symbol[VT_SPECIES_MAX];
    vt_pair_labels(m, label);
    for (int p = 0; p < pairs; p++) pair[p] = label[p];
    for (int s = 0; s < species; s++) symbol[s] = m->species[s].symbol;
    struct vt_dataset *d;
    VT_TRY(add(out, "concentration/waves", "1", "waves of a frame in the shell, one of q and -q", "", 0, NULL,
               shells, q, &d));
    for (int k = 0; k < shells; k++) d->value[k] = sum[(size_t)k * size + WAVES] / frames;
    VT_TRY(add(out, "concentration/q_mean", "1/angstrom", "mean wave number of the shell's waves", "", 0,
               NULL, shells, q, &d));
    for (int k = 0; k < shells; k++)
        d->value[k] = sum[(size_t)k * size + LENGTH] / sum[(size_t)k * size + WAVES];
    VT_TRY(add(out, "concentration/s_partial", "1",
               "S_ab(q) = <Re rho_a rho_b*> / sqrt(N_a N_b): Ashcroft and Langreth", "pair", pairs, pair,
               shells, q, &d));
    for (int a = 0, p = 0; a < species; a++)
        for (int b = a; b < species; b++, p++)
            for (int k = 0; k < shells; k++)
                d->value[p * shells + k] = partial(m, sum + (size_t)k * size, a, b);
    if (species == 1) return VT_OK; /* nothing to be mixed with */
    VT_TRY(add(out, "concentration/s_cc", "1",
               "S_cc(q) of one species against the rest; c (1 - c) if mixed at random: Bhatia and Thornton",
               "species", species, symbol, shells, q, &d));
    for (int s = 0; s < species; s++)
        for (int k = 0; k < shells; k++) d->value[s * shells + k] = s_cc(m, sum + (size_t)k * size, s);
    VT_TRY(add(out, "concentration/ratio", "1", "S_cc(q) / (c (1 - c)): 1 if mixed at random", "species",
               species, symbol, shells, q, &d));
    for (int s = 0; s < species; s++)
        for (int k = 0; k < shells; k++) d->value[s * shells + k] = ratio(m, sum + (size_t)k * size, s);
    const double *edges = sum + (size_t)shells * size;
    VT_TRY(vt_results_add(out, "concentration/ratio_edges", "1",
                          "the ratio for the waves n = 100, 010, 001 along the edges of the cell", 1,
                          &species, &d));
    VT_TRY(vt_dataset_axis(d, 0, "species", "", NULL, symbol));
    VT_TRY(vt_dataset_errors(d));
    for (int s = 0; s < species; s++) d->value[s] = ratio(m, edges, s);
    VT_TRY(vt_results_add(out, "concentration/q_edges", "1/angstrom", "mean wave number of these waves", 0,
                          NULL, &d));
    d->value[0] = edges[LENGTH] / edges[WAVES];
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct concentration *o = options;
    int shells = n_shells(o);
    double *q;
    VT_TRY(vt_alloc(&q, shells));
    for (int k = 0; k < shells; k++) q[k] = (k + 0.5) * o->dq;
    enum vt_status st = put(what->material, common[FRAMES], sum, shells, q, out);
    free(q);
    return st;
}

const struct vt_kernel vt_kernel_concentration = {
    .name = "concentration",
    .help = "structure factors at small q: partial, and of concentrations; do the species separate?",
    .params = params,
    .options_size = sizeof(struct concentration),
    .grouping = VT_GROUP_SPACE,
    .collective = true,
    .reach = reach,
    .sizes = sizes,
    .check = check,
    .accumulate = accumulate,
    .finish = finish,
    .work_size = sizeof(struct work),
    .release = release,
};
