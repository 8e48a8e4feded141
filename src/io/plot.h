/* plot.h: figures as inline SVG, drawn by gnuplot.
 *
 * A figure is one column of panels that share their x axis; a page puts several figures side by side. Build
 * it with the add functions (they copy what they are given), draw it, release it:
 *
 *     struct vt_plot figure = {.id = "rdf", .about = "g(r) before and after", .x_title = "r [angstrom]"};
 *     st = vt_plot_add_panel(&figure, "g(r)", 260, &panel);
 *     st = vt_plot_add_series(&figure, panel, &(struct vt_plot_series){"as-cast", .n = n, .x = r, .y = g});
 *     st = vt_plot_svg(&figure, &svg);
 *     vt_plot_release(&figure);
 *
 * Titles of axes and panels may hold gnuplot's markup ("S_{eq}", "cm^{-3}"); names and labels are plain text
 * and may come from users. Colours are CSS variables (--c0, --ink, ...) with a fallback, so that a page can
 * change them for a dark screen and the SVG still stands alone. */
#ifndef VT_PLOT_H
#define VT_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/status.h"

/* Colours of series: 0 .. VT_PLOT_COLORS - 1 (after Okabe and Ito, told apart by colour-blind people),
 * or VT_PLOT_NEUTRAL. */
enum { VT_PLOT_COLORS = 7, VT_PLOT_NEUTRAL = -1 };

enum vt_plot_mark { VT_PLOT_LINE, VT_PLOT_DASHED, VT_PLOT_THIN, VT_PLOT_DOTS, VT_PLOT_BARS };

struct vt_plot_series {
    const char *name; /* in the key; NULL: not there. Series of one name share an entry */
    int color;
    enum vt_plot_mark mark;
    int n;
    const double *x, *y; /* a NaN breaks the line */
    const double *error; /* a band around lines, a line through dots and bars; NULL: none */
    double width;        /* of bars, in x */
};

/* A stretch of x: a box with a label in a panel of lanes, light shading in any other panel. */
struct vt_plot_span {
    double x0, x1;
    int lane, color;
    const char *label, *short_label; /* the longest that fits is drawn */
};

/* A tick label at x: for axes that name things. */
struct vt_plot_tick {
    double x;
    const char *label;
};

/* A few words above a point. */
struct vt_plot_note {
    double x, y;
    const char *text;
};

/* A map in colours, from dark (low) to bright (high); numbers beyond are drawn as the nearest. */
struct vt_plot_image {
    int n_x, n_y;
    double x0, x1, y0, y1; /* its edges */
    const double *value;   /* (n_y, n_x), rows by ascending y; a NaN is left open */
    double low, high;
};

struct vt_plot_panel {
    char *title, *y_title;
    double height;       /* pixels */
    double y_min, y_max; /* NaN: from the series */
    bool zero;           /* a line at y = 0 */
    int n_series, n_spans, n_notes, n_lanes;
    size_t series_capacity, span_capacity, note_capacity, lane_capacity;
    struct vt_plot_series *series;
    struct vt_plot_span *span;
    struct vt_plot_note *note;
    struct vt_plot_image image; /* n_x 0: none */
    char **lane;                /* names of the lanes, from the top; n_lanes = 0: an ordinary panel */
};

struct vt_plot {
    const char *id;    /* unique on its page, letters and digits */
    const char *about; /* one line for those who cannot see it */
    const char *x_title;
    double width;        /* pixels; 0: 540 */
    double x_min, x_max; /* both 0: from the series and spans */
    bool no_key;
    int n_panels, n_ticks;
    size_t panel_capacity, tick_capacity;
    struct vt_plot_panel *panel;
    struct vt_plot_tick *tick;
};

/* *panel is its number. title NULL: none. */
enum vt_status vt_plot_add_panel(struct vt_plot *figure, const char *title, const char *y_title,
                                 double height, int *panel);
enum vt_status vt_plot_add_series(struct vt_plot *figure, int panel, const struct vt_plot_series *series);
enum vt_status vt_plot_add_span(struct vt_plot *figure, int panel, const struct vt_plot_span *span);
/* Below the series of its panel; one of each panel. */
enum vt_status vt_plot_add_image(struct vt_plot *figure, int panel, const struct vt_plot_image *image);
enum vt_status vt_plot_add_lane(struct vt_plot *figure, int panel, const char *name);
/* text: plain. */
enum vt_status vt_plot_add_note(struct vt_plot *figure, int panel, double x, double y, const char *text);
enum vt_status vt_plot_add_tick(struct vt_plot *figure, double x, const char *label);

/* Draw: *svg is an <svg> element, the caller's to free. Local; runs gnuplot as a child process and fails with
 * VT_EWORLD if there is none. Panels without series or lanes are drawn empty. */
enum vt_status vt_plot_svg(const struct vt_plot *figure, char **svg);
/* Several in a row as one <svg>; those without panels are passed over. */
enum vt_status vt_plot_row(const char *id, const char *about, int n, const struct vt_plot *figures,
                           char **svg);
void vt_plot_release(struct vt_plot *figure);

/* CSS declarations that give the variables their values on a light or on a dark screen: "--c0:#0072b2;...".
 */
void vt_plot_css(FILE *out, bool dark);

/* Bytes of the UTF-8 character at text; 0 where it is none (or at the end). */
int vt_utf8_bytes(const char *text);

#endif
