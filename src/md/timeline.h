/* timeline.h: how the state of the sample went, row by row, over the whole run. */
#ifndef VT_TIMELINE_H
#define VT_TIMELINE_H

#include "core/dataset.h"
#include "core/frame.h"

enum { VT_TIMELINE_COLUMNS = 22 };

struct vt_timeline {
    int n;
    double (*row)[VT_TIMELINE_COLUMNS];
    size_t capacity;
};

/* Add a row. stage counts from 1. Local; the same on every rank. */
enum vt_status vt_timeline_add(struct vt_timeline *t, const struct vt_state *state, int stage,
                               const struct vt_material *material);
/* Put "timeline/COLUMN" datasets into results. */
enum vt_status vt_timeline_write(const struct vt_timeline *t, struct vt_results *results);
/* Take the rows back out of results, as far as they lie before step of stage (from 1): those after it are
 * done again. */
enum vt_status vt_timeline_read(struct vt_timeline *t, const struct vt_results *results, int stage,
                                int64_t step);
void vt_timeline_release(struct vt_timeline *t);

#endif
