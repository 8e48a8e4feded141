/* trajectory.h: a sink that writes frames into trajectory files, one per branch of the protocol. */
#ifndef VT_TRAJECTORY_H
#define VT_TRAJECTORY_H

#include "core/frame.h"
#include "io/h5md.h"

struct vt_trajectory; /* opaque */

/* Frames every `every` ps (0: none) into FOLDER/trajectory.h5, branches into FOLDER/trajectory-BRANCH.h5.
 * notes are kept in the files; they must live as long as this. Local. */
enum vt_status vt_trajectory_create(struct vt_trajectory **out, const char *folder, MPI_Comm comm,
                                    double every, const struct vt_h5md_options *options,
                                    const struct vt_results *notes);
struct vt_sink vt_trajectory_sink(struct vt_trajectory *t);
/* Close the file. Collective; also for NULL. */
enum vt_status vt_trajectory_destroy(struct vt_trajectory *t);

#endif
