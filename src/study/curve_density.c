/* curve_density.c: see curve_density.h. */
#include "study/curve_density.h"

#include <math.h>

static enum vt_status check(const struct vt_density_options *o)
{
    if (!isnan(o->density) + !isnan(o->slope_to) + (*o->density_table != '\0') != 1)
        return VT_RAISE(VT_EINPUT, "the density is due: --density '0.0538 /A^3', --density_table FILE with T "
                                   "and rho, or --slope_to '2 A' to take it "
                                   "from G(r); one of them");
    if (isnan(o->expansion) != isnan(o->expansion_at) || (!isnan(o->expansion) && isnan(o->density)))
        return VT_RAISE(VT_EINPUT, "expansion, expansion_at and density go together: --density '0.0538 /A^3' "
                                   "--expansion '1.3e-5 /K' "
                                   "--expansion_at '300 K'");
    return VT_OK;
}

static enum vt_status read_table(struct vt_density *d)
{
    const char *path = d->options->density_table;
    VT_TRY(vt_curve_read(path, &d->table));
    for (int k = 0; k < d->table.n; k++)
        if (!(d->table.y[k] >= 1e-4 && d->table.y[k] <= 1))
            return VT_RAISE(VT_EINPUT,
                            "%s: a density of %g at %g K; in atoms a cubic angstrom, 0.0001 to 1 fits", path,
                            d->table.y[k], d->table.x[k]);
    const gsl_interp_type *type = d->options->density_between ? gsl_interp_cspline : gsl_interp_linear;
    if ((unsigned)d->table.n < gsl_interp_type_min_size(type))
        return VT_RAISE(VT_EINPUT, "%s: %d points; a spline needs %u: give more, or --density_between linear",
                        path, d->table.n, gsl_interp_type_min_size(type));
    d->interpolation = gsl_interp_alloc(type, (size_t)d->table.n);
    if (!d->interpolation) return VT_RAISE(VT_EWORLD, "no memory for %s", path);
    gsl_interp_init(d->interpolation, d->table.x, d->table.y, (size_t)d->table.n);
    return VT_OK;
}

enum vt_status vt_density_open(const struct vt_density_options *o, struct vt_density *d)
{
    *d = (struct vt_density){.options = o};
    VT_TRY(check(o));
    return *o->density_table ? read_table(d) : VT_OK;
}

void vt_density_release(struct vt_density *d)
{
    gsl_interp_free(d->interpolation);
    vt_curve_release(&d->table);
}

bool vt_density_is_slope(const struct vt_density *d)
{
    return !isnan(d->options->slope_to);
}

enum vt_status vt_density_at(const struct vt_density *d, double t, double *rho)
{
    const struct vt_density_options *o = d->options;
    *rho = o->density;
    if (!isnan(o->expansion)) *rho /= pow(1 + o->expansion * (t - o->expansion_at), 3);
    if (!d->interpolation)
        return *rho > 0 ? VT_OK : VT_RAISE(VT_EINPUT, "expansion: no density is left at %g K", t);
    double low = d->table.x[0], high = d->table.x[d->table.n - 1];
    if (t < low || t > high)
        return VT_RAISE(VT_EINPUT, "%s goes from %g to %g K; there is no density at %g K", o->density_table,
                        low, high, t);
    *rho = gsl_interp_eval(d->interpolation, d->table.x, d->table.y, t, NULL);
    return VT_OK;
}
