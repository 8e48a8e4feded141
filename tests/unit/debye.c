/* The kernel debye through the driver: clusters with exact intensities, and glass through g(r). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <omp.h>

#include "fabricate.h"

static const char *const cu[] = {"Cu"}, *const cu_zr[] = {"Cu", "Zr"};

/* A cluster in the middle of a cell of 40 angstrom. */
static struct sample cluster(int n, double (*x)[3])
{
    struct sample s = sample_make(n, vt_cell_make(40, 40, 40, 0, 0, 0));
    for (int i = 0; i < n; i++)
        for (int d = 0; d < 3; d++) s.x[i][d] = vt_grid(20 + x[i][d]);
    sample_count(&s, 1, cu);
    return s;
}

static struct vt_analysis *measure(const char *list, struct sample *s, double reach)
{
    struct vt_analysis *a = analysis_make(list, &s->material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, 1);
    int n_looks;
    const struct vt_look *looks;
    must(vt_analysis_check(a, &s->cell));
    must(sink.begin(sink.self, &stage, &s->material, &n_looks, &looks));
    struct vt_frame frame = sample_frame(s, MPI_COMM_SELF, reach, 0);
    for (int look = 0; look < n_looks; look++) must(sink.frame(sink.self, look, &frame));
    must(sink.end(sink.self));
    return a;
}

static const struct vt_dataset *of(struct vt_analysis *a, const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "stages/01-hold/%s", name);
    return result(a, path);
}

/* S at q = 1, 2.7 and 5 / angstrom of a dimer and a tetrahedron of edge 2.8 angstrom and of an icosahedron
 * with its centre (13 atoms, centre to vertex 2.8): 1 + (1/N) sum sin(q r) / (q r), printed to ten digits.
 * Positions lie on a grid of 2^-40 angstrom. */
static void clusters_have_their_debye_sums(void **state)
{
    (void)state;
    static const double exact[3][3] = {{1.1196386251, 1.1266002283, 1.0707576683},
                                       {1.3589158752, 1.3798006848, 1.2122730048},
                                       {0.4568165850, 1.9500757331, 1.2138050470}};
    static const int atoms[3] = {2, 4, 13}, at[3] = {9, 26, 49};
    double x[3][13][3] = {{{0, 0, 0}, {2.8, 0, 0}}}, e = 2.8 / sqrt(8), phi = (1 + sqrt(5)) / 2;
    for (int i = 0; i < 4; i++)
        for (int d = 0; d < 3; d++) x[1][i][d] = i == 0 || d == i - 1 ? e : -e;
    for (int i = 0; i < 12; i++) { /* (0, +-1, +-phi) and its turns */
        double c = 2.8 / sqrt(1 + phi * phi);
        x[2][i + 1][i / 4 % 3] = 0;
        x[2][i + 1][(i / 4 + 1) % 3] = i & 1 ? c : -c;
        x[2][i + 1][(i / 4 + 2) % 3] = i & 2 ? c * phi : -c * phi;
    }
    for (int c = 0; c < 3; c++) {
        struct sample s = cluster(atoms[c], x[c]);
        struct vt_analysis *a =
            measure("- debye: {isolated: true, r_max: 10 A, q_max: 5 /A, dq: 0.1 /A}", &s, 10);
        const struct vt_dataset *d = of(a, "debye/s_number");
        for (int k = 0; k < 3; k++) {
            print_message("%2d atoms, q %.1f: off by %.1e\n", atoms[c], d->axis[0].value[at[k]],
                          d->value[at[k]] - exact[c][k]);
            assert_true(fabs(d->value[at[k]] - exact[c][k]) < 1e-9);
            assert_true(fabs(of(a, "debye/s_xray")->value[at[k]] - exact[c][k]) < 1e-9);
        }
        vt_analysis_destroy(a);
        sample_release(&s);
    }
}

/* Without bins, and with bins of 0.01 angstrom: both are the transform of g - 1 to 9 angstrom. A bin replaces
 * the distances in it by its middle, which is wrong by up to q^2 dr^2 / 24 of what one pair gives. */
static void pairs_and_bins_agree(void **state)
{
    (void)state;
    struct sample s = sample_make(500, vt_cell_make(20, 19, 18.5, 2, -1, 3));
    for (int i = 0; i < s.n; i++) s.species[i] = i % 3 == 0;
    sample_gas(&s, 8, 0);
    sample_count(&s, 2, cu_zr);
    /* sq makes 0.1 / angstrom pi / (3142 dr). */
    struct vt_analysis *a = measure("- pdf: {r_max: 9 A, dr: 0.01 A}\n- sq: {q_max: 12 /A, dq: 0.1 /A}\n"
                                    "- debye: {r_max: 9 A, q_max: 12 /A, dq: 0.0999870354484 /A}\n",
                                    &s, 9);
    const struct vt_dataset *bins = of(a, "sq/a_partial"), *pairs = of(a, "debye/a_partial");
    int n = bins->axis[1].n;
    double worst = 0;
    assert_true(pairs->axis[1].n == n &&
                fabs(bins->axis[1].value[n - 1] - pairs->axis[1].value[n - 1]) < 1e-9);
    for (int k = 0; k < 3 * n; k++) {
        double one_less = fabs(pairs->value[k] - 1) / 166; /* pdf divides by N_a (N_a - 1), 167 of Zr */
        worst = fmax(worst, fabs(bins->value[k] - pairs->value[k]) - one_less);
    }
    print_message("A_ab differ by %.1e more than that\n", worst);
    assert_true(worst < 0.01);
    vt_analysis_destroy(a);
    sample_release(&s);
}

static void r_max_stays_below_half_the_cell(void **state)
{
    (void)state;
    struct sample s = sample_make(2, vt_cell_make(5, 5, 5, 0, 0, 0));
    sample_count(&s, 1, cu);
    struct vt_analysis *a = analysis_make("- debye: {r_max: 3 A}", &s.material);
    assert_int_equal(vt_analysis_check(a, &s.cell), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "half the least height of the cell is 2.5 angstrom"));
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* More terms in a row, near 1 each, than a double holds quanta of: sums are exact all the same, and do not
 * depend on who adds what. */
static void many_pairs_give_the_same_bits_on_any_threads(void **state)
{
    (void)state;
    struct sample s = sample_make(6000, vt_cell_make(32, 32, 32, 0, 0, 0));
    struct vt_analysis *a[2];
    sample_gas(&s, 5, 0);
    sample_count(&s, 1, cu);
    for (int k = 0; k < 2; k++) {
        omp_set_num_threads(1 + 2 * k);
        a[k] = measure("- debye: {r_max: 15 A, q_max: 0.02 /A, dq: 0.01 /A}", &s, 15);
    }
    const struct vt_dataset *one = of(a[0], "debye/a_partial"), *three = of(a[1], "debye/a_partial");
    assert_int_equal(one->axis[1].n, 2);
    assert_memory_equal(one->value, three->value, 2 * sizeof(double));
    assert_memory_equal(one->error, three->error, 2 * sizeof(double));
    vt_analysis_destroy(a[0]);
    vt_analysis_destroy(a[1]);
    sample_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clusters_have_their_debye_sums),
        cmocka_unit_test(pairs_and_bins_agree),
        cmocka_unit_test(r_max_stays_below_half_the_cell),
        cmocka_unit_test(many_pairs_give_the_same_bits_on_any_threads),
    };
    MPI_Init(NULL, NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
