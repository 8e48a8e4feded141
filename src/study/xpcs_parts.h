/* xpcs_parts.h: what the files of the study of photon correlation share. */
#ifndef VT_XPCS_PARTS_H
#define VT_XPCS_PARTS_H

#include "analysis/one_time.h"
#include "analysis/stationary.h"
#include "io/plot.h"
#include "io/two_time_file.h"
#include "study/xpcs.h"

enum {
    VT_XPCS_PIECES = 4
}; /* of 2 tau, that a window of C(t1, t2) has at least, or its errors are doubtful */

/* A table on its way. */
struct vt_xpcs_work {
    const struct vt_xpcs_options *options;
    const char *path;
    char about[480];    /* the file, and the table in it, for messages */
    char name[VT_NAME]; /* in the results */
    const char *unit;   /* of its times */
    double frame; /* what times are multiplied by: the time of a frame, or the unit of delays; 1: not known */
    struct vt_xpcs *out;
};

struct vt_kww_options vt_xpcs_kww(const struct vt_xpcs_options *options);
/* The next row, with this name and number; valid until the next. */
enum vt_status vt_xpcs_add_row(const struct vt_xpcs_work *work, const char *what, int number, double from,
                               double to, struct vt_xpcs_row **row);
/* Datasets tau, beta, contrast, base, mean_tau of the rows begin .. end - 1 in GROUP, along this axis. */
enum vt_status vt_xpcs_put_rows(const struct vt_xpcs_work *work, const char *group, const char *axis,
                                const char *axis_unit, int begin, int end);
/* GROUP/g2 over delays. */
enum vt_status vt_xpcs_put_g2(const struct vt_xpcs_work *work, const char *group, int n, const double *delay,
                              const double *g2, const double *error);
/* A curve and its fit in a panel over log10 of the delay. */
enum vt_status vt_xpcs_draw_g2(struct vt_plot *figure, int panel, const char *name, int color, int n,
                               const double *delay, const double *g2, const double *error,
                               const struct vt_xpcs_row *row);
enum vt_status vt_xpcs_add_figure(const struct vt_xpcs_work *work, enum vt_status drawn, char *svg);

/* The remark on a fit, if there is one, as a note of GROUP. */
enum vt_status vt_xpcs_put_remark(const struct vt_xpcs_work *work, const char *group, const char *key,
                                  const struct vt_xpcs_row *row);

enum vt_status vt_xpcs_two_time(const struct vt_xpcs_work *work, const struct vt_correlation_file *file);

#endif
