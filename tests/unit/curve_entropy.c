/* S_eq of curves: parts that add up, errors to first order, correlated noise, and the density of a slope. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/curve_entropy.h"
#include "analysis/noise.h"
#include "core/random.h"

enum { N = 1200 };
static const double rho = 0.0538345;
static double r[N], g[N];

static void make(double step)
{
    for (int k = 0; k < N; k++) {
        r[k] = step * (k + 1);
        double shell =
            2 * exp(-pow((r[k] - 2.75) / 0.22, 2) / 2) + 0.5 * exp(-pow((r[k] - 4.8) / 0.5, 2) / 2);
        g[k] = r[k] < 2.2 ? 0 : 1 + shell - 0.4 * exp(-pow((r[k] - 3.6) / 0.3, 2));
    }
}

static void parts_are_those_of_curves_that_end_there(void **state)
{
    (void)state;
    make(0.01);
    double edge[] = {0, 1.5, 2.2, 2.205, 5, 5.5531, 12}, part[7];
    struct vt_curve_entropy whole = vt_curve_s_parts(N, r, g, rho, 2, 7, edge, part);
    assert_true(part[0] == 0 && part[6] == whole.s);
    assert_true(whole.s == vt_curve_s(N, r, g, rho, 2).s);
    assert_true(fabs(part[1] + 2 * M_PI * rho * pow(1.5, 3) / 3) < 1e-12); /* the empty core */
    assert_true(fabs(part[4] - vt_curve_s(500, r, g, rho, 2).s) < 1e-12);
    double between = vt_curve_s(555, r, g, rho, 2).s, next = vt_curve_s(556, r, g, rho, 2).s;
    assert_true((part[5] - between) * (part[5] - next) < 0);
}

/* The weights are the derivatives of S, by differences. */
static void weights_are_derivatives(void **state)
{
    (void)state;
    double c[N];
    make(0.01);
    vt_curve_s_weights(N, r, g, rho, 2, c);
    for (int k = 0; k < N; k += 7) {
        const double step = 1e-5, before = g[k];
        if (r[k] < 2 || !(before > 0)) {
            assert_true(c[k] == 0);
            continue;
        }
        g[k] = before + step;
        double up = vt_curve_s(N, r, g, rho, 2).s;
        g[k] = before - step;
        double down = vt_curve_s(N, r, g, rho, 2).s;
        g[k] = before;
        assert_true(fabs((up - down) / (2 * step) - c[k]) < 1e-8);
    }
}

/* White noise through `width` neighbours: neighbours scatter together, as points of a Fourier transform do.
 */
static void correlated(int trial, int width, int n, double *e)
{
    for (int k = 0; k < n; k++) {
        double g4[4];
        e[k] = 0;
        for (int q = 0; q < width; q++) {
            vt_normal4(5, trial, k + q, VT_RANDOM_TEST, g4);
            e[k] += g4[0] / sqrt(width);
        }
    }
}

/* 200 curves with noise of G(r) correlated over 20 points: S is within the error that follows from the noise
 * beyond the shells in 60 to 76 % about its mean over all. Errors that take points as independent would be
 * four times too small. */
static void errors_from_noise_cover(void **state)
{
    (void)state;
    enum { TRIALS = 200, BEYOND = 1500 };
    static double e[N + BEYOND], noisy[N], c[N], s[TRIALS], error[TRIALS];
    double mean = 0, naive = 0;
    int within = 0;
    make(0.01);
    vt_curve_s_weights(N, r, g, rho, 2, c);
    for (int k = 0; k < N; k++) c[k] /= 4 * M_PI * rho * r[k];
    for (int trial = 0; trial < TRIALS; trial++) {
        correlated(trial, 20, N + BEYOND, e);
        for (int k = 0; k < N + BEYOND; k++) e[k] *= 0.02;
        for (int k = 0; k < N; k++) noisy[k] = g[k] > 0 ? g[k] + e[k] / (4 * M_PI * rho * r[k]) : 0;
        s[trial] = vt_curve_s(N, r, noisy, rho, 2).s;
        error[trial] = sqrt(vt_noise_variance(N, c, BEYOND, e + N));
        mean += s[trial] / TRIALS;
    }
    for (int k = 0; k < N; k++) naive += pow(0.02 * c[k], 2);
    for (int trial = 0; trial < TRIALS; trial++) within += fabs(s[trial] - mean) < error[trial];
    print_message(
        "within the error of the noise: %.0f %% of %d; error %.5f, %.5f if points were independent\n",
        100. * within / TRIALS, TRIALS, error[0], sqrt(naive));
    assert_true(within > 0.60 * TRIALS && within < 0.76 * TRIALS);
    assert_true(error[0] > 3 * sqrt(naive));
}

/* White noise: the variance of a sum is the sum of variances. */
static void white_noise_adds_its_variances(void **state)
{
    (void)state;
    enum { M = 4000 };
    static double e[M], c[N];
    double expected = 0, sum = 0;
    correlated(3, 1, M, e);
    for (int k = 0; k < N; k++) c[k] = sin(0.01 * k), expected += c[k] * c[k];
    for (int trial = 0; trial < 20; trial++) {
        correlated(trial, 1, M, e);
        sum += vt_noise_variance(N, c, M, e) / 20;
    }
    assert_true(fabs(sum / expected - 1) < 0.1);
}

/* Slope -4 pi rho of a line exactly; with ripples on it the density is within its error in 60 to 76 % of
 * 2000.
 */
static void density_is_the_slope(void **state)
{
    (void)state;
    enum { TRIALS = 2000, M = 400 };
    static double reduced[M], x[M], e[M];
    double error;
    int within = 0;
    for (int k = 0; k < M; k++) x[k] = 0.01 * k, reduced[k] = -4 * M_PI * rho * x[k];
    assert_true(fabs(vt_curve_density(M, x, reduced, 2, &error) - rho) < 1e-12 && error < 1e-12);
    assert_true(fabs(-4 * M_PI * rho + 0.6765043) < 1e-6); /* the slope of this density */
    for (int trial = 0; trial < TRIALS; trial++) {
        correlated(trial + 1000, 8, M, e);
        for (int k = 0; k < M; k++) reduced[k] = -4 * M_PI * rho * x[k] + 0.05 * e[k];
        within += fabs(vt_curve_density(M, x, reduced, 2, &error) - rho) < error;
    }
    print_message("density within its error: %.0f %% of %d\n", 100. * within / TRIALS, TRIALS);
    assert_true(within > 0.60 * TRIALS && within < 0.76 * TRIALS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_those_of_curves_that_end_there),
        cmocka_unit_test(weights_are_derivatives),
        cmocka_unit_test(errors_from_noise_cover),
        cmocka_unit_test(white_noise_adds_its_variances),
        cmocka_unit_test(density_is_the_slope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
