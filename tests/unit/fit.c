/* Fits of potentials: known minima, known errors, and the way to a depth. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "core/units.h"
#include "md/eam_builtin.h"
#include "potential/fit_element.h"
#include "potential/fit_pair.h"
#include "potential/properties.h"

/* Rosenbrock's valley as residuals 10 (y - x^2) and 1 - x: 0 at (1, 1), from its usual start. */
static enum vt_status valley(void *self, const double *p, double *residual)
{
    (void)self;
    residual[0] = 10 * (p[1] - p[0] * p[0]);
    residual[1] = 1 - p[0];
    return VT_OK;
}

static void the_end_of_rosenbrocks_valley_is_found(void **state)
{
    (void)state;
    struct vt_fit fit = {.n = 2,
                         .m = 2,
                         .low = {-3, -3},
                         .high = {3, 3},
                         .p = {-1.2, 1},
                         .model = valley,
                         .steps_max = 200,
                         .difference = 1e-7};
    check_ok(vt_least_squares(&fit));
    assert_true(fit.converged && fit.sum < 1e-10);
    assert_true(fabs(fit.p[0] - 1) < 1e-5 && fabs(fit.p[1] - 1) < 1e-5);
}

/* A straight line a + b t through five points with errors 0.1: covariance (J^T J)^-1 in closed form,
 * var a = s^2 sum t^2/(n sum t^2 - (sum t)^2), var b = s^2 n/(same), t = 0 .. 4: 0.006 and 0.001. */
static enum vt_status line(void *self, const double *p, double *residual)
{
    (void)self;
    for (int t = 0; t < 5; t++) residual[t] = (p[0] + p[1] * t - (2 + 0.5 * t)) / 0.1;
    return VT_OK;
}

static void the_covariance_is_that_of_a_straight_line(void **state)
{
    (void)state;
    struct vt_fit fit = {.n = 2,
                         .m = 5,
                         .low = {-10, -10},
                         .high = {10, 10},
                         .model = line,
                         .steps_max = 100,
                         .difference = 1e-6};
    check_ok(vt_least_squares(&fit));
    assert_true(fabs(fit.p[0] - 2) < 1e-6 && fabs(fit.p[1] - 0.5) < 1e-6);
    assert_true(fabs(fit.covariance[0][0] / 0.006 - 1) < 1e-3);
    assert_true(fabs(fit.covariance[1][1] / 0.001 - 1) < 1e-3);
    assert_true(fabs(fit.covariance[0][1] / -0.002 - 1) < 1e-3);
}

/* Beyond the bounds lies the best: the fit stays within, next to it. */
static void bounds_are_kept(void **state)
{
    (void)state;
    struct vt_fit fit = {.n = 2,
                         .m = 2,
                         .low = {-3, -3},
                         .high = {0.5, 3},
                         .p = {-1.2, 1},
                         .model = valley,
                         .steps_max = 200,
                         .difference = 1e-7};
    check_ok(vt_least_squares(&fit));
    assert_true(fit.p[0] <= 0.5 && fit.p[0] > 0.49);
    assert_true(fit.at_bound[0] && !fit.at_bound[1]);
}

/* In the middle of the bounds, where the way from parameter to range has its own zero, derivatives and errors
 * are as good as elsewhere: for residuals (p - 0.5 (low + high))/0.1 the error is 0.1. A model with noise of
 * 1e-7, as lattice sums that are relaxed have it, does not spoil that. */
static enum vt_status middle(void *self, const double *p, double *residual)
{
    (void)self;
    for (int k = 0; k < 2; k++) residual[k] = (rint(p[k] * 1e7) / 1e7 - 5) / 0.1;
    return VT_OK;
}

static void the_middle_of_the_bounds_is_no_special_place(void **state)
{
    (void)state;
    struct vt_fit fit = {.n = 2,
                         .m = 2,
                         .low = {0, 0},
                         .high = {10, 10},
                         .p = {5.000001, 7},
                         .model = middle,
                         .steps_max = 100,
                         .difference = 1e-4};
    check_ok(vt_least_squares(&fit));
    for (int k = 0; k < 2; k++) {
        assert_true(fabs(fit.p[k] - 5) < 1e-4);
        assert_true(fabs(sqrt(fit.covariance[k][k]) / 0.1 - 1) < 0.01);
        assert_false(fit.at_bound[k]);
    }
}

/* Enthalpies that fall with depth in a curve, with an error of 0.3: met within 0.5 in a few steps. */
static void a_depth_is_found_in_a_few_steps(void **state)
{
    (void)state;
    for (double target = -50; target <= 10; target += 12) {
        struct vt_depth point[12];
        double epsilon = 1;
        int n = 0;
        bool done = false;
        while (!done && n < 12) {
            point[n] = (struct vt_depth){epsilon,
                                         30 - 45 * epsilon - 10 * epsilon * epsilon + 0.3 * sin(7 * n), 0.3};
            n++;
            done = vt_next_depth(point, n, target, 0.5, &epsilon);
        }
        assert_true(done && n <= 8);
        assert_true(fabs(30 - 45 * epsilon - 10 * epsilon * epsilon - target) < 0.8);
    }
}

/* Points that noise has put in the wrong order, as they came once: the next is among them, and a new one. */
static void noise_does_not_lead_astray(void **state)
{
    (void)state;
    static const struct vt_depth point[] = {
        {1, 2.41, 0.2},        {1.15, -8.43, 0.2},    {1.3515, -23.52, 0.2},
        {1.3446, -23.69, 0.2}, {1.3353, -22.49, 0.2},
    };
    double epsilon;
    assert_false(vt_next_depth(point, 5, -23, 0.5, &epsilon));
    assert_true(epsilon > 1.3353 + 1e-4 && epsilon < 1.3446 - 1e-4);
    const struct vt_depth twice[] = {point[4], point[4]};
    assert_false(vt_next_depth(twice, 2, -23, 0.5, &epsilon));
    assert_true(epsilon > 1.3353 && epsilon < 1.35);
}

/* Targets made from a row are met by the row that the fit finds: here those of a made-up fcc metal. */
static void a_metal_is_found_again(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* takes minutes then; unit/crystal and unit/properties go through the same code */
#endif
    static struct vt_target target[] = {
        {.kind = VT_TARGET_A, .value = 3.9, .tolerance = 4e-3, .fit = true},
        {.kind = VT_TARGET_COHESIVE, .value = 3.5, .tolerance = 4e-3, .fit = true},
        {.kind = VT_TARGET_BULK, .value = 140 * VT_GPA, .tolerance = 1.4 * VT_GPA, .fit = true},
        {.kind = VT_TARGET_C44, .value = 60 * VT_GPA, .tolerance = 3 * VT_GPA, .fit = true},
        {.kind = VT_TARGET_EOS, .tolerance = 0.05, .fit = true},
    };
    const struct vt_target_set set = {
        .symbol = {"Au"}, .structure = "fcc", .r_s = 6.2, .r_c = 7.15, .n = 5, .target = target};
    struct vt_zhou_element row;
    struct vt_fit fit;
    check_ok(vt_fit_element(&set, 0, &row, &fit));
    assert_true(fit.sum < 5);
    struct vt_eam e;
    struct vt_eam_curves curves;
    double value[5], eos[VT_EOS_POINTS];
    check_ok(vt_zhou_tabulate((const struct vt_zhou_element *[]){&row}, 1, NULL, 0, &e));
    check_ok(vt_eam_curves_init(&curves, &e));
    check_ok(vt_element_properties(&set, &curves, 0, value, eos));
    for (int k = 0; k < 4; k++) assert_true(fabs(value[k] - target[k].value) < 2 * target[k].tolerance);
    vt_eam_curves_release(&curves);
    vt_eam_release(&e);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_end_of_rosenbrocks_valley_is_found),
    cmocka_unit_test(the_covariance_is_that_of_a_straight_line),
    cmocka_unit_test(bounds_are_kept),
    cmocka_unit_test(the_middle_of_the_bounds_is_no_special_place),
    cmocka_unit_test(a_depth_is_found_in_a_few_steps),
    cmocka_unit_test(noise_does_not_lead_astray),
    cmocka_unit_test(a_metal_is_found_again),
};
CHECK_MPI_MAIN(tests)
