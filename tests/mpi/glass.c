/* A glass from beginning to end, small and in a hurry: the same on every rank, and again from the cache. */
#include "scratch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "md/eam_builtin.h"
#include "potential/glass.h"

static bool within(struct vt_estimate e, double low, double high)
{
    return e.value > low && e.value < high && e.error >= 0 && e.error < high - low;
}

/* 260 atoms, quenched at 1e15 K/s. The bounds are wide: that such a glass is metal, stiff and no crystal. */
static void a_glass_is_made_and_measured(void **state)
{
    (void)state;
    struct vt_eam tables;
    struct vt_glass glass, again;
    check_ok(vt_eam_load("builtin:Al,Zr,Cu", &tables));
    struct vt_glass_options o = vt_glass_defaults;
    o.composition = "{Cu: 50, Zr: 50}";
    o.tables = &tables;
    o.cache = folder;
    o.atoms = 260;
    o.replicas = 2;
    o.rate = 1000;
    o.melt = 0.5;
    o.settle = o.strained = 0.3;
    o.liquid = o.glass = 1;
    check_ok(vt_glass_measure(MPI_COMM_WORLD, &o, &glass));
    const struct vt_estimate *e = glass.number;
    check_all(glass.replicas == 2 && vt_material_atoms(&glass.material) == 260);
    check_all(within(e[VT_GLASS_DENSITY], 6.5, 8) && within(e[VT_GLASS_NUMBER_DENSITY], 0.05, 0.065));
    check_all(e[VT_GLASS_LIQUID_DENSITY].value < e[VT_GLASS_DENSITY].value);
    check_all(within(e[VT_GLASS_BULK], 60, 200) && within(e[VT_GLASS_SHEAR], 5, 50));
    check_all(e[VT_GLASS_CRYSTALLINE].value < 0.05);
    check_all(within(glass.peak[1], 2.6, 3)); /* Cu-Zr */
    check_all(within(glass.demixing[0], 0, 10) && glass.demixing[0].value == glass.demixing[1].value);
    struct vt_glass first = glass;
    MPI_Bcast(&first, sizeof first, MPI_BYTE, 0, MPI_COMM_WORLD);
    check_all(!memcmp(&first, &glass, sizeof first));

    check_ok(vt_glass_measure(MPI_COMM_WORLD, &o, &again));
    check_all(!memcmp(&again, &glass, sizeof glass));

    o.composition = "{Cu: 50, Ni: 50}";
    check_all(vt_glass_measure(MPI_COMM_WORLD, &o, &again) == VT_EINPUT);
    check_all(strstr(vt_message(), "has no Ni; it has Al, Zr, Cu") != NULL);
    vt_eam_release(&tables);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(a_glass_is_made_and_measured)};
SCRATCH_MAIN(tests, NULL, NULL)
