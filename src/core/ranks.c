/* ranks.c: the grid with the least surface between ranks, and cuts that make all ranks equally busy. */
#include "core/ranks.h"

#include <math.h>
#include <omp.h>

#include "core/parallel.h"

void vt_ranks_shape(struct vt_ranks *ranks, const int grid[3])
{
    for (int d = 0; d < 3; d++) {
        ranks->grid[d] = grid[d];
        for (int k = 0; k <= grid[d] && k <= VT_CUTS_MOST; k++) ranks->cut[d][k] = (double)k / grid[d];
    }
    ranks->at[2] = ranks->rank % grid[2];
    ranks->at[1] = ranks->rank / grid[2] % grid[1];
    ranks->at[0] = ranks->rank / grid[2] / grid[1];
}

void vt_ranks_init(struct vt_ranks *ranks, MPI_Comm comm, const struct vt_cell *cell)
{
    ranks->comm = comm;
    ranks->threads = omp_get_max_threads();
    MPI_Comm_size(comm, &ranks->size);
    MPI_Comm_rank(comm, &ranks->rank);

    double heights[3], least = INFINITY;
    vt_cell_heights(cell, heights);
    int size = ranks->size, best[3] = {1, 1, size};
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
            for (int d = 0; d < 3; d++) best[d] = grid[d];
        }
    }
    vt_ranks_shape(ranks, best);
}

/* New cuts of one axis from what its slabs cost. */
static void level(double *cut, int n, double *cost)
{
    enum { WORTH_PERCENT = 2 };
    const double least = 0.4 / n; /* of a part's width */
    double total = 0, worst = 0, before[VT_CUTS_MOST + 1];
    for (int k = 0; k < n; k++) total += cost[k], worst = fmax(worst, cost[k]);
    if (!(worst * n > total * (1 + WORTH_PERCENT / 100.))) return;
    for (int k = 0; k <= n; k++) before[k] = cut[k];
    double below = 0; /* what the slabs before this one cost */
    for (int k = 1, slab = 0; k < n; k++) {
        double share = total * k / n;
        while (slab < n - 1 && below + cost[slab] < share) below += cost[slab++];
        double level =
            before[slab] + (before[slab + 1] - before[slab]) * fmin(1, (share - below) / cost[slab]);
        cut[k] = before[k] + 0.5 * (level - before[k]);
    }
    for (int k = 1; k < n; k++) cut[k] = fmax(cut[k], cut[k - 1] + least);
    for (int k = n - 1; k > 0; k--) cut[k] = fmin(cut[k], cut[k + 1] - least);
}

enum vt_status vt_ranks_balance(struct vt_ranks *ranks, double seconds)
{
    double cost[3][VT_CUTS_MOST] = {{0}};
    if (ranks->size == 1) return VT_OK;
    for (int d = 0; d < 3; d++)
        if (ranks->grid[d] <= VT_CUTS_MOST) cost[d][ranks->at[d]] = fmax(seconds, 1e-6);
    /* On one rank, as a sum may be rounded differently on another one. */
    VT_TRY(vt_mpi(MPI_Reduce(ranks->rank ? (void *)cost : MPI_IN_PLACE, cost, 3 * VT_CUTS_MOST, MPI_DOUBLE,
                             MPI_SUM, 0, ranks->comm)));
    if (ranks->rank == 0)
        for (int d = 0; d < 3; d++)
            if (ranks->grid[d] <= VT_CUTS_MOST) level(ranks->cut[d], ranks->grid[d], cost[d]);
    return vt_mpi(MPI_Bcast(ranks->cut, sizeof ranks->cut, MPI_BYTE, 0, ranks->comm));
}
