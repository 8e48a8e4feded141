/* Fits of a model: a line as the normal equations give it, bounds, held parameters, starts, and what the data
 * do not tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/model_fit.h"
#include "core/random.h"

enum { N = 60 };
static double x[N], y[N], error[N];

static double line(double at, const double *p, void *self)
{
    (void)self;
    return p[0] + p[1] * at;
}

static double decay(double at, const double *p, void *self)
{
    (void)self;
    return p[0] * exp(-at / p[1]) + p[2];
}

static double same_twice(double at, const double *p, void *self)
{
    (void)self;
    return (p[0] + p[1]) * at;
}

static double wave(double at, const double *p, void *self)
{
    (void)self;
    return sin(p[0] * at);
}

static void noise(double sigma, int trial, double (*f)(double, const double *, void *), const double *p)
{
    for (int k = 0; k < N; k++) {
        double g[4];
        vt_normal4(5, k, trial, VT_RANDOM_TEST, g);
        x[k] = 0.1 * k;
        error[k] = sigma * (1 + 0.02 * k);
        y[k] = f(x[k], p, NULL) + error[k] * g[0];
    }
}

/* Press et al., Numerical Recipes, sec. 15.2: the closed form of a weighted line, its covariance too. */
static void a_line_is_that_of_the_normal_equations(void **state)
{
    (void)state;
    noise(0.1, 1, line, (double[]){2, -0.5});
    struct vt_model_fit fit = {.n = N,
                               .p = 2,
                               .x = x,
                               .y = y,
                               .error = error,
                               .f = line,
                               .parameter = {{.name = "a", .start = 1}, {.name = "b", .start = 1}}};
    for (int weighted = 0; weighted < 2; weighted++) {
        double s = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, chi2 = 0;
        fit.error = weighted ? error : NULL;
        for (int k = 0; k < N; k++) {
            double w = weighted ? 1 / (error[k] * error[k]) : 1;
            s += w, sx += w * x[k], sy += w * y[k], sxx += w * x[k] * x[k], sxy += w * x[k] * y[k];
        }
        double d = s * sxx - sx * sx, a = (sxx * sy - sx * sxy) / d, b = (s * sxy - sx * sy) / d;
        for (int k = 0; k < N; k++) chi2 += pow((a + b * x[k] - y[k]) / (weighted ? error[k] : 1), 2);
        double unit = weighted ? 1 : chi2 / (N - 2);
        assert_int_equal(vt_fit_model(&fit), VT_OK);
        const struct vt_model_parameter *p = fit.parameter;
        assert_true(fit.converged && fit.dof == N - 2 && fabs(fit.chi2 / chi2 - 1) < 1e-9);
        assert_true(fabs(p[0].value - a) < 1e-9 && fabs(p[1].value - b) < 1e-9);
        assert_true(fabs(p[0].error / sqrt(unit * sxx / d) - 1) < 1e-7 &&
                    fabs(p[1].error / sqrt(unit * s / d) - 1) < 1e-7);
        assert_true(fabs(fit.covariance[0][1] / (-unit * sx / d) - 1) < 1e-7);
        /* At the place where the line is known best its error is that of the mean. */
        assert_true(fabs(vt_model_error(&fit, (double[]){1, sx / s}) / sqrt(unit / s) - 1) < 1e-6);
        assert_true(fit.r2 > 0.9 && fit.r2 < 1);
    }
}

static struct vt_model_fit decay_fit(void)
{
    return (struct vt_model_fit){.n = N,
                                 .p = 3,
                                 .x = x,
                                 .y = y,
                                 .f = decay,
                                 .parameter = {{.name = "height", .start = 0.5, .low = 0, .high = INFINITY},
                                               {.name = "tau", .start = 3, .low = 0, .high = INFINITY},
                                               {.name = "base", .start = 0}}};
}

/* Over four decades of scale of what is fitted, by the logarithm of a positive parameter. */
static void clean_data_come_back(void **state)
{
    (void)state;
    for (double height = 1e-6; height < 1e7; height *= 1e3) {
        noise(0, 1, decay, (double[]){height, 0.7, 0.3 * height});
        struct vt_model_fit fit = decay_fit();
        fit.parameter[0].start = height;
        fit.parameter[2].scale = height;
        assert_int_equal(vt_fit_model(&fit), VT_OK);
        assert_true(fabs(fit.parameter[0].value / height - 1) < 1e-8 &&
                    fabs(fit.parameter[1].value - 0.7) < 1e-8);
        assert_true(fabs(fit.parameter[2].value / height - 0.3) < 1e-8);
    }
}

/* 300 trials: each parameter within its error in 60 to 76 % (68.3 % +- 3 times 2.7 %), with errors and
 * without. */
static void errors_cover(void **state)
{
    (void)state;
    enum { TRIALS = 300 };
    const double truth[3] = {1, 1.5, 0.2};
    for (int given = 0; given < 2; given++) {
        int inside[3] = {0};
        for (int trial = 1; trial <= TRIALS; trial++) {
            noise(0.02, trial, decay, truth);
            struct vt_model_fit fit = decay_fit();
            if (given) fit.error = error;
            if (!given) /* then all points scatter alike */
                for (int k = 0; k < N; k++)
                    y[k] = decay(x[k], truth, NULL) + (y[k] - decay(x[k], truth, NULL)) * 0.02 / error[k];
            assert_int_equal(vt_fit_model(&fit), VT_OK);
            for (int k = 0; k < 3; k++)
                inside[k] += fabs(fit.parameter[k].value - truth[k]) < fit.parameter[k].error;
        }
        print_message("within the error: %d, %d, %d of %d\n", inside[0], inside[1], inside[2], TRIALS);
        for (int k = 0; k < 3; k++) assert_true(inside[k] > 0.6 * TRIALS && inside[k] < 0.76 * TRIALS);
    }
}

static void a_parameter_at_a_bound_is_held_there(void **state)
{
    (void)state;
    noise(0.01, 3, decay, (double[]){1, 1.5, 0.2});
    struct vt_model_fit fit = decay_fit(), held = decay_fit();
    fit.parameter[2].low = 0.3, fit.parameter[2].high = 1, fit.parameter[2].start = 0.4;
    held.parameter[2].start = 0.3, held.parameter[2].fixed = true;
    assert_int_equal(vt_fit_model(&fit), VT_OK);
    assert_int_equal(vt_fit_model(&held), VT_OK);
    assert_true(fit.parameter[2].at_bound && !fit.parameter[1].at_bound && isnan(fit.parameter[2].error));
    assert_true(fit.parameter[2].value == 0.3 && held.parameter[2].error == 0);
    assert_true(fit.dof == N - 2 && fit.dof == held.dof); /* a parameter less */
    assert_true(fabs(fit.parameter[1].value / held.parameter[1].value - 1) < 1e-6 &&
                fabs(fit.parameter[1].error / held.parameter[1].error - 1) < 1e-6);
    /* Within wider bounds it is as without. */
    fit.parameter[2].low = -5, fit.parameter[2].high = 5;
    held.parameter[2].fixed = false;
    assert_int_equal(vt_fit_model(&fit), VT_OK);
    assert_int_equal(vt_fit_model(&held), VT_OK);
    assert_true(!fit.parameter[2].at_bound && fabs(fit.parameter[2].value - held.parameter[2].value) < 1e-7);
    assert_true(fabs(fit.parameter[2].error / held.parameter[2].error - 1) < 1e-5);
    /* An upper bound alone. */
    fit.parameter[2].low = -INFINITY, fit.parameter[2].high = 0.1, fit.parameter[2].start = 0;
    assert_int_equal(vt_fit_model(&fit), VT_OK);
    assert_true(fit.parameter[2].at_bound && fit.parameter[2].value == 0.1);
}

static void the_best_of_several_starts_is_kept(void **state)
{
    (void)state;
    noise(0.01, 4, wave, (double[]){7});
    double starts[][VT_MODEL_MAX] = {{4}, {7.1}, {12}};
    struct vt_model_fit fit = {.n = N,
                               .p = 1,
                               .x = x,
                               .y = y,
                               .error = error,
                               .f = wave,
                               .parameter = {{.name = "omega", .start = 1}}};
    assert_int_equal(vt_fit_model(&fit), VT_OK);
    assert_true(fit.reduced > 100); /* a false minimum */
    fit.starts = starts, fit.n_starts = 3;
    assert_int_equal(vt_fit_model(&fit), VT_OK);
    assert_true(fabs(fit.parameter[0].value - 7) < 5 * fit.parameter[0].error && fit.reduced < 2);
}

static void refuse(struct vt_model_fit *fit, enum vt_status code, const char *message)
{
    assert_int_equal(vt_fit_model(fit), code);
    if (!strstr(vt_message(), message)) fail_msg("'%s' does not say '%s'", vt_message(), message);
}

static void what_is_not_determined_is_named(void **state)
{
    (void)state;
    noise(0.01, 5, line, (double[]){1, 1});
    struct vt_model_fit twins = {.n = N,
                                 .p = 2,
                                 .x = x,
                                 .y = y,
                                 .f = same_twice,
                                 .parameter = {{.name = "alpha", .start = 1}, {.name = "gamma", .start = 2}}};
    refuse(&twins, VT_EPHYSICS, "do not tell");
    twins.parameter[1].fixed = true;
    assert_int_equal(vt_fit_model(&twins), VT_OK);
    for (int k = 0; k < N; k++) y[k] = 0; /* no decay, so no time of it */
    struct vt_model_fit none = decay_fit();
    none.parameter[0].fixed = true, none.parameter[0].start = 0;
    refuse(&none, VT_EPHYSICS, "do not determine tau");
    struct vt_model_fit few = decay_fit();
    few.n = 3;
    refuse(&few, VT_EINPUT, "3 points for 3 parameters and a scatter");
    struct vt_model_fit outside = decay_fit();
    outside.parameter[1].start = -1;
    refuse(&outside, VT_EINPUT, "tau starts at -1");
    struct vt_model_fit broken = decay_fit();
    error[7] = 0, broken.error = error;
    refuse(&broken, VT_EINPUT, "+- 0) cannot be fitted: finite numbers and an error above 0");
    broken.error = NULL;
    y[7] = NAN;
    refuse(&broken, VT_EINPUT, "nan) cannot be fitted: finite numbers are due");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_that_of_the_normal_equations),
        cmocka_unit_test(clean_data_come_back),
        cmocka_unit_test(errors_cover),
        cmocka_unit_test(a_parameter_at_a_bound_is_held_there),
        cmocka_unit_test(the_best_of_several_starts_is_kept),
        cmocka_unit_test(what_is_not_determined_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
