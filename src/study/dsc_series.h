/* dsc_series.h: glass transitions of heating scans, measured or simulated, side by side, and activation
 * energies of scans at several rates (analysis/calorimetry.h, kissinger.h, breaks.h). */
#ifndef VT_DSC_SERIES_H
#define VT_DSC_SERIES_H

#include <stdio.h>

#include "analysis/breaks.h"
#include "analysis/kissinger.h"
#include "core/dataset.h"
#include "study/dsc_scan.h"

enum { VT_DSC_LAWS = 4, VT_DSC_ENTROPIES = 16 };

/* What became of one curve of a scan. */
struct vt_dsc_result {
    bool found;
    struct vt_transition x;
    bool broken;           /* has the two-line fit found a break? */
    struct vt_breaks line; /* of an integral: two lines over all from the glass's window to the liquid's */
    double *capacity;      /* (n of the curve) smoothed Cp or slope */
};

/* T dS_eq/dT of `vitrum entropy`. */
struct vt_dsc_entropy {
    char name[64];
    int n;
    double *t, *y, *error; /* K; J/(g K), or k_B/atom where the molar mass is not known */
    bool per_gram;
    double tg;   /* K */
    double rate; /* K/s; NaN: not known */
};

struct vt_dsc {
    int n;
    struct vt_dsc_scan *scan;
    struct vt_dsc_result (*result)[VT_DSC_CURVES];
    struct vt_number *recovery; /* J/g against the reference; NaN */
    int n_entropies;
    struct vt_dsc_entropy entropy[VT_DSC_ENTROPIES];
    /* Laws of the rates: of measured scans, then of simulated ones. */
    struct vt_dsc_law {
        const char *name, *about;
        enum vt_rate_law law;
        bool found;
        struct vt_rate_fit fit;
        double tg; /* K, of R T_g */
    } law[2][VT_DSC_LAWS];
};

/* Read and judge n scans; those that cannot be used are warned of, counted in *refused and left out.
 * VT_EINPUT if none is left, or an option is wrong. Released by the caller, also after a failure. Local. */
enum vt_status vt_dsc_read(int n, char *const *paths, const struct vt_dsc_options *options,
                           struct vt_dsc *out, int *refused);
void vt_dsc_release(struct vt_dsc *dsc);
/* Append dsc/NAME/... and dsc/rates/... */
enum vt_status vt_dsc_put(const struct vt_dsc *dsc, struct vt_results *results);
/* One row a curve: name, curve, rate, then the numbers with errors. */
enum vt_status vt_dsc_csv(const struct vt_dsc *dsc, const char *path);
/* One line a scan and a law, for people. */
void vt_dsc_print(const struct vt_dsc *dsc, FILE *out);
/* The number of a law's quantity in a scan: NULL if it is not there. */
const struct vt_number *vt_dsc_law_number(const struct vt_dsc *dsc, int scan, int law);

/* T_g of a scan: the onset, where there is none what the two-line fit or the baselines say [K]. */
double vt_dsc_tg(const struct vt_dsc *dsc, int scan);
/* Curves with baselines, and the steps made equal; *svg is the caller's to free. */
enum vt_status vt_dsc_figure(const struct vt_dsc *dsc, const struct vt_dsc_options *options, char **svg);
/* Laws of the rates; *svg NULL where there are none. */
enum vt_status vt_dsc_rate_figure(const struct vt_dsc *dsc, char **svg);
/* H(T), V(T) and S_eq(T) of simulated scans with their baselines; *svg NULL where there are none. */
enum vt_status vt_dsc_integral_figure(const struct vt_dsc *dsc, const struct vt_dsc_options *options,
                                      char **svg);

#endif
