/* loss_peak.c: see loss_peak.h. Where the window is wide, 1/T makes the peak lopsided by itself: the low side
 * of a Cole-Cole peak in T is the steeper one. */
#include "analysis/loss_peak.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/response.h"
#include "core/memory.h"
#include "core/units.h"

/* SPAN: a E / k_B [K]; of a Gaussian its width [K]. BASE at the middle of the window; SLOPE: the change of a
 * linear base over the window, or of an exponential one its part that rises, at the window's end; RATE: 1 /
 * K. */
enum { HEIGHT, PLACE, SPAN, SHAPE, BETA, BASE, SLOPE, RATE };

struct window {
    enum vt_loss_form form;
    enum vt_loss_base base;
    double from, to;
};

static double peak_value(const struct window *w, const double *p, double t)
{
    if (w->form == VT_LOSS_GAUSSIAN) {
        double u = 2 * (t - p[PLACE]) / p[SPAN];
        return p[HEIGHT] * exp(-M_LN2 * u * u);
    }
    double a = p[SHAPE];
    if (p[BETA] == 1) { /* the same, without the sines that cancel */
        double c = cos(a * M_PI_2);
        return p[HEIGHT] * (1 + c) / (cosh(p[SPAN] * (1 / t - 1 / p[PLACE])) + c);
    }
    double top = vt_response_loss_place(a, p[BETA]);
    double x = p[SPAN] / a * (1 / t - 1 / p[PLACE]) + top;
    return p[HEIGHT] * vt_response_loss(x, a, p[BETA]) / vt_response_loss(top, a, p[BETA]);
}

static double base_value(const struct window *w, const double *p, double t)
{
    switch (w->base) {
    case VT_LOSS_BASE_NONE:
        return 0;
    case VT_LOSS_BASE_CONSTANT:
        return p[BASE];
    case VT_LOSS_BASE_LINEAR:
        return p[BASE] + p[SLOPE] * ((t - 0.5 * (w->from + w->to)) / (w->to - w->from));
    case VT_LOSS_BASE_EXPONENTIAL:
        return p[BASE] + p[SLOPE] * exp(p[RATE] * (t - w->to));
    }
    return 0;
}

static double model(double t, const double *p, void *self)
{
    return peak_value(self, p, t) + base_value(self, p, t);
}

static double base_only(double t, const double *p, void *self)
{
    return base_value(self, p, t);
}

/* What a first look takes for the peak: above a chord through both ends (none, where the base is a constant).
 */
struct guess {
    double height, place, width, base, slope;
};

static enum vt_status look(int n, const double *t, const double *y, const struct window *w, struct guess *g)
{
    int part = n / 12 + 1, top = 0;
    double left = 0, right = 0, best = -INFINITY, least = INFINITY;
    for (int k = 0; k < part; k++) left += y[k] / part, right += y[n - 1 - k] / part;
    for (int k = 0; k < n; k++) least = fmin(least, y[k]);
    bool flat = w->base == VT_LOSS_BASE_NONE || w->base == VT_LOSS_BASE_CONSTANT;
    if (flat) left = right = w->base == VT_LOSS_BASE_NONE ? 0 : fmin(left, right);
    if (w->base ==
        VT_LOSS_BASE_EXPONENTIAL) { /* the flank is curved: it lies below its chord; take the valley */
        int valley = n - 1;
        for (int k = n / 4; k < n; k++)
            if (y[k] < y[valley]) valley = k;
        if (y[valley] < right) right = y[valley];
    }
    for (int k = 0; k < n; k++) {
        double above = y[k] - (left + (right - left) * (t[k] - t[0]) / (t[n - 1] - t[0]));
        if (w->base == VT_LOSS_BASE_EXPONENTIAL && k > 3 * n / 4) continue;
        if (above > best) best = above, top = k;
    }
    if (flat && (top == 0 || top == n - 1))
        return VT_RAISE(VT_EPHYSICS, "no peak between %g and %g K: the highest point is at an end", t[0],
                        t[n - 1]);
    int first = top, last = top;
#define ABOVE(k) (y[k] - (left + (right - left) * (t[k] - t[0]) / (t[n - 1] - t[0])))
    while (first > 0 && ABOVE(first) > best / 2) first--;
    while (last < n - 1 && ABOVE(last) > best / 2) last++;
#undef ABOVE
    *g = (struct guess){.height = fmax(best, 1e-9 * fabs(y[top])),
                        .place = t[top],
                        .width = fmax(t[last] - t[first], 2 * (t[n - 1] - t[0]) / n),
                        .base = 0.5 * (left + right),
                        .slope = right - left};
    if (!(g->height > 0))
        return VT_RAISE(VT_EPHYSICS, "no peak between %g and %g K: nothing rises above the base", t[0],
                        t[n - 1]);
    return VT_OK;
}

static void set_start(struct vt_model_fit *m, const struct window *w, const struct guess *g, double scale)
{
    bool gauss = w->form == VT_LOSS_GAUSSIAN, linear = w->base == VT_LOSS_BASE_LINEAR,
         exponential = w->base == VT_LOSS_BASE_EXPONENTIAL;
    double a = 0.5, range = w->to - w->from;
    double half = acosh(2 + cos(a * M_PI_2)); /* of a Cole-Cole peak, in a x */
    double span = gauss ? g->width : 2 * half * g->place * g->place / g->width;
    m->parameter[HEIGHT] =
        (struct vt_model_parameter){.name = "the height", .start = g->height, .low = 0, .high = INFINITY};
    m->parameter[PLACE] = (struct vt_model_parameter){
        .name = "T_p", .start = g->place, .low = w->from - range, .high = w->to + range};
    if (m->parameter[PLACE].low < 0.1 * w->from) m->parameter[PLACE].low = 0.1 * w->from;
    m->parameter[SPAN] =
        (struct vt_model_parameter){.name = "the width", .start = span, .low = 0, .high = INFINITY};
    m->parameter[SHAPE] = (struct vt_model_parameter){
        .name = "alpha", .start = gauss ? 1 : a, .low = 0.03, .high = 1, .fixed = gauss};
    m->parameter[BETA] = (struct vt_model_parameter){.name = "beta",
                                                     .start = w->form == VT_LOSS_HAVRILIAK_NEGAMI ? 0.8 : 1,
                                                     .low = 0.03,
                                                     .high = 3,
                                                     .fixed = w->form != VT_LOSS_HAVRILIAK_NEGAMI};
    m->parameter[BASE] = (struct vt_model_parameter){
        .name = "the base", .start = g->base, .scale = scale, .fixed = w->base == VT_LOSS_BASE_NONE};
    m->parameter[SLOPE] = (struct vt_model_parameter){.name = "the slope of the base",
                                                      .start = linear        ? g->slope
                                                               : exponential ? scale
                                                                             : 0,
                                                      .low = exponential ? 0 : -INFINITY,
                                                      .high = INFINITY,
                                                      .scale = scale,
                                                      .fixed = !linear && !exponential};
    m->parameter[RATE] = (struct vt_model_parameter){.name = "the rate of the base",
                                                     .start = 8 / range,
                                                     .low = 0.5 / range,
                                                     .high = 100 / range,
                                                     .fixed = !exponential};
    if (w->base == VT_LOSS_BASE_NONE) m->parameter[BASE].start = 0;
}

/* Sum of squares of the base alone. */
static enum vt_status fit_base(const struct vt_model_fit *with, double *chi2)
{
    struct vt_model_fit m = *with;
    m.f = base_only;
    m.n_starts = 0;
    *chi2 = 0;
    for (int k = 0; k < BASE; k++) m.parameter[k].fixed = true;
    int parameters = 0;
    for (int k = BASE; k < m.p; k++) parameters += !m.parameter[k].fixed;
    if (!parameters) {
        for (int k = 0; k < m.n; k++) *chi2 += m.y[k] * m.y[k];
        return VT_OK;
    }
    VT_TRY(vt_fit_model(&m));
    *chi2 = m.chi2;
    return VT_OK;
}

/* The temperature on one side at which the peak has half its height. */
static double side(const struct window *w, const double *p, double far)
{
    double near = p[PLACE];
    for (int k = 0; k < 80; k++) {
        double middle = 0.5 * (near + far);
        if (peak_value(w, p, middle) > 0.5 * p[HEIGHT])
            near = middle;
        else
            far = middle;
    }
    return 0.5 * (near + far);
}

static double width_of(const struct window *w, const double *p)
{
    return side(w, p, 20 * p[PLACE]) - side(w, p, 0.02 * p[PLACE]);
}

/* Correlation of neighbouring residuals, 0 if it is negative. */
static double correlation(const struct vt_model_fit *m, const double *p)
{
    double product = 0, square = 0, before = 0;
    for (int k = 0; k < m->n; k++) {
        double r = m->y[k] - m->f(m->x[k], p, m->self);
        product += k ? r * before : 0;
        square += r * r;
        before = r;
    }
    return square > 0 ? fmin(fmax(product / square, 0), 0.98) : 0;
}

static void fill(const struct vt_model_fit *m, const struct window *w, struct vt_loss_peak *out)
{
    double p[VT_LOSS_PARAMETERS], gradient[VT_MODEL_MAX] = {0}, largest = 0;
    for (int k = 0; k < VT_LOSS_PARAMETERS; k++) p[k] = m->parameter[k].value;
    for (int k = 0; k < m->n; k++) largest = fmax(largest, fabs(m->y[k]));
    double scatter = sqrt(m->chi2 / m->dof);
    double r = scatter > 1e-9 * largest ? correlation(m, p) : 0, more = sqrt((1 + r) / (1 - r));
    for (int k = 0; k < VT_LOSS_PARAMETERS; k++) {
        double kept = p[k], step = 1e-5 * (k == SHAPE || k == BETA ? 1 : fabs(kept));
        if (m->parameter[k].fixed || m->parameter[k].at_bound || k > BETA) continue;
        double low = k == SHAPE && kept + step > 1 ? kept - 2 * step : kept - step;
        p[k] = low + 2 * step;
        gradient[k] = width_of(w, p);
        p[k] = low;
        gradient[k] = (gradient[k] - width_of(w, p)) / (2 * step);
        p[k] = kept;
    }
    double to_ev = w->form == VT_LOSS_GAUSSIAN ? NAN : VT_KB;
    *out = (struct vt_loss_peak){.form = w->form,
                                 .base_form = w->base,
                                 .place = p[PLACE],
                                 .place_error = more * m->parameter[PLACE].error,
                                 .height = p[HEIGHT],
                                 .height_error = more * m->parameter[HEIGHT].error,
                                 .width = width_of(w, p),
                                 .width_error = more * vt_model_error(m, gradient),
                                 .energy = to_ev * p[SPAN],
                                 .energy_error = more * to_ev * m->parameter[SPAN].error,
                                 .alpha = 1 - p[SHAPE],
                                 .alpha_error = more * m->parameter[SHAPE].error,
                                 .beta = p[BETA],
                                 .beta_error = more * m->parameter[BETA].error,
                                 .base = base_value(w, p, p[PLACE]),
                                 .scatter = scatter,
                                 .correlation = r,
                                 .points = m->n,
                                 .from = w->from,
                                 .to = w->to};
    memcpy(out->parameter, p, sizeof p);
    for (int a = 0; a < VT_LOSS_PARAMETERS; a++)
        for (int b = 0; b < VT_LOSS_PARAMETERS; b++)
            out->covariance[a][b] = more * more * m->covariance[a][b];
}

/* Is what was fitted a peak? */
static enum vt_status judge(const struct vt_loss_peak *f, const struct window *w, double chi2,
                            double base_chi2, int parameters)
{
    double low = side(w, f->parameter, 0.02 * f->place), high = side(w, f->parameter, 20 * f->place);
    if (!(f->place > w->from && f->place < w->to))
        return VT_RAISE(VT_EPHYSICS, "no peak between %g and %g K: the fit has it at %g K", w->from, w->to,
                        f->place);
    if (!(low > w->from && high < w->to))
        return VT_RAISE(
            VT_EPHYSICS,
            "no peak between %g and %g K: the fitted one, at %.4g K, is at half its height at %.4g and %.4g "
            "K: give a wider window, or a base with fewer parameters",
            w->from, w->to, f->place, low, high);
    if (!(f->height > 3 * f->height_error))
        return VT_RAISE(VT_EPHYSICS, "no peak between %g and %g K: its height is %.3g +- %.2g", w->from,
                        w->to, f->height, f->height_error);
    /* F-test, at about 1e-4 for the 3 to 5 parameters of a peak. */
    double ratio = (base_chi2 - chi2) / parameters / (chi2 / (f->points - parameters));
    if (!(ratio > 8))
        return VT_RAISE(VT_EPHYSICS, "no peak between %g and %g K: the base alone fits as well (F = %.2g)",
                        w->from, w->to, ratio);
    return VT_OK;
}

enum vt_status vt_loss_peak_fit(int n, const double *t, const double *y, double from, double to,
                                enum vt_loss_form form, enum vt_loss_base base, struct vt_loss_peak *out)
{
    int first = 0, last = n - 1, parameters = 0;
    double largest = 0, base_chi2;
    struct guess g;
    assert(to > from);
    for (int k = 0; k < n; k++)
        if (!(t[k] > 0) || !isfinite(y[k]) || (k && !(t[k] > t[k - 1])))
            return VT_RAISE(VT_EINPUT, "peak: point %d (%g K, %g): ascending temperatures above 0 are due",
                            k + 1, t[k], y[k]);
    while (first < n && t[first] < from) first++;
    while (last >= first && t[last] > to) last--;
    int points = last - first + 1;
    if (points < 10)
        return VT_RAISE(VT_EPHYSICS, "no peak between %g and %g K: %d points there, 10 are due at least",
                        from, to, points);
    struct window w = {form, base, t[first], t[last]};
    for (int k = first; k <= last; k++) largest = fmax(largest, fabs(y[k]));
    if (!(largest > 0)) return VT_RAISE(VT_EPHYSICS, "no peak between %g and %g K: all is zero", from, to);
    VT_TRY(look(points, t + first, y + first, &w, &g));
    struct vt_model_fit m = {
        .n = points, .p = VT_LOSS_PARAMETERS, .x = t + first, .y = y + first, .f = model, .self = &w};
    set_start(&m, &w, &g, largest);
    VT_TRY(fit_base(&m, &base_chi2));
    const struct vt_model_parameter *q = m.parameter;
    double other = form == VT_LOSS_HAVRILIAK_NEGAMI ? 0.5 : 1, base0 = q[BASE].start, slope = q[SLOPE].start;
#define START(span, shape, beta)                                                                             \
    {                                                                                                        \
        q[HEIGHT].start, q[PLACE].start, (span)*q[SPAN].start, shape, beta, base0, slope, q[RATE].start      \
    }
    double starts[][VT_MODEL_MAX] = {START(1.6, 0.85, 1), START(0.6, 0.25, other)};
#undef START
    m.n_starts = (int)(sizeof starts / sizeof *starts), m.starts = starts;
    VT_TRY(vt_prefix(vt_fit_model(&m), "no peak between %g and %g K", from, to));
    for (int k = 0; k < VT_LOSS_PARAMETERS; k++) parameters += !m.parameter[k].fixed && k < BASE;
    fill(&m, &w, out);
    return judge(out, &w, m.chi2, base_chi2, parameters);
}

static struct window window_of(const struct vt_loss_peak *f)
{
    return (struct window){f->form, f->base_form, f->from, f->to};
}

double vt_loss_peak_value(const struct vt_loss_peak *f, double t)
{
    struct window w = window_of(f);
    return peak_value(&w, f->parameter, t);
}

double vt_loss_peak_base(const struct vt_loss_peak *f, double t)
{
    struct window w = window_of(f);
    return base_value(&w, f->parameter, t);
}

void vt_loss_peak_change(const struct vt_loss_peak *a, const struct vt_loss_peak *b,
                         struct vt_loss_change *out)
{
    out->ratio = b->height / a->height;
    out->ratio_error = out->ratio * hypot(a->height_error / a->height, b->height_error / b->height);
    out->shift = b->place - a->place;
    out->shift_error = hypot(a->place_error, b->place_error);
    out->widening = b->width / a->width;
    out->widening_error = out->widening * hypot(a->width_error / a->width, b->width_error / b->width);
}
