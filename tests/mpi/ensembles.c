/* Conservation laws of moving samples with forces, on several ranks: energy with its ledger, momentum. The
 * distributions need longer runs: tests/unit/ideal_gas.c and tests/physics. */
#include "ensemble.h"

static const double TEMPERATURE = 1500;

/* A dense liquid of 108 soft spheres: phi = 1 eV (1 + cos(pi r / 3 angstrom)), 0.07 atoms/angstrom^3. */
static void liquid(struct vt_system *sys, struct vt_dynamics *dyn, uint64_t seed)
{
    sample_fcc(sys, MPI_COMM_WORLD, make_soft(1, 3), (const int[3]){3, 3, 3}, 3.85, 60, 2 * TEMPERATURE,
               seed);
    check_ok(vt_dynamics_begin(dyn, sys));
    struct vt_control c = make_control(0.002, VT_THERMOSTAT_LANGEVIN, 0.1, TEMPERATURE);
    run_steps(sys, dyn, &c, 200, 0, NULL, NULL);
    check_ok(vt_dynamics_begin(dyn, sys));
    sys->work = sys->heat = 0;
}

static double energy(struct vt_system *sys)
{
    struct vt_state s;
    check_ok(vt_system_forces(sys, VT_TOTALS));
    check_ok(vt_system_state(sys, &s));
    return s.potential + s.kinetic;
}

/* What the sample gains is what the moving cell and the thermostat gave. The scale is what passed through the
 * ledger; its error is that of the mean pressure between two couplings, and of dt^2. */
static void work_and_heat_are_the_change_of_energy(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum vt_thermostat thermostat;
        enum vt_barostat barostat;
        double pressure, rate;
    } cases[] = {
        {"Nose-Hoover", VT_THERMOSTAT_NOSE_HOOVER, VT_BAROSTAT_NONE, 0, 0},
        {"Langevin", VT_THERMOSTAT_LANGEVIN, VT_BAROSTAT_NONE, 0, 0},
        {"squeezed, no thermostat", VT_THERMOSTAT_NONE, VT_BAROSTAT_ISO, 0.12, 0},
        {"squeezed, rescaling", VT_THERMOSTAT_RESCALE, VT_BAROSTAT_ORTHO, 0.12, 0},
        {"sheared under pressure, rescaling", VT_THERMOSTAT_RESCALE, VT_BAROSTAT_ISO, 0.08, 0.5},
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct vt_system sys;
        struct vt_dynamics dyn;
        liquid(&sys, &dyn, 1 + k);
        struct vt_control c = make_control(0.001, cases[k].thermostat, 0.1, 0.6 * TEMPERATURE);
        double p = cases[k].pressure;
        if (cases[k].barostat) add_barostat(&c, cases[k].barostat, 0.2, 2, (const double[6]){p, p, p});
        c.flow[1][0] = cases[k].rate;
        c.shear_plane = cases[k].rate != 0 ? 3 : 0;
        double before = energy(&sys);
        run_steps(&sys, &dyn, &c, 400, 0, NULL, NULL);
        double gain = energy(&sys) - before, missing = gain - sys.work - sys.heat;
        double scale = fabs(sys.work) + fabs(sys.heat);
        if (sys.ranks.rank == 0)
            print_message("  %-36s gain %+.4f eV, work %+.4f, heat %+.4f, missing %+.4f\n", cases[k].name,
                          gain, sys.work, sys.heat, missing);
        check_all(scale > 1);
        check_all(fabs(missing) < 0.01 * scale);
        check_all(mean_velocity(&sys) < 1e-10);
        sample_end(&sys);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(work_and_heat_are_the_change_of_energy),
};
CHECK_MPI_MAIN(tests)
