/* report_entropy.c: what was measured block by block on heating, against temperature: S_eq(T), and for the
 * section on inherent structures their energy.
 *
 * Differences carry the errors of both sides, taken as independent: sqrt(e1^2 + e2^2). Between block
 * temperatures a curve is interpolated linearly, its error with the same weights. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/report_parts.h"

/* A kernel that looks at other moments than thermo has its own temperatures: on a fast ramp the mean of a
 * block depends on the moments. */
static const struct vt_dataset *temperature_of(const struct vt_report *r, int stage, const char *leaf)
{
    static const char *const of_structure[] = {"blocks/entropy/temperature", "blocks/pdf/temperature"};
    bool inherent = !strncmp(leaf, "inherent/", 9); /* sampled at moments of their own */
    const char *prefix = inherent ? "inherent/" : "";
    char path[128];
    const struct vt_dataset *d = NULL;
    for (size_t k = 0; k < 2 && strstr(leaf, "blocks/entropy/") && !d; k++) {
        snprintf(path, sizeof path, "%s%s", prefix, of_structure[k]);
        d = vt_report_find(r, stage, path);
    }
    snprintf(path, sizeof path, "%sblocks/temperature", prefix);
    return d ? d : vt_report_find(r, stage, path);
}

bool vt_report_blocks(const struct vt_report *r, int stage, const char *leaf, struct vt_report_blocks *b)
{
    b->temperature = temperature_of(r, stage, leaf);
    b->value = vt_report_find(r, stage, leaf);
    if (!b->temperature || !b->value || b->value->n_axes != 1) return false;
    b->n = b->value->axis[0].n;
    return vt_dataset_size(b->temperature) == (size_t)b->n && b->n > 1;
}

/* Value and error at temperature t by linear interpolation; false outside. */
static bool value_at(const struct vt_report_blocks *b, double t, double *value, double *error)
{
    const double *x = b->temperature->value, *y = b->value->value, *e = b->value->error;
    for (int k = 0; k + 1 < b->n; k++) {
        if (!((t - x[k]) * (t - x[k + 1]) <= 0) || x[k] == x[k + 1]) continue; /* a NaN is no end */
        double w = (t - x[k]) / (x[k + 1] - x[k]);
        *value = (1 - w) * y[k] + w * y[k + 1];
        *error = e ? hypot((1 - w) * e[k], w * e[k + 1]) : NAN;
        return true;
    }
    return false;
}

/* The heating of the state that the others are compared with: the first unsheared one. */
static int reference_heating(const struct vt_report *r, const char *leaf)
{
    struct vt_report_blocks b;
    for (int k = 0; k < r->n_stages; k++)
        if (vt_report_is(r, k, "heat") && !r->stage[k].sheared && vt_report_blocks(r, k, leaf, &b)) return k;
    return -1;
}

static enum vt_status add_difference(struct vt_plot *f, int panel, const struct vt_report *r, int stage,
                                     const struct vt_report_blocks *b,
                                     const struct vt_report_blocks *reference, double scale,
                                     struct vt_report_meeting *meeting)
{
    enum vt_status st;
    double *y, *e = NULL, hottest = -INFINITY, coldest = INFINITY, sum = 0, weight = 0;
    VT_TRY(vt_alloc(&y, b->n));
    VT_TRY_GOTO(st, done, vt_alloc(&e, b->n));
    const double *t = b->temperature->value;
    for (int k = 0; k < b->n; k++) {
        double value, error;
        y[k] = NAN;
        if (!value_at(reference, t[k], &value, &error)) continue;
        y[k] = scale * (b->value->value[k] - value);
        e[k] = scale * (b->value->error ? hypot(b->value->error[k], error) : NAN);
        hottest = fmax(hottest, t[k]), coldest = fmin(coldest, t[k]);
    }
    double from = hottest - 0.2 * (hottest - coldest);
    for (int k = 0; k < b->n; k++)
        if (isfinite(y[k]) && e[k] > 0 && t[k] >= from)
            sum += y[k] / (e[k] * e[k]), weight += 1 / (e[k] * e[k]);
    if (weight > 0 && !meeting->found)
        *meeting = (struct vt_report_meeting){from, sum / weight, 1 / sqrt(weight), true};
    st = vt_plot_add_series(f, panel,
                            &(struct vt_plot_series){.name = vt_report_line_name(r, stage),
                                                     .color = vt_report_color(r, stage),
                                                     .n = b->n,
                                                     .x = t,
                                                     .y = y,
                                                     .error = e});
done:
    free(e);
    free(y);
    return st;
}

/* Curves of all heatings that have leaf, and their differences to the reference times change_scale, in
 * change_unit (NULL: as the curves). */
enum vt_status vt_report_draw_on_heating(FILE *out, const struct vt_report *r, const char *id,
                                         const char *leaf, const char *title, const char *change_title,
                                         double change_scale, const char *change_unit, bool small,
                                         struct vt_report_meeting *meeting)
{
    int curves = 0, panel, reference = reference_heating(r, leaf), others = 0;
    enum vt_status st;
    const char *unit = "";
    struct vt_report_blocks b = {0}, base = {0};
    struct vt_plot f = {.id = id, .about = title, .x_title = "T [K]", .width = small ? 350 : 540};
    for (int i = 0; i < 2 * r->n_stages; i++) { /* unsheared states first */
        int k = i % r->n_stages;
        if (r->stage[k].sheared != (i >= r->n_stages)) continue;
        if (!vt_report_is(r, k, "heat") || !vt_report_blocks(r, k, leaf, &b)) continue;
        unit = b.value->unit;
        if (!curves++)
            VT_TRY_GOTO(st, done,
                        vt_plot_add_panel(&f, NULL, vt_report_axis(title, b.value->unit).text, 240, &panel));
        VT_TRY_GOTO(st, done,
                    vt_plot_add_series(&f, 0,
                                       &(struct vt_plot_series){.name = vt_report_line_name(r, k),
                                                                .color = vt_report_color(r, k),
                                                                .n = b.n,
                                                                .x = b.temperature->value,
                                                                .y = b.value->value,
                                                                .error = b.value->error}));
        others += reference >= 0 && k != reference;
    }
    if (!curves) return VT_OK;
    if (others) {
        VT_TRY_GOTO(st, done,
                    vt_plot_add_panel(&f, NULL,
                                      vt_report_axis(change_title, change_unit ? change_unit : unit).text,
                                      130, &panel));
        f.panel[panel].zero = true;
        vt_report_blocks(r, reference, leaf, &base);
        for (int k = 0; k < r->n_stages; k++) {
            if (k == reference || !vt_report_is(r, k, "heat") || !vt_report_blocks(r, k, leaf, &b)) continue;
            VT_TRY_GOTO(st, done, add_difference(&f, panel, r, k, &b, &base, change_scale, meeting));
        }
    }
    return vt_report_draw(out, &f, small ? "small" : "half");
done:
    vt_plot_release(&f);
    return st;
}

void vt_report_heating_caption(FILE *out, const struct vt_report *r, const char *leaf,
                               const struct vt_report_meeting *m, const char *what, const char *unit)
{
    int reference = reference_heating(r, leaf);
    fprintf(out, "<p class=\"caption\">Bands are one standard error.");
    if (reference >= 0) {
        fprintf(out, " Lower panels: difference from <b>");
        vt_report_escape(out, vt_report_line_name(r, reference));
        fprintf(out, "</b> (stage ");
        vt_report_escape(out, r->stage[reference].label);
        fprintf(out, ") at equal temperature.");
    }
    if (m->found)
        fprintf(out,
                " In the hottest fifth of the common range (above %.0f&nbsp;K) the mean difference in %s is "
                "<b>%s&nbsp;%s</b>, %.1f&#8239;σ from zero%s.",
                m->from, what, vt_report_format(m->difference, m->error).text, unit,
                fabs(m->difference) / m->error,
                fabs(m->difference) > 2 * m->error ? ": there, still on heating, the states differ" : "");
    fprintf(out, "</p>\n");
}

enum vt_status vt_report_entropy(FILE *out, const struct vt_report *r)
{
    static const struct {
        const char *id, *leaf, *title, *change;
    } curve[] = {
        {"s-xray", "blocks/entropy/s_xray", "S_{eq}, X-ray weighted", "ΔS_{eq}"},
        {"s-partial", "blocks/entropy/s_partial_sum", "S_{2}, sum over pairs", "ΔS_{2}"},
        {"s-number", "blocks/entropy/s_number", "S_{eq}, number weighted", "ΔS_{eq}"},
        {"s-xray-is", "inherent/blocks/entropy/s_xray", "S_{eq}, inherent, X-ray w.", "ΔS_{eq}"},
    };
    struct vt_report_meeting meeting = {0}, unused = {0};
    struct vt_report_blocks b;
    int figures = 0;
    for (size_t c = 0; c < sizeof curve / sizeof *curve; c++)
        for (int k = 0, found = 0; k < r->n_stages && !found; k++)
            figures += found = vt_report_is(r, k, "heat") && vt_report_blocks(r, k, curve[c].leaf, &b);
    if (!figures) return VT_OK;
    bool small = figures == 3; /* one row of three, rather than one and a half of two */
    vt_report_heading(out, "entropy", "Equivalent entropy on heating");
    fprintf(out, "<div class=\"figures%s\">\n", small ? " small" : "");
    for (size_t c = 0; c < sizeof curve / sizeof *curve; c++)
        VT_TRY(vt_report_draw_on_heating(out, r, curve[c].id, curve[c].leaf, curve[c].title, curve[c].change,
                                         1, NULL, small, c ? &unused : &meeting));
    fprintf(out, "</div>\n");
    vt_report_heating_caption(out, r, curve[0].leaf, &meeting, "X-ray weighted <i>S</i><sub>eq</sub>",
                              "<i>k</i><sub>B</sub>/atom");
    return VT_OK;
}
