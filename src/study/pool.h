/* pool.h: many independent runs as members of one MPI job, each on one rank with its threads.
 *
 * A member's run stays in a folder of its own, CACHE/NAME-KEY: protocol.yaml, potential.eam, run.log and what
 * the run itself writes. KEY is a hash of all that the numbers follow from, so whoever asks for the same run
 * again gets the results that are there, and a run that was stopped goes on. */
#ifndef VT_POOL_H
#define VT_POOL_H

#include <mpi.h>
#include <stdbool.h>

#include "core/dataset.h"
#include "core/eam.h"

/* What `potential:` must name in the protocol of a member with tables: the file in its folder that holds
 * them, so that `vitrum run protocol.yaml -o AGAIN` there does the same run. */
#define VT_POOL_TABLES "potential.eam"

struct vt_member {
    const char *name;            /* letters, digits, - _ . : for people, and part of a file name */
    const char *protocol;        /* the text of a protocol file */
    const struct vt_eam *tables; /* may hold more elements than the protocol; NULL: it names its own */
};

struct vt_outcome {
    enum vt_status status;     /* VT_ESTOP: not done, the job was asked to stop */
    char message[1024];        /* of a failure, "" if there is none */
    bool cached;               /* the results were there */
    struct vt_results results; /* rank 0: what the run's results.h5 holds; empty after a failure */
};

/* Carry out all members that are not in the cache yet: handed to the ranks as these come free, the longest
 * first. Members that are the same are run once. A member that fails is warned of, and the others go on;
 * outcome (n) tells, the same on every rank but for results. VT_ESTOP when a signal (core/signals.h) asked
 * for a stop, also one that was seen before this call: the same call in another job goes on.
 *
 * members are the same on every rank, and the ranks share the disk of the cache. Collective over comm. */
enum vt_status vt_pool_run(MPI_Comm comm, const char *cache, int n, const struct vt_member *members,
                           struct vt_outcome *outcome);
/* Members whose texts are made here, to be added one by one. */
enum { VT_MEMBER_NAME = 81, VT_MEMBER_PROTOCOL = 6000 };
struct vt_batch {
    int n;
    struct vt_batch_text {
        char name[VT_MEMBER_NAME], protocol[VT_MEMBER_PROTOCOL];
    } * text;
    struct vt_member *member;
    struct vt_outcome *outcome;
};
/* Room for this many. Local. */
enum vt_status vt_batch_alloc(struct vt_batch *batch, int most);
/* One more; the caller writes its name and protocol. Local. */
struct vt_batch_text *vt_batch_add(struct vt_batch *batch, const struct vt_eam *tables);
/* vt_pool_run, unless st, which says how the members were made on this rank, is an error on any. Collective.
 */
enum vt_status vt_batch_run(MPI_Comm comm, const char *cache, enum vt_status st, struct vt_batch *batch);
void vt_batch_release(struct vt_batch *batch);

/* VT_OK if all went well, else the first failure with the name of its member. Local. */
enum vt_status vt_pool_check(int n, const struct vt_member *members, const struct vt_outcome *outcome);
void vt_pool_release(int n, struct vt_outcome *outcome);

#endif
