/* report_method.c: definitions, the bias that was removed, options and provenance. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/report_parts.h"

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
    fprintf(out,
            "<dt>Errors</dt><dd>± is one standard error from a jackknife within the stage: over regions of "
            "the sample for pair distributions and entropies, over stretches of time for temperature, "
            "pressure, volume and energies of the moving sample; others as their definitions below say. "
            "They are errors of one sample: how much glasses made independently differ is not in them. "
            "Errors of differences take both sides as independent.</dd>\n</dl>\n");
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
