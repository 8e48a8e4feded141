/* waves.c: see waves.h.
 *
 * exp(i q r) = product over d of exp(2 pi i n_d s_d) with fractional coordinates s: powers of three numbers
 * an atom are made once for a piece of atoms that stays in the cache, and each wave costs two complex
 * products an atom, or one where n_3 alone has changed. An atom is first brought into the cell by an exact
 * shift, as it may lie elsewhere on other ranks. */
#include "analysis/waves.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/partials.h"
#include "analysis/weights.h"
#include "core/exact.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/random.h"

enum { PIECE = 256 }; /* atoms, of one species, whose factors are kept at a time */

struct vt_wave_shells vt_wave_shells_make(double q_max, double dq, double most)
{
    int n = (int)floor(q_max / dq * (1 + 1e-12));
    return (struct vt_wave_shells){dq, n > 0 ? n : 1, most};
}

void vt_reciprocal(const struct vt_cell *cell, double g[3][3])
{
    for (int d = 0; d < 3; d++) {
        double x[3] = {0, 0, 0}, s[3];
        x[d] = 1;
        vt_cell_fractional(cell, x, s);
        for (int k = 0; k < 3; k++) g[k][d] = 2 * M_PI * s[k];
    }
}

double vt_wave_number(double g[3][3], const int n[3])
{
    double q[3];
    for (int d = 0; d < 3; d++) q[d] = n[0] * g[0][d] + n[1] * g[1][d] + n[2] * g[2][d];
    return sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2]);
}

int vt_wave_class(const int n[3])
{
    int class = 0;
    for (int d = 0; d < 3; d++) class = 3 * class + (n[d] % 3 + 3) % 3;
    return class;
}

double vt_waves_expected(double volume, double q0, double q1)
{
    return volume * (q1 * q1 * q1 - q0 * q0 * q0) / (12 * M_PI * M_PI);
}

double vt_waves_count(const struct vt_wave_shells *shells, const struct vt_cell *cell)
{
    double volume = vt_cell_volume(cell), height[3], count = 0;
    vt_cell_heights(cell, height);
    if (2 * M_PI / fmax(fmax(height[0], height[1]), height[2]) >= shells->n * shells->dq) return -1;
    for (int k = 0; k < shells->n; k++)
        count += fmin(vt_waves_expected(volume, k * shells->dq, (k + 1) * shells->dq), shells->most);
    return count;
}

void vt_waves_release(struct vt_waves *w)
{
    free(w->column), free(w->order), free(w->factor), free(w->sum);
    *w = (struct vt_waves){0};
}

/* Is this one of the waves that are measured? keep: the share of its shell that is. */
static bool chosen(const int n[3], double keep)
{
    double u[4];
    if (keep >= 1) return true;
    vt_uniform4((uint64_t)(uint32_t)n[0], ((int64_t)n[1] << 32) + n[2], 0, VT_RANDOM_WAVE, u);
    return u[0] < keep;
}

/* Add one that comes after all others. */
static enum vt_status add_wave(struct vt_waves *w, const int n[3])
{
    struct vt_wave_column *last = w->n_columns ? &w->column[w->n_columns - 1] : NULL;
    if (last && last->n1 == n[0] && last->n2 == n[1] && last->high == n[2] - 1)
        last->high++;
    else {
        VT_TRY(vt_grow(&w->column, &w->column_capacity, w->n_columns + 1));
        w->column[w->n_columns++] = (struct vt_wave_column){n[0], n[1], n[2], n[2], w->n};
    }
    w->n++;
    return VT_OK;
}

/* One of each q and -q: of n, the first number that is not 0 is positive. */
static enum vt_status list(struct vt_waves *w, const struct vt_wave_shells *shells,
                           const struct vt_cell *cell)
{
    double g[3][3], q_max = shells->n * shells->dq, volume = vt_cell_volume(cell);
    enum vt_status st = VT_OK;
    double *keep;
    VT_TRY(vt_alloc(&keep, shells->n));
    for (int k = 0; k < shells->n; k++)
        keep[k] = shells->most / vt_waves_expected(volume, k * shells->dq, (k + 1) * shells->dq);
    vt_reciprocal(cell, g);
    w->n_columns = w->n = 0;
    for (int d = 0; d < 3; d++) { /* |q| times an edge is at least 2 pi |n_d| */
        const double *h = cell->h[d];
        w->most[d] = (int)floor(q_max * sqrt(h[0] * h[0] + h[1] * h[1] + h[2] * h[2]) / (2 * M_PI));
    }
    for (int n1 = 0; n1 <= w->most[0]; n1++)
        for (int n2 = n1 ? -w->most[1] : 0; n2 <= w->most[1]; n2++)
            for (int n3 = n1 || n2 ? -w->most[2] : 1; n3 <= w->most[2]; n3++) {
                const int n[3] = {n1, n2, n3};
                int shell = (int)(vt_wave_number(g, n) / shells->dq);
                if (shell < shells->n && chosen(n, keep[shell])) VT_TRY_GOTO(st, done, add_wave(w, n));
            }
done:
    free(keep);
    return st;
}

/* The waves that are told. */
static enum vt_status take(struct vt_waves *w, int n_waves, const int (*n)[3])
{
    w->n_columns = w->n = 0;
    memset(w->most, 0, sizeof w->most);
    for (int k = 0; k < n_waves; k++) {
        for (int d = 0; d < 3; d++)
            if (abs(n[k][d]) > w->most[d]) w->most[d] = abs(n[k][d]);
        VT_TRY(add_wave(w, n[k]));
    }
    return VT_OK;
}

static double *factor_of(const struct vt_waves *w, int d, int n)
{
    for (int k = 0; k < d; k++) n += w->most[k] + 1;
    return w->factor + (size_t)n * 2 * PIECE;
}

void vt_wave_place(const struct vt_cell *cell, const double *at, double s[3])
{
    double shift[3], x[3];
    vt_cell_fractional(cell, at, s);
    vt_cell_shift(cell, (int[]){(int)floor(s[0]), (int)floor(s[1]), (int)floor(s[2])}, shift);
    for (int d = 0; d < 3; d++) x[d] = at[d] - shift[d]; /* exact, so the same wherever the atom was */
    vt_cell_fractional(cell, x, s);
}

/* Column i of the factors: those of one atom. */
static void make_factors(const struct vt_waves *w, const struct vt_cell *cell, const double *at, int i)
{
    double s[3];
    vt_wave_place(cell, at, s);
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
    const struct vt_waves *w, const struct vt_wave_column *c, int n, int n_species, int64_t *restrict sum)
{
    const double magic = VT_MAGIC(VT_WAVE_QUANTUM), sign_1 = c->n1 < 0 ? -1 : 1, sign_2 = c->n2 < 0 ? -1 : 1;
    const double *restrict f1 = factor_of(w, 0, abs(c->n1)), *restrict f2 = factor_of(w, 1, abs(c->n2));
    double re[PIECE], im[PIECE];
#pragma omp simd
    for (int i = 0; i < n; i++) {
        double im_1 = sign_1 * f1[PIECE + i], im_2 = sign_2 * f2[PIECE + i];
        re[i] = f1[i] * f2[i] - im_1 * im_2;
        im[i] = f1[i] * im_2 + im_1 * f2[i];
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
        sum[0] += (int64_t)(a / VT_WAVE_QUANTUM);
        sum[1] += (int64_t)(b / VT_WAVE_QUANTUM);
    }
}

/* Of the waves that are listed. */
static enum vt_status make_room(struct vt_waves *w, const struct vt_frame *frame)
{
    int n_species = frame->material->n_species;
    size_t factors = 3, sums = 2 * (size_t)n_species * (size_t)w->n;
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

static void add_atoms(struct vt_waves *w, const struct vt_frame *frame)
{
    int n_species = frame->material->n_species;
    bool much = (double)w->n_columns * frame->n > 5e6; /* some ms: else threads cost more than they do */
#pragma omp parallel default(none) shared(w, frame, n_species) if (much)
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

/* Sum up the amplitudes of the waves that this rank could list, or not: rank 0 has them. */
static enum vt_status measure(struct vt_waves *w, enum vt_status listed, const struct vt_frame *frame)
{
    MPI_Comm comm = frame->ranks->comm;
    if (listed == VT_OK) listed = make_room(w, frame);
    VT_TRY(vt_agree(comm, listed));
    add_atoms(w, frame);
    void *from = frame->ranks->rank == 0 ? MPI_IN_PLACE : w->sum;
    return vt_mpi(
        MPI_Reduce(from, w->sum, 2 * w->n * frame->material->n_species, MPI_INT64_T, MPI_SUM, 0, comm));
}

enum vt_status vt_waves_amplitudes(struct vt_waves *w, int n_waves, const int (*n)[3],
                                   const struct vt_frame *frame)
{
    return measure(w, take(w, n_waves, n), frame);
}

size_t vt_shell_size(int n_species)
{
    return VT_SHELL_PRODUCT + (size_t)vt_species_pairs(n_species);
}

/* Add one wave with rho [species][real, imaginary]. */
static void add_wave_to(double *shell, double q, const int64_t *rho, int n_species)
{
    shell[VT_SHELL_WAVES] += 1;
    shell[VT_SHELL_LENGTH] += q;
    for (int a = 0, pair = VT_SHELL_PRODUCT; a < n_species; a++)
        for (int b = a; b < n_species; b++, pair++) {
            double re = VT_WAVE_QUANTUM * (double)rho[2 * a] * VT_WAVE_QUANTUM * (double)rho[2 * b],
                   im = VT_WAVE_QUANTUM * (double)rho[2 * a + 1] * VT_WAVE_QUANTUM * (double)rho[2 * b + 1];
            shell[pair] += re + im;
        }
}

enum vt_status vt_waves_accumulate(struct vt_waves *w, const struct vt_wave_shells *shells, bool edges,
                                   const struct vt_frame *frame, const struct vt_tally *tally)
{
    int n_species = frame->material->n_species;
    size_t size = vt_shell_size(n_species);
    double g[3][3];
    VT_TRY(measure(w, list(w, shells, &frame->state.cell), frame));
    if (frame->ranks->rank != 0) return VT_OK;
    vt_reciprocal(&frame->state.cell, g);
    tally->common[VT_SHELL_FRAMES] += 1;
    for (const struct vt_wave_column *c = w->column; c < w->column + w->n_columns; c++)
        for (int n3 = c->low; n3 <= c->high; n3++) {
            const int n[3] = {c->n1, c->n2, n3};
            const int64_t *rho = w->sum + (int64_t)(c->first + n3 - c->low) * n_species * 2;
            double *rows = tally->group + (size_t)vt_wave_class(n) * tally->group_size,
                   q = vt_wave_number(g, n);
            add_wave_to(rows + (size_t)(int)(q / shells->dq) * size, q, rho, n_species);
            if (edges && n[0] + abs(n[1]) + abs(n[2]) == 1)
                add_wave_to(rows + (size_t)shells->n * size, q, rho, n_species);
        }
    return VT_OK;
}

/* A_ab of all pairs and shells. */
static void faber_ziman(const struct vt_material *m, const double *sum, int n, double *a)
{
    double atoms = (double)vt_material_atoms(m);
    for (int s = 0, p = 0; s < m->n_species; s++)
        for (int t = s; t < m->n_species; t++, p++)
            for (int k = 0; k < n; k++) {
                const double *shell = sum + (size_t)k * vt_shell_size(m->n_species);
                double ns = (double)m->species[s].count, nt = (double)m->species[t].count;
                double self = s == t ? ns : 0, mean = shell[VT_SHELL_PRODUCT + p] / shell[VT_SHELL_WAVES];
                a[p * n + k] = 1 + (mean - self) * atoms / (ns * nt);
            }
}

enum vt_status vt_shells_put(const char *name, const struct vt_wave_shells *shells, int n_species,
                             double frames, const double *sum, const double *q, struct vt_results *out)
{
    static const struct {
        const char *name, *unit, *help;
    } what[] = {{"waves", "1", "waves of a frame in the shell, one of q and -q"},
                {"q_mean", "1/angstrom", "mean wave number of the shell's waves"}};
    for (int w = 0; w < 2; w++) {
        char path[64];
        struct vt_dataset *d;
        snprintf(path, sizeof path, "%s/%s", name, what[w].name);
        VT_TRY(vt_results_add(out, path, what[w].unit, what[w].help, 1, &shells->n, &d));
        VT_TRY(vt_dataset_axis(d, 0, "q", "1/angstrom", q, NULL));
        for (int k = 0; k < shells->n; k++) {
            const double *shell = sum + (size_t)k * vt_shell_size(n_species);
            d->value[k] = w ? shell[VT_SHELL_LENGTH] / shell[VT_SHELL_WAVES] : shell[VT_SHELL_WAVES] / frames;
        }
    }
    return VT_OK;
}

enum vt_status vt_shells_finish(const char *name, double energy, const struct vt_wave_shells *shells,
                                const struct vt_material *m, double frames, const double *sum,
                                struct vt_results *out)
{
    enum vt_status st = VT_OK;
    double *q = NULL, *a = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&q, shells->n));
    VT_TRY_GOTO(st, done, vt_alloc(&a, vt_species_pairs(m->n_species) * shells->n));
    for (int k = 0; k < shells->n; k++) q[k] = (k + 0.5) * shells->dq;
    faber_ziman(m, sum, shells->n, a);
    VT_TRY_GOTO(st, done, vt_shells_put(name, shells, m->n_species, frames, sum, q, out));
    st = vt_partials_put(&(struct vt_partials){name, energy, m, shells->n, q, a}, out);
done:
    free(a);
    free(q);
    return st;
}
