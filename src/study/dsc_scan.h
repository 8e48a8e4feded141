/* dsc_scan.h: one scan: a table of a calorimeter, or a stage of a simulated run. */
#ifndef VT_DSC_SCAN_H
#define VT_DSC_SCAN_H

#include <stdbool.h>

#include "analysis/calorimetry.h"
#include "study/dsc_options.h"
#include "study/names.h"

enum { VT_DSC_CURVES = 3, VT_DSC_POINTS = 4000, VT_DSC_RATE = 32 };

struct vt_dsc_scan {
    const char *path;
    char name[VT_NAME]; /* of its datasets */
    bool simulated;
    bool cooling;               /* its rows fall in temperature */
    double rate;                /* K/s, positive; NaN: not known */
    const char *rate_from;      /* what tells it: "--rate", "by its heading", ... */
    double mass;                /* mg, where it counts (mW); else NaN */
    char mass_from[48];         /* "--mass", or the line that tells it */
    double glass[2], liquid[2]; /* K, the windows that it is judged with (dsc_series.h) */
    double molar_mass;          /* g/mol of a simulated sample, else NaN */
    /* What was measured: `capacity` of a table; `enthalpy`, `volume` and `s_eq` of a run. The first is the
     * one that scans are compared by. */
    int n_curves;
    struct vt_dsc_curve {
        const char *name;
        enum vt_curve_kind kind;
        const char *unit, *slope_unit; /* slope_unit: of what is compared with a heat capacity */
        int n;
        double *t, *y; /* K, ascending */
    } curve[VT_DSC_CURVES];
};

/* Read a table, "FILE", or a stage of a run, "results.h5" (the last stage of the kind heat) or
 * "results.h5:04-heat". Of a table the segment is read that the options name, without isotherms at its ends
 * (dsc_rows.h). Heat flows become J/(g K), endothermic positive, or stay W/g where the rate is not told. A
 * scan downwards is turned round, its heat flow over the negative rate; of more than VT_DSC_POINTS rows
 * neighbours are averaged. VT_EINPUT with the path in front where something is missing or wrong. Released by
 * the caller, also after a failure. Local. */
enum vt_status vt_dsc_scan_read(const char *path, const struct vt_dsc_options *options,
                                struct vt_dsc_scan *out);
void vt_dsc_scan_release(struct vt_dsc_scan *scan);
/* "20 K/min", "500 K/s", "rate not told" */
void vt_dsc_rate_text(double rate, char text[VT_DSC_RATE]);

#endif
