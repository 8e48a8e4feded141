/* log_times.c: see log_times.h. */
#include "analysis/log_times.h"

#include <math.h>

#include "core/memory.h"

enum vt_status vt_log_times(int n, const double *tau, const double *error, struct vt_log_times *out)
{
    *out = (struct vt_log_times){0};
    VT_TRY(vt_alloc(&out->y, n));
    if (error) VT_TRY(vt_alloc(&out->error, n));
    for (int k = 0; k < n; k++) {
        if (!(tau[k] > 0) || !isfinite(tau[k]) || (error && !(error[k] > 0 && isfinite(error[k]))))
            return VT_RAISE(VT_EINPUT, "relaxation time %d is %g +- %g: a positive one and its error are due",
                            k + 1, tau[k], error ? error[k] : NAN);
        out->y[k] = log(tau[k]);
        if (error) out->error[k] = error[k] / tau[k];
    }
    return VT_OK;
}

void vt_log_times_release(struct vt_log_times *t)
{
    free(t->y), free(t->error);
    *t = (struct vt_log_times){0};
}
