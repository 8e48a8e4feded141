/* number.c: see number.h.
 *
 * digits times or over 10^e is rounded once, and so rightly, if both are exact: digits below 2^53, e at most
 * 22 (Clinger, PLDI '90, 92). What is longer, or no plain decimal number, goes to strtod. */
#include "io/number.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>

double vt_number(const char *text, char **end)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *at = text + (*text == '-' || *text == '+');
    uint64_t digits = 0;
    int count = 0, exponent = 0;
    for (; *at >= '0' && *at <= '9' && count < 18; at++, count++)
        digits = 10 * digits + (uint64_t)(*at - '0');
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9' && count < 18; at++, count++, exponent--)
            digits = 10 * digits + (uint64_t)(*at - '0');
    if (count && (*at == 'e' || *at == 'E')) {
        const char *digit = at + 1 + (at[1] == '-' || at[1] == '+');
        int value = 0;
        if (*digit < '0' || *digit > '9') return strtod(text, end);
        for (int n = 0; *digit >= '0' && *digit <= '9' && n < 4; n++) value = 10 * value + (*digit++ - '0');
        exponent += at[1] == '-' ? -value : value;
        at = digit;
    }
    if (!count || isalnum((unsigned char)*at) || *at == '.' || digits >> 53 || exponent < -22 ||
        exponent > 22)
        return strtod(text, end);
    double value = exponent < 0 ? (double)digits / power[-exponent] : (double)digits * power[exponent];
    *end = (char *)(uintptr_t)at;
    return *text == '-' ? -value : value;
}
