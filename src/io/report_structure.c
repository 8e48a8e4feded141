/* report_structure.c: g(r) before and after shear.
 *
 * Differences carry the errors of both sides, taken as independent: sqrt(e1^2 + e2^2). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/report_parts.h"

static const double change_bin = 0.08; /* angstrom or its inverse: well below the width of any peak */

/* Differences of neighbouring bins correlate, as one atom more in a shell is one less in the next; so the
 * error of a mean may not be taken as smaller than the mean of the errors, which it never exceeds: sd(sum
 * x_k) <= sum sd(x_k). */
int vt_report_rebin(int n, int group, double *x, double *y, double *error)
{
    int wide = n / group;
    for (int k = 0; k < wide; k++) {
        double sum[3] = {0};
        for (int i = k * group; i < (k + 1) * group; i++)
            sum[0] += x[i], sum[1] += y[i], sum[2] += error ? error[i] : 0;
        x[k] = sum[0] / group, y[k] = sum[1] / group;
        if (error) error[k] = sum[2] / group;
    }
    return wide;
}

/* Bins of g that make one of the change. */
static int bins_in_change(const struct vt_axis *r)
{
    double width = r->n > 1 ? r->value[1] - r->value[0] : change_bin;
    return width > 0 ? (int)fmax(1, fmin(r->n, round(change_bin / width))) : 1;
}

enum vt_status vt_report_add_row(struct vt_plot *f, int panel, const struct vt_report *r, int stage,
                                 const struct vt_dataset *d, int row)
{
    const struct vt_axis *axis = &d->axis[d->n_axes - 1];
    const double *error = d->error ? d->error + (size_t)row * (size_t)axis->n : NULL;
    bool small = f->width < 400;
    return vt_plot_add_series(f, panel,
                              &(struct vt_plot_series){
                                  .name = vt_report_line_name(r, stage),
                                  .color = vt_report_color(r, stage),
                                  .mark = small ? VT_PLOT_THIN : VT_PLOT_LINE,
                                  .n = axis->n,
                                  .x = axis->value,
                                  .y = d->value + (size_t)row * (size_t)axis->n,
                                  .error = error,
                              });
}

/* Where the curves leave the core, less a little, for the start of the axis. */
static double start_of_g(const struct vt_dataset *d, int row)
{
    const struct vt_axis *axis = &d->axis[d->n_axes - 1];
    const double *g = d->value + (size_t)row * (size_t)axis->n;
    for (int k = 0; k < axis->n; k++)
        if (g[k] > 0.02) return fmax(0, floor(2 * axis->value[k]) / 2 - 0.5);
    return 0;
}

static double end_of_g(const struct vt_dataset *d)
{
    const struct vt_axis *axis = &d->axis[d->n_axes - 1];
    return axis->n > 1 ? axis->value[axis->n - 1] + 0.5 * (axis->value[1] - axis->value[0]) : 1;
}

static bool same_grid(const struct vt_axis *a, const struct vt_axis *b)
{
    if (a->n != b->n) return false;
    for (int k = 0; k < a->n; k++)
        if (fabs(a->value[k] - b->value[k]) > 1e-9 * fabs(a->value[k]) + 1e-12) return false;
    return true;
}

static enum vt_status add_g_change(struct vt_plot *f, const struct vt_dataset *before, int row_before,
                                   const struct vt_dataset *after, int row_after, double height)
{
    const struct vt_axis *axis = &before->axis[before->n_axes - 1];
    size_t n = (size_t)axis->n;
    if (!same_grid(axis, &after->axis[after->n_axes - 1])) return VT_OK;
    enum vt_status st;
    double *at, *change = NULL, *error = NULL;
    int panel;
    VT_TRY(vt_alloc(&at, n));
    VT_TRY_GOTO(st, done, vt_alloc(&change, n));
    VT_TRY_GOTO(st, done, vt_alloc(&error, n));
    size_t a = (size_t)row_before * n, b = (size_t)row_after * n;
    for (size_t k = 0; k < n; k++) {
        at[k] = axis->value[k];
        change[k] = after->value[b + k] - before->value[a + k];
        if (before->error && after->error) error[k] = hypot(before->error[a + k], after->error[b + k]);
    }
    int wide = vt_report_rebin((int)n, bins_in_change(axis), at, change, error);
    VT_TRY_GOTO(st, done, vt_plot_add_panel(f, NULL, "Change", height, &panel));
    f->panel[panel].zero = true;
    st = vt_plot_add_series(f, panel,
                            &(struct vt_plot_series){.color = VT_PLOT_NEUTRAL,
                                                     .mark = VT_PLOT_THIN,
                                                     .n = wide,
                                                     .x = at,
                                                     .y = change,
                                                     .error = before->error && after->error ? error : NULL});
done:
    free(error);
    free(change);
    free(at);
    return st;
}

int vt_report_label(const struct vt_dataset *d, int axis, const char *label)
{
    for (int k = 0; d->axis[axis].label && k < d->axis[axis].n; k++)
        if (!strcmp(d->axis[axis].label[k], label)) return k;
    return -1;
}

enum vt_status vt_report_draw_curve(FILE *out, const struct vt_report *r, const struct vt_report_curve *c)
{
    enum vt_status st;
    const struct vt_dataset *before = c->before, *after = c->after, *any = before ? before : after;
    const struct vt_axis *axis = &any->axis[any->n_axes - 1];
    struct vt_report_text x_title = vt_report_axis(axis->name, axis->unit ? axis->unit : "angstrom");
    struct vt_plot f = {
        .id = c->id, .about = c->title, .x_title = x_title.text, .width = c->small ? 350 : 540};
    f.x_min = c->x_min;
    if (isnan(f.x_min))
        f.x_min = fmin(before ? start_of_g(before, c->row_before) : INFINITY,
                       after ? start_of_g(after, c->row_after) : INFINITY);
    f.x_max = c->x_max > 0 ? fmin(c->x_max, end_of_g(any)) : end_of_g(any);
    int panel;
    VT_TRY_GOTO(st, done,
                vt_plot_add_panel(&f, c->small ? c->title : NULL, c->y_title, c->small ? 130 : 240, &panel));
    if (before) VT_TRY_GOTO(st, done, vt_report_add_row(&f, panel, r, r->before, before, c->row_before));
    if (after) VT_TRY_GOTO(st, done, vt_report_add_row(&f, panel, r, r->after, after, c->row_after));
    if (before && after)
        VT_TRY_GOTO(st, done,
                    add_g_change(&f, before, c->row_before, after, c->row_after, c->small ? 70 : 120));
    return vt_report_draw(out, &f, c->small ? "small" : "half");
done:
    vt_plot_release(&f);
    return st;
}

const struct vt_dataset *vt_report_curve_of(const struct vt_report *r, int stage, const char *leaf,
                                            int n_axes)
{
    const struct vt_dataset *d = stage < 0 ? NULL : vt_report_find(r, stage, leaf);
    if (!d || d->n_axes != n_axes || !d->axis[n_axes - 1].value) return NULL;
    return n_axes == 1 || d->axis[0].label ? d : NULL;
}

/* Pairs in the order of their share of the partial sum of S_eq, so that the important ones come first. */
static enum vt_status order_pairs(const struct vt_report *r, int stage, const struct vt_dataset *g,
                                  int **order)
{
    const struct vt_dataset *share = vt_report_find(r, stage, "entropy/s_pair");
    int n = g->axis[0].n;
    VT_TRY(vt_alloc(order, n));
    for (int k = 0; k < n; k++) (*order)[k] = k;
    if (!share || share->n_axes != 1 || share->axis[0].n != n || !share->axis[0].label) return VT_OK;
    for (int k = 0; k < n; k++)
        if (strcmp(share->axis[0].label[k], g->axis[0].label[k])) return VT_OK;
    for (int k = 1; k < n; k++) /* insertion sort: a handful of pairs */
        for (int j = k; j > 0 && fabs(share->value[(*order)[j]]) > fabs(share->value[(*order)[j - 1]]); j--) {
            int swap = (*order)[j];
            (*order)[j] = (*order)[j - 1], (*order)[j - 1] = swap;
        }
    return VT_OK;
}

static void put_state(FILE *out, const struct vt_report *r, int stage)
{
    struct vt_report_value t, p;
    fprintf(out, "<span class=\"dot c%d\"></span><b>", vt_report_color(r, stage));
    vt_report_escape(out, vt_report_line_name(r, stage));
    fprintf(out, "</b> (stage ");
    vt_report_escape(out, r->stage[stage].label);
    if (vt_report_number(r, stage, "thermo/temperature", &t))
        fprintf(out, ", %s&nbsp;%s", vt_report_brief(t.value, 3).text, vt_report_unit(t.unit, true).text);
    if (vt_report_number(r, stage, "thermo/pressure", &p))
        fprintf(out, ", %s&nbsp;%s", vt_report_brief(round(100 * p.value) / 100, 3).text,
                vt_report_unit(p.unit, true).text);
    fprintf(out, ")");
}

enum vt_status vt_report_draw_pairs(FILE *out, const struct vt_report *r, const char *heading,
                                    const struct vt_report_curve *c)
{
    const struct vt_dataset *before = c->before, *after = c->after, *any = before ? before : after;
    enum vt_status st = VT_OK;
    int *order;
    VT_TRY(order_pairs(r, before ? r->before : r->after, any, &order));
    fprintf(out, "<h3>%s</h3>\n<p class=\"caption\">", heading);
    if (before) put_state(out, r, r->before);
    fprintf(out, before && after ? ", " : "");
    if (after) put_state(out, r, r->after);
    fprintf(out, ".%s</p>\n<div class=\"figures small\">\n",
            vt_report_find(r, before ? r->before : r->after, "entropy/s_pair")
                ? " Pairs in the order of their share of the entropy."
                : "");
    for (int k = 0; k < any->axis[0].n && !st; k++) {
        int row = order[k],
            other = before && after ? vt_report_label(after, 0, any->axis[0].label[row]) : row;
        char id[32], title[128] = "", *t = title; /* labels are plain text, titles markup */
        snprintf(id, sizeof id, "%s-%d", c->id, row);
        for (const char *s = any->axis[0].label[row]; *s && t < title + sizeof title - 3; s++) {
            if (strchr("{}^_@&~\\", *s)) *t++ = '\\';
            *t++ = *s;
        }
        st = vt_report_draw_curve(out, r,
                                  &(struct vt_report_curve){.id = id,
                                                            .title = title,
                                                            .y_title = c->y_title,
                                                            .before = before,
                                                            .after = other < 0 ? NULL : after,
                                                            .row_before = row,
                                                            .row_after = other,
                                                            .x_min = c->x_min,
                                                            .x_max = c->x_max,
                                                            .small = true});
    }
    free(order);
    fprintf(out, "</div>\n");
    return st;
}

/* c: any of those compared; NULL: none in the stage after. */
static void put_change_caption(FILE *out, const struct vt_dataset *c)
{
    fprintf(out, ". Bands are one standard error. Lower panels: the change, after minus before");
    const struct vt_axis *axis = c ? &c->axis[c->n_axes - 1] : NULL;
    int group = axis ? bins_in_change(axis) : 1;
    if (group > 1)
        fprintf(
            out,
            ", for display in bins of %s&nbsp;%s, each the mean of %d measured ones; as neighbouring bins "
            "are not independent, its band is the mean of their errors, which is an upper bound",
            vt_report_brief(group * (axis->value[1] - axis->value[0]), 2).text,
            vt_report_unit(axis->unit ? axis->unit : "angstrom", true).text, group);
    fprintf(out, ".");
}

void vt_report_put_compared(FILE *out, const struct vt_report *r, const struct vt_dataset *c)
{
    fprintf(out, "<p class=\"caption\">");
    if (r->before >= 0 && r->after >= 0) {
        fprintf(out, "Compared are ");
        put_state(out, r, r->before);
        fprintf(out, " and ");
        put_state(out, r, r->after);
        put_change_caption(out, c);
        if (!r->same_temperature)
            fprintf(out,
                    " <strong>They were not measured at the same temperature; the change contains thermal "
                    "broadening.</strong>");
        if (!r->same_pressure)
            fprintf(out, " <strong>They were not measured at the same pressure; the change contains elastic "
                         "compression.</strong>");
    } else {
        put_state(out, r, r->after >= 0 ? r->after : r->before);
        fprintf(out, ". Bands are one standard error.");
    }
    fprintf(out, "</p>\n");
}

enum vt_status vt_report_structure(FILE *out, const struct vt_report *r)
{
    struct vt_report shown = *r; /* without a pair to compare, the last stage that has a g(r) */
    if (r->before < 0)
        for (int k = 0; k < r->n_stages; k++)
            if (vt_report_find(r, k, "pdf/g_xray") || vt_report_find(r, k, "pdf/g_number") ||
                vt_report_find(r, k, "pdf/g_partial"))
                shown.after = k;
    static const struct {
        const char *leaf, *id, *about, *y_title;
    } total[] = {{"pdf/g_xray", "g-xray", "X-ray weighted g(r)", "g(r), X-ray weighted"},
                 {"pdf/g_number", "g-number", "Number weighted g(r)", "g(r), number weighted"}};
    const struct vt_dataset *before[2], *after[2],
        *partial[2] = {vt_report_curve_of(&shown, shown.before, "pdf/g_partial", 2),
                       vt_report_curve_of(&shown, shown.after, "pdf/g_partial", 2)};
    bool any_total = false;
    for (int k = 0; k < 2; k++) {
        before[k] = vt_report_curve_of(&shown, shown.before, total[k].leaf, 1);
        after[k] = vt_report_curve_of(&shown, shown.after, total[k].leaf, 1);
        any_total |= before[k] || after[k];
    }
    if (!any_total && !partial[0] && !partial[1]) return VT_OK;
    vt_report_heading(out, "structure", "Pair distribution");
    if (any_total) {
        fprintf(out, "<div class=\"figures\">\n");
        for (int k = 0; k < 2; k++)
            if (before[k] || after[k])
                VT_TRY(vt_report_draw_curve(out, &shown,
                                            &(struct vt_report_curve){.id = total[k].id,
                                                                      .title = total[k].about,
                                                                      .y_title = total[k].y_title,
                                                                      .before = before[k],
                                                                      .after = after[k],
                                                                      .x_min = NAN}));
        fprintf(out, "</div>\n");
    }
    vt_report_put_compared(out, &shown, after[0] ? after[0] : after[1] ? after[1] : partial[1]);
    if (!partial[0] && !partial[1]) return VT_OK;
    return vt_report_draw_pairs(
        out, &shown, "Partial <i>g</i>(<i>r</i>)",
        &(struct vt_report_curve){
            .id = "partial", .y_title = "g(r)", .before = partial[0], .after = partial[1], .x_min = NAN});
}
