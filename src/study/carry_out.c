/* carry_out.c: see carry_out.h. md runs, analysis measures, io writes the trajectory: here they meet. */
#include "study/carry_out.h"

#include "core/parallel.h"
#include "io/trajectory.h"
#include "study/measurements.h"

/* Read the measurements, see that they fit, and note what they need. Released by the caller, also after a
 * failure. */
static enum vt_status prepare(const struct vt_protocol *p, MPI_Comm comm, struct vt_measurements *measure,
                              struct vt_run_options *options)
{
    VT_TRY(vt_agree(comm, vt_measurements_init(measure, p)));
    VT_TRY(vt_agree(comm, vt_measurements_check(measure)));
    return vt_agree(comm, vt_measurements_needs(measure, &options->measure));
}

enum vt_status vt_carry_out(const struct vt_protocol *p, MPI_Comm comm, const struct vt_run_options *o,
                            struct vt_results *results)
{
    struct vt_measurements measure = {0};
    struct vt_trajectory *trajectory = NULL;
    struct vt_run_options options = *o;
    const struct vt_h5md_options format = {.single = p->trajectory_single,
                                           .velocities = p->trajectory_velocities};
    enum vt_status st;
    VT_TRY_GOTO(st, done, prepare(p, comm, &measure, &options));
    VT_TRY_GOTO(st, done, vt_run_check_memory(p, comm, &options));
    VT_TRY_GOTO(st, done,
                vt_agree(comm, vt_trajectory_create(&trajectory, options.folder, comm, p->trajectory_every,
                                                    &format, results)));
    const struct vt_sink sinks[] = {vt_measurements_sink(&measure), vt_trajectory_sink(trajectory)};
    st = vt_run(p, comm, &options, (struct vt_run_sinks){2, sinks}, results);
    enum vt_status closed = vt_trajectory_destroy(trajectory);
    if (st == VT_OK) st = closed;
done:
    vt_measurements_release(&measure);
    return st;
}

enum vt_status vt_carry_out_dry(const struct vt_protocol *p, MPI_Comm comm, const struct vt_run_options *o,
                                FILE *out)
{
    struct vt_measurements measure = {0};
    struct vt_run_options options = *o;
    enum vt_status st = prepare(p, comm, &measure, &options);
    if (st == VT_OK) st = vt_run_dry(p, comm, &options, out);
    vt_measurements_release(&measure);
    return st;
}

enum vt_status vt_carry_out_check(const struct vt_protocol *p, MPI_Comm comm)
{
    struct vt_measurements measure = {0};
    struct vt_run_options options = {0};
    enum vt_status st = prepare(p, comm, &measure, &options);
    if (st == VT_OK) st = vt_run_check_engine(p, comm);
    if (st == VT_OK) st = vt_run_check_memory(p, comm, &options);
    vt_measurements_release(&measure);
    return st;
}
