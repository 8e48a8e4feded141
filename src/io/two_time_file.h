/* two_time_file.h: tables of photon correlation: g2 against delay, or a two-time correlation C(t1, t2).
 *
 * Text: comments (#, %, ;, !, ') and one line of names may stand above the numbers. Columns are set apart by
 * one sign through all of the file: tabs, semicolons, commas or blanks; decimal commas where commas do not
 * set columns apart (table_text.h).
 *
 *     g2   delay, g2; or delay, g2, error; or more columns, of one q each. Columns whose name holds a word
 *          such as err, error, std, stderr, sigma or uncertainty are errors: of the column before each, or
 *          all of them, in order, behind all g2. Cells that are empty or nan: no measurement
 *     C    a square of at least 8 numbers a side that is symmetric, or has one half only (the other zero or
 *          nan); its diagonal may be nan
 *
 *     # dt = 0.5 ms       (also frame = , frame_time = ): the time of a frame
 *     delay (us), tau/ms, t [min], delay_us       the unit of delays, in the heading of the first column
 *
 * HDF5: datasets found by their names (those of boost_corr, of the older files of its beamline, plain ones,
 * and what the measurement xpcs leaves in a results.h5 of ours), or by the one that is given; errors and
 * delays beside them, the unit of delays in their attribute unit or units. */
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
    const char *stage;                   /* of a results.h5 of ours; NULL: all that have it */
    int which;                           /* of several such tables in the file, from 0 */
};

struct vt_correlation_file {
    enum vt_correlation_kind kind;
    int n;         /* delays; or frames */
    int columns;   /* of g2 */
    double *delay; /* (n) of g2, ascending from 0 or more: times, or frames where in_frames is set */
    bool in_frames;
    double *value;      /* (columns, n) g2, NAN where a point is no measurement; or (n, n) C, symmetric, with
                           a diagonal that may be NAN */
    double *error;      /* (columns, n); NULL: none. NAN where a point is no measurement */
    double frame;       /* time of a frame that the file tells; 0: not told */
    double frame_scale; /* its unit, in s; 0: not told */
    double delay_scale; /* the unit of delays, in s; 0: not told */
    int of;             /* tables of this kind in the file */
    char label[64];     /* of this one, where there are several: its number or stage; else "" */
    char *source;       /* dataset of HDF5, or NULL */
};

/* VT_EINPUT "PATH:LINE: ..." or "PATH: ..." where it is no such table: no numbers, rows of different length,
 * a heading of another one, more than a tenth of a column that is no number, delays that do not ascend, an
 * error that is not positive, a unit of dt that is none of time, a square that is not symmetric. Released by
 * the caller, also after a failure. Local. */
enum vt_status vt_correlation_read(const char *path, const struct vt_correlation_reading *how,
                                   struct vt_correlation_file *out);
void vt_correlation_release(struct vt_correlation_file *file);

/* The part for HDF5, in two_time_h5.c. */
enum vt_status vt_correlation_read_h5(const char *path, const struct vt_correlation_reading *how,
                                      struct vt_correlation_file *out);
/* Make C whole: a half is mirrored, small differences are averaged. VT_EINPUT where it is neither. Local. */
enum vt_status vt_correlation_symmetric(const char *path, int n, double *c);
/* A unit of time as people write it: "us", "min", "seconds"; seconds is its length, 0 for "frames". False if
 * it is none. */
bool vt_correlation_unit(const char *unit, double *seconds);

#endif
