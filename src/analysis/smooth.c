/* smooth.c: see smooth.h. With A the powers of (x_k - x_i) / scale, value and slope are linear in y:
 *
 *     value = sum_k c_k y_k,   c = A (A^T A)^-1 e_0;   slope likewise with e_1 / scale;   sigma^2 = sum_k
 * c_k^2 sigma_k^2. */
#include "analysis/smooth.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

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

enum vt_status vt_smooth(int n, const double *x, const double *y, const double *error, int window, int degree,
                         struct vt_smooth_point *out)
{
    int terms = degree + 1;
    if (degree < 0 || degree > VT_SMOOTH_DEGREE_MAX || window <= degree || window > n)
        return VT_RAISE(VT_EINPUT,
                        "smoothing: a polynomial of degree %d (at most %d) through %d of %d points", degree,
                        VT_SMOOTH_DEGREE_MAX, window, n);
    for (int i = 1; i < n; i++)
        if (!(x[i] > x[i - 1]))
            return VT_RAISE(VT_EINPUT, "smoothing: %g does not come after %g", x[i], x[i - 1]);
    for (int i = 0; i < n; i++) {
        int first = i - window / 2;
        first = first < 0 ? 0 : first > n - window ? n - window : first;
        double scale = fmax(x[first + window - 1] - x[i], x[i] - x[first]);
        double matrix[VT_SMOOTH_DEGREE_MAX + 1][VT_SMOOTH_DEGREE_MAX + 1] = {{0}};
        for (int k = first; k < first + window; k++)
            for (int a = 0; a < terms; a++)
                for (int b = 0; b < terms; b++) matrix[a][b] += pow((x[k] - x[i]) / scale, a + b);
        double z[2][VT_SMOOTH_DEGREE_MAX + 1] = {{0}}, sum[2] = {0}, variance[2] = {0};
        VT_TRY(solve(terms, matrix, 0, z[0]));
        if (degree > 0) VT_TRY(solve(terms, matrix, 1, z[1]));
        for (int k = first; k < first + window; k++)
            for (int what = 0; what < 2; what++) {
                double c = 0;
                for (int a = terms - 1; a >= 0; a--) c = c * (x[k] - x[i]) / scale + z[what][a];
                if (what) c /= scale;
                sum[what] += c * y[k];
                variance[what] += error ? c * c * error[k] * error[k] : NAN;
            }
        out[i] = (struct vt_smooth_point){sum[0], sum[1], sqrt(variance[0]), sqrt(variance[1])};
    }
    return VT_OK;
}
