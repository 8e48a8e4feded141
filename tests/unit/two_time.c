/* Two-time correlation: of intensities whose field is an Ornstein-Uhlenbeck process, with a planted step of
 * its time, and with a time that grows; against slow, obvious sums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/ageing.h"
#include "analysis/one_time.h"
#include "analysis/stationary.h"
#include "core/random.h"

/* I_q(t) = |E_q(t)|^2 with complex normal E, E(t + 1) = a E(t) + sqrt(1 - a^2) noise, a = exp(-1 / tau(t)):
 * then f = exp(-int dt / tau), and C - 1 = f^2 (contrast 1). */
static double *speckles(int n_q, int n_t, double (*tau)(int t), int trial)
{
    double *intensity = malloc((size_t)n_q * (size_t)n_t * sizeof *intensity);
    assert_non_null(intensity);
    for (int q = 0; q < n_q; q++) {
        double e[2] = {0}, g[4];
        for (int t = 0; t < n_t; t++) {
            double a = t ? exp(-1 / tau(t)) : 0, b = sqrt((1 - a * a) / 2);
            if (t % 2 == 0) vt_normal4(17, q + 1000000 * (int64_t)trial, t / 2, VT_RANDOM_TEST, g);
            for (int k = 0; k < 2; k++) e[k] = a * e[k] + b * g[t % 2 * 2 + k];
            intensity[(size_t)q * (size_t)n_t + (size_t)t] = e[0] * e[0] + e[1] * e[1];
        }
    }
    return intensity;
}

static double constant(int t)
{
    (void)t;
    return 8;
}

enum { STEP = 400 };
static double stepped(int t)
{
    return t <= STEP ? 10 : 25;
}

static double growing(int t)
{
    return 6 * exp(t / 500.);
}

static struct vt_two_time sums(int n_q, int n_t, const double *intensity)
{
    struct vt_two_time two;
    assert_int_equal(vt_two_time_init(&two, n_t), VT_OK);
    assert_int_equal(vt_two_time_add(&two, n_q, intensity), VT_OK);
    return two;
}

/* The definitions, with loops; sizes that fill no tile. */
static void it_is_what_the_definition_says(void **state)
{
    (void)state;
    enum { Q = 13, T = 131 };
    double *i = speckles(Q, T, constant, 0);
    struct vt_two_time two = sums(Q, T, i), again;
    static double c[T * T], g2[T], holed[T];
    static int pairs[T];
    assert_int_equal(vt_two_time_matrix(&two, c), VT_OK);
#define I(q, t) i[(size_t)(q)*T + (size_t)(t)]
    for (int a = 0; a < T; a++)
        for (int b = 0; b < T; b++) {
            double p = 0, s1 = 0, s2 = 0;
            for (int q = 0; q < Q; q++) p += I(q, a) * I(q, b), s1 += I(q, a), s2 += I(q, b);
            assert_true(fabs(c[a * T + b] / (p / Q / (s1 / Q * s2 / Q)) - 1) < 1e-13);
        }
    const struct vt_cut cut[] = {{.pairs = VT_CUT_BLOCK, .first = 20, .last = 90},
                                 {.pairs = VT_CUT_AGE, .first = 60.5, .last = 70},
                                 {.pairs = VT_CUT_START, .first = 30, .last = 33}};
    for (int k = 0; k < 3; k++)
        for (int average = 0; average < 2; average++) {
            assert_int_equal(vt_one_time(&two, &cut[k], (enum vt_cut_average)average, g2, pairs), VT_OK);
            for (int l = 0; l < T; l++) {
                double p = 0, s1 = 0, s2 = 0, ratios = 0;
                int n = 0;
                for (int a = 0; a + l < T; a++) {
                    double age = a + 0.5 * l, first = cut[k].first, last = cut[k].last;
                    if (k == 0 && (a < first || a + l > last)) continue;
                    if (k == 1 && (age < first || age > last)) continue;
                    if (k == 2 && (a < first || a > last)) continue;
                    n++;
                    ratios += c[a * T + a + l];
                    for (int q = 0; q < Q; q++) p += I(q, a) * I(q, a + l), s1 += I(q, a), s2 += I(q, a + l);
                }
                assert_int_equal(n, pairs[l]);
                double want = average ? ratios / n : p * n * Q / (s1 * s2);
                assert_true(n ? fabs(g2[l] / want - 1) < 1e-12 : isnan(g2[l]));
            }
        }
#undef I
    /* Sums added in two parts, and taken off again. */
    assert_int_equal(vt_two_time_init(&again, T), VT_OK);
    assert_int_equal(vt_two_time_add(&again, 5, i), VT_OK);
    vt_two_time_take_off(&two, &again);
    assert_true(again.n_q == Q - 5);
    assert_int_equal(vt_two_time_add(&again, 5, i), VT_OK);
    for (int k = 0; k < T * T; k++)
        assert_true(fabs(again.product[k] - two.product[k]) < 1e-12 * (1 + two.product[k]));
    /* A matrix alone gives the same mean of ratios, and no ratio of sums. */
    struct vt_two_time known;
    assert_int_equal(vt_two_time_of_matrix(&known, T, c), VT_OK);
    vt_one_time(&two, &cut[0], VT_CUT_MEAN_OF_RATIOS, g2, pairs);
    assert_int_equal(vt_one_time(&known, &cut[0], VT_CUT_MEAN_OF_RATIOS, holed, pairs), VT_OK);
    for (int l = 0; l <= 70; l++) assert_true(fabs(g2[l] - holed[l]) < 1e-13);
    assert_int_equal(vt_one_time(&known, &cut[0], VT_CUT_RATIO_OF_SUMS, g2, pairs), VT_EINPUT);
    assert_int_equal(
        vt_one_time(&two, &(struct vt_cut){.first = 200, .last = 300}, VT_CUT_RATIO_OF_SUMS, g2, pairs),
        VT_EINPUT);
    vt_two_time_release(&two), vt_two_time_release(&again), vt_two_time_release(&known);
    free(i);
}

static const struct vt_kww_options siegert = {.factor = 2, .base = NAN};

/* Acceptance A: tau to 3 % (3000 speckles: the slower one is known to 1.2 %), the step to one step of frames;
 * by both averages, with errors by groups of q, and by pieces of time where only C is known. */
static void a_planted_step_is_found(void **state)
{
    (void)state;
    enum { Q = 3000, T = 1000 };
    double *i = speckles(Q, T, stepped, 1);
    struct vt_two_time two = sums(Q, T, i), known;
    struct vt_stationary s;
    assert_int_equal(vt_stationary_find(&two, &(struct vt_stationary_options){0}, &s), VT_OK);
    print_message("%d stretches; the step at %d, found at %d, steps of %d frames\n", s.n, STEP,
                  s.stretch[1].first, s.width);
    assert_int_equal(s.n, 2);
    assert_true(abs(s.stretch[1].first - STEP) <= s.width && s.stretch[0].first == 0 &&
                s.stretch[1].last == T - 1);
    assert_true(s.stretch[1].level - s.stretch[0].level > 10 * s.stretch[0].level_error);
    struct vt_cut cut[2];
    for (int k = 0; k < 2; k++)
        cut[k] =
            (struct vt_cut){.pairs = VT_CUT_BLOCK, .first = s.stretch[k].first, .last = s.stretch[k].last};
    static double c[T * T];
    vt_two_time_matrix(&two, c);
    assert_int_equal(vt_two_time_of_matrix(&known, T, c), VT_OK);
    const double tau[2] = {10, 25};
    for (int way = 0; way < 3; way++) {
        struct vt_one_time_curve curve[2];
        const struct vt_one_time_options o = {.average = way ? VT_CUT_MEAN_OF_RATIOS : VT_CUT_RATIO_OF_SUMS};
        assert_int_equal(
            vt_one_time_curves(way == 2 ? &known : &two, Q, way == 2 ? NULL : i, 2, cut, &o, curve), VT_OK);
        for (int k = 0; k < 2; k++) {
            struct vt_kww f;
            assert_int_equal(vt_one_time_kww(&curve[k], &siegert, &f), VT_OK);
            print_message("way %d: tau %.3f +- %.3f (%g), beta %.3f +- %.3f, base %.4f, contrast %.3f\n", way,
                          f.tau, f.tau_error, tau[k], f.beta, f.beta_error, f.base, f.height);
            assert_true(fabs(f.tau / tau[k] - 1) < 0.03 && fabs(f.beta - 1) < 0.05);
            assert_true(f.tau_error > 0.001 * tau[k] && f.tau_error < 0.05 * tau[k]);
            vt_one_time_release(&curve[k]);
        }
    }
    vt_stationary_release(&s);
    vt_two_time_release(&two), vt_two_time_release(&known);
    free(i);
}

/* 40 samples with one time: changes are found in few, and errors by groups of q are those of repeated
 * samples: within one in 68 %, 20 to 34 of 40 (two and a half sigma). */
static void what_is_stationary_has_no_steps(void **state)
{
    (void)state;
    enum { Q = 100, T = 300, TRIALS = 40 };
    int split = 0, inside = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double *i = speckles(Q, T, constant, 10 + trial);
        struct vt_two_time two = sums(Q, T, i);
        struct vt_stationary s;
        assert_int_equal(vt_stationary_find(&two, &(struct vt_stationary_options){0}, &s), VT_OK);
        split += s.n > 1;
        vt_stationary_release(&s);
        struct vt_one_time_curve curve;
        struct vt_kww f;
        const struct vt_cut all = {.pairs = VT_CUT_BLOCK, .last = T - 1};
        assert_int_equal(
            vt_one_time_curves(&two, Q, i, 1, &all, &(struct vt_one_time_options){.dt = 0.5}, &curve), VT_OK);
        assert_int_equal(vt_one_time_kww(&curve, &siegert, &f), VT_OK);
        inside += fabs(f.tau - 4) < f.tau_error; /* 8 frames of 0.5 */
        vt_one_time_release(&curve);
        vt_two_time_release(&two);
        free(i);
    }
    print_message("changes found in %d of %d; tau within its error in %d\n", split, TRIALS, inside);
    assert_true(split <= 3 && inside >= 20 && inside <= 34);
}

/* Errors of g2 are pooled: each is that of nine neighbours together, and no delay that is lucky in four
 * pieces takes the fit. 64 windows, tau 8 and base known: tau comes off by 3.9 times in one of these where
 * each delay has an error of its own. */
static void no_lucky_delay_takes_the_fit(void **state)
{
    (void)state;
    enum { Q = 600, T = 240, TRIALS = 8, WINDOWS = 4, PARTS = 4, POOL = 4 };
    const struct vt_kww_options known_base = {.factor = 2, .base = 1};
    double worst = 0, luckiest = 1;
    int fits = 0, at_bound = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double *i = speckles(Q, T, constant, 112 + trial);
        struct vt_two_time two = sums(Q, T, i);
        for (int k = 0; k < 2 * WINDOWS; k++) {
            struct vt_one_time_curve curve;
            struct vt_kww f;
            const int of = k % WINDOWS, from = T * of / WINDOWS, to = T * (of + 1) / WINDOWS - 1;
            const struct vt_cut cut = {
                .pairs = k < WINDOWS ? VT_CUT_AGE : VT_CUT_START, .first = from, .last = to};
            const struct vt_one_time_options o = {.average = VT_CUT_MEAN_OF_RATIOS, .parts = PARTS};
            assert_int_equal(vt_one_time_curves(&two, 0, NULL, 1, &cut, &o, &curve), VT_OK);
            for (int b = 0; b < curve.n; b++) { /* against the definition */
                double pooled = 0, own = 0;
                int n = 0;
                for (int c = b - POOL; c <= b + POOL; c++) {
                    if (c < 0 || c >= curve.n) continue;
                    double mean = 0, square = 0;
                    for (int g = 0; g < PARTS; g++) mean += curve.sample[g * curve.n + c] / PARTS;
                    for (int g = 0; g < PARTS; g++) square += pow(curve.sample[g * curve.n + c] - mean, 2);
                    square *= (PARTS - 1.) / PARTS;
                    pooled += square, n++;
                    if (c == b) own = square;
                }
                assert_true(fabs(curve.error[b] / sqrt(pooled / n) - 1) < 1e-9);
                luckiest = fmin(luckiest, sqrt(own) / curve.error[b]);
            }
            if (vt_one_time_kww(&curve, &known_base, &f) == VT_OK)
                fits++, at_bound += f.beta_at_bound, worst = fmax(worst, fabs(log(f.tau / 8)));
            vt_one_time_release(&curve);
        }
        vt_two_time_release(&two);
        free(i);
    }
    print_message("%d fits; %d with beta at its bound; tau off by a factor %.2f at most; the smallest error "
                  "%.3f of the pooled one\n",
                  fits, at_bound, exp(worst), luckiest);
    /* A window of 60 frames of 600 speckles tells tau to some 10 %, one in a hundred to 50 %. */
    assert_true(fits > 60 && !at_bound && worst < log(2) && luckiest < 0.1);
}

/* tau = tau_0 exp(t / tau_star): C = 1 + exp(-2 int dt / tau) is a closed form, in which the age cut decays
 * as a compressed and the start cut as a stretched exponential. From C itself, without noise. */
static void cuts_of_an_ageing_sample_differ(void **state)
{
    (void)state;
    enum { T = 800 };
    static double c[T * T];
    const double tau0 = 60, star = 500;
    for (int a = 0; a < T; a++)
        for (int b = 0; b < T; b++)
            c[a * T + b] = 1 + exp(-2 * star / tau0 * fabs(exp(-a / star) - exp(-b / star)));
    struct vt_two_time two;
    assert_int_equal(vt_two_time_of_matrix(&two, T, c), VT_OK);
    struct vt_kww_options o = {.factor = 2, .base = 1};
    static double g2[T], delay[T], age[6], tau[6], tau_error[6];
    static int pairs[T];
    double beta[2];
    for (int pairs_of = VT_CUT_AGE; pairs_of <= VT_CUT_START; pairs_of++) {
        struct vt_cut cut = {.pairs = (enum vt_cut_pairs)pairs_of, .first = 300, .last = 300.5};
        int n = 0;
        assert_int_equal(vt_one_time(&two, &cut, VT_CUT_MEAN_OF_RATIOS, g2, pairs), VT_OK);
        for (int l = 1; l < T; l++)
            if (pairs[l]) delay[n] = l, g2[n++] = g2[l];
        struct vt_kww f;
        if (vt_kww_fit(n, delay, g2, NULL, &o, &f)) fail_msg("%s", vt_message());
        beta[pairs_of - VT_CUT_AGE] = f.beta;
        if (pairs_of == VT_CUT_AGE) assert_true(fabs(f.tau / (tau0 * exp(300 / star)) - 1) < 0.01);
    }
    print_message("beta along age %.4f, from a start %.4f\n", beta[0], beta[1]);
    assert_true(beta[0] > 1.001 && beta[1] < 0.95);
    /* The law of ageing from windows of age. */
    for (int k = 0; k < 6; k++) {
        struct vt_cut cut = {.pairs = VT_CUT_AGE, .first = 90 + 100 * k, .last = 110 + 100 * k};
        struct vt_kww f;
        assert_int_equal(vt_one_time(&two, &cut, VT_CUT_MEAN_OF_RATIOS, g2, pairs), VT_OK);
        int n = 0;
        for (int l = 1; l < T && pairs[l]; l++) delay[n] = l, g2[n++] = g2[l];
        assert_int_equal(vt_kww_fit(n, delay, g2, NULL, &o, &f), VT_OK);
        age[k] = 100 + 100 * k, tau[k] = f.tau, tau_error[k] = 0.01 * f.tau;
    }
    struct vt_ageing law;
    assert_int_equal(vt_ageing_fit(6, age, tau, tau_error, &law), VT_OK);
    print_message("tau_0 %.3f (60), tau_star %.2f (500)\n", law.tau0, law.tau_star);
    assert_true(fabs(law.tau0 / tau0 - 1) < 0.01 && fabs(law.tau_star / 500 - 1) < 0.01);
    vt_two_time_release(&two);
}

/* With speckles: a rate that drifts gives several stretches, ever slower ones. */
static void an_ageing_sample_is_a_staircase(void **state)
{
    (void)state;
    enum { Q = 300, T = 600 };
    double *i = speckles(Q, T, growing, 3);
    struct vt_two_time two = sums(Q, T, i);
    struct vt_stationary s;
    assert_int_equal(vt_stationary_find(&two, &(struct vt_stationary_options){0}, &s), VT_OK);
    print_message("%d stretches of an ageing sample\n", s.n);
    assert_true(s.n >= 2);
    for (int k = 1; k < s.n; k++) assert_true(s.stretch[k].level > s.stretch[k - 1].level);
    vt_stationary_release(&s);
    vt_two_time_release(&two);
    free(i);
}

static void what_cannot_be_cut_is_refused(void **state)
{
    (void)state;
    enum { Q = 10, T = 40 };
    double *i = speckles(Q, T, constant, 5);
    struct vt_two_time two = sums(Q, T, i);
    struct vt_stationary s;
    struct vt_one_time_curve curve;
    const struct vt_cut all = {.pairs = VT_CUT_BLOCK, .last = T - 1};
    assert_int_equal(vt_stationary_find(&two, &(struct vt_stationary_options){.width = 8}, &s), VT_EINPUT);
    assert_int_equal(vt_one_time_curves(&two, Q, i, 1, &all, &(struct vt_one_time_options){0}, &curve),
                     VT_EINPUT);
    assert_non_null(strstr(vt_message(), "10 parts for errors, of 10 q"));
    vt_one_time_release(&curve);
    i[3] = NAN;
    assert_int_equal(vt_two_time_add(&two, Q, i), VT_EPHYSICS);
    vt_two_time_release(&two);
    assert_int_equal(vt_two_time_init(&two, 4), VT_OK);
    assert_int_equal(vt_two_time_add(&two, 1, (double[]){1, 0, 1, 1}), VT_OK);
    double c[16];
    assert_int_equal(vt_two_time_matrix(&two, c), VT_EPHYSICS);
    assert_non_null(strstr(vt_message(), "frame 1 has no intensity"));
    vt_two_time_release(&two);
    free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_what_the_definition_says),  cmocka_unit_test(a_planted_step_is_found),
        cmocka_unit_test(no_lucky_delay_takes_the_fit),    cmocka_unit_test(what_is_stationary_has_no_steps),
        cmocka_unit_test(cuts_of_an_ageing_sample_differ), cmocka_unit_test(an_ageing_sample_is_a_staircase),
        cmocka_unit_test(what_cannot_be_cut_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
