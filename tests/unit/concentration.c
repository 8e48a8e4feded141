/* The concentration kernel through the driver: mixtures, ordered and separated alloys whose structure factors
 * are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/weights.h"
#include "fabricate.h"

static const char *const cu[] = {"Cu"}, *const cu_zr[] = {"Cu", "Zr"}, *const three[] = {"Cu", "Zr", "Al"};

static struct vt_analysis *measure(const char *list, struct sample *s, int frames)
{
    struct vt_analysis *a = analysis_make(list, &s->material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, frames);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s->material, &n_looks, &looks));
    for (int f = 0; f < frames; f++) {
        struct vt_frame frame = sample_frame(s, MPI_COMM_SELF, 0, f);
        must(sink.frame(sink.self, 0, &frame));
    }
    must(sink.end(sink.self));
    return a;
}

/* bcc: cells of an edge of 3.2 angstrom, sheared; site 0, 1, 0, 1 ... of each cell. */
static struct sample bcc(int na, int nb, int nc, double shear)
{
    const double e = 3.2;
    struct sample s = sample_make(2 * na * nb * nc,
                                  vt_cell_make(na * e, nb * e, nc * e, shear * na * e, 0, -shear * nb * e));
    const int cells[3] = {na, nb, nc};
    for (int i = 0; i < s.n; i++) {
        const int at[3] = {i / 2 / nc / nb, i / 2 / nc % nb, i / 2 % nc};
        double f[3];
        for (int d = 0; d < 3; d++) f[d] = (at[d] + 0.5 * (i % 2)) / cells[d];
        vt_cell_cartesian(&s.cell, f, s.x[i]);
        for (int d = 0; d < 3; d++) s.x[i][d] = vt_grid(s.x[i][d]);
    }
    return s;
}

static const struct vt_dataset *of(struct vt_analysis *a, const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "stages/01-hold/concentration/%s", name);
    return result(a, path);
}

/* A lattice away from its own peaks (the first at 2.78 /A): the ratio of a random mixture is N / (N - 1), and
 * that of one wave spreads by as much. The mean holds within four errors. The errors claimed for a shell are
 * right on average (in square) within a quarter: each is the spread of 15 waves or more. */
static void a_random_mixture_has_ratio_one(void **state)
{
    (void)state;
    enum { SAMPLES = 40 };
    double mean = 0, weight = 0, claimed = 0, found = 0;
    for (int seed = 1; seed <= SAMPLES; seed++) {
        struct sample s = bcc(6, 6, 6, 0.1);
        sample_mix(&s, 3, (const int[]){250, 132, 50}, (uint64_t)seed);
        sample_count(&s, 3, three);
        struct vt_analysis *a = measure("- concentration: {q_max: 1.5 /A, dq: 0.1 /A}", &s, 1);
        const struct vt_dataset *ratio = of(a, "ratio"), *waves = of(a, "waves");
        int shells = ratio->axis[1].n;
        assert_int_equal(shells, 15);
        for (int k = 0; k < 3 * shells; k++) {
            double w = waves->value[k % shells], off = ratio->value[k] - 432.0 / 431;
            if (w < 15) continue;
            mean += w * off;
            weight += w;
            found += w * off * off;
            claimed += w * ratio->error[k] * ratio->error[k];
        }
        vt_analysis_destroy(a);
        sample_release(&s);
    }
    print_message("off by %.4f +- %.4f; claimed / found %.3f\n", mean / weight, sqrt(3 / weight),
                  sqrt(claimed / found));
    assert_true(fabs(mean / weight) < 4 * sqrt(3 / weight)); /* three species share each wave */
    assert_true(fabs(claimed / found - 1) < 0.25);
}

/* Two species alike: rho_a + rho_b = 0 on a lattice, so S_aa = S_cc / c_a and S_ab = -S_cc / sqrt(c_a c_b),
 * wave by wave. */
static void partial_structure_factors_fit_together(void **state)
{
    (void)state;
    struct sample s = bcc(5, 6, 4, 0.07);
    sample_mix(&s, 2, (const int[]){170, 70}, 3);
    sample_count(&s, 2, cu_zr);
    struct vt_analysis *a = measure("- concentration: {q_max: 1.6 /A}", &s, 2);
    const struct vt_dataset *cc = of(a, "s_cc"), *ratio = of(a, "ratio"), *ab = of(a, "s_partial");
    int shells = cc->axis[1].n, seen = 0;
    double c[2] = {170.0 / 240, 70.0 / 240};
    assert_int_equal(shells, 32);
    for (int k = 0; k < shells; k++) {
        if (isnan(cc->value[k])) continue;
        double both = cc->value[k];
        seen++;
        assert_true(fabs(cc->value[shells + k] - both) < 1e-7);
        assert_true(fabs(ratio->value[k] * c[0] * c[1] - both) < 1e-7);
        assert_true(fabs(ab->value[k] * c[0] - both) < 1e-7);
        assert_true(fabs(ab->value[shells + k] * sqrt(c[0] * c[1]) + both) < 1e-7);
        assert_true(fabs(ab->value[2 * shells + k] * c[1] - both) < 1e-7);
    }
    assert_true(seen > 20);
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* CsCl order: no concentration wave but those of the superlattice, q = 2 pi / a = 1.963 /A, where all atoms
 * are in phase and the ratio is N; three of them in the shell. */
static void an_ordered_alloy_has_none_but_its_superlattice(void **state)
{
    (void)state;
    struct sample s = bcc(5, 5, 5, 0);
    for (int i = 0; i < s.n; i++) s.species[i] = i % 2;
    sample_count(&s, 2, cu_zr);
    struct vt_analysis *a = measure("- concentration: {q_max: 2.1 /A, dq: 0.1 /A}", &s, 1);
    const struct vt_dataset *ratio = of(a, "ratio"), *waves = of(a, "waves"), *edges = of(a, "ratio_edges");
    int shells = ratio->axis[1].n;
    for (int k = 0; k < 2 * shells; k++)
        if (waves->value[k % shells] > 0) {
            double expect = k % shells == 19 ? 3 * 250 / waves->value[19] : 0;
            assert_true(fabs(ratio->value[k] - expect) < 1e-6);
        }
    assert_true(fabs(edges->value[0]) < 1e-6 && fabs(of(a, "q_edges")->value[0] - 2 * M_PI / 16) < 1e-12);
    /* Waves of a half space: those with |n| = 1, sqrt(2), sqrt(3) are alone in their shells. */
    assert_true(waves->value[3] == 3 && waves->value[5] == 6 && waves->value[6] == 4 && waves->value[7] == 3);
    assert_true(waves->value[0] == 0 && isnan(ratio->value[0]));
    assert_true(fabs(of(a, "q_mean")->value[5] - sqrt(2) * 2 * M_PI / 16) < 1e-12);
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Two halves along c, with M layers of A atoms: the wave n = 001 has the amplitude A / sin(pi / M), so the
 * ratio 4 A / (M sin^2(pi / M)); it is alone in its shell. n = 003 has sin(3 pi / M), even ones have nothing.
 * A random mixture has 1. */
static void separation_shows_at_the_smallest_wave(void **state)
{
    (void)state;
    struct sample s = bcc(3, 3, 10, 0);
    for (int i = 0; i < s.n; i++) s.species[i] = s.x[i][2] > 15.9; /* layers are at 0, 1.6, ... 30.4 */
    sample_count(&s, 2, cu_zr);
    assert_int_equal(s.material.species[0].count, 90);
    struct vt_analysis *a = measure("- concentration: {q_max: 0.65 /A, dq: 0.05 /A}", &s, 1);
    const struct vt_dataset *ratio = of(a, "ratio");
    double layers = 20, atoms = 9, q = 2 * M_PI / 32;
    for (int n = 1; n <= 3; n++) {
        double expect = n == 2 ? 0 : 4 * atoms / (layers * pow(sin(n * M_PI / layers), 2));
        int k = (int)(n * q / 0.05);
        assert_true(of(a, "waves")->value[k] == 1);
        assert_true(fabs(ratio->value[k] - expect) < 1e-6);
        assert_true(isnan(ratio->error[k]));                                           /* from one wave */
        if (n == 1) assert_true(fabs(of(a, "ratio_edges")->value[1] - expect) < 1e-6); /* others: q > q_max */
    }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* In a cube only one of the three waves along the edges has the ratio X of two halves. Each is in a class of
 * its own, so leaving out each of the 27 gives 0, X/2, X/2 and 24 times X/3: the error is X sqrt(26/162). */
static void waves_of_one_length_are_in_different_classes(void **state)
{
    (void)state;
    struct sample s = bcc(6, 6, 6, 0);
    for (int i = 0; i < s.n; i++) s.species[i] = s.x[i][2] > 9.5;
    sample_count(&s, 2, cu_zr);
    struct vt_analysis *a = measure("- concentration", &s, 1);
    const struct vt_dataset *edges = of(a, "ratio_edges"), *ratio = of(a, "ratio");
    double x = 4 * 36 / (12 * pow(sin(M_PI / 12), 2));
    assert_true(fabs(edges->value[0] - x / 3) < 1e-6 && fabs(ratio->value[6] - x / 3) < 1e-6);
    assert_true(fabs(edges->error[0] - x * sqrt(26.0 / 162)) < 1e-6 * x);
    assert_true(fabs(ratio->error[6] - x * sqrt(26.0 / 162)) < 1e-6 * x);
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* The sum over all waves, done plainly. */
static void every_wave_is_there_once(void **state)
{
    (void)state;
    struct sample s = sample_make(60, vt_cell_make(11, 9, 10, 4, -3, 2.5));
    sample_gas(&s, 8, 0);
    for (int i = 0; i < s.n; i++) s.species[i] = i % 3 < 2 && i % 20 ? i % 3 : 2;
    sample_count(&s, 3, three);
    struct vt_analysis *a = measure("- concentration: {q_max: 3 /A, dq: 3 /A}", &s, 1);
    double waves = 0, sum[6] = {0}, cc = 0;
    for (int n1 = -20; n1 <= 20; n1++)
        for (int n2 = -20; n2 <= 20; n2++)
            for (int n3 = -20; n3 <= 20; n3++) {
                /* q h_k = 2 pi n_k for the three edges: forward through the lower triangle from the x axis.
                 */
                double(*h)[3] = s.cell.h, q[3], re[3] = {0}, im[3] = {0};
                q[0] = 2 * M_PI * n1 / h[0][0];
                q[1] = (2 * M_PI * n2 - h[1][0] * q[0]) / h[1][1];
                q[2] = (2 * M_PI * n3 - h[2][0] * q[0] - h[2][1] * q[1]) / h[2][2];
                double length = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2]);
                if (length >= 3 || length == 0) continue;
                waves += 0.5;
                for (int i = 0; i < s.n; i++) {
                    double phase = q[0] * s.x[i][0] + q[1] * s.x[i][1] + q[2] * s.x[i][2];
                    re[s.species[i]] += cos(phase), im[s.species[i]] += sin(phase);
                }
                const double share = (double)s.material.species[2].count / s.n;
                cc += (pow(re[2] - share * (re[0] + re[1] + re[2]), 2) +
                       pow(im[2] - share * (im[0] + im[1] + im[2]), 2)) /
                      2;
                for (int k = 0; k < 3; k++)
                    for (int l = k; l < 3; l++)
                        sum[vt_species_pair(k, l, 3)] += (re[k] * re[l] + im[k] * im[l]) / 2;
            }
    assert_true(of(a, "waves")->value[0] == waves && waves > 200);
    assert_true(fabs(of(a, "s_cc")->value[2] - cc / (waves * 60)) < 1e-8);
    for (int k = 0; k < 3; k++)
        for (int l = k; l < 3; l++) {
            int p = vt_species_pair(k, l, 3);
            double each = sqrt((double)(s.material.species[k].count * s.material.species[l].count));
            assert_true(fabs(of(a, "s_partial")->value[p] - sum[p] / (waves * each)) < 1e-8);
        }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Atoms may lie in any image of the cell, and threads may be any number: the same bits. */
static void bits_do_not_depend_on_images_or_threads(void **state)
{
    (void)state;
    struct sample s = sample_make(1500, vt_cell_make(27, 26, 25, 7, -6, 5));
    sample_gas(&s, 12, 0);
    for (int i = 0; i < s.n; i++) s.species[i] = i % 7 % 3;
    sample_count(&s, 3, three);
    int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    struct vt_analysis *a = measure("- concentration", &s, 1);
    omp_set_num_threads(3);
    for (int i = 0; i < s.n; i++) {
        double shift[3];
        vt_cell_shift(&s.cell, (const int[3]){i % 3 - 1, i % 5 - 2, i % 2}, shift);
        for (int d = 0; d < 3; d++) s.x[i][d] += shift[d];
    }
    /* sample_frame makes frames of atoms in the cell only: take the arrays of one and put these in. */
    struct vt_analysis *b = analysis_make("- concentration", &s.material);
    struct vt_sink sink = vt_analysis_sink(b);
    struct vt_stage_info stage = stage_make(0, 1);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
    double(*x)[4] = calloc((size_t)s.n, sizeof *x);
    assert_non_null(x);
    for (int i = 0; i < s.n; i++) memcpy(x[i], s.x[i], sizeof s.x[i]);
    struct vt_frame frame = sample_frame(&s, MPI_COMM_SELF, 0, 0);
    frame.n = s.n;
    frame.x = (const double(*)[4])x;
    frame.species = s.species;
    must(sink.frame(sink.self, 0, &frame));
    must(sink.end(sink.self));
    omp_set_num_threads(threads);
    static const char *const names[] = {"ratio", "s_partial", "ratio_edges", "q_mean"};
    for (int k = 0; k < 4; k++) {
        const struct vt_dataset *p = of(a, names[k]), *q = of(b, names[k]);
        assert_memory_equal(p->value, q->value, vt_dataset_size(p) * sizeof(double));
        if (p->error) assert_memory_equal(p->error, q->error, vt_dataset_size(p) * sizeof(double));
    }
    free(x);
    vt_analysis_destroy(b);
    vt_analysis_destroy(a);
    sample_release(&s);
}

static void what_cannot_be_measured_is_refused(void **state)
{
    (void)state;
    struct sample s = bcc(3, 3, 3, 0);
    sample_count(&s, 1, cu);
    struct vt_cell wide = vt_cell_make(2000, 2000, 2000, 0, 0, 0);
    struct vt_analysis *a = analysis_make("- concentration: {q_max: 0.6 /A}", &s.material);
    assert_int_equal(vt_analysis_check(a, &s.cell), VT_EINPUT); /* 2 pi / 9.6 = 0.654 */
    assert_non_null(strstr(vt_message(), "begin at 0.6545 /A, the shells end at 0.6 /A"));
    assert_int_equal(vt_analysis_check(a, &wide), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "about 1.5e+07 waves"));
    vt_analysis_destroy(a);
    /* One species alone has nothing to be mixed with. */
    a = measure("- concentration", &s, 1);
    assert_null(vt_results_find(vt_analysis_results(a), "stages/01-hold/concentration/ratio"));
    assert_true(fabs(of(a, "s_partial")->value[13]) < 1e-9);
    vt_analysis_destroy(a);
    sample_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_random_mixture_has_ratio_one),
        cmocka_unit_test(partial_structure_factors_fit_together),
        cmocka_unit_test(an_ordered_alloy_has_none_but_its_superlattice),
        cmocka_unit_test(separation_shows_at_the_smallest_wave),
        cmocka_unit_test(waves_of_one_length_are_in_different_classes),
        cmocka_unit_test(every_wave_is_there_once),
        cmocka_unit_test(bits_do_not_depend_on_images_or_threads),
        cmocka_unit_test(what_cannot_be_measured_is_refused),
    };
    MPI_Init(NULL, NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
