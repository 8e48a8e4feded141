/* A start with crystal and liquid: one half is the lattice, the other is not, and no atoms overlap. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "md/eam_builtin.h"
#include "md/eam_force.h"
#include "md/protocol.h"

static const char text[] =
    "title: two phases\n"
    "material: {composition: {Cu: 100}, atoms: 2592, potential: 'builtin:Cu'}\n"
    "protocol:\n"
    "  - create: {start: fcc, molten: 50 %, density: 0.083 /A^3, temperature: 1200 K}\n"
    "  - hold: {time: 1 ps}\n";
static const double EDGE = 3.63922; /* of four atoms at this density [angstrom] */

static void half_is_crystal_and_half_is_not(void **state)
{
    (void)state;
    struct vt_protocol p;
    struct vt_system sys = {.seed = 1, .skin = 1};
    struct vt_cell any = vt_cell_make(10, 10, 10, 0, 0, 0);
    check_ok(vt_protocol_parse_with(NULL, text, strlen(text), "two.yaml", MPI_COMM_WORLD, &p));
    check_ok(vt_eam_force_create(&sys.potential, &p.tables, NULL));
    sys.material = p.material;
    vt_ranks_init(&sys.ranks, MPI_COMM_WORLD, &any);
    check_ok(p.stage[0].type->act(&p.stage[0], &p, &sys));
    const struct vt_atoms *a = &sys.atoms;
    const double *h[3] = {sys.cell.h[0], sys.cell.h[1], sys.cell.h[2]};
    int half[2] = {0}, at_site[2] = {0};
    double least = INFINITY;
    assert_int_equal(a->n, 2592);
    for (int i = 0; i < a->n; i++) {
        double z = a->x[i][2] / h[2][2], off = 0;
        z -= floor(z);
        for (int d = 0; d < 2;
             d++) { /* sites lie at multiples of half an edge; along z they are pressed together */
            double steps = a->x[i][d] / (EDGE / 2);
            off = fmax(off, fabs(steps - rint(steps)) * EDGE / 2);
        }
        half[z > 0.5]++;
        at_site[z > 0.5] += off < 0.3;
        for (int j = 0; j < i; j++) {
            double r2 = 0;
            for (int d = 0; d < 3; d++) {
                double x = a->x[i][d] - a->x[j][d];
                x -= h[d][d] * rint(x / h[d][d]);
                r2 += x * x;
            }
            least = fmin(least, sqrt(r2));
        }
    }
    print_message("molten: %d of %d at sites; crystal: %d of %d; nearest %.2f\n", at_site[0], half[0],
                  at_site[1], half[1], least);
    /* Atoms cross the faces as they are pushed apart: of 1296 in each half, some tens. */
    assert_true(abs(half[0] - 1296) < 80);
    assert_true(at_site[1] > 0.85 * half[1]);
    assert_true(at_site[0] < 0.2 * half[0]); /* by chance (0.3/0.9)^2 = 11 % */
    assert_true(least > 1.5);
    sys.potential->destroy(sys.potential);
    vt_system_release(&sys);
    vt_protocol_release(&p);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(half_is_crystal_and_half_is_not),
};
CHECK_MPI_MAIN(tests)
