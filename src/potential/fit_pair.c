/* fit_pair.c: depth, distance and stretch of a pair.
 *
 *     phi_ab(r) = epsilon [phi_aa(r_a (1 + u)) + phi_bb(r_b (1 + u))] / 2,  u = k (r/r_0 - 1)
 * (md/eam_builtin.c)
 *
 * The distance is fitted as sigma = r_0 / mean(r_a, r_b). The enthalpy of the liquid depends mostly on
 * epsilon and comes from runs, with noise; volume and bulk modulus of compounds depend mostly on sigma and k
 * and come from lattice sums. So for each epsilon the other two are fitted to the compounds, and the next
 * epsilon is where a line through the enthalpies near the target meets it. */
#include "potential/fit_pair.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <string.h>

#include "md/eam_builtin.h"
#include "potential/properties.h"

enum { SIGMA, STRETCH, PARAMETERS };

/* Where targets leave a parameter open it stays near the rule's own value: at 1, give or take so much. */
static const double RULE[PARAMETERS] = {[SIGMA] = 0.07, [STRETCH] = 0.2};

struct problem {
    const struct vt_target_set *set;
    const struct vt_zhou_element *const *row;
    const struct vt_peak_aim *peak;
    struct vt_zhou_pair pair;
};

/* As it will be printed. */
static double round_parameter(double p)
{
    return rint(p * 1e6) / 1e6;
}

double vt_pair_wall(const struct vt_zhou_element *const row[2], const struct vt_zhou_pair *pair)
{
    const double step = 0.01;
    double r = pair->r_0, here = vt_zhou_rphi(row[0], row[1], pair, r), last = here;
    for (; here < 0 && r > step; r -= step) last = here, here = vt_zhou_rphi(row[0], row[1], pair, r - step);
    return r + step * here / (here - last);
}

/* Is it fitted, and known without a run? */
static bool stands_still(const struct vt_target *t)
{
    return t->fit && (*t->structure || t->kind == VT_TARGET_STRETCH);
}

static enum vt_status model(void *self, const double *p, double *residual)
{
    struct problem *problem = self;
    const struct vt_target_set *set = problem->set;
    struct vt_zhou_pair pair = problem->pair;
    struct vt_eam e;
    struct vt_eam_curves curves = {0};
    double value[VT_FIT_RESIDUALS];
    pair.r_0 = p[SIGMA] * 0.5 * (pair.r_a + pair.r_b), pair.stretch = p[STRETCH];
    enum vt_status st = VT_OK;
    VT_TRY(vt_zhou_tabulate(problem->row, 2, &pair, 1, &e));
    VT_TRY_GOTO(st, done, vt_eam_curves_init(&curves, &e));
    VT_TRY_GOTO(st, done, vt_compound_properties(set, &curves, (const int[]){0, 1}, value));
    int m = 0;
    for (int k = 0; k < set->n; k++) {
        const struct vt_target *t = &set->target[k];
        if (t->fit && t->kind == VT_TARGET_STRETCH) value[k] = pair.stretch;
        if (stands_still(t)) residual[m++] = (value[k] - t->value) / t->tolerance;
    }
    const struct vt_peak_aim *peak = problem->peak;
    if (peak)
        residual[m++] =
            (peak->found * vt_pair_wall(problem->row, &pair) / peak->wall - peak->target) / peak->tolerance;
    for (int k = 0; k < PARAMETERS; k++) residual[m++] = log(p[k]) / RULE[k];
done:
    vt_eam_curves_release(&curves);
    vt_eam_release(&e);
    return st;
}

enum vt_status vt_fit_compounds(const struct vt_target_set *set, const struct vt_zhou_element *const row[2],
                                const struct vt_peak_aim *peak, struct vt_zhou_pair *pair, struct vt_fit *fit)
{
    struct problem problem = {.set = set, .row = row, .peak = peak, .pair = *pair};
    problem.pair.r_a = round_parameter(vt_zhou_minimum(row[0]));
    problem.pair.r_b = round_parameter(vt_zhou_minimum(row[1]));
    int m = PARAMETERS + (peak != NULL);
    for (int k = 0; k < set->n; k++) m += stands_still(&set->target[k]);
    /* There may be several minima: at first the lowest counts, at the next depths the one that lies next. Of
     * two that are about as low each depth would else take another, and the enthalpy jump with it. */
    static const double anywhere[][PARAMETERS] = {{1, 1}, {1, 1.3}, {1, 0.8}, {0.93, 1}, {1.07, 1}};
    const double last[][PARAMETERS] = {
        {2 * pair->r_0 / (problem.pair.r_a + problem.pair.r_b), pair->stretch}};
    const double(*start)[PARAMETERS] = pair->r_0 > 0 ? last : anywhere;
    size_t starts = pair->r_0 > 0 ? 1 : sizeof anywhere / sizeof *anywhere;
    fit->sum = INFINITY;
    enum vt_status st = VT_OK;
    for (size_t k = 0; k < starts; k++) {
        struct vt_fit here = {.n = PARAMETERS,
                              .m = m,
                              .low = {[SIGMA] = 0.8, [STRETCH] = 0.6},
                              .high = {[SIGMA] = 1.35, [STRETCH] = 2},
                              .p = {[SIGMA] = start[k][SIGMA], [STRETCH] = start[k][STRETCH]},
                              .model = model,
                              .self = &problem,
                              .steps_max = 50,
                              .difference = 1e-4};
        st = vt_least_squares(&here);
        if (st == VT_OK && here.sum < fit->sum) *fit = here;
    }
    if (isinf(fit->sum)) {
        VT_TRY(st);
        return VT_RAISE_AT(set->at, "%s-%s: no pair with finite properties of its compounds was found",
                           set->symbol[0], set->symbol[1]);
    }
    *pair = problem.pair;
    pair->r_0 = round_parameter(fit->p[SIGMA] * 0.5 * (pair->r_a + pair->r_b));
    pair->stretch = round_parameter(fit->p[STRETCH]);
    return VT_OK;
}

static const double DEPTH_WORTH = 100; /* kJ/mol: about what a depth of 1 more takes off the enthalpy */
static const double STRAIGHT = 10;     /* kJ/mol: so far from the target enthalpies lie on a line */

double vt_first_depth(double target)
{
    return 1 - fmin(fmax(target, -60), 20) / DEPTH_WORTH;
}

bool vt_next_depth(const struct vt_depth *point, int n, double target, double tolerance, double *epsilon)
{
    const struct vt_depth *last = &point[n - 1];
    double off = last->enthalpy - target;
    if (fabs(off) < fmax(tolerance, 2 * last->error)) {
        *epsilon = last->epsilon;
        return true;
    }
    double depth[VT_DEPTHS_MAX], beyond[VT_DEPTHS_MAX];
    size_t near = 0;
    for (int k = 0; k < n; k++)
        if (fabs(point[k].enthalpy - target) < STRAIGHT)
            depth[near] = point[k].epsilon, beyond[near++] = point[k].enthalpy - target;
    double factor = 1 + fmin(fmax(off / DEPTH_WORTH, -0.15), 0.15);
    double at_0 = 0, slope = 0, c00, c01, c11, squares;
    if (near > 1) gsl_fit_linear(depth, 1, beyond, 1, near, &at_0, &slope, &c00, &c01, &c11, &squares);
    if (slope < -DEPTH_WORTH / 10) /* not noise alone; NaN if all depths are one */
        factor = fmin(fmax(-at_0 / slope / last->epsilon, 0.8), 1.25);
    *epsilon = last->epsilon * factor;
    return false;
}
