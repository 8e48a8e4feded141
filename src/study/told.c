/* told.c: see told.h. */
#include "study/told.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/units.h"
#include "io/number.h"
#include "study/names.h"

/* Two of the same number, as they are written. */
#define SAME 1e-3
/* Longer ones are dates or numbers of samples. */
enum { INTEGER_DIGITS = 4 };

/* ---- names of files ---- */

static bool is_digit(char c)
{
    return isdigit((unsigned char)c) != 0;
}

/* May what stands before `at` be the beginning of its number? */
static bool may_go_on(const char *name, const char *at)
{
    int digits = 0;
    if (at < name + 2 || !strchr("_-.,", at[-1]) || !is_digit(at[-2])) return false;
    for (at -= 2; at >= name && (is_digit(*at) || (strchr(".,", *at) && at > name && is_digit(at[-1]))); at--)
        digits += is_digit(*at);
    return digits <= INTEGER_DIGITS && (at < name || !isalpha((unsigned char)*at));
}

double vt_told_number_in_name(const char *name, const char *at, const char **end, bool *doubtful)
{
    char text[32], *behind;
    const size_t whole = strspn(at, "0123456789");
    snprintf(text, sizeof text, "%.*s", (int)strspn(at, "0123456789.,peE+-"), at);
    for (char *c = text; *c; c++)
        if (*c == ',' || (*c == 'p' && c == text + whole && is_digit(c[1]))) *c = '.';
    const double number = vt_number(text, &behind);
    *doubtful = may_go_on(name, at);
    *end = at + (behind - text);
    return number;
}

/* Of what begins with a number here [Hz], NaN if it is none. */
static double frequency_here(const char *name, const char *at, const char **end, bool *doubtful)
{
    static const struct {
        const char *word;
        double factor;
    } unit[] = {{"Hz", 1}, {"mHz", 1e-3}, {"kHz", 1e3}, {"MHz", 1e6}, {"GHz", 1e9}};
    const double number = vt_told_number_in_name(name, at, end, doubtful);
    at = *end + strspn(*end, " _");
    for (size_t k = 0; k < sizeof unit / sizeof *unit; k++)
        if (!strncmp(at, unit[k].word, strlen(unit[k].word)) && number > 0) return number * unit[k].factor;
    return NAN;
}

enum vt_status vt_told_frequency_in_name(const char *path, double *frequency)
{
    const char *name = vt_name_last(path);
    *frequency = NAN;
    for (const char *at = name, *end; *at; at = end) {
        bool doubtful;
        end = at + 1;
        if (!is_digit(*at)) continue;
        const double one = frequency_here(name, at, &end, &doubtful);
        if (isnan(one)) continue;
        const double other = isnan(*frequency) ? one : *frequency;
        *frequency = NAN;
        if (doubtful)
            return VT_RAISE(VT_EINPUT,
                            "is the frequency in its name %g Hz, or is '%.20s' the end of a longer number? "
                            "Say --frequency '1 Hz'",
                            one, at);
        if (!(fabs(one / other - 1) < SAME))
            return VT_RAISE(VT_EINPUT, "its name tells two frequencies, %g and %g Hz: say --frequency '1 Hz'",
                            other, one);
        *frequency = one;
    }
    return VT_OK;
}

/* ---- lines above the columns ---- */

double vt_told_number(const struct vt_table *t, const char *text, const char **end)
{
    char plain[64], *behind;
    const size_t length = strspn(text, "0123456789+-.,eE");
    *end = text;
    if (!length || length >= sizeof plain) return NAN;
    snprintf(plain, sizeof plain, "%.*s", (int)length, text);
    for (size_t n = length; n && strchr(".,", plain[n - 1]);) plain[--n] = '\0'; /* the end of a sentence */
    char *comma = strchr(plain, ',');
    if (comma && (strchr(comma + 1, ',') || strchr(plain, '.'))) return NAN;
    if (comma && strlen(comma) == 4 && plain[0] != '0' && t->decimal != ',') {
        if (t->decimal != '.') return NAN;
        memmove(comma, comma + 1, strlen(comma));
    } else if (comma) {
        *comma = '.';
    }
    double number = vt_number(plain, &behind);
    if (behind == plain || *behind) return NAN;
    *end = text + length;
    return number;
}

/* Of the unit that text begins with, perhaps in brackets: what a number in it is in `unit`; NaN if it is of
 * another quantity. A remark in brackets may follow. */
static double factor_of(const char *text, const char *unit)
{
    char own[64];
    double factor, offset;
    text += strspn(text, " \t,([/");
    snprintf(own, sizeof own, "%s", text);
    own[strcspn(own, "])")] = '\0';
    char *remark = strpbrk(own, "([");
    if (remark) *remark = '\0';
    for (size_t n = strlen(own); n && strchr(" \t", own[n - 1]);) own[--n] = '\0';
    char *celsius = strstr(own, "C/"); /* a difference of temperatures: 10 degC/min */
    if (celsius) memmove(own + 1, celsius + 1, strlen(celsius)), *own = 'K';
    return vt_units_scale(own, unit, &factor, &offset) ? factor : NAN;
}

double vt_told_value(const struct vt_table *t, const struct vt_table_note *note, const char *key,
                     const char *unit, bool *mine)
{
    const char *end, *own = note->key + strlen(key);
    const bool named = !strncasecmp(note->key, key, strlen(key));
    if (named) own += strspn(own, " \t");
    const bool is = named && (!*own || (strchr("([/,", *own) && !isnan(factor_of(own, unit))));
    if (mine) *mine = is;
    if (!is) return NAN;
    const double number = vt_told_number(t, note->text, &end);
    if (end == note->text) return NAN;
    end += strspn(end, " \t,");
    const bool said = *end && !(*own && strchr("([", *end)); /* else a remark at most */
    return fabs(number) * factor_of(said ? end : own, unit);
}
