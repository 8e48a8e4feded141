/* Embedded-atom forces: derivatives of the energy, their sums, and the fast loops against plain ones. */
#include "check.h"

#include <unistd.h>

#include "sample.h"

#define CUZR "/usr/share/lammps/potentials/CuZr_mm.eam.fs" /* Finnis-Sinclair; comes with LAMMPS */

/* 108 atoms in a leaning cell narrower than twice the cut-off: atoms meet images of themselves, too. */
static const struct sample_options leaning = {.cells = {3, 3, 3},
                                              .edge = 4.1,
                                              .tilt = {0.35, -0.25, 0.15},
                                              .stretch = {0.02, -0.03, 0.04},
                                              .shake = 0.25};

/* For an alloy table and, if it is installed, a Finnis-Sinclair one. */
static int potentials(struct sample_options o[2])
{
    o[0] = o[1] = leaning;
    o[1].potential = CUZR;
    return access(CUZR, R_OK) ? 1 : 2;
}

static double energy(struct sample *s)
{
    sample_must(vt_system_forces(&s->sys, VT_TOTALS));
    return s->sys.potential_energy;
}

/* Steps of 2^-13 angstrom, a whole number of quanta. The energy is a sum of some 3000 terms rounded to 2^-40
 * eV, an error of 3e-11 eV, which makes 1e-7 eV/angstrom; the third derivative, some 30 eV/angstrom^3, makes
 * another 1e-7. */
static void forces_are_derivatives_of_the_energy(void **state)
{
    (void)state;
    struct sample_options o[2];
    for (int p = 0, n = potentials(o); p < n; p++) {
        struct sample s;
        sample_make(&s, MPI_COMM_SELF, o[p]);
        energy(&s);
        const double h = 0x1p-13;
        double largest = 0;
        for (int i = 3; i < s.sys.atoms.n; i += 13)
            for (int d = 0; d < 3; d++) {
                double f = s.sys.f[i][d], e[2];
                for (int k = 0; k < 2; k++) {
                    s.sys.atoms.x[i][d] += k ? -2 * h : h;
                    e[k] = energy(&s);
                }
                s.sys.atoms.x[i][d] += h;
                energy(&s);
                assert_true(f == s.sys.f[i][d]); /* back on the same place: the same bits */
                assert_true(fabs(f + (e[0] - e[1]) / (2 * h)) < 1e-6);
                largest = fmax(largest, fabs(f));
            }
        assert_true(largest > 0.1);
        sample_release(&s);
    }
}

/* Carry cell and atoms along with x -> x (1 + e), e having one entry. */
static void strain(struct sample *s, const struct vt_cell *cell, const double (*x)[3], int a, int b, double e)
{
    struct vt_cell *c = &s->sys.cell;
    *c = *cell;
    for (int k = 0; k < 3; k++) c->h[k][b] = vt_grid(cell->h[k][b] + e * cell->h[k][a]);
    for (int i = 0; i < s->sys.atoms.n; i++)
        for (int d = 0; d < 3; d++) s->sys.atoms.x[i][d] = vt_grid(x[i][d] + (d == b ? e * x[i][a] : 0));
}

/* The virial is W_ab = -dE/de_ab of the six strains that keep the cell in its form (y pulled along x, ...),
 * and three times the pressure -dE/dV is their trace over V. Steps of 2^-15: the quanta of the positions make
 * 1e-12 * 1 eV/A * sqrt(300) / 6e-5 = 3e-7 eV, the third derivative some 1e4 eV * 1e-9 = 1e-5 eV, of a virial
 * of 10 to 100 eV. */
static void virial_is_the_strain_derivative_of_the_energy(void **state)
{
    (void)state;
    static const int A[6] = {0, 1, 2, 1, 2, 2}, B[6] = {0, 1, 2, 0, 0, 1};
    struct sample_options o[2];
    for (int p = 0, n = potentials(o); p < n; p++) {
        struct sample s;
        sample_make(&s, MPI_COMM_SELF, o[p]);
        energy(&s);
        struct vt_cell cell = s.sys.cell;
        double x[108][3] = {{0}}, virial[6], derivative[6];
        memcpy(virial, s.sys.virial, sizeof virial);
        const double h = 0x1p-15;
        for (int q = 0; q < 6; q++) {
            double e[2];
            for (int i = 0; i < s.sys.atoms.n; i++) memcpy(x[i], s.sys.atoms.x[i], sizeof x[i]);
            for (int k = 0; k < 2; k++) {
                strain(&s, &cell, (const double(*)[3])x, A[q], B[q], k ? -h : h);
                s.sys.list_valid = true; /* the order of the atoms must stay */
                e[k] = energy(&s);
            }
            strain(&s, &cell, (const double(*)[3])x, 0, 0, 0);
            derivative[q] = (e[0] - e[1]) / (2 * h);
            assert_true(fabs(virial[q] + derivative[q]) < 5e-5);
            assert_true(fabs(virial[q]) > 0.5);
        }
        /* All three edges at once: -3 V dE/dV. */
        double e[2], trace = virial[0] + virial[1] + virial[2];
        for (int k = 0; k < 2; k++) {
            for (int d = 0; d < 3; d++)
                for (int b = 0; b < 3; b++) s.sys.cell.h[d][b] = vt_grid(cell.h[d][b] * (k ? 1 - h : 1 + h));
            for (int i = 0; i < s.sys.atoms.n; i++)
                for (int d = 0; d < 3; d++) s.sys.atoms.x[i][d] = vt_grid(x[i][d] * (k ? 1 - h : 1 + h));
            e[k] = energy(&s);
        }
        assert_true(fabs(trace + (e[0] - e[1]) / (2 * h)) < 1e-4);
        sample_release(&s);
    }
}

/* Pair forces are whole quanta of 2^-40 eV/angstrom, equal and opposite: their sum is 0, not nearly 0. */
static void forces_sum_to_zero_exactly(void **state)
{
    (void)state;
    struct sample s;
    sample_make(&s, MPI_COMM_SELF, leaning);
    energy(&s);
    for (int d = 0; d < 3; d++) {
        int64_t sum = 0, size = 0;
        for (int i = 0; i < s.sys.atoms.n; i++) {
            double quanta = s.sys.f[i][d] * 0x1p40;
            assert_true(quanta == rint(quanta));
            sum += (int64_t)quanta;
            size += llabs((int64_t)quanta);
        }
        assert_true(sum == 0);
        assert_true(size > INT64_C(1) << 40);
    }
    sample_release(&s);
}

/* Each half share is rounded to 2^-40: some 8000 of them make 4e-11 at random, 4e-9 at worst. */
static void shares_of_the_atoms_sum_to_the_totals(void **state)
{
    (void)state;
    struct sample_options o[2];
    for (int p = 0, n = potentials(o); p < n; p++) {
        struct sample s;
        sample_make(&s, MPI_COMM_SELF, o[p]);
        sample_must(vt_system_forces(&s.sys, VT_TOTALS));
        sample_must(vt_system_per_atom(&s.sys, true));
        double e = 0, w[6] = {0};
        for (int i = 0; i < s.sys.atoms.n; i++) {
            e += s.sys.energy[i];
            for (int q = 0; q < 6; q++) w[q] += s.sys.atom_virial[i][q];
        }
        assert_true(fabs(e - s.sys.potential_energy) < 1e-9);
        for (int q = 0; q < 6; q++) assert_true(fabs(w[q] - s.sys.virial[q]) < 1e-9);
        sample_release(&s);
    }
}

static void instruction_sets_agree_bit_for_bit(void **state)
{
    (void)state;
    static const char *const sets[] = {"portable", "avx2", "avx512"};
    struct sample_options o[2];
    for (int p = 0, n = potentials(o); p < n; p++) {
        double f[108][3] = {{0}}, totals[7] = {0};
        for (int k = 0; k < 3; k++) {
            struct sample s;
            struct vt_potential *other;
            sample_make(&s, MPI_COMM_SELF, o[p]);
            if (vt_eam_force_create(&other, &s.tables, sets[k]) == VT_OK) {
                assert_string_equal(vt_eam_force_instruction_set(other), sets[k]);
                s.potential->destroy(s.potential);
                s.potential = s.sys.potential = other;
                energy(&s);
                for (int i = 0; i < s.sys.atoms.n; i++)
                    for (int d = 0; d < 3; d++) {
                        if (k == 0) f[i][d] = s.sys.f[i][d];
                        assert_true(f[i][d] == s.sys.f[i][d]);
                    }
                if (k == 0)
                    totals[0] = s.sys.potential_energy, memcpy(totals + 1, s.sys.virial, 6 * sizeof(double));
                assert_true(totals[0] == s.sys.potential_energy);
                assert_memory_equal(totals + 1, s.sys.virial, 6 * sizeof(double));
            }
            sample_release(&s);
        }
    }
}

/* ----------------------------------------------------------------- a plain second computation */

/* Cubic pieces with the slopes that LAMMPS's pair_style eam takes, from its documented five-point rule. */
static double slope_at(const double *y, int n, int m)
{
    if (m == 0) return y[1] - y[0];
    if (m == n - 1) return y[n - 1] - y[n - 2];
    if (m == 1 || m == n - 2) return (y[m + 1] - y[m - 1]) / 2;
    return (y[m - 2] - y[m + 2] + 8 * (y[m + 1] - y[m - 1])) / 12;
}

static double hermite(const double *y, int n, double d, double x, double *derivative)
{
    int k = (int)(x / d);
    if (k > n - 2) k = n - 2;
    double p = fmin(x / d - k, 1), s0 = slope_at(y, n, k), s1 = slope_at(y, n, k + 1);
    double h00 = (1 + 2 * p) * (1 - p) * (1 - p), h10 = p * (1 - p) * (1 - p);
    *derivative =
        (6 * p * (p - 1) * (y[k] - y[k + 1]) + (1 - p) * (1 - 3 * p) * s0 + p * (3 * p - 2) * s1) / d;
    return h00 * y[k] + h10 * s0 + p * p * (3 - 2 * p) * y[k + 1] + p * p * (p - 1) * s1;
}

struct plain {
    double energy, virial[6], f[108][3];
};

/* Every atom with every image of every other within three cells: no lists, no halo, no rounding to quanta. */
static void compute_plainly(const struct sample *s, struct plain *out)
{
    static const int A[6] = {0, 1, 2, 0, 0, 1}, B[6] = {0, 1, 2, 1, 2, 2};
    const struct vt_atoms *a = &s->sys.atoms;
    const struct vt_eam *e = &s->tables;
    double rho[108] = {0}, slope[108];
    *out = (struct plain){0};
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < a->n; i++)
            for (int j = 0; j < a->n; j++)
                for (int c = 0; c < 343; c++) {
                    double shift[3], d[3], r2 = 0, gi, gj, gp;
                    vt_cell_shift(&s->sys.cell, (int[3]){c / 49 - 3, c / 7 % 7 - 3, c % 7 - 3}, shift);
                    for (int k = 0; k < 3; k++) {
                        d[k] = a->x[i][k] - a->x[j][k] - shift[k];
                        r2 += d[k] * d[k];
                    }
                    if (r2 == 0 || r2 >= e->cutoff * e->cutoff) continue;
                    int si = a->species[i], sj = a->species[j];
                    double r = sqrt(r2);
                    double from_j = hermite(vt_eam_rho(e, sj, si), e->n_r, e->d_r, r, &gj);
                    if (pass == 0) {
                        rho[i] += from_j;
                        continue;
                    }
                    hermite(vt_eam_rho(e, si, sj), e->n_r, e->d_r, r, &gi);
                    double phi = hermite(vt_eam_rphi(e, si, sj), e->n_r, e->d_r, r, &gp) / r;
                    double force = -(slope[i] * gj + slope[j] * gi + (gp - phi) / r);
                    out->energy += 0.5 * phi;
                    for (int k = 0; k < 3; k++) out->f[i][k] += force * d[k] / r;
                    for (int q = 0; q < 6; q++) out->virial[q] += 0.5 * force * d[A[q]] * d[B[q]] / r;
                }
        for (int i = 0; i < a->n && pass == 0; i++)
            out->energy += hermite(vt_eam_f(e, a->species[i]), e->n_rho, e->d_rho, rho[i], &slope[i]);
    }
}

/* Every fifth knot: 501, 0.0143 angstrom apart, as files of the eighties have them. */
static void thin(struct sample *s)
{
    enum { STEP = 5 };
    struct vt_eam few = s->tables;
    few.n_r = (few.n_r - 1) / STEP + 1;
    few.d_r *= STEP;
    sample_must(vt_eam_alloc(&few));
    memcpy(few.f, s->tables.f, (size_t)(few.n_species * few.n_rho) * sizeof(double));
    for (int a = 0; a < few.n_species; a++)
        for (int b = 0; b < few.n_species; b++)
            for (int k = 0; k < few.n_r; k++) {
                vt_eam_rho(&few, a, b)[k] = vt_eam_rho(&s->tables, a, b)[STEP * k];
                vt_eam_rphi(&few, a, b)[k] = vt_eam_rphi(&s->tables, a, b)[STEP * k];
            }
    vt_eam_release(&s->tables);
    s->tables = few;
    s->potential->destroy(s->potential);
    sample_must(vt_eam_force_create(&s->potential, &s->tables, NULL));
    s->sys.potential = s->potential;
}

/* The engine's tables of phi'/r and rho'/r are cubics between knots, at most 0.004 angstrom apart: they miss
 * h^4/3072 of the fourth derivative, which is (5/angstrom)^4 on the repulsive side: 5e-11 of the force of a
 * pair. So the error is measured in the rms force, 3 to 5 eV/angstrom here. Pair forces are rounded by 2^-41
 * = 5e-13 eV/angstrom at most. Energies come from the file's own cubics: 5000 pairs, each rounded, some 3e-11
 * eV. The virial: 5000 pairs of 5e-11, some eV angstrom each. */
static void forces_agree_with_a_plain_sum_over_all_images(void **state)
{
    (void)state;
    struct sample_options o[2];
    for (int p = -1, n = potentials(o); p < n; p++) {
        struct sample s;
        static struct plain plain;
        double worst = 0, rms = 0, force = 0;
        sample_make(&s, MPI_COMM_SELF, o[p < 0 ? 0 : p]);
        if (p < 0) thin(&s);
        energy(&s);
        compute_plainly(&s, &plain);
        for (int i = 0; i < s.sys.atoms.n; i++)
            for (int d = 0; d < 3; d++) {
                worst = fmax(worst, fabs(plain.f[i][d] - s.sys.f[i][d]));
                rms += pow(plain.f[i][d] - s.sys.f[i][d], 2) / (3 * 108);
                force += pow(plain.f[i][d], 2) / (3 * 108);
            }
        assert_true(force > 1);
        assert_true(worst < 1e-10 * sqrt(force));
        assert_true(sqrt(rms) < 2e-11 * sqrt(force));
        assert_true(fabs(plain.energy - s.sys.potential_energy) < 1e-9);
        for (int q = 0; q < 6; q++) assert_true(fabs(plain.virial[q] - s.sys.virial[q]) < 1e-9);
        sample_release(&s);
    }
}

static void a_cell_thinner_than_twice_the_cut_off_is_refused(void **state)
{
    (void)state;
    struct sample s;
    sample_make(&s, MPI_COMM_SELF, leaning);
    assert_int_equal(vt_system_check_size(&s.sys), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "twice the cut-off"));
    sample_release(&s);
    sample_make(&s, MPI_COMM_SELF, (struct sample_options){.cells = {4, 4, 4}, .edge = 4.1});
    assert_int_equal(vt_system_check_size(&s.sys), VT_OK);
    s.sys.cell.h[0][0] = 5000; /* beyond the grid that positions lie on */
    assert_int_equal(vt_system_check_size(&s.sys), VT_EINPUT);
    sample_release(&s);
}

/* F = -rho from two tables: one that reaches far enough; and one that ends so early that rho lies 10^11 knots
 * beyond it, and is flat in its first half. The second begins to fall at rho = 1e-9, so each of 108 atoms has
 * 1e-9 more. */
static void beyond_its_table_the_embedding_goes_on_along_the_last_tangent(void **state)
{
    (void)state;
    double e[2];
    for (int far = 0; far < 2; far++) {
        struct sample s;
        sample_make(&s, MPI_COMM_SELF, leaning);
        s.potential->destroy(s.potential);
        int n = s.tables.n_rho, flat = far ? n / 2 : 0;
        s.tables.d_rho = far ? 2e-9 / n : 1000. / n;
        for (int k = 0; k < s.tables.n_species; k++)
            for (int m = 0; m < n; m++)
                ((double *)(uintptr_t)vt_eam_f(&s.tables, k))[m] =
                    m < flat ? 0 : -(m - flat) * s.tables.d_rho;
        sample_must(vt_eam_force_create(&s.potential, &s.tables, NULL));
        s.sys.potential = s.potential;
        e[far] = energy(&s);
        sample_release(&s);
    }
    assert_true(fabs(e[0]) > 100);
    assert_true(fabs(e[1] - e[0] - 108e-9) < 1e-8);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(forces_are_derivatives_of_the_energy),
    cmocka_unit_test(virial_is_the_strain_derivative_of_the_energy),
    cmocka_unit_test(forces_sum_to_zero_exactly),
    cmocka_unit_test(shares_of_the_atoms_sum_to_the_totals),
    cmocka_unit_test(instruction_sets_agree_bit_for_bit),
    cmocka_unit_test(forces_agree_with_a_plain_sum_over_all_images),
    cmocka_unit_test(beyond_its_table_the_embedding_goes_on_along_the_last_tangent),
    cmocka_unit_test(a_cell_thinner_than_twice_the_cut_off_is_refused),
};
CHECK_MPI_MAIN(tests)
