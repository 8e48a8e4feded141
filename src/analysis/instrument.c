/* instrument.c: see instrument.h. */
#include "analysis/instrument.h"

#include <math.h>

#include "core/random.h"

/* The mean of S around q[k], weighted by how much each p gives there. */
static double smeared(double q_broad, int n, const double *q, const double *s, int k)
{
    double sum = 0, weight = 0, reach = 6 * q_broad * q[k] / (1 - fmin(0.5, 6 * q_broad)), dq = q[1] - q[0];
    int low = (int)fmax(0, k - ceil(reach / dq)), high = (int)fmin(n - 1, k + ceil(reach / dq));
    for (int j = low; j <= high; j++) {
        double width = q_broad * q[j], w = exp(-pow((q[k] - q[j]) / width, 2) / 2) / width;
        sum += w * s[j];
        weight += w;
    }
    return sum / weight;
}

void vt_instrument_measure(const struct vt_instrument *in, int n, int first, const double *q, const double *s,
                           const double *mean_squared, const double *mean_square, int stream,
                           double *measured, double *noise)
{
    double mean = 0;
    for (int k = 0; k < n; k++) {
        measured[k] = in->q_broad > 0 && n > 1 ? smeared(in->q_broad, n, q, s, k) : s[k];
        noise[k] = 0;
        if (k >= first) mean += (mean_squared[k] * (measured[k] - 1) + mean_square[k]) / (n - first);
    }
    if (!(in->counts > 0)) return;
    for (int k = first; k < n; k++) {
        /* Where ripples of a cut-off g(r) make an intensity negative, it has no noise. */
        double intensity = fmax(0, mean_squared[k] * (measured[k] - 1) + mean_square[k]), x[4];
        noise[k] = sqrt(intensity * mean / in->counts) / mean_squared[k];
        vt_normal4((uint64_t)in->noise_seed, k, stream, VT_RANDOM_NOISE, x);
        measured[k] += noise[k] * x[0];
    }
}
