/* report_sweep.c: numbers of a sweep over its grid: against the first variable that is a number, a curve for
 * each combination of the others.
 *
 * Points are joined for the eye only. Times and diffusion constants are drawn as log10, over 1000/T where the
 * variable is a temperature: an Arrhenius law is a straight line there, and what bends upwards falls faster
 * on cooling. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/report_parts.h"

enum { CURVES_MAX = VT_PLOT_COLORS, POINTS_MAX = 256 };

static const struct {
    const char *leaf, *title;
    bool log;
} quantities[] = {
    {"moduli/storage", "G′ [GPa]", false},
    {"moduli/loss", "G″ [GPa]", false},
    {"moduli/tan_delta", "tan δ", false},
    {"isf/tau", "log_{10}(τ_{KWW} / ps), collective", true},
    {"isf/beta", "β_{KWW}, collective", false},
    {"isf_self/tau", "log_{10}(τ_s / ps)", true},
    {"xpcs/tau", "log_{10}(τ_{KWW} / ps), speckles", true},
    {"msd/diffusion", "log_{10}(D / Å^2 ps^{-1})", true},
    {"msd/t_star", "log_{10}(t* / ps)", true},
    {"msd/alpha_2_max", "largest α_2", false},
    {"strings/longest_mean_length", "longest mean string", false},
    {"viscosity/viscosity", "log_{10}(η / mPa s)", true},
    {"thermo/density", "density [g/cm^3]", false},
    {"thermo/enthalpy", "H [eV/atom]", false},
    {"inherent/thermo/potential_energy", "E_{IS} [eV/atom]", false},
    {"entropy/s_xray", "S_{eq} [k_B]", false},
};

/* What is drawn against the first variable that is a number: of which stages, and how much is behind it. */
struct grid {
    const struct vt_report *report;
    int axes, x;          /* variables; which of them is drawn against */
    int replicas, stages; /* stages that have anything */
    int left_out;         /* curves */
    int functions;        /* figures of curves over time */
    size_t few;           /* means of fewer values than there are replicas */
    int last_stage;       /* of what was drawn last */
};

/* The last stage that is no ramp and has it, or else the last ramp; NULL if none has. */
static const struct vt_dataset *find(const struct grid *g, const char *leaf, int *stage)
{
    const struct vt_dataset *found = NULL;
    for (int k = 0; k < g->report->n_stages; k++) {
        const struct vt_dataset *d = vt_report_find(g->report, k, leaf);
        if (!d || d->n_axes < g->axes) continue;
        if (found && vt_report_is_ramp(g->report, k) && !vt_report_is_ramp(g->report, *stage)) continue;
        found = d;
        *stage = k;
    }
    return found;
}

/* Cells of the grid: of the axes before `axes`, the place of number `cell` in row-major order. */
static void place(const struct vt_dataset *d, int axes, size_t cell, int *at)
{
    for (int a = axes - 1; a >= 0; a--) {
        at[a] = (int)(cell % (size_t)d->axis[a].n);
        cell /= (size_t)d->axis[a].n;
    }
}

static bool is_bare(const char *unit)
{
    return !*unit || !strcmp(unit, "1");
}

/* "true" and "2 layers" do not tell of what, "as-cast" does. */
static bool needs_name(const char *label)
{
    static const char *const words[] = {"true", "false", "yes", "no", "none"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (!strcmp(label, words[k])) return true;
    return (*label >= '0' && *label <= '9') || *label == '-' || *label == '.';
}

/* "period 10 ps, as-cast": all variables but x, those of one value left out. */
static void name_curve(const struct vt_dataset *d, int axes, int x, const int *at, char *name, size_t size)
{
    *name = '\0';
    for (int a = 0; a < axes; a++) {
        const struct vt_axis *axis = &d->axis[a];
        size_t used = strlen(name);
        const char *comma = used ? ", " : "";
        if (a == x || axis->n == 1) continue;
        if (axis->label && needs_name(axis->label[at[a]]))
            snprintf(name + used, size - used, "%s%.30s %.80s", comma, axis->name, axis->label[at[a]]);
        else if (axis->label)
            snprintf(name + used, size - used, "%s%.80s", comma, axis->label[at[a]]);
        else
            snprintf(name + used, size - used, "%s%.30s %.6g%s%.20s", comma, axis->name, axis->value[at[a]],
                     is_bare(axis->unit) ? "" : " ", is_bare(axis->unit) ? "" : axis->unit);
    }
}

/* Of axes behind the grid: all atoms, the whole stage, or the last label; of q the first. */
static int row_of(const struct vt_axis *axis)
{
    for (int k = 0; axis->label && k < axis->n; k++)
        if (!strcmp(axis->label[k], "all") || !strcmp(axis->label[k], "stage")) return k;
    return axis->label ? axis->n - 1 : 0;
}

struct curve {
    int n;
    double x[POINTS_MAX], y[POINTS_MAX], error[POINTS_MAX], values[POINTS_MAX];
};

/* Values along axis x of the curve that goes through the cell `at`, and how many values are behind each. */
static void take(const struct vt_dataset *d, const struct vt_dataset *values, const struct grid *g,
                 const int *at, bool inverse, bool log, struct curve *c)
{
    const int x = g->x;
    c->n = 0;
    for (int k = 0; k < d->axis[x].n && c->n < POINTS_MAX; k++) {
        size_t cell = 0;
        for (int a = 0; a < d->n_axes; a++) {
            int here = a == x ? k : a < g->axes ? at[a] : row_of(&d->axis[a]);
            cell = cell * (size_t)d->axis[a].n + (size_t)here;
        }
        double value = d->value[cell], error = d->error ? d->error[cell] : NAN;
        if (!isfinite(value) || (log && !(value > 0))) continue;
        c->x[c->n] = inverse ? 1000 / d->axis[x].value[k] : d->axis[x].value[k];
        c->y[c->n] = log ? log10(value) : value;
        c->values[c->n] = values ? values->value[cell] : 1;
        c->error[c->n++] = log ? error / (value * M_LN10) : error;
    }
}

struct range {
    double low, high;
};

static void widen(struct range *r, double value, double error)
{
    if (!isfinite(error)) error = 0;
    r->low = fmin(r->low, value - error);
    r->high = fmax(r->high, value + error);
}

/* Room beside the outermost points, so that their bars do not lie on the frame, and above for notes; a tenth
 * around one point alone, in y half a power of ten where it is a logarithm. */
static void set_ranges(struct vt_plot *f, int panel, const struct range *x, const struct range *y, bool log)
{
    struct vt_plot_panel *p = &f->panel[panel];
    double room = x->high > x->low ? 0.04 * (x->high - x->low) : x->low != 0 ? 0.1 * fabs(x->low) : 0.5;
    f->x_min = x->low - room;
    f->x_max = x->high + room;
    room = y->high > y->low ? 0.06 * (y->high - y->low) : log || y->low == 0 ? 0.5 : 0.1 * fabs(y->low);
    if (y->high > y->low && !p->n_notes) return; /* as the plot does it */
    p->y_min = y->low - room;
    p->y_max = y->high + (p->n_notes ? 2.5 : 1) * room;
}

/* "07 hold: recovered, q = 2.7 Å^{-1}" above a figure: which stage, where there are several, and which row.
 */
static void name_panel(const struct vt_dataset *d, const struct grid *g, int stage, char *name, size_t size)
{
    const struct vt_report_stage *s = &g->report->stage[stage];
    *name = '\0';
    if (g->stages > 1) snprintf(name, size, "%s%s%s", s->label, *s->save ? ": " : "", s->save);
    for (int a = g->axes; a < d->n_axes; a++) {
        size_t used = strlen(name);
        if (d->axis[a].value && !strcmp(d->axis[a].name, "q"))
            snprintf(name + used, size - used, "%sq = %.4g Å^{-1}", used ? ", " : "", d->axis[a].value[0]);
    }
}

static enum vt_status add_curve(struct vt_plot *f, int panel, struct grid *g, const char *name, int color,
                                const struct curve *c)
{
    for (int mark = 0; mark < 2; mark++)
        VT_TRY(vt_plot_add_series(f, panel,
                                  &(struct vt_plot_series){.name = *name ? name : NULL,
                                                           .color = color,
                                                           .mark = mark ? VT_PLOT_DOTS : VT_PLOT_THIN,
                                                           .n = c->n,
                                                           .x = c->x,
                                                           .y = c->y,
                                                           .error = mark ? c->error : NULL}));
    for (int k = 0; k < c->n && g->replicas > 1; k++) {
        char text[40];
        if (c->values[k] >= g->replicas) continue;
        snprintf(text, sizeof text, "%.0f of %d", c->values[k], g->replicas);
        VT_TRY(vt_plot_add_note(f, panel, c->x[k], c->y[k], text));
        g->few++;
    }
    return VT_OK;
}

static enum vt_status add_curves(struct vt_plot *f, int panel, const struct vt_dataset *d, struct grid *g,
                                 bool inverse, bool log, struct curve *c, int *curves)
{
    char path[700];
    size_t cells = 1;
    int at[VT_AXES_MAX] = {0};
    struct range x = {INFINITY, -INFINITY}, y = x;
    snprintf(path, sizeof path, "%.600s_n", d->path);
    const struct vt_dataset *values = vt_results_find(g->report->results, path);
    for (int a = 0; a < g->axes; a++) cells *= (size_t)d->axis[a].n;
    for (size_t cell = 0; cell < cells; cell++) {
        char name[400];
        place(d, g->axes, cell, at);
        if (at[g->x]) continue; /* one cell of each curve */
        take(d, values, g, at, inverse, log, c);
        if (!c->n) continue;
        if (*curves == CURVES_MAX) {
            g->left_out++;
            continue;
        }
        for (int k = 0; k < c->n; k++) {
            widen(&x, c->x[k], 0);
            widen(&y, c->y[k], c->error[k]);
        }
        name_curve(d, g->axes, g->x, at, name, sizeof name);
        VT_TRY(add_curve(f, panel, g, name, (*curves)++, c));
    }
    if (*curves) set_ranges(f, panel, &x, &y, log);
    return VT_OK;
}

static enum vt_status draw(FILE *out, const struct vt_dataset *d, int stage, int q, struct grid *g)
{
    const struct vt_axis *x = &d->axis[g->x];
    bool log = quantities[q].log, inverse = log && !strcmp(x->unit, "K");
    char id[32], title[100], above[200];
    int panel, curves = 0;
    struct curve *c;
    snprintf(id, sizeof id, "grid-%d", q);
    if (inverse)
        snprintf(title, sizeof title, "1000 K / %.40s", x->name);
    else if (is_bare(x->unit))
        snprintf(title, sizeof title, "%.40s", x->name);
    else
        snprintf(title, sizeof title, "%.40s [%.20s]", x->name, x->unit);
    name_panel(d, g, stage, above, sizeof above);
    struct vt_plot f = {.id = id, .about = quantities[q].leaf, .x_title = title};
    VT_TRY(vt_alloc(&c, 1));
    enum vt_status st = vt_plot_add_panel(&f, *above ? above : NULL, quantities[q].title, 240, &panel);
    if (st == VT_OK) st = add_curves(&f, panel, d, g, inverse, log, c, &curves);
    free(c);
    if (st == VT_OK && curves) {
        g->last_stage = stage;
        return vt_report_draw(out, &f, "half");
    }
    vt_plot_release(&f);
    return st;
}

/* ---- curves over time ---- */

static const struct {
    const char *leaf, *title;
    bool log;
} functions[] = {
    {"isf_self/f_s", "F_s(q, t)", false},
    {"isf/f_xray", "f(q, t), X-ray weighted", false},
    {"xpcs/g2", "g_2(q, t)", false},
    {"msd/msd", "log_{10}(MSD / Å^2)", true},
    {"overlap/chi_4", "χ_4, collective", false},
};

enum { PANELS_MAX = 4 }; /* combinations of the other variables */

/* The curve of a cell against log10(t / ps); points that are closer than can be told apart are passed over.
 */
static void take_function(const struct vt_dataset *d, const struct grid *g, const int *at, bool log,
                          struct curve *c)
{
    const struct vt_axis *time = &d->axis[d->n_axes - 1];
    size_t cell = 0;
    for (int a = 0; a < d->n_axes - 1; a++)
        cell = cell * (size_t)d->axis[a].n + (size_t)(a < g->axes ? at[a] : row_of(&d->axis[a]));
    int first = 0;
    while (first < time->n && !(time->value[first] > 0)) first++;
    double least = time->n > POINTS_MAX && first < time->n
                       ? log10(time->value[time->n - 1] / time->value[first]) / (POINTS_MAX - 1)
                       : 0;
    c->n = 0;
    for (int t = first; t < time->n && c->n < POINTS_MAX; t++) {
        size_t k = cell * (size_t)time->n + (size_t)t;
        double value = d->value[k], error = d->error ? d->error[k] : NAN, x = log10(time->value[t]);
        if (!isfinite(value) || (log && !(value > 0))) continue;
        if (c->n && x < c->x[c->n - 1] + least) continue;
        c->x[c->n] = x;
        c->y[c->n] = log ? log10(value) : value;
        c->error[c->n++] = log ? error / (value * M_LN10) : error;
    }
}

/* Of more values than there are colours as many, spread evenly, the first and the last among them. */
static int shown(int k, int n)
{
    if (n <= CURVES_MAX) return k;
    return (int)lround((double)k * (n - 1) / (CURVES_MAX - 1));
}

static enum vt_status draw_function(FILE *out, const struct vt_dataset *d, int stage, int which, int panel_of,
                                    int *at, struct grid *g)
{
    const struct vt_axis *x = &d->axis[g->x];
    char id[40], above[600], others[400];
    int panel, curves = x->n < CURVES_MAX ? x->n : CURVES_MAX, drawn = 0;
    struct curve *c;
    snprintf(id, sizeof id, "grid-curve-%d-%d", which, panel_of);
    name_panel(d, g, stage, above, 200);
    name_curve(d, g->axes, g->x, at, others, sizeof others);
    size_t used = strlen(above);
    snprintf(above + used, sizeof above - used, "%s%s", used && *others ? ", " : "", others);
    struct vt_plot f = {.id = id, .about = functions[which].leaf, .x_title = "log_{10}(t / ps)"};
    VT_TRY(vt_alloc(&c, 1));
    enum vt_status st = vt_plot_add_panel(&f, *above ? above : NULL, functions[which].title, 260, &panel);
    for (int k = 0; k < curves && st == VT_OK; k++) {
        char name[100];
        at[g->x] = shown(k, x->n);
        take_function(d, g, at, functions[which].log, c);
        if (!c->n) continue;
        snprintf(name, sizeof name, "%.30s %.6g%s%.20s", x->name, x->value[at[g->x]],
                 is_bare(x->unit) ? "" : " ", is_bare(x->unit) ? "" : x->unit);
        st = vt_plot_add_series(
            &f, panel,
            &(struct vt_plot_series){
                .name = name, .color = k, .n = c->n, .x = c->x, .y = c->y, .error = c->error});
        drawn++;
    }
    at[g->x] = 0;
    free(c);
    if (st == VT_OK && drawn) {
        g->functions++;
        g->left_out += x->n - curves;
        return vt_report_draw(out, &f, "half");
    }
    vt_plot_release(&f);
    return st;
}

/* A figure for each combination of the other variables, a curve for each value of the first. */
static enum vt_status draw_functions(FILE *out, struct grid *g)
{
    for (int k = 0; k < (int)(sizeof functions / sizeof *functions); k++) {
        int stage = -1, at[VT_AXES_MAX] = {0}, panels = 0;
        size_t cells = 1;
        const struct vt_dataset *d = find(g, functions[k].leaf, &stage);
        if (!d || d->n_axes <= g->axes || !d->axis[d->n_axes - 1].value) continue;
        for (int a = 0; a < g->axes; a++) cells *= (size_t)d->axis[a].n;
        for (size_t cell = 0; cell < cells; cell++) {
            place(d, g->axes, cell, at);
            if (at[g->x]) continue;
            if (panels == PANELS_MAX)
                g->left_out += d->axis[g->x].n;
            else
                VT_TRY(draw_function(out, d, stage, k, panels++, at, g));
        }
    }
    return VT_OK;
}

/* Of which stages, how many values, what bars are. */
static void put_caption(FILE *out, const struct grid *g, double runs)
{
    fprintf(out, "<p class=\"caption\">%.0f runs", runs);
    if (g->stages == 1 && g->last_stage >= 0) {
        const struct vt_report_stage *s = &g->report->stage[g->last_stage];
        fprintf(out, ", stage ");
        vt_report_escape(out, s->label);
        if (*s->save) fprintf(out, " (");
        vt_report_escape(out, s->save);
        if (*s->save) fprintf(out, ")");
    }
    if (g->replicas > 1)
        fprintf(out,
                ". Points are means over %d replicas, bars their standard error, from the spread of the "
                "replicas; lines only guide the eye.",
                g->replicas);
    else
        fprintf(out, ". Points are single runs, bars one standard error within the run; lines only guide the "
                     "eye.");
    if (g->few)
        fprintf(out,
                " <b>n of %d</b>: only n replicas have the value, because the others are not complete or "
                "their fits were refused; such a mean is of the replicas in which it could be told, and "
                "those may be no fair choice. One alone has no error.",
                g->replicas);
    if (g->functions) fprintf(out, " Of curves over time the bands are one standard error.");
    if (g->left_out) fprintf(out, " %d curves more are in the results.", g->left_out);
    fprintf(out, " Times here are 10 and more powers of ten below those of a laboratory: compare "
                 "temperatures as T/T<sub>g</sub>, each "
                 "with the T<sub>g</sub> of its own rate, not in kelvin.</p>\n");
}

/* The first variable that is a number and has several values, or else one value; -1: none. */
static int choose_x(const struct vt_dataset *complete)
{
    int first = -1;
    for (int a = 0; a < complete->n_axes; a++) {
        if (!complete->axis[a].value) continue;
        if (complete->axis[a].n > 1) return a;
        if (first < 0) first = a;
    }
    return first;
}

enum vt_status vt_report_sweep(FILE *out, const struct vt_report *r)
{
    const struct vt_dataset *complete = vt_results_find(r->results, "sweep/complete");
    if (!complete) return VT_OK;
    const char *replicas = vt_report_note(r, "replicas");
    struct grid g = {.report = r,
                     .axes = complete->n_axes,
                     .x = choose_x(complete),
                     .replicas = *replicas ? atoi(replicas) : 1,
                     .stages = r->n_stages,
                     .last_stage = -1};
    double runs = 0;
    for (size_t k = 0; k < vt_dataset_size(complete); k++) runs += complete->value[k];
    vt_report_heading(out, "grid", "Over the grid");
    if (g.x < 0) {
        fprintf(out,
                "<p>%.0f runs are complete. No variable of the sweep is a number: see "
                "<code>table.csv</code>.</p>\n",
                runs);
        return VT_OK;
    }
    fprintf(out, "<div class=\"figures\">\n");
    VT_TRY(draw_functions(out, &g));
    for (int q = 0; q < (int)(sizeof quantities / sizeof *quantities); q++) {
        int stage = -1;
        const struct vt_dataset *d = find(&g, quantities[q].leaf, &stage);
        if (d) VT_TRY(draw(out, d, stage, q, &g));
    }
    fprintf(out, "</div>\n");
    put_caption(out, &g, runs);
    return VT_OK;
}
