/* What is read out of the runs of a glass: made-up runs of known equation of state, moduli, T_g and peaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "potential/glass.h"
#include "study/pool.h"

enum { BLOCKS = 60, BINS = 300 };

static void must(enum vt_status st)
{
    if (st != VT_OK) fail_msg("%s", vt_message());
}

static double *put(struct vt_results *r, const char *path, int n_axes, int n, int m)
{
    struct vt_dataset *d;
    must(vt_results_add(r, path, "1", "", n_axes, (const int[]){n, m}, &d));
    return d->value;
}

static void put_thermo(struct vt_results *r, const char *stage, const char *what, double value)
{
    char path[100];
    snprintf(path, sizeof path, "stages/%s/thermo/%s", stage, what);
    *put(r, path, 0, 1, 1) = value;
}

/* Murnaghan's equation of state, B_0 = 110 GPa and B' = 5, at P = +-1 GPa, about which the pressure in the
 * fixed cell wanders; planes with G = 18, 22 and 26 GPa, a frozen stress and a square of the strain. */
static void put_moduli(struct vt_results *r, double stiffer)
{
    static const char *const pressed[] = {"07-hold", "09-hold"};
    for (int k = 0; k < 2; k++) {
        double p = k ? -1.02 : 0.97;
        put_thermo(r, pressed[k], "pressure", p);
        put_thermo(r, pressed[k], "volume", 18 * pow(1 + 5 * p / 110, -1. / 5));
    }
    for (int k = 0; k < 6; k++) {
        char stage[20], path[100];
        int plane = k / 2;
        double e = k % 2 ? -0.01 : 0.01, modulus = 18 + 4 * plane + stiffer;
        snprintf(stage, sizeof stage, "%d-hold", 11 + 2 * k);
        put_thermo(r, stage, "strain", e);
        snprintf(path, sizeof path, "stages/%s/thermo/stress", stage);
        put(r, path, 1, 6, 1)[3 + plane] = -(modulus * e + 40 * e * e + 0.3 - 0.2 * plane);
    }
}

static void put_quench(struct vt_results *r, double tg)
{
    double *t = put(r, "stages/04-quench/blocks/thermo/temperature", 1, BLOCKS, 1);
    struct vt_dataset *d = vt_results_find(r, "stages/04-quench/blocks/thermo/temperature");
    must(vt_dataset_axis(d, 0, "block", "1", t, NULL));
    for (int k = 0; k < BLOCKS; k++) t[k] = 1490 - 20 * k;
    double *h = put(r, "stages/04-quench/blocks/thermo/enthalpy", 1, BLOCKS, 1),
           *v = put(r, "stages/04-quench/blocks/thermo/volume", 1, BLOCKS, 1);
    t = vt_results_find(r, "stages/04-quench/blocks/thermo/temperature")->value;
    for (int k = 0; k < BLOCKS; k++) {
        h[k] = -5 + 2.7e-4 * t[k] + 1e-4 * fmax(t[k] - tg, 0);
        v[k] = 17.7 + 4e-4 * t[k] + 3e-4 * fmax(t[k] - tg - 50, 0);
    }
}

/* First peaks at 2.58, 2.83 and 3.14 angstrom; of Zr-Zr there are few pairs. */
static void put_pdf(struct vt_results *r, double rare)
{
    static const double at[] = {2.58, 2.83, 3.14};
    double x[BINS];
    put(r, "stages/05-hold/pdf/count_ideal", 2, 3, BINS);
    for (int k = 0; k < BINS; k++) x[k] = (k + 0.5) * 0.02;
    double *count = put(r, "stages/05-hold/pdf/count", 2, 3, BINS);
    must(vt_dataset_axis(vt_results_find(r, "stages/05-hold/pdf/count"), 1, "r", "angstrom", x, NULL));
    double *ideal = vt_results_find(r, "stages/05-hold/pdf/count_ideal")->value;
    for (int p = 0; p < 3; p++)
        for (int k = 0; k < BINS; k++) {
            double g = exp(-0.5 * pow((x[k] - at[p]) / 0.12, 2));
            count[p * BINS + k] = 32 * (p == 2 ? rare : 5000) * g * 0.02 / (0.12 * sqrt(2 * M_PI));
            ideal[p * BINS + k] = count[p * BINS + k] / (3 * g);
        }
    must(vt_results_note(r, "stages/05-hold/pdf", "frames", "32"));
}

static void make_run(struct vt_results *r, int k)
{
    static const double separation[] = {1.5, 1.1};
    put_thermo(r, "03-hold", "density", 6.8);
    put_thermo(r, "03-hold", "number_density", 0.053);
    put_thermo(r, "05-hold", "density", 7.1 + 0.1 * k);
    put_thermo(r, "05-hold", "number_density", 0.0555);
    put_moduli(r, 3.0 * k);
    put_quench(r, 800 + 40 * k);
    put_pdf(r, k == 0 ? 300 : 150);
    *put(r, "stages/05-hold/inherent/crystal/crystalline", 0, 1, 1) = 0.01;
    put(r, "stages/05-hold/inherent/crystal/fraction", 1, 5, 1)[3] = 0.02;
    memcpy(put(r, "stages/03-hold/concentration/ratio_edges", 1, 2, 1), separation, sizeof separation);
    double *half = put(r, "stages/03-hold/blocks/concentration/ratio_edges", 2, 2, 2);
    for (int s = 0; s < 2; s++) half[s] = separation[s] - 0.2, half[2 + s] = separation[s] + 0.2;
}

static bool near(double a, double b, double tolerance)
{
    return fabs(a - b) < tolerance;
}

static struct vt_glass conclude(int n, struct vt_outcome *run)
{
    struct vt_glass glass = {
        .material = {.n_species = 2, .species = {{"Cu", 29, 63.5, 2000}, {"Zr", 40, 91.2, 2000}}}};
    must(vt_glass_conclude(n, run, &glass));
    return glass;
}

static void known_runs_give_what_was_put_in(void **state)
{
    (void)state;
    struct vt_outcome run[2] = {{0}};
    for (int k = 0; k < 2; k++) make_run(&run[k].results, k);
    struct vt_glass g = conclude(2, run);
    const struct vt_estimate *e = g.number;
    assert_int_equal(g.replicas, 2);
    /* Two values a and b: mean (a + b)/2, standard error |a - b|/2. */
    assert_true(near(e[VT_GLASS_DENSITY].value, 7.15, 1e-12) && near(e[VT_GLASS_DENSITY].error, 0.05, 1e-12));
    assert_true(e[VT_GLASS_LIQUID_DENSITY].value == 6.8 && e[VT_GLASS_LIQUID_DENSITY].error == 0);
    assert_true(near(e[VT_GLASS_TG_ENTHALPY].value, 820, 1e-6) &&
                near(e[VT_GLASS_TG_ENTHALPY].error, 20, 1e-6));
    assert_true(near(e[VT_GLASS_TG_VOLUME].value, 870, 1e-6));
    /* The chord from -1.02 to 0.97 GPa: 110 - 5 * 0.025 of its middle, less (B' P / B)^2 / 3 = 0.0007 of it.
     */
    assert_true(near(e[VT_GLASS_BULK].value, 109.80, 0.01));
    assert_true(near(e[VT_GLASS_SHEAR].value, 23.5, 1e-9) && near(e[VT_GLASS_SHEAR].error, 1.5, 1e-9));
    assert_true(near(e[VT_GLASS_CRYSTALLINE].value, 0.01, 1e-15) &&
                near(e[VT_GLASS_ICOSAHEDRA].value, 0.02, 1e-15));
    assert_true(near(g.peak[0].value, 2.58, 1e-9) && near(g.peak[1].value, 2.83, 1e-9));
    assert_true(near(g.peak[2].value, 3.14, 1e-9) && near(g.peak[2].error, 0, 1e-9));
    assert_true(near(g.demixing[0].value, 1.5, 1e-12) && near(g.demixing[1].value, 1.1, 1e-12));
    assert_true(near(g.growth[0].value, 0.4, 1e-12) && g.growth[0].error == 0);

    g = conclude(1, run); /* one run tells no error, and not where Zr-Zr is */
    assert_true(near(g.peak[1].value, 2.83, 1e-9) && isnan(g.peak[1].error));
    assert_true(isnan(g.peak[2].value)); /* of 300 pairs, 194 are in the top of the peak */
    assert_true(g.number[VT_GLASS_DENSITY].value == 7.1 && isnan(g.number[VT_GLASS_DENSITY].error));
    for (int k = 0; k < 2; k++) vt_results_release(&run[k].results);
}

static void a_run_that_lacks_something_is_refused(void **state)
{
    (void)state;
    struct vt_outcome run = {0};
    struct vt_glass glass = {.material = {.n_species = 2}};
    make_run(&run.results, 0);
    vt_results_remove(&run.results, "stages/17-hold");
    assert_int_equal(vt_glass_conclude(1, &run, &glass), VT_EWORLD);
    assert_non_null(strstr(vt_message(), "stages/17-hold/thermo/stress"));
    vt_results_release(&run.results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_runs_give_what_was_put_in),
        cmocka_unit_test(a_run_that_lacks_something_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
