/* Mechanical spectra: exact answers of Debye, Zener, Cole-Cole and Havriliak-Negami; peaks against
 * temperature, what is no peak, wings, the gamma relaxation's Arrhenius law, master curves. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/arrhenius.h"
#include "analysis/loss_peak.h"
#include "analysis/response.h"
#include "analysis/superposition.h"
#include "analysis/wing.h"
#include "core/random.h"
#include "core/units.h"

/* Unit normal noise, the same in each run. */
static double noise(int series, int k)
{
    uint32_t counter[4] = {(uint32_t)k, (uint32_t)series, 0, 0}, key[2] = {11, 0}, bits[4];
    vt_philox(counter, key, bits);
    double u = (bits[0] + 0.5) * 0x1p-32, v = (bits[1] + 0.5) * 0x1p-32;
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static void assert_near(double value, double expected, double error)
{
    if (!(fabs(value - expected) <= error)) fail_msg("%.10g is not %.10g +- %g", value, expected, error);
}

#define ok(call)                                                                                             \
    do {                                                                                                     \
        if ((call) != VT_OK) fail_msg("%s: %s", #call, vt_message());                                        \
    } while (0)

/* Cole & Cole, J. Chem. Phys. 9, 341 (1941): the maximum of loss is (Delta/2) tan[(1 - alpha) pi/4], at omega
 * tau = 1. Values to 6 digits; at 1.001 and 0.999 it is lower. */
static void cole_cole_loss_has_its_maximum_at_one(void **state)
{
    (void)state;
    static const double known[][2] = {{0, .5}, {.3, .306400}, {.5, .207107}, {.7, .120039}};
    for (int k = 0; k < 4; k++) {
        const struct vt_response law = {3, 1, 2, known[k][0], 1};
        double storage, loss, beside;
        vt_response_value(&law, 0.5, &storage, &loss);
        assert_near(loss, known[k][1], 1e-6);
        assert_near(storage, 2.5, 1e-12); /* half way, by symmetry */
        for (int side = -1; side <= 1; side += 2) {
            vt_response_value(&law, 0.5 * (1 + 1e-3 * side), &storage, &beside);
            assert_true(beside < loss);
        }
    }
}

/* Zener: M_R = 1, M_U = 1.2: tan(delta) = Delta / (2 sqrt(M_R M_U)) = 0.09128709 at omega tau = sqrt(M_R /
 * M_U), and M* is that of spring and dashpot, M_U - Delta / (1 + omega^2 tau^2), Delta omega tau / (1 +
 * omega^2 tau^2): rounding. */
static void zener_is_exact(void **state)
{
    (void)state;
    const struct vt_response law = {1.2, 0.2, 1, 0, 1};
    double storage, loss, top = 0;
    for (int k = -4000; k <= 4000; k++) {
        double w = exp(k * 1e-3);
        vt_response_value(&law, w, &storage, &loss);
        assert_near(storage, 1.2 - 0.2 / (1 + w * w), 1e-14);
        assert_near(loss, 0.2 * w / (1 + w * w), 1e-14);
        top = fmax(top, loss / storage);
    }
    assert_near(top, .09128709, 1e-7); /* steps of 1e-3 miss the maximum by less than 1e-7 of it */
    vt_response_value(&law, sqrt(1 / 1.2), &storage, &loss);
    assert_near(loss / storage, .09128709, 5e-9);
}

/* Against complex arithmetic with |z| and arg z plain, and its maximum by search: 1e-7 is what a flat top
 * tells. */
static void havriliak_negami_is_what_it_says(void **state)
{
    (void)state;
    static const double ab[][2] = {{0.6, 0.5}, {0.9, 0.4}, {0.5, 1.4}, {1, 0.5}, {0.7, 1}};
    for (int k = 0; k < 5; k++) {
        double a = ab[k][0], b = ab[k][1], best = 0, place = 0;
        for (int i = -60000; i <= 60000; i++) {
            double x = i * 1e-4, re = 1 + exp(a * x) * cos(a * M_PI / 2), im = exp(a * x) * sin(a * M_PI / 2);
            double loss = pow(hypot(re, im), -b) * sin(b * atan2(im, re));
            if (i % 997 == 0) assert_near(vt_response_loss(x, a, b), loss, 1e-13);
            if (loss > best) best = loss, place = x;
        }
        assert_near(vt_response_loss_place(a, b), place, 1e-4);
        assert_near(vt_response_loss(vt_response_loss_place(a, b), a, b), best, 1e-9);
    }
}

enum { POINTS = 61 };
static double omega[POINTS], storage[POINTS], loss[POINTS];

static void make_spectrum(const struct vt_response *law, double relative, int series)
{
    for (int k = 0; k < POINTS; k++) {
        omega[k] = pow(10, -3 + 0.1 * k);
        vt_response_value(law, omega[k], &storage[k], &loss[k]);
        storage[k] *= 1 + relative * noise(series, 2 * k);
        loss[k] *= 1 + relative * noise(series, 2 * k + 1);
    }
}

/* Clean data give the law back: to 1e-6 in all. */
static void spectra_are_fitted_back(void **state)
{
    (void)state;
    static const struct vt_response law[] = {
        {50, 4, 1, 0, 1}, {50, 4, 0.7, 0.3, 1}, {50, 4, 2, 0.7, 1}, {50, 4, 3, 0.2, 0.6}};
    struct vt_response_fit f;
    for (int k = 0; k < 4; k++) {
        make_spectrum(&law[k], 0, 0);
        for (int with = 0; with < 2; with++) {
            ok(vt_response_fit(POINTS, omega, with ? storage : NULL, loss,
                               k == 3   ? VT_RESPONSE_HAVRILIAK_NEGAMI
                               : k == 0 ? VT_RESPONSE_DEBYE
                                        : VT_RESPONSE_COLE_COLE,
                               &f));
            assert_near(f.law.strength, 4, 4e-6);
            assert_near(f.law.tau / law[k].tau, 1, 1e-6);
            assert_near(f.law.alpha, law[k].alpha, 1e-6);
            assert_near(f.law.beta, law[k].beta, 2e-6);
            if (with) assert_near(f.law.unrelaxed, 50, 1e-5);
            if (k < 3) assert_near(f.height, 2 * tan((1 - law[k].alpha) * M_PI / 4), 1e-5);
        }
    }
}

/* 1 % of noise: alpha to 0.02 in each of 40 spectra; and its error is right: 60 to 76 % of 200 lie within it
 * (binomial, 68.3 +- 3.3 %). */
static void noisy_spectra_give_alpha_with_an_error(void **state)
{
    (void)state;
    const struct vt_response law = {1, 1, 1, 0.5, 1};
    struct vt_response_fit f;
    int inside = 0;
    enum { TRIALS = 200 };
    for (int s = 0; s < TRIALS; s++) {
        make_spectrum(&law, 0.01, s + 1);
        ok(vt_response_fit(POINTS, omega, s % 2 ? storage : NULL, loss, VT_RESPONSE_COLE_COLE, &f));
        assert_near(f.law.alpha, 0.5, 0.02);
        inside += fabs(f.law.alpha - 0.5) < f.error.alpha;
    }
    if (inside < 0.60 * TRIALS || inside > 0.76 * TRIALS)
        fail_msg("%d of %d within one error", inside, TRIALS);
}

static void spectra_without_a_maximum_are_refused(void **state)
{
    (void)state;
    const struct vt_response law = {1, 1, 1e5, 0.3, 1};
    struct vt_response_fit f;
    make_spectrum(&law, 0.001, 3);
    assert_int_equal(vt_response_fit(POINTS, omega, storage, loss, VT_RESPONSE_COLE_COLE, &f), VT_EPHYSICS);
    assert_non_null(strstr(vt_message(), "no maximum of loss"));
    omega[3] = omega[2];
    assert_int_equal(vt_response_fit(POINTS, omega, storage, loss, VT_RESPONSE_COLE_COLE, &f), VT_EINPUT);
}

/* ---- against temperature ---- */

enum { SCAN = 101 };
static double temperature[SCAN], tan_delta[SCAN];

/* A Cole-Cole relaxation of strength 2 h / tan(a pi/4), from `from` in steps of `step`, plus base and slope.
 */
static void make_scan(double from, double step, double h, double place, double energy, double alpha,
                      double base, double slope, double sigma, int series)
{
    double a = 1 - alpha;
    for (int k = 0; k < SCAN; k++) {
        double t = temperature[k] = from + step * k, x = energy / VT_KB * (1 / t - 1 / place);
        double l = sin(a * M_PI / 2) / (2 * (cosh(a * x) + cos(a * M_PI / 2)));
        tan_delta[k] =
            h * l / (0.5 * tan(a * M_PI / 4)) + base + slope * (t - from) + sigma * noise(series, k);
    }
}

/* The width at half height follows from cosh(a x) = 2 + cos(a pi/2). */
static void a_clean_peak_is_given_back(void **state)
{
    (void)state;
    struct vt_loss_peak p;
    make_scan(250, 2, 0.04, 331, 0.9, 0.5, 0.003, 2e-5, 0, 0);
    ok(vt_loss_peak_fit(SCAN, temperature, tan_delta, 260, 420, VT_LOSS_COLE_COLE, VT_LOSS_BASE_LINEAR, &p));
    assert_near(p.place, 331, 1e-5);
    assert_near(p.height, 0.04, 1e-7);
    assert_near(p.alpha, 0.5, 1e-4);
    assert_near(p.energy, 0.45, 1e-5);
    double u = VT_KB / 0.45 * acosh(2 + cos(M_PI / 4));
    assert_near(p.width, 1 / (1 / 331.0 - u) - 1 / (1 / 331.0 + u), 1e-3);
    assert_near(vt_loss_peak_base(&p, 250), 0.003, 1e-6);
    ok(vt_loss_peak_fit(SCAN, temperature, tan_delta, 260, 420, VT_LOSS_HAVRILIAK_NEGAMI, VT_LOSS_BASE_LINEAR,
                        &p));
    assert_near(p.place, 331, 1e-3);
    assert_near(p.beta, 1, 1e-2);
}

/* Errors of place and height: 200 scans with noise of 2 % of the height, 60 to 76 % within one error each. */
static void errors_of_peaks_cover(void **state)
{
    (void)state;
    enum { TRIALS = 200 };
    int place = 0, height = 0, width = 0;
    double u = VT_KB / 0.45 * acosh(2 + cos(M_PI / 4)), w = 1 / (1 / 331.0 - u) - 1 / (1 / 331.0 + u);
    for (int s = 0; s < TRIALS; s++) {
        struct vt_loss_peak p;
        make_scan(250, 2, 0.04, 331, 0.9, 0.5, 0.003, 0, 0.0008, s);
        ok(vt_loss_peak_fit(SCAN, temperature, tan_delta, 250, 450, VT_LOSS_COLE_COLE, VT_LOSS_BASE_CONSTANT,
                            &p));
        place += fabs(p.place - 331) < p.place_error;
        height += fabs(p.height - 0.04) < p.height_error;
        width += fabs(p.width - w) < p.width_error;
    }
    if (place < 0.6 * TRIALS || place > 0.76 * TRIALS || height < 0.6 * TRIALS || height > 0.76 * TRIALS ||
        width < 0.6 * TRIALS || width > 0.76 * TRIALS)
        fail_msg("of %d: place %d, height %d, width %d within one error", TRIALS, place, height, width);
}

/* What rises, falls, bends or only scatters has no peak; a peak that the window cuts has none either. */
static void what_is_no_peak_is_refused(void **state)
{
    (void)state;
    int refused = 0, n = 0;
    for (int form = VT_LOSS_COLE_COLE; form <= VT_LOSS_GAUSSIAN; form++)
        for (int base = form == VT_LOSS_HAVRILIAK_NEGAMI ? VT_LOSS_BASE_LINEAR : VT_LOSS_BASE_NONE;
             base <= VT_LOSS_BASE_EXPONENTIAL; base++)
            for (int kind = 0; kind < 6; kind++) {
                struct vt_loss_peak p;
                for (int k = 0; k < SCAN; k++) {
                    double t = temperature[k] = 250 + 2 * k, s = 2e-4 * noise(kind, k);
                    tan_delta[k] = kind == 0   ? 0.01 + 2e-4 * k + s
                                   : kind == 1 ? 0.01 + 1e-3 * exp(k / 25.0) + s
                                   : kind == 2 ? 0.05 - 2e-4 * k + s
                                   : kind == 3 ? 0.01 + s
                                   : kind == 4 ? 0.04 / cosh(0.02 * (t - 470)) + s /* its top is outside */
                                               : 0.04 * sqrt(2 * k + 1.0) + s;
                }
                enum vt_status st = vt_loss_peak_fit(SCAN, temperature, tan_delta, 250, 450,
                                                     (enum vt_loss_form)form, (enum vt_loss_base)base, &p);
                n++;
                refused += st == VT_EPHYSICS;
                if (st != VT_EPHYSICS)
                    print_error("form %d, base %d, kind %d: peak at %g, height %g +- %g, width %g\n", form,
                                base, kind, p.place, p.height, p.height_error, p.width);
            }
    assert_int_equal(refused, n);
    struct vt_loss_peak p;
    make_scan(250, 2, 0.04, 331, 0.9, 0.5, 0, 0, 1e-4, 0);
    assert_int_equal(
        vt_loss_peak_fit(SCAN, temperature, tan_delta, 250, 265, VT_LOSS_GAUSSIAN, VT_LOSS_BASE_NONE, &p),
        VT_EPHYSICS);
    assert_non_null(strstr(vt_message(), "8 points there, 10 are due"));
    /* The top is within the window, one side at half height is not. */
    make_scan(250, 2, 0.04, 331, 0.9, 0.5, 0.002, 0, 1e-4, 0);
    assert_int_equal(vt_loss_peak_fit(SCAN, temperature, tan_delta, 250, 345, VT_LOSS_COLE_COLE,
                                      VT_LOSS_BASE_CONSTANT, &p),
                     VT_EPHYSICS);
    assert_non_null(strstr(vt_message(), "at half its height"));
    /* Bumps of noise: none of 50 series is taken for a peak, though some have one of more than 3 errors. */
    for (int series = 0; series < 50; series++) {
        for (int k = 0; k < SCAN; k++) tan_delta[k] = 0.01 + 1e-3 * noise(series, k);
        assert_int_equal(vt_loss_peak_fit(SCAN, temperature, tan_delta, 250, 450, VT_LOSS_GAUSSIAN,
                                          VT_LOSS_BASE_CONSTANT, &p),
                         VT_EPHYSICS);
    }
}

/* A beta peak on the flank of the alpha relaxation, without a maximum of its own far away: the exponential
 * base finds its place to 2 K where the linear one is refused or is off. */
static void a_peak_on_a_flank_is_found(void **state)
{
    (void)state;
    struct vt_loss_peak p;
    make_scan(250, 2, 0.04, 331, 0.9, 0.4, 0.002, 0, 2e-4, 5);
    for (int k = 0; k < SCAN; k++) tan_delta[k] += 0.1 * exp((temperature[k] - 450) / 14);
    ok(vt_loss_peak_fit(SCAN, temperature, tan_delta, 250, 440, VT_LOSS_COLE_COLE, VT_LOSS_BASE_EXPONENTIAL,
                        &p));
    assert_near(p.place, 331, fmin(2, 4 * p.place_error));
    assert_near(p.height, 0.04, 4 * p.height_error);
}

/* Acceptance: E = 0.28 eV, tau_0 = 1e-13 s; T(f) = (E / k_B) / ln(1 / (2 pi f tau_0)) at 0.05, 0.5, 3, 7, 15
 * Hz. Peaks of scans made so are found at these places, and E from them to 0.1 %. */
static void gamma_peaks_give_their_energy(void **state)
{
    (void)state;
    static const double f[] = {.05, .5, 3, 7, 15}, known[] = {104.51, 112.87, 120.36, 124.26, 127.99};
    double place[5], tau[5];
    struct vt_arrhenius law;
    for (int k = 0; k < 5; k++) {
        struct vt_loss_peak p;
        double t = 0.28 / VT_KB / log(1 / (2 * M_PI * f[k] * 1e-13));
        assert_near(t, known[k], 0.005);
        make_scan(60, 1.2, 0.01, t, 0.28, 0.4, 0.001, 0, 5e-6, k);
        ok(vt_loss_peak_fit(SCAN, temperature, tan_delta, 60, 180, VT_LOSS_COLE_COLE, VT_LOSS_BASE_LINEAR,
                            &p));
        assert_near(p.place, t, 4 * p.place_error);
        place[k] = p.place;
        tau[k] = 1 / (2 * M_PI * f[k]);
    }
    ok(vt_arrhenius_fit(5, known, tau, NULL, &law));
    assert_near(law.energy, 0.28, 2.8e-4);
    ok(vt_arrhenius_fit(5, place, tau, NULL, &law));
    assert_near(law.energy, 0.28, 2.8e-4);
    assert_near(exp(law.log_tau0) / 1e-13, 1, 0.05);
    assert_near(vt_energy_molar(0.28), 27.0158, 1e-3);
}

/* ---- wings ---- */

/* Main peak alpha = 0.25, wing 0.02 (omega tau)^-0.25 in the spectrum: b and the share within 3 errors, which
 * are less than a tenth of them; without a wing there is none. */
static void a_planted_wing_is_found_and_no_other(void **state)
{
    (void)state;
    const struct vt_response law = {50, 1, 10, 0.1, 1};
    struct vt_response_fit main;
    struct vt_wing w;
    for (int planted = 0; planted < 2; planted++) {
        make_spectrum(&law, 0.002, 4);
        double share[2] = {0, 0};
        for (int k = 0; k < POINTS; k++) {
            double wing = planted && omega[k] > 3 ? 0.02 * pow(omega[k] * 10, -0.25) : 0;
            if (omega[k] > 9.9 && omega[k] < 999) share[0] += wing, share[1] += loss[k] + wing;
            loss[k] += wing;
        }
        int n = 0; /* the top: up to omega = 1 */
        while (n < POINTS && omega[n] < 1.01) n++;
        ok(vt_response_fit(n, omega, storage, loss, VT_RESPONSE_COLE_COLE, &main));
        enum vt_status st = vt_wing_of_spectrum(POINTS, omega, loss, &main, 9.9, 999, &w);
        if (!planted) {
            assert_int_equal(st, VT_EPHYSICS);
            assert_non_null(strstr(vt_message(), "no wing"));
            continue;
        }
        ok(st);
        assert_near(w.exponent, 0.25, 3 * w.exponent_error);
        assert_near(w.share, share[0] / share[1], 3 * w.share_error);
        assert_true(w.exponent_error < 0.1 && w.share_error < 0.1);
        assert_int_equal(w.points, 20);
    }
}

/* The same below a peak in temperature, E known: wing 0.004 (omega tau)^-0.12. */
static void a_planted_wing_of_a_scan_is_found(void **state)
{
    (void)state;
    struct vt_loss_peak main;
    struct vt_wing w;
    const double energy = 1.2, place = 400;
    for (int planted = 0; planted < 2; planted++) {
        make_scan(250, 2, 0.05, place, energy, 0.2, 0, 0, 5e-5, 9);
        double share[2] = {0, 0};
        for (int k = 0; k < SCAN; k++) {
            double x = energy / VT_KB * (1 / temperature[k] - 1 / place);
            double wing = planted && temperature[k] < 360 ? 0.004 * exp(-0.12 * x) : 0;
            if (temperature[k] > 259 && temperature[k] < 341)
                share[0] += wing, share[1] += tan_delta[k] + wing;
            tan_delta[k] += wing;
        }
        ok(vt_loss_peak_fit(SCAN, temperature, tan_delta, 370, 450, VT_LOSS_COLE_COLE, VT_LOSS_BASE_NONE,
                            &main));
        enum vt_status st = vt_wing_of_scan(SCAN, temperature, tan_delta, &main, energy, 260, 340, &w);
        if (!planted) {
            assert_int_equal(st, VT_EPHYSICS);
            continue;
        }
        ok(st);
        assert_near(w.exponent, 0.12, 3 * w.exponent_error);
        assert_near(w.share, share[0] / share[1], 3 * w.share_error);
        assert_true(w.exponent_error < 0.02 && w.share_error < 0.05);
    }
}

/* ---- master curves ---- */

/* Cole-Cole spectra over two decades at 7 temperatures, tau by E = 1.5 eV, 0.5 % of noise in E' and E'':
 * shifts are those of tau, within 4.5 errors and to 0.05 decades, and of those to the reference's neighbours
 * 60 to 80 % within one error, over 40 sets. The error of E takes neighbouring shifts as independent, where
 * in truth the noise of the curve between them cancels: it is up to twice too large, and must not be more,
 * nor too small. */
static void shifts_of_a_master_curve_are_those_of_tau(void **state)
{
    (void)state;
    enum { SWEEPS = 7, N = 21, TRIALS = 40 };
    static double x[N], y[SWEEPS][2][N];
    int inside = 0, all = 0, good = 0;
    double square = 0, mean = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        struct vt_sweep sweep[SWEEPS];
        double t[SWEEPS], tau[SWEEPS], energy, error, reduced;
        for (int q = 0; q < SWEEPS; q++) {
            t[q] = 390 + 5 * q;
            tau[q] = exp(1.5 / VT_KB * (1 / t[q] - 1 / 405.0));
            const struct vt_response law = {1, 0.9, tau[q], 0.4, 1};
            for (int k = 0; k < N; k++) {
                double m[2];
                x[k] = -1 + 0.1 * k;
                vt_response_value(&law, pow(10, x[k]), &m[0], &m[1]);
                for (int c = 0; c < 2; c++)
                    y[q][c][k] = log10(m[c] * (1 + 0.005 * noise(trial * 2 + c, q * N + k)));
            }
            sweep[q] = (struct vt_sweep){.n = N, .temperature = t[q], .x = x, .y = {y[q][0], y[q][1]}};
        }
        ok(vt_superpose(SWEEPS, sweep, 3, 0.3));
        for (int q = 0; q < SWEEPS; q++) {
            double known = log10(tau[q] / tau[3]);
            assert_near(sweep[q].shift, known, 0.05);
            if (q == 3) continue;
            assert_near(sweep[q].shift, known, 4.5 * sweep[q].error);
            if (q != 2 && q != 4) continue;
            inside += fabs(sweep[q].shift - known) < sweep[q].error;
            all++;
        }
        vt_superposition_energy(SWEEPS, sweep, &energy, &error, &reduced);
        assert_near(energy, 1.5, 4 * error);
        assert_true(error < 0.02);
        good += fabs(energy - 1.5) < error;
        square += pow(energy - 1.5, 2), mean += error / TRIALS;
    }
    if (good < 0.6 * TRIALS || sqrt(square / TRIALS) < 0.5 * mean)
        fail_msg("E: %d of %d within one error, which is %g for a deviation of %g", good, TRIALS, mean,
                 sqrt(square / TRIALS));
    if (inside < 0.6 * all || inside > 0.8 * all) fail_msg("%d of %d within one error", inside, all);
}

/* Flat curves tell no shift, and those that have nothing in common neither. */
static void curves_that_tell_no_shift_are_refused(void **state)
{
    (void)state;
    double x[10], flat[2][10], apart[2][10];
    for (int k = 0; k < 10; k++) {
        x[k] = 0.1 * k;
        for (int q = 0; q < 2; q++) flat[q][k] = 0.01 * noise(q, k), apart[q][k] = 5 * q + x[k];
    }
    struct vt_sweep sweep[2] = {{.n = 10, .temperature = 300, .x = x, .y = {flat[0]}},
                                {.n = 10, .temperature = 310, .x = x, .y = {flat[1]}}};
    assert_int_equal(vt_superpose(2, sweep, 0, 0.3), VT_EPHYSICS);
    sweep[0].y[0] = apart[0], sweep[1].y[0] = apart[1];
    assert_int_equal(vt_superpose(2, sweep, 0, 0.3), VT_EPHYSICS);
    assert_non_null(strstr(vt_message(), "310 and 300 K"));
    sweep[1].n = 4;
    assert_int_equal(vt_superpose(2, sweep, 0, 0.3), VT_EINPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cole_cole_loss_has_its_maximum_at_one),
        cmocka_unit_test(zener_is_exact),
        cmocka_unit_test(havriliak_negami_is_what_it_says),
        cmocka_unit_test(spectra_are_fitted_back),
        cmocka_unit_test(noisy_spectra_give_alpha_with_an_error),
        cmocka_unit_test(spectra_without_a_maximum_are_refused),
        cmocka_unit_test(a_clean_peak_is_given_back),
        cmocka_unit_test(errors_of_peaks_cover),
        cmocka_unit_test(what_is_no_peak_is_refused),
        cmocka_unit_test(a_peak_on_a_flank_is_found),
        cmocka_unit_test(gamma_peaks_give_their_energy),
        cmocka_unit_test(a_planted_wing_is_found_and_no_other),
        cmocka_unit_test(a_planted_wing_of_a_scan_is_found),
        cmocka_unit_test(shifts_of_a_master_curve_are_those_of_tau),
        cmocka_unit_test(curves_that_tell_no_shift_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
