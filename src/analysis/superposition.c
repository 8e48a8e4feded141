/* superposition.c: see superposition.h. All shifts that leave the overlap are looked at in steps of a quarter
 * of the least distance of points, then golden section around the best. */
#include "analysis/superposition.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_spline.h>
#include <math.h>
#include <string.h>

#include "core/units.h"

struct curve {
    const struct vt_sweep *sweep;
    gsl_spline *spline[VT_SWEEP_CHANNELS];
};

static void release(struct curve *c)
{
    for (int q = 0; q < VT_SWEEP_CHANNELS; q++)
        if (c->spline[q]) gsl_spline_free(c->spline[q]);
    *c = (struct curve){0};
}

static enum vt_status prepare(const struct vt_sweep *s, struct curve *c)
{
    *c = (struct curve){.sweep = s};
    if (s->n < 5)
        return VT_RAISE(VT_EINPUT, "master curve: %d frequencies at %g K: 5 are due at least", s->n,
                        s->temperature);
    for (int k = 0; k < s->n; k++)
        if (!isfinite(s->x[k]) || (k && !(s->x[k] > s->x[k - 1])))
            return VT_RAISE(VT_EINPUT, "master curve: frequencies at %g K do not ascend", s->temperature);
    for (int q = 0; q < VT_SWEEP_CHANNELS; q++) {
        if (!s->y[q]) continue;
        for (int k = 0; k < s->n; k++)
            if (!isfinite(s->y[q][k]))
                return VT_RAISE(VT_EINPUT,
                                "master curve: point %d at %g K is not positive: it has no logarithm", k + 1,
                                s->temperature);
        c->spline[q] = gsl_spline_alloc(gsl_interp_cspline, (size_t)s->n);
        if (!c->spline[q] || gsl_spline_init(c->spline[q], s->x, s->y[q], (size_t)s->n))
            return VT_RAISE(VT_EWORLD, "no memory for a master curve");
    }
    return VT_OK;
}

struct match {
    double sum, slopes; /* of squared differences; of squared slopes */
    int n;
};

/* Points of a on the curve of b, moved by s. */
static void compare(const struct curve *a, const struct curve *b, double s, struct match *m)
{
    const double low = b->sweep->x[0], high = b->sweep->x[b->sweep->n - 1];
    for (int k = 0; k < a->sweep->n; k++) {
        double x = a->sweep->x[k] + s;
        if (x < low || x > high) continue;
        for (int q = 0; q < VT_SWEEP_CHANNELS; q++) {
            if (!b->spline[q]) continue;
            double slope = gsl_spline_eval_deriv(b->spline[q], x, NULL);
            m->sum += pow(a->sweep->y[q][k] - gsl_spline_eval(b->spline[q], x, NULL), 2);
            m->slopes += slope * slope;
            m->n++;
        }
    }
}

/* Of `one`, moved by s, on `two`. */
static struct match match_at(const struct curve *one, const struct curve *two, double s)
{
    struct match m = {0};
    compare(one, two, s, &m);
    compare(two, one, -s, &m);
    return m;
}

static double mean_square(const struct curve *one, const struct curve *two, double s)
{
    struct match m = match_at(one, two, s);
    return m.n ? m.sum / m.n : INFINITY;
}

/* s that lays `one` on `two`. */
static enum vt_status lay(const struct curve *one, const struct curve *two, double overlap, double *shift,
                          double *error, double *mismatch)
{
    const struct vt_sweep *a = one->sweep, *b = two->sweep;
    double length_a = a->x[a->n - 1] - a->x[0], length_b = b->x[b->n - 1] - b->x[0];
    double need = overlap * fmin(length_a, length_b), step = INFINITY;
    for (int k = 1; k < a->n; k++) step = fmin(step, 0.25 * (a->x[k] - a->x[k - 1]));
    for (int k = 1; k < b->n; k++) step = fmin(step, 0.25 * (b->x[k] - b->x[k - 1]));
    double low = b->x[0] + need - a->x[a->n - 1], high = b->x[b->n - 1] - need - a->x[0];
    step = fmax(step, (high - low) / 4000);
    double best = low, least = INFINITY;
    int steps = (int)ceil((high - low) / step);
    for (int k = 0; k <= steps; k++) {
        double s = low + (high - low) * k / steps, m = mean_square(one, two, s);
        if (m < least) least = m, best = s;
    }
    if (best - low < 1.5 * step || high - best < 1.5 * step)
        return VT_RAISE(
            VT_EPHYSICS,
            "master curve: the spectra at %g and %g K match best where they hardly overlap: they do not "
            "tell their shift",
            a->temperature, b->temperature);
    double from = best - step, to = best + step;
    const double golden = 0.5 * (sqrt(5) - 1);
    for (int k = 0; k < 60; k++) {
        double inner = to - golden * (to - from), outer = from + golden * (to - from);
        if (mean_square(one, two, inner) < mean_square(one, two, outer))
            to = outer;
        else
            from = inner;
    }
    *shift = 0.5 * (from + to);
    struct match m = match_at(one, two, *shift);
    *mismatch = sqrt(m.sum / m.n);
    *error = sqrt(2 * m.sum / (m.n - 1) / m.slopes);
    double reach = fmin(length_a, length_b) - need;
    if (!(m.n >= 6) || !(m.slopes > 0) || !(*error < 0.25 * reach))
        return VT_RAISE(VT_EPHYSICS,
                        "master curve: the spectra at %g and %g K have too little slope to tell their shift",
                        a->temperature, b->temperature);
    return VT_OK;
}

enum vt_status vt_superpose(int n, struct vt_sweep *sweep, int reference, double overlap)
{
    enum vt_status st = VT_OK;
    sweep[reference].shift = sweep[reference].error = sweep[reference].mismatch = 0;
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    for (int way = -1; way <= 1; way += 2)
        for (int k = reference + way; k >= 0 && k < n && st == VT_OK; k += way) {
            struct curve one = {0}, two = {0};
            double shift, error;
            st = prepare(&sweep[k], &one);
            if (st == VT_OK) st = prepare(&sweep[k - way], &two);
            if (st == VT_OK) st = lay(&one, &two, overlap, &shift, &error, &sweep[k].mismatch);
            if (st == VT_OK) {
                sweep[k].shift = sweep[k - way].shift + shift;
                sweep[k].error = hypot(sweep[k - way].error, error);
            }
            release(&one);
            release(&two);
        }
    gsl_set_error_handler(handler);
    return st;
}

void vt_superposition_energy(int n, const struct vt_sweep *sweep, double *energy, double *error,
                             double *reduced)
{
    double xx = 0, xy = 0, chi2 = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int k = 1; k < n; k++) {
            double x = (1 / sweep[k].temperature - 1 / sweep[k - 1].temperature) / (VT_KB * M_LN10);
            double step = sweep[k].shift - sweep[k - 1].shift;
            double weight = 1 / fmax(fabs(pow(sweep[k].error, 2) - pow(sweep[k - 1].error, 2)), 1e-20);
            if (pass)
                chi2 += weight * pow(step - *energy * x, 2);
            else
                xx += weight * x * x, xy += weight * x * step, *energy = xy / xx;
        }
    *reduced = n > 2 ? chi2 / (n - 2) : NAN;
    *error = sqrt((*reduced > 1 ? *reduced : 1) / xx);
}
