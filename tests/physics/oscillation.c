/* Crystals that are sheared to and fro, near 0 K, where they answer linearly and the answer is known.
 *
 * fcc copper: every atom is a centre of inversion, so a homogeneous shear moves nothing but the lattice: G'
 * is C44 at any period, and tan(delta) is 0, with friction too: it acts on peculiar velocities, and there are
 * none.
 *
 * hcp zirconium, sheared in its basal plane: its two sublattices are no centres of inversion. With the shear
 * their distance changes by u along x, an optical mode of the frequency omega_0. A Langevin thermostat gives
 * it the friction Gamma:
 *
 *     u'' + Gamma u' + omega_0^2 u = -(2 g/m) gamma,      sigma = C_0 gamma + s u
 *     G*(omega) = C_0 - (s g/K) omega_0^2 / (omega_0^2 - omega^2 + i omega Gamma),    omega_0^2 = 2 K/m
 *
 * where a sublattice's atom feels the force -K u - g gamma. C_0, s, K and g come from forces and stresses at
 * rest. A step that multiplies velocities by exp(-dt/tau) after a kick has Gamma = (2/dt) tanh(dt/(2 tau)).
 */
#include "ensemble.h"

#include <complex.h>

#include "analysis/analysis.h"
#include "potential/properties.h"

/* Shear the sample; frames for `moduli`. The analysis is the caller's. */
static struct vt_analysis *oscillate(struct vt_system *sys, struct vt_control *c)
{
    struct vt_yaml *root = NULL;
    struct vt_analysis *a = NULL;
    static const char list[] = "- moduli: {}";
    check_ok(vt_yaml_parse(list, strlen(list), "list", &root));
    check_ok(vt_analysis_create(root, &sys->material, &a));
    vt_yaml_release(root);
    c->steps = vt_wave_steps(&c->wave);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = {.index = 1,
                                  .kind = "oscillate",
                                  .label = "01",
                                  .options = "",
                                  .start = sys->time,
                                  .duration = (double)c->steps * c->dt,
                                  .dt = c->dt,
                                  .wave = c->wave};
    struct vt_dynamics dynamics;
    int n_looks;
    const struct vt_look *looks;
    check_ok(sink.begin(sink.self, &stage, &sys->material, &n_looks, &looks));
    const int64_t every = llrint(looks[0].every / c->dt);
    check_ok(vt_dynamics_begin(&dynamics, sys));
    for (int64_t k = 0; k < c->steps; k++) {
        bool due = (k + 1) % every == 0;
        check_ok(vt_dynamics_step(&dynamics, c, sys, k, due));
        sys->time = stage.start + (double)(k + 1) * c->dt;
        struct vt_frame frame = {.ranks = &sys->ranks, .material = &sys->material};
        if (!due) continue;
        check_ok(vt_system_state(sys, &frame.state));
        check_ok(sink.frame(sink.self, 0, &frame));
    }
    check_ok(sink.end(sink.self));
    return a;
}

static struct estimate result(struct vt_analysis *a, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "stages/01/moduli/%s", name);
    const struct vt_dataset *d = vt_results_find(vt_analysis_results(a), path);
    if (!d) fail_msg("there is no %s", path);
    return (struct estimate){*d->value, d->error ? *d->error : 0};
}

/* The crystal of an element at rest, with its elastic constants. */
static struct vt_rest at_rest(const char *symbol, const char *structure, struct vt_lattice start,
                              struct vt_potential **potential)
{
    struct vt_eam tables = {0};
    struct vt_eam_curves curves;
    struct vt_rest rest;
    check_ok(vt_eam_builtin_elements(symbol, &tables));
    check_ok(vt_eam_curves_init(&curves, &tables));
    check_ok(vt_rest_find(vt_prototype_find(structure), &start, (const int[]){0, 0}, &curves, true, &rest));
    assert_true(rest.found && rest.stable);
    check_ok(vt_eam_force_create(potential, &tables, NULL));
    vt_eam_curves_release(&curves);
    vt_eam_release(&tables);
    return rest;
}

/* At 0.2 % what is not linear is 1e-4 of C44. Phonons that the strain puts out of balance (Akhiezer) lose up
 * to 3 kT/(v C44), an atom of volume v: 4e-6 at 0.1 K. */
static void a_cubic_crystal_has_its_elastic_constant_and_no_loss(void **state)
{
    (void)state;
    static const struct {
        int64_t period; /* of 5 fs */
        enum vt_thermostat thermostat;
    } cases[] = {{1000, VT_THERMOSTAT_NONE},
                 {3000, VT_THERMOSTAT_NONE},
                 {8000, VT_THERMOSTAT_NONE},
                 {1000, VT_THERMOSTAT_LANGEVIN}};
    for (int k = 0; k < 4; k++) {
        struct vt_potential *potential;
        struct vt_rest rest = at_rest("Cu", "fcc", (struct vt_lattice){.a = 3.615}, &potential);
        struct vt_system sys;
        struct vt_control c = make_control(0.005, cases[k].thermostat, 0.1, 0.1);
        c.wave = (struct vt_wave){
            .amplitude = 0.002, .period = cases[k].period, .component = 3 + k % 3, .discard = 1, .cycles = 4};
        sample_fcc(&sys, MPI_COMM_WORLD, potential, (const int[]){4, 4, 4}, rest.lattice.a, 63.546, 0.2, 1);
        struct vt_analysis *a = oscillate(&sys, &c);
        print_message("period %g ps:\n", (double)c.wave.period * c.dt);
        assert_true(agrees("G' [GPa]", (struct estimate){result(a, "storage").value, 0},
                           (struct estimate){rest.C[3][3] / VT_GPA, 0.00025 * rest.C[3][3] / VT_GPA}, 4, 1));
        assert_true(agrees("tan(delta)", result(a, "tan_delta"), exactly(0), 4, 1e-3));
        assert_true(result(a, "third_harmonic").value < 3e-3);
        vt_analysis_destroy(a);
        sample_end(&sys);
    }
}

/* ---- hcp: orthogonal cells of four atoms, the first two of one sublattice */

enum { NX = 5, NY = 3, NZ = 3 };

static void sample_hcp(struct vt_system *sys, struct vt_potential *potential, const struct vt_lattice *l,
                       double gamma, double u)
{
    static const double base[4][3] = {{0, 0, 0}, {.5, .5, 0}, {0, 1. / 3, .5}, {.5, 5. / 6, .5}};
    const double edge[3] = {l->a, sqrt(3) * l->a, l->c};
    int64_t n = 4 * NX * NY * NZ;
    *sys = (struct vt_system){.potential = potential, .seed = 1, .skin = 0.6};
    sys->material = (struct vt_material){1, {{.symbol = "Zr", .z = 40, .mass = 91.224, .count = n}}};
    sys->cell = vt_cell_make(edge[0] * NX, edge[1] * NY, edge[2] * NZ, gamma * edge[1] * NY, 0, 0);
    vt_ranks_init(&sys->ranks, MPI_COMM_WORLD, &sys->cell);
    check_ok(vt_atoms_reserve(&sys->atoms, (size_t)n));
    sys->atoms.n_total = n;
    for (int64_t k = 0; k < n; k++) {
        int64_t c = k / 4, at[3] = {c / NZ / NY, c / NZ % NY, c % NZ};
        int i = sys->atoms.n++;
        double x[3];
        for (int d = 0; d < 3; d++) x[d] = edge[d] * ((double)at[d] + base[k % 4][d] + 0.01);
        x[0] += gamma * x[1] + (k % 4 < 2 ? 0.5 : -0.5) * u;
        sys->atoms.id[i] = k + 1;
        for (int d = 0; d < 3; d++) sys->atoms.x[i][d] = vt_grid(x[d]);
    }
}

/* Shear stress, and the force along x on an atom of the first sublattice. */
static void at_strain(struct vt_potential *potential, const struct vt_lattice *l, double gamma, double u,
                      double out[2])
{
    struct vt_system sys;
    sample_hcp(&sys, potential, l, gamma, u);
    check_ok(vt_system_forces(&sys, VT_TOTALS));
    out[0] = -sys.virial[3] / vt_cell_volume(&sys.cell);
    for (int i = 0; i < sys.atoms.n; i++)
        if (sys.atoms.id[i] == 1) out[1] = sys.f[i][0];
    vt_system_release(&sys);
}

struct mode {
    double C_0, s, K, g;
};

static struct mode find_mode(struct vt_potential *potential, const struct vt_lattice *l)
{
    const double h = 1e-4;
    double up[2], down[2], apart[2], together[2];
    at_strain(potential, l, h, 0, up), at_strain(potential, l, -h, 0, down);
    at_strain(potential, l, 0, h, apart), at_strain(potential, l, 0, -h, together);
    return (struct mode){.C_0 = (up[0] - down[0]) / (2 * h),
                         .g = -(up[1] - down[1]) / (2 * h),
                         .s = (apart[0] - together[0]) / (2 * h),
                         .K = -(apart[1] - together[1]) / (2 * h)};
}

/* The law within 1 % of what the mode takes from C_0, and 4 errors. */
static void friction_on_an_internal_mode_gives_its_loss(void **state)
{
    (void)state;
    static const struct {
        int64_t period; /* of 2 fs */
        double tau;     /* ps */
    } cases[] = {{2500, 0.01}, {5000, 0.01}, {2500, 0.1}, {2500, 0.002}};
    for (int k = 0; k < 4; k++) {
        struct vt_potential *potential;
        struct vt_rest rest = at_rest("Zr", "hcp", (struct vt_lattice){.a = 3.232, .c = 5.147}, &potential);
        const struct mode mode = find_mode(potential, &rest.lattice);
        const double part = mode.s * mode.g / mode.K, square = 2 * mode.K / 91.224 * VT_FORCE_TO_ACCELERATION;
        /* at rest this is the elastic constant of the relaxed lattice */
        assert_true(fabs((mode.C_0 - part) / rest.C[5][5] - 1) < 1e-4);
        assert_true(part > 0.05 * mode.C_0); /* or the law would say little */

        struct vt_system sys;
        struct vt_control c = make_control(0.002, VT_THERMOSTAT_LANGEVIN, cases[k].tau, 0.01);
        c.wave = (struct vt_wave){
            .amplitude = 0.002, .period = cases[k].period, .component = 3, .discard = 1, .cycles = 6};
        sample_hcp(&sys, potential, &rest.lattice, 0, 0);
        check_ok(vt_system_velocities(&sys, 0.01));
        struct vt_analysis *a = oscillate(&sys, &c);
        double omega = 2 * M_PI / (double)c.wave.period / c.dt,
               friction = 2 / c.dt * tanh(c.dt / (2 * cases[k].tau));
        double complex due = mode.C_0 - part * square / (square - omega * omega + I * omega * friction);
        double exact = 0.01 / 4 * part / VT_GPA;
        print_message(
            "period %g ps, tau %g ps; omega_0 %.3g/ps, C_0 %.4g GPa, the mode takes %.3g GPa of it:\n",
            (double)c.wave.period * c.dt, cases[k].tau, sqrt(square), mode.C_0 / VT_GPA, part / VT_GPA);
        assert_true(agrees("G' [GPa]", result(a, "storage"), (struct estimate){creal(due) / VT_GPA, exact}, 4,
                           0.05 * part / VT_GPA));
        assert_true(agrees("G'' [GPa]", result(a, "loss"), (struct estimate){cimag(due) / VT_GPA, exact}, 4,
                           0.05 * part / VT_GPA));
        /* the ledger's work is the area of the loop */
        assert_true(fabs(result(a, "work").value / result(a, "dissipation").value - 1) < 0.03);
        vt_analysis_destroy(a);
        sample_end(&sys);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_cubic_crystal_has_its_elastic_constant_and_no_loss),
    cmocka_unit_test(friction_on_an_internal_mode_gives_its_loss),
};
CHECK_MPI_MAIN(tests)
