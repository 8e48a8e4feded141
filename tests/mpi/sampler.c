/* Frames of the running sample: energies of single atoms stay with their atoms through migration. */
#include "check.h"

#include <math.h>

#include "md/sampler.h"
#include "sample.h"

static const struct sample_options options = {
    .cells = {4, 4, 4}, .edge = 4.15, .tilt = {0.3, -0.2, 0.4}, .shake = 0.1, .temperature = 900};

/* The same sample on one rank and on all. After the energies were found every atom moves by half the cell, so
 * that most change ranks; each must still have the energy that it has on one rank, and all together that of
 * the sample. Energies are multiples of 2^-40 eV, so sums and single ones agree to the last bit. */
static void energies_stay_with_their_atoms(void **state)
{
    (void)state;
    struct sample alone, all;
    sample_make(&alone, MPI_COMM_SELF, options);
    sample_make(&all, MPI_COMM_WORLD, options);
    check_ok(vt_system_forces(&alone.sys, VT_TOTALS));
    check_ok(vt_system_forces(&all.sys, VT_TOTALS));
    check_ok(vt_system_per_atom(&alone.sys, false));
    check_ok(vt_system_per_atom(&all.sys, false));
    static double of_id[257];
    double sum = 0;
    for (int i = 0; i < alone.sys.atoms.n; i++)
        of_id[alone.sys.atoms.id[i]] = alone.sys.energy[i], sum += alone.sys.energy[i];
    check_all(fabs(sum / alone.sys.potential_energy - 1) < 1e-12);
    struct vt_sampler sampler = {0};
    struct vt_state now;
    struct vt_frame frame;
    check_ok(vt_system_state(&all.sys, &now));
    for (int i = 0; i < all.sys.atoms.n; i++)
        for (int d = 0; d < 3; d++)
            all.sys.atoms.x[i][d] += vt_grid((all.sys.cell.h[0][d] + all.sys.cell.h[1][d]) / 2);
    check_ok(vt_sampler_frame(&sampler, &all.sys, &now, 3, true, &frame));
    bool same = frame.energy != NULL;
    for (int i = 0; same && i < frame.n; i++) same = frame.energy[i] == of_id[frame.id[i]];
    check_all(same);
    int64_t n = frame.n;
    MPI_Allreduce(MPI_IN_PLACE, &n, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    check_all(n == 256);
    check_ok(vt_sampler_frame(&sampler, &all.sys, &now, 3, false, &frame));
    check_all(frame.energy == NULL);
    vt_sampler_release(&sampler);
    sample_release(&all);
    sample_release(&alone);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {cmocka_unit_test(energies_stay_with_their_atoms)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
