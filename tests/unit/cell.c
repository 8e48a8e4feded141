/* The cell: the lattice is what counts, not the edges that span it; on the grid all of it is exact. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "core/cell.h"
#include "core/random.h"

static struct vt_cell random_cell(int k, double lean)
{
    double u[4], w[4];
    vt_uniform4(7, k, 0, VT_RANDOM_TEST, u);
    vt_uniform4(7, k, 1, VT_RANDOM_TEST, w);
    double l[3] = {5 + 40 * u[0], 5 + 40 * u[1], 5 + 40 * u[2]};
    return vt_cell_make(l[0], l[1], l[2], lean * l[0] * (2 * w[0] - 1), lean * l[0] * (2 * w[1] - 1),
                        lean * l[1] * (2 * w[2] - 1));
}

static void heights_are_volume_over_faces(void **state)
{
    (void)state;
    for (int k = 0; k < 100; k++) {
        struct vt_cell cell = random_cell(k, 0.6);
        double heights[3];
        vt_cell_heights(&cell, heights);
        for (int d = 0; d < 3; d++) {
            const double *p = cell.h[(d + 1) % 3], *q = cell.h[(d + 2) % 3], *r = cell.h[d];
            double n[3] = {p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]};
            double area = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
            double volume = r[0] * n[0] + r[1] * n[1] + r[2] * n[2];
            assert_true(fabs(volume / vt_cell_volume(&cell) - 1) < 1e-14);
            assert_true(fabs(heights[d] / (volume / area) - 1) < 1e-13);
        }
    }
}

static void fractions_and_places_are_inverse(void **state)
{
    (void)state;
    for (int k = 0; k < 100; k++) {
        struct vt_cell cell = random_cell(k, 0.6), other = random_cell(k + 1000, 0.6);
        double u[4], x[3], s[3], e[3][3];
        vt_uniform4(7, k, 2, VT_RANDOM_TEST, u);
        vt_cell_cartesian(&cell, u, x);
        vt_cell_fractional(&cell, x, s);
        for (int d = 0; d < 3; d++) assert_true(fabs(s[d] - u[d]) < 1e-14);
        /* The map takes the point at s of one cell to the point at s of the other. */
        double there[3];
        vt_cell_map(&cell, &other, e);
        vt_cell_cartesian(&other, u, there);
        for (int d = 0; d < 3; d++)
            assert_true(fabs(x[0] * e[0][d] + x[1] * e[1][d] + x[2] * e[2][d] - there[d]) < 1e-11);
    }
}

/* The new edges are whole combinations of the old ones with determinant 1, bit for bit: the same lattice. */
static void a_flip_gives_the_same_lattice(void **state)
{
    (void)state;
    int flips = 0;
    for (int k = 0; k < 300; k++) {
        struct vt_cell cell = random_cell(k, 4), flipped = cell;
        int m[3][3];
        int changed = vt_cell_flip(&flipped, m);
        flips += changed;
        assert_true(vt_cell_volume(&flipped) == vt_cell_volume(&cell));
        assert_true(m[0][0] == 1 && m[1][1] == 1 && m[2][2] == 1 && !m[0][1] && !m[0][2] && !m[1][2]);
        for (int a = 0; a < 3; a++) {
            double edge[3];
            vt_cell_shift(&cell, m[a], edge);
            for (int d = 0; d < 3; d++) assert_true(edge[d] == flipped.h[a][d]);
        }
        assert_true(fabs(flipped.h[1][0]) <= VT_TILT_MAX * flipped.h[0][0]);
        assert_true(fabs(flipped.h[2][0]) <= VT_TILT_MAX * flipped.h[0][0]);
        assert_true(fabs(flipped.h[2][1]) <= VT_TILT_MAX * flipped.h[1][1]);
        assert_int_equal(vt_cell_flip(&flipped, m), 0); /* once is enough */
    }
    assert_true(flips > 100);
}

/* After a flip a tilt is at most half: it must grow by a twentieth of the edge before the next one. */
static void a_cell_at_the_border_does_not_flip_to_and_fro(void **state)
{
    (void)state;
    struct vt_cell cell = vt_cell_make(10, 10, 10, 5.6, 0, 0);
    int m[3][3];
    assert_int_equal(vt_cell_flip(&cell, m), 1);
    assert_true(fabs(cell.h[1][0] + 4.4) < 1e-11);
    cell.h[1][0] -= 1;
    assert_int_equal(vt_cell_flip(&cell, m), 0);
}

/* Differences and shifts by whole edges are exact: x - k h + k h = x, and distances do not depend on the
 * image. */
static void shifts_on_the_grid_are_exact(void **state)
{
    (void)state;
    for (int k = 0; k < 300; k++) {
        struct vt_cell cell = random_cell(k, 0.5);
        double u[4], w[4], shift[3];
        vt_uniform4(7, k, 3, VT_RANDOM_TEST, u);
        vt_uniform4(7, k, 4, VT_RANDOM_TEST, w);
        int image[3];
        for (int d = 0; d < 3; d++) image[d] = (int)(40 * w[d]) - 20;
        vt_cell_shift(&cell, image, shift);
        for (int d = 0; d < 3; d++) {
            double x = vt_grid(50 * u[d]), y = vt_grid(50 * w[d]), there = x - shift[d];
            assert_true(there + shift[d] == x);
            assert_true((y - shift[d]) - there == y - x);
            assert_true(fabs(x - 50 * u[d]) <= VT_GRID / 2);
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(heights_are_volume_over_faces),
    cmocka_unit_test(fractions_and_places_are_inverse),
    cmocka_unit_test(a_flip_gives_the_same_lattice),
    cmocka_unit_test(a_cell_at_the_border_does_not_flip_to_and_fro),
    cmocka_unit_test(shifts_on_the_grid_are_exact),
};
CHECK_MPI_MAIN(tests)
