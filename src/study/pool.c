/* pool.c: see pool.h.
 *
 *     prepare    each rank reads its share of the protocols: keys, and how much work they are
 *     work       ranks draw members, the longest first; each runs on MPI_COMM_SELF
 *     gather     what became of each; rank 0 reads the results
 *
 * draw.h has the counter, and the way to stop. */
#include "study/pool.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "io/eam_file.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "md/folder_lock.h"
#include "study/carry_out.h"
#include "study/draw.h"

/* Part of every key. A change of the engine or of a kernel that gives the same protocol and tables other
 * numbers, or other datasets, needs another one. */
static const char engine[] = "vitrum run 3";

enum { NAME_LENGTH_MAX = VT_MEMBER_NAME - 1 };

/* What every rank learns about a member. */
struct plan {
    uint64_t key;
    int64_t work; /* atoms times steps */
    int same_as;  /* an earlier member that is the same, or itself */
};

struct pool {
    MPI_Comm comm;
    int rank, ranks;
    const char *cache;
    int n;
    const struct vt_member *member;
    struct vt_outcome *outcome;
    struct plan *plan;
    int *order, n_order; /* members to be drawn */
    struct vt_draw draw;
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

/* Each status belongs to one rank, the others have VT_OK and nothing to say. Collective. */
static enum vt_status share_outcomes(struct pool *pool)
{
    for (int k = 0; k < pool->n; k++) {
        struct vt_outcome *o = &pool->outcome[k];
        int cached = o->cached;
        VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &cached, 1, MPI_INT, MPI_MAX, pool->comm)));
        VT_TRY(vt_draw_share(pool->comm, &o->status, o->message, sizeof o->message));
        o->cached = cached;
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
    int64_t *work, sum = 0;
    VT_TRY(vt_agree(pool->comm, vt_alloc(&work, pool->n)));
    for (int k = 0; k < pool->n; k++) {
        bool drawn = pool->outcome[k].status == VT_OK && pool->plan[k].same_as == k;
        work[k] = drawn ? pool->plan[k].work : -1;
        if (drawn) sum += work[k];
    }
    pool->n_order = vt_draw_order(pool->n, work, pool->order);
    free(work);
    return vt_draw_open(&pool->draw, pool->comm, MPI_COMM_SELF, pool->n_order, sum, "runs");
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

/* With the tables and the protocol beside it a run stands on its own. The folder is locked. */
static enum vt_status write_inputs(const struct pool *pool, int k, const struct vt_protocol *p)
{
    char path[PATH_LENGTH];
    if (pool->member[k].tables) {
        path_of(pool, k, VT_POOL_TABLES, path);
        VT_TRY(p->tables.finnis_sinclair ? vt_eam_write_fs(path, &p->tables)
                                         : vt_eam_write_setfl(path, &p->tables));
    }
    return vt_replace_text(path_of(pool, k, "protocol.yaml", path), p->text);
}

/* The run's own lines go to a file beside it. */
static enum vt_status run(struct pool *pool, int k, const struct vt_protocol *p, enum found found)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    const struct vt_run_options options = {.folder = path_of(pool, k, "", folder),
                                           .resume = found == BEGUN,
                                           .force = found != BEGUN,
                                           .watched = true,
                                           .tell = vt_draw_tell,
                                           .teller = &pool->draw};
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
    if (st == VT_OK) {
        enum found found = look_for(path_of(pool, k, "results.h5", path), &p);
        pool->outcome[k].cached = found == COMPLETE;
        if (found != COMPLETE) st = run(pool, k, &p, found);
        if (found == BEGUN && st == VT_EINPUT) st = run(pool, k, &p, NOTHING); /* what is left is damaged */
    }
    vt_protocol_release(&p);
    return st;
}

static void work(struct pool *pool)
{
    for (int at; (at = vt_draw_next(&pool->draw)) >= 0;) {
        int k = pool->order[at];
        fail(&pool->outcome[k], work_on(pool, k));
        if (pool->outcome[k].status == VT_ESTOP) {
            vt_draw_given_up(&pool->draw);
            break;
        }
        vt_draw_done(&pool->draw, pool->plan[k].work);
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
    int drawn = vt_draw_drawn(&pool->draw);
    VT_TRY(share_outcomes(pool));
    for (int at = drawn; at < pool->n_order; at++) {
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
    VT_TRY(vt_draw_watch(pool->comm));
    VT_TRY(prepare(pool));
    work(pool);
    vt_draw_wait(&pool->draw);
    enum vt_status st = gather(pool);
    vt_draw_close(&pool->draw);
    return st;
}

enum vt_status vt_pool_run(MPI_Comm comm, const char *cache, int n, const struct vt_member *members,
                           struct vt_outcome *outcome)
{
    struct pool pool = {.comm = comm, .cache = cache, .n = n, .member = members, .outcome = outcome};
    enum vt_status st = VT_OK;
    MPI_Comm_rank(comm, &pool.rank);
    MPI_Comm_size(comm, &pool.ranks);
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
