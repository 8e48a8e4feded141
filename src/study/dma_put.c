/* dma_put.c: results of a dynamic mechanical analysis (dma_series.h) as datasets, a table, and words. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/uncertain.h"
#include "core/units.h"
#include "study/dma_series.h"
#include "study/series_put.h"

/* ------------------------------------------------------------------------------------------ columns */

/* A number of a scan against temperature, NAN where it is not there. */
struct column {
    const char *name, *unit, *help;
    void (*get)(const struct vt_dma_series *s, int scan, double *value, double *error); /* error NAN: none */
};

#define PEAK(name, member)                                                                                   \
    static void name(const struct vt_dma_series *s, int k, double *v, double *e)                             \
    {                                                                                                        \
        *v = s->found[k].has_peak ? s->found[k].peak.member : NAN;                                           \
        *e = s->found[k].has_peak ? s->found[k].peak.member##_error : NAN;                                   \
    }
PEAK(place, place)
PEAK(height, height)
PEAK(width, width)
PEAK(energy, energy)
PEAK(alpha, alpha)
PEAK(beta, beta)
#define WING(name, member)                                                                                   \
    static void name(const struct vt_dma_series *s, int k, double *v, double *e)                             \
    {                                                                                                        \
        *v = s->found[k].has_wing ? s->found[k].wing.member : NAN;                                           \
        *e = s->found[k].has_wing ? s->found[k].wing.member##_error : NAN;                                   \
    }
WING(wing_exponent, exponent)
WING(wing_share, share)

static void base(const struct vt_dma_series *s, int k, double *v, double *e)
{
    *v = s->found[k].has_peak ? s->found[k].peak.base : NAN;
    *e = NAN;
}

static void frequency(const struct vt_dma_series *s, int k, double *v, double *e)
{
    *v = s->dma.scan[k].frequency;
    *e = NAN;
}

static void reduced_place(const struct vt_dma_series *s, int k, double *v, double *e)
{
    double tg = s->tg[s->dma.scan[k].state];
    place(s, k, v, e);
    *v /= tg, *e /= tg;
}

static bool change_of(const struct vt_dma_series *s, int k, struct vt_loss_change *c)
{
    int other = vt_dma_compared(s, k);
    if (other < 0) return false;
    vt_loss_peak_change(&s->found[other].peak, &s->found[k].peak, c);
    return true;
}
#define CHANGE(name, member)                                                                                 \
    static void name(const struct vt_dma_series *s, int k, double *v, double *e)                             \
    {                                                                                                        \
        struct vt_loss_change c;                                                                             \
        bool any = change_of(s, k, &c);                                                                      \
        *v = any ? c.member : NAN;                                                                           \
        *e = any ? c.member##_error : NAN;                                                                   \
    }
CHANGE(ratio, ratio)
CHANGE(shift, shift)
CHANGE(widening, widening)

/* 1 - E_w / E, E by the peaks at several frequencies. */
static void alpha_by_energy(const struct vt_dma_series *s, int k, double *v, double *e)
{
    const struct vt_dma_law *l = &s->law[s->dma.scan[k].state];
    energy(s, k, v, e);
    double share = l->n ? *v / l->arrhenius.energy : NAN;
    *e = share * hypot(*e / *v, l->n ? l->arrhenius.energy_error / l->arrhenius.energy : NAN);
    *v = 1 - share;
}

/* Change of T_p over that of T_g. */
static void shift_by_tg(const struct vt_dma_series *s, int k, double *v, double *e)
{
    double by = s->tg[s->dma.scan[k].state] - s->tg[s->options->reference - 1];
    shift(s, k, v, e);
    *v = by != 0 ? *v / by : NAN;
    *e = by != 0 ? fabs(*e / by) : NAN;
}

static const struct column columns[] = {
    {"frequency", "Hz", "frequency of the scan", frequency},
    {"place", "K", "T_p, temperature of the peak", place},
    {"height", "", "height of the peak above its base", height},
    {"width", "K", "full width at half height", width},
    {"width_energy", "eV", "E_w = (1 - alpha) E, by the width", energy},
    {"alpha", "1", "alpha of Cole and Cole, by the form of the peak", alpha},
    {"alpha_by_energy", "1", "1 - E_w / E, E by the peaks at several frequencies", alpha_by_energy},
    {"beta", "1", "beta of Havriliak and Negami", beta},
    {"base", "", "what the peak stands on, at T_p", base},
    {"reduced_place", "1", "T_p / T_g", reduced_place},
    {"wing_exponent", "1", "b of the wing, (omega tau)^-b; in parts of 1 - alpha where no energy is known",
     wing_exponent},
    {"wing_share", "1", "share of the wing in all loss of its range", wing_share},
    {"ratio", "1", "height over that of the reference state", ratio},
    {"shift", "K", "T_p less that of the reference state", shift},
    {"widening", "1", "width over that of the reference state", widening},
    {"shift_by_tg", "1", "change of T_p over the change of T_g", shift_by_tg},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const char *unit_of(const struct vt_dma_series *s, const struct column *c)
{
    return *c->unit ? c->unit : s->options->quantity == VT_DMA_LOSS ? "GPa" : "1";
}

/* Scans against temperature; returns how many. */
static int list_scans(const struct vt_dma_series *s, bool sweeps, int *scan, const char **name)
{
    int n = 0;
    for (int k = 0; k < s->dma.n; k++) {
        if (s->dma.scan[k].sweep != sweeps) continue;
        if (name) name[n] = s->dma.scan[k].name;
        scan[n++] = k;
    }
    return n;
}

/* ------------------------------------------------------------------------------------------ datasets */

static enum vt_status put_peaks(const struct vt_dma_series *s, int n, const int *scan,
                                const char *const *name, struct vt_results *results)
{
    char path[80];
    struct vt_dataset *d;
    for (int c = 0; c < COLUMNS; c++) {
        bool any = false, errors = false;
        double v, e;
        for (int k = 0; k < n; k++) {
            columns[c].get(s, scan[k], &v, &e);
            any = any || !isnan(v);
            errors = errors || !isnan(e);
        }
        if (!any) continue;
        snprintf(path, sizeof path, "dma/peaks/%s", columns[c].name);
        VT_TRY(vt_results_add(results, path, unit_of(s, &columns[c]), columns[c].help, 1, &n, &d));
        VT_TRY(vt_dataset_axis(d, 0, "scan", "", NULL, name));
        if (errors) VT_TRY(vt_dataset_errors(d));
        for (int k = 0; k < n; k++) {
            columns[c].get(s, scan[k], &d->value[k], &e);
            if (errors) d->error[k] = e;
        }
    }
    return VT_OK;
}

/* A path for a name: "cast, 1 Hz" -> "cast_1_Hz". */
static void plain_path(const char *name, char *path, size_t size)
{
    size_t used = 0;
    for (; *name && used + 1 < size; name++) {
        if (*name == ',') continue;
        path[used++] = *name == ' ' || *name == '/' ? '_' : *name;
    }
    path[used] = '\0';
}

static enum vt_status put_curve(struct vt_results *results, const struct vt_dma_scan *scan, const char *name,
                                const char *unit, const char *help, const double *value)
{
    char plain[VT_NAME + 40], path[200];
    struct vt_dataset *d;
    if (!value) return VT_OK;
    plain_path(scan->name, plain, sizeof plain);
    snprintf(path, sizeof path, "dma/scans/%s/%s", plain, name);
    VT_TRY(vt_results_add(results, path, unit, help, 1, &scan->n, &d));
    memcpy(d->value, value, (size_t)scan->n * sizeof *value);
    return vt_dataset_axis(d, 0, scan->sweep ? "frequency" : "temperature", scan->sweep ? "Hz" : "K", scan->x,
                           NULL);
}

static enum vt_status put_scan(const struct vt_dma_series *s, int k, struct vt_results *results)
{
    const struct vt_dma_scan *scan = &s->dma.scan[k];
    VT_TRY(put_curve(results, scan, "tan_delta", "1", "as measured, or loss over storage modulus",
                     scan->tan_delta));
    VT_TRY(put_curve(results, scan, "storage", "GPa", "storage modulus, as measured", scan->storage));
    VT_TRY(put_curve(results, scan, "loss", "GPa",
                     "loss modulus, as measured, or tan(delta) times the storage modulus", scan->loss));
    if (!s->found[k].has_peak) return VT_OK;
    double *fit = NULL;
    VT_TRY(vt_alloc(&fit, scan->n));
    const struct vt_loss_peak *p = &s->found[k].peak;
    for (int i = 0; i < scan->n; i++)
        fit[i] = scan->x[i] >= p->from && scan->x[i] <= p->to
                     ? vt_loss_peak_value(p, scan->x[i]) + vt_loss_peak_base(p, scan->x[i])
                     : NAN;
    enum vt_status st = put_curve(results, scan, "fit", s->options->quantity == VT_DMA_LOSS ? "GPa" : "1",
                                  "peak and base, over the fitted temperatures", fit);
    free(fit);
    return st;
}

static enum vt_status put_law(const struct vt_dma_series *s, int state, struct vt_results *results)
{
    const struct vt_dma_law *l = &s->law[state];
    const struct vt_arrhenius *a = &l->arrhenius;
    char group[120];
    if (!l->n) return VT_OK;
    snprintf(group, sizeof group, "dma/law/%s", s->dma.state[state]);
    VT_TRY(vt_series_put_number(results, group, "energy", "eV",
                                "E of tau = tau_0 exp(E / k_B T) at the peaks", a->energy, a->energy_error));
    VT_TRY(vt_series_put_number(results, group, "energy_molar", "kJ/mol", "E", vt_energy_molar(a->energy),
                                vt_energy_molar(a->energy_error)));
    if (!isnan(s->tg[state]))
        VT_TRY(vt_series_put_number(results, group, "energy_reduced", "R T_g", "E over R T_g",
                                    vt_energy_reduced(a->energy, s->tg[state]),
                                    vt_energy_reduced(a->energy_error, s->tg[state])));
    VT_TRY(vt_series_put_number(results, group, "log10_tau0", "1", "log10 of tau_0 in s",
                                a->log_tau0 / M_LN10, a->log_tau0_error / M_LN10));
    if (l->n > 2)
        VT_TRY(vt_series_put_number(
            results, group, "chi2_reduced", "1",
            "scatter of the peaks over their errors, squared; above 1 errors are stretched by it", a->reduced,
            NAN));
    if (l->has_curvature)
        VT_TRY(vt_series_put_number(results, group, "curvature", "eV^2",
                                    "of ln tau against 1 / k_B T; 0: Arrhenius", l->curvature.value,
                                    l->curvature.error));
    if (!l->has_vft) return VT_OK;
    VT_TRY(vt_series_put_number(results, group, "vft_b", "K", "B of tau = tau_0 exp[B / (T - T_0)]", l->vft.b,
                                l->vft.b_error));
    VT_TRY(vt_series_put_number(results, group, "vft_t0", "K", "T_0", l->vft.t0, l->vft.t0_error));
    VT_TRY(vt_series_put_number(results, group, "vft_tg", "K", "T at which tau is 100 s", l->vft.tg,
                                l->vft.tg_error));
    return vt_series_put_number(results, group, "fragility", "1", "m at that T_g", l->vft.fragility,
                                l->vft.fragility_error);
}

static enum vt_status put_spectra(const struct vt_dma_series *s, int n, const int *scan,
                                  const char *const *name, struct vt_results *results)
{
    static const struct {
        const char *name, *unit, *help;
        size_t value, error;
    } part[] = {
#define LAW(member)                                                                                          \
    offsetof(struct vt_response_fit, law.member), offsetof(struct vt_response_fit, error.member)
        {"unrelaxed", "GPa", "M_U", LAW(unrelaxed)},
        {"strength", "GPa", "Delta = M_U - M_R", LAW(strength)},
        {"tau", "s", "relaxation time", LAW(tau)},
        {"alpha", "1", "alpha of Cole and Cole", LAW(alpha)},
        {"beta", "1", "beta of Havriliak and Negami", LAW(beta)},
        {"peak", "rad/s", "omega of the maximum of loss", offsetof(struct vt_response_fit, peak),
         offsetof(struct vt_response_fit, peak_error)},
        {"height", "GPa", "loss modulus at the maximum", offsetof(struct vt_response_fit, height),
         offsetof(struct vt_response_fit, height_error)},
#undef LAW
    };
    char path[80];
    struct vt_dataset *d;
    for (size_t c = 0; c < sizeof part / sizeof *part; c++) {
        snprintf(path, sizeof path, "dma/spectra/%s", part[c].name);
        VT_TRY(vt_results_add(results, path, part[c].unit, part[c].help, 1, &n, &d));
        VT_TRY(vt_dataset_axis(d, 0, "sweep", "", NULL, name));
        VT_TRY(vt_dataset_errors(d));
        for (int k = 0; k < n; k++) {
            const struct vt_dma_found *f = &s->found[scan[k]];
            d->value[k] =
                f->has_spectrum ? *(const double *)((const char *)&f->spectrum + part[c].value) : NAN;
            d->error[k] =
                f->has_spectrum ? *(const double *)((const char *)&f->spectrum + part[c].error) : NAN;
        }
    }
    return VT_OK;
}

static enum vt_status put_master(const struct vt_dma_series *s, int state, struct vt_results *results)
{
    const struct vt_dma_master *m = &s->master[state];
    char group[120];
    struct vt_dataset *d;
    double *t = NULL;
    if (!m->n) return VT_OK;
    snprintf(group, sizeof group, "dma/master/%s", s->dma.state[state]);
    VT_TRY(vt_alloc(&t, m->n));
    for (int k = 0; k < m->n; k++) t[k] = m->sweep[k].temperature;
    enum vt_status st = vt_series_put(results, group, "shift", "1",
                                      "log10 a_T, a_T = tau(T) / tau of the reference", m->n, t, true, &d);
    for (int k = 0; k < m->n && st == VT_OK; k++)
        d->value[k] = m->sweep[k].shift, d->error[k] = m->sweep[k].error;
    if (st == VT_OK)
        st = vt_series_put(results, group, "mismatch", "1",
                           "root mean square of log10 against the neighbour, shifted", m->n, t, false, &d);
    for (int k = 0; k < m->n && st == VT_OK; k++) d->value[k] = m->sweep[k].mismatch;
    free(t);
    VT_TRY(st);
    VT_TRY(vt_series_put_number(results, group, "energy", "eV", "E of a_T = exp[(E / k_B) (1 / T - 1 / T_0)]",
                                m->energy, m->energy_error));
    return vt_series_put_number(results, group, "reference", "K", "T_0, where a_T is 1",
                                m->sweep[m->reference].temperature, NAN);
}

enum vt_status vt_dma_put(const struct vt_dma_series *s, struct vt_results *results)
{
    int *scan = NULL;
    const char **name = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&scan, s->dma.n));
    VT_TRY_GOTO(st, done, vt_alloc(&name, s->dma.n));
    for (int k = 0; k < s->dma.n; k++) VT_TRY_GOTO(st, done, put_scan(s, k, results));
    int n = list_scans(s, false, scan, name);
    if (n) VT_TRY_GOTO(st, done, put_peaks(s, n, scan, name, results));
    n = list_scans(s, true, scan, name);
    if (n && s->options->cole_cole) VT_TRY_GOTO(st, done, put_spectra(s, n, scan, name, results));
    for (int k = 0; k < s->dma.n_states; k++) {
        VT_TRY_GOTO(st, done, put_law(s, k, results));
        VT_TRY_GOTO(st, done, put_master(s, k, results));
    }
done:
    free(scan), free(name);
    return st;
}

/* ------------------------------------------------------------------------------------------ for people */

void vt_dma_write_peaks(const struct vt_dma_series *s, FILE *out)
{
    fprintf(out, "# peaks of tan(delta) or loss modulus against temperature; `vitrum dma`\n# state");
    for (int c = 0; c < COLUMNS; c++)
        fprintf(out, ", %s [%s], error", columns[c].name, unit_of(s, &columns[c]));
    fputc('\n', out);
    for (int k = 0; k < s->dma.n; k++) {
        double v, e;
        if (s->dma.scan[k].sweep) continue;
        fprintf(out, "%s", s->dma.state[s->dma.scan[k].state]);
        for (int c = 0; c < COLUMNS; c++) {
            columns[c].get(s, k, &v, &e);
            fprintf(out, isnan(v) ? ", nan" : ", %.10g", v); /* not -nan */
            fprintf(out, isnan(e) ? ", nan" : ", %.4g", e);
        }
        fputc('\n', out);
    }
}

void vt_dma_say(const struct vt_dma_series *s, FILE *out)
{
    const char *what = s->options->quantity == VT_DMA_LOSS ? "loss" : "tan(delta)";
    for (int k = 0; k < s->dma.n; k++) {
        const struct vt_dma_found *f = &s->found[k];
        const struct vt_dma_scan *scan = &s->dma.scan[k];
        struct vt_loss_change c;
        if (f->has_peak)
            fprintf(out, "%s: %s peak %s at %s K, FWHM %s K\n", scan->name, what,
                    vt_uncertain(f->peak.height, f->peak.height_error).text,
                    vt_uncertain(f->peak.place, f->peak.place_error).text,
                    vt_uncertain(f->peak.width, f->peak.width_error).text);
        if (f->has_wing)
            fprintf(out, "%s: wing: exponent %s, share %s\n", scan->name,
                    vt_uncertain(f->wing.exponent, f->wing.exponent_error).text,
                    vt_uncertain(f->wing.share, f->wing.share_error).text);
        if (f->has_spectrum) {
            fprintf(out, "%s: loss peak at %s Hz, alpha %s", scan->name,
                    vt_uncertain(f->spectrum.peak / (2 * M_PI), f->spectrum.peak_error / (2 * M_PI)).text,
                    vt_uncertain(f->spectrum.law.alpha, f->spectrum.error.alpha).text);
            if (f->spectrum.form == VT_RESPONSE_HAVRILIAK_NEGAMI)
                fprintf(out, ", beta %s", vt_uncertain(f->spectrum.law.beta, f->spectrum.error.beta).text);
            fputc('\n', out);
        }
        if (!change_of(s, k, &c)) continue;
        fprintf(out, "%s against %s: height x %s, T_p %s K", scan->name,
                s->dma.scan[vt_dma_compared(s, k)].name, vt_uncertain(c.ratio, c.ratio_error).text,
                vt_uncertain_change(c.shift, c.shift_error).text);
        double by = s->tg[scan->state] - s->tg[s->options->reference - 1];
        if (!isnan(by)) fprintf(out, ", T_g %+.4g K", by);
        fputc('\n', out);
    }
    for (int k = 0; k < s->dma.n_states; k++) {
        const struct vt_arrhenius *a = &s->law[k].arrhenius;
        const struct vt_dma_master *m = &s->master[k];
        if (s->law[k].n) {
            fprintf(out, "%s: E = %s eV = %s kJ/mol", s->dma.state[k],
                    vt_uncertain(a->energy, a->energy_error).text,
                    vt_uncertain(vt_energy_molar(a->energy), vt_energy_molar(a->energy_error)).text);
            if (!isnan(s->tg[k])) fprintf(out, " = %.3g R T_g", vt_energy_reduced(a->energy, s->tg[k]));
            fprintf(out, ", log10(tau_0 / s) = %s\n",
                    vt_uncertain(a->log_tau0 / M_LN10, a->log_tau0_error / M_LN10).text);
        }
        if (s->law[k].has_vft)
            fprintf(out, "%s: VFT: T_0 = %s K, B = %s K, m = %s\n", s->dma.state[k],
                    vt_uncertain(s->law[k].vft.t0, s->law[k].vft.t0_error).text,
                    vt_uncertain(s->law[k].vft.b, s->law[k].vft.b_error).text,
                    vt_uncertain(s->law[k].vft.fragility, s->law[k].vft.fragility_error).text);
        if (!m->n) continue;
        fprintf(out, "%s: master curve of %d sweeps at %.4g K", s->dma.state[k], m->n,
                m->sweep[m->reference].temperature);
        fprintf(out, ": E = %s eV by the shifts", vt_uncertain(m->energy, m->energy_error).text);
        fputc('\n', out);
    }
}
