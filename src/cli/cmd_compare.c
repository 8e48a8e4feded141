/* cmd_compare.c: vitrum compare RESULTS.h5 CURVE [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/compare.csv and FOLDER/compare.svg. */
#include "cli/cmd_compare.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/output.h"
#include "core/log.h"
#include "io/results_file.h"
#include "study/compare.h"

static const char usage[] =
    "usage: vitrum compare RESULTS.h5 CURVE [options] [-o FOLDER] [--force]\n"
    "\n"
    "A measured G(r), g(r), F(q) or S(q) beside what the sample of a run, measured with pdf and sq, gives "
    "through its Q-window.\n"
    "  -o FOLDER  where results.h5, compare.csv and compare.svg go (default: compare)\n"
    "  --force    replace results that are there\n"
    "\n";

struct arguments {
    const char *folder, *word[2]; /* results, curve */
    int n;
    bool force, help;
    struct vt_compare_options options;
};

static enum vt_status read_words(int argc, char **argv, struct arguments *a, struct vt_options *options)
{
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool taken;
        VT_TRY(vt_options_take(options, vt_compare_params, argc, argv, &k, &taken));
        if (taken) continue;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (!strcmp(word, "-o") || !strcmp(word, "--output")) {
            if (++k == argc || !*argv[k]) return VT_RAISE(VT_EINPUT, "compare: %s: a folder is due", word);
            a->folder = argv[k];
        } else if (*word == '-')
            return vt_options_unknown("compare", word, vt_compare_params, "-o FOLDER, --force");
        else if (a->n == 2)
            return VT_RAISE(VT_EINPUT, "compare: results and one curve are due; '%s' is one too many", word);
        else
            a->word[a->n++] = word;
    }
    if (a->n < 2 && !a->help)
        return VT_RAISE(VT_EINPUT,
                        "compare: results and a curve are due: vitrum compare results.h5 glass.gr");
    return VT_OK;
}

static double number(const struct vt_results *r, const char *path)
{
    return vt_results_find(r, path)->value[0];
}

static enum vt_status write_all(const struct arguments *a, struct vt_results *r)
{
    static const char *const name[] = {"measured", "simulated", "difference"};
    char text[1024], *svg = NULL;
    vt_params_echo(&(struct vt_params){vt_compare_params, (void *)&a->options}, 1, text, sizeof text);
    VT_TRY(vt_output_results(a->folder, "compare", text, r));
    VT_TRY(vt_output_table(a->folder, "compare.csv", "a measured and a simulated curve; `vitrum compare`", r,
                           "compare", 3, name));
    enum vt_status drawn = vt_compare_figure(r, &svg);
    vt_output_figure(a->folder, "compare.svg", drawn, svg);
    printf("%s beside %s: R_w %.4f, scale %.4f, shift %.4g", a->word[1],
           vt_results_get_note(r, "compare", "simulated"), number(r, "compare/r_w"),
           number(r, "compare/scale"), number(r, "compare/shift"));
    if (vt_results_find(r, "compare/chi2")) printf(", chi^2 %.3g a point", number(r, "compare/chi2"));
    printf("\n");
    vt_log(VT_LOG_INFO, "results in %s: results.h5, compare.csv%s", a->folder,
           drawn == VT_OK ? ", compare.svg" : "");
    return VT_OK;
}

static enum vt_status run(const struct arguments *a)
{
    struct vt_results simulated = {0}, compared = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_results_read(a->word[0], &simulated));
    VT_TRY_GOTO(st, done, vt_compare(&simulated, a->word[1], &a->options, &compared));
    VT_TRY_GOTO(st, done, vt_output_begin("compare", a->folder, a->force));
    st = write_all(a, &compared);
done:
    vt_results_release(&simulated);
    vt_results_release(&compared);
    return st;
}

enum vt_status vt_cmd_compare(int argc, char **argv)
{
    struct arguments a = {.folder = "compare"};
    struct vt_options options = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, read_words(argc, argv, &a, &options));
    if (a.help) {
        fputs(usage, stdout);
        vt_params_print(stdout, vt_compare_params, false);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_options_read(&options, "compare", vt_compare_params, &a.options));
    st = run(&a);
done:
    vt_options_release(&options);
    return st;
}
