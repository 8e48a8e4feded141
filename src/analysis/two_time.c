/* two_time.c: see two_time.h. Sums over q are made in tiles of frames, each by one thread, so the order of
 * every sum is that of q. A tile gathers in a small buffer, four q at a time: it stays in the first cache,
 * and each number there is loaded and stored once for four products. */
#include "analysis/two_time.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"

enum { ROWS = 32, COLUMNS = 64 };

enum vt_status vt_two_time_init(struct vt_two_time *two, int n_t)
{
    *two = (struct vt_two_time){.n_t = n_t};
    VT_TRY(vt_alloc(&two->sum, n_t));
    return vt_alloc(&two->product, (size_t)n_t * (size_t)n_t);
}

void vt_two_time_release(struct vt_two_time *two)
{
    free(two->sum), free(two->product);
    *two = (struct vt_two_time){0};
}

/* tile (ROWS, COLUMNS) += sum_q I_q(a + row) I_q(b + column) */
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) static void add_tile(
    const double *restrict intensity, int n_q, size_t stride, int rows, int a, int b, int columns,
    double *restrict tile)
{
    int q = 0;
    for (; q + 4 <= n_q; q += 4) {
        const double *i0 = intensity + (size_t)q * stride, *i1 = i0 + stride, *i2 = i1 + stride,
                     *i3 = i2 + stride;
        for (int r = 0; r < rows; r++) {
            double f0 = i0[a + r], f1 = i1[a + r], f2 = i2[a + r], f3 = i3[a + r];
            for (int c = 0; c < columns; c++)
                tile[r * COLUMNS + c] += f0 * i0[b + c] + f1 * i1[b + c] + f2 * i2[b + c] + f3 * i3[b + c];
        }
    }
    for (; q < n_q; q++) {
        const double *i0 = intensity + (size_t)q * stride;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++) tile[r * COLUMNS + c] += i0[a + r] * i0[b + c];
    }
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

enum vt_status vt_two_time_add(struct vt_two_time *two, int n_q, const double *intensity)
{
    const int n = two->n_t, across = (n + COLUMNS - 1) / COLUMNS, down = (n + ROWS - 1) / ROWS;
    assert(!two->ratios);
    for (int q = 0; q < n_q; q++)
        for (int t = 0; t < n; t++) {
            double i = intensity[(size_t)q * (size_t)n + (size_t)t];
            if (!isfinite(i))
                return VT_RAISE(VT_EPHYSICS, "the intensity of row %d, frame %d is not finite", q + 1, t);
            two->sum[t] += i;
        }
#pragma omp parallel for schedule(dynamic)
    for (int k = 0; k < across * down; k++) {
        int a = k / across * ROWS, b = k % across * COLUMNS, rows = least(ROWS, n - a),
            columns = least(COLUMNS, n - b);
        if (b + columns <= a) continue; /* below the diagonal */
        double tile[ROWS * COLUMNS] = {0};
        add_tile(intensity, n_q, (size_t)n, rows, a, b, columns, tile);
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                if (b + c >= a + r)
                    two->product[(size_t)(a + r) * (size_t)n + (size_t)(b + c)] += tile[r * COLUMNS + c];
    }
    two->n_q += n_q;
    return VT_OK;
}

void vt_two_time_take_off(const struct vt_two_time *all, struct vt_two_time *part)
{
    size_t n = (size_t)all->n_t;
    assert(part->n_t == all->n_t);
    for (size_t k = 0; k < n; k++) part->sum[k] = all->sum[k] - part->sum[k];
    for (size_t k = 0; k < n * n; k++) part->product[k] = all->product[k] - part->product[k];
    part->n_q = all->n_q - part->n_q;
}

enum vt_status vt_two_time_of_matrix(struct vt_two_time *two, int n_t, const double *c)
{
    size_t n = (size_t)n_t;
    VT_TRY(vt_two_time_init(two, n_t));
    for (size_t a = 0; a < n; a++) {
        two->sum[a] = 1;
        for (size_t b = a; b < n; b++) two->product[a * n + b] = (c[a * n + b] + c[b * n + a]) / 2;
    }
    two->n_q = 1, two->ratios = true;
    return VT_OK;
}

static double ratio(const struct vt_two_time *two, int a, int b)
{
    return two->product[(size_t)a * (size_t)two->n_t + (size_t)b] * two->n_q / (two->sum[a] * two->sum[b]);
}

enum vt_status vt_two_time_matrix(const struct vt_two_time *two, double *c)
{
    const int n = two->n_t;
    for (int a = 0; a < n; a++)
        if (!(fabs(two->sum[a]) > 0)) return VT_RAISE(VT_EPHYSICS, "frame %d has no intensity", a);
    for (int a = 0; a < n; a++)
        for (int b = a; b < n; b++)
            c[(size_t)a * (size_t)n + (size_t)b] = c[(size_t)b * (size_t)n + (size_t)a] = ratio(two, a, b);
    return VT_OK;
}

/* The first frames t1 of pairs of this delay. */
static void starts(const struct vt_cut *cut, int n, int delay, int *from, int *to)
{
    double first = cut->first, last = cut->last;
    if (cut->pairs == VT_CUT_AGE) first -= 0.5 * delay, last -= 0.5 * delay;
    if (cut->pairs == VT_CUT_BLOCK) last -= delay;
    *from = first > 0 ? (int)ceil(first) : 0;
    *to = last < n - 1 - delay ? (int)floor(last) : n - 1 - delay;
}

enum vt_status vt_one_time(const struct vt_two_time *two, const struct vt_cut *cut,
                           enum vt_cut_average average, double *g2, int *pairs)
{
    const int n = two->n_t;
    if (two->ratios && average == VT_CUT_RATIO_OF_SUMS)
        return VT_RAISE(VT_EINPUT,
                        "a ratio of sums needs intensities, and only C(t1, t2) is known: take the mean "
                        "of ratios");
    if (!(cut->last >= cut->first) || cut->first > n - 1 || cut->last < 0)
        return VT_RAISE(VT_EINPUT, "no frames from %g to %g: there are frames 0 to %d", cut->first, cut->last,
                        n - 1);
    for (int t = 0; t < n; t++)
        if (!(fabs(two->sum[t]) > 0)) return VT_RAISE(VT_EPHYSICS, "frame %d has no intensity", t);
    for (int delay = 0; delay < n; delay++) {
        int from, to, count = 0;
        double product = 0, first = 0, second = 0, ratios = 0;
        starts(cut, n, delay, &from, &to);
        for (int t = from; t <= to; t++) {
            double at = cut->pairs == VT_CUT_START ? t : t + 0.5 * delay;
            if (at >= cut->hole[0] && at < cut->hole[1]) continue;
            count++;
            if (average == VT_CUT_MEAN_OF_RATIOS)
                ratios += ratio(two, t, t + delay);
            else {
                product += two->product[(size_t)t * (size_t)n + (size_t)(t + delay)];
                first += two->sum[t], second += two->sum[t + delay];
            }
        }
        pairs[delay] = count;
        g2[delay] = !count                             ? NAN
                    : average == VT_CUT_MEAN_OF_RATIOS ? ratios / count
                                                       : product * count * two->n_q / (first * second);
    }
    return VT_OK;
}

const char *vt_cut_pairs_text(enum vt_cut_pairs pairs)
{
    static const char *const text[] = {"block: both frames in the window",
                                       "age: (t1 + t2)/2 in the window, along the antidiagonal",
                                       "start: t1 in the window, along a horizontal"};
    return text[pairs];
}

const char *vt_cut_average_text(enum vt_cut_average average)
{
    return average == VT_CUT_RATIO_OF_SUMS
               ? "ratio of sums: <I(t1) I(t2)> / (<I(t1)> <I(t2)>), over q and pairs"
               : "mean of ratios: mean of C(t1, t2) over pairs";
}
