/* dsc_figure.c: the figures of dsc_series.h.
 *
 * A glass transition moves with the rate: a flash calorimeter at 1000 K/s and a simulation at 1e12 K/s are
 * not laid over each other in kelvin unless that is asked for, and then the plot says so. Over T/T_g each
 * curve has its own T_g, the onset. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/uncertain.h"
#include "core/units.h"
#include "io/plot.h"
#include "study/dsc_series.h"

enum { POINTS = 1500, TITLE = 200 };

/* What a figure is drawn with. */
struct look {
    const struct vt_dsc *d;
    bool reduced;
    double decades; /* between the rates that are known */
    double *x, *y;  /* POINTS + 2 each */
};

static enum vt_status look_at(const struct vt_dsc *d, const struct vt_dsc_options *o, struct look *look)
{
    double least = INFINITY, most = 0;
    *look = (struct look){.d = d};
    for (int k = 0; k < d->n; k++)
        if (isfinite(d->scan[k].rate))
            least = fmin(least, d->scan[k].rate), most = fmax(most, d->scan[k].rate);
    for (int k = 0; k < d->n_entropies; k++)
        if (isfinite(d->entropy[k].rate))
            least = fmin(least, d->entropy[k].rate), most = fmax(most, d->entropy[k].rate);
    look->decades = most > 0 ? log10(most / least) : 0;
    look->reduced = o->axis == VT_DSC_AXIS_REDUCED ||
                    (o->axis == VT_DSC_AXIS_AUTO && (look->decades > log10(1.1) || d->n_entropies));
    VT_TRY(vt_alloc(&look->x, 2 * (POINTS + 2)));
    look->y = look->x + POINTS + 2;
    return VT_OK;
}

static void x_title(const struct look *l, char text[TITLE])
{
    if (!l->reduced)
        snprintf(text, TITLE, "T [K]");
    else if (l->decades > log10(1.1))
        snprintf(text, TITLE, "T/T_{g}, T_{g} of each curve; rates are %.1f decades apart", l->decades);
    else
        snprintf(text, TITLE, "T/T_{g}, T_{g} of each curve");
}

/* A warning that stands on the plot; NULL if none is due. */
static const char *warning(const struct look *l, char text[TITLE])
{
    if (l->reduced || l->decades <= log10(1.1)) return NULL;
    snprintf(text, TITLE, "Warning: rates are %.1f decades apart; in kelvin these curves cannot be compared",
             l->decades);
    return text;
}

/* A curve of n points, thinned; divided by scale, less the baseline (may be NULL) over step. slope: of the
 * baseline. */
static enum vt_status add(struct look *l, struct vt_plot *figure, int panel,
                          const struct vt_plot_series *style, int n, const double *t, const double *y,
                          double tg, const struct vt_baseline *base, bool slope, double step)
{
    const int group = (n + POINTS - 1) / POINTS;
    struct vt_plot_series s = *style;
    s.n = 0, s.x = l->x, s.y = l->y;
    for (int k = 0; k < n; k += group) {
        double below = !base ? 0 : slope ? vt_baseline_slope(base, t[k]) : vt_baseline_value(base, t[k]);
        l->x[s.n] = l->reduced ? t[k] / tg : t[k];
        l->y[s.n++] = (y[k] - below) / step;
    }
    return vt_plot_add_series(figure, panel, &s);
}

/* A baseline from end to end of the curve. */
static enum vt_status add_base(struct look *l, struct vt_plot *figure, int panel,
                               const struct vt_dsc_curve *c, double tg, const struct vt_baseline *b,
                               bool slope)
{
    enum { STEPS = 60 };
    struct vt_plot_series s = {
        .color = VT_PLOT_NEUTRAL, .mark = VT_PLOT_DASHED, .n = STEPS + 1, .x = l->x, .y = l->y};
    for (int k = 0; k <= STEPS; k++) {
        double t = c->t[0] + (c->t[c->n - 1] - c->t[0]) * k / STEPS;
        l->x[k] = l->reduced ? t / tg : t;
        l->y[k] = slope ? vt_baseline_slope(b, t) : vt_baseline_value(b, t);
    }
    return vt_plot_add_series(figure, panel, &s);
}

static void label_of(const struct vt_dsc_scan *s, char label[120])
{
    char rate[VT_DSC_RATE];
    vt_dsc_rate_text(s->rate, rate);
    snprintf(label, 120, "%s, %s", s->name, rate);
}

/* Cp as it is, where all have the unit of the first. */
static enum vt_status heat_capacities(struct look *l, struct vt_plot *figure)
{
    const struct vt_dsc *d = l->d;
    const char *unit = d->scan[0].curve[0].slope_unit;
    char title[TITLE], label[120], text[TITLE];
    int panel;
    snprintf(title, sizeof title, "%s [%s]", strcmp(unit, "W/g") == 0 ? "heat flow" : "c_{p}", unit);
    VT_TRY(vt_plot_add_panel(figure, warning(l, text), title, 300, &panel));
    for (int k = 0; k < d->n; k++) {
        const struct vt_dsc_curve *c = &d->scan[k].curve[0];
        const struct vt_dsc_result *x = &d->result[k][0];
        const double tg = vt_dsc_tg(d, k);
        const bool integral = c->kind == VT_CURVE_INTEGRAL;
        if (strcmp(c->slope_unit, unit) != 0) continue;
        label_of(&d->scan[k], label);
        struct vt_plot_series style = {.name = label, .color = k % VT_PLOT_COLORS};
        VT_TRY(add(l, figure, panel, &style, c->n, c->t, integral ? x->capacity : c->y, tg, NULL, false, 1));
        if (d->n > 2) continue;
        VT_TRY(add_base(l, figure, panel, c, tg, &x->x.glass, integral));
        VT_TRY(add_base(l, figure, panel, c, tg, &x->x.liquid, integral));
    }
    for (int k = 0; k < d->n_entropies; k++) {
        const struct vt_dsc_entropy *e = &d->entropy[k];
        if (!e->per_gram || strcmp(unit, "J/(g K)") != 0) continue;
        char rate[VT_DSC_RATE];
        vt_dsc_rate_text(e->rate, rate);
        snprintf(label, sizeof label, "T dS_eq/dT, %s, %s", e->name, rate);
        struct vt_plot_series style = {
            .name = label, .color = (d->n + k) % VT_PLOT_COLORS, .mark = VT_PLOT_DASHED};
        VT_TRY(add(l, figure, panel, &style, e->n, e->t, e->y, e->tg, NULL, false, 1));
    }
    return VT_OK;
}

static enum vt_status steps(struct look *l, struct vt_plot *figure)
{
    const struct vt_dsc *d = l->d;
    char label[120];
    int panel;
    VT_TRY(vt_plot_add_panel(figure, NULL, "(c_{p} - glass) / step", 260, &panel));
    figure->panel[panel].zero = true;
    for (int k = 0; k < d->n; k++) {
        const struct vt_dsc_curve *c = &d->scan[k].curve[0];
        const struct vt_dsc_result *x = &d->result[k][0];
        const double tg = vt_dsc_tg(d, k);
        label_of(&d->scan[k], label);
        struct vt_plot_series style = {.name = label, .color = k % VT_PLOT_COLORS};
        VT_TRY(add(l, figure, panel, &style, c->n, c->t, x->capacity, tg, &x->x.glass,
                   c->kind == VT_CURVE_INTEGRAL, x->x.step.value));
    }
    return VT_OK;
}

/* One scan: where its onset and T_f are, as wide as their errors but wide enough to be seen. */
static enum vt_status mark(const struct look *l, struct vt_plot *figure)
{
    const struct vt_transition *x = &l->d->result[0][0].x;
    const struct vt_number *at[2] = {&x->fictive, &x->onset};
    const struct vt_dsc_curve *c = &l->d->scan[0].curve[0];
    const double unit = l->reduced ? vt_dsc_tg(l->d, 0) : 1, least = 0.002 * (c->t[c->n - 1] - c->t[0]);
    char text[220];
    if (l->d->n > 1) return VT_OK;
    for (int q = 0; q < 2; q++) {
        if (isnan(at[q]->value)) continue;
        const double half = fmax(at[q]->error, least);
        for (int panel = 0; panel < figure->n_panels; panel++)
            VT_TRY(vt_plot_add_span(figure, panel,
                                    &(struct vt_plot_span){.x0 = (at[q]->value - half) / unit,
                                                           .x1 = (at[q]->value + half) / unit,
                                                           .color = 1 + q}));
        snprintf(text, sizeof text, "%s %s K", q ? "onset" : "T_f",
                 vt_uncertain_label(at[q]->value, at[q]->error).text);
        VT_TRY(vt_plot_add_note(figure, figure->n_panels - 1,
                                (c->t[0] + 0.15 * (vt_dsc_tg(l->d, 0) - c->t[0])) / unit, q ? 0.7 : 1.0,
                                text));
    }
    return VT_OK;
}

enum vt_status vt_dsc_figure(const struct vt_dsc *d, const struct vt_dsc_options *o, char **svg)
{
    char title[TITLE];
    struct vt_plot figure = {.id = "dsc",
                             .about = "heat capacities with baselines, and with their steps made equal",
                             .width = 640};
    struct look l;
    enum vt_status st;
    VT_TRY_GOTO(st, done, look_at(d, o, &l));
    x_title(&l, title);
    figure.x_title = title;
    VT_TRY_GOTO(st, done, heat_capacities(&l, &figure));
    VT_TRY_GOTO(st, done, steps(&l, &figure));
    VT_TRY_GOTO(st, done, mark(&l, &figure));
    st = vt_plot_svg(&figure, svg);
done:
    free(l.x);
    vt_plot_release(&figure);
    return st;
}

/* ---- H(T), V(T), S_eq(T) ---- */

static enum vt_status integrals(struct look *l, struct vt_plot *figure, const char *name, const char *title)
{
    const struct vt_dsc *d = l->d;
    char label[120], text[TITLE];
    int panel = -1;
    for (int k = 0; k < d->n; k++)
        for (int q = 0; q < d->scan[k].n_curves; q++) {
            const struct vt_dsc_curve *c = &d->scan[k].curve[q];
            const struct vt_dsc_result *x = &d->result[k][q];
            if (strcmp(c->name, name) != 0) continue;
            if (panel < 0)
                VT_TRY(vt_plot_add_panel(figure, figure->n_panels ? NULL : warning(l, text), title, 230,
                                         &panel));
            const double tg = vt_dsc_tg(d, k);
            label_of(&d->scan[k], label);
            struct vt_plot_series style = {.name = label, .color = k % VT_PLOT_COLORS};
            VT_TRY(add(l, figure, panel, &style, c->n, c->t, c->y, tg, NULL, false, 1));
            if (!x->found) continue;
            VT_TRY(add_base(l, figure, panel, c, tg, &x->x.glass, false));
            VT_TRY(add_base(l, figure, panel, c, tg, &x->x.liquid, false));
            if (d->n > 1) continue;
            snprintf(text, sizeof text, "T_f %s K",
                     vt_uncertain_label(x->x.fictive.value, x->x.fictive.error).text);
            /* As low as the curve begins: under all three lines. */
            VT_TRY(
                vt_plot_add_note(figure, panel, x->x.fictive.value / (l->reduced ? tg : 1), c->y[0], text));
        }
    return VT_OK;
}

enum vt_status vt_dsc_integral_figure(const struct vt_dsc *d, const struct vt_dsc_options *o, char **svg)
{
    char title[TITLE];
    struct vt_plot figure = {.id = "integrals",
                             .about =
                                 "enthalpy, volume and S_eq against temperature, with the lines of glass "
                                 "and liquid",
                             .width = 640};
    struct look l;
    enum vt_status st;
    *svg = NULL;
    VT_TRY_GOTO(st, done, look_at(d, o, &l));
    x_title(&l, title);
    figure.x_title = title;
    VT_TRY_GOTO(st, done, integrals(&l, &figure, "enthalpy", "H [J/g]"));
    VT_TRY_GOTO(st, done, integrals(&l, &figure, "volume", "V [\303\205^{3}/atom]"));
    VT_TRY_GOTO(st, done, integrals(&l, &figure, "s_eq", "S_{eq} [k_B/atom]"));
    if (figure.n_panels) st = vt_plot_svg(&figure, svg);
done:
    free(l.x);
    vt_plot_release(&figure);
    return st;
}

/* ---- rates ---- */

/* Points and line of one law. */
static enum vt_status add_law(struct vt_plot *figure, int panel, const struct vt_dsc *d, bool simulated,
                              int q, double *work)
{
    enum { STEPS = 40 };
    const struct vt_dsc_law *law = &d->law[simulated][q];
    double *x = work, *y = x + d->n, *error = y + d->n, line[2][STEPS + 1], least = INFINITY, most = 0;
    char name[120];
    int n = 0;
    for (int k = 0; k < d->n; k++) {
        const struct vt_number *v = vt_dsc_law_number(d, k, q);
        if (!v || d->scan[k].simulated != simulated) continue;
        const double rate = d->scan[k].rate, t = v->value;
        x[n] = 1000 / t, y[n] = law->law == VT_RATE_PEAK ? log(rate / (t * t)) : log(rate);
        error[n] = v->error * law->fit.energy / (VT_KB * t * t);
        least = fmin(least, rate), most = fmax(most, rate);
        n++;
    }
    snprintf(name, sizeof name, "%s%s: %.4g \302\261 %.2g kJ/mol", law->name, simulated ? ", simulated" : "",
             law->fit.energy / vt_units_factor("kJ/mol"), law->fit.energy_error / vt_units_factor("kJ/mol"));
    for (int k = 0; k <= STEPS; k++) {
        double rate = least * pow(most / least, (double)k / STEPS),
               t = vt_rate_law_temperature(law->law, &law->fit, rate);
        line[0][k] = 1000 / t, line[1][k] = law->law == VT_RATE_PEAK ? log(rate / (t * t)) : log(rate);
    }
    struct vt_plot_series dots = {.name = name,
                                  .color = (q + 4 * simulated) % VT_PLOT_COLORS,
                                  .mark = VT_PLOT_DOTS,
                                  .n = n,
                                  .x = x,
                                  .y = y,
                                  .error = error},
                          way = {.color = dots.color, .n = STEPS + 1, .x = line[0], .y = line[1]};
    VT_TRY(vt_plot_add_series(figure, panel, &dots));
    return vt_plot_add_series(figure, panel, &way);
}

enum vt_status vt_dsc_rate_figure(const struct vt_dsc *d, char **svg)
{
    static const char *const title[2] = {"ln(q/T^{2}), q in K/s, T in K", "ln q, q in K/s"};
    struct vt_plot figure = {.id = "rates",
                             .about = "heating rates against temperatures of the glass transition",
                             .x_title = "1000 K / T",
                             .width = 640};
    double *work = NULL;
    enum vt_status st;
    *svg = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&work, 3 * d->n));
    for (int kind = 0; kind < 2; kind++) {
        int panel = -1;
        for (int simulated = 0; simulated < 2; simulated++)
            for (int q = 0; q < VT_DSC_LAWS; q++) {
                const struct vt_dsc_law *law = &d->law[simulated][q];
                if (!law->found || (law->law == VT_RATE_FICTIVE) != kind) continue;
                if (panel < 0)
                    VT_TRY_GOTO(st, done, vt_plot_add_panel(&figure, NULL, title[kind], 280, &panel));
                VT_TRY_GOTO(st, done, add_law(&figure, panel, d, simulated, q, work));
            }
    }
    if (figure.n_panels) st = vt_plot_svg(&figure, svg);
done:
    free(work);
    vt_plot_release(&figure);
    return st;
}
