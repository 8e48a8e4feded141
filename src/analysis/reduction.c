/* reduction.c: see reduction.h.
 *
 * Of I the background goes off, and what geometry put on comes off:
 *
 *     I = (I_sample - bgscale I_background) / (P A),    P = (1 + K cos^2 2theta) / (1 + K)
 *     A = (1 - exp(-x)) / x,   x = mu t (1/cos 2theta - 1)        plate across the beam, in transmission
 *
 * Then, with brackets for means over the atoms, f = f0 + f' + i f'' and C the Compton scattering of an atom
 * with its recoil factor (E'/E)^p,
 *
 *     S = [a I - C - <|f|^2> + |<f>|^2] / |<f>|^2,     F = q (S - 1)
 *
 * Scale: int q^2 (S - 1) dq = -2 pi^2 rho, as no two atoms are at one place. A factor exp(-gamma q^2) under
 * the integral smears G(r) ~ -4 pi rho r about r = 0, where it is straight up to the first shell, by sqrt(2
 * gamma): it takes away the ripples of the end of the data and nothing else. gamma = 9 / qmaxinst^2. Below
 * the first point I/|<f>|^2 is taken as constant. Without a density rho is taken as 0, some 0.5 % of a.
 *
 * Correction: F less a polynomial q P(q) of n coefficients, n = rpoly qmaxinst / pi, fitted by least squares
 * to F from qmin to qmaxinst: slower than any pair of atoms farther apart than rpoly, it takes what is
 * additive and smooth. Between whole n, both neighbours are mixed: with orthogonal polynomials the last term
 * counts by the fraction.
 *
 *     G(r) = (2/pi) int_qmin^qmax F(q) sin(q r) dq      [times Lorch's sin(pi q/qmax) / (pi q/qmax)]
 *
 * by the trapezoid rule on the points of the data, with the window's ends put in by straight lines: for r <
 * pi/dq, dq the step, that is exact but for the ends, as F has no waves that fast. Straight lines between
 * points, integrated exactly, would damp G by sinc^2(r dq/2). For speed r_k = r_b + i rstep, and sines of
 * sums are taken apart.
 *
 * References: Juhas, Davis, Farrow & Billinge, J. Appl. Cryst. 46, 560 (2013), ad hoc; Krogh-Moe, Acta Cryst.
 * 9, 951 (1956) and Norman, Acta Cryst. 10, 370 (1957), scale; Egami & Billinge, Underneath the Bragg Peaks,
 * 2nd ed. (2012), ch. 5, corrections; Lorch, J. Phys. C 2, 229 (1969). */
#include "analysis/reduction.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/weights.h"
#include "core/memory.h"
#include "core/scattering.h"

enum { BLOCK = 64, CHUNK = 64 };
static const double near = 1e-9; /* relative: written and read, an end of the data is still that end */

#define ELECTRON_REST 510998.95 /* m c^2, eV */

double vt_photon(double value)
{
    return 12398.41984 / value; /* h c, eV angstrom */
}

void vt_pattern_release(struct vt_pattern *p)
{
    free(p->q), free(p->y), free(p->error);
    *p = (struct vt_pattern){0};
}

void vt_reducer_release(struct vt_reducer *w)
{
    vt_pattern_release(&w->i), vt_pattern_release(&w->s), vt_pattern_release(&w->f),
        vt_pattern_release(&w->g);
    free(w->form_q), free(w->f2), free(w->ff), free(w->compton);
    free(w->table_q), free(w->inner_sin), free(w->inner_cos), free(w->outer_sin), free(w->outer_cos);
    free(w->work[0]), free(w->work[1]);
    *w = (struct vt_reducer){0};
}

enum vt_status vt_reduction_check(struct vt_reduction *o)
{
    bool absolute = o->route == VT_ROUTE_ABSOLUTE;
    if (!isnan(o->wavelength) && !isnan(o->energy) && fabs(vt_photon(o->energy) / o->wavelength - 1) > 1e-3)
        return VT_RAISE(VT_EINPUT,
                        "energy %g keV is a wavelength of %g A, and wavelength is %g A: give one of them",
                        o->energy / 1e3, vt_photon(o->energy), o->wavelength);
    if (o->neutron &&
        (!isnan(o->energy) || absolute || o->compton == VT_CHOOSE_YES || o->anomalous == VT_CHOOSE_YES))
        return VT_RAISE(VT_EINPUT,
                        "mode neutron goes with the route ad-hoc, and without energy, compton and anomalous");
    if (isnan(o->wavelength)) o->wavelength = vt_photon(o->energy);
    if (isnan(o->energy) && !o->neutron) o->energy = vt_photon(o->wavelength);
    if (isnan(o->rpoly)) o->rpoly = absolute ? 0 : 0.9;
    if (o->qmax > 0 && o->qmin >= o->qmax)
        return VT_RAISE(VT_EINPUT, "qmin is %g /A and qmax %g /A: nothing lies between", o->qmin, o->qmax);
    if (o->qmaxinst > 0 && o->qmax > o->qmaxinst * (1 + near))
        return VT_RAISE(VT_EINPUT,
                        "qmax is %g /A, beyond qmaxinst %g /A, where the last meaningful intensity is",
                        o->qmax, o->qmaxinst);
    if (o->rmin >= o->rmax)
        return VT_RAISE(VT_EINPUT, "rmin is %g A and rmax %g A: nothing lies between", o->rmin, o->rmax);
    if ((o->rmax - o->rmin) / o->rstep > 1e5)
        return VT_RAISE(VT_EINPUT, "rstep %g A makes more than 100 000 points up to rmax %g A", o->rstep,
                        o->rmax);
    if (absolute && isnan(o->density))
        return VT_RAISE(VT_EINPUT,
                        "the route absolute needs the density, as in density = 0.0539 (atoms/A^3)");
    const char *angle = !isnan(o->polarisation)         ? "polarisation"
                        : o->mut > 0                    ? "mut"
                        : o->anomalous == VT_CHOOSE_YES ? "anomalous"
                                                        : NULL;
    if (angle && isnan(o->wavelength))
        return VT_RAISE(VT_EINPUT, "%s needs the wavelength (angstrom) or the energy (keV)", angle);
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ form factors */

bool vt_reduction_compton(const struct vt_reduction *o)
{
    return o->compton == VT_CHOOSE_AUTO ? o->route == VT_ROUTE_ABSOLUTE : o->compton == VT_CHOOSE_YES;
}

bool vt_reduction_anomalous(const struct vt_reduction *o)
{
    return o->anomalous == VT_CHOOSE_AUTO ? o->route == VT_ROUTE_ABSOLUTE && !isnan(o->energy)
                                          : o->anomalous == VT_CHOOSE_YES;
}

/* <|f|^2>, |<f>|^2 and Compton scattering at q. */
static bool form_at(const struct vt_reduction *o, const struct vt_alloy *a, double q, double *f2, double *ff,
                    double *compton)
{
    const struct vt_probe probe = {o->neutron ? VT_NEUTRON : VT_XRAY,
                                   vt_reduction_anomalous(o) ? o->energy : NAN};
    bool incoherent = vt_reduction_compton(o);
    double re = 0, im = 0;
    *f2 = *compton = 0;
    for (int k = 0; k < a->n; k++) {
        int z = vt_element_z(a->symbol[k]);
        double c = a->percent[k] / 100, f[2];
        if (!vt_amplitude(z, &probe, q, f)) return false;
        re += c * f[0], im += c * f[1];
        *f2 += c * (f[0] * f[0] + f[1] * f[1]);
        if (incoherent) *compton += c * vt_compton(z, q);
    }
    *ff = re * re + im * im;
    if (incoherent && !isnan(o->energy)) {
        double sine = q * o->wavelength / (4 * M_PI);
        *compton *= pow(1 + o->energy / ELECTRON_REST * 2 * sine * sine, -(double)o->recoil);
    }
    return isfinite(*f2) && isfinite(*compton) && *ff > 0;
}

static enum vt_status form_factors(struct vt_reducer *w, const struct vt_reduction *o,
                                   const struct vt_alloy *a)
{
    int n = w->i.n;
    size_t bytes = (size_t)n * sizeof(double);
    if (n == w->n_form && !memcmp(w->form_q, w->i.q, bytes)) return VT_OK;
    w->n_form = 0;
    VT_TRY(vt_renew(&w->form_q, &w->room[0], n));
    VT_TRY(vt_renew(&w->f2, &w->room[1], n));
    VT_TRY(vt_renew(&w->ff, &w->room[2], n));
    VT_TRY(vt_renew(&w->compton, &w->room[3], n));
    for (int k = 0; k < n; k++)
        if (!form_at(o, a, w->i.q[k], &w->f2[k], &w->ff[k], &w->compton[k]))
            return VT_RAISE(VT_EINPUT,
                            "%s: an element has no form factor or Compton function at %g /A, or <f> is 0",
                            a->name, w->i.q[k]);
    memcpy(w->form_q, w->i.q, bytes);
    w->n_form = n;
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ the intensity */

static enum vt_status resize(struct vt_pattern *p, int n, bool error)
{
    vt_pattern_release(p);
    VT_TRY(vt_alloc(&p->q, n));
    VT_TRY(vt_alloc(&p->y, n));
    if (error) VT_TRY(vt_alloc(&p->error, n));
    p->n = n;
    return VT_OK;
}

/* Between points k - 1 and k: where q lies. */
static double fraction(const double *q, int k, double at)
{
    return (at - q[k - 1]) / (q[k] - q[k - 1]);
}

/* Subtract the background, by straight lines where it has other points. Outside of what is used, from begin
 * to end, it may end before the pattern: then its last value counts. */
static enum vt_status subtract(struct vt_pattern *i, const struct vt_pattern *b, double scale, double begin,
                               double end)
{
    int k = 1;
    if (b->q[0] > begin * (1 + near) || b->q[b->n - 1] < end * (1 - near))
        return VT_RAISE(VT_EINPUT,
                        "the background goes from %g to %g /A, and %g to %g /A are used (qmin, qmaxinst): it "
                        "must be as wide",
                        b->q[0], b->q[b->n - 1], begin, end);
    for (int j = 0; j < i->n; j++) {
        while (k < b->n - 1 && b->q[k] < i->q[j]) k++;
        double t = fmin(fmax(fraction(b->q, k, i->q[j]), 0), 1);
        i->y[j] -= scale * ((1 - t) * b->y[k - 1] + t * b->y[k]);
        if (i->error && b->error)
            i->error[j] = hypot(i->error[j], scale * hypot((1 - t) * b->error[k - 1], t * b->error[k]));
    }
    return VT_OK;
}

/* Divide by polarisation and absorption. */
static enum vt_status straighten(struct vt_pattern *i, const struct vt_reduction *o)
{
    if (isnan(o->polarisation) && !(o->mut > 0)) return VT_OK;
    for (int j = 0; j < i->n; j++) {
        double sine = i->q[j] * o->wavelength / (4 * M_PI), cosine = 1 - 2 * sine * sine, factor = 1;
        if (sine >= 1 || (o->mut > 0 && cosine <= 0))
            return VT_RAISE(
                VT_EINPUT, "at %g /A and a wavelength of %g A 2theta is %s: is the wavelength right?",
                i->q[j], o->wavelength, sine >= 1 ? "beyond 180 deg" : "beyond 90 deg, behind the plate");
        if (!isnan(o->polarisation))
            factor *= (1 + o->polarisation * cosine * cosine) / (1 + o->polarisation);
        double x = o->mut * (1 / cosine - 1);
        if (x > 0) factor *= -expm1(-x) / x;
        i->y[j] /= factor;
        if (i->error) i->error[j] /= factor;
    }
    return VT_OK;
}

/* ---------------------------------------------------------------------------------- scale and correction */

/* Weight of point k in the trapezoid rule over points [begin, end). */
static double trapezoid(const double *q, int begin, int end, int k)
{
    return (q[k < end - 1 ? k + 1 : k] - q[k > begin ? k - 1 : k]) / 2;
}

static enum vt_status find_scale(struct vt_reducer *w, const struct vt_reduction *o, int begin, int end)
{
    const double *q = w->i.q, gamma = 9 / (w->qmaxinst * w->qmaxinst);
    double due = isnan(o->density) ? 0 : -2 * M_PI * M_PI * o->density, have = 0;
    for (int k = begin; k < end; k++) {
        double each = q[k] * q[k] * exp(-gamma * q[k] * q[k]) * trapezoid(q, begin, end, k);
        if (k == begin) each += q[k] * q[k] * q[k] / 3;
        due += each * (w->f2[k] + w->compton[k]) / w->ff[k];
        have += each * w->i.y[k] / w->ff[k];
    }
    w->scale = due / have;
    if (!(have > 0) || !isfinite(w->scale) || !(due > 0))
        return VT_RAISE(
            VT_EINPUT,
            "no scale is found: what is left of the intensity is not positive (is bgscale %g too large?)",
            o->bgscale);
    return VT_OK;
}

/* Take q P(q) out of q (S - 1) at points [first, last), by points [begin, end). P in orthogonal polynomials
 * of x = q / qmaxinst, p_{k+1} = (x - alpha_k) p_k - beta_k p_{k-1}; s holds S - 1. */
static enum vt_status correct(struct vt_reducer *w, int first, int last, int begin, int end, double *s)
{
    double *p = w->work[0], *before = w->work[1], norm_before = 1;
    int whole = (int)floor(w->degree), terms = whole + (w->degree > whole);
    if (2 * terms > end - begin)
        return VT_RAISE(VT_EINPUT,
                        "rpoly makes a polynomial of degree %.1f, and there are only %d points to fit it to",
                        w->degree, end - begin);
    for (int j = first; j < last; j++) p[j] = 1, before[j] = 0;
    for (int k = 0; k < terms; k++) {
        double norm = 0, mean = 0, have = 0;
        for (int j = begin; j < end; j++) {
            double q = w->i.q[j], each = trapezoid(w->i.q, begin, end, j) * q * q * p[j];
            norm += each * p[j];
            mean += each * p[j] * q / w->qmaxinst;
            have += each * s[j];
        }
        double alpha = mean / norm, beta = k ? norm / norm_before : 0,
               coefficient = have / norm * fmin(1, w->degree - k);
        for (int j = first; j < last; j++) {
            double next = (w->i.q[j] / w->qmaxinst - alpha) * p[j] - beta * before[j];
            s[j] -= coefficient * p[j];
            before[j] = p[j];
            p[j] = next;
        }
        norm_before = norm;
    }
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ the window */

/* F and S between qmin and qmax, with both ends. s holds S - 1 of the points. */
static enum vt_status take_window(struct vt_reducer *w, const double *s, double *s_error)
{
    const double *q = w->i.q;
    int a = 0, b = w->i.n;
    while (q[a] < w->qmin * (1 - near)) a++;
    while (q[b - 1] > w->qmax * (1 + near)) b--;
    bool low = a > 0 && q[a] > w->qmin * (1 + near), high = b < w->i.n && q[b - 1] < w->qmax * (1 - near);
    int n = low + b - a + high;
    if (n < 4)
        return VT_RAISE(VT_EINPUT, "between qmin %g and qmax %g /A the pattern has only %d points", w->qmin,
                        w->qmax, b - a);
    VT_TRY(resize(&w->f, n, s_error));
    VT_TRY(resize(&w->s, n, s_error));
    for (int j = 0; j < n; j++) {
        int k = a - low + j + (low && !j); /* the point, or the one behind an end that is between points */
        bool between = (low && !j) || (high && j == n - 1);
        double at = !between ? q[k] : j ? w->qmax : w->qmin, t = between ? fraction(q, k, at) : 1;
        double y = q[k] * s[k], e = s_error ? q[k] * s_error[k] : 0;
        if (between) {
            y = (1 - t) * q[k - 1] * s[k - 1] + t * y;
            if (s_error) e = hypot((1 - t) * q[k - 1] * s_error[k - 1], t * e);
        }
        w->f.q[j] = w->s.q[j] = at;
        w->f.y[j] = y;
        w->s.y[j] = 1 + y / at;
        if (s_error) w->f.error[j] = e, w->s.error[j] = e / at;
    }
    return VT_OK;
}

/* --------------------------------------------------------------------------------------- the transform */

static enum vt_status make_tables(struct vt_reducer *w, const struct vt_reduction *o, int n_r)
{
    int n = w->f.n, blocks = (n_r + BLOCK - 1) / BLOCK;
    const double *q = w->f.q;
    size_t inner = (size_t)n * BLOCK, outer = (size_t)n * (size_t)blocks;
    if (n == w->n_table && blocks == w->blocks && w->table_r[0] == o->rmin && w->table_r[1] == o->rstep &&
        !memcmp(q, w->table_q, (size_t)n * sizeof *q))
        return VT_OK;
    w->n_table = 0;
    VT_TRY(vt_renew(&w->table_q, &w->room[4], n));
    VT_TRY(vt_renew(&w->inner_sin, &w->room[5], inner));
    VT_TRY(vt_renew(&w->inner_cos, &w->room[6], inner));
    VT_TRY(vt_renew(&w->outer_sin, &w->room[7], outer));
    VT_TRY(vt_renew(&w->outer_cos, &w->room[8], outer));
    for (int j = 0; j < n; j++) {
        for (int i = 0; i < BLOCK; i++)
            sincos(q[j] * (i * o->rstep), &w->inner_sin[j * BLOCK + i], &w->inner_cos[j * BLOCK + i]);
        for (int b = 0; b < blocks; b++) {
            size_t at = (size_t)b * (size_t)n + (size_t)j;
            sincos(q[j] * (o->rmin + b * BLOCK * o->rstep), &w->outer_sin[at], &w->outer_cos[at]);
        }
    }
    memcpy(w->table_q, q, (size_t)n * sizeof *q);
    w->n_table = n, w->blocks = blocks;
    w->table_r[0] = o->rmin, w->table_r[1] = o->rstep;
    return VT_OK;
}

/* g_i += sum_j y_j sin(q_j r_i) over one block of r and points [begin, end).
 *
 * y       (n) F times its weight
 * s, c    (n) sine and cosine of q at the begin of the block
 * is, ic  (n, BLOCK) of q times the way from there */
static void add_block(int begin, int end, const double *restrict y, const double *restrict s,
                      const double *restrict c, const double *restrict is, const double *restrict ic,
                      double *restrict g)
{
    for (int j = begin; j < end; j++) {
        double a = y[j] * s[j], b = y[j] * c[j];
        for (int i = 0; i < BLOCK; i++) g[i] += a * ic[j * BLOCK + i] + b * is[j * BLOCK + i];
    }
}

/* The same of y_j sin^2. */
static void add_squares(int begin, int end, const double *restrict y, const double *restrict s,
                        const double *restrict c, const double *restrict is, const double *restrict ic,
                        double *restrict g)
{
    for (int j = begin; j < end; j++)
        for (int i = 0; i < BLOCK; i++) {
            double sine = s[j] * ic[j * BLOCK + i] + c[j] * is[j * BLOCK + i];
            g[i] += y[j] * sine * sine;
        }
}

static enum vt_status transform(struct vt_reducer *w, const struct vt_reduction *o)
{
    int n = w->f.n, n_r = 1 + (int)floor((o->rmax - o->rmin) / o->rstep * (1 + 1e-12) + near);
    double step = 0, *y = w->work[0], *variance = w->work[1];
    for (int j = 1; j < n; j++) step = fmax(step, w->f.q[j] - w->f.q[j - 1]);
    if (o->rmax > M_PI / step)
        return VT_RAISE(VT_EINPUT, "rmax is %g A; points up to %g /A apart tell nothing beyond pi/dq = %g A",
                        o->rmax, step, M_PI / step);
    VT_TRY(make_tables(w, o, n_r));
    VT_TRY(resize(&w->g, w->blocks * BLOCK, w->f.error));
    for (int j = 0; j < n; j++) {
        double x = M_PI * w->f.q[j] / w->qmax, weight = 2 / M_PI * trapezoid(w->f.q, 0, n, j);
        if (o->lorch) weight *= sin(x) / x;
        y[j] = weight * w->f.y[j];
        if (w->f.error) variance[j] = pow(weight * w->f.error[j], 2);
    }
    for (int begin = 0; begin < n; begin += CHUNK) {
        int end = begin + CHUNK < n ? begin + CHUNK : n;
        for (int b = 0; b < w->blocks; b++) {
            const double *s = w->outer_sin + (size_t)b * (size_t)n, *c = w->outer_cos + (size_t)b * (size_t)n;
            add_block(begin, end, y, s, c, w->inner_sin, w->inner_cos, w->g.y + b * BLOCK);
            if (w->f.error)
                add_squares(begin, end, variance, s, c, w->inner_sin, w->inner_cos, w->g.error + b * BLOCK);
        }
    }
    w->g.n = n_r;
    for (int k = 0; k < n_r; k++) w->g.q[k] = o->rmin + k * o->rstep;
    for (int k = 0; k < n_r && w->g.error; k++) w->g.error[k] = sqrt(w->g.error[k]);
    return VT_OK;
}

/* --------------------------------------------------------------------------------------- all of it */

/* The limits in use; the data must reach them. */
static enum vt_status set_limits(struct vt_reducer *w, const struct vt_reduction *o,
                                 const struct vt_pattern *sample)
{
    double last = sample->q[sample->n - 1];
    w->qmaxinst = o->qmaxinst > 0 ? o->qmaxinst : last;
    w->qmax = o->qmax > 0 ? o->qmax : w->qmaxinst;
    w->qmin = fmax(o->qmin, sample->q[0]);
    w->degree = o->rpoly * w->qmaxinst / M_PI;
    for (int k = 0; k < 2; k++) {
        double limit = k ? w->qmax : w->qmaxinst;
        if (limit > last * (1 + near))
            return VT_RAISE(VT_EINPUT, "%s is %g /A, and the data end at %g /A", k ? "qmax" : "qmaxinst",
                            limit, last);
    }
    if (w->qmax > w->qmaxinst * (1 + near) || w->qmin >= w->qmax)
        return VT_RAISE(VT_EINPUT,
                        "qmin %g, qmax %g and qmaxinst %g /A must ascend; the data go from %g to %g /A",
                        w->qmin, w->qmax, w->qmaxinst, sample->q[0], last);
    return VT_OK;
}

enum vt_status vt_reduce(struct vt_reducer *w, const struct vt_reduction *o, const struct vt_alloy *a,
                         const struct vt_pattern *sample, const struct vt_pattern *background)
{
    enum vt_status st;
    int n = sample->n, begin = 0, end = n;
    double *s = NULL, *s_error = NULL;
    assert(n > 0 && sample->q[0] > 0);
    VT_TRY(set_limits(w, o, sample));
    VT_TRY(resize(&w->i, n, sample->error));
    memcpy(w->i.q, sample->q, (size_t)n * sizeof *s);
    memcpy(w->i.y, sample->y, (size_t)n * sizeof *s);
    if (sample->error) memcpy(w->i.error, sample->error, (size_t)n * sizeof *s);
    if (background) VT_TRY(subtract(&w->i, background, o->bgscale, w->qmin, w->qmaxinst));
    VT_TRY(straighten(&w->i, o));
    VT_TRY(form_factors(w, o, a));
    while (w->i.q[begin] < w->qmin * (1 - near)) begin++;
    while (w->i.q[end - 1] > w->qmaxinst * (1 + near)) end--;
    if (end - begin < 4)
        return VT_RAISE(VT_EINPUT, "between qmin %g and qmaxinst %g /A the pattern has only %d points",
                        w->qmin, w->qmaxinst, end - begin);
    VT_TRY(find_scale(w, o, begin, end));
    VT_TRY(vt_renew(&w->work[0], &w->room[9], n + 2));
    VT_TRY(vt_renew(&w->work[1], &w->room[10], n + 2));
    VT_TRY_GOTO(st, done, vt_alloc(&s, n));
    if (sample->error) VT_TRY_GOTO(st, done, vt_alloc(&s_error, n));
    for (int k = 0; k < n; k++) s[k] = (w->scale * w->i.y[k] - w->compton[k] - w->f2[k]) / w->ff[k];
    for (int k = 0; k < n && s_error; k++) s_error[k] = w->scale * w->i.error[k] / w->ff[k];
    VT_TRY_GOTO(st, done, correct(w, begin ? begin - 1 : 0, end < n ? end + 1 : n, begin, end, s));
    VT_TRY_GOTO(st, done, take_window(w, s, s_error));
    st = transform(w, o);
done:
    free(s), free(s_error);
    return st;
}
