/* run.c: carry out a protocol, stage by stage.
 *
 *     stage -> plan -> steps: integrator <- forces <- neighbours
 *                        |-> timeline, looks of the sinks, progress line, checkpoint, signals
 *           -> end: sinks' datasets -> results.h5; saved state
 *
 * A checkpoint holds everything the next step needs, so a resumed run goes on with the same bits. */
#include "md/run.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "core/units.h"
#include "io/extxyz.h"
#include "io/lammps_data.h"
#include "io/results_file.h"
#include "md/checkpoint.h"
#include "md/eam_force.h"
#include "md/minimise.h"
#include "md/sampler.h"
#include "md/timeline.h"

/* ------------------------------------------------------------------------------------------- signals */

static volatile sig_atomic_t stop_signal;
static void note_signal(int number)
{
    stop_signal = number;
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = note_signal};
    stop_signal = 0;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
}

/* ---------------------------------------------------------------------------------------------- state */

/* One look of one sink, in steps of the stage. */
struct look {
    const struct vt_sink *sink;
    int index;
    struct vt_look want;
    int64_t every;
};

struct run {
    const struct vt_protocol *protocol;
    const struct vt_run_options *options;
    struct vt_run_sinks sinks;
    struct vt_system sys;
    struct vt_dynamics dynamics;
    struct vt_sampler sampler;
    struct vt_timeline timeline;
    struct vt_results *results;
    uint64_t protocol_hash;

    int stage; /* current, from 0 */
    struct vt_targets targets, targets_before;
    struct vt_control control;
    double origin_time, ramp_from[6];
    int64_t origin_step;
    int n_looks;
    struct look *look;

    double wall_before, wall_start, last_checkpoint;
    int64_t atom_steps; /* since wall_start, for the progress line */
};

static const char *folder_path(const struct run *run, char *text, size_t size, const char *format,
                               const char *name)
{
    int used = snprintf(text, size, "%s/", run->options->folder);
    snprintf(text + used, size - (size_t)used, format, name);
    return text;
}

static bool is_state_name(const struct vt_stage *stage)
{
    return stage->common.from[0] && !isdigit((unsigned char)stage->common.from[0]);
}

/* ------------------------------------------------------------------------------------------- results */

static enum vt_status note_run(struct run *run)
{
    struct vt_results *r = run->results;
    const struct vt_protocol *p = run->protocol;
    const struct vt_material *m = &p->material;
    char text[512] = "";
    size_t used = 0;
    for (int s = 0; s < m->n_species; s++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %.6g", s ? ", " : "",
                                 m->species[s].symbol, 100 * (double)m->species[s].count / (double)p->atoms);
    VT_TRY(vt_results_note(r, "", "composition", text));
    VT_TRY(vt_provenance_note(r, &run->sys.ranks));
    VT_TRY(vt_results_note(r, "", "title", p->title));
    VT_TRY(vt_results_note(r, "", "protocol", p->text));
    VT_TRY(vt_results_note(r, "", "potential", p->potential));
    snprintf(text, sizeof text, "%016llx", (unsigned long long)p->tables.checksum);
    VT_TRY(vt_results_note(r, "", "potential_checksum", text));
    snprintf(text, sizeof text, "%s %s %s", p->tables.comment[0], p->tables.comment[1], p->tables.comment[2]);
    VT_TRY(vt_results_note(r, "", "potential_note", text));
    snprintf(text, sizeof text, "%lld", (long long)p->seed);
    VT_TRY(vt_results_note(r, "", "seed", text));
    snprintf(text, sizeof text, "%lld", (long long)p->atoms);
    VT_TRY(vt_results_note(r, "", "atoms", text));
    return vt_results_note(r, "", "instruction_set", vt_eam_force_instruction_set(run->sys.potential));
}

/* Write results.h5 as it stands. Collective. */
static enum vt_status write_results(struct run *run, bool complete)
{
    enum vt_status st = VT_OK;
    if (run->sys.ranks.rank == 0) {
        char path[4096], wall[32];
        snprintf(wall, sizeof wall, "%.1f", run->wall_before + vt_clock() - run->wall_start);
        st = vt_timeline_write(&run->timeline, run->results);
        if (st == VT_OK) st = vt_results_note(run->results, "", "complete", complete ? "yes" : "no");
        if (st == VT_OK) st = vt_results_note(run->results, "", "wall_seconds", wall);
        if (st == VT_OK)
            st = vt_results_write(folder_path(run, path, sizeof path, "%s", "results.h5"), run->results);
    }
    return vt_agree(run->sys.ranks.comm, st);
}

static enum vt_status state_now(const struct run *run, int64_t k, struct vt_state *state)
{
    VT_TRY(vt_system_state(&run->sys, state));
    const struct vt_control *c = &run->control;
    if (c->thermostat != VT_THERMOSTAT_NONE) state->target_temperature = vt_control_temperature(c, k);
    if (c->barostat != VT_BAROSTAT_NONE)
        state->target_pressure =
            (vt_control_pressure(c, 0, k) + vt_control_pressure(c, 1, k) + vt_control_pressure(c, 2, k)) / 3;
    return VT_OK;
}

/* ---------------------------------------------------------------------------------------- checkpoints */

static enum vt_status write_state(struct run *run, const char *path, const char *former, int64_t stage_step,
                                  bool with_sinks)
{
    struct vt_saved s = {.stage = run->stage,
                         .stage_step = stage_step,
                         .targets = with_sinks ? run->targets_before : run->targets,
                         .origin_time = run->origin_time,
                         .origin_step = run->origin_step,
                         .dynamics = run->dynamics,
                         .protocol_hash = run->protocol_hash,
                         .potential_checksum = run->protocol->tables.checksum,
                         .wall_seconds = run->wall_before + vt_clock() - run->wall_start};
    memcpy(s.ramp_from, run->ramp_from, sizeof s.ramp_from);
    enum vt_status st = VT_OK;
    if (with_sinks) {
        VT_TRY(vt_agree(run->sys.ranks.comm, vt_alloc(&s.block, run->sinks.n)));
        s.n_blocks = run->sinks.n;
        for (int k = 0; k < run->sinks.n && st == VT_OK; k++)
            if (run->sinks.sink[k].save)
                st = vt_agree(run->sys.ranks.comm,
                              run->sinks.sink[k].save(run->sinks.sink[k].self, &run->sys.ranks,
                                                      &s.block[k].data, &s.block[k].bytes));
    }
    if (st == VT_OK) st = vt_checkpoint_write(path, former, &run->sys, &s);
    vt_saved_release(&s);
    return st;
}

/* Collective. */
static enum vt_status write_checkpoint(struct run *run, int64_t stage_step, bool with_sinks)
{
    char path[4096], former[4096];
    return write_state(run, folder_path(run, path, sizeof path, "%s", "checkpoint.h5"),
                       folder_path(run, former, sizeof former, "%s", "checkpoint.former.h5"), stage_step,
                       with_sinks);
}

/* A checkpoint of the running stage, with the results so far. Collective. */
static enum vt_status checkpoint(struct run *run, int64_t stage_step)
{
    VT_TRY(write_results(run, false));
    VT_TRY(write_checkpoint(run, stage_step, true));
    run->last_checkpoint = vt_clock();
    return VT_OK;
}

/* Give the sample its fixed parts: after it was made or read. */
static void furnish(struct run *run, struct vt_potential *potential)
{
    run->sys.potential = potential;
    run->sys.material = run->protocol->material;
    run->sys.seed = (uint64_t)run->protocol->seed;
    run->sys.skin = run->protocol->skin;
}

/* Make the sample that was read from path the running one, if it belongs to this run. fresh and saved are
 * empty after a failure. Local. */
static enum vt_status adopt(struct run *run, const char *path, struct vt_system *fresh,
                            struct vt_saved *saved)
{
    struct vt_potential *potential = run->sys.potential;
    enum vt_status st = VT_OK;
    if (saved->protocol_hash != run->protocol_hash)
        st = VT_RAISE(VT_EINPUT,
                      "'%s' belongs to another protocol: the protocol file was changed since; run it into "
                      "another folder (-o), or replace the run (--force)",
                      path);
    else if (saved->potential_checksum != run->protocol->tables.checksum)
        st = VT_RAISE(VT_EINPUT, "'%s' was made with other tables than '%s' holds now", path,
                      run->protocol->potential);
    if (st != VT_OK) {
        vt_system_release(fresh);
        vt_saved_release(saved);
        return st;
    }
    fresh->lists_made = run->sys.lists_made;
    vt_system_release(&run->sys);
    run->sys = *fresh;
    furnish(run, potential);
    return VT_OK;
}

/* Go on from a state that an earlier stage saved. Collective. */
static enum vt_status load_state(struct run *run, const char *path, struct vt_saved *saved)
{
    struct vt_system fresh = {.ranks = run->sys.ranks};
    enum vt_status st = vt_checkpoint_read(path, &fresh, saved);
    if (st == VT_OK) return adopt(run, path, &fresh, saved);
    vt_system_release(&fresh);
    return st;
}

/* --------------------------------------------------------------------------------------------- frames */

static enum vt_status show(struct run *run, const struct look *look, const struct vt_state *state,
                           bool inherent, const bool *due)
{
    double reach = 0;
    bool energies = false;
    for (int k = 0; k < run->n_looks; k++)
        if (due[k] && look[k].want.inherent == inherent) {
            reach = fmax(reach, look[k].want.reach);
            energies = energies || look[k].want.energies;
        }
    struct vt_frame frame;
    if (energies) VT_TRY(vt_system_forces(&run->sys, VT_PER_ATOM)); /* the same forces, bit for bit */
    VT_TRY(vt_sampler_frame(&run->sampler, &run->sys, state, reach, energies, &frame));
    frame.inherent = inherent;
    for (int k = 0; k < run->n_looks; k++)
        if (due[k] && look[k].want.inherent == inherent)
            VT_TRY(look[k].sink->frame(look[k].sink->self, look[k].index, &frame));
    return VT_OK;
}

/* Minimise a copy of the moment, show it, and put everything back. */
static enum vt_status show_inherent(struct run *run, const struct vt_state *state, const bool *due)
{
    struct vt_system *sys = &run->sys;
    struct vt_atoms keep = {0};
    bool converged;
    int64_t steps;
    enum vt_status st = vt_agree(sys->ranks.comm, vt_atoms_copy(&keep, &sys->atoms));
    if (st == VT_OK)
        st = vt_minimise(sys, &(struct vt_minimise){.force = 1e-3, .steps_max = 5000, .step_max = 0.1},
                         &converged, &steps);
    if (st == VT_OK && !converged)
        vt_log(VT_LOG_WARNING, "inherent structure at %.4g ps: forces not below 1 meV/A after %lld steps",
               state->time, (long long)steps);
    struct vt_state there = *state;
    if (st == VT_OK) {
        there.potential = sys->potential_energy;
        there.kinetic = 0; /* the temperature stays that of the moment the minimum belongs to */
        for (int q = 0; q < 6; q++) there.pressure[q] = sys->virial[q] / there.volume;
        st = show(run, run->look, &there, true, due);
    }
    /* Back to the moment: exact copies, so the run goes on as if nothing had happened. */
    enum vt_status back = vt_atoms_copy(&sys->atoms, &keep);
    vt_atoms_release(&keep);
    sys->list_valid = false;
    if (st == VT_OK) st = vt_agree(sys->ranks.comm, back);
    return st == VT_OK ? vt_system_forces(sys, VT_TOTALS) : st;
}

/* Which looks are due after step k of the stage? Returns how many. */
static int looks_due(const struct run *run, int64_t k, bool *due)
{
    int n = 0;
    for (int l = 0; l < run->n_looks; l++) {
        due[l] = run->look[l].every ? k % run->look[l].every == 0 : k == run->control.steps;
        due[l] = due[l] && (double)k * run->control.dt > run->look[l].want.skip - 1e-6;
        n += due[l];
    }
    return n;
}

static enum vt_status show_all(struct run *run, int64_t k, const bool *due)
{
    struct vt_state state;
    bool plain = false, inherent = false;
    for (int l = 0; l < run->n_looks; l++) {
        plain |= due[l] && !run->look[l].want.inherent;
        inherent |= due[l] && run->look[l].want.inherent;
    }
    VT_TRY(state_now(run, k, &state));
    if (plain) VT_TRY(show(run, run->look, &state, false, due));
    return inherent ? show_inherent(run, &state, due) : VT_OK;
}

/* ---------------------------------------------------------------------------------------------- stages */

static enum vt_status begin_sinks(struct run *run, const struct vt_stage *stage)
{
    char options[4096];
    const struct vt_params sets[] = {{stage->type->params, stage->options},
                                     {vt_stage_common_params, (void *)(uintptr_t)&stage->common}};
    vt_params_echo(sets, 2, options, sizeof options);
    const struct vt_stage_info info = {.index = run->stage + 1,
                                       .kind = stage->type->name,
                                       .branch = stage->branch,
                                       .save = stage->common.save,
                                       .label = stage->label,
                                       .options = options,
                                       .start = run->origin_time,
                                       .duration = (double)run->control.steps * run->control.dt,
                                       .dt = run->control.dt};
    char path[96], number[64];
    snprintf(path, sizeof path, "stages/%s", stage->label);
    VT_TRY(vt_results_note(run->results, path, "kind", info.kind));
    VT_TRY(vt_results_note(run->results, path, "branch", info.branch));
    VT_TRY(vt_results_note(run->results, path, "save", info.save));
    VT_TRY(vt_results_note(run->results, path, "options", options));
    snprintf(number, sizeof number, "%.17g", info.start);
    VT_TRY(vt_results_note(run->results, path, "start", number));
    snprintf(number, sizeof number, "%.17g", info.duration);
    VT_TRY(vt_results_note(run->results, path, "duration", number));

    run->n_looks = 0;
    for (int k = 0; k < run->sinks.n; k++) {
        const struct vt_sink *sink = &run->sinks.sink[k];
        const struct vt_look *looks = NULL;
        int n = 0;
        if (sink->begin)
            VT_TRY(vt_agree(run->sys.ranks.comm,
                            sink->begin(sink->self, &info, &run->sys.material, &n, &looks)));
        struct look *more = realloc(run->look, (size_t)(run->n_looks + n + 1) * sizeof *more);
        if (!more) return VT_RAISE(VT_EWORLD, "out of memory for %d looks", run->n_looks + n);
        run->look = more;
        for (int l = 0; l < n; l++) {
            int64_t every = looks[l].every > 0 ? llrint(looks[l].every / run->control.dt) : 0;
            if (looks[l].every > 0 && every < 1) every = 1;
            run->look[run->n_looks++] = (struct look){sink, l, looks[l], every};
        }
    }
    return VT_OK;
}

static enum vt_status end_sinks(struct run *run)
{
    for (int k = 0; k < run->sinks.n; k++) {
        const struct vt_sink *sink = &run->sinks.sink[k];
        if (sink->end) VT_TRY(vt_agree(run->sys.ranks.comm, sink->end(sink->self)));
        if (sink->harvest) VT_TRY(vt_agree(run->sys.ranks.comm, sink->harvest(sink->self, run->results)));
    }
    return VT_OK;
}

static void say_progress(struct run *run, const struct vt_stage *stage, int64_t k)
{
    double seconds = vt_clock() - run->wall_start, rate = (double)run->atom_steps / fmax(seconds, 1e-9);
    const struct vt_system *sys = &run->sys;
    double steps_per_second = rate / (double)sys->atoms.n_total;
    struct vt_state s;
    int64_t left = run->control.steps - k;
    for (int b = run->stage + 1; b < run->protocol->n_stages; b++) left += run->protocol->planned[b].steps;
    if (vt_system_state(sys, &s) != VT_OK) return;
    double eta = (double)left / fmax(steps_per_second, 1e-9);
    vt_progress(20,
                "%s %5.1f %%  %.2f ps  T %.0f K  P %.2f GPa  %.2f ns/day  %.3g atom-steps/s  %d:%02d left",
                stage->label, 100.0 * (double)k / (double)run->control.steps, sys->time, s.temperature,
                (s.pressure[0] + s.pressure[1] + s.pressure[2]) / 3 / VT_GPA,
                steps_per_second * run->control.dt * 86.4, rate, (int)(eta / 60), (int)eta % 60);
}

/* Did any rank get a signal? Asked every few steps. Collective. */
static enum vt_status stop_wanted(const struct run *run, int *number)
{
    *number = stop_signal;
    return vt_mpi(MPI_Allreduce(MPI_IN_PLACE, number, 1, MPI_INT, MPI_MAX, run->sys.ranks.comm));
}

/* Is a checkpoint due by the clock of rank 0? Collective. */
static enum vt_status checkpoint_due(const struct run *run, int *due)
{
    *due = vt_clock() - run->last_checkpoint > 1e-12 * run->protocol->checkpoint_every;
    return vt_mpi(MPI_Bcast(due, 1, MPI_INT, 0, run->sys.ranks.comm));
}

static enum vt_status row(struct run *run, int64_t k)
{
    struct vt_state state;
    VT_TRY(state_now(run, k, &state));
    if (!isfinite(state.potential) || !isfinite(state.kinetic))
        return VT_RAISE(VT_EPHYSICS, "at step %lld (%.4g ps) the energy is not a number",
                        (long long)state.step, state.time);
    if (run->sys.ranks.rank == 0)
        VT_TRY(vt_timeline_add(&run->timeline, &state, run->stage + 1, &run->sys.material));
    return VT_OK;
}

static enum vt_status steps(struct run *run, const struct vt_stage *stage, int64_t first)
{
    enum { ASK_EVERY = 20 };
    struct vt_system *sys = &run->sys;
    const struct vt_control *c = &run->control;
    int64_t every =
        run->protocol->timeline_every > 0 ? llrint(run->protocol->timeline_every / c->dt) : c->steps / 100;
    every = every < VT_COUPLE_EVERY ? VT_COUPLE_EVERY : every / VT_COUPLE_EVERY * VT_COUPLE_EVERY;
    bool *due;
    enum vt_status st = VT_OK;
    VT_TRY(vt_alloc(&due, run->n_looks));
    for (int64_t k = first; k < c->steps && st == VT_OK; k++) {
        int n_due = looks_due(run, k + 1, due);
        bool row_due = (k + 1) % every == 0 || k + 1 == c->steps;
        VT_TRY_GOTO(st, done, vt_dynamics_step(&run->dynamics, c, sys, k, n_due || row_due));
        sys->time = run->origin_time + (double)(k + 1) * c->dt; /* a product, not a sum: no drift */
        run->atom_steps += sys->atoms.n_total;
        if (row_due) VT_TRY_GOTO(st, done, row(run, k + 1));
        if (n_due) VT_TRY_GOTO(st, done, show_all(run, k + 1, due));
        if (row_due) say_progress(run, stage, k + 1);
        if ((k + 1) % ASK_EVERY && k + 1 != c->steps) continue;
        int signal_number, checkpoint_now;
        VT_TRY_GOTO(st, done, stop_wanted(run, &signal_number));
        if (signal_number) {
            VT_TRY_GOTO(st, done, checkpoint(run, k + 1));
            st = VT_RAISE(VT_ESTOP, "stopped by signal %d at %.4g ps (%s); go on with --resume",
                          signal_number, sys->time, stage->label);
            goto done;
        }
        VT_TRY_GOTO(st, done, checkpoint_due(run, &checkpoint_now));
        if (checkpoint_now) VT_TRY_GOTO(st, done, checkpoint(run, k + 1));
    }
done:
    free(due);
    return st;
}

/* The end of a stage under its name: a state file, and structures for other programs. */
static enum vt_status save_state(struct run *run, const struct vt_stage *stage)
{
    char path[4096];
    if (!stage->common.save[0]) return VT_OK;
    VT_TRY(write_state(run, folder_path(run, path, sizeof path, "state-%s.h5", stage->common.save), NULL, 0,
                       false));
    struct vt_state state;
    struct vt_frame frame;
    VT_TRY(vt_system_state(&run->sys, &state));
    VT_TRY(vt_sampler_frame(&run->sampler, &run->sys, &state, 0, false, &frame));
    if (run->protocol->structures & 1)
        VT_TRY(vt_extxyz_write(folder_path(run, path, sizeof path, "state-%s.xyz", stage->common.save),
                               &frame, true));
    if (run->protocol->structures & 2)
        VT_TRY(vt_lammps_data_write(folder_path(run, path, sizeof path, "state-%s.data", stage->common.save),
                                    &frame));
    return VT_OK;
}

static enum vt_status start_of_ramp(struct run *run)
{
    if (!run->control.ramp_pressure) return VT_OK;
    /* Shear stresses that no one controlled are let go from where they are. */
    struct vt_state state;
    VT_TRY(vt_system_state(&run->sys, &state));
    for (int q = 0; q < 6; q++) run->ramp_from[q] = q < 3 ? run->control.pressure[0][q] : state.pressure[q];
    return VT_OK;
}

/* One stage; first is the step to begin with (more than 0 after a resume, when blocks holds the sinks'
 * state). */
static enum vt_status run_stage(struct run *run, int64_t first, const struct vt_saved *resumed)
{
    const struct vt_stage *stage = &run->protocol->stage[run->stage];
    struct vt_system *sys = &run->sys;
    char path[4096];
    if (!resumed && is_state_name(stage)) {
        struct vt_saved saved;
        VT_TRY(
            load_state(run, folder_path(run, path, sizeof path, "state-%s.h5", stage->common.from), &saved));
        run->targets = saved.targets;
        vt_saved_release(&saved);
    }
    run->targets_before = run->targets;
    VT_TRY(vt_stage_plan(stage, &run->targets, &run->control));
    if (!resumed) {
        run->origin_time = sys->time;
        run->origin_step = sys->step;
    }
    VT_TRY(begin_sinks(run, stage));
    if (stage->type->act) {
        VT_TRY(stage->type->act(stage, run->protocol, sys));
        VT_TRY(row(run, 0));
        bool *due;
        VT_TRY(vt_alloc(&due, run->n_looks));
        /* Once, at the end; the sample as it was put together is of interest only to who asks for it. */
        bool looked_at = run->stage > 0 || stage->common.measure;
        for (int l = 0; l < run->n_looks; l++) due[l] = looked_at;
        enum vt_status st = run->n_looks && looked_at ? show_all(run, 0, due) : VT_OK;
        free(due);
        VT_TRY(st);
    } else {
        if (resumed) {
            run->dynamics = resumed->dynamics;
            memcpy(run->ramp_from, resumed->ramp_from, sizeof run->ramp_from);
            for (int k = 0; k < run->sinks.n && k < resumed->n_blocks; k++)
                if (run->sinks.sink[k].load)
                    VT_TRY(vt_agree(sys->ranks.comm,
                                    run->sinks.sink[k].load(run->sinks.sink[k].self, &sys->ranks,
                                                            resumed->block[k].data,
                                                            sys->ranks.rank ? 0 : resumed->block[k].bytes)));
            VT_TRY(vt_system_forces(sys, VT_TOTALS));
        } else {
            VT_TRY(vt_dynamics_begin(&run->dynamics, sys));
            VT_TRY(start_of_ramp(run));
            VT_TRY(row(run, 0));
        }
        if (run->control.ramp_pressure)
            memcpy(run->control.pressure[0], run->ramp_from, sizeof run->ramp_from);
        VT_TRY(vt_system_check_size(sys));
        VT_TRY(steps(run, stage, first));
    }
    VT_TRY(end_sinks(run));
    VT_TRY(save_state(run, stage));
    struct vt_state state;
    VT_TRY(vt_system_state(sys, &state));
    vt_log(VT_LOG_INFO, "%s%s%s%s: to %.4g ps, T %.1f K, P %.3f GPa, E_pot %.5f eV/atom, %.4f A^3/atom",
           stage->label, stage->branch[0] ? " (" : "", stage->branch, stage->branch[0] ? ")" : "", sys->time,
           state.temperature, (state.pressure[0] + state.pressure[1] + state.pressure[2]) / 3 / VT_GPA,
           state.potential / (double)sys->atoms.n_total, state.volume / (double)sys->atoms.n_total);
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ the whole */

static bool exists(const struct run *run, const char *name)
{
    char path[4096];
    return !access(folder_path(run, path, sizeof path, "%s", name), F_OK);
}

/* Read the newest checkpoint that is whole; *found is false if there is none at all. One that is whole but
 * does not belong here is not passed over: the former one does not belong here either. Collective. */
static enum vt_status find_checkpoint(struct run *run, struct vt_saved *saved, bool *found)
{
    static const char *const names[] = {"checkpoint.h5", "checkpoint.former.h5"};
    enum vt_status st = VT_OK;
    *found = false;
    for (int k = 0; k < 2; k++) {
        char path[4096];
        int there = run->sys.ranks.rank == 0 ? exists(run, names[k]) : 0;
        VT_TRY(vt_mpi(MPI_Bcast(&there, 1, MPI_INT, 0, run->sys.ranks.comm)));
        if (!there) continue;
        folder_path(run, path, sizeof path, "%s", names[k]);
        struct vt_system fresh = {.ranks = run->sys.ranks};
        st = vt_checkpoint_read(path, &fresh, saved);
        if (st == VT_OK) {
            VT_TRY(adopt(run, path, &fresh, saved));
            *found = true;
            break;
        }
        vt_system_release(&fresh);
        vt_log(VT_LOG_WARNING, "%s%s", vt_message(), k == 0 ? "; trying the former checkpoint" : "");
    }
    return st;
}

/* There are results but no checkpoint: may the run begin again? Only if it is the same one and has not ended.
 * Collective. */
static enum vt_status check_beginning(struct run *run)
{
    enum vt_status st = VT_OK;
    if (run->sys.ranks.rank == 0 && exists(run, "results.h5")) {
        char path[4096];
        struct vt_results old = {0};
        folder_path(run, path, sizeof path, "%s", "results.h5");
        st = vt_results_read(path, &old);
        const char *protocol = st == VT_OK ? vt_results_get_note(&old, "", "protocol") : NULL,
                   *complete = st == VT_OK ? vt_results_get_note(&old, "", "complete") : NULL;
        if (st == VT_OK &&
            (!protocol || strcmp(protocol, run->protocol->text) || !complete || !strcmp(complete, "yes")))
            st = VT_RAISE(VT_EINPUT,
                          "'%s' is of %s, and there is no checkpoint to go on from: run into another folder "
                          "(-o), or replace the run (--force)",
                          path,
                          protocol && !strcmp(protocol, run->protocol->text) ? "a complete run"
                                                                             : "another protocol");
        vt_results_release(&old);
    }
    return vt_agree(run->sys.ranks.comm, st);
}

/* Results of the stages that were done when the checkpoint was written; later ones are done again. */
static enum vt_status resume_results(struct run *run, const struct vt_saved *saved)
{
    enum vt_status st = VT_OK;
    if (run->sys.ranks.rank == 0) {
        char path[4096];
        st = vt_results_read(folder_path(run, path, sizeof path, "%s", "results.h5"), run->results);
        for (int k = (int)saved->stage; k < run->protocol->n_stages && st == VT_OK; k++) {
            snprintf(path, sizeof path, "stages/%s", run->protocol->stage[k].label);
            vt_results_remove(run->results, path);
        }
        if (st == VT_OK)
            st = vt_timeline_read(&run->timeline, run->results, (int)saved->stage + 1, run->sys.step);
    }
    return vt_agree(run->sys.ranks.comm, st);
}

static enum vt_status run_all(struct run *run)
{
    struct vt_saved saved = {0};
    bool resumed = false;
    enum vt_status st = VT_OK;
    if (run->options->resume) {
        VT_TRY_GOTO(st, done, find_checkpoint(run, &saved, &resumed));
        if (resumed) {
            VT_TRY_GOTO(st, done, resume_results(run, &saved));
            run->stage = (int)saved.stage;
            run->targets = saved.targets;
            run->origin_time = saved.origin_time;
            run->origin_step = saved.origin_step;
            run->wall_before = saved.wall_seconds;
            if (saved.stage >= run->protocol->n_stages) {
                vt_log(VT_LOG_INFO, "the run in %s is complete", run->options->folder);
                goto done;
            }
            vt_log(VT_LOG_INFO, "resuming at %.4g ps, %s", run->sys.time,
                   run->protocol->stage[run->stage].label);
        } else {
            VT_TRY_GOTO(st, done, check_beginning(run));
            vt_log(VT_LOG_INFO, "nothing to resume in %s: beginning", run->options->folder);
        }
    }
    VT_TRY_GOTO(st, done, note_run(run));
    for (; run->stage < run->protocol->n_stages; run->stage++) {
        VT_TRY_GOTO(st, done,
                    vt_prefix(run_stage(run, resumed ? saved.stage_step : 0, resumed ? &saved : NULL), "%s",
                              run->protocol->stage[run->stage].label));
        resumed = false;
        VT_TRY_GOTO(st, done, write_results(run, run->stage + 1 == run->protocol->n_stages));
    }
    /* A stage after the last one: --resume of a complete run finds that there is nothing to do. */
    VT_TRY_GOTO(st, done, write_checkpoint(run, 0, false));
done:
    vt_saved_release(&saved);
    return st;
}

enum vt_status vt_run(const struct vt_protocol *p, MPI_Comm comm, const struct vt_run_options *options,
                      struct vt_run_sinks sinks, struct vt_results *results)
{
    static const char *const sets[] = {NULL, "avx512", "avx2", "portable"};
    struct run run = {.protocol = p,
                      .options = options,
                      .sinks = sinks,
                      .results = results,
                      .targets = {.temperature = 300}};
    struct vt_potential *potential = NULL;
    enum vt_status st = VT_OK;
    struct vt_cell any = vt_cell_make(10, 10, 10, 0, 0, 0);
    vt_ranks_init(&run.sys.ranks, comm, &any);
    run.protocol_hash = vt_hash(VT_HASH_START, p->text, p->length);
    run.wall_start = run.last_checkpoint = vt_clock();
    VT_TRY(vt_run_check_folder(comm, options, false));
    VT_TRY_GOTO(st, done,
                vt_agree(comm, vt_eam_force_create(&potential, &p->tables, sets[p->instruction_set])));
    furnish(&run, potential);
    watch_signals();
    st = run_all(&run);
done:
    vt_system_release(&run.sys);
    vt_sampler_release(&run.sampler);
    vt_timeline_release(&run.timeline);
    free(run.look);
    if (potential) potential->destroy(potential);
    return st;
}
