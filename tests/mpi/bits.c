/* The same bits from any layout: a trajectory with migration, neighbour rebuilds, flow through lattice flips,
 * each barostat and each thermostat is followed on one rank and on all ranks, with each instruction set on
 * one and two threads, and through a stop and a resume on another number of ranks: 100 steps each, and 1000
 * of one of them. VT_LONG=1: 1000 steps each. */
#include "check.h"

#include <omp.h>
#include <unistd.h>

#include "core/units.h"
#include "md/checkpoint.h"
#include "sample.h"

/* 256 atoms in a leaning cell 16 angstrom wide, hot enough for atoms to wander between ranks. */
static const struct sample_options options = {
    .cells = {4, 4, 4}, .edge = 4.15, .tilt = {0.3, -0.2, 0.4}, .shake = 0.1, .temperature = 900, .skin = 1};

struct motion {
    const char *name;
    struct vt_control control;
    bool flips;
};

/* 5/ps over 0.2 ps is a strain of 1: the tilt passes one half of its edge at least once. */
#define COMMON                                                                                               \
    .dt = 0.002, .temperature = {1500, 900}, .thermostat_time = 0.05, .barostat_time = 0.3,                  \
    .compressibility = 160 / 100., .pressure = {{0, 0, 0}, {0.03, 0.02, 0.01, 0.005, -0.005, 0.002}}
static const struct motion motions[] = {
    {"rescale, ortho, shear xy",
     {COMMON, .thermostat = VT_THERMOSTAT_RESCALE, .barostat = VT_BAROSTAT_ORTHO, .controlled = {1, 1, 1},
      .flow = {{0}, {5}}, .shear_plane = 3},
     true},
    {"Nose-Hoover, tri",
     {COMMON, .thermostat = VT_THERMOSTAT_NOSE_HOOVER, .barostat = VT_BAROSTAT_TRI,
      .controlled = {1, 1, 1, 1, 1, 1}},
     false},
    {"Langevin, iso",
     {COMMON, .thermostat = VT_THERMOSTAT_LANGEVIN, .barostat = VT_BAROSTAT_ISO, .controlled = {1, 1, 1}},
     false},
    {"tri under shear yz",
     {COMMON, .barostat = VT_BAROSTAT_TRI, .controlled = {1, 1, 1, 1, 1, 0}, .flow = {{0}, {0}, {0, 5}},
      .shear_plane = 5},
     true},
    {"NVE", {COMMON}, false},
    {"oscillation xy, rescale",
     {COMMON, .thermostat = VT_THERMOSTAT_RESCALE,
      .wave = {.amplitude = 0.6, .period = 200, .component = 3}}, /* up to 9/ps */
     true},
    {"oscillation xz, Langevin, ortho",
     {COMMON, .thermostat = VT_THERMOSTAT_LANGEVIN, .barostat = VT_BAROSTAT_ORTHO,
      .controlled = {1, 1, 1, 0, 0, 0}, .wave = {.amplitude = 0.05, .period = 60, .component = 4}},
     false},
};
enum { MOTIONS = sizeof motions / sizeof *motions };

static int64_t asked_steps; /* 0: the usual number */
static int64_t n_steps(void)
{
    return asked_steps ? asked_steps : getenv("VT_LONG") ? 1000 : 100;
}

/* From step k to the end. flips: how often the cell was exchanged for an equivalent one. */
static uint64_t go_on(struct vt_system *sys, struct vt_dynamics *dynamics, const struct vt_control *planned,
                      int64_t k, int64_t end, int *flips)
{
    struct vt_control c = *planned;
    c.steps = n_steps();
    for (; k < end; k++) {
        double tilt = sys->cell.h[1][0] + sys->cell.h[2][1];
        sample_must(vt_dynamics_step(dynamics, &c, sys, k, false));
        if (fabs(sys->cell.h[1][0] + sys->cell.h[2][1] - tilt) > 8) ++*flips;
    }
    return sample_hash(sys);
}

struct outcome {
    uint64_t hash;
    int flips;
    int64_t lists;
    int64_t migrated; /* atoms that are not with the rank they were with when the first list was made */
};

/* Atoms that were not here when it was last noted, over all ranks. Collective. */
static int64_t strangers(const struct vt_system *sys, char *here, bool note)
{
    int64_t n = 0;
    for (int i = 0; i < sys->atoms.n; i++) {
        n += !here[sys->atoms.id[i]];
        if (note) here[sys->atoms.id[i]] = 1;
    }
    MPI_Allreduce(MPI_IN_PLACE, &n, 1, MPI_INT64_T, MPI_SUM, sys->ranks.comm);
    return n;
}

static struct outcome follow(MPI_Comm comm, const struct motion *m, const char *instruction_set)
{
    struct sample s;
    struct sample_options o = options;
    o.instruction_set = instruction_set;
    sample_make(&s, comm, o);
    struct vt_dynamics dynamics;
    struct outcome out = {0};
    sample_must(vt_dynamics_begin(&dynamics, &s.sys));
    char here[4 * 64 + 1] = {0};
    strangers(&s.sys, here, true);
    out.hash = go_on(&s.sys, &dynamics, &m->control, 0, n_steps(), &out.flips);
    out.migrated = strangers(&s.sys, here, false);
    out.lists = s.sys.lists_made;
    sample_release(&s);
    return out;
}

/* The same on one rank: computed once, told to all. */
static struct outcome truth[MOTIONS];
static int follow_on_one_rank(void **state)
{
    (void)state;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (int m = 0; m < MOTIONS; m++)
        if (rank == 0) truth[m] = follow(MPI_COMM_SELF, &motions[m], "portable");
    MPI_Bcast(truth, sizeof truth, MPI_BYTE, 0, MPI_COMM_WORLD);
    return 0;
}

static void the_motions_rebuild_lists_and_flip_the_cell(void **state)
{
    (void)state;
    for (int m = 0; m < MOTIONS; m++) {
        check_all(truth[m].lists > 5);
        check_all(!motions[m].flips || truth[m].flips > 0);
        for (int other = 0; other < m; other++) check_all(truth[m].hash != truth[other].hash);
    }
}

static void any_number_of_ranks_gives_the_same_bits(void **state)
{
    (void)state;
    int ranks;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    for (int m = 0; m < MOTIONS; m++) {
        struct outcome out = follow(MPI_COMM_WORLD, &motions[m], NULL);
        if (out.hash != truth[m].hash) print_message("differs: %s\n", motions[m].name);
        check_all(out.hash == truth[m].hash);
        check_all(out.flips == truth[m].flips);
        check_all(out.lists > 5);
        check_all(ranks == 1 ? out.migrated == 0 : out.migrated > 0);
    }
}

/* Long enough for many atoms to have changed ranks, and for the cell to flip again and again. */
static void a_thousand_steps_give_the_same_bits(void **state)
{
    (void)state;
    int rank, ranks;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    struct outcome alone = {0};
    asked_steps = 1000;
    if (rank == 0) alone = follow(MPI_COMM_SELF, &motions[0], "portable");
    MPI_Bcast(&alone, sizeof alone, MPI_BYTE, 0, MPI_COMM_WORLD);
    struct outcome all = follow(MPI_COMM_WORLD, &motions[0], NULL);
    asked_steps = 0;
    check_all(all.hash == alone.hash);
    check_all(all.flips == alone.flips && all.flips > 3);
    check_all(all.lists > 50);
    check_all(ranks == 1 ? all.migrated == 0 : all.migrated > 16);
}

/* All combinations, for the motions that flip the cell. */
static void instruction_sets_and_threads_give_the_same_bits(void **state)
{
    (void)state;
    static const char *const sets[] = {"avx512", "avx2", "portable"};
    int seen = 0, before = omp_get_max_threads();
    for (int k = 0; k < 3; k++) {
        struct sample s;
        sample_make(&s, MPI_COMM_WORLD, options);
        struct vt_potential *potential;
        bool here = vt_eam_force_create(&potential, &s.tables, sets[k]) == VT_OK;
        if (here) potential->destroy(potential);
        sample_release(&s);
        if (!here) continue; /* this machine does not have it */
        seen++;
        for (int threads = 1; threads <= 2; threads++) {
            omp_set_num_threads(threads);
            for (int m = 0; m <= 3; m += 3) {
                struct outcome out = follow(MPI_COMM_WORLD, &motions[m], sets[k]);
                check_all(out.hash == truth[m].hash);
            }
        }
        omp_set_num_threads(before);
    }
    check_all(seen > 0);
}

/* A sample wide enough for threads to work on several tiles at a time. */
static void threads_side_by_side_give_the_same_bits(void **state)
{
    (void)state;
    struct sample_options wide = options;
    uint64_t hash[3];
    int before = omp_get_max_threads();
    memcpy(wide.cells, (int[]){8, 8, 8}, sizeof wide.cells);
    for (int k = 0; k < 3; k++) {
        struct sample s;
        struct vt_dynamics dynamics;
        omp_set_num_threads(1 << k);
        sample_make(&s, MPI_COMM_WORLD, wide);
        sample_must(vt_dynamics_begin(&dynamics, &s.sys));
        if (s.sys.ranks.size == 1) check_all(s.sys.atoms.tiles.n[0] > 2 && s.sys.atoms.tiles.n[1] > 2);
        int flips = 0;
        asked_steps = 30;
        hash[k] = go_on(&s.sys, &dynamics, &motions[0].control, 0, 30, &flips);
        asked_steps = 0;
        sample_release(&s);
    }
    omp_set_num_threads(before);
    check_all(hash[1] == hash[0]);
    check_all(hash[2] == hash[0]);
}

/* A rebuild at every step gives what rebuilds when they are due give: neither lists, migration, wrapping nor
 * the moment of a flip is part of the motion. A resumed run rebuilds at another step than one that went on.
 */
static void rebuilds_leave_no_trace(void **state)
{
    (void)state;
    for (int m = 0; m < MOTIONS; m++) {
        if (!motions[m].flips) continue;
        struct sample s;
        struct vt_dynamics dynamics;
        struct vt_control c = motions[m].control;
        c.steps = n_steps();
        sample_make(&s, MPI_COMM_WORLD, options);
        sample_must(vt_dynamics_begin(&dynamics, &s.sys));
        for (int64_t k = 0; k < c.steps; k++) {
            s.sys.list_valid = false;
            sample_must(vt_dynamics_step(&dynamics, &c, &s.sys, k, false));
        }
        check_all(sample_hash(&s.sys) == truth[m].hash);
        sample_release(&s);
    }
}

/* Stopped on all ranks at a step that is neither a rebuild nor a coupling, resumed on half of them. */
static void a_stop_and_a_resume_on_other_ranks_leave_no_trace(void **state)
{
    (void)state;
    int rank, size;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    char folder[64] = "/tmp/vitrum-bits-XXXXXX", path[96];
    if (rank == 0)
        check_all(mkdtemp(folder) != NULL);
    else
        check_all(1);
    MPI_Bcast(folder, sizeof folder, MPI_CHAR, 0, MPI_COMM_WORLD);
    snprintf(path, sizeof path, "%s/checkpoint.h5", folder);
    for (int m = 0; m < MOTIONS; m++) {
        struct sample s;
        struct vt_saved saved = {0};
        int64_t half = n_steps() / 2 - 2;
        int flips = 0;
        sample_make(&s, MPI_COMM_WORLD, options);
        sample_must(vt_dynamics_begin(&saved.dynamics, &s.sys));
        go_on(&s.sys, &saved.dynamics, &motions[m].control, 0, half, &flips);
        check_ok(vt_checkpoint_write(path, NULL, &s.sys, &saved));
        sample_release(&s);

        MPI_Comm few;
        MPI_Comm_split(MPI_COMM_WORLD, rank < (size + 1) / 2, rank, &few);
        struct outcome out = truth[m];
        if (rank < (size + 1) / 2) {
            sample_make(&s, few, options); /* for its potential and material */
            struct vt_system fresh = {.ranks = s.sys.ranks,
                                      .potential = s.potential,
                                      .material = s.sys.material,
                                      .seed = s.sys.seed,
                                      .skin = s.sys.skin,
                                      .lists_made = s.sys.lists_made};
            vt_system_release(&s.sys);
            s.sys = fresh;
            sample_must(vt_checkpoint_read(path, &s.sys, &saved));
            sample_must(vt_system_forces(&s.sys, VT_TOTALS));
            out.hash = go_on(&s.sys, &saved.dynamics, &motions[m].control, half, n_steps(), &flips);
            vt_saved_release(&saved);
            sample_release(&s);
        }
        MPI_Comm_free(&few);
        if (out.hash != truth[m].hash) print_message("differs: %s\n", motions[m].name);
        check_all(out.hash == truth[m].hash);
    }
    if (rank == 0) unlink(path), rmdir(folder);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_motions_rebuild_lists_and_flip_the_cell),
    cmocka_unit_test(any_number_of_ranks_gives_the_same_bits),
    cmocka_unit_test(a_thousand_steps_give_the_same_bits),
    cmocka_unit_test(instruction_sets_and_threads_give_the_same_bits),
    cmocka_unit_test(threads_side_by_side_give_the_same_bits),
    cmocka_unit_test(rebuilds_leave_no_trace),
    cmocka_unit_test(a_stop_and_a_resume_on_other_ranks_leave_no_trace),
};

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    int failed = cmocka_run_group_tests(tests, follow_on_one_rank, NULL);
    MPI_Finalize();
    return failed;
}
