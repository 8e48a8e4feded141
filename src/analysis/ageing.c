/* ageing.c: see ageing.h. Fitted about the mean age, in units of the span of ages. */
#include "analysis/ageing.h"

#include <math.h>

#include "analysis/log_times.h"
#include "analysis/model_fit.h"
#include "core/memory.h"

struct span {
    double middle, width;
};

static double line(double t_w, const double *p, void *self)
{
    const struct span *s = self;
    return p[0] + p[1] * (t_w - s->middle) / s->width;
}

double vt_ageing_value(const struct vt_ageing *a, double t_w)
{
    return a->tau0 * exp(a->rate * t_w);
}

static enum vt_status fit_line(int n, const double *t_w, const struct vt_log_times *times,
                               struct vt_ageing *out)
{
    double low = INFINITY, high = -INFINITY;
    for (int k = 0; k < n; k++) low = fmin(low, t_w[k]), high = fmax(high, t_w[k]);
    if (!(high > low)) return VT_RAISE(VT_EINPUT, "ageing: relaxation times at two ages at least are due");
    struct span s = {(low + high) / 2, high - low};
    struct vt_model_fit fit = {.n = n,
                               .p = 2,
                               .x = t_w,
                               .y = times->y,
                               .error = times->error,
                               .stretch = true,
                               .f = line,
                               .self = &s,
                               .parameter = {{.name = "ln tau_0", .start = times->y[0], .scale = 1},
                                             {.name = "1/tau_star", .start = 0, .scale = 1}}};
    VT_TRY(vt_prefix(vt_fit_model(&fit), "ageing"));
    double rate = fit.parameter[1].value / s.width, rate_error = fit.parameter[1].error / s.width,
           at_zero[2] = {1, -s.middle / s.width};
    *out = (struct vt_ageing){.n = n,
                              .rate = rate,
                              .rate_error = rate_error,
                              .tau0 = exp(fit.parameter[0].value - rate * s.middle),
                              .tau_star = NAN,
                              .tau_star_error = NAN,
                              .reduced = times->error ? fit.reduced : NAN,
                              .r2 = fit.r2};
    out->tau0_error = out->tau0 * vt_model_error(&fit, at_zero);
    if (!(fabs(rate) > 2 * rate_error))
        return VT_RAISE(VT_EPHYSICS,
                        "no ageing: d ln tau / d t_w = %.2g +- %.2g is no more than twice its error", rate,
                        rate_error);
    out->tau_star = 1 / rate, out->tau_star_error = rate_error / (rate * rate);
    return VT_OK;
}

enum vt_status vt_ageing_fit(int n, const double *t_w, const double *tau, const double *error,
                             struct vt_ageing *out)
{
    struct vt_log_times times = {0};
    *out = (struct vt_ageing){0};
    if (n < 2) return VT_RAISE(VT_EINPUT, "ageing: relaxation times at two ages at least are due");
    enum vt_status st = vt_log_times(n, tau, error, &times);
    if (st == VT_OK) st = fit_line(n, t_w, &times, out);
    vt_log_times_release(&times);
    return st;
}
