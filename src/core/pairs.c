/* pairs.c: half and full lists with a grid of bins half a reach wide.
 *
 * Atoms are sorted into bins, z slowest and x fastest, so the bins that may hold what lies ahead of an atom,
 * half of those around it, are a few contiguous runs. In a run, first all distances are found, which goes
 * through vectors, then the places of those near enough are written without a branch. */
#include "core/pairs.h"

#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"

enum { SPAN = 2 }; /* bins to either side */

struct bins {
    double low[3], inverse; /* corner and 1/width */
    int count[3];
    int *first;    /* bins + 1; z slowest, x fastest */
    int32_t *atom; /* in order of bins */
    double *x[3];  /* their positions */
};

static void bounding_box(const double (*x)[4], int n, double low[3], double high[3])
{
    for (int d = 0; d < 3; d++) low[d] = INFINITY, high[d] = -INFINITY;
    for (int i = 0; i < n; i++)
        for (int d = 0; d < 3; d++) {
            low[d] = fmin(low[d], x[i][d]);
            high[d] = fmax(high[d], x[i][d]);
        }
}

static int bin_along(const struct bins *b, double x, int d)
{
    int k = (int)((x - b->low[d]) * b->inverse);
    return k < 0 ? 0 : k >= b->count[d] ? b->count[d] - 1 : k;
}

static enum vt_status fill_bins(struct bins *b, const double (*x)[4], int n, double reach)
{
    double high[3], width = reach / SPAN;
    bounding_box(x, n, b->low, high);
    if (!n) memset(b->low, 0, sizeof b->low), memset(high, 0, sizeof high);
    /* A sparse sample must not ask for more bins than atoms warrant. */
    while ((high[0] - b->low[0]) * (high[1] - b->low[1]) * (high[2] - b->low[2]) >
           8.0 * (n + 64) * width * width * width)
        width *= 1.26;
    b->inverse = 1 / width;
    for (int d = 0; d < 3; d++) b->count[d] = (int)((high[d] - b->low[d]) * b->inverse) + 1;
    int n_bins = b->count[0] * b->count[1] * b->count[2];
    enum vt_status st = VT_OK;
    int *bin_of = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&bin_of, n));
    VT_TRY_GOTO(st, done, vt_alloc(&b->first, n_bins + 2));
    VT_TRY_GOTO(st, done, vt_alloc(&b->atom, n));
    for (int d = 0; d < 3; d++) VT_TRY_GOTO(st, done, vt_alloc(&b->x[d], n));
    int *next = b->first + 1; /* becomes b->first after filling */
    for (int i = 0; i < n; i++) {
        bin_of[i] = (bin_along(b, x[i][2], 2) * b->count[1] + bin_along(b, x[i][1], 1)) * b->count[0] +
                    bin_along(b, x[i][0], 0);
        next[bin_of[i] + 1]++;
    }
    for (int k = 0; k < n_bins; k++) next[k + 1] += next[k];
    for (int i = 0; i < n; i++) {
        int place = next[bin_of[i]]++;
        b->atom[place] = i;
        for (int d = 0; d < 3; d++) b->x[d][place] = x[i][d];
    }
done:
    free(bin_of);
    return st;
}

/* The runs of bins that may hold what lies ahead of a place, or all around it: one for each row along x. */
struct runs {
    int n, begin[(2 * SPAN + 1) * (2 * SPAN + 1)], end[(2 * SPAN + 1) * (2 * SPAN + 1)];
};

static void find_runs(const struct bins *b, const double x[4], int span, bool around, struct runs *runs)
{
    int low[3], high[3];
    for (int d = 0; d < 3; d++) {
        int at = bin_along(b, x[d], d);
        low[d] = d == 2 && !around ? at : at - span < 0 ? 0 : at - span;
        high[d] = at + span >= b->count[d] ? b->count[d] - 1 : at + span;
    }
    runs->n = 0;
    for (int bz = low[2]; bz <= high[2]; bz++)
        for (int by = low[1]; by <= high[1]; by++) {
            int row = (bz * b->count[1] + by) * b->count[0];
            int begin = b->first[row + low[0]], end = b->first[row + high[0] + 1];
            runs->begin[runs->n] = begin;
            runs->end[runs->n++] = end;
        }
}

/* Built for several instruction sets; the one of this machine is taken when the program starts. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

enum { PIECE = 256 };

/* near[k]: is the k-th atom of a piece ahead of xi (around: ahead or behind) and nearer than the reach?
 * Returns how many are. */
CLONES static int64_t look(const double *restrict x, const double *restrict y, const double *restrict z,
                           int n, const double xi[4], double reach2, int64_t around, int64_t *restrict near)
{
    int64_t sum = 0;
    for (int k = 0; k < n; k++) {
        double dx = x[k] - xi[0], dy = y[k] - xi[1], dz = z[k] - xi[2];
        int64_t ahead = (dz > 0) | ((dz == 0) & ((dy > 0) | ((dy == 0) & (dx > 0))));
        double square = dx * dx + dy * dy + dz * dz;
        near[k] = (ahead | (around & (square > 0))) & (square < reach2);
        sum += near[k];
    }
    return sum;
}

/* The number of partners of an atom at x. They are written to list if it is not NULL. */
static int64_t partners_of(const struct bins *b, const double x[4], double reach2, const struct runs *runs,
                           bool around, int32_t *list)
{
    int64_t near[PIECE], length = 0;
    for (int r = 0; r < runs->n; r++)
        for (int begin = runs->begin[r]; begin < runs->end[r]; begin += PIECE) {
            int n = runs->end[r] - begin < PIECE ? runs->end[r] - begin : PIECE;
            int64_t found =
                look(b->x[0] + begin, b->x[1] + begin, b->x[2] + begin, n, x, reach2, around, near);
            length += found;
            for (int k = 0; list && found > 0; k++) { /* no place behind the last one is touched */
                *list = b->atom[begin + k];
                list += near[k];
                found -= near[k];
            }
        }
    return length;
}

/* Two passes over all atoms: one counts, the other writes where the counts say. */
static enum vt_status find(struct vt_pairs *pairs, const double (*x)[4], int n, int n_ghost, double reach,
                           bool around)
{
    enum vt_status st = VT_OK;
    struct bins bins = {0};
    VT_TRY_GOTO(st, done, fill_bins(&bins, x, n + n_ghost, reach));
    VT_TRY_GOTO(st, done, vt_grow(&pairs->begin, &pairs->begin_capacity, n + 1));
    pairs->n = n;
    int span = (int)ceil(reach * bins.inverse - 1e-9);
    for (int pass = 0; pass < 2; pass++) {
#pragma omp parallel for schedule(dynamic, 256)
        for (int i = 0; i < n; i++) {
            struct runs runs;
            find_runs(&bins, x[i], span, around, &runs);
            if (pass == 0)
                pairs->begin[i + 1] = partners_of(&bins, x[i], reach * reach, &runs, around, NULL);
            else
                partners_of(&bins, x[i], reach * reach, &runs, around, pairs->partner + pairs->begin[i]);
        }
        if (pass == 1) break;
        pairs->begin[0] = 0;
        for (int i = 0; i < n; i++) pairs->begin[i + 1] += pairs->begin[i];
        VT_TRY_GOTO(st, done,
                    vt_renew(&pairs->partner, &pairs->partner_capacity, pairs->begin[n] + VT_PAIRS_SPARE));
    }
done:
    free(bins.first);
    free(bins.atom);
    for (int d = 0; d < 3; d++) free(bins.x[d]);
    return st;
}

enum vt_status vt_pairs_find(struct vt_pairs *pairs, const double (*x)[4], int n, int n_ghost, double reach)
{
    return find(pairs, x, n, n_ghost, reach, false);
}

enum vt_status vt_pairs_around(struct vt_pairs *pairs, const double (*x)[4], int n, int n_ghost, double reach)
{
    return find(pairs, x, n, n_ghost, reach, true);
}

void vt_pairs_release(struct vt_pairs *pairs)
{
    free(pairs->begin);
    free(pairs->partner);
    *pairs = (struct vt_pairs){0};
}
