/* fake_results.h: results as a run would leave them, made from formulas: for tests of the report.
 *
 * Cu44Zr44Al8Hf2Co2: melt, quench, hold, compress, shear, unload, hold, heat, and the as-cast branch heated
 * alike; both end in a hold in the liquid. Sizes of the effects are those of a small CuZr run (E_IS +17
 * meV/atom, S_eq -4.80 to -4.60 k_B, partial sum -7.92 to -7.45 k_B); curves are drawn from simple models
 * with noise. */
#ifndef VT_FAKE_RESULTS_H
#define VT_FAKE_RESULTS_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/dataset.h"

enum { FAKE_STAGES = 12, FAKE_PAIRS = 15, FAKE_BINS = 500, FAKE_BLOCKS = 40, FAKE_ROWS = 300 };

struct fake_stage {
    const char *name, *kind, *branch, *save, *options;
    double start, duration, t0, t1, p0, p1, strain;
    double excess; /* eV/atom of inherent energy above as-cast; S_eq rises with it */
    bool measured;
};

static const struct fake_stage fake_stage[FAKE_STAGES] = {
    {"01-create", "create", "", "", "structure: random\nrelax: yes\n", 0, 2, 2000, 2000, 0, 0, 0, 0.1, false},
    {"02-melt", "melt", "", "", "temperature: 2000 K\ntime: 20 ps\npressure: 0 GPa\n", 2, 20, 2000, 2000, 0,
     0, 0, 0.1, false},
    {"03-quench", "quench", "", "as-cast", "temperature: 77 K\nrate: 2e+13 K/s\npressure: 0 GPa\n", 22, 96,
     2000, 77, 0, 0, 0, 0, false},
    {"04-hold", "hold", "", "",
     "temperature: 77 K\ntime: 10 ps\nsplit_at: 5 angstrom\nr_max: 10 angstrom\ndr: 0.02 angstrom\n", 118, 10,
     77, 77, 0, 0, 0, 0, true},
    {"05-compress", "compress", "", "", "pressure: 6 GPa\ntemperature: 77 K\ntime: 10 ps\n", 128, 10, 77, 77,
     0, 6, 0, 0, true},
    {"06-shear", "shear", "", "", "plane: xy\nrate: 2e+10 /s\nstrain: 1\npressure: 6 GPa\n", 138, 50, 77, 77,
     6, 6, 1, 0.012, true},
    {"07-unload", "unload", "", "hpt", "pressure: 0 GPa\ntime: 10 ps\n", 188, 10, 77, 77, 6, 0, 0, 0.018,
     true},
    {"08-hold", "hold", "", "",
     "temperature: 77 K\ntime: 10 ps\nsplit_at: 5 angstrom\nr_max: 10 angstrom\ndr: 0.02 angstrom\n", 198, 10,
     77, 77, 0, 0, 0, 0.0170, true},
    {"09-heat", "heat", "", "", "from: 77 K\nto: 1200 K\nrate: 2e+13 K/s\n", 208, 56, 77, 1200, 0, 0, 0,
     0.0170, true},
    {"10-heat", "heat", "as-cast", "", "from: 77 K\nto: 1200 K\nrate: 2e+13 K/s\n", 118, 56, 77, 1200, 0, 0,
     0, 0, true},
    {"11-hold", "hold", "", "", "time: 5 ps\n", 264, 5, 1200, 1200, 0, 0, 0, 0, true},
    {"12-hold", "hold", "as-cast", "", "time: 5 ps\n", 174, 5, 1200, 1200, 0, 0, 0, 0, true},
};

static const char *const fake_pair[FAKE_PAIRS] = {
    "Cu-Cu", "Cu-Zr", "Cu-Al", "Cu-Hf", "Cu-Co", "Zr-Zr", "Zr-Al", "Zr-Hf",
    "Zr-Co", "Al-Al", "Al-Hf", "Al-Co", "Hf-Hf", "Hf-Co", "Co-Co",
};
static const double fake_fraction[5] = {0.44, 0.44, 0.08, 0.02, 0.02};
static const double fake_radius[5] = {1.27, 1.58, 1.41, 1.56, 1.22};

static inline double fake_noise(void)
{
    static uint64_t state = 12345;
    double sum = 0;
    for (int k = 0; k < 12; k++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        sum += (double)(state >> 11) * 0x1p-53;
    }
    return sum - 6; /* mean 0, variance 1 */
}

/* What is left of the excess at temperature t on heating: it goes near the glass transition at 850 K. */
static inline double fake_kept(double t)
{
    return 0.85 / (1 + exp((t - 780) / 45)) + 0.15 / (1 + exp((t - 350) / 60));
}

static inline double fake_energy(double t, double excess)
{
    double liquid = t > 850 ? 1.1e-4 * (t - 850) : 0;
    return -5.012 + excess + 1.5 * 8.617e-5 * t + liquid;
}

static inline double fake_volume(double t, double p, double excess)
{
    double liquid = t > 850 ? 3.5e-4 * (t - 850) : 0;
    return (17.05 + 6.5e-4 * t + liquid + 0.7 * excess) * (1 - p / 126);
}

static inline double fake_entropy(double t, double p, double excess)
{
    double liquid = t > 850 ? 1.6e-3 * (t - 850) : 0;
    return -4.915 + 1.5e-3 * t + liquid - 0.028 * p + 11.7 * excess;
}

/* g of pair k at r: excluded core, a first peak at the sum of radii and damped shells. */
static inline double fake_g(int a, int b, double r, double t, double excess)
{
    double d = fake_radius[a] + fake_radius[b], s = 0.12 + 1e-4 * t + 1.2 * excess;
    double core = 1 / (1 + exp(-(r - d + 0.25) / 0.06));
    double first = 2.6 * 0.14 / s * exp(-0.5 * (r - d) * (r - d) / (s * s));
    double shells =
        0.55 * exp(-(r - d) / (3.2 - 20 * excess)) * cos(6.2832 * (r - d) / (0.88 * d + 0.1)) * (r > d - 0.2);
    return fmax(0, core * (0.9 + 0.1 * (r > d) + first + 0.8 * shells));
}

static inline enum vt_status fake_number(struct vt_results *r, const char *stage, const char *leaf,
                                         const char *unit, const char *help, double value, double error)
{
    char path[256];
    struct vt_dataset *d;
    snprintf(path, sizeof path, "stages/%s/%s", stage, leaf);
    VT_TRY(vt_results_add(r, path, unit, help, 0, NULL, &d));
    d->value[0] = value;
    VT_TRY(vt_dataset_errors(d));
    d->error[0] = error;
    return VT_OK;
}

static inline enum vt_status fake_timeline(struct vt_results *r)
{
    static const char *const name[] = {"time",     "stage",           "temperature", "target_temperature",
                                       "pressure", "target_pressure", "strain",      "potential_energy",
                                       "volume",   "density"};
    static const char *const unit[] = {"ps",  "1", "K",       "K",        "GPa",
                                       "GPa", "1", "eV/atom", "A^3/atom", "g/cm^3"};
    enum { COLUMNS = sizeof name / sizeof *name };
    double strain = 0;
    int rows = FAKE_STAGES * FAKE_ROWS;
    for (int c = 0; c < COLUMNS; c++) {
        char path[64];
        struct vt_dataset *d;
        snprintf(path, sizeof path, "timeline/%s", name[c]);
        VT_TRY(vt_results_add(r, path, unit[c], "", 1, &rows, &d));
        VT_TRY(vt_dataset_axis(d, 0, "row", "", NULL, NULL));
    }
    for (int k = 0, row = 0; k < FAKE_STAGES; k++) {
        const struct fake_stage *s = &fake_stage[k];
        double before = *s->branch ? 0 : strain;
        for (int i = 0; i < FAKE_ROWS; i++, row++) {
            double w = (i + 1.0) / FAKE_ROWS, target_t = s->t0 + w * (s->t1 - s->t0),
                   target_p = s->p0 + w * (s->p1 - s->p0), t = target_t * (1 + 0.008 * fake_noise()),
                   p = target_p + 0.06 * fake_noise();
            double excess = s->excess;
            if (!strcmp(s->kind, "heat")) excess *= fake_kept(t);
            if (!strcmp(s->kind, "shear")) excess *= 1 - exp(-w / 0.3);
            double v = fake_volume(t, p, excess);
            double value[COLUMNS] = {s->start + w * s->duration,
                                     k + 1,
                                     t,
                                     target_t,
                                     p,
                                     target_p,
                                     before + w * s->strain,
                                     fake_energy(t, excess) + 0.0004 * fake_noise() + 2e-4 * p * p,
                                     v + 0.003 * fake_noise(),
                                     75.0 / v * 1.66054};
            for (int c = 0; c < COLUMNS; c++) r->item[c].value[row] = value[c];
        }
        if (!*s->branch) strain += s->strain;
    }
    return VT_OK;
}

static inline enum vt_status fake_pdf(struct vt_results *r, const struct fake_stage *s, double t,
                                      double excess)
{
    static double bins[FAKE_BINS];
    char path[128];
    struct vt_dataset *partial, *total;
    int shape[2] = {FAKE_PAIRS, FAKE_BINS}, n = FAKE_BINS;
    double z[5] = {29, 40, 13, 72, 27}, mean = 0;
    for (int k = 0; k < FAKE_BINS; k++) bins[k] = 0.02 * (k + 0.5);
    for (int a = 0; a < 5; a++) mean += fake_fraction[a] * z[a];
    snprintf(path, sizeof path, "stages/%s/pdf/g_partial", s->name);
    VT_TRY(vt_results_add(r, path, "1", "g_ab(r) of each pair of species", 2, shape, &partial));
    VT_TRY(vt_dataset_axis(partial, 0, "pair", "", NULL, fake_pair));
    VT_TRY(vt_dataset_axis(partial, 1, "r", "angstrom", bins, NULL));
    VT_TRY(vt_dataset_errors(partial));
    double *g = partial->value, *e = partial->error;
    for (int a = 0, row = 0; a < 5; a++)
        for (int b = a; b < 5; b++, row++)
            for (int k = 0; k < FAKE_BINS; k++) {
                double rare = 0.004 / (sqrt(fake_fraction[a] * fake_fraction[b]) * bins[k]);
                double *to = &g[row * FAKE_BINS + k], value = fake_g(a, b, bins[k], t, excess);
                e[row * FAKE_BINS + k] = rare * sqrt(value);
                *to = fmax(0, value + rare * sqrt(value) * fake_noise());
            }
    for (int xray = 0; xray < 2; xray++) {
        snprintf(path, sizeof path, "stages/%s/pdf/%s", s->name, xray ? "g_xray" : "g_number");
        VT_TRY(vt_results_add(r, path, "1",
                              xray ? "sum_ab c_a c_b Z_a Z_b g_ab / <Z>^2" : "sum_ab c_a c_b g_ab", 1, &n,
                              &total));
        VT_TRY(vt_dataset_axis(total, 0, "r", "angstrom", bins, NULL));
        VT_TRY(vt_dataset_errors(total));
        for (int a = 0, row = 0; a < 5; a++)
            for (int b = a; b < 5; b++, row++)
                for (int k = 0; k < FAKE_BINS; k++) {
                    double w = fake_fraction[a] * fake_fraction[b] * (a == b ? 1 : 2);
                    if (xray) w *= z[a] * z[b] / (mean * mean);
                    total->value[k] += w * g[row * FAKE_BINS + k];
                    total->error[k] = hypot(total->error[k], w * e[row * FAKE_BINS + k]);
                }
    }
    return VT_OK;
}

static inline enum vt_status fake_entropies(struct vt_results *r, const struct fake_stage *s, double t,
                                            double p, double excess)
{
    char path[128];
    double x = fake_entropy(t, p, excess) + 0.003 * fake_noise(), sum = x * 1.65 + 0.0 + 8 * excess;
    const char *help = "S_eq = -2 pi rho int (g ln g - g + 1) r^2 dr of the X-ray weighted g(r)";
    VT_TRY(fake_number(r, s->name, "entropy/s_xray", "k_B/atom", help, x, 0.0058));
    VT_TRY(fake_number(r, s->name, "entropy/s_xray_below", "k_B/atom", "the part of s_xray below split_at",
                       0.83 * x, 0.0047));
    VT_TRY(fake_number(r, s->name, "entropy/s_xray_above", "k_B/atom", "the part of s_xray above split_at",
                       0.17 * x, 0.0021));
    VT_TRY(fake_number(r, s->name, "entropy/bias_xray", "k_B/atom", "finite-count bias removed from s_xray",
                       -0.0131, 0));
    VT_TRY(fake_number(r, s->name, "entropy/s_number", "k_B/atom", "the same of the number weighted g(r)",
                       x + 0.03, 0.0061));
    VT_TRY(fake_number(r, s->name, "entropy/s_partial_sum", "k_B/atom", "sum of s_pair", sum, 0.016));
    VT_TRY(fake_number(r, s->name, "entropy/bias_partial_sum", "k_B/atom",
                       "finite-count bias removed from s_partial_sum", -0.197, 0));
    snprintf(path, sizeof path, "stages/%s/entropy/s_pair", s->name);
    struct vt_dataset *d;
    int n = FAKE_PAIRS;
    VT_TRY(
        vt_results_add(r, path, "k_B/atom", "share of each pair of species in the partial sum", 1, &n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "pair", "", NULL, fake_pair));
    VT_TRY(vt_dataset_errors(d));
    for (int a = 0, row = 0; a < 5; a++)
        for (int b = a; b < 5; b++, row++) {
            d->value[row] = sum * fake_fraction[a] * fake_fraction[b] * (a == b ? 1 : 2);
            d->error[row] = 0.003 + 0.02 * fake_fraction[a] * fake_fraction[b];
        }
    return VT_OK;
}

static inline enum vt_status fake_blocks(struct vt_results *r, const struct fake_stage *s)
{
    static const struct {
        const char *leaf, *unit;
        double error;
    } series[] = {
        {"blocks/time", "ps", 0},
        {"blocks/temperature", "K", 0},
        {"inherent/blocks/temperature", "K", 0},
        {"blocks/entropy/s_xray", "k_B/atom", 0.017},
        {"blocks/entropy/s_partial_sum", "k_B/atom", 0.045},
        {"inherent/blocks/entropy/s_xray", "k_B/atom", 0.015},
        {"inherent/blocks/thermo/potential_energy", "eV/atom", 0.0006},
    };
    int n = FAKE_BLOCKS;
    for (size_t q = 0; q < sizeof series / sizeof *series; q++) {
        char path[128];
        struct vt_dataset *d;
        snprintf(path, sizeof path, "stages/%s/%s", s->name, series[q].leaf);
        VT_TRY(vt_results_add(r, path, series[q].unit, "", 1, &n, &d));
        VT_TRY(vt_dataset_axis(d, 0, "block", "", NULL, NULL));
        if (series[q].error > 0) VT_TRY(vt_dataset_errors(d));
        for (int k = 0; k < n; k++) {
            double w = (k + 0.5) / n, t = s->t0 + w * (s->t1 - s->t0), excess = s->excess * fake_kept(t);
            double x = fake_entropy(t, 0, excess),
                   value[] = {s->start + w * s->duration,
                              t,
                              t,
                              x,
                              1.65 * x + 8 * excess,
                              -4.93 + 9 * excess + (t > 850 ? 5e-4 * (t - 850) : 0),
                              -5.012 + excess + (t > 850 ? 1.1e-4 * (t - 850) : 0)};
            d->value[k] = value[q] + series[q].error * fake_noise();
            if (d->error) d->error[k] = series[q].error;
        }
    }
    return VT_OK;
}

static inline enum vt_status fake_stage_results(struct vt_results *r, const struct fake_stage *s)
{
    char path[128], text[64];
    snprintf(path, sizeof path, "stages/%s", s->name);
    VT_TRY(vt_results_note(r, path, "kind", s->kind));
    VT_TRY(vt_results_note(r, path, "branch", s->branch));
    VT_TRY(vt_results_note(r, path, "save", s->save));
    VT_TRY(vt_results_note(r, path, "options", s->options));
    snprintf(text, sizeof text, "%g ps", s->start);
    VT_TRY(vt_results_note(r, path, "start", text));
    snprintf(text, sizeof text, "%g ps", s->duration);
    VT_TRY(vt_results_note(r, path, "duration", text));
    double t = 0.5 * (s->t0 + s->t1), p = 0.5 * (s->p0 + s->p1), v = fake_volume(t, p, s->excess);
    bool heat = !strcmp(s->kind, "heat");
    double excess = heat ? s->excess * fake_kept(t) : s->excess;
    VT_TRY(fake_number(r, s->name, "thermo/temperature", "K", "2 E_kin / (3 (N - 1) k_B)", t, 0.21));
    VT_TRY(fake_number(r, s->name, "thermo/pressure", "GPa", "a third of the trace of the stress", p + 0.003,
                       0.011));
    VT_TRY(fake_number(r, s->name, "thermo/density", "g/cm^3", "mass over volume", 75 / v * 1.66054, 0.0004));
    VT_TRY(fake_number(r, s->name, "thermo/volume", "angstrom^3/atom", "volume per atom", v, 0.002));
    VT_TRY(fake_number(r, s->name, "thermo/potential_energy", "eV/atom", "potential energy per atom",
                       fake_energy(t, excess), 0.0003));
    if (!s->measured) return VT_OK;
    VT_TRY(fake_pdf(r, s, t, excess));
    VT_TRY(fake_entropies(r, s, t, p, excess));
    VT_TRY(fake_number(r, s->name, "inherent/thermo/potential_energy", "eV/atom", "potential energy per atom",
                       -5.012 + excess + 1e-4 * fake_noise(), 0.0004));
    return heat ? fake_blocks(r, s) : VT_OK;
}

static inline enum vt_status fake_results(struct vt_results *r)
{
    static const char *const note[][2] = {
        {"creator", "vitrum"},
        {"version", "0.1.0"},
        {"commit", "0123abc"},
        {"compiler", "GNU 12.2.0"},
        {"host", "node017"},
        {"date", "2025-01-15T10:20:30Z"},
        {"ranks", "2"},
        {"threads", "1"},
        {"title", "Cu44Zr44Al8Hf2Co2: high-pressure torsion at 77 K"},
        {"protocol",
         "title: \"Cu44Zr44Al8Hf2Co2: high-pressure torsion at 77 K\"\nmaterial:\n  composition: {Cu: 44, "
         "Zr: "
         "44, Al: 8, Hf: 2, Co: 2}   # at.%\n  atoms: 4000\n  potential: builtin:CuZrAlHfCo\nprotocol:\n  - "
         "melt: {temperature: 2000 K, time: 20 ps}\n  - quench: {temperature: 77 K, rate: 2e13 K/s, save: "
         "as-cast}\n"},
        {"potential", "builtin:CuZrAlHfCo"},
        {"potential_checksum", "cbf29ce484222325"},
        {"potential_note", "not validated for this alloy"},
        {"seed", "1"},
        {"complete", "yes"},
        {"wall_seconds", "182.4"},
        {"composition", "Cu44Zr44Al8Hf2Co2"},
        {"atoms", "4000"},
    };
    for (size_t k = 0; k < sizeof note / sizeof *note; k++)
        VT_TRY(vt_results_note(r, "", note[k][0], note[k][1]));
    VT_TRY(fake_timeline(r));
    for (int k = 0; k < FAKE_STAGES; k++) VT_TRY(fake_stage_results(r, &fake_stage[k]));
    return VT_OK;
}

#endif
