/* cmd_info.c: vitrum info [TOPIC] [--markdown]: every option from the tables that check the input. */
#include "cli/cmd_info.h"

#include <stdio.h>
#include <string.h>

#include "analysis/kernel.h"
#include "analysis/operator.h"
#include "core/params.h"
#include "core/provenance.h"
#include "md/protocol.h"
#include "potential/targets.h"
#include "study/compare.h"
#include "study/curve_series.h"
#include "study/dma_tables.h"
#include "study/dsc_options.h"
#include "study/eos_series.h"
#include "study/peak_series.h"
#include "study/reduce_options.h"
#include "study/sweep.h"
#include "study/xpcs.h"

static const char usage[] =
    "usage: vitrum info [TOPIC] [--markdown]\n"
    "\n"
    "Print every option of a protocol with unit, default and range, from the tables that check the input.\n"
    "  TOPIC       build, protocol, stages, measurements, the name of one stage, measurement or section;\n"
    "              sweep: the section of that name;\n"
    "              commands, or one of them: options of `vitrum peaks`, entropy, compare, dma, dsc, eos and "
    "xpcs;\n"
    "              reduce: options of `vitrum reduce`; targets: the file that potentials are fitted to and\n"
    "              compared with\n"
    "  --markdown  as the pages in docs/reference\n";

static bool markdown;

static void title(const char *name, const char *help)
{
    printf(markdown ? "\n### %s\n\n%s\n\n" : "\n%s: %s\n", name, help);
}

static void table(const char *name, const char *help, const struct vt_param *params)
{
    title(name, help);
    vt_params_print(stdout, params, markdown);
}

static void chapter(const char *name, const char *text)
{
    printf(markdown ? "\n## %s\n\n%s\n" : "\n== %s\n%s\n", name, text);
}

static void info_build(void)
{
    printf("vitrum %s, commit %s, compiled with %s\n", vt_version, vt_commit, vt_compiler);
}

static void info_sections(void)
{
    chapter(
        "Protocol file",
        "Sections of the YAML file; `protocol` is the list of stages, `measure` the list of measurements.");
    for (const struct vt_protocol_section *s = vt_protocol_sections; s->name; s++)
        table(*s->name ? s->name : "(top level)", s->help, s->params);
}

static void info_sweep(void)
{
    chapter("Sweep",
            "Section `sweep` of a file for `vitrum sweep`, which besides is a protocol; with a section "
            "`prepare`, a list of stages as `protocol` is, for what members share.");
    table("sweep", "a grid of runs", vt_sweep_params);
    table("a variable that counts replicas", "in the place of its list of values", vt_sweep_variable_params);
}

static void info_stages(void)
{
    chapter("Stages", "Items of the list `protocol`: `- melt: {temperature: 2000 K, time: 50 ps}`.");
    table("every stage", "options that all stages have", vt_stage_common_params);
    for (const struct vt_stage_type *const *t = vt_stage_types; *t; t++)
        table((*t)->name, (*t)->help, (*t)->params);
}

static void info_measurements(void)
{
    chapter("Measurements", "Items of the list `measure`: `- pdf: {r_max: 12 A, every: 0.5 ps}`. Operators "
                            "work on the kernel before them.");
    for (const struct vt_kernel *const *k = vt_kernel_list(); *k; k++)
        table((*k)->name, (*k)->help, (*k)->params);
    for (const struct vt_operator *const *o = vt_operator_list(); *o; o++)
        table((*o)->name, (*o)->help, (*o)->params);
}

static void info_reduce(void)
{
    chapter("Reduction",
            "Options of `vitrum reduce`, on the command line (`--qmax 24`) and in its configuration "
            "files (`qmax = 24`).");
    table("reduce", "numbers without a unit have the one that stands here", vt_reduce_params);
}

/* Commands that take files of measurements or of runs, and the options of one table. */
static const struct {
    const char *name, *help;
    const struct vt_param *params;
} commands[] = {
    {"peaks", "peaks of curves, S(q) or g(r), over a series", vt_peaks_params},
    {"entropy", "pair entropy and its integrand of curves, over a series", vt_series_params},
    {"compare", "a simulation with measured curves", vt_compare_params},
    {"dma", "tables of dynamic mechanical analysis", vt_dma_params},
    {"dsc", "scans of calorimetry, and cooling runs", vt_dsc_params},
    {"eos", "equations of state of tables and runs", vt_eos_params},
    {"xpcs", "correlation functions of photon correlation spectroscopy", vt_xpcs_params},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void info_command(int k)
{
    char name[40];
    snprintf(name, sizeof name, "vitrum %s", commands[k].name);
    table(name, commands[k].help, commands[k].params);
}

static void info_commands(void)
{
    chapter("Commands",
            "Options of commands that take files, on the command line: `--k_prime 4`, `--tg '432 K'`.");
    for (int k = 0; k < COMMANDS; k++) info_command(k);
}

static void info_targets(void)
{
    chapter("Targets", "Sections of the YAML file: `elements` (`Cu:`), `pairs` (`Cu-Zr:`) and `alloys` "
                       "(`Cu46Zr46Al8:`), each with a list of targets.");
    table("an element, a pair or an alloy", "cut-off and scale are for elements only", vt_target_set_params);
    table("a target", "items of the list `targets`; `value`, `from` and `to` in the unit of the property",
          vt_target_params);
    title("properties", "what a target may be about");
    if (markdown) printf("| property | of | unit | meaning |\n|---|---|---|---|\n");
    for (int k = 0; k < VT_TARGET_KINDS; k++) {
        const struct vt_target_name *t = &vt_target_names[k];
        char of[40] = "";
        if (t->of & VT_OF_ELEMENT) strcat(of, " element");
        if (t->of & VT_OF_PAIR) strcat(of, " pair");
        if (t->of & VT_OF_ALLOY) strcat(of, " alloy");
        printf(markdown ? "| `%s` |%s | %s | %s |\n" : "%-18s%-20s %-9s %s\n", t->name, of, t->unit, t->what);
    }
}

/* One stage, kernel, operator or section by name. */
static bool info_part(const char *name)
{
    for (const struct vt_stage_type *const *t = vt_stage_types; *t; t++)
        if (!strcmp((*t)->name, name)) {
            table(name, (*t)->help, (*t)->params);
            table("every stage", "options that all stages have", vt_stage_common_params);
            return true;
        }
    for (const struct vt_kernel *const *k = vt_kernel_list(); *k; k++)
        if (!strcmp((*k)->name, name)) {
            table(name, (*k)->help, (*k)->params);
            return true;
        }
    for (const struct vt_operator *const *o = vt_operator_list(); *o; o++)
        if (!strcmp((*o)->name, name)) {
            table(name, (*o)->help, (*o)->params);
            return true;
        }
    for (const struct vt_protocol_section *s = vt_protocol_sections; s->name; s++)
        if (*s->name && !strcmp(s->name, name)) {
            table(name, s->help, s->params);
            return true;
        }
    return false;
}

/* A part of a protocol, a command, or both: xpcs is a measurement and a command. */
static bool info_one(const char *name)
{
    bool found = info_part(name);
    for (int k = 0; k < COMMANDS; k++)
        if (!strcmp(commands[k].name, name)) {
            info_command(k);
            found = true;
        }
    return found;
}

/* The name among all topics that is nearest to a wrong one. */
static const char *nearest_topic(const char *name)
{
    const char *all[128] = {"stages",  "measurements", "protocol", "build",
                            "targets", "reduce",       "sweep",    "commands"};
    int n = 8;
    for (int k = 0; k < COMMANDS; k++) all[n++] = commands[k].name;
    for (const struct vt_stage_type *const *t = vt_stage_types; *t; t++) all[n++] = (*t)->name;
    for (const struct vt_kernel *const *k = vt_kernel_list(); *k; k++) all[n++] = (*k)->name;
    for (const struct vt_operator *const *o = vt_operator_list(); *o; o++) all[n++] = (*o)->name;
    return vt_nearest(name, all, n);
}

enum vt_status vt_cmd_info(int argc, char **argv)
{
    const char *topic = NULL;
    markdown = false;
    for (int k = 1; k < argc; k++)
        if (!strcmp(argv[k], "--help") || !strcmp(argv[k], "-h")) {
            fputs(usage, stdout);
            return VT_OK;
        } else if (!strcmp(argv[k], "--markdown"))
            markdown = true;
        else if (argv[k][0] == '-' || topic)
            return VT_RAISE(VT_EINPUT, "info: '%s' is one word too many: vitrum info [TOPIC] [--markdown]",
                            argv[k]);
        else
            topic = argv[k];
    if (!topic) {
        if (!markdown) info_build();
        info_sections();
        info_stages();
        info_measurements();
        info_sweep();
        info_commands();
        info_reduce();
    } else if (!strcmp(topic, "build"))
        info_build();
    else if (!strcmp(topic, "protocol"))
        info_sections();
    else if (!strcmp(topic, "stages"))
        info_stages();
    else if (!strcmp(topic, "measurements"))
        info_measurements();
    else if (!strcmp(topic, "sweep"))
        info_sweep();
    else if (!strcmp(topic, "targets"))
        info_targets();
    else if (!strcmp(topic, "commands"))
        info_commands();
    else if (!strcmp(topic, "reduce"))
        info_reduce();
    else if (!info_one(topic)) {
        const char *near = nearest_topic(topic);
        return VT_RAISE(
            VT_EINPUT, "info: there is no topic '%s'%s%s%s", topic,
            near ? "; did you mean '"
                 : ": build, protocol, stages, measurements, sweep, commands, reduce, targets, or the name "
                   "of one",
            near ? near : "", near ? "'?" : "");
    }
    return VT_OK;
}
