/* export.c: see export.h.
 *
 * The header of a curve says what is true of a simulated one: qmin and qmax are the ends of the window as it
 * lies on the grid of q (cv_sq.c), or of the points where there is no window; the temperature is that of a
 * stage that holds one, not the mean of a ramp nor that of frames brought to their energy minimum. F is that
 * of the window (f_measured), so that G is its transform. */
#include "study/export.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/reduction.h"
#include "analysis/weights.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/params.h"
#include "core/units.h"
#include "io/curve_write.h"
#include "io/folder.h"
#include "io/replace.h"
#include "io/report_parts.h"
#include "io/results_file.h"

enum { PATH_SIZE = 4352, NAME_SIZE = 320, WORDS = 16 };

static const char *const radiation_name[] = {[VT_XRAY] = "xray", [VT_NEUTRON] = "neutron"};

/* A file to be written. */
struct file {
    const struct vt_dataset *dataset; /* NULL: numbers.csv */
    char name[NAME_SIZE];
    enum vt_ordinate kind; /* VT_ORDINATE_UNKNOWN: a table */
    enum vt_radiation radiation;
};

struct export
{
    const struct vt_results *results;
    struct vt_report model; /* its stages */
    const char *stage, *folder;
    int n;
    struct file *file;
    size_t capacity;
};

/* ----------------------------------------------------------------------- which datasets are curves */

/* Where in the results a dataset of a stage stands. */
struct place {
    char stage[100], kernel[40], leaf[60];
    bool inherent;
};

static bool place_of(const char *path, struct place *p)
{
    static const char inherent[] = "inherent/";
    int n = 0;
    if (sscanf(path, "stages/%99[^/]/%n", p->stage, &n) != 1 || !n) return false;
    path += n, n = 0;
    p->inherent = !strncmp(path, inherent, sizeof inherent - 1);
    if (p->inherent) path += sizeof inherent - 1;
    return sscanf(path, "%39[^/]/%59[^/]%n", p->kernel, p->leaf, &n) == 2 && n && !path[n];
}

/* If the dataset is a curve, its file. */
static bool is_curve(const struct vt_dataset *d, struct file *file)
{
    static const struct {
        const char *leaf;
        enum vt_ordinate kind;
        bool of_sq, of_others;
    } curve[] = {{"reduced", VT_ORDINATE_REDUCED, true, false},
                 {"g", VT_ORDINATE_G, true, false},
                 {"f_measured", VT_ORDINATE_F, true, false},
                 {"f", VT_ORDINATE_F, false, true},
                 {"s", VT_ORDINATE_S, true, true}};
    struct place p;
    char leaf[64];
    if (d->n_axes != 1 || !d->axis[0].value || !place_of(d->path, &p)) return false;
    bool sq = !strcmp(p.kernel, "sq");
    if (!sq && strcmp(p.kernel, "sq_direct") != 0 && strcmp(p.kernel, "sq_fft") != 0 &&
        strcmp(p.kernel, "debye") != 0)
        return false;
    for (size_t c = 0; c < sizeof curve / sizeof *curve; c++)
        for (enum vt_radiation k = VT_XRAY; k <= VT_NEUTRON; k++) {
            snprintf(leaf, sizeof leaf, "%s_%s", curve[c].leaf, radiation_name[k]);
            if (strcmp(leaf, p.leaf) != 0 || !(sq ? curve[c].of_sq : curve[c].of_others)) continue;
            *file = (struct file){.dataset = d, .kind = curve[c].kind, .radiation = k};
            snprintf(file->name, sizeof file->name, "%s%s%s%s-%s%s", p.stage, p.inherent ? "-inherent" : "",
                     sq ? "" : "-", sq ? "" : p.kernel, radiation_name[k], vt_curve_ending(curve[c].kind));
            return true;
        }
    return false;
}

/* ------------------------------------------------------------------------------ what a header says */

struct header {
    int n_notes, n_comments;
    struct vt_curve_line note[WORDS];
    const char *comment[WORDS];
    char note_text[WORDS][400], comment_text[WORDS][700];
};

static void tell(struct header *h, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void tell(struct header *h, const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(h->note_text[h->n_notes], sizeof *h->note_text, format, args);
    va_end(args);
    h->note[h->n_notes] = (struct vt_curve_line){key, h->note_text[h->n_notes]};
    h->n_notes++;
}

/* A comment; readers take `=` in it for a key, so it becomes a word. */
static void say(struct header *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct header *h, const char *format, ...)
{
    char text[600], *to = h->comment_text[h->n_comments], *end = to + sizeof *h->comment_text - 4;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (const char *c = text; *c && to < end; c++)
        if (*c == '=')
            to += sprintf(to, "is");
        else
            *to++ = (unsigned char)*c < ' ' ? ' ' : *c;
    *to = '\0';
    h->comment[h->n_comments] = h->comment_text[h->n_comments];
    h->n_comments++;
}

/* An option that a measurement noted, in internal units; NAN if it has none. */
static double option(const char *echo, const char *name, const char *unit)
{
    char text[100];
    double value;
    return vt_params_echoed(echo, name, text, sizeof text) && vt_units_parse(text, unit, &value) == VT_OK
               ? value
               : NAN;
}

/* The window of sq as it lies on its grid of q. */
static void tell_window(struct header *h, const struct export *e, const char *group, const char *echo,
                        enum vt_ordinate kind)
{
    const bool of_r = kind == VT_ORDINATE_REDUCED || kind == VT_ORDINATE_G;
    const double from = option(echo, "q_min", "/A"), broad = option(echo, "q_broad", "1"),
                 counts = option(echo, "counts", "1");
    char path[NAME_SIZE], word[40];
    int k = 0;
    snprintf(path, sizeof path, "%s/s_number", group);
    const struct vt_dataset *s = vt_results_find(e->results, path);
    if (s) {
        const struct vt_axis *q = &s->axis[0];
        while (k < q->n - 1 && q->value[k] < from * (1 - 1e-12)) k++;
        tell(h, "qmin", "%.10g", k ? q->value[k] : 0);
        tell(h, "qmax", "%.10g", q->value[q->n - 1]);
    }
    if (kind == VT_ORDINATE_S) return;
    if (of_r) {
        double damp = option(echo, "q_damp", "/A");
        if (!isnan(damp)) tell(h, "qdamp", "%.10g", damp);
        if (vt_params_echoed(echo, "window", word, sizeof word) && strcmp(word, "none") != 0)
            say(h, "window in q: %s", word);
    }
    if (broad > 0) say(h, "resolution of the instrument: S(q) is smeared, dq/q %.10g", broad);
    if (counts > 0) say(h, "counting noise of %.10g counts in a step of q", counts);
}

static void tell_temperature(struct header *h, const struct export *e, const struct place *p)
{
    struct vt_report_value t;
    for (int k = 0; k < e->model.n_stages && !p->inherent; k++)
        if (!strcmp(e->model.stage[k].path + strlen("stages/"), p->stage) &&
            !vt_report_is_ramp(&e->model, k) && vt_report_number(&e->model, k, "thermo/temperature", &t))
            tell(h, "temperature", "%.10g", t.value);
}

/* "Cu50Zr50" of "Cu 50, Zr 50". */
static void tell_composition(struct header *h, const struct vt_results *r)
{
    const char *note = vt_results_get_note(r, "", "composition");
    char formula[300], *to = formula;
    for (; note && *note && to < formula + sizeof formula - 1; note++)
        if (!strchr(" ,", *note)) *to++ = *note;
    *to = '\0';
    if (*formula) tell(h, "composition", "%s", formula);
}

/* x (n): those that are written, ascending. */
static void write_header(struct header *h, const struct export *e, const struct file *f, int n,
                         const double *x)
{
    struct place p;
    const struct vt_dataset *d = f->dataset;
    place_of(d->path, &p);
    const int left_out = d->axis[0].n - n;
    char group[NAME_SIZE];
    snprintf(group, sizeof group, "%.*s", (int)(strrchr(d->path, '/') - d->path), d->path);
    const char *title = vt_results_get_note(e->results, "", "title"),
               *echo = vt_results_get_note(e->results, group, "options");
    const double energy = option(echo, "energy", "keV");
    say(h, "simulated, not measured");
    if (title && *title) say(h, "title: %s", title);
    say(h, "stage %s%s, measurement %s", p.stage,
        p.inherent ? ", frames brought to their energy minimum" : "", p.kernel);
    say(h, "%s", d->help);
    say(h, "weights of pairs: %s", vt_weights_text(f->radiation, f->radiation == VT_XRAY && !isnan(energy)));
    if (d->error) say(h, "last column: one standard error, within this one sample");
    if (left_out) say(h, "%d points without a value are left out", left_out);

    tell(h, "mode", "%s", radiation_name[f->radiation]);
    tell_composition(h, e->results);
    if (f->radiation == VT_XRAY && !isnan(energy)) tell(h, "wavelength", "%.10g", vt_photon(energy));
    tell_temperature(h, e, &p);
    if (!strcmp(p.kernel, "sq"))
        tell_window(h, e, group, echo, f->kind);
    else {
        tell(h, "qmin", "%.10g", x[0]);
        tell(h, "qmax", "%.10g", x[n - 1]);
    }
    if (f->kind == VT_ORDINATE_REDUCED || f->kind == VT_ORDINATE_G) {
        tell(h, "rmin", "%.10g", x[0]);
        tell(h, "rmax", "%.10g", x[n - 1]);
        tell(h, "rstep", "%.10g", (x[n - 1] - x[0]) / (n - 1));
    }
}

/* ----------------------------------------------------------------------------------------- writing */

/* Points that have a value; an error that is none becomes 0, which readers take for unknown. */
static int take_points(const struct vt_dataset *d, double *x, double *y, double *error)
{
    int n = 0;
    for (int k = 0; k < d->axis[0].n; k++) {
        if (!isfinite(d->value[k])) continue;
        x[n] = d->axis[0].value[k];
        y[n] = d->value[k];
        if (d->error) error[n] = isfinite(d->error[k]) ? d->error[k] : 0;
        n++;
    }
    return n;
}

static enum vt_status write_curve(const struct export *e, const struct file *f, const char *path,
                                  struct header *h, int *written)
{
    const struct vt_dataset *d = f->dataset;
    const int all = d->axis[0].n;
    double *x = NULL, *y, *error;
    enum vt_status st;
    VT_TRY(vt_alloc(&x, 3 * all));
    y = x + all, error = y + all;
    int n = take_points(d, x, y, error);
    if (n < 2) {
        vt_log(VT_LOG_WARNING, "%s has no two points with a value: it is left out", d->path);
        st = VT_OK;
    } else {
        h->n_notes = h->n_comments = 0;
        write_header(h, e, f, n, x);
        st = vt_curve_write(path, &(struct vt_curve_out){.kind = f->kind,
                                                         .n = n,
                                                         .x = x,
                                                         .y = y,
                                                         .error = d->error ? error : NULL,
                                                         .n_notes = h->n_notes,
                                                         .note = h->note,
                                                         .n_comments = h->n_comments,
                                                         .comment = h->comment,
                                                         .many = true});
        *written += st == VT_OK;
    }
    free(x);
    return st;
}

static bool is_chosen(const struct export *e, const struct vt_dataset *d)
{
    size_t length = strlen(e->stage);
    return !length || (!strncmp(d->path, "stages/", 7) && !strncmp(d->path + 7, e->stage, length) &&
                       d->path[7 + length] == '/');
}

static enum vt_status write_numbers(const struct export *e, const char *path)
{
    struct vt_replace out;
    VT_TRY(vt_replace_open(&out, path));
    fprintf(out.file, "# single numbers; value and error have the unit behind them\n"
                      "# dataset,value,error,unit\n");
    for (int k = 0; k < e->results->n; k++) {
        const struct vt_dataset *d = &e->results->item[k];
        if (d->n_axes || !is_chosen(e, d)) continue;
        fprintf(out.file, "%s,%.17g,", d->path, d->value[0]);
        if (d->error) fprintf(out.file, "%.17g", d->error[0]);
        fprintf(out.file, ",%s\n", d->unit);
    }
    return vt_replace_commit(&out);
}

static enum vt_status write_all(const struct export *e, int *curves, int *tables)
{
    char path[PATH_SIZE];
    struct header *h;
    enum vt_status st = VT_OK;
    VT_TRY(vt_alloc(&h, 1));
    VT_TRY_GOTO(st, done, vt_folder_make(e->folder));
    for (int k = 0; k < e->n; k++) {
        const struct file *f = &e->file[k];
        snprintf(path, sizeof path, "%.4000s/%s", e->folder, f->name);
        if (f->kind != VT_ORDINATE_UNKNOWN) {
            VT_TRY_GOTO(st, done, write_curve(e, f, path, h, curves));
            continue;
        }
        char *slash = strrchr(path, '/');
        *slash = '\0';
        VT_TRY_GOTO(st, done, vt_folder_make(path));
        *slash = '/';
        VT_TRY_GOTO(st, done, f->dataset ? vt_results_csv(path, f->dataset) : write_numbers(e, path));
        ++*tables;
    }
    st = vt_folder_sync(e->folder);
done:
    free(h);
    return st;
}

/* -------------------------------------------------------------------------- names, before all work */

static enum vt_status add(struct export *e, const struct file *f)
{
    VT_TRY(vt_grow(&e->file, &e->capacity, e->n + 1));
    e->file[e->n++] = *f;
    return VT_OK;
}

static enum vt_status list_files(struct export *e, bool with_tables)
{
    bool numbers = false;
    int left_out = 0;
    struct file f;
    for (int k = 0; k < e->results->n; k++) {
        const struct vt_dataset *d = &e->results->item[k];
        if (!is_chosen(e, d)) continue;
        if (is_curve(d, &f)) VT_TRY(add(e, &f));
        if (!with_tables) continue;
        numbers |= !d->n_axes;
        left_out += d->n_axes > 2;
        if (!d->n_axes || d->n_axes > 2) continue;
        f = (struct file){.dataset = d};
        if (snprintf(f.name, sizeof f.name, "%s.csv", d->path) >= (int)sizeof f.name)
            return VT_RAISE(VT_EINPUT, "export: %s is too long a name", d->path);
        VT_TRY(add(e, &f));
    }
    if (numbers) VT_TRY(add(e, &(struct file){.name = "numbers.csv"}));
    if (left_out) vt_log(VT_LOG_INFO, "datasets with three axes are no tables: %d of them", left_out);
    if (e->n) return VT_OK;
    return VT_RAISE(VT_EINPUT,
                    "export: there are no structure factors%s%s: measure pdf and sq, or sq_direct, sq_fft or "
                    "debye; or ask for --csv",
                    *e->stage ? " of stage " : "", e->stage);
}

static enum vt_status check_stage(const struct export *e)
{
    char known[800] = "";
    size_t used = 0;
    for (int k = 0; k < e->model.n_stages; k++) {
        const char *label = e->model.stage[k].path + strlen("stages/");
        if (!strcmp(label, e->stage)) return VT_OK;
        if (used < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", k ? ", " : "", label);
    }
    return !*e->stage ? VT_OK
                      : VT_RAISE(VT_EINPUT, "export: there is no stage '%s', but %s", e->stage,
                                 *known ? known : "no stage at all");
}

static enum vt_status check_files(const struct export *e, bool force)
{
    char path[PATH_SIZE];
    for (int k = 0; k < e->n; k++) {
        snprintf(path, sizeof path, "%.4000s/%s", e->folder, e->file[k].name);
        if (access(path, F_OK)) continue;
        VT_TRY(vt_replace_check(path));
        if (!force)
            return VT_RAISE(VT_EINPUT,
                            "export: %s exists; give another folder with -o, or --force to replace it", path);
    }
    return VT_OK;
}

enum vt_status vt_export(const struct vt_results *results, const char *stage, bool with_tables, bool force,
                         const char *folder, int *curves, int *tables)
{
    struct export e = {.results = results, .stage = stage, .folder = folder};
    enum vt_status st;
    *curves = *tables = 0;
    VT_TRY_GOTO(st, done, vt_report_model_create(&e.model, results));
    VT_TRY_GOTO(st, done, check_stage(&e));
    VT_TRY_GOTO(st, done, list_files(&e, with_tables));
    VT_TRY_GOTO(st, done, check_files(&e, force));
    st = write_all(&e, curves, tables);
done:
    free(e.file);
    vt_report_model_release(&e.model);
    return st;
}
