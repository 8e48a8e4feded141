/* check_results.h: a check as datasets. */
#ifndef VT_CHECK_RESULTS_H
#define VT_CHECK_RESULTS_H

#include "core/dataset.h"
#include "potential/check.h"

/* SUBJECT/PROPERTY/value with its error, .../reference (low, high), .../deviation, .../allowed, and notes:
 * verdict, use, source; elements also SUBJECT/energy_curve/. Local. */
enum vt_status vt_check_results(const struct vt_check *check, struct vt_results *results);

#endif
