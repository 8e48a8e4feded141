/* report_meeting.c: do the branches meet in the liquid? What was done to a glass is forgotten there, so both
 * branches, held at one temperature, must agree: |dS| < 0.03 k_B and |dE| < 2 meV per atom, or else within
 * 2 standard errors. Both sides of a difference are runs of their own, so their errors add in squares.
 *
 * An error larger than the bound decides nothing unless the difference exceeds 2 of it: no shift as small as
 * the bound could have been seen. */
#include <math.h>
#include <string.h>

#include "io/report_parts.h"

enum vt_report_verdict vt_report_judge(double difference, double error, double bound)
{
    if (!(error > 0) || !isfinite(difference)) return VT_REPORT_NOT_RESOLVED;
    if (fabs(difference) > bound && fabs(difference) > 2 * error) return VT_REPORT_NOT_MET;
    return error > bound ? VT_REPORT_NOT_RESOLVED : VT_REPORT_MET;
}

static const char *const verdict_name[] = {"met", "not resolved", "not met"}; /* from good to bad */

static const struct quantity {
    const char *leaf, *title, *unit;
    double scale, bound; /* bound 0: for information */
} quantity[] = {
    {"thermo/temperature", "<i>T</i>", "K", 1, 0},
    {"thermo/pressure", "<i>P</i>", "GPa", 1, 0},
    {"thermo/potential_energy", "<i>E</i><sub>pot</sub>", "meV/atom", 1000, 2},
    {"entropy/s_xray", "<i>S</i><sub>eq</sub>, X-ray", "k_B/atom", 1, 0.03},
    {"entropy/s_number", "<i>S</i><sub>eq</sub>, number", "k_B/atom", 1, 0.03},
    {"entropy/s_partial_sum", "<i>S</i><sub>2</sub>, sum over pairs", "k_B/atom", 1, 0.03},
    {"thermo/volume", "Volume", "angstrom^3/atom", 1, 0},
};
enum { QUANTITIES = sizeof quantity / sizeof *quantity };

struct compared {
    struct vt_report_value a, b, change;
    enum vt_report_verdict verdict;
};

/* false: not measured in both, or in another unit than we judge in. */
static bool compare(const struct vt_report *r, int a, int b, const struct quantity *q, struct compared *c)
{
    if (!vt_report_number(r, a, q->leaf, &c->a) || !vt_report_number(r, b, q->leaf, &c->b)) return false;
    const char *unit = q->scale == 1 ? q->unit : "eV/atom";
    if (strcmp(c->a.unit, unit) != 0 || strcmp(c->b.unit, unit) != 0) return false;
    struct vt_report_value *v[] = {&c->a, &c->b};
    for (int k = 0; k < 2; k++) v[k]->value *= q->scale, v[k]->error *= q->scale;
    c->change = (struct vt_report_value){c->b.value - c->a.value, hypot(c->a.error, c->b.error), q->unit};
    c->verdict = vt_report_judge(c->change.value, c->change.error, q->bound);
    return true;
}

/* The hold is the end of a heating: only holds lie between. */
static bool follows_heating(const struct vt_report *r, int k)
{
    while (k >= 0 && vt_report_is(r, k, "hold")) k = vt_report_stage_before(r, k);
    return k >= 0 && vt_report_is(r, k, "heat");
}

/* Nothing but such a hold goes on from k. */
static bool is_last_hold(const struct vt_report *r, int k)
{
    for (int j = k + 1; j < r->n_stages; j++)
        if (vt_report_is(r, j, "hold") && vt_report_stage_before(r, j) == k) return false;
    return vt_report_is(r, k, "hold") && follows_heating(r, k);
}

static bool same_temperature(const struct vt_report *r, int a, int b)
{
    double unused, ta, tb;
    struct vt_report_value va, vb;
    if (vt_report_target(r, a, "target_temperature", &unused, &ta) &&
        vt_report_target(r, b, "target_temperature", &unused, &tb))
        return fabs(ta - tb) < 1;
    return vt_report_number(r, a, "thermo/temperature", &va) &&
           vt_report_number(r, b, "thermo/temperature", &vb) &&
           fabs(va.value - vb.value) < 0.02 * fabs(va.value);
}

/* The hold that others are compared with: the first one of an unsheared state. */
static int reference_hold(const struct vt_report *r)
{
    for (int k = 0; k < r->n_stages; k++)
        if (!r->stage[k].sheared && is_last_hold(r, k)) return k;
    return -1;
}

/* The next hold after k to be compared with the reference; -1: no more. */
static int next_hold(const struct vt_report *r, int reference, int k)
{
    struct compared c;
    for (k++; k < r->n_stages && reference >= 0; k++) {
        if (r->stage[k].line == r->stage[reference].line || !is_last_hold(r, k)) continue;
        if (!same_temperature(r, reference, k)) continue;
        for (int q = 0; q < QUANTITIES; q++)
            if (quantity[q].bound > 0 && compare(r, reference, k, &quantity[q], &c)) return k;
    }
    return -1;
}

/* The worst verdict of a pair. */
static enum vt_report_verdict verdict_of(const struct vt_report *r, int a, int b)
{
    enum vt_report_verdict worst = VT_REPORT_MET;
    struct compared c;
    for (int q = 0; q < QUANTITIES; q++)
        if (quantity[q].bound > 0 && compare(r, a, b, &quantity[q], &c) && c.verdict > worst)
            worst = c.verdict;
    return worst;
}

static void put_row(FILE *out, const struct vt_report *r, int a, int b, const struct quantity *q)
{
    struct compared c;
    struct vt_report_text unit = vt_report_unit(q->unit, true);
    if (!compare(r, a, b, q, &c)) return;
    fprintf(out, "<tr><th scope=\"row\">%s<small>%s</small></th>", q->title, unit.text);
    vt_report_put_value(out, &c.a);
    vt_report_put_value(out, &c.b);
    fprintf(out, "<td>%s%s</td><td>", c.change.value > 0 ? "+" : "",
            vt_report_format(c.change.value, c.change.error).text);
    if (c.change.error > 0) fprintf(out, "%.1f", fabs(c.change.value) / c.change.error);
    if (q->bound > 0)
        fprintf(out, "</td><td class=\"word\"><b>%s</b></td><td>%g", verdict_name[c.verdict], q->bound);
    else
        fprintf(out, "</td><td></td><td>–");
    fprintf(out, "</td></tr>\n");
}

static void put_holder(FILE *out, const struct vt_report *r, int stage)
{
    fprintf(out, "<th>");
    vt_report_put_state_name(out, r, stage);
    fprintf(out, "<br>");
    vt_report_escape(out, r->stage[stage].label);
    fprintf(out, "</th>");
}

static void put_table(FILE *out, const struct vt_report *r, int a, int b)
{
    fprintf(out, "<div class=\"scroll\"><table><thead><tr><th></th>");
    put_holder(out, r, a);
    put_holder(out, r, b);
    fprintf(out, "<th>Difference</th><th>in σ</th><th class=\"word\">Verdict</th><th>Bound</th>"
                 "</tr></thead><tbody>\n");
    for (int q = 0; q < QUANTITIES; q++) put_row(out, r, a, b, &quantity[q]);
    fprintf(out, "</tbody></table></div>\n");
}

static void put_holds(FILE *out, const struct vt_report *r, int a, int b)
{
    double unused, t;
    if (vt_report_target(r, a, "target_temperature", &unused, &t))
        fprintf(out, " at %s&nbsp;K", vt_report_brief(t, 4).text);
    fprintf(out, " after heating (stages ");
    vt_report_escape(out, r->stage[a].label);
    fprintf(out, " and ");
    vt_report_escape(out, r->stage[b].label);
    fprintf(out, ")");
}

static const char meaning[][160] = {
    "Within these errors the two branches show no difference.",
    "At least one error is larger than its bound: this run cannot tell whether the branches have met.",
    "At least one difference is larger than its bound and than 2&#8239;σ: here the branches have not met.",
};

void vt_report_meeting_line(FILE *out, const struct vt_report *r)
{
    int a = reference_hold(r);
    for (int b = next_hold(r, a, -1); b >= 0; b = next_hold(r, a, b)) {
        fprintf(out, "<p>Do ");
        vt_report_put_state_name(out, r, a);
        fprintf(out, " and ");
        vt_report_put_state_name(out, r, b);
        fprintf(out, " meet");
        put_holds(out, r, a, b);
        fprintf(out, "? Criterion <a href=\"#meeting\"><b>%s</b></a>.</p>\n",
                verdict_name[verdict_of(r, a, b)]);
    }
}

enum vt_status vt_report_meeting(FILE *out, const struct vt_report *r)
{
    int a = reference_hold(r), first = next_hold(r, a, -1);
    if (first < 0) return VT_OK;
    vt_report_heading(out, "meeting", "Do the branches meet?");
    for (int b = first; b >= 0; b = next_hold(r, a, b)) {
        enum vt_report_verdict verdict = verdict_of(r, a, b);
        fprintf(out, "<p>Held");
        put_holds(out, r, a, b);
        fprintf(out, ": criterion <b>%s</b>. %s</p>\n", verdict_name[verdict], meaning[verdict]);
        put_table(out, r, a, b);
    }
    fprintf(
        out,
        "<p class=\"caption\">Averages over the whole holds, compared as they are: nothing is corrected to "
        "equal temperature or pressure, which are given in the first rows. Met: the difference is smaller "
        "than its bound or than 2&#8239;σ. ± is one standard error within "
        "each branch. Not resolved: not beyond 2&#8239;σ, but the error is larger than the bound. The "
        "criterion is meant for the "
        "liquid, at 1.15 <i>T</i><sub>g</sub> or more. The entropies come from the same configurations; "
        "their differences are not independent of each other.</p>\n");
    return VT_OK;
}
