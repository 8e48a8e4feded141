/* text_trajectory.h: trajectories in text: extended XYZ with many frames, LAMMPS dumps; on one rank. */
#ifndef VT_TEXT_TRAJECTORY_H
#define VT_TEXT_TRAJECTORY_H

#include <stddef.h>

#include "io/lines.h"
#include "io/structure.h"

struct vt_text_options {
    int n_elements; /* of the types of a dump; 0: the dump names elements */
    char element[VT_SPECIES_MAX][4];
    double dt; /* ps a step (dump) or a frame (XYZ) where the file tells no time; NaN if not known */
};

struct vt_text_trajectory {
    struct vt_lines lines;
    bool dump;
    struct vt_text_options options;
    int64_t n;
    struct vt_text_frame {
        long at;      /* bytes before the frame */
        int64_t line; /* lines before it */
        int64_t step, atoms;
        double time; /* ps */
    } * frame;
    size_t capacity;
};

/* Does the file look like one? By its first line. */
bool vt_text_trajectory_is(const char *path);
/* Find all frames. VT_EINPUT "PATH:LINE: ..." for anything wrong. Released by the caller, also after a
 * failure. path is kept, not copied. Local. */
enum vt_status vt_text_trajectory_open(struct vt_text_trajectory *t, const char *path,
                                       const struct vt_text_options *options);
/* Read frame k; s is released by the caller, also after a failure. Local. */
enum vt_status vt_text_trajectory_read(struct vt_text_trajectory *t, int64_t k, struct vt_structure *s);
void vt_text_trajectory_close(struct vt_text_trajectory *t);

#endif
