/* an_isf_self.c: self intermediate scattering functions, at any wave number.
 *
 * With the displacement u of an atom over the time t (past.h), averaged over atoms of a species, origins, and
 * all directions of q:
 *
 *     F_s(q, t) = <exp(i q.u)> = <sin(q u) / (q u)>
 *
 * 1 at first, then what vibrations leave of it, then decay by relaxation. tau is the time at which F_s falls
 * to 1/e, on a straight line in ln t between lags; NaN where it does not fall so far in the measured times.
 *
 * sin is a polynomial of its own, so that vectors and single numbers get the same bits: Cody and Waite's
 * reduction to |r| <= pi/2 and the Taylor series to r^19, error below 3e-15.
 *
 * Reference: Hansen & McDonald, Theory of Simple Liquids, 4th ed., sec. 7.4. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/motion.h"
#include "core/memory.h"

enum { Q_MOST = 16 };

struct isf_self {
    struct vt_common_options common;
    struct vt_lag_options lags;
    const struct vt_yaml *q_list;
    int n;
    double q[Q_MOST];
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct isf_self, 0.05),
    VT_LAG_OPTIONS(struct isf_self, VT_LAGS_LOG, 100),
    {"q", "/A", VT_NODE, offsetof(struct isf_self, q_list), 0, 0, 0,
     "wave numbers, one or several; 2.7 /A, near the first peak of S(q) of Cu-Zr glasses, if not given",
     "[1 /A, 2.7 /A]"},
    {0},
};

/* Sums over atoms and origins: their number, and for each q. */
static size_t size_of(const struct isf_self *o)
{
    return 1 + (size_t)o->n * VT_WORDS;
}

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    struct isf_self *o = options;
    const struct vt_yaml *q = o->q_list;
    (void)material, (void)node;
    o->q_list = NULL;
    return vt_motion_wave_numbers(q, "isf_self", &(struct vt_wave_range){1e-4, 1000, Q_MOST}, o->q, &o->n);
}

static int count(const struct isf_self *o)
{
    return vt_lags_count(&o->lags, o->common.every);
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    *common = VT_MOTION_COMMON * (size_t)count(options);
    *group = (size_t)count(options) * (size_t)material->n_species * size_of(options);
}

/* sin(z) / z for z >= 0, z < 1e6 or so. */
static inline double sinc(double z)
{
    const double inverse_pi = 0.31830988618379067, pi_hi = 0x1.921fb54400000p+1,
                 pi_lo = 0x1.0b4611a626331p-33;
    double k = vt_round(z * inverse_pi, VT_MAGIC(1.0));
    double r = (z - k * pi_hi) - k * pi_lo, x = r * r;
    double half = 0.5 * k, odd = half - vt_round(half, VT_MAGIC(1.0)); /* 0, or +-0.5 where k is odd */
    double sign = 1 - 8 * odd * odd;
    double p = -1.0 / 121645100408832000.0;
    p = 1.0 / 355687428096000.0 + x * p;
    p = -1.0 / 1307674368000.0 + x * p;
    p = 1.0 / 6227020800.0 + x * p;
    p = -1.0 / 39916800.0 + x * p;
    p = 1.0 / 362880.0 + x * p;
    p = -1.0 / 5040.0 + x * p;
    p = 1.0 / 120.0 + x * p;
    p = -1.0 / 6.0 + x * p;
    double sine = sign * (r + r * x * p);
    return z < 1e-4 ? 1 - z * z / 6 : sine / z;
}

__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) static void waves_of(
    const double *restrict u, double q, int n, double sum[2])
{
    double hi = 0, lo = 0;
#pragma omp simd reduction(+ : hi, lo)
    for (int k = 0; k < n; k++) {
        double value = sinc(q * u[k]), part = vt_round(value, VT_MAGIC(0x1p-20));
        hi += part;
        lo += vt_round(value - part, VT_MAGIC(0x1p-60));
    }
    sum[0] = hi, sum[1] = lo;
}

__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) static void lengths(
    const double *restrict x, const double *restrict y, const double *restrict z, int n, double *restrict u)
{
    for (int k = 0; k < n; k++) u[k] = sqrt(x[k] * x[k] + y[k] * y[k] + z[k] * z[k]);
}

static void add(const void *self, const struct vt_motion_run *run, double *sum)
{
    const struct isf_self *o = self;
    double length[VT_MOTION_RUN], part[2];
    lengths(run->u[0], run->u[1], run->u[2], run->n, length);
    sum[0] += run->n;
    for (int k = 0; k < o->n; k++) {
        waves_of(length, o->q[k], run->n, part);
        vt_words_add(sum + 1 + (size_t)k * VT_WORDS, part[0], part[1]);
    }
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    (void)work;
    return vt_motion_accumulate(frame, b, tally, (struct vt_motion_layout){size_of(options), 1}, add,
                                options);
}

static enum vt_status put(const struct isf_self *o, const struct vt_measured *what, int n, const int *index,
                          const double *time, const double *sum, struct vt_results *out)
{
    int species = what->material->n_species;
    struct vt_dataset *d, *tau;
    VT_TRY(vt_results_add(out, "isf_self/tau", "ps", "time at which F_s falls to 1/e; NaN where it does not",
                          2, (const int[]){species + 1, o->n}, &tau));
    VT_TRY(vt_motion_name_species(tau, what->material));
    VT_TRY(vt_dataset_axis(tau, 1, "q", "1/angstrom", o->q, NULL));
    VT_TRY(vt_dataset_errors(tau));
    VT_TRY(vt_results_add(out, "isf_self/f_s", "1", "self intermediate scattering function <sin(q u)/(q u)>",
                          3, (const int[]){species + 1, o->n, n}, &d));
    tau = &out->item[out->n - 2];
    VT_TRY(vt_motion_name_species(d, what->material));
    VT_TRY(vt_dataset_axis(d, 1, "q", "1/angstrom", o->q, NULL));
    VT_TRY(vt_dataset_axis(d, 2, "time", "ps", time, NULL));
    VT_TRY(vt_dataset_errors(d));
    const struct vt_dataset *whole = what->whole ? vt_results_find(what->whole, "isf_self/f_s") : NULL;
    for (int q = 0; q < o->n; q++) {
        for (int k = 0; k < n; k++) {
            double atoms = 0, total = 0;
            for (int a = 0; a <= species; a++) {
                const double *s = sum + ((size_t)index[k] * (size_t)species + (size_t)a) * size_of(o);
                double of = atoms, value = total;
                if (a < species) {
                    of = s[0], value = vt_words_value(s + 1 + (size_t)q * VT_WORDS);
                    atoms += of, total += value;
                }
                d->value[(a * o->n + q) * n + k] = value / of;
            }
        }
        for (int a = 0; a <= species; a++) {
            int at = (a * o->n + q) * n;
            tau->value[a * o->n + q] =
                vt_motion_fall_time(n, time, d->value + at, whole ? whole->value + at : d->value + at);
        }
    }
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct isf_self *o = options;
    enum vt_status st = VT_OK;
    int *index = NULL;
    double *time = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&index, count(o)));
    VT_TRY_GOTO(st, done, vt_alloc(&time, count(o)));
    int n = vt_motion_times(what, "isf_self/f_s", common, count(o), true, index, time);
    if (n) st = put(o, what, n, index, time, sum, out);
done:
    free(index);
    free(time);
    return st;
}

static const struct vt_motion motion = {
    .kind = VT_PAST_POSITIONS, .lags = offsetof(struct isf_self, lags), .between = between};

const struct vt_kernel vt_kernel_isf_self = {
    .name = "isf_self",
    .help = "self intermediate scattering functions F_s(q, t) and their relaxation times",
    .params = params,
    .options_size = sizeof(struct isf_self),
    .grouping = VT_GROUP_BOTH,
    .motion = &motion,
    .read = read,
    .sizes = sizes,
    .finish = finish,
};
