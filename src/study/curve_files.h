/* curve_files.h: a series of measured curves against temperature, read from files. */
#ifndef VT_CURVE_FILES_H
#define VT_CURVE_FILES_H

#include "io/curve_file.h"

struct vt_measured_curve {
    const char *path;
    double temperature; /* K */
    struct vt_curve_file file;
};

struct vt_curve_files {
    int n, refused;
    struct vt_measured_curve *item; /* by ascending temperature */
};

/* Is the curve of use? VT_EINPUT and a message, which begins with its path, if not. */
typedef enum vt_status vt_curve_check(const struct vt_measured_curve *curve, const void *options);

/* Read n files; paths are kept, not copied. Temperatures are those of `table` (a file of lines "NAME
 * TEMPERATURE [K]", where NAME is a path as given or its last part; "": there is none), else of `temperature
 * = 300` in the file, else of `300K` in its name. What cannot be read, has no temperature or fails the check
 * is warned of, counted in refused, and left out. VT_EINPUT if nothing is left, two curves have the same
 * temperature, or the table is wrong. Files are read by several threads. Released by the caller, also after a
 * failure. Local. */
enum vt_status vt_curve_files_read(int n, char *const *paths, const char *table, vt_curve_check *check,
                                   const void *options, struct vt_curve_files *out);
void vt_curve_files_release(struct vt_curve_files *files);

#endif
