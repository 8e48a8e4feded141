/* series_simulated.h: S_eq against temperature of a simulated ramp, from the results of a run.
 *
 * Of the blocks of a stage: sq/s_eq_xray, which is what a measurement with that Q-window would give, or
 * without the measurement sq entropy/s_xray, the X-ray weighted integral itself. */
#ifndef VT_SERIES_SIMULATED_H
#define VT_SERIES_SIMULATED_H

#include <stdbool.h>

#include "core/status.h"

struct vt_simulated {
    int n;
    double *t, *s, *error; /* K, ascending; k_B an atom */
    char from[160];        /* "04-heat: sq/s_eq_xray" */
};

/* Is it the name of a results file, "results.h5", perhaps with a stage, "results.h5:04-heat"? */
bool vt_simulated_is(const char *path);
/* Its file; the stage behind it, or NULL. */
enum { VT_SIMULATED_FILE = 4096 };
const char *vt_simulated_file(const char *path, char file[VT_SIMULATED_FILE]);
/* Of the stage that is named, else of the last one of the kind heat. VT_EINPUT where that has no blocks of
 * S_eq. Released by the caller, also after a failure. Local. */
enum vt_status vt_simulated_read(const char *path, struct vt_simulated *out);
void vt_simulated_release(struct vt_simulated *simulated);

#endif
