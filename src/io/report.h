/* report.h: results as one self-contained HTML page: inline SVG and CSS, no script, nothing fetched. */
#ifndef VT_REPORT_H
#define VT_REPORT_H

#include "core/dataset.h"

/* Write the page; it appears under its name only when it is whole. What was not measured is left out.
 * Fails with VT_EWORLD if the file cannot be written or gnuplot is missing. Local. */
enum vt_status vt_report_write(const char *path, const struct vt_results *results);
/* How each of our pages begins: such a file may be replaced without asking. */
extern const char *const vt_report_mark;

#endif
