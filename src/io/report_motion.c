/* report_motion.c: how atoms move: displacements, scattering functions, speckles, strings, stresses.
 *
 * Stages are told apart by temperature: a ladder of isotherms is one line of the report, but each step of it
 * a curve here. Times are drawn as log10(t/ps). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/report_parts.h"
#include "io/two_time_map.h"

enum { SHOWN_MAX = VT_PLOT_COLORS, POINTS_MAX = 512 };

/* The stages that have a measurement, spread evenly if there are more than can be told apart. */
struct motion {
    const struct vt_report *r;
    int n, stage[SHOWN_MAX], left_out;
};

static bool between_minima(const char *leaf)
{
    return !strncmp(leaf, "strings/", 8) || !strncmp(leaf, "nonaffine/", 10);
}

/* A curve whose first axis is species: the last row is of all atoms. Hops are clearer between energy minima:
 * those of strings and non-affine motion go first, else those of the motion itself. NULL unless it has so
 * many axes. */
static const struct vt_dataset *get(const struct vt_report *r, int stage, const char *leaf, int n_axes)
{
    char path[128];
    bool minima = between_minima(leaf);
    for (int turn = 0; turn < 2; turn++) {
        snprintf(path, sizeof path, "%s%s", minima == (turn == 0) ? "inherent/" : "", leaf);
        const struct vt_dataset *d = vt_report_find(r, stage, path);
        if (d && d->n_axes == n_axes && vt_dataset_size(d)) return d;
    }
    return NULL;
}

static struct motion find(const struct vt_report *r, const char *leaf, int n_axes)
{
    struct motion m = {.r = r};
    int all = 0, k = 0;
    for (int s = 0; s < r->n_stages; s++) all += get(r, s, leaf, n_axes) != NULL;
    for (int s = 0; s < r->n_stages; s++) {
        if (!get(r, s, leaf, n_axes)) continue;
        if (all <= SHOWN_MAX || k * (SHOWN_MAX - 1) / (all - 1) == m.n) m.stage[m.n++] = s;
        k++;
    }
    m.left_out = all - m.n;
    return m;
}

/* "900 K", or the stage's label where it has no temperature or is a ramp. */
static void name_stage(const struct vt_report *r, int stage, char *name, size_t size)
{
    struct vt_report_value t;
    if (!vt_report_is_ramp(r, stage) && vt_report_number(r, stage, "thermo/temperature", &t))
        snprintf(name, size, "%.0f K (%d)", t.value, r->stage[stage].number);
    else
        snprintf(name, size, "%s", r->stage[stage].label);
}

struct what {
    const char *leaf, *title, *id, *about;
    int n_axes, row; /* row of the axis between species and time; 0 of those with two axes */
    bool log;
};

/* The curve of all atoms of a stage against log10 of its last axis. */
static enum vt_status add_curve(struct vt_plot *f, int panel, const struct motion *m, int k,
                                const struct what *w)
{
    const struct vt_dataset *d = get(m->r, m->stage[k], w->leaf, w->n_axes);
    const struct vt_axis *time = &d->axis[d->n_axes - 1];
    double x[POINTS_MAX], y[POINTS_MAX], error[POINTS_MAX];
    char name[96];
    int n = 0, middle = w->n_axes == 3 ? d->axis[1].n : 1, rows = d->axis[0].label ? d->axis[0].n : 1;
    /* f_xray has q first; the others have species */
    bool species = d->axis[0].label != NULL;
    size_t row = species ? (size_t)((rows - 1) * middle + w->row) : (size_t)w->row;
    int first = time->n > 1 && time->value && !(time->value[0] > 0); /* lag 0 */
    /* Of many even times those that can be told apart. */
    double least = time->n > POINTS_MAX && time->value
                       ? log10(time->value[time->n - 1] / time->value[first]) / (POINTS_MAX - 1)
                       : 0;
    for (int t = 0; t < time->n && n < POINTS_MAX && time->value; t++) {
        size_t at = row * (size_t)time->n + (size_t)t;
        double value = d->value[at], spread = d->error ? d->error[at] : NAN;
        if (!(time->value[t] > 0) || !isfinite(value) || (w->log && !(value > 0))) continue;
        if (n && log10(time->value[t]) < x[n - 1] + least) continue;
        x[n] = log10(time->value[t]);
        y[n] = w->log ? log10(value) : value;
        error[n++] = w->log ? spread / (value * M_LN10) : spread;
    }
    name_stage(m->r, m->stage[k], name, sizeof name);
    return vt_plot_add_series(
        f, panel, &(struct vt_plot_series){.name = name, .color = k, .n = n, .x = x, .y = y, .error = error});
}

static enum vt_status draw(FILE *out, const struct vt_report *r, const struct what *w)
{
    struct motion m = find(r, w->leaf, w->n_axes);
    struct vt_plot f = {.id = w->id, .about = w->about, .x_title = "log_{10}(t / ps)"};
    enum vt_status st = VT_OK;
    int panel;
    if (!m.n) return VT_OK;
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, NULL, w->title, 240, &panel));
    for (int k = 0; k < m.n; k++) VT_TRY_GOTO(st, done, add_curve(&f, panel, &m, k, w));
    return vt_report_draw(out, &f, "half");
done:
    vt_plot_release(&f);
    return st;
}

/* ---- strings: how many are how long, where they are longest ---- */

/* The time of the longest mean length: a place on the axis of time. */
static int longest(const struct vt_dataset *mean)
{
    int n = mean->axis[1].n, best = -1;
    const double *v = mean->value + (size_t)(mean->axis[0].n - 1) * (size_t)n;
    for (int k = 0; k < n; k++)
        if (isfinite(v[k]) && (best < 0 || v[k] > v[best])) best = k;
    return best;
}

static enum vt_status draw_strings(FILE *out, const struct vt_report *r)
{
    struct motion m = find(r, "strings/probability", 3);
    struct vt_plot f = {.id = "strings-n", .about = "Lengths of strings", .x_title = "n"};
    enum vt_status st = VT_OK;
    int panel;
    if (!m.n) return VT_OK;
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, NULL, "log_{10} P(n)", 240, &panel));
    for (int k = 0; k < m.n; k++) {
        const struct vt_dataset *p = get(r, m.stage[k], "strings/probability", 3),
                                *mean = get(r, m.stage[k], "strings/mean_length", 2);
        int at = mean && mean->axis[1].n == p->axis[1].n ? longest(mean) : -1, lengths = p->axis[2].n, n = 0;
        double x[POINTS_MAX], y[POINTS_MAX], error[POINTS_MAX];
        char name[96];
        if (at < 0) continue;
        for (int c = 0; c < lengths - 1 && n < POINTS_MAX; c++) { /* the last takes all that are longer */
            size_t v = ((size_t)(p->axis[0].n - 1) * (size_t)p->axis[1].n + (size_t)at) * (size_t)lengths +
                       (size_t)c;
            if (!(p->value[v] > 0)) continue;
            x[n] = p->axis[2].value ? p->axis[2].value[c] : c + 1;
            y[n] = log10(p->value[v]);
            error[n++] = p->error ? p->error[v] / (p->value[v] * M_LN10) : NAN;
        }
        name_stage(r, m.stage[k], name, sizeof name);
        VT_TRY_GOTO(
            st, done,
            vt_plot_add_series(
                &f, panel,
                &(struct vt_plot_series){
                    .name = name, .color = k, .mark = VT_PLOT_DOTS, .n = n, .x = x, .y = y, .error = error}));
    }
    return vt_report_draw(out, &f, "half");
done:
    vt_plot_release(&f);
    return st;
}

/* ---- vibrations ---- */

static enum vt_status draw_spectrum(FILE *out, const struct vt_report *r)
{
    struct motion m = find(r, "vacf/dos", 2);
    struct vt_plot f = {.id = "dos", .about = "Vibrational density of states", .x_title = "ν [THz]"};
    enum vt_status st = VT_OK;
    int panel;
    double last = 0;
    if (!m.n) return VT_OK;
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, NULL, "g(ν) [1/THz]", 240, &panel));
    for (int k = 0; k < m.n; k++) {
        const struct vt_dataset *d = get(r, m.stage[k], "vacf/dos", 2);
        int n = d->axis[1].n;
        size_t row = (size_t)(d->axis[0].n - 1) * (size_t)n;
        char name[96];
        if (!d->axis[1].value) continue;
        for (int t = 0; t < n; t++) /* what is to be seen */
            if (d->value[row + (size_t)t] > 2e-3 && d->axis[1].value[t] > last) last = d->axis[1].value[t];
        name_stage(r, m.stage[k], name, sizeof name);
        VT_TRY_GOTO(st, done,
                    vt_plot_add_series(&f, panel,
                                       &(struct vt_plot_series){.name = name,
                                                                .color = k,
                                                                .n = n,
                                                                .x = d->axis[1].value,
                                                                .y = d->value + row,
                                                                .error = d->error ? d->error + row : NULL}));
    }
    f.x_max = last > 0 ? 1.1 * last : 0;
    return vt_report_draw(out, &f, "half");
done:
    vt_plot_release(&f);
    return st;
}

/* ---- distances ---- */

/* A function of r at some times of one stage, the last that has it. */
static enum vt_status draw_distances(FILE *out, const struct vt_report *r, const char *leaf,
                                     const char *title, const char *id, const char *about)
{
    enum { TIMES_MAX = 6 };
    struct motion m = find(r, leaf, 3);
    struct vt_plot f = {.id = id, .about = about, .x_title = "r [Å]"};
    enum vt_status st = VT_OK;
    char name[96], full[160];
    int panel, drawn = 0;
    if (!m.n) return VT_OK;
    const struct vt_dataset *d = get(r, m.stage[m.n - 1], leaf, 3);
    const int times = d->axis[1].n, n = d->axis[2].n, first = times > 1 && !(d->axis[1].value[0] > 0);
    const size_t row = (size_t)(d->axis[0].n - 1) * (size_t)times * (size_t)n;
    name_stage(r, m.stage[m.n - 1], name, sizeof name);
    const char *of = d->axis[0].label ? d->axis[0].label[d->axis[0].n - 1] : "all";
    bool all = !strcmp(of, "all");
    snprintf(full, sizeof full, "%s, %s%s%.40s", about, name, all ? "" : ", ", all ? "" : of);
    f.about = full;
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, full, title, 240, &panel));
    for (int t = first; t < times; t++) {
        if (times - first > TIMES_MAX && (t - first) * (TIMES_MAX - 1) / (times - first - 1) != drawn)
            continue;
        size_t at = row + (size_t)t * (size_t)n;
        snprintf(name, sizeof name, "%.3g ps", d->axis[1].value[t]);
        VT_TRY_GOTO(st, done,
                    vt_plot_add_series(&f, panel,
                                       &(struct vt_plot_series){.name = name,
                                                                .color = drawn++,
                                                                .n = n,
                                                                .x = d->axis[2].value,
                                                                .y = d->value + at,
                                                                .error = d->error ? d->error + at : NULL}));
    }
    return vt_report_draw(out, &f, "half");
done:
    vt_plot_release(&f);
    return st;
}

/* ---- speckles ---- */

static enum vt_status draw_map(FILE *out, const struct vt_report *r)
{
    struct motion m = find(r, "xpcs/two_time", 2);
    struct vt_plot f = {.id = "two-time", .about = "two-time correlation", .x_title = "t_1 [ps]"};
    char about[VT_TWO_TIME_ABOUT], name[96], full[200];
    if (!m.n) return VT_OK;
    const struct vt_dataset *d = get(r, m.stage[m.n - 1], "xpcs/two_time", 2);
    const int n = d->axis[0].n;
    const double *t = d->axis[0].value;
    enum vt_status st =
        vt_two_time_map(&f, d->value, n, n > 1 ? t[n - 1] - t[0] + (t[1] - t[0]) : 1, "ps", about);
    name_stage(r, m.stage[m.n - 1], name, sizeof name);
    snprintf(full, sizeof full, "Two-time correlation of speckles, %s", name);
    f.about = full;
    if (st == VT_OK) return vt_report_draw(out, &f, "half");
    vt_plot_release(&f);
    return st;
}

/* ---- numbers ---- */

static const struct {
    const char *leaf, *title;
    int n_axes;
} columns[] = {{"msd/diffusion", "<i>D</i> [Å<sup>2</sup>/ps]", 1},
               {"msd/t_star", "<i>t</i>* [ps]", 1},
               {"msd/alpha_2_max", "largest <i>α</i><sub>2</sub>", 1},
               {"isf_self/tau", "<i>τ</i><sub>s</sub> [ps]", 2},
               {"isf/tau", "<i>τ</i><sub>KWW</sub> [ps]", 1},
               {"isf/beta", "<i>β</i><sub>KWW</sub>", 1},
               {"xpcs/tau", "<i>τ</i><sub>XPCS</sub> [ps]", 1},
               {"xpcs/beta", "<i>β</i><sub>XPCS</sub>", 1},
               {"strings/longest_mean_length", "longest mean string", 1},
               {"strings/longest_time", "at [ps]", 1},
               {"viscosity/viscosity", "<i>η</i> [mPa s]", 0}};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* The number of all atoms, at the first q; of all the stage where there are stretches of it. */
static bool number(const struct vt_report *r, int stage, int c, struct vt_report_value *v)
{
    const struct vt_dataset *d = get(r, stage, columns[c].leaf, columns[c].n_axes);
    if (!d) return false;
    bool species = d->n_axes && d->axis[0].label && strcmp(d->axis[0].name, "stretch") != 0;
    size_t last = species ? (size_t)(d->axis[0].n - 1) : 0;
    size_t at = d->n_axes == 2 ? last * (size_t)d->axis[1].n : last;
    *v = (struct vt_report_value){d->value[at], d->error ? d->error[at] : NAN, ""};
    return true;
}

static void put_table(FILE *out, const struct vt_report *r)
{
    bool there[COLUMNS] = {false};
    struct vt_report_value v;
    for (int s = 0; s < r->n_stages; s++)
        for (int c = 0; c < COLUMNS; c++) there[c] |= number(r, s, c, &v);
    fprintf(out, "<div class=\"scroll\"><table><thead><tr><th>Stage</th><th><i>T</i> [K]</th>");
    for (int c = 0; c < COLUMNS; c++)
        if (there[c]) fprintf(out, "<th>%s</th>", columns[c].title);
    fprintf(out, "</tr></thead><tbody>\n");
    for (int s = 0; s < r->n_stages; s++) {
        bool any = false;
        for (int c = 0; c < COLUMNS; c++) any |= number(r, s, c, &v);
        if (!any) continue;
        fprintf(out, "<tr><th scope=\"row\">");
        vt_report_escape(out, r->stage[s].label);
        fprintf(out, "</th>");
        if (vt_report_number(r, s, "thermo/temperature", &v))
            vt_report_put_value(out, &v);
        else
            fprintf(out, "<td></td>");
        for (int c = 0; c < COLUMNS; c++) {
            if (!there[c]) continue;
            if (number(r, s, c, &v))
                vt_report_put_value(out, &v);
            else
                fprintf(out, "<td></td>");
        }
        fprintf(out, "</tr>\n");
    }
    fprintf(out, "</tbody></table></div>\n");
}

/* q of the curves that are drawn: the first. */
static void put_q(FILE *out, const struct vt_report *r, const char *leaf, const char *text, int axis)
{
    struct motion m = find(r, leaf, axis == 1 ? 3 : 2);
    const struct vt_dataset *d = m.n ? get(r, m.stage[0], leaf, axis == 1 ? 3 : 2) : NULL;
    if (d && d->axis[axis].value)
        fprintf(out, " %s at <i>q</i> = %s&#8239;Å<sup>−1</sup>.", text,
                vt_report_brief(d->axis[axis].value[0], 4).text);
}

enum vt_status vt_report_motion(FILE *out, const struct vt_report *r)
{
    static const struct what curves[] = {
        {"msd/msd", "log_{10}(MSD / Å^2)", "msd", "Mean square displacement", 2, 0, true},
        {"msd/alpha_2", "α_2", "alpha-2", "Non-Gaussian parameter", 2, 0, false},
        {"isf_self/f_s", "F_s(q, t)", "isf-self", "Self intermediate scattering function", 3, 0, false},
        {"isf/f_xray", "f(q, t)", "isf", "Collective intermediate scattering function", 2, 0, false},
        {"overlap/chi_4", "χ_4", "chi-4", "Dynamic susceptibility", 2, 0, false},
        {"strings/mean_length", "Mean length of strings", "strings-t", "Mean length of strings", 2, 0, false},
        {"nonaffine/d2min", "log_{10}(D^2_{min} / Å^2)", "d2min", "Non-affine motion", 2, 0, true},
        {"xpcs/g2", "g_2(t)", "g2", "Intensity correlation of speckles", 1, 0, false},
        {"viscosity/modulus", "G(t) [GPa]", "relaxation-modulus", "Shear relaxation modulus", 1, 0, false},
        {"viscosity/integral", "η(t) [mPa s]", "viscosity", "Viscosity up to a time", 1, 0, false},
    };
    const int n = sizeof curves / sizeof *curves;
    static const struct {
        const char *leaf;
        int n_axes;
    } others[] = {{"vacf/dos", 2}, {"van_hove/self", 3}, {"van_hove_distinct/g", 3}};
    struct motion m = {.r = r};
    bool any = false, minima = false;
    for (int k = 0; k < n; k++) {
        struct motion of = find(r, curves[k].leaf, curves[k].n_axes);
        if (!m.n) m = of;
        for (int s = 0; s < of.n; s++)
            minima |= strstr(get(r, of.stage[s], curves[k].leaf, curves[k].n_axes)->path, "/inherent/") &&
                      between_minima(curves[k].leaf);
    }
    any = m.n > 0;
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        any |= find(r, others[k].leaf, others[k].n_axes).n > 0;
    if (!any) return VT_OK;
    vt_report_heading(out, "motion", "Motion");
    fprintf(out, "<div class=\"figures\">\n");
    for (int k = 0; k < n; k++) {
        VT_TRY(draw(out, r, &curves[k]));
        if (!strcmp(curves[k].id, "strings-t")) VT_TRY(draw_strings(out, r));
    }
    VT_TRY(draw_map(out, r));
    VT_TRY(draw_distances(out, r, "van_hove/self", "4πr^2 G_s(r, t) [1/Å]", "van-hove", "Displacements"));
    VT_TRY(draw_distances(out, r, "van_hove_distinct/g", "g(r, t)", "van-hove-distinct",
                          "Other atoms about where an atom was"));
    VT_TRY(draw_spectrum(out, r));
    fprintf(out, "</div>\n<p class=\"caption\">Averages over all atoms and over origins; bands are one "
                 "standard error. In brackets: the "
                 "number of the stage.");
    if (m.left_out) fprintf(out, " %d stages more are in the table.", m.left_out);
    if (minima) fprintf(out, " Strings and non-affine motion are those between energy minima.");
    put_q(out, r, "isf_self/f_s", "<i>F</i><sub>s</sub>", 1);
    put_q(out, r, "isf/f_xray", "Collective, X-ray weighted <i>f</i>", 0);
    fprintf(out, " Displacements are against the cell and the centre of mass.</p>\n");
    put_table(out, r);
    fprintf(out, "<p class=\"caption\"><i>D</i> only where the motion is diffusive; <i>τ</i><sub>s</sub>: "
                 "where <i>F</i><sub>s</sub> falls "
                 "to 1/e. A dash: it does not within the measured times, and there is no number.</p>\n");
    return VT_OK;
}
