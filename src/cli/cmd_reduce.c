/* cmd_reduce.c: vitrum reduce PATTERNS... [options] [--config FILE] [-o FOLDER] [--force]; vitrum reduce
 * --createconfig FILE.
 *
 * Leaves FOLDER/NAME.sq, .fq, .gr and, if asked for, .iq of each pattern. */
#include "cli/cmd_reduce.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "io/replace.h"
#include "study/reduce_series.h"

static const char usage[] = "usage: vitrum reduce PATTERNS... [--composition Cu50Zr50] [options] [--config "
                            "FILE] [-o FOLDER] [--force]\n"
                            "       vitrum reduce --createconfig FILE\n"
                            "\n"
                            "Diffraction patterns to S(q), F(q) and G(r): NAME.xy gives NAME.sq, NAME.fq and "
                            "NAME.gr in FOLDER; mpirun -n N vitrum\n"
                            "reduce ... on more cores.\n"
                            "  -o FOLDER            where to (default: reduced)\n"
                            "  --config FILE        options as `key = value`: a configuration of PDFgetX3, "
                            "or a .gr, .fq, .sq or .iq file\n"
                            "  --createconfig FILE  write such a file with all keys\n"
                            "  --force              replace files that are there\n"
                            "\n"
                            "Numbers without a unit have that of the table.\n"
                            "\n";

struct arguments {
    const char *folder, *config, *create;
    char **pattern;
    int n;
    bool force, help;
};

static enum vt_status read_words(int argc, char **argv, struct arguments *a, struct vt_options *options)
{
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k], *equal = strchr(word, '=');
        bool taken;
        VT_TRY(vt_options_take(options, vt_reduce_params, argc, argv, &k, &taken));
        if (taken) continue;
        const char **text = !strcmp(word, "-o") || !strcmp(word, "--output")            ? &a->folder
                            : !strcmp(word, "--config") || !strcmp(word, "-c")          ? &a->config
                            : !strcmp(word, "--createconfig")                           ? &a->create
                            : equal && !strncmp(word, "--config=", strlen("--config=")) ? &a->config
                            : equal && !strncmp(word, "--createconfig=", strlen("--createconfig="))
                                ? &a->create
                                : NULL;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (text) {
            *text = equal ? equal + 1 : ++k < argc ? argv[k] : "";
            if (!**text) return VT_RAISE(VT_EINPUT, "reduce: %s: a value is due", word);
        } else if (*word == '-')
            return vt_options_unknown("reduce", word, vt_reduce_params,
                                      "-o FOLDER, --config, --createconfig, --force");
        else if (!*word || strchr(word, '\n'))
            return VT_RAISE(VT_EINPUT, "reduce: '%s' is no name of a file that can be told in a header",
                            word);
        else
            a->pattern[a->n++] = argv[k];
    }
    return VT_OK;
}

static enum vt_status create(const char *path, bool force)
{
    struct vt_replace out;
    if (!force && !access(path, F_OK))
        return VT_RAISE(VT_EINPUT, "reduce: %s exists; give another name, or --force to replace it", path);
    VT_TRY(vt_replace_open(&out, path));
    vt_reduce_template(out.file);
    enum vt_status st = vt_replace_commit(&out);
    if (st != VT_OK) vt_replace_abandon(&out);
    return st;
}

/* Names that the configuration gives, one a line, in place; they count where the command line has none. */
static enum vt_status take_names(struct arguments *a, char *names)
{
    int n = 1;
    for (const char *at = names; *at; at++) n += *at == '\n';
    free(a->pattern);
    VT_TRY(vt_alloc(&a->pattern, n));
    char *rest = NULL;
    for (char *name = strtok_r(names, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest))
        a->pattern[a->n++] = name;
    return VT_OK;
}

static enum vt_status run(MPI_Comm comm, struct arguments *a, const struct vt_options *words)
{
    struct vt_reduce_options options;
    int refused, rank;
    MPI_Comm_rank(comm, &rank);
    enum vt_status st = vt_reduce_options_read(a->config, words->text, words->length, &options);
    char names[VT_TEXT_SIZE];
    snprintf(names, sizeof names, "%s", options.inputfile);
    if (st == VT_OK && !a->n) st = take_names(a, names);
    if (st == VT_OK && !a->n)
        st = VT_RAISE(VT_EINPUT,
                      "reduce: patterns are due: vitrum reduce data/*.xy --composition Cu50Zr50 -o reduced");
    VT_TRY(vt_agree(comm, st));
    VT_TRY(vt_reduce_series(comm, a->n, a->pattern, a->folder, a->force, &options, &refused));
    if (rank == 0) printf("%d patterns reduced into %s\n", a->n - refused, a->folder);
    if (refused)
        return VT_RAISE(VT_EINPUT, "reduce: %d of %d files were left out, see above; the others are in %s",
                        refused, a->n, a->folder);
    return VT_OK;
}

enum vt_status vt_cmd_reduce(MPI_Comm comm, int argc, char **argv)
{
    struct arguments a = {.folder = "reduced"};
    struct vt_options options = {0};
    int rank;
    MPI_Comm_rank(comm, &rank);
    enum vt_status st = vt_alloc(&a.pattern, argc);
    if (st == VT_OK) st = read_words(argc, argv, &a, &options);
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    if (a.help && rank == 0) {
        fputs(usage, stdout);
        vt_params_print(stdout, vt_reduce_params, false);
    }
    if (a.help) goto done;
    st = a.create ? vt_agree(comm, rank == 0 ? create(a.create, a.force) : VT_OK) : run(comm, &a, &options);
done:
    vt_options_release(&options);
    free(a.pattern);
    return st;
}
