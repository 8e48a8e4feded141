/* checkpoint.h: the whole state of a run in one file, and saved states to branch from.
 *
 * A file is written under a temporary name by all ranks, read back and compared with its checksum, and only
 * then renamed; the former one is kept as a second generation. Any number of ranks can read it. */
#ifndef VT_CHECKPOINT_H
#define VT_CHECKPOINT_H

#include <stdint.h>

#include "md/stage.h"
#include "md/system.h"

/* What a run remembers besides the sample. */
struct vt_saved {
    int64_t stage, stage_step;   /* which stage (from 0), and how many of its steps are done */
    struct vt_setpoints targets; /* as the stage found them */
    double ramp_from[6];         /* pressure at the start of a ramp */
    double origin_time;          /* time at which the stage began, ps */
    int64_t look_pending;        /* 1: the inherent looks of stage_step are still to be done */
    struct vt_dynamics dynamics;
    uint64_t protocol_hash, potential_checksum;
    double wall_seconds; /* spent so far */
    int n_sinks;         /* what the sinks keep; bytes and width on all ranks */
    struct vt_kept *kept;
};
void vt_saved_release(struct vt_saved *saved);

/* Collective over sys->ranks.comm. VT_EWORLD with path and reason when the disk does not take it; the older
 * file is still there then. keep_former: rename an existing file to FORMER before the new one takes its name.
 */
enum vt_status vt_checkpoint_write(const char *path, const char *former, const struct vt_system *sys,
                                   const struct vt_saved *saved);

/* Fill sys (cell, atoms, clock, material counts must match) and saved. sys->ranks.comm must be set; the rank
 * grid is chosen for the cell. VT_EINPUT if there is no such file or it is damaged. Collective. */
enum vt_status vt_checkpoint_read(const char *path, struct vt_system *sys, struct vt_saved *saved);

/* What a file says of itself, before its atoms are read: cell, number of atoms and clock in sys (zeroed
 * before), targets and the potential's checksum in saved (which holds nothing to release), and the checksum
 * of it all. VT_EINPUT. Local. */
enum vt_status vt_checkpoint_peek(const char *path, struct vt_system *sys, struct vt_saved *saved,
                                  uint64_t *checksum);

#endif
