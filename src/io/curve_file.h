/* curve_file.h: one measured curve from a text file of any dialect: G(r), g(r), F(q), S(q), diffraction
 * patterns.
 *
 * A file is known by what is in it, not by its ending: PDFgetX2, PDFgetX3, PDFgetN, xPDFsuite, Mantid, Fit2D,
 * mar_utilities, pyFAI, laboratory .xy with an apostrophe before the title, and plain columns. What it says
 * of itself is kept. */
#ifndef VT_CURVE_FILE_H
#define VT_CURVE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum vt_abscissa {
    VT_ABSCISSA_UNKNOWN,
    VT_ABSCISSA_R,         /* angstrom */
    VT_ABSCISSA_Q,         /* 1/angstrom */
    VT_ABSCISSA_TWO_THETA, /* degree */
};
enum vt_ordinate {
    VT_ORDINATE_UNKNOWN,
    VT_ORDINATE_REDUCED, /* G(r) = 4 pi rho r (g - 1), 1/angstrom^2 */
    VT_ORDINATE_G,       /* g(r), 1 far away */
    VT_ORDINATE_F,       /* q (S - 1), 1/angstrom */
    VT_ORDINATE_S,       /* S(q), 1 at large q */
    VT_ORDINATE_INTENSITY,
};

struct vt_curve_file {
    const char *dialect; /* "PDFgetX3", "columns", ... */
    enum vt_abscissa abscissa;
    enum vt_ordinate ordinate;
    char length;  /* the unit of length that its labels tell: 'A', 'n' for nm (converted), 0: none */
    bool radians; /* 2theta is in radians by its label (converted to degrees) */
    int n;
    double *x, *y;      /* x strictly ascending, in the unit of its kind (nanometres are converted) */
    double *error;      /* of y; NULL if the file has no such column */
    int64_t first_line; /* of the data */
    /* `key = value` of the header, in the file's order; of several on one line each. */
    int n_notes;
    struct vt_curve_note {
        char *key, *text;
    } * note;
    size_t note_capacity;
};

/* VT_EINPUT "PATH:LINE: ..." where the file is empty, no text, has no columns of numbers, a line between them
 * that is none, a number that is not finite, or an abscissa that does not ascend. curve is released by the
 * caller, also after a failure. Local. */
enum vt_status vt_curve_read(const char *path, struct vt_curve_file *curve);
void vt_curve_release(struct vt_curve_file *curve);
/* The last value of a key, case ignored; NULL if there is none. */
const char *vt_curve_note(const struct vt_curve_file *curve, const char *key);

#endif
