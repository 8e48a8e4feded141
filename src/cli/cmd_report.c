/* cmd_report.c: vitrum report RESULTS [-o PAGE] [--force].
 *
 * A page of ours under that name is replaced; any other file only with --force, for it may be data. */
#include "cli/cmd_report.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/replace.h"
#include "io/report.h"
#include "io/results_file.h"

static const char usage[] = "usage: vitrum report RESULTS.h5 [-o PAGE.html] [--force]\n"
                            "\n"
                            "Draw the results of a run as one self-contained HTML page.\n"
                            "  -o PAGE.html   where to (report.html beside the results)\n"
                            "  --force        replace a file that is no report\n";

/* "report.html" in the folder of the results. */
static enum vt_status name_beside(const char *results, char **page)
{
    static const char name[] = "report.html";
    const char *slash = strrchr(results, '/');
    size_t folder = slash ? (size_t)(slash - results) + 1 : 0;
    VT_TRY(vt_alloc(page, folder + sizeof name));
    memcpy(*page, results, folder);
    memcpy(*page + folder, name, sizeof name);
    return VT_OK;
}

static enum vt_status check_replaceable(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file) return VT_OK; /* new, or writing will say what is wrong */
    char start[64];
    size_t length = strlen(vt_report_mark);
    bool ours = fread(start, 1, length, file) == length && !memcmp(start, vt_report_mark, length);
    fclose(file);
    if (ours) return VT_OK;
    return VT_RAISE(VT_EINPUT,
                    "%s exists and is no report; give another name with -o, or --force to replace it", path);
}

static enum vt_status report(const char *input, const char *output, bool force)
{
    enum vt_status st;
    struct vt_results results = {0};
    char *beside = NULL;
    if (!output) {
        VT_TRY_GOTO(st, done, name_beside(input, &beside));
        output = beside;
    }
    VT_TRY_GOTO(st, done, vt_prefix(vt_replace_check(output), "report: -o"));
    if (!force) VT_TRY_GOTO(st, done, check_replaceable(output));
    VT_TRY_GOTO(st, done, vt_results_read(input, &results));
    VT_TRY_GOTO(st, done, vt_report_write(output, &results));
    vt_log(VT_LOG_INFO, "report written to %s", output);
done:
    vt_results_release(&results);
    free(beside);
    return st;
}

enum vt_status vt_cmd_report(int argc, char **argv)
{
    const char *input = NULL, *output = NULL;
    bool force = false;
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
            fputs(usage, stdout);
            return VT_OK;
        }
        if (!strcmp(word, "--force"))
            force = true;
        else if (!strcmp(word, "-o") || !strcmp(word, "--output")) {
            if (++k == argc)
                return VT_RAISE(VT_EINPUT, "report: %s needs the name of a file\n%s", word, usage);
            output = argv[k];
        } else if (word[0] == '-' && word[1])
            return VT_RAISE(VT_EINPUT, "report: unknown option %s\n%s", word, usage);
        else if (input)
            return VT_RAISE(VT_EINPUT, "report: takes one results file, got %s and %s\n%s", input, word,
                            usage);
        else
            input = word;
    }
    if (!input) return VT_RAISE(VT_EINPUT, "report: which results file?\n%s", usage);
    return report(input, output, force);
}
