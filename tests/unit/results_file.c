/* The results file: what is read is what was written, and nothing else is taken for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hdf5_hl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/dataset.h"
#include "core/random.h"
#include "io/h5util.h"
#include "io/results_file.h"

static const char path[] = "unit_results_file.h5";

static struct vt_dataset *add(struct vt_results *r, const char *name, int n_axes, const int *lengths)
{
    struct vt_dataset *d;
    assert_int_equal(vt_results_add(r, name, "k_B", "what it is = formula, \xce\xb1", n_axes, lengths, &d),
                     VT_OK);
    for (size_t k = 0; k < vt_dataset_size(d); k++) {
        double g[4];
        vt_normal4(5, (int64_t)k, r->n, VT_RANDOM_TEST, g);
        d->value[k] = g[0];
    }
    return d;
}

/* Everything that can occur: numbers, 1-3 axes, labels, shared and clashing axis names, errors, NaN,
 * large arrays (chunked), an axis without description, long texts. */
static void fill(struct vt_results *r)
{
    static const double radius[] = {0.1, 0.2, 0.30000000000000004}, other[] = {0.1, 0.2, 0.3},
                        label_values[] = {1, 2};
    static const char *const pair[] = {"Cu-Cu", "Cu-Zr, \"b\""};
    *r = (struct vt_results){0};
    struct vt_dataset *d = add(r, "stages/03-shear/pdf/g_number", 1, (int[]){3});
    vt_dataset_axis(d, 0, "r", "angstrom", radius, NULL);
    vt_dataset_errors(d);
    d->error[1] = 0.25;
    d->value[0] = NAN;
    d->value[1] = -INFINITY;
    d->value[2] = 4.9406564584124654e-324;
    d = add(r, "stages/03-shear/pdf/g_partial", 2, (int[]){2, 3});
    vt_dataset_axis(d, 0, "pair", "", NULL, pair);
    vt_dataset_axis(d, 1, "r", "angstrom", radius, NULL);
    vt_dataset_errors(d);
    d = add(r, "stages/03-shear/pdf/g_other_grid", 1, (int[]){3}); /* another r: r_2 */
    vt_dataset_axis(d, 0, "r", "angstrom", other, NULL);
    add(r, "stages/03-shear/pdf/g_number_error", 0, NULL); /* takes the natural name of the errors */
    d = add(r, "stages/03-shear/pdf/both", 1, (int[]){2});
    vt_dataset_axis(d, 0, "state/name", "", label_values, pair);
    add(r, "a", 0, NULL);
    d = add(r, "stages/01-melt/cube", 3, (int[]){40, 70, 90});
    vt_dataset_errors(d);
    d = add(r, "stages/01-melt/empty", 1, (int[]){0});
    vt_dataset_axis(d, 0, "time", "ps", radius, NULL);
    char *text = malloc(300001);
    for (int k = 0; k < 300000; k++) text[k] = "protocol:\n"[k % 10];
    text[300000] = '\0';
    vt_results_note(r, "", "protocol", text);
    free(text);
    vt_results_note(r, "", "empty", "");
    vt_results_note(r, "stages/01-melt", "kind", "melt, \xc3\x85");
    vt_results_note(r, "stages/02-nothing-measured", "kind", "hold");
    vt_results_note(r, "stages/03-shear/pdf/g_number", "weights", "1");
}

static bool same_array(const double *a, const double *b, size_t n)
{
    return !a == !b && (!a || !memcmp(a, b, n * sizeof *a)); /* bits: NaN equals NaN */
}

static bool same_text(const char *a, const char *b)
{
    return !a == !b && (!a || !strcmp(a, b));
}

static void assert_same(const struct vt_results *a, const struct vt_results *b)
{
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->n_notes, b->n_notes);
    for (int k = 0; k < a->n; k++) {
        const struct vt_dataset *d = &a->item[k], *e = vt_results_find(b, d->path);
        assert_non_null(e);
        assert_string_equal(d->unit, e->unit);
        assert_string_equal(d->help, e->help);
        assert_int_equal(d->n_axes, e->n_axes);
        size_t size = vt_dataset_size(d);
        assert_int_equal(size, vt_dataset_size(e));
        assert_true(same_array(d->value, e->value, size) && same_array(d->error, e->error, size));
        for (int x = 0; x < d->n_axes; x++) {
            const struct vt_axis *p = &d->axis[x], *q = &e->axis[x];
            assert_int_equal(p->n, q->n);
            assert_true(same_text(p->name, q->name) && same_text(p->unit, q->unit));
            assert_true(same_array(p->value, q->value, (size_t)p->n));
            assert_true(!p->label == !q->label);
            for (int l = 0; p->label && l < p->n; l++) assert_string_equal(p->label[l], q->label[l]);
        }
    }
    for (int k = 0; k < a->n_notes; k++) {
        const char *text = vt_results_get_note(b, a->note[k].path, a->note[k].key);
        assert_non_null(text);
        assert_string_equal(a->note[k].text, text);
    }
}

static void assert_reads(struct vt_results *r)
{
    *r = (struct vt_results){0};
    enum vt_status st = vt_results_read(path, r);
    if (st != VT_OK) print_error("%s\n", vt_message());
    assert_int_equal(st, VT_OK);
}

static void what_is_read_is_what_was_written(void **state)
{
    (void)state;
    struct vt_results r, again;
    fill(&r);
    enum vt_status st = vt_results_write(path, &r);
    if (st != VT_OK) print_error("%s\n", vt_message());
    assert_int_equal(st, VT_OK);
    assert_reads(&again);
    assert_same(&r, &again);
    assert_string_equal(again.item[1].path, r.item[1].path); /* the order of appearance is kept */
    /* and a second time through the file */
    assert_int_equal(vt_results_write(path, &again), VT_OK);
    vt_results_release(&again);
    assert_reads(&again);
    assert_same(&r, &again);
    vt_results_release(&again);
    vt_results_release(&r);
    assert_int_equal(access("unit_results_file.h5.partial", F_OK), -1);
}

/* A strange HDF5 user sees named, numbered axes: one `r` for both datasets that share it. */
static void axes_are_dimension_scales(void **state)
{
    (void)state;
    struct vt_results r;
    fill(&r);
    assert_int_equal(vt_results_write(path, &r), VT_OK);
    vt_results_release(&r);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    static const char *const sets[] = {"stages/03-shear/pdf/g_number", "stages/03-shear/pdf/g_partial",
                                       "stages/03-shear/pdf/g_other_grid"};
    for (unsigned k = 0; k < 3; k++) {
        hid_t set = H5Dopen2(file, sets[k], H5P_DEFAULT);
        hid_t scale =
            H5Dopen2(file, k < 2 ? "stages/03-shear/pdf/r" : "stages/03-shear/pdf/r_2", H5P_DEFAULT);
        assert_int_equal(H5DSis_attached(set, scale, k == 1), 1);
        H5Dclose(scale);
        H5Dclose(set);
    }
    H5Fclose(file);
}

static void nothing_is_a_results_file_too(void **state)
{
    (void)state;
    struct vt_results r = {0}, again;
    assert_int_equal(vt_results_write(path, &r), VT_OK);
    assert_reads(&again);
    assert_same(&r, &again);
    vt_results_release(&again);
}

static void assert_refused(const char *what, const char *part)
{
    struct vt_results r = {0};
    vt_results_note(&r, "", "mine", "stays");
    assert_int_equal(vt_results_read(what, &r), VT_EINPUT);
    assert_non_null(strstr(vt_message(), what));
    assert_non_null(strstr(vt_message(), part));
    assert_int_equal(r.n, 0);
    assert_int_equal(r.n_notes, 1);
    vt_results_release(&r);
}

static void foreign_files_are_refused_by_name(void **state)
{
    (void)state;
    assert_refused("no/such/file.h5", "No such file");
    assert_refused("/", "Is a directory");
    FILE *f = fopen("unit_foreign.h5", "w");
    fputs("stages: 3\n", f);
    fclose(f);
    assert_refused("unit_foreign.h5", "not HDF5");
    f = fopen("unit_foreign.h5", "w");
    fclose(f);
    assert_refused("unit_foreign.h5", "not HDF5");
    hid_t file = H5Fcreate("unit_foreign.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    assert_refused("unit_foreign.h5", "not a results file of vitrum");
    unlink("unit_foreign.h5");
}

static long read_whole(const char *name, char **bytes)
{
    FILE *f = fopen(name, "r");
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    *bytes = malloc((size_t)n);
    assert_int_equal(fread(*bytes, 1, (size_t)n, f), n);
    fclose(f);
    return n;
}

static void write_whole(const char *name, const char *bytes, long n)
{
    FILE *f = fopen(name, "w");
    fwrite(bytes, 1, (size_t)n, f);
    fclose(f);
}

/* Cut anywhere before the seal, the file is refused, and so it is with any bit changed; a cut or change in
 * the seal's own words leaves a valid file without a seal. */
static void damage_is_found_and_never_crashes(void **state)
{
    (void)state;
    struct vt_results r;
    fill(&r);
    vt_results_remove(&r, "stages/01-melt"); /* small, so that the bytes that matter are hit */
    struct vt_dataset *d = add(&r, "chunked", 1, (int[]){4000});
    for (int k = 0; k < 4000; k++) d->value[k] = 1e-3 * k;
    vt_results_note(&r, "", "protocol", "short");
    assert_int_equal(vt_results_write(path, &r), VT_OK);
    char *bytes;
    long n = read_whole(path, &bytes);
    for (int k = 1; k <= 20; k++) {
        write_whole("unit_damaged.h5", bytes, k == 1 ? n - 30 : n - n * k / 21);
        assert_refused("unit_damaged.h5", "");
    }
    enum { FLIPS = 500, SEAL = 29, MARK = 12 }; /* "vitrum-seal ", 16 digits, newline */
    for (int k = 0; k < FLIPS; k++) {
        double u[4];
        vt_uniform4(11, k, 0, VT_RANDOM_TEST, u);
        long at = (long)(u[0] * (double)(n - SEAL));
        char kept = bytes[at];
        bytes[at] = (char)(bytes[at] ^ (1 << (int)(u[1] * 8)));
        write_whole("unit_damaged.h5", bytes, n);
        assert_refused("unit_damaged.h5", "damaged");
        bytes[at] = kept;
    }
    for (int digit = 0; digit < 16; digit++) /* each to another digit, and to what is none */
        for (int bit = 0; bit < 8; bit++) {
            bytes[n - SEAL + MARK + digit] ^= (char)(1 << bit);
            write_whole("unit_damaged.h5", bytes, n);
            assert_refused("unit_damaged.h5", "damaged");
            bytes[n - SEAL + MARK + digit] ^= (char)(1 << bit);
        }
    write_whole("unit_damaged.h5", bytes, n - SEAL);
    struct vt_results again = {0};
    assert_int_equal(vt_results_read("unit_damaged.h5", &again), VT_OK);
    assert_same(&r, &again);
    vt_results_release(&again);
    free(bytes);
    vt_results_release(&r);
    unlink("unit_damaged.h5");
}

static void a_failed_write_leaves_the_old_file(void **state)
{
    (void)state;
    struct vt_results r, old = {0}, again;
    add(&old, "old", 0, NULL);
    assert_int_equal(vt_results_write(path, &old), VT_OK);
    fill(&r);
    /* A file-size limit stands for a full disk: write() fails in the same place. */
    struct rlimit limit, small;
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 100000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    enum vt_status st = vt_results_write(path, &r);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(st, VT_EWORLD);
    assert_non_null(strstr(vt_message(), path));
    assert_non_null(strstr(vt_message(), "File too large"));
    assert_reads(&again);
    assert_same(&old, &again);
    assert_int_equal(access("unit_results_file.h5.partial", F_OK), -1);

    assert_int_equal(vt_results_write("/proc/no/r.h5", &r), VT_EWORLD);
    assert_non_null(strstr(vt_message(), "/proc/no/r.h5"));
    assert_non_null(strstr(vt_message(), "No such file"));
    assert_int_equal(vt_results_write("/dev/null/r.h5", &r), VT_EWORLD);
    vt_results_release(&again);
    vt_results_release(&old);
    vt_results_release(&r);
}

static void a_note_cannot_hide_the_unit(void **state)
{
    (void)state;
    struct vt_results r;
    fill(&r);
    vt_results_note(&r, "a", "unit", "furlong");
    assert_int_equal(vt_results_write(path, &r), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "unit"));
    vt_results_release(&r);
}

static void assert_csv(const struct vt_dataset *d, const char *expected)
{
    assert_int_equal(vt_results_csv("unit_results.csv", d), VT_OK);
    char *text;
    long n = read_whole("unit_results.csv", &text);
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(text, expected, (size_t)n);
    free(text);
    unlink("unit_results.csv");
}

static void csv_names_every_column_with_its_unit(void **state)
{
    (void)state;
    static const double radius[] = {0.5, 1.5};
    static const char *const pair[] = {"Cu-Cu", "Cu,Zr"};
    struct vt_results r = {0};
    struct vt_dataset *d;
    vt_results_add(&r, "s/n", "eV", "a number", 0, NULL, &d);
    d->value[0] = 0.1;
    assert_csv(d, "# s/n\n# a number\n# value [eV]\n0.10000000000000001\n");
    vt_results_add(&r, "s/g", "1", "g(r)", 2, (int[]){2, 2}, &d);
    vt_dataset_axis(d, 0, "pair", "", NULL, pair);
    vt_dataset_axis(d, 1, "r", "angstrom", radius, NULL);
    for (int k = 0; k < 4; k++) d->value[k] = k;
    assert_csv(d, "# s/g\n# g(r)\n# r [angstrom],Cu-Cu [1],\"Cu,Zr\" [1]\n0.5,0,2\n1.5,1,3\n");
    vt_results_add(&r, "s/c", "1", "c", 2, (int[]){2, 2}, &d);
    vt_dataset_axis(d, 1, "r", "angstrom", radius, NULL);
    vt_dataset_errors(d);
    d->value[1] = 7;
    d->error[1] = 8;
    assert_csv(
        d,
        "# s/c\n# c\n# axis1,r [angstrom],value [1],error [1]\n0,0.5,0,0\n0,1.5,7,8\n1,0.5,0,0\n1,1.5,0,0\n");
    vt_results_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_what_was_written),
        cmocka_unit_test(axes_are_dimension_scales),
        cmocka_unit_test(nothing_is_a_results_file_too),
        cmocka_unit_test(foreign_files_are_refused_by_name),
        cmocka_unit_test(damage_is_found_and_never_crashes),
        cmocka_unit_test(a_failed_write_leaves_the_old_file),
        cmocka_unit_test(a_note_cannot_hide_the_unit),
        cmocka_unit_test(csv_names_every_column_with_its_unit),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
