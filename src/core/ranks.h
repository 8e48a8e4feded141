/* ranks.h: the grid of ranks over the cell.
 *
 * In fractional coordinates, the cell is cut across each axis into grid[0] x grid[1] x grid[2] parts; rank
 * (i, j, k) owns the atoms whose fractional coordinates, wrapped into [0, 1), fall in its part. Cuts move so
 * that all ranks are busy equally long: cores differ, and so do places (pores, free volume). Results do not
 * depend on where they are. */
#ifndef VT_RANKS_H
#define VT_RANKS_H

#include <mpi.h>

#include "core/cell.h"
#include "core/status.h"

enum {
    VT_CUTS_MOST = 64
}; /* parts along an axis whose cuts can move; where there are more, they are equal */

struct vt_ranks {
    MPI_Comm comm;
    int size, rank;
    int threads;
    int grid[3], at[3]; /* shape of the grid; where this rank stands in it */
    double cut[3][VT_CUTS_MOST + 1];
};

/* Choose the grid with the least surface between ranks; parts are equal. Local. */
void vt_ranks_init(struct vt_ranks *ranks, MPI_Comm comm, const struct vt_cell *cell);
/* Take this grid, with equal parts. Local; the same on every rank. */
void vt_ranks_shape(struct vt_ranks *ranks, const int grid[3]);
/* Move the cuts half of the way to where all parts would cost the same, if the time that each rank needed
 * since the last time, seconds > 0, is spread evenly over its part; small differences are left alone. Atoms
 * then have to migrate. Collective. */
enum vt_status vt_ranks_balance(struct vt_ranks *ranks, double seconds);

/* The rank at a place of the grid. */
static inline int vt_ranks_at(const struct vt_ranks *ranks, int i, int j, int k)
{
    return (i * ranks->grid[1] + j) * ranks->grid[2] + k;
}

/* Where part k of an axis begins. */
static inline double vt_ranks_cut(const struct vt_ranks *ranks, int axis, int k)
{
    int n = ranks->grid[axis];
    return n > VT_CUTS_MOST ? (double)k / n : ranks->cut[axis][k];
}

/* The part of an axis that holds s; s may miss [0, 1) by rounding. */
static inline int vt_ranks_part(const struct vt_ranks *ranks, int axis, double s)
{
    int last = ranks->grid[axis] - 1, k = (int)(s * (last + 1));
    k = k < 0 ? 0 : k > last ? last : k;
    while (k > 0 && s < vt_ranks_cut(ranks, axis, k)) k--;
    while (k < last && s >= vt_ranks_cut(ranks, axis, k + 1)) k++;
    return k;
}

#endif
