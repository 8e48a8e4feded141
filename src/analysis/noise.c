/* noise.c: see noise.h. */
#include "analysis/noise.h"

static double shifted_product(int n, const double *a, int lag)
{
    double sum = 0;
    for (int k = 0; k + lag < n; k++) sum += a[k] * a[k + lag];
    return sum;
}

double vt_noise_variance(int n, const double *c, int m, const double *e)
{
    enum { LAGS_MAX = 400 };
    int lags = m / VT_NOISE_PART < LAGS_MAX ? m / VT_NOISE_PART : LAGS_MAX;
    if (lags > n - 1) lags = n - 1;
    double variance = 0;
    for (int lag = 0; lag <= lags; lag++)
        variance += (lag ? 2 : 1) * (1 - lag / (lags + 1.)) * shifted_product(m, e, lag) / m *
                    shifted_product(n, c, lag);
    return variance;
}
