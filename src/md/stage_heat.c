/* stage_heat.c: raise the temperature at a constant rate, as a calorimeter does. */
#include <math.h>

#include "core/units.h"
#include "md/stage.h"

struct heat {
    double to, rate, time;
};

static const struct vt_param params[] = {
    {"to", "K", VT_REAL, offsetof(struct heat, to), VT_REQUIRED, 1e-3, 1e5,
     "where the heating ends; it starts at `from: 77 K`, or where the last stage ended", NULL},
    {"rate", "K/s", VT_REAL, offsetof(struct heat, rate), VT_UNSET, 1e3, 1e17, "heating rate; or give time",
     NULL},
    {"time", "ps", VT_REAL, offsetof(struct heat, time), VT_UNSET, 1e-3, 1e12, "how long; or give rate",
     NULL},
    {0}};

/* `from` that is a number is a temperature, else the name of a saved state. */
static const struct vt_param from_temperature = {"from", "K", VT_REAL, 0, 300, 1e-3, 1e5, "", NULL};

static enum vt_status plan(const struct vt_stage *stage, struct vt_setpoints *targets,
                           struct vt_control *control)
{
    const struct heat *o = stage->options;
    double start = targets->temperature, duration;
    if (vt_units_is_quantity(stage->common.from))
        VT_TRY(vt_params_read_as(stage->node, "from", "heat", &from_temperature, &start));
    if (!(o->to > start))
        return VT_RAISE_AT(
            stage->node,
            "heat: key 'to': %g K is not above the %g K at which it starts: use hold, or quench "
            "to go down",
            o->to, start);
    VT_TRY(vt_stage_ramp_time(stage, o->to - start, o->rate, o->time, &duration));
    control->temperature[0] = start;
    control->temperature[1] = targets->temperature = o->to;
    control->steps = vt_stage_steps(stage, duration);
    return VT_OK;
}

const struct vt_stage_type vt_stage_heat = {
    "heat", "raise the temperature at a constant rate", sizeof(struct heat), params, VT_BAROSTAT_ISO, plan,
    NULL};
