/* cmd_peaks.c: vitrum peaks CURVES... [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/peaks.csv and FOLDER/peaks.svg. */
#include "cli/cmd_peaks.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/output.h"
#include "core/log.h"
#include "core/memory.h"
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

struct arguments {
    const char *folder;
    char **curve;
    int n;
    bool force, help;
    struct vt_peaks_options options;
};

static enum vt_status read_words(int argc, char **argv, struct arguments *a, struct vt_options *options)
{
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool taken;
        VT_TRY(vt_options_take(options, vt_peaks_params, argc, argv, &k, &taken));
        if (taken) continue;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (!strcmp(word, "-o") || !strcmp(word, "--output")) {
            if (++k == argc || !*argv[k]) return VT_RAISE(VT_EINPUT, "peaks: %s: a folder is due", word);
            a->folder = argv[k];
        } else if (*word == '-')
            return vt_options_unknown("peaks", word, vt_peaks_params, "-o FOLDER, --force");
        else
            a->curve[a->n++] = argv[k];
    }
    if (!a->n && !a->help) return VT_RAISE(VT_EINPUT, "peaks: curves are due: vitrum peaks data/*.fq");
    return VT_OK;
}

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
        printf("peak %d: at %.5g +- %.2g %s, FWHM %.4g +- %.2g at %g K; at %.5g +- %.2g, FWHM %.4g +- %.2g "
               "at %g K\n",
               q, place->value[first], place->error[first], place->unit, width->value[first],
               width->error[first], place->axis[0].value[first], place->value[last], place->error[last],
               width->value[last], width->error[last], place->axis[0].value[last]);
    }
}

static enum vt_status write_all(const struct arguments *a, struct vt_results *results)
{
    static const char *const what[] = {"position", "width", "height", "base", "mixing"};
    enum { COLUMNS = VT_PEAKS_MAX * (int)(sizeof what / sizeof *what) };
    char text[2048], name[COLUMNS][40], *svg = NULL;
    const char *column[COLUMNS];
    int peaks = vt_peak_series_count(results), n = 0;
    vt_params_echo(&(struct vt_params){vt_peaks_params, (void *)&a->options}, 1, text, sizeof text);
    VT_TRY(vt_output_results(a->folder, "peaks", text, results));
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

static enum vt_status run(const struct arguments *a)
{
    struct vt_results results = {0};
    int refused = 0;
    enum vt_status st = vt_peak_series(a->n, a->curve, &a->options, &results, &refused);
    if (st == VT_OK) st = vt_output_spare("peaks", a->folder, "results.h5", a->force, a->n, a->curve);
    if (st == VT_OK) st = vt_output_spare("peaks", a->folder, "peaks.csv", a->force, a->n, a->curve);
    if (st == VT_OK) st = vt_output_spare("peaks", a->folder, "peaks.svg", a->force, a->n, a->curve);
    if (st == VT_OK) st = vt_output_begin("peaks", a->folder, a->force);
    if (st == VT_OK) st = write_all(a, &results);
    vt_results_release(&results);
    if (st == VT_OK) st = vt_output_refused("peaks", refused, a->n, "files");
    return st;
}

enum vt_status vt_cmd_peaks(int argc, char **argv)
{
    struct arguments a = {.folder = "peaks"};
    struct vt_options options = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&a.curve, argc));
    VT_TRY_GOTO(st, done, read_words(argc, argv, &a, &options));
    if (a.help) {
        fputs(usage, stdout);
        vt_params_print(stdout, vt_peaks_params, false);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_options_read(&options, "peaks", vt_peaks_params, &a.options));
    st = run(&a);
done:
    vt_options_release(&options);
    free(a.curve);
    return st;
}
