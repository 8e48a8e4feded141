/* analyze.h: a trajectory file shown to an analysis, as a running sample would be. */
#ifndef VT_ANALYZE_H
#define VT_ANALYZE_H

#include <mpi.h>
#include <stdint.h>

#include "core/dataset.h"
#include "core/yaml.h"
#include "io/text_trajectory.h"

/* Which frames of the file, counted from 0. */
struct vt_analyze_range {
    int64_t first, last, step;
};

/* Show the frames of a trajectory (frame_source.h) to the measurements of a list, stage by stage, and put
 * what they find into results (on rank 0), with provenance. A measurement sees the frames that come at its
 * own pace (`every`), or all where the file has fewer; of motion the pace must fit the file's (analysis.h).
 * What needs more than positions and velocities (energy
 * minima, energies, stresses) is refused. The same bits as measured in the run, if the file has positions in
 * 8 bytes. Collective. */
enum vt_status vt_analyze(MPI_Comm comm, const char *trajectory, const struct vt_yaml *measure,
                          struct vt_analyze_range range, const struct vt_text_options *text,
                          struct vt_results *results);

#endif
