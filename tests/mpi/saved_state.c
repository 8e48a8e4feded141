/* A saved state is read as it was written, on any number of ranks, whatever the ranks' clocks say. */
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/parallel.h"
#include "core/random.h"
#include "md/checkpoint.h"

enum { N = 101 };

static void make_sample(struct vt_system *sys)
{
    int64_t begin, end;
    *sys = (struct vt_system){.cell = vt_cell_make(20, 21, 22, 3, 0, 0), .step = 17, .time = 0.034};
    vt_ranks_init(&sys->ranks, MPI_COMM_WORLD, &sys->cell);
    vt_share(N, sys->ranks.size, sys->ranks.rank, &begin, &end);
    check_ok(vt_atoms_reserve(&sys->atoms, (size_t)(end - begin)));
    sys->atoms.n_total = N;
    for (int64_t k = begin; k < end; k++) {
        int i = sys->atoms.n++;
        double u[4];
        vt_uniform4(3, k + 1, 0, VT_RANDOM_TEST, u);
        sys->atoms.id[i] = k + 1;
        for (int d = 0; d < 3; d++) sys->atoms.x[i][d] = vt_grid(20 * u[d]), sys->atoms.v[i][d] = u[3 - d];
    }
}

static void a_state_reads_back_though_wall_clocks_differ(void **unused)
{
    (void)unused;
    char path[64];
    struct vt_system sys, again = {0};
    struct vt_saved saved = {.stage = 2, .wall_seconds = 10}, found;
    int job = (int)getpid();
    MPI_Bcast(&job, 1, MPI_INT, 0, MPI_COMM_WORLD);
    snprintf(path, sizeof path, "/tmp/vitrum-state-%d.h5", job);
    make_sample(&sys);
    saved.wall_seconds += sys.ranks.rank; /* as clocks do */
    again.ranks = sys.ranks;
    check_ok(vt_checkpoint_write(path, NULL, &sys, &saved));
    check_ok(vt_checkpoint_read(path, &again, &found));
    check_all(found.wall_seconds == 10 && found.stage == 2 && again.step == 17 && again.time == 0.034);
    check_all(again.atoms.n == sys.atoms.n); /* both are shared out alike */
    bool same = true;
    for (int i = 0; i < sys.atoms.n; i++)
        same = same && again.atoms.id[i] == sys.atoms.id[i] &&
               !memcmp(again.atoms.x[i], sys.atoms.x[i], 3 * sizeof(double)) &&
               !memcmp(again.atoms.v[i], sys.atoms.v[i], 3 * sizeof(double));
    check_all(same);
    if (sys.ranks.rank == 0) unlink(path);
    vt_saved_release(&found);
    vt_system_release(&again);
    vt_system_release(&sys);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_state_reads_back_though_wall_clocks_differ)};
    MPI_Init(&argc, &argv);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
