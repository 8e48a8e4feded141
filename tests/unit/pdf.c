/* The pdf kernel, thermo and entropy through the driver: lattices, ideal gases, a brute-force count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/weights.h"
#include "fabricate.h"

static const char *const cu[] = {"Cu"}, *const cu_zr[] = {"Cu", "Zr"},
                         *const five[] = {"Cu", "Zr", "Al", "Hf", "Co"};

/* One stage of frames at times 0, 1, ...: the sample, or a new ideal gas each time. */
static struct vt_analysis *measure(const char *list, struct sample *s, double reach, int frames, uint64_t gas)
{
    struct vt_analysis *a = analysis_make(list, &s->material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, frames);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s->material, &n_looks, &looks));
    for (int f = 0; f < frames; f++) {
        if (gas) sample_gas(s, gas, f);
        for (int look = 0; look < n_looks; look++) {
            struct vt_frame frame = sample_frame(s, MPI_COMM_SELF, reach, f);
            frame.inherent = looks[look].inherent;
            must(sink.frame(sink.self, look, &frame));
        }
    }
    must(sink.end(sink.self));
    return a;
}

static struct sample fcc(int cells, double edge)
{
    static const double base[4][3] = {{0, 0, 0}, {0, .5, .5}, {.5, 0, .5}, {.5, .5, 0}};
    struct sample s = sample_make(4 * cells * cells * cells,
                                  vt_cell_make(cells * edge, cells * edge, cells * edge, 0, 0, 0));
    int n = 0;
    for (int i = 0; i < cells; i++)
        for (int j = 0; j < cells; j++)
            for (int k = 0; k < cells; k++)
                for (int b = 0; b < 4; b++, n++) {
                    const double at[3] = {i + base[b][0], j + base[b][1], k + base[b][2]};
                    for (int d = 0; d < 3; d++) s.x[n][d] = vt_grid(at[d] * edge);
                }
    sample_count(&s, 1, cu);
    return s;
}

/* Distances and numbers of neighbours in FCC copper, a = 3.615 angstrom. */
static const double shell[] = {2.5562, 3.6150, 4.4275, 5.1124, 5.7158};
static const int neighbours[] = {12, 6, 24, 12, 24};

static void check_fcc(struct vt_analysis *a, int atoms)
{
    const struct vt_dataset *n = result(a, "stages/01-hold/pdf/coordination");
    const struct vt_dataset *count = result(a, "stages/01-hold/pdf/count");
    int bins = n->axis[2].n, expect = 0;
    for (int q = 0; q < 5; q++) {
        int k = (int)(shell[q] / 0.02);
        assert_true(count->value[k] == atoms * neighbours[q] / 2.0);
        /* n(r) jumps in this bin and is flat to the next shell. */
        assert_true(fabs(n->value[k - 1] - expect) < 1e-9);
        expect += neighbours[q];
        assert_true(fabs(n->value[k] - expect) < 1e-9);
    }
    assert_true(fabs(n->value[bins - 1] - expect) < 1e-9);
    assert_int_equal(expect, 78);
}

static void fcc_has_its_neighbours(void **state)
{
    (void)state;
    struct sample s = fcc(4, 3.615);
    struct vt_analysis *a = measure("- pdf: {r_max: 6 A, dr: 0.02 A}", &s, 6, 1, 0);
    check_fcc(a, 256);
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Atoms on bin edges and equal coordinates are no harm; a cell of one edge sees its own images. */
static void fcc_has_its_neighbours_also_as_images_of_one_cell(void **state)
{
    (void)state;
    struct sample s = fcc(1, 3.615);
    struct vt_analysis *a = measure("- pdf: {r_max: 6 A, dr: 0.02 A, images: true}", &s, 6, 1, 0);
    const struct vt_dataset *count = result(a, "stages/01-hold/pdf/count");
    for (int q = 0; q < 5; q++) assert_true(count->value[(int)(shell[q] / 0.02)] == 2 * neighbours[q]);
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* A cubic crystal of `cells` cells an edge with n_base atoms in each. */
static struct sample crystal(int cells, double edge, int n_base, const double (*base)[3], const int *kind,
                             int n_species, const char *const *symbols)
{
    struct sample s = sample_make(n_base * cells * cells * cells,
                                  vt_cell_make(cells * edge, cells * edge, cells * edge, 0, 0, 0));
    for (int n = 0; n < s.n; n++) {
        int cell = n / n_base, b = n % n_base,
            at[3] = {cell / cells / cells, cell / cells % cells, cell % cells};
        for (int d = 0; d < 3; d++) s.x[n][d] = vt_grid((at[d] + base[b][d]) * edge);
        s.species[n] = kind[b];
    }
    sample_count(&s, n_species, symbols);
    return s;
}

/* n_ab between two shells of a crystal, for the four kinds of a binary. */
static void check_neighbours(struct sample *s, double r, const int *expect)
{
    struct vt_analysis *a = measure("- pdf: {r_max: 6 A, dr: 0.02 A}", s, 6, 1, 0);
    const struct vt_dataset *n = result(a, "stages/01-hold/pdf/coordination");
    for (int q = 0; q < 4; q++)
        assert_true(fabs(n->value[q * n->axis[2].n + (int)(r / 0.02)] - expect[q]) < 1e-9);
    vt_analysis_destroy(a);
}

/* B2 CuZr: 8 unlike neighbours at a sqrt(3)/2, then 6 like ones at a. L1_2 Cu3Al (Al at the corners): Cu has
 * 8 Cu and 4 Al at a / sqrt(2), Al 12 Cu; then 6 of their own kind at a. n_ab is not n_ba. */
static void ordered_alloys_have_their_neighbours(void **state)
{
    (void)state;
    static const double b2[][3] = {{0, 0, 0}, {.5, .5, .5}};
    static const double l12[][3] = {{0, 0, 0}, {0, .5, .5}, {.5, 0, .5}, {.5, .5, 0}};
    static const char *const cu_al[] = {"Cu", "Al"};
    struct sample s = crystal(4, 3.26, 2, b2, (int[]){0, 1}, 2, cu_zr);
    check_neighbours(&s, 3.04, (int[]){0, 8, 8, 0});
    check_neighbours(&s, 3.6, (int[]){6, 8, 8, 6});
    sample_release(&s);
    s = crystal(4, 3.68, 4, l12, (int[]){1, 0, 0, 0}, 2, cu_al);
    check_neighbours(&s, 3.1, (int[]){8, 4, 12, 0});
    check_neighbours(&s, 4.1, (int[]){14, 4, 12, 6});
    sample_release(&s);
}

/* Two frames of different volume: each counts for itself, with the mean of 1/V. Copper, then the same
 * scaled by 1.2: the 12 neighbours lie in two bins, and g there is 12 N / 2 over V_k <1/V> 2 N (N - 1) / 2.
 */
static void frames_of_different_volume_share_the_mean_inverse_volume(void **state)
{
    (void)state;
    struct sample s = fcc(4, 3.615), wide = fcc(4, 1.2 * 3.615), *both[] = {&s, &wide};
    struct vt_analysis *a = analysis_make("- pdf: {r_max: 6 A, dr: 0.02 A}", &s.material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, 2);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
    for (int f = 0; f < 2; f++) {
        struct vt_frame frame = sample_frame(both[f], MPI_COMM_SELF, 6, f);
        must(sink.frame(sink.self, 0, &frame));
    }
    must(sink.end(sink.self));
    double n = 256, v0 = pow(4 * 3.615, 3), u = (1 / v0 + 1 / (v0 * 1.728)) / 2;
    assert_true(fabs(result(a, "stages/01-hold/pdf/number_density")->value[0] / (n * u) - 1) < 1e-9);
    const struct vt_dataset *g = result(a, "stages/01-hold/pdf/g_number");
    for (int f = 0; f < 2; f++) {
        int k = (int)(3.615 / sqrt(2) * (f ? 1.2 : 1) / 0.02);
        double volume = 4 * M_PI / 3 * (pow((k + 1) * 0.02, 3) - pow(k * 0.02, 3));
        assert_true(fabs(g->value[k] / (12 * n / 2 / (volume * u * n * (n - 1))) - 1) < 1e-9);
    }
    vt_analysis_destroy(a);
    sample_release(&wide);
    sample_release(&s);
}

static struct sample gas_of(int n, struct vt_cell cell, int n_species, const char *const *symbols)
{
    struct sample s = sample_make(n, cell);
    for (int i = 0; i < n; i++) s.species[i] = i % n_species;
    sample_count(&s, n_species, symbols);
    return s;
}

/* Slow and obvious: all pairs, nearest of 27 images. */
static void counts_in_a_triclinic_cell_match_brute_force(void **state)
{
    (void)state;
    struct sample s = gas_of(400, vt_cell_make(17, 16, 15, 6, -5, 7), 3, five);
    sample_gas(&s, 5, 0);
    struct vt_analysis *a = measure("- pdf: {r_max: 6 A, dr: 0.05 A}", &s, 6, 1, 0);
    const struct vt_dataset *count = result(a, "stages/01-hold/pdf/count");
    enum { BINS = 120, PAIRS = 6 };
    assert_int_equal(count->axis[0].n, PAIRS);
    assert_int_equal(count->axis[1].n, BINS);
    assert_string_equal(count->axis[0].label[1], "Cu-Zr");
    static double expect[PAIRS][BINS];
    double all = 0;
    for (int i = 0; i < s.n; i++)
        for (int j = i + 1; j < s.n; j++)
            for (int k = 0; k < 27; k++) {
                double shift[3], r2 = 0;
                vt_cell_shift(&s.cell, (int[]){k / 9 - 1, k / 3 % 3 - 1, k % 3 - 1}, shift);
                for (int d = 0; d < 3; d++) r2 += pow(s.x[j][d] + shift[d] - s.x[i][d], 2);
                if (r2 >= 36) continue;
                expect[vt_species_pair(s.species[i], s.species[j], 3)][(int)(sqrt(r2) / 0.05)]++;
                all++;
            }
    for (int p = 0; p < PAIRS; p++)
        for (int k = 0; k < BINS; k++) assert_true(count->value[p * BINS + k] == expect[p][k]);
    assert_true(all > 10000);
    vt_analysis_destroy(a);
    sample_release(&s);
}

static void partials_sum_to_the_totals(void **state)
{
    (void)state;
    struct sample s = gas_of(403, vt_cell_make(17, 16, 15, 6, -5, 7), 5, five);
    struct vt_analysis *a = measure("- pdf: {r_max: 6 A, dr: 0.05 A}", &s, 6, 2, 8);
    const struct vt_dataset *g = result(a, "stages/01-hold/pdf/g_partial");
    const struct vt_dataset *total[] = {result(a, "stages/01-hold/pdf/g_number"),
                                        result(a, "stages/01-hold/pdf/g_xray")};
    double w[2][15];
    vt_weights_number(&s.material, w[0]);
    vt_weights_xray(&s.material, w[1]);
    for (int t = 0; t < 2; t++)
        for (int k = 0; k < 120; k++) {
            double sum = 0;
            for (int p = 0; p < 15; p++) sum += w[t][p] * g->value[p * 120 + k];
            assert_true(fabs(sum - total[t]->value[k]) < 1e-10);
        }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Every g is 1 on average, like pairs of rare species included: N (N - 1), not N^2, which for three atoms
 * of a kind would give 2/3. Averaged over all bins; the noise is that of the counted pairs. */
static void ideal_gas_has_g_1_for_few_atoms_too(void **state)
{
    (void)state;
    struct sample s = sample_make(100, vt_cell_make(12, 12, 12, 0, 0, 0));
    for (int i = 0; i < 3; i++) s.species[i] = 1;
    sample_count(&s, 2, cu_zr);
    struct vt_analysis *a = measure("- pdf: {r_max: 6 A, dr: 0.1 A}", &s, 6, 500, 11);
    const struct vt_dataset *count = result(a, "stages/01-hold/pdf/count");
    const struct vt_dataset *ideal = result(a, "stages/01-hold/pdf/count_ideal");
    for (int p = 0; p < 3; p++) {
        double n = 0, expect = 0;
        for (int k = 0; k < 60; k++) n += count->value[p * 60 + k], expect += ideal->value[p * 60 + k];
        assert_true(expect > 500);
        assert_true(fabs(n - expect) < 3.5 * sqrt(expect));
    }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* The ideal gas: what counting noise does is known, -r_max / (2 dr N frames) for a total and n (n + 1) / 2
 * times that for the sum over partials of n species. The noise of these numbers: each of the r_max / dr bins
 * adds (z^2 - 1) / 2 with normal z, in units of 1 / (N frames); Grassberger's function, whose parity term is
 * +-1/2, gives sqrt(3/4) instead of sqrt(1/2) a bin. */
static void entropy_of_the_ideal_gas_is_0_without_the_counting_bias(void **state)
{
    (void)state;
    enum { ATOMS = 2000, FRAMES_SEEN = 4 };
    struct sample s = gas_of(ATOMS, vt_cell_make(33, 33, 33, 0, 0, 0), 2, cu_zr);
    struct vt_analysis *a =
        measure("- pdf: {r_max: 16 A, dr: 0.05 A}\n- entropy: {split_at: 5 A}", &s, 16, FRAMES_SEEN, 21);
    double bins = 16 / 0.05, unit = 1.0 / (ATOMS * FRAMES_SEEN), bias = -bins / 2 * unit;
    static const char *const name[] = {"number", "partial_sum"};
    for (int q = 0; q < 2; q++) {
        double terms = q ? 3 : 1, noise = sqrt(0.75 * bins * terms) * unit;
        char path[100];
        snprintf(path, sizeof path, "stages/01-hold/entropy/raw_%s", name[q]);
        const struct vt_dataset *raw = result(a, path);
        snprintf(path, sizeof path, "stages/01-hold/entropy/s_%s", name[q]);
        const struct vt_dataset *clean = result(a, path);
        snprintf(path, sizeof path, "stages/01-hold/entropy/bias_%s", name[q]);
        const struct vt_dataset *removed = result(a, path);
        snprintf(path, sizeof path, "stages/01-hold/entropy/bias_jackknife_%s", name[q]);
        const struct vt_dataset *jackknife = result(a, path);
        assert_true(fabs(raw->value[0] - terms * bias) < 3 * noise);
        assert_true(fabs(clean->value[0]) < 3 * noise);
        assert_true(fabs(clean->value[0]) < 3 * clean->error[0]);
        assert_true(raw->value[0] < -6 * noise); /* without the correction it would not pass */
        assert_true(fabs(removed->value[0] - (raw->value[0] - clean->value[0])) < 1e-15);
        /* In a gas the parts of the sample differ in density too, which cancels in the whole at a fixed
         * number of atoms: the jackknife sees it and comes out somewhat large. */
        double ratio = jackknife->value[0] / (terms * bias);
        assert_true(ratio > 0.9 && ratio < 1.4);
        assert_true(clean->error[0] > 0.7 * noise && clean->error[0] < 2 * noise);
    }
    const struct vt_dataset *x = result(a, "stages/01-hold/entropy/s_xray");
    assert_true(fabs(x->value[0]) < 3 * x->error[0]);

    const struct vt_dataset *pair = result(a, "stages/01-hold/entropy/s_pair");
    const struct vt_dataset *sum = result(a, "stages/01-hold/entropy/s_partial_sum");
    const struct vt_dataset *below = result(a, "stages/01-hold/entropy/s_partial_sum_below");
    const struct vt_dataset *above = result(a, "stages/01-hold/entropy/s_partial_sum_above");
    const struct vt_dataset *running = result(a, "stages/01-hold/entropy/running_partial_sum");
    assert_true(fabs(pair->value[0] + pair->value[1] + pair->value[2] - sum->value[0]) < 1e-10);
    assert_true(fabs(below->value[0] + above->value[0] - sum->value[0]) < 1e-10);
    assert_true(fabs(running->value[running->axis[0].n - 1] - sum->value[0]) < 1e-10);
    assert_true(fabs(running->value[99] - below->value[0]) < 1e-10); /* r = 5 */
    vt_analysis_destroy(a);
    sample_release(&s);
}

static double entropy_of(struct vt_analysis *a, const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "stages/01-hold/entropy/%s", name);
    return result(a, path)->value[0];
}

/* Frozen disorder at its strongest: eight frames of one configuration hold no more independent counts than
 * one. The bias that is removed is that of one frame, to the last digits; raw and corrected values are the
 * same. A gas, so that the corrected value is 0 (3 sigma as above), and an atom has a neighbour at all r. */
static void equal_frames_have_the_bias_of_one(void **state)
{
    (void)state;
    const char *list = "- pdf: {r_max: 12 A, dr: 0.05 A}\n- entropy: {split_at: 5 A}";
    struct sample s = gas_of(1000, vt_cell_make(26, 26, 26, 0, 0, 0), 2, cu_zr);
    sample_gas(&s, 77, 0);
    struct vt_analysis *one = measure(list, &s, 12, 1, 0), *many = measure(list, &s, 12, 8, 0);
    for (int p = 0; p < 3; p++) {
        double phi = result(one, "stages/01-hold/pdf/overdispersion")->value[p];
        assert_true(fabs(phi - 1) < 0.06); /* sqrt(2 / (26 x 240)) is 0.018 */
        assert_true(fabs(result(many, "stages/01-hold/pdf/overdispersion")->value[p] / phi - 8) < 1e-9);
    }
    static const char *const name[] = {"raw_number",    "s_number",         "bias_number", "raw_partial_sum",
                                       "s_partial_sum", "bias_partial_sum", "s_xray",      "s_xray_below"};
    for (int q = 0; q < 8; q++)
        assert_true(fabs(entropy_of(one, name[q]) - entropy_of(many, name[q])) <
                    1e-9 * fabs(entropy_of(one, name[q])) + 1e-15);
    double unit = 1.0 / 1000, noise = sqrt(0.75 * 240 * 3) * unit;
    assert_true(fabs(entropy_of(many, "s_partial_sum")) < 3 * noise);
    assert_true(entropy_of(many, "bias_partial_sum") < -10 * noise);
    vt_analysis_destroy(many);
    vt_analysis_destroy(one);
    sample_release(&s);
}

/* Independent frames: the counts scatter like independent ones, though parts of a gas differ in density. 26 x
 * 240 degrees of freedom know it to 1.8 %; three pairs in ten gases, to 0.3 %. */
static void independent_frames_scatter_like_independent_counts(void **state)
{
    (void)state;
    struct sample s = gas_of(1000, vt_cell_make(26, 26, 26, 0, 0, 0), 2, cu_zr);
    struct vt_analysis *a =
        measure("- pdf: {r_max: 12 A, dr: 0.05 A}\n- entropy: {split_at: 5 A}", &s, 12, 8, 78);
    double bias = -240 / (2 * 1000.0 * 8); /* -r_max/(2 dr N frames) */
    for (int p = 0; p < 3; p++)
        assert_true(fabs(result(a, "stages/01-hold/pdf/overdispersion")->value[p] - 1) < 0.06);
    assert_true(fabs(entropy_of(a, "bias_number") / bias - 1) < 0.2); /* h of single counts scatters */
    assert_true(fabs(entropy_of(a, "bias_partial_sum") / (3 * bias) - 1) < 0.2);
    vt_analysis_destroy(a);
    double mean = 0;
    for (uint64_t seed = 80; seed < 90; seed++) {
        a = measure("- pdf: {r_max: 12 A, dr: 0.05 A}", &s, 12, 2, seed);
        for (int p = 0; p < 3; p++) mean += result(a, "stages/01-hold/pdf/overdispersion")->value[p] / 30;
        vt_analysis_destroy(a);
    }
    assert_true(fabs(mean - 1) < 0.015);
    sample_release(&s);
}

static void r_max_beyond_half_the_cell_is_refused(void **state)
{
    (void)state;
    struct sample s = gas_of(100, vt_cell_make(12, 12, 12, 5, 0, 0), 2, cu_zr);
    sample_gas(&s, 3, 0);
    struct vt_analysis *a = analysis_make("- pdf: {r_max: 6 A}", &s.material);
    struct vt_cell cube = vt_cell_make(12, 12, 12, 0, 0, 0);
    assert_int_equal(vt_analysis_check(a, &cube), VT_OK);
    assert_int_equal(vt_analysis_check(a, &s.cell), VT_EINPUT); /* the height along a is 11.08 */
    assert_non_null(strstr(vt_message(), "6 angstrom"));
    assert_non_null(strstr(vt_message(), "5.538"));
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, 1);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
    assert_int_equal(n_looks, 1);
    assert_true(looks[0].reach == 6 && looks[0].every == 0.5 && !looks[0].inherent);
    struct vt_frame frame = sample_frame(&s, MPI_COMM_SELF, 4, 0);
    frame.state.cell = cube;
    assert_int_equal(sink.frame(sink.self, 0, &frame), VT_EINPUT); /* ghosts are missing */
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* With images: true the ideal gas stays at 1 up to the shortest lattice vector, beyond half the cell too. */
static void summed_images_reach_beyond_half_the_cell(void **state)
{
    (void)state;
    struct sample s = gas_of(60, vt_cell_make(10, 10, 10, 0, 0, 0), 1, cu);
    struct vt_analysis *a =
        measure("- pdf: {r_max: 9.9 A, dr: 0.1 A, images: true}\n- entropy: {}", &s, 9.9, 200, 4);
    assert_true(fabs(result(a, "stages/01-hold/pdf/r_valid")->value[0] - 5) < 1e-12);
    assert_true(fabs(result(a, "stages/01-hold/entropy/r_end")->value[0] - 5) < 1e-12);
    const struct vt_dataset *count = result(a, "stages/01-hold/pdf/count");
    const struct vt_dataset *ideal = result(a, "stages/01-hold/pdf/count_ideal");
    double n = 0, expect = 0;
    for (int k = 50; k < 99; k++) n += count->value[k], expect += ideal->value[k];
    /* The images of one pair are not independent: up to a handful share a fate. */
    assert_true(fabs(n - expect) < 3 * sqrt(4 * expect));
    assert_true(expect > 1e6);
    vt_analysis_destroy(a);
    sample_release(&s);
}

static void counts_do_not_depend_on_the_number_of_threads(void **state)
{
    (void)state;
    struct sample s = gas_of(500, vt_cell_make(17, 16, 15, 6, -5, 7), 3, five);
    sample_gas(&s, 5, 0);
    struct vt_analysis *a[3];
    int before = omp_get_max_threads();
    for (int t = 0; t < 3; t++) {
        omp_set_num_threads(1 << t);
        a[t] = measure("- pdf: {r_max: 6 A, dr: 0.05 A}", &s, 6, 1, 0);
    }
    omp_set_num_threads(before);
    for (int t = 1; t < 3; t++) {
        const struct vt_dataset *x = result(a[0], "stages/01-hold/pdf/g_partial");
        const struct vt_dataset *y = result(a[t], "stages/01-hold/pdf/g_partial");
        assert_memory_equal(x->value, y->value, vt_dataset_size(x) * sizeof(double));
        assert_memory_equal(x->error, y->error, vt_dataset_size(x) * sizeof(double));
    }
    for (int t = 0; t < 3; t++) vt_analysis_destroy(a[t]);
    sample_release(&s);
}

static void wrong_lists_are_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *list, *says;
    } wrong[] = {
        {"- pdff: {r_max: 6 A}", "did you mean 'pdf'"},
        {"- entropy: {}", "no pdf before it"},
        {"- pdf: {}\n- pdf: {r_max: 6 A}", "there twice"},
        {"- pdf: {}\n- entropy:\n- entropy:", "there twice"},
        {"- pdf: {blocks: 4}\n- thermo: {blocks: 5}", "blocks: 5"},
        {"- pdf: {blocks: 4}\n- thermo: {blocks: 4, skip: 1 ps}", "the same skip"},
        {"- pdf: {rmax: 6 A}", "r_max"},
        {"- pdf: {r_max: 6}", "r_max"},
        {"- pdf: {r_max: 6 ps}", "r_max"},
        {"- {pdf: {}, thermo: {}}", "one measurement"},
        {"pdf: {}", "must be a list"},
    };
    struct sample s = gas_of(10, vt_cell_make(12, 12, 12, 0, 0, 0), 2, cu_zr);
    for (unsigned k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        struct vt_yaml *root;
        struct vt_analysis *a;
        must(vt_yaml_parse(wrong[k].list, strlen(wrong[k].list), "list.yaml", &root));
        assert_int_equal(vt_analysis_create(root, &s.material, &a), VT_EINPUT);
        assert_null(a);
        assert_non_null(strstr(vt_message(), wrong[k].says));
        assert_non_null(strstr(vt_message(), "list.yaml:"));
        vt_yaml_release(root);
    }
    sample_release(&s);
}

/* Thermal and inherent measurements of one list; those of one rhythm share a look. */
static void inherent_measurements_have_their_own_names_and_looks(void **state)
{
    (void)state;
    struct sample s = gas_of(200, vt_cell_make(14, 14, 14, 0, 0, 0), 2, cu_zr);
    const char *list =
        "- thermo: {every: 1 ps}\n- pdf: {r_max: 5 A, dr: 0.1 A, every: 1 ps}\n- entropy: {split_at: 3 A}\n"
        "- thermo: {inherent: true, every: 2 ps}\n"
        "- pdf: {r_max: 4 A, dr: 0.1 A, inherent: true, every: 2 ps}\n- entropy: {split_at: 2 A}\n";
    struct vt_analysis *a = measure(list, &s, 5, 3, 9);
    assert_int_equal(result(a, "stages/01-hold/entropy/running_xray")->axis[0].n, 50);
    assert_int_equal(result(a, "stages/01-hold/inherent/entropy/running_xray")->axis[0].n, 40);
    assert_non_null(result(a, "stages/01-hold/thermo/temperature"));
    assert_non_null(result(a, "stages/01-hold/inherent/thermo/potential_energy"));
    assert_null(vt_results_find(vt_analysis_results(a), "stages/01-hold/inherent/thermo/temperature"));
    assert_string_equal(vt_results_get_note(vt_analysis_results(a), "stages/01-hold/pdf", "frames"), "3");
    assert_non_null(
        strstr(vt_results_get_note(vt_analysis_results(a), "stages/01-hold/entropy", "options"), "split_at"));
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(3, 3);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
    assert_int_equal(n_looks, 4); /* thermo and pdf together; thermo's energies of single atoms */
    assert_true(looks[0].reach == 5 && !looks[0].energies && looks[1].energies && !looks[1].inherent);
    assert_true(looks[2].reach == 4 && looks[2].inherent && looks[3].energies && looks[3].inherent);
    must(sink.end(sink.self)); /* a stage without frames leaves nothing and does no harm */
    vt_analysis_destroy(a);
    sample_release(&s);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fcc_has_its_neighbours),
        cmocka_unit_test(fcc_has_its_neighbours_also_as_images_of_one_cell),
        cmocka_unit_test(ordered_alloys_have_their_neighbours),
        cmocka_unit_test(frames_of_different_volume_share_the_mean_inverse_volume),
        cmocka_unit_test(counts_in_a_triclinic_cell_match_brute_force),
        cmocka_unit_test(partials_sum_to_the_totals),
        cmocka_unit_test(ideal_gas_has_g_1_for_few_atoms_too),
        cmocka_unit_test(entropy_of_the_ideal_gas_is_0_without_the_counting_bias),
        cmocka_unit_test(equal_frames_have_the_bias_of_one),
        cmocka_unit_test(independent_frames_scatter_like_independent_counts),
        cmocka_unit_test(r_max_beyond_half_the_cell_is_refused),
        cmocka_unit_test(summed_images_reach_beyond_half_the_cell),
        cmocka_unit_test(counts_do_not_depend_on_the_number_of_threads),
        cmocka_unit_test(wrong_lists_are_refused_with_the_reason),
        cmocka_unit_test(inherent_measurements_have_their_own_names_and_looks),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
