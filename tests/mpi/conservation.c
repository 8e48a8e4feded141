/* What a sample left alone keeps: energy, momentum, its way back; and that what it computes does not depend
 * on a thin or empty share of the cell. VT_LONG=1: longer. */
#include "check.h"

#include "core/units.h"
#include "md/minimise.h"
#include "sample.h"

static void warm(struct sample *s, const char *potential, double edge)
{
    sample_make(s, MPI_COMM_WORLD,
                (struct sample_options){.potential = potential,
                                        .cells = {4, 4, 4},
                                        .edge = edge,
                                        .tilt = {0.2, -0.3, 0.1},
                                        .shake = 0.05,
                                        .temperature = 600});
    struct vt_dynamics dynamics;
    struct vt_control c = {.dt = 0.002,
                           .steps = 150,
                           .thermostat = VT_THERMOSTAT_RESCALE,
                           .thermostat_time = 0.05,
                           .temperature = {300, 300}};
    sample_must(vt_dynamics_begin(&dynamics, &s->sys));
    for (int64_t k = 0; k < c.steps; k++) sample_must(vt_dynamics_step(&dynamics, &c, &s->sys, k, false));
}

/* Energy, power f.v [eV/ps] and f^2/m [eV/ps^2] of the whole sample after its last VT_TOTALS. */
struct moment {
    double energy, power, f2;
};

static struct moment look(const struct vt_system *sys)
{
    struct moment m = {.energy = sys->potential_energy + sample_kinetic(sys)};
    double sum[2] = {0};
    for (int i = 0; i < sys->atoms.n; i++)
        for (int d = 0; d < 3; d++) {
            double f = sys->f[i][d];
            sum[0] += f * sys->atoms.v[i][d];
            sum[1] += f * f / (sys->material.species[sys->atoms.species[i]].mass * VT_MASS_SPEED2);
        }
    MPI_Allreduce(MPI_IN_PLACE, sum, 2, MPI_DOUBLE, MPI_SUM, sys->ranks.comm);
    m.power = sum[0], m.f2 = sum[1];
    return m;
}

/* The energy that velocity Verlet conserves to order dt^4 instead of dt^2 (Hairer, Lubich, Wanner, Geometric
 * Numerical Integration, IX.3):
 *
 *     H~ = H + dt^2 (v.U''.v / 12 - f.f/m / 24),    v.U''.v = -v.df/dt = f.f/m - d(f.v)/dt.
 *
 * It takes the fluctuation out, so that a few picoseconds show a drift of 1e-5 eV/atom/ns with its error. */
static double shadow(const struct moment m[3], double dt)
{
    return m[1].energy + dt * dt * m[1].f2 / 24 - dt * (m[2].power - m[0].power) / 24;
}

struct drift {
    double slope, error, wander; /* eV/atom/ns */
};

/* NVE at 1 fs, a line through block means. error: of its slope, if the blocks scatter independently; wander:
 * if the energy is a random walk with the steps seen between blocks. */
static struct drift drift_of(struct sample *s, int steps)
{
    enum { BLOCKS = 20 };
    const int block = steps / BLOCKS;
    struct vt_dynamics dynamics;
    struct vt_control c = {.dt = 0.001, .steps = steps};
    struct moment m[3];
    double mean[BLOCKS] = {0}, start = 0, n = (double)s->sys.atoms.n_total;
    sample_must(vt_dynamics_begin(&dynamics, &s->sys));
    m[1] = m[2] = look(&s->sys);
    for (int k = 0; k < steps; k++) {
        sample_must(vt_dynamics_step(&dynamics, &c, &s->sys, k, true));
        m[0] = m[1], m[1] = m[2], m[2] = look(&s->sys);
        if (k == 0) continue;
        if (k == 1) start = shadow(m, c.dt);
        mean[k / block] += (shadow(m, c.dt) - start) / n / (k < block ? block - 1 : block);
    }
    double width = block * c.dt * 1e-3 /* ns */, t2 = 0, average = 0, rest = 0, walk = 0;
    struct drift out = {0, 0, 0};
    for (int b = 0; b < BLOCKS; b++) {
        double t = (b - 0.5 * (BLOCKS - 1)) * width;
        average += mean[b] / BLOCKS;
        t2 += t * t;
        out.slope += t * mean[b];
        if (b) walk += pow(mean[b] - mean[b - 1], 2) / (BLOCKS - 1) / width;
    }
    out.slope /= t2;
    for (int b = 0; b < BLOCKS; b++)
        rest += pow(mean[b] - average - out.slope * (b - 0.5 * (BLOCKS - 1)) * width, 2) / (BLOCKS - 2);
    out.error = sqrt(rest / t2);
    out.wander = sqrt(1.2 * walk / (BLOCKS * width));
    if (s->sys.ranks.rank == 0)
        print_message("drift %.2g +- %.2g (walk: %.2g) eV/atom/ns\n", out.slope, out.error, out.wander);
    return out;
}

/* Acceptance: less than 1e-5 eV/atom/ns at 1 fs. */
static void energy_does_not_drift(void **state)
{
    (void)state;
    struct sample s;
    const int steps = getenv("VT_LONG") ? 20000 : 1500;
    warm(&s, "builtin:Cu", 3.62);
    struct drift d = drift_of(&s, steps);
    check_all(fabs(d.slope) + 3 * d.error < 1e-5);

    double momentum[3] = {0}, n = (double)s.sys.atoms.n_total;
    for (int i = 0; i < s.sys.atoms.n; i++)
        for (int k = 0; k < 3; k++)
            momentum[k] += s.sys.material.species[s.sys.atoms.species[i]].mass * s.sys.atoms.v[i][k];
    MPI_Allreduce(MPI_IN_PLACE, momentum, 3, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    /* Forces sum to 0 exactly; each of two kicks a step rounds a velocity of some 4 angstrom/ps by 4e-16 at
     * most. */
    for (int k = 0; k < 3; k++) check_all(fabs(momentum[k]) < 5 * 63.5 * 4e-16 * sqrt(2 * steps * n));
    sample_release(&s);
}

/* The same of five elements in disorder, at densities all around the joints of F; long enough to see what
 * jumps of F'' there would do, 4e-5 eV/atom/ns. (A liquid: tests/physics/thermostats.c.) */
static void energy_of_an_alloy_does_not_drift(void **state)
{
    (void)state;
    if (!getenv("VT_LONG")) skip();
    struct sample s;
    warm(&s, NULL, 4.1);
    struct drift d = drift_of(&s, 20000);
    check_all(fabs(d.slope) < 1e-5 + 3 * fmax(d.error, d.wander));
    check_all(d.wander < 1e-5);
    sample_release(&s);
}

/* Root mean square of the energy around its mean, over 0.6 ps. */
static double energy_error(double dt)
{
    struct sample s;
    warm(&s, NULL, 4.1);
    struct vt_dynamics dynamics;
    const int steps = (int)lrint(0.6 / dt);
    struct vt_control c = {.dt = dt, .steps = steps};
    double sum = 0, sum2 = 0, start;
    sample_must(vt_dynamics_begin(&dynamics, &s.sys));
    start = s.sys.potential_energy + sample_kinetic(&s.sys);
    for (int k = 0; k < steps; k++) {
        sample_must(vt_dynamics_step(&dynamics, &c, &s.sys, k, true));
        double e = s.sys.potential_energy + sample_kinetic(&s.sys) - start;
        sum += e / steps, sum2 += e * e / steps;
    }
    sample_release(&s);
    return sqrt(sum2 - sum * sum);
}

static void energy_error_is_of_second_order(void **state)
{
    (void)state;
    double ratio = energy_error(0.002) / energy_error(0.001);
    check_all(fabs(ratio - 4) < 0.4);
}

/* Forward, velocities turned round, and back. Positions move by whole quanta, so only the rounding of
 * velocities and forces is left, which chaos lets grow tenfold each 0.3 ps or so. */
static void a_trajectory_goes_back_the_way_it_came(void **state)
{
    (void)state;
    struct sample s;
    warm(&s, NULL, 4.1);
    struct vt_system *sys = &s.sys;
    struct vt_dynamics dynamics;
    struct vt_control c = {.dt = 0.002, .steps = 100};
    struct vt_atoms start = {0};
    check_ok(vt_atoms_copy(&start, &sys->atoms));
    double moved = 0, back = 0;
    for (int way = 0; way < 2; way++) {
        sample_must(vt_dynamics_begin(&dynamics, sys));
        for (int k = 0; k < 100; k++) sample_must(vt_dynamics_step(&dynamics, &c, sys, k, false));
        for (int i = 0; i < sys->atoms.n; i++)
            for (int d = 0; d < 3; d++) sys->atoms.v[i][d] *= -1;
        for (int i = 0; i < start.n; i++) {
            int j = sample_find(sys, start.id[i]);
            double a[3], b[3];
            if (j < 0) continue; /* it went to another rank, which most do not */
            vt_cell_shift(&sys->cell, start.image[i], a);
            vt_cell_shift(&sys->cell, sys->atoms.image[j], b);
            for (int d = 0; d < 3; d++) {
                double *worst = way ? &back : &moved;
                *worst = fmax(*worst, fabs(start.x[i][d] + a[d] - sys->atoms.x[j][d] - b[d]));
            }
        }
    }
    check_all(start.n == 0 || moved > 0.1);
    check_all(back < 1e-9);
    vt_atoms_release(&start);
    sample_release(&s);
}

/* The energy minimum has the same bits on all ranks as on one. */
static void a_minimum_has_the_same_bits_on_any_ranks(void **state)
{
    (void)state;
    uint64_t hash[2];
    double energy[2];
    for (int k = 0; k < 2; k++) {
        struct sample s;
        bool converged;
        int64_t steps;
        sample_make(
            &s, k ? MPI_COMM_WORLD : MPI_COMM_SELF,
            (struct sample_options){.cells = {4, 4, 4}, .edge = 4.1, .tilt = {0.2, 0, 0.1}, .shake = 0.2});
        sample_must(vt_minimise(&s.sys, &(struct vt_minimise){.force = 0.1, .steps_max = 60, .step_max = 0.1},
                                &converged, &steps));
        hash[k] = sample_hash(&s.sys);
        energy[k] = s.sys.potential_energy;
        sample_release(&s);
    }
    check_all(hash[0] == hash[1]);
    check_all(energy[0] == energy[1]);
}

/* All ranks along one axis: parts thinner than the cut-off; and atoms in one corner of a large cell: ranks
 * without any. */
static void thin_and_empty_parts_give_the_same_bits(void **state)
{
    (void)state;
    int size;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    for (int axis = 0; axis < 4; axis++) {
        uint64_t hash[2];
        for (int k = 0; k < 2; k++) {
            struct sample_options o = {
                .cells = {4, 4, 4}, .edge = 4.1, .tilt = {0.2, -0.3, 0.1}, .shake = 0.1, .temperature = 600};
            if (axis < 3 && k)
                for (int d = 0; d < 3; d++) o.grid[d] = d == axis ? size : 1;
            if (axis == 3)
                for (int d = 0; d < 3; d++) o.squeeze[d] = 0.3;
            struct sample s;
            struct vt_dynamics dynamics;
            struct vt_control c = {.dt = 0.002, .steps = 30};
            sample_make(&s, k ? MPI_COMM_WORLD : MPI_COMM_SELF, o);
            sample_must(vt_dynamics_begin(&dynamics, &s.sys));
            int least =
                s.sys.atoms.n; /* now: ranks without work are given some as soon as lists are made anew */
            MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
            if (axis == 3 && k && size >= 4) check_all(least == 0);
            for (int step = 0; step < 30; step++)
                sample_must(vt_dynamics_step(&dynamics, &c, &s.sys, step, false));
            hash[k] = sample_hash(&s.sys);
            sample_release(&s);
        }
        check_all(hash[0] == hash[1]);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(energy_does_not_drift),
    cmocka_unit_test(energy_of_an_alloy_does_not_drift),
    cmocka_unit_test(energy_error_is_of_second_order),
    cmocka_unit_test(a_trajectory_goes_back_the_way_it_came),
    cmocka_unit_test(a_minimum_has_the_same_bits_on_any_ranks),
    cmocka_unit_test(thin_and_empty_parts_give_the_same_bits),
};
CHECK_MPI_MAIN(tests)
