/* cmd_peaks.c: vitrum peaks CURVES... [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/peaks.csv and FOLDER/peaks.svg. */
#include "cli/cmd_peaks.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/file_command.h"
#include "cli/output.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/uncertain.h"
#include "study/peak_series.h"
#include "study/series_put.h"

static const char usage[] =
    "usage: vitrum peaks CURVES... [--peaks '2.2-3.4, 3.8-5.6'] [options] [-o FOLDER] [--force]\n"
    "\n"
    "Place, width and height of peaks of measured S(q), F(q), I(q), G(r) or g(r) against temperature: the "
    "first sharp diffraction\n"
    "peak, or shells. Temperatures are read in the files (`temperature = 300`), in their names (run_300K.gr) "
    "or in a table.\n"
    "  -o FOLDER  where results.h5, peaks.csv and peaks.svg go (default: peaks)\n"
    "  --force    replace results that are there\n"
    "\n";

static void say(const struct vt_results *results, int peaks)
{
    for (int q = 1; q <= peaks; q++) {
        char name[40];
        snprintf(name, sizeof name, "position_%d", q);
        const struct vt_dataset *place = vt_series_find(results, "peaks", name);
        snprintf(name, sizeof name, "width_%d", q);
        const struct vt_dataset *width = vt_series_find(results, "peaks", name);
        int last = place->axis[0].n - 1, first = 0;
        while (first < last && isnan(place->value[first])) first++;
        while (last > first && isnan(place->value[last])) last--;
        if (isnan(place->value[first])) {
            printf("peak %d: none\n", q);
            continue;
        }
        printf("peak %d", q);
        for (int end = 0; end < 2; end++) {
            int k = end ? last : first;
            printf("%s at %s %s, FWHM %s at %g K", end ? ";" : ":",
                   vt_uncertain(place->value[k], place->error[k]).text, place->unit,
                   vt_uncertain(width->value[k], width->error[k]).text, place->axis[0].value[k]);
        }
        printf("\n");
    }
}

static enum vt_status write_all(const struct vt_file_arguments *a, struct vt_results *results)
{
    static const char *const what[] = {"position", "width", "height", "base", "mixing"};
    enum { COLUMNS = VT_PEAKS_MAX * (int)(sizeof what / sizeof *what) };
    char name[COLUMNS][40], *svg = NULL;
    const char *column[COLUMNS];
    int peaks = vt_peak_series_count(results), n = 0;
    VT_TRY(vt_file_command_results(a, results));
    for (int q = 1; q <= peaks; q++)
        for (size_t k = 0; k < sizeof what / sizeof *what; k++, n++) {
            snprintf(name[n], sizeof name[n], "%s_%d", what[k], q);
            column[n] = name[n];
        }
    VT_TRY(vt_output_table(a->folder, "peaks.csv",
                           "peaks of measured curves against temperature; `vitrum peaks`", results, "peaks",
                           n, column));
    enum vt_status drawn = vt_peak_series_figure(results, &svg);
    vt_output_figure(a->folder, "peaks.svg", drawn, svg);
    say(results, peaks);
    vt_log(VT_LOG_INFO, "results in %s: results.h5, peaks.csv%s", a->folder,
           drawn == VT_OK ? ", peaks.svg" : "");
    return VT_OK;
}

static enum vt_status run(const struct vt_file_arguments *a)
{
    struct vt_results results = {0};
    int refused = 0;
    enum vt_status st = vt_peak_series(a->n, a->file, a->options, &results, &refused);
    if (st == VT_OK) st = vt_file_command_begin(a, 2, (const char *const[]){"peaks.csv", "peaks.svg"});
    if (st == VT_OK) st = write_all(a, &results);
    vt_results_release(&results);
    if (st == VT_OK) st = vt_output_refused("peaks", refused, a->n, "files");
    return st;
}

enum vt_status vt_cmd_peaks(int argc, char **argv)
{
    static const struct vt_file_command command = {.name = "peaks",
                                                   .usage = usage,
                                                   .due = "curves are due: vitrum peaks data/*.fq",
                                                   .params = vt_peaks_params,
                                                   .options_size = sizeof(struct vt_peaks_options),
                                                   .run = run};
    return vt_file_command(&command, argc, argv);
}
