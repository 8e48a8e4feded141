/* report_shares.c: the entropies of a state beside each other, partial against total: by distance, by pair,
 * the factor between them, and where between two states they change.
 *
 * A factor v = S_2 / S_eq and the ratio of two changes get the error of independent numbers, sqrt(e_2^2 + (v
 * e_eq)^2) / |S_eq|, as a change does: of one sample both rise and fall together, so it is an upper bound. */
#include <math.h>
#include <string.h>

#include "io/report_parts.h"

enum { MOST = 4 };

/* The two states that are compared, or the last that were held. */
struct shown {
    const struct vt_report *r;
    int n, stage[MOST];
    bool change;
};

static bool has_entropy(const struct vt_report *r, int stage)
{
    struct vt_report_value v;
    return stage >= 0 && (vt_report_find(r, stage, "entropy/s_pair") ||
                          vt_report_number(r, stage, "entropy/s_partial_sum", &v) ||
                          vt_report_number(r, stage, "entropy/s_xray", &v) ||
                          vt_report_number(r, stage, "entropy/s_number", &v));
}

static struct shown choose(const struct vt_report *r)
{
    struct shown s = {.r = r};
    if (has_entropy(r, r->before) && has_entropy(r, r->after))
        return (struct shown){r, 2, {r->before, r->after}, true};
    for (int k = 0; k < r->n_stages; k++) {
        if (vt_report_is_ramp(r, k) || !has_entropy(r, k)) continue;
        if (s.n == MOST) memmove(s.stage, s.stage + 1, sizeof s.stage - sizeof *s.stage), s.n--;
        s.stage[s.n++] = k;
    }
    return s;
}

static struct vt_report_value ratio(const struct vt_report_value *a, const struct vt_report_value *b)
{
    double v = a->value / b->value;
    return (struct vt_report_value){v, hypot(a->error, v * b->error) / fabs(b->value), "1"};
}

static struct vt_report_value minus(const struct vt_report_value *b, const struct vt_report_value *a)
{
    return (struct vt_report_value){b->value - a->value, hypot(a->error, b->error), a->unit};
}

/* A leaf of a stage, divided by another if over is not NULL. */
static bool get(const struct shown *s, int k, const char *leaf, const char *over, struct vt_report_value *v)
{
    struct vt_report_value by;
    if (!vt_report_number(s->r, s->stage[k], leaf, v)) return false;
    if (!over) return true;
    if (!vt_report_number(s->r, s->stage[k], over, &by) || by.value == 0) return false;
    *v = ratio(v, &by);
    return true;
}

static void put_change(FILE *out, const struct vt_report_value *change)
{
    fprintf(out, "<td>%s%s</td>", change->value > 0 ? "+" : "",
            vt_report_format(change->value, change->error).text);
}

/* Heads of the columns: states, with their stages where a state is there twice. */
static void put_states(FILE *out, const struct shown *s, const char *first, const char *attributes)
{
    fprintf(out, "<div class=\"scroll\"><table><thead><tr><th>%s</th>", first);
    for (int k = 0; k < s->n; k++) {
        fprintf(out, "<th%s>", attributes);
        vt_report_put_state_name(out, s->r, s->stage[k]);
        fprintf(out, "<small>");
        vt_report_escape(out, s->r->stage[s->stage[k]].label);
        fprintf(out, "</small></th>");
    }
    if (s->change) fprintf(out, "<th>Change</th>");
}

/* The change of one entropy in units of that of another. */
static void put_ratio_of_changes(FILE *out, const struct shown *s)
{
    struct vt_report_value a[2], b[2];
    for (int k = 0; k < 2; k++)
        if (!get(s, k, "entropy/s_partial_sum", NULL, &a[k]) || !get(s, k, "entropy/s_xray", NULL, &b[k]))
            return;
    struct vt_report_value partial = minus(&a[1], &a[0]), total = minus(&b[1], &b[0]);
    if (!(fabs(total.value) > 2 * total.error)) return; /* nothing to divide by */
    struct vt_report_value factor = ratio(&partial, &total);
    fprintf(out, " <i>S</i><sub>2</sub> changes %s times as much as <i>S</i><sub>eq</sub>, X-ray.",
            vt_report_format(factor.value, factor.error).text);
}

#define XRAY   "<i>S</i><sub>eq</sub>, X-ray"
#define NUMBER "<i>S</i><sub>eq</sub>, number"
#define PAIRS  "<i>S</i><sub>2</sub>, sum over pairs"
#define FACTOR "<i>S</i><sub>2</sub>&#8239;/&#8239;<i>S</i><sub>eq</sub>, X-ray"

static const struct {
    const char *title, *leaf, *over;
} row[] = {
    {"<i>S</i><sub>eq</sub>, X-ray, through the window", "sq/s_eq_xray", NULL},
    {XRAY, "entropy/s_xray", NULL},
    {XRAY ", below split", "entropy/s_xray_below", NULL},
    {XRAY ", above split", "entropy/s_xray_above", NULL},
    {NUMBER, "entropy/s_number", NULL},
    {NUMBER ", below split", "entropy/s_number_below", NULL},
    {NUMBER ", above split", "entropy/s_number_above", NULL},
    {PAIRS, "entropy/s_partial_sum", NULL},
    {PAIRS ", below split", "entropy/s_partial_sum_below", NULL},
    {PAIRS ", above split", "entropy/s_partial_sum_above", NULL},
    {FACTOR, "entropy/s_partial_sum", "entropy/s_xray"},
    {FACTOR ", below split", "entropy/s_partial_sum_below", "entropy/s_xray_below"},
    {FACTOR ", above split", "entropy/s_partial_sum_above", "entropy/s_xray_above"},
    {FACTOR ", through the window", "entropy/s_partial_sum", "sq/s_eq_xray"},
};

static void put_totals(FILE *out, const struct shown *s)
{
    fprintf(out, "<div><h3>By distance</h3>");
    put_states(out, s, "", "");
    fprintf(out, "</tr></thead><tbody>\n");
    for (size_t q = 0; q < sizeof row / sizeof *row; q++) {
        struct vt_report_value v[MOST] = {{0}};
        int found = 0;
        for (int k = 0; k < s->n; k++)
            if (get(s, k, row[q].leaf, row[q].over, &v[k]))
                found++;
            else
                v[k].value = v[k].error = NAN;
        if (!found) continue;
        fprintf(out, "<tr><th scope=\"row\">%s</th>", row[q].title);
        for (int k = 0; k < s->n; k++) vt_report_put_value(out, &v[k]);
        if (s->change) {
            struct vt_report_value change = minus(&v[1], &v[0]);
            put_change(out, &change);
        }
        fprintf(out, "</tr>\n");
    }
    fprintf(out, "</tbody></table></div></div>\n");
}

/* s_pair of all states over the same pairs; a part that any of them lacks is NULL for all. */
enum { ALL, BELOW, ABOVE, PARTS };
struct pairs {
    const struct vt_dataset *part[PARTS][MOST];
};

static bool same_pairs(const struct vt_dataset *a, const struct vt_dataset *b)
{
    if (!a || !b || a->n_axes != 1 || b->n_axes != 1 || a->axis[0].n != b->axis[0].n) return false;
    if (!a->axis[0].label || !b->axis[0].label) return false;
    for (int k = 0; k < a->axis[0].n; k++)
        if (strcmp(a->axis[0].label[k], b->axis[0].label[k])) return false;
    return true;
}

static bool find_pairs(const struct shown *s, struct pairs *p)
{
    static const char *const leaf[] = {"entropy/s_pair", "entropy/s_pair_below", "entropy/s_pair_above"};
    for (int q = 0; q < PARTS; q++) {
        bool all = true;
        for (int k = 0; k < s->n; k++) {
            p->part[q][k] = vt_report_find(s->r, s->stage[k], leaf[q]);
            all = all && same_pairs(p->part[ALL][0], p->part[q][k]);
        }
        for (int k = 0; k < s->n && !all; k++) p->part[q][k] = NULL;
    }
    return p->part[ALL][0];
}

static struct vt_report_value item(const struct vt_dataset *d, int k)
{
    return (struct vt_report_value){d->value[k], d->error ? d->error[k] : NAN, d->unit};
}

static void put_pairs(FILE *out, const struct shown *s, const struct pairs *p)
{
    const struct vt_axis *pair = &p->part[ALL][0]->axis[0];
    const bool split = p->part[BELOW][0] && p->part[ABOVE][0];
    double total = 0;
    for (int i = 0; i < pair->n && s->change; i++)
        total += p->part[ALL][1]->value[i] - p->part[ALL][0]->value[i];
    fprintf(out, "<div><h3>By pair</h3>");
    put_states(out, s, "Pair", split ? " colspan=\"3\"" : "");
    fprintf(out, "%s</tr>", s->change ? "<th>Share of change</th>" : "");
    if (split) {
        fprintf(out, "<tr><th></th>");
        for (int k = 0; k < s->n; k++) fprintf(out, "<th>all</th><th>below split</th><th>above split</th>");
        fprintf(out, "%s</tr>", s->change ? "<th></th><th></th>" : "");
    }
    fprintf(out, "</thead><tbody>\n");
    for (int i = 0; i < pair->n; i++) {
        fprintf(out, "<tr><th scope=\"row\">");
        vt_report_escape(out, pair->label[i]);
        fprintf(out, "</th>");
        for (int k = 0; k < s->n; k++)
            for (int q = 0; q < (split ? PARTS : 1); q++) {
                struct vt_report_value v = item(p->part[q][k], i);
                (split ? vt_report_put_stacked : vt_report_put_value)(out, &v);
            }
        if (s->change) {
            struct vt_report_value a = item(p->part[ALL][0], i), b = item(p->part[ALL][1], i),
                                   change = minus(&b, &a);
            put_change(out, &change);
            double share = 100 * change.value / total;
            if (isfinite(share))
                fprintf(out, "<td>%s%.0f&#8239;%%</td>", share < -0.5 ? "−" : "", fabs(share));
            else
                fprintf(out, "<td></td>");
        }
        fprintf(out, "</tr>\n");
    }
    fprintf(out, "</tbody></table></div></div>\n");
}

enum vt_status vt_report_shares(FILE *out, const struct vt_report *r)
{
    const struct shown s = choose(r);
    struct pairs pairs;
    struct vt_report_value v;
    char at[64];
    if (!s.n) return VT_OK;
    const int last = s.stage[s.n - 1];
    bool window = false;
    for (int k = 0; k < s.n; k++) window |= get(&s, k, "sq/s_eq_xray", NULL, &v);
    vt_report_heading(out, "shares",
                      s.change ? "Where the entropy changes: partial against total"
                               : "Entropy: partial against total");
    fprintf(out, "<p class=\"caption\">All in %s, but for factors.", vt_report_unit("k_B/atom", true).text);
    if (vt_report_option(r, last, "split_at", at, sizeof at))
        fprintf(out, " The split is at %s.", vt_report_quantity(at).text);
    if (window && vt_report_option(r, last, "q_max", at, sizeof at))
        fprintf(out,
                " Through the window: of the <i>g</i>(<i>r</i>) that a measurement up to <i>q</i> = %s would "
                "give, as of a measured one; no counting bias is removed from it.",
                vt_report_quantity(at).text);
    fprintf(out,
            " An X-ray measurement gives <i>S</i><sub>eq</sub> of one total; <i>S</i><sub>2</sub> counts "
            "each pair of species for itself. ± of factors is as of independent numbers: an upper "
            "bound.");
    if (s.change) put_ratio_of_changes(out, &s);
    fprintf(out, "</p>\n<div class=\"tables\">\n");
    put_totals(out, &s);
    if (find_pairs(&s, &pairs)) put_pairs(out, &s, &pairs);
    fprintf(out, "</div>\n");
    return VT_OK;
}
