/* stationary.h: stretches of time in which a sample decorrelates at one rate.
 *
 * Along the diagonal of C(t1, t2), in steps of `width` frames of age, stands
 *
 *     z_b = mean over delays l of [(C_b(l) - base) / (C_b(1) - base) - (C(l) - base) / (C(1) - base)],
 *
 * C_b: of ages in step b, C: of all; delays l where C has decayed by 15 to 85 %, none longer than a step. The
 * fluctuation that all delays share, of the contrast of few speckles, falls out of the ratio. z_b is
 * large where dynamics are slow. Change points are those of a piecewise constant z:
 *
 *     sum over stretches of sum_b (z_b - mean)^2 / s^2 + penalty ln(n) (stretches - 1)  ->  least
 *
 * exactly, by dynamic programming (Jackson et al., IEEE Signal Process. Lett. 12, 105 (2005)). The penalty 3
 * is that of the modified criterion of Zhang & Siegmund (Biometrics 63, 22 (2007)). s^2 comes from
 * differences between neighbouring steps, which changes hardly touch, and is made larger for their
 * correlation r (from differences to the next and next but one): s^2 (1 + r) / (1 - r).
 *
 * A change point is known to a step. A rate that drifts, as in an ageing glass, gives a staircase. */
#ifndef VT_STATIONARY_H
#define VT_STATIONARY_H

#include "analysis/two_time.h"

struct vt_stationary_options {
    int width;      /* frames of a step; 0: a 48th of all, 4 at least */
    double penalty; /* 0: 3 */
    int steps_min;  /* of a stretch; 0: 3 */
};

struct vt_stationary {
    int n; /* stretches */
    struct vt_stretch {
        int first, last;           /* frames, both included */
        double level, level_error; /* mean z */
    } * stretch;
    int n_steps, width;
    double *age, *z;          /* (n_steps): age in the middle, in frames */
    int delay_min, delay_max; /* of those looked at */
};

/* VT_EINPUT with fewer than 8 steps. Released by the caller, also after a failure. Local. */
enum vt_status vt_stationary_find(const struct vt_two_time *two, const struct vt_stationary_options *options,
                                  struct vt_stationary *out);
void vt_stationary_release(struct vt_stationary *stationary);

#endif
