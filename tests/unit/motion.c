/* Which frames are compared, and what the kernels of motion make of samples whose motion is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/lags.h"
#include "fabricate.h"

static const char *const cu_zr[] = {"Cu", "Zr"};

static struct vt_lags plan(struct vt_lag_options o, double every)
{
    struct vt_lags lags;
    must(vt_lags_make(&o, every, &lags));
    return lags;
}

/* 2 an octave: 1, 2, 3, then 4 and 6, 8 and 12, ... with origins each 2, 4, ... frames. */
static void log_lags_have_as_many_in_each_octave(void **state)
{
    (void)state;
    const int64_t length[] = {0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32},
                  origins[] = {1, 1, 1, 1, 2, 2, 4, 4, 8, 8, 16};
    struct vt_lags lags =
        plan((struct vt_lag_options){.spacing = VT_LAGS_LOG, .t_max = 4, .per_octave = 2}, 0.1);
    assert_int_equal(lags.n, 11); /* 40 frames */
    for (int k = 0; k < lags.n; k++) {
        assert_int_equal(lags.lag[k].length, length[k]);
        assert_int_equal(lags.lag[k].origins, origins[k]);
    }
    free(lags.lag);
}

/* Frames that are kept as long as they live are enough for every comparison, never more than told, and for
 * log lags grow as the logarithm of the longest one. */
static void what_is_kept_is_enough_and_no_more_than_told(void **state)
{
    (void)state;
    const struct vt_lag_options options[] = {
        {.spacing = VT_LAGS_LOG, .t_max = 700, .per_octave = 1},
        {.spacing = VT_LAGS_LOG, .t_max = 700, .per_octave = 5},
        {.spacing = VT_LAGS_LOG, .t_max = 700, .per_octave = 3, .origins = 11},
        {.spacing = VT_LAGS_LINEAR, .t_max = 60},
        {.spacing = VT_LAGS_LINEAR, .t_max = 60, .origins = 7},
    };
    enum { FRAMES = 3000 };
    for (size_t o = 0; o < sizeof options / sizeof *options; o++) {
        struct vt_lags lags = plan(options[o], 1);
        int64_t most = 0;
        for (int64_t f = 0; f < FRAMES; f++) {
            int64_t kept = 0;
            for (int64_t g = f; g >= 0; g--) kept += g + vt_lags_life(&lags, g) > f || g == f;
            most = kept > most ? kept : most;
            for (int k = 0; k < lags.n; k++) {
                int64_t origin = f - lags.lag[k].length;
                if (origin >= 0 && origin % lags.lag[k].origins == 0)
                    assert_true(origin + vt_lags_life(&lags, origin) >= f);
            }
        }
        assert_true(most <= vt_lags_frames(&lags) + 1);
        assert_true(most >= vt_lags_frames(&lags) - 1);
        free(lags.lag);
    }
    struct vt_lags shorter = plan((struct vt_lag_options){.t_max = 1 << 10, .per_octave = 4}, 1),
                   longer = plan((struct vt_lag_options){.t_max = 1 << 20, .per_octave = 4}, 1);
    assert_int_equal(vt_lags_frames(&longer) - vt_lags_frames(&shorter), 40); /* ten octaves of four */
    free(shorter.lag);
    free(longer.lag);
}

/* Frames of a sample that moves by `move`, through an analysis. */
typedef void mover(struct sample *s, int frame);
static struct vt_analysis *measure(const char *list, struct sample *s, int frames, double every, mover *move)
{
    struct vt_analysis *a = analysis_make(list, &s->material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, frames * every);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s->material, &n_looks, &looks));
    for (int f = 0; f < frames; f++) {
        move(s, f);
        struct vt_frame frame = sample_frame(s, MPI_COMM_SELF, 0, f * every);
        for (int l = 0; l < n_looks; l++) must(sink.frame(sink.self, l, &frame));
    }
    must(sink.end(sink.self));
    return a;
}

static struct sample gas(int n)
{
    struct sample s = sample_make(n, vt_cell_make(30, 27, 33, 4, -3, 2));
    sample_gas(&s, 7, 0);
    for (int i = 0; i < n; i++) s.species[i] = i % 3 == 0;
    sample_count(&s, 2, cu_zr);
    return s;
}

static void velocity(const struct sample *s, int i, double v[3])
{
    double g[4], mean[3] = {0};
    (void)mean;
    vt_normal4(3, i, 0, VT_RANDOM_TEST, g);
    for (int d = 0; d < 3; d++) v[d] = g[d] * (s->species[i] ? 1 : 1.2);
}

/* Straight lines; the centre of mass drifts too, which must not count. */
static void fly(struct sample *s, int frame)
{
    for (int i = 0; i < s->n && frame; i++) {
        double v[3];
        velocity(s, i, v);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + 0.1 * v[d]);
    }
}

static const struct vt_dataset *of(struct vt_analysis *a, const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "stages/01-hold/%s", name);
    return result(a, path);
}

/* A gas without collisions: MSD = <v^2> t^2 at every time and alpha_2 that of the velocities, to rounding
 * (the grid of positions, 1e-12); its motion is ballistic, so there is no D. */
static void a_ballistic_gas_moves_as_its_velocities(void **state)
{
    (void)state;
    enum { N = 500 };
    struct sample s = gas(N);
    double centre[3] = {0}, mass = 0, square[3] = {0}, fourth[3] = {0}, atoms[3] = {0};
    for (int i = 0; i < N; i++) {
        double v[3], m = s.material.species[s.species[i]].mass;
        velocity(&s, i, v);
        mass += m;
        for (int d = 0; d < 3; d++) centre[d] += m * v[d];
    }
    for (int i = 0; i < N; i++) {
        double v[3], v2 = 0;
        velocity(&s, i, v);
        for (int d = 0; d < 3; d++) v2 += (v[d] - centre[d] / mass) * (v[d] - centre[d] / mass);
        for (int a = s.species[i]; a < 3; a += 2 - s.species[i])
            square[a] += v2, fourth[a] += v2 * v2, atoms[a]++;
    }
    struct vt_analysis *a = measure("- msd: {every: 0.1 ps, t_max: 3 ps, per_octave: 3}", &s, 40, 0.1, fly);
    const struct vt_dataset *msd = of(a, "msd/msd"), *alpha = of(a, "msd/alpha_2"),
                            *e = of(a, "msd/exponent");
    assert_int_equal(msd->axis[0].n, 3);
    assert_int_equal(msd->axis[1].n, 12); /* 1 2 3 4 5 | 6 8 10 | 12 16 20 | 24 */
    for (int b = 0; b < 3; b++)
        for (int k = 0; k < msd->axis[1].n; k++) {
            double t = msd->axis[1].value[k], m = square[b] / atoms[b];
            int at = b * msd->axis[1].n + k;
            assert_float_equal(msd->value[at] / (m * t * t), 1, 1e-9);
            assert_float_equal(alpha->value[at], 3 * fourth[b] * atoms[b] / (5 * square[b] * square[b]) - 1,
                               1e-8);
            assert_float_equal(e->value[at], 2, 1e-8);
        }
    for (int b = 0; b < 3; b++) assert_true(isnan(of(a, "msd/diffusion")->value[b]));
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Each step a Gaussian of variance 0.02 along each axis in 0.1 ps: D = 0.1 /ps, alpha_2 = 0. */
static void walk(struct sample *s, int frame)
{
    for (int i = 0; i < s->n && frame; i++) {
        double g[4];
        vt_normal4(5, i, frame, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + sqrt(0.02) * g[d]);
    }
}

/* Of the lags' values, whose errors belong together, all lie within four errors; D and its error to 5 % of D
 * (3000 walkers, 60 steps). */
static void a_brownian_particle_diffuses(void **state)
{
    (void)state;
    struct sample s = gas(3000);
    struct vt_analysis *a = measure("- msd: {every: 0.1 ps, t_max: 4 ps}", &s, 61, 0.1, walk);
    const struct vt_dataset *msd = of(a, "msd/msd"), *alpha = of(a, "msd/alpha_2"),
                            *D = of(a, "msd/diffusion");
    for (int at = 0; at < 3 * msd->axis[1].n; at++) {
        double t = msd->axis[1].value[at % msd->axis[1].n];
        assert_true(fabs(msd->value[at] - 0.6 * t) < 4 * msd->error[at]);
        assert_true(fabs(alpha->value[at]) < 4 * alpha->error[at] + 1e-3);
    }
    for (int b = 0; b < 3; b++) {
        assert_true(fabs(D->value[b] - 0.1) < 4 * D->error[b]);
        assert_true(D->error[b] < 0.005);
    }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Of 300 atoms each tenth jumps by 1 angstrom along x or -x between frame 4 and 5. */
static void jump(struct sample *s, int frame)
{
    for (int i = 0; i < s->n && frame == 5; i += 10) s->x[i][0] += i % 20 ? 1 : -1;
}

/* p jump: <u^2> = p, alpha_2 = 3 / (5 p) - 1 where one jump lies in between; exact, as each lag of k frames
 * of which j pairs see the jump has p = 0.1 j / pairs. */
static void rare_jumps_have_the_alpha_2_of_their_rarity(void **state)
{
    (void)state;
    struct sample s = sample_make(300, vt_cell_make(30, 27, 33, 4, -3, 2));
    sample_gas(&s, 7, 0);
    sample_count(&s, 1, cu_zr);
    struct vt_analysis *a = measure("- msd: {every: 1 ps, t_max: 4 ps, lags: linear}", &s, 10, 1, jump);
    const struct vt_dataset *msd = of(a, "msd/msd"), *alpha = of(a, "msd/alpha_2"),
                            *pairs = of(a, "msd/pairs");
    for (int k = 0; k < 4; k++) {
        int lag = k + 1; /* frames 0 .. 9; a pair sees it if it begins at 5 - lag .. 4 */
        double p = 0.1 * lag / (10 - lag);
        assert_float_equal(pairs->value[k], 10 - lag, 0);
        for (int b = 0; b < 2; b++) {
            assert_float_equal(msd->value[b * 4 + k], p, 1e-12);
            assert_float_equal(alpha->value[b * 4 + k], 3 / (5 * p) - 1, 1e-10);
        }
    }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* A cell that is sheared by 0.02 and stretched a frame, with its atoms, and exchanged for an equivalent one
 * when it leans too far. */
static void strain(struct sample *s, int frame)
{
    static double fraction[200][3];
    int flip[3][3];
    if (!frame)
        for (int i = 0; i < s->n; i++) vt_cell_fractional(&s->cell, s->x[i], fraction[i]);
    struct vt_cell cell =
        vt_cell_make(30 + 0.1 * frame, 27, 33 - 0.05 * frame, 4 + 0.6 * frame, -3 - 0.4 * frame, 2);
    for (int i = 0; i < s->n; i++) vt_cell_cartesian(&cell, fraction[i], s->x[i]);
    s->cell = cell;
    while (vt_cell_flip(&s->cell, flip)) {
    }
}

/* Atoms that go with the cell do not move: to rounding, through flips (60 frames lean the cell by 1.2). */
static void affine_deformation_is_no_motion(void **state)
{
    (void)state;
    struct sample s = gas(200);
    struct vt_analysis *a = measure("- msd: {every: 1 ps, t_max: 50 ps}", &s, 60, 1, strain);
    const struct vt_dataset *msd = of(a, "msd/msd");
    for (int k = 0; k < 3 * msd->axis[1].n; k++) assert_true(msd->value[k] < 1e-18);
    assert_true(s.cell.h[1][0] < 4 + 0.6 * 59 - 27); /* it was exchanged */
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Wrapped into the cell, without a word of how often. */
static void wrapped_walk(struct sample *s, int frame)
{
    walk(s, frame);
    for (int i = 0; i < s->n; i++) {
        double f[3];
        vt_cell_fractional(&s->cell, s->x[i], f);
        for (int d = 0; d < 3; d++) f[d] = floor(f[d]);
        const int back[3] = {-(int)f[0], -(int)f[1], -(int)f[2]};
        double shift[3];
        vt_cell_shift(&s->cell, back, shift);
        for (int d = 0; d < 3; d++) s->x[i][d] += shift[d];
    }
}

/* Atoms that are wrapped into the cell have moved as far as those that are not. */
static void images_that_are_not_told_are_followed(void **state)
{
    (void)state;
    const char *list = "- msd: {every: 0.1 ps, t_max: 4 ps}";
    struct sample s = gas(300), w = gas(300);
    struct vt_analysis *a = measure(list, &s, 61, 0.1, walk), *b = measure(list, &w, 61, 0.1, wrapped_walk);
    const struct vt_dataset *free_ = of(a, "msd/msd"), *wrapped = of(b, "msd/msd");
    for (int k = 0; k < 3 * free_->axis[1].n; k++)
        assert_float_equal(free_->value[k], wrapped->value[k], 1e-9);
    vt_analysis_destroy(a);
    vt_analysis_destroy(b);
    sample_release(&s);
    sample_release(&w);
}

static void refuse(const char *list, const char *word)
{
    struct vt_yaml *root = NULL;
    struct vt_analysis *a = NULL;
    struct sample s = gas(10);
    must(vt_yaml_parse(list, strlen(list), "list", &root));
    assert_int_equal(vt_analysis_create(root, &s.material, &a), VT_EINPUT);
    assert_non_null(strstr(vt_message(), word));
    vt_yaml_release(root);
    sample_release(&s);
}

static void uneven_frames_and_unfit_options_are_refused(void **state)
{
    (void)state;
    refuse("- msd: {every: 0}", "every");
    refuse("- msd: {every: 0.001 ps, lags: linear, t_max: 1 us}", "lags: log");
    struct sample s = gas(10);
    struct vt_analysis *a = analysis_make("- msd: {every: 1 ps}", &s.material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, 10);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
    const double time[] = {1, 2, 4};
    for (int f = 0; f < 3; f++) {
        struct vt_frame frame = sample_frame(&s, MPI_COMM_SELF, 0, time[f]);
        enum vt_status st = sink.frame(sink.self, 0, &frame);
        assert_int_equal(st, f < 2 ? VT_OK : VT_EINPUT);
    }
    assert_non_null(strstr(vt_message(), "not evenly spaced"));
    vt_analysis_destroy(a);
    sample_release(&s);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_lags_have_as_many_in_each_octave),
        cmocka_unit_test(what_is_kept_is_enough_and_no_more_than_told),
        cmocka_unit_test(a_ballistic_gas_moves_as_its_velocities),
        cmocka_unit_test(a_brownian_particle_diffuses),
        cmocka_unit_test(rare_jumps_have_the_alpha_2_of_their_rarity),
        cmocka_unit_test(affine_deformation_is_no_motion),
        cmocka_unit_test(images_that_are_not_told_are_followed),
        cmocka_unit_test(uneven_frames_and_unfit_options_are_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
