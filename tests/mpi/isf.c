/* Waves that are followed, on several ranks: the same bits as on one, also through a checkpoint that is read
 * on another number of ranks, while the cell is sheared and exchanged for an equivalent one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/parallel.h"
#include "fabricate.h"

static const char list[] = "- isf: {q: [2 /A, 2.7 /A, 3.5 /A], waves: 60, every: 1 ps, t_max: 12 ps, "
                           "blocks: 2}\n"
                           "- xpcs: {q: 2.7 /A, waves: 60, every: 1 ps, frames: 14}\n"; /* each second */
enum { FRAMES = 24, HALF = 11, LEAST = 30 };

/* Every rank fails alike. */
static void check_all(bool ok)
{
    int mine = ok, all;
    MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    assert_true(all);
}

static struct sample make(void)
{
    static const char *const names[] = {"Cu", "Zr"};
    struct sample s = sample_make(301, vt_cell_make(17, 16, 15, 6, -5, 7));
    for (int i = 0; i < s.n; i++) s.species[i] = i % 3 == 0;
    sample_count(&s, 2, names);
    return s;
}

/* Where everything is at frame f, whatever was before: a walk in a cell that is sheared. */
static void place(struct sample *s, int f)
{
    int flip[3][3];
    sample_gas(s, 33, 0);
    struct vt_cell still = vt_cell_make(17, 16, 15, 6, -5, 7);
    s->cell = vt_cell_make(17 + 0.01 * f, 16, 15, 6 + 0.3 * f, -5, 7);
    for (int i = 0; i < s->n; i++) {
        double u[4], x[3];
        vt_uniform4(33, i, 0, VT_RANDOM_TEST, u);
        vt_cell_cartesian(&still, u, s->x[i]);
        for (int k = 1; k <= f; k++) {
            double g[4];
            vt_normal4(5, i, k, VT_RANDOM_TEST, g);
            for (int d = 0; d < 3; d++) s->x[i][d] += 0.2 * g[d];
        }
        vt_cell_fractional(&still, s->x[i], u);
        vt_cell_cartesian(&s->cell, u, x);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(x[d]);
    }
    while (vt_cell_flip(&s->cell, flip)) {
    }
}

static void frames(struct vt_analysis *a, struct sample *s, MPI_Comm comm, int from, int to)
{
    struct vt_sink sink = vt_analysis_sink(a);
    for (int f = from; f < to; f++) {
        place(s, f);
        struct vt_frame frame = sample_frame(s, comm, 0, f);
        must(sink.frame(sink.self, 0, &frame));
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
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    struct sample s = make();
    struct vt_analysis *alone = start(&s), *together = start(&s);
    frames(alone, &s, MPI_COMM_SELF, 0, FRAMES);
    check_all(s.cell.h[1][0] < 6); /* it was exchanged */
    frames(together, &s, MPI_COMM_WORLD, 0, FRAMES);
    finish(alone), finish(together);
    check_all(rank == 0 ? same_results(alone, together, LEAST) : vt_analysis_results(together)->n == 0);
    const struct vt_dataset *f = result(alone, "stages/01-hold/isf/f_xray");
    int last = f->axis[1].n - 1;
    check_all(f->value[0] == 1 && f->value[last] < 0.7); /* something has happened */
    vt_analysis_destroy(together);
    vt_analysis_destroy(alone);
    sample_release(&s);
}

/* Half on all ranks, saved, loaded by another analysis, the rest there; and the rest on one rank. */
static void results_do_not_depend_on_a_restart(void **state)
{
    (void)state;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    struct sample s = make();
    struct vt_analysis *whole = start(&s), *first = start(&s);
    frames(whole, &s, MPI_COMM_SELF, 0, FRAMES);
    finish(whole);
    frames(first, &s, MPI_COMM_WORLD, 0, HALF);
    struct vt_sink sink = vt_analysis_sink(first);
    struct vt_kept kept = {0};
    struct vt_frame any = sample_frame(&s, MPI_COMM_WORLD, 0, 0);
    must(sink.save(sink.self, any.ranks, &kept));
    frames(first, &s, MPI_COMM_WORLD, HALF, FRAMES); /* saving disturbs nothing */
    finish(first);
    check_all(rank != 0 || same_results(whole, first, LEAST));
    struct vt_analysis *second = start(&s);
    sink = vt_analysis_sink(second);
    any = sample_frame(&s, MPI_COMM_WORLD, 0, 0);
    must(sink.load(sink.self, any.ranks, &kept));
    frames(second, &s, MPI_COMM_WORLD, HALF, FRAMES);
    finish(second);
    check_all(rank != 0 || same_results(whole, second, LEAST));
    check_all(kept.width == 0); /* nothing is kept of single atoms */
    vt_analysis_destroy(second);
    if (rank == 0) {
        second = start(&s);
        sink = vt_analysis_sink(second);
        any = sample_frame(&s, MPI_COMM_SELF, 0, 0);
        must(sink.load(sink.self, any.ranks, &kept));
        frames(second, &s, MPI_COMM_SELF, HALF, FRAMES);
        finish(second);
        assert_true(same_results(whole, second, LEAST));
        vt_analysis_destroy(second);
    }
    free(kept.block);
    free(kept.rows);
    vt_analysis_destroy(first);
    vt_analysis_destroy(whole);
    sample_release(&s);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_do_not_depend_on_rank_count),
        cmocka_unit_test(results_do_not_depend_on_a_restart),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
