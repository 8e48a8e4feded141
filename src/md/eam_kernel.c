/* eam_kernel.c: the two hot loops of EAM. Compiled once per instruction set (VT_ISA).
 *
 *     pass 1   rho_i += rho_{s(j) s(i)}(r),   rho_j += rho_{s(i) s(j)}(r)
 *     pass 2   f_i -= g d,   f_j += g d,      g = phi'/r + [F'_i rho'_{s(j)s(i)} + F'_j rho'_{s(i)s(j)}]/r,
 *                                             d = x_i - x_j
 *
 * The tables hold phi'/r and rho'/r themselves, so a pair costs one square root and no division.
 *
 *     outer list   cut-off + skin          made by the engine, serves some tens of steps
 *     inner list   where the pair's functions end + a bit of the skin
 *                                          picked from the outer list every few steps, here
 *
 * An entry of the inner list is 16 j + species of j. Lists are filled up with i itself: a pair at distance 0
 * counts as out of range, and pairs out of range read a row of zeros, so nothing is masked.
 *
 * Each atom's partners go through short loops, in blocks of LANES: first all distances and places in the
 * tables, then rows of the tables and sums. Each block of a short loop is independent of the one before,
 * so the processor works on several at once; one long chain for each block would leave it waiting.
 *
 * Positions are fetched as whole 32-byte records {x, y, z, F'} and table rows as whole 32-byte rows, then
 * transposed in registers: row loads beat gathers.
 *
 * Every pair quantity is rounded to a quantum before it is added, so the sums are exact and do not depend on
 * order, threads or ranks. The expressions are symmetric under exchange of i and j, and products are fused
 * with sums only where fused() says so, in all builds alike: all give the same bits. */
#include "md/eam_kernel.h"

#include <math.h>
#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif
#if defined(__AVX512F__) && defined(__AVX512VL__)
#define LANES 8
#else
#define LANES 4
#endif

typedef double row4 __attribute__((vector_size(32)));
typedef double lanes __attribute__((vector_size(LANES * 8)));
typedef int64_t mask __attribute__((vector_size(LANES * 8)));
typedef int32_t ints __attribute__((vector_size(LANES * 4)));

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

static inline lanes all(double v)
{
    return v - (lanes){0};
}

static inline lanes rounded(lanes v, double magic)
{
    return (v + magic) - magic;
}

static inline lanes choose(mask m, lanes yes, lanes no)
{
#if LANES == 8
    return (lanes)_mm512_mask_blend_pd(_mm512_movepi64_mask((__m512i)m), (__m512d)no, (__m512d)yes);
#else
    return (lanes)((m & (mask)yes) | (~m & (mask)no));
#endif
}

static inline lanes square_root(lanes v)
{
#if LANES == 8
    return (lanes)_mm512_sqrt_pd((__m512d)v);
#elif defined(__AVX2__)
    return (lanes)_mm256_sqrt_pd((__m256d)v);
#else
    for (int l = 0; l < LANES; l++) v[l] = sqrt(v[l]);
    return v;
#endif
}

/* a b + c, rounded once. */
static inline lanes fused(lanes a, lanes b, lanes c)
{
#if LANES == 8
    return (lanes)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__FMA__)
    return (lanes)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
    for (int l = 0; l < LANES; l++) c[l] = fma(a[l], b[l], c[l]);
    return c;
#endif
}

/* Four lanes' worth of numbers from LANES records of four. */
struct columns {
    lanes a, b, c, d;
};

#define SHUFFLE __builtin_shufflevector
/* The records that lie scale * at[l] bytes from base. */
static inline __attribute__((always_inline)) struct columns columns(const void *base, const int32_t *at,
                                                                    int32_t bits, int64_t scale)
{
#define LOAD(k) (*(const row4 *)((const char *)base + scale * (at[k] & bits)))
#if LANES == 8
#define TWO(k) SHUFFLE(LOAD(k), LOAD(k + 4), 0, 1, 2, 3, 4, 5, 6, 7)
    lanes r0 = TWO(0), r1 = TWO(1), r2 = TWO(2), r3 = TWO(3);
    lanes low01 = SHUFFLE(r0, r1, 0, 8, 2, 10, 4, 12, 6, 14);
    lanes high01 = SHUFFLE(r0, r1, 1, 9, 3, 11, 5, 13, 7, 15);
    lanes low23 = SHUFFLE(r2, r3, 0, 8, 2, 10, 4, 12, 6, 14);
    lanes high23 = SHUFFLE(r2, r3, 1, 9, 3, 11, 5, 13, 7, 15);
    return (struct columns){SHUFFLE(low01, low23, 0, 1, 8, 9, 4, 5, 12, 13),
                            SHUFFLE(high01, high23, 0, 1, 8, 9, 4, 5, 12, 13),
                            SHUFFLE(low01, low23, 2, 3, 10, 11, 6, 7, 14, 15),
                            SHUFFLE(high01, high23, 2, 3, 10, 11, 6, 7, 14, 15)};
#undef TWO
#else
    row4 r0 = LOAD(0), r1 = LOAD(1), r2 = LOAD(2), r3 = LOAD(3);
    row4 low01 = SHUFFLE(r0, r1, 0, 4, 2, 6), high01 = SHUFFLE(r0, r1, 1, 5, 3, 7);
    row4 low23 = SHUFFLE(r2, r3, 0, 4, 2, 6), high23 = SHUFFLE(r2, r3, 1, 5, 3, 7);
    return (struct columns){SHUFFLE(low01, low23, 0, 1, 4, 5), SHUFFLE(high01, high23, 0, 1, 4, 5),
                            SHUFFLE(low01, low23, 2, 3, 6, 7), SHUFFLE(high01, high23, 2, 3, 6, 7)};
#endif
#undef LOAD
}

/* Add {x[l], y[l], z[l], 0} to the force on the atom of entry l. */
static inline __attribute__((always_inline)) void scatter(double (*f)[4], const int32_t *entry, lanes x,
                                                          lanes y, lanes z)
{
    const lanes zero = {0};
#define ADD(l, r) (*(row4 *)f[entry[l] / VT_EAM_SPECIES] += (r))
#if LANES == 8
    lanes low01 = SHUFFLE(x, y, 0, 8, 2, 10, 4, 12, 6, 14), high01 = SHUFFLE(x, y, 1, 9, 3, 11, 5, 13, 7, 15);
    lanes low23 = SHUFFLE(z, zero, 0, 8, 2, 10, 4, 12, 6, 14);
    lanes high23 = SHUFFLE(z, zero, 1, 9, 3, 11, 5, 13, 7, 15);
    lanes r04 = SHUFFLE(low01, low23, 0, 1, 8, 9, 4, 5, 12, 13);
    lanes r15 = SHUFFLE(high01, high23, 0, 1, 8, 9, 4, 5, 12, 13);
    lanes r26 = SHUFFLE(low01, low23, 2, 3, 10, 11, 6, 7, 14, 15);
    lanes r37 = SHUFFLE(high01, high23, 2, 3, 10, 11, 6, 7, 14, 15);
#define LOW(r)  SHUFFLE(r, r, 0, 1, 2, 3)
#define HIGH(r) SHUFFLE(r, r, 4, 5, 6, 7)
    ADD(0, LOW(r04)), ADD(1, LOW(r15)), ADD(2, LOW(r26)), ADD(3, LOW(r37));
    ADD(4, HIGH(r04)), ADD(5, HIGH(r15)), ADD(6, HIGH(r26)), ADD(7, HIGH(r37));
#undef LOW
#undef HIGH
#else
    row4 low01 = SHUFFLE(x, y, 0, 4, 2, 6), high01 = SHUFFLE(x, y, 1, 5, 3, 7);
    row4 low23 = SHUFFLE(z, zero, 0, 4, 2, 6), high23 = SHUFFLE(z, zero, 1, 5, 3, 7);
    ADD(0, SHUFFLE(low01, low23, 0, 1, 4, 5)), ADD(1, SHUFFLE(high01, high23, 0, 1, 4, 5));
    ADD(2, SHUFFLE(low01, low23, 2, 3, 6, 7)), ADD(3, SHUFFLE(high01, high23, 2, 3, 6, 7));
#endif
#undef ADD
}

/* first[species] + row for LANES entries. */
static inline ints places(const int32_t first[VT_SPECIES_MAX], ints entry, ints row)
{
#if LANES == 8
    __m512i which = _mm512_castsi256_si512((__m256i)entry); /* vpermd looks at the last four bits */
    __m512i found = _mm512_permutexvar_epi32(which, _mm512_loadu_si512(first));
    return (ints)_mm512_castsi512_si256(found) + row;
#else
    for (int l = 0; l < LANES; l++) row[l] += first[entry[l] & (VT_EAM_SPECIES - 1)];
    return row;
#endif
}

/* The cubics at LANES places of the tables. */
static inline lanes table(const struct vt_eam_rows *rows, const int32_t *place, lanes p)
{
    struct columns c = columns(rows->row, place, -1, 1);
    return fused(fused(fused(c.a, p, c.b), p, c.c), p, c.d);
}

/* The order in which lanes are added does not matter: the terms are whole quanta. */
static inline double total(lanes v)
{
    double sum = 0;
    for (int l = 0; l < LANES; l++) sum += v[l];
    return sum;
}

static inline lanes distance2(lanes dx, lanes dy, lanes dz)
{
    return fused(dx, dx, fused(dy, dy, dz * dz));
}

/* The inner list of atom i: where the outer one begins, plus room to fill up blocks, at the start of a block.
 */
static inline int32_t *inner_list(const struct vt_eam_job *job, int i)
{
    return job->inner + (job->list[i] + (int64_t)VT_EAM_BLOCK * i) / VT_EAM_BLOCK * VT_EAM_BLOCK;
}

/* Write the partners of i that are nearer than the pruning distance of their species to its inner list. */
static void prune(const struct vt_eam_job *job, int i)
{
    const int32_t *partner = job->partner + job->list[i];
    int32_t *inner = inner_list(job, i);
    int n = (int)(job->list[i + 1] - job->list[i]), length = 0;
    const double *xi = job->x[i], *prune2 = job->prune2[job->species[i]];
    for (int k = 0; k < n; k++) {
        int j = partner[k];
        const double *xj = job->x[j];
        double dx = xi[0] - xj[0], dy = xi[1] - xj[1], dz = xi[2] - xj[2];
        inner[length] = VT_EAM_SPECIES * j + job->species[j];
        length += dx * dx + dy * dy + dz * dz < prune2[job->species[j]];
    }
    while (length % VT_EAM_BLOCK) inner[length++] = VT_EAM_SPECIES * i + job->species[i];
    job->n_inner[i] = length;
}

/* Distances of i to n entries, as places in `tables` tables: rows (in bytes) and p between their knots. */
static inline __attribute__((always_inline)) void measure(const struct vt_eam_job *job, int i,
                                                          const int32_t *entry, int n, int tables,
                                                          const int32_t *const first[], int keep)
{
    const struct vt_eam_rows *rows = job->rows;
    const struct vt_eam_scratch *w = &job->work;
    const lanes guard = all((double)rows->guard);
    lanes xi = all(job->x[i][0]), yi = all(job->x[i][1]), zi = all(job->x[i][2]);
    for (int k = 0; k < n; k += LANES) {
        struct columns xj = columns(job->x, entry + k, -VT_EAM_SPECIES, 2); /* 32 j */
        lanes dx = xi - xj.a, dy = yi - xj.b, dz = zi - xj.c;
        lanes r2 = distance2(dx, dy, dz);
        mask in_range = (r2 < rows->cutoff2) & (r2 > 0.0);
        lanes t = choose(in_range, square_root(r2) * rows->inverse_dr, guard);
        ints row = __builtin_convertvector(t, ints), e = *(const ints *)(entry + k);
        *(lanes *)(w->p + k) = t - __builtin_convertvector(row, lanes);
        for (int table = 0; table < tables; table++)
            *(ints *)(w->place[table] + k) = places(first[table], e, row * (int32_t)sizeof(row4));
        if (!keep) continue;
        *(lanes *)(w->dx + k) = dx;
        *(lanes *)(w->dy + k) = dy;
        *(lanes *)(w->dz + k) = dz;
        *(lanes *)(w->slope + k) = xj.d;
    }
}

static void density(struct vt_eam_job *job)
{
    const struct vt_eam_rows *rows = job->rows;
    const struct vt_eam_scratch *w = &job->work;
    for (int i = job->begin; i < job->end; i++) {
        if (job->prune2) prune(job, i);
        const int32_t *entry = inner_list(job, i);
        int n = job->n_inner[i], si = job->species[i];
        const int32_t *const first[] = {rows->rho_of_j[si], rows->rho_of_i[si]};
        measure(job, i, entry, n, 2, first, 0);
        lanes rho_i = {0};
        for (int k = 0; k < n; k += LANES) {
            lanes p = *(lanes *)(w->p + k);
            rho_i += rounded(table(rows, w->place[0] + k, p), rows->rho_magic);
            lanes rho_j = rounded(table(rows, w->place[1] + k, p), rows->rho_magic);
            for (int l = 0; l < LANES; l++) job->rho[entry[k + l] / VT_EAM_SPECIES] += rho_j[l];
        }
        job->rho[i] += total(rho_i);
    }
}

/* The pass over forces; `totals` is a constant where this is inlined. */
static inline __attribute__((always_inline)) void force_pass(struct vt_eam_job *job, int totals)
{
    enum { FOLD = 16 }; /* atoms between folds of the lane sums: keeps those sums exact */
    const struct vt_eam_rows *rows = job->rows;
    const struct vt_eam_scratch *w = &job->work;
    lanes sum[7] = {{0}};
    for (int i = job->begin; i < job->end; i++) {
        const int32_t *entry = inner_list(job, i);
        int n = job->n_inner[i], si = job->species[i];
        const int32_t *const first[] = {rows->pull_of_j[si], rows->pull_of_i[si], rows->pair_pull[si],
                                        rows->rphi[si]};
        measure(job, i, entry, n, totals ? 4 : 3, first, 1);
        lanes slope_i = all(job->x[i][3]);
        lanes fx_i = {0}, fy_i = {0}, fz_i = {0};
        for (int k = 0; k < n; k += LANES) {
            lanes p = *(lanes *)(w->p + k);
            lanes embed = slope_i * table(rows, w->place[0] + k, p) +
                          *(lanes *)(w->slope + k) * table(rows, w->place[1] + k, p);
            lanes g = table(rows, w->place[2] + k, p) + embed;
            lanes dx = *(lanes *)(w->dx + k), dy = *(lanes *)(w->dy + k), dz = *(lanes *)(w->dz + k);
            lanes fx = g * dx, fy = g * dy, fz = g * dz;
            if (totals) {
                /* Where r is 0, so is the row; 1/r only has to be a number there. */
                lanes r2 = distance2(dx, dy, dz);
                lanes r = square_root(choose(r2 > 0.0, r2, all(1)));
                lanes phi = table(rows, w->place[3] + k, p) / r;
                sum[0] += rounded(phi, VT_ENERGY_MAGIC);
                sum[1] -= rounded(fx * dx, VT_ENERGY_MAGIC);
                sum[2] -= rounded(fy * dy, VT_ENERGY_MAGIC);
                sum[3] -= rounded(fz * dz, VT_ENERGY_MAGIC);
                sum[4] -= rounded(fx * dy, VT_ENERGY_MAGIC);
                sum[5] -= rounded(fx * dz, VT_ENERGY_MAGIC);
                sum[6] -= rounded(fy * dz, VT_ENERGY_MAGIC);
            }
            fx = rounded(fx, VT_FORCE_MAGIC);
            fy = rounded(fy, VT_FORCE_MAGIC);
            fz = rounded(fz, VT_FORCE_MAGIC);
            fx_i += fx, fy_i += fy, fz_i += fz;
            scatter(job->f, entry + k, fx, fy, fz);
        }
        job->f[i][0] -= total(fx_i);
        job->f[i][1] -= total(fy_i);
        job->f[i][2] -= total(fz_i);
        if (totals && ((i - job->begin) % FOLD == FOLD - 1 || i == job->end - 1)) {
            for (int q = 0; q < 7; q++) {
                vt_exact_add(&job->totals[q], total(sum[q]));
                vt_exact_tidy(&job->totals[q]);
                sum[q] = (lanes){0};
            }
        }
    }
}

static void force(struct vt_eam_job *job)
{
    if (job->want == VT_FORCES)
        force_pass(job, 0);
    else
        force_pass(job, 1);
}

#define NAME_(isa) #isa
#define NAME(isa)  NAME_(isa)
const struct vt_eam_kernel JOIN(vt_eam_kernel_, VT_ISA) = {NAME(VT_ISA), density, force};
