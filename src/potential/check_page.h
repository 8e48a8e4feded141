/* check_page.h: a check as one self-contained HTML page. */
#ifndef VT_CHECK_PAGE_H
#define VT_CHECK_PAGE_H

#include "core/dataset.h"
#include "potential/check.h"

/* Draw and write it; the notes of results (vt_provenance_note) say who made it. VT_EWORLD without gnuplot.
 * Local. */
enum vt_status vt_check_page_write(const char *path, const struct vt_check *check,
                                   const struct vt_results *results);

#endif
