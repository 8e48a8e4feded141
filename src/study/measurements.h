/* measurements.h: the measurements of a run: one analysis for the protocol's own list, and one for each stage
 * with a list of its own; and what can be said about them before the run begins. */
#ifndef VT_MEASUREMENTS_H
#define VT_MEASUREMENTS_H

#include "analysis/analysis.h"
#include "md/run.h"

struct vt_measurements {
    const struct vt_protocol *protocol;
    int n; /* stages */
    struct vt_analysis **of_stage, *common, *now;
};

/* Read all lists. Released with vt_measurements_release, also after a failure. Local. */
enum vt_status vt_measurements_init(struct vt_measurements *m, const struct vt_protocol *protocol);
void vt_measurements_release(struct vt_measurements *m);

/* Does all that is to be measured fit into the cell as it is planned? VT_EINPUT at the line of the first that
 * does not; a warning for what hardly fits, and for what is measured more seldom than its stage is long.
 * Local; warnings come from the rank that logs. */
enum vt_status vt_measurements_check(const struct vt_measurements *m);
/* Memory that the largest of the stages needs. Local. */
enum vt_status vt_measurements_needs(const struct vt_measurements *m, struct vt_run_needs *needs);

/* To the run they are one sink, which turns to the right analysis as each stage begins. */
struct vt_sink vt_measurements_sink(struct vt_measurements *m);

#endif
