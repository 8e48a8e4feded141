/* cmd_xpcs.c: vitrum xpcs FILES... [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/relaxation.csv and one figure of each file. */
#include "cli/cmd_xpcs.h"

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
#include "study/xpcs.h"

static const char usage[] =
    "usage: vitrum xpcs FILES... [options] [-o FOLDER] [--force]\n"
    "\n"
    "Relaxation in photon correlation, measured or simulated. Files hold g2 against the delay, in columns of "
    "text (delay, g2,\n"
    "error; or more columns of one q each) or HDF5, or a two-time correlation C(t1, t2), a square; or they "
    "are "
    "the results.h5\n"
    "of a run that measured xpcs, perhaps with a stage (results.h5:05-hold). Of g2: KWW fits, or the reason "
    "why "
    "there is none.\n"
    "Of C(t1, t2): stretches in which dynamics are stationary, g2 and KWW of each, cuts at constant age and "
    "from constant\n"
    "starts, and the ageing law.\n"
    "  -o FOLDER  where results.h5, relaxation.csv and a figure of each file go (default: xpcs)\n"
    "  --force    replace results that are there\n"
    "\n";

static void say(const struct vt_xpcs *x)
{
    for (int k = 0; k < x->n_rows; k++) {
        const struct vt_xpcs_row *r = &x->row[k];
        const struct vt_kww *f = &r->kww;
        printf("%s, %s %d", r->file, r->what, r->number);
        if (!isnan(r->from)) printf(" (%.6g to %.6g %s)", r->from, r->to, r->unit);
        if (!r->fitted) {
            printf(": %s\n", r->reason);
            continue;
        }
        printf(": tau %s %s, beta %s%s", vt_uncertain(f->tau, f->tau_error).text, r->unit,
               vt_uncertain(f->beta, f->beta_at_bound ? NAN : f->beta_error).text,
               f->beta_at_bound ? " (its bound)" : "");
        struct vt_xpcs_remark remark = vt_xpcs_remark(r);
        printf(", <tau> %s %s%s%s\n", vt_uncertain(f->mean, f->mean_error).text, r->unit,
               *remark.text ? "; " : "", remark.text);
    }
    for (int k = 0; k < x->results.n_notes; k++) {
        const struct vt_note *note = &x->results.note[k];
        if (!strcmp(note->key, "no law"))
            printf("%s: no law: %s\n", note->path + strlen("xpcs/"), note->text);
    }
    for (int k = 0; k < x->results.n; k++) {
        const struct vt_dataset *d = &x->results.item[k];
        const char *name = strstr(d->path, "/ageing/");
        if (name)
            printf("%s: %s %s\n", d->path + strlen("xpcs/"), vt_uncertain(*d->value, *d->error).text,
                   d->unit);
    }
}

static enum vt_status write_all(const struct vt_file_arguments *a, struct vt_xpcs *x)
{
    char path[VT_PATH];
    VT_TRY(vt_file_command_results(a, &x->results));
    vt_output_path(a->folder, "relaxation.csv", path);
    VT_TRY(vt_xpcs_table(path, x));
    for (int k = 0; k < x->n_figures; k++) {
        struct vt_xpcs_figure *f = &x->figure[k];
        if (f->st == VT_OK) vt_output_figure(a->folder, f->name, f->st, f->svg);
        if (f->st == VT_OK) f->svg = NULL;
    }
    say(x);
    vt_log(VT_LOG_INFO, "results in %s: results.h5, relaxation.csv, figures", a->folder);
    return VT_OK;
}

static enum vt_status run(const struct vt_file_arguments *a)
{
    struct vt_xpcs x;
    enum vt_status st = vt_xpcs_run(a->n, a->file, a->options, &x);
    for (int k = 0; k < x.n_figures && st == VT_OK; k++)
        st = vt_output_spare("xpcs", a->folder, x.figure[k].name, a->force, a->n, a->file);
    if (st == VT_OK) st = vt_file_command_begin(a, 1, (const char *const[]){"relaxation.csv"});
    if (st == VT_OK) st = write_all(a, &x);
    if (st == VT_OK)
        st = vt_output_refused("xpcs", x.refused, x.tables, x.tables > a->n ? "tables" : "files");
    vt_xpcs_release(&x);
    return st;
}

enum vt_status vt_cmd_xpcs(int argc, char **argv)
{
    static const struct vt_file_command command = {.name = "xpcs",
                                                   .usage = usage,
                                                   .due = "files are due: vitrum xpcs g2.dat",
                                                   .params = vt_xpcs_params,
                                                   .options_size = sizeof(struct vt_xpcs_options),
                                                   .run = run};
    return vt_file_command(&command, argc, argv);
}
