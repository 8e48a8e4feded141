/* cmd_entropy.c: vitrum entropy CURVES... --density RHO [options] [-o FOLDER] [--composition FORMULA]
 * [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/series.csv and FOLDER/series.svg. */
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
#include "study/curve_series.h"

static const char usage[] =
    "usage: vitrum entropy CURVES... --density '0.0538 /A^3' [options] [-o FOLDER] [--composition FORMULA] "
    "[--force]\n"
    "\n"
    "The equivalent entropy of measured G(r) against temperature, its slope, and the heat flow it stands "
    "for. Temperatures are\n"
    "read in the files (`temperature = 300`) or in their names (run_300K.gr).\n"
    "  -o FOLDER              where results.h5, series.csv and series.svg go (default: entropy)\n"
    "  --composition FORMULA  Cu44Zr44Al8Hf2Co2: for the heat flow of a gram\n"
    "  --force                replace results that are there\n"
    "\n";

struct arguments {
    const char *folder, *composition;
    char **curve;
    int n;
    bool force, help;
    struct vt_series_options options;
};

static enum vt_status read_words(int argc, char **argv, struct arguments *a, struct vt_options *options)
{
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool taken;
        VT_TRY(vt_options_take(options, vt_series_params, argc, argv, &k, &taken));
        if (taken) continue;
        const char **text = !strcmp(word, "-o") || !strcmp(word, "--output") ? &a->folder
                            : !strcmp(word, "--composition")                 ? &a->composition
                                                                             : NULL;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (text && (++k == argc || !*argv[k]))
            return VT_RAISE(VT_EINPUT, "entropy: %s: a value is due", word);
        else if (text)
            *text = argv[k];
        else if (*word == '-')
            return vt_options_unknown("entropy", word, vt_series_params, "-o FOLDER, --composition, --force");
        else
            a->curve[a->n++] = argv[k];
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

static void say(const struct vt_results *results)
{
    const struct vt_dataset *s = vt_results_find(results, "series/s_eq"),
                            *at = vt_results_find(results, "series/break_temperature"),
                            *change = vt_results_find(results, "series/break_change");
    int last = s->axis[0].n - 1;
    printf("%d curves, %g to %g K: S_eq %.4f to %.4f k_B, scatter %.4f\n", last + 1, s->axis[0].value[0],
           s->axis[0].value[last], s->value[0], s->value[last], s->error[0]);
    for (int k = 0; at && k < at->axis[0].n; k++)
        printf("the slope changes at %.1f +- %.1f K by (%.3g +- %.2g) k_B/K\n", at->value[k], at->error[k],
               change->value[k], change->error[k]);
}

static enum vt_status write_all(const struct arguments *a, struct vt_results *results)
{
    static const char *const name[] = {"s_eq", "s_smooth",      "s_below",        "s_above", "slope",
                                       "c_eq", "heat_flow_mol", "heat_flow_gram", "density", "negative"};
    char text[2048], *svg = NULL;
    vt_params_echo(&(struct vt_params){vt_series_params, (void *)&a->options}, 1, text, sizeof text);
    VT_TRY(vt_output_results(a->folder, "series", text, results));
    VT_TRY(vt_output_table(a->folder, "series.csv",
                           "S_eq of measured curves against temperature; `vitrum entropy`", results, "series",
                           sizeof name / sizeof *name, name));
    enum vt_status drawn = vt_series_figure(results, &svg);
    vt_output_figure(a->folder, "series.svg", drawn, svg);
    say(results);
    vt_log(VT_LOG_INFO, "results in %s: results.h5, series.csv%s", a->folder,
           drawn == VT_OK ? ", series.svg" : "");
    return VT_OK;
}

static enum vt_status run(struct arguments *a)
{
    struct vt_results results = {0};
    double mass;
    int refused = 0;
    VT_TRY(molar_mass(a->composition, &mass));
    VT_TRY(vt_output_begin("entropy", a->folder, a->force));
    enum vt_status st = vt_series_entropy(a->n, a->curve, &a->options, mass, &results, &refused);
    if (st == VT_OK) st = write_all(a, &results);
    vt_results_release(&results);
    if (st == VT_OK && refused)
        st = VT_RAISE(VT_EINPUT,
                      "entropy: %d of %d files were left out, see above; the results are of the others",
                      refused, a->n);
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
    st = run(&a);
done:
    vt_options_release(&options);
    free(a.curve);
    return st;
}
