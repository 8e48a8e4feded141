/* run.c: carry out a protocol, stage by stage.
 *
 *     stage -> plan -> steps: integrator <- forces <- neighbours
 *                        |-> timeline, looks of the sinks, progress line, checkpoint, signals
 *           -> end: sinks' datasets -> results.h5; saved state
 *
 * A checkpoint holds everything the next step needs, so a resumed run goes on with the same bits. */
#include "md/run.h"

#include <math.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "core/signals.h"
#include "core/units.h"
#include "md/eam_force.h"
#include "md/run_parts.h"

/* ---------------------------------------------------------------------------------------------- stages */

static void say_progress(struct vt_run *run, const struct vt_stage *stage, int64_t k)
{
    double seconds = vt_clock() - run->wall_start, rate = (double)run->atom_steps / fmax(seconds, 1e-9);
    const struct vt_system *sys = &run->sys;
    double steps_per_second = rate / (double)sys->atoms.n_total;
    struct vt_state s;
    int64_t left = run->control.steps - k;
    for (int b = run->stage + 1; b < run->protocol->n_stages; b++) left += run->protocol->planned[b].steps;
    if (run->options->tell) {
        run->options->tell(run->options->teller, run->atom_steps);
        return;
    }
    if (vt_system_state(sys, &s) != VT_OK) return;
    double eta = (double)left / fmax(steps_per_second, 1e-9);
    vt_progress(20,
                "%s %5.1f %%  %.2f ps  T %.0f K  P %.2f GPa  %.2f ns/day  %.3g atom-steps/s  %d:%02d left",
                stage->label, 100.0 * (double)k / (double)run->control.steps, sys->time, s.temperature,
                (s.pressure[0] + s.pressure[1] + s.pressure[2]) / 3 / VT_GPA,
                steps_per_second * run->control.dt * 86.4, rate, (int)(eta / 60), (int)eta % 60);
}

/* What all ranks ask each other now and then. */
struct answer {
    int signal;     /* that any rank got */
    int checkpoint; /* is one due, by the clock of rank 0? */
    int again_in;   /* steps: ask again about four times a second, by the clock of rank 0 */
};

/* The last question was a number of steps ago, when the clock said asked. Collective. */
static enum vt_status ask(const struct vt_run *run, int64_t steps, double *asked, struct answer *answer)
{
    double now = vt_clock(), per_step = (now - *asked) / (double)(steps > 0 ? steps : 1);
    *answer = (struct answer){.signal = vt_signals_seen()};
    if (run->sys.ranks.rank == 0) {
        answer->checkpoint = now - run->last_checkpoint > 1e-12 * run->protocol->checkpoint_every;
        answer->again_in = (int)fmax(1, fmin(20, 0.25 / fmax(per_step, 1e-9)));
    }
    *asked = now;
    return vt_mpi(MPI_Allreduce(MPI_IN_PLACE, answer, 3, MPI_INT, MPI_MAX, run->sys.ranks.comm));
}

/* A signal came: leave with a checkpoint after step k. Collective. */
static enum vt_status stop(struct vt_run *run, const struct vt_stage *stage, int64_t k)
{
    int number = vt_signals_seen();
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_INT, MPI_MAX, run->sys.ranks.comm)));
    VT_TRY(vt_run_checkpoint(run, k));
    return VT_RAISE(VT_ESTOP, "stopped by signal %d at %.4g ps (%s); go on with --resume", number,
                    run->sys.time, stage->label);
}

/* Let those look that are due after step k. A look that a signal cut short is kept for the resumed run.
 * Collective. */
static enum vt_status look(struct vt_run *run, const struct vt_stage *stage, int64_t k, const bool *due)
{
    enum vt_status st = vt_run_show(run, k, due);
    run->look_pending = st == VT_ESTOP;
    return st == VT_ESTOP ? stop(run, stage, k) : st;
}

static enum vt_status row(struct vt_run *run, int64_t k)
{
    struct vt_state state;
    VT_TRY(vt_run_state(run, k, &state));
    if (!isfinite(state.potential) || !isfinite(state.kinetic))
        return VT_RAISE(VT_EPHYSICS, "at step %lld (%.4g ps) the energy is not a number",
                        (long long)state.step, state.time);
    enum vt_status st = VT_OK;
    if (run->sys.ranks.rank == 0)
        st = vt_timeline_add(&run->timeline, &state, run->stage + 1, &run->sys.material);
    return vt_agree(run->sys.ranks.comm, st);
}

/* How fast a stage went and where the time was spent, on rank 0; for one of more than half a second. */
static void say_speed(const struct vt_run *run, const struct vt_stage *stage, int64_t steps_done, double wall,
                      const struct vt_timers *before, const struct vt_halo *halo_before)
{
    static const char *const names[VT_PHASES] = {"pairs", "lists", "messages", "looks"};
    const struct vt_system *sys = &run->sys;
    char shares[128] = "", sent[96] = "";
    double rest = 100, messages = (double)(sys->halo.messages - halo_before->messages),
           bytes = 8 * (double)(sys->halo.doubles - halo_before->doubles);
    if (wall < 0.5 || run->options->tell) return;
    for (int p = 0, used = 0; p < VT_PHASES; p++) {
        double share = 100 * (sys->timers.seconds[p] - before->seconds[p]) / wall;
        used += snprintf(shares + used, sizeof shares - (size_t)used, "%s %.1f %%, ", names[p], share);
        rest -= share;
    }
    if (messages > 0)
        snprintf(sent, sizeof sent, "; %.1f messages of %.1f kB a step and rank",
                 messages / (double)steps_done, bytes / messages / 1e3);
    vt_log(VT_LOG_INFO, "%s: %lld steps in %.3f s, %.1f ns an atom and step: %srest %.1f %%%s", stage->label,
           (long long)steps_done, wall, 1e9 * wall / (double)steps_done / (double)sys->atoms.n_total, shares,
           rest, sent);
}

static enum vt_status steps(struct vt_run *run, const struct vt_stage *stage, int64_t first)
{
    struct vt_system *sys = &run->sys;
    const struct vt_control *c = &run->control;
    int64_t every =
        run->protocol->timeline_every > 0 ? llrint(run->protocol->timeline_every / c->dt) : c->steps / 100;
    every = every < VT_COUPLE_EVERY ? VT_COUPLE_EVERY : every / VT_COUPLE_EVERY * VT_COUPLE_EVERY;
    bool *due;
    enum vt_status st = VT_OK;
    VT_TRY(vt_agree(sys->ranks.comm, vt_alloc(&due, run->n_looks)));
    if (first > 0) VT_TRY_GOTO(st, done, vt_run_judge(run, stage, first)); /* the answer of before */
    if (run->look_pending) {
        vt_run_looks_due(run, first, due);
        VT_TRY_GOTO(st, done, look(run, stage, first, due));
    }
    int64_t last_asked = first, ask_at = first + 1;
    double asked = vt_clock(), began = asked;
    struct vt_timers before = sys->timers;
    struct vt_halo halo_before = sys->halo;
    for (int64_t k = first; k < c->steps && st == VT_OK; k++) {
        int n_due = vt_run_looks_due(run, k + 1, due);
        bool cycle_end = c->wave.period && (k + 1) % c->wave.period == 0;
        bool row_due = (k + 1) % every == 0 || k + 1 == c->steps;
        VT_TRY_GOTO(st, done, vt_dynamics_step(&run->dynamics, c, sys, k, n_due || row_due || cycle_end));
        sys->time = run->origin_time + (double)(k + 1) * c->dt; /* a product, not a sum: no drift */
        run->atom_steps += sys->atoms.n_total;
        if (cycle_end) {
            VT_TRY_GOTO(st, done, vt_run_judge(run, stage, k + 1));
            n_due = vt_run_looks_due(run, k + 1, due);
            row_due = row_due || k + 1 == c->steps;
        }
        if (row_due) VT_TRY_GOTO(st, done, row(run, k + 1));
        if (n_due) {
            /* What a look at the minimum spends on forces is its own time. */
            struct vt_timers now = sys->timers;
            int64_t messages = sys->halo.messages, doubles = sys->halo.doubles;
            double since = vt_clock();
            VT_TRY_GOTO(st, done, look(run, stage, k + 1, due));
            sys->timers = now;
            sys->halo.messages = messages, sys->halo.doubles = doubles;
            vt_timers_book(&sys->timers, VT_PHASE_LOOKS, since);
        }
        if (row_due) say_progress(run, stage, k + 1);
        if (k + 1 < ask_at && k + 1 != c->steps) continue;
        struct answer answer;
        VT_TRY_GOTO(st, done, ask(run, k + 1 - last_asked, &asked, &answer));
        last_asked = k + 1;
        ask_at = k + 1 + answer.again_in;
        if (answer.signal) VT_TRY_GOTO(st, done, stop(run, stage, k + 1));
        if (answer.checkpoint) VT_TRY_GOTO(st, done, vt_run_checkpoint(run, k + 1));
    }
    say_speed(run, stage, c->steps - first, vt_clock() - began, &before, &halo_before);
done:
    free(due);
    return st;
}

static enum vt_status start_of_ramp(struct vt_run *run)
{
    if (!run->control.ramp_pressure) return VT_OK;
    /* Shear stresses that no one controlled are let go from where they are. */
    struct vt_state state;
    VT_TRY(vt_system_state(&run->sys, &state));
    for (int q = 0; q < 6; q++) run->ramp_from[q] = q < 3 ? run->control.pressure[0][q] : state.pressure[q];
    return VT_OK;
}

/* Give the sinks back what they had gathered. */
static enum vt_status load_sinks(struct vt_run *run, const struct vt_saved *resumed)
{
    for (int k = 0; k < run->sinks.n && k < resumed->n_sinks; k++) {
        const struct vt_sink *sink = &run->sinks.sink[k];
        struct vt_kept kept = resumed->kept[k];
        if (run->sys.ranks.rank) kept.bytes = 0;
        if (sink->load) VT_TRY(vt_agree(run->sys.ranks.comm, sink->load(sink->self, &run->sys.ranks, &kept)));
    }
    return VT_OK;
}

/* A stage that does not move in time. Stopped in the middle it is done again from its start, of which there
 * is a checkpoint, unless there was no sample yet. */
static enum vt_status act(struct vt_run *run, const struct vt_stage *stage)
{
    struct vt_system *sys = &run->sys;
    bool *due;
    if (sys->atoms.n_total) VT_TRY(vt_run_checkpoint(run, 0));
    VT_TRY(vt_agree(sys->ranks.comm, vt_alloc(&due, run->n_looks)));
    /* Once, at the end; the sample as it was put together is of interest only to who asks for it. */
    bool looked_at = run->stage > 0 || stage->common.measure;
    for (int l = 0; l < run->n_looks; l++) due[l] = looked_at;
    enum vt_status st = stage->type->act(stage, run->protocol, sys);
    if (st == VT_OK) st = row(run, 0);
    if (st == VT_OK && run->n_looks && looked_at) st = vt_run_show(run, 0, due);
    free(due);
    if (st != VT_ESTOP) return st;
    return VT_RAISE(VT_ESTOP, "stopped by a signal in %s, which begins again with --resume", stage->label);
}

static enum vt_status wake(struct vt_run *run, const struct vt_stage *stage)
{
    bool drawn;
    VT_TRY(vt_dynamics_wake(&run->control, &run->sys, &drawn));
    if (drawn)
        vt_log(VT_LOG_INFO, "%s: the sample was at rest: velocities drawn at %g K", stage->label,
               vt_control_temperature(&run->control, 0));
    return VT_OK;
}

/* One stage; first is the step to begin with (more than 0 after a resume, when blocks holds the sinks'
 * state). */
static enum vt_status run_stage(struct vt_run *run, int64_t first, const struct vt_saved *resumed)
{
    const struct vt_stage *stage = &run->protocol->stage[run->stage];
    struct vt_system *sys = &run->sys;
    if (!resumed && vt_stage_begins_at_state(stage)) {
        struct vt_saved saved;
        VT_TRY(vt_run_load_state(run, stage->common.from, &saved));
        run->targets = saved.targets;
        vt_saved_release(&saved);
    }
    run->targets_before = run->targets;
    VT_TRY(vt_stage_plan(stage, &run->targets, &run->control));
    if (!resumed) run->origin_time = sys->time;
    VT_TRY(vt_run_begin_sinks(run, stage));
    if (resumed) VT_TRY(load_sinks(run, resumed));
    run->look_pending = resumed && resumed->look_pending;
    if (stage->type->act)
        VT_TRY(act(run, stage));
    else {
        if (resumed) {
            run->dynamics = resumed->dynamics;
            memcpy(run->ramp_from, resumed->ramp_from, sizeof run->ramp_from);
            VT_TRY(vt_system_forces(sys, VT_TOTALS));
        } else {
            VT_TRY(wake(run, stage));
            VT_TRY(vt_dynamics_begin(&run->dynamics, sys));
            VT_TRY(start_of_ramp(run));
            VT_TRY(row(run, 0));
        }
        if (run->control.ramp_pressure)
            memcpy(run->control.pressure[0], run->ramp_from, sizeof run->ramp_from);
        const struct vt_wave *w = &run->control.wave;
        if (w->period)
            vt_log(VT_LOG_INFO, "%s: strain +-%g %%, period %.6g ps (%lld steps), %lld + %s%lld cycles",
                   stage->label, 100 * w->amplitude, (double)w->period * run->control.dt,
                   (long long)w->period, (long long)w->discard, w->error > 0 ? "up to " : "",
                   (long long)w->cycles);
        VT_TRY(vt_system_check_size(sys));
        /* Whatever ends the stage early, the stages before it are safe. */
        if (!resumed) VT_TRY(vt_run_checkpoint(run, 0));
        VT_TRY(steps(run, stage, first));
    }
    VT_TRY(vt_run_end_sinks(run));
    VT_TRY(vt_run_save_state(run, stage));
    struct vt_state state;
    VT_TRY(vt_system_state(sys, &state));
    vt_log(VT_LOG_INFO, "%s%s%s%s: to %.4g ps, T %.1f K, P %.3f GPa, E_pot %.5f eV/atom, %.4f A^3/atom",
           stage->label, stage->branch[0] ? " (" : "", stage->branch, stage->branch[0] ? ")" : "", sys->time,
           state.temperature, (state.pressure[0] + state.pressure[1] + state.pressure[2]) / 3 / VT_GPA,
           state.potential / (double)sys->atoms.n_total, state.volume / (double)sys->atoms.n_total);
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ the whole */

static enum vt_status run_all(struct vt_run *run)
{
    struct vt_saved saved = {0};
    bool resumed = false;
    enum vt_status st = VT_OK;
    if (run->options->resume) {
        VT_TRY_GOTO(st, done, vt_run_find_checkpoint(run, &saved, &resumed));
        if (resumed) {
            VT_TRY_GOTO(st, done, vt_run_resume_results(run, &saved));
            run->stage = (int)saved.stage;
            run->targets = saved.targets;
            run->origin_time = saved.origin_time;
            run->wall_before = saved.wall_seconds;
            if (saved.stage >= run->protocol->n_stages) {
                vt_log(VT_LOG_INFO, "the run in %s is complete", run->options->folder);
                goto done;
            }
            vt_log(VT_LOG_INFO, "resuming at %.4g ps, %s", run->sys.time,
                   run->protocol->stage[run->stage].label);
        } else {
            VT_TRY_GOTO(st, done, vt_run_check_beginning(run));
            vt_log(VT_LOG_INFO, "nothing to resume in %s: beginning", run->options->folder);
        }
    }
    VT_TRY_GOTO(st, done, vt_agree(run->sys.ranks.comm, vt_run_note(run)));
    for (; run->stage < run->protocol->n_stages; run->stage++) {
        VT_TRY_GOTO(st, done,
                    vt_prefix(run_stage(run, resumed ? saved.stage_step : 0, resumed ? &saved : NULL), "%s",
                              run->protocol->stage[run->stage].label));
        resumed = false;
        VT_TRY_GOTO(st, done, vt_run_write_results(run, run->stage + 1 == run->protocol->n_stages));
    }
    /* A stage after the last one: --resume of a complete run finds that there is nothing to do. */
    VT_TRY_GOTO(st, done, vt_run_write_checkpoint(run, 0, false));
done:
    vt_saved_release(&saved);
    return st;
}

static enum vt_status make_potential(const struct vt_protocol *p, MPI_Comm comm, struct vt_potential **out)
{
    static const char *const sets[] = {NULL, "avx512", "avx2", "portable"};
    *out = NULL;
    return vt_agree(comm, vt_eam_force_create(out, &p->tables, sets[p->instruction_set]));
}

enum vt_status vt_run_check_engine(const struct vt_protocol *p, MPI_Comm comm)
{
    struct vt_potential *potential;
    enum vt_status st = make_potential(p, comm, &potential);
    if (potential) potential->destroy(potential);
    return st;
}

enum vt_status vt_run(const struct vt_protocol *p, MPI_Comm comm, const struct vt_run_options *options,
                      struct vt_run_sinks sinks, struct vt_results *results)
{
    struct vt_run run = {.protocol = p,
                         .options = options,
                         .sinks = sinks,
                         .results = results,
                         .targets = {.temperature = 300}};
    struct vt_potential *potential = NULL;
    enum vt_status st = VT_OK;
    struct vt_cell any = vt_cell_make(10, 10, 10, 0, 0, 0);
    vt_ranks_init(&run.sys.ranks, comm, &any);
    run.protocol_hash = vt_hash(VT_HASH_START, p->text, p->length);
    if (p->file || p->state)
        run.protocol_hash = vt_hash(run.protocol_hash, &p->file_checksum, sizeof p->file_checksum);
    run.wall_start = run.last_checkpoint = vt_clock();
    VT_TRY_GOTO(st, done,
                make_potential(p, comm, &potential)); /* before a former run is removed for nothing */
    VT_TRY_GOTO(st, done, vt_run_check_folder(comm, options, false));
    vt_run_furnish(&run, potential);
    if (!options->watched) vt_signals_watch();
    st = run_all(&run);
done:
    vt_system_release(&run.sys);
    vt_sampler_release(&run.sampler);
    vt_timeline_release(&run.timeline);
    free(run.look);
    if (potential) potential->destroy(potential);
    return st;
}
