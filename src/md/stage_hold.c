/* stage_hold.c: keep temperature and pressure for a time: relaxation, storage, sampling. */
#include <math.h>

#include "md/stage.h"

struct hold {
    double temperature, time;
};

static const struct vt_param params[] = {
    {"temperature", "K", VT_REAL, offsetof(struct hold, temperature), VT_UNSET, 1e-3, 1e5,
     "what the last stage ended with if not given", NULL},
    {"time", "ps", VT_REAL, offsetof(struct hold, time), VT_REQUIRED, 1e-3, 1e12, "how long", NULL},
    {0}};

static enum vt_status plan(const struct vt_stage *stage, struct vt_setpoints *targets,
                           struct vt_control *control)
{
    const struct hold *o = stage->options;
    if (!isnan(o->temperature)) targets->temperature = o->temperature;
    control->temperature[0] = control->temperature[1] = targets->temperature;
    control->steps = vt_stage_steps(stage, o->time);
    return VT_OK;
}

const struct vt_stage_type vt_stage_hold = {
    "hold", "keep temperature and pressure", sizeof(struct hold), params, VT_BAROSTAT_ISO, plan, NULL};
