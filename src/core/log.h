/* log.h: what the program says while it works: to standard error, from rank 0 only.
 *
 * On a terminal the progress line rewrites itself; in a batch log it is a plain timed line now and then. */
#ifndef VT_LOG_H
#define VT_LOG_H

#include <stdbool.h>
#include <stdio.h>

enum vt_level { VT_LOG_ERROR, VT_LOG_WARNING, VT_LOG_INFO, VT_LOG_DEBUG };

/* speaks: is this the rank that logs? */
void vt_log_init(bool speaks, enum vt_level level);
void vt_log(enum vt_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Replace the progress line (terminal), or print it if min_seconds have passed since the last (batch log). */
void vt_progress(double min_seconds, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* From now on this rank's lines go to a file, whether or not it is the one that logs, and its progress lines
 * nowhere; NULL: as before. Returns where they went until now. */
FILE *vt_log_into(FILE *file);
/* Seconds since an arbitrary moment. */
double vt_clock(void);

#endif
