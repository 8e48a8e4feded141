/* stage_oscillate.c: shear that goes to and fro: mechanical spectroscopy.
 *
 *     gamma(t) = gamma_A sin(2 pi t / t_w)
 *
 * of a plane (as in stage_shear.c): planes normal to j slide along i. Cycles to be discarded come first, then
 * those that count. The cell keeps its other edges unless the protocol names a barostat; the thermostat acts
 * on peculiar velocities (dynamics.h). The strain is a function of the step number, so after each cycle the
 * cell is back. What is made of stress and strain is the moduli kernel's business: it hears of the wave by
 * vt_stage_info.
 *
 * References: Yu & Samwer, Phys. Rev. B 90, 144201 (2014); Yu, Richert & Samwer, Sci. Adv. 3, e1701577
 * (2017).
 */
#include <math.h>

#include "md/stage.h"

struct oscillate {
    int plane;
    double amplitude, period, temperature, error;
    int64_t cycles, discard, least;
};

#define AT(member) offsetof(struct oscillate, member)
static const struct vt_param params[] = {
    {"plane", "", VT_CHOICE, AT(plane), 0, 0, 0, "xy: planes normal to y slide along x", "xy|xz|yz"},
    {"amplitude", "%", VT_REAL, AT(amplitude), 1, 1e-4, 20,
     "shear strain at the turning points; 0.5 to 1.25 % is usual for glasses", NULL},
    {"period", "ps", VT_REAL, AT(period), VT_REQUIRED, 5, 1e5,
     "time of a cycle; rounded to a multiple of 20 time steps", NULL},
    {"cycles", "1", VT_INT, AT(cycles), 10, 1, VT_WAVE_CYCLES_MAX,
     "cycles that count; with `error` at most so many", NULL},
    {"discard", "1", VT_INT, AT(discard), 2, 1, 1e6, "cycles before them, for the sample to settle", NULL},
    {"error", "1", VT_REAL, AT(error), VT_UNSET, 1e-9, 1e3,
     "end after the cycle that brings the standard error of tan(delta) below this; needs `moduli` among the "
     "measurements",
     NULL},
    {"least", "1", VT_INT, AT(least), 4, 4, VT_WAVE_CYCLES_MAX,
     "with `error`: cycles that count at least, for an error needs a few to be known", NULL},
    {"temperature", "K", VT_REAL, AT(temperature), VT_UNSET, 1e-3, 1e5,
     "what the last stage ended with if not given", NULL},
    {0}};

/* Measurements divide the cycle: many numbers of frames must fit, and each fifth step is coupled. */
enum { DIVISOR = 4 * VT_COUPLE_EVERY };

static enum vt_status plan(const struct vt_stage *stage, struct vt_setpoints *targets, struct vt_control *c)
{
    const struct oscillate *o = stage->options;
    double steps = DIVISOR * fmax(2, rint(o->period / (DIVISOR * c->dt)));
    if (!isnan(o->error) && o->least > o->cycles)
        return VT_RAISE_AT(stage->node,
                           "oscillate: key 'least': %lld cycles at least are more than the %lld of 'cycles'",
                           (long long)o->least, (long long)o->cycles);
    if (isnan(o->error) && vt_params_given(stage->node, "least"))
        return VT_RAISE_AT(stage->node, "oscillate: key 'least': nothing would come of it without 'error'");
    if (!isnan(o->temperature)) targets->temperature = o->temperature;
    c->temperature[0] = c->temperature[1] = targets->temperature;
    c->wave = (struct vt_wave){.amplitude = o->amplitude,
                               .period = (int64_t)fmin(steps, 1e15),
                               .component = 3 + o->plane,
                               .discard = o->discard,
                               .cycles = o->cycles,
                               .least = o->least,
                               .error = isnan(o->error) ? 0 : o->error};
    c->controlled[3 + o->plane] = false; /* the driven tilt is not the barostat's */
    double all = (double)(o->discard + o->cycles) * steps;
    c->steps = all < 1e15 ? (int64_t)all : (int64_t)1e15; /* which vt_stage_plan refuses */
    return VT_OK;
}

const struct vt_stage_type vt_stage_oscillate = {"oscillate",
                                                 "shear to and fro at one period: mechanical spectroscopy",
                                                 sizeof(struct oscillate),
                                                 params,
                                                 VT_BAROSTAT_NONE,
                                                 plan,
                                                 NULL};
