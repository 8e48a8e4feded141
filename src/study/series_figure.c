/* series_figure.c: the figures of curve_series.h. */
#include <math.h>
#include <stdio.h>

#include "io/plot.h"
#include "study/curve_series.h"
#include "study/series_put.h"

/* One dataset of every series that has it. */
struct panel {
    const char *name, *y_title, *dots, *dots_name; /* dots: a dataset drawn as points; may be NULL */
    bool zero;
};

static enum vt_status draw(struct vt_plot *figure, int panel, int k, const char *label,
                           const struct vt_results *results, const char *group, const struct panel *what)
{
    enum { FEW = 60 }; /* points that can be told apart */
    const struct vt_dataset *d = vt_series_find(results, group, what->name),
                            *points = what->dots ? vt_series_find(results, group, what->dots) : NULL;
    if (!d) return VT_OK;
    if (points)
        VT_TRY(vt_plot_add_series(
            figure, panel,
            &(struct vt_plot_series){.name = what->dots_name,
                                     .color = VT_PLOT_NEUTRAL,
                                     .mark = points->axis[0].n > FEW ? VT_PLOT_THIN : VT_PLOT_DOTS,
                                     .n = points->axis[0].n,
                                     .x = points->axis[0].value,
                                     .y = points->value}));
    return vt_plot_add_series(figure, panel,
                              &(struct vt_plot_series){.name = label,
                                                       .color = k % VT_PLOT_COLORS,
                                                       .n = d->axis[0].n,
                                                       .x = d->axis[0].value,
                                                       .y = d->value,
                                                       .error = d->error});
}

static enum vt_status add_panel(struct vt_plot *figure, int n, const struct vt_series_files *series,
                                const struct vt_results *results, const struct panel *what)
{
    int panel;
    char group[VT_SERIES_GROUP];
    bool any = false;
    for (int k = 0; k < n; k++) {
        vt_series_group(&series[k], group);
        any = any || vt_series_find(results, group, what->name);
    }
    if (!any) return VT_OK;
    VT_TRY(vt_plot_add_panel(figure, NULL, what->y_title, 230, &panel));
    figure->panel[panel].zero = what->zero;
    for (int k = 0; k < n; k++) {
        vt_series_group(&series[k], group);
        VT_TRY(draw(figure, panel, k,
                    series[k].name ? series[k].name
                    : what->dots   ? "smooth"
                                   : NULL,
                    results, group, what));
    }
    return VT_OK;
}

/* Shading through all panels, as wide as the error but wide enough to be seen, and the number on the first
 * curve. */
static enum vt_status mark_break(struct vt_plot *figure, const struct vt_dataset *s, double at, double error)
{
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

enum vt_status vt_series_figure(int n, const struct vt_series_files *series, const struct vt_results *results,
                                char **svg)
{
    char group[VT_SERIES_GROUP];
    vt_series_group(&series[0], group);
    struct vt_plot figure = {
        .id = "series", .about = "S_eq and its slope against temperature", .x_title = "T [K]"};
    const struct vt_dataset *breaks = vt_series_find(results, group, "break_temperature");
    const bool aligned = vt_series_find(results, group, "s_aligned") != NULL,
               gram = vt_series_find(results, group, "heat_flow_gram") != NULL;
    const struct panel panels[] = {
        aligned ? (struct panel){"s_aligned_smooth", "S_{eq}, aligned [k_B]", "s_aligned", "curves", false}
                : (struct panel){"s_smooth", "S_{eq} [k_B]", "s_eq", "curves", false},
        {aligned ? "difference" : "difference_raw", "less the first [k_B]", NULL, NULL, true},
        {"c_eq", "T dS_{eq}/dT [k_B]", NULL, NULL, true},
        {gram ? "heat_flow_gram" : "heat_flow_mol", gram ? "heat flow [W/g]" : "heat flow [W/mol]", NULL,
         NULL, true},
    };
    enum vt_status st;
    for (size_t k = 0; k < sizeof panels / sizeof *panels; k++)
        VT_TRY_GOTO(st, done, add_panel(&figure, n, series, results, &panels[k]));
    for (int k = 0; n == 1 && breaks && k < breaks->axis[0].n; k++)
        VT_TRY_GOTO(st, done,
                    mark_break(&figure, vt_series_find(results, group, "s_smooth"), breaks->value[k],
                               breaks->error[k]));
    st = vt_plot_svg(&figure, svg);
done:
    vt_plot_release(&figure);
    return st;
}

enum vt_status vt_series_shell_figure(const struct vt_series_files *series, const struct vt_results *results,
                                      char **svg)
{
    enum { POINTS = 5000 };
    static double y[POINTS], error[POINTS];
    char group[VT_SERIES_GROUP], name[64];
    vt_series_group(series, group);
    const struct vt_dataset *d = vt_series_find(results, group, "shell_smooth");
    *svg = NULL;
    if (!d) return VT_OK;
    const int shells = d->axis[1].n, n = d->axis[0].n < POINTS ? d->axis[0].n : POINTS;
    struct vt_plot figure = {
        .id = "shells", .about = "parts of S_eq by shells, against temperature", .x_title = "T [K]"};
    int panel;
    enum vt_status st;
    VT_TRY_GOTO(
        st, done,
        vt_plot_add_panel(&figure, NULL, "S_{eq} of a shell, less its first value [k_B]", 320, &panel));
    figure.panel[panel].zero = true;
    for (int q = 0; q < shells; q++) {
        for (int k = 0; k < n; k++)
            y[k] = d->value[k * shells + q] - d->value[q], error[k] = d->error[k * shells + q];
        snprintf(name, sizeof name, "%.40s \303\205", d->axis[1].label[q]);
        VT_TRY_GOTO(st, done,
                    vt_plot_add_series(
                        &figure, panel,
                        &(struct vt_plot_series){.name = name,
                                                 .color = q % VT_PLOT_COLORS,
                                                 .mark = q < VT_PLOT_COLORS ? VT_PLOT_LINE : VT_PLOT_DASHED,
                                                 .n = n,
                                                 .x = d->axis[0].value,
                                                 .y = y,
                                                 .error = error}));
    }
    st = vt_plot_svg(&figure, svg);
done:
    vt_plot_release(&figure);
    return st;
}
