/* Elements: the published table at the places the built-in alloys use, and its inner consistency. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>

#include "core/material.h"

/* Prohaska et al., Pure Appl. Chem. 94, 573 (2022): standard atomic weights to all digits; the abridged
 * ones are these rounded to five, hence 5e-5 relative. */
static void masses_match_the_standard_atomic_weights_of_2021(void **state)
{
    (void)state;
    static const struct {
        const char *symbol;
        int z;
        double mass;
    } known[] = {
        {"H", 1, 1.0080},    {"Be", 4, 9.0121831},   {"Al", 13, 26.9815384}, {"Ti", 22, 47.867},
        {"Fe", 26, 55.845},  {"Co", 27, 58.933194},  {"Ni", 28, 58.6934},    {"Cu", 29, 63.546},
        {"Zr", 40, 91.224},  {"Ag", 47, 107.8682},   {"Yb", 70, 173.045},    {"Hf", 72, 178.486},
        {"Ir", 77, 192.217}, {"Au", 79, 196.966570}, {"Pb", 82, 207.2},      {"U", 92, 238.02891},
    };
    for (unsigned k = 0; k < sizeof known / sizeof *known; k++) {
        assert_int_equal(vt_element_z(known[k].symbol), known[k].z);
        assert_true(fabs(vt_element_mass(known[k].z) / known[k].mass - 1) < 5e-5);
    }
}

static void symbols_and_numbers_are_inverse(void **state)
{
    (void)state;
    for (int z = 1; z <= 103; z++) assert_int_equal(vt_element_z(vt_element_symbol(z)), z);
    assert_string_equal(vt_element_symbol(103), "Lr");
}

static void words_that_are_no_elements_have_number_0(void **state)
{
    (void)state;
    static const char *const none[] = {"", "cu", "CU", "Xx", "Cu ", "Copper", "29"};
    for (unsigned k = 0; k < sizeof none / sizeof *none; k++) assert_int_equal(vt_element_z(none[k]), 0);
}

/* Weight grows with number but for four pairs among the elements that have a standard weight (Ar-K,
 * Co-Ni, Te-I, Th-Pa): a slip in a column would show. */
static void weights_grow_with_number_except_for_the_known_pairs(void **state)
{
    (void)state;
    static const int falls[] = {18, 27, 52, 90};
    for (int z = 1, k = 0; z < 92; z++) {
        bool fall = k < 4 && z == falls[k];
        k += fall;
        assert_int_equal(vt_element_mass(z + 1) < vt_element_mass(z), fall);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masses_match_the_standard_atomic_weights_of_2021),
        cmocka_unit_test(symbols_and_numbers_are_inverse),
        cmocka_unit_test(words_that_are_no_elements_have_number_0),
        cmocka_unit_test(weights_grow_with_number_except_for_the_known_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
