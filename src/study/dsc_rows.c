/* dsc_rows.c: see dsc_rows.h.
 *
 * A segment ends where the temperature turns back by a twentieth of the table's range: what noise, or the
 * undershoot of a controller, turns back is less. The scan's slope is that between a tenth and nine tenths of
 * the segment's range; drawn on to its ends it says where the scan began and ended. Rows outside are an
 * isotherm if they are of one temperature, and took long for what they moved. Without a column of times the
 * slope is one a row, which tables with denser rows at an end have too: there the temperature of an isotherm
 * must also fail to move on in a tenth of its rows. */
#include "study/dsc_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"

#define TURN        0.05 /* of the range of all rows */
#define BAND        0.02 /* of the segment's range: temperatures of an isotherm */
#define KELVIN_BAND 2.0
#define SLOW        0.2 /* of the scan's slope */
#define STILL       0.1 /* of the rows of an isotherm, without times */
enum { SEGMENTS = 32, ISOTHERM_ROWS = 4, SEGMENT_ROWS = 3 };

struct table {
    int n;
    const double *t, *time;
};

/* Rows from *first to end - 1 as the next segment. Fewer than SEGMENT_ROWS, as where a file jumps from the
 * end of one heating to the beginning of the next, are none: they belong to the one before, or behind. */
static void add(struct vt_dsc_rows *out, int *n, int *first, int end, bool cooling)
{
    if (end - *first < SEGMENT_ROWS && !*n) return;
    if (end - *first < SEGMENT_ROWS)
        out[*n - 1].end = end;
    else
        out[(*n)++] = (struct vt_dsc_rows){*first, end, cooling};
    *first = end;
}

/* Segments one behind the other, with the rows of all; returns how many, -1: more than SEGMENTS. */
static int cut(const struct table *x, struct vt_dsc_rows *out)
{
    double low = x->t[0], high = x->t[0];
    int n = 0, first = 0, least = 0, most = 0, way = 0;
    for (int k = 1; k < x->n; k++) low = fmin(low, x->t[k]), high = fmax(high, x->t[k]);
    const double turn = TURN * (high - low);
    for (int k = 1; k < x->n; k++) {
        const double t = x->t[k];
        if (t < x->t[least]) least = k;
        if (t > x->t[most]) most = k;
        const bool rises = way <= 0 && t - x->t[least] >= turn && turn > 0,
                   falls = way >= 0 && x->t[most] - t >= turn && turn > 0;
        if (!rises && !falls) continue;
        if (n == SEGMENTS - 1) return -1;
        if (way != 0) add(out, &n, &first, rises ? least : most, way < 0);
        way = rises ? 1 : -1;
        least = most = k;
    }
    add(out, &n, &first, x->n, way < 0);
    if (!n) out[n++] = (struct vt_dsc_rows){first, x->n, way < 0}; /* a table of so few */
    return n;
}

static double place(const struct table *x, bool timed, int k)
{
    return timed ? x->time[k] : k;
}

/* Are the rows from a to b - 1, all near this temperature, slow ones of a scan of this slope? */
static bool is_isotherm(const struct table *x, bool timed, int a, int b, double at, double band, double slope,
                        bool cooling)
{
    int still = 0;
    if (b - a < ISOTHERM_ROWS) return false;
    for (int k = a; k < b; k++) {
        if (fabs(x->t[k] - at) > band) return false;
        still += k > a && !(cooling ? x->t[k] < x->t[k - 1] : x->t[k] > x->t[k - 1]);
    }
    const double lasted = place(x, timed, b - 1) - place(x, timed, a);
    return fabs(x->t[b - 1] - x->t[a]) < SLOW * slope * lasted && (timed || still > STILL * (b - a - 1));
}

/* Take isotherms off both ends; *before and *behind count their rows. */
static void trim(const struct table *x, struct vt_dsc_rows *s, int *before, int *behind)
{
    const double sign = s->cooling ? -1 : 1;
    double begin = INFINITY, end = -INFINITY;
    *before = *behind = 0;
    for (int k = s->first; k < s->end; k++)
        begin = fmin(begin, sign * x->t[k]), end = fmax(end, sign * x->t[k]);
    const double range = end - begin, band = fmax(KELVIN_BAND, BAND * range);
    int a = s->first, b;
    while (a < s->end && !(sign * x->t[a] - begin >= 0.1 * range)) a++;
    for (b = a; b < s->end && !(sign * x->t[b] - begin >= 0.9 * range); b++) {
    }
    if (!(range > 2 * band) || b >= s->end || b == a) return;
    const bool timed = x->time && x->time[b] > x->time[a] && x->time[a] >= x->time[s->first] &&
                       x->time[s->end - 1] >= x->time[b];
    const double pa = place(x, timed, a), pb = place(x, timed, b),
                 slope = sign * (x->t[b] - x->t[a]) / (pb - pa),
                 began = pa - (sign * x->t[a] - begin) / slope, ended = pb + (end - sign * x->t[b]) / slope;
    while (a > s->first && place(x, timed, a - 1) >= began) a--;
    while (b + 1 < s->end && place(x, timed, b + 1) <= ended) b++;
    if (is_isotherm(x, timed, s->first, a, sign * begin, band, slope, s->cooling)) *before = a - s->first;
    if (is_isotherm(x, timed, b + 1, s->end, sign * end, band, slope, s->cooling)) *behind = s->end - b - 1;
    s->first += *before, s->end -= *behind;
}

/* "1: 300-800 K, heating; 2: ..." */
static void list(const struct table *x, int n, const struct vt_dsc_rows *s, char *text, size_t size)
{
    *text = '\0';
    for (int k = 0; k < n; k++) {
        const size_t used = strlen(text);
        if (used + 60 > size) break;
        snprintf(text + used, size - used, "%s%d %s from %.4g to %.4g K", k ? ", " : "", k + 1,
                 s[k].cooling ? "cooling" : "heating", x->t[s[k].first], x->t[s[k].end - 1]);
    }
}

enum vt_status vt_dsc_rows_find(const char *path, int n, const double *t, const double *time, int wanted,
                                struct vt_dsc_rows *out)
{
    const struct table x = {n, t, time};
    struct vt_dsc_rows s[SEGMENTS];
    int before[SEGMENTS], behind[SEGMENTS], rows = 0, best = 0;
    char text[400], left[400] = "";
    const int segments = cut(&x, s);
    if (segments < 0)
        return VT_RAISE(
            VT_EINPUT,
            "the temperature goes to and fro: more than %d segments of heating and cooling; a table "
            "with one heating scan is due",
            SEGMENTS);
    for (int k = 0; k < segments; k++) {
        trim(&x, &s[k], &before[k], &behind[k]);
        rows += s[k].end - s[k].first;
        if (s[k].end - s[k].first > s[best].end - s[best].first) best = k;
    }
    list(&x, segments, s, text, sizeof text);
    if (wanted > segments)
        return VT_RAISE(VT_EINPUT, "segment %d is asked for, it has %d: %s", wanted, segments, text);
    if (!wanted && s[best].end - s[best].first < 0.9 * rows)
        return VT_RAISE(
            VT_EINPUT,
            "the temperature goes to and fro: %d segments, %s: say which one with --segment 1, and "
            "of the reference with --reference_segment",
            segments, text);
    const int k = wanted ? wanted - 1 : best;
    *out = s[k];
    if (before[k])
        snprintf(left, sizeof left, "%d rows of an isotherm at %.4g K", before[k], t[s[k].first - 1]);
    if (behind[k])
        snprintf(left + strlen(left), sizeof left - strlen(left), "%s%d rows of an isotherm at %.4g K",
                 *left ? ", " : "", behind[k], t[s[k].end]);
    if (!wanted && segments > 1)
        snprintf(left + strlen(left), sizeof left - strlen(left), "%s%d rows of other segments (%.200s)",
                 *left ? ", " : "", rows - (s[k].end - s[k].first), text);
    if (*left) vt_log(VT_LOG_WARNING, "dsc: %s: left out are %s", path, left);
    return VT_OK;
}
