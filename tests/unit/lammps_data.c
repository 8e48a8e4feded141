/* LAMMPS data files: what is read is what was written; the dialects of LAMMPS; bad files. */
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "frames.h"
#include "io/lammps_data.h"

static const char path[] = "unit_lammps.data";

static void what_is_read_is_what_was_written(void **state)
{
    (void)state;
    enum { N = 301 };
    for (int velocities = 0; velocities < 2; velocities++) {
        struct made_frame m;
        struct vt_structure s;
        made_frame(&m, MPI_COMM_SELF, N, 2, 1);
        if (!velocities) m.frame.v = NULL;
        check_ok(vt_lammps_data_write(path, &m.frame));
        check_ok(vt_lammps_data_read(path, &s));
        assert_int_equal(s.n, N);
        assert_memory_equal(&s.cell, &m.frame.state.cell, sizeof s.cell);
        assert_memory_equal(&s.material, &m.material, sizeof s.material);
        for (int i = 0; i < N; i++) {
            double x[3], v[3];
            int32_t image[3];
            made_atom(i + 1, 2, x, v, image);
            assert_int_equal(s.id[i], i + 1);
            assert_int_equal(s.species[i], made_species(i + 1));
            assert_memory_equal(s.x[i], x, sizeof x);
            assert_memory_equal(s.image[i], image, sizeof image);
            if (s.v) assert_memory_equal(s.v[i], v, sizeof v);
        }
        assert_true(!s.v == !velocities);
        vt_structure_release(&s);
        made_release(&m);
    }
}

static void put(const char *text)
{
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
}

/* As write_data leaves it: a low corner, no tilt, atoms out of order, comments, coefficients, zero bonds. */
static void the_dialects_of_lammps_are_read(void **state)
{
    (void)state;
    put("title 7 atoms\n\n3 atoms # three\n2 atom types\n0 bonds\n\n-1 9 xlo xhi\n2.5 12.5 ylo yhi\n0 20 zlo "
        "zhi\n\n"
        "Masses\n\n1 63.55\n2 50 # Zr\n\nPair Coeffs # eam\n\n1 a\n2 b\n\nAtoms # atomic\n\n"
        "30 2 0 2.5 0 1 0 -1\n1 1 -1.5 2.5 25\n\n 7 2 1 3 1 0 0 0 # last\n\nVelocities\n\n7 1 2 3\n1 4 5 "
        "6\n30 7 8 9\n");
    struct vt_structure s;
    check_ok(vt_lammps_data_read(path, &s));
    assert_true(s.cell.h[0][0] == 10 && s.cell.h[1][1] == 10 && s.cell.h[2][2] == 20 && s.cell.h[1][0] == 0);
    assert_string_equal(s.material.species[0].symbol, "Cu");
    assert_true(s.material.species[0].mass == 63.55);
    assert_string_equal(s.material.species[1].symbol, "Zr");
    assert_int_equal(s.material.species[1].count, 2);
    assert_true(s.x[0][0] == 9.5 && s.x[0][1] == 0 && s.x[0][2] == 5); /* id 1, wrapped */
    assert_true(s.image[0][0] == -1 && s.image[0][2] == 1);
    assert_true(s.x[1][0] == 2 && s.v[1][0] == 1 && s.v[0][2] == 6); /* id 7; id 1 */
    assert_true(s.image[2][0] == 1 && s.image[2][2] == -1 && s.v[2][0] == 7);
    vt_structure_release(&s);

    put("labels\n2 atoms\n2 atom types\n0 5 xlo xhi\n0 5 ylo yhi\n0 5 zlo zhi\n1 0.5 -0.5 xy xz yz\n"
        "Atom Type Labels\n\n1 Hf\n2 Co\n\nAtoms\n\n1 Co 1 1 1\n2 1 2 2 2\n");
    check_ok(vt_lammps_data_read(path, &s));
    assert_string_equal(s.material.species[s.species[0]].symbol, "Co");
    assert_string_equal(s.material.species[s.species[1]].symbol, "Hf");
    assert_true(s.cell.h[1][0] == 1 && s.cell.h[2][0] == 0.5 && s.cell.h[2][1] == -0.5);
    vt_structure_release(&s);
}

static void bad_files_are_refused_with_file_and_line(void **state)
{
    (void)state;
#define COUNTS "t\n1 atoms\n1 atom types\n"
#define BOX    "0 9 xlo xhi\n0 9 ylo yhi\n0 9 zlo zhi\n"
#define MASS   "Masses\n\n1 63.5\n\n"
    static const struct {
        const char *text, *part;
    } bad[] = {
        {"", "the file is empty"},
        {"a title\nand prose\n", "no `N atoms`"},
        {"t\n1 atom types\n" BOX "Atoms\n", "no `N atoms`"},
        {"t\n5 atoms\n" BOX "Atoms\n\n1 1 1 1 1\n", "no `N atom types`"},
        {"t\n3x atoms\n", "the number of atoms must be a whole number, not '3x'"},
        {"t\n100000000000 atoms\n1 atom types\n" BOX "Atoms\n", "the file ends too early"},
        {"t\n1 atoms\n99 atom types\n", ":3: 99 atom types; 1 to 16"},
        {COUNTS "0 9 xlo xhi\n0 9 ylo yhi\n" MASS, "no `LOW HIGH zlo zhi`"},
        {COUNTS "0 9 xlo xhi\n0 9 ylo yhi\n9 0 zlo zhi\n" MASS "Atoms\n\n1 1 1 1 1\n", "an edge of -9"},
        {COUNTS "0 q xlo xhi\n", ":4: xhi must be a number, not 'q'"},
        {COUNTS BOX "3 bonds\n", ":7: header line '3 bonds' is not understood"},
        {COUNTS BOX MASS "Atoms # full\n\n1 1 1 1 1\n", "atom style full; only atomic"},
        {COUNTS BOX MASS "Atoms\n\n1 1 0.5 1 1 1\n", "this line has 6 words"},
        {COUNTS BOX MASS "Atoms\n\n1 2 1 1 1\n", "atom type 2; there are 1 to 1"},
        {COUNTS BOX MASS "Atoms\n\n1 1 1 inf 1\n", "a position must be a number, not 'inf'"},
        {COUNTS BOX MASS "Atoms\n\n1 1 1 1 1 0 0 99999999999\n", "an image flag of 99999999999"},
        {COUNTS BOX MASS "Atoms\n\n", "section Atoms ends after 0 of 1 lines"},
        {COUNTS BOX MASS "Atoms\n\n1 1 1 1 1\n2 1 1 1 1\n", "section Atoms has more lines"},
        {COUNTS BOX MASS "Atoms\n\n1 1 1 1 1\n\nAtoms\n\n1 1 1 1 1\n", "a second section Atoms"},
        {COUNTS BOX MASS, "no section Atoms"},
        {COUNTS BOX "Atoms\n\n1 1 1 1 1\n", "does not say what type 1 is"},
        {COUNTS BOX "Masses\n\n1 12.5\n\nAtoms\n\n1 1 1 1 1\n", "type 1 has mass 12.5"},
        {COUNTS BOX "Masses\n\n1 -5\n", "a mass of -5"},
        {COUNTS BOX MASS "Velocities\n\n1 1 1 1\n", "after the section Atoms"},
        {COUNTS BOX MASS "Atoms\n\n1 1 1 1 1\n\nVelocities\n\n2 1 1 1\n", "velocity of atom 2"},
        {COUNTS BOX MASS "Atoms\n\n1 1 1 1 1\n\nBonds\n\n1 1 1 1\n", "section 'Bonds' cannot be read"},
        {"t\n2 atoms\n1 atom types\n" BOX MASS "Atoms\n\n4 1 1 1 1\n4 1 2 2 2\n", "two atoms have the id 4"},
    };
    for (unsigned k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct vt_structure s;
        put(bad[k].text);
        assert_int_equal(vt_lammps_data_read(path, &s), VT_EINPUT);
        if (!strstr(vt_message(), bad[k].part)) fail_msg("'%s' lacks '%s'", vt_message(), bad[k].part);
        assert_non_null(strstr(vt_message(), path));
        vt_structure_release(&s);
    }
    struct vt_structure s;
    assert_int_equal(vt_lammps_data_read("no/such.data", &s), VT_EINPUT);
    vt_structure_release(&s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_what_was_written),
        cmocka_unit_test(the_dialects_of_lammps_are_read),
        cmocka_unit_test(bad_files_are_refused_with_file_and_line),
    };
    MPI_Init(&argc, &argv);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    MPI_Finalize();
    return failed;
}
