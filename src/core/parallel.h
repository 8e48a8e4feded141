/* parallel.h: ranks and threads: agreeing on a failure, sharing a range, sparse messages. */
#ifndef VT_PARALLEL_H
#define VT_PARALLEL_H

#include <mpi.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/* The status of an MPI call. Local. */
enum vt_status vt_mpi(int mpi_error);

/* Every rank returns the same status and message: the worst that any rank brings. Collective over comm. */
enum vt_status vt_agree(MPI_Comm comm, enum vt_status st);

/* The part [begin, end) of 0..n that belongs to one of parts. */
static inline void vt_share(int64_t n, int parts, int part, int64_t *begin, int64_t *end)
{
    *begin = n * part / parts;
    *end = n * (part + 1) / parts;
}

/* An int from a count that must fit. Asserts. */
int vt_int(int64_t value);

/* Send bytes to some ranks and receive what others send here, when nobody knows beforehand from whom.
 *
 * send     for rank r: the bytes [begin[r], begin[r+1]) of data
 * receive  set to a block the caller frees; from rank r: [received[r], received[r+1])
 * received (ranks + 1) offsets, filled here
 *
 * Messages go only between ranks that have something to say. Collective over comm. */
enum vt_status vt_exchange(MPI_Comm comm, const char *data, const size_t *begin, char **receive,
                           size_t *received);

#endif
