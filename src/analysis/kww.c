/* kww.c: see kww.h. Starts: height and base from the ends of the window, tau where y has fallen to 1/e^c of
 * the height, beta from the slope of ln(-ln f) against ln t; and the same with stretched and compressed
 * decays, of which the best is kept. */
#include "analysis/kww.h"

#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>

#include "analysis/model_fit.h"
#include "core/memory.h"
#include "core/uncertain.h"

enum { TAU, BETA, HEIGHT, BASE, PARAMETERS };

static double model(double t, const double *p, void *self)
{
    double factor = *(const double *)self;
    return p[BASE] + p[HEIGHT] * exp(-factor * pow(t / p[TAU], p[BETA]));
}

double vt_kww_value(const struct vt_kww *k, double t)
{
    double p[PARAMETERS] = {[TAU] = k->tau, [BETA] = k->beta, [HEIGHT] = k->height, [BASE] = k->base},
           factor = k->factor;
    return model(t, p, &factor);
}

double vt_kww_mean(double beta)
{
    return gsl_sf_gamma(1 / beta) / beta;
}

const char *vt_kww_formula(double factor)
{
    return factor == 2
               ? "base + height exp[-2 (t/tau)^beta]: factor 2 in the exponent, tau and beta are those "
                 "of f(q,t) (Siegert)"
               : "base + height exp[-(t/tau)^beta]: factor 1 in the exponent, tau and beta are those "
                 "of the fitted function itself";
}

/* The points of the window. */
struct window {
    int n;
    const double *t, *y, *error;
};

static enum vt_status look(int n, const double *t, const double *y, const double *error,
                           const struct vt_kww_options *o, struct window *w)
{
    int first = 0, last = n - 1;
    for (int k = 0; k < n; k++)
        if (!(t[k] >= 0) || !isfinite(t[k]) || (k && !(t[k] > t[k - 1])))
            return VT_RAISE(VT_EINPUT, "time %d is %g: ascending times, none below 0, are due", k + 1, t[k]);
    if (o->t_max > 0 && !(o->t_max > o->t_min))
        return VT_RAISE(VT_EINPUT, "the fit window is %g to %g: its end must lie above its beginning",
                        o->t_min, o->t_max);
    while (first < n && t[first] < o->t_min) first++;
    while (last >= 0 && o->t_max > 0 && t[last] > o->t_max) last--;
    w->n = last - first + 1;
    int need = isnan(o->base) ? 6 : 5;
    if (w->n < need)
        return VT_RAISE(VT_EPHYSICS, "no decay: %d points between %g and %g, %d are due at least",
                        w->n > 0 ? w->n : 0, o->t_min,
                        o->t_max > 0 ? o->t_max
                        : n          ? t[n - 1]
                                     : 0,
                        need);
    w->t = t + first, w->y = y + first, w->error = error ? error + first : NULL;
    return VT_OK;
}

/* Mean of the points [begin, begin + m), and its error: theirs, or by the scatter of third differences, which
 * a smooth curve hardly has. */
static double mean_of(const struct window *w, int begin, int m, double scatter, double *error)
{
    double sum = 0, square = 0;
    for (int k = begin; k < begin + m; k++) {
        double e = w->error ? w->error[k] : scatter;
        sum += w->y[k], square += e * e;
    }
    *error = sqrt(square) / m;
    return sum / m;
}

static double scatter_of(const struct window *w)
{
    double sum = 0;
    for (int k = 3; k < w->n; k++) sum += pow(w->y[k] - 3 * w->y[k - 1] + 3 * w->y[k - 2] - w->y[k - 3], 2);
    return sqrt(sum / (20 * (w->n - 3)));
}

/* Refuse a window without a fall, and find starts. The fall is from the first m points to as many last ones
 * (a tenth of all at least), with the m that shows it best: on equal steps of t a decay may be over after a
 * few. */
static enum vt_status begin(const struct window *w, const struct vt_kww_options *o, double *height,
                            double *base, double *tau, double *beta)
{
    double scatter = w->error ? 0 : scatter_of(w), top = 0, bottom = 0, ends_error[2] = {0}, best = -INFINITY,
           part = o->drop > 0 ? o->drop : 0.1;
    for (int m = 1; m <= w->n / 4; m *= 2) {
        int ends = m > w->n / 10 ? m : w->n / 10;
        double error[2], high = mean_of(w, 0, m, scatter, &error[0]),
                         low = mean_of(w, w->n - ends, ends, scatter, &error[1]);
        double e = hypot(error[0], error[1]),
               sure = high > low ? (high - low) / fmax(e, 1e-12 * fabs(high)) : -1;
        if (sure > best)
            best = sure, top = high, bottom = low, ends_error[0] = error[0], ends_error[1] = error[1];
    }
    double fall = top - bottom;
    if (!(best > 3))
        return VT_RAISE(VT_EPHYSICS, "no decay between %g and %g: from %s to %s it falls by %s", w->t[0],
                        w->t[w->n - 1], vt_uncertain(top, ends_error[0]).text,
                        vt_uncertain(bottom, ends_error[1]).text,
                        vt_uncertain(fall, hypot(ends_error[0], ends_error[1])).text);
    *base = isnan(o->base) ? bottom - 0.02 * fall : o->base;
    *height = top - *base;
    if (!(fall > part * *height))
        return VT_RAISE(
            VT_EPHYSICS,
            "no decay between %g and %g: only %.2g %% of its height (%.3g) falls there, less than "
            "%g %%",
            w->t[0], w->t[w->n - 1], 100 * fall / *height, *height, 100 * part);
    *height = 1.02 * fmax(*height, w->y[0] - *base);
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    int n = 0;
    for (int k = 0; k < w->n; k++) {
        double f = (w->y[k] - *base) / *height;
        if (!(f > 0.05 && f < 0.95 && w->t[k] > 0)) continue;
        double x = log(w->t[k]), y = log(-log(f) / o->factor);
        sx += x, sy += y, sxx += x * x, sxy += x * y, n++;
    }
    double d = n * sxx - sx * sx;
    *beta = n > 1 && d > 0 ? (n * sxy - sx * sy) / d : 1;
    if (!(*beta > 0.4)) *beta = 0.4;
    if (*beta > 1.9) *beta = 1.9;
    *tau = n ? exp((sx - sy / *beta) / n) : sqrt(fmax(w->t[0], w->t[1]) * w->t[w->n - 1]);
    *tau = fmin(fmax(*tau, 0.5 * w->t[1]), 3 * w->t[w->n - 1]);
    return VT_OK;
}

enum vt_status vt_kww_fit(int n, const double *t, const double *y, const double *error,
                          const struct vt_kww_options *o, struct vt_kww *out)
{
    struct window w;
    double height, base, tau, beta, factor = o->factor;
    double low = o->beta_low > 0 ? o->beta_low : 0.3, high = o->beta_high > 0 ? o->beta_high : 2;
    if (!(factor > 0) || !(high > low))
        return VT_RAISE(VT_EINPUT, "a factor of %g and beta from %g to %g cannot be fitted", factor, low,
                        high);
    VT_TRY(look(n, t, y, error, o, &w));
    VT_TRY(begin(&w, o, &height, &base, &tau, &beta));
    beta = fmin(fmax(beta, low + 0.05 * (high - low)), high - 0.05 * (high - low));
    double starts[][VT_MODEL_MAX] = {{tau, fmax(0.5, low), height, base},
                                     {tau, fmin(1, high), height, base},
                                     {tau, fmin(1.6, high), height, base}};
    struct vt_model_fit fit = {
        .n = w.n,
        .p = PARAMETERS,
        .x = w.t,
        .y = w.y,
        .error = w.error,
        .stretch = true,
        .f = model,
        .self = &factor,
        .parameter =
            {[TAU] = {.name = "tau", .start = tau, .low = 0, .high = INFINITY},
             [BETA] = {.name = "beta", .start = beta, .low = low, .high = high},
             [HEIGHT] = {.name = "the height", .start = height, .low = 0, .high = INFINITY},
             [BASE] = {.name = "the base", .start = base, .scale = height, .fixed = !isnan(o->base)}},
        .n_starts = 3,
        .starts = starts};
    const struct vt_model_parameter *p = fit.parameter;
    enum vt_status st = vt_fit_model(&fit);
    if (st == VT_EPHYSICS && p[TAU].value > w.t[w.n - 1]) /* it ran away to long times */
        return VT_RAISE(
            VT_EPHYSICS,
            "no decay between %g and %g: tau lies beyond the end, where the window does not tell it", w.t[0],
            w.t[w.n - 1]);
    VT_TRY(vt_prefix(st, "no decay between %g and %g", w.t[0], w.t[w.n - 1]));
    double mean = vt_kww_mean(p[BETA].value), b = p[BETA].value;
    /* d ln<tau> / d beta = -1/beta - psi(1/beta) / beta^2 */
    double derivative[PARAMETERS] = {
        [TAU] = mean, [BETA] = p[TAU].value * mean * (-1 / b - gsl_sf_psi(1 / b) / (b * b))};
    *out = (struct vt_kww){.factor = factor,
                           .tau = p[TAU].value,
                           .tau_error = p[TAU].error,
                           .beta = b,
                           .beta_error = p[BETA].error,
                           .height = p[HEIGHT].value,
                           .height_error = p[HEIGHT].error,
                           .base = p[BASE].value,
                           .base_error = p[BASE].error,
                           .mean = p[TAU].value * mean,
                           .mean_error = vt_model_error(&fit, derivative),
                           .reduced = w.error ? fit.reduced : NAN,
                           .r2 = fit.r2,
                           .from = w.t[0],
                           .to = w.t[w.n - 1],
                           .points = w.n,
                           .beta_at_bound = p[BETA].at_bound,
                           .ballistic = p[TAU].value < o->ballistic};
    double first = w.t[0] > 0 ? w.t[0] : w.t[1];
    if (!(out->tau > first / 3))
        return VT_RAISE(VT_EPHYSICS,
                        "no decay between %g and %g: tau = %.3g, shorter than what the window shows", w.t[0],
                        out->to, out->tau);
    if (!(out->tau < 5 * out->to))
        return VT_RAISE(
            VT_EPHYSICS,
            "no decay between %g and %g: tau lies beyond the end, where the window does not tell it "
            "(fitted: %.2g)",
            w.t[0], out->to, out->tau);
    if (!(out->tau_error < out->tau))
        return VT_RAISE(VT_EPHYSICS, "no decay between %g and %g: tau = %.3g +- %.2g is not determined there",
                        w.t[0], out->to, out->tau, out->tau_error);
    return VT_OK;
}
