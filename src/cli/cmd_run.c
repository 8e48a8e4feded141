/* cmd_run.c: vitrum run: a protocol carried out, and its report. */
#include "cli/cmd_run.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/parallel.h"
#include "io/report.h"
#include "md/folder_lock.h"
#include "potential/verdict_notes.h"
#include "study/carry_out.h"

static const char usage[] =
    "usage: vitrum run PROTOCOL.yaml [-o FOLDER] [--dry-run | --resume | --force] [--no-report]\n"
    "                                [--size NAME]\n"
    "\n"
    "Carry out a protocol; mpirun -n N vitrum run ... on more cores. `vitrum info` lists all its options.\n"
    "  -o FOLDER    where everything goes (default: PROTOCOL-run)\n"
    "  --dry-run    check everything and say what would be done; writes nothing\n"
    "  --resume     go on from the last checkpoint, or begin if there is none\n"
    "  --force      replace the run that is in the folder\n"
    "  --no-report  leave report.html out\n"
    "  --size NAME  use this set of the protocol's `sizes`\n"
    "\n"
    "SIGTERM, SIGINT (Ctrl-C), SIGHUP or SIGUSR1 stops a run with a checkpoint (exit code 75). mpirun\n"
    "passes on SIGUSR1 only: at the others it ends the job within a second, with exit code 1.\n";

struct arguments {
    const char *protocol, *size;
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
        else if (!strcmp(word, "--size")) {
            if (++k == argc || !*argv[k]) return VT_RAISE(VT_EINPUT, "run: --size: a name is due");
            a->size = argv[k];
        } else if (!strcmp(word, "-o") || !strcmp(word, "--output")) {
            if (++k == argc || !*argv[k]) return VT_RAISE(VT_EINPUT, "run: %s: a folder is due", word);
            snprintf(a->folder, sizeof a->folder, "%s", argv[k]);
        } else if (*word == '-')
            return VT_RAISE(
                VT_EINPUT,
                "run: option '%s' is not known: -o FOLDER, --dry-run, --resume, --force, --no-report, "
                "--size NAME",
                word);
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

static bool is_on_path(const char *program)
{
    const char *at = getenv("PATH");
    while (at && *at) {
        char file[4096];
        size_t length = strcspn(at, ":");
        snprintf(file, sizeof file, "%.*s/%s", (int)length, length ? at : ".", program);
        if (!access(file, X_OK)) return true;
        at += length + (at[length] == ':');
    }
    return false;
}

/* The results are what a run is for: that they cannot be drawn is told before, and ends nothing. */
static void warn_if_undrawable(const struct arguments *a)
{
    if (a->report && !is_on_path("gnuplot"))
        vt_log(
            VT_LOG_WARNING,
            "gnuplot, which draws the figures of report.html, was not found on PATH (on Debian: apt-get "
            "install "
            "gnuplot-nox): the run will end without a report, as with --no-report; `vitrum report` can draw "
            "it later");
}

static void report(const struct arguments *a, const struct vt_results *results)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/report.html", a->folder);
    if (vt_report_write(path, results) == VT_OK)
        vt_log(VT_LOG_INFO, "results in %s/results.h5, report in %s", a->folder, path);
    else
        vt_log(VT_LOG_WARNING, "results in %s/results.h5, but no report: %s", a->folder, vt_message());
}

static enum vt_status run(MPI_Comm comm, const struct arguments *a, const struct vt_protocol *p)
{
    struct vt_results results = {0}, about = {0};
    const struct vt_run_options options = {
        .folder = a->folder, .force = a->force, .resume = a->resume, .about = &about};
    int rank;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) warn_if_undrawable(a);
    enum vt_status st = vt_agree(comm, rank == 0 ? vt_verdict_note(p, &about) : VT_OK);
    if (st == VT_OK)
        st = a->dry_run ? vt_carry_out_dry(p, comm, &options, stdout)
                        : vt_carry_out(p, comm, &options, &results);
    if (st == VT_OK && !a->dry_run && a->report && rank == 0) report(a, &results);
    vt_folder_unlock();
    vt_results_release(&results);
    vt_results_release(&about);
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
    if (st == VT_OK) st = vt_protocol_read(arguments.protocol, arguments.size, comm, &protocol);
    if (st == VT_OK) st = run(comm, &arguments, &protocol);
    vt_protocol_release(&protocol);
    return st;
}
