/* Two-body entropy of curves with exact answers, and the count estimator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>

#include "analysis/entropy.h"

enum { N = 20000 };
static double r[N], g[N];

static void grid(int n, double dr)
{
    for (int k = 0; k < n; k++) r[k] = (k + 0.5) * dr;
}

static double entropy(int n, double rho, double r_max)
{
    struct vt_entropy_parts s;
    assert_int_equal(vt_entropy_curve(r, g, n, rho, r_max, 5, &s), VT_OK);
    return s.all;
}

/* g = 0 below sigma, 1 above: S = -(2 pi / 3) rho sigma^3. Exact, as sigma is the edge of a bin. */
static void hard_core_alone(void **state)
{
    (void)state;
    grid(1000, 0.01);
    for (int k = 0; k < 1000; k++) g[k] = r[k] > 2.4;
    double s = entropy(1000, 0.055, 10);
    assert_true(fabs(s + 1.592410) < 1e-4); /* known number */
    assert_true(fabs(s + 2 * M_PI / 3 * 0.055 * 2.4 * 2.4 * 2.4) < 1e-12);
}

/* A curve that begins outside the core gives the same: the core belongs to the integral. */
static void core_below_the_first_point_counts(void **state)
{
    (void)state;
    for (int k = 0; k < 760; k++) r[k] = 2.4 + (k + 0.5) * 0.01, g[k] = 1;
    assert_true(fabs(entropy(760, 0.055, 10) + 2 * M_PI / 3 * 0.055 * 2.4 * 2.4 * 2.4) < 1e-12);
}

/* g = 1 + e exp(-r^2 / a^2): term by term S = -2 pi rho a^3 (sqrt(pi) / 4) sum_k (-e)^k / [k (k - 1)
 * k^(3/2)]. Bins of 0.005 angstrom: an error of the order dr^2 / a^2 = 3e-6 of S. */
static void gaussian_bump_matches_its_series(void **state)
{
    (void)state;
    static const double known[][2] = {
        {.1, -0.00718032}, {.5, -0.16837193}, {.9, -0.51600868}, {-.5, -0.20277348}};
    grid(4000, 0.005);
    for (unsigned q = 0; q < 4; q++) {
        double e = known[q][0], series = 0;
        for (int k = 2; k < 2000; k++) series += pow(-e, k) / (k * (k - 1.0) * pow(k, 1.5));
        series *= -2 * M_PI * 0.055 * 27 * sqrt(M_PI) / 4;
        for (int k = 0; k < 4000; k++) g[k] = 1 + e * exp(-r[k] * r[k] / 9);
        double s = entropy(4000, 0.055, 20);
        assert_true(fabs(s - known[q][1]) < 1e-6);
        assert_true(fabs(s - series) < 1e-6);
    }
}

static double shells(double x)
{
    return x < 2.4 ? 0 : x < 3.4 ? 2.5 : x < 4.4 ? 0.6 : x < 6 ? 1.1 : 1;
}

/* Piecewise constant g: the sum of exact shells; also when an end of the integral cuts a bin. */
static void shells_of_constant_g(void **state)
{
    (void)state;
    grid(1000, 0.01);
    for (int k = 0; k < 1000; k++) g[k] = shells(r[k]);
    assert_true(fabs(entropy(1000, 0.055, 6) + 4.48038443) < 1e-4); /* known number */
    assert_true(fabs(entropy(1000, 0.055, 10) + 4.48038443) < 1e-4);
    double to_3 = -2 * M_PI / 3 * 0.055 * (2.4 * 2.4 * 2.4 + (27 - 2.4 * 2.4 * 2.4) * (2.5 * log(2.5) - 1.5));
    assert_true(fabs(entropy(1000, 0.055, 3.0) - to_3) < 1e-10);
    double to_3x = to_3 - 2 * M_PI / 3 * 0.055 * (pow(3.0034, 3) - 27) * (2.5 * log(2.5) - 1.5);
    assert_true(fabs(entropy(1000, 0.055, 3.0034) - to_3x) < 1e-10);
}

static void parts_below_and_above_the_split_add_up(void **state)
{
    (void)state;
    grid(1000, 0.01);
    for (int k = 0; k < 1000; k++) g[k] = shells(r[k]);
    double last = 0;
    for (double split = 0; split < 11; split += 0.1234) {
        struct vt_entropy_parts s;
        assert_int_equal(vt_entropy_curve(r, g, 1000, 0.055, 10, split, &s), VT_OK);
        assert_true(fabs(s.below + s.above - s.all) < 1e-10);
        assert_true(s.below <= last + 1e-15); /* every shell lowers S */
        assert_true(fabs(s.below - (split > 0 ? entropy(1000, 0.055, fmin(split, 10)) : 0)) < 1e-10);
        last = s.below;
    }
    assert_true(last < -4);
}

/* FCC Cu, a = 3.615 angstrom, each shell a Gaussian in r: g = sum_s n_s G(r - R_s) / (4 pi rho r^2). */
static double fcc(double sigma, double r_max)
{
    const double a = 3.615, rho = 4 / (a * a * a);
    int n = (int)lround(r_max / 0.001);
    grid(n, 0.001);
    for (int k = 0; k < n; k++) g[k] = 0;
    enum { M = 8 };
    for (int i = -M; i <= M; i++)
        for (int j = -M; j <= M; j++)
            for (int l = -M; l <= M; l++) {
                double d = a / 2 * sqrt(i * i + j * j + l * l);
                if ((i + j + l) % 2 != 0 || d == 0 || d > r_max + 8 * sigma) continue;
                int low = (int)fmax((d - 8 * sigma) / 0.001, 0), high = (int)fmin((d + 8 * sigma) / 0.001, n);
                for (int k = low; k < high; k++) {
                    double u = (r[k] - d) / sigma;
                    g[k] += exp(-u * u / 2) / (sigma * sqrt(2 * M_PI)) / (4 * M_PI * rho * r[k] * r[k]);
                }
            }
    return entropy(n, rho, r_max);
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

static void negative_g_counts_as_core_and_is_reported(void **state)
{
    (void)state;
    grid(1000, 0.01);
    for (int k = 0; k < 1000; k++) g[k] = shells(r[k]);
    double clean = entropy(1000, 0.055, 10);
    for (int k = 10; k < 22; k++) g[k] = -0.3;
    struct vt_entropy_parts s;
    assert_int_equal(vt_entropy_curve(r, g, 1000, 0.055, 10, 5, &s), VT_OK);
    assert_int_equal(s.clipped, 12);
    assert_true(fabs(s.all - clean) < 1e-14);
}

static void unusable_curves_are_refused(void **state)
{
    (void)state;
    struct vt_entropy_parts s;
    grid(100, 0.1);
    for (int k = 0; k < 100; k++) g[k] = 1;
    assert_int_equal(vt_entropy_curve(r, g, 100, 0.055, 10, 5, &s), VT_OK);
    assert_int_equal(vt_entropy_curve(r, g, 100, 0.055, 10.1, 5, &s), VT_EINPUT);
    g[40] = NAN;
    assert_int_equal(vt_entropy_curve(r, g, 100, 0.055, 10, 5, &s), VT_EINPUT);
    g[40] = 1, r[40] = r[39];
    assert_int_equal(vt_entropy_curve(r, g, 100, 0.055, 10, 5, &s), VT_EINPUT);
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
        cmocka_unit_test(core_below_the_first_point_counts),
        cmocka_unit_test(gaussian_bump_matches_its_series),
        cmocka_unit_test(shells_of_constant_g),
        cmocka_unit_test(parts_below_and_above_the_split_add_up),
        cmocka_unit_test(broadened_fcc_copper),
        cmocka_unit_test(negative_g_counts_as_core_and_is_reported),
        cmocka_unit_test(unusable_curves_are_refused),
        cmocka_unit_test(excess_follows_from_grassbergers_function),
        cmocka_unit_test(excess_leaves_hardly_any_bias_for_poisson_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
