/* two_time_file.h: tables of photon correlation: g2 against delay, or a two-time correlation C(t1, t2).
 *
 * Text: comments (#, %, ;, !, ') and one line of names may stand above the numbers.
 *
 *     g2        delay, g2; or delay, g2, error; or more columns, of one q each. Columns whose name begins
 * with err, sigma, std, d_ or e_ are errors of the column before them. C         a square of at least 8
 * numbers a side that is symmetric, or has one half only (the other zero). dt = 0.5  (also frame = ,
 * frame_time = ) in a comment tells the time of a frame
 *
 * HDF5: datasets found by their names (those of boost_corr, of the older files of its beamline, and plain
 * ones), or by the one that is given; errors and delays beside them. */
#ifndef VT_TWO_TIME_FILE_H
#define VT_TWO_TIME_FILE_H

#include <stdbool.h>

#include "core/status.h"

enum vt_correlation_kind { VT_CORRELATION_TOLD, VT_CORRELATION_G2, VT_CORRELATION_TWO_TIME };
enum vt_correlation_columns { VT_COLUMNS_TOLD, VT_COLUMNS_G2, VT_COLUMNS_PAIRS };

struct vt_correlation_reading {
    enum vt_correlation_kind kind;       /* what it is, or TOLD: by its form */
    enum vt_correlation_columns columns; /* behind the delay: all g2; or g2, error, g2, error, ... */
    const char *dataset;                 /* of HDF5; "": found */
};

struct vt_correlation_file {
    enum vt_correlation_kind kind;
    int n;         /* delays; or frames */
    int columns;   /* of g2 */
    double *delay; /* (n) of g2, ascending from 0 or more: times, or frames where in_frames is set */
    bool in_frames;
    double *value; /* (columns, n) g2; or (n, n) C, symmetric */
    double *error; /* (columns, n); NULL: none. Of HDF5, where a point is no measurement, NAN */
    double frame;  /* time of a frame that the file tells (HDF5: in seconds); 0: not told */
    char unit[8];  /* of g2 in text: that of times in the heading of delays, "delay (us)": s, ms, us, ns, ps;
                      or "" */
    char *source;  /* dataset of HDF5, or NULL */
};

/* VT_EINPUT "PATH:LINE: ..." or "PATH: ..." where it is no such table: no numbers, rows of different length,
 * a number that is not finite, delays that do not ascend, an error that is not positive, a square that is not
 * symmetric where C is asked for. Released by the caller, also after a failure. Local. */
enum vt_status vt_correlation_read(const char *path, const struct vt_correlation_reading *how,
                                   struct vt_correlation_file *out);
void vt_correlation_release(struct vt_correlation_file *file);

/* The part for HDF5, in two_time_h5.c. */
enum vt_status vt_correlation_read_h5(const char *path, const struct vt_correlation_reading *how,
                                      struct vt_correlation_file *out);
/* Make C whole: a half is mirrored, small differences are averaged. VT_EINPUT where it is neither. Local. */
enum vt_status vt_correlation_symmetric(const char *path, int n, double *c);

#endif
