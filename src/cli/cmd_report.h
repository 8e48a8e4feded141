/* cmd_report.h: vitrum report. */
#ifndef VT_CMD_REPORT_H
#define VT_CMD_REPORT_H

#include "core/status.h"

/* argv[0] is "report", what follows it on the command line comes after. Local: one rank does it. */
enum vt_status vt_cmd_report(int argc, char **argv);

#endif
