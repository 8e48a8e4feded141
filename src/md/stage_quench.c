/* stage_quench.c: cool at a constant rate to a temperature. */
#include "md/stage.h"

struct quench {
    double temperature, rate, time;
};

static const struct vt_param params[] = {{"temperature", "K", VT_REAL, offsetof(struct quench, temperature),
                                          300, 1e-3, 1e5, "where the cooling ends", NULL},
                                         {"rate", "K/s", VT_REAL, offsetof(struct quench, rate), VT_UNSET,
                                          1e3, 1e17, "cooling rate; or give time", NULL},
                                         {"time", "ps", VT_REAL, offsetof(struct quench, time), VT_UNSET,
                                          1e-3, 1e12, "how long; or give rate", NULL},
                                         {0}};

static enum vt_status plan(const struct vt_stage *stage, struct vt_setpoints *targets,
                           struct vt_control *control)
{
    const struct quench *o = stage->options;
    double duration;
    if (!(o->temperature < targets->temperature))
        return VT_RAISE_AT(
            stage->node,
            "quench: key 'temperature': %g K is not below the %g K that are there: use hold, or "
            "heat to go up",
            o->temperature, targets->temperature);
    VT_TRY(vt_stage_ramp_time(stage, targets->temperature - o->temperature, o->rate, o->time, &duration));
    control->temperature[0] = targets->temperature;
    control->temperature[1] = targets->temperature = o->temperature;
    control->steps = vt_stage_steps(stage, duration);
    return VT_OK;
}

const struct vt_stage_type vt_stage_quench = {
    "quench", "cool at a constant rate", sizeof(struct quench), params, VT_BAROSTAT_ISO, plan, NULL};
