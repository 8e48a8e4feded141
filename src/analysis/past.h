/* past.h: frames that are remembered, so that later ones can be compared with them.
 *
 * All kernels of motion with the same rhythm that compare the same thing share one past: it keeps each frame
 * as long as any of them will ask for it (lags.h). What is kept of a frame:
 *
 *     positions    unwrapped, in the order of the roll: row[d][atom] [angstrom]
 *     velocities   peculiar, the same way [angstrom/ps]
 *     values       numbers that a kernel makes of a frame (amplitudes of waves, stresses): on rank 0 only
 *
 * Displacements are those against the sample itself: with the deformation F of the cell from then to now and
 * the displacement c of the centre of mass,
 *
 *     u = r_now - r_then F - c,        F = 1 and exact for a cell that did not change.
 *
 * The deformation is summed up from frame to frame, so that cells that were exchanged for equivalent ones
 * (flips) count for nothing as long as the shear from one frame to the next is below one half. Where a file
 * does not tell how often an atom has left the cell, it is taken to have gone less than half a cell since the
 * frame before. */
#ifndef VT_PAST_H
#define VT_PAST_H

#include "analysis/lags.h"
#include "analysis/roll.h"

enum vt_past_kind { VT_PAST_POSITIONS, VT_PAST_VELOCITIES, VT_PAST_VALUES };

/* A frame that is remembered. */
struct vt_moment {
    int64_t number;     /* among the frames seen, from 0; -1: nothing here */
    double time, place; /* ps; of the measured time, 0 .. 1 */
    struct vt_cell cell;
    double deformation[3][3]; /* of the cell since frame 0 */
    double centre[3];         /* of mass, unwrapped [angstrom] */
    double *value;            /* all that is kept: (3 n) or (n) */
    double *row[3];           /* into it, for atoms: (n) each */
};

struct vt_past {
    enum vt_past_kind kind;
    int n_plans; /* of all that ask, who own what they point to */
    struct vt_lags *plan;
    size_t plan_capacity;
    int64_t frames; /* seen so far */
    double apart;   /* from frame to frame, ps */
    double pace;    /* the same, of the measured time 0 .. 1; 0 until there are two frames */
    double first_place;
    struct vt_cell first; /* of frame 0 */
    struct vt_roll roll;
    int n; /* values of a moment, or atoms in its rows, on this rank */
    int n_slots;
    struct vt_moment *slot;
    size_t slot_capacity;
    int n_kept, *kept; /* slots with a frame, by its number */
    size_t kept_capacity;
    struct vt_moment *now; /* the frame of the last vt_past_observe; one of the slots */
    double *scratch;       /* (frame's atoms, 3) */
    size_t scratch_capacity;
    double last_time;
};

/* Two frames that are compared. */
struct vt_between {
    const struct vt_roll *roll; /* NULL for values */
    const struct vt_moment *then, *now;
    int n;
    int lag;          /* index in the kernel's plan */
    int64_t expected; /* frames in the measured time, by the first two; 0 at the first */
    bool strained;
    double map[3][3], drift[3]; /* F and c */
};

/* For a frame that comes next: the cell of frame 0, and the whole numbers m with which the frame's edges are
 * those of that cell as the sample has carried them along, h = m (h_first F); one but after flips. */
void vt_past_turn(const struct vt_past *past, const struct vt_cell *next, struct vt_cell *first, int m[3][3]);
/* Look at a frame. Values are given by the caller: (n_values) on rank 0, NULL elsewhere. Collective for
 * positions and velocities. */
enum vt_status vt_past_observe(struct vt_past *past, const struct vt_frame *frame, double place,
                               const double *values, int n_values);
/* What the current frame is compared with at a lag; false if that frame was none, or is no origin. */
bool vt_past_between(const struct vt_past *past, const struct vt_lags *plan, int lag,
                     struct vt_between *between);
/* Forget what no one will ask for any more. Local. */
void vt_past_forget(struct vt_past *past);
/* Nothing is remembered, the memory is given back; plans stay. */
void vt_past_clear(struct vt_past *past);

/* u [d][k] of the rows begin + k, k < n [angstrom]. */
void vt_between_displacements(const struct vt_between *b, int begin, int n, double *const u[3]);

/* Bytes for each atom at most; 0 for values. */
size_t vt_past_bytes(const struct vt_past *past);

/* What a checkpoint keeps: a block on rank 0, and rows of the ranks' shares of atoms, `width` bytes each.
 * save appends to both; load takes from them, *at bytes into the block and *column into the rows, and moves
 * both. Collective. */
size_t vt_past_block_size(const struct vt_past *past);
size_t vt_past_width(const struct vt_past *past);
void vt_past_save(const struct vt_past *past, const struct vt_ranks *ranks, char *block, char *rows,
                  size_t width, size_t column);
enum vt_status vt_past_load(struct vt_past *past, const struct vt_ranks *ranks, const struct vt_kept *kept,
                            int64_t n_total, int n_species, size_t *at, size_t *column);

#endif
