/* Exported curves: our reader finds the same bits, and what the header says is true of a simulated curve. */
#include "scratch.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "core/dataset.h"
#include "io/curve_file.h"
#include "study/export.h"

enum { N = 40 };
static struct vt_results results;

/* A curve over r or q of which nothing is round. */
static struct vt_dataset *curve(const char *path, const char *axis)
{
    struct vt_dataset *d;
    double x[N];
    for (int k = 0; k < N; k++) x[k] = (k + 1) * (*axis == 'r' ? 0.05 : M_PI / 100);
    check_ok(vt_results_add(&results, path, "1", "y = what is measured", 1, &(int){N}, &d));
    check_ok(vt_dataset_axis(d, 0, axis, *axis == 'r' ? "angstrom" : "1/angstrom", x, NULL));
    check_ok(vt_dataset_errors(d));
    for (int k = 0; k < N; k++) d->value[k] = sin(k) / 3, d->error[k] = 1 / (k + 7.0);
    return d;
}

static void number(const char *path, double value)
{
    struct vt_dataset *d;
    check_ok(vt_results_add(&results, path, "K", "a number", 0, NULL, &d));
    d->value[0] = value;
}

static int make_results(void **state)
{
    (void)state;
    struct vt_dataset *d;
    check_ok(vt_results_note(&results, "", "title", "x = 3"));
    check_ok(vt_results_note(&results, "", "composition", "Cu 46.5, Zr 46, Al 7.5"));
    for (int k = 0; k < 2; k++) {
        const char *const stage[] = {"stages/01-hold", "stages/02-heat"};
        char path[100];
        check_ok(vt_results_note(&results, stage[k], "kind", stage[k] + 10));
        snprintf(path, sizeof path, "%s/thermo/temperature", stage[k]);
        number(path, 300.25);
        snprintf(path, sizeof path, "%s/sq/s_number", stage[k]);
        curve(path, "q");
        snprintf(path, sizeof path, "%s/sq", stage[k]);
        check_ok(vt_results_note(
            &results, path, "options",
            "q_max: 1.3 /A\nq_min: 0.1 /A\nwindow: lorch\nq_damp: 0.04 /A\nenergy: 60 keV\n"));
        snprintf(path, sizeof path, "%s/sq/reduced_xray", stage[k]);
        curve(path, "r");
        snprintf(path, sizeof path, "%s/sq/f_measured_neutron", stage[k]);
        curve(path, "q");
    }
    d = curve("stages/01-hold/sq_direct/s_xray", "q");
    d->value[0] = d->value[1] = d->value[20] = NAN; /* shells without waves */
    d->error[5] = NAN;
    curve("stages/01-hold/inherent/sq/s_xray", "q");
    curve("stages/01-hold/pdf/g_xray", "r"); /* no curve through a window */
    curve("stages/01-hold/blocks/sq/s_xray", "q");
    return 0;
}

static struct vt_curve_file read_back(const char *name)
{
    struct vt_curve_file c;
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    check_ok(vt_curve_read(path, &c));
    assert_string_equal(c.dialect, "Vitrum");
    return c;
}

static double note(const struct vt_curve_file *c, const char *key)
{
    const char *text = vt_curve_note(c, key);
    return text ? strtod(text, NULL) : NAN;
}

static void curves_are_read_again(void **state)
{
    (void)state;
    int curves, tables;
    check_ok(vt_export(&results, "", false, false, folder, &curves, &tables));
    assert_true(curves == 6 && tables == 0);
    const struct vt_dataset *d = vt_results_find(&results, "stages/01-hold/sq/reduced_xray");
    struct vt_curve_file c = read_back("01-hold-xray.gr");
    assert_true(c.n == N && c.ordinate == VT_ORDINATE_REDUCED && c.abscissa == VT_ABSCISSA_R);
    assert_memory_equal(c.x, d->axis[0].value, sizeof(double[N]));
    assert_memory_equal(c.y, d->value, sizeof(double[N]));
    assert_memory_equal(c.error, d->error, sizeof(double[N]));
    assert_string_equal(vt_curve_note(&c, "mode"), "xray");
    assert_string_equal(vt_curve_note(&c, "composition"), "Cu46.5Zr46Al7.5");
    assert_true(fabs(note(&c, "qmin") - 4 * M_PI / 100) < 1e-9); /* 0.1 is between the third and the fourth */
    assert_true(fabs(note(&c, "qmax") - 40 * M_PI / 100) < 1e-9);
    assert_true(note(&c, "qdamp") == 0.04 && note(&c, "temperature") == 300.25);
    assert_true(note(&c, "rmin") == 0.05 && note(&c, "rmax") == 2 && note(&c, "rstep") == 0.05);
    assert_true(fabs(note(&c, "wavelength") - 0.2066403) < 1e-7); /* 12.39842 keV angstrom / 60 keV */
    assert_null(vt_curve_note(&c, "title: x"));                   /* no key made of a comment */
    vt_curve_release(&c);

    c = read_back("02-heat-neutron.fq");
    assert_int_equal(c.ordinate, VT_ORDINATE_F);
    assert_string_equal(vt_curve_note(&c, "mode"), "neutron");
    assert_true(isnan(note(&c, "temperature"))); /* it passes through many */
    assert_true(isnan(note(&c, "wavelength")) && isnan(note(&c, "rmin")));
    vt_curve_release(&c);
    c = read_back("01-hold-inherent-xray.sq");
    assert_true(isnan(note(&c, "temperature")));
    vt_curve_release(&c);
}

static void points_without_a_value_are_left_out(void **state)
{
    (void)state;
    const struct vt_dataset *d = vt_results_find(&results, "stages/01-hold/sq_direct/s_xray");
    struct vt_curve_file c = read_back("01-hold-sq_direct-xray.sq");
    assert_true(c.n == N - 3 && c.ordinate == VT_ORDINATE_S);
    assert_memory_equal(c.y, d->value + 2, sizeof(double[18]));
    assert_memory_equal(c.y + 18, d->value + 21, sizeof(double[N - 21]));
    assert_true(c.error[2] == d->error[4] && c.error[3] == 0);
    assert_true(fabs(note(&c, "qmin") - 3 * M_PI / 100) < 1e-9);
    vt_curve_release(&c);
}

static void refuse(const char *stage, bool force, const char *words)
{
    int curves, tables;
    assert_int_equal(vt_export(&results, stage, false, force, folder, &curves, &tables), VT_EINPUT);
    if (!strstr(vt_message(), words)) print_error("%s\n", vt_message());
    assert_non_null(strstr(vt_message(), words));
    assert_int_equal(curves, 0);
}

static void nothing_is_replaced_unasked(void **state)
{
    (void)state;
    char path[300];
    snprintf(path, sizeof path, "%s/02-heat-xray.gr", folder);
    remove(path);
    refuse("", false, "exists; give another folder");
    assert_int_not_equal(access(path, F_OK), 0);
    refuse("03-x", true, "no stage '03-x', but 01-hold, 02-heat");
    int curves, tables;
    check_ok(vt_export(&results, "02-heat", true, true, folder, &curves, &tables));
    assert_true(curves == 2 && tables == 4); /* three of one axis, and the numbers */
    vt_results_remove(&results, "stages/02-heat/sq");
    refuse("02-heat", true, "no structure factors of stage 02-heat");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_are_read_again),
        cmocka_unit_test(points_without_a_value_are_left_out),
        cmocka_unit_test(nothing_is_replaced_unasked),
    };
    MPI_Init(&argc, &argv);
    scratch_make(NULL);
    int failed = cmocka_run_group_tests(tests, make_results, NULL);
    scratch_release(NULL);
    vt_results_release(&results);
    MPI_Finalize();
    return failed;
}
