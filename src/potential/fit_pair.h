/* fit_pair.h: the three numbers of a pair of elements from its compounds and its liquid. */
#ifndef VT_FIT_PAIR_H
#define VT_FIT_PAIR_H

#include "md/zhou_parameters.h"
#include "potential/least_squares.h"
#include "potential/targets.h"

/* Distance (sigma) and stretch of a pair whose depth is given, from the targets that crystals answer. pair:
 * in: names, depth, and the last distance and stretch, 0 at first; out: all. fit says how well. Local. */
enum vt_status vt_fit_compounds(const struct vt_target_set *set, const struct vt_zhou_element *const row[2],
                                struct vt_zhou_pair *pair, struct vt_fit *fit);

/* One point of the way to the depth that gives the liquid's enthalpy. */
struct vt_depth {
    double epsilon, enthalpy, error;
};
/* The depth to try next, from n points so far, or true if the last is near enough: within its error and
 * `tolerance`. Enthalpies fall with depth. */
bool vt_next_depth(const struct vt_depth *point, int n, double target, double tolerance, double *epsilon);

#endif
