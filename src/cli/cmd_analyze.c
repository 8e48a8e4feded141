/* cmd_analyze.c: vitrum analyze TRAJECTORY --with MEASUREMENTS [-o RESULTS.h5] [--frames FIRST:LAST:STEP]
 * [--force].
 *
 * MEASUREMENTS is what stands behind `measure:` in a protocol: a list on the command line, or a YAML file
 * that holds one, by itself or as `measure:` of a protocol. */
#include "cli/cmd_analyze.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/yaml.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "study/analyze.h"

static const char usage[] =
    "usage: vitrum analyze TRAJECTORY --with MEASUREMENTS [-o RESULTS.h5] [--frames FIRST:LAST:STEP] "
    "[--force]\n"
    "\n"
    "Measure on a trajectory what could have been measured in the run; mpirun -n N vitrum analyze ... on "
    "more cores.\n"
    "  --with MEASUREMENTS  a list, 'pdf: {r_max: 12 A}, entropy, sq', or a YAML file with a list or a "
    "protocol\n"
    "  -o RESULTS.h5        where to (default: TRAJECTORY-analysis.h5); `vitrum report` draws it\n"
    "  --frames A:B:STEP    frames A to B, counted from 0, every STEP-th; A: or :B leave an end open\n"
    "  --elements Cu,Zr     of the types of a LAMMPS dump that does not name elements\n"
    "  --dt '2 fs'          a step of a dump, or a frame of XYZ, where the file tells no time\n"
    "  --force              replace results that are there\n"
    "\n"
    "TRAJECTORY: H5MD that vitrum wrote, a LAMMPS dump (text, units metal), or extended XYZ with many "
    "frames.\n"
    "\n"
    "`vitrum info measurements` lists what can be measured, with all options.\n";

static const struct vt_param params[] = {{.name = "dt",
                                          .unit = "ps",
                                          .kind = VT_REAL,
                                          .offset = offsetof(struct vt_text_options, dt),
                                          .preset = VT_UNSET,
                                          .min = 1e-9,
                                          .max = 1e9,
                                          .help = "a step of a dump, or a frame of XYZ"},
                                         {0}};

struct arguments {
    const char *trajectory, *with, *frames, *elements;
    char output[4096];
    bool force, help;
    struct vt_analyze_range range;
    struct vt_text_options text;
};

static enum vt_status value_of(int argc, char **argv, int *k, const char **value)
{
    if (++*k >= argc || !*argv[*k]) return VT_RAISE(VT_EINPUT, "analyze: %s: a value is due", argv[*k - 1]);
    *value = argv[*k];
    return VT_OK;
}

/* FIRST:LAST:STEP, of which each may be missing. */
static enum vt_status read_range(const char *text, struct vt_analyze_range *range)
{
    int64_t value[3] = {0, -1, 1};
    const char *at = text;
    for (int k = 0; at && k < 3; k++) {
        char *end;
        const char *colon = strchr(at, ':');
        if (*at && *at != ':') {
            value[k] = strtoll(at, &end, 10);
            if ((*end && *end != ':') || value[k] < (k == 2)) break;
        }
        if (k == 0 && !colon) value[1] = value[0]; /* one frame */
        at = colon ? colon + 1 : NULL;
    }
    if (at || (value[1] >= 0 && value[1] < value[0]))
        return VT_RAISE(VT_EINPUT,
                        "analyze: --frames '%s': FIRST:LAST:STEP is due, as in 100:200:2, 50: or :99", text);
    *range = (struct vt_analyze_range){value[0], value[1], value[2]};
    return VT_OK;
}

/* Symbols with commas between them. */
static enum vt_status read_elements(const char *text, struct vt_text_options *o)
{
    for (const char *at = text; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        if (o->n_elements == VT_SPECIES_MAX || !length || length > 3)
            return VT_RAISE(VT_EINPUT, "analyze: --elements '%s': symbols are due, as in Cu,Zr", text);
        memcpy(o->element[o->n_elements], at, length);
        if (!vt_element_z(o->element[o->n_elements++]))
            return VT_RAISE(VT_EINPUT, "analyze: --elements '%s': '%.*s' is not an element", text,
                            (int)length, at);
        at += length;
    }
    return VT_OK;
}

static void name_output(struct arguments *a)
{
    static const char *const endings[] = {".h5md", ".h5", ".lammpstrj", ".dump", ".xyz", ".extxyz"};
    size_t length = strlen(a->trajectory);
    for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
        size_t end = strlen(endings[k]);
        if (length > end && !strcmp(a->trajectory + length - end, endings[k])) {
            length -= end;
            break;
        }
    }
    snprintf(a->output, sizeof a->output, "%.*s-analysis.h5", (int)(length < 4000 ? length : 4000),
             a->trajectory);
}

static enum vt_status read_words(int argc, char **argv, struct arguments *a, struct vt_options *options)
{
    const char *output = NULL;
    *a = (struct arguments){.range = {0, -1, 1}};
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool taken;
        VT_TRY(vt_options_take(options, params, argc, argv, &k, &taken));
        if (taken) continue;
        if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
            a->help = true;
            return VT_OK;
        }
        if (!strcmp(word, "--force"))
            a->force = true;
        else if (!strcmp(word, "--with"))
            VT_TRY(value_of(argc, argv, &k, &a->with));
        else if (!strcmp(word, "--frames"))
            VT_TRY(value_of(argc, argv, &k, &a->frames));
        else if (!strcmp(word, "--elements"))
            VT_TRY(value_of(argc, argv, &k, &a->elements));
        else if (!strcmp(word, "-o") || !strcmp(word, "--output"))
            VT_TRY(value_of(argc, argv, &k, &output));
        else if (*word == '-')
            return VT_RAISE(
                VT_EINPUT,
                "analyze: option '%s' is not known: --with LIST, -o FILE, --frames A:B:STEP, --force", word);
        else if (a->trajectory)
            return VT_RAISE(VT_EINPUT, "analyze: one trajectory is due, '%s' and '%s' are two", a->trajectory,
                            word);
        else
            a->trajectory = word;
    }
    if (!a->trajectory)
        return VT_RAISE(VT_EINPUT,
                        "analyze: a trajectory is due: vitrum analyze trajectory.h5md --with pdf,entropy");
    if (!a->with)
        return VT_RAISE(
            VT_EINPUT,
            "analyze: what shall be measured? --with 'pdf: {r_max: 12 A}, entropy', or a YAML file");
    if (a->frames) VT_TRY(read_range(a->frames, &a->range));
    if (a->elements) VT_TRY(read_elements(a->elements, &a->text));
    if (output)
        snprintf(a->output, sizeof a->output, "%s", output);
    else
        name_output(a);
    return VT_OK;
}

static enum vt_status read_arguments(int argc, char **argv, struct arguments *a)
{
    struct vt_options options = {0};
    enum vt_status st = read_words(argc, argv, a, &options);
    if (st == VT_OK) st = vt_options_read(&options, "analyze", params, &a->text);
    vt_options_release(&options);
    return st;
}

static bool is_file_name(const char *with)
{
    const char *dot = strrchr(with, '.');
    return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

/* The list of measurements; *root is released by the caller, also after a failure. The same on every rank;
 * local. */
static enum vt_status read_list(const struct arguments *a, struct vt_yaml **root, const struct vt_yaml **list)
{
    if (is_file_name(a->with))
        VT_TRY(vt_yaml_read(a->with, root));
    else {
        char *text;
        size_t length = strlen(a->with);
        VT_TRY(vt_alloc(&text, length + 3));
        snprintf(text, length + 3, "[%s]", a->with);
        enum vt_status st = vt_yaml_parse(text, length + 2, "--with", root);
        free(text);
        VT_TRY(st);
    }
    *list = *root;
    if ((*root)->kind == VT_YAML_MAP) *list = vt_yaml_get(*root, "measure");
    if (*list && (*list)->kind == VT_YAML_LIST && (*list)->n) return VT_OK;
    return VT_RAISE_AT(
        *root, "analyze: a list of measurements is due, as in '- pdf: {r_max: 12 A}', by itself or behind "
               "`measure:`");
}

/* Before hours of work: may the results be written under that name? Local. */
static enum vt_status check_output(const struct arguments *a)
{
    VT_TRY(vt_prefix(vt_replace_check(a->output), "analyze: -o"));
    if (a->force || access(a->output, F_OK)) return VT_OK;
    return VT_RAISE(VT_EINPUT, "analyze: %s exists; give another name with -o, or --force to replace it",
                    a->output);
}

enum vt_status vt_cmd_analyze(MPI_Comm comm, int argc, char **argv)
{
    struct arguments a;
    struct vt_yaml *root = NULL;
    const struct vt_yaml *list = NULL;
    struct vt_results results = {0};
    int rank;
    MPI_Comm_rank(comm, &rank);
    enum vt_status st = read_arguments(argc, argv, &a);
    if (st == VT_OK && a.help) {
        if (rank == 0) fputs(usage, stdout);
        return VT_OK;
    }
    double since = vt_clock();
    if (st == VT_OK) st = read_list(&a, &root, &list);
    if (st == VT_OK && rank == 0) st = check_output(&a);
    st = vt_agree(comm, st);
    if (st == VT_OK) st = vt_analyze(comm, a.trajectory, list, a.range, &a.text, &results);
    if (st == VT_OK && rank == 0) {
        st = vt_results_write(a.output, &results);
        if (st == VT_OK) vt_log(VT_LOG_INFO, "results in %s (%.1f s)", a.output, vt_clock() - since);
    }
    st = vt_agree(comm, st);
    vt_results_release(&results);
    vt_yaml_release(root);
    return st;
}
