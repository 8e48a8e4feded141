/* an_sq_direct.c: structure factors summed directly over waves that fit into the cell.
 *
 *     S_ab(q) = <Re rho_a rho_b*> / sqrt(N_a N_b),   A_ab = 1 + (S_ab - delta_ab) / sqrt(c_a c_b)
 *
 * <...> is over frames and the waves of a shell of |q| (waves.h); then everything in partials.h. Exact at
 * every q that the cell has, with nothing cut off in r; below 2 pi / L there are no waves, and shells without
 * one stay NaN. The work goes with atoms x waves. At large q a shell has very many waves that all say the
 * same: `waves` of them are taken, the rest is left to chance numbers that depend on (n_1, n_2, n_3) alone.
 */
#include <math.h>

#include "analysis/kernel.h"
#include "analysis/partials.h"
#include "analysis/waves.h"

struct sq_direct {
    struct vt_common_options common;
    double q_max, dq, energy;
    int64_t waves;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct sq_direct, 1),
    {.name = "q_max",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct sq_direct, q_max),
     .preset = 12,
     .min = 0.01,
     .max = 70,
     .help = "largest wave number"},
    {.name = "dq",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct sq_direct, dq),
     .preset = 0.05,
     .min = 1e-4,
     .max = 10,
     .help = "width of a shell"},
    {.name = "waves",
     .unit = "1",
     .kind = VT_INT,
     .offset = offsetof(struct sq_direct, waves),
     .preset = 300,
     .min = 0,
     .max = VT_WAVES_MOST,
     .help = "waves of a shell that are measured, about, where there are more; 0: all"},
    VT_ENERGY_OPTION(struct sq_direct),
    {0},
};

static struct vt_wave_shells shells_of(const struct sq_direct *o)
{
    return vt_wave_shells_make(o->q_max, o->dq, o->waves ? (double)o->waves : INFINITY);
}

static void sizes(const void *options, const struct vt_material *m, size_t *common, size_t *group)
{
    *common = VT_SHELL_COMMON;
    *group = (size_t)shells_of(options).n * vt_shell_size(m->n_species);
}

static enum vt_status check(const void *options, const struct vt_cell *cell)
{
    const struct vt_wave_shells shells = shells_of(options);
    double waves = vt_waves_count(&shells, cell), q = shells.n * shells.dq;
    if (waves < 0)
        return VT_RAISE(VT_EINPUT, "sq_direct: no wave up to %g /A fits into the cell: use a larger q_max",
                        q);
    if (waves > VT_WAVES_MOST)
        return VT_RAISE(
            VT_EINPUT,
            "sq_direct: about %.2g waves up to %g /A would be measured, at most %d can be: use fewer "
            "waves a shell, wider shells or a smaller q_max",
            waves, q, VT_WAVES_MOST);
    return VT_OK;
}

static void release(void *work)
{
    vt_waves_release(work);
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    const struct vt_wave_shells shells = shells_of(options);
    return vt_waves_accumulate(work, &shells, false, frame, tally);
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct sq_direct *o = options;
    const struct vt_wave_shells shells = shells_of(o);
    return vt_shells_finish("sq_direct", o->energy, &shells, what->material, common[VT_SHELL_FRAMES], sum,
                            out);
}

const struct vt_kernel vt_kernel_sq_direct = {
    .name = "sq_direct",
    .help = "structure factors summed directly over waves that fit into the cell: partial, X-ray, neutron",
    .params = params,
    .options_size = sizeof(struct sq_direct),
    .grouping = VT_GROUP_SPACE,
    .collective = true,
    .sizes = sizes,
    .check = check,
    .accumulate = accumulate,
    .finish = finish,
    .work_size = sizeof(struct vt_waves),
    .release = release,
};
