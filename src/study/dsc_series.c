/* dsc_series.c: see dsc_series.h. */
#include "study/dsc_series.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloy.h"
#include "core/log.h"
#include "core/material.h"
#include "core/memory.h"
#include "core/uncertain.h"
#include "core/units.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "study/lists.h"
#include "study/series_put.h"

enum { WINDOWS = 64 };

/* Numbers of a transition, as they are named in files. */
static const struct quantity {
    const char *name, *help;
    size_t at;
    int unit; /* 0: K; 1: of a heat capacity; 2: that times K */
} quantities[] = {
    {"fictive", "Moynihan's fictive temperature", offsetof(struct vt_transition, fictive), 0},
    {"onset", "onset: tangent of the step on the glass's baseline", offsetof(struct vt_transition, onset), 0},
    {"half", "half height of the step", offsetof(struct vt_transition, half), 0},
    {"inflection", "steepest place of the step", offsetof(struct vt_transition, inflection), 0},
    {"peak", "place of the overshoot; NaN without one", offsetof(struct vt_transition, peak), 0},
    {"step", "height of the step, liquid less glass at the fictive temperature",
     offsetof(struct vt_transition, step), 1},
    {"overshoot", "height of the overshoot above the liquid's baseline",
     offsetof(struct vt_transition, overshoot), 1},
    {"overshoot_area", "its area", offsetof(struct vt_transition, overshoot_area), 2},
    {"exotherm", "area below the glass's baseline before the step: enthalpy released below T_g",
     offsetof(struct vt_transition, exotherm), 2},
};
enum { QUANTITIES = sizeof quantities / sizeof *quantities };

static const struct vt_dsc_law laws[VT_DSC_LAWS] = {
    {.name = "kissinger_peak",
     .about = "ln(q/T_p^2) against 1/T_p, T_p of the overshoot",
     .law = VT_RATE_PEAK},
    {.name = "kissinger_onset", .about = "ln(q/T^2) against 1/T, T of the onset", .law = VT_RATE_PEAK},
    {.name = "moynihan_onset", .about = "ln q against 1/T, T of the onset", .law = VT_RATE_FICTIVE},
    {.name = "moynihan_fictive",
     .about = "ln q against 1/T_f; q is to be the rate at which each sample was cooled too",
     .law = VT_RATE_FICTIVE},
};
static const size_t law_number[VT_DSC_LAWS] = {
    offsetof(struct vt_transition, peak), offsetof(struct vt_transition, onset),
    offsetof(struct vt_transition, onset), offsetof(struct vt_transition, fictive)};

static const struct vt_number *number(const struct vt_transition *x, size_t at)
{
    return (const struct vt_number *)((const char *)x + at);
}

const struct vt_number *vt_dsc_law_number(const struct vt_dsc *d, int scan, int law)
{
    const struct vt_number *x = number(&d->result[scan][0].x, law_number[law]);
    return isfinite(d->scan[scan].rate) && !d->scan[scan].cooling && isfinite(x->value) ? x : NULL;
}

double vt_dsc_tg(const struct vt_dsc *d, int scan)
{
    const struct vt_dsc_result *x = &d->result[scan][0];
    return isfinite(x->x.onset.value) ? x->x.onset.value
           : x->broken                ? x->line.point[0].at
                                      : x->x.fictive.value;
}

void vt_dsc_release(struct vt_dsc *d)
{
    for (int k = 0; d->scan && k < d->n; k++) {
        vt_dsc_scan_release(&d->scan[k]);
        for (int c = 0; d->result && c < VT_DSC_CURVES; c++) free(d->result[k][c].capacity);
    }
    for (int k = 0; k < d->n_entropies; k++) free(d->entropy[k].t);
    free(d->scan), free(d->result), free(d->recovery);
    *d = (struct vt_dsc){0};
}

/* ---- one scan ---- */

/* Between the outer ends of the windows two lines; too few points or no break is no failure. */
static void fit_break(const struct vt_dsc_curve *c, const struct vt_calorimetry_options *o,
                      struct vt_dsc_result *out)
{
    int first = 0, end;
    while (first < c->n && c->t[first] < o->glass[0]) first++;
    for (end = first; end < c->n && c->t[end] <= o->liquid[1]; end++) {
    }
    out->broken = c->kind == VT_CURVE_INTEGRAL && end - first >= 16 &&
                  vt_breaks_fit(end - first, c->t + first, c->y + first, NULL, 1, &out->line) == VT_OK;
}

static enum vt_status judge_curve(const struct vt_dsc_curve *c, const struct vt_calorimetry_options *o,
                                  struct vt_dsc_result *out)
{
    VT_TRY(vt_transition_fit(c->kind, c->n, c->t, c->y, o, &out->x));
    VT_TRY(vt_alloc(&out->capacity, c->n));
    VT_TRY(vt_transition_capacity(c->kind, c->n, c->t, c->y, out->x.smooth, out->capacity));
    fit_break(c, o, out);
    out->found = true;
    return VT_OK;
}

/* The first curve must have its transition; others may lack it. */
static enum vt_status judge_scan(const struct vt_dsc_scan *s, const struct vt_calorimetry_options *o,
                                 struct vt_dsc_result out[VT_DSC_CURVES])
{
    for (int c = 0; c < s->n_curves; c++) {
        enum vt_status st = judge_curve(&s->curve[c], o, &out[c]);
        if (st == VT_EWORLD) return st;
        if (st != VT_OK && !c) return vt_prefix(st, "%s: %s", s->path, s->curve[c].name);
        if (st != VT_OK) vt_log(VT_LOG_WARNING, "dsc: %s: %s: %s", s->path, s->curve[c].name, vt_message());
    }
    return VT_OK;
}

struct windows {
    int n[2];
    double glass[WINDOWS][2], liquid[WINDOWS][2];
};

static enum vt_status read_windows(const struct vt_dsc_options *o, int scans, struct windows *w)
{
    const char *const name[2] = {"glass", "liquid"}, *const text[2] = {o->glass, o->liquid};
    for (int q = 0; q < 2; q++) {
        if (!*text[q])
            return VT_RAISE(
                VT_EINPUT,
                "dsc: --%s is due: the window of its baseline in K, as in --glass 450-550 --liquid "
                "690-720",
                name[q]);
        VT_TRY(vt_prefix(vt_list_ranges(name[q], text[q], "K", WINDOWS, q ? w->liquid : w->glass, &w->n[q]),
                         "dsc"));
        if (w->n[q] != 1 && w->n[q] != scans)
            return VT_RAISE(VT_EINPUT, "dsc: %s: %d windows for %d scans: one for all or one for each is due",
                            name[q], w->n[q], scans);
    }
    return VT_OK;
}

/* With the windows of this scan. */
static void calorimetry_of(const struct vt_dsc_options *o, const struct vt_dsc_scan *s,
                           struct vt_calorimetry_options *out)
{
    *out = (struct vt_calorimetry_options){
        .degree = o->baseline + 1, .smooth = o->smooth, .resamples = (int)o->resamples, .seed = o->seed};
    memcpy(out->glass, s->glass, sizeof out->glass);
    memcpy(out->liquid, s->liquid, sizeof out->liquid);
}

/* ---- the reference and S_eq ---- */

/* Against one scan, with that scan's windows. Its error is that of the difference of two fictive temperatures
 * times the step: what Moynihan's areas are. */
static enum vt_status recover_one(const struct vt_dsc *d, int k, const struct vt_dsc_scan *ref,
                                  const struct vt_dsc_options *o, struct vt_number *recovery)
{
    const struct vt_dsc_curve *a = &d->scan[k].curve[0], *b = &ref->curve[0];
    const struct vt_transition *x = &d->result[k][0].x;
    struct vt_calorimetry_options c;
    struct vt_transition y;
    if (a->kind != b->kind || a->kind != VT_CURVE_CAPACITY || strcmp(a->unit, b->unit) != 0)
        return VT_RAISE(VT_EINPUT, "dsc: %s [%s] and the reference %s [%s] are not of one kind",
                        d->scan[k].path, a->unit, ref->path, b->unit);
    calorimetry_of(o, &d->scan[k], &c);
    VT_TRY(vt_prefix(vt_transition_fit(b->kind, b->n, b->t, b->y, &c, &y), "dsc: reference: %s, against %s",
                     ref->path, d->scan[k].path));
    const double from = fmax(fmax(a->t[0], b->t[0]), c.glass[0]),
                 to = fmin(fmin(a->t[a->n - 1], b->t[b->n - 1]), c.liquid[1]);
    recovery->error = x->step.value * hypot(x->fictive.error, y.fictive.error);
    return vt_recovery_enthalpy(a->n, a->t, a->y, b->n, b->t, b->y, from, to, &recovery->value);
}

static enum vt_status recover(struct vt_dsc *d, const struct vt_dsc_options *o)
{
    struct vt_dsc_scan ref;
    struct vt_dsc_options own = *o;
    own.segment = o->reference_segment;
    enum vt_status st = vt_prefix(vt_dsc_scan_read(o->reference, &own, &ref), "dsc: reference");
    for (int k = 0; k < d->n && st == VT_OK; k++) st = recover_one(d, k, &ref, o, &d->recovery[k]);
    vt_dsc_scan_release(&ref);
    return vt_as_input(st);
}

static enum vt_status molar_mass(const char *composition, double *mass)
{
    struct vt_alloy alloy;
    *mass = NAN;
    if (!*composition) return VT_OK;
    VT_TRY(vt_prefix(vt_alloy_parse(composition, &alloy), "dsc: composition %s", composition));
    *mass = 0;
    for (int k = 0; k < alloy.n; k++)
        *mass += alloy.percent[k] / 100 * vt_element_mass(vt_element_z(alloy.symbol[k]));
    return VT_OK;
}

static enum vt_status take_entropy(const struct vt_results *r, const struct vt_dataset *c, double mass,
                                   const struct vt_dsc_options *o, struct vt_dsc_entropy *e)
{
    char group[64];
    snprintf(group, sizeof group, "%.*s", (int)(strlen(c->path) - strlen("/c_eq")), c->path);
    const struct vt_dataset *mol = vt_series_find(r, group, "heat_flow_mol"),
                            *gram = vt_series_find(r, group, "heat_flow_gram"),
                            *breaks = vt_series_find(r, group, "break_temperature");
    const int n = c->axis[0].n;
    if (isnan(mass) && mol && gram) mass = mol->value[n / 2] / gram->value[n / 2];
    *e = (struct vt_dsc_entropy){.n = n, .per_gram = isfinite(mass), .tg = o->entropy_tg, .rate = NAN};
    if (mol) e->rate = mol->value[n / 2] / (VT_GAS * c->value[n / 2]);
    snprintf(e->name, sizeof e->name, "%s", strchr(group, '/') ? strchr(group, '/') + 1 : group);
    if (isnan(e->tg) && breaks) e->tg = breaks->value[breaks->axis[0].n - 1];
    VT_TRY(vt_alloc(&e->t, 3 * n));
    e->y = e->t + n, e->error = e->y + n;
    const double factor = e->per_gram ? VT_GAS / mass : 1;
    for (int k = 0; k < n; k++) {
        e->t[k] = c->axis[0].value[k], e->y[k] = factor * c->value[k];
        e->error[k] = c->error ? factor * c->error[k] : NAN;
    }
    return VT_OK;
}

static enum vt_status read_entropy(struct vt_dsc *d, const struct vt_dsc_options *o)
{
    struct vt_results r = {0};
    double mass;
    enum vt_status st;
    VT_TRY(molar_mass(o->composition, &mass));
    VT_TRY_GOTO(st, done, vt_prefix(vt_results_read(o->entropy, &r), "dsc: entropy"));
    for (int k = 0; k < r.n && d->n_entropies < VT_DSC_ENTROPIES; k++) {
        const char *path = r.item[k].path, *end = strrchr(path, '/');
        if (strncmp(path, "series", 6) != 0 || !end || strcmp(end, "/c_eq") != 0) continue;
        VT_TRY_GOTO(st, done, take_entropy(&r, &r.item[k], mass, o, &d->entropy[d->n_entropies++]));
    }
    if (!d->n_entropies)
        st = VT_RAISE(VT_EINPUT, "dsc: entropy: %s holds no series/c_eq: results of `vitrum entropy` are due",
                      o->entropy);
    else if (isnan(d->entropy[0].tg) && o->axis != VT_DSC_AXIS_KELVIN)
        st = VT_RAISE(
            VT_EINPUT,
            "dsc: entropy: %s tells no T_g to draw it over T/T_g: say --entropy_tg '709 K', or run vitrum "
            "entropy with --breaks",
            o->entropy);
    else if (!d->entropy[0].per_gram)
        vt_log(VT_LOG_WARNING,
               "dsc: entropy: the molar mass is not known, T dS_eq/dT is left out of the figure: say "
               "--composition Cu50Zr50");
done:
    vt_results_release(&r);
    return st;
}

/* ---- rates ---- */

/* Nothing where there are no two rates: then nobody asks for an activation energy. */
static void fit_law(struct vt_dsc *d, const struct vt_dsc_options *o, bool simulated, int q, double *work)
{
    struct vt_dsc_law *law = &d->law[simulated][q];
    double *rate = work, *t = work + d->n, *error = t + d->n, slowest = INFINITY, fastest = 0;
    bool known = true;
    int n = 0;
    *law = laws[q];
    for (int k = 0; k < d->n; k++) {
        const struct vt_number *x = vt_dsc_law_number(d, k, q);
        if (!x || d->scan[k].simulated != simulated) continue;
        rate[n] = d->scan[k].rate, t[n] = x->value, error[n] = hypot(x->error, o->temperature_error);
        known = known && error[n] > 0;
        if (rate[n] < slowest) slowest = rate[n], law->tg = isnan(o->tg) ? vt_dsc_tg(d, k) : o->tg;
        fastest = fmax(fastest, rate[n++]);
    }
    if (!vt_rates_differ(slowest, fastest)) return;
    law->found = vt_rate_law_fit(law->law, n, rate, t, known ? error : NULL, &law->fit) == VT_OK;
    if (!law->found) vt_log(VT_LOG_WARNING, "dsc: %s: %s", law->name, vt_message());
}

static enum vt_status fit_laws(struct vt_dsc *d, const struct vt_dsc_options *o)
{
    double *work = NULL;
    VT_TRY(vt_alloc(&work, 3 * d->n));
    for (int simulated = 0; simulated < 2; simulated++) {
        int cooled = 0, rates = 0;
        for (int k = 0; k < d->n; k++) {
            const bool rated = d->scan[k].simulated == simulated && isfinite(d->scan[k].rate);
            rates += rated, cooled += rated && d->scan[k].cooling;
        }
        if (cooled && rates > 1)
            vt_log(VT_LOG_WARNING,
                   "dsc: activation energies are of heating: %d scan%s whose temperature falls %s left out",
                   cooled, cooled > 1 ? "s" : "", cooled > 1 ? "are" : "is");
        for (int q = 0; q < VT_DSC_LAWS; q++) fit_law(d, o, simulated, q, work);
    }
    free(work);
    return VT_OK;
}

/* Ascending; those without a rate last. */
static void by_rate(struct vt_dsc *d)
{
#define SWAP(type, a, b)                                                                                     \
    do {                                                                                                     \
        type swap_;                                                                                          \
        memcpy(&swap_, &(a), sizeof swap_), memcpy(&(a), &(b), sizeof swap_),                                \
            memcpy(&(b), &swap_, sizeof swap_);                                                              \
    } while (0)
    for (int k = 1; k < d->n; k++)
        for (int q = k; q > 0 && (d->scan[q].rate < d->scan[q - 1].rate || isnan(d->scan[q - 1].rate)) &&
                        !isnan(d->scan[q].rate);
             q--) {
            typedef struct vt_dsc_result row[VT_DSC_CURVES];
            SWAP(struct vt_dsc_scan, d->scan[q], d->scan[q - 1]);
            SWAP(row, d->result[q], d->result[q - 1]);
            SWAP(struct vt_number, d->recovery[q], d->recovery[q - 1]);
        }
#undef SWAP
}

enum vt_status vt_dsc_read(int n, char *const *paths, const struct vt_dsc_options *o, struct vt_dsc *d,
                           int *refused)
{
    struct windows w;
    *d = (struct vt_dsc){0};
    *refused = 0;
    VT_TRY(read_windows(o, n, &w));
    VT_TRY(vt_alloc(&d->scan, n));
    VT_TRY(vt_alloc(&d->result, n));
    VT_TRY(vt_alloc(&d->recovery, n));
    for (int k = 0; k < n; k++) {
        struct vt_calorimetry_options c;
        struct vt_dsc_scan *s = &d->scan[d->n];
        enum vt_status st = vt_dsc_scan_read(paths[k], o, s);
        memcpy(s->glass, w.glass[w.n[0] > 1 ? k : 0], sizeof s->glass);
        memcpy(s->liquid, w.liquid[w.n[1] > 1 ? k : 0], sizeof s->liquid);
        calorimetry_of(o, s, &c);
        if (st == VT_OK)
            vt_name_apart(s->name, d->scan[0].name, d->n, sizeof *s), st = judge_scan(s, &c, d->result[d->n]);
        d->recovery[d->n] = (struct vt_number){NAN, NAN};
        if (st == VT_OK) {
            d->n++;
            continue;
        }
        vt_dsc_scan_release(s);
        for (int q = 0; q < VT_DSC_CURVES; q++) free(d->result[d->n][q].capacity);
        memset(d->result[d->n], 0, sizeof d->result[d->n]);
        if (st == VT_EWORLD || n == 1) return vt_prefix(vt_as_input(st), "dsc");
        vt_log(VT_LOG_WARNING, "dsc: %s; it is left out", vt_message());
        ++*refused;
    }
    if (!d->n) return VT_RAISE(VT_EINPUT, "dsc: none of %d scans can be used, see above", n);
    if (*o->reference) VT_TRY(recover(d, o));
    if (*o->entropy) VT_TRY(read_entropy(d, o));
    by_rate(d);
    return fit_laws(d, o);
}

/* ---- results ---- */

/* Of a quantity of this kind (struct quantity) of a curve. */
static const char *unit_of(const struct vt_dsc_curve *c, int unit)
{
    if (unit == 0) return "K";
    if (unit == 1) return c->slope_unit;
    if (c->kind == VT_CURVE_INTEGRAL) return c->unit;
    return strcmp(c->unit, "W/g") == 0 ? "W K/g" : "J/g";
}

static enum vt_status put_curve(const struct vt_dsc_scan *s, const struct vt_dsc_curve *c,
                                const struct vt_dsc_result *x, struct vt_results *r)
{
    char group[80], name[80];
    struct vt_dataset *d;
    const bool integral = c->kind == VT_CURVE_INTEGRAL;
    snprintf(group, sizeof group, "dsc/%s", s->name);
    VT_TRY(vt_series_put(r, group, c->name, c->unit,
                         integral ? "of the run's rows" : "Cp, or heat flow where the rate is not told", c->n,
                         c->t, false, &d));
    memcpy(d->value, c->y, (size_t)c->n * sizeof *c->y);
    if (!x->found) return VT_OK;
    snprintf(name, sizeof name, "%s_%s", c->name, integral ? "slope" : "smooth");
    VT_TRY(vt_series_put(r, group, name, c->slope_unit, "by local parabolas", c->n, c->t, false, &d));
    memcpy(d->value, x->capacity, (size_t)c->n * sizeof *x->capacity);
    for (int side = 0; side < 2; side++) {
        snprintf(name, sizeof name, "%s_%s", c->name, side ? "liquid" : "glass");
        VT_TRY(vt_series_put(r, group, name, c->unit, "baseline, drawn on to all temperatures", c->n, c->t,
                             false, &d));
        for (int k = 0; k < c->n; k++)
            d->value[k] = vt_baseline_value(side ? &x->x.liquid : &x->x.glass, c->t[k]);
    }
    for (int q = 0; q < QUANTITIES; q++) {
        const struct vt_number *v = number(&x->x, quantities[q].at);
        snprintf(name, sizeof name, "%s_%s", c->name, quantities[q].name);
        VT_TRY(vt_series_put_number(r, group, name, unit_of(c, quantities[q].unit), quantities[q].help,
                                    v->value, v->error));
    }
    if (!x->broken) return VT_OK;
    snprintf(name, sizeof name, "%s_break", c->name);
    VT_TRY(vt_series_put_number(r, group, name, "K",
                                "where two lines meet that are fitted to all from window to window",
                                x->line.point[0].at, x->line.point[0].at_error));
    snprintf(name, sizeof name, "%s_break_change", c->name);
    return vt_series_put_number(r, group, name, c->slope_unit, "by how much the slope changes there",
                                x->line.point[0].change, x->line.point[0].change_error);
}

static enum vt_status put_scan(const struct vt_dsc *d, int k, struct vt_results *r)
{
    const struct vt_dsc_scan *s = &d->scan[k];
    char group[80];
    snprintf(group, sizeof group, "dsc/%s", s->name);
    VT_TRY(vt_results_note(r, group, "source", s->path));
    if (isfinite(s->rate)) VT_TRY(vt_results_note(r, group, "rate_from", s->rate_from));
    if (isfinite(s->rate))
        VT_TRY(vt_series_put_number(r, group, "rate", "K/s", s->cooling ? "cooling rate" : "heating rate",
                                    s->rate, NAN));
    if (isfinite(s->mass)) {
        VT_TRY(vt_results_note(r, group, "mass_from", s->mass_from));
        VT_TRY(vt_series_put_number(r, group, "mass", "mg", "mass of the sample", s->mass, NAN));
    }
    for (int c = 0; c < s->n_curves; c++) VT_TRY(put_curve(s, &s->curve[c], &d->result[k][c], r));
    if (isnan(d->recovery[k].value)) return VT_OK;
    return vt_series_put_number(r, group, "recovery", unit_of(&s->curve[0], 2),
                                "area between the scan and the reference: the enthalpy that it recovers more",
                                d->recovery[k].value, d->recovery[k].error);
}

static enum vt_status put_law(const struct vt_dsc_law *law, bool simulated, struct vt_results *r)
{
    char group[80];
    const struct vt_rate_fit *f = &law->fit;
    const double kj = 1 / vt_units_factor("kJ/mol"), multiple = 1 / (VT_KB * law->tg);
    snprintf(group, sizeof group, "dsc/%s/%s", simulated ? "rates_simulated" : "rates", law->name);
    const struct {
        const char *name, *unit, *help;
        double value, error;
    } row[] = {
        {"energy", "eV", law->about, f->energy, f->energy_error},
        {"energy_molar", "kJ/mol", "the same", f->energy * kj, f->energy_error * kj},
        {"energy_reduced", "R T_g", "the same; T_g as tg", f->energy * multiple, f->energy_error * multiple},
        {"fragility", "1", "m = E / (ln 10 R T_g)", vt_fragility(f->energy, law->tg),
         vt_fragility(f->energy_error, law->tg)},
        {"tg", "K", "T_g of the line above", law->tg, NAN},
        {"level", "1", "the line at 1/T = 0, q in K/s", f->level, f->level_error},
        {"covariance", "eV", "of energy and level", f->covariance, NAN},
        {"chi2", "1", "a degree of freedom", f->chi2, NAN},
        {"scans", "1", "how many", f->n, NAN},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++)
        VT_TRY(vt_series_put_number(r, group, row[k].name, row[k].unit, row[k].help, row[k].value,
                                    row[k].error));
    return VT_OK;
}

enum vt_status vt_dsc_put(const struct vt_dsc *d, struct vt_results *r)
{
    for (int k = 0; k < d->n; k++) VT_TRY(put_scan(d, k, r));
    for (int simulated = 0; simulated < 2; simulated++)
        for (int q = 0; q < VT_DSC_LAWS; q++)
            if (d->law[simulated][q].found) VT_TRY(put_law(&d->law[simulated][q], simulated, r));
    return VT_OK;
}

enum vt_status vt_dsc_csv(const struct vt_dsc *d, const char *path)
{
    struct vt_replace out;
    VT_TRY(vt_replace_open(&out, path));
    fprintf(
        out.file,
        "# glass transitions; `vitrum dsc`; temperatures in K, step and overshoot in unit, areas in unit x "
        "K\n# scan, curve, unit, rate [K/s]");
    for (int q = 0; q < QUANTITIES; q++) fprintf(out.file, ", %s, error", quantities[q].name);
    fprintf(out.file, ", break, error, recovery, error");
    for (int k = 0; k < d->n; k++)
        for (int c = 0; c < d->scan[k].n_curves; c++) {
            const struct vt_dsc_result *x = &d->result[k][c];
            if (!x->found) continue;
            fprintf(out.file, "\n%s, %s, %s, %.6g", d->scan[k].name, d->scan[k].curve[c].name,
                    d->scan[k].curve[c].slope_unit, d->scan[k].rate);
            for (int q = 0; q < QUANTITIES; q++) {
                const struct vt_number *v = number(&x->x, quantities[q].at);
                fprintf(out.file, ", %.8g, %.3g", v->value, v->error);
            }
            fprintf(out.file, ", %.8g, %.3g, %.6g, %.3g", x->broken ? x->line.point[0].at : NAN,
                    x->broken ? x->line.point[0].at_error : NAN, c ? NAN : d->recovery[k].value,
                    c ? NAN : d->recovery[k].error);
        }
    fprintf(out.file, "\n");
    return vt_replace_commit(&out);
}

static struct vt_uncertain text_of(const struct vt_number *v)
{
    return vt_uncertain(v->value, v->error);
}

void vt_dsc_print(const struct vt_dsc *d, FILE *out)
{
    for (int k = 0; k < d->n; k++) {
        const struct vt_dsc_scan *s = &d->scan[k];
        char rate[VT_DSC_RATE];
        vt_dsc_rate_text(s->rate, rate);
        if (isfinite(s->rate))
            fprintf(out, "%s: %s rate %s, %s\n", s->name, s->cooling ? "cooling" : "heating", rate,
                    s->rate_from);
        if (isfinite(s->mass))
            fprintf(out, "%s: mass of the sample %.4g mg, %s\n", s->name, s->mass, s->mass_from);
        for (int c = 0; c < d->scan[k].n_curves; c++) {
            const struct vt_transition *x = &d->result[k][c].x;
            if (!d->result[k][c].found) continue;
            fprintf(out, "%s, %s: T_f %s, onset %s, half %s K; step %s %s", d->scan[k].name,
                    d->scan[k].curve[c].name, text_of(&x->fictive).text, text_of(&x->onset).text,
                    text_of(&x->half).text, text_of(&x->step).text, d->scan[k].curve[c].slope_unit);
            if (isfinite(x->peak.value))
                fprintf(out, "; overshoot %s at %s K", text_of(&x->overshoot).text, text_of(&x->peak).text);
            if (d->result[k][c].broken) {
                const struct vt_break *b = &d->result[k][c].line.point[0];
                fprintf(out, "; two lines meet at %s K", vt_uncertain(b->at, b->at_error).text);
            }
            if (!c && isfinite(d->recovery[k].value))
                fprintf(out, "; recovers %s %s more than the reference", text_of(&d->recovery[k]).text,
                        unit_of(&d->scan[k].curve[0], 2));
            fprintf(out, "\n");
        }
    }
    for (int simulated = 0; simulated < 2; simulated++)
        for (int q = 0; q < VT_DSC_LAWS; q++) {
            const struct vt_dsc_law *l = &d->law[simulated][q];
            if (!l->found) continue;
            const double e = l->fit.energy, s = l->fit.energy_error, kj = 1 / vt_units_factor("kJ/mol"),
                         multiple = 1 / (VT_KB * l->tg);
            fprintf(out, "%s%s: %s eV = %s kJ/mol = %s R T_g (%.1f K); m = %s\n", l->name,
                    simulated ? ", simulated" : "", vt_uncertain(e, s).text,
                    vt_uncertain(e * kj, s * kj).text, vt_uncertain(e * multiple, s * multiple).text, l->tg,
                    vt_uncertain(vt_fragility(e, l->tg), vt_fragility(s, l->tg)).text);
        }
}
