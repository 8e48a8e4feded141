/* system.h: the sample: atoms over ranks, the cell, who is near whom, and the forces.
 *
 *     positions -> neighbours (ghosts, half list with a skin) -> potential -> forces, energy, virial
 *
 * Everything that is summed is rounded to a quantum first, so all of it has the same bits for any
 * number of ranks and threads (docs/theory/exactness.md). */
#ifndef VT_SYSTEM_H
#define VT_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/atoms.h"
#include "core/cell.h"
#include "core/frame.h"
#include "core/material.h"
#include "core/pairs.h"
#include "core/ranks.h"
#include "core/timers.h"

struct vt_system;

enum vt_want {
    VT_FORCES, /* forces only */
    VT_TOTALS, /* and the energy and virial of the sample */
};

/* A potential: one descriptor, one file. compute fills f (and what is wanted) from x, ghosts and the list;
 * before it looks at ghosts of other ranks it calls vt_system_ghosts, which waits for them. per_atom (may be
 * NULL) what each atom has of the energy, and of the virial if asked, where compute was last called.
 * Collective. */
struct vt_potential {
    const char *name;
    double cutoff; /* angstrom */
    enum vt_status (*compute)(struct vt_potential *self, struct vt_system *sys, enum vt_want want);
    enum vt_status (*per_atom)(struct vt_potential *self, struct vt_system *sys, bool virials);
    void (*destroy)(struct vt_potential *self);
};

struct vt_system {
    struct vt_ranks ranks;
    struct vt_material material;
    struct vt_cell cell;
    struct vt_atoms atoms;
    struct vt_potential *potential; /* not owned */
    uint64_t seed;

    /* Neighbours. A list made with cutoff + skin serves until atoms could have crossed the skin. */
    double skin;
    bool must_fit; /* fail when the cell becomes too narrow (vt_system_check_size) */
    bool list_valid;
    struct vt_halo halo;
    bool ghosts_under_way; /* positions of ghosts of other ranks have been sent and not been waited for */
    struct vt_pairs pairs;
    struct vt_cell list_cell;
    double (*x_list)[3]; /* where owned atoms were when the list was made */
    size_t x_list_capacity;
    int64_t lists_made;
    enum vt_status trouble; /* a failure of this rank alone, to be told when all ask for neighbours */

    /* What the potential gives: owned atoms. Rows of ghosts follow, where their shares are gathered. */
    double (*f)[4]; /* eV/angstrom; the fourth lane is not used */
    size_t f_capacity;
    double potential_energy;  /* eV, whole sample; set by VT_TOTALS */
    double virial[6];         /* eV, whole sample: sum over pairs of d_a f_b; xx yy zz xy xz yz */
    double *energy;           /* per atom, eV; set by vt_system_per_atom */
    double (*atom_virial)[6]; /* per atom, eV; set by it on request */
    size_t energy_capacity, atom_virial_capacity;

    struct vt_timers timers;
    double busy; /* seconds in loops over pairs since the list was made */

    /* The clock and the ledger of the state. */
    int64_t step;
    double time, strain, work, heat;
};

void vt_system_release(struct vt_system *sys);

/* Are all forces, positions and velocities numbers? VT_EPHYSICS with atom and step if not. Collective. */
enum vt_status vt_system_check_numbers(const struct vt_system *sys);
/* Wait for the positions of ghosts of other ranks, if they are under way. Collective. */
enum vt_status vt_system_ghosts(struct vt_system *sys);
/* Exchange a cell that leans too far for an equivalent one (vt_cell_flip). The unwrapped positions keep their
 * bits. Local; the same on every rank. */
void vt_system_flip(struct vt_system *sys);
/* Neighbours, then forces and what is wanted. VT_EPHYSICS when totals are wanted and are not numbers.
 * Collective. */
enum vt_status vt_system_forces(struct vt_system *sys, enum vt_want want);
/* The energy, and on request the virial, of each atom: half of each pair's to either. Atoms, ghosts and cell
 * stand where they stood at the last vt_system_forces. Collective. */
enum vt_status vt_system_per_atom(struct vt_system *sys, bool virials);
/* Kinetic tensor sum m v_a v_b [eV] of peculiar velocities, the same bits everywhere. VT_EPHYSICS when it is
 * not a number. Collective. */
enum vt_status vt_system_kinetic(const struct vt_system *sys, double kinetic[6]);
/* The state from positions, velocities and the totals of the last VT_TOTALS. Collective. */
enum vt_status vt_system_state(const struct vt_system *sys, struct vt_state *state);
/* Take the mean momentum out. Collective. */
enum vt_status vt_system_zero_momentum(struct vt_system *sys);
/* Maxwell-Boltzmann velocities with zero momentum and exactly this temperature [K]. Collective. */
enum vt_status vt_system_velocities(struct vt_system *sys, double temperature);
/* Degrees of freedom: 3 N - 3. */
double vt_system_freedom(const struct vt_system *sys);
/* Are an atom and its nearest image at least twice the cut-off apart, so that no atom meets another one
 * twice? VT_EINPUT if not. Local; the same on every rank. */
enum vt_status vt_system_check_size(const struct vt_system *sys);

#endif
