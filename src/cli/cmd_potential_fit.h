/* cmd_potential_fit.h: vitrum potential fit. */
#ifndef VT_CMD_POTENTIAL_FIT_H
#define VT_CMD_POTENTIAL_FIT_H

#include <mpi.h>

#include "core/status.h"

/* What follows `potential fit` on the command line. Collective over comm. */
enum vt_status vt_cmd_potential_fit(MPI_Comm comm, int argc, char **argv);

#endif
