/* Sums that do not depend on the order of their terms. */
#include "check.h"

#include "core/exact.h"
#include "core/random.h"

enum { N = 20000 };

/* Terms of both signs from 1e-12 to 1e6. */
static double term(int k)
{
    double u[4];
    vt_uniform4(3, k, 0, VT_RANDOM_TEST, u);
    return (u[0] < 0.5 ? -1 : 1) * pow(10, -12 + 18 * u[1]);
}

static void the_order_and_the_grouping_leave_no_trace(void **state)
{
    (void)state;
    struct vt_exact forward = {0}, back = {0}, groups = {0};
    for (int k = 0; k < N; k++) vt_exact_add(&forward, term(k));
    for (int k = N - 1; k >= 0; k--) {
        vt_exact_add(&back, term(k));
        if (k % 7 == 0) vt_exact_tidy(&back);
    }
    for (int g = 0; g < 37; g++) {
        struct vt_exact part = {0};
        for (int k = g; k < N; k += 37) vt_exact_add(&part, term(k));
        if (g % 2) vt_exact_tidy(&part);
        vt_exact_merge(&groups, &part);
    }
    double sum = vt_exact_value(forward), plain_forward = 0, plain_back = 0;
    assert_true(vt_exact_value(back) == sum);
    assert_true(vt_exact_value(groups) == sum);
    for (int k = 0; k < N; k++) plain_forward += term(k), plain_back += term(N - 1 - k);
    assert_true(plain_forward != plain_back); /* a plain sum does depend on it */
    double reduced;
    assert_int_equal(vt_exact_reduce(MPI_COMM_SELF, &groups, 1, &reduced), VT_OK);
    assert_true(reduced == sum);
}

/* Each term is rounded by 2^-61 at most, and the sum once to a double: compared with 64-bit mantissas. */
static void a_sum_is_as_good_as_its_terms(void **state)
{
    (void)state;
    struct vt_exact sum = {0};
    long double truth = 0;
    for (int k = 0; k < N; k++) {
        vt_exact_add(&sum, term(k));
        truth += term(k);
    }
    assert_true(fabs((double)truth) > 1e3);
    assert_true(fabs(vt_exact_value(sum) - (double)truth) < 1e-9 + 2e-16 * fabs((double)truth));
    struct vt_exact large = {0};
    for (int k = 0; k < 1000; k++) { /* large terms that leave a small one */
        vt_exact_add(&large, 0x1p31);
        vt_exact_add(&large, 0x1p-50);
        vt_exact_add(&large, -0x1p31);
    }
    assert_true(vt_exact_value(large) == 1000 * 0x1p-50);
}

/* What has no integer is not left out in silence; nor do two of them cancel. */
static void absurd_terms_make_the_sum_no_number(void **state)
{
    (void)state;
    static const double absurd[] = {NAN, INFINITY, -INFINITY, 1e300, -0x1p38};
    for (int k = 0; k < 5; k++) {
        struct vt_exact sum = {0}, other = {0}, whole = {0};
        vt_exact_add(&sum, 2.5);
        assert_true(vt_exact_value(sum) == 2.5);
        vt_exact_add(&sum, absurd[k]);
        assert_true(isnan(vt_exact_value(sum)));
        vt_exact_add(&other, -absurd[k]);
        vt_exact_merge(&sum, &other);
        vt_exact_tidy(&sum);
        vt_exact_merge(&whole, &sum);
        double reduced = 0;
        assert_int_equal(vt_exact_reduce(MPI_COMM_SELF, &whole, 1, &reduced), VT_OK);
        assert_true(isnan(reduced));
    }
}

/* Adding and subtracting 1.5 * 2^52 quanta leaves the nearest whole number of quanta. */
static void rounding_gives_the_nearest_quantum(void **state)
{
    (void)state;
    const double quantum = 0x1p-40;
    for (int k = 0; k < N; k++) {
        double v = term(k) / 1e4; /* up to 2^11 of the range there is */
        double rounded = vt_round(v, VT_MAGIC(quantum));
        assert_true(rounded / quantum == rint(v / quantum));
        assert_true(vt_round(-v, VT_MAGIC(quantum)) == -rounded); /* what i feels, j feels the other way */
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_order_and_the_grouping_leave_no_trace),
    cmocka_unit_test(a_sum_is_as_good_as_its_terms),
    cmocka_unit_test(absurd_terms_make_the_sum_no_number),
    cmocka_unit_test(rounding_gives_the_nearest_quantum),
};
CHECK_MPI_MAIN(tests)
