/* descent.h: least squares of a model that is not linear: Levenberg and Marquardt's way down (GSL), and the
 * covariance at its end. What it needs of scales, bounds and meaning is its callers' work. */
#ifndef VT_DESCENT_H
#define VT_DESCENT_H

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>

#include "core/status.h"

enum { VT_DESCENT_MAX = 16 }; /* parameters */

struct vt_descent {
    int n, p; /* residuals, parameters */
    int (*residuals)(const gsl_vector *parameters, void *self, gsl_vector *out);
    int (*jacobian)(const gsl_vector *parameters, void *self, gsl_matrix *out); /* NULL: by differences */
    void *self;
    double tolerance; /* of steps and gradient */
    /* In and out: the start, and where the way ended. */
    double parameter[VT_DESCENT_MAX];
    /* Out. */
    double sum;                       /* of squared residuals */
    double deviation[VT_DESCENT_MAX]; /* square roots of the diagonal of (J^T J)^-1: errors where residuals
                                         have the error 1 */
};

/* VT_EPHYSICS where there is no end, or the data do not determine a parameter. Local. */
enum vt_status vt_descend(struct vt_descent *descent);

#endif
