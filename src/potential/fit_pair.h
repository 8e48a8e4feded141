/* fit_pair.h: the three numbers of a pair of elements from its compounds and its liquid. */
#ifndef VT_FIT_PAIR_H
#define VT_FIT_PAIR_H

#include "md/zhou_parameters.h"
#include "potential/least_squares.h"
#include "potential/targets.h"

/* First peak of a pair in a glass [angstrom]: what it should be, and what it was when the wall stood there.
 * It moves with the wall. */
struct vt_peak_aim {
    double target, tolerance, found, wall;
};
/* Where phi of a pair changes its sign [angstrom]. */
double vt_pair_wall(const struct vt_zhou_element *const row[2], const struct vt_zhou_pair *pair);

/* Distance (sigma) and stretch of a pair whose depth is given, from the targets that crystals answer and from
 * its peak (NULL: not known). pair: in: names, depth, and the last distance and stretch, 0 at first; out:
 * all. fit says how well. Local. */
enum vt_status vt_fit_compounds(const struct vt_target_set *set, const struct vt_zhou_element *const row[2],
                                const struct vt_peak_aim *peak, struct vt_zhou_pair *pair,
                                struct vt_fit *fit);

/* One point of the way to the depth that gives the liquid's enthalpy. */
struct vt_depth {
    double epsilon, enthalpy, error;
};
enum { VT_DEPTHS_MAX = 12 };
/* Where to begin, for an enthalpy of mixing [kJ/mol]: valleys of sigma and k at another depth may be none of
 * this. */
double vt_first_depth(double target);
/* The depth to try next, from n <= VT_DEPTHS_MAX points so far, or true if the last is near enough: within
 * `tolerance`, or two of its errors. Enthalpies fall with depth. */
bool vt_next_depth(const struct vt_depth *point, int n, double target, double tolerance, double *epsilon);

#endif
