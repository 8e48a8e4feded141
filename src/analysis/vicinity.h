/* vicinity.h: who was near whom in a frame that is remembered, and how far each has moved since.
 *
 * Rows of the roll stand by id; here the same atoms stand by place: each on the rank that owns the place it
 * had then, with ghosts, all neighbours of each owned atom, and the displacement of both. */
#ifndef VT_VICINITY_H
#define VT_VICINITY_H

#include "analysis/past.h"
#include "core/atoms.h"
#include "core/pairs.h"

struct vt_vicinity {
    struct vt_ranks ranks;
    struct vt_halo halo;
    /* Owned atoms, then ghosts; x is u (past.h), against cell and centre of mass [angstrom]. The rest but id
     * and species has no meaning. */
    struct vt_atoms atoms;
    double (*place)[4];     /* of both, then; wrapped into the cell [angstrom, three of four] */
    struct vt_pairs around; /* partners of owned atoms, in order of id, images of one atom in that of place */
    size_t place_capacity;
};

/* Neighbours nearer than r_max [angstrom] at b->then. The order of the partners is the same in any layout, so
 * that sums over them are the same bits. Collective over comm. */
enum vt_status vt_vicinity_make(struct vt_vicinity *vicinity, MPI_Comm comm, const struct vt_between *b,
                                double r_max);
void vt_vicinity_release(struct vt_vicinity *vicinity);

#endif
