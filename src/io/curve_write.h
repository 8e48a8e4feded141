/* curve_write.h: one curve, measured or simulated, as a text file that PDFgetX3, diffpy and our own reader
 * open.
 *
 * The form is that of PDFgetX3: `[DEFAULT]`, `key = value` lines that serve as a configuration again, `####
 * start data`,
 * `#S 1`, `#L` with the names of the columns, then x and y, or x, y, 0 and the error of y. Numbers carry 17
 * digits where they need them. Version and commit stand in every file. */
#ifndef VT_CURVE_WRITE_H
#define VT_CURVE_WRITE_H

#include <stdbool.h>

#include "core/status.h"
#include "io/curve_file.h"

struct vt_curve_line {
    const char *key, *text; /* one line each; blanks at the ends are not kept */
};

struct vt_curve_out {
    enum vt_ordinate kind; /* tells x too: r, or q; not VT_ORDINATE_UNKNOWN */
    int n;
    const double *x, *y, *error; /* angstrom, 1/angstrom and so on, as in vt_curve_file; error may be NULL */
    int n_notes;
    const struct vt_curve_line *note;
    int n_comments;
    const char *const *comment; /* without the leading #; not with `=` or "start data" in them */
    bool many;                  /* one of thousands: the caller ends with vt_folder_sync */
};

/* The usual ending: ".gr", ".sq", ".fq", ".iq", ".g". */
const char *vt_curve_ending(enum vt_ordinate kind);
/* Write it under a temporary name and rename. VT_EWORLD. Local; any thread. */
enum vt_status vt_curve_write(const char *path, const struct vt_curve_out *curve);

#endif
