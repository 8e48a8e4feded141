/* Random numbers: the published test vectors, and independence of who asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "core/random.h"

/* Known answers of Philox4x32-10: Random123 distribution, kat_vectors. */
static void philox_matches_the_published_vectors(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (unsigned k = 0; k < sizeof known / sizeof *known; k++) {
        uint32_t out[4];
        vt_philox(known[k].counter, known[k].key, out);
        for (int w = 0; w < 4; w++) assert_int_equal(out[w], known[k].out[w]);
    }
}

/* 4e5 normal numbers: mean 0 and variance 1 to five standard errors, 5/sqrt(4e5) and 5 sqrt(2/4e5). */
static void normal_numbers_have_mean_0_and_variance_1(void **state)
{
    (void)state;
    enum { N = 100000 };
    double sum = 0, sum2 = 0;
    for (int id = 0; id < N; id++) {
        double g[4];
        vt_normal4(7, id, 3, VT_RANDOM_TEST, g);
        for (int k = 0; k < 4; k++) sum += g[k], sum2 += g[k] * g[k];
    }
    assert_true(fabs(sum / (4 * N)) < 5 / sqrt(4 * N));
    assert_true(fabs(sum2 / (4 * N) - 1) < 5 * sqrt(2.0 / (4 * N)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_matches_the_published_vectors),
        cmocka_unit_test(normal_numbers_have_mean_0_and_variance_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
