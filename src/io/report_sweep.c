/* report_sweep.c: numbers of a sweep over its grid: against the first variable that is a number, a curve for
 * each combination of the others.
 *
 * Points are joined for the eye only. Times and diffusion constants are drawn as log10, over 1000/T where the
 * variable is a temperature: an Arrhenius law is a straight line there, and what bends upwards falls faster
 * on cooling. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/report_parts.h"

enum { CURVES_MAX = VT_PLOT_COLORS, POINTS_MAX = 256 };

static const struct {
    const char *leaf, *title;
    bool log;
} quantities[] = {
    {"/moduli/storage", "G′ [GPa]", false},
    {"/moduli/loss", "G″ [GPa]", false},
    {"/moduli/tan_delta", "tan δ", false},
    {"/isf/tau", "log_{10}(τ_{KWW} / ps), collective", true},
    {"/isf/beta", "β_{KWW}, collective", false},
    {"/isf_self/tau", "log_{10}(τ_s / ps)", true},
    {"/msd/diffusion", "log_{10}(D / Å^2 ps^{-1})", true},
    {"/msd/t_star", "log_{10}(t* / ps)", true},
    {"/msd/alpha_2_max", "largest α_2", false},
    {"/strings/longest_mean_length", "longest mean string", false},
    {"/viscosity/viscosity", "log_{10}(η / mPa s)", true},
    {"/thermo/density", "density [g/cm^3]", false},
    {"/thermo/enthalpy", "H [eV/atom]", false},
    {"/inherent/thermo/potential_energy", "E_{IS} [eV/atom]", false},
    {"/entropy/s_xray", "S_{eq} [k_B]", false},
};

/* The last dataset of the results whose path ends so: stages come in order. */
static const struct vt_dataset *find(const struct vt_results *r, const char *leaf)
{
    const struct vt_dataset *found = NULL;
    size_t length = strlen(leaf);
    bool inherent = !strncmp(leaf, "/inherent/", 10);
    for (int k = 0; k < r->n; k++) {
        size_t n = strlen(r->item[k].path);
        if (n < length || strcmp(r->item[k].path + n - length, leaf) != 0) continue;
        if (!inherent && strstr(r->item[k].path, "/inherent/")) continue;
        found = &r->item[k];
    }
    return found;
}

/* Cells of the grid: of the axes before `axes`, the place of number `cell` in row-major order. */
static void place(const struct vt_dataset *d, int axes, size_t cell, int *at)
{
    for (int a = axes - 1; a >= 0; a--) {
        at[a] = (int)(cell % (size_t)d->axis[a].n);
        cell /= (size_t)d->axis[a].n;
    }
}

/* "period 10 ps, state as-cast": all axes but x, those of one value left out. */
static void name_curve(const struct vt_dataset *d, int axes, int x, const int *at, char *name, size_t size)
{
    *name = '\0';
    for (int a = 0; a < axes; a++) {
        const struct vt_axis *axis = &d->axis[a];
        size_t used = strlen(name);
        if (a == x || axis->n == 1) continue;
        if (axis->label)
            snprintf(name + used, size - used, "%s%.40s", used ? ", " : "", axis->label[at[a]]);
        else
            snprintf(name + used, size - used, "%s%.20s %.4g %.10s", used ? ", " : "", axis->name,
                     axis->value[at[a]], axis->unit);
    }
}

struct curve {
    int n;
    double x[POINTS_MAX], y[POINTS_MAX], error[POINTS_MAX];
};

/* Values along axis x of the curve that goes through the cell `at`; of axes behind the grid the last label
 * ("all") or the first number. */
static void take(const struct vt_dataset *d, int axes, int x, const int *at, bool inverse, bool log,
                 struct curve *c)
{
    c->n = 0;
    for (int k = 0; k < d->axis[x].n && c->n < POINTS_MAX; k++) {
        size_t cell = 0;
        for (int a = 0; a < d->n_axes; a++) {
            int here = a == x ? k : a < axes ? at[a] : d->axis[a].label ? d->axis[a].n - 1 : 0;
            cell = cell * (size_t)d->axis[a].n + (size_t)here;
        }
        double value = d->value[cell], error = d->error ? d->error[cell] : NAN;
        if (!isfinite(value) || (log && !(value > 0))) continue;
        c->x[c->n] = inverse ? 1000 / d->axis[x].value[k] : d->axis[x].value[k];
        c->y[c->n] = log ? log10(value) : value;
        c->error[c->n++] = log ? error / (value * M_LN10) : error;
    }
}

static enum vt_status draw(FILE *out, const struct vt_dataset *d, int q, int axes, int x, int *left_out)
{
    bool log = quantities[q].log, inverse = log && !strcmp(d->axis[x].unit, "K");
    char id[32], title[100];
    size_t cells = 1;
    int panel, curves = 0, at[VT_AXES_MAX] = {0};
    enum vt_status st = VT_OK;
    struct curve *c;
    for (int a = 0; a < axes; a++) cells *= (size_t)d->axis[a].n;
    snprintf(id, sizeof id, "grid-%d", q);
    if (inverse)
        snprintf(title, sizeof title, "1000 K / %.40s", d->axis[x].name);
    else
        snprintf(title, sizeof title, "%.40s%s%.20s%s", d->axis[x].name, *d->axis[x].unit ? " [" : "",
                 d->axis[x].unit, *d->axis[x].unit ? "]" : "");
    struct vt_plot f = {.id = id, .about = quantities[q].leaf + 1, .x_title = title};
    VT_TRY(vt_alloc(&c, 1));
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&f, NULL, quantities[q].title, 240, &panel));
    for (size_t cell = 0; cell < cells; cell++) {
        char name[200];
        place(d, axes, cell, at);
        if (at[x]) continue; /* one cell of each curve */
        take(d, axes, x, at, inverse, log, c);
        if (!c->n) continue;
        if (curves == CURVES_MAX) {
            ++*left_out;
            continue;
        }
        name_curve(d, axes, x, at, name, sizeof name);
        for (int mark = 0; mark < 2; mark++)
            VT_TRY_GOTO(
                st, done,
                vt_plot_add_series(&f, panel,
                                   &(struct vt_plot_series){.name = *name ? name : NULL,
                                                            .color = curves,
                                                            .mark = mark ? VT_PLOT_DOTS : VT_PLOT_THIN,
                                                            .n = c->n,
                                                            .x = c->x,
                                                            .y = c->y,
                                                            .error = mark ? c->error : NULL}));
        curves++;
    }
    free(c);
    if (curves) return vt_report_draw(out, &f, "half");
    vt_plot_release(&f);
    return VT_OK;
done:
    free(c);
    vt_plot_release(&f);
    return st;
}

enum vt_status vt_report_sweep(FILE *out, const struct vt_report *r)
{
    const struct vt_dataset *complete = vt_results_find(r->results, "sweep/complete");
    int x = 0, left_out = 0;
    if (!complete) return VT_OK;
    while (x < complete->n_axes && !complete->axis[x].value) x++;
    double runs = 0;
    for (size_t k = 0; k < vt_dataset_size(complete); k++) runs += complete->value[k];
    vt_report_heading(out, "grid", "Over the grid");
    if (x == complete->n_axes) {
        fprintf(out,
                "<p>%.0f runs are complete. No variable of the sweep is a number: see "
                "<code>table.csv</code>.</p>\n",
                runs);
        return VT_OK;
    }
    fprintf(out, "<div class=\"figures\">\n");
    for (int q = 0; q < (int)(sizeof quantities / sizeof *quantities); q++) {
        const struct vt_dataset *d = find(r->results, quantities[q].leaf);
        if (d && d->n_axes >= complete->n_axes) VT_TRY(draw(out, d, q, complete->n_axes, x, &left_out));
    }
    fprintf(out,
            "</div>\n<p class=\"caption\">%.0f runs. Points are those of the runs, or means over replicas "
            "with their "
            "spread; bars are one standard error, lines only guide the eye.",
            runs);
    if (left_out) fprintf(out, " %d curves more are in the results.", left_out);
    fprintf(out, " Times here are 10 and more powers of ten below those of a laboratory: compare "
                 "temperatures as T/T<sub>g</sub>, each "
                 "with the T<sub>g</sub> of its own rate, not in kelvin.</p>\n");
    return VT_OK;
}
