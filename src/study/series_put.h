/* series_put.h: datasets of a series. */
#ifndef VT_SERIES_PUT_H
#define VT_SERIES_PUT_H

#include <stdbool.h>

#include "core/dataset.h"

/* Add GROUP/NAME over n temperatures; zero, with errors if asked for. */
enum vt_status vt_series_put(struct vt_results *results, const char *group, const char *name,
                             const char *unit, const char *help, int n, const double *temperature,
                             bool errors, struct vt_dataset **d);
/* Add GROUP/NAME, one number; error NaN: none. */
enum vt_status vt_series_put_number(struct vt_results *results, const char *group, const char *name,
                                    const char *unit, const char *help, double value, double error);
/* Find GROUP/NAME; NULL if absent. */
struct vt_dataset *vt_series_find(const struct vt_results *results, const char *group, const char *name);

#endif
