/* dma_series.c: see dma_series.h.
 *
 * The law of T_p(f) is fitted in ln tau, tau = 1 / (2 pi f): frequencies are exact, and the error of a T_p is
 * one of ln tau by d ln tau / dT = E / (k_B T^2), with E of a first fit without errors. Each fit
 * stretches its errors where the peaks scatter by more (arrhenius.c). */
#include "study/dma_series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/uncertain.h"
#include "core/units.h"

/* ------------------------------------------------------------------------------------------ peaks */

static const double *quantity_of(const struct vt_dma_series *s, const struct vt_dma_scan *scan)
{
    return s->options->quantity == VT_DMA_LOSS ? scan->loss : scan->tan_delta;
}

static enum vt_status find_peaks(struct vt_dma_series *s, int *missing)
{
    const struct vt_dma_options *o = s->options;
    double range[VT_DMA_TABLES][2];
    for (int k = 0; k < s->dma.n_states; k++) range[k][0] = 0, range[k][1] = 1e9;
    if (*o->peak) VT_TRY(vt_dma_ranges("peak", o->peak, s->dma.n_states, range));
    for (int k = 0; k < s->dma.n; k++) {
        const struct vt_dma_scan *scan = &s->dma.scan[k];
        if (scan->sweep) continue;
        const double *y = quantity_of(s, scan);
        if (!y)
            return VT_RAISE(VT_EINPUT, "dma: %s: quantity loss: there is no loss modulus",
                            s->dma.state[scan->state]);
        double from = fmax(range[scan->state][0], scan->x[0] - 1e-9),
               to = fmin(range[scan->state][1], scan->x[scan->n - 1] + 1e-9);
        enum vt_status st = to > from
                                ? vt_loss_peak_fit(scan->n, scan->x, y, from, to, (enum vt_loss_form)o->model,
                                                   (enum vt_loss_base)o->base, &s->found[k].peak)
                                : VT_RAISE(VT_EPHYSICS, "no data between %g and %g K", range[scan->state][0],
                                           range[scan->state][1]);
        s->found[k].has_peak = st == VT_OK;
        if (st == VT_OK) continue;
        if (st != VT_EPHYSICS) return vt_prefix(st, "dma: %s", scan->name);
        ++*missing;
        vt_log(VT_LOG_WARNING, "dma: %s: %s", scan->name, vt_message());
    }
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ laws */

static enum vt_status fit_law(struct vt_dma_law *law, int which)
{
    double tau[VT_DMA_TABLES], error[VT_DMA_TABLES];
    for (int k = 0; k < law->n; k++) tau[k] = 1 / (2 * M_PI * law->frequency[k]);
    /* Any energy will do for a first weight where two peaks leave no scatter. */
    double energy =
        law->n > 2 ? NAN
                   : VT_KB * fabs(log(tau[1] / tau[0]) / (1 / law->temperature[1] - 1 / law->temperature[0]));
    if (law->n > 2) {
        VT_TRY(vt_arrhenius_fit(law->n, law->temperature, tau, NULL, &law->arrhenius));
        energy = fabs(law->arrhenius.energy);
    }
    for (int k = 0; k < law->n; k++)
        error[k] = fmax(energy / VT_KB * law->error[k] / pow(law->temperature[k], 2), 1e-9) * tau[k];
    VT_TRY(vt_arrhenius_fit(law->n, law->temperature, tau, error, &law->arrhenius));
    const struct vt_arrhenius *a = &law->arrhenius;
    if (!(a->energy > 2 * a->energy_error)) {
        law->n = 0;
        return VT_RAISE(VT_EPHYSICS,
                        "E = %s eV: the places of the peaks do not rise with frequency by more than "
                        "twice their scatter; are the frequencies right?",
                        vt_uncertain(a->energy, a->energy_error).text);
    }
    if (law->n >= 4)
        law->has_curvature =
            vt_arrhenius_curvature(law->n, law->temperature, tau, error, &law->curvature) == VT_OK;
    if (which != VT_DMA_VFT) return VT_OK;
    if (law->n < 4) return VT_RAISE(VT_EPHYSICS, "%d frequencies: the VFT law needs four", law->n);
    VT_TRY(vt_vft_fit(law->n, law->temperature, tau, error, 100, &law->vft));
    law->has_vft = true;
    return VT_OK;
}

static void find_laws(struct vt_dma_series *s)
{
    for (int state = 0; state < s->dma.n_states; state++) {
        struct vt_dma_law *law = &s->law[state];
        for (int k = 0; k < s->dma.n && law->n < VT_DMA_TABLES; k++) {
            const struct vt_dma_scan *scan = &s->dma.scan[k];
            if (scan->state != state || !s->found[k].has_peak || isnan(scan->frequency)) continue;
            law->temperature[law->n] = s->found[k].peak.place;
            law->error[law->n] = s->found[k].peak.place_error;
            law->frequency[law->n++] = scan->frequency;
        }
        double least = INFINITY, most = 0;
        for (int k = 0; k < law->n; k++)
            least = fmin(least, law->frequency[k]), most = fmax(most, law->frequency[k]);
        if (law->n < 2 || !(most > 1.01 * least)) {
            law->n = 0;
            continue;
        }
        if (fit_law(law, s->options->law) == VT_OK) continue;
        vt_log(VT_LOG_WARNING, "dma: %s: peaks against frequency: %s", s->dma.state[state], vt_message());
        if (s->options->law == VT_DMA_ARRHENIUS) law->n = 0;
    }
}

/* ------------------------------------------------------------------------------------------ wings */

static enum vt_status find_wings(struct vt_dma_series *s)
{
    double range[VT_DMA_TABLES][2];
    if (!*s->options->wing) return VT_OK;
    VT_TRY(vt_dma_ranges("wing", s->options->wing, s->dma.n_states, range));
    for (int k = 0; k < s->dma.n; k++) {
        const struct vt_dma_scan *scan = &s->dma.scan[k];
        const struct vt_dma_law *law = &s->law[scan->state];
        struct vt_dma_found *f = &s->found[k];
        if (scan->sweep || !f->has_peak) continue;
        double energy = !isnan(s->options->energy) ? s->options->energy
                        : law->n > 0               ? law->arrhenius.energy
                                                   : NAN;
        enum vt_status st = vt_wing_of_scan(scan->n, scan->x, quantity_of(s, scan), &f->peak, energy,
                                            range[scan->state][0], range[scan->state][1], &f->wing);
        f->has_wing = st == VT_OK;
        if (st != VT_OK && st != VT_EPHYSICS) return vt_prefix(st, "dma: %s", scan->name);
        if (st != VT_OK) vt_log(VT_LOG_WARNING, "dma: %s: %s", scan->name, vt_message());
    }
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ sweeps */

static enum vt_status find_spectra(struct vt_dma_series *s, int *sweeps)
{
    enum vt_response_form form =
        s->options->model == VT_LOSS_HAVRILIAK_NEGAMI ? VT_RESPONSE_HAVRILIAK_NEGAMI : VT_RESPONSE_COLE_COLE;
    if (!s->options->cole_cole) return VT_OK;
    for (int k = 0; k < s->dma.n; k++) {
        const struct vt_dma_scan *scan = &s->dma.scan[k];
        double *omega = NULL;
        if (!scan->sweep) continue;
        if (!scan->storage)
            return VT_RAISE(VT_EINPUT, "dma: cole_cole: %s holds no moduli", s->dma.state[scan->state]);
        VT_TRY(vt_alloc(&omega, scan->n));
        for (int i = 0; i < scan->n; i++) omega[i] = 2 * M_PI * scan->x[i];
        enum vt_status st =
            vt_response_fit(scan->n, omega, scan->storage, scan->loss, form, &s->found[k].spectrum);
        free(omega);
        ++*sweeps;
        s->found[k].has_spectrum = st == VT_OK;
        if (st == VT_EWORLD) return st;
        if (st != VT_OK) vt_log(VT_LOG_WARNING, "dma: %s: %s", scan->name, vt_message());
    }
    if (!*sweeps)
        return VT_RAISE(VT_EINPUT,
                        "dma: cole_cole: no table goes through six frequencies or more at one temperature");
    return VT_OK;
}

static enum vt_status make_master(struct vt_dma_series *s, int state, struct vt_dma_master *m)
{
    int n = 0, points = 0;
    for (int k = 0; k < s->dma.n; k++)
        if (s->dma.scan[k].sweep && s->dma.scan[k].state == state) n++, points += s->dma.scan[k].n;
    if (n < 2) return VT_OK;
    VT_TRY(vt_alloc(&m->sweep, n));
    VT_TRY(vt_alloc(&m->scan, n));
    VT_TRY(vt_alloc(&m->logs, 3 * points));
    double *at = m->logs;
    for (int k = 0; k < s->dma.n; k++) { /* scans of a state ascend in temperature */
        const struct vt_dma_scan *scan = &s->dma.scan[k];
        if (!scan->sweep || scan->state != state) continue;
        struct vt_sweep *w = &m->sweep[m->n];
        m->scan[m->n++] = k;
        *w = (struct vt_sweep){.n = scan->n, .temperature = scan->temperature, .x = at};
        const double *y[2] = {quantity_of(s, scan), scan->storage};
        if (!y[0]) return VT_RAISE(VT_EINPUT, "dma: %s: quantity loss: there is no loss modulus", scan->name);
        for (int i = 0; i < scan->n; i++) *at++ = log10(scan->x[i]);
        for (int c = 0; c < 2; c++) {
            if (!y[c]) continue;
            w->y[c] = at;
            for (int i = 0; i < scan->n; i++) *at++ = log10(y[c][i]);
        }
    }
    for (int k = 1; k < m->n; k++)
        if (fabs(m->sweep[k].temperature - s->options->master) <
            fabs(m->sweep[m->reference].temperature - s->options->master))
            m->reference = k;
    VT_TRY(vt_superpose(m->n, m->sweep, m->reference, s->options->overlap));
    vt_superposition_energy(m->n, m->sweep, &m->energy, &m->energy_error, &m->reduced);
    return VT_OK;
}

static enum vt_status find_masters(struct vt_dma_series *s)
{
    int made = 0;
    if (isnan(s->options->master)) return VT_OK;
    for (int state = 0; state < s->dma.n_states; state++) {
        enum vt_status st = make_master(s, state, &s->master[state]);
        if (st == VT_EPHYSICS) {
            vt_log(VT_LOG_WARNING, "dma: %s: %s", s->dma.state[state], vt_message());
            s->master[state].n = 0;
        } else if (st != VT_OK) {
            return vt_prefix(st, "dma: %s", s->dma.state[state]);
        }
        made += s->master[state].n > 1;
    }
    if (!made)
        return VT_RAISE(VT_EINPUT,
                        "dma: master: no state has sweeps of frequency at two temperatures or more that tell "
                        "their shift");
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ all */

enum vt_status vt_dma_analyse(int n, char *const *paths, const struct vt_dma_options *o,
                              struct vt_dma_series *s)
{
    int missing = 0, scans = 0, sweeps = 0;
    *s = (struct vt_dma_series){.options = o};
    VT_TRY(vt_dma_read(n, paths, o, &s->dma));
    for (int k = 0; k < VT_DMA_TABLES; k++) s->tg[k] = NAN;
    if (*o->tg) VT_TRY(vt_dma_each("tg", o->tg, "K", s->dma.n_states, s->tg));
    VT_TRY(vt_alloc(&s->found, s->dma.n));
    for (int k = 0; k < s->dma.n; k++) scans += !s->dma.scan[k].sweep;
    VT_TRY(find_peaks(s, &missing));
    find_laws(s);
    VT_TRY(find_wings(s));
    VT_TRY(find_spectra(s, &sweeps));
    VT_TRY(find_masters(s));
    if (missing == scans && !sweeps && isnan(o->master))
        return VT_RAISE(VT_EINPUT,
                        scans
                            ? "dma: no scan has a peak there, see above; give another range with --peak"
                            : "dma: these are sweeps of frequency: say --cole_cole yes, or --master '400 K'");
    return VT_OK;
}

void vt_dma_series_release(struct vt_dma_series *s)
{
    for (int k = 0; k < VT_DMA_TABLES; k++)
        free(s->master[k].sweep), free(s->master[k].scan), free(s->master[k].logs);
    free(s->found);
    vt_dma_release(&s->dma);
    *s = (struct vt_dma_series){0};
}

int vt_dma_compared(const struct vt_dma_series *s, int scan)
{
    const struct vt_dma_scan *own = &s->dma.scan[scan];
    int reference = (int)s->options->reference - 1;
    if (own->sweep || own->state == reference || !s->found[scan].has_peak) return -1;
    for (int k = 0; k < s->dma.n; k++) {
        const struct vt_dma_scan *other = &s->dma.scan[k];
        if (other->sweep || other->state != reference || !s->found[k].has_peak) continue;
        bool unknown = isnan(own->frequency) && isnan(other->frequency);
        if (unknown || fabs(own->frequency / other->frequency - 1) < 0.01) return k;
    }
    return -1;
}
