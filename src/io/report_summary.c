/* report_summary.c: the head of the page: how the glass was made, what shear changed, what to beware of. */
#include <math.h>
#include <string.h>

#include "io/report_parts.h"

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

/* One step of the cooling: "2000 → 1200 K at 2e14 K/s", or "held for 5 ps"; alone, "from 2000 to 1200 K". */
static void put_cooling_step(FILE *out, const struct vt_report *r, int stage, bool alone)
{
    double from, to, duration = r->stage[stage].duration;
    bool known = vt_report_target(r, stage, "target_temperature", &from, &to);
    if (!vt_report_is(r, stage, "quench")) {
        fprintf(out, "held");
        if (duration > 0) fprintf(out, " for %s&nbsp;ps", vt_report_brief(duration, 3).text);
        return;
    }
    if (known)
        fprintf(out, alone ? "from %s to %s&nbsp;K" : "%s&nbsp;→&nbsp;%s&nbsp;K",
                vt_report_brief(from, 3).text, vt_report_brief(to, 3).text);
    else
        put_option(out, r, stage, "to ", "temperature", "");
    if (*option(r, stage, "rate"))
        put_option(out, r, stage, " at ", "rate", "");
    else if (duration > 0)
        fprintf(out, " in %s&nbsp;ps", vt_report_brief(duration, 3).text);
}

/* The cooling that made the glass: the first quench of the main line to the last one before anything else
 * than a quench or a hold is done. Which of several rates the glass remembers is that at its glass
 * transition, so each range is given with its own. */
static void put_cooling(FILE *out, const struct vt_report *r)
{
    int first = -1, last = -1, steps = 0;
    for (int k = 0; k < r->n_stages; k++) {
        if (*r->stage[k].branch) continue;
        bool quench = vt_report_is(r, k, "quench");
        if (quench && first < 0) first = k;
        if (quench) last = k;
        if (first >= 0 && !quench && !vt_report_is(r, k, "hold")) break;
    }
    if (first < 0) return;
    double from, to, unused;
    bool known = vt_report_target(r, first, "target_temperature", &from, &unused) &&
                 vt_report_target(r, last, "target_temperature", &unused, &to);
    fprintf(out, " The glass was made by cooling the melt");
    if (known && last > first)
        fprintf(out, " from %s to %s&nbsp;K:", vt_report_brief(from, 3).text, vt_report_brief(to, 3).text);
    for (int k = first; k <= last; k++) {
        if (*r->stage[k].branch) continue;
        fprintf(out, steps++ ? ", " : " ");
        put_cooling_step(out, r, k, last == first);
    }
    fprintf(out, ".");
}

static void put_how_made(FILE *out, const struct vt_report *r)
{
    int shear = -1;
    for (int k = r->n_stages - 1; k >= 0; k--)
        if (!*r->stage[k].branch && vt_report_is(r, k, "shear")) shear = k;
    put_cooling(out, r);
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
    vt_report_split(v, scale, &value, &error);
    fprintf(out,
            "<div class=\"tile\"><div class=\"what\">%s</div><div class=\"number\">%s%s</div>"
            "<div class=\"unit\">%s %s",
            title, v->value > 0 ? "+" : "", value.text, error.text, unit);
    if (v->error > 0)
        fprintf(out, "<small>%.1f&#8239;σ within this one sample</small>", fabs(v->value) / v->error);
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
    vt_report_put_state_name(out, r, r->after);
    fprintf(out, " minus ");
    vt_report_put_state_name(out, r, r->before);
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
    fprintf(out,
            "<p class=\"caption\">± and σ are of the standard error within this one sample: of its regions "
            "and moments. How much glasses made independently differ comes on top; a statement about the "
            "material needs replicas, runs with other seeds.</p>\n");
}

void vt_report_summary(FILE *out, const struct vt_report *r)
{
    const char *composition = vt_report_note(r, "composition"), *atoms = vt_report_note(r, "atoms"),
               *potential = vt_report_note(r, "potential");
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
    fprintf(out, "</p>\n");
    if (!strcmp(vt_report_note(r, "complete"), "no"))
        fprintf(out, "<p><span class=\"badge warn\">Incomplete: the run had not finished when this was "
                     "written</span></p>\n");
    vt_report_crystal_line(out, r);
    vt_report_potential_line(out, r);
    put_changes(out, r);
    vt_report_meeting_line(out, r);
}
