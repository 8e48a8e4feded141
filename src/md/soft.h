/* soft.h: a soft repulsion that takes overlaps out of a random start. */
#ifndef VT_SOFT_H
#define VT_SOFT_H

#include "md/system.h"

/* phi(r) = height (1 + cos(pi r / cutoff)) for r < cutoff, the same for all pairs [eV, angstrom]. Local. */
enum vt_status vt_soft_create(struct vt_potential **potential, double height, double cutoff);

#endif
