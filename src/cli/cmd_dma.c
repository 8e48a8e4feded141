/* cmd_dma.c: vitrum dma TABLES... [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, peaks.csv where there are scans against temperature, and the figures scans.svg,
 * law.svg, master.svg and cole_cole.svg of what there is. */
#include "cli/cmd_dma.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
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

struct arguments {
    const char *folder;
    char **table;
    int n;
    bool force, help;
    struct vt_dma_options options;
};

static enum vt_status read_words(int argc, char **argv, struct arguments *a, struct vt_options *options)
{
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool taken;
        VT_TRY(vt_options_take(options, vt_dma_params, argc, argv, &k, &taken));
        if (taken) continue;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (!strcmp(word, "-o") || !strcmp(word, "--output")) {
            if (++k == argc || !*argv[k]) return VT_RAISE(VT_EINPUT, "dma: %s: a folder is due", word);
            a->folder = argv[k];
        } else if (*word == '-')
            return vt_options_unknown("dma", word, vt_dma_params, "-o FOLDER, --force");
        else
            a->table[a->n++] = argv[k];
    }
    if (!a->n && !a->help) return VT_RAISE(VT_EINPUT, "dma: tables are due: vitrum dma cast_1Hz.csv");
    return VT_OK;
}

static enum vt_status write_peaks(const struct arguments *a, const struct vt_dma_series *series)
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

static enum vt_status write_all(const struct arguments *a, const struct vt_dma_series *series,
                                struct vt_results *results)
{
    char text[4096];
    bool scans = false;
    vt_params_echo(&(struct vt_params){vt_dma_params, (void *)&a->options}, 1, text, sizeof text);
    VT_TRY(vt_output_results(a->folder, "dma", text, results));
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

static enum vt_status run(const struct arguments *a)
{
    struct vt_results results = {0};
    struct vt_dma_series *series;
    VT_TRY(vt_alloc(&series, 1));
    enum vt_status st = vt_dma_analyse(a->n, a->table, &a->options, series);
    if (st == VT_OK) st = vt_dma_put(series, &results);
    if (st == VT_OK) st = vt_output_spare("dma", a->folder, "results.h5", a->force, a->n, a->table);
    if (st == VT_OK) st = vt_output_spare("dma", a->folder, "peaks.csv", a->force, a->n, a->table);
    for (int k = 0; k < FIGURES && st == VT_OK; k++)
        st = vt_output_spare("dma", a->folder, figure[k].file, a->force, a->n, a->table);
    if (st == VT_OK) st = vt_output_begin("dma", a->folder, a->force);
    if (st == VT_OK) st = write_all(a, series, &results);
    vt_results_release(&results);
    vt_dma_series_release(series);
    free(series);
    return st;
}

enum vt_status vt_cmd_dma(int argc, char **argv)
{
    struct arguments a = {.folder = "dma"};
    struct vt_options options = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&a.table, argc));
    VT_TRY_GOTO(st, done, read_words(argc, argv, &a, &options));
    if (a.help) {
        fputs(usage, stdout);
        vt_params_print(stdout, vt_dma_params, false);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_options_read(&options, "dma", vt_dma_params, &a.options));
    st = run(&a);
done:
    vt_options_release(&options);
    free(a.table);
    return st;
}
