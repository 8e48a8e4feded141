/* cmd_sweep.c: vitrum sweep: one protocol over a grid of values. */
#include "cli/cmd_sweep.h"

#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/parallel.h"
#include "potential/verdict_notes.h"
#include "study/sweep.h"

static const char usage[] =
    "usage: vitrum sweep FILE.yaml [-o FOLDER] [--dry-run | --resume | --force | --gather] [--size NAME]\n"
    "                              [--member K | --members A-B]\n"
    "\n"
    "A protocol with a section `sweep` is carried out for each combination of its variables, on as many "
    "ranks\n"
    "as there are: mpirun -n N vitrum sweep ... (docs/reference/sweep.md).\n"
    "  -o FOLDER      where everything goes (default: FILE-sweep)\n"
    "  --dry-run      check all members and list them; writes nothing\n"
    "  --resume       go on with what is there: members that are complete are left as they are\n"
    "  --force        replace the members that are in the folder\n"
    "  --gather       only put results.h5 and table.csv together, of the members that are complete\n"
    "  --size NAME    use this set of the file's `sizes`\n"
    "  --member K     only this member, from 1 as --dry-run lists them, with what it begins at;\n"
    "  --members A-B  only these; several such jobs may work on one folder at the same time\n"
    "\n"
    "SIGTERM, SIGINT (Ctrl-C), SIGHUP or SIGUSR1 stops all members with checkpoints (exit code 75). A "
    "member\n"
    "that fails does not end the others; the exit code is then that of the first that failed.\n";

struct arguments {
    const char *file, *size;
    char folder[1024];
    bool dry_run, gather, help;
    int first, last; /* from 1; 0: all */
    struct vt_sweep_how how;
};

static enum vt_status read_members(const char *word, const char *text, bool range, struct arguments *a)
{
    char rest;
    int n =
        range ? sscanf(text, "%d-%d%c", &a->first, &a->last, &rest) : sscanf(text, "%d%c", &a->first, &rest);
    if (!range) a->last = a->first;
    if (n == (range ? 2 : 1) && a->first >= 1 && a->last >= a->first) return VT_OK;
    return VT_RAISE(VT_EINPUT, "sweep: %s '%s': %s", word, text,
                    range ? "a range of members is due, 3-7 for example"
                          : "the number of a member is due, from 1");
}

static enum vt_status read_arguments(int argc, char **argv, struct arguments *a)
{
    *a = (struct arguments){.how.about = vt_verdict_note};
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool takes = !strcmp(word, "-o") || !strcmp(word, "--output") || !strcmp(word, "--size") ||
                     !strcmp(word, "--member") || !strcmp(word, "--members");
        if (takes && (k + 1 == argc || !*argv[k + 1]))
            return VT_RAISE(VT_EINPUT, "sweep: %s: a value is due behind it", word);
        if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
            a->help = true;
            return VT_OK;
        }
        if (!strcmp(word, "--size"))
            a->size = argv[++k];
        else if (!strcmp(word, "--member") || !strcmp(word, "--members")) {
            k++;
            VT_TRY(read_members(word, argv[k], !strcmp(word, "--members"), a));
        } else if (takes) {
            if (snprintf(a->folder, sizeof a->folder, "%s", argv[++k]) >= (int)sizeof a->folder)
                return VT_RAISE(VT_EINPUT, "folder name '%.60s...' is too long", argv[k]);
        } else if (!strcmp(word, "--dry-run"))
            a->dry_run = true;
        else if (!strcmp(word, "--resume"))
            a->how.resume = true;
        else if (!strcmp(word, "--force"))
            a->how.force = true;
        else if (!strcmp(word, "--gather"))
            a->gather = true;
        else if (*word == '-')
            return VT_RAISE(VT_EINPUT,
                            "sweep: option '%s' is not known: -o FOLDER, --dry-run, --resume, --force, "
                            "--gather, --size NAME, --member K, --members A-B",
                            word);
        else if (a->file)
            return VT_RAISE(VT_EINPUT, "sweep: one file is due, '%s' and '%s' are two", a->file, word);
        else
            a->file = word;
    }
    if (!a->file) return VT_RAISE(VT_EINPUT, "sweep: a file is due: vitrum sweep FILE.yaml");
    if (a->dry_run + a->how.resume + a->how.force + a->gather > 1)
        return VT_RAISE(VT_EINPUT, "sweep: give one of --dry-run, --resume, --force, --gather");
    if (a->gather && a->first)
        return VT_RAISE(VT_EINPUT, "sweep: --gather takes all members that are complete: leave out --member");
    if (!*a->folder) {
        char path[4096];
        snprintf(path, sizeof path, "%s", a->file);
        char *base = basename(path), *dot = strrchr(base, '.');
        if (dot && dot != base) *dot = '\0';
        snprintf(a->folder, sizeof a->folder, "%.900s-sweep", base);
    }
    return VT_OK;
}

static enum vt_status choose_members(struct arguments *a, const struct vt_sweep *s)
{
    a->how.first = a->first ? a->first - 1 : 0;
    a->how.last = a->last ? a->last - 1 : s->n_members - 1;
    if (a->how.last < s->n_members) return VT_OK;
    return VT_RAISE(VT_EINPUT, "sweep: there is no member %d: '%s' makes %d", a->last, a->file, s->n_members);
}

static enum vt_status sweep(MPI_Comm comm, struct arguments *a, struct vt_sweep *s)
{
    int rank, ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    VT_TRY(choose_members(a, s));
    if (a->gather) return vt_agree(comm, rank == 0 ? vt_sweep_gather(s) : VT_OK);
    VT_TRY(vt_sweep_check(s, comm));
    if (!a->dry_run) return vt_sweep_run(s, comm, &a->how);
    if (rank == 0) vt_sweep_print(s, &a->how, ranks, stdout);
    return VT_OK;
}

enum vt_status vt_cmd_sweep(MPI_Comm comm, int argc, char **argv)
{
    struct arguments arguments;
    struct vt_sweep s = {0};
    VT_TRY(read_arguments(argc, argv, &arguments));
    if (arguments.help) {
        int rank;
        MPI_Comm_rank(comm, &rank);
        if (rank == 0) fputs(usage, stdout);
        return VT_OK;
    }
    enum vt_status st = vt_sweep_read(arguments.file, arguments.size, arguments.folder, comm, &s);
    if (st == VT_OK) st = sweep(comm, &arguments, &s);
    vt_sweep_release(&s);
    return st;
}
