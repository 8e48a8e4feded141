/* cmd_run.c: vitrum run: protocol, measurements and trajectory put together. */
#include "cli/cmd_run.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analysis/analysis.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "io/report.h"
#include "io/trajectory.h"
#include "md/folder_lock.h"
#include "md/run.h"

static const char usage[] =
    "usage: vitrum run PROTOCOL.yaml [-o FOLDER] [--dry-run | --resume | --force] [--no-report]\n"
    "\n"
    "Carry out a protocol; mpirun -n N vitrum run ... on more cores. `vitrum info` lists all its options.\n"
    "  -o FOLDER    where everything goes (default: PROTOCOL-run)\n"
    "  --dry-run    check everything and say what would be done; writes nothing\n"
    "  --resume     go on from the last checkpoint, or begin if there is none\n"
    "  --force      replace the run that is in the folder\n"
    "  --no-report  leave report.html out\n"
    "\n"
    "SIGTERM, SIGINT, SIGUSR1 or SIGHUP stops a run with a checkpoint (exit code 75).\n";

struct arguments {
    const char *protocol;
    char folder[4096];
    bool force, resume, dry_run, report, help;
};

static enum vt_status read_arguments(int argc, char **argv, struct arguments *a)
{
    *a = (struct arguments){.report = true};
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
            a->help = true;
            return VT_OK;
        }
        if (!strcmp(word, "--force"))
            a->force = true;
        else if (!strcmp(word, "--resume"))
            a->resume = true;
        else if (!strcmp(word, "--dry-run"))
            a->dry_run = true;
        else if (!strcmp(word, "--no-report"))
            a->report = false;
        else if (!strcmp(word, "-o") || !strcmp(word, "--output")) {
            if (++k == argc || !*argv[k]) return VT_RAISE(VT_EINPUT, "run: %s: a folder is due", word);
            snprintf(a->folder, sizeof a->folder, "%s", argv[k]);
        } else if (*word == '-')
            return VT_RAISE(
                VT_EINPUT,
                "run: option '%s' is not known: -o FOLDER, --dry-run, --resume, --force, --no-report", word);
        else if (a->protocol)
            return VT_RAISE(VT_EINPUT, "run: one protocol is due, '%s' and '%s' are two", a->protocol, word);
        else
            a->protocol = word;
    }
    if (!a->protocol)
        return VT_RAISE(VT_EINPUT, "run: a protocol file is due: vitrum run inputs/quickstart.yaml");
    if (a->force && a->resume)
        return VT_RAISE(VT_EINPUT, "run: --force begins anew, --resume goes on: give one of them");
    if (!*a->folder) {
        char path[4096];
        snprintf(path, sizeof path, "%s", a->protocol);
        char *base = basename(path), *dot = strrchr(base, '.');
        if (dot && dot != base) *dot = '\0';
        snprintf(a->folder, sizeof a->folder, "%.3000s-run", base);
    }
    return VT_OK;
}

/* The measurements of a run: one analysis for the protocol's own list, and one for each stage with a list of
 * its own. To the run they are one sink that turns to the right one as each stage begins. */
struct measurements {
    const struct vt_protocol *protocol;
    int n; /* stages */
    struct vt_analysis **of_stage, *common, *now;
};

static enum vt_status measure_begin(void *self, const struct vt_stage_info *stage,
                                    const struct vt_material *material, int *n_looks,
                                    const struct vt_look **looks)
{
    struct measurements *m = self;
    m->now = m->of_stage[stage->index - 1];
    struct vt_sink sink = vt_analysis_sink(m->now);
    return sink.begin(sink.self, stage, material, n_looks, looks);
}

static enum vt_status measure_frame(void *self, int look, const struct vt_frame *frame)
{
    struct vt_sink sink = vt_analysis_sink(((struct measurements *)self)->now);
    return sink.frame(sink.self, look, frame);
}

static enum vt_status measure_end(void *self)
{
    struct vt_sink sink = vt_analysis_sink(((struct measurements *)self)->now);
    return sink.end(sink.self);
}

static enum vt_status measure_harvest(void *self, struct vt_results *results)
{
    return vt_results_move(results, vt_analysis_results(((struct measurements *)self)->now), "");
}

static enum vt_status measure_save(void *self, const struct vt_ranks *ranks, char **block, size_t *bytes)
{
    struct vt_sink sink = vt_analysis_sink(((struct measurements *)self)->now);
    return sink.save(sink.self, ranks, block, bytes);
}

static enum vt_status measure_load(void *self, const struct vt_ranks *ranks, const char *block, size_t bytes)
{
    struct vt_sink sink = vt_analysis_sink(((struct measurements *)self)->now);
    return sink.load(sink.self, ranks, block, bytes);
}

static enum vt_status measurements_init(struct measurements *m, const struct vt_protocol *p)
{
    *m = (struct measurements){.protocol = p, .n = p->n_stages};
    VT_TRY(vt_alloc(&m->of_stage, m->n));
    VT_TRY(vt_analysis_create(p->measure, &p->material, &m->common));
    for (int k = 0; k < m->n; k++) {
        const struct vt_yaml *own = p->stage[k].common.measure;
        m->of_stage[k] = m->common;
        if (own) VT_TRY(vt_analysis_create(own, &p->material, &m->of_stage[k]));
    }
    return VT_OK;
}

static void measurements_release(struct measurements *m)
{
    for (int k = 0; m->of_stage && k < m->n; k++)
        if (m->of_stage[k] != m->common) vt_analysis_destroy(m->of_stage[k]);
    vt_analysis_destroy(m->common);
    free(m->of_stage);
}

/* Can the cell be made, and does all that is to be measured fit into it? */
static enum vt_status measurements_check(const struct measurements *m)
{
    struct vt_cell cell;
    VT_TRY(vt_protocol_cell(m->protocol, &cell));
    for (int k = 0; k < m->n; k++) {
        const struct vt_yaml *own = m->protocol->stage[k].common.measure,
                             *list = own ? own : m->protocol->measure;
        if (list)
            VT_TRY(vt_prefix(vt_analysis_check(m->of_stage[k], &cell), "%s:%d: measure", list->file,
                             list->line));
    }
    return VT_OK;
}

static enum vt_status report(const struct arguments *a, const struct vt_results *results)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/report.html", a->folder);
    VT_TRY(vt_report_write(path, results));
    vt_log(VT_LOG_INFO, "results in %s/results.h5, report in %s", a->folder, path);
    return VT_OK;
}

static enum vt_status run(MPI_Comm comm, const struct arguments *a, struct vt_protocol *p)
{
    struct measurements measure = {0};
    struct vt_trajectory *trajectory = NULL;
    struct vt_results results = {0};
    const struct vt_run_options options = {.folder = a->folder, .force = a->force, .resume = a->resume};
    const struct vt_h5md_options format = {.single = p->trajectory_single,
                                           .velocities = p->trajectory_velocities};
    int rank;
    enum vt_status st;
    MPI_Comm_rank(comm, &rank);
    VT_TRY_GOTO(st, done, vt_agree(comm, measurements_init(&measure, p)));
    VT_TRY_GOTO(st, done, vt_agree(comm, measurements_check(&measure)));
    if (a->dry_run) {
        st = vt_run_dry(p, comm, &options, stdout);
        goto done;
    }
    VT_TRY_GOTO(st, done,
                vt_agree(comm, vt_trajectory_create(&trajectory, a->folder, comm, p->trajectory_every,
                                                    &format, &results)));
    const struct vt_sink sinks[] = {
        {&measure, measure_begin, measure_frame, measure_end, measure_harvest, measure_save, measure_load},
        vt_trajectory_sink(trajectory)};
    st = vt_run(p, comm, &options, (struct vt_run_sinks){2, sinks}, &results);
    enum vt_status closed = vt_trajectory_destroy(trajectory);
    if (st == VT_OK) st = closed;
    if (st == VT_OK && a->report) st = vt_agree(comm, rank == 0 ? report(a, &results) : VT_OK);
done:
    vt_folder_unlock();
    vt_results_release(&results);
    measurements_release(&measure);
    return st;
}

enum vt_status vt_cmd_run(MPI_Comm comm, int argc, char **argv)
{
    struct arguments arguments;
    struct vt_protocol protocol = {0};
    enum vt_status st = read_arguments(argc, argv, &arguments);
    if (st == VT_OK && arguments.help) {
        int rank;
        MPI_Comm_rank(comm, &rank);
        if (rank == 0) fputs(usage, stdout);
        return VT_OK;
    }
    if (st == VT_OK) st = vt_protocol_read(arguments.protocol, comm, &protocol);
    if (st == VT_OK) st = run(comm, &arguments, &protocol);
    vt_protocol_release(&protocol);
    return st;
}
