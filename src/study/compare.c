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
static const struct {
    enum vt_abscissa abscissa;
    enum vt_ordinate ordinate;
    const char *dataset, *symbol;
} kinds[] = {{VT_ABSCISSA_R, VT_ORDINATE_REDUCED, "reduced", "G(r) [angstrom^{-2}]"},
             {VT_ABSCISSA_R, VT_ORDINATE_G, "g", "g(r)"},
             {VT_ABSCISSA_Q, VT_ORDINATE_F, "f", "F(q) [angstrom^{-1}]"},
             {VT_ABSCISSA_Q, VT_ORDINATE_S, "s", "S(q)"}};

static enum vt_status kind_of(const char *path, const struct vt_curve_file *c,
                              const struct vt_compare_options *o, int *kind)
{
    *kind = o->kind - 1;
    for (int k = 0; k < 4; k++)
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
static void check_window(const struct vt_results *r, int kind, const struct vt_dataset *simulated,
                         const struct vt_curve_file *c)
{
    const char *note = vt_curve_note(c, "qmax");
    char path[256];
    snprintf(path, sizeof path, "%.*s/s_number", (int)(strrchr(simulated->path, '/') - simulated->path),
             simulated->path);
    const struct vt_dataset *s = vt_results_find(r, path);
    if (!note || !s || kinds[kind].abscissa != VT_ABSCISSA_R) return;
    double measured = strtod(note, NULL), ours = s->axis[0].value[s->axis[0].n - 1];
    if (measured > 0 && fabs(measured - ours) > 0.5)
        vt_log(VT_LOG_WARNING,
               "the curve was made with qmax = %g, the simulated one ends at %.4g: use sq: {q_max: %g /A}",
               measured, ours, measured);
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

static enum vt_status put_curve(struct vt_results *out, const char *name, const char *unit, const char *help,
                                const char *axis, int n, const double *x, const double *y,
                                const double *error)
{
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, name, unit, help, 1, &n, &d));
    VT_TRY(vt_dataset_axis(d, 0, axis, *axis == 'r' ? "angstrom" : "1/angstrom", x, NULL));
    memcpy(d->value, y, (size_t)n * sizeof *y);
    if (!error) return VT_OK;
    VT_TRY(vt_dataset_errors(d));
    memcpy(d->error, error, (size_t)n * sizeof *error);
    return VT_OK;
}

static enum vt_status put_number(struct vt_results *out, const char *path, const char *help, double value)
{
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, path, "1", help, 0, NULL, &d));
    d->value[0] = value;
    return VT_OK;
}

/* Measured points [first, first + n) beside the simulated curve. */
static enum vt_status put(const struct vt_dataset *simulated, const struct vt_curve_file *c, int first, int n,
                          const struct vt_compare_options *o, struct vt_results *out)
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
    const char *axis = simulated->axis[0].name, *unit = simulated->unit;
    VT_TRY_GOTO(st, done, put_curve(out, "compare/measured", unit, "the file", axis, n, x, y, sigma));
    VT_TRY_GOTO(st, done,
                put_curve(out, "compare/simulated", unit, "scale times the simulated curve plus shift", axis,
                          n, x, s, NULL));
    VT_TRY_GOTO(
        st, done,
        put_curve(out, "compare/difference", unit, "measured - simulated", axis, n, x, difference, sigma));
    VT_TRY_GOTO(st, done, put_number(out, "compare/scale", "of the simulated curve", scale));
    VT_TRY_GOTO(st, done, put_number(out, "compare/shift", "of the simulated curve, in its unit", shift));
    VT_TRY_GOTO(st, done,
                put_number(out, "compare/r_w", "sqrt(sum w (measured - simulated)^2 / sum w measured^2)",
                           sqrt(off / all)));
    if (sigma)
        st = put_number(out, "compare/chi2",
                        "sum of ((measured - simulated) / error)^2 / points that have one", off / known);
done:
    gsl_spline_free(spline);
    free(s), free(w), free(difference);
    return st;
}

enum vt_status vt_compare(const struct vt_results *results, const char *path,
                          const struct vt_compare_options *o, struct vt_results *out)
{
    struct vt_curve_file c;
    const struct vt_dataset *simulated;
    int kind, first = 0, n = 0;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_curve_read(path, &c));
    VT_TRY_GOTO(st, done, kind_of(path, &c, o, &kind));
    VT_TRY_GOTO(st, done, find_simulated(results, o, kind, &simulated));
    check_window(results, kind, simulated, &c);
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
    st = put(simulated, &c, first, n, o, out);
    if (st == VT_OK) st = vt_results_note(out, "compare", "file", path);
    if (st == VT_OK) st = vt_results_note(out, "compare", "simulated", simulated->path);
    if (st == VT_OK) st = vt_results_note(out, "compare", "symbol", kinds[kind].symbol);
done:
    vt_curve_release(&c);
    return st;
}

enum vt_status vt_compare_figure(const struct vt_results *r, char **svg)
{
    const struct vt_dataset *m = vt_results_find(r, "compare/measured"),
                            *s = vt_results_find(r, "compare/simulated"),
                            *d = vt_results_find(r, "compare/difference");
    const bool of_r = m->axis[0].name[0] == 'r';
    struct vt_plot figure = {.id = "compare",
                             .about = "a measured and a simulated curve, and their difference",
                             .x_title = of_r ? "r [angstrom]" : "q [angstrom^{-1}]"};
    enum vt_status st;
    int both, difference, n = m->axis[0].n;
    const double *x = m->axis[0].value;
    VT_TRY_GOTO(st, done,
                vt_plot_add_panel(&figure, NULL, vt_results_get_note(r, "compare", "symbol"), 280, &both));
    VT_TRY_GOTO(st, done,
                vt_plot_add_series(&figure, both,
                                   &(struct vt_plot_series){"measured", .color = VT_PLOT_NEUTRAL, .n = n,
                                                            .x = x, .y = m->value, .error = m->error}));
    VT_TRY_GOTO(
        st, done,
        vt_plot_add_series(&figure, both,
                           &(struct vt_plot_series){"simulated", .color = 1, .n = n, .x = x, .y = s->value}));
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&figure, NULL, "difference", 130, &difference));
    figure.panel[difference].zero = true;
    VT_TRY_GOTO(st, done,
                vt_plot_add_series(
                    &figure, difference,
                    &(struct vt_plot_series){.color = 2, .n = n, .x = x, .y = d->value, .error = d->error}));
    st = vt_plot_svg(&figure, svg);
done:
    vt_plot_release(&figure);
    return st;
}
