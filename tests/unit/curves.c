/* Numbers in curves: lines that cross at a known place, peaks of known form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "core/random.h"
#include "potential/curves.h"

static const double low[2] = {300, 600}, high[2] = {1100, 1500};

/* y = 2 + 3e-4 T, and above t steeper by 1e-4; 60 points that lie at no round T. */
static double crossing(double t, double noise)
{
    double x[60], y[60];
    for (int k = 0; k < 60; k++) {
        double g[4];
        vt_normal4(1, k, 0, VT_RANDOM_TEST, g);
        x[k] = 1490.3 - 20.1 * k;
        y[k] = 2 + 3e-4 * x[k] + 1e-4 * fmax(x[k] - t, 0) + noise * g[0];
    }
    return vt_lines_cross(x, y, 60, low, high);
}

static void two_lines_cross_where_they_must(void **state)
{
    (void)state;
    assert_true(fabs(crossing(812.5, 0) - 812.5) < 1e-8);
    assert_true(fabs(crossing(601, 0) - 601) < 1e-8);
    /* Noise of 1e-4 in y: the lines are known to some 1e-4/sqrt 15 near 800 K, so T_g to some tenths of K. */
    assert_true(fabs(crossing(812.5, 1e-4) - 812.5) < 5);
}

static void a_crossing_that_no_window_can_tell_is_none(void **state)
{
    (void)state;
    const double x[] = {310, 400, 500, 1200, 1300}, y[] = {1, 2, 3, 4, 6};
    assert_true(isnan(vt_lines_cross(x, y, 5, low, high))); /* two points above */
    assert_true(isnan(crossing(400, 0)));                   /* inside a window: the line there is none */
    double line[60], t[60];
    for (int k = 0; k < 60; k++) t[k] = 300 + 20 * k, line[k] = 5 + 1e-4 * t[k];
    double same = vt_lines_cross(t, line, 60, low, high); /* parallel: by rounding, anywhere or nowhere */
    assert_true(isnan(same) || (same >= 600 && same <= 1100));
    const double gap[] = {310, NAN, 400, 500, 1200, NAN, 1300, 1400},
                 over[] = {1, NAN, 1.9, 2.9, 12, NAN, 14, 16}; /* blocks without frames */
    assert_true(isfinite(vt_lines_cross(gap, over, 8, low, high)));
}

enum { BINS = 300 };
#define WIDTH 0.02

static void fill(double *x, double *g, double *count, double at, double sigma, double pairs)
{
    double sum = 0;
    for (int k = 0; k < BINS; k++) {
        x[k] = (k + 0.5) * WIDTH;
        g[k] = 3 * exp(-0.5 * pow((x[k] - at) / sigma, 2));
        sum += g[k] * x[k] * x[k];
    }
    for (int k = 0; k < BINS; k++) count[k] = pairs * g[k] * x[k] * x[k] / sum;
}

/* The maximum of g, although the counts are highest further out. */
static void a_gaussian_peak_is_found_exactly(void **state)
{
    (void)state;
    double x[BINS], g[BINS], count[BINS];
    static const double at[] = {2.58, 2.8337, 3.14};
    for (int k = 0; k < 3; k++) {
        fill(x, g, count, at[k], 0.12, 1000);
        struct vt_peak p = vt_highest_peak(x, g, count, BINS, 3.8);
        assert_true(fabs(p.position - at[k]) < 1e-9 && fabs(p.height - 3) < 1e-9);
        /* g is above 0.65 of its maximum within 0.93 sigma: 0.65 of all pairs. */
        assert_true(p.count > 600 && p.count < 700);
    }
}

/* Counts of 2000 pairs scatter as their square roots. A parabola through ln g over +-0.93 sigma, where <t^2>
 * is 0.27 sigma^2: of its b the variance is 1 / (n 0.27 sigma^2), of -b/2c = b sigma^2 so sigma^2 / (0.27 n):
 * with n = 1300 in the top and sigma = 0.12, 0.0064 angstrom. The choice of the top adds a little. */
static void counting_noise_moves_a_peak_as_it_must(void **state)
{
    (void)state;
    enum { TIMES = 200 };
    double x[BINS], g[BINS], count[BINS], square = 0;
    for (int t = 0; t < TIMES; t++) {
        fill(x, g, count, 2.83, 0.12, 2000);
        for (int k = 0; k < BINS; k++) {
            double n[4], noisy;
            vt_normal4(2, k, t, VT_RANDOM_TEST, n);
            noisy = fmax(rint(count[k] + sqrt(count[k]) * n[0]), 0);
            g[k] *= count[k] > 0 ? noisy / count[k] : 0;
            count[k] = noisy;
        }
        square += pow(vt_highest_peak(x, g, count, BINS, 3.8).position - 2.83, 2);
    }
    double error = sqrt(square / TIMES);
    assert_true(error > 0.0055 && error < 0.0085);
}

static void what_rises_to_the_end_is_no_peak(void **state)
{
    (void)state;
    double x[BINS], g[BINS], count[BINS];
    fill(x, g, count, 4.6, 0.5, 1000); /* the second shell, where the first has no atoms */
    assert_true(isnan(vt_highest_peak(x, g, count, BINS, 3.8).position));
    for (int k = 0; k < BINS; k++) g[k] = count[k] = 0;
    assert_true(isnan(vt_highest_peak(x, g, count, BINS, 3.8).position));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_lines_cross_where_they_must),
        cmocka_unit_test(a_crossing_that_no_window_can_tell_is_none),
        cmocka_unit_test(a_gaussian_peak_is_found_exactly),
        cmocka_unit_test(counting_noise_moves_a_peak_as_it_must),
        cmocka_unit_test(what_rises_to_the_end_is_no_peak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
