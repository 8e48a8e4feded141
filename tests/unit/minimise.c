/* FIRE: the way down ends at the minimum. */
#include "check.h"

#include <signal.h>

#include "core/signals.h"
#include "md/minimise.h"
#include "sample.h"

static struct sample_options copper(double shake)
{
    return (struct sample_options){
        .potential = "builtin:Cu", .cells = {3, 3, 3}, .edge = 3.615, .shake = shake};
}

/* 0.15 angstrom along each axis, 6 % of the distance of neighbours, is within the lattice's basin. Forces
 * below 1e-9 eV/angstrom leave an energy of f^2/2k = 1e-18/2 an atom, and places right to f/k = 1e-9
 * angstrom; the softest waves of 108 atoms have k of some 0.1 eV/angstrom^2. */
static void a_shaken_lattice_goes_back_to_the_perfect_one(void **state)
{
    (void)state;
    struct sample perfect, shaken;
    bool converged;
    int64_t steps;
    sample_make(&perfect, MPI_COMM_SELF, copper(0));
    sample_make(&shaken, MPI_COMM_SELF, copper(0.15));
    sample_must(vt_system_forces(&perfect.sys, VT_TOTALS));
    sample_must(vt_system_forces(&shaken.sys, VT_TOTALS));
    double e0 = perfect.sys.potential_energy;
    assert_true(shaken.sys.potential_energy > e0 + 0.05 * 108);
    sample_must(vt_minimise(&shaken.sys,
                            &(struct vt_minimise){.force = 1e-9, .steps_max = 2000, .step_max = 0.1},
                            &converged, &steps));
    assert_true(converged);
    assert_true(steps < 1000);
    assert_true(fabs(shaken.sys.potential_energy - e0) < 1e-9);
    for (int i = 0; i < 108; i++)
        for (int d = 0; d < 3; d++) {
            assert_true(fabs(shaken.sys.f[i][d]) <= 1e-9);
            assert_true(shaken.sys.atoms.v[i][d] == 0);
        }
    /* The same places, but for a shift of all atoms. */
    double mean[3] = {0}, u[108][3];
    for (int i = 0; i < 108; i++) {
        int j = sample_find(&perfect.sys, shaken.sys.atoms.id[i]);
        double a[3], b[3];
        vt_cell_shift(&shaken.sys.cell, shaken.sys.atoms.image[i], a);
        vt_cell_shift(&perfect.sys.cell, perfect.sys.atoms.image[j], b);
        for (int d = 0; d < 3; d++) {
            u[i][d] = shaken.sys.atoms.x[i][d] + a[d] - perfect.sys.atoms.x[j][d] - b[d];
            mean[d] += u[i][d] / 108;
        }
    }
    for (int i = 0; i < 108; i++)
        for (int d = 0; d < 3; d++) assert_true(fabs(u[i][d] - mean[d]) < 1e-7);
    sample_release(&perfect);
    sample_release(&shaken);
}

/* A disordered alloy pressed together is stiffer than glasses at rest. It takes 690 steps; with steps of up
 * to 0.02 ps instead of 0.0125 its stiffest vibrations kept up, and forces had not settled after 2000. */
static void a_stiff_glass_settles(void **state)
{
    (void)state;
    struct sample s;
    bool converged;
    int64_t steps;
    sample_make(&s, MPI_COMM_SELF, (struct sample_options){.cells = {4, 4, 4}, .edge = 3.95, .shake = 0.8});
    sample_must(vt_minimise(&s.sys, &(struct vt_minimise){.force = 1e-3, .steps_max = 2000, .step_max = 0.1},
                            &converged, &steps));
    print_message("%d steps\n", (int)steps);
    assert_true(converged);
    sample_release(&s);
}

/* Too few steps: it says so, and forces and energy are those of where it stopped. */
static void an_unfinished_way_is_told(void **state)
{
    (void)state;
    struct sample s;
    bool converged = true;
    int64_t steps;
    sample_make(&s, MPI_COMM_SELF, copper(0.15));
    sample_must(vt_minimise(&s.sys, &(struct vt_minimise){.force = 1e-9, .steps_max = 5, .step_max = 0.1},
                            &converged, &steps));
    assert_false(converged);
    assert_int_equal(steps, 5);
    double e = s.sys.potential_energy;
    sample_must(vt_system_forces(&s.sys, VT_TOTALS));
    assert_true(s.sys.potential_energy == e);
    sample_release(&s);
}

static void a_signal_ends_the_way_down(void **state)
{
    (void)state;
    struct sample s;
    bool converged;
    int64_t steps;
    sample_make(&s, MPI_COMM_SELF, copper(0.15));
    vt_signals_watch();
    raise(SIGHUP);
    enum vt_status st = vt_minimise(
        &s.sys, &(struct vt_minimise){.force = 1e-9, .steps_max = 2000, .step_max = 0.1}, &converged, &steps);
    assert_int_equal(st, VT_ESTOP);
    assert_false(converged);
    assert_int_equal(steps, 0);
    vt_signals_watch(); /* forgets it */
    raise(SIGPIPE);     /* which is none */
    assert_int_equal(vt_signals_seen(), 0);
    sample_release(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_shaken_lattice_goes_back_to_the_perfect_one),
    cmocka_unit_test(a_stiff_glass_settles),
    cmocka_unit_test(an_unfinished_way_is_told),
    cmocka_unit_test(a_signal_ends_the_way_down),
};
CHECK_MPI_MAIN(tests)
