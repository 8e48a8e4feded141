/* run.h: carry out a protocol. */
#ifndef VT_RUN_H
#define VT_RUN_H

#include <stdbool.h>
#include <stdio.h>

#include "core/dataset.h"
#include "core/frame.h"
#include "md/protocol.h"

struct vt_run_options {
    const char *folder; /* where everything goes */
    bool force;         /* replace a former run's files */
    bool resume;        /* go on from its checkpoint, or begin if there is none */
    struct vt_run_needs {
        double state; /* bytes that measurements keep on each rank, and once in a checkpoint */
        double work;  /* bytes that they need on each rank besides */
        double atom;  /* bytes that all ranks together remember of each atom, and in a checkpoint */
        const struct vt_yaml *at; /* the largest of them, for messages; NULL if there are none */
    } measure;
    /* Its notes go into the results (rank 0), in place of groups that are there. NULL: none. */
    const struct vt_results *about;
    bool watched; /* the caller watches signals (signals.h): one that came before the run stops it too */
    /* Told now and then instead of the progress line: atoms times steps since the run began. NULL: the line.
     */
    void (*tell)(void *self, int64_t atom_steps);
    void *teller;
};

/* Sinks, given to a run; functions of NULL are left out. */
struct vt_run_sinks {
    int n;
    const struct vt_sink *sink;
};

/* Run all stages; on return results (rank 0) is what FOLDER/results.h5 holds, and the folder is still locked
 * against other runs (vt_folder_unlock, when all of its files are closed).
 *
 * VT_ESTOP when a signal (signals.h) asked for a stop and a checkpoint was written, unless the stop came
 * before there was a sample; VT_EPHYSICS when the sample blew up. Collective over comm. */
enum vt_status vt_run(const struct vt_protocol *protocol, MPI_Comm comm, const struct vt_run_options *options,
                      struct vt_run_sinks sinks, struct vt_results *results);

/* Has each machine the memory that its ranks need for atoms and measurements? VT_EINPUT at the line of the
 * larger of them. Collective. */
enum vt_status vt_run_check_memory(const struct vt_protocol *protocol, MPI_Comm comm,
                                   const struct vt_run_options *options);

/* What a run would do, without doing it: stages with durations and steps, memory, files. Prints to out on
 * rank 0; checks folder, cell, memory and disk. Collective. */
enum vt_status vt_run_dry(const struct vt_protocol *protocol, MPI_Comm comm,
                          const struct vt_run_options *options, FILE *out);

/* Does this machine have the instruction set that the protocol asks for? Collective. */
enum vt_status vt_run_check_engine(const struct vt_protocol *protocol, MPI_Comm comm);

/* Is the folder there (it is made), writable, not in use by another run, and free of a former one, unless
 * force (which removes that run) or resume? It is locked until vt_folder_unlock. dry: only look, and change
 * nothing. Collective. */
enum vt_status vt_run_check_folder(MPI_Comm comm, const struct vt_run_options *options, bool dry);

#endif
