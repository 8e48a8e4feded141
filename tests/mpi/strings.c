/* Strings on several ranks: who is mobile is decided over all of them, links are found on one, and the result
 * has the same bits, through a checkpoint too. */
#include "check.h"
#include "fabricate.h"

enum { N = 700, FRAMES = 9 };

/* Frames of atoms in a cell that is sheared: at each, one in eight jumps. In the first frames all keep still,
 * so that there is nothing but ties. After the frame restart_at another analysis goes on. */
static struct vt_analysis *measure(const char *options, MPI_Comm comm, int restart_at)
{
    static const char *const names[] = {"Cu", "Zr", "Al"};
    char list[300];
    struct sample s = sample_make(N, vt_cell_make(24, 21, 22, 6, -5, 7));
    for (int i = 0; i < N; i++) s.species[i] = i % 7 % 3;
    sample_count(&s, 3, names);
    sample_gas(&s, 33, 0);
    snprintf(list, sizeof list, "- strings: {every: 1 ps, t_max: 4 ps, blocks: 2, %s}", options);
    struct vt_analysis *a = analysis_make(list, &s.material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, FRAMES - 1);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
    for (int f = 0; f < FRAMES; f++) {
        for (int i = 0; i < N && f > 2; i++) {
            double g[4], width = (i + f) % 8 ? 0.1 : 1.5;
            vt_normal4(5, i, f, VT_RANDOM_TEST, g);
            for (int d = 0; d < 3; d++) s.x[i][d] = vt_grid(s.x[i][d] + width * g[d]);
        }
        if (f > 2) s.cell = vt_cell_make(24, 21, 22, 6 + 0.3 * f, -5, 7);
        struct vt_frame frame = sample_frame(&s, comm, 0, f);
        must(sink.frame(sink.self, 0, &frame));
        if (f != restart_at) continue;
        struct vt_kept kept = {0};
        must(sink.save(sink.self, frame.ranks, &kept));
        vt_analysis_destroy(a);
        a = analysis_make(list, &s.material);
        sink = vt_analysis_sink(a);
        must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
        must(sink.load(sink.self, frame.ranks, &kept));
        free(kept.block);
        free(kept.rows);
    }
    must(sink.end(sink.self));
    sample_release(&s);
    return a;
}

static void results_do_not_depend_on_ranks_and_restarts(void **state)
{
    (void)state;
    static const char *const options[] = {"fraction: 0.1", "fraction: 0.2, of: species", "select: van_hove",
                                          "select: distance, distance: 1.5 A"};
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
        struct vt_analysis *alone = measure(options[k], MPI_COMM_SELF, -1);
        struct vt_analysis *together = measure(options[k], MPI_COMM_WORLD, -1);
        check_all(rank != 0 || same_results(alone, together, 30));
        const struct vt_dataset *d = result(alone, "stages/01-hold/strings/in_strings");
        check_all(d->value[vt_dataset_size(d) - 1] > 0.1); /* there is something to find */
        vt_analysis_destroy(together);
        together = measure(options[k], MPI_COMM_WORLD, FRAMES / 2);
        check_all(rank != 0 || same_results(alone, together, 30));
        vt_analysis_destroy(together);
        vt_analysis_destroy(alone);
    }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(results_do_not_depend_on_ranks_and_restarts)};
CHECK_MPI_MAIN(tests)
