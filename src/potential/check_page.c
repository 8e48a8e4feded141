/* check_page.c: the page of a check: verdicts, an overview of all deviations, tables with figures, reasons,
 * sources.
 */
#include "potential/check_page.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/replace.h"
#include "io/report_parts.h"
#include "potential/check_text.h"

static const char page_mark[] = "<!DOCTYPE html>\n<!-- Vitrum potential check -->";

/* ---------------------------------------------------------------------------------------------- tables */

static const char *class_of(enum vt_verdict v)
{
    static const char *const name[] = {"meets", "near", "misses", "unjudged", "unjudged"};
    return name[v];
}

static void put_table_head(FILE *out, const char *first)
{
    fprintf(
        out,
        "<div class=\"scroll\"><table><thead><tr><th>%s</th>%s<th>Value</th><th>Reference</th><th>Off by</th>"
        "<th>Allowed</th><th class=\"word\">Verdict</th><th>From</th></tr></thead><tbody>\n",
        *first ? first : "Property", *first ? "<th class=\"word\">Property</th>" : "");
}

static void put_row(FILE *out, const struct vt_finding *f, const struct vt_check_sources *sources)
{
    struct vt_check_words w = vt_check_words_of(f);
    const char *cells[] = {w.value, w.reference, w.deviation, w.allowed};
    int source = vt_check_source_number(sources, f);
    vt_report_put_plain(out, w.title);
    fprintf(out, *w.unit ? " [" : "");
    vt_report_put_plain(out, w.unit);
    fprintf(out, *w.unit ? "]" : "");
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
        fprintf(out, "</%s><td>", k ? "td" : "th");
        vt_report_put_plain(out, cells[k]);
    }
    fprintf(out, "</td><td class=\"word %s\">%s</td><td>", class_of(f->verdict),
            vt_verdict_names[f->verdict]);
    if (source) fprintf(out, "<a href=\"#source-%d\">%d</a>", source, source);
    fprintf(out, "</td></tr>\n");
}

/* One line for each reason. */
static void put_missing(FILE *out, const struct vt_check *c, const struct vt_check_subject *s)
{
    const struct vt_finding *all = c->findings.item;
    for (int k = 0; k < c->findings.n; k++) {
        bool first = true;
        if (all[k].verdict != VT_NOT_COMPUTED || strcmp(all[k].subject, s->name)) continue;
        for (int q = 0; q < k; q++)
            first &= all[q].verdict != VT_NOT_COMPUTED || strcmp(all[q].subject, s->name) ||
                     strcmp(all[q].source, all[k].source);
        if (!first) continue;
        fprintf(out, "<p class=\"caption\">Not computed:");
        for (int q = k, m = 0; q < c->findings.n; q++) {
            char title[128];
            if (all[q].verdict != VT_NOT_COMPUTED || strcmp(all[q].subject, s->name) ||
                strcmp(all[q].source, all[k].source))
                continue;
            vt_finding_title(&all[q], title, sizeof title);
            fprintf(out, m++ ? ", " : " ");
            vt_report_put_plain(out, title);
        }
        fprintf(out, ". ");
        if (all[k].source[0])
            fprintf(out, "%c", toupper((unsigned char)all[k].source[0])),
                vt_report_put_plain(out, all[k].source + 1);
        fprintf(out, ".</p>\n");
    }
}

/* ---------------------------------------------------------------------------------------------- verdicts */

static void put_verdicts(FILE *out, const struct vt_check *c)
{
    const struct vt_eam *e = c->options.tables;
    fprintf(out, "<p class=\"lead\">");
    for (int k = 0; k < e->n_species; k++) fprintf(out, "%s%s", k ? ", " : "", e->element[k].symbol);
    fprintf(out, "; %s; cut-off %s Å; checksum <code>%016llx</code>.</p>\n<div class=\"tiles\">\n",
            e->finnis_sinclair ? "Finnis-Sinclair" : "embedded atoms", vt_report_brief(e->cutoff, 4).text,
            (unsigned long long)e->checksum);
    for (enum vt_use use = 0; use < VT_USES; use++) {
        enum vt_verdict verdict = vt_findings_verdict(&c->findings, use);
        int judged, met;
        vt_check_count(&c->findings, use, &judged, &met);
        fprintf(out,
                "<div class=\"tile\"><div class=\"what\">For %s</div><div class=\"number %s\">%s</div>"
                "<div class=\"unit\">%d of %d that decide meet their reference</div></div>\n",
                vt_use_names[use], class_of(verdict), vt_verdict_names[verdict], met, judged);
    }
    fprintf(out, "</div>\n<dl>\n");
    for (enum vt_use use = 0; use < VT_USES; use++) {
        enum vt_verdict verdict = vt_findings_verdict(&c->findings, use);
        char text[1000];
        bool missing = vt_check_missing_names(c, use, text, sizeof text) > 0;
        if ((verdict == VT_MEETS || verdict == VT_NO_REFERENCE) && !missing) continue;
        fprintf(out, "<dt>%c%s</dt><dd>", toupper((unsigned char)*vt_use_names[use]), vt_use_names[use] + 1);
        int shown = 0;
        for (int k = 0; k < c->findings.n; k++) {
            char reason[400];
            const struct vt_finding *f = &c->findings.item[k];
            if (verdict == VT_MEETS || verdict == VT_NO_REFERENCE || !vt_finding_decides(f, use, verdict))
                continue;
            vt_check_reason(f, reason, sizeof reason);
            fprintf(out, shown++ ? "; " : verdict == VT_NEAR ? "Near: " : "Missed: ");
            vt_report_put_plain(out, reason);
        }
        fprintf(out, shown ? ". " : "");
        if (missing) {
            fprintf(out, "Not computed: ");
            vt_report_put_plain(out, text);
            fprintf(out, ".");
        }
        fprintf(out, "</dd>\n");
    }
    fprintf(out, "</dl>\n");
}

/* ---------------------------------------------------------------------------------------------- overview */

enum { DOTS_MAX = 400, Y_MAX = 4 };

/* In units of what is allowed, within +-Y_MAX; NAN without a reference, or where nothing is. */
static double in_units_of_allowed(const struct vt_finding *f)
{
    const struct vt_property_row *row = &vt_property_rows[f->property];
    if (f->verdict > VT_MISSES || !(row->allowed > 0)) return NAN;
    double y = f->deviation / row->allowed;
    if (f->low != f->high && y != 0) y += y > 0 ? 1 : -1; /* from the edge of a range on */
    return fmin(fmax(y, -Y_MAX), Y_MAX);
}

/* All deviations of the subjects of a kind, one column each. */
static enum vt_status add_dots(struct vt_plot *f, int panel, const struct vt_check *c,
                               enum vt_check_kind kind, enum vt_use use, enum vt_verdict verdict)
{
    static const int color[] = {2, 1, 3};
    double x[DOTS_MAX], y[DOTS_MAX];
    int n = 0, column = 0;
    for (int s = 0; s < c->n; s++) {
        if (c->subject[s].kind != kind) continue;
        int in_column = 0, all = 0;
        for (int pass = 0; pass < 2; pass++)
            for (int k = 0; k < c->findings.n && n < DOTS_MAX; k++) {
                const struct vt_finding *item = &c->findings.item[k];
                double v = in_units_of_allowed(item);
                if (strcmp(item->subject, c->subject[s].name) ||
                    vt_property_rows[item->property].use != use || isnan(v))
                    continue;
                if (pass == 0) {
                    all++;
                    continue;
                }
                double at = column + (all > 1 ? 0.6 * in_column / (all - 1) - 0.3 : 0);
                in_column++;
                if (item->verdict != verdict) continue;
                x[n] = at, y[n++] = v;
                if (verdict == VT_MISSES)
                    VT_TRY(vt_plot_add_note(
                        f, panel, at, v, *item->what ? item->what : vt_property_rows[item->property].name));
            }
        column++;
    }
    if (!n) return VT_OK;
    return vt_plot_add_series(f, panel,
                              &(struct vt_plot_series){.name = vt_verdict_names[verdict],
                                                       .color = color[verdict],
                                                       .mark = VT_PLOT_DOTS,
                                                       .n = n,
                                                       .x = x,
                                                       .y = y});
}

static enum vt_status draw_overview(FILE *out, const struct vt_check *c, enum vt_check_kind kind,
                                    const char *id)
{
    struct vt_plot f = {
        .id = id, .about = "deviations from the references in units of what is allowed", .width = 1100};
    enum vt_status st = VT_OK;
    int columns = 0;
    for (int s = 0; s < c->n; s++)
        if (c->subject[s].kind == kind)
            VT_TRY_GOTO(st, failed, vt_plot_add_tick(&f, columns++, c->subject[s].name));
    f.x_min = -0.5, f.x_max = columns - 0.5;
    f.x_title = "";
    for (enum vt_use use = 0; use < VT_RUNNING; use++) {
        int panel;
        char title[64];
        double ends[2] = {-0.5, columns - 0.5};
        snprintf(title, sizeof title, "%c%s", toupper((unsigned char)*vt_use_names[use]),
                 vt_use_names[use] + 1);
        VT_TRY_GOTO(st, failed, vt_plot_add_panel(&f, title, "off by / allowed", 170, &panel));
        f.panel[panel].y_min = -Y_MAX - 0.5, f.panel[panel].y_max = Y_MAX + 1.5;
        f.panel[panel].zero = true;
        for (int side = -1; side <= 1; side += 2)
            VT_TRY_GOTO(st, failed,
                        vt_plot_add_series(&f, panel,
                                           &(struct vt_plot_series){.color = VT_PLOT_NEUTRAL,
                                                                    .mark = VT_PLOT_DASHED,
                                                                    .n = 2,
                                                                    .x = ends,
                                                                    .y = (const double[]){side, side}}));
        for (enum vt_verdict v = VT_MEETS; v <= VT_MISSES; v++)
            VT_TRY_GOTO(st, failed, add_dots(&f, panel, c, kind, use, v));
    }
    return vt_report_draw(out, &f, "wide");
failed:
    vt_plot_release(&f);
    return st;
}

static enum vt_status put_overview(FILE *out, const struct vt_check *c)
{
    static const struct {
        enum vt_check_kind kind;
        const char *id, *title;
    } part[] = {{VT_CHECK_ALLOY, "overview-alloys", "Alloys"},
                {VT_CHECK_ELEMENT, "overview-elements", "Elements"},
                {VT_CHECK_PAIR, "overview-pairs", "Pairs"}};
    vt_report_heading(out, "overview", "Overview");
    fprintf(out, "<p>Each dot is a finding with a reference, at its deviation in units of what is allowed: "
                 "between the "
                 "dashed lines it meets its reference. What is farther off than four times is drawn at the "
                 "edge.</p>\n");
    for (size_t k = 0; k < sizeof part / sizeof *part; k++) {
        int n = 0;
        for (int q = 0; q < c->findings.n; q++)
            for (int s = 0; s < c->n; s++)
                n += c->subject[s].kind == part[k].kind &&
                     !strcmp(c->findings.item[q].subject, c->subject[s].name) &&
                     !isnan(in_units_of_allowed(&c->findings.item[q]));
        if (!n) continue;
        fprintf(out, "<h3>%s</h3>\n", part[k].title);
        VT_TRY(draw_overview(out, c, part[k].kind, part[k].id));
    }
    return VT_OK;
}

/* ---------------------------------------------------------------------------------------------- subjects */

static enum vt_status draw_curves(FILE *out, const struct vt_check_subject *s)
{
    const struct vt_check_curve *c = s->curve;
    char id[32], about[64];
    snprintf(id, sizeof id, "energy-%s", s->name);
    snprintf(about, sizeof about, "energy of %s against volume", s->name);
    struct vt_plot f = {.id = id, .about = about, .width = 400};
    struct vt_report_text x = vt_report_axis("volume of an atom", "angstrom^3"),
                          y = vt_report_axis("energy", "eV");
    double top = -INFINITY, bottom = INFINITY;
    int panel;
    f.x_title = x.text;
    enum vt_status st = vt_plot_add_panel(&f, NULL, y.text, 250, &panel);
    for (int k = 0; st == VT_OK && k < VT_CHECK_STRUCTURES; k++) {
        for (int q = 0; q < VT_CHECK_POINTS; q++) bottom = fmin(bottom, c->energy[k][q]);
        top = fmax(top, c->energy[k][VT_CHECK_POINTS - 1]);
        st = vt_plot_add_series(&f, panel,
                                &(struct vt_plot_series){.name = vt_check_structures[k],
                                                         .color = k,
                                                         .n = VT_CHECK_POINTS,
                                                         .x = c->volume,
                                                         .y = c->energy[k]});
    }
    if (st == VT_OK && !isnan(c->rose[0]))
        st = vt_plot_add_series(&f, panel,
                                &(struct vt_plot_series){.name = "Rose",
                                                         .color = VT_PLOT_NEUTRAL,
                                                         .mark = VT_PLOT_DASHED,
                                                         .n = VT_CHECK_POINTS,
                                                         .x = c->volume,
                                                         .y = c->rose});
    f.panel[panel].y_min = bottom - 0.15 * (top - bottom);
    f.panel[panel].y_max = bottom + 2 * (top - bottom);
    if (st == VT_OK) return vt_report_draw(out, &f, "small");
    vt_plot_release(&f);
    return st;
}

static enum vt_status put_subject(FILE *out, const struct vt_check *c, const struct vt_check_subject *s,
                                  const struct vt_check_sources *sources)
{
    char title[160];
    int rows = 0;
    vt_check_subject_title(s, title, sizeof title);
    fprintf(out, "<h3>");
    vt_report_escape(out, title);
    fprintf(out, "</h3>\n<div class=\"beside\"><div>");
    for (int k = 0; k < c->findings.n; k++) {
        const struct vt_finding *f = &c->findings.item[k];
        if (strcmp(f->subject, s->name) || f->verdict == VT_NOT_COMPUTED) continue;
        if (!rows++) put_table_head(out, "");
        fprintf(out, "<tr><th scope=\"row\">");
        put_row(out, f, sources);
    }
    fprintf(out, rows ? "</tbody></table></div>\n" : "");
    put_missing(out, c, s);
    if (*s->remark) {
        fprintf(out, "<p class=\"caption\">");
        vt_report_put_plain(out, s->remark);
        fprintf(out, ".</p>\n");
    }
    fprintf(out, "</div>");
    if (s->curve) {
        fprintf(out, "<div>");
        VT_TRY(draw_curves(out, s));
        fprintf(out, "</div>");
    }
    fprintf(out, "</div>\n");
    return VT_OK;
}

static bool has(const struct vt_check *c, enum vt_check_kind kind)
{
    for (int s = 0; s < c->n; s++)
        if (c->subject[s].kind == kind) return true;
    return false;
}

static enum vt_status put_kind(FILE *out, const struct vt_check *c, enum vt_check_kind kind, const char *id,
                               const char *text, const struct vt_check_sources *sources)
{
    if (!has(c, kind)) return VT_OK;
    vt_report_heading(out, id, vt_check_sections[kind]);
    if (*text) fprintf(out, "<p>%s</p>\n", text);
    for (int s = 0; s < c->n; s++)
        if (c->subject[s].kind == kind) VT_TRY(put_subject(out, c, &c->subject[s], sources));
    return VT_OK;
}

/* All in one table, by the name of the pair. */
static void put_pairs(FILE *out, const struct vt_check *c, const struct vt_check_sources *sources)
{
    if (!has(c, VT_CHECK_PAIR)) return;
    vt_report_heading(out, "pairs", vt_check_sections[VT_CHECK_PAIR]);
    fprintf(out,
            "<p>Compounds at rest; their energies are those over the lowest crystals of the elements.</p>\n");
    put_table_head(out, "Pair");
    for (int s = 0; s < c->n; s++) {
        bool named = false;
        if (c->subject[s].kind != VT_CHECK_PAIR) continue;
        for (int k = 0; k < c->findings.n; k++) {
            const struct vt_finding *f = &c->findings.item[k];
            if (strcmp(f->subject, c->subject[s].name) || f->verdict == VT_NOT_COMPUTED) continue;
            fprintf(out, "<tr><td class=\"word\">%s%s%s</td><th scope=\"row\" class=\"word\">",
                    named ? "" : "<b>", named ? "" : f->subject, named ? "" : "</b>");
            named = true;
            put_row(out, f, sources);
        }
    }
    fprintf(out, "</tbody></table></div>\n");
    for (int s = 0; s < c->n; s++)
        if (c->subject[s].kind == VT_CHECK_PAIR) {
            put_missing(out, c, &c->subject[s]);
            break;
        }
}

/* ---------------------------------------------------------------------------------------------- method */

static void put_allowed(FILE *out)
{
    vt_report_heading(out, "allowed", "What is allowed, and why");
    fprintf(
        out,
        "<p>A finding <b>meets</b> its reference if it is no farther off than allowed, or inside the range; "
        "it is "
        "<b>near</b> if it is off by no more than that once again, or by less than two standard errors; else "
        "it "
        "<b>misses</b>. The verdict on a use is that of its worst finding among those that decide.</p>\n"
        "<details><summary>All properties</summary><div class=\"scroll\"><table class=\"text\"><thead><tr>"
        "<th>Property</th><th>Use</th><th>Decides</th><th>Allowed</th><th>Reason</th></tr></thead><tbody>\n");
    for (enum vt_property p = 0; p < VT_PROPERTIES; p++) {
        const struct vt_property_row *row = &vt_property_rows[p];
        int length = (int)strlen(row->name);
        while (length && strchr(":,", row->name[length - 1])) length--;
        if (length > 3 && !strncmp(row->name + length - 3, " of", 3)) length -= 3;
        fprintf(out, "<tr><td>%.*s</td><td>%s</td><td>%s</td><td>", length, row->name, vt_use_names[row->use],
                row->decides ? "yes" : "");
        if (row->allowed > 0) {
            char text[48];
            snprintf(text, sizeof text, "%g %s", row->allowed,
                     row->percent                     ? "%"
                     : !strcmp(row->unit, "angstrom") ? "A"
                     : !strcmp(row->unit, "1")        ? ""
                                                      : row->unit);
            vt_report_put_plain(out, text);
        }
        fprintf(out, "</td><td>");
        vt_report_put_plain(out, row->reason);
        fprintf(out, "</td></tr>\n");
    }
    fprintf(out, "</tbody></table></div></details>\n");
}

static void put_sources(FILE *out, const struct vt_check_sources *sources)
{
    if (!sources->n) return;
    vt_report_heading(out, "sources", "Where the references are from");
    fprintf(out, "<ol>\n");
    for (int k = 0; k < sources->n; k++) {
        fprintf(out, "<li id=\"source-%d\">", k + 1);
        vt_report_put_plain(out, sources->text[k]);
        fprintf(out, "</li>\n");
    }
    fprintf(out, "</ol>\n");
}

static void put_provenance(FILE *out, const struct vt_results *r)
{
    vt_report_heading(out, "provenance", "Made by");
    fprintf(out, "<p class=\"caption\">");
    static const char *const key[] = {"version", "commit", "compiler", "host", "date"};
    for (size_t k = 0; k < sizeof key / sizeof *key; k++) {
        const char *text = vt_results_get_note(r, "", key[k]);
        if (!text) continue;
        fprintf(out, "%s%s ", k ? "; " : "Vitrum ", key[k]);
        vt_report_escape(out, text);
    }
    fprintf(out, ".</p>\n");
}

static enum vt_status write_page(FILE *out, const struct vt_check *c, const struct vt_results *r,
                                 const struct vt_check_sources *sources)
{
    char title[300];
    snprintf(title, sizeof title, "Check of %.200s", c->options.source);
    vt_report_put_head(out, page_mark, title);
    put_verdicts(out, c);
    fprintf(out,
            "<nav aria-label=\"Contents\"><a href=\"#overview\">Overview</a> %s<a "
            "href=\"#elements\">Elements</a> %s"
            "<a href=\"#tables\">Tables</a> <a href=\"#allowed\">What is allowed</a> "
            "<a href=\"#sources\">Sources</a></nav>\n",
            has(c, VT_CHECK_ALLOY) ? "<a href=\"#alloys\">Alloys</a> " : "",
            has(c, VT_CHECK_PAIR) ? "<a href=\"#pairs\">Pairs</a> " : "");
    VT_TRY(put_overview(out, c));
    VT_TRY(put_kind(out, c, VT_CHECK_ALLOY, "alloys",
                    "Glasses quenched in simulations; errors are those of independent replicas.", sources));
    VT_TRY(put_kind(
        out, c, VT_CHECK_ELEMENT, "elements",
        "Crystals at rest, cells and atoms relaxed; references are at room temperature where no other is "
        "known. Figures: energy of an atom, shapes of the cells kept; Rose: the universal curve of the "
        "measured cohesive energy, bulk modulus and volume.",
        sources));
    put_pairs(out, c, sources);
    VT_TRY(put_kind(out, c, VT_CHECK_TABLES, "tables",
                    "Are the tables fit to be run with? The worst of all elements "
                    "and pairs is named.",
                    sources));
    put_allowed(out);
    put_sources(out, sources);
    put_provenance(out, r);
    vt_report_put_foot(out);
    return VT_OK;
}

enum vt_status vt_check_page_write(const char *path, const struct vt_check *c, const struct vt_results *r)
{
    struct vt_check_sources sources;
    struct vt_replace page;
    VT_TRY(vt_check_sources_collect(c, &sources));
    enum vt_status st = vt_replace_open(&page, path);
    if (st == VT_OK) {
        st = write_page(page.file, c, r, &sources);
        if (st == VT_OK) st = vt_replace_commit(&page);
        if (st != VT_OK) vt_replace_abandon(&page);
    }
    vt_check_sources_release(&sources);
    return st;
}
