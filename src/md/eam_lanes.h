/* eam_lanes.h: the vector vocabulary of eam_kernel.c: numbers side by side, whole rows fetched and turned.
 *
 * LANES numbers go through each operation at once: 8 with AVX-512, else 4. A gather of LANES scattered
 * numbers costs more than LANES loads of the whole rows in which they lie and a transposition in registers,
 * which brings their neighbours as well: so positions are records {x, y, z, F'} and tables are rows.
 *
 * Every operation is rounded alike in all builds; products are fused with sums only where fused() says so. */
#ifndef VT_EAM_LANES_H
#define VT_EAM_LANES_H

#include <math.h>
#include <stdint.h>

#include "md/eam_kernel.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif
#if defined(__AVX512F__) && defined(__AVX512VL__)
#define LANES 8
#else
#define LANES 4
#endif

typedef double row2 __attribute__((vector_size(16)));
typedef double row4 __attribute__((vector_size(32)));
typedef double lanes __attribute__((vector_size(LANES * 8)));
typedef int64_t bits __attribute__((vector_size(LANES * 8)));
typedef int32_t ints __attribute__((vector_size(LANES * 4)));

#define INLINE  static inline __attribute__((always_inline))
#define SHUFFLE __builtin_shufflevector

INLINE lanes all(double v)
{
    return v - (lanes){0};
}

/* To whole quanta, so that sums are exact. VT_UNROUNDED leaves it out: for measuring what it costs, not for
 * use (docs/theory/performance.md). */
INLINE lanes rounded(lanes v, double magic)
{
#ifdef VT_UNROUNDED
    (void)magic;
    return v;
#else
    return (v + magic) - magic;
#endif
}

/* yes where 0 < v < limit, else no; no where v is not a number. */
INLINE lanes within(lanes v, double limit, lanes yes, lanes no)
{
#if LANES == 8
    __mmask8 mask = _mm512_cmp_pd_mask((__m512d)v, _mm512_set1_pd(limit), _CMP_LT_OQ);
    mask = _mm512_mask_cmp_pd_mask(mask, (__m512d)v, _mm512_setzero_pd(), _CMP_GT_OQ);
    return (lanes)_mm512_mask_blend_pd(mask, (__m512d)no, (__m512d)yes);
#else
    bits mask = (v < limit) & (v > 0.0);
    return (lanes)((mask & (bits)yes) | (~mask & (bits)no));
#endif
}

INLINE ints lesser(ints a, ints b)
{
#if LANES == 8
    return (ints)_mm256_min_epi32((__m256i)a, (__m256i)b);
#elif defined(__AVX2__)
    return (ints)_mm_min_epi32((__m128i)a, (__m128i)b);
#else
    ints less = a < b;
    return (less & a) | (~less & b);
#endif
}

INLINE lanes square_root(lanes v)
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
INLINE lanes fused(lanes a, lanes b, lanes c)
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

/* The order in which lanes are added does not matter: the terms are whole quanta. */
INLINE double total(lanes v)
{
#if LANES == 8
    row4 half = SHUFFLE(v, v, 0, 1, 2, 3) + SHUFFLE(v, v, 4, 5, 6, 7);
#else
    row4 half = v;
#endif
    row2 pair = SHUFFLE(half, half, 0, 1) + SHUFFLE(half, half, 2, 3);
    return pair[0] + pair[1];
}

/* The product of both to whole quanta, rounded once: as exact as a sum, and with the opposite sign if one
 * factor has it. */
INLINE lanes rounded_product(lanes a, lanes b, double magic)
{
#ifdef VT_UNROUNDED
    (void)magic;
    return a * b;
#else
    return fused(a, b, all(magic)) - magic;
#endif
}

struct columns {
    lanes a, b, c, d;
};

/* Columns of the LANES rows of four numbers that lie at[l], times scale, bytes from base. */
INLINE struct columns columns(const void *base, const uint32_t *at, size_t scale)
{
#define LOAD(k) (*(const row4 *)((const char *)base + scale * at[k]))
#if LANES == 8
/* Written as an insertion, the second load is part of the instruction. */
#define TWO(k, l) (lanes) _mm512_insertf64x4(_mm512_castpd256_pd512((__m256d)LOAD(k)), (__m256d)LOAD(l), 1)
    /* Paired so that whole quarters have to be brought together in the end. */
    lanes r02 = TWO(0, 2), r13 = TWO(1, 3), r46 = TWO(4, 6), r57 = TWO(5, 7);
    lanes ac03 = SHUFFLE(r02, r13, 0, 8, 2, 10, 4, 12, 6, 14),
          bd03 = SHUFFLE(r02, r13, 1, 9, 3, 11, 5, 13, 7, 15);
    lanes ac47 = SHUFFLE(r46, r57, 0, 8, 2, 10, 4, 12, 6, 14),
          bd47 = SHUFFLE(r46, r57, 1, 9, 3, 11, 5, 13, 7, 15);
    return (struct columns){
        SHUFFLE(ac03, ac47, 0, 1, 4, 5, 8, 9, 12, 13), SHUFFLE(bd03, bd47, 0, 1, 4, 5, 8, 9, 12, 13),
        SHUFFLE(ac03, ac47, 2, 3, 6, 7, 10, 11, 14, 15), SHUFFLE(bd03, bd47, 2, 3, 6, 7, 10, 11, 14, 15)};
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

/* Add {x[l], y[l], z[l], 0} to the record that lies 4 at[l] bytes from f, and take their sum from `own`. */
INLINE void scatter(double (*f)[4], const uint32_t *at, double own[4], lanes x, lanes y, lanes z)
{
    const lanes zero = {0};
#define RECORD(p) (*(row4 *)(p))
#define ADD(l, r) (RECORD((char *)f + 4 * (size_t)at[l]) += (r))
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
    lanes sum = (r04 + r15) + (r26 + r37);
    RECORD(own) -= LOW(sum) + HIGH(sum);
#undef LOW
#undef HIGH
#else
    row4 low01 = SHUFFLE(x, y, 0, 4, 2, 6), high01 = SHUFFLE(x, y, 1, 5, 3, 7);
    row4 low23 = SHUFFLE(z, zero, 0, 4, 2, 6), high23 = SHUFFLE(z, zero, 1, 5, 3, 7);
    row4 r0 = SHUFFLE(low01, low23, 0, 1, 4, 5), r1 = SHUFFLE(high01, high23, 0, 1, 4, 5);
    row4 r2 = SHUFFLE(low01, low23, 2, 3, 6, 7), r3 = SHUFFLE(high01, high23, 2, 3, 6, 7);
    ADD(0, r0), ADD(1, r1), ADD(2, r2), ADD(3, r3);
    RECORD(own) -= (r0 + r1) + (r2 + r3);
#endif
#undef ADD
#undef RECORD
}

/* first[species] + offset for LANES entries. */
INLINE ints places(const int32_t first[VT_SPECIES_MAX], ints entry, ints offset)
{
#if LANES == 8
    __m512i which = _mm512_castsi256_si512((__m256i)entry); /* vpermd looks at the last four bits */
    __m512i found = _mm512_permutexvar_epi32(which, _mm512_loadu_si512(first));
    return (ints)_mm512_castsi512_si256(found) + offset;
#else
    for (int l = 0; l < LANES; l++) offset[l] += first[entry[l] & (VT_EAM_SPECIES - 1)];
    return offset;
#endif
}

#endif
