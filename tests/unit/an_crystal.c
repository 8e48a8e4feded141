/* The crystal kernel: perfect crystals, shaken ones, Laves phases, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fabricate.h"

enum { FCC, HCP, BCC, ICOSAHEDRON, OTHER, KINDS };
static const char *const symbols[] = {"Cu", "Zr"};

/* A crystal of cells[] cells with n_base atoms in each; edges in angstrom, the second leaning by xy. */
static struct sample repeat(const int cells[3], const double edge[3], double xy, int n_base,
                            const double (*base)[3], const int *kind)
{
    int n = 0;
    struct sample s = sample_make(
        n_base * cells[0] * cells[1] * cells[2],
        vt_cell_make(cells[0] * edge[0], cells[1] * edge[1], cells[2] * edge[2], cells[1] * xy, 0, 0));
    for (int i = 0; i < cells[0]; i++)
        for (int j = 0; j < cells[1]; j++)
            for (int k = 0; k < cells[2]; k++)
                for (int b = 0; b < n_base; b++, n++) {
                    double at[3] = {(i + base[b][0]) / cells[0], (j + base[b][1]) / cells[1],
                                    (k + base[b][2]) / cells[2]},
                           x[3];
                    vt_cell_cartesian(&s.cell, at, x);
                    for (int d = 0; d < 3; d++) s.x[n][d] = vt_grid(x[d]);
                    s.species[n] = kind ? kind[b] : 0;
                }
    sample_count(&s, 2, symbols);
    return s;
}

static struct sample cubic(int cells, double edge, int n_base, const double (*base)[3], const int *kind)
{
    return repeat((const int[]){cells, cells, cells}, (const double[]){edge, edge, edge}, 0, n_base, base,
                  kind);
}

static struct sample fcc(int cells)
{
    static const double base[4][3] = {{0, 0, 0}, {0, .5, .5}, {.5, 0, .5}, {.5, .5, 0}};
    return cubic(cells, 3.615, 4, base, NULL);
}

static struct sample bcc(int cells, bool ordered)
{
    static const double base[2][3] = {{0, 0, 0}, {.5, .5, .5}};
    return cubic(cells, 3.26, 2, base, ordered ? (const int[]){0, 1} : NULL); /* B2 CuZr */
}

static struct sample hcp(int cells, double c_over_a)
{
    static const double base[2][3] = {{0, 0, 0}, {1. / 3, 2. / 3, .5}};
    const double a = 3.232;
    return repeat((const int[]){cells, cells, cells}, (const double[]){a, a * sqrt(.75), a * c_over_a},
                  -a / 2, 2, base, NULL);
}

/* Cu2Mg, C15: Mg on a diamond lattice, Cu on the corners of tetrahedra. */
static struct sample laves(void)
{
    static const double base[24][3] = {
        {0, 0, 0},          {0, .5, .5},        {.5, 0, .5},        {.5, .5, 0},        {.25, .25, .25},
        {.25, .75, .75},    {.75, .25, .75},    {.75, .75, .25},    {.625, .625, .625}, {.625, .125, .125},
        {.125, .625, .125}, {.125, .125, .625}, {.625, .875, .875}, {.625, .375, .375}, {.125, .875, .375},
        {.125, .375, .875}, {.875, .625, .875}, {.875, .125, .375}, {.375, .625, .375}, {.375, .125, .875},
        {.875, .875, .625}, {.875, .375, .125}, {.375, .875, .125}, {.375, .375, .625}};
    static const int kind[24] = {1, 1, 1, 1, 1, 1, 1, 1};
    return cubic(2, 7.0, 24, base, kind);
}

/* Independent displacements, each component normal with this deviation [angstrom]. */
static void shake(struct sample *s, double deviation)
{
    for (int i = 0; i < s->n; i++) {
        double g[4];
        vt_normal4(5, i, 0, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + deviation * g[d]);
    }
}

static struct vt_analysis *measure(struct sample *s)
{
    struct vt_analysis *a = analysis_make("- crystal: {every: 1 ps}", &s->material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, 1);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s->material, &n_looks, &looks));
    assert_int_equal(n_looks, 1);
    struct vt_frame frame = sample_frame(s, MPI_COMM_SELF, looks[0].reach, 0);
    must(sink.frame(sink.self, 0, &frame));
    must(sink.end(sink.self));
    return a;
}

/* The share of one kind of neighbourhood; the others are what is left. */
static double share_of(struct sample *s, int kind)
{
    struct vt_analysis *a = measure(s);
    const struct vt_dataset *f = result(a, "stages/01-hold/crystal/fraction");
    double share = f->value[kind], sum = 0;
    for (int k = 0; k < KINDS; k++) sum += f->value[k];
    assert_true(fabs(sum - 1) < 1e-12);
    double crystalline = *result(a, "stages/01-hold/crystal/crystalline")->value;
    assert_true(fabs(crystalline - f->value[FCC] - f->value[HCP] - f->value[BCC]) < 1e-12);
    vt_analysis_destroy(a);
    sample_release(s);
    return share;
}

static void perfect_crystals_are_known(void **state)
{
    (void)state;
    struct sample s;
    s = fcc(4), assert_true(share_of(&s, FCC) == 1);
    s = fcc(1), assert_true(share_of(&s, FCC) == 1); /* neighbours are images */
    s = bcc(5, false), assert_true(share_of(&s, BCC) == 1);
    s = bcc(5, true), assert_true(share_of(&s, BCC) == 1); /* B2 */
    s = hcp(5, sqrt(8. / 3)), assert_true(share_of(&s, HCP) == 1);
    s = hcp(5, 1.568), assert_true(share_of(&s, HCP) == 1); /* Be, the least c/a of all */
}

/* An atom of copper at 300 K is 0.084 angstrom off its place along each axis (B = 8 pi^2 u^2 = 0.56
 * angstrom^2; Peng et al., Acta Cryst. A 52, 456 (1996)): 0.033 of the distance, at which 0.999 are found.
 * At Lindemann's tenth of the distance (0.058 along each axis) 0.8 to 0.9 still are. */
static void crystals_at_300_K_are_known(void **state)
{
    (void)state;
    struct sample s;
    s = fcc(8), shake(&s, 0.084), assert_true(share_of(&s, FCC) > 0.99);
    s = hcp(9, 1.593), shake(&s, 0.033 * 3.2), assert_true(share_of(&s, HCP) > 0.99);
    s = bcc(10, true), shake(&s, 0.033 * 2.82), assert_true(share_of(&s, BCC) > 0.99);
}

/* Each Cu of Cu2Mg is the centre of an icosahedron of 6 Cu and 6 Mg, and no atom is one of a crystal here. */
static void small_atoms_of_laves_phases_are_icosahedra(void **state)
{
    (void)state;
    struct sample s = laves();
    struct vt_analysis *a = measure(&s);
    const struct vt_dataset *of = result(a, "stages/01-hold/crystal/of_species");
    assert_int_equal(vt_dataset_size(of), 2 * KINDS);
    assert_true(of->value[ICOSAHEDRON] == 1 && of->value[KINDS + OTHER] == 1);
    assert_true(*result(a, "stages/01-hold/crystal/crystalline")->value == 0);
    vt_analysis_destroy(a);
    assert_true(fabs(share_of(&s, ICOSAHEDRON) - 2. / 3) < 1e-12);
}

/* Random places, and few atoms far from each other. */
static void a_gas_is_no_crystal(void **state)
{
    (void)state;
    struct sample s = sample_make(2000, vt_cell_make(33, 33, 33, 0, 0, 0));
    sample_count(&s, 2, symbols);
    sample_gas(&s, 3, 0);
    assert_true(share_of(&s, OTHER) == 1);
    s = sample_make(5, vt_cell_make(40, 40, 40, 0, 0, 0));
    sample_count(&s, 2, symbols);
    sample_gas(&s, 3, 0);
    assert_true(share_of(&s, OTHER) == 1);
}

/* Half of the cell is fcc, half is empty: of 8 layers 2 on either side have not all their neighbours. The
 * jackknife sees that parts differ. */
static void a_crystal_beside_nothing_counts_by_its_atoms(void **state)
{
    (void)state;
    struct sample s = fcc(4);
    s.cell = vt_cell_make(4 * 3.615, 4 * 3.615, 30, 0, 0, 0);
    struct vt_analysis *a = measure(&s);
    const struct vt_dataset *share = result(a, "stages/01-hold/crystal/crystalline");
    assert_true(*share->value == 6. / 8 && *share->error > 0.01);
    vt_analysis_destroy(a);
    sample_release(&s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_crystals_are_known),
        cmocka_unit_test(crystals_at_300_K_are_known),
        cmocka_unit_test(small_atoms_of_laves_phases_are_icosahedra),
        cmocka_unit_test(a_gas_is_no_crystal),
        cmocka_unit_test(a_crystal_beside_nothing_counts_by_its_atoms),
    };
    MPI_Init(&argc, &argv);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
