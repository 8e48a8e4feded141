/* Tables that are fit to be run with, and those with planted faults. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "md/eam_builtin.h"
#include "md/zhou_parameters.h"
#include "potential/sanity.h"

enum { N = 2000 };
static const double D = 0.003, AT = 3.0017; /* between two knots */

/* Something like phi: steep, then a well, then a tail. */
static void smooth(double *y)
{
    for (int k = 0; k < N; k++) {
        double r = k * D;
        y[k] = 5 * exp(-3 * (r - 2)) - 2 * exp(-1.5 * (r - 2)) + 0.1 * sin(3 * r);
    }
}

static struct vt_kink find(const double *y)
{
    struct vt_kink kink;
    check_ok(vt_kink_find(y, N, D, 300, N, 0.25, 1e-3, &kink));
    return kink;
}

static void smooth_curves_have_no_kink(void **state)
{
    (void)state;
    double y[N];
    smooth(y);
    assert_true(find(y).size == 0);
    /* A seventh of a period in each spacing is hardly resolved, but no kink. */
    for (int k = 0; k < N; k++) y[k] += 1e-4 * sin(0.9 * k);
    assert_true(find(y).size == 0);
    /* Rounded digits are no kink either, nor is the place where they begin to count. */
    smooth(y);
    for (int k = 0; k < N; k++) y[k] = rint(1e8 * y[k] * exp(-k * D)) / 1e8;
    assert_true(find(y).size == 0);
}

/* J (r - r_0)^m / m! from r_0 on has a jump J of the m-th derivative. That of f'' is found to 10 % (the
 * polynomials err by the fifth derivative), at its place to a knot, named by its order, and a jump of f''' is
 * none. */
static void planted_jumps_are_found(void **state)
{
    (void)state;
    static const struct {
        int order;
        double jump;
    } plant[] = {{2, 0.5}, {2, -0.05}, {1, 1e-3}, {1, -0.1}, {0, 1e-5}, {0, 0.1}};
    for (size_t k = 0; k < sizeof plant / sizeof *plant; k++) {
        double y[N], scale = 0;
        smooth(y);
        for (int i = (int)((AT - 0.25) / D); i < (AT + 0.25) / D; i++)
            scale = fmax(scale, fabs(y[i - 1] - 2 * y[i] + y[i + 1]) / (D * D));
        for (int i = 0; i < N; i++)
            if (i * D > AT)
                y[i] += plant[k].jump * (plant[k].order == 0   ? 1
                                         : plant[k].order == 1 ? i * D - AT
                                                               : pow(i * D - AT, 2) / 2);
        struct vt_kink kink = find(y);
        if (kink.order != plant[k].order || fabs(kink.at - AT) > D || !(kink.size > 0))
            fail_msg("jump %g of f(%d): found %g of f(%d) at %g", plant[k].jump, plant[k].order, kink.size,
                     kink.order, kink.at);
        if (plant[k].order == 2) assert_true(fabs(kink.size / (fabs(plant[k].jump) / scale) - 1) < 0.1);
    }
    double y[N];
    smooth(y);
    for (int i = 0; i < N; i++)
        if (i * D > AT) y[i] += 10 * pow(i * D - AT, 3) / 6;
    assert_true(find(y).size < 1e-3);
}

/* Nearest neighbours in the crystal (r_e), the density there, and that of a solid squeezed by a quarter. */
static void check_tables(const struct vt_eam *e, struct vt_findings *f)
{
    struct vt_eam_curves curves;
    struct vt_sane sane[VT_SPECIES_MAX];
    for (int k = 0; k < e->n_species; k++) {
        const struct vt_zhou_element *row = vt_zhou_find(e->element[k].symbol);
        double rho = VT_ZHOU_RHO_E * row->density_scale;
        sane[k] = (struct vt_sane){row->r_e, rho, 2 * rho};
    }
    check_ok(vt_eam_curves_init(&curves, e));
    check_ok(vt_sanity_check(&curves, sane, f));
    vt_eam_curves_release(&curves);
}

static void built_in_tables_are_sane(void **state)
{
    (void)state;
    static const char *const name[] = {"CuZrAlHfCo", "ZrTiCuNiBe"};
    for (int alloy = 0; alloy < 2; alloy++) {
        struct vt_eam e;
        struct vt_findings f = {0};
        check_ok(vt_eam_builtin(name[alloy], &e));
        check_tables(&e, &f);
        assert_true(f.n > 8);
        for (int k = 0; k < f.n; k++)
            if (f.item[k].verdict != VT_MEETS)
                fail_msg("%s %s: %g", vt_property_rows[f.item[k].property].name, f.item[k].what,
                         f.item[k].value);
        vt_findings_release(&f);
        vt_eam_release(&e);
    }
}

/* Each fault makes its own finding miss, which names the place. */
static void faults_are_found_and_named(void **state)
{
    (void)state;
    enum { CUT, STEP, ATTRACT, SHORT, COARSE, FAULTS };
    static const enum vt_property missed[FAULTS] = {VT_P_STEP_PHI, VT_P_KINK_F, VT_P_REPULSION, VT_P_RANGE,
                                                    VT_P_KNOTS};
    static const char *const named[FAULTS] = {"Cu-Zr", "Zr", "Zr-Zr", "Cu", "Cu"};
    for (int fault = 0; fault < FAULTS; fault++) {
        struct vt_eam e;
        struct vt_findings f = {0};
        check_ok(vt_eam_builtin("Cu,Zr", &e));
        double *zr = vt_eam_f(&e, 1), *phi = vt_eam_rphi(&e, 1, 1);
        for (int k = 0; k < e.n_r && fault == CUT; k++)
            vt_eam_rphi(&e, 0, 1)[k] += 1e-3 * k * e.d_r, vt_eam_rphi(&e, 1, 0)[k] += 1e-3 * k * e.d_r;
        for (int k = 0; k < e.n_rho && fault == STEP; k++)
            if (k * e.d_rho > 1.05 * VT_ZHOU_RHO_E) zr[k] += 1e-4;
        for (int k = 0; k < e.n_r && fault == ATTRACT; k++)
            if (k * e.d_r < 1.8) phi[k] *= 1 - 8 * pow(1 - k * e.d_r / 1.8, 2);
        if (fault == SHORT)
            e.n_rho = (int)(1.5 * VT_ZHOU_RHO_E / e.d_rho), memmove(vt_eam_f(&e, 1), zr, sizeof *zr);
        if (fault == COARSE) e.d_rho *= 40;
        check_tables(&e, &f);
        int found = 0;
        for (int k = 0; k < f.n; k++) {
            const struct vt_finding *item = &f.item[k];
            if (item->property != missed[fault]) continue;
            found++;
            if (item->verdict != VT_MISSES || strncmp(item->what, named[fault], strlen(named[fault])) != 0)
                fail_msg("fault %d: %s %s: %g", fault, vt_property_rows[item->property].name, item->what,
                         item->value);
        }
        assert_int_equal(found, 1);
        vt_findings_release(&f);
        vt_eam_release(&e);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(smooth_curves_have_no_kink),
    cmocka_unit_test(planted_jumps_are_found),
    cmocka_unit_test(built_in_tables_are_sane),
    cmocka_unit_test(faults_are_found_and_named),
};
CHECK_MPI_MAIN(tests)
