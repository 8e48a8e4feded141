/* reduce_options.h: what `vitrum reduce` is asked for, as one table: the command line, configuration files in
 * the style of PDFgetX3, the headers of what is written, and the manual come from it.
 *
 * Names are PDFgetX3's where it has one; numbers may stand without a unit, as they do there, and then have
 * the table's. */
#ifndef VT_REDUCE_OPTIONS_H
#define VT_REDUCE_OPTIONS_H

#include <stdio.h>

#include "analysis/reduction.h"
#include "core/params.h"
#include "io/curve_write.h"

enum vt_reduce_format { VT_FORMAT_TOLD, VT_FORMAT_QA, VT_FORMAT_QNM, VT_FORMAT_TWO_THETA, VT_FORMAT_SPACING };

struct vt_reduce_options {
    char inputfile[VT_TEXT_SIZE]; /* one name a line */
    char backgroundfile[VT_TEXT_SIZE], outputtypes[VT_TEXT_SIZE], composition[VT_TEXT_SIZE];
    int format;          /* enum vt_reduce_format */
    double twothetazero; /* rad */
    struct vt_reduction how;
    /* Made of the above by vt_reduce_options_read. */
    struct vt_alloy alloy;
    bool writes[VT_ORDINATE_INTENSITY + 1]; /* which kinds, by enum vt_ordinate */
};
extern const struct vt_param vt_reduce_params[];

/* Presets, then a configuration file (NULL: none), then the command line's YAML text (NULL: none); then check
 * that they go together. VT_EINPUT "FILE:LINE: ..." Local. */
enum vt_status vt_reduce_options_read(const char *config, const char *words, size_t length,
                                      struct vt_reduce_options *options);

/* The options as lines of a header, those that PDFgetX3 knows, and others where they are not preset. The
 * texts live in the notes, freed by vt_reduce_notes_release; NULL-safe. inputfile is left to the caller: it
 * is not among them. */
struct vt_reduce_notes {
    char *text;
    int n;
    struct vt_curve_line line[40];
};
enum vt_status vt_reduce_notes_make(const struct vt_reduce_options *options, struct vt_reduce_notes *notes);
void vt_reduce_notes_release(struct vt_reduce_notes *notes);

/* A configuration file with all keys, presets, units and meanings. */
void vt_reduce_template(FILE *out);

#endif
