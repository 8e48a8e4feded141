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

/* Energies of all stages against the reference stage in meV/atom. */
static enum vt_status draw_energies(FILE *out, const struct vt_report *r, int reference)
{
    struct vt_report_value zero, v;
    int panel, n = 0;
    enum vt_status st;
    struct vt_plot f = {.id = "e-inherent",
                        .about = "Energy of inherent structures, stage by stage",
                        .x_title = "",
                        .width = 540};
    vt_report_number(r, reference, energy_leaf, &zero);
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, NULL, "E_{IS} − reference [meV/atom]", 300, &panel));
    f.panel[panel].zero = true;
    for (int k = 0; k < r->n_stages; k++) {
        if (!has_energy(r, k)) continue;
        vt_report_number(r, k, energy_leaf, &v);
        double x = n++, y = 1000 * (v.value - zero.value), e = 1000 * v.error;
        VT_TRY_GOTO(st, done, vt_plot_add_tick(&f, x, r->stage[k].label));
        VT_TRY_GOTO(st, done,
                    vt_plot_add_series(&f, panel,
                                       &(struct vt_plot_series){.name = vt_report_line_name(r, k),
                                                                .color = vt_report_color(r, k),
                                                                .mark = VT_PLOT_DOTS,
                                                                .n = 1,
                                                                .x = &x,
                                                                .y = &y,
                                                                .error = isfinite(e) ? &e : NULL}));
    }
    return vt_report_draw(out, &f, "half");
done:
    vt_plot_release(&f);
    return st;
}

enum vt_status vt_report_inherent(FILE *out, const struct vt_report *r)
{
    static const char blocks_leaf[] = "inherent/blocks/thermo/potential_energy";
    struct vt_report_value v;
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
    int reference = vt_report_number(r, r->before, energy_leaf, &v) ? r->before : first;
    if (count > 1) VT_TRY(draw_energies(out, r, reference));
    VT_TRY(vt_report_draw_on_heating(out, r, "e-inherent-t", blocks_leaf, "E_{IS}", "ΔE_{IS}", 1000,
                                     "meV/atom", &meeting));
    fprintf(out, "</div>\n");
    if (count) {
        vt_report_number(r, reference, energy_leaf, &v);
        fprintf(
            out,
            "<p class=\"caption\">Energy of minimised copies: the thermal part is gone. Reference: stage ");
        vt_report_escape(out, r->stage[reference].label);
        fprintf(out, ", <i>E</i><sub>IS</sub> = %s&nbsp;%s.</p>\n", vt_report_format(v.value, v.error).text,
                vt_report_unit(v.unit, true).text);
    }
    if (on_heating)
        vt_report_heating_caption(out, r, blocks_leaf, &meeting, "<i>E</i><sub>IS</sub>", "meV/atom");
    return VT_OK;
}
