/* cmd_xpcs.c: vitrum xpcs FILES... [options] [-o FOLDER] [--force].
 *
 * Leaves FOLDER/results.h5, FOLDER/relaxation.csv and one figure of each file. */
#include "cli/cmd_xpcs.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/output.h"
#include "core/log.h"
#include "core/memory.h"
#include "study/xpcs.h"

static const char usage[] =
    "usage: vitrum xpcs FILES... [options] [-o FOLDER] [--force]\n"
    "\n"
    "Relaxation in photon correlation, measured or simulated. Files hold g2 against the delay, in columns of "
    "text "
    "(delay, g2,\n"
    "error; or more columns of one q each) or HDF5, or a two-time correlation C(t1, t2), a square. Of g2: "
    "KWW fits, "
    "or the reason\n"
    "why there is none. Of C(t1, t2): stretches in which dynamics are stationary, g2 and KWW of each, cuts "
    "at "
    "constant age and\n"
    "from constant starts, and the ageing law.\n"
    "  -o FOLDER  where results.h5, relaxation.csv and a figure of each file go (default: xpcs)\n"
    "  --force    replace results that are there\n"
    "\n";

struct arguments {
    const char *folder;
    char **file;
    int n;
    bool force, help;
    struct vt_xpcs_options options;
};

static enum vt_status read_words(int argc, char **argv, struct arguments *a, struct vt_options *options)
{
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool taken;
        VT_TRY(vt_options_take(options, vt_xpcs_params, argc, argv, &k, &taken));
        if (taken) continue;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (!strcmp(word, "-o") || !strcmp(word, "--output")) {
            if (++k == argc || !*argv[k]) return VT_RAISE(VT_EINPUT, "xpcs: %s: a folder is due", word);
            a->folder = argv[k];
        } else if (*word == '-')
            return vt_options_unknown("xpcs", word, vt_xpcs_params, "-o FOLDER, --force");
        else
            a->file[a->n++] = argv[k];
    }
    if (!a->n && !a->help) return VT_RAISE(VT_EINPUT, "xpcs: files are due: vitrum xpcs g2.dat");
    return VT_OK;
}

static void say(const struct vt_xpcs *x)
{
    for (int k = 0; k < x->n_rows; k++) {
        const struct vt_xpcs_row *r = &x->row[k];
        const struct vt_kww *f = &r->kww;
        printf("%s, %s %d", r->file, r->what, r->number);
        if (!isnan(r->from)) printf(" (%.6g to %.6g)", r->from, r->to);
        if (!r->fitted) {
            printf(": %s\n", r->reason);
            continue;
        }
        printf(": tau %.4g +- %.2g, beta %.3f ", f->tau, f->tau_error, f->beta);
        printf(f->beta_at_bound ? "(its bound)" : "+- %.2g", f->beta_error);
        printf(", <tau> %.4g +- %.2g%s\n", f->mean, f->mean_error,
               f->ballistic ? "; below the ballistic limit: free flight, not relaxation" : "");
    }
    for (int k = 0; k < x->results.n_notes; k++) {
        const struct vt_note *note = &x->results.note[k];
        if (!strcmp(note->key, "no law"))
            printf("%s: no law: %s\n", note->path + strlen("xpcs/"), note->text);
    }
    for (int k = 0; k < x->results.n; k++) {
        const struct vt_dataset *d = &x->results.item[k];
        const char *name = strstr(d->path, "/ageing/");
        if (name) printf("%s: %.4g +- %.2g %s\n", d->path + strlen("xpcs/"), *d->value, *d->error, d->unit);
    }
}

static enum vt_status write_all(const struct arguments *a, struct vt_xpcs *x)
{
    char text[2048], path[VT_PATH];
    vt_params_echo(&(struct vt_params){vt_xpcs_params, (void *)&a->options}, 1, text, sizeof text);
    VT_TRY(vt_output_results(a->folder, "xpcs", text, &x->results));
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

static enum vt_status run(const struct arguments *a)
{
    struct vt_xpcs x;
    enum vt_status st = vt_xpcs_run(a->n, a->file, &a->options, &x);
    if (st == VT_OK) st = vt_output_spare("xpcs", a->folder, "results.h5", a->force, a->n, a->file);
    if (st == VT_OK) st = vt_output_spare("xpcs", a->folder, "relaxation.csv", a->force, a->n, a->file);
    for (int k = 0; k < x.n_figures && st == VT_OK; k++)
        st = vt_output_spare("xpcs", a->folder, x.figure[k].name, a->force, a->n, a->file);
    if (st == VT_OK) st = vt_output_begin("xpcs", a->folder, a->force);
    if (st == VT_OK) st = write_all(a, &x);
    if (st == VT_OK) st = vt_output_refused("xpcs", x.refused, a->n, "files");
    vt_xpcs_release(&x);
    return st;
}

enum vt_status vt_cmd_xpcs(int argc, char **argv)
{
    struct arguments a = {.folder = "xpcs"};
    struct vt_options options = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&a.file, argc));
    VT_TRY_GOTO(st, done, read_words(argc, argv, &a, &options));
    if (a.help) {
        fputs(usage, stdout);
        vt_params_print(stdout, vt_xpcs_params, false);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_options_read(&options, "xpcs", vt_xpcs_params, &a.options));
    st = run(&a);
done:
    vt_options_release(&options);
    free(a.file);
    return st;
}
