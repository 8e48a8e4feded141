/* stage_melt.c: keep the sample hot until it has forgotten how it was made. */
#include "md/stage.h"

struct melt {
    double temperature, time;
};

static const struct vt_param params[] = {
    {"temperature", "K", VT_REAL, offsetof(struct melt, temperature), 2000, 1, 1e5, "temperature of the melt",
     NULL},
    {"time", "ps", VT_REAL, offsetof(struct melt, time), VT_REQUIRED, 1e-3, 1e9, "how long", NULL},
    {0}};

static enum vt_status plan(const struct vt_stage *stage, struct vt_setpoints *targets,
                           struct vt_control *control)
{
    const struct melt *o = stage->options;
    control->temperature[0] = control->temperature[1] = targets->temperature = o->temperature;
    control->steps = vt_stage_steps(stage, o->time);
    return VT_OK;
}

const struct vt_stage_type vt_stage_melt = {
    "melt", "hold a liquid at high temperature", sizeof(struct melt), params, VT_BAROSTAT_ISO, plan, NULL};
