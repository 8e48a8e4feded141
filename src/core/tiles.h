/* tiles.h: boxes of atoms that threads work on side by side without writing to the same atom.
 *
 * The part of a rank is cut into tiles n[0] x n[1] x n[2], each at least as wide as the list reaches. An atom
 * of tile (a, b, c) that adds to its partners ahead (core/pairs.h: the first of the differences in z, y, x
 * decides) writes to tiles a and a + 1 along z, b - 1 to b + 1 along y, c - 1 to c + 1 along x, and to ghosts
 * that lie as far. So two tiles that are two apart along z, or three along y or x, have no atom in common:
 *
 *     z ^   [ 8][ 9][10][11]      one thread works on 1, writes to 0 1 2 and 4 5 6;
 *       |   [ 4][ 5][ 6][ 7]      another one may work on 8 9 10 11 meanwhile
 *       |   [ 0][ 1][ 2][ 3]
 *       +-------------------> y or x
 *
 * Sums are exact (core/exact.h), so it does not matter which tile comes first, and no thread needs a copy of
 * the sums of its own. Each thread begins with the tiles of those atoms that a loop with schedule(static)
 * over all owned ones gives it, so that they stay in its cache; in the end threads help each other. */
#ifndef VT_TILES_H
#define VT_TILES_H

#include <stddef.h>

#include "core/status.h"

struct vt_tiles {
    int n[3];   /* along z, y, x */
    int *first; /* of each and the end: tile t = (a n[1] + b) n[2] + c holds atoms first[t] .. first[t + 1] -
                   1 */
    size_t first_capacity;

    /* One round over all tiles. */
    int threads;
    char *taken;          /* per tile */
    int *at, *next, *end; /* per thread: the tile it works on, or -1; its own that may not be taken yet */
    size_t taken_capacity, at_capacity, next_capacity, end_capacity;
};

static inline int vt_tiles_count(const struct vt_tiles *t)
{
    return t->n[0] * t->n[1] * t->n[2];
}

/* Make n[0] x n[1] x n[2] tiles with room for the work of this many threads. Local. */
enum vt_status vt_tiles_shape(struct vt_tiles *tiles, const int n[3], int threads);
void vt_tiles_release(struct vt_tiles *tiles);

/* A round: before a parallel region of any number of threads up to those of vt_tiles_shape, begin; in it,
 * each thread takes tiles, each of which ends the one before, until there are no more: -1. */
void vt_tiles_begin(struct vt_tiles *tiles);
int vt_tiles_take(struct vt_tiles *tiles);

#endif
