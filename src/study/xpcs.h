/* xpcs.h: relaxation in tables of photon correlation: KWW of g2, and of the stretches and ages of C(t1, t2).
 */
#ifndef VT_XPCS_H
#define VT_XPCS_H

#include <stdbool.h>

#include "analysis/kww.h"
#include "core/dataset.h"
#include "core/params.h"
#include "study/names.h"

struct vt_xpcs_options {
    int kind, columns, unit, factor; /* choices */
    char dataset[VT_TEXT_SIZE];
    double frame, base, t_min, t_max, beta_min, beta_max, ballistic, drop, penalty;
    int64_t step, cuts, parts;
};
extern const struct vt_param vt_xpcs_params[];

/* One fit, or why there is none. */
struct vt_xpcs_row {
    char file[VT_NAME], what[40]; /* name in the results; "g2", "stretch", "age", "start" */
    const char *unit;             /* of times */
    int number;                   /* from 1 */
    double from, to;              /* of times (stretch, age, start); NAN */
    bool fitted, brief;           /* brief: the window is too short for its errors, see xpcs_two_time.c */
    double pieces;                /* of 2 tau in the window; NAN */
    struct vt_kww kww;
    char reason[400];
};

struct vt_xpcs {
    struct vt_results results;
    int n_rows, n_figures;
    int tables, refused; /* tried, and left out; a file of HDF5 may have several */
    bool in_frames;      /* of one at least the time of a frame is not known */
    struct vt_xpcs_row *row;
    struct vt_xpcs_figure {
        char name[112];
        enum vt_status st;
        char *svg; /* the caller's to write and free */
    } * figure;
    char (*name)[VT_NAME]; /* of the tables */
    int n_names;
    size_t row_capacity, figure_capacity, name_capacity;
};

/* Read and fit n files, or FILE:STAGE of results of ours. Tables that cannot be read, or of which nothing can
 * be fitted, are warned of, counted in refused, and nothing of them is in the results. VT_EINPUT if there is
 * one table only and it is such a one, if none is left, or if an option cannot be. Released by the caller,
 * also after a failure. Local; starts threads. */
enum vt_status vt_xpcs_run(int n, char *const *paths, const struct vt_xpcs_options *options,
                           struct vt_xpcs *out);
void vt_xpcs_release(struct vt_xpcs *xpcs);

/* What makes a fit doubtful: "beta is at its bound; ..."; "" if nothing. */
struct vt_xpcs_remark {
    char text[240];
};
struct vt_xpcs_remark vt_xpcs_remark(const struct vt_xpcs_row *row);
/* All fits as one CSV table. Local. */
enum vt_status vt_xpcs_table(const char *path, const struct vt_xpcs *xpcs);

#endif
