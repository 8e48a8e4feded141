/* The study of photon correlation: planted decays, steps and ages come back from files, with their refusals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/params.h"
#include "core/random.h"
#include "io/h5util.h"
#include "study/series_put.h"
#include "study/xpcs.h"

static char folder[64], path[96];

static struct vt_xpcs_options presets(void)
{
    struct vt_xpcs_options o;
    vt_params_preset(&(struct vt_params){vt_xpcs_params, &o}, 1);
    return o;
}

static void begin(const char *name)
{
    snprintf(folder, sizeof folder, "/tmp/vt-xpcs-%d", (int)getpid());
    mkdir(folder, 0777);
    snprintf(path, sizeof path, "%s/%s", folder, name);
}

static void end(void)
{
    unlink(path);
    rmdir(folder);
}

/* Three columns: two decays, and one that does not decay within the delays. */
static void g2_of_each_column(void **state)
{
    (void)state;
    const double tau[] = {20, 60, 1e7}, beta[] = {1.6, 0.8, 1};
    begin("g2.dat");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "# delay q1 err1 q2 err2 q3 err3\n");
    for (int k = 0; k < 60; k++) {
        double t = 0.1 * pow(10, k / 14.), g[4];
        vt_normal4(31, k, 0, VT_RANDOM_TEST, g);
        fprintf(f, "%.6g", t);
        for (int c = 0; c < 3; c++)
            fprintf(f, " %.6f 0.0004", 1 + 0.04 * exp(-2 * pow(t / tau[c], beta[c])) + 0.0004 * g[c]);
        fprintf(f, "\n");
    }
    fclose(f);
    struct vt_xpcs x;
    struct vt_xpcs_options o = presets();
    if (vt_xpcs_run(1, (char *[]){path}, &o, &x)) fail_msg("%s", vt_message());
    assert_int_equal(x.n_rows, 3);
    for (int c = 0; c < 2; c++) {
        const struct vt_kww *k = &x.row[c].kww;
        assert_true(x.row[c].fitted && fabs(k->tau - tau[c]) < 4 * k->tau_error &&
                    k->tau_error < 0.1 * tau[c]);
        assert_true(fabs(k->beta - beta[c]) < 4 * k->beta_error && fabs(k->base - 1) < 4 * k->base_error);
    }
    assert_true(!x.row[2].fitted && strstr(x.row[2].reason, "no decay"));
    const struct vt_dataset *d = vt_series_find(&x.results, "xpcs/g2", "tau");
    assert_true(d && d->axis[0].n == 3 && d->value[1] == x.row[1].kww.tau && isnan(d->value[2]));
    assert_string_equal(d->unit, "s");
    assert_non_null(strstr(vt_results_get_note(&x.results, "xpcs/g2", "fitted"), "factor 2"));
    assert_non_null(vt_results_get_note(&x.results, "xpcs/g2", "no fit of 3"));
    assert_true(x.n_figures == 1 && x.figure[0].st == VT_OK && strstr(x.figure[0].svg, "</svg>"));
    assert_null(strstr(x.figure[0].svg, "xlink:")); /* a name that a page of its own does not know */
    vt_xpcs_release(&x);
    o.factor = 1; /* the same decay, told the other way: tau smaller by 2^(1/beta) */
    assert_int_equal(vt_xpcs_run(1, (char *[]){path}, &o, &x), VT_OK);
    assert_true(fabs(x.row[0].kww.tau * pow(2, 1 / x.row[0].kww.beta) - 20) < 2);
    assert_non_null(strstr(vt_results_get_note(&x.results, "xpcs/g2", "fitted"), "factor 1"));
    vt_xpcs_release(&x);
    end();
}

/* C = 1 + contrast exp(-2 |u(t1) - u(t2)|), du = dt / tau(t), with noise of 2 % of the contrast. */
static void write_c(int n, double (*tau)(int))
{
    double *u = calloc((size_t)n, sizeof *u), *noise = calloc((size_t)n * (size_t)n, sizeof *noise);
    assert_true(u && noise);
    for (int k = 1; k < n; k++) u[k] = u[k - 1] + 1 / tau(k);
    for (int a = 0; a < n; a++)
        for (int b = a; b < n; b += 4) {
            double g[4];
            vt_normal4(37, a, b, VT_RANDOM_TEST, g);
            for (int k = 0; k < 4 && b + k < n; k++)
                noise[(size_t)a * (size_t)n + (size_t)(b + k)] =
                    noise[(size_t)(b + k) * (size_t)n + (size_t)a] = 0.002 * g[k];
        }
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "# dt = 0.5\n");
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            fprintf(f, "%.5f%c",
                    1 + 0.1 * exp(-2 * fabs(u[a] - u[b])) + noise[(size_t)a * (size_t)n + (size_t)b],
                    b == n - 1 ? '\n' : ' ');
    fclose(f);
    free(u), free(noise);
}

static double stepped(int t)
{
    return t < 150 ? 4 : 12;
}

static double growing(int t)
{
    return 4 * exp(t / 200.);
}

static void a_step_in_a_matrix(void **state)
{
    (void)state;
    begin("step.txt");
    write_c(320, stepped);
    struct vt_xpcs x;
    struct vt_xpcs_options o = presets();
    if (vt_xpcs_run(1, (char *[]){path}, &o, &x)) fail_msg("%s", vt_message());
    /* Two stretches, at 150 frames of 0.5 to a step of 6 frames; tau 2 and 6. */
    assert_string_equal(x.row[1].what, "stretch");
    assert_string_equal(x.row[2].what, "age");
    assert_true(fabs(x.row[1].from - 75) <= 3);
    assert_true(fabs(x.row[0].kww.tau - 2) < 0.06 && fabs(x.row[1].kww.tau - 6) < 0.18);
    const struct vt_dataset *c = vt_series_find(&x.results, "xpcs/step", "C");
    assert_true(c && c->n_axes == 2 && c->axis[0].value[2] == 1);
    assert_true(vt_series_find(&x.results, "xpcs/step/ages", "tau") &&
                vt_series_find(&x.results, "xpcs/step/starts", "beta") &&
                vt_series_find(&x.results, "xpcs/step/stretch_2", "g2"));
    assert_non_null(strstr(vt_results_get_note(&x.results, "xpcs/step/age_1", "pairs"), "antidiagonal"));
    assert_non_null(strstr(vt_results_get_note(&x.results, "xpcs/step/start_1", "pairs"), "horizontal"));
    /* A step is no ageing law. */
    assert_non_null(vt_results_get_note(&x.results, "xpcs/step/ageing", "no law"));
    assert_true(strstr(x.figure[0].svg, "data:image/png") && !strstr(x.figure[0].svg, "xlink:"));
    vt_xpcs_release(&x);
    end();
}

static void an_age_in_a_matrix(void **state)
{
    (void)state;
    begin("age.txt");
    write_c(320, growing);
    struct vt_xpcs x;
    struct vt_xpcs_options o = presets();
    if (vt_xpcs_run(1, (char *[]){path}, &o, &x)) fail_msg("%s", vt_message());
    const struct vt_dataset *star = vt_series_find(&x.results, "xpcs/age/ageing", "tau_star"),
                            *tau0 = vt_series_find(&x.results, "xpcs/age/ageing", "tau_0");
    assert_true(star && tau0);
    print_message("tau_0 %.3f +- %.3f (2), tau_star %.1f +- %.1f (100)\n", *tau0->value, *tau0->error,
                  *star->value, *star->error);
    /* Windows average tau over a fifth of the time, 0.32 tau_star: a bias of 0.32^2 / 24, below 1 %. */
    assert_true(fabs(*star->value / 100 - 1) < 0.05 && fabs(*tau0->value / 2 - 1) < 0.05);
    vt_xpcs_release(&x);
    end();
}

/* exp(-2 t / tau) at 60 delays from 0.1 to 1778, in text. */
static void write_g2(const char *name, const char *heading, double tau)
{
    begin(name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "%s\n", heading);
    for (int k = 0; k < 60; k++) {
        double t = 0.1 * pow(10, k / 14.), g[4];
        vt_normal4(33, k, 0, VT_RANDOM_TEST, g);
        fprintf(f, "%.6g, %.6f, 0.0004\n", t, 1 + 0.04 * exp(-2 * t / tau) + 0.0004 * g[0]);
    }
    fclose(f);
}

static void times_come_in_the_unit_asked_for(void **state)
{
    (void)state;
    struct vt_xpcs x;
    struct vt_xpcs_options o = presets();
    write_g2("unit.csv", "delay (min), g2, error", 20);
    o.unit = 1; /* ms */
    if (vt_xpcs_run(1, (char *[]){path}, &o, &x)) fail_msg("%s", vt_message());
    const struct vt_kww *k = &x.row[0].kww;
    assert_true(fabs(k->tau - 20 * 60e3) < 4 * k->tau_error && k->tau_error < 0.1 * k->tau);
    assert_string_equal(x.row[0].unit, "ms");
    vt_xpcs_release(&x);
    end();
}

/* A bad file leaves no trace but the count, and the good ones stay; one without any fit is such a one. */
static void one_bad_file_does_not_end_the_batch(void **state)
{
    (void)state;
    char good[96], slow[96], brief[96];
    struct vt_xpcs x;
    struct vt_xpcs_options o = presets();
    write_g2("slow.csv", "delay, g2, error", 1e6);
    strcpy(slow, path);
    write_g2("good.csv", "delay, g2, error", 20);
    strcpy(good, path);
    begin("brief.txt"); /* too few frames for stretches */
    strcpy(brief, path);
    FILE *f = fopen(brief, "w");
    assert_non_null(f);
    for (int a = 0; a < 12; a++)
        for (int b = 0; b < 12; b++)
            fprintf(f, "%.4f%c", 1 + 0.1 * exp(-abs(a - b) / 3.), b == 11 ? '\n' : ' ');
    fclose(f);
    if (vt_xpcs_run(4, (char *[]){slow, brief, good, "/tmp/vt-there-is-none"}, &o, &x))
        fail_msg("%s", vt_message());
    assert_true(x.tables == 4 && x.refused == 3 && x.n_rows == 1 && x.n_figures == 1 && x.n_names == 1);
    assert_true(x.row[0].fitted && fabs(x.row[0].kww.tau - 20) < 4 * x.row[0].kww.tau_error);
    for (int k = 0; k < x.results.n; k++) assert_true(!strncmp(x.results.item[k].path, "xpcs/good/", 10));
    for (int k = 0; k < x.results.n_notes; k++) assert_true(!strncmp(x.results.note[k].path, "xpcs/good", 9));
    vt_xpcs_release(&x);
    assert_int_equal(vt_xpcs_run(1, (char *[]){brief}, &o, &x), VT_EINPUT);
    vt_xpcs_release(&x);
    assert_int_equal(vt_xpcs_run(1, (char *[]){slow}, &o, &x), VT_EINPUT);
    assert_true(strstr(vt_message(), "slow.csv") && strstr(vt_message(), "no decay"));
    vt_xpcs_release(&x);
    assert_int_equal(vt_xpcs_run(2, (char *[]){slow, brief}, &o, &x), VT_EINPUT);
    vt_xpcs_release(&x);
    unlink(slow), unlink(brief);
    strcpy(path, good);
    end();
}

/* Windows that are shorter than four pieces of 2 tau are told, with the row and in their group; a beta at its
 * bound is doubtful. Here a stretch of 320 frames has 4 and more pieces of 2 tau = 40, a fifth of it has not.
 */
static double slow_dynamics(int t)
{
    (void)t;
    return 20;
}

static void doubtful_fits_are_told(void **state)
{
    (void)state;
    struct vt_xpcs x;
    struct vt_xpcs_options o = presets();
    begin("brief.txt");
    write_c(320, slow_dynamics);
    o.beta_max = 0.9; /* it is 1 */
    if (vt_xpcs_run(1, (char *[]){path}, &o, &x)) fail_msg("%s", vt_message());
    assert_true(x.row[0].fitted && !x.row[0].brief && x.row[0].pieces > 7);
    assert_non_null(strstr(vt_xpcs_remark(&x.row[0]).text, "beta is at its bound"));
    assert_true(x.row[1].brief && x.row[1].pieces < 2 && strcmp(x.row[1].what, "age") == 0);
    assert_non_null(strstr(vt_xpcs_remark(&x.row[1]).text, "errors may be too small: 1."));
    const char *note = vt_results_get_note(&x.results, "xpcs/brief/age_1", "remark");
    assert_true(note && strstr(note, "pieces of 2 tau"));
    note = vt_results_get_note(&x.results, "xpcs/brief", "errors");
    assert_true(note && strstr(note, "age 1 to 5, start 1 to 5"));
    note = vt_results_get_note(&x.results, "xpcs/brief/stretch_1", "remark");
    assert_true(note && strstr(note, "bound"));
    assert_true(!x.in_frames); /* dt = 0.5 is told */
    char table[120], text[8192] = "";
    snprintf(table, sizeof table, "%s.csv", path);
    assert_int_equal(vt_xpcs_table(table, &x), VT_OK);
    FILE *f = fopen(table, "r");
    assert_true(f && fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f), unlink(table);
    assert_non_null(strstr(text, "doubtful: beta is at its bound"));
    vt_xpcs_release(&x);
    end();
}

/* Of three maps in a file one has no number in a pair: whichever it is, the other two are fitted. tau of map
 * k is 6 k frames; 3 % is far more than what 1e-3 of noise gives. */
static void one_bad_map_leaves_the_others(void **state)
{
    (void)state;
    enum { N = 96 };
    static double c[N][N];
    for (int bad = 0; bad < 3; bad++) {
        begin("maps.h5");
        hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        assert_true(file >= 0);
        for (int map = 0; map < 3; map++) {
            char name[64];
            for (int a = 0; a < N; a++)
                for (int b = a; b < N; b++) {
                    double g[4];
                    vt_normal4(41, a, b, VT_RANDOM_TEST, g);
                    c[a][b] = c[b][a] = 1 + 0.2 * exp(-2. * (b - a) / (6 * (map + 1))) + 0.0002 * g[0];
                }
            if (map == bad) c[3][8] = c[8][3] = NAN;
            snprintf(name, sizeof name, "/xpcs/twotime/correlation_map/c2_%05d", map + 1);
            hid_t space = H5Screate_simple(2, (hsize_t[]){N, N}, NULL), create = H5Pcreate(H5P_LINK_CREATE);
            H5Pset_create_intermediate_group(create, 1);
            hid_t set = H5Dcreate2(file, name, H5T_IEEE_F64LE, space, create, H5P_DEFAULT, H5P_DEFAULT);
            assert_true(set >= 0 && H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, c) >= 0);
            H5Dclose(set), H5Pclose(create), H5Sclose(space);
        }
        H5Fclose(file);
        struct vt_xpcs x;
        struct vt_xpcs_options o = presets();
        if (vt_xpcs_run(1, (char *[]){path}, &o, &x)) fail_msg("%s", vt_message());
        assert_true(x.tables == 3 && x.refused == 1);
        for (int map = 0; map < 3; map++) {
            char file_name[32];
            int found = 0;
            snprintf(file_name, sizeof file_name, "maps_%d", map + 1);
            for (int k = 0; k < x.n_rows; k++) {
                if (strcmp(x.row[k].file, file_name) != 0 || strcmp(x.row[k].what, "stretch") != 0) continue;
                found++;
                assert_true(x.row[k].fitted && fabs(x.row[k].kww.tau / (6 * (map + 1)) - 1) < 0.03);
            }
            assert_int_equal(found, map != bad);
        }
        vt_xpcs_release(&x);
        end();
    }
}

static void bad_files_are_left_out_or_refused(void **state)
{
    (void)state;
    begin("few.txt");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "1 2\n2 1.5\n3 1.2\n4 1.1\n5 1.05\n6 1.02\n7 1.01\n8 1.0\n9 1.001\n");
    fclose(f);
    struct vt_xpcs x;
    struct vt_xpcs_options o = presets();
    assert_int_equal(vt_xpcs_run(2, (char *[]){"/tmp/vt-there-is-none", path}, &o, &x), VT_OK);
    assert_true(x.refused == 1 && x.n_rows == 1);
    vt_xpcs_release(&x);
    assert_int_equal(vt_xpcs_run(1, (char *[]){"/tmp/vt-there-is-none"}, &o, &x), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "vt-there-is-none"));
    vt_xpcs_release(&x);
    o.t_min = 5, o.t_max = 2;
    assert_int_equal(vt_xpcs_run(1, (char *[]){path}, &o, &x), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "t_max is 2"));
    vt_xpcs_release(&x);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(g2_of_each_column),
        cmocka_unit_test(a_step_in_a_matrix),
        cmocka_unit_test(an_age_in_a_matrix),
        cmocka_unit_test(times_come_in_the_unit_asked_for),
        cmocka_unit_test(one_bad_file_does_not_end_the_batch),
        cmocka_unit_test(doubtful_fits_are_told),
        cmocka_unit_test(one_bad_map_leaves_the_others),
        cmocka_unit_test(bad_files_are_left_out_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
