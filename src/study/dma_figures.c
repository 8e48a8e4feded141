/* dma_figures.c: figures of a dynamic mechanical analysis (dma_series.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/uncertain.h"
#include "io/plot.h"
#include "study/dma_series.h"

enum { CURVE = 200, SHOWN = 50 }; /* points of a drawn law; of drawn data at most, so that the law is seen */

/* Measured points, thinned; the fit over its window, and its base. */
static enum vt_status add_scan(const struct vt_dma_series *s, struct vt_plot *figure, int panel, int k,
                               int color)
{
    const struct vt_dma_scan *scan = &s->dma.scan[k];
    const struct vt_dma_found *f = &s->found[k];
    const double *y = s->options->quantity == VT_DMA_LOSS ? scan->loss : scan->tan_delta;
    double *work = NULL;
    int every = scan->n / SHOWN + 1, n = 0;
    VT_TRY(vt_alloc(&work, 2 * scan->n + 3 * CURVE));
    double *x = work, *shown = work + scan->n, *t = shown + scan->n, *fit = t + CURVE, *base = fit + CURVE;
    for (int i = 0; i < scan->n; i += every, n++) x[n] = scan->x[i], shown[n] = y[i];
    struct vt_plot_series points = {.name = f->has_peak ? NULL : scan->name,
                                    .color = color,
                                    .mark = VT_PLOT_DOTS,
                                    .n = n,
                                    .x = x,
                                    .y = shown};
    enum vt_status st = vt_plot_add_series(figure, panel, &points);
    for (int i = 0; i < CURVE && f->has_peak; i++) {
        t[i] = f->peak.from + (f->peak.to - f->peak.from) * i / (CURVE - 1);
        base[i] = vt_loss_peak_base(&f->peak, t[i]);
        fit[i] = base[i] + vt_loss_peak_value(&f->peak, t[i]);
    }
    struct vt_plot_series line = {
        .name = scan->name, .color = color, .mark = VT_PLOT_LINE, .n = CURVE, .x = t, .y = fit};
    if (st == VT_OK && f->has_peak) st = vt_plot_add_series(figure, panel, &line);
    line = (struct vt_plot_series){.color = color, .mark = VT_PLOT_DASHED, .n = CURVE, .x = t, .y = base};
    if (st == VT_OK && f->has_peak && s->options->base != VT_LOSS_BASE_NONE)
        st = vt_plot_add_series(figure, panel, &line);
    free(work);
    return st;
}

enum vt_status vt_dma_draw_scans(const struct vt_dma_series *s, char **svg)
{
    struct vt_plot figure = {.id = "scans",
                             .about = "loss against temperature with fitted peaks",
                             .x_title = "T [K]",
                             .width = 700};
    int panel, drawn = 0;
    *svg = NULL;
    enum vt_status st = vt_plot_add_panel(
        &figure, NULL, s->options->quantity == VT_DMA_LOSS ? "loss modulus [GPa]" : "tan δ", 380, &panel);
    for (int k = 0; k < s->dma.n && st == VT_OK; k++)
        if (!s->dma.scan[k].sweep) st = add_scan(s, &figure, panel, k, drawn++ % VT_PLOT_COLORS);
    if (st == VT_OK && drawn) st = vt_plot_svg(&figure, svg);
    vt_plot_release(&figure);
    return st;
}

static enum vt_status add_law(const struct vt_dma_series *s, struct vt_plot *figure, int panel, int state,
                              int color)
{
    const struct vt_dma_law *l = &s->law[state];
    double x[VT_DMA_TABLES], y[VT_DMA_TABLES], line[2][CURVE], low = INFINITY, high = 0;
    for (int k = 0; k < l->n; k++) {
        x[k] = 1e3 / l->temperature[k];
        y[k] = log(l->frequency[k]);
        low = fmin(low, l->temperature[k]), high = fmax(high, l->temperature[k]);
    }
    double margin = 0.05 * (high - low);
    for (int k = 0; k < CURVE; k++) {
        double t = low - margin + (high - low + 2 * margin) * k / (CURVE - 1);
        line[0][k] = 1e3 / t;
        line[1][k] =
            -log(2 * M_PI * (l->has_vft ? vt_vft_value(&l->vft, t) : vt_arrhenius_value(&l->arrhenius, t)));
    }
    struct vt_plot_series points = {.color = color, .mark = VT_PLOT_DOTS, .n = l->n, .x = x, .y = y};
    VT_TRY(vt_plot_add_series(figure, panel, &points));
    char name[VT_NAME + 220];
    if (l->has_vft)
        snprintf(name, sizeof name, "%s: VFT, T0 = %s K", s->dma.state[state],
                 vt_uncertain_label(l->vft.t0, l->vft.t0_error).text);
    else
        snprintf(name, sizeof name, "%s: %s eV", s->dma.state[state],
                 vt_uncertain_label(l->arrhenius.energy, l->arrhenius.energy_error).text);
    struct vt_plot_series law = {
        .name = name, .color = color, .mark = VT_PLOT_LINE, .n = CURVE, .x = line[0], .y = line[1]};
    return vt_plot_add_series(figure, panel, &law);
}

enum vt_status vt_dma_draw_law(const struct vt_dma_series *s, char **svg)
{
    struct vt_plot figure = {
        .id = "law", .about = "frequency against temperature of peaks", .x_title = "1000 / T_p [1/K]"};
    int panel, drawn = 0;
    *svg = NULL;
    enum vt_status st = vt_plot_add_panel(&figure, NULL, "ln (f / Hz)", 320, &panel);
    for (int state = 0; state < s->dma.n_states && st == VT_OK; state++)
        if (s->law[state].n) st = add_law(s, &figure, panel, state, drawn++ % VT_PLOT_COLORS);
    if (st == VT_OK && drawn) st = vt_plot_svg(&figure, svg);
    vt_plot_release(&figure);
    return st;
}

enum vt_status vt_dma_draw_master(const struct vt_dma_series *s, char **svg)
{
    struct vt_plot figure = {.id = "master",
                             .about = "master curves: sweeps of frequency, shifted",
                             .x_title = "log_{10} (f a_T / Hz)",
                             .width = 700};
    int panel[2] = {-1, -1};
    enum vt_status st = VT_OK;
    *svg = NULL;
    for (int c = 0; c < VT_SWEEP_CHANNELS && st == VT_OK; c++)
        for (int state = 0; state < s->dma.n_states && st == VT_OK; state++) {
            const struct vt_dma_master *m = &s->master[state];
            for (int k = 0; k < m->n && st == VT_OK; k++) {
                const struct vt_sweep *w = &m->sweep[k];
                double *x = NULL;
                if (!w->y[c]) continue;
                const char *title = c                                     ? "log_{10} (storage modulus / GPa)"
                                    : s->options->quantity == VT_DMA_LOSS ? "log_{10} (loss modulus / GPa)"
                                                                          : "log_{10} tan δ";
                if (panel[c] < 0) st = vt_plot_add_panel(&figure, NULL, title, 260, &panel[c]);
                if (st == VT_OK) st = vt_alloc(&x, w->n);
                for (int i = 0; x && i < w->n; i++) x[i] = w->x[i] + w->shift;
                struct vt_plot_series series = {.name = s->dma.scan[m->scan[k]].name,
                                                .color = k % VT_PLOT_COLORS,
                                                .mark = VT_PLOT_DOTS,
                                                .n = w->n,
                                                .x = x,
                                                .y = w->y[c]};
                if (st == VT_OK) st = vt_plot_add_series(&figure, panel[c], &series);
                free(x);
            }
        }
    if (st == VT_OK && figure.n_panels) st = vt_plot_svg(&figure, svg);
    vt_plot_release(&figure);
    return st;
}

static enum vt_status add_arc(const struct vt_dma_series *s, struct vt_plot *figure, int panel, int k,
                              int color)
{
    const struct vt_dma_scan *scan = &s->dma.scan[k];
    struct vt_plot_series points = {.name = scan->name,
                                    .color = color,
                                    .mark = VT_PLOT_DOTS,
                                    .n = scan->n,
                                    .x = scan->storage,
                                    .y = scan->loss};
    VT_TRY(vt_plot_add_series(figure, panel, &points));
    if (!s->found[k].has_spectrum) return VT_OK;
    double x[CURVE], y[CURVE];
    for (int i = 0; i < CURVE; i++) { /* over the measured frequencies */
        double f = scan->x[0] * pow(scan->x[scan->n - 1] / scan->x[0], (double)i / (CURVE - 1));
        vt_response_value(&s->found[k].spectrum.law, 2 * M_PI * f, &x[i], &y[i]);
    }
    struct vt_plot_series line = {.color = color, .mark = VT_PLOT_LINE, .n = CURVE, .x = x, .y = y};
    return vt_plot_add_series(figure, panel, &line);
}

enum vt_status vt_dma_draw_cole_cole(const struct vt_dma_series *s, char **svg)
{
    struct vt_plot figure = {.id = "colecole",
                             .about = "loss modulus against storage modulus",
                             .x_title = "storage modulus [GPa]",
                             .width = 700};
    int panel, drawn = 0;
    *svg = NULL;
    enum vt_status st = vt_plot_add_panel(&figure, NULL, "loss modulus [GPa]", 340, &panel);
    for (int k = 0; k < s->dma.n && st == VT_OK; k++)
        if (s->dma.scan[k].sweep && s->dma.scan[k].storage && s->options->cole_cole)
            st = add_arc(s, &figure, panel, k, drawn++ % VT_PLOT_COLORS);
    if (st == VT_OK && drawn) st = vt_plot_svg(&figure, svg);
    vt_plot_release(&figure);
    return st;
}
