/* cmd_dma.c: vitrum dma TABLES... [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, peaks.csv where there are scans against temperature, and the figures scans.svg,
 * law.svg, master.svg and cole_cole.svg of what there is. */
#include "cli/cmd_dma.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/file_command.h"
#include "cli/output.h"
#include "core/log.h"
#include "core/memory.h"
#include "io/replace.h"
#include "study/dma_series.h"

static const char usage[] =
    "usage: vitrum dma TABLES... [--peak 280-390] [--tg '432 K'] [options] [-o FOLDER] [--force]\n"
    "\n"
    "Dynamic mechanical analysis: peaks of tan(delta) or the loss modulus against temperature, their "
    "Arrhenius law in\n"
    "frequency, what changes between states, excess wings, spectra and master curves. Tables are what "
    "instruments\n"
    "export: columns of temperature, frequency, storage and loss modulus or tan(delta), found by their "
    "names. Several\n"
    "tables are states of a glass, or frequencies of one state.\n"
    "  -o FOLDER  where results.h5, peaks.csv and figures go (default: dma)\n"
    "  --force    replace results that are there\n"
    "\n";

static enum vt_status write_peaks(const struct vt_file_arguments *a, const struct vt_dma_series *series)
{
    char path[VT_PATH];
    struct vt_replace out;
    vt_output_path(a->folder, "peaks.csv", path);
    VT_TRY(vt_replace_open(&out, path));
    vt_dma_write_peaks(series, out.file);
    enum vt_status st = vt_replace_commit(&out);
    if (st != VT_OK) vt_replace_abandon(&out);
    return st;
}

static const struct {
    const char *file;
    enum vt_status (*draw)(const struct vt_dma_series *series, char **svg);
} figure[] = {{"scans.svg", vt_dma_draw_scans},
              {"law.svg", vt_dma_draw_law},
              {"master.svg", vt_dma_draw_master},
              {"cole_cole.svg", vt_dma_draw_cole_cole}};
enum { FIGURES = sizeof figure / sizeof *figure };

static enum vt_status write_all(const struct vt_file_arguments *a, const struct vt_dma_series *series,
                                struct vt_results *results)
{
    bool scans = false;
    VT_TRY(vt_file_command_results(a, results));
    for (int k = 0; k < series->dma.n; k++) scans = scans || !series->dma.scan[k].sweep;
    if (scans) VT_TRY(write_peaks(a, series));
    for (int k = 0; k < FIGURES; k++) {
        char *svg = NULL;
        enum vt_status st = figure[k].draw(series, &svg);
        vt_output_figure(a->folder, figure[k].file, st, svg);
    }
    vt_dma_say(series, stdout);
    vt_log(VT_LOG_INFO, "results in %s", a->folder);
    return VT_OK;
}

static enum vt_status run(const struct vt_file_arguments *a)
{
    struct vt_results results = {0};
    struct vt_dma_series *series;
    VT_TRY(vt_alloc(&series, 1));
    enum vt_status st = vt_dma_analyse(a->n, a->file, a->options, series);
    if (st == VT_OK) st = vt_dma_put(series, &results);
    const char *files[FIGURES + 1] = {"peaks.csv"};
    for (int k = 0; k < FIGURES; k++) files[k + 1] = figure[k].file;
    if (st == VT_OK) st = vt_file_command_begin(a, FIGURES + 1, files);
    if (st == VT_OK) st = write_all(a, series, &results);
    vt_results_release(&results);
    vt_dma_series_release(series);
    free(series);
    return st;
}

enum vt_status vt_cmd_dma(int argc, char **argv)
{
    static const struct vt_file_command command = {.name = "dma",
                                                   .usage = usage,
                                                   .due = "tables are due: vitrum dma cast_1Hz.csv",
                                                   .params = vt_dma_params,
                                                   .options_size = sizeof(struct vt_dma_options),
                                                   .run = run};
    return vt_file_command(&command, argc, argv);
}
