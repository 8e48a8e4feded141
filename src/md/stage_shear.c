/* stage_shear.c: simple shear at a constant rate, the core of high-pressure torsion.
 *
 * Plane ij means that planes normal to j slide along i: u_i = rate x_j. The tilt of the cell grows and flips
 * by whole edges; the barostat (by default on each edge) keeps the normal stresses; the thermostat acts on
 * peculiar velocities (dynamics.h), so it does not damp the flow. */
#include <math.h>

#include "md/stage.h"

struct shear {
    int plane;
    double rate, strain, temperature;
};

static const struct vt_param params[] = {{"plane", "", VT_CHOICE, offsetof(struct shear, plane), 0, 0, 0,
                                          "xy: planes normal to y slide along x", "xy|xz|yz"},
                                         {"rate", "/s", VT_REAL, offsetof(struct shear, rate), VT_REQUIRED,
                                          -1e13, 1e13, "shear rate; negative: the other way", NULL},
                                         {"strain", "1", VT_REAL, offsetof(struct shear, strain), VT_REQUIRED,
                                          1e-9, 1e6, "accumulated shear strain", NULL},
                                         {"temperature", "K", VT_REAL, offsetof(struct shear, temperature),
                                          VT_UNSET, 1e-3, 1e5, "what the last stage ended with if not given",
                                          NULL},
                                         {0}};

static enum vt_status plan(const struct vt_stage *stage, struct vt_setpoints *targets,
                           struct vt_control *control)
{
    static const int along[3] = {0, 0, 1}, normal[3] = {1, 2, 2};
    const struct shear *o = stage->options;
    if (o->rate == 0) return VT_RAISE_AT(stage->node, "shear: key 'rate': 0 gives no strain");
    if (!isnan(o->temperature)) targets->temperature = o->temperature;
    control->temperature[0] = control->temperature[1] = targets->temperature;
    control->flow[normal[o->plane]][along[o->plane]] = o->rate;
    control->shear_plane = 3 + o->plane;
    control->controlled[3 + o->plane] = false; /* the driven tilt is not the barostat's */
    control->steps = vt_stage_steps(stage, o->strain / fabs(o->rate));
    return VT_OK;
}

const struct vt_stage_type vt_stage_shear = {
    "shear", "simple shear at a constant rate", sizeof(struct shear), params, VT_BAROSTAT_ORTHO, plan, NULL};
