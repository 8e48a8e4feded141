/* one_time.h: g2(delay) of cuts through a two-time correlation, with errors, and its KWW fit.
 *
 * Delays are gathered in equal ratios, and errors are those of the jackknife: of groups of q where
 * intensities are known (speckles are independent), else of pieces of the window of ages (good where pieces
 * are longer than tau). With G samples, each without one part,
 *
 *     error^2 = (G - 1) / G  sum_g (x_g - <x>)^2
 *
 * of g2 and of each parameter of the fit, made anew for each sample: the points of one g2 scatter together,
 * which the covariance of a single fit does not know. Few parts make an error that scatters itself; where the
 * covariance gives a larger one, that stands.
 *
 * An error of g2 from G samples has G - 1 degrees of freedom, and scatters by 1 / sqrt(2 (G - 1)): 40 % for
 * the four pieces of a short window. Fits weight by 1 / error^2, and among a hundred delays one that is small
 * by chance, by ten times, would outweigh all others together. What the error is itself goes smoothly with
 * the delay, so the variance is pooled: that of a delay is the mean over it and its four neighbours on either
 * side (at 30 a decade, delays within a third of it). */
#ifndef VT_ONE_TIME_H
#define VT_ONE_TIME_H

#include "analysis/kww.h"
#include "analysis/two_time.h"

enum { VT_PARTS_MAX = 32 };

struct vt_one_time_options {
    enum vt_cut_average average;
    int parts;      /* of the jackknife; 0: 10 */
    int per_decade; /* of delays; 0: 30, which a curved decay takes for a tau longer by 0.05 % */
    double dt;      /* time of a frame */
};

struct vt_one_time_curve {
    struct vt_cut cut;
    int n, parts;
    double *delay, *g2, *error; /* (n) */
    int *pairs;                 /* (n) of frames */
    double *sample;             /* (parts, n) g2 without each part */
};

/* Where parts come from: intensity (n_q, n_t) as it was added to two, or NULL. VT_EINPUT where there are
 * fewer than two q for each part. curve (n_cuts) is released by the caller, also after a failure. Local;
 * starts threads. */
enum vt_status vt_one_time_curves(const struct vt_two_time *two, int n_q, const double *intensity, int n_cuts,
                                  const struct vt_cut *cut, const struct vt_one_time_options *options,
                                  struct vt_one_time_curve *curve);
void vt_one_time_release(struct vt_one_time_curve *curve);

/* KWW with errors by the jackknife; refusals as of vt_kww_fit, and where the fit fails for a fifth of the
 * samples. Delay 0 is never fitted. Local. */
enum vt_status vt_one_time_kww(const struct vt_one_time_curve *curve, const struct vt_kww_options *options,
                               struct vt_kww *out);

#endif
