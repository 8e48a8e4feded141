/* curve_series.h: the equivalent entropy of series of measured G(r), against temperature, and the heat flow
 * it stands for.
 *
 *     G(r) -> g(r) -> S_eq(T) -> dS_eq/dT -> c_eq = T dS_eq/dT, heat flow = c_eq times the heating rate
 *
 * by the operators that simulated samples go through (analysis/curve_entropy.h, smooth.h, spline.h,
 * breaks.h). Several series are laid beside each other (series_align.h); any may be of a simulation
 * (series_simulated.h). */
#ifndef VT_CURVE_SERIES_H
#define VT_CURVE_SERIES_H

#include "core/dataset.h"
#include "core/params.h"
#include "study/curve_density.h"
#include "study/curve_files.h"

enum vt_series_smoothing { VT_SERIES_LOCAL, VT_SERIES_SPLINE };
enum vt_series_errors { VT_SERIES_SCATTER, VT_SERIES_FILES, VT_SERIES_NOISE };

struct vt_series_options {
    struct vt_density_options density;
    char temperatures[VT_TEXT_SIZE], shells[VT_TEXT_SIZE];
    double r_core, r_max, split_at, noise_from; /* noise_from NaN: noise is not looked at */
    int smoothing, errors;
    int64_t smooth, degree, breaks, resamples, seed;
    double align_from, align_to; /* K; NaN: no alignment, to the end */
    double rate;                 /* K/ps; NaN: no heat flow */
    int kind;                    /* what files hold that do not tell: 0 refuse them, 1 G(r), 2 g(r) */
};
extern const struct vt_param vt_series_params[];

enum { VT_SERIES_MAX = 16, VT_SERIES_GROUP = 64 };

struct vt_series_files {
    const char *name; /* NULL: the only one */
    int n;
    char **path; /* of curves, or one of a results file */
};
/* Where datasets of a series are: "series", or "series/NAME". */
void vt_series_group(const struct vt_series_files *series, char group[VT_SERIES_GROUP]);

/* Read the files of each series, the first of which is the reference, and append datasets to results. Files
 * that cannot be read are warned of, with line and reason, counted in *refused and left out. molar_mass
 * [g/mol]: NaN if the heat flow of a gram is not asked for. VT_EINPUT if too few files are left. Local. */
enum vt_status vt_series_entropy(int n, const struct vt_series_files *series,
                                 const struct vt_series_options *options, double molar_mass,
                                 struct vt_results *results, int *refused);

/* The same of curves in memory, by ascending temperature: of each series as many as it has. What cannot be
 * used is an error. Local. */
enum vt_status vt_series_of_curves(int n, const struct vt_series_files *series,
                                   const struct vt_curve_files *curves,
                                   const struct vt_series_options *options, double molar_mass,
                                   struct vt_results *results);

/* S_eq(T), its slope and the breaks of one series, or S_eq(T), slopes and differences of several, as one
 * figure; *svg is the caller's to free. */
enum vt_status vt_series_figure(int n, const struct vt_series_files *series, const struct vt_results *results,
                                char **svg);
/* How the parts of S_eq in shells change with temperature; *svg is NULL where there are no shells. */
enum vt_status vt_series_shell_figure(const struct vt_series_files *series, const struct vt_results *results,
                                      char **svg);

#endif
