/* cmd_export.c: vitrum export RESULTS.h5 [-o FOLDER] [--stage LABEL] [--csv] [--force].
 *
 * Leaves FOLDER/STAGE-xray.gr and so on (study/export.h). */
#include "cli/cmd_export.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "io/results_file.h"
#include "study/export.h"

static const char usage[] =
    "usage: vitrum export RESULTS.h5 [-o FOLDER] [--stage LABEL] [--csv] [--force]\n"
    "\n"
    "Simulated G(r), g(r), F(q) and S(q) as files of the kind that measured ones have, with errors: of the "
    "measurement sq through\n"
    "its window, of sq_direct, sq_fft and debye as they are.\n"
    "  -o FOLDER      where STAGE-xray.gr, .g, .fq, .sq and the like go (default: export)\n"
    "  --stage LABEL  of this stage only, as 03-hold\n"
    "  --csv          also every dataset with one or two axes as FOLDER/PATH.csv, and all single numbers as "
    "numbers.csv\n"
    "  --force        replace files that are there\n";

struct arguments {
    const char *results, *folder, *stage;
    bool csv, force, help;
};

static enum vt_status read_words(int argc, char **argv, struct arguments *a)
{
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k], **value = NULL;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (!strcmp(word, "--csv"))
            a->csv = true;
        else if (!strcmp(word, "-o") || !strcmp(word, "--output"))
            value = &a->folder;
        else if (!strcmp(word, "--stage"))
            value = &a->stage;
        else if (*word == '-')
            return VT_RAISE(VT_EINPUT,
                            "export: option '%s' is not known: -o FOLDER, --stage LABEL, --csv, --force",
                            word);
        else if (a->results)
            return VT_RAISE(VT_EINPUT, "export: one results file is due; '%s' is one too many", word);
        else
            a->results = word;
        if (!value) continue;
        if (++k == argc || !*argv[k])
            return VT_RAISE(VT_EINPUT, "export: %s: a %s is due", word,
                            value == &a->folder ? "folder" : "stage's label");
        *value = argv[k];
    }
    if (!a->results && !a->help)
        return VT_RAISE(VT_EINPUT, "export: results are due: vitrum export results.h5");
    return VT_OK;
}

enum vt_status vt_cmd_export(int argc, char **argv)
{
    struct arguments a = {.folder = "export", .stage = ""};
    struct vt_results results = {0};
    int curves, tables;
    enum vt_status st;
    VT_TRY(read_words(argc, argv, &a));
    if (a.help) {
        fputs(usage, stdout);
        return VT_OK;
    }
    VT_TRY_GOTO(st, done, vt_results_read(a.results, &results));
    VT_TRY_GOTO(st, done, vt_export(&results, a.stage, a.csv, a.force, a.folder, &curves, &tables));
    vt_log(VT_LOG_INFO, "in %s: %d curves%s", a.folder, curves, a.csv ? "" : " (tables: --csv)");
    if (a.csv) vt_log(VT_LOG_INFO, "in %s: %d tables", a.folder, tables);
done:
    vt_results_release(&results);
    return st;
}
