/* cmd_export.h: vitrum export: simulated curves as files of the kind that measured ones have. */
#ifndef VT_CMD_EXPORT_H
#define VT_CMD_EXPORT_H

#include "core/status.h"

/* argv[0] is "export". Local; for one rank. */
enum vt_status vt_cmd_export(int argc, char **argv);

#endif
