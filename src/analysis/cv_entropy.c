/* cv_entropy.c: the two-body ("equivalent") entropy, excess over the ideal gas, in k_B per atom.
 *
 *     S[g] = -2 pi rho int_0^r_max [g ln g - g + 1] r^2 dr = -(rho / 2) sum_k V_k [g_k ln g_k - g_k + 1],
 *
 * with exact bin volumes V_k; where g = 0 the bracket is 1. r_max is that of pdf, or half the least height of
 * the cell if pdf reaches further (images: true): r_end. Three different numbers, none the entropy itself:
 *
 *     s_xray         S[g_xray], what an X-ray measurement of the total g(r) can give
 *     s_number       S[g_number]
 *     s_partial_sum  sum_ab c_a c_b S[g_ab], the two-body term of a mixture; s_pair are its terms
 *
 * Counting noise makes g ln g too large on average, so the raw S is too low. For a Poisson count n
 * Grassberger's G(n) = psi([n/2] + 1/2) + ln 2 has <n G(n)> = lambda ln lambda up to e^-2lambda, so that n ln
 * n exceeds the truth by h(n) = n (ln n - G(n)), on average 1/2. Frames of one glass share their disorder: a
 * count of many frames scatters phi times as much as n independent ones (pdf/overdispersion), like n / phi
 * independent counts of weight phi. A bin of g = n / I (I: count of the ideal gas) is corrected by phi h(n /
 * phi) / I. A weighted total acts like one count g^2 / Var(g) in units of Var(g) / g:
 *
 *     g ln g -> g ln g - (Var(g) / g) h(g^2 / Var(g)),      Var(g) = sum_ab w_ab^2 phi_ab n_ab / I_ab^2.
 *
 * The second-order term Var(g) / (2 g), h = 1/2, is not enough for partials, where many bins hold few counts:
 * it leaves a bias of 0.26 in n ln n at a mean count of 1 and 0.14 at 2; h leaves 0.05 and 0.008. But h(n)
 * jumps between even and odd n, which a jackknife would take for noise; where groups are left out it is
 * replaced by its smooth form n (ln n - psi(n)).
 *
 * bias_* is raw - corrected. bias_jackknife_*, the bias of the raw value as the groups of the jackknife see
 * it, is there for comparison: it takes differences in density and composition between the groups, which
 * cancel in the whole, for scatter (docs/theory/entropy.md).
 *
 * Reference: Nettleton & Green, J. Chem. Phys. 29, 1365 (1958); Hernando, Mol. Phys. 69, 319 (1990) for
 * mixtures; Grassberger, arXiv:physics/0307138 for G(n). */
#include "analysis/entropy.h"

#include <assert.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "analysis/operator.h"
#include "analysis/weights.h"
#include "core/memory.h"

/* n (ln n - psi(n)); the series is good to 1e-9 from 6 on. */
static double smooth_excess(double n)
{
    double x = 1 / n, x2 = x * x;
    if (n < 6) return n * (log(n) - gsl_sf_psi(n));
    return 0.5 + x * (1.0 / 12 - x2 * (1.0 / 120 - x2 * (1.0 / 252 - x2 / 240)));
}

/* n (ln n - G(n)) for a whole number. psi(m + 1/2) - ln m as a series is good to 1e-11 from 8 on. */
static double whole_excess(double n)
{
    if (n == 0) return 0;
    double m = floor(n / 2), x2 = 1 / (m * m);
    if (m < 8) return n * (log(n) - gsl_sf_psi(m + 0.5) - M_LN2);
    double rest = x2 * (1.0 / 24 - x2 * (7.0 / 960 - x2 * (31.0 / 8064 - x2 * 127 / 30720)));
    return n * (n > 2 * m ? log1p(0.5 / m) - rest : -rest);
}

double vt_entropy_excess(double n, bool smooth)
{
    if (n <= 0) return 0;
    if (smooth) return smooth_excess(n);
    double low = floor(n);
    double at_low = whole_excess(low);
    return n == low ? at_low : at_low + (n - low) * (whole_excess(low + 1) - at_low);
}

static double bracket(double g)
{
    return g > 0 ? g * log(g) - g + 1 : 1;
}

static double ball(double r)
{
    return 4 * M_PI / 3 * r * r * r;
}

/* How much of the shell [r0, r1) lies below split, as a share of its volume. */
static double share_below(double r0, double r1, double split)
{
    if (split >= r1) return 1;
    if (split <= r0) return 0;
    return (ball(split) - ball(r0)) / (ball(r1) - ball(r0));
}

struct entropy {
    double split_at;
};

static const struct vt_param params[] = {
    {.name = "split_at",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct entropy, split_at),
     .preset = 5,
     .min = 0,
     .max = 1000,
     .help = "the integrals are also given below and above this distance (short and medium range)"},
    {0},
};

/* What is read of pdf. The arrays stay where they are while datasets are added; the descriptors do not. */
struct input {
    const double *ideal, *partial, *number, *xray; /* (pairs, bins); the totals (bins) */
    const double *by_number, *by_electrons;        /* (pairs) weights */
    const double *dispersion;                      /* (pairs) */
    int pairs, bins, stride; /* a row of partial and ideal holds stride bins, of which bins are summed */
    double rho, dr, split;
    bool smooth;
};

/* One integral as it is summed up. */
struct sums {
    double weight;          /* of the whole integral */
    double raw, all, below; /* without correction; corrected; corrected, r < split */
    double *running;        /* (bins) corrected, up to the end of each bin: added to */
};

/* One bin: g and its variance from counting (0: unknown or none). */
static void add_bin(const struct input *in, struct sums *s, int k, double g, double variance)
{
    double r0 = k * in->dr, r1 = (k + 1) * in->dr;
    double scale = -s->weight * in->rho / 2 * (ball(r1) - ball(r0));
    double raw = scale * bracket(g), correction = 0;
    if (variance > 0) correction = variance / g * vt_entropy_excess(g * g / variance, in->smooth);
    double term = raw - scale * correction;
    s->raw += raw;
    s->all += term;
    s->below += term * share_below(r0, r1, in->split);
    s->running[k] += s->all;
}

static struct sums of_pair(const struct input *in, int p, double *running)
{
    struct sums s = {.weight = in->by_number[p], .running = running};
    for (int k = 0; k < in->bins; k++) {
        int at = p * in->stride + k;
        double variance = in->ideal[at] > 0 ? in->dispersion[p] * in->partial[at] / in->ideal[at] : 0;
        add_bin(in, &s, k, in->partial[at], variance);
    }
    return s;
}

static struct sums of_total(const struct input *in, const double *g, const double *weight, double *running)
{
    struct sums s = {.weight = 1, .running = running};
    for (int k = 0; k < in->bins; k++) {
        double variance = 0;
        for (int p = 0; p < in->pairs; p++) {
            int at = p * in->stride + k;
            if (in->ideal[at] > 0)
                variance += weight[p] * weight[p] * in->dispersion[p] * in->partial[at] / in->ideal[at];
        }
        add_bin(in, &s, k, g[k], variance);
    }
    return s;
}

static enum vt_status put(struct vt_results *out, const char *path, const char *help,
                          const struct vt_axis *axis, bool error, struct vt_dataset **d)
{
    VT_TRY(vt_results_add(out, path, "k_B/atom", help, axis != NULL, axis ? &axis->n : NULL, d));
    if (axis)
        VT_TRY(vt_dataset_axis(*d, 0, axis->name, axis->unit, axis->value, (const char *const *)axis->label));
    return error ? vt_dataset_errors(*d) : VT_OK;
}

/* The datasets of one entropy; of several along an axis.
 *
 * sums  one for each place of the axis; one if axis is NULL */
static enum vt_status put_sums(struct vt_results *out, const char *name, const char *formula,
                               const struct vt_axis *axis, const struct sums *sums)
{
    enum { S, BELOW, ABOVE, RAW, BIAS, JACKKNIFE, KINDS };
    static const struct {
        const char *before, *after, *help;
    } kind[KINDS] = {
        [S] = {"s", "", "counting bias removed"},
        [BELOW] = {"s", "_below", "part with r < split_at"},
        [ABOVE] = {"s", "_above", "part with r > split_at"},
        [RAW] = {"raw", "", "as counted, bias not removed"},
        [BIAS] = {"bias", "",
                  "counting bias that was removed: Grassberger's for independent counts, times "
                  "pdf/overdispersion"},
        [JACKKNIFE] = {"bias_jackknife", "", "bias of the raw value by the jackknife"},
    };
    for (int q = 0; q < KINDS; q++) {
        char path[64], help[256];
        struct vt_dataset *d;
        snprintf(path, sizeof path, "entropy/%s_%s%s", kind[q].before, name, kind[q].after);
        snprintf(help, sizeof help, "%s: %s", formula, kind[q].help);
        VT_TRY(put(out, path, help, axis, q < BIAS, &d));
        for (int v = 0; v < (axis ? axis->n : 1); v++) {
            const struct sums *s = &sums[v];
            const double value[KINDS] = {s->all, s->below, s->all - s->below, s->raw, s->raw - s->all, 0};
            d->value[v] = value[q];
        }
    }
    return VT_OK;
}

static const struct vt_bias_pair biases[] = {
    {"entropy/raw_xray", "entropy/bias_jackknife_xray"},
    {"entropy/raw_number", "entropy/bias_jackknife_number"},
    {"entropy/raw_partial_sum", "entropy/bias_jackknife_partial_sum"},
    {"entropy/raw_pair", "entropy/bias_jackknife_pair"},
    {0},
};

static const struct vt_dataset *find(const struct vt_results *results, const char *path)
{
    const struct vt_dataset *d = vt_results_find(results, path);
    assert(d); /* pdf makes them all */
    return d;
}

static enum vt_status apply(const void *options, const struct vt_measured *what, struct vt_results *results)
{
    const struct vt_axis pair = find(results, "pdf/count")->axis[0];
    struct vt_axis r = find(results, "pdf/coordination")->axis[2]; /* upper ends of the bins */
    int stride = r.n;
    /* Where periodic images are summed, g beyond half the cell holds the peaks of an atom's own images. */
    r.n = (int)lround(find(results, "pdf/r_valid")->value[0] / r.value[0]);
    struct input in = {
        .ideal = find(results, "pdf/count_ideal")->value,
        .partial = find(results, "pdf/g_partial")->value,
        .number = find(results, "pdf/g_number")->value,
        .xray = find(results, "pdf/g_xray")->value,
        .by_number = find(results, "pdf/weight_number")->value,
        .by_electrons = find(results, "pdf/weight_xray")->value,
        .dispersion = find(results, "pdf/overdispersion")->value,
        .pairs = pair.n,
        .bins = r.n,
        .stride = stride,
        .rho = find(results, "pdf/number_density")->value[0],
        .dr = r.value[0],
        .split = ((const struct entropy *)options)->split_at,
        .smooth = what->left_out,
    };
    struct vt_dataset *d;
    VT_TRY(vt_results_add(results, "entropy/r_end", "angstrom",
                          "where the integrals end: r_max of pdf, or half the least height of the cell", 0,
                          NULL, &d));
    d->value[0] = r.n * r.value[0];
    VT_TRY(put(results, "entropy/running_xray", "s_xray integrated up to r", &r, true, &d));
    struct sums total = of_total(&in, in.xray, in.by_electrons, d->value);
    VT_TRY(put_sums(results, "xray", "S[g_xray]", NULL, &total));

    VT_TRY(put(results, "entropy/running_number", "s_number integrated up to r", &r, true, &d));
    total = of_total(&in, in.number, in.by_number, d->value);
    VT_TRY(put_sums(results, "number", "S[g_number]", NULL, &total));

    VT_TRY(put(results, "entropy/running_partial_sum", "s_partial_sum integrated up to r", &r, true, &d));
    struct sums each[VT_SPECIES_PAIRS_MAX];
    total = (struct sums){0};
    for (int p = 0; p < in.pairs; p++) {
        each[p] = of_pair(&in, p, d->value);
        total.raw += each[p].raw;
        total.all += each[p].all;
        total.below += each[p].below;
    }
    VT_TRY(put_sums(results, "partial_sum", "sum c_a c_b S[g_ab]", NULL, &total));
    return put_sums(results, "pair", "c_a c_b S[g_ab], unlike pairs doubled", &pair, each);
}

static enum vt_status check(const void *options, const struct vt_yaml *given, double reach)
{
    const struct entropy *o = options;
    if (!vt_params_given(given, "split_at") || o->split_at <= reach) return VT_OK;
    return VT_RAISE_AT(
        vt_yaml_get(given, "split_at"),
        "entropy: key 'split_at': %g angstrom is beyond r_max of the pdf, %g angstrom, so nothing "
        "would lie above it",
        o->split_at, reach);
}

const struct vt_operator vt_operator_entropy = {
    .name = "entropy",
    .help = "two-body entropy: X-ray weighted, by number, partial sum, each pair's share; split in r",
    .params = params,
    .options_size = sizeof(struct entropy),
    .reads = "pdf",
    .check = check,
    .apply = apply,
    .biases = biases,
};
