/* pool.c: see pool.h.
 *
 *     prepare    each rank reads its share of the protocols: keys, and how much work they are
 *     work       ranks draw members from a counter, longest first; each runs on MPI_COMM_SELF
 *     gather     what became of each; rank 0 reads the results
 *
 * The counters are in a window of rank 0 that all ranks add to. A run is told of now and then (vt_run's
 * tell), and so the pool gets to count, to speak and to hear of a stop while runs are under way. A rank that
 * got no signal itself hears of the stop by a counter, and sends itself one: so there is one way to stop. */
#include "study/pool.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "core/signals.h"
#include "io/eam_file.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "md/folder_lock.h"
#include "study/carry_out.h"

/* Part of every key. A change of the engine or of a kernel that gives the same protocol and tables other
 * numbers, or other datasets, needs another one. */
static const char engine[] = "vitrum run 2";

enum { NAME_LENGTH_MAX = VT_MEMBER_NAME - 1 };

/* What every rank learns about a member. */
struct plan {
    uint64_t key;
    int64_t work; /* atoms times steps */
    int same_as;  /* an earlier member that is the same, or itself */
};

enum { NEXT, STOP, DONE, COVERED, COMPUTED, COUNTERS }; /* members drawn, stops, members done, work */

struct pool {
    MPI_Comm comm;
    int rank, ranks;
    const char *cache;
    int n;
    const struct vt_member *member;
    struct vt_outcome *outcome;
    struct plan *plan;
    int *order, n_order; /* members to be drawn */
    int64_t work;        /* of them */
    MPI_Win window;
    int64_t *counter; /* rank 0's memory of the window */
    double start, last_look;
    int64_t now, told; /* work of the run under way: done, and counted */
    bool stop_told;
};

static void fail(struct vt_outcome *o, enum vt_status st)
{
    o->status = st;
    snprintf(o->message, sizeof o->message, "%s", st == VT_OK ? "" : vt_message());
}

/* ------------------------------------------------------------------------------------------- prepare */

static enum vt_status check_name(const char *name)
{
    bool good = *name && *name != '.' && strlen(name) <= NAME_LENGTH_MAX;
    for (const char *c = name; *c; c++) good = good && (isalnum((unsigned char)*c) || strchr("-_.", *c));
    if (good) return VT_OK;
    return VT_RAISE(VT_EINPUT,
                    "'%.100s' is no name for a run: letters, digits, - _ . are, at most %d, not beginning "
                    "with a dot",
                    name, NAME_LENGTH_MAX);
}

/* p is released by the caller, also after a failure. */
static enum vt_status parse(const struct vt_member *m, struct vt_protocol *p)
{
    VT_TRY(vt_protocol_parse_with(m->tables, m->protocol, strlen(m->protocol), "protocol.yaml", MPI_COMM_SELF,
                                  p));
    if (!m->tables || !strcmp(p->potential, VT_POOL_TABLES)) return VT_OK;
    return VT_RAISE(VT_EINPUT, "protocol.yaml: potential: '%s': " VT_POOL_TABLES " is due, for its tables",
                    p->potential);
}

/* Besides the tables, the lattices of the elements count: the first density comes from them. */
static uint64_t key_of(const struct vt_protocol *p)
{
    const struct vt_eam *e = &p->tables;
    uint64_t h = vt_hash(VT_HASH_START, engine, sizeof engine);
    h = vt_hash(h, p->text, p->length);
    h = vt_hash(h, &e->checksum, sizeof e->checksum);
    for (int s = 0; s < e->n_species; s++) {
        h = vt_hash(h, &e->element[s].lattice, sizeof e->element[s].lattice);
        h = vt_hash(h, e->element[s].structure, strlen(e->element[s].structure) + 1);
    }
    return h;
}

static enum vt_status plan_member(const struct vt_member *m, struct plan *plan)
{
    struct vt_protocol p = {0};
    VT_TRY(check_name(m->name));
    enum vt_status st = parse(m, &p);
    if (st == VT_OK) {
        plan->key = key_of(&p);
        for (int k = 0; k < p.n_stages; k++) plan->work += p.atoms * p.planned[k].steps;
    }
    vt_protocol_release(&p);
    return st;
}

/* The longest first; of the same length, in the order of the list. */
static void put_in_order(struct pool *pool)
{
    for (int k = 0; k < pool->n; k++) {
        if (pool->outcome[k].status != VT_OK || pool->plan[k].same_as != k) continue;
        int at = pool->n_order++;
        pool->work += pool->plan[k].work;
        for (; at > 0 && pool->plan[pool->order[at - 1]].work < pool->plan[k].work; at--)
            pool->order[at] = pool->order[at - 1];
        pool->order[at] = k;
    }
}

/* Each status belongs to one rank, the others have VT_OK and nothing to say. Collective. */
static enum vt_status share_outcomes(struct pool *pool)
{
    for (int k = 0; k < pool->n; k++) {
        struct vt_outcome *o = &pool->outcome[k];
        int told[2] = {o->status, o->cached};
        VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, told, 2, MPI_INT, MPI_MAX, pool->comm)));
        if (told[0] != VT_OK)
            VT_TRY(vt_mpi(
                MPI_Allreduce(MPI_IN_PLACE, o->message, sizeof o->message, MPI_BYTE, MPI_BOR, pool->comm)));
        o->status = (enum vt_status)told[0];
        o->cached = told[1];
    }
    return VT_OK;
}

static enum vt_status prepare(struct pool *pool)
{
    for (int k = pool->rank; k < pool->n; k += pool->ranks)
        fail(&pool->outcome[k], plan_member(&pool->member[k], &pool->plan[k]));
    VT_TRY(share_outcomes(pool));
    for (int k = 0; k < pool->n; k++) {
        struct plan *p = &pool->plan[k];
        VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &p->key, 1, MPI_UINT64_T, MPI_BOR, pool->comm)));
        VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &p->work, 1, MPI_INT64_T, MPI_SUM, pool->comm)));
        while (pool->plan[p->same_as].key != p->key ||
               strcmp(pool->member[p->same_as].name, pool->member[k].name) != 0)
            p->same_as++; /* at the latest, k */
    }
    put_in_order(pool);
    return VT_OK;
}

/* ---------------------------------------------------------------------------------------- the counters */

/* Add to a counter; returns what it was. Local. */
static int64_t add(const struct pool *pool, int counter, int64_t amount)
{
    int64_t before;
    MPI_Fetch_and_op(&amount, &before, MPI_INT64_T, 0, counter, amount ? MPI_SUM : MPI_NO_OP, pool->window);
    MPI_Win_flush(0, pool->window);
    return before;
}

static void count(struct pool *pool)
{
    if (pool->now == pool->told) return;
    add(pool, COVERED, pool->now - pool->told);
    add(pool, COMPUTED, pool->now - pool->told);
    pool->told = pool->now;
}

static void say_progress(const struct pool *pool)
{
    int64_t done = add(pool, DONE, 0), covered = add(pool, COVERED, 0), computed = add(pool, COMPUTED, 0);
    double rate = (double)computed / (vt_clock() - pool->start + 1e-9), left = 0;
    if (rate > 0) left = (double)(pool->work - covered) / rate;
    FILE *own = vt_log_into(NULL);
    vt_progress(20, "%lld of %d runs done  %.3g atom-steps/s  %d:%02d left", (long long)done, pool->n_order,
                rate, (int)(left / 60), (int)left % 60);
    vt_log_into(own);
}

/* Count the work since the last time, speak, and pass on a wish to stop: now and then, so that it costs
 * nothing. */
static void look_around(struct pool *pool)
{
    if (vt_clock() - pool->last_look < 0.25) return;
    pool->last_look = vt_clock();
    count(pool);
    if (vt_signals_seen()) {
        if (!pool->stop_told) add(pool, STOP, 1);
        pool->stop_told = true;
    } else if (add(pool, STOP, 0))
        raise(SIGUSR1);
    if (pool->rank == 0) say_progress(pool);
}

/* From a run under way. */
static void tell(void *self, int64_t atom_steps)
{
    struct pool *pool = self;
    pool->now = atom_steps;
    look_around(pool);
}

/* ---------------------------------------------------------------------------------------------- work */

enum { PATH_LENGTH = 4300 };

static const char *path_of(const struct pool *pool, int k, const char *file, char path[PATH_LENGTH])
{
    snprintf(path, PATH_LENGTH, "%.4000s/%s-%016llx%s%s", pool->cache, pool->member[k].name,
             (unsigned long long)pool->plan[k].key, *file ? "/" : "", file);
    return path;
}

enum found { NOTHING, BEGUN, COMPLETE };

/* What a former job left of a run. Results that cannot be read, or are of another one, are nothing. */
static enum found look_for(const char *path, const struct vt_protocol *p)
{
    struct vt_results r = {0};
    char checksum[32];
    enum found found = NOTHING;
    if (access(path, F_OK) || vt_results_read(path, &r) != VT_OK) return NOTHING;
    const char *protocol = vt_results_get_note(&r, "", "protocol"),
               *tables = vt_results_get_note(&r, "", "potential_checksum"),
               *complete = vt_results_get_note(&r, "", "complete");
    snprintf(checksum, sizeof checksum, "%016llx", (unsigned long long)p->tables.checksum);
    if (protocol && tables && complete && !strcmp(protocol, p->text) && !strcmp(tables, checksum))
        found = !strcmp(complete, "yes") ? COMPLETE : BEGUN;
    vt_results_release(&r);
    return found;
}

static enum vt_status write_text(const char *path, const char *text)
{
    struct vt_replace out;
    VT_TRY(vt_replace_open(&out, path));
    fputs(text, out.file);
    enum vt_status st = vt_replace_commit(&out);
    vt_replace_abandon(&out);
    return st;
}

/* With the tables and the protocol beside it a run stands on its own. The folder is locked. */
static enum vt_status write_inputs(const struct pool *pool, int k, const struct vt_protocol *p)
{
    char path[PATH_LENGTH];
    if (pool->member[k].tables) {
        path_of(pool, k, VT_POOL_TABLES, path);
        VT_TRY(p->tables.finnis_sinclair ? vt_eam_write_fs(path, &p->tables)
                                         : vt_eam_write_setfl(path, &p->tables));
    }
    return write_text(path_of(pool, k, "protocol.yaml", path), p->text);
}

/* The run's own lines go to a file beside it. */
static enum vt_status run(struct pool *pool, int k, const struct vt_protocol *p, enum found found)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    const struct vt_run_options options = {.folder = path_of(pool, k, "", folder),
                                           .resume = found == BEGUN,
                                           .force = found != BEGUN,
                                           .watched = true,
                                           .tell = tell,
                                           .teller = pool};
    struct vt_results results = {0};
    VT_TRY(vt_run_check_folder(MPI_COMM_SELF, &options, false));
    FILE *log = fopen(path_of(pool, k, "run.log", path), "ae");
    if (log) setvbuf(log, NULL, _IOLBF, BUFSIZ);
    vt_log_into(log);
    enum vt_status st = write_inputs(pool, k, p);
    if (st == VT_OK) st = vt_carry_out(p, MPI_COMM_SELF, &options, &results);
    if (st != VT_OK) vt_log(st == VT_ESTOP ? VT_LOG_WARNING : VT_LOG_ERROR, "%s", vt_message());
    vt_log_into(NULL);
    if (log) fclose(log);
    vt_folder_unlock();
    vt_results_release(&results);
    return st;
}

static enum vt_status work_on(struct pool *pool, int k)
{
    char path[PATH_LENGTH];
    struct vt_protocol p = {0};
    enum vt_status st = parse(&pool->member[k], &p);
    pool->now = pool->told = 0;
    if (st == VT_OK) {
        enum found found = look_for(path_of(pool, k, "results.h5", path), &p);
        pool->outcome[k].cached = found == COMPLETE;
        if (found != COMPLETE) st = run(pool, k, &p, found);
        if (found == BEGUN && st == VT_EINPUT) st = run(pool, k, &p, NOTHING); /* what is left is damaged */
    }
    vt_protocol_release(&p);
    count(pool);
    return st;
}

static void work(struct pool *pool)
{
    while (!vt_signals_seen() && !add(pool, STOP, 0)) {
        int64_t at = add(pool, NEXT, 1);
        if (at >= pool->n_order) break;
        int k = pool->order[at];
        fail(&pool->outcome[k], work_on(pool, k));
        if (pool->outcome[k].status == VT_ESTOP) break;
        add(pool, COVERED, pool->plan[k].work - pool->told);
        add(pool, DONE, 1);
        look_around(pool);
    }
}

/* Without keeping a core busy. Collective. */
static void wait_for_all(struct pool *pool)
{
    MPI_Request all_here;
    int done = 0;
    MPI_Ibarrier(pool->comm, &all_here);
    for (;;) {
        MPI_Test(&all_here, &done, MPI_STATUS_IGNORE);
        if (done) return;
        look_around(pool);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

/* -------------------------------------------------------------------------------------------- gather */

/* Rank 0. */
static void read_results(const struct pool *pool)
{
    int failed = 0, cached = 0, stopped = 0;
    for (int k = 0; k < pool->n; k++) {
        struct vt_outcome *o = &pool->outcome[k];
        char path[PATH_LENGTH];
        if (o->status == VT_OK)
            fail(o, vt_results_read(path_of(pool, pool->plan[k].same_as, "results.h5", path), &o->results));
        cached += o->cached;
        stopped += o->status == VT_ESTOP;
        if (o->status == VT_OK || o->status == VT_ESTOP) continue;
        failed++;
        vt_log(VT_LOG_WARNING, "%s: %s", pool->member[k].name, o->message);
    }
    vt_log(VT_LOG_INFO, "%d runs: %d were in %s, %d failed, %d are to be done", pool->n, cached, pool->cache,
           failed, stopped);
}

static enum vt_status gather(struct pool *pool)
{
    int stopped = 0;
    int64_t drawn = add(pool, NEXT, 0);
    VT_TRY(share_outcomes(pool));
    for (int64_t at = drawn; at < pool->n_order; at++) {
        struct vt_outcome *o = &pool->outcome[pool->order[at]];
        o->status = VT_ESTOP;
        snprintf(o->message, sizeof o->message, "not begun when a signal asked to stop");
    }
    for (int k = 0; k < pool->n; k++) {
        const struct vt_outcome *same = &pool->outcome[pool->plan[k].same_as];
        if (pool->plan[k].same_as != k) pool->outcome[k] = *same; /* results are not read yet */
        stopped += same->status == VT_ESTOP;
    }
    if (pool->rank == 0) read_results(pool);
    VT_TRY(share_outcomes(pool));
    if (!stopped) return VT_OK;
    return VT_RAISE(VT_ESTOP, "stopped by a signal with %d of %d runs to be done; the same command goes on",
                    stopped, pool->n);
}

/* --------------------------------------------------------------------------------------------- whole */

static enum vt_status carry_out_all(struct pool *pool)
{
    int seen = vt_signals_seen();
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &seen, 1, MPI_INT, MPI_MAX, pool->comm)));
    if (seen && !vt_signals_seen()) raise(SIGUSR1);
    VT_TRY(prepare(pool));
    MPI_Aint bytes = pool->rank == 0 ? COUNTERS * sizeof *pool->counter : 0;
    VT_TRY(vt_mpi(MPI_Win_allocate(bytes, sizeof *pool->counter, MPI_INFO_NULL, pool->comm, &pool->counter,
                                   &pool->window)));
    if (pool->rank == 0) memset(pool->counter, 0, COUNTERS * sizeof *pool->counter);
    MPI_Win_fence(MPI_MODE_NOSUCCEED, pool->window);
    MPI_Win_lock_all(0, pool->window);
    work(pool);
    wait_for_all(pool);
    enum vt_status st = gather(pool);
    MPI_Win_unlock_all(pool->window);
    MPI_Win_free(&pool->window);
    return st;
}

enum vt_status vt_pool_run(MPI_Comm comm, const char *cache, int n, const struct vt_member *members,
                           struct vt_outcome *outcome)
{
    struct pool pool = {
        .comm = comm, .cache = cache, .n = n, .member = members, .outcome = outcome, .start = vt_clock()};
    enum vt_status st = VT_OK;
    MPI_Comm_rank(comm, &pool.rank);
    MPI_Comm_size(comm, &pool.ranks);
    if (!vt_signals_seen()) vt_signals_watch();
    memset(outcome, 0, (size_t)n * sizeof *outcome);
    VT_TRY_GOTO(st, agree, vt_alloc(&pool.plan, n));
    VT_TRY_GOTO(st, agree, vt_alloc(&pool.order, n));
agree:
    st = vt_agree(comm, st);
    if (st == VT_OK) st = carry_out_all(&pool);
    free(pool.order);
    free(pool.plan);
    return st;
}

enum vt_status vt_pool_check(int n, const struct vt_member *members, const struct vt_outcome *outcome)
{
    for (int k = 0; k < n; k++)
        if (outcome[k].status != VT_OK)
            return VT_RAISE(outcome[k].status, "%s: %s", members[k].name, outcome[k].message);
    return VT_OK;
}

void vt_pool_release(int n, struct vt_outcome *outcome)
{
    for (int k = 0; k < n; k++) vt_results_release(&outcome[k].results);
}

/* ----------------------------------------------------------------------------------------------- batches */

enum vt_status vt_batch_alloc(struct vt_batch *b, int most)
{
    *b = (struct vt_batch){0};
    VT_TRY(vt_alloc(&b->text, most));
    VT_TRY(vt_alloc(&b->member, most));
    return vt_alloc(&b->outcome, most);
}

struct vt_batch_text *vt_batch_add(struct vt_batch *b, const struct vt_eam *tables)
{
    struct vt_batch_text *text = &b->text[b->n];
    b->member[b->n++] = (struct vt_member){text->name, text->protocol, tables};
    return text;
}

enum vt_status vt_batch_run(MPI_Comm comm, const char *cache, enum vt_status st, struct vt_batch *b)
{
    VT_TRY(vt_agree(comm, st));
    return b->n ? vt_pool_run(comm, cache, b->n, b->member, b->outcome) : VT_OK;
}

void vt_batch_release(struct vt_batch *b)
{
    if (b->outcome) vt_pool_release(b->n, b->outcome);
    free(b->outcome);
    free(b->member);
    free(b->text);
    *b = (struct vt_batch){0};
}
