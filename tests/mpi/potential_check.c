/* The check of a potential with its runs, small and in a hurry: whole on rank 0 whatever the number of ranks,
 * and the same again from the cache. */
#include "scratch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "md/eam_builtin.h"
#include "potential/check.h"

static const struct vt_finding *find(const struct vt_check *c, const char *subject, enum vt_property property)
{
    for (int k = 0; k < c->findings.n; k++)
        if (!strcmp(c->findings.item[k].subject, subject) && c->findings.item[k].property == property)
            return &c->findings.item[k];
    return NULL;
}

static bool is_near(const struct vt_check *c, const char *subject, enum vt_property property, double low,
                    double high)
{
    const struct vt_finding *f = find(c, subject, property);
    if (f && f->value > low && f->value < high && f->error > 0) return true;
    print_error("%s %s: %g +- %g\n", subject, vt_property_rows[property].name, f ? f->value : NAN,
                f ? f->error : NAN);
    return false;
}

/* The bounds are wide: that each number is of its kind, in its unit. Mixing: docs/theory/potentials.md;
 * thermal expansion of metals; a glass as in tests/mpi/glass.c. */
static void runs_add_their_findings(void **state)
{
    (void)state;
    struct vt_eam tables;
    struct vt_targets targets;
    struct vt_alloy alloy;
    struct vt_check first, again;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    check_ok(vt_eam_builtin("Cu,Zr", &tables));
    check_ok(vt_targets_read(NULL, &targets));
    check_ok(vt_alloy_parse("Cu50Zr50", &alloy));
    const struct vt_check_options options = {.source = "builtin:Cu,Zr",
                                             .tables = &tables,
                                             .targets = &targets,
                                             .n_alloys = 1,
                                             .alloy = &alloy,
                                             .replicas = 2,
                                             .brief = true,
                                             .cache = folder};
    check_ok(vt_check_potential(MPI_COMM_WORLD, &options, &first));
    check_all(rank || is_near(&first, "Cu-Zr", VT_P_MIXING, -40, 0));
    check_all(rank || is_near(&first, "Cu", VT_P_EXPANSION, 5, 60));
    check_all(rank || is_near(&first, "Zr", VT_P_EXPANSION, 0, 40));
    check_all(rank || is_near(&first, "Cu50Zr50", VT_P_DENSITY, 6.5, 8));
    check_all(rank || is_near(&first, "Cu50Zr50", VT_P_GLASS_BULK, 60, 200));
    check_all(rank || find(&first, "Cu50Zr50", VT_P_CRYSTAL)->verdict == VT_MEETS); /* none */
    int peaks = 0; /* of Cu-Cu there may be too few pairs */
    for (int k = 0; k < first.findings.n; k++) {
        const struct vt_finding *f = &first.findings.item[k];
        peaks += f->property == VT_P_PEAK && !strcmp(f->what, "Cu-Zr") && f->low == 2.75 && f->value > 2.5 &&
                 f->value < 3;
    }
    check_all(rank || peaks == 1);
    const struct vt_finding *melting = find(&first, "Cu", VT_P_MELTING);
    check_all(rank || (melting->verdict == VT_NOT_COMPUTED && strstr(melting->source, "--melting")));

    check_ok(vt_check_potential(MPI_COMM_WORLD, &options, &again));
    bool same = again.findings.n == first.findings.n;
    for (int k = 0; same && k < first.findings.n; k++) {
        const struct vt_finding *a = &first.findings.item[k], *b = &again.findings.item[k];
        same =
            !memcmp(&a->value, &b->value, sizeof a->value) && !memcmp(&a->error, &b->error, sizeof a->error);
    }
    check_all(same);
    vt_check_release(&again);
    vt_check_release(&first);
    vt_targets_release(&targets);
    vt_eam_release(&tables);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(runs_add_their_findings)};
SCRATCH_MAIN(tests, NULL, NULL)
