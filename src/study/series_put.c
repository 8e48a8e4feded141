/* series_put.c: see series_put.h. */
#include "study/series_put.h"

#include <math.h>
#include <stdio.h>

enum { PATH_SIZE = 160 };

enum vt_status vt_series_put(struct vt_results *results, const char *group, const char *name,
                             const char *unit, const char *help, int n, const double *temperature,
                             bool errors, struct vt_dataset **d)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", group, name);
    VT_TRY(vt_results_add(results, path, unit, help, 1, &n, d));
    VT_TRY(vt_dataset_axis(*d, 0, "temperature", "K", temperature, NULL));
    return errors ? vt_dataset_errors(*d) : VT_OK;
}

enum vt_status vt_series_put_number(struct vt_results *results, const char *group, const char *name,
                                    const char *unit, const char *help, double value, double error)
{
    char path[PATH_SIZE];
    struct vt_dataset *d;
    snprintf(path, sizeof path, "%s/%s", group, name);
    VT_TRY(vt_results_add(results, path, unit, help, 0, NULL, &d));
    *d->value = value;
    if (isnan(error)) return VT_OK;
    VT_TRY(vt_dataset_errors(d));
    *d->error = error;
    return VT_OK;
}

struct vt_dataset *vt_series_find(const struct vt_results *results, const char *group, const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", group, name);
    return vt_results_find(results, path);
}
