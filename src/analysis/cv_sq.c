/* cv_sq.c: structure factors from g(r), and the G(r) that a measurement with a Q-window would give of the
 * sample.
 *
 *     A_ab(q) = 1 + (4 pi rho / q) int_0^r_end r (g_ab - 1) W(r) sin(q r) dr
 *     G(r)    = (2/pi) D(r) int_q_min^q_top F(q) W(q) sin(q r) dq,     D = exp(-(q_damp r)^2 / 2)
 *
 * and from A_ab everything in partials.h. W is 1 or, as asked for, Lorch's sin(pi x / x_end) / (pi x /
 * x_end), which smooths the ripples of a cut-off integral and broadens peaks. Both integrals are discrete
 * sine transforms (FFTW) on matched grids, r_k = (k + 1/2) dr of the pdf and q_j = j pi / (n dr), so that
 * going there and back is exact. A bin of the pdf is a mean over its width, which a transform sees as a
 * factor sin(q dr / 2) / (q dr / 2): taken out again.
 *
 * G, g and S_eq are made by the code that reads measured curves (curve_entropy.h), so what is lost by a
 * window, a density or the rule for the core is lost on both sides alike.
 *
 * The first peak of S(q) is fitted as those of published patterns are (peak.h).
 *
 * The measurement may have a resolution and counting noise (instrument.h), which only what is measured has:
 * S(q) of the sample stays as it is. Every block is a measurement with noise of its own; a whole stage has
 * the noise of another, the same in all stages.
 *
 * Below pi / r_end the transform has nothing to go by: q_min of a sample is 2 pi / L
 * (docs/theory/scattering.md).
 *
 * References: Lorch, J. Phys. C 2, 229 (1969); Egami & Billinge, Underneath the Bragg Peaks, 2nd ed. (2012),
 * ch. 3. */
#include <assert.h>
#include <fftw3.h>
#include <math.h>
#include <stdio.h>

#include "analysis/curve_entropy.h"
#include "analysis/instrument.h"
#include "analysis/operator.h"
#include "analysis/partials.h"
#include "analysis/peak.h"
#include "analysis/weights.h"
#include "core/memory.h"

enum window { NONE, LORCH };

struct sq {
    double q_max, dq, q_min, q_damp, r_core, peak_from, peak_to, energy;
    int taper, window;
    struct vt_instrument instrument;
};

static const struct vt_param params[] = {
    {.name = "q_max",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct sq, q_max),
     .preset = 25,
     .min = 1,
     .max = 70,
     .help = "end of S(q), and of the window of G(r); that of the measurement to compare with"},
    {.name = "dq",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct sq, dq),
     .preset = 0.02,
     .min = 1e-3,
     .max = 1,
     .help = "step of q, about: pi / dq is made a multiple of the pdf's dr"},
    {.name = "taper",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = offsetof(struct sq, taper),
     .preset = NONE,
     .text = "none|lorch",
     .help = "window in r on the way to S(q), against ripples of r_max"},
    {.name = "q_min",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct sq, q_min),
     .preset = 0,
     .min = 0,
     .max = 10,
     .help = "where the window of G(r) begins"},
    {.name = "window",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = offsetof(struct sq, window),
     .preset = NONE,
     .text = "none|lorch",
     .help = "window in q on the way to G(r)"},
    {.name = "q_damp",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct sq, q_damp),
     .preset = 0,
     .min = 0,
     .max = 1,
     .help = "resolution of the instrument: G(r) is damped by exp(-(q_damp r)^2 / 2)"},
    {.name = "q_broad",
     .unit = "1",
     .kind = VT_REAL,
     .offset = offsetof(struct sq, instrument.q_broad),
     .preset = 0,
     .min = 0,
     .max = 0.1,
     .help = "resolution in proportion to q: S(q) is smeared by a normal distribution q_broad q wide"},
    {.name = "counts",
     .unit = "1",
     .kind = VT_REAL,
     .offset = offsetof(struct sq, instrument.counts),
     .preset = 0,
     .min = 0,
     .max = 1e18,
     .help = "photons or neutrons in a step dq, on average, whose counting noise F(q) and G(r) get; 0: none"},
    {.name = "noise_seed",
     .unit = "1",
     .kind = VT_INT,
     .offset = offsetof(struct sq, instrument.noise_seed),
     .preset = 1,
     .min = 0,
     .max = 1e9,
     .help = "another one gives other noise"},
    {.name = "r_core",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct sq, r_core),
     .preset = 2,
     .min = 0,
     .max = 10,
     .help = "below it g(r) of the window is taken as 0 in S_eq"},
    {.name = "peak_from",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct sq, peak_from),
     .preset = 1.5,
     .min = 0,
     .max = 70,
     .help = "the first sharp diffraction peak is looked for from here"},
    {.name = "peak_to",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct sq, peak_to),
     .preset = 4,
     .min = 0,
     .max = 70,
     .help = "to here"},
    VT_ENERGY_OPTION(struct sq),
    {0},
};

/* Matched grids: r_k = (k + 1/2) dr for k < bins <= n, q_j = (j + 1) dq for j < n_q < n, dq = pi / (n dr). */
struct grids {
    int bins, n, n_q;
    double dr, dq, r_end;
    double *r, *q;    /* (bins), (n_q) */
    double *in, *out; /* (n), FFTW's */
    fftw_plan to_q, to_r;
};

static void release(struct grids *g)
{
    if (g->to_q) fftw_destroy_plan(g->to_q);
    if (g->to_r) fftw_destroy_plan(g->to_r);
    fftw_free(g->in), fftw_free(g->out);
    free(g->r), free(g->q);
}

static enum vt_status make(struct grids *g, const struct sq *o)
{
    g->n = (int)fmax(lround(M_PI / (o->dq * g->dr)), g->bins + 1);
    g->dq = M_PI / (g->n * g->dr);
    g->n_q = (int)fmin(floor(o->q_max / g->dq * (1 + 1e-12)), g->n - 1);
    if (g->n_q < 1) g->n_q = 1;
    VT_TRY(vt_alloc(&g->r, g->bins));
    VT_TRY(vt_alloc(&g->q, g->n_q));
    g->in = fftw_alloc_real((size_t)g->n);
    g->out = fftw_alloc_real((size_t)g->n);
    if (!g->in || !g->out) return VT_RAISE(VT_EWORLD, "no memory for a transform of %d numbers", g->n);
    g->to_q = fftw_plan_r2r_1d(g->n, g->in, g->out, FFTW_RODFT10, FFTW_ESTIMATE);
    g->to_r = fftw_plan_r2r_1d(g->n, g->in, g->out, FFTW_RODFT01, FFTW_ESTIMATE);
    for (int k = 0; k < g->bins; k++) g->r[k] = (k + 0.5) * g->dr;
    for (int j = 0; j < g->n_q; j++) g->q[j] = (j + 1) * g->dq;
    return VT_OK;
}

static double sinc(double x)
{
    return x == 0 ? 1 : sin(x) / x;
}

static double windowed(int window, double x, double end)
{
    return window == LORCH ? sinc(M_PI * x / end) : 1;
}

/* A(q) of one pair from its g(r). */
static void to_structure(const struct grids *g, const struct sq *o, double rho, const double *pdf, double *a)
{
    for (int k = 0; k < g->n; k++)
        g->in[k] = k < g->bins ? g->r[k] * (pdf[k] - 1) * windowed(o->taper, g->r[k], g->r_end) : 0;
    fftw_execute(g->to_q); /* out_j = 2 sum_k in_k sin(q_j r_k) */
    for (int j = 0; j < g->n_q; j++)
        a[j] = 1 + 4 * M_PI * rho * g->dr / g->q[j] * g->out[j] / 2 / sinc(g->q[j] * g->dr / 2);
}

/* The first q of the window. */
static int window_begin(const struct grids *g, const struct sq *o)
{
    return (int)fmax(0, fmin(ceil(o->q_min / g->dq * (1 - 1e-12)), g->n_q) - 1);
}

/* What F(q_j) counts in the integral over the window; both its ends count half. */
static double share(const struct grids *g, const struct sq *o, int j)
{
    int first = window_begin(g, o);
    double end = j == g->n_q - 1 || (j == first && j > 0) ? 0.5 : 1;
    return j < first ? 0 : end * windowed(o->window, g->q[j], g->q[g->n_q - 1]) * 2 / M_PI * g->dq;
}

static double damping(const struct sq *o, double r)
{
    return exp(-pow(o->q_damp * r, 2) / 2);
}

/* G(r) of F(q) through the window. */
static void to_reduced(const struct grids *g, const struct sq *o, const double *f, double *reduced)
{
    for (int j = 0; j < g->n; j++) g->in[j] = j < g->n_q ? share(g, o, j) * f[j] : 0;
    fftw_execute(g->to_r); /* out_k = 2 sum_j in_j sin(q_j r_k) */
    for (int k = 0; k < g->bins; k++) reduced[k] = g->out[k] / 2 * damping(o, g->r[k]);
}

/* Standard deviations that noise s(q) of S gives G (bins) and, to first order, S_eq:
 * delta S_eq = -2 pi rho int ln g delta g r^2 dr. */
static double propagate(const struct grids *g, const struct sq *o, const double *noise, const double *pdf,
                        double *reduced)
{
    double entropy = 0;
    for (int k = 0; k < g->bins; k++) reduced[k] = 0;
    for (int j = 0; j < g->n_q; j++) {
        double f = share(g, o, j) * g->q[j] * noise[j], sum = 0;
        for (int k = 0; k < g->bins && f > 0; k++) {
            double change = f * sin(g->q[j] * g->r[k]) * damping(o, g->r[k]);
            reduced[k] += change * change;
            if (pdf[k] > 0) sum -= log(pdf[k]) * change * g->r[k] / 2 * g->dr;
        }
        entropy += sum * sum;
    }
    for (int k = 0; k < g->bins; k++) reduced[k] = sqrt(reduced[k]);
    return sqrt(entropy);
}

static enum vt_status put_number(struct vt_results *out, const char *path, const char *unit, const char *help,
                                 double value)
{
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, path, unit, help, 0, NULL, &d));
    d->value[0] = value;
    return VT_OK;
}

/* An empty dataset sq/NAME_RADIATION over one axis. */
static enum vt_status add(struct vt_results *out, const char *name, const char *radiation, const char *unit,
                          const char *help, const char *axis, const char *axis_unit, int n,
                          const double *abscissa, struct vt_dataset **d)
{
    char path[64];
    snprintf(path, sizeof path, "sq/%s_%s", name, radiation);
    VT_TRY(vt_results_add(out, path, unit, help, 1, &n, d));
    VT_TRY(vt_dataset_axis(*d, 0, axis, axis_unit, abscissa, NULL));
    return vt_dataset_errors(*d);
}

/* F(q) as the instrument gives it, with its noise, into f and noise (n_q). */
static void see(const struct grids *g, const struct sq *o, const struct vt_measured *what,
                enum vt_radiation radiation, const double *s, double *f, double *noise, double *means)
{
    const struct vt_probe probe = {radiation, o->energy};
    for (int j = 0; j < g->n_q; j++)
        vt_mean_scattering(what->material, &probe, g->q[j], &means[j], &means[g->n_q + j]);
    vt_instrument_measure(&o->instrument, g->n_q, window_begin(g, o), g->q, s, means, means + g->n_q,
                          (int)radiation + 4 * what->block, f, noise); /* noise of its own each */
    for (int j = 0; j < g->n_q; j++) f[j] = g->q[j] * (f[j] - 1);
}

/* What a measurement would give: F, G, g, R and S_eq through the window. Errors put here are those of noise.
 */
static enum vt_status put_measured(const struct grids *g, const struct sq *o, double rho,
                                   const char *radiation, const double *f, const double *noise,
                                   double *deviation, struct vt_results *out)
{
    char path[64];
    struct vt_dataset *d;
    VT_TRY(add(out, "f_measured", radiation, "1/angstrom",
               "F(q) = q (S(q) - 1) with the resolution q_broad and the noise of counts", "q", "1/angstrom",
               g->n_q, g->q, &d));
    for (int j = 0; j < g->n_q; j++) d->value[j] = f[j], d->error[j] = g->q[j] * noise[j];
    VT_TRY(add(out, "reduced", radiation, "1/angstrom^2",
               "G(r) = (2/pi) int F(q) sin(q r) dq from q_min to q_max, window and instrument as asked for",
               "r", "angstrom", g->bins, g->r, &d));
    to_reduced(g, o, f, d->value);
    const double *reduced = d->value;
    double *reduced_error = d->error;
    VT_TRY(add(out, "g", radiation, "1", "g(r) = 1 + G(r) / (4 pi rho r) of that G; 0 below r_core", "r",
               "angstrom", g->bins, g->r, &d));
    vt_curve_g(g->bins, g->r, reduced, rho, o->r_core, d->value);
    const double *pdf = d->value, s_error = propagate(g, o, noise, pdf, deviation);
    for (int k = 0; k < g->bins; k++) {
        reduced_error[k] = deviation[k];
        d->error[k] = pdf[k] > 0 ? deviation[k] / (4 * M_PI * rho * g->r[k]) : 0;
    }
    VT_TRY(add(out, "rdf", radiation, "1/angstrom", "R(r) = 4 pi rho r^2 g(r) of that g", "r", "angstrom",
               g->bins, g->r, &d));
    for (int k = 0; k < g->bins; k++) {
        d->value[k] = 4 * M_PI * rho * g->r[k] * g->r[k] * pdf[k];
        d->error[k] = pdf[k] > 0 ? deviation[k] * g->r[k] : 0;
    }
    struct vt_curve_entropy s = vt_curve_s(g->bins, g->r, pdf, rho, o->r_core);
    snprintf(path, sizeof path, "sq/s_eq_%s", radiation);
    VT_TRY(vt_results_add(out, path, "k_B/atom",
                          "S_eq of that g(r), as of a measured one; g <= 0 counts as 0", 0, NULL, &d));
    VT_TRY(vt_dataset_errors(d));
    d->value[0] = s.s;
    d->error[0] = s_error;
    snprintf(path, sizeof path, "sq/negative_%s", radiation);
    return put_number(out, path, "1", "points of that g(r) beyond r_core that are not positive", s.negative);
}

/* The first sharp diffraction peak of S(q); not numbers where there is none. */
static enum vt_status put_peak(const struct grids *g, const struct sq *o, const char *radiation,
                               const double *s, struct vt_results *out)
{
    static const struct {
        const char *name, *unit, *help;
    } what[] = {
        {"q", "1/angstrom", "place of the first sharp diffraction peak: Gaussian through the upper half"},
        {"width", "1/angstrom", "its full width at half maximum"},
        {"height", "1", "its height above the base of the Gaussian"}};
    struct vt_peak peak;
    if (vt_peak_fit(g->n_q, g->q, s, o->peak_from, o->peak_to, 0.5, VT_PEAK_GAUSSIAN, &peak) != VT_OK)
        peak = (struct vt_peak){NAN, NAN, NAN, NAN, 0, 0, 0, 0, 0};
    const double value[] = {peak.place, peak.width, peak.height},
                 error[] = {peak.place_error, peak.width_error, peak.height_error};
    for (int k = 0; k < 3; k++) {
        char path[64];
        struct vt_dataset *d;
        snprintf(path, sizeof path, "sq/peak_%s_%s", what[k].name, radiation);
        VT_TRY(vt_results_add(out, path, what[k].unit, what[k].help, 0, NULL, &d));
        VT_TRY(vt_dataset_errors(d));
        d->value[0] = value[k];
        d->error[0] = error[k]; /* of the fit: the least it can be */
    }
    return VT_OK;
}

static const struct vt_dataset *find(const struct vt_results *results, const char *path)
{
    const struct vt_dataset *d = vt_results_find(results, path);
    assert(d); /* pdf makes them all */
    return d;
}

static enum vt_status apply(const void *options, const struct vt_measured *what, struct vt_results *results)
{
    const struct sq *o = options;
    const struct vt_material *m = what->material;
    const double *pdf = find(results, "pdf/g_partial")->value,
                 *upper = find(results, "pdf/coordination")->axis[2].value;
    int stride = find(results, "pdf/g_partial")->axis[1].n, pairs = vt_species_pairs(m->n_species);
    double rho = find(results, "pdf/number_density")->value[0], *a = NULL, *f = NULL, *noise = NULL,
           *means = NULL, *deviation = NULL;
    struct grids g = {.dr = upper[0]};
    g.bins = (int)lround(find(results, "pdf/r_valid")->value[0] / g.dr);
    g.r_end = g.bins * g.dr;
    enum vt_status st = VT_OK;
    VT_TRY_GOTO(st, done, make(&g, o));
    VT_TRY_GOTO(st, done, vt_alloc(&a, pairs * g.n_q));
    VT_TRY_GOTO(st, done, vt_alloc(&f, g.n_q));
    VT_TRY_GOTO(st, done, vt_alloc(&noise, g.n_q));
    VT_TRY_GOTO(st, done, vt_alloc(&means, 2 * g.n_q));
    VT_TRY_GOTO(st, done, vt_alloc(&deviation, g.bins));
    for (int p = 0; p < pairs; p++) to_structure(&g, o, rho, pdf + p * stride, a + p * g.n_q);
    VT_TRY_GOTO(st, done,
                put_number(results, "sq/r_end", "angstrom", "where the integrals over g(r) end", g.r_end));
    VT_TRY_GOTO(st, done, vt_partials_put(&(struct vt_partials){"sq", o->energy, m, g.n_q, g.q, a}, results));
    static const char *const radiation[] = {[VT_XRAY] = "xray", [VT_NEUTRON] = "neutron"};
    for (int k = VT_XRAY; k <= VT_NEUTRON; k++) {
        char path[64];
        snprintf(path, sizeof path, "sq/s_%s", radiation[k]);
        const struct vt_dataset *s = vt_results_find(results, path);
        if (!s) continue;
        see(&g, o, what, k, s->value, f, noise, means);
        VT_TRY_GOTO(st, done, put_measured(&g, o, rho, radiation[k], f, noise, deviation, results));
        VT_TRY_GOTO(st, done, put_peak(&g, o, radiation[k], find(results, path)->value, results));
    }
done:
    free(a), free(f), free(noise), free(means), free(deviation);
    release(&g);
    return st;
}

static enum vt_status check(const void *options, const struct vt_yaml *given, double reach)
{
    const struct sq *o = options;
    (void)reach;
    if (o->q_min >= o->q_max)
        return VT_RAISE_AT(given, "sq: q_min is %g /A and q_max %g /A: nothing lies between", o->q_min,
                           o->q_max);
    if (o->peak_from >= o->peak_to)
        return VT_RAISE_AT(given, "sq: peak_from is %g /A and peak_to %g /A: nothing lies between",
                           o->peak_from, o->peak_to);
    return VT_OK;
}

const struct vt_operator vt_operator_sq = {
    .name = "sq",
    .help = "structure factors from g(r): partial, X-ray, neutron; G(r), g(r) and S_eq through a "
            "measurement's Q-window",
    .params = params,
    .options_size = sizeof(struct sq),
    .reads = "pdf",
    .check = check,
    .apply = apply,
};
