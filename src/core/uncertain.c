/* uncertain.c: see uncertain.h. */
#include "core/uncertain.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vt_fixed(char *text, int size, double value, int decimals)
{
    char digits[64];
    snprintf(digits, sizeof digits, "%.*f", decimals, fabs(value));
    bool zero = strspn(digits, "0.") == strlen(digits);
    snprintf(text, (size_t)size, "%s%s", value < 0 && !zero ? "-" : "", digits);
}

/* The power of ten of the first digit, after rounding to `digits` digits. */
static int first_digit(double value, int digits)
{
    char text[32];
    snprintf(text, sizeof text, "%.*e", digits - 1, fabs(value));
    return atoi(strchr(text, 'e') + 1);
}

/* The decimal place (power of ten) to which an error is given. */
static int last_place(double error)
{
    char text[32];
    snprintf(text, sizeof text, "%.2e", error);
    int power = atoi(strchr(text, 'e') + 1);
    double digits = atof(text) / pow(10, power); /* 1.00 to 9.99 */
    return digits < 3.545 ? power - 1 : power;   /* 9.5 and more: 10, two digits again */
}

struct vt_digits vt_digits(double value, double error)
{
    struct vt_digits d = {0};
    if (!isfinite(value)) return d;
    bool exact = !isfinite(error) || error <= 1e-12 * fabs(value); /* rounding is no error */
    int power = value == 0 ? 0 : first_digit(value, 4);
    if (!exact && (value == 0 || error > fabs(value))) power = first_digit(error, 2);
    int last = exact ? power - 3 : last_place(error); /* decimal place of the last digit */
    if (power >= 6 || power <= -5) d.power = power;
    double scale = pow(10, -d.power);
    int decimals = d.power - last;
    if (decimals < 0) { /* digits in front of the point that mean nothing become zeros */
        double unit = pow(10, -decimals);
        if (!exact) {
            value = round(value / unit) * unit;
            error = round(error / unit) * unit;
        }
        decimals = 0;
    }
    vt_fixed(d.value, sizeof d.value, value * scale, decimals);
    if (!exact)
        vt_fixed(d.error, sizeof d.error, error * scale, decimals);
    else if (strchr(d.value, '.')) { /* 300.0 says no more than 300 here */
        char *end = d.value + strlen(d.value);
        while (end[-1] == '0') *--end = '\0';
        if (end[-1] == '.') *--end = '\0';
    }
    return d;
}

static struct vt_uncertain put_together(double value, double error, const char *sign, const char *plus_minus)
{
    struct vt_uncertain t;
    const struct vt_digits d = vt_digits(value, error);
    char exponent[16] = "";
    if (!*sign || *d.value == '-' || !*d.value) sign = "";
    if (d.power) snprintf(exponent, sizeof exponent, "e%+03d", d.power);
    if (!*d.value)
        snprintf(t.text, sizeof t.text, "none");
    else if (!*d.error)
        snprintf(t.text, sizeof t.text, "%s%s%s", sign, d.value, exponent);
    else
        snprintf(t.text, sizeof t.text, d.power ? "(%s%s %s %s)%s" : "%s%s %s %s%s", sign, d.value,
                 plus_minus, d.error, exponent);
    return t;
}

struct vt_uncertain vt_uncertain(double value, double error)
{
    return put_together(value, error, "", "+-");
}

struct vt_uncertain vt_uncertain_label(double value, double error)
{
    return put_together(value, error, "", "\u00b1");
}

struct vt_uncertain vt_uncertain_change(double value, double error)
{
    return put_together(value, error, "+", "+-");
}
