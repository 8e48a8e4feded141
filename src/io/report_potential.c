/* report_potential.c: what is known of the potential: the verdict of `vitrum potential check` on each use,
 * from the notes of the group potential_verdict. Results without that group say nothing. */
#include <string.h>

#include "io/report_parts.h"

static const char group[] = "potential_verdict";

static const char *note(const struct vt_report *r, const char *path, const char *key)
{
    const char *text = vt_results_get_note(r->results, path, key);
    return text ? text : "";
}

/* The groups of the uses, in order: *path is one, at notes from k on; -1: no more. */
static int next_use(const struct vt_report *r, int k, const char **path)
{
    size_t length = strlen(group);
    for (; k < r->results->n_notes; k++) {
        const struct vt_note *n = &r->results->note[k];
        if (strncmp(n->path, group, length) || n->path[length] != '/' || strcmp(n->key, "verdict")) continue;
        *path = n->path;
        return k + 1;
    }
    return -1;
}

static const char *class_of(const char *verdict)
{
    static const char *const known[] = {"meets", "near", "misses"};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (!strcmp(verdict, known[k])) return known[k];
    return "unjudged";
}

static int count_lines(const char *text)
{
    int n = *text != '\0';
    for (; *text; text++) n += *text == '\n';
    return n;
}

/* The first lines of a text, with what stands between them. */
static void put_lines(FILE *out, const char *text, int most, const char *between)
{
    int n = 0;
    for (const char *line = text; *line && n < most; n++) {
        char one[512];
        size_t length = strcspn(line, "\n");
        snprintf(one, sizeof one, "%.*s", (int)length, line);
        if (n) fputs(between, out);
        vt_report_put_plain(out, one);
        line += length + (line[length] == '\n');
    }
    int more = count_lines(text) - n;
    if (more > 0) fprintf(out, "%sand %d more", between, more);
}

void vt_report_potential_line(FILE *out, const struct vt_report *r)
{
    const char *judged = note(r, group, "judged"), *path;
    if (!strcmp(judged, "no")) {
        fprintf(out, "<p><span class=\"badge warn\">The potential was not judged:</span> <code>");
        vt_report_escape(out, note(r, group, "command"));
        fprintf(out, "</code> does it.</p>\n");
    }
    if (strcmp(judged, "yes")) return;
    int missing = 0, n = 0;
    fprintf(out, "<p>Verdict on the potential: ");
    for (int k = 0; (k = next_use(r, k, &path)) > 0;) {
        const char *verdict = note(r, path, "verdict");
        fprintf(out, n++ ? ", " : "");
        vt_report_escape(out, strrchr(path, '/') + 1);
        fprintf(out, " <b class=\"%s\">", class_of(verdict));
        vt_report_escape(out, verdict);
        fprintf(out, "</b>");
        missing += count_lines(note(r, path, "not_computed"));
    }
    if (missing)
        fprintf(out, "; %d propert%s that decide%s not computed", missing, missing > 1 ? "ies" : "y",
                missing > 1 ? " were" : "s was");
    fprintf(out, " (<a href=\"#potential\">what was found</a>).</p>\n");
}

static void put_use(FILE *out, const struct vt_report *r, const char *path)
{
    enum { MOST = 8 };
    const char *verdict = note(r, path, "verdict"), *use = strrchr(path, '/') + 1,
               *misses = note(r, path, "misses"), *near = note(r, path, "near");
    fprintf(out, "<tr><th scope=\"row\">");
    vt_report_escape(out, use);
    fprintf(out, "</th><td class=\"word %s\">", class_of(verdict));
    vt_report_escape(out, verdict);
    fprintf(out, "</td><td>");
    vt_report_escape(out, note(r, path, "met"));
    fprintf(out, " of ");
    vt_report_escape(out, note(r, path, "of"));
    fprintf(out, "</td><td class=\"word lines\">");
    if (*misses) {
        fprintf(out, "<span class=\"misses\">misses:</span> ");
        put_lines(out, misses, MOST, "; ");
    }
    if (*near) {
        fprintf(out, "%s<span class=\"near\">near:</span> ", *misses ? "<br>" : "");
        put_lines(out, near, MOST, "; ");
    }
    fprintf(out, "</td><td class=\"word lines\">");
    put_lines(out, note(r, path, "not_computed"), 100, ", ");
    fprintf(out, "</td></tr>\n");
}

/* The potential may hold more elements than the sample. */
static void put_elements(FILE *out, const struct vt_report *r)
{
    const char *all = note(r, group, "elements"), *used = note(r, group, "used_elements");
    int n_all = 0, n_used = 0;
    for (const char *c = all; *c; c++) n_all += *c == ',';
    for (const char *c = used; *c; c++) n_used += *c == ',';
    if (n_used >= n_all) return;
    fprintf(out, " It was judged as a whole, with ");
    vt_report_escape(out, all);
    fprintf(out, "; this sample has ");
    vt_report_escape(out, used);
    fprintf(out, " only, and what was found of the others does not concern it.");
}

void vt_report_potential(FILE *out, const struct vt_report *r)
{
    const char *path, *alloys = note(r, group, "alloys"), *checksum = note(r, group, "checksum");
    if (strcmp(note(r, group, "judged"), "yes")) return;
    vt_report_heading(out, "potential", "The potential");
    fprintf(out, "<p>What ");
    vt_report_escape(out, note(r, group, "potential"));
    fprintf(out, " gives for its elements, their pairs and ");
    if (*alloys && strcmp(alloys, "none"))
        vt_report_escape(out, alloys);
    else
        fprintf(out, "no alloy");
    fprintf(out, " was compared with references on ");
    vt_report_escape(out, note(r, group, "date"));
    fprintf(out, " by <code>");
    vt_report_escape(out, note(r, group, "command"));
    fprintf(out, "</code>, Vitrum ");
    vt_report_escape(out, note(r, group, "version"));
    fprintf(out, ".");
    put_elements(out, r);
    fprintf(out, "</p>\n<div class=\"scroll\"><table><thead><tr><th>Use</th><th class=\"word\">Verdict</th>"
                 "<th>Met</th><th class=\"word lines\">Off</th><th class=\"word lines\">Not "
                 "computed</th></tr></thead><tbody>\n");
    for (int k = 0; (k = next_use(r, k, &path)) > 0;) put_use(out, r, path);
    fprintf(
        out,
        "</tbody></table></div>\n<p class=\"caption\">A finding meets its reference if it is no farther off "
        "than allowed; it is near if it is off by no more than that once again, or by less than two standard "
        "errors; else it misses. The verdict on a use is that of its worst finding among those that decide. "
        "What was not computed is not in it.");
    if (strcmp(checksum, note(r, group, "used_checksum")))
        fprintf(
            out,
            " The tables judged and those of this run are computed from the same parameters and differ in "
            "last digits: processors and libraries round differently.");
    fprintf(out, "</p>\n");
}
