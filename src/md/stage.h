/* stage.h: what a stage of a protocol is.
 *
 * A stage is one file stage_NAME.c with one descriptor, and one line in stages.def. Most only say how
 * temperature, pressure and flow go with time (plan); the step loop is run.c's. */
#ifndef VT_STAGE_H
#define VT_STAGE_H

#include "core/params.h"
#include "md/dynamics.h"

/* Options that every stage has. */
struct vt_stage_common {
    char from[VT_TEXT_SIZE], save[VT_TEXT_SIZE];
    double dt;
    int thermostat, barostat; /* barostat: 0 is the stage's own choice, then enum vt_barostat + 1 */
    double thermostat_time, barostat_time, bulk_modulus;
    double pressure, component[6];
    const struct vt_yaml *measure;
};
extern const struct vt_param vt_stage_common_params[];

/* Targets that the last stage left behind: where the next one starts. */
struct vt_setpoints {
    double temperature; /* K */
    double pressure[6]; /* eV/angstrom^3 */
};

struct vt_stage_type;
struct vt_stage {
    const struct vt_stage_type *type;
    struct vt_stage_common common;
    void *options;              /* of the type */
    const struct vt_yaml *node; /* its map in the protocol */
    struct vt_yaml no_options;  /* what node points to if the protocol gives none: an empty map with a line */
    char label[64];             /* "03-shear" */
    char branch[64];            /* "" for the main line */
};

/* Does the stage begin at a saved state? (`from` of heat may be a temperature.) */
bool vt_stage_begins_at_state(const struct vt_stage *stage);

struct vt_protocol;
struct vt_stage_type {
    const char *name, *help;
    size_t options_size;
    const struct vt_param *params;
    enum vt_barostat barostat; /* used when the protocol does not choose */
    /* Say what the stage asks of the motion; control comes with the common options filled in and targets held
     * constant, targets leave as the next stage finds them. May be NULL. */
    enum vt_status (*plan)(const struct vt_stage *stage, struct vt_setpoints *targets,
                           struct vt_control *control);
    /* For a stage that does not move in time: do it. Collective. */
    enum vt_status (*act)(const struct vt_stage *stage, const struct vt_protocol *protocol,
                          struct vt_system *sys);
};

/* All types, ended by NULL. */
extern const struct vt_stage_type *const vt_stage_types[];

/* The common part of planning: time step, couplings, targets held, then the type's plan. Fails with VT_EINPUT
 * at the stage's line. Local. */
enum vt_status vt_stage_plan(const struct vt_stage *stage, struct vt_setpoints *targets,
                             struct vt_control *control);

/* Helpers for plans. Steps for a duration [ps], more than vt_stage_plan takes if they are too many; the time
 * of a ramp given by rate or by time, exactly one of which the protocol must give. */
int64_t vt_stage_steps(const struct vt_stage *stage, double duration);
enum vt_status vt_stage_ramp_time(const struct vt_stage *stage, double change, double rate, double time,
                                  double *duration);

#endif
