/* report_local.c: local order: crystals, Voronoi cells, bond angles, neighbours and chemical order.
 *
 * Shown are the states that are compared, or the last stage that has such a measurement. What was measured on
 * energy minima goes before what was measured in motion, which blurs it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/report_parts.h"

enum { SHOWN_MAX = 2, BARS = 8 };

/* One kernel's results: of energy minima or not, and the stages to show. */
struct local {
    const struct vt_report *r;
    bool inherent;
    int n, stage[SHOWN_MAX];
};

/* NULL unless it is there and has so many axes, the first with labels (blocks: the second). */
static const struct vt_dataset *get(const struct local *l, int stage, const char *leaf, int n_axes)
{
    char path[128];
    snprintf(path, sizeof path, "%s%s", l->inherent ? "inherent/" : "", leaf);
    const struct vt_dataset *d = vt_report_find(l->r, stage, path);
    bool blocks = !strncmp(leaf, "blocks/", 7);
    if (!d || d->n_axes != n_axes || (n_axes > blocks && !d->axis[blocks].label)) return NULL;
    return d;
}

/* leaf: what shows that the kernel was there */
static struct local find(const struct vt_report *r, const char *leaf, int n_axes)
{
    struct local l = {.r = r, .inherent = true};
    for (int turn = 0; turn < 2; turn++, l.inherent = false) {
        int last = -1;
        for (int k = 0; k < r->n_stages; k++)
            if (get(&l, k, leaf, n_axes)) last = k;
        if (last < 0) continue;
        if (r->before >= 0 && get(&l, r->before, leaf, n_axes)) l.stage[l.n++] = r->before;
        if (r->after >= 0 && get(&l, r->after, leaf, n_axes)) l.stage[l.n++] = r->after;
        if (!l.n) l.stage[l.n++] = last;
        break;
    }
    return l;
}

static void put_caption(FILE *out, const struct local *l)
{
    fprintf(out, "<p class=\"caption\">");
    for (int k = 0; k < l->n; k++) {
        fprintf(out, k ? " and " : "Shown: ");
        vt_report_put_state_name(out, l->r, l->stage[k]);
    }
    fprintf(out, "%s. Error bars and bands are one standard error.", l->inherent ? ", at energy minima" : "");
}

/* ---- crystals ---- */

/* Below 2 %: the most that thermal motion and chance make (docs/theory/crystal.md); between a fifth and three
 * quarters two phases, as `vitrum potential check` judges. */
enum { FEW = 2, PART = 20, MOST = 75 };

static const char *verdict(double share)
{
    return 100 * share < FEW    ? "a glass or a liquid, no crystals"
           : 100 * share < PART ? "some crystals, or their beginnings"
           : 100 * share < MOST ? "partly crystallised"
                                : "crystallised";
}

static void put_crystals(FILE *out, const struct vt_report *r)
{
    const char *leaf = "crystal/crystalline";
    struct local l = find(r, leaf, 0);
    if (!l.n) return;
    fprintf(out, "<h3>Crystals</h3>\n<div class=\"scroll\"><table><thead><tr><th>Stage</th><th>Crystalline "
                 "[%%]</th><th class=\"word\">Verdict</th></tr></thead><tbody>\n");
    for (int k = 0; k < r->n_stages; k++) {
        const struct vt_dataset *d = get(&l, k, leaf, 0);
        if (!d) continue;
        struct vt_report_value v = {100 * d->value[0], d->error ? 100 * d->error[0] : NAN, ""};
        fprintf(out, "<tr><th scope=\"row\">");
        vt_report_escape(out, r->stage[k].label);
        fprintf(out, "</th>");
        vt_report_put_value(out, &v);
        fprintf(out, "<td class=\"word%s\">%s</td></tr>\n", v.value < FEW ? "" : " near",
                verdict(d->value[0]));
    }
    fprintf(
        out,
        "</tbody></table></div>\n<p class=\"caption\">Share of atoms whose neighbours stand as in fcc, hcp "
        "or bcc%s; below %d&#8239;%% there are no crystals.</p>\n",
        l.inherent ? ", at energy minima" : "", FEW);
}

void vt_report_crystal_line(FILE *out, const struct vt_report *r)
{
    struct local l = find(r, "crystal/crystalline", 0);
    if (!l.n) return;
    int stage = l.stage[l.n - 1];
    double share = *get(&l, stage, "crystal/crystalline", 0)->value;
    if (!(100 * share >= FEW)) return;
    fprintf(out, "<p><span class=\"badge warn\">%s&#8239;%% of the atoms stand as in a crystal (stage ",
            vt_report_brief(100 * share, 2).text);
    vt_report_escape(out, r->stage[stage].label);
    fprintf(out, "): %s</span></p>\n", verdict(share));
}

/* ---- Voronoi cells ---- */

/* The commonest indices around a centre (a row of the table), without the last column, "other". */
static int commonest(const struct vt_dataset *d, int row, int place[BARS])
{
    int n = 0, columns = d->axis[1].n - 1;
    const double *share = d->value + (size_t)row * (size_t)(columns + 1);
    for (; n < BARS && n < columns; n++) {
        int best = -1;
        for (int k = 0; k < columns; k++) {
            bool taken = false;
            for (int p = 0; p < n; p++) taken |= place[p] == k;
            if (!taken && (best < 0 || share[k] > share[best])) best = k;
        }
        if (!(share[best] > 0)) break;
        place[n] = best;
    }
    return n;
}

static enum vt_status draw_indices(FILE *out, const struct local *l, const struct vt_dataset *first, int row)
{
    char id[32], about[64], title[96];
    int place[BARS], n = commonest(first, row, place), panel;
    enum vt_status st = VT_OK;
    if (!n) return VT_OK;
    snprintf(id, sizeof id, "voronoi-%d", row);
    snprintf(about, sizeof about, "Commonest Voronoi indices, centre %s", first->axis[0].label[row]);
    snprintf(title, sizeof title, row ? "Around %s" : "Around all atoms", first->axis[0].label[row]);
    struct vt_plot f = {.id = id, .about = about, .x_title = "", .width = 350};
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, title, "Share of cells [%]", 150, &panel));
    f.panel[panel].y_min = 0;
    for (int s = 0; s < l->n; s++) {
        const struct vt_dataset *d = get(l, l->stage[s], "voronoi/indices", 2);
        double x[BARS], y[BARS], error[BARS];
        if (!d || row >= d->axis[0].n) continue;
        for (int k = 0; k < n; k++) {
            int at = vt_report_label(d, 1, first->axis[1].label[place[k]]);
            size_t v = (size_t)row * (size_t)d->axis[1].n + (size_t)at;
            x[k] = k + (l->n > 1 ? 0.4 * s - 0.2 : 0);
            y[k] = at < 0 ? NAN : 100 * d->value[v];
            error[k] = at < 0 || !d->error ? NAN : 100 * d->error[v];
        }
        VT_TRY_GOTO(
            st, done,
            vt_plot_add_series(&f, panel,
                               &(struct vt_plot_series){.name = vt_report_line_name(l->r, l->stage[s]),
                                                        .color = vt_report_color(l->r, l->stage[s]),
                                                        .mark = VT_PLOT_BARS,
                                                        .n = n,
                                                        .x = x,
                                                        .y = y,
                                                        .error = error,
                                                        .width = l->n > 1 ? 0.36 : 0.6}));
    }
    for (int k = 0; k < n; k++)
        VT_TRY_GOTO(st, done, vt_plot_add_tick(&f, k, first->axis[1].label[place[k]]));
    return vt_report_draw(out, &f, "small");
done:
    vt_plot_release(&f);
    return st;
}

/* One stage against temperature: the blocks of a heating or cooling; a dot, unless it is another ramp. In %.
 */
static enum vt_status add_stage(struct vt_plot *f, int panel, const struct local *l, int stage,
                                const char *leaf, int row)
{
    char path[64];
    snprintf(path, sizeof path, "blocks/%s", leaf);
    const struct vt_dataset *one = get(l, stage, leaf, 1), *blocks = get(l, stage, path, 2),
                            *t = get(l, stage, "blocks/voronoi/temperature", 1);
    struct vt_report_value at;
    bool curve = (vt_report_is(l->r, stage, "heat") || vt_report_is(l->r, stage, "quench")) && one &&
                 blocks && t && vt_dataset_size(t) == (size_t)blocks->axis[0].n &&
                 blocks->axis[1].n == one->axis[0].n;
    if (!one || row >= one->axis[0].n ||
        (!curve &&
         (vt_report_is_ramp(l->r, stage) || !vt_report_number(l->r, stage, "thermo/temperature", &at))))
        return VT_OK;
    int n = curve ? blocks->axis[0].n : 1;
    const struct vt_dataset *d = curve ? blocks : one;
    size_t centres = (size_t)one->axis[0].n;
    enum vt_status st;
    double *x, *y = NULL, *error = NULL;
    VT_TRY(vt_alloc(&x, n));
    VT_TRY_GOTO(st, done, vt_alloc(&y, n));
    VT_TRY_GOTO(st, done, vt_alloc(&error, n));
    for (int k = 0; k < n; k++) {
        size_t v = (size_t)k * centres + (size_t)row;
        x[k] = curve ? t->value[k] : at.value;
        y[k] = 100 * d->value[v];
        error[k] = d->error ? 100 * d->error[v] : NAN;
    }
    st = vt_plot_add_series(f, panel,
                            &(struct vt_plot_series){.name = vt_report_line_name(l->r, stage),
                                                     .color = vt_report_color(l->r, stage),
                                                     .mark = curve ? VT_PLOT_LINE : VT_PLOT_DOTS,
                                                     .n = n,
                                                     .x = x,
                                                     .y = y,
                                                     .error = error});
done:
    free(error), free(y), free(x);
    return st;
}

static enum vt_status draw_over_stages(FILE *out, const struct local *l, const char *id, const char *leaf,
                                       const char *title, int row)
{
    enum vt_status st;
    int panel, points = 0;
    struct vt_plot f = {.id = id, .about = title, .x_title = "T [K]"};
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, NULL, title, 220, &panel));
    for (int k = 0; k < l->r->n_stages; k++) VT_TRY_GOTO(st, done, add_stage(&f, panel, l, k, leaf, row));
    for (int s = 0; s < f.panel[panel].n_series; s++) points += f.panel[panel].series[s].n;
    if (points > 1) return vt_report_draw(out, &f, "half");
done:
    vt_plot_release(&f);
    return st;
}

/* The species whose atoms are most often in icosahedra, as a row behind "all". */
static int most_icosahedral(const struct vt_dataset *d)
{
    int best = 0;
    for (int k = 1; k < d->axis[0].n; k++)
        if (!best || d->value[k] > d->value[best]) best = k;
    return best;
}

static void put_centres(FILE *out, const struct local *l)
{
    static const struct {
        const char *leaf, *title;
        double scale;
    } column[] = {{"voronoi/icosahedra", "Icosahedra [%]", 100},
                  {"voronoi/five_fold", "Five-fold faces [%]", 100},
                  {"voronoi/coordination", "Faces", 1},
                  {"voronoi/volume", "Volume [Å<sup>3</sup>]", 1},
                  {"voronoi/volume_spread", "its spread", 1}};
    fprintf(out, "<div class=\"scroll\"><table><thead><tr><th>Cells</th><th class=\"word\">State</th>");
    for (size_t c = 0; c < sizeof column / sizeof *column; c++) fprintf(out, "<th>%s</th>", column[c].title);
    fprintf(out, "</tr></thead><tbody>\n");
    const struct vt_axis *centre = &get(l, l->stage[0], column[0].leaf, 1)->axis[0];
    for (int row = 0; row < centre->n; row++)
        for (int s = 0; s < l->n; s++) {
            fprintf(out, "<tr><th scope=\"row\">");
            vt_report_escape(out, centre->label[row]);
            fprintf(out, "</th><td class=\"word\">");
            vt_report_put_state_name(out, l->r, l->stage[s]);
            fprintf(out, "</td>");
            for (size_t c = 0; c < sizeof column / sizeof *column; c++) {
                const struct vt_dataset *d = get(l, l->stage[s], column[c].leaf, 1);
                if (!d || row >= d->axis[0].n) {
                    fprintf(out, "<td></td>");
                    continue;
                }
                double scale = column[c].scale;
                struct vt_report_value v = {scale * d->value[row], d->error ? scale * d->error[row] : NAN,
                                            ""};
                vt_report_put_value(out, &v);
            }
            fprintf(out, "</tr>\n");
        }
    fprintf(out, "</tbody></table></div>\n");
}

static enum vt_status put_cells(FILE *out, const struct vt_report *r)
{
    struct local l = find(r, "voronoi/indices", 2);
    const struct vt_dataset *first = l.n ? get(&l, l.stage[0], "voronoi/indices", 2) : NULL, *open,
                            *icosahedra = l.n ? get(&l, l.stage[0], "voronoi/icosahedra", 1) : NULL;
    if (!icosahedra || !first->axis[1].label || icosahedra->axis[0].n != first->axis[0].n) return VT_OK;
    int row = most_icosahedral(icosahedra);
    char title[64];
    fprintf(out, "<h3>Voronoi cells</h3>\n<div class=\"figures small\">\n");
    for (int k = first->axis[0].n == 2; k < first->axis[0].n; k++) VT_TRY(draw_indices(out, &l, first, k));
    fprintf(out, "</div>\n");
    put_caption(out, &l);
    fprintf(out, " The index is the number of faces with 3, 4, 5 and 6 edges; &lt;0,0,12,0&gt; is an "
                 "icosahedron.</p>\n<div class=\"figures\">\n");
    VT_TRY(draw_over_stages(out, &l, "five-fold", "voronoi/five_fold", "Five-fold faces [%]", 0));
    snprintf(title, sizeof title, "Icosahedra around %s [%%]", first->axis[0].label[row]);
    VT_TRY(draw_over_stages(out, &l, "icosahedra", "voronoi/icosahedra", title, row));
    fprintf(out, "</div>\n");
    put_centres(out, &l);
    for (int s = 0; s < l.n; s++)
        if ((open = get(&l, l.stage[s], "voronoi/open", 0)) && open->value[0] > 0) {
            fprintf(out, "<p class=\"near\">%.0f cells of stage ", open->value[0]);
            vt_report_escape(out, r->stage[l.stage[s]].label);
            fprintf(out, " reach beyond half of <code>r_max</code> and are left out.</p>\n");
        }
    return VT_OK;
}

/* ---- bond angles ---- */

static enum vt_status put_angles(FILE *out, const struct vt_report *r)
{
    const char *leaf = "angles/distribution";
    struct local l = find(r, leaf, 2);
    if (!l.n) return VT_OK;
    const struct vt_dataset *first = get(&l, l.stage[0], leaf, 2);
    enum vt_status st;
    int panel;
    struct vt_plot f = {0};
    fprintf(out, "<h3>Bond angles</h3>\n<div class=\"figures small\">\n");
    for (int row = first->axis[0].n == 2; row < first->axis[0].n; row++) {
        char id[32], title[64];
        snprintf(id, sizeof id, "angles-%d", row);
        snprintf(title, sizeof title, row ? "Around %s" : "Around all atoms", first->axis[0].label[row]);
        f = (struct vt_plot){.id = id, .about = title, .x_title = "θ [°]", .width = 350, .x_max = 180};
        VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, title, "P(θ) [1/°]", 150, &panel));
        f.panel[panel].y_min = 0;
        for (int s = 0; s < l.n; s++) {
            const struct vt_dataset *d = get(&l, l.stage[s], leaf, 2);
            if (d && row < d->axis[0].n && d->axis[1].value)
                VT_TRY_GOTO(st, done, vt_report_add_row(&f, panel, r, l.stage[s], d, row));
        }
        VT_TRY(vt_report_draw(out, &f, "small"));
        f = (struct vt_plot){0};
    }
    fprintf(out, "</div>\n");
    put_caption(out, &l);
    fprintf(out, " Angles between bonds of one atom; near 60° and 110° in dense packing, 63.4° and 116.6° in "
                 "an icosahedron.</p>\n");
    return VT_OK;
done:
    vt_plot_release(&f);
    return st;
}

/* ---- chemical order ---- */

static void put_neighbours(FILE *out, const struct vt_report *r, const char *kernel, const char *title)
{
    char leaf[3][64];
    snprintf(leaf[0], sizeof *leaf, "%s/partial", kernel);
    snprintf(leaf[1], sizeof *leaf, "%s/warren_cowley", kernel);
    snprintf(leaf[2], sizeof *leaf, "%s/cargill_spaepen", kernel);
    struct local l = find(r, leaf[1], 2);
    if (!l.n) return;
    const struct vt_dataset *first = get(&l, l.stage[0], leaf[1], 2);
    int n = first->axis[0].n;
    fprintf(out,
            "<h3>%s</h3>\n<div class=\"scroll\"><table><thead><tr><th>Around</th><th "
            "class=\"word\">are</th>",
            title);
    for (int s = 0; s < l.n; s++) {
        fprintf(out, "<th><i>Z</i><sub>ab</sub>, ");
        vt_report_put_state_name(out, r, l.stage[s]);
        fprintf(out, "</th><th><i>α</i><sub>ab</sub></th><th><i>η</i><sub>ab</sub></th>");
    }
    fprintf(out, "</tr></thead><tbody>\n");
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            fprintf(out, "<tr><th scope=\"row\">");
            vt_report_escape(out, first->axis[0].label[a]);
            fprintf(out, "</th><td class=\"word\">");
            vt_report_escape(out, first->axis[0].label[b]);
            fprintf(out, "</td>");
            for (int s = 0; s < l.n; s++)
                for (int q = 0; q < 3; q++) {
                    const struct vt_dataset *d = get(&l, l.stage[s], leaf[q], q < 2 ? 2 : 1);
                    int low = a < b ? a : b, high = a < b ? b : a,
                        pair = low * n - low * (low - 1) / 2 + high - low;
                    size_t v = (size_t)(q < 2 ? a * n + b : pair);
                    if (!d || d->axis[0].n != (q < 2 ? n : n * (n + 1) / 2) || v >= vt_dataset_size(d)) {
                        fprintf(out, "<td></td>");
                        continue;
                    }
                    vt_report_put_value(
                        out, &(struct vt_report_value){d->value[v], d->error ? d->error[v] : NAN, ""});
                }
            fprintf(out, "</tr>\n");
        }
    fprintf(
        out,
        "</tbody></table></div>\n<p class=\"caption\"><i>Z</i><sub>ab</sub>: how many neighbours b an atom a "
        "has%s. <i>α</i>: Warren and Cowley, below 0 if a has more b around it than by chance; <i>η</i>: "
        "Cargill and Spaepen, above 0 in that case, with the different numbers of neighbours of large and "
        "small atoms taken out.</p>\n",
        l.inherent ? ", at energy minima" : "");
}

enum vt_status vt_report_local(FILE *out, const struct vt_report *r)
{
    if (!find(r, "crystal/crystalline", 0).n && !find(r, "voronoi/indices", 2).n &&
        !find(r, "angles/distribution", 2).n)
        return VT_OK;
    vt_report_heading(out, "local", "Local order");
    put_crystals(out, r);
    VT_TRY(put_cells(out, r));
    VT_TRY(put_angles(out, r));
    put_neighbours(out, r, "voronoi", "Neighbours that share a face");
    put_neighbours(out, r, "angles", "Neighbours within the cut-off of bonds");
    return VT_OK;
}
