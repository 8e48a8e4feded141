/* A sample that goes wrong is told on all ranks alike, and nobody waits; a random start does not go wrong. */
#include "check.h"

#include <unistd.h>

#include "core/units.h"
#include "md/minimise.h"
#include "md/protocol.h"
#include "sample.h"

static const struct sample_options options = {
    .cells = {4, 4, 4}, .edge = 4.1, .tilt = {0.2, 0, 0}, .shake = 0.05, .temperature = 300};

/* Put the atom with an id in a place and go on. */
static enum vt_status displaced(double x, bool before_the_first_list)
{
    struct sample s;
    struct vt_dynamics dynamics;
    struct vt_control c = {.dt = 0.001, .steps = 10};
    sample_make(&s, MPI_COMM_WORLD, options);
    enum vt_status st = VT_OK;
    if (!before_the_first_list) sample_must(vt_dynamics_begin(&dynamics, &s.sys));
    int i = sample_find(&s.sys, 17);
    if (i >= 0) s.sys.atoms.x[i][1] = x;
    if (before_the_first_list) st = vt_dynamics_begin(&dynamics, &s.sys);
    for (int64_t k = 0; k < c.steps && st == VT_OK; k++)
        st = vt_dynamics_step(&dynamics, &c, &s.sys, k, false);
    sample_release(&s);
    return st;
}

static void an_atom_that_is_nowhere_or_far_away_ends_the_run(void **state)
{
    (void)state;
    static const double places[] = {NAN, INFINITY, -INFINITY, 1e300, 1e6, 4100};
    for (unsigned k = 0; k < sizeof places / sizeof *places; k++)
        for (int first = 0; first < 2; first++) {
            check_all(displaced(places[k], first) == VT_EPHYSICS);
            check_all(strstr(vt_message(), "step") != NULL);
        }
    check_all(displaced(400, false) == VT_EPHYSICS); /* a place, but no step leads there */
}

static void a_velocity_that_is_no_number_ends_the_run(void **state)
{
    (void)state;
    struct sample s;
    struct vt_dynamics dynamics;
    struct vt_control c = {.dt = 0.001,
                           .steps = 10,
                           .barostat = VT_BAROSTAT_ORTHO,
                           .controlled = {1, 1, 1},
                           .barostat_time = 0.5,
                           .compressibility = 1};
    sample_make(&s, MPI_COMM_WORLD, options);
    sample_must(vt_dynamics_begin(&dynamics, &s.sys));
    int i = sample_find(&s.sys, 17);
    if (i >= 0) s.sys.atoms.v[i][2] = NAN;
    enum vt_status st = VT_OK;
    for (int64_t k = 0; k < c.steps && st == VT_OK; k++)
        st = vt_dynamics_step(&dynamics, &c, &s.sys, k, false);
    check_all(st == VT_EPHYSICS);
    sample_release(&s);
}

/* A potential whose force on one atom is not a number from a step on. */
static struct {
    struct vt_potential base;
    struct vt_potential *real;
    int64_t id, from_step;
} spoilt;

static enum vt_status spoilt_compute(struct vt_potential *self, struct vt_system *sys, enum vt_want want)
{
    (void)self;
    VT_TRY(spoilt.real->compute(spoilt.real, sys, want));
    int i = sample_find(sys, spoilt.id);
    if (i >= 0 && sys->step >= spoilt.from_step) sys->f[i][1] = NAN;
    return VT_OK;
}

static void spoil(struct sample *s, int64_t id, int64_t from_step)
{
    spoilt.base =
        (struct vt_potential){.name = "spoilt", .cutoff = s->potential->cutoff, .compute = spoilt_compute};
    spoilt.real = s->potential;
    spoilt.id = id;
    spoilt.from_step = from_step;
    s->sys.potential = &spoilt.base;
}

/* With each thermostat; those that ask for the kinetic energy must not spread the fault over all atoms before
 * it is told. */
static void a_force_that_is_no_number_is_told_with_its_atom(void **state)
{
    (void)state;
    for (int thermostat = VT_THERMOSTAT_NONE; thermostat <= VT_THERMOSTAT_LANGEVIN; thermostat++) {
        struct sample s;
        struct vt_dynamics dynamics;
        struct vt_control c = {.dt = 0.001,
                               .steps = 10,
                               .thermostat = (enum vt_thermostat)thermostat,
                               .thermostat_time = 0.1,
                               .temperature = {300, 300}};
        sample_make(&s, MPI_COMM_WORLD, options);
        spoil(&s, 20 + 41 * thermostat, 5);
        sample_must(vt_dynamics_begin(&dynamics, &s.sys));
        enum vt_status st = VT_OK;
        int64_t k = 0;
        for (; k < c.steps && st == VT_OK; k++) st = vt_dynamics_step(&dynamics, &c, &s.sys, k, false);
        char atom[32];
        snprintf(atom, sizeof atom, "atom %d ", 20 + 41 * thermostat);
        check_all(st == VT_EPHYSICS);
        check_all(k == 5 || k == 6); /* the step itself, or the next look at the neighbours */
        check_all(strstr(vt_message(), atom) != NULL);
        check_all(strstr(vt_message(), k == 5 ? "at step 5 " : "at step 6 ") != NULL);
        sample_release(&s);
    }
}

/* All other forces are far below the threshold. */
static void a_minimum_with_forces_that_are_no_numbers_is_none(void **state)
{
    (void)state;
    struct sample s;
    bool converged;
    int64_t steps;
    sample_make(&s, MPI_COMM_WORLD, options);
    spoil(&s, 77, 0);
    enum vt_status st = vt_minimise(
        &s.sys, &(struct vt_minimise){.force = 1e9, .steps_max = 10, .step_max = 0.1}, &converged, &steps);
    check_all(st == VT_EPHYSICS);
    check_all(strstr(vt_message(), "step 0 ") && strstr(vt_message(), "force of atom 77 "));
    sample_release(&s);
}

/* 16.4 angstrom shrink to less than 2 x 7.15 within 0.1 ps at a rate of 2/ps; a cell that is only sheared
 * repeats itself after no less than before, though its planes come nearer. */
static void a_cell_that_shrinks_too_far_ends_the_run_that_asks(void **state)
{
    (void)state;
    for (int ask = 0; ask < 3; ask++) {
        struct sample s;
        struct vt_dynamics dynamics;
        struct vt_control c = {.dt = 0.002, .steps = 100, .flow = {{-2}}};
        struct sample_options o = options;
        if (ask == 2) c = (struct vt_control){.dt = 0.002, .steps = 100, .flow = {{0}, {3}}}, o.edge = 3.7;
        sample_make(&s, MPI_COMM_WORLD, o);
        s.sys.must_fit = ask;
        sample_must(vt_dynamics_begin(&dynamics, &s.sys));
        enum vt_status st = VT_OK;
        for (int64_t k = 0; k < c.steps && st == VT_OK; k++)
            st = vt_dynamics_step(&dynamics, &c, &s.sys, k, false);
        check_all(st == (ask == 1 ? VT_EINPUT : VT_OK));
        if (ask == 1)
            check_all(strstr(vt_message(), "twice the cut-off") && strstr(vt_message(), "more atoms"));
        sample_release(&s);
    }
}

/* Atoms at random places, some of them on top of others, at 2000 K; and two in exactly the same place. */
static void overlapping_atoms_end_the_run(void **state)
{
    (void)state;
    for (int same = 0; same < 2; same++) {
        struct sample s;
        struct vt_dynamics dynamics;
        struct vt_control c = {.dt = 0.002, .steps = 200};
        struct sample_options o = options;
        if (!same) o.shake = 8;
        o.temperature = 2000;
        sample_make(&s, MPI_COMM_WORLD, o);
        double x[3] = {0};
        int i = sample_find(&s.sys, 20), j = sample_find(&s.sys, 41);
        if (i >= 0) memcpy(x, s.sys.atoms.x[i], sizeof x);
        MPI_Allreduce(MPI_IN_PLACE, x, 3, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
        if (same && j >= 0) memcpy(s.sys.atoms.x[j], x, sizeof x);
        enum vt_status st = vt_dynamics_begin(&dynamics, &s.sys);
        for (int64_t k = 0; k < c.steps && st == VT_OK; k++)
            st = vt_dynamics_step(&dynamics, &c, &s.sys, k, false);
        check_all(st == VT_EPHYSICS);
        check_all(strstr(vt_message(), "overlap") != NULL);
        sample_release(&s);
    }
}

/* Least distance of two atoms, over all owned atoms and ghosts. */
static double least_distance(const struct vt_system *sys)
{
    double least = INFINITY;
    for (int i = 0; i < sys->atoms.n; i++)
        for (int64_t k = sys->pairs.begin[i]; k < sys->pairs.begin[i + 1]; k++) {
            double r2 = 0;
            for (int d = 0; d < 3; d++)
                r2 += pow(sys->atoms.x[i][d] - sys->atoms.x[sys->pairs.partner[k]][d], 2);
            least = fmin(least, sqrt(r2));
        }
    MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_DOUBLE, MPI_MIN, sys->ranks.comm);
    return least;
}

/* 1.5 angstrom: below it no two atoms of these metals come at any temperature (a crystal's neighbours are 2.5
 * to 3.2 apart). Then 50 steps at 2000 K and 2 fs do no harm. The start is the same on any ranks. */
static void random_starts_leave_no_atoms_overlapping(void **state)
{
    (void)state;
    int rank;
    char path[] = "/tmp/vitrum-start-XXXXXX";
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (int seed = 1; seed <= 3; seed++) {
        if (rank == 0) {
            strcpy(path, "/tmp/vitrum-start-XXXXXX");
            int file = mkstemp(path);
            check_all(file >= 0);
            dprintf(
                file,
                "title: start\nseed: %d\nmaterial:\n  composition: {Cu: 46, Zr: 46, Al: 8}\n  atoms: 300\n"
                "  potential: builtin:Cu,Zr,Al\nprotocol:\n  - create: {temperature: 2000 K}\n",
                seed);
            close(file);
        } else
            check_all(true);
        MPI_Bcast(path, sizeof path, MPI_CHAR, 0, MPI_COMM_WORLD);
        uint64_t hash[2] = {0, 0};
        for (int all = 0; all < 2; all++) {
            if (!all && (rank != 0 || seed > 1)) continue;
            MPI_Comm comm = all ? MPI_COMM_WORLD : MPI_COMM_SELF;
            struct vt_protocol p;
            struct vt_potential *potential;
            struct vt_dynamics dynamics;
            struct vt_control c = {.dt = 0.002, .steps = 50};
            struct vt_cell any = vt_cell_make(10, 10, 10, 0, 0, 0);
            sample_must(vt_protocol_read(path, NULL, comm, &p));
            sample_must(vt_eam_force_create(&potential, &p.tables, NULL));
            struct vt_system sys = {
                .potential = potential, .material = p.material, .seed = (uint64_t)p.seed, .skin = p.skin};
            vt_ranks_init(&sys.ranks, comm, &any);
            sample_must(p.stage[0].type->act(&p.stage[0], &p, &sys));
            hash[all] = sample_hash(&sys);
            if (all) {
                check_all(least_distance(&sys) > 1.5);
                check_ok(vt_dynamics_begin(&dynamics, &sys));
                for (int64_t k = 0; k < c.steps; k++)
                    check_ok(vt_dynamics_step(&dynamics, &c, &sys, k, false));
            }
            vt_system_release(&sys);
            potential->destroy(potential);
            vt_protocol_release(&p);
        }
        check_all(rank != 0 || seed > 1 || hash[0] == hash[1]);
        if (rank == 0) unlink(path);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_atom_that_is_nowhere_or_far_away_ends_the_run),
    cmocka_unit_test(a_velocity_that_is_no_number_ends_the_run),
    cmocka_unit_test(a_force_that_is_no_number_is_told_with_its_atom),
    cmocka_unit_test(a_minimum_with_forces_that_are_no_numbers_is_none),
    cmocka_unit_test(a_cell_that_shrinks_too_far_ends_the_run_that_asks),
    cmocka_unit_test(overlapping_atoms_end_the_run),
    cmocka_unit_test(random_starts_leave_no_atoms_overlapping),
};
CHECK_MPI_MAIN(tests)
