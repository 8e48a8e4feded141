/* compare.c: see compare.h. */
#include "study/compare.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_spline.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/curve_file.h"
#include "io/plot.h"
#include "study/names.h"

const struct vt_param vt_compare_params[] = {
    {.name = "stage",
     .unit = "",
     .kind = VT_TEXT,
     .offset = offsetof(struct vt_compare_options, stage),
     .help = "label of the stage, as 03-hold; the last one that measured sq if not given"},
    {.name = "radiation",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = offsetof(struct vt_compare_options, radiation),
     .text = "xray|neutron",
     .help = "weights of the simulated curve"},
    {.name = "kind",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = offsetof(struct vt_compare_options, kind),
     .text = "told|G|g|F|S",
     .help = "what a file holds that does not tell"},
    {.name = "from",
     .unit = "1",
     .kind = VT_REAL,
     .offset = offsetof(struct vt_compare_options, from),
     .preset = VT_UNSET,
     .min = 0,
     .max = 1e4,
     .help = "begin of the comparison, in the unit of the abscissa"},
    {.name = "to",
     .unit = "1",
     .kind = VT_REAL,
     .offset = offsetof(struct vt_compare_options, to),
     .preset = VT_UNSET,
     .min = 0,
     .max = 1e4,
     .help = "its end"},
    {.name = "scale",
     .unit = "",
     .kind = VT_BOOL,
     .offset = offsetof(struct vt_compare_options, scale),
     .preset = 1,
     .max = 1,
     .help = "scale the simulated curve to the measured one"},
    {.name = "shift",
     .unit = "",
     .kind = VT_BOOL,
     .offset = offsetof(struct vt_compare_options, shift),
     .preset = 0,
     .max = 1,
     .help = "shift it up or down too"},
    {0},
};

/* Which dataset of sq belongs to which kind of curve. */
enum { KINDS = 4 };
static const struct {
    enum vt_abscissa abscissa;
    enum vt_ordinate ordinate;
    const char *dataset, *symbol;
} kinds[KINDS] = {{VT_ABSCISSA_R, VT_ORDINATE_REDUCED, "reduced", "G(r) [angstrom^{-2}]"},
                  {VT_ABSCISSA_R, VT_ORDINATE_G, "g", "g(r)"},
                  {VT_ABSCISSA_Q, VT_ORDINATE_F, "f_measured", "F(q) [angstrom^{-1}]"},
                  {VT_ABSCISSA_Q, VT_ORDINATE_S, "s", "S(q)"}};

static enum vt_status kind_of(const char *path, const struct vt_curve_file *c,
                              const struct vt_compare_options *o, int *kind)
{
    *kind = o->kind - 1;
    for (int k = 0; k < KINDS; k++)
        if (c->abscissa == kinds[k].abscissa && c->ordinate == kinds[k].ordinate) *kind = k;
    if (*kind >= 0 && (c->abscissa == VT_ABSCISSA_UNKNOWN || c->abscissa == kinds[*kind].abscissa))
        return VT_OK;
    return VT_RAISE(VT_EINPUT, "%s: G(r), g(r), F(q) or S(q) is due; %s", path,
                    c->abscissa == VT_ABSCISSA_UNKNOWN ? "it does not tell what it holds: say --kind"
                                                       : "it tells that it holds something else");
}

/* The last stage with such a dataset, or the one that is named. */
static enum vt_status find_simulated(const struct vt_results *r, const struct vt_compare_options *o, int kind,
                                     const struct vt_dataset **found)
{
    char tail[64];
    snprintf(tail, sizeof tail, "/sq/%s_%s", kinds[kind].dataset, o->radiation ? "neutron" : "xray");
    *found = NULL;
    for (int k = 0; k < r->n; k++) {
        const char *path = r->item[k].path;
        size_t length = strlen(path), end = strlen(tail);
        if (strncmp(path, "stages/", 7) || length < 7 + end || strcmp(path + length - end, tail)) continue;
        size_t label = length - end - 7;
        if (memchr(path + 7, '/', label)) continue; /* of energy minima or blocks */
        if (!*o->stage || (strlen(o->stage) == label && !strncmp(path + 7, o->stage, label)))
            *found = &r->item[k];
    }
    if (*found) return VT_OK;
    return VT_RAISE(VT_EINPUT, "the results hold no %s%s%s: measure pdf and sq", tail + 1,
                    *o->stage ? " of stage " : "", o->stage);
}

/* The window of a measured G(r) must be that of the simulated one. */
static void check_window(const char *file, const struct vt_results *r, int kind,
                         const struct vt_dataset *simulated, const struct vt_curve_file *c)
{
    const char *note = vt_curve_note(c, "qmax");
    char path[256];
    snprintf(path, sizeof path, "%.*s/s_number", (int)(strrchr(simulated->path, '/') - simulated->path),
             simulated->path);
    const struct vt_dataset *s = vt_results_find(r, path);
    if (!note || !s || kinds[kind].abscissa != VT_ABSCISSA_R) return;
    double measured = strtod(note, NULL), ours = s->axis[0].value[s->axis[0].n - 1];
    if (measured > 0 && fabs(measured - ours) > 0.5)
        vt_log(
            VT_LOG_WARNING,
            "%s: the curve was made with qmax = %g, the simulated one ends at %.4g: use sq: {q_max: %g /A}",
            file, measured, ours, measured);
}

/* y_m = scale y_s + shift: normal equations of what is free. */
static void fit(int n, const double *measured, const double *simulated, const double *w,
                const struct vt_compare_options *o, double *scale, double *shift)
{
    double ss = 0, s = 0, one = 0, sm = 0, m = 0;
    for (int k = 0; k < n; k++) {
        ss += w[k] * simulated[k] * simulated[k];
        s += w[k] * simulated[k];
        one += w[k];
        sm += w[k] * simulated[k] * measured[k];
        m += w[k] * measured[k];
    }
    *scale = 1, *shift = 0;
    if (o->scale && o->shift) {
        *scale = (one * sm - s * m) / (one * ss - s * s);
        *shift = (m - *scale * s) / one;
    } else if (o->scale)
        *scale = sm / ss;
    else if (o->shift)
        *shift = (m - s) / one;
}

enum { PATH = 512 };

/* A dataset GROUP/NAME over the axis of the simulated curve, or a number if n is 0. */
static enum vt_status add(struct vt_results *out, const char *group, const char *name, const char *unit,
                          const char *help, int n, struct vt_dataset **d)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/%s", group, name);
    return vt_results_add(out, path, unit, help, n > 0, n ? &n : NULL, d);
}

static enum vt_status put_curve(struct vt_results *out, const char *group, const char *name,
                                const struct vt_dataset *simulated, const char *help, int n, const double *x,
                                const double *y, const double *error)
{
    struct vt_dataset *d;
    VT_TRY(add(out, group, name, simulated->unit, help, n, &d));
    VT_TRY(vt_dataset_axis(d, 0, simulated->axis[0].name, simulated->axis[0].unit, x, NULL));
    memcpy(d->value, y, (size_t)n * sizeof *y);
    if (!error) return VT_OK;
    VT_TRY(vt_dataset_errors(d));
    memcpy(d->error, error, (size_t)n * sizeof *error);
    return VT_OK;
}

static enum vt_status put_number(struct vt_results *out, const char *group, const char *name,
                                 const char *help, double value)
{
    struct vt_dataset *d;
    VT_TRY(add(out, group, name, "1", help, 0, &d));
    d->value[0] = value;
    return VT_OK;
}

/* Measured points [first, first + n) beside the simulated curve. */
static enum vt_status put(const struct vt_dataset *simulated, const struct vt_curve_file *c, int first, int n,
                          const struct vt_compare_options *o, const char *group, struct vt_results *out)
{
    enum vt_status st;
    const double *x = c->x + first, *y = c->y + first, *sigma = c->error ? c->error + first : NULL;
    double *s = NULL, *w = NULL, *difference = NULL, scale, shift, off = 0, all = 0;
    int known = 0;
    gsl_spline *spline = gsl_spline_alloc(gsl_interp_cspline, (size_t)simulated->axis[0].n);
    if (!spline) return VT_RAISE(VT_EWORLD, "no memory for a curve");
    VT_TRY_GOTO(st, done, vt_alloc(&s, n));
    VT_TRY_GOTO(st, done, vt_alloc(&w, n));
    VT_TRY_GOTO(st, done, vt_alloc(&difference, n));
    gsl_spline_init(spline, simulated->axis[0].value, simulated->value, (size_t)simulated->axis[0].n);
    for (int k = 0; k < n; k++) {
        s[k] = gsl_spline_eval(spline, x[k], NULL);
        w[k] = !sigma         ? 1
               : sigma[k] > 0 ? 1 / (sigma[k] * sigma[k])
                              : 0; /* a point without error is not known */
        known += w[k] > 0;
    }
    fit(n, y, s, w, o, &scale, &shift);
    for (int k = 0; k < n; k++) {
        s[k] = scale * s[k] + shift;
        difference[k] = y[k] - s[k];
        off += w[k] * difference[k] * difference[k];
        all += w[k] * y[k] * y[k];
    }
    VT_TRY_GOTO(st, done, put_curve(out, group, "measured", simulated, "the file", n, x, y, sigma));
    VT_TRY_GOTO(st, done,
                put_curve(out, group, "simulated", simulated, "scale times the simulated curve plus shift", n,
                          x, s, NULL));
    VT_TRY_GOTO(
        st, done,
        put_curve(out, group, "difference", simulated, "measured - simulated", n, x, difference, sigma));
    VT_TRY_GOTO(st, done, put_number(out, group, "scale", "of the simulated curve", scale));
    VT_TRY_GOTO(st, done, put_number(out, group, "shift", "of the simulated curve, in its unit", shift));
    VT_TRY_GOTO(st, done,
                put_number(out, group, "r_w", "sqrt(sum w (measured - simulated)^2 / sum w measured^2)",
                           sqrt(off / all)));
    if (sigma)
        st = put_number(out, group, "chi2",
                        "sum of ((measured - simulated) / error)^2 / points that have one", off / known);
done:
    gsl_spline_free(spline);
    free(s), free(w), free(difference);
    return st;
}

static enum vt_status compare_one(const struct vt_results *results, const char *path,
                                  const struct vt_compare_options *o, const char *group,
                                  struct vt_results *out)
{
    struct vt_curve_file c;
    const struct vt_dataset *simulated;
    int kind, first = 0, n = 0;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_curve_read(path, &c));
    VT_TRY_GOTO(st, done, kind_of(path, &c, o, &kind));
    VT_TRY_GOTO(st, done, find_simulated(results, o, kind, &simulated));
    check_window(path, results, kind, simulated, &c);
    const struct vt_axis *axis = &simulated->axis[0];
    double from = axis->value[0], to = axis->value[axis->n - 1];
    if (!isnan(o->from)) from = fmax(from, o->from);
    if (!isnan(o->to)) to = fmin(to, o->to);
    while (first < c.n && c.x[first] < from) first++;
    while (first + n < c.n && c.x[first + n] <= to) n++;
    if (n < 10)
        VT_TRY_GOTO(st, done,
                    VT_RAISE(VT_EINPUT,
                             "%s: %d of its points lie between %g and %g, where the simulated curve is: at "
                             "least 10 are due",
                             path, n, from, to));
    st = put(simulated, &c, first, n, o, group, out);
    if (st == VT_OK) st = vt_results_note(out, group, "file", path);
    if (st == VT_OK) st = vt_results_note(out, group, "simulated", simulated->path);
    if (st == VT_OK) st = vt_results_note(out, group, "symbol", kinds[kind].symbol);
done:
    vt_curve_release(&c);
    return st;
}

const char *vt_compare_group(const struct vt_results *compared, int k)
{
    for (int i = 0; i < compared->n_notes; i++)
        if (!strcmp(compared->note[i].key, "file") && !k--) return compared->note[i].path;
    return NULL;
}

const char *vt_compare_name(const char *group)
{
    const char *slash = strchr(group, '/');
    return slash ? slash + 1 : NULL;
}

/* compare/NAME, with _2 and so on behind it where files of several folders have one name. */
static void name_group(const struct vt_results *out, const char *path, char group[PATH])
{
    const char *name = vt_name_last(path);
    snprintf(group, PATH, "compare/%.200s", name);
    for (int k = 2; vt_results_get_note(out, group, "file"); k++)
        snprintf(group, PATH, "compare/%.200s_%d", name, k);
}

enum vt_status vt_compare(const struct vt_results *results, int n, char *const *paths,
                          const struct vt_compare_options *o, struct vt_results *out, int *refused)
{
    char group[PATH];
    *refused = 0;
    if (n == 1) return compare_one(results, paths[0], o, "compare", out);
    for (int k = 0; k < n; k++) {
        name_group(out, paths[k], group);
        enum vt_status st = compare_one(results, paths[k], o, group, out);
        if (st != VT_OK && st != VT_EINPUT) return st;
        if (st == VT_OK) continue;
        vt_log(VT_LOG_WARNING, "%s", vt_message());
        vt_results_remove(out, group);
        ++*refused;
    }
    return *refused < n ? VT_OK
                        : VT_RAISE(VT_EINPUT, "compare: none of the %d curves can be compared: see above", n);
}

/* ---------------------------------------------------------------------------------------------- the figure
 */

static const struct vt_dataset *part(const struct vt_results *r, const char *group, const char *name)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/%s", group, name);
    return vt_results_find(r, path);
}

/* (y - shift) / scale of a dataset, with its error, as a series. */
static enum vt_status draw(struct vt_plot *figure, int panel, struct vt_plot_series series,
                           const struct vt_dataset *d, double scale, double shift)
{
    enum vt_status st;
    double *y = NULL, *error = NULL;
    const int n = d->axis[0].n;
    VT_TRY_GOTO(st, done, vt_alloc(&y, n));
    VT_TRY_GOTO(st, done, vt_alloc(&error, n));
    for (int k = 0; k < n; k++) {
        y[k] = (d->value[k] - shift) / scale;
        if (d->error) error[k] = d->error[k] / fabs(scale);
    }
    series.n = n, series.x = d->axis[0].value, series.y = y, series.error = d->error ? error : NULL;
    st = vt_plot_add_series(figure, panel, &series);
done:
    free(y), free(error);
    return st;
}

/* All curves of one kind over each other, and below them their differences. One alone is drawn as it was
 * measured; several have scales of their own and are brought to that of the simulated curve. */
static enum vt_status draw_kind(struct vt_plot *figure, const struct vt_results *r, const char *symbol)
{
    int n = 0, both, difference;
    const char *group;
    char title[80];
    for (int k = 0; (group = vt_compare_group(r, k)); k++)
        n += !strcmp(vt_results_get_note(r, group, "symbol"), symbol);
    if (!n) return VT_OK;
    VT_TRY(vt_plot_add_panel(figure, NULL, symbol, 280, &both));
    snprintf(title, sizeof title, "difference in %.*s", (int)strcspn(symbol, " "), symbol);
    VT_TRY(vt_plot_add_panel(figure, NULL, title, 130, &difference));
    figure->panel[difference].zero = true;
    for (int after = 0; after < 2; after++) /* simulated curves on top */
        for (int k = 0; (group = vt_compare_group(r, k)); k++) {
            if (strcmp(vt_results_get_note(r, group, "symbol"), symbol) != 0) continue;
            double scale = n > 1 ? part(r, group, "scale")->value[0] : 1,
                   shift = n > 1 ? part(r, group, "shift")->value[0] : 0;
            if (after) {
                VT_TRY(draw(figure, both, (struct vt_plot_series){.name = "simulated", .color = 1},
                            part(r, group, "simulated"), scale, shift));
                continue;
            }
            const char *name = vt_compare_name(group); /* NULL: the only curve */
            int color = k % (VT_PLOT_COLORS - 1);      /* 1 is the simulated curve's */
            struct vt_plot_series series = {.name = name ? name : "measured",
                                            .color = name ? color + (color > 0) : VT_PLOT_NEUTRAL};
            VT_TRY(draw(figure, both, series, part(r, group, "measured"), scale, shift));
            if (!name) series.color = 2, series.name = NULL;
            VT_TRY(draw(figure, difference, series, part(r, group, "difference"), scale, 0));
        }
    return VT_OK;
}

enum vt_status vt_compare_figure(const struct vt_results *r, char **svg)
{
    struct vt_plot figure[2] = {{.id = "compare-r", .x_title = "r [angstrom]"},
                                {.id = "compare-q", .x_title = "q [angstrom^{-1}]"}};
    enum vt_status st = VT_OK;
    for (int k = 0; k < KINDS && st == VT_OK; k++)
        st = draw_kind(&figure[kinds[k].abscissa == VT_ABSCISSA_Q], r, kinds[k].symbol);
    if (st == VT_OK)
        st = vt_plot_row("compare", "measured and simulated curves, and their differences", 2, figure, svg);
    vt_plot_release(&figure[0]);
    vt_plot_release(&figure[1]);
    return st;
}
