/* sweep_rows.h: numbers of many runs, matched row by row.
 *
 * A quantity is a number, or a short row of numbers with labels (components, species, pairs) or at wave
 * numbers q, that runs have under one path. Runs may have other labels and other q: the axis is the union of
 * all, in the order of the runs, by rising q, and what a run does not have is NaN. Where every run has a
 * single q, each its own, there is no axis: q is a quantity of its own, NAME_q. Of the stretches of a
 * recording (an_xpcs.c), of which every run has another number, only the whole stage is kept.
 *
 * Some curves over time are matched too, if all runs have them at the same times. */
#ifndef VT_SWEEP_ROWS_H
#define VT_SWEEP_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/dataset.h"

enum { VT_SWEEP_ROWS_MAX = 64 };

struct vt_sweep_quantity {
    struct vt_dataset as;  /* path, unit, help and axes; no values */
    size_t size;           /* product of its axes */
    double *value, *error; /* (runs, size); NaN where there is none */
    bool curve;            /* the last axis is time, the same in all runs */
    bool errors;           /* of any run */
    bool single;           /* every run so far has a single q, here the first and whether others differ */
    bool moving;           /* they do: `as` has no axis of q any more */
    bool refused;          /* runs differ in what cannot be matched */
};

struct vt_sweep_rows {
    int n;
    struct vt_sweep_quantity *item;
    size_t capacity;
};

/* A number or a short row, as above? */
bool vt_sweep_is_number(const struct vt_dataset *d);
/* One of the curves over time? */
bool vt_sweep_is_curve(const struct vt_dataset *d);
/* A run has this dataset: its path, and its rows, are among the quantities from now on. One that does not fit
 * is warned of, once a quantity. */
enum vt_status vt_sweep_rows_meet(struct vt_sweep_rows *rows, const struct vt_dataset *d);
/* All runs were met: room for the values of n runs. Quantities that cannot be told are gone. */
enum vt_status vt_sweep_rows_close(struct vt_sweep_rows *rows, int n);
/* The values of a run, for a dataset that was met. */
void vt_sweep_rows_take(struct vt_sweep_rows *rows, int run, const struct vt_dataset *d);
void vt_sweep_rows_release(struct vt_sweep_rows *rows);

#endif
