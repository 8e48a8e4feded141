/* cmd_reduce.c: vitrum reduce PATTERNS... [options] [--config FILE] [-o FOLDER] [--force]; vitrum reduce
 * --createconfig FILE.
 *
 * Leaves FOLDER/NAME.sq, .fq, .gr and, if asked for, .iq of each pattern. */
#include "cli/cmd_reduce.h"

#include <glob.h>
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
                            "Names with * or ? are looked up if the shell did not: mpirun takes no thousands "
                            "of names. Numbers without a unit have "
                            "that of\n"
                            "the table.\n"
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

/* Names of files, in one text, each ended by a line end; the same on all ranks. */
struct names {
    char *text, **name;
    size_t length, capacity;
    int n;
};

static enum vt_status add_name(struct names *names, const char *name)
{
    size_t length = strlen(name);
    VT_TRY(vt_grow(&names->text, &names->capacity, names->length + length + 2));
    memcpy(names->text + names->length, name, length);
    names->length += length + 1;
    names->text[names->length - 1] = '\n';
    names->text[names->length] = '\0';
    names->n++;
    return VT_OK;
}

/* A name, or all that a pattern of names fits to, in order: a command line of mpirun does not hold thousands.
 */
static enum vt_status expand_name(struct names *names, const char *word)
{
    glob_t found;
    enum vt_status st = VT_OK;
    if (!strpbrk(word, "*?[") || !access(word, F_OK)) return add_name(names, word);
    int failed = glob(word, 0, NULL, &found);
    if (failed == GLOB_NOSPACE) return VT_RAISE(VT_EWORLD, "reduce: no memory for the names of '%s'", word);
    if (failed) return VT_RAISE(VT_EINPUT, "reduce: no file has a name like '%s'", word);
    for (size_t k = 0; k < found.gl_pathc && st == VT_OK; k++)
        st = strchr(found.gl_pathv[k], '\n')
                 ? VT_RAISE(VT_EINPUT, "reduce: '%s' is no name of a file that can be told in a header",
                            found.gl_pathv[k])
                 : add_name(names, found.gl_pathv[k]);
    globfree(&found);
    return st;
}

/* Of the command line, or else the lines of inputfile. Rank 0 looks. */
static enum vt_status expand_names(const struct arguments *a, const char *inputfile, struct names *names)
{
    for (int k = 0; k < a->n; k++) VT_TRY(expand_name(names, a->pattern[k]));
    for (const char *at = a->n ? "" : inputfile; *at; at += *at == '\n') {
        char line[VT_TEXT_SIZE];
        size_t length = strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, at);
        if (length) VT_TRY(expand_name(names, line));
        at += length;
    }
    if (names->n) return VT_OK;
    return VT_RAISE(VT_EINPUT,
                    "reduce: patterns are due: vitrum reduce data/*.xy --composition Cu50Zr50 -o reduced");
}

/* Collective over comm. */
static enum vt_status share_names(MPI_Comm comm, struct names *names)
{
    int64_t size[2] = {names->n, (int64_t)names->length + 1};
    char *rest = NULL;
    VT_TRY(vt_mpi(MPI_Bcast(size, 2, MPI_INT64_T, 0, comm)));
    enum vt_status st = vt_grow(&names->text, &names->capacity, size[1]);
    if (st == VT_OK) st = vt_alloc(&names->name, size[0]);
    VT_TRY(vt_agree(comm, st));
    VT_TRY(vt_mpi(MPI_Bcast(names->text, vt_int(size[1]), MPI_CHAR, 0, comm)));
    names->n = 0;
    for (char *name = strtok_r(names->text, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest))
        names->name[names->n++] = name;
    return VT_OK;
}

static enum vt_status reduce_all(MPI_Comm comm, const struct arguments *a,
                                 const struct vt_reduce_options *options, struct names *names)
{
    int refused, rank;
    MPI_Comm_rank(comm, &rank);
    VT_TRY(vt_agree(comm, rank == 0 ? expand_names(a, options->inputfile, names) : VT_OK));
    VT_TRY(share_names(comm, names));
    VT_TRY(vt_reduce_series(comm, names->n, names->name, a->folder, a->force, options, &refused));
    if (rank == 0)
        printf("%d pattern%s reduced into %s\n", names->n - refused, names->n - refused == 1 ? "" : "s",
               a->folder);
    if (refused)
        return VT_RAISE(VT_EINPUT, "reduce: %d of %d files were left out, see above; the others are in %s",
                        refused, names->n, a->folder);
    return VT_OK;
}

static enum vt_status run(MPI_Comm comm, const struct arguments *a, const struct vt_options *words)
{
    struct vt_reduce_options options;
    struct names names = {0};
    enum vt_status st =
        vt_agree(comm, vt_options_say(vt_reduce_options_read(a->config, words->text, words->length, &options),
                                      words, "reduce"));
    if (st == VT_OK) st = reduce_all(comm, a, &options, &names);
    free(names.text), free(names.name);
    return st;
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
