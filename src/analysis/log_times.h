/* log_times.h: relaxation times as logarithms, which laws of them are fitted to. */
#ifndef VT_LOG_TIMES_H
#define VT_LOG_TIMES_H

#include "core/status.h"

struct vt_log_times {
    double *y, *error; /* ln tau, error / tau (NULL where none were given) */
};

/* VT_EINPUT where a tau or its error is not positive and finite. Released also after a failure. Local. */
enum vt_status vt_log_times(int n, const double *tau, const double *error, struct vt_log_times *out);
void vt_log_times_release(struct vt_log_times *times);

#endif
