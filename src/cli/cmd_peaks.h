/* cmd_peaks.h: vitrum peaks: place, width and height of peaks of measured curves against temperature. */
#ifndef VT_CMD_PEAKS_H
#define VT_CMD_PEAKS_H

#include "core/status.h"

/* argv[0] is "peaks". Local; for one rank. */
enum vt_status vt_cmd_peaks(int argc, char **argv);

#endif
