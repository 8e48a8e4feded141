/* dsc_rows.h: which rows of a table are a scan: its temperature rises or falls, and an isotherm before or
 * behind it is none of it. Local. */
#ifndef VT_DSC_ROWS_H
#define VT_DSC_ROWS_H

#include <stdbool.h>

#include "core/status.h"

/* Rows first to end - 1. */
struct vt_dsc_rows {
    int first, end;
    bool cooling;
};

/* The segment that is wanted (from 1; 0: the only one, or one that has nine tenths of all rows). What is left
 * out is told with a warning that begins with path. time may be NULL. VT_EINPUT where there are several to
 * choose from, or not as many. */
enum vt_status vt_dsc_rows_find(const char *path, int n, const double *t, const double *time, int wanted,
                                struct vt_dsc_rows *out);

#endif
