/* cmd_analyze.h: vitrum analyze: measurements on a trajectory file. */
#ifndef VT_CMD_ANALYZE_H
#define VT_CMD_ANALYZE_H

#include <mpi.h>

#include "core/status.h"

/* argv[0] is "analyze". Collective. */
enum vt_status vt_cmd_analyze(MPI_Comm comm, int argc, char **argv);

#endif
