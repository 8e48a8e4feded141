/* stage_compress.c: bring the pressure up (or down) linearly in time at a temperature. */
#include <math.h>

#include "md/stage.h"

struct compress {
    double temperature, time;
};

static const struct vt_param params[] = {{"temperature", "K", VT_REAL, offsetof(struct compress, temperature),
                                          VT_UNSET, 1e-3, 1e5, "what the last stage ended with if not given",
                                          NULL},
                                         {"time", "ps", VT_REAL, offsetof(struct compress, time), VT_REQUIRED,
                                          1e-3, 1e12, "how long the pressure takes to its target", NULL},
                                         {0}};

static enum vt_status plan(const struct vt_stage *stage, struct vt_setpoints *targets,
                           struct vt_control *control)
{
    const struct compress *o = stage->options;
    if (isnan(stage->common.pressure))
        return VT_RAISE_AT(stage->node, "compress: key 'pressure' is missing (6 GPa, for example)");
    if (!isnan(o->temperature)) targets->temperature = o->temperature;
    control->temperature[0] = control->temperature[1] = targets->temperature;
    control->steps = vt_stage_steps(stage, o->time);
    control->ramp_pressure = true;
    return VT_OK;
}

const struct vt_stage_type vt_stage_compress = {
    "compress", "bring the pressure to a value", sizeof(struct compress), params, VT_BAROSTAT_ISO, plan,
    NULL};
