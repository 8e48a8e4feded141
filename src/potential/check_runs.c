/* check_runs.c: what a check finds out by runs, through the pool. */
#include <stdio.h>
#include <string.h>

#include "potential/check.h"

static const char no_runs[] = "runs were left out (--static)";

static enum vt_status leave_out(struct vt_check *c)
{
    for (int k = 0; k < c->n; k++) {
        const struct vt_check_subject *s = &c->subject[k];
        enum vt_property from = VT_PROPERTIES, to = from;
        if (s->kind == VT_CHECK_ELEMENT) from = VT_P_EXPANSION, to = VT_P_MELTING;
        if (s->kind == VT_CHECK_PAIR) from = to = VT_P_MIXING;
        if (s->kind == VT_CHECK_ALLOY) from = VT_P_DENSITY, to = VT_P_GLASS_SHEAR;
        for (enum vt_property p = from; p <= to && p < VT_PROPERTIES; p++)
            VT_TRY(vt_check_missing(c, s->name, p, "", no_runs));
    }
    return VT_OK;
}

enum vt_status vt_check_runs(MPI_Comm comm, struct vt_check *c)
{
    (void)comm;
    return leave_out(c);
}
