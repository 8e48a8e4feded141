/* random.c: Philox4x32-10, see random.h for the reference. */
#include "core/random.h"

#include <math.h>

void vt_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * c0, b = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)b;
        c3 = (uint32_t)a;
        k0 += 0x9E3779B9u; /* Weyl constants of the paper */
        k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

/* The counter holds id (40 bits), step (56 bits) and purpose (8 bits), spread over its 128 bits. */
void vt_uniform4(uint64_t seed, int64_t id, int64_t step, enum vt_purpose purpose, double out[4])
{
    uint32_t counter[4] = {(uint32_t)id, (uint32_t)((uint64_t)id >> 32), (uint32_t)step,
                           (uint32_t)((uint64_t)step >> 32) | (uint32_t)purpose << 24};
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)}, bits[4];
    vt_philox(counter, key, bits);
    for (int k = 0; k < 4; k++) out[k] = ((double)bits[k] + 0.5) * 0x1p-32;
}

void vt_normal4(uint64_t seed, int64_t id, int64_t step, enum vt_purpose purpose, double out[4])
{
    double u[4];
    vt_uniform4(seed, id, step, purpose, u);
    for (int k = 0; k < 4; k += 2) {
        double r = sqrt(-2 * log(u[k])), angle = 2 * M_PI * u[k + 1];
        out[k] = r * cos(angle);
        out[k + 1] = r * sin(angle);
    }
}
