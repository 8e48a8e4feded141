/* h5md.h: trajectories as H5MD 1.1, written and read by all ranks together.
 *
 * Rows are atoms in order of their ids: row k is atom k + 1 in every frame, whichever rank owns it. The
 * layout is described for its readers in docs/reference/files.md. Name the file *.h5md: by that ending
 * MDAnalysis knows it. */
#ifndef VT_H5MD_H
#define VT_H5MD_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/dataset.h"
#include "core/frame.h"
#include "core/material.h"
#include "core/status.h"

struct vt_h5md_options {
    bool single;     /* positions and velocities in 4 bytes instead of 8 */
    bool velocities; /* keep them; then every frame must have some */
};

struct vt_h5md; /* a trajectory being written */

/* Begin a trajectory of n_total atoms; a file of that name is replaced. notes (looked at on rank 0 only; may
 * be NULL) become text attributes below parameters/vitrum. Collective over comm, as all that follows. */
enum vt_status vt_h5md_create(struct vt_h5md **out, const char *path, MPI_Comm comm,
                              const struct vt_material *material, int64_t n_total,
                              const struct vt_h5md_options *options, const struct vt_results *notes);

/* Go on with a trajectory that had so many frames, the last of them at step: what came after is dropped. (Two
 * frames may have the same step: a minimum and the moment it belongs to.) A missing file is begun anew with a
 * warning; a damaged one is first moved aside as PATH.damaged, with a warning; VT_EINPUT if it is of another
 * sample or was written with other options. */
enum vt_status vt_h5md_reopen(struct vt_h5md **out, const char *path, MPI_Comm comm,
                              const struct vt_material *material, int64_t n_total,
                              const struct vt_h5md_options *options, const struct vt_results *notes,
                              int64_t frames, int64_t step);

/* Frames from here on belong to this stage; described in parameters/vitrum/stages/LABEL. */
enum vt_status vt_h5md_stage(struct vt_h5md *file, const struct vt_stage_info *stage);

/* Add a frame and bring it to the disk. Space is asked for first: if there is none (VT_EWORLD, "cannot write
 * PATH: No space left on device"), the file stays as it was. Killed between two frames, the file is whole;
 * killed within this call, the frame is lost and, in the few milliseconds while HDF5 updates its tables, the
 * file may be: reopen tells. */
enum vt_status vt_h5md_append(struct vt_h5md *file, const struct vt_frame *frame);

int64_t vt_h5md_frames(const struct vt_h5md *file);

/* Also for NULL and after failures; *file is NULL then. */
enum vt_status vt_h5md_close(struct vt_h5md **file);

/* ---- reading ---- */

struct vt_h5md_source; /* a trajectory being read */

/* One frame of it: ids first + 1 .. first + n on this rank (vt_share over ranks). */
struct vt_h5md_rows {
    int64_t step;
    double time; /* ps */
    int stage;   /* index from 1; 0 if none */
    struct vt_cell cell;
    int64_t first;
    int n;
    int32_t *species;
    double (*x)[3];      /* angstrom; on the grid */
    double (*v)[3];      /* angstrom/ps; NULL if the file has none */
    int32_t (*image)[3]; /* x + image h is the unwrapped position */
};

/* VT_EINPUT if path is missing, damaged or not a trajectory that vitrum wrote. */
enum vt_status vt_h5md_open(struct vt_h5md_source **out, const char *path, MPI_Comm comm);
int64_t vt_h5md_source_frames(const struct vt_h5md_source *source);
int64_t vt_h5md_source_atoms(const struct vt_h5md_source *source);
const struct vt_material *vt_h5md_source_material(const struct vt_h5md_source *source);
/* Of every frame: the time [ps] and the index of its stage (0: none); time, stage (frames). Collective. */
enum vt_status vt_h5md_source_times(struct vt_h5md_source *source, double *time, int *stage);
/* What the file tells of a stage by its index; where it does not, label is made up ("03-frames") and start
 * and duration [ps] are not numbers. Collective. */
enum { VT_H5MD_LABEL = 128 };
struct vt_h5md_stage {
    char label[VT_H5MD_LABEL];
    double start, duration;
};
struct vt_h5md_stage vt_h5md_source_stage(struct vt_h5md_source *source, int index);
/* Read frame (from 0) into rows, which are empty or from an earlier call. */
enum vt_status vt_h5md_read(struct vt_h5md_source *source, int64_t frame, struct vt_h5md_rows *rows);
void vt_h5md_rows_release(struct vt_h5md_rows *rows);
void vt_h5md_source_close(struct vt_h5md_source **source);

#endif
