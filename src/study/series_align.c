/* series_align.c: see series_align.h. Differences are those of the smooth curves, the first one's taken on a
 * straight line between its points; in the window of alignment their errors are too large, as the shift was
 * fitted to the same points. */
#include "study/series_align.h"

#include <math.h>

#include "analysis/align.h"
#include "core/log.h"
#include "study/series_put.h"

static struct vt_points points(const struct vt_dataset *d)
{
    return (struct vt_points){d->axis[0].n, d->axis[0].value, d->value, d->error};
}

/* Value and error on the straight line between the points around x; false beyond the ends. *k goes up with x.
 */
static bool between(const struct vt_points *p, double x, int *k, double *value, double *error)
{
    if (x < p->x[0] || x > p->x[p->n - 1]) return false;
    while (*k < p->n - 2 && p->x[*k + 1] < x) ++*k;
    double t = (x - p->x[*k]) / (p->x[*k + 1] - p->x[*k]);
    *value = p->y[*k] + t * (p->y[*k + 1] - p->y[*k]);
    *error = p->error[*k] + t * (p->error[*k + 1] - p->error[*k]);
    return true;
}

/* scale * y + shift of the other less the first, at the other's temperatures where the first is there too,
 * NaN elsewhere. */
static enum vt_status put_difference(struct vt_results *results, const char *reference, const char *group,
                                     const char *name, const char *help, const struct vt_alignment *shift,
                                     const struct vt_alignment *scale)
{
    const struct vt_points a = points(vt_series_find(results, reference, "s_smooth")),
                           b = points(vt_series_find(results, group, "s_smooth"));
    struct vt_dataset *d;
    int at = 0;
    VT_TRY(vt_series_put(results, group, name, "k_B/atom", help, b.n, b.x, true, &d));
    for (int k = 0; k < b.n; k++) {
        double value, error;
        d->value[k] = d->error[k] = NAN;
        if (!between(&a, b.x[k], &at, &value, &error)) continue;
        d->value[k] = scale->value * b.y[k] + shift->value - value;
        d->error[k] = sqrt(pow(scale->value * b.error[k], 2) + error * error + pow(shift->error, 2) +
                           pow(scale->error * b.y[k], 2));
    }
    return VT_OK;
}

static enum vt_status put_aligned(struct vt_results *results, const char *group, const char *from,
                                  const char *name, const char *help, double shift)
{
    struct vt_dataset *d;
    const struct vt_points p = points(vt_series_find(results, group, from));
    VT_TRY(vt_series_put(results, group, name, "k_B/atom", help, p.n, p.x, true, &d));
    for (int k = 0; k < p.n; k++) d->value[k] = p.y[k] + shift, d->error[k] = p.error[k];
    return VT_OK;
}

static enum vt_status put_curves(struct vt_results *results, const char *group, double shift)
{
    VT_TRY(put_aligned(results, group, "s_eq", "s_aligned",
                       "S_eq of each curve plus the shift of its series; error: without that of the shift",
                       shift));
    return put_aligned(results, group, "s_smooth", "s_aligned_smooth",
                       "smooth S_eq plus the shift; error: without that of the shift", shift);
}

static enum vt_status align(struct vt_results *results, const char *reference, const char *group,
                            const struct vt_series_options *o)
{
    const struct vt_points a = points(vt_series_find(results, reference, "s_eq")),
                           b = points(vt_series_find(results, group, "s_eq"));
    const double to = isnan(o->align_to) ? INFINITY : o->align_to;
    struct vt_alignment shift, scale;
    VT_TRY(vt_align(&a, &b, o->align_from, to, (int)o->degree, false, &shift));
    VT_TRY(vt_align(&a, &b, o->align_from, to, (int)o->degree, true, &scale));
    VT_TRY(vt_series_put_number(results, group, "shift", "k_B/atom",
                                "added to S_eq it lies on the first series between align_from and align_to",
                                shift.value, shift.error));
    VT_TRY(vt_series_put_number(results, group, "scale", "1",
                                "the same by a factor, as a check: S_eq times it lies on the first series",
                                scale.value, scale.error));
    VT_TRY(vt_series_put_number(results, group, "align_chi2", "1",
                                "chi^2 a degree of freedom of one curve and a shift in the window; above 1 "
                                "the two differ in shape there",
                                shift.chi2, NAN));
    if (shift.chi2 > 2)
        vt_log(VT_LOG_WARNING,
               "%s: in the window of alignment the series differ in shape from the first (chi^2 %.2g a "
               "degree of freedom)",
               group, shift.chi2);
    VT_TRY(put_curves(results, group, shift.value));
    VT_TRY(
        put_difference(results, reference, group, "difference",
                       "S_eq of this series, shifted, less that of the first; error with that of the shift",
                       &shift, &(struct vt_alignment){.value = 1}));
    return put_difference(results, reference, group, "difference_scaled",
                          "the same, scaled instead of shifted: where the two differ, alignment decides",
                          &(struct vt_alignment){0}, &scale);
}

enum vt_status vt_series_align(int n, const struct vt_series_files *series, const struct vt_series_options *o,
                               struct vt_results *results)
{
    char reference[VT_SERIES_GROUP], group[VT_SERIES_GROUP];
    vt_series_group(&series[0], reference);
    if (!isnan(o->align_from)) VT_TRY(put_curves(results, reference, 0));
    for (int k = 1; k < n; k++) {
        vt_series_group(&series[k], group);
        VT_TRY(put_difference(results, reference, group, "difference_raw",
                              "S_eq of this series less that of the first, as they are",
                              &(struct vt_alignment){0}, &(struct vt_alignment){.value = 1}));
        if (!isnan(o->align_from))
            VT_TRY(vt_prefix(align(results, reference, group, o), "align_from: series %s", series[k].name));
    }
    return VT_OK;
}
