/* eam_kernel.c: the two hot loops of EAM. Compiled once per instruction set (VT_ISA).
 *
 *     pass 1   rho_i += rho_{s(j) s(i)}(r),  rho_j += rho_{s(i) s(j)}(r)        and the list of pairs in
 * range pass 2   f_i += f, f_j -= f,   f = -[F'_i rho'_{s(j)s(i)} + F'_j rho'_{s(i)s(j)} + phi'] d / r,   d =
 * x_i - x_j
 *
 * A block is LANES partners of one atom. Positions are fetched as whole 32-byte records {x, y, z, F'} and
 * table rows as whole 32-byte rows, then transposed in registers: row loads beat gathers.
 *
 *     partner list of i    j j j j j j j j | j j ...          distances; those in range are packed together
 *     packed               j j j j j j | j j j ...            table rows, densities
 *                          (kept for pass 2)                  distances again, table rows, forces
 *
 * Every pair quantity is rounded to a quantum before it is added, so the sums are exact and do not
 * depend on order, threads or ranks. The expressions are symmetric under exchange of i and j, and no
 * product is fused with a sum, so all builds give the same bits. */
#include "md/eam_kernel.h"

#include <math.h>
#include <string.h>

#if defined(__AVX512F__) && defined(__AVX512VL__)
#include <immintrin.h>
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
static inline lanes where(mask m, lanes v)
{
    return (lanes)(m & (mask)v);
}

static inline lanes choose(mask m, lanes yes, lanes no)
{
    return (lanes)((m & (mask)yes) | (~m & (mask)no));
}

static inline lanes square_root(lanes v)
{
#if LANES == 8
    return (lanes)_mm512_sqrt_pd((__m512d)v);
#else
    for (int l = 0; l < LANES; l++) v[l] = sqrt(v[l]);
    return v;
#endif
}

/* Which lanes of a block that starts at k hold one of n partners. */
static inline mask alive(int k, int n)
{
#if LANES == 8
    static const mask count = {0, 1, 2, 3, 4, 5, 6, 7};
#else
    static const mask count = {0, 1, 2, 3};
#endif
    return count < (int64_t)(n - k);
}

/* Four lanes' worth of numbers from LANES records of four. */
struct columns {
    lanes a, b, c, d;
};

static inline struct columns transpose(const double *const record[LANES])
{
#define LOAD(k) (*(const row4 *)record[k])
#if LANES == 8
#define TWO(k) __builtin_shufflevector(LOAD(k), LOAD(k + 4), 0, 1, 2, 3, 4, 5, 6, 7)
    lanes r0 = TWO(0), r1 = TWO(1), r2 = TWO(2), r3 = TWO(3);
    lanes low01 = __builtin_shufflevector(r0, r1, 0, 8, 2, 10, 4, 12, 6, 14);
    lanes high01 = __builtin_shufflevector(r0, r1, 1, 9, 3, 11, 5, 13, 7, 15);
    lanes low23 = __builtin_shufflevector(r2, r3, 0, 8, 2, 10, 4, 12, 6, 14);
    lanes high23 = __builtin_shufflevector(r2, r3, 1, 9, 3, 11, 5, 13, 7, 15);
    return (struct columns){__builtin_shufflevector(low01, low23, 0, 1, 8, 9, 4, 5, 12, 13),
                            __builtin_shufflevector(high01, high23, 0, 1, 8, 9, 4, 5, 12, 13),
                            __builtin_shufflevector(low01, low23, 2, 3, 10, 11, 6, 7, 14, 15),
                            __builtin_shufflevector(high01, high23, 2, 3, 10, 11, 6, 7, 14, 15)};
#undef TWO
#else
    row4 r0 = LOAD(0), r1 = LOAD(1), r2 = LOAD(2), r3 = LOAD(3);
    row4 low01 = __builtin_shufflevector(r0, r1, 0, 4, 2, 6),
         high01 = __builtin_shufflevector(r0, r1, 1, 5, 3, 7);
    row4 low23 = __builtin_shufflevector(r2, r3, 0, 4, 2, 6),
         high23 = __builtin_shufflevector(r2, r3, 1, 5, 3, 7);
    return (struct columns){__builtin_shufflevector(low01, low23, 0, 1, 4, 5),
                            __builtin_shufflevector(high01, high23, 0, 1, 4, 5),
                            __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
                            __builtin_shufflevector(high01, high23, 2, 3, 6, 7)};
#endif
#undef LOAD
}

static inline struct columns positions(const double (*x)[4], const int32_t *j)
{
    const double *record[LANES];
    for (int l = 0; l < LANES; l++) record[l] = x[j[l]];
    return transpose(record);
}

/* Where each lane's distance falls in the tables: row, and the place p between its knots. */
struct place {
    int32_t row[LANES];
    lanes p;
};

static inline struct place find_place(const struct vt_eam_rows *rows, lanes r)
{
    lanes t = r * rows->inverse_dr;
    ints row = __builtin_convertvector(t, ints);
    ints beyond = row > rows->last_row;
    row = (beyond & rows->last_row) | (~beyond & row);
    struct place at;
    at.p = t - __builtin_convertvector(row, lanes);
    at.p = choose(at.p < 1.0, at.p, all(1.0));
    memcpy(at.row, &row, sizeof at.row);
    return at;
}

static inline struct columns table(const double (*row)[4], const int *first, const struct place *at)
{
    const double *record[LANES];
    for (int l = 0; l < LANES; l++) record[l] = row[first[l] + at->row[l]];
    return transpose(record);
}

static inline lanes value(struct columns c, lanes p)
{
    return ((c.a * p + c.b) * p + c.c) * p + c.d;
}
static inline lanes slope(struct columns c, lanes p)
{
    return (3.0 * c.a * p + 2.0 * c.b) * p + c.c;
}
/* The order in which lanes are added does not matter: the terms are whole quanta. */
static inline double total(lanes v)
{
    double sum = 0;
    for (int l = 0; l < LANES; l++) sum += v[l];
    return sum;
}

/* Append to (j, r2) the partners for which keep is set; returns the new length. */
static inline int pack(int32_t *to_j, double *to_r2, int length, const int32_t *j, lanes r2, mask keep)
{
#if LANES == 8
    __mmask8 bits = _mm512_movepi64_mask((__m512i)keep);
    _mm256_storeu_si256((__m256i *)(to_j + length),
                        _mm256_maskz_compress_epi32(bits, _mm256_loadu_si256((const __m256i *)j)));
    _mm512_storeu_pd(to_r2 + length, _mm512_maskz_compress_pd(bits, (__m512d)r2));
    return length + __builtin_popcount(bits);
#else
    for (int l = 0; l < LANES; l++) {
        to_j[length] = j[l];
        to_r2[length] = r2[l];
        length += keep[l] != 0;
    }
    return length;
#endif
}

/* Partners of i in range, packed into the job's scratch space. */
static inline int partners_in_range(const struct vt_eam_job *job, int i)
{
    const int32_t *partner = job->partner + job->list[i];
    int n = (int)(job->list[i + 1] - job->list[i]), n_inner = 0;
    lanes xi = all(job->x[i][0]), yi = all(job->x[i][1]), zi = all(job->x[i][2]);
    for (int k = 0; k < n; k += LANES) {
        struct columns at =
            positions(job->x, partner + k); /* past the end stand other atoms, or 0: harmless */
        lanes dx = xi - at.a, dy = yi - at.b, dz = zi - at.c;
        lanes r2 = dx * dx + dy * dy + dz * dz;
        n_inner = pack(job->scratch_j, job->scratch_r2, n_inner, partner + k, r2,
                       (r2 < job->rows->cutoff2) & alive(k, n));
    }
    return n_inner;
}

static void density(struct vt_eam_job *job)
{
    const struct vt_eam_rows *rows = job->rows;
    int32_t *j = job->scratch_j;
    double *r2 = job->scratch_r2;
    for (int i = job->begin; i < job->end; i++) {
        int n = partners_in_range(job, i), si = job->species[i];
        job->n_inner[i] = n;
        memcpy(job->inner + job->list[i], j, (size_t)n * sizeof *j);
        for (int l = 0; l < LANES; l++) j[n + l] = i, r2[n + l] = rows->cutoff2;
        lanes rho_i = {0};
        for (int k = 0; k < n; k += LANES) {
            lanes r2_block;
            memcpy(&r2_block, r2 + k, sizeof r2_block);
            struct place at = find_place(rows, square_root(r2_block));
            int from_j[LANES], from_i[LANES];
            for (int l = 0; l < LANES; l++) {
                int sj = job->species[j[k + l]];
                from_j[l] = rows->rho_at[sj][si];
                from_i[l] = rows->rho_at[si][sj];
            }
            mask real = alive(k, n);
            rho_i += where(real, rounded(value(table(rows->row, from_j, &at), at.p), rows->rho_magic));
            lanes rho_j = where(real, rounded(value(table(rows->row, from_i, &at), at.p), rows->rho_magic));
            for (int l = 0; l < LANES; l++) {
                int to = j[k + l] < job->n ? j[k + l] : job->n;
                job->rho[to] += rho_j[l];
            }
        }
        job->rho[i] += total(rho_i);
    }
}

/* The pass over forces; `totals` is a constant where this is inlined. */
static inline __attribute__((always_inline)) void force_pass(struct vt_eam_job *job, int totals)
{
    enum { FOLD = 16 }; /* atoms between folds of the lane sums: keeps those sums exact */
    const struct vt_eam_rows *rows = job->rows;
    lanes sum[7] = {{0}};
    for (int i = job->begin; i < job->end; i++) {
        const int32_t *inner = job->inner + job->list[i];
        int n = job->n_inner[i], si = job->species[i];
        lanes xi = all(job->x[i][0]), yi = all(job->x[i][1]), zi = all(job->x[i][2]),
              slope_i = all(job->x[i][3]);
        lanes fx_i = {0}, fy_i = {0}, fz_i = {0};
        for (int k = 0; k < n; k += LANES) {
            const int32_t *j = inner + k;
            mask real = alive(k, n);
            struct columns xj = positions(job->x, j);
            lanes dx = xi - xj.a, dy = yi - xj.b, dz = zi - xj.c;
            lanes r2 = dx * dx + dy * dy + dz * dz;
            r2 = (lanes)((real & (mask)r2) |
                         (~real & (mask)all(rows->cutoff2))); /* dead lanes: any distance */
            lanes r = square_root(r2), inverse_r = 1.0 / r;
            struct place at = find_place(rows, r);
            int from_j[LANES], from_i[LANES], pair[LANES];
            for (int l = 0; l < LANES; l++) {
                int sj = job->species[j[l]];
                from_j[l] = rows->rho_at[sj][si];
                from_i[l] = rows->rho_at[si][sj];
                pair[l] = rows->rphi_at[si][sj];
            }
            struct columns rphi = table(rows->row, pair, &at);
            lanes phi = value(rphi, at.p) * inverse_r;
            lanes phi_slope = (slope(rphi, at.p) * rows->inverse_dr - phi) * inverse_r;
            lanes embed_j = slope_i * (slope(table(rows->row, from_j, &at), at.p) * rows->inverse_dr);
            lanes embed_i = xj.d * (slope(table(rows->row, from_i, &at), at.p) * rows->inverse_dr);
            lanes f_over_r = -(((embed_j + embed_i) + phi_slope) * inverse_r);
            f_over_r = where(real, f_over_r);
            lanes fx = f_over_r * dx, fy = f_over_r * dy, fz = f_over_r * dz;
            if (totals) {
                mask ghost;
                for (int l = 0; l < LANES; l++) ghost[l] = -(int64_t)(j[l] >= job->n);
                lanes share =
                    all(1.0) - (lanes)(ghost & (mask)all(0.5)); /* a pair with a ghost is seen twice */
                sum[0] += share * rounded(where(real, phi), VT_ENERGY_MAGIC);
                sum[1] += share * rounded(fx * dx, VT_ENERGY_MAGIC);
                sum[2] += share * rounded(fy * dy, VT_ENERGY_MAGIC);
                sum[3] += share * rounded(fz * dz, VT_ENERGY_MAGIC);
                sum[4] += share * rounded(fx * dy, VT_ENERGY_MAGIC);
                sum[5] += share * rounded(fx * dz, VT_ENERGY_MAGIC);
                sum[6] += share * rounded(fy * dz, VT_ENERGY_MAGIC);
            }
            fx = rounded(fx, VT_FORCE_MAGIC);
            fy = rounded(fy, VT_FORCE_MAGIC);
            fz = rounded(fz, VT_FORCE_MAGIC);
            fx_i += fx, fy_i += fy, fz_i += fz;
            for (int l = 0; l < LANES; l++) {
                row4 *to = (row4 *)job->f[j[l] < job->n ? j[l] : job->n];
                *to -= (row4){fx[l], fy[l], fz[l], 0};
            }
        }
        job->f[i][0] += total(fx_i);
        job->f[i][1] += total(fy_i);
        job->f[i][2] += total(fz_i);
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
