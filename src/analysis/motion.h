/* motion.h: what a kernel says that compares frames with earlier ones. */
#ifndef VT_MOTION_H
#define VT_MOTION_H

#include "analysis/past.h"
#include "core/exact.h"

struct vt_motion {
    enum vt_past_kind kind;
    size_t lags; /* where in the options a struct vt_lag_options is */
    /* VT_PAST_VALUES: called before remember with the cell of the stage's first frame and how the frame's
     * cell comes from it (vt_past_turn), for what a kernel chooses once and follows: the same after a
     * restart. NULL if it chooses nothing. The same on every rank. Local. */
    enum vt_status (*follow)(const void *options, const struct vt_cell *first, int turn[3][3], void *work);
    /* VT_PAST_VALUES: what is to be remembered of a frame, (n) on rank 0, valid until the next call; others
     * may leave it. Collective. */
    enum vt_status (*remember)(const void *options, const struct vt_frame *frame, void *work,
                               const double **values, int *n);
    /* Add what two frames tell to the block in which the first of them was. Called for each lag at which the
     * current frame has an origin, lag 0 included. Local, unless the kernel is collective. */
    enum vt_status (*between)(const void *options, const struct vt_frame *frame,
                              const struct vt_between *between, void *work, const struct vt_tally *tally);
};

/* ---- kernels of single atoms ---- */

/* In the common part of a state: for each lag the number of pairs of frames and the sum of their times, added
 * by rank 0. */
enum { VT_MOTION_PAIRS, VT_MOTION_TIME, VT_MOTION_COMMON };
void vt_motion_count(const struct vt_between *between, const struct vt_tally *tally);
/* What all of them do (VT_GROUP_BOTH): in a group of the state, for each lag and species, `size` doubles:
 * first `counts` whole numbers, then sums in words. Rows of one species and part, at most 1024 at a time, are
 * given to add with their displacements u[d][k]. Threaded: a call's numbers are no other call's at the same
 * time. Local. */
struct vt_motion_layout {
    size_t size, counts;
};
struct vt_motion_run {
    const struct vt_between *between;
    int begin, n; /* rows */
    const double *u[3];
};
typedef void vt_motion_add(const void *self, const struct vt_motion_run *run, double *sum);
enum { VT_MOTION_RUN = 1024 };
enum vt_status vt_motion_accumulate(const struct vt_frame *frame, const struct vt_between *between,
                                    const struct vt_tally *tally, struct vt_motion_layout layout,
                                    vt_motion_add *add, const void *self);
/* Which lags were seen, lag 0 left out unless asked for: their number, indices and mean times [ps]. They are
 * always the first of the plan, as frame 0 is an origin of all. Of a block, and of what is left when some is
 * left out, they are those of the whole, which are the axis "time" of its dataset `path`. index, time:
 * (n_lags). */
int vt_motion_times(const struct vt_measured *what, const char *path, const double *common, int n_lags,
                    bool zero, int *index, double *time);
/* Name the first axis: species, and all of them together as the last row. */
enum vt_status vt_motion_name_species(struct vt_dataset *d, const struct vt_material *material);
/* A dataset over species, and all of them together as the last row, and time; lengths are n_species + 1 and
 * n. */
enum vt_status vt_motion_put(struct vt_results *out, const struct vt_material *material, const char *path,
                             const char *unit, const char *help, int n, const double *time,
                             struct vt_dataset **d);
/* A dataset over species and all. */
enum vt_status vt_motion_put_species(struct vt_results *out, const struct vt_material *material,
                                     const char *path, const char *unit, const char *help,
                                     struct vt_dataset **d);

/* Is a key given in a measurement's line of the list? */
bool vt_motion_given(const struct vt_yaml *line, const char *key);

/* The option `q` of a measurement NAME: wave numbers within [least, greatest], one or a list of at most
 * `most`, to q (most) and *n. 2.7 /angstrom, near the first peak of S(q) of Cu-Zr glasses, where node is
 * NULL. */
struct vt_wave_range {
    double least, greatest;
    int most;
};
enum vt_status vt_motion_wave_numbers(const struct vt_yaml *node, const char *name,
                                      const struct vt_wave_range *range, double *q, int *n);

/* The top of the parabola in ln t through three points: its time, not beyond them, and its height; NaN where
 * one of them is. */
void vt_motion_vertex(const double time[3], const double value[3], double *at, double *height);
/* Where a curve of n times falls to 1/e, on a straight line in ln t; NaN if it does not, or before the second
 * time that is not 0. whole: the curve of everything, which says between which times; where something is left
 * out, it is sought there or beyond: smooth. */
double vt_motion_fall_time(int n, const double *time, const double *f, const double *whole);

/* Sums of many numbers of any size, exact to 2^-60, so that they are the same bits from any layout: a number
 * is split where it is added (into multiples of 2^-20 and the rest of 2^-60), and a state holds three words,
 * of which none grows but the first: what fills one is carried to the one before. */
enum { VT_WORDS = 3 };
/* hi, lo: sums of at most 1024 numbers' parts. */
static inline void vt_words_add(double words[VT_WORDS], double hi, double lo)
{
    double low = words[2] + lo, carry = vt_round(low, VT_MAGIC(0x1p-20));
    double mid = words[1] + (hi + carry), top = vt_round(mid, VT_MAGIC(0x1p10));
    words[0] += top;
    words[1] = mid - top;
    words[2] = low - carry;
}
/* Add sums to sums. */
static inline void vt_words_join(double to[VT_WORDS], const double from[VT_WORDS])
{
    vt_words_add(to, from[1], from[2]);
    to[0] += from[0];
}
/* The same for what has a layout. */
void vt_motion_join(struct vt_motion_layout layout, double *to, const double *from);
/* Whole units are carried upwards first: the same sum may have come in other words. */
static inline double vt_words_value(const double words[VT_WORDS])
{
    double carry = floor(words[2] * 0x1p20) * 0x1p-20, low = words[2] - carry, mid = words[1] + carry;
    double top = floor(mid * 0x1p-10) * 0x1p10;
    return (words[0] + top) + ((mid - top) + low);
}

#endif
