/* waves.h: the waves that fit into a cell, and the amplitudes that the atoms of each species give them.
 *
 *     q = n_1 a* + n_2 b* + n_3 c*,     rho_a(q) = sum_{i of species a} exp(i q r_i)
 *
 * in shells of |q|. An amplitude is a sum over all atoms, so it is added up over ranks before it is squared.
 * Each term is rounded to 2^-30 first: a sum of whole numbers, the same bits from any layout. */
#ifndef VT_WAVES_H
#define VT_WAVES_H

#include <stdint.h>

#include "analysis/kernel.h"
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
/* Fractional coordinates of an atom, brought into the cell: the same bits wherever its image was. */
void vt_wave_place(const struct vt_cell *cell, const double *at, double s[3]);
/* Shells of whole width up to q_max, at least one. */
struct vt_wave_shells vt_wave_shells_make(double q_max, double dq, double most);
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

void vt_waves_release(struct vt_waves *waves);
/* The waves of a frame's cell, one of each q and -q, with amplitudes summed over all ranks, into the state of
 * a kernel: common is the number of frames; groups are the classes of waves. Shells lie one after the other
 * in a group; edges: behind them, one more for the waves n = 100, 010, 001. Collective. */
enum { VT_SHELL_FRAMES, VT_SHELL_COMMON };
enum vt_status vt_waves_accumulate(struct vt_waves *waves, const struct vt_wave_shells *shells, bool edges,
                                   const struct vt_frame *frame, const struct vt_tally *tally);
/* Amplitudes of the waves n (n_waves), in this order, summed over all ranks: rank 0 has them in waves->sum.
 * Collective. */
enum vt_status vt_waves_amplitudes(struct vt_waves *waves, int n_waves, const int (*n)[3],
                                   const struct vt_frame *frame);
/* Waves with q_0 <= |q| < q_1 that fit a cell of this volume, one of q and -q, on average. */
double vt_waves_expected(double volume, double q0, double q1);
/* Append NAME/waves and NAME/q_mean. sum: shells of all groups together; q (shells): their middles. */
enum vt_status vt_shells_put(const char *name, const struct vt_wave_shells *shells, int n_species,
                             double frames, const double *sum, const double *q, struct vt_results *out);

/* All datasets of a kernel that measures shells: those two, and what follows from the partials (partials.h).
 */
enum vt_status vt_shells_finish(const char *name, double energy, const struct vt_wave_shells *shells,
                                const struct vt_material *material, double frames, const double *sum,
                                struct vt_results *out);

/* Sums over the waves of a shell: their number, of |q|, and Re rho_a rho_b* of each pair of species. */
enum { VT_SHELL_WAVES, VT_SHELL_LENGTH, VT_SHELL_PRODUCT };
size_t vt_shell_size(int n_species);
#endif
