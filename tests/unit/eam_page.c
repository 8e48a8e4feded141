/* The page of a potential: every figure with its marks, in files that need no others.
 *
 * unit_eam_page FOLDER leaves the page of the made-up tables there, to be looked at. */
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

#include "io/eam_page.h"

static char folder[64] = "/tmp/vitrum-page-XXXXXX";

/* Two metals; cut: the cut-off lies before the end of
 * the tables. */
static void fill(struct vt_eam *e, bool fs, bool cut)
{
    *e = (struct vt_eam){.n_species = 2, .n_rho = 1001, .n_r = 601, .finnis_sinclair = fs};
    e->d_rho = 0.06;
    e->d_r = 0.01;
    e->cutoff = cut ? 5.5 : 6;
    assert_int_equal(vt_eam_alloc(e), VT_OK);
    snprintf(e->comment[0], sizeof e->comment[0], "made <b>up</b> & up");
    for (int a = 0; a < 2; a++) {
        strcpy(e->element[a].symbol, a ? "Zr" : "Cu");
        strcpy(e->element[a].structure, a ? "none" : "fcc");
        e->element[a].z = a ? 40 : 29;
        e->element[a].mass = a ? 91.2 : 63.5;
        e->element[a].lattice = a ? 0 : 3.6;
        for (int k = 0; k < e->n_rho; k++) vt_eam_f(e, a)[k] = -2 + pow((k * e->d_rho - 18) / 20, 2);
        for (int b = 0; b < 2; b++)
            for (int k = 0; k < e->n_r; k++) {
                double r = k * e->d_r, end = r < 5.5 ? pow(5.5 - r, 3) : 0;
                vt_eam_rho(e, a, b)[k] = (fs && a != b ? 0.05 : 0.03) * end;
                vt_eam_rphi(e, a, b)[k] = a == b ? r * 0.05 * end * (2.4 - r) : end;
            }
    }
    vt_eam_seal(e);
}

static char *read_text(const char *name)
{
    char path[128], *text = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    if (!f) return NULL;
    assert_true(getdelim(&text, &size, '\0', f) > 0);
    fclose(f);
    return text;
}

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *c = text; (c = strstr(c, word)); c += strlen(word)) n++;
    return n;
}

static void must_say(const char *text, const char *what, int times)
{
    if (count(text, what) != times) fail_msg("'%s' stands %d times, not %d", what, count(text, what), times);
}

static void write_page(const struct vt_eam *e)
{
    enum vt_status st = vt_eam_page_write(folder, e, "made <i>up</i>.eam");
    if (st) print_error("%s\n", vt_message());
    assert_int_equal(st, VT_OK);
}

static void remove_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(remove(path), 0);
}

static const char *const picture[] = {"F-Cu.svg",      "F-Zr.svg",      "rho-Cu.svg",   "rho-Zr.svg",
                                      "phi-Cu-Cu.svg", "phi-Cu-Zr.svg", "phi-Zr-Zr.svg"};
enum { PICTURES = sizeof picture / sizeof *picture };

/* phi has its minimum where d/dr (5.5 - r)^3 (2.4 - r) = 0: r = 3.175, depth 0.487. The
 * density in fcc Cu is 12 f(2.546) + 6 f(3.6) + 24 f(4.409) + 12 f(5.091) with f = 0.03 (5.5 - r)^3. */
static void marks_say_where_tables_end_and_what_they_hold(void **state)
{
    (void)state;
    struct vt_eam e;
    char density[32];
    fill(&e, false, true);
    write_page(&e);
    char *page = read_text("potential.html");
    must_say(page, "<svg", PICTURES);
    must_say(page, "cut-off 5.5 Å", 5);
    must_say(page, "end of table 6 Å", 5);
    must_say(page, "end of table 60", 2);
    must_say(page, "minimum −2 eV at 18", 2);
    must_say(page, "minimum −0.487 eV at 3.175 Å", 2); /* Cu-Zr only repels */
    double f = 0;
    for (int s = 0; s < 4; s++)
        f += (double[]){12, 6, 24, 12}[s] * 0.03 * pow(5.5 - 3.6 * sqrt(0.5 * (s + 1)), 3);
    snprintf(density, sizeof density, "in the crystal %.4g", f);
    must_say(page, density, 1); /* Zr names no lattice */
    free(page);

    vt_eam_release(&e);
    fill(&e, true, false);
    write_page(&e);
    page = read_text("potential.html");
    must_say(page, "cut-off, end of table 6 Å", 5);
    must_say(page, ">to Zr<", 2);
    must_say(page, "Finnis-Sinclair", 2);
    free(page);
    vt_eam_release(&e);
    for (int k = 0; k < PICTURES; k++) remove_file(picture[k]);
    remove_file("potential.html");
}

static void each_file_stands_alone_and_text_stays_text(void **state)
{
    (void)state;
    struct vt_eam e;
    fill(&e, true, true);
    write_page(&e);
    char *page = read_text("potential.html");
    must_say(page, "<b>up</b>", 0);
    must_say(page, "<i>up</i>", 0);
    must_say(page, "&#60;b&#62;up&#60;/b&#62; &#38; up", 1);
    must_say(page, "</html>", 1);
    must_say(page, "http:", PICTURES); /* the name of SVG's elements, which is no link */
    must_say(page, "src=", 0);
    free(page);
    for (int k = 0; k < PICTURES; k++) {
        char *svg = read_text(picture[k]);
        assert_non_null(svg);
        assert_true(strncmp(svg, "<svg ", 5) == 0);
        must_say(svg, "</svg>", 1);
        must_say(svg, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>", 1);
        free(svg);
        remove_file(picture[k]);
    }
    remove_file("potential.html");
    vt_eam_release(&e);
}

/* A page of ours may be drawn anew; anything else is not ours to replace. */
static void folders_that_hold_something_else_are_refused(void **state)
{
    (void)state;
    struct vt_eam e;
    char path[128];
    assert_int_equal(vt_eam_page_check("/tmp/no/such/place"), VT_OK);
    assert_int_equal(vt_eam_page_check(folder), VT_OK);
    snprintf(path, sizeof path, "%s/potential.html", folder);
    FILE *f = fopen(path, "w");
    fputs("<!DOCTYPE html>\nnot ours, and longer than our mark at the beginning of a page", f);
    fclose(f);
    assert_int_equal(vt_eam_page_check(folder), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "not empty"));
    assert_int_equal(vt_eam_page_check(path), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "a folder is right"));
    fill(&e, false, true);
    write_page(&e);
    assert_int_equal(vt_eam_page_check(folder), VT_OK);
    for (int k = 0; k < PICTURES; k++) remove_file(picture[k]);
    remove_file("potential.html");
    vt_eam_release(&e);
}

static void without_gnuplot_nothing_is_written(void **state)
{
    (void)state;
    struct vt_eam e;
    char inside[128], *path = strdup(getenv("PATH"));
    struct stat s;
    snprintf(inside, sizeof inside, "%s/new", folder);
    fill(&e, false, true);
    setenv("PATH", "/nonexistent", 1);
    assert_int_equal(vt_eam_page_write(inside, &e, "x"), VT_EWORLD);
    setenv("PATH", path, 1);
    assert_non_null(strstr(vt_message(), "gnuplot"));
    assert_non_null(strstr(vt_message(), "gnuplot-nox"));
    assert_int_equal(stat(inside, &s), -1);
    free(path);
    vt_eam_release(&e);
}

static void a_folder_that_cannot_be_made_is_the_world(void **state)
{
    (void)state;
    struct vt_eam e;
    fill(&e, false, true);
    assert_int_equal(vt_eam_page_write("/proc/potential", &e, "x"), VT_EWORLD);
    assert_non_null(strstr(vt_message(), "/proc/potential"));
    vt_eam_release(&e);
}

static int make_folder(void **state)
{
    (void)state;
    return !mkdtemp(folder);
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails if anything was left behind */
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        struct vt_eam e;
        fill(&e, true, true);
        enum vt_status st = vt_eam_page_write(argv[1], &e, "made up");
        vt_eam_release(&e);
        return st;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_say_where_tables_end_and_what_they_hold),
        cmocka_unit_test(each_file_stands_alone_and_text_stays_text),
        cmocka_unit_test(folders_that_hold_something_else_are_refused),
        cmocka_unit_test(without_gnuplot_nothing_is_written),
        cmocka_unit_test(a_folder_that_cannot_be_made_is_the_world),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
