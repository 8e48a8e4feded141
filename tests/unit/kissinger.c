/* Activation energies by heating rates: known answers, errors on repeated noise, refusals; and the energies
 * and fragilities that pass for units (src/core/units.h has the constants). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/kissinger.h"
#include "core/random.h"
#include "core/units.h"

enum { RATES = 6 };
static const double rate[RATES] = {100, 200, 300, 500, 700, 1000};
/* Peaks of 42 and 28 R T_g, T_g = 596 K, through 680 K at 200 K/s; to the digits with which they are
 * tabulated: 5e-4 K of 41 K are 1e-5 of the energy. */
static const double multiple[2] = {42, 28},
                    peak[2][RATES] = {{668.063, 680, 687.177, 696.432, 702.661, 709.384},
                                      {662.677, 680, 690.543, 704.282, 713.622, 723.786}};
static const double kj_mol[2] = {208.128, 138.752};

static double in_kj(double energy)
{
    return energy / vt_units_factor("kJ/mol");
}

static void tabulated_peaks_give_their_energies(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct vt_rate_fit f;
        assert_int_equal(vt_rate_law_fit(VT_RATE_PEAK, RATES, rate, peak[k], NULL, &f), VT_OK);
        double expected = multiple[k] * VT_KB * 596;
        print_message("%g R T_g: %.4f kJ/mol\n", multiple[k], in_kj(f.energy));
        assert_true(fabs(f.energy / expected - 1) < 1e-4);
        assert_true(fabs(in_kj(f.energy) / kj_mol[k] - 1) < 1e-4);
        for (int i = 0; i < RATES; i++)
            assert_true(fabs(vt_rate_law_temperature(VT_RATE_PEAK, &f, rate[i]) - peak[k][i]) < 1e-3);
    }
}

/* 1 K of noise: errors of 6.1 and 2.7 kJ/mol by sigma_T E / sqrt(sum (T - mean)^2), which leaves out the T^2
 * under q; with it they are (E + 2 R T) / E larger, 5 and 8 %. In 60 to 76 % of 200 trials the energy is
 * within one error; no bias; and the errors are the spread, which 200 trials know to 5 %. */
static void errors_cover(void **state)
{
    (void)state;
    enum { TRIALS = 200 };
    static const double expected[2] = {6.1, 2.7}, one[RATES] = {1, 1, 1, 1, 1, 1};
    for (int k = 0; k < 2; k++) {
        int inside = 0;
        double bias = 0, error = 0, squares = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            double t[RATES], g[4];
            struct vt_rate_fit f;
            for (int i = 0; i < RATES; i++)
                vt_normal4(8, i, trial, VT_RANDOM_TEST, g), t[i] = peak[k][i] + g[k];
            assert_int_equal(vt_rate_law_fit(VT_RATE_PEAK, RATES, rate, t, one, &f), VT_OK);
            double off = in_kj(f.energy) - kj_mol[k];
            inside += fabs(off) < in_kj(f.energy_error);
            bias += off / TRIALS, error += in_kj(f.energy_error) / TRIALS;
            squares += off * off / TRIALS;
        }
        print_message("%g R T_g: within one error in %d of %d; error %.2f, spread %.2f, bias %.2f kJ/mol\n",
                      multiple[k], inside, TRIALS, error, sqrt(squares), bias);
        assert_true(inside >= 120 && inside <= 152);
        assert_true(fabs(error / (expected[k] * (1 + 2 * 690 / (multiple[k] * 596))) - 1) < 0.05);
        assert_true(fabs(sqrt(squares) / error - 1) < 0.15);
        assert_true(fabs(bias) < 3 * expected[k] / sqrt(TRIALS));
    }
}

/* T_f on ln q = a - dh / (k_B T): exact; slope and fragility. Ten decades, as simulation and
 * measurement have between them. */
static void fictive_temperatures_give_their_enthalpy(void **state)
{
    (void)state;
    double t[RATES], q[RATES];
    struct vt_rate_fit f;
    for (int i = 0; i < RATES; i++) q[i] = pow(10, 2 * i), t[i] = 4.5 / (VT_KB * (80 - log(q[i])));
    assert_int_equal(vt_rate_law_fit(VT_RATE_FICTIVE, RATES, q, t, NULL, &f), VT_OK);
    assert_true(fabs(f.energy - 4.5) < 1e-9 && fabs(f.level - 80) < 1e-8);
    assert_true(fabs(vt_rate_law_temperature(VT_RATE_FICTIVE, &f, 1e3) - 4.5 / (VT_KB * (80 - log(1e3)))) <
                1e-8);
}

/* The covariance: the error of the temperature at the mean of 1/T is that of a mean of n points. */
static void energy_and_level_are_correlated(void **state)
{
    (void)state;
    double error[RATES], x = 0, variance;
    struct vt_rate_fit f;
    for (int i = 0; i < RATES; i++) { /* equal errors of ln q: 0.1 */
        x += 1 / (VT_KB * peak[0][i]) / RATES;
        error[i] = 0.1 * VT_KB * peak[0][i] * peak[0][i] / (42 * VT_KB * 596);
    }
    double t[RATES], q[RATES];
    for (int i = 0; i < RATES; i++) t[i] = peak[0][i], q[i] = exp(60 - 42 * 596 / t[i]);
    assert_int_equal(vt_rate_law_fit(VT_RATE_FICTIVE, RATES, q, t, error, &f), VT_OK);
    variance = f.level_error * f.level_error + x * x * f.energy_error * f.energy_error - 2 * x * f.covariance;
    assert_true(fabs(variance / (0.01 / RATES) - 1) < 1e-6);
}

static void refuse(int n, const double *q, const double *t, enum vt_status status, const char *message)
{
    struct vt_rate_fit f;
    assert_int_equal(vt_rate_law_fit(VT_RATE_PEAK, n, q, t, NULL, &f), status);
    if (!strstr(vt_message(), message)) fail_msg("'%s' does not say '%s'", vt_message(), message);
}

static void what_is_no_law_is_refused(void **state)
{
    (void)state;
    static const double falling[3] = {700, 690, 680}, same[3] = {10, 10, 10}, none[3] = {10, 0, 20};
    refuse(3, rate, falling, VT_EPHYSICS, "does not rise with the heating rate");
    refuse(1, rate, peak[0], VT_EINPUT, "at least two heating rates");
    refuse(3, same, peak[0], VT_EINPUT, "at least two heating rates");
    refuse(3, none, peak[0], VT_EINPUT, "must be positive");
}

/* Energies as papers print them, to the digits they have. */
static void energies_in_ev_kj_and_multiples_agree(void **state)
{
    (void)state;
    double e;
    assert_int_equal(vt_units_parse("27 kJ/mol", "eV", &e), VT_OK);
    assert_true(fabs(e / 0.27984 - 1) < 1e-4);
    assert_true(fabs(in_kj(28 * VT_KB * 596) / 138.752 - 1) < 1e-5);
    assert_true(fabs(in_kj(42 * VT_KB * 596) / 208.128 - 1) < 1e-5);
    assert_true(fabs(in_kj(7.51) / 724.6 - 1) < 1e-4);
    assert_true(fabs(vt_fragility(7.51, 709) / 53.4 - 1) < 1e-3); /* 53.38, printed with three digits */
    assert_true(fabs(VT_GAS / (VT_KB * VT_AVOGADRO * 1.602176634e-19) - 1) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tabulated_peaks_give_their_energies),
        cmocka_unit_test(errors_cover),
        cmocka_unit_test(fictive_temperatures_give_their_enthalpy),
        cmocka_unit_test(energy_and_level_are_correlated),
        cmocka_unit_test(what_is_no_law_is_refused),
        cmocka_unit_test(energies_in_ev_kj_and_multiples_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
