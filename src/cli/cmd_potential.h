/* cmd_potential.h: vitrum potential make | show. */
#ifndef VT_CMD_POTENTIAL_H
#define VT_CMD_POTENTIAL_H

#include "core/status.h"

/* argv[0] is "potential", what follows it on the command line comes after. Local: one rank does it. */
enum vt_status vt_cmd_potential(int argc, char **argv);

#endif
