/* an_van_hove.c: self part of the van Hove function: how likely an atom has gone how far.
 *
 *     P(r, t) = 4 pi r^2 G_s(r, t) = <delta(r - |u|)>        int P dr = 1, but for atoms beyond r_max
 *
 * with the displacement u over the time t (past.h), averaged over atoms of a species and origins. Hops show
 * as peaks at the distance of neighbours; the Gaussian with the same <u^2>, beside it, is what a Brownian
 * particle does.
 *
 * Reference: van Hove, Phys. Rev. 95, 249 (1954). */
#include <math.h>
#include <string.h>

#include "analysis/motion.h"
#include "core/memory.h"

struct van_hove {
    struct vt_common_options common;
    struct vt_lag_options lags;
    double r_max, dr;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct van_hove, 0.05),
    VT_LAG_OPTIONS(struct van_hove, VT_LAGS_LOG, 100),
    {"r_max", "angstrom", VT_REAL, offsetof(struct van_hove, r_max), 6, 0.1, 1000, "longest displacement",
     NULL},
    {"dr", "angstrom", VT_REAL, offsetof(struct van_hove, dr), 0.05, 1e-3, 10, "width of a bin", NULL},
    {0},
};

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    const struct van_hove *o = options;
    (void)material;
    if (o->dr <= o->r_max / 2) return VT_OK;
    return VT_RAISE_AT(node,
                       "van_hove: dr: %g angstrom leaves one bin up to r_max: %g angstrom: use a smaller dr",
                       o->dr, o->r_max);
}

static int count(const struct van_hove *o)
{
    return vt_lags_count(&o->lags, o->common.every);
}

static int bins_of(const struct van_hove *o)
{
    return (int)ceil(o->r_max / o->dr * (1 - 1e-12));
}

/* Atoms, then bins; <u^2> in words at the end. */
static size_t size_of(const struct van_hove *o)
{
    return 1 + (size_t)bins_of(o) + VT_WORDS;
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    *common = VT_MOTION_COMMON * (size_t)count(options);
    *group = (size_t)count(options) * (size_t)material->n_species * size_of(options);
}

static void add(const void *self, const struct vt_motion_run *run, double *sum)
{
    const struct van_hove *o = self;
    int bins = bins_of(o);
    double hi = 0, lo = 0;
    sum[0] += run->n;
    for (int k = 0; k < run->n; k++) {
        double square =
            run->u[0][k] * run->u[0][k] + run->u[1][k] * run->u[1][k] + run->u[2][k] * run->u[2][k];
        double part = vt_round(square, VT_MAGIC(0x1p-20)), bin = sqrt(square) / o->dr;
        hi += part;
        lo += vt_round(square - part, VT_MAGIC(0x1p-60));
        if (bin < bins) sum[1 + (int)bin] += 1;
    }
    vt_words_add(sum + 1 + bins, hi, lo);
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    const struct vt_motion_layout layout = {size_of(options), size_of(options) - VT_WORDS};
    (void)work;
    return b->lag > 0 ? vt_motion_accumulate(frame, b, tally, layout, add, options) : VT_OK;
}

/* The sums of a species, or of all, at a lag. */
static void gather(const struct van_hove *o, int species, int a, int lag, const double *sum, double *out)
{
    size_t size = size_of(o);
    memset(out, 0, size * sizeof *out);
    for (int b = a < species ? a : 0; b < (a < species ? a + 1 : species); b++)
        for (size_t k = 0; k < size; k++)
            out[k] += sum[((size_t)lag * (size_t)species + (size_t)b) * size + k];
}

/* The share of a Gaussian's atoms in a bin: P integrated, with <u^2> = square. */
static double gaussian(double square, double from, double to)
{
    double s = sqrt(square / 3), a = from / s / M_SQRT2, b = to / s / M_SQRT2;
    return (erf(b) - 2 / sqrt(M_PI) * b * exp(-b * b)) - (erf(a) - 2 / sqrt(M_PI) * a * exp(-a * a));
}

static enum vt_status put(struct vt_results *out, const struct vt_measured *what, const char *path,
                          const char *help, int n, const double *time, int bins, const double *r,
                          struct vt_dataset **d)
{
    VT_TRY(vt_results_add(out, path, "1/angstrom", help, 3,
                          (const int[]){what->material->n_species + 1, n, bins}, d));
    VT_TRY(vt_motion_name_species(*d, what->material));
    VT_TRY(vt_dataset_axis(*d, 1, "time", "ps", time, NULL));
    VT_TRY(vt_dataset_axis(*d, 2, "r", "angstrom", r, NULL));
    return vt_dataset_errors(*d);
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct van_hove *o = options;
    enum vt_status st = VT_OK;
    int most = count(o), bins = bins_of(o), species = what->material->n_species, *index = NULL;
    double *time = NULL, *r = NULL, *of = NULL;
    struct vt_dataset *self, *normal;
    VT_TRY_GOTO(st, done, vt_alloc(&index, most));
    VT_TRY_GOTO(st, done, vt_alloc(&time, most));
    VT_TRY_GOTO(st, done, vt_alloc(&r, bins));
    VT_TRY_GOTO(st, done, vt_alloc(&of, size_of(o)));
    int n = vt_motion_times(what, "van_hove/self", common, most, false, index, time);
    if (!n) goto done;
    for (int k = 0; k < bins; k++) r[k] = (k + 0.5) * o->dr;
    VT_TRY_GOTO(st, done, put(out, what, "van_hove/self", "4 pi r^2 G_s(r, t)", n, time, bins, r, &self));
    VT_TRY_GOTO(st, done,
                put(out, what, "van_hove/gaussian", "the same of a Gaussian with the same <u^2>", n, time,
                    bins, r, &normal));
    self = &out->item[out->n - 2];
    for (int a = 0; a <= species; a++)
        for (int k = 0; k < n; k++) {
            size_t at = ((size_t)a * (size_t)n + (size_t)k) * (size_t)bins;
            gather(o, species, a, index[k], sum, of);
            double square = vt_words_value(of + 1 + bins) / of[0];
            for (int b = 0; b < bins; b++) {
                self->value[at + (size_t)b] = of[1 + b] / (of[0] * o->dr);
                normal->value[at + (size_t)b] = gaussian(square, b * o->dr, (b + 1) * o->dr) / o->dr;
            }
        }
done:
    free(index);
    free(time);
    free(r);
    free(of);
    return st;
}

static const struct vt_motion motion = {
    .kind = VT_PAST_POSITIONS, .lags = offsetof(struct van_hove, lags), .between = between};

const struct vt_kernel vt_kernel_van_hove = {
    .name = "van_hove",
    .help = "self part of the van Hove function: how far atoms have gone",
    .params = params,
    .options_size = sizeof(struct van_hove),
    .grouping = VT_GROUP_BOTH,
    .motion = &motion,
    .read = read,
    .sizes = sizes,
    .finish = finish,
};
