/* response.c: see response.h. Storage and loss are one fit of 2 n points: point k < n is a loss, k >= n a
 * storage modulus. Both scatter, but not alike (a storage modulus is larger): a first fit takes them in
 * shares of their largest value, a second one by the scatter that the first left. */
#include "analysis/response.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { UNRELAXED, STRENGTH, TAU, ALPHA, BETA, PARAMETERS };

double vt_response_loss(double x, double a, double beta)
{
    double c = cos(a * M_PI_2), s = sin(a * M_PI_2);
    if (beta == 1) return s / (2 * (cosh(a * x) + c));
    /* For large x by e^-ax, so that nothing overflows: z = e^ax (e^-ax + c + i s). */
    double e = exp(-fabs(a * x)), re = x > 0 ? e + c : 1 + e * c, im = x > 0 ? s : e * s;
    double log_z = 0.5 * log(re * re + im * im) + (x > 0 ? a * x : 0);
    return exp(-beta * log_z) * sin(beta * atan2(im, re));
}

double vt_response_loss_place(double a, double beta)
{
    if (beta == 1) return 0;
    return log(sin(a * M_PI / (2 + 2 * beta)) / sin(a * beta * M_PI / (2 + 2 * beta))) / a;
}

void vt_response_value(const struct vt_response *law, double omega, double *storage, double *loss)
{
    double a = 1 - law->alpha, x = log(omega * law->tau);
    double e = exp(-fabs(a * x)), c = cos(a * M_PI_2), s = sin(a * M_PI_2);
    double re = x > 0 ? e + c : 1 + e * c, im = x > 0 ? s : e * s;
    double log_z = 0.5 * log(re * re + im * im) + (x > 0 ? a * x : 0);
    *storage = law->unrelaxed - law->strength * exp(-law->beta * log_z) * cos(law->beta * atan2(im, re));
    *loss = law->strength * vt_response_loss(x, a, law->beta);
}

struct data {
    int n;
    const double *omega;
};

static struct vt_response law_of(const double *p)
{
    return (struct vt_response){p[UNRELAXED], p[STRENGTH], p[TAU], p[ALPHA], p[BETA]};
}

static double model(double x, const double *p, void *self)
{
    const struct data *d = self;
    int k = (int)x;
    double storage, loss;
    const struct vt_response law = law_of(p);
    vt_response_value(&law, d->omega[k % d->n], &storage, &loss);
    return k < d->n ? loss : storage;
}

/* Root mean square of what the law leaves of part 0 (loss) or 1 (storage). */
static double scatter(const struct vt_model_fit *m, int n, int part)
{
    double sum = 0, p[VT_MODEL_MAX];
    for (int k = 0; k < PARAMETERS; k++) p[k] = m->parameter[k].value;
    for (int k = part * n; k < (part + 1) * n; k++) sum += pow(m->y[k] - model(k, p, m->self), 2);
    return sqrt(sum / n);
}

static enum vt_status check(int n, const double *omega, const double *loss, int *top)
{
    *top = 0;
    for (int k = 0; k < n; k++) {
        if (!(omega[k] > 0) || (k && !(omega[k] > omega[k - 1])) || !isfinite(loss[k]))
            return VT_RAISE(VT_EINPUT,
                            "spectrum: frequency %g (point %d): positive, ascending ones are due, with "
                            "finite moduli",
                            omega[k], k + 1);
        if (loss[k] > loss[*top]) *top = k;
    }
    if (n < 6) return VT_RAISE(VT_EINPUT, "spectrum: %d points: 6 are due at least", n);
    if (*top == 0 || *top == n - 1 || !(loss[*top] > 0))
        return VT_RAISE(VT_EPHYSICS,
                        "no maximum of loss between the frequencies %g and %g: the largest is at an end",
                        omega[0] / (2 * M_PI), omega[n - 1] / (2 * M_PI));
    return VT_OK;
}

/* What the caller wants to know of the maximum, with errors by the derivatives of both. */
static void find_maximum(const struct vt_model_fit *m, struct vt_response_fit *out)
{
    double gradient[2][VT_MODEL_MAX] = {{0}}, p[PARAMETERS], value[2];
    for (int k = 0; k < PARAMETERS; k++) p[k] = m->parameter[k].value;
    for (int k = -1; k < PARAMETERS; k++)
        for (int side = 1; side >= -1; side -= 2) {
            double q[PARAMETERS], step = k < 0 ? 0 : 1e-5 * fmax(fabs(p[k]), k >= ALPHA ? 0.1 : 0);
            memcpy(q, p, sizeof q);
            if (k >= 0) q[k] += side * step;
            double x = vt_response_loss_place(1 - q[ALPHA], q[BETA]);
            value[0] = exp(x) / q[TAU];
            value[1] = q[STRENGTH] * vt_response_loss(x, 1 - q[ALPHA], q[BETA]);
            for (int v = 0; v < 2 && k >= 0 && step > 0; v++) gradient[v][k] += side * value[v] / (2 * step);
            if (k < 0) out->peak = value[0], out->height = value[1];
        }
    out->peak_error = vt_model_error(m, gradient[0]);
    out->height_error = vt_model_error(m, gradient[1]);
}

static void start(struct vt_model_fit *m, const struct data *d, const double *storage, const double *loss,
                  int top, enum vt_response_form form)
{
    double least = storage ? storage[0] : 0, most = storage ? storage[0] : 0;
    for (int k = 0; storage && k < d->n; k++) least = fmin(least, storage[k]), most = fmax(most, storage[k]);
    bool cole_cole = form != VT_RESPONSE_DEBYE, negami = form == VT_RESPONSE_HAVRILIAK_NEGAMI;
    double a = cole_cole ? 0.6 : 1;
    m->parameter[UNRELAXED] = (struct vt_model_parameter){
        .name = "M_U", .start = most, .scale = fmax(loss[top], most - least), .fixed = !storage};
    m->parameter[STRENGTH] = (struct vt_model_parameter){
        .name = "the strength", .start = 2 * loss[top] / tan(a * M_PI_4), .low = 0, .high = INFINITY};
    m->parameter[TAU] =
        (struct vt_model_parameter){.name = "tau", .start = 1 / d->omega[top], .low = 0, .high = INFINITY};
    m->parameter[ALPHA] = (struct vt_model_parameter){
        .name = "alpha", .start = 1 - a, .low = 0, .high = 0.97, .fixed = !cole_cole};
    m->parameter[BETA] = (struct vt_model_parameter){
        .name = "beta", .start = negami ? 0.8 : 1, .low = 0.03, .high = 3, .fixed = !negami};
}

enum vt_status vt_response_fit(int n, const double *omega, const double *storage, const double *loss,
                               enum vt_response_form form, struct vt_response_fit *out)
{
    int top, points = storage ? 2 * n : n;
    double *work = NULL, largest[2] = {0, 0};
    VT_TRY(check(n, omega, loss, &top));
    VT_TRY(vt_alloc(&work, 3 * points));
    double *x = work, *y = work + points, *error = work + 2 * points;
    struct data d = {n, omega};
    struct vt_model_fit m = {
        .n = points, .p = PARAMETERS, .x = x, .y = y, .error = error, .f = model, .self = &d};
    for (int k = 0; k < points; k++) {
        x[k] = k, y[k] = k < n ? loss[k] : storage[k - n];
        largest[k >= n] = fmax(largest[k >= n], fabs(y[k]));
    }
    enum vt_status st = VT_OK;
    for (int round = 0; round < 3; round++) {
        for (int k = 0; k < points; k++) {
            double left = round ? scatter(&m, n, k >= n) : 0;
            error[k] = fmax(left, 1e-13 * largest[k >= n]); /* exact data scatter by rounding */
            if (!round) error[k] = largest[k >= n];
        }
        if (!round)
            start(&m, &d, storage, loss, top, form);
        else
            for (int k = 0; k < PARAMETERS; k++) m.parameter[k].start = m.parameter[k].value;
        VT_TRY_GOTO(st, done, vt_prefix(vt_fit_model(&m), "spectrum"));
    }
    double stretch = sqrt((double)points / m.dof); /* the scatter was taken about a fit */
    for (int a = 0; a < PARAMETERS; a++) {
        m.parameter[a].error *= stretch;
        for (int b = 0; b < PARAMETERS; b++) out->covariance[a][b] = m.covariance[a][b] *= stretch * stretch;
    }
    double value[PARAMETERS], errors[PARAMETERS];
    for (int k = 0; k < PARAMETERS; k++) value[k] = m.parameter[k].value, errors[k] = m.parameter[k].error;
    out->form = form;
    out->law = law_of(value);
    out->error = law_of(errors);
    out->loss_scatter = scatter(&m, n, 0);
    out->storage_scatter = storage ? scatter(&m, n, 1) : 0;
    find_maximum(&m, out);
    if (!(out->peak > omega[0] && out->peak < omega[n - 1]))
        st = VT_RAISE(VT_EPHYSICS,
                      "no maximum of loss between the frequencies %g and %g: the fit has it at %g",
                      omega[0] / (2 * M_PI), omega[n - 1] / (2 * M_PI), out->peak / (2 * M_PI));
done:
    free(work);
    return st;
}
