/* report_timeline.c: what was done to the glass: temperature, pressure and strain against time, and energy
 * and volume against temperature. Rows are averaged in groups so that a panel has a few hundred points. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/units.h"
#include "io/report_parts.h"

enum { POINTS_PER_STAGE = 240, POINTS_PER_RAMP = 90 };
static const double kelvin_per_point = 45;
static const double lane_height = 30; /* pixels */

struct curve {
    int n;
    size_t x_capacity, y_capacity;
    double *x, *y;
};

static void release_curve(struct curve *c)
{
    free(c->x);
    free(c->y);
    *c = (struct curve){0};
}

/* Append the rows of a stage, after a gap if gap; times are divided by x_scale. */
static enum vt_status add_rows(struct curve *c, const struct vt_report *r, int stage, const char *x_name,
                               const char *y_name, int most, double x_scale, bool gap)
{
    VT_TRY(vt_grow(&c->x, &c->x_capacity, c->n + most + 1));
    VT_TRY(vt_grow(&c->y, &c->y_capacity, c->n + most + 1));
    if (gap && c->n) {
        c->x[c->n] = c->y[c->n] = NAN;
        c->n++;
    }
    int added = vt_report_rows(r, stage, x_name, y_name, most, c->x + c->n, c->y + c->n);
    for (int k = 0; k < added; k++) c->x[c->n + k] /= x_scale;
    c->n += added;
    return VT_OK;
}

static const struct vt_dataset *timeline(const struct vt_report *r, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "timeline/%s", name);
    return vt_results_find(r->results, path);
}

/* One panel: each line of states in its colour, branches dashed, the target thin. */
static enum vt_status add_time_panel(struct vt_plot *f, const struct vt_report *r, const char *name,
                                     const char *target, const char *title, double height, double scale)
{
    const struct vt_dataset *d = timeline(r, name);
    if (!d) return VT_OK;
    enum vt_status st = VT_OK;
    struct curve c = {0};
    int panel;
    VT_TRY(vt_plot_add_panel(f, NULL, vt_report_axis(title, d->unit).text, height, &panel));
    for (int k = 0, shaded = 0; k < r->n_stages; k++) {
        const struct vt_report_stage *s = &r->stage[k];
        if (*s->branch || !isfinite(s->start) || !isfinite(s->duration)) continue;
        if (shaded++ % 2 == 0) continue;
        VT_TRY(vt_plot_add_span(
            f, panel,
            &(struct vt_plot_span){.x0 = s->start / scale, .x1 = (s->start + s->duration) / scale}));
    }
    for (int pass = timeline(r, target) ? 0 : 1; pass < 2; pass++)
        for (int l = 0; l < r->n_lines; l++) {
            c.n = 0;
            int last = -2;
            for (int k = 0; k < r->n_stages; k++) {
                if (r->stage[k].line != l) continue;
                VT_TRY_GOTO(
                    st, done,
                    add_rows(&c, r, k, "time", pass ? name : target, POINTS_PER_STAGE, scale, last != k - 1));
                last = k;
            }
            bool branch = *r->line[l].branch;
            struct vt_plot_series series = {
                .name = pass ? r->line[l].name : "target",
                .color = pass ? r->line[l].color : VT_PLOT_NEUTRAL,
                .mark = !pass    ? VT_PLOT_THIN
                        : branch ? VT_PLOT_DASHED
                                 : VT_PLOT_LINE,
                .n = c.n,
                .x = c.x,
                .y = c.y,
            };
            char named[128];
            if (pass && branch) { /* its own entry in the key, as it looks different */
                snprintf(named, sizeof named, "%s (branch)", r->line[l].name);
                if (!strstr(r->line[l].name, "(branch)")) series.name = named;
            }
            VT_TRY_GOTO(st, done, vt_plot_add_series(f, panel, &series));
        }
done:
    release_curve(&c);
    return st;
}

static enum vt_status add_lanes(struct vt_plot *f, const struct vt_report *r, double scale)
{
    int panel, lanes = 0;
    for (int k = 0; k < r->n_stages; k++) {
        const struct vt_report_stage *s = &r->stage[k];
        if (!isfinite(s->start) || !(s->duration > 0)) continue;
        if (!lanes) VT_TRY(vt_plot_add_panel(f, NULL, NULL, lane_height, &panel));
        const char *name = *s->branch ? s->branch : "main";
        int lane = 0;
        while (lane < lanes && strcmp(f->panel[panel].lane[lane], name)) lane++;
        if (lane == lanes) {
            VT_TRY(vt_plot_add_lane(f, panel, name));
            lanes++;
        }
        VT_TRY(vt_plot_add_span(f, panel,
                                &(struct vt_plot_span){.x0 = s->start / scale,
                                                       .x1 = (s->start + s->duration) / scale,
                                                       .lane = lane,
                                                       .color = vt_report_color(r, k),
                                                       .label = s->label,
                                                       .short_label = s->short_label}));
    }
    if (lanes) f->panel[panel].height = lane_height * lanes;
    return VT_OK;
}

static void put_saved(FILE *out, const struct vt_report *r)
{
    bool first = true;
    for (int k = 0; k < r->n_stages; k++) {
        if (!*r->stage[k].save) continue;
        fprintf(out, first ? " Saved states: " : ", ");
        fprintf(out, "<b>");
        vt_report_escape(out, r->stage[k].save);
        fprintf(out, "</b> (end of ");
        vt_report_escape(out, r->stage[k].label);
        fprintf(out, ")");
        first = false;
    }
    if (!first) fprintf(out, ".");
}

/* Value of a recorded quantity at the start and at the end of a stage, as "2000 → 300". */
static void put_range(FILE *out, const struct vt_report *r, int stage, const char *name, const char *fallback)
{
    double a, b;
    fprintf(out, "<td>");
    if (vt_report_target(r, stage, name, &a, &b) || vt_report_drift(r, stage, fallback, &a, &b)) {
        fprintf(out, "%s", vt_report_brief(a, 3).text);
        if (fabs(a - b) > 0.02 * fmax(fabs(a), fabs(b))) fprintf(out, " → %s", vt_report_brief(b, 3).text);
    }
    fprintf(out, "</td>");
}

static void put_stage_table(FILE *out, const struct vt_report *r)
{
    static const struct {
        const char *title, *name, *fallback;
    } column[] = {{"Temperature", "target_temperature", "temperature"},
                  {"Pressure", "target_pressure", "pressure"},
                  {"Strain γ", "strain", "strain"}};
    enum { COLUMNS = sizeof column / sizeof *column };
    fprintf(out, "<div class=\"scroll\"><table><thead><tr><th>Stage</th><th>Branch</th><th>Start [ps]</th>"
                 "<th>Duration [ps]</th>");
    for (int c = 0; c < COLUMNS; c++) {
        const struct vt_dataset *d = timeline(r, column[c].name);
        if (!d) d = timeline(r, column[c].fallback);
        if (!d) continue;
        struct vt_report_text unit = vt_report_unit(d->unit, true);
        fprintf(out, *unit.text ? "<th>%s [%s]</th>" : "<th>%s</th>", column[c].title, unit.text);
    }
    fprintf(out, "<th>Saved as</th></tr></thead><tbody>\n");
    for (int k = 0; k < r->n_stages; k++) {
        const struct vt_report_stage *s = &r->stage[k];
        fprintf(out, "<tr><th scope=\"row\"><span class=\"dot c%d\"></span>", vt_report_color(r, k));
        vt_report_escape(out, s->label);
        fprintf(out, "</th><td class=\"word\">");
        vt_report_escape(out, *s->branch ? s->branch : "main");
        fprintf(out, "</td><td>%s</td><td>%s</td>", vt_report_fixed(s->start, 2).text,
                vt_report_fixed(s->duration, 2).text);
        for (int c = 0; c < COLUMNS; c++)
            if (timeline(r, column[c].name) || timeline(r, column[c].fallback))
                put_range(out, r, k, column[c].name, column[c].fallback);
        fprintf(out, "<td class=\"word\">");
        vt_report_escape(out, s->save);
        fprintf(out, "</td></tr>\n");
    }
    fprintf(out, "</tbody></table></div>\n");
}

enum vt_status vt_report_timeline(FILE *out, const struct vt_report *r)
{
    if (!r->n_stages) return VT_OK;
    vt_report_heading(out, "timeline", "What was done");
    const struct vt_dataset *time = timeline(r, "time");
    if (time) {
        double longest = 0;
        for (size_t k = 0; k < vt_dataset_size(time); k++) longest = fmax(longest, time->value[k]);
        bool in_ns = longest > 5000;
        double scale = in_ns ? 1000 : 1;
        struct vt_plot f = {.id = "timeline-plot",
                            .about = "Stages, temperature, pressure and strain against time",
                            .x_title = in_ns ? "Time [ns]" : "Time [ps]",
                            .width = 1080};
        enum vt_status st = add_lanes(&f, r, scale);
        if (!st) st = add_time_panel(&f, r, "temperature", "target_temperature", "Temperature", 150, scale);
        if (!st) st = add_time_panel(&f, r, "pressure", "target_pressure", "Pressure", 120, scale);
        if (!st) st = add_time_panel(&f, r, "strain", "-", "Strain γ", 100, scale);
        if (st) {
            vt_plot_release(&f);
            return st;
        }
        VT_TRY(vt_report_draw(out, &f, "wide"));
        fprintf(
            out,
            "<p class=\"caption\">Stages of the protocol and what was recorded during them. Colours stand "
            "for states of the glass, here and in all figures below; branches that start from a saved "
            "state are dashed.");
        put_saved(out, r);
        fprintf(out, "</p>\n");
    }
    put_stage_table(out, r);
    return VT_OK;
}

/* ---- energy and volume against temperature ---- */

/* So few points that the temperature goes up or down from one to the next: that of a few thousand atoms
 * fluctuates by tens of kelvin, and their energy with it. */
static int points_of_ramp(const struct vt_report *r, int stage)
{
    double from, to;
    if (!vt_report_drift(r, stage, "temperature", &from, &to)) return POINTS_PER_RAMP;
    return (int)fmax(4, fmin(POINTS_PER_RAMP, fabs(to - from) / kelvin_per_point));
}

/* Against the temperature of the sample, the mean of the same rows: on fast ramps it lags behind the target
 * by tens of kelvin, to one side on cooling and to the other on heating.
 * harmonic: add the kinetic energy and subtract 3 k_B T, the mean energy of harmonic vibrations, so that a
 * glass lies flat. */
static enum vt_status draw_ramps(FILE *out, const struct vt_report *r, const char *id, const char *name,
                                 const char *title, bool harmonic)
{
    static const char against[] = "temperature";
    const struct vt_dataset *d = timeline(r, name), *t = timeline(r, against);
    if (!d || !t) return VT_OK;
    enum vt_status st;
    struct curve c = {0}, kinetic = {0};
    char about[128];
    snprintf(about, sizeof about, "%s against temperature on cooling and heating", name);
    struct vt_plot f = {.id = id, .about = about, .x_title = "T [K]", .width = 540};
    int panel;
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, NULL, vt_report_axis(title, d->unit).text, 300, &panel));
    for (int i = 0; i < 2 * r->n_stages; i++) { /* unsheared states first */
        int k = i % r->n_stages;
        bool cooling = vt_report_is(r, k, "quench"), heating = vt_report_is(r, k, "heat");
        if ((!cooling && !heating) || r->stage[k].sheared != (i >= r->n_stages)) continue;
        c.n = 0;
        VT_TRY_GOTO(st, done, add_rows(&c, r, k, against, name, points_of_ramp(r, k), 1, false));
        if (harmonic) {
            kinetic.n = 0;
            VT_TRY_GOTO(st, done,
                        add_rows(&kinetic, r, k, against, "kinetic_energy", points_of_ramp(r, k), 1, false));
            for (int row = 0; row < c.n; row++) c.y[row] += kinetic.y[row] - 3 * VT_KB * c.x[row];
        }
        char label[128];
        snprintf(label, sizeof label, "%s, %s", cooling ? "cooling" : "heating", vt_report_line_name(r, k));
        VT_TRY_GOTO(st, done,
                    vt_plot_add_series(&f, panel,
                                       &(struct vt_plot_series){
                                           .name = cooling ? "cooling" : label,
                                           .color = cooling ? VT_PLOT_NEUTRAL : vt_report_color(r, k),
                                           .mark = cooling ? VT_PLOT_THIN : VT_PLOT_LINE,
                                           .n = c.n,
                                           .x = c.x,
                                           .y = c.y,
                                       }));
    }
    release_curve(&c);
    release_curve(&kinetic);
    return vt_report_draw(out, &f, "half");
done:
    release_curve(&c);
    release_curve(&kinetic);
    vt_plot_release(&f);
    return st;
}

/* Volume follows pressure: a barostat that lags shifts whole curves. */
static void put_pressures(FILE *out, const struct vt_report *r)
{
    const struct vt_dataset *pressure = timeline(r, "pressure");
    int listed = 0;
    if (!pressure || strcmp(pressure->unit, "GPa") != 0) return;
    for (int k = 0; k < r->n_stages; k++) {
        double time, mean, target;
        if (!vt_report_is(r, k, "quench") && !vt_report_is(r, k, "heat")) continue;
        if (!vt_report_rows(r, k, "time", "pressure", 1, &time, &mean) ||
            !vt_report_rows(r, k, "time", "target_pressure", 1, &time, &target))
            continue;
        if (!(fabs(mean - target) > 0.1)) continue;
        fprintf(out, "%s", listed++ ? ", " : " The barostat lagged; mean pressure minus target: ");
        vt_report_escape(out, r->stage[k].label);
        fprintf(out, " <b>%s%s&nbsp;GPa</b>", mean > target ? "+" : "",
                vt_report_fixed(mean - target, 2).text);
    }
    if (listed) fprintf(out, ". Volumes of these stages are shifted accordingly.");
}

enum vt_status vt_report_heating(FILE *out, const struct vt_report *r)
{
    bool any = false;
    for (int k = 0; k < r->n_stages; k++) any |= vt_report_is(r, k, "quench") || vt_report_is(r, k, "heat");
    const struct vt_dataset *energy = timeline(r, "potential_energy"), *volume = timeline(r, "volume");
    if (!any || !timeline(r, "temperature") || (!energy && !volume)) return VT_OK;
    bool per_atom_eV = energy && !strncmp(energy->unit, "eV", 2) && timeline(r, "kinetic_energy");
    vt_report_heading(out, "heating", "Energy and volume against temperature");
    fprintf(out, "<div class=\"figures\">\n");
    VT_TRY(draw_ramps(out, r, "energy-plot", "potential_energy",
                      per_atom_eV ? "E_{pot} + E_{kin} − 3 k_{B}T" : "E_{pot}", per_atom_eV));
    VT_TRY(draw_ramps(out, r, "volume-plot", "volume", "Volume", false));
    fprintf(out,
            "</div>\n<p class=\"caption\">Cooling (thin) made the glass; heating (thick) starts from each "
            "state. Points are means of consecutive rows of the timeline, of the temperature too: it is "
            "that of the sample, not the target.");
    if (per_atom_eV)
        fprintf(out,
                " The mean energy of harmonic vibrations, 3&#8239;<i>k</i><sub>B</sub><i>T</i>, is "
                "subtracted, so that a glass lies nearly flat and a glass transition would show as a kink.");
    if (volume) put_pressures(out, r);
    fprintf(out, "</p>\n");
    return VT_OK;
}
