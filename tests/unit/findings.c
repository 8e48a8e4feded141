/* Findings: what is allowed, what is near, and what decides. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "potential/findings.h"

static struct vt_finding judged(enum vt_property property, double value, double error, double low,
                                double high)
{
    struct vt_findings all = {0};
    check_ok(vt_findings_add(&all, &(struct vt_finding){.property = property,
                                                        .subject = "Zr",
                                                        .value = value,
                                                        .error = error,
                                                        .low = low,
                                                        .high = high}));
    struct vt_finding f = all.item[0];
    vt_findings_release(&all);
    return f;
}

static enum vt_verdict verdict(enum vt_property property, double value, double error, double low, double high)
{
    return judged(property, value, error, low, high).verdict;
}

/* A lattice constant may be 1 % off, a mixing enthalpy 5 kJ/mol, and as much again is near. */
static void shares_and_units_bound_a_value(void **state)
{
    (void)state;
    assert_true(vt_property_rows[VT_P_A].percent && vt_property_rows[VT_P_A].allowed == 1);
    assert_int_equal(verdict(VT_P_A, 4.04, NAN, 4, 4), VT_MEETS);
    assert_int_equal(verdict(VT_P_A, 3.96, NAN, 4, 4), VT_MEETS);
    assert_int_equal(verdict(VT_P_A, 4.041, NAN, 4, 4), VT_NEAR);
    assert_int_equal(verdict(VT_P_A, 4.08, NAN, 4, 4), VT_NEAR);
    assert_int_equal(verdict(VT_P_A, 3.919, NAN, 4, 4), VT_MISSES);
    assert_true(fabs(judged(VT_P_A, 4.1, NAN, 4, 4).deviation - 2.5) < 1e-9); /* % */
    assert_int_equal(verdict(VT_P_MIXING, -18, NAN, -23, -23), VT_MEETS);
    assert_int_equal(verdict(VT_P_MIXING, -33.1, NAN, -23, -23), VT_MISSES);
    assert_true(fabs(judged(VT_P_MIXING, -33, NAN, -23, -23).deviation + 10) < 1e-9); /* kJ/mol */
}

/* A range is its own room: what lies in it meets, and `allowed` outside is near. Ends may be open. */
static void ranges_bound_from_their_edges(void **state)
{
    (void)state;
    assert_int_equal(verdict(VT_P_GLASS_BULK, 95, NAN, 95, 120), VT_MEETS);
    assert_int_equal(verdict(VT_P_GLASS_BULK, 91, NAN, 95, 120), VT_NEAR); /* 5 % */
    assert_int_equal(verdict(VT_P_GLASS_BULK, 90, NAN, 95, 120), VT_MISSES);
    assert_int_equal(verdict(VT_P_GLASS_BULK, 126, NAN, 95, 120), VT_NEAR);
    assert_int_equal(verdict(VT_P_GLASS_BULK, 126.1, NAN, 95, 120), VT_MISSES);
    assert_int_equal(verdict(VT_P_GLASS_SHEAR, 200, NAN, 20, INFINITY), VT_MEETS);
    assert_int_equal(verdict(VT_P_GLASS_SHEAR, 17, NAN, 20, INFINITY), VT_MISSES);
    assert_int_equal(verdict(VT_P_FORMATION, -50, NAN, -INFINITY, 0), VT_MEETS);
    assert_int_equal(verdict(VT_P_FORMATION, 6, NAN, -INFINITY, 0), VT_MISSES);
    assert_int_equal(verdict(VT_P_LOWEST, -0.1, NAN, 0, INFINITY), VT_MISSES); /* nothing is allowed */
    assert_int_equal(verdict(VT_P_STABLE, 0, NAN, 1, 1), VT_MISSES);
}

/* What two standard errors may explain is no miss; but an error makes nothing meet. */
static void errors_make_a_miss_near(void **state)
{
    (void)state;
    assert_int_equal(verdict(VT_P_PEAK, 2.95, NAN, 2.75, 2.75), VT_MISSES);
    assert_int_equal(verdict(VT_P_PEAK, 2.95, 0.059, 2.75, 2.75), VT_MISSES);
    assert_int_equal(verdict(VT_P_PEAK, 2.95, 0.061, 2.75, 2.75), VT_NEAR); /* 0.2 - 0.08 = 2 x 0.06 */
    assert_int_equal(verdict(VT_P_PEAK, 2.75, 1, 2.75, 2.75), VT_MEETS);
}

static void without_reference_or_value_nothing_is_judged(void **state)
{
    (void)state;
    assert_int_equal(verdict(VT_P_A, 4, NAN, NAN, NAN), VT_NO_REFERENCE);
    assert_int_equal(verdict(VT_P_A, NAN, NAN, 4, 4), VT_NOT_COMPUTED);
}

/* The worst finding that decides: one that does not may miss as it likes. */
static void the_worst_that_decides_is_the_verdict(void **state)
{
    (void)state;
    struct vt_findings all = {0};
    assert_int_equal(vt_findings_verdict(&all, VT_MECHANICS), VT_NO_REFERENCE);
    const struct {
        enum vt_property property;
        double value;
        enum vt_verdict then;
    } step[] = {{VT_P_BULK, NAN, VT_NO_REFERENCE}, {VT_P_BULK, 100, VT_MEETS},  {VT_P_C11, 1000, VT_MEETS},
                {VT_P_BULK, 108, VT_NEAR},         {VT_P_SHEAR, 50, VT_MISSES}, {VT_P_BULK, 100, VT_MISSES}};
    assert_true(!vt_property_rows[VT_P_C11].decides);
    for (size_t k = 0; k < sizeof step / sizeof *step; k++) {
        check_ok(vt_findings_add(&all, &(struct vt_finding){.property = step[k].property,
                                                            .value = step[k].value,
                                                            .error = NAN,
                                                            .low = 100,
                                                            .high = 100}));
        assert_int_equal(vt_findings_verdict(&all, VT_MECHANICS), step[k].then);
    }
    assert_int_equal(vt_findings_verdict(&all, VT_STRUCTURE), VT_NO_REFERENCE);
    vt_findings_release(&all);
}

/* Who reads a verdict must find out why: no row without a name, a use and a reason. */
static void each_property_has_a_reason(void **state)
{
    (void)state;
    for (int p = 0; p < VT_PROPERTIES; p++) {
        const struct vt_property_row *row = &vt_property_rows[p];
        assert_non_null(row->name);
        assert_non_null(row->unit);
        assert_true(row->reason && strlen(row->reason) >= 4 && row->use < VT_USES);
    }
}

/* "not computed: glass transition from, concentration waves,": a list is no place for half a title. */
static void a_title_is_whole_where_nothing_follows(void **state)
{
    (void)state;
    static const char *const open_ends[] = {"of", "from", "over", "to", "at"};
    for (enum vt_property p = 0; p < VT_PROPERTIES; p++) {
        char text[64], title[128];
        struct vt_finding f = {.property = p};
        vt_property_title(p, text, sizeof text);
        vt_finding_title(&f, title, sizeof title);
        assert_string_equal(text, title);
        if (strchr(":,; ", text[strlen(text) - 1])) fail_msg("'%s'", text);
        const char *blank = strrchr(text, ' ');
        for (size_t k = 0; blank && k < sizeof open_ends / sizeof *open_ends; k++)
            if (!strcmp(blank + 1, open_ends[k])) fail_msg("'%s'", text);
        strcpy(f.what, "X");
        vt_finding_title(&f, title, sizeof title);
        assert_true(!strncmp(title, vt_property_rows[p].name, strlen(vt_property_rows[p].name)));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(shares_and_units_bound_a_value),
    cmocka_unit_test(ranges_bound_from_their_edges),
    cmocka_unit_test(errors_make_a_miss_near),
    cmocka_unit_test(without_reference_or_value_nothing_is_judged),
    cmocka_unit_test(the_worst_that_decides_is_the_verdict),
    cmocka_unit_test(each_property_has_a_reason),
    cmocka_unit_test(a_title_is_whole_where_nothing_follows),
};
CHECK_MPI_MAIN(tests)
