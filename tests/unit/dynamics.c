/* One step in time: thermostats relax at the rate they are given, a step runs backwards, energy errors have
 * the order of the integrator. (Laws that need longer runs: tests/mpi/conservation.c, deformation.c.) */
#include "check.h"

#include "core/units.h"
#include "sample.h"

/* Atoms so far apart that they do not meet within a picosecond: only the thermostat acts. */
static void free_atoms(struct sample *s, double temperature)
{
    sample_make(s, MPI_COMM_SELF,
                (struct sample_options){.cells = {4, 4, 4}, .edge = 14, .temperature = temperature});
}

static double kinetic_after(struct vt_control c, double start)
{
    struct sample s;
    struct vt_dynamics dynamics;
    free_atoms(&s, start);
    sample_must(vt_dynamics_begin(&dynamics, &s.sys));
    const double alone = s.sys.potential_energy; /* 0 but for the rounding of F(0) */
    for (int64_t k = 0; k < c.steps; k++) sample_must(vt_dynamics_step(&dynamics, &c, &s.sys, k, false));
    double kinetic = sample_kinetic(&s.sys), full = 1.5 * VT_KB * c.temperature[0] * (4 * 64 - 1);
    assert_true(fabs(alone) < 1e-12 && s.sys.potential_energy == alone); /* they did not meet */
    sample_release(&s);
    return kinetic / full;
}

/* At rest, with twice the kinetic energy K0 it should have, the chain of mass 3 N kT tau^2 obeys
 * d xi/dt = (K/K0 - 1)/tau^2, d ln K/dt = -2 xi, so ln K falls by (t/tau)^2 at first. The next term of the
 * series is (t/tau)^4 / 3: 0.3 % at t = tau/10. */
static void a_nose_hoover_chain_has_the_time_it_is_given(void **state)
{
    (void)state;
    const double tau = 0.1;
    double k = kinetic_after((struct vt_control){.dt = 0.001,
                                                 .steps = 10,
                                                 .thermostat = VT_THERMOSTAT_NOSE_HOOVER,
                                                 .thermostat_time = tau,
                                                 .temperature = {50, 50}},
                             100);
    assert_true(fabs(log(2 / k) / 0.01 - 1) < 0.01);
}

/* Stochastic rescaling: <K> - K0 decays as exp(-t/tau). Langevin: velocities decay as exp(-t/tau), so K as
 * exp(-2 t/tau). Noise of K/K0 with 765 degrees of freedom: sqrt(2/765) = 5 %; four sigma of a mean over 16
 * seeds, on a signal of 4. */
static void stochastic_thermostats_have_the_time_they_are_given(void **state)
{
    (void)state;
    static const struct {
        enum vt_thermostat thermostat;
        double rate;
    } cases[] = {{VT_THERMOSTAT_RESCALE, 1}, {VT_THERMOSTAT_LANGEVIN, 2}};
    for (int m = 0; m < 2; m++) {
        double sum = 0;
        enum { SEEDS = 16 };
        for (int seed = 0; seed < SEEDS; seed++) {
            struct sample s;
            struct vt_dynamics dynamics;
            struct vt_control c = {.dt = 0.01,
                                   .steps = 10,
                                   .thermostat = cases[m].thermostat,
                                   .thermostat_time = 0.1,
                                   .temperature = {20, 20}};
            sample_make(&s, MPI_COMM_SELF,
                        (struct sample_options){.cells = {4, 4, 4}, .edge = 14, .temperature = 100});
            s.sys.seed = (uint64_t)seed;
            sample_must(vt_dynamics_begin(&dynamics, &s.sys));
            double before = sample_kinetic(&s.sys);
            for (int64_t k = 0; k < c.steps; k++)
                sample_must(vt_dynamics_step(&dynamics, &c, &s.sys, k, false));
            double after = sample_kinetic(&s.sys);
            sum += after / (before / 5);
            assert_true(fabs(after - before - s.sys.heat) < 1e-9 * before); /* the heat is booked */
            sample_release(&s);
        }
        double expected = 1 + 4 * exp(-cases[m].rate);
        assert_true(fabs(sum / SEEDS - expected) < 4 * 0.05 * expected / sqrt(SEEDS));
    }
}

/* After a minimisation: each thermostat that scales velocities would leave the sample at 0 K for ever. The
 * energy of the drawn velocities is booked as heat, exactly as the thermostat's own; noise as above, on a
 * mean over 100 steps that spans ten thermostat times, is 5 %/sqrt(5). NVE stays at rest, and a sample that
 * moves keeps its velocities. */
static void a_sample_at_rest_is_woken_by_a_stage_with_a_thermostat(void **state)
{
    (void)state;
    for (int thermostat = VT_THERMOSTAT_NONE; thermostat <= VT_THERMOSTAT_LANGEVIN; thermostat++) {
        struct sample s;
        struct vt_dynamics dynamics;
        struct vt_control c = {.dt = 0.002,
                               .steps = 100,
                               .thermostat = (enum vt_thermostat)thermostat,
                               .thermostat_time = 0.02,
                               .temperature = {50, 50}};
        double full = 1.5 * VT_KB * 50 * (4 * 64 - 1), mean = 0;
        bool drawn;
        free_atoms(&s, 0);
        sample_must(vt_dynamics_wake(&c, &s.sys, &drawn));
        assert_int_equal(drawn, thermostat != VT_THERMOSTAT_NONE);
        sample_must(vt_dynamics_begin(&dynamics, &s.sys));
        for (int64_t k = 0; k < c.steps; k++) {
            sample_must(vt_dynamics_step(&dynamics, &c, &s.sys, k, false));
            mean += sample_kinetic(&s.sys) / (full * (double)c.steps);
        }
        assert_true(drawn ? fabs(mean - 1) < 0.1 : mean == 0);
        assert_true(fabs(sample_kinetic(&s.sys) - s.sys.heat) < 1e-9 * full);
        double before = sample_kinetic(&s.sys);
        c.temperature[0] = 5e6; /* before is still more than a millionth of it */
        sample_must(vt_dynamics_wake(&c, &s.sys, &drawn));
        assert_false(drawn);
        assert_true(sample_kinetic(&s.sys) == before);
        sample_release(&s);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_nose_hoover_chain_has_the_time_it_is_given),
    cmocka_unit_test(stochastic_thermostats_have_the_time_they_are_given),
    cmocka_unit_test(a_sample_at_rest_is_woken_by_a_stage_with_a_thermostat),
};
CHECK_MPI_MAIN(tests)
