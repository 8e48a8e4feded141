/* Quantities: exact conversions, every spelling, and messages that say what would be right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/units.h"

static double parsed(const char *text, const char *unit)
{
    double value = NAN;
    if (vt_units_parse(text, unit, &value) != VT_OK) fail_msg("'%s': %s", text, vt_message());
    return value;
}

static void assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g to %g", value, expected, relative);
}

/* Refused as input; the value stays untouched; the message holds each of the words. */
static void assert_refused(const char *text, const char *unit, const char *word, const char *other)
{
    double value = 42;
    assert_int_equal(vt_units_parse(text, unit, &value), VT_EINPUT);
    assert_true(value == 42);
    if (!strstr(vt_message(), word) || !strstr(vt_message(), other))
        fail_msg("'%s' gives \"%s\", without \"%s\" and \"%s\"", text, vt_message(), word, other);
}

/* e = 1.602176634e-19 C and N_A are exact; the pressures and times follow from the definitions. One
 * product is rounded, and the factor may be: 4 units in the last place. */
static void conversions_match_the_definitions(void **state)
{
    (void)state;
    const double eps = 4 * 0x1p-52;
    assert_near(parsed("160.2176634 GPa", "GPa"), 1, eps);
    assert_near(parsed("1 bar", "GPa"), 1e5 * parsed("1 Pa", "GPa"), eps);
    assert_near(parsed("1 atm", "GPa"), 101325 * parsed("1 Pa", "GPa"), eps);
    assert_near(parsed("60 kbar", "GPa"), parsed("6 GPa", "bar"), eps);
    assert_near(parsed("1 eV/A^3", "GPa"), 1, 0);
    assert_near(parsed("1 nm", "A"), 10, 0);
    assert_near(parsed("280 pm", "A"), 2.8, eps);
    assert_near(parsed("1 um", "A"), 1e4, 0);
    assert_near(parsed("5 fs", "ps"), 0.005, eps);
    assert_near(parsed("2 h", "ps"), 7.2e15, 0);
    assert_near(parsed("1e12 K/s", "K/ps"), 1, eps);
    assert_near(parsed("20 K/min", "K/s"), 20 / 60e12, eps);
    assert_near(parsed("1e10 /s", "/ps"), 0.01, eps);
    assert_near(parsed("5 %", "%"), 0.05, eps);
    assert_near(parsed("44 at.%", "at.%"), 0.44, eps);
    assert_near(parsed("180 deg", "rad"), 3.14159265358979323846, eps);
    assert_near(parsed("27 kJ/mol", "eV"), 27e3 / (6.02214076e23 * 1.602176634e-19), eps);
    assert_near(parsed("27 kJ/mol", "eV"), 0.27984, 1e-4); /* as printed with the activation energies */
    assert_near(parsed("724.6 kJ/mol", "eV"), 7.51, 1e-4);
    assert_near(parsed("8.96 g/cm^3", "g/cm^3"), 8.96 / 1.66053906660, eps);
}

/* Units that instruments write, in the unit that is asked for. 0 degC is 273.15 K by definition; 1 J/g is
 * 1 kJ/kg, and 1 mW/mg 1 W/g; 2 pi rad/s is 1 Hz; J/(g K) of a substance of 1 g/mol is J/(mol K). */
static void instruments_units_are_scaled(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *want;
        double factor, offset;
    } pair[] = {
        {"K", "K", 1, 0},
        {"degC", "K", 1, 273.15},
        {"\xc2\xb0\x43", "K", 1, 273.15},
        {"\xe2\x84\x83", "K", 1, 273.15},
        {"MPa", "GPa", 1e-3, 0},
        {"mW/mg", "W/g", 1, 0},
        {"J/(g\xc2\xb7K)", "J/(g K)", 1, 0},
        {"J g^-1 K^-1", "J/(g K)", 1, 0},
        {"J g-1 K-1", "J/(g K)", 1, 0},
        {"J\xc2\xb7g\xe2\x81\xbb\xc2\xb9\xc2\xb7K\xe2\x81\xbb\xc2\xb9", "J/(g K)", 1, 0},
        {"W g-1", "W/g", 1, 0},
        {"kJ mol\xe2\x88\x92"
         "1",
         "kJ/mol", 1, 0},
        {"g/cm3", "g/cm^3", 1, 0},
        {"g/cm\xc2\xb3", "g/cm^3", 1, 0},
        {"g/cc", "g/cm^3", 1, 0},
        {"g cm-3", "g/cm^3", 1, 0},
        {"kg/m3", "g/cm^3", 1e-3, 0},
        {"cm3/g", "cm^3/g", 1, 0},
        {"\xc3\x85\xc2\xb3", "A^3", 1, 0},
        {"\xc3\x85"
         "3",
         "A^3", 1, 0},
        {"nm3", "A^3", 1e3, 0},
        {"\xc3\x85-1", "/A", 1, 0},
        {"\xc3\x85\xe2\x81\xbb\xc2\xb9", "/A", 1, 0},
        {"\xc3\x85\xe2\x81\xbb\xc2\xb3", "/A^3", 1, 0},
        {"nm-1", "/A", 0.1, 0},
        {"s-1", "/s", 1, 0},
        {"K min-1", "K/min", 1, 0},
        {"rad s-1", "Hz", 0.15915494309189535, 0},
        {"degF", "K", 1 / 1.8, 459.67 / 1.8}, /* 32 F is 273.15 K */
        {"\xc2\xb0"
         "F",
         "K", 1 / 1.8, 459.67 / 1.8},
        {"\xe2\x84\x89", "K", 1 / 1.8, 459.67 / 1.8},
        {"kJ/(kg K)", "J/gK", 1, 0},
        {"J/kg", "J/g", 1e-3, 0},
        {"W", "mW", 1e3, 0},
        {"mg", "g", 1e-3, 0},
        {"rad/s", "Hz", 0.15915494309189535, 0},
        {"min", "s", 60, 0},
        {"K/min", "K/s", 1.0 / 60, 0},
        {"J/kg/K", "J/(g K)", 1e-3, 0}, /* products, by the definitions of their symbols */
        {"kJ/kg/K", "J/(g K)", 1, 0},
        {"kJ kg-1 K-1", "J/(g K)", 1, 0},
        {"J/(g \xc2\xb0\x43)", "J/(g K)", 1, 0}, /* a step of 1 degC is one of 1 K */
        {"J/g\xc2\xb0\x43", "J/(g K)", 1, 0},
        {"mJ/(mg K)", "J/(g K)", 1, 0},
        {"J mg-1 K-1", "J/(g K)", 1e3, 0},
        {"Jg-1K-1", "J/(g K)", 1, 0},
        {"J/(g.K)", "J/(g K)", 1, 0},
        {"J/g K", "J/(g K)", 1, 0},
        {"J/mol/K", "J/(mol K)", 1, 0},
        {"kJ/(mol K)", "J/(mol K)", 1e3, 0},
        {"mW mg-1", "W/g", 1, 0},
        {"W kg-1", "W/g", 1e-3, 0},
        {"\xc2\xb5W/mg", "W/g", 1e-3, 0},
        {"\xce\xbcW/mg", "W/g", 1e-3, 0},
        {"J/mg", "J/g", 1e3, 0},
        {"m3/kg", "cm^3/g", 1e3, 0},
        {"ml/g", "cm^3/g", 1, 0},
        {"cc/g", "cm^3/g", 1, 0},
        {"l/kg", "cm^3/g", 1, 0},
        {"g/mL", "g/cm^3", 1, 0},
        {"g.cm-3", "g/cm^3", 1, 0},
        {"gcm-3", "g/cm^3", 1, 0},
        {"kg m-3", "g/cm^3", 1e-3, 0},
        {"N/mm\xc2\xb2", "GPa", 1e-3, 0},
        {"N/m\xc2\xb2", "GPa", 1e-9, 0},
        {"kN/mm2", "GPa", 1, 0},
        {"meV/A^3", "eV/A^3", 1e-3, 0},
        {"mHz", "Hz", 1e-3, 0},
        {"rad/sec", "Hz", 0.15915494309189535, 0},
        {"\xc2\xb0\x43/min", "K/min", 1, 0},
        {"K/h", "K/min", 1.0 / 60, 0},
        {"mrad", "rad", 1e-3, 0},
        {"degrees", "deg", 1, 0},
        {"%", "1", 0.01, 0},
        {"", "1", 1, 0},
        {"-", "1", 1, 0},
    };
    double factor, offset;
    for (unsigned k = 0; k < sizeof pair / sizeof *pair; k++) {
        if (!vt_units_scale(pair[k].unit, pair[k].want, &factor, &offset))
            fail_msg("'%s' is no unit", pair[k].unit);
        assert_near(factor, pair[k].factor, 4 * 0x1p-52);
        assert_true(offset == pair[k].offset);
    }
    assert_false(vt_units_scale("MPa", "K", &factor, &offset));
    assert_false(vt_units_scale("K", "1", &factor, &offset));
    assert_false(vt_units_scale("", "K", &factor, &offset));
    assert_true(vt_units_scale("F", "K", &factor, &offset));
    assert_near(factor * 32 + offset, 273.15, 4 * 0x1p-52);
    /* A sign of power that is left out is put back, but nothing else is. */
    static const char *const none[][2] = {
        {"A 3", "A^3"},
        {"A - 1", "/A"},
        {"A-3", "/A"},
        {"A3", "/A^3"},
        {"g/cm-3", "g/cm^3"},
        {"g/cm2", "g/cm^3"},
        {"gcm3", "g/cm^3"},
        {"/cm3", "g/cm^3"},
        {"K1", "K"},
        {"K-1", "K"},
        {"3A", "A^3"},
        {"A^^3", "A^3"},
        {"A^3^", "A^3"},
        {"/A-1", "/A"},
        {"1/A-1", "/A"},
        {"s-2", "/s"},
        {"s1", "s"},
        {"Jg-1K", "J/(g K)"},
        {"J g1 K1", "J/(g K)"},
        {"Fg", "K"},
        {"g/cm\xc2\xb2", "g/cm^3"},
        {"\xc2\xb3", "A^3"},
        {"f", "K"},
        {"-1", "/A"},
        {"3", "1"},
        {"cm^3", "A^3"}, /* of a sample, not of an atom */
        {"m", "A"},
        {"1/m^3", "/A^3"},
        {"J", "eV"},
        {"mPa", "GPa"},
        {"J/g/K-1", "J/(g K)"},
        {"J/g/", "J/g"},
        {"J//g", "J/g"},
        {"J/(g", "J/g"},
        {"J/(g)K", "J/(g K)"},
        {"(J/g)", "J/g"},
        {"J g", "J/g"},
        {"J/g^0", "J/g"},
        {"J/g^10", "J/g"},
        {"g/mm/mm/mm/mm", "g/cm^3"},
        {"K/K", "1"},
        {"J/(g C)", "J/(g K)"}, /* C is the coulomb too */
        {"mHz-1", "Hz"},
        {"degC min", "K/min"},
    };
    for (unsigned k = 0; k < sizeof none / sizeof *none; k++)
        if (vt_units_scale(none[k][0], none[k][1], &factor, &offset))
            fail_msg("'%s' passes as %s", none[k][0], none[k][1]);
    assert_near(parsed("1 W", "mW"), 1e-12 / 1.602176634e-19, 4 * 0x1p-52);
    assert_near(parsed("1 g", "u"), 6.02214076e23, 0);
    assert_near(parsed("2 J/(g K)", "J/(g K)") * parsed("63.546 u", "u"),
                parsed("127.092 J/(mol K)", "J/(mol K)"), 4 * 0x1p-52);
}

/* u (angstrom/ps)^2 is 1.66053906660e-27 kg x 1e4 m^2/s^2; CODATA 2018 gives u to 3e-10. */
static void constants_are_those_of_codata_2018(void **state)
{
    (void)state;
    assert_near(VT_MASS_SPEED2, 1.66053906660e-23 / 1.602176634e-19, 1e-12);
    assert_near(VT_KB, 1.380649e-23 / 1.602176634e-19, 1e-15);
    assert_near(VT_GPA, 1e9 * 1e-30 / 1.602176634e-19, 1e-15);
}

static void every_spelling_of_a_unit_is_the_same_unit(void **state)
{
    (void)state;
    static const char *const length[] = {"2.5 A",         "2.5A",     "  2.5 A\t",     "2.5 angstrom",
                                         "2.5 Angstrom",  "+2.5e0 A", "2.5 \xc3\x85",  "2.5\xe2\x84\xab",
                                         "2.5 A\xcc\x8a", "0.25e1 A", "25E-1 angstrom"};
    for (unsigned k = 0; k < sizeof length / sizeof *length; k++)
        assert_true(parsed(length[k], "angstrom") == 2.5);
    static const char *const rate[] = {"3 /ps",    "3/ps",    "3 1/ps",
                                       "3 1 / ps", "3 ps^-1", "3 ps\xe2\x81\xbb\xc2\xb9"};
    for (unsigned k = 0; k < sizeof rate / sizeof *rate; k++) assert_true(parsed(rate[k], "1/s") == 3);
    assert_true(parsed("3 A^-3", "1/A^3") == 3);
    assert_true(parsed("3 1/angstrom^3", "/A^3") == 3);
    assert_true(parsed("3 \xc2\xb5s", "ps") == 3e6);
    assert_true(parsed("6GPa", "GPa") == parsed("6 GPa", "GPa"));
    assert_true(parsed("5eV", "eV") == 5);
    assert_true(parsed(".5 eV", "eV") == 0.5);
    assert_true(parsed("-5. K/s", "K/ps") < 0);
    assert_true(parsed("50 %", "at.%") == 0.5);
    assert_true(parsed("3 A-3", "1/A^3") == 3 && parsed("3 \xc3\x85\xc2\xb3", "A^3") == 3);
    assert_true(parsed("7 g/cm3", "g/cm^3") == parsed("7 g/cm^3", "g/cm^3"));
}

static void a_missing_or_foreign_unit_is_refused_with_those_that_fit(void **state)
{
    (void)state;
    assert_refused("6", "GPa", "a unit is due (write 6 GPa, for example)", "GPa, MPa, kPa, Pa, bar");
    assert_refused("0", "ps", "a unit is due", "ps, fs, ns");
    assert_refused("0.5", "%", "a unit is due (write 1 %", "units that fit: %");
    assert_refused("6 K", "GPa", "K is a unit of temperature, not of pressure", "units that fit: GPa");
    assert_refused("6 gpa", "GPa", "do you mean GPa?", "units that fit");
    assert_refused("6 foo", "ps", "'foo' is not a unit of time", "units that fit");
    assert_refused("25 C", "K", "273.15", "K");
    assert_refused("25 \xc2\xb0"
                   "C",
                   "K", "273.15", "K");
    assert_refused("5 K", "1", "a bare number is due", "'K'");
    assert_refused("5 %", "1", "a bare number is due", "'%'");
    assert_refused("5 1", "ps", "is not a unit of time", "'1'");
    assert_refused("5 at.%", "%", "atomic fraction", "units that fit: %");
    assert_refused("1 Hz", "/s", "frequency, not of rate", "/s");
}

static void what_is_not_a_finite_decimal_number_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",         "K",     "inf K", "nan K", "-infinity K", "0x10 K",  "1d3 K", "1D3 K", "1,5 K", "1e999 K",
        "1e-999 K", "--5 K", ". K",   "e5 K",  "5 5 K",       "1_000 K", "5 K K", "+ K",   "1e400", "(5) K"};
    for (unsigned k = 0; k < sizeof bad / sizeof *bad; k++) assert_refused(bad[k], "K", "value '", "'");
    assert_refused("1e300 h", "ps", "beyond the range", "1e300 h");
    assert_refused("1e-300 Pa", "GPa", "beyond the range", "1e-300 Pa");
    assert_refused("1d3 K", "K", "write the exponent with e", "K");
    assert_refused("1,5 K", "K", "the decimal sign is a point", "K");
    assert_refused("1111111111111111111111111111111111111111111111111111111111111111111111111111 K", "K",
                   "characters", "63");
}

/* The printed text reads back to the same bits, with as few digits as were written. */
static void written_quantities_read_back_to_the_same_bits(void **state)
{
    (void)state;
    static const struct {
        const char *text, *unit;
    } known[] = {{"6 GPa", "GPa"},
                 {"1e12 K/s", "K/s"},
                 {"50 fs", "fs"},
                 {"1 %", "%"},
                 {"0.7 %", "%"},
                 {"30 deg", "deg"},
                 {"0.123456789 kJ/mol", "kJ/mol"},
                 {"-0.1 MPa", "MPa"},
                 {"1e-5 eV", "eV"},
                 {"2", "1"},
                 {"1e10 /s", "/s"},
                 {"0 K", "K"},
                 {"1.5e100 A", "A"},
                 {"0.3 ns", "ns"},
                 {"20 K/min", "K/min"}};
    for (unsigned k = 0; k < sizeof known / sizeof *known; k++) {
        char text[64];
        vt_units_format(parsed(known[k].text, known[k].unit), known[k].unit, text, sizeof text);
        assert_string_equal(text, known[k].text);
    }
    for (int k = 1; k < 1000; k++) { /* decimals of three digits in a unit with a factor that is not round */
        char text[64];
        double value = k / 1000.0 * vt_units_factor("kJ/mol");
        vt_units_format(value, "kJ/mol", text, sizeof text);
        assert_true(parsed(text, "kJ/mol") == value);
    }
}

static void every_listed_unit_and_example_is_accepted(void **state)
{
    (void)state;
    static const char *const quantity[] = {"A", "ps", "K",    "GPa",  "eV",     "/s", "Hz",   "K/s",
                                           "u", "%",  "at.%", "/A^3", "g/cm^3", "/A", "eV/A", "deg"};
    int n = 0;
    for (unsigned k = 0; k < sizeof quantity / sizeof *quantity; k++) {
        char list[256], *save = NULL;
        vt_units_list(quantity[k], list, sizeof list);
        for (char *unit = strtok_r(list, ", ", &save); unit; unit = strtok_r(NULL, ", ", &save), n++) {
            char text[64];
            snprintf(text, sizeof text, "3 %s", unit);
            assert_true(parsed(text, quantity[k]) == 3 * vt_units_factor(unit));
        }
        assert_true(parsed(vt_units_example(quantity[k]), quantity[k]) > 0);
    }
    assert_true(n > 40);
}

static void a_list_that_does_not_fit_is_cut_not_overrun(void **state)
{
    (void)state;
    char text[9] = "........";
    vt_units_list("GPa", text, 8);
    assert_int_equal(strlen(text), 7);
    assert_int_equal(text[8], '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_match_the_definitions),
        cmocka_unit_test(instruments_units_are_scaled),
        cmocka_unit_test(constants_are_those_of_codata_2018),
        cmocka_unit_test(every_spelling_of_a_unit_is_the_same_unit),
        cmocka_unit_test(a_missing_or_foreign_unit_is_refused_with_those_that_fit),
        cmocka_unit_test(what_is_not_a_finite_decimal_number_is_refused),
        cmocka_unit_test(written_quantities_read_back_to_the_same_bits),
        cmocka_unit_test(every_listed_unit_and_example_is_accepted),
        cmocka_unit_test(a_list_that_does_not_fit_is_cut_not_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
