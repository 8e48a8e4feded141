/* stationary.c: see stationary.h. */
#include "analysis/stationary.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

enum { DELAYS = 6, STEPS_LEAST = 8 };

void vt_stationary_release(struct vt_stationary *s)
{
    free(s->stretch), free(s->age), free(s->z);
    *s = (struct vt_stationary){0};
}

/* Delays, in equal ratios, between those at which C has decayed by 15 % and by 85 %, none longer than a step:
 * longer ones would carry a change into the next step. */
static int choose_delays(const double *g2, int n, int width, int delay[DELAYS], double *base)
{
    int tail = n / 2, tail_points = n / 8 + 1, low = 0, high = 0, found = 0;
    *base = 0;
    for (int l = tail; l < tail + tail_points; l++) *base += g2[l] / tail_points;
    double height = g2[1] - *base;
    for (int l = 1; l <= width; l++) {
        double left = height > 0 ? (g2[l] - *base) / height : 0;
        if (!low && (left < 0.85 || l == width)) low = l;
        if (!high && (left < 0.15 || l == width)) high = l;
    }
    if (low > 1 && low == width) low = width / 2; /* slower than a step */
    for (int k = 0; k < DELAYS; k++) {
        int l = (int)lround(low * pow((double)high / low, k / (DELAYS - 1.)));
        if (l < 2) l = 2; /* 1 is what they are compared with */
        if (!found || l > delay[found - 1]) delay[found++] = l;
    }
    return found;
}

/* Mean of C over pairs of one delay with ages from begin to end; NAN where there are none. */
static double mean_of(const double *c, int n, int begin, int end, int delay)
{
    double sum = 0;
    int count = 0;
    for (int t = begin - delay / 2; t < end - delay / 2; t++)
        if (t >= 0 && t + delay < n) sum += c[(size_t)t * (size_t)n + (size_t)(t + delay)], count++;
    return count ? sum / count : NAN;
}

static enum vt_status fill_steps(const struct vt_two_time *two, struct vt_stationary *s)
{
    const int n = two->n_t;
    int delay[DELAYS], delays, *pairs = NULL;
    double *c = NULL, *g2 = NULL, base, height;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&c, (size_t)n * (size_t)n));
    VT_TRY_GOTO(st, done, vt_alloc(&g2, n));
    VT_TRY_GOTO(st, done, vt_alloc(&pairs, n));
    VT_TRY_GOTO(st, done, vt_two_time_matrix(two, c));
    struct vt_cut all = {.pairs = VT_CUT_BLOCK, .last = n - 1};
    VT_TRY_GOTO(st, done, vt_one_time(two, &all, VT_CUT_MEAN_OF_RATIOS, g2, pairs));
    delays = choose_delays(g2, n, s->width, delay, &base);
    s->delay_min = delay[0], s->delay_max = delay[delays - 1];
    base = fmin(base, 1);
    height = fmax(g2[1] - base, 1e-12);
    for (int b = 0; b < s->n_steps; b++) {
        int begin = b * s->width, end = b + 1 < s->n_steps ? begin + s->width : n, used = 0;
        double first = fmax(mean_of(c, n, begin, end, 1) - base, 0.2 * height);
        s->age[b] = 0.5 * (begin + end - 1);
        for (int k = 0; k < delays; k++) {
            double mean = mean_of(c, n, begin, end, delay[k]);
            if (isnan(mean)) continue;
            s->z[b] += (mean - base) / first - (g2[delay[k]] - base) / height, used++;
        }
        if (used) s->z[b] /= used;
    }
done:
    free(c), free(g2), free(pairs);
    return st;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Mean square of z_{b+lag} - z_b, the largest tenth left out (changes are there), as that of normal numbers.
 */
static double mean_square(const struct vt_stationary *s, int lag, double *work)
{
    int n = s->n_steps - lag, keep = n - (n + 9) / 10;
    double sum = 0;
    for (int b = 0; b < n; b++) work[b] = pow(s->z[b + lag] - s->z[b], 2);
    qsort(work, (size_t)n, sizeof *work, ascending);
    for (int b = 0; b < keep; b++) sum += work[b];
    return sum / keep / 0.623; /* x^2 of |x| < 1.645 sigma, 90 % of all */
}

/* What the mean of many steps scatters as: variance of z times (1 + r) / (1 - r). */
static double long_variance(const struct vt_stationary *s, double *work)
{
    double next = mean_square(s, 1, work), after = mean_square(s, 2, work);
    double r = next > 0 ? fmin(fmax(after / next - 1, 0), 0.8) : 0;
    return next / 2 / (1 - r) * (1 + r) / (1 - r);
}

/* The best partition: least[j] is of the first j steps, whose last stretch begins at from[j]. */
static enum vt_status partition(struct vt_stationary *s, double penalty, int steps_min)
{
    const int n = s->n_steps;
    double *sum = NULL, *square = NULL, *lowest = NULL, *work = NULL;
    int *from = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&sum, n + 1));
    VT_TRY_GOTO(st, done, vt_alloc(&square, n + 1));
    VT_TRY_GOTO(st, done, vt_alloc(&lowest, n + 1));
    VT_TRY_GOTO(st, done, vt_alloc(&work, n));
    VT_TRY_GOTO(st, done, vt_alloc(&from, n + 1));
    double s2 = long_variance(s, work), cost = penalty * log(n);
    for (int b = 0; b < n; b++) sum[b + 1] = sum[b] + s->z[b], square[b + 1] = square[b] + s->z[b] * s->z[b];
    lowest[0] = -cost;
    for (int j = 1; j <= n; j++) {
        lowest[j] = INFINITY;
        for (int i = 0; i + steps_min <= j; i++) {
            double mean = (sum[j] - sum[i]) / (j - i), spread = square[j] - square[i] - (j - i) * mean * mean,
                   total = lowest[i] + (s2 > 0 ? spread / s2 : 0) + cost;
            if (total < lowest[j]) lowest[j] = total, from[j] = i;
        }
    }
    s->n = 0;
    for (int j = n; j; j = from[j]) s->n++;
    VT_TRY_GOTO(st, done, vt_alloc(&s->stretch, s->n));
    for (int j = n, k = s->n - 1; j; j = from[j], k--)
        s->stretch[k] = (struct vt_stretch){.first = from[j] * s->width,
                                            .last = j * s->width - 1,
                                            .level = (sum[j] - sum[from[j]]) / (j - from[j]),
                                            .level_error = sqrt(s2 / (j - from[j]))};
done:
    free(sum), free(square), free(lowest), free(work), free(from);
    return st;
}

enum vt_status vt_stationary_find(const struct vt_two_time *two, const struct vt_stationary_options *o,
                                  struct vt_stationary *out)
{
    int n = two->n_t,
        width = o->width > 0 ? o->width
                : n / 48 > 4 ? n / 48
                             : 4,
        steps = n / width, steps_min = o->steps_min > 0 ? o->steps_min : 3;
    *out = (struct vt_stationary){.width = width, .n_steps = steps};
    if (steps < STEPS_LEAST)
        return VT_RAISE(VT_EINPUT,
                        "%d frames are %d steps of %d: %d steps at least are due to find where dynamics "
                        "change",
                        n, steps, width, STEPS_LEAST);
    VT_TRY(vt_alloc(&out->age, steps));
    VT_TRY(vt_alloc(&out->z, steps));
    VT_TRY(fill_steps(two, out));
    VT_TRY(partition(out, o->penalty > 0 ? o->penalty : 3, steps_min < steps ? steps_min : steps));
    out->stretch[out->n - 1].last = n - 1; /* the last step holds what is left over */
    return VT_OK;
}
