/* tiles.c: who works on which tile, see tiles.h. */
#include "core/tiles.h"

#include <omp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"

enum vt_status vt_tiles_shape(struct vt_tiles *t, const int n[3], int threads)
{
    memcpy(t->n, n, sizeof t->n);
    t->threads = threads;
    VT_TRY(vt_grow(&t->first, &t->first_capacity, vt_tiles_count(t) + 1));
    VT_TRY(vt_grow(&t->taken, &t->taken_capacity, vt_tiles_count(t)));
    VT_TRY(vt_grow(&t->at, &t->at_capacity, threads));
    VT_TRY(vt_grow(&t->next, &t->next_capacity, threads));
    return vt_grow(&t->end, &t->end_capacity, threads);
}

void vt_tiles_release(struct vt_tiles *t)
{
    free(t->first);
    free(t->taken);
    free(t->at);
    free(t->next);
    free(t->end);
    *t = (struct vt_tiles){0};
}

void vt_tiles_begin(struct vt_tiles *t)
{
    memset(t->taken, 0, (size_t)vt_tiles_count(t));
    for (int k = 0, tile = 0; k < t->threads; k++) {
        int64_t begin, end;
        t->at[k] = -1;
        t->next[k] = tile;
        vt_share(t->first[vt_tiles_count(t)], t->threads, k, &begin, &end);
        while (tile < vt_tiles_count(t) && (t->first[tile] < end || k == t->threads - 1)) tile++;
        t->end[k] = tile;
    }
}

static bool apart(const struct vt_tiles *t, int p, int q)
{
    div_t row_p = div(p, t->n[2]), row_q = div(q, t->n[2]);
    return abs(row_p.quot / t->n[1] - row_q.quot / t->n[1]) >= 2 ||
           abs(row_p.quot % t->n[1] - row_q.quot % t->n[1]) >= 3 || abs(row_p.rem - row_q.rem) >= 3;
}

static bool is_free(const struct vt_tiles *t, int tile)
{
    for (int k = 0; k < t->threads; k++)
        if (t->at[k] >= 0 && !apart(t, t->at[k], tile)) return false;
    return true;
}

/* A free tile of those that belong to a thread, or -1: the next one for itself, for a helper the last one, as
 * far from where the owner works as can be. *left: are there any that are not taken? */
static int find(struct vt_tiles *t, int owner, bool helper, bool *left)
{
    while (t->next[owner] < t->end[owner] && t->taken[t->next[owner]]) t->next[owner]++;
    for (int k = t->next[owner]; k < t->end[owner]; k++) {
        int tile = helper ? t->next[owner] + t->end[owner] - 1 - k : k;
        if (t->taken[tile]) continue;
        *left = true;
        if (is_free(t, tile)) return tile;
    }
    return -1;
}

int vt_tiles_take(struct vt_tiles *t)
{
    int me = omp_get_thread_num(), tile = -1;
    for (bool left = true; left && tile < 0;) {
#pragma omp critical(vt_tiles)
        {
            left = false;
            t->at[me] = -1;
            for (int k = 0; k < t->threads && tile < 0; k++)
                tile = find(t, (me + k) % t->threads, k > 0, &left);
            if (tile >= 0) t->taken[tile] = 1, t->at[me] = tile;
        }
        if (left && tile < 0) sched_yield(); /* all that are left lie beside those at work */
    }
    return tile;
}
