/* scratch.h: a folder for the runs of one test program, the same on all its ranks and gone afterwards; given
 * as the program's first argument it stays, and runs that are there are not done again. */
#ifndef VT_TESTS_SCRATCH_H
#define VT_TESTS_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"

static char folder[200];

static int scratch_remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s, (void)kind, (void)at;
    return remove(path);
}

static int scratch_rank(void)
{
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

static void scratch_make(const char *kept)
{
    snprintf(folder, sizeof folder, "%s", kept ? kept : "/tmp/vitrum-test-XXXXXX");
    if (!kept && scratch_rank() == 0 && !mkdtemp(folder)) MPI_Abort(MPI_COMM_WORLD, 3);
    MPI_Bcast(folder, sizeof folder, MPI_CHAR, 0, MPI_COMM_WORLD);
}

static void scratch_release(const char *kept)
{
    MPI_Barrier(MPI_COMM_WORLD);
    if (!kept && scratch_rank() == 0) nftw(folder, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* main of a test on several ranks that leaves files; setup and teardown as cmocka takes them, or NULL. */
#define SCRATCH_MAIN(tests, setup, teardown)                                                                 \
    int main(int argc, char **argv)                                                                          \
    {                                                                                                        \
        MPI_Init(&argc, &argv);                                                                              \
        scratch_make(argc > 1 ? argv[1] : NULL);                                                             \
        int failed = cmocka_run_group_tests(tests, setup, teardown);                                         \
        scratch_release(argc > 1 ? argv[1] : NULL);                                                          \
        MPI_Finalize();                                                                                      \
        return failed;                                                                                       \
    }

#endif
