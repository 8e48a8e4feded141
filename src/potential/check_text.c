/* check_text.c: see check_text.h. */
#include "potential/check_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

const char *const vt_check_sections[] = {"Tables", "Elements", "Pairs", "Alloys"};

/* ---------------------------------------------------------------------------------------------- words */

/* Zeros behind the point say nothing in a reference. */
static void trim(char *text)
{
    char *end = text + strlen(text);
    if (!strchr(text, '.')) return;
    while (end[-1] == '0') *--end = '\0';
    if (end[-1] == '.') *--end = '\0';
}

/* No -0.0. */
static double flat(double value, int decimals)
{
    return fabs(value) < 0.5 * pow(10, -decimals) ? 0 : value;
}

static void write_reference(const struct vt_finding *f, int decimals, char text[48])
{
    char low[20], high[20];
    *text = '\0';
    if (isnan(f->low) || isnan(f->high)) return;
    if (!*vt_property_rows[f->property].unit) {
        strcpy(text, f->low > 0 ? "yes" : "no");
        return;
    }
    snprintf(low, sizeof low, "%.*f", decimals, f->low);
    snprintf(high, sizeof high, "%.*f", decimals, f->high);
    trim(low), trim(high);
    if (f->low == f->high)
        strcpy(text, low);
    else if (!isfinite(f->low))
        snprintf(text, 48, "<= %s", high);
    else if (!isfinite(f->high))
        snprintf(text, 48, ">= %s", low);
    else
        snprintf(text, 48, "%s .. %s", low, high);
}

/* As the table of properties says, or more where an error would read 0. */
static int decimals_of(const struct vt_finding *f)
{
    int decimals = vt_property_rows[f->property].decimals;
    while (f->error > 1e-9 && f->error < 0.5 * pow(10, -decimals)) decimals++;
    return decimals;
}

struct vt_check_words vt_check_words_of(const struct vt_finding *f)
{
    const struct vt_property_row *row = &vt_property_rows[f->property];
    struct vt_check_words w = {.unit = ""};
    bool truth = !*row->unit;
    int decimals = decimals_of(f);
    vt_finding_title(f, w.title, sizeof w.title);
    snprintf(w.unit, sizeof w.unit, "%s",
             !strcmp(row->unit, "angstrom") ? "A"
             : !strcmp(row->unit, "1")      ? ""
                                            : row->unit);
    if (f->verdict == VT_NOT_COMPUTED) return w;
    if (truth)
        strcpy(w.value, f->value > 0 ? "yes" : "no");
    else if (f->error > 0)
        snprintf(w.value, sizeof w.value, "%.*f +- %.*f", decimals, flat(f->value, decimals), decimals,
                 f->error);
    else
        snprintf(w.value, sizeof w.value, "%.*f", row->decimals, flat(f->value, row->decimals));
    write_reference(f, row->decimals, w.reference);
    if (isnan(f->deviation) || truth) return w;
    if (f->low == f->high || f->deviation != 0) {
        if (row->percent)
            snprintf(w.deviation, sizeof w.deviation, "%+.1f %%", flat(f->deviation, 1));
        else
            snprintf(w.deviation, sizeof w.deviation, "%+.*f", row->decimals,
                     flat(f->deviation, row->decimals));
    }
    if (f->low == f->high) snprintf(w.allowed, sizeof w.allowed, row->percent ? "%g %%" : "%g", row->allowed);
    return w;
}

enum vt_status vt_check_sources_collect(const struct vt_check *c, struct vt_check_sources *s)
{
    *s = (struct vt_check_sources){0};
    for (int k = 0; k < c->findings.n; k++) {
        const struct vt_finding *f = &c->findings.item[k];
        if (f->verdict == VT_NOT_COMPUTED || !*f->source || vt_check_source_number(s, f)) continue;
        VT_TRY(vt_grow(&s->text, &s->capacity, s->n + 1));
        s->text[s->n++] = f->source;
    }
    return VT_OK;
}

int vt_check_source_number(const struct vt_check_sources *s, const struct vt_finding *f)
{
    for (int k = 0; k < s->n && f->verdict != VT_NOT_COMPUTED; k++)
        if (!strcmp(s->text[k], f->source)) return k + 1;
    return 0;
}

void vt_check_sources_release(struct vt_check_sources *s)
{
    free(s->text);
    *s = (struct vt_check_sources){0};
}

void vt_check_subject_title(const struct vt_check_subject *s, char *text, size_t size)
{
    snprintf(text, size, *s->about ? "%s (%s)" : "%s", s->name, s->about);
}

/* ---------------------------------------------------------------------------------- for a terminal */

enum { WIDTH = 100 };

/* Words, broken at blanks, with an indent from the second line on; *column goes along. */
static void put_wrapped(FILE *out, const char *text, int indent, int *column)
{
    while (*text) {
        int length = (int)strcspn(text, " ");
        if (*column > indent && *column + 1 + length > WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            *column = indent;
        } else if (*column > indent)
            *column += fprintf(out, " ");
        *column += fprintf(out, "%.*s", length, text);
        text += length;
        text += strspn(text, " ");
    }
}

void vt_check_reason(const struct vt_finding *f, char *text, size_t size)
{
    struct vt_check_words w = vt_check_words_of(f);
    bool tables = !strcmp(f->subject, "tables"), measured = *w.deviation && !(f->low == 0 && f->high == 0);
    if (f->verdict == VT_NOT_COMPUTED) {
        snprintf(text, size, "%s %s: %s", f->subject, w.title, f->source);
        return;
    }
    int used = snprintf(text, size, "%s%s%s: %s%s%s", tables ? "" : f->subject, tables ? "" : " ", w.title,
                        w.value, *w.unit ? " " : "", w.unit);
    if (measured && used > 0 && (size_t)used < size)
        snprintf(text + used, size - (size_t)used, " (%s%s%s)", w.deviation,
                 strchr(w.deviation, '%') || !*w.unit ? "" : " ", strchr(w.deviation, '%') ? "" : w.unit);
}

bool vt_check_lacks(const struct vt_check *c, enum vt_use use, enum vt_property property)
{
    const struct vt_property_row *row = &vt_property_rows[property];
    bool missing = false;
    for (int k = 0; k < c->findings.n; k++)
        missing |= c->findings.item[k].property == property &&
                   c->findings.item[k].verdict == VT_NOT_COMPUTED && c->findings.item[k].lack == VT_LEFT_OUT;
    return missing && row->use == use && row->decides;
}

size_t vt_check_missing_names(const struct vt_check *c, enum vt_use use, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (enum vt_property p = 0; p < VT_PROPERTIES && used < size; p++) {
        char name[64];
        if (!vt_check_lacks(c, use, p)) continue;
        vt_property_title(p, name, sizeof name);
        used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", name);
    }
    return used;
}

void vt_check_count(const struct vt_findings *f, enum vt_use use, int *judged, int *met)
{
    *judged = *met = 0;
    for (int k = 0; k < f->n; k++)
        for (enum vt_verdict v = VT_MEETS; v <= VT_MISSES; v++)
            if (vt_finding_decides(&f->item[k], use, v)) ++*judged, *met += v == VT_MEETS;
}

static void put_verdicts(FILE *out, const struct vt_check *c)
{
    enum { INDENT = 32, MOST = 6 };
    fprintf(out, "Verdict\n");
    for (enum vt_use use = 0; use < VT_USES; use++) {
        enum vt_verdict verdict = vt_findings_verdict(&c->findings, use);
        int column = INDENT, shown = 0, judged, met;
        char text[1000];
        fprintf(out, "  %-16s%-14s", vt_use_names[use], vt_verdict_names[verdict]);
        vt_check_count(&c->findings, use, &judged, &met);
        if (judged) {
            snprintf(text, sizeof text, "%d of %d meet%s", met, judged, met < judged ? ":" : "");
            put_wrapped(out, text, INDENT, &column);
        }
        for (int k = 0; k < c->findings.n; k++) {
            const struct vt_finding *f = &c->findings.item[k];
            if (met == judged || !vt_finding_decides(f, use, verdict)) continue;
            if (shown++ >= MOST) continue;
            if (shown > 1) column += fprintf(out, ";");
            vt_check_reason(f, text, sizeof text);
            put_wrapped(out, text, INDENT, &column);
        }
        if (shown > MOST) fprintf(out, "; and %d more", shown - MOST);
        fprintf(out, "\n");
        if (!vt_check_missing_names(c, use, text, sizeof text)) continue;
        column = INDENT;
        fprintf(out, "%*s", INDENT, "");
        put_wrapped(out, "not computed:", INDENT, &column);
        put_wrapped(out, text, INDENT, &column);
        fprintf(out, "\n");
    }
}

static void put_row(FILE *out, const struct vt_finding *f, const struct vt_check_sources *sources)
{
    struct vt_check_words w = vt_check_words_of(f);
    char title[160], number[16] = "";
    int source = vt_check_source_number(sources, f);
    snprintf(title, sizeof title, "%s%s%s", w.title, *w.unit ? ", " : "", w.unit);
    if (source) snprintf(number, sizeof number, "[%d]", source);
    if (strlen(title) > 37) { /* on a line of its own */
        fprintf(out, "  %s\n", title);
        *title = '\0';
    }
    fprintf(out, "  %-38s%13s%11s%9s%8s  %-12s%5s\n", title, w.value, w.reference, w.deviation, w.allowed,
            vt_verdict_names[f->verdict], number);
}

/* What was not computed, grouped by the reason. */
static void put_missing(FILE *out, const struct vt_check *c, const struct vt_check_subject *s)
{
    for (int k = 0; k < c->findings.n; k++) {
        const struct vt_finding *f = &c->findings.item[k];
        bool first = true;
        int column = 4;
        if (f->verdict != VT_NOT_COMPUTED || strcmp(f->subject, s->name)) continue;
        for (int q = 0; q < k; q++) {
            const struct vt_finding *g = &c->findings.item[q];
            first &=
                g->verdict != VT_NOT_COMPUTED || strcmp(g->subject, s->name) || strcmp(g->source, f->source);
        }
        if (!first) continue;
        fprintf(out, "  ");
        column = 2;
        put_wrapped(out, "not computed:", 4, &column);
        for (int q = k, m = 0; q < c->findings.n; q++) {
            const struct vt_finding *g = &c->findings.item[q];
            char title[128];
            if (g->verdict != VT_NOT_COMPUTED || strcmp(g->subject, s->name) || strcmp(g->source, f->source))
                continue;
            vt_finding_title(g, title, sizeof title);
            if (m++) column += fprintf(out, ",");
            put_wrapped(out, title, 4, &column);
        }
        column += fprintf(out, ";");
        put_wrapped(out, f->source, 4, &column);
        fprintf(out, "\n");
    }
}

static void put_subject(FILE *out, const struct vt_check *c, const struct vt_check_subject *s,
                        const struct vt_check_sources *sources)
{
    char title[160];
    vt_check_subject_title(s, title, sizeof title);
    fprintf(out, "\n%-40s%13s%11s%9s%8s  %-12s%5s\n", title, "value", "reference", "off by", "allowed",
            "verdict", "from");
    for (int k = 0; k < c->findings.n; k++) {
        const struct vt_finding *f = &c->findings.item[k];
        if (!strcmp(f->subject, s->name) && f->verdict != VT_NOT_COMPUTED) put_row(out, f, sources);
    }
    put_missing(out, c, s);
    if (*s->remark) {
        int column = 2;
        fprintf(out, "  ");
        put_wrapped(out, s->remark, 2, &column);
        fprintf(out, "\n");
    }
}

/* Tables last: the reader wants to know first what the potential gives. */
static const enum vt_check_kind order[] = {VT_CHECK_ALLOY, VT_CHECK_ELEMENT, VT_CHECK_PAIR, VT_CHECK_TABLES};
enum { KINDS = sizeof order / sizeof *order };

void vt_check_print(FILE *out, const struct vt_check *c)
{
    const struct vt_eam *e = c->options.tables;
    struct vt_check_sources sources;
    if (vt_check_sources_collect(c, &sources) != VT_OK) sources.n = 0;
    fprintf(out, "%s\n", c->options.source);
    for (int k = 0; k < e->n_species; k++) fprintf(out, "%s%s", k ? " " : "", e->element[k].symbol);
    fprintf(out, ", %s, cut-off %g A, checksum %016llx\n\n", e->finnis_sinclair ? "Finnis-Sinclair" : "alloy",
            e->cutoff, (unsigned long long)e->checksum);
    put_verdicts(out, c);
    for (int k = 0; k < KINDS; k++)
        for (int s = 0; s < c->n; s++)
            if (c->subject[s].kind == order[k]) put_subject(out, c, &c->subject[s], &sources);
    fprintf(out, "\nFrom\n");
    for (int k = 0; k < sources.n; k++) {
        char number[16];
        snprintf(number, sizeof number, "[%d]", k + 1);
        int column = fprintf(out, "  %4s ", number);
        put_wrapped(out, sources.text[k], 7, &column);
        fprintf(out, "\n");
    }
    vt_check_sources_release(&sources);
}

/* ------------------------------------------------------------------------------------------- Markdown */

/* Inside a cell of a table. */
static void put_cell(FILE *out, const char *text)
{
    for (const char *c = text; *c; c++)
        if (!strncmp(c, "+-", 2))
            fputs("±", out), c++;
        else if (*c == '-' && (c == text || c[-1] == ' ') && c[1] >= '0' && c[1] <= '9')
            fputs("−", out);
        else if (*c == '|')
            fputs("\\|", out);
        else
            fputc(*c, out);
    fputs(" | ", out);
}

static void put_section(FILE *out, const struct vt_check *c, enum vt_check_kind kind,
                        const struct vt_check_sources *sources)
{
    int rows = 0;
    for (int s = 0; s < c->n; s++) {
        const struct vt_check_subject *subject = &c->subject[s];
        char title[160];
        bool named = false;
        if (subject->kind != kind) continue;
        vt_check_subject_title(subject, title, sizeof title);
        for (int k = 0; k < c->findings.n; k++) {
            const struct vt_finding *f = &c->findings.item[k];
            if (strcmp(f->subject, subject->name) || f->verdict == VT_NOT_COMPUTED) continue;
            if (!rows++)
                fprintf(out,
                        "\n### %s\n\n| | property | unit | value | reference | off by | allowed | verdict | "
                        "from |\n"
                        "|---|---|---|---:|---:|---:|---:|---|---|\n",
                        vt_check_sections[kind]);
            struct vt_check_words w = vt_check_words_of(f);
            int source = vt_check_source_number(sources, f);
            fprintf(out, "| ");
            put_cell(out, named ? "" : title);
            named = true;
            const char *cells[] = {w.title, w.unit, w.value, w.reference, w.deviation, w.allowed};
            for (size_t k2 = 0; k2 < sizeof cells / sizeof *cells; k2++) put_cell(out, cells[k2]);
            fprintf(out, f->verdict == VT_MISSES ? "**%s** | " : "%s | ", vt_verdict_names[f->verdict]);
            fprintf(out, source ? "%d |\n" : "|\n", source);
        }
    }
    for (int s = 0; s < c->n; s++)
        if (c->subject[s].kind == kind && *c->subject[s].remark)
            fprintf(out, "\n%s: %s\n", c->subject[s].name, c->subject[s].remark);
}

void vt_check_print_markdown(FILE *out, const struct vt_check *c)
{
    struct vt_check_sources sources;
    if (vt_check_sources_collect(c, &sources) != VT_OK) sources.n = 0;
    fprintf(out,
            "## %s\n\nChecksum %016llx, cut-off %g Å.\n\n| use | verdict | decided by |\n|---|---|---|\n",
            c->options.source, (unsigned long long)c->options.tables->checksum, c->options.tables->cutoff);
    for (enum vt_use use = 0; use < VT_USES; use++) {
        enum vt_verdict verdict = vt_findings_verdict(&c->findings, use);
        int shown = 0;
        fprintf(out, "| %s | **%s** | ", vt_use_names[use], vt_verdict_names[verdict]);
        for (int k = 0; verdict != VT_MEETS && verdict != VT_NO_REFERENCE && k < c->findings.n; k++) {
            const struct vt_finding *f = &c->findings.item[k];
            if (!vt_finding_decides(f, use, verdict)) continue;
            char text[400];
            vt_check_reason(f, text, sizeof text);
            fprintf(out, "%s%s", shown++ ? "; " : "", text);
        }
        char missing[1000];
        if (vt_check_missing_names(c, use, missing, sizeof missing))
            fprintf(out, "%snot computed: %s", shown ? "; " : "", missing);
        fprintf(out, " |\n");
    }
    for (int k = 0; k < KINDS; k++) put_section(out, c, order[k], &sources);
    fprintf(out, "\nFrom:\n\n");
    for (int k = 0; k < sources.n; k++) fprintf(out, "%d. %s\n", k + 1, sources.text[k]);
    vt_check_sources_release(&sources);
}
