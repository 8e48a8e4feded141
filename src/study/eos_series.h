/* eos_series.h: equations of state of measured tables and of simulated runs (analysis/eos.h).
 *
 * A table holds pressures and one of: volumes, densities (V = 1/rho), places of the first sharp diffraction
 * peak (V = 1/q_1^3). Results of runs give one point for each stage that measured pressure and volume; all
 * runs together are one set. */
#ifndef VT_EOS_SERIES_H
#define VT_EOS_SERIES_H

#include <stdio.h>

#include "analysis/eos.h"
#include "core/dataset.h"
#include "core/params.h"
#include "study/names.h"

struct vt_eos_options {
    char columns[VT_TEXT_SIZE], at[VT_TEXT_SIZE];
    int form;
    double k_prime, q1_error, volume_error, pressure_error, temperature_spread; /* internal units */
};
extern const struct vt_param vt_eos_params[];

enum { VT_EOS_SETS = 16, VT_EOS_AT = 32 };

struct vt_eos_set {
    char name[VT_NAME];
    const char *path;
    const char *unit; /* of V: "angstrom^3", "angstrom^3/atom", "cm^3/g", "1" */
    bool q1;          /* V is 1/q_1^3 */
    int n;
    size_t capacity;
    struct vt_eos_point {
        double pressure, pressure_error, volume, volume_error; /* GPa; errors 0: none */
        double temperature;                                    /* K, of runs */
    } * point;
    struct vt_eos_fit fit;
};

struct vt_eos_sets {
    int n, n_at;
    struct vt_eos_set set[VT_EOS_SETS];
    double at[VT_EOS_AT]; /* GPa */
};

/* Read and fit. Tables that cannot be used are warned of, counted in *refused and left out (of several), as
 * are runs. VT_EINPUT where none is left. Released by the caller, also after a failure. Local. */
enum vt_status vt_eos_read(int n, char *const *paths, const struct vt_eos_options *options,
                           struct vt_eos_sets *out, int *refused);
void vt_eos_release(struct vt_eos_sets *sets);
/* Append eos/NAME/... */
enum vt_status vt_eos_put(const struct vt_eos_sets *sets, struct vt_results *results);
/* One row a point. */
enum vt_status vt_eos_csv(const struct vt_eos_sets *sets, const char *path);
void vt_eos_print(const struct vt_eos_sets *sets, FILE *out);
/* P against V_0/V, and what is left; *svg is the caller's to free. */
enum vt_status vt_eos_figure(const struct vt_eos_sets *sets, char **svg);

#endif
