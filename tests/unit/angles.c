/* The angles kernel through the driver: crystals, ordered alloys, random points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crystals.h"

static const struct vt_dataset *of(struct vt_analysis *a, const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "stages/01-hold/angles/%s", name);
    return result(a, path);
}

/* Of `total` angles, `expect` are at each of these angles and no other; width of a bin in degrees. */
static void check_angles(const struct vt_dataset *d, int row, int n, const double *angle,
                         const double *expect, double total)
{
    int bins = d->axis[1].n;
    double width = 180.0 / bins, sum = 0;
    for (int k = 0; k < n; k++) {
        int bin = (int)fmin(angle[k] / width, bins - 1);
        double share = d->value[row * bins + bin] * width;
        assert_true(fabs(share - expect[k] / total) < 1e-12);
        sum += share;
    }
    assert_true(fabs(sum - 1) < 1e-12);
}

/* 12 neighbours make 66 angles. */
static void angles_of_fcc_are_four(void **state)
{
    (void)state;
    struct sample s = fcc(3);
    struct vt_analysis *a = measure("- angles: {r_max: 3 A, bins: 25}", &s);
    check_angles(of(a, "distribution"), 0, 4, (const double[]){60, 90, 120, 180},
                 (const double[]){24, 12, 24, 6}, 66);
    assert_true(*of(a, "coordination")->value == 12);
    /* 6 + 8 neighbours: 3 pairs at 180 and 12 at 90; 4 at 180, 12 at 70.53 and 12 at 109.47; 24 each at 54.74
     * and at 125.26. */
    struct sample b = bcc(4, false);
    struct vt_analysis *c = measure("- angles: {r_max: 3.9 A, bins: 25}", &b);
    check_angles(of(c, "distribution"), 0, 6, (const double[]){54.74, 70.53, 90, 109.47, 125.26, 180},
                 (const double[]){24, 12, 12, 12, 24, 7}, 91);
    vt_analysis_destroy(a), vt_analysis_destroy(c);
    sample_release(&s), sample_release(&b);
}

/* Twelve corners of a regular icosahedron around an atom, which alone has all of them within the cut-off; its
 * corners, 1.0515 times as far from each other, have it alone. */
static void angles_of_an_icosahedron_are_three(void **state)
{
    (void)state;
    const double golden = (1 + sqrt(5)) / 2, scale = 2.6 / hypot(1, golden);
    struct sample s = sample_make(13, vt_cell_make(30, 30, 30, 0, 0, 0));
    for (int k = 0; k < 12; k++) {
        double x[3] = {0, k & 1 ? scale : -scale, (k & 2 ? scale : -scale) * golden};
        for (int c = 0; c < 3; c++) s.x[k + 1][(c + k / 4) % 3] = vt_grid(15 + x[c]);
        s.species[k + 1] = 1;
    }
    for (int c = 0; c < 3; c++) s.x[0][c] = 15;
    sample_count(&s, 2, (const char *const[]){"Cu", "Zr"});
    struct vt_analysis *a = measure("- angles: {r_max: 2.65 A, bins: 100}", &s);
    const double angle[] = {63.435, 116.565, 180}, expect[] = {30, 30, 6};
    for (int row = 0; row < 2; row++) check_angles(of(a, "distribution"), row, 3, angle, expect, 66);
    const struct vt_dataset *d = of(a, "of_triplet"); /* Cu-Cu-Cu, Cu-Cu-Zr, Zr-Cu-Zr, ... */
    assert_string_equal(d->axis[0].label[2], "Zr-Cu-Zr");
    check_angles(d, 2, 3, angle, expect, 66);
    for (int k = 0; k < d->axis[0].n * 100; k++) assert_true(k / 100 == 2 || d->value[k] == 0);
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Cu3Au (L1_2), with Zr for Au: a Zr has 12 Cu, a Cu 4 Zr and 8 Cu. B2: 8 unlike ones. */
static void ordered_alloys_have_exact_chemical_order(void **state)
{
    (void)state;
    static const double base[4][3] = {{0, 0, 0}, {0, .5, .5}, {.5, 0, .5}, {.5, .5, 0}};
    static const int kind[4] = {1, 0, 0, 0};
    static const double l12[4] = {1. / 9, -1. / 3, -1. / 3, 1}, b2[4] = {1, -1, -1, 1};
    struct sample s[2] = {cubic(3, 3.7, 4, base, kind), bcc(4, true)};
    for (int which = 0; which < 2; which++) {
        struct vt_analysis *a = measure("- angles: {r_max: 3 A}", &s[which]);
        const double *expect = which ? b2 : l12;
        for (int k = 0; k < 4; k++) assert_true(fabs(of(a, "warren_cowley")->value[k] - expect[k]) < 1e-12);
        for (int p = 0; p < 3; p++) /* all have as many neighbours, so eta = -alpha */
            assert_true(fabs(of(a, "cargill_spaepen")->value[p] + expect[p + p / 2]) < 1e-12);
        vt_analysis_destroy(a);
        sample_release(&s[which]);
    }
}

static void each_pair_has_its_cutoff(void **state)
{
    (void)state;
    struct sample s = bcc(4, true); /* 8 unlike at 2.823, 6 like at 3.26 */
    struct vt_analysis *a = measure("- angles: {r_max: 2.5 A, cutoffs: {Zr-Cu: 3 A, Zr-Zr: 3.3 A}}", &s);
    static const double expect[4] = {0, 8, 8, 6};
    assert_memory_equal(of(a, "partial")->value, expect, sizeof expect);
    assert_memory_equal(of(a, "cutoff")->value, ((const double[]){2.5, 3, 3.3}), 3 * sizeof(double));
    vt_analysis_destroy(a);
    struct vt_yaml *root;
    static const char wrong[] = "- angles: {cutoffs: {Cu-Fe: 3 A}}";
    must(vt_yaml_parse(wrong, strlen(wrong), "list", &root));
    assert_int_equal(vt_analysis_create(root, &s.material, &a), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "there is no Cu-Fe in the sample"));
    vt_yaml_release(root);
    sample_release(&s);
}

/* Neighbours of a point among random ones are random: density 1. Its claimed errors hold on average. */
static void random_points_have_random_angles(void **state)
{
    (void)state;
    struct sample s = sample_make(4000, vt_cell_make(44, 42, 40, 9, -8, 7));
    sample_count(&s, 1, (const char *const[]){"Cu"});
    sample_gas(&s, 3, 0);
    struct vt_analysis *a = measure("- angles: {r_max: 3.6 A, bins: 30}", &s);
    const struct vt_dataset *d = of(a, "density"), *p = of(a, "distribution");
    double chi = 0, integral = 0;
    for (int k = 0; k < 30; k++) {
        chi += pow((d->value[k] - 1) / d->error[k], 2) / 30;
        integral += p->value[k] * 6;
        assert_true(k < 10 || k > 19 || d->error[k] < 0.03);
    }
    print_message("chi^2 per bin %.2f\n", chi);
    assert_true(fabs(integral - 1) < 1e-12 && chi > 0.2 && chi < 2);
    vt_analysis_destroy(a);
    sample_release(&s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(angles_of_fcc_are_four),
        cmocka_unit_test(angles_of_an_icosahedron_are_three),
        cmocka_unit_test(ordered_alloys_have_exact_chemical_order),
        cmocka_unit_test(each_pair_has_its_cutoff),
        cmocka_unit_test(random_points_have_random_angles),
    };
    MPI_Init(&argc, &argv);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
