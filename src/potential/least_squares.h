/* least_squares.h: parameters within bounds that make a sum of squares small. */
#ifndef VT_LEAST_SQUARES_H
#define VT_LEAST_SQUARES_H

#include <stdbool.h>

#include "core/status.h"

enum { VT_FIT_PARAMETERS = 16, VT_FIT_RESIDUALS = 64 };

struct vt_fit {
    int n, m; /* parameters, residuals */
    double low[VT_FIT_PARAMETERS], high[VT_FIT_PARAMETERS];
    /* residual[m] = (model - target)/tolerance at p; not VT_OK: no model there, which ends the fit only if
     * it is the start. */
    enum vt_status (*model)(void *self, const double *p, double *residual);
    void *self;
    int steps_max;
    double difference; /* step of the derivatives to either side, as a share of the range of a parameter */
    /* Out. */
    double p[VT_FIT_PARAMETERS]; /* in: the start */
    double residual[VT_FIT_RESIDUALS];
    double sum;                                              /* of squares */
    double covariance[VT_FIT_PARAMETERS][VT_FIT_PARAMETERS]; /* for tolerances taken as standard errors */
    bool at_bound[VT_FIT_PARAMETERS]; /* within 0.2 % of the range: the covariance says nothing of it */
    bool converged;
};

/* Levenberg and Marquardt's way down from p. Local. */
enum vt_status vt_least_squares(struct vt_fit *fit);

#endif
