/* an_thermo.c: averages of the numbers that belong to a frame as a whole.
 *
 * N atoms of total mass m in the volume V; U potential and K (peculiar) kinetic energy of the sample:
 *
 *     p_ij = stress, compression positive, kinetic part included      P = (p_xx + p_yy + p_zz) / 3
 *     H = U + K + P V                                                 density = m <1/V>
 *
 * Of energy minima: no temperature, K = 0, and the stress is what the source of the frame says.
 * Energies and volumes are per atom. Groups are stretches of time, so errors are those of block averages.
 *
 * In a glass these miss what is frozen in: all frames have the same disorder. Its part of the error of U
 * comes from the 27 parts of the sample. Part g has the energy E_g and n_ga atoms of species a. A part with
 * more Zr, or with more atoms, has another energy, but in the whole sample composition, number and volume are
 * fixed; so
 *
 *     E_g = p + sum_a mu_a n_ga + e_g        (least squares over the G = 27 parts, T terms),
 *     sigma^2(U) = G / (G - T) sum_g e_g e'_g.
 *
 * For energy minima e' = e: the jackknife error of a sum of parts (docs/theory/errors.md). In thermal frames
 * e is of the first and e' of the second half of the time, so that vibrations, which the stretches of time
 * tell better, drop out and only lasting differences count. Energies are added as multiples of 2^-20 eV:
 * exact. */
#include <math.h>

#include "analysis/kernel.h"

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

/* Common: for each half of the time the number of frames, then for each part its energy [2^-20 eV] and number
 * of atoms of each species, summed over frames. */
enum { HALVES = 2, TERMS_MAX = VT_SPECIES_MAX + 1 };
static const double quantum = 0x1p-20;

static size_t half_size(int n_species)
{
    return 1 + (size_t)VT_SPACE_GROUPS * (size_t)(1 + n_species);
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    (void)options;
    *common = HALVES * half_size(material->n_species);
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

static enum vt_status energies(const void *options, const struct vt_frame *frame,
                               const struct vt_tally *tally)
{
    (void)options;
    int n_species = frame->material->n_species;
    double *half = tally->common + (tally->now < VT_TIME_GROUPS / 2 ? 0 : half_size(n_species));
    if (frame->ranks->rank == 0) *half += 1;
    for (int i = 0; i < frame->n; i++) {
        double *part = half + 1 + vt_space_group(&frame->state.cell, frame->x[i]) * (1 + n_species);
        part[0] += rint(frame->energy[i] / quantum);
        part[1 + frame->species[i]] += 1;
    }
    return VT_OK;
}

static double dot(const double *a, const double *b)
{
    double sum = 0;
    for (int g = 0; g < VT_SPACE_GROUPS; g++) sum += a[g] * b[g];
    return sum;
}

/* v minus what lies along the `terms` orthonormal vectors of base. */
static void take_out(double *v, int terms, double (*base)[VT_SPACE_GROUPS])
{
    for (int t = 0; t < 2 * terms; t++) { /* the second round takes rounding out */
        double along = dot(v, base[t % terms]);
        for (int g = 0; g < VT_SPACE_GROUPS; g++) v[g] -= along * base[t % terms][g];
    }
}

/* What is left of the parts' mean energies after the fit [quanta]; returns its terms. half: one, or two of
 * them taken together. */
static int residues(const double *half, const double *other, int n_species, double *e)
{
    double base[TERMS_MAX][VT_SPACE_GROUPS], frames = half[0] + (other ? other[0] : 0);
    int terms = 0;
    for (int a = -1; a <= n_species; a++) { /* 1; the mean number of each species; at last the energy */
        double *v = a < n_species ? base[terms] : e;
        for (int g = 0; g < VT_SPACE_GROUPS; g++) {
            size_t part = 1 + (size_t)(g * (1 + n_species)),
                   at = a < n_species ? part + (size_t)(1 + a) : part;
            v[g] = a < 0 ? 1 : (half[at] + (other ? other[at] : 0)) / frames;
        }
        double before = dot(v, v);
        take_out(v, terms, base);
        if (a == n_species) break;
        double after = dot(v, v);
        if (!(after > 1e-12 * before)) continue; /* the same in each part, or told by the others */
        for (int g = 0; g < VT_SPACE_GROUPS; g++) v[g] /= sqrt(after);
        terms++;
    }
    return terms;
}

/* Standard error of U that comes from disorder which lasts [eV, whole sample]; NaN if it is not known. Each
 * half is fitted with its own numbers: atoms at the border of two parts go to and fro. */
static double disorder(const struct vt_measured *what, const double *common)
{
    int n_species = what->material->n_species;
    const double *first = common, *second = common + half_size(n_species);
    double e[HALVES][VT_SPACE_GROUPS], square;
    if (first[0] + second[0] == 0) return NAN;
    if (what->inherent || first[0] == 0 || second[0] == 0) {
        int terms = residues(first, second, n_species, e[0]);
        square = dot(e[0], e[0]) * VT_SPACE_GROUPS / (VT_SPACE_GROUPS - terms);
    } else {
        int terms = residues(first, NULL, n_species, e[0]);
        residues(second, NULL, n_species, e[1]);
        square = dot(e[0], e[1]) * VT_SPACE_GROUPS / (VT_SPACE_GROUPS - terms);
    }
    return sqrt(fmax(square, 0)) * quantum;
}

/* What the error of the dataset added last is at least. */
static void least_error(struct vt_results *out, double error)
{
    if (error > 0) out->item[out->n - 1].error[0] = error;
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
    (void)options;
    double frames = sum[FRAMES], n = 0, mass = 0;
    for (int a = 0; a < what->material->n_species; a++) {
        n += (double)what->material->species[a].count;
        mass += (double)what->material->species[a].count * what->material->species[a].mass;
    }
    double per_atom = 1 / (frames * n), frozen = disorder(what, common) / n;
    if (!what->inherent) {
        VT_TRY(put(out, "thermo/temperature", "K", "temperature of the peculiar motion",
                   sum[TEMPERATURE] / frames));
        VT_TRY(put(out, "thermo/kinetic_energy", "eV/atom", "kinetic energy K of the peculiar motion",
                   sum[KINETIC] * per_atom));
    }
    VT_TRY(put(out, "thermo/potential_energy", "eV/atom",
               what->inherent ? "energy of the inherent structure" : "potential energy U",
               sum[POTENTIAL] * per_atom));
    least_error(out, frozen);
    VT_TRY(put(out, "thermo/enthalpy", "eV/atom",
               what->inherent ? "U + P V" : "U + K + P V; P of the barostat where there is one",
               (sum[POTENTIAL] + sum[KINETIC] + sum[PV]) * per_atom));
    least_error(out, frozen);
    if (isfinite(frozen)) {
        struct vt_dataset *d;
        VT_TRY(
            vt_results_add(out, "thermo/energy_disorder", "eV/atom",
                           "the part of the potential energy's error that is frozen in: from 27 parts of the "
                           "sample",
                           0, NULL, &d));
        d->value[0] = frozen;
    }
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
    .sizes = sizes,
    .accumulate = accumulate,
    .energies = energies,
    .finish = finish,
};
