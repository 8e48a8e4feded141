/* cmd_eos.c: vitrum eos FILES... [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/eos.csv and FOLDER/eos.svg. */
#include "cli/cmd_eos.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/file_command.h"
#include "cli/output.h"
#include "core/log.h"
#include "core/memory.h"
#include "study/eos_series.h"

static const char usage[] = "usage: vitrum eos FILES... [--k_prime 4] [options] [-o FOLDER] [--force]\n"
                            "\n"
                            "Bulk modulus by an equation of state. A file is a table of pressures and "
                            "volumes, densities or places q1 of the first "
                            "sharp\n"
                            "diffraction peak (V ~ 1/q1^3), or a results.h5 of a run, perhaps with a stage "
                            "(results.h5:05-hold): each stage of the kind "
                            "hold\n"
                            "with `thermo` is a point, and all runs together are one set.\n"
                            "  -o FOLDER  where results.h5, eos.csv and eos.svg go (default: eos)\n"
                            "  --force    replace results that are there\n"
                            "\n";

static enum vt_status write_all(const struct vt_file_arguments *a, const struct vt_eos_sets *sets)
{
    struct vt_results results = {0};
    char path[VT_PATH], *svg = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_eos_put(sets, &results));
    VT_TRY_GOTO(st, done, vt_file_command_results(a, &results));
    vt_output_path(a->folder, "eos.csv", path);
    VT_TRY_GOTO(st, done, vt_eos_csv(sets, path));
    enum vt_status drawn = vt_eos_figure(sets, &svg);
    vt_output_figure(a->folder, "eos.svg", drawn, svg);
    vt_eos_print(sets, stdout);
    vt_log(VT_LOG_INFO, "results in %s: results.h5, eos.csv%s", a->folder, drawn == VT_OK ? ", eos.svg" : "");
done:
    vt_results_release(&results);
    return st;
}

static enum vt_status run(const struct vt_file_arguments *a)
{
    struct vt_eos_sets sets;
    int refused = 0;
    enum vt_status st = vt_eos_read(a->n, a->file, a->options, &sets, &refused);
    if (st == VT_OK) st = vt_file_command_begin(a, 2, (const char *const[]){"eos.csv", "eos.svg"});
    if (st == VT_OK) st = write_all(a, &sets);
    vt_eos_release(&sets);
    if (st == VT_OK) st = vt_output_refused("eos", refused, a->n, "files");
    return st;
}

enum vt_status vt_cmd_eos(int argc, char **argv)
{
    static const struct vt_file_command command = {
        .name = "eos",
        .usage = usage,
        .due = "files are due: vitrum eos q1_of_pressure.txt --k_prime 4",
        .params = vt_eos_params,
        .options_size = sizeof(struct vt_eos_options),
        .run = run};
    return vt_file_command(&command, argc, argv);
}
