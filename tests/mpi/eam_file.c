/* Every rank gets the tables that rank 0 has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <mpi.h>
#include <string.h>

#include "core/parallel.h"
#include "io/eam_file.h"
#include "md/eam_builtin.h"

static void all_ranks_get_the_tables_of_rank_0(void **state)
{
    (void)state;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    struct vt_eam e = {0}, own;
    assert_int_equal(vt_eam_builtin("CuZrAlHfCo", &own), VT_OK);
    enum vt_status st = rank == 0 ? vt_eam_builtin("CuZrAlHfCo", &e) : VT_OK;
    int same = vt_agree(MPI_COMM_WORLD, st) == VT_OK && vt_eam_broadcast(MPI_COMM_WORLD, &e) == VT_OK;
    if (same) {
        uint64_t sent = e.checksum;
        vt_eam_seal(&e); /* over what arrived */
        same = sent == own.checksum && e.checksum == own.checksum && e.element[3].z == 72 &&
               strcmp(e.comment[0], own.comment[0]) == 0;
    }
    int all;
    MPI_Allreduce(&same, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    assert_true(all);
    vt_eam_release(&e);
    vt_eam_release(&own);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_ranks_get_the_tables_of_rank_0)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
