/* The instrument on S(q) with known answers: resolution and counting noise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "analysis/instrument.h"

enum { N = 2500 };
static double q[N], s[N], one[N], measured[N], noise[N];

static void setup(void)
{
    for (int k = 0; k < N; k++) q[k] = 0.01 * (k + 1), one[k] = 1;
}

/* A normal peak of width w at q0 gets the width sqrt(w^2 + (q_broad q0)^2); its tails reach places where the
 * resolution is another, which is of the order q_broad. */
static void resolution_adds_in_squares(void **state)
{
    (void)state;
    const struct vt_instrument in = {.q_broad = 0.01};
    for (int k = 0; k < N; k++) s[k] = 1 + 3 * exp(-pow((q[k] - 8) / 0.05, 2) / 2);
    vt_instrument_measure(&in, N, 0, q, s, one, one, 0, measured, noise);
    double sum = 0, square = 0;
    for (int k = 0; k < N; k++) {
        sum += measured[k] - 1;
        square += (measured[k] - 1) * pow(q[k] - 8, 2);
        assert_true(noise[k] == 0);
    }
    print_message("width %.4f, area %.4f\n", sqrt(square / sum), sum * 0.01);
    assert_true(fabs(sqrt(square / sum) / sqrt(0.05 * 0.05 + 0.08 * 0.08) - 1) < 0.01);
    assert_true(fabs(sum * 0.01 / (3 * 0.05 * sqrt(2 * M_PI)) - 1) < 0.01);
}

/* A shell at r gives S - 1 = sin(q r) / (q r), which the resolution damps by exp(-(q_broad q r)^2 / 2): a
 * peak at r as wide as q_broad r. */
static void a_shell_is_widened_by_its_distance(void **state)
{
    (void)state;
    const double r = 9, broad = 0.004;
    const struct vt_instrument in = {.q_broad = broad};
    for (int k = 0; k < N; k++) s[k] = 1 + sin(q[k] * r) / (q[k] * r);
    vt_instrument_measure(&in, N, 0, q, s, one, one, 0, measured, noise);
    for (int k = 100; k < 2300; k++) /* the last hundredths of the range see only one side */
        assert_true(fabs(q[k] * (measured[k] - 1) - sin(q[k] * r) / r * exp(-pow(broad * q[k] * r, 2) / 2)) <
                    0.02 / r);
}

/* Noise of n counts: of 300 seeds the scatter is that said, 4 % being its own error; I' = 4 (S' - 1) + 5 with
 * the mean of it over the window gives n. No number is used twice, and none before the window. */
static void noise_is_that_of_counts(void **state)
{
    (void)state;
    enum { SEEDS = 300, AT = 700, FIRST = 50 };
    static double four[N], five[N];
    double mean = 0, square = 0, product = 0, intensity = 0;
    for (int k = 0; k < N; k++) s[k] = 1 + 0.5 * sin(q[k]), four[k] = 4, five[k] = 5;
    for (int k = FIRST; k < N; k++) intensity += (4 * (s[k] - 1) + 5) / (N - FIRST);
    for (int seed = 0; seed < SEEDS; seed++) {
        const struct vt_instrument in = {.counts = 1e4, .noise_seed = seed};
        vt_instrument_measure(&in, N, FIRST, q, s, four, five, 0, measured, noise);
        double x = (measured[AT] - s[AT]) / noise[AT];
        mean += x / SEEDS;
        square += x * x / SEEDS;
        product += x * (measured[AT + 1] - s[AT + 1]) / noise[AT + 1] / SEEDS;
        assert_true(measured[FIRST - 1] == s[FIRST - 1] && noise[FIRST - 1] == 0);
    }
    double here = 4 * (s[AT] - 1) + 5, n = 1e4 * here / intensity;
    assert_true(fabs(noise[AT] - here / 4 / sqrt(n)) < 1e-12);
    assert_true(fabs(mean) < 4 / sqrt(SEEDS) && fabs(square - 1) < 4 * sqrt(2.0 / SEEDS));
    assert_true(fabs(product) < 4 / sqrt(SEEDS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolution_adds_in_squares),
        cmocka_unit_test(a_shell_is_widened_by_its_distance),
        cmocka_unit_test(noise_is_that_of_counts),
    };
    setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
