/* dataset.h: named arrays with axes, units, errors and provenance.
 *
 * Everything that comes out of Vitrum is one: results.h5, CSV, plots and the report are made from it. */
#ifndef VT_DATASET_H
#define VT_DATASET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

enum { VT_AXES_MAX = 6 };

struct vt_axis {
    char *name; /* "r", "pair", "time" */
    char *unit; /* "angstrom"; "" for labels */
    int n;
    double *value; /* n, or NULL for a labelled axis */
    char **label;  /* n, or NULL */
};

struct vt_dataset {
    char *path; /* "stages/03-shear/pdf/g_number"; no leading slash */
    char *unit; /* "1", "eV", "k_B": as people write it */
    char *help; /* one line: what it is, with its formula */
    int n_axes; /* 0: one number */
    struct vt_axis axis[VT_AXES_MAX];
    double *value; /* product of the axes' n; row-major */
    double *error; /* standard error of each value, or NULL where it is exact */
};

/* A list of datasets and, per group path, text attributes (options used, kind of stage, ...). */
struct vt_results {
    int n;
    struct vt_dataset *item;
    size_t capacity;
    int n_notes;
    struct vt_note {
        char *path, *key, *text; /* path "" is the root */
    } * note;
    size_t note_capacity;
};

/* Add a dataset with n_axes axes of the given lengths; values zero, no errors. *out stays valid until the
 * next add. */
enum vt_status vt_results_add(struct vt_results *results, const char *path, const char *unit,
                              const char *help, int n_axes, const int *lengths, struct vt_dataset **out);
/* Describe an axis. values and labels are copied; one of them may be NULL. */
enum vt_status vt_dataset_axis(struct vt_dataset *d, int axis, const char *name, const char *unit,
                               const double *values, const char *const *labels);
/* Give it errors (zero). */
enum vt_status vt_dataset_errors(struct vt_dataset *d);
size_t vt_dataset_size(const struct vt_dataset *d);
/* Set a note; replaces one of the same path and key. */
enum vt_status vt_results_note(struct vt_results *results, const char *path, const char *key,
                               const char *text);
const char *vt_results_get_note(const struct vt_results *results, const char *path,
                                const char *key); /* NULL if absent */
/* NULL if absent. */
struct vt_dataset *vt_results_find(const struct vt_results *results, const char *path);
/* Remove every dataset and note whose path is prefix or lies below it. */
void vt_results_remove(struct vt_results *results, const char *prefix);
/* Move all of from to the end of to; paths get "prefix/" in front if prefix is not "". from is empty then. */
enum vt_status vt_results_move(struct vt_results *to, struct vt_results *from, const char *prefix);
void vt_results_release(struct vt_results *results);

#endif
