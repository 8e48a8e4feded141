/* Enthalpies of liquids: an element mixed with itself gives nothing, each liquid is run once, and cells are
 * wide enough. Short runs: what they give is tested in tests/physics/mixing.c. */
#include "scratch.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "md/eam_builtin.h"
#include "md/protocol.h"
#include "study/liquid.h"

static const struct vt_liquid_times times = {2500, 0.1, 2000, 0.1, 0.4, 7};

static int count_folders(const char *pattern)
{
    char path[200];
    glob_t found;
    snprintf(path, sizeof path, "%s/%s", folder, pattern);
    int n = glob(path, 0, NULL, &found) ? 0 : (int)found.gl_pathc;
    globfree(&found);
    return n;
}

/* Copper, and copper under the name of silver: the three liquids are the same, atom by atom. So H_mix is 0 to
 * the last bit, and its error that of three equal ones. */
static void an_element_mixed_with_itself_gives_nothing(void **state)
{
    (void)state;
    struct vt_eam copper, twins;
    check_ok(vt_eam_load("builtin:Cu,Zr", &copper)); /* tables that end where those of Zr do, as below */
    check_ok(vt_eam_subset(&copper, (const char *const[]){"Cu", "Cu"}, 2, &twins));
    strcpy(twins.element[1].symbol, "Ag");
    vt_eam_seal(&twins);
    struct vt_mixture m = {.a = "Cu", .b = "Ag", .tables = &twins};
    check_ok(vt_mixtures_measure(MPI_COMM_WORLD, folder, &times, 1, &m));
    check_all(m.status == VT_OK && m.pure[0].enthalpy == m.pure[1].enthalpy && m.enthalpy == 0);
    check_all(m.mixed.volume == m.pure[0].volume && m.mixed.volume > 11 && m.mixed.volume < 17);
    check_all(m.pure[0].enthalpy > -3.6 && m.pure[0].enthalpy < -2.5); /* crystal at 0 K: -3.54 eV */
    check_all(m.error > 0 && m.error < 10);
    vt_eam_release(&twins);
    vt_eam_release(&copper);
}

/* Three pairs of three elements are six liquids, of which pure copper is there from before; a fourth pair
 * with other functions shares what has none of them. */
static void pure_liquids_are_shared(void **state)
{
    (void)state;
    struct vt_eam all, other;
    check_ok(vt_eam_load("builtin:Zr,Al,Cu", &all));
    check_ok(vt_eam_load("builtin:Al,Zr", &other));
    struct vt_mixture again, m[3] = {{.a = "Cu", .b = "Zr", .tables = &all},
                                     {.a = "Zr", .b = "Al", .tables = &all},
                                     {.a = "Cu", .b = "Al", .tables = &all}};
    int before = count_folders("*");
    check_ok(vt_mixtures_measure(MPI_COMM_WORLD, folder, &times, 3, m));
    for (int k = 0; k < 3; k++) check_all(m[k].status == VT_OK && isfinite(m[k].enthalpy));
    check_all(m[0].pure[1].enthalpy == m[1].pure[0].enthalpy);
    check_all(count_folders("*") == before + 5);
    vt_eam_rphi(&other, 0, 1)[1200] = vt_eam_rphi(&other, 1, 0)[1200] += 1e-3;
    vt_eam_seal(&other);
    again = (struct vt_mixture){.a = "Zr", .b = "Al", .tables = &other};
    check_ok(vt_mixtures_measure(MPI_COMM_WORLD, folder, &times, 1, &again));
    check_all(count_folders("*") == before + 6 && count_folders("Zr50Al50-2000K-*") == 2);
    check_all(again.pure[0].enthalpy == m[1].pure[0].enthalpy && again.enthalpy != m[1].enthalpy);

    /* An element that is not in the tables is the caller's mistake. */
    again.b = "Cu";
    check_all(vt_mixtures_measure(MPI_COMM_WORLD, folder, &times, 1, &again) == VT_EINPUT);
    check_all(strstr(vt_message(), "has no Cu; it has Al, Zr") != NULL);
    vt_eam_release(&other);
    vt_eam_release(&all);
}

/* At the density of the crystals the cell is more than twice the cut-off wide, with a tenth to spare, and a
 * hundred atoms less would not do; also with a longer cut-off. */
static void cells_are_wide_enough_for_every_element(void **state)
{
    (void)state;
    static const char *const symbol[] = {"Cu", "Zr", "Al", "Hf", "Co", "Ti", "Ni", "Be", "Ag",
                                         "Au", "Pd", "Pt", "Pb", "Fe", "Mo", "Ta", "W",  "Mg"};
    enum { N = sizeof symbol / sizeof *symbol };
    for (int k = 0; k < 2 * N; k++) {
        char name[32], composition[32];
        struct vt_eam tables;
        int64_t atoms = 0;
        snprintf(name, sizeof name, "builtin:%s", symbol[k / 2]);
        snprintf(composition, sizeof composition, "%s: 100", symbol[k / 2]);
        check_ok(vt_eam_load(name, &tables));
        if (k % 2) tables.cutoff *= 1.7;
        check_ok(vt_liquid_atoms(&tables, composition, &atoms));
        double a3 = pow(tables.element[0].lattice, 3), width = 2.2 * tables.cutoff;
        double volume = !strcmp(tables.element[0].structure, "fcc")   ? a3 / 4
                        : !strcmp(tables.element[0].structure, "bcc") ? a3 / 2
                                                                      : a3 / sqrt(2);
        check_all(atoms % 100 == 0 && (double)atoms * volume >= pow(width, 3));
        check_all(atoms == 500 || (double)(atoms - 100) * volume < pow(width, 3));
        check_all(atoms > 500 || k % 2 == 0);
        vt_eam_release(&tables);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_element_mixed_with_itself_gives_nothing),
    cmocka_unit_test(pure_liquids_are_shared),
    cmocka_unit_test(cells_are_wide_enough_for_every_element),
};
SCRATCH_MAIN(tests, NULL, NULL)
