/* report_inherent.c: energies of inherent structures, state by state and on heating. */
#include <math.h>
#include <string.h>

#include "io/report_parts.h"

static const char energy_leaf[] = "inherent/thermo/potential_energy";

static bool has_energy(const struct vt_report *r, int stage)
{
    struct vt_report_value v;
    return vt_report_number(r, stage, energy_leaf, &v) && !vt_report_is_ramp(r, stage);
}

/* Value of a stage against that of the reference; false if either was not measured. */
static bool against(const struct vt_report *r, int stage, int reference, const char *leaf, double scale,
                    struct vt_report_value *v)
{
    struct vt_report_value zero;
    if (!vt_report_number(r, stage, leaf, v) || !vt_report_number(r, reference, leaf, &zero)) return false;
    v->error = stage == reference ? v->error : hypot(v->error, zero.error);
    v->value = scale * (v->value - zero.value), v->error *= scale;
    return true;
}

/* "+9.87 ± 0.25" in plain text; "" where it would need markup. */
static struct vt_report_text signed_text(const struct vt_report_value *v)
{
    struct vt_report_text t = vt_report_format(v->value, v->error), signed_one;
    snprintf(signed_one.text, sizeof signed_one.text, "%s%.150s", v->value > 0 ? "+" : "", t.text);
    if (strchr(t.text, '<')) signed_one.text[0] = '\0';
    return signed_one;
}

enum { MOST_NOTES = 4 };
static const double half_level = 0.34; /* of the distance between two levels */

/* A level with its error for each state, and the difference from the reference written on it. */
static enum vt_status add_level(struct vt_plot *f, int panel, const struct vt_report *r, int stage,
                                int reference, const char *leaf, double scale, double x, bool note)
{
    struct vt_report_value v, change;
    if (!against(r, stage, reference, leaf, scale, &change)) return VT_OK;
    vt_report_number(r, stage, leaf, &v);
    double e = isfinite(v.error) ? scale * v.error : 0, ends[] = {x - half_level, x + half_level},
           y[] = {change.value, change.value}, band[] = {e, e};
    struct vt_plot_series level = {.name = vt_report_line_name(r, stage),
                                   .color = vt_report_color(r, stage),
                                   .n = 2,
                                   .x = ends,
                                   .y = y,
                                   .error = band},
                          bar = {.color = level.color,
                                 .mark = VT_PLOT_DOTS,
                                 .n = 1,
                                 .x = &x,
                                 .y = y,
                                 .error = &e};
    VT_TRY(vt_plot_add_series(f, panel, &level));
    VT_TRY(vt_plot_add_series(f, panel, &bar));
    if (!note) return VT_OK;
    return vt_plot_add_note(f, panel, x, change.value + e,
                            stage == reference ? "reference" : signed_text(&change).text);
}

/* Levels of all states that have leaf. */
static enum vt_status draw_levels(FILE *out, const struct vt_report *r, int reference, const char *id,
                                  const char *about, const char *leaf, const char *y_title, double scale)
{
    struct vt_report_value v;
    int panel, n = 0, levels = 0;
    double low = 0, high = 0;
    enum vt_status st;
    struct vt_plot f = {.id = id, .about = about, .x_title = "", .width = 540};
    for (int k = 0; k < r->n_stages; k++) {
        if (!has_energy(r, k) || !against(r, k, reference, leaf, scale, &v)) continue;
        double e = isfinite(v.error) ? v.error : 0;
        low = fmin(low, v.value - e), high = fmax(high, v.value + e);
        levels++;
    }
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, NULL, y_title, 240, &panel));
    f.panel[panel].zero = true;
    if (high > low) { /* room for the words */
        f.panel[panel].y_min = low - 0.08 * (high - low);
        f.panel[panel].y_max = high + 0.16 * (high - low);
    }
    for (int k = 0; k < r->n_stages; k++) {
        if (!has_energy(r, k) || !against(r, k, reference, leaf, scale, &v)) continue;
        VT_TRY_GOTO(st, done, vt_plot_add_tick(&f, n, r->stage[k].label));
        VT_TRY_GOTO(st, done, add_level(&f, panel, r, k, reference, leaf, scale, n, levels <= MOST_NOTES));
        n++;
    }
    return vt_report_draw(out, &f, "half");
done:
    vt_plot_release(&f);
    return st;
}

static void put_levels(FILE *out, const struct vt_report *r, int reference, const char *entropy_leaf)
{
    struct vt_report_value v;
    fprintf(out,
            "<div class=\"scroll%s\"><table><thead><tr><th>Stage</th><th class=\"word\">State</th>"
            "<th><i>E</i><sub>IS</sub><br>[eV/atom]</th><th>minus reference<br>[meV/atom]</th>",
            entropy_leaf ? " full" : "");
    if (entropy_leaf)
        fprintf(out, "<th><i>S</i><sub>eq</sub>, inherent<br>[<i>k</i><sub>B</sub>/atom]</th><th>minus "
                     "reference<br>[<i>k</i><sub>B</sub>/atom]</th>");
    fprintf(out, "</tr></thead><tbody>\n");
    for (int k = 0; k < r->n_stages; k++) {
        if (!has_energy(r, k)) continue;
        fprintf(out, "<tr><th scope=\"row\">");
        vt_report_escape(out, r->stage[k].label);
        fprintf(out, "</th><td class=\"word\">");
        vt_report_put_state_name(out, r, k);
        fprintf(out, "</td>");
        const char *leaf[] = {energy_leaf, entropy_leaf};
        for (int c = 0; c < 2 && leaf[c]; c++) {
            fprintf(out, "<td>");
            if (vt_report_number(r, k, leaf[c], &v))
                fprintf(out, "%s", vt_report_format(v.value, v.error).text);
            fprintf(out, "</td><td>");
            if (k == reference)
                fprintf(out, "0");
            else if (against(r, k, reference, leaf[c], c ? 1 : 1000, &v))
                fprintf(out, "%s%s", v.value > 0 ? "+" : "", vt_report_format(v.value, v.error).text);
            fprintf(out, "</td>");
        }
        fprintf(out, "</tr>\n");
    }
    fprintf(out, "</tbody></table></div>\n");
}

/* The entropy of inherent structures that two states or more have; NULL: none. */
static const char *entropy_of_states(const struct vt_report *r, int reference)
{
    static const char *const leaf[] = {"inherent/entropy/s_xray", "inherent/entropy/s_number"};
    struct vt_report_value v;
    for (size_t q = 0; q < sizeof leaf / sizeof *leaf; q++) {
        int found = 0;
        for (int k = 0; k < r->n_stages; k++)
            found += has_energy(r, k) && against(r, k, reference, leaf[q], 1, &v);
        if (found > 1) return leaf[q];
    }
    return NULL;
}

enum vt_status vt_report_inherent(FILE *out, const struct vt_report *r)
{
    static const char blocks_leaf[] = "inherent/blocks/thermo/potential_energy";
    struct vt_report_blocks b;
    struct vt_report_meeting meeting = {0};
    int first = -1, count = 0;
    bool on_heating = false;
    for (int k = r->n_stages - 1; k >= 0; k--) {
        on_heating |= vt_report_is(r, k, "heat") && vt_report_blocks(r, k, blocks_leaf, &b);
        if (has_energy(r, k)) first = k, count++;
    }
    if (!count && !on_heating) return VT_OK;
    vt_report_heading(out, "inherent", "Inherent structures");
    fprintf(out, "<div class=\"figures\">\n");
    int reference = r->before >= 0 && has_energy(r, r->before) ? r->before : first;
    const char *entropy = entropy_of_states(r, reference);
    if (count > 1)
        VT_TRY(draw_levels(out, r, reference, "e-inherent", "Energy of inherent structures, state by state",
                           energy_leaf, "E_{IS} − reference [meV/atom]", 1000));
    if (entropy)
        VT_TRY(draw_levels(out, r, reference, "s-inherent",
                           "Equivalent entropy of inherent structures, state by state", entropy,
                           "S_{eq,IS} − reference [k_{B}/atom]", 1));
    VT_TRY(vt_report_draw_on_heating(out, r, "e-inherent-t", blocks_leaf, "E_{IS}", "ΔE_{IS}", 1000,
                                     "meV/atom", false, &meeting));
    if (count) put_levels(out, r, reference, entropy);
    fprintf(out, "</div>\n");
    if (count) {
        fprintf(out, "<p class=\"caption\">Averages over minimised copies: the thermal part is gone.");
        if (count > 1) {
            fprintf(out, " Reference: stage ");
            vt_report_escape(out, r->stage[reference].label);
            fprintf(out, ". Bands and bars are the standard error of each level, ± of a difference that of "
                         "both levels, within this one sample.");
        }
        fprintf(out, "</p>\n");
    }
    if (on_heating)
        vt_report_heating_caption(out, r, blocks_leaf, &meeting, "<i>E</i><sub>IS</sub>", "meV/atom");
    return VT_OK;
}
