/* align.c: see align.h. Abscissae of the window are brought to [-1, 1]; parameters are the coefficients of P,
 * then shift or scale - 1. */
#include "analysis/align.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "analysis/descent.h"
#include "core/memory.h"

struct data {
    int n, own, degree; /* points; those from own on are of the other curve */
    bool scale;
    double *x, *y, *w;
};

static double polynomial(const struct data *d, const gsl_vector *p, double x)
{
    double y = 0;
    for (int a = d->degree; a >= 0; a--) y = y * x + gsl_vector_get(p, (size_t)a);
    return y;
}

static int residuals(const gsl_vector *p, void *self, gsl_vector *out)
{
    const struct data *d = self;
    const double by = gsl_vector_get(p, (size_t)d->degree + 1);
    for (int k = 0; k < d->n; k++) {
        double y = polynomial(d, p, d->x[k]);
        if (k >= d->own) y = d->scale ? y / (1 + by) : y - by;
        gsl_vector_set(out, (size_t)k, d->w[k] * (y - d->y[k]));
    }
    return GSL_SUCCESS;
}

static int jacobian(const gsl_vector *p, void *self, gsl_matrix *out)
{
    const struct data *d = self;
    const double by = gsl_vector_get(p, (size_t)d->degree + 1);
    for (int k = 0; k < d->n; k++) {
        const bool own = k >= d->own;
        double power = own && d->scale ? d->w[k] / (1 + by) : d->w[k];
        double last = d->scale ? -polynomial(d, p, d->x[k]) * d->w[k] / ((1 + by) * (1 + by)) : -d->w[k];
        for (int a = 0; a <= d->degree; a++, power *= d->x[k])
            gsl_matrix_set(out, (size_t)k, (size_t)a, power);
        gsl_matrix_set(out, (size_t)k, (size_t)d->degree + 1, own ? last : 0);
    }
    return GSL_SUCCESS;
}

static int take(const struct vt_points *p, double from, double to, struct data *d)
{
    int before = d->n;
    for (int k = 0; k < p->n; k++) {
        if (p->x[k] < from || p->x[k] > to) continue;
        d->x[d->n] = p->x[k], d->y[d->n] = p->y[k], d->w[d->n] = 1 / p->error[k];
        d->n++;
    }
    return d->n - before;
}

enum vt_status vt_align(const struct vt_points *reference, const struct vt_points *other, double from,
                        double to, int degree, bool scale, struct vt_alignment *out)
{
    struct data d = {.degree = degree, .scale = scale};
    struct vt_descent fit = {
        .p = degree + 2, .residuals = residuals, .jacobian = jacobian, .self = &d, .tolerance = 1e-12};
    double low = INFINITY, high = -INFINITY;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&d.x, reference->n + other->n));
    VT_TRY_GOTO(st, done, vt_alloc(&d.y, reference->n + other->n));
    VT_TRY_GOTO(st, done, vt_alloc(&d.w, reference->n + other->n));
    *out = (struct vt_alignment){.n[0] = take(reference, from, to, &d)};
    d.own = d.n;
    out->n[1] = take(other, from, to, &d);
    if (out->n[0] < degree + 2 || out->n[1] < degree + 2)
        VT_TRY_GOTO(
            st, done,
            VT_RAISE(VT_EINPUT,
                     "%d and %d points between %g and %g; a common curve of degree %d needs %d of each",
                     out->n[0], out->n[1], from, to, degree, degree + 2));
    for (int k = 0; k < d.n; k++)
        low = fmin(low, d.x[k]), high = fmax(high, d.x[k]), fit.parameter[0] += d.y[k] / d.n;
    for (int k = 0; k < d.n; k++) d.x[k] = (2 * d.x[k] - low - high) / (high - low);
    fit.n = d.n;
    VT_TRY_GOTO(st, done, vt_descend(&fit));
    out->chi2 = fit.sum / (d.n - fit.p);
    out->value = fit.parameter[degree + 1] + (scale ? 1 : 0);
    out->error = fit.deviation[degree + 1] * sqrt(fmax(1, out->chi2));
done:
    free(d.x), free(d.y), free(d.w);
    return st;
}
