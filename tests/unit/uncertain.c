/* Numbers with errors as text. The rounding is that of the Review of Particle Physics: 0.827 +- 0.119 is 0.83
 * +- 0.12 and 0.827 +- 0.367 is 0.8 +- 0.4 there; the others follow from the same rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "core/uncertain.h"

static void value_and_error_end_at_the_same_place(void **state)
{
    static const struct {
        double value, error;
        const char *text;
    } cases[] = {{0.827, 0.119, "0.83 +- 0.12"},
                 {0.827, 0.367, "0.8 +- 0.4"},
                 {636.5123, 0.0213, "636.512 +- 0.021"},
                 {-3.2, 0.0999, "-3.20 +- 0.10"},
                 {123456, 2345, "123500 +- 2300"},
                 {1.234e12, 3.9e10, "(1.23 +- 0.04)e+12"},
                 {-2.5e-7, 1.1e-8, "(-2.50 +- 0.11)e-07"},
                 {0, 0.5, "0.0 +- 0.5"},
                 {-0.001, 0.5, "0.0 +- 0.5"},
                 {300, NAN, "300"},
                 {1.23456, 0, "1.235"},
                 {2.5e9, NAN, "2.5e+09"},
                 {7.0663121273180423, 1.4e-15, "7.066"},
                 {NAN, 1, "none"}};
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_string_equal(vt_uncertain(cases[k].value, cases[k].error).text, cases[k].text);
    assert_string_equal(vt_uncertain_change(9, 0.3).text, "+9.00 +- 0.30");
    assert_string_equal(vt_uncertain_change(-9, 0.3).text, "-9.00 +- 0.30");
    assert_string_equal(vt_uncertain_change(3e6, 1e5).text, "(+3.00 +- 0.10)e+06");
    assert_string_equal(vt_uncertain_label(9, 0.3).text, "9.00 \u00b1 0.30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(value_and_error_end_at_the_same_place)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
