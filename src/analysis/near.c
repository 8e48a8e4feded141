/* near.c: see near.h. */
#include "analysis/near.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"

static double wrapped(double s)
{
    return s - floor(s); /* may round to 1 */
}

static int cell_of(const struct vt_near *near, const double s[3])
{
    int at = 0;
    for (int d = 0; d < 3; d++) {
        int c = (int)(wrapped(s[d]) * near->cells[d]);
        at = at * near->cells[d] + (c < near->cells[d] ? c : near->cells[d] - 1);
    }
    return at;
}

/* About as many cells as points, about as long as wide. */
enum vt_status vt_near_sort(struct vt_near *near, const struct vt_cell *cell, int n, const double (*s)[3])
{
    double height[3], side = cbrt(vt_cell_volume(cell) / (n > 0 ? n : 1));
    vt_cell_heights(cell, height);
    size_t cells = 1;
    for (int d = 0; d < 3; d++) {
        near->cells[d] = (int)fmax(1, fmin(floor(height[d] / side), 1024));
        cells *= (size_t)near->cells[d];
    }
    near->n = n;
    VT_TRY(vt_renew(&near->begin, &near->begin_capacity, cells + 2));
    VT_TRY(vt_renew(&near->point, &near->point_capacity, (size_t)n + 1));
    VT_TRY(vt_renew(&near->mark, &near->mark_capacity, (size_t)n + 1));
    VT_TRY(vt_renew(&near->s, &near->s_capacity, (size_t)n + 1));
    memset(near->begin, 0, (cells + 2) * sizeof *near->begin);
    for (int i = 0; i < n; i++) near->begin[(near->mark[i] = cell_of(near, s[i])) + 2]++;
    for (size_t c = 1; c <= cells; c++) near->begin[c + 1] += near->begin[c];
    for (int i = 0; i < n; i++) {
        int at = near->begin[near->mark[i] + 1]++;
        near->point[at] = i;
        for (int d = 0; d < 3; d++) near->s[at][d] = wrapped(s[i][d]);
    }
    return VT_OK;
}

/* The cell c of a row that goes on beyond both ends: which it is, and of which image of the row. */
static int fold(int c, int cells, double *image)
{
    int k = c / cells - (c % cells < 0);
    *image = k;
    return c - k * cells;
}

struct query {
    const struct vt_cell *cell;
    double square, s[3];
    int from;
};

/* Cells that follow each other along the last edge. */
static enum vt_status look_into(struct vt_near *near, const struct query *q, size_t first, size_t last,
                                const double image[3], struct vt_near_list *list)
{
    const double(*h)[3] = q->cell->h, off[3] = {image[0] - q->s[0], image[1] - q->s[1], image[2] - q->s[2]};
    for (int at = near->begin[first]; at < near->begin[last + 1]; at++) {
        double a = near->s[at][0] + off[0], b = near->s[at][1] + off[1], c = near->s[at][2] + off[2];
        double x = a * h[0][0] + b * h[1][0] + c * h[2][0], y = b * h[1][1] + c * h[2][1], z = c * h[2][2];
        int j = near->point[at];
        if (x * x + y * y + z * z >= q->square || j == q->from || near->mark[j] == q->from) continue;
        near->mark[j] = q->from;
        if ((size_t)list->n == list->capacity) VT_TRY(vt_grow(&list->pair, &list->capacity, list->n + 1));
        list->pair[list->n++] = (struct vt_near_pair){q->from, j};
    }
    return VT_OK;
}

/* The row of cells along the last edge that begins at `row`, from low to high. */
static enum vt_status look_along(struct vt_near *near, const struct query *q, size_t row, int low, int high,
                                 double image[3], struct vt_near_list *list)
{
    int cells = near->cells[2];
    while (low <= high) {
        int first = fold(low, cells, &image[2]), last = first + high - low;
        if (last > cells - 1) last = cells - 1;
        VT_TRY(look_into(near, q, row + (size_t)first, row + (size_t)last, image, list));
        low += last - first + 1;
    }
    return VT_OK;
}

enum vt_status vt_near_find(struct vt_near *near, const struct vt_cell *cell, double radius, int n,
                            const double (*s)[3], struct vt_near_list *list)
{
    double height[3];
    struct query q = {.cell = cell, .square = radius * radius};
    vt_cell_heights(cell, height);
    for (int i = 0; i < near->n; i++) near->mark[i] = -1;
    list->n = 0;
    for (int i = 0; i < n; i++) {
        int low[3], high[3];
        q.from = i;
        for (int d = 0; d < 3; d++) {
            double reach = radius / height[d] * (1 + 1e-9);
            q.s[d] = wrapped(s[i][d]);
            low[d] = (int)floor((q.s[d] - reach) * near->cells[d]);
            high[d] = (int)floor((q.s[d] + reach) * near->cells[d]);
        }
        for (int a = low[0]; a <= high[0]; a++) {
            double image[3];
            size_t plane = (size_t)fold(a, near->cells[0], &image[0]) * (size_t)near->cells[1];
            for (int b = low[1]; b <= high[1]; b++) {
                size_t row = (plane + (size_t)fold(b, near->cells[1], &image[1])) * (size_t)near->cells[2];
                VT_TRY(look_along(near, &q, row, low[2], high[2], image, list));
            }
        }
    }
    return VT_OK;
}

void vt_near_release(struct vt_near *near)
{
    free(near->begin), free(near->point), free(near->s), free(near->mark);
}
