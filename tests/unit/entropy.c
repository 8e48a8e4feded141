/* The entropy operator on curves with exact answers, and the count estimator.
 *
 * The operator gets what pdf would have made; counts are so many that they bring no noise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/entropy.h"
#include "analysis/operator.h"
#include "fabricate.h"

extern const struct vt_operator vt_operator_entropy;

/* A curve g(r). */
typedef double curve(double r);

/* Datasets of pdf for one or two species, bins of dr up to r_max.
 *
 * c      concentration of the first species; Z is 29 and 40
 * ideal  counts of an ideal gas in each bin of each pair
 * g      the curve of each pair: one, or 0-0, 0-1, 1-1 */
static struct vt_results make_pdf(int species, double c, double rho, double dr, int bins, double ideal,
                                  curve *const *g)
{
    struct vt_results r = {0};
    struct vt_dataset *d;
    const char *const names[] = {"a", "b", "c"};
    int pairs = species * (species + 1) / 2, shape[3] = {pairs, bins, 0};
    double *upper = malloc((size_t)bins * sizeof *upper), share[2] = {c, 1 - c}, z[2] = {29, 40};
    double number[3], xray[3], mean_z = species == 1 ? z[0] : c * z[0] + (1 - c) * z[1];
    assert_non_null(upper);
    if (species == 1) share[0] = 1;
    for (int a = 0, p = 0; a < species; a++)
        for (int b = a; b < species; b++, p++) {
            number[p] = (a == b ? 1 : 2) * share[a] * share[b];
            xray[p] = number[p] * z[a] * z[b] / (mean_z * mean_z);
        }
    for (int k = 0; k < bins; k++) upper[k] = (k + 1) * dr;
    must(vt_results_add(&r, "pdf/count", "1", "", 2, shape, &d));
    must(vt_dataset_axis(d, 0, "pair", "", NULL, names));
    for (int p = 0; p < pairs; p++)
        for (int k = 0; k < bins; k++) d->value[p * bins + k] = ideal * g[p]((k + 0.5) * dr);
    must(vt_results_add(&r, "pdf/count_ideal", "1", "", 2, shape, &d));
    for (int k = 0; k < pairs * bins; k++) d->value[k] = ideal;
    must(vt_results_add(&r, "pdf/g_partial", "1", "", 2, shape, &d));
    for (int p = 0; p < pairs; p++)
        for (int k = 0; k < bins; k++) d->value[p * bins + k] = g[p]((k + 0.5) * dr);
    for (int total = 0; total < 2; total++) {
        must(vt_results_add(&r, total ? "pdf/g_xray" : "pdf/g_number", "1", "", 1, &bins, &d));
        for (int p = 0; p < pairs; p++)
            for (int k = 0; k < bins; k++) d->value[k] += (total ? xray : number)[p] * g[p]((k + 0.5) * dr);
    }
    must(vt_results_add(&r, "pdf/coordination", "1", "", 3, (int[]){1, 1, bins}, &d));
    must(vt_dataset_axis(d, 2, "r", "angstrom", upper, NULL));
    must(vt_results_add(&r, "pdf/weight_number", "1", "", 1, &pairs, &d));
    memcpy(d->value, number, (size_t)pairs * sizeof *number);
    must(vt_results_add(&r, "pdf/weight_xray", "1", "", 1, &pairs, &d));
    memcpy(d->value, xray, (size_t)pairs * sizeof *xray);
    must(vt_results_add(&r, "pdf/overdispersion", "1", "", 1, &pairs, &d));
    for (int p = 0; p < pairs; p++) d->value[p] = 1;
    must(vt_results_add(&r, "pdf/number_density", "1/angstrom^3", "", 0, NULL, &d));
    d->value[0] = rho;
    must(vt_results_add(&r, "pdf/r_valid", "angstrom", "", 0, NULL, &d));
    d->value[0] = bins * dr;
    free(upper);
    return r;
}

static const double many = 1e14; /* counts without noise */

static void apply(struct vt_results *pdf, double split_at)
{
    const struct vt_measured whole = {0};
    double options = split_at; /* the only one */
    assert_int_equal(vt_operator_entropy.options_size, sizeof options);
    must(vt_operator_entropy.apply(&options, &whole, pdf));
}

static const double *of(const struct vt_results *r, const char *path)
{
    const struct vt_dataset *d = vt_results_find(r, path);
    if (!d) fail_msg("there is no %s", path);
    return d->value;
}

/* S of one kind of atoms; each of the four ways to it gives the same. */
static double entropy(curve *g, double rho, double dr, double r_max)
{
    struct vt_results r = make_pdf(1, 1, rho, dr, (int)lround(r_max / dr), many, (curve *const[]){g});
    apply(&r, 5);
    double s = *of(&r, "entropy/s_xray");
    assert_true(fabs(*of(&r, "entropy/s_number") - s) < 1e-9 * fabs(s));
    assert_true(fabs(*of(&r, "entropy/s_partial_sum") - s) < 1e-9 * fabs(s));
    assert_true(fabs(*of(&r, "entropy/s_pair") - s) < 1e-9 * fabs(s));
    assert_true(fabs(*of(&r, "entropy/raw_xray") - s) < 1e-9 * fabs(s));
    vt_results_release(&r);
    return s;
}

static double hard_core(double r)
{
    return r > 2.4;
}

/* g = 0 below sigma, 1 above: S = -(2 pi / 3) rho sigma^3. Exact, as sigma is the edge of a bin. */
static void hard_core_alone(void **state)
{
    (void)state;
    double s = entropy(hard_core, 0.055, 0.01, 10);
    assert_true(fabs(s + 1.592410) < 1e-4); /* known number */
    assert_true(fabs(s + 2 * M_PI / 3 * 0.055 * 2.4 * 2.4 * 2.4) < 1e-10);
}

static double bump_height;
static double bump(double r)
{
    return 1 + bump_height * exp(-r * r / 9);
}

/* g = 1 + e exp(-r^2 / a^2): term by term S = -2 pi rho a^3 (sqrt(pi) / 4) sum_k (-e)^k / [k (k - 1)
 * k^(3/2)]. Bins of 0.005 angstrom: an error of the order dr^2 / a^2 = 3e-6 of S. */
static void gaussian_bump_matches_its_series(void **state)
{
    (void)state;
    static const double known[][2] = {
        {.1, -0.00718032}, {.5, -0.16837193}, {.9, -0.51600868}, {-.5, -0.20277348}};
    for (unsigned q = 0; q < 4; q++) {
        double e = known[q][0], series = 0;
        for (int k = 2; k < 2000; k++) series += pow(-e, k) / (k * (k - 1.0) * pow(k, 1.5));
        series *= -2 * M_PI * 0.055 * 27 * sqrt(M_PI) / 4;
        bump_height = e;
        double s = entropy(bump, 0.055, 0.005, 20);
        assert_true(fabs(s - known[q][1]) < 1e-6);
        assert_true(fabs(s - series) < 1e-6);
    }
}

static double shells(double r)
{
    return r < 2.4 ? 0 : r < 3.4 ? 2.5 : r < 4.4 ? 0.6 : r < 6 ? 1.1 : 1;
}

/* -2 pi rho int [g ln g - g + 1] r^2 dr over a shell of constant g. */
static double shell(double rho, double r0, double r1, double g)
{
    return -2 * M_PI / 3 * rho * (r1 * r1 * r1 - r0 * r0 * r0) * (g > 0 ? g * log(g) - g + 1 : 1);
}

static void shells_of_constant_g(void **state)
{
    (void)state;
    assert_true(fabs(entropy(shells, 0.055, 0.01, 6) + 4.48038443) < 1e-4); /* known number */
    assert_true(fabs(entropy(shells, 0.055, 0.01, 10) + 4.48038443) < 1e-4);
    double to_3 = shell(0.055, 0, 2.4, 0) + shell(0.055, 2.4, 3, 2.5);
    assert_true(fabs(entropy(shells, 0.055, 0.01, 3) - to_3) < 1e-9);
}

/* The parts add up to the whole wherever the split lies, also inside a bin; so does the running integral. */
static void parts_below_and_above_the_split_add_up(void **state)
{
    (void)state;
    for (double split = 0; split < 11; split += 0.1234) {
        struct vt_results r = make_pdf(1, 1, 0.055, 0.01, 1000, many, (curve *const[]){shells});
        apply(&r, split);
        double s = *of(&r, "entropy/s_xray"), below = *of(&r, "entropy/s_xray_below"), expect = 0;
        assert_true(fabs(below + *of(&r, "entropy/s_xray_above") - s) < 1e-10);
        static const double edge[] = {0, 2.4, 3.4, 4.4, 6, 10}, g[] = {0, 2.5, 0.6, 1.1, 1};
        for (int q = 0; q < 5; q++)
            expect += shell(0.055, fmin(edge[q], split), fmin(edge[q + 1], split), g[q]);
        assert_true(fabs(below - expect) < 1e-9);
        const double *running = of(&r, "entropy/running_xray");
        assert_true(fabs(running[999] - s) < 1e-12);
        assert_true(fabs(running[339] - shell(0.055, 0, 2.4, 0) - shell(0.055, 2.4, 3.4, 2.5)) < 1e-9);
        vt_results_release(&r);
    }
}

/* A curve that is not that of the sample beyond 6 angstrom counts up to there. */
static double with_images(double r)
{
    return r > 7 ? 5 : shells(r);
}

static void integrals_end_where_the_curve_is_no_longer_that_of_the_sample(void **state)
{
    (void)state;
    struct vt_results r =
        make_pdf(2, 0.3, 0.055, 0.01, 1000, many, (curve *const[]){with_images, with_images, with_images});
    *vt_results_find(&r, "pdf/r_valid")->value = 6;
    apply(&r, 5);
    static const char *const name[] = {"entropy/s_xray", "entropy/s_number", "entropy/s_partial_sum"};
    for (int q = 0; q < 3; q++) assert_true(fabs(*of(&r, name[q]) + 4.48038443) < 1e-4);
    assert_true(fabs(*of(&r, "entropy/r_end") - 6) < 1e-12);
    assert_int_equal(vt_results_find(&r, "entropy/running_xray")->axis[0].n, 600);
    vt_results_release(&r);
}

/* FCC Cu, a = 3.615 angstrom, each shell a Gaussian in r: g = sum_s n_s G(r - R_s) / (4 pi rho r^2). */
static double fcc_sigma;
static double fcc_g(double r)
{
    const double a = 3.615, rho = 4 / (a * a * a);
    static double distance[64], number[64];
    static int n;
    if (!n) /* shells up to 14 angstrom */
        for (int i = -8; i <= 8; i++)
            for (int j = -8; j <= 8; j++)
                for (int l = -8; l <= 8; l++) {
                    double d = a / 2 * sqrt(i * i + j * j + l * l);
                    int q = 0;
                    if ((i + j + l) % 2 != 0 || d == 0 || d > 14) continue;
                    while (q < n && fabs(distance[q] - d) > 1e-9) q++;
                    if (q == n) distance[n++] = d;
                    number[q]++;
                }
    double g = 0;
    for (int q = 0; q < n; q++) {
        double u = (r - distance[q]) / fcc_sigma;
        if (fabs(u) < 8)
            g += number[q] * exp(-u * u / 2) / (fcc_sigma * sqrt(2 * M_PI)) / (4 * M_PI * rho * r * r);
    }
    return g;
}

static double fcc(double sigma, double r_max)
{
    fcc_sigma = sigma;
    return entropy(fcc_g, 4 / (3.615 * 3.615 * 3.615), 0.001, r_max);
}

static void broadened_fcc_copper(void **state)
{
    (void)state;
    static const double sigma[] = {.05, .1, .2};
    static const double to_6[] = {-53.75467, -26.91336, -7.53138}, to_10[] = {-185.879, -73.5426, -16.6664};
    for (int q = 0; q < 3; q++) {
        assert_true(fabs(fcc(sigma[q], 6) / to_6[q] - 1) < 1e-3);
        assert_true(fabs(fcc(sigma[q], 10) / to_10[q] - 1) < 1e-3);
    }
    /* S diverges like ln sigma, once for every two of the 78 neighbours within 6 angstrom. */
    assert_true(fabs((fcc(.02, 6) - fcc(.01, 6)) / log(2) - 39) < 0.05);
}

/* Three different pairs of an alloy A30 B70: steps at whole bins, so that every integral is a sum of shells.
 */
static const double edges[] = {0, 2.2, 3, 3.8, 5, 8};
static const double levels[3][5] = {{0, 0, 4.2, 0.5, 1}, {0, 3.1, 0.4, 1.2, 1}, {0, 0, 1.9, 0.7, 1}};
static double level(int pair, double r)
{
    int q = 0;
    while (r > edges[q + 1]) q++;
    return levels[pair][q];
}
static double g_aa(double r)
{
    return level(0, r);
}
static double g_ab(double r)
{
    return level(1, r);
}
static double g_bb(double r)
{
    return level(2, r);
}

static void totals_and_pairs_of_an_alloy_follow_from_its_shells(void **state)
{
    (void)state;
    const double rho = 0.06, c = 0.3, number[] = {0.09, 0.42, 0.49}; /* c^2, 2 c (1 - c), (1 - c)^2 */
    const double mean_z = 0.3 * 29 + 0.7 * 40;                       /* Z of Cu and Zr */
    const double xray[] = {number[0] * 29 * 29 / (mean_z * mean_z), number[1] * 29 * 40 / (mean_z * mean_z),
                           number[2] * 40 * 40 / (mean_z * mean_z)};
    double pair[3] = {0}, by_number = 0, by_xray = 0;
    for (int q = 0; q < 5; q++) {
        double g_number = 0, g_xray = 0;
        for (int p = 0; p < 3; p++) {
            pair[p] += number[p] * shell(rho, edges[q], edges[q + 1], levels[p][q]);
            g_number += number[p] * levels[p][q];
            g_xray += xray[p] * levels[p][q];
        }
        by_number += shell(rho, edges[q], edges[q + 1], g_number);
        by_xray += shell(rho, edges[q], edges[q + 1], g_xray);
    }
    struct vt_results r = make_pdf(2, c, rho, 0.02, 400, many, (curve *const[]){g_aa, g_ab, g_bb});
    apply(&r, 3.8);
    assert_true(fabs(*of(&r, "entropy/s_number") - by_number) < 1e-9);
    assert_true(fabs(*of(&r, "entropy/s_xray") - by_xray) < 1e-9);
    for (int p = 0; p < 3; p++) assert_true(fabs(of(&r, "entropy/s_pair")[p] - pair[p]) < 1e-9);
    assert_true(fabs(*of(&r, "entropy/s_partial_sum") - (pair[0] + pair[1] + pair[2])) < 1e-9);
    assert_true(fabs(of(&r, "entropy/running_number")[399] - by_number) < 1e-9);
    assert_true(fabs(of(&r, "entropy/running_xray")[399] - by_xray) < 1e-9);
    assert_true(fabs(of(&r, "entropy/running_partial_sum")[399] - (pair[0] + pair[1] + pair[2])) < 1e-9);
    assert_true(fabs(of(&r, "entropy/s_pair_below")[1] -
                     number[1] * (shell(rho, 0, 2.2, 0) + shell(rho, 2.2, 3, 3.1) + shell(rho, 3, 3.8, .4))) <
                1e-9);
    /* They are as different as an alloy makes them: none passes for another. */
    assert_true(fabs(by_number - by_xray) > 0.01 && fabs(by_number - pair[0] - pair[1] - pair[2]) > 1);
    vt_results_release(&r);
}

/* What is removed for many counts: V rho / 2 (Var(g) / 2 g) of every bin, in which each pair brings w^2 phi
 * g_ab / I to Var(g); I = 1e4 counts, so h is 1/2 to 1e-5 a bin of counts. Smooth form: no parity. */
static void removed_bias_is_the_variance_of_the_counts(void **state)
{
    (void)state;
    const double ideal = 1e4, rho = 0.06, mean_z = 0.3 * 29 + 0.7 * 40, phi[] = {1.5, 4, 1};
    const double w[2][3] = {{0.09, 0.42, 0.49},
                            {0.09 * 29 * 29 / (mean_z * mean_z), 0.42 * 29 * 40 / (mean_z * mean_z),
                             0.49 * 40 * 40 / (mean_z * mean_z)}};
    struct vt_results r = make_pdf(2, 0.3, rho, 0.02, 400, ideal, (curve *const[]){g_aa, g_ab, g_bb});
    memcpy(vt_results_find(&r, "pdf/overdispersion")->value, phi, sizeof phi);
    const struct vt_measured smooth = {.left_out = true};
    double options = 3.8, total[2] = {0}, pair[3] = {0};
    must(vt_operator_entropy.apply(&options, &smooth, &r));
    for (int k = 0; k < 400; k++) {
        double r0 = k * 0.02, r1 = r0 + 0.02;
        double scale = -rho / 2 * 4 * M_PI / 3 * (r1 * r1 * r1 - r0 * r0 * r0);
        for (int q = 0; q < 2; q++) {
            double g = 0, variance = 0;
            for (int p = 0; p < 3; p++) {
                g += w[q][p] * level(p, r0 + 0.01);
                variance += w[q][p] * w[q][p] * phi[p] * level(p, r0 + 0.01) / ideal;
            }
            if (g > 0) total[q] += scale * variance / (2 * g);
        }
        for (int p = 0; p < 3; p++)
            if (level(p, r0 + 0.01) > 0) pair[p] += scale * w[0][p] * phi[p] / (2 * ideal);
    }
    assert_true(fabs(*of(&r, "entropy/bias_number") / total[0] - 1) < 1e-3);
    assert_true(fabs(*of(&r, "entropy/bias_xray") / total[1] - 1) < 1e-3);
    for (int p = 0; p < 3; p++) assert_true(fabs(of(&r, "entropy/bias_pair")[p] / pair[p] - 1) < 1e-3);
    assert_true(fabs(*of(&r, "entropy/bias_partial_sum") / (pair[0] + pair[1] + pair[2]) - 1) < 1e-3);
    vt_results_release(&r);
}

/* Grassberger's definition: G = psi(n) + (-1)^n / 2 [psi((n + 1) / 2) - psi(n / 2)]. */
static void excess_follows_from_grassbergers_function(void **state)
{
    (void)state;
    for (int n = 1; n < 2000; n++) {
        double half = (gsl_sf_psi((n + 1) / 2.0) - gsl_sf_psi(n / 2.0)) / 2;
        double log_count = gsl_sf_psi(n) + (n % 2 ? -half : half);
        assert_true(fabs(vt_entropy_excess(n, false) - n * (log(n) - log_count)) < 1e-9);
        assert_true(fabs(vt_entropy_excess(n, true) - n * (log(n) - gsl_sf_psi(n))) < 1e-9);
    }
    assert_true(vt_entropy_excess(0, false) == 0 && vt_entropy_excess(0, true) == 0);
}

/* The mean over a Poisson distribution of n ln n - excess(n), minus lambda ln lambda; summed far beyond the
 * tail. */
static double bias(double lambda, double (*excess)(double))
{
    double sum = 0;
    for (int n = 1; n < lambda + 12 * sqrt(lambda) + 40; n++)
        sum += exp(n * log(lambda) - lambda - lgamma(n + 1)) * (n * log(n) - excess(n));
    return sum - lambda * log(lambda);
}

static double ours(double n)
{
    return vt_entropy_excess(n, false);
}

static double second_order(double n)
{
    (void)n;
    return 0.5;
}

/* Why it is used: at every mean count it leaves less bias than the second-order term. */
static void excess_leaves_hardly_any_bias_for_poisson_counts(void **state)
{
    (void)state;
    for (double lambda = 0.05; lambda < 300; lambda *= 1.3) {
        assert_true(fabs(bias(lambda, ours)) < 0.15);
        if (lambda > 3) assert_true(fabs(bias(lambda, ours)) < 2e-3);
        assert_true(fabs(bias(lambda, ours)) < fabs(bias(lambda, second_order)));
    }
    assert_true(bias(1, second_order) > 0.25); /* what it is compared with is worth correcting */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hard_core_alone),
        cmocka_unit_test(gaussian_bump_matches_its_series),
        cmocka_unit_test(shells_of_constant_g),
        cmocka_unit_test(parts_below_and_above_the_split_add_up),
        cmocka_unit_test(integrals_end_where_the_curve_is_no_longer_that_of_the_sample),
        cmocka_unit_test(broadened_fcc_copper),
        cmocka_unit_test(totals_and_pairs_of_an_alloy_follow_from_its_shells),
        cmocka_unit_test(removed_bias_is_the_variance_of_the_counts),
        cmocka_unit_test(excess_follows_from_grassbergers_function),
        cmocka_unit_test(excess_leaves_hardly_any_bias_for_poisson_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
