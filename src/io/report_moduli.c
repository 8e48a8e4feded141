/* report_moduli.c: what stages that oscillate gave: G', G'' and tan(delta) in a table, the loops of stress
 * over strain, and moduli against temperature where there are several.
 *
 * Loops show the stress without its mean; the line is G* at the stage's amplitude,
 * sigma = gamma_A (G' sin(theta) + G'' cos(theta)). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/report_parts.h"

enum { LOOPS = 6, ELLIPSE = 121, POINTS = 64, ALIKE = 20 /* K: no temperatures to compare */ };

static bool has_moduli(const struct vt_report *r, int stage)
{
    struct vt_report_value v;
    return vt_report_number(r, stage, "moduli/storage", &v);
}

/* ---- the table ---- */

static const struct {
    const char *title, *leaf;
} column[] = {{"<i>T</i> [K]", "moduli/temperature"},
              {"period [ps]", "moduli/period"},
              {"<i>γ</i><sub>A</sub>", "moduli/strain_amplitude"},
              {"cycles", "moduli/cycles"},
              {"<i>G</i>′ [GPa]", "moduli/storage"},
              {"<i>G</i>″ [GPa]", "moduli/loss"},
              {"tan <i>δ</i>", "moduli/tan_delta"},
              {"|<i>G</i><sub>3</sub>|/|<i>G</i><sub>1</sub>|", "moduli/third_harmonic"},
              {"drift [meV/atom]", "moduli/energy_drift"}};
enum { COLUMNS = sizeof column / sizeof *column };

static void put_table(FILE *out, const struct vt_report *r)
{
    fprintf(out, "<div class=\"scroll\"><table><thead><tr><th>Stage</th><th class=\"word\">State</th>");
    for (int c = 0; c < COLUMNS; c++) fprintf(out, "<th>%s</th>", column[c].title);
    fprintf(out, "</tr></thead><tbody>\n");
    for (int k = 0; k < r->n_stages; k++) {
        if (!has_moduli(r, k)) continue;
        fprintf(out, "<tr><th scope=\"row\">");
        vt_report_escape(out, r->stage[k].label);
        fprintf(out, "</th><td class=\"word\">");
        vt_report_put_state_name(out, r, k);
        fprintf(out, "</td>");
        for (int c = 0; c < COLUMNS; c++) {
            struct vt_report_value v = {NAN, NAN, "1"};
            vt_report_number(r, k, column[c].leaf, &v);
            double scale = c == COLUMNS - 1 ? 1000 : 1;
            v.value *= scale, v.error *= scale;
            vt_report_put_value(out, &v);
        }
        fprintf(out, "</tr>\n");
    }
    fprintf(out, "</tbody></table></div>\n");
}

/* ---- figures ---- */

static void name_of(const struct vt_report *r, int stage, char *text, size_t size)
{
    struct vt_report_value t = {NAN, NAN, "K"}, p = {NAN, NAN, "ps"};
    vt_report_number(r, stage, "moduli/temperature", &t);
    vt_report_number(r, stage, "moduli/period", &p);
    snprintf(text, size, "%s: %.0f K, %.4g ps", r->stage[stage].short_label, t.value, p.value);
}

/* What is shown of a loop: stage, strain [%] and stress, the mean of both taken away. */
static enum vt_status add_loop(struct vt_plot *f, int panel, const struct vt_report *r, int stage, int color)
{
    const struct vt_dataset *strain = vt_report_find(r, stage, "moduli/loop_strain"),
                            *stress = vt_report_find(r, stage, "moduli/loop_stress");
    struct vt_report_value amplitude, storage, loss, mean = {0};
    double x[ELLIPSE], y[ELLIPSE], middle = 0;
    int seen = 0;
    char name[64];
    if (!strain || !stress || strain->n_axes != 1 || vt_dataset_size(strain) != vt_dataset_size(stress) ||
        vt_dataset_size(strain) > ELLIPSE ||
        !vt_report_number(r, stage, "moduli/strain_amplitude", &amplitude) ||
        !vt_report_number(r, stage, "moduli/storage", &storage) ||
        !vt_report_number(r, stage, "moduli/loss", &loss))
        return VT_OK;
    vt_report_number(r, stage, "moduli/mean_stress", &mean);
    name_of(r, stage, name, sizeof name);
    int n = (int)vt_dataset_size(strain);
    for (int k = 0; k < n; k++) /* cycles of few frames leave phases empty */
        if (isfinite(strain->value[k])) middle += strain->value[k], seen++;
    for (int k = 0; k < n; k++)
        x[k] = 100 * (strain->value[k] - middle / seen), y[k] = stress->value[k] - mean.value;
    VT_TRY(vt_plot_add_series(f, panel,
                              &(struct vt_plot_series){.name = name,
                                                       .color = color,
                                                       .mark = VT_PLOT_DOTS,
                                                       .n = n,
                                                       .x = x,
                                                       .y = y,
                                                       .error = stress->error}));
    for (int k = 0; k < ELLIPSE; k++) {
        double theta = 2 * M_PI * k / (ELLIPSE - 1);
        x[k] = 100 * amplitude.value * sin(theta);
        y[k] = amplitude.value * (storage.value * sin(theta) + loss.value * cos(theta));
    }
    return vt_plot_add_series(
        f, panel,
        &(struct vt_plot_series){
            .name = name, .color = color, .mark = VT_PLOT_THIN, .n = ELLIPSE, .x = x, .y = y});
}

static enum vt_status draw_loops(FILE *out, const struct vt_report *r, int *left_out)
{
    struct vt_plot f = {.id = "loops",
                        .about = "Shear stress against shear strain, mean of the cycles",
                        .x_title = "Strain γ [%]"};
    enum vt_status st;
    int panel, shown = 0;
    struct vt_report_value amplitude;
    *left_out = 0;
    for (int k = 0; k < r->n_stages; k++)
        if (vt_report_number(r, k, "moduli/strain_amplitude", &amplitude))
            f.x_max = fmax(f.x_max, 115 * amplitude.value);
    f.x_min = -f.x_max;
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, NULL, "Stress σ − σ_{0} [GPa]", 300, &panel));
    f.panel[panel].zero = true;
    for (int k = 0; k < r->n_stages; k++) {
        if (!has_moduli(r, k)) continue;
        if (shown == LOOPS)
            ++*left_out;
        else
            VT_TRY_GOTO(st, done, add_loop(&f, panel, r, k, shown++ % VT_PLOT_COLORS));
    }
    return vt_report_draw(out, &f, "half");
done:
    vt_plot_release(&f);
    return st;
}

/* Points of all stages of one period against temperature; first: the first of them. */
static enum vt_status add_points(struct vt_plot *f, int panel, const struct vt_report *r, int first,
                                 const char *leaf, const char *name, int color)
{
    double x[POINTS], y[POINTS], error[POINTS];
    struct vt_report_value period, p, t, v;
    int n = 0;
    if (!vt_report_number(r, first, "moduli/period", &period)) return VT_OK;
    for (int k = first; k < r->n_stages && n < POINTS; k++) {
        if (!vt_report_number(r, k, "moduli/period", &p) ||
            fabs(p.value - period.value) > 1e-6 * period.value ||
            !vt_report_number(r, k, "moduli/temperature", &t) || !vt_report_number(r, k, leaf, &v))
            continue;
        x[n] = t.value, y[n] = v.value, error[n] = isfinite(v.error) ? v.error : 0;
        n++;
    }
    return vt_plot_add_series(
        f, panel,
        &(struct vt_plot_series){
            .name = name, .color = color, .mark = VT_PLOT_DOTS, .n = n, .x = x, .y = y, .error = error});
}

/* Is stage k the first of its period? */
static bool first_of_period(const struct vt_report *r, int k)
{
    struct vt_report_value mine, other;
    if (!has_moduli(r, k) || !vt_report_number(r, k, "moduli/period", &mine)) return false;
    for (int j = 0; j < k; j++)
        if (vt_report_number(r, j, "moduli/period", &other) &&
            fabs(mine.value - other.value) <= 1e-6 * mine.value)
            return false;
    return true;
}

static enum vt_status draw_temperatures(FILE *out, const struct vt_report *r)
{
    static const struct {
        const char *leaf, *title;
        double height;
    } row[] = {{"moduli/storage", "G′ [GPa]", 110},
               {"moduli/loss", "G″ [GPa]", 110},
               {"moduli/tan_delta", "tan δ", 110}};
    struct vt_plot f = {.id = "moduli-t",
                        .about = "Storage modulus, loss modulus and tan delta against temperature",
                        .x_title = "T [K]"};
    enum vt_status st;
    double least = INFINITY, most = -INFINITY;
    struct vt_report_value t;
    for (int k = 0; k < r->n_stages; k++)
        if (vt_report_number(r, k, "moduli/temperature", &t))
            least = fmin(least, t.value), most = fmax(most, t.value);
    if (!(most - least > ALIKE)) return VT_OK;
    f.x_min = fmax(0, least - 0.1 * (most - least) - 5), f.x_max = most + 0.1 * (most - least) + 5;
    for (int q = 0; q < 3; q++) {
        int panel, color = 0;
        VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, NULL, row[q].title, row[q].height, &panel));
        f.panel[panel].zero = true;
        for (int k = 0; k < r->n_stages; k++) {
            struct vt_report_value p;
            char name[32];
            if (!first_of_period(r, k) || !vt_report_number(r, k, "moduli/period", &p)) continue;
            snprintf(name, sizeof name, "%.4g ps", p.value);
            VT_TRY_GOTO(st, done, add_points(&f, panel, r, k, row[q].leaf, name, color++ % VT_PLOT_COLORS));
        }
    }
    return vt_report_draw(out, &f, "half");
done:
    vt_plot_release(&f);
    return st;
}

enum vt_status vt_report_moduli(FILE *out, const struct vt_report *r)
{
    int n = 0, left_out;
    struct vt_report_value third, limit;
    for (int k = 0; k < r->n_stages; k++) n += has_moduli(r, k);
    if (!n) return VT_OK;
    vt_report_heading(out, "moduli", "Moduli");
    fprintf(out, "<div class=\"figures\">\n");
    VT_TRY(draw_loops(out, r, &left_out));
    if (n > 1) VT_TRY(draw_temperatures(out, r));
    fprintf(out, "</div>\n<p class=\"caption\">Shear to and fro, <i>γ</i> = <i>γ</i><sub>A</sub> sin "
                 "<i>ωt</i>. Dots: stress over the cycle, mean of the cycles, without <i>σ</i><sub>0</sub>; "
                 "line: <i>G</i>′ and <i>G</i>″. ± from the spread of the cycles. Drift: "
                 "what the energy changes by in a cycle.");
    if (left_out) fprintf(out, " %d more loops are in the results.", left_out);
    for (int k = 0; k < r->n_stages; k++)
        if (vt_report_number(r, k, "moduli/third_harmonic", &third) &&
            vt_report_number(r, k, "moduli/third_harmonic_limit", &limit) && third.value > limit.value &&
            third.value >= 3 * third.error) {
            fprintf(out, " <b>In ");
            vt_report_escape(out, r->stage[k].label);
            fprintf(out, " the response is not linear.</b>");
        }
    fprintf(out, "</p>\n");
    put_table(out, r);
    return VT_OK;
}
