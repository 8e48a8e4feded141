/* an_moduli.c: the dynamic shear modulus, from stress and strain of a stage that oscillates.
 *
 * The stage imposes gamma(t) = gamma_A sin(theta), theta = 2 pi t/t_w. Of each whole cycle, with n frames at
 * equal steps, the shear stress sigma = -p_ij and the strain are demodulated at the harmonics h = 1 and 3:
 *
 *     s_h = (2/n) sum_k sigma_k (sin h theta_k + i cos h theta_k)     sigma = sigma_A sin(theta + delta)
 * gives s_1 = sigma_A exp(i delta) G* = G' + i G'' = s_1 / g_1 of the sums over cycles             tan(delta)
 * = G''/G'
 *
 * A cycle that begins at its zero of strain is whole, so a constant stress drops out. A stress that relaxes
 * does not: a slope b a cycle adds b R_h, R_h = (2/n) sum_k (k/n) (sin h theta_k + i cos h theta_k), which is
 * near -b/(pi h) in G'. The slope is that of the line through the means of the cycles, and is taken out.
 *
 * Errors are those of a jackknife over cycles, and over groups of 2 and 4 successive cycles; the largest
 * counts. Noise sigma_n of independent frames gives s_1 the error sigma_n sqrt(2/n) a cycle, in each part.
 *
 *     linear?       |s_3|/|s_1|: 0 for a linear response of any kind
 *     settled?      potential energy's slope a cycle: cycles of low amplitude age a glass themselves
 *     dissipation   pi gamma_A^2 G'' V a cycle, to be compared with the work that the cell's ledger books
 *
 * References: Yu & Samwer, Phys. Rev. B 90, 144201 (2014); Hyun et al., Prog. Polym. Sci. 36, 1697 (2011). */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/kernel.h"

#include "core/log.h"
#include "core/memory.h"
#include "core/units.h"

struct moduli {
    struct vt_common_options common;
    double linearity;
    /* Of the stage under way. */
    struct vt_wave wave;
    double start, dt;
    int64_t stride; /* steps from frame to frame */
    char label[64];
};

static const struct vt_param params[] = {
    {.name = "every",
     .unit = "ps",
     .kind = VT_REAL,
     .offset = offsetof(struct moduli, common.every),
     .preset = 0.02,
     .min = 1e-3,
     .max = 1e9,
     .help = "time between frames; made shorter so that it divides the period, at least 16 times"},
    {.name = "linearity",
     .unit = "1",
     .kind = VT_REAL,
     .offset = offsetof(struct moduli, linearity),
     .preset = 0.02,
     .min = 1e-6,
     .max = 1,
     .help = "a third harmonic above this share of the first is warned of: the amplitude is too large"},
    {0},
};

/* Sums over the frames of a cycle; WORK and HEAT are what the ledger says at its start. */
enum {
    FRAMES,
    STRESS,
    STRESS_1, /* with sin, then with cos */
    STRESS_3 = STRESS_1 + 2,
    STRAIN_1 = STRESS_3 + 2,
    TEMPERATURE = STRAIN_1 + 2,
    POTENTIAL,
    VOLUME,
    STARTS,
    WORK,
    HEAT,
    SIZE
};
enum { ROWS = VT_WAVE_CYCLES_MAX + 1 }; /* the last one: the end of the last cycle */

/* The loop: frames, strain and stress by phase, for errors in groups of cycles: c, c + 8, c + 16, ... */
enum { BINS = 40, LOOPS = 8, LOOP_SIZE = 3 };

static double *loop_at(double *common, int group, int bin)
{
    return common + ROWS * SIZE + (group * BINS + bin) * LOOP_SIZE;
}

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    struct moduli *o = options;
    (void)material, (void)node;
    o->common.blocks = 1; /* cycles have results of their own */
    return VT_OK;
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    (void)options, (void)material;
    *common = ROWS * SIZE + LOOPS * BINS * LOOP_SIZE;
    *group = 0;
}

static void begin(void *options, const struct vt_stage_info *stage, struct vt_look *look)
{
    enum { LEAST = 16 };
    struct moduli *o = options;
    o->wave = stage->wave;
    o->start = stage->start, o->dt = stage->dt;
    snprintf(o->label, sizeof o->label, "%s", stage->label);
    look->totals = true;
    look->none = !o->wave.period;
    if (look->none) return;
    int64_t longest = o->wave.period / LEAST;
    double most = fmin(floor(o->common.every / o->dt + 1e-6), (double)longest);
    o->stride = most < 1 ? 1 : (int64_t)most;
    while (o->wave.period % o->stride) o->stride--;
    look->every = (double)o->stride * o->dt;
    look->skip = (double)(o->wave.discard * o->wave.period) * o->dt;
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    const struct moduli *o = options;
    const struct vt_wave *w = &o->wave;
    const struct vt_state *s = &frame->state;
    (void)work;
    if (frame->ranks->rank != 0) return VT_OK; /* every rank has the same numbers */
    int64_t step = llrint((s->time - o->start) / o->dt), cycle = step / w->period - w->discard;
    if (step < w->discard * w->period || step % o->stride || cycle > w->cycles) return VT_OK;
    int64_t at = step % w->period;
    double *row = tally->common + cycle * SIZE, theta = 2 * M_PI * (double)at / (double)w->period;
    double stress = -s->pressure[w->component];
    if (at == 0) row[STARTS] += 1, row[WORK] += s->work, row[HEAT] += s->heat;
    if (cycle == w->cycles) return VT_OK;
    row[FRAMES] += 1;
    row[STRESS] += stress;
    row[STRESS_1] += stress * sin(theta), row[STRESS_1 + 1] += stress * cos(theta);
    row[STRESS_3] += stress * sin(3 * theta), row[STRESS_3 + 1] += stress * cos(3 * theta);
    row[STRAIN_1] += s->strain * sin(theta), row[STRAIN_1 + 1] += s->strain * cos(theta);
    row[TEMPERATURE] += s->temperature;
    row[POTENTIAL] += s->potential;
    row[VOLUME] += s->volume;
    double *bin = loop_at(tally->common, (int)(cycle % LOOPS), (int)(at * BINS / w->period));
    bin[0] += 1, bin[1] += s->strain, bin[2] += stress;
    return VT_OK;
}

/* ---- cycles ---- */

struct cycle {
    double complex s1, s3, g1;
    double stress, temperature, potential, volume;
};

/* Whole cycles from the first on. */
static int count_cycles(const struct moduli *o, const double *common)
{
    const int64_t frames = o->wave.period / o->stride;
    int n = 0;
    while (n < o->wave.cycles && common[n * SIZE + FRAMES] == (double)frames) n++;
    return n;
}

/* Line through y[0 .. n): its slope, and the standard error of that (NaN for less than three). */
static double slope(const double *y, int n, double *error)
{
    double mean = 0, sxy = 0, sxx = 0, rest = 0;
    for (int k = 0; k < n; k++) mean += y[k] / n;
    for (int k = 0; k < n; k++) {
        double x = k - 0.5 * (n - 1);
        sxy += x * (y[k] - mean), sxx += x * x;
    }
    double b = n > 1 ? sxy / sxx : 0;
    for (int k = 0; k < n; k++) rest += pow(y[k] - mean - b * (k - 0.5 * (n - 1)), 2);
    *error = n > 2 ? sqrt(rest / (n - 2) / sxx) : NAN;
    return b;
}

static void demodulate(const struct moduli *o, const double *common, int n, struct cycle *cycle)
{
    int frames = (int)(o->wave.period / o->stride);
    double f = frames, mean[VT_WAVE_CYCLES_MAX] = {0}, error;
    double complex ramp[2] = {0, 0};
    for (int c = 0; c < n; c++) mean[c] = common[c * SIZE + STRESS] / f;
    double b = slope(mean, n, &error);
    for (int k = 0; k < frames; k++)
        for (int h = 0; h < 2; h++) {
            double theta = 2 * M_PI * (2 * h + 1) * k / f;
            ramp[h] += 2 / f * (k / f) * (sin(theta) + I * cos(theta));
        }
    for (int c = 0; c < n; c++) {
        const double *r = common + c * SIZE;
        cycle[c] = (struct cycle){.s1 = 2 / f * (r[STRESS_1] + I * r[STRESS_1 + 1]) - b * ramp[0],
                                  .s3 = 2 / f * (r[STRESS_3] + I * r[STRESS_3 + 1]) - b * ramp[1],
                                  .g1 = 2 / f * (r[STRAIN_1] + I * r[STRAIN_1 + 1]),
                                  .stress = mean[c],
                                  .temperature = r[TEMPERATURE] / f,
                                  .potential = r[POTENTIAL] / f,
                                  .volume = r[VOLUME] / f};
    }
}

/* What comes of some cycles. */
enum {
    STORAGE,
    LOSS,
    TAN_DELTA,
    PHASE,
    MAGNITUDE,
    AMPLITUDE,
    THIRD_RE,
    THIRD_IM,
    MEAN_STRESS,
    MEAN_TEMPERATURE,
    MEAN_VOLUME,
    NUMBERS
};

/* All cycles but [from, to). */
static void derive(const struct cycle *cycle, int n, int from, int to, double q[NUMBERS])
{
    struct cycle sum = {0};
    int used = n - (to - from);
    for (int c = 0; c < n; c++) {
        if (c >= from && c < to) continue;
        sum.s1 += cycle[c].s1, sum.s3 += cycle[c].s3, sum.g1 += cycle[c].g1;
        sum.stress += cycle[c].stress, sum.temperature += cycle[c].temperature;
        sum.volume += cycle[c].volume;
    }
    double complex g = sum.s1 / sum.g1, third = sum.s3 / sum.s1;
    q[STORAGE] = creal(g), q[LOSS] = cimag(g);
    q[TAN_DELTA] = cimag(g) / creal(g);
    q[PHASE] = carg(g);
    q[MAGNITUDE] = cabs(g);
    q[AMPLITUDE] = cabs(sum.s1) / used;
    q[THIRD_RE] = creal(third), q[THIRD_IM] = cimag(third);
    q[MEAN_STRESS] = sum.stress / used;
    q[MEAN_TEMPERATURE] = sum.temperature / used;
    q[MEAN_VOLUME] = sum.volume / used;
}

/* Values and standard errors (NaN for a single cycle). */
static void estimate(const struct cycle *cycle, int n, double q[NUMBERS], double error[NUMBERS])
{
    derive(cycle, n, 0, 0, q);
    for (int v = 0; v < NUMBERS; v++) error[v] = NAN;
    for (int merge = 1; merge <= 4; merge *= 2) {
        int parts = n / merge;
        double mean[NUMBERS] = {0}, m2[NUMBERS] = {0};
        if (parts < (merge == 1 ? 2 : 4)) break;
        for (int p = 0; p < parts; p++) {
            double part[NUMBERS];
            derive(cycle, n, p * merge, p == parts - 1 ? n : (p + 1) * merge,
                   part); /* the last has the rest */
            for (int v = 0; v < NUMBERS; v++) {
                double delta = part[v] - mean[v];
                if (v == PHASE) delta = remainder(part[v] - q[v], 2 * M_PI) + q[v] - mean[v];
                mean[v] += delta / (p + 1);
                m2[v] += delta * delta * p / (p + 1);
            }
        }
        for (int v = 0; v < NUMBERS; v++) error[v] = fmax(error[v], sqrt((parts - 1.0) / parts * m2[v]));
    }
}

static bool enough(const void *options, const double *common)
{
    const struct moduli *o = options;
    struct cycle cycle[VT_WAVE_CYCLES_MAX];
    double q[NUMBERS], error[NUMBERS];
    if (!o->wave.period) return false;
    int n = count_cycles(o, common);
    if (n < o->wave.least) return false;
    demodulate(o, common, n, cycle);
    estimate(cycle, n, q, error);
    return error[TAN_DELTA] <= o->wave.error && q[STORAGE] > 3 * error[STORAGE];
}

/* ---- datasets ---- */

static enum vt_status put(struct vt_results *out, const char *name, const char *unit, const char *help,
                          double value)
{
    char path[64];
    struct vt_dataset *d;
    snprintf(path, sizeof path, "moduli/%s", name);
    VT_TRY(vt_results_add(out, path, unit, help, 0, NULL, &d));
    d->value[0] = value;
    return VT_OK;
}

static enum vt_status put_with_error(struct vt_results *out, const char *name, const char *unit,
                                     const char *help, double value, double error)
{
    VT_TRY(put(out, name, unit, help, value));
    VT_TRY(vt_dataset_errors(&out->item[out->n - 1]));
    out->item[out->n - 1].error[0] = error;
    return VT_OK;
}

/* A column of the table of cycles; its error is the spread of the cycles. */
static enum vt_status put_column(struct vt_results *out, const char *name, const char *unit, const char *help,
                                 int n, const double *value)
{
    char path[64];
    struct vt_dataset *d;
    double mean = 0, m2 = 0, number[VT_WAVE_CYCLES_MAX] = {0};
    snprintf(path, sizeof path, "moduli/cycle/%s", name);
    VT_TRY(vt_results_add(out, path, unit, help, 1, &n, &d));
    for (int c = 0; c < n; c++) {
        number[c] = c + 1;
        d->value[c] = value[c];
        mean += value[c] / n;
    }
    for (int c = 0; c < n; c++) m2 += pow(value[c] - mean, 2);
    VT_TRY(vt_dataset_axis(d, 0, "cycle", "", number, NULL));
    VT_TRY(vt_dataset_errors(d));
    for (int c = 0; c < n; c++) d->error[c] = n > 1 ? sqrt(m2 / (n - 1)) : NAN;
    return VT_OK;
}

static enum vt_status put_cycles(struct vt_results *out, const struct cycle *cycle, int n, double atoms)
{
    static const struct {
        const char *name, *unit, *help;
    } column[] = {{"storage", "GPa", "G' of each cycle; error: the spread of the cycles"},
                  {"loss", "GPa", "G'' of each cycle"},
                  {"tan_delta", "1", "G''/G' of each cycle"},
                  {"mean_stress", "GPa", "mean shear stress of each cycle"},
                  {"temperature", "K", "mean temperature of each cycle"},
                  {"potential_energy", "eV/atom", "mean potential energy of each cycle"}};
    enum { COLUMNS = sizeof column / sizeof *column };
    double value[VT_WAVE_CYCLES_MAX] = {0};
    for (int k = 0; k < COLUMNS; k++) {
        for (int c = 0; c < n; c++) {
            double complex g = cycle[c].s1 / cycle[c].g1;
            const double of[COLUMNS] = {creal(g) / VT_GPA,    cimag(g) / VT_GPA,
                                        cimag(g) / creal(g),  cycle[c].stress / VT_GPA,
                                        cycle[c].temperature, cycle[c].potential / atoms};
            value[c] = of[k];
        }
        VT_TRY(put_column(out, column[k].name, column[k].unit, column[k].help, n, value));
    }
    return VT_OK;
}

static enum vt_status put_loop(struct vt_results *out, const double *common)
{
    struct vt_dataset *d;
    double phase[BINS];
    static const char *const name[] = {"moduli/loop_strain", "moduli/loop_stress"};
    for (int b = 0; b < BINS; b++) phase[b] = (b + 0.5) / BINS;
    for (int v = 0; v < 2; v++) {
        VT_TRY(vt_results_add(out, name[v], v ? "GPa" : "1",
                              v ? "shear stress over the cycle, mean of all cycles"
                                : "shear strain over the cycle, mean of all cycles",
                              1, (const int[]){BINS}, &d));
        VT_TRY(vt_dataset_axis(d, 0, "phase", "1", phase, NULL));
        if (v) VT_TRY(vt_dataset_errors(d));
        for (int b = 0; b < BINS; b++) {
            double sum[LOOP_SIZE] = {0}, mean = 0, m2 = 0;
            int groups = 0;
            for (int g = 0; g < LOOPS; g++)
                for (int k = 0; k < LOOP_SIZE; k++) sum[k] += loop_at((double *)(uintptr_t)common, g, b)[k];
            for (int g = 0; g < LOOPS; g++) {
                const double *in = loop_at((double *)(uintptr_t)common, g, b);
                if (in[0] == 0) continue;
                double rest = (sum[2] - in[2]) / (sum[0] - in[0]), delta = rest - mean;
                mean += delta / ++groups;
                m2 += delta * (rest - mean);
            }
            d->value[b] = sum[1 + v] / sum[0] / (v ? VT_GPA : 1);
            if (v) d->error[b] = groups > 1 ? sqrt((groups - 1.0) / groups * m2) / VT_GPA : NAN;
        }
    }
    return VT_OK;
}

/* Mean change of a ledger from the start of a cycle to the start of the next, an atom, with its error. */
static double per_cycle(const double *common, int of, int n, double atoms, double *error)
{
    double mean = 0, m2 = 0;
    int seen = 0;
    for (int c = 0; c < n; c++) {
        const double *now = common + c * SIZE, *next = now + SIZE;
        if (now[STARTS] != 1 || next[STARTS] != 1) continue;
        double change = (next[of] - now[of]) / atoms, delta = change - mean;
        mean += delta / ++seen;
        m2 += delta * (change - mean);
    }
    *error = seen > 1 ? sqrt(m2 / (seen - 1.0) / seen) : NAN;
    return seen ? mean : NAN;
}

static enum vt_status put_energies(struct vt_results *out, const double *common, const struct cycle *cycle,
                                   int n, const double q[NUMBERS], const double error[NUMBERS], double atoms)
{
    double u[VT_WAVE_CYCLES_MAX] = {0}, e, amplitude = cabs(cycle[0].g1);
    for (int c = 0; c < n; c++) u[c] = cycle[c].potential / atoms;
    double drift = slope(u, n, &e);
    VT_TRY(put_with_error(out, "energy_drift", "eV/atom",
                          "change of the potential energy from cycle to cycle: ageing by cycling, if any",
                          n > 1 ? drift : NAN, e));
    double value = per_cycle(common, WORK, n, atoms, &e);
    VT_TRY(put_with_error(out, "work", "eV/atom", "work done on the sample a cycle", value, e));
    value = per_cycle(common, HEAT, n, atoms, &e);
    VT_TRY(put_with_error(out, "heat", "eV/atom", "heat given to the sample by the thermostat a cycle", value,
                          e));
    double loop = M_PI * amplitude * amplitude * q[MEAN_VOLUME] / atoms;
    return put_with_error(out, "dissipation", "eV/atom",
                          "pi gamma_A^2 G'' V: area of the loop; work agrees with it", loop * q[LOSS],
                          loop * error[LOSS]);
}

static enum vt_status put_third(struct vt_results *out, const struct moduli *o, const double q[NUMBERS],
                                const double error[NUMBERS])
{
    double third = hypot(q[THIRD_RE], q[THIRD_IM]),
           noise = sqrt(0.5 * (pow(error[THIRD_RE], 2) + pow(error[THIRD_IM], 2)));
    VT_TRY(put_with_error(out, "third_harmonic", "1",
                          "third harmonic of the stress over the first, |G_3|/|G_1|; of noise alone about as "
                          "large as its error",
                          third, noise));
    VT_TRY(put(out, "third_harmonic_limit", "1",
               "a third harmonic above this, and beyond 3 errors, tells that the response is not linear",
               o->linearity));
    if (third > o->linearity && third >= 3 * noise) /* of a single cycle noise is not known */
        vt_log(
            VT_LOG_WARNING,
            "%s: moduli: the third harmonic of the stress is %.2g of the first (+- %.1g; linearity: %g): the "
            "response is not linear, a smaller amplitude is due",
            o->label, third, noise, o->linearity);
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    static const struct {
        int of;
        const char *name, *unit, *help;
        bool stress;
    } number[] = {
        {STORAGE, "storage", "GPa", "storage modulus G' = (sigma_A/gamma_A) cos(delta)", true},
        {LOSS, "loss", "GPa", "loss modulus G'' = (sigma_A/gamma_A) sin(delta)", true},
        {TAN_DELTA, "tan_delta", "1", "G''/G'; not a number where G' is not above 3 of its errors", false},
        {PHASE, "phase", "rad", "delta: by how much the stress is ahead of the strain", false},
        {MAGNITUDE, "magnitude", "GPa", "|G*| = sigma_A/gamma_A", true},
        {AMPLITUDE, "stress_amplitude", "GPa", "sigma_A", true},
        {MEAN_STRESS, "mean_stress", "GPa", "sigma_0: mean shear stress", true},
        {MEAN_TEMPERATURE, "temperature", "K", "mean temperature", false}};
    const struct moduli *o = options;
    double q[NUMBERS], error[NUMBERS], atoms = 0;
    struct cycle cycle[VT_WAVE_CYCLES_MAX];
    (void)sum;
    int n = o->wave.period ? count_cycles(o, common) : 0;
    for (int a = 0; a < what->material->n_species; a++) atoms += (double)what->material->species[a].count;
    if (!n) {
        vt_log(VT_LOG_WARNING, "%s: no moduli: no whole cycle was measured", o->label);
        return VT_OK;
    }
    demodulate(o, common, n, cycle);
    estimate(cycle, n, q, error);
    if (q[STORAGE] < 3 * error[STORAGE]) {
        vt_log(VT_LOG_WARNING,
               "%s: moduli: G' is %.3g +- %.2g GPa: no elastic answer is seen, so no tan(delta) is given",
               o->label, q[STORAGE] / VT_GPA, error[STORAGE] / VT_GPA);
        q[TAN_DELTA] = error[TAN_DELTA] = NAN;
    }
    for (size_t k = 0; k < sizeof number / sizeof *number; k++) {
        double scale = number[k].stress ? 1 / VT_GPA : 1;
        VT_TRY(put_with_error(out, number[k].name, number[k].unit, number[k].help, scale * q[number[k].of],
                              scale * error[number[k].of]));
    }
    VT_TRY(put_third(out, o, q, error));
    VT_TRY(put_energies(out, common, cycle, n, q, error, atoms));
    double period = (double)o->wave.period * o->dt;
    VT_TRY(put(out, "period", "ps", "time of a cycle", period));
    VT_TRY(put(out, "frequency", "Hz", "cycles a second", 1e12 / period));
    VT_TRY(put(out, "strain_amplitude", "1", "gamma_A", cabs(cycle[0].g1)));
    VT_TRY(put(out, "cycles", "1", "cycles that count", n));
    VT_TRY(put(out, "cycles_discarded", "1", "cycles before them", (double)o->wave.discard));
    VT_TRY(put_cycles(out, cycle, n, atoms));
    return put_loop(out, common);
}

const struct vt_kernel vt_kernel_moduli = {
    .name = "moduli",
    .help = "storage and loss modulus, tan(delta), linearity: in stages that oscillate",
    .params = params,
    .options_size = sizeof(struct moduli),
    .grouping = VT_GROUP_TIME,
    .read = read,
    .sizes = sizes,
    .begin = begin,
    .accumulate = accumulate,
    .enough = enough,
    .finish = finish,
};
