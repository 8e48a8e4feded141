/* The mixing enthalpy of liquid copper and zirconium from three runs of 36 ps, as another program finds it
 * with the same tables: -23.3 kJ/mol (docs/theory/potentials.md: LAMMPS, 500 atoms, 2000 K, 12 ps), whose
 * scatter is 0.5. */
#include "check.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "md/eam_builtin.h"
#include "study/liquid.h"

static void copper_and_zirconium_mix_as_in_lammps(void **state)
{
    static const struct vt_liquid_times times = {2600, 4, 2000, 6, 24, 1};
    const char *cache = *state;
    struct vt_eam tables;
    struct vt_mixture m = {.a = "Cu", .b = "Zr", .tables = &tables};
    check_ok(vt_eam_load("builtin:Cu,Zr", &tables));
    check_ok(vt_mixtures_measure(MPI_COMM_SELF, cache, &times, 1, &m));
    print_message("H_mix %.2f +- %.2f kJ/mol; volumes %.3f, %.3f, %.3f\n", m.enthalpy, m.error,
                  m.mixed.volume, m.pure[0].volume, m.pure[1].volume);
    assert_true(m.error > 0.1 && m.error < 0.8); /* liquid.c: about 0.3 */
    assert_true(fabs(m.enthalpy + 23.3) < 4 * hypot(m.error, 0.5));
    vt_eam_release(&tables);
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s, (void)kind, (void)at;
    return remove(path);
}

int main(int argc, char **argv)
{
    char cache[] = "/tmp/vitrum-mixing-XXXXXX";
    MPI_Init(&argc, &argv);
    if (!mkdtemp(cache)) return 3;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(copper_and_zirconium_mix_as_in_lammps, cache)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    nftw(cache, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    MPI_Finalize();
    return failed;
}
