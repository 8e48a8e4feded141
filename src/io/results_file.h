/* results_file.h: results in one self-describing HDF5 file, and single datasets as CSV.
 *
 * The layout is described for its readers in docs/reference/files.md. */
#ifndef VT_RESULTS_FILE_H
#define VT_RESULTS_FILE_H

#include <stdio.h>

#include "core/dataset.h"
#include "core/status.h"

/* Write all of r to path, whole or not at all: an older file stays until the new one has been read back.
 * VT_EWORLD with path and reason if the disk does not take it. Local; for one rank. */
enum vt_status vt_results_write(const char *path, const struct vt_results *r);

/* Add what path holds to r, bit for bit as it was written; datasets and notes come in the order in which
 * groups, and names in a group, first appeared. VT_EINPUT if the file cannot be opened, is damaged or was not
 * written by vt_results_write; r is then left as it was. Local. */
enum vt_status vt_results_read(const char *path, struct vt_results *r);

/* Write one dataset as comma-separated values with 17 significant digits below `#` lines that say what it
 * is, with units. Of two axes, a labelled one gives columns; all other axes give rows. Local. */
enum vt_status vt_results_csv(const char *path, const struct vt_dataset *d);
/* A cell of such a file: in quotes where it needs them. */
void vt_results_csv_text(FILE *out, const char *text);

#endif
