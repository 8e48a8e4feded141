/* sampler.c: a copy of the atoms is brought home to the ranks that own their places, then gets ghosts as far
 * as asked, beyond the next neighbour and beyond the cell if need be. The run itself is not touched. */
#include "md/sampler.h"

#include "core/memory.h"
#include "core/parallel.h"

enum vt_status vt_sampler_frame(struct vt_sampler *s, const struct vt_system *sys,
                                const struct vt_state *state, double reach, bool energies,
                                struct vt_frame *frame)
{
    VT_TRY(vt_agree(sys->ranks.comm, vt_atoms_copy(&s->atoms, &sys->atoms)));
    /* Energies come home with their atoms in the fourth lane. */
    for (int i = 0; energies && i < s->atoms.n; i++) s->atoms.x[i][3] = sys->energy[i];
    VT_TRY(vt_atoms_migrate(&s->atoms, &sys->ranks, &sys->cell, 4));
    if (energies) {
        VT_TRY(vt_agree(sys->ranks.comm, vt_grow(&s->energy, &s->energy_capacity, s->atoms.n)));
        for (int i = 0; i < s->atoms.n; i++) s->energy[i] = s->atoms.x[i][3];
    }
    if (reach > 0)
        VT_TRY(vt_halo_build(&s->halo, &s->atoms, &sys->ranks, &sys->cell, reach, VT_GHOSTS_AROUND));
    *frame = (struct vt_frame){.ranks = &sys->ranks,
                               .material = &sys->material,
                               .state = *state,
                               .n = s->atoms.n,
                               .n_ghost = s->atoms.n_ghost,
                               .id = s->atoms.id,
                               .species = s->atoms.species,
                               .x = (const double(*)[4])s->atoms.x,
                               .v = (const double(*)[3])s->atoms.v,
                               .image = (const int32_t(*)[3])s->atoms.image,
                               .energy = energies ? s->energy : NULL,
                               .reach = reach};
    return VT_OK;
}

void vt_sampler_release(struct vt_sampler *s)
{
    vt_atoms_release(&s->atoms);
    vt_halo_release(&s->halo);
    free(s->energy);
    s->energy = NULL, s->energy_capacity = 0;
}
