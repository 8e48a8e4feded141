/* calorimetry.c: see calorimetry.h.
 *
 * The same `evaluate` makes the numbers of the data and of each resample, so an error is that of the whole
 * way, with its maxima and tangents. Between the windows a resample is the curve as measured with noise
 * added: the curve itself stands for what is not known there. */
#include "analysis/calorimetry.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "analysis/smooth.h"
#include "core/memory.h"
#include "core/random.h"

/* Of the step: smoothing a corner leaves as much. */
#define LEAST_OVERSHOOT 0.02
/* Of neighbouring residuals: a memory of 50 points. */
#define MOST_PERSISTENT 0.98
enum { TERMS = VT_BASELINE_DEGREE_MAX + 1, NUMBERS = 9 };
static const size_t number_at[NUMBERS] = {
    offsetof(struct vt_transition, fictive),   offsetof(struct vt_transition, onset),
    offsetof(struct vt_transition, half),      offsetof(struct vt_transition, inflection),
    offsetof(struct vt_transition, step),      offsetof(struct vt_transition, peak),
    offsetof(struct vt_transition, overshoot), offsetof(struct vt_transition, overshoot_area),
    offsetof(struct vt_transition, exotherm),
};

static struct vt_number *number(struct vt_transition *t, int k)
{
    return (struct vt_number *)((char *)t + number_at[k]);
}

/* What stays the same from resample to resample. */
struct work {
    enum vt_curve_kind kind;
    int n, glass[2], liquid[2]; /* first point of a window, and the one after its last */
    const double *t;
    const struct vt_calorimetry_options *options;
    struct vt_smoother smoother;
    struct vt_smooth_point *p, *q; /* n each: of the curve; of the slope of an integral */
    double *slope;                 /* n */
};

double vt_baseline_value(const struct vt_baseline *b, double t)
{
    double sum = 0;
    for (int k = b->degree; k >= 0; k--) sum = sum * (t - b->center) + b->coefficient[k];
    return sum;
}

double vt_baseline_slope(const struct vt_baseline *b, double t)
{
    double sum = 0;
    for (int k = b->degree; k >= 1; k--) sum = sum * (t - b->center) + k * b->coefficient[k];
    return sum;
}

/* Its integral from the center. */
static double primitive(const struct vt_baseline *b, double t)
{
    double sum = 0;
    for (int k = b->degree; k >= 0; k--) sum = (sum + b->coefficient[k] / (k + 1)) * (t - b->center);
    return sum;
}

/* Least squares by orthogonal polynomials on the points, which are then written out in powers. */
static void fit_baseline(const double *t, const double *y, const int window[2], int degree,
                         struct vt_baseline *out)
{
    double center = 0, basis[TERMS][TERMS] = {{0}};
    const int m = window[1] - window[0];
    for (int i = window[0]; i < window[1]; i++) center += t[i] / m;
    *out = (struct vt_baseline){.center = center, .degree = degree};
    for (int k = 0; k <= degree; k++) {
        struct vt_baseline b = {.center = center, .degree = k}, lower = b;
        double norm = 0, along = 0;
        b.coefficient[k] = 1;
        for (int j = 0; j < k; j++) { /* take out what lies along the lower ones */
            double dot = 0, square = 0;
            memcpy(lower.coefficient, basis[j], sizeof basis[j]);
            for (int i = window[0]; i < window[1]; i++) {
                double v = vt_baseline_value(&lower, t[i]);
                dot += v * vt_baseline_value(&b, t[i]), square += v * v;
            }
            for (int c = 0; c < TERMS; c++) b.coefficient[c] -= dot / square * basis[j][c];
        }
        memcpy(basis[k], b.coefficient, sizeof basis[k]);
        for (int i = window[0]; i < window[1]; i++) {
            double v = vt_baseline_value(&b, t[i]);
            norm += v * v, along += v * y[i];
        }
        for (int c = 0; c < TERMS; c++) out->coefficient[c] += along / norm * b.coefficient[c];
    }
}

/* Cp of the baselines. */
static double line(const struct work *w, const struct vt_baseline *b, double t)
{
    return w->kind == VT_CURVE_CAPACITY ? vt_baseline_value(b, t) : vt_baseline_slope(b, t);
}

/* int_{t}^{t_1} (l - g) */
static double between(const struct work *w, const struct vt_transition *x, double t, double t1)
{
    if (w->kind == VT_CURVE_CAPACITY)
        return primitive(&x->liquid, t1) - primitive(&x->liquid, t) - primitive(&x->glass, t1) +
               primitive(&x->glass, t);
    return vt_baseline_value(&x->liquid, t1) - vt_baseline_value(&x->liquid, t) -
           vt_baseline_value(&x->glass, t1) + vt_baseline_value(&x->glass, t);
}

static double fictive(const struct work *w, const double *y, const struct vt_transition *x)
{
    enum { STEPS = 400 };
    const double *t = w->t, t1 = t[w->liquid[1] - 1], t2 = t[w->glass[0]], width = (t1 - t2) / STEPS;
    double area = 0;
    if (w->kind == VT_CURVE_INTEGRAL)
        area = vt_baseline_value(&x->liquid, t1) - vt_baseline_value(&x->glass, t1);
    else
        for (int i = w->glass[0]; i < w->liquid[1] - 1; i++)
            area += (t[i + 1] - t[i]) / 2 *
                    (y[i] - vt_baseline_value(&x->glass, t[i]) + y[i + 1] -
                     vt_baseline_value(&x->glass, t[i + 1]));
    if (!(area > 0)) return NAN;
    for (int k = 1; k <= STEPS; k++) { /* down from the liquid, as far as l > g */
        double low = t1 - k * width, high = low + width;
        if (!(line(w, &x->liquid, high) > line(w, &x->glass, high))) return NAN;
        if (between(w, x, low, t1) < area) continue;
        for (int round = 0; round < 60; round++) {
            double middle = (low + high) / 2;
            *(between(w, x, middle, t1) < area ? &high : &low) = middle;
        }
        return (low + high) / 2;
    }
    return NAN;
}

/* Cp and its slope, smoothed, at each point. */
static const struct vt_smooth_point *capacity(const struct work *w, const double *y)
{
    vt_smooth(&w->smoother, y, NULL, w->p);
    if (w->kind == VT_CURVE_CAPACITY) return w->p;
    for (int i = 0; i < w->n; i++) w->slope[i] = w->p[i].slope;
    vt_smooth(&w->smoother, w->slope, NULL, w->q);
    for (int i = 0; i < w->n; i++) w->q[i].value = w->slope[i]; /* smoothed once is enough */
    return w->q;
}

/* Abscissa of a maximum by the parabola through three points. */
static double vertex(const double *t, double a, double b, double c)
{
    double left = (b - a) / (t[1] - t[0]), right = (c - b) / (t[2] - t[1]);
    if (!(left > right)) return t[1];
    return (t[0] + t[1]) / 2 + left / (left - right) * (t[2] - t[0]) / 2;
}

/* Tangent, half height, overshoot, exotherm. */
static void shape(const struct work *w, const double *y, const struct vt_smooth_point *p,
                  struct vt_transition *x)
{
    const double *t = w->t;
    const int first = w->glass[1], last = w->liquid[0]; /* between the windows */
    int top = first, steep;
#define OVER(i)  (p[i].value - line(w, &x->liquid, t[i]))
#define UNDER(i) (line(w, &x->glass, t[i]) - p[i].value)
#define HALF(i)  (p[i].value - (line(w, &x->glass, t[i]) + line(w, &x->liquid, t[i])) / 2)
    for (int i = first; i < last; i++)
        if (OVER(i) > OVER(top)) top = i;
    x->overshoot.value = OVER(top), x->peak.value = t[top];
    if (top > first && top < last - 1)
        x->peak.value = vertex(t + top - 1, p[top - 1].value, p[top].value, p[top + 1].value);
    int begin = top, end = top;
    while (OVER(top) > 0 && begin > first && OVER(begin - 1) > 0) begin--;
    while (OVER(top) > 0 && end < last - 1 && OVER(end + 1) > 0) end++;
    /* Of Cp as it was given: what smoothing makes of a sharp step has no area in it. */
    const bool given = w->kind == VT_CURVE_CAPACITY;
    for (int i = begin; i < end; i++) {
        double a = given ? y[i] - line(w, &x->liquid, t[i]) : OVER(i),
               b = given ? y[i + 1] - line(w, &x->liquid, t[i + 1]) : OVER(i + 1);
        x->overshoot_area.value += (t[i + 1] - t[i]) * (a + b) / 2;
    }
    /* With no overshoot the rise is anywhere between the windows. */
    const int rise = OVER(top) > 0 ? top : last - 1;
    steep = first;
    for (int i = first; i <= rise; i++)
        if (p[i].slope > p[steep].slope) steep = i;
    x->inflection.value = t[steep];
    for (int i = first; i < steep; i++) {
        double a = fmax(0, UNDER(i)), b = fmax(0, UNDER(i + 1));
        x->exotherm.value += (t[i + 1] - t[i]) * (a + b) / 2;
    }
    double onset = t[steep];
    for (int round = 0; round < 40; round++) { /* Newton; exact at once for a straight line of Cp */
        double step = 1e-3 * (t[last] - t[first]), here = line(w, &x->glass, onset),
               slope = (line(w, &x->glass, onset + step) - here) / step;
        onset -= (p[steep].value + p[steep].slope * (onset - t[steep]) - here) / (p[steep].slope - slope);
    }
    x->onset.value = onset;
    int i = steep;
    if (HALF(i) > 0)
        while (i > first && HALF(i - 1) > 0) i--;
    else
        while (i < last - 1 && HALF(i) <= 0) i++;
    x->half.value = NAN;
    if (i > first && HALF(i) > 0 && HALF(i - 1) <= 0)
        x->half.value = t[i - 1] + (t[i] - t[i - 1]) * HALF(i - 1) / (HALF(i - 1) - HALF(i));
#undef OVER
#undef UNDER
#undef HALF
}

static void evaluate(const struct work *w, const double *y, struct vt_transition *x)
{
    *x = (struct vt_transition){0};
    fit_baseline(w->t, y, w->glass, w->options->degree, &x->glass);
    fit_baseline(w->t, y, w->liquid, w->options->degree, &x->liquid);
    x->fictive.value = fictive(w, y, x);
    x->step.value = line(w, &x->liquid, x->fictive.value) - line(w, &x->glass, x->fictive.value);
    shape(w, y, capacity(w, y), x);
}

/* What the noise is made of: e_i = phi e_{i-1} + u_i, with u in blocks of what was seen. */
struct noise {
    double phi;
    int n, block;
    double *u; /* n */
};

/* Residuals of both windows one behind the other, made as wide as the noise; returns how many. */
static int residuals(const struct work *w, const double *y, const struct vt_transition *x, double *e)
{
    int m = 0;
    for (int side = 0; side < 2; side++) {
        const int *window = side ? w->liquid : w->glass;
        const int points = window[1] - window[0];
        const double wide = sqrt((double)points / (points - w->options->degree - 1));
        for (int i = window[0]; i < window[1]; i++)
            e[m++] = wide * (y[i] - vt_baseline_value(side ? &x->liquid : &x->glass, w->t[i]));
    }
    return m;
}

/* The first autocorrelation, of pairs within a window. A mean takes (1 + 3 phi) / m of it away (Marriott &
 * Pope, Biometrika 41, 390 (1954); Kendall, ibid. 403), a baseline of degree d in each of two windows 2 (d +
 * 1 + (d + 3) phi) / m, which the coverage in tests/unit/calorimetry.c bears out. 0 where it is below its
 * noise. */
static double persistence(const struct work *w, int m, const double *e)
{
    const int first = w->glass[1] - w->glass[0], d = w->options->degree;
    double square = 0, next = 0;
    for (int i = 0; i < m; i++) square += e[i] * e[i], next += i && i != first ? e[i] * e[i - 1] : 0;
    const double phi = square > 0 ? next / square * m / (m - 2) : 0;
    if (phi < 2 / sqrt(m)) return 0;
    return fmin(MOST_PERSISTENT, (phi + 2. * (d + 1) / m) / fmax(0.2, 1 - 2. * (d + 3) / m));
}

/* Four times the last lag whose autocorrelation, of either sign, stands out of its noise, behind which five
 * do not (Politis & White, Econometric Reviews 23, 53 (2004)); at least the cube root of their number. */
static int block_length(int m, const double *e)
{
    enum { QUIET = 5 };
    const double out = 2 * sqrt(log10(m) / m);
    double square = 0;
    int last = 0;
    for (int i = 0; i < m; i++) square += e[i] * e[i];
    for (int lag = 1; lag <= last + QUIET && lag < m / 8; lag++) {
        double c = 0;
        for (int i = 0; i + lag < m; i++) c += e[i] * e[i + lag];
        if (fabs(c) > out * square) last = lag;
    }
    const double block = ceil(fmax(cbrt(m), 4 * last));
    return (int)fmin(block, m / 4 > 1 ? m / 4 : 1);
}

/* From residuals e (m), which it leaves as they are but for their mean; noise->u is as long as they. */
static void learn(const struct work *w, int m, double *e, struct noise *noise)
{
    const int first = w->glass[1] - w->glass[0];
    double mean = 0;
    for (int i = 0; i < m; i++) mean += e[i] / m;
    for (int i = 0; i < m; i++) e[i] -= mean;
    noise->phi = persistence(w, m, e), noise->n = 0, mean = 0;
    for (int i = 0; i < m; i++) {
        if (noise->phi > 0 && (i == 0 || i == first)) continue; /* what was before is not known */
        noise->u[noise->n++] = e[i] - (noise->phi > 0 ? noise->phi * e[i - 1] : 0);
    }
    for (int i = 0; i < noise->n; i++) mean += noise->u[i] / noise->n;
    for (int i = 0; i < noise->n; i++) noise->u[i] -= mean;
    noise->block = block_length(noise->n, noise->u);
}

/* y* of a resample. */
static void resample(const struct work *w, const double *y, const struct vt_transition *x,
                     const struct noise *noise, int round, double *out)
{
    const int warm = noise->phi > 0 ? (int)ceil(5 / (1 - noise->phi)) : 0;
    double e = 0;
    for (int i = 0; i < w->n; i++) {
        const bool glass = i >= w->glass[0] && i < w->glass[1],
                   liquid = i >= w->liquid[0] && i < w->liquid[1];
        out[i] = glass    ? vt_baseline_value(&x->glass, w->t[i])
                 : liquid ? vt_baseline_value(&x->liquid, w->t[i])
                          : y[i];
    }
    for (int i = -warm, block = 0; i < w->n; block++) {
        double u[4];
        vt_uniform4((uint64_t)w->options->seed, round, block, VT_RANDOM_BOOTSTRAP, u);
        int from = (int)(u[0] * noise->n) % noise->n;
        for (int k = 0; k < noise->block && i < w->n; k++, i++) {
            e = noise->phi * e + noise->u[(from + k) % noise->n];
            if (i >= 0) out[i] += e;
        }
    }
}

static enum vt_status spread(const struct work *w, const double *y, struct vt_transition *x)
{
    double *e = NULL, *again = NULL, sum[NUMBERS] = {0}, squares[NUMBERS] = {0};
    int good[NUMBERS] = {0};
    const int rounds = w->options->resamples;
    struct vt_transition other;
    struct noise noise = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&e, w->n));
    VT_TRY_GOTO(st, done, vt_alloc(&again, w->n));
    VT_TRY_GOTO(st, done, vt_alloc(&noise.u, w->n));
    int m = residuals(w, y, x, e);
    for (int i = 0; i < m; i++) x->noise += e[i] * e[i] / m;
    x->noise = sqrt(x->noise);
    learn(w, m, e, &noise);
    x->block = noise.block, x->persistence = noise.phi;
    for (int round = 0; round < rounds; round++) {
        resample(w, y, x, &noise, round, again);
        evaluate(w, again, &other);
        for (int k = 0; k < NUMBERS; k++) {
            double d = number(&other, k)->value - number(x, k)->value;
            if (!isfinite(d)) continue;
            sum[k] += d, squares[k] += d * d, good[k]++;
        }
    }
    for (int k = 0; k < NUMBERS; k++) { /* what a tenth of the resamples lacks is not there */
        struct vt_number *q = number(x, k);
        q->error = rounds ? sqrt(fmax(0, (squares[k] - sum[k] * sum[k] / good[k]) / (good[k] - 1))) : NAN;
        if (rounds && good[k] < 0.9 * rounds) *q = (struct vt_number){NAN, NAN};
    }
done:
    free(e), free(again), free(noise.u);
    return st;
}

/* Points of a window. */
static enum vt_status find_window(int n, const double *t, const double range[2], int degree, const char *name,
                                  int out[2])
{
    if (!(range[0] < range[1]))
        return VT_RAISE(VT_EINPUT, "window of the %s, %g-%g K: a lower and a higher temperature are due",
                        name, range[0], range[1]);
    if (range[0] >= t[n - 1] || range[1] <= t[0])
        return VT_RAISE(VT_EINPUT, "window of the %s, %g-%g K: the data are of %g-%g K", name, range[0],
                        range[1], t[0], t[n - 1]);
    for (out[0] = 0; out[0] < n && t[out[0]] < range[0]; out[0]++) {
    }
    for (out[1] = out[0]; out[1] < n && t[out[1]] <= range[1]; out[1]++) {
    }
    if (out[1] - out[0] < degree + 4)
        return VT_RAISE(VT_EINPUT, "window of the %s, %g-%g K: %d points are in it, at least %d are due",
                        name, range[0], range[1], out[1] - out[0], degree + 4);
    return VT_OK;
}

/* Odd number of points about as wide as smooth [K]. */
static int smooth_points(int n, const double *t, double smooth)
{
    int points = (int)rint(smooth / ((t[n - 1] - t[0]) / (n - 1))) | 1;
    if (points < 5) points = 5;
    return points < n ? points : n - (n % 2 == 0);
}

static enum vt_status prepare(struct work *w, int smooth)
{
    VT_TRY(vt_smoother_local(w->n, w->t, smooth, 2, &w->smoother));
    VT_TRY(vt_alloc(&w->p, w->n));
    VT_TRY(vt_alloc(&w->q, w->n));
    return vt_alloc(&w->slope, w->n);
}

static void release(struct work *w)
{
    vt_smoother_release(&w->smoother);
    free(w->p), free(w->q), free(w->slope);
}

static enum vt_status judge(const struct vt_transition *x, const struct vt_calorimetry_options *o)
{
    if (!isfinite(x->fictive.value))
        return VT_RAISE(
            VT_EPHYSICS,
            "no glass transition between %g and %g K: no fictive temperature there matches the areas; "
            "is the sign of the heat flow right, and are the windows in the glass and in the liquid?",
            o->glass[1], o->liquid[0]);
    if (x->step.error >= 0 ? !(x->step.value > 3 * x->step.error) : !(x->step.value > 0))
        return VT_RAISE(
            VT_EPHYSICS,
            "no glass transition between %g and %g K: the step is %.3g +- %.2g, not three times its "
            "error",
            o->glass[1], o->liquid[0], x->step.value, x->step.error);
    return VT_OK;
}

/* rms of the smoothed curve about the baselines in their windows. */
static double ripple(const struct work *w, const struct vt_smooth_point *p, const struct vt_transition *x)
{
    double sum = 0;
    for (int side = 0; side < 2; side++) {
        const int *window = side ? w->liquid : w->glass;
        for (int i = window[0]; i < window[1]; i++)
            sum += pow(p[i].value - line(w, side ? &x->liquid : &x->glass, w->t[i]), 2);
    }
    return sqrt(sum / (w->glass[1] - w->glass[0] + w->liquid[1] - w->liquid[0]));
}

/* No overshoot, no peak; and no place that is known no better than somewhere between the windows. */
static void drop_unknown(struct vt_transition *x, double gap)
{
    struct vt_number *const place[] = {&x->onset, &x->half, &x->inflection, &x->peak};
    const double area = fmax(3 * x->overshoot_area.error, x->overshoot.value * x->smooth / 10);
    if (!(x->overshoot_area.value > area) ||
        !(x->overshoot.value >
          fmax(LEAST_OVERSHOOT * x->step.value, fmax(3 * x->overshoot.error, 4 * x->ripple))))
        x->peak = (struct vt_number){NAN, NAN};
    for (size_t k = 0; k < sizeof place / sizeof *place; k++)
        if (place[k]->error > gap / 3 || x->ripple > x->step.value / 4)
            *place[k] = (struct vt_number){NAN, NAN};
}

enum vt_status vt_transition_fit(enum vt_curve_kind kind, int n, const double *t, const double *y,
                                 const struct vt_calorimetry_options *o, struct vt_transition *out)
{
    struct work w = {.kind = kind, .n = n, .t = t, .options = o};
    assert(o->degree >= 1 && o->degree <= VT_BASELINE_DEGREE_MAX && o->resamples != 1);
    if (n < 16) return VT_RAISE(VT_EINPUT, "%d points: at least 16 are due", n);
    VT_TRY(find_window(n, t, o->glass, o->degree, "glass", w.glass));
    VT_TRY(find_window(n, t, o->liquid, o->degree, "liquid", w.liquid));
    if (w.liquid[0] - w.glass[1] < 3)
        return VT_RAISE(VT_EINPUT,
                        "windows of glass, %g-%g K, and liquid, %g-%g K: %d points are between them, "
                        "at least 3 are due",
                        o->glass[0], o->glass[1], o->liquid[0], o->liquid[1],
                        w.liquid[0] > w.glass[1] ? w.liquid[0] - w.glass[1] : 0);
    const double gap = o->liquid[0] - o->glass[1],
                 smooth = isnan(o->smooth) ? gap / (kind == VT_CURVE_INTEGRAL ? 3 : 10) : o->smooth;
    int points = smooth_points(n, t, smooth);
    enum vt_status st = prepare(&w, points);
    if (st == VT_OK) {
        evaluate(&w, y, out);
        out->ripple = ripple(&w, capacity(&w, y), out);
        out->smooth = (points - 1) * (t[n - 1] - t[0]) / (n - 1);
        st = spread(&w, y, out);
    }
    if (st == VT_OK) st = judge(out, o);
    if (st == VT_OK) drop_unknown(out, gap);
    release(&w);
    return st;
}

enum vt_status vt_transition_capacity(enum vt_curve_kind kind, int n, const double *t, const double *y,
                                      double smooth, double *out)
{
    struct work w = {.kind = kind, .n = n, .t = t};
    enum vt_status st = prepare(&w, smooth_points(n, t, smooth));
    if (st == VT_OK) {
        const struct vt_smooth_point *p = capacity(&w, y);
        const double half =
            kind == VT_CURVE_INTEGRAL ? smooth / 2 : 0; /* a slope wants points on both sides */
        for (int i = 0; i < n; i++) out[i] = t[i] - t[0] < half || t[n - 1] - t[i] < half ? NAN : p[i].value;
    }
    release(&w);
    return st;
}

/* On a straight line between points; t within them. */
static double at(int n, const double *t, const double *y, double x)
{
    int low = 0, high = n - 1;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        *(t[middle] > x ? &high : &low) = middle;
    }
    return y[low] + (y[high] - y[low]) * (x - t[low]) / (t[high] - t[low]);
}

enum vt_status vt_recovery_enthalpy(int n, const double *t, const double *cp, int m, const double *rt,
                                    const double *reference, double from, double to, double *area)
{
    if (from < t[0] || from < rt[0] || to > t[n - 1] || to > rt[m - 1])
        return VT_RAISE(VT_EINPUT,
                        "recovery from %g to %g K: the scan is of %g-%g K, its reference of %g-%g K", from,
                        to, t[0], t[n - 1], rt[0], rt[m - 1]);
    double x = from, y = at(n, t, cp, from) - at(m, rt, reference, from), sum = 0;
    for (int i = 0; i <= n; i++) {
        if (i < n && t[i] <= from) continue;
        double next = i < n && t[i] < to ? t[i] : to, value = at(n, t, cp, next) - at(m, rt, reference, next);
        sum += (next - x) * (y + value) / 2;
        x = next, y = value;
        if (next >= to) break;
    }
    *area = sum;
    return VT_OK;
}
