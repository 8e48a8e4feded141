/* pairs.h: all pairs of atoms nearer than a distance, found with a grid of cells.
 *
 * Works on owned atoms followed by ghosts, as atoms.h and frame.h hold them. Only owned atoms start a pair.
 * The half list of an owned atom holds the atoms and ghosts that lie ahead of it: the first of their
 * differences in z, y, x that is not 0 is positive. Differences are exact on the grid of positions, also
 * those between images, so over all ranks each pair stands once. (Atoms on the very same place do not see
 * each other.) */
#ifndef VT_PAIRS_H
#define VT_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum { VT_PAIRS_SPARE = 16 }; /* places of other atoms that vector loops may read behind the last partner */

struct vt_pairs {
    int n;          /* owned atoms */
    int64_t *begin; /* n + 1: partners of atom i are partner[begin[i] .. begin[i+1]) */
    int32_t *partner;
    size_t begin_capacity, partner_capacity;
};

/* Find the half list. x (n + n_ghost) positions; reach in angstrom. Threaded; the list does not depend
 * on the number of threads. Local. */
enum vt_status vt_pairs_find(struct vt_pairs *pairs, const double (*x)[4], int n, int n_ghost, double reach);
/* Find the full list, of what lies ahead and of what lies behind: each owned atom with all its neighbours. */
enum vt_status vt_pairs_around(struct vt_pairs *pairs, const double (*x)[4], int n, int n_ghost,
                               double reach);
void vt_pairs_release(struct vt_pairs *pairs);

#endif
