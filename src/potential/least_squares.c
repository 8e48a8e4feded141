/* least_squares.c: GSL's Levenberg-Marquardt with bounds.
 *
 *     p = low + (high - low)/(1 + exp(-q)),    min over q of sum_k residual_k(p)^2
 *
 * Derivatives are central differences over a share of the range of p, so that those in the middle of it
 * (q = 0) are as good as others; GSL's own step is a share of q.
 *
 * The covariance of p is (J^T J)^-1 of the residuals, which are in units of their tolerances. Directions
 * that no target fixes (singular values below 1e-6 of the largest) count as if theirs were 1e-6 of it.
 *
 * References: Moré, Numerical Analysis, LNM 630, 105 (1978); GSL manual, Nonlinear Least-Squares Fitting. */
#include "potential/least_squares.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"

static double bounded(const struct vt_fit *fit, int k, double q)
{
    return fit->low[k] + (fit->high[k] - fit->low[k]) / (1 + exp(-q));
}

static int residuals(const gsl_vector *q, void *of, gsl_vector *f)
{
    struct vt_fit *fit = of;
    double p[VT_FIT_PARAMETERS], r[VT_FIT_RESIDUALS];
    for (int k = 0; k < fit->n; k++) p[k] = bounded(fit, k, gsl_vector_get(q, (size_t)k));
    bool found = fit->model(fit->self, p, r) == VT_OK;
    gsl_vector_set_zero(f); /* GSL wants no fewer residuals than parameters */
    for (int k = 0; k < fit->m; k++)
        gsl_vector_set(f, (size_t)k, found && isfinite(r[k]) ? r[k] : 1e3); /* a step back */
    return GSL_SUCCESS;
}

/* dp/dq as a share of the range. */
static double share_slope(double q)
{
    double e = exp(-fabs(q));
    return e / ((1 + e) * (1 + e));
}

static int derivatives(const gsl_vector *q, void *of, gsl_matrix *J)
{
    struct vt_fit *fit = of;
    gsl_vector *at = gsl_vector_alloc(q->size),
               *f[2] = {gsl_vector_alloc(J->size1), gsl_vector_alloc(J->size1)};
    int status = at && f[0] && f[1] ? GSL_SUCCESS : GSL_ENOMEM;
    for (size_t k = 0; k < q->size && status == GSL_SUCCESS; k++) {
        double here = gsl_vector_get(q, k), step = fmin(fit->difference / share_slope(here), 0.1);
        gsl_vector_memcpy(at, q);
        for (int side = 0; side < 2; side++) {
            gsl_vector_set(at, k, here + (side ? step : -step));
            residuals(at, fit, f[side]);
        }
        for (size_t i = 0; i < J->size1; i++)
            gsl_matrix_set(J, i, k, (gsl_vector_get(f[1], i) - gsl_vector_get(f[0], i)) / (2 * step));
    }
    gsl_vector_free(at);
    gsl_vector_free(f[0]);
    gsl_vector_free(f[1]);
    return status;
}

/* (J^T J)^-1 in q, then in p. */
static void covariance(struct vt_fit *fit, const gsl_matrix *J, const gsl_vector *q)
{
    size_t n = (size_t)fit->n;
    gsl_matrix *U = gsl_matrix_alloc(J->size1, n), *V = gsl_matrix_alloc(n, n);
    gsl_vector *s = gsl_vector_alloc(n), *work = gsl_vector_alloc(n);
    memset(fit->covariance, 0, sizeof fit->covariance);
    if (U && V && s && work) {
        gsl_matrix_memcpy(U, J);
        gsl_linalg_SV_decomp(U, V, s, work);
        double slope[VT_FIT_PARAMETERS];
        for (size_t k = 0; k < n; k++)
            slope[k] = (fit->high[k] - fit->low[k]) * share_slope(gsl_vector_get(q, k));
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n; b++)
                for (size_t k = 0; k < n; k++) {
                    double value = fmax(gsl_vector_get(s, k), 1e-6 * gsl_vector_get(s, 0));
                    fit->covariance[a][b] += slope[a] * slope[b] * gsl_matrix_get(V, a, k) *
                                             gsl_matrix_get(V, b, k) / (value * value);
                }
    }
    gsl_vector_free(work);
    gsl_vector_free(s);
    gsl_matrix_free(V);
    gsl_matrix_free(U);
}

enum vt_status vt_least_squares(struct vt_fit *fit)
{
    enum vt_status st = VT_OK;
    gsl_multifit_nlinear_parameters options = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_fdf system = {.f = residuals,
                                       .df = derivatives,
                                       .n = (size_t)(fit->m > fit->n ? fit->m : fit->n),
                                       .p = (size_t)fit->n,
                                       .params = fit};
    gsl_multifit_nlinear_workspace *work =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &options, system.n, system.p);
    gsl_vector *q = gsl_vector_alloc(system.p);
    if (!work || !q) {
        st = VT_RAISE(VT_EWORLD, "out of memory");
        goto done;
    }
    VT_TRY_GOTO(st, done, fit->model(fit->self, fit->p, fit->residual));
    for (int k = 0; k < fit->n; k++) {
        double share = (fit->p[k] - fit->low[k]) / (fit->high[k] - fit->low[k]);
        share = fmin(fmax(share, 1e-3), 1 - 1e-3);
        gsl_vector_set(q, (size_t)k, log(share / (1 - share)));
    }
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    int info;
    gsl_multifit_nlinear_init(q, &system, work);
    int end = gsl_multifit_nlinear_driver((size_t)fit->steps_max, 1e-6, 1e-8, 1e-6, NULL, NULL, &info, work);
    fit->converged = end == GSL_SUCCESS || (end == GSL_ENOPROG && info != 0);
    const gsl_vector *best = gsl_multifit_nlinear_position(work);
    for (int k = 0; k < fit->n; k++) fit->p[k] = bounded(fit, k, gsl_vector_get(best, (size_t)k));
    covariance(fit, gsl_multifit_nlinear_jac(work), best);
    gsl_set_error_handler(handler);
    st = fit->model(fit->self, fit->p, fit->residual);
    fit->sum = 0;
    for (int k = 0; k < fit->m; k++) fit->sum += fit->residual[k] * fit->residual[k];
    for (int k = 0; k < fit->n; k++) {
        double share = (fit->p[k] - fit->low[k]) / (fit->high[k] - fit->low[k]);
        fit->at_bound[k] = share < 2e-3 || share > 1 - 2e-3;
    }
done:
    gsl_vector_free(q);
    if (work) gsl_multifit_nlinear_free(work);
    return st;
}
