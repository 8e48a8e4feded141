/* kissinger.c: see kissinger.h. */
#include "analysis/kissinger.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "core/memory.h"
#include "core/units.h"

double vt_fragility(double energy, double glass_temperature)
{
    return energy / (M_LN10 * VT_KB * glass_temperature);
}

static double ordinate(enum vt_rate_law law, double rate, double t)
{
    return law == VT_RATE_PEAK ? log(rate / (t * t)) : log(rate);
}

/* -dr/dT */
static double steepness(enum vt_rate_law law, double energy, double t)
{
    return (law == VT_RATE_PEAK ? 2 / t : 0) + energy / (VT_KB * t * t);
}

/* Weighted line y = level - energy x; returns chi^2. */
static double line(int n, const double *x, const double *y, const double *w, struct vt_rate_fit *out)
{
    double s = 0, x0 = 0, y0 = 0, sxx = 0, sxy = 0, chi2 = 0;
    for (int i = 0; i < n; i++) s += w[i], x0 += w[i] * x[i], y0 += w[i] * y[i];
    x0 /= s, y0 /= s;
    for (int i = 0; i < n; i++) sxx += w[i] * pow(x[i] - x0, 2), sxy += w[i] * (x[i] - x0) * (y[i] - y0);
    out->energy = -sxy / sxx;
    out->level = y0 + out->energy * x0;
    for (int i = 0; i < n; i++) chi2 += w[i] * pow(y[i] - out->level + out->energy * x[i], 2);
    out->energy_error = 1 / sqrt(sxx);
    out->level_error = sqrt(1 / s + x0 * x0 / sxx);
    out->covariance = x0 / sxx;
    return chi2;
}

/* A step of Gauss and Newton towards the least sum of (T - T(q))^2 / sigma^2: a line in 1 / T on the curve.
 */
static double step(enum vt_rate_law law, int n, const double *rate, const double *t, const double *error,
                   double *work, struct vt_rate_fit *fit)
{
    double *x = work, *y = x + n, *w = y + n;
    for (int i = 0; i < n; i++) {
        double on = vt_rate_law_temperature(law, fit, rate[i]), s = steepness(law, fit->energy, on);
        x[i] = 1 / (VT_KB * on);
        y[i] = ordinate(law, rate[i], on) - s * (t[i] - on);
        w[i] = pow(s * (error ? error[i] : 1), -2);
    }
    return line(n, x, y, w, fit);
}

bool vt_rates_differ(double least, double most)
{
    return most > 1.001 * least;
}

static enum vt_status check(int n, const double *rate, const double *t, const double *error)
{
    double least = INFINITY, most = -INFINITY;
    for (int i = 0; i < n; i++) {
        if (!(rate[i] > 0) || !(t[i] > 0))
            return VT_RAISE(VT_EINPUT, "heating rate %g K/s, temperature %g K: both must be positive",
                            rate[i], t[i]);
        if (error && !(error[i] > 0))
            return VT_RAISE(VT_EINPUT, "temperature %g K: its error %g is not positive", t[i], error[i]);
        least = fmin(least, rate[i]), most = fmax(most, rate[i]);
    }
    if (n < 2 || !vt_rates_differ(least, most))
        return VT_RAISE(VT_EINPUT, "an activation energy needs at least two heating rates");
    return VT_OK;
}

static enum vt_status descend(enum vt_rate_law law, int n, const double *rate, const double *t,
                              const double *error, double *work, struct vt_rate_fit *out)
{
    double *x = work, *y = x + n, *w = y + n, chi2, stretch;
    for (int i = 0; i < n; i++) x[i] = 1 / (VT_KB * t[i]), y[i] = ordinate(law, rate[i], t[i]), w[i] = 1;
    chi2 = line(n, x, y, w, out);
    for (int round = 0; round < 20 && out->energy > 0; round++)
        chi2 = step(law, n, rate, t, error, work, out);
    if (!isfinite(out->energy) || !(out->energy > 0))
        return VT_RAISE(VT_EPHYSICS,
                        "the temperature does not rise with the heating rate: no activation energy");
    out->chi2 = error && n > 2 ? chi2 / (n - 2) : NAN;
    if (error)
        stretch = n > 2 && gsl_cdf_chisq_Q(chi2, n - 2) < 0.01 ? sqrt(out->chi2) : 1;
    else
        stretch = n > 2 ? sqrt(chi2 / (n - 2)) : NAN;
    out->energy_error *= stretch, out->level_error *= stretch, out->covariance *= stretch * stretch;
    return VT_OK;
}

enum vt_status vt_rate_law_fit(enum vt_rate_law law, int n, const double *rate, const double *t,
                               const double *error, struct vt_rate_fit *out)
{
    double *work = NULL;
    VT_TRY(check(n, rate, t, error));
    VT_TRY(vt_alloc(&work, 3 * n));
    *out = (struct vt_rate_fit){.n = n};
    enum vt_status st = descend(law, n, rate, t, error, work, out);
    free(work);
    return st;
}

double vt_rate_law_temperature(enum vt_rate_law law, const struct vt_rate_fit *fit, double rate)
{
    double t = fit->energy / (VT_KB * (fit->level - log(rate)));
    if (law == VT_RATE_FICTIVE) return t;
    t = 1000;
    for (int round = 0; round < 60; round++) { /* ln(q) - 2 ln T - a + E / (k_B T) = 0 falls with T */
        double f = log(rate) - 2 * log(t) - fit->level + fit->energy / (VT_KB * t),
               slope = -2 / t - fit->energy / (VT_KB * t * t), next = t - f / slope;
        t = next > t / 2 ? next : t / 2;
    }
    return t;
}
