/* cmd_entropy.c: vitrum entropy CURVES... --density RHO [options] [-o FOLDER] [--composition FORMULA]
 * [--force], or
 * `--series NAME CURVES...` for each of several.
 *
 * Leaves FOLDER/results.h5 and series.svg, and series.csv and shells.csv, or NAME.csv and NAME-shells.csv of
 * each series. */
#include "cli/cmd_entropy.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/output.h"
#include "core/alloy.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/uncertain.h"
#include "io/results_file.h"
#include "study/curve_series.h"
#include "study/series_put.h"

static const char usage[] =
    "usage: vitrum entropy CURVES... --density '0.0538 /A^3' [options] [-o FOLDER] [--composition FORMULA] "
    "[--force]\n"
    "       vitrum entropy --series as-cast a/*.gr --series hpt b/*.gr --align_from '750 K' --density ...\n"
    "\n"
    "The equivalent entropy of measured G(r) against temperature, its slope, and the heat flow it stands "
    "for. Temperatures are\n"
    "read in the files (`temperature = 300`), in their names (run_300K.gr) or in a table.\n"
    "A results file of a run, results.h5 or results.h5:04-heat, is a series too: S_eq of the blocks of its "
    "(last) heat stage.\n"
    "  --series NAME          the curves that follow are a series of this name; the first one is what others "
    "are compared with\n"
    "  -o FOLDER              where results.h5, tables and figures go (default: entropy)\n"
    "  --composition FORMULA  Cu44Zr44Al8Hf2Co2: for the heat flow of a gram\n"
    "  --force                replace results that are there\n"
    "\n";

struct arguments {
    const char *folder, *composition;
    struct vt_series_files series[VT_SERIES_MAX];
    int n;        /* series */
    char **curve; /* of all series, in order */
    int curves;
    bool force, help;
    struct vt_series_options options;
};

/* From here on curves are of a series of this name; NULL: the only one. */
static enum vt_status begin_series(struct arguments *a, const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+";
    if (name && (strspn(name, letters) != strlen(name) || *name == '.' || *name == '-' || strlen(name) > 40))
        return VT_RAISE(
            VT_EINPUT, "entropy: --series '%.60s'; what fits: a name of up to 40 letters, digits and - _ . +",
            name);
    if (a->n == VT_SERIES_MAX) return VT_RAISE(VT_EINPUT, "entropy: more than %d series", VT_SERIES_MAX);
    for (int k = 0; k < a->n; k++) {
        if (!a->series[k].name)
            return VT_RAISE(VT_EINPUT,
                            "entropy: %s comes before the first --series: give each series a name, and its "
                            "curves behind it",
                            a->series[k].path[0]);
        if (!strcmp(a->series[k].name, name))
            return VT_RAISE(VT_EINPUT, "entropy: there are two series '%s'", name);
        size_t length = strlen(a->series[k].name);
        if (!strncmp(a->series[k].name, name, length) && !strcmp(name + length, "-shells"))
            return VT_RAISE(VT_EINPUT,
                            "entropy: '%s' is the name of the table of shells of '%s': take another", name,
                            a->series[k].name);
    }
    a->series[a->n++] = (struct vt_series_files){.name = name, .path = a->curve + a->curves};
    return VT_OK;
}

static enum vt_status read_words(int argc, char **argv, struct arguments *a, struct vt_options *options)
{
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool taken;
        VT_TRY(vt_options_take(options, vt_series_params, argc, argv, &k, &taken));
        if (taken) continue;
        const char *series = NULL;
        const char **text = !strcmp(word, "-o") || !strcmp(word, "--output") ? &a->folder
                            : !strcmp(word, "--composition")                 ? &a->composition
                            : !strcmp(word, "--series")                      ? &series
                                                                             : NULL;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (text && (++k == argc || !*argv[k]))
            return VT_RAISE(VT_EINPUT, "entropy: %s: a value is due", word);
        else if (text) {
            *text = argv[k];
            if (series) VT_TRY(begin_series(a, series));
        } else if (*word == '-')
            return vt_options_unknown("entropy", word, vt_series_params,
                                      "--series NAME, -o FOLDER, --composition, --force");
        else {
            if (!a->n) VT_TRY(begin_series(a, NULL));
            a->curve[a->curves++] = argv[k];
            a->series[a->n - 1].n++;
        }
    }
    return VT_OK;
}

/* g/mol; NaN without a composition. */
static enum vt_status molar_mass(const char *composition, double *mass)
{
    struct vt_alloy alloy;
    *mass = NAN;
    if (!composition) return VT_OK;
    VT_TRY(vt_prefix(vt_alloy_parse(composition, &alloy), "entropy: --composition %s", composition));
    *mass = 0;
    for (int k = 0; k < alloy.n; k++)
        *mass += alloy.percent[k] / 100 * vt_element_mass(vt_element_z(alloy.symbol[k]));
    return VT_OK;
}

static void say(const struct vt_results *results, const struct vt_series_files *series)
{
    char group[VT_SERIES_GROUP];
    vt_series_group(series, group);
    const struct vt_dataset *s = vt_series_find(results, group, "s_eq"),
                            *at = vt_series_find(results, group, "break_temperature"),
                            *change = vt_series_find(results, group, "break_change"),
                            *shift = vt_series_find(results, group, "shift"),
                            *scale = vt_series_find(results, group, "scale"),
                            *lambda = vt_series_find(results, group, "spline_lambda");
    int last = s->axis[0].n - 1;
    printf("%s%s%d curves, %g to %g K: S_eq %.4f to %.4f k_B, scatter %.4f\n",
           series->name ? series->name : "", series->name ? ": " : "", last + 1, s->axis[0].value[0],
           s->axis[0].value[last], s->value[0], s->value[last],
           *vt_series_find(results, group, "scatter")->value);
    if (lambda)
        printf("spline: lambda %.3g K^3 by cross-validation, worth %.1f parameters\n", *lambda->value,
               *vt_series_find(results, group, "smooth_freedom")->value);
    for (int k = 0; at && k < at->axis[0].n; k++)
        printf("the slope changes at %s K by %s k_B/K\n", vt_uncertain(at->value[k], at->error[k]).text,
               vt_uncertain(change->value[k], change->error[k]).text);
    if (shift)
        printf("shift onto the first series: %s k_B (chi^2 %.2f); by a factor instead: %s\n",
               vt_uncertain(*shift->value, *shift->error).text,
               *vt_series_find(results, group, "align_chi2")->value,
               vt_uncertain(*scale->value, *scale->error).text);
}

/* The tables of one series. */
static enum vt_status write_tables(const char *folder, const struct vt_series_files *series,
                                   const struct vt_results *results)
{
    static const char *const name[] = {"s_eq",
                                       "s_smooth",
                                       "s_smooth_bootstrap",
                                       "s_below",
                                       "s_above",
                                       "slope",
                                       "slope_bootstrap",
                                       "c_eq",
                                       "c_eq_bootstrap",
                                       "heat_flow_mol",
                                       "heat_flow_mol_bootstrap",
                                       "heat_flow_gram",
                                       "heat_flow_gram_bootstrap",
                                       "s_aligned",
                                       "s_aligned_smooth",
                                       "difference_raw",
                                       "difference",
                                       "difference_scaled",
                                       "density",
                                       "s_per_density",
                                       "s_error_counted",
                                       "s_error_noise",
                                       "s_error_density",
                                       "negative"};
    char group[VT_SERIES_GROUP], file[VT_SERIES_GROUP], path[VT_PATH];
    vt_series_group(series, group);
    snprintf(file, sizeof file, "%s.csv", series->name ? series->name : "series");
    VT_TRY(vt_output_table(folder, file, "S_eq of measured curves against temperature; `vitrum entropy`",
                           results, group, sizeof name / sizeof *name, name));
    const struct vt_dataset *shells = vt_series_find(results, group, "shell_s_eq");
    if (!shells) return VT_OK;
    snprintf(file, sizeof file, "%s%sshells.csv", series->name ? series->name : "", series->name ? "-" : "");
    vt_output_path(folder, file, path);
    return vt_results_csv(path, shells);
}

/* Nothing that is read, nor files of others, are in the way. */
static enum vt_status check_files(const struct arguments *a)
{
    char file[VT_SERIES_GROUP + 16];
    VT_TRY(vt_output_spare("entropy", a->folder, "results.h5", a->force, a->curves, a->curve));
    VT_TRY(vt_output_spare("entropy", a->folder, "series.svg", a->force, a->curves, a->curve));
    for (int k = 0; k < a->n; k++) {
        const char *name = a->series[k].name;
        snprintf(file, sizeof file, "%s.csv", name ? name : "series");
        VT_TRY(vt_output_spare("entropy", a->folder, file, a->force, a->curves, a->curve));
        for (int q = 0; q < 2 && *a->options.shells; q++) {
            snprintf(file, sizeof file, "%s%sshells%s", name ? name : "", name ? "-" : "",
                     q ? ".svg" : ".csv");
            VT_TRY(vt_output_spare("entropy", a->folder, file, a->force, a->curves, a->curve));
        }
    }
    return VT_OK;
}

static enum vt_status write_all(const struct arguments *a, struct vt_results *results)
{
    char text[4096], *svg = NULL;
    vt_params_echo(&(struct vt_params){vt_series_params, (void *)&a->options}, 1, text, sizeof text);
    VT_TRY(vt_output_results(a->folder, "series", text, results));
    for (int k = 0; k < a->n; k++) VT_TRY(write_tables(a->folder, &a->series[k], results));
    enum vt_status drawn = vt_series_figure(a->n, a->series, results, &svg);
    vt_output_figure(a->folder, "series.svg", drawn, svg);
    for (int k = 0; k < a->n && *a->options.shells; k++) {
        char name[VT_SERIES_GROUP];
        const char *series = a->series[k].name;
        snprintf(name, sizeof name, "%s%sshells.svg", series ? series : "", series ? "-" : "");
        enum vt_status shells = vt_series_shell_figure(&a->series[k], results, &svg);
        if (svg || shells != VT_OK) vt_output_figure(a->folder, name, shells, svg);
    }
    for (int k = 0; k < a->n; k++) say(results, &a->series[k]);
    vt_log(VT_LOG_INFO, "results in %s: results.h5, tables%s", a->folder,
           drawn == VT_OK ? ", series.svg" : "");
    return VT_OK;
}

static enum vt_status run(struct arguments *a)
{
    struct vt_results results = {0};
    double mass;
    int refused = 0;
    VT_TRY(molar_mass(a->composition, &mass));
    enum vt_status st = vt_series_entropy(a->n, a->series, &a->options, mass, &results, &refused);
    if (st == VT_OK) st = check_files(a);
    if (st == VT_OK) st = vt_output_begin("entropy", a->folder, a->force);
    if (st == VT_OK) st = write_all(a, &results);
    vt_results_release(&results);
    if (st == VT_OK) st = vt_output_refused("entropy", refused, a->curves, "files");
    return st;
}

enum vt_status vt_cmd_entropy(int argc, char **argv)
{
    struct arguments a = {.folder = "entropy"};
    struct vt_options options = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&a.curve, argc));
    VT_TRY_GOTO(st, done, read_words(argc, argv, &a, &options));
    if (a.help) {
        fputs(usage, stdout);
        vt_params_print(stdout, vt_series_params, false);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_options_read(&options, "entropy", vt_series_params, &a.options));
    if (!a.n)
        VT_TRY_GOTO(
            st, done,
            VT_RAISE(VT_EINPUT, "entropy: curves are due: vitrum entropy data/*.gr --density '0.0538 /A^3'"));
    for (int k = 0; k < a.n; k++)
        if (!a.series[k].n)
            VT_TRY_GOTO(st, done, VT_RAISE(VT_EINPUT, "entropy: series %s has no curves", a.series[k].name));
    st = run(&a);
done:
    vt_options_release(&options);
    free(a.curve);
    return st;
}
