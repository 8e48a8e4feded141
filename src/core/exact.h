/* exact.h: sums that do not depend on the order of their terms.
 *
 * A term v is split into hi = v rounded to 2^-20 and lo = the rest rounded to 2^-60, both kept as
 * integers. Integer sums are exact, so the result has the same bits for any number of ranks and
 * threads. Range: |sum| < 2^42, at most 2^23 terms between two calls of vt_exact_tidy or one
 * reduction; each term is rounded by at most 2^-61. A term that has no integer (beyond 2^38, or not a number)
 * makes the sum not a number. */
#ifndef VT_EXACT_H
#define VT_EXACT_H

#include <math.h>
#include <mpi.h>
#include <stdint.h>

#include "core/status.h"

struct vt_exact {
    int64_t hi, lo;
    int64_t lost; /* terms that have no integer */
};

static inline void vt_exact_add(struct vt_exact *sum, double v)
{
    if (!(fabs(v) < 0x1p38)) {
        sum->lost++;
        return;
    }
    double hi = rint(v * 0x1p20);
    sum->hi += (int64_t)hi;
    sum->lo += (int64_t)rint((v - hi * 0x1p-20) * 0x1p60);
}

/* Carry whole units of hi out of lo. */
static inline void vt_exact_tidy(struct vt_exact *sum)
{
    int64_t carry = (sum->lo + (INT64_C(1) << 39)) >> 40;
    sum->hi += carry;
    sum->lo -= carry * (INT64_C(1) << 40);
}

static inline void vt_exact_merge(struct vt_exact *sum, const struct vt_exact *other)
{
    sum->hi += other->hi;
    sum->lo += other->lo;
    sum->lost += other->lost;
}

static inline double vt_exact_value(struct vt_exact sum)
{
    if (sum.lost) return NAN;
    vt_exact_tidy(&sum);
    return (double)sum.hi * 0x1p-20 + (double)sum.lo * 0x1p-60;
}

/* value[k] = the sum of all ranks' sums[k]. sums are tidied. Collective over comm. */
enum vt_status vt_exact_reduce(MPI_Comm comm, struct vt_exact *sums, int n, double *value);

/* v rounded to a multiple of a power of two; exact for |v| < quantum * 2^51. One addition and one
 * subtraction, so it costs next to nothing in a vector loop. magic = 1.5 * 2^52 * quantum. */
static inline double vt_round(double v, double magic)
{
    return (v + magic) - magic;
}
#define VT_MAGIC(quantum) (0x1.8p52 * (quantum))

#endif
