/* report_scattering.c: S(q) for X-rays, G(r) through the window of a measurement, and partial structure
 * factors of the states that are compared, or of the last stage that has them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/report_parts.h"

static const struct {
    const char *kernel, *how;
} measurement[] = {{"sq", "from g(r)"},
                   {"sq_direct", "over waves of the cell"},
                   {"sq_fft", "over all waves of the cell"},
                   {"debye", "over pairs"}};
enum { MEASUREMENTS = sizeof measurement / sizeof *measurement };

/* The report with the stages to show as before and after; false if there is none. */
static bool choose(const struct vt_report *r, const char *leaf, int n_axes, struct vt_report *shown)
{
    *shown = *r;
    if (!vt_report_curve_of(r, r->before, leaf, n_axes)) shown->before = -1;
    if (!vt_report_curve_of(r, r->after, leaf, n_axes)) shown->after = -1;
    for (int k = r->n_stages - 1; k >= 0 && shown->before < 0 && shown->after < 0; k--)
        if (vt_report_curve_of(r, k, leaf, n_axes)) shown->after = k;
    return shown->before >= 0 || shown->after >= 0;
}

/* Below pi / r_end a transform of g(r) has nothing to go by. */
static double begin_of(const struct vt_report *shown, const char *leaf)
{
    struct vt_report_value end;
    bool from_g = !strncmp(leaf, "sq/", 3) && strcmp(leaf, "sq/reduced_xray") != 0 &&
                  vt_report_number(shown, shown->after >= 0 ? shown->after : shown->before, "sq/r_end", &end);
    return from_g ? M_PI / end.value : 0;
}

static struct vt_report_curve curve_of(const struct vt_report *shown, const char *leaf, int n_axes,
                                       const char *id, const char *title)
{
    return (struct vt_report_curve){.x_min = begin_of(shown, leaf),
                                    .id = id,
                                    .title = title,
                                    .y_title = title,
                                    .before = vt_report_curve_of(shown, shown->before, leaf, n_axes),
                                    .after = vt_report_curve_of(shown, shown->after, leaf, n_axes)};
}

/* The window of G(r), if stage is not -1, and how changes are shown. */
static void put_notes(FILE *out, const struct vt_report *r, int stage, bool change)
{
    char from[64], to[64], window[64];
    fprintf(out, "<p class=\"caption\">");
    if (stage >= 0 && vt_report_option(r, stage, "q_max", to, sizeof to)) {
        bool low = vt_report_option(r, stage, "q_min", from, sizeof from);
        fprintf(out, "<i>G</i>(<i>r</i>) as a measurement would give it: <i>q</i> from %s ",
                low ? vt_report_quantity(from).text : "0");
        fprintf(out, "to %s", vt_report_quantity(to).text);
        if (vt_report_option(r, stage, "window", window, sizeof window) && strcmp(window, "none") != 0)
            fprintf(out, ", window: %s", window);
        fprintf(out, ". Its ripples are those of the window. ");
    }
    if (change)
        fprintf(out, "Changes are means over about 0.08&nbsp;Å, or 1/Å, with the mean of the errors as their "
                     "band: an upper bound. ");
    fprintf(out, "<i>S</i>(<i>q</i>) from <i>g</i>(<i>r</i>) begins at π over its range and has ripples of "
                 "that.</p>\n");
}

enum vt_status vt_report_scattering(FILE *out, const struct vt_report *r)
{
    struct vt_report shown, last = *r;
    struct vt_report_curve c;
    char leaf[64], id[40], title[80];
    bool any = false;
    for (int k = 0; k < MEASUREMENTS; k++) {
        snprintf(leaf, sizeof leaf, "%s/s_xray", measurement[k].kernel);
        if (!choose(r, leaf, 1, &shown)) continue;
        if (!any) {
            vt_report_heading(out, "scattering", "Structure factor");
            fprintf(out, "<div class=\"figures\">\n");
        }
        snprintf(id, sizeof id, "s-of-q-%d", k);
        snprintf(title, sizeof title, "S(q), X-rays, %s", measurement[k].how);
        c = curve_of(&shown, leaf, 1, id, title);
        VT_TRY(vt_report_draw_curve(out, &shown, &c));
        any = true, last = shown;
    }
    if (!any) return VT_OK;
    bool window = choose(r, "sq/reduced_xray", 1, &shown);
    if (window) {
        c = curve_of(&shown, "sq/reduced_xray", 1, "reduced-xray", NULL);
        const char *unit = (c.after ? c.after : c.before)->unit;
        struct vt_report_text y = vt_report_axis("G(r), X-rays", unit);
        c.title = c.y_title = y.text;
        VT_TRY(vt_report_draw_curve(out, &shown, &c));
        last = shown;
    }
    fprintf(out, "</div>\n");
    vt_report_put_compared(out, &last, NULL);
    put_notes(out, r,
              !window           ? -1
              : last.after >= 0 ? last.after
                                : last.before,
              last.before >= 0 && last.after >= 0);
    for (int k = 0; k < MEASUREMENTS; k++) {
        snprintf(leaf, sizeof leaf, "%s/a_partial", measurement[k].kernel);
        if (!choose(r, leaf, 2, &shown)) continue;
        c = curve_of(&shown, leaf, 2, "a-partial", NULL);
        c.y_title = "A(q)";
        c.x_max = 12; /* 1/angstrom: nothing of a glass is to be seen beyond, in a figure so small */
        snprintf(title, sizeof title, "Partial <i>A</i>(<i>q</i>), %s", measurement[k].how);
        return vt_report_draw_pairs(out, &shown, title, &c);
    }
    return VT_OK;
}
