/* plot.c: figures are built here; plot_script.c tells gnuplot what to draw, plot_svg.c makes it inline SVG.
 *
 * Palette: after M. Okabe and K. Ito, Color Universal Design (2008), in an order in which the first two
 * differ most; these two, which are compared in most figures, are one darker and one lighter than there, so
 * that they stay apart in print without colours (lightness L* 36 and 58; 79 and 62 on a dark screen). */
#include "io/plot.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/plot_parts.h"

const struct vt_plot_variable vt_plot_variable[VT_PLOT_VARIABLES] = {
    {"--c0", "#00588f", "#8ccbf5"},   {"--c1", "#e06a00", "#e8792e"},    {"--c2", "#009e73", "#3fc49c"},
    {"--c3", "#b3578f", "#dd94c0"},   {"--c4", "#b07d00", "#e6b84a"},    {"--c5", "#3a9fd6", "#4aa3d8"},
    {"--c6", "#6b5b95", "#b5a7dd"},   {"--ink", "#22262b", "#e4e7ea"},   {"--frame", "#7b838b", "#8b939b"},
    {"--grid", "#e3e6e9", "#33393f"}, {"--shade", "#f1f3f5", "#22272c"}, {"--neutral", "#6a727a", "#a2aab2"},
};

void vt_plot_css(FILE *out, bool dark)
{
    for (int v = 0; v < VT_PLOT_VARIABLES; v++)
        fprintf(out, "%s:%s;", vt_plot_variable[v].name,
                dark ? vt_plot_variable[v].dark : vt_plot_variable[v].light);
}

int vt_utf8_bytes(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    if (!s[0]) return 0;
    if (s[0] < 0x80) return 1;
    int n = s[0] >= 0xf0 && s[0] < 0xf5   ? 4
            : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
            : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
                                          : 0;
    for (int k = 1; k < n; k++)
        if ((s[k] & 0xc0) != 0x80) return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xed && s[1] >= 0xa0, too_large = s[0] == 0xf4 && s[1] >= 0x90;
    return overlong || surrogate || too_large ? 0 : n;
}

static enum vt_status copy_text(const char **to, const char *text)
{
    char *copy = NULL;
    if (text) VT_TRY(vt_copy_text(&copy, text));
    *to = copy;
    return VT_OK;
}

static enum vt_status copy_numbers(const double **to, const double *from, int n)
{
    double *copy = NULL;
    if (from) {
        VT_TRY(vt_alloc(&copy, n));
        memcpy(copy, from, (size_t)n * sizeof *copy);
    }
    *to = copy;
    return VT_OK;
}

enum vt_status vt_plot_add_panel(struct vt_plot *figure, const char *title, const char *y_title,
                                 double height, int *panel)
{
    VT_TRY(vt_grow(&figure->panel, &figure->panel_capacity, figure->n_panels + 1));
    struct vt_plot_panel *p = &figure->panel[ *panel = figure->n_panels++];
    *p = (struct vt_plot_panel){.height = height, .y_min = NAN, .y_max = NAN};
    VT_TRY(copy_text((const char **)&p->title, title));
    return copy_text((const char **)&p->y_title, y_title);
}

enum vt_status vt_plot_add_series(struct vt_plot *figure, int panel, const struct vt_plot_series *series)
{
    assert(panel < figure->n_panels && series->color < VT_PLOT_COLORS);
    struct vt_plot_panel *p = &figure->panel[panel];
    VT_TRY(vt_grow(&p->series, &p->series_capacity, p->n_series + 1));
    struct vt_plot_series *s = &p->series[p->n_series++];
    *s = (struct vt_plot_series){
        .color = series->color, .mark = series->mark, .n = series->n, .width = series->width};
    VT_TRY(copy_text(&s->name, series->name));
    VT_TRY(copy_numbers(&s->x, series->x, s->n));
    VT_TRY(copy_numbers(&s->y, series->y, s->n));
    return copy_numbers(&s->error, series->error, s->n);
}

enum vt_status vt_plot_add_span(struct vt_plot *figure, int panel, const struct vt_plot_span *span)
{
    assert(panel < figure->n_panels && span->color < VT_PLOT_COLORS);
    struct vt_plot_panel *p = &figure->panel[panel];
    VT_TRY(vt_grow(&p->span, &p->span_capacity, p->n_spans + 1));
    struct vt_plot_span *s = &p->span[p->n_spans++];
    *s = (struct vt_plot_span){.x0 = span->x0, .x1 = span->x1, .lane = span->lane, .color = span->color};
    VT_TRY(copy_text(&s->label, span->label));
    return copy_text(&s->short_label, span->short_label);
}

enum vt_status vt_plot_add_image(struct vt_plot *figure, int panel, const struct vt_plot_image *image)
{
    struct vt_plot_panel *p = &figure->panel[panel];
    assert(panel < figure->n_panels && !p->image.n_x && image->n_x > 0 && image->high > image->low);
    p->image = *image;
    return copy_numbers(&p->image.value, image->value, image->n_x * image->n_y);
}

enum vt_status vt_plot_add_lane(struct vt_plot *figure, int panel, const char *name)
{
    struct vt_plot_panel *p = &figure->panel[panel];
    VT_TRY(vt_grow(&p->lane, &p->lane_capacity, p->n_lanes + 1));
    return copy_text((const char **)&p->lane[p->n_lanes++], name);
}

enum vt_status vt_plot_add_note(struct vt_plot *figure, int panel, double x, double y, const char *text)
{
    struct vt_plot_panel *p = &figure->panel[panel];
    VT_TRY(vt_grow(&p->note, &p->note_capacity, p->n_notes + 1));
    struct vt_plot_note *n = &p->note[p->n_notes++];
    *n = (struct vt_plot_note){.x = x, .y = y};
    return copy_text(&n->text, text);
}

enum vt_status vt_plot_add_tick(struct vt_plot *figure, double x, const char *label)
{
    VT_TRY(vt_grow(&figure->tick, &figure->tick_capacity, figure->n_ticks + 1));
    struct vt_plot_tick *t = &figure->tick[figure->n_ticks++];
    *t = (struct vt_plot_tick){.x = x};
    return copy_text(&t->label, label);
}

void vt_plot_release(struct vt_plot *figure)
{
    for (int k = 0; k < figure->n_panels; k++) {
        struct vt_plot_panel *p = &figure->panel[k];
        for (int s = 0; s < p->n_series; s++) {
            free((char *)p->series[s].name);
            free((double *)p->series[s].x);
            free((double *)p->series[s].y);
            free((double *)p->series[s].error);
        }
        for (int s = 0; s < p->n_spans; s++) {
            free((char *)p->span[s].label);
            free((char *)p->span[s].short_label);
        }
        for (int s = 0; s < p->n_notes; s++) free((char *)p->note[s].text);
        for (int s = 0; s < p->n_lanes; s++) free(p->lane[s]);
        free((double *)p->image.value);
        free(p->series);
        free(p->span);
        free(p->note);
        free(p->lane);
        free(p->title);
        free(p->y_title);
    }
    for (int k = 0; k < figure->n_ticks; k++) free((char *)figure->tick[k].label);
    free(figure->panel);
    free(figure->tick);
    *figure = (struct vt_plot){0};
}
