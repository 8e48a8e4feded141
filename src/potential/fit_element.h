/* fit_element.h: the row of an element from its targets. */
#ifndef VT_FIT_ELEMENT_H
#define VT_FIT_ELEMENT_H

#include "md/zhou_parameters.h"
#include "potential/least_squares.h"
#include "potential/targets.h"

/* Improve a row until it meets the targets as well as it can, from the row itself and from `tries` others
 * around it. The result depends on nothing else. fit says how well. Local. */
enum vt_status vt_fit_element(const struct vt_target_set *set, int tries, struct vt_zhou_element *row,
                              struct vt_fit *fit);
extern const char *const vt_fit_element_parameters[]; /* ended by NULL */

#endif
