/* sweep_run.c: the runs of a sweep on groups of ranks; see sweep.h.
 *
 *     look      what is there of each run, so that nothing is done twice and nothing of another sweep is
 * touched prepare   runs that others begin at, on as many ranks as there are for each members   drawn by
 * groups as these come free (draw.h), the longest first gather    what became of each; rank 0 puts the
 * results together */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/signals.h"
#include "io/folder.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "md/folder_lock.h"
#include "study/carry_out.h"
#include "study/draw.h"
#include "study/sweep.h"

/* What became of a run. */
struct fate {
    enum vt_sweep_found found; /* before */
    bool wanted;               /* to be run, unless it is complete */
    bool again;                /* a prepared run that is complete, but a state of it is gone */
    enum vt_status status;
    char message[600];
};

struct job {
    const struct vt_sweep *sweep;
    const struct vt_sweep_how *how;
    MPI_Comm comm, group;
    int rank, ranks;
    struct fate *prepare, *member;
};

/* -------------------------------------------------------------------------------------------------- look */

/* The line that put_beginning (sweep.c) writes: it names a folder, which may have been moved since. */
static const char beginning[] = "- create: {state: ";

static bool skip_beginning(const char **at)
{
    const char *line = *at + strspn(*at, " ");
    if (strncmp(line, beginning, sizeof beginning - 1) != 0) return false;
    const char *end = strchr(line, '\n');
    *at = end ? end + 1 : line + strlen(line);
    return true;
}

/* But for where it begins. */
static bool same_protocol(const char *a, const char *b)
{
    while (*a && *b) {
        bool skipped_a = skip_beginning(&a), skipped_b = skip_beginning(&b);
        if (skipped_a || skipped_b) continue;
        size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
        if (n != m || strncmp(a, b, n) != 0) return false;
        a += n + (a[n] == '\n');
        b += m + (b[m] == '\n');
    }
    return *a == *b;
}

static enum vt_status differs(const char *folder)
{
    return VT_RAISE(VT_EINPUT,
                    "'%s' holds a run of another protocol: the sweep was changed since; give another folder "
                    "with -o, or --force its replacement",
                    folder);
}

enum vt_status vt_sweep_look(const struct vt_sweep *s, const struct vt_sweep_run *run,
                             enum vt_sweep_found *found, struct vt_results *results)
{
    static const char *const marks[] = {"results.h5", "checkpoint.h5", "checkpoint.former.h5"};
    char path[VT_SWEEP_PATH], folder[VT_SWEEP_PATH], *text = NULL;
    size_t length;
    struct vt_results r = {0};
    bool there = false;
    *found = VT_SWEEP_NOTHING;
    vt_sweep_path(s, run, "", folder);
    for (int k = 0; k < 3; k++) there = there || !access(vt_sweep_path(s, run, marks[k], path), F_OK);
    if (!there) return VT_OK;
    *found = VT_SWEEP_BEGUN;
    enum vt_status st = vt_yaml_load(vt_sweep_path(s, run, "protocol.yaml", path), &text, &length);
    if (st == VT_OK && !same_protocol(text, run->text)) st = differs(folder);
    free(text);
    VT_TRY(st);
    vt_sweep_path(s, run, "results.h5", path);
    if (access(path, F_OK) || vt_results_read(path, &r) != VT_OK) return VT_OK; /* vt_run tells of it */
    const char *complete = vt_results_get_note(&r, "", "complete"),
               *protocol = vt_results_get_note(&r, "", "protocol");
    if (!protocol || !same_protocol(protocol, run->text))
        st = differs(folder);
    else if (complete && !strcmp(complete, "yes"))
        *found = VT_SWEEP_COMPLETE;
    if (st == VT_OK && *found == VT_SWEEP_COMPLETE && results) st = vt_results_move(results, &r, "");
    vt_results_release(&r);
    return st;
}

/* Ranks share the looking. force: whatever is there will be replaced. Collective. */
static enum vt_status look_at(const struct job *job, const struct vt_sweep_run *run, struct fate *fate, int n,
                              bool force)
{
    enum vt_status st = VT_OK;
    for (int k = job->rank; k < n && st == VT_OK; k += job->ranks)
        if (fate[k].wanted && !force) st = vt_sweep_look(job->sweep, &run[k], &fate[k].found, NULL);
    VT_TRY(vt_agree(job->comm, st));
    for (int k = 0; k < n; k++) {
        int found = fate[k].found;
        VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &found, 1, MPI_INT, MPI_MAX, job->comm)));
        fate[k].found = (enum vt_sweep_found)found;
        if (found == VT_SWEEP_NOTHING || force || job->how->resume || !fate[k].wanted) continue;
        return VT_RAISE(VT_EINPUT,
                        "the folder '%s' holds a former sweep (%s): give another with -o, or --resume it, or "
                        "--force its replacement",
                        job->sweep->folder, run[k].name);
    }
    return VT_OK;
}

/* Is a state gone at which a member is to begin? Its path then. */
static bool lacks_state(const struct job *job, int prepare, char path[VT_SWEEP_PATH])
{
    const struct vt_sweep *s = job->sweep;
    for (int k = 0; k < s->n_members; k++) {
        char file[100];
        if (s->member[k].after != prepare || !job->member[k].wanted) continue;
        if (job->member[k].found == VT_SWEEP_COMPLETE) continue;
        snprintf(file, sizeof file, "state-%s.h5", s->member[k].state);
        if (access(vt_sweep_path(s, &s->prepare[prepare], file, path), F_OK)) return true;
    }
    return false;
}

/* Prepared runs that are complete are run again if members to be run miss a state of theirs. Collective. */
static enum vt_status look_for_states(struct job *job)
{
    for (int k = 0; k < job->sweep->n_prepares; k++) {
        char path[VT_SWEEP_PATH];
        struct fate *f = &job->prepare[k];
        int again = job->rank == 0 && f->found == VT_SWEEP_COMPLETE && lacks_state(job, k, path);
        if (again)
            vt_log(VT_LOG_WARNING, "'%s' is gone: the prepared run %s is run again", path,
                   job->sweep->prepare[k].name);
        VT_TRY(vt_mpi(MPI_Bcast(&again, 1, MPI_INT, 0, job->comm)));
        if (!again) continue;
        f->again = true;
        f->found = VT_SWEEP_BEGUN;
    }
    return VT_OK;
}

/* Several jobs may share a sweep: what one member asks for must not replace what others begin at. */
static bool forces_prepared(const struct job *job)
{
    return job->how->force && job->how->first == 0 && job->how->last == job->sweep->n_members - 1;
}

static enum vt_status look(struct job *job)
{
    const struct vt_sweep *s = job->sweep;
    for (int k = job->how->first; k <= job->how->last; k++) job->member[k].wanted = true;
    VT_TRY(look_at(job, s->member, job->member, s->n_members, job->how->force));
    for (int k = 0; k < s->n_members && s->has_prepare; k++)
        if (job->member[k].wanted && job->member[k].found != VT_SWEEP_COMPLETE)
            job->prepare[s->member[k].after].wanted = true;
    /* One that a single member finds there was made by another job of this sweep. */
    struct vt_sweep_how how = *job->how;
    how.resume = how.resume || !forces_prepared(job);
    struct job lenient = *job;
    lenient.how = &how;
    VT_TRY(look_at(&lenient, s->prepare, job->prepare, s->n_prepares, forces_prepared(job)));
    return look_for_states(job);
}

/* ------------------------------------------------------------------------------------------------- a run */

/* The folder is locked, and the run's own lines go to its log. Collective over the group. */
static enum vt_status carry_out(struct job *job, const struct vt_sweep_run *run,
                                const struct vt_run_options *given)
{
    char path[VT_SWEEP_PATH];
    int rank;
    struct vt_protocol p = {0};
    struct vt_results results = {0}, about = {0};
    struct vt_run_options options = *given;
    enum vt_status st = VT_OK;
    MPI_Comm_rank(job->group, &rank);
    vt_sweep_path(job->sweep, run, "protocol.yaml", path);
    if (rank == 0) st = vt_replace_text(path, run->text);
    VT_TRY_GOTO(st, done, vt_agree(job->group, st));
    VT_TRY_GOTO(st, done, vt_protocol_parse(run->text, strlen(run->text), path, job->group, &p));
    if (rank == 0 && job->how->about) st = job->how->about(&p, &about);
    VT_TRY_GOTO(st, done, vt_agree(job->group, st));
    options.about = &about;
    st = vt_carry_out(&p, job->group, &options, &results);
done:
    vt_results_release(&results);
    vt_results_release(&about);
    vt_protocol_release(&p);
    return st;
}

/* Collective over the group. */
static enum vt_status run_in_folder(struct job *job, struct vt_draw *draw, const struct vt_sweep_run *run,
                                    bool resume, bool force)
{
    char folder[VT_SWEEP_PATH], path[VT_SWEEP_PATH];
    const struct vt_run_options options = {.folder = vt_sweep_path(job->sweep, run, "", folder),
                                           .resume = resume,
                                           .force = force,
                                           .watched = true,
                                           .tell = vt_draw_tell,
                                           .teller = draw};
    VT_TRY(vt_run_check_folder(job->group, &options, false));
    FILE *log = NULL;
    if (draw->leads) {
        log = fopen(vt_sweep_path(job->sweep, run, "run.log", path), "ae");
        if (log) setvbuf(log, NULL, _IOLBF, BUFSIZ);
        vt_log_into(log);
    }
    enum vt_status st = carry_out(job, run, &options);
    if (draw->leads) {
        if (st != VT_OK) vt_log(st == VT_ESTOP ? VT_LOG_WARNING : VT_LOG_ERROR, "%s", vt_message());
        vt_log_into(NULL);
        if (log) fclose(log);
        vt_folder_unlock();
    }
    return st;
}

/* Another job of the same sweep may be at a prepared run: wait for it. *done: it has completed it. Leader of
 * the group. */
static enum vt_status wait_for_other_job(struct job *job, const struct vt_sweep_run *run, bool *done)
{
    char folder[VT_SWEEP_PATH];
    bool waited = false;
    enum vt_sweep_found found;
    *done = false;
    while (vt_folder_lock(vt_sweep_path(job->sweep, run, "", folder), true) != VT_OK) {
        if (!waited) vt_log(VT_LOG_INFO, "%s: another job is at it: waiting", folder);
        waited = true;
        if (vt_signals_seen())
            return VT_RAISE(VT_ESTOP, "stopped by a signal while it waited for '%s'", folder);
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
    if (!waited) return VT_OK;
    VT_TRY(vt_sweep_look(job->sweep, run, &found, NULL));
    *done = found == VT_SWEEP_COMPLETE;
    return VT_OK;
}

static enum vt_status work_on(struct job *job, struct vt_draw *draw, const struct vt_sweep_run *run,
                              bool prepared)
{
    const struct vt_sweep_how *how = job->how;
    if (!prepared) return run_in_folder(job, draw, run, how->resume, how->force);
    const int number = (int)(run - job->sweep->prepare);
    for (;;) {
        int done = 0, again = job->prepare[number].again;
        char path[VT_SWEEP_PATH];
        enum vt_status st = VT_OK;
        if (draw->leads) {
            bool other = false;
            st = wait_for_other_job(job, run, &other);
            if (again && !lacks_state(job, number, path)) other = true; /* made by another job since */
            done = other;
        }
        VT_TRY(vt_agree(job->group, st));
        VT_TRY(vt_mpi(MPI_Bcast(&done, 1, MPI_INT, 0, job->group)));
        if (done) return VT_OK;
        bool force = forces_prepared(job) || again;
        st = run_in_folder(job, draw, run, !force, force);
        /* Between the look and the lock the other job may have begun. */
        char message[1024], folder[VT_SWEEP_PATH];
        int taken = 0;
        snprintf(message, sizeof message, "%s", vt_message());
        if (st == VT_EINPUT && draw->leads)
            taken = vt_folder_lock(vt_sweep_path(job->sweep, run, "", folder), true) != VT_OK;
        VT_TRY(vt_mpi(MPI_Bcast(&taken, 1, MPI_INT, 0, job->group)));
        vt_message_set(message);
        if (!taken) return st;
    }
}

/* ----------------------------------------------------------------------------------------------- a phase */

static void fail(struct fate *f, enum vt_status st, const char *message)
{
    f->status = st;
    memset(f->message, 0, sizeof f->message);
    if (st != VT_OK) snprintf(f->message, sizeof f->message, "%s", message);
}

/* Groups of at least so many ranks, if there are enough. Collective. */
static enum vt_status make_groups(struct job *job, int64_t per_run)
{
    int64_t groups = job->ranks / per_run;
    if (groups < 1) groups = 1;
    return vt_mpi(MPI_Comm_split(job->comm, (int)(job->rank * groups / job->ranks), job->rank, &job->group));
}

/* Where there are fewer runs than ranks, each gets its share of all ranks, as long as these have enough to
 * do.
 */
static int64_t share_of(const struct job *job, const struct vt_sweep_run *run, const int *order, int n,
                        int64_t least)
{
    enum { ATOMS_EACH = 500 };
    int64_t share = job->ranks / n;
    for (int k = 0; k < n; k++)
        if (run[order[k]].atoms / ATOMS_EACH < share) share = run[order[k]].atoms / ATOMS_EACH;
    return share > least ? share : least;
}

static enum vt_status draw_all(struct job *job, struct vt_draw *draw, const int *order,
                               const struct vt_sweep_run *run, struct fate *fate, const int64_t *work)
{
    for (int at; (at = vt_draw_next(draw)) >= 0;) {
        int k = order[at];
        enum vt_status st = work_on(job, draw, &run[k], run == job->sweep->prepare);
        if (draw->leads) fail(&fate[k], st, vt_message());
        if (st == VT_ESTOP) {
            vt_draw_given_up(draw);
            break;
        }
        vt_draw_done(draw, work[k]);
    }
    vt_draw_wait(draw);
    return VT_OK;
}

/* Carry out the runs that are wanted and not complete, each on least ranks or more; what became of them is
 * known to all ranks. Collective. */
static enum vt_status phase(struct job *job, const struct vt_sweep_run *run, struct fate *fate, int n,
                            int64_t least, const char *what)
{
    int64_t *work = NULL, sum = 0;
    int *order = NULL, n_order;
    struct vt_draw draw;
    enum vt_status st = vt_alloc(&work, n);
    if (st == VT_OK) st = vt_alloc(&order, n);
    VT_TRY_GOTO(st, done, vt_agree(job->comm, st));
    for (int k = 0; k < n; k++) {
        bool due = fate[k].wanted && fate[k].found != VT_SWEEP_COMPLETE && fate[k].status == VT_OK;
        work[k] = due ? run[k].atoms * run[k].steps : -1;
        sum += due ? work[k] : 0;
    }
    n_order = vt_draw_order(n, work, order);
    if (!n_order) goto done;
    VT_TRY_GOTO(st, done, make_groups(job, share_of(job, run, order, n_order, least)));
    st = vt_draw_open(&draw, job->comm, job->group, n_order, sum, what);
    if (st == VT_OK) {
        st = draw_all(job, &draw, order, run, fate, work);
        for (int at = vt_draw_drawn(&draw); at < n_order; at++)
            if (job->rank == 0) fail(&fate[order[at]], VT_ESTOP, "not begun when a signal asked to stop");
        for (int k = 0; k < n && st == VT_OK; k++)
            if (work[k] >= 0)
                st = vt_draw_share(job->comm, &fate[k].status, fate[k].message, sizeof fate[k].message);
        vt_draw_close(&draw);
    }
    MPI_Comm_free(&job->group);
done:
    free(order);
    free(work);
    return st;
}

/* Members cannot begin where a prepared run has not ended. */
static void pass_on(struct job *job)
{
    const struct vt_sweep *s = job->sweep;
    for (int k = 0; k < s->n_members && s->has_prepare; k++) {
        const struct fate *before = &job->prepare[s->member[k].after];
        if (!job->member[k].wanted || before->status == VT_OK) continue;
        if (job->member[k].found == VT_SWEEP_COMPLETE) continue;
        char text[600];
        snprintf(text, sizeof text, "prepare %.150s, at which it begins: %.400s",
                 s->prepare[s->member[k].after].name, before->message);
        fail(&job->member[k], before->status, text);
    }
}

/* ------------------------------------------------------------------------------------------------- whole */

/* Rank 0: all that is there, if that is what this job can tell, or if it was the last one. */
static void gather(const struct job *job, int stopped)
{
    const struct vt_sweep *s = job->sweep;
    bool whole = job->how->first == 0 && job->how->last == s->n_members - 1;
    int complete = 0;
    if (stopped) return;
    for (int k = 0; k < s->n_members; k++) {
        enum vt_sweep_found found = VT_SWEEP_NOTHING;
        if (vt_sweep_look(s, &s->member[k], &found, NULL) == VT_OK) complete += found == VT_SWEEP_COMPLETE;
    }
    if (!complete || (!whole && complete < s->n_members)) {
        vt_log(VT_LOG_INFO, "%d of %d members are complete", complete, s->n_members);
        return;
    }
    if (vt_folder_lock(s->folder, false) != VT_OK) {
        vt_log(VT_LOG_INFO, "another job gathers the results");
        return;
    }
    if (vt_sweep_gather(s) == VT_OK)
        vt_log(VT_LOG_INFO, "%d of %d members gathered in %s/results.h5 and %s/table.csv", complete,
               s->n_members, s->folder, s->folder);
    else
        vt_log(VT_LOG_WARNING, "the results were not gathered: %s; `vitrum sweep --gather` does it",
               vt_message());
    vt_folder_unlock();
}

static enum vt_status tell(const struct job *job)
{
    const struct vt_sweep *s = job->sweep;
    int wanted = 0, found = 0, failed = 0, stopped = 0, first = -1;
    for (int k = 0; k < s->n_members; k++) {
        const struct fate *f = &job->member[k];
        wanted += f->wanted;
        found += f->wanted && f->found == VT_SWEEP_COMPLETE;
        stopped += f->status == VT_ESTOP;
        if (f->status == VT_OK || f->status == VT_ESTOP) continue;
        if (first < 0) first = k;
        failed++;
        vt_log(VT_LOG_WARNING, "%s failed: %s", s->member[k].name, f->message);
    }
    vt_log(VT_LOG_INFO, "%d members: %d were complete, %d have been run, %d failed, %d are to be done",
           wanted, found, wanted - found - failed - stopped, failed, stopped);
    if (job->rank == 0) gather(job, stopped);
    if (stopped)
        return VT_RAISE(VT_ESTOP, "stopped by a signal with %d of %d members to be done; --resume goes on",
                        stopped, wanted);
    if (failed)
        return VT_RAISE(job->member[first].status, "%d of %d members failed; the first: %s: %.600s", failed,
                        wanted, s->member[first].name, job->member[first].message);
    return VT_OK;
}

/* Results in the folder must be those of a sweep: gathered ones will take their place. So must a table, which
 * is of one where there are members. */
static enum vt_status check_results(const struct vt_sweep *s)
{
    char path[VT_SWEEP_PATH];
    struct vt_results r = {0};
    snprintf(path, sizeof path, "%s/members", s->folder);
    bool members = !access(path, F_OK);
    snprintf(path, sizeof path, "%s/table.csv", s->folder);
    if (!members && !access(path, F_OK))
        return VT_RAISE(VT_EINPUT, "'%s' is not of a sweep: give another folder with -o", path);
    snprintf(path, sizeof path, "%s/results.h5", s->folder);
    if (access(path, F_OK)) return VT_OK;
    bool ours = vt_results_read(path, &r) == VT_OK && vt_results_get_note(&r, "", "sweep");
    vt_results_release(&r);
    if (ours) return VT_OK;
    return VT_RAISE(VT_EINPUT, "'%s' is not of a sweep: give another folder with -o", path);
}

static enum vt_status run_all(struct job *job)
{
    const struct vt_sweep *s = job->sweep;
    char folder[VT_SWEEP_PATH];
    VT_TRY(vt_draw_watch(job->comm));
    VT_TRY(vt_agree(job->comm, job->rank == 0 ? check_results(s) : VT_OK));
    VT_TRY(look(job));
    enum vt_status st = VT_OK;
    snprintf(folder, sizeof folder, "%s/members", s->folder);
    if (job->rank == 0) st = vt_folder_make(folder);
    VT_TRY(vt_agree(job->comm, st));
    VT_TRY(phase(job, s->prepare, job->prepare, s->n_prepares, s->section.ranks_per_member, "prepared runs"));
    pass_on(job);
    VT_TRY(phase(job, s->member, job->member, s->n_members, s->section.ranks_per_member, "members"));
    return tell(job);
}

enum vt_status vt_sweep_run(const struct vt_sweep *s, MPI_Comm comm, const struct vt_sweep_how *how)
{
    struct job job = {.sweep = s, .how = how, .comm = comm};
    MPI_Comm_rank(comm, &job.rank);
    MPI_Comm_size(comm, &job.ranks);
    enum vt_status st = vt_alloc(&job.prepare, s->n_prepares);
    if (st == VT_OK) st = vt_alloc(&job.member, s->n_members);
    st = vt_agree(comm, st);
    if (st == VT_OK) st = run_all(&job);
    free(job.member);
    free(job.prepare);
    return st;
}

/* --------------------------------------------------------------------------------------------------- dry */

void vt_sweep_print(const struct vt_sweep *s, const struct vt_sweep_how *how, int ranks, FILE *out)
{
    double sum = 0, longest = 0, prepared = 0;
    fprintf(out, "%s%s%d members", s->title, *s->title ? "\n" : "", s->n_members);
    if (s->has_prepare) fprintf(out, " after %d prepared runs", s->n_prepares);
    fprintf(out, ", in %s\n\n%-8s %-44s %10s %12s  %s\n", s->folder, "", "name", "atoms", "steps",
            "begins at");
    for (int k = 0; k < s->n_prepares; k++) {
        const struct vt_sweep_run *r = &s->prepare[k];
        fprintf(out, "%-8s %-44s %10lld %12lld  \n", "prepare", r->name, (long long)r->atoms,
                (long long)r->steps);
        prepared += (double)r->atoms * (double)r->steps;
    }
    for (int k = how->first; k <= how->last; k++) {
        const struct vt_sweep_run *r = &s->member[k];
        double work = (double)r->atoms * (double)r->steps;
        fprintf(out, "%-8d %-44s %10lld %12lld  %s\n", k + 1, r->name, (long long)r->atoms,
                (long long)r->steps, r->after >= 0 ? s->prepare[r->after].name : "");
        sum += work;
        if (work > longest) longest = work;
    }
    int64_t groups = ranks / s->section.ranks_per_member;
    fprintf(out,
            "\n%.4g atom-steps of members, the longest %.4g; %.4g of prepared runs\n"
            "%lld at a time on %d ranks: more than %.0f ranks would not end sooner\n",
            sum, longest, prepared, (long long)(groups > 0 ? groups : 1), ranks,
            (double)s->section.ranks_per_member * (longest > 0 ? sum / longest : 1));
}
