/* Breaks of slope: exact curves, a planted series with noise, and data without breaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/breaks.h"
#include "core/random.h"

enum { N = 390 };

/* S_eq(T) as a heated glass has it, every 2 K from 93.15 K: slope 1.5e-3 k_B/K, which changes at gamma, beta
 * and T_g. */
static const double at[3] = {220, 450, 709}, change[3] = {4e-4, 5e-4, 4e-3};

static void make(double *x, double *y, double noise, int trial)
{
    for (int i = 0; i < N; i++) {
        double g[4];
        x[i] = 93.15 + 2 * i;
        y[i] = -4.8 + 1.5e-3 * (x[i] - 93.15);
        for (int k = 0; k < 3; k++) y[i] += x[i] > at[k] ? change[k] * (x[i] - at[k]) : 0;
        vt_normal4(7, trial, i, VT_RANDOM_TEST, g);
        y[i] += noise * g[0];
    }
}

static void exact_breaks_are_found(void **state)
{
    (void)state;
    double x[N], y[N];
    struct vt_breaks b;
    make(x, y, 0, 0);
    assert_int_equal(vt_breaks_fit(N, x, y, NULL, 3, &b), VT_OK);
    for (int k = 0; k < 3; k++) {
        assert_true(fabs(b.point[k].at - at[k]) < 1e-3);
        assert_true(fabs(b.point[k].change - change[k]) < 1e-8);
    }
    assert_true(fabs(b.slope - 1.5e-3) < 1e-8 && b.rms < 1e-7);
}

/* Sanitizers look at memory, and are slow; the numbers are those of the other build. */
#ifdef __SANITIZE_ADDRESS__
enum { TRIALS = 20 };
#else
enum { TRIALS = 200 };
#endif

/* With noise of 0.005 k_B: T_g within 5 K in every one of 200 trials, no bias, and in 60 to 76 % of them
 * within its error (68 % and three standard deviations of 200 trials); of the others, beta and gamma, the
 * same coverage. Trials that refuse, as a change is lost in noise, count for nothing. */
static void planted_breaks_are_found_with_their_errors(void **state)
{
    (void)state;
    int covered[3] = {0}, found = 0;
    double bias = 0, worst = 0;
    for (int trial = 1; trial <= TRIALS; trial++) {
        double x[N], y[N], error[N];
        struct vt_breaks b;
        make(x, y, 0.005, trial);
        for (int i = 0; i < N; i++) error[i] = 0.005;
        if (vt_breaks_fit(N, x, y, trial % 2 ? error : NULL, 3, &b) != VT_OK) continue;
        found++;
        for (int k = 0; k < 3; k++) covered[k] += fabs(b.point[k].at - at[k]) < b.point[k].at_error;
        bias += b.point[2].at - at[2];
        worst = fmax(worst, fabs(b.point[2].at - at[2]));
        assert_true(fabs(b.chi2 - 1) < 0.4);
    }
    print_message("found in %d of %d; within one error: %.0f, %.0f, %.0f %%; T_g off by %.2f K on average, "
                  "%.1f K at most\n",
                  found, TRIALS, 100. * covered[0] / found, 100. * covered[1] / found,
                  100. * covered[2] / found, bias / found, worst);
    assert_true(found > 0.9 * TRIALS);
    assert_true(worst < 5);
    assert_true(fabs(bias / found) < 0.2);
    assert_true(fabs(covered[2] - 0.68 * found) <= (TRIALS < 200 ? 0.5 : 0.08) * found);
}

static void data_without_breaks_are_refused(void **state)
{
    (void)state;
    double x[N], y[N];
    struct vt_breaks b;
    for (int i = 0; i < N; i++) {
        double g[4];
        vt_normal4(8, 1, i, VT_RANDOM_TEST, g);
        x[i] = i;
        y[i] = 0.1 * i + g[0];
    }
    assert_int_equal(vt_breaks_fit(N, x, y, NULL, 1, &b), VT_EPHYSICS);
    assert_non_null(strstr(vt_message(), "no 1 breaks"));
    assert_int_equal(vt_breaks_fit(20, x, y, NULL, 2, &b), VT_EINPUT);
    assert_int_equal(vt_breaks_fit(N, x, y, NULL, 4, &b), VT_EINPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_breaks_are_found),
        cmocka_unit_test(planted_breaks_are_found_with_their_errors),
        cmocka_unit_test(data_without_breaks_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
