/* supercell.c: a crystal, repeated, as a sample of the engine on this rank alone.
 *
 * The cell is turned so that a lies along x and b in the x-y plane; energies do not see that. */
#include "potential/supercell.h"

#include <math.h>
#include <string.h>

#include "core/parallel.h"
#include "md/eam_force.h"
#include "md/minimise.h"

/* Edges a, b, c as the engine wants them. */
static struct vt_cell turned(double h[3][3])
{
    double l[3][3] = {{0}}; /* Cholesky: L L^T = h h^T */
    for (int a = 0; a < 3; a++)
        for (int b = 0; b <= a; b++) {
            double s = 0;
            for (int d = 0; d < 3; d++) s += h[a][d] * h[b][d];
            for (int d = 0; d < b; d++) s -= l[a][d] * l[b][d];
            l[a][b] = a == b ? sqrt(s) : s / l[b][b];
        }
    return vt_cell_make(l[0][0], l[1][1], l[2][2], l[1][0], l[2][0], l[2][1]);
}

static enum vt_status fill(struct vt_system *sys, const struct vt_crystal *c, const int cells[3], bool remove)
{
    struct vt_atoms *a = &sys->atoms;
    int n = c->n * cells[0] * cells[1] * cells[2];
    a->n_total = n - remove;
    VT_TRY(vt_atoms_reserve(a, (size_t)n));
    double inverse[3][3];
    const double *h0 = c->h[0], *h1 = c->h[1], *h2 = c->h[2];
    double volume = h0[0] * (h1[1] * h2[2] - h1[2] * h2[1]) + h0[1] * (h1[2] * h2[0] - h1[0] * h2[2]) +
                    h0[2] * (h1[0] * h2[1] - h1[1] * h2[0]);
    for (int k = 0; k < 3; k++) { /* column k of the inverse: the normal of the face opposite to edge k */
        const double *p = c->h[(k + 1) % 3], *q = c->h[(k + 2) % 3];
        for (int d = 0; d < 3; d++)
            inverse[d][k] = (p[(d + 1) % 3] * q[(d + 2) % 3] - p[(d + 2) % 3] * q[(d + 1) % 3]) / volume;
    }
    for (int k = remove; k < n; k++) {
        int basis = k % c->n, cell = k / c->n, i = a->n++;
        const int at[3] = {cell / cells[2] / cells[1], cell / cells[2] % cells[1], cell % cells[2]};
        double s[3], x[3];
        for (int e = 0; e < 3; e++) {
            s[e] = at[e];
            for (int d = 0; d < 3; d++) s[e] += c->x[basis][d] * inverse[d][e];
            s[e] /= cells[e];
        }
        vt_cell_cartesian(&sys->cell, s, x);
        a->id[i] = k + 1;
        a->species[i] = c->species[basis];
        for (int d = 0; d < 3; d++) a->x[i][d] = vt_grid(x[d]), a->v[i][d] = 0, a->image[i][d] = 0;
        a->x[i][3] = 0;
        sys->material.species[c->species[basis]].count++;
    }
    return VT_OK;
}

enum vt_status vt_supercell_energy(const struct vt_crystal *c, const struct vt_eam *tables, double width,
                                   bool remove, int *n, double *energy)
{
    struct vt_system sys = {.skin = 0.5, .seed = 1};
    double h[3][3], heights[3];
    int cells[3];
    memcpy(h, c->h, sizeof h);
    struct vt_cell small = turned(h);
    vt_cell_heights(&small, heights);
    *n = c->n;
    for (int k = 0; k < 3; k++) {
        cells[k] = (int)ceil(width / heights[k]);
        *n *= cells[k];
        for (int d = 0; d < 3; d++) h[k][d] *= cells[k];
    }
    sys.cell = turned(h);
    vt_ranks_init(&sys.ranks, MPI_COMM_SELF, &sys.cell);
    sys.material.n_species = tables->n_species;
    for (int k = 0; k < tables->n_species; k++) sys.material.species[k].mass = tables->element[k].mass;
    enum vt_status st = VT_OK;
    VT_TRY_GOTO(st, done, vt_eam_force_create(&sys.potential, tables, NULL));
    VT_TRY_GOTO(st, done, fill(&sys, c, cells, remove));
    if (remove) {
        bool converged;
        int64_t steps;
        VT_TRY_GOTO(st, done,
                    vt_minimise(&sys,
                                &(struct vt_minimise){.force = 2e-3, .steps_max = 2000, .step_max = 0.1},
                                &converged, &steps));
        if (!converged)
            st = VT_RAISE(VT_EPHYSICS,
                          "the atoms of %s around a vacancy had not come to rest after %lld steps",
                          tables->element[c->species[0]].symbol, (long long)steps);
    } else
        VT_TRY_GOTO(st, done, vt_system_forces(&sys, VT_TOTALS));
    *energy = sys.potential_energy;
done:
    if (sys.potential) sys.potential->destroy(sys.potential);
    vt_system_release(&sys);
    return st;
}

enum vt_status vt_vacancy_energy(const struct vt_crystal *c, const struct vt_eam *tables, double *energy)
{
    double width = 2 * tables->cutoff + 0.5, whole, vacant; /* the engine wants 2 cut-offs */
    int n;
    VT_TRY(vt_supercell_energy(c, tables, width, false, &n, &whole));
    VT_TRY(vt_supercell_energy(c, tables, width, true, &n, &vacant));
    *energy = vacant - whole * (n - 1) / n;
    return VT_OK;
}
