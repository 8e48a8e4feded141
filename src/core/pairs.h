/* pairs.h: all pairs of atoms nearer than a distance, found with a grid of cells.
 *
 * Works on owned atoms followed by ghosts, as atoms.h and frame.h hold them. Only owned atoms start a
 * pair. The half list of an owned atom i holds the owned atoms after i in its neighbourhood, and the ghosts
 * that lie ahead of it (the first of their differences in z, y, x that is not 0 is positive). Images see each
 * other with opposite differences, exact on the grid of positions, so over all ranks each pair stands once.
 */
#ifndef VT_PAIRS_H
#define VT_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

struct vt_pairs {
    int n;          /* owned atoms */
    int64_t *begin; /* n + 1: partners of atom i are partner[begin[i] .. begin[i+1]) */
    int32_t *partner;
    size_t begin_capacity, partner_capacity;
};

/* Find the half list. x (n + n_ghost) positions; reach in angstrom. Threaded; the list does not depend
 * on the number of threads. Local. */
enum vt_status vt_pairs_find(struct vt_pairs *pairs, const double (*x)[4], int n, int n_ghost, double reach);
void vt_pairs_release(struct vt_pairs *pairs);

#endif
