/* supercell.h: a crystal repeated until the engine takes it; energies of lattices with and without a vacancy.
 */
#ifndef VT_SUPERCELL_H
#define VT_SUPERCELL_H

#include "potential/crystal.h"

/* Energy [eV] of the crystal repeated so that opposite faces are at least `width` [angstrom] apart, by the
 * engine, atoms at rest in their lattice or, with remove, after atom 0 was taken out and the others relaxed
 * at fixed cell. *n: atoms of the whole supercell. Local. */
enum vt_status vt_supercell_energy(const struct vt_crystal *c, const struct vt_eam *tables, double width,
                                   bool remove, int *n, double *energy);

/* E(N - 1 atoms, relaxed at constant volume) - (N - 1)/N E(N) [eV]: what it costs to take an atom out of a
 * crystal of one element and put it where such crystals grow. Local. */
enum vt_status vt_vacancy_energy(const struct vt_crystal *c, const struct vt_eam *tables, double *energy);

#endif
