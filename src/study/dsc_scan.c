/* dsc_scan.c: see dsc_scan.h.
 *
 *     Cp = phi / (m q),      q = dT/dt, negative where rows fall in temperature; phi positive where the
 *                            sample takes heat up
 *
 * Of a simulated run the temperature is what the thermostat aimed at, where it moved: the kinetic one
 * fluctuates, and would blur all slopes. H is per atom; dH/dT over the molar mass is Cp. */
#include "study/dsc_scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/dataset.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/units.h"
#include "io/results_file.h"
#include "io/table_file.h"
#include "study/dsc_rows.h"
#include "study/dsc_told.h"
#include "study/series_simulated.h"

enum { T, FLOW, POWER, CP, TIME, WANTS };
static const char flow_names[] =
    "heat flow|heatflow|heat flow normalized|normalized heat "
    "flow|DSC|value|phi|HF|power|unsubtracted heat flow|W\xc3\xa4rmestrom|W\xc3\xa4rmefluss";
static const struct vt_table_want wants[WANTS] = {
    {"temperature", "T|Ts|temp|temperature|sample temperature|sample temp|Temperatur|Probentemperatur", "K",
     true},
    {"heat_flow", flow_names, "W/g", false},
    {"power", flow_names, "mW", false},
    {"cp",
     "Cp|heat capacity|specific heat|specific heat capacity|reversing Cp|spezifische "
     "W\xc3\xa4rmekapazit\xc3\xa4t",
     "J/(gK)", false},
    {"time", "t|time|Zeit", "s", false},
};

void vt_dsc_scan_release(struct vt_dsc_scan *s)
{
    for (int k = 0; k < s->n_curves; k++) free(s->curve[k].t);
    s->n_curves = 0;
}

/* ---- what a table tells of rate, mass and sign ---- */

static enum vt_status find_sign(const struct vt_table *t, int column, const struct vt_dsc_options *o,
                                double *sign)
{
    int told = o->up == VT_DSC_UP_ENDO ? 1 : -1;
    if (o->up == VT_DSC_UP_TOLD) VT_TRY(vt_dsc_told_sign(t, column, &told));
    *sign = told;
    if (told != 0) return VT_OK;
    return VT_RAISE(
        VT_EINPUT,
        "the table does not tell whether heat flows up or down where the sample takes heat up: say "
        "--up endo or --up exo");
}

/* By least squares over all rows; NaN unless time rises from row to row. */
static double rate_of_times(int n, const double *time, const double *t)
{
    double x0 = 0, y0 = 0, sxx = 0, sxy = 0;
    for (int k = 0; k < n; k++) {
        if (k && !(time[k] > time[k - 1])) return NAN;
        x0 += time[k] / n, y0 += t[k] / n;
    }
    for (int k = 0; k < n; k++) sxx += pow(time[k] - x0, 2), sxy += (time[k] - x0) * (t[k] - y0);
    return sxx > 0 ? fabs(sxy / sxx) : NAN;
}

/* The option, a line above the columns, the name, the times: which one comes first. */
static enum vt_status find_rate(const struct vt_table *t, const struct vt_dsc_rows *rows,
                                const struct vt_dsc_options *o, struct vt_dsc_scan *s)
{
    const double *time = t->value[TIME];
    const double timed =
        time ? rate_of_times(rows->end - rows->first, time + rows->first, t->value[T] + rows->first) : NAN;
    double named = NAN, noted = NAN;
    s->rate = o->rate / vt_units_factor("K/s"), s->rate_from = "--rate";
    if (isnan(s->rate)) {
        VT_TRY(vt_dsc_told_rate(t, s->cooling, &noted));
        s->rate = noted, s->rate_from = "by its heading";
    }
    if (isnan(s->rate)) {
        enum vt_status st = vt_dsc_rate_in_name(s->path, &named);
        if (!(timed > 0)) VT_TRY(st); /* a name that may say two things does no harm to times */
        s->rate = named, s->rate_from = "by the name of the file";
    }
    if (isnan(s->rate)) {
        s->rate = timed > 0 ? timed : NAN, s->rate_from = "by its times";
        return VT_OK;
    }
    if (fabs(timed / s->rate - 1) > 0.1)
        vt_log(
            VT_LOG_WARNING,
            "dsc: %s: %.4g K/s is told, but its column of times says %.4g K/s: is the rate, or the unit of "
            "times, right?",
            s->path, s->rate, timed);
    return VT_OK;
}

void vt_dsc_rate_text(double rate, char text[VT_DSC_RATE])
{
    if (isnan(rate))
        snprintf(text, VT_DSC_RATE, "rate not told");
    else if (rate < 5)
        snprintf(text, VT_DSC_RATE, "%.3g K/min", rate * 60);
    else
        snprintf(text, VT_DSC_RATE, "%.4g K/s", rate);
}

/* ---- rows ---- */

/* Means of neighbouring rows, where there are more than need be. */
static void thin(struct vt_dsc_curve *c)
{
    const int group = (c->n + VT_DSC_POINTS - 1) / VT_DSC_POINTS, n = c->n / group;
    for (int k = 0; group > 1 && k < n; k++) {
        double t = 0, y = 0;
        for (int q = 0; q < group; q++) t += c->t[k * group + q] / group, y += c->y[k * group + q] / group;
        c->t[k] = t, c->y[k] = y;
    }
    c->n = n;
}

/* Rows along ascending temperature. A thermometer's noise may turn back a little: such rows are left out, up
 * to a tenth. */
static enum vt_status keep_rows(int n, const double *t, const double *y, bool down, double factor,
                                struct vt_dsc_curve *c)
{
    double *at = NULL;
    VT_TRY(vt_alloc(&at, 2 * n));
    c->t = at, c->y = at + n, c->n = 0;
    for (int k = 0; k < n; k++) {
        int row = down ? n - 1 - k : k;
        if (!isfinite(t[row]) || !isfinite(y[row])) continue;
        if (c->n && !(t[row] > c->t[c->n - 1])) continue;
        c->t[c->n] = t[row], c->y[c->n++] = factor * y[row];
    }
    if (c->n < 0.9 * n || c->n < 2)
        return VT_RAISE(
            VT_EINPUT,
            "the temperature goes to and fro: %d of %d rows do not rise; a table with one heating "
            "scan is due",
            n - c->n, n);
    thin(c);
    return VT_OK;
}

static enum vt_status find_mass(const struct vt_table *t, const struct vt_dsc_options *o,
                                struct vt_dsc_scan *s)
{
    const char *from = "--mass";
    s->mass = o->mass / vt_units_factor("mg");
    const bool noted = isnan(s->mass);
    if (noted) VT_TRY(vt_dsc_told_mass(t, &s->mass, &from));
    snprintf(s->mass_from, sizeof s->mass_from, noted ? "by its '%.40s'" : "%.40s", from);
    if (s->mass > 0) return VT_OK;
    return VT_RAISE(
        VT_EINPUT,
        "its heat flow is in mW, and the table does not tell the mass of the sample: say --mass '10 mg'");
}

static enum vt_status take_table(const struct vt_table *t, const struct vt_dsc_options *o,
                                 struct vt_dsc_scan *s)
{
    struct vt_dsc_curve *c = &s->curve[0];
    const int which = t->value[CP] ? CP : t->value[FLOW] ? FLOW : POWER;
    struct vt_dsc_rows rows;
    double sign = 1;
    if (!t->value[which])
        return VT_RAISE(
            VT_EINPUT,
            "no column of a heat flow [W/g or mW] or a heat capacity [J/(g K)] was found: say which it "
            "is: --columns 'heat_flow=2 [W/g]'; further: power [mW], cp [J/(g K)]");
    VT_TRY(vt_dsc_rows_find(s->path, t->n, t->value[T], t->value[TIME], (int)o->segment, &rows));
    s->cooling = rows.cooling;
    VT_TRY(find_rate(t, &rows, o, s));
    if (which != CP) VT_TRY(find_sign(t, t->column[which], o, &sign));
    if (which != CP && s->cooling) sign = -sign;
    if (which == POWER) VT_TRY(find_mass(t, o, s));
    const double mg = which == POWER ? s->mass : 1; /* mW / mg = W/g */
    const bool flow = which != CP && isnan(s->rate);
    *c = (struct vt_dsc_curve){.name = "capacity",
                               .kind = VT_CURVE_CAPACITY,
                               .unit = flow ? "W/g" : "J/(g K)",
                               .slope_unit = flow ? "W/g" : "J/(g K)"};
    s->n_curves = 1;
    if (flow)
        vt_log(VT_LOG_WARNING,
               "dsc: %s: the heating rate is not told: its curve stays a heat flow, and no activation "
               "energy takes it; say --rate '20 K/min'",
               s->path);
    return keep_rows(rows.end - rows.first, t->value[T] + rows.first, t->value[which] + rows.first,
                     s->cooling, sign / mg / (flow || which == CP ? 1 : s->rate), c);
}

/* ---- runs ---- */

static const struct vt_dataset *row_of(const struct vt_results *r, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "timeline/%s", name);
    return vt_results_find(r, path);
}

/* The last stage of the kind heat, if none is named; its number from 1. */
static enum vt_status find_stage(const struct vt_results *r, char stage[100], int *number)
{
    const char *last = "";
    for (int k = 0; k < r->n_notes && !*stage; k++) {
        const struct vt_note *note = &r->note[k];
        if (!strcmp(note->key, "kind") && !strcmp(note->text, "heat") && !strncmp(note->path, "stages/", 7) &&
            strcmp(note->path + 7, last) > 0)
            last = note->path + 7;
    }
    if (!*stage) snprintf(stage, 100, "%s", last);
    *number = atoi(stage);
    if (*number > 0) return VT_OK;
    return VT_RAISE(VT_EINPUT, "it has no stage of the kind heat; say which one: results.h5:03-quench");
}

/* One quantity of the timeline against temperature. */
static enum vt_status take_rows(int n, const double *t, const double *y, double factor, struct vt_dsc_scan *s,
                                struct vt_dsc_curve what)
{
    struct vt_dsc_curve *c = &s->curve[s->n_curves++];
    *c = what;
    return keep_rows(n, t, y, t[n - 1] < t[0], factor, c);
}

static enum vt_status take_stage(const struct vt_results *r, int stage, struct vt_dsc_scan *s)
{
    const struct vt_dataset *number = row_of(r, "stage"), *time = row_of(r, "time"),
                            *t = row_of(r, "temperature"), *aim = row_of(r, "target_temperature"),
                            *h = row_of(r, "enthalpy"), *v = row_of(r, "volume"),
                            *density = row_of(r, "density");
    if (!number || !time || !t || !h || !v || !density)
        return VT_RAISE(VT_EINPUT, "it has no timeline with enthalpy, volume and temperature");
    int first = 0, end, all = number->axis[0].n;
    while (first < all && (int)number->value[first] != stage) first++;
    for (end = first; end < all && (int)number->value[end] == stage; end++) {
    }
    if (end - first < 16)
        return VT_RAISE(
            VT_EINPUT,
            "stage %d has %d rows in the timeline, at least 16 are due: make timeline_every smaller", stage,
            end - first);
    const double *at = t->value;
    if (aim && isfinite(aim->value[first]) && fabs(aim->value[end - 1] - aim->value[first]) > 1)
        at = aim->value;
    s->rate = rate_of_times(end - first, time->value + first, at + first) * 1e12; /* of K/ps */
    s->rate_from = "of its timeline";
    s->cooling = at[end - 1] < at[first];
    s->molar_mass = density->value[first] * v->value[first] / VT_DENSITY;
    const double per_gram = 1e3 / (vt_units_factor("kJ/mol") * s->molar_mass); /* eV/atom to J/g */
    VT_TRY(take_rows(
        end - first, at + first, h->value + first, per_gram, s,
        (struct vt_dsc_curve){
            .name = "enthalpy", .kind = VT_CURVE_INTEGRAL, .unit = "J/g", .slope_unit = "J/(g K)"}));
    return take_rows(end - first, at + first, v->value + first, 1, s,
                     (struct vt_dsc_curve){.name = "volume",
                                           .kind = VT_CURVE_INTEGRAL,
                                           .unit = "angstrom^3/atom",
                                           .slope_unit = "angstrom^3/(atom K)"});
}

/* S_eq of the blocks, where it was measured. */
static enum vt_status take_entropy(const char *path, struct vt_dsc_scan *s)
{
    struct vt_simulated sim;
    enum vt_status st = vt_simulated_read(path, &sim);
    if (st == VT_OK && sim.n >= 2)
        st = take_rows(
            sim.n, sim.t, sim.s, 1, s,
            (struct vt_dsc_curve){
                .name = "s_eq", .kind = VT_CURVE_INTEGRAL, .unit = "k_B/atom", .slope_unit = "k_B/(atom K)"});
    else if (st == VT_EINPUT)
        st = VT_OK; /* it was not measured */
    vt_simulated_release(&sim);
    return st;
}

static enum vt_status read_run(const char *path, struct vt_dsc_scan *s)
{
    char file[VT_SIMULATED_FILE], stage[100] = "", named[4200];
    const char *own = vt_simulated_file(path, file);
    int number;
    struct vt_results r = {0};
    enum vt_status st;
    if (own) snprintf(stage, sizeof stage, "%s", own);
    s->simulated = true;
    VT_TRY_GOTO(st, done, vt_results_read(file, &r));
    VT_TRY_GOTO(st, done, find_stage(&r, stage, &number));
    VT_TRY_GOTO(st, done, take_stage(&r, number, s));
    snprintf(named, sizeof named, "%.4000s:%s", file, stage);
    st = take_entropy(named, s);
done:
    vt_results_release(&r);
    return st;
}

/* Of a run: its folder, or file, and stage. */
static void give_name(struct vt_dsc_scan *s)
{
    char file[VT_SIMULATED_FILE], text[VT_SIMULATED_FILE + VT_NAME];
    if (!s->simulated) {
        vt_name_after(s->path, s->name);
        return;
    }
    const char *stage = vt_simulated_file(s->path, file);
    char *last = strrchr(file, '/');
    if (last && last > file && !strcmp(last, "/results.h5")) *last = '\0', last = strrchr(file, '/');
    snprintf(text, sizeof text, "%s%s%.*s", last ? last + 1 : file, stage ? "_" : "", VT_NAME,
             stage ? stage : "");
    vt_name_of(text, strlen(text), s->name);
}

enum vt_status vt_dsc_scan_read(const char *path, const struct vt_dsc_options *o, struct vt_dsc_scan *s)
{
    struct vt_table table = {0};
    enum vt_status st;
    *s = (struct vt_dsc_scan){
        .path = path, .rate = NAN, .mass = NAN, .molar_mass = NAN, .simulated = vt_simulated_is(path)};
    give_name(s);
    if (s->simulated) return vt_prefix(read_run(path, s), "%s", path);
    st = vt_table_read(path, o->columns, WANTS, wants, &table);
    if (st == VT_OK) st = vt_prefix(take_table(&table, o, s), "%s", path);
    vt_table_release(&table);
    return st;
}
