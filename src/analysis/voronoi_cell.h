/* voronoi_cell.h: one Voronoi cell, cut out of a cube plane by plane: a C face for voro++.
 *
 * A cell belongs to one thread. Its atom is the origin. On an error of its own making voro++ ends the
 * program; none is known. Reference: Rycroft, Chaos 19, 041111 (2009). */
#ifndef VT_VORONOI_CELL_H
#define VT_VORONOI_CELL_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vt_voronoi_cell;

struct vt_voronoi_face {
    int neighbour; /* as told to cut; below 0: a side of the cube */
    int edges;     /* those not shorter than asked */
    double area;   /* angstrom^2 */
};

struct vt_voronoi_cell *vt_voronoi_create(void); /* NULL: no memory */
void vt_voronoi_destroy(struct vt_voronoi_cell *cell);

/* Begin with a cube of edge 2 half [angstrom]. */
void vt_voronoi_begin(struct vt_voronoi_cell *cell, double half);
/* Take away what lies beyond the plane p of points with p d = plane/2: for a neighbour at d and plane = |d|^2
 * that is the plane halfway. False if nothing is left; the cell may then only be begun anew. */
bool vt_voronoi_cut(struct vt_voronoi_cell *cell, const double d[3], double plane, int neighbour);
/* The distance of the farthest corner, squared [angstrom^2]. */
double vt_voronoi_reach_square(struct vt_voronoi_cell *cell);
double vt_voronoi_volume(struct vt_voronoi_cell *cell); /* angstrom^3 */
/* Its faces, valid until the next call for this cell; returns their number, -1: no memory. */
int vt_voronoi_faces(struct vt_voronoi_cell *cell, double least_edge, const struct vt_voronoi_face **faces);

#ifdef __cplusplus
}
#endif

#endif
