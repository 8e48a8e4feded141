/* eos_series.c: see eos_series.h. */
#include "study/eos_series.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/uncertain.h"
#include "core/units.h"
#include "io/plot.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "io/table_file.h"
#include "io/table_text.h"
#include "study/lists.h"
#include "study/series_put.h"
#include "study/series_simulated.h"

#define AT(member) offsetof(struct vt_eos_options, member)

const struct vt_param vt_eos_params[] = {
    {.name = "form",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(form),
     .preset = 0,
     .text = "birch-murnaghan|vinet",
     .help = "equation of state: Birch-Murnaghan of third order, or Vinet"},
    {.name = "k_prime",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(k_prime),
     .preset = VT_UNSET,
     .min = 0,
     .max = 20,
     .help = "K' held at this: 4 makes Birch-Murnaghan one of second order; fitted if not given"},
    {.name = "q1_error",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = AT(q1_error),
     .preset = VT_UNSET,
     .min = 1e-9,
     .max = 1,
     .help = "error of q_1, where the table has no column of it"},
    {.name = "volume_error",
     .unit = "%",
     .kind = VT_REAL,
     .offset = AT(volume_error),
     .preset = VT_UNSET,
     .min = 1e-9,
     .max = 50,
     .help = "relative error of volumes or densities, where the table has no column of it; without any the "
             "scatter tells"},
    {.name = "pressure_error",
     .unit = "GPa",
     .kind = VT_REAL,
     .offset = AT(pressure_error),
     .preset = VT_UNSET,
     .min = 1e-9,
     .max = 100,
     .help = "error of pressures, where the table has no column of it; none if not given"},
    {.name = "temperature_spread",
     .unit = "K",
     .kind = VT_REAL,
     .offset = AT(temperature_spread),
     .preset = 20,
     .min = 0,
     .max = 1e5,
     .help =
         "runs whose temperatures differ by more are refused: an equation of state is of one temperature"},
    {.name = "at",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(at),
     .help = "pressures at which V0/V is told: 1, 3, 7 GPa"},
    {.name = "columns",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(columns),
     .help = "what the names of columns do not tell: pressure=1 [GPa], volume=2 [A^3]; further: "
             "specific_volume [cm^3/g], "
             "ratio, density [g/cm^3], q1 [1/A], and their errors: pressure_error, volume_error, "
             "density_error, q1_error"},
    {0},
};

enum {
    P,
    P_ERROR,
    VOLUME,
    SPECIFIC,
    RATIO,
    DENSITY,
    Q1,
    VOLUME_ERROR,
    SPECIFIC_ERROR,
    RATIO_ERROR,
    DENSITY_ERROR,
    Q1_ERROR,
    WANTS
};
static const char volume_names[] = "V|volume|atomic volume|specific volume",
                  error_names[] =
                      "V error|volume error|sigma V|dV|specific volume error|?"; /* a unit tells of which */
static const struct vt_table_want wants[WANTS] = {
    {"pressure", "P|pressure", "GPa", true},
    {"pressure_error", "P error|pressure error|sigma P|dP", "GPa", false},
    {"volume", volume_names, "A^3", false},
    {"specific_volume", volume_names, "cm^3/g", false},
    {"ratio", "V/V0|V over V0|relative volume|volume ratio", "1", false},
    {"density", "rho|density", "g/cm^3", false},
    {"q1", "q1|Q1|FSDP|qp|peak position", "/A", false},
    {"volume_error", error_names, "A^3", false},
    {"specific_volume_error", error_names, "cm^3/g", false},
    {"ratio_error", "V/V0 error|sigma V/V0|d(V/V0)|relative volume error", "1", false},
    {"density_error", "density error|sigma rho|drho|rho error", "g/cm^3", false},
    {"q1_error", "q1 error|sigma q1|dq1|error q1", "/A", false},
};

void vt_eos_release(struct vt_eos_sets *s)
{
    for (int k = 0; k < s->n; k++) free(s->set[k].point);
    s->n = 0;
}

static enum vt_status add_point(struct vt_eos_set *s, struct vt_eos_point point)
{
    VT_TRY(vt_grow(&s->point, &s->capacity, s->n + 1));
    s->point[s->n++] = point;
    return VT_OK;
}

/* ---- tables ---- */

/* V and its error of a row; which: the column that tells it. */
static enum vt_status volume_of(const struct vt_table *t, int row, int which, const struct vt_eos_options *o,
                                struct vt_eos_point *p)
{
    const double x = t->value[which][row], relative = o->volume_error;
    const int error = which - VOLUME + VOLUME_ERROR;
    double own = t->value[error] ? t->value[error][row]
                 : which == Q1   ? o->q1_error / vt_units_factor("/A")
                                 : relative * x;
    if (isnan(own)) own = 0;
    if (own < 0)
        return VT_RAISE(VT_EINPUT, "line %lld: %s %g: not negative is due", (long long)t->line[row],
                        wants[error].key, own);
    if (!(x > 0) || !isfinite(x))
        return VT_RAISE(VT_EINPUT, "line %lld: %s %g: a positive one is due", (long long)t->line[row],
                        wants[which].key, x);
    p->volume = which == Q1 ? 1 / (x * x * x) : which == DENSITY ? 1 / x : x;
    p->volume_error = p->volume * own / x * (which == Q1 ? 3 : 1);
    return VT_OK;
}

/* The first column that is headed as an error of V, and that nobody has taken, from 1; 0: none. */
static int find_error(const struct vt_table *t)
{
    for (int k = 0; t->name && k < t->columns; k++) {
        char heading[VT_TABLE_NAME], name[VT_TABLE_NAME], unit[VT_TABLE_NAME];
        bool used = false;
        for (int w = 0; w < t->n_wants; w++) used = used || t->column[w] == k + 1;
        snprintf(heading, sizeof heading, "%s", t->name[k]);
        bool named = vt_table_among(error_names, heading);
        for (int form = 0; form < VT_TABLE_UNIT_FORMS && !named; form++)
            named = vt_table_split_unit(heading, form, name, unit) && vt_table_among(error_names, name);
        if (named && !used) return k + 1;
    }
    return 0;
}

/* A column of errors of another quantity would be read and then not be used: nobody means that. */
static enum vt_status check_errors(const struct vt_table *t, int which)
{
    const int due = which - VOLUME + VOLUME_ERROR, other = t->value[due] ? 0 : find_error(t);
    for (int w = VOLUME_ERROR; w <= Q1_ERROR; w++)
        if (t->value[w] && w != due)
            return VT_RAISE(VT_EINPUT,
                            "column %d is read as %s, but the volumes are told by %s: if it holds errors of "
                            "these, say --columns '%s=%d [%s]', else take it out of the table",
                            t->column[w], wants[w].key, wants[which].key, wants[due].key, t->column[w],
                            wants[due].unit);
    if (!other) return VT_OK;
    return VT_RAISE(
        VT_EINPUT,
        "column %d (%.40s) has no unit of a volume: if it holds errors of %s, say so with its unit, as in "
        "--columns '%s=%d [%s]', else take it out of the table",
        other, t->name[other - 1], wants[which].key, wants[due].key, other, wants[due].unit);
}

static enum vt_status take_table(const struct vt_table *t, const struct vt_eos_options *o,
                                 struct vt_eos_set *s)
{
    static const char *const unit[] = {"angstrom^3", "cm^3/g", "1", "cm^3/g", "angstrom^3"};
    int which = -1;
    for (int w = VOLUME; w <= Q1; w++) {
        if (!t->value[w]) continue;
        if (which >= 0)
            return VT_RAISE(
                VT_EINPUT,
                "columns %d and %d both tell a volume, by %s and by %s: say which one counts, as in "
                "--columns '%s=%d', in a table without the other",
                t->column[which], t->column[w], wants[which].key, wants[w].key, wants[which].key,
                t->column[which]);
        which = w;
    }
    if (which < 0)
        return VT_RAISE(
            VT_EINPUT,
            "no column of volumes, densities or q1 was found: say which it is: --columns 'volume=2 "
            "[A^3]'; further: specific_volume [cm^3/g], ratio, density [g/cm^3], q1 [1/A]");
    VT_TRY(check_errors(t, which));
    s->unit = unit[which - VOLUME];
    s->q1 = which == Q1;
    for (int k = 0; k < t->n; k++) {
        struct vt_eos_point p = {.pressure = t->value[P][k], .temperature = NAN};
        if (!isfinite(p.pressure)) return VT_RAISE(VT_EINPUT, "row %d has no pressure", k + 1);
        p.pressure_error =
            t->value[P_ERROR] ? t->value[P_ERROR][k] : o->pressure_error / vt_units_factor("GPa");
        if (isnan(p.pressure_error)) p.pressure_error = 0;
        if (p.pressure_error < 0)
            return VT_RAISE(VT_EINPUT, "line %lld: pressure_error %g: not negative is due",
                            (long long)t->line[k], p.pressure_error);
        VT_TRY(volume_of(t, k, which, o, &p));
        VT_TRY(add_point(s, p));
    }
    return VT_OK;
}

static enum vt_status read_table(const char *path, const struct vt_eos_options *o, struct vt_eos_set *s)
{
    struct vt_table table = {0};
    s->path = path;
    vt_name_after(path, s->name);
    enum vt_status st = vt_table_read(path, o->columns, WANTS, wants, &table);
    if (st == VT_OK) st = vt_prefix(take_table(&table, o, s), "%s", path);
    vt_table_release(&table);
    return st;
}

/* ---- runs ---- */

static const struct vt_dataset *of_stage(const struct vt_results *r, const char *stage, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "stages/%.100s/thermo/%s", stage, name);
    return vt_results_find(r, path);
}

static enum vt_status take_stage(const struct vt_results *r, const char *stage, struct vt_eos_set *s,
                                 int *found)
{
    const struct vt_dataset *p = of_stage(r, stage, "pressure"), *v = of_stage(r, stage, "volume"),
                            *t = of_stage(r, stage, "temperature");
    if (!p || !v || p->n_axes || v->n_axes) return VT_OK;
    ++*found;
    return add_point(s,
                     (struct vt_eos_point){.pressure = *p->value,
                                           .pressure_error = p->error && isfinite(*p->error) ? *p->error : 0,
                                           .volume = *v->value,
                                           .volume_error = v->error && isfinite(*v->error) ? *v->error : 0,
                                           .temperature = t ? *t->value : NAN});
}

/* The stage that is named, or all of the kind hold. */
static enum vt_status read_run(const char *path, struct vt_eos_set *s)
{
    char file[VT_SIMULATED_FILE];
    const char *stage = vt_simulated_file(path, file);
    struct vt_results r = {0};
    int found = 0;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_results_read(file, &r));
    if (stage) VT_TRY_GOTO(st, done, take_stage(&r, stage, s, &found));
    for (int k = 0; k < r.n_notes && !stage; k++)
        if (!strcmp(r.note[k].key, "kind") && !strcmp(r.note[k].text, "hold") &&
            !strncmp(r.note[k].path, "stages/", 7))
            VT_TRY_GOTO(st, done, take_stage(&r, r.note[k].path + 7, s, &found));
    if (!found)
        st = VT_RAISE(
            VT_EINPUT,
            "%s: no stage%s%s has pressure and volume: measure `thermo` in stages of the kind hold, or name "
            "one, results.h5:05-compress",
            file, stage ? " " : "", stage ? stage : "");
done:
    vt_results_release(&r);
    return st;
}

/* ---- fits ---- */

static enum vt_status check_temperatures(const struct vt_eos_set *s, double spread)
{
    double least = INFINITY, most = -INFINITY;
    for (int k = 0; k < s->n; k++)
        if (isfinite(s->point[k].temperature))
            least = fmin(least, s->point[k].temperature), most = fmax(most, s->point[k].temperature);
    if (most - least <= spread || most < least) return VT_OK;
    return VT_RAISE(
        VT_EINPUT,
        "%s: temperatures from %.1f to %.1f K: an equation of state is of one; name stages of one "
        "temperature, or allow --temperature_spread",
        s->name, least, most);
}

static int by_pressure(const void *a, const void *b)
{
    const struct vt_eos_point *x = a, *y = b;
    return (x->pressure > y->pressure) - (x->pressure < y->pressure);
}

/* A table that holds V/V0 = 1 with the error 0: in its unit V0 is exact, but it was measured as the others
 * were, and their ratios all have its error. Where V0 is fitted, this point takes the least error of the
 * others (relative): no more can be told of it. */
static void complete_error(struct vt_eos_set *s)
{
    int without = -1, n = 0;
    double least = INFINITY;
    for (int k = 0; k < s->n; k++)
        if (s->point[k].volume_error > 0)
            least = fmin(least, s->point[k].volume_error / s->point[k].volume);
        else
            without = k, n++;
    if (!s->path || n != 1 || s->n < 2) return;
    s->point[without].volume_error = least * s->point[without].volume;
    vt_log(VT_LOG_INFO,
           "eos: %s: the point at %g GPa has no error of V: it takes the least of the others, %.2g %%",
           s->name, s->point[without].pressure, 100 * least);
}

static enum vt_status fit_set(struct vt_eos_set *s, const struct vt_eos_options *o)
{
    double *work = NULL;
    int told = 0, pressures = 0;
    VT_TRY(check_temperatures(s, o->temperature_spread));
    VT_TRY(vt_alloc(&work, 4 * s->n));
    if (s->n) qsort(s->point, (size_t)s->n, sizeof *s->point, by_pressure);
    complete_error(s);
    double *p = work, *v = p + s->n, *pe = v + s->n, *ve = pe + s->n;
    for (int k = 0; k < s->n; k++) {
        p[k] = s->point[k].pressure, v[k] = s->point[k].volume;
        pe[k] = s->point[k].pressure_error, ve[k] = s->point[k].volume_error;
        told += ve[k] > 0, pressures += pe[k] > 0;
    }
    if (told && told < s->n)
        vt_log(VT_LOG_WARNING,
               "eos: %s: %d of %d points have no error of V: no error counts, the scatter tells that of all",
               s->name, s->n - told, s->n);
    /* An exact pressure (ambient) is one, where V has errors; a point needs some error, or none counts. */
    const bool use = pressures == s->n || (pressures && told == s->n);
    if (pressures && !use)
        vt_log(VT_LOG_WARNING,
               "eos: %s: %d of %d points have no error of P, nor all of V: errors of P do not count", s->name,
               s->n - pressures, s->n);
    const struct vt_eos_data data = {.n = s->n,
                                     .pressure = p,
                                     .volume = v,
                                     .pressure_error = use ? pe : NULL,
                                     .volume_error = told == s->n ? ve : NULL};
    enum vt_status st = vt_eos_fit((enum vt_eos_form)o->form, o->k_prime, NAN, &data, &s->fit);
    free(work);
    return vt_prefix(st, "%s", s->path ? s->path : s->name);
}

/* Keep the set at the end if st is VT_OK; else warn. */
static enum vt_status keep(struct vt_eos_sets *all, enum vt_status st, int n, int *refused)
{
    struct vt_eos_set *s = &all->set[all->n];
    if (st == VT_OK) {
        vt_name_apart(s->name, all->set[0].name, all->n, sizeof *s);
        all->n++;
        return VT_OK;
    }
    free(s->point);
    *s = (struct vt_eos_set){0};
    if (st == VT_EWORLD || n == 1) return vt_prefix(vt_as_input(st), "eos");
    vt_log(VT_LOG_WARNING, "eos: %s; it is left out", vt_message());
    ++*refused;
    return VT_OK;
}

static enum vt_status read_runs(int n, char *const *paths, const struct vt_eos_options *o,
                                struct vt_eos_sets *all, int *refused)
{
    struct vt_eos_set *s = &all->set[all->n];
    int runs = 0;
    for (int k = 0; k < n; k++) {
        if (!vt_simulated_is(paths[k])) continue;
        runs++;
        *s = runs == 1 ? (struct vt_eos_set){.name = "runs", .unit = "angstrom^3/atom"} : *s;
        enum vt_status st = read_run(paths[k], s);
        if (st == VT_OK) continue;
        if (st == VT_EWORLD || n == 1) {
            free(s->point);
            return vt_prefix(st, "eos");
        }
        vt_log(VT_LOG_WARNING, "eos: %s; it is left out", vt_message());
        ++*refused;
    }
    if (!runs || !s->n) return VT_OK; /* those that gave no point are refused already */
    return keep(all, fit_set(s, o), 1,
                refused); /* all runs are one set: what is wrong with it ends the work */
}

enum vt_status vt_eos_read(int n, char *const *paths, const struct vt_eos_options *o, struct vt_eos_sets *all,
                           int *refused)
{
    int tables = 0;
    memset(all, 0, sizeof *all);
    *refused = 0;
    if (*o->at) {
        VT_TRY(vt_prefix(vt_list_values("at", o->at, "GPa", VT_EOS_AT, all->at, &all->n_at), "eos"));
        for (int k = 0; k < all->n_at; k++) all->at[k] /= vt_units_factor("GPa");
    }
    for (int k = 0; k < n; k++) tables += !vt_simulated_is(paths[k]);
    if (tables > VT_EOS_SETS - 1)
        return VT_RAISE(VT_EINPUT, "eos: %d tables, at most %d fit", tables, VT_EOS_SETS - 1);
    for (int k = 0; k < n; k++) {
        if (vt_simulated_is(paths[k])) continue;
        struct vt_eos_set *s = &all->set[all->n];
        enum vt_status st = read_table(paths[k], o, s);
        if (st == VT_OK) st = fit_set(s, o);
        VT_TRY(keep(all, st, n, refused));
    }
    VT_TRY(read_runs(n, paths, o, all, refused));
    return all->n ? VT_OK : VT_RAISE(VT_EINPUT, "eos: none of %d files can be used, see above", n);
}

/* ---- results ---- */

/* V_0/V at a pressure with the error of the fit, by differences along its covariance; NaN beyond the law. */
static double compression(const struct vt_eos_fit *f, double pressure, double *error)
{
    double v, gradient[3], sum = 0, at;
    *error = NAN;
    if (vt_eos_volume(&f->eos, pressure, &v) != VT_OK) return NAN;
    at = f->eos.v0 / v;
    for (int k = 0; k < 3; k++) { /* of ln(V_0/V): V_0 itself drops out, as what is asked is the ratio */
        double side[2];
        for (int q = 0; q < 2; q++) {
            struct vt_eos e = f->eos;
            const double step = 1e-4;
            if (k == 1) e.k0 *= 1 + (q ? step : -step);
            if (k == 2) e.k1 += q ? step : -step;
            if (vt_eos_volume(&e, pressure, &v) != VT_OK) return at;
            side[q] = e.v0 / v;
        }
        gradient[k] = (side[1] - side[0]) / (k == 1 ? 2e-4 * f->eos.k0 : 2e-4);
    }
    for (int a = 1; a < 3; a++)
        for (int b = 1; b < 3; b++) sum += gradient[a] * gradient[b] * f->covariance[a][b];
    *error = sqrt(fmax(0, sum));
    return at;
}

static enum vt_status put_pressure(struct vt_results *r, const char *group, const char *name,
                                   const char *unit, const char *help, int n, const double *pressure,
                                   struct vt_dataset **d)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", group, name);
    VT_TRY(vt_results_add(r, path, unit, help, 1, &n, d));
    VT_TRY(vt_dataset_axis(*d, 0, "pressure", "GPa", pressure, NULL));
    return vt_dataset_errors(*d);
}

enum { GRID = 101 };
static void grid_of(const struct vt_eos_set *s, double pressure[GRID])
{
    const double low = fmin(0, s->point[0].pressure), high = s->point[s->n - 1].pressure;
    for (int k = 0; k < GRID; k++) pressure[k] = low + (high - low) * k / (GRID - 1);
}

/* Errors of points: 0 where they are not known. */
static double known(double error)
{
    return error > 0 ? error : NAN;
}

static double q1_at_zero(const struct vt_eos_fit *f, double *error)
{
    double q = pow(f->eos.v0, -1. / 3);
    *error = q * f->error[0] / (3 * f->eos.v0);
    return q;
}

static enum vt_status put_points(const struct vt_eos_set *s, const char *group, double *p,
                                 struct vt_results *r)
{
    struct vt_dataset *d;
    for (int k = 0; k < s->n; k++) p[k] = s->point[k].pressure;
    VT_TRY(put_pressure(r, group, "volume", s->unit, s->q1 ? "1/q_1^3" : "V", s->n, p, &d));
    for (int k = 0; k < s->n; k++)
        d->value[k] = s->point[k].volume, d->error[k] = known(s->point[k].volume_error);
    VT_TRY(put_pressure(r, group, "compression", "1", "V_0/V", s->n, p, &d));
    for (int k = 0; k < s->n; k++) {
        d->value[k] = s->fit.eos.v0 / s->point[k].volume;
        d->error[k] = d->value[k] * known(s->point[k].volume_error) / s->point[k].volume;
    }
    VT_TRY(put_pressure(r, group, "residual", "1", "V / V(P) - 1", s->n, p, &d));
    for (int k = 0; k < s->n; k++) {
        double v;
        d->value[k] = vt_eos_volume(&s->fit.eos, p[k], &v) == VT_OK ? s->point[k].volume / v - 1 : NAN;
        d->error[k] = known(s->point[k].volume_error) / s->point[k].volume;
    }
    return VT_OK;
}

static enum vt_status put_numbers(const struct vt_eos_set *s, const char *group, struct vt_results *r)
{
    const struct vt_eos_fit *f = &s->fit;
    const double correlation = f->covariance[1][2] / (f->error[1] * f->error[2]);
    double q_error, q0 = q1_at_zero(f, &q_error);
    VT_TRY(vt_series_put_number(r, group, "k0", "GPa", "bulk modulus K_0 at P = 0", f->eos.k0, f->error[1]));
    VT_TRY(vt_series_put_number(r, group, "k_prime", "1", "K' = dK/dP at P = 0; error 0: held", f->eos.k1,
                                f->error[2]));
    VT_TRY(vt_series_put_number(r, group, "v0", s->unit, "V at P = 0", f->eos.v0, f->error[0]));
    if (s->q1) VT_TRY(vt_series_put_number(r, group, "q1_0", "1/angstrom", "q_1 at P = 0", q0, q_error));
    VT_TRY(vt_series_put_number(r, group, "k0_k_prime_correlation", "1",
                                "of the errors of K_0 and K'; NaN where one is held", correlation, NAN));
    VT_TRY(vt_series_put_number(r, group, "chi2", "1",
                                "a degree of freedom; NaN where the scatter tells the errors", f->chi2, NAN));
    return vt_series_put_number(r, group, "rms", "1", "of V / V(P) - 1", f->rms, NAN);
}

static enum vt_status put_curve(const struct vt_eos_set *s, const char *group, const char *name, int n,
                                const double *p, struct vt_results *r)
{
    struct vt_dataset *d;
    VT_TRY(put_pressure(r, group, name, "1", "V_0/V of the fit; error: of K_0 and K', with their covariance",
                        n, p, &d));
    for (int k = 0; k < n; k++) d->value[k] = compression(&s->fit, p[k], &d->error[k]);
    return VT_OK;
}

enum vt_status vt_eos_put(const struct vt_eos_sets *all, struct vt_results *r)
{
    double grid[GRID], *p = NULL;
    char group[80];
    enum vt_status st = VT_OK;
    for (int k = 0; k < all->n; k++) {
        const struct vt_eos_set *s = &all->set[k];
        snprintf(group, sizeof group, "eos/%s", s->name);
        VT_TRY_GOTO(st, done, vt_alloc(&p, s->n));
        VT_TRY_GOTO(
            st, done,
            vt_results_note(r, group, "form", s->fit.eos.form == VT_EOS_VINET ? "vinet" : "birch-murnaghan"));
        if (s->path) VT_TRY_GOTO(st, done, vt_results_note(r, group, "source", s->path));
        VT_TRY_GOTO(st, done, put_points(s, group, p, r));
        VT_TRY_GOTO(st, done, put_numbers(s, group, r));
        grid_of(s, grid);
        VT_TRY_GOTO(st, done, put_curve(s, group, "curve", GRID, grid, r));
        if (all->n_at) VT_TRY_GOTO(st, done, put_curve(s, group, "at", all->n_at, all->at, r));
        free(p), p = NULL;
    }
done:
    free(p);
    return st;
}

enum vt_status vt_eos_csv(const struct vt_eos_sets *all, const char *path)
{
    struct vt_replace out;
    VT_TRY(vt_replace_open(&out, path));
    fprintf(out.file,
            "# equations of state; `vitrum eos`\n# set, K0 [GPa], error, K', error (0: held), V0, error, "
            "V0 unit, chi2, rms of V / V(P) - 1");
    for (int k = 0; k < all->n; k++) {
        const struct vt_eos_set *s = &all->set[k];
        const struct vt_eos_fit *f = &s->fit;
        fprintf(out.file, "\n#   %s, %.8g, %.4g, %.8g, %.4g, %.10g, %.4g, %s, ", s->name, f->eos.k0,
                f->error[1], f->eos.k1, f->error[2], f->eos.v0, f->error[0], s->unit);
        if (isnan(f->chi2))
            fprintf(out.file, "nan, %.4g", f->rms);
        else
            fprintf(out.file, "%.4g, %.4g", f->chi2, f->rms);
    }
    fprintf(out.file, "\n# set, pressure [GPa], error, V, error, V unit, V0/V, V/V(P) - 1");
    for (int k = 0; k < all->n; k++)
        for (int i = 0; i < all->set[k].n; i++) {
            const struct vt_eos_set *s = &all->set[k];
            const struct vt_eos_point *p = &s->point[i];
            double v = NAN;
            if (vt_eos_volume(&s->fit.eos, p->pressure, &v) != VT_OK) v = NAN;
            fprintf(out.file, "\n%s, %.8g, %.3g, %.10g, %.3g, %s, %.8g, %.4g", s->name, p->pressure,
                    known(p->pressure_error), p->volume, known(p->volume_error), s->unit,
                    s->fit.eos.v0 / p->volume, p->volume / v - 1);
        }
    fprintf(out.file, "\n");
    return vt_replace_commit(&out);
}

void vt_eos_print(const struct vt_eos_sets *all, FILE *out)
{
    for (int k = 0; k < all->n; k++) {
        const struct vt_eos_set *s = &all->set[k];
        const struct vt_eos_fit *f = &s->fit;
        const bool ratio = !strcmp(s->unit, "1");
        fprintf(out, "%s: K0 %s GPa, K' %s%s", s->name, vt_uncertain(f->eos.k0, f->error[1]).text,
                vt_uncertain(f->eos.k1, f->error[2]).text, f->held[2] ? " (held)" : "");
        if (s->q1) {
            double error, q = q1_at_zero(f, &error);
            fprintf(out, ", q1 %s /angstrom at P = 0", vt_uncertain(q, error).text);
        }
        fprintf(out, ", %s %s%s%s; %d points, rms %.2g %% of V",
                s->q1   ? "1/q1^3"
                : ratio ? "V/V0 at P = 0"
                        : "V0",
                vt_uncertain(f->eos.v0, f->error[0]).text, ratio ? "" : " ", ratio ? "" : s->unit, s->n,
                100 * f->rms);
        if (isfinite(f->chi2)) fprintf(out, ", chi2 %.2g", f->chi2);
        fprintf(out, "\n");
        for (int i = 0; i < all->n_at; i++) {
            double error, x = compression(f, all->at[i], &error);
            fprintf(out, "  %g GPa: V0/V %s\n", all->at[i], vt_uncertain(x, error).text);
        }
    }
}

/* ---- the figure ---- */

static enum vt_status draw(struct vt_plot *figure, int pressures, int rest, const struct vt_eos_set *s,
                           int color)
{
    double *work = NULL, grid[GRID], line[GRID], error;
    char name[VT_NAME + 240];
    enum vt_status st;
    VT_TRY(vt_alloc(&work, 4 * s->n));
    double *x = work, *p = x + s->n, *left = p + s->n, *e = left + s->n;
    for (int k = 0; k < s->n; k++) {
        double v = NAN;
        if (vt_eos_volume(&s->fit.eos, s->point[k].pressure, &v) != VT_OK) v = NAN;
        x[k] = s->fit.eos.v0 / s->point[k].volume, p[k] = s->point[k].pressure;
        left[k] = 100 * (s->point[k].volume / v - 1);
        e[k] = s->point[k].volume_error > 0 ? 100 * s->point[k].volume_error / s->point[k].volume : 0;
    }
    grid_of(s, grid);
    for (int k = 0; k < GRID; k++) line[k] = compression(&s->fit, grid[k], &error);
    snprintf(name, sizeof name, "%s: K0 %s GPa, K' %.3g", s->name,
             vt_uncertain_label(s->fit.eos.k0, s->fit.error[1]).text, s->fit.eos.k1);
    struct vt_plot_series dots =
                              {.name = name, .color = color, .mark = VT_PLOT_DOTS, .n = s->n, .x = x, .y = p},
                          way = {.color = color, .n = GRID, .x = line, .y = grid};
    VT_TRY_GOTO(st, done, vt_plot_add_series(figure, pressures, &way));
    VT_TRY_GOTO(st, done, vt_plot_add_series(figure, pressures, &dots));
    dots.name = NULL, dots.y = left, dots.error = e;
    st = vt_plot_add_series(figure, rest, &dots);
done:
    free(work);
    return st;
}

enum vt_status vt_eos_figure(const struct vt_eos_sets *all, char **svg)
{
    struct vt_plot figure = {.id = "eos",
                             .about =
                                 "pressure against compression with the equation of state, and residuals",
                             .x_title = "V_{0}/V",
                             .width = 600};
    int pressures, rest;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&figure, NULL, "P [GPa]", 320, &pressures));
    VT_TRY_GOTO(st, done, vt_plot_add_panel(&figure, NULL, "V / V(P) - 1 [%]", 160, &rest));
    figure.panel[rest].zero = true;
    for (int k = 0; k < all->n; k++)
        VT_TRY_GOTO(st, done, draw(&figure, pressures, rest, &all->set[k], k % VT_PLOT_COLORS));
    st = vt_plot_svg(&figure, svg);
done:
    vt_plot_release(&figure);
    return st;
}
