/* stage_unload.c: take the load off: all six stress components go linearly to zero (or to a pressure),
 * so that no stress stays stored in the cell. */
#include <math.h>

#include "md/stage.h"

struct unload {
    double temperature, time;
};

static const struct vt_param params[] = {{"temperature", "K", VT_REAL, offsetof(struct unload, temperature),
                                          VT_UNSET, 1e-3, 1e5, "what the last stage ended with if not given",
                                          NULL},
                                         {"time", "ps", VT_REAL, offsetof(struct unload, time), VT_REQUIRED,
                                          1e-3, 1e12, "how long the stress takes to its target", NULL},
                                         {0}};

static enum vt_status plan(const struct vt_stage *stage, struct vt_setpoints *targets,
                           struct vt_control *control)
{
    const struct unload *o = stage->options;
    if (!isnan(o->temperature)) targets->temperature = o->temperature;
    if (isnan(stage->common.pressure))
        for (int q = 0; q < 6; q++)
            if (isnan(stage->common.component[q])) control->pressure[1][q] = targets->pressure[q] = 0;
    control->temperature[0] = control->temperature[1] = targets->temperature;
    control->steps = vt_stage_steps(stage, o->time);
    control->ramp_pressure = true;
    return VT_OK;
}

const struct vt_stage_type vt_stage_unload = {
    "unload", "bring all six stress components to zero", sizeof(struct unload), params, VT_BAROSTAT_TRI, plan,
    NULL};
