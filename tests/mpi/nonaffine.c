/* Non-affine motion on several ranks: neighbours and their displacements come from others, and the results
 * are the same bits, through flips of the cell, through its borders, and with any number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crystals.h"

enum { FRAMES = 12 };
static const char list[] = "- nonaffine: {every: 1 ps, t_max: 8 ps, per_octave: 2, profile: y, bins: 7, "
                           "d2min_above: 0.2 A^2, r_max: 3.9 A, blocks: 2}";

/* Every rank fails alike. */
static void check_all(bool ok)
{
    int mine = ok, all;
    MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    assert_true(all);
}

/* Each atom walks by itself and with the cell, which leans more and more, and is wrapped into it. */
static void move(struct sample *s, int frame)
{
    int flip[3][3];
    struct vt_cell now = s->cell;
    if (frame) now.h[1][0] = vt_grid(now.h[1][0] + 1.3), now.h[2][2] = vt_grid(now.h[2][2] + 0.02);
    for (int i = 0; i < s->n; i++) {
        double f[3], g[4], shift[3];
        vt_cell_fractional(&s->cell, s->x[i], f);
        vt_cell_cartesian(&now, f, s->x[i]);
        vt_normal4(5, i, frame, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + 0.3 * g[d]);
        vt_cell_fractional(&now, s->x[i], f);
        vt_cell_shift(&now, (const int[]){-(int)floor(f[0]), -(int)floor(f[1]), -(int)floor(f[2])}, shift);
        for (int d = 0; d < 3; d++) s->x[i][d] += shift[d];
    }
    s->cell = now;
    while (vt_cell_flip(&s->cell, flip)) {
    }
}

/* hollow: the crystal fills one corner of its cell, so that some ranks have nothing. */
static struct vt_analysis *follow(MPI_Comm comm, bool hollow)
{
    struct sample s = fcc(4);
    if (hollow) s.cell = vt_cell_make(40, 41, 42, 0, 0, 0);
    for (int i = 0; i < s.n && hollow; i++)
        for (int d = 0; d < 3; d++) s.x[i][d] += 2; /* it stays off the faces */
    sample_mix(&s, 2, (const int[]){150, 106}, 5);
    sample_count(&s, 2, (const char *const[]){"Cu", "Zr"});
    struct vt_analysis *a = analysis_make(list, &s.material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, FRAMES);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
    for (int f = 0; f < FRAMES; f++) {
        move(&s, f);
        struct vt_frame frame = sample_frame(&s, comm, 0, f);
        must(sink.frame(sink.self, 0, &frame));
    }
    must(sink.end(sink.self));
    sample_release(&s);
    return a;
}

static void results_do_not_depend_on_ranks_and_threads(void **state)
{
    (void)state;
    struct vt_analysis *a[3];
    int rank, threads = omp_get_max_threads();
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (int k = 0; k < 3; k++) {
        omp_set_num_threads(1 + k / 2);
        a[k] = follow(k ? MPI_COMM_WORLD : MPI_COMM_SELF, false);
    }
    omp_set_num_threads(threads);
    check_all(rank ? vt_analysis_results(a[1])->n == 0
                   : same_results(a[0], a[1], 40) && same_results(a[0], a[2], 40));
    if (rank == 0) { /* and not vacuously */
        const struct vt_dataset *d = result(a[0], "stages/01-hold/nonaffine/d2min");
        double share = result(a[0], "stages/01-hold/nonaffine/share_d2min")->value[0];
        assert_true(d->value[0] > 0.2 && d->error[0] > 0 && share > 0.1 && share < 1);
        assert_true(result(a[0], "stages/01-hold/nonaffine/profile_strain")->value[3 * 7 * d->axis[1].n] >
                    0.03);
    }
    for (int k = 0; k < 3; k++) vt_analysis_destroy(a[k]);
}

static void ranks_may_have_no_atoms(void **state)
{
    (void)state;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    struct vt_analysis *alone = follow(MPI_COMM_SELF, true), *together = follow(MPI_COMM_WORLD, true);
    check_all(rank != 0 || same_results(alone, together, 40));
    vt_analysis_destroy(alone);
    vt_analysis_destroy(together);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_do_not_depend_on_ranks_and_threads),
        cmocka_unit_test(ranks_may_have_no_atoms),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
