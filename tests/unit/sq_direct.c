/* The kernels sq_direct and sq_fft through the driver: crystals, gases, and the same sample through g(r). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fabricate.h"

static const char *const cu[] = {"Cu"}, *const cu_zr[] = {"Cu", "Zr"};

static struct vt_analysis *measure(const char *list, struct sample *s, double reach, int frames)
{
    struct vt_analysis *a = analysis_make(list, &s->material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, frames);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s->material, &n_looks, &looks));
    for (int f = 0; f < frames; f++) {
        if (frames > 1) sample_gas(s, 4, f);
        struct vt_frame frame = sample_frame(s, MPI_COMM_SELF, reach, f);
        for (int look = 0; look < n_looks; look++) must(sink.frame(sink.self, look, &frame));
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

/* Cubic copper, 3.615 angstrom, 4 x 4 x 4 cells: S = N where a wave is a reciprocal lattice vector,
 * at 3.010455, 3.476174, 4.916053 and 5.764583 / angstrom, and 0 at every other wave. The quantum of
 * amplitudes, 2^-30 an atom, allows 1e-8. */
static void a_crystal_has_its_peaks_and_nothing_else(void **state)
{
    (void)state;
    const double e = 3.615, peak[] = {3.010455, 3.476174, 4.916053, 5.764583};
    const int n = 4;
    struct sample s = sample_make(4 * n * n * n, vt_cell_make(n * e, n * e, n * e, 0, 0, 0));
    static const double site[4][3] = {{0, 0, 0}, {.5, .5, 0}, {.5, 0, .5}, {0, .5, .5}};
    for (int i = 0; i < s.n; i++) {
        const int c = i / 4, at[3] = {c / n / n, c / n % n, c % n};
        for (int d = 0; d < 3; d++) s.x[i][d] = vt_grid((at[d] + site[i % 4][d]) * e);
    }
    sample_count(&s, 1, cu);
    struct vt_analysis *a = measure("- sq_direct: {q_max: 5.8 /A, dq: 0.0004 /A, waves: 0}", &s, 0, 1);
    const struct vt_dataset *number = of(a, "sq_direct/s_number"), *mean = of(a, "sq_direct/q_mean");
    int seen = 0, dark = 0;
    for (int k = 0; k < number->axis[0].n; k++) {
        if (isnan(number->value[k])) continue;
        int which = -1;
        for (int p = 0; p < 4; p++)
            if (fabs(mean->value[k] - peak[p]) < 1e-6) which = p;
        seen += which >= 0;
        dark += which < 0;
        assert_true(fabs(number->value[k] - (which >= 0 ? s.n : 0)) < 1e-8 * s.n);
    }
    assert_int_equal(seen, 4);
    assert_true(dark > 100);
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* An ideal gas: A_ab = 1 and S = 1 for any weights. 40 frames and 100 waves of a shell or so; the mean over
 * the shells lies within four of its errors, and chi^2 a shell is near 1. */
static void an_ideal_gas_has_none(void **state)
{
    (void)state;
    struct sample s = sample_make(300, vt_cell_make(18, 17, 16, 3, -2, 4));
    for (int i = 0; i < s.n; i++) s.species[i] = i % 3 == 0;
    sample_count(&s, 2, cu_zr);
    struct vt_analysis *a = measure("- sq_direct: {q_max: 8 /A, dq: 0.1 /A, waves: 100}", &s, 0, 40);
    static const char *const names[] = {"sq_direct/s_xray", "sq_direct/s_neutron", "sq_direct/s_number"};
    for (int which = 0; which < 3; which++) {
        const struct vt_dataset *d = of(a, names[which]);
        double chi2 = 0, off = 0, weight = 0;
        int n = 0;
        for (int k = 20; k < d->axis[0].n; k++, n++) {
            chi2 += pow((d->value[k] - 1) / d->error[k], 2);
            off += (d->value[k] - 1) / pow(d->error[k], 2);
            weight += 1 / pow(d->error[k], 2);
        }
        print_message("%s: chi^2 %.2f a shell, off by %.4f +- %.4f\n", names[which], chi2 / n, off / weight,
                      1 / sqrt(weight));
        assert_true(fabs(chi2 / n - 1) < 0.5);
        assert_true(fabs(off / weight) < 4 / sqrt(weight));
    }
    const struct vt_dataset *waves = of(a, "sq_direct/waves");
    for (int k = 40; k < waves->axis[0].n; k++)
        assert_true(fabs(waves->value[k] - 100) < 50); /* five times Poisson */
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* Spheres that do not overlap, put down at random: through g(r), and through waves. Both see the same sample;
 * the few waves of a shell are an average over directions that is not complete, which their errors tell. g(r)
 * ends at 16 angstrom, where spheres know nothing of each other. */
static void both_ways_agree(void **state)
{
    (void)state;
    const double sigma = 2.4;
    struct sample s = sample_make(1500, vt_cell_make(34, 34, 34, 5, 0, -4));
    for (int i = 0, draw = 0; i < s.n; draw++) {
        double u[4], x[3];
        bool free = true;
        vt_uniform4(3, draw, 0, VT_RANDOM_TEST, u);
        vt_cell_cartesian(&s.cell, u, x);
        for (int j = 0; j < i && free; j++) {
            double f[3], d[3], shift[3], r2 = 0;
            for (int k = 0; k < 3; k++) d[k] = x[k] - s.x[j][k];
            vt_cell_fractional(&s.cell, d, f);
            vt_cell_shift(&s.cell, (int[]){(int)rint(f[0]), (int)rint(f[1]), (int)rint(f[2])}, shift);
            for (int k = 0; k < 3; k++) r2 += pow(d[k] - shift[k], 2);
            free = r2 > sigma * sigma;
        }
        if (!free) continue;
        for (int k = 0; k < 3; k++) s.x[i][k] = vt_grid(x[k]);
        s.species[i] = i % 2;
        i++;
    }
    sample_count(&s, 2, cu_zr);
    struct vt_analysis *a = measure("- pdf: {r_max: 16 A}\n- sq: {q_max: 12 /A, dq: 0.05 /A}\n"
                                    "- sq_direct: {q_max: 12 /A, dq: 0.1 /A, waves: 400}\n",
                                    &s, 16, 1);
    static const char *const names[] = {"s_xray", "s_number"};
    for (int which = 0; which < 2; which++) {
        char one[40], two[40];
        snprintf(one, sizeof one, "sq/%s", names[which]);
        snprintf(two, sizeof two, "sq_direct/%s", names[which]);
        const struct vt_dataset *d = of(a, two), *g = of(a, one), *mean = of(a, "sq_direct/q_mean");
        double chi2 = 0, dq = g->axis[0].value[0];
        int n = 0;
        for (int k = 15; k < d->axis[0].n - 1; k++, n++) {
            double at = mean->value[k] / dq - 1;
            int low = (int)at;
            double s_at = g->value[low] + (at - low) * (g->value[low + 1] - g->value[low]);
            chi2 += pow((d->value[k] - s_at) / d->error[k], 2);
        }
        print_message("%s: chi^2 %.2f a shell\n", names[which], chi2 / n);
        assert_true(chi2 / n < 1.5 && chi2 / n > 0.5);
    }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* The amplitudes of a grid are those of the sums over atoms, but for what images let through: with
 * oversampling 1, 1.5 and 2 less than 1.69e-5, 1.02e-7 and 3.54e-9 of an amplitude, which goes into A_ab once
 * for each of two atoms; the sum over a shell of a hundred waves or more is far below three times that. A
 * gas, in a skew cell, one edge of which has fewer points than a spline is wide; and two frames of different
 * cells. */
static void a_grid_knows_all_waves(void **state)
{
    (void)state;
    static const double aliasing[] = {1.69e-5, 1.02e-7, 3.54e-9};
    struct sample s = sample_make(200, vt_cell_make(19, 17, 3.1, 3, -2, 1.4));
    for (int i = 0; i < s.n; i++) s.species[i] = i % 3 == 0;
    sample_count(&s, 2, cu_zr);
    for (int k = 0; k < 3; k++) {
        char list[200];
        snprintf(list, sizeof list,
                 "- sq_direct: {q_max: 8 /A, dq: 0.4 /A, waves: 0}\n"
                 "- sq_fft: {q_max: 8 /A, dq: 0.4 /A, oversampling: %g}\n",
                 1 + 0.5 * k);
        struct vt_analysis *a = measure(list, &s, 0, 2);
        const struct vt_dataset *grid = of(a, "sq_fft/a_partial"), *sum = of(a, "sq_direct/a_partial"),
                                *waves = of(a, "sq_fft/waves"), *waves_of_sum = of(a, "sq_direct/waves");
        double worst = 0;
        for (int i = 0; i < grid->axis[0].n * grid->axis[1].n; i++)
            if (!isnan(sum->value[i])) worst = fmax(worst, fabs(grid->value[i] - sum->value[i]));
        for (int i = 0; i < waves->axis[0].n; i++) assert_true(waves->value[i] == waves_of_sum->value[i]);
        print_message("oversampling %g: A_ab differs by %.1e\n", 1 + 0.5 * k, worst);
        assert_true(fabs(of(a, "sq_fft/aliasing")->value[0] / aliasing[k] - 1) < 0.05);
        assert_true(worst < 3 * aliasing[k] + 1e-8); /* products are rounded to 2^-30 */
        vt_analysis_destroy(a);
    }
    sample_release(&s);
}

/* In a skew cell, edges at 60 degrees, waves halfway between two edges are as well kept apart from their
 * images as others: a shell holds few waves here. Without more points A is off by 4e-5. */
static void a_skew_grid_does_too(void **state)
{
    (void)state;
    struct sample s = sample_make(60, vt_cell_make(9, 7.8, 7.3, 4.5, 4.5, 2.6));
    sample_count(&s, 1, cu);
    struct vt_analysis *a = measure("- sq_direct: {q_max: 8 /A, dq: 0.01 /A, waves: 0}\n"
                                    "- sq_fft: {q_max: 8 /A, dq: 0.01 /A}\n",
                                    &s, 0, 2);
    const struct vt_dataset *grid = of(a, "sq_fft/a_partial"), *sum = of(a, "sq_direct/a_partial");
    double worst = 0;
    for (int i = 0; i < grid->axis[1].n; i++)
        if (!isnan(sum->value[i])) worst = fmax(worst, fabs(grid->value[i] - sum->value[i]));
    print_message("skew: A differs by %.1e\n", worst);
    assert_true(worst < 0.1 * 1.69e-5); /* as on the other grids above */
    vt_analysis_destroy(a);
    sample_release(&s);
}

static void what_cannot_be_measured_is_refused(void **state)
{
    (void)state;
    struct sample s = sample_make(2, vt_cell_make(5, 5, 5, 0, 0, 0));
    sample_count(&s, 1, cu);
    struct vt_cell wide = vt_cell_make(2000, 2000, 2000, 0, 0, 0);
    struct vt_analysis *a = analysis_make("- sq_direct: {q_max: 1 /A, waves: 0}", &s.material);
    assert_int_equal(vt_analysis_check(a, &s.cell), VT_EINPUT); /* 2 pi / 5 = 1.26 */
    assert_non_null(strstr(vt_message(), "no wave up to 1 /A fits into the cell"));
    assert_int_equal(vt_analysis_check(a, &wide), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "use fewer waves a shell"));
    vt_analysis_destroy(a);
    a = analysis_make("- sq_fft: {q_max: 12 /A}", &s.material);
    assert_int_equal(vt_analysis_check(a, &wide), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "use a smaller q_max"));
    vt_analysis_destroy(a);
    sample_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crystal_has_its_peaks_and_nothing_else),
        cmocka_unit_test(an_ideal_gas_has_none),
        cmocka_unit_test(both_ways_agree),
        cmocka_unit_test(a_grid_knows_all_waves),
        cmocka_unit_test(a_skew_grid_does_too),
        cmocka_unit_test(what_cannot_be_measured_is_refused),
    };
    MPI_Init(NULL, NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
