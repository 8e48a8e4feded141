/* Collective intermediate scattering functions of samples whose motion is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "analysis/lags.h"
#include "analysis/waves.h"
#include "check.h"
#include "fabricate.h"

static const char *const cu_zr[] = {"Cu", "Zr"};

typedef void mover(struct sample *s, int frame);
static struct vt_analysis *measure(const char *list, struct sample *s, int frames, double every, mover *move)
{
    struct vt_analysis *a = analysis_make(list, &s->material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, frames * every);
    int n_looks;
    const struct vt_look *looks;
    must(vt_analysis_check(a, &s->cell));
    must(sink.begin(sink.self, &stage, &s->material, &n_looks, &looks));
    for (int f = 0; f < frames; f++) {
        move(s, f);
        struct vt_frame frame = sample_frame(s, MPI_COMM_SELF, 0, f * every);
        for (int l = 0; l < n_looks; l++) must(sink.frame(sink.self, l, &frame));
    }
    must(sink.end(sink.self));
    return a;
}

static const struct vt_dataset *of(struct vt_analysis *a, const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "stages/01-hold/%s", name);
    return result(a, path);
}

static struct sample gas(int n, double edge)
{
    struct sample s = sample_make(n, vt_cell_make(edge, 0.9 * edge, 1.1 * edge, 4, -3, 2));
    sample_gas(&s, 7, 0);
    for (int i = 0; i < n; i++) s.species[i] = i % 3 == 0;
    sample_count(&s, 2, cu_zr);
    return s;
}

/* Places uncorrelated, velocities those of copper at 300 K: v_th^2 = k_B T / m. */
static double v_thermal(void)
{
    return sqrt(8.617333e-5 * 300 / (63.546 * 1.0364270e-4));
}

/* Evenly spread in probability (a lattice of the plastic number), so that a few atoms have all moments of a
 * Gaussian: drawn by chance, 2500 have a v_th that is 1 % another. */
static void velocity(int i, double v[3])
{
    static const double step[3] = {0.8191725133961645, 0.6710436067037893, 0.5497004779019703};
    for (int d = 0; d < 3; d++) {
        double u = 0.5 + (i + 1) * step[d];
        v[d] = v_thermal() * gsl_cdf_ugaussian_Pinv(u - floor(u));
    }
}

static void fly(struct sample *s, int frame)
{
    for (int i = 0; i < s->n && frame; i++) {
        double v[3];
        velocity(i, v);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + 0.02 * v[d]);
    }
}

static void within(const struct vt_dataset *d, int k, double right, double errors, double most)
{
    print_message("%s: %.4f +- %.4f, %.4f is right\n", d->path, d->value[k], d->error[k], right);
    assert_true(d->error[k] < most);
    assert_true(fabs(d->value[k] - right) < errors * d->error[k]);
}

/* Atoms that know nothing of each other: F(q, t) is that of each, exp[-(q v_th t)^2 / 2], so beta = 2 and tau
 * = sqrt(2) / (q v_th) = 0.2745 ps at 2.6 / angstrom (acceptance.md). */
static void a_ballistic_gas_falls_as_a_gaussian(void **state)
{
    (void)state;
    struct sample s = gas(1250, 40);
    struct vt_analysis *a = measure(
        "- isf: {q: 2.6 /A, dq: 0.14 /A, waves: 1200, every: 0.02 ps, t_max: 1.5 ps, fit_from: 0.02 ps}", &s,
        400, 0.02, fly);
    const struct vt_dataset *number = of(a, "isf/f_number"), *xray = of(a, "isf/f_xray");
    double q = of(a, "isf/q_mean")->value[0], worst = 0;
    double tau = sqrt(2) / (q * v_thermal());
    assert_true(fabs(sqrt(2) / (2.6 * v_thermal()) - 0.2745) < 1e-4);
    assert_true(of(a, "isf/waves")->value[0] == 1200);
    assert_true(fabs(q - 2.6) < 0.01);
    for (int t = 0; t < number->axis[1].n; t++) {
        double right = exp(-pow(number->axis[1].value[t] / tau, 2));
        worst = fmax(worst, fabs(number->value[t] - right) / (number->error[t] + 1e-6));
        assert_true(fabs(number->value[t] - right) < 4.5 * number->error[t] + 1e-9);
        assert_true(fabs(xray->value[t] - right) < 4.5 * xray->error[t] + 1e-9);
        assert_true(number->error[t] < 0.02);
    }
    print_message("f_number is off by at most %.1f errors\n", worst);
    within(of(a, "isf/tau"), 0, tau, 4, 0.02 * tau);
    within(of(a, "isf/tau_1e"), 0, tau, 4, 0.02 * tau);
    within(of(a, "isf/f_q"), 0, 1, 4, 0.02);
    within(of(a, "isf/beta"), 0, 2, 4, 0.025);
    vt_analysis_destroy(a);
    sample_release(&s);
    /* Behind the free flight nothing is left to fit: no number, and the reason (traps.md 18). */
    s = gas(300, 25);
    a = measure("- isf: {q: 2.6 /A, waves: 100, every: 0.02 ps, t_max: 3 ps}", &s, 300, 0.02, fly);
    assert_true(isnan(of(a, "isf/tau")->value[0]) && isnan(of(a, "isf/beta")->value[0]));
    const char *note = vt_results_get_note(vt_analysis_results(a), "stages/01-hold/isf", "fit at q = 2.6 /A");
    assert_non_null(note);
    assert_non_null(strstr(note, "no decay"));
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Each step a Gaussian of variance 0.08 along each axis in 0.1 ps: D = 0.4 angstrom^2/ps. */
static void walk(struct sample *s, int frame)
{
    for (int i = 0; i < s->n && frame; i++) {
        double g[4];
        vt_normal4(5, i, frame, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + sqrt(0.08) * g[d]);
    }
}

/* f = exp(-D q^2 t), so beta = 1, tau = 1 / (D q^2), tau ~ q^-2: within four errors, which are below some
 * per cent. */
static void brownian_particles_forget_as_their_diffusion_says(void **state)
{
    (void)state;
    struct sample s = gas(1250, 40);
    struct vt_analysis *a =
        measure("- isf: {q: [1.2 /A, 1.6 /A, 2 /A], waves: 300, every: 0.1 ps, t_max: 6 ps, "
                "fit_from: 0.1 ps}",
                &s, 200, 0.1, walk);
    const struct vt_dataset *f = of(a, "isf/f_number");
    for (int k = 0; k < 3; k++) {
        double q = of(a, "isf/q_mean")->value[k], tau = 1 / (0.4 * q * q);
        for (int t = 0; t < f->axis[1].n; t++) {
            int at = k * f->axis[1].n + t;
            assert_true(fabs(f->value[at] - exp(-f->axis[1].value[t] / tau)) < 4.5 * f->error[at] + 1e-9);
        }
        within(of(a, "isf/tau"), k, tau, 4, 0.05 * tau);
        within(of(a, "isf/tau_1e"), k, tau, 4, 0.08 * tau);
        within(of(a, "isf/beta"), k, 1, 4, 0.08);
        within(of(a, "isf/f_q"), k, 1, 4, 0.05);
        within(of(a, "isf/s_number"), k, 1, 4, 0.05);
    }
    within(of(a, "isf/tau_exponent"), 0, 2, 4, 0.15);
    vt_analysis_destroy(a);
    sample_release(&s);
}

static void stay(struct sample *s, int frame)
{
    (void)s, (void)frame;
}

/* What does not move: f = 1 at all times, to rounding; no time is given, and the reason is told. */
static void a_frozen_sample_keeps_all(void **state)
{
    (void)state;
    struct sample s = gas(100, 20);
    struct vt_analysis *a = measure("- isf: {every: 0.5 ps, t_max: 20 ps, blocks: 2}", &s, 60, 0.5, stay);
    const struct vt_dataset *f = of(a, "isf/f_xray");
    assert_true(f->axis[1].n > 10);
    for (int t = 0; t < f->axis[1].n; t++) {
        check_equal(f->value[t], 1, 1e-12);
        assert_true(f->error[t] < 1e-12);
    }
    const struct vt_dataset *blocks = of(a, "blocks/isf/f_xray");
    int times = blocks->axis[2].n, gaps = 0;
    assert_int_equal(times, f->axis[1].n);
    struct vt_lags plan;
    must(vt_lags_make(&(struct vt_lag_options){.t_max = 20, .per_octave = 4}, 0.5, &plan));
    for (int t = 0; t < times; t++) { /* origins of the second half are 30 .. 59 */
        int64_t length = plan.lag[t].length, apart = plan.lag[t].origins;
        bool gap = (30 + apart - 1) / apart * apart + length > 59;
        check_equal(blocks->axis[2].value[t], 0.5 * (double)length, 1e-9);
        check_equal(blocks->value[t], 1, 1e-12);
        assert_true(gap ? isnan(blocks->value[times + t]) : fabs(blocks->value[times + t] - 1) < 1e-12);
        gaps += gap;
    }
    free(plan.lag);
    assert_true(gaps > 0);
    static const char *const none[] = {"isf/tau_1e", "isf/tau", "isf/beta", "isf/f_q"};
    for (int k = 0; k < 4; k++) assert_true(isnan(of(a, none[k])->value[0]));
    assert_non_null(strstr(
        vt_results_get_note(vt_analysis_results(a), "stages/01-hold/isf", "fit at q = 2.7 /A"), "no decay"));
    vt_analysis_destroy(a);
    sample_release(&s);
}

enum { SMALL = 40, FRAMES = 9 };
static double seen[FRAMES][SMALL][3];
static void walk_and_tell(struct sample *s, int frame)
{
    walk(s, frame);
    memcpy(seen[frame], s->x, sizeof seen[frame]);
}

/* A second way: amplitudes by cos and sin of q r, all products written out. Quanta of amplitudes, 2^-30 an
 * atom, allow 1e-6; with the partials, and their sum over pairs. */
static void it_is_what_its_definition_says(void **state)
{
    (void)state;
    struct sample s = gas(SMALL, 11);
    struct vt_analysis *a =
        measure("- isf: {q: 3 /A, dq: 0.3 /A, waves: 0, every: 0.1 ps, t_max: 0.4 ps, lags: linear}", &s,
                FRAMES, 0.1, walk_and_tell);
    double g[3][3], product[5][3] = {{0}}, norm[5][3] = {{0}};
    int waves = 0;
    vt_reciprocal(&s.cell, g);
    for (int n1 = -9; n1 <= 9; n1++)
        for (int n2 = -9; n2 <= 9; n2++)
            for (int n3 = -9; n3 <= 9; n3++) {
                const int n[3] = {n1, n2, n3};
                double q = vt_wave_number(g, n), rho[FRAMES][2][2] = {{{0}}};
                if (q < 2.85 || q >= 3.15) continue;
                waves++;
                for (int f = 0; f < FRAMES; f++)
                    for (int i = 0; i < SMALL; i++) {
                        double phase = 0;
                        for (int d = 0; d < 3; d++)
                            phase += (n[0] * g[0][d] + n[1] * g[1][d] + n[2] * g[2][d]) * seen[f][i][d];
                        rho[f][s.species[i]][0] += cos(phase);
                        rho[f][s.species[i]][1] += sin(phase);
                    }
                for (int lag = 0; lag < 5; lag++)
                    for (int f = 0; f + lag < FRAMES; f++)
                        for (int b = 0; b < 2; b++)
                            for (int c = 0; c < 2; c++)
                                for (int part = 0; part < 2; part++) {
                                    double(*then)[2] = rho[f], (*now)[2] = rho[f + lag];
                                    product[lag][b + c] += now[b][part] * then[c][part];
                                    norm[lag][b + c] +=
                                        (now[b][part] * now[c][part] + then[b][part] * then[c][part]) / 2;
                                }
            }
    const struct vt_dataset *f = of(a, "isf/f_number"), *partial = of(a, "isf/partial"),
                            *s_number = of(a, "isf/s_number");
    assert_int_equal((int)of(a, "isf/waves")->value[0], waves / 2);
    assert_int_equal(f->axis[1].n, 5);
    double c[2] = {(double)s.material.species[0].count / SMALL, (double)s.material.species[1].count / SMALL};
    for (int lag = 0; lag < 5; lag++) {
        double p = product[lag][0] + product[lag][1] + product[lag][2],
               n = norm[lag][0] + norm[lag][1] + norm[lag][2], sum = 0;
        check_equal(f->value[lag], p / n, 1e-6);
        for (int pair = 0; pair < 3; pair++) {
            double root = sqrt(c[pair / 2] * c[(pair + 1) / 2]), F = partial->value[pair * 5 + lag],
                   both = pair == 1 ? 2 : 1;
            check_equal(root * F * both, product[lag][pair] / n * s_number->value[0], 1e-6);
            sum += root * F * both;
        }
        check_equal(sum, f->value[lag] * s_number->value[0], 1e-12);
    }
    assert_true(fabs(f->value[4]) < 0.9);
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* F(q, 0) is the S(q) that sq_direct finds on the same waves, partial, X-ray (with f' and f'') and number,
 * and so is the error that classes of waves tell; what stretches of time tell can only be more. */
static void without_time_it_is_the_structure_factor(void **state)
{
    (void)state;
    struct sample s = gas(200, 16);
    struct vt_analysis *a =
        measure("- isf: {q_max: 4 /A, dq: 0.5 /A, waves: 0, every: 1 ps, t_max: 2 ps, energy: 17.9 keV}\n"
                "- sq_direct: {q_max: 4 /A, dq: 0.5 /A, waves: 0, every: 1 ps, energy: 17.9 keV}\n",
                &s, 5, 1, walk);
    static const char *const names[] = {"s_number", "s_xray", "q_mean", "waves"};
    for (int n = 0; n < 4; n++) {
        char one[40], two[40];
        snprintf(one, sizeof one, "isf/%s", names[n]);
        snprintf(two, sizeof two, "sq_direct/%s", names[n]);
        assert_int_equal(of(a, one)->axis[0].n, 8);
        for (int k = 1; k < 8; k++) {
            check_equal(of(a, one)->value[k], of(a, two)->value[k], 1e-9);
            if (n < 2) assert_true(of(a, one)->error[k] > of(a, two)->error[k] - 1e-9);
        }
    }
    const struct vt_dataset *one = of(a, "isf/s_partial"), *two = of(a, "sq_direct/s_partial");
    for (int k = 1; k < 8; k++)
        for (int p = 0; p < 3; p++) check_equal(one->value[k * 3 + p], two->value[p * 8 + k], 1e-9);
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

/* Waves go with the cell, so atoms that do so too have not moved, through flips: f = 1 to the grid of places,
 * 2^-40 angstrom, and the quantum of amplitudes. The lengths of the waves change. */
static void affine_deformation_is_no_motion(void **state)
{
    (void)state;
    struct sample s = gas(200, 30);
    struct vt_analysis *a = measure("- isf: {q: 2 /A, every: 1 ps, t_max: 50 ps}", &s, 60, 1, strain);
    const struct vt_dataset *f = of(a, "isf/f_xray");
    for (int t = 0; t < f->axis[1].n; t++) check_equal(f->value[t], 1, 1e-6);
    assert_true(s.cell.h[1][0] < 4 + 0.6 * 59 - 27); /* it was exchanged */
    assert_true(of(a, "isf/q_mean")->value[0] > 2.1);
    vt_analysis_destroy(a);
    sample_release(&s);
}

static void refuse(const char *list, const char *word)
{
    struct vt_yaml *root = NULL;
    struct vt_analysis *a = NULL;
    struct sample s = gas(10, 30);
    must(vt_yaml_parse(list, strlen(list), "list", &root));
    enum vt_status st = vt_analysis_create(root, &s.material, &a);
    if (st == VT_OK) st = vt_analysis_check(a, &s.cell);
    assert_int_equal(st, VT_EINPUT);
    assert_non_null(strstr(vt_message(), word));
    vt_analysis_destroy(a);
    vt_yaml_release(root);
    sample_release(&s);
}

static void what_cannot_be_measured_is_refused(void **state)
{
    (void)state;
    refuse("- isf: {every: 0}", "every");
    refuse("- isf: {q: 2 /A, q_max: 3 /A}", "one of q and q_max");
    refuse("- isf: {q: 0.05 /A}", "the longest wave that fits");
    refuse("- isf: {q: [2 /A, 2.05 /A]}", "not overlap");
    refuse("- isf: {q: [2]}", "/A");
    refuse("- isf: {q: {to: 2 /A}}", "wave number");
    refuse("- isf: {q_max: 60 /A, dq: 0.1 /A}", "widen dq");
    refuse("- isf: {q_max: 25 /A, every: 0.001 ps, lags: linear, t_max: 50 ps}", "GB");
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ballistic_gas_falls_as_a_gaussian),
        cmocka_unit_test(brownian_particles_forget_as_their_diffusion_says),
        cmocka_unit_test(a_frozen_sample_keeps_all),
        cmocka_unit_test(it_is_what_its_definition_says),
        cmocka_unit_test(without_time_it_is_the_structure_factor),
        cmocka_unit_test(affine_deformation_is_no_motion),
        cmocka_unit_test(what_cannot_be_measured_is_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
