/* mesh.h: the amplitudes of all waves up to q_max at once, by a Fourier transform of the density on a grid.
 *
 *     rho_a(n) = sum_{i of species a} exp(-2 pi i n s_i),    n = (n_1, n_2, n_3),  s fractional coordinates
 *
 * Each atom is spread over grid points by B-splines, of the order VT_MESH_ORDER along each edge of the cell,
 * and what spreading does to an amplitude is divided out again. The work goes with atoms and with points of
 * the grid, not with their product: docs/theory/scattering.md says when that is less.
 *
 * A grid of N points sees a wave n together with its images n + m N. Of their amplitudes it lets through
 * (n / |n + m N|)^p, and of two grids half a point apart the mean knows only those with m_1 + m_2 + m_3
 * even. */
#ifndef VT_MESH_H
#define VT_MESH_H

#include <fftw3.h>
#include <stddef.h>

#include "analysis/waves.h"

enum { VT_MESH_ORDER = 10 };

/* Zero-initialise before the first use; keeps its memory from frame to frame. */
struct vt_mesh {
    /* Waves that differ in n_1 only, from low to high, of those that this rank has in the end. */
    struct vt_mesh_line {
        int n2, n3, low, high;
        size_t first; /* which wave of the rank */
    } * line;
    int n_lines;
    size_t n_waves;
    double *rho; /* [wave][species][real, imaginary] */
    /* private */
    int n[3], most[3];         /* points of the grid, largest |n_d| */
    int row;                   /* complex numbers that a row of n[2] points has room for */
    ptrdiff_t planes, first;   /* this rank's planes of constant s_1 */
    ptrdiff_t rows, first_row; /* after the transposition: of constant n_2 */
    ptrdiff_t block[2];
    double *grid, *factor[3];
    fftw_plan plane, along, transpose;
    size_t line_capacity, rho_capacity, grid_capacity, factor_capacity[3];
};

/* Measure a frame: one of each q and -q below q_max; every rank gets a part of the waves. oversampling:
 * points of the grid in half the shortest wave, at least 1; a skew cell gets more of them. Collective. */
enum vt_status vt_mesh_measure(struct vt_mesh *mesh, double q_max, double oversampling,
                               const struct vt_frame *frame);
/* The largest share of an image's amplitude that is mistaken for a wave's. */
double vt_mesh_aliasing(double oversampling);
/* Points of the grid for a cell. */
double vt_mesh_points(const struct vt_cell *cell, double q_max, double oversampling);
void vt_mesh_release(struct vt_mesh *mesh);

#endif
