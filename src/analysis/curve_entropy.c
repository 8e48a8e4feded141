/* curve_entropy.c: see curve_entropy.h. The integrand is r^2 where g is 0, so the core is integrated exactly.
 */
#include "analysis/curve_entropy.h"

#include <math.h>
#include <stdbool.h>

void vt_curve_g(int n, const double *r, const double *reduced, double rho, double r_core, double *g)
{
    for (int k = 0; k < n; k++) g[k] = r[k] < r_core ? 0 : 1 + reduced[k] / (4 * M_PI * rho * r[k]);
}

static double integrand(double r, double g)
{
    return (g > 0 ? g * log(g) - g + 1 : 1) * r * r;
}

struct vt_curve_entropy vt_curve_s(int n, const double *r, const double *g, double rho, double r_core)
{
    struct vt_curve_entropy result = {.lowest = INFINITY};
    double sum = 0, last_r = 0, last = 0;
    for (int k = 0; k < n; k++) {
        bool core = r[k] < r_core;
        double now = integrand(r[k], core ? 0 : g[k]);
        if (core || (k == 0 && !(g[k] > 0)))
            sum += (r[k] * r[k] * r[k] - last_r * last_r * last_r) / 3;
        else
            sum += 0.5 * (now + last) * (r[k] - last_r);
        if (!core) {
            result.negative += !(g[k] > 0);
            result.lowest = fmin(result.lowest, g[k]);
        }
        last_r = r[k], last = now;
    }
    result.s = -2 * M_PI * rho * sum;
    return result;
}
