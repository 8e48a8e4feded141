/* Form factors and neutron lengths: limits, published ratios, and an alloy that neutrons do not see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/weights.h"
#include "core/scattering.h"

/* f(0) = Z: the fit of Waasmaier and Kirfel misses it by up to 0.02 electrons for light, 0.1 for heavy atoms.
 * It falls with q, to nearly nothing. */
static void form_factors_begin_at_z_and_fall(void **state)
{
    (void)state;
    for (int z = 1; z <= 98; z++) {
        assert_true(fabs(vt_form_factor(z, 0) - z) < 0.02 + 0.0012 * z);
        for (double q = 0.25; q <= 30; q += 0.25)
            assert_true(vt_form_factor(z, q) <= vt_form_factor(z, q - 0.25) + 1e-3);
        assert_true(vt_form_factor(z, 30) < 0.25 * z);
    }
    assert_true(isnan(vt_form_factor(0, 1)));
    assert_true(isnan(vt_form_factor(99, 1)));
}

/* f' and f'' of Cu for Cu Kalpha: -1.965 and 0.589 (Cromer & Liberman 1970, International Tables C 4.2.6.8);
 * tables of theory differ by some hundredths. Across the K edge of Zr (17.998 keV) f'' rises sixfold. The
 * Compton function of an atom goes from 0 to z. */
static void dispersion_and_compton(void **state)
{
    (void)state;
    double f2, above;
    assert_true(fabs(vt_anomalous(29, 8.04778, &f2) + 1.965) < 0.06 && fabs(f2 - 0.589) < 0.03);
    vt_anomalous(40, 17.5, &f2), vt_anomalous(40, 19, &above);
    assert_true(f2 > 0 && fabs(above / f2 - 6) < 0.3);
    assert_true(isnan(vt_anomalous(29, -1, &f2)) && isnan(f2));
    assert_true(vt_compton(29, 0) == 0 && fabs(vt_compton(29, 100) - 29) < 0.3);
    assert_true(vt_compton(29, 0.01) == vt_compton(29, 0.02) / 4 &&
                vt_compton(29, 0.02) > 0); /* below the tables */
    assert_true(isnan(vt_compton(0, 0)) && isnan(vt_compton(0, 1)));
}

static struct vt_material alloy(int n, const char *const *symbol, const double *percent)
{
    struct vt_material m = {.n_species = n};
    for (int s = 0; s < n; s++) {
        strcpy(m.species[s].symbol, symbol[s]);
        m.species[s].z = vt_element_z(symbol[s]);
        m.species[s].count = llround(percent[s] * 100);
    }
    return m;
}

/* Of two alloys at q = 8 / angstrom: the weight of Zr-Zr is 0.322 and 0.564, <f^2> / <f>^2 is 1.15 and 1.40
 * (with the form factors of Cromer and Mann, printed to three and two digits). */
static void weights_change_with_q(void **state)
{
    (void)state;
    static const char *const hpt[] = {"Cu", "Zr", "Al", "Hf", "Co"}, *const vit4[] = {"Zr", "Ti", "Cu", "Ni",
                                                                                      "Be"};
    static const double hpt_at[] = {44, 44, 8, 2, 2}, vit4_at[] = {46.75, 8.25, 7.5, 10, 27.5};
    const struct vt_material m[] = {alloy(5, hpt, hpt_at), alloy(5, vit4, vit4_at)};
    static const double zr_zr[] = {0.322, 0.564}, ratio[] = {1.15, 1.40};
    for (int k = 0; k < 2; k++) {
        double w[VT_SPECIES_PAIRS_MAX], sum = 0, f1 = 0, f2 = 0;
        int zr = k ? 0 : 1;
        assert_true(vt_weights_at(&m[k], &(struct vt_probe){VT_XRAY, NAN}, 8, w));
        for (int p = 0; p < vt_species_pairs(5); p++) sum += w[p];
        assert_true(fabs(sum - 1) < 1e-14);
        assert_true(fabs(w[vt_species_pair(zr, zr, 5)] - zr_zr[k]) < 0.0025);
        for (int s = 0; s < 5; s++) {
            double f = vt_form_factor(m[k].species[s].z, 8), c = (double)m[k].species[s].count / 1e4;
            f1 += c * f;
            f2 += c * f * f;
        }
        assert_true(fabs(f2 / (f1 * f1) - ratio[k]) < 0.01);
    }
}

/* Ti with 32.4 at.% Zr is the alloy of which containers for neutron scattering are made: <b> = 0. */
static void titanium_and_zirconium_cancel(void **state)
{
    (void)state;
    assert_true(fabs(0.676 * vt_neutron_length(22) + 0.324 * vt_neutron_length(40)) < 0.01);
    assert_true(vt_neutron_length(28) == 10.3);
    assert_true(isnan(vt_neutron_length(48))); /* Cd: it depends on the energy */
    assert_true(isnan(vt_neutron_length(200)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_factors_begin_at_z_and_fall),
        cmocka_unit_test(dispersion_and_compton),
        cmocka_unit_test(weights_change_with_q),
        cmocka_unit_test(titanium_and_zirconium_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
