/* cmd_potential.h: vitrum potential make | show | fit | check. */
#ifndef VT_CMD_POTENTIAL_H
#define VT_CMD_POTENTIAL_H

#include <mpi.h>

#include "core/status.h"

/* argv[0] is "potential", what follows it on the command line comes after. Collective over comm. */
enum vt_status vt_cmd_potential(MPI_Comm comm, int argc, char **argv);

#endif
