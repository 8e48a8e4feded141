/* The measuring side on several ranks: the same bits as on one, through a checkpoint too, and failures
 * agreed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/parallel.h"
#include "crystals.h"

static const char list[] = "- thermo: {every: 1 ps, blocks: 2}\n"
                           "- pdf: {r_max: 6 A, dr: 0.1 A, every: 1 ps, blocks: 2}\n"
                           "- entropy: {split_at: 4 A}\n"
                           "- concentration: {q_max: 1.2 /A, every: 1 ps, blocks: 2}\n"
                           "- sq_fft: {q_max: 4 /A, dq: 0.2 /A, every: 1 ps, blocks: 2}\n"
                           "- debye: {r_max: 5 A, q_max: 8 /A, dq: 0.2 /A, every: 1 ps, blocks: 2}\n"
                           "- msd: {t_max: 8 ps, every: 2 ps, blocks: 2}\n"
                           "- isf_self: {q: [1 /A, 2.7 /A], t_max: 8 ps, every: 2 ps, blocks: 2}\n"
                           "- overlap: {t_max: 8 ps, every: 2 ps, blocks: 2}\n"
                           "- van_hove: {r_max: 20 A, dr: 0.5 A, t_max: 8 ps, every: 2 ps, blocks: 2}\n"
                           "- van_hove_distinct: {r_max: 5 A, dr: 0.5 A, t_max: 8 ps, every: 2 ps}\n"
                           "- vacf: {t_max: 8 ps, every: 2 ps, blocks: 2}\n"
                           "- viscosity: {t_max: 8 ps, every: 2 ps}\n";
enum { FRAMES = 6 };

/* Every rank fails alike. */
static void check_all(bool ok)
{
    int mine = ok, all;
    MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    assert_true(all);
}

static struct sample make(void)
{
    static const char *const names[] = {"Cu", "Zr", "Al"};
    struct sample s = sample_make(301, vt_cell_make(17, 16, 15, 6, -5, 7));
    for (int i = 0; i < s.n; i++) s.species[i] = i % 7 % 3;
    sample_count(&s, 3, names);
    s.energy = calloc(301, sizeof *s.energy);
    s.v = calloc(301, sizeof *s.v);
    for (int i = 0; i < s.n; i++) s.energy[i] = -3 - s.species[i] + 0.1 * sin(i); /* not whole numbers */
    return s;
}

static void frames(struct vt_analysis *a, struct sample *s, MPI_Comm comm, int from, int to)
{
    struct vt_sink sink = vt_analysis_sink(a);
    for (int f = from; f < to; f++) {
        /* The cell breathes: sums of 1/V are not of whole numbers. */
        s->cell = vt_cell_make(17 + 0.01 * f, 16, 15, 6, -5, 7);
        sample_gas(s, 33, f);
        for (int i = 0; i < s->n; i++)
            for (int d = 0; d < 3; d++) s->v[i][d] = sin(i + f + d);
        struct vt_frame frame = sample_frame(s, comm, 6, f);
        for (int q = 0; q < 6; q++) frame.state.pressure[q] = 1e-3 * sin(q + f);
        frame.state.potential = -3.3 * s->n + 0.1 * f;
        frame.state.temperature = 300 + f;
        must(sink.frame(sink.self, 0, &frame));
        must(sink.frame(sink.self, 1, &frame)); /* energies of single atoms */
        must(sink.frame(sink.self, 2, &frame)); /* how they move: a rhythm of its own */
    }
}

static struct vt_analysis *start(struct sample *s)
{
    struct vt_analysis *a = analysis_make(list, &s->material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, FRAMES);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s->material, &n_looks, &looks));
    return a;
}

static void finish(struct vt_analysis *a)
{
    struct vt_sink sink = vt_analysis_sink(a);
    must(sink.end(sink.self));
}

static void results_do_not_depend_on_rank_count(void **state)
{
    (void)state;
    struct sample s = make();
    struct vt_analysis *alone = start(&s), *together = start(&s);
    frames(alone, &s, MPI_COMM_SELF, 0, FRAMES);
    frames(together, &s, MPI_COMM_WORLD, 0, FRAMES);
    finish(alone), finish(together);
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    check_all(rank == 0 ? same_results(alone, together, 40) : vt_analysis_results(together)->n == 0);
    const struct vt_dataset *t = result(alone, "stages/01-hold/blocks/temperature");
    check_all(t->value[0] == 301 && t->value[1] == 304);
    t = result(alone, "stages/01-hold/blocks/entropy/s_pair");
    check_all(t->n_axes == 2 && t->axis[0].n == 2 && t->axis[1].n == 6 && t->error);
    vt_analysis_destroy(together);
    vt_analysis_destroy(alone);
    sample_release(&s);
}

/* The ranks' rows together, on rank 0; others have none. */
static struct vt_kept gather_rows(struct vt_kept kept, int64_t atoms)
{
    int rank, size, counts[64], offsets[64];
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    for (int r = 0; r < size; r++) {
        int64_t begin, end;
        vt_share(atoms, size, r, &begin, &end);
        counts[r] = (int)(end - begin) * (int)kept.width;
        offsets[r] = (int)begin * (int)kept.width;
    }
    char *rows = rank == 0 ? malloc((size_t)atoms * kept.width) : NULL;
    MPI_Gatherv(kept.rows, counts[rank], MPI_BYTE, rows, counts, offsets, MPI_BYTE, 0, MPI_COMM_WORLD);
    kept.rows = rows;
    return kept;
}

/* Half on all ranks, saved, loaded by another analysis, the rest there; whether load comes before or after
 * begin. The block fits any number of ranks, so the second half is also measured on one rank. */
static void results_do_not_depend_on_a_restart(void **state)
{
    (void)state;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    struct sample s = make();
    struct vt_analysis *whole = start(&s), *first = start(&s);
    frames(whole, &s, MPI_COMM_SELF, 0, FRAMES);
    finish(whole);
    frames(first, &s, MPI_COMM_WORLD, 0, FRAMES / 2);
    struct vt_sink sink = vt_analysis_sink(first);
    struct vt_kept kept = {0};
    struct vt_frame any = sample_frame(&s, MPI_COMM_WORLD, 6, 0);
    must(sink.save(sink.self, any.ranks, &kept));
    check_all(rank == 0 ? kept.block && kept.bytes > 0 : !kept.block && kept.bytes == 0);
    frames(first, &s, MPI_COMM_WORLD, FRAMES / 2, FRAMES); /* saving disturbs nothing */
    finish(first);
    check_all(rank != 0 || same_results(whole, first, 40));
    for (int before = 0; before < 2; before++) {
        struct vt_analysis *second = before ? analysis_make(list, &s.material) : start(&s);
        sink = vt_analysis_sink(second);
        any = sample_frame(&s, MPI_COMM_WORLD, 6, 0);
        must(sink.load(sink.self, any.ranks, &kept));
        struct vt_stage_info stage = stage_make(0, FRAMES);
        int n_looks;
        const struct vt_look *looks;
        if (before) must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
        frames(second, &s, MPI_COMM_WORLD, FRAMES / 2, FRAMES);
        finish(second);
        check_all(rank != 0 || same_results(whole, second, 40));
        vt_analysis_destroy(second);
    }
    /* Who each atom is, and where it was in each frame; the same for velocities. */
    check_all(kept.width == 2 * (8 + 24 * FRAMES / 2));
    struct vt_kept together = gather_rows(kept, s.n);
    if (rank == 0) {
        struct vt_analysis *second = start(&s);
        sink = vt_analysis_sink(second);
        any = sample_frame(&s, MPI_COMM_SELF, 6, 0);
        must(sink.load(sink.self, any.ranks, &together));
        frames(second, &s, MPI_COMM_SELF, FRAMES / 2, FRAMES);
        finish(second);
        assert_true(same_results(whole, second, 40));
        vt_analysis_destroy(second);
    }
    /* A block of another list is refused by all. */
    struct vt_analysis *other = analysis_make("- thermo: {}", &s.material);
    sink = vt_analysis_sink(other);
    any = sample_frame(&s, MPI_COMM_WORLD, 6, 0);
    check_all(sink.load(sink.self, any.ranks, &kept) == VT_EINPUT && strstr(vt_message(), "measure:"));
    vt_analysis_destroy(other);
    free(kept.block);
    free(kept.rows);
    free(together.rows);
    vt_analysis_destroy(first);
    vt_analysis_destroy(whole);
    sample_release(&s);
}

/* A stage that follows begins from nothing. */
static void stages_do_not_mix(void **state)
{
    (void)state;
    struct sample s = make();
    struct vt_analysis *a = start(&s);
    frames(a, &s, MPI_COMM_WORLD, 0, FRAMES);
    finish(a);
    struct vt_stage_info stage = stage_make(0, FRAMES);
    stage.label = "02-hold";
    struct vt_sink sink = vt_analysis_sink(a);
    int n_looks, rank;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
    frames(a, &s, MPI_COMM_WORLD, 0, FRAMES);
    finish(a);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) {
        const struct vt_dataset *x = result(a, "stages/01-hold/pdf/count"),
                                *y = result(a, "stages/02-hold/pdf/count");
        assert_memory_equal(x->value, y->value, vt_dataset_size(x) * sizeof(double));
    }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Show a frame whose cell is thinner than 2 r_max = 12 angstrom; pdf cannot measure it, thermo can. */
static void show_thin(struct vt_analysis *a, struct sample *s, double time)
{
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_cell wide = s->cell;
    s->cell = vt_cell_make(11, 16, 15, 0, 0, 0);
    struct vt_frame frame = sample_frame(s, MPI_COMM_WORLD, 6, time);
    frame.state.temperature = 1000;
    must(sink.frame(sink.self, 0, &frame));
    s->cell = wide;
}

/* Frames in a cell that became too thin are left out and counted, by all ranks alike: the others' result, bit
 * for bit, and each kernel's blocks have the temperature of its own frames. */
static void frames_in_too_thin_a_cell_are_left_out(void **state)
{
    (void)state;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    struct sample s = make();
    struct vt_analysis *all = start(&s), *some = start(&s);
    frames(all, &s, MPI_COMM_WORLD, 0, FRAMES);
    frames(some, &s, MPI_COMM_WORLD, 0, FRAMES / 2);
    show_thin(some, &s, 0.5);
    show_thin(some, &s, 0.7);
    frames(some, &s, MPI_COMM_WORLD, FRAMES / 2, FRAMES);
    finish(all), finish(some);
    if (rank == 0) {
        static const char *const path[] = {"stages/01-hold/pdf/count", "stages/01-hold/entropy/s_pair"};
        for (int q = 0; q < 2; q++) {
            const struct vt_dataset *x = result(all, path[q]), *y = result(some, path[q]);
            assert_memory_equal(x->value, y->value, vt_dataset_size(x) * sizeof(double));
        }
        assert_true(result(all, "stages/01-hold/pdf/frames_skipped")->value[0] == 0);
        assert_true(result(some, "stages/01-hold/pdf/frames_skipped")->value[0] == 2);
        assert_true(result(some, "stages/01-hold/blocks/pdf/temperature")->value[0] == 301);
        assert_true(result(some, "stages/01-hold/blocks/entropy/temperature")->value[0] == 301);
        assert_true(result(some, "stages/01-hold/blocks/pdf/time")->value[0] == 1);
        assert_true(fabs(result(some, "stages/01-hold/blocks/thermo/temperature")->value[0] - 2903. / 5) <
                    1e-9);
        assert_true(fabs(result(some, "stages/01-hold/blocks/temperature")->value[0] - 2903. / 5) < 1e-9);
    }
    vt_analysis_destroy(some);
    vt_analysis_destroy(all);
    sample_release(&s);
}

static void a_stage_of_thin_cells_has_no_pdf_and_says_so(void **state)
{
    (void)state;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    struct sample s = make();
    struct vt_analysis *a = start(&s);
    show_thin(a, &s, 0.5);
    finish(a);
    if (rank == 0) {
        assert_null(vt_results_find(vt_analysis_results(a), "stages/01-hold/pdf/count"));
        assert_null(vt_results_find(vt_analysis_results(a), "stages/01-hold/entropy/s_xray"));
        assert_true(result(a, "stages/01-hold/pdf/frames_skipped")->value[0] == 1);
        assert_string_equal(vt_results_get_note(vt_analysis_results(a), "stages/01-hold/pdf", "frames"), "0");
        assert_true(result(a, "stages/01-hold/thermo/temperature")->value[0] == 1000);
    }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* A lattice of two species, shaken until half of its atoms are not seen to be fcc: the neighbours of one rank
 * are ghosts of another. On any number of ranks and of threads. */
static void neighbourhoods_do_not_depend_on_ranks_and_threads(void **state)
{
    (void)state;
    static const char *const names[] = {"Cu", "Zr"};
    struct sample s = fcc(4);
    struct vt_analysis *a[3];
    int rank, threads = omp_get_max_threads();
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    shake(&s, 0.18);
    sample_mix(&s, 2, (const int[]){150, 106}, 5);
    sample_count(&s, 2, names);
    for (int k = 0; k < 3; k++) {
        a[k] = analysis_make("- crystal: {every: 1 ps}\n"
                             "- voronoi: {every: 1 ps, edge_min: 0.2 A, radii: {Cu: 1.3 A, Zr: 1.4 A}}\n"
                             "- angles: {every: 1 ps, cutoffs: {Cu-Zr: 3.4 A}}",
                             &s.material);
        struct vt_sink sink = vt_analysis_sink(a[k]);
        struct vt_stage_info stage = stage_make(0, 1);
        int n_looks;
        const struct vt_look *looks;
        omp_set_num_threads(1 + k / 2);
        must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
        struct vt_frame frame = sample_frame(&s, k ? MPI_COMM_WORLD : MPI_COMM_SELF, looks->reach, 0);
        must(sink.frame(sink.self, 0, &frame));
        must(sink.end(sink.self));
    }
    omp_set_num_threads(threads);
    check_all(rank != 0 || (same_results(a[0], a[1], 10) && same_results(a[0], a[2], 10)));
    if (rank == 0) {
        double share = result(a[0], "stages/01-hold/crystal/fraction")->value[0];
        assert_true(share > 0.2 && share < 0.8);
        assert_true(result(a[0], "stages/01-hold/voronoi/five_fold")->value[0] > 0.1);
        assert_true(
            fabs(result(a[0], "stages/01-hold/voronoi/volume")->value[0] * s.n / vt_cell_volume(&s.cell) -
                 1) < 1e-10);
    }
    for (int k = 0; k < 3; k++) vt_analysis_destroy(a[k]);
    sample_release(&s);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_do_not_depend_on_rank_count),
        cmocka_unit_test(neighbourhoods_do_not_depend_on_ranks_and_threads),
        cmocka_unit_test(results_do_not_depend_on_a_restart),
        cmocka_unit_test(stages_do_not_mix),
        cmocka_unit_test(frames_in_too_thin_a_cell_are_left_out),
        cmocka_unit_test(a_stage_of_thin_cells_has_no_pdf_and_says_so),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
