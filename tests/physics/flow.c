/* A dense liquid of soft spheres in steady shear: the velocity profile is straight, nothing damps it, the
 * thermostat holds the temperature of peculiar velocities and does not show in the stress.
 *
 * Errors are from blocks (ensemble.h); 4 of them are allowed, with fixed seeds. */
#include "ensemble.h"

enum { SLABS = 8, ATOMS = 500 };
static const double TEMPERATURE = 1500, RATE = 0.2; /* K, 1/ps */
static const char *const names[] = {"none", "stochastic rescaling", "Nose-Hoover chain", "Langevin"};

struct flow {
    struct series slope;                  /* of the laboratory velocity across the cell, 1/ps */
    struct series peculiar[SLABS];        /* mean peculiar velocity along the flow, angstrom/ps */
    struct series kinetic, stress, power; /* eV, eV/angstrom^3, eV/ps: what the flow does on the sample */
};

static void flow_release(struct flow *f)
{
    series_release(&f->slope);
    for (int k = 0; k < SLABS; k++) series_release(&f->peculiar[k]);
    series_release(&f->kinetic);
    series_release(&f->stress);
    series_release(&f->power);
}

/* Where the atoms were before a step, by id: so the laboratory velocity is seen in what the atoms do, not
 * taken from the equations. */
struct before {
    struct vt_cell cell;
    double x[ATOMS][3];
    int32_t image[ATOMS][3];
};

static void remember(const struct vt_system *sys, struct before *b)
{
    b->cell = sys->cell;
    for (int i = 0; i < sys->atoms.n; i++) {
        int64_t k = sys->atoms.id[i] - 1;
        memcpy(b->x[k], sys->atoms.x[i], sizeof *b->x);
        memcpy(b->image[k], sys->atoms.image[i], sizeof *b->image);
    }
}

/* along, across: directions of the flow and of its gradient. */
static void look(const struct vt_system *sys, const struct before *b, double dt, int along, int across,
                 struct flow *flow)
{
    double y[ATOMS], u[ATOMS], mean_y = 0, mean_u = 0, up = 0, down = 0, sum[SLABS] = {0};
    int count[SLABS] = {0};
    double width = b->cell.h[across][across];
    for (int i = 0; i < sys->atoms.n; i++) {
        int64_t k = sys->atoms.id[i] - 1;
        double to[3], from[3];
        /* The same image of the atom after the step, and its place as the one image inside the cell. */
        vt_cell_shift(&sys->cell, sys->atoms.image[i], to);
        vt_cell_shift(&b->cell, b->image[k], from);
        double moved = sys->atoms.x[i][along] + to[along] - b->x[k][along] - from[along];
        double place = b->x[k][across] + from[across], inside = place - width * floor(place / width);
        y[k] = inside;
        u[k] = moved / dt - RATE * (place - inside); /* another image moves by so much more */
        mean_y += inside / ATOMS;
        mean_u += u[k] / ATOMS;
        int slab = (int)(SLABS * inside / width) % SLABS;
        sum[slab] += sys->atoms.v[i][along];
        count[slab]++;
    }
    for (int k = 0; k < ATOMS; k++) {
        up += (y[k] - mean_y) * (u[k] - mean_u);
        down += (y[k] - mean_y) * (y[k] - mean_y);
    }
    series_add(&flow->slope, up / down);
    for (int k = 0; k < SLABS; k++) series_add(&flow->peculiar[k], sum[k] / (count[k] ? count[k] : 1));
}

static struct flow shear(enum vt_thermostat thermostat, double thermostat_time, int along, int across,
                         int64_t steps, uint64_t seed)
{
    struct vt_system sys;
    struct vt_dynamics dyn;
    struct flow flow = {0};
    static struct before b;
    sample_fcc(&sys, MPI_COMM_SELF, make_soft(1, 3), (const int[3]){5, 5, 5}, 3.85, 60, 2 * TEMPERATURE,
               seed);
    assert_true(sys.atoms.n == ATOMS);
    check_ok(vt_dynamics_begin(&dyn, &sys));
    struct vt_control c = make_control(0.002, thermostat, thermostat_time, TEMPERATURE);
    c.flow[across][along] = RATE;
    c.shear_plane = 2 + along + across;
    run_steps(&sys, &dyn, &c, 6000, 0, NULL, NULL);
    for (int64_t k = 0; k < steps; k += 20) {
        struct vt_state s;
        run_steps(&sys, &dyn, &c, 19, 0, NULL, NULL);
        remember(&sys, &b);
        c.steps = 20;
        check_ok(vt_dynamics_step(&dyn, &c, &sys, 19, true));
        check_ok(vt_system_state(&sys, &s));
        look(&sys, &b, c.dt, along, across, &flow);
        double p = s.pressure[c.shear_plane];
        series_add(&flow.kinetic, s.kinetic);
        series_add(&flow.stress, p);
        series_add(&flow.power, -p * RATE * s.volume);
    }
    assert_true(mean_velocity(&sys) < 1e-9);
    assert_true(fabs(sys.strain - RATE * c.dt * (double)(steps + 6000)) < 1e-6);
    sample_end(&sys);
    return flow;
}

/* Laboratory velocities rise by the rate, and what is left in slabs is zero: sum (u/error)^2 over slabs is
 * chi-squared with SLABS - 1 degrees of freedom, as the total momentum is zero. */
static bool profile_is_straight(const struct flow *f)
{
    bool good =
        agrees("slope of laboratory velocity [1/ps]", series_mean(&f->slope), exactly(RATE), 4, 0.02 * RATE);
    double chi2 = 0, worst = 0;
    for (int k = 0; k < SLABS; k++) {
        struct estimate u = series_mean(&f->peculiar[k]);
        chi2 += pow(u.value / u.error, 2);
        worst = fmax(worst, u.error);
    }
    double limit = SLABS - 1 + 4 * sqrt(2.0 * (SLABS - 1));
    print_message("  slabs: chi^2 %.1f of %d, errors up to %.3f A/ps\n", chi2, SLABS - 1, worst);
    return good & (chi2 < limit) & (worst < 0.02 * RATE * 19.25);
}

/* The heat of the flow leaves through the thermostat. Stochastic rescaling draws (K - K0)/tau, so in the
 * steady state K lies above K0 by power tau (seen right after couplings of length t: t c/(1 - c) with c =
 * e^(-t/tau) for tau); Langevin friction draws twice as much; the chain integrates and leaves nothing. */
static void profile_is_straight_at_the_set_temperature(void **state)
{
    (void)state;
    bool good = true;
    for (enum vt_thermostat t = VT_THERMOSTAT_RESCALE; t <= VT_THERMOSTAT_LANGEVIN; t++) {
        const double tau = 0.2, step = t == VT_THERMOSTAT_RESCALE ? 0.002 * VT_COUPLE_EVERY : 0.001;
        struct flow f = shear(t, tau, 0, 1, 120000, 70 + (uint64_t)t);
        print_message("%s\n", names[t]);
        good &= profile_is_straight(&f);
        double k0 = 0.5 * (3 * ATOMS - 3) * VT_KB * TEMPERATURE, c = exp(-step / tau);
        double time = t == VT_THERMOSTAT_RESCALE    ? step * c / (1 - c)
                      : t == VT_THERMOSTAT_LANGEVIN ? tau / 2
                                                    : 0;
        struct estimate power = series_mean(&f.power);
        good &= agrees("kinetic energy of peculiar velocities [eV]", series_mean(&f.kinetic),
                       (struct estimate){k0 + time * power.value, time * power.error}, 4, 0.003 * k0);
        good &= power.value > 20 * power.error;
        flow_release(&f);
    }
    assert_true(good);
}

/* One viscosity, whatever plane is sheared and however fast the thermostat: 0.05 and 0.2 ps, the chain too.
 */
static void stress_does_not_know_thermostat_or_plane(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum vt_thermostat thermostat;
        double time;
        int along, across;
    } cases[] = {
        {"stress xy, rescaling 0.2 ps", VT_THERMOSTAT_RESCALE, 0.2, 0, 1},
        {"stress xy, rescaling 0.05 ps", VT_THERMOSTAT_RESCALE, 0.05, 0, 1},
        {"stress xy, Nose-Hoover 0.1 ps", VT_THERMOSTAT_NOSE_HOOVER, 0.1, 0, 1},
        {"stress xz, rescaling 0.2 ps", VT_THERMOSTAT_RESCALE, 0.2, 0, 2},
        {"stress yz, rescaling 0.2 ps", VT_THERMOSTAT_RESCALE, 0.2, 1, 2},
    };
    struct estimate first = {0};
    bool good = true;
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct flow f =
            shear(cases[k].thermostat, cases[k].time, cases[k].along, cases[k].across, 120000, 80 + k);
        struct estimate stress = series_mean(&f.stress);
        if (!k) first = stress;
        if (k) good &= agrees(cases[k].what, stress, first, 4, 0.08 * fabs(first.value));
        good &= stress.value < 0;
        flow_release(&f);
    }
    assert_true(good);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(profile_is_straight_at_the_set_temperature),
    cmocka_unit_test(stress_does_not_know_thermostat_or_plane),
};
CHECK_MPI_MAIN(tests)
