/* report_states.c: the numbers of all stages. */
#include <math.h>
#include <string.h>

#include "io/report_parts.h"

static const struct state_column {
    const char *leaf, *title;
    const char *row, *blocks; /* where its way through a ramp is recorded: timeline or blocks of the stage */
    int decimals;             /* of the ends of that way */
} state_column[] = {
    {"thermo/temperature", "<i>T</i>", "temperature", NULL, 0},
    {"thermo/pressure", "<i>P</i>", "pressure", NULL, 1},
    {"thermo/density", "Density", "density", NULL, 2},
    {"thermo/potential_energy", "<i>E</i><sub>pot</sub>", "potential_energy", NULL, 3},
    {"inherent/thermo/potential_energy", "<i>E</i><sub>IS</sub>", NULL,
     "inherent/blocks/thermo/potential_energy", 3},
    {"entropy/s_xray", "<i>S</i><sub>eq</sub> X-ray", NULL, "blocks/entropy/s_xray", 2},
    {"entropy/s_number", "<i>S</i><sub>eq</sub> number", NULL, "blocks/entropy/s_number", 2},
    {"entropy/s_partial_sum", "<i>S</i><sub>2</sub> pairs", NULL, "blocks/entropy/s_partial_sum", 2},
};
enum { STATE_COLUMNS = sizeof state_column / sizeof *state_column };

/* The pair with the largest share of the partial sum, and its share. */
static void put_largest_pair(FILE *out, const struct vt_report *r, int stage)
{
    const struct vt_dataset *d = vt_report_find(r, stage, "entropy/s_pair");
    fprintf(out, "<td class=\"word\">");
    if (d && d->n_axes == 1 && d->axis[0].label && d->axis[0].n) {
        double sum = 0;
        int best = 0;
        for (int k = 0; k < d->axis[0].n; k++) {
            sum += d->value[k];
            if (fabs(d->value[k]) > fabs(d->value[best])) best = k;
        }
        vt_report_escape(out, d->axis[0].label[best]);
        if (sum != 0) fprintf(out, " (%.0f&#8239;%%)", 100 * d->value[best] / sum);
    }
    fprintf(out, "</td>");
}

/* First and last finite value of the blocks of a stage. */
static bool ends_of_blocks(const struct vt_report *r, int stage, const char *leaf, double *from, double *to)
{
    const struct vt_dataset *d = vt_report_find(r, stage, leaf);
    int found = 0;
    for (size_t k = 0; d && d->n_axes == 1 && k < vt_dataset_size(d); k++) {
        if (!isfinite(d->value[k])) continue;
        if (!found++) *from = d->value[k];
        *to = d->value[k];
    }
    return found > 1;
}

/* What a ramp went through, without an error: the spread of such an average is drift. */
static void put_way(FILE *out, const struct vt_report *r, int stage, const struct state_column *c,
                    const struct vt_report_value *mean)
{
    double from, to;
    bool known = (c->row && vt_report_drift(r, stage, c->row, &from, &to)) ||
                 (c->blocks && ends_of_blocks(r, stage, c->blocks, &from, &to));
    if (!known) {
        fprintf(out, "<td>%s<small>mean</small></td>", vt_report_fixed(mean->value, c->decimals).text);
        return;
    }
    struct vt_report_text a = vt_report_fixed(from, c->decimals), b = vt_report_fixed(to, c->decimals);
    fprintf(out, strcmp(a.text, b.text) ? "<td>%s<br>→&nbsp;%s</td>" : "<td>%s</td>", a.text, b.text);
}

enum vt_status vt_report_states(FILE *out, const struct vt_report *r)
{
    const char *unit[STATE_COLUMNS] = {0};
    bool any = false, any_pair = false;
    struct vt_report_value v;
    for (int k = 0; k < r->n_stages; k++) {
        any_pair |= vt_report_find(r, k, "entropy/s_pair") != NULL;
        for (int c = 0; c < STATE_COLUMNS; c++)
            if (vt_report_number(r, k, state_column[c].leaf, &v)) unit[c] = v.unit, any = true;
    }
    if (!any) return VT_OK;
    vt_report_heading(out, "states", "States");
    fprintf(out, "<div class=\"scroll\"><table><thead><tr><th>Stage</th><th class=\"word\">State</th>");
    for (int c = 0; c < STATE_COLUMNS; c++) {
        if (!unit[c]) continue;
        struct vt_report_text u = vt_report_unit(unit[c], true);
        fprintf(out, *u.text ? "<th>%s<br>[%s]</th>" : "<th>%s</th>", state_column[c].title, u.text);
    }
    if (any_pair) fprintf(out, "<th class=\"word\">Largest share</th>");
    fprintf(out, "</tr></thead><tbody>\n");
    for (int k = 0; k < r->n_stages; k++) {
        bool measured = vt_report_find(r, k, "entropy/s_pair") != NULL;
        for (int c = 0; c < STATE_COLUMNS; c++) measured |= vt_report_number(r, k, state_column[c].leaf, &v);
        if (!measured) continue;
        bool chosen = k == r->before || k == r->after;
        bool ramp = vt_report_is_ramp(r, k);
        fprintf(out, ramp ? "<tr class=\"ramp\">" : chosen ? "<tr class=\"chosen\">" : "<tr>");
        fprintf(out, "<th scope=\"row\">");
        vt_report_escape(out, r->stage[k].label);
        fprintf(out, "</th><td class=\"word\"><span class=\"dot c%d\"></span>", vt_report_color(r, k));
        vt_report_escape(out, vt_report_line_name(r, k));
        fprintf(out, "</td>");
        for (int c = 0; c < STATE_COLUMNS; c++) {
            if (!unit[c]) continue;
            if (!vt_report_number(r, k, state_column[c].leaf, &v))
                fprintf(out, "<td></td>");
            else if (ramp)
                put_way(out, r, k, &state_column[c], &v);
            else
                vt_report_put_stacked(out, &v);
        }
        if (any_pair) put_largest_pair(out, r, k);
        fprintf(out, "</tr>\n");
    }
    fprintf(out,
            "</tbody></table></div>\n<p class=\"caption\">Averages over each stage; ± is one standard error. "
            "Grey: stages during which the sample changes. For these the table shows where it started and "
            "where it came to (first and last fortieth of the stage, for entropies its first and last "
            "block), or only the mean if it has no blocks.%s</p>\n",
            r->before >= 0 ? " The two states compared above are set in bold." : "");
    return VT_OK;
}
