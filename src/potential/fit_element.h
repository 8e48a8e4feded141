/* fit_element.h: the row of an element from its targets. */
#ifndef VT_FIT_ELEMENT_H
#define VT_FIT_ELEMENT_H

#include "md/zhou_parameters.h"
#include "potential/least_squares.h"
#include "potential/targets.h"

/* The row that meets the targets best: from a published metal of the same structure, scaled in length and
 * energy, and from `tries` more starts, a steep row and others around these two. The result depends on
 * nothing else; parameters are rounded to 1e-6. fit says how well. VT_EINPUT if targets that a fit needs are
 * not there. Local. */
enum vt_status vt_fit_element(const struct vt_target_set *set, int tries, struct vt_zhou_element *row,
                              struct vt_fit *fit);
extern const char *const vt_fit_element_parameters[]; /* ended by NULL */

#endif
