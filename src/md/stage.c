/* stage.c: the list of stages, and what they have in common. */
#include "md/stage.h"

#include <math.h>
#include <string.h>

#include "core/units.h"

#define VT_STAGE(name) extern const struct vt_stage_type vt_stage_##name;
#include "md/stages.def"
#undef VT_STAGE
const struct vt_stage_type *const vt_stage_types[] = {
#define VT_STAGE(name) &vt_stage_##name,
#include "md/stages.def"
#undef VT_STAGE
    NULL};

#define AT(member) offsetof(struct vt_stage_common, member)
const struct vt_param vt_stage_common_params[] = {
    {"from", "", VT_TEXT, AT(from), 0, 0, 0, "start from the state saved under this name: a branch", ""},
    {"save", "", VT_TEXT, AT(save), 0, 0, 0,
     "save the end of the stage under this name: a letter, then letters, digits, - _ .; at most 40", ""},
    {"dt", "fs", VT_REAL, AT(dt), 2, 0.001, 20, "time step", NULL},
    {"thermostat", "", VT_CHOICE, AT(thermostat), 1, 0, 0,
     "rescale: stochastic velocity rescaling; none: NVE or NPH", "none|rescale|nose-hoover|langevin"},
    {"thermostat_time", "ps", VT_REAL, AT(thermostat_time), 0.1, 1e-3, 1e3,
     "relaxation time of the thermostat", NULL},
    {"barostat", "", VT_CHOICE, AT(barostat), 0, 0, 0,
     "which parts of the cell move: all edges together, each edge, edges and tilts; auto: what suits the "
     "stage",
     "auto|none|iso|ortho|tri"},
    {"barostat_time", "ps", VT_REAL, AT(barostat_time), 0.5, 1e-2, 1e3, "relaxation time of the barostat",
     NULL},
    {"bulk_modulus", "GPa", VT_REAL, AT(bulk_modulus), 100, 1, 1000,
     "stiffness that the barostat assumes; wrong by a factor, its time is wrong by that factor", NULL},
    {"pressure", "GPa", VT_REAL, AT(pressure), VT_UNSET, -100, 1000,
     "pressure; what the last stage had if not given", NULL},
    {"pressure_xx", "GPa", VT_REAL, AT(component[0]), VT_UNSET, -100, 1000,
     "xx component, if it differs (compression positive)", NULL},
    {"pressure_yy", "GPa", VT_REAL, AT(component[1]), VT_UNSET, -100, 1000, "yy component, if it differs",
     NULL},
    {"pressure_zz", "GPa", VT_REAL, AT(component[2]), VT_UNSET, -100, 1000, "zz component, if it differs",
     NULL},
    {"pressure_xy", "GPa", VT_REAL, AT(component[3]), VT_UNSET, -100, 1000,
     "xy component (needs barostat: tri)", NULL},
    {"pressure_xz", "GPa", VT_REAL, AT(component[4]), VT_UNSET, -100, 1000,
     "xz component (needs barostat: tri)", NULL},
    {"pressure_yz", "GPa", VT_REAL, AT(component[5]), VT_UNSET, -100, 1000,
     "yz component (needs barostat: tri)", NULL},
    {"measure", "", VT_NODE, AT(measure), 0, 0, 0,
     "measure this instead of the protocol's own list; [] for nothing", "[{pdf: {r_max: 10 A}}]"},
    {0}};

static const int64_t steps_max = INT64_C(1000000000000);

/* Compared before the cast: beyond 2^63 a cast gives anything. */
int64_t vt_stage_steps(const struct vt_stage *stage, double duration)
{
    double steps = ceil(duration / stage->common.dt - 1e-9);
    if (!(steps <= (double)steps_max)) return steps_max + 1;
    return steps < 1 ? 1 : (int64_t)steps;
}

bool vt_stage_begins_at_state(const struct vt_stage *stage)
{
    return stage->common.from[0] && !vt_units_is_quantity(stage->common.from);
}

static enum vt_status refuse(const struct vt_stage *stage, const char *text)
{
    return VT_RAISE_AT(stage->node, "%s: %s", stage->type->name, text);
}

/* At the line of a key. */
static enum vt_status refuse_key(const struct vt_stage *stage, const char *key, const char *text)
{
    int line = stage->node->line;
    for (int k = 0; k < stage->node->n; k++)
        if (!strcmp(stage->node->key[k], key)) line = stage->node->key_line[k];
    return vt_yaml_raise(__FILE__, __LINE__, stage->node->file, line, "%s: key '%s': %s", stage->type->name,
                         key, text);
}

static const char *const thermostat_keys[] = {"thermostat_time", "temperature", NULL},
                         *const barostat_keys[] = {"barostat_time", "bulk_modulus",
                                                   "pressure",      "pressure_xx",
                                                   "pressure_yy",   "pressure_zz",
                                                   "pressure_xy",   "pressure_xz",
                                                   "pressure_yz",   NULL},
                         *const motion_keys[] = {"dt", "thermostat", "thermostat_time", "barostat", NULL};

static enum vt_status refuse_given(const struct vt_stage *stage, const char *const *keys, const char *text)
{
    for (; *keys; keys++)
        if (vt_params_given(stage->node, *keys)) return refuse_key(stage, *keys, text);
    return VT_OK;
}

/* What is given must be used: before the pressure is planned. */
static enum vt_status check_keys(const struct vt_stage *stage, const struct vt_control *c)
{
    if (stage->type->act) {
        static const char still[] = "the stage does not move in time, so nothing would come of it";
        VT_TRY(refuse_given(stage, motion_keys, still));
        return refuse_given(stage, barostat_keys, still);
    }
    if (c->thermostat == VT_THERMOSTAT_NONE)
        VT_TRY(refuse_given(stage, thermostat_keys,
                            "nothing would come of it with 'thermostat: none'; leave one of them out"));
    if (c->barostat == VT_BAROSTAT_NONE)
        VT_TRY(refuse_given(stage, barostat_keys,
                            "nothing would come of it with 'barostat: none'; leave one of them out"));
    return VT_OK;
}

/* What is planned must be possible: what thermostat and barostat are to do, they are there for. */
static enum vt_status check_plan(const struct vt_stage *stage, const struct vt_setpoints *before,
                                 const struct vt_control *c)
{
    if (c->thermostat == VT_THERMOSTAT_NONE &&
        (c->temperature[0] != before->temperature || c->temperature[1] != before->temperature))
        return refuse_key(stage, "thermostat", "the stage changes the temperature, which 'none' cannot do");
    if (c->barostat == VT_BAROSTAT_NONE && c->ramp_pressure)
        return refuse_key(stage, "barostat", "the stage changes the pressure, which 'none' cannot do");
    for (int q = 0; q < 6; q++)
        if (!isnan(stage->common.component[q]) && !c->controlled[q])
            return refuse_key(stage, barostat_keys[3 + q],
                              "the stage drives this strain itself, so its stress cannot be chosen");
    return VT_OK;
}

enum vt_status vt_stage_ramp_time(const struct vt_stage *stage, double change, double rate, double time,
                                  double *duration)
{
    if (isnan(rate) == isnan(time)) return refuse(stage, "give either 'rate' or 'time'");
    *duration = isnan(rate) ? time : fabs(change) / rate;
    return VT_OK;
}

/* Pressure targets: the common one, then single components; both hold from the first step on. */
static enum vt_status plan_pressure(const struct vt_stage *stage, struct vt_setpoints *targets,
                                    struct vt_control *c)
{
    const struct vt_stage_common *o = &stage->common;
    if (!isnan(o->pressure))
        for (int q = 0; q < 6; q++) targets->pressure[q] = q < 3 ? o->pressure : 0;
    for (int q = 0; q < 6; q++) {
        if (isnan(o->component[q])) continue;
        if (c->barostat == VT_BAROSTAT_NONE || c->barostat == VT_BAROSTAT_ISO ||
            (q > 2 && c->barostat != VT_BAROSTAT_TRI))
            return refuse(stage, q > 2
                                     ? "a shear component of the pressure needs 'barostat: tri'"
                                     : "a single component of the pressure needs 'barostat: ortho' or 'tri'");
        targets->pressure[q] = o->component[q];
    }
    for (int end = 0; end < 2; end++) memcpy(c->pressure[end], targets->pressure, sizeof targets->pressure);
    for (int q = 0; q < 6; q++)
        c->controlled[q] = c->barostat == VT_BAROSTAT_TRI || (c->barostat != VT_BAROSTAT_NONE && q < 3);
    return VT_OK;
}

enum vt_status vt_stage_plan(const struct vt_stage *stage, struct vt_setpoints *targets, struct vt_control *c)
{
    const struct vt_stage_common *o = &stage->common;
    *c = (struct vt_control){.dt = o->dt,
                             .thermostat = (enum vt_thermostat)o->thermostat,
                             .thermostat_time = o->thermostat_time,
                             .barostat_time = o->barostat_time,
                             .compressibility = 1 / o->bulk_modulus,
                             .temperature = {targets->temperature, targets->temperature}};
    struct vt_setpoints before = *targets;
    c->barostat = o->barostat ? (enum vt_barostat)(o->barostat - 1) : stage->type->barostat;
    VT_TRY(check_keys(stage, c));
    VT_TRY(plan_pressure(stage, targets, c));
    if (!stage->type->plan) return VT_OK;
    VT_TRY(stage->type->plan(stage, targets, c));
    if (!stage->type->act) VT_TRY(check_plan(stage, &before, c));
    if (c->ramp_pressure) memcpy(c->pressure[0], before.pressure, sizeof before.pressure);
    if (c->steps > steps_max)
        return refuse(stage, "more than 1e12 time steps: a shorter time or a faster rate is due");
    return VT_OK;
}
