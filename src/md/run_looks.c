/* run_looks.c: the sinks of a run: which of them looks when, and what it is shown. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "md/minimise.h"
#include "md/run_parts.h"

enum vt_status vt_run_state(const struct vt_run *run, int64_t k, struct vt_state *state)
{
    VT_TRY(vt_system_state(&run->sys, state));
    const struct vt_control *c = &run->control;
    if (c->thermostat != VT_THERMOSTAT_NONE) state->target_temperature = vt_control_temperature(c, k);
    if (c->barostat != VT_BAROSTAT_NONE)
        state->target_pressure =
            (vt_control_pressure(c, 0, k) + vt_control_pressure(c, 1, k) + vt_control_pressure(c, 2, k)) / 3;
    return VT_OK;
}

/* --------------------------------------------------------------------------------------------- frames */

static enum vt_status show(struct vt_run *run, const struct vt_run_look *look, const struct vt_state *state,
                           bool inherent, const bool *due)
{
    double reach = 0;
    bool energies = false, atoms = false;
    for (int k = 0; k < run->n_looks; k++)
        if (due[k] && look[k].want.inherent == inherent) {
            reach = fmax(reach, look[k].want.reach);
            energies = energies || look[k].want.energies;
            atoms = atoms || !look[k].want.totals;
        }
    struct vt_frame frame = {
        .ranks = &run->sys.ranks, .material = &run->sys.material, .state = *state, .reach = reach};
    if (energies) VT_TRY(vt_system_per_atom(&run->sys, false));
    if (atoms) VT_TRY(vt_sampler_frame(&run->sampler, &run->sys, state, reach, energies, &frame));
    frame.inherent = inherent;
    for (int k = 0; k < run->n_looks; k++)
        if (due[k] && look[k].want.inherent == inherent)
            VT_TRY(look[k].sink->frame(look[k].sink->self, look[k].index, &frame));
    return VT_OK;
}

/* Minimise a copy of the moment, show it, and put everything back. */
static enum vt_status show_inherent(struct vt_run *run, const struct vt_state *state, const bool *due)
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
    enum vt_status back = vt_agree(sys->ranks.comm, keep.n_total ? vt_atoms_copy(&sys->atoms, &keep) : st);
    vt_atoms_release(&keep);
    sys->list_valid = false;
    if (back != VT_OK) return back;
    return st == VT_OK ? vt_system_forces(sys, VT_TOTALS) : st;
}

int vt_run_looks_due(const struct vt_run *run, int64_t k, bool *due)
{
    int n = 0;
    for (int l = 0; l < run->n_looks; l++) {
        due[l] = run->look[l].every ? k % run->look[l].every == 0 : k == run->control.steps;
        due[l] = due[l] && (double)k * run->control.dt > run->look[l].want.skip - 1e-6;
        n += due[l];
    }
    return n;
}

enum vt_status vt_run_show(struct vt_run *run, int64_t k, const bool *due)
{
    struct vt_state state;
    bool plain = false, inherent = false;
    for (int l = 0; l < run->n_looks; l++) {
        plain |= due[l] && !run->look[l].want.inherent;
        inherent |= due[l] && run->look[l].want.inherent;
    }
    VT_TRY(vt_run_state(run, k, &state));
    if (plain && !run->look_pending) VT_TRY(show(run, run->look, &state, false, due));
    return inherent ? show_inherent(run, &state, due) : VT_OK;
}

/* Local. */
static enum vt_status note_duration(struct vt_run *run, const char *label)
{
    char path[96], number[64];
    snprintf(path, sizeof path, "stages/%s", label);
    snprintf(number, sizeof number, "%.17g", (double)run->control.steps * run->control.dt);
    return vt_results_note(run->results, path, "duration", number);
}

enum vt_status vt_run_judge(struct vt_run *run, const struct vt_stage *stage, int64_t k)
{
    const struct vt_wave *w = &run->control.wave;
    bool enough = false;
    if (!w->period || !(w->error > 0) || k % w->period || k / w->period < w->discard + w->least) return VT_OK;
    for (int s = 0; s < run->sinks.n && !enough; s++) {
        const struct vt_sink *sink = &run->sinks.sink[s];
        if (sink->enough)
            VT_TRY(vt_agree(run->sys.ranks.comm, sink->enough(sink->self, &run->sys.ranks, &enough)));
    }
    if (!enough || k == run->control.steps) return VT_OK;
    vt_log(VT_LOG_INFO, "%s: enough is known after %lld of %lld cycles", stage->label,
           (long long)(k / w->period - w->discard), (long long)w->cycles);
    run->control.steps = k;
    return vt_agree(run->sys.ranks.comm, note_duration(run, stage->label));
}

/* Local. */
static enum vt_status note_stage(struct vt_run *run, const struct vt_stage_info *info)
{
    char path[96], number[64];
    snprintf(path, sizeof path, "stages/%s", info->label);
    VT_TRY(vt_results_note(run->results, path, "kind", info->kind));
    VT_TRY(vt_results_note(run->results, path, "branch", info->branch));
    VT_TRY(vt_results_note(run->results, path, "save", info->save));
    VT_TRY(vt_results_note(run->results, path, "options", info->options));
    snprintf(number, sizeof number, "%.17g", info->start);
    VT_TRY(vt_results_note(run->results, path, "start", number));
    return note_duration(run, info->label);
}

enum vt_status vt_run_begin_sinks(struct vt_run *run, const struct vt_stage *stage)
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
                                       .dt = run->control.dt,
                                       .wave = run->control.wave};
    VT_TRY(vt_agree(run->sys.ranks.comm, note_stage(run, &info)));
    run->n_looks = 0;
    for (int k = 0; k < run->sinks.n; k++) {
        const struct vt_sink *sink = &run->sinks.sink[k];
        const struct vt_look *looks = NULL;
        int n = 0;
        enum vt_status st = VT_OK;
        if (sink->begin) st = sink->begin(sink->self, &info, &run->sys.material, &n, &looks);
        if (st == VT_OK) st = vt_grow(&run->look, &run->look_capacity, run->n_looks + n + 1);
        VT_TRY(vt_agree(run->sys.ranks.comm, st));
        for (int l = 0; l < n; l++) {
            if (looks[l].none) continue;
            int64_t every = looks[l].every > 0 ? llrint(looks[l].every / run->control.dt) : 0;
            if (looks[l].every > 0 && every < 1) every = 1;
            run->look[run->n_looks++] = (struct vt_run_look){sink, l, looks[l], every};
        }
    }
    return VT_OK;
}

enum vt_status vt_run_end_sinks(struct vt_run *run)
{
    for (int k = 0; k < run->sinks.n; k++) {
        const struct vt_sink *sink = &run->sinks.sink[k];
        if (sink->end) VT_TRY(vt_agree(run->sys.ranks.comm, sink->end(sink->self)));
        if (sink->harvest) VT_TRY(vt_agree(run->sys.ranks.comm, sink->harvest(sink->self, run->results)));
    }
    return VT_OK;
}
