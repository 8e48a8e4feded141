/* exact.c: the sum over ranks, see exact.h. */
#include "core/exact.h"

#include "core/parallel.h"

enum vt_status vt_exact_reduce(MPI_Comm comm, struct vt_exact *sums, int n, double *value)
{
    for (int k = 0; k < n; k++) vt_exact_tidy(&sums[k]);
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, sums, 3 * n, MPI_INT64_T, MPI_SUM, comm)));
    for (int k = 0; k < n; k++) value[k] = vt_exact_value(sums[k]);
    return VT_OK;
}
