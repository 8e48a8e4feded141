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
    bool fitted;
    struct vt_kww kww;
    char reason[400];
};

struct vt_xpcs {
    struct vt_results results;
    int n_rows, n_figures, refused;
    struct vt_xpcs_row *row;
    struct vt_xpcs_figure {
        char name[112];
        enum vt_status st;
        char *svg; /* the caller's to write and free */
    } * figure;
    char (*name)[VT_NAME]; /* of the files */
    int n_names;
    size_t row_capacity, figure_capacity, name_capacity;
};

/* Read and fit n files; those that cannot be read are warned of, counted in refused, and left out. VT_EINPUT
 * if nothing is left or an option cannot be. Released by the caller, also after a failure. Local; starts
 * threads. */
enum vt_status vt_xpcs_run(int n, char *const *paths, const struct vt_xpcs_options *options,
                           struct vt_xpcs *out);
void vt_xpcs_release(struct vt_xpcs *xpcs);

/* All fits as one CSV table. Local. */
enum vt_status vt_xpcs_table(const char *path, const struct vt_xpcs *xpcs);

#endif
