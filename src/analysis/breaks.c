/* breaks.c: see breaks.h. Abscissae are brought to [0, 1] for the fit. */
#include "analysis/breaks.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdbool.h>

#include "analysis/descent.h"
#include "core/memory.h"

enum { LINEAR_MAX = 2 + VT_BREAKS_MAX };
_Static_assert(2 + 2 * VT_BREAKS_MAX <= VT_DESCENT_MAX, "a line with all its breaks must fit");

/* Scaled data, 1 / error as weight. */
struct data {
    int n, breaks;
    double *x, *y, *w;
};

static double ramp(double x, double at)
{
    return x > at ? x - at : 0;
}

/* chi^2 of the best line with given breaks; its coefficients: y_0, s, d. INFINITY if they are not determined.
 */
static double fit_lines(const struct data *d, const double *at, double coefficient[LINEAR_MAX])
{
    int terms = 2 + d->breaks;
    double matrix[LINEAR_MAX * LINEAR_MAX] = {0}, right[LINEAR_MAX] = {0}, chi2 = 0;
    for (int i = 0; i < d->n; i++) {
        double base[LINEAR_MAX] = {1, d->x[i]}, w2 = d->w[i] * d->w[i];
        for (int k = 0; k < d->breaks; k++) base[2 + k] = ramp(d->x[i], at[k]);
        for (int a = 0; a < terms; a++) {
            right[a] += w2 * base[a] * d->y[i];
            for (int b = 0; b < terms; b++) matrix[a * terms + b] += w2 * base[a] * base[b];
        }
        chi2 += w2 * d->y[i] * d->y[i];
    }
    gsl_matrix_view m = gsl_matrix_view_array(matrix, (size_t)terms, (size_t)terms);
    gsl_vector_view r = gsl_vector_view_array(right, (size_t)terms),
                    c = gsl_vector_view_array(coefficient, (size_t)terms);
    for (int a = 0; a < terms; a++)
        if (!(matrix[a * terms + a] > 0)) return INFINITY;
    if (gsl_linalg_cholesky_decomp1(&m.matrix) || gsl_linalg_cholesky_solve(&m.matrix, &r.vector, &c.vector))
        return INFINITY;
    for (int a = 0; a < terms; a++) chi2 -= right[a] * coefficient[a];
    return chi2;
}

/* The best breaks on a grid of places. */
static double search(const struct data *d, double best_at[VT_BREAKS_MAX])
{
    enum { PLACES = 24 };
    int k[VT_BREAKS_MAX];
    double least = INFINITY;
    for (int b = 0; b < d->breaks; b++) k[b] = b + 1;
    for (;;) {
        double at[VT_BREAKS_MAX], coefficient[LINEAR_MAX];
        for (int b = 0; b < d->breaks; b++) at[b] = d->x[k[b] * (d->n - 1) / PLACES];
        double chi2 = fit_lines(d, at, coefficient);
        if (chi2 < least) {
            least = chi2;
            for (int b = 0; b < d->breaks; b++) best_at[b] = at[b];
        }
        int b = d->breaks - 1; /* the next combination */
        while (b >= 0 && k[b] == PLACES - d->breaks + b) b--;
        if (b < 0) return least;
        k[b]++;
        while (++b < d->breaks) k[b] = k[b - 1] + 1;
    }
}

/* Parameters: y_0, s, d_1 .., b_1 .. */
static int residuals(const gsl_vector *p, void *self, gsl_vector *out)
{
    const struct data *d = self;
    for (int i = 0; i < d->n; i++) {
        double y = gsl_vector_get(p, 0) + gsl_vector_get(p, 1) * d->x[i];
        for (int k = 0; k < d->breaks; k++)
            y += gsl_vector_get(p, 2 + (size_t)k) *
                 ramp(d->x[i], gsl_vector_get(p, 2 + (size_t)(d->breaks + k)));
        gsl_vector_set(out, (size_t)i, d->w[i] * (y - d->y[i]));
    }
    return GSL_SUCCESS;
}

static int jacobian(const gsl_vector *p, void *self, gsl_matrix *out)
{
    const struct data *d = self;
    for (int i = 0; i < d->n; i++) {
        gsl_matrix_set(out, (size_t)i, 0, d->w[i]);
        gsl_matrix_set(out, (size_t)i, 1, d->w[i] * d->x[i]);
        for (int k = 0; k < d->breaks; k++) {
            size_t change = 2 + (size_t)k, place = change + (size_t)d->breaks;
            double at = gsl_vector_get(p, place);
            gsl_matrix_set(out, (size_t)i, change, d->w[i] * ramp(d->x[i], at));
            gsl_matrix_set(out, (size_t)i, place, d->x[i] > at ? -d->w[i] * gsl_vector_get(p, change) : 0);
        }
    }
    return GSL_SUCCESS;
}

/* Are the breaks in the data, in order, and (unless any) each change of slope three times its error? */
static enum vt_status judge(const struct vt_breaks *b, double low, double high, bool any)
{
    for (int k = 0; k < b->n; k++) {
        const struct vt_break *p = &b->point[k];
        if (!(p->at > low && p->at < high) || (k && !(p->at > p[-1].at)))
            return VT_RAISE(VT_EPHYSICS,
                            "no %d breaks: the %s lies at %.6g, outside the data or out of order", b->n,
                            k ? "next one" : "first", p->at);
        if (!any && !(fabs(p->change) > 3 * p->change_error))
            return VT_RAISE(VT_EPHYSICS, "no %d breaks: at %.6g the slope changes by %.3g +- %.3g", b->n,
                            p->at, p->change, p->change_error);
    }
    return VT_OK;
}

double vt_breaks_value(const struct vt_breaks *b, double x)
{
    double y = b->y0 + b->slope * (x - b->x0);
    for (int k = 0; k < b->n; k++) y += b->point[k].change * ramp(x, b->point[k].at);
    return y;
}

/* From the breaks of start, or (NULL) from the best of a grid. */
static enum vt_status fit_from(int n, const double *x, const double *y, const double *error, int breaks,
                               const struct vt_breaks *start, struct vt_breaks *out)
{
    const int free_parameters = 2 + 2 * breaks;
    if (breaks < 1 || breaks > VT_BREAKS_MAX || n < 8 * (breaks + 1))
        return VT_RAISE(VT_EINPUT, "%d breaks (at most %d) in %d points: at least %d points are needed",
                        breaks, VT_BREAKS_MAX, n, 8 * (breaks + 1));
    struct data d = {.n = n, .breaks = breaks};
    enum vt_status st;
    double scale = x[n - 1] - x[0], at[VT_BREAKS_MAX] = {0};
    struct vt_descent fit = {.n = n,
                             .p = free_parameters,
                             .residuals = residuals,
                             .jacobian = jacobian,
                             .self = &d,
                             .tolerance = 1e-10};
    double *parameter = fit.parameter;
    VT_TRY_GOTO(st, done, vt_alloc(&d.x, n));
    VT_TRY_GOTO(st, done, vt_alloc(&d.y, n));
    VT_TRY_GOTO(st, done, vt_alloc(&d.w, n));
    for (int i = 0; i < n; i++) {
        d.x[i] = (x[i] - x[0]) / scale;
        d.y[i] = y[i] - y[0];
        d.w[i] = error ? 1 / error[i] : 1;
    }
    gsl_error_handler_t *handler = gsl_set_error_handler_off(); /* singular matrices are answers here */
    for (int k = 0; start && k < breaks; k++) at[k] = (start->point[k].at - x[0]) / scale;
    if (!start) search(&d, at);
    fit_lines(&d, at, parameter);
    for (int k = 0; k < breaks; k++) parameter[2 + breaks + k] = at[k];
    gsl_set_error_handler(handler);
    VT_TRY_GOTO(st, done, vt_prefix(vt_descend(&fit), "no %d breaks", breaks));
    double freedom = n - free_parameters, chi2 = fit.sum / freedom,
           stretch = error ? fmax(1, chi2) : chi2, /* a line that does not fit knows less */
        sum = 0;
#define ERROR(k) (sqrt(stretch) * fit.deviation[k])
    *out = (struct vt_breaks){.n = breaks,
                              .x0 = x[0],
                              .y0 = y[0] + parameter[0],
                              .slope = parameter[1] / scale,
                              .slope_error = ERROR(1) / scale,
                              .chi2 = error ? chi2 : 1};
    for (int k = 0; k < breaks; k++)
        out->point[k] =
            (struct vt_break){x[0] + scale * parameter[2 + breaks + k], scale * ERROR(2 + breaks + k),
                              parameter[2 + k] / scale, ERROR(2 + k) / scale};
#undef ERROR
    for (int i = 0; i < n; i++) sum += pow(vt_breaks_value(out, x[i]) - y[i], 2);
    out->rms = sqrt(sum / n);
    st = judge(out, x[0], x[n - 1], start != NULL);
done:
    free(d.x), free(d.y), free(d.w);
    return st;
}

enum vt_status vt_breaks_fit(int n, const double *x, const double *y, const double *error, int breaks,
                             struct vt_breaks *out)
{
    return fit_from(n, x, y, error, breaks, NULL, out);
}

enum vt_status vt_breaks_refit(int n, const double *x, const double *y, const double *error,
                               const struct vt_breaks *start, struct vt_breaks *out)
{
    return fit_from(n, x, y, error, start->n, start, out);
}
