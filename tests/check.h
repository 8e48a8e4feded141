/* check.h: what tests need: cmocka, numbers that are equal within a tolerance, laws that hold on several
 * ranks. */
#ifndef VT_TESTS_CHECK_H
#define VT_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <mpi.h>

#include "core/status.h"

/* Fails on every rank alike when the law is broken on any, instead of leaving ranks waiting. */
#define check_all(law)                                                                                       \
    do {                                                                                                     \
        int check_holds_ = !!(law);                                                                          \
        MPI_Allreduce(MPI_IN_PLACE, &check_holds_, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);                     \
        if (!check_holds_) fail_msg("%s:%d: not on all ranks: %s", __FILE__, __LINE__, #law);                \
    } while (0)

/* The call succeeds on every rank. */
#define check_ok(call)                                                                                       \
    do {                                                                                                     \
        enum vt_status check_status_ = (call);                                                               \
        if (check_status_ != VT_OK) print_error("%s: %s\n", #call, vt_message());                            \
        check_all(check_status_ == VT_OK);                                                                   \
    } while (0)

/* Two numbers in double precision: cmocka's own macro casts to float. */
#define check_equal(a, b, tolerance)                                                                         \
    do {                                                                                                     \
        double check_a_ = (a), check_b_ = (b);                                                               \
        if (!(fabs(check_a_ - check_b_) <= (tolerance)))                                                     \
            fail_msg("%s:%d: %.17g, not %.17g", __FILE__, __LINE__, check_a_, check_b_);                     \
    } while (0)

/* main of a test on several ranks. */
#define CHECK_MPI_MAIN(tests)                                                                                \
    int main(int argc, char **argv)                                                                          \
    {                                                                                                        \
        MPI_Init(&argc, &argv);                                                                              \
        int failed = cmocka_run_group_tests(tests, NULL, NULL);                                              \
        MPI_Finalize();                                                                                      \
        return failed;                                                                                       \
    }

#endif
