/* sweep.h: one protocol over a grid of values: runs as members of one MPI job, or of many jobs.
 *
 *     sweep file ── size ── members: a protocol each, checked ── prepared states ── runs ── results over the
 * grid
 *
 * FOLDER/prepare/NAME and FOLDER/members/NAME are folders of runs, each with its protocol.yaml, run.log,
 * checkpoints and results; FOLDER/results.h5 and FOLDER/table.csv are gathered from them.
 *
 * What is the same for all members is made once: the section `prepare` is a protocol of its own, run for each
 * combination of values that it names, and members go on from a state that it saves, the last one unless the
 * sweep says which. */
#ifndef VT_SWEEP_H
#define VT_SWEEP_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/params.h"
#include "md/protocol.h"

enum { VT_SWEEP_VARIABLES = VT_AXES_MAX + 1, VT_SWEEP_NAME = 200 };

/* Section `sweep`, and a variable of it that is a map. */
struct vt_sweep_section {
    const struct vt_yaml *variables;
    int64_t ranks_per_member;
    const struct vt_yaml *gather; /* a word or a list of them; NULL: last */
    char begin[VT_TEXT_SIZE];
};
extern const struct vt_param vt_sweep_params[], vt_sweep_variable_params[];

struct vt_sweep_variable {
    const char *name;
    const struct vt_yaml *node;
    bool replicas;
    int n;
    const struct vt_yaml **value; /* n */
    char **text, **word, **brief; /* n: on one line; as part of a name; what tells it from the others */
    double *number;               /* n, in unit; NULL if they are not numbers of one quantity */
    char unit[32];
};

/* A run of the sweep. */
struct vt_sweep_run {
    char name[VT_SWEEP_NAME];
    int at[VT_SWEEP_VARIABLES]; /* of each variable which value; -1: it does not depend on it */
    int after;                  /* a member: the prepared run it begins at, -1 if there is none */
    char state[64];             /* a member: the state of that run which it begins at */
    char *text;                 /* its protocol */
    char *lined;                /* the same with the lines of the file, for messages; without its beginning */
    int64_t atoms, steps;
};

struct vt_sweep {
    char file[1024], folder[1024];
    char title[VT_TEXT_SIZE]; /* with the ranges of the variables in it */
    char *text;               /* with the size chosen */
    size_t length;
    struct vt_yaml *root, *numbers; /* numbers: nodes of replicas */
    struct vt_sweep_section section;
    bool has_prepare;
    char state[64]; /* that prepared runs end with */
    int n_variables;
    struct vt_sweep_variable variable[VT_SWEEP_VARIABLES];
    int n_prepares, n_members;
    struct vt_sweep_run *prepare, *member; /* members in order: the last variable runs fastest */
};

/* Read a sweep file and put its members together; paths of prepared states begin with folder. size: NULL, or
 * one of its `sizes`. Nothing is checked yet but the sweep itself. VT_EINPUT at a line. Collective. */
enum vt_status vt_sweep_read(const char *path, const char *size, const char *folder, MPI_Comm comm,
                             struct vt_sweep *sweep);
void vt_sweep_release(struct vt_sweep *sweep);

/* Check all prepared runs and members as `vitrum run --dry-run` would, each on one rank, and note their
 * atoms and steps. The first in order that is wrong is named. Collective. */
enum vt_status vt_sweep_check(struct vt_sweep *sweep, MPI_Comm comm);

/* FOLDER/members/NAME/FILE, or FOLDER/prepare/NAME/FILE. */
enum { VT_SWEEP_PATH = 1600 };
const char *vt_sweep_path(const struct vt_sweep *sweep, const struct vt_sweep_run *run, const char *file,
                          char path[VT_SWEEP_PATH]);

/* What is on the disk of a run: its results may be partial. VT_EINPUT if they are of another protocol.
 * results: of a complete run; NULL if they are not asked for. Local. */
enum vt_sweep_found { VT_SWEEP_NOTHING, VT_SWEEP_BEGUN, VT_SWEEP_COMPLETE };
enum vt_status vt_sweep_look(const struct vt_sweep *sweep, const struct vt_sweep_run *run,
                             enum vt_sweep_found *found, struct vt_results *results);

/* Which stages are gathered: words, one at least. Does word k ask for a stage, "03-hold"? last: it is the
 * last one of its run that has numbers. */
int vt_sweep_gather_words(const struct vt_sweep *sweep);
bool vt_sweep_gather_asks(const struct vt_sweep *sweep, int k, const char *label, const char *kind,
                          const char *save, bool last);
const char *vt_sweep_gather_word(const struct vt_sweep *sweep, int k);
/* VT_EINPUT: word k asks for none. */
enum vt_status vt_sweep_gather_refuse(const struct vt_sweep *sweep, int k);

struct vt_sweep_how {
    bool resume, force;
    int first, last; /* members, from 0; all others are left alone */
    /* Notes for the results of a run (potential/verdict_notes.h). NULL: none. Local. */
    enum vt_status (*about)(const struct vt_protocol *protocol, struct vt_results *about);
};

/* Run what is not complete yet, the longest first, on groups of ranks; gathers at the end if all members are
 * complete. A member that fails does not end the others; then its status, with how many failed and why.
 * VT_ESTOP when a signal asked for a stop. The sweep has been checked. Collective. */
enum vt_status vt_sweep_run(const struct vt_sweep *sweep, MPI_Comm comm, const struct vt_sweep_how *how);

/* What would be run: a row for each. Rank 0. */
void vt_sweep_print(const struct vt_sweep *sweep, const struct vt_sweep_how *how, int ranks, FILE *out);

/* Numbers of the complete members over the grid: FOLDER/results.h5 and FOLDER/table.csv are written anew.
 * VT_EINPUT if none is complete. Local; for one rank. */
enum vt_status vt_sweep_gather(const struct vt_sweep *sweep);

#endif
