/* Tables of several columns: what instruments export is read to the same numbers; what is damaged or not told
 * is refused with file, line and what would be right. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/table_file.h"
#include "io/table_text.h"

static const struct vt_table_want wants[] = {
    {"temperature", "T|temp|temperature|sample temperature|Ts", "K", true},
    {"tan_delta", "tan delta|tan d|loss factor", "1", true},
    {"storage", "E'|storage modulus", "GPa", false},
    {"loss", "E''|loss modulus", "GPa", false},
    {"frequency", "f|frequency|angular frequency|omega", "Hz", false},
    {"time", "t|time|step time", "s", false},
};
enum { T, TAN, STORAGE, LOSS, F, TIME, N_WANTS };

static char path[64];

/* Read text as a file of size bytes (0: up to its end). */
static enum vt_status read_text(const char *text, size_t size, const char *columns, struct vt_table *t)
{
    int d = memfd_create("table", MFD_CLOEXEC);
    if (!size) size = strlen(text);
    assert_true(d >= 0 && write(d, text, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", d);
    enum vt_status st = vt_table_read(path, columns, N_WANTS, wants, t);
    close(d);
    return st;
}

static void read_ok(const char *text, const char *columns, struct vt_table *t)
{
    if (read_text(text, 0, columns, t) != VT_OK) fail_msg("%s\nin: %s", vt_message(), text);
}

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-14 * fabs(expected))) fail_msg("%.17g is not %.17g", value, expected);
}

/* Heat flow in W/g and in mW are two wants of one name: the unit says which of them a column is, above it or
 * below. */
static void a_unit_tells_two_quantities_of_one_name_apart(void **state)
{
    (void)state;
    static const struct vt_table_want flow[] = {
        {"temperature", "T", "K", true},
        {"heat_flow", "heat flow|value", "W/g", false},
        {"power", "heat flow|value", "mW", false},
    };
    static const char *const text[] = {
        "T (K),Heat flow (W/g)\n1,2\n3,4\n", "T (K),Heat flow (mW)\n1,2\n3,4\n",
        "T\tValue\n[K]\t[mW]\n1\t2\n3\t4\n", "T (K),Heat flow (mW),Heat flow (mW/mg)\n1,2,20\n3,4,40\n"};
    static const bool has[][2] = {{true, false}, {false, true}, {false, true}, {true, true}};
    for (int k = 0; k < 4; k++) {
        struct vt_table t;
        int d = memfd_create("table", MFD_CLOEXEC);
        assert_true(d >= 0 && write(d, text[k], strlen(text[k])) == (ssize_t)strlen(text[k]));
        snprintf(path, sizeof path, "/proc/self/fd/%d", d);
        if (vt_table_read(path, "", 3, flow, &t) != VT_OK) fail_msg("%s\nin: %s", vt_message(), text[k]);
        close(d);
        for (int w = 0; w < 2; w++) {
            assert_true((t.value[1 + w] != NULL) == has[k][w]);
            if (has[k][w]) assert_true(t.value[1 + w][1] == (k == 3 && w == 0 ? 40 : 4));
        }
        vt_table_release(&t);
    }
    /* What the option gives to one is not the other's, by name as by number. */
    static const char *const option[] = {"power='Heat flow' [mW]", "power=Heat flow [mW]", "power=2 [mW]"};
    for (int k = 0; k < 3; k++) {
        struct vt_table t;
        static const char bare[] = "T (K);Heat flow\n1;2\n3;4\n";
        int d = memfd_create("table", MFD_CLOEXEC);
        assert_true(d >= 0 && write(d, bare, strlen(bare)) == (ssize_t)strlen(bare));
        snprintf(path, sizeof path, "/proc/self/fd/%d", d);
        if (vt_table_read(path, option[k], 3, flow, &t) != VT_OK) fail_msg("%s: %s", option[k], vt_message());
        close(d);
        assert_true(!t.value[1] && t.value[2] && t.value[2][1] == 4);
        vt_table_release(&t);
    }
}

/* 25 and 26 degC are 298.15 and 299.15 K by definition; 51000.5 MPa is 51.0005 GPa. Whatever the dialect, to
 * two roundings (1e-14). */
static void every_dialect_gives_the_same_numbers(void **state)
{
    (void)state;
    static const char *const dialect[] = {
        /* plain, by commas */
        "T (K),E' (GPa),tan delta\n298.15,51.0005,0.013\n299.15,51.1,0.014\n",
        /* a spreadsheet in a country of decimal commas, with byte order mark */
        "\xef\xbb\xbfTemperature (\xc2\xb0"
        "C);Storage modulus (MPa);Tan(delta)\r\n25,0;51000,5;0,013\r\n26,0;51100;0,014\r\n",
        /* names, units below them, blocks of words before (TRIOS); Latin-1 degree */
        "Filename\tx.tri\nSample mass\t10.5 mg\nDimensions\t10.0\t5.0\t1.0\n[step]\nStep "
        "time\tTemperature\tStorage "
        "modulus\tTan(delta)\ns\t\xb0"
        "C\tMPa\t\n1.0\t25.0\t51000.5\t0.013\n2.0\t26.0\t51100\t0.014\n",
        /* Mettler: blanks, units in brackets below */
        "Curve Values:\n  Index   t   Ts   E'   tan(delta)\n          [s]  [\xc2\xb0"
        "C]  [MPa]  [-]\n"
        " 0  0.0  25.0  51000.5  0.013\n 1  1.0  26.0  51100  0.014\n\n",
        /* Netzsch: the names behind ##, units behind a slash; % for a share */
        "#EXPORTTYPE:DATA ALL\n#FORMAT:NETZSCH5\n##Temp./\xb0"
        "C;Time/min;E'(1.000 Hz)/MPa;tan d(1.000 Hz)/%\n25.0;0.0;51000.5;1.3\n"
        "26.0;0.1;51100;1.4\n",
        /* comment signs, single blanks, primes and Greek letters; old ends of lines */
        "# T (\xe2\x84\x83) E\xe2\x80\xb2 (MPa) tan\xce\xb4\r25.0 51000.5 0.013\r# a word\r26.0 51100 "
        "0.014\r",
        /* quotes, units after underscores, an empty last column, a column of words */
        "\"T_degC\",\"note\",\"E'_MPa\",\"tan delta\",\n25.0,\"a, "
        "b\",51000.5,0.013,\n26.0,ramp,51100,0.014,\n",
        /* columns by decimal comma and tab, a thousand lines of nothing about them */
        "T [K]\ttan delta\tE' [GPa]\n298,15\t0,013\t51,0005\n299,15\t1,4e-2\t51,1\n",
    };
    for (size_t k = 0; k < sizeof dialect / sizeof *dialect; k++) {
        struct vt_table t;
        read_ok(dialect[k], "", &t);
        assert_int_equal(t.n, 2);
        assert_near(t.value[T][0], 298.15);
        assert_near(t.value[T][1], 299.15);
        assert_near(t.value[STORAGE][0], 51.0005);
        assert_near(t.value[STORAGE][1], 51.1);
        assert_near(t.value[TAN][0], 0.013);
        assert_near(t.value[TAN][1], 0.014);
        assert_null(t.value[LOSS]);
        vt_table_release(&t);
    }
}

/* One prime is storage, two are loss; T is not t; rad/s over 2 pi is Hz; 2 min are 120 s. */
static void names_and_units_are_told_apart(void **state)
{
    (void)state;
    struct vt_table t;
    read_ok("t (min),T (K),E' (MPa),E'' (MPa),tan delta,omega_x,Angular frequency (rad/s)\n"
            "2,300,50000,500,.01,9,6.283185307179586\n3,301,50000,501,.01,9,62.83185307179586\n",
            NULL, &t);
    assert_near(t.value[TIME][0], 120);
    assert_near(t.value[T][0], 300);
    assert_near(t.value[STORAGE][0], 50);
    assert_near(t.value[LOSS][1], 0.501);
    assert_near(t.value[F][0], 1);
    assert_near(t.value[F][1], 10);
    assert_int_equal(t.line[1], 3);
    vt_table_release(&t);
}

static void columns_can_be_told_by_number_and_name(void **state)
{
    (void)state;
    struct vt_table t;
    read_ok("1 2 3\n4 5 6\n", "temperature=2 [degC], tan_delta=1", &t);
    assert_near(t.value[T][1], 278.15);
    assert_near(t.value[TAN][1], 4);
    vt_table_release(&t);
    read_ok("x (K);T set (K);Tan(delta) corrected;E'' \n300;299;0.1;5\n301;300;0.2;6\n",
            "temperature='x', tan_delta=Tan(delta) corrected, loss='E''' [MPa]", &t);
    assert_near(t.value[T][0], 300);
    assert_near(t.value[TAN][1], 0.2);
    assert_near(t.value[LOSS][0], 0.005);
    vt_table_release(&t);
}

/* The last text of a key, compared as names of columns are. */
static const char *note_of(const struct vt_table *t, const char *key)
{
    for (int k = t->n_notes - 1; k >= 0; k--)
        if (vt_table_same_name(t->note[k].key, key)) return t->note[k].text;
    return NULL;
}

static void notes_above_the_names_are_kept(void **state)
{
    (void)state;
    struct vt_table t;
    read_ok(
        "Sample: La65Co25Al10\nFrequency = 1 Hz\nSample mass;10,5 mg\nT (K);tan delta\n300;,01\n301;,02\n",
        "", &t);
    assert_string_equal(note_of(&t, "sample"), "La65Co25Al10");
    assert_string_equal(note_of(&t, "frequency"), "1 Hz");
    assert_string_equal(note_of(&t, "sample_mass"), "10,5 mg");
    assert_null(note_of(&t, "operator"));
    vt_table_release(&t);
}

/* A heading that is a name as a whole is not cut into a name and a unit. */
static void a_ratio_is_no_unit(void **state)
{
    (void)state;
    static const struct vt_table_want volume[] = {
        {"pressure", "P", "GPa", true},
        {"volume", "V|volume", "A^3", false},
        {"specific_volume", "V|volume", "cm^3/g", false},
        {"ratio", "V/V0", "1", false},
        {"volume_error", "V error", "A^3", false},
        {"ratio_error", "V/V0 error|sigma V/V0", "1", false},
    };
    static const struct {
        const char *text;
        bool has[6];
    } file[] = {
        {"P (GPa),V/V0,V/V0 error\n1,2,3\n4,5,6\n", {1, 0, 0, 1, 0, 1}},
        {"P (GPa),V/V0 [%],sigma V/V0 (%)\n1,200,300\n4,500,600\n", {1, 0, 0, 1, 0, 1}},
        {"P/GPa,V/V_0,V/\xc3\x85\xc2\xb3\n1,2,3\n4,5,6\n", {1, 1, 0, 1, 0, 0}},
        {"P (GPa),V/V\xe2\x82\x80,V/(cm3/g)\n1,2,3\n4,5,6\n", {1, 0, 1, 1, 0, 0}},
    };
    for (size_t k = 0; k < sizeof file / sizeof *file; k++) {
        struct vt_table t;
        int d = memfd_create("table", MFD_CLOEXEC);
        assert_true(d >= 0 && write(d, file[k].text, strlen(file[k].text)) == (ssize_t)strlen(file[k].text));
        snprintf(path, sizeof path, "/proc/self/fd/%d", d);
        if (vt_table_read(path, "", 6, volume, &t) != VT_OK)
            fail_msg("%s\nin: %s", vt_message(), file[k].text);
        close(d);
        for (int w = 0; w < 6; w++)
            if ((t.value[w] != NULL) != file[k].has[w]) fail_msg("%s in %s", volume[w].key, file[k].text);
        assert_near(t.value[3][1], 5);
        vt_table_release(&t);
    }
    struct vt_table t; /* a unit that is none is still told */
    int d = memfd_create("table", MFD_CLOEXEC);
    assert_true(write(d, "P (GPa),V/V9\n1,2\n3,4\n", 21) == 21);
    snprintf(path, sizeof path, "/proc/self/fd/%d", d);
    assert_int_equal(vt_table_read(path, "", 6, volume, &t), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "'V9' is not a unit of volume"));
    vt_table_release(&t);
    close(d);
}

/* Two of 20 rows that were not measured are left out; three are too many. Numbers as words stay an error. */
static void a_few_holes_are_left_out(void **state)
{
    (void)state;
    for (int holes = 1; holes <= 3; holes++) {
        char text[600] = "T (K),tan delta,E' (MPa)\n";
        for (int k = 0; k < 20; k++)
            snprintf(text + strlen(text), sizeof text - strlen(text),
                     k == 4                 ? "304,,1\n"
                     : k == 9 && holes > 1  ? "309,0.1,NaN\n"
                     : k == 19 && holes > 2 ? "319,0.1,\n"
                                            : "%d,0.1,1\n",
                     300 + k);
        struct vt_table t;
        enum vt_status st = read_text(text, 0, "", &t);
        if (holes < 3) {
            assert_int_equal(st, VT_OK);
            assert_int_equal(t.n, 20 - holes);
            assert_near(t.value[T][4], 305);
            assert_int_equal(t.line[4], 7);
            assert_near(t.value[T][t.n - 1], 319);
        } else {
            assert_int_equal(st, VT_EINPUT);
            assert_non_null(strstr(vt_message(), ":6: column 2, tan_delta: the cell is empty; 3 of 20 rows"));
        }
        vt_table_release(&t);
    }
}

/* NaN is what an empty cell is, wherever the row stands: right under the names or the units, in the midst, at
 * the end, some cells or all. 40 rows; those of it are left out, and the rest is in its lines. */
static void rows_of_nan_are_holes_wherever_they_stand(void **state)
{
    (void)state;
    static const char *const heading[] = {"T (K),tan delta,E' (MPa)\n", "T,tan delta,E'\nK,-,MPa\n"};
    static const struct {
        int row;
        const char *text;
    } hole[] = {{0, "NaN,NaN,NaN\n"}, {0, "NaN,nan,0\n"},    {7, "307,NaN,NaN\n"},
                {9, "NaN,,\n"},       {39, "NaN,NaN,NaN\n"}, {39, "339,-nan,+NaN\n"}};
    for (int h = 0; h < 2; h++)
        for (size_t i = 0; i < sizeof hole / sizeof *hole; i++) {
            char text[1000];
            size_t used = (size_t)snprintf(text, sizeof text, "%s", heading[h]);
            for (int k = 0; k < 40; k++)
                used += (size_t)snprintf(text + used, sizeof text - used,
                                         k == hole[i].row ? hole[i].text : "%d,0.1,1\n", 300 + k);
            struct vt_table t;
            read_ok(text, "", &t);
            assert_int_equal(t.n, 39);
            int first = hole[i].row == 0;
            assert_near(t.value[T][0], 300 + first);
            assert_int_equal(t.line[0], 2 + h + first);
            vt_table_release(&t);
        }
}

/* Hz and rad/s beside each other, degC and K: one where the rows agree to 1e-3, refused where they do not. */
static void two_columns_that_hold_the_same_are_one(void **state)
{
    (void)state;
    struct vt_table t;
    read_ok("T (\xc2\xb0"
            "C),T (K),tan delta,omega (rad/s),f (Hz)\n26.85,300,1,6.28,1\n27.85,301,1,62.8,10\n",
            "", &t);
    assert_near(t.value[F][1], 10);
    assert_near(t.value[T][1], 301);
    assert_int_equal(t.column[F], 5);
    vt_table_release(&t);
    static const char *const bad[] = {
        "T (K),tan delta,omega (rad/s),f (Hz)\n300,1,6.28,1\n301,1,62.6,10\n",
        "T (K),tan delta,nu (Hz),f (Hz)\n300,1,1,1\n301,1,10,10\n", /* nothing says what differs */
    };
    /* A sample 0.3 K behind its programme is no programme in another unit; what is rounded to a digit is. */
    static const char *const pair[][2] = {
        {"are both temperature", "T (K);Sample temperature (degC);tan delta\n360;86.55;1\n362;88.55;1\n"},
        {"are both temperature", "T (K);Ts (degC);tan delta\n360.00;86.88;1\n362.00;88.88;1\n"},
        {"", "T (K);Ts (degC);tan delta\n360.00;86.86;1\n362.00;88.84;1\n"},
        {"", "T (K);Ts (degC);tan delta\n298.1;25.0;1\n299.2;26.0;1\n"},
        {"", "Ts (degF);T (K);tan delta\n32.0;273.15;1\n212.0;373.15;1\n"},
    };
    for (size_t k = 0; k < sizeof pair / sizeof *pair; k++) {
        enum vt_status st = read_text(pair[k][1], 0, "", &t);
        assert_int_equal(st, *pair[k][0] ? VT_EINPUT : VT_OK);
        if (st != VT_OK) assert_non_null(strstr(vt_message(), pair[k][0]));
        if (st == VT_OK) assert_int_equal(t.column[T], k == 4 ? 2 : 1);
        vt_table_release(&t);
    }
    for (int k = 0; k < 2; k++) {
        static const struct vt_table_want f[] = {{"frequency", "f|omega|nu", "Hz", false}};
        int d = memfd_create("table", MFD_CLOEXEC);
        assert_true(write(d, bad[k], strlen(bad[k])) == (ssize_t)strlen(bad[k]));
        snprintf(path, sizeof path, "/proc/self/fd/%d", d);
        assert_int_equal(vt_table_read(path, "", 1, f, &t), VT_EINPUT);
        assert_non_null(strstr(vt_message(), "are both frequency"));
        vt_table_release(&t);
        close(d);
    }
}

/* Each with the line, and words of the message. */
static void what_is_wrong_is_refused_where_it_stands(void **state)
{
    (void)state;
#define HEAD "T (K),tan delta\n300,0.1\n"
    static const struct {
        const char *text, *columns, *say, *also;
    } bad[] = {
        {HEAD "301,abc\n302,1\n", "", ":3: ", "tan_delta: 'abc' is no number"},
        {HEAD "301,\n302,1\n", "", ":3: ", "is empty"},
        {HEAD "301,nan\n302,1\n", "", ":3: ", "is no number"},
        {HEAD "301,1e999\n302,1\n", "", ":3: ", "is no number"},
        {HEAD "301,0x10\n302,1\n", "", ":3: ", "is no number"},
        {HEAD "301,0.1,5\n302,0.2\n303,0.3\n", "", ":3: ", "3 columns, where most lines have 2"},
        {HEAD "301\n302,0.2\n303,0.3\n", "", ":3: ", "1 columns, where most lines have 2"},
        {HEAD "end,of\n302,0.2\n303,0.3\n", "", ":3: ", "stands between the numbers"},
        {HEAD "301,0.1\n\n" HEAD "303,0.3\n", "", ":5: ", "stands between the numbers"},
        {"T,tan delta\n300,0.1\n301,0.1\n", "", "column 1 (T) has no unit", "degC"},
        {"T (MPa),tan delta\n300,0.1\n301,0.1\n", "", ":1: ", "'MPa' is not a unit of temperature"},
        {"T,tan delta\nfoo,\n300,0.1\n301,0.1\n", "", ":2: ", "'foo' is not a unit of temperature"},
        {"T (K),loss\n300,0.1\n301,0.1\n", "", "no column for tan_delta", "T (K), loss"},
        {"T (K),Temperature (K),tan delta\n3,4,1\n3,4,1\n", "", ":1: ", "columns 1 and 2"},
        {"T (K);tan delta\n300,5;0,1\n301.5;0,1\n", "", ":3: ", "decimal sign"},
        {"300 1\n301 2\n", "", "no line names the 2 columns", "temperature=1"},
        {"300 1\n301 2\n", "temperature=1 [K], tan_delta=3", "column 3 is asked for tan_delta, there are 2",
         ""},
        {"300 1\n301 2\n", "temperature=1 [K], tan_delta=1", "column 1 cannot be both", ""},
        {HEAD HEAD "", "tan_dleta=3", "do you mean tan_delta", ""},
        {HEAD "", "tan_delta", "key=column is due", ""},
        {HEAD "", "tan_delta='x", "no closing quote", ""},
        {HEAD "", "tan_delta='x'", "no column is named 'x'", "T (K), tan delta"},
        {HEAD "", "temperature=1 [MPa]", "is not a unit of temperature", "K, degC"},
        {HEAD "", "temperature=1,temperature=2", "given twice", ""},
        {"hello\nworld\n", "", "no line with two numbers", ""},
        {"T (K),tan delta\nNaN,NaN\nNaN,NaN\n"
         "302,0.2\n303,0.3\n",
         "", ":2: ", "2 of 4 rows have such cells"},
        {"\n", "", "no line with two numbers", ""},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct vt_table t;
        assert_int_equal(read_text(bad[k].text, 0, bad[k].columns, &t), VT_EINPUT);
        vt_table_release(&t);
        if (!strstr(vt_message(), bad[k].say) || !strstr(vt_message(), bad[k].also))
            fail_msg("\"%s\" for: %s (%s)", vt_message(), bad[k].text, bad[k].columns);
    }
    struct vt_table t;
    assert_int_equal(read_text("\xff\xfeT\0", 4, "", &t), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "UTF-16"));
    vt_table_release(&t);
    assert_int_equal(read_text("T (K)\n1 2\n\0 3", 12, "", &t), VT_EINPUT);
    assert_non_null(strstr(vt_message(), ":3: this is no text"));
    vt_table_release(&t);
    assert_int_equal(vt_table_read("/nowhere/x.csv", "", N_WANTS, wants, &t), VT_EINPUT);
    vt_table_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_tells_two_quantities_of_one_name_apart),
        cmocka_unit_test(every_dialect_gives_the_same_numbers),
        cmocka_unit_test(names_and_units_are_told_apart),
        cmocka_unit_test(columns_can_be_told_by_number_and_name),
        cmocka_unit_test(notes_above_the_names_are_kept),
        cmocka_unit_test(a_ratio_is_no_unit),
        cmocka_unit_test(a_few_holes_are_left_out),
        cmocka_unit_test(rows_of_nan_are_holes_wherever_they_stand),
        cmocka_unit_test(two_columns_that_hold_the_same_are_one),
        cmocka_unit_test(what_is_wrong_is_refused_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
