/* curve_entropy.c: see curve_entropy.h. The integrand is r^2 where g is 0: between two such points it is
 * integrated exactly.
 */
#include "analysis/curve_entropy.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "analysis/noise.h"

void vt_curve_g(int n, const double *r, const double *reduced, double rho, double r_core, double *g)
{
    for (int k = 0; k < n; k++) g[k] = r[k] < r_core ? 0 : 1 + reduced[k] / (4 * M_PI * rho * r[k]);
}

static double integrand(double r, double g)
{
    return (g > 0 ? g * log(g) - g + 1 : 1) * r * r;
}

/* The integral from a to b <= c of an integrand that goes from f at a to h at c; in the core it is r^2. */
static double piece(double a, double b, double c, double f, double h, bool core)
{
    return core ? (b * b * b - a * a * a) / 3 : (b - a) * (f + 0.5 * (h - f) * (b - a) / (c - a));
}

struct vt_curve_entropy vt_curve_s_parts(int n, const double *r, const double *g, double rho, double r_core,
                                         int edges, const double *edge, double *part)
{
    struct vt_curve_entropy result = {.lowest = INFINITY};
    double sum = 0, last_r = 0, last = 0;
    bool empty = true; /* is g 0 at the last point? */
    int e = 0;
    for (int k = n && r[0] > r_core ? -1 : 0; k < n;
         k++) { /* -1: the core's end, which is no point of the curve */
        double now_r = k < 0 ? r_core : r[k];
        bool core = k < 0 || now_r < r_core, now_empty = core || !(g[k] > 0);
        double now = integrand(now_r, core ? 0 : g[k]);
        for (; e < edges && edge[e] < now_r; e++)
            part[e] = -2 * M_PI * rho *
                      (sum + piece(last_r, fmax(edge[e], 0), now_r, last, now, empty && now_empty));
        sum += piece(last_r, now_r, now_r, last, now, empty && now_empty);
        if (!core) {
            result.negative += !(g[k] > 0);
            result.lowest = fmin(result.lowest, g[k]);
        }
        last_r = now_r, last = now, empty = now_empty;
    }
    result.s = -2 * M_PI * rho * sum;
    for (; e < edges; e++) part[e] = result.s;
    return result;
}

struct vt_curve_entropy vt_curve_s(int n, const double *r, const double *g, double rho, double r_core)
{
    return vt_curve_s_parts(n, r, g, rho, r_core, 0, NULL, NULL);
}

void vt_curve_s_weights(int n, const double *r, const double *g, double rho, double r_core, double *c)
{
    for (int k = 0; k < n; k++) {
        double width = 0.5 * (r[k < n - 1 ? k + 1 : k] - (k ? r[k - 1] : fmin(r_core, r[k])));
        c[k] = r[k] >= r_core && g[k] > 0
                   ? -2 * M_PI * rho * r[k] * r[k] * log(fmax(g[k], VT_CURVE_G_SMALL)) * width
                   : 0;
    }
}

double vt_curve_density(int n, const double *r, const double *reduced, double to, double *error)
{
    enum { POINTS_MAX = 4096 };
    double gr = 0, rr = 0, left[POINTS_MAX];
    int first = 0, m = 0;
    while (first < n && r[first] <= 0) first++;
    for (; first + m < n && m < POINTS_MAX && r[first + m] <= to; m++) {
        gr += reduced[first + m] * r[first + m];
        rr += r[first + m] * r[first + m];
    }
    for (int k = 0; k < m; k++) left[k] = reduced[first + k] - gr / rr * r[first + k];
    /* The fit takes what is like r out of the residuals, and with L lags about L / m of the variance. */
    *error = NAN;
    if (m > VT_NOISE_PART)
        *error = sqrt(vt_noise_variance(m, r + first, m, left) / (1 - 1. / VT_NOISE_PART)) / (4 * M_PI * rr);
    return -gr / (4 * M_PI * rr);
}
