/* sampler.h: frames for those who look, made from the running sample. */
#ifndef VT_SAMPLER_H
#define VT_SAMPLER_H

#include "core/frame.h"
#include "md/system.h"

struct vt_sampler {
    struct vt_atoms atoms; /* a copy of the owned atoms, with ghosts as far as a look needs */
    struct vt_halo halo;
    double *energy; /* of the owned atoms */
    size_t energy_capacity;
};

/* A frame of sys as it is, with ghosts to reach. It is valid until the next call.
 *
 * energies  give the energy of each atom too; that of the last vt_system_per_atom. Collective. */
enum vt_status vt_sampler_frame(struct vt_sampler *sampler, const struct vt_system *sys,
                                const struct vt_state *state, double reach, bool energies,
                                struct vt_frame *frame);
void vt_sampler_release(struct vt_sampler *sampler);

#endif
