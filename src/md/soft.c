/* soft.c: phi(r) = height (1 + cos(pi r / r_c)), zero with zero slope at r_c, finite at r = 0.
 *
 * Used only to push apart the atoms of a random start, before the real potential sees them. Pair forces are
 * rounded to quanta like those of EAM, so a start is the same on any number of ranks. */
#include "md/soft.h"

#include <math.h>
#include <string.h>

#include "core/exact.h"
#include "core/memory.h"
#include "md/eam_kernel.h"

struct soft {
    struct vt_potential base;
    double height;
};

static enum vt_status compute(struct vt_potential *self, struct vt_system *sys, enum vt_want want)
{
    const struct soft *soft = (const struct soft *)self;
    const struct vt_atoms *a = &sys->atoms;
    double k_wave = M_PI / self->cutoff, total[7];
    struct vt_exact sums[7] = {0};
    static const int A[6] = {0, 1, 2, 0, 0, 1}, B[6] = {0, 1, 2, 1, 2, 2};
    VT_TRY(vt_system_ghosts(sys));
    memset(sys->f, 0, (size_t)(a->n + a->n_ghost) * sizeof *sys->f);
    for (int i = 0; i < a->n; i++)
        for (int64_t k = sys->pairs.begin[i]; k < sys->pairs.begin[i + 1]; k++) {
            int j = sys->pairs.partner[k];
            double d[3], r2 = 0;
            for (int b = 0; b < 3; b++) d[b] = a->x[i][b] - a->x[j][b], r2 += d[b] * d[b];
            if (r2 >= self->cutoff * self->cutoff) continue;
            double r = sqrt(r2);
            double over_r = r > 0 ? soft->height * k_wave * sin(k_wave * r) / r : 0;
            for (int b = 0; b < 3; b++) {
                double f = vt_round(over_r * d[b], VT_FORCE_MAGIC);
                sys->f[i][b] += f;
                sys->f[j][b] -= f;
            }
            vt_exact_add(&sums[0], soft->height * (1 + cos(k_wave * r)));
            for (int q = 0; q < 6; q++) vt_exact_add(&sums[q + 1], over_r * (d[A[q]] * d[B[q]]));
            if (k % 1024 == 0)
                for (int q = 0; q < 7; q++) vt_exact_tidy(&sums[q]);
        }
    VT_TRY(vt_halo_collect(&sys->halo, (struct vt_gathered){sys->f[0], 4, 3, a->n}, &sys->ranks));
    if (want == VT_FORCES) return VT_OK;
    VT_TRY(vt_exact_reduce(sys->ranks.comm, sums, 7, total));
    sys->potential_energy = total[0];
    memcpy(sys->virial, total + 1, sizeof sys->virial);
    return VT_OK;
}

static void destroy(struct vt_potential *self)
{
    free(self);
}

enum vt_status vt_soft_create(struct vt_potential **potential, double height, double cutoff)
{
    struct soft *soft;
    VT_TRY(vt_alloc(&soft, 1));
    *soft = (struct soft){.base = {.name = "soft", .cutoff = cutoff, .compute = compute, .destroy = destroy},
                          .height = height};
    *potential = &soft->base;
    return VT_OK;
}
