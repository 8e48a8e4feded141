/* model_fit.h: the one way to fit y = f(x; p) by least squares.
 *
 *     chi^2(p) = sum_i [(f(x_i; p) - y_i) / e_i]^2  ->  least,      e_i: error of y_i
 *     C = (J^T J)^-1,      J_ik = (df(x_i; p) / dp_k) / e_i
 *
 * by Levenberg and Marquardt (descent.h). A parameter keeps to its bounds because the descent sees u, not p:
 *
 *     p = low + (high - low) / (1 + e^-u)
 *     p = low + e^u,   p = high - e^-u        one bound
 *     p = s u                                 none
 *
 * so one that may only be positive is fitted by its logarithm, and spans decades. C is of p itself, linear at
 * the minimum. Without errors of y, C is multiplied by chi^2 / dof: the scatter tells the errors.
 *
 * A parameter that the data push against a bound is set there and held, the others are fitted again; it has
 * at_bound set and the error NAN. One that the data do not determine is refused by name.
 *
 * Reference: Bevington & Robinson, Data Reduction and Error Analysis, 3rd ed., sec. 8.6 and 8.7. */
#ifndef VT_MODEL_FIT_H
#define VT_MODEL_FIT_H

#include <stdbool.h>

#include "analysis/descent.h"
#include "core/status.h"

enum { VT_MODEL_MAX = VT_DESCENT_MAX }; /* parameters */

struct vt_model_parameter {
    const char *name; /* for messages */
    double start;     /* within the bounds */
    double low, high; /* -INFINITY and INFINITY: no bound; both 0: neither */
    double scale;     /* size of a change that matters, of one without bounds; 0: |start|, or 1 */
    bool fixed;       /* held at start */
    /* Out. */
    double value, error; /* error: 0 if fixed, NAN at a bound */
    bool at_bound;
};

struct vt_model_fit {
    int n, p; /* points, parameters */
    const double *x, *y;
    const double *error; /* of each y; NULL: all alike, and told by the scatter */
    bool stretch;        /* with errors: C times chi^2 / dof where that is above 1 */
    double (*f)(double x, const double *p, void *self);
    void *self;
    struct vt_model_parameter parameter[VT_MODEL_MAX];
    /* More starts (of all p, those of fixed ones ignored); the least chi^2 of all is kept. */
    int n_starts;
    double (*starts)[VT_MODEL_MAX];
    /* Out. */
    double covariance[VT_MODEL_MAX][VT_MODEL_MAX]; /* zero rows where fixed or at a bound */
    double chi2;                                   /* without errors: the sum of squared residuals */
    int dof;                                       /* points less free parameters */
    double reduced;                                /* chi2 / dof; NAN for dof 0 */
    double r2;                                     /* 1 - chi2 / chi2 of the best constant */
    bool converged; /* false: stopped after 200 steps, or no start did better */
};

/* VT_EINPUT with too few points, a y or an error that cannot be, or a start outside of its bounds;
 * VT_EPHYSICS where no start comes to an end or the data do not determine a parameter (which is named).
 * Local. */
enum vt_status vt_fit_model(struct vt_model_fit *fit);

/* Error of a number g(p) with the given derivatives dg/dp_k (p of them): sqrt(g^T C g). */
double vt_model_error(const struct vt_model_fit *fit, const double *derivative);

#endif
