/* stage_minimise.c: go to the nearest minimum of the potential energy at fixed cell (minimise.h). */
#include "core/log.h"
#include "md/minimise.h"
#include "md/stage.h"

struct minimise {
    double force;
    int64_t steps;
};

static const struct vt_param params[] = {
    {"force", "eV/A", VT_REAL, offsetof(struct minimise, force), 1e-3, 1e-10, 10,
     "stop when no force component is larger", NULL},
    {"steps", "1", VT_INT, offsetof(struct minimise, steps), 10000, 1, 1e9, "give up after so many", NULL},
    {0}};

static enum vt_status act(const struct vt_stage *stage, const struct vt_protocol *protocol,
                          struct vt_system *sys)
{
    const struct minimise *o = stage->options;
    bool converged;
    int64_t steps;
    (void)protocol;
    VT_TRY(vt_minimise(sys, &(struct vt_minimise){.force = o->force, .steps_max = o->steps, .step_max = 0.1},
                       &converged, &steps));
    if (!converged)
        vt_log(VT_LOG_WARNING, "minimise: a force is still above %g eV/angstrom after %lld steps", o->force,
               (long long)steps);
    return VT_OK;
}

const struct vt_stage_type vt_stage_minimise = {
    "minimise", "go to the nearest energy minimum", sizeof(struct minimise), params, VT_BAROSTAT_NONE, NULL,
    act};
