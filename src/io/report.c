/* report.c: the page: head, style, sections in order. */
#include "io/report.h"

#include <stdlib.h>
#include <string.h>

#include "io/replace.h"
#include "io/report_parts.h"

const char *const vt_report_mark = "<!DOCTYPE html>\n<!-- Vitrum report -->";

static const char style[] =
    ":root{color-scheme:light dark;--paper:#fff;--line:#d8dce0;--soft:#f6f7f8;--quiet:#5b636b;--warn:#8a4b00;"
    "--warn-paper:#fff3dd;--link:#0b5cad;%LIGHT%}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--paper:#15181b;--line:#363c42;--soft:#1d2125;"
    "--quiet:#a2aab2;--warn:#ffcf87;--warn-paper:#3a2b12;--link:#7fb8f0;%DARK%}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,\"Segoe "
    "UI\","
    "Roboto,\"Noto Sans\",\"DejaVu Sans\",sans-serif;-webkit-text-size-adjust:100%}\n"
    "main{max-width:1140px;margin:0 auto;padding:24px 20px 60px}\n"
    "h1{font-size:27px;line-height:1.25;margin:0 0 8px}\n"
    "h2{font-size:21px;margin:44px 0 12px;padding-top:12px;border-top:1px solid var(--line)}\n"
    "h3{font-size:16px;margin:22px 0 8px}h4{font-size:14px;margin:0 0 4px}\n"
    "p{margin:8px 0;max-width:78ch}.lead{font-size:17px}\n"
    "nav{font-size:14px;margin:18px 0 0;display:flex;flex-wrap:wrap;gap:4px 18px}\n"
    "a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}\n"
    ".caption,.tile .what,.tile .unit{font-size:14px;color:var(--quiet)}.caption "
    "b{color:var(--ink);white-space:nowrap}\n"
    ".badge{display:inline-block;font-size:14px;padding:3px 10px;border-radius:4px;border:1px solid "
    "var(--line);"
    "margin:2px 6px 2px "
    "0}.badge.warn{color:var(--warn);background:var(--warn-paper);border-color:currentColor}\n"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,200px),1fr));gap:12px;margin:"
    "12px 0}\n"
    ".tile{border:1px solid var(--line);border-radius:6px;padding:10px 14px;background:var(--soft)}\n"
    ".tile .number{font-size:22px;font-weight:600;white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    ".figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,460px),1fr));gap:18px 24px;"
    "align-items:start}.figures>*{min-width:0}.figures>.full{grid-column:1/-1}\n"
    ".figures.small{grid-template-columns:repeat(auto-fill,minmax(min(100%,310px),1fr));gap:8px 18px}\n"
    ".figure{overflow-x:auto;margin:4px 0}.figure "
    "svg{display:block;width:100%;height:auto;color:var(--ink)}\n"
    ".wide svg{min-width:740px}.half svg{min-width:500px}.small svg{min-width:325px}\n"
    ".scroll{overflow-x:auto;margin:10px 0}\n"
    "table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:5px 12px 5px 0;text-align:right;vertical-align:top;white-space:nowrap;"
    "border-bottom:1px solid var(--line)}\n"
    "thead th{font-weight:600;vertical-align:bottom;border-bottom-color:var(--frame)}\n"
    "tbody th{font-weight:400}th:first-child,.word,.text td,.text th{text-align:left}\n"
    ".text td:last-child{white-space:normal;overflow-wrap:anywhere}.chosen td,.chosen th{font-weight:650}\n"
    ".lines{white-space:normal;min-width:24ch}\n"
    "small{display:block;font-size:12px;color:var(--quiet);font-weight:400}.ramp td,.ramp "
    "th{color:var(--quiet)}\n"
    "details{margin:14px 0}summary{cursor:pointer;color:var(--link);font-size:14px}\n"
    ".tables{display:flex;flex-wrap:wrap;gap:8px 56px}.tables>*{min-width:0;max-width:100%}\n"
    ".near,.misses{color:var(--warn)}.misses{font-weight:650}td.meets,td.unjudged{color:var(--quiet)}\n"
    ".beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,370px),auto));gap:0 24px;"
    "justify-content:start;align-items:start}.beside>*{min-width:0}\n"
    ".dot{display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:6px}\n"
    "dt{font-weight:600}dd{margin:2px 0 12px;max-width:88ch}code,pre{font:13px/1.45 ui-monospace,\"DejaVu "
    "Sans "
    "Mono\",monospace}\n"
    "pre{background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:10px "
    "12px;overflow-x:auto;"
    "margin:6px 0}\n"
    ".options{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:14px}"
    ".options>*{min-width:0}\n"
    "@media (max-width:600px){main{padding:16px 14px 40px}h1{font-size:23px}.tile .number{font-size:19px}}\n"
    "@media "
    "print{body{font-size:10.5pt}main{max-width:none;padding:0}nav{display:none}h2,h3{break-after:avoid}"
    ".figure,.tile,tr,dd{break-inside:avoid}.scroll,.figure,pre{overflow:visible}pre{white-space:pre-wrap}"
    ".figure svg{min-width:0!important}table{font-size:8.5pt}th,td{padding-right:7px}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

static void put_style(FILE *out)
{
    fprintf(out, "<style>\n");
    for (const char *s = style; *s; s++)
        if (!strncmp(s, "%LIGHT%", 7)) {
            vt_plot_css(out, false);
            s += 6;
        } else if (!strncmp(s, "%DARK%", 6)) {
            vt_plot_css(out, true);
            s += 5;
        } else
            fputc(*s, out);
    for (int c = 0; c < VT_PLOT_COLORS; c++) fprintf(out, ".c%d{background:var(--c%d)}", c, c);
    fprintf(out, "\n</style>\n");
}

/* ---- the page ---- */

static enum vt_status write_sections(FILE *out, const struct vt_report *r)
{
    if (vt_results_find(r->results, "sweep/complete")) { /* numbers of many runs: no run's own sections */
        VT_TRY(vt_report_sweep(out, r));
        vt_report_provenance(out, r);
        return VT_OK;
    }
    VT_TRY(vt_report_timeline(out, r));
    VT_TRY(vt_report_heating(out, r));
    VT_TRY(vt_report_structure(out, r));
    VT_TRY(vt_report_scattering(out, r));
    VT_TRY(vt_report_local(out, r));
    VT_TRY(vt_report_motion(out, r));
    VT_TRY(vt_report_entropy(out, r));
    VT_TRY(vt_report_meeting(out, r));
    VT_TRY(vt_report_inherent(out, r));
    VT_TRY(vt_report_states(out, r));
    VT_TRY(vt_report_shares(out, r));
    VT_TRY(vt_report_moduli(out, r));
    vt_report_potential(out, r);
    VT_TRY(vt_report_method(out, r));
    vt_report_provenance(out, r);
    return VT_OK;
}

/* Links to the headings that are there. */
static void put_contents(FILE *out, const char *sections)
{
    fprintf(out, "<nav aria-label=\"Contents\">");
    for (const char *h = sections; (h = strstr(h, "<h2 id=\""));) {
        h += strlen("<h2 id=\"");
        const char *title = strchr(h, '>') + 1;
        fprintf(out, "<a href=\"#%.*s\">%.*s</a> ", (int)strcspn(h, "\""), h, (int)strcspn(title, "<"),
                title);
    }
    fprintf(out, "</nav>\n");
}

void vt_report_put_head(FILE *out, const char *mark, const char *title)
{
    fprintf(
        out,
        "%s\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';img-src data:;style-src "
        "'unsafe-inline'\">\n"
        "<title>",
        mark);
    vt_report_escape(out, title);
    fprintf(out, "</title>\n");
    put_style(out);
    fprintf(out, "</head>\n<body>\n<main>\n<h1>");
    vt_report_escape(out, title);
    fprintf(out, "</h1>\n");
}

void vt_report_put_foot(FILE *out)
{
    fprintf(out, "</main>\n</body>\n</html>\n");
}

static void put_page(FILE *out, const struct vt_report *r, const char *sections)
{
    const char *title = vt_report_note(r, "title");
    vt_report_put_head(out, vt_report_mark, *title ? title : "Vitrum report");
    vt_report_summary(out, r);
    put_contents(out, sections);
    fputs(sections, out);
    vt_report_put_foot(out);
}

static enum vt_status write_file(const char *path, const struct vt_report *r, const char *sections)
{
    struct vt_replace page;
    VT_TRY(vt_replace_open(&page, path));
    put_page(page.file, r, sections);
    enum vt_status st = vt_replace_commit(&page); /* says what went wrong in any of the writes */
    if (st) vt_replace_abandon(&page);
    return st;
}

enum vt_status vt_report_write(const char *path, const struct vt_results *results)
{
    enum vt_status st;
    struct vt_report report = {0};
    char *sections = NULL;
    size_t size;
    FILE *buffer = NULL;
    VT_TRY_GOTO(st, done, vt_report_model_create(&report, results));
    buffer = open_memstream(&sections, &size);
    if (!buffer) {
        st = VT_RAISE(VT_EWORLD, "no memory for the report");
        goto done;
    }
    st = write_sections(buffer, &report);
    bool failed = ferror(buffer);
    if ((fclose(buffer) || failed) && !st) st = VT_RAISE(VT_EWORLD, "no memory for the report");
    if (!st) st = write_file(path, &report, sections);
done:
    free(sections);
    vt_report_model_release(&report);
    return st;
}
