/* units.c: quantities with their unit.
 *
 * One row a unit: internal value = factor x number. Units of one quantity stand together; the first row
 * of a quantity carries an example for messages. Spellings are brought to one form before they are
 * looked up, so that the table holds each unit once:
 *
 *     1/ps, ps^-1 -> /ps     1/A^3, A^-3, A-3 -> /A^3     g/cm3 -> g/cm^3
 *     angstrom, the letter A with ring -> A     micro sign -> u
 *
 * What is no such row is read as a product of powers of symbols with prefixes, J kg^-1 K^-1 or N/mm^2, and
 * compared with the rows as such. What stands behind a slash is below the line, up to the end: J/g K is
 * J/(g K). Only products of two dimensions or more pass there: V in cm^3 is no volume of an atom.
 *
 * Angles are in rad inside. Constants: CODATA 2018; the exact e = 1.602176634e-19 C and N_A give
 * 1 kJ/mol = 1000/(N_A e) eV, and 1 eV/angstrom^3 = e x 1e30 Pa = 160.2176634 GPa to the digits in units.h.
 */
#include "core/units.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define EV_PER_KJ_MOL   (1e3 / (VT_AVOGADRO * 1.602176634e-19))
#define EV_PS_PER_W     (1e-12 / 1.602176634e-19)
#define ZERO_CELSIUS    273.15 /* K, exact */
#define ZERO_FAHRENHEIT 459.67 /* 1.8 K, exact */

struct unit {
    const char *quantity, *name;
    double factor;
    const char *example;
};

static const struct unit table[] = {
    {"number", "1", 1, "2"},
    {"length", "A", 1, "10 A"},
    {"length", "nm", 10, NULL},
    {"length", "um", 1e4, NULL},
    {"length", "mm", 1e7, NULL},
    {"length", "pm", 1e-2, NULL},
    {"area", "A^2", 1, "0.5 A^2"},
    {"time", "ps", 1, "50 ps"},
    {"time", "fs", 1e-3, NULL},
    {"time", "ns", 1e3, NULL},
    {"time", "us", 1e6, NULL},
    {"time", "ms", 1e9, NULL},
    {"time", "s", 1e12, NULL},
    {"time", "min", 60e12, NULL},
    {"time", "h", 3600e12, NULL},
    {"temperature", "K", 1, "300 K"},
    {"pressure", "GPa", VT_GPA, "6 GPa"},
    {"pressure", "MPa", 1e-3 * VT_GPA, NULL},
    {"pressure", "kPa", 1e-6 * VT_GPA, NULL},
    {"pressure", "Pa", 1e-9 * VT_GPA, NULL},
    {"pressure", "bar", 1e-4 * VT_GPA, NULL},
    {"pressure", "kbar", 1e-1 * VT_GPA, NULL},
    {"pressure", "atm", 1.01325e-4 * VT_GPA, NULL},
    {"pressure", "eV/A^3", 1, NULL},
    {"energy", "eV", 1, "0.5 eV"},
    {"energy", "meV", 1e-3, NULL},
    {"energy", "keV", 1e3, NULL},
    {"energy", "kJ/mol", EV_PER_KJ_MOL, NULL},
    {"energy", "J/mol", 1e-3 * EV_PER_KJ_MOL, NULL},
    {"rate", "/s", 1e-12, "1e10 /s"},
    {"rate", "/ms", 1e-9, NULL},
    {"rate", "/us", 1e-6, NULL},
    {"rate", "/ns", 1e-3, NULL},
    {"rate", "/ps", 1, NULL},
    {"rate", "/fs", 1e3, NULL},
    {"frequency", "Hz", 1e-12, "1e9 Hz"},
    {"frequency", "mHz", 1e-15, NULL},
    {"frequency", "kHz", 1e-9, NULL},
    {"frequency", "MHz", 1e-6, NULL},
    {"frequency", "GHz", 1e-3, NULL},
    {"frequency", "THz", 1, NULL},
    {"frequency", "rad/s", 1e-12 / (2 * M_PI), NULL},
    {"heating rate", "K/s", 1e-12, "1e12 K/s"},
    {"heating rate", "K/min", 1e-12 / 60, NULL},
    {"heating rate", "K/us", 1e-6, NULL},
    {"heating rate", "K/ns", 1e-3, NULL},
    {"heating rate", "K/ps", 1, NULL},
    {"mass", "u", 1, "63.546 u"},
    {"mass", "g", VT_AVOGADRO, NULL},
    {"mass", "mg", 1e-3 * VT_AVOGADRO, NULL},
    {"mass", "ug", 1e-6 * VT_AVOGADRO, NULL},
    {"heat flow", "mW", 1e-3 * EV_PS_PER_W, "2 mW"},
    {"heat flow", "uW", 1e-6 * EV_PS_PER_W, NULL},
    {"heat flow", "W", EV_PS_PER_W, NULL},
    {"specific heat flow", "W/g", 1e-15 * EV_PER_KJ_MOL, "0.1 W/g"},
    {"specific heat flow", "mW/mg", 1e-15 * EV_PER_KJ_MOL, NULL},
    {"specific heat flow", "mW/g", 1e-18 * EV_PER_KJ_MOL, NULL},
    {"specific heat flow", "W/kg", 1e-18 * EV_PER_KJ_MOL, NULL},
    {"specific energy", "J/g", 1e-3 * EV_PER_KJ_MOL, "10 J/g"},
    {"specific energy", "kJ/kg", 1e-3 * EV_PER_KJ_MOL, NULL},
    {"specific energy", "J/kg", 1e-6 * EV_PER_KJ_MOL, NULL},
    {"specific heat", "J/(gK)", 1e-3 * EV_PER_KJ_MOL, "0.4 J/(g K)"},
    {"specific heat", "kJ/(kgK)", 1e-3 * EV_PER_KJ_MOL, NULL},
    {"specific heat", "J/(kgK)", 1e-6 * EV_PER_KJ_MOL, NULL},
    {"molar heat capacity", "J/(molK)", 1e-3 * EV_PER_KJ_MOL, "25 J/(mol K)"},
    {"specific volume", "cm^3/g", VT_DENSITY, "0.15 cm^3/g"},
    {"fraction", "%", 1e-2, "1 %"},
    {"atomic fraction", "at.%", 1e-2, "44 at.%"},
    {"volume", "A^3", 1, "17 A^3"},
    {"volume", "nm^3", 1e3, NULL},
    {"number density", "/A^3", 1, "0.06 /A^3"},
    {"number density", "/nm^3", 1e-3, NULL},
    {"mass density", "g/cm^3", 1 / VT_DENSITY, "7 g/cm^3"},
    {"mass density", "kg/m^3", 1e-3 / VT_DENSITY, NULL},
    {"wave number", "/A", 1, "2.7 /A"},
    {"wave number", "/nm", 1e-1, NULL},
    {"force", "eV/A", 1, "1e-6 eV/A"},
    {"force", "meV/A", 1e-3, NULL},
    {"thermal expansion", "/K", 1, "1e-5 /K"},
    {"angle", "deg", M_PI / 180, "30 deg"},
    {"angle", "rad", 1, NULL},
    {"angle", "mrad", 1e-3, NULL},
};
enum { N_UNITS = sizeof table / sizeof *table, NAME_SIZE = 32 };

/* The first row of the quantity a row belongs to. */
static const struct unit *head(const struct unit *u)
{
    while (u > table && strcmp(u[-1].quantity, u->quantity) == 0) u--;
    return u;
}

static bool same_quantity(const struct unit *a, const struct unit *b)
{
    return strcmp(a->quantity, b->quantity) == 0;
}

/* Without blanks, in the letters of the table, and with the ^ before an exponent that is written without it,
 * cm3 or A-1; false when it is too long to be a unit. apart: blanks, and dots as such, stay between factors.
 */
static bool spell(const char *text, bool apart, char plain[NAME_SIZE])
{
    static const struct {
        const char *from, *to;
    } spelling[] = {
        {" ", ""},
        {"\t", ""},
        {"angstrom", "A"},
        {"Angstrom", "A"},
        {"\xc3\x85", "A"},     /* U+00C5 */
        {"\xe2\x84\xab", "A"}, /* U+212B */
        {"A\xcc\x8a", "A"},    /* A with a combining ring */
        {"\xc2\xb5", "u"},     /* U+00B5, micro */
        {"\xce\xbc", "u"},     /* U+03BC, mu */
        {"\xe2\x81\xbb", "^-"},
        {"\xc2\xb9", "1"},
        {"\xc2\xb2", "2"},
        {"\xc2\xb3", "3"},
        {"\xc2\xb0", "deg"},
        {"\xc2\xba", "deg"},      /* U+00BA, the ordinal sign that is typed for it */
        {"\xe2\x84\x83", "degC"}, /* U+2103 */
        {"\xe2\x84\x89", "degF"}, /* U+2109 */
        {"\xc2\xb7", ""},         /* dots between factors */
        {"\xe2\x8b\x85", ""},
        {"*", ""},
        {"\xe2\x88\x92", "-"}, /* U+2212, minus */
    };
    enum { N_SPELLINGS = sizeof spelling / sizeof *spelling };
    size_t used = 0;
    bool letter = false; /* right before, without a blank */
    while (*text) {
        const char *piece = text;
        size_t piece_length = 1, skip = 1;
        for (int k = 0; k < N_SPELLINGS; k++) {
            size_t length = strlen(spelling[k].from);
            if (strncmp(text, spelling[k].from, length) != 0) continue;
            piece = spelling[k].to;
            if (apart && !*piece) piece = " ";
            piece_length = strlen(piece);
            skip = length;
            break;
        }
        if (used + piece_length + 2 >= NAME_SIZE) return false; /* for ^ here, and the slash of a rate */
        text += skip;
        if (letter && (isdigit((unsigned char)*piece) || (*piece == '-' && isdigit((unsigned char)*text))))
            plain[used++] = '^';
        memcpy(plain + used, piece, piece_length);
        used += piece_length;
        letter = piece_length && isalpha((unsigned char)plain[used - 1]);
    }
    plain[used] = '\0';
    return true;
}

static bool squeeze(const char *text, char plain[NAME_SIZE])
{
    return spell(text, false, plain);
}

/* X^-N -> /X^N, without ^1; 1/X -> /X */
static void below_the_line(const char plain[NAME_SIZE], char out[NAME_SIZE])
{
    const char *power = strstr(plain, "^-");
    if (power && power > plain && !strchr(plain, '/') && !strpbrk(power + 2, "^(")) {
        bool one = strcmp(power + 2, "1") == 0;
        snprintf(out, NAME_SIZE, "/%.*s%s%s", (int)(power - plain), plain, one ? "" : "^",
                 one ? "" : power + 2);
    } else {
        snprintf(out, NAME_SIZE, "%s", plain[0] == '1' && plain[1] == '/' ? plain + 1 : plain);
    }
}

/* Write text in the one spelling of the table; false when it is too long to be a unit. */
static bool normalise(const char *text, char out[NAME_SIZE])
{
    char plain[NAME_SIZE];
    if (!squeeze(text, plain)) return false;
    below_the_line(plain, out);
    return true;
}

/* Longer words. */
static const char *first_form(const char *plain)
{
    static const char *const form[][2] = {{"sec", "s"}, {"degree", "deg"}, {"degrees", "deg"}};
    for (size_t k = 0; k < sizeof form / sizeof *form; k++)
        if (!strcmp(plain, form[k][0])) return form[k][1];
    return plain;
}

/* The row of a unit, NULL if there is none. */
static const struct unit *find(const char *name)
{
    char text[NAME_SIZE], turned[NAME_SIZE];
    if (!squeeze(name, text)) return NULL;
    const char *plain = first_form(text);
    if (plain == text) below_the_line(text, turned), plain = turned;
    for (int k = 0; k < N_UNITS; k++)
        if (strcmp(table[k].name, plain) == 0) return &table[k];
    return NULL;
}

/* ---- products ---- */

enum dimension {
    GRAM,
    METRE,
    SECOND,
    KELVIN,
    JOULE,
    WATT,
    NEWTON,
    MOLE,
    ELECTRON_VOLT,
    RADIAN,
    N_DIMENSIONS
};

struct product {
    int power[N_DIMENSIONS];
    int decimal;   /* the factor is number x 10^decimal */
    double number; /* of minutes and hours */
};

/* One symbol, with a prefix or without, to a power; false if it is none. */
static bool take_symbol(const char *text, size_t length, int power, struct product *p)
{
    static const struct {
        const char *name, *prefixes;
        enum dimension of;
        int power, decimal;
        double number;
    } symbol[] = {
        {"g", "kmun", GRAM, 1, 0, 1},    {"m", "kdcmunp", METRE, 1, 0, 1},     {"A", "", METRE, 1, -10, 1},
        {"l", "dmu", METRE, 3, -3, 1},   {"L", "dmu", METRE, 3, -3, 1},        {"cc", "", METRE, 3, -6, 1},
        {"s", "munpf", SECOND, 1, 0, 1}, {"sec", "", SECOND, 1, 0, 1},         {"min", "", SECOND, 1, 0, 60},
        {"h", "", SECOND, 1, 0, 3600},   {"K", "", KELVIN, 1, 0, 1},           {"degC", "", KELVIN, 1, 0, 1},
        {"J", "Mkmun", JOULE, 1, 0, 1},  {"W", "kmun", WATT, 1, 0, 1},         {"N", "Mkmu", NEWTON, 1, 0, 1},
        {"mol", "km", MOLE, 1, 0, 1},    {"eV", "km", ELECTRON_VOLT, 1, 0, 1}, {"rad", "m", RADIAN, 1, 0, 1},
    };
    static const struct {
        char sign;
        int decimal;
    } prefix[] = {{'M', 6},  {'k', 3},  {'d', -1},  {'c', -2}, {'m', -3},
                  {'u', -6}, {'n', -9}, {'p', -12}, {'f', -15}};
    for (size_t k = 0; k < sizeof symbol / sizeof *symbol; k++) {
        size_t own = strlen(symbol[k].name);
        if (own > length || length > own + 1 || strncmp(text + length - own, symbol[k].name, own) != 0)
            continue;
        int decimal = symbol[k].decimal;
        if (length > own) {
            size_t i = 0;
            if (!strchr(symbol[k].prefixes, *text)) continue;
            while (prefix[i].sign != *text) i++;
            decimal += prefix[i].decimal;
        }
        p->power[symbol[k].of] += power * symbol[k].power;
        p->decimal += power * decimal;
        p->number *= pow(symbol[k].number, power);
        return true;
    }
    return false;
}

/* Letters without a sign between them: one symbol, or two in the one way that there is, gK; the power is that
 * of the last. */
static bool take_letters(const char *text, size_t length, int power, bool below, struct product *p)
{
    struct product with = *p, found = *p;
    int ways = 0;
    if (take_symbol(text, length, power, p)) return true;
    for (size_t first = 1; first < length; first++, with = *p)
        if (take_symbol(text, first, below ? -1 : 1, &with) &&
            take_symbol(text + first, length - first, power, &with))
            found = with, ways++;
    if (ways == 1) *p = found;
    return ways == 1;
}

/* A text as a product of powers; false if it is none. */
static bool read_product(const char *text, struct product *p)
{
    char plain[NAME_SIZE];
    bool below = false, open = false, closed = false, due = true;
    *p = (struct product){.number = 1};
    if (!spell(text, true, plain)) return false;
    for (const char *at = plain; *at;) {
        if (*at == ' ' || *at == '.') {
            at++;
        } else if (*at == '/' && !open) {
            if (due) return false;
            below = due = true, closed = false;
            at++;
            at += strspn(at, " ");
            if (*at == '(') open = true, at++;
        } else if (*at == ')' && open && !due) {
            open = false, closed = true;
            at++;
        } else if (isalpha((unsigned char)*at) && !closed) {
            size_t length = 0;
            while (isalpha((unsigned char)at[length])) length++;
            const char *behind = at + length;
            int power = 1;
            if (*behind == '^') { /* one digit from 2 on, or a minus and one from 1 on */
                bool minus = behind[1] == '-';
                behind += minus ? 2 : 1;
                if (*behind < (minus ? '1' : '2') || *behind > '9' || isdigit((unsigned char)behind[1]))
                    return false;
                power = (minus ? -1 : 1) * (*behind++ - '0');
                if (minus && below) return false;
            }
            if (!take_letters(at, length, below ? -power : power, below, p)) return false;
            at = behind;
            due = false;
        } else {
            return false;
        }
    }
    return !due && !open;
}

/* The row of a unit, or one that is made for a product, of its quantity; NULL if there is none. */
static const struct unit *find_or_make(const char *name, struct unit *made)
{
    struct product own, row;
    const struct unit *u = find(name);
    int dimensions = 0;
    if (u || !read_product(name, &own)) return u;
    for (int d = 0; d < N_DIMENSIONS; d++) dimensions += own.power[d] != 0;
    if (dimensions < 2) return NULL;
    for (int k = 0; k < N_UNITS; k++) {
        /* The pascal is no symbol above: a table of moduli in mPa is one in MPa, written wrong. */
        const char *as = strcmp(table[k].name, "Pa") != 0 ? table[k].name : "N/m^2";
        if (!read_product(as, &row) || memcmp(row.power, own.power, sizeof own.power) != 0) continue;
        int decimal = own.decimal - row.decimal;
        if (decimal == 0 && own.number == row.number) return &table[k];
        if (u) continue;
        double scale = pow(10, abs(decimal));
        *made = table[k];
        made->name = name;
        made->factor *= own.number / row.number;
        made->factor = decimal < 0 ? made->factor / scale : made->factor * scale;
        u = made;
    }
    return u;
}

static const struct unit *find_known(const char *name)
{
    struct unit made;
    const struct unit *u = find_or_make(name, &made);
    if (u == &made) u = NULL;
    assert(u && "a parameter table names a unit that units.c does not have");
    return u;
}

/* Length of the decimal number at the start of text; 0 if there is none. No hex, inf, nan, D exponent. */
static size_t number_length(const char *text)
{
    static const char digits[] = "0123456789";
    const char *p = text;
    if (*p == '+' || *p == '-') p++;
    size_t whole = strspn(p, digits), part = 0;
    p += whole;
    if (*p == '.') {
        part = strspn(p + 1, digits);
        p += 1 + part;
    }
    if (whole + part == 0) return 0;
    if (*p == 'e' || *p == 'E') { /* an exponent only if digits follow: 5eV is 5 eV */
        const char *q = p + 1;
        if (*q == '+' || *q == '-') q++;
        size_t exponent = strspn(q, digits);
        if (exponent) p = q + exponent;
    }
    return (size_t)(p - text);
}

/* What helps a person who wrote unit where quantity want is due; "" if nothing does. */
static void hint(const struct unit *want, const char *unit, char *text, size_t size)
{
    char plain[NAME_SIZE];
    *text = '\0';
    if (!normalise(unit, plain)) return;
    if (strcmp(want->quantity, "temperature") == 0 &&
        (strcmp(plain, "C") == 0 || strcmp(plain, "degC") == 0)) {
        snprintf(text, size, " (temperatures are in K: add 273.15 to a value in C)");
        return;
    }
    if (strcmp(want->quantity, "temperature") == 0 && strcmp(plain, "degF") == 0) {
        snprintf(text, size, " (temperatures are in K: (F + 459.67) / 1.8)");
        return;
    }
    if (unit[0] == ',') {
        snprintf(text, size, " (the decimal sign is a point)");
        return;
    }
    if ((unit[0] == 'd' || unit[0] == 'D') && number_length(unit + 1)) {
        snprintf(text, size, " (write the exponent with e)");
        return;
    }
    for (int k = 0; k < N_UNITS; k++)
        if (same_quantity(&table[k], want) && strcasecmp(table[k].name, plain) == 0) {
            snprintf(text, size, " (do you mean %s?)", table[k].name);
            return;
        }
}

enum vt_status vt_units_parse(const char *text, const char *unit_name, double *value)
{
    return vt_units_parse_like(text, unit_name, vt_units_example(unit_name), value);
}

enum vt_status vt_units_parse_like(const char *text, const char *unit_name, const char *example,
                                   double *value)
{
    const struct unit *want = find_known(unit_name);
    char fit[256], write[96] = "";
    if (*example) snprintf(write, sizeof write, " (write %s, for example)", example);
    vt_units_list(unit_name, fit, sizeof fit);
    bool bare = strcmp(want->name, "1") == 0;

    const char *start = text + strspn(text, " \t");
    size_t length = number_length(start);
    if (!length)
        return VT_RAISE(VT_EINPUT, "value '%.60s': a decimal number is due%s%s%s%s", text,
                        *example ? ", for example " : "", example,
                        bare ? "" : "; units that fit: ", bare ? "" : fit);
    char digits[64];
    if (length >= sizeof digits)
        return VT_RAISE(VT_EINPUT, "value '%.60s...': the number has %zu characters, at most %zu are read",
                        text, length, sizeof digits - 1);
    memcpy(digits, start, length);
    digits[length] = '\0';
    errno = 0;
    double number = strtod(digits, NULL);
    if (errno == ERANGE)
        return VT_RAISE(VT_EINPUT, "value '%.60s': the number is beyond the range of double precision", text);

    char unit[128];
    const char *rest = start + length;
    rest += strspn(rest, " \t");
    snprintf(unit, sizeof unit, "%s", rest);
    for (size_t n = strlen(unit); n > 0 && (unit[n - 1] == ' ' || unit[n - 1] == '\t');) unit[--n] = '\0';

    struct unit made;
    const struct unit *given = want;
    if (bare) {
        if (*unit)
            return VT_RAISE(VT_EINPUT, "value '%.60s': a bare number is due, without '%.30s'", text, unit);
    } else if (!*unit) {
        return VT_RAISE(VT_EINPUT, "value '%.60s': a unit is due%s; units that fit: %s", text, write, fit);
    } else {
        char help[96];
        given = find_or_make(unit, &made);
        /* "1" is the unit of bare numbers in tables; nobody writes "5 1". */
        if (given && strcmp(given->name, "1") == 0) given = NULL;
        if (!given) {
            hint(want, unit, help, sizeof help);
            return VT_RAISE(VT_EINPUT, "value '%.60s': '%.30s' is not a unit of %s%s; units that fit: %s",
                            text, unit, want->quantity, help, fit);
        }
        /* In a composition % means at.%. */
        if (strcmp(want->name, "at.%") == 0 && strcmp(given->name, "%") == 0) given = want;
        if (!same_quantity(given, want))
            return VT_RAISE(VT_EINPUT, "value '%.60s': %s is a unit of %s, not of %s%s; units that fit: %s",
                            text, given->name, given->quantity, want->quantity, write, fit);
    }
    double result = number * given->factor;
    if (!isfinite(result) || (number != 0 && fabs(result) < DBL_MIN))
        return VT_RAISE(VT_EINPUT, "value '%.60s': the number is beyond the range of double precision", text);
    *value = result;
    return VT_OK;
}

bool vt_units_scale(const char *unit, const char *unit_name, double *factor, double *offset)
{
    const struct unit *want = find_known(unit_name), *given = NULL;
    struct unit made;
    char plain[NAME_SIZE];
    *offset = 0;
    if (!normalise(unit, plain)) return false;
    if (!strcmp(want->quantity, "temperature") &&
        (!strcmp(plain, "C") || !strcmp(plain, "degC") || !strcasecmp(plain, "celsius"))) {
        *factor = 1 / want->factor;
        *offset = ZERO_CELSIUS / want->factor;
        return true;
    }
    if (!strcmp(want->quantity, "temperature") &&
        (!strcmp(plain, "F") || !strcmp(plain, "degF") || !strcasecmp(plain, "fahrenheit"))) {
        *factor = 1 / (1.8 * want->factor);
        *offset = ZERO_FAHRENHEIT / 1.8 / want->factor;
        return true;
    }
    bool bare = !strcmp(want->name, "1");
    given = bare && (!*plain || !strcmp(plain, "-")) ? want : find_or_make(unit, &made);
    if (!given) return false;
    if (!same_quantity(given, want) && !(bare && !strcmp(given->name, "%"))) return false;
    *factor = given->factor == want->factor ? 1 : given->factor / want->factor;
    return true;
}

bool vt_units_ratio(const char *from, const char *to, double *factor)
{
    double offset;
    struct unit made;
    const struct unit *known = find_or_make(to, &made);
    if (known && known != &made) return vt_units_scale(from, to, factor, &offset) && offset == 0;
    return false;
}

bool vt_units_is_quantity(const char *text)
{
    return number_length(text + strspn(text, " \t")) > 0;
}

double vt_units_factor(const char *unit_name)
{
    return find_known(unit_name)->factor;
}

const char *vt_units_example(const char *unit_name)
{
    return head(find_known(unit_name))->example;
}

void vt_units_list(const char *unit_name, char *text, size_t size)
{
    const struct unit *want = find_known(unit_name);
    size_t used = 0;
    assert(size > 0);
    *text = '\0';
    for (const struct unit *u = head(want); u < table + N_UNITS && same_quantity(u, want); u++) {
        int n = snprintf(text + used, size - used, "%s%s", used ? ", " : "", u->name);
        if (n < 0 || (size_t)n >= size - used) return;
        used += (size_t)n;
    }
}

/* 1e+10 -> 1e10, 1e-05 -> 1e-5. */
static void shorten_exponent(char *text)
{
    char *e = strchr(text, 'e');
    if (!e) return;
    char *to = e + 1, *from = e + 1;
    if (*from == '-')
        to++, from++;
    else if (*from == '+')
        from++;
    while (*from == '0' && from[1]) from++;
    memmove(to, from, strlen(from) + 1);
}

/* The fewest digits which read back to the same bits: 6 GPa stays "6 GPa" though 6 x factor is not round. */
void vt_units_format(double value, const char *unit_name, char *text, size_t size)
{
    const struct unit *u = find_known(unit_name);
    char number[40];
    double in_unit = value / u->factor;
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(number, sizeof number, "%.*g", digits, in_unit);
        if (strtod(number, NULL) * u->factor == value) break;
    }
    double rounded = strtod(number, NULL);
    if (strchr(number, 'e') && fabs(rounded) >= 1 && fabs(rounded) < 1e6)
        snprintf(number, sizeof number, "%.0f", rounded); /* 50, not 5e1 */
    shorten_exponent(number);
    bool bare = strcmp(u->name, "1") == 0;
    snprintf(text, size, "%s%s%s", number, bare ? "" : " ", bare ? "" : unit_name);
}
