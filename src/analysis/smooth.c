/* smooth.c: see smooth.h. With A the powers of (x_k - x_i) / scale,
 *
 *     h_i = A (A^T A)^-1 e_0,     d_i = A (A^T A)^-1 e_1 / scale. */
#include "analysis/smooth.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

#include "core/memory.h"

/* sums of powers, solved for unit vector e: the weights of the powers. */
static enum vt_status solve(int terms, double matrix[][VT_SMOOTH_DEGREE_MAX + 1], int e, double *z)
{
    double copy[(VT_SMOOTH_DEGREE_MAX + 1) * (VT_SMOOTH_DEGREE_MAX + 1)],
        unit[VT_SMOOTH_DEGREE_MAX + 1] = {0};
    for (int a = 0; a < terms; a++)
        for (int b = 0; b < terms; b++) copy[a * terms + b] = matrix[a][b];
    unit[e] = 1;
    gsl_matrix_view m = gsl_matrix_view_array(copy, (size_t)terms, (size_t)terms);
    gsl_vector_view right = gsl_vector_view_array(unit, (size_t)terms),
                    left = gsl_vector_view_array(z, (size_t)terms);
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    int failed = gsl_linalg_cholesky_decomp1(&m.matrix) ||
                 gsl_linalg_cholesky_solve(&m.matrix, &right.vector, &left.vector);
    gsl_set_error_handler(handler);
    if (failed) return VT_RAISE(VT_EINPUT, "smoothing: too few different points");
    return VT_OK;
}

enum vt_status vt_smoother_alloc(int n, int width, struct vt_smoother *out)
{
    *out = (struct vt_smoother){.n = n, .width = width};
    VT_TRY(vt_alloc(&out->first, n));
    VT_TRY(vt_alloc(&out->h, (size_t)n * (size_t)width));
    return vt_alloc(&out->d, (size_t)n * (size_t)width);
}

void vt_smoother_release(struct vt_smoother *s)
{
    free(s->first), free(s->h), free(s->d);
    *s = (struct vt_smoother){0};
}

/* Rows of point i: the points from first on. */
static enum vt_status fill_row(const double *x, int i, int first, int window, int degree, double *h,
                               double *d)
{
    double scale = fmax(x[first + window - 1] - x[i], x[i] - x[first]);
    double matrix[VT_SMOOTH_DEGREE_MAX + 1][VT_SMOOTH_DEGREE_MAX + 1] = {{0}},
                                                                   moment[2 * VT_SMOOTH_DEGREE_MAX + 1] = {0};
    double z[2][VT_SMOOTH_DEGREE_MAX + 1] = {{0}};
    for (int k = 0; k < window; k++) {
        double u = (x[first + k] - x[i]) / scale, power = 1;
        for (int a = 0; a <= 2 * degree; a++, power *= u) moment[a] += power;
    }
    for (int a = 0; a <= degree; a++)
        for (int b = 0; b <= degree; b++) matrix[a][b] = moment[a + b];
    VT_TRY(solve(degree + 1, matrix, 0, z[0]));
    if (degree > 0) VT_TRY(solve(degree + 1, matrix, 1, z[1]));
    for (int k = 0; k < window; k++) {
        double u = (x[first + k] - x[i]) / scale;
        for (int a = degree; a >= 0; a--) h[k] = h[k] * u + z[0][a], d[k] = d[k] * u + z[1][a] / scale;
    }
    return VT_OK;
}

enum vt_status vt_smoother_local(int n, const double *x, int window, int degree, struct vt_smoother *out)
{
    *out = (struct vt_smoother){0};
    if (degree < 0 || degree > VT_SMOOTH_DEGREE_MAX || window <= degree || window > n)
        return VT_RAISE(VT_EINPUT,
                        "smoothing: a polynomial of degree %d (at most %d) through %d of %d points", degree,
                        VT_SMOOTH_DEGREE_MAX, window, n);
    for (int i = 1; i < n; i++)
        if (!(x[i] > x[i - 1]))
            return VT_RAISE(VT_EINPUT, "smoothing: %g does not come after %g", x[i], x[i - 1]);
    VT_TRY(vt_smoother_alloc(n, window, out));
    for (int i = 0; i < n; i++) {
        int first = i - window / 2;
        first = first < 0 ? 0 : first > n - window ? n - window : first;
        size_t row = (size_t)i * (size_t)window;
        out->first[i] = first;
        VT_TRY(fill_row(x, i, first, window, degree, out->h + row, out->d + row));
        out->freedom += out->h[row + (size_t)(i - first)];
    }
    return VT_OK;
}

void vt_smooth(const struct vt_smoother *s, const double *y, const double *error, struct vt_smooth_point *out)
{
    for (int i = 0; i < s->n; i++) {
        const double *h = s->h + (size_t)i * (size_t)s->width, *d = s->d + (size_t)i * (size_t)s->width;
        double value = 0, slope = 0, value_variance = error ? 0 : NAN, slope_variance = value_variance;
        for (int k = 0; k < s->width; k++)
            value += h[k] * y[s->first[i] + k], slope += d[k] * y[s->first[i] + k];
        for (int k = 0; error && k < s->width; k++) {
            double e = error[s->first[i] + k];
            value_variance += h[k] * h[k] * e * e;
            slope_variance += d[k] * d[k] * e * e;
        }
        out[i] = (struct vt_smooth_point){value, slope, sqrt(value_variance), sqrt(slope_variance)};
    }
}

double vt_smoother_left(const struct vt_smoother *s, int i)
{
    const double *h = s->h + (size_t)i * (size_t)s->width;
    double left = 1 - 2 * h[i - s->first[i]];
    for (int k = 0; k < s->width; k++) left += h[k] * h[k];
    return left;
}

double vt_smoother_scatter(const struct vt_smoother *s, const double *y, const struct vt_smooth_point *point)
{
    double sum = 0, left = 0;
    for (int i = 0; i < s->n; i++) sum += pow(y[i] - point[i].value, 2), left += vt_smoother_left(s, i);
    return sqrt(sum / left);
}
