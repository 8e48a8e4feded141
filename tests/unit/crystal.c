/* Crystals by lattice sums: the engine's energies, gradients that are derivatives, lattices that are known.
 */
#include "check.h"

#include <math.h>
#include <string.h>

#include "core/random.h"
#include "core/units.h"
#include "md/eam_builtin.h"
#include "potential/prototypes.h"
#include "potential/supercell.h"

static void curves_of(const char *name, struct vt_eam *e, struct vt_eam_curves *curves)
{
    check_ok(vt_eam_builtin(name, e));
    check_ok(vt_eam_curves_init(curves, e));
}

/* A cell for each prototype, of Cu (the more frequent) and Zr, with room for both. */
static struct vt_crystal cell_of(const struct vt_prototype *p)
{
    const struct vt_lattice l = {.a = 4.2, .b = 9.1, .c = 5.5, .internal = {0.17, 0.42}};
    return vt_prototype_make(p, &l, (const int[]){0, 1});
}

/* Two independent ways to one number: the engine with its half lists, ghosts and exact sums over some hundred
 * atoms, and sums over a few atoms' images. They differ by rounding: 2^-40 eV a pair in the engine. */
static void the_engine_gives_the_same_energy(void **state)
{
    (void)state;
    struct vt_eam e;
    struct vt_eam_curves curves;
    curves_of("Cu,Zr", &e, &curves);
    for (const struct vt_prototype *p = vt_prototypes; p->name; p++) {
        struct vt_crystal c = cell_of(p);
        double u[4], alone = 0, whole;
        for (int i = 0; i < c.n; i++) { /* no symmetry */
            vt_uniform4(7, i, 0, VT_RANDOM_TEST, u);
            for (int d = 0; d < 3; d++) c.x[i][d] += 0.1 * (u[d] - 0.5);
        }
        alone = vt_crystal_energy(&c, &curves, NULL, NULL);
        int n;
        check_ok(vt_supercell_energy(&c, &e, 15, false, &n, &whole));
        if (!(fabs(whole / n - alone / c.n) < 1e-9))
            fail_msg("%s: %.12g %.12g", p->name, whole / n, alone / c.n);
    }
    vt_eam_curves_release(&curves);
    vt_eam_release(&e);
}

/* Differences over 1e-4 err by the third derivative, some 1e3 eV, times 1e-8/6. */
static void gradients_are_derivatives_of_the_energy(void **state)
{
    (void)state;
    struct vt_eam e;
    struct vt_eam_curves curves;
    curves_of("Cu,Zr", &e, &curves);
    struct vt_crystal c = cell_of(vt_prototype_find("Bf"));
    double q[VT_CRYSTAL_FREEDOM], g[VT_CRYSTAL_FREEDOM], u[4];
    for (int k = 0; k < 6 + 3 * c.n; k++) {
        vt_uniform4(8, k, 0, VT_RANDOM_TEST, u);
        q[k] = (k < 6 ? 0.02 : 0.1) * (u[0] - 0.5);
    }
    vt_crystal_energy(&c, &curves, q, g);
    for (int k = 0; k < 6 + 3 * c.n; k++) {
        const double h = 1e-4, at = q[k];
        q[k] = at + h;
        double up = vt_crystal_energy(&c, &curves, q, NULL);
        q[k] = at - h;
        double down = vt_crystal_energy(&c, &curves, q, NULL);
        q[k] = at;
        assert_true(fabs((up - down) / (2 * h) - g[k]) < 1e-5);
        assert_true(k > 0 || fabs(g[k]) > 1);
    }
    vt_eam_curves_release(&curves);
    vt_eam_release(&e);
}

/* Published rows of fcc metals give what their authors fitted them to (PRB 69, 144113 (2004)): lattice
 * constant, cohesive energy and the measured elastic constants [GPa]: Ag, Simmons & Wang (1971); Pd, Rayne,
 * PR 118, 1545 (1960). The rows meet them to 2 %, lattice constants to 1e-3. */
static void published_rows_give_their_crystals(void **state)
{
    (void)state;
    static const struct {
        const char *symbol;
        double a, energy, C11, C12, C44;
    } known[] = {{"Ag", 4.086, -2.85, 124, 93.4, 46.1}, {"Pd", 3.891, -3.91, 234.1, 176.1, 71.2}};
    for (int k = 0; k < 2; k++) {
        struct vt_eam e;
        struct vt_eam_curves curves;
        curves_of(known[k].symbol, &e, &curves);
        const struct vt_prototype *p = vt_prototype_find("fcc");
        struct vt_crystal c = vt_prototype_make(p, &(struct vt_lattice){.a = 3.7}, (const int[]){0, 0});
        double C[6][6], vacancy;
        bool stable;
        check_ok(vt_crystal_relax(&c, &curves, VT_CRYSTAL_ALL));
        check_ok(vt_crystal_elastic(&c, &curves, C, &stable));
        check_ok(vt_vacancy_energy(&c, &e, &vacancy));
        double energy = vt_crystal_energy(&c, &curves, NULL, NULL);
        print_message("%s: a %.4f, E %.4f, C11 %.1f C12 %.1f C44 %.1f GPa, vacancy %.3f eV\n",
                      known[k].symbol, vt_prototype_lattice(p, &c).a, energy, C[0][0] / VT_GPA,
                      C[0][1] / VT_GPA, C[3][3] / VT_GPA, vacancy);
        assert_true(stable);
        assert_true(fabs(vt_prototype_lattice(p, &c).a / known[k].a - 1) < 1e-3);
        assert_true(fabs(energy / known[k].energy - 1) < 1e-3);
        assert_true(fabs(C[0][0] / VT_GPA / known[k].C11 - 1) < 0.02);
        assert_true(fabs(C[0][1] / VT_GPA / known[k].C12 - 1) < 0.02);
        assert_true(fabs(C[3][3] / VT_GPA / known[k].C44 - 1) < 0.02);
        assert_true(vacancy > 1 && vacancy < 2);
        vt_eam_curves_release(&curves);
        vt_eam_release(&e);
    }
}

/* The stiffness answers what strain and relaxation do to the energy: bulk modulus of hcp Zr, atoms and axes
 * free, from energies at three volumes; C55 = C44 and C66 = (C11 - C12)/2 by symmetry. The cubic pieces of
 * the tables know nothing of that symmetry and leave 2e-6. */
static void elastic_constants_of_hcp_obey_its_symmetry(void **state)
{
    (void)state;
    struct vt_eam e;
    struct vt_eam_curves curves;
    curves_of("Zr", &e, &curves);
    struct vt_crystal c = vt_prototype_make(vt_prototype_find("hcp"),
                                            &(struct vt_lattice){.a = 3.2, .c = 5.2}, (const int[]){0, 0});
    double C[6][6];
    bool stable;
    check_ok(vt_crystal_relax(&c, &curves, VT_CRYSTAL_ALL));
    check_ok(vt_crystal_elastic(&c, &curves, C, &stable));
    assert_true(stable);
    double scale = C[0][0];
    assert_true(fabs(C[0][0] - C[1][1]) < 5e-6 * scale && fabs(C[0][2] - C[1][2]) < 5e-6 * scale);
    assert_true(fabs(C[3][3] - C[4][4]) < 5e-6 * scale);
    assert_true(fabs(C[5][5] - 0.5 * (C[0][0] - C[0][1])) < 1e-5 * scale);
    for (int s = 0; s < 6; s++)
        for (int t = 3; t < 6; t++)
            if (s != t) assert_true(fabs(C[s][t]) < 5e-6 * scale);
    /* A strain along c at fixed a, positions relaxed: C33 from energies. */
    double energy[3];
    for (int k = 0; k < 3; k++) {
        struct vt_crystal strained = c;
        double strain = 1e-3 * (k - 1);
        strained.h[2][2] *= 1 + strain;
        for (int i = 0; i < c.n; i++) strained.x[i][2] *= 1 + strain;
        check_ok(vt_crystal_relax(&strained, &curves, VT_CRYSTAL_POSITIONS));
        energy[k] = vt_crystal_energy(&strained, &curves, NULL, NULL);
    }
    double C33 = (energy[0] - 2 * energy[1] + energy[2]) / 1e-6 / vt_crystal_volume(&c);
    assert_true(fabs(C33 / C[2][2] - 1) < 1e-3); /* anharmonic: (1e-3)^2 of some tens; rounding 1e-5 */
    vt_eam_curves_release(&curves);
    vt_eam_release(&e);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_engine_gives_the_same_energy),
    cmocka_unit_test(gradients_are_derivatives_of_the_energy),
    cmocka_unit_test(published_rows_give_their_crystals),
    cmocka_unit_test(elastic_constants_of_hcp_obey_its_symmetry),
};
CHECK_MPI_MAIN(tests)
