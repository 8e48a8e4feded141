/* lists.h: options that are lists of lengths: "0, 5, 10 A", "2.2-3.4, 3.8-5.6". */
#ifndef VT_LISTS_H
#define VT_LISTS_H

#include "core/status.h"

/* Items apart by commas, ascending; each with its unit, or all with that of the last. name: of the option,
 * for messages. VT_EINPUT if there are more than max. Local. */
enum vt_status vt_list_values(const char *name, const char *text, const char *unit, int max, double *value,
                              int *n);
/* Ranges FROM-TO apart by commas, in the unit of what they are on, which may stand behind ("": not). Local.
 */
enum vt_status vt_list_ranges(const char *name, const char *text, const char *unit, int max,
                              double (*range)[2], int *n);

#endif
