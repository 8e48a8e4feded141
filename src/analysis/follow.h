/* follow.h: waves that are chosen once and followed through a stage.
 *
 * They are those with q - dq / 2 <= |q| < q + dq / 2 that fit into the cell of the stage's first frame, one
 * of q and -q; where a shell has more than are wanted, those with the least chance numbers, which depend on
 * (n_1, n_2, n_3) alone. A wave keeps its n while the cell changes, so q moves with the sample: atoms that
 * the cell carries along keep their phases. Cells that were exchanged for equivalent ones (flips) give it
 * other n for the same q. */
#ifndef VT_FOLLOW_H
#define VT_FOLLOW_H

#include "analysis/waves.h"

struct vt_follow_shells {
    int n;
    const double *q; /* (n) middles, ascending, dq or more apart [1/angstrom] */
    double dq;
    int64_t most; /* waves of a shell; 0: all */
};

/* Zero-initialise before the first use; keeps its memory from stage to stage. */
struct vt_follow {
    struct vt_cell first; /* of the waves that are chosen */
    int n;
    struct vt_followed {
        int n[3], shell;
        double draw;
    } * wave;
    int (*index)[3]; /* n of each in the cell of this frame */
    double *value;   /* rho [wave][species][real, imaginary], on rank 0 */
    size_t wave_capacity, index_capacity, value_capacity;
    struct vt_waves waves;
};

/* Choose waves, or find that they are chosen already, and turn them into this frame's cell (motion.h). Local.
 */
enum vt_status vt_follow_choose(struct vt_follow *follow, const struct vt_follow_shells *shells,
                                const struct vt_cell *first, int turn[3][3]);
/* Their amplitudes in this frame: (*n) values on rank 0. Collective. */
enum vt_status vt_follow_amplitudes(struct vt_follow *follow, const struct vt_frame *frame,
                                    const double **values, int *n);
void vt_follow_release(struct vt_follow *follow);

/* VT_EINPUT, with NAME in front, where the cell is too small for the shells' longest wave, or there are more
 * waves than can be measured: for a kernel's check. Local. */
enum vt_status vt_follow_check(const char *name, const struct vt_follow_shells *shells,
                               const struct vt_cell *cell);

#endif
