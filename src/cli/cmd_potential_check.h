/* cmd_potential_check.h: vitrum potential check. */
#ifndef VT_CMD_POTENTIAL_CHECK_H
#define VT_CMD_POTENTIAL_CHECK_H

#include <mpi.h>

#include "core/status.h"

/* argv[0] is "check", what follows it on the command line comes after. Collective over comm. */
enum vt_status vt_cmd_potential_check(MPI_Comm comm, int argc, char **argv);

#endif
