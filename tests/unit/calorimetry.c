/* Moynihan's areas, tangents and half heights on curves whose answers are known, their errors on repeated
 * noise, and curves without a transition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/calorimetry.h"
#include "core/random.h"

enum { N = 1201 };
static double t[N], y[N];
static const struct vt_calorimetry_options plain = {
    .glass = {500, 600}, .liquid = {700, 800}, .degree = 1, .smooth = 4, .resamples = 0};

/* A step of 1 at 640 K from the glass's line to the liquid's, and a Gaussian of this area and standard
 * deviation of 6 K at 655 K. */
static void make(double area, double noise, int trial)
{
    for (int i = 0; i < N; i++) {
        double g[4], u;
        t[i] = 500 + 0.25 * i, u = (t[i] - 655) / 6;
        y[i] = 2 + 1e-3 * (t[i] - 640) +
               (t[i] > 640   ? 1
                : t[i] < 640 ? 0
                             : 0.5) +
               area / (6 * sqrt(2 * M_PI)) * exp(-u * u / 2);
        vt_normal4(5, i, trial, VT_RANDOM_TEST, g);
        y[i] += noise * g[0];
    }
}

/* T_f = 640 K - A / dCp exactly: the trapezoid rule halves the step's point, and the Gaussian is past all
 * digits at the windows. The asked 0.05 K are a fifth of the points' distance. */
static void an_overshoot_lowers_the_fictive_temperature_by_its_area(void **state)
{
    (void)state;
    static const double area[] = {0, 20, -10, 5};
    struct vt_transition x;
    for (int k = 0; k < 4; k++) {
        make(area[k], 0, 0);
        assert_int_equal(vt_transition_fit(VT_CURVE_CAPACITY, N, t, y, &plain, &x), VT_OK);
        print_message("area %g: T_f %.4f K, step %.6f\n", area[k], x.fictive.value, x.step.value);
        assert_true(fabs(x.fictive.value - (640 - area[k])) < 0.05);
        assert_true(fabs(x.step.value - 1) < 1e-6);
        print_message("  overshoot %.4f, area %.4f, at %.2f K\n", x.overshoot.value, x.overshoot_area.value,
                      x.peak.value);
        /* Smoothing alone makes 0.08 of the step, without an area; 3 % of the Gaussian lie below 643.7 K. */
        assert_true(isnan(x.peak.value) == (area[k] <= 0));
        if (area[k] > 0) assert_true(fabs(x.overshoot_area.value - area[k]) < 0.03 * area[k]);
    }
}

/* H(T) whose slope that curve is, so the same T_f, to rounding: both lines are exact. With the slope's line
 * of 1e-3 a K H is a parabola. */
static void of_the_enthalpy_it_is_where_the_baselines_meet(void **state)
{
    (void)state;
    struct vt_calorimetry_options o = plain;
    struct vt_transition x;
    o.degree = 2;
    for (int i = 0; i < N; i++) {
        t[i] = 500 + 0.25 * i;
        y[i] = 2 * (t[i] - 640) + 5e-4 * pow(t[i] - 640, 2) + (t[i] > 640 ? t[i] - 640 : 0) +
               20 * erfc(-(t[i] - 655) / (6 * sqrt(2))) / 2;
    }
    assert_int_equal(vt_transition_fit(VT_CURVE_INTEGRAL, N, t, y, &o, &x), VT_OK);
    assert_true(fabs(x.fictive.value - 620) < 1e-3);
    assert_true(fabs(x.step.value - 1) < 1e-5);
    /* Height of the overshoot: the Gaussian's, twice smoothed over 4 K; peak at its place. */
    assert_true(fabs(x.peak.value - 655) < 0.2);
    assert_true(fabs(x.overshoot.value - 20 / (6 * sqrt(2 * M_PI))) < 0.03);
}

/* A straight rise from 630 to 650 K: onset 630, half height and T_f 640 K, tangent anywhere on the rise. */
static void a_ramp_has_its_onset_and_half_height(void **state)
{
    (void)state;
    struct vt_transition x;
    for (int i = 0; i < N; i++) {
        t[i] = 500 + 0.25 * i;
        y[i] = 2 + 1e-3 * (t[i] - 640) + fmin(1, fmax(0, (t[i] - 630) / 20));
    }
    assert_int_equal(vt_transition_fit(VT_CURVE_CAPACITY, N, t, y, &plain, &x), VT_OK);
    assert_true(fabs(x.onset.value - 630) < 1e-3 && fabs(x.half.value - 640) < 1e-6);
    assert_true(fabs(x.fictive.value - 640) < 1e-3);
    assert_true(x.inflection.value > 630 && x.inflection.value < 650);
    assert_true(fabs(x.overshoot.value) < 0.02 && isnan(x.peak.value)); /* what smoothing makes of a corner */
}

/* An exotherm of 8 below the step, its place 618 K: T_f goes up by its area, and it is reported. The smoothed
 * Gaussian keeps its area to a percent; the tail beyond the step at 640 K, 3.7 sigma, is 1e-4 of it. */
static void an_exotherm_below_the_step_is_measured(void **state)
{
    (void)state;
    struct vt_calorimetry_options o = plain;
    struct vt_transition x;
    make(0, 0, 0);
    for (int i = 0; i < N; i++) y[i] -= 8 / (4 * sqrt(2 * M_PI)) * exp(-pow((t[i] - 618) / 4, 2) / 2);
    o.glass[1] = 590;
    assert_int_equal(vt_transition_fit(VT_CURVE_CAPACITY, N, t, y, &o, &x), VT_OK);
    print_message("exotherm %.4f, T_f %.3f\n", x.exotherm.value, x.fictive.value);
    assert_true(fabs(x.exotherm.value - 8) < 0.1 && fabs(x.fictive.value - 648) < 0.05);
}

/* Sanitizers look at memory, and are slow. */
#ifdef __SANITIZE_ADDRESS__
enum { TRIALS = 10 };
#else
enum { TRIALS = 200 };
#endif

/* Noise of 5 % of the step: independent; a moving mean of 5 white points, as instruments smooth; with a
 * memory, e_i = phi e_{i-1} + u_i, of 10 points. T_f and step lie within their bootstrap errors in 57.5
 * to 78.5 % of 200 trials (68.3 % and three standard deviations; 60 resamples blur an error by 9 %), and the
 * mean error is the spread of the trials to 20 %: 5 % of it are the spread's own, the rest that an
 * autoregression stands for a moving mean. */
static void errors_cover(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int width;
        double phi;
    } kind[] = {{"white", 1, 0}, {"moving mean of 5", 5, 0}, {"AR(0.9)", 1, 0.9}};
    for (size_t q = 0; q < sizeof kind / sizeof *kind; q++) {
        enum { WARM = 200 };
        const int width = kind[q].width;
        int fictive = 0, step = 0;
        double bias = 0, error = 0, squares = 0;
        for (int trial = 1; trial <= TRIALS; trial++) {
            struct vt_calorimetry_options o = plain;
            struct vt_transition x;
            double noise[WARM + N + 8], g[4];
            make(10, 0, 0);
            for (int i = 0; i < WARM + N + 8; i++) {
                vt_normal4(6, i, trial, VT_RANDOM_TEST, g);
                noise[i] = 0.05 * sqrt(1 - kind[q].phi * kind[q].phi) * g[0];
                if (i) noise[i] += kind[q].phi * noise[i - 1];
            }
            for (int i = 0; i < N; i++)
                for (int k = 0; k < width; k++) y[i] += noise[WARM + i + k] / sqrt(width);
            o.resamples = 60, o.seed = trial;
            assert_int_equal(vt_transition_fit(VT_CURVE_CAPACITY, N, t, y, &o, &x), VT_OK);
            fictive += fabs(x.fictive.value - 630) < x.fictive.error;
            step += fabs(x.step.value - 1) < x.step.error;
            bias += (x.fictive.value - 630) / TRIALS, error += x.fictive.error / TRIALS;
            squares += pow(x.fictive.value - 630, 2) / TRIALS;
        }
        print_message(
            "%s: T_f within its error in %d, step in %d of %d; T_f off by %.3f, spread %.3f, error %.3f K\n",
            kind[q].name, fictive, step, TRIALS, bias, sqrt(squares), error);
        if (TRIALS < 200) continue;
        assert_true(fictive > 115 && fictive < 157 && step > 115 && step < 157);
        assert_true(fabs(bias) < 4 * error / sqrt(TRIALS));
        assert_true(fabs(error / sqrt(squares) - 1) < 0.2);
    }
}

/* H(T) with noise that hides its slope, smoothed over 4 K: the baselines meet somewhere, and nothing is said
 * of a tangent. */
static void a_place_that_is_not_known_is_not_given(void **state)
{
    (void)state;
    struct vt_calorimetry_options o = plain;
    struct vt_transition x;
    o.resamples = 60;
    for (int i = 0; i < N; i++) {
        double g[4];
        vt_normal4(14, i, 0, VT_RANDOM_TEST, g);
        t[i] = 500 + 0.25 * i;
        y[i] = 2 * t[i] + fmax(0, t[i] - 640) + 3 * g[0];
    }
    assert_int_equal(vt_transition_fit(VT_CURVE_INTEGRAL, N, t, y, &o, &x), VT_OK);
    print_message("T_f %.2f +- %.2f K, step %.3f +- %.3f\n", x.fictive.value, x.fictive.error, x.step.value,
                  x.step.error);
    assert_true(fabs(x.fictive.value - 640) < 4 * x.fictive.error && x.fictive.error < 5);
    assert_true(isnan(x.onset.value) && isnan(x.peak.value));
    o.smooth = 60; /* as wide as is needed */
    assert_int_equal(vt_transition_fit(VT_CURVE_INTEGRAL, N, t, y, &o, &x), VT_OK);
    assert_true(fabs(x.half.value - 640) < 4 * x.half.error && x.half.error < 33);
}

static void refuse(const struct vt_calorimetry_options *o, enum vt_status status, const char *message)
{
    struct vt_transition x;
    assert_int_equal(vt_transition_fit(VT_CURVE_CAPACITY, N, t, y, o, &x), status);
    if (!strstr(vt_message(), message)) fail_msg("'%s' does not say '%s'", vt_message(), message);
}

static void what_is_no_transition_is_refused(void **state)
{
    (void)state;
    struct vt_calorimetry_options o = plain;
    o.resamples = 50;
    make(0, 0.05, 1);
    for (int i = 0; i < N; i++) y[i] = -y[i];
    refuse(&o, VT_EPHYSICS, "is the sign of the heat flow right");
    /* No step, in 20 noises: half of them have a positive one, and a T_f; three errors of it come by chance
     * once in 700.
     */
    for (int trial = 1; trial <= 20; trial++) {
        struct vt_transition x;
        make(0, 0.05, trial);
        for (int i = 0; i < N; i++) y[i] -= t[i] > 640 ? 1 : t[i] < 640 ? 0 : 0.5;
        assert_int_equal(vt_transition_fit(VT_CURVE_CAPACITY, N, t, y, &o, &x), VT_EPHYSICS);
    }
    make(0, 0, 0);
    o.liquid[0] = 810, o.liquid[1] = 900;
    refuse(&o, VT_EINPUT, "the data are of 500-800 K");
    o.liquid[0] = 799.5, o.liquid[1] = 900;
    refuse(&o, VT_EINPUT, "points are in it, at least 5 are due");
    o = plain, o.liquid[0] = 600;
    refuse(&o, VT_EINPUT, "between them");
}

/* Twice the same scan recovers nothing; one with an overshoot of 20 more recovers 20, on other points too. */
static void recovery_is_the_area_between_two_scans(void **state)
{
    (void)state;
    double area, other_t[N], other[N];
    make(0, 0, 0);
    for (int i = 0; i < N; i++)
        other_t[i] = 499.9 + 0.251 * i, other[i] = 2 + 1e-3 * (other_t[i] - 640) + (other_t[i] > 640);
    make(20, 0, 0);
    assert_int_equal(vt_recovery_enthalpy(N, t, y, N, t, y, 520, 780, &area), VT_OK);
    assert_true(area == 0);
    assert_int_equal(vt_recovery_enthalpy(N, t, y, N, other_t, other, 520.1, 780.1, &area), VT_OK);
    assert_true(fabs(area - 20) < 0.2); /* the step falls between points */
    assert_int_equal(vt_recovery_enthalpy(N, t, y, N, other_t, other, 520, 900, &area), VT_EINPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_overshoot_lowers_the_fictive_temperature_by_its_area),
        cmocka_unit_test(of_the_enthalpy_it_is_where_the_baselines_meet),
        cmocka_unit_test(a_ramp_has_its_onset_and_half_height),
        cmocka_unit_test(an_exotherm_below_the_step_is_measured),
        cmocka_unit_test(errors_cover),
        cmocka_unit_test(a_place_that_is_not_known_is_not_given),
        cmocka_unit_test(what_is_no_transition_is_refused),
        cmocka_unit_test(recovery_is_the_area_between_two_scans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
