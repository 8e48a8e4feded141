/* near.h: which of some points of a periodic cell are near others, by a grid of small cells: work that grows
 * with the number of points. */
#ifndef VT_NEAR_H
#define VT_NEAR_H

#include <stddef.h>
#include <stdint.h>

#include "core/cell.h"
#include "core/status.h"

struct vt_near {
    int n, cells[3];
    int *begin;     /* (cells + 1) in the lists below */
    int *point;     /* (n) */
    double (*s)[3]; /* (n) fractional, 0 .. 1 */
    int *mark;      /* (n) the last one that met a point */
    size_t begin_capacity, point_capacity, s_capacity, mark_capacity;
};
/* Directed pairs. */
struct vt_near_list {
    int64_t n;
    struct vt_near_pair {
        int from, to;
    } * pair;
    size_t capacity;
};

/* Sort n points into a grid. s: (n, 3) fractional. Local. */
enum vt_status vt_near_sort(struct vt_near *near, const struct vt_cell *cell, int n, const double (*s)[3]);
/* All (i, j), i != j, with the point j of the grid nearer than radius to the point s[i] or an image of it:
 * each once, i ascending. The grid may have been made for another cell. Local. */
enum vt_status vt_near_find(struct vt_near *near, const struct vt_cell *cell, double radius, int n,
                            const double (*s)[3], struct vt_near_list *list);
void vt_near_release(struct vt_near *near);

#endif
