/* minimise.h: to the nearest minimum of the potential energy, the inherent structure. */
#ifndef VT_MINIMISE_H
#define VT_MINIMISE_H

#include <stdbool.h>
#include <stdint.h>

#include "md/system.h"

struct vt_minimise {
    double force; /* stop when no force component is larger [eV/angstrom] */
    int64_t steps_max;
    double step_max; /* longest displacement of an atom in one step [angstrom] */
};

/* Move the atoms of sys (cell fixed) downhill. Velocities are used and left zero. Afterwards forces and
 * totals are current. converged and steps say how it ended. VT_ESTOP, with the sample somewhere on the way,
 * when any rank got a signal (signals.h). Collective. */
enum vt_status vt_minimise(struct vt_system *sys, const struct vt_minimise *options, bool *converged,
                           int64_t *steps);

#endif
