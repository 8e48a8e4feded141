/* bootstrap.c: see bootstrap.h. The numbers of a resample are a function of seed, resample and point. */
#include "analysis/bootstrap.h"

#include <math.h>

#include "core/memory.h"
#include "core/random.h"

/* Standardised residuals, mean removed, made as wide as the noise. */
static void standardise(int n, const double *y, const double *fit, const double *sigma, const double *left,
                        double *e)
{
    double mean = 0;
    for (int k = 0; k < n; k++) {
        e[k] = (y[k] - fit[k]) / ((sigma ? sigma[k] : 1) * sqrt(left[k]));
        mean += e[k] / n;
    }
    for (int k = 0; k < n; k++) e[k] -= mean;
}

static void resample(int n, const double *fit, const double *sigma, const double *e, int64_t seed, int number,
                     double *y)
{
    for (int k = 0; k < n; k += 4) {
        double u[4];
        vt_uniform4((uint64_t)seed, number, k / 4, VT_RANDOM_BOOTSTRAP, u);
        for (int q = 0; q < 4 && k + q < n; q++)
            y[k + q] = fit[k + q] + (sigma ? sigma[k + q] : 1) * e[(int)(u[q] * n) % n];
    }
}

/* Sums of deviations from the fit become standard deviations about their mean. */
static double deviation(double sum, double squares, int n)
{
    return sqrt(fmax(0, (squares - sum * sum / n) / (n - 1)));
}

enum vt_status vt_bootstrap_smooth(const struct vt_smoother *s, const double *y, const double *sigma,
                                   const struct vt_smooth_point *point, int resamples, int64_t seed,
                                   double *value, double *slope)
{
    double *work = NULL;
    struct vt_smooth_point *p = NULL;
    int n = s->n;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&work, 6 * n));
    VT_TRY_GOTO(st, done, vt_alloc(&p, n));
    double *fit = work, *left = fit + n, *e = left + n, *again = e + n, *value_sum = again + n,
           *slope_sum = value_sum + n;
    for (int k = 0; k < n; k++)
        fit[k] = point[k].value, left[k] = vt_smoother_left(s, k), value[k] = slope[k] = 0;
    standardise(n, y, fit, sigma, left, e);
    for (int b = 0; b < resamples; b++) {
        resample(n, fit, sigma, e, seed, b, again);
        vt_smooth(s, again, NULL, p);
        for (int k = 0; k < n; k++) {
            double dv = p[k].value - point[k].value, ds = p[k].slope - point[k].slope;
            value_sum[k] += dv, value[k] += dv * dv;
            slope_sum[k] += ds, slope[k] += ds * ds;
        }
    }
    for (int k = 0; k < n; k++) {
        value[k] = deviation(value_sum[k], value[k], resamples);
        slope[k] = deviation(slope_sum[k], slope[k], resamples);
    }
done:
    free(work), free(p);
    return st;
}

enum vt_status vt_bootstrap_breaks(int n, const double *x, const double *y, const double *sigma,
                                   const struct vt_breaks *fit, int resamples, int64_t seed,
                                   struct vt_breaks *out)
{
    double *work = NULL, sum[VT_BREAKS_MAX][2] = {{0}}, squares[VT_BREAKS_MAX][2] = {{0}};
    int found = 0;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&work, 4 * n));
    double *line = work, *left = line + n, *e = left + n, *again = e + n;
    for (int k = 0; k < n; k++) line[k] = vt_breaks_value(fit, x[k]), left[k] = 1 - (2. + 2 * fit->n) / n;
    standardise(n, y, line, sigma, left, e);
    for (int b = 0; b < resamples; b++) {
        struct vt_breaks once;
        resample(n, line, sigma, e, seed, b, again);
        st = vt_breaks_refit(n, x, again, sigma, fit, &once);
        if (st == VT_EPHYSICS) continue;
        if (st != VT_OK) goto done;
        found++;
        for (int k = 0; k < fit->n; k++) {
            double off[2] = {once.point[k].at - fit->point[k].at,
                             once.point[k].change - fit->point[k].change};
            for (int q = 0; q < 2; q++) sum[k][q] += off[q], squares[k][q] += off[q] * off[q];
        }
    }
    st = VT_OK;
    if (found < 0.9 * resamples || found < 2)
        VT_TRY_GOTO(st, done,
                    VT_RAISE(VT_EPHYSICS, "only %d of %d resamples have %d breaks: give fewer breaks", found,
                             resamples, fit->n));
    *out = *fit;
    for (int k = 0; k < fit->n; k++) {
        out->point[k].at_error = deviation(sum[k][0], squares[k][0], found);
        out->point[k].change_error = deviation(sum[k][1], squares[k][1], found);
    }
done:
    free(work);
    return st;
}
