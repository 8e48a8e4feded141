/* xpcs.c: see xpcs.h; the files, and tables of g2. C(t1, t2) is in xpcs_two_time.c. */
#include "study/xpcs.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/replace.h"
#include "study/series_simulated.h"
#include "study/xpcs_parts.h"

#define AT(member) offsetof(struct vt_xpcs_options, member)

const struct vt_param vt_xpcs_params[] = {
    {.name = "kind",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(kind),
     .preset = 0,
     .text = "told|g2|two-time",
     .help = "what the files hold; told: a symmetric square is C(t1, t2), other tables are g2"},
    {.name = "columns",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(columns),
     .preset = 0,
     .text = "told|g2|pairs",
     .help = "of text behind the delay: all g2, or pairs of g2 and error; told: by the names of the columns, "
             "and a "
             "third of three is an error"},
    {.name = "dataset",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(dataset),
     .help = "of HDF5 files: the one with g2 or C(t1, t2), if it is not found by its name"},
    {.name = "frame",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(frame),
     .preset = VT_UNSET,
     .min = 1e-15,
     .max = 1e9,
     .help = "time of a frame, in `unit`, where the file does not tell it or tells it wrong; of C(t1, t2), "
             "and of the delays of boost_corr"},
    {.name = "unit",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(unit),
     .preset = 0,
     .text = "s|ms|us|ns|ps|min|h",
     .help = "of all times given here and in the results, and of those in files that do not tell theirs"},
    {.name = "factor",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(factor),
     .preset = 0,
     .text = "2|1",
     .help = "c in g2 = base + contrast exp[-c (t/tau)^beta]; 2: tau and beta are those of f(q,t)"},
    {.name = "base",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(base),
     .preset = VT_UNSET,
     .min = -10,
     .max = 10,
     .help = "of g2: held there, 1 where it is known to be; fitted if not given"},
    {.name = "t_min",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(t_min),
     .preset = 0,
     .min = 0,
     .max = 1e18,
     .help = "first delay of the fits; of simulations in ps, 1: free flight before is no relaxation"},
    {.name = "t_max",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(t_max),
     .preset = 0,
     .min = 0,
     .max = 1e18,
     .help = "last delay of the fits; 0: all"},
    {.name = "beta_min",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(beta_min),
     .preset = 0.3,
     .min = 0.05,
     .max = 5,
     .help = "least beta"},
    {.name = "beta_max",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(beta_max),
     .preset = 2,
     .min = 0.1,
     .max = 5,
     .help = "largest beta"},
    {.name = "ballistic",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(ballistic),
     .preset = 0,
     .min = 0,
     .max = 1e18,
     .help = "a tau below this is flagged as free flight; 0: none"},
    {.name = "drop",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(drop),
     .preset = 0.1,
     .min = 0.001,
     .max = 0.9,
     .help = "part of the height that must decay in the window, or there is no fit"},
    {.name = "step",
     .unit = "1",
     .kind = VT_INT,
     .offset = AT(step),
     .preset = 0,
     .min = 0,
     .max = 1e6,
     .help = "of C(t1, t2): frames of a step along the diagonal, to which changes are known; 0: a 48th of "
             "all, 4 at "
             "least"},
    {.name = "penalty",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(penalty),
     .preset = 3,
     .min = 0.1,
     .max = 1000,
     .help = "of a change of dynamics, in ln(steps); larger: fewer stretches"},
    {.name = "cuts",
     .unit = "1",
     .kind = VT_INT,
     .offset = AT(cuts),
     .preset = 5,
     .min = 0,
     .max = 24,
     .help = "windows of age, and of starts, in which g2 is taken; the ageing law is fitted to those of age"},
    {.name = "parts",
     .unit = "1",
     .kind = VT_INT,
     .offset = AT(parts),
     .preset = 10,
     .min = 4,
     .max = VT_PARTS_MAX,
     .help = "pieces of a window for errors by jackknife; fewer are taken where they would be shorter than 2 "
             "tau"},
    {0},
};

void vt_xpcs_release(struct vt_xpcs *x)
{
    for (int k = 0; k < x->n_figures; k++) free(x->figure[k].svg);
    free(x->figure), free(x->row), free(x->name);
    vt_results_release(&x->results);
    *x = (struct vt_xpcs){0};
}

struct vt_kww_options vt_xpcs_kww(const struct vt_xpcs_options *o)
{
    return (struct vt_kww_options){.factor = o->factor ? 1 : 2,
                                   .base = o->base,
                                   .t_min = o->t_min,
                                   .t_max = o->t_max,
                                   .beta_low = o->beta_min,
                                   .beta_high = o->beta_max,
                                   .ballistic = o->ballistic,
                                   .drop = o->drop};
}

enum vt_status vt_xpcs_add_row(const struct vt_xpcs_work *w, const char *what, int number, double from,
                               double to, struct vt_xpcs_row **row)
{
    struct vt_xpcs *x = w->out;
    VT_TRY(vt_grow(&x->row, &x->row_capacity, x->n_rows + 1));
    *row = &x->row[x->n_rows++];
    **row = (struct vt_xpcs_row){.number = number, .from = from, .to = to, .pieces = NAN};
    snprintf((*row)->file, sizeof(*row)->file, "%s", w->name);
    (*row)->unit = w->unit;
    snprintf((*row)->what, sizeof(*row)->what, "%s", what);
    return VT_OK;
}

enum vt_status vt_xpcs_add_figure(const struct vt_xpcs_work *w, enum vt_status drawn, char *svg)
{
    struct vt_xpcs *x = w->out;
    enum vt_status st = vt_grow(&x->figure, &x->figure_capacity, x->n_figures + 1);
    if (st != VT_OK) {
        free(svg);
        return st;
    }
    struct vt_xpcs_figure *f = &x->figure[x->n_figures++];
    *f = (struct vt_xpcs_figure){.st = drawn, .svg = svg};
    snprintf(f->name, sizeof f->name, "%s.svg", w->name);
    if (drawn != VT_OK) vt_log(VT_LOG_WARNING, "xpcs: %s: no figure: %s", w->about, vt_message());
    return VT_OK;
}

struct vt_xpcs_remark vt_xpcs_remark(const struct vt_xpcs_row *r)
{
    struct vt_xpcs_remark out = {""};
    char brief[80];
    snprintf(brief, sizeof brief, "errors may be too small: %.2g pieces of 2 tau in the window; %d are due",
             r->pieces, VT_XPCS_PIECES);
    const char *part[] = {r->kww.ballistic ? "below the ballistic limit: free flight" : NULL,
                          r->kww.beta_at_bound ? "doubtful: beta is at its bound" : NULL,
                          r->brief ? brief : NULL};
    for (size_t k = 0; k < sizeof part / sizeof *part && r->fitted; k++) {
        size_t used = strlen(out.text);
        if (part[k]) snprintf(out.text + used, sizeof out.text - used, "%s%s", used ? "; " : "", part[k]);
    }
    return out;
}

enum vt_status vt_xpcs_put_remark(const struct vt_xpcs_work *w, const char *group, const char *key,
                                  const struct vt_xpcs_row *row)
{
    struct vt_xpcs_remark remark = vt_xpcs_remark(row);
    return *remark.text ? vt_results_note(&w->out->results, group, key, remark.text) : VT_OK;
}

/* ---- datasets ---- */

enum vt_status vt_xpcs_put_rows(const struct vt_xpcs_work *w, const char *group, const char *axis,
                                const char *axis_unit, int begin, int end)
{
    static const struct {
        const char *name, *help;
        bool time;
        size_t value, error;
    } column[] = {
        {"tau", "relaxation time of the KWW fit; NaN where the window holds no decay", true,
         offsetof(struct vt_kww, tau), offsetof(struct vt_kww, tau_error)},
        {"beta", "exponent: below 1 stretched, above 1 compressed; error NaN at a bound", false,
         offsetof(struct vt_kww, beta), offsetof(struct vt_kww, beta_error)},
        {"contrast", "height of the decay", false, offsetof(struct vt_kww, height),
         offsetof(struct vt_kww, height_error)},
        {"base", "g2 at long times; error 0 where it was held", false, offsetof(struct vt_kww, base),
         offsetof(struct vt_kww, base_error)},
        {"mean_tau", "<tau> = (tau/beta) Gamma(1/beta)", true, offsetof(struct vt_kww, mean),
         offsetof(struct vt_kww, mean_error)},
    };
    const struct vt_xpcs_row *row = w->out->row;
    int n = end - begin;
    if (n < 1) return VT_OK;
    double *place;
    enum vt_status st = VT_OK;
    VT_TRY(vt_alloc(&place, n));
    for (int k = 0; k < n; k++)
        place[k] = isnan(row[begin + k].from) ? row[begin + k].number
                                              : (row[begin + k].from + row[begin + k].to) / 2;
    for (size_t c = 0; c < sizeof column / sizeof *column && st == VT_OK; c++) {
        char path[200];
        struct vt_dataset *d;
        snprintf(path, sizeof path, "%s/%s", group, column[c].name);
        st =
            vt_results_add(&w->out->results, path, column[c].time ? w->unit : "1", column[c].help, 1, &n, &d);
        if (st == VT_OK) st = vt_dataset_axis(d, 0, axis, axis_unit, place, NULL);
        if (st == VT_OK) st = vt_dataset_errors(d);
        for (int k = 0; k < n && st == VT_OK; k++) {
            const struct vt_xpcs_row *r = &row[begin + k];
            d->value[k] = r->fitted ? *(const double *)((const char *)&r->kww + column[c].value) : NAN;
            d->error[k] = r->fitted ? *(const double *)((const char *)&r->kww + column[c].error) : NAN;
        }
    }
    free(place);
    for (int k = 0; k < n && st == VT_OK; k++) {
        const struct vt_xpcs_row *r = &row[begin + k];
        char key[40];
        snprintf(key, sizeof key, "%s of %d", r->fitted ? "remark" : "no fit", r->number);
        st = r->fitted ? vt_xpcs_put_remark(w, group, key, r)
                       : vt_results_note(&w->out->results, group, key, r->reason);
    }
    return st;
}

enum vt_status vt_xpcs_put_g2(const struct vt_xpcs_work *w, const char *group, int n, const double *delay,
                              const double *g2, const double *error)
{
    char path[200];
    struct vt_dataset *d;
    snprintf(path, sizeof path, "%s/g2", group);
    VT_TRY(vt_results_add(&w->out->results, path, "1", "intensity correlation over the delay", 1, &n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "delay", w->unit, delay, NULL));
    memcpy(d->value, g2, (size_t)n * sizeof *g2);
    if (!error) return VT_OK;
    VT_TRY(vt_dataset_errors(d));
    memcpy(d->error, error, (size_t)n * sizeof *error);
    return VT_OK;
}

enum vt_status vt_xpcs_draw_g2(struct vt_plot *figure, int panel, const char *name, int color, int n,
                               const double *delay, const double *g2, const double *error,
                               const struct vt_xpcs_row *row)
{
    enum { POINTS = 120 };
    double x[POINTS], y[POINTS], *lg;
    VT_TRY(vt_alloc(&lg, n));
    for (int k = 0; k < n; k++) lg[k] = delay[k] > 0 ? log10(delay[k]) : NAN;
    enum vt_status st = vt_plot_add_series(
        figure, panel,
        &(struct vt_plot_series){
            .name = name, .color = color, .mark = VT_PLOT_DOTS, .n = n, .x = lg, .y = g2, .error = error});
    free(lg);
    if (st != VT_OK || !row->fitted) return st;
    double from = log10(row->kww.from > 0 ? row->kww.from : delay[delay[0] > 0 ? 0 : 1]),
           to = log10(row->kww.to);
    for (int k = 0; k < POINTS; k++) {
        x[k] = from + (to - from) * k / (POINTS - 1);
        y[k] = vt_kww_value(&row->kww, pow(10, x[k]));
    }
    return vt_plot_add_series(figure, panel,
                              &(struct vt_plot_series){.color = color, .n = POINTS, .x = x, .y = y});
}

/* ---- tables of g2 ---- */

/* Points that are measurements, in place; returns their number. */
static int keep_measured(int n, double *delay, double *g2, double *error)
{
    int kept = 0;
    for (int k = 0; k < n; k++) {
        if (!isfinite(g2[k]) || (error && !(error[k] > 0))) continue;
        delay[kept] = delay[k], g2[kept] = g2[k];
        if (error) error[kept] = error[k];
        kept++;
    }
    return kept;
}

static enum vt_status fit_column(const struct vt_xpcs_work *w, const struct vt_correlation_file *f, int c,
                                 double *delay, struct vt_plot *figure, int panel, int *missing)
{
    char group[160], name[40];
    size_t at = (size_t)c * (size_t)f->n;
    double *g2 = f->value + at, *error = f->error ? f->error + at : NULL;
    struct vt_xpcs_row *row;
    struct vt_kww_options o = vt_xpcs_kww(w->options);
    for (int k = 0; k < f->n; k++) delay[k] = f->delay[k] * w->frame;
    int n = keep_measured(f->n, delay, g2, error);
    *missing += f->n - n;
    VT_TRY(vt_xpcs_add_row(w, "g2", c + 1, NAN, NAN, &row));
    enum vt_status st = vt_kww_fit(n, delay, g2, error, &o, &row->kww);
    if (st == VT_EWORLD || st == VT_EINPUT) return vt_prefix(st, "%s", w->about);
    row->fitted = st == VT_OK;
    if (st != VT_OK) snprintf(row->reason, sizeof row->reason, "%s", vt_message());
    snprintf(group, sizeof group, "xpcs/%s/column_%d", w->name, c + 1);
    if (n) VT_TRY(vt_xpcs_put_g2(w, group, n, delay, g2, error));
    snprintf(name, sizeof name, "column %d", c + 1);
    return c < VT_PLOT_COLORS && n
               ? vt_xpcs_draw_g2(figure, panel, f->columns > 1 ? name : "g2", c, n, delay, g2, error, row)
               : VT_OK;
}

static enum vt_status fit_table(const struct vt_xpcs_work *w, const struct vt_correlation_file *f)
{
    char title[64], group[160], *svg = NULL;
    double *delay = NULL;
    int panel, begin = w->out->n_rows, missing = 0;
    snprintf(title, sizeof title, "log_{10} (delay / %s)", w->unit);
    struct vt_plot figure = {.id = "g2", .about = "g2 and its KWW fit against the delay", .x_title = title};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&delay, f->n));
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&figure, NULL, "g_2", 300, &panel));
    for (int c = 0; c < f->columns; c++)
        VT_TRY_GOTO(st, done, fit_column(w, f, c, delay, &figure, panel, &missing));
    if (missing)
        vt_log(VT_LOG_WARNING, "xpcs: %s: %d of %lld points have no number or no error and are left out",
               w->about, missing, (long long)f->n * f->columns);
    snprintf(group, sizeof group, "xpcs/%s", w->name);
    VT_TRY_GOTO(st, done, vt_xpcs_put_rows(w, group, "column", "1", begin, w->out->n_rows));
    enum vt_status drawn = vt_plot_svg(&figure, &svg);
    st = vt_xpcs_add_figure(w, drawn, svg);
done:
    free(delay);
    vt_plot_release(&figure);
    return st;
}

/* ---- files ---- */

/* After the file, and after what tells the table from others in it. */
static enum vt_status name_table(struct vt_xpcs_work *w, const char *label)
{
    struct vt_xpcs *x = w->out;
    char text[VT_NAME + 80];
    VT_TRY(vt_grow(&x->name, &x->name_capacity, x->n_names + 1));
    vt_name_after(w->path, w->name);
    snprintf(w->about, sizeof w->about, *label ? "%.400s (%s)" : "%.400s", w->path, label);
    if (*label) {
        snprintf(text, sizeof text, "%s_%s", w->name, label);
        vt_name_of(text, strlen(text), w->name);
    }
    vt_name_apart(w->name, x->name, x->n_names, sizeof *x->name);
    memcpy(x->name[x->n_names++], w->name, sizeof w->name);
    return VT_OK;
}

static enum vt_status put_notes(const struct vt_xpcs_work *w, const struct vt_correlation_file *f)
{
    struct vt_results *r = &w->out->results;
    char group[160], text[160];
    snprintf(group, sizeof group, "xpcs/%s", w->name);
    VT_TRY(vt_results_note(r, group, "file", w->path));
    if (f->source) VT_TRY(vt_results_note(r, group, "dataset", f->source));
    VT_TRY(vt_results_note(r, group, "fitted", vt_kww_formula(w->options->factor ? 1 : 2)));
    snprintf(text, sizeof text, "%.10g %s%s", w->frame, w->unit,
             !isnan(w->options->frame) ? ", as given"
             : f->frame > 0            ? ", as the file tells"
                                       : ", not told");
    if (f->kind == VT_CORRELATION_TWO_TIME || f->in_frames) return vt_results_note(r, group, "frame", text);
    if (!(f->delay_scale > 0)) return VT_OK;
    snprintf(text, sizeof text, "in units of %.10g s in the file", f->delay_scale);
    return vt_results_note(r, group, "delays", text);
}

static enum vt_status take_table(struct vt_xpcs_work *w, struct vt_correlation_file *f)
{
    static const char *const units[] = {"s", "ms", "us", "ns", "ps", "min", "h"};
    static const double seconds[] = {1, 1e-3, 1e-6, 1e-9, 1e-12, 60, 3600};
    const struct vt_xpcs_options *o = w->options;
    double told = f->frame_scale > 0 ? f->frame * (f->frame_scale / seconds[o->unit]) : f->frame;
    bool frames = f->kind == VT_CORRELATION_TWO_TIME || f->in_frames,
         known = !frames || !isnan(o->frame) || told > 0;
    int begin = w->out->n_rows, fitted = 0;
    w->frame = !frames            ? f->delay_scale > 0 ? f->delay_scale / seconds[o->unit] : 1
               : !isnan(o->frame) ? o->frame
               : known            ? told
                                  : 1;
    w->unit = known ? units[o->unit] : "frame";
    if (!known && !w->out->in_frames)
        vt_log(VT_LOG_WARNING,
               "xpcs: %s: the file does not tell the time of a frame: times are in frames; --frame, with "
               "--unit, gives them in s, ms ...",
               w->about);
    w->out->in_frames = w->out->in_frames || !known;
    VT_TRY(put_notes(w, f));
    VT_TRY(f->kind == VT_CORRELATION_TWO_TIME ? vt_xpcs_two_time(w, f) : fit_table(w, f));
    for (int k = begin; k < w->out->n_rows; k++) fitted += w->out->row[k].fitted;
    if (fitted) return VT_OK;
    const struct vt_xpcs_row *r = &w->out->row[begin];
    int rows = w->out->n_rows - begin;
    if (rows == 1) return VT_RAISE(VT_EPHYSICS, "%s: %s", w->about, r->reason);
    for (int k = 0; k < rows; k++)
        vt_log(VT_LOG_WARNING, "xpcs: %s: %s %d: %s", w->about, r[k].what, r[k].number, r[k].reason);
    return VT_RAISE(VT_EPHYSICS, "%s: none of %d g2 can be fitted: %s", w->about, rows, r->reason);
}

/* One table into results of its own, which join the others if all went well. */
static enum vt_status add_table(const char *path, const char *file, const struct vt_correlation_reading *how,
                                const struct vt_xpcs_options *o, int n, struct vt_xpcs *out, int *of)
{
    struct vt_xpcs_work w = {.options = o, .path = path, .out = out};
    struct vt_correlation_file table;
    struct vt_results others = out->results;
    int rows = out->n_rows, figures = out->n_figures, names = out->n_names;
    out->results = (struct vt_results){0};
    enum vt_status st = vt_correlation_read(file, how, &table);
    if (table.of > *of) *of = table.of; /* also where this one cannot be read */
    if (st == VT_OK) st = name_table(&w, table.label);
    if (st == VT_OK) st = take_table(&w, &table);
    vt_correlation_release(&table);
    struct vt_results own = out->results;
    out->results = others;
    if (st == VT_OK) st = vt_results_move(&out->results, &own, "");
    vt_results_release(&own);
    out->tables++;
    if (st == VT_OK) return VT_OK;
    for (int k = figures; k < out->n_figures; k++) free(out->figure[k].svg);
    out->n_rows = rows, out->n_figures = figures, out->n_names = names;
    if (st == VT_EWORLD || (n == 1 && *of == 1)) return vt_prefix(vt_as_input(st), "xpcs");
    if (*of > 1)
        vt_log(VT_LOG_WARNING, "xpcs: %s; this one, %d of %d, is left out", vt_message(), how->which + 1,
               *of);
    else
        vt_log(VT_LOG_WARNING, "xpcs: %s; it is left out", vt_message());
    out->refused++;
    return VT_OK;
}

enum vt_status vt_xpcs_run(int n, char *const *paths, const struct vt_xpcs_options *o, struct vt_xpcs *out)
{
    *out = (struct vt_xpcs){0};
    if (!(o->beta_max > o->beta_min))
        return VT_RAISE(VT_EINPUT, "xpcs: beta_max is %g: more than beta_min, %g, is due", o->beta_max,
                        o->beta_min);
    if (o->t_max > 0 && !(o->t_max > o->t_min))
        return VT_RAISE(VT_EINPUT, "xpcs: t_max is %g: more than t_min, %g, is due", o->t_max, o->t_min);
    for (int k = 0; k < n; k++) {
        char file[VT_SIMULATED_FILE];
        struct vt_correlation_reading how = {.kind = (enum vt_correlation_kind)o->kind,
                                             .columns = (enum vt_correlation_columns)o->columns,
                                             .dataset = o->dataset,
                                             .stage = vt_simulated_file(paths[k], file)};
        int of = 1;
        for (; how.which < of; how.which++) VT_TRY(add_table(paths[k], file, &how, o, n, out, &of));
    }
    return out->refused < out->tables ? VT_OK : VT_RAISE(VT_EINPUT, "xpcs: no file is of use, see above");
}

enum vt_status vt_xpcs_table(const char *path, const struct vt_xpcs *x)
{
    struct vt_replace out;
    VT_TRY(vt_replace_open(&out, path));
    fprintf(out.file,
            "# fits of relaxation; `vitrum xpcs`. from, to, tau and mean tau are in `unit`.\n"
            "# file, what, number, unit, from, to, tau, error, beta, error, contrast, error, base, error, "
            "mean tau, error, chi2/dof, R2, remark\n");
    for (int k = 0; k < x->n_rows; k++) {
        const struct vt_xpcs_row *r = &x->row[k];
        const struct vt_kww *f = &r->kww;
        fprintf(out.file, "%s, %s, %d, %s, %.8g, %.8g", r->file, r->what, r->number, r->unit, r->from, r->to);
        struct vt_xpcs_remark remark = vt_xpcs_remark(r);
        if (r->fitted)
            fprintf(out.file, ", %.8g, %.3g, %.6g, %.3g, %.6g, %.3g, %.8g, %.3g, %.8g, %.3g, %.4g, %.6g, ",
                    f->tau, f->tau_error, f->beta, f->beta_error, f->height, f->height_error, f->base,
                    f->base_error, f->mean, f->mean_error, f->reduced, f->r2);
        else {
            for (int c = 0; c < 12; c++) fprintf(out.file, ", nan");
            fprintf(out.file, ", ");
        }
        for (const char *c = r->fitted ? remark.text : r->reason; *c; c++)
            fputc(*c == ',' || *c == '\n' ? ';' : *c, out.file);
        fputc('\n', out.file);
    }
    return vt_replace_commit(&out);
}
