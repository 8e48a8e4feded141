/* ranks.c: the grid with the least surface between ranks. */
#include "core/ranks.h"

#include <omp.h>

void vt_ranks_init(struct vt_ranks *ranks, MPI_Comm comm, const struct vt_cell *cell)
{
    ranks->comm = comm;
    ranks->threads = omp_get_max_threads();
    MPI_Comm_size(comm, &ranks->size);
    MPI_Comm_rank(comm, &ranks->rank);

    double heights[3], least = INFINITY;
    vt_cell_heights(cell, heights);
    int size = ranks->size;
    for (int i = 1; i <= size; i++) {
        for (int j = 1; size % i == 0 && j <= size / i; j++) {
            if (size / i % j) continue;
            const int grid[3] = {i, j, size / i / j};
            /* The faces of one part that look at another rank: face d has area volume / heights[d]. */
            double surface = 0;
            for (int d = 0; d < 3; d++)
                if (grid[d] > 1) surface += grid[d] / heights[d];
            if (surface >= least) continue;
            least = surface;
            for (int d = 0; d < 3; d++) ranks->grid[d] = grid[d];
        }
    }
    ranks->at[2] = ranks->rank % ranks->grid[2];
    ranks->at[1] = ranks->rank / ranks->grid[2] % ranks->grid[1];
    ranks->at[0] = ranks->rank / ranks->grid[2] / ranks->grid[1];
}
