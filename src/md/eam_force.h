/* eam_force.h: embedded-atom forces, energy and virial from tables. */
#ifndef VT_EAM_FORCE_H
#define VT_EAM_FORCE_H

#include "core/eam.h"
#include "md/system.h"

/* A potential from tables whose species stand in the order of the material. The tables may be
 * released afterwards. instruction_set: "avx512", "avx2", "portable", or NULL for the best this machine has.
 * Local. */
enum vt_status vt_eam_force_create(struct vt_potential **potential, const struct vt_eam *tables,
                                   const char *instruction_set);
/* The instruction set in use. */
const char *vt_eam_force_instruction_set(const struct vt_potential *potential);

#endif
