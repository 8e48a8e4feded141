/* cmd_potential_check.c: vitrum potential check: the validation of a potential, as text, HDF5 and a page. */
#include "cli/cmd_potential_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "io/eam_file.h"
#include "io/folder.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "md/eam_builtin.h"
#include "potential/check_page.h"
#include "potential/check_results.h"
#include "potential/check_text.h"
#include "potential/verdicts.h"

static const char usage[] =
    "usage: vitrum potential check SOURCE [-o FOLDER] [--static] [--alloy ALLOY] [--replicas N] [--melting]\n"
    "                              [--targets FILE] [--md FILE] [--record FILE]\n"
    "\n"
    "What a potential gives for elements, pairs and alloys, beside what is measured, and a verdict on each "
    "use.\n"
    "SOURCE is a file of tables or builtin:NAME. mpirun -n N vitrum potential check ... on more cores.\n"
    "  -o FOLDER       for check.h5, check.html and the runs (default: NAME-check). Runs that are there are\n"
    "                  not done again, and one that was stopped goes on\n"
    "  --static        only what needs no run: seconds\n"
    "  --alloy ALLOY   Cu46Zr46Al8 or '{Cu: 46, Zr: 46, Al: 8}', more than once if wanted; none: no alloy\n"
    "                  (default: those among the targets that hold all elements of the tables)\n"
    "  --replicas N    of each glass (default 5)\n"
    "  --melting       melting points of the elements too, by coexistence of crystal and liquid\n"
    "  --targets FILE  compare with these instead of the built-in ones (src/potential/targets.yaml)\n"
    "  --md FILE       the tables as Markdown too\n"
    "  --record FILE   put the verdict on record: the entry of these tables in FILE is replaced, or added\n";

struct arguments {
    const char *source, *targets, *markdown, *record;
    char folder[4000], command[VT_TEXT_SIZE]; /* the latter without names of what is written */
    struct vt_alloy alloy[16];
    int n_alloys, replicas;
    bool no_alloy, without_runs, melting, help;
};
enum { ALLOYS_MAX = sizeof((struct arguments){0}).alloy / sizeof(struct vt_alloy), REPLICAS = 5 };

static enum vt_status read_value(struct arguments *a, const char *word, const char *value)
{
    char *end;
    if (!strcmp(word, "-o") || !strcmp(word, "--output"))
        snprintf(a->folder, sizeof a->folder, "%s", value);
    else if (!strcmp(word, "--targets"))
        a->targets = value;
    else if (!strcmp(word, "--md"))
        a->markdown = value;
    else if (!strcmp(word, "--record"))
        a->record = value;
    else if (!strcmp(word, "--replicas")) {
        long n = strtol(value, &end, 10);
        if (*end || n < 1 || n > 1000)
            return VT_RAISE(VT_EINPUT, "potential check: --replicas: 1 to 1000 is right, not '%s'", value);
        a->replicas = (int)n;
    } else if (!strcmp(value, "none"))
        a->no_alloy = true;
    else if (a->n_alloys == ALLOYS_MAX)
        return VT_RAISE(VT_EINPUT, "potential check: more than %d alloys", ALLOYS_MAX);
    else {
        VT_TRY(vt_prefix(vt_alloy_parse(value, &a->alloy[a->n_alloys]), "potential check: --alloy"));
        for (int k = 0; k < a->n_alloys; k++)
            if (vt_alloy_same(&a->alloy[k], &a->alloy[a->n_alloys]))
                return VT_RAISE(VT_EINPUT, "potential check: --alloy %s: given twice", value);
        a->n_alloys++;
    }
    return VT_OK;
}

/* A word behind the others of a command, so that a shell would take it as one. */
static void add_word(char command[VT_TEXT_SIZE], const char *word)
{
    bool quote = word[strcspn(word, " \t\"'\\{}$;&|<>()*?#~`")];
    size_t used = strlen(command);
    snprintf(command + used, VT_TEXT_SIZE - used, quote ? " '%s'" : " %s", word);
}

/* What gives the same verdict again. */
static void describe(struct arguments *a)
{
    char number[32];
    snprintf(a->command, sizeof a->command, "vitrum potential check");
    add_word(a->command, a->source);
    if (a->without_runs) add_word(a->command, "--static");
    if (a->melting) add_word(a->command, "--melting");
    if (a->no_alloy) add_word(a->command, "--alloy"), add_word(a->command, "none");
    for (int k = 0; k < a->n_alloys; k++) {
        add_word(a->command, "--alloy");
        add_word(a->command, a->alloy[k].name);
    }
    if (a->targets) add_word(a->command, "--targets"), add_word(a->command, a->targets);
    if (a->replicas == REPLICAS) return;
    snprintf(number, sizeof number, "%d", a->replicas);
    add_word(a->command, "--replicas"), add_word(a->command, number);
}

static enum vt_status read_arguments(int argc, char **argv, struct arguments *a)
{
    static const char *const with_value[] = {"-o",       "--output",   "--targets", "--md",
                                             "--record", "--replicas", "--alloy"};
    *a = (struct arguments){.replicas = REPLICAS};
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool value = false;
        for (size_t q = 0; q < sizeof with_value / sizeof *with_value; q++)
            value |= !strcmp(word, with_value[q]);
        if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
            a->help = true;
            return VT_OK;
        }
        if (value && (k + 1 == argc || !*argv[k + 1]))
            return VT_RAISE(VT_EINPUT, "potential check: %s needs a value after it\n%s", word, usage);
        if (value)
            VT_TRY(read_value(a, word, argv[++k]));
        else if (!strcmp(word, "--static"))
            a->without_runs = true;
        else if (!strcmp(word, "--melting"))
            a->melting = true;
        else if (*word == '-' || a->source)
            return VT_RAISE(VT_EINPUT, "potential check: '%s' was not expected here\n%s", word, usage);
        else
            a->source = word;
    }
    if (!a->source) return VT_RAISE(VT_EINPUT, "potential check: which potential?\n%s", usage);
    if (a->no_alloy && a->n_alloys)
        return VT_RAISE(VT_EINPUT, "potential check: --alloy none and --alloy %s: give one",
                        a->alloy[0].name);
    if (a->without_runs && a->melting)
        return VT_RAISE(VT_EINPUT,
                        "potential check: --melting needs runs, --static leaves them out: give one");
    if (!*a->folder) {
        const char *slash = strrchr(a->source, '/'), *name = slash ? slash + 1 : a->source;
        if (!strncmp(name, "builtin:", 8)) name += 8;
        snprintf(a->folder, sizeof a->folder, "%.200s-check", name);
    }
    describe(a);
    return VT_OK;
}

/* Those among the targets that hold all elements, and no other. */
static void choose_alloys(const struct vt_targets *targets, const struct vt_eam *e, struct arguments *a)
{
    for (int k = 0; k < targets->n_alloys && !a->no_alloy && a->n_alloys < ALLOYS_MAX; k++) {
        const struct vt_alloy *alloy = &targets->alloy[k].alloy;
        int found = 0;
        for (int s = 0; s < alloy->n; s++)
            for (int q = 0; q < e->n_species; q++) found += !strcmp(alloy->symbol[s], e->element[q].symbol);
        if (found == alloy->n && found == e->n_species) a->alloy[a->n_alloys++] = *alloy;
    }
}

static enum vt_status load(MPI_Comm comm, int rank, const char *source, struct vt_eam *e)
{
    VT_TRY(vt_agree(comm, rank == 0 ? vt_eam_load(source, e) : VT_OK));
    return vt_eam_broadcast(comm, e);
}

static enum vt_status write_markdown(const char *path, const struct vt_check *c)
{
    struct vt_replace out;
    VT_TRY(vt_replace_open(&out, path));
    vt_check_print_markdown(out.file, c);
    enum vt_status st = vt_replace_commit(&out);
    if (st) vt_replace_abandon(&out);
    return st;
}

static enum vt_status record(const struct arguments *a, const struct vt_check *c)
{
    struct vt_recorded entry;
    const char *builtin = vt_eam_builtin_name(a->source);
    VT_TRY(vt_recorded_make(c, a->command, &entry));
    if (builtin) snprintf(entry.potential, sizeof entry.potential, "builtin:%s", builtin);
    enum vt_status st = vt_verdicts_record(a->record, &entry);
    vt_recorded_release(&entry);
    if (st == VT_OK) vt_log(VT_LOG_INFO, "verdict on record in %s", a->record);
    return st;
}

/* Before hours of runs: can the verdict be put there? Rank 0. */
static enum vt_status check_record(const char *path)
{
    struct vt_verdicts v = {0};
    VT_TRY(vt_prefix(vt_replace_check(path), "potential check: --record"));
    enum vt_status st = access(path, F_OK) ? VT_OK : vt_verdicts_read(path, &v);
    vt_verdicts_release(&v);
    return st;
}

/* Rank 0. */
static enum vt_status write_all(const struct arguments *a, const struct vt_check *c)
{
    char path[4200];
    struct vt_results results = {0};
    struct vt_ranks ranks = {.comm = MPI_COMM_SELF, .size = 1};
    enum vt_status st;
    vt_check_print(stdout, c);
    VT_TRY_GOTO(st, done, vt_provenance_note(&results, &ranks));
    VT_TRY_GOTO(st, done, vt_check_results(c, &results));
    snprintf(path, sizeof path, "%s/check.h5", a->folder);
    VT_TRY_GOTO(st, done, vt_results_write(path, &results));
    if (a->markdown) VT_TRY_GOTO(st, done, write_markdown(a->markdown, c));
    snprintf(path, sizeof path, "%s/check.html", a->folder);
    if (vt_check_page_write(path, c, &results) == VT_OK)
        vt_log(VT_LOG_INFO, "check written to %s/check.h5 and %s", a->folder, path);
    else
        vt_log(VT_LOG_WARNING, "check written to %s/check.h5, but no page: %s", a->folder, vt_message());
    if (a->record) st = record(a, c);
done:
    vt_results_release(&results);
    return st;
}

static enum vt_status check(MPI_Comm comm, int rank, struct arguments *a)
{
    struct vt_eam e = {0};
    struct vt_targets targets = {0};
    struct vt_check c = {0};
    char cache[4100];
    enum vt_status st;
    snprintf(cache, sizeof cache, "%s/runs", a->folder);
    if (a->markdown) VT_TRY(vt_prefix(vt_replace_check(a->markdown), "potential check: --md"));
    if (a->record) VT_TRY(vt_agree(comm, rank == 0 ? check_record(a->record) : VT_OK));
    VT_TRY_GOTO(st, done, vt_agree(comm, vt_targets_read(a->targets, &targets)));
    VT_TRY_GOTO(st, done, load(comm, rank, a->source, &e));
    if (!a->n_alloys) choose_alloys(&targets, &e, a);
    const struct vt_check_options options = {.source = a->source,
                                             .tables = &e,
                                             .targets = &targets,
                                             .n_alloys = a->n_alloys,
                                             .alloy = a->alloy,
                                             .without_runs = a->without_runs,
                                             .melting = a->melting,
                                             .replicas = a->replicas,
                                             .cache = cache};
    VT_TRY_GOTO(st, done, vt_agree(comm, vt_check_alloys(&options)));
    VT_TRY_GOTO(st, done, vt_agree(comm, rank == 0 ? vt_folder_make(a->folder) : VT_OK));
    VT_TRY_GOTO(st, done, vt_check_potential(comm, &options, &c));
    st = vt_agree(comm, rank == 0 ? write_all(a, &c) : VT_OK);
done:
    vt_check_release(&c);
    vt_targets_release(&targets);
    vt_eam_release(&e);
    return st;
}

enum vt_status vt_cmd_potential_check(MPI_Comm comm, int argc, char **argv)
{
    struct arguments a;
    int rank;
    MPI_Comm_rank(comm, &rank);
    VT_TRY(read_arguments(argc, argv, &a));
    if (!a.help) return check(comm, rank, &a);
    if (rank == 0) fputs(usage, stdout);
    return VT_OK;
}
