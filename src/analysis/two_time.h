/* two_time.h: two-time correlation of intensities, and one-time functions taken from it.
 *
 *     C(t1, t2) = <I_q(t1) I_q(t2)>_q / (<I_q(t1)>_q <I_q(t2)>_q)        age (t1 + t2) / 2, delay t2 - t1
 *
 * <>_q: over pixels, or wave vectors of one |q|. C - 1 is contrast |f|^2 (Siegert). Times are frames, from 0.
 *
 * A one-time g2(delay) is an average over pairs of frames, and what it is depends on which and how:
 *
 *     pairs     of a block: both frames in it (the average over a stationary stretch)
 *               of an age:  (t1 + t2) / 2 in a window: along the antidiagonal
 *               of a start: t1 in a window: along a horizontal
 *     average   ratio of sums:  sum_pairs <I I>_q n / (sum_pairs <I(t1)>_q  sum_pairs <I(t2)>_q)
 *               mean of ratios: mean_pairs C(t1, t2)
 *
 * In equilibrium all agree within errors. While a glass ages, age and start differ: from its start a decay
 * slows down on its way, so a horizontal cut is stretched (Bikondoa, J. Appl. Cryst. 50, 357 (2017)). Where
 * intensities drift, the averages differ.
 *
 * What is kept are sums over q, which may be added and taken off again, so parts left out (jackknife) cost
 * little. Reference: Madsen, Leheny, Guo, Sprung & Czakkel, New J. Phys. 12, 055001 (2010). */
#ifndef VT_TWO_TIME_H
#define VT_TWO_TIME_H

#include <stdbool.h>

#include "core/status.h"

struct vt_two_time {
    int n_t;
    double n_q;      /* summed so far */
    double *sum;     /* (n_t) sum_q I_q(t) */
    double *product; /* (n_t, n_t) sum_q I_q(t1) I_q(t2) for t1 <= t2; zero below */
    bool ratios;     /* product is C itself: intensities are not known (vt_two_time_of_matrix) */
};

/* Zero sums of n_t frames. Released by vt_two_time_release, also after a failure. Local. */
enum vt_status vt_two_time_init(struct vt_two_time *two, int n_t);
/* Add n_q rows of intensities, I (n_q, n_t). The bits do not depend on the number of threads. Local; starts
 * threads. */
enum vt_status vt_two_time_add(struct vt_two_time *two, int n_q, const double *intensity);
/* part becomes all - part: the sums without it. */
void vt_two_time_take_off(const struct vt_two_time *all, struct vt_two_time *part);
/* From a measured C (n_t, n_t), of which the mean of C(t1, t2) and C(t2, t1) counts. Local. */
enum vt_status vt_two_time_of_matrix(struct vt_two_time *two, int n_t, const double *c);
/* C (n_t, n_t), symmetric. VT_EPHYSICS where a frame has no intensity. */
enum vt_status vt_two_time_matrix(const struct vt_two_time *two, double *c);
void vt_two_time_release(struct vt_two_time *two);

enum vt_cut_pairs { VT_CUT_BLOCK, VT_CUT_AGE, VT_CUT_START };
enum vt_cut_average { VT_CUT_RATIO_OF_SUMS, VT_CUT_MEAN_OF_RATIOS };

struct vt_cut {
    enum vt_cut_pairs pairs;
    double first, last; /* frames, or ages in frames, both included */
    double hole[2];     /* pairs with hole[0] <= age (of a start: t1) < hole[1] are left out; both 0: none */
};

/* g2 and the number of pairs of each delay 0 .. n_t - 1; NAN where there are none. Delay 0 holds the noise of
 * counting. VT_EINPUT for a ratio of sums without intensities, or a window outside of the frames. Local. */
enum vt_status vt_one_time(const struct vt_two_time *two, const struct vt_cut *cut,
                           enum vt_cut_average average, double *g2, int *pairs);

/* In words, for the notes of results. */
const char *vt_cut_pairs_text(enum vt_cut_pairs pairs);
const char *vt_cut_average_text(enum vt_cut_average average);

#endif
