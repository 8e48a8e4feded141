/* The crystal kernel: perfect crystals, shaken ones, Laves phases, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crystals.h"

enum { FCC, HCP, BCC, ICOSAHEDRON, OTHER, KINDS };
static const char *const symbols[] = {"Cu", "Zr"};

/* The share of one kind of neighbourhood; the others are what is left. */
static double share_of(struct sample *s, int kind)
{
    struct vt_analysis *a = measure("- crystal: {every: 1 ps}", s);
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
    struct vt_analysis *a = measure("- crystal: {every: 1 ps}", &s);
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
    struct vt_analysis *a = measure("- crystal: {every: 1 ps}", &s);
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
