/* Planted series of G(r), through all of `vitrum entropy` but the reading: two states of a glass, heated in
 * 390 steps of 2 K, with noise of 0.005 k_B, breaks at 220, 450 and 709 K, a difference of entropy that goes
 * away at T_g, and a constant that only alignment in the liquid takes away. VT_LONG=1: 200 trials instead
 * of 25. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/curve_entropy.h"
#include "core/memory.h"
#include "core/random.h"
#include "study/curve_series.h"
#include "study/series_put.h"

enum { N = 390, POINTS = 601, HEIGHTS = 400, STATES = 2 };
static const double rho = 0.0538345, noise = 0.005, shift = -0.13, at[3] = {220, 450, 709},
                    change[3] = {4e-4, 5e-4, 3e-3};
static double r[POINTS], bump[POINTS], height[HEIGHTS], s_of_height[HEIGHTS], x[STATES][N][POINTS],
    y[STATES][N][POINTS];
static struct vt_measured_curve curve[STATES][N];
static char *paths[N];

static double temperature(int k)
{
    return 93.15 + 2 * k;
}

/* The twisted state: 0.2 k_B more, of which relaxation takes 0.08 between beta and T_g, and the glass
 * transition the rest in 20 K. */
static double difference(double t)
{
    return t < 450 ? 0.2 : t < 709 ? 0.2 - 0.08 * (t - 450) / 259 : t < 729 ? 0.12 * (729 - t) / 20 : 0;
}

static double planted(double t)
{
    double s = -4.5 + 1.5e-3 * (t - 93.15);
    for (int k = 0; k < 3; k++) s += t > at[k] ? change[k] * (t - at[k]) : 0;
    return s;
}

/* g = 1 + height times four shells, 0 below 2.2 angstrom; S_eq falls as the height rises. */
static void prepare(void)
{
    static const double place[] = {2.75, 4.8, 7.2, 9.6}, width[] = {0.22, 0.5, 0.7, 0.9},
                        part[] = {2, 0.5, 0.25, 0.1};
    double g[POINTS];
    for (int k = 0; k < POINTS; k++) {
        r[k] = 0.02 * (k + 1);
        bump[k] = 0;
        for (int q = 0; q < 4; q++) bump[k] += part[q] * exp(-pow((r[k] - place[q]) / width[q], 2) / 2);
    }
    for (int h = 0; h < HEIGHTS; h++) {
        height[h] = 2.8 - 2.7 * h / (HEIGHTS - 1);
        for (int k = 0; k < POINTS; k++) g[k] = r[k] < 2.2 ? 0 : 1 + height[h] * bump[k];
        s_of_height[h] = vt_curve_s(POINTS - 1, r, g, rho, 2).s; /* to 12 angstrom */
    }
}

/* The height that gives s, cubic between four neighbours of the table. */
static double height_of(double s)
{
    int k = 1;
    double sum = 0;
    while (k < HEIGHTS - 3 && s_of_height[k + 1] < s) k++;
    for (int a = k - 1; a < k + 3; a++) {
        double term = height[a];
        for (int b = k - 1; b < k + 3; b++)
            if (b != a) term *= (s - s_of_height[b]) / (s_of_height[a] - s_of_height[b]);
        sum += term;
    }
    return sum;
}

static void make(int trial, struct vt_curve_files files[STATES])
{
    for (int state = 0; state < STATES; state++) {
        for (int k = 0; k < N; k++) {
            double z[4], t = temperature(k);
            vt_normal4(11, trial, state * N + k, VT_RANDOM_TEST, z);
            double h = height_of(planted(t) + state * (difference(t) + shift) + noise * z[0]);
            for (int q = 0; q < POINTS; q++) {
                x[state][k][q] = r[q];
                y[state][k][q] = 4 * M_PI * rho * r[q] * (r[q] < 2.2 ? -1 : h * bump[q]);
            }
            curve[state][k] = (struct vt_measured_curve){.path = "planted",
                                                         .temperature = t,
                                                         .file = {.dialect = "columns",
                                                                  .abscissa = VT_ABSCISSA_R,
                                                                  .ordinate = VT_ORDINATE_REDUCED,
                                                                  .n = POINTS,
                                                                  .x = x[state][k],
                                                                  .y = y[state][k]}};
        }
        files[state] = (struct vt_curve_files){.n = N, .item = curve[state]};
    }
}

static const struct vt_series_files series[] = {{"cast", N, paths}, {"hpt", N, paths}};

static void run(int trial, struct vt_series_options *o, struct vt_results *results)
{
    struct vt_curve_files files[STATES];
    make(trial, files);
    if (vt_series_of_curves(STATES, series, files, o, NAN, results) != VT_OK) fail_msg("%s", vt_message());
}

static struct vt_series_options options(void)
{
    struct vt_series_options o;
    vt_params_preset(&(struct vt_params){vt_series_params, &o}, 1);
    o.density.density = rho;
    o.align_from = 740;
    return o;
}

static void count(int *within, double value, double error, double expected)
{
    *within += fabs(value - expected) < error;
}

/* 60 to 76 % of 200 trials: 68 % and two and a half standard deviations; of fewer trials with four. */
static void check_coverage(const char *what, int within, int trials)
{
    double share = (double)within / trials, allowed = trials >= 200 ? 0.0801 : 4 * sqrt(0.68 * 0.32 / trials);
    print_message("%s: within one error in %.1f %% of %d\n", what, 100 * share, trials);
    assert_true(fabs(share - 0.68) < allowed);
}

static void planted_states_come_back_with_their_errors(void **state)
{
    (void)state;
    const int trials = getenv("VT_LONG") ? 200 : 25;
    int tg = 0, shifts = 0, differences = 0, slopes = 0, tg_again = 0, slopes_again = 0;
    double worst_tg = 0, worst_shift = 0, worst_difference = 0, bias[3] = {0};
    struct vt_series_options o = options();
    prepare();
    o.breaks = 3;
    o.resamples = 40; /* know an error to 11 % */
    for (int trial = 1; trial <= trials; trial++) {
        struct vt_results results = {0};
        run(trial, &o, &results);
        const struct vt_dataset *breaks = vt_series_find(&results, "series/cast", "break_temperature"),
                                *moved = vt_series_find(&results, "series/hpt", "shift"),
                                *more = vt_series_find(&results, "series/hpt", "difference"),
                                *slope = vt_series_find(&results, "series/cast", "slope"),
                                *smooth = vt_series_find(&results, "series/cast", "s_smooth");
        const int cold = 78; /* 249 K, where the curve is straight for the window of 48 K */
        double t = temperature(cold);
        count(&tg, breaks->value[2], breaks->error[2], 709);
        count(&shifts, *moved->value, *moved->error, -shift);
        count(&differences, more->value[cold], more->error[cold], difference(t));
        count(&slopes, slope->value[cold], slope->error[cold], 1.9e-3);
        count(&tg_again, breaks->value[2],
              vt_series_find(&results, "series/cast", "break_temperature_bootstrap")->value[2], 709);
        count(&slopes_again, slope->value[cold],
              vt_series_find(&results, "series/cast", "slope_bootstrap")->value[cold], 1.9e-3);
        worst_tg = fmax(worst_tg, fabs(breaks->value[2] - 709));
        worst_shift = fmax(worst_shift, fabs(*moved->value + shift));
        worst_difference = fmax(worst_difference, fabs(more->value[cold] - difference(t)));
        bias[0] += (breaks->value[2] - 709) / trials;
        bias[1] += (more->value[cold] - difference(t)) / trials;
        bias[2] += (smooth->value[cold] - planted(t)) / trials;
        vt_results_release(&results);
    }
    print_message("T_g off by %.2f K at most, the shift by %.4f, the difference by %.4f k_B; on average T_g "
                  "%.3f K, the difference %.5f, "
                  "smooth S %.5f k_B\n",
                  worst_tg, worst_shift, worst_difference, bias[0], bias[1], bias[2]);
    check_coverage("T_g", tg, trials);
    check_coverage("shift", shifts, trials);
    check_coverage("difference of entropy at 249 K", differences, trials);
    check_coverage("slope at 249 K", slopes, trials);
    check_coverage("T_g, by resamples", tg_again, trials);
    check_coverage("slope at 249 K, by resamples", slopes_again, trials);
    assert_true(worst_tg < 5 && worst_shift < 0.005 && worst_difference < 0.01);
    assert_true(fabs(bias[0]) < 4 * 0.45 / sqrt(trials) && fabs(bias[1]) < 4 * 0.0025 / sqrt(trials));
    assert_true(fabs(bias[2]) < 4 * 0.0015 / sqrt(trials));
}

/* Two series of one state: no shift, a factor of one, no difference. */
static void the_same_state_needs_no_shift(void **state)
{
    (void)state;
    struct vt_series_options o = options();
    struct vt_curve_files files[STATES];
    struct vt_results results = {0};
    prepare();
    make(1, files);
    files[1] = files[0];
    assert_int_equal(vt_series_of_curves(STATES, series, files, &o, NAN, &results), VT_OK);
    assert_true(fabs(*vt_series_find(&results, "series/hpt", "shift")->value) < 1e-9);
    assert_true(fabs(*vt_series_find(&results, "series/hpt", "scale")->value - 1) < 1e-9);
    for (int k = 0; k < N; k++)
        assert_true(fabs(vt_series_find(&results, "series/hpt", "difference")->value[k]) < 1e-9);
    vt_results_release(&results);
}

/* Shells add up to the whole, in values, smooth values and slopes, whatever the edges. */
static void shells_add_up(void **state)
{
    (void)state;
    static const char *const text[] = {"5 A", "1.234 A", "0.5, 3.331, 5, 9.7 A", "0, 6, 12 A", "3 A, 0.7 nm"};
    static const int shells_of[] = {3, 10, 5, 2, 3};
    struct vt_series_options o = options();
    prepare();
    for (int q = 0; q < 5; q++) {
        struct vt_results results = {0};
        strcpy(o.shells, text[q]);
        run(1, &o, &results);
        static const char *const part[] = {"shell_s_eq", "shell_smooth", "shell_slope"}, *const whole[] = {
                                                                                             "s_eq",
                                                                                             "s_smooth",
                                                                                             "slope"};
        for (int w = 0; w < 3; w++) {
            const struct vt_dataset *shells = vt_series_find(&results, "series/hpt", part[w]),
                                    *all = vt_series_find(&results, "series/hpt", whole[w]);
            assert_int_equal(shells->axis[1].n, shells_of[q]);
            for (int k = 0; k < N; k++) {
                double sum = 0;
                for (int s = 0; s < shells_of[q]; s++) sum += shells->value[k * shells_of[q] + s];
                assert_true(fabs(sum - all->value[k]) < 1e-10);
            }
        }
        vt_results_release(&results);
    }
}

/* A spline instead of local polynomials, resamples and noise: the same bits twice, and errors of the right
 * size. */
static void resamples_give_the_errors_of_least_squares(void **state)
{
    (void)state;
    struct vt_series_options o = options();
    struct vt_results results = {0}, again = {0};
    prepare();
    o.breaks = 3;
    o.resamples = 400;
    run(2, &o, &results);
    run(2, &o, &again);
    static const char *const name[] = {"s_smooth", "slope", "c_eq", "break_temperature", "break_change"};
    for (int q = 0; q < 5; q++) {
        char boot[64];
        snprintf(boot, sizeof boot, "%s_bootstrap", name[q]);
        const struct vt_dataset *d = vt_series_find(&results, "series/cast", name[q]),
                                *b = vt_series_find(&results, "series/cast", boot);
        const double *twice = vt_series_find(&again, "series/cast", boot)->value;
        double mean = 0;
        for (int k = 0; k < b->axis[0].n; k++) mean += b->value[k] / d->error[k] / b->axis[0].n;
        print_message("%s: bootstrap over least squares %.3f\n", name[q], mean);
        assert_true(fabs(mean - 1) < (q < 3 ? 0.05 : 0.25));
        assert_memory_equal(b->value, twice, (size_t)b->axis[0].n * sizeof *twice);
    }
    vt_results_release(&results);
    vt_results_release(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted_states_come_back_with_their_errors),
        cmocka_unit_test(the_same_state_needs_no_shift),
        cmocka_unit_test(shells_add_up),
        cmocka_unit_test(resamples_give_the_errors_of_least_squares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
