/* an_viscosity.c: shear relaxation modulus and viscosity from fluctuations of the stress at rest
 * (Green-Kubo).
 *
 * With the symmetric traceless part s of the pressure tensor, whose nine elements all tell the same in an
 * isotropic sample (Daivis & Evans, JCP 100, 541 (1994)):
 *
 *     G(t) = V / (10 kT) sum_ab <s_ab(0) s_ab(t)>        eta(t) = int_0^t G dt'      (trapezia)
 *
 * G(0) is the affine modulus less nothing but fluctuations: G of a liquid falls to 0 and eta(t) comes to a
 * plateau, the viscosity. A glass has stresses that stay; then there is none: the viscosity is given where
 * the mean of G over the last quarter of the times is 0 within three errors, is less than a hundredth of
 * G(0), and eta grows by less than a fifth there; else NaN. Errors come from stretches of time. Frames must
 * be as close as G changes: 0.01 ps, and t_max longer than the relaxation time. */
#include <math.h>
#include <string.h>

#include "analysis/motion.h"
#include "core/memory.h"
#include "core/units.h"

struct viscosity {
    struct vt_common_options common;
    struct vt_lag_options lags;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct viscosity, 0.01),
    VT_LAG_OPTIONS(struct viscosity, VT_LAGS_LINEAR, 20),
    {0},
};

enum { COMPONENTS = 6 };
/* Sums over pairs of frames that began in a stretch of time: for each lag their number, of products; in
 * front, over frames: number, volume, temperature. */
enum { FRAMES, VOLUME, TEMPERATURE, HEAD };
enum { PAIRS, PRODUCT, SIZE };

struct work {
    double stress[COMPONENTS];
};

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    const struct viscosity *o = options;
    (void)material;
    if (!o->common.inherent) return VT_OK;
    return VT_RAISE_AT(node,
                       "viscosity: key 'inherent': stresses of energy minima are no thermal fluctuations, of "
                       "which G(t) is made: leave it out");
}

static int count(const struct viscosity *o)
{
    return vt_lags_count(&o->lags, o->common.every);
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    (void)material;
    *common = VT_MOTION_COMMON * (size_t)count(options);
    *group = HEAD + SIZE * (size_t)count(options);
}

static enum vt_status remember(const void *options, const struct vt_frame *frame, void *work,
                               const double **values, int *n)
{
    struct work *w = work;
    const double *p = frame->state.pressure, mean = (p[0] + p[1] + p[2]) / 3;
    (void)options;
    if (!isfinite(mean))
        return VT_RAISE(VT_EINPUT,
                        "viscosity: it needs stresses, which trajectories do not hold: measure it in the "
                        "run");
    for (int q = 0; q < COMPONENTS; q++) w->stress[q] = q < 3 ? p[q] - mean : p[q];
    *values = w->stress;
    *n = COMPONENTS;
    return VT_OK;
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    (void)options, (void)work;
    if (frame->ranks->rank) return VT_OK;
    double *group = tally->group + (size_t)tally->now * tally->group_size,
           *sum = group + HEAD + SIZE * b->lag;
    if (b->lag == 0) {
        group[FRAMES] += 1;
        group[VOLUME] += frame->state.volume;
        group[TEMPERATURE] += frame->state.temperature;
    }
    vt_motion_count(b, tally);
    sum[PAIRS] += 1;
    for (int q = 0; q < COMPONENTS; q++)
        sum[PRODUCT] += (q < 3 ? 1 : 2) * b->then->value[q] * b->now->value[q];
    return VT_OK;
}

/* Has G decayed at the end of its n times? The mean of its last quarter and eta's growth there. */
static void look_at_end(int n, const double *G, const double *eta, double *rest, double *growth)
{
    int from = n - (n + 3) / 4;
    *rest = 0;
    for (int k = from; k < n; k++) *rest += G[k] / (n - from);
    *growth = fabs(eta[n - 1] - eta[from]) / fabs(eta[n - 1]);
}

static enum vt_status put(struct vt_results *out, const char *path, const char *unit, const char *help, int n,
                          const double *time, const double *value)
{
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, path, unit, help, 1, &n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "time", "ps", time, NULL));
    memcpy(d->value, value, (size_t)n * sizeof *value);
    return vt_dataset_errors(d);
}

static enum vt_status put_number(struct vt_results *out, const char *path, const char *unit, const char *help,
                                 double value)
{
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, path, unit, help, 0, NULL, &d));
    d->value[0] = value;
    return vt_dataset_errors(d);
}

/* The spread of the rest of G between stretches of time decides, so that it can be asked once. */
static bool has_decayed(const struct vt_measured *what, int n, const int *index, const double *G,
                        const double *eta, double scale)
{
    double rest, growth, mean = 0, square = 0;
    int groups = 0;
    look_at_end(n, G, eta, &rest, &growth);
    for (int g = 0; g < what->groups; g++) {
        const double *group = what->group + (size_t)g * what->group_size + HEAD;
        double of = 0, pairs = 0;
        for (int k = n - (n + 3) / 4; k < n; k++) {
            of += group[SIZE * index[k] + PRODUCT];
            pairs += group[SIZE * index[k] + PAIRS];
        }
        if (pairs == 0) continue;
        groups++;
        mean += scale * of / pairs;
        square += scale * scale * of * of / (pairs * pairs);
    }
    if (groups < 3 || n < 8) return false;
    mean /= groups;
    double error = sqrt(fmax(square / groups - mean * mean, 0) / (groups - 1));
    return fabs(rest) < 3 * error && fabs(rest) < 0.01 * G[0] && growth < 0.2;
}

static enum vt_status put_all(const struct vt_measured *what, int n, const int *index, const double *time,
                              const double *G, double *eta, double scale, struct vt_results *out)
{
    for (int k = 1; k < n; k++) eta[k] = eta[k - 1] + 0.5 * (G[k] + G[k - 1]) * (time[k] - time[k - 1]);
    const struct vt_dataset *whole = what->whole ? vt_results_find(what->whole, "viscosity/viscosity") : NULL;
    bool decayed = whole ? !isnan(whole->value[0]) : has_decayed(what, n, index, G, eta, scale);
    VT_TRY(put(out, "viscosity/modulus", "GPa",
               "shear relaxation modulus G(t) = V/(10 kT) sum <s_ab(0) s_ab(t)>", n, time, G));
    VT_TRY(put(out, "viscosity/integral", "mPa s", "eta(t) = int_0^t G dt'", n, time, eta));
    return put_number(out, "viscosity/viscosity", "mPa s",
                      "eta at t_max; NaN where G has not decayed by then", decayed ? eta[n - 1] : NAN);
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct viscosity *o = options;
    enum vt_status st = VT_OK;
    int most = count(o), n = 0, *index = NULL;
    double *time = NULL, *G = NULL, *eta = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&index, most));
    VT_TRY_GOTO(st, done, vt_alloc(&time, most));
    VT_TRY_GOTO(st, done, vt_alloc(&G, most));
    VT_TRY_GOTO(st, done, vt_alloc(&eta, most));
    double kt = VT_KB * sum[TEMPERATURE] / sum[FRAMES],
           scale = sum[VOLUME] / sum[FRAMES] / (10 * kt) / VT_GPA;
    const double *lag = sum + HEAD;
    n = vt_motion_times(what, "viscosity/modulus", common, most, true, index, time);
    for (int k = 0; k < n; k++) G[k] = scale * lag[SIZE * index[k] + PRODUCT] / lag[SIZE * index[k] + PAIRS];
    /* 1 GPa ps = 1 mPa s. */
    if (n) st = put_all(what, n, index, time, G, eta, scale, out);
done:
    free(index);
    free(time);
    free(G);
    free(eta);
    return st;
}

static const struct vt_motion motion = {.kind = VT_PAST_VALUES,
                                        .lags = offsetof(struct viscosity, lags),
                                        .remember = remember,
                                        .between = between};

const struct vt_kernel vt_kernel_viscosity = {
    .name = "viscosity",
    .help = "shear relaxation modulus and viscosity from stresses at rest",
    .params = params,
    .options_size = sizeof(struct viscosity),
    .grouping = VT_GROUP_TIME,
    .motion = &motion,
    .read = read,
    .sizes = sizes,
    .finish = finish,
    .work_size = sizeof(struct work),
};
