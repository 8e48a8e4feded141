/* cmd_compare.c: vitrum compare RESULTS.h5 CURVE... [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/compare.csv and FOLDER/compare.svg; of several curves compare.csv is a
 * table of their numbers, and the curves are in FOLDER/compare-NAME.csv. */
#include "cli/cmd_compare.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/output.h"
#include "core/log.h"
#include "core/memory.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "study/compare.h"

static const char usage[] =
    "usage: vitrum compare RESULTS.h5 CURVE... [options] [-o FOLDER] [--force]\n"
    "\n"
    "Measured G(r), g(r), F(q) or S(q), each beside what the sample of a run, measured with pdf and sq, "
    "gives "
    "through its Q-window.\n"
    "  -o FOLDER  where results.h5, compare.csv and compare.svg go (default: compare); of several curves "
    "compare.csv is a\n"
    "             table of their numbers, and compare-NAME.csv holds one of them\n"
    "  --force    replace results that are there\n"
    "\n";

struct arguments {
    const char *folder, *results;
    char **curve;
    int n; /* curves */
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
        else if (!a->results)
            a->results = word;
        else
            a->curve[a->n++] = argv[k];
    }
    if (!a->n && !a->help)
        return VT_RAISE(VT_EINPUT,
                        "compare: results and a curve are due: vitrum compare results.h5 glass.gr");
    return VT_OK;
}

static const struct vt_dataset *part(const struct vt_results *r, const char *group, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", group, name);
    return vt_results_find(r, path);
}

static void say(const struct vt_results *r, const char *group)
{
    const struct vt_dataset *chi2 = part(r, group, "chi2");
    printf("%s beside %s: R_w %.4f, scale %.4f, shift %.4g", vt_results_get_note(r, group, "file"),
           vt_results_get_note(r, group, "simulated"), part(r, group, "r_w")->value[0],
           part(r, group, "scale")->value[0], part(r, group, "shift")->value[0]);
    if (chi2) printf(", chi^2 %.3g a point", chi2->value[0]);
    printf("\n");
}

static void table_name(const char *group, char file[300])
{
    const char *of = vt_compare_name(group);
    snprintf(file, 300, "compare%s%s.csv", of ? "-" : "", of ? of : "");
}

/* Nothing that is read, nor files of others, are in the way. */
static enum vt_status check_files(const struct arguments *a, const struct vt_results *r)
{
    char file[300];
    const char *group;
    VT_TRY(vt_output_spare("compare", a->folder, "results.h5", a->force, 1,
                           (char *const[]){(char *)a->results}));
    VT_TRY(vt_output_spare("compare", a->folder, "compare.csv", a->force, a->n, a->curve));
    VT_TRY(vt_output_spare("compare", a->folder, "compare.svg", a->force, a->n, a->curve));
    for (int k = 0; (group = vt_compare_group(r, k)); k++) {
        table_name(group, file);
        VT_TRY(vt_output_spare("compare", a->folder, file, a->force, a->n, a->curve));
    }
    return VT_OK;
}

static enum vt_status write_curve(const char *folder, const struct vt_results *r, const char *group)
{
    static const char *const name[] = {"measured", "simulated", "difference"};
    const char *of = vt_compare_name(group);
    char file[300], about[400];
    table_name(group, file);
    snprintf(about, sizeof about, "%s and a simulated curve; `vitrum compare`", of ? of : "a measured");
    return vt_output_table(folder, file, about, r, group, 3, name);
}

/* The numbers of all curves; their names come last, as they may hold commas. */
static enum vt_status write_numbers(const char *folder, const struct vt_results *r)
{
    static const char *const name[] = {"r_w", "chi2", "scale", "shift"};
    char path[VT_PATH];
    struct vt_replace out;
    const char *group;
    vt_output_path(folder, "compare.csv", path);
    VT_TRY(vt_replace_open(&out, path));
    fprintf(out.file, "# measured and simulated curves; `vitrum compare`\n"
                      "# R_w, chi^2 a point, scale, shift [unit of the curve], points, simulated, file\n");
    for (int k = 0; (group = vt_compare_group(r, k)); k++) {
        for (int q = 0; q < 4; q++) {
            const struct vt_dataset *d = part(r, group, name[q]);
            fprintf(out.file, "%.10g, ", d ? d->value[0] : NAN);
        }
        fprintf(out.file, "%d, %s, %s\n", part(r, group, "measured")->axis[0].n,
                vt_results_get_note(r, group, "simulated"), vt_results_get_note(r, group, "file"));
    }
    return vt_replace_commit(&out);
}

static enum vt_status write_all(const struct arguments *a, struct vt_results *r)
{
    char text[1024], *svg = NULL;
    const char *group;
    vt_params_echo(&(struct vt_params){vt_compare_params, (void *)&a->options}, 1, text, sizeof text);
    VT_TRY(vt_output_results(a->folder, "compare", text, r));
    for (int k = 0; (group = vt_compare_group(r, k)); k++) {
        VT_TRY(write_curve(a->folder, r, group));
        say(r, group);
    }
    if (a->n > 1) VT_TRY(write_numbers(a->folder, r));
    enum vt_status drawn = vt_compare_figure(r, &svg);
    vt_output_figure(a->folder, "compare.svg", drawn, svg);
    vt_log(VT_LOG_INFO, "results in %s: results.h5, compare.csv%s%s", a->folder,
           a->n > 1 ? ", compare-NAME.csv" : "", drawn == VT_OK ? ", compare.svg" : "");
    return VT_OK;
}

static enum vt_status run(const struct arguments *a)
{
    struct vt_results simulated = {0}, compared = {0};
    int refused;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_results_read(a->results, &simulated));
    VT_TRY_GOTO(st, done, vt_compare(&simulated, a->n, a->curve, &a->options, &compared, &refused));
    VT_TRY_GOTO(st, done, check_files(a, &compared));
    VT_TRY_GOTO(st, done, vt_output_begin("compare", a->folder, a->force));
    st = write_all(a, &compared);
    if (st == VT_OK) st = vt_output_refused("compare", refused, a->n, "curves");
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
    VT_TRY_GOTO(st, done, vt_alloc(&a.curve, argc));
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
    free(a.curve);
    return st;
}
