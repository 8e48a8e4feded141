/* eam_force.c: embedded-atom forces: tables to rows, threads, the embedding between the two passes.
 *
 *     E = sum_i F(rho_i) + 1/2 sum phi(r),    rho_i = sum_j rho_{s(j) s(i)}(r_ij)
 *
 * Between knots the functions are the cubics that LAMMPS uses (slopes from five points), so both codes give
 * the same energies and forces from the same file: pair_style eam/alloy and eam/fs.
 *
 *     pass 1 (densities)  ->  F'(rho) of owned atoms  ->  F' to the ghosts  ->  pass 2 (forces)
 *
 * Pairs of an owned atom and a ghost are computed by both owners, so forces never travel back. */
#include "md/eam_force.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "md/eam_kernel.h"

struct eam {
    struct vt_potential base;
    const struct vt_eam_kernel *kernel;
    struct vt_eam_rows rows;
    double (*row)[4];   /* owns rows.row */
    double (*embed)[4]; /* [species][n_rho - 1] rows of F */
    int n_rho;
    double inverse_drho, rho_max;
    bool said_rho_max;

    int64_t list_seen; /* sys->lists_made when the arrays below were fitted to the list */
    int threads;
    size_t inner_capacity, n_inner_capacity, rho_capacity, scratch_capacity;
    int32_t *inner, *n_inner;
    double *rho;    /* threads blocks of (n + 1) */
    double (*f)[4]; /* threads - 1 blocks of (n + 1): the first thread writes to sys->f */
    size_t f_capacity;
    int *last; /* per thread: the last owned atom it adds to */
    struct scratch {
        int32_t *j;
        double *r2;
    } * scratch; /* per thread */
};

/* Rows of the cubics through n knots: value and slope at both ends of each interval, with LAMMPS's slopes:
 * five points inside, one-sided at the ends. */
static void spline_rows(const double *y, int n, double (*row)[4])
{
    for (int k = 0; k < n - 1; k++) {
        double s[2];
        for (int e = 0; e < 2; e++) {
            int m = k + e;
            if (m == 0)
                s[e] = y[1] - y[0];
            else if (m == n - 1)
                s[e] = y[n - 1] - y[n - 2];
            else if (m == 1 || m == n - 2)
                s[e] = 0.5 * (y[m + 1] - y[m - 1]);
            else
                s[e] = ((y[m - 2] - y[m + 2]) + 8 * (y[m + 1] - y[m - 1])) / 12;
        }
        double rise = y[k + 1] - y[k];
        row[k][0] = s[0] + s[1] - 2 * rise;
        row[k][1] = 3 * rise - 2 * s[0] - s[1];
        row[k][2] = s[0];
        row[k][3] = y[k];
    }
}

static void release(struct vt_potential *self)
{
    struct eam *eam = (struct eam *)self;
    if (!eam) return;
    for (int t = 0; eam->scratch && t < eam->threads; t++) {
        free(eam->scratch[t].j);
        free(eam->scratch[t].r2);
    }
    free(eam->scratch);
    free(eam->row);
    free(eam->embed);
    free(eam->inner);
    free(eam->n_inner);
    free(eam->rho);
    free(eam->f);
    free(eam->last);
    free(eam);
}

/* Fit the work space to a new neighbour list. */
static enum vt_status fit(struct eam *eam, const struct vt_system *sys)
{
    enum { SPARE = 16 };
    const struct vt_pairs *pairs = &sys->pairs;
    int n = sys->atoms.n, threads = omp_get_max_threads();
    if (threads > eam->threads) {
        struct scratch *scratch;
        VT_TRY(vt_alloc(&scratch, threads));
        if (eam->threads) memcpy(scratch, eam->scratch, sizeof *scratch * (size_t)eam->threads);
        free(eam->scratch);
        eam->scratch = scratch;
        free(eam->last);
        VT_TRY(vt_alloc(&eam->last, threads));
        eam->threads = threads;
        eam->scratch_capacity = 0;
    }
    VT_TRY(vt_grow(&eam->inner, &eam->inner_capacity, (size_t)pairs->begin[n] + SPARE));
    VT_TRY(vt_grow(&eam->n_inner, &eam->n_inner_capacity, n + 1));
    VT_TRY(vt_grow(&eam->rho, &eam->rho_capacity, (size_t)threads * (size_t)(n + 1)));
    VT_TRY(vt_grow(&eam->f, &eam->f_capacity, (size_t)(threads - 1) * (size_t)(n + 1)));
    /* Lanes past the end of an inner list must still name atoms that exist. */
    memcpy(eam->inner, pairs->partner, (size_t)pairs->begin[n] * sizeof *eam->inner);
    memset(eam->inner + pairs->begin[n], 0, SPARE * sizeof *eam->inner);
    size_t longest = 0;
    for (int i = 0; i < n; i++)
        longest = (size_t)fmax((double)longest, (double)(pairs->begin[i + 1] - pairs->begin[i]));
    if (longest + SPARE > eam->scratch_capacity) {
        eam->scratch_capacity = 2 * (longest + SPARE);
        for (int t = 0; t < eam->threads; t++) {
            free(eam->scratch[t].j);
            free(eam->scratch[t].r2);
            VT_TRY(vt_alloc(&eam->scratch[t].j, eam->scratch_capacity));
            VT_TRY(vt_alloc(&eam->scratch[t].r2, eam->scratch_capacity));
        }
    }
    for (int t = 0; t < threads; t++) {
        int64_t begin, end;
        vt_share(n, threads, t, &begin, &end);
        int last = (int)end - 1;
        for (int64_t k = pairs->begin[begin]; k < pairs->begin[end]; k++)
            if (pairs->partner[k] < n && pairs->partner[k] > last) last = pairs->partner[k];
        eam->last[t] = last;
    }
    eam->list_seen = sys->lists_made;
    return VT_OK;
}

/* F and F' at rho; beyond the table F goes on along its last tangent, as in LAMMPS. */
static double embed(const struct eam *eam, int species, double rho, double *slope)
{
    double t = rho * eam->inverse_drho;
    int k = (int)t;
    if (k > eam->n_rho - 2) k = eam->n_rho - 2;
    if (k < 0) k = 0;
    double p = fmin(t - k, 1);
    const double *c = eam->embed[(int64_t)species * (eam->n_rho - 1) + k];
    *slope = ((3 * c[0] * p + 2 * c[1]) * p + c[2]) * eam->inverse_drho;
    double f = ((c[0] * p + c[1]) * p + c[2]) * p + c[3];
    return rho > eam->rho_max ? f + *slope * (rho - eam->rho_max) : f;
}

/* Energy and virial of each atom, by the plain scalar loop: half of each pair's to either atom. Also the
 * reference that tests hold the fast loops against. */
static enum vt_status per_atom(struct eam *eam, struct vt_system *sys)
{
    const struct vt_eam_rows *rows = &eam->rows;
    const struct vt_atoms *a = &sys->atoms;
    VT_TRY(vt_grow(&sys->energy, &sys->energy_capacity, a->n));
    VT_TRY(vt_grow(&sys->atom_virial, &sys->atom_virial_capacity, a->n));
    memset(sys->atom_virial, 0, (size_t)a->n * sizeof *sys->atom_virial);
    for (int i = 0; i < a->n; i++) {
        double slope;
        sys->energy[i] = vt_round(embed(eam, a->species[i], eam->rho[i], &slope), VT_ENERGY_MAGIC);
    }
    for (int i = 0; i < a->n; i++)
        for (int64_t k = sys->pairs.begin[i]; k < sys->pairs.begin[i + 1]; k++) {
            int j = sys->pairs.partner[k], si = a->species[i], sj = a->species[j];
            double d[3], r2 = 0;
            for (int b = 0; b < 3; b++) d[b] = a->x[i][b] - a->x[j][b], r2 += d[b] * d[b];
            if (r2 >= rows->cutoff2) continue;
            double r = sqrt(r2), t = r * rows->inverse_dr;
            int m = (int)t < rows->last_row ? (int)t : rows->last_row;
            double p = fmin(t - m, 1);
            const double *z = rows->row[rows->rphi_at[si][sj] + m];
            const double *from_j = rows->row[rows->rho_at[sj][si] + m],
                         *from_i = rows->row[rows->rho_at[si][sj] + m];
            double phi = (((z[0] * p + z[1]) * p + z[2]) * p + z[3]) / r;
            double slope = ((3 * z[0] * p + 2 * z[1]) * p + z[2]) * rows->inverse_dr / r - phi / r;
            /* One sum of two products, so that the bits do not depend on which of the two atoms is i. */
            double at_i = a->x[i][3] * ((3 * from_j[0] * p + 2 * from_j[1]) * p + from_j[2]);
            double at_j = a->x[j][3] * ((3 * from_i[0] * p + 2 * from_i[1]) * p + from_i[2]);
            slope += (at_i + at_j) * rows->inverse_dr;
            static const int A[6] = {0, 1, 2, 0, 0, 1}, B[6] = {0, 1, 2, 1, 2, 2};
            double half_phi = vt_round(0.5 * phi, VT_ENERGY_MAGIC);
            sys->energy[i] += half_phi;
            if (j < a->n) sys->energy[j] += half_phi;
            for (int q = 0; q < 6; q++) {
                double half_w = vt_round(-0.5 * slope / r * (d[A[q]] * d[B[q]]), VT_ENERGY_MAGIC);
                sys->atom_virial[i][q] += half_w;
                if (j < a->n) sys->atom_virial[j][q] += half_w;
            }
        }
    return VT_OK;
}

static struct vt_eam_job share_job(struct eam *eam, struct vt_system *sys, int thread, int threads)
{
    int64_t begin, end;
    int n = sys->atoms.n;
    vt_share(n, threads, thread, &begin, &end);
    return (struct vt_eam_job){.rows = &eam->rows,
                               .x = (const double(*)[4])sys->atoms.x,
                               .species = sys->atoms.species,
                               .n = n,
                               .begin = (int)begin,
                               .end = (int)end,
                               .list = sys->pairs.begin,
                               .partner = sys->pairs.partner,
                               .inner = eam->inner,
                               .n_inner = eam->n_inner,
                               .rho = eam->rho + (int64_t)thread * (n + 1),
                               .f = thread ? eam->f + (int64_t)(thread - 1) * (n + 1) : sys->f,
                               .scratch_j = eam->scratch[thread].j,
                               .scratch_r2 = eam->scratch[thread].r2};
}

/* Densities of owned atoms, then F' into the fourth lane of x; returns sum F and the largest density. */
static void densities(struct eam *eam, struct vt_system *sys, struct vt_exact *energy, double *largest)
{
    int n = sys->atoms.n;
    double worst = 0;
#pragma omp parallel reduction(max : worst)
    {
        int t = omp_get_thread_num(), threads = omp_get_num_threads();
        struct vt_eam_job job = share_job(eam, sys, t, threads);
        memset(job.rho + job.begin, 0, (size_t)(n + 1 - job.begin) * sizeof *job.rho);
        eam->kernel->density(&job);
#pragma omp barrier
        struct vt_exact sum = {0};
        for (int i = job.begin; i < job.end; i++) {
            double rho = 0, slope;
            for (int other = 0; other <= t; other++)
                if (eam->last[other] >= i) rho += eam->rho[(int64_t)other * (n + 1) + i];
            eam->rho[i] = rho; /* block 0; only this thread looks at i there */
            vt_exact_add(&sum, embed(eam, sys->atoms.species[i], rho, &slope));
            if (i % 4096 == 0) vt_exact_tidy(&sum);
            sys->atoms.x[i][3] = slope;
            worst = fmax(worst, rho);
        }
#pragma omp critical(vt_eam_densities)
        vt_exact_merge(energy, &sum);
    }
    *largest = worst;
}

static void forces(struct eam *eam, struct vt_system *sys, enum vt_want want, struct vt_exact totals[7])
{
    int n = sys->atoms.n;
#pragma omp parallel
    {
        int t = omp_get_thread_num(), threads = omp_get_num_threads();
        struct vt_eam_job job = share_job(eam, sys, t, threads);
        job.want = want;
        int first = t ? job.begin : 0;
        memset(job.f + first, 0, (size_t)(n + 1 - first) * sizeof *job.f);
#pragma omp barrier
        eam->kernel->force(&job);
#pragma omp barrier
        for (int other = 1; other <= t; other++) {
            int end = eam->last[other] < job.end - 1 ? eam->last[other] + 1 : job.end;
            for (int i = job.begin; i < end; i++)
                for (int d = 0; d < 3; d++) sys->f[i][d] += eam->f[(int64_t)(other - 1) * (n + 1) + i][d];
        }
#pragma omp critical(vt_eam_forces)
        for (int q = 0; q < 7; q++) vt_exact_merge(&totals[q], &job.totals[q]);
    }
}

static enum vt_status compute(struct vt_potential *self, struct vt_system *sys, enum vt_want want)
{
    struct eam *eam = (struct eam *)self;
    if (eam->list_seen != sys->lists_made) VT_TRY(vt_agree(sys->ranks.comm, fit(eam, sys)));
    struct vt_exact totals[7] = {0}, embedding = {0};
    double largest;
    densities(eam, sys, &embedding, &largest);
    if (largest > eam->rho_max && !eam->said_rho_max) {
        eam->said_rho_max = true;
        vt_log(VT_LOG_WARNING,
               "density %.4g lies beyond the table of '%s' (to %.4g): F goes on along its last tangent there",
               largest, eam->base.name, eam->rho_max);
    }
    VT_TRY(vt_halo_lane(&sys->halo, &sys->atoms, &sys->ranks));
    forces(eam, sys, want, totals);
    if (want == VT_FORCES) return VT_OK;
    vt_exact_merge(&totals[0], &embedding);
    double sum[7];
    VT_TRY(vt_exact_reduce(sys->ranks.comm, totals, 7, sum));
    sys->potential_energy = sum[0];
    memcpy(sys->virial, sum + 1, sizeof sys->virial);
    if (want == VT_PER_ATOM) VT_TRY(vt_agree(sys->ranks.comm, per_atom(eam, sys)));
    return VT_OK;
}

static const struct vt_eam_kernel *choose_kernel(const char *name)
{
#ifdef __x86_64__
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                  __builtin_cpu_supports("avx512dq");
    bool avx2 = __builtin_cpu_supports("avx2");
    if (avx512 && (!name || !strcmp(name, "avx512"))) return &vt_eam_kernel_avx512;
    if (avx2 && (!name || !strcmp(name, "avx2"))) return &vt_eam_kernel_avx2;
#endif
    return !name || !strcmp(name, "portable") ? &vt_eam_kernel_portable : NULL;
}

const char *vt_eam_force_instruction_set(const struct vt_potential *potential)
{
    return ((const struct eam *)potential)->kernel->name;
}

/* All pair tables as rows: densities once per giver (alloy) or per giver and place (Finnis-Sinclair), r phi
 * once per pair. */
static enum vt_status make_rows(struct eam *eam, const struct vt_eam *e)
{
    struct vt_eam_rows *rows = &eam->rows;
    int s = e->n_species, per_table = e->n_r - 1, tables = 0;
    VT_TRY(vt_alloc(&eam->row, (size_t)(s * s + s * (s + 1) / 2) * (size_t)per_table));
    double largest = 0;
    for (int a = 0; a < s; a++)
        for (int b = 0; b < s; b++) {
            if (!e->finnis_sinclair && b > 0) {
                rows->rho_at[a][b] = rows->rho_at[a][0];
                continue;
            }
            rows->rho_at[a][b] = per_table * tables;
            spline_rows(vt_eam_rho(e, a, b), e->n_r, eam->row + (int64_t)per_table * tables++);
            for (int k = 0; k < e->n_r; k++) largest = fmax(largest, fabs(vt_eam_rho(e, a, b)[k]));
        }
    for (int a = 0; a < s; a++)
        for (int b = a; b < s; b++) {
            rows->rphi_at[a][b] = rows->rphi_at[b][a] = per_table * tables;
            spline_rows(vt_eam_rphi(e, a, b), e->n_r, eam->row + (int64_t)per_table * tables++);
        }
    rows->row = (const double(*)[4])eam->row;
    rows->n_species = s;
    rows->last_row = e->n_r - 2;
    rows->cutoff2 = e->cutoff * e->cutoff;
    rows->inverse_dr = 1 / e->d_r;
    /* 128 times the largest single density still sums exactly. */
    int exponent;
    frexp(largest, &exponent);
    rows->rho_magic = VT_MAGIC(ldexp(1, exponent + 7 - 52));
    return VT_OK;
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
    *eam = (struct eam){.base = {.name = "eam", .cutoff = e->cutoff, .compute = compute, .destroy = release},
                        .kernel = kernel,
                        .n_rho = e->n_rho,
                        .inverse_drho = 1 / e->d_rho,
                        .rho_max = (e->n_rho - 1) * e->d_rho,
                        .list_seen = -1};
    VT_TRY_GOTO(st, failed, make_rows(eam, e));
    VT_TRY_GOTO(st, failed, vt_alloc(&eam->embed, (size_t)e->n_species * (size_t)(e->n_rho - 1)));
    for (int a = 0; a < e->n_species; a++)
        spline_rows(vt_eam_f(e, a), e->n_rho, eam->embed + (int64_t)a * (e->n_rho - 1));
    *potential = &eam->base;
    return VT_OK;
failed:
    release(&eam->base);
    return st;
}
