/* curve_series.h: the equivalent entropy of a series of measured G(r), against temperature, and the heat flow
 * it stands for.
 *
 *     G(r) -> g(r) -> S_eq(T) -> dS_eq/dT -> c_eq = T dS_eq/dT, heat flow = c_eq times the heating rate
 *
 * by the operators that simulated samples go through (analysis/curve_entropy.h, smooth.h, breaks.h). */
#ifndef VT_CURVE_SERIES_H
#define VT_CURVE_SERIES_H

#include "core/dataset.h"
#include "core/params.h"

struct vt_series_options {
    double density, slope_to; /* atoms/angstrom^3, or angstrom: one is given */
    double r_core, r_max, split_at;
    int64_t smooth, degree, breaks;
    double rate; /* K/ps; NaN: no heat flow */
    int kind;    /* what files hold that do not tell: 0 refuse them, 1 G(r), 2 g(r) */
};
extern const struct vt_param vt_series_params[];

/* Read n files and append datasets series/... to results. Files that cannot be read are warned of, with line
 * and reason, counted in *refused and left out. molar_mass [g/mol]: NaN if the heat flow of a gram is not
 * asked for. VT_EINPUT if too few files are left. Local. */
enum vt_status vt_series_entropy(int n, char *const *paths, const struct vt_series_options *options,
                                 double molar_mass, struct vt_results *results, int *refused);
/* S_eq(T), its slope and the breaks as one figure; *svg is the caller's to free. */
enum vt_status vt_series_figure(const struct vt_results *results, char **svg);

#endif
