/* eam_force.c: embedded-atom forces: inner lists, threads, the embedding between the two passes.
 *
 *     E = sum_i F(rho_i) + 1/2 sum phi(r),    rho_i = sum_j rho_{s(j) s(i)}(r_ij)
 *
 * Between knots the functions are the cubics that LAMMPS uses (slopes from five points), so both codes give
 * the same energies and forces from the same file: pair_style eam/alloy and eam/fs.
 *
 *     pick (every few steps)  ->  densities  ->  home from ghosts  ->  F'(rho)  ->  F' to the ghosts
 *         ->  forces  ->  home from ghosts
 *
 * Each pair is computed once, on one rank (core/pairs.h), and what a ghost gathers is added to its atom.
 * Threads share the work by tiles (core/tiles.h) and add to the same arrays. */
#include "md/eam_force.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "md/eam_kernel.h"

/* An inner list is picked anew when a pair could have come nearer by this much, [angstrom]: a longer list
 * against picking it more often. */
static const double INNER_SKIN = 0.3;

/* The blocks of one tile: those near, then those far. */
struct region {
    int64_t begin;
    int room, near, far; /* blocks */
};

/* Work space of a thread: the partners of one atom, and the far blocks of a tile until its near ones are
 * known. */
struct scratch {
    uint32_t *near, *far;
    struct vt_eam_blocks behind;
    size_t partners_capacity, behind_capacity;
};

struct eam {
    struct vt_potential base;
    const struct vt_eam_kernel *kernel;
    struct vt_eam_rows rows;
    double (*embed)[4]; /* [species][n_rho - 1] rows of F */
    int n_rho;
    double inverse_drho, rho_max;
    bool said_rho_max;

    /* Fitted to the engine's list whenever that is new. */
    int64_t list_seen; /* sys->lists_made then */
    int n, n_all;      /* owned; with ghosts */
    double *rho;       /* n_all + 1 */
    size_t rho_capacity;
    struct region *region; /* per tile */
    size_t region_capacity, partner_capacity, owner_capacity;
    struct vt_eam_blocks blocks;
    double share; /* of the outer list for which there is room in the inner one */
    int threads;
    struct scratch *scratch; /* per thread */

    /* Where owned atoms and ghosts were when the inner list was picked. */
    double (*x_inner)[3];
    size_t x_inner_capacity;
    struct vt_cell inner_cell;
};

static void release_scratch(struct eam *eam)
{
    for (int s = 0; eam->scratch && s < eam->threads; s++) {
        free(eam->scratch[s].near);
        free(eam->scratch[s].far);
        free(eam->scratch[s].behind.partner);
        free(eam->scratch[s].behind.owner);
    }
    free(eam->scratch);
    eam->scratch = NULL;
}

static void release(struct vt_potential *self)
{
    struct eam *eam = (struct eam *)self;
    if (!eam) return;
    release_scratch(eam);
    vt_eam_rows_release(&eam->rows);
    free(eam->embed);
    free(eam->rho);
    free(eam->region);
    free(eam->blocks.partner);
    free(eam->blocks.owner);
    free(eam->x_inner);
    free(eam);
}

/* ------------------------------------------------------------------------------------------- inner lists */

/* Room for n blocks. */
static enum vt_status grow_blocks(struct vt_eam_blocks *blocks, size_t capacity[2], int64_t n)
{
    VT_TRY(vt_grow(&blocks->partner, &capacity[0], n));
    return vt_grow(&blocks->owner, &capacity[1], n);
}

/* Room in all lists for a share of the outer one. */
static enum vt_status make_room(struct eam *eam, const struct vt_system *sys)
{
    const struct vt_pairs *pairs = &sys->pairs;
    const struct vt_tiles *tiles = &sys->atoms.tiles;
    VT_TRY(vt_grow(&eam->region, &eam->region_capacity, vt_tiles_count(tiles)));
    int64_t blocks = 0, longest = 0, largest = 0;
    for (int t = 0; t < vt_tiles_count(tiles); t++) {
        int begin = tiles->first[t], end = tiles->first[t + 1];
        int64_t listed = pairs->begin[end] - pairs->begin[begin];
        int64_t room = (int64_t)(eam->share * (double)listed) / VT_EAM_BLOCK + (end - begin);
        eam->region[t] = (struct region){.begin = blocks, .room = vt_int(room)};
        blocks += room;
        if (room > largest) largest = room;
        for (int i = begin; i < end; i++)
            if (pairs->begin[i + 1] - pairs->begin[i] > longest)
                longest = pairs->begin[i + 1] - pairs->begin[i];
    }
    size_t capacity[2] = {eam->partner_capacity, eam->owner_capacity};
    enum vt_status st = grow_blocks(&eam->blocks, capacity, blocks);
    eam->partner_capacity = capacity[0], eam->owner_capacity = capacity[1];
    VT_TRY(st);
    if (tiles->threads != eam->threads) {
        release_scratch(eam);
        eam->threads = tiles->threads;
        VT_TRY(vt_alloc(&eam->scratch, eam->threads));
    }
    for (int s = 0; s < eam->threads; s++) {
        struct scratch *w = &eam->scratch[s];
        size_t partners[2] = {w->partners_capacity, w->partners_capacity},
               behind[2] = {w->behind_capacity, w->behind_capacity};
        VT_TRY(vt_grow(&w->near, &partners[0], 2 * (longest + VT_EAM_BLOCK)));
        VT_TRY(vt_grow(&w->far, &partners[1], 2 * (longest + VT_EAM_BLOCK)));
        w->partners_capacity = partners[0];
        VT_TRY(grow_blocks(&w->behind, behind, largest));
        w->behind_capacity = behind[0];
    }
    return VT_OK;
}

/* Fit the work space to a new neighbour list. */
static enum vt_status fit(struct eam *eam, const struct vt_system *sys)
{
    const struct vt_atoms *a = &sys->atoms;
    eam->n = a->n;
    eam->n_all = a->n + a->n_ghost;
    if (eam->n_all >= INT32_MAX / VT_EAM_SPECIES)
        return VT_RAISE(VT_EWORLD, "%d atoms and ghosts on one rank: at most %d; use more ranks", eam->n_all,
                        INT32_MAX / VT_EAM_SPECIES - 1);
    VT_TRY(vt_grow(&eam->rho, &eam->rho_capacity, eam->n_all + 1));
    VT_TRY(vt_grow(&eam->x_inner, &eam->x_inner_capacity, eam->n_all));
    return make_room(eam, sys);
}

/* Must the inner list be picked anew? Local: ranks need not do it at the same step. */
static bool worn(const struct eam *eam, const struct vt_system *sys)
{
    if (eam->list_seen != sys->lists_made) return true;
    double skin = fmin(INNER_SKIN, sys->skin), strain;
    double moved = vt_cell_displacement(&eam->inner_cell, &sys->cell, (const double(*)[3])eam->x_inner,
                                        (const double(*)[4])sys->atoms.x, eam->n_all, &strain);
    return !(2 * moved + strain * (eam->base.cutoff + skin) < skin);
}

static void note_positions(struct eam *eam, const struct vt_system *sys)
{
#pragma omp parallel for schedule(static)
    for (int i = 0; i < eam->n_all; i++) {
        memcpy(eam->x_inner[i], sys->atoms.x[i], sizeof *eam->x_inner);
        sys->atoms.x[i][3] = sys->atoms.species[i]; /* for pick; F' comes there later */
    }
    eam->inner_cell = sys->cell;
    eam->list_seen = sys->lists_made;
}

/* The blocks of a tile; the region's numbers are set to what is needed, whether or not there was room. */
static void pick_tile(struct eam *eam, const struct vt_eam_job *job, const struct vt_eam_pick *pick,
                      struct scratch *w, int first, int end, struct region *r)
{
    r->near = r->far = 0;
    for (int i = first; i < end; i++) {
        int n_near, n_far;
        uint32_t owner = (uint32_t)(VT_EAM_SPECIES * i + job->species[i]);
        eam->kernel->pick(job, pick, i, &n_near, &n_far);
        /* What is near, then what is far, then the filler: one row, of which the first blocks are near. */
        memcpy(w->near + n_near, w->far, (size_t)n_far * sizeof *w->far);
        int n = n_near + n_far, near = (n_near + VT_EAM_BLOCK - 1) / VT_EAM_BLOCK,
            all = (n + VT_EAM_BLOCK - 1) / VT_EAM_BLOCK;
        for (; n < all * VT_EAM_BLOCK; n++) w->near[n] = pick->filler;
        if (r->near + r->far + all <= r->room) {
            int64_t at = r->begin + r->near;
            memcpy(eam->blocks.partner[at], w->near, (size_t)near * sizeof *eam->blocks.partner);
            for (int b = 0; b < near; b++) eam->blocks.owner[at + b] = owner;
            memcpy(w->behind.partner[r->far], w->near + near * VT_EAM_BLOCK,
                   (size_t)(all - near) * sizeof *w->behind.partner);
            for (int b = 0; b < all - near; b++) w->behind.owner[r->far + b] = owner;
        }
        r->near += near;
        r->far += all - near;
    }
    if (r->near + r->far > r->room) return;
    memcpy(eam->blocks.partner[r->begin + r->near], w->behind.partner,
           (size_t)r->far * sizeof *w->behind.partner);
    memcpy(eam->blocks.owner + r->begin + r->near, w->behind.owner, (size_t)r->far * sizeof *w->behind.owner);
}

static struct vt_eam_job job_of(struct eam *eam, struct vt_system *sys)
{
    return (struct vt_eam_job){.rows = &eam->rows,
                               .x = (const double(*)[4])sys->atoms.x,
                               .species = sys->atoms.species,
                               .blocks = eam->blocks,
                               .rho = eam->rho,
                               .f = sys->f};
}

/* Inner lists from the outer one. Returns how much more room is needed at least: 1 or less if it sufficed. */
static double pick_all(struct eam *eam, struct vt_system *sys)
{
    struct vt_tiles *tiles = &sys->atoms.tiles;
    double skin = fmin(INNER_SKIN, sys->skin), near2[VT_SPECIES_MAX][VT_SPECIES_MAX] = {{0}},
           far2[VT_SPECIES_MAX][VT_SPECIES_MAX] = {{0}}, more = 0;
    for (int a = 0; a < sys->material.n_species; a++)
        for (int b = 0; b < sys->material.n_species; b++) {
            near2[a][b] = pow(eam->rows.near[a][b] + skin, 2);
            far2[a][b] = pow(eam->rows.far[a][b] + skin, 2);
        }
    vt_tiles_begin(tiles);
#pragma omp parallel num_threads(tiles->threads) reduction(max : more)
    {
        struct scratch *w = &eam->scratch[omp_get_thread_num()];
        struct vt_eam_job job = job_of(eam, sys);
        struct vt_eam_pick pick = {.list = sys->pairs.begin,
                                   .partner = sys->pairs.partner,
                                   .near2 = (const double(*)[VT_SPECIES_MAX])near2,
                                   .far2 = (const double(*)[VT_SPECIES_MAX])far2,
                                   .filler = (uint32_t)(VT_EAM_SPECIES * eam->n_all),
                                   .near = w->near,
                                   .far = w->far};
        for (int t; (t = vt_tiles_take(tiles)) >= 0;) {
            struct region *r = &eam->region[t];
            pick_tile(eam, &job, &pick, w, tiles->first[t], tiles->first[t + 1], r);
            if (r->room) more = fmax(more, (double)(r->near + r->far) / r->room);
        }
    }
    return more;
}

/* Local. */
static enum vt_status pick_lists(struct eam *eam, struct vt_system *sys)
{
    if (eam->list_seen != sys->lists_made) VT_TRY(fit(eam, sys));
    note_positions(eam, sys);
    for (double more; (more = pick_all(eam, sys)) > 1;) {
        eam->share *= 1.1 * more;
        VT_TRY(make_room(eam, sys));
    }
    return VT_OK;
}

/* ------------------------------------------------------------------------------------- energies of atoms */

/* F and F' at rho; beyond the table F goes on along its last tangent, as in LAMMPS. */
static double embed(const struct eam *eam, int species, double rho, double *slope)
{
    double t = rho * eam->inverse_drho;
    /* Between the ends first: an int does not hold every double, and no double that is not a number. */
    int k = t > 0 ? (int)fmin(t, eam->n_rho - 2) : 0;
    double p = t - k;
    if (p > 1) p = 1;
    const double *c = eam->embed[(int64_t)species * (eam->n_rho - 1) + k];
    *slope = ((3 * c[0] * p + 2 * c[1]) * p + c[2]) * eam->inverse_drho;
    double f = ((c[0] * p + c[1]) * p + c[2]) * p + c[3];
    return rho > eam->rho_max ? f + *slope * (rho - eam->rho_max) : f;
}

/* By a plain scalar loop; the densities and F' are those of the last compute. Local. */
static enum vt_status shares_of_atoms(struct eam *eam, struct vt_system *sys, bool virials)
{
    static const int A[6] = {0, 1, 2, 0, 0, 1}, B[6] = {0, 1, 2, 1, 2, 2};
    const struct vt_eam_rows *rows = &eam->rows;
    const struct vt_atoms *a = &sys->atoms;
    VT_TRY(vt_grow(&sys->energy, &sys->energy_capacity, eam->n_all));
    if (virials) VT_TRY(vt_grow(&sys->atom_virial, &sys->atom_virial_capacity, eam->n_all));
    memset(sys->energy, 0, (size_t)eam->n_all * sizeof *sys->energy);
    if (virials) memset(sys->atom_virial, 0, (size_t)eam->n_all * sizeof *sys->atom_virial);
    for (int i = 0; i < a->n; i++) {
        double slope;
        sys->energy[i] += vt_round(embed(eam, a->species[i], eam->rho[i], &slope), VT_ENERGY_MAGIC);
        for (int64_t k = sys->pairs.begin[i]; k < sys->pairs.begin[i + 1]; k++) {
            int j = sys->pairs.partner[k], si = a->species[i], sj = a->species[j];
            double d[3], r2 = 0;
            for (int b = 0; b < 3; b++) d[b] = a->x[i][b] - a->x[j][b], r2 += d[b] * d[b];
            if (!(r2 < rows->cutoff2 && r2 > 0)) continue;
            double r = sqrt(r2);
            double half_phi = vt_round(
                0.5 * (vt_eam_rows_at(rows, rows->rphi[si][sj], rows->guard_phi, r) / r), VT_ENERGY_MAGIC);
            sys->energy[i] += half_phi;
            sys->energy[j] += half_phi;
            if (!virials) continue;
            /* One sum of two products, so that the bits do not depend on which of the two atoms is i. */
            double at_i = a->x[i][3] * vt_eam_rows_at(rows, rows->pull_of_j[si][sj], rows->guard_rho, r);
            double at_j = a->x[j][3] * vt_eam_rows_at(rows, rows->pull_of_i[si][sj], rows->guard_rho, r);
            double g = vt_eam_rows_at(rows, rows->pair_pull[si][sj], rows->guard_phi, r) + (at_i + at_j);
            for (int q = 0; q < 6; q++) {
                double half_w = vt_round(-0.5 * g * (d[A[q]] * d[B[q]]), VT_ENERGY_MAGIC);
                sys->atom_virial[i][q] += half_w;
                sys->atom_virial[j][q] += half_w;
            }
        }
    }
    return VT_OK;
}

static enum vt_status per_atom(struct vt_potential *self, struct vt_system *sys, bool virials)
{
    int n = sys->atoms.n;
    VT_TRY(vt_agree(sys->ranks.comm, shares_of_atoms((struct eam *)self, sys, virials)));
    VT_TRY(vt_halo_collect(&sys->halo, sys->energy, 1, 1, n, &sys->ranks));
    if (!virials) return VT_OK;
    VT_TRY(vt_halo_collect(&sys->halo, &sys->atom_virial[0][0], 6, 3, n, &sys->ranks));
    return vt_halo_collect(&sys->halo, &sys->atom_virial[0][3], 6, 3, n, &sys->ranks);
}

/* ------------------------------------------------------------------------------------------------ forces */

/* Densities of owned atoms, and what ghosts gather of theirs. */
static void densities(struct eam *eam, struct vt_system *sys)
{
    struct vt_tiles *tiles = &sys->atoms.tiles;
    vt_tiles_begin(tiles);
#pragma omp parallel num_threads(tiles->threads)
    {
        struct vt_eam_job job = job_of(eam, sys);
#pragma omp for schedule(static) nowait
        for (int i = 0; i < eam->n; i++) eam->rho[i] = 0;
#pragma omp for schedule(static)
        for (int i = eam->n; i <= eam->n_all; i++) eam->rho[i] = 0;
        for (int t; (t = vt_tiles_take(tiles)) >= 0;) {
            const struct region *r = &eam->region[t];
            eam->kernel->density(&job, r->begin, r->begin + r->near);
        }
    }
}

/* F' into the fourth lane of x; returns sum F and the largest density. */
static void embedding(struct eam *eam, struct vt_system *sys, struct vt_exact *energy, double *largest)
{
    double worst = 0;
#pragma omp parallel reduction(max : worst)
    {
        struct vt_exact sum = {0};
#pragma omp for schedule(static)
        for (int i = 0; i < eam->n; i++) {
            double slope;
            vt_exact_add(&sum, embed(eam, sys->atoms.species[i], eam->rho[i], &slope));
            if (i % 4096 == 0) vt_exact_tidy(&sum);
            sys->atoms.x[i][3] = slope;
            worst = fmax(worst, eam->rho[i]);
        }
#pragma omp critical(vt_eam_densities)
        vt_exact_merge(energy, &sum);
    }
    *largest = worst;
}

static void forces(struct eam *eam, struct vt_system *sys, enum vt_want want, struct vt_exact totals[7])
{
    struct vt_tiles *tiles = &sys->atoms.tiles;
    vt_tiles_begin(tiles);
#pragma omp parallel num_threads(tiles->threads)
    {
        struct vt_eam_job job = job_of(eam, sys);
#pragma omp for schedule(static) nowait
        for (int i = 0; i < eam->n; i++) memset(sys->f[i], 0, sizeof sys->f[i]);
#pragma omp for schedule(static)
        for (int i = eam->n; i <= eam->n_all; i++) memset(sys->f[i], 0, sizeof sys->f[i]);
        for (int t; (t = vt_tiles_take(tiles)) >= 0;) {
            const struct region *r = &eam->region[t];
            int64_t middle = r->begin + r->near;
            eam->kernel->near_forces(&job, want, r->begin, middle);
            eam->kernel->far_forces(&job, want, middle, middle + r->far);
        }
#pragma omp critical(vt_eam_forces)
        for (int q = 0; q < 7; q++) vt_exact_merge(&totals[q], &job.totals[q]);
    }
}

static enum vt_status compute(struct vt_potential *self, struct vt_system *sys, enum vt_want want)
{
    struct eam *eam = (struct eam *)self;
    struct vt_timers *timers = &sys->timers;
    double since = vt_clock();
    bool fresh = eam->list_seen != sys->lists_made;
    enum vt_status st = worn(eam, sys) ? pick_lists(eam, sys) : VT_OK;
    if (fresh)
        VT_TRY(vt_agree(sys->ranks.comm, st));
    else if (st != VT_OK) { /* no one else knows: say so when all ask next, and do nothing wrong until then */
        sys->trouble = st;
        for (int t = 0; t < vt_tiles_count(&sys->atoms.tiles); t++) eam->region[t] = (struct region){0};
    }
    /* The filler lies out of range of all. */
    for (int d = 0; d < 4; d++) sys->atoms.x[eam->n_all][d] = d < 3 ? 1e6 : 0;
    struct vt_exact totals[7] = {0}, embedded = {0};
    double largest;
    since = vt_timers_book(timers, VT_PHASE_LISTS, since);
    densities(eam, sys);
    since = vt_timers_book(timers, VT_PHASE_PAIRS, since);
    VT_TRY(vt_halo_collect(&sys->halo, eam->rho, 1, 1, eam->n, &sys->ranks));
    since = vt_timers_book(timers, VT_PHASE_MESSAGES, since);
    embedding(eam, sys, &embedded, &largest);
    if (largest > eam->rho_max && !eam->said_rho_max) {
        eam->said_rho_max = true;
        vt_log(VT_LOG_WARNING,
               "density %.4g lies beyond the table of '%s' (to %.4g): F goes on along its last tangent there",
               largest, eam->base.name, eam->rho_max);
    }
    since = vt_timers_book(timers, VT_PHASE_PAIRS, since);
    VT_TRY(vt_halo_lane(&sys->halo, &sys->atoms, &sys->ranks));
    since = vt_timers_book(timers, VT_PHASE_MESSAGES, since);
    forces(eam, sys, want, totals);
    since = vt_timers_book(timers, VT_PHASE_PAIRS, since);
    VT_TRY(vt_halo_collect(&sys->halo, sys->f[0], 4, 3, eam->n, &sys->ranks));
    vt_timers_book(timers, VT_PHASE_MESSAGES, since);
    if (want == VT_FORCES) return VT_OK;
    vt_exact_merge(&totals[0], &embedded);
    double sum[7];
    VT_TRY(vt_exact_reduce(sys->ranks.comm, totals, 7, sum));
    sys->potential_energy = sum[0];
    memcpy(sys->virial, sum + 1, sizeof sys->virial);
    return VT_OK;
}

static const struct vt_eam_kernel *choose_kernel(const char *name)
{
#ifdef __x86_64__
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                  __builtin_cpu_supports("avx512dq");
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx512 && (!name || !strcmp(name, "avx512"))) return &vt_eam_kernel_avx512;
    if (avx2 && (!name || !strcmp(name, "avx2"))) return &vt_eam_kernel_avx2;
#endif
    return !name || !strcmp(name, "portable") ? &vt_eam_kernel_portable : NULL;
}

const char *vt_eam_force_instruction_set(const struct vt_potential *potential)
{
    return ((const struct eam *)potential)->kernel->name;
}

enum vt_status vt_eam_force_create(struct vt_potential **potential, const struct vt_eam *e,
                                   const char *instruction_set)
{
    const struct vt_eam_kernel *kernel = choose_kernel(instruction_set);
    if (!kernel)
        return VT_RAISE(VT_EINPUT,
                        "instruction set '%s' is unknown or not on this machine: avx512, avx2 or portable",
                        instruction_set);
    struct eam *eam;
    enum vt_status st = VT_OK;
    VT_TRY(vt_alloc(&eam, 1));
    *eam = (struct eam){.base = {.name = "eam",
                                 .cutoff = e->cutoff,
                                 .compute = compute,
                                 .per_atom = per_atom,
                                 .destroy = release},
                        .kernel = kernel,
                        .n_rho = e->n_rho,
                        .inverse_drho = 1 / e->d_rho,
                        .rho_max = (e->n_rho - 1) * e->d_rho,
                        .list_seen = -1,
                        .share = 0.6};
    VT_TRY_GOTO(st, failed, vt_eam_rows_make(&eam->rows, e));
    VT_TRY_GOTO(st, failed, vt_alloc(&eam->embed, (size_t)e->n_species * (size_t)(e->n_rho - 1)));
    for (int a = 0; a < e->n_species; a++)
        vt_eam_cubics(vt_eam_f(e, a), e->n_rho, eam->embed + (int64_t)a * (e->n_rho - 1));
    *potential = &eam->base;
    return VT_OK;
failed:
    release(&eam->base);
    return st;
}
