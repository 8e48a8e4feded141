/* setfl, eam.fs and funcfl files: what is written is read back, in any dialect; what is broken is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/random.h"
#include "io/eam_file.h"

/* Two elements, n_rho = 5, n_r = 6; line 6 and 9 are the elements', line 12 begins r phi. */
static const char setfl[] = "first comment\n"
                            "second\n"
                            "\n"
                            "2 Cu Zr\n"
                            "5 0.5 6 1.0 5.0\n"
                            "29 63.546 3.615 fcc\n"
                            "0 -1 -2 -3 -4\n"
                            "10 11 12 13 14 15\n"
                            "40 91.224 3.232 hcp\n"
                            "0 -5 -6 -7 -8\n"
                            "20 21 22 23 24 25\n"
                            "30 31 32 33 34 35\n"
                            "40 41 42 43 44 45\n"
                            "50 51 52 53 54 55\n";

/* eam.fs: after an element's F come rho_a1, rho_a2: what a gives to atoms of 1, of 2. */
static const char eam_fs[] = "a\nb\nc\n"
                             "2 Cu Zr\n"
                             "5 0.5 5 1.0 4.0\n"
                             "29 63.5 3.6 fcc\n"
                             "0 0 0 0 0  1 1 1 1 1  2 2 2 2 2\n"
                             "40 91.2 3.2 hcp\n"
                             "0 0 0 0 0  3 3 3 3 3  4 4 4 4 4\n"
                             "5 5 5 5 5  6 6 6 6 6  7 7 7 7 7\n";

/* n_rho = 5, n_r = 6; line 4 is F, line 5 Z, line 6 rho. */
static const char funcfl[] = "copper\n"
                             "29 63.55 3.615 FCC\n"
                             "5 0.5 6 1.0 5.0\n"
                             "0 -1 -2 -3 -4\n"
                             "12 11 7 5.5 -0.125 0\n"
                             "20 21 22 23 24 25\n";

static const char *const sound[] = {setfl, eam_fs, funcfl};

/* Tables of all sizes of numbers: rounding a digit away anywhere would show. */
static void fill(struct vt_eam *e, int n, bool fs)
{
    *e = (struct vt_eam){.n_species = n, .n_rho = 11, .n_r = 7, .finnis_sinclair = fs};
    e->d_rho = 1.0 / 3;
    e->d_r = 0.1;
    e->cutoff = 0.6;
    assert_int_equal(vt_eam_alloc(e), VT_OK);
    static const char *const symbols[] = {"Cu", "Zr", "Al"};
    for (int a = 0; a < n; a++) {
        snprintf(e->element[a].symbol, sizeof e->element[a].symbol, "%s", symbols[a]);
        snprintf(e->element[a].structure, sizeof e->element[a].structure, "hcp");
        e->element[a].z = 10 + a;
        e->element[a].mass = 100.0 / 3 + a;
        e->element[a].lattice = 1.0 / 7;
        for (int k = 0; k < e->n_rho; k++) {
            double g[4];
            vt_normal4(1, a, k, VT_RANDOM_TEST, g);
            vt_eam_f(e, a)[k] = g[0] * (k % 3 == 0 ? 1e-200 : 1e5);
        }
        for (int b = 0; b < n; b++)
            for (int k = 0; k < e->n_r; k++) {
                double g[4];
                vt_normal4(2, fs ? a * n + b : a, k, VT_RANDOM_TEST, g);
                vt_eam_rho(e, a, b)[k] = g[0];
                vt_normal4(3, a < b ? a * n + b : b * n + a, k, VT_RANDOM_TEST, g);
                vt_eam_rphi(e, a, b)[k] = g[1];
            }
    }
    vt_eam_f(e, 0)[0] = DBL_TRUE_MIN;
    vt_eam_f(e, 0)[1] = -DBL_MAX;
    snprintf(e->comment[0], sizeof e->comment[0], "a comment: 1 2 3");
    vt_eam_seal(e);
}

static void assert_same(const struct vt_eam *x, const struct vt_eam *y)
{
    size_t n = (size_t)x->n_species;
    assert_int_equal(x->checksum, y->checksum);
    assert_int_equal(x->finnis_sinclair, y->finnis_sinclair);
    assert_memory_equal(x->element, y->element, n * sizeof *x->element);
    assert_memory_equal(x->comment, y->comment, sizeof x->comment);
    assert_memory_equal(x->f, y->f, n * (size_t)x->n_rho * sizeof(double));
    assert_memory_equal(x->rho, y->rho, n * n * (size_t)x->n_r * sizeof(double));
    assert_memory_equal(x->rphi, y->rphi, n * n * (size_t)x->n_r * sizeof(double));
}

static void reading_what_was_written_gives_the_same_bits(void **state)
{
    (void)state;
    for (int n = 1; n <= 3; n++)
        for (int fs = 0; fs <= (n > 1); fs++) {
            struct vt_eam e, back;
            char path[] = "eam_file.XXXXXX";
            close(mkstemp(path));
            fill(&e, n, fs);
            assert_int_equal(fs ? vt_eam_write_fs(path, &e) : vt_eam_write_setfl(path, &e), VT_OK);
            assert_int_equal(vt_eam_read(path, &back), VT_OK);
            assert_same(&e, &back);
            unlink(path);
            vt_eam_release(&e);
            vt_eam_release(&back);
        }
}

/* Alloy tables written as eam.fs: the numbers are the same, only the format differs. */
static void the_count_of_numbers_tells_the_formats_apart_whatever_the_suffix(void **state)
{
    (void)state;
    struct vt_eam e, back;
    char path[] = "eam_file.XXXXXX.fs";
    close(mkstemps(path, 3));
    fill(&e, 3, false);
    assert_int_equal(vt_eam_write_setfl(path, &e), VT_OK);
    assert_int_equal(vt_eam_read(path, &back), VT_OK);
    assert_false(back.finnis_sinclair);
    vt_eam_release(&back);
    assert_int_equal(vt_eam_write_fs(path, &e), VT_OK);
    assert_int_equal(vt_eam_read(path, &back), VT_OK);
    assert_true(back.finnis_sinclair);
    assert_memory_equal(back.rho, e.rho, 9 * (size_t)e.n_r * sizeof(double));
    vt_eam_release(&back);
    vt_eam_release(&e);
    unlink(path);
}

static void blocks_stand_where_the_format_says(void **state)
{
    (void)state;
    struct vt_eam e;
    assert_int_equal(vt_eam_parse(setfl, strlen(setfl), "x", &e), VT_OK);
    assert_false(e.finnis_sinclair);
    assert_string_equal(e.comment[1], "second");
    assert_int_equal(e.element[1].z, 40);
    assert_string_equal(e.element[0].structure, "fcc");
    assert_true(e.element[1].mass == 91.224 && e.element[1].lattice == 3.232 && e.cutoff == 5);
    assert_true(vt_eam_f(&e, 1)[4] == -8);
    for (int b = 0; b < 2; b++) assert_true(vt_eam_rho(&e, 0, b)[1] == 11 && vt_eam_rho(&e, 1, b)[0] == 20);
    assert_true(vt_eam_rphi(&e, 0, 0)[5] == 35 && vt_eam_rphi(&e, 1, 1)[5] == 55);
    assert_true(vt_eam_rphi(&e, 0, 1)[2] == 42 && vt_eam_rphi(&e, 1, 0)[2] == 42);
    vt_eam_release(&e);

    assert_int_equal(vt_eam_parse(eam_fs, strlen(eam_fs), "x", &e), VT_OK);
    assert_true(e.finnis_sinclair);
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) assert_true(vt_eam_rho(&e, a, b)[0] == 1 + 2 * a + b);
    vt_eam_release(&e);
}

/* Z is an effective charge: 27.2 * 0.529 is the product in LAMMPS's pair_eam.cpp. */
static void funcfl_gives_one_element_named_by_its_number_and_charges_as_energies(void **state)
{
    (void)state;
    static const double z[] = {12, 11, 7, 5.5, -0.125, 0};
    struct vt_eam e;
    assert_int_equal(vt_eam_parse(funcfl, strlen(funcfl), "x", &e), VT_OK);
    assert_int_equal(e.n_species, 1);
    assert_false(e.finnis_sinclair);
    assert_string_equal(e.element[0].symbol, "Cu");
    assert_string_equal(e.element[0].structure, "FCC");
    assert_int_equal(e.element[0].z, 29);
    assert_true(e.element[0].mass == 63.55 && e.element[0].lattice == 3.615);
    assert_true(e.n_rho == 5 && e.d_rho == 0.5 && e.n_r == 6 && e.d_r == 1 && e.cutoff == 5);
    assert_string_equal(e.comment[0], "copper");
    assert_non_null(strstr(e.comment[1], "27.2 * 0.529"));
    for (int k = 0; k < 5; k++) assert_true(e.f[k] == -k);
    for (int k = 0; k < 6; k++) {
        assert_true(e.rphi[k] == 27.2 * 0.529 * z[k] * z[k]);
        assert_true(e.rho[k] == 20 + k);
    }
    vt_eam_release(&e);
}

/* A funcfl file has no other writer than setfl: the same tables come back. */
static void funcfl_written_as_setfl_and_as_eam_fs_gives_the_same_bits(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct vt_eam e, back;
        char path[] = "eam_file.XXXXXX";
        close(mkstemp(path));
        assert_int_equal(vt_eam_parse(funcfl, strlen(funcfl), "x", &e), VT_OK);
        assert_int_equal(k ? vt_eam_write_fs(path, &e) : vt_eam_write_setfl(path, &e), VT_OK);
        assert_int_equal(vt_eam_read(path, &back), VT_OK);
        assert_same(&e, &back);
        unlink(path);
        vt_eam_release(&e);
        vt_eam_release(&back);
    }
}

/* eam.fs in which every element gives one density holds an alloy potential. */
static void setfl_takes_tables_of_eam_fs_if_densities_are_those_of_an_alloy(void **state)
{
    (void)state;
    struct vt_eam e, back;
    char path[] = "eam_file.XXXXXX";
    close(mkstemp(path));
    fill(&e, 3, false);
    e.finnis_sinclair = true;
    assert_int_equal(vt_eam_write_setfl(path, &e), VT_OK);
    assert_int_equal(vt_eam_read(path, &back), VT_OK);
    assert_memory_equal(back.rho, e.rho, 9 * (size_t)e.n_r * sizeof(double));
    vt_eam_release(&back);
    vt_eam_rho(&e, 1, 2)[3] *= 1.5;
    assert_int_equal(vt_eam_write_setfl(path, &e), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "Zr gives Cu and Al different densities"));
    vt_eam_release(&e);
    unlink(path);
}

/* Replace the first occurrence of what by with; the caller frees. */
static char *changed(const char *text, const char *what, const char *with)
{
    const char *at = strstr(text, what);
    assert_non_null(at);
    char *out = NULL;
    assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, with, at + strlen(what)) > 0);
    return out;
}

enum dialect {
    CR_LF,
    TABS,
    ONE_NUMBER_A_LINE,
    ONE_LINE,
    TRAILING_BLANKS,
    NO_LAST_LINE_END,
    D_EXPONENT,
    SMALL_D_EXPONENT,
    NO_LETTER,
    LONG_COMMENT,
    DIALECTS
};

/* A number as Fortran writes it. All numbers of the texts have at most four digits. */
static void put_fortran(FILE *out, const char *number, enum dialect dialect)
{
    char text[32];
    snprintf(text, sizeof text, "%.3e", atof(number));
    char *e = strchr(text, 'e');
    *e = '\0';
    fprintf(out,
            dialect == NO_LETTER    ? "%s%+04d"
            : dialect == D_EXPONENT ? "%sD%+03d"
                                    : "%sd%+03d",
            text, atoi(e + 1));
}

/* The text in a dialect; lines of tables are those that hold numbers only, after line 3. The caller frees. */
static char *spoken(const char *text, enum dialect dialect, size_t *length)
{
    char *out = NULL, *copy = strdup(text), *rest = copy;
    FILE *file = open_memstream(&out, length);
    int n = 1;
    for (char *line; (line = strsep(&rest, "\n")) && (*line || rest); n++) {
        bool table = n > 3 && !strpbrk(line, "CZhf"), last = !rest || !*rest;
        if (table && dialect == ONE_LINE) {
            fprintf(file, "%s ", line);
        } else if (table && dialect >= D_EXPONENT && dialect <= NO_LETTER) {
            for (char *word; (word = strsep(&line, " "));) {
                if (*word) put_fortran(file, word, dialect);
                fputc(' ', file);
            }
        } else {
            for (const char *c = line; *c; c++)
                if (*c == ' ' && dialect == TABS && n > 1)
                    fputs("\t", file);
                else if (*c == ' ' && dialect == ONE_NUMBER_A_LINE && table)
                    fputc('\n', file);
                else
                    fputc(*c, file);
        }
        for (int k = 0; k < 100000 && dialect == LONG_COMMENT && n == 1; k++) fputs(" word", file);
        if (dialect == TRAILING_BLANKS) fputs(" \t ", file);
        bool joined = table && dialect == ONE_LINE && !last && !strpbrk(rest, "CZhf");
        if (!joined && !(last && dialect == NO_LAST_LINE_END)) fputs(dialect == CR_LF ? "\r\n" : "\n", file);
    }
    if (dialect == TRAILING_BLANKS) fputs("\n   \n\t\n\n", file);
    fclose(file);
    free(copy);
    return out;
}

/* The text is not terminated, as that of a file. */
static void every_dialect_gives_the_same_tables(void **state)
{
    (void)state;
    for (int f = 0; f < 3; f++) {
        struct vt_eam plain, other;
        assert_int_equal(vt_eam_parse(sound[f], strlen(sound[f]), "x", &plain), VT_OK);
        for (int dialect = 0; dialect < DIALECTS; dialect++) {
            size_t length;
            char *text = spoken(sound[f], (enum dialect)dialect, &length), *exact = malloc(length);
            assert_true(strlen(text) != strlen(sound[f]) || strcmp(text, sound[f]) != 0);
            memcpy(exact, text, length);
            if (vt_eam_parse(exact, length, "x", &other) != VT_OK)
                fail_msg("file %d, dialect %d: %s\n%s", f, dialect, vt_message(), text);
            if (dialect == LONG_COMMENT) memcpy(other.comment, plain.comment, sizeof plain.comment);
            assert_same(&plain, &other);
            vt_eam_release(&other);
            free(exact);
            free(text);
        }
        vt_eam_release(&plain);
    }
}

/* Oddities mixed within one table. */
static void line_breaks_and_fortran_exponents_may_mix(void **state)
{
    (void)state;
    struct vt_eam plain, other;
    assert_int_equal(vt_eam_parse(setfl, strlen(setfl), "x", &plain), VT_OK);
    char *broken =
        changed(setfl, "10 11 12 13 14 15\n", "1.0D+01 1.1d1 1200-002\t13.E0\n\n14 \n 1.5E+1\n  \n");
    assert_int_equal(vt_eam_parse(broken, strlen(broken), "x", &other), VT_OK);
    assert_same(&plain, &other);
    vt_eam_release(&other);
    free(broken);
    broken = changed(setfl, "10 11", "1.234-102 -.5+003");
    assert_int_equal(vt_eam_parse(broken, strlen(broken), "x", &other), VT_OK);
    assert_true(vt_eam_rho(&other, 0, 0)[0] == 1.234e-102 && vt_eam_rho(&other, 0, 0)[1] == -500);
    vt_eam_release(&other);
    free(broken);
    vt_eam_release(&plain);
}

static void a_broken_file_is_refused_with_file_line_and_what_was_expected(void **state)
{
    (void)state;
    static const struct broken {
        const char *what, *with, *message[4];
    } broken[] = {
        {"first comment\nsecond\n\n2 Cu Zr\n",
         "29 63.546\n0 1 2\n3 4 5\n6 7 8\n",
         {"line 2", "atomic number", "'0'"}},
        {"2 Cu Zr", "0 Cu Zr", {"line 4", "number of elements", "'0'"}},
        {"2 Cu Zr", "-2 Cu Zr", {"line 4", "number of elements", "'-2'"}},
        {"2 Cu Zr", "17 Cu Zr", {"line 4", "1 to 16", "'17'"}},
        {"2 Cu Zr", "Cu Zr", {"line 4", "number of elements", "'Cu'"}},
        {"2 Cu Zr", "3 Cu Zr", {"line 5", "symbol 3 of 3", "'5'"}},
        {"2 Cu Zr", "2 Cu Cu", {"line 4", "once", "'Cu'"}},
        {"2 Cu Zr", "2 Cu Zirc", {"line 4", "symbol 2 of 2", "'Zirc'"}},
        {"5 0.5 6", "-5 0.5 6", {"line 5", "n_rho", "'-5'"}},
        {"5 0.5 6", "5.5 0.5 6", {"line 5", "n_rho", "'5.5'"}},
        {"5 0.5 6", "5 0.5 4", {"line 5", "n_r,", "'4'"}},
        {"5 0.5 6", "5 0.5 99999999999", {"line 5", "n_r,", "'99999999999'"}},
        {"5 0.5 6", "5 0.5 10000000", {"line 5", "n_r = 10000000", "truncated"}},
        {"5 0.5 6", "5 0 6", {"line 5", "d_rho", "'0'"}},
        {"1.0 5.0", "-1.0 5.0", {"line 5", "d_r,", "'-1.0'"}},
        {"1.0 5.0", "1.0 nan", {"line 5", "cut-off", "'nan'"}},
        {"1.0 5.0", "1.0 8.0", {"line 5", "end at 5 angstrom", "cut-off of 8"}},
        {"29 63.546", "x29 63.546", {"line 6", "atomic number of Cu", "'x29'"}},
        {"40 91.224", "40 -91.224", {"line 9", "mass of Zr", "'-91.224'"}},
        {"40 91.224 3.232 hcp", "40", {"line 9", "mass of Zr", "line ends"}},
        {"-7 -8", "-7 NaN", {"line 10", "number 5 of 5 of the embedding energy of Zr", "'NaN'"}},
        {"13 14", "13 inf", {"line 8", "number 5 of 6 of the density of Cu", "'inf'"}},
        {"13 14", "13 1e999", {"line 8", "density of Cu", "'1e999'"}},
        {"13 14", "13 0x10", {"line 8", "density of Cu", "'0x10'"}},
        {"13 14", "13 14,", {"line 8", "density of Cu", "'14,'"}},
        {"43 44", "43 4.4.", {"line 13", "number 5 of 6 of r phi of Zr-Cu", "'4.4.'"}},
        {"43 44", "43 \001", {"line 13", "r phi of Zr-Cu", "'?'"}},
        {"53 54 55\n", "53", {"line 14", "number 5 of 6 of r phi of Zr-Zr", "truncated"}},
        {"55\n", "55\n56\n", {"line 15", "nothing after the last table", "'56'"}},
        {"12 13 14", "12 14", {"line 9", "atomic number of Zr", "'91.224'"}},
        {"first comment", "UNITS: real", {"line 1", "UNITS: metal", "'real'"}},
    };
    static const struct broken broken_funcfl[] = {
        {"29 63", "Cu 63", {"line 2", "atomic number of the element, 1 to 103", "'Cu'"}},
        {"29 63", "0 63", {"line 2", "atomic number of the element, 1 to 103", "'0'"}},
        {"29 63", "104 63", {"line 2", "atomic number of the element, 1 to 103", "'104'"}},
        {"29 63.55 3.615 FCC", "29", {"line 2", "mass of the element", "line ends"}},
        {"29 63.55", "29 copper", {"line 2", "mass of the element", "'copper'"}},
        {"5 0.5 6", "5 0.5 six", {"line 3", "n_r,", "'six'"}},
        {"5 0.5 6", "0 0.5 6", {"line 3", "n_rho", "'0'"}},
        {"5 0.5 6 1.0 5.0\n", "5 0.5 6 1.0\n", {"line 4", "cut-off", "'0'"}},
        {"1.0 5.0", "1.0 8.0", {"line 3", "end at 5 angstrom", "cut-off of 8"}},
        {"5 0.5 6", "5 0.5 6000000", {"line 3", "1 element with", "n_r = 6000000", "truncated"}},
        {"-2 -3", "-2 nan", {"line 4", "number 4 of 5 of the embedding energy of Cu", "'nan'"}},
        {"0 -1", "0 NaN", {"line 4", "number 2 of 5 of the embedding energy of Cu", "'NaN'"}},
        {"12 11", "12 1,1", {"line 5", "number 2 of 6 of the effective charge of Cu", "'1,1'"}},
        {"12 11", "12 1e200", {"lines 4 to 5", "1e+200 is too large for an effective charge"}},
        {"24 25\n", "24\n", {"line 7", "number 6 of 6 of the density of Cu", "truncated"}},
        {"24 25\n", "24 25\n26", {"line 7", "nothing after the last table", "'26'"}},
        {"copper", "UNITS:real", {"line 1", "UNITS: metal", "'real'"}},
        {"copper", "UNITS:", {"line 1", "UNITS: metal", "line ends"}},
    };
    enum { N = sizeof broken / sizeof *broken, M = sizeof broken_funcfl / sizeof *broken_funcfl };
    for (int k = 0; k < N + M; k++) {
        struct vt_eam e;
        const struct broken *b = k < N ? &broken[k] : &broken_funcfl[k - N];
        char *text = changed(k < N ? setfl : funcfl, b->what, b->with);
        assert_int_equal(vt_eam_parse(text, strlen(text), "some.eam", &e), VT_EINPUT);
        assert_non_null(strstr(vt_message(), "some.eam"));
        for (int m = 0; m < 4 && b->message[m]; m++)
            if (!strstr(vt_message(), b->message[m]))
                fail_msg("'%s' should say '%s'", vt_message(), b->message[m]);
        assert_null(e.f);
        free(text);
    }
}

/* Cut anywhere, the file is refused; only the last line end may be missing. */
static void every_truncated_file_is_refused(void **state)
{
    (void)state;
    for (int f = 0; f < 3; f++) {
        /* "55" cut to "5" is still a number. */
        size_t whole = (size_t)(strrchr(sound[f], ' ') - sound[f]) + 1;
        for (size_t length = 0; length < whole; length++) {
            struct vt_eam e;
            assert_int_equal(vt_eam_parse(sound[f], length, "cut", &e), VT_EINPUT);
            assert_non_null(strstr(vt_message(), "cut, line "));
        }
    }
}

static void species_are_chosen_and_ordered_by_name(void **state)
{
    (void)state;
    struct vt_eam e, all;
    fill(&all, 3, true);
    fill(&e, 3, true);
    static const char *const wanted[] = {"Al", "Cu"}, *const missing[] = {"Cu", "Be"};
    assert_int_equal(vt_eam_select(&e, missing, 2), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "no Be; it has Cu, Zr, Al"));
    assert_same(&e, &all);
    assert_int_equal(vt_eam_select(&e, wanted, 2), VT_OK);
    assert_int_equal(e.n_species, 2);
    assert_string_equal(e.element[0].symbol, "Al");
    assert_true(e.checksum != all.checksum);
    static const int from[] = {2, 0};
    size_t row = (size_t)e.n_r * sizeof(double);
    for (int a = 0; a < 2; a++) {
        assert_true(e.element[a].mass == all.element[from[a]].mass);
        assert_memory_equal(vt_eam_f(&e, a), vt_eam_f(&all, from[a]), (size_t)e.n_rho * sizeof(double));
        for (int b = 0; b < 2; b++) {
            assert_memory_equal(vt_eam_rho(&e, a, b), vt_eam_rho(&all, from[a], from[b]), row);
            assert_memory_equal(vt_eam_rphi(&e, a, b), vt_eam_rphi(&all, from[a], from[b]), row);
        }
    }
    vt_eam_release(&e);
    vt_eam_release(&all);
}

static void a_missing_file_is_bad_input_and_an_unwritable_place_is_the_world(void **state)
{
    (void)state;
    struct vt_eam e;
    assert_int_equal(vt_eam_read("no/such/file.eam", &e), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "no/such/file.eam"));
    assert_int_equal(vt_eam_read("/", &e), VT_EINPUT);
    fill(&e, 2, false);
    assert_int_equal(vt_eam_write_setfl("no/such/file.eam", &e), VT_EWORLD);
    assert_non_null(strstr(vt_message(), "no/such/file.eam"));
    vt_eam_release(&e);
    fill(&e, 2, true);
    assert_int_equal(vt_eam_write_setfl("never.eam", &e), VT_EINPUT);
    assert_int_equal(access("never.eam", F_OK), -1);
    vt_eam_release(&e);
}

/* The old file stays whole when the new one can not be put in its place. */
static void a_failed_write_leaves_nothing_behind(void **state)
{
    (void)state;
    struct vt_eam e;
    char folder[] = "eam_file.XXXXXX", name[64];
    assert_non_null(mkdtemp(folder));
    snprintf(name, sizeof name, "%s/table", folder);
    fill(&e, 2, false);
    assert_int_equal(mkdir(name, 0700), 0); /* no file, so it is not touched */
    assert_int_equal(vt_eam_write_setfl(name, &e), VT_EINPUT);
    assert_int_equal(rmdir(name), 0);

    /* The disk takes 1 kB, and not the rest. */
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 1024;
    signal(SIGXFSZ, SIG_IGN);
    FILE *old = fopen(name, "w");
    assert_non_null(old);
    fputs("old", old);
    fclose(old);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum vt_status st = vt_eam_write_setfl(name, &e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(st, VT_EWORLD);
    struct stat s;
    assert_int_equal(stat(name, &s), 0);
    assert_int_equal(s.st_size, 3);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(rmdir(folder), 0); /* empty, so the part was removed */
    vt_eam_release(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_what_was_written_gives_the_same_bits),
        cmocka_unit_test(the_count_of_numbers_tells_the_formats_apart_whatever_the_suffix),
        cmocka_unit_test(blocks_stand_where_the_format_says),
        cmocka_unit_test(funcfl_gives_one_element_named_by_its_number_and_charges_as_energies),
        cmocka_unit_test(funcfl_written_as_setfl_and_as_eam_fs_gives_the_same_bits),
        cmocka_unit_test(setfl_takes_tables_of_eam_fs_if_densities_are_those_of_an_alloy),
        cmocka_unit_test(every_dialect_gives_the_same_tables),
        cmocka_unit_test(line_breaks_and_fortran_exponents_may_mix),
        cmocka_unit_test(a_broken_file_is_refused_with_file_line_and_what_was_expected),
        cmocka_unit_test(every_truncated_file_is_refused),
        cmocka_unit_test(species_are_chosen_and_ordered_by_name),
        cmocka_unit_test(a_missing_file_is_bad_input_and_an_unwritable_place_is_the_world),
        cmocka_unit_test(a_failed_write_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
