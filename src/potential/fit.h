/* fit.h: rows of elements and pairs from a file of targets, and what comes of them. */
#ifndef VT_FIT_H
#define VT_FIT_H

#include <mpi.h>
#include <stdio.h>

#include "md/zhou_parameters.h"
#include "potential/fit_pair.h"
#include "potential/targets.h"

struct vt_fit_options {
    const char *targets;  /* a file, NULL: the built-in ones */
    const char *elements; /* "Zr,Ti": fit these and the pairs between them; NULL: all of the file */
    bool liquids;         /* no: depths of pairs stay at 1, and no run is made */
    int tries;            /* more starts for each element */
    const char *cache;    /* folder for the runs of liquids */
};

/* What a fit leaves. */
struct vt_fitted {
    struct vt_targets targets;
    int n_elements, n_pairs;
    struct vt_fitted_element {
        const struct vt_target_set *set;
        struct vt_zhou_element row;
        struct vt_fit fit;
    } * element;
    struct vt_fitted_pair {
        const struct vt_target_set *set;
        struct vt_zhou_pair row;
        struct vt_fit fit; /* of distance and stretch */
        int n, n_before;   /* depths tried; in earlier rounds */
        struct vt_depth depth[VT_DEPTHS_MAX];
        double volume, volume_error; /* of the liquid over that of its parts, at the last depth */
        struct vt_peak_aim peak;     /* in the last glass; target 0: there is none */
        bool converged;
    } * pair;
};

/* Can the targets be read, and are there elements to fit? VT_EINPUT if not. Local. */
enum vt_status vt_fit_check(const struct vt_fit_options *options);
/* Elements first, each on one rank; then pairs, whose liquids are runs handed to all ranks, round by round
 * until every enthalpy of mixing is met. The same on every rank. Collective over comm. */
enum vt_status vt_fit_targets(MPI_Comm comm, const struct vt_fit_options *options, struct vt_fitted *fitted);
void vt_fitted_release(struct vt_fitted *fitted);

/* Tables of all fitted elements. Local. */
enum vt_status vt_fitted_tables(const struct vt_fitted *fitted, struct vt_eam *tables);
/* The rows of elements and of pairs as md/zhou_parameters.c includes them. Local. */
void vt_fitted_element_rows(const struct vt_fitted *fitted, FILE *out);
void vt_fitted_pair_rows(const struct vt_fitted *fitted, FILE *out);
/* Every target with its weight, result and residual; parameters with errors and correlations. Local. */
enum vt_status vt_fitted_report(const struct vt_fitted *fitted, FILE *out);

#endif
