/* Smoothing splines: the same as by dense matrices, exact on lines, no bias on a parabola, noise found by
 * cross-validation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/spline.h"
#include "core/random.h"

enum { N = 120, FEW = 40 };

static void noisy(int trial, double sigma, int n, double *y)
{
    for (int i = 0; i < n; i++) {
        double g[4];
        vt_normal4(21, trial, i, VT_RANDOM_TEST, g);
        y[i] += sigma * g[0];
    }
}

/* f'' between points is linear, so int f''^2 = c^T R c with R c = Q^T f; the minimum is (1 + lambda Q R^-1
 * Q^T) f = y. */
static void it_is_what_dense_matrices_give(void **state)
{
    (void)state;
    double x[FEW], y[FEW], lambda, dense[FEW][FEW] = {{0}}, q[FEW][FEW] = {{0}}, band[FEW][FEW] = {{0}},
                                   solved[FEW][FEW] = {{0}};
    struct vt_smoother s;
    const int m = FEW - 2;
    for (int i = 0; i < FEW; i++) x[i] = 3 * i + sin(i), y[i] = sin(x[i] / 9);
    noisy(0, 0.1, FEW, y);
    assert_int_equal(vt_smoother_spline(FEW, x, y, &lambda, &s), VT_OK);
    assert_true(s.freedom > 2.5 && s.freedom < 20); /* it is neither a line nor the data */
    for (int j = 0; j < m; j++) {
        double a = x[j + 1] - x[j], b = x[j + 2] - x[j + 1];
        q[j][j] = 1 / a, q[j + 1][j] = -1 / a - 1 / b, q[j + 2][j] = 1 / b;
        band[j][j] = (a + b) / 3;
        if (j + 1 < m) band[j][j + 1] = band[j + 1][j] = b / 6;
    }
    gsl_matrix *r = gsl_matrix_alloc((size_t)m, (size_t)m);
    gsl_permutation *order = gsl_permutation_alloc((size_t)m);
    int sign;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++) gsl_matrix_set(r, (size_t)i, (size_t)j, band[i][j]);
    gsl_linalg_LU_decomp(r, order, &sign);
    for (int i = 0; i < FEW; i++) { /* R^-1 Q^T, column i */
        double column[FEW];
        for (int j = 0; j < m; j++) column[j] = q[i][j];
        gsl_vector_view v = gsl_vector_view_array(column, (size_t)m);
        gsl_linalg_LU_svx(r, order, &v.vector);
        for (int j = 0; j < m; j++) solved[j][i] = column[j];
    }
    for (int i = 0; i < FEW; i++)
        for (int k = 0; k < FEW; k++) {
            dense[i][k] = i == k;
            for (int j = 0; j < m; j++) dense[i][k] += lambda * q[i][j] * solved[j][k];
        }
    double trace = 0;
    for (int i = 0; i < FEW; i++) { /* dense times h is 1 */
        trace += s.h[i * FEW + i];
        for (int k = 0; k < FEW; k++) {
            double product = 0;
            for (int j = 0; j < FEW; j++) product += dense[i][j] * s.h[j * FEW + k];
            assert_true(fabs(product - (i == k)) < 1e-9);
        }
    }
    assert_true(fabs(trace - s.freedom) < 1e-12);
    gsl_matrix_free(r), gsl_permutation_free(order);
    vt_smoother_release(&s);
}

static void lines_are_exact(void **state)
{
    (void)state;
    double x[N], y[N], lambda;
    struct vt_smoother s;
    struct vt_smooth_point p[N];
    for (int i = 0; i < N; i++) x[i] = 2 * i + 0.5 * cos(i), y[i] = 1 - 0.3 * x[i];
    assert_int_equal(vt_smoother_spline(N, x, y, &lambda, &s), VT_OK);
    vt_smooth(&s, y, NULL, p);
    for (int i = 0; i < N; i++) assert_true(fabs(p[i].value - y[i]) < 1e-8 && fabs(p[i].slope + 0.3) < 1e-8);
    vt_smoother_release(&s);
}

/* 200 parabolas with noise: in the middle neither value nor slope is off on average; sigma is found; and
 * errors cover. */
static void noise_is_found_and_parabolas_are_not_bent(void **state)
{
    (void)state;
    enum { TRIALS = 200, MIDDLE = N / 2 };
    const double sigma = 0.005, curvature = 1e-5;
    double found = 0, value = 0, slope = 0, value_error = 0, slope_error = 0;
    int covered[2] = {0};
    for (int trial = 1; trial <= TRIALS; trial++) {
        double x[N], y[N], lambda, error[N];
        struct vt_smoother s;
        struct vt_smooth_point p[N];
        for (int i = 0; i < N; i++) x[i] = 2 * i, y[i] = curvature * pow(x[i] - 100, 2);
        const double exact = y[MIDDLE], rises = 2 * curvature * (x[MIDDLE] - 100);
        noisy(trial, sigma, N, y);
        assert_int_equal(vt_smoother_spline(N, x, y, &lambda, &s), VT_OK);
        vt_smooth(&s, y, NULL, p);
        double scatter = vt_smoother_scatter(&s, y, p);
        for (int i = 0; i < N; i++) error[i] = scatter;
        vt_smooth(&s, y, error, p);
        found += scatter / TRIALS;
        value += (p[MIDDLE].value - exact) / TRIALS, slope += (p[MIDDLE].slope - rises) / TRIALS;
        value_error += p[MIDDLE].value_error / TRIALS, slope_error += p[MIDDLE].slope_error / TRIALS;
        covered[0] += fabs(p[MIDDLE].value - exact) < p[MIDDLE].value_error;
        covered[1] += fabs(p[MIDDLE].slope - rises) < p[MIDDLE].slope_error;
        vt_smoother_release(&s);
    }
    print_message("sigma %.5f of %.5f; value off by %.3f, slope by %.3f of their errors on average; within "
                  "them %.0f and %.0f %%\n",
                  found, sigma, value / value_error, slope / slope_error, covered[0] / 2., covered[1] / 2.);
    assert_true(fabs(found / sigma - 1) < 0.03); /* 200 trials of some 115 free points: 0.5 % */
    assert_true(fabs(value) < 0.35 * value_error && fabs(slope) < 0.35 * slope_error);
    assert_true(covered[0] > 0.60 * TRIALS && covered[0] < 0.76 * TRIALS);
    assert_true(covered[1] > 0.60 * TRIALS && covered[1] < 0.76 * TRIALS);
}

static void what_cannot_be_smoothed_is_refused(void **state)
{
    (void)state;
    double x[5] = {1, 2, 2, 3, 4}, y[5] = {0}, lambda;
    struct vt_smoother s;
    assert_int_equal(vt_smoother_spline(4, x, y, &lambda, &s), VT_EINPUT);
    assert_int_equal(vt_smoother_spline(5, x, y, &lambda, &s), VT_EINPUT);
    vt_smoother_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_what_dense_matrices_give),
        cmocka_unit_test(lines_are_exact),
        cmocka_unit_test(noise_is_found_and_parabolas_are_not_bent),
        cmocka_unit_test(what_cannot_be_smoothed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
