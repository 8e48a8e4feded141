/* Patterns made of a known g(r) come back as its S, F and G on both routes; laws of the polynomial, of the
 * window and of the errors; what is written is read again to the bit. */
#include "scratch.h"

#include <math.h>
#include <string.h>

#include "analysis/reduction.h"
#include "core/memory.h"
#include "core/scattering.h"
#include "io/curve_write.h"
#include "study/reduce_series.h"

enum { N = 2600, N_R = 3001, N_H = 4000 };
static const double rho = 0.056, dq = 0.01, truth_scale = 0.037;
static double q[N], f_true[N]; /* planted F on the grid 0.01, 0.02, ..., 26 */

/* A glass: a core that ends at 2.5 A, a first shell at 2.75 A, and waves that die out. All of it is so smooth
 * that F is gone
 * (< 1e-3 of its maximum) at 26 /A. */
static double planted_h(double r)
{
    double wave = 0.6 * cos(2 * M_PI * (r - 2.75) / 2.4) * exp(-(r - 2.75) / 3);
    double shell = 1.4 * exp(-pow((r - 2.75) / 0.2, 2) / 2);
    return 0.5 * (1 + erf((r - 2.4) / 0.2)) * (1 + wave + shell) - 1;
}

/* F(q) = 4 pi rho int r h sin(qr) dr, straight. */
static void plant(void)
{
    const double dr = 0.01;
    for (int j = 0; j < N; j++) q[j] = (j + 1) * dq;
    for (int k = 1; k < N_H; k++) {
        double r = k * dr, y = 4 * M_PI * rho * r * planted_h(r) * dr;
        for (int j = 0; j < N; j++) f_true[j] += y * sin(q[j] * r);
    }
}

static int setup(void **state)
{
    (void)state;
    plant();
    return 0;
}

static struct vt_reduction options(int route, double rpoly)
{
    return (struct vt_reduction){.route = route,
                                 .wavelength = NAN,
                                 .energy = NAN,
                                 .bgscale = 1,
                                 .rpoly = rpoly,
                                 .rmax = 30,
                                 .rstep = 0.01,
                                 .density = rho,
                                 .recoil = 2,
                                 .polarisation = NAN};
}

static struct vt_alloy alloy(const char *text)
{
    struct vt_alloy a;
    check_ok(vt_alloy_formula(text, &a));
    return a;
}

/* Electrons^2 an atom of the planted S, without dispersion. */
static double coherent(const struct vt_alloy *a, int j)
{
    double f2 = 0, f = 0;
    for (int k = 0; k < a->n; k++) {
        double each = vt_form_factor(vt_element_z(a->symbol[k]), q[j]);
        f2 += a->percent[k] / 100 * each * each;
        f += a->percent[k] / 100 * each;
    }
    return f2 + f * f * f_true[j] / q[j];
}

static struct vt_pattern room(int n, bool error)
{
    struct vt_pattern p = {.n = n};
    check_ok(vt_alloc(&p.q, n));
    check_ok(vt_alloc(&p.y, n));
    if (error) check_ok(vt_alloc(&p.error, n));
    return p;
}

/* G of the planted F through a window, straight: the second, slow way. */
static double window_g(double r, double from, double to)
{
    double sum = 0;
    for (int j = 0; j < N; j++) {
        if (q[j] < from - 1e-6 || q[j] > to + 1e-6) continue;
        double half = q[j] < from + 1e-6 || q[j] > to - 1e-6 ? 0.5 : 1;
        sum += half * dq * f_true[j] * sin(q[j] * r);
    }
    return 2 / M_PI * sum;
}

/* Largest deviation of scale times G from the straight one beyond r = from, in units of its largest value. */
static double worst(const struct vt_reducer *w, double scale, double from, double qmin, double qmax)
{
    double most = 0, top = 0;
    for (int k = 0; k < w->g.n; k += 7) {
        if (w->g.q[k] < from) continue;
        double due = window_g(w->g.q[k], qmin, qmax);
        top = fmax(top, fabs(due));
        most = fmax(most, fabs(scale * w->g.y[k] - due));
    }
    return most / top;
}

static void absolute_route_gives_planted_curves(void **state)
{
    (void)state;
    struct vt_reduction o = options(VT_ROUTE_ABSOLUTE, NAN);
    struct vt_alloy a = alloy("Cu50Zr50");
    struct vt_reducer w = {0};
    struct vt_pattern p = room(N, false), b = room(2100, false);
    o.energy = 80e3, o.polarisation = 1, o.mut = 0.6, o.bgscale = 0.8, o.qmin = 0.5, o.qmax = 22;
    check_ok(vt_reduction_check(&o));
    const double absorbed[2] = {0};
    for (int j = 0; j < N; j++) {
        double f2 = 0, re = 0, im = 0, compton = 0, sine = q[j] * o.wavelength / (4 * M_PI);
        for (int k = 0; k < 2; k++) {
            int z = vt_element_z(a.symbol[k]);
            double second = absorbed[k], f = vt_form_factor(z, q[j]) + vt_anomalous(z, 80, &second);
            f2 += 0.5 * (f * f + second * second), re += 0.5 * f, im += 0.5 * second;
            compton += 0.5 * vt_compton(z, q[j]);
        }
        double theta = asin(sine),
               x = o.mut * (1 / cos(2 * theta) - 1); /* E'/E = 1/(1 + (E/mc^2)(1 - cos 2theta)) */
        compton *= pow(1 + 80e3 / 510998.95 * (1 - cos(2 * theta)), -2);
        double i = f2 + (re * re + im * im) * f_true[j] / q[j] + compton;
        p.q[j] = q[j];
        p.y[j] =
            i / truth_scale * (1 + pow(cos(2 * theta), 2)) / 2 * (1 - exp(-x)) / x + 0.8 * (900 - 20 * q[j]);
    }
    for (int j = 0; j < b.n; j++)
        b.q[j] = 0.005 + 0.0125 * j, b.y[j] = 900 - 20 * b.q[j]; /* another grid, straight */
    check_ok(vt_reduce(&w, &o, &a, &p, &b));
    print_message("absolute: scale off by %.2g, G by %.2g\n", w.scale / truth_scale - 1,
                  worst(&w, 1, 0, 0.5, 22));
    assert_true(fabs(w.scale / truth_scale - 1) < 2e-4); /* exp(-9) of the convergence factor */
    assert_true(worst(&w, 1, 0, 0.5, 22) < 2e-3);
    for (int j = 0; j < w.s.n; j++) assert_true(fabs(w.s.y[j] - 1 - f_true[j + 49] / q[j + 49]) < 1e-3);
    /* Without the window it is the planted G(r) itself. */
    o.qmin = 0, o.qmax = 0;
    check_ok(vt_reduce(&w, &o, &a, &p, &b));
    double most = 0;
    for (int k = 0; k < w.g.n; k++) {
        double r = w.g.q[k];
        most = fmax(most, fabs(w.g.y[k] - 4 * M_PI * rho * r * planted_h(r)));
    }
    print_message("absolute: G differs from the planted one by at most %.2g /A^2\n", most);
    assert_true(most < 0.02); /* of 4 at the first peak */
    vt_pattern_release(&p), vt_pattern_release(&b), vt_reducer_release(&w);
}

/* What is smooth and additive, here 5 % of the intensity at q = 0 and less later, is taken out beyond rpoly;
 * what it does to the scale, it does to G as a whole. The polynomial takes some of G below the first shell as
 * well: hence 3 %. */
static void ad_hoc_route_gives_planted_curves(void **state)
{
    (void)state;
    struct vt_reduction o = options(VT_ROUTE_AD_HOC, 0.9);
    struct vt_alloy a = alloy("Cu50Zr50");
    struct vt_reducer w = {0};
    struct vt_pattern p = room(N, false);
    o.qmin = 0.5, o.qmax = 22;
    for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < N; j++) {
            double smooth = pass ? 0.05 * coherent(&a, 0) * exp(-q[j] / 6) : 0;
            p.q[j] = q[j];
            p.y[j] = (coherent(&a, j) + smooth) / truth_scale;
        }
        check_ok(vt_reduction_check(&o));
        check_ok(vt_reduce(&w, &o, &a, &p, NULL));
        double scale = truth_scale / w.scale;
        print_message("ad hoc, pass %d: scale off by %.2g, G by %.2g as it is, %.2g without its scale\n",
                      pass, scale - 1, worst(&w, 1, 1.8, 0.5, 22), worst(&w, scale, 1.8, 0.5, 22));
        assert_true(fabs(scale - 1) < (pass ? 0.3 : 0.001));
        assert_true(worst(&w, scale, 1.8, 0.5, 22) < 0.03);
    }
    vt_pattern_release(&p), vt_reducer_release(&w);
}

/* One element: what is a polynomial of the right degree times f^2 leaves nothing but another scale. */
static void polynomials_are_taken_out_exactly(void **state)
{
    (void)state;
    struct vt_alloy a = alloy("Ni");
    struct vt_reducer w[2];
    memset(w, 0, sizeof w);
    struct vt_pattern p = room(N, false);
    struct vt_reduction o = options(VT_ROUTE_AD_HOC, 5 * M_PI / 26);
    for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < N; j++) {
            double f = vt_form_factor(28, q[j]), x = q[j] / 26;
            p.q[j] = q[j];
            p.y[j] = coherent(&a, j) + pass * f * f * (0.2 + 0.3 * x - 0.4 * pow(x, 3) + 0.3 * pow(x, 4));
        }
        check_ok(vt_reduce(&w[pass], &o, &a, &p, NULL));
    }
    assert_true(fabs(w[0].degree - 5) < 1e-12);
    for (int k = 0; k < w[0].g.n; k++)
        assert_true(fabs(w[1].g.y[k] / w[1].scale - w[0].g.y[k] / w[0].scale) < 1e-9);
    /* Between whole degrees: a mix. */
    struct vt_reducer mix[3];
    memset(mix, 0, sizeof mix);
    for (int k = 0; k < 3; k++) {
        o.rpoly = (5 + (k == 1 ? 0.3 : k / 2.0)) * M_PI / 26;
        if (k == 2) o.rpoly = 6 * M_PI / 26 * (1 - 1e-15);
        check_ok(vt_reduce(&mix[k], &o, &a, &p, NULL));
    }
    for (int j = 0; j < mix[0].f.n; j++)
        assert_true(fabs(mix[1].f.y[j] - 0.7 * mix[0].f.y[j] - 0.3 * mix[2].f.y[j]) < 1e-9);
    for (int k = 0; k < 3; k++) vt_reducer_release(&mix[k]);
    vt_pattern_release(&p), vt_reducer_release(&w[0]), vt_reducer_release(&w[1]);
}

/* sigma_G^2 = sum_j (dG/dF_j sigma_j)^2, with dG/dF_j = (2/pi) dq sin(q_j r); and a reducer that has seen
 * other grids gives the same bits. */
static void errors_go_through_and_tables_do_not_matter(void **state)
{
    (void)state;
    struct vt_alloy a = alloy("Cu50Zr50");
    struct vt_reducer w = {0}, fresh = {0};
    struct vt_pattern p = room(N, true);
    struct vt_reduction o = options(VT_ROUTE_AD_HOC, 0);
    for (int j = 0; j < N; j++) p.q[j] = q[j], p.y[j] = coherent(&a, j), p.error[j] = 1 + sqrt(fabs(p.y[j]));
    o.lorch = true, o.qmin = 1.005, o.qmax = 20.002;
    p.n = 2200;
    check_ok(vt_reduce(&w, &o, &a, &p, NULL));
    p.n = N;
    check_ok(vt_reduce(&w, &o, &a, &p, NULL));
    check_ok(vt_reduce(&fresh, &o, &a, &p, NULL));
    assert_memory_equal(w.g.y, fresh.g.y, (size_t)w.g.n * sizeof *w.g.y);
    assert_memory_equal(w.g.error, fresh.g.error, (size_t)w.g.n * sizeof *w.g.y);
    assert_true(w.f.q[0] == 1.005 && w.f.q[w.f.n - 1] == 20.002);
    assert_int_equal(w.g.n, N_R);
    for (int k = 0; k < w.g.n; k += 500) {
        double r = k * 0.01, variance = 0, sum = 0;
        for (int j = 0; j < w.f.n; j++) {
            double x = M_PI * w.f.q[j] / 20.002, left = j ? w.f.q[j - 1] : w.f.q[j],
                   right = j < w.f.n - 1 ? w.f.q[j + 1] : w.f.q[j];
            double each = 2 / M_PI * (right - left) / 2 * sin(x) / x * sin(w.f.q[j] * r);
            variance += pow(each * w.f.error[j], 2), sum += each * w.f.y[j];
        }
        assert_true(fabs(w.g.error[k] - sqrt(variance)) <= 1e-10 * sqrt(variance));
        assert_true(fabs(w.g.y[k] - sum) < 1e-10);
    }
    vt_pattern_release(&p), vt_reducer_release(&w), vt_reducer_release(&fresh);
}

static void refuse(struct vt_reduction o, const struct vt_pattern *p, const struct vt_pattern *b,
                   const char *words)
{
    struct vt_alloy a = alloy("Ni");
    struct vt_reducer w = {0};
    enum vt_status st = vt_reduction_check(&o);
    if (st == VT_OK) st = vt_reduce(&w, &o, &a, p, b);
    if (st != VT_EINPUT || !strstr(vt_message(), words))
        fail_msg("'%s' does not say '%s'", vt_message(), words);
    vt_reducer_release(&w);
}

static void what_does_not_fit_is_told(void **state)
{
    (void)state;
    struct vt_pattern p = room(400, false), b = room(300, false);
    for (int j = 0; j < 400; j++) p.q[j] = 0.05 * (j + 1), p.y[j] = 100;
    for (int j = 0; j < 300; j++) b.q[j] = 0.05 * (j + 1), b.y[j] = 1000;
    struct vt_reduction o = options(VT_ROUTE_AD_HOC, 0.9), x = o;
    x.qmax = 25, x.qmaxinst = 20, refuse(x, &p, NULL, "beyond qmaxinst"), x = o;
    x.qmax = 25, refuse(x, &p, NULL, "qmax is 25 /A, and the data end at 20 /A"), x = o;
    x.qmaxinst = 25, refuse(x, &p, NULL, "qmaxinst is 25 /A"), x = o;
    x.qmin = 5, x.qmax = 4, refuse(x, &p, NULL, "nothing lies between"), x = o;
    x.qmax = 15, x.qmaxinst = 14, refuse(x, &p, NULL, "beyond qmaxinst"), x = o;
    x.rmax = 100, refuse(x, &p, NULL, "pi/dq = 62.8"), x = o;
    x.mut = 1, refuse(x, &p, NULL, "mut needs the wavelength"), x = o;
    x.wavelength = 1, x.mut = 1, refuse(x, &p, NULL, "2theta is beyond"), x = o;
    x.wavelength = 0.2, x.energy = 80e3, refuse(x, &p, NULL, "give one of them"), x = o;
    x.route = VT_ROUTE_ABSOLUTE, x.density = NAN, refuse(x, &p, NULL, "needs the density"), x = o;
    refuse(o, &p, &b, "it must be as wide");
    x.qmaxinst = 12, refuse(x, &p, &b, "is bgscale 1 too large?"), x = o;
    x.rpoly = 10, x.qmin = 18.5, refuse(x, &p, NULL, "there are only 31 points"), x = o;
    vt_pattern_release(&p), vt_pattern_release(&b);
}

/* Every kind, with and without errors: the reader knows it again, to the bit. */
static void what_is_written_is_read_again(void **state)
{
    (void)state;
    const double x[] = {0.07, 0.1 + 0.2, 1e3 / 3}, y[] = {-1.0 / 3, 5e-324, 1e300},
                 error[] = {0.1, M_PI, 1e-9};
    const struct vt_curve_line note[] = {{"qmax", "24.5"}, {"inputfile", "a b.xy"}};
    const char *const comment[] = {"weights of pairs: none"};
    for (int kind = VT_ORDINATE_REDUCED; kind <= VT_ORDINATE_INTENSITY; kind++)
        for (int with = 0; with < 2; with++) {
            struct vt_curve_file c;
            char path[300];
            snprintf(path, sizeof path, "%s/curve%s", folder, vt_curve_ending((enum vt_ordinate)kind));
            check_ok(vt_curve_write(path, &(struct vt_curve_out){.kind = (enum vt_ordinate)kind,
                                                                 .n = 3,
                                                                 .x = x,
                                                                 .y = y,
                                                                 .error = with ? error : NULL,
                                                                 .n_notes = 2,
                                                                 .note = note,
                                                                 .n_comments = 1,
                                                                 .comment = comment}));
            check_ok(vt_curve_read(path, &c));
            assert_int_equal(c.ordinate, kind);
            assert_int_equal(c.abscissa, kind <= VT_ORDINATE_G ? VT_ABSCISSA_R : VT_ABSCISSA_Q);
            assert_string_equal(c.dialect, "Vitrum");
            assert_true(c.length == 'A' && c.n == 3 && !c.error == !with);
            assert_memory_equal(c.x, x, sizeof x);
            assert_memory_equal(c.y, y, sizeof y);
            if (with) assert_memory_equal(c.error, error, sizeof error);
            assert_string_equal(vt_curve_note(&c, "qmax"), "24.5");
            assert_string_equal(vt_curve_note(&c, "inputfile"), "a b.xy");
            vt_curve_release(&c);
        }
}

static void compositions_of_any_size(void **state)
{
    (void)state;
    struct vt_alloy a = alloy("CeO2");
    assert_true(a.n == 2 && fabs(a.percent[0] - 100.0 / 3) < 1e-12 && fabs(a.percent[1] - 200.0 / 3) < 1e-12);
    a = alloy(" Ga Nb4  Se8 ");
    assert_true(a.n == 3 && fabs(a.percent[2] - 800.0 / 13) < 1e-12 && !strcmp(a.symbol[1], "Nb"));
    a = alloy("Cu.5Zr0.5");
    assert_true(a.n == 2 && a.percent[0] == 50);
    static const char *const wrong[] = {"",     " ",     "ni",  "Qq2", "NiNi", "Ni0",
                                        "Cu-1", "Cu50%", "Ni;", "2Ni", "Ni1e9"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        assert_int_equal(vt_alloy_formula(wrong[k], &a), VT_EINPUT);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(compositions_of_any_size),
    cmocka_unit_test(absolute_route_gives_planted_curves),
    cmocka_unit_test(ad_hoc_route_gives_planted_curves),
    cmocka_unit_test(polynomials_are_taken_out_exactly),
    cmocka_unit_test(errors_go_through_and_tables_do_not_matter),
    cmocka_unit_test(what_does_not_fit_is_told),
    cmocka_unit_test(what_is_written_is_read_again),
};
SCRATCH_MAIN(tests, setup, NULL)
