/* peak.c: see peak.h. Fitted with x in units of the width of what is fitted, and y in units of its height.
 */
#include "analysis/peak.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "analysis/descent.h"

enum { BASE, HEIGHT, PLACE, WIDTH, MIXING };

struct data {
    int n;
    const double *x, *y;
    double x0, width, y0, height; /* scales */
    enum vt_peak_form form;
};

static double shape(const struct data *d, const gsl_vector *p, double x)
{
    double u = 2 * (x - gsl_vector_get(p, PLACE)) / gsl_vector_get(p, WIDTH), gauss = exp(-M_LN2 * u * u);
    if (d->form == VT_PEAK_GAUSSIAN) return gauss;
    double eta = gsl_vector_get(p, MIXING);
    return eta / (1 + u * u) + (1 - eta) * gauss;
}

static int residuals(const gsl_vector *p, void *self, gsl_vector *out)
{
    const struct data *d = self;
    for (int k = 0; k < d->n; k++) {
        double x = (d->x[k] - d->x0) / d->width, y = (d->y[k] - d->y0) / d->height;
        gsl_vector_set(out, (size_t)k,
                       gsl_vector_get(p, BASE) + gsl_vector_get(p, HEIGHT) * shape(d, p, x) - y);
    }
    return GSL_SUCCESS;
}

/* Which points: the peak around the highest one. */
static enum vt_status choose(int n, const double *x, const double *y, double from, double to, double part,
                             int *first, int *last, int *top)
{
    int begin = 0, end = n - 1;
    while (begin < n && x[begin] < from) begin++;
    while (end >= 0 && x[end] > to) end--;
    *top = begin;
    for (int k = begin; k <= end; k++)
        if (y[k] > y[*top]) *top = k;
    if (begin >= end || *top == begin || *top == end)
        return VT_RAISE(VT_EPHYSICS, "no peak between %g and %g: the highest point is at an end", from, to);
    double lowest = y[*top];
    for (int k = begin; k < *top; k++) lowest = fmin(lowest, y[k]);
    double threshold = lowest + part * (y[*top] - lowest);
    *first = *last = *top;
    while (*first > begin && y[*first - 1] > threshold) --*first;
    while (*last < end && y[*last + 1] > threshold) ++*last;
    if (*first == begin || *last == end)
        return VT_RAISE(VT_EPHYSICS, "no peak between %g and %g: it does not come down on both sides", from,
                        to);
    return VT_OK;
}

enum vt_status vt_peak_fit(int n, const double *x, const double *y, double from, double to, double part,
                           enum vt_peak_form form, struct vt_peak *out)
{
    int first, last, top, parameters = form == VT_PEAK_GAUSSIAN ? 4 : 5;
    VT_TRY(choose(n, x, y, from, to, part, &first, &last, &top));
    struct data d = {.n = last - first + 1, .x = x + first, .y = y + first, .form = form};
    if (d.n <= parameters)
        return VT_RAISE(VT_EPHYSICS, "no peak: %d points near %g for %d parameters", d.n, x[top], parameters);
    d.width = x[last] - x[first];
    d.x0 = x[top] - d.width; /* so that the place is near 1: differences are taken in shares of a parameter */
    d.y0 = y[first] < y[last] ? y[first] : y[last];
    d.height = y[top] - d.y0;
    /* A Gaussian that has its top and its cut where the points have them. */
    struct vt_descent fit = {.n = d.n,
                             .p = parameters,
                             .residuals = residuals,
                             .self = &d,
                             .tolerance = 1e-12,
                             .parameter = {[BASE] = -part / (1 - part),
                                           [HEIGHT] = 1 / (1 - part),
                                           [PLACE] = 1,
                                           [WIDTH] = 1 / sqrt(-log2(part)),
                                           [MIXING] = 0.3}};
    VT_TRY(vt_prefix(vt_descend(&fit), "no peak"));
    const double *p = fit.parameter, *error = fit.deviation, scatter = sqrt(fit.sum / (d.n - parameters));
    *out = (struct vt_peak){.place = d.x0 + d.width * p[PLACE],
                            .width = d.width * fabs(p[WIDTH]),
                            .height = d.height * p[HEIGHT],
                            .base = d.y0 + d.height * p[BASE],
                            .place_error = d.width * scatter * error[PLACE],
                            .width_error = d.width * scatter * error[WIDTH],
                            .height_error = d.height * scatter * error[HEIGHT],
                            .mixing = form == VT_PEAK_GAUSSIAN ? 0 : p[MIXING],
                            .points = d.n};
    if (!(out->height > 0) || !(out->place > x[first] && out->place < x[last]))
        return VT_RAISE(VT_EPHYSICS, "no peak: the fit left it, to %g", out->place);
    return VT_OK;
}
