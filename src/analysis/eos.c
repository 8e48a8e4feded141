/* eos.c: see eos.h. V_0 and K_0 have no bounds: their start is close, and it is their scale. */
#include "analysis/eos.h"

#include <math.h>

#include "analysis/model_fit.h"
#include "core/memory.h"

/* P / K_0 and its derivative by x = (V_0 / V)^{1/3}. */
static double reduced(const struct vt_eos *e, double x, double *slope)
{
    if (e->form == VT_EOS_BIRCH_MURNAGHAN) {
        double a = 0.75 * (e->k1 - 4), x2 = x * x, x4 = x2 * x2, f = x4 * x * (x2 - 1), g = 1 + a * (x2 - 1);
        *slope = 1.5 * ((7 * x2 - 5) * x4 * g + f * 2 * a * x);
        return 1.5 * f * g;
    }
    double y = 1 / x, eta = 1.5 * (e->k1 - 1), up = exp(eta * (1 - y)), f = (1 - y) / (y * y);
    *slope = 3 * up * (1 / (y * y) + 2 * f / y + eta * f) * y * y; /* dy/dx = -y^2 */
    return 3 * f * up;
}

double vt_eos_pressure(const struct vt_eos *e, double volume)
{
    double slope;
    return e->k0 * reduced(e, cbrt(e->v0 / volume), &slope);
}

double vt_eos_modulus(const struct vt_eos *e, double volume)
{
    double slope, x = cbrt(e->v0 / volume);
    reduced(e, x, &slope);
    return e->k0 * slope * x / 3;
}

/* x with P / K_0 = p, between bounds that are found by going out from x = 1 as long as P rises. */
static double inverse(const struct vt_eos *e, double p)
{
    enum { OUT = 400, ROUNDS = 200 };
    double slope, low = 1, high = 1, ratio = p > 0 ? 1.01 : 1 / 1.01, f = 0;
    for (int k = 0; p > 0 ? f < p : f > p; k++) {
        *(p > 0 ? &low : &high) = p > 0 ? high : low;
        *(p > 0 ? &high : &low) *= ratio;
        f = reduced(e, p > 0 ? high : low, &slope);
        if (!(slope > 0) || k == OUT) return NAN;
    }
    double x = (low + high) / 2;
    for (int k = 0; k < ROUNDS; k++) { /* Newton, kept inside */
        f = reduced(e, x, &slope) - p;
        *(f > 0 ? &high : &low) = x;
        double next = x - f / slope;
        if (!(next > low && next < high)) next = (low + high) / 2;
        if (fabs(next - x) < 1e-15 * x) break;
        x = next;
    }
    return x;
}

enum vt_status vt_eos_volume(const struct vt_eos *e, double pressure, double *volume)
{
    double x = pressure == 0 ? 1 : inverse(e, pressure / e->k0);
    *volume = e->v0 / (x * x * x);
    if (isfinite(*volume)) return VT_OK;
    return VT_RAISE(VT_EPHYSICS, "pressure %g: an equation of state with K0 %g, K' %g does not reach it",
                    pressure, e->k0, e->k1);
}

/* A model of model_fit.h: parameters v0, k0, k1. */
static double volume_at(double pressure, const double *p, void *self)
{
    struct vt_eos e = {*(const enum vt_eos_form *)self, p[0], p[1], p[2]};
    double v;
    return vt_eos_volume(&e, pressure, &v) == VT_OK ? v : 0; /* far from what was measured: not this way */
}

/* K_0 and V_0 to begin with: a straight line of ln V. */
static enum vt_status start(const struct vt_eos_data *d, double *v0, double *k0)
{
    double x0 = 0, y0 = 0, sxx = 0, sxy = 0;
    for (int i = 0; i < d->n; i++) {
        if (!(d->volume[i] > 0) || !isfinite(d->volume[i]) || !isfinite(d->pressure[i]))
            return VT_RAISE(VT_EINPUT, "pressure %g, volume %g: a volume must be positive", d->pressure[i],
                            d->volume[i]);
        x0 += d->pressure[i] / d->n, y0 += log(d->volume[i]) / d->n;
    }
    for (int i = 0; i < d->n; i++) {
        sxx += pow(d->pressure[i] - x0, 2);
        sxy += (d->pressure[i] - x0) * (log(d->volume[i]) - y0);
    }
    if (!(sxx > 0)) return VT_RAISE(VT_EINPUT, "an equation of state needs more than one pressure");
    if (!(sxy < 0)) return VT_RAISE(VT_EPHYSICS, "the volume does not fall with pressure");
    *k0 = -sxx / sxy;
    *v0 = exp(y0 + x0 / *k0);
    return VT_OK;
}

/* Errors of V with those of P in them; 1e-3 of V where there are none. */
static enum vt_status errors(const struct vt_eos_data *d, const struct vt_eos *eos, double *e)
{
    for (int i = 0; i < d->n; i++) {
        double v = d->volume_error ? d->volume_error[i] : 0,
               p = d->pressure_error ? d->pressure_error[i] / vt_eos_modulus(eos, d->volume[i]) * d->volume[i]
                                     : 0;
        e[i] = d->volume_error || d->pressure_error ? hypot(v, p) : 1e-3 * d->volume[i];
        if (!(e[i] > 0) || !isfinite(e[i]))
            return VT_RAISE(VT_EINPUT, "pressure %g: the error of its volume, %g, is not positive",
                            d->pressure[i], e[i]);
    }
    return VT_OK;
}

enum vt_status vt_eos_fit(enum vt_eos_form form, double k1, double v0, const struct vt_eos_data *d,
                          struct vt_eos_fit *out)
{
    static const char *const name[3] = {"V0", "K0", "K'"};
    const bool given = d->volume_error || d->pressure_error;
    struct vt_eos guess = {.form = form, .k1 = isnan(k1) ? 4 : k1};
    double *e = NULL;
    enum vt_status st;
    if (d->n < 3)
        return VT_RAISE(VT_EINPUT, "an equation of state needs at least three pressures, here are %d", d->n);
    const int fitted = 1 + isnan(v0) + isnan(k1);
    if (!given && d->n <= fitted)
        return VT_RAISE(
            VT_EINPUT,
            "%d points without errors do not tell %d numbers and their errors: %d points are due, "
            "or errors of V or P%s",
            d->n, fitted, fitted + 1, isnan(k1) ? ", or K' that is held: --k_prime 4" : "");
    VT_TRY(start(d, &guess.v0, &guess.k0));
    if (!isnan(v0)) guess.v0 = v0;
    VT_TRY_GOTO(st, done, vt_alloc(&e, d->n));
    for (int round = 0; round < (d->pressure_error ? 3 : 1); round++) { /* the weights hang on K */
        struct vt_model_fit fit = {.n = d->n,
                                   .p = 3,
                                   .x = d->pressure,
                                   .y = d->volume,
                                   .error = e,
                                   .stretch = given,
                                   .f = volume_at,
                                   .self = &form};
        const double at[3] = {guess.v0, guess.k0, guess.k1};
        for (int k = 0; k < 3; k++)
            fit.parameter[k] =
                (struct vt_model_parameter){.name = name[k], .start = at[k], .scale = k < 2 ? at[k] : 1};
        fit.parameter[0].fixed = !isnan(v0), fit.parameter[2].fixed = !isnan(k1);
        VT_TRY_GOTO(st, done, errors(d, &guess, e));
        VT_TRY_GOTO(st, done, vt_fit_model(&fit));
        /* Without errors the scatter tells them. */
        const double factor = given ? 1 : fit.reduced;
        *out = (struct vt_eos_fit){.dof = fit.dof, .chi2 = given ? fit.reduced : NAN};
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++)
                out->covariance[a][b] =
                    fit.parameter[a].fixed || fit.parameter[b].fixed ? 0 : factor * fit.covariance[a][b];
        for (int a = 0; a < 3; a++)
            out->error[a] = sqrt(out->covariance[a][a]), out->held[a] = fit.parameter[a].fixed;
        guess.v0 = fit.parameter[0].value, guess.k0 = fit.parameter[1].value,
        guess.k1 = fit.parameter[2].value;
        if (!(guess.v0 > 0) || !(guess.k0 > 0)) {
            st = VT_RAISE(VT_EPHYSICS,
                          "the best fit has V0 %.4g and K0 %.4g: the volume does not fall with pressure as "
                          "by any equation of state",
                          guess.v0, guess.k0);
            goto done;
        }
    }
    out->eos = guess;
    for (int i = 0; i < d->n; i++)
        out->rms += pow(d->volume[i] / volume_at(d->pressure[i], &guess.v0, &form) - 1, 2) / d->n;
    out->rms = sqrt(out->rms);
done:
    free(e);
    return st;
}
