/* eam_force.c: embedded-atom forces: tables to rows, threads, the embedding between the two passes.
 *
 *     E = sum_i F(rho_i) + 1/2 sum phi(r),    rho_i = sum_j rho_{s(j) s(i)}(r_ij)
 *
 * Between knots the functions are the cubics that LAMMPS uses (slopes from five points), so both codes give
 * the same energies and forces from the same file: pair_style eam/alloy and eam/fs. The loops read phi'/r and
 * rho'/r from tables of their own, made here from those cubics.
 *
 *     pass 1 (densities)  ->  home from ghosts  ->  F'(rho)  ->  F' to the ghosts
 *         ->  pass 2 (forces)  ->  home from ghosts
 *
 * Each pair is computed once, on one rank (core/pairs.h), and what a ghost gathers is added to its atom. */
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

/* The rows of a table are at most so long [angstrom], as their error goes with the fourth power and old files
 * have 500 knots; but an interval is not cut into more than PARTS_MOST. */
static const double ROW_MOST = 0.003;
enum { PARTS_MOST = 64 };

struct eam {
    struct vt_potential base;
    const struct vt_eam_kernel *kernel;
    struct vt_eam_rows rows;
    double (*row)[4];   /* owns rows.row */
    double (*embed)[4]; /* [species][n_rho - 1] rows of F */
    int n_rho;
    double inverse_drho, rho_max;
    bool said_rho_max;

    /* Fitted to the engine's list whenever that is new. */
    int64_t list_seen; /* sys->lists_made then */
    int shares;        /* parts of the owned atoms: one a thread, if as many threads come */
    size_t inner_capacity, n_inner_capacity, rho_capacity, f_capacity, scratch_capacity;
    int32_t *inner, *n_inner;
    int n, n_all;                   /* owned; with ghosts */
    double *rho;                    /* shares blocks of n_all */
    double (*f)[4];                 /* shares - 1 blocks of n_all: the first share goes to sys->f */
    int *last;                      /* per share: the last owned atom it adds to */
    struct vt_eam_scratch *scratch; /* per share */

    /* Where owned atoms and ghosts were when the inner list was picked. */
    double (*x_inner)[3];
    size_t x_inner_capacity;
    struct vt_cell inner_cell;
};

static void release_scratch(struct eam *eam)
{
    for (int s = 0; eam->scratch && s < eam->shares; s++) {
        struct vt_eam_scratch *w = &eam->scratch[s];
        free(w->dx), free(w->dy), free(w->dz), free(w->p), free(w->slope);
        for (int k = 0; k < 4; k++) free(w->place[k]);
    }
    free(eam->scratch);
    eam->scratch = NULL;
}

static void release(struct vt_potential *self)
{
    struct eam *eam = (struct eam *)self;
    if (!eam) return;
    release_scratch(eam);
    free(eam->row);
    free(eam->embed);
    free(eam->inner);
    free(eam->n_inner);
    free(eam->rho);
    free(eam->f);
    free(eam->last);
    free(eam->x_inner);
    free(eam);
}

static enum vt_status make_scratch(struct eam *eam, int shares, size_t longest)
{
    release_scratch(eam);
    eam->shares = shares;
    eam->scratch_capacity = longest + longest / 2;
    VT_TRY(vt_alloc(&eam->scratch, shares));
    for (int s = 0; s < shares; s++) {
        struct vt_eam_scratch *w = &eam->scratch[s];
        double **array[] = {&w->dx, &w->dy, &w->dz, &w->p, &w->slope};
        for (int k = 0; k < 5; k++) VT_TRY(vt_alloc(array[k], eam->scratch_capacity));
        for (int k = 0; k < 4; k++) VT_TRY(vt_alloc(&w->place[k], eam->scratch_capacity));
    }
    return VT_OK;
}

/* Fit the work space to a new neighbour list. */
static enum vt_status fit(struct eam *eam, const struct vt_system *sys)
{
    const struct vt_pairs *pairs = &sys->pairs;
    const struct vt_atoms *a = &sys->atoms;
    int n = a->n, shares = omp_get_max_threads();
    if (a->n + a->n_ghost > INT32_MAX / VT_EAM_SPECIES)
        return VT_RAISE(VT_EWORLD, "%d atoms and ghosts on one rank: at most %d; use more ranks",
                        a->n + a->n_ghost, INT32_MAX / VT_EAM_SPECIES);
    int64_t longest = 0;
    for (int i = 0; i < n; i++)
        if (pairs->begin[i + 1] - pairs->begin[i] > longest) longest = pairs->begin[i + 1] - pairs->begin[i];
    size_t room = (size_t)longest + VT_EAM_BLOCK;
    if (shares != eam->shares) {
        free(eam->last);
        VT_TRY(vt_alloc(&eam->last, shares));
    }
    if (shares != eam->shares || room > eam->scratch_capacity) VT_TRY(make_scratch(eam, shares, room));
    VT_TRY(vt_grow(&eam->inner, &eam->inner_capacity, pairs->begin[n] + (int64_t)VT_EAM_BLOCK * (n + 1)));
    VT_TRY(vt_grow(&eam->n_inner, &eam->n_inner_capacity, n + 1));
    eam->n = n;
    eam->n_all = a->n + a->n_ghost;
    VT_TRY(vt_grow(&eam->rho, &eam->rho_capacity, (int64_t)shares * eam->n_all));
    VT_TRY(vt_grow(&eam->f, &eam->f_capacity, (int64_t)(shares - 1) * eam->n_all));
    VT_TRY(vt_grow(&eam->x_inner, &eam->x_inner_capacity, eam->n_all));
    for (int s = 0; s < shares; s++) {
        int64_t begin, end;
        vt_share(n, shares, s, &begin, &end);
        int last = (int)end - 1;
        for (int64_t k = pairs->begin[begin]; k < pairs->begin[end]; k++)
            if (pairs->partner[k] < n && pairs->partner[k] > last) last = pairs->partner[k];
        eam->last[s] = last;
    }
    return VT_OK;
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
    for (int i = 0; i < eam->n_all; i++) memcpy(eam->x_inner[i], sys->atoms.x[i], sizeof *eam->x_inner);
    eam->inner_cell = sys->cell;
    eam->list_seen = sys->lists_made;
}

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

/* The cubic at row `first` + m of the tables; first in bytes. */
static double table_value(const struct vt_eam_rows *rows, int32_t first, int m, double p)
{
    const double *c = rows->row[first / (int32_t)sizeof *rows->row + m];
    return ((c[0] * p + c[1]) * p + c[2]) * p + c[3];
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
            double r = sqrt(r2), t = r * rows->inverse_dr, p = t - (int)t;
            int m = (int)t;
            double half_phi =
                vt_round(0.5 * (table_value(rows, rows->rphi[si][sj], m, p) / r), VT_ENERGY_MAGIC);
            sys->energy[i] += half_phi;
            sys->energy[j] += half_phi;
            if (!virials) continue;
            /* One sum of two products, so that the bits do not depend on which of the two atoms is i. */
            double at_i = a->x[i][3] * table_value(rows, rows->pull_of_j[si][sj], m, p);
            double at_j = a->x[j][3] * table_value(rows, rows->pull_of_i[si][sj], m, p);
            double g = table_value(rows, rows->pair_pull[si][sj], m, p) + (at_i + at_j);
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

static struct vt_eam_job share_job(const struct eam *eam, struct vt_system *sys, int share)
{
    int64_t begin, end, block = (int64_t)share * eam->n_all;
    vt_share(eam->n, eam->shares, share, &begin, &end);
    return (struct vt_eam_job){.rows = &eam->rows,
                               .x = (const double(*)[4])sys->atoms.x,
                               .species = sys->atoms.species,
                               .begin = (int)begin,
                               .end = (int)end,
                               .list = sys->pairs.begin,
                               .partner = sys->pairs.partner,
                               .inner = eam->inner,
                               .n_inner = eam->n_inner,
                               .rho = eam->rho + block,
                               .f = share ? eam->f + (block - eam->n_all) : sys->f,
                               .work = eam->scratch[share]};
}

/* The shares of the calling thread, whatever the number of threads that came: sites may give fewer than
 * asked for. */
#define FOR_MY_SHARES(s, eam)                                                                                \
    for (int s = omp_get_thread_num(); s < (eam)->shares; s += omp_get_num_threads())

/* A share adds to atoms from its first to its last, and to ghosts: rows of `width` doubles. Set those to 0.
 */
static void clear(const struct eam *eam, int share, int width, double *values)
{
    int64_t begin, end, n = eam->n, last = eam->last[share] + 1;
    vt_share(n, eam->shares, share, &begin, &end);
    if (share == 0) begin = 0, last = n; /* the block where all come together */
    memset(values + width * begin, 0, sizeof *values * (size_t)(width * (last - begin)));
    memset(values + width * n, 0, sizeof *values * (size_t)(width * (eam->n_all - n)));
}

/* Add what the other shares hold of atoms [from, to) to the first one's; their blocks begin at `others`. */
static void merge(const struct eam *eam, int64_t from, int64_t to, int width, double *first,
                  const double *others)
{
    for (int other = 1; other < eam->shares; other++) {
        const double *block = others + (int64_t)(other - 1) * width * eam->n_all;
        int64_t begin, end, low, high;
        vt_share(eam->n, eam->shares, other, &begin, &end);
        low = begin > from ? begin : from;
        high = eam->last[other] + 1 < to ? eam->last[other] + 1 : to;
        for (int64_t k = width * low; k < width * high; k++) first[k] += block[k];
        low = eam->n > from ? eam->n : from;
        for (int64_t k = width * low; k < width * to; k++) first[k] += block[k];
    }
}

/* The first pass: densities of owned atoms and what ghosts gather of theirs, in the first block. */
static void densities(struct eam *eam, struct vt_system *sys, const double (*prune2)[VT_SPECIES_MAX])
{
#pragma omp parallel
    {
        FOR_MY_SHARES(s, eam)
        {
            struct vt_eam_job job = share_job(eam, sys, s);
            job.prune2 = prune2;
            clear(eam, s, 1, job.rho);
            eam->kernel->density(&job);
        }
#pragma omp barrier
        FOR_MY_SHARES(s, eam)
        {
            int64_t from, to;
            vt_share(eam->n_all, eam->shares, s, &from, &to);
            merge(eam, from, to, 1, eam->rho, eam->rho + eam->n_all);
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
#pragma omp parallel
    {
        FOR_MY_SHARES(s, eam)
        {
            struct vt_eam_job job = share_job(eam, sys, s);
            job.want = want;
            clear(eam, s, 4, job.f[0]);
            eam->kernel->force(&job);
#pragma omp critical(vt_eam_forces)
            for (int q = 0; q < 7; q++) vt_exact_merge(&totals[q], &job.totals[q]);
        }
#pragma omp barrier
        FOR_MY_SHARES(s, eam)
        {
            int64_t from, to;
            vt_share(eam->n_all, eam->shares, s, &from, &to);
            if (eam->shares > 1) merge(eam, from, to, 4, sys->f[0], eam->f[0]);
        }
    }
}

static enum vt_status compute(struct vt_potential *self, struct vt_system *sys, enum vt_want want)
{
    struct eam *eam = (struct eam *)self;
    if (eam->list_seen != sys->lists_made) VT_TRY(vt_agree(sys->ranks.comm, fit(eam, sys)));
    double prune2[VT_SPECIES_MAX][VT_SPECIES_MAX];
    bool pick = worn(eam, sys);
    if (pick) {
        for (int a = 0; a < VT_SPECIES_MAX; a++)
            for (int b = 0; b < VT_SPECIES_MAX; b++)
                prune2[a][b] = pow(eam->rows.reach[a][b] + fmin(INNER_SKIN, sys->skin), 2);
        note_positions(eam, sys);
    }
    struct vt_exact totals[7] = {0}, embedded = {0};
    double largest;
    densities(eam, sys, pick ? (const double(*)[VT_SPECIES_MAX])prune2 : NULL);
    VT_TRY(vt_halo_collect(&sys->halo, eam->rho, 1, 1, eam->n, &sys->ranks));
    embedding(eam, sys, &embedded, &largest);
    if (largest > eam->rho_max && !eam->said_rho_max) {
        eam->said_rho_max = true;
        vt_log(VT_LOG_WARNING,
               "density %.4g lies beyond the table of '%s' (to %.4g): F goes on along its last tangent there",
               largest, eam->base.name, eam->rho_max);
    }
    VT_TRY(vt_halo_lane(&sys->halo, &sys->atoms, &sys->ranks));
    forces(eam, sys, want, totals);
    VT_TRY(vt_halo_collect(&sys->halo, sys->f[0], 4, 3, eam->n, &sys->ranks));
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

/* What a table holds, from the spline y(r) of a file. */
enum content {
    VALUE, /* y */
    PULL,  /* y'/r */
    PHI,   /* phi'/r, where y = r phi: (y' - y/r)/r^2 */
};

/* At p in interval k of n - 1 cubics. Beyond the last knot value and slope stay what they are there, as in
 * LAMMPS. */
static double content_at(enum content content, const double (*cubic)[4], int n, int k, double p, double dr)
{
    double r = (k + p) * dr;
    const double *c = cubic[k < n - 1 ? k : n - 2];
    if (k >= n - 1) p = 1;
    double y = ((c[0] * p + c[1]) * p + c[2]) * p + c[3];
    double slope = ((3 * c[0] * p + 2 * c[1]) * p + c[2]) / dr;
    return content == VALUE ? y : content == PULL ? slope / r : (slope - y / r) / (r * r);
}

/* The cubic through the function at the four Chebyshev points of a row, which begins at p0 in interval k and
 * is the part h of it. It differs from a smooth function by (h dr)^4 (d4f/dr4)/3072, an eighth of what values
 * and slopes at the ends would give. Newton's form, expanded. */
static void fit_row(enum content content, const double (*cubic)[4], int n, int k, double p0, double h,
                    double dr, double row[4])
{
    double p[4], d[4];
    for (int m = 0; m < 4; m++) {
        p[m] = 0.5 - 0.5 * cos((2 * m + 1) * M_PI / 8);
        d[m] = content_at(content, cubic, n, k, p0 + h * p[m], dr);
    }
    for (int order = 1; order < 4; order++)
        for (int m = 3; m >= order; m--) d[m] = (d[m] - d[m - 1]) / (p[m] - p[m - order]);
    row[0] = d[3];
    row[1] = d[2] - d[3] * (p[0] + p[1] + p[2]);
    row[2] = d[1] - d[2] * (p[0] + p[1]) + d[3] * (p[0] * p[1] + p[0] * p[2] + p[1] * p[2]);
    row[3] = d[0] - p[0] * (d[1] - p[1] * (d[2] - p[2] * d[3]));
}

/* Exactly: the cubic c over p = p0 + h q as one over q. */
static void cut_row(const double c[4], double p0, double h, double row[4])
{
    row[0] = c[0] * h * h * h;
    row[1] = (3 * c[0] * p0 + c[1]) * h * h;
    row[2] = ((3 * c[0] * p0 + 2 * c[1]) * p0 + c[2]) * h;
    row[3] = ((c[0] * p0 + c[1]) * p0 + c[2]) * p0 + c[3];
}

/* The table's rows up to the guard, which is 0: `parts` for each interval of the file. Values are the file's
 * own cubics; the other contents are no cubics, but differ from one by some 1e-12 of their size at the
 * distances of atoms. */
static void fill_table(enum content content, const double (*cubic)[4], int n, int guard, int parts, double dr,
                       double (*row)[4])
{
    double h = 1.0 / parts;
    for (int g = 0; g < guard; g++) {
        int k = g / parts;
        double p0 = (g % parts) * h;
        if (content == VALUE && k < n - 1)
            cut_row(cubic[k], p0, h, row[g]);
        else
            fit_row(content, cubic, n, k, p0, h, dr, row[g]);
    }
    memset(row[guard], 0, sizeof row[guard]);
}

/* Where the last row that is not all 0 ends, of a table that begins `first` bytes from the rows. */
static double end_of(const struct vt_eam_rows *rows, int32_t first)
{
    const double(*row)[4] = rows->row + first / (int32_t)sizeof *rows->row;
    int k = rows->guard;
    for (; k > 0; k--) {
        const double *c = row[k - 1];
        if (c[0] != 0 || c[1] != 0 || c[2] != 0 || c[3] != 0) break;
    }
    return k / rows->inverse_dr;
}

static void find_reaches(struct vt_eam_rows *rows, int species)
{
    for (int a = 0; a < species; a++)
        for (int b = 0; b < species; b++) {
            const int32_t table[] = {rows->rho_of_i[a][b],  rows->rho_of_j[a][b],  rows->pull_of_i[a][b],
                                     rows->pull_of_j[a][b], rows->pair_pull[a][b], rows->rphi[a][b]};
            for (int t = 0; t < 6; t++) rows->reach[a][b] = fmax(rows->reach[a][b], end_of(rows, table[t]));
        }
}

/* All pair tables as rows: densities once per giver (alloy) or per giver and place (Finnis-Sinclair), phi
 * once per pair. */
static enum vt_status make_rows(struct eam *eam, const struct vt_eam *e)
{
    struct vt_eam_rows *rows = &eam->rows;
    int s = e->n_species, tables = 0;
    int parts = (int)fmin(ceil(e->d_r / ROW_MOST), PARTS_MOST), intervals = (int)ceil(e->cutoff / e->d_r);
    rows->guard = parts * (intervals > e->n_r - 1 ? intervals : e->n_r - 1);
    int64_t per_table = rows->guard + 1, most = 2 * (e->finnis_sinclair ? s * s : s) + s * (s + 1);
    if (per_table * most > INT32_MAX / (int64_t)sizeof *eam->row)
        return VT_RAISE(VT_EINPUT, "%d tables of %d points each: at most 2 GiB", (int)most, e->n_r);
    enum vt_status st = VT_OK;
    double(*cubic)[4] = NULL;
    VT_TRY(vt_alloc(&eam->row, per_table * most));
    VT_TRY_GOTO(st, done, vt_alloc(&cubic, e->n_r));
    double largest = 0;
    int32_t place;
#define TABLE(content)                                                                                       \
    (place = (int32_t)(per_table * tables * (int64_t)sizeof *eam->row),                                      \
     fill_table(content, (const double(*)[4])cubic, e->n_r, rows->guard, parts, e->d_r,                      \
                eam->row + per_table * tables++),                                                            \
     place)
    for (int a = 0; a < s; a++)
        for (int b = 0; b < s; b++) {
            if (!e->finnis_sinclair && b > 0) {
                rows->rho_of_i[a][b] = rows->rho_of_j[b][a] = rows->rho_of_i[a][0];
                rows->pull_of_i[a][b] = rows->pull_of_j[b][a] = rows->pull_of_i[a][0];
                continue;
            }
            vt_eam_cubics(vt_eam_rho(e, a, b), e->n_r, cubic);
            rows->rho_of_i[a][b] = rows->rho_of_j[b][a] = TABLE(VALUE);
            rows->pull_of_i[a][b] = rows->pull_of_j[b][a] = TABLE(PULL);
            for (int k = 0; k < e->n_r; k++) largest = fmax(largest, fabs(vt_eam_rho(e, a, b)[k]));
        }
    for (int a = 0; a < s; a++)
        for (int b = a; b < s; b++) {
            vt_eam_cubics(vt_eam_rphi(e, a, b), e->n_r, cubic);
            rows->rphi[a][b] = rows->rphi[b][a] = TABLE(VALUE);
            rows->pair_pull[a][b] = rows->pair_pull[b][a] = TABLE(PHI);
        }
#undef TABLE
    rows->row = (const double(*)[4])eam->row;
    rows->cutoff2 = e->cutoff * e->cutoff;
    rows->inverse_dr = parts / e->d_r;
    find_reaches(rows, s);
    /* 128 times the largest single density still sums exactly. */
    int exponent;
    frexp(largest, &exponent);
    rows->rho_magic = VT_MAGIC(ldexp(1, exponent + 7 - 52));
done:
    free(cubic);
    return st;
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
                        .list_seen = -1};
    VT_TRY_GOTO(st, failed, make_rows(eam, e));
    VT_TRY_GOTO(st, failed, vt_alloc(&eam->embed, (size_t)e->n_species * (size_t)(e->n_rho - 1)));
    for (int a = 0; a < e->n_species; a++)
        vt_eam_cubics(vt_eam_f(e, a), e->n_rho, eam->embed + (int64_t)a * (e->n_rho - 1));
    *potential = &eam->base;
    return VT_OK;
failed:
    release(&eam->base);
    return st;
}
