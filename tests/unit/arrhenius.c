/* Laws of relaxation times: ageing, Arrhenius, VFT, and what they tell of energies and fragility. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/ageing.h"
#include "analysis/arrhenius.h"
#include "core/random.h"
#include "core/units.h"

enum { N = 12 };
static double x[N], tau[N], error[N];

static double normal(int k, int trial)
{
    double g[4];
    vt_normal4(11, k, trial, VT_RANDOM_TEST, g);
    return g[0];
}

/* Acceptance A: the gamma relaxation of E = 0.28 eV, tau_0 = 1e-13 s, whose peaks at five frequencies lie at
 * these temperatures. They are rounded to 0.01 K, 1e-4 of T: E to 0.1 %. */
static void the_gamma_relaxation_has_its_energy(void **state)
{
    (void)state;
    const double f[] = {0.05, 0.5, 3, 7, 15}, temperature[] = {104.51, 112.87, 120.36, 124.26, 127.99};
    double time[5];
    for (int k = 0; k < 5; k++) time[k] = 1 / (2 * M_PI * f[k]);
    struct vt_arrhenius a;
    assert_int_equal(vt_arrhenius_fit(5, temperature, time, NULL, &a), VT_OK);
    print_message("E = %.5f +- %.5f eV, tau_0 = %.3g s\n", a.energy, a.energy_error, exp(a.log_tau0));
    assert_true(fabs(a.energy / 0.28 - 1) < 1e-3 && fabs(a.log_tau0 - log(1e-13)) < 0.03);
    assert_true(a.r2 > 0.999999 && isnan(a.reduced));
    assert_true(fabs(vt_arrhenius_value(&a, 112.87) / time[1] - 1) < 2e-3);
}

/* Acceptance A, and the energy of the alpha relaxation: 7.51 eV, T_g = 709 K. */
static void energies_in_other_units(void **state)
{
    (void)state;
    assert_true(fabs(vt_energy_molar(0.27984) / 27 - 1) < 1e-4);
    assert_true(fabs(vt_energy_molar(7.51) / 724.6 - 1) < 1e-4);
    assert_true(fabs(vt_arrhenius_fragility(7.51, 709) / 53.4 - 1) < 1e-3);
    assert_true(fabs(vt_energy_reduced(138.752 / vt_energy_molar(1), 596) / 28 - 1) < 1e-5);
}

static void arrhenius_errors_cover(void **state)
{
    (void)state;
    enum { TRIALS = 300 };
    int given = 0, told = 0;
    for (int trial = 1; trial <= TRIALS; trial++) {
        struct vt_arrhenius a;
        for (int k = 0; k < N; k++) {
            x[k] = 600 + 20 * k, error[k] = 0.1;
            double e = 0.1 * normal(k, trial);
            tau[k] = 1e-14 * exp(2 / (VT_KB * x[k])) * exp(e);
            error[k] = 0.1 * tau[k];
        }
        assert_int_equal(vt_arrhenius_fit(N, x, tau, error, &a), VT_OK);
        given += fabs(a.energy - 2) < a.energy_error;
        assert_int_equal(vt_arrhenius_fit(N, x, tau, NULL, &a), VT_OK);
        told += fabs(a.energy - 2) < a.energy_error;
    }
    print_message("E within its error: %d with errors, %d without, of %d\n", given, told, TRIALS);
    /* Errors given are stretched by chi^2 / dof > 1, never shrunk: a little wide. 12 points without: Student.
     */
    assert_true(given > 0.63 * TRIALS && given < 0.82 * TRIALS);
    assert_true(told > 0.57 * TRIALS && told < 0.76 * TRIALS);
}

/* T_0, B and m of a law whose fragility is a closed form: T_g = T_0 + B / L, L = ln(tau_g / tau_0), and
 * m = L T_g / ((T_g - T_0) ln 10). */
static void a_vft_law_comes_back(void **state)
{
    (void)state;
    const double t0 = 450, b = 5000, log_tau0 = log(1e-13), l = log(100 / 1e-13), tg = t0 + b / l,
                 m = l * tg / ((tg - t0) * M_LN10);
    struct vt_vft v;
    for (int k = 0; k < N; k++) x[k] = 1000 - 30 * k, tau[k] = exp(log_tau0 + b / (x[k] - t0));
    assert_int_equal(vt_vft_fit(N, x, tau, NULL, 100, &v), VT_OK);
    assert_true(fabs(v.t0 / t0 - 1) < 1e-5 && fabs(v.b / b - 1) < 1e-4 && fabs(v.log_tau0 - log_tau0) < 1e-3);
    assert_true(fabs(v.tg / tg - 1) < 1e-5 && fabs(v.fragility / m - 1) < 1e-3 && !v.t0_at_bound);
    assert_true(fabs(vt_vft_value(&v, 700) / exp(log_tau0 + b / 250) - 1) < 1e-4);
    /* Its noise: within the errors. */
    enum { TRIALS = 200 };
    int inside = 0, fragile = 0, fitted = 0;
    for (int trial = 1; trial <= TRIALS; trial++) {
        for (int k = 0; k < N; k++) {
            tau[k] = exp(log_tau0 + b / (x[k] - t0) + 0.05 * normal(k, trial));
            error[k] = 0.05 * tau[k];
        }
        if (vt_vft_fit(N, x, tau, error, 100, &v) != VT_OK) fail_msg("%s", vt_message());
        fitted++;
        inside += fabs(v.tg - tg) < v.tg_error;
        fragile += fabs(v.fragility - m) < v.fragility_error;
    }
    print_message("T_g and m within their errors: %d, %d of %d\n", inside, fragile, fitted);
    assert_true(inside > 0.6 * TRIALS && inside < 0.82 * TRIALS && fragile > 0.6 * TRIALS &&
                fragile < 0.82 * TRIALS);
}

/* Arrhenius data have T_0 at 0, or an error that holds it; their curvature is no finding. */
static void arrhenius_is_not_super_arrhenius(void **state)
{
    (void)state;
    enum { TRIALS = 200 };
    int super = 0, sub = 0, found = 0;
    for (int trial = 1; trial <= TRIALS; trial++) {
        struct vt_curvature c;
        for (int k = 0; k < N; k++) {
            x[k] = 700 + 30 * k;
            tau[k] = 1e-3 * exp(0.5 / (VT_KB * x[k]) + 0.05 * normal(k, trial));
            error[k] = 0.05 * tau[k];
        }
        assert_int_equal(vt_arrhenius_curvature(N, x, tau, error, &c), VT_OK);
        super += c.super, sub += c.sub;
        for (int k = 0; k < N; k++)
            tau[k] = exp(log(1e-13) + 5000 / (x[k] - 450) + 0.05 * normal(k, trial)),
            error[k] = 0.05 * tau[k];
        assert_int_equal(vt_arrhenius_curvature(N, x, tau, error, &c), VT_OK);
        found += c.super;
    }
    print_message("Arrhenius called super %d, sub %d; VFT called super %d of %d\n", super, sub, found,
                  TRIALS);
    assert_true(super + sub < 0.08 * TRIALS && found == TRIALS); /* two sigma: 4.6 % */
    /* A bound that data push against is told. */
    struct vt_vft v;
    for (int k = 0; k < N; k++) { /* sub-Arrhenius */
        double z = 1 / (VT_KB * x[k]);
        tau[k] = exp(0.5 * z - 0.008 * z * z);
    }
    assert_int_equal(vt_vft_fit(N, x, tau, NULL, 1e14, &v), VT_OK);
    assert_true(v.t0_at_bound && v.t0 == 0 && isnan(v.t0_error));
}

static void apparent_energies_are_those_of_the_law(void **state)
{
    (void)state;
    struct vt_apparent e[N];
    for (int k = 0; k < N; k++) { /* not in order */
        x[k] = 700 + 30 * (5 * k % N);
        tau[k] = exp(0.5 / (VT_KB * x[k]));
        error[k] = 0.1 * tau[k];
    }
    assert_int_equal(vt_apparent_energy(N, x, tau, error, e), VT_OK);
    for (int k = 0; k + 1 < N; k++) {
        double a = 700 + 30 * k, b = a + 30;
        assert_true(fabs(e[k].energy - 0.5) < 1e-9);
        assert_true(fabs(e[k].temperature / (2 / (1 / a + 1 / b)) - 1) < 1e-12);
        assert_true(fabs(e[k].energy_error / (sqrt(2) * 0.1 * VT_KB / (1 / a - 1 / b)) - 1) < 1e-9);
    }
    x[3] = x[4];
    assert_int_equal(vt_apparent_energy(N, x, tau, error, e), VT_EINPUT);
}

static void the_ageing_law_comes_back(void **state)
{
    (void)state;
    struct vt_ageing a;
    for (int k = 0; k < N; k++) x[k] = 500 * k, tau[k] = 250 * exp(x[k] / 6500), error[k] = 0.03 * tau[k];
    assert_int_equal(vt_ageing_fit(N, x, tau, error, &a), VT_OK); /* 1 % is asked for */
    assert_true(fabs(a.tau0 / 250 - 1) < 1e-8 && fabs(a.tau_star / 6500 - 1) < 1e-8);
    /* The error of a weighted line in closed form: sigma / sqrt(sum (t - <t>)^2). */
    assert_true(fabs(a.rate_error / (0.03 / sqrt(500. * 500. * 143)) - 1) < 1e-6);
    assert_true(fabs(vt_ageing_value(&a, 6500) / (250 * M_E) - 1) < 1e-8);
    enum { TRIALS = 300 };
    int star = 0, zero = 0;
    for (int trial = 1; trial <= TRIALS; trial++) {
        for (int k = 0; k < N; k++) {
            tau[k] = 250 * exp(x[k] / 6500 + 0.03 * normal(k, trial));
            error[k] = 0.03 * tau[k];
        }
        assert_int_equal(vt_ageing_fit(N, x, tau, trial % 2 ? error : NULL, &a), VT_OK);
        star += fabs(a.tau_star - 6500) < a.tau_star_error;
        zero += fabs(a.tau0 - 250) < a.tau0_error;
    }
    print_message("tau_star, tau_0 within their errors: %d, %d of %d\n", star, zero, TRIALS);
    assert_true(star > 0.6 * TRIALS && star < 0.8 * TRIALS && zero > 0.6 * TRIALS && zero < 0.8 * TRIALS);
}

static void refuse(enum vt_status st, enum vt_status code, const char *message)
{
    assert_int_equal(st, code);
    if (!strstr(vt_message(), message)) fail_msg("'%s' does not say '%s'", vt_message(), message);
}

static void what_cannot_be_fitted_is_refused(void **state)
{
    (void)state;
    struct vt_ageing a;
    struct vt_arrhenius e;
    struct vt_vft v;
    for (int k = 0; k < N; k++) x[k] = 500, tau[k] = 250 + k % 2, error[k] = 10;
    refuse(vt_ageing_fit(N, x, tau, error, &a), VT_EINPUT, "at two ages");
    refuse(vt_arrhenius_fit(N, x, tau, error, &e), VT_EINPUT, "more than one temperature");
    for (int k = 0; k < N; k++) x[k] = 500 + k;
    refuse(vt_ageing_fit(N, x, tau, error, &a), VT_EPHYSICS, "no ageing");
    refuse(vt_arrhenius_fit(2, x, tau, NULL, &e), VT_EINPUT, "2 relaxation times: 3 at least");
    refuse(vt_vft_fit(N, x, tau, error, 0, &v), VT_EINPUT, "tau at T_g");
    tau[4] = -1;
    refuse(vt_ageing_fit(N, x, tau, error, &a), VT_EINPUT, "relaxation time 5 is -1");
    x[2] = 0;
    refuse(vt_arrhenius_fit(N, x, tau, error, &e), VT_EINPUT, "temperature 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gamma_relaxation_has_its_energy),
        cmocka_unit_test(energies_in_other_units),
        cmocka_unit_test(arrhenius_errors_cover),
        cmocka_unit_test(a_vft_law_comes_back),
        cmocka_unit_test(arrhenius_is_not_super_arrhenius),
        cmocka_unit_test(apparent_energies_are_those_of_the_law),
        cmocka_unit_test(the_ageing_law_comes_back),
        cmocka_unit_test(what_cannot_be_fitted_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
