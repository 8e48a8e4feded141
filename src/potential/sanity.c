/* sanity.c: what running asks of tables.
 *
 * Kinks. A polynomial of fourth order through the five knots from k on gives one second derivative at k,
 * one through the five knots up to k another. In a smooth table both agree to 5/3 d^3 f^(5); where f'' jumps
 * inside, they differ by about the jump. A kink is a knot where they differ by more than 12 times the median
 * of the knots around: rounded digits and features that are hardly resolved make differences everywhere, and
 * no kink.
 *
 * Close encounters. Two atoms that come together in a crystal's density pay
 *
 *     W(r) = phi_ab(r) + F_a(n_a + rho_ba(r)) - F_a(n_a) + F_b(n_b + rho_ab(r)) - F_b(n_b),
 *
 * which is the same for all ways to share an energy between F and phi. It must rise towards short distances.
 */
#include "potential/sanity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { STENCIL = 5, SIDE = 30 }; /* knots of a polynomial; of the surroundings, on each side */

/* Derivatives at y[0] of the polynomial through y[0], y[step], ..., times d^order; step 1 or -1. */
static double one_sided(const double *y, int step, int order)
{
    static const double row[4][STENCIL] = {
        {12, 0, 0, 0, 0}, {-25, 48, -36, 16, -3}, {35, -104, 114, -56, 11}, {-30, 108, -144, 84, -18}};
    double sum = 0;
    for (int k = 0; k < STENCIL; k++) sum += row[order][k] * y[step * k];
    return (step < 0 && order % 2 ? -sum : sum) / 12;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median of the jumps on either side of k, of the rougher side; those whose polynomials touch the same place
 * are left out. */
static double background(const double *jump, int n, int k)
{
    double rougher = 0;
    for (int side = -1; side <= 1; side += 2) {
        double around[SIDE];
        int m = 0;
        for (int q = k + side * (STENCIL + 1); m < SIDE && q >= 0 && q < n; q += side) around[m++] = jump[q];
        if (!m) continue;
        qsort(around, (size_t)m, sizeof *around, ascending);
        rougher = fmax(rougher, around[m / 2]);
    }
    return rougher;
}

/* How badly the knot behind each polynomial, on both sides of the interval from k to k + 1, fits it. */
static double misfit(const double *y, int k)
{
    static const double fifth[STENCIL + 1] = {-1, 5, -10, 10, -5, 1};
    double sum[2] = {0};
    for (int q = 0; q <= STENCIL; q++) sum[0] += fifth[q] * y[k - q], sum[1] += fifth[q] * y[k + 1 + q];
    return fabs(sum[0]) + fabs(sum[1]);
}

/* The kink near knot k: in the interval whose sides are smoothest. Both sides' polynomials are taken to both
 * ends of it. What jumps there differs at both in the same sense; where only a higher derivative jumps, the
 * difference of this one passes through 0 at the kink. Returns the jump of f'' times d^2, or what differences
 * over a spacing make of a jump of a lower derivative. */
static double measure(const double *y, int n, int k, int *order, double *at)
{
    int best = k;
    for (int q = k - STENCIL; q <= k + STENCIL; q++)
        if (q >= STENCIL && q + 1 + STENCIL < n && misfit(y, q) < misfit(y, best)) best = q;
    double jump[2][3] = {{0}}, size[3];
    for (int side = 0; side < 2; side++) {
        double d[4], sign = side ? 1 : -1;
        for (int o = 0; o < 4; o++) d[o] = one_sided(y + best + side, side ? 1 : -1, o);
        for (int end = 0; end < 2; end++) {
            double h = end - side;
            jump[end][0] += sign * (d[0] + h * (d[1] + h / 2 * (d[2] + h / 3 * d[3])));
            jump[end][1] += sign * (d[1] + h * (d[2] + h / 2 * d[3]));
            jump[end][2] += sign * (d[2] + h * d[3]);
        }
    }
    *order = 2;
    *at = best + 0.5;
    for (int o = 2; o >= 0; o--) {
        size[o] = jump[0][o] * jump[1][o] > 0 ? fmin(fabs(jump[0][o]), fabs(jump[1][o])) : 0;
        if (size[o] > size[*order]) *order = o;
    }
    return size[*order];
}

enum vt_status vt_kink_find(const double *y, int n, double d, int begin, int end, double near, double least,
                            struct vt_kink *kink)
{
    double *jump;
    *kink = (struct vt_kink){.order = 2};
    if (begin < STENCIL) begin = STENCIL;
    if (end > n - STENCIL) end = n - STENCIL;
    if (begin >= end) return VT_OK;
    VT_TRY(vt_alloc(&jump, n));
    for (int k = begin; k < end; k++) jump[k] = fabs(one_sided(y + k, 1, 2) - one_sided(y + k, -1, 2));
    for (int k = begin; k < end; k++) {
        double scale = least * d * d, at;
        int reach = (int)(near / d) + STENCIL + 1, order;
        if (jump[k] <= kink->size * scale) continue;
        if (jump[k] < 12 * background(jump + begin, end - begin, k - begin)) continue;
        for (int q = k - reach; q <= k + reach; q++)
            if (q >= begin && q < end && abs(q - k) > STENCIL)
                scale = fmax(scale, fabs(y[q - 1] - 2 * y[q] + y[q + 1]));
        double size = measure(y, n, k, &order, &at) / scale;
        if (size > kink->size) *kink = (struct vt_kink){size, at * d, order};
    }
    free(jump);
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------- findings */

struct worst {
    double value;
    char what[64];
};

static enum vt_status add(struct vt_findings *findings, enum vt_property property, const struct worst *w,
                          double low, double high)
{
    struct vt_finding f = {.property = property, .value = w->value, .error = NAN, .low = low, .high = high};
    strcpy(f.subject, "tables");
    strcpy(f.what, w->what);
    return vt_findings_add(findings, &f);
}

static void name_pair(const struct vt_eam *e, int a, int b, char *text, size_t size)
{
    snprintf(text, size, "%s-%s", e->element[a].symbol, e->element[b].symbol);
}

static enum vt_status look_for_kink(const double *y, int n, double d, double from, double to, double near,
                                    double least, const char *who, const char *unit, struct worst *w)
{
    static const char *const mark[] = {"", "'", "''"};
    struct vt_kink kink;
    VT_TRY(vt_kink_find(y, n, d, (int)ceil(from / d), (int)fmin(to / d, n), near, least, &kink));
    double percent = fmin(100 * kink.size, 999); /* where a value jumps the number means nothing */
    if (percent <= w->value) return VT_OK;
    w->value = percent;
    snprintf(w->what, sizeof w->what, "%s, f%s at %.4g%s", who, mark[kink.order], kink.at, unit);
    return VT_OK;
}

/* Where the atoms of a liquid are all the time: at kinks elsewhere a run without thermostat does not drift.
 */
static enum vt_status kinks(const struct vt_eam *e, const struct vt_sane *s, struct vt_findings *findings)
{
    struct worst f = {0}, rho = {0}, phi = {0};
    for (int a = 0; a < e->n_species; a++) {
        VT_TRY(look_for_kink(vt_eam_f(e, a), e->n_rho, e->d_rho, 0.3 * s[a].density, 2 * s[a].density,
                             0.1 * s[a].density, 0.1 / (s[a].density * s[a].density), e->element[a].symbol,
                             "", &f));
        for (int b = 0; b < e->n_species; b++) {
            char who[16];
            double closest = 0.75 * 0.5 * (s[a].nearest + s[b].nearest);
            name_pair(e, a, b, who, sizeof who);
            VT_TRY(look_for_kink(vt_eam_rho(e, a, b), e->n_r, e->d_r, closest, INFINITY, 0.25,
                                 1e-3 * s[b].density, e->finnis_sinclair ? who : e->element[a].symbol, " A",
                                 &rho));
            if (b >= a)
                VT_TRY(look_for_kink(vt_eam_rphi(e, a, b), e->n_r, e->d_r, closest, INFINITY, 0.25, 0.03, who,
                                     " A", &phi));
        }
    }
    VT_TRY(add(findings, VT_P_KINK_F, &f, 0, 0));
    VT_TRY(add(findings, VT_P_KINK_RHO, &rho, 0, 0));
    return add(findings, VT_P_KINK_PHI, &phi, 0, 0);
}

static void keep(struct worst *w, double value, bool larger, const char *who)
{
    if (*w->what && (larger ? value <= w->value : value >= w->value)) return;
    w->value = value;
    snprintf(w->what, sizeof w->what, "%s", who);
}

static enum vt_status cut_off(const struct vt_eam_curves *c, const struct vt_sane *s,
                              struct vt_findings *findings)
{
    const struct vt_eam *e = c->tables;
    struct worst phi = {0}, force = {0}, rho = {0}, slope = {0};
    double end = fmin(e->cutoff, (e->n_r - 1) * e->d_r), d;
    for (int a = 0; a < e->n_species; a++)
        for (int b = 0; b < e->n_species; b++) {
            char who[16];
            name_pair(e, a, b, who, sizeof who);
            keep(&phi, 1e3 * fabs(vt_eam_curves_phi(c, a, b, end, &d)), true, who);
            keep(&force, 1e3 * fabs(d), true, who);
            keep(&rho, 100 * fabs(vt_eam_curves_rho(c, a, b, end, &d)) / s[b].density, true, who);
            keep(&slope, 100 * fabs(d) / s[b].density, true, who);
        }
    VT_TRY(add(findings, VT_P_STEP_PHI, &phi, 0, 0));
    VT_TRY(add(findings, VT_P_CUT_PHI, &force, 0, 0));
    VT_TRY(add(findings, VT_P_STEP_RHO, &rho, 0, 0));
    return add(findings, VT_P_CUT_RHO, &slope, 0, 0);
}

/* W(r). */
static double encounter(const struct vt_eam_curves *c, const struct vt_sane *s, int a, int b, double r)
{
    double d, n_a = s[a].density, n_b = s[b].density;
    return vt_eam_curves_phi(c, a, b, r, &d) +
           vt_eam_curves_f(c, a, n_a + vt_eam_curves_rho(c, b, a, r, &d), &d) -
           vt_eam_curves_f(c, a, n_a, &d) +
           vt_eam_curves_f(c, b, n_b + vt_eam_curves_rho(c, a, b, r, &d), &d) -
           vt_eam_curves_f(c, b, n_b, &d);
}

static enum vt_status short_range(const struct vt_eam_curves *c, const struct vt_sane *s,
                                  struct vt_findings *findings)
{
    const struct vt_eam *e = c->tables;
    const double step = 0.01, least = 0.5; /* angstrom: nearer atoms do not come */
    struct worst from = {0}, core = {0};
    for (int a = 0; a < e->n_species; a++)
        for (int b = a; b < e->n_species; b++) {
            char who[16];
            name_pair(e, a, b, who, sizeof who);
            double r = 0.75 * 0.5 * (s[a].nearest + s[b].nearest);
            while (r - step > least && encounter(c, s, a, b, r - step) > encounter(c, s, a, b, r)) r -= step;
            keep(&from, r - step > least ? r : least, true, who);
            keep(&core, encounter(c, s, a, b, 1), false, who);
        }
    VT_TRY(add(findings, VT_P_REPULSION, &from, 0, 1));
    return add(findings, VT_P_CORE, &core, 10, INFINITY);
}

static enum vt_status range(const struct vt_eam *e, const struct vt_sane *s, struct vt_findings *findings)
{
    struct worst end = {0}, knots = {0};
    for (int a = 0; a < e->n_species; a++) {
        keep(&end, (e->n_rho - 1) * e->d_rho / s[a].most, false, e->element[a].symbol);
        keep(&knots, s[a].density / e->d_rho, false, e->element[a].symbol);
    }
    VT_TRY(add(findings, VT_P_RANGE, &end, 1, INFINITY));
    return add(findings, VT_P_KNOTS, &knots, 100, INFINITY);
}

enum vt_status vt_sanity_check(const struct vt_eam_curves *c, const struct vt_sane *s, struct vt_findings *f)
{
    VT_TRY(kinks(c->tables, s, f));
    VT_TRY(cut_off(c, s, f));
    VT_TRY(short_range(c, s, f));
    return range(c->tables, s, f);
}
