/* an_thermo.c: averages of the numbers that belong to a frame as a whole.
 *
 * N atoms of total mass m in the volume V; U potential and K (peculiar) kinetic energy of the sample:
 *
 *     p_ij = stress, compression positive, kinetic part included      P = (p_xx + p_yy + p_zz) / 3
 *     H = U + K + P V                                                 density = m <1/V>
 *
 * Of energy minima: no temperature, K = 0, and the stress is what the source of the frame says.
 * Energies and volumes are per atom. Groups are stretches of time, so errors are those of block averages. */
#include "analysis/kernel.h"
#include <math.h>

#include "core/units.h"

struct thermo {
    struct vt_common_options common;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct thermo, 0.05),
    {0},
};

/* Sums over the frames of a group. */
enum {
    FRAMES,
    TEMPERATURE,
    POTENTIAL,
    KINETIC,
    VOLUME,
    INVERSE_VOLUME,
    PV,
    STRAIN,
    STRESS,
    SIZE = STRESS + 6
};

static double reach(const void *options)
{
    (void)options;
    return 0;
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    (void)options, (void)material;
    *common = 0;
    *group = SIZE;
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    (void)options, (void)work;
    if (frame->ranks->rank != 0) return VT_OK; /* every rank has the same numbers */
    const struct vt_state *s = &frame->state;
    double kinetic = frame->inherent ? 0 : s->kinetic;
    double p = (s->pressure[0] + s->pressure[1] + s->pressure[2]) / 3;
    double *sum = tally->group + (size_t)tally->now * tally->group_size;
    sum[FRAMES] += 1;
    sum[TEMPERATURE] += s->temperature;
    sum[POTENTIAL] += s->potential;
    sum[KINETIC] += kinetic;
    sum[VOLUME] += s->volume;
    sum[INVERSE_VOLUME] += 1 / s->volume;
    /* Under a barostat the enthalpy has its pressure: the measured one has the same mean but much noise. */
    bool held = isfinite(s->target_pressure) && !frame->inherent;
    sum[PV] += (held ? s->target_pressure : p) * s->volume;
    sum[STRAIN] += s->strain;
    for (int c = 0; c < 6; c++) sum[STRESS + c] += s->pressure[c];
    return VT_OK;
}

static enum vt_status put(struct vt_results *out, const char *path, const char *unit, const char *help,
                          double value)
{
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, path, unit, help, 0, NULL, &d));
    d->value[0] = value;
    return vt_dataset_errors(d);
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    (void)options, (void)common;
    double frames = sum[FRAMES], n = 0, mass = 0;
    for (int a = 0; a < what->material->n_species; a++) {
        n += (double)what->material->species[a].count;
        mass += (double)what->material->species[a].count * what->material->species[a].mass;
    }
    double per_atom = 1 / (frames * n);
    if (!what->inherent) {
        VT_TRY(put(out, "thermo/temperature", "K", "temperature of the peculiar motion",
                   sum[TEMPERATURE] / frames));
        VT_TRY(put(out, "thermo/kinetic_energy", "eV/atom", "kinetic energy K of the peculiar motion",
                   sum[KINETIC] * per_atom));
    }
    VT_TRY(put(out, "thermo/potential_energy", "eV/atom",
               what->inherent ? "energy of the inherent structure" : "potential energy U",
               sum[POTENTIAL] * per_atom));
    VT_TRY(put(out, "thermo/enthalpy", "eV/atom",
               what->inherent ? "U + P V" : "U + K + P V; P of the barostat where there is one",
               (sum[POTENTIAL] + sum[KINETIC] + sum[PV]) * per_atom));
    VT_TRY(put(out, "thermo/pressure", "GPa", "P = (p_xx + p_yy + p_zz) / 3",
               (sum[STRESS] + sum[STRESS + 1] + sum[STRESS + 2]) / (3 * frames * VT_GPA)));
    static const char *const component[] = {"xx", "yy", "zz", "xy", "xz", "yz"};
    struct vt_dataset *stress;
    VT_TRY(vt_results_add(out, "thermo/stress", "GPa", "components p_ij, compression positive", 1,
                          (const int[]){6}, &stress));
    VT_TRY(vt_dataset_axis(stress, 0, "component", "", NULL, component));
    for (int c = 0; c < 6; c++) stress->value[c] = sum[STRESS + c] / (frames * VT_GPA);
    VT_TRY(vt_dataset_errors(stress));
    VT_TRY(put(out, "thermo/volume", "angstrom^3/atom", "volume per atom", sum[VOLUME] * per_atom));
    VT_TRY(put(out, "thermo/density", "g/cm^3", "mass density m <1/V>",
               mass * VT_DENSITY * sum[INVERSE_VOLUME] / frames));
    VT_TRY(put(out, "thermo/number_density", "1/angstrom^3", "N <1/V>", n * sum[INVERSE_VOLUME] / frames));
    return put(out, "thermo/strain", "1", "accumulated shear strain", sum[STRAIN] / frames);
}

const struct vt_kernel vt_kernel_thermo = {
    .name = "thermo",
    .help = "temperature, pressure, stress, energies, volume and density",
    .params = params,
    .options_size = sizeof(struct thermo),
    .grouping = VT_GROUP_TIME,
    .reach = reach,
    .sizes = sizes,
    .accumulate = accumulate,
    .finish = finish,
};
