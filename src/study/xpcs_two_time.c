/* xpcs_two_time.c: stretches, ages and starts of a measured C(t1, t2).
 *
 * Intensities are not known here, so averages are means of ratios and errors come from pieces of the windows.
 * A piece that is shorter than 2 tau is no independent part: the number of pieces is lowered then, to 4 at
 * least. A window with room for m pieces of 2 tau, m below 4, has four that are not independent, and errors
 * that may be too small; its fits are marked, and in the ageing law its error counts sqrt(4 / m) times: as if
 * it had been told by m pieces. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/ageing.h"
#include "core/log.h"
#include "core/memory.h"
#include "io/two_time_map.h"
#include "study/series_put.h"
#include "study/xpcs_parts.h"

enum { BAD_FIT = 5 };

struct set {
    const struct vt_xpcs_work *w;
    const struct vt_two_time *two;
    struct vt_plot *figure; /* of g2, or NULL */
    int panel;
};

/* g2 and KWW of one cut; a row, and datasets in xpcs/NAME/WHAT_NUMBER. */
static enum vt_status fit_cut(struct set *s, const char *what, int number, const struct vt_cut *cut)
{
    const struct vt_xpcs_work *w = s->w;
    struct vt_kww_options o = vt_xpcs_kww(w->options);
    struct vt_one_time_curve curve = {0};
    struct vt_xpcs_row *row;
    char group[200], name[60];
    double window = (cut->last - cut->first + 1) * w->frame;
    int parts = (int)w->options->parts;
    enum vt_status st;
    VT_TRY(vt_xpcs_add_row(w, what, number, cut->first * w->frame, cut->last * w->frame, &row));
    for (;;) {
        const struct vt_one_time_options how = {
            .average = VT_CUT_MEAN_OF_RATIOS, .parts = parts, .dt = w->frame};
        vt_one_time_release(&curve);
        VT_TRY_GOTO(st, done, vt_one_time_curves(s->two, 0, NULL, 1, cut, &how, &curve));
        st = vt_one_time_kww(&curve, &o, &row->kww);
        if (st == VT_EWORLD || st == VT_EINPUT) goto done;
        row->fitted = st == VT_OK;
        if (st != VT_OK) snprintf(row->reason, sizeof row->reason, "%s", vt_message());
        int fit = row->fitted ? (int)(window / (2 * row->kww.tau)) : parts;
        if (fit >= parts || parts == VT_XPCS_PIECES) {
            if (row->fitted) row->pieces = window / (2 * row->kww.tau);
            row->brief = row->fitted && row->pieces < VT_XPCS_PIECES;
            break;
        }
        parts = fit > VT_XPCS_PIECES ? fit : VT_XPCS_PIECES;
    }
    st = VT_OK;
    if (!curve.n) goto done;
    snprintf(group, sizeof group, "xpcs/%s/%s_%d", w->name, what, number);
    VT_TRY_GOTO(st, done, vt_xpcs_put_g2(w, group, curve.n, curve.delay, curve.g2, curve.error));
    VT_TRY_GOTO(st, done, vt_results_note(&w->out->results, group, "pairs", vt_cut_pairs_text(cut->pairs)));
    VT_TRY_GOTO(
        st, done,
        vt_results_note(&w->out->results, group, "average", vt_cut_average_text(VT_CUT_MEAN_OF_RATIOS)));
    VT_TRY_GOTO(st, done, vt_xpcs_put_remark(w, group, "remark", row));
    if (s->figure && number <= VT_PLOT_COLORS) {
        snprintf(name, sizeof name, "%s %.4g to %.4g", what, row->from, row->to);
        st = vt_xpcs_draw_g2(s->figure, s->panel, name, number - 1, curve.n, curve.delay, curve.g2,
                             curve.error, row);
    }
done:
    vt_one_time_release(&curve);
    return st;
}

/* Windows of age, or of starts, side by side. */
static enum vt_status fit_windows(struct set *s, const char *what, enum vt_cut_pairs pairs, int *begin)
{
    int cuts = (int)s->w->options->cuts, n = s->two->n_t;
    char group[160];
    *begin = s->w->out->n_rows;
    for (int k = 0; k < cuts; k++) {
        int first = (int)((int64_t)n * k / cuts), last = (int)((int64_t)n * (k + 1) / cuts) - 1;
        const struct vt_cut cut = {.pairs = pairs, .first = first, .last = last};
        if (last > first) VT_TRY(fit_cut(s, what, k + 1, &cut));
    }
    snprintf(group, sizeof group, "xpcs/%s/%ss", s->w->name, what);
    return vt_xpcs_put_rows(s->w, group, pairs == VT_CUT_AGE ? "age" : "t1", s->w->unit, *begin,
                            s->w->out->n_rows);
}

/* The ageing law of the windows of age. */
static enum vt_status fit_ageing(const struct vt_xpcs_work *w, int begin, int end)
{
    double age[64], tau[64], error[64];
    char group[160];
    int n = 0;
    struct vt_ageing law;
    for (int k = begin; k < end && n < 64; k++) {
        const struct vt_xpcs_row *r = &w->out->row[k];
        if (!r->fitted || !(r->kww.tau_error > 0)) continue;
        age[n] = (r->from + r->to) / 2, tau[n] = r->kww.tau;
        error[n++] = r->kww.tau_error * (r->brief ? sqrt(VT_XPCS_PIECES / r->pieces) : 1);
    }
    snprintf(group, sizeof group, "xpcs/%s/ageing", w->name);
    struct vt_results *results = &w->out->results;
    if (n < 3) return vt_results_note(results, group, "no law", "fewer than three windows of age have a tau");
    enum vt_status st = vt_ageing_fit(n, age, tau, error, &law);
    if (st == VT_EWORLD) return st;
    if (st != VT_OK) return vt_results_note(results, group, "no law", vt_message());
    char unit[24];
    snprintf(unit, sizeof unit, "1/%s", w->unit);
    VT_TRY(vt_series_put_number(results, group, "rate", unit,
                                "d ln tau / d age: above 0, the sample slows down", law.rate,
                                law.rate_error));
    if (law.reduced > BAD_FIT) {
        char text[160];
        snprintf(text, sizeof text,
                 "tau does not grow as exp(age / tau_star): chi^2 / dof of the law is %.3g", law.reduced);
        return vt_results_note(results, group, "no law", text);
    }
    if (law.rate < 0) return vt_results_note(results, group, "no law", "the sample gets faster");
    VT_TRY(vt_series_put_number(results, group, "tau_0", w->unit, "tau = tau_0 exp(age / tau_star)", law.tau0,
                                law.tau0_error));
    return vt_series_put_number(results, group, "tau_star", w->unit, "tau = tau_0 exp(age / tau_star)",
                                law.tau_star, law.tau_star_error);
}

/* ---- pictures ---- */

/* z along the diagonal, with the levels of its stretches. */
static enum vt_status draw_steps(const struct vt_xpcs_work *w, const struct vt_stationary *s, int n,
                                 struct vt_plot *figure)
{
    int panel;
    double *age;
    enum vt_status st = VT_OK;
    VT_TRY(vt_alloc(&age, s->n_steps));
    for (int k = 0; k < s->n_steps; k++) age[k] = s->age[k] * w->frame;
    VT_TRY_GOTO(st, done, vt_plot_add_panel(figure, "kept correlation along the diagonal", "z", 110, &panel));
    VT_TRY_GOTO(st, done,
                vt_plot_add_series(figure, panel,
                                   &(struct vt_plot_series){.name = "z, steps",
                                                            .color = VT_PLOT_NEUTRAL,
                                                            .mark = VT_PLOT_DOTS,
                                                            .n = s->n_steps,
                                                            .x = age,
                                                            .y = s->z}));
    for (int k = 0; k < s->n && st == VT_OK; k++) {
        double x[2] = {s->stretch[k].first * w->frame, (s->stretch[k].last + 1) * w->frame},
               y[2] = {s->stretch[k].level, s->stretch[k].level},
               e[2] = {s->stretch[k].level_error, s->stretch[k].level_error};
        if (k == s->n - 1) x[1] = n * w->frame;
        st = vt_plot_add_series(
            figure, panel,
            &(struct vt_plot_series){.color = k % VT_PLOT_COLORS, .n = 2, .x = x, .y = y, .error = e});
    }
done:
    free(age);
    return st;
}

/* tau of stretches as bars of error over their length, of ages as dots. */
static enum vt_status draw_times(const struct vt_xpcs_work *w, int begin, int ages, int end,
                                 struct vt_plot *figure)
{
    int panel;
    char title[40];
    snprintf(title, sizeof title, "tau [%s]", w->unit);
    VT_TRY(vt_plot_add_panel(figure, "relaxation time", title, 150, &panel));
    for (int k = begin; k < end; k++) {
        const struct vt_xpcs_row *r = &w->out->row[k];
        if (!r->fitted) continue;
        bool age = k >= ages;
        double x[2] = {r->from, r->to}, y[2] = {r->kww.tau, r->kww.tau},
               e[2] = {r->kww.tau_error, r->kww.tau_error};
        if (age) x[0] = (x[0] + x[1]) / 2;
        VT_TRY(vt_plot_add_series(
            figure, panel,
            &(struct vt_plot_series){.name = age ? "tau, windows of age" : NULL,
                                     .color = age ? VT_PLOT_NEUTRAL : (r->number - 1) % VT_PLOT_COLORS,
                                     .mark = age ? VT_PLOT_DOTS : VT_PLOT_LINE,
                                     .n = age ? 1 : 2,
                                     .x = x,
                                     .y = y,
                                     .error = e}));
    }
    return VT_OK;
}

/* ---- all of it ---- */

static enum vt_status put_map(const struct vt_xpcs_work *w, const double *c, int n)
{
    char path[160];
    const int size[2] = {n, n};
    struct vt_dataset *d;
    double *t;
    VT_TRY(vt_alloc(&t, n));
    for (int k = 0; k < n; k++) t[k] = k * w->frame;
    snprintf(path, sizeof path, "xpcs/%s/C", w->name);
    enum vt_status st = vt_results_add(&w->out->results, path, "1",
                                       "two-time correlation as read, made symmetric", 2, size, &d);
    if (st == VT_OK) memcpy(d->value, c, (size_t)n * (size_t)n * sizeof *c);
    if (st == VT_OK) st = vt_dataset_axis(d, 0, "t1", w->unit, t, NULL);
    if (st == VT_OK) st = vt_dataset_axis(d, 1, "t2", w->unit, t, NULL);
    free(t);
    return st;
}

static enum vt_status put_steps(const struct vt_xpcs_work *w, const struct vt_stationary *s)
{
    char path[160], text[200];
    struct vt_dataset *d;
    snprintf(path, sizeof path, "xpcs/%s/z", w->name);
    VT_TRY(vt_results_add(
        &w->out->results, path, "1",
        "kept correlation along the diagonal, less that of all ages: large where dynamics are slow", 1,
        &s->n_steps, &d));
    memcpy(d->value, s->z, (size_t)s->n_steps * sizeof *s->z);
    VT_TRY(vt_dataset_axis(d, 0, "age", w->unit, s->age, NULL));
    for (int k = 0; k < s->n_steps; k++) d->axis[0].value[k] *= w->frame;
    snprintf(text, sizeof text,
             "%d stretches; steps of %d frames; delays of %d to %d frames; penalty %g ln(steps)", s->n,
             s->width, s->delay_min, s->delay_max, w->options->penalty);
    snprintf(path, sizeof path, "xpcs/%s/stretches", w->name);
    return vt_results_note(&w->out->results, path, "found", text);
}

/* Which windows are too short for their errors: "age 1 to 4, start 2". */
static enum vt_status warn_of_brief(const struct vt_xpcs_work *w, int begin)
{
    char which[400] = "", text[500], group[160];
    const struct vt_xpcs_row *row = w->out->row;
    for (int k = begin, end; k < w->out->n_rows; k = end) {
        end = k + 1;
        if (!row[k].brief) continue;
        while (end < w->out->n_rows && row[end].brief && !strcmp(row[end].what, row[k].what)) end++;
        size_t used = strlen(which);
        int n = snprintf(which + used, sizeof which - used, "%s%s %d", used ? ", " : "", row[k].what,
                         row[k].number);
        if (end > k + 1 && n > 0 && used + (size_t)n < sizeof which)
            snprintf(which + used + n, sizeof which - used - (size_t)n, " to %d", row[end - 1].number);
    }
    if (!*which) return VT_OK;
    snprintf(text, sizeof text, "perhaps too small, as the windows are shorter than %d pieces of 2 tau: %s",
             VT_XPCS_PIECES, which);
    vt_log(VT_LOG_WARNING, "xpcs: %s: errors are %s", w->about, text);
    snprintf(group, sizeof group, "xpcs/%s", w->name);
    return vt_results_note(&w->out->results, group, "errors", text);
}

enum vt_status vt_xpcs_two_time(const struct vt_xpcs_work *w, const struct vt_correlation_file *f)
{
    struct vt_two_time two = {0};
    struct vt_stationary found = {0};
    char about[VT_TWO_TIME_ABOUT], group[160], axis[40], delay[64], *svg = NULL;
    int begin = w->out->n_rows, ages, starts;
    snprintf(axis, sizeof axis, "t_1, age [%s]", w->unit);
    snprintf(delay, sizeof delay, "log_{10} (delay / %s)", w->unit);
    struct vt_plot figure[2] = {
        {.id = "map", .about = "C(t1, t2), stretches and relaxation times", .x_title = axis},
        {.id = "g2", .about = "g2 of each stretch", .x_title = delay}};
    struct set set = {.w = w, .two = &two, .figure = &figure[1]};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_two_time_of_matrix(&two, f->n, f->value));
    VT_TRY_GOTO(st, done, put_map(w, f->value, f->n));
    const struct vt_stationary_options how = {.width = (int)w->options->step, .penalty = w->options->penalty};
    VT_TRY_GOTO(st, done, vt_prefix(vt_stationary_find(&two, &how, &found), "%s", w->about));
    VT_TRY_GOTO(st, done, put_steps(w, &found));
    VT_TRY_GOTO(st, done, vt_two_time_map(&figure[0], f->value, f->n, f->n * w->frame, w->unit, about));
    VT_TRY_GOTO(st, done, draw_steps(w, &found, f->n, &figure[0]));
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&figure[1], "stretches", "g_2", 300, &set.panel));
    for (int k = 0; k < found.n; k++) {
        const struct vt_cut cut = {
            .pairs = VT_CUT_BLOCK, .first = found.stretch[k].first, .last = found.stretch[k].last};
        VT_TRY_GOTO(st, done, fit_cut(&set, "stretch", k + 1, &cut));
    }
    snprintf(group, sizeof group, "xpcs/%s/stretches", w->name);
    VT_TRY_GOTO(st, done, vt_xpcs_put_rows(w, group, "age", w->unit, begin, w->out->n_rows));
    if (w->options->cuts)
        VT_TRY_GOTO(st, done, vt_plot_add_panel(&figure[1], "windows of age", "g_2", 300, &set.panel));
    VT_TRY_GOTO(st, done, fit_windows(&set, "age", VT_CUT_AGE, &ages));
    set.figure = NULL;
    VT_TRY_GOTO(st, done, fit_windows(&set, "start", VT_CUT_START, &starts));
    if (w->options->cuts) VT_TRY_GOTO(st, done, fit_ageing(w, ages, starts));
    VT_TRY_GOTO(st, done, draw_times(w, begin, ages, starts, &figure[0]));
    VT_TRY_GOTO(st, done, warn_of_brief(w, begin));
    enum vt_status drawn = vt_plot_row("xpcs", "two-time correlation", 2, figure, &svg);
    st = vt_xpcs_add_figure(w, drawn, svg);
done:
    vt_plot_release(&figure[0]), vt_plot_release(&figure[1]);
    vt_stationary_release(&found);
    vt_two_time_release(&two);
    return st;
}
