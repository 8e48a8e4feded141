/* one_time.c: see one_time.h. */
#include "analysis/one_time.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"

enum { POOL = 4 }; /* neighbours on either side whose errors are taken together */

void vt_one_time_release(struct vt_one_time_curve *c)
{
    free(c->delay), free(c->g2), free(c->error), free(c->pairs), free(c->sample);
    *c = (struct vt_one_time_curve){0};
}

/* Delays 1 .. n_t - 1 in bins of equal ratios: bin k holds first[k] .. first[k + 1] - 1. */
static int make_bins(int n_t, int per_decade, int *first)
{
    int n = 0;
    double edge = 1;
    first[0] = 1;
    while (first[n] < n_t) {
        edge *= pow(10, 1. / per_decade);
        int next = (int)floor(edge + 0.5);
        if (next <= first[n]) next = first[n] + 1;
        first[++n] = next < n_t ? next : n_t;
    }
    return n;
}

/* One sample of one cut in bins; bins without pairs are NAN. */
static enum vt_status sample(const struct vt_two_time *two, const struct vt_cut *cut,
                             enum vt_cut_average average, int bins, const int *first, double *g2, int *pairs,
                             double *out, double *delay, int *count)
{
    VT_TRY(vt_one_time(two, cut, average, g2, pairs));
    for (int b = 0; b < bins; b++) {
        double sum = 0, time = 0, n = 0;
        for (int l = first[b]; l < first[b + 1]; l++)
            if (pairs[l]) sum += pairs[l] * g2[l], time += (double)pairs[l] * l, n += pairs[l];
        out[b] = n > 0 ? sum / n : NAN;
        if (delay) delay[b] = n > 0 ? time / n : NAN, count[b] = (int)n;
    }
    return VT_OK;
}

/* Samples without groups of q: each group's sums taken off all. */
static enum vt_status leave_out_q(const struct vt_two_time *two, int n_q, const double *intensity, int n_cuts,
                                  const struct vt_cut *cut, enum vt_cut_average average, int parts, int bins,
                                  const int *first, double *g2, int *pairs, struct vt_one_time_curve *curve)
{
    struct vt_two_time part = {0};
    enum vt_status st = VT_OK;
    for (int g = 0; g < parts && st == VT_OK; g++) {
        int begin = (int)((int64_t)n_q * g / parts), end = (int)((int64_t)n_q * (g + 1) / parts);
        st = vt_two_time_init(&part, two->n_t);
        if (st == VT_OK)
            st = vt_two_time_add(&part, end - begin, intensity + (size_t)begin * (size_t)two->n_t);
        if (st == VT_OK) vt_two_time_take_off(two, &part);
        for (int c = 0; c < n_cuts && st == VT_OK; c++)
            st = sample(&part, &cut[c], average, bins, first, g2, pairs,
                        curve[c].sample + (size_t)g * (size_t)bins, NULL, NULL);
        vt_two_time_release(&part);
    }
    return st;
}

/* Samples without pieces of the ages that a cut's pairs have. */
static enum vt_status leave_out_ages(const struct vt_two_time *two, const struct vt_cut *cut,
                                     enum vt_cut_average average, int parts, int bins, const int *first,
                                     double *g2, int *pairs, struct vt_one_time_curve *curve)
{
    double low = cut->first, high = cut->last + 1;
    for (int g = 0; g < parts; g++) {
        struct vt_cut holed = *cut;
        holed.hole[0] = low + (high - low) * g / parts, holed.hole[1] = low + (high - low) * (g + 1) / parts;
        VT_TRY(sample(two, &holed, average, bins, first, g2, pairs, curve->sample + (size_t)g * (size_t)bins,
                      NULL, NULL));
    }
    return VT_OK;
}

/* Bins with pairs in all samples stay; their errors are pooled. */
static enum vt_status finish(struct vt_one_time_curve *c, int bins, double dt)
{
    int kept = 0;
    double *own;
    VT_TRY(vt_alloc(&own, bins));
    for (int b = 0; b < bins; b++) {
        double mean = 0, square = 0;
        for (int g = 0; g < c->parts; g++) mean += c->sample[(size_t)g * (size_t)bins + (size_t)b] / c->parts;
        for (int g = 0; g < c->parts; g++)
            square += pow(c->sample[(size_t)g * (size_t)bins + (size_t)b] - mean, 2);
        double variance = (c->parts - 1.) / c->parts * square;
        if (!isfinite(c->g2[b]) || !(variance > 0)) continue;
        for (int g = 0; g < c->parts; g++) /* rows keep their width until all are moved */
            c->sample[(size_t)g * (size_t)bins + (size_t)kept] =
                c->sample[(size_t)g * (size_t)bins + (size_t)b];
        c->delay[kept] = c->delay[b] * dt, c->g2[kept] = c->g2[b], c->pairs[kept] = c->pairs[b];
        own[kept++] = variance;
    }
    for (int g = 1; g < c->parts; g++)
        memmove(c->sample + (size_t)g * (size_t)kept, c->sample + (size_t)g * (size_t)bins,
                (size_t)kept * sizeof *c->sample);
    for (int b = 0; b < kept; b++) {
        double sum = 0;
        int from = b > POOL ? b - POOL : 0, to = b + POOL < kept ? b + POOL : kept - 1;
        for (int k = from; k <= to; k++) sum += own[k];
        c->error[b] = sqrt(sum / (to - from + 1));
    }
    c->n = kept;
    free(own);
    return VT_OK;
}

enum vt_status vt_one_time_curves(const struct vt_two_time *two, int n_q, const double *intensity, int n_cuts,
                                  const struct vt_cut *cut, const struct vt_one_time_options *o,
                                  struct vt_one_time_curve *curve)
{
    int parts = o->parts > 0 ? o->parts : 10, *first = NULL, *pairs = NULL;
    double *g2 = NULL;
    enum vt_status st;
    for (int c = 0; c < n_cuts; c++) curve[c] = (struct vt_one_time_curve){.cut = cut[c], .parts = parts};
    if (parts < 2 || parts > VT_PARTS_MAX || (intensity && n_q < 2 * parts))
        return VT_RAISE(VT_EINPUT,
                        "%d parts for errors, of %d q: 2 to %d are due, with two q in each at least", parts,
                        n_q, VT_PARTS_MAX);
    VT_TRY_GOTO(st, done, vt_alloc(&first, two->n_t + 1));
    VT_TRY_GOTO(st, done, vt_alloc(&pairs, two->n_t));
    VT_TRY_GOTO(st, done, vt_alloc(&g2, two->n_t));
    int bins = make_bins(two->n_t, o->per_decade > 0 ? o->per_decade : 30, first);
    for (int c = 0; c < n_cuts; c++) {
        VT_TRY_GOTO(st, done, vt_alloc(&curve[c].delay, bins));
        VT_TRY_GOTO(st, done, vt_alloc(&curve[c].g2, bins));
        VT_TRY_GOTO(st, done, vt_alloc(&curve[c].error, bins));
        VT_TRY_GOTO(st, done, vt_alloc(&curve[c].pairs, bins));
        VT_TRY_GOTO(st, done, vt_alloc(&curve[c].sample, (size_t)parts * (size_t)bins));
        VT_TRY_GOTO(st, done,
                    sample(two, &cut[c], o->average, bins, first, g2, pairs, curve[c].g2, curve[c].delay,
                           curve[c].pairs));
        if (!intensity)
            VT_TRY_GOTO(st, done,
                        leave_out_ages(two, &cut[c], o->average, parts, bins, first, g2, pairs, &curve[c]));
    }
    if (intensity)
        VT_TRY_GOTO(
            st, done,
            leave_out_q(two, n_q, intensity, n_cuts, cut, o->average, parts, bins, first, g2, pairs, curve));
    for (int c = 0; c < n_cuts; c++) VT_TRY_GOTO(st, done, finish(&curve[c], bins, o->dt > 0 ? o->dt : 1));
done:
    free(first), free(pairs), free(g2);
    return st;
}

enum vt_status vt_one_time_kww(const struct vt_one_time_curve *c, const struct vt_kww_options *o,
                               struct vt_kww *out)
{
    static const size_t value[] = {offsetof(struct vt_kww, tau), offsetof(struct vt_kww, beta),
                                   offsetof(struct vt_kww, height), offsetof(struct vt_kww, base),
                                   offsetof(struct vt_kww, mean)},
                        error[] = {offsetof(struct vt_kww, tau_error), offsetof(struct vt_kww, beta_error),
                                   offsetof(struct vt_kww, height_error), offsetof(struct vt_kww, base_error),
                                   offsetof(struct vt_kww, mean_error)};
    enum { VALUES = sizeof value / sizeof *value };
    double sum[VALUES] = {0}, square[VALUES] = {0};
    struct vt_kww first;
    char reason[300] = "";
    int n = 0;
    VT_TRY(vt_kww_fit(c->n, c->delay, c->g2, c->error, o, out));
#define OF(kww, offset) (*(const double *)((const char *)(kww) + (offset)))
    for (int g = 0; g < c->parts; g++) {
        struct vt_kww k;
        if (vt_kww_fit(c->n, c->delay, c->sample + (size_t)g * (size_t)c->n, c->error, o, &k) != VT_OK) {
            snprintf(reason, sizeof reason, "%s", vt_message());
            continue;
        }
        if (!n++) first = k;
        for (int v = 0; v < VALUES; v++) { /* about the first, lest digits be lost */
            double d = OF(&k, value[v]) - OF(&first, value[v]);
            sum[v] += d, square[v] += d * d;
        }
    }
    if (5 * (c->parts - n) > c->parts)
        return VT_RAISE(VT_EPHYSICS, "no fit where a part of the data is left out, in %d of %d: %s",
                        c->parts - n, c->parts, reason);
    for (int v = 0; v < VALUES; v++) {
        double e = sqrt((n - 1.) / n * fmax(square[v] - sum[v] * sum[v] / n, 0));
        if (isfinite(OF(out, error[v])) && OF(out, error[v]) > 0) /* held, or at its bound: it stays so */
            *(double *)((char *)out + error[v]) = fmax(e, OF(out, error[v]));
    }
#undef OF
    return VT_OK;
}
