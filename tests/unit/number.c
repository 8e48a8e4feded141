/* Numbers in files: the bits and the end that strtod gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "io/number.h"

static void same(const char *text)
{
    char *end, *expected_end;
    double value = vt_number(text, &end), expected = strtod(text, &expected_end);
    if (end != expected_end || memcmp(&value, &expected, sizeof value) != 0)
        fail_msg("'%s': %.17g, %.17g; ends %td, %td", text, value, expected, end - text, expected_end - text);
}

static void odd_forms_are_read_as_strtod_does(void **state)
{
    (void)state;
    static const char *const text[] = {"",
                                       "-",
                                       "+",
                                       ".",
                                       "e5",
                                       "-.e1",
                                       "1e",
                                       "1e+",
                                       "1.5e-",
                                       "0x10",
                                       "nan",
                                       "inf",
                                       "-inf",
                                       "1.",
                                       ".5",
                                       "-0",
                                       "-0.0",
                                       "+3",
                                       "1..2",
                                       "1.2.3",
                                       "1e400",
                                       "1e-400",
                                       "1e00005",
                                       "1e99999",
                                       "12abc",
                                       "12,",
                                       "12;3",
                                       "007",
                                       "1e22",
                                       "1e23",
                                       " 1",
                                       "1 2",
                                       "1e5e5",
                                       "5e-324",
                                       "--1",
                                       "1e-22",
                                       "123456789012345678901234567890",
                                       "9007199254740993",
                                       "9007199254740991",
                                       "0.1",
                                       "1.e3",
                                       "1.7976931348623157e308",
                                       "0.000000000000000000000000000001",
                                       "2,5"};
    for (size_t k = 0; k < sizeof text / sizeof *text; k++) same(text[k]);
}

static void random_numbers_have_the_same_bits(void **state)
{
    (void)state;
    static const char *const format[] = {"%.10g", "%.6f", "%.17g", "%e", "%.3g"};
    for (int k = 0; k < 20000; k++) {
        double g[4];
        char text[400];
        vt_normal4(1, k, 0, VT_RANDOM_TEST, g);
        snprintf(text, sizeof text, format[k % 5], g[0] * pow(10, 8 * g[1]));
        same(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_forms_are_read_as_strtod_does),
        cmocka_unit_test(random_numbers_have_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
