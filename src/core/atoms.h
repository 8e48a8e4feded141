/* atoms.h: the atoms of one rank: those it owns, then ghosts (images of atoms that it or others own).
 *
 * Ghosts have x, id and species only. Collective functions give the same result, bit for bit, for any
 * grid of ranks; only the order of the atoms in the arrays differs. */
#ifndef VT_ATOMS_H
#define VT_ATOMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cell.h"
#include "core/material.h"
#include "core/ranks.h"
#include "core/status.h"
#include "core/tiles.h"

struct vt_atoms {
    int n, n_ghost;   /* owned; ghosts follow them in the arrays */
    int64_t n_total;  /* owned by all ranks */
    size_t capacity;  /* of every array */
    int64_t *id;      /* 1 .. n_total */
    int32_t *species; /* from 0 */
    double (*x)[4]; /* position [angstrom, on the grid]; the fourth lane is the engine's, and travels along */
    double (*v)[3]; /* peculiar velocity [angstrom/ps]; owned atoms */
    int32_t (*image)[3];   /* cells crossed: x + image h is the unwrapped position; owned atoms */
    struct vt_tiles tiles; /* of the owned atoms, as they were last sorted */
};

/* Room for need atoms, owned and ghosts together. */
enum vt_status vt_atoms_reserve(struct vt_atoms *atoms, size_t need);
void vt_atoms_release(struct vt_atoms *atoms);
/* Make a copy of the owned atoms in to (which may be empty or hold others). Local. */
enum vt_status vt_atoms_copy(struct vt_atoms *to, const struct vt_atoms *from);

/* Wrap each owned atom into the cell and send it to the rank that owns the place. Ghosts are dropped.
 * Afterwards the owned atoms are sorted by tiles at least `reach` angstrom wide, and within each along x, so
 * that neighbours in space are near in memory. Collective over ranks->comm. */
enum vt_status vt_atoms_migrate(struct vt_atoms *atoms, const struct vt_ranks *ranks,
                                const struct vt_cell *cell, double reach);

/* Exchange a cell that leans too far for an equivalent one (vt_cell_flip), and count images in its edges: the
 * unwrapped positions keep their bits. Was it exchanged? Local; the same on every rank. */
bool vt_atoms_flip(struct vt_atoms *atoms, struct vt_cell *cell);

/* Kinetic tensor sum m v_a v_b [eV], xx yy zz xy xz yz, the same bits from any layout. Collective over comm.
 */
enum vt_status vt_atoms_kinetic(const struct vt_atoms *atoms, const struct vt_material *material,
                                MPI_Comm comm, double kinetic[6]);

/* Where ghosts come from and which atoms go where. Opaque between build and release. */
struct vt_halo {
    double reach;
    int n_partners;
    struct vt_halo_partner *partner;
    MPI_Request *request; /* room for all partners */
    int n_requests;       /* under way */
    size_t request_capacity;
    int own_begin, own_end; /* ghosts of this rank's own atoms, counted from the first ghost */
    int own_send;           /* where their atoms begin among those to send */
    double *send, *receive; /* message space, 3 doubles an atom; not used for own ones */
    size_t send_capacity, receive_capacity;
    int n_send, n_receive;
    int *send_index;          /* owned atom, for each atom to send */
    int32_t (*send_shift)[3]; /* and the lattice vector to add */
    size_t index_capacity, shift_capacity;
    int64_t messages, doubles; /* sent to other ranks so far */
};

/* Give every rank the ghosts within reach [angstrom] of its part, periodic images included: every atom within
 * reach of an owned atom is there, as often as its images are, whatever the reach, the cell or the
 * number of ranks; with VT_GHOSTS_AHEAD at least those that do not lie behind along z, which half lists
 * (core/pairs.h) can do with. Needs migrated atoms. Collective over ranks->comm. */
enum vt_ghosts { VT_GHOSTS_AROUND, VT_GHOSTS_AHEAD };
enum vt_status vt_halo_build(struct vt_halo *halo, struct vt_atoms *atoms, const struct vt_ranks *ranks,
                             const struct vt_cell *cell, double reach, enum vt_ghosts want);
/* Messages between atoms and ghosts, in two halves: begin sends and is back at once, end waits, so that work
 * can be done in between; one exchange at a time. What ghosts of this rank's own atoms get is there after
 * begin. Collective.
 *
 * positions  new positions of the same atoms to the ghosts; the cell may have changed
 * lane       the fourth lane of x to the ghosts
 * collect    what the ghosts gathered is added to their atoms: of values, rows of `stride` doubles for n
 * owned atoms and their ghosts, the first `width` (at most 3) of each row. The ghosts' own rows stay. Those
 * of this rank's own atoms may still gather until end. */
enum vt_status vt_halo_positions_begin(struct vt_halo *halo, struct vt_atoms *atoms,
                                       const struct vt_ranks *ranks, const struct vt_cell *cell);
enum vt_status vt_halo_positions_end(struct vt_halo *halo, struct vt_atoms *atoms);
enum vt_status vt_halo_lane_begin(struct vt_halo *halo, struct vt_atoms *atoms, const struct vt_ranks *ranks);
enum vt_status vt_halo_lane_end(struct vt_halo *halo, struct vt_atoms *atoms);
struct vt_gathered {
    double *values;
    int stride, width, n;
};
enum vt_status vt_halo_collect_begin(struct vt_halo *halo, struct vt_gathered gathered,
                                     const struct vt_ranks *ranks);
enum vt_status vt_halo_collect_end(struct vt_halo *halo, struct vt_gathered gathered,
                                   const struct vt_ranks *ranks);
/* Both halves. */
enum vt_status vt_halo_collect(struct vt_halo *halo, struct vt_gathered gathered,
                               const struct vt_ranks *ranks);
/* Does any ghost belong to another rank? */
static inline bool vt_halo_is_remote(const struct vt_halo *halo)
{
    return halo->n_receive > halo->own_end - halo->own_begin;
}
void vt_halo_release(struct vt_halo *halo);

#endif
