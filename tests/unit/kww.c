/* Stretched and compressed exponentials: they come back, from free flight and Brownian motion too; errors are
 * those of repeated noise; and what does not decay is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/kww.h"
#include "core/random.h"
#include "core/units.h"

enum { N = 80 };
static double t[N], y[N], error[N];

/* From 0.02 tau to 12 tau, equal steps in ln t. */
static void kww(double base, double height, double factor, double tau, double beta, double noise, int trial)
{
    for (int k = 0; k < N; k++) {
        double g[4];
        vt_normal4(7, k, trial, VT_RANDOM_TEST, g);
        t[k] = 0.02 * tau * pow(600, (double)k / (N - 1));
        error[k] = noise;
        y[k] = base + height * exp(-factor * pow(t[k] / tau, beta)) + noise * g[0];
    }
}

static const struct vt_kww_options scattering = {.factor = 1, .base = 0}, siegert = {.factor = 2, .base = 1},
                                   loose = {.factor = 2, .base = NAN};

/* The numbers of acceptance A, and the exponential: (tau / beta) Gamma(1 / beta), a closed form. */
static void mean_times_are_those_of_the_gamma_function(void **state)
{
    (void)state;
    assert_true(fabs(vt_kww_mean(0.5) - 2) < 1e-12 && fabs(vt_kww_mean(1) - 1) < 1e-12);
    assert_true(fabs(vt_kww_mean(1.5) - 0.902745) < 1e-6);
    assert_true(fabs(vt_kww_mean(2) - sqrt(M_PI) / 2) < 1e-12); /* a Gaussian */
}

static void clean_decays_come_back(void **state)
{
    (void)state;
    const double tau[] = {1e-3, 12, 4e5};
    for (double beta = 0.5; beta < 1.85; beta += 0.1)
        for (int k = 0; k < 3; k++) {
            struct vt_kww f;
            kww(0, 0.8, 1, tau[k], beta, 0, 0);
            assert_int_equal(vt_kww_fit(N, t, y, NULL, &scattering, &f), VT_OK);
            assert_true(fabs(f.tau / tau[k] - 1) < 1e-6 && fabs(f.beta - beta) < 1e-6);
            assert_true(fabs(f.height - 0.8) < 1e-6 && f.base == 0 && f.base_error == 0);
            kww(1.02, 0.13, 2, tau[k], beta, 0, 0);
            assert_int_equal(vt_kww_fit(N, t, y, NULL, &loose, &f), VT_OK);
            assert_true(fabs(f.tau / tau[k] - 1) < 1e-5 && fabs(f.beta - beta) < 1e-5);
            assert_true(fabs(f.base - 1.02) < 1e-6 && fabs(f.height - 0.13) < 1e-6);
            assert_true(fabs(f.mean / (tau[k] * vt_kww_mean(beta)) - 1) < 1e-5);
            assert_true(fabs(vt_kww_value(&f, t[30]) - y[30]) < 1e-6);
        }
}

/* The tau of g2 without the factor is smaller by 2^(1/beta). */
static void the_factor_is_told(void **state)
{
    (void)state;
    struct vt_kww with, without;
    struct vt_kww_options plain = siegert;
    plain.factor = 1;
    kww(1, 0.2, 2, 30, 1.4, 0, 0);
    assert_int_equal(vt_kww_fit(N, t, y, NULL, &siegert, &with), VT_OK);
    assert_int_equal(vt_kww_fit(N, t, y, NULL, &plain, &without), VT_OK);
    assert_true(fabs(with.tau / without.tau - pow(2, 1 / 1.4)) < 1e-5 && fabs(with.tau - 30) < 1e-4);
    assert_true(strstr(vt_kww_formula(2), "exp[-2 ") && strstr(vt_kww_formula(1), "exp[-(t"));
}

/* 2 % noise, 200 trials each: beta to 0.02 in the mean, and within their errors in 60 to 76 %. */
static void errors_cover(void **state)
{
    (void)state;
    enum { TRIALS = 200 };
    for (double beta = 0.5; beta < 1.9; beta += 0.65) {
        int tau = 0, exponent = 0, mean = 0;
        double bias = 0;
        for (int trial = 1; trial <= TRIALS; trial++) {
            struct vt_kww f;
            kww(1, 0.5, 2, 20, beta, 0.01, trial);
            assert_int_equal(vt_kww_fit(N, t, y, trial % 2 ? error : NULL, &loose, &f), VT_OK);
            tau += fabs(f.tau - 20) < f.tau_error;
            exponent += fabs(f.beta - beta) < f.beta_error;
            mean += fabs(f.mean - 20 * vt_kww_mean(beta)) < f.mean_error;
            bias += (f.beta - beta) / TRIALS;
        }
        print_message(
            "beta %.2f: tau, beta, <tau> within their errors in %d, %d, %d of %d; beta off by %.4f\n", beta,
            tau, exponent, mean, TRIALS, bias);
        assert_true(tau > 120 && tau < 152 && exponent > 120 && exponent < 152 && mean > 120 && mean < 152);
        assert_true(fabs(bias) < 0.02);
    }
}

/* Free flight of copper at 300 K: f = exp(-q^2 k_B T t^2 / 2 m), so tau = sqrt(2 m / k_B T) / q, beta 2; from
 * four velocities each of 40000 atoms at q = 2.6 / angstrom. Acceptance A: tau 0.2745 ps to 2 %, beta to
 * 0.02. */
static void free_flight_is_gaussian(void **state)
{
    (void)state;
    enum { ATOMS = 40000, TIMES = 30 };
    const double q = 2.6, speed = sqrt(VT_KB * 300 / 63.546 * VT_FORCE_TO_ACCELERATION);
    static double f[TIMES], at[TIMES];
    for (int k = 0; k < TIMES; k++) at[k] = 0.02 * (k + 1), f[k] = 0;
    for (int i = 0; i < ATOMS; i++) {
        double g[4];
        vt_normal4(8, i, 0, VT_RANDOM_TEST, g);
        for (int k = 0; k < TIMES; k++)
            for (int a = 0; a < 4; a++) f[k] += cos(q * speed * g[a] * at[k]) / (4 * ATOMS);
    }
    struct vt_kww r;
    struct vt_kww_options o = scattering;
    o.ballistic = 1, o.beta_high = 2.5;
    assert_int_equal(vt_kww_fit(TIMES, at, f, NULL, &o, &r), VT_OK);
    print_message("free flight: tau %.4f ps, beta %.3f +- %.3f\n", r.tau, r.beta, r.beta_error);
    assert_true(fabs(r.tau / 0.2745 - 1) < 0.02 && fabs(r.beta - 2) < 0.02);
    assert_true(r.ballistic);
    o.beta_high = 0; /* 2 then: beta may lie on its bound, and the fit says so */
    assert_int_equal(vt_kww_fit(TIMES, at, f, NULL, &o, &r), VT_OK);
    assert_true(fabs(r.beta - 2) < 0.02 && r.beta_at_bound == isnan(r.beta_error));
    o.t_min = 1; /* behind the flight nothing is left */
    assert_int_equal(vt_kww_fit(TIMES, at, f, NULL, &o, &r), VT_EPHYSICS);
}

/* Brownian motion: f = exp(-D q^2 t), tau = 1 / (D q^2), beta 1; 8000 walkers. */
static void brownian_motion_is_exponential(void **state)
{
    (void)state;
    enum { WALKERS = 8000, TIMES = 60 };
    const double d = 0.05, q = 2, dt = 0.1;
    static double f[TIMES], at[TIMES], position[WALKERS][4];
    for (int k = 0; k < TIMES; k++) {
        at[k] = dt * (k + 1), f[k] = 0;
        for (int i = 0; i < WALKERS; i++) {
            double g[4];
            vt_normal4(9, i, k, VT_RANDOM_TEST, g);
            for (int a = 0; a < 4; a++) {
                position[i][a] += sqrt(2 * d * dt) * g[a];
                f[k] += cos(q * position[i][a]) / (4 * WALKERS);
            }
        }
    }
    struct vt_kww r;
    assert_int_equal(vt_kww_fit(TIMES, at, f, NULL, &scattering, &r), VT_OK);
    print_message("Brownian: tau %.4f (5), beta %.3f\n", r.tau, r.beta);
    assert_true(fabs(r.tau * d * q * q - 1) < 0.02 && fabs(r.beta - 1) < 0.02);
}

static void refuse(const double *sigma, const struct vt_kww_options *o, enum vt_status code,
                   const char *message)
{
    struct vt_kww f;
    enum vt_status st = vt_kww_fit(N, t, y, sigma, o, &f);
    if (st != code || !strstr(vt_message(), message))
        fail_msg("%d, '%s' (tau %g) does not say '%s'", st, vt_message(), f.tau, message);
}

static void what_does_not_decay_is_refused(void **state)
{
    (void)state;
    struct vt_kww_options o = siegert;
    kww(1, 0, 2, 10, 1, 0.01, 3); /* noise alone: never a number, whatever the noise */
    for (int trial = 1; trial <= 100; trial++) {
        struct vt_kww f;
        kww(1, 0, 2, 10, 1, 0.01, trial);
        assert_int_equal(vt_kww_fit(N, t, y, trial % 2 ? error : NULL, &loose, &f), VT_EPHYSICS);
    }
    refuse(error, &siegert, VT_EPHYSICS, "it falls by");
    for (int k = 0; k < N; k++) y[k] = 1.04861 - 2e-5 * k, error[k] = 0.002; /* means of 16 */
    refuse(error, &siegert, VT_EPHYSICS,
           "from 1.0485 +- 0.0005 to 1.0472 +- 0.0005 it falls by 0.0013 +- 0.0007");
    for (int k = 0; k < N; k++) { /* 50 times slower than the window is long, and its base is not known */
        double g[4];
        vt_normal4(7, k, 1, VT_RANDOM_TEST, g);
        t[k] = 0.1 * pow(1e4, (double)k / (N - 1)), error[k] = 5e-4;
        y[k] = 1 + 0.1 * exp(-2 * t[k] / 5e4) + 5e-4 * g[0];
    }
    refuse(error, &loose, VT_EPHYSICS, "tau lies beyond the end");
    kww(1, 0.3, 2, 10, 1, 0.001, 3);
    o.t_max = 0.3; /* a thirtieth of tau: 6 % */
    refuse(error, &o, VT_EPHYSICS, "of its height");
    o.base = NAN; /* the end of such a window is no base */
    o.t_max = 1.5;
    refuse(error, &o, VT_EPHYSICS, "no decay between");
    o = siegert, o.t_min = 5, o.t_max = 6;
    refuse(error, &o, VT_EPHYSICS, "points between 5 and 6");
    o.t_min = 7;
    refuse(error, &o, VT_EINPUT, "its end must lie above");
    o = siegert, o.t_min = 70; /* all gone */
    refuse(error, &o, VT_EPHYSICS, "no decay");
    t[5] = t[4];
    refuse(error, &siegert, VT_EINPUT, "time 6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_times_are_those_of_the_gamma_function),
        cmocka_unit_test(clean_decays_come_back),
        cmocka_unit_test(the_factor_is_told),
        cmocka_unit_test(errors_cover),
        cmocka_unit_test(free_flight_is_gaussian),
        cmocka_unit_test(brownian_motion_is_exponential),
        cmocka_unit_test(what_does_not_decay_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
