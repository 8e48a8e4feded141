/* string_counts.h: what the kernel of strings (an_strings.c) counts, and what is made of it. */
#ifndef VT_STRING_COUNTS_H
#define VT_STRING_COUNTS_H

#include "analysis/links.h"
#include "analysis/mobile.h"
#include "analysis/motion.h"

struct vt_strings {
    struct vt_common_options common;
    struct vt_lag_options lags;
    struct vt_mobile_rule mobile;
    double delta, delta_r1, r1, cluster_cutoff;
    int loops, branched; /* enum vt_strings_counted */
    int64_t n_max, fit_from, fit_to;
};
enum vt_strings_counted { VT_STRINGS_APART, VT_STRINGS_WITH };

/* In the common part, for each lag behind what all kernels of motion have there (motion.h): sums over pairs
 * of frames; behind them for each species pairs that have a threshold, and its sum. */
enum { VT_STRINGS_DELTA, VT_STRINGS_CUTOFF, VT_STRINGS_THRESHOLDS };

/* A group has for each lag, species and all: */
enum {
    VT_STRINGS_ATOMS,
    VT_STRINGS_MOBILE, /* counted where each is, not where its string is */
    VT_STRINGS_SQUARE, /* sum of u^2 of the mobile ones */
    VT_STRINGS_CLUSTERS,
    VT_STRINGS_CLUSTER_ATOMS, /* sum of s, s^2, s^3 over clusters of s atoms */
    VT_STRINGS_CLUSTER_SQUARE,
    VT_STRINGS_CLUSTER_CUBE,
    VT_STRINGS_KINDS
};
/* ..., then for each kind of string: */
enum {
    VT_STRINGS_NUMBER,
    VT_STRINGS_MEMBERS, /* sum of n, n^2 */
    VT_STRINGS_WEIGHT,
    VT_STRINGS_COUNT /* [n - 1] */
};

/* Lengths of the parts of a state, and where a lag's own part of the common one begins. */
static inline size_t vt_strings_lags(const struct vt_strings *o)
{
    return (size_t)vt_lags_count(&o->lags, o->common.every);
}

static inline size_t vt_strings_kind_size(const struct vt_strings *o)
{
    return VT_STRINGS_COUNT + (size_t)o->n_max;
}

static inline size_t vt_strings_row_size(const struct vt_strings *o)
{
    return VT_STRINGS_KINDS + VT_LINKS_KINDS * vt_strings_kind_size(o);
}

static inline size_t vt_strings_own_size(int n_species)
{
    return VT_STRINGS_THRESHOLDS + 2 * (size_t)n_species;
}

/* Common: what all have for all lags, then own_size for each lag. */
static inline size_t vt_strings_own_at(const struct vt_strings *o, int n_species, int lag)
{
    return VT_MOTION_COMMON * vt_strings_lags(o) + (size_t)lag * vt_strings_own_size(n_species);
}

/* The datasets "strings/...", as vt_kernel.finish. */
enum vt_status vt_strings_finish(const void *options, const struct vt_measured *what, const double *common,
                                 const double *sum, struct vt_results *out);

#endif
