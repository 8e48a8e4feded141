/* Volume, shape and stress under the barostats: a dense liquid and a crystal of soft spheres.
 *
 * Errors are from blocks (ensemble.h); 4 of them are allowed, with fixed seeds. */
#include "ensemble.h"

static double mean_pressure(const struct vt_state *s)
{
    return (s->pressure[0] + s->pressure[1] + s->pressure[2]) / 3;
}

/* ----------------------------------------------------------------------------------------------- liquid */

static const double HOT = 1500, EDGE = 3.85;

static void liquid(struct vt_system *sys, struct vt_dynamics *dyn, double edge, uint64_t seed)
{
    sample_fcc(sys, MPI_COMM_SELF, make_soft(1, 3), (const int[3]){3, 3, 3}, edge, 60, 2 * HOT, seed);
    check_ok(vt_dynamics_begin(dyn, sys));
    struct vt_control c = make_control(0.002, VT_THERMOSTAT_LANGEVIN, 0.1, HOT);
    run_steps(sys, dyn, &c, 5000, 0, NULL, NULL);
    check_ok(vt_dynamics_begin(dyn, sys));
}

struct volumes {
    struct series volume, pressure;
};

static void look_volume(struct vt_system *sys, const struct vt_state *s, void *self)
{
    (void)sys;
    struct volumes *v = self;
    series_add(&v->volume, s->volume);
    series_add(&v->pressure, mean_pressure(s));
}

/* Pressure at three fixed volumes: the parabola through them in ln V is the isotherm. */
struct isotherm {
    double ln_v[3];
    struct estimate p[3];
};

static double isotherm_pressure(const struct isotherm *t, const double shift[3], double x)
{
    double p = 0;
    for (int i = 0; i < 3; i++) {
        double weight = 1;
        for (int j = 0; j < 3; j++)
            if (j != i) weight *= (x - t->ln_v[j]) / (t->ln_v[i] - t->ln_v[j]);
        p += weight * (t->p[i].value + shift[i]);
    }
    return p;
}

/* Mean and variance of V under p(V) ~ exp(int (P(V) - P0) dV / kT), by summing over ln V. */
static void volume_moments(const struct isotherm *t, const double shift[3], double p0, double kt,
                           double moment[2])
{
    enum { N = 4000 };
    double log_weight = 0, sum[3] = {0}, from = t->ln_v[1] - 0.3, dx = 0.6 / N, *log_p;
    log_p = calloc(N, sizeof *log_p);
    if (!log_p) abort();
    double top = -INFINITY;
    for (int k = 0; k < N; k++) {
        double x = from + (k + 0.5) * dx, v = exp(x);
        log_weight += dx * v * (isotherm_pressure(t, shift, x) - p0) / kt;
        log_p[k] = log_weight + x; /* dV = V dx */
        top = fmax(top, log_p[k]);
    }
    for (int k = 0; k < N; k++) {
        double w = exp(log_p[k] - top), v = exp(from + (k + 0.5) * dx);
        sum[0] += w, sum[1] += w * v, sum[2] += w * v * v;
    }
    moment[0] = sum[1] / sum[0];
    moment[1] = sum[2] / sum[0] - moment[0] * moment[0];
    free(log_p);
}

/* The isothermal-isobaric volume distribution follows from the pressures at fixed volume; near its top its
 * variance is kT V kappa_T. All thermostats give it, and the mean pressure is the target. */
static void volume_of_a_liquid_follows_its_isotherm(void **state)
{
    (void)state;
    static const char *const names[] = {"none", "stochastic rescaling", "Nose-Hoover chain", "Langevin"};
    const double kt = VT_KB * HOT, p0 = 0.1026;
    struct isotherm t;
    bool good = true;
    for (int i = 0; i < 3; i++) {
        struct vt_system sys;
        struct vt_dynamics dyn;
        struct volumes seen = {0};
        double edge = EDGE * (1 + 0.02 * (i - 1));
        liquid(&sys, &dyn, edge, 30 + (uint64_t)i);
        struct vt_control c = make_control(0.002, VT_THERMOSTAT_RESCALE, 0.1, HOT);
        run_steps(&sys, &dyn, &c, 200000, 10, look_volume, &seen);
        t.ln_v[i] = log(vt_cell_volume(&sys.cell));
        t.p[i] = series_mean(&seen.pressure);
        print_message("  P(%.1f A^3) = %.6f +- %.2g eV/A^3\n", exp(t.ln_v[i]), t.p[i].value, t.p[i].error);
        series_release(&seen.volume);
        series_release(&seen.pressure);
        sample_end(&sys);
    }
    double moment[2], moved[2];
    struct estimate expected[2] = {{0}};
    volume_moments(&t, (const double[3]){0, 0, 0}, p0, kt, moment);
    for (int i = 0; i < 3; i++) {
        double shift[3] = {0};
        shift[i] = t.p[i].error;
        volume_moments(&t, shift, p0, kt, moved);
        for (int m = 0; m < 2; m++) expected[m].error = hypot(expected[m].error, moved[m] - moment[m]);
    }
    for (int m = 0; m < 2; m++) expected[m].value = moment[m];
    double modulus = -(t.p[2].value - t.p[0].value) / (t.ln_v[2] - t.ln_v[0]);
    print_message("  bulk modulus %.4f eV/A^3: kT V kappa_T = %.1f A^6\n", modulus, kt * moment[0] / modulus);

    for (enum vt_thermostat th = VT_THERMOSTAT_RESCALE; th <= VT_THERMOSTAT_LANGEVIN; th++) {
        struct vt_system sys;
        struct vt_dynamics dyn;
        struct volumes seen = {0};
        liquid(&sys, &dyn, EDGE, 40 + (uint64_t)th);
        struct vt_control c = make_control(0.002, th, 0.1, HOT);
        add_barostat(&c, VT_BAROSTAT_ISO, 0.4, 1 / modulus, (const double[6]){p0, p0, p0});
        run_steps(&sys, &dyn, &c, 5000, 0, NULL, NULL);
        run_steps(&sys, &dyn, &c, 500000, 20, look_volume, &seen);
        print_message("%s\n", names[th]);
        good &= agrees("mean volume [A^3]", series_mean(&seen.volume), expected[0], 4, 0.005 * moment[0]);
        good &= agrees("its variance [A^6]", series_variance(&seen.volume), expected[1], 4, 0.1 * moment[1]);
        good &= agrees("mean pressure [eV/A^3]", series_mean(&seen.pressure), exactly(p0), 4, 0.01 * p0);
        assert_true(mean_velocity(&sys) < 1e-9);
        series_release(&seen.volume);
        series_release(&seen.pressure);
        sample_end(&sys);
    }
    assert_true(good);
}

/* ---------------------------------------------------------------------------------------------- crystal */

/* Volume, six stresses, and the six strains of the cell as logarithms of edges and tilts over edges. */
enum { VOLUME, STRESS, STRAIN = STRESS + 6, SEEN = STRAIN + 6 };
struct shape {
    struct series s[SEEN];
};

static void look_shape(struct vt_system *sys, const struct vt_state *s, void *self)
{
    (void)sys;
    static const int row[6] = {0, 1, 2, 1, 2, 2}, column[6] = {0, 1, 2, 0, 0, 1};
    struct shape *shape = self;
    series_add(&shape->s[VOLUME], s->volume);
    for (int q = 0; q < 6; q++) {
        double h = s->cell.h[row[q]][column[q]];
        series_add(&shape->s[STRESS + q], s->pressure[q]);
        series_add(&shape->s[STRAIN + q], q < 3 ? log(h) : h / s->cell.h[row[q]][row[q]]);
    }
}

struct solid {
    struct vt_potential *(*make)(void);
    int cells;
    double edge, mass, temperature; /* angstrom, u, K */
    double compressibility;         /* angstrom^3/eV, about that of the solid */
    int64_t steps;
};

static struct vt_potential *make_spheres(void)
{
    return make_soft(1, 3);
}

/* Soft spheres of which first neighbours overlap a little: cheap, and stiff against a change of volume. */
static const double PRESS = 0.125; /* eV/angstrom^3 */
static const struct solid spheres = {make_spheres, 3, 3.82, 60, 200, 1, 300000};
/* Copper: stiff against every strain (140 GPa; 76 and 24 GPa in shear). */
static const struct solid copper = {make_copper, 4, 3.63, 63.546, 300, 1.1, 120000};

static const double DT = 0.002, BAROSTAT_TIME = 0.2; /* ps */

static struct shape crystal(const struct solid *solid, enum vt_barostat barostat, const double pressure[6],
                            uint64_t seed)
{
    struct vt_system sys;
    struct vt_dynamics dyn;
    struct shape seen = {0};
    const int cells[3] = {solid->cells, solid->cells, solid->cells};
    sample_fcc(&sys, MPI_COMM_SELF, solid->make(), cells, solid->edge, solid->mass, 2 * solid->temperature,
               seed);
    check_ok(vt_dynamics_begin(&dyn, &sys));
    struct vt_control c = make_control(DT, VT_THERMOSTAT_RESCALE, 0.1, solid->temperature);
    add_barostat(&c, barostat, BAROSTAT_TIME, solid->compressibility, pressure);
    run_steps(&sys, &dyn, &c, 5000, 0, NULL, NULL);
    run_steps(&sys, &dyn, &c, solid->steps, 20, look_shape, &seen);
    assert_true(mean_velocity(&sys) < 1e-9);
    sample_end(&sys);
    return seen;
}

static void shape_release(struct shape *shape)
{
    for (int k = 0; k < SEEN; k++) series_release(&shape->s[k]);
}

static const char *const component[6] = {"xx", "yy", "zz", "xy", "xz", "yz"};

/* The strain of a controlled component obeys  d eps = m (P - P0) dt + sqrt(2 m kT/V) dW,  m = w beta/(3 tau),
 * w = 1 for an edge and 2 for a tilt. A strain that goes nowhere makes the mean of P - P0 that of the noise:
 * its standard error over a time t is sqrt(2 kT/(m V t)), whatever the crystal does. Block errors scatter by
 * a fifth around theirs, so the larger of both counts. */
static bool stress_is(const struct shape *shape, const struct solid *solid, enum vt_barostat barostat,
                      const double target[6], int n, double resolution)
{
    bool good = true;
    double volume = series_mean(&shape->s[VOLUME]).value;
    for (int q = 0; q < n; q++) {
        char what[64];
        snprintf(what, sizeof what, "mean stress %s [eV/A^3]", component[q]);
        struct estimate mean = series_mean(&shape->s[STRESS + q]);
        double mobility = (q < 3 ? 1 : 2) * solid->compressibility / (3 * BAROSTAT_TIME);
        double noise = sqrt(2 * VT_KB * solid->temperature / (mobility * volume * (double)solid->steps * DT));
        if (barostat != VT_BAROSTAT_ISO) mean.error = fmax(mean.error, noise);
        good &= agrees(what, mean, exactly(target[q]), 4, resolution);
    }
    return good;
}

/* The three barostats give the same distribution of the volume, and every component that they control has its
 * target for mean. */
static void barostats_agree_on_a_crystal(void **state)
{
    (void)state;
    static const char *const names[] = {"none", "iso", "ortho", "tri"};
    const double target[6] = {PRESS, PRESS, PRESS};
    struct estimate volume[4], spread[4];
    bool good = true;
    for (enum vt_barostat b = VT_BAROSTAT_ISO; b <= VT_BAROSTAT_TRI; b++) {
        struct shape shape = crystal(&spheres, b, target, 50 + (uint64_t)b);
        print_message("%s\n", names[b]);
        volume[b] = series_mean(&shape.s[VOLUME]);
        spread[b] = series_variance(&shape.s[VOLUME]);
        good &= stress_is(&shape, &spheres, b, target, b == VT_BAROSTAT_TRI ? 6 : 3,
                          0.002 * PRESS); /* iso: by symmetry */
        for (enum vt_barostat a = VT_BAROSTAT_ISO; a < b; a++) {
            print_message(" against %s\n", names[a]);
            good &= agrees("mean volume [A^3]", volume[b], volume[a], 4, 0.001 * volume[a].value);
            good &= agrees("its variance [A^6]", spread[b], spread[a], 4, 0.15 * spread[a].value);
        }
        shape_release(&shape);
    }
    assert_true(good);
}

/* Each of six components can be set; strains of copper stay below 1 %. A tilt answers a shear stress by as
 * much as its thermal fluctuation at zero stress says: d<tilt>/dP = -V var(tilt)/kT. */
static void each_stress_component_can_be_set(void **state)
{
    (void)state;
    const double none[6] = {0}, set[6] = {0.003, 0, -0.003, 0.004, -0.003, 0.0035};
    struct shape free_shape = crystal(&copper, VT_BAROSTAT_TRI, none, 60),
                 bent = crystal(&copper, VT_BAROSTAT_TRI, set, 61);
    bool good = stress_is(&bent, &copper, VT_BAROSTAT_TRI, set, 6, 0.0005);
    double volume = series_mean(&free_shape.s[VOLUME]).value;
    struct estimate noise = {0}; /* one compliance for all three, by cubic symmetry */
    for (int q = 3; q < 6; q++) {
        struct estimate one = series_variance(&free_shape.s[STRAIN + q]);
        noise.value += one.value / 3;
        noise.error = hypot(noise.error, one.error / 3);
    }
    for (int q = 3; q < 6; q++) {
        double scale = -set[q] * volume / (VT_KB * copper.temperature);
        struct estimate answer = {scale * noise.value, fabs(scale) * noise.error};
        struct estimate before = series_mean(&free_shape.s[STRAIN + q]),
                        after = series_mean(&bent.s[STRAIN + q]);
        struct estimate tilt = {after.value - before.value, hypot(after.error, before.error)};
        char what[64];
        snprintf(what, sizeof what, "tilt %s", component[q]);
        good &= agrees(what, tilt, answer, 4, 0.2 * fabs(answer.value));
    }
    shape_release(&free_shape);
    shape_release(&bent);
    assert_true(good);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(barostats_agree_on_a_crystal),
    cmocka_unit_test(each_stress_component_can_be_set),
    cmocka_unit_test(volume_of_a_liquid_follows_its_isotherm),
};
CHECK_MPI_MAIN(tests)
