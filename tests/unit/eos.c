/* Equations of state: volumes that are known, laws of their slope, fits with noise, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/eos.h"
#include "core/random.h"

/* Birch-Murnaghan, K_0 102 GPa, K' 4 (bulk modulus of Vit4 by q_1): V_0/V to six decimals. */
enum { N = 7 };
static const double pressure[N] = {1, 2, 3, 5, 7, 10, 20},
                    compression[N] = {1.009664, 1.019060, 1.028210, 1.045835, 1.062654, 1.086573, 1.157525};

static void compressions_are_those_known(void **state)
{
    (void)state;
    const struct vt_eos e = {VT_EOS_BIRCH_MURNAGHAN, 1, 102, 4};
    double v;
    for (int i = 0; i < N; i++) {
        assert_int_equal(vt_eos_volume(&e, pressure[i], &v), VT_OK);
        assert_true(fabs(1 / v - compression[i]) < 1e-6);
    }
}

/* V(P(V)) = V, K = -V dP/dV, and K_0, K' at P = 0, of both forms, on both sides of P = 0. Differences of 1e-4
 * are good to 1e-8 of K. */
static void volume_and_modulus_belong_to_the_pressure(void **state)
{
    (void)state;
    for (int form = 0; form < 2; form++)
        for (int k = 0; k < 4; k++) {
            const struct vt_eos e = {(enum vt_eos_form)form, 17, 102, 2.5 + k};
            const double h = 1e-4;
            for (double v = 13; v < 18.3; v += 0.5) {
                double p = vt_eos_pressure(&e, v), back,
                       slope =
                           (vt_eos_pressure(&e, v * (1 + h)) - vt_eos_pressure(&e, v * (1 - h))) / (2 * h);
                assert_int_equal(vt_eos_volume(&e, p, &back), VT_OK);
                assert_true(fabs(back / v - 1) < 1e-12);
                assert_true(fabs(vt_eos_modulus(&e, v) / -slope - 1) < 1e-6);
            }
            assert_true(fabs(vt_eos_modulus(&e, 17) / 102 - 1) < 1e-12);
            double up, down, p = 0.01;
            assert_int_equal(vt_eos_volume(&e, p, &up), VT_OK);
            assert_int_equal(vt_eos_volume(&e, -p, &down), VT_OK);
            assert_true(fabs((vt_eos_modulus(&e, up) - vt_eos_modulus(&e, down)) / (2 * p) - e.k1) < 1e-4);
        }
}

/* The six decimals of the table, 5e-7 of V, are 2e-3 GPa of K_0: tolerances of 0.1 GPa and 0.02 are far
 * above. */
static void clean_data_give_their_moduli(void **state)
{
    (void)state;
    double v[N];
    for (int i = 0; i < N; i++) v[i] = 16.5 / compression[i];
    struct vt_eos_fit f;
    const struct vt_eos_data d = {.n = N, .pressure = pressure, .volume = v};
    assert_int_equal(vt_eos_fit(VT_EOS_BIRCH_MURNAGHAN, NAN, NAN, &d, &f), VT_OK);
    print_message("K0 %.4f +- %.4f, K' %.4f +- %.4f, V0 %.6f\n", f.eos.k0, f.error[1], f.eos.k1, f.error[2],
                  f.eos.v0);
    assert_true(fabs(f.eos.k0 - 102) < 0.1 && fabs(f.eos.k1 - 4) < 0.02 && fabs(f.eos.v0 - 16.5) < 1e-4);
    assert_int_equal(vt_eos_fit(VT_EOS_BIRCH_MURNAGHAN, 4, 16.5, &d, &f), VT_OK);
    assert_true(fabs(f.eos.k0 - 102) < 0.01 && f.error[0] == 0 && f.error[2] == 0);
    /* The same compressions are nearly a Vinet law of its own K_0 and K', but not quite: 20 GPa are not
     * small. */
    assert_int_equal(vt_eos_fit(VT_EOS_VINET, NAN, NAN, &d, &f), VT_OK);
    print_message("Vinet: K0 %.4f, K' %.4f, rms %.1e\n", f.eos.k0, f.eos.k1, f.rms);
    assert_true(fabs(f.eos.k0 - 102) < 0.5 && f.rms > 2e-6 && f.rms < 3e-5);
}

/* q_1 = 2.6285 /angstrom at no pressure with an error of 0.001, as published: V ~ 1/q_1^3. K' held at 4 or
 * free, 0 to 20 GPa in 14 steps: K_0 within its error in 60 to 76 % of 200 trials, no bias, mean error below
 * 3 GPa; so also where the errors are not told. */
static void errors_cover(void **state)
{
    (void)state;
    enum { TRIALS = 200, STEPS = 14 };
    const struct vt_eos e = {VT_EOS_BIRCH_MURNAGHAN, 1, 102, 4};
    for (int free = 0; free < 2; free++)
        for (int told = 0; told < 2; told++) {
            int inside = 0, near = 0;
            double bias = 0, error = 0;
            for (int trial = 0; trial < TRIALS; trial++) {
                double p[STEPS], v[STEPS], s[STEPS], g[4];
                for (int i = 0; i < STEPS; i++) {
                    vt_normal4(9, i, trial, VT_RANDOM_TEST, g);
                    p[i] = 20. / (STEPS - 1) * i;
                    assert_int_equal(vt_eos_volume(&e, p[i], &v[i]), VT_OK);
                    double q = 2.6285 * cbrt(1 / v[i]) + 0.001 * g[0];
                    v[i] = pow(q, -3), s[i] = 3 * v[i] * 0.001 / q;
                }
                struct vt_eos_fit f;
                const struct vt_eos_data d = {STEPS, p, v, NULL, told ? s : NULL};
                assert_int_equal(vt_eos_fit(VT_EOS_BIRCH_MURNAGHAN, free ? NAN : 4, NAN, &d, &f), VT_OK);
                inside += fabs(f.eos.k0 - 102) < f.error[1], near += fabs(f.eos.k0 - 102) < 3;
                bias += (f.eos.k0 - 102) / TRIALS, error += f.error[1] / TRIALS;
            }
            print_message(
                "K' %s, errors %s: K0 within its error in %d, within 3 GPa in %d of %d; error %.2f, off by "
                "%.2f GPa\n",
                free ? "free" : "held", told ? "told" : "by scatter", inside, near, TRIALS, error, bias);
            assert_true(inside >= 120 && inside <= 152);
            assert_true(fabs(bias) < 3.5 * error / sqrt(TRIALS) && error < (free ? 3.2 : 1));
            assert_true(free || near == TRIALS);
        }
}

/* With P noisy too: its error counts as V sigma_P / K. */
static void errors_of_the_pressure_count(void **state)
{
    (void)state;
    enum { TRIALS = 200 };
    int inside = 0;
    double chi2 = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double p[N], v[N], s[N], sp[N], g[4];
        for (int i = 0; i < N; i++) {
            vt_normal4(10, i, trial, VT_RANDOM_TEST, g);
            p[i] = pressure[i] + 0.1 * g[0], v[i] = (1 + 0.0005 * g[1]) / compression[i];
            s[i] = 0.0005 * v[i], sp[i] = 0.1;
        }
        struct vt_eos_fit f;
        const struct vt_eos_data d = {N, p, v, sp, s};
        if (vt_eos_fit(VT_EOS_BIRCH_MURNAGHAN, 4, NAN, &d, &f) != VT_OK) fail_msg("%s", vt_message());
        inside += fabs(f.eos.k0 - 102) < f.error[1];
        chi2 += f.chi2 / TRIALS;
    }
    print_message("with errors of both: within one error in %d of %d, chi2 %.3f\n", inside, TRIALS, chi2);
    assert_true(fabs(chi2 - 1) < 0.18);          /* four times sqrt(2 / 5 / 200) */
    assert_true(inside >= 120 && inside <= 156); /* errors are never narrowed, sometimes widened */
}

/* A fit that begins where it ends: its start is the answer, which is no failure. */
static void a_start_at_the_minimum_is_an_end(void **state)
{
    (void)state;
    const struct vt_eos e = {VT_EOS_BIRCH_MURNAGHAN, 1, 102, 4};
    double p[9], v[9], one[9];
    for (int trial = 0; trial < 50; trial++) {
        for (int i = 0; i < 9; i++) {
            double g[4];
            vt_normal4(11, i, trial, VT_RANDOM_TEST, g);
            p[i] = i + 1, one[i] = 0.1;
            assert_int_equal(vt_eos_volume(&e, p[i] + 0.1 * g[0], &v[i]), VT_OK);
        }
        struct vt_eos_fit f;
        const struct vt_eos_data d = {9, p, v, one, NULL}; /* three rounds, each from the last one's end */
        if (vt_eos_fit(VT_EOS_BIRCH_MURNAGHAN, 4, NAN, &d, &f) != VT_OK)
            fail_msg("trial %d: %s", trial, vt_message());
    }
}

static void refuse(int n, const double *p, const double *v, double k1, enum vt_status status,
                   const char *message)
{
    struct vt_eos_fit f;
    const struct vt_eos_data d = {.n = n, .pressure = p, .volume = v};
    assert_int_equal(vt_eos_fit(VT_EOS_BIRCH_MURNAGHAN, k1, NAN, &d, &f), status);
    if (!strstr(vt_message(), message)) fail_msg("'%s' does not say '%s'", vt_message(), message);
}

static void what_is_no_equation_of_state_is_refused(void **state)
{
    (void)state;
    const double rising[4] = {1, 1.01, 1.02, 1.03}, negative[4] = {1, 0.99, -0.98, 0.97},
                 same[4] = {5, 5, 5, 5};
    refuse(4, pressure, rising, 4, VT_EPHYSICS, "does not fall with pressure");
    refuse(4, pressure, negative, 4, VT_EINPUT, "must be positive");
    refuse(4, same, rising, 4, VT_EINPUT, "more than one pressure");
    refuse(2, pressure, compression, 4, VT_EINPUT, "at least three pressures");
    /* Three points tell three numbers, but not how far they are right; two numbers, or errors, they do. */
    double falling[3] = {0.9904, 0.9813, 0.9726}, error[3] = {1e-3, 1e-3, 1e-3};
    refuse(3, pressure, falling, NAN, VT_EINPUT, "4 points are due, or errors of V or P, or K' that is held");
    struct vt_eos_fit f;
    struct vt_eos_data d = {.n = 3, .pressure = pressure, .volume = falling};
    assert_int_equal(vt_eos_fit(VT_EOS_BIRCH_MURNAGHAN, 4, NAN, &d, &f), VT_OK);
    assert_true(f.held[2] && !f.held[0] && !f.held[1] && f.error[1] > 0 && isfinite(f.error[1]));
    d.volume_error = error;
    assert_int_equal(vt_eos_fit(VT_EOS_BIRCH_MURNAGHAN, NAN, NAN, &d, &f), VT_OK);
    assert_true(f.dof == 0 && !f.held[2] && isfinite(f.error[2]) && f.error[2] > 0);
    /* A fall as a whole, of which the best law makes a negative K_0. */
    const double wild[5] = {0, 2, 4, 8, 14}, places[5] = {2.628, 2.622, 2.66, 12.69, 2};
    double volume[5];
    for (int i = 0; i < 5; i++) volume[i] = pow(places[i], -3);
    d = (struct vt_eos_data){.n = 5, .pressure = wild, .volume = volume};
    assert_int_not_equal(vt_eos_fit(VT_EOS_BIRCH_MURNAGHAN, NAN, NAN, &d, &f), VT_OK);
    const struct vt_eos e = {VT_EOS_BIRCH_MURNAGHAN, 1, 102, 4};
    double v;
    assert_int_equal(vt_eos_volume(&e, -60, &v), VT_EPHYSICS); /* beyond the strength of the law */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compressions_are_those_known),
        cmocka_unit_test(volume_and_modulus_belong_to_the_pressure),
        cmocka_unit_test(clean_data_give_their_moduli),
        cmocka_unit_test(errors_cover),
        cmocka_unit_test(errors_of_the_pressure_count),
        cmocka_unit_test(a_start_at_the_minimum_is_an_end),
        cmocka_unit_test(what_is_no_equation_of_state_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
