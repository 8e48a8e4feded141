/* random.h: random numbers as a function of (seed, id, step, purpose).
 *
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11):
 * a counter is encrypted, nothing is stored, so a number does not depend on which rank or thread
 * asks for it, in which order, or how often the run was restarted. */
#ifndef VT_RANDOM_H
#define VT_RANDOM_H

#include <stdint.h>

enum vt_purpose {
    VT_RANDOM_POSITION = 1,
    VT_RANDOM_SPECIES,
    VT_RANDOM_VELOCITY,
    VT_RANDOM_LANGEVIN,
    VT_RANDOM_RESCALE,
    VT_RANDOM_CELL,
    VT_RANDOM_TEST,
    VT_RANDOM_FIT,
    VT_RANDOM_WAVE,
    VT_RANDOM_NOISE,
    VT_RANDOM_BOOTSTRAP
};

/* The raw generator: encrypt counter with key. */
void vt_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Four numbers in (0, 1). */
void vt_uniform4(uint64_t seed, int64_t id, int64_t step, enum vt_purpose purpose, double out[4]);
/* Four independent standard normal numbers (Box-Muller). */
void vt_normal4(uint64_t seed, int64_t id, int64_t step, enum vt_purpose purpose, double out[4]);

#endif
