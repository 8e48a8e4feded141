/* cmd_entropy.h: vitrum entropy: S_eq(T) and heat flow of a series of measured G(r). */
#ifndef VT_CMD_ENTROPY_H
#define VT_CMD_ENTROPY_H

#include "core/status.h"

/* argv[0] is "entropy". Local; for one rank. */
enum vt_status vt_cmd_entropy(int argc, char **argv);

#endif
