/* Errors: the jackknife against its exact cases, blocking of a correlated series, coverage in space. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/measurement.h"
#include "core/memory.h"
#include "core/units.h"
#include "fabricate.h"

/* A kernel of this test: the mean of the frames' potential energies, and an operator that squares it. */
struct options {
    struct vt_common_options common;
};
static const struct vt_param no_params[] = {{0}};

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    (void)options, (void)material;
    *common = 0;
    *group = 2;
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    (void)options, (void)work;
    tally->group[(size_t)tally->now * 2] += 1;
    tally->group[(size_t)tally->now * 2 + 1] += frame->state.potential;
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    (void)options, (void)what, (void)common;
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, "mean/frames", "1", "number of frames", 0, NULL, &d));
    d->value[0] = sum[0];
    VT_TRY(vt_results_add(out, "mean/mean", "1", "mean", 0, NULL, &d));
    d->value[0] = sum[1] / sum[0];
    return vt_dataset_errors(d);
}

static enum vt_status square(const void *options, const struct vt_measured *what, struct vt_results *out)
{
    (void)options, (void)what;
    double mean = vt_results_find(out, "mean/mean")->value[0];
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, "square/bias", "1", "bias of the square", 0, NULL, &d));
    VT_TRY(vt_results_add(out, "square/square", "1", "square of the mean", 0, NULL, &d));
    d->value[0] = mean * mean;
    return vt_dataset_errors(d);
}

static const struct vt_kernel kernel = {.name = "mean",
                                        .params = no_params,
                                        .options_size = sizeof(struct options),
                                        .grouping = VT_GROUP_TIME,
                                        .sizes = sizes,
                                        .accumulate = accumulate,
                                        .finish = finish};
static const struct vt_bias_pair biases[] = {{"square/square", "square/bias"}, {0}};
static const struct vt_operator squared = {
    .name = "square", .params = no_params, .reads = "mean", .apply = square, .biases = biases};

static struct vt_measurement make(int blocks)
{
    struct vt_measurement m;
    must(vt_measurement_init(&m, &kernel));
    ((struct options *)m.options)->common.blocks = blocks;
    vt_measurement_sizes(&m, NULL);
    must(vt_grow(&m.operators, &m.operators_capacity, 1));
    m.operators[m.n_operators++] = (struct vt_operator_use){.operator= & squared };
    must(vt_alloc(&m.state, (size_t)m.blocks * m.block));
    return m;
}

static void see(struct vt_measurement *m, double value, double place)
{
    struct vt_ranks ranks = {.comm = MPI_COMM_SELF, .size = 1};
    struct vt_frame frame = {.ranks = &ranks, .state = {.potential = value, .temperature = 300}};
    must(vt_measurement_add(m, &frame, place));
}

static double noise(int k)
{
    double u[4];
    vt_normal4(77, k, 0, VT_RANDOM_TEST, u);
    return u[0];
}

/* Three groups with one value each (no merging with so few): the error of the mean is s / sqrt(n), exactly,
 * and the bias of its square is s^2 / n, exactly. Values 1, 2, 6: mean 3, s^2 = 7. */
static void jackknife_of_a_mean_and_its_square_is_exact(void **state)
{
    (void)state;
    struct vt_measurement m = make(1);
    struct vt_results r = {0};
    see(&m, 1, 0.01), see(&m, 2, 0.5), see(&m, 6, 1.0);
    must(vt_measurement_estimate(&m, NULL, m.state, 0, NULL, &r));
    assert_true(vt_results_find(&r, "mean/mean")->value[0] == 3);
    assert_true(fabs(vt_results_find(&r, "mean/mean")->error[0] - sqrt(7.0 / 3)) < 1e-14);
    assert_true(fabs(vt_results_find(&r, "square/bias")->value[0] - 7.0 / 3) < 1e-13);
    /* Leaving one out gives 4^2, 3.5^2, 1.5^2: an operator's error comes from the same three. */
    double q[3] = {16, 12.25, 2.25}, mean = (16 + 12.25 + 2.25) / 3, sum = 0;
    for (int k = 0; k < 3; k++) sum += (q[k] - mean) * (q[k] - mean);
    assert_true(fabs(vt_results_find(&r, "square/square")->error[0] - sqrt(2.0 / 3 * sum)) < 1e-13);
    assert_null(vt_results_find(&r, "mean/frames")->error); /* not asked for */
    vt_results_release(&r);
    vt_measurement_release(&m);
}

static void a_single_frame_has_no_known_error(void **state)
{
    (void)state;
    struct vt_measurement m = make(1);
    struct vt_results r = {0};
    see(&m, 5, 0.3);
    must(vt_measurement_conclude(&m, NULL, m.state, &r));
    assert_true(vt_results_find(&r, "mean/mean")->value[0] == 5);
    assert_true(isnan(vt_results_find(&r, "mean/mean")->error[0]));
    assert_true(isnan(vt_results_find(&r, "square/bias")->value[0]));
    vt_results_release(&r);
    vt_measurement_release(&m);
}

/* Independent values: the error is s / sqrt(n). With the largest of three estimates from 20, 10 and 5 groups
 * (each uncertain by 1 / sqrt(2 (G - 1)), up to 35 %) it tends to be larger: on average by a fifth. */
static void blocking_gives_the_plain_error_of_independent_values(void **state)
{
    (void)state;
    enum { FRAMES = 400, TIMES = 200 };
    double ratio = 0;
    for (int t = 0; t < TIMES; t++) {
        struct vt_measurement m = make(1);
        struct vt_results r = {0};
        for (int f = 0; f < FRAMES; f++) see(&m, noise(t * FRAMES + f), (f + 0.5) / FRAMES);
        must(vt_measurement_estimate(&m, NULL, m.state, 0, NULL, &r));
        ratio += vt_results_find(&r, "mean/mean")->error[0] * sqrt(FRAMES) / TIMES;
        vt_results_release(&r);
        vt_measurement_release(&m);
    }
    assert_true(ratio > 1 && ratio < 1.35);
}

/* A series with correlation time 10 frames, x' = a x + noise: the variance of the mean of n frames is
 * s^2 / n (1 + a) / (1 - a). Stretches of 20 frames are still correlated, merged ones hardly. */
static void blocking_sees_the_correlation_of_a_series(void **state)
{
    (void)state;
    enum { FRAMES = 400, TIMES = 200 };
    const double a = exp(-0.1);
    double ratio = 0, naive = sqrt(1.0 / FRAMES), truth = naive * sqrt((1 + a) / (1 - a));
    for (int t = 0; t < TIMES; t++) {
        struct vt_measurement m = make(1);
        struct vt_results r = {0};
        double x = noise(t * FRAMES);
        for (int f = 0; f < FRAMES; f++) {
            see(&m, x, (f + 0.5) / FRAMES);
            x = a * x + sqrt(1 - a * a) * noise(t * FRAMES + f + 1);
        }
        must(vt_measurement_estimate(&m, NULL, m.state, 0, NULL, &r));
        ratio += vt_results_find(&r, "mean/mean")->error[0] / truth / TIMES;
        vt_results_release(&r);
        vt_measurement_release(&m);
    }
    assert_true(truth > 4 * naive);
    assert_true(ratio > 0.85 && ratio < 1.3);
}

/* Blocks: their own values, the same stage average and error as without, and NaN where nothing was seen. */
static void blocks_resolve_time_and_leave_the_average_alone(void **state)
{
    (void)state;
    struct vt_measurement one = make(1), four = make(4);
    struct vt_results r1 = {0}, r4 = {0};
    for (int f = 0; f < 300; f++) { /* none in the last block */
        double place = (f + 0.5) / 400, value = noise(f) + (f < 100 ? 0 : 10);
        see(&one, value, place), see(&four, value, place);
    }
    must(vt_measurement_conclude(&one, NULL, one.state, &r1));
    must(vt_measurement_conclude(&four, NULL, four.state, &r4));
    const struct vt_dataset *a = vt_results_find(&r1, "mean/mean"), *b = vt_results_find(&r4, "mean/mean");
    assert_true(fabs(a->value[0] - b->value[0]) < 1e-12);
    assert_true(fabs(a->error[0] - b->error[0]) < 1e-12);
    assert_null(vt_results_find(&r1, "blocks/mean/mean"));
    const struct vt_dataset *t = vt_results_find(&r4, "blocks/mean/mean");
    assert_int_equal(t->n_axes, 1);
    assert_int_equal(t->axis[0].n, 4);
    assert_string_equal(t->axis[0].name, "block");
    assert_true(fabs(t->value[0]) < 5 * t->error[0] && fabs(t->value[1] - 10) < 5 * t->error[1]);
    assert_true(t->error[1] > 0.05 && t->error[1] < 0.25); /* 1 / sqrt(100), uncertain itself */
    assert_true(isnan(t->value[3]) && isnan(t->error[3]));
    vt_results_release(&r1);
    vt_results_release(&r4);
    vt_measurement_release(&one);
    vt_measurement_release(&four);
}

/* thermo: averages, units, and the enthalpy with pressure in eV/angstrom^3: the measured pressure in frames
 * without a barostat (the first two), the barostat's 3 GPa in the others. */
static void thermo_averages_have_their_units(void **state)
{
    (void)state;
    struct vt_material material = {.n_species = 1,
                                   .species = {{.symbol = "Cu", .z = 29, .mass = 63.546, .count = 4}}};
    struct vt_analysis *a = analysis_make("- thermo: {every: 1 ps}", &material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(10, 4);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &material, &n_looks, &looks));
    struct vt_ranks ranks = {.comm = MPI_COMM_SELF, .size = 1};
    const double v = 3.615 * 3.615 * 3.615;
    for (int f = 0; f < 4; f++) {
        struct vt_frame frame = {
            .ranks = &ranks,
            .material = &material,
            .state = {.time = 10.5 + f,
                      .volume = v,
                      .potential = -14 - f,
                      .kinetic = 0.5,
                      .temperature = 300 + f,
                      .target_pressure = f < 2 ? NAN : 3 * VT_GPA,
                      .pressure = {6 * VT_GPA, 7 * VT_GPA, 8 * VT_GPA, -1 * VT_GPA, 0, 0}}};
        must(sink.frame(sink.self, 0, &frame));
    }
    must(sink.end(sink.self));
    assert_true(fabs(result(a, "stages/01-hold/thermo/temperature")->value[0] - 301.5) < 1e-12);
    assert_true(fabs(result(a, "stages/01-hold/thermo/pressure")->value[0] - 7) < 1e-12);
    assert_true(fabs(result(a, "stages/01-hold/thermo/stress")->value[3] + 1) < 1e-12);
    assert_true(fabs(result(a, "stages/01-hold/thermo/potential_energy")->value[0] + 15.5 / 4) < 1e-12);
    assert_true(fabs(result(a, "stages/01-hold/thermo/enthalpy")->value[0] - (-15 + 5 * VT_GPA * v) / 4) <
                1e-12);
    /* Copper: 8.935 g/cm^3 from its lattice constant (CRC handbook: 8.96 at room temperature). */
    assert_true(fabs(result(a, "stages/01-hold/thermo/density")->value[0] - 8.935) < 0.001);
    /* Four values 1 apart: s / sqrt(4) = 0.6455. */
    assert_true(fabs(result(a, "stages/01-hold/thermo/temperature")->error[0] - sqrt(5.0 / 3 / 4)) < 1e-12);
    assert_true(result(a, "stages/01-hold/thermo/pressure")->error[0] < 1e-12);
    vt_analysis_destroy(a);
}

/* Ten frames at 1, 2, ... 10 ps whose temperature is the time: what comes before skip is not looked at, and
 * blocks divide the rest. A frame just at the end of skip counts. */
static void the_time_to_skip_is_not_looked_at(void **state)
{
    (void)state;
    struct sample s = sample_make(10, vt_cell_make(12, 12, 12, 0, 0, 0));
    static const char *const cu[] = {"Cu"};
    sample_count(&s, 1, cu);
    struct vt_analysis *a = analysis_make(
        "- thermo: {every: 1 ps, skip: 5 ps, blocks: 2}\n- pdf: {r_max: 5 A, every: 1 ps}", &s.material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(100, 10);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
    assert_int_equal(n_looks, 3); /* thermo, its energies, and pdf, which sees all */
    assert_true(looks[0].skip == 5 && looks[1].skip == 5 && looks[2].skip == 0);
    for (int f = 1; f <= 10; f++)
        for (int look = 0; look < 3; look++) {
            struct vt_frame frame = sample_frame(&s, MPI_COMM_SELF, 5, 100 + f);
            frame.state.temperature = f;
            must(sink.frame(sink.self, look, &frame));
        }
    must(sink.end(sink.self));
    assert_true(result(a, "stages/01-hold/thermo/temperature")->value[0] == 7.5); /* 5, 6, ... 10 */
    const struct vt_dataset *t = result(a, "stages/01-hold/blocks/thermo/temperature");
    assert_true(t->value[0] == 6 && t->value[1] == 9);
    assert_true(result(a, "stages/01-hold/blocks/thermo/time")->value[1] == 109);
    assert_string_equal(vt_results_get_note(vt_analysis_results(a), "stages/01-hold/pdf", "frames"), "10");
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Gases drawn again and again: the error that one of them claims is the spread among all of them. 27 groups
 * know it to 14 %, 30 repetitions to 13 %; density differences between the groups may add up to half. */
static void spatial_errors_match_the_spread_over_repetitions(void **state)
{
    (void)state;
    static const char *const cu_zr[] = {"Cu", "Zr"};
    static const char *const path[] = {"stages/01-hold/entropy/s_number",
                                       "stages/01-hold/entropy/s_partial_sum"};
    enum { TIMES = 30 };
    double sum[2] = {0}, sum2[2] = {0}, error[2] = {0};
    double g[2] = {0}, g2[2] = {0}, g_error[2] = {0}; /* g_number at 3 and 7 angstrom */
    struct sample s = sample_make(1000, vt_cell_make(26, 26, 26, 0, 0, 0));
    for (int i = 0; i < s.n; i++) s.species[i] = i % 2;
    sample_count(&s, 2, cu_zr);
    for (int t = 0; t < TIMES; t++) {
        struct vt_analysis *a = analysis_make("- pdf: {r_max: 8 A, dr: 0.1 A}\n- entropy: {}", &s.material);
        struct vt_sink sink = vt_analysis_sink(a);
        struct vt_stage_info stage = stage_make(0, 2);
        int n_looks;
        const struct vt_look *looks;
        must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
        for (int f = 0; f < 2; f++) {
            sample_gas(&s, 900 + (uint64_t)t, f);
            struct vt_frame frame = sample_frame(&s, MPI_COMM_SELF, 8, f);
            must(sink.frame(sink.self, 0, &frame));
        }
        must(sink.end(sink.self));
        for (int q = 0; q < 2; q++) {
            const struct vt_dataset *d = result(a, path[q]);
            sum[q] += d->value[0], sum2[q] += d->value[0] * d->value[0], error[q] += d->error[0] / TIMES;
            d = result(a, "stages/01-hold/pdf/g_number");
            int k = q ? 70 : 30;
            g[q] += d->value[k], g2[q] += d->value[k] * d->value[k], g_error[q] += d->error[k] / TIMES;
        }
        vt_analysis_destroy(a);
    }
    for (int q = 0; q < 2; q++) {
        double spread = sqrt((sum2[q] - sum[q] * sum[q] / TIMES) / (TIMES - 1));
        assert_true(error[q] / spread > 0.7 && error[q] / spread < 1.9);
        spread = sqrt((g2[q] - g[q] * g[q] / TIMES) / (TIMES - 1));
        assert_true(g_error[q] / spread > 0.7 && g_error[q] / spread < 1.6);
    }
    sample_release(&s);
}

/* Samples of a frozen alloy: each atom has the energy of its kind plus 0.1 eV x an independent normal number,
 * the same in all frames, plus `shaking` x another one, new in each frame; 700 Cu and 300 Zr at independent
 * places. The mean energy of such samples scatters by 0.1 eV / sqrt(1000), exactly. TIMES samples are
 * measured, 100 frames of each. Sets their spread and the means of the error and of its frozen part. */
enum { FROZEN_TIMES = 40 };
static void frozen_samples(const char *list, const char *where, double disorder, double shaking,
                           double *spread, double *error, double *frozen)
{
    static const char *const cu_zr[] = {"Cu", "Zr"};
    struct sample s = sample_make(1000, vt_cell_make(26, 27, 25, 3, -2, 4));
    double sum = 0, sum2 = 0, *still = calloc(1000, sizeof *still);
    for (int i = 0; i < s.n; i++) s.species[i] = i >= 700;
    sample_count(&s, 2, cu_zr);
    s.energy = calloc(1000, sizeof *s.energy);
    assert_true(still && s.energy);
    *error = *frozen = 0;
    for (int t = 0; t < FROZEN_TIMES; t++) {
        struct vt_analysis *a = analysis_make(list, &s.material);
        struct vt_sink sink = vt_analysis_sink(a);
        struct vt_stage_info stage = stage_make(0, 100);
        int n_looks;
        const struct vt_look *looks;
        must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
        assert_int_equal(n_looks, 2);
        assert_true(!looks[0].energies && looks[1].energies && looks[0].inherent == looks[1].inherent);
        sample_gas(&s, 500 + (uint64_t)t, 0);
        for (int i = 0; i < s.n; i++) still[i] = disorder * noise(1000 * t + i) - (s.species[i] ? 6.5 : 3.5);
        for (int f = 1; f <= 100; f++) {
            double total = 0;
            for (int i = 0; i < s.n; i++) {
                double u[4];
                if (shaking > 0) vt_normal4(88, i, 1000 * t + f, VT_RANDOM_TEST, u);
                total += s.energy[i] = still[i] + (shaking > 0 ? shaking * u[0] : 0);
            }
            for (int look = 0; look < 2; look++) {
                if (f % (int)looks[look].every) continue;
                struct vt_frame frame = sample_frame(&s, MPI_COMM_SELF, 0, f);
                frame.inherent = looks[look].inherent;
                frame.state.potential = total;
                must(sink.frame(sink.self, look, &frame));
            }
        }
        must(sink.end(sink.self));
        char path[100];
        snprintf(path, sizeof path, "stages/01-hold%s/thermo/potential_energy", where);
        const struct vt_dataset *d = result(a, path);
        sum += d->value[0], sum2 += d->value[0] * d->value[0], *error += d->error[0] / FROZEN_TIMES;
        snprintf(path, sizeof path, "stages/01-hold%s/thermo/energy_disorder", where);
        d = result(a, path);
        *frozen += d->value[0] * d->value[0] / FROZEN_TIMES;
        vt_analysis_destroy(a);
    }
    *spread = sqrt((sum2 - sum * sum / FROZEN_TIMES) / (FROZEN_TIMES - 1));
    *frozen = sqrt(*frozen);
    free(still);
    sample_release(&s);
}

/* One estimate of the error is known to 14 % (27 parts), the mean of 40 to 2 %, the spread of 40 samples to
 * 11 %. Between time groups nothing differs: they alone would claim 0. */
static void frozen_disorder_is_in_the_error_of_energies(void **state)
{
    (void)state;
    const double truth = 0.1 / sqrt(1000);
    double spread, error, frozen;
    frozen_samples("- thermo: {every: 25 ps, inherent: true}", "/inherent", 0.1, 0, &spread, &error, &frozen);
    assert_true(fabs(spread / truth - 1) < 0.35);
    assert_true(fabs(error / truth - 1) < 0.1 && fabs(frozen / truth - 1) < 0.1);
    /* Vibrations, new in each frame and as large, change the error of the mean of many frames only a little.
     */
    frozen_samples("- thermo: {every: 1 ps}", "", 0.1, 0.1, &spread, &error, &frozen);
    assert_true(fabs(spread / truth - 1) < 0.35);
    assert_true(fabs(error / truth - 1) < 0.15 && fabs(frozen / truth - 1) < 0.15);
}

/* Without frozen disorder the stretches of time say it all: 0.1 eV / sqrt(1000 x 100), and blocking's fifth
 * more. Of the frozen part there is only its own noise left, 0 or less in half the samples. */
static void vibrations_alone_leave_no_frozen_part(void **state)
{
    (void)state;
    const double truth = 0.1 / sqrt(1000 * 100);
    double spread, error, frozen;
    frozen_samples("- thermo: {every: 1 ps}", "", 0, 0.1, &spread, &error, &frozen);
    assert_true(fabs(spread / truth - 1) < 0.35);
    assert_true(error / truth > 0.9 && error / truth < 1.6);
    assert_true(frozen < 0.25 * 0.1 / sqrt(1000)); /* a quarter of one frame's scatter */
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jackknife_of_a_mean_and_its_square_is_exact),
        cmocka_unit_test(a_single_frame_has_no_known_error),
        cmocka_unit_test(blocking_gives_the_plain_error_of_independent_values),
        cmocka_unit_test(blocking_sees_the_correlation_of_a_series),
        cmocka_unit_test(blocks_resolve_time_and_leave_the_average_alone),
        cmocka_unit_test(thermo_averages_have_their_units),
        cmocka_unit_test(frozen_disorder_is_in_the_error_of_energies),
        cmocka_unit_test(vibrations_alone_leave_no_frozen_part),
        cmocka_unit_test(the_time_to_skip_is_not_looked_at),
        cmocka_unit_test(spatial_errors_match_the_spread_over_repetitions),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
