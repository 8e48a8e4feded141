/* cmd_dsc.h: vitrum dsc: glass transitions of heating scans. */
#ifndef VT_CMD_DSC_H
#define VT_CMD_DSC_H

#include "core/status.h"

/* argv[0] is "dsc". Local; for one rank. */
enum vt_status vt_cmd_dsc(int argc, char **argv);

#endif
