/* arrhenius.c: see arrhenius.h. Lines are fitted about the middle of 1 / k_B T, where their coefficients do
 * not depend on each other; errors of what is derived come from the covariance, by differences. */
#include "analysis/arrhenius.h"

#include <math.h>

#include "analysis/log_times.h"
#include "analysis/model_fit.h"
#include "core/memory.h"
#include "core/units.h"

/* z = 1 / k_B T, in units of its span about its middle. */
struct data {
    int n;
    double *x; /* (z - middle) / width */
    double middle, width, coldest;
    struct vt_log_times times;
};

static void release(struct data *d)
{
    free(d->x);
    vt_log_times_release(&d->times);
}

static enum vt_status prepare(int n, int least, const double *temperature, const double *tau,
                              const double *error, struct data *d)
{
    double low = INFINITY, high = -INFINITY;
    *d = (struct data){.n = n};
    least += !error;
    if (n < least)
        return VT_RAISE(VT_EINPUT, "%d relaxation times: %d at least are due%s", n, least,
                        error ? "" : ", as they have no errors");
    for (int k = 0; k < n; k++) {
        if (!(temperature[k] > 0) || !isfinite(temperature[k]))
            return VT_RAISE(VT_EINPUT, "temperature %d is %g K: a positive one is due", k + 1,
                            temperature[k]);
        double z = 1 / (VT_KB * temperature[k]);
        low = fmin(low, z), high = fmax(high, z);
    }
    if (!(high > low * (1 + 1e-12)))
        return VT_RAISE(VT_EINPUT, "relaxation times at more than one temperature are due");
    d->middle = (low + high) / 2, d->width = high - low, d->coldest = 1 / (VT_KB * high);
    VT_TRY(vt_alloc(&d->x, n));
    for (int k = 0; k < n; k++) d->x[k] = (1 / (VT_KB * temperature[k]) - d->middle) / d->width;
    return vt_log_times(n, tau, error, &d->times);
}

/* ln tau = p0 + p1 x + p2 x^2 */
static double parabola(double x, const double *p, void *self)
{
    (void)self;
    return p[0] + x * (p[1] + x * p[2]);
}

static enum vt_status fit_parabola(const struct data *d, bool straight, struct vt_model_fit *fit)
{
    *fit = (struct vt_model_fit){.n = d->n,
                                 .p = 3,
                                 .x = d->x,
                                 .y = d->times.y,
                                 .error = d->times.error,
                                 .stretch = true,
                                 .f = parabola,
                                 .parameter = {{.name = "ln tau_0", .start = d->times.y[0], .scale = 1},
                                               {.name = "E", .start = 1},
                                               {.name = "the curvature", .start = 0, .fixed = straight}}};
    return vt_fit_model(fit);
}

enum vt_status vt_arrhenius_fit(int n, const double *temperature, const double *tau, const double *error,
                                struct vt_arrhenius *out)
{
    struct data d;
    struct vt_model_fit fit;
    enum vt_status st;
    VT_TRY_GOTO(st, done, prepare(n, 2, temperature, tau, error, &d));
    VT_TRY_GOTO(st, done, fit_parabola(&d, true, &fit));
    double at_zero[3] = {1, -d.middle / d.width, 0}; /* 1/T = 0 */
    *out = (struct vt_arrhenius){
        .n = n,
        .energy = fit.parameter[1].value / d.width,
        .energy_error = fit.parameter[1].error / d.width,
        .log_tau0 = parabola(at_zero[1], (double[]){fit.parameter[0].value, fit.parameter[1].value, 0}, NULL),
        .log_tau0_error = vt_model_error(&fit, at_zero),
        .reduced = error ? fit.reduced : NAN,
        .r2 = fit.r2};
done:
    release(&d);
    return vt_prefix(st, "Arrhenius");
}

enum vt_status vt_arrhenius_curvature(int n, const double *temperature, const double *tau,
                                      const double *error, struct vt_curvature *out)
{
    struct data d;
    struct vt_model_fit fit;
    enum vt_status st;
    VT_TRY_GOTO(st, done, prepare(n, 3, temperature, tau, error, &d));
    VT_TRY_GOTO(st, done, fit_parabola(&d, false, &fit));
    double w2 = d.width * d.width;
    *out = (struct vt_curvature){.value = fit.parameter[2].value / w2, .error = fit.parameter[2].error / w2};
    out->super = out->value > 2 * out->error;
    out->sub = out->value < -2 * out->error;
done:
    release(&d);
    return vt_prefix(st, "curvature of an Arrhenius plot");
}

enum vt_status vt_apparent_energy(int n, const double *temperature, const double *tau, const double *error,
                                  struct vt_apparent *out)
{
    struct data d;
    int *order = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, done, prepare(n, error ? 2 : 1, temperature, tau, error, &d));
    VT_TRY_GOTO(st, done, vt_alloc(&order, n));
    for (int k = 0; k < n; k++) { /* by ascending temperature; few points */
        int place = k;
        for (; place && temperature[order[place - 1]] > temperature[k]; place--)
            order[place] = order[place - 1];
        order[place] = k;
    }
    for (int k = 0; k + 1 < n; k++) {
        int a = order[k], b = order[k + 1];
        double dz = (d.x[a] - d.x[b]) * d.width, z = d.middle + d.width * (d.x[a] + d.x[b]) / 2;
        if (!(dz > 0)) {
            st = VT_RAISE(VT_EINPUT, "apparent energy: two relaxation times at %g K", temperature[a]);
            goto done;
        }
        out[k] = (struct vt_apparent){1 / (VT_KB * z), (d.times.y[a] - d.times.y[b]) / dz,
                                      error ? hypot(d.times.error[a], d.times.error[b]) / dz : NAN};
    }
done:
    free(order);
    release(&d);
    return st;
}

/* ---- VFT ---- */

enum { LOG_TAU0, B, T0, PARAMETERS };

static double vft(double temperature, const double *p, void *self)
{
    (void)self;
    return p[LOG_TAU0] + p[B] / (temperature - p[T0]);
}

static double glass_temperature(const double *p, double log_tau_g)
{
    return p[T0] + p[B] / (log_tau_g - p[LOG_TAU0]);
}

static double fragility(const double *p, double log_tau_g)
{
    double tg = glass_temperature(p, log_tau_g);
    return p[B] * tg / (pow(tg - p[T0], 2) * M_LN10);
}

/* Error of what is derived. */
static double derived_error(const struct vt_model_fit *fit, double log_tau_g,
                            double (*derived)(const double *, double))
{
    double p[PARAMETERS], derivative[PARAMETERS];
    for (int k = 0; k < PARAMETERS; k++) p[k] = fit->parameter[k].value;
    for (int k = 0; k < PARAMETERS; k++) {
        double at = p[k], h = 1e-6 * fmax(fabs(at), 1);
        p[k] = at + h;
        double above = derived(p, log_tau_g);
        p[k] = at - h;
        derivative[k] = (above - derived(p, log_tau_g)) / (2 * h);
        p[k] = at;
    }
    return vt_model_error(fit, derivative);
}

static enum vt_status fit_vft(const struct data *d, const double *temperature, double tau_g,
                              struct vt_vft *out)
{
    /* Starts: what an Arrhenius law becomes with T_0 a part of the lowest temperature. */
    enum { STARTS = 4 };
    double starts[STARTS][VT_MODEL_MAX] = {{0}}, log_tau_g = log(tau_g);
    struct vt_model_fit straight;
    VT_TRY(fit_parabola(d, true, &straight));
    for (int s = 0; s < STARTS; s++) {
        double part[STARTS] = {0.2, 0.5, 0.75, 0.9}, t0 = part[s] * d->coldest,
               middle = 1 / (VT_KB * d->middle);
        /* The slope d ln tau / d(1/T) = B T^2 / (T - T_0)^2 in the middle. */
        double slope = straight.parameter[1].value / d->width / VT_KB, b = slope * pow(1 - t0 / middle, 2);
        starts[s][T0] = t0;
        starts[s][B] = b > 0 ? b : 1;
        starts[s][LOG_TAU0] = straight.parameter[0].value - starts[s][B] / (middle - t0);
    }
    struct vt_model_fit fit = {
        .n = d->n,
        .p = PARAMETERS,
        .x = temperature,
        .y = d->times.y,
        .error = d->times.error,
        .stretch = true,
        .f = vft,
        .parameter = {[LOG_TAU0] = {.name = "ln tau_0", .start = starts[1][LOG_TAU0], .scale = 1},
                      [B] = {.name = "B", .start = starts[1][B], .low = 0, .high = INFINITY},
                      [T0] = {.name = "T_0", .start = starts[1][T0], .low = 0, .high = d->coldest}},
        .n_starts = STARTS,
        .starts = starts};
    VT_TRY(vt_fit_model(&fit));
    const struct vt_model_parameter *q = fit.parameter;
    double p[PARAMETERS] = {q[LOG_TAU0].value, q[B].value, q[T0].value};
    *out = (struct vt_vft){.n = d->n,
                           .b = p[B],
                           .b_error = q[B].error,
                           .t0 = p[T0],
                           .t0_error = q[T0].error,
                           .log_tau0 = p[LOG_TAU0],
                           .log_tau0_error = q[LOG_TAU0].error,
                           .tau_g = tau_g,
                           .tg = NAN,
                           .tg_error = NAN,
                           .fragility = NAN,
                           .fragility_error = NAN,
                           .reduced = d->times.error ? fit.reduced : NAN,
                           .r2 = fit.r2,
                           .t0_at_bound = q[T0].at_bound};
    if (log_tau_g <= p[LOG_TAU0]) return VT_OK; /* the law never gets that slow */
    out->tg = glass_temperature(p, log_tau_g);
    out->tg_error = derived_error(&fit, log_tau_g, glass_temperature);
    out->fragility = fragility(p, log_tau_g);
    out->fragility_error = derived_error(&fit, log_tau_g, fragility);
    return VT_OK;
}

enum vt_status vt_vft_fit(int n, const double *temperature, const double *tau, const double *error,
                          double tau_g, struct vt_vft *out)
{
    struct data d;
    if (!(tau_g > 0)) return VT_RAISE(VT_EINPUT, "VFT: tau at T_g is %g: a positive time is due", tau_g);
    enum vt_status st = prepare(n, 3, temperature, tau, error, &d);
    if (st == VT_OK) st = fit_vft(&d, temperature, tau_g, out);
    release(&d);
    return vt_prefix(st, "VFT");
}

double vt_arrhenius_value(const struct vt_arrhenius *a, double temperature)
{
    return exp(a->log_tau0 + a->energy / (VT_KB * temperature));
}

double vt_vft_value(const struct vt_vft *v, double temperature)
{
    return exp(v->log_tau0 + v->b / (temperature - v->t0));
}

double vt_arrhenius_fragility(double energy, double tg)
{
    return energy / (VT_KB * tg * M_LN10);
}

double vt_energy_molar(double energy)
{
    return energy / VT_KB * VT_GAS / 1000;
}

double vt_energy_reduced(double energy, double tg)
{
    return energy / (VT_KB * tg);
}
