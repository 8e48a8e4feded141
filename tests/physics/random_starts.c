/* Atoms placed at random, and moved apart to 0.95 of their mean spacing by a soft core as in every run,
 * neither fuse nor fly apart: ten starts of each built-in alloy, 500 atoms, 2 ps at 3000 K and P = 0. No two
 * come nearer than 1.3 angstrom (neighbours in crystals of Be, the smallest of all, are 2.2 apart; a pair
 * that fused would stay closer than half of that), the volume of an atom stays within 25 % of the mean of all
 * starts, and that within 30 % of its parts at rest (liquids expand by some 15 % up to there). */
#include "scratch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "md/eam_builtin.h"
#include "study/pool.h"

enum { STARTS = 10, ALLOYS = 2 };
static const double nearest_allowed = 1.3;

static const struct {
    const char *name, *composition;
    double volume; /* of its elements at rest, by composition [angstrom^3] */
} alloys[ALLOYS] = {
    {"CuZrAlHfCo", "{Cu: 44, Zr: 44, Al: 8, Hf: 2, Co: 2}", 17.29},
    {"ZrTiCuNiBe", "{Zr: 46.75, Ti: 8.25, Cu: 7.5, Ni: 10, Be: 27.5}", 16.52},
};

static double nearest_pair(const struct vt_results *r)
{
    const struct vt_dataset *count = vt_results_find(r, "stages/02-melt/pdf/count");
    assert_non_null(count);
    size_t bins = (size_t)count->axis[1].n, pairs = vt_dataset_size(count) / bins;
    for (size_t k = 0; k < bins; k++)
        for (size_t p = 0; p < pairs; p++)
            if (count->value[p * bins + k] > 0) return count->axis[1].value[k];
    return INFINITY;
}

static void random_starts_neither_fuse_nor_explode(void **state)
{
    struct vt_batch batch;
    (void)state;
    check_ok(vt_batch_alloc(&batch, ALLOYS * STARTS));
    for (int k = 0; k < ALLOYS * STARTS; k++) {
        const int a = k / STARTS;
        struct vt_batch_text *run = vt_batch_add(&batch, NULL);
        snprintf(run->protocol, sizeof run->protocol,
                 "seed: %d\n"
                 "material: {composition: %s, atoms: 500, potential: 'builtin:%s'}\n"
                 "output: {structures: none}\n"
                 "protocol:\n"
                 "  - melt: {temperature: 3000 K, time: 2 ps, pressure: 0 GPa}\n"
                 "measure:\n"
                 "  - thermo: {skip: 1 ps}\n"
                 "  - pdf: {r_max: 5 A, dr: 0.05 A, every: 0.05 ps, skip: 0.5 ps}\n",
                 k % STARTS + 1, alloys[a].composition, alloys[a].name);
        snprintf(run->name, sizeof run->name, "%s-%d", alloys[a].name, k % STARTS + 1);
    }
    check_ok(vt_batch_run(MPI_COMM_WORLD, folder, VT_OK, &batch));
    check_ok(vt_pool_check(batch.n, batch.member, batch.outcome));
    for (int a = 0; a < ALLOYS && scratch_rank() == 0; a++) {
        double volume[STARTS], mean = 0, least = INFINITY;
        for (int k = 0; k < STARTS; k++) {
            const struct vt_results *r = &batch.outcome[a * STARTS + k].results;
            const struct vt_dataset *v = vt_results_find(r, "stages/02-melt/thermo/volume");
            assert_non_null(v);
            volume[k] = *v->value;
            mean += volume[k] / STARTS;
            least = fmin(least, nearest_pair(r));
        }
        print_message("%s: nearest pair %.2f A, volume of an atom %.2f A^3\n", alloys[a].name, least, mean);
        assert_true(least > nearest_allowed);
        assert_true(fabs(mean / alloys[a].volume - 1) < 0.3);
        for (int k = 0; k < STARTS; k++) assert_true(fabs(volume[k] / mean - 1) < 0.25);
    }
    vt_batch_release(&batch);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(random_starts_neither_fuse_nor_explode)};
SCRATCH_MAIN(tests, NULL, NULL)
