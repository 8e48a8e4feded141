/* reduce_series.h: many diffraction patterns reduced, over ranks and threads. */
#ifndef VT_REDUCE_SERIES_H
#define VT_REDUCE_SERIES_H

#include <mpi.h>

#include "study/reduce_options.h"

/* Reduce n files and write what options ask for to FOLDER/NAME.gr and so on, NAME being the file's without
 * its ending.
 *
 * Before anything is written, names are checked: VT_EINPUT if a file is there and force is not set, if it is
 * an input, or if two inputs would write the same one. A pattern that cannot be reduced is warned of, with
 * file, line and reason, in the order of the list, counted in *refused and left out. The same bits on any
 * number of ranks and threads. Collective over comm; options and paths are the same on all ranks. */
enum vt_status vt_reduce_series(MPI_Comm comm, int n, char *const *paths, const char *folder, bool force,
                                const struct vt_reduce_options *options, int *refused);

enum { VT_REDUCE_TEMPERATURE = 40 };
/* One pattern as q and intensity: units as told by the file or by dataformat, which must agree; points at q
 * <= 0 are left out. temperature: the text of that key of its header, which goes on into what is written for
 * `vitrum entropy`; "" if there is none. VT_EINPUT "PATH: ..." Local; any thread. */
enum vt_status vt_reduce_pattern(const char *path, const struct vt_reduce_options *options,
                                 struct vt_pattern *pattern, char temperature[VT_REDUCE_TEMPERATURE]);

#endif
