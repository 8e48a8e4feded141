/* cmd_info.h: vitrum info. */
#ifndef VT_CMD_INFO_H
#define VT_CMD_INFO_H

#include "core/status.h"

/* argv[0] is "info". Local: one rank does it. */
enum vt_status vt_cmd_info(int argc, char **argv);

#endif
