/* Extended XYZ: what is read is what was written; other programs' files; bad files. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/material.h"
#include "frames.h"
#include "io/extxyz.h"

static const char path[] = "unit_extxyz.xyz";

/* Bit for bit, for atoms that lay outside the cell too. */
static void what_is_read_is_what_was_written(void **state)
{
    (void)state;
    enum { N = 301 };
    for (int velocities = 0; velocities < 2; velocities++) {
        struct made_frame m;
        struct vt_structure s;
        made_frame(&m, MPI_COMM_SELF, N, 2, 1);
        check_ok(vt_extxyz_write(path, &m.frame, velocities));
        check_ok(vt_extxyz_read(path, &s));
        assert_int_equal(s.n, N);
        assert_memory_equal(&s.cell, &m.frame.state.cell, sizeof s.cell);
        assert_true(!s.v == !velocities);
        for (int i = 0; i < N; i++) {
            double x[3], v[3];
            int32_t image[3];
            made_atom(i + 1, 2, x, v, image);
            assert_int_equal(s.id[i], i + 1);
            assert_string_equal(s.material.species[s.species[i]].symbol,
                                m.material.species[made_species(i + 1)].symbol);
            assert_memory_equal(s.x[i], x, sizeof x);
            if (s.v) assert_memory_equal(s.v[i], v, sizeof v);
        }
        for (int k = 0; k < 3; k++)
            assert_int_equal(s.material.species[s.species[k]].count,
                             m.material.species[made_species(k + 1)].count);
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

/* Lengths and angles are those of the lattice that was turned, also for a left-handed one: all distances
 * through periodic images stay. */
static void a_general_lattice_keeps_all_distances(void **state)
{
    (void)state;
    static const double edges[2][3][3] = {{{1, 9, -2}, {-8, 2, 1}, {0.5, 1, 11}},
                                          {{-8, 2, 1}, {1, 9, -2}, {0.5, 1, 11}}}; /* right-, left-handed */
    static const double x[2][3] = {{0.3, 0.2, 0.1}, {-2, 5, 3}};
    for (int hand = 0; hand < 2; hand++) {
        char text[1000];
        const double(*e)[3] = edges[hand];
        snprintf(
            text, sizeof text,
            "2\nLattice=\"%g %g %g %g %g %g %g %g %g\" energy=-3 Properties=species:S:1:forces:R:3:pos:R:3\n"
            "Cu 0 0 0 %g %g %g\nZr 1 1 1 %g %g %g\n",
            e[0][0], e[0][1], e[0][2], e[1][0], e[1][1], e[1][2], e[2][0], e[2][1], e[2][2], x[0][0], x[0][1],
            x[0][2], x[1][0], x[1][1], x[1][2]);
        put(text);
        struct vt_structure s;
        check_ok(vt_extxyz_read(path, &s));
        assert_string_equal(s.material.species[1].symbol, "Zr");
        assert_true(s.cell.h[0][0] > 0 && s.cell.h[1][1] > 0 && s.cell.h[2][2] > 0);
        /* The least distance over 5^3 images, in both lattices; 1e-11: the grid of 2^-40 is 1e-12. */
        double least[2] = {1e9, 1e9};
        for (int k = 0; k < 125; k++) {
            const int n[3] = {k % 5 - 2, k / 5 % 5 - 2, k / 25 - 2};
            double d2[2] = {0};
            for (int d = 0; d < 3; d++) {
                double a = x[1][d] - x[0][d], b = s.x[1][d] - s.x[0][d];
                for (int r = 0; r < 3; r++) a += n[r] * e[r][d], b += n[r] * s.cell.h[r][d];
                d2[0] += a * a;
                d2[1] += b * b;
            }
            for (int w = 0; w < 2; w++) least[w] = fmin(least[w], sqrt(d2[w]));
        }
        assert_true(fabs(least[0] - least[1]) < 1e-11);
        vt_structure_release(&s);
    }
}

static void ids_with_gaps_are_numbered_anew_in_their_order(void **state)
{
    (void)state;
    put("3\nlattice='9 0 0 0 9 0 0 0 9' properties=id:I:1:species:S:1:pos:R:3 pbc=\"T T T\"\n"
        "70 Cu 1 0 0\n5 Zr 2 0 0\n12 Cu -3 0 0\nnot read\n");
    struct vt_structure s;
    check_ok(vt_extxyz_read(path, &s));
    assert_true(s.x[0][0] == 2 && s.x[1][0] == 6 && s.x[2][0] == 1);
    assert_int_equal(s.image[1][0], -1);
    assert_int_equal(s.species[0], 1);
    vt_structure_release(&s);
}

static void bad_files_are_refused_with_file_and_line(void **state)
{
    (void)state;
#define HEAD "Lattice=\"9 0 0 0 9 0 0 0 9\" "
    static const struct {
        const char *text, *part;
    } bad[] = {
        {"", "unit_extxyz.xyz:0: the file is empty"},
        {"atoms\n", ":1: the number of atoms must be a whole number, not 'atoms'"},
        {"2 atoms\n", ":1: the first line must be the number of atoms"},
        {"0\n\n", ":1: 0 atoms"},
        {"-1\n\n", ":1: -1 atoms"},
        {"999999999999999\n" HEAD "\n", ":1: the file ends too early"},
        {"1", "second line"},
        {"1\nplain\nCu 0 0 0\n", ":2: no Lattice"},
        {"1\nLattice=\"9 0 0 9\"\nCu 0 0 0\n", ":2: Lattice has 4 numbers"},
        {"1\nLattice=\"9 0 0 0 9 0 0 0 x\"\nCu 0 0 0\n", ":2: Lattice must be a number, not 'x'"},
        {"1\nLattice=\"9 0 0 0 9 0 9 9 0\"\nCu 0 0 0\n", "a volume of 0"},
        {"1\nLattice=\"9999 0 0 0 9 0 0 0 9\"\nCu 0 0 0\n", "an edge of 9999"},
        {"1\n" HEAD "pbc=\"T T F\"\nCu 0 0 0\n", ":2: pbc=\"T T F\""},
        {"1\n" HEAD "Properties=species:S\nCu 0 0 0\n", ":2: Properties must be"},
        {"1\n" HEAD "Properties=species:S:1:pos:R:2\nCu 0 0 0\n", ":2: Properties has no pos"},
        {"1\n" HEAD "Properties=pos:R:3\nCu 0 0 0\n", ":2: Properties has no species"},
        {"1\n" HEAD "Properties=species:S:1:pos:R:3:a:R:99999\nCu 0 0 0\n",
         ":2: property a has 99999 columns"},
        {"2\n" HEAD "\nCu 0 0 0\n", ":3: the file ends after 1 of 2 atoms"},
        {"1\n" HEAD "\nCu 0 0\n", ":3: atom 1 has 3 columns; Properties says 4"},
        {"1\n" HEAD "\nCu 0 0 nan\n", ":3: a position must be a number, not 'nan'"},
        {"1\n" HEAD "\nCu 0 0 1.0.0\n", ":3: a position must be a number"},
        {"1\n" HEAD "\nXx 0 0 0\n", ":3: 'Xx' is not the symbol"},
        {"1\n" HEAD "\nCu 0 0 1e99\n", "out of range"},
        {"2\n" HEAD "Properties=species:S:1:pos:R:3:id:I:1\nCu 0 0 0 3\nCu 1 1 1 3\n",
         "two atoms have the id 3"},
    };
    for (unsigned k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct vt_structure s;
        put(bad[k].text);
        assert_int_equal(vt_extxyz_read(path, &s), VT_EINPUT);
        if (!strstr(vt_message(), bad[k].part)) fail_msg("'%s' lacks '%s'", vt_message(), bad[k].part);
        assert_non_null(strstr(vt_message(), path));
        vt_structure_release(&s);
    }
    struct vt_structure s;
    assert_int_equal(vt_extxyz_read("no/such.xyz", &s), VT_EINPUT);
    assert_int_equal(vt_extxyz_read("/", &s), VT_EINPUT);
    vt_structure_release(&s);
}

static void an_unwritable_folder_is_named(void **state)
{
    (void)state;
    struct made_frame m;
    made_frame(&m, MPI_COMM_SELF, 5, 1, 0);
    assert_int_equal(vt_extxyz_write("/proc/no/a.xyz", &m.frame, true), VT_EWORLD);
    assert_non_null(strstr(vt_message(), "/proc/no/a.xyz"));
    made_release(&m);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_what_was_written),
        cmocka_unit_test(a_general_lattice_keeps_all_distances),
        cmocka_unit_test(ids_with_gaps_are_numbered_anew_in_their_order),
        cmocka_unit_test(bad_files_are_refused_with_file_and_line),
        cmocka_unit_test(an_unwritable_folder_is_named),
    };
    MPI_Init(&argc, &argv);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    MPI_Finalize();
    return failed;
}
