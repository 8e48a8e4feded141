/* Tables of photon correlation: text in its forms, HDF5 in those of others, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/h5util.h"
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
    write_text("# t g2\n0.1 1.5\n0.2\t1.4\n\n0.4, 1.3\n");
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

/* 9 x 9, whole, as a half, and with the time of its frame. */
static void the_heading_of_delays_tells_their_unit(void **state)
{
    (void)state;
    static const struct {
        const char *heading, *unit;
    } cases[] = {{"delay (us),g2", "us"}, {"# tau/ms g2", "ms"},
                 {"t [s]\tg2", "s"},      {"lag time (\302\265s), g2", "us"},
                 {"delay g2 (s)", ""},    {"delay,g2 (s)", ""},
                 {"# t (ps) g2", "ps"},   {"delay (au), g2", ""}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[128];
        snprintf(text, sizeof text, "%s\n1 1.5\n2 1.3\n3 1.1\n4 1.05\n", cases[k].heading);
        write_text(text);
        struct vt_correlation_file f = read_as(&told);
        assert_string_equal(f.unit, cases[k].unit);
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

static void what_is_no_table_is_refused(void **state)
{
    (void)state;
    const struct vt_correlation_reading square = {.kind = VT_CORRELATION_TWO_TIME, .dataset = ""},
                                        pairs = {.columns = VT_COLUMNS_PAIRS, .dataset = ""};
    refuse("", &told, "no numbers");
    refuse("some words\nand more\n", &told, ":2: 'and more' is no number");
    refuse("1 1.5\n2 1.4\nend\n4 1.3\n", &told, ":3: 'end' is no number");
    refuse("1 1.5\n2 1.4 0.1\n4 1.3\n", &told, ":2: more than the 2 columns");
    refuse("1 1.5\n2\n4 1.3\n", &told, ":2: 1 columns");
    refuse("1 1.5\n2 nan\n4 1.3\n", &told, ":2: column 2 is no finite");
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
        cmocka_unit_test(squares_are_two_time),
        cmocka_unit_test(what_is_no_table_is_refused),
        cmocka_unit_test(files_of_boost_corr_are_known),
        cmocka_unit_test(other_files_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
