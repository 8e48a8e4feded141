/* cmd_eos.h: vitrum eos: equations of state of tables and runs. */
#ifndef VT_CMD_EOS_H
#define VT_CMD_EOS_H

#include "core/status.h"

/* argv[0] is "eos". Local; for one rank. */
enum vt_status vt_cmd_eos(int argc, char **argv);

#endif
