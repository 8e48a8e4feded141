/* prototypes.h: the crystal structures of metals and their compounds, as cells. */
#ifndef VT_PROTOTYPES_H
#define VT_PROTOTYPES_H

#include "potential/crystal.h"

/* Edges and free positions of a structure, as handbooks give them (conventional cell). Those that the
 * structure fixes by symmetry are not read. */
struct vt_lattice {
    double a, b, c;     /* angstrom */
    double internal[2]; /* C11b: z; C16: x; Bf: y of the first and of the second species */
};

struct vt_prototype {
    const char *name;    /* fcc, hcp, bcc or the Strukturbericht symbol */
    const char *example; /* and its space group */
    int count[2];        /* atoms of either species in the cell of `make`; the first is the more frequent */
    bool b, c;           /* does the lattice have an edge b, c of its own? */
    int internal;        /* number of free positions */
    void (*make)(const struct vt_lattice *l, struct vt_crystal *crystal);
};

extern const struct vt_prototype vt_prototypes[];               /* ended by a NULL name */
const struct vt_prototype *vt_prototype_find(const char *name); /* NULL if there is none */

/* The primitive cell, species of the first and of the second kind. */
struct vt_crystal vt_prototype_make(const struct vt_prototype *p, const struct vt_lattice *l,
                                    const int species[2]);
/* The edges of a crystal that was made so and then relaxed, its form kept. */
struct vt_lattice vt_prototype_lattice(const struct vt_prototype *p, const struct vt_crystal *crystal);

#endif
