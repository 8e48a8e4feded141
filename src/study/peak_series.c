/* peak_series.c: see peak_series.h. Errors are those of each fit, by the scatter of its points: neighbouring
 * points of a Fourier transform scatter together, and the scatter of a series about a smooth curve tells
 * more. */
#include "study/peak_series.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/peak.h"
#include "core/log.h"
#include "core/memory.h"
#include "io/plot.h"
#include "study/curve_files.h"
#include "study/lists.h"
#include "study/series_put.h"

#define AT(member) offsetof(struct vt_peaks_options, member)

const struct vt_param vt_peaks_params[] = {
    {.name = "peaks",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(peaks),
     .help = "ranges with one peak each, in angstrom or 1/angstrom as the files are: 2.2-3.4, 3.8-5.6; of "
             "functions of q: 1.5-4 if not given"},
    {.name = "form",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(form),
     .preset = 0,
     .text = "gaussian|pseudo-voigt",
     .help = "what is fitted"},
    {.name = "part",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(part),
     .preset = 0.5,
     .min = 0.05,
     .max = 0.9,
     .help = "only points above this part of the height are fitted: 0.5 the upper half; 0.2 suits a "
             "pseudo-Voigt"},
    {.name = "temperatures",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(temperatures),
     .help = "a file of lines `NAME TEMPERATURE [K]`, for files that do not tell theirs"},
    {.name = "kind",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(kind),
     .preset = 0,
     .text = "told|G|g|F|S|I",
     .help = "what files hold that do not tell"},
    {0},
};

/* A form of curve by its ordinate; of an unknown one by the option. */
static const struct form {
    enum vt_ordinate ordinate;
    enum vt_abscissa abscissa;
    const char *unit; /* of the ordinate */
} forms[] = {
    {VT_ORDINATE_UNKNOWN, VT_ABSCISSA_UNKNOWN, ""},
    {VT_ORDINATE_REDUCED, VT_ABSCISSA_R, "1/angstrom^2"},
    {VT_ORDINATE_G, VT_ABSCISSA_R, "1"},
    {VT_ORDINATE_F, VT_ABSCISSA_Q, "1/angstrom"},
    {VT_ORDINATE_S, VT_ABSCISSA_Q, "1"},
    {VT_ORDINATE_INTENSITY, VT_ABSCISSA_Q, "1"},
};

static const struct form *form_of(const struct vt_curve_file *c, int kind)
{
    if (c->ordinate == VT_ORDINATE_UNKNOWN && c->abscissa != VT_ABSCISSA_TWO_THETA &&
        (c->abscissa == VT_ABSCISSA_UNKNOWN || c->abscissa == forms[kind].abscissa))
        return &forms[kind];
    for (size_t k = 1; k < sizeof forms / sizeof *forms; k++)
        if (c->ordinate == forms[k].ordinate && c->abscissa == forms[k].abscissa) return &forms[k];
    return &forms[0];
}

/* A vt_curve_check. */
static enum vt_status check(const struct vt_measured_curve *curve, const void *options)
{
    const struct vt_peaks_options *o = options;
    if (curve->file.abscissa == VT_ABSCISSA_TWO_THETA)
        return VT_RAISE(VT_EINPUT, "%s: it is a function of an angle: one of q or r is due", curve->path);
    if (form_of(&curve->file, o->kind) == &forms[0])
        return VT_RAISE(VT_EINPUT, "%s: it does not tell what it holds: say --kind G, g, F, S or I",
                        curve->path);
    return VT_OK;
}

/* Of one range. */
struct track {
    int number, missing;
    double range[2];
    const struct vt_peaks_options *options;
    const struct vt_curve_files *files;
    struct vt_peak *peak;
    char reason[400]; /* why the first curve without one has none */
};

static void follow(struct track *t)
{
    const struct vt_peaks_options *o = t->options;
    for (int k = 0; k < t->files->n; k++) {
        const struct vt_curve_file *c = &t->files->item[k].file;
        if (vt_peak_fit(c->n, c->x, c->y, t->range[0], t->range[1], o->part, (enum vt_peak_form)o->form,
                        &t->peak[k]) == VT_OK)
            continue;
        if (!t->missing++)
            snprintf(t->reason, sizeof t->reason, "%s: %s", t->files->item[k].path, vt_message());
        t->peak[k] = (struct vt_peak){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0};
    }
    if (t->missing)
        vt_log(VT_LOG_WARNING, "peaks: %g-%g: none in %d of %d curves: %s", t->range[0], t->range[1],
               t->missing, t->files->n, t->reason);
}

static enum vt_status put_track(struct vt_results *results, const struct track *t, const double *temperature,
                                const struct form *form)
{
    static const struct column {
        const char *name, *help;
        size_t value, error; /* error 0: none */
        bool place;          /* in the unit of the abscissa */
    } column[] = {
        {"position", "place of the peak", offsetof(struct vt_peak, place),
         offsetof(struct vt_peak, place_error), true},
        {"width", "its full width at half maximum", offsetof(struct vt_peak, width),
         offsetof(struct vt_peak, width_error), true},
        {"height", "its height above the base", offsetof(struct vt_peak, height),
         offsetof(struct vt_peak, height_error), false},
        {"base", "what it stands on", offsetof(struct vt_peak, base), 0, false},
        {"mixing", "share of the Lorentzian in a pseudo-Voigt", offsetof(struct vt_peak, mixing), 0, false},
    };
    const char *place = form->abscissa == VT_ABSCISSA_R ? "angstrom" : "1/angstrom";
    char name[40], help[160];
    struct vt_dataset *d;
    for (size_t c = 0; c < sizeof column / sizeof *column - (t->options->form == VT_PEAK_GAUSSIAN); c++) {
        snprintf(name, sizeof name, "%s_%d", column[c].name, t->number);
        snprintf(help, sizeof help, "%s in %g-%g %s%s", column[c].help, t->range[0], t->range[1], place,
                 column[c].error ? "; error: by the scatter of the fitted points, taken as independent" : "");
        VT_TRY(vt_series_put(results, "peaks", name,
                             column[c].place ? place
                             : c == 4        ? "1"
                                             : form->unit,
                             help, t->files->n, temperature, column[c].error != 0, &d));
        for (int k = 0; k < t->files->n; k++) {
            const char *peak = (const char *)&t->peak[k];
            d->value[k] = *(const double *)(peak + column[c].value);
            if (column[c].error) d->error[k] = *(const double *)(peak + column[c].error);
        }
    }
    return VT_OK;
}

/* All curves must be of one kind. */
static enum vt_status common_form(const struct vt_curve_files *files, int kind, const struct form **form)
{
    *form = form_of(&files->item[0].file, kind);
    for (int k = 1; k < files->n; k++)
        if (form_of(&files->item[k].file, kind) != *form)
            return VT_RAISE(VT_EINPUT, "peaks: %s and %s do not hold the same kind of curve",
                            files->item[0].path, files->item[k].path);
    return VT_OK;
}

static enum vt_status read_ranges(const struct vt_peaks_options *o, bool q, double (*range)[2], int *n)
{
    if (*o->peaks || q)
        return vt_list_ranges("peaks", *o->peaks ? o->peaks : "1.5-4", "", VT_PEAKS_MAX, range, n);
    return VT_RAISE(VT_EINPUT,
                    "peaks: where they are is due: --peaks '2.2-3.4, 3.8-5.6', a range with one peak each");
}

enum vt_status vt_peak_series(int n, char *const *paths, const struct vt_peaks_options *o,
                              struct vt_results *results, int *refused)
{
    struct vt_curve_files files;
    struct track t = {.options = o, .files = &files};
    double *temperature = NULL, range[VT_PEAKS_MAX][2];
    const struct form *form;
    int ranges, missing = 0;
    enum vt_status st = vt_prefix(vt_curve_files_read(n, paths, o->temperatures, check, o, &files), "peaks");
    *refused = files.refused;
    VT_TRY_GOTO(st, done, st);
    VT_TRY_GOTO(st, done, common_form(&files, o->kind, &form));
    VT_TRY_GOTO(st, done, read_ranges(o, form->abscissa == VT_ABSCISSA_Q, range, &ranges));
    VT_TRY_GOTO(st, done, vt_alloc(&t.peak, files.n));
    VT_TRY_GOTO(st, done, vt_alloc(&temperature, files.n));
    for (int k = 0; k < files.n; k++) temperature[k] = files.item[k].temperature;
    for (int k = 0; k < ranges; k++) {
        t.number = k + 1, t.missing = 0, t.range[0] = range[k][0], t.range[1] = range[k][1];
        follow(&t);
        missing += t.missing;
        VT_TRY_GOTO(st, done, put_track(results, &t, temperature, form));
    }
    if (missing == ranges * files.n)
        st = VT_RAISE(VT_EINPUT,
                      "peaks: no curve has a peak there, see above; give other ranges with --peaks");
done:
    free(t.peak), free(temperature);
    vt_curve_files_release(&files);
    return st;
}

int vt_peak_series_count(const struct vt_results *results)
{
    char name[40] = "position_1";
    int n = 0;
    while (vt_series_find(results, "peaks", name)) snprintf(name, sizeof name, "position_%d", ++n + 1);
    return n;
}

/* With several peaks the change of each from its first value, in %, as they are of different sizes. */
static enum vt_status draw(struct vt_plot *figure, const struct vt_results *results, int peaks,
                           const char *what, const char *title)
{
    int panel;
    char name[40], text[120], unit[40];
    struct vt_plot_series s = {.mark = VT_PLOT_LINE};
    double *y = NULL;
    enum vt_status st = VT_OK;
    snprintf(name, sizeof name, "%s_1", what);
    const struct vt_dataset *d = vt_series_find(results, "peaks", name);
    const int n = d->axis[0].n;
    snprintf(unit, sizeof unit, "%s", d->unit);
    snprintf(text, sizeof text, peaks > 1 ? "%s, change [%%]" : "%s [%s]", title, unit);
    VT_TRY(vt_plot_add_panel(figure, NULL, text, 200, &panel));
    VT_TRY(vt_alloc(&y, 2 * n));
    for (int q = 0; q < peaks && st == VT_OK; q++) {
        snprintf(name, sizeof name, "%s_%d", what, q + 1);
        d = vt_series_find(results, "peaks", name);
        int first = 0;
        while (first < n - 1 && isnan(d->value[first])) first++;
        for (int k = 0; k < n; k++) {
            y[k] = peaks > 1 ? 100 * (d->value[k] / d->value[first] - 1) : d->value[k];
            y[n + k] = peaks > 1 ? 100 * d->error[k] / fabs(d->value[first]) : d->error[k];
        }
        snprintf(name, sizeof name, "peak %d", q + 1);
        s = (struct vt_plot_series){.name = peaks > 1 ? name : NULL,
                                    .color = q % VT_PLOT_COLORS,
                                    .n = n,
                                    .x = d->axis[0].value,
                                    .y = y,
                                    .error = y + n};
        st = vt_plot_add_series(figure, panel, &s);
    }
    free(y);
    return st;
}

enum vt_status vt_peak_series_figure(const struct vt_results *results, char **svg)
{
    struct vt_plot figure = {.id = "peaks",
                             .about = "places, widths and heights of peaks against temperature",
                             .x_title = "T [K]"};
    const int peaks = vt_peak_series_count(results);
    enum vt_status st;
    VT_TRY_GOTO(st, done, draw(&figure, results, peaks, "position", "position"));
    VT_TRY_GOTO(st, done, draw(&figure, results, peaks, "width", "FWHM"));
    VT_TRY_GOTO(st, done, draw(&figure, results, peaks, "height", "height"));
    st = vt_plot_svg(&figure, svg);
done:
    vt_plot_release(&figure);
    return st;
}
