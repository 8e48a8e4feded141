/* Scans of tables and of runs: the units of what comes of them, and planted transitions of H, V and S_eq side
 * by side. What names and headers tell: dsc_told.c. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "core/units.h"
#include "io/results_file.h"
#include "scratch.h"
#include "study/dsc_series.h"
#include "study/eos_series.h"

static void write_file(const char *name, const char *text, char path[300])
{
    snprintf(path, 300, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void read_scan(const char *text, enum vt_dsc_up up, double cp)
{
    struct vt_dsc_options o = {.rate = NAN, .mass = NAN, .up = (int)up};
    struct vt_dsc_scan s;
    char path[300];
    write_file("scan.txt", text, path);
    if (vt_dsc_scan_read(path, &o, &s) != VT_OK) fail_msg("%s", vt_message());
    if (!(fabs(s.curve[0].y[0] / cp - 1) < 1e-12))
        fail_msg("%.17g is not %.17g\n%s", s.curve[0].y[0], cp, text);
    assert_true(s.n_curves == 1 && s.curve[0].n == 3 && s.curve[0].t[0] == 300);
    assert_string_equal(s.name, "scan");
    vt_dsc_scan_release(&s);
}

/* 2 mW of 10 mg at 20 K/min are 0.2 W/g over 1/3 K/s: 0.6 J/(g K); however it is written. */
static void headers_tell_rate_mass_and_sign(void **state)
{
    (void)state;
    read_scan(
        "Sample mass: 10 mg\nHeating rate: 20 K/min\nT (K)\tHeat Flow Endo Up (mW)\n300\t2\n301\t2\n302\t2\n",
        VT_DSC_UP_TOLD, 0.6);
    read_scan("#SAMPLE MASS [mg]:10\n#RATE: 20 \xc2\xb0"
              "C/min\n#Direction: ^exo\n##T/K;DSC/mW\n300;-2\n301;-2\n302;-2\n",
              VT_DSC_UP_TOLD, 0.6);
    read_scan("rate = 20 K/min\nT (K),Heat flow (W/g)\n300,-0.2\n301,-0.2\n302,-0.2\n", VT_DSC_UP_EXO, 0.6);
    read_scan("T (K),t (s),Heat flow (W/g)\n300,0,0.2\n301,3,0.2\n302,6,0.2\n", VT_DSC_UP_ENDO, 0.6);
    read_scan("T (K),Heat flow (W/g)\n300,0.2\n301,0.2\n302,0.2\n", VT_DSC_UP_ENDO, 0.2); /* no rate: W/g */
    read_scan("T (K),Cp (J/(g K))\n302,0.4\n301,0.5\n300,0.6\n", VT_DSC_UP_TOLD, 0.6);    /* cooled */
}

/* ---- runs ---- */

enum { ROWS = 1200, BLOCKS = 60 };
static const double tg[3] = {900, 930, 960}; /* of H, V, S_eq */

static void put(struct vt_results *r, const char *path, int n, const double *value)
{
    struct vt_dataset *d;
    assert_int_equal(vt_results_add(r, path, "1", "", n > 0, &n, &d), VT_OK);
    memcpy(d->value, value, sizeof *value * (size_t)(n > 0 ? n : 1));
}

/* Stage 1 holds, stage 2 is heated from 300 to 1500 K at 1e12 K/s, or cooled so, times `times`: slopes change
 * at tg + shift. Errors as 1e4 atoms have. */
static void write_run(const char *file, bool cooled, double times, double shift, char path[300])
{
    static double column[8][ROWS + 1], block[2][BLOCKS];
    struct vt_results r = {0};
    const char *const name[8] = {"stage",    "time",   "temperature", "target_temperature",
                                 "enthalpy", "volume", "density",     "pressure"};
    double g[4];
    for (int k = 0; k <= ROWS; k++) {
        const double t = cooled ? 1500 - k : 300 + k;
        vt_normal4(12, k, 0, VT_RANDOM_TEST, g);
        const double row[8] = {k ? 2 : 1,
                               10 + k / times,
                               t + 5 * g[0],
                               t,
                               -5 + 2.7e-4 * t + 8e-5 * fmax(0, t - tg[0] - shift) + 1e-4 * g[1],
                               17 + 5e-4 * t + 4e-4 * fmax(0, t - tg[1]) + 1e-3 * g[2],
                               7,
                               0};
        for (int c = 0; c < 8; c++) column[c][k] = row[c];
    }
    for (int k = 0; k < BLOCKS; k++) {
        const double t = 310 + 20 * k;
        vt_normal4(13, k, 0, VT_RANDOM_TEST, g);
        block[0][k] = t, block[1][k] = -5 + 1.5e-3 * t + 2e-3 * fmax(0, t - tg[2]) + 5e-3 * g[0];
    }
    for (int c = 0; c < 8; c++) {
        char at[100];
        snprintf(at, sizeof at, "timeline/%s", name[c]);
        put(&r, at, ROWS + 1, column[c]);
    }
    put(&r, "stages/02-heat/blocks/entropy/temperature", BLOCKS, block[0]);
    put(&r, "stages/02-heat/blocks/entropy/s_xray", BLOCKS, block[1]);
    assert_int_equal(vt_results_note(&r, "stages/01-hold", "kind", "hold"), VT_OK);
    assert_int_equal(vt_results_note(&r, "stages/02-heat", "kind", "heat"), VT_OK);
    snprintf(path, 300, "%s/%s", folder, file);
    if (vt_results_write(path, &r) != VT_OK) fail_msg("%s", vt_message());
    vt_results_release(&r);
}

static struct vt_dsc_options of_a_run(int resamples)
{
    return (struct vt_dsc_options){.glass = "350-800",
                                   .liquid = "1050-1450",
                                   .rate = NAN,
                                   .mass = NAN,
                                   .smooth = NAN,
                                   .tg = NAN,
                                   .entropy_tg = NAN,
                                   .resamples = resamples,
                                   .seed = 1};
}

/* All three transitions within four of their errors, by baselines and by two lines; steps likewise. dH/dT in
 * J/(g K): 8e-5 eV/K over 7 g/cm^3 x 17 A^3. */
static void a_run_shows_its_transitions_side_by_side(void **state)
{
    (void)state;
    static const char *const name[3] = {"enthalpy", "volume", "s_eq"};
    struct vt_dsc_options o = of_a_run(100);
    struct vt_dsc d;
    char run[300], *paths[1] = {run};
    int refused;
    write_run("results.h5", false, 1, 0, run);
    if (vt_dsc_read(1, paths, &o, &d, &refused) != VT_OK) fail_msg("%s", vt_message());
    assert_true(d.n == 1 && d.scan[0].n_curves == 3 && d.scan[0].simulated);
    assert_true(fabs(d.scan[0].rate / 1e12 - 1) < 1e-9);
    const double mass = 7 * (17 + 5e-4 * 301) / VT_DENSITY;
    assert_true(fabs(d.scan[0].molar_mass / mass - 1) < 1e-3);
    const double step[3] = {8e-5 / (1e-3 * vt_units_factor("kJ/mol") * d.scan[0].molar_mass), 4e-4, 2e-3};
    for (int c = 0; c < 3; c++) {
        const struct vt_dsc_result *x = &d.result[0][c];
        assert_string_equal(d.scan[0].curve[c].name, name[c]);
        assert_true(x->found && x->broken);
        print_message(
            "%s: T_f %.1f +- %.1f, break %.1f +- %.1f, planted %g K; step %.4g +- %.1g, planted %.4g\n",
            name[c], x->x.fictive.value, x->x.fictive.error, x->line.point[0].at, x->line.point[0].at_error,
            tg[c], x->x.step.value, x->x.step.error, step[c]);
        assert_true(fabs(x->x.fictive.value - tg[c]) < 4 * x->x.fictive.error && x->x.fictive.error < 30);
        assert_true(fabs(x->line.point[0].at - tg[c]) < 4 * x->line.point[0].at_error);
        assert_true(fabs(x->x.step.value - step[c]) < 4 * x->x.step.error);
    }
    struct vt_results r = {0};
    assert_int_equal(vt_dsc_put(&d, &r), VT_OK);
    char at[300];
    snprintf(at, sizeof at, "dsc/%s/s_eq_break",
             strrchr(folder, '/') + 1); /* a run is named after its folder */
    assert_non_null(vt_results_find(&r, at));
    vt_results_release(&r);
    vt_dsc_release(&d);
}

/* T_f of heating at 1 and 2e12 K/s, 20 K apart, makes a line: k_B ln 2 / (1/900 - 1/920) = 2.473 eV. A run
 * that cools, whose T_f would bend it, is no part of it. */
static void cooling_is_no_part_of_heating_rates(void **state)
{
    (void)state;
    struct vt_dsc_options o = of_a_run(50);
    struct vt_dsc d;
    char run[3][300], *paths[3] = {run[0], run[1], run[2]};
    int refused;
    write_run("slow_results.h5", false, 1, 0, run[0]);
    write_run("fast_results.h5", false, 2, 20, run[1]);
    write_run("cool_results.h5", true, 4, -50, run[2]);
    if (vt_dsc_read(3, paths, &o, &d, &refused) != VT_OK) fail_msg("%s", vt_message());
    assert_int_equal(d.n, 3);
    for (int k = 0; k < 3; k++) assert_true(d.scan[k].cooling == (d.scan[k].rate > 3e12));
    const struct vt_dsc_law *law = &d.law[1][VT_DSC_LAWS - 1];
    assert_true(law->found && law->fit.n == 2);
    print_message("%s: %.3f +- %.3f eV\n", law->name, law->fit.energy, law->fit.energy_error);
    assert_true(fabs(law->fit.energy - VT_KB * log(2) / (1 / 900. - 1 / 920.)) < 3 * law->fit.energy_error);
    vt_dsc_release(&d);
    o.segment = 2; /* of tables, not of runs */
    if (vt_dsc_read(1, paths, &o, &d, &refused) != VT_OK) fail_msg("%s", vt_message());
    vt_dsc_release(&d);
}

/* ---- equations of state of runs ---- */

static void write_hold(const char *name, double pressure, double temperature, char path[300])
{
    struct vt_results r = {0};
    const struct vt_eos law = {VT_EOS_BIRCH_MURNAGHAN, 17, 110, 4.5};
    double v;
    assert_int_equal(vt_eos_volume(&law, pressure, &v), VT_OK);
    put(&r, "stages/03-hold/thermo/pressure", 0, &pressure);
    put(&r, "stages/03-hold/thermo/volume", 0, &v);
    put(&r, "stages/03-hold/thermo/temperature", 0, &temperature);
    assert_int_equal(vt_results_note(&r, "stages/03-hold", "kind", "hold"), VT_OK);
    snprintf(path, 300, "%s/%s.h5", folder, name);
    if (vt_results_write(path, &r) != VT_OK) fail_msg("%s", vt_message());
    vt_results_release(&r);
}

static void runs_together_are_one_equation_of_state(void **state)
{
    (void)state;
    char path[6][300], *paths[6];
    struct vt_eos_options o = {.k_prime = NAN,
                               .q1_error = NAN,
                               .volume_error = NAN,
                               .pressure_error = NAN,
                               .temperature_spread = 20};
    struct vt_eos_sets sets;
    int refused;
    for (int k = 0; k < 6; k++) {
        char name[20];
        snprintf(name, sizeof name, "p%d", k);
        write_hold(name, 3 * k, 300 + k, path[k]);
        paths[k] = path[k];
    }
    if (vt_eos_read(6, paths, &o, &sets, &refused) != VT_OK) fail_msg("%s", vt_message());
    assert_true(sets.n == 1 && sets.set[0].n == 6 && refused == 0);
    assert_true(fabs(sets.set[0].fit.eos.k0 - 110) < 1e-4 && fabs(sets.set[0].fit.eos.k1 - 4.5) < 1e-4);
    assert_true(fabs(sets.set[0].fit.eos.v0 - 17) < 1e-6);
    vt_eos_release(&sets);
    write_hold("p5", 15, 400, path[5]);
    assert_int_equal(vt_eos_read(6, paths, &o, &sets, &refused), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "temperatures from 300.0 to 400.0 K"));
    vt_eos_release(&sets);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_tell_rate_mass_and_sign),
        cmocka_unit_test(a_run_shows_its_transitions_side_by_side),
        cmocka_unit_test(cooling_is_no_part_of_heating_rates),
        cmocka_unit_test(runs_together_are_one_equation_of_state),
    };
    MPI_Init(&argc, &argv);
    scratch_make(NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_release(NULL);
    MPI_Finalize();
    return failed;
}
