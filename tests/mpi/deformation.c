/* A cell that flows: what shear, flips and the work ledger must obey. */
#include "check.h"

#include "core/units.h"
#include "sample.h"

/* The tilt of the cell, flips taken back, is the accumulated strain times the height: to the grid's rounding,
 * a step each 1e-12 angstrom at most. */
static void strain_accumulates_through_flips(void **state)
{
    (void)state;
    struct sample s;
    struct vt_dynamics dynamics;
    struct vt_control c = {.dt = 0.002, .steps = 120, .flow = {{0}, {-10}}, .shear_plane = 3};
    sample_make(&s, MPI_COMM_WORLD,
                (struct sample_options){.cells = {4, 4, 4}, .edge = 4.1, .temperature = 300});
    struct vt_cell *cell = &s.sys.cell;
    int flips = 0;
    sample_must(vt_dynamics_begin(&dynamics, &s.sys));
    for (int64_t k = 0; k < c.steps; k++) {
        double before = cell->h[1][0];
        sample_must(vt_dynamics_step(&dynamics, &c, &s.sys, k, false));
        flips += (int)rint((cell->h[1][0] - before) / cell->h[0][0]);
    }
    check_all(flips == 2);
    check_all(fabs(s.sys.strain + 2.4) < 1e-12);
    check_all(fabs((cell->h[1][0] - flips * cell->h[0][0]) / cell->h[1][1] + 2.4) < 1e-10);
    check_all(cell->h[0][0] == 4 * 4.1 || fabs(cell->h[0][0] - 4 * 4.1) < 1e-11);
    sample_release(&s);
}

/* The cell is a function of the step: in mid-cycle it leans by the strain, and after whole cycles it has the
 * bits it began with, whatever leans already; so has the strain, and the peculiar velocities have been turned
 * by nothing in all. A cell that flips comes back to a lattice that is the same: 0.6 passes 0.55. */
static void whole_cycles_bring_the_cell_back(void **state)
{
    (void)state;
    static const double amplitude[] = {0.013, 0.6};
    for (int big = 0; big < 2; big++)
        for (int component = 3; component < 6; component++) {
            struct sample s;
            struct vt_dynamics dynamics;
            const struct vt_wave wave = {.amplitude = amplitude[big], .period = 44, .component = component};
            struct vt_control c = {.dt = 0.0005, .steps = 5 * 44, .wave = wave};
            sample_make(&s, MPI_COMM_WORLD,
                        (struct sample_options){
                            .cells = {4, 4, 4}, .edge = 4.1, .tilt = {0.3, -0.2, 0.4}, .temperature = 300});
            const struct vt_cell before = s.sys.cell;
            const int along = component == 5, normal = component == 3 ? 1 : 2;
            s.sys.strain = 0.1; /* on no grid */
            double first = 0, turns = 0;
            int flips = 0, unlike = 0;
            sample_must(vt_dynamics_begin(&dynamics, &s.sys));
            for (int64_t k = 0; k < c.steps; k++) {
                sample_must(vt_dynamics_step(&dynamics, &c, &s.sys, k, false));
                if (k == 0) first = s.sys.strain - vt_wave_strain(&wave, 2);
                double lean = s.sys.cell.h[normal][along] - before.h[normal][along],
                       due = vt_wave_strain(&wave, 2 * k + 2) * before.h[normal][normal],
                       whole = rint((lean - due) / before.h[along][along]) * before.h[along][along];
                flips += whole != 0;
                unlike += lean - whole != vt_grid(due);
                unlike += s.sys.strain != first + vt_wave_strain(&wave, 2 * k + 2);
                turns += vt_wave_strain(&wave, 2 * k + 1) - vt_wave_strain(&wave, 2 * k);
                turns += vt_wave_strain(&wave, 2 * k + 2) - vt_wave_strain(&wave, 2 * k + 1);
            }
            check_all(unlike == 0);
            check_all(big ? flips > 0 : flips == 0);
            check_all(big || !memcmp(&before, &s.sys.cell, sizeof before));
            check_all(fabs(first - 0.1) < 1e-14 && s.sys.strain == first);
            check_all(turns == 0);
            sample_release(&s);
        }
}

/* Exchanging the cell for an equivalent one changes no bit of energy, virial and forces. */
static void a_flip_is_not_felt(void **state)
{
    (void)state;
    struct sample s;
    sample_make(
        &s, MPI_COMM_WORLD,
        (struct sample_options){.cells = {4, 4, 4}, .edge = 4.1, .tilt = {0.8, -0.7, 1.2}, .shake = 0.2});
    double energy, virial[6];
    struct vt_cell before = s.sys.cell;
    sample_must(vt_system_forces(&s.sys, VT_TOTALS));
    energy = s.sys.potential_energy;
    memcpy(virial, s.sys.virial, sizeof virial);
    uint64_t forces[2] = {0, 0}, places[2] = {0, 0};
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < s.sys.atoms.n; i++) {
            double x[3];
            vt_cell_shift(&s.sys.cell, s.sys.atoms.image[i], x);
            for (int d = 0; d < 3; d++) x[d] += s.sys.atoms.x[i][d];
            uint64_t id = vt_hash(VT_HASH_START, &s.sys.atoms.id[i], 8);
            forces[k] += vt_hash(id, s.sys.f[i], 3 * sizeof(double));
            places[k] += vt_hash(id, x, sizeof x);
        }
        if (k) break;
        vt_system_flip(&s.sys);
        sample_must(vt_system_forces(&s.sys, VT_TOTALS));
    }
    MPI_Allreduce(MPI_IN_PLACE, forces, 2, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, places, 2, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    check_all(s.sys.cell.h[1][0] != before.h[1][0]);
    check_all(s.sys.potential_energy == energy);
    for (int q = 0; q < 6; q++) check_all(s.sys.virial[q] == virial[q]);
    check_all(forces[0] == forces[1]);
    check_all(places[0] == places[1]);
    sample_release(&s);
}

/* An fcc crystal sheared by 2 along its cubic axes is the same crystal (by 1 a simple cubic one would be):
 * its energy comes back, and so does the work. Every atom is a centre of inversion on the whole way, so
 * nothing moves but with the flow; what stays is the rounding of places, 1e-12 angstrom. The work is summed
 * by trapezoids of 5 steps, 1/40 of the way. */
static void a_perfect_lattice_returns_to_itself_at_strain_two(void **state)
{
    (void)state;
    struct sample s;
    struct vt_dynamics dynamics;
    struct vt_control c = {.dt = 0.0005, .steps = 200, .flow = {{0}, {0}, {0, 20}}, .shear_plane = 5};
    sample_make(&s, MPI_COMM_WORLD,
                (struct sample_options){.potential = "builtin:Cu", .cells = {4, 4, 4}, .edge = 3.615});
    sample_must(vt_dynamics_begin(&dynamics, &s.sys));
    double start = s.sys.potential_energy, top = 0, most = 0;
    for (int64_t k = 0; k < c.steps; k++) {
        sample_must(vt_dynamics_step(&dynamics, &c, &s.sys, k, k % 5 == 4));
        top = fmax(top, s.sys.potential_energy - start);
        most = fmax(most, s.sys.work);
        if (k % 5 == 4) /* the work on the way is the energy on the way */
            check_all(fabs(s.sys.potential_energy - start - s.sys.work) < 0.01 * (top + 1));
    }
    check_all(top > 0.1 * 256);
    check_all(fabs(s.sys.cell.h[2][1]) < 1e-9);
    check_all(fabs(s.sys.potential_energy - start) < 1e-8);
    check_all(fabs(s.sys.work) < 1e-6);
    check_all(fabs(most / top - 1) < 5e-3);
    check_all(sample_kinetic(&s.sys) < 1e-12);
    sample_release(&s);
}

/* A free atom goes straight in the laboratory, whatever its cell does in simple shear: x(t) = x(0) + [v +
 * x(0) L] t with v its peculiar velocity. Second order in dt: with L dt = 0.002, L t = 0.3 and v t = 0.3
 * angstrom the term left out is of the order (L dt)^2 L t v t / 12 = 1e-7. */
static void free_atoms_go_straight(void **state)
{
    (void)state;
    struct sample s;
    struct vt_dynamics dynamics;
    struct vt_control c = {.dt = 0.002, .steps = 150, .flow = {{0}, {1}}};
    sample_make(&s, MPI_COMM_WORLD,
                (struct sample_options){.cells = {2, 2, 2}, .edge = 20, .temperature = 10});
    struct vt_system *sys = &s.sys;
    sample_must(vt_dynamics_begin(&dynamics, sys));
    const double alone = sys->potential_energy; /* 0 but for the rounding of F(0) */
    double x0[32][3] = {{0}}, v0[32][3] = {{0}};
    for (int i = 0; i < sys->atoms.n; i++) {
        int64_t id = sys->atoms.id[i] - 1;
        vt_cell_shift(&sys->cell, sys->atoms.image[i], x0[id]);
        for (int d = 0; d < 3; d++) x0[id][d] += sys->atoms.x[i][d];
        memcpy(v0[id], sys->atoms.v[i], sizeof v0[id]);
    }
    MPI_Allreduce(MPI_IN_PLACE, x0, 96, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, v0, 96, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    for (int64_t k = 0; k < c.steps; k++) sample_must(vt_dynamics_step(&dynamics, &c, sys, k, true));
    check_all(fabs(alone) < 1e-12 && sys->potential_energy == alone); /* they did not meet */
    double worst = 0, t = (double)c.steps * c.dt;
    for (int i = 0; i < sys->atoms.n; i++) {
        int64_t id = sys->atoms.id[i] - 1;
        double x[3];
        vt_cell_shift(&sys->cell, sys->atoms.image[i], x);
        for (int d = 0; d < 3; d++) {
            double lab = v0[id][d];
            for (int k = 0; k < 3; k++) lab += x0[id][k] * c.flow[k][d];
            worst = fmax(worst, fabs(x[d] + sys->atoms.x[i][d] - x0[id][d] - lab * t));
        }
    }
    check_all(worst < 1e-6);
    sample_release(&s);
}

/* With velocities and flow turned round a sample goes back the way it came: each step is its own mirror
 * image. Only rounding is left, 1e-16 of velocities and 1e-12 angstrom of places, and chaos that lets it grow
 * tenfold or so. Half a cycle of a wave is its own mirror image. */
static void goes_back_the_way_it_came(struct vt_control c)
{
    struct sample s;
    struct vt_dynamics dynamics;
    sample_make(&s, MPI_COMM_WORLD,
                (struct sample_options){.cells = {4, 4, 4}, .edge = 4.1, .tilt = {0.4}, .temperature = 600});
    struct vt_system *sys = &s.sys;
    static double x0[256][3];
    double moved = 0, back = 0;
    memset(x0, 0, sizeof x0);
    sample_must(vt_dynamics_begin(&dynamics, sys));
    for (int way = 0; way < 3; way++) {
        for (int i = 0; i < sys->atoms.n; i++) {
            double x[3], *start = x0[sys->atoms.id[i] - 1];
            vt_cell_shift(&sys->cell, sys->atoms.image[i], x);
            for (int d = 0; d < 3; d++) {
                x[d] += sys->atoms.x[i][d];
                if (way == 0) start[d] = x[d];
                if (way == 1) moved = fmax(moved, fabs(x[d] - start[d]));
                if (way == 2) back = fmax(back, fabs(x[d] - start[d]));
                sys->atoms.v[i][d] *= way ? -1 : 1;
            }
        }
        if (way == 0) MPI_Allreduce(MPI_IN_PLACE, x0, 3 * 256, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
        if (way == 1) c.flow[1][0] *= -1;
        if (way == 2) break;
        sample_must(vt_dynamics_begin(&dynamics, sys));
        for (int64_t k = 0; k < c.steps; k++) sample_must(vt_dynamics_step(&dynamics, &c, sys, k, false));
    }
    check_all(sys->atoms.n == 0 || moved > 0.1);
    check_all(back < 1e-9);
    check_all(fabs(sys->strain) < 1e-12);
    sample_release(&s);
}

static void a_sheared_sample_goes_back_the_way_it_came(void **state)
{
    (void)state;
    goes_back_the_way_it_came(
        (struct vt_control){.dt = 0.002, .steps = 60, .flow = {{0}, {2}}, .shear_plane = 3});
    goes_back_the_way_it_came((struct vt_control){
        .dt = 0.002, .steps = 60, .wave = {.amplitude = 0.1, .period = 120, .component = 3}});
}

/* What the ledger lacks, eV/atom, after a time under these couplings; exchanged: work and heat together. */
static double lacking(const struct vt_control *control, double *exchanged)
{
    struct sample s;
    struct vt_dynamics dynamics;
    struct vt_control c = *control, warm = {.dt = 0.002,
                                            .steps = 200,
                                            .thermostat = VT_THERMOSTAT_RESCALE,
                                            .thermostat_time = 0.05,
                                            .temperature = {300, 300}};
    sample_make(&s, MPI_COMM_WORLD,
                (struct sample_options){.cells = {4, 4, 4}, .edge = 4.1, .shake = 0.05, .temperature = 600});
    sample_must(vt_dynamics_begin(&dynamics, &s.sys));
    for (int64_t k = 0; k < warm.steps; k++)
        sample_must(vt_dynamics_step(&dynamics, &warm, &s.sys, k, false));
    sample_must(vt_dynamics_begin(&dynamics, &s.sys));
    double start = s.sys.potential_energy + sample_kinetic(&s.sys), heat = s.sys.heat, work = s.sys.work;
    for (int64_t k = 0; k < c.steps; k++)
        sample_must(vt_dynamics_step(&dynamics, &c, &s.sys, k, k + 1 == c.steps));
    double end = s.sys.potential_energy + sample_kinetic(&s.sys), n = (double)s.sys.atoms.n_total;
    heat = s.sys.heat - heat;
    work = s.sys.work - work;
    *exchanged = (fabs(heat) + fabs(work)) / n;
    sample_release(&s);
    return (end - start - heat - work) / n;
}

/* Energy = work + heat. Velocity Verlet conserves an energy that differs from this one by about (omega
 * dt)^2/8 of the heat in the sample, omega = 40/ps: 1e-3 at 2 fs, and four times less at half the step. With
 * a barostat the pressure fluctuates by itself within the 5 steps between entries, which adds noise: 0.1
 * meV/atom here. The rate of a wave changes between entries too: at 100 of them a cycle by up to 1e-3 of the
 * work. */
static void work_and_heat_account_for_the_energy(void **state)
{
    (void)state;
    struct vt_control c = {.dt = 0.002, .steps = 500, .flow = {{0}, {1}}, .shear_plane = 3};
    double exchanged, lack = lacking(&c, &exchanged);
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) print_message("shear: %.3g of %.3g eV/atom\n", lack, exchanged);
    check_all(exchanged > 0.1);
    check_all(fabs(lack) < 2e-3 * exchanged);
    c.dt = 0.001, c.steps = 1000;
    double half = lacking(&c, &exchanged);
    if (rank == 0) print_message("at half the step: %.3g\n", half);
    check_all(fabs(lack / half - 4) < 1);
    struct vt_control wave = {
        .dt = 0.002, .steps = 1000, .wave = {.amplitude = 0.2, .period = 500, .component = 5}};
    lack = lacking(&wave, &exchanged);
    if (rank == 0) print_message("oscillation: %.3g of %.3g\n", lack, exchanged);
    check_all(exchanged > 0.1);
    check_all(fabs(lack) < 2e-3 * exchanged);
    struct vt_control npt = {.dt = 0.002,
                             .steps = 500,
                             .flow = {{0}, {1}},
                             .shear_plane = 3,
                             .thermostat = VT_THERMOSTAT_RESCALE,
                             .thermostat_time = 0.1,
                             .temperature = {300, 300},
                             .barostat = VT_BAROSTAT_ORTHO,
                             .controlled = {true, true, true},
                             .barostat_time = 0.5,
                             .compressibility = 1.6};
    lack = lacking(&npt, &exchanged);
    if (rank == 0) print_message("with couplings: %.3g of %.3g\n", lack, exchanged);
    check_all(fabs(lack) < 3e-4 + 2e-3 * exchanged);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(strain_accumulates_through_flips),
    cmocka_unit_test(whole_cycles_bring_the_cell_back),
    cmocka_unit_test(a_flip_is_not_felt),
    cmocka_unit_test(a_perfect_lattice_returns_to_itself_at_strain_two),
    cmocka_unit_test(free_atoms_go_straight),
    cmocka_unit_test(a_sheared_sample_goes_back_the_way_it_came),
    cmocka_unit_test(work_and_heat_account_for_the_energy),
};
CHECK_MPI_MAIN(tests)
