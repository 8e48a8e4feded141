/* cmd_run.h: vitrum run. */
#ifndef VT_CMD_RUN_H
#define VT_CMD_RUN_H

#include <mpi.h>

#include "core/status.h"

/* argv[0] is "run". Collective over comm. */
enum vt_status vt_cmd_run(MPI_Comm comm, int argc, char **argv);

#endif
