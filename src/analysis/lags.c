/* lags.c: see lags.h. */
#include "analysis/lags.h"

#include <math.h>

#include "core/memory.h"

enum { LAGS_MOST = 100000 };

/* Frames in a time, at least one. */
static int64_t frames_in(double time, double every)
{
    double n = floor(time / every * (1 + 1e-9) + 1e-9);
    return n < 1 ? 1 : n > 0x1p52 ? (INT64_C(1) << 52) : (int64_t)n;
}

/* The k-th lag behind lag 0 with m an octave: 1 .. 2m - 1, then m 2^l + j 2^l. */
static struct vt_lag log_lag(int64_t k, int64_t m)
{
    if (k < 2 * m) return (struct vt_lag){k, 1};
    int64_t level = (k - m) / m, step = INT64_C(1) << (level < 52 ? level : 52);
    return (struct vt_lag){step * (m + (k - m) % m), step};
}

/* Origins are at least `apart` frames apart. */
static struct vt_lag lag_at(const struct vt_lag_options *o, int64_t k, int64_t apart)
{
    struct vt_lag lag = o->spacing == VT_LAGS_LOG ? log_lag(k, o->per_octave) : (struct vt_lag){k, 1};
    if (lag.origins < apart) lag.origins = apart;
    return lag;
}

/* With log lags a power of two, so that origins of long lags are origins of the shorter ones too. */
static int64_t least_apart(const struct vt_lag_options *o, double every)
{
    int64_t apart = o->origins > 0 ? frames_in(o->origins, every) : 1, power = 1;
    while (power < apart) power *= 2;
    return o->spacing == VT_LAGS_LOG ? power : apart;
}

int vt_lags_count(const struct vt_lag_options *o, double every)
{
    int64_t last = frames_in(o->t_max, every);
    int n = 1;
    while (n < LAGS_MOST && lag_at(o, n, 1).length <= last) n++;
    return n;
}

enum vt_status vt_lags_make(const struct vt_lag_options *o, double every, struct vt_lags *lags)
{
    int64_t apart = least_apart(o, every);
    lags->n = vt_lags_count(o, every);
    if (o->t_max > 0 && o->t_max < every * (1 - 1e-9))
        return VT_RAISE(VT_EINPUT, "t_max: %g ps is less than the %g ps from one frame to the next (`every`)",
                        o->t_max, every);
    if (lags->n == LAGS_MOST)
        return VT_RAISE(VT_EINPUT,
                        "t_max: %g ps with a frame each %g ps are more than %d times: use lags: log",
                        o->t_max, every, LAGS_MOST);
    VT_TRY(vt_alloc(&lags->lag, lags->n));
    lags->lag[0] = lag_at(o, 1, apart);
    lags->lag[0].length = 0;
    for (int k = 1; k < lags->n; k++) lags->lag[k] = lag_at(o, k, apart);
    return VT_OK;
}

int64_t vt_lags_life(const struct vt_lags *lags, int64_t frame)
{
    for (int k = lags->n - 1; k > 0; k--) /* lags ascend */
        if (frame % lags->lag[k].origins == 0) return lags->lag[k].length;
    return 0;
}

/* Counted at a frame that is a multiple of all distances of origins, when everything is kept that ever is:
 * those with origins each 2^l that are no origins of longer lags. */
int64_t vt_lags_frames(const struct vt_lags *lags)
{
    int64_t n = 0;
    for (int k = 1; k < lags->n; k++) {
        const struct vt_lag *lag = &lags->lag[k];
        if (k + 1 < lags->n && lags->lag[k + 1].origins == lag->origins)
            continue; /* the longest of its kind */
        for (int64_t back = lag->origins; back <= lag->length; back += lag->origins)
            n += vt_lags_life(lags, back) == lag->length;
        if (k + 1 == lags->n) n++; /* the frame itself */
    }
    return n;
}
