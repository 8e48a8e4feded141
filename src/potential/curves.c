/* curves.c: see curves.h.
 *
 * Peak: where the mean of g over a few bins is highest; around it all bins in which this mean is above TOP of
 * the highest; through ln g there a parabola
 *
 *     ln g = a + b t + c t^2,    t = x - x_0,    position x_0 - b/(2c),
 *
 * by least squares with the counts as weights: their inverse is the variance of ln g for independent counts.
 * For a Gaussian of width s, n of whose counts are in its top, the position is known to 1.9 s / sqrt n. First
 * peaks of a glass lean: with more of their flanks the result lies further out (Zr-Zr of CuZr: 3.18, 3.19 and
 * 3.20 angstrom for a TOP of 0.8, 0.65 and 0.5), with less of them the noise is larger. */
#include "potential/curves.h"

#include <math.h>

/* ------------------------------------------------------------------------------------- crossing lines */

struct line {
    int n;
    double x, y, slope; /* through (x, y), the mean of the points */
};

static struct line fit_line(const double *x, const double *y, int n, const double window[2])
{
    struct line l = {0};
    double xx = 0, xy = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < n; k++) {
            if (!(x[k] >= window[0] && x[k] <= window[1])) continue;
            if (pass == 0)
                l.n++, l.x += x[k], l.y += y[k];
            else
                xx += (x[k] - l.x) * (x[k] - l.x), xy += (x[k] - l.x) * (y[k] - l.y);
        }
        if (pass == 0) l.x /= l.n, l.y /= l.n;
    }
    l.slope = xy / xx;
    return l;
}

double vt_lines_cross(const double *x, const double *y, int n, const double low[2], const double high[2])
{
    struct line a = fit_line(x, y, n, low), b = fit_line(x, y, n, high);
    if (a.n < 3 || b.n < 3) return NAN;
    double at = (b.y - b.slope * b.x - a.y + a.slope * a.x) / (a.slope - b.slope);
    return at >= low[1] && at <= high[0] ? at : NAN; /* else a window has some of the other branch */
}

/* ----------------------------------------------------------------------------------------------- peaks */

enum { HALF_SMOOTH = 3 };
#define TOP 0.65

/* Mean of g over the bins around k; 0 where they are not all there. */
static double smooth(const double *g, int n, int k)
{
    double sum = 0;
    if (k < HALF_SMOOTH || k + HALF_SMOOTH >= n) return 0;
    for (int j = k - HALF_SMOOTH; j <= k + HALF_SMOOTH; j++) sum += g[j];
    return sum / (2 * HALF_SMOOTH + 1);
}

/* The parabola through ln g of the bins begin..end - 1; its maximum. */
static struct vt_peak fit_top(const double *x, const double *g, const double *count, int begin, int end)
{
    struct vt_peak peak = {NAN, NAN, 0};
    double x0 = 0, s2 = 0, s3 = 0, s4 = 0, y0 = 0, y1 = 0, y2 = 0;
    for (int k = begin; k < end; k++) peak.count += count[k], x0 += count[k] * x[k];
    x0 /= peak.count;
    for (int k = begin; k < end; k++) {
        if (!(g[k] > 0)) continue; /* no count, so no weight */
        double t = x[k] - x0, w = count[k], y = log(g[k]);
        s2 += w * t * t, s3 += w * t * t * t, s4 += w * t * t * t * t;
        y0 += w * y, y1 += w * y * t, y2 += w * y * t * t;
    }
    /* The sum of w t is 0, so the normal equations are nearly solved. */
    double c = (y2 - y0 * s2 / peak.count - y1 * s3 / s2) / (s4 - s2 * s2 / peak.count - s3 * s3 / s2);
    double a = (y0 - c * s2) / peak.count, b = (y1 - c * s3) / s2, at = x0 - b / (2 * c);
    if (!(c < 0) || !(at > x[begin] && at < x[end - 1])) return peak;
    peak.position = at;
    peak.height = exp(a - b * b / (4 * c));
    return peak;
}

struct vt_peak vt_highest_peak(const double *x, const double *g, const double *count, int n, double x_max)
{
    int top = 0;
    for (int k = 0; k < n && x[k] < x_max; k++)
        if (smooth(g, n, k) > smooth(g, n, top)) top = k;
    double least = TOP * smooth(g, n, top);
    int begin = top, end = top + 1;
    while (begin > 0 && smooth(g, n, begin - 1) > least) begin--;
    while (end < n && smooth(g, n, end) > least) end++;
    /* What still rises at x_max is no peak before it. */
    if (!(least > 0) || end == n || (top + 1 < n && x[top + 1] >= x_max))
        return (struct vt_peak){NAN, NAN, 0};
    return fit_top(x, g, count, begin, end);
}
