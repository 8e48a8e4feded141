/* lags.h: which earlier frames a frame is compared with.
 *
 * Frames come at even times, 0, 1, 2, ... A lag is a difference of frames, `length`; the frame f is compared
 * with the frame f - length, the origin, if the origin's number is a multiple of `origins`. Lag 0, a frame
 * with itself, is always the first.
 *
 *     log      1, 2, ..., 2m - 1, then m 2^l, ..., (2m - 1) 2^l, with origins each 2^l: m lags an octave
 *     linear   s, 2 s, 3 s, ... with origins as far apart as asked
 *
 * So a frame has to be kept only as long as the longest lag that begins at it, and the memory for a log plan
 * grows with the logarithm of its longest lag: Dubbeldam et al., J. Comput. Phys. 228, 7 (2009), without
 * averages over frames. */
#ifndef VT_LAGS_H
#define VT_LAGS_H

#include <stddef.h>
#include <stdint.h>

#include "core/params.h"

/* Second member, `lags`, of the options of every kernel of motion; VT_LAG_OPTIONS are lines of its table. */
struct vt_lag_options {
    int spacing;           /* enum vt_lag_spacing */
    double t_max, origins; /* ps */
    int64_t per_octave;
};
enum vt_lag_spacing { VT_LAGS_LOG, VT_LAGS_LINEAR };
#define VT_LAG_OPTIONS(type, spacing_preset, t_max_preset)                                                   \
    VT_LAG_OPTIONS_EACH(type, spacing_preset, t_max_preset, 4)
#define VT_LAG_OPTIONS_EACH(type, spacing_preset, t_max_preset, per_octave_preset)                           \
    {.name = "t_max",                                                                                        \
     .unit = "ps",                                                                                           \
     .kind = VT_REAL,                                                                                        \
     .offset = offsetof(type, lags.t_max),                                                                   \
     .preset = (t_max_preset),                                                                               \
     .min = 0,                                                                                               \
     .max = 1e9,                                                                                             \
     .help = "longest time from one frame to another"},                                                      \
        {.name = "lags",                                                                                     \
         .unit = "",                                                                                         \
         .kind = VT_CHOICE,                                                                                  \
         .offset = offsetof(type, lags.spacing),                                                             \
         .preset = (spacing_preset),                                                                         \
         .help = "times from one frame to another: per_octave of them in each factor of two, or "            \
                 "every multiple of `every`",                                                                \
         .text = "log|linear"},                                                                              \
        {.name = "per_octave",                                                                               \
         .unit = "1",                                                                                        \
         .kind = VT_INT,                                                                                     \
         .offset = offsetof(type, lags.per_octave),                                                          \
         .preset = (per_octave_preset),                                                                      \
         .min = 1,                                                                                           \
         .max = 64,                                                                                          \
         .help = "times in each factor of two, with `lags: log`"},                                           \
    {                                                                                                        \
        .name = "origins", .unit = "ps", .kind = VT_REAL, .offset = offsetof(type, lags.origins), .min = 0,  \
        .max = 1e9,                                                                                          \
        .help = "least time from one origin to the next; more: less work and memory; 0: as close as `lags` " \
                "lets them be"                                                                               \
    }

struct vt_lags {
    int n;
    struct vt_lag {
        int64_t length, origins; /* frames */
    } * lag;
};

/* The plan for frames `every` ps apart. Released with free(lags->lag). Local. */
enum vt_status vt_lags_make(const struct vt_lag_options *options, double every, struct vt_lags *lags);
/* Their number. */
int vt_lags_count(const struct vt_lag_options *options, double every);
/* The longest lag that begins at a frame; 0 if none but itself. */
int64_t vt_lags_life(const struct vt_lags *lags, int64_t frame);
/* Frames that are kept at the same time, at most. */
int64_t vt_lags_frames(const struct vt_lags *lags);

#endif
