/* protocol_cell.c: how small the cell is planned to become, stage by stage.
 *
 * Measurements and forces need room in the cell, and a run of days should not end on its fifth day because a
 * shear leans the cell. What is known beforehand is the first cell, the pressures and the shear:
 *
 *     mean pressure p     edges shrink by (1 + K' p / K)^(-1/(3 K')), K' = 4 (Murnaghan), K the stage's
 *                         bulk_modulus; a tension is not counted on to widen the cell
 *     single components   edge i also by exp(-(p_i - p) / 2G), with G = 0.3 K, as in metallic glasses
 *     shear               a tilt of up to its strain, at most VT_TILT_MAX: then the cell flips. It stays for
 * the stages that follow.
 *     oscillation         a tilt of up to its amplitude, gone at its end
 *
 * A rough estimate: the density of the first cell is itself one, and heat is left out, which widens the
 * cell. Whoever asks leaves a margin. Reference: Murnaghan, PNAS 30, 244 (1944). */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "md/protocol.h"

/* Relative to the first cell. */
struct shape {
    double edge[3];
    double lean[3]; /* most of |xy|/lx, |xz|/lx, |yz|/ly */
};

/* No pressure that is meant presses an edge further; a bulk_modulus may be low only to make a barostat quick.
 */
#define MOST 0.6

static double shrink(const double pressure[6], double bulk, int edge)
{
    enum { STIFFENING = 4 };
    double mean = (pressure[0] + pressure[1] + pressure[2]) / 3;
    double even = pow(1 + STIFFENING * fmax(mean, 0) / bulk, -1.0 / (3 * STIFFENING));
    return fmax(MOST, fmin(1, even * exp(-(pressure[edge] - mean) / (2 * 0.3 * bulk))));
}

/* The least of a stage, and in *now what it leaves. */
static struct shape stage_shape(const struct vt_control *c, struct shape *now)
{
    struct shape least = *now;
    for (int d = 0; d < 3 && c->barostat != VT_BAROSTAT_NONE; d++) {
        double end = shrink(c->pressure[1], 1 / c->compressibility, d);
        least.edge[d] = fmin(fmin(now->edge[d], end), shrink(c->pressure[0], 1 / c->compressibility, d));
        now->edge[d] = end;
    }
    if (c->shear_plane) {
        static const int along[3] = {0, 0, 1}, normal[3] = {1, 2, 2};
        int q = c->shear_plane - 3;
        double strain = fabs(c->flow[normal[q]][along[q]]) * (double)c->steps * c->dt;
        now->lean[q] = least.lean[q] = fmin(VT_TILT_MAX, now->lean[q] + strain);
    }
    if (c->wave.period) {
        int q = c->wave.component - 3;
        least.lean[q] = fmin(VT_TILT_MAX, now->lean[q] + c->wave.amplitude);
    }
    return least;
}

/* Tilts with the signs that make the cell thinnest. */
static struct vt_cell shaped(const struct vt_cell *first, const struct shape *s)
{
    double l[3];
    for (int d = 0; d < 3; d++) l[d] = first->h[d][d] * s->edge[d];
    return vt_cell_make(l[0], l[1], l[2], s->lean[0] * l[0], -s->lean[1] * l[0], s->lean[2] * l[1]);
}

enum vt_status vt_protocol_least_cells(const struct vt_protocol *p, struct vt_cell *least)
{
    struct vt_cell first;
    struct shape now = {.edge = {1, 1, 1}}, *after;
    VT_TRY(vt_protocol_cell(p, &first));
    VT_TRY(vt_alloc(&after, p->n_stages));
    for (int k = 0; k < p->n_stages; k++) {
        for (int b = 0; vt_stage_begins_at_state(&p->stage[k]) && b < k; b++)
            if (!strcmp(p->stage[b].common.save, p->stage[k].common.from)) now = after[b];
        struct shape s = stage_shape(&p->planned[k], &now);
        least[k] = shaped(&first, &s);
        after[k] = now;
    }
    free(after);
    return VT_OK;
}
