/* frame_source.h: frames from a trajectory file of any format that is read: H5MD of vitrum, LAMMPS dump,
 * extended XYZ. */
#ifndef VT_FRAME_SOURCE_H
#define VT_FRAME_SOURCE_H

#include "core/atoms.h"
#include "core/frame.h"
#include "io/h5md.h"
#include "io/text_trajectory.h"

struct vt_frame_source {
    MPI_Comm comm;
    const char *path;
    struct vt_material material; /* of all frames, with counts */
    int64_t frames;
    double *time; /* ps, of each frame */
    int *stage;   /* of each frame: index in an H5MD file, else 1 */
    struct vt_ranks ranks;

    struct vt_h5md_source *h5md; /* NULL: text */
    struct vt_h5md_rows rows;
    struct vt_text_trajectory text; /* on rank 0 */
    struct vt_atoms atoms;
    struct vt_halo halo;
};

/* Told apart by what the file begins with. Released by the caller, also after a failure; path is kept, not
 * copied. VT_EINPUT for a file that is none of these, is damaged or holds no frame. Collective, as what
 * follows. */
enum vt_status vt_frame_source_open(struct vt_frame_source *source, MPI_Comm comm, const char *path,
                                    const struct vt_text_options *options);
/* Frame t with ghosts to reach; valid until the next call. Of its state there are step, time, cell, volume
 * and, with velocities, kinetic energy and temperature; the rest is not a number. */
enum vt_status vt_frame_source_load(struct vt_frame_source *source, int64_t t, double reach,
                                    struct vt_frame *frame);
/* What the file tells of a stage; nothing but a label in text files. */
struct vt_h5md_stage vt_frame_source_stage(struct vt_frame_source *source, int index);
void vt_frame_source_close(struct vt_frame_source *source);

#endif
