/* pairs.c: half lists with a grid of bins half a reach wide.
 *
 * Atoms are sorted into bins, z fastest, so the bins around an atom are a few contiguous runs. An atom
 * j after i in the arrays is a partner of i: that takes each owned pair once, and ghosts come after all owned
 * atoms. Of those only the ones ahead of i are partners; the others have i's image ahead of them at home. */
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
    int *first;     /* bins + 1 */
    int32_t *atom;  /* in order of bins */
    double (*x)[4]; /* their positions; the fourth lane is not used */
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
    VT_TRY_GOTO(st, done, vt_alloc(&b->x, n));
    int *next = b->first + 1; /* becomes b->first after filling */
    for (int i = 0; i < n; i++) {
        bin_of[i] = (bin_along(b, x[i][0], 0) * b->count[1] + bin_along(b, x[i][1], 1)) * b->count[2] +
                    bin_along(b, x[i][2], 2);
        next[bin_of[i] + 1]++;
    }
    for (int k = 0; k < n_bins; k++) next[k + 1] += next[k];
    for (int i = 0; i < n; i++) {
        int place = next[bin_of[i]]++;
        b->atom[place] = i;
        memcpy(b->x[place], x[i], sizeof *x);
    }
done:
    free(bin_of);
    return st;
}

/* Partners of atom i, appended to list (room for them is there); returns the new length. */
static size_t partners_of(const struct bins *b, const double (*x)[4], int n, int i, double reach2, int span,
                          int32_t *list, size_t length)
{
    int at[3], low[3], high[3];
    for (int d = 0; d < 3; d++) {
        at[d] = bin_along(b, x[i][d], d);
        low[d] = at[d] - span < 0 ? 0 : at[d] - span;
        high[d] = at[d] + span >= b->count[d] ? b->count[d] - 1 : at[d] + span;
    }
    for (int bx = low[0]; bx <= high[0]; bx++)
        for (int by = low[1]; by <= high[1]; by++) {
            int row = (bx * b->count[1] + by) * b->count[2];
            int begin = b->first[row + low[2]], end = b->first[row + high[2] + 1];
            for (int k = begin; k < end; k++) {
                double dx = b->x[k][0] - x[i][0], dy = b->x[k][1] - x[i][1], dz = b->x[k][2] - x[i][2];
                int ahead = (dz > 0) | ((dz == 0) & ((dy > 0) | ((dy == 0) & (dx > 0))));
                list[length] = b->atom[k];
                length +=
                    (dx * dx + dy * dy + dz * dz < reach2) & (b->atom[k] > i) & ((b->atom[k] < n) | ahead);
            }
        }
    return length;
}

/* Candidates that partners_of may write for atom i, at most. */
static size_t candidates(const struct bins *b, const double *x, int span)
{
    size_t n = 0;
    int low[3], high[3];
    for (int d = 0; d < 3; d++) {
        int at = bin_along(b, x[d], d);
        low[d] = at - span < 0 ? 0 : at - span;
        high[d] = at + span >= b->count[d] ? b->count[d] - 1 : at + span;
    }
    for (int bx = low[0]; bx <= high[0]; bx++)
        for (int by = low[1]; by <= high[1]; by++) {
            int row = (bx * b->count[1] + by) * b->count[2];
            n += (size_t)(b->first[row + high[2] + 1] - b->first[row + low[2]]);
        }
    return n;
}

enum vt_status vt_pairs_find(struct vt_pairs *pairs, const double (*x)[4], int n, int n_ghost, double reach)
{
    enum vt_status st = VT_OK;
    struct bins bins = {0};
    int threads = omp_get_max_threads();
    struct part {
        int32_t *list;
        size_t capacity, length;
        int64_t begin, end;
        bool failed;
    } *part = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&part, threads));
    VT_TRY_GOTO(st, done, fill_bins(&bins, x, n + n_ghost, reach));
    VT_TRY_GOTO(st, done, vt_grow(&pairs->begin, &pairs->begin_capacity, n + 1));
    pairs->n = n;
    int span = (int)ceil(reach * bins.inverse - 1e-9);

#pragma omp parallel num_threads(threads)
    {
        struct part *p = &part[omp_get_thread_num()];
        vt_share(n, omp_get_num_threads(), omp_get_thread_num(), &p->begin, &p->end);
        for (int64_t i = p->begin; i < p->end && !p->failed; i++) {
            /* vt_grow records a message on failure, which is not safe here: the failure is raised after the
             * region. */
            size_t need = p->length + candidates(&bins, x[i], span) + 1;
            if (need > p->capacity) {
                size_t room = need + need / 2;
                int32_t *larger = realloc(p->list, room * sizeof *larger);
                if (!larger) {
                    p->failed = true;
                    break;
                }
                p->list = larger;
                p->capacity = room;
            }
            size_t before = p->length;
            p->length = partners_of(&bins, x, n, (int)i, reach * reach, span, p->list, before);
            pairs->begin[i + 1] = (int64_t)(p->length - before);
        }
    }
    for (int t = 0; t < threads; t++)
        if (part[t].failed) {
            st = VT_RAISE(VT_EWORLD, "out of memory for the neighbour list of %d atoms", n);
            goto done;
        }
    pairs->begin[0] = 0;
    for (int i = 0; i < n; i++) pairs->begin[i + 1] += pairs->begin[i];
    VT_TRY_GOTO(st, done, vt_grow(&pairs->partner, &pairs->partner_capacity, (size_t)pairs->begin[n] + 16));
    for (int t = 0; t < threads; t++)
        if (part[t].length)
            memcpy(pairs->partner + pairs->begin[part[t].begin], part[t].list,
                   part[t].length * sizeof *part[t].list);
done:
    for (int t = 0; part && t < threads; t++) free(part[t].list);
    free(part);
    free(bins.first);
    free(bins.atom);
    free(bins.x);
    return st;
}

void vt_pairs_release(struct vt_pairs *pairs)
{
    free(pairs->begin);
    free(pairs->partner);
    *pairs = (struct vt_pairs){0};
}
