/* Speckles of samples whose motion is known: two-time correlation, Siegert, stretches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/weights.h"
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

static struct sample gas(int n)
{
    struct sample s = sample_make(n, vt_cell_make(36, 33, 39, 4, -3, 2));
    sample_gas(&s, 7, 0);
    for (int i = 0; i < n; i++) s.species[i] = i % 3 == 0;
    sample_count(&s, 2, cu_zr);
    return s;
}

static void step(struct sample *s, int frame, double variance)
{
    for (int i = 0; i < s->n && frame; i++) {
        double g[4];
        vt_normal4(5, i, frame, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + sqrt(variance) * g[d]);
    }
}

/* Variance 2 D dt along each axis a step of 0.5 ps: D = 0.02 angstrom^2/ps. */
static void walk(struct sample *s, int frame)
{
    step(s, frame, 0.02);
}

static void within(const struct vt_dataset *d, int k, double right, double errors, double most)
{
    print_message("%s[%d]: %.4f +- %.4f, %.4f is right\n", d->path, k, d->value[k], d->error[k], right);
    assert_true(d->error[k] < most);
    assert_true(fabs(d->value[k] - right) < errors * d->error[k]);
}

/* Particles that know nothing of each other: amplitudes are Gaussian, contrast 1 (1 - 1/N of N scatterers),
 * and g2 - 1 = contrast f^2 with f = exp(-D q^2 t) (Siegert), so that tau = 1 / (D q^2) and beta = 1, at one
 * rate. */
static void brownian_particles_obey_siegert(void **state)
{
    (void)state;
    struct sample s = gas(2000);
    struct vt_analysis *a =
        measure("- xpcs: {q: 2.4 /A, fit_from: 0.5 ps, every: 0.5 ps}", &s, 400, 0.5, walk);
    const struct vt_dataset *g2 = of(a, "xpcs/g2"), *mean = of(a, "xpcs/g2_mean");
    double q = of(a, "xpcs/q_mean")->value[0], tau = 1 / (0.02 * q * q),
           contrast = of(a, "xpcs/contrast")->value[0], worst = 0;
    assert_true(of(a, "xpcs/waves")->value[0] == 400);
    within(of(a, "xpcs/contrast"), 0, 1, 4, 0.05);
    for (int k = 0; k < g2->axis[0].n && g2->axis[0].value[k] < 3 * tau; k++) {
        double f = exp(-g2->axis[0].value[k] / tau), off = g2->value[k] - 1 - contrast * f * f;
        worst = fmax(worst, fabs(off) / g2->error[k]);
        assert_true(fabs(off) < 4 * g2->error[k] + 0.01);
        assert_true(fabs(g2->value[k] - mean->value[k]) < 4 * g2->error[k]);
    }
    print_message("g2 is off by at most %.1f errors\n", worst);
    within(of(a, "xpcs/tau"), 0, tau, 4, 0.06 * tau);
    within(of(a, "xpcs/beta"), 0, 1, 4, 0.08);
    assert_int_equal(of(a, "xpcs/tau")->axis[0].n, 2); /* the stage and its only stretch */
    const struct vt_dataset *c = of(a, "xpcs/two_time");
    assert_int_equal(c->axis[0].n, 400);
    for (int i = 0; i < 400; i++)
        for (int j = 0; j < i; j++) check_equal(c->value[i * 400 + j], c->value[j * 400 + i], 1e-12);
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* At frame 200 of 400 particles become five times slower: two stretches, the change within a step of 8
 * frames, and tau of each. */
static void slow_down(struct sample *s, int frame)
{
    step(s, frame, frame <= 200 ? 0.05 : 0.01);
}

static void a_planted_step_is_found(void **state)
{
    (void)state;
    struct sample s = gas(2000);
    struct vt_analysis *a =
        measure("- xpcs: {q: 2.4 /A, fit_from: 0.5 ps, every: 0.5 ps}", &s, 400, 0.5, slow_down);
    double q = of(a, "xpcs/q_mean")->value[0];
    const struct vt_dataset *tau = of(a, "xpcs/tau"), *begin = of(a, "xpcs/begin"), *end = of(a, "xpcs/end");
    assert_int_equal(tau->axis[0].n, 3);
    assert_string_equal(tau->axis[0].label[0], "stage");
    assert_true(begin->value[1] == 0 && end->value[2] == 199.5);
    print_message("the step at 100 ps is found at %g ps\n", begin->value[2]);
    assert_true(fabs(begin->value[2] - 100) <= 4);
    within(tau, 1, 1 / (0.05 * q * q), 4, 0.4);
    within(tau, 2, 1 / (0.01 * q * q), 4, 2.5);
    of(a, "xpcs/g2_stretch_2");
    vt_analysis_destroy(a);
    sample_release(&s);
}

static void stay(struct sample *s, int frame)
{
    (void)s, (void)frame;
}

/* A glass that does not move: C = 1 + contrast everywhere, and no relaxation time. */
static void a_frozen_sample_does_not_decorrelate(void **state)
{
    (void)state;
    struct sample s = gas(100);
    struct vt_analysis *a = measure("- xpcs: {waves: 60}", &s, 100, 0.5, stay);
    const struct vt_dataset *c = of(a, "xpcs/two_time");
    double contrast = of(a, "xpcs/contrast")->value[0];
    for (int i = 0; i < 100 * 100; i++) check_equal(c->value[i], 1 + contrast, 1e-10);
    for (int k = 0; k < of(a, "xpcs/tau")->axis[0].n; k++) assert_true(isnan(of(a, "xpcs/tau")->value[k]));
    assert_non_null(vt_results_get_note(vt_analysis_results(a), "stages/01-hold/xpcs", "fit of stage"));
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* The mean intensity is that of S(q): <I> = S + (<f^2> - <f>^2) / <f>^2, of the same waves and frames, and
 * with f' and f'' too. Where a form factor has an imaginary part, I(q) and I(-q) differ for one sample, which
 * their mean (S) does not show: without energy to rounding, with it to 5 %. */
static void the_mean_intensity_is_the_structure_factor(void **state)
{
    (void)state;
    for (int anomalous = 0; anomalous < 2; anomalous++) {
        struct sample s = gas(500);
        char list[300];
        const char *energy = anomalous ? ", energy: 17.9 keV" : "";
        snprintf(list, sizeof list,
                 "- xpcs: {q: 2.7 /A, waves: 150, every: 0.5 ps%s}\n"
                 "- isf: {q: 2.7 /A, waves: 150, every: 0.5 ps, t_max: 2 ps%s}\n",
                 energy, energy);
        struct vt_analysis *a = measure(list, &s, 20, 0.5, walk);
        const struct vt_dataset *i = of(a, "xpcs/intensity");
        double squared, square, mean = 0;
        assert_true(vt_mean_scattering(&s.material, &(struct vt_probe){VT_XRAY, anomalous ? 17900 : NAN}, 2.7,
                                       &squared, &square));
        for (int t = 0; t < 20; t++) mean += i->value[t] / 20;
        double right = of(a, "isf/s_xray")->value[0] + square / squared - 1;
        check_equal(mean, right, anomalous ? 0.05 : 1e-9);
        check_equal(of(a, "xpcs/q_mean")->value[0], of(a, "isf/q_mean")->value[0], 1e-12);
        vt_analysis_destroy(a);
        sample_release(&s);
    }
}

/* No more frames than asked for are kept, evenly, and the matrix is no larger than asked for. */
static void long_stages_are_thinned(void **state)
{
    (void)state;
    struct sample s = gas(60);
    struct vt_analysis *a =
        measure("- xpcs: {waves: 30, frames: 60, matrix: 20, every: 0.5 ps}", &s, 201, 0.5, walk);
    const struct vt_dataset *i = of(a, "xpcs/intensity"), *c = of(a, "xpcs/two_time");
    assert_int_equal(i->axis[0].n, 51); /* each fourth */
    for (int t = 0; t < 51; t++) check_equal(i->axis[0].value[t], 2 * t, 1e-9);
    assert_int_equal(c->axis[0].n, 17); /* three by three */
    check_equal(c->axis[1].value[1], 8, 1e-9);
    vt_analysis_destroy(a);
    sample_release(&s);
}

static void what_cannot_be_measured_is_refused(void **state)
{
    (void)state;
    struct sample s = gas(10);
    struct vt_yaml *root = NULL;
    struct vt_analysis *a = NULL;
    const char *list = "- xpcs: {blocks: 3}";
    must(vt_yaml_parse(list, strlen(list), "list", &root));
    assert_int_equal(vt_analysis_create(root, &s.material, &a), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "leave blocks out"));
    vt_yaml_release(root);
    a = measure("- xpcs: {}", &s, 5, 0.5, walk);
    assert_null(vt_results_find(vt_analysis_results(a), "stages/01-hold/xpcs/g2"));
    assert_non_null(vt_results_get_note(vt_analysis_results(a), "stages/01-hold/xpcs", "refused"));
    vt_analysis_destroy(a);
    sample_release(&s);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brownian_particles_obey_siegert),
        cmocka_unit_test(a_planted_step_is_found),
        cmocka_unit_test(a_frozen_sample_does_not_decorrelate),
        cmocka_unit_test(the_mean_intensity_is_the_structure_factor),
        cmocka_unit_test(long_stages_are_thinned),
        cmocka_unit_test(what_cannot_be_measured_is_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
