/* ranks.h: the grid of ranks over the cell.
 *
 * The cell is cut into grid[0] x grid[1] x grid[2] equal parts in fractional coordinates; rank
 * (i, j, k) owns the atoms whose fractional coordinates, wrapped into [0, 1), fall in its part. */
#ifndef VT_RANKS_H
#define VT_RANKS_H

#include <mpi.h>

#include "core/cell.h"
#include "core/status.h"

struct vt_ranks {
    MPI_Comm comm;
    int size, rank;
    int threads;
    int grid[3], at[3]; /* shape of the grid; where this rank stands in it */
};

/* Choose the grid with the least surface between ranks. Local. */
void vt_ranks_init(struct vt_ranks *ranks, MPI_Comm comm, const struct vt_cell *cell);
/* The rank at a place of the grid. */
static inline int vt_ranks_at(const struct vt_ranks *ranks, int i, int j, int k)
{
    return (i * ranks->grid[1] + j) * ranks->grid[2] + k;
}

#endif
