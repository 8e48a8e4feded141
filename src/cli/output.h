/* output.h: the folder in which a command leaves its files. */
#ifndef VT_CLI_OUTPUT_H
#define VT_CLI_OUTPUT_H

#include <stdbool.h>

#include "core/dataset.h"
#include "core/status.h"

enum { VT_PATH = 4200 };

/* FOLDER/NAME */
void vt_output_path(const char *folder, const char *name, char path[VT_PATH]);
/* Before the work: make the folder; VT_EINPUT if it holds results.h5 already and force is not set. Local. */
enum vt_status vt_output_begin(const char *command, const char *folder, bool force);
/* Before the work, of a file beside results.h5: VT_EINPUT if it is one of the inputs (n paths, a stage behind
 * a colon or not), with force too, or if it is there and force is not set. Local. */
enum vt_status vt_output_spare(const char *command, const char *folder, const char *name, bool force, int n,
                               char *const *inputs);
/* After the work: VT_EINPUT if some of n files (what: "files", "curves") were refused, else VT_OK. Local. */
enum vt_status vt_output_refused(const char *command, int refused, int n, const char *what);
/* Write results.h5 with provenance, and with this note of the options in use at `path`. Local. */
enum vt_status vt_output_results(const char *folder, const char *path, const char *options,
                                 struct vt_results *results);
/* Write a figure, whose drawing ended in st; svg is freed. That there is none is warned of, and ends nothing.
 * With VT_OK and no svg there is nothing to draw: one of replaced results is taken away. Local. */
void vt_output_figure(const char *folder, const char *name, enum vt_status st, char *svg);

/* Datasets that share their axis as one table: rows along the axis, columns with units and errors; names that
 * are not there are passed over. Local. */
enum vt_status vt_output_table(const char *folder, const char *file, const char *about,
                               const struct vt_results *results, const char *group, int n,
                               const char *const *names);

#endif
