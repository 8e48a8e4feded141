/* curve_series.c: see curve_series.h.
 *
 * The scatter of S_eq about its smooth curve gives its error, sigma^2 = <(S - smooth)^2 / (1 - c)> with the
 * weight c of a point in its own smooth value: what files say of their errors is propagated and given beside
 * it, as counting errors are seldom all. */
#include "study/curve_series.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "analysis/breaks.h"
#include "analysis/curve_entropy.h"
#include "analysis/smooth.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/units.h"
#include "io/curve_file.h"
#include "io/plot.h"

const struct vt_param vt_series_params[] = {
    {.name = "density",
     .unit = "/A^3",
     .kind = VT_REAL,
     .offset = offsetof(struct vt_series_options, density),
     .preset = VT_UNSET,
     .min = 1e-4,
     .max = 1,
     .help =
         "number density rho of all curves; this or slope_to. 3 % more change S_eq of a glass by 0.25 k_B"},
    {.name = "slope_to",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct vt_series_options, slope_to),
     .preset = VT_UNSET,
     .min = 0.1,
     .max = 5,
     .help = "take the density of each curve from G(r) = -4 pi rho r up to here; PDFgetX3 does not keep it"},
    {.name = "r_core",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct vt_series_options, r_core),
     .preset = 2,
     .min = 0,
     .max = 10,
     .help = "below it g(r) is taken as 0"},
    {.name = "r_max",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct vt_series_options, r_max),
     .preset = 12,
     .min = 1,
     .max = 1000,
     .help = "end of the integral; curves that end before are refused"},
    {.name = "split_at",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct vt_series_options, split_at),
     .preset = 5,
     .min = 0,
     .max = 1000,
     .help = "S_eq is also given below and above this distance"},
    {.name = "smooth",
     .unit = "1",
     .kind = VT_INT,
     .offset = offsetof(struct vt_series_options, smooth),
     .preset = 25,
     .min = 3,
     .max = 9999,
     .help = "points of the local polynomial that gives dS_eq/dT; narrower features are not real"},
    {.name = "degree",
     .unit = "1",
     .kind = VT_INT,
     .offset = offsetof(struct vt_series_options, degree),
     .preset = 2,
     .min = 1,
     .max = VT_SMOOTH_DEGREE_MAX,
     .help = "its degree"},
    {.name = "breaks",
     .unit = "1",
     .kind = VT_INT,
     .offset = offsetof(struct vt_series_options, breaks),
     .preset = 0,
     .min = 0,
     .max = VT_BREAKS_MAX,
     .help = "changes of slope to look for in S_eq(T): glass transition, onsets of relaxation"},
    {.name = "rate",
     .unit = "K/min",
     .kind = VT_REAL,
     .offset = offsetof(struct vt_series_options, rate),
     .preset = VT_UNSET,
     .min = 1e-6,
     .max = 1e18,
     .help = "heating rate, for the heat flow"},
    {.name = "kind",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = offsetof(struct vt_series_options, kind),
     .preset = 0,
     .text = "told|G|g",
     .help = "what files hold that do not tell"},
    {0},
};

/* One curve and what became of it. */
struct member {
    double temperature, density, s, below, error, lowest;
    int negative;
};

/* The number before the last "K" that ends a word, as in run_210K.gr and x_210.0K_001.gr. */
static bool temperature_in(const char *name, double *temperature)
{
    bool found = false;
    for (const char *k = strchr(name, 'K'); k; k = strchr(k + 1, 'K')) {
        const char *at = k;
        if (isalnum((unsigned char)k[1])) continue;
        while (at > name && (isdigit((unsigned char)at[-1]) || at[-1] == '.')) at--;
        const char *dot = strchr(at, '.');
        if (dot == at) at++, dot = strchr(at, '.');  /* it parts words: run.300K */
        if (dot && dot < k && k - dot > 3) continue; /* a.1.300K: 300 or 1.3? */
        char *end;
        double value = strtod(at, &end);
        if (end != k || at == k) continue;
        *temperature = value;
        found = true;
    }
    return found;
}

static enum vt_status find_temperature(const char *path, const struct vt_curve_file *c, double *temperature)
{
    const char *slash = strrchr(path, '/'), *note = vt_curve_note(c, "temperature");
    char *end;
    if (note) {
        *temperature = strtod(note, &end);
        end += strspn(end, " \t");
        if (end != note && (!*end || !strcmp(end, "K")) && *temperature > 0) return VT_OK;
    }
    if (temperature_in(slash ? slash + 1 : path, temperature) && *temperature > 0) return VT_OK;
    return VT_RAISE(VT_EINPUT,
                    "%s: no temperature: neither `temperature = 300` in its header nor 300K in its name",
                    path);
}

static double density_of_slope(const struct vt_curve_file *c, double to)
{
    double gr = 0, rr = 0;
    for (int k = 0; k < c->n && c->x[k] <= to; k++) gr += c->y[k] * c->x[k], rr += c->x[k] * c->x[k];
    return -gr / (4 * M_PI * rr);
}

/* Points with 0 < r <= r_max; g of each. */
static enum vt_status evaluate(const char *path, const struct vt_curve_file *c,
                               const struct vt_series_options *o, struct member *m)
{
    enum vt_ordinate holds = c->ordinate;
    if ((c->abscissa == VT_ABSCISSA_UNKNOWN || c->abscissa == VT_ABSCISSA_R) &&
        holds == VT_ORDINATE_UNKNOWN && o->kind)
        holds = o->kind == 1 ? VT_ORDINATE_REDUCED : VT_ORDINATE_G;
    if (holds != VT_ORDINATE_REDUCED && holds != VT_ORDINATE_G)
        return VT_RAISE(VT_EINPUT, "%s: %s: G(r) or g(r) is due; if it holds one, say --kind", path,
                        holds == VT_ORDINATE_UNKNOWN ? "it does not tell what it holds"
                                                     : "it is a function of q or an angle");
    if (c->x[c->n - 1] < o->r_max * (1 - 1e-9))
        return VT_RAISE(VT_EINPUT, "%s: it ends at %g angstrom, r_max is %g", path, c->x[c->n - 1], o->r_max);
    if (c->x[0] > o->r_core && c->x[0] > 0.5)
        return VT_RAISE(VT_EINPUT, "%s: it begins at %g angstrom, beyond r_core", path, c->x[0]);
    if (holds == VT_ORDINATE_G && !isnan(o->slope_to))
        return VT_RAISE(VT_EINPUT, "%s: it holds g(r), whose slope tells no density: give --density", path);
    int first = 0, n = 0, split = 0;
    while (c->x[first] <= 0) first++;
    while (first + n < c->n && c->x[first + n] <= o->r_max * (1 + 1e-9)) {
        split += c->x[first + n] <= o->split_at;
        n++;
    }
    m->density = isnan(o->slope_to) ? o->density : density_of_slope(c, o->slope_to);
    if (!(m->density > 0))
        return VT_RAISE(VT_EINPUT, "%s: the slope of G(r) up to %g angstrom gives no density: %g", path,
                        o->slope_to, m->density);
    enum vt_status st;
    double *r = NULL, *y = NULL, *g = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&r, n + 1));
    VT_TRY_GOTO(st, done, vt_alloc(&y, n + 1));
    VT_TRY_GOTO(st, done, vt_alloc(&g, n + 1));
    memcpy(r, c->x + first, (size_t)n * sizeof *r);
    memcpy(y, c->y + first, (size_t)n * sizeof *y);
    if (r[n - 1] < o->r_max * (1 - 1e-9)) { /* all integrals end at the same place, whatever the grid */
        double t = (o->r_max - r[n - 1]) / (c->x[first + n] - r[n - 1]);
        r[n] = o->r_max;
        y[n] = y[n - 1] + t * (c->y[first + n] - y[n - 1]);
        n++;
    }
    if (holds == VT_ORDINATE_REDUCED)
        vt_curve_g(n, r, y, m->density, o->r_core, g);
    else
        memcpy(g, y, (size_t)n * sizeof *g);
    struct vt_curve_entropy whole = vt_curve_s(n, r, g, m->density, o->r_core);
    m->s = whole.s;
    m->below = vt_curve_s(split, r, g, m->density, o->r_core).s;
    m->negative = whole.negative;
    m->lowest = whole.lowest;
    double variance = c->error ? 0 : NAN;
    for (int k = 0; k + 1 < n && c->error; k++) { /* dS = -2 pi rho ln g dg r^2 dr */
        double scale = holds == VT_ORDINATE_REDUCED ? 4 * M_PI * m->density * r[k] : 1;
        double each = 2 * M_PI * m->density * (r[k + 1] - r[k]) * r[k] * r[k] * c->error[first + k] / scale;
        if (r[k] >= o->r_core && g[k] > 0) variance += pow(each * log(g[k]), 2);
    }
    m->error = sqrt(variance);
done:
    free(r), free(y), free(g);
    return st;
}

static enum vt_status read_one(const char *path, const struct vt_series_options *o, struct member *m)
{
    struct vt_curve_file c;
    enum vt_status st = vt_curve_read(path, &c);
    if (st == VT_OK) st = find_temperature(path, &c, &m->temperature);
    if (st == VT_OK) st = evaluate(path, &c, o, m);
    vt_curve_release(&c);
    return st;
}

static int by_temperature(const void *a, const void *b)
{
    double x = ((const struct member *)a)->temperature, y = ((const struct member *)b)->temperature;
    return (x > y) - (x < y);
}

static enum vt_status add(struct vt_results *results, const char *name, const char *unit, const char *help,
                          int n, const double *temperature, bool error, struct vt_dataset **d)
{
    char path[64];
    snprintf(path, sizeof path, "series/%s", name);
    VT_TRY(vt_results_add(results, path, unit, help, 1, &n, d));
    VT_TRY(vt_dataset_axis(*d, 0, "temperature", "K", temperature, NULL));
    return error ? vt_dataset_errors(*d) : VT_OK;
}

/* Columns of the members, then what is made of their S_eq. */
static enum vt_status put_members(struct vt_results *results, int n, const struct member *m, const double *t)
{
    static const struct {
        const char *name, *unit, *help;
        size_t at;
    } column[] = {
        {"s_below", "k_B/atom", "part of S_eq with r < split_at", offsetof(struct member, below)},
        {"s_error_counted", "k_B/atom", "error of S_eq by the errors in the files; NaN where they have none",
         offsetof(struct member, error)},
        {"density", "1/angstrom^3", "rho of each curve", offsetof(struct member, density)},
        {"g_lowest", "1", "least g(r) beyond r_core", offsetof(struct member, lowest)},
    };
    struct vt_dataset *d;
    for (size_t c = 0; c < sizeof column / sizeof *column; c++) {
        VT_TRY(add(results, column[c].name, column[c].unit, column[c].help, n, t, false, &d));
        for (int k = 0; k < n; k++) d->value[k] = *(const double *)((const char *)&m[k] + column[c].at);
    }
    VT_TRY(add(results, "s_above", "k_B/atom", "part of S_eq with r > split_at", n, t, false, &d));
    for (int k = 0; k < n; k++) d->value[k] = m[k].s - m[k].below;
    VT_TRY(
        add(results, "negative", "1", "points beyond r_core where g(r) <= 0, counted as 0", n, t, false, &d));
    for (int k = 0; k < n; k++) d->value[k] = m[k].negative;
    return VT_OK;
}

static enum vt_status put_breaks(struct vt_results *results, int n, const double *t, const double *s,
                                 const double *sigma, int breaks)
{
    struct vt_breaks b;
    struct vt_dataset *d;
    VT_TRY(vt_breaks_fit(n, t, s, sigma, breaks, &b));
    VT_TRY(vt_results_add(results, "series/break_temperature", "K", "where the slope of S_eq(T) changes", 1,
                          &breaks, &d));
    VT_TRY(vt_dataset_errors(d));
    for (int k = 0; k < breaks; k++) d->value[k] = b.point[k].at, d->error[k] = b.point[k].at_error;
    VT_TRY(vt_results_add(results, "series/break_change", "k_B/atom/K", "by how much it changes there", 1,
                          &breaks, &d));
    VT_TRY(vt_dataset_errors(d));
    for (int k = 0; k < breaks; k++) d->value[k] = b.point[k].change, d->error[k] = b.point[k].change_error;
    return VT_OK;
}

/* S_eq, smooth S_eq, its slope, c_eq and heat flows. */
static enum vt_status put_curve(struct vt_results *results, int n, const struct member *m, const double *t,
                                const struct vt_series_options *o, double molar_mass)
{
    enum vt_status st;
    double *s = NULL, *one = NULL, *sigma_each = NULL, sigma2 = 0;
    struct vt_smooth_point *p = NULL;
    struct vt_dataset *d;
    VT_TRY_GOTO(st, done, vt_alloc(&s, n));
    VT_TRY_GOTO(st, done, vt_alloc(&one, n));
    VT_TRY_GOTO(st, done, vt_alloc(&sigma_each, n));
    VT_TRY_GOTO(st, done, vt_alloc(&p, n));
    for (int k = 0; k < n; k++) s[k] = m[k].s, one[k] = 1;
    VT_TRY_GOTO(st, done, vt_smooth(n, t, s, one, (int)o->smooth, (int)o->degree, p));
    for (int k = 0; k < n; k++) sigma2 += pow(s[k] - p[k].value, 2) / (1 - pow(p[k].value_error, 2)) / n;
    double sigma = sqrt(sigma2);
    VT_TRY_GOTO(st, done,
                add(results, "s_eq", "k_B/atom", "S_eq of each curve; error: scatter about the smooth curve",
                    n, t, true, &d));
    for (int k = 0; k < n; k++) d->value[k] = s[k], d->error[k] = sigma_each[k] = sigma;
    VT_TRY_GOTO(st, done, add(results, "s_smooth", "k_B/atom", "S_eq by local polynomials", n, t, true, &d));
    for (int k = 0; k < n; k++) d->value[k] = p[k].value, d->error[k] = sigma * p[k].value_error;
    VT_TRY_GOTO(st, done,
                add(results, "slope", "k_B/atom/K", "dS_eq/dT by local polynomials", n, t, true, &d));
    for (int k = 0; k < n; k++) d->value[k] = p[k].slope, d->error[k] = sigma * p[k].slope_error;
    VT_TRY_GOTO(st, done, add(results, "c_eq", "k_B/atom", "T dS_eq/dT", n, t, true, &d));
    for (int k = 0; k < n; k++)
        d->value[k] = t[k] * p[k].slope, d->error[k] = t[k] * sigma * p[k].slope_error;
    const double rate = o->rate * 1e12, scale[2] = {VT_GAS * rate, VT_GAS * rate / molar_mass}; /* K/s */
    static const char *const name[] = {"heat_flow_mol", "heat_flow_gram"}, *const unit[] = {"W/mol", "W/g"};
    for (int w = 0; w < 2; w++) {
        if (isnan(scale[w])) continue;
        VT_TRY_GOTO(st, done,
                    add(results, name[w], unit[w], "T dS_eq/dT times the heating rate", n, t, true, &d));
        for (int k = 0; k < n; k++)
            d->value[k] = scale[w] * t[k] * p[k].slope,
            d->error[k] = scale[w] * t[k] * sigma * p[k].slope_error;
    }
    if (o->breaks) st = put_breaks(results, n, t, s, sigma_each, (int)o->breaks);
done:
    free(s), free(one), free(sigma_each), free(p);
    return st;
}

static enum vt_status check(const struct vt_series_options *o)
{
    if (isnan(o->density) == isnan(o->slope_to))
        return VT_RAISE(
            VT_EINPUT,
            "entropy: the density is due: --density '0.0538 /A^3', or --slope_to '2 A' to take it from "
            "G(r); one of them");
    if (o->smooth <= o->degree + 1)
        return VT_RAISE(VT_EINPUT,
                        "entropy: smooth: %lld points leave nothing over for a polynomial of degree %lld",
                        (long long)o->smooth, (long long)o->degree);
    return VT_OK;
}

enum vt_status vt_series_entropy(int n, char *const *paths, const struct vt_series_options *o,
                                 double molar_mass, struct vt_results *results, int *refused)
{
    enum vt_status st = check(o);
    struct member *m = NULL;
    double *t = NULL;
    int good = 0;
    VT_TRY(st);
    VT_TRY_GOTO(st, done, vt_alloc(&m, n));
    VT_TRY_GOTO(st, done, vt_alloc(&t, n));
    *refused = 0;
    for (int k = 0; k < n; k++) {
        vt_progress(10, "%d of %d curves", k, n);
        st = read_one(paths[k], o, &m[good]);
        if (st == VT_OK)
            good++;
        else if (st == VT_EINPUT)
            vt_log(VT_LOG_WARNING, "left out: %s", vt_message()), ++*refused;
        else
            goto done;
    }
    qsort(m, (size_t)good, sizeof *m, by_temperature);
    for (int k = 0; k < good; k++) {
        t[k] = m[k].temperature;
        if (k && t[k] == t[k - 1])
            VT_TRY_GOTO(st, done, VT_RAISE(VT_EINPUT, "entropy: two curves have the temperature %g K", t[k]));
    }
    if (!good) VT_TRY_GOTO(st, done, VT_RAISE(VT_EINPUT, "entropy: no file could be used, see above"));
    if (good < o->smooth)
        VT_TRY_GOTO(
            st, done,
            VT_RAISE(VT_EINPUT,
                     "entropy: %d curves, and smooth asks for %lld: give more curves or a smaller --smooth",
                     good, (long long)o->smooth));
    VT_TRY_GOTO(st, done, put_members(results, good, m, t));
    st = put_curve(results, good, m, t, o, molar_mass);
done:
    free(m), free(t);
    return st;
}

static enum vt_status add_panel(struct vt_plot *figure, const struct vt_results *results, const char *path,
                                const char *y_title, bool zero, const char *dots)
{
    const struct vt_dataset *d = vt_results_find(results, path),
                            *points = dots ? vt_results_find(results, dots) : NULL;
    enum { FEW = 60 }; /* points that can be told apart */
    int panel;
    if (!d) return VT_OK;
    VT_TRY(vt_plot_add_panel(figure, NULL, y_title, 230, &panel));
    figure->panel[panel].zero = zero;
    if (points)
        VT_TRY(vt_plot_add_series(
            figure, panel,
            &(struct vt_plot_series){.name = "curves",
                                     .color = VT_PLOT_NEUTRAL,
                                     .mark = points->axis[0].n > FEW ? VT_PLOT_THIN : VT_PLOT_DOTS,
                                     .n = points->axis[0].n,
                                     .x = points->axis[0].value,
                                     .y = points->value}));
    return vt_plot_add_series(figure, panel,
                              &(struct vt_plot_series){.name = points ? "local polynomials" : NULL,
                                                       .n = d->axis[0].n,
                                                       .x = d->axis[0].value,
                                                       .y = d->value,
                                                       .error = d->error});
}

/* Shading through all panels, as wide as the error but wide enough to be seen, and the number on the first
 * curve. */
static enum vt_status mark_break(struct vt_plot *figure, const struct vt_results *results, double at,
                                 double error)
{
    const struct vt_dataset *s = vt_results_find(results, "series/s_smooth");
    const double *t = s->axis[0].value;
    int last = s->axis[0].n - 1, k = 0;
    double half = fmax(error, 0.002 * (t[last] - t[0]));
    char text[64];
    snprintf(text, sizeof text, "%.0f \302\261 %.1f K", at, error);
    for (int panel = 0; panel < figure->n_panels; panel++)
        VT_TRY(vt_plot_add_span(figure, panel,
                                &(struct vt_plot_span){.x0 = at - half, .x1 = at + half, .color = 1}));
    while (k < last && t[k] < at) k++;
    return vt_plot_add_note(figure, 0, at, s->value[k] + 0.08 * (s->value[last] - s->value[0]), text);
}

enum vt_status vt_series_figure(const struct vt_results *results, char **svg)
{
    struct vt_plot figure = {
        .id = "series", .about = "S_eq and its slope against temperature", .x_title = "T [K]"};
    const struct vt_dataset *breaks = vt_results_find(results, "series/break_temperature");
    enum vt_status st;
    bool heat =
        vt_results_find(results, "series/heat_flow_gram") || vt_results_find(results, "series/heat_flow_mol");
    VT_TRY_GOTO(st, done,
                add_panel(&figure, results, "series/s_smooth", "S_{eq} [k_B]", false, "series/s_eq"));
    VT_TRY_GOTO(st, done, add_panel(&figure, results, "series/c_eq", "T dS_{eq}/dT [k_B]", true, NULL));
    if (heat) {
        bool gram = vt_results_find(results, "series/heat_flow_gram");
        VT_TRY_GOTO(st, done,
                    add_panel(&figure, results, gram ? "series/heat_flow_gram" : "series/heat_flow_mol",
                              gram ? "heat flow [W/g]" : "heat flow [W/mol]", true, NULL));
    }
    for (int k = 0; breaks && k < breaks->axis[0].n; k++)
        VT_TRY_GOTO(st, done, mark_break(&figure, results, breaks->value[k], breaks->error[k]));
    st = vt_plot_svg(&figure, svg);
done:
    vt_plot_release(&figure);
    return st;
}
