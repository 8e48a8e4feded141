/* structure.h: what a structure file holds, for readers of any format; on one rank. */
#ifndef VT_STRUCTURE_H
#define VT_STRUCTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/cell.h"
#include "core/material.h"
#include "core/status.h"

struct vt_structure {
    struct vt_cell cell;
    struct vt_material material; /* species in order of the file's types or of first appearance; counts set */
    int64_t n;
    int64_t *id;         /* 1 .. n in order; the file's ids, numbered anew if they had gaps */
    int32_t *species;    /* from 0 */
    double (*x)[3];      /* angstrom, on the grid, in the cell */
    double (*v)[3];      /* angstrom/ps; NULL if the file has none */
    int32_t (*image)[3]; /* cells crossed; counts wrapping as well */
    bool images;         /* the file tells how often atoms have left the cell */
};

void vt_structure_release(struct vt_structure *s);

/* For readers. Allocate for s->n atoms, with or without v. */
enum vt_status vt_structure_alloc(struct vt_structure *s, int with_velocities);
/* Turn edge vectors (rows) to a along x and b in the x-y plane, and positions and velocities with them; a
 * left-handed set gets -c for c, the same lattice. Nothing is changed if it has that form already. VT_EINPUT
 * if they span no volume or more than the code can hold. */
enum vt_status vt_structure_lattice(struct vt_structure *s, const double edges[3][3]);
/* The index of an element among those of a file so far; a new one goes to their end. VT_EINPUT if there is no
 * such element, or too many. */
enum vt_status vt_structure_species(struct vt_material *material, const char *symbol, int32_t *species);
/* After cell, x, id, species and image are filled: sort by id, put on the grid, wrap, count species.
 * VT_EINPUT for doubled ids and coordinates that are no numbers or too large. */
enum vt_status vt_structure_finish(struct vt_structure *s);

#endif
