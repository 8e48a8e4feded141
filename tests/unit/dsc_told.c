/* What the name of a table, its headings and the lines above them tell of a scan's rate, mass and sign, and
 * which of its rows are the scan. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "study/dsc_rows.h"
#include "study/dsc_scan.h"
#include "study/dsc_told.h"

static void a_name_tells_the_rate(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        double rate;
    } name[] = {
        {"x_20Kmin.txt", 20. / 60},
        {"a/b.10K/vit4_200K_s.csv", 200},
        {"fdsc-1000K-per-s", 1000},
        {"40Kps.txt", NAN},
        {"2.5K_min", 2.5 / 60},
        {"2,5Kmin.txt", 2.5 / 60},
        {"2.5 K_min", NAN},
        {"run2_1e4K_s", 1e4},
        {"300K.gr", NAN},
        {"300K_sample.txt", NAN},
        {"sample.txt", NAN},
        {"10Kpmin.txt", 10. / 60},
        {"10Kmin", 10. / 60},
        {"20K_min.txt", 20. / 60},
        {"20K-min_b.txt", 20. / 60},
        {"0K_s.txt", NAN},
        {"300K_20Kmin.txt", 20. / 60},
        {"20Kmin_again_20K_min.txt", 20. / 60},
        {"rate20Kmin_m5mg.txt", 20. / 60},
        {"3K_s1.txt", NAN}, /* the first sample annealed at 3 K */
        {"aged_573K_s1.txt", NAN},
        {"573K_ s.txt", NAN},
        {"573K__min.txt", NAN},
        {"20Kmin2.txt", NAN},
        {"20K_per_min_b", 20. / 60},
        {"600K_per_min", 10}, /* said in full */
        {"600Kmin.txt", 10},
        {"5K_us", 5e6},
        {"5K_salt", NAN},
        {"x_0p5Kmin.txt", 0.5 / 60},
        {"20240131_20Kmin.txt", 20. / 60}, /* a date */
    };
    static const struct {
        const char *path, *message;
    } refused[] = {
        {"Vit4_600K_min.txt", "600K_min"},
        {"a/0.01K-min", "0.01 K/min"},
        {"x_0_5Kmin.txt", "5 K/min, or the end of a longer number"},
        {"x_10_20Kmin.txt", "20 K/min, or the end of a longer number"},
        {"x_10-20Kmin.txt", "20 K/min"},
        {"cooled_10Kmin_heated_20Kmin.txt", "10 and 20 K/min"},
    };
    for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
        double rate;
        if (vt_dsc_rate_in_name(name[k].path, &rate) != VT_OK) fail_msg("%s", vt_message());
        if (isnan(name[k].rate) ? !isnan(rate) : !(fabs(rate / name[k].rate - 1) < 1e-12))
            fail_msg("%s: %g, not %g", name[k].path, rate, name[k].rate);
    }
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        double rate;
        assert_int_equal(vt_dsc_rate_in_name(refused[k].path, &rate), VT_EINPUT);
        if (!isnan(rate) || !strstr(vt_message(), refused[k].message) || !strstr(vt_message(), "--rate"))
            fail_msg("%s: %s", refused[k].path, vt_message());
    }
}

/* ---- headings and lines above ---- */

static enum vt_status read_text(const char *text, struct vt_dsc_scan *s)
{
    static const struct vt_dsc_options o = {.rate = NAN, .mass = NAN};
    static char path[300]; /* the scan points to it */
    snprintf(path, sizeof path, "%s/scan.txt", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return vt_dsc_scan_read(path, &o, s);
}

static void cp_is(double cp, const char *text)
{
    struct vt_dsc_scan s;
    if (read_text(text, &s) != VT_OK) fail_msg("%s\n%s", vt_message(), text);
    if (!(fabs(s.curve[0].y[0] / cp - 1) < 1e-12))
        fail_msg("%.17g is not %.17g\n%s", s.curve[0].y[0], cp, text);
    vt_dsc_scan_release(&s);
}

static void refused(const char *message, const char *text)
{
    struct vt_dsc_scan s;
    if (read_text(text, &s) != VT_EINPUT || !strstr(vt_message(), message))
        fail_msg("'%s' is not said, but: %s\n%s", message, vt_message(), text);
    vt_dsc_scan_release(&s);
}

static const char *table(const char *above, const char *names, double value)
{
    static char text[1000];
    snprintf(text, sizeof text, "%s%s\n300\t%g\n301\t%g\n302\t%g\n", above, names, value, value, value);
    return text;
}

/* 0.2 W/g taken up are 0.2 W/g without a rate, whichever way the table says it. */
static void the_sign_is_told_in_many_ways(void **state)
{
    (void)state;
    static const char *const
        exo_names[] = {"T/K\tDSC/(mW/mg) ^exo",
                       "T/K\tDSC ^exo/(mW/mg)",
                       "T (K)\tHeat Flow ^exo (W/g)",
                       "T (K)\tHeat Flow (Normalized) (Exo Up) (W/g)",
                       "T (K)\tHeat Flow [\xe2\x86\x91 exo] (W/g)",
                       "T (K)\theat_flow_exo_up (W/g)",
                       "T\tHeat Flow ^exo\nK\tW/g",
                       "T\tHeat Flow (Normalized) (Exo Up)\nK\tW/g",
                       "T (K)\tHeat Flow endo down (W/g)"},
        *const exo_above[] = {"^exo\n",          "# ^exo\n",          "exo up\n",           "Exotherm\tUp\n",
                              "Exo Up: yes\n",   "direction: ^exo\n", "#EXO: \t1\n",        "#EXO:1\n",
                              "Exotherm = up\n", "endo down\n",       "note: endo: down\n", "# DSC, exo up\n",
                              "Endo up\tno\n"},
        *const endo_above[] = {"^endo\n",   "exo down\n",   "Endotherm\tUp\n",
                               "#EXO:-1\n", "exo up: no\n", "exo \xe2\x86\x93\n"};
    for (size_t k = 0; k < sizeof exo_names / sizeof *exo_names; k++)
        cp_is(0.2, table("", exo_names[k], -0.2));
    for (size_t k = 0; k < sizeof exo_above / sizeof *exo_above; k++)
        cp_is(0.2, table(exo_above[k], "T (K)\tHeat Flow (W/g)", -0.2));
    for (size_t k = 0; k < sizeof endo_above / sizeof *endo_above; k++)
        cp_is(0.2, table(endo_above[k], "T (K)\tHeat Flow (W/g)", 0.2));
    refused("--up endo", table("exopulse upset\nexon up\nexo upward\n", "T (K)\tHeat Flow (W/g)", 0.2));
    refused("contradict", table("endo up\n", "T (K)\tHeat Flow ^exo (W/g)", 0.2));
    refused("contradict", table("endo up\n# or is it exo up\n", "T (K)\tHeat Flow (W/g)", 0.2));
}

/* 0.2 W/g at 20 K/min = 1/3 K/s are 0.6 J/(g K); 2 mW of 10 mg are 0.2 W/g. */
static void rate_and_mass_are_those_of_the_scan(void **state)
{
    (void)state;
    const char *flow = "T (K)\tHeat Flow endo up (W/g)", *power = "T (K)\tHeat Flow endo up (mW)";
    cp_is(0.6, table("heating rate: 20 K/min\ncooling rate: 40 K/min\n", flow, 0.2));
    cp_is(0.6, table("cooling rate: 40 K/min\nrate: 20 K/min\n", flow, 0.2));
    cp_is(0.6, table("heating rate: 20 K/min\nscan rate [K/min]: 20\n", flow, 0.2));
    cp_is(0.2, table("cooling rate: 40 K/min\n", flow, 0.2));  /* of another scan: none is told */
    cp_is(0.2, table("heating rates: 20 K/min\n", flow, 0.2)); /* another word */
    cp_is(0.6, "heating rate: 40 K/min\ncooling rate: 20 K/min\nT (K)\tHeat Flow endo up (W/g)\n302\t-0.2\n"
               "301\t-0.2\n300\t-0.2\n");
    cp_is(0.6, table("#RANGE:-30\xc2\xb0"
                     "C/20,0(K/min)/200\xc2\xb0"
                     "C\n",
                     flow, 0.2));
    cp_is(0.2, table("#RANGE:200\xc2\xb0"
                     "C/20,0(K/min)/-30\xc2\xb0"
                     "C\n",
                     flow, 0.2)); /* it cools */
    refused("say --rate '20 K/min'", table("heating rate: 20 K/min\nrate: 40 K/min\n", flow, 0.2));
    refused("say --rate '20 K/min'", table("heating rate: 20 K/min\nheating rate: 5 K/min\n", flow, 0.2));
    cp_is(0.6, table("sample mass: 10,0 mg\nheating rate: 20,0 K/min\n", power, 2));
    cp_is(0.6, table("sample mass: 0,010 g\nheating rate [K/min]: 20,0\n", power, 2));
    cp_is(0.4, table("sample mass: 10,5 mg\nheating rate: 20 K/min\n", power, 1.4));
    /* A thousand, one, or not known, by the decimal sign of the rows. */
    cp_is(0.6006, table("mass: 1,000 mg\nrate: 20 K/min\n", power, 200.2));
    cp_is(0.6, "mass: 1,000 mg\nrate: 20 K/min\nT (K)\tHeat Flow endo up (mW)\n300,0\t0,2\n301,0\t0,2\n"
               "302,0\t0,2\n");
    refused("does not tell the mass", table("mass: 1,000 mg\nrate: 20 K/min\n", power, 200));
    /* Another mass than the sample's; Size is what TA Instruments call that. */
    cp_is(0.6, table("Mass of crucible: 40,1 mg\nSize: 10,0 mg\nrate: 20 K/min\n", power, 2));
    refused("does not tell the mass", table("Mass of crucible: 40 mg\nMass (pan): 30 mg\n", power, 2));
    cp_is(0.6, "Probeneinwaage: 10,0 mg\nHeizrate: 20 K/min\nZeit/min;Temp./\xc2\xb0"
               "C;W\xc3\xa4rmestrom endo up/mW\n0,0;300,0;2\n1,0;320,0;2\n2,0;340,0;2\n");
    refused("say --mass '10 mg'", table("mass: 10 mg\nmass: 20 mg\n", power, 200));
}

static void the_mass_is_told_with_its_source(void **state)
{
    (void)state;
    struct vt_dsc_scan s;
    assert_int_equal(read_text(table("Size: 10,5 mg\n", "T (K)\tHeat Flow endo up (mW)", 2), &s), VT_OK);
    assert_true(fabs(s.mass - 10.5) < 1e-12);
    assert_string_equal(s.mass_from, "by its 'Size'");
    vt_dsc_scan_release(&s);
    assert_int_equal(read_text(table("Size: 10,5 mg\n", "T (K)\tHeat Flow endo up (W/g)", 2), &s), VT_OK);
    assert_true(isnan(s.mass)); /* it does not count there */
    vt_dsc_scan_release(&s);
}

/* ---- rows ---- */

enum { SCAN = 501, MOST = 2000 };
static double t[MOST], minutes[MOST];

/* rows of this slope [K a row] from where the last one stood, dt minutes a row; noise turns back a little. */
static int run(int n, int rows, double slope, double dt)
{
    for (int k = 0; k < rows; k++, n++) {
        t[n] = (n ? t[n - 1] : 470) + slope + 0.01 * ((n * 7) % 5 - 2);
        minutes[n] = (n ? minutes[n - 1] : 0) + dt;
    }
    return n;
}

static void rows_are(int n, bool timed, int wanted, int first, int end, bool cooling)
{
    struct vt_dsc_rows r;
    if (vt_dsc_rows_find("x", n, t, timed ? minutes : NULL, wanted, &r) != VT_OK)
        fail_msg("%s", vt_message());
    if (abs(r.first - first) > 3 || abs(r.end - end) > 3 || r.cooling != cooling)
        fail_msg("segment %d: rows %d-%d, not %d-%d", wanted, r.first, r.end, first, end);
}

/* Found to three rows: 1.5 K of a scan of 250 K. */
static void isotherms_at_the_ends_are_no_part_of_a_scan(void **state)
{
    (void)state;
    for (int timed = 0; timed < 2; timed++) {
        int n = run(0, SCAN, 0.5, 0.025);
        rows_are(n, timed, 0, 0, SCAN, false);
        n = run(run(0, 100, 0, 0.025), SCAN, 0.5, 0.025);
        rows_are(n, timed, 0, 100, 100 + SCAN, false);
        n = run(n, 900, 0, 0.025); /* longer than the scan */
        rows_are(n, timed, 0, 100, 100 + SCAN, false);
        n = run(run(run(0, 80, 0, 0.025), SCAN, -0.5, 0.025), 50, 0, 0.025);
        rows_are(n, timed, 0, 80, 80 + SCAN, true);
    }
    /* Of literature: 5 to 10 K by 0.02 K, then by 10 K; without times no isotherm. With times it may be one.
     */
    int n = 0;
    for (; n < 251; n++) t[n] = 5 + 0.02 * n;
    for (; n < 400; n++) t[n] = t[n - 1] + 10;
    rows_are(n, false, 0, 0, n, false);
}

/* Heated, held, cooled, held, heated again. */
static void a_segment_is_asked_for(void **state)
{
    (void)state;
    struct vt_dsc_rows r;
    const int a = run(0, SCAN, 0.5, 0.025), b = run(a, 60, 0, 0.025), c = run(b, SCAN, -0.5, 0.025),
              d = run(c, 40, 0, 0.025), n = run(d, SCAN, 0.5, 0.025);
    for (int timed = 0; timed < 2; timed++) {
        rows_are(n, timed, 1, 0, a, false);
        rows_are(n, timed, 2, b, c, true);
        rows_are(n, timed, 3, d, n, false);
        assert_int_equal(vt_dsc_rows_find("x", n, t, timed ? minutes : NULL, 0, &r), VT_EINPUT);
        assert_non_null(strstr(vt_message(), "3 segments"));
        assert_non_null(strstr(vt_message(), "--segment"));
        assert_int_equal(vt_dsc_rows_find("x", n, t, NULL, 4, &r), VT_EINPUT);
        assert_non_null(strstr(vt_message(), "it has 3"));
    }
    rows_are(run(a, 40, -0.5, 0.025), false, 0, 0, a,
             false); /* the beginning of the way down is no question */
}

/* Two heatings one behind the other, without the way back: the jump is no segment, and takes no row. */
static void a_jump_is_no_segment(void **state)
{
    (void)state;
    struct vt_dsc_rows r;
    for (int k = 0; k < 2 * SCAN; k++) t[k] = 470 + 0.5 * (k % SCAN), minutes[k] = 0.025 * k;
    for (int timed = 0; timed < 2; timed++)
        for (int wanted = 1; wanted <= 2; wanted++) {
            assert_int_equal(vt_dsc_rows_find("x", 2 * SCAN, t, timed ? minutes : NULL, wanted, &r), VT_OK);
            assert_int_equal(r.first, (wanted - 1) * SCAN);
            assert_int_equal(r.end, wanted * SCAN);
            assert_false(r.cooling);
        }
    assert_int_equal(vt_dsc_rows_find("x", 2 * SCAN, t, NULL, 0, &r), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "2 segments, 1 heating from 470 to 720 K, 2 heating"));
    /* One row of another scan at the head: it is no segment either. */
    t[0] = 720;
    assert_int_equal(vt_dsc_rows_find("x", SCAN, t, NULL, 0, &r), VT_OK);
    assert_int_equal(r.end, SCAN);
    assert_false(r.cooling);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_tells_the_rate),
        cmocka_unit_test(the_sign_is_told_in_many_ways),
        cmocka_unit_test(rate_and_mass_are_those_of_the_scan),
        cmocka_unit_test(the_mass_is_told_with_its_source),
        cmocka_unit_test(isotherms_at_the_ends_are_no_part_of_a_scan),
        cmocka_unit_test(a_segment_is_asked_for),
        cmocka_unit_test(a_jump_is_no_segment),
    };
    MPI_Init(&argc, &argv);
    scratch_make(NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_release(NULL);
    MPI_Finalize();
    return failed;
}
