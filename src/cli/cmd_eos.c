/* cmd_eos.c: vitrum eos FILES... [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/eos.csv and FOLDER/eos.svg. */
#include "cli/cmd_eos.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
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

struct arguments {
    const char *folder;
    char **file;
    int n;
    bool force, help;
    struct vt_eos_options options;
};

static enum vt_status read_words(int argc, char **argv, struct arguments *a, struct vt_options *options)
{
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool taken;
        VT_TRY(vt_options_take(options, vt_eos_params, argc, argv, &k, &taken));
        if (taken) continue;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (!strcmp(word, "-o") || !strcmp(word, "--output")) {
            if (++k == argc || !*argv[k]) return VT_RAISE(VT_EINPUT, "eos: %s: a folder is due", word);
            a->folder = argv[k];
        } else if (*word == '-')
            return vt_options_unknown("eos", word, vt_eos_params, "-o FOLDER, --force");
        else
            a->file[a->n++] = argv[k];
    }
    if (!a->n && !a->help)
        return VT_RAISE(VT_EINPUT, "eos: files are due: vitrum eos q1_of_pressure.txt --k_prime 4");
    return VT_OK;
}

static enum vt_status write_all(const struct arguments *a, const struct vt_eos_sets *sets)
{
    struct vt_results results = {0};
    char text[8192], path[VT_PATH], *svg = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_eos_put(sets, &results));
    vt_params_echo(&(struct vt_params){vt_eos_params, (void *)&a->options}, 1, text, sizeof text);
    VT_TRY_GOTO(st, done, vt_output_results(a->folder, "eos", text, &results));
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

static enum vt_status run(const struct arguments *a)
{
    struct vt_eos_sets sets;
    int refused = 0;
    enum vt_status st = vt_eos_read(a->n, a->file, &a->options, &sets, &refused);
    if (st == VT_OK) st = vt_output_spare("eos", a->folder, "results.h5", a->force, a->n, a->file);
    if (st == VT_OK) st = vt_output_spare("eos", a->folder, "eos.csv", a->force, a->n, a->file);
    if (st == VT_OK) st = vt_output_spare("eos", a->folder, "eos.svg", a->force, a->n, a->file);
    if (st == VT_OK) st = vt_output_begin("eos", a->folder, a->force);
    if (st == VT_OK) st = write_all(a, &sets);
    vt_eos_release(&sets);
    if (st == VT_OK) st = vt_output_refused("eos", refused, a->n, "files");
    return st;
}

enum vt_status vt_cmd_eos(int argc, char **argv)
{
    struct arguments a = {.folder = "eos"};
    struct vt_options options = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&a.file, argc));
    VT_TRY_GOTO(st, done, read_words(argc, argv, &a, &options));
    if (a.help) {
        fputs(usage, stdout);
        vt_params_print(stdout, vt_eos_params, false);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_options_read(&options, "eos", vt_eos_params, &a.options));
    st = run(&a);
done:
    vt_options_release(&options);
    free(a.file);
    return st;
}
