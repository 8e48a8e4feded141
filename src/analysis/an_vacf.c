/* an_vacf.c: velocity autocorrelation, vibrational density of states, diffusion constant.
 *
 *     C(t) = <v(0).v(t)>                                 peculiar velocities; averaged over atoms and origins
 *     D = (1/3) int_0^t_max C dt                         Green and Kubo; trapezia
 *     g(nu) = 4 int_0^t_max c(t) w(t) cos(2 pi nu t) dt  c = C(t)/C(0); int_0^inf g dnu = 1
 *
 * with w(t) = cos^2(pi t / (2 t_max)), which makes lines 1/t_max wide, about, and keeps g from ringing. For
 * all atoms c is weighted by mass, <m v(0).v(t)>, so that g is that of the sample; C is not. The integral is
 * a cosine transform (FFTW, REDFT00) of c w and as many zeros again.
 *
 * An integral cut off where C still goes on is not D: in a glass, whose atoms only vibrate, it swings about
 * something small. D is given where the integral has come to rest: over the second half of the times it stays
 * within a quarter of its end, so that neither swings nor a slow fall (1/t halves it) pass; else NaN.
 *
 * Only linear lags. Reference: Dickey & Paskin, Phys. Rev. 188, 1407 (1969); Allen & Tildesley, 2nd ed.,
 * sec. 8.4. */
#include <fftw3.h>
#include <math.h>
#include <string.h>

#include "analysis/motion.h"
#include "core/memory.h"

struct vacf {
    struct vt_common_options common;
    struct vt_lag_options lags;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct vacf, 0.01),
    VT_LAG_OPTIONS(struct vacf, VT_LAGS_LINEAR, 3),
    {0},
};

enum { ATOMS, PRODUCT, SIZE = PRODUCT + VT_WORDS };
enum { REST_TIMES = 8 }; /* fewer cannot show that the integral rests */

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    const struct vacf *o = options;
    (void)material;
    if (o->common.inherent)
        return VT_RAISE_AT(node,
                           "vacf: key 'inherent': atoms at an energy minimum are at rest: leave it out");
    if (o->lags.spacing == VT_LAGS_LINEAR) return VT_OK;
    return VT_RAISE_AT(node, "vacf: key 'lags': a spectrum needs even times: linear");
}

static int count(const struct vacf *o)
{
    return vt_lags_count(&o->lags, o->common.every);
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    *common = VT_MOTION_COMMON * (size_t)count(options);
    *group = (size_t)count(options) * (size_t)material->n_species * SIZE;
}

__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) static void products(
    const struct vt_motion_run *run, double sum[2])
{
    const double *x = run->between->then->row[0] + run->begin, *y = run->between->then->row[1] + run->begin,
                 *z = run->between->then->row[2] + run->begin;
    const double *u = run->between->now->row[0] + run->begin, *v = run->between->now->row[1] + run->begin,
                 *w = run->between->now->row[2] + run->begin;
    double hi = 0, lo = 0;
#pragma omp simd reduction(+ : hi, lo)
    for (int k = 0; k < run->n; k++) {
        double value = x[k] * u[k] + y[k] * v[k] + z[k] * w[k], part = vt_round(value, VT_MAGIC(0x1p-20));
        hi += part;
        lo += vt_round(value - part, VT_MAGIC(0x1p-60));
    }
    sum[0] = hi, sum[1] = lo;
}

static void add(const void *self, const struct vt_motion_run *run, double *sum)
{
    double part[2];
    (void)self;
    products(run, part);
    sum[ATOMS] += run->n;
    vt_words_add(sum + PRODUCT, part[0], part[1]);
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    (void)options, (void)work;
    return vt_motion_accumulate(frame, b, tally, (struct vt_motion_layout){SIZE, PRODUCT}, add, NULL);
}

/* g at frequencies k / (2 (2 n - 1) dt), k = 0 .. 2 n - 1, from c (n) at 0, dt, ... */
static enum vt_status spectrum(int n, double dt, const double *c, double *g)
{
    int m = 2 * n;
    double *in = fftw_malloc((size_t)m * sizeof *in), *out = fftw_malloc((size_t)m * sizeof *out);
    fftw_plan plan = in && out ? fftw_plan_r2r_1d(m, in, out, FFTW_REDFT00, FFTW_ESTIMATE) : NULL;
    enum vt_status st = plan ? VT_OK : VT_RAISE(VT_EWORLD, "vacf: no memory for a spectrum of %d times", n);
    if (plan) {
        for (int k = 0; k < m; k++) {
            double w = k < n ? cos(0.5 * M_PI * k / n) : 0;
            in[k] = k < n ? c[k] * w * w : 0;
        }
        fftw_execute(plan); /* in[0] + 2 sum in[k] cos + ..., twice the trapezia */
        for (int k = 0; k < m; k++) g[k] = 2 * dt * out[k];
        fftw_destroy_plan(plan);
    }
    fftw_free(in);
    fftw_free(out);
    return st;
}

/* C of each species and of all [species + all][n], and c of all by mass in mass (n). */
static void average(const struct vt_measured *what, int n, const int *index, const double *sum, double *C,
                    double *mass)
{
    int species = what->material->n_species;
    for (int k = 0; k < n; k++) {
        double atoms = 0, total = 0, heavy = 0;
        for (int a = 0; a < species; a++) {
            const double *s = sum + ((size_t)index[k] * (size_t)species + (size_t)a) * SIZE;
            double product = vt_words_value(s + PRODUCT);
            C[a * n + k] = product / s[ATOMS];
            atoms += s[ATOMS];
            total += product;
            heavy += what->material->species[a].mass * product;
        }
        C[species * n + k] = total / atoms;
        mass[k] = heavy / atoms;
    }
}

static enum vt_status put_spectra(const struct vt_measured *what, int n, double dt, const double *C,
                                  const double *mass, double *c, double *g, struct vt_results *out)
{
    int species = what->material->n_species, m = 2 * n;
    struct vt_dataset *d;
    VT_TRY(vt_results_add(
        out, "vacf/dos", "1/THz",
        "vibrational density of states g(nu) of the velocities; all: weighted by mass; int g dnu = 1", 2,
        (const int[]){species + 1, m}, &d));
    VT_TRY(vt_motion_name_species(d, what->material));
    VT_TRY(vt_dataset_errors(d));
    for (int a = 0; a <= species; a++) {
        const double *of = a < species ? C + (size_t)(a * n) : mass;
        for (int k = 0; k < n; k++) c[k] = of[k] / of[0];
        VT_TRY(spectrum(n, dt, c, g));
        memcpy(d->value + (size_t)(a * m), g, (size_t)m * sizeof *g);
    }
    for (int k = 0; k < m; k++) g[k] = k / (2 * (m - 1) * dt);
    return vt_dataset_axis(d, 1, "frequency", "THz", g, NULL);
}

static enum vt_status put_diffusion(const struct vt_measured *what, int n, const double *time,
                                    const double *C, struct vt_results *out)
{
    struct vt_dataset *d;
    VT_TRY(vt_motion_put_species(
        out, what->material, "vacf/diffusion", "angstrom^2/ps",
        "(1/3) int C dt up to t_max; NaN where the integral has not come to rest by then", &d));
    const struct vt_dataset *whole = what->whole ? vt_results_find(what->whole, "vacf/diffusion") : NULL;
    for (int a = 0; a <= what->material->n_species; a++) {
        double least = INFINITY, most = -INFINITY, D = 0;
        for (int k = 1; k < n; k++) {
            D += (C[a * n + k] + C[a * n + k - 1]) * (time[k] - time[k - 1]) / 6;
            if (2 * k < n) continue;
            least = fmin(least, D);
            most = fmax(most, D);
        }
        bool rests = whole ? !isnan(whole->value[a]) : n >= REST_TIMES && most - least < D / 4;
        d->value[a] = rests ? D : NAN;
    }
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct vacf *o = options;
    enum vt_status st = VT_OK;
    int most = count(o), rows = what->material->n_species + 1, *index = NULL;
    double *time = NULL, *C = NULL, *mass = NULL, *c = NULL, *g = NULL;
    struct vt_dataset *d;
    VT_TRY_GOTO(st, done, vt_alloc(&index, most));
    VT_TRY_GOTO(st, done, vt_alloc(&time, most));
    VT_TRY_GOTO(st, done, vt_alloc(&C, most * rows));
    VT_TRY_GOTO(st, done, vt_alloc(&mass, most));
    VT_TRY_GOTO(st, done, vt_alloc(&c, most));
    VT_TRY_GOTO(st, done, vt_alloc(&g, 2 * most));
    int n = vt_motion_times(what, "vacf/vacf", common, most, true, index, time);
    if (n < 2) goto done;
    average(what, n, index, sum, C, mass);
    VT_TRY_GOTO(st, done,
                vt_motion_put(out, what->material, "vacf/vacf", "angstrom^2/ps^2",
                              "velocity autocorrelation C(t) = <v(0).v(t)>", n, time, &d));
    memcpy(d->value, C, (size_t)(n * rows) * sizeof *C);
    VT_TRY_GOTO(st, done, put_diffusion(what, n, time, C, out));
    st = put_spectra(what, n, time[n - 1] / (n - 1), C, mass, c, g, out);
done:
    free(index);
    free(time);
    free(C);
    free(mass);
    free(c);
    free(g);
    return st;
}

static const struct vt_motion motion = {
    .kind = VT_PAST_VELOCITIES, .lags = offsetof(struct vacf, lags), .between = between};

const struct vt_kernel vt_kernel_vacf = {
    .name = "vacf",
    .help = "velocity autocorrelation, vibrational density of states",
    .params = params,
    .options_size = sizeof(struct vacf),
    .grouping = VT_GROUP_BOTH,
    .motion = &motion,
    .read = read,
    .sizes = sizes,
    .finish = finish,
};
