/* cmd_sweep.h: vitrum sweep. */
#ifndef VT_CMD_SWEEP_H
#define VT_CMD_SWEEP_H

#include <mpi.h>

#include "core/status.h"

/* argv[0] is "sweep". Collective over comm. */
enum vt_status vt_cmd_sweep(MPI_Comm comm, int argc, char **argv);

#endif
