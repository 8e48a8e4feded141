/* The built-in potentials: published facts, shape of the functions, error of the tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "core/units.h"
#include "md/eam_builtin.h"
#include "md/zhou_parameters.h"

/* r phi of the built-in potentials. */
static double rphi(const struct vt_zhou_element *a, const struct vt_zhou_element *b, double r)
{
    static struct vt_zhou_pair rule;
    const struct vt_zhou_pair *pair = vt_zhou_find_pair(vt_zhou_pairs, vt_zhou_pairs_n, a->symbol, b->symbol);
    if (!pair && (strcmp(rule.a, a->symbol) != 0 || strcmp(rule.b, b->symbol) != 0))
        rule = vt_zhou_rule(a, b);
    return vt_zhou_rphi(a, b, pair ? pair : &rule, r);
}

/* A table as LAMMPS's pair_style eam reads it between knots: cubic pieces, the derivative at a knot from five
 * of them. */
static double interpolate(const double *y, int n, double d, double x, double *slope)
{
    int k = (int)(x / d);
    if (k > n - 2) k = n - 2;
    double s[2];
    for (int i = 0; i < 2; i++) {
        int m = k + i;
        if (m >= 2 && m <= n - 3)
            s[i] = (y[m - 2] - y[m + 2] + 8 * (y[m + 1] - y[m - 1])) / 12;
        else if (m == 1 || m == n - 2)
            s[i] = (y[m + 1] - y[m - 1]) / 2;
        else
            s[i] = m == 0 ? y[1] - y[0] : y[n - 1] - y[n - 2];
    }
    double p = x / d - k, rise = y[k + 1] - y[k];
    double c2 = 3 * rise - 2 * s[0] - s[1], c3 = s[0] + s[1] - 2 * rise;
    *slope = (s[0] + p * (2 * c2 + p * 3 * c3)) / d;
    return y[k] + p * (s[0] + p * (c2 + p * c3));
}

/* The functions with derivatives, from the tables (e) or from the form (row). */
struct model {
    const struct vt_eam *e;
    const struct vt_zhou_element *row[VT_SPECIES_MAX];
};

static double density(const struct model *m, int a, double r, double *slope)
{
    if (m->e) return interpolate(vt_eam_rho(m->e, a, 0), m->e->n_r, m->e->d_r, r, slope);
    const double h = 1e-4;
    *slope = (vt_zhou_density(m->row[a], r + h) - vt_zhou_density(m->row[a], r - h)) / (2 * h);
    return vt_zhou_density(m->row[a], r);
}

static double phi(const struct model *m, int a, int b, double r, double *slope)
{
    double z, dz;
    if (m->e) {
        z = interpolate(vt_eam_rphi(m->e, a, b), m->e->n_r, m->e->d_r, r, &dz);
    } else {
        const double h = 1e-4;
        z = rphi(m->row[a], m->row[b], r);
        dz = (rphi(m->row[a], m->row[b], r + h) - rphi(m->row[a], m->row[b], r - h)) / (2 * h);
    }
    *slope = (dz - z / r) / r;
    return z / r;
}

static double embedding(const struct model *m, int a, double rho, double *slope)
{
    if (m->e) return interpolate(vt_eam_f(m->e, a), m->e->n_rho, m->e->d_rho, rho, slope);
    const double h = 1e-3;
    *slope = (vt_zhou_embedding(m->row[a], rho + h) - vt_zhou_embedding(m->row[a], rho - h)) / (2 * h);
    return vt_zhou_embedding(m->row[a], rho);
}

/* Energy [eV], forces [eV/angstrom] and trace of the virial [eV] of atoms in a cubic box, all pairs tried. */
enum { ATOMS = 256 };
static double energy(const struct model *m, const double (*x)[3], const int *species, double box,
                     double (*force)[3], double *virial)
{
    static double rho[ATOMS], df[ATOMS];
    double sum = 0;
    *virial = 0;
    memset(rho, 0, sizeof rho);
    memset(force, 0, ATOMS * sizeof *force);
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < ATOMS; i++)
            for (int j = 0; j < i; j++) {
                double d[3], r2 = 0, slope_i, slope_j, slope;
                for (int k = 0; k < 3; k++) {
                    d[k] = x[i][k] - x[j][k];
                    d[k] -= box * rint(d[k] / box);
                    r2 += d[k] * d[k];
                }
                double r = sqrt(r2);
                if (r >= 7.15) continue;
                double rho_i = density(m, species[i], r, &slope_i),
                       rho_j = density(m, species[j], r, &slope_j);
                if (pass == 0) {
                    rho[i] += rho_j;
                    rho[j] += rho_i;
                    continue;
                }
                sum += phi(m, species[i], species[j], r, &slope);
                slope += df[i] * slope_j + df[j] * slope_i;
                *virial -= slope * r;
                for (int k = 0; k < 3; k++) {
                    force[i][k] -= slope * d[k] / r;
                    force[j][k] += slope * d[k] / r;
                }
            }
        for (int i = 0; pass == 0 && i < ATOMS; i++) sum += embedding(m, species[i], rho[i], &df[i]);
    }
    return sum;
}

static void fcc(double a, double (*x)[3])
{
    static const double basis[4][3] = {{0, 0, 0}, {0, .5, .5}, {.5, 0, .5}, {.5, .5, 0}};
    for (int i = 0; i < ATOMS; i++)
        for (int k = 0; k < 3; k++)
            x[i][k] = a * (basis[i % 4][k] + (i / 4 / (k == 0 ? 1 : k == 1 ? 4 : 16)) % 4);
}

/* Zhou, Johnson & Wadley fit E_c = 2.85, 3.93, 3.91, 5.77 eV at nearest neighbours r_e. 5 meV and 1 GPa
 * cover the last published digit and the switch, which takes the tail beyond 6.2 angstrom. */
static void fcc_lattices_have_the_published_cohesive_energy_and_no_pressure(void **state)
{
    (void)state;
    static const struct {
        const char *symbol;
        double e_c;
    } known[] = {{"Ag", 2.85}, {"Au", 3.93}, {"Pd", 3.91}, {"Pt", 5.77}};
    static double x[ATOMS][3], force[ATOMS][3];
    static const int species[ATOMS];
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        struct vt_eam e;
        double virial, a = sqrt(2) * vt_zhou_find(known[k].symbol)->r_e;
        assert_int_equal(vt_eam_builtin_elements(known[k].symbol, &e), VT_OK);
        fcc(a, x);
        double each =
            energy(&(struct model){.e = &e}, (const double(*)[3])x, species, 4 * a, force, &virial) / ATOMS;
        double pressure = virial / (3 * 64 * a * a * a) / VT_GPA;
        if (fabs(each + known[k].e_c) > 0.005 || fabs(pressure) > 1)
            fail_msg("%s: %.4f eV, %.3f GPa", known[k].symbol, each, pressure);
        vt_eam_release(&e);
    }
}

/* A strongly disordered fcc alloy of all five species at liquid density: 0.3 angstrom displacements.
 * The bounds are below what dynamics can notice; printed are the errors found (2e-11 eV, 1e-6 eV/angstrom).
 */
static void tables_are_the_analytic_form_to_1e_6_eV_and_1e_5_eV_per_angstrom(void **state)
{
    (void)state;
    static const char *const names[] = {"CuZrAlHfCo", "ZrTiCuNiBe"};
    static const double lattice[] = {4.15, 3.95};
    static double x[ATOMS][3], table_force[ATOMS][3], exact_force[ATOMS][3];
    static int species[ATOMS];
    for (int k = 0; k < 2; k++) {
        struct vt_eam e;
        assert_int_equal(vt_eam_builtin(names[k], &e), VT_OK);
        struct model exact = {0};
        for (int s = 0; s < 5; s++) exact.row[s] = vt_zhou_find(e.element[s].symbol);
        fcc(lattice[k], x);
        for (int i = 0; i < ATOMS; i++) {
            double g[4];
            vt_normal4(11, i, k, VT_RANDOM_TEST, g);
            for (int d = 0; d < 3; d++) x[i][d] += 0.3 * g[d];
            species[i] = (i * 7 + i / 5) % 5;
        }
        double virial;
        const double(*at)[3] = (const double(*)[3])x;
        double box = 4 * lattice[k];
        double table = energy(&(struct model){.e = &e}, at, species, box, table_force, &virial);
        double form = energy(&exact, at, species, box, exact_force, &virial);
        double worst = 0, largest = 0;
        for (int i = 0; i < ATOMS; i++)
            for (int d = 0; d < 3; d++) {
                worst = fmax(worst, fabs(table_force[i][d] - exact_force[i][d]));
                largest = fmax(largest, fabs(exact_force[i][d]));
            }
        print_message("%s: %.1e eV/atom, %.1e eV/angstrom of %.1f\n", names[k], fabs(table - form) / ATOMS,
                      worst, largest);
        assert_true(fabs(table - form) / ATOMS < 1e-6);
        assert_true(worst < 1e-5);
        assert_true(largest > 1); /* not a lattice at rest */
        vt_eam_release(&e);
    }
}

/* f -> w f, F(rho) -> F(rho/w): nothing in a metal, a change in its alloys. */
static void a_density_scale_is_seen_in_alloys_only(void **state)
{
    (void)state;
    struct vt_zhou_element scaled = *vt_zhou_find("Al");
    scaled.density_scale *= 0.5;
    const struct model pure[2] = {{.row = {vt_zhou_find("Al"), vt_zhou_find("Cu")}},
                                  {.row = {&scaled, vt_zhou_find("Cu")}}};
    static double x[ATOMS][3], force[2][ATOMS][3];
    static int species[ATOMS];
    double sum[2], virial;
    fcc(4, x);
    for (int i = 0; i < ATOMS; i++) {
        double g[4];
        vt_normal4(12, i, 0, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) x[i][d] += 0.2 * g[d];
    }
    for (int alloy = 0; alloy < 2; alloy++) {
        for (int i = 0; i < ATOMS; i++) species[i] = alloy && i % 3 == 0;
        for (int k = 0; k < 2; k++)
            sum[k] = energy(&pure[k], (const double(*)[3])x, species, 16, force[k], &virial);
        double off = 0;
        for (int i = 0; i < ATOMS; i++)
            for (int d = 0; d < 3; d++) off = fmax(off, fabs(force[1][i][d] - force[0][i][d]));
        assert_true(alloy ? fabs(sum[1] - sum[0]) > 1 : fabs(sum[1] - sum[0]) < 1e-9 * fabs(sum[0]));
        assert_true(alloy ? off > 0.1 : off < 1e-5); /* slopes are differences over 1e-3 of rho */
    }
}

/* Fn_1 .. Fn_3 and Fe are computed here from the conditions that the authors used; these are their digits
 * (EAM_code of LAMMPS), which are rounded to 1e-6 as the numbers they follow from are: a few 1e-6. */
static void the_embedding_energy_has_the_published_coefficients(void **state)
{
    (void)state;
    static const struct {
        const char *symbol;
        double Fn[4], Fe;
    } published[] = {
        {"Ag", {-1.729364, -0.255882, 0.91205, -0.561432}, -1.748423},
        {"Au", {-2.937772, -0.500288, 1.601954, -0.83553}, -2.978815},
        {"Pd", {-2.321006, -0.473983, 1.615343, -0.231681}, -2.352753},
        {"Pt", {-1.455568, -2.149952, 0.528491, 1.222875}, -4.145597},
        {"Pb", {-1.42237, -0.210107, 0.682886, -0.529378}, -1.439436},
        {"Fe", {-2.534992, -0.059605, 0.193065, -2.282322}, -2.539945},
        {"Mo", {-3.692913, -0.178812, 0.38045, -3.13365}, -3.712093},
        {"Ta", {-5.103845, -0.405524, 1.112997, -3.585325}, -5.141526},
        {"W", {-4.946281, -0.148818, 0.365057, -4.432406}, -4.961306},
        {"Mg", {-0.896473, -0.044291, 0.162232, -0.68995}, -0.899702},
    };
    for (size_t k = 0; k < sizeof published / sizeof *published; k++) {
        const struct vt_zhou_element *row = vt_zhou_find(published[k].symbol);
        double rho_n = row->rho_l * VT_ZHOU_RHO_E;
        for (double x = 0; x < 1; x += 0.09) {
            double t = x - 1, F = 0;
            for (int i = 3; i >= 0; i--) F = F * t + published[k].Fn[i];
            assert_true(fabs(vt_zhou_embedding(row, x * rho_n) - F) < 5e-6);
        }
        for (double x = 1.25; x < 2.5; x += 0.2) {
            double s = x * row->rho_e / row->rho_s;
            double F = published[k].Fe * (1 - row->eta * log(s)) * pow(s, row->eta);
            assert_true(fabs(vt_zhou_embedding(row, x * VT_ZHOU_RHO_E) - F) < 5e-6);
        }
        assert_true(fabs(vt_zhou_embedding(row, 0)) < 1e-15);
    }
}

/* Value, slope and curvature on both sides of every joint. One-sided differences over h see the third
 * derivatives: 2 h F''' in a curvature, h^2 F''' in a slope. */
static void the_embedding_energy_is_joined_smoothly(void **state)
{
    (void)state;
    for (int s = 0; s < vt_zhou_elements_n; s++) {
        const struct vt_zhou_element *row = &vt_zhou_elements[s];
        const double joint[] = {row->rho_l, 1, 1.05, 1.15, 1.25}, h = 1e-4,
                     rho_e = row->density_scale * VT_ZHOU_RHO_E;
        for (size_t j = 0; j < sizeof joint / sizeof *joint; j++) {
            double y[7];
            for (int k = 0; k < 7; k++) y[k] = vt_zhou_embedding(row, rho_e * (joint[j] + (k - 3) * h));
            double left = (3 * y[3] - 4 * y[2] + y[1]) / (2 * h),
                   right = (4 * y[4] - y[5] - 3 * y[3]) / (2 * h);
            double bend_left = (y[3] - 2 * y[2] + y[1]) / (h * h),
                   bend_right = (y[5] - 2 * y[4] + y[3]) / (h * h);
            double third =
                fmax(fabs(y[3] - 3 * y[2] + 3 * y[1] - y[0]), fabs(y[6] - 3 * y[5] + 3 * y[4] - y[3])) /
                (h * h * h);
            assert_true(fabs(left - right) < 1e-6 + h * h * third);
            assert_true(fabs(bend_left - bend_right) < 1e-5 + 2.5 * h * third);
        }
        assert_true(vt_zhou_embedding(row, 4 * rho_e) >
                    vt_zhou_embedding(row, 1.2 * rho_e)); /* no collapse when dense */
    }
}

/* Random starts rely on it: closer is always dearer, in every pair that can be made. */
static void every_pair_repels_monotonically_below_1_5_angstrom(void **state)
{
    (void)state;
    for (int a = 0; a < vt_zhou_elements_n; a++)
        for (int b = 0; b <= a; b++) {
            double last = INFINITY;
            for (double r = 0.01; r < 1.5; r += 0.01) {
                double here = rphi(&vt_zhou_elements[a], &vt_zhou_elements[b], r) / r;
                if (!(here < last && here > 0))
                    fail_msg("%s-%s at %g", vt_zhou_elements[a].symbol, vt_zhou_elements[b].symbol, r);
                last = here;
            }
            if (!(last > 1))
                fail_msg("%s-%s is soft: %g eV at 1.5", vt_zhou_elements[a].symbol,
                         vt_zhou_elements[b].symbol, last);
        }
}

/* Below 0.2 angstrom: nuclei at r = 0, and a value computed by hand from the universal screening function:
 * Zr-Zr at 0.2: a = 0.8854 x 0.529177 / (2 x 40^0.23) = 0.1002847, x = 1.994324;
 * 14.39965 x 1600 / 0.2 x (0.1818 e^-3.2x + 0.5099 e^-0.9423x + 0.2802 e^-0.4029x + 0.02817 e^-0.2016x). */
static void close_pairs_are_screened_nuclei(void **state)
{
    (void)state;
    const struct vt_zhou_element *zr = vt_zhou_find("Zr"), *be = vt_zhou_find("Be");
    double x = 0.2 / (0.8854 * 0.529177 / (2 * pow(40, 0.23)));
    double screening = 0.1818 * exp(-3.2 * x) + 0.5099 * exp(-0.9423 * x) + 0.2802 * exp(-0.4029 * x) +
                       0.02817 * exp(-0.2016 * x);
    double expected = 14.39965 * 1600 * screening;
    assert_true(fabs(x - 1.9943) < 1e-3);
    assert_true(fabs(rphi(zr, zr, 0.2) / expected - 1) < 1e-5);
    /* The screening function is 1.00007 at 0. */
    assert_true(fabs(rphi(zr, be, 0) / (14.39965 * 40 * 4) - 1) < 1e-4);
}

/* phi and f of every pair: zero beyond the cut-off; just inside, at depth d, below the bound of a function
 * with three vanishing derivatives, 10 (d/(r_c - r_s))^3 x (what the form has at r_s, or less than 0.01 eV A
 * where that changes its sign). */
static void functions_and_two_derivatives_vanish_at_the_cut_off(void **state)
{
    (void)state;
    for (int a = 0; a < vt_zhou_elements_n; a++)
        for (int b = 0; b <= a; b++) {
            const struct vt_zhou_element *p = &vt_zhou_elements[a], *q = &vt_zhou_elements[b];
            double r_s = fmax(p->r_s, q->r_s), r_c = fmax(p->r_c, q->r_c);
            for (double d = 0.1; d > 1e-3; d /= 2) {
                double bound = 10 * pow(d / (r_c - r_s), 3);
                assert_true(fabs(rphi(p, q, r_c - d)) < bound * fmax(fabs(rphi(p, q, r_s)), 0.01));
                if (a == b) assert_true(vt_zhou_density(p, r_c - d) < 0.1 * bound);
            }
            assert_true(rphi(p, q, r_c) == 0 && rphi(p, q, r_c + 1) == 0);
            assert_true(vt_zhou_density(p, p->r_c) == 0);
        }
}

/* The curvature of phi does not jump where form, repulsion and switch meet: over h it changes by the third
 * derivative, which is the larger of those on either side. */
static void the_pair_function_has_a_continuous_curvature(void **state)
{
    (void)state;
    const double h = 1e-3;
    for (int a = 0; a < 8; a++) /* the species of the two alloys */
        for (int b = 0; b <= a; b++)
            for (int joint = 0; joint < 4; joint++) {
                const struct vt_zhou_element *p = &vt_zhou_elements[a], *q = &vt_zhou_elements[b];
                const double at[] = {0.2, 1.6, fmax(p->r_s, q->r_s), fmax(p->r_c, q->r_c)};
                double y[7];
                for (int k = 0; k < 7; k++) y[k] = rphi(p, q, at[joint] + (k - 3) * h);
                double left = (y[3] - 2 * y[2] + y[1]) / (h * h), right = (y[5] - 2 * y[4] + y[3]) / (h * h);
                double third =
                    fmax(fabs(y[3] - 3 * y[2] + 3 * y[1] - y[0]), fabs(y[6] - 3 * y[5] + 3 * y[4] - y[3])) /
                    (h * h * h);
                if (!(fabs(right - left) < 1e-4 + 3 * h * third))
                    fail_msg("%s-%s at %g: %g and %g", p->symbol, q->symbol, at[joint], left, right);
            }
}

static void tables_are_symmetric_and_say_where_their_limits_stand(void **state)
{
    (void)state;
    static const char *const names[] = {"CuZrAlHfCo", "ZrTiCuNiBe",
                                        "Ag, Au,Pd ,Pt,Pb,Fe,Mo,Ta,W,Mg,Al,Ni,Cu"};
    for (int k = 0; k < 3; k++) {
        struct vt_eam e;
        assert_int_equal(vt_eam_builtin(names[k], &e), VT_OK);
        assert_non_null(strstr(e.comment[0], "docs/theory/potentials.md"));
        assert_true(e.checksum != 0);
        for (int a = 0; a < e.n_species; a++)
            for (int b = 0; b < e.n_species; b++) {
                assert_memory_equal(vt_eam_rphi(&e, a, b), vt_eam_rphi(&e, b, a),
                                    (size_t)e.n_r * sizeof(double));
                assert_memory_equal(vt_eam_rho(&e, a, b), vt_eam_rho(&e, a, a),
                                    (size_t)e.n_r * sizeof(double));
                for (int i = 0; i < e.n_r; i++) assert_true(isfinite(vt_eam_rphi(&e, a, b)[i]));
                assert_true(vt_eam_rphi(&e, a, b)[e.n_r - 1] == 0);
            }
        vt_eam_release(&e);
    }
}

/* A pair's row names the minima of its elements' own functions; its own lies at r_0, epsilon times as deep as
 * theirs on the mean. By finite steps: their curvature leaves 1e-4 angstrom. */
static void a_pair_has_its_minimum_where_its_row_says(void **state)
{
    (void)state;
    for (int k = 0; k < vt_zhou_pairs_n; k++) {
        const struct vt_zhou_pair *pair = &vt_zhou_pairs[k];
        const struct vt_zhou_element *a = vt_zhou_find(pair->a), *b = vt_zhou_find(pair->b);
        double least[3], at[3];
        for (int f = 0; f < 3; f++) {
            least[f] = INFINITY;
            for (double r = 1.8; r < 4.5; r += 1e-4) {
                double phi = rphi(f == 1 ? b : a, f == 0 ? a : b, r) / r;
                if (phi < least[f]) least[f] = phi, at[f] = r;
            }
        }
        const double says[3] = {pair->r_a, pair->r_b, pair->r_0};
        for (int f = 0; f < 3; f++)
            if (fabs(at[f] - says[f]) > 2e-4) fail_msg("%s-%s: %g, not %g", pair->a, pair->b, at[f], says[f]);
        assert_true(fabs(least[2] - pair->epsilon * (least[0] + least[1]) / 2) < 1e-6);
    }
}

static void unknown_names_are_refused_with_the_known_ones(void **state)
{
    (void)state;
    struct vt_eam e;
    static const char *const wrong[] = {"",     "CuZr",  "Cu,", ",Cu",     "Cu,,Zr",
                                        "Cu,U", "Cu Zr", "cu",  "Cu,Zr,Cu"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        assert_int_equal(vt_eam_builtin(wrong[k], &e), VT_EINPUT);
        assert_non_null(strstr(vt_message(), "builtin:"));
        assert_null(e.f);
    }
    assert_int_equal(vt_eam_load("builtin:CuZrAlHfC", &e), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "CuZrAlHfCo"));
    assert_non_null(strstr(vt_message(), "Be"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fcc_lattices_have_the_published_cohesive_energy_and_no_pressure),
        cmocka_unit_test(tables_are_the_analytic_form_to_1e_6_eV_and_1e_5_eV_per_angstrom),
        cmocka_unit_test(a_density_scale_is_seen_in_alloys_only),
        cmocka_unit_test(the_embedding_energy_has_the_published_coefficients),
        cmocka_unit_test(the_embedding_energy_is_joined_smoothly),
        cmocka_unit_test(every_pair_repels_monotonically_below_1_5_angstrom),
        cmocka_unit_test(close_pairs_are_screened_nuclei),
        cmocka_unit_test(functions_and_two_derivatives_vanish_at_the_cut_off),
        cmocka_unit_test(the_pair_function_has_a_continuous_curvature),
        cmocka_unit_test(tables_are_symmetric_and_say_where_their_limits_stand),
        cmocka_unit_test(a_pair_has_its_minimum_where_its_row_says),
        cmocka_unit_test(unknown_names_are_refused_with_the_known_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
