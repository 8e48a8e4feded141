/* cmd_dsc.c: vitrum dsc SCANS... --glass A-B --liquid C-D [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/transitions.csv, FOLDER/dsc.svg and, where there is something to draw,
 * FOLDER/rates.svg and FOLDER/integrals.svg. */
#include "cli/cmd_dsc.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/file_command.h"
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

static enum vt_status write_all(const struct vt_file_arguments *a, const struct vt_dsc *dsc)
{
    struct vt_results results = {0};
    char path[VT_PATH], *svg = NULL;
    enum vt_status st, drawn;
    VT_TRY_GOTO(st, done, vt_dsc_put(dsc, &results));
    VT_TRY_GOTO(st, done, vt_file_command_results(a, &results));
    vt_output_path(a->folder, "transitions.csv", path);
    VT_TRY_GOTO(st, done, vt_dsc_csv(dsc, path));
    drawn = vt_dsc_figure(dsc, a->options, &svg);
    vt_output_figure(a->folder, "dsc.svg", drawn, svg);
    drawn = vt_dsc_rate_figure(dsc, &svg);
    vt_output_figure(a->folder, "rates.svg", drawn, svg);
    drawn = vt_dsc_integral_figure(dsc, a->options, &svg);
    vt_output_figure(a->folder, "integrals.svg", drawn, svg);
    vt_dsc_print(dsc, stdout);
    vt_log(VT_LOG_INFO, "results in %s: results.h5, transitions.csv and figures", a->folder);
done:
    vt_results_release(&results);
    return st;
}

static enum vt_status run(const struct vt_file_arguments *a)
{
    static const char *const files[] = {"transitions.csv", "dsc.svg", "rates.svg", "integrals.svg"};
    struct vt_dsc dsc;
    int refused = 0;
    enum vt_status st = vt_dsc_read(a->n, a->file, a->options, &dsc, &refused);
    if (st == VT_OK) st = vt_file_command_begin(a, sizeof files / sizeof *files, files);
    if (st == VT_OK) st = write_all(a, &dsc);
    vt_dsc_release(&dsc);
    if (st == VT_OK) st = vt_output_refused("dsc", refused, a->n, "scans");
    return st;
}

enum vt_status vt_cmd_dsc(int argc, char **argv)
{
    static const struct vt_file_command command = {
        .name = "dsc",
        .usage = usage,
        .due = "scans are due: vitrum dsc glass_20Kmin.txt --glass 450-550 --liquid 690-720",
        .params = vt_dsc_params,
        .options_size = sizeof(struct vt_dsc_options),
        .run = run};
    return vt_file_command(&command, argc, argv);
}
