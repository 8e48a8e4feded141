/* Which frames are compared, and what the kernels of motion make of samples whose motion is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/lags.h"
#include "analysis/motion.h"
#include "check.h"
#include "core/units.h"
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
            check_equal(msd->value[at] / (m * t * t), 1, 1e-9);
            check_equal(alpha->value[at], 3 * fourth[b] * atoms[b] / (5 * square[b] * square[b]) - 1, 1e-8);
            check_equal(e->value[at], 2, 1e-8);
        }
    for (int b = 0; b < 3; b++) assert_true(isnan(of(a, "msd/diffusion")->value[b]));
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Each step a Gaussian of variance 0.02 along each axis in 0.1 ps: D = 0.1 /ps, alpha_2 = 0. */
static uint64_t walk_seed = 5;
static void walk(struct sample *s, int frame)
{
    for (int i = 0; i < s->n && frame; i++) {
        double g[4];
        vt_normal4(walk_seed, i, frame, VT_RANDOM_TEST, g);
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
        check_equal(pairs->value[k], 10 - lag, 0);
        for (int b = 0; b < 2; b++) {
            check_equal(msd->value[b * 4 + k], p, 1e-12);
            check_equal(alpha->value[b * 4 + k], 3 / (5 * p) - 1, 1e-10);
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
    for (int k = 0; k < 3 * free_->axis[1].n; k++) check_equal(free_->value[k], wrapped->value[k], 1e-9);
    vt_analysis_destroy(a);
    vt_analysis_destroy(b);
    sample_release(&s);
    sample_release(&w);
}

/* ---- what follows from displacements ---- */

static double sum_sinc(const struct sample *s, double (*before)[3], double q)
{
    double sum = 0;
    for (int i = 0; i < s->n; i++) {
        double u2 = 0;
        for (int d = 0; d < 3; d++) u2 += (s->x[i][d] - before[i][d]) * (s->x[i][d] - before[i][d]);
        sum += u2 > 0 ? sin(q * sqrt(u2)) / (q * sqrt(u2)) : 1;
    }
    return sum / s->n;
}

/* Each atom goes its way and half of them back: no drift. */
static void scatter(struct sample *s, int frame)
{
    for (int i = 0; i < s->n && frame; i++) {
        double v[3];
        velocity(s, i / 2, v);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + (i % 2 ? 0.5 : -0.5) * v[d]);
    }
}

/* F_s from frame 0 to 1, written out, to 1e-12 at q from 0.01 to 300 /A: the sine is good far out; 1 at lag
 * 0. */
static void isf_self_is_what_its_formula_says(void **state)
{
    (void)state;
    const double q[] = {0.01, 2.7, 300};
    struct sample s = sample_make(400, vt_cell_make(30, 27, 33, 4, -3, 2));
    sample_gas(&s, 7, 0);
    sample_count(&s, 1, cu_zr);
    double(*before)[3] = calloc(400, sizeof *before);
    memcpy(before, s.x, 400 * sizeof *before);
    struct vt_analysis *a =
        measure("- isf_self: {every: 1 ps, t_max: 4 ps, q: [0.01 /A, 2.7 /A, 300 /A]}", &s, 2, 1, scatter);
    const struct vt_dataset *f = of(a, "isf_self/f_s");
    assert_int_equal(f->axis[2].n, 2);
    for (int k = 0; k < 3; k++) {
        check_equal(f->value[2 * k], 1, 1e-15);
        check_equal(f->value[2 * k + 1], sum_sinc(&s, before, q[k]), 1e-12);
    }
    vt_analysis_destroy(a);
    sample_release(&s);
    free(before);
}

/* Brownian particles, D = 0.1 /ps: F_s = exp(-D q^2 t), tau = 1/(D q^2): within four errors, which are below
 * 2 % (acceptance: tau to 2 %). The line between lags in ln t lies above the curve, by less than 1 % of tau
 * where there are 16 lags an octave. */
static void a_brownian_particle_relaxes_in_1_over_D_q_squared(void **state)
{
    (void)state;
    struct sample s = gas(3000);
    struct vt_analysis *a = measure(
        "- isf_self: {every: 0.1 ps, t_max: 10 ps, per_octave: 16, q: [1.5 /A, 2.5 /A]}", &s, 120, 0.1, walk);
    const struct vt_dataset *tau = of(a, "isf_self/tau"), *f = of(a, "isf_self/f_s");
    for (int b = 0; b < 3; b++)
        for (int q = 0; q < 2; q++) {
            double exact = 1 / (0.1 * pow(tau->axis[1].value[q], 2));
            assert_true(tau->error[b * 2 + q] < 0.02 * exact);
            assert_true(fabs(tau->value[b * 2 + q] - exact) < 4 * tau->error[b * 2 + q] + 0.01 * exact);
            for (int k = 0; k < f->axis[2].n; k++) {
                int at = (b * 2 + q) * f->axis[2].n + k;
                assert_true(fabs(f->value[at] - exp(-f->axis[2].value[k] / exact)) <
                            5 * f->error[at] + 1e-12);
            }
        }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Share of walkers with a variance along each axis in the bin of 0.1 from r on: Simpson's rule, good to 1e-6.
 */
static double walkers(double variance, double r)
{
    double sum = 0;
    for (int k = 0; k < 3; k++) {
        double x = r + 0.05 * k;
        sum += (k == 1 ? 4 : 1) * x * x * exp(-x * x / (2 * variance));
    }
    return sum / 6 * 0.1 * 4 * M_PI / pow(2 * M_PI * variance, 1.5);
}

/* The van Hove function of that walk is its Gaussian, and sums to one. Errors in square are on average over
 * six walks those of the deviations, up to twice as large: of two kinds of groups, the stretches of time
 * joined in three ways, the largest error is given. */
static void a_brownian_particle_has_a_gaussian_van_hove_function(void **state)
{
    (void)state;
    double square = 0, claimed = 0;
    for (walk_seed = 11; walk_seed <= 16; walk_seed++) {
        struct sample s = gas(3000);
        struct vt_analysis *a =
            measure("- van_hove: {every: 0.1 ps, t_max: 1.6 ps, per_octave: 1, dr: 0.1 A, r_max: 8 A}", &s,
                    41, 0.1, walk);
        const struct vt_dataset *self = of(a, "van_hove/self"), *normal = of(a, "van_hove/gaussian");
        int n = self->axis[1].n, bins = self->axis[2].n;
        for (int k = 0; k < 3 * n; k++) {
            double sum = 0;
            for (int b = 0; b < bins; b++) {
                int at = k * bins + b;
                double exact = walkers(0.2 * self->axis[1].value[k % n], 0.1 * b) / 0.1;
                sum += 0.1 * self->value[at];
                if (exact < 0.02) continue;
                check_equal(normal->value[at], exact, 0.05);
                square += pow(self->value[at] - exact, 2);
                claimed += pow(self->error[at], 2);
            }
            check_equal(sum, 1, 1e-12);
        }
        vt_analysis_destroy(a);
        sample_release(&s);
    }
    walk_seed = 5;
    print_message("claimed / true, in square: %.2f\n", claimed / square);
    assert_true(claimed / square > 0.75 && claimed / square < 2);
}

/* Walkers whose pace changes each ten frames, for all at the same time. */
static double pace_in(uint64_t seed, int frame)
{
    double g[4];
    vt_normal4(seed, 1 << 20, frame / 10, VT_RANDOM_TEST, g);
    return exp(0.5 * g[0]);
}
static void spells(struct sample *s, int frame)
{
    double pace = pace_in(walk_seed, frame);
    for (int i = 0; i < s->n && frame; i++) {
        double g[4];
        vt_normal4(walk_seed, i, frame, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + sqrt(0.02 * pace) * g[d]);
    }
}
/* Walkers with a pace for each of the 27 parts of the sample, for good. */
static void patches(struct sample *s, int frame)
{
    static int part[1000];
    for (int i = 0; i < s->n; i++) {
        double f[3], g[4];
        if (!frame) {
            vt_cell_fractional(&s->cell, s->x[i], f);
            for (int d = 0; d < 3; d++) part[i] = 3 * (d ? part[i] : 0) + (int)(3 * (f[d] - floor(f[d])));
            continue;
        }
        double pace = pace_in(walk_seed + 1000, 10 * part[i]);
        vt_normal4(walk_seed, i, frame, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + sqrt(0.02 * pace) * g[d]);
    }
}

/* The root mean square of the errors that 40 samples claim, over the spread of the samples: of the MSD and of
 * F_s, at 0.1 and at 1.6 ps. */
enum { CLAIMS = 4 };
static void claims(mover *move, double ratio[CLAIMS])
{
    enum { TIMES = 40 };
    static const char *const name[] = {"msd/msd", "isf_self/f_s"};
    double sum[CLAIMS] = {0}, square[CLAIMS] = {0}, error[CLAIMS] = {0};
    for (walk_seed = 100; walk_seed < 100 + TIMES; walk_seed++) {
        struct sample s = gas(270);
        struct vt_analysis *a = measure("- msd: {every: 0.1 ps, t_max: 2 ps, per_octave: 1}\n"
                                        "- isf_self: {every: 0.1 ps, t_max: 2 ps, per_octave: 1}\n",
                                        &s, 200, 0.1, move);
        for (int k = 0; k < CLAIMS; k++) { /* F_s begins with its 1 at 0 */
            const struct vt_dataset *d = of(a, name[k % 2]);
            int at = k % 2 + (k / 2 ? 4 : 0);
            sum[k] += d->value[at], square[k] += d->value[at] * d->value[at];
            error[k] += d->error[at] * d->error[at];
        }
        vt_analysis_destroy(a);
        sample_release(&s);
    }
    walk_seed = 5;
    for (int k = 0; k < CLAIMS; k++) {
        ratio[k] = sqrt(error[k] / (square[k] - sum[k] * sum[k] / TIMES) * (TIMES - 1) / TIMES);
        print_message("%s at %s ps: claimed / true = %.2f\n", name[k % 2], k / 2 ? "1.6" : "0.1", ratio[k]);
    }
}

/* A sample that as a whole has fast and slow spells: its parts agree and by themselves claim 0.04 of the
 * spread; the stretches of time tell it. A sample with fast and slow parts: the other way round. The spread
 * of 40 is known to 11 %; the bounds are wider on the safe side. A short lag, and one longer than a stretch.
 */
static void errors_see_spells_of_time_and_parts_of_the_sample(void **state)
{
    (void)state;
    double ratio[2][CLAIMS];
    claims(spells, ratio[0]);
    claims(patches, ratio[1]);
    for (int k = 0; k < 2 * CLAIMS; k++)
        assert_true(ratio[k / CLAIMS][k % CLAIMS] > 0.75 && ratio[k / CLAIMS][k % CLAIMS] < 1.8);
}

/* Of the jumpers of rare_jumps..., all further than 0.5 A: Q is 1 or 0.9 by whether the jump lies between, so
 * q and chi_4 = N var Q of each lag are known; exact. */
static void overlap_counts_those_that_stay(void **state)
{
    (void)state;
    struct sample s = sample_make(300, vt_cell_make(30, 27, 33, 4, -3, 2));
    sample_gas(&s, 7, 0);
    sample_count(&s, 1, cu_zr);
    struct vt_analysis *a =
        measure("- overlap: {every: 1 ps, t_max: 4 ps, lags: linear, a: 0.5 A}", &s, 10, 1, jump);
    const struct vt_dataset *q = of(a, "overlap/q"), *chi = of(a, "overlap/chi_4");
    for (int k = 0; k < 4; k++) {
        int lag = k + 1, pairs = 10 - lag;
        double p = (double)lag / pairs;
        check_equal(q->value[k], 1 - 0.1 * p, 1e-12);
        check_equal(chi->value[k], 300 * 0.01 * p * (1 - p) * pairs / (pairs - 1), 1e-9);
    }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* ---- the distinct part ---- */

/* At frame 1 atom 2k and 2k + 1 have changed places, very nearly: two on the very same place are one. */
static void exchange(struct sample *s, int frame)
{
    for (int i = 0; i + 1 < 100 && frame == 1; i += 2)
        for (int d = 0; d < 3; d++) {
            double x = s->x[i][d];
            s->x[i][d] = s->x[i + 1][d] + 0.01;
            s->x[i + 1][d] = x - 0.01;
        }
}

/* Atoms j != i at y around i at x, counted one by one in bins of 0.25 up to 5 angstrom. */
static void count_slowly(const struct sample *s, double (*x)[3], double (*y)[3], double count[20])
{
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->n; j++) {
            double dx[3], f[3], r2 = 0;
            for (int d = 0; d < 3; d++) dx[d] = y[j][d] - x[i][d];
            vt_cell_fractional(&s->cell, dx, f);
            for (int d = 0; d < 3; d++) f[d] -= rint(f[d]);
            vt_cell_cartesian(&s->cell, f, dx);
            for (int d = 0; d < 3; d++) r2 += dx[d] * dx[d];
            if (j != i && r2 < 25) count[(int)(sqrt(r2) / 0.25)]++;
        }
}

/* Every count is that of the slow way, at lag 0 (two frames together) and at lag 1, where the hundred atoms
 * that changed places are in the first bin. */
static void atoms_that_change_places_fill_the_distinct_part(void **state)
{
    (void)state;
    enum { N = 600, BINS = 20 };
    struct sample s = sample_make(N, vt_cell_make(30, 27, 33, 4, -3, 2));
    for (int i = 0; i < N; i++) { /* pairs 1.5 apart */
        double u[4];
        vt_uniform4(7, i / 2, 0, VT_RANDOM_TEST, u);
        vt_cell_cartesian(&s.cell, u, s.x[i]);
        for (int d = 0; d < 3; d++) s.x[i][d] = vt_grid(s.x[i][d] + (d == 0 && i % 2 ? 1.5 : 0));
    }
    sample_count(&s, 1, cu_zr);
    double same[BINS] = {0}, later[BINS] = {0}, (*before)[3] = calloc(N, sizeof *before);
    memcpy(before, s.x, N * sizeof *before);
    struct vt_analysis *a = measure("- van_hove_distinct: {every: 1 ps, t_max: 2 ps, r_max: 5 A, dr: 0.25 A}",
                                    &s, 2, 1, exchange);
    count_slowly(&s, before, before, same);
    count_slowly(&s, s.x, s.x, same);
    count_slowly(&s, before, s.x, later);
    const struct vt_dataset *g = of(a, "van_hove_distinct/g");
    assert_int_equal(g->axis[1].n, 2);
    for (int b = 0; b < BINS; b++) {
        double shell = 4 * M_PI / 3 * (pow(0.25 * (b + 1), 3) - pow(0.25 * b, 3));
        double unit = N * (N - 1) / vt_cell_volume(&s.cell) * shell;
        check_equal(g->value[b] * unit, same[b] / 2, 1e-6);
        check_equal(g->value[BINS + b] * unit, later[b], 1e-6);
    }
    assert_true(later[0] >= 100);
    vt_analysis_destroy(a);
    sample_release(&s);
    free(before);
}

/* ---- velocities and stresses ---- */

/* Independent oscillators of 5 THz with random phases, sampled each 0.01 ps for 6 ps. */
static void oscillate(struct sample *s, int frame)
{
    for (int i = 0; i < s->n; i++) {
        double u[4];
        vt_uniform4(9, i, 0, VT_RANDOM_TEST, u);
        for (int d = 0; d < 3; d++) s->v[i][d] = cos(2 * M_PI * (5 * 0.01 * frame + u[d]));
    }
}

/* C = (3/2) cos(2 pi 5 t) on average over phases (within five errors), g one line there, with the window's
 * width: its largest value within a bin of 5 THz; int g = 1 to 1e-3, the error of the trapezia at 0. */
static void oscillators_have_a_line_in_the_density_of_states(void **state)
{
    (void)state;
    struct sample s = gas(1000);
    s.v = calloc(1000, sizeof *s.v);
    struct vt_analysis *a =
        measure("- vacf: {every: 0.01 ps, t_max: 3 ps, origins: 0.05 ps}", &s, 600, 0.01, oscillate);
    const struct vt_dataset *C = of(a, "vacf/vacf"), *g = of(a, "vacf/dos"), *D = of(a, "vacf/diffusion");
    int n = C->axis[1].n, m = g->axis[1].n;
    for (int b = 0; b < 3; b++) {
        double sum = 0;
        int top = 0;
        for (int k = 0; k < n; k++) {
            int at = b * n + k;
            assert_true(fabs(C->value[at] - 1.5 * cos(2 * M_PI * 5 * C->axis[1].value[k])) <
                        5 * C->error[at] + 1e-9);
        }
        for (int k = 0; k < m; k++) {
            if (g->value[b * m + k] > g->value[b * m + top]) top = k;
            sum += g->value[b * m + k] * (k == 0 || k == m - 1 ? 0.5 : 1) * g->axis[1].value[1];
        }
        check_equal(sum, 1, 1e-3);
        assert_true(fabs(g->axis[1].value[top] - 5) <= g->axis[1].value[1]);
        assert_true(isnan(D->value[b])); /* its integral swings about 0 */
    }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Velocities that are Ornstein-Uhlenbeck processes of variance 1 and time 0.1 ps: they diffuse. */
static void rattle(struct sample *s, int frame)
{
    double keep = frame ? exp(-0.1) : 0;
    for (int i = 0; i < s->n; i++) {
        double g[4];
        vt_normal4(21, i, frame, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) s->v[i][d] = keep * s->v[i][d] + sqrt(1 - keep * keep) * g[d];
    }
}

/* D = 0.1 angstrom^2/ps (trapezia: 0.1 % more), within four errors, which are below 5 %; where C is cut off
 * before it has gone, at 0.15 ps, there is no D: the integral has grown by half of its end since half the
 * time. */
static void velocities_that_are_forgotten_give_D(void **state)
{
    (void)state;
    struct sample s = gas(1000);
    s.v = calloc(1000, sizeof *s.v);
    struct vt_analysis *a =
        measure("- vacf: {every: 0.01 ps, t_max: 1 ps, origins: 0.05 ps}", &s, 600, 0.01, rattle);
    const struct vt_dataset *D = of(a, "vacf/diffusion");
    for (int b = 0; b < 3; b++) {
        assert_true(fabs(D->value[b] - 0.1) < 4 * D->error[b]);
        assert_true(D->error[b] < 0.005);
    }
    vt_analysis_destroy(a);
    a = measure("- vacf: {every: 0.01 ps, t_max: 0.15 ps, origins: 0.05 ps}", &s, 600, 0.01, rattle);
    for (int b = 0; b < 3; b++) assert_true(isnan(of(a, "vacf/diffusion")->value[b]));
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Stresses of which each component is an Ornstein-Uhlenbeck process of time tau and variance c:
 * G = V c exp(-t/tau)/kT, eta = V c tau / kT. With glass: they have a part that stays. Returns the results.
 */
static struct vt_analysis *stress(double tau, double c, double stays)
{
    struct sample s = gas(10);
    struct vt_analysis *a = analysis_make("- viscosity: {every: 0.01 ps, t_max: 1 ps}", &s.material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, 400);
    int n_looks;
    const struct vt_look *looks;
    double now[6] = {0}, keep = exp(-0.01 / tau);
    must(sink.begin(sink.self, &stage, &s.material, &n_looks, &looks));
    for (int f = 0; f < 40000; f++) {
        double g[8];
        vt_normal4(1, 1, f, VT_RANDOM_TEST, g);
        vt_normal4(1, 2, f, VT_RANDOM_TEST, g + 4);
        struct vt_frame frame = sample_frame(&s, MPI_COMM_SELF, 0, 0.01 * f);
        frame.state.temperature = 1000;
        for (int q = 0; q < 6; q++) {
            /* xx, yy, zz with 2c, so that without their mean each tells as much as its share */
            double scale = q < 3 ? sqrt(2 * c) : sqrt(c);
            now[q] = keep * now[q] + sqrt(1 - keep * keep) * scale * g[q];
            frame.state.pressure[q] = now[q] + (q == 3 ? stays : 0) + (q < 3 ? 0.3 : 0);
        }
        must(sink.frame(sink.self, 0, &frame));
    }
    must(sink.end(sink.self));
    sample_release(&s);
    return a;
}

/* In an isotropic sample <s_xx s_xx> = (4/3) <s_xy s_xy>: with xx, yy, zz independent of variance 2c, less
 * their mean it is 2c (2/3). Ten parts: 2 * 3 c + 3 (4/3) c = 10 c. Within four errors, which are below a
 * tenth. */
static void a_maxwell_liquid_has_its_viscosity(void **state)
{
    (void)state;
    const double tau = 0.1, c = 1e-6;
    struct vt_analysis *a = stress(tau, c, 0);
    const struct vt_dataset *eta = of(a, "viscosity/viscosity"), *G = of(a, "viscosity/modulus");
    double volume = 30 * 27 * 33, modulus = volume * c / (VT_KB * 1000) / VT_GPA;
    assert_true(eta->error[0] < 0.1 * eta->value[0]);
    assert_true(fabs(eta->value[0] - modulus * tau) < 4 * eta->error[0]);
    for (int k = 0; k < 30; k++)
        assert_true(fabs(G->value[k] - modulus * exp(-G->axis[0].value[k] / tau)) < 4 * G->error[k]);
    vt_analysis_destroy(a);
    a = stress(tau, c, 1e-3); /* as a glass that has not been unloaded */
    assert_true(isnan(of(a, "viscosity/viscosity")->value[0]));
    vt_analysis_destroy(a);
}

/* 2^18 times 2^-22 + 2^-60: had the lowest word to hold it all, 2^-4, it would lose the small part. The same
 * bits from two halves that were added up apart, as ranks do, and with numbers of both signs. */
static void words_hold_sums_of_any_length(void **state)
{
    (void)state;
    const double v = 0x1p-22 + 0x1p-60;
    double all[VT_WORDS] = {0}, half[2][VT_WORDS] = {{0}}, both[VT_WORDS];
    for (int k = 0; k < 1 << 18; k++) {
        vt_words_add(all, 0, v);
        vt_words_add(half[k % 2], 0, v);
    }
    assert_true(vt_words_value(all) == 0x1p-4 + 0x1p-42);
    for (int k = 0; k < 5000; k++) { /* and what cancels, to and fro across every carry */
        vt_words_add(half[0], 700.25, 0x1p-21);
        vt_words_add(half[1], -700.25, -0x1p-21);
    }
    for (int w = 0; w < VT_WORDS; w++) both[w] = half[0][w] + half[1][w];
    assert_true(vt_words_value(both) == 0x1p-4 + 0x1p-42);
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
    refuse("- isf_self: {q: 2.7}", "unit");
    refuse("- isf_self: {q: -1 /A}", "wave number");
    refuse("- isf_self: {q: []}", "1 to 16 wave numbers");
    refuse("- vacf: {lags: log}", "linear");
    refuse("- msd: {fit_from: 50 ps, fit_to: 10 ps}", "shorter than fit_to");
    refuse("- isf: {fit_to: 0.5 ps}", "shorter than fit_to"); /* fit_from: 1 ps */
    refuse("- vacf: {inherent: true}", "at rest");
    refuse("- msd: {every: 1 ps, t_max: 0.1 ps}", "every");
    refuse("- msd: {lags: linear, per_octave: 2}", "per_octave");
    refuse("- vacf: {per_octave: 2}", "per_octave");
    refuse("- isf_self: {q: [1 /A, 2.7 /A, 2.70 /A]}", "2.70 /A is there twice");
    refuse("- van_hove: {r_max: 0.2 A, dr: 1 A}", "one bin");
    refuse("- van_hove_distinct: {r_max: 0.5 A, dr: 0.4 A}", "one bin");
    refuse("- viscosity: {inherent: true}", "energy minima");
    refuse("- nonaffine: {bins: 10}", "profile");
    refuse("- strings: {fraction: 0.1}", "of 10 atoms makes 1 of them mobile");
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
        cmocka_unit_test(isf_self_is_what_its_formula_says),
        cmocka_unit_test(a_brownian_particle_relaxes_in_1_over_D_q_squared),
        cmocka_unit_test(a_brownian_particle_has_a_gaussian_van_hove_function),
        cmocka_unit_test(errors_see_spells_of_time_and_parts_of_the_sample),
        cmocka_unit_test(overlap_counts_those_that_stay),
        cmocka_unit_test(atoms_that_change_places_fill_the_distinct_part),
        cmocka_unit_test(oscillators_have_a_line_in_the_density_of_states),
        cmocka_unit_test(velocities_that_are_forgotten_give_D),
        cmocka_unit_test(a_maxwell_liquid_has_its_viscosity),
        cmocka_unit_test(words_hold_sums_of_any_length),
        cmocka_unit_test(uneven_frames_and_unfit_options_are_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
