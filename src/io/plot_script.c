/* plot_script.c: a figure as a gnuplot script.
 *
 * Text is given to gnuplot in single quotes, where it expands nothing, with its markup characters escaped. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/plot_parts.h"

static const double left = 78, right = 18, bottom = 58, gap = 12, title_height = 24, key_height = 22;
static const double text_width = 7.2; /* of one character at 13 pixels, generously */

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
    fprintf(out, "rgb '#0102%02x'", color == VT_PLOT_NEUTRAL ? VT_PLOT_GREY : color);
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

static int labels_within(double low, double high, double step)
{
    return (int)(floor(high / step) - ceil(low / step)) + 1;
}

/* The same for an axis of so many pixels, one label in `roomy` of them; finer, but not below `tight` pixels,
 * where fewer than three would fall into the range: two hardly give a scale, and one alone gives none. */
static double label_step(double low, double high, double pixels, double roomy, double tight, int *decimals)
{
    double most = fmax(pixels / roomy, 1), step = round_step(high - low, most, decimals);
    for (double finer = 1.25; finer <= 16 && labels_within(low, high, step) < 3; finer *= 1.25) {
        int more_decimals;
        double next = round_step(high - low, most * finer, &more_decimals);
        if (labels_within(low, high, step) >= 2 && next / (high - low) * pixels < tight) break;
        step = next, *decimals = more_decimals;
    }
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
        if (p->image.n_x) {
            widen(low, high, p->image.x0);
            widen(low, high, p->image.x1);
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
    if (p->image.n_x) *low = p->image.y0, *high = p->image.y1;
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
            fprintf(out, "%.10g %.8g %.4g\n", s->x[i], s->y[i], e); /* x as fine as the range */
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

static bool is_points(const struct vt_plot_series *s)
{
    return s->mark == VT_PLOT_DOTS || s->mark == VT_PLOT_BARS;
}

/* A palette that is told apart without colours too, as its lightness rises all along. */
static void put_image(FILE *out, int panel, const struct vt_plot_image *m)
{
    fprintf(out,
            "set palette defined (0 '#440154', 0.25 '#3b528b', 0.5 '#21918c', 0.75 '#5ec962', 1 '#fde725')\n"
            "set cbrange [%.8g:%.8g]\nunset colorbox\n$i%d << EOD\n",
            m->low, m->high, panel);
    for (int y = 0; y < m->n_y; y++) {
        for (int x = 0; x < m->n_x; x++) {
            double v = m->value[(size_t)y * (size_t)m->n_x + (size_t)x];
            if (isfinite(v))
                fprintf(out, "%.5g ", fmin(fmax(v, m->low), m->high));
            else
                fprintf(out, "NaN ");
        }
        fputc('\n', out);
    }
    double dx = (m->x1 - m->x0) / m->n_x, dy = (m->y1 - m->y0) / m->n_y;
    fprintf(out, "EOD\nplot $i%d matrix using (%.10g+%.10g*$1):(%.10g+%.10g*$2):3 with image notitle", panel,
            m->x0 + 0.5 * dx, dx, m->y0 + 0.5 * dy, dy);
}

/* Bands below all lines, so that no curve hides under another's error. */
static void put_curves(FILE *out, int panel, const struct vt_plot_panel *p)
{
    for (int s = 0; s < p->n_series; s++) {
        char name[32];
        snprintf(name, sizeof name, "d%d_%d", panel, s);
        if (drawable(&p->series[s])) put_data(out, name, &p->series[s]);
    }
    if (p->image.n_x)
        put_image(out, panel, &p->image);
    else
        fprintf(out, "plot NaN notitle"); /* something to draw where there is no curve */
    for (int s = 0; s < p->n_series; s++) {
        const struct vt_plot_series *q = &p->series[s];
        if (!q->error || is_points(q) || !drawable(q)) continue;
        fprintf(out, ", $d%d_%d using 1:($2-$3):($2+$3) with filledcurves fc ", panel, s);
        put_color(out, q->color);
        fprintf(out, " fs transparent solid 0.22 noborder notitle");
    }
    for (int s = 0; s < p->n_series; s++) {
        const struct vt_plot_series *q = &p->series[s];
        if (!drawable(q)) continue;
        if (q->mark == VT_PLOT_BARS) {
            fprintf(out, ", $d%d_%d using 1:2:(%.8g) with boxes fs transparent solid 0.5 noborder lc ", panel,
                    s, q->width);
            put_color(out, q->color);
            fprintf(out, " notitle");
        }
        if (is_points(q) && q->error) {
            fprintf(out, ", $d%d_%d using 1:2:3 with yerrorbars pt 0 lw 1.3 lc ", panel, s);
            put_color(out, q->color);
            fprintf(out, " notitle");
        }
        if (q->mark == VT_PLOT_BARS) continue;
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
                fprintf(out, " fs empty border lc rgb '#0102%02x' lw 1\n",
                        q->color < 0 ? VT_PLOT_GREY : q->color);
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
        fprintf(out, " at %.8g,%.8g center front textcolor rgb '#0102%02x'\n", 0.5 * (q->x0 + q->x1), y,
                VT_PLOT_INK);
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

/* top: pixels above the key. */
static void put_key(FILE *out, const struct key_entry *entry, int n, double top, double width, double height)
{
    for (int e = 0; e < n; e++) {
        const struct vt_plot_series *q = entry[e].series;
        double y = 1 - (top + key_height * (entry[e].row + 0.5)) / height;
        if (q->mark == VT_PLOT_DOTS) {
            fprintf(out, "set label '' at screen %.6f,%.6f point pt 7 ps 0.75 lc ", (entry[e].x + 15) / width,
                    y);
            put_color(out, q->color);
        } else {
            fprintf(out, "set arrow from screen %.6f,%.6f to screen %.6f,%.6f nohead lw %g lc ",
                    entry[e].x / width, y, (entry[e].x + 30) / width, y,
                    q->mark == VT_PLOT_BARS   ? 9
                    : q->mark == VT_PLOT_THIN ? 1.1
                                              : 1.9);
            put_color(out, q->color);
            if (q->mark == VT_PLOT_DASHED) fprintf(out, " dt (7,4)");
        }
        fprintf(out, "\nset label ");
        put_text(out, q->name, true);
        fprintf(out, " at screen %.6f,%.6f left textcolor rgb '#0102%02x'\n", (entry[e].x + 38) / width, y,
                VT_PLOT_INK);
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
        fprintf(out, ") textcolor rgb '#0102%02x'\n", VT_PLOT_INK);
    } else {
        int decimals;
        double step = label_step(x0, x1, inner, 44, 38, &decimals);
        fprintf(out, "set xtics %.10g scale 0.5 nomirror textcolor rgb '#0102%02x'\n", step, VT_PLOT_INK);
        if (last)
            fprintf(out, "set format x '%%.%df'\n", decimals);
        else
            fprintf(out, "set format x ''\n");
    }
    if (last) {
        fprintf(out, "set xlabel ");
        put_text(out, f->x_title ? f->x_title : "", false);
        fprintf(out, " textcolor rgb '#0102%02x' offset 0,0.3\n", VT_PLOT_INK);
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
        fprintf(out, ") textcolor rgb '#0102%02x'\nunset grid\nunset border\nunset xtics\n", VT_PLOT_INK);
        put_lanes(out, p, inner / (x1 - x0));
    } else {
        double y0, y1;
        int decimals;
        y_range(p, x0, x1, &y0, &y1);
        double step = label_step(y0, y1, p->height, 30, 18, &decimals);
        fprintf(out,
                "set yrange [%.10g:%.10g]\nset ytics %.10g scale 0.5 nomirror textcolor rgb '#0102%02x'\n",
                y0, y1, step, VT_PLOT_INK);
        fprintf(out, "set format y '%%.%df'\nset border 3 lc rgb '#0102%02x'\n", decimals, VT_PLOT_FRAME);
        fprintf(out, "set grid ytics lt 1 lw 0.8 lc rgb '#0102%02x' back\n", VT_PLOT_GRID);
        for (int s = 0; s < p->n_spans; s++)
            fprintf(out,
                    "set object rect from %.8g,graph 0 to %.8g,graph 1 behind fs solid noborder fc rgb "
                    "'#0102%02x'\n",
                    p->span[s].x0, p->span[s].x1, VT_PLOT_SHADE);
        if (p->zero)
            fprintf(out,
                    "set arrow from graph 0,first 0 to graph 1,first 0 nohead back lw 1 lc rgb '#0102%02x'\n",
                    VT_PLOT_FRAME);
    }
    for (int s = 0; s < p->n_notes; s++) {
        const struct vt_plot_note *note = &p->note[s];
        double at = (note->x - x0) / (x1 - x0) * inner, half = 0.5 * text_width * characters(note->text);
        fprintf(out, "set label ");
        put_text(out, note->text, true);
        fprintf(out, " at %.8g,%.8g %s offset 0,0.9 front textcolor rgb '#0102%02x'\n", note->x, note->y,
                at + half > inner ? "right"
                : at < half       ? "left"
                                  : "center",
                VT_PLOT_INK);
    }
    put_curves(out, k, p);
    fprintf(out, "unset label\nunset arrow\n");
}

static double panel_top(const struct vt_plot_panel *p)
{
    return p->title ? title_height : 0;
}

enum vt_status vt_plot_script(FILE *out, const struct vt_plot *f, double width, double *total_height)
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
        if (k == 0) put_key(out, entry, n_keys, panel_top(p), width, height); /* below the title */
        if (p->title) {
            fprintf(out, "set label ");
            put_text(out, p->title, false);
            fprintf(out, " at screen %.6f,%.6f left textcolor rgb '#0102%02x'\n", left / width,
                    1 - ((k ? y - title_height : 4) + 0.5 * title_height) / height, VT_PLOT_INK);
        }
        if (p->y_title) { /* a label: gnuplot would shift a title with the width of the tick labels */
            fprintf(out, "set label ");
            put_text(out, p->y_title, false);
            fprintf(out, " at screen %.6f,%.6f center rotate by 90 textcolor rgb '#0102%02x'\n", 14 / width,
                    1 - (y + 0.5 * p->height) / height, VT_PLOT_INK);
        }
        put_x_axis(out, f, x0, x1, inner, k == f->n_panels - 1);
        put_panel(out, k, p, x0, x1, inner);
        y += p->height + gap;
    }
    fprintf(out, "unset multiplot\n");
    free(entry);
    return VT_OK;
}
