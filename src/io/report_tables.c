/* report_tables.c: the numbers: summary, states, shares of the pairs, method and provenance. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/report_parts.h"

/* "value ± error" as value and error apart; the error is "" if there is none. */
static void split_value(const struct vt_report_value *v, double scale, struct vt_report_text *value,
                        struct vt_report_text *error)
{
    *value = vt_report_format(scale * v->value, scale * v->error);
    *error = (struct vt_report_text){""};
    char *sign = value->text[0] == '(' ? NULL : strstr(value->text, " ± ");
    if (!sign) return;
    strcpy(error->text, sign + 1);
    *sign = '\0';
}

static void put_value(FILE *out, const struct vt_report_value *v)
{
    fprintf(out, "<td>%s</td>", vt_report_format(v->value, v->error).text);
}

/* The same in two lines, for wide tables. */
static void put_stacked(FILE *out, const struct vt_report_value *v)
{
    struct vt_report_text value, error;
    split_value(v, 1, &value, &error);
    fprintf(out, "<td>%s<small>%s</small></td>", value.text, error.text);
}

static void put_named(FILE *out, const struct vt_report *r, int stage)
{
    fprintf(out, "<span class=\"dot c%d\"></span><b>", vt_report_color(r, stage));
    vt_report_escape(out, vt_report_line_name(r, stage));
    fprintf(out, "</b>");
}

/* ---- summary ---- */

/* An option of a stage, "" if not given; the text stays valid until the next call. */
static const char *option(const struct vt_report *r, int stage, const char *key)
{
    static struct vt_report_text html;
    char text[256];
    if (!vt_report_option(r, stage, key, text, sizeof text)) return "";
    html = vt_report_quantity(text);
    return html.text;
}

static void put_option(FILE *out, const struct vt_report *r, int stage, const char *before, const char *key,
                       const char *after)
{
    const char *text = option(r, stage, key);
    if (*text) fprintf(out, "%s%s%s", before, text, after);
}

static void put_how_made(FILE *out, const struct vt_report *r)
{
    int quench = -1, shear = -1;
    for (int k = r->n_stages - 1; k >= 0; k--) {
        if (*r->stage[k].branch) continue;
        if (vt_report_is(r, k, "quench")) quench = k;
        if (vt_report_is(r, k, "shear")) shear = k;
    }
    if (quench >= 0) {
        fprintf(out, " The glass was quenched from the melt");
        put_option(out, r, quench, " to ", "temperature", "");
        put_option(out, r, quench, " at ", "rate", "");
        if (!*option(r, quench, "rate") && r->stage[quench].duration > 0)
            fprintf(out, " in %s&nbsp;ps", vt_report_format(r->stage[quench].duration, NAN).text);
        fprintf(out, ".");
    }
    if (shear >= 0) {
        struct vt_report_value t, p;
        fprintf(out, " It was sheared");
        put_option(out, r, shear, " in the ", "plane", " plane");
        put_option(out, r, shear, " to a strain of ", "strain", "");
        put_option(out, r, shear, " at ", "rate", "");
        if (vt_report_number(r, shear, "thermo/temperature", &t)) {
            fprintf(out, " (%s&nbsp;%s", vt_report_brief(t.value, 3).text, vt_report_unit(t.unit, true).text);
            if (vt_report_number(r, shear, "thermo/pressure", &p))
                fprintf(out, ", %s&nbsp;%s", vt_report_brief(p.value, 2).text,
                        vt_report_unit(p.unit, true).text);
            fprintf(out, ")");
        }
        fprintf(out, ".");
    }
}

static void put_tile(FILE *out, const char *title, const struct vt_report_value *v, double scale,
                     const char *unit)
{
    struct vt_report_text value, error;
    split_value(v, scale, &value, &error);
    fprintf(out,
            "<div class=\"tile\"><div class=\"what\">%s</div><div class=\"number\">%s%s</div>"
            "<div class=\"unit\">%s %s",
            title, v->value > 0 ? "+" : "", value.text, error.text, unit);
    if (v->error > 0) fprintf(out, " &middot; %.0f&#8239;σ", fabs(v->value) / v->error);
    fprintf(out, "</div></div>\n");
}

static void put_changes(FILE *out, const struct vt_report *r)
{
    static const struct {
        const char *leaf, *title;
    } entropy[] = {
        {"entropy/s_xray", "<i>S</i><sub>eq</sub>, X-ray weighted"},
        {"entropy/s_number", "<i>S</i><sub>eq</sub>, number weighted"},
        {"entropy/s_partial_sum", "<i>S</i><sub>2</sub>, sum over pairs"},
    };
    struct vt_report_value v, base, t;
    if (r->before < 0) return;
    bool any = vt_report_change(r, "inherent/thermo/potential_energy", &v) ||
               vt_report_change(r, "thermo/density", &v);
    for (size_t k = 0; k < sizeof entropy / sizeof *entropy; k++)
        any |= vt_report_change(r, entropy[k].leaf, &v);
    if (!any) return;
    fprintf(out, "<p>Change on shear, ");
    put_named(out, r, r->after);
    fprintf(out, " minus ");
    put_named(out, r, r->before);
    if (vt_report_number(r, r->before, "thermo/temperature", &base) &&
        vt_report_number(r, r->after, "thermo/temperature", &t)) {
        if (r->same_temperature)
            fprintf(out, ", both at %s&nbsp;%s", vt_report_brief(base.value, 3).text,
                    vt_report_unit(base.unit, true).text);
        else
            fprintf(out, ", at %s and %s&nbsp;%s", vt_report_brief(t.value, 3).text,
                    vt_report_brief(base.value, 3).text, vt_report_unit(base.unit, true).text);
    }
    fprintf(out, ":</p>\n<div class=\"tiles\">\n");
    if (vt_report_change(r, "inherent/thermo/potential_energy", &v)) {
        bool electronvolt = !strcmp(v.unit, "eV/atom") || !strcmp(v.unit, "eV");
        put_tile(out, "Inherent energy <i>E</i><sub>IS</sub>", &v, electronvolt ? 1000 : 1,
                 electronvolt ? "meV/atom" : vt_report_unit(v.unit, true).text);
    }
    for (size_t k = 0; k < sizeof entropy / sizeof *entropy; k++)
        if (vt_report_change(r, entropy[k].leaf, &v))
            put_tile(out, entropy[k].title, &v, 1, vt_report_unit(v.unit, true).text);
    if (vt_report_change(r, "thermo/density", &v) && vt_report_number(r, r->before, "thermo/density", &base))
        put_tile(out, "Density", &v, 100 / base.value, "%");
    fprintf(out, "</div>\n");
    fprintf(out, "<p class=\"caption\">± is one standard error from within this run; the spread between "
                 "independently made glasses comes on top of it.</p>\n");
}

/* The first bytes of a text. */
static void put_part(FILE *out, const char *text, size_t bytes)
{
    char part[200];
    snprintf(part, sizeof part, "%.*s", (int)(bytes < sizeof part ? bytes : sizeof part - 1), text);
    vt_report_escape(out, part);
}

void vt_report_summary(FILE *out, const struct vt_report *r)
{
    const char *composition = vt_report_note(r, "composition"), *atoms = vt_report_note(r, "atoms"),
               *potential = vt_report_note(r, "potential"), *validation = vt_report_note(r, "potential_note");
    size_t headline = strcspn(validation, ":;\n"); /* on the badge; the rest follows in small print */
    if (headline > 160) headline = 160;
    while (headline && (validation[headline] & 0xc0) == 0x80) headline--; /* not within a character */
    fprintf(out, "<p class=\"lead\">");
    if (*composition) {
        fprintf(out, "<b>");
        vt_report_escape(out, composition);
        fprintf(out, "</b>");
    }
    if (*atoms) {
        fprintf(out, *composition ? ", " : "");
        vt_report_escape(out, atoms);
        fprintf(out, " atoms");
    }
    if (*potential) {
        fprintf(out, *composition || *atoms ? ", potential " : "Potential ");
        vt_report_escape(out, potential);
    }
    if (*composition || *atoms || *potential) fprintf(out, ".");
    put_how_made(out, r);
    fprintf(out, "</p>\n<p>");
    if (*validation) {
        fprintf(out, "<span class=\"badge warn\">Potential: ");
        put_part(out, validation, headline);
        fprintf(out, "</span> ");
    }
    if (!strcmp(vt_report_note(r, "complete"), "no"))
        fprintf(
            out,
            "<span class=\"badge warn\">Incomplete: the run had not finished when this was written</span>");
    fprintf(out, "</p>\n");
    const char *rest = validation + headline;
    rest += strspn(rest, ":;. \n");
    if (*rest) {
        fprintf(out, "<p class=\"caption\">Potential: ");
        vt_report_escape(out, rest);
        fprintf(out, "</p>\n");
    }
    put_changes(out, r);
}

/* ---- states ---- */

static const struct state_column {
    const char *leaf, *title;
} state_column[] = {
    {"thermo/temperature", "<i>T</i>"},
    {"thermo/pressure", "<i>P</i>"},
    {"thermo/density", "Density"},
    {"thermo/potential_energy", "<i>E</i><sub>pot</sub>"},
    {"inherent/thermo/potential_energy", "<i>E</i><sub>IS</sub>"},
    {"entropy/s_xray", "<i>S</i><sub>eq</sub> X-ray"},
    {"entropy/s_number", "<i>S</i><sub>eq</sub> number"},
    {"entropy/s_partial_sum", "<i>S</i><sub>2</sub> pairs"},
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
        bool ramp = vt_report_is(r, k, "quench") || vt_report_is(r, k, "heat");
        fprintf(out, chosen ? "<tr class=\"chosen\">" : ramp ? "<tr class=\"ramp\">" : "<tr>");
        fprintf(out, "<th scope=\"row\">");
        vt_report_escape(out, r->stage[k].label);
        fprintf(out, "</th><td class=\"word\"><span class=\"dot c%d\"></span>", vt_report_color(r, k));
        vt_report_escape(out, vt_report_line_name(r, k));
        fprintf(out, "</td>");
        for (int c = 0; c < STATE_COLUMNS; c++) {
            if (!unit[c]) continue;
            if (vt_report_number(r, k, state_column[c].leaf, &v))
                put_stacked(out, &v);
            else
                fprintf(out, "<td></td>");
        }
        if (any_pair) put_largest_pair(out, r, k);
        fprintf(out, "</tr>\n");
    }
    fprintf(out,
            "</tbody></table></div>\n<p class=\"caption\">± is one standard error. Averages over each stage; "
            "during a quench or a heating "
            "they span its whole range of temperatures.%s</p>\n",
            r->before >= 0 ? " The two states compared above are set in bold." : "");
    return VT_OK;
}

/* ---- shares ---- */

static void put_three(FILE *out, const struct vt_report_value *a, const struct vt_report_value *b)
{
    put_value(out, a);
    put_value(out, b);
    struct vt_report_value change = {b->value - a->value, hypot(a->error, b->error), a->unit};
    fprintf(out, "<td>%s%s</td>", change.value > 0 ? "+" : "",
            vt_report_format(change.value, change.error).text);
}

static void put_change_header(FILE *out, const struct vt_report *r, const char *first)
{
    fprintf(out, "<div class=\"scroll\"><table><thead><tr><th>%s</th><th>", first);
    put_named(out, r, r->before);
    fprintf(out, "</th><th>");
    put_named(out, r, r->after);
    fprintf(out, "</th><th>Change</th>");
}

static bool pairs_match(const struct vt_dataset *a, const struct vt_dataset *b)
{
    if (!a || !b || a->n_axes != 1 || b->n_axes != 1 || a->axis[0].n != b->axis[0].n) return false;
    if (!a->axis[0].label || !b->axis[0].label) return false;
    for (int k = 0; k < a->axis[0].n; k++)
        if (strcmp(a->axis[0].label[k], b->axis[0].label[k])) return false;
    return true;
}

static void put_pairs(FILE *out, const struct vt_report *r, const struct vt_dataset *a,
                      const struct vt_dataset *b)
{
    double total = 0;
    for (int k = 0; k < a->axis[0].n; k++) total += b->value[k] - a->value[k];
    fprintf(out, "<div><h3>By pair</h3>");
    put_change_header(out, r, "Pair");
    fprintf(out, "<th>Share of change</th></tr></thead><tbody>\n");
    for (int k = 0; k < a->axis[0].n; k++) {
        struct vt_report_value p = {a->value[k], a->error ? a->error[k] : NAN, a->unit},
                               q = {b->value[k], b->error ? b->error[k] : NAN, b->unit};
        fprintf(out, "<tr><th scope=\"row\">");
        vt_report_escape(out, a->axis[0].label[k]);
        fprintf(out, "</th>");
        put_three(out, &p, &q);
        double share = 100 * (q.value - p.value) / total;
        if (isfinite(share))
            fprintf(out, "<td>%s%.0f&#8239;%%</td></tr>\n", share < -0.5 ? "−" : "", fabs(share));
        else
            fprintf(out, "<td></td></tr>\n");
    }
    fprintf(out, "</tbody></table></div></div>\n");
}

static void put_split(FILE *out, const struct vt_report *r)
{
    static const struct {
        const char *title, *total, *below, *above;
    } row[] = {
        {"<i>S</i><sub>eq</sub>, X-ray", "entropy/s_xray", "entropy/s_xray_below", "entropy/s_xray_above"},
        {"<i>S</i><sub>eq</sub>, number", "entropy/s_number", "entropy/s_number_below",
         "entropy/s_number_above"},
        {"<i>S</i><sub>2</sub>, sum over pairs", "entropy/s_partial_sum", "entropy/s_partial_sum_below",
         "entropy/s_partial_sum_above"},
    };
    fprintf(out, "<div><h3>By distance</h3>");
    put_change_header(out, r, "");
    fprintf(out, "</tr></thead><tbody>\n");
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        const char *leaf[] = {row[k].total, row[k].below, row[k].above};
        static const char *const part[] = {"", ", below split", ", above split"};
        for (int p = 0; p < 3; p++) {
            struct vt_report_value a, b;
            if (!vt_report_number(r, r->before, leaf[p], &a) || !vt_report_number(r, r->after, leaf[p], &b))
                continue;
            fprintf(out, "<tr><th scope=\"row\">%s%s</th>", row[k].title, part[p]);
            put_three(out, &a, &b);
            fprintf(out, "</tr>\n");
        }
    }
    fprintf(out, "</tbody></table></div></div>\n");
}

enum vt_status vt_report_shares(FILE *out, const struct vt_report *r)
{
    struct vt_report_value v;
    if (r->before < 0) return VT_OK;
    const struct vt_dataset *a = vt_report_find(r, r->before, "entropy/s_pair"),
                            *b = vt_report_find(r, r->after, "entropy/s_pair");
    bool pairs = pairs_match(a, b), split = vt_report_change(r, "entropy/s_xray_below", &v) ||
                                            vt_report_change(r, "entropy/s_number_below", &v) ||
                                            vt_report_change(r, "entropy/s_partial_sum_below", &v);
    if (!pairs && !split) return VT_OK;
    vt_report_heading(out, "shares", "Where the entropy changes");
    fprintf(out, "<p class=\"caption\">All in %s; stages ",
            vt_report_unit(pairs ? a->unit : v.unit, true).text);
    vt_report_escape(out, r->stage[r->before].label);
    fprintf(out, " and ");
    vt_report_escape(out, r->stage[r->after].label);
    fprintf(out, ".");
    char at[64];
    if (split && vt_report_option(r, r->after, "split_at", at, sizeof at))
        fprintf(out, " The split is at %s.", vt_report_quantity(at).text);
    fprintf(out, "</p>\n<div class=\"tables\">\n");
    if (split) put_split(out, r);
    if (pairs) put_pairs(out, r, a, b);
    fprintf(out, "</div>\n");
    return VT_OK;
}

/* ---- method ---- */

static bool any_stage_has(const struct vt_report *r, const char *leaf)
{
    for (int k = 0; k < r->n_stages; k++)
        if (vt_report_find(r, k, leaf)) return true;
    return false;
}

/* Definitions from the datasets themselves: every kind of quantity once. */
static enum vt_status put_definitions(FILE *out, const struct vt_report *r)
{
    const char **seen;
    int n_seen = 0;
    VT_TRY(vt_alloc(&seen, r->results->n));
    fprintf(
        out,
        "<details><summary>Every measured quantity in the results file, with its definition</summary>\n<div "
        "class=\"scroll\"><table class=\"text\"><thead><tr><th>Quantity</th><th>Unit</th><th>Definition</th>"
        "</tr></thead><tbody>\n");
    for (int k = 0; k < r->results->n; k++) {
        const struct vt_dataset *d = &r->results->item[k];
        if (strncmp(d->path, "stages/", 7)) continue;
        const char *leaf = strchr(d->path + 7, '/');
        if (!leaf || !*d->help) continue;
        leaf++;
        if (!strncmp(leaf, "inherent/", 9)) leaf += 9;
        if (!strncmp(leaf, "blocks/", 7)) leaf += 7;
        bool known = false;
        for (int s = 0; s < n_seen && !known; s++) known = !strcmp(seen[s], leaf);
        if (known) continue;
        seen[n_seen++] = leaf;
        fprintf(out, "<tr><td><code>");
        vt_report_escape(out, leaf);
        fprintf(out, "</code></td><td>%s</td><td>", vt_report_unit(d->unit, true).text);
        vt_report_escape(out, d->help);
        fprintf(out, "</td></tr>\n");
    }
    fprintf(out, "</tbody></table></div></details>\n");
    free(seen);
    return VT_OK;
}

/* The counting bias of the states compared (of all stages if none are). */
static void put_bias(FILE *out, const struct vt_report *r)
{
    static const struct {
        const char *title, *removed, *jackknife;
    } row[] = {
        {"<i>S</i><sub>eq</sub>, X-ray", "entropy/bias_xray", "entropy/bias_jackknife_xray"},
        {"<i>S</i><sub>eq</sub>, number", "entropy/bias_number", "entropy/bias_jackknife_number"},
        {"<i>S</i><sub>2</sub>, sum over pairs", "entropy/bias_partial_sum",
         "entropy/bias_jackknife_partial_sum"},
    };
    bool any = false;
    for (int k = 0; k < r->n_stages; k++) {
        if (r->before >= 0 && k != r->before && k != r->after) continue;
        for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
            struct vt_report_value removed, jackknife;
            if (!vt_report_number(r, k, row[i].removed, &removed)) continue;
            if (!any)
                fprintf(
                    out,
                    "<p>Counting noise makes <i>g</i>&#8239;ln&#8239;<i>g</i> too large on average and the "
                    "raw "
                    "entropy too low. This bias was estimated from the counts and removed; the jackknife "
                    "gives "
                    "a second estimate of it.</p>\n<div class=\"scroll\"><table><thead><tr>"
                    "<th>Stage</th><th class=\"word\">Quantity</th><th>Removed [%s]</th><th>By jackknife</th>"
                    "</tr></thead><tbody>\n",
                    vt_report_unit(removed.unit, true).text);
            any = true;
            removed.error = NAN;
            fprintf(out, "<tr><th scope=\"row\">");
            vt_report_escape(out, r->stage[k].label);
            fprintf(out, "</th><td class=\"word\">%s</td><td>%s</td><td>", row[i].title,
                    vt_report_format(round(1e4 * removed.value) / 1e4, NAN).text);
            if (vt_report_number(r, k, row[i].jackknife, &jackknife))
                fprintf(out, "%s", vt_report_format(round(1e4 * jackknife.value) / 1e4, NAN).text);
            fprintf(out, "</td></tr>\n");
        }
    }
    if (any) fprintf(out, "</tbody></table></div>\n");
}

/* Range and bin width of g(r): entropies are comparable only at equal ones. */
static void put_window(FILE *out, const struct vt_report *r)
{
    int stage = r->after;
    char text[64];
    for (int k = 0; k < r->n_stages && stage < 0; k++)
        if (vt_report_find(r, k, "pdf/g_number")) stage = k;
    if (stage < 0 || !vt_report_option(r, stage, "r_max", text, sizeof text)) return;
    fprintf(out, "<dt>Range</dt><dd><i>r</i><sub>max</sub> = %s", vt_report_quantity(text).text);
    if (vt_report_option(r, stage, "dr", text, sizeof text))
        fprintf(out, ", bins of %s", vt_report_quantity(text).text);
    fprintf(out, ". Entropies depend on both and are comparable only at equal ones.</dd>\n");
}

enum vt_status vt_report_method(FILE *out, const struct vt_report *r)
{
    static const char g_of_r[] = "<i>g</i><sub>ab</sub>(<i>r</i>) = <i>H</i><sub>ab</sub>(<i>r</i>) / (pairs "
                                 "expected in the shell for an "
                                 "ideal gas of the same density)";
    bool entropy = any_stage_has(r, "entropy/s_xray") || any_stage_has(r, "entropy/s_number"),
         partial = any_stage_has(r, "entropy/s_partial_sum") || any_stage_has(r, "entropy/s_pair"),
         xray = any_stage_has(r, "entropy/s_xray") || any_stage_has(r, "pdf/g_xray"),
         pdf = any_stage_has(r, "pdf/g_partial") || any_stage_has(r, "pdf/g_number") || xray;
    if (!r->n_stages) return VT_OK;
    vt_report_heading(out, "method", "How it was computed");
    fprintf(out, "<dl>\n");
    if (pdf) fprintf(out, "<dt>Pair distribution</dt><dd>%s</dd>\n", g_of_r);
    if (xray)
        fprintf(
            out,
            "<dt>X-ray weighted total</dt><dd><i>g</i>(<i>r</i>) = Σ<sub>ab</sub> "
            "<i>c</i><sub>a</sub><i>c</i><sub>b</sub><i>Z</i><sub>a</sub><i>Z</i><sub>b</sub> "
            "<i>g</i><sub>ab</sub>(<i>r</i>) / ⟨<i>Z</i>⟩<sup>2</sup>, the weights at <i>q</i> → 0</dd>\n");
    if (entropy)
        fprintf(
            out,
            "<dt>Equivalent entropy</dt><dd><i>S</i><sub>eq</sub> = −2π<i>ρ</i> <i>k</i><sub>B</sub> "
            "∫<sub>0</sub><sup><i>r</i><sub>max</sub></sup> [<i>g</i> ln <i>g</i> − <i>g</i> + 1] "
            "<i>r</i><sup>2</sup> d<i>r</i>, per atom, from a weighted total <i>g</i>(<i>r</i>); the excess "
            "over the ideal gas in the form used for measured data. It is not the full entropy.</dd>\n");
    if (partial)
        fprintf(
            out,
            "<dt>Two-body entropy</dt><dd><i>S</i><sub>2</sub> = −2π<i>ρ</i> <i>k</i><sub>B</sub> "
            "Σ<sub>ab</sub> <i>c</i><sub>a</sub><i>c</i><sub>b</sub> "
            "∫<sub>0</sub><sup><i>r</i><sub>max</sub></sup> [<i>g</i><sub>ab</sub> ln "
            "<i>g</i><sub>ab</sub> − <i>g</i><sub>ab</sub> + 1] <i>r</i><sup>2</sup> d<i>r</i>, the sum over "
            "pairs of species</dd>\n");
    if (any_stage_has(r, "inherent/thermo/potential_energy"))
        fprintf(
            out,
            "<dt>Inherent structure</dt><dd>The nearest minimum of the potential energy, found from copies "
            "of the sampled configurations.</dd>\n");
    put_window(out, r);
    fprintf(out, "<dt>Errors</dt><dd>± is one standard error from a jackknife within the stage: over regions "
                 "of the sample "
                 "for pair distributions and entropies, over stretches of time for energies, volumes and "
                 "stresses. Errors of "
                 "differences take both sides as independent.</dd>\n</dl>\n");
    put_bias(out, r);
    return put_definitions(out, r);
}

/* ---- provenance ---- */

void vt_report_provenance(FILE *out, const struct vt_report *r)
{
    static const struct {
        const char *key, *title;
    } row[] = {
        {"creator", "Program"},
        {"version", "Version"},
        {"commit", "Commit"},
        {"compiler", "Compiler"},
        {"host", "Host"},
        {"date", "Date"},
        {"ranks", "MPI ranks"},
        {"threads", "Threads per rank"},
        {"wall_seconds", "Wall time [s]"},
        {"composition", "Composition"},
        {"atoms", "Atoms"},
        {"potential", "Potential"},
        {"potential_checksum", "Potential, checksum"},
        {"potential_note", "Potential, note"},
        {"seed", "Random seed"},
        {"complete", "Complete"},
    };
    const char *protocol = vt_report_note(r, "protocol");
    if (*protocol) {
        vt_report_heading(out, "protocol", "Protocol");
        fprintf(out, "<pre>");
        vt_report_escape(out, protocol);
        fprintf(out, "</pre>\n");
    }
    bool any = false;
    for (int k = 0; k < r->n_stages; k++) {
        if (!*r->stage[k].options) continue;
        if (!any) fprintf(out, "<h3>Options in use</h3>\n<div class=\"options\">\n");
        any = true;
        fprintf(out, "<div><h4>");
        vt_report_escape(out, r->stage[k].label);
        fprintf(out, "</h4><pre>");
        vt_report_escape(out, r->stage[k].options);
        fprintf(out, "</pre></div>\n");
    }
    if (any) fprintf(out, "</div>\n");
    any = false;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        const char *text = vt_report_note(r, row[k].key);
        if (!*text) continue;
        if (!any) {
            vt_report_heading(out, "provenance", "Provenance");
            fprintf(out, "<div class=\"scroll\"><table class=\"text\"><tbody>\n");
        }
        any = true;
        fprintf(out, "<tr><th scope=\"row\">%s</th><td>", row[k].title);
        vt_report_escape(out, text);
        fprintf(out, "</td></tr>\n");
    }
    if (any) fprintf(out, "</tbody></table></div>\n");
}
