/* wing.c: see wing.h. W is fitted as it is, not by its logarithm: noise makes some W negative. How b, A and
 * the share change with each parameter of the main peak is found by fits again with that parameter shifted by
 * its error, either way. */
#include "analysis/wing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/units.h"

enum { MAIN_MAX = VT_LOSS_PARAMETERS };

struct job {
    int n;
    const double *x, *total;
    double *wing; /* n: scratch */
    /* The main peak with other parameters, at point k. */
    double (*main)(const struct job *job, const double *p, int k);
    const double *at; /* temperatures or frequencies */
    const struct vt_loss_peak *peak;
    int p;
    double value[MAIN_MAX], covariance[MAIN_MAX][MAIN_MAX];
};

static double main_scan(const struct job *j, const double *p, int k)
{
    struct vt_loss_peak other = *j->peak;
    memcpy(other.parameter, p, sizeof other.parameter);
    return vt_loss_peak_value(&other, j->at[k]) + vt_loss_peak_base(&other, j->at[k]);
}

static double main_spectrum(const struct job *j, const double *p, int k)
{
    double storage, loss;
    const struct vt_response law = {p[0], p[1], p[2], p[3], p[4]};
    vt_response_value(&law, j->at[k], &storage, &loss);
    return loss;
}

static double power_law(double x, const double *p, void *self)
{
    return p[0] * exp(-p[1] * (x - *(const double *)self));
}

static enum vt_status fit(struct job *j, const double *p, struct vt_wing *out)
{
    double wing = 0, total = 0, largest = 0, middle = 0;
    for (int k = 0; k < j->n; k++) {
        j->wing[k] = j->total[k] - j->main(j, p, k);
        wing += j->wing[k], total += j->total[k], middle += j->x[k] / j->n;
        largest = fmax(largest, fabs(j->wing[k]));
    }
    struct vt_model_fit m = {.n = j->n, .p = 2, .x = j->x, .y = j->wing, .f = power_law, .self = &middle};
    m.parameter[0] = (struct vt_model_parameter){.name = "the wing", .start = wing / j->n, .scale = largest};
    m.parameter[1] =
        (struct vt_model_parameter){.name = "the exponent of the wing", .start = 0.3, .scale = 1};
    VT_TRY(vt_fit_model(&m));
    *out = (struct vt_wing){.exponent = m.parameter[1].value,
                            .exponent_error = m.parameter[1].error,
                            .amplitude = m.parameter[0].value,
                            .amplitude_error = m.parameter[0].error,
                            .share = wing / total,
                            .share_error = sqrt(m.chi2 / m.dof * j->n) / fabs(total),
                            .middle = middle,
                            .points = j->n};
    return VT_OK;
}

static enum vt_status find(struct job *j, const char *where, struct vt_wing *out)
{
    double gradient[3][MAIN_MAX] = {{0}}, p[MAIN_MAX], more[3] = {0};
    if (j->n < 5) return VT_RAISE(VT_EPHYSICS, "no wing %s: %d points, 5 are due at least", where, j->n);
    VT_TRY(vt_alloc(&j->wing, j->n));
    enum vt_status st = vt_prefix(fit(j, j->value, out), "no wing %s", where);
    for (int k = 0; k < j->p && st == VT_OK; k++) {
        double step = sqrt(j->covariance[k][k]);
        for (int side = 1; side >= -1 && step > 0 && st == VT_OK; side -= 2) {
            struct vt_wing shifted;
            memcpy(p, j->value, sizeof p);
            p[k] += side * step;
            st = vt_prefix(fit(j, p, &shifted), "no wing %s, within the errors of the main peak", where);
            if (st != VT_OK) break;
            gradient[0][k] += side * shifted.exponent / (2 * step);
            gradient[1][k] += side * shifted.amplitude / (2 * step);
            gradient[2][k] += side * shifted.share / (2 * step);
        }
    }
    free(j->wing);
    VT_TRY(st);
    for (int v = 0; v < 3; v++)
        for (int a = 0; a < j->p; a++)
            for (int b = 0; b < j->p; b++) more[v] += gradient[v][a] * j->covariance[a][b] * gradient[v][b];
    out->exponent_error = sqrt(out->exponent_error * out->exponent_error + more[0]);
    out->amplitude_error = sqrt(out->amplitude_error * out->amplitude_error + more[1]);
    out->share_error = sqrt(out->share_error * out->share_error + more[2]);
    if (!(out->amplitude > 3 * out->amplitude_error))
        return VT_RAISE(VT_EPHYSICS, "no wing %s: the main peak leaves %.3g +- %.2g there", where,
                        out->amplitude, out->amplitude_error);
    return VT_OK;
}

enum vt_status vt_wing_of_spectrum(int n, const double *omega, const double *loss,
                                   const struct vt_response_fit *main, double from, double to,
                                   struct vt_wing *out)
{
    int first = 0, last = n - 1;
    char where[100];
    double *x = NULL;
    while (first < n && (omega[first] < from || omega[first] <= main->peak)) first++;
    while (last >= first && omega[last] > to) last--;
    struct job j = {
        .n = last - first + 1, .total = loss + first, .main = main_spectrum, .at = omega + first, .p = 5};
    const double value[] = {main->law.unrelaxed, main->law.strength, main->law.tau, main->law.alpha,
                            main->law.beta};
    memcpy(j.value, value, sizeof value);
    for (int a = 0; a < j.p; a++) memcpy(j.covariance[a], main->covariance[a], sizeof main->covariance[a]);
    snprintf(where, sizeof where, "between %.4g and %.4g Hz", from / (2 * M_PI), to / (2 * M_PI));
    VT_TRY(vt_alloc(&x, n));
    for (int k = 0; k < j.n; k++) x[k] = log(omega[first + k] * main->law.tau);
    j.x = x;
    enum vt_status st = find(&j, where, out);
    free(x);
    return st;
}

enum vt_status vt_wing_of_scan(int n, const double *t, const double *y, const struct vt_loss_peak *main,
                               double energy, double from, double to, struct vt_wing *out)
{
    int first = 0, last = n - 1;
    char where[100];
    double *x = NULL;
    double e = isnan(energy) ? main->energy : energy;
    if (isnan(e))
        return VT_RAISE(VT_EINPUT, "wing: the width of a Gaussian tells no energy: give it, or another form");
    while (first < n && t[first] < from) first++;
    while (last >= first && (t[last] > to || t[last] >= main->place)) last--;
    struct job j = {.n = last - first + 1,
                    .total = y + first,
                    .main = main_scan,
                    .at = t + first,
                    .peak = main,
                    .p = VT_LOSS_PARAMETERS};
    memcpy(j.value, main->parameter, sizeof main->parameter);
    memcpy(j.covariance, main->covariance, sizeof main->covariance);
    snprintf(where, sizeof where, "between %.4g and %.4g K", from, to);
    VT_TRY(vt_alloc(&x, n));
    for (int k = 0; k < j.n; k++) x[k] = e / VT_KB * (1 / t[first + k] - 1 / main->place);
    j.x = x;
    enum vt_status st = find(&j, where, out);
    free(x);
    return st;
}
