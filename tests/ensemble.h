/* ensemble.h: small samples in motion, and averages with their statistical error, for tests of ensembles. */
#ifndef ENSEMBLE_H
#define ENSEMBLE_H

#include "check.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "core/units.h"
#include "md/dynamics.h"
#include "md/eam_builtin.h"
#include "md/eam_force.h"
#include "md/soft.h"

/* ---------------------------------------------------------------------------------------------- samples */

/* atoms [x y z] in cells of an fcc lattice with edge a [angstrom], all of one mass [u], with velocities of a
 * temperature [K]. The potential is given over. Collective. */
static inline void sample_fcc(struct vt_system *sys, MPI_Comm comm, struct vt_potential *potential,
                              const int cells[3], double a, double mass, double temperature, uint64_t seed)
{
    static const double basis[4][3] = {{0, 0, 0}, {0.5, 0.5, 0}, {0.5, 0, 0.5}, {0, 0.5, 0.5}};
    int64_t n = (int64_t)4 * cells[0] * cells[1] * cells[2];
    *sys = (struct vt_system){.potential = potential, .seed = seed, .skin = 0.6};
    sys->material = (struct vt_material){1, {{.symbol = "Cu", .z = 29, .mass = mass, .count = n}}};
    sys->cell = vt_cell_make(a * cells[0], a * cells[1], a * cells[2], 0, 0, 0);
    vt_ranks_init(&sys->ranks, comm, &sys->cell);
    check_ok(vt_atoms_reserve(&sys->atoms, (size_t)n));
    sys->atoms.n_total = n;
    for (int64_t k = sys->ranks.rank; k < n; k += sys->ranks.size) {
        int64_t c = k / 4, at[3] = {c / cells[2] / cells[1], c / cells[2] % cells[1], c % cells[2]};
        int i = sys->atoms.n++;
        sys->atoms.id[i] = k + 1;
        for (int d = 0; d < 3; d++)
            sys->atoms.x[i][d] = vt_grid(a * ((double)at[d] + basis[k % 4][d] + 0.01));
    }
    check_ok(vt_system_velocities(sys, temperature));
}

static inline struct vt_potential *make_soft(double height, double cutoff)
{
    struct vt_potential *p = NULL;
    check_ok(vt_soft_create(&p, height, cutoff));
    return p;
}

static inline struct vt_potential *make_copper(void)
{
    struct vt_eam tables = {0};
    struct vt_potential *p = NULL;
    check_ok(vt_eam_builtin_elements("Cu", &tables));
    check_ok(vt_eam_force_create(&p, &tables, NULL));
    vt_eam_release(&tables);
    return p;
}

static inline void sample_end(struct vt_system *sys)
{
    struct vt_potential *p = sys->potential;
    vt_system_release(sys);
    p->destroy(p);
}

/* Constant temperature and pressure; the rest is filled in by the test. */
static inline struct vt_control make_control(double dt, enum vt_thermostat thermostat, double thermostat_time,
                                             double temperature)
{
    return (struct vt_control){.dt = dt,
                               .thermostat = thermostat,
                               .thermostat_time = thermostat_time,
                               .temperature = {temperature, temperature},
                               .barostat_time = 1,
                               .compressibility = 1};
}

/* Press on all six components, or on those that the barostat moves. */
static inline void add_barostat(struct vt_control *c, enum vt_barostat barostat, double time,
                                double compressibility, const double pressure[6])
{
    c->barostat = barostat;
    c->barostat_time = time;
    c->compressibility = compressibility;
    for (int q = 0; q < 6; q++) {
        c->controlled[q] = q < 3 || barostat == VT_BAROSTAT_TRI;
        c->pressure[0][q] = c->pressure[1][q] = pressure[q];
    }
}

/* Go steps further, and call look(state, self) after every `every` of them. */
static inline void run_steps(struct vt_system *sys, struct vt_dynamics *dyn, struct vt_control *c,
                             int64_t steps, int64_t every,
                             void (*look)(struct vt_system *, const struct vt_state *, void *), void *self)
{
    c->steps = steps;
    for (int64_t k = 0; k < steps; k++) {
        bool seen = every && (k + 1) % every == 0;
        enum vt_status st = vt_dynamics_step(dyn, c, sys, k, seen);
        struct vt_state state;
        if (st == VT_OK && seen) st = vt_system_state(sys, &state);
        if (st != VT_OK) print_error("%s\n", vt_message());
        if (st != VT_OK) abort(); /* the same on all ranks: vt_dynamics_step agrees */
        if (seen && look) look(sys, &state, self);
    }
}

/* Largest component of the mean velocity of the sample [angstrom/ps]. Collective. */
static inline double mean_velocity(const struct vt_system *sys)
{
    double sum[4] = {0};
    for (int i = 0; i < sys->atoms.n; i++) {
        double m = sys->material.species[sys->atoms.species[i]].mass;
        for (int d = 0; d < 3; d++) sum[d] += m * sys->atoms.v[i][d];
        sum[3] += m;
    }
    MPI_Allreduce(MPI_IN_PLACE, sum, 4, MPI_DOUBLE, MPI_SUM, sys->ranks.comm);
    return fmax(fabs(sum[0]), fmax(fabs(sum[1]), fabs(sum[2]))) / sum[3];
}

/* --------------------------------------------------------------------------------------------- averages */

struct series {
    size_t n, capacity;
    double *v;
};

static inline void series_add(struct series *s, double v)
{
    if (s->n == s->capacity) {
        s->capacity = s->capacity ? 2 * s->capacity : 1024;
        s->v = realloc(s->v, s->capacity * sizeof *s->v);
        if (!s->v) abort();
    }
    s->v[s->n++] = v;
}

static inline void series_release(struct series *s)
{
    free(s->v);
    *s = (struct series){0};
}

struct estimate {
    double value, error;
};

/* Standard error of a mean from the means of `blocks` stretches. */
static inline double block_error(const double *v, size_t n, size_t blocks)
{
    double sum = 0, square = 0;
    size_t length = n / blocks;
    for (size_t b = 0; b < blocks; b++) {
        double mean = 0;
        for (size_t k = b * length; k < (b + 1) * length; k++) mean += v[k] / (double)length;
        sum += mean;
        square += mean * mean;
    }
    double m = (double)blocks;
    return sqrt(fmax(0, square / m - sum / m * (sum / m)) / (m - 1));
}

/* Mean and its error: the largest from 16, 32 and 64 blocks, so that correlations over less than a block
 * are in it (Flyvbjerg & Petersen, JCP 91, 461 (1989)). */
static inline struct estimate series_mean(const struct series *s)
{
    struct estimate e = {0};
    for (size_t k = 0; k < s->n; k++) e.value += s->v[k] / (double)s->n;
    struct series centred = {0}; /* sums of squares must not cancel */
    for (size_t k = 0; k < s->n; k++) series_add(&centred, s->v[k] - e.value);
    for (size_t blocks = 16; blocks <= 64; blocks *= 2)
        e.error = fmax(e.error, block_error(centred.v, s->n, blocks));
    series_release(&centred);
    return e;
}

/* Variance and its error, from blocks of the squared deviations. */
static inline struct estimate series_variance(const struct series *s)
{
    double mean = series_mean(s).value;
    struct series square = {0};
    for (size_t k = 0; k < s->n; k++) series_add(&square, (s->v[k] - mean) * (s->v[k] - mean));
    struct estimate e = series_mean(&square);
    series_release(&square);
    return e;
}

/* a - b in units of its error. */
static inline double apart(struct estimate a, struct estimate b)
{
    return (a.value - b.value) / hypot(a.error, b.error);
}

/* The law: the estimate lies within `sigmas` of its own errors from what is expected. Its error must be small
 * enough (relative to resolution) for the law to say something. Prints the figures. */
static inline bool agrees(const char *what, struct estimate e, struct estimate expected, double sigmas,
                          double resolution)
{
    double z = apart(e, expected);
    bool good = fabs(z) < sigmas && hypot(e.error, expected.error) < resolution;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0)
        print_message("  %-46s %.6g +- %.2g, expected %.6g +- %.2g: %+.2f sigma%s\n", what, e.value, e.error,
                      expected.value, expected.error, z, good ? "" : "  BROKEN");
    return good;
}

static inline struct estimate exactly(double value)
{
    return (struct estimate){value, 0};
}

#endif
