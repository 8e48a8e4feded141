/* sample.h: a small sample of a metal for tests of the engine: an fcc lattice of mixed species in any cell,
 * shaken and warm, over the ranks of any communicator. Every number is a function of the atom's id. */
#ifndef VT_TESTS_SAMPLE_H
#define VT_TESTS_SAMPLE_H

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/parallel.h"
#include "core/provenance.h"
#include "core/random.h"
#include "md/dynamics.h"
#include "md/eam_builtin.h"
#include "md/eam_force.h"

struct sample_options {
    const char *potential; /* as in a protocol; "builtin:Cu,Zr,Al" if NULL */
    const char *instruction_set;
    int cells[3];       /* fcc cells of four atoms along each axis */
    double edge;        /* of an fcc cell [angstrom] */
    double tilt[3];     /* xy, xz, yz, in the edge that they lean along */
    double stretch[3];  /* edges are longer by this share */
    double shake;       /* random displacement along each axis, at most [angstrom] */
    double temperature; /* K */
    double skin;        /* angstrom; 1 if 0 */
    int grid[3];        /* of ranks, if not the usual one */
    double squeeze[3];  /* > 0: the lattice fills only this share of the cell */
};

struct sample {
    struct vt_system sys;
    struct vt_potential *potential;
    struct vt_eam tables; /* those of the potential */
};

/* What must work for a test to mean anything. */
#define sample_must(call)                                                                                    \
    do {                                                                                                     \
        if ((call) != VT_OK) {                                                                               \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, vt_message());                     \
            MPI_Abort(MPI_COMM_WORLD, 3);                                                                    \
        }                                                                                                    \
    } while (0)

/* Collective over comm. */
static inline void sample_make(struct sample *s, MPI_Comm comm, struct sample_options o)
{
    memset(s, 0, sizeof *s);
    struct vt_system *sys = &s->sys;
    sample_must(vt_eam_load(o.potential ? o.potential : "builtin:Cu,Zr,Al", &s->tables));
    sample_must(vt_eam_force_create(&s->potential, &s->tables, o.instruction_set));
    double l[3], full[3];
    for (int d = 0; d < 3; d++) {
        l[d] = o.cells[d] * o.edge * (1 + o.stretch[d]);
        full[d] = o.squeeze[d] > 0 ? l[d] / o.squeeze[d] : l[d];
    }
    sys->cell = vt_cell_make(full[0], full[1], full[2], o.tilt[0] * full[0], o.tilt[1] * full[0],
                             o.tilt[2] * full[1]);
    vt_ranks_init(&sys->ranks, comm, &sys->cell);
    struct vt_ranks *r = &sys->ranks;
    if (o.grid[0]) vt_ranks_shape(r, o.grid);
    int64_t n = 4 * (int64_t)o.cells[0] * o.cells[1] * o.cells[2], begin, end;
    sys->material.n_species = s->tables.n_species;
    for (int k = 0; k < s->tables.n_species; k++) {
        struct vt_species *to = &sys->material.species[k];
        memcpy(to->symbol, s->tables.element[k].symbol, sizeof to->symbol);
        to->z = s->tables.element[k].z;
        to->mass = s->tables.element[k].mass;
    }
    sys->potential = s->potential;
    sys->seed = 42;
    sys->skin = o.skin > 0 ? o.skin : 1;
    struct vt_atoms *a = &sys->atoms;
    a->n_total = n;
    vt_share(n, r->size, r->rank, &begin, &end);
    sample_must(vt_atoms_reserve(a, (size_t)(end - begin)));
    for (int64_t k = begin; k < end; k++) {
        static const double site[4][3] = {{0, 0, 0}, {.5, .5, 0}, {.5, 0, .5}, {0, .5, .5}};
        int64_t c = k / 4;
        const int64_t at[3] = {c / o.cells[2] / o.cells[1], c / o.cells[2] % o.cells[1], c % o.cells[2]};
        double f[3], u[4], x[3];
        for (int d = 0; d < 3; d++)
            f[d] = ((double)at[d] + site[k % 4][d]) / o.cells[d] * (o.squeeze[d] > 0 ? o.squeeze[d] : 1);
        vt_cell_cartesian(&sys->cell, f, x);
        vt_uniform4(sys->seed, k, 0, VT_RANDOM_TEST, u);
        int i = a->n++;
        a->id[i] = k + 1;
        a->species[i] = (int32_t)(u[3] * s->tables.n_species);
        for (int d = 0; d < 3; d++) a->x[i][d] = vt_grid(x[d] + o.shake * (2 * u[d] - 1));
        a->x[i][3] = 0;
        for (int d = 0; d < 3; d++) a->v[i][d] = 0, a->image[i][d] = 0;
    }
    for (int64_t k = 0; k < n; k++) { /* the counts of the whole sample, without asking anyone */
        double u[4];
        vt_uniform4(sys->seed, k, 0, VT_RANDOM_TEST, u);
        sys->material.species[(int)(u[3] * s->tables.n_species)].count++;
    }
    if (o.temperature > 0) sample_must(vt_system_velocities(sys, o.temperature));
}

static inline void sample_release(struct sample *s)
{
    vt_system_release(&s->sys);
    if (s->potential) s->potential->destroy(s->potential);
    vt_eam_release(&s->tables);
    memset(s, 0, sizeof *s);
}

/* One number for the bits of the whole state: cell, clock, energies, unwrapped positions, velocities; it does
 * not depend on the order of the atoms, on who owns them, or on the cell they are wrapped into. Collective.
 */
static inline uint64_t sample_hash(const struct vt_system *sys)
{
    const struct vt_atoms *a = &sys->atoms;
    uint64_t sum = 0;
    for (int i = 0; i < a->n; i++) {
        double x[3];
        vt_cell_shift(&sys->cell, a->image[i], x);
        for (int d = 0; d < 3; d++) x[d] += a->x[i][d];
        uint64_t h = vt_hash(VT_HASH_START, &a->id[i], sizeof a->id[i]);
        h = vt_hash(h, &a->species[i], sizeof a->species[i]);
        h = vt_hash(h, x, sizeof x);
        sum += vt_hash(h, a->v[i], sizeof a->v[i]);
    }
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM, sys->ranks.comm);
    sum = vt_hash(sum, sys->cell.h, sizeof sys->cell.h);
    const double number[] = {sys->strain, sys->work, sys->heat, sys->time};
    sum = vt_hash(sum, number, sizeof number);
    return vt_hash(sum, &sys->step, sizeof sys->step);
}

static inline double sample_kinetic(const struct vt_system *sys)
{
    double k[6];
    sample_must(vt_system_kinetic(sys, k));
    return 0.5 * (k[0] + k[1] + k[2]);
}

/* Local index of the atom with this id, -1 if another rank owns it. */
static inline int sample_find(const struct vt_system *sys, int64_t id)
{
    for (int i = 0; i < sys->atoms.n; i++)
        if (sys->atoms.id[i] == id) return i;
    return -1;
}

#endif
