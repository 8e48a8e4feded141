/* vicinity.c: see vicinity.h. The displacement travels with its atom in the place of the velocity. */
#include "analysis/vicinity.h"

#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"

/* This rank's rows, where they were. Local. */
static enum vt_status take_rows(struct vt_atoms *a, const struct vt_between *b)
{
    enum { RUN = 1024 };
    const struct vt_roll *roll = b->roll;
    VT_TRY(vt_atoms_reserve(a, (size_t)roll->n));
    a->n = roll->n;
    a->n_ghost = 0;
    a->n_total = roll->n_total;
    for (int begin = 0; begin < roll->n; begin += RUN) {
        double u[3][RUN];
        int n = roll->n - begin < RUN ? roll->n - begin : RUN;
        vt_between_displacements(b, begin, n, (double *const[3]){u[0], u[1], u[2]});
        for (int k = 0; k < n; k++) {
            int i = begin + k;
            a->id[i] = roll->id[i];
            a->species[i] = roll->species[i];
            for (int d = 0; d < 3; d++) {
                a->x[i][d] = b->then->row[d][i];
                a->v[i][d] = u[d][k];
                a->image[i][d] = 0;
            }
            a->x[i][3] = 0;
        }
    }
    return VT_OK;
}

/* Is partner p to stand behind q? */
static bool behind(const struct vt_vicinity *v, int p, int q)
{
    const int64_t *id = v->atoms.id;
    if (id[p] != id[q]) return id[p] > id[q];
    for (int d = 0; d < 2; d++)
        if (v->place[p][d] != v->place[q][d]) return v->place[p][d] > v->place[q][d];
    return v->place[p][2] > v->place[q][2];
}

static void sort_partners(struct vt_vicinity *v)
{
#pragma omp parallel for schedule(static)
    for (int i = 0; i < v->around.n; i++) {
        int32_t *list = v->around.partner + v->around.begin[i];
        int n = (int)(v->around.begin[i + 1] - v->around.begin[i]);
        for (int k = 1; k < n; k++) {
            int32_t partner = list[k];
            int at = k;
            for (; at > 0 && behind(v, list[at - 1], partner); at--) list[at] = list[at - 1];
            list[at] = partner;
        }
    }
}

/* x of owned atoms and ghosts becomes u, which is the same for all images of an atom. Collective. */
static enum vt_status show_displacements(struct vt_vicinity *v)
{
    const struct vt_cell nowhere = {{{0}}};
    for (int i = 0; i < v->atoms.n; i++) memcpy(v->atoms.x[i], v->atoms.v[i], sizeof v->atoms.v[i]);
    VT_TRY(vt_halo_positions_begin(&v->halo, &v->atoms, &v->ranks, &nowhere));
    return vt_halo_positions_end(&v->halo, &v->atoms);
}

enum vt_status vt_vicinity_make(struct vt_vicinity *v, MPI_Comm comm, const struct vt_between *b,
                                double r_max)
{
    struct vt_atoms *a = &v->atoms;
    const struct vt_cell *cell = &b->then->cell;
    vt_ranks_init(&v->ranks, comm, cell);
    VT_TRY(vt_agree(comm, take_rows(a, b)));
    VT_TRY(vt_atoms_migrate(a, &v->ranks, cell, r_max));
    VT_TRY(vt_halo_build(&v->halo, a, &v->ranks, cell, r_max, VT_GHOSTS_AROUND));
    size_t n = (size_t)a->n + (size_t)a->n_ghost;
    enum vt_status st = vt_renew(&v->place, &v->place_capacity, n + 1);
    if (st == VT_OK && n) memcpy(v->place, a->x, n * sizeof *a->x);
    if (st == VT_OK) st = vt_pairs_around(&v->around, (const double(*)[4])v->place, a->n, a->n_ghost, r_max);
    VT_TRY(vt_agree(comm, st));
    sort_partners(v);
    return show_displacements(v);
}

void vt_vicinity_release(struct vt_vicinity *v)
{
    vt_halo_release(&v->halo);
    vt_atoms_release(&v->atoms);
    vt_pairs_release(&v->around);
    free(v->place);
    *v = (struct vt_vicinity){0};
}
