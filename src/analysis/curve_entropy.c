/* curve_entropy.c: see curve_entropy.h. The integrand is r^2 where g is 0: between two such points it is
 * integrated exactly.
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
    bool empty = true; /* is g 0 at the last point? */
    if (n && r[0] > r_core) sum = r_core * r_core * r_core / 3, last_r = r_core, last = r_core * r_core;
    for (int k = 0; k < n; k++) {
        bool core = r[k] < r_core, now_empty = core || !(g[k] > 0);
        double now = integrand(r[k], core ? 0 : g[k]);
        if (empty && now_empty)
            sum += (r[k] * r[k] * r[k] - last_r * last_r * last_r) / 3;
        else
            sum += 0.5 * (now + last) * (r[k] - last_r);
        if (!core) {
            result.negative += !(g[k] > 0);
            result.lowest = fmin(result.lowest, g[k]);
        }
        last_r = r[k], last = now, empty = now_empty;
    }
    result.s = -2 * M_PI * rho * sum;
    return result;
}
