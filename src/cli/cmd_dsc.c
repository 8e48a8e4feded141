/* cmd_dsc.c: vitrum dsc SCANS... --glass A-B --liquid C-D [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/transitions.csv, FOLDER/dsc.svg and, where there is something to draw,
 * FOLDER/rates.svg and FOLDER/integrals.svg. */
#include "cli/cmd_dsc.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/output.h"
#include "core/log.h"
#include "core/memory.h"
#include "study/dsc_series.h"

static const char usage[] =
    "usage: vitrum dsc SCANS... --glass A-B --liquid C-D [options] [-o FOLDER] [--force]\n"
    "\n"
    "Glass transitions of heating scans: fictive temperature (Moynihan), onset, half height, step, "
    "overshoot; of scans at "
    "several\n"
    "rates activation energies (Kissinger; ln q against 1/T) and fragility. A scan is a table of a "
    "calorimeter (heat flow in "
    "W/g or\n"
    "mW, or Cp in J/(g K), against temperature), or a results.h5 of a run, perhaps with a stage "
    "(results.h5:04-heat), of "
    "which\n"
    "enthalpy, volume and S_eq are judged side by side.\n"
    "  -o FOLDER  where results.h5, transitions.csv and figures go (default: dsc)\n"
    "  --force    replace results that are there\n"
    "\n";

struct arguments {
    const char *folder;
    char **scan;
    int n;
    bool force, help;
    struct vt_dsc_options options;
};

static enum vt_status read_words(int argc, char **argv, struct arguments *a, struct vt_options *options)
{
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool taken;
        VT_TRY(vt_options_take(options, vt_dsc_params, argc, argv, &k, &taken));
        if (taken) continue;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (!strcmp(word, "-o") || !strcmp(word, "--output")) {
            if (++k == argc || !*argv[k]) return VT_RAISE(VT_EINPUT, "dsc: %s: a folder is due", word);
            a->folder = argv[k];
        } else if (*word == '-')
            return vt_options_unknown("dsc", word, vt_dsc_params, "-o FOLDER, --force");
        else
            a->scan[a->n++] = argv[k];
    }
    if (!a->n && !a->help)
        return VT_RAISE(VT_EINPUT,
                        "dsc: scans are due: vitrum dsc glass_20Kmin.txt --glass 450-550 --liquid 690-720");
    return VT_OK;
}

static enum vt_status write_all(const struct arguments *a, const struct vt_dsc *dsc)
{
    struct vt_results results = {0};
    char text[8192], path[VT_PATH], *svg = NULL;
    enum vt_status st, drawn;
    VT_TRY_GOTO(st, done, vt_dsc_put(dsc, &results));
    vt_params_echo(&(struct vt_params){vt_dsc_params, (void *)&a->options}, 1, text, sizeof text);
    VT_TRY_GOTO(st, done, vt_output_results(a->folder, "dsc", text, &results));
    vt_output_path(a->folder, "transitions.csv", path);
    VT_TRY_GOTO(st, done, vt_dsc_csv(dsc, path));
    drawn = vt_dsc_figure(dsc, &a->options, &svg);
    vt_output_figure(a->folder, "dsc.svg", drawn, svg);
    drawn = vt_dsc_rate_figure(dsc, &svg);
    vt_output_figure(a->folder, "rates.svg", drawn, svg);
    drawn = vt_dsc_integral_figure(dsc, &a->options, &svg);
    vt_output_figure(a->folder, "integrals.svg", drawn, svg);
    vt_dsc_print(dsc, stdout);
    vt_log(VT_LOG_INFO, "results in %s: results.h5, transitions.csv and figures", a->folder);
done:
    vt_results_release(&results);
    return st;
}

static enum vt_status run(const struct arguments *a)
{
    static const char *const files[] = {"results.h5", "transitions.csv", "dsc.svg", "rates.svg",
                                        "integrals.svg"};
    struct vt_dsc dsc;
    int refused = 0;
    enum vt_status st = vt_dsc_read(a->n, a->scan, &a->options, &dsc, &refused);
    for (size_t k = 0; k < sizeof files / sizeof *files && st == VT_OK; k++)
        st = vt_output_spare("dsc", a->folder, files[k], a->force, a->n, a->scan);
    if (st == VT_OK) st = vt_output_begin("dsc", a->folder, a->force);
    if (st == VT_OK) st = write_all(a, &dsc);
    vt_dsc_release(&dsc);
    if (st == VT_OK) st = vt_output_refused("dsc", refused, a->n, "scans");
    return st;
}

enum vt_status vt_cmd_dsc(int argc, char **argv)
{
    struct arguments a = {.folder = "dsc"};
    struct vt_options options = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&a.scan, argc));
    VT_TRY_GOTO(st, done, read_words(argc, argv, &a, &options));
    if (a.help) {
        fputs(usage, stdout);
        vt_params_print(stdout, vt_dsc_params, false);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_options_read(&options, "dsc", vt_dsc_params, &a.options));
    st = run(&a);
done:
    vt_options_release(&options);
    free(a.scan);
    return st;
}
