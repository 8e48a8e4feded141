/* plot.c: a figure becomes a gnuplot script, gnuplot's SVG becomes inline SVG.
 *
 * The script goes to gnuplot's standard input and the SVG comes back through an unnamed file in memory, so
 * nothing touches a shell, a disk or a pipe that could fill. Text is given to gnuplot in single quotes,
 * where it expands nothing, with its markup characters escaped.
 *
 * Colours travel through gnuplot as numbers (#0102kk for variable kk) and come out as var(--name, #fallback).
 *
 * Palette: M. Okabe and K. Ito, Color Universal Design (2008), in an order in which the first two differ
 * most. */
#include "io/plot.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/memory.h"

extern char **environ;

static const double left = 78, right = 14, bottom = 58, gap = 12, title_height = 24, key_height = 22;
static const double text_width = 7.2; /* of one character at 13 pixels, generously */

/* Variables by number: the series' colours first. */
enum { INK = VT_PLOT_COLORS, FRAME, GRID, SHADE, NEUTRAL, VARIABLES };
static const struct {
    const char *name, *light, *dark;
} variable[VARIABLES] = {
    {"--c0", "#0072b2", "#5fb0e6"},   {"--c1", "#d55e00", "#f28e4b"},    {"--c2", "#009e73", "#3fc49c"},
    {"--c3", "#b3578f", "#dd94c0"},   {"--c4", "#b07d00", "#e6b84a"},    {"--c5", "#3a9fd6", "#9ad4f5"},
    {"--c6", "#6b5b95", "#b5a7dd"},   {"--ink", "#22262b", "#e4e7ea"},   {"--frame", "#7b838b", "#8b939b"},
    {"--grid", "#e3e6e9", "#33393f"}, {"--shade", "#f1f3f5", "#22272c"}, {"--neutral", "#6a727a", "#a2aab2"},
};
void vt_plot_css(FILE *out, bool dark)
{
    for (int v = 0; v < VARIABLES; v++)
        fprintf(out, "%s:%s;", variable[v].name, dark ? variable[v].dark : variable[v].light);
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

/* ---- building ---- */

static enum vt_status copy_text(const char **to, const char *text)
{
    char *copy = NULL;
    if (text) {
        VT_TRY(vt_alloc(&copy, strlen(text) + 1));
        strcpy(copy, text);
    }
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
    *s = (struct vt_plot_series){.color = series->color, .mark = series->mark, .n = series->n};
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

enum vt_status vt_plot_add_lane(struct vt_plot *figure, int panel, const char *name)
{
    struct vt_plot_panel *p = &figure->panel[panel];
    VT_TRY(vt_grow(&p->lane, &p->lane_capacity, p->n_lanes + 1));
    return copy_text((const char **)&p->lane[p->n_lanes++], name);
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
        for (int s = 0; s < p->n_lanes; s++) free(p->lane[s]);
        free(p->series);
        free(p->span);
        free(p->lane);
        free(p->title);
        free(p->y_title);
    }
    for (int k = 0; k < figure->n_ticks; k++) free((char *)figure->tick[k].label);
    free(figure->panel);
    free(figure->tick);
    *figure = (struct vt_plot){0};
}

/* ---- the script ---- */

/* Text in single quotes; plain text has its markup characters escaped. Control characters become spaces and
 * bytes that are no UTF-8 question marks. '&' and '<' are escaped by gnuplot's SVG driver. */
static void put_text(FILE *out, const char *text, bool plain)
{
    fputc('\'', out);
    while (*text) {
        int n = vt_utf8_bytes(text);
        if (n == 1) {
            if (plain && strchr("{}^_@&~\\", *text)) fputc('\\', out);
            if (*text == '\'') fputc('\'', out);
            fputc((unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text, out);
        } else if (n)
            fwrite(text, 1, (size_t)n, out);
        else
            fputc('?', out);
        text += n ? n : 1;
    }
    fputc('\'', out);
}

static int characters(const char *text)
{
    int n = 0;
    for (; *text; text++) n += (*text & 0xc0) != 0x80;
    return n;
}

static void put_color(FILE *out, int color)
{
    fprintf(out, "rgb '#0102%02x'", color == VT_PLOT_NEUTRAL ? NEUTRAL : color);
}

/* The round step (1, 2 or 5 times a power of ten) of at most `most` intervals, and the decimals it needs. */
static double round_step(double span, double most, int *decimals)
{
    double raw = span / fmax(most, 1);
    int power = (int)floor(log10(raw));
    double unit = pow(10, power), ratio = raw / unit * (1 - 1e-9);
    double step = ratio <= 1 ? unit : ratio <= 2 ? 2 * unit : ratio <= 5 ? 5 * unit : 10 * unit;
    if (ratio > 5) power++;
    *decimals = power < 0 ? -power : 0;
    return step;
}

/* The same, finer where only one label would fall into the range: one alone gives no scale. */
static double label_step(double low, double high, double most, int *decimals)
{
    double step = round_step(high - low, most, decimals);
    for (int finer = 2; finer <= 16 && floor(high / step) - ceil(low / step) < 1; finer *= 2)
        step = round_step(high - low, fmax(most, 1) * finer, decimals);
    return step;
}

static void widen(double *low, double *high, double value)
{
    if (!isfinite(value)) return;
    *low = fmin(*low, value);
    *high = fmax(*high, value);
}

static void x_range(const struct vt_plot *f, double *low, double *high)
{
    *low = INFINITY, *high = -INFINITY;
    if (f->x_min != 0 || f->x_max != 0) {
        *low = f->x_min, *high = f->x_max;
        return;
    }
    for (int k = 0; k < f->n_panels; k++) {
        const struct vt_plot_panel *p = &f->panel[k];
        for (int s = 0; s < p->n_series; s++)
            for (int i = 0; i < p->series[s].n; i++)
                if (isfinite(p->series[s].y[i])) widen(low, high, p->series[s].x[i]);
        for (int s = 0; s < p->n_spans; s++) {
            widen(low, high, p->span[s].x0);
            widen(low, high, p->span[s].x1);
        }
    }
    if (f->n_ticks) *low -= 0.5, *high += 0.5;
    if (!(*low <= *high)) *low = 0, *high = 1;
    if (*low == *high) *low -= 0.5, *high += 0.5;
}

/* What the series need within the figure's x range, with a little room. A flat line gets room in proportion
 * to its value, so that noise in the last digits is not blown up. */
static void y_range(const struct vt_plot_panel *p, double x0, double x1, double *low, double *high)
{
    *low = INFINITY, *high = -INFINITY;
    for (int s = 0; s < p->n_series; s++) {
        const struct vt_plot_series *q = &p->series[s];
        for (int i = 0; i < q->n; i++) {
            if (!(q->x[i] >= x0 && q->x[i] <= x1)) continue;
            double e = q->error && isfinite(q->error[i]) ? q->error[i] : 0;
            widen(low, high, q->y[i] - e);
            widen(low, high, q->y[i] + e);
        }
    }
    if (p->zero) widen(low, high, 0);
    if (!(*low <= *high)) *low = 0, *high = 1;
    double room = fmax(0.06 * (*high - *low), 1e-6 * fmax(fabs(*low), fabs(*high)));
    if (room == 0) room = 0.5;
    *low -= room, *high += room;
    if (!isnan(p->y_min)) *low = p->y_min;
    if (!isnan(p->y_max)) *high = p->y_max;
}

/* Lines of numbers; a NaN becomes one empty line, which breaks the curve. */
static void put_data(FILE *out, const char *name, const struct vt_plot_series *s)
{
    bool open = false;
    fprintf(out, "$%s << EOD\n", name);
    for (int i = 0; i < s->n; i++)
        if (isfinite(s->x[i]) && isfinite(s->y[i])) {
            double e = s->error && isfinite(s->error[i]) ? s->error[i] : 0;
            fprintf(out, "%.8g %.8g %.4g\n", s->x[i], s->y[i], e);
            open = true;
        } else if (open) {
            fputc('\n', out);
            open = false;
        }
    fprintf(out, "EOD\n");
}

static bool drawable(const struct vt_plot_series *s)
{
    for (int i = 0; i < s->n; i++)
        if (isfinite(s->x[i]) && isfinite(s->y[i])) return true;
    return false;
}

/* Bands below all lines, so that no curve hides under another's error. */
static void put_curves(FILE *out, int panel, const struct vt_plot_panel *p)
{
    for (int s = 0; s < p->n_series; s++) {
        char name[32];
        snprintf(name, sizeof name, "d%d_%d", panel, s);
        if (drawable(&p->series[s])) put_data(out, name, &p->series[s]);
    }
    fprintf(out, "plot NaN notitle"); /* something to draw where there is no curve */
    for (int s = 0; s < p->n_series; s++) {
        const struct vt_plot_series *q = &p->series[s];
        if (!q->error || q->mark == VT_PLOT_DOTS || !drawable(q)) continue;
        fprintf(out, ", $d%d_%d using 1:($2-$3):($2+$3) with filledcurves fc ", panel, s);
        put_color(out, q->color);
        fprintf(out, " fs transparent solid 0.22 noborder notitle");
    }
    for (int s = 0; s < p->n_series; s++) {
        const struct vt_plot_series *q = &p->series[s];
        if (!drawable(q)) continue;
        if (q->mark == VT_PLOT_DOTS && q->error) {
            fprintf(out, ", $d%d_%d using 1:2:3 with yerrorbars pt 0 lw 1.3 lc ", panel, s);
            put_color(out, q->color);
            fprintf(out, " notitle");
        }
        fprintf(out, ", $d%d_%d using 1:2 with %s lc ", panel, s,
                q->mark == VT_PLOT_DOTS ? "points pt 7 ps 0.75" : "lines");
        put_color(out, q->color);
        if (q->mark != VT_PLOT_DOTS) fprintf(out, " lw %g", q->mark == VT_PLOT_THIN ? 1.1 : 1.9);
        if (q->mark == VT_PLOT_DASHED) fprintf(out, " dt (7,4)");
        fprintf(out, " notitle");
    }
    fprintf(out, "\n");
}

/* Boxes with labels; the longest label that fits. */
static void put_lanes(FILE *out, const struct vt_plot_panel *p, double pixels_per_x)
{
    for (int s = 0; s < p->n_spans; s++) {
        const struct vt_plot_span *q = &p->span[s];
        double y = p->n_lanes - q->lane - 0.5, room = (q->x1 - q->x0) * pixels_per_x;
        for (int edge = 0; edge < 2;
             edge++) { /* a tint, then its border: an opaque one would hide the text */
            fprintf(out, "set object rect from %.8g,%.8g to %.8g,%.8g behind fc ", q->x0, y - 0.4, q->x1,
                    y + 0.4);
            put_color(out, q->color);
            if (edge)
                fprintf(out, " fs empty border lc rgb '#0102%02x' lw 1\n", q->color < 0 ? NEUTRAL : q->color);
            else
                fprintf(out, " fs transparent solid 0.22 noborder\n");
        }
        const char *label = q->label && text_width * characters(q->label) + 6 < room ? q->label
                            : q->short_label && text_width * characters(q->short_label) < room
                                ? q->short_label
                                : NULL;
        if (!label) continue;
        fprintf(out, "set label ");
        put_text(out, label, true);
        fprintf(out, " at %.8g,%.8g center front textcolor rgb '#0102%02x'\n", 0.5 * (q->x0 + q->x1), y, INK);
    }
}

struct key_entry {
    const struct vt_plot_series *series;
    double x;
    int row;
};

/* Lay the key out in rows; returns their number. entries has room for all series. */
static int layout_key(const struct vt_plot *f, double width, struct key_entry *entry, int *n)
{
    double x = left;
    int row = 0;
    *n = 0;
    if (f->no_key) return 0;
    for (int k = 0; k < f->n_panels; k++)
        for (int s = 0; s < f->panel[k].n_series; s++) {
            const struct vt_plot_series *q = &f->panel[k].series[s];
            bool known = !q->name || !drawable(q);
            for (int e = 0; e < *n && !known; e++) known = !strcmp(entry[e].series->name, q->name);
            if (known) continue;
            double need = 38 + text_width * characters(q->name) + 16;
            if (x > left && x + need > width - right) x = left, row++;
            entry[(*n)++] = (struct key_entry){q, x, row};
            x += need;
        }
    return *n ? row + 1 : 0;
}

static void put_key(FILE *out, const struct key_entry *entry, int n, double width, double height)
{
    for (int e = 0; e < n; e++) {
        const struct vt_plot_series *q = entry[e].series;
        double y = 1 - (key_height * (entry[e].row + 0.5)) / height;
        if (q->mark == VT_PLOT_DOTS) {
            fprintf(out, "set label '' at screen %.6f,%.6f point pt 7 ps 0.75 lc ", (entry[e].x + 15) / width,
                    y);
            put_color(out, q->color);
        } else {
            fprintf(out, "set arrow from screen %.6f,%.6f to screen %.6f,%.6f nohead lw %g lc ",
                    entry[e].x / width, y, (entry[e].x + 30) / width, y, q->mark == VT_PLOT_THIN ? 1.1 : 1.9);
            put_color(out, q->color);
            if (q->mark == VT_PLOT_DASHED) fprintf(out, " dt (7,4)");
        }
        fprintf(out, "\nset label ");
        put_text(out, q->name, true);
        fprintf(out, " at screen %.6f,%.6f left textcolor rgb '#0102%02x'\n", (entry[e].x + 38) / width, y,
                INK);
    }
}

static void put_x_axis(FILE *out, const struct vt_plot *f, double x0, double x1, double inner, bool last)
{
    fprintf(out, "set xrange [%.10g:%.10g]\n", x0, x1);
    if (f->n_ticks) {
        bool fits = true;
        for (int t = 0; t < f->n_ticks; t++)
            fits &= text_width * characters(f->tick[t].label) < inner / (x1 - x0);
        fprintf(out, "set xtics %s scale 0 (", fits ? "norotate" : "rotate by 35 right");
        for (int t = 0; t < f->n_ticks; t++) {
            fprintf(out, t ? ", " : "");
            put_text(out, last ? f->tick[t].label : "", true);
            fprintf(out, " %.10g", f->tick[t].x);
        }
        fprintf(out, ") textcolor rgb '#0102%02x'\n", INK);
    } else {
        int decimals;
        double step = round_step(x1 - x0, inner / 44, &decimals);
        fprintf(out, "set xtics %.10g scale 0.5 nomirror textcolor rgb '#0102%02x'\n", step, INK);
        if (last)
            fprintf(out, "set format x '%%.%df'\n", decimals);
        else
            fprintf(out, "set format x ''\n");
    }
    if (last) {
        fprintf(out, "set xlabel ");
        put_text(out, f->x_title ? f->x_title : "", false);
        fprintf(out, " textcolor rgb '#0102%02x' offset 0,0.3\n", INK);
    } else
        fprintf(out, "unset xlabel\n");
}

static void put_panel(FILE *out, int k, const struct vt_plot_panel *p, double x0, double x1, double inner)
{
    fprintf(out, "unset object\n");
    if (p->n_lanes) {
        fprintf(out, "set yrange [0:%d]\nset ytics scale 0 (", p->n_lanes);
        for (int l = 0; l < p->n_lanes; l++) {
            fprintf(out, l ? ", " : "");
            put_text(out, p->lane[l], true);
            fprintf(out, " %g", p->n_lanes - l - 0.5);
        }
        fprintf(out, ") textcolor rgb '#0102%02x'\nunset grid\nunset border\nunset xtics\n", INK);
        put_lanes(out, p, inner / (x1 - x0));
    } else {
        double y0, y1;
        int decimals;
        y_range(p, x0, x1, &y0, &y1);
        double step = label_step(y0, y1, p->height / 30, &decimals);
        fprintf(out,
                "set yrange [%.10g:%.10g]\nset ytics %.10g scale 0.5 nomirror textcolor rgb '#0102%02x'\n",
                y0, y1, step, INK);
        fprintf(out, "set format y '%%.%df'\nset border 3 lc rgb '#0102%02x'\n", decimals, FRAME);
        fprintf(out, "set grid ytics lt 1 lw 0.8 lc rgb '#0102%02x' back\n", GRID);
        for (int s = 0; s < p->n_spans; s++)
            fprintf(out,
                    "set object rect from %.8g,graph 0 to %.8g,graph 1 behind fs solid noborder fc rgb "
                    "'#0102%02x'\n",
                    p->span[s].x0, p->span[s].x1, SHADE);
        if (p->zero)
            fprintf(out,
                    "set arrow from graph 0,first 0 to graph 1,first 0 nohead back lw 1 lc rgb '#0102%02x'\n",
                    FRAME);
    }
    put_curves(out, k, p);
    fprintf(out, "unset label\nunset arrow\n");
}

static double panel_top(const struct vt_plot_panel *p)
{
    return p->title ? title_height : 0;
}

static enum vt_status put_script(FILE *out, const struct vt_plot *f, double width, double *total_height)
{
    int n_series = 0, n_keys;
    double height = bottom - gap;
    struct key_entry *entry;
    for (int k = 0; k < f->n_panels; k++) {
        n_series += f->panel[k].n_series;
        height += panel_top(&f->panel[k]) + f->panel[k].height + gap;
    }
    VT_TRY(vt_alloc(&entry, n_series));
    double y = 8 + key_height * layout_key(f, width, entry, &n_keys), x0, x1, inner = width - left - right;
    double slanted = 0;
    x_range(f, &x0, &x1);
    for (int t = 0; t < f->n_ticks; t++) { /* slanted tick labels need room below */
        double length = text_width * characters(f->tick[t].label);
        if (length >= inner / (x1 - x0)) slanted = fmax(slanted, 0.6 * length);
    }
    height += y + slanted;
    *total_height = height;
    fprintf(out,
            "set encoding utf8\nset minussign\n"
            "set terminal svg size %.0f,%.0f dynamic enhanced font 'VT,13'\nset multiplot\nunset key\n"
            "set lmargin at screen %.6f\nset rmargin at screen %.6f\n",
            width, height, left / width, 1 - right / width);
    for (int k = 0; k < f->n_panels; k++) {
        const struct vt_plot_panel *p = &f->panel[k];
        y += panel_top(p);
        fprintf(out, "set tmargin at screen %.6f\nset bmargin at screen %.6f\n", 1 - y / height,
                1 - (y + p->height) / height);
        if (k == 0) put_key(out, entry, n_keys, width, height);
        if (p->title) {
            fprintf(out, "set label ");
            put_text(out, p->title, false);
            fprintf(out, " at screen %.6f,%.6f left textcolor rgb '#0102%02x'\n", left / width,
                    1 - (y - 0.5 * title_height) / height, INK);
        }
        if (p->y_title) { /* a label: gnuplot would shift a title with the width of the tick labels */
            fprintf(out, "set label ");
            put_text(out, p->y_title, false);
            fprintf(out, " at screen %.6f,%.6f center rotate by 90 textcolor rgb '#0102%02x'\n", 14 / width,
                    1 - (y + 0.5 * p->height) / height, INK);
        }
        put_x_axis(out, f, x0, x1, inner, k == f->n_panels - 1);
        put_panel(out, k, p, x0, x1, inner);
        y += p->height + gap;
    }
    fprintf(out, "unset multiplot\n");
    free(entry);
    return VT_OK;
}

/* ---- the child ---- */

static enum vt_status open_memory_file(FILE **file)
{
    int fd = memfd_create("vitrum-plot", MFD_CLOEXEC);
    *file = fd < 0 ? NULL : fdopen(fd, "w+");
    if (*file) return VT_OK;
    int code = errno;
    if (fd >= 0) close(fd);
    return VT_RAISE(VT_EWORLD, "a temporary file in memory could not be made: %s", strerror(code));
}

/* The whole file as text. */
static enum vt_status read_all(FILE *file, char **text)
{
    *text = NULL;
    long size = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
    if (size < 0) return VT_RAISE(VT_EWORLD, "gnuplot's answer could not be read: %s", strerror(errno));
    rewind(file);
    VT_TRY(vt_alloc(text, size + 1));
    if (fread(*text, 1, (size_t)size, file) == (size_t)size) return VT_OK;
    free(*text);
    *text = NULL;
    return VT_RAISE(VT_EWORLD, "gnuplot's answer could not be read: %s", strerror(errno));
}

/* Run gnuplot without anyone's settings (-d) on a script; its output and complaints go to the given files. */
static enum vt_status run_gnuplot(FILE *script, FILE *answer, FILE *complaints, int *exit_code)
{
    if (fflush(script) || ferror(script) || fseek(script, 0, SEEK_SET))
        return VT_RAISE(VT_EWORLD, "the script for gnuplot could not be written: %s", strerror(errno));
    /* fseek moved our stream; the child shares the descriptor's offset. */
    if (lseek(fileno(script), 0, SEEK_SET) < 0)
        return VT_RAISE(VT_EWORLD, "the script for gnuplot could not be written: %s", strerror(errno));
    char *argv[] = {"gnuplot", "-d", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(script), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(answer), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(complaints), STDERR_FILENO);
    pid_t child;
    int code = posix_spawnp(&child, "gnuplot", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code == ENOENT)
        return VT_RAISE(VT_EWORLD, "gnuplot, which draws the figures, was not found on PATH; on Debian: "
                                   "apt-get install gnuplot-nox");
    if (code) return VT_RAISE(VT_EWORLD, "gnuplot could not be started: %s", strerror(code));
    int state;
    while (waitpid(child, &state, 0) < 0)
        if (errno != EINTR) return VT_RAISE(VT_EWORLD, "waiting for gnuplot failed: %s", strerror(errno));
    *exit_code = WIFEXITED(state) ? WEXITSTATUS(state) : 128;
    return VT_OK;
}

/* ---- from gnuplot's SVG to ours ---- */

static bool starts(const char *text, const char *word)
{
    return !strncmp(text, word, strlen(word));
}

/* Length of "rgb(r, g, b)" at text if it is one of our numbered colours; *number then is which. */
static int numbered_color(const char *text, int *number)
{
    int r, g, b, length = 0;
    if (sscanf(text, "rgb(%d,%d,%d)%n", &r, &g, &b, &length) != 3 || !length) return 0;
    if (r != 1 || g != 2 || b < 0 || b >= VARIABLES) return 0;
    *number = b;
    return length;
}

/* Length of an empty group at text, with the space after it; 0 if it is something else. */
static size_t empty_group(const char *text)
{
    const char *end = starts(text, "<g fill=\"none\"") ? strchr(text, '>') : NULL;
    if (!end) return 0;
    end++;
    end += strspn(end, "\n\t ");
    if (!starts(end, "</g>")) return 0;
    end += strlen("</g>");
    end += strspn(end, "\n");
    return (size_t)(end - text);
}

/* Length of the white dot that gnuplot paints under each dot; it would hide short error bars. */
static size_t white_dot(const char *text)
{
    const char *end = starts(text, "<use ") ? strchr(text, '>') : NULL;
    const char *white = end ? strstr(text, "color='white'") : NULL;
    return white && white < end ? (size_t)(end + 1 - text) : 0;
}

/* Copy coordinates up to the closing quote with one decimal: a tenth of a pixel is enough, and a page of
 * figures is a third smaller. */
static const char *put_coordinates(FILE *out, const char *s)
{
    for (int decimals = -1; *s && *s != '\''; s++) {
        bool digit = *s >= '0' && *s <= '9';
        decimals = *s == '.' ? 0 : digit && decimals >= 0 ? decimals + 1 : digit ? decimals : -1;
        if (decimals <= 1) fputc(*s, out);
    }
    return s;
}

/* Copy the drawing, which is the inside of a group: our colours, our names, no titles (browsers show them as
 * tips), no font (the page's). */
static void put_svg(FILE *out, const char *s, const struct vt_plot *f, double width, double height)
{
    fprintf(out,
            "<svg id=\"%s\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
            "aria-label=\"",
            f->id, width, height);
    for (const char *c = f->about ? f->about : ""; *c; c++)
        if (strchr("<>&\"", *c))
            fprintf(out, "&#%d;", *c);
        else
            fputc(*c, out);
    fprintf(out,
            "\" font-family=\"system-ui,sans-serif\" fill=\"none\">\n"
            "<defs><circle id=\"%s-dot\" r=\"1\" fill=\"currentColor\"/></defs>\n<g>\n",
            f->id);
    while (*s) {
        int number, length;
        size_t empty;
        if (*s == '<' && (empty = empty_group(s) + white_dot(s))) {
            s += empty;
        } else if (starts(s, " d='") || starts(s, " points = '")) {
            const char *value = strchr(s, '\'') + 1;
            fwrite(s, 1, (size_t)(value - s), out);
            s = put_coordinates(out, value);
        } else if (starts(s, "<title>")) {
            s = strstr(s, "</title>");
            s = s ? s + strlen("</title>") : "";
        } else if (starts(s, " font-family=\"VT\"")) {
            s += strlen(" font-family=\"VT\"");
        } else if (starts(s, "id=\"gnuplot_")) {
            s = strchr(s + 4, '"');
            s = s ? s + 1 : "";
        } else if (starts(s, "xlink:href='#gpPt6'")) {
            fprintf(out, "href=\"#%s-dot\"", f->id);
            s += strlen("xlink:href='#gpPt6'");
        } else if (*s == 'r' && (length = numbered_color(s, &number))) {
            fprintf(out, "var(%s,%s)", variable[number].name, variable[number].light);
            s += length;
        } else
            fputc(*s++, out);
    }
}

enum vt_status vt_plot_svg(const struct vt_plot *f, char **svg)
{
    enum vt_status st;
    FILE *script = NULL, *answer = NULL, *complaints = NULL, *out = NULL;
    char *drawn = NULL, *said = NULL;
    size_t size;
    int exit_code;
    double width = f->width > 0 ? f->width : 540, height;
    *svg = NULL;
    VT_TRY_GOTO(st, done, open_memory_file(&script));
    VT_TRY_GOTO(st, done, open_memory_file(&answer));
    VT_TRY_GOTO(st, done, open_memory_file(&complaints));
    VT_TRY_GOTO(st, done, put_script(script, f, width, &height));
    VT_TRY_GOTO(st, done, run_gnuplot(script, answer, complaints, &exit_code));
    VT_TRY_GOTO(st, done, read_all(answer, &drawn));
    VT_TRY_GOTO(st, done, read_all(complaints, &said));
    const char *body = strstr(drawn, "</defs>");
    if (exit_code || !body || !strstr(body, "</svg>")) {
        st = VT_RAISE(VT_EWORLD, "gnuplot did not draw figure \"%s\" (exit code %d): %.400s", f->id,
                      exit_code, said);
        goto done;
    }
    out = open_memstream(svg, &size);
    if (!out) {
        st = VT_RAISE(VT_EWORLD, "no memory for figure \"%s\"", f->id);
        goto done;
    }
    put_svg(out, body + strlen("</defs>"), f, width, height);
    bool failed = ferror(out);
    if (fclose(out) || failed) {
        free(*svg);
        *svg = NULL;
        st = VT_RAISE(VT_EWORLD, "no memory for figure \"%s\"", f->id);
    }
done:
    free(said);
    free(drawn);
    if (complaints) fclose(complaints);
    if (answer) fclose(answer);
    if (script) fclose(script);
    return st;
}
