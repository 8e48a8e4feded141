/* spline.c: see spline.h. With steps s_i = x_{i+1} - x_i, second derivatives c at the inner points, and the
 * band matrices Q (n, n - 2) and R (n - 2, n - 2) of Reinsch (Green & Silverman, Nonparametric Regression and
 * Generalized Linear Models, ch. 2),
 *
 *     (R + lambda Q^T Q) c = Q^T y,     f = y - lambda Q c,     n - tr H = lambda tr[(R + lambda Q^T Q)^-1
 * Q^T Q].
 *
 * The matrix has five bands and is factorised as L D L^T; of its inverse only those five are needed, which
 * follow from the last row up (Hutchinson & de Hoog, Numer. Math. 47, 99 (1985)). Abscissae are scaled to a
 * mean step of 1. */
#include "analysis/spline.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <math.h>

#include "core/memory.h"

/* Arrays over the m = n - 2 inner points; [j][b] is the entry (j, j + b). */
struct spline {
    int n, m;
    double lambda, *step, (*q)[3], (*qq)[3], (*r)[3]; /* q: the three entries of column j, rows j .. j + 2 */
    double *pivot, (*lower)[2];                       /* L: [j][b - 1] is the entry (j + b, j) */
    const double *y;
    double *c, *f;
};

static enum vt_status begin(struct spline *s, int n, const double *x, double scale)
{
    s->n = n, s->m = n - 2;
    VT_TRY(vt_alloc(&s->step, n));
    VT_TRY(vt_alloc(&s->q, n));
    VT_TRY(vt_alloc(&s->qq, n));
    VT_TRY(vt_alloc(&s->r, n));
    VT_TRY(vt_alloc(&s->pivot, n));
    VT_TRY(vt_alloc(&s->lower, n));
    VT_TRY(vt_alloc(&s->c, n));
    VT_TRY(vt_alloc(&s->f, n));
    for (int i = 0; i + 1 < n; i++) s->step[i] = (x[i + 1] - x[i]) / scale;
    for (int j = 0; j < s->m; j++) {
        double before = s->step[j], behind = s->step[j + 1];
        s->q[j][0] = 1 / before, s->q[j][1] = -1 / before - 1 / behind, s->q[j][2] = 1 / behind;
        s->r[j][0] = (before + behind) / 3, s->r[j][1] = behind / 6;
    }
    for (int j = 0; j < s->m; j++)
        for (int b = 0; b < 3 && j + b < s->m; b++)
            for (int row = b; row < 3; row++) s->qq[j][b] += s->q[j][row] * s->q[j + b][row - b];
    return VT_OK;
}

static void end(struct spline *s)
{
    free(s->step), free(s->q), free(s->qq), free(s->r), free(s->pivot), free(s->lower), free(s->c),
        free(s->f);
}

static void factorise(struct spline *s, double lambda)
{
    s->lambda = lambda;
    for (int j = 0; j < s->m; j++) {
        double a[3];
        for (int b = 0; b < 3; b++) a[b] = s->r[j][b] + lambda * s->qq[j][b];
        if (j > 0) {
            a[0] -= s->pivot[j - 1] * s->lower[j - 1][0] * s->lower[j - 1][0];
            a[1] -= s->pivot[j - 1] * s->lower[j - 1][0] * s->lower[j - 1][1];
        }
        if (j > 1) a[0] -= s->pivot[j - 2] * s->lower[j - 2][1] * s->lower[j - 2][1];
        s->pivot[j] = a[0];
        s->lower[j][0] = a[1] / a[0], s->lower[j][1] = a[2] / a[0];
    }
}

/* c and f of the data y. */
static void fit(struct spline *s, const double *y)
{
    double *c = s->c;
    for (int j = 0; j < s->m; j++) {
        c[j] = s->q[j][0] * y[j] + s->q[j][1] * y[j + 1] + s->q[j][2] * y[j + 2];
        if (j > 0) c[j] -= s->lower[j - 1][0] * c[j - 1];
        if (j > 1) c[j] -= s->lower[j - 2][1] * c[j - 2];
    }
    for (int j = s->m - 1; j >= 0; j--) {
        c[j] /= s->pivot[j];
        if (j + 1 < s->m) c[j] -= s->lower[j][0] * c[j + 1];
        if (j + 2 < s->m) c[j] -= s->lower[j][1] * c[j + 2];
    }
    for (int i = 0; i < s->n; i++) s->f[i] = y[i];
    for (int j = 0; j < s->m; j++)
        for (int row = 0; row < 3; row++) s->f[j + row] -= s->lambda * s->q[j][row] * c[j];
}

/* n - tr H */
static double left_over(const struct spline *s)
{
    double next[2][3] = {{0}}, sum = 0; /* rows j + 1 and j + 2 of the inverse */
    for (int j = s->m - 1; j >= 0; j--) {
        double l1 = j + 1 < s->m ? s->lower[j][0] : 0, l2 = j + 2 < s->m ? s->lower[j][1] : 0, row[3];
        row[1] = -l1 * next[0][0] - l2 * next[0][1];
        row[2] = -l1 * next[0][1] - l2 * next[1][0];
        row[0] = 1 / s->pivot[j] - l1 * row[1] - l2 * row[2];
        for (int b = 0; b < 3; b++) {
            sum += (b ? 2 : 1) * s->qq[j][b] * row[b];
            next[1][b] = next[0][b];
        }
        for (int b = 0; b < 3; b++) next[0][b] = row[b];
    }
    return s->lambda * sum;
}

static double gcv(double log_lambda, void *self)
{
    struct spline *s = self;
    double sum = 0;
    factorise(s, exp(log_lambda));
    fit(s, s->y);
    for (int i = 0; i < s->n; i++) sum += pow(s->y[i] - s->f[i], 2);
    return s->n * sum / pow(left_over(s), 2);
}

/* The least of a grid, then Brent's way down between its neighbours. At an end of the grid the end is taken:
 * a straight line, or data without noise. */
static double choose(struct spline *s)
{
    enum { PLACES = 45, STEPS = 40 };
    const double low = log(1e-6), step = log(10) * 0.5;
    double value[PLACES];
    int best = 0;
    for (int k = 0; k < PLACES; k++) {
        value[k] = gcv(low + k * step, s);
        if (value[k] < value[best]) best = k;
    }
    double at = low + best * step;
    if (best == 0 || best == PLACES - 1 || !(value[best] < value[best - 1] && value[best] < value[best + 1]))
        return exp(at);
    gsl_function f = {gcv, s};
    gsl_min_fminimizer *w = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    if (w && !gsl_min_fminimizer_set_with_values(w, &f, at, value[best], at - step, value[best - 1],
                                                 at + step, value[best + 1])) {
        for (int k = 0; k < STEPS; k++)
            if (gsl_min_fminimizer_iterate(w) ||
                gsl_min_fminimizer_x_upper(w) - gsl_min_fminimizer_x_lower(w) < 1e-3)
                break;
        at = gsl_min_fminimizer_x_minimum(w);
    }
    gsl_set_error_handler(handler);
    gsl_min_fminimizer_free(w);
    return exp(at);
}

/* Slope at point i of the natural spline with values f and second derivatives c. */
static double slope(const struct spline *s, int i)
{
    int k = i < s->n - 1 ? i : i - 1; /* the interval */
    double left = k > 0 ? s->c[k - 1] : 0, right = k < s->m ? s->c[k] : 0,
           line = (s->f[k + 1] - s->f[k]) / s->step[k];
    return i == k ? line - s->step[k] * (2 * left + right) / 6 : line + s->step[k] * (left + 2 * right) / 6;
}

enum vt_status vt_smoother_spline(int n, const double *x, const double *y, double *lambda,
                                  struct vt_smoother *out)
{
    struct spline s = {.y = y};
    double *unit = NULL, scale = n > 1 ? (x[n - 1] - x[0]) / (n - 1) : 1;
    enum vt_status st;
    *out = (struct vt_smoother){0};
    if (n < 5 || n > VT_SPLINE_POINTS_MAX)
        return VT_RAISE(VT_EINPUT, "smoothing: %d points for a spline; what fits: 5 to %d", n,
                        VT_SPLINE_POINTS_MAX);
    for (int i = 1; i < n; i++)
        if (!(x[i] > x[i - 1]))
            return VT_RAISE(VT_EINPUT, "smoothing: %g does not come after %g", x[i], x[i - 1]);
    VT_TRY_GOTO(st, done, begin(&s, n, x, scale));
    VT_TRY_GOTO(st, done, vt_alloc(&unit, n));
    VT_TRY_GOTO(st, done, vt_smoother_alloc(n, n, out));
    double chosen = choose(&s);
    factorise(&s, chosen);
    *lambda = chosen * scale * scale * scale;
    for (int k = 0; k < n; k++) { /* column k of h and d */
        unit[k] = 1;
        fit(&s, unit);
        unit[k] = 0;
        for (int i = 0; i < n; i++) {
            size_t at = (size_t)i * (size_t)n + (size_t)k;
            out->h[at] = s.f[i];
            out->d[at] = slope(&s, i) / scale;
        }
        out->freedom += s.f[k];
    }
done:
    free(unit);
    end(&s);
    return st;
}
