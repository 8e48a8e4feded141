/* curve_series.c: see curve_series.h.
 *
 * The scatter of S_eq about its smooth curve gives its error unless `errors` says otherwise, as counting
 * errors are seldom all; what files say of theirs is propagated and given beside it. Slopes, c_eq and breaks
 * have the errors that follow from these. */
#include "study/curve_series.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/bootstrap.h"
#include "analysis/spline.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/units.h"
#include "study/series_align.h"
#include "study/series_member.h"
#include "study/series_put.h"
#include "study/series_simulated.h"

/* What a series is worked on with; n temperatures. */
struct work {
    const struct vt_series_options *options;
    struct vt_results *results;
    char group[VT_SERIES_GROUP];
    int n;
    struct vt_member *member;
    double *t, *s, *sigma, *boot[2]; /* S_eq and its error; bootstrap errors of value and slope */
    struct vt_smoother smoother;
    struct vt_smooth_point *p;
};

void vt_series_group(const struct vt_series_files *series, char group[VT_SERIES_GROUP])
{
    snprintf(group, VT_SERIES_GROUP, series->name ? "series/%s" : "series", series->name);
}

static enum vt_status put(struct work *w, const char *name, const char *unit, const char *help, bool errors,
                          struct vt_dataset **d)
{
    return vt_series_put(w->results, w->group, name, unit, help, w->n, w->t, errors, d);
}

/* Columns of the members as they are. */
static enum vt_status put_members(struct work *w)
{
    const struct column {
        const char *name, *unit, *help;
        size_t at;
        bool wanted;
    } column[] = {
        {"s_below", "k_B/atom", "part of S_eq with r < split_at", offsetof(struct vt_member, below), true},
        {"s_error_counted", "k_B/atom",
         "error of S_eq by the errors in the files, taken as independent; NaN where they have none",
         offsetof(struct vt_member, counted), true},
        {"s_error_noise", "k_B/atom", "error of S_eq by the noise beyond noise_from, with its correlation",
         offsetof(struct vt_member, noise), !isnan(w->options->noise_from)},
        {"s_per_density", "k_B/atom", "rho dS_eq/drho: a hundredth of it for each % of density",
         offsetof(struct vt_member, per_density), true},
        {"g_lowest", "1", "least g(r) beyond r_core", offsetof(struct vt_member, lowest), true},
    };
    const bool slope = !isnan(w->options->density.slope_to);
    struct vt_dataset *d;
    for (size_t c = 0; c < sizeof column / sizeof *column; c++) {
        if (!column[c].wanted) continue;
        VT_TRY(put(w, column[c].name, column[c].unit, column[c].help, false, &d));
        for (int k = 0; k < w->n; k++)
            d->value[k] = *(const double *)((const char *)&w->member[k] + column[c].at);
    }
    VT_TRY(put(w, "s_above", "k_B/atom", "part of S_eq with r > split_at", false, &d));
    for (int k = 0; k < w->n; k++) d->value[k] = w->member[k].s - w->member[k].below;
    VT_TRY(put(w, "negative", "1", "points beyond r_core where g(r) <= 0, counted as 0", false, &d));
    for (int k = 0; k < w->n; k++) d->value[k] = w->member[k].negative;
    VT_TRY(put(w, "density", "1/angstrom^3", "rho of each curve; error: of the slope of G(r)", slope, &d));
    for (int k = 0; k < w->n; k++) {
        d->value[k] = w->member[k].density;
        if (slope) d->error[k] = w->member[k].density_error;
    }
    if (!slope) return VT_OK;
    VT_TRY(put(w, "s_error_density", "k_B/atom",
               "error of S_eq by that of the density; common to all curves where that is one for the series",
               false, &d));
    for (int k = 0; k < w->n; k++)
        d->value[k] = fabs(w->member[k].per_density) * w->member[k].density_error / w->member[k].density;
    return VT_OK;
}

static enum vt_status put_breaks(struct work *w)
{
    static const char *const name[2][2] = {{"break_temperature", "break_temperature_bootstrap"},
                                           {"break_change", "break_change_bootstrap"}};
    static const char *const help[2][2] = {{"where the slope of S_eq(T) changes; error: by least squares",
                                            "its error by resampled residuals of the broken line"},
                                           {"by how much it changes there; error: by least squares",
                                            "its error by resampled residuals of the broken line"}};
    const int breaks = (int)w->options->breaks;
    struct vt_breaks b, boot;
    struct vt_dataset *d;
    char path[VT_SERIES_GROUP + 40];
    if (!breaks) return VT_OK;
    VT_TRY(vt_breaks_fit(w->n, w->t, w->s, w->sigma, breaks, &b));
    VT_TRY(vt_series_put_number(w->results, w->group, "break_chi2", "1",
                                "chi^2 a degree of freedom of the line with breaks; well above 1 S_eq(T) is "
                                "something else, and the errors of its breaks are too small",
                                b.chi2, NAN));
    if (b.chi2 > 2)
        vt_log(
            VT_LOG_WARNING,
            "%s: a line with %d breaks does not fit S_eq(T) (chi^2 %.2g a degree of freedom): their errors "
            "are too small",
            w->group, breaks, b.chi2);
    if (w->options->resamples)
        VT_TRY(vt_bootstrap_breaks(w->n, w->t, w->s, w->sigma, &b, (int)w->options->resamples,
                                   w->options->seed, &boot));
    for (int q = 0; q < 2; q++) {
        for (int resampled = 0; resampled < (w->options->resamples ? 2 : 1); resampled++) {
            snprintf(path, sizeof path, "%s/%s", w->group, name[q][resampled]);
            VT_TRY(
                vt_results_add(w->results, path, q ? "k_B/atom/K" : "K", help[q][resampled], 1, &breaks, &d));
            if (!resampled) VT_TRY(vt_dataset_errors(d));
            for (int k = 0; k < breaks; k++) {
                const struct vt_break *fit = &b.point[k], *again = &boot.point[k];
                if (resampled)
                    d->value[k] = q ? again->change_error : again->at_error;
                else
                    d->value[k] = q ? fit->change : fit->at,
                    d->error[k] = q ? fit->change_error : fit->at_error;
            }
        }
    }
    return VT_OK;
}

/* Something that is factor_k times the smooth value (slope = false) or slope. */
struct derived {
    const char *name, *unit, *help;
    bool slope;
    double by, by_temperature; /* factor = by + by_temperature T */
};

static enum vt_status put_derived(struct work *w, const struct derived *what)
{
    struct vt_dataset *d;
    char name[64];
    VT_TRY(put(w, what->name, what->unit, what->help, true, &d));
    for (int k = 0; k < w->n; k++) {
        double factor = what->by + what->by_temperature * w->t[k];
        d->value[k] = factor * (what->slope ? w->p[k].slope : w->p[k].value);
        d->error[k] = factor * (what->slope ? w->p[k].slope_error : w->p[k].value_error);
    }
    if (!w->options->resamples) return VT_OK;
    snprintf(name, sizeof name, "%s_bootstrap", what->name);
    VT_TRY(put(w, name, what->unit, "its error by resampled residuals of the smooth curve", false, &d));
    for (int k = 0; k < w->n; k++)
        d->value[k] = (what->by + what->by_temperature * w->t[k]) * w->boot[what->slope][k];
    return VT_OK;
}

/* The smoother, smooth values without errors, and the error of each S_eq. */
static enum vt_status smooth(struct work *w)
{
    const struct vt_series_options *o = w->options;
    if (o->smoothing == VT_SERIES_SPLINE) {
        double lambda;
        VT_TRY(vt_smoother_spline(w->n, w->t, w->s, &lambda, &w->smoother));
        VT_TRY(vt_series_put_number(w->results, w->group, "spline_lambda", "K^3",
                                    "weight of the curvature, by generalised cross-validation", lambda, NAN));
    } else {
        if (w->n < o->smooth)
            return VT_RAISE(VT_EINPUT,
                            "%d curves, and smooth asks for %lld: give more curves or a smaller --smooth",
                            w->n, (long long)o->smooth);
        VT_TRY(vt_smoother_local(w->n, w->t, (int)o->smooth, (int)o->degree, &w->smoother));
    }
    VT_TRY(vt_series_put_number(w->results, w->group, "smooth_freedom", "1",
                                "parameters that the smooth curve is worth: the trace of its matrix",
                                w->smoother.freedom, NAN));
    vt_smooth(&w->smoother, w->s, NULL, w->p);
    double scatter = vt_smoother_scatter(&w->smoother, w->s, w->p);
    for (int k = 0; k < w->n; k++) {
        const struct vt_member *m = &w->member[k];
        w->sigma[k] = o->errors == VT_SERIES_FILES   ? m->counted
                      : o->errors == VT_SERIES_NOISE ? m->noise
                                                     : scatter;
        if (o->errors != VT_SERIES_SCATTER && !(w->sigma[k] > 0))
            return VT_RAISE(VT_EINPUT, "errors: that of S_eq at %g K would be %g; give --errors scatter",
                            w->t[k], w->sigma[k]);
    }
    vt_smooth(&w->smoother, w->s, w->sigma, w->p);
    return vt_series_put_number(w->results, w->group, "scatter", "k_B/atom", "of S_eq about its smooth curve",
                                scatter, NAN);
}

/* S_eq, smooth S_eq, its slope, c_eq, heat flows and breaks. */
static enum vt_status put_curve(struct work *w, double molar_mass)
{
    static const char *const error_help[] = {
        "S_eq of each curve; error: scatter about the smooth curve",
        "S_eq of each curve; error: by the errors in the files, taken as independent",
        "S_eq of each curve; error: by the noise beyond noise_from"};
    const double flow = VT_GAS * w->options->rate * 1e12; /* J/(mol K) times K/s */
    const struct derived derived[] = {
        {"s_smooth", "k_B/atom", "smooth S_eq; error: that of each S_eq, through the smoothing", false, 1, 0},
        {"slope", "k_B/atom/K",
         "dS_eq/dT of the smooth curve; error: that of each S_eq, through the smoothing", true, 1, 0},
        {"c_eq", "k_B/atom", "T dS_eq/dT", true, 0, 1},
        {"heat_flow_mol", "W/mol", "T dS_eq/dT times the heating rate", true, 0, flow},
        {"heat_flow_gram", "W/g", "T dS_eq/dT times the heating rate", true, 0, flow / molar_mass},
    };
    struct vt_dataset *d;
    VT_TRY(smooth(w));
    VT_TRY(put(w, "s_eq", "k_B/atom", error_help[w->options->errors], true, &d));
    for (int k = 0; k < w->n; k++) d->value[k] = w->s[k], d->error[k] = w->sigma[k];
    if (w->options->resamples)
        VT_TRY(vt_bootstrap_smooth(&w->smoother, w->s, w->sigma, w->p, (int)w->options->resamples,
                                   w->options->seed, w->boot[0], w->boot[1]));
    for (size_t k = 0; k < sizeof derived / sizeof *derived; k++)
        if (!isnan(derived[k].by_temperature)) VT_TRY(put_derived(w, &derived[k]));
    return put_breaks(w);
}

static enum vt_status add_shells(struct work *w, const struct vt_shells *shells, const char *name,
                                 const char *unit, const char *help, struct vt_dataset **d)
{
    char path[VT_SERIES_GROUP + 40], text[VT_SHELLS_MAX][40];
    const char *label[VT_SHELLS_MAX];
    for (int q = 0; q < shells->n; q++) {
        snprintf(text[q], sizeof text[q], "%g-%g", shells->edge[q], shells->edge[q + 1]);
        label[q] = text[q];
    }
    snprintf(path, sizeof path, "%s/%s", w->group, name);
    VT_TRY(vt_results_add(w->results, path, unit, help, 2, (int[]){w->n, shells->n}, d));
    VT_TRY(vt_dataset_axis(*d, 0, "temperature", "K", w->t, NULL));
    VT_TRY(vt_dataset_axis(*d, 1, "shell", "", NULL, label));
    return vt_dataset_errors(*d);
}

/* S_eq by shells, smoothed as the whole is, so that smooth parts and slopes add up too. Their errors are by
 * the scatter of each. */
static enum vt_status put_shells(struct work *w, const struct vt_shells *shells)
{
    static const char *const name[] = {"shell_s_eq", "shell_smooth", "shell_slope"},
                             *const unit[] = {"k_B/atom", "k_B/atom", "k_B/atom/K"},
                             *const help[] = {
                                 "part of S_eq of each shell; error: scatter about its smooth curve",
                                 "smooth part of S_eq of each shell, which add up to s_smooth",
                                 "their slopes"};
    double *y = NULL, *sigma = NULL;
    enum vt_status st = VT_OK;
    if (!shells->n) return VT_OK;
    VT_TRY_GOTO(st, done, vt_alloc(&y, w->n));
    VT_TRY_GOTO(st, done, vt_alloc(&sigma, w->n));
    for (int what = 0; what < 3; what++) {
        struct vt_dataset *d;
        VT_TRY_GOTO(st, done, add_shells(w, shells, name[what], unit[what], help[what], &d));
        for (int q = 0; q < shells->n; q++) {
            for (int k = 0; k < w->n; k++) y[k] = w->member[k].shell[q];
            vt_smooth(&w->smoother, y, NULL, w->p);
            double scatter = vt_smoother_scatter(&w->smoother, y, w->p);
            for (int k = 0; k < w->n; k++) sigma[k] = scatter;
            vt_smooth(&w->smoother, y, sigma, w->p);
            for (int k = 0; k < w->n; k++) {
                const struct vt_smooth_point *p = &w->p[k];
                const double value[] = {y[k], p->value, p->slope},
                             error[] = {scatter, p->value_error, p->slope_error};
                d->value[k * shells->n + q] = value[what];
                d->error[k * shells->n + q] = error[what];
            }
        }
    }
done:
    free(y), free(sigma);
    return st;
}

static enum vt_status check(const struct vt_series_options *o, int n)
{
    if (o->smoothing == VT_SERIES_LOCAL && o->smooth <= o->degree + 1)
        return VT_RAISE(VT_EINPUT, "smooth: %lld points leave nothing over for a polynomial of degree %lld",
                        (long long)o->smooth, (long long)o->degree);
    if (o->errors == VT_SERIES_NOISE && isnan(o->noise_from))
        return VT_RAISE(VT_EINPUT, "errors: noise; it needs --noise_from, as in --noise_from '25 A'");
    if (!isnan(o->align_from) && n < 2)
        return VT_RAISE(VT_EINPUT,
                        "align_from: there is one series only; more are given as --series NAME FILES...");
    if (!isnan(o->align_to) && isnan(o->align_from))
        return VT_RAISE(VT_EINPUT,
                        "align_to: it ends the window that --align_from begins, which is not given");
    if (!isnan(o->align_to) && !(o->align_to > o->align_from))
        return VT_RAISE(VT_EINPUT, "align_to: %g K is not above align_from", o->align_to);
    if (o->resamples == 1) return VT_RAISE(VT_EINPUT, "resamples: 1 has no spread; 0 or at least 2 fits");
    return VT_OK;
}

/* Is it a results file instead of curves? */
static bool is_simulated(const struct vt_series_files *series, const struct vt_curve_files *given)
{
    return !given && series->n == 1 && vt_simulated_is(series->path[0]);
}

/* A density from the slope is none where a polynomial was taken out of F(q): by PDFgetX3, or by us with
 * rpoly. */
static void warn_of_slopes(const struct vt_curve_files *files, const char *group)
{
    int n = 0;
    for (int k = 0; k < files->n; k++) {
        const struct vt_curve_file *c = &files->item[k].file;
        const char *rpoly = vt_curve_note(c, "rpoly");
        n += !strcmp(c->dialect, "PDFgetX3") || !strcmp(c->dialect, "xPDFsuite") ||
             (rpoly && strtod(rpoly, NULL) > 0);
    }
    if (n)
        vt_log(
            VT_LOG_WARNING,
            "%s: slope_to: %d of %d files had a polynomial taken out of F(q), as PDFgetX3 does: their slope "
            "of G(r) is no absolute density; give --density",
            group, n, files->n);
}

static enum vt_status make_room(struct work *w, int n)
{
    w->n = n;
    VT_TRY(vt_alloc(&w->member, n));
    VT_TRY(vt_alloc(&w->t, 5 * n));
    VT_TRY(vt_alloc(&w->p, n));
    w->s = w->t + n, w->sigma = w->s + n, w->boot[0] = w->sigma + n, w->boot[1] = w->boot[0] + n;
    return VT_OK;
}

static enum vt_status from_curves(struct work *w, const struct vt_curve_files *files,
                                  const struct vt_member_rule *rule)
{
    VT_TRY(make_room(w, files->n));
    if (vt_density_is_slope(rule->density)) warn_of_slopes(files, w->group);
    VT_TRY(vt_member_densities(w->n, files->item, rule, w->member));
    for (int k = 0; k < w->n; k++) {
        VT_TRY(vt_member_evaluate(&files->item[k], rule, &w->member[k]));
        w->t[k] = w->member[k].temperature, w->s[k] = w->member[k].s;
    }
    return put_members(w);
}

/* Of a run there is S_eq itself, and no curve to cut into shells. */
static enum vt_status from_results(struct work *w, const char *path)
{
    struct vt_simulated simulated;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_simulated_read(path, &simulated));
    if (w->options->errors == VT_SERIES_NOISE)
        VT_TRY_GOTO(st, done, VT_RAISE(VT_EINPUT, "%s: errors: noise is of measured curves", path));
    VT_TRY_GOTO(st, done, make_room(w, simulated.n));
    for (int k = 0; k < w->n; k++) {
        w->t[k] = simulated.t[k], w->s[k] = simulated.s[k];
        w->member[k] = (struct vt_member){.s = simulated.s[k], .counted = simulated.error[k]};
    }
    st = vt_results_note(w->results, w->group, "simulated", simulated.from);
done:
    vt_simulated_release(&simulated);
    return st;
}

/* Everything of one series but what it shares with others. Its curves are in memory (given), in files, or it
 * is of a run. */
static enum vt_status one_series(const struct vt_series_files *series, const struct vt_curve_files *given,
                                 const struct vt_member_rule *rule, double molar_mass,
                                 struct vt_results *results, int *refused)
{
    struct work w = {.options = rule->options, .results = results};
    struct vt_curve_files read = {0};
    enum vt_status st = VT_OK;
    const bool simulated = is_simulated(series, given);
    vt_series_group(series, w.group);
    if (!given && !simulated)
        st = vt_curve_files_read(series->n, series->path, rule->options->temperatures, vt_member_check, rule,
                                 &read);
    for (int k = 0; given && k < given->n && st == VT_OK; k++) st = vt_member_check(&given->item[k], rule);
    *refused += read.refused;
    VT_TRY_GOTO(st, done, st);
    VT_TRY_GOTO(st, done,
                simulated ? from_results(&w, series->path[0]) : from_curves(&w, given ? given : &read, rule));
    VT_TRY_GOTO(st, done, put_curve(&w, molar_mass));
    if (!simulated) st = put_shells(&w, &rule->shells);
done:
    vt_curve_files_release(&read);
    vt_smoother_release(&w.smoother);
    free(w.member), free(w.t), free(w.p);
    return st;
}

static enum vt_status entropy(int n, const struct vt_series_files *series, const struct vt_curve_files *given,
                              const struct vt_series_options *o, double molar_mass,
                              struct vt_results *results, int *refused)
{
    struct vt_density density = {0};
    struct vt_member_rule rule = {.options = o, .density = &density};
    bool measured = false;
    enum vt_status st;
    *refused = 0;
    VT_TRY_GOTO(st, done, check(o, n));
    VT_TRY_GOTO(st, done, vt_shells_read(o, &rule.shells));
    for (int k = 0; k < n; k++) measured = measured || !is_simulated(&series[k], given);
    if (measured) VT_TRY_GOTO(st, done, vt_density_open(&o->density, &density));
    for (int k = 0; k < n; k++) {
        st = one_series(&series[k], given ? &given[k] : NULL, &rule, molar_mass, results, refused);
        VT_TRY_GOTO(st, done, series[k].name ? vt_prefix(st, "series %s", series[k].name) : st);
    }
    st = vt_series_align(n, series, o, results);
done:
    vt_density_release(&density);
    return vt_prefix(st, "entropy");
}

enum vt_status vt_series_entropy(int n, const struct vt_series_files *series,
                                 const struct vt_series_options *o, double molar_mass,
                                 struct vt_results *results, int *refused)
{
    return entropy(n, series, NULL, o, molar_mass, results, refused);
}

enum vt_status vt_series_of_curves(int n, const struct vt_series_files *series,
                                   const struct vt_curve_files *curves, const struct vt_series_options *o,
                                   double molar_mass, struct vt_results *results)
{
    int refused;
    return entropy(n, series, curves, o, molar_mass, results, &refused);
}
