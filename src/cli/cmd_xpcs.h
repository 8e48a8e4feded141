/* cmd_xpcs.h: vitrum xpcs: relaxation in tables of photon correlation. */
#ifndef VT_CMD_XPCS_H
#define VT_CMD_XPCS_H

#include "core/status.h"

/* argv[0] is "xpcs". Local; for one rank. */
enum vt_status vt_cmd_xpcs(int argc, char **argv);

#endif
