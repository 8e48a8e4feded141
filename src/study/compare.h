/* compare.h: measured curves beside what a simulated sample gives through the same window.
 *
 *     y_measured ~ scale y_simulated + shift,     R_w = sqrt(sum w (y_m - y_s)^2 / sum w y_m^2),   w = 1 /
 * sigma^2, or 1
 *
 * Scale and shift by linear least squares where they are asked for; the simulated curve is interpolated
 * (cubic spline) at the measured abscissae. G(r) and g(r) are those of the measurement `sq` with its
 * Q-window, F(q) and S(q) are its transforms. */
#ifndef VT_COMPARE_H
#define VT_COMPARE_H

#include "core/dataset.h"
#include "core/params.h"

struct vt_compare_options {
    char stage[VT_TEXT_SIZE]; /* label; "": the last one with sq */
    int radiation;            /* 0 X-rays, 1 neutrons */
    int kind;                 /* of a file that does not tell: 0 refuse it, 1 G(r), 2 g(r), 3 F(q), 4 S(q) */
    double from, to;          /* NaN: as far as both go */
    bool scale, shift;
};
extern const struct vt_param vt_compare_params[];

/* Append compare/... to out, or, of several files, compare/NAME/..., where NAME is that of the file:
 * measured, simulated and difference over the abscissa, scale, shift, r_w, chi2 (if the file has errors). Of
 * several, one that cannot be compared is warned of, counted in *refused and left out; VT_EINPUT if none is
 * left, or if the only one cannot. Local. */
enum vt_status vt_compare(const struct vt_results *simulated, int n, char *const *paths,
                          const struct vt_compare_options *options, struct vt_results *out, int *refused);
/* The group of the k-th curve, "compare" or "compare/NAME"; NULL: there are no more. */
const char *vt_compare_group(const struct vt_results *compared, int k);
/* NAME of a group; NULL if the curve is the only one. */
const char *vt_compare_name(const char *group);
/* Curves of a kind over each other, and their differences; what goes with r to the left of what goes with q.
 * *svg is the caller's to free. */
enum vt_status vt_compare_figure(const struct vt_results *compared, char **svg);

#endif
