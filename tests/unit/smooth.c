/* Local polynomials: exact on polynomials, known noise, and refused where they cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/smooth.h"
#include "analysis/spline.h"
#include "core/random.h"

enum { N = 120 };

static enum vt_status local(int n, const double *x, const double *y, const double *error, int window,
                            int degree, struct vt_smooth_point *p)
{
    struct vt_smoother s;
    enum vt_status st = vt_smoother_local(n, x, window, degree, &s);
    if (st == VT_OK) vt_smooth(&s, y, error, p);
    vt_smoother_release(&s);
    return st;
}

/* A parabola through points that are not equidistant is its own fit, ends included. */
static void a_parabola_is_exact(void **state)
{
    (void)state;
    double x[N], y[N];
    struct vt_smooth_point p[N];
    for (int i = 0; i < N; i++) {
        x[i] = 2 * i + 0.7 * sin(i);
        y[i] = 3 - 0.5 * x[i] + 0.01 * x[i] * x[i];
    }
    assert_int_equal(local(N, x, y, NULL, 25, 2, p), VT_OK);
    for (int i = 0; i < N; i++) {
        assert_true(fabs(p[i].value - y[i]) < 1e-9 * (1 + fabs(y[i])));
        assert_true(fabs(p[i].slope - (-0.5 + 0.02 * x[i])) < 1e-10);
        assert_true(isnan(p[i].value_error) && isnan(p[i].slope_error));
    }
}

/* sigma(slope) = sigma sqrt(12 / (m (m^2 - 1))) / step in the middle of a filter of m points: 0.0598, 0.0277
 * and 0.0095 of sigma a step for 15, 25 and 51 points. */
static void noise_of_the_slope_is_known(void **state)
{
    (void)state;
    double x[N], y[N] = {0}, error[N];
    struct vt_smooth_point p[N];
    static const struct {
        int m;
        double factor;
    } known[] = {{15, 0.0598}, {25, 0.0277}, {51, 0.0095}};
    for (int i = 0; i < N; i++) x[i] = 2 * i, error[i] = 0.005;
    for (int k = 0; k < 3; k++) {
        double m = known[k].m, exact = sqrt(12 / (m * (m * m - 1)));
        assert_int_equal(local(N, x, y, error, known[k].m, 2, p), VT_OK);
        assert_true(fabs(exact - known[k].factor) < 5e-5);
        assert_true(fabs(p[N / 2].slope_error - 0.005 * exact / 2) < 1e-12);
        assert_true(p[0].slope_error > 2 * p[N / 2].slope_error); /* at the end nothing lies beyond */
    }
}

static void what_cannot_be_fitted_is_refused(void **state)
{
    (void)state;
    double x[3] = {1, 2, 3}, y[3] = {0}, same[3] = {1, 1, 1};
    struct vt_smooth_point p[3];
    assert_int_equal(local(3, x, y, NULL, 5, 2, p), VT_EINPUT);
    assert_int_equal(local(3, x, y, NULL, 2, 2, p), VT_EINPUT);
    assert_int_equal(local(3, x, y, NULL, 3, 9, p), VT_EINPUT);
    assert_int_equal(local(3, same, y, NULL, 3, 1, p), VT_EINPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parabola_is_exact),
        cmocka_unit_test(noise_of_the_slope_is_known),
        cmocka_unit_test(what_cannot_be_fitted_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
