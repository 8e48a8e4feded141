/* an_msd.c: how far atoms get: mean square displacement, its exponent, diffusion, non-Gaussian parameter.
 *
 * With the displacement u of an atom over the time t (past.h: against the cell and the centre of mass),
 * averaged over atoms of a species, and origins:
 *
 *     MSD(t) = <u^2>                     exponent(t) = d ln MSD / d ln t         2 ballistic, 1 diffusive
 *     alpha_2(t) = 3 <u^4> / (5 <u^2>^2) - 1          0 where u is Gaussian; for all atoms: of the mixture
 *     MSD = 6 D t + b                    least squares, weights 1/t, over times from fit_from to fit_to
 *
 * t* is the time of the largest alpha_2, from the parabola in ln t through it and its neighbours. D is given
 * only where the exponent between the ends of the fit is between 0.8 and 1.2: below, atoms are still held by
 * their neighbours, and there is no number that could be called D.
 *
 * References: Rahman, Phys. Rev. 136, A405 (1964), for alpha_2; Kob & Andersen, PRE 51, 4626 (1995). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/motion.h"
#include "core/log.h"
#include "core/memory.h"

struct msd {
    struct vt_common_options common;
    struct vt_lag_options lags;
    double fit_from, fit_to;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct msd, 0.05),
    VT_LAG_OPTIONS(struct msd, VT_LAGS_LOG, 100),
    {"fit_from", "ps", VT_REAL, offsetof(struct msd, fit_from), VT_UNSET, 0, 1e9,
     "shortest time of the fit of D; a quarter of the longest if not given", NULL},
    {"fit_to", "ps", VT_REAL, offsetof(struct msd, fit_to), VT_UNSET, 0, 1e9,
     "longest time of the fit of D; the longest there is if not given", NULL},
    {0},
};

/* Sums over atoms and origins. */
enum { ATOMS, SQUARE, FOURTH = SQUARE + VT_WORDS, SIZE = FOURTH + VT_WORDS };

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    const struct msd *o = options;
    (void)material;
    if (o->fit_from >= o->fit_to)
        return VT_RAISE_AT(node, "msd: fit_from: %g ps must be shorter than fit_to: %g ps", o->fit_from,
                           o->fit_to);
    return VT_OK;
}

static int count(const struct msd *o)
{
    return vt_lags_count(&o->lags, o->common.every);
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    *common = VT_MOTION_COMMON * (size_t)count(options);
    *group = (size_t)count(options) * (size_t)material->n_species * SIZE;
}

__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) static void powers(
    const double *restrict x, const double *restrict y, const double *restrict z, int n, double sum[4])
{
    double square_hi = 0, square_lo = 0, fourth_hi = 0, fourth_lo = 0;
#pragma omp simd reduction(+ : square_hi, square_lo, fourth_hi, fourth_lo)
    for (int k = 0; k < n; k++) {
        double square = x[k] * x[k] + y[k] * y[k] + z[k] * z[k], fourth = square * square;
        double hi = vt_round(square, VT_MAGIC(0x1p-20)), fourth_part = vt_round(fourth, VT_MAGIC(0x1p-20));
        square_hi += hi;
        square_lo += vt_round(square - hi, VT_MAGIC(0x1p-60));
        fourth_hi += fourth_part;
        fourth_lo += vt_round(fourth - fourth_part, VT_MAGIC(0x1p-60));
    }
    sum[0] = square_hi, sum[1] = square_lo, sum[2] = fourth_hi, sum[3] = fourth_lo;
}

static void add(const void *self, const struct vt_motion_run *run, double *sum)
{
    double part[4];
    (void)self;
    powers(run->u[0], run->u[1], run->u[2], run->n, part);
    sum[ATOMS] += run->n;
    vt_words_add(sum + SQUARE, part[0], part[1]);
    vt_words_add(sum + FOURTH, part[2], part[3]);
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    (void)options, (void)work;
    return b->lag > 0
               ? vt_motion_accumulate(frame, b, tally, (struct vt_motion_layout){SIZE, SQUARE}, add, NULL)
               : VT_OK;
}

/* What is made of the sums, [species + all][times]. */
struct curves {
    int species, n, *index;
    double *time, *square, *alpha;
};

static void average(const struct curves *c, const double *sum)
{
    for (int k = 0; k < c->n; k++) {
        double atoms = 0, square = 0, fourth = 0;
        for (int a = 0; a <= c->species; a++) {
            const double *s = sum + ((size_t)c->index[k] * (size_t)c->species + (size_t)a) * SIZE;
            double of[3] = {atoms, square, fourth};
            if (a < c->species) {
                of[0] = s[ATOMS], of[1] = vt_words_value(s + SQUARE), of[2] = vt_words_value(s + FOURTH);
                atoms += of[0], square += of[1], fourth += of[2];
            }
            size_t at = (size_t)a * (size_t)c->n + (size_t)k;
            c->square[at] = of[1] / of[0];
            c->alpha[at] = 3 * of[2] * of[0] / (5 * of[1] * of[1]) - 1;
        }
    }
}

/* Slope of MSD against t, weights 1/t, over lags [first, last] but those of which nothing is left; NaN if
 * fewer than two are. */
static double slope(const struct curves *c, const double *square, int first, int last)
{
    double w = 0, t = 0, y = 0, tt = 0, ty = 0;
    int n = 0;
    for (int k = first; k <= last; k++) {
        double weight = 1 / c->time[k];
        if (isnan(square[k])) continue;
        n++;
        w += weight;
        t += weight * c->time[k];
        y += weight * square[k];
        tt += weight * c->time[k] * c->time[k];
        ty += weight * c->time[k] * square[k];
    }
    return n < 2 ? NAN : (w * ty - t * y) / (w * tt - t * t);
}

static double log_slope(const double *time, const double *value, int i, int j)
{
    return log(value[j] / value[i]) / log(time[j] / time[i]);
}

static enum vt_status put_diffusion(const struct msd *o, const struct vt_measured *what,
                                    const struct curves *c, struct vt_results *out)
{
    struct vt_dataset *d;
    double from = isnan(o->fit_from) ? c->time[c->n - 1] / 4 : o->fit_from;
    double to = isnan(o->fit_to) ? c->time[c->n - 1] : o->fit_to;
    int first = 0, last = c->n - 1;
    while (first < c->n - 1 && c->time[first] < from * (1 - 1e-9)) first++;
    while (last > 0 && c->time[last] > to * (1 + 1e-9)) last--;
    /* A window that was asked for and holds nothing: said once, of the stage. */
    if (!what->whole && !what->block && last <= first + 1 && !(isnan(o->fit_from) && isnan(o->fit_to)))
        vt_log(VT_LOG_WARNING,
               "msd: no diffusion: fewer than three of the times, %.4g to %.4g ps, lie in the fit from %.4g "
               "to %.4g ps",
               c->time[0], c->time[c->n - 1], from, to);
    VT_TRY(vt_motion_put_species(
        out, what->material, "msd/diffusion", "angstrom^2/ps",
        "diffusion constant D of MSD = 6 D t + b; NaN where the motion is not diffusive", &d));
    const struct vt_dataset *whole = what->whole ? vt_results_find(what->whole, "msd/diffusion") : NULL;
    for (int a = 0; a <= c->species; a++) {
        const double *square = c->square + (size_t)(a * c->n);
        bool diffusive = last > first + 1;
        if (whole)
            diffusive = diffusive && !isnan(whole->value[a]);
        else if (diffusive)
            diffusive = fabs(log_slope(c->time, square, first, last) - 1) < 0.2;
        d->value[a] = diffusive ? slope(c, square, first, last) / 6 : NAN;
    }
    return VT_OK;
}

/* The largest alpha_2; where it is, is what the whole says. */
static enum vt_status put_maximum(const struct vt_measured *what, const struct curves *c,
                                  struct vt_results *out)
{
    struct vt_dataset *time, *height;
    VT_TRY(vt_motion_put_species(out, what->material, "msd/t_star", "ps",
                                 "time of the largest alpha_2; NaN if it lies at an end", &time));
    VT_TRY(vt_motion_put_species(out, what->material, "msd/alpha_2_max", "1",
                                 "the largest alpha_2; NaN if it lies at an end", &height));
    time = &out->item[out->n - 2];
    const struct vt_dataset *whole = what->whole ? vt_results_find(what->whole, "msd/alpha_2") : NULL;
    for (int a = 0; a <= c->species; a++) {
        const double *alpha = c->alpha + (size_t)(a * c->n);
        const double *seen = whole ? whole->value + (size_t)(a * c->n) : alpha;
        int top = 0;
        for (int k = 1; k < c->n; k++)
            if (seen[k] > seen[top]) top = k;
        time->value[a] = height->value[a] = NAN;
        if (top == 0 || top == c->n - 1) continue;
        vt_motion_vertex(c->time + top - 1, alpha + top - 1, &time->value[a], &height->value[a]);
    }
    return VT_OK;
}

static enum vt_status put_curves(const struct vt_measured *what, const struct curves *c, const double *common,
                                 struct vt_results *out)
{
    struct vt_dataset *d;
    size_t values = (size_t)(c->species + 1) * (size_t)c->n * sizeof(double);
    VT_TRY(vt_motion_put(out, what->material, "msd/msd", "angstrom^2",
                         "mean square displacement <u^2> against cell and centre of mass", c->n, c->time,
                         &d));
    memcpy(d->value, c->square, values);
    VT_TRY(vt_motion_put(out, what->material, "msd/alpha_2", "1",
                         "non-Gaussian parameter 3 <u^4> / (5 <u^2>^2) - 1", c->n, c->time, &d));
    memcpy(d->value, c->alpha, values);
    VT_TRY(vt_motion_put(out, what->material, "msd/exponent", "1", "d ln MSD / d ln t", c->n, c->time, &d));
    for (int a = 0; a <= c->species; a++)
        for (int k = 0; k < c->n; k++) {
            int before = k > 0 ? k - 1 : 0, after = k < c->n - 1 ? k + 1 : k;
            d->value[a * c->n + k] =
                after > before ? log_slope(c->time, c->square + (size_t)(a * c->n), before, after) : NAN;
        }
    VT_TRY(vt_results_add(out, "msd/pairs", "1", "pairs of frames that were compared", 1, &c->n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "time", "ps", c->time, NULL));
    for (int k = 0; k < c->n; k++) d->value[k] = common[VT_MOTION_COMMON * c->index[k] + VT_MOTION_PAIRS];
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct msd *o = options;
    enum vt_status st = VT_OK;
    struct curves c = {.species = what->material->n_species};
    size_t most = (size_t)count(o), room = most * (size_t)(c.species + 1);
    VT_TRY_GOTO(st, done, vt_alloc(&c.index, most));
    VT_TRY_GOTO(st, done, vt_alloc(&c.time, most));
    VT_TRY_GOTO(st, done, vt_alloc(&c.square, room));
    VT_TRY_GOTO(st, done, vt_alloc(&c.alpha, room));
    c.n = vt_motion_times(what, "msd/msd", common, (int)most, false, c.index, c.time);
    if (c.n == 0) goto done; /* fewer than two frames */
    average(&c, sum);
    VT_TRY_GOTO(st, done, put_curves(what, &c, common, out));
    VT_TRY_GOTO(st, done, put_diffusion(o, what, &c, out));
    st = put_maximum(what, &c, out);
done:
    free(c.index);
    free(c.time);
    free(c.square);
    free(c.alpha);
    return st;
}

static const struct vt_motion motion = {
    .kind = VT_PAST_POSITIONS, .lags = offsetof(struct msd, lags), .between = between};

const struct vt_kernel vt_kernel_msd = {
    .name = "msd",
    .help = "mean square displacement, diffusion, non-Gaussian parameter",
    .params = params,
    .options_size = sizeof(struct msd),
    .grouping = VT_GROUP_BOTH,
    .motion = &motion,
    .read = read,
    .sizes = sizes,
    .finish = finish,
};
