/* run_parts.h: the parts of a run, for run.c, run_files.c and run_looks.c only. Everything is collective
 * unless it says otherwise. */
#ifndef VT_RUN_PARTS_H
#define VT_RUN_PARTS_H

#include "md/checkpoint.h"
#include "md/run.h"
#include "md/sampler.h"
#include "md/timeline.h"

/* One look of one sink, in steps of the stage. */
struct vt_run_look {
    const struct vt_sink *sink;
    int index;
    struct vt_look want;
    int64_t every;
};

struct vt_run {
    const struct vt_protocol *protocol;
    const struct vt_run_options *options;
    struct vt_run_sinks sinks;
    struct vt_system sys;
    struct vt_dynamics dynamics;
    struct vt_sampler sampler;
    struct vt_timeline timeline;
    struct vt_results *results;
    uint64_t protocol_hash;

    int stage;         /* current, from 0 */
    bool look_pending; /* the inherent looks of this step were given up, and are still to be done */
    struct vt_setpoints targets, targets_before;
    struct vt_control control;
    double origin_time, ramp_from[6];
    int n_looks;
    struct vt_run_look *look;
    size_t look_capacity;

    double wall_before, wall_start, last_checkpoint;
    int64_t atom_steps; /* since wall_start, for the progress line */
};

/* ---- run_files.c */

/* Notes of the whole run. Local. */
enum vt_status vt_run_note(struct vt_run *run);
/* Write results.h5 as it stands. */
enum vt_status vt_run_write_results(struct vt_run *run, bool complete);
/* A checkpoint of the stage run->stage after stage_step steps; without sinks it is one between two stages. */
enum vt_status vt_run_write_checkpoint(struct vt_run *run, int64_t stage_step, bool with_sinks);
/* A checkpoint of the running stage, with the results so far. */
enum vt_status vt_run_checkpoint(struct vt_run *run, int64_t stage_step);
/* Give the sample its fixed parts: after it was made or read. Local. */
void vt_run_furnish(struct vt_run *run, struct vt_potential *potential);
/* Go on from the state that an earlier stage saved under a name. */
enum vt_status vt_run_load_state(struct vt_run *run, const char *name, struct vt_saved *saved);
/* The end of a stage under its name: a state file, and structures for other programs. */
enum vt_status vt_run_save_state(struct vt_run *run, const struct vt_stage *stage);
/* Read the newest checkpoint that is whole; *found is false if there is none at all. */
enum vt_status vt_run_find_checkpoint(struct vt_run *run, struct vt_saved *saved, bool *found);
/* There are results but no checkpoint: may the run begin again? Only if it is the same one and has not ended.
 */
enum vt_status vt_run_check_beginning(struct vt_run *run);
/* Results of the stages that were done when the checkpoint was written; later ones are done again. */
enum vt_status vt_run_resume_results(struct vt_run *run, const struct vt_saved *saved);

/* ---- run_looks.c */

/* The state of the sample, with what the stage asks for after step k. */
enum vt_status vt_run_state(const struct vt_run *run, int64_t k, struct vt_state *state);
/* Tell the sinks of a stage, and note when they want to look. */
enum vt_status vt_run_begin_sinks(struct vt_run *run, const struct vt_stage *stage);
enum vt_status vt_run_end_sinks(struct vt_run *run);
/* After step k: has a stage with a wave made enough cycles, as the sinks see it? Then this is its last step.
 */
enum vt_status vt_run_judge(struct vt_run *run, const struct vt_stage *stage, int64_t k);
/* Which looks are due after step k of the stage? Returns how many. Local. */
int vt_run_looks_due(const struct vt_run *run, int64_t k, bool *due);
/* Let those look that are due; with look_pending only at the minimum, the others have looked. VT_ESTOP when a
 * signal came on the way to the minimum: nobody has looked at it then, and the sample is as it was. */
enum vt_status vt_run_show(struct vt_run *run, int64_t k, const bool *due);

#endif
