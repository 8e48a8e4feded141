/* descent.c: see descent.h. */
#include "analysis/descent.h"

#include <assert.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdbool.h>

enum vt_status vt_descend(struct vt_descent *d)
{
    enum { STEPS_MAX = 200 };
    size_t n = (size_t)d->n, p = (size_t)d->p;
    assert(p <= VT_DESCENT_MAX);
    gsl_multifit_nlinear_parameters options = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_fdf f = {.f = d->residuals, .df = d->jacobian, .n = n, .p = p, .params = d->self};
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    gsl_multifit_nlinear_workspace *w =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &options, n, p);
    gsl_matrix *covariance = gsl_matrix_alloc(p, p);
    gsl_vector_view start = gsl_vector_view_array(d->parameter, p);
    enum vt_status st = VT_OK;
    int info = GSL_SUCCESS;
    if (!w || !covariance) {
        st = VT_RAISE(VT_EWORLD, "no memory for a fit");
        goto done;
    }
    gsl_multifit_nlinear_init(&start.vector, &f, w);
    int end = gsl_multifit_nlinear_driver(STEPS_MAX, d->tolerance, d->tolerance, 0, NULL, NULL, &info, w);
    gsl_blas_ddot(gsl_multifit_nlinear_residual(w), gsl_multifit_nlinear_residual(w), &d->sum);
    bool singular = gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(w), 0, covariance);
    for (size_t k = 0; k < p; k++) {
        d->parameter[k] = gsl_vector_get(gsl_multifit_nlinear_position(w), k);
        d->deviation[k] = sqrt(gsl_matrix_get(covariance, k, k));
        singular = singular || !(d->deviation[k] > 0);
    }
    /* From a start that is the end already no step leads down, which GSL 2.7 calls too many steps, for this
     * reason.
     */
    bool arrived = end == GSL_SUCCESS || end == GSL_ENOPROG || (end == GSL_EMAXITER && info == GSL_ENOPROG);
    if (!arrived || singular) st = VT_RAISE(VT_EPHYSICS, "the fit found no end");
done:
    gsl_set_error_handler(handler);
    if (w) gsl_multifit_nlinear_free(w);
    gsl_matrix_free(covariance);
    return st;
}
