/* carry_out.h: one protocol carried out as a whole: the run, its measurements and its trajectory. */
#ifndef VT_CARRY_OUT_H
#define VT_CARRY_OUT_H

#include "md/run.h"

/* Check everything, then run into options->folder (options->measure is filled in here). On return results
 * (rank 0) is what FOLDER/results.h5 holds, and all files are closed but the folder is still locked
 * (vt_folder_unlock). Fails as vt_run does. Collective over comm. */
enum vt_status vt_carry_out(const struct vt_protocol *protocol, MPI_Comm comm,
                            const struct vt_run_options *options, struct vt_results *results);

/* The same checks, and what would be done: printed to out on rank 0. Writes no file. Collective over comm. */
enum vt_status vt_carry_out_dry(const struct vt_protocol *protocol, MPI_Comm comm,
                                const struct vt_run_options *options, FILE *out);

/* The same checks but those of folder and disk, and nothing else. Collective over comm. */
enum vt_status vt_carry_out_check(const struct vt_protocol *protocol, MPI_Comm comm);

#endif
