/* dispersion.c: see dispersion.h.
 *
 * Let n_gk be the counts of part g of G in bin k, and C_k = sum_g n_gk. If all counts are independent, n_gk
 * is Poisson with some mean C_k s_g(r_k), where s_g is the share of part g. This share changes slowly with r,
 * with the density and composition in and around the part: such differences cancel in the whole sample, where
 * the number of atoms is fixed, so they must not count as scatter. It is therefore fitted, as a polynomial q
 * of degree 2 in r, with weights 1 / C_k. What is left over has for independent counts
 *
 *     <sum_g (n_gk - C_k s_g(r_k))^2> / C_k = (1 - sum_g p_g^2) (1 - l_k),    l_k = C_k sum_i q_i(k)^2,
 *
 * with the mean shares p_g and polynomials orthonormal under C_k; sum_k l_k = 3. The ratio of both sides,
 * each summed over the bins that hold something, is the dispersion (Pearson's X^2 over its degrees of
 * freedom). With B such bins its own scatter is sqrt(2 / ((G - 1) B)), 1 % for 27 parts and 600 bins.
 *
 * Reference: McCullagh & Nelder, Generalized Linear Models, 2nd ed. (1989), sec. 4.5 and 6.2. */
#include "analysis/dispersion.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

enum { TERMS = 3 };

/* Polynomials 1, x, x^2 made orthonormal under the weights C_k, at every bin; fewer if the bins allow no
 * more. q [TERMS][bins]. Returns how many. */
static int polynomials(const double *count, int bins, double *q)
{
    int terms = 0;
    for (int t = 0; t < TERMS; t++) {
        double *f = q + (size_t)terms * (size_t)bins, before = 0, after = 0;
        for (int k = 0; k < bins; k++) {
            f[k] = pow(2 * (k + 0.5) / bins - 1, t);
            before += count[k] * f[k] * f[k];
        }
        for (int twice = 0; twice < 2; twice++) /* the second pass takes rounding out */
            for (int i = 0; i < terms; i++) {
                const double *of = q + (size_t)i * (size_t)bins;
                double along = 0;
                for (int k = 0; k < bins; k++) along += count[k] * f[k] * of[k];
                for (int k = 0; k < bins; k++) f[k] -= along * of[k];
            }
        for (int k = 0; k < bins; k++) after += count[k] * f[k] * f[k];
        if (!(after > 1e-10 * before)) continue;
        for (int k = 0; k < bins; k++) f[k] /= sqrt(after);
        terms++;
    }
    return terms;
}

enum vt_status vt_dispersion(const double *group, int groups, size_t stride, const double *sum, int bins,
                             double *dispersion)
{
    double *q, total = 0, even = 1, left = 0, free_bins = 0;
    *dispersion = 1;
    VT_TRY(vt_alloc(&q, (size_t)TERMS * (size_t)bins));
    int terms = polynomials(sum, bins, q);
    for (int k = 0; k < bins; k++) {
        total += sum[k];
        free_bins += sum[k] > 0;
    }
    free_bins -= terms;
    for (int g = 0; g < groups; g++) {
        const double *n = group + (size_t)g * stride;
        double own = 0, along[TERMS] = {0};
        for (int k = 0; k < bins; k++) {
            own += n[k];
            for (int t = 0; t < terms; t++) along[t] += n[k] * q[t * bins + k];
        }
        if (total > 0) even -= own / total * (own / total);
        for (int k = 0; k < bins; k++) {
            double share = 0;
            if (!(sum[k] > 0)) continue;
            for (int t = 0; t < terms; t++) share += along[t] * q[t * bins + k];
            double residue = n[k] - sum[k] * share;
            left += residue * residue / sum[k];
        }
    }
    free(q);
    /* A few bins tell nothing; the scatter of the ratio is then as large as what it would correct. */
    if (free_bins >= 10 && even > 0.5) *dispersion = left / (even * free_bins);
    return VT_OK;
}
