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

enum vt_status vt_exchange(MPI_Comm comm, const char *data, const size_t *begin, char **receive,
                           size_t *received)
{
    enum { TAG = 71 };
    int ranks, me;
    MPI_Comm_size(comm, &ranks);
    MPI_Comm_rank(comm, &me);
    enum vt_status st = VT_OK;
    size_t *from = NULL; /* bytes that each rank sends here */
    int *speaks = NULL;
    MPI_Request *requests = NULL;
    int n_requests = 0, n_incoming = 0;
    *receive = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&from, ranks));
    VT_TRY_GOTO(st, done, vt_alloc(&speaks, ranks));
    VT_TRY_GOTO(st, done, vt_alloc(&requests, 2 * ranks));

    for (int r = 0; r < ranks; r++) speaks[r] = r != me && begin[r + 1] > begin[r];
    VT_TRY_GOTO(st, done, vt_mpi(MPI_Reduce_scatter_block(speaks, &n_incoming, 1, MPI_INT, MPI_SUM, comm)));
    static const size_t one_message = INT_MAX;
    for (int r = 0; r < ranks; r++) {
        if (r == me || begin[r + 1] == begin[r]) continue;
        size_t bytes = begin[r + 1] - begin[r];
        assert(bytes <= one_message);
        VT_TRY_GOTO(
            st, done,
            vt_mpi(MPI_Isend(data + begin[r], (int)bytes, MPI_BYTE, r, TAG, comm, &requests[n_requests++])));
    }
    /* Sizes are learnt by probing; each message is then received where the offsets put it, so the
     * order of arrival leaves no trace. */
    struct incoming {
        MPI_Message message;
        int rank;
    } *incoming = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&incoming, n_incoming));
    for (int k = 0; k < n_incoming && st == VT_OK; k++) {
        MPI_Status status;
        int bytes;
        st = vt_mpi(MPI_Mprobe(MPI_ANY_SOURCE, TAG, comm, &incoming[k].message, &status));
        if (st != VT_OK) break;
        MPI_Get_count(&status, MPI_BYTE, &bytes);
        incoming[k].rank = status.MPI_SOURCE;
        from[status.MPI_SOURCE] = (size_t)bytes;
    }
    from[me] = begin[me + 1] - begin[me];
    received[0] = 0;
    for (int r = 0; r < ranks; r++) received[r + 1] = received[r] + from[r];
    if (st == VT_OK) st = vt_alloc(receive, received[ranks]);
    if (st == VT_OK) memcpy(*receive + received[me], data + begin[me], from[me]);
    for (int k = 0; k < n_incoming && st == VT_OK; k++) {
        int r = incoming[k].rank;
        st = vt_mpi(MPI_Imrecv(*receive + received[r], (int)from[r], MPI_BYTE, &incoming[k].message,
                               &requests[n_requests++]));
    }
    free(incoming);
    if (st == VT_OK) st = vt_mpi(MPI_Waitall(n_requests, requests, MPI_STATUSES_IGNORE));
    /* The next call must not catch a message of this one: MPI_ANY_SOURCE with one tag. The reduce-scatter
     * above keeps calls apart only if all have finished receiving. */
    if (st == VT_OK) st = vt_mpi(MPI_Barrier(comm));
done:
    free(requests);
    free(speaks);
    free(from);
    return st;
}
