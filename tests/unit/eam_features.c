/* What one looks for in tables: ends, minima, and the density in a crystal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/eam.h"

/* n elements, tables of 0; r to 5 angstrom, rho to 10. */
static struct vt_eam make(int n)
{
    struct vt_eam e = {.n_species = n, .n_rho = 101, .n_r = 501, .d_rho = 0.1, .d_r = 0.01, .cutoff = 5};
    assert_int_equal(vt_eam_alloc(&e), VT_OK);
    return e;
}

static void reach_is_the_last_knot_that_is_not_zero(void **state)
{
    (void)state;
    const double table[] = {1, 0, -2, 0, 0};
    assert_true(vt_eam_reach(table, 5, 0.5) == 1);
    assert_true(vt_eam_reach(table + 3, 2, 0.5) == 0);
}

/* phi = (r - 2.503)^2 - 0.7 is its own parabola: the place to the rounding of doubles, and the depth but for
 * 0.003^2, as it is that of the nearest knot. */
static void minimum_of_a_parabola_lies_between_knots(void **state)
{
    (void)state;
    struct vt_eam e = make(2);
    double r, phi, rho, f;
    for (int k = 0; k < e.n_r; k++) vt_eam_rphi(&e, 0, 1)[k] = k * e.d_r * (pow(k * e.d_r - 2.503, 2) - 0.7);
    assert_true(vt_eam_phi_minimum(&e, 0, 1, &r, &phi));
    assert_true(fabs(r - 2.503) < 1e-10);
    assert_true(fabs(phi + 0.7) < 1e-5);
    for (int k = 0; k < e.n_rho; k++) vt_eam_f(&e, 1)[k] = pow(k * e.d_rho - 4.02, 2) - 3;
    assert_true(vt_eam_f_minimum(&e, 1, &rho, &f));
    assert_true(fabs(rho - 4.02) < 1e-10);
    assert_true(fabs(f + 3) < 1e-3);
    vt_eam_release(&e);
}

/* Tables of published files jump to 0 where they end: the parabola through a jump is no place to look. */
static void a_minimum_is_never_below_the_lowest_knot(void **state)
{
    (void)state;
    struct vt_eam e = make(1);
    double rho, f;
    for (int k = 0; k < e.n_rho; k++) e.f[k] = k < 80 ? -k : 0;
    assert_true(vt_eam_f_minimum(&e, 0, &rho, &f));
    assert_true(f == -79 && fabs(rho - 7.9) < 0.1);
    vt_eam_release(&e);
}

static void what_falls_to_its_end_or_repels_only_has_no_minimum(void **state)
{
    (void)state;
    struct vt_eam e = make(1);
    double x, y;
    for (int k = 0; k < e.n_rho; k++) e.f[k] = -k;
    assert_false(vt_eam_f_minimum(&e, 0, &x, &y));
    assert_false(vt_eam_phi_minimum(&e, 0, 0, &x, &y)); /* 0 everywhere */
    for (int k = 0; k < e.n_r; k++) e.rphi[k] = k < 480 ? 480 - k : 0;
    assert_false(vt_eam_phi_minimum(&e, 0, 0, &x, &y));
    vt_eam_release(&e);
}

/* With rho = 1 up to a distance the density is the number of neighbours within. Shells, by theta series: fcc
 * 12, 6, 24, 12; bcc 8, 6, 12, 24; ideal hcp 12, 6, 2, 18 (Conway & Sloane, Sphere Packings, Lattices and
 * Groups, ch. 4). Distances are in lattice constants. */
static void density_in_a_crystal_counts_neighbours(void **state)
{
    (void)state;
    static const struct {
        const char *structure;
        double nearest, within;
        int neighbours;
    } shell[] = {
        {"fcc", M_SQRT1_2, 0.8, 12},
        {"FCC", M_SQRT1_2, 1.1, 18},
        {"fcc", M_SQRT1_2, 1.3, 42},
        {"fcc", M_SQRT1_2, 1.5, 54},
        {"bcc", 0.8660254038, 0.9, 8},
        {"bcc", 0.8660254038, 1.1, 14},
        {"bcc", 0.8660254038, 1.5, 26},
        {"bcc", 0.8660254038, 1.7, 50},
        {"hcp", 1, 1.1, 12},
        {"hcp", 1, 1.5, 18},
        {"HCP", 1, 1.68, 20},
        {"hcp", 1, 1.8, 38},
    };
    struct vt_eam e = make(1);
    double nearest;
    e.element[0].lattice = 2.5;
    for (size_t s = 0; s < sizeof shell / sizeof *shell; s++) {
        strcpy(e.element[0].structure, shell[s].structure);
        for (int k = 0; k < e.n_r; k++) e.rho[k] = k * e.d_r < 2.5 * shell[s].within;
        assert_true(fabs(vt_eam_crystal(&e, 0, &nearest) - shell[s].neighbours) < 1e-12);
        assert_true(fabs(nearest - 2.5 * shell[s].nearest) < 1e-9);
    }
    strcpy(e.element[0].structure, "diamond");
    assert_true(isnan(vt_eam_crystal(&e, 0, &nearest)) && isnan(nearest));
    strcpy(e.element[0].structure, "fcc");
    e.element[0].lattice = 0;
    assert_true(isnan(vt_eam_crystal(&e, 0, &nearest)) && isnan(nearest));
    e.element[0].lattice = 1e-300; /* would take for ever */
    assert_true(isnan(vt_eam_crystal(&e, 0, &nearest)));
    vt_eam_release(&e);
}

static void one_density_is_that_to_all_elements(void **state)
{
    (void)state;
    struct vt_eam e = make(3);
    int b;
    vt_eam_rho(&e, 1, 2)[7] = 1e-300;
    assert_true(vt_eam_one_density(&e, 0, &b) && vt_eam_one_density(&e, 2, &b));
    assert_false(vt_eam_one_density(&e, 1, &b));
    assert_int_equal(b, 2);
    vt_eam_release(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reach_is_the_last_knot_that_is_not_zero),
        cmocka_unit_test(minimum_of_a_parabola_lies_between_knots),
        cmocka_unit_test(a_minimum_is_never_below_the_lowest_knot),
        cmocka_unit_test(what_falls_to_its_end_or_repels_only_has_no_minimum),
        cmocka_unit_test(density_in_a_crystal_counts_neighbours),
        cmocka_unit_test(one_density_is_that_to_all_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
