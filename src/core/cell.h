/* cell.h: the periodic cell, general triclinic.
 *
 * Rows of h are the edge vectors a, b, c [angstrom], with a along x and b in the x-y plane:
 *
 *     a = (lx, 0, 0)    b = (xy, ly, 0)    c = (xz, yz, lz)
 *
 * Any lattice can be turned into this form, and LAMMPS uses the same one. The origin is 0.
 *
 * Positions and edges lie on a binary grid of 2^-40 angstrom (|x| < 4096 angstrom), so that differences and
 * shifts by whole edges are exact in double: see docs/theory/exactness.md. */
#ifndef VT_CELL_H
#define VT_CELL_H

#include <math.h>

#define VT_GRID     0x1p-40 /* angstrom */
#define VT_GRID_MAX 4096.0  /* largest position, angstrom */
#define VT_TILT_MAX 0.55

struct vt_cell {
    double h[3][3];
};

/* The nearest point of the grid. */
static inline double vt_grid(double v)
{
    return rint(v * 0x1p40) * VT_GRID;
}

/* A cell from edges lx ly lz and tilts xy xz yz, put on the grid. */
struct vt_cell vt_cell_make(double lx, double ly, double lz, double xy, double xz, double yz);
double vt_cell_volume(const struct vt_cell *cell);
/* Distances between opposite faces, along a* b* c*: the widest sphere that fits has half the least. */
void vt_cell_heights(const struct vt_cell *cell, double heights[3]);
/* The least of them. */
double vt_cell_least_height(const struct vt_cell *cell);
/* s with x = s[0] a + s[1] b + s[2] c. */
void vt_cell_fractional(const struct vt_cell *cell, const double x[3], double s[3]);
void vt_cell_cartesian(const struct vt_cell *cell, const double s[3], double x[3]);
/* k[0] a + k[1] b + k[2] c; exact on the grid. */
void vt_cell_shift(const struct vt_cell *cell, const int k[3], double shift[3]);
/* e with h_new = h e (rows transform as x' = x e): e = h^-1 h_new, lower triangular like h. */
void vt_cell_map(const struct vt_cell *from, const struct vt_cell *to, double e[3][3]);

/* The largest displacement of n atoms [angstrom] beyond what the cell itself did since they were at x_then;
 * infinite when a position is not a number. *strain is the norm of the cell's strain since: two atoms at a
 * distance d have come nearer by at most twice the displacement plus strain d. Threaded. */
double vt_cell_displacement(const struct vt_cell *then, const struct vt_cell *now, const double (*x_then)[3],
                            const double (*x)[4], int n, double *strain);

/* Bring a tilt of more than VT_TILT_MAX of the edge it leans along into half of it, by adding whole edges to
 * b and c. The two numbers differ so that a cell that fluctuates around one half does not flip to and fro. m
 * is the unimodular matrix with h_new = m h_old; returns 1 when something changed. */
int vt_cell_flip(struct vt_cell *cell, int m[3][3]);

#endif
