/* eam_force.c: embedded-atom forces: inner lists, threads, the embedding between the two passes.
 *
 *     E = sum_i F(rho_i) + 1/2 sum phi(r),    rho_i = sum_j rho_{s(j) s(i)}(r_ij)
 *
 * Between knots the functions are the cubics that LAMMPS uses (slopes from five points), so both codes give
 * the same energies and forces from the same file: pair_style eam/alloy and eam/fs.
 *
 *     positions to the ghosts  ->  pick (every few steps)  ->  densities  ->  home from ghosts
 *         ->  F'(rho)  ->  F' to the ghosts  ->  forces  ->  home from ghosts
 *
 * Each pair is computed once, on one rank (core/pairs.h), and what a ghost gathers is added to its atom.
 * Threads share the work by tiles (core/tiles.h) and add to the same arrays. Both passes hide their messages
 * behind the blocks of atoms that have no partner on another rank:
 *
 *     what ghosts need is sent - half of the inner blocks - wait - border blocks - what they gathered is sent
 *         - the other half of the inner blocks - wait */
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

/* Blocks come in four kinds: near and far ones, of inner atoms and of border atoms, which have a partner on
 * another rank. */
enum kind { NEAR_INNER, NEAR_BORDER, FAR_INNER, FAR_BORDER, KINDS };

/* The blocks of one tile, one kind after the other. */
struct region {
    int64_t begin;
    int room, n[KINDS]; /* blocks */
};

/* Work space of a thread: the partners of one atom, and the blocks of a tile that are not of the first kind
 * until the number of those is known. */
struct scratch {
    uint32_t *near, *far;
    struct vt_eam_blocks behind[KINDS];
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
    double *rho;       /* n_all */
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
        for (int k = 1; k < KINDS; k++) {
            free(eam->scratch[s].behind[k].partner);
            free(eam->scratch[s].behind[k].owner);
        }
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

/* Room for n blocks, whose content is not kept. */
static enum vt_status make_blocks(struct vt_eam_blocks *blocks, size_t capacity[2], int64_t n)
{
    VT_TRY(vt_renew(&blocks->partner, &capacity[0], n));
    return vt_renew(&blocks->owner, &capacity[1], n);
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
    enum vt_status st = make_blocks(&eam->blocks, capacity, blocks);
    eam->partner_capacity = capacity[0], eam->owner_capacity = capacity[1];
    VT_TRY(st);
    if (tiles->threads != eam->threads) {
        release_scratch(eam);
        eam->threads = tiles->threads;
        VT_TRY(vt_alloc(&eam->scratch, eam->threads));
    }
    for (int s = 0; s < eam->threads; s++) {
        struct scratch *w = &eam->scratch[s];
        size_t partners[2] = {w->partners_capacity, w->partners_capacity}, behind = w->behind_capacity;
        VT_TRY(vt_grow(&w->near, &partners[0], 2 * (longest + VT_EAM_BLOCK)));
        VT_TRY(vt_grow(&w->far, &partners[1], 2 * (longest + VT_EAM_BLOCK)));
        w->partners_capacity = partners[0];
        size_t both[2] = {0, 0};
        for (int k = 1; k < KINDS; k++) {
            both[0] = both[1] = behind;
            VT_TRY(make_blocks(&w->behind[k], both, largest));
        }
        w->behind_capacity = both[0];
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
    VT_TRY(vt_grow(&eam->rho, &eam->rho_capacity, eam->n_all));
    VT_TRY(vt_grow(&eam->x_inner, &eam->x_inner_capacity, eam->n_all));
    return make_room(eam, sys);
}

/* Must the inner list be picked anew, as far as atoms and ghosts [begin, end) tell? Local: ranks need not do
 * it at the same step. */
static bool worn(const struct eam *eam, const struct vt_system *sys, int begin, int end)
{
    double skin = fmin(INNER_SKIN, sys->skin), strain;
    double moved =
        vt_cell_displacement(&eam->inner_cell, &sys->cell, (const double(*)[3])eam->x_inner + begin,
                             (const double(*)[4])sys->atoms.x + begin, end - begin, &strain);
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

/* Entries from begin on and before end, but for those from skip on and before resume. */
struct remote {
    uint32_t begin, skip, resume, end;
};

static bool any_remote(const struct remote *r, const uint32_t *entry, int n)
{
    int any = 0;
    for (int k = 0; k < n; k++)
        any |=
            (entry[k] >= r->begin) & (entry[k] < r->end) & ((entry[k] < r->skip) | (entry[k] >= r->resume));
    return any;
}

static void copy_blocks(struct vt_eam_blocks to, int64_t at, struct vt_eam_blocks from, int n)
{
    memcpy(to.partner[at], from.partner, (size_t)n * sizeof *to.partner);
    memcpy(to.owner + at, from.owner, (size_t)n * sizeof *to.owner);
}

/* The blocks of a tile; the region's numbers are set to what is needed, whether or not there was room. */
static void pick_tile(struct eam *eam, const struct vt_eam_job *job, const struct vt_eam_pick *pick,
                      const struct remote *remote, struct scratch *w, int first, int end, struct region *r)
{
    int used = 0, *count = r->n;
    w->behind[NEAR_INNER] =
        (struct vt_eam_blocks){eam->blocks.partner + r->begin, eam->blocks.owner + r->begin};
    memset(count, 0, sizeof r->n);
    for (int i = first; i < end; i++) {
        int n_near, n_far;
        uint32_t owner = (uint32_t)(VT_EAM_SPECIES * i + job->species[i]);
        eam->kernel->pick(job, pick, i, &n_near, &n_far);
        /* What is near, then what is far, then the atom itself: one row, of which the first blocks are near.
         */
        memcpy(w->near + n_near, w->far, (size_t)n_far * sizeof *w->far);
        int n = n_near + n_far, near = (n_near + VT_EAM_BLOCK - 1) / VT_EAM_BLOCK,
            all = (n + VT_EAM_BLOCK - 1) / VT_EAM_BLOCK, border = any_remote(remote, w->near, n);
        for (; n < all * VT_EAM_BLOCK; n++) w->near[n] = owner;
        used += all;
        for (int b = 0; b < all; b++) {
            enum kind kind = (b < near ? NEAR_INNER : FAR_INNER) + border;
            int at = count[kind]++;
            if (used > r->room) continue;
            memcpy(w->behind[kind].partner[at], w->near + b * VT_EAM_BLOCK, sizeof *w->behind[kind].partner);
            w->behind[kind].owner[at] = owner;
        }
    }
    if (used > r->room) return;
    for (int kind = 1, at = count[0]; kind < KINDS; at += count[kind++])
        copy_blocks(eam->blocks, r->begin + at, w->behind[kind], count[kind]);
}

static int blocks_of(const struct region *r)
{
    return r->n[NEAR_INNER] + r->n[NEAR_BORDER] + r->n[FAR_INNER] + r->n[FAR_BORDER];
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
    const struct vt_halo *halo = &sys->halo;
    const struct remote remote = {
        (uint32_t)(VT_EAM_SPECIES * eam->n), (uint32_t)(VT_EAM_SPECIES * (eam->n + halo->own_begin)),
        (uint32_t)(VT_EAM_SPECIES * (eam->n + halo->own_end)), (uint32_t)(VT_EAM_SPECIES * eam->n_all)};
    vt_tiles_begin(tiles);
#pragma omp parallel num_threads(tiles->threads) reduction(max : more)
    {
        struct scratch *w = &eam->scratch[omp_get_thread_num()];
        struct vt_eam_job job = job_of(eam, sys);
        struct vt_eam_pick pick = {.list = sys->pairs.begin,
                                   .partner = sys->pairs.partner,
                                   .near2 = (const double(*)[VT_SPECIES_MAX])near2,
                                   .far2 = (const double(*)[VT_SPECIES_MAX])far2,
                                   .near = w->near,
                                   .far = w->far};
        for (int t; (t = vt_tiles_take(tiles)) >= 0;) {
            struct region *r = &eam->region[t];
            pick_tile(eam, &job, &pick, &remote, w, tiles->first[t], tiles->first[t + 1], r);
            if (r->room) more = fmax(more, (double)blocks_of(r) / r->room);
        }
    }
    return more;
}

/* All ghosts are there. Local. */
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

/* The same when no other rank knows of it: a failure is told when all ask for neighbours next, and nothing
 * wrong is added up until then. Local. */
static void renew(struct eam *eam, struct vt_system *sys)
{
    enum vt_status st = pick_lists(eam, sys);
    if (st == VT_OK) return;
    sys->trouble = st;
    for (int t = 0; t < vt_tiles_count(&sys->atoms.tiles); t++) eam->region[t] = (struct region){0};
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
    VT_TRY(vt_halo_collect(&sys->halo, (struct vt_gathered){sys->energy, 1, 1, n}, &sys->ranks));
    if (!virials) return VT_OK;
    VT_TRY(vt_halo_collect(&sys->halo, (struct vt_gathered){&sys->atom_virial[0][0], 6, 3, n}, &sys->ranks));
    return vt_halo_collect(&sys->halo, (struct vt_gathered){&sys->atom_virial[0][3], 6, 3, n}, &sys->ranks);
}

/* ------------------------------------------------------------------------------------------------ forces */

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

/* A pass over all pairs: densities or forces. */
struct pass {
    struct eam *eam;
    struct vt_system *sys;
    bool forces;
    enum vt_want want;
    struct vt_exact totals[7];
};

/* Which blocks of a kind: a share of the inner ones, and the border ones or not. */
struct part {
    double from, to;
    bool border;
};
static const struct part WHOLE = {0, 1, true}, FIRST_HALF = {0, 0.5, false}, BORDER = {1, 1, true},
                         SECOND_HALF = {0.5, 1, false};

static void clear_records(struct pass *p, int begin, int end)
{
#pragma omp parallel for schedule(static)
    for (int i = begin; i < end; i++)
        if (p->forces)
            memset(p->sys->f[i], 0, sizeof p->sys->f[i]);
        else
            p->eam->rho[i] = 0;
}

/* Owned atoms and ghosts by themselves, so that threads find those of their tiles in their caches. */
static void clear(struct pass *p)
{
    clear_records(p, 0, p->eam->n);
    clear_records(p, p->eam->n, p->eam->n_all);
}

/* A part of the n[0] inner and n[1] border blocks of a kind, which begin at `begin`. */
static void work_on(struct pass *p, struct vt_eam_job *job, int64_t begin, const int n[2], struct part part,
                    bool near)
{
    const struct vt_eam_kernel *kernel = p->eam->kernel;
    int64_t from = begin + (int64_t)(part.from * n[0]),
            to = begin + (int64_t)(part.to * n[0]) + (part.border ? n[1] : 0);
    if (!p->forces)
        kernel->density(job, from, to);
    else if (near)
        kernel->near_forces(job, p->want, from, to);
    else
        kernel->far_forces(job, p->want, from, to);
}

static void round_of_tiles(struct pass *p, struct part part)
{
    struct vt_tiles *tiles = &p->sys->atoms.tiles;
    double since = vt_clock();
    vt_tiles_begin(tiles);
#pragma omp parallel num_threads(tiles->threads)
    {
        struct vt_eam_job job = job_of(p->eam, p->sys);
        for (int t; (t = vt_tiles_take(tiles)) >= 0;) {
            const struct region *r = &p->eam->region[t];
            work_on(p, &job, r->begin, r->n + NEAR_INNER, part, true);
            if (p->forces)
                work_on(p, &job, r->begin + r->n[NEAR_INNER] + r->n[NEAR_BORDER], r->n + FAR_INNER, part,
                        false);
        }
#pragma omp critical(vt_eam_totals)
        for (int q = 0; q < 7; q++) vt_exact_merge(&p->totals[q], &job.totals[q]);
    }
    p->sys->busy += vt_timers_book(&p->sys->timers, VT_PHASE_PAIRS, since) - since;
}

/* Wait for what the ghosts need. *anew: they have moved so far that the lists are picked anew; what was added
 * up is worth nothing. Collective. */
static enum vt_status wait_for_ghosts(struct pass *p, bool *anew)
{
    struct eam *eam = p->eam;
    struct vt_system *sys = p->sys;
    double since = vt_clock();
    *anew = false;
    if (p->forces) {
        VT_TRY(vt_halo_lane_end(&sys->halo, &sys->atoms));
        vt_timers_book(&sys->timers, VT_PHASE_MESSAGES, since);
        return VT_OK;
    }
    VT_TRY(vt_system_ghosts(sys));
    since = vt_clock();
    *anew = worn(eam, sys, eam->n, eam->n_all);
    if (*anew) renew(eam, sys);
    vt_timers_book(&sys->timers, VT_PHASE_LISTS, since);
    return VT_OK;
}

/* What ghosts need is under way; at the end, the sums of owned atoms are complete. Collective. */
static enum vt_status carry_out(struct pass *p)
{
    struct vt_system *sys = p->sys;
    struct vt_gathered gathered = {p->eam->rho, 1, 1, p->eam->n};
    bool apart = vt_halo_is_remote(&sys->halo), anew;
    if (p->forces) gathered = (struct vt_gathered){sys->f[0], 4, 3, p->eam->n};
    clear(p);
    if (apart) round_of_tiles(p, FIRST_HALF);
    VT_TRY(wait_for_ghosts(p, &anew));
    if (apart && anew) clear(p), apart = false;
    round_of_tiles(p, apart ? BORDER : WHOLE);
    double since = vt_clock();
    VT_TRY(vt_halo_collect_begin(&sys->halo, gathered, &sys->ranks));
    vt_timers_book(&sys->timers, VT_PHASE_MESSAGES, since);
    if (apart) round_of_tiles(p, SECOND_HALF);
    since = vt_clock();
    VT_TRY(vt_halo_collect_end(&sys->halo, gathered, &sys->ranks));
    vt_timers_book(&sys->timers, VT_PHASE_MESSAGES, since);
    return VT_OK;
}

static enum vt_status compute(struct vt_potential *self, struct vt_system *sys, enum vt_want want)
{
    struct eam *eam = (struct eam *)self;
    struct vt_exact embedded = {0};
    struct pass densities = {.eam = eam, .sys = sys},
                forces = {.eam = eam, .sys = sys, .forces = true, .want = want};
    double largest, since = vt_clock();
    if (eam->list_seen != sys->lists_made) { /* which is so on all ranks, and ghosts are there */
        VT_TRY(vt_agree(sys->ranks.comm, pick_lists(eam, sys)));
    } else if (worn(eam, sys, 0, eam->n)) {
        VT_TRY(vt_system_ghosts(sys));
        since = vt_clock();
        renew(eam, sys);
    }
    vt_timers_book(&sys->timers, VT_PHASE_LISTS, since);
    VT_TRY(carry_out(&densities));
    since = vt_clock();
    embedding(eam, sys, &embedded, &largest);
    if (largest > eam->rho_max && !eam->said_rho_max) {
        eam->said_rho_max = true;
        vt_log(VT_LOG_WARNING,
               "density %.4g lies beyond the table of '%s' (to %.4g): F goes on along its last tangent there",
               largest, eam->base.name, eam->rho_max);
    }
    since = vt_timers_book(&sys->timers, VT_PHASE_PAIRS, since);
    VT_TRY(vt_halo_lane_begin(&sys->halo, &sys->atoms, &sys->ranks));
    vt_timers_book(&sys->timers, VT_PHASE_MESSAGES, since);
    VT_TRY(carry_out(&forces));
    if (want == VT_FORCES) return VT_OK;
    vt_exact_merge(&forces.totals[0], &embedded);
    if (sys->trouble != VT_OK) forces.totals[0].lost = 1; /* these sums are worth nothing, on any rank */
    double sum[7];
    VT_TRY(vt_exact_reduce(sys->ranks.comm, forces.totals, 7, sum));
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
