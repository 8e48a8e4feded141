/* follow.c: see follow.h. */
#include "analysis/follow.h"

#include <math.h>
#include <stdlib.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/random.h"

/* The shell of |q|, -1 if it is in none. */
static int shell_of(const struct vt_follow_shells *s, double q)
{
    int low = 0, high = s->n; /* the last whose lower edge is not above q */
    while (low < high) {
        int mid = (low + high) / 2;
        if (s->q[mid] - s->dq / 2 <= q)
            low = mid + 1;
        else
            high = mid;
    }
    return low && q < s->q[low - 1] + s->dq / 2 ? low - 1 : -1;
}

/* How small the chance number of a wave of a full shell must be to be looked at: twice as many as are wanted
 * pass, so that there are always enough, and never all of a large sphere. */
static double gate(const struct vt_follow_shells *s, int shell, double volume)
{
    double all = vt_waves_expected(volume, fmax(s->q[shell] - s->dq / 2, 0), s->q[shell] + s->dq / 2);
    return s->most ? (2 * (double)s->most + 50) / all : 2;
}

static enum vt_status list(struct vt_follow *f, const struct vt_follow_shells *s, const struct vt_cell *cell)
{
    double g[3][3], q_max = s->q[s->n - 1] + s->dq / 2, volume = vt_cell_volume(cell);
    int most[3];
    vt_reciprocal(cell, g);
    f->n = 0;
    for (int d = 0; d < 3; d++) { /* |q| times an edge is at least 2 pi |n_d| */
        const double *h = cell->h[d];
        most[d] = (int)floor(q_max * sqrt(h[0] * h[0] + h[1] * h[1] + h[2] * h[2]) / (2 * M_PI));
    }
    for (int n1 = 0; n1 <= most[0]; n1++)
        for (int n2 = n1 ? -most[1] : 0; n2 <= most[1]; n2++)
            for (int n3 = n1 || n2 ? -most[2] : 1; n3 <= most[2]; n3++) {
                struct vt_followed wave = {.n = {n1, n2, n3}};
                double u[4];
                wave.shell = shell_of(s, vt_wave_number(g, wave.n));
                if (wave.shell < 0) continue;
                vt_uniform4((uint64_t)(uint32_t)n1, ((int64_t)n2 << 32) + n3, 0, VT_RANDOM_WAVE, u);
                wave.draw = u[0];
                if (wave.draw >= gate(s, wave.shell, volume)) continue;
                VT_TRY(vt_grow(&f->wave, &f->wave_capacity, f->n + 1));
                f->wave[f->n++] = wave;
            }
    return VT_OK;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Keep the `most` of each shell whose chance numbers are least. */
static enum vt_status thin(struct vt_follow *f, const struct vt_follow_shells *s)
{
    double *draw, *limit = NULL;
    int kept = 0;
    VT_TRY(vt_alloc(&draw, f->n));
    enum vt_status st = vt_alloc(&limit, s->n);
    for (int k = 0; k < s->n && st == VT_OK; k++) {
        int n = 0;
        for (int i = 0; i < f->n; i++)
            if (f->wave[i].shell == k) draw[n++] = f->wave[i].draw;
        qsort(draw, (size_t)n, sizeof *draw, ascending);
        limit[k] = s->most && n > s->most ? draw[s->most] : 2;
        if (!n)
            vt_log(VT_LOG_WARNING,
                   "no wave that fits into the cell lies within %g +- %g /angstrom: use a larger dq", s->q[k],
                   s->dq / 2);
    }
    for (int i = 0; i < f->n && st == VT_OK; i++)
        if (f->wave[i].draw < limit[f->wave[i].shell]) f->wave[kept++] = f->wave[i];
    if (st == VT_OK) f->n = kept;
    free(limit);
    free(draw);
    return st;
}

static bool same(const struct vt_cell *a, const struct vt_cell *b)
{
    bool equal = true;
    for (int k = 0; k < 9; k++) equal = equal && a->h[k / 3][k % 3] == b->h[k / 3][k % 3];
    return equal;
}

enum vt_status vt_follow_choose(struct vt_follow *f, const struct vt_follow_shells *shells,
                                const struct vt_cell *first, int turn[3][3])
{
    if (!same(&f->first, first)) {
        f->first = (struct vt_cell){0};
        VT_TRY(list(f, shells, first));
        VT_TRY(thin(f, shells));
        VT_TRY(vt_grow(&f->index, &f->index_capacity, f->n + 1));
        f->first = *first;
    }
    for (int k = 0; k < f->n; k++) /* n s is the same number in both cells, and s_first = s_now turn */
        for (int d = 0; d < 3; d++) {
            f->index[k][d] = 0;
            for (int e = 0; e < 3; e++) f->index[k][d] += turn[d][e] * f->wave[k].n[e];
        }
    return VT_OK;
}

enum vt_status vt_follow_amplitudes(struct vt_follow *f, const struct vt_frame *frame, const double **values,
                                    int *n)
{
    *n = 2 * frame->material->n_species * f->n;
    VT_TRY(vt_waves_amplitudes(&f->waves, f->n, (const int(*)[3])f->index, frame));
    if (frame->ranks->rank) return VT_OK;
    VT_TRY(vt_grow(&f->value, &f->value_capacity, *n + 1));
    for (int k = 0; k < *n; k++) f->value[k] = VT_WAVE_QUANTUM * (double)f->waves.sum[k];
    *values = f->value;
    return VT_OK;
}

void vt_follow_release(struct vt_follow *f)
{
    free(f->wave), free(f->index), free(f->value);
    vt_waves_release(&f->waves);
    *f = (struct vt_follow){0};
}

enum vt_status vt_follow_check(const char *name, const struct vt_follow_shells *s, const struct vt_cell *cell)
{
    double height[3], volume = vt_cell_volume(cell), waves = 0;
    vt_cell_heights(cell, height);
    double least = 2 * M_PI / fmax(fmax(height[0], height[1]), height[2]);
    if (least >= s->q[s->n - 1] + s->dq / 2)
        return VT_RAISE(VT_EINPUT,
                        "%s: the longest wave that fits into the cell has %.4g /angstrom, and q is %g "
                        "/angstrom: use a larger q or a larger sample",
                        name, least, s->q[s->n - 1]);
    for (int k = 0; k < s->n; k++) {
        double all = vt_waves_expected(volume, fmax(s->q[k] - s->dq / 2, 0), s->q[k] + s->dq / 2);
        waves += s->most ? fmin(all, (double)s->most) : all;
    }
    if (waves > VT_WAVES_MOST)
        return VT_RAISE(VT_EINPUT,
                        "%s: about %.2g waves would be measured, at most %d can be: use fewer waves a shell, "
                        "or fewer or thinner shells",
                        name, waves, VT_WAVES_MOST);
    return VT_OK;
}
