/* Peaks: both forms come back, errors are those of repeated noise, and curves without one are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/peak.h"
#include "core/random.h"

enum { N = 400 };
static double x[N], y[N];

/* The published form: base, area, place, full width at half maximum; about that of a metallic glass. */
static void gaussian(double base, double area, double place, double width, double noise, int trial)
{
    for (int k = 0; k < N; k++) {
        double g[4];
        vt_normal4(3, k, trial, VT_RANDOM_TEST, g);
        x[k] = 1 + 0.01 * k;
        y[k] = base +
               area / (width * sqrt(M_PI / (4 * M_LN2))) * exp(-4 * M_LN2 * pow((x[k] - place) / width, 2)) +
               noise * g[0];
    }
}

static void a_gaussian_comes_back(void **state)
{
    (void)state;
    struct vt_peak p;
    gaussian(0.4, 1.2, 2.6625, 0.37, 0, 0);
    assert_int_equal(vt_peak_fit(N, x, y, 2, 4, 0.5, VT_PEAK_GAUSSIAN, &p), VT_OK);
    assert_true(fabs(p.place - 2.6625) < 1e-6 && fabs(p.width - 0.37) < 1e-5 && fabs(p.base - 0.4) < 1e-4);
    assert_true(fabs(p.height - 1.2 / (0.37 * sqrt(M_PI / (4 * M_LN2)))) < 1e-4);
    assert_true(p.points == 37); /* 0.37 / 0.01: the upper half */
}

static void a_pseudo_voigt_comes_back(void **state)
{
    (void)state;
    struct vt_peak p;
    for (int k = 0; k < N; k++) {
        x[k] = 1 + 0.01 * k;
        double u = 2 * (x[k] - 2.7) / 0.4;
        y[k] = 0.2 + 2.5 * (0.4 / (1 + u * u) + 0.6 * exp(-M_LN2 * u * u));
    }
    assert_int_equal(vt_peak_fit(N, x, y, 1.5, 4, 0.2, VT_PEAK_PSEUDO_VOIGT, &p), VT_OK);
    assert_true(fabs(p.place - 2.7) < 1e-6 && fabs(p.width - 0.4) < 1e-4 && fabs(p.mixing - 0.4) < 1e-3);
    assert_true(fabs(p.height - 2.5) < 1e-3 && fabs(p.base - 0.2) < 1e-3);
}

/* 200 trials with noise of 1 % of the height: no bias, and place and width within their errors in 60 to 76 %.
 */
static void errors_cover(void **state)
{
    (void)state;
    enum { TRIALS = 200 };
    int place = 0, width = 0;
    double bias = 0;
    for (int trial = 1; trial <= TRIALS; trial++) {
        struct vt_peak p;
        gaussian(0.4, 1.2, 2.6625, 0.37, 0.03, trial);
        assert_int_equal(vt_peak_fit(N, x, y, 2, 4, 0.5, VT_PEAK_GAUSSIAN, &p), VT_OK);
        place += fabs(p.place - 2.6625) < p.place_error;
        width += fabs(p.width - 0.37) < p.width_error;
        bias += (p.place - 2.6625) / TRIALS;
    }
    print_message("place within its error in %d, width in %d of %d; place off by %.1e\n", place, width,
                  TRIALS, bias);
    assert_true(place > 120 && place < 152 && width > 120 && width < 152);
    assert_true(fabs(bias) < 3e-4);
}

static void refuse(double from, double to, const char *message)
{
    struct vt_peak p;
    assert_int_equal(vt_peak_fit(N, x, y, from, to, 0.5, VT_PEAK_GAUSSIAN, &p), VT_EPHYSICS);
    if (!strstr(vt_message(), message)) fail_msg("'%s' does not say '%s'", vt_message(), message);
}

static void what_is_no_peak_is_refused(void **state)
{
    (void)state;
    gaussian(0.4, 1.2, 2.6625, 0.37, 0, 0);
    refuse(3, 4, "the highest point is at an end");
    refuse(2.6, 2.7, "does not come down on both sides");
    refuse(9, 10, "the highest point is at an end");
    gaussian(0.4, 1.2, 2.6625, 0.02, 0, 0);
    refuse(2, 4, "points near");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gaussian_comes_back),
        cmocka_unit_test(a_pseudo_voigt_comes_back),
        cmocka_unit_test(errors_cover),
        cmocka_unit_test(what_is_no_peak_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
