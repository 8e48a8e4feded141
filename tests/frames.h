/* frames.h: a made-up sample for tests of files: random positions on the grid in a triclinic cell, atoms
 * dealt to the ranks without any order. Every number is a function of (id, step), so that any rank knows what
 * any atom must be. */
#ifndef VT_TESTS_FRAMES_H
#define VT_TESTS_FRAMES_H

#include <mpi.h>
#include <stdlib.h>
#include <string.h>

#include "core/cell.h"
#include "core/frame.h"
#include "core/random.h"

struct made_frame {
    struct vt_frame frame;
    struct vt_ranks ranks;
    struct vt_material material;
    int64_t *id;
    int32_t *species, (*image)[3];
    double (*x)[4], (*v)[3];
};

static inline struct vt_cell made_cell(int64_t step)
{
    return vt_cell_make(21.3 + 0.1 * (double)step, 19.7, 23.1, 3.3 * (double)step, -1.7, 0.9);
}

/* Atom id at step: position in the cell, velocity, image. */
static inline void made_atom(int64_t id, int64_t step, double x[3], double v[3], int32_t image[3])
{
    struct vt_cell cell = made_cell(step);
    double s[4], g[4];
    vt_uniform4(1, id, step, VT_RANDOM_POSITION, s);
    vt_normal4(1, id, step, VT_RANDOM_VELOCITY, g);
    for (int d = 0; d < 3; d++) s[d] = 0.001 + 0.998 * s[d];
    vt_cell_cartesian(&cell, s, x);
    for (int d = 0; d < 3; d++) {
        x[d] = vt_grid(x[d]);
        v[d] = g[d];
        image[d] = (int32_t)(3 * g[d]);
    }
}

static inline int32_t made_species(int64_t id)
{
    return (int32_t)(id * 7 % 5 % 3);
}

/* n_total atoms over the ranks of comm. outside: some atoms lie in the next cell, as between two migrations.
 */
static inline void made_frame(struct made_frame *m, MPI_Comm comm, int64_t n_total, int64_t step, int outside)
{
    static const struct vt_species species[3] = {
        {"Cu", 29, 63.546, 0}, {"Zr", 40, 91.224, 0}, {"Al", 13, 26.9815384, 0}};
    memset(m, 0, sizeof *m);
    m->ranks.comm = comm;
    MPI_Comm_size(comm, &m->ranks.size);
    MPI_Comm_rank(comm, &m->ranks.rank);
    m->ranks.threads = 1;
    m->material.n_species = 3;
    memcpy(m->material.species, species, sizeof species);
    struct vt_frame *f = &m->frame;
    f->ranks = &m->ranks;
    f->material = &m->material;
    f->state.step = step;
    f->state.time = 0.002 * (double)step;
    f->state.cell = made_cell(step);
    m->id = malloc((size_t)(n_total + 1) * sizeof *m->id);
    m->species = malloc((size_t)(n_total + 1) * sizeof *m->species);
    m->image = malloc((size_t)(n_total + 1) * sizeof *m->image);
    m->x = malloc((size_t)(n_total + 1) * sizeof *m->x);
    m->v = malloc((size_t)(n_total + 1) * sizeof *m->v);
    for (int64_t k = n_total; k > 0; k--) {
        int64_t id = k % 2 ? k : n_total - n_total % 2 + 2 - k; /* no order */
        m->material.species[made_species(id)].count++;
        double u[4];
        vt_uniform4(2, id, step, VT_RANDOM_TEST, u);
        if ((int)(u[0] * m->ranks.size) != m->ranks.rank) continue;
        int i = f->n++;
        m->id[i] = id;
        m->species[i] = made_species(id);
        made_atom(id, step, m->x[i], m->v[i], m->image[i]);
        m->x[i][3] = 1e300; /* the engine's lane is no business of files */
        if (outside && u[1] < 0.1) {
            int shift[3] = {u[2] < 0.5, -1, u[3] < 0.5};
            double by[3];
            vt_cell_shift(&f->state.cell, shift, by);
            for (int d = 0; d < 3; d++) {
                m->x[i][d] += by[d];
                m->image[i][d] -= shift[d];
            }
        }
    }
    f->id = m->id;
    f->species = m->species;
    f->image = (const int32_t(*)[3])m->image;
    f->x = (const double(*)[4])m->x;
    f->v = (const double(*)[3])m->v;
}

static inline void made_release(struct made_frame *m)
{
    free(m->id);
    free(m->species);
    free(m->image);
    free(m->x);
    free(m->v);
}

#endif
