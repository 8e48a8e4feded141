/* run_files.c: what a run leaves in its folder and finds there again: results, checkpoints, saved states. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "io/extxyz.h"
#include "io/lammps_data.h"
#include "io/results_file.h"
#include "md/eam_force.h"
#include "md/run_parts.h"

static const char *folder_path(const struct vt_run *run, char *text, size_t size, const char *format,
                               const char *name)
{
    int used = snprintf(text, size, "%s/", run->options->folder);
    snprintf(text + used, size - (size_t)used, format, name);
    return text;
}

/* ------------------------------------------------------------------------------------------- results */

/* In place of those that a former run left: what it knew may be out of date. */
static enum vt_status note_all(const struct vt_results *about, struct vt_results *r)
{
    for (int k = 0; k < about->n_notes; k++) vt_results_remove(r, about->note[k].path);
    for (int k = 0; k < about->n_notes; k++)
        VT_TRY(vt_results_note(r, about->note[k].path, about->note[k].key, about->note[k].text));
    return VT_OK;
}

enum vt_status vt_run_note(struct vt_run *run)
{
    struct vt_results *r = run->results;
    const struct vt_protocol *p = run->protocol;
    char text[512] = "";
    vt_material_text(&p->material, text, sizeof text);
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
    VT_TRY(vt_results_note(r, "", "instruction_set", vt_eam_force_instruction_set(run->sys.potential)));
    return run->options->about ? note_all(run->options->about, r) : VT_OK;
}

enum vt_status vt_run_write_results(struct vt_run *run, bool complete)
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

/* ---------------------------------------------------------------------------------------- checkpoints */

static enum vt_status write_state(struct vt_run *run, const char *path, const char *former,
                                  int64_t stage_step, bool with_sinks)
{
    struct vt_saved s = {.stage = run->stage,
                         .stage_step = stage_step,
                         .look_pending = with_sinks && run->look_pending,
                         .targets = with_sinks ? run->targets_before : run->targets,
                         .origin_time = run->origin_time,
                         .dynamics = run->dynamics,
                         .protocol_hash = run->protocol_hash,
                         .potential_checksum = run->protocol->tables.checksum,
                         .wall_seconds = run->wall_before + vt_clock() - run->wall_start};
    memcpy(s.ramp_from, run->ramp_from, sizeof s.ramp_from);
    enum vt_status st = VT_OK;
    if (with_sinks) {
        VT_TRY(vt_agree(run->sys.ranks.comm, vt_alloc(&s.kept, run->sinks.n)));
        s.n_sinks = run->sinks.n;
        for (int k = 0; k < run->sinks.n && st == VT_OK; k++)
            if (run->sinks.sink[k].save)
                st = vt_agree(run->sys.ranks.comm,
                              run->sinks.sink[k].save(run->sinks.sink[k].self, &run->sys.ranks, &s.kept[k]));
    }
    if (st == VT_OK) st = vt_checkpoint_write(path, former, &run->sys, &s);
    vt_saved_release(&s);
    return st;
}

enum vt_status vt_run_write_checkpoint(struct vt_run *run, int64_t stage_step, bool with_sinks)
{
    char path[4096], former[4096];
    return write_state(run, folder_path(run, path, sizeof path, "%s", "checkpoint.h5"),
                       folder_path(run, former, sizeof former, "%s", "checkpoint.former.h5"), stage_step,
                       with_sinks);
}

enum vt_status vt_run_checkpoint(struct vt_run *run, int64_t stage_step)
{
    VT_TRY(vt_run_write_results(run, false));
    VT_TRY(vt_run_write_checkpoint(run, stage_step, true));
    run->last_checkpoint = vt_clock();
    return VT_OK;
}

void vt_run_furnish(struct vt_run *run, struct vt_potential *potential)
{
    run->sys.potential = potential;
    run->sys.material = run->protocol->material;
    run->sys.seed = (uint64_t)run->protocol->seed;
    run->sys.skin = run->protocol->skin;
    run->sys.must_fit = true;
}

/* Make the sample that was read from path the running one, if it belongs to this run. fresh and saved are
 * empty after a failure. Local. */
static enum vt_status adopt(struct vt_run *run, const char *path, struct vt_system *fresh,
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
    vt_run_furnish(run, potential);
    return VT_OK;
}

enum vt_status vt_run_load_state(struct vt_run *run, const char *name, struct vt_saved *saved)
{
    char path[4096];
    folder_path(run, path, sizeof path, "state-%s.h5", name);
    struct vt_system fresh = {.ranks = run->sys.ranks};
    enum vt_status st = vt_checkpoint_read(path, &fresh, saved);
    if (st == VT_OK) return adopt(run, path, &fresh, saved);
    vt_system_release(&fresh);
    return st;
}

enum vt_status vt_run_save_state(struct vt_run *run, const struct vt_stage *stage)
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

static bool exists(const struct vt_run *run, const char *name)
{
    char path[4096];
    return !access(folder_path(run, path, sizeof path, "%s", name), F_OK);
}

/* One that is whole but does not belong here is not passed over: the former one does not belong here either.
 */
enum vt_status vt_run_find_checkpoint(struct vt_run *run, struct vt_saved *saved, bool *found)
{
    static const char *const names[] = {"checkpoint.h5", "checkpoint.former.h5"};
    int there[2] = {0, 0};
    if (run->sys.ranks.rank == 0)
        for (int k = 0; k < 2; k++) there[k] = exists(run, names[k]);
    *found = false;
    VT_TRY(vt_mpi(MPI_Bcast(there, 2, MPI_INT, 0, run->sys.ranks.comm)));
    enum vt_status st = VT_OK;
    for (int k = 0; k < 2; k++) {
        char path[4096];
        if (!there[k]) continue;
        folder_path(run, path, sizeof path, "%s", names[k]);
        struct vt_system fresh = {.ranks = run->sys.ranks};
        st = vt_checkpoint_read(path, &fresh, saved);
        if (st == VT_OK) {
            VT_TRY(adopt(run, path, &fresh, saved));
            *found = true;
            return VT_OK;
        }
        vt_system_release(&fresh);
        if (k == 0 && there[1]) vt_log(VT_LOG_WARNING, "%s; trying the former checkpoint", vt_message());
    }
    if (st == VT_OK) return VT_OK;
    char why[1024];
    snprintf(why, sizeof why, "%s", vt_message());
    return VT_RAISE(st, "%s, and there is no %s checkpoint: --force begins anew", why,
                    there[0] && there[1] ? "whole" : "other");
}

enum vt_status vt_run_check_beginning(struct vt_run *run)
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

/* The results cannot be read, but the checkpoint can: a run goes on, a complete one has nothing left. Rank 0.
 */
static enum vt_status do_without_results(const struct vt_run *run, const char *path,
                                         const struct vt_saved *saved)
{
    char why[900], aside[4200];
    snprintf(why, sizeof why, "%s", vt_message());
    if (saved->stage >= run->protocol->n_stages)
        return VT_RAISE(VT_EINPUT, "the run is complete, but its results are lost: %s; --force begins anew",
                        why);
    snprintf(aside, sizeof aside, "%s.damaged", path);
    if (!access(path, F_OK) && rename(path, aside))
        return VT_RAISE(VT_EWORLD, "cannot rename '%s': %s", path, strerror(errno));
    vt_log(
        VT_LOG_WARNING,
        "%s; going on from the checkpoint: the results from before %.4g ps are lost but for what the running "
        "stage has gathered%s%s",
        why, run->sys.time, access(aside, F_OK) ? "" : "; the damaged file is kept as ",
        access(aside, F_OK) ? "" : aside);
    return VT_OK;
}

enum vt_status vt_run_resume_results(struct vt_run *run, const struct vt_saved *saved)
{
    enum vt_status st = VT_OK;
    if (run->sys.ranks.rank == 0) {
        char path[4096];
        folder_path(run, path, sizeof path, "%s", "results.h5");
        st = vt_results_read(path, run->results);
        if (st == VT_EINPUT) st = do_without_results(run, path, saved);
        for (int k = (int)saved->stage; k < run->protocol->n_stages && st == VT_OK; k++) {
            snprintf(path, sizeof path, "stages/%s", run->protocol->stage[k].label);
            vt_results_remove(run->results, path);
        }
        /* A stage without steps is done again as a whole: its row has the step that it begins with. */
        bool again = saved->stage < run->protocol->n_stages && run->protocol->stage[saved->stage].type->act;
        if (st == VT_OK)
            st = vt_timeline_read(&run->timeline, run->results, (int)saved->stage + !again,
                                  again ? INT64_MAX : run->sys.step);
    }
    return vt_agree(run->sys.ranks.comm, st);
}
