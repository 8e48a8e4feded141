/* Tables of photon correlation: text in its forms, HDF5 in those of others, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hdf5.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/h5util.h"
#include "io/results_file.h"
#include "io/two_time_file.h"

static char path[64];
static const struct vt_correlation_reading told = {.dataset = ""};

static void write_text(const char *text)
{
    snprintf(path, sizeof path, "/tmp/vt-correlation-%d", (int)getpid());
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static struct vt_correlation_file read_as(const struct vt_correlation_reading *how)
{
    struct vt_correlation_file f;
    if (vt_correlation_read(path, how, &f) != VT_OK) fail_msg("%s", vt_message());
    unlink(path);
    return f;
}

static void columns_are_known_by_number_and_name(void **state)
{
    (void)state;
    write_text("# t g2\n0.1 1.5\n0.2\t1.4\n\n0.4  1.3\n");
    struct vt_correlation_file f = read_as(&told);
    assert_true(f.kind == VT_CORRELATION_G2 && f.n == 3 && f.columns == 1 && !f.error && f.frame == 0);
    assert_true(f.delay[2] == 0.4 && f.value[1] == 1.4);
    vt_correlation_release(&f);
    write_text("1 1.5 0.01\n2 1.4 0.02\n4 1.3 0.03\n"); /* three: the third is an error */
    f = read_as(&told);
    assert_true(f.columns == 1 && f.error && f.error[2] == 0.03);
    vt_correlation_release(&f);
    write_text("delay, q1, q2\n1, 1.5, 1.6\n2, 1.4, 1.5\n4, 1.3, 1.4\n"); /* unless names say otherwise */
    f = read_as(&told);
    assert_true(f.columns == 2 && !f.error && f.value[3 + 2] == 1.4);
    vt_correlation_release(&f);
    write_text("# delay q1 err q2 sigma_q2\n1 1.5 .1 1.6 .2\n2 1.4 .1 1.5 .3\n4 1.3 .1 1.4 .4\n");
    f = read_as(&told);
    assert_true(f.columns == 2 && f.value[3] == 1.6 && f.error[3 + 2] == 0.4);
    vt_correlation_release(&f);
    write_text("1 1.5 .1 1.6 .2\n2 1.4 .1 1.5 .3\n4 1.3 .1 1.4 .4\n");
    f = read_as(&(struct vt_correlation_reading){.columns = VT_COLUMNS_PAIRS, .dataset = ""});
    assert_true(f.columns == 2 && f.value[3] == 1.6 && f.error[3 + 2] == 0.4);
    vt_correlation_release(&f);
}

/* One sign sets columns apart through all of the file; commas of numbers are read where that is another. */
static void one_sign_sets_columns_apart(void **state)
{
    (void)state;
    static const char *const text[] = {
        "delay;g2\n1,5;1,0741\n2,5;1,05\n4,5;1,02\n",
        "\xef\xbb\xbf\"delay [s]\";\"g2\"\r\n1,5;1,0741\r\n2,5;1,05\r\n4,5;1,02\r\n",
        "delay\tg2\n1,5\t1,0741\n2,5\t1,05\n4,5\t1,02\n", "delay g2\n1,5 1,0741\n2,5 1,05\n4,5 1,02\n",
        "delay, g2,\n1.5, 1.0741,\n2.5, 1.05,\n4.5, 1.02,\n"};
    for (size_t k = 0; k < sizeof text / sizeof *text; k++) {
        write_text(text[k]);
        struct vt_correlation_file f = read_as(&told);
        assert_true(f.columns == 1 && f.n == 3 && !f.error);
        assert_true(f.delay[0] == 1.5 && f.value[0] == 1.0741 && f.value[2] == 1.02);
        vt_correlation_release(&f);
    }
}

static void errors_are_known_by_a_word_of_their_name(void **state)
{
    (void)state;
    static const char *const one[] = {"delay,g2,g2_err",        "tau_s,g2,g2_std", "# delay, g2, g2 error",
                                      "t,g2,uncertainty of g2", "t,g2,yerr",       "t,g2,\317\203"};
    for (size_t k = 0; k < sizeof one / sizeof *one; k++) {
        char text[128];
        snprintf(text, sizeof text, "%s\n1,1.5,.1\n2,1.3,.2\n3,1.1,.3\n", one[k]);
        write_text(text);
        struct vt_correlation_file f = read_as(&told);
        assert_true(f.columns == 1 && f.error && f.error[2] == 0.3);
        vt_correlation_release(&f);
    }
    static const char *const two[] = {"delay [s],g2 q1,g2 err q1,g2 q2,g2 err q2\n1,1.5,.1,1.6,.2\n"
                                      "2,1.4,.1,1.5,.3\n4,1.3,.1,1.4,.4\n",
                                      "delay,g2_1,g2_2,err_1,err_2\n1,1.5,1.6,.1,.2\n2,1.4,1.5,.1,.3\n"
                                      "4,1.3,1.4,.1,.4\n"};
    for (int k = 0; k < 2; k++) {
        write_text(two[k]);
        struct vt_correlation_file f = read_as(&told);
        assert_true(f.columns == 2 && f.value[3] == 1.6 && f.error[1] == .1 && f.error[3 + 2] == 0.4);
        vt_correlation_release(&f);
    }
}

/* A cell that is no number is no measurement, up to a tenth of a column. */
static void holes_are_left_open(void **state)
{
    (void)state;
    char text[512] = "delay,g2,error\n";
    for (int k = 1; k <= 20; k++)
        snprintf(text + strlen(text), 30, k == 7 ? "%d,nan,.1\n" : k == 9 ? "%d,,.1\n" : "%d,1.5,.1\n", k);
    write_text(text);
    struct vt_correlation_file f = read_as(&told);
    assert_true(f.n == 20 && f.columns == 1 && isnan(f.value[6]) && isnan(f.value[8]) && f.value[7] == 1.5);
    vt_correlation_release(&f);
}

static void the_heading_of_delays_tells_their_unit(void **state)
{
    (void)state;
    static const struct {
        const char *heading;
        double seconds;
    } cases[] = {{"delay (us),g2", 1e-6},
                 {"# tau/ms g2", 1e-3},
                 {"t [s]\tg2", 1},
                 {"lag time (\302\265s), g2", 1e-6},
                 {"lag time (\265s), g2", 1e-6},
                 {"delay g2 (s)", 0},
                 {"delay,g2 (s)", 0},
                 {"# t (ps) g2", 1e-12},
                 {"delay (au), g2", 0},
                 {"delay_us,g2", 1e-6},
                 {"time (min),g2", 60},
                 {"time [h] g2", 3600},
                 {"lag time (us) g2", 1e-6},
                 {"delay_s g2", 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[128];
        snprintf(text, sizeof text, "%s\n1 1.5\n2 1.3\n3 1.1\n4 1.05\n", cases[k].heading);
        write_text(text);
        struct vt_correlation_file f = read_as(&told);
        if (f.delay_scale != cases[k].seconds || f.columns != 1)
            fail_msg("%s: %g", cases[k].heading, f.delay_scale);
        vt_correlation_release(&f);
    }
    write_text("delay (frames),g2\n1,1.5\n2,1.4\n3,1.3\n");
    struct vt_correlation_file f = read_as(&told);
    assert_true(f.in_frames);
    vt_correlation_release(&f);
}

static void write_square(const char *heading, const char *diagonal, const char *lower)
{
    char text[4096];
    snprintf(text, sizeof text, "%s\n", heading);
    for (int a = 0; a < 9; a++)
        for (int b = 0; b < 9; b++) {
            char cell[40];
            snprintf(cell, sizeof cell, "%.6f", 1 + 0.1 * exp(-abs(a - b) / 3.));
            snprintf(text + strlen(text), 40, "%s%c",
                     a == b && diagonal ? diagonal
                     : a > b && lower   ? lower
                                        : cell,
                     b == 8 ? '\n' : ' ');
        }
    write_text(text);
}

/* The diagonal is counting noise and never used; one half is enough. The time of a frame has its unit. */
static void squares_may_lack_what_is_not_used(void **state)
{
    (void)state;
    static const struct {
        const char *heading, *diagonal, *lower;
        double frame, scale;
    } cases[] = {{"# dt = 0.5 ms", "nan", NULL, 0.5, 1e-3},
                 {"# frame_time = 2 min", NULL, "NaN", 2, 60},
                 {"# dt [us] = 4", "nan", "nan", 4, 1e-6},
                 {"# dt = 0.5", NULL, "0", 0.5, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        write_square(cases[k].heading, cases[k].diagonal, cases[k].lower);
        struct vt_correlation_file f = read_as(&told);
        assert_true(f.kind == VT_CORRELATION_TWO_TIME && f.n == 9);
        assert_true(f.frame == cases[k].frame && f.frame_scale == cases[k].scale);
        assert_true(isnan(f.value[10]) == (cases[k].diagonal != NULL));
        for (int a = 0; a < 9; a++)
            for (int b = 0; b < 9; b++)
                assert_true(a == b || fabs(f.value[a * 9 + b] - 1 - 0.1 * exp(-abs(a - b) / 3.)) < 1e-6);
        vt_correlation_release(&f);
    }
}

static void squares_are_two_time(void **state)
{
    (void)state;
    for (int half = 0; half < 3; half++) {
        char text[4096] = "# frame_time = 0.25\n";
        for (int a = 0; a < 9; a++)
            for (int b = 0; b < 9; b++) {
                double c = (half == 1 && b < a) || (half == 2 && b > a)
                               ? 0
                               : 1 + 0.1 * exp(-abs(a - b) / 3.) + a * b * 1e-3;
                snprintf(text + strlen(text), 40, "%.6f%c", c, b == 8 ? '\n' : ' ');
            }
        write_text(text);
        struct vt_correlation_file f = read_as(&told);
        assert_true(f.kind == VT_CORRELATION_TWO_TIME && f.n == 9 && f.frame == 0.25);
        for (int a = 0; a < 9; a++)
            for (int b = 0; b < 9; b++)
                assert_true(fabs(f.value[a * 9 + b] - (1 + 0.1 * exp(-abs(a - b) / 3.) + a * b * 1e-3)) <
                            1e-6);
        vt_correlation_release(&f);
    }
}

static void refuse(const char *text, const struct vt_correlation_reading *how, const char *message)
{
    struct vt_correlation_file f;
    write_text(text);
    assert_int_equal(vt_correlation_read(path, how, &f), VT_EINPUT);
    vt_correlation_release(&f);
    unlink(path);
    if (!strstr(vt_message(), message) || !strstr(vt_message(), path))
        fail_msg("'%s' does not say '%s'", vt_message(), message);
}

/* Behind an empty first cell stands the semicolon that sets cells apart; at the begin of words it is a
 * comment. A row that lacks its delay is refused, not lost. */
static void a_semicolon_that_sets_apart_begins_no_comment(void **state)
{
    (void)state;
    char text[1200] = "; of a sample\n";
    for (int a = 0; a < 10; a++) { /* the upper half */
        for (int b = 0; b < 10; b++) {
            size_t used = strlen(text);
            char cell[16] = "";
            if (b >= a) snprintf(cell, sizeof cell, "%d", 11 + a + b);
            snprintf(text + used, sizeof text - used, "%s%s", cell, b == 9 ? "\n" : ";");
        }
        if (a == 4) strcat(text, "; half of it\n");
    }
    write_text(text);
    struct vt_correlation_file f = read_as(&told);
    assert_true(f.kind == VT_CORRELATION_TWO_TIME && f.n == 10);
    for (int a = 0; a < 10; a++)
        for (int b = 0; b < 10; b++) assert_true(f.value[a * 10 + b] == 11 + a + b);
    vt_correlation_release(&f);
    refuse("t;g2;e\n1;1.5;.1\n;1.4;.1\n4;1.3;.1\n", &told, "the delay is nan");
    refuse("; t;g2;e\n1;1.5;.1\n;1.4\n4;1.3;.1\n", &told, ":3: 2 columns, where");
    refuse("; t;g2;e\n1;1.5;.1\n;a word;3\n4;1.3;.1\n", &told, "'a word' is no number");
    write_text("; t g2\n1 1.5\n; 2 1.45\n2 1.4\n4 1.3\n");
    f = read_as(&told);
    assert_true(f.n == 3 && f.value[1] == 1.4);
    vt_correlation_release(&f);
}

static void what_is_no_table_is_refused(void **state)
{
    (void)state;
    const struct vt_correlation_reading square = {.kind = VT_CORRELATION_TWO_TIME, .dataset = ""},
                                        pairs = {.columns = VT_COLUMNS_PAIRS, .dataset = ""};
    refuse("", &told, "is empty");
    refuse("# nothing\n", &told, "no numbers");
    refuse("some words\nand more\n", &told, ":2: 'and more' is no number");
    refuse("1 1.5\n2 1.4\nend\n4 1.3\n", &told, ":3: 'end' is no number");
    refuse("1 1.5\n2 1.4 0.1\n4 1.3\n", &told, ":2: more than the 2 columns");
    refuse("1 1.5\n2\n4 1.3\n", &told, ":2: 1 columns");
    refuse("1 1.5\n2 nan\n4 1.3\n", &told, "column 2 is no finite number in 1 of 3 rows");
    refuse("1 1.5\nnan 1.4\n4 1.3\n", &told, "the delay is nan");
    refuse("0.1 1.5\n0.2 1.4\n0.4, 1.3\n", &told, ":3: '0.4,' is no number");
    refuse("1;1,5\n2;1.4\n4;1,3\n", &told, ":2: '1.4' has a decimal point");
    refuse("delay,g2\n1,1.5,.1,1\n2,1.4,.1,1\n4,1.3,.1,1\n", &told, ":1: the heading has 2 names");
    refuse("a g2 with errors of it\n1 1.5 .1 1\n2 1.4 .1 1\n4 1.3 .1 1\n", &told, "say --columns");
    refuse("# dt = 0.5 furlongs\n1 1.5\n2 1.4\n4 1.3\n", &told, ":1: 'dt = 0.5 furlongs'");
    refuse("# d err q1\n1 1 1\n2 1 1\n3 1 1\n", &told, "behind each column of g2");
    refuse("1 1.5\n2 1.4\n2 1.3\n", &told, "row 3");
    refuse("-1 1.5\n2 1.4\n3 1.3\n", &told, "the delay is -1");
    refuse("1 1.5 .1\n2 1.4 0\n4 1.3 .1\n", &told, "an error is 0");
    refuse("1 1.5\n2 1.4\n", &told, "at least 3");
    refuse("1 1.5\n2 1.4\n4 1.3\n", &square, "a square of at least 8");
    refuse("1 1.5\n2 1.4\n4 1.3\n", &pairs, "no delay with pairs");
    refuse("# d q1 err1 q2\n1 1 1 1\n2 1 1 1\n3 1 1 1\n", &told, "all or none have errors");
    char skew[2048] = "";
    for (int k = 0; k < 64; k++) snprintf(skew + strlen(skew), 20, "%d%c", k, k % 8 == 7 ? '\n' : ' ');
    refuse(skew, &square, "a symmetric square");
    snprintf(skew, sizeof skew, "%s", "");
    for (int k = 0; k < 64; k++)
        snprintf(skew + strlen(skew), 20, "%.4f%c", 2 - 0.1 * abs(k / 8 - k % 8) - 0.001 * k,
                 k % 8 == 7 ? '\n' : ' ');
    refuse(skew, &told, "a square of 8 a side, but not symmetric: C(t1, t2) and C(t2, t1) differ by 0.075");
    snprintf(path, sizeof path, "/tmp/vt-none-%d", (int)getpid());
    struct vt_correlation_file f;
    assert_int_equal(vt_correlation_read(path, &told, &f), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "cannot open"));
}

/* ---- HDF5 ---- */

static void put(hid_t file, const char *name, int rank, const hsize_t *size, const double *value)
{
    hid_t space = rank ? H5Screate_simple(rank, size, NULL) : H5Screate(H5S_SCALAR),
          create = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(create, 1);
    hid_t set = H5Dcreate2(file, name, H5T_IEEE_F32LE, space, create, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(set >= 0 && H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Dclose(set), H5Pclose(create), H5Sclose(space);
}

static hid_t begin_h5(void)
{
    snprintf(path, sizeof path, "/tmp/vt-correlation-%d.h5", (int)getpid());
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

/* The layout of boost_corr: (delay, q), delays in frames, a frame of detector times average times stride. */
static void files_of_boost_corr_are_known(void **state)
{
    (void)state;
    hid_t h = begin_h5();
    const double delay[] = {1, 2, 4, 8}, g2[] = {1.5, 1.6, 1.4, 1.5, 1.3, 1.4, 1.2, 1.3},
                 error[] = {.1, .2, .1, .2, .1, 0, .1, .2}, frame = 0.5, average = 3;
    put(h, "/xpcs/multitau/delay_list", 1, (hsize_t[]){4}, delay);
    put(h, "/xpcs/multitau/normalized_g2", 2, (hsize_t[]){4, 2}, g2);
    put(h, "/xpcs/multitau/normalized_g2_err", 2, (hsize_t[]){4, 2}, error);
    put(h, "/entry/instrument/detector_1/frame_time", 0, NULL, &frame);
    put(h, "/xpcs/multitau/config/avg_frame", 0, NULL, &average);
    H5Fclose(h);
    struct vt_correlation_file f = read_as(&told);
    assert_true(f.kind == VT_CORRELATION_G2 && f.n == 4 && f.columns == 2 && f.frame == 1.5 && f.in_frames);
    assert_string_equal(f.source, "/xpcs/multitau/normalized_g2");
    assert_true(fabs(f.value[4 + 1] - 1.5) < 1e-6 && fabs(f.value[3] - 1.2) < 1e-6);
    assert_true(isnan(f.error[4 + 2]) && fabs(f.error[4 + 3] - 0.2) < 1e-6);
    vt_correlation_release(&f);
    /* Half of C, in a group. */
    h = begin_h5();
    double half[64] = {0};
    for (int a = 0; a < 8; a++)
        for (int b = a; b < 8; b++) half[a * 8 + b] = 1 + a + b;
    put(h, "/xpcs/twotime/correlation_map/c2_00001", 2, (hsize_t[]){8, 8}, half);
    H5Fclose(h);
    f = read_as(&told);
    assert_true(f.kind == VT_CORRELATION_TWO_TIME && f.n == 8 && f.value[7 * 8 + 2] == 10 && f.value[0] == 1);
    vt_correlation_release(&f);
}

static void label(hid_t file, const char *name, const char *key, const char *text, bool variable)
{
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT), type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, variable ? H5T_VARIABLE : strlen(text) + 3);
    H5Tset_strpad(type, H5T_STR_NULLTERM);
    hid_t attribute = H5Acreate2(set, key, type, space, H5P_DEFAULT, H5P_DEFAULT);
    char fixed[32] = "";
    snprintf(fixed, sizeof fixed, "%s", text);
    assert_true(H5Awrite(attribute, type, variable ? (const void *)&text : fixed) >= 0);
    H5Aclose(attribute), H5Sclose(space), H5Tclose(type), H5Dclose(set);
}

/* Any name of delays with any name of errors, and the unit in an attribute. */
static void plain_files_with_errors_and_units(void **state)
{
    (void)state;
    static const char *const delays[] = {"/delay", "/tau", "/lag"}, *const errors[] = {"/g2_err", "/g2_error",
                                                                                       "/g2_std", "/error"};
    const double delay[] = {1, 2, 4}, g2[] = {1.5, 1.4, 1.3}, error[] = {.1, .2, .3};
    for (int k = 0; k < 12; k++) {
        hid_t h = begin_h5();
        put(h, "/g2", 1, (hsize_t[]){3}, g2);
        put(h, delays[k % 3], 1, (hsize_t[]){3}, delay);
        put(h, errors[k / 3], 1, (hsize_t[]){3}, error);
        label(h, delays[k % 3], k % 2 ? "unit" : "units", k % 2 ? "us" : "min", k > 5);
        H5Fclose(h);
        struct vt_correlation_file f = read_as(&told);
        assert_true(f.kind == VT_CORRELATION_G2 && f.n == 3 && f.error && fabs(f.error[2] - 0.3) < 1e-6);
        assert_true(f.delay_scale == (k % 2 ? 1e-6 : 60) && !f.in_frames);
        vt_correlation_release(&f);
    }
    hid_t h = begin_h5();
    put(h, "/g2", 1, (hsize_t[]){3}, g2);
    put(h, "/delay", 1, (hsize_t[]){3}, delay);
    label(h, "/delay", "units", "volts", true);
    H5Fclose(h);
    struct vt_correlation_file f;
    assert_int_equal(vt_correlation_read(path, &told, &f), VT_EINPUT);
    vt_correlation_release(&f);
    assert_non_null(strstr(vt_message(), "units of /delay, 'volts', is no unit of time"));
    unlink(path);
}

/* Each q of several has its map; a diagonal and a half without numbers are left as they are. */
static void all_maps_of_a_group(void **state)
{
    (void)state;
    hid_t h = begin_h5();
    double half[64];
    for (int q = 1; q <= 2; q++) {
        char name[64];
        for (int a = 0; a < 8; a++)
            for (int b = 0; b < 8; b++) half[a * 8 + b] = b > a ? q + a + b : NAN;
        snprintf(name, sizeof name, "/xpcs/twotime/correlation_map/c2_%05d", 10 * q);
        put(h, name, 2, (hsize_t[]){8, 8}, half);
    }
    H5Fclose(h);
    struct vt_correlation_reading how = told;
    for (how.which = 0; how.which < 2; how.which++) {
        struct vt_correlation_file f;
        if (vt_correlation_read(path, &how, &f)) fail_msg("%s", vt_message());
        assert_true(f.of == 2 && f.n == 8 && f.value[7 * 8 + 2] == how.which + 1 + 9 && isnan(f.value[0]));
        assert_string_equal(f.label, how.which ? "20" : "10");
        vt_correlation_release(&f);
    }
    unlink(path);
    h = begin_h5();
    half[3] = NAN; /* in neither half */
    put(h, "/C", 2, (hsize_t[]){8, 8}, half);
    H5Fclose(h);
    struct vt_correlation_file f;
    assert_int_equal(vt_correlation_read(path, &told, &f), VT_EINPUT);
    vt_correlation_release(&f);
    assert_non_null(strstr(vt_message(), "frames 1 and 4"));
    unlink(path);
}

/* What the measurement xpcs leaves in the stages of a run: all of them, or the one that is named. */
static void results_of_ours_are_known(void **state)
{
    (void)state;
    struct vt_results r = {0};
    static const char *const stage[] = {"02-hold", "05-hold"};
    double time[9], delay[] = {0.5, 1, 2, 4};
    for (int s = 0; s < 2; s++) {
        char name[64];
        struct vt_dataset *d;
        snprintf(name, sizeof name, "stages/%s/xpcs/two_time", stage[s]);
        assert_int_equal(vt_results_add(&r, name, "1", "C", 2, (const int[]){9, 9}, &d), VT_OK);
        for (int k = 0; k < 9; k++) time[k] = 10 + 0.25 * k;
        for (int k = 0; k < 81; k++) d->value[k] = 1 + s + 0.1 * exp(-abs(k / 9 - k % 9) / 3.);
        vt_dataset_axis(d, 0, "t1", "ps", time, NULL), vt_dataset_axis(d, 1, "t2", "ps", time, NULL);
        snprintf(name, sizeof name, "stages/%s/xpcs/g2", stage[s]);
        assert_int_equal(vt_results_add(&r, name, "1", "g2", 1, (const int[]){4}, &d), VT_OK);
        for (int k = 0; k < 4; k++) d->value[k] = 2 - delay[k] / 8;
        vt_dataset_axis(d, 0, "delay", "ps", delay, NULL);
        vt_dataset_errors(d);
        for (int k = 0; k < 4; k++) d->error[k] = 0.1;
    }
    snprintf(path, sizeof path, "/tmp/vt-correlation-%d.h5", (int)getpid());
    assert_int_equal(vt_results_write(path, &r), VT_OK);
    vt_results_release(&r);
    struct vt_correlation_file f;
    struct vt_correlation_reading how = told;
    how.which = 1;
    if (vt_correlation_read(path, &how, &f)) fail_msg("%s", vt_message());
    assert_true(f.of == 2 && f.kind == VT_CORRELATION_TWO_TIME && f.n == 9 && f.value[1] > 2);
    assert_true(fabs(f.frame - 0.25) < 1e-12 && f.frame_scale == 1e-12);
    assert_string_equal(f.label, "05-hold");
    vt_correlation_release(&f);
    how = (struct vt_correlation_reading){.kind = VT_CORRELATION_G2, .dataset = "", .stage = "02-hold"};
    if (vt_correlation_read(path, &how, &f)) fail_msg("%s", vt_message());
    assert_true(f.of == 1 && f.n == 4 && f.columns == 1 && f.error[3] == 0.1 && f.delay_scale == 1e-12);
    vt_correlation_release(&f);
    how.stage = "03-heat";
    assert_int_equal(vt_correlation_read(path, &how, &f), VT_EINPUT);
    vt_correlation_release(&f);
    assert_non_null(strstr(vt_message(), "the stage 03-heat holds no xpcs/g2"));
    unlink(path);
}

static void other_files_by_name(void **state)
{
    (void)state;
    struct vt_correlation_file f;
    const double delay[] = {1, 2, 4}, g2[] = {1.5, 1.4, 1.3, 1.6, 1.5, 1.4, 1.5, 1.4, 1.3, 1.2, 1.1, 1};
    struct vt_correlation_reading how = told;
    hid_t h = begin_h5();
    put(h, "/mine/values", 2, (hsize_t[]){4, 3}, g2);
    put(h, "/mine/delay", 1, (hsize_t[]){3}, delay);
    put(h, "/mine/deep", 3, (hsize_t[]){2, 3, 2}, g2);
    H5Fclose(h);
    assert_int_equal(vt_correlation_read(path, &how, &f), VT_EINPUT);
    vt_correlation_release(&f);
    assert_non_null(strstr(vt_message(), "--dataset"));
    how.dataset = "/mine/none";
    assert_int_equal(vt_correlation_read(path, &how, &f), VT_EINPUT);
    vt_correlation_release(&f);
    assert_non_null(strstr(vt_message(), "there is no /mine/none"));
    how.dataset = "mine/deep";
    assert_int_equal(vt_correlation_read(path, &how, &f), VT_EINPUT);
    vt_correlation_release(&f);
    assert_non_null(strstr(vt_message(), "3 axes"));
    how.dataset = "mine/values"; /* (q, delay) */
    f = read_as(&how);
    assert_true(f.kind == VT_CORRELATION_G2 && f.n == 3 && f.columns == 4 &&
                fabs(f.value[3 + 2] - 1.4) < 1e-6);
    vt_correlation_release(&f);
}

int main(void)
{
    vt_h5_quiet();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_known_by_number_and_name),
        cmocka_unit_test(the_heading_of_delays_tells_their_unit),
        cmocka_unit_test(one_sign_sets_columns_apart),
        cmocka_unit_test(errors_are_known_by_a_word_of_their_name),
        cmocka_unit_test(holes_are_left_open),
        cmocka_unit_test(squares_may_lack_what_is_not_used),
        cmocka_unit_test(a_semicolon_that_sets_apart_begins_no_comment),
        cmocka_unit_test(squares_are_two_time),
        cmocka_unit_test(what_is_no_table_is_refused),
        cmocka_unit_test(files_of_boost_corr_are_known),
        cmocka_unit_test(plain_files_with_errors_and_units),
        cmocka_unit_test(all_maps_of_a_group),
        cmocka_unit_test(results_of_ours_are_known),
        cmocka_unit_test(other_files_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
