/* parallel.c: see parallel.h. */
#include "core/parallel.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"

enum vt_status vt_mpi(int mpi_error)
{
    if (mpi_error == MPI_SUCCESS) return VT_OK;
    char text[MPI_MAX_ERROR_STRING];
    int length;
    MPI_Error_string(mpi_error, text, &length);
    return VT_RAISE(VT_EWORLD, "MPI: %s", text);
}

enum vt_status vt_agree(MPI_Comm comm, enum vt_status st)
{
    struct {
        int status, rank;
    } mine, worst;
    mine.status = st;
    MPI_Comm_rank(comm, &mine.rank);
    VT_TRY(vt_mpi(MPI_Allreduce(&mine, &worst, 1, MPI_2INT, MPI_MAXLOC, comm)));
    if (worst.status == VT_OK) return VT_OK;
    char text[1024];
    snprintf(text, sizeof text, "%s", vt_message());
    VT_TRY(vt_mpi(MPI_Bcast(text, sizeof text, MPI_CHAR, worst.rank, comm)));
    vt_message_set(text);
    return (enum vt_status)worst.status;
}

int vt_int(int64_t value)
{
    assert(value >= INT_MIN && value <= INT_MAX);
    return (int)value;
}

/* Two rounds: first the sizes, from whoever has something to say; when every rank has room for what comes,
 * the bytes. A rank that has no room is heard of between the rounds, when no message is under way. */
enum vt_status vt_exchange(MPI_Comm comm, const char *data, const size_t *begin, char **receive,
                           size_t *received)
{
    enum { SIZE_TAG = 71, DATA_TAG = 73 };
    int ranks, me;
    MPI_Comm_size(comm, &ranks);
    MPI_Comm_rank(comm, &me);
    enum vt_status st = VT_OK;
    size_t *from = NULL, *to = NULL; /* bytes that each rank sends here, and is sent */
    int *speaks = NULL;
    MPI_Request *requests = NULL;
    int n_requests = 0, n_incoming = 0;
    *receive = NULL;
    VT_TRY_GOTO(st, agree, vt_alloc(&from, ranks));
    VT_TRY_GOTO(st, agree, vt_alloc(&to, ranks));
    VT_TRY_GOTO(st, agree, vt_alloc(&speaks, ranks));
    VT_TRY_GOTO(st, agree, vt_alloc(&requests, 2 * ranks));
    for (int r = 0; r < ranks; r++) {
        to[r] = begin[r + 1] - begin[r];
        speaks[r] = r != me && to[r] > 0;
        if (r != me && to[r] > INT_MAX) /* MPI counts in int */
            st = VT_RAISE(VT_EWORLD, "%.1f GB for one rank in one message, at most 2 can be: use more ranks",
                          1e-9 * (double)to[r]);
    }
agree:
    VT_TRY_GOTO(st, done, vt_agree(comm, st));

    VT_TRY_GOTO(st, done, vt_mpi(MPI_Reduce_scatter_block(speaks, &n_incoming, 1, MPI_INT, MPI_SUM, comm)));
    for (int r = 0; r < ranks; r++)
        if (speaks[r])
            VT_TRY_GOTO(st, done,
                        vt_mpi(MPI_Isend(&to[r], sizeof to[r], MPI_BYTE, r, SIZE_TAG, comm,
                                         &requests[n_requests++])));
    for (int k = 0; k < n_incoming; k++) {
        MPI_Status status;
        size_t bytes;
        VT_TRY_GOTO(
            st, done,
            vt_mpi(MPI_Recv(&bytes, sizeof bytes, MPI_BYTE, MPI_ANY_SOURCE, SIZE_TAG, comm, &status)));
        from[status.MPI_SOURCE] = bytes;
    }
    VT_TRY_GOTO(st, done, vt_mpi(MPI_Waitall(n_requests, requests, MPI_STATUSES_IGNORE)));
    n_requests = 0;
    from[me] = to[me];
    received[0] = 0;
    for (int r = 0; r < ranks; r++) received[r + 1] = received[r] + from[r];
    /* This also keeps calls apart: no rank speaks of the next one before all have heard who speaks in this
     * one, so MPI_ANY_SOURCE catches nothing else. */
    VT_TRY_GOTO(st, done, vt_agree(comm, vt_alloc(receive, received[ranks])));

    memcpy(*receive + received[me], data + begin[me], from[me]);
    for (int r = 0; r < ranks; r++)
        if (r != me && from[r])
            VT_TRY_GOTO(st, done,
                        vt_mpi(MPI_Irecv(*receive + received[r], (int)from[r], MPI_BYTE, r, DATA_TAG, comm,
                                         &requests[n_requests++])));
    for (int r = 0; r < ranks; r++)
        if (speaks[r])
            VT_TRY_GOTO(st, done,
                        vt_mpi(MPI_Isend(data + begin[r], (int)to[r], MPI_BYTE, r, DATA_TAG, comm,
                                         &requests[n_requests++])));
    st = vt_mpi(MPI_Waitall(n_requests, requests, MPI_STATUSES_IGNORE));
done:
    free(requests);
    free(speaks);
    free(to);
    free(from);
    return st;
}
