/* Thermostats and barostat on an ideal gas, where their laws are known exactly. No forces act, so the time
 * step may be anything, and a sample of 32 atoms fluctuates a lot. */
#include "ensemble.h"

static const double TEMPERATURE = 500;

/* 32 atoms in a box of 16 angstrom; pairs nearer than half an angstrom feel a force of zero. */
static void gas(struct vt_system *sys, struct vt_dynamics *dyn, uint64_t seed)
{
    sample_fcc(sys, MPI_COMM_SELF, make_soft(0, 0.5), (const int[3]){2, 2, 2}, 8, 30, TEMPERATURE, seed);
    sys->skin = 2.5;
    check_ok(vt_dynamics_begin(dyn, sys));
}

static void add_kinetic(struct vt_system *sys, const struct vt_state *state, void *self)
{
    (void)sys;
    series_add(self, state->kinetic);
}

static void add_volume(struct vt_system *sys, const struct vt_state *state, void *self)
{
    (void)sys;
    series_add(self, state->volume);
}

/* Slope of the regression of v(k + lag) on v(k): e^(-t/tau) for a stationary exponential memory. For such a
 * series its error is sqrt((1 - c^2)/n') with n' values that are independent: one every lag or memory. */
static struct estimate memory(const struct series *s, size_t lag, double memory_in_samples)
{
    double mean = series_mean(s).value, cov = 0, var = 0;
    for (size_t k = 0; k + lag < s->n; k++) {
        cov += (s->v[k] - mean) * (s->v[k + lag] - mean);
        var += (s->v[k] - mean) * (s->v[k] - mean);
    }
    double c = cov / var;
    return (struct estimate){c, sqrt((1 - c * c) * fmax(memory_in_samples, (double)lag) / (double)s->n)};
}

/* Sum m v^2/2 of f = 3 N - 3 normal variates: mean f kT/2, variance f (kT)^2/2. */
static bool kinetic_energy_is_canonical(const char *name, const struct vt_system *sys, const struct series *s)
{
    double kt = VT_KB * TEMPERATURE, f = vt_system_freedom(sys);
    print_message("%s\n", name);
    return agrees("mean kinetic energy", series_mean(s), exactly(f * kt / 2), 4, 0.005 * f * kt / 2) &
           agrees("variance of the kinetic energy", series_variance(s), exactly(f * kt * kt / 2), 4,
                  0.08 * f * kt * kt / 2);
}

/* Bussi, Donadio & Parrinello 2007: given K now, its mean after t is K0 + (K - K0) e^(-t/tau). */
static void rescaling_gives_canonical_kinetic_energy_with_its_time(void **state)
{
    (void)state;
    struct vt_system sys;
    struct vt_dynamics dyn;
    struct series k = {0};
    struct vt_control c = make_control(0.004, VT_THERMOSTAT_RESCALE, 0.1, TEMPERATURE);
    gas(&sys, &dyn, 1);
    run_steps(&sys, &dyn, &c, 100000, 5, add_kinetic, &k);
    bool good = kinetic_energy_is_canonical("stochastic rescaling", &sys, &k);
    good &= agrees("memory after 0.1 ps", memory(&k, 5, 5), exactly(exp(-1)), 4, 0.03);
    assert_true(good);
    assert_true(mean_velocity(&sys) < 1e-9);
    series_release(&k);
    sample_end(&sys);
}

/* Each velocity forgets as e^(-t/tau), so the energy as e^(-2 t/tau). */
static void langevin_gives_canonical_kinetic_energy_with_its_time(void **state)
{
    (void)state;
    struct vt_system sys;
    struct vt_dynamics dyn;
    struct series k = {0};
    struct vt_control c = make_control(0.02, VT_THERMOSTAT_LANGEVIN, 0.2, TEMPERATURE);
    gas(&sys, &dyn, 2);
    run_steps(&sys, &dyn, &c, 60000, 1, add_kinetic, &k);
    bool good = kinetic_energy_is_canonical("Langevin", &sys, &k);
    good &= agrees("memory after 0.1 ps", memory(&k, 5, 5), exactly(exp(-1)), 4, 0.03);
    assert_true(good);
    assert_true(mean_velocity(&sys) < 1e-9);
    series_release(&k);
    sample_end(&sys);
}

/* The equations of the chain for K and the three w, with masses Q_1 = f kT tau^2 and Q_2 = Q_3 = kT tau^2
 * (Martyna, Klein & Tuckerman 1992), in units of kT and tau. */
static void chain_rates(const double y[4], double f, double rate[4])
{
    rate[0] = -2 * y[1] * y[0];
    rate[1] = (2 * y[0] - f) / f - y[1] * y[2];
    rate[2] = f * y[1] * y[1] - 1 - y[2] * y[3];
    rate[3] = y[2] * y[2] - 1;
}

/* Runge and Kutta's classical step. */
static void chain_step(double y[4], double f, double h)
{
    double k[4][4], z[4];
    static const double at[4] = {0, 0.5, 0.5, 1};
    for (int s = 0; s < 4; s++) {
        for (int i = 0; i < 4; i++) z[i] = y[i] + (s ? at[s] * h * k[s - 1][i] : 0);
        chain_rates(z, f, k[s]);
    }
    for (int i = 0; i < 4; i++) y[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
}

/* A gas exerts no forces, so K follows the chain alone: compared over 6 tau, most of a swing. The
 * chain's splitting is of fourth order: (dt/tau)^4 = 6e-10. */
static void nose_hoover_chain_moves_as_its_equations_say(void **state)
{
    (void)state;
    struct vt_system sys;
    struct vt_dynamics dyn;
    struct series k = {0};
    const double tau = 0.2, dt = 0.001, kt = VT_KB * TEMPERATURE;
    struct vt_control c = make_control(dt, VT_THERMOSTAT_NOSE_HOOVER, tau, TEMPERATURE);
    gas(&sys, &dyn, 3);
    for (int i = 0; i < sys.atoms.n; i++)
        for (int d = 0; d < 3; d++) sys.atoms.v[i][d] *= 1.2;
    double f = vt_system_freedom(&sys), y[4] = {0.5 * f * 1.2 * 1.2, 0, 0, 0}, worst = 0, least = y[0];
    run_steps(&sys, &dyn, &c, 1200, 1, add_kinetic, &k);
    for (size_t i = 0; i < k.n; i++) {
        chain_step(y, f, dt / tau);
        worst = fmax(worst, fabs(k.v[i] / kt - y[0]) / f);
        least = fmin(least, y[0]);
    }
    print_message("  largest deviation of K from the equations: %.2g f kT\n", worst);
    assert_true(least < 0.48 * f); /* it swung through its mean */
    assert_true(worst < 1e-7);
    series_release(&k);
    sample_end(&sys);
}

/* What the chain conserves when it acts alone or with forces: E + sum Q w^2/2 + f kT x_1 + kT (x_2 + x_3). */
static void nose_hoover_chain_conserves_the_extended_energy(void **state)
{
    (void)state;
    struct vt_system sys;
    struct vt_dynamics dyn;
    const double tau = 0.05;
    double begin = 0, worst = 0;
    struct vt_control c = make_control(0.0005, VT_THERMOSTAT_NOSE_HOOVER, tau, TEMPERATURE);
    sample_fcc(&sys, MPI_COMM_SELF, make_soft(1, 3), (const int[3]){3, 3, 3}, 3.85, 60, 6 * TEMPERATURE, 4);
    check_ok(vt_dynamics_begin(&dyn, &sys));
    double f = vt_system_freedom(&sys), kt = VT_KB * TEMPERATURE;
    for (int k = 0; k < 4000; k++) {
        struct vt_state s;
        run_steps(&sys, &dyn, &c, 1, 1, NULL, NULL);
        check_ok(vt_system_state(&sys, &s));
        double e = s.potential + s.kinetic;
        for (int b = 0; b < VT_CHAIN; b++) {
            double weight = b ? 1 : f;
            e += weight * kt * (0.5 * tau * tau * dyn.chain_v[b] * dyn.chain_v[b] + dyn.chain_x[b]);
        }
        if (k == 0) begin = e;
        worst = fmax(worst, fabs(e - begin));
    }
    print_message("  extended energy moves by %.2g eV, the thermostat gave %.2g eV\n", worst, sys.heat);
    assert_true(fabs(sys.heat) > 1);
    assert_true(worst < 1e-3 * fabs(sys.heat));
    sample_end(&sys);
}

/* p(V) ~ V^(N-1) e^(-PV/kT), as momentum is fixed and the kinetic pressure is that of 3 N - 3 freedoms: V
 * P/kT is a Gamma variate of order N, with mean and variance N, and <1/V> = P/((N-1) kT). */
static void volume_of_a_gas_is_gamma_distributed(void **state)
{
    (void)state;
    static const char *const names[] = {"none", "rescaling", "Nose-Hoover", "Langevin"};
    bool good = true;
    for (enum vt_thermostat t = VT_THERMOSTAT_RESCALE; t <= VT_THERMOSTAT_LANGEVIN; t++) {
        struct vt_system sys;
        struct vt_dynamics dyn;
        struct series v = {0}, inverse = {0};
        gas(&sys, &dyn, 5 + (uint64_t)t);
        double n = (double)sys.atoms.n_total, volume = vt_cell_volume(&sys.cell), kt = VT_KB * TEMPERATURE;
        double p = n * kt / volume;
        struct vt_control c = make_control(0.002, t, 0.1, TEMPERATURE);
        add_barostat(&c, VT_BAROSTAT_ISO, 0.5, 1 / p, (const double[6]){p, p, p});
        run_steps(&sys, &dyn, &c, 200000, 25, add_volume, &v);
        for (size_t k = 0; k < v.n; k++) series_add(&inverse, 1 / v.v[k]);
        print_message("barostat with %s\n", names[t]);
        good &= agrees("P <V> / N kT", series_mean(&v), exactly(volume), 4, 0.02 * volume);
        good &= agrees("variance of V", series_variance(&v), exactly(volume * volume / n), 4,
                       0.1 * volume * volume / n);
        good &= agrees("<1/V>", series_mean(&inverse), exactly(n / (n - 1) / volume), 4, 0.02 / volume);
        assert_true(mean_velocity(&sys) < 1e-9);
        series_release(&v);
        series_release(&inverse);
        sample_end(&sys);
    }
    assert_true(good);
}

/* In shear, L L = 0, and with dx/dt = v + x L, dv/dt = -v L the laboratory acceleration is x L L = 0: every
 * atom goes straight on, x + image h = x_0 + (v_0 + x_0 L) t, also through flips of the cell. The splitting
 * keeps this exactly; what remains is the grid, 2^-41 angstrom a step. */
static void atoms_of_a_sheared_gas_go_straight_on(void **state)
{
    (void)state;
    static const struct {
        int row, column;
    } planes[] = {{1, 0}, {2, 0}, {2, 1}};
    for (int p = 0; p < 3; p++) {
        struct vt_system sys;
        struct vt_dynamics dyn;
        double x0[32][3], speed[32][3], worst = 0;
        struct vt_control c = make_control(0.001, VT_THERMOSTAT_NONE, 1, TEMPERATURE);
        c.flow[planes[p].row][planes[p].column] = 1.2;
        gas(&sys, &dyn, 20);
        for (int i = 0; i < sys.atoms.n; i++) {
            int64_t k = sys.atoms.id[i] - 1;
            memcpy(x0[k], sys.atoms.x[i], sizeof *x0);
            for (int d = 0; d < 3; d++) {
                speed[k][d] = sys.atoms.v[i][d];
                for (int e = 0; e < 3; e++) speed[k][d] += x0[k][e] * c.flow[e][d];
            }
        }
        run_steps(&sys, &dyn, &c, 2500, 0, NULL, NULL);
        for (int i = 0; i < sys.atoms.n; i++) {
            int64_t k = sys.atoms.id[i] - 1;
            double shift[3];
            vt_cell_shift(&sys.cell, sys.atoms.image[i], shift);
            for (int d = 0; d < 3; d++)
                worst = fmax(worst, fabs(sys.atoms.x[i][d] + shift[d] - x0[k][d] - 2.5 * speed[k][d]));
        }
        assert_true(fabs(sys.cell.h[planes[p].row][planes[p].column]) <
                    8.5); /* the cell was flipped on the way */
        print_message("  largest deviation after strain 3: %.2g angstrom\n", worst);
        assert_true(worst < 1e-8);
        sample_end(&sys);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(atoms_of_a_sheared_gas_go_straight_on),
    cmocka_unit_test(rescaling_gives_canonical_kinetic_energy_with_its_time),
    cmocka_unit_test(langevin_gives_canonical_kinetic_energy_with_its_time),
    cmocka_unit_test(nose_hoover_chain_moves_as_its_equations_say),
    cmocka_unit_test(nose_hoover_chain_conserves_the_extended_energy),
    cmocka_unit_test(volume_of_a_gas_is_gamma_distributed),
};
CHECK_MPI_MAIN(tests)
