/* A dense liquid of soft spheres under the three thermostats, and left alone: kinetic and potential energy
 * have the distributions of the canonical ensemble, the same for all, and nothing drifts without a
 * thermostat.
 *
 * Errors are from blocks (ensemble.h); 4 of them are allowed, with fixed seeds. */
#include "ensemble.h"

static const double TEMPERATURE = 1500;

static void liquid(struct vt_system *sys, struct vt_dynamics *dyn, uint64_t seed)
{
    sample_fcc(sys, MPI_COMM_SELF, make_soft(1, 3), (const int[3]){3, 3, 3}, 3.85, 60, 2 * TEMPERATURE, seed);
    check_ok(vt_dynamics_begin(dyn, sys));
    struct vt_control c = make_control(0.002, VT_THERMOSTAT_LANGEVIN, 0.1, TEMPERATURE);
    run_steps(sys, dyn, &c, 5000, 0, NULL, NULL);
    check_ok(vt_dynamics_begin(dyn, sys));
}

struct seen {
    struct series kinetic, potential, pressure;
};

static void look(struct vt_system *sys, const struct vt_state *s, void *self)
{
    (void)sys;
    struct seen *seen = self;
    series_add(&seen->kinetic, s->kinetic);
    series_add(&seen->potential, s->potential);
    series_add(&seen->pressure, (s->pressure[0] + s->pressure[1] + s->pressure[2]) / 3);
}

/* Kinetic energy: mean f kT/2 and variance f (kT)^2/2 with f = 3 N - 3; independent of the potential energy.
 * Mean and variance of the potential energy, and the pressure, do not depend on the thermostat. */
static void all_thermostats_sample_the_canonical_ensemble(void **state)
{
    (void)state;
    static const char *const names[] = {"none", "stochastic rescaling", "Nose-Hoover chain", "Langevin"};
    struct estimate potential[4], spread[4], pressure[4];
    bool good = true;
    for (enum vt_thermostat t = VT_THERMOSTAT_RESCALE; t <= VT_THERMOSTAT_LANGEVIN; t++) {
        struct vt_system sys;
        struct vt_dynamics dyn;
        struct seen seen = {0};
        struct series product = {0};
        liquid(&sys, &dyn, 10 + (uint64_t)t);
        struct vt_control c = make_control(0.002, t, 0.1, TEMPERATURE);
        run_steps(&sys, &dyn, &c, 400000, 10, look, &seen);
        double kt = VT_KB * TEMPERATURE, f = vt_system_freedom(&sys);
        print_message("%s\n", names[t]);
        good &= agrees("mean kinetic energy [eV]", series_mean(&seen.kinetic), exactly(f * kt / 2), 4,
                       0.005 * f * kt / 2);
        good &= agrees("its variance [eV^2]", series_variance(&seen.kinetic), exactly(f * kt * kt / 2), 4,
                       0.08 * f * kt * kt / 2);
        double k = series_mean(&seen.kinetic).value;
        potential[t] = series_mean(&seen.potential);
        spread[t] = series_variance(&seen.potential);
        pressure[t] = series_mean(&seen.pressure);
        for (size_t i = 0; i < seen.kinetic.n; i++)
            series_add(&product, (seen.kinetic.v[i] - k) * (seen.potential.v[i] - potential[t].value));
        good &= agrees("covariance with the potential energy [eV^2]", series_mean(&product), exactly(0), 4,
                       0.08 * f * kt * kt / 2);
        assert_true(mean_velocity(&sys) < 1e-9);
        for (enum vt_thermostat u = VT_THERMOSTAT_RESCALE; u < t; u++) {
            print_message(" against %s\n", names[u]);
            good &= agrees("mean potential energy [eV]", potential[t], potential[u], 4, 0.02 * f * kt / 2);
            good &= agrees("its variance [eV^2]", spread[t], spread[u], 4, 0.2 * spread[u].value);
            good &= agrees("pressure [eV/A^3]", pressure[t], pressure[u], 4, 0.01 * pressure[u].value);
        }
        series_release(&seen.kinetic);
        series_release(&seen.potential);
        series_release(&seen.pressure);
        series_release(&product);
        sample_end(&sys);
    }
    assert_true(good);
}

static void add_energy(struct vt_system *sys, const struct vt_state *s, void *self)
{
    series_add(self, (s->potential + s->kinetic) / (double)sys->atoms.n_total);
}

/* Slope of a straight line through the series, per sample. */
static double slope(const struct series *s)
{
    double up = 0, down = 0, middle = 0.5 * (double)(s->n - 1), mean = series_mean(s).value;
    for (size_t k = 0; k < s->n; k++) {
        up += ((double)k - middle) * (s->v[k] - mean);
        down += ((double)k - middle) * ((double)k - middle);
    }
    return up / down;
}

/* Liquid copper at 1500 K, 1 fs: below 1e-5 eV/atom/ns. The energy of velocity Verlet swings about a
 * constant; a line through 60 ps of it tells slopes of a few 1e-7 eV/atom/ns. */
static void nothing_drifts_without_a_thermostat(void **state)
{
    (void)state;
    struct vt_system sys;
    struct vt_dynamics dyn;
    struct series e = {0};
    sample_fcc(&sys, MPI_COMM_SELF, make_copper(), (const int[3]){4, 4, 4}, 3.75, 63.546, 3000, 1);
    check_ok(vt_dynamics_begin(&dyn, &sys));
    struct vt_control c = make_control(0.001, VT_THERMOSTAT_LANGEVIN, 0.1, 1500);
    run_steps(&sys, &dyn, &c, 3000, 0, NULL, NULL);
    check_ok(vt_dynamics_begin(&dyn, &sys));
    c = make_control(0.001, VT_THERMOSTAT_NONE, 1, 1500);
    run_steps(&sys, &dyn, &c, 60000, 10, add_energy, &e);
    double drift = slope(&e) / (10 * c.dt) * 1000;
    print_message("  drift %.2g eV/atom/ns; swing %.2g eV/atom\n", drift, sqrt(series_variance(&e).value));
    assert_true(fabs(drift) < 1e-5);
    assert_true(mean_velocity(&sys) < 1e-9);
    series_release(&e);
    sample_end(&sys);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_thermostats_sample_the_canonical_ensemble),
    cmocka_unit_test(nothing_drifts_without_a_thermostat),
};
CHECK_MPI_MAIN(tests)
