/* stage_create.c: make the sample: at random places, on a lattice, from a file of LAMMPS or XYZ, or from a
 * state that another run has saved, which is taken over as it is.
 *
 * With `molten` a part of a lattice is random: crystal and liquid with two faces between them, of one
 * density.
 *
 * A random start is made safe in two steps: a soft repulsion pushes overlapping atoms apart (soft.h), then a
 * short minimisation with the real potential, with short steps. Species are dealt to lattice sites by a keyed
 * permutation of the site numbers, so the sample is a function of the seed alone, whatever the number of
 * ranks. */
#include <math.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "core/random.h"
#include "io/structure_file.h"
#include "md/checkpoint.h"
#include "md/minimise.h"
#include "md/protocol.h"
#include "md/soft.h"

struct create {
    char file[VT_TEXT_SIZE], state[VT_TEXT_SIZE];
    int start;
    double density, temperature, molten;
    bool taken_over; /* from a state, with its targets: */
    struct vt_setpoints left;
};

static const struct vt_param params[] = {
    {"file", "", VT_TEXT, offsetof(struct create, file), 0, 0, 0,
     "take cell, atoms and velocities from this file (LAMMPS data or extended XYZ) instead", ""},
    {"state", "", VT_TEXT, offsetof(struct create, state), 0, 0, 0,
     "go on from this state-NAME.h5, which another run of the same atoms and potential has saved: positions, "
     "velocities, images, clock and targets as they are there, bit for bit",
     ""},
    {"start", "", VT_CHOICE, offsetof(struct create, start), 0, 0, 0,
     "where the atoms are put; species are mixed at random", "random|fcc|bcc|hcp"},
    {"density", "/A^3", VT_REAL, offsetof(struct create, density), VT_UNSET, 1e-4, 1,
     "atoms per volume; estimated from the elements if not given", NULL},
    {"temperature", "K", VT_REAL, offsetof(struct create, temperature), 300, 1e-3, 1e5,
     "of the first velocities; with a file, new ones are drawn if this is given, or if it has none", NULL},
    {"molten", "%", VT_REAL, offsetof(struct create, molten), 0, 0, 99,
     "share of the cell, along its longest edge, in which a lattice is left for random places: crystal and "
     "liquid",
     NULL},
    {0}};

static const struct lattice {
    const char *name;
    double
        edge[3]; /* conventional orthogonal cell, in nearest-neighbour distances... scaled to the density */
    int basis;
    double site[4][3];
} lattices[] = {
    {"random", {1, 1, 1}, 0, {{0}}},
    {"fcc", {1, 1, 1}, 4, {{0, 0, 0}, {0.5, 0.5, 0}, {0.5, 0, 0.5}, {0, 0.5, 0.5}}},
    {"bcc", {1, 1, 1}, 2, {{0, 0, 0}, {0.5, 0.5, 0.5}}},
    {"hcp",
     {1, 1.7320508075688772, 1.632993161855452},
     4,
     {{0, 0, 0}, {0.5, 0.5, 0}, {0.5, 5.0 / 6, 0.5}, {0, 1.0 / 3, 0.5}}},
};

/* A permutation of 0..n-1: a Feistel network on the smallest even number of bits, walked until it falls in
 * range. */
static int64_t permute(int64_t k, int64_t n, uint64_t seed)
{
    int half = 1;
    while ((INT64_C(1) << (2 * half)) < n) half++;
    uint32_t mask = (uint32_t)((UINT64_C(1) << half) - 1);
    do {
        uint32_t left = (uint32_t)(k >> half) & mask, right = (uint32_t)k & mask;
        for (uint32_t round = 0; round < 6; round++) {
            uint32_t out[4];
            vt_philox((const uint32_t[4]){right, round, VT_RANDOM_SPECIES, 0},
                      (const uint32_t[2]){(uint32_t)seed, (uint32_t)(seed >> 32)}, out);
            uint32_t next = left ^ (out[0] & mask);
            left = right;
            right = next;
        }
        k = (int64_t)left << half | right;
    } while (k >= n);
    return k;
}

static int species_of(const struct vt_material *m, int64_t index)
{
    int s = 0;
    while (index >= m->species[s].count) index -= m->species[s++].count;
    return s;
}

enum { LONG = 3 }; /* a cell of two phases, over its width */

/* Whole lattice cells nearest to a cube, or to a block that is `longer` along z, that hold exactly n atoms; 0
 * if there are none.
 *
 * No edge of a block of elongation below 2 is longer than twice the cube's, which bounds the search. */
static int choose_cells(const struct lattice *l, int64_t n, int longer, int cells[3])
{
    double best = INFINITY;
    if (n % l->basis) return 0;
    int64_t m = n / l->basis;
    double longest = 2 * cbrt((double)m * l->edge[0] * l->edge[1] * l->edge[2] / longer);
    for (int64_t i = 1; (double)i * l->edge[0] <= longest && i <= m; i++) {
        if (m % i) continue;
        for (int64_t j = 1; (double)j * l->edge[1] <= longest && j <= m / i; j++) {
            if (m / i % j) continue;
            int64_t k = m / i / j;
            double x = (double)i * l->edge[0], y = (double)j * l->edge[1],
                   z = (double)k * l->edge[2] / longer;
            double elongation = fmax(x, fmax(y, z)) / fmin(x, fmin(y, z));
            if (elongation < best && elongation < 2)
                best = elongation, cells[0] = (int)i, cells[1] = (int)j, cells[2] = (int)k;
        }
    }
    return best < 2;
}

static enum vt_status choose_box(const struct vt_stage *stage, const struct vt_protocol *p, double density,
                                 struct vt_cell *cell, int cells[3])
{
    const struct create *o = stage->options;
    const struct lattice *l = &lattices[o->start];
    double volume = (double)p->atoms / density;
    if (!l->basis) {
        double edge = cbrt(volume);
        *cell = vt_cell_make(edge, edge, edge, 0, 0, 0);
        return VT_OK;
    }
    int longer = o->molten > 0 ? LONG : 1;
    if (!choose_cells(l, p->atoms, longer, cells)) {
        int64_t side = llrint(cbrt((double)p->atoms / l->basis / longer));
        return VT_RAISE_AT(
            stage->node, "create: %lld atoms do not fill a %s block of the %s lattice: %lld do, for example",
            (long long)p->atoms, longer > 1 ? "long" : "nearly cubic", l->name,
            (long long)(l->basis * side * side * side * longer));
    }
    double a = cbrt(volume / ((double)cells[0] * cells[1] * cells[2] * l->edge[0] * l->edge[1] * l->edge[2]));
    *cell = vt_cell_make(a * l->edge[0] * cells[0], a * l->edge[1] * cells[1], a * l->edge[2] * cells[2], 0,
                         0, 0);
    return VT_OK;
}

static double density_of(const struct vt_stage *stage, const struct vt_protocol *p)
{
    const struct create *o = stage->options;
    return isnan(o->density) ? vt_protocol_density(p) : o->density;
}

/* Room for ghosts, tilts and a melt beyond the edges of the first cell. */
#define CELL_MAX (0.75 * VT_GRID_MAX)

enum vt_status vt_protocol_cell(const struct vt_protocol *p, struct vt_cell *cell)
{
    int cells[3];
    double heights[3];
    if (p->file || p->begun)
        *cell = p->file_cell;
    else
        VT_TRY(choose_box(&p->stage[0], p, density_of(&p->stage[0], p), cell, cells));
    vt_cell_heights(cell, heights);
    double least = fmin(heights[0], fmin(heights[1], heights[2])), need = 2 * p->tables.cutoff,
           most = fmax(cell->h[0][0], fmax(cell->h[1][1], cell->h[2][2]));
    const struct vt_yaml *node = p->file ? p->file : vt_yaml_get(vt_yaml_get(p->root, "material"), "atoms");
    if (most > CELL_MAX)
        return VT_RAISE_AT(node,
                           "atoms: %lld atoms make a cell %.4g angstrom across; positions are kept up to %g "
                           "angstrom: use %.2g or less",
                           (long long)p->atoms, most, VT_GRID_MAX,
                           floor(0.9 * (double)p->atoms * pow(CELL_MAX / most, 3)));
    if (least >= need) return VT_OK;
    return VT_RAISE_AT(node,
                       "atoms: %lld atoms make a cell %.3g angstrom across, less than twice the cut-off %.4g "
                       "of '%s': use about %.0f or more",
                       (long long)p->atoms, least, p->tables.cutoff, p->potential,
                       ceil(1.05 * (double)p->atoms * pow(need / least, 3)));
}

/* Put the atoms with numbers [begin, end) of 0..n-1 in their places. */
static void fill(const struct vt_stage *stage, const struct vt_protocol *p, struct vt_system *sys,
                 const int cells[3], int64_t begin, int64_t end)
{
    const struct create *o = stage->options;
    const struct lattice *l = &lattices[o->start];
    struct vt_atoms *a = &sys->atoms;
    for (int64_t k = begin; k < end; k++) {
        double s[4], x[3];
        if (l->basis) {
            int64_t site = permute(k, p->atoms, sys->seed), c = site / l->basis;
            const int64_t at[3] = {c / cells[2] / cells[1], c / cells[2] % cells[1], c % cells[2]};
            for (int d = 0; d < 3; d++) s[d] = ((double)at[d] + l->site[site % l->basis][d]) / cells[d];
            if (s[2] < o->molten) {
                vt_uniform4(sys->seed, k + 1, 0, VT_RANDOM_POSITION, s);
                s[2] *= o->molten;
            }
        } else
            vt_uniform4(sys->seed, k + 1, 0, VT_RANDOM_POSITION, s);
        vt_cell_cartesian(&sys->cell, s, x);
        int i = a->n++;
        for (int d = 0; d < 3; d++) a->x[i][d] = vt_grid(x[d]);
        a->id[i] = k + 1;
        a->species[i] = species_of(&p->material, k);
    }
}

/* Push overlapping atoms apart, then a few careful steps downhill with the real potential. */
static enum vt_status make_safe(struct vt_system *sys, double density)
{
    struct vt_potential *real = sys->potential, *soft;
    double spacing = cbrt(1 / density);
    bool converged;
    int64_t steps;
    VT_TRY(vt_soft_create(&soft, 10, 0.95 * spacing));
    sys->potential = soft;
    enum vt_status st =
        vt_minimise(sys, &(struct vt_minimise){.force = 0.5, .steps_max = 500, .step_max = 0.1 * spacing},
                    &converged, &steps);
    soft->destroy(soft);
    sys->potential = real;
    sys->list_valid = false;
    VT_TRY(st);
    VT_TRY(vt_minimise(sys, &(struct vt_minimise){.force = 0.5, .steps_max = 200, .step_max = 0.05 * spacing},
                       &converged, &steps));
    return VT_OK;
}

static enum vt_status plan(const struct vt_stage *stage, struct vt_setpoints *targets,
                           struct vt_control *control)
{
    static const char *const made[] = {"start", "density", "molten", "temperature"};
    const struct create *o = stage->options;
    if (o->taken_over) {
        for (int k = 0; k < 4; k++)
            if (vt_params_given(stage->node, made[k]))
                return VT_RAISE_AT(stage->node, "create: key '%s': the sample comes from a state, as it is",
                                   made[k]);
        *targets = o->left;
        control->temperature[0] = control->temperature[1] = targets->temperature;
        for (int end = 0; end < 2; end++)
            memcpy(control->pressure[end], targets->pressure, sizeof targets->pressure);
        return VT_OK;
    }
    for (int k = 0; k < 3; k++)
        if (*o->file && vt_params_given(stage->node, made[k]))
            return VT_RAISE_AT(stage->node, "create: key '%s': the sample comes from a file", made[k]);
    control->temperature[0] = control->temperature[1] = targets->temperature = o->temperature;
    return VT_OK;
}

uint64_t vt_create_checksum(const struct vt_structure *s)
{
    uint64_t h = vt_hash(VT_HASH_START, s->cell.h, sizeof s->cell.h);
    for (int k = 0; k < s->material.n_species; k++)
        h = vt_hash(h, &s->material.species[k].z, sizeof s->material.species[k].z);
    h = vt_hash(h, s->species, (size_t)s->n * sizeof *s->species);
    h = vt_hash(h, s->x, (size_t)s->n * sizeof *s->x);
    h = vt_hash(h, s->image, (size_t)s->n * sizeof *s->image);
    return s->v ? vt_hash(h, s->v, (size_t)s->n * sizeof *s->v) : h;
}

void vt_create_leave(struct vt_stage *create, double temperature)
{
    struct create *o = create->options;
    if (temperature > 1e-3 && !vt_params_given(create->node, "temperature")) o->temperature = temperature;
}

void vt_create_take_over(struct vt_stage *create, const struct vt_setpoints *targets)
{
    struct create *o = create->options;
    o->taken_over = true;
    o->left = *targets;
}

/* All atoms of the file and its cell, on rank 0. *moving: do they have velocities? */
static enum vt_status take(const char *path, const struct vt_protocol *p, struct vt_system *sys, bool *moving)
{
    struct vt_structure s = {0};
    struct vt_atoms *a = &sys->atoms;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_structure_read(path, &s));
    if (vt_create_checksum(&s) != p->file_checksum) {
        st = VT_RAISE(VT_EINPUT, "create: '%s' has changed since the run began", path);
        goto done;
    }
    sys->cell = s.cell;
    VT_TRY_GOTO(st, done, vt_atoms_reserve(a, (size_t)s.n));
    *moving = s.v != NULL;
    for (a->n = 0; a->n < s.n; a->n++) {
        int i = a->n;
        a->id[i] = s.id[i];
        a->species[i] = s.species[i];
        memcpy(a->x[i], s.x[i], sizeof *s.x);
        memcpy(a->image[i], s.image[i], sizeof *s.image);
        if (s.v) memcpy(a->v[i], s.v[i], sizeof *s.v);
    }
done:
    vt_structure_release(&s);
    return st;
}

/* Collective. */
static enum vt_status act_from_file(const struct vt_stage *stage, const struct vt_protocol *p,
                                    struct vt_system *sys)
{
    const struct create *o = stage->options;
    const double most = 2e7; /* that one message may carry */
    bool moving = false;
    if ((double)p->atoms > most * sys->ranks.size)
        return VT_RAISE_AT(p->file, "create: file: %lld atoms: at most %g for each rank; use more ranks",
                           (long long)p->atoms, most);
    sys->atoms.n_total = p->atoms;
    VT_TRY(vt_agree(sys->ranks.comm, sys->ranks.rank == 0 ? take(o->file, p, sys, &moving) : VT_OK));
    VT_TRY(vt_mpi(MPI_Bcast(&moving, sizeof moving, MPI_BYTE, 0, sys->ranks.comm)));
    VT_TRY(vt_mpi(MPI_Bcast(&sys->cell, sizeof sys->cell, MPI_BYTE, 0, sys->ranks.comm)));
    vt_system_flip(sys); /* files may lean more than we do */
    vt_ranks_init(&sys->ranks, sys->ranks.comm, &sys->cell);
    VT_TRY(vt_system_check_size(sys));
    bool draw = !moving || vt_params_given(stage->node, "temperature");
    VT_TRY(draw ? vt_system_velocities(sys, o->temperature) : vt_system_zero_momentum(sys));
    /* These send all atoms home. */
    return vt_system_forces(sys, VT_TOTALS);
}

/* Are the atoms of each element as many as the protocol says? Collective. */
static enum vt_status check_species(const struct vt_protocol *p, const struct vt_system *sys)
{
    const struct vt_material *m = &p->material;
    int64_t count[VT_SPECIES_MAX] = {0};
    for (int i = 0; i < sys->atoms.n; i++) {
        int s = sys->atoms.species[i];
        if (s >= 0 && s < m->n_species) count[s]++; /* another one is missed in the sums */
    }
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, count, VT_SPECIES_MAX, MPI_INT64_T, MPI_SUM, sys->ranks.comm)));
    for (int s = 0; s < m->n_species; s++)
        if (count[s] != m->species[s].count)
            return VT_RAISE_AT(
                p->state, "create: state: '%s' holds %lld atoms of %s, 'composition' makes %lld",
                p->state->text, (long long)count[s], m->species[s].symbol, (long long)m->species[s].count);
    return VT_OK;
}

/* A state as another run has saved it. Collective. */
static enum vt_status act_from_state(const struct vt_protocol *p, struct vt_system *sys)
{
    struct vt_saved saved;
    struct vt_system now;
    uint64_t checksum = 0;
    enum vt_status st = VT_OK;
    if (sys->ranks.rank == 0) {
        st = vt_checkpoint_peek(p->state->text, &now, &saved, &checksum);
        if (st == VT_OK && checksum != p->file_checksum)
            st = VT_RAISE(VT_EINPUT, "create: '%s' has changed since the run began", p->state->text);
    }
    VT_TRY(vt_agree(sys->ranks.comm, st));
    VT_TRY(vt_checkpoint_read(p->state->text, sys, &saved));
    vt_saved_release(&saved);
    VT_TRY(check_species(p, sys));
    VT_TRY(vt_system_check_size(sys));
    return vt_system_forces(sys, VT_TOTALS);
}

static enum vt_status act(const struct vt_stage *stage, const struct vt_protocol *p, struct vt_system *sys)
{
    const struct create *o = stage->options;
    if (p->file) return act_from_file(stage, p, sys);
    if (p->state) return act_from_state(p, sys);
    double density = density_of(stage, p);
    int cells[3] = {0};
    VT_TRY(choose_box(stage, p, density, &sys->cell, cells));
    vt_ranks_init(&sys->ranks, sys->ranks.comm, &sys->cell);
    VT_TRY(vt_system_check_size(sys));
    int64_t begin, end;
    vt_share(p->atoms, sys->ranks.size, sys->ranks.rank, &begin, &end);
    VT_TRY(vt_agree(sys->ranks.comm, vt_atoms_reserve(&sys->atoms, (size_t)(end - begin))));
    sys->atoms.n_total = p->atoms;
    fill(stage, p, sys, cells, begin, end);
    if (!lattices[o->start].basis || o->molten > 0) VT_TRY(make_safe(sys, density));
    VT_TRY(vt_system_velocities(sys, o->temperature));
    return vt_system_forces(sys, VT_TOTALS);
}

const struct vt_stage_type vt_stage_create = {
    "create", "make the sample", sizeof(struct create), params, VT_BAROSTAT_NONE, plan, act};
