/* waves.h: the waves that fit into a cell, and the amplitudes that the atoms of each species give them.
 *
 *     q = n_1 a* + n_2 b* + n_3 c*,     rho_a(q) = sum_{i of species a} exp(i q r_i)
 *
 * in shells of |q|. An amplitude is a sum over all atoms, so it is added up over ranks before it is squared.
 * Each term is rounded to 2^-30 first: a sum of whole numbers, the same bits from any layout. */
#ifndef VT_WAVES_H
#define VT_WAVES_H

#include <stdint.h>

#include "core/frame.h"

#define VT_WAVE_QUANTUM 0x1p-30
enum { VT_WAVES_MOST = 1 << 20 };

/* Which waves, q_max in whole shells. */
struct vt_wave_shells {
    double dq;
    int n;
    double
        most; /* of a shell, about: where there are more, some are taken, the same ones for the same cell */
};

/* Edges of the reciprocal lattice, rows a*, b*, c* with 2 pi [1/angstrom]. */
void vt_reciprocal(const struct vt_cell *cell, double g[3][3]);
/* |q| of n. */
double vt_wave_number(double g[3][3], const int n[3]);
/* Groups of a jackknife over waves, which are independent of each other even where frames are not, as in a
 * glass: the 27 classes (n_1, n_2, n_3) modulo 3. Waves of one length fall into different classes for the
 * first few lengths. */
int vt_wave_class(const int n[3]);
/* How many waves there are in the shells, about; -1 where not even the first one along the longest edge fits.
 */
double vt_waves_count(const struct vt_wave_shells *shells, const struct vt_cell *cell);

/* Zero-initialise before the first use; keeps its memory from frame to frame. */
struct vt_waves {
    /* Waves that differ in n_3 only, from low to high. */
    struct vt_wave_column {
        int n1, n2, low, high;
        int first; /* which wave of all is the first */
    } * column;
    int n_columns, n, most[3]; /* most: the largest |n_d| */
    int *order;                /* owned atoms, by species */
    double *factor; /* exp(2 pi i n s_d): [d][n = 0 .. most[d]][real, imaginary][a piece of atoms] */
    int64_t *sum;   /* rho [wave][species][real, imaginary], in quanta */
    size_t column_capacity, order_capacity, factor_capacity, sum_capacity;
};

/* List the waves of a frame's cell, one of each q and -q, and sum up their amplitudes over all ranks: rank 0
 * has them. Collective over the frame's ranks. */
enum vt_status vt_waves_measure(struct vt_waves *waves, const struct vt_wave_shells *shells,
                                const struct vt_frame *frame);
void vt_waves_release(struct vt_waves *waves);

/* Sums over the waves of a shell: their number, of |q|, and Re rho_a rho_b* of each pair of species. */
enum { VT_SHELL_WAVES, VT_SHELL_LENGTH, VT_SHELL_PRODUCT };
size_t vt_shell_size(int n_species);
/* Add one wave, with rho [species][real, imaginary]. */
void vt_shell_add(double *shell, double q, const int64_t *rho, int n_species);

#endif
