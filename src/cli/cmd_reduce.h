/* cmd_reduce.h: vitrum reduce. */
#ifndef VT_CMD_REDUCE_H
#define VT_CMD_REDUCE_H

#include <mpi.h>

#include "core/status.h"

/* argv[0] is "reduce". Collective over comm. */
enum vt_status vt_cmd_reduce(MPI_Comm comm, int argc, char **argv);

#endif
