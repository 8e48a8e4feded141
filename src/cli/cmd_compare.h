/* cmd_compare.h: vitrum compare: a measured curve beside a simulated one. */
#ifndef VT_CMD_COMPARE_H
#define VT_CMD_COMPARE_H

#include "core/status.h"

/* argv[0] is "compare". Local; for one rank. */
enum vt_status vt_cmd_compare(int argc, char **argv);

#endif
