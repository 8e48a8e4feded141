/* eam_kernel.c: the hot loops of EAM. Compiled once per instruction set (VT_ISA).
 *
 *     densities   rho_i += rho_{s(j) s(i)}(r),   rho_j += rho_{s(i) s(j)}(r)
 *     forces      f_i -= g d,   f_j += g d,    d = x_i - x_j,
 *                 g = phi'/r + [F'_i rho'_{s(j)s(i)} + F'_j rho'_{s(i)s(j)}]/r
 *
 * The tables hold phi'/r and rho'/r themselves, so a pair costs one square root and no division.
 *
 *     outer list    cut-off + skin, made by the engine, serves some tens of steps
 *       |  pick, every few steps
 *     near blocks   pairs that may give densities + a bit of the skin: both loops
 *     far blocks    pairs that can only have a phi: half of the second loop, and no densities to look up
 *
 * A block is one atom with eight partners, the last one of an atom filled up with itself: the loops know no
 * atoms, only blocks, so none of their branches depends on how many partners an atom has. An entry is 16 j +
 * species of j. Pairs out of range, and those at distance 0, read a row of zeros.
 *
 *     entries -> records x_j -> d, r -> row and place in it    for CHUNK blocks     (measure)
 *             -> table rows -> g -> f_j, f_i                   for the same blocks
 *
 * Each block of such a short loop is independent of the one before, so the processor works on several at
 * once; one long chain for each block would leave it waiting.
 *
 * Every pair quantity is rounded to a quantum before it is added, so the sums are exact and do not depend on
 * order, threads or ranks. The expressions are symmetric under exchange of i and j, and products are fused
 * with sums only where fused() says so, in all builds alike: all give the same bits. */
#include "md/eam_kernel.h"

#include "md/eam_lanes.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

enum { CHUNK = 16, PAIRS = CHUNK * VT_EAM_BLOCK };

/* What is known of the pairs of a chunk. */
struct chunk {
    double dx[PAIRS], dy[PAIRS], dz[PAIRS], p[PAIRS], slope[PAIRS];
    uint32_t partner[PAIRS]; /* 8 j: where j stands in an array of numbers; of records, four times that */
    uint32_t place[4][PAIRS];
} __attribute__((aligned(64)));

/* One of the tables that a loop reads; does it end where densities do? */
struct lookup {
    const int32_t (*first)[VT_SPECIES_MAX];
    int ends_near;
};

/* The cubics at LANES places of the tables. */
INLINE lanes table_at(const struct vt_eam_rows *rows, const uint32_t *place, lanes p)
{
    struct columns c = columns(rows->row, place, 1);
    return fused(fused(fused(c.a, p, c.b), p, c.c), p, c.d);
}

INLINE lanes distance2(lanes dx, lanes dy, lanes dz)
{
    return fused(dx, dx, fused(dy, dy, dz * dz));
}

/* Distances of the pairs of n blocks, as rows and p between their ends; keep: differences and F'_j too. */
INLINE void measure(const struct vt_eam_job *job, int64_t begin, int n, const struct lookup *table,
                    int tables, int keep, struct chunk *c)
{
    const struct vt_eam_rows *rows = job->rows;
    const lanes to_integer = all(0x1.8p52), beyond = all(rows->guard_phi);
    const uint32_t *entries = job->blocks.partner[begin];
    for (int k = 0; k < n * VT_EAM_BLOCK; k++) c->partner[k] = entries[k] / VT_EAM_SPECIES * 8;
    for (int b = 0; b < n; b++) {
        uint32_t owner = job->blocks.owner[begin + b], i = owner / VT_EAM_SPECIES,
                 si = owner % VT_EAM_SPECIES;
        const uint32_t *entry = entries + b * VT_EAM_BLOCK;
        lanes xi = all(job->x[i][0]), yi = all(job->x[i][1]), zi = all(job->x[i][2]);
        for (int k = 0; k < VT_EAM_BLOCK; k += LANES) {
            int at = b * VT_EAM_BLOCK + k;
            struct columns xj = columns(job->x, c->partner + at, 4);
            lanes dx = xi - xj.a, dy = yi - xj.b, dz = zi - xj.c;
            lanes r2 = distance2(dx, dy, dz);
            lanes t =
                within(r2, rows->cutoff2, fused(square_root(r2), all(rows->inverse_dr), all(-0.5)), beyond);
            lanes whole = t + to_integer; /* its last bits are the integer nearest to t */
            *(lanes *)(c->p + at) = t - (whole - to_integer);
            ints row = __builtin_convertvector((bits)whole, ints), e = *(const ints *)(entry + k);
            for (int q = 0; q < tables; q++) {
                ints in = table[q].ends_near ? lesser(row, (ints){0} + rows->guard_rho) : row;
                *(ints *)(c->place[q] + at) = places(table[q].first[si], e, in * (int32_t)sizeof(double[4]));
            }
            if (!keep) continue;
            *(lanes *)(c->dx + at) = dx;
            *(lanes *)(c->dy + at) = dy;
            *(lanes *)(c->dz + at) = dz;
            *(lanes *)(c->slope + at) = xj.d;
        }
    }
}

static void density(const struct vt_eam_job *job, int64_t begin, int64_t end)
{
    const struct vt_eam_rows *rows = job->rows;
    const struct lookup table[] = {{rows->rho_of_j, 1}, {rows->rho_of_i, 1}};
    double *rho = job->rho;
    struct chunk c;
    for (; begin < end; begin += CHUNK) {
        int n = end - begin < CHUNK ? (int)(end - begin) : CHUNK;
        measure(job, begin, n, table, 2, 0, &c);
        for (int b = 0; b < n; b++) {
            double at_i = 0;
            for (int k = 0; k < VT_EAM_BLOCK; k += LANES) {
                int at = b * VT_EAM_BLOCK + k;
                lanes p = *(lanes *)(c.p + at);
                at_i += total(rounded(table_at(rows, c.place[0] + at, p), rows->rho_magic));
                lanes at_j = rounded(table_at(rows, c.place[1] + at, p), rows->rho_magic);
                for (int l = 0; l < LANES; l++) *(double *)((char *)rho + c.partner[at + l]) += at_j[l];
            }
            rho[job->blocks.owner[begin + b] / VT_EAM_SPECIES] += at_i;
        }
    }
}

/* What the whole sample gets of the pairs at hand: energy and virial, added to `sum`. */
INLINE void add_totals(lanes sum[7], lanes rphi, lanes g, lanes dx, lanes dy, lanes dz)
{
    lanes r2 = distance2(dx, dy, dz), fx = g * dx, fy = g * dy, fz = g * dz;
    lanes phi = rphi / square_root(within(r2, INFINITY, r2, all(1)));
    sum[0] += rounded(phi, VT_ENERGY_MAGIC);
    sum[1] -= rounded(fx * dx, VT_ENERGY_MAGIC);
    sum[2] -= rounded(fy * dy, VT_ENERGY_MAGIC);
    sum[3] -= rounded(fz * dz, VT_ENERGY_MAGIC);
    sum[4] -= rounded(fx * dy, VT_ENERGY_MAGIC);
    sum[5] -= rounded(fx * dz, VT_ENERGY_MAGIC);
    sum[6] -= rounded(fy * dz, VT_ENERGY_MAGIC);
}

/* The loop over forces; near and totals are constants where this is inlined. */
INLINE void forces(struct vt_eam_job *job, int near, int totals, int64_t begin, int64_t end)
{
    const struct vt_eam_rows *rows = job->rows;
    const struct lookup energy = {rows->rphi, 0}, pull_of_j = {rows->pull_of_j, 1};
    const struct lookup table[] = {
        {rows->pair_pull, 0}, near ? pull_of_j : energy, {rows->pull_of_i, 1}, energy};
    const int tables = (near ? 3 : 1) + totals;
    struct chunk c;
    for (; begin < end; begin += CHUNK) {
        int n = end - begin < CHUNK ? (int)(end - begin) : CHUNK;
        lanes sum[7] = {{0}};
        measure(job, begin, n, table, tables, 1, &c);
        for (int b = 0; b < n; b++) {
            uint32_t i = job->blocks.owner[begin + b] / VT_EAM_SPECIES;
            lanes slope_i = all(job->x[i][3]);
            for (int k = 0; k < VT_EAM_BLOCK; k += LANES) {
                int at = b * VT_EAM_BLOCK + k;
                lanes p = *(lanes *)(c.p + at);
                lanes g = table_at(rows, c.place[0] + at, p);
                if (near) {
                    lanes embed = slope_i * table_at(rows, c.place[1] + at, p) +
                                  *(lanes *)(c.slope + at) * table_at(rows, c.place[2] + at, p);
                    g += embed;
                }
                lanes dx = *(lanes *)(c.dx + at), dy = *(lanes *)(c.dy + at), dz = *(lanes *)(c.dz + at);
                if (totals) add_totals(sum, table_at(rows, c.place[tables - 1] + at, p), g, dx, dy, dz);
                scatter(job->f, c.partner + at, job->f[i], rounded_product(g, dx, VT_FORCE_MAGIC),
                        rounded_product(g, dy, VT_FORCE_MAGIC), rounded_product(g, dz, VT_FORCE_MAGIC));
            }
        }
        if (!totals) continue;
        for (int q = 0; q < 7; q++) {
            vt_exact_add(&job->totals[q], total(sum[q]));
            vt_exact_tidy(&job->totals[q]);
        }
    }
}

static void near_forces(struct vt_eam_job *job, enum vt_want want, int64_t begin, int64_t end)
{
    if (want == VT_FORCES)
        forces(job, 1, 0, begin, end);
    else
        forces(job, 1, 1, begin, end);
}

static void far_forces(struct vt_eam_job *job, enum vt_want want, int64_t begin, int64_t end)
{
    if (want == VT_FORCES)
        forces(job, 0, 0, begin, end);
    else
        forces(job, 0, 1, begin, end);
}

#if LANES == 8
/* LANES partners at once: those near, and those only not far, pressed together to the front. */
static void pick(const struct vt_eam_job *job, const struct vt_eam_pick *pick, int i, int *n_near, int *n_far)
{
    const int32_t *partner = pick->partner + pick->list[i];
    int n = (int)(pick->list[i + 1] - pick->list[i]), near = 0, far = 0;
    const double *near2 = pick->near2[job->species[i]], *far2 = pick->far2[job->species[i]];
    const __m512d near_a = _mm512_loadu_pd(near2), near_b = _mm512_loadu_pd(near2 + 8);
    const __m512d far_a = _mm512_loadu_pd(far2), far_b = _mm512_loadu_pd(far2 + 8);
    lanes xi = all(job->x[i][0]), yi = all(job->x[i][1]), zi = all(job->x[i][2]);
    for (int k = 0; k < n; k += LANES) {
        uint32_t at[LANES];
        int count = n - k < LANES ? n - k : LANES;
        __m256i j = _mm256_loadu_si256((const __m256i *)(partner + k)); /* beyond its end: others' partners */
        _mm256_storeu_si256((__m256i *)at, _mm256_slli_epi32(j, 3));
        struct columns xj = columns(job->x, at, 4);
        __m512d r2 = (__m512d)distance2(xi - xj.a, yi - xj.b, zi - xj.c);
        __m512i species = (__m512i)(xj.d + all(0x1.8p52)); /* its last bits */
        __mmask8 valid = (__mmask8)((1 << count) - 1);
        __mmask8 is_near =
            _mm512_mask_cmp_pd_mask(valid, r2, _mm512_permutex2var_pd(near_a, species, near_b), _CMP_LT_OQ);
        __mmask8 is_far = _mm512_mask_cmp_pd_mask(valid & (__mmask8)~is_near, r2,
                                                  _mm512_permutex2var_pd(far_a, species, far_b), _CMP_LT_OQ);
        __m256i entry = _mm256_add_epi32(
            _mm256_slli_epi32(j, 4), _mm512_cvtepi64_epi32(_mm512_and_si512(species, _mm512_set1_epi64(15))));
        _mm256_storeu_si256((__m256i *)(pick->near + near), _mm256_maskz_compress_epi32(is_near, entry));
        _mm256_storeu_si256((__m256i *)(pick->far + far), _mm256_maskz_compress_epi32(is_far, entry));
        near += __builtin_popcount(is_near);
        far += __builtin_popcount(is_far);
    }
    *n_near = near;
    *n_far = far;
}
#else
static void pick(const struct vt_eam_job *job, const struct vt_eam_pick *pick, int i, int *n_near, int *n_far)
{
    const int32_t *partner = pick->partner + pick->list[i];
    int n = (int)(pick->list[i + 1] - pick->list[i]), near = 0, far = 0;
    const double *xi = job->x[i], *near2 = pick->near2[job->species[i]], *far2 = pick->far2[job->species[i]];
    for (int k = 0; k < n; k++) {
        int j = partner[k], sj = job->species[j];
        const double *xj = job->x[j];
        double dx = xi[0] - xj[0], dy = xi[1] - xj[1], dz = xi[2] - xj[2];
        double r2 = dx * dx + dy * dy + dz * dz;
        int is_near = r2 < near2[sj];
        pick->near[near] = pick->far[far] = (uint32_t)(VT_EAM_SPECIES * j + sj);
        near += is_near;
        far += !is_near & (r2 < far2[sj]);
    }
    *n_near = near;
    *n_far = far;
}
#endif

#define NAME_(isa) #isa
#define NAME(isa)  NAME_(isa)
const struct vt_eam_kernel JOIN(vt_eam_kernel_, VT_ISA) = {NAME(VT_ISA), density, near_forces, far_forces,
                                                           pick};
