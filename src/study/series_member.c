/* series_member.c: see series_member.h. */
#include "study/series_member.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/curve_entropy.h"
#include "analysis/noise.h"
#include "core/memory.h"
#include "study/lists.h"

enum { NOISE_POINTS = 40 }; /* below that nothing is known of it */

enum vt_status vt_shells_read(const struct vt_series_options *o, struct vt_shells *shells)
{
    double value[VT_SHELLS_MAX];
    int n;
    *shells = (struct vt_shells){0};
    if (!*o->shells) return VT_OK;
    VT_TRY(vt_list_values("shells", o->shells, "angstrom", VT_SHELLS_MAX, value, &n));
    if (!(value[0] >= 0) || value[n - 1] > o->r_max || (n == 1 && !(value[0] * VT_SHELLS_MAX > o->r_max)))
        return VT_RAISE(VT_EINPUT,
                        "shells: '%s'; what fits: a thickness, or edges, from 0 to r_max (%g angstrom); at "
                        "most %d shells",
                        o->shells, o->r_max, VT_SHELLS_MAX);
    int *last = &shells->n; /* of the edges, the first of which is 0 */
    for (double edge = value[0]; n == 1 && edge < o->r_max * (1 - 1e-9); edge = (*last + 1) * value[0])
        shells->edge[++*last] = edge;
    for (int k = 0; n > 1 && k < n; k++)
        if (value[k] > 0 && value[k] < o->r_max * (1 - 1e-9)) shells->edge[++*last] = value[k];
    if (*last == VT_SHELLS_MAX)
        return VT_RAISE(VT_EINPUT, "shells: '%s': more than %d shells", o->shells, VT_SHELLS_MAX);
    shells->edge[++*last] = o->r_max;
    return VT_OK;
}

static enum vt_ordinate holds(const struct vt_curve_file *c, const struct vt_series_options *o)
{
    if ((c->abscissa == VT_ABSCISSA_UNKNOWN || c->abscissa == VT_ABSCISSA_R) &&
        c->ordinate == VT_ORDINATE_UNKNOWN && o->kind)
        return o->kind == 1 ? VT_ORDINATE_REDUCED : VT_ORDINATE_G;
    return c->ordinate;
}

/* Are the points from first on on equal steps, to a hundredth? Correlation is by number of steps. */
static bool equal_steps(const struct vt_curve_file *c, int first)
{
    double step = (c->x[c->n - 1] - c->x[first]) / (c->n - 1 - first);
    for (int k = first + 1; k < c->n; k++)
        if (fabs(c->x[k] - c->x[k - 1] - step) > 0.01 * step) return false;
    return true;
}

static int first_beyond(const struct vt_curve_file *c, double r)
{
    int k = 0;
    while (k < c->n && c->x[k] < r) k++;
    return k;
}

enum vt_status vt_member_check(const struct vt_measured_curve *curve, const void *rule)
{
    const struct vt_member_rule *with = rule;
    const struct vt_series_options *o = with->options;
    const struct vt_curve_file *c = &curve->file;
    const char *path = curve->path;
    double rho, error;
    enum vt_ordinate kind = holds(c, o);
    if (kind != VT_ORDINATE_REDUCED && kind != VT_ORDINATE_G)
        return VT_RAISE(VT_EINPUT, "%s: %s: G(r) or g(r) is due; if it holds one, say --kind", path,
                        kind == VT_ORDINATE_UNKNOWN ? "it does not tell what it holds"
                                                    : "it is a function of q or an angle");
    if (c->x[c->n - 1] < o->r_max * (1 - 1e-9))
        return VT_RAISE(VT_EINPUT, "%s: it ends at %g angstrom, r_max is %g", path, c->x[c->n - 1], o->r_max);
    if (c->x[0] > o->r_core && c->x[0] > 0.5)
        return VT_RAISE(VT_EINPUT, "%s: it begins at %g angstrom, beyond r_core", path, c->x[0]);
    if (o->errors == VT_SERIES_FILES && !c->error)
        return VT_RAISE(VT_EINPUT, "%s: it has no column of errors, as --errors files asks for", path);
    if (!isnan(o->noise_from) &&
        (c->n - first_beyond(c, o->noise_from) < NOISE_POINTS || !equal_steps(c, first_beyond(c, 0.01))))
        return VT_RAISE(
            VT_EINPUT,
            "%s: noise_from needs %d points beyond %g angstrom, and equal steps; it has %d and ends at %g",
            path, NOISE_POINTS, o->noise_from, c->n - first_beyond(c, o->noise_from), c->x[c->n - 1]);
    if (!vt_density_is_slope(with->density))
        return vt_prefix(vt_density_at(with->density, curve->temperature, &rho), "%s", path);
    if (kind == VT_ORDINATE_G)
        return VT_RAISE(VT_EINPUT, "%s: it holds g(r), whose slope tells no density: give --density", path);
    rho = vt_curve_density(c->n, c->x, c->y, o->density.slope_to, &error);
    if (!(rho > 0))
        return VT_RAISE(VT_EINPUT, "%s: the slope of G(r) up to %g angstrom gives no density: %g", path,
                        o->density.slope_to, rho);
    return VT_OK;
}

enum vt_status vt_member_densities(int n, const struct vt_measured_curve *curve,
                                   const struct vt_member_rule *rule, struct vt_member *m)
{
    const struct vt_density_options *o = &rule->options->density;
    double sum = 0, squares = 0;
    for (int k = 0; k < n; k++) {
        m[k].temperature = curve[k].temperature;
        m[k].density_error = NAN;
        if (!vt_density_is_slope(rule->density)) {
            VT_TRY(vt_density_at(rule->density, m[k].temperature, &m[k].density));
            continue;
        }
        const struct vt_curve_file *c = &curve[k].file;
        m[k].density = vt_curve_density(c->n, c->x, c->y, o->slope_to, &m[k].density_error);
        sum += m[k].density / n;
    }
    if (!vt_density_is_slope(rule->density) || !o->slope_of) return VT_OK;
    for (int k = 0; k < n; k++) squares += pow(m[k].density - sum, 2);
    for (int k = 0; k < n; k++)
        m[k].density = sum, m[k].density_error = n > 1 ? sqrt(squares / (n - 1) / n) : m[k].density_error;
    return VT_OK;
}

/* Points 0 < r <= r_max of a curve. All integrals end at r_max, whatever the grid: a last point is put there.
 */
struct inside {
    int first, n; /* in the file; here */
    double *r, *y, *g, *c;
};

static enum vt_status take(const struct vt_curve_file *file, double r_max, struct inside *in)
{
    int n = 0;
    while (file->x[in->first] <= 0) in->first++;
    while (in->first + n < file->n && file->x[in->first + n] <= r_max * (1 + 1e-9)) n++;
    VT_TRY(vt_alloc(&in->r, 4 * (n + 1)));
    in->y = in->r + n + 1, in->g = in->y + n + 1, in->c = in->g + n + 1;
    memcpy(in->r, file->x + in->first, (size_t)n * sizeof *in->r);
    memcpy(in->y, file->y + in->first, (size_t)n * sizeof *in->y);
    if (in->r[n - 1] < r_max * (1 - 1e-9)) {
        const double *x = file->x + in->first + n, *y = file->y + in->first + n;
        in->r[n] = r_max;
        in->y[n] = y[-1] + (r_max - x[-1]) / (x[0] - x[-1]) * (y[0] - y[-1]);
        n++;
    }
    in->n = n;
    return VT_OK;
}

/* Errors of s by the errors in the file and by the noise beyond noise_from; c: weights of G(r). */
static enum vt_status judge(const struct vt_curve_file *file, const struct inside *in, bool reduced,
                            double noise_from, struct vt_member *m)
{
    double variance = file->error ? 0 : NAN;
    for (int k = 0; k < in->n && file->error; k++) {
        double scale = reduced ? 1 : 4 * M_PI * m->density * in->r[k];
        variance += pow(in->c[k] * scale * file->error[in->first + k], 2);
    }
    m->counted = sqrt(variance);
    m->noise = NAN;
    if (isnan(noise_from)) return VT_OK;
    int begin = first_beyond(file, noise_from), n = file->n - begin;
    double *e;
    VT_TRY(vt_alloc(&e, n));
    for (int k = 0; k < n; k++) {
        double y = file->y[begin + k];
        e[k] = reduced ? y : 4 * M_PI * m->density * file->x[begin + k] * (y - 1);
    }
    m->noise = sqrt(vt_noise_variance(in->n, in->c, n, e));
    free(e);
    return VT_OK;
}

enum vt_status vt_member_evaluate(const struct vt_measured_curve *curve, const struct vt_member_rule *rule,
                                  struct vt_member *m)
{
    const struct vt_series_options *o = rule->options;
    const bool reduced = holds(&curve->file, o) == VT_ORDINATE_REDUCED;
    struct inside in = {0};
    double part[VT_SHELLS_MAX + 1], edge = o->split_at;
    enum vt_status st;
    VT_TRY_GOTO(st, done, take(&curve->file, o->r_max, &in));
    if (reduced)
        vt_curve_g(in.n, in.r, in.y, m->density, o->r_core, in.g);
    else
        memcpy(in.g, in.y, (size_t)in.n * sizeof *in.g);
    struct vt_curve_entropy whole =
        vt_curve_s_parts(in.n, in.r, in.g, m->density, o->r_core, 1, &edge, &m->below);
    m->s = whole.s, m->negative = whole.negative, m->lowest = whole.lowest;
    if (rule->shells.n) {
        vt_curve_s_parts(in.n, in.r, in.g, m->density, o->r_core, rule->shells.n, rule->shells.edge + 1,
                         part);
        for (int k = 0; k < rule->shells.n; k++) m->shell[k] = part[k] - (k ? part[k - 1] : 0);
    }
    vt_curve_s_weights(in.n, in.r, in.g, m->density, o->r_core, in.c);
    m->per_density = m->s;
    for (int k = 0; k < in.n; k++) {
        if (reduced) m->per_density -= in.c[k] * (in.g[k] - 1);
        in.c[k] /= 4 * M_PI * m->density * in.r[k];
    }
    st = judge(&curve->file, &in, reduced, o->noise_from, m);
done:
    free(in.r);
    return st;
}
