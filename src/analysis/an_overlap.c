/* an_overlap.c: overlap function and its fluctuations, the dynamic susceptibility chi_4.
 *
 * Of the N atoms of a species, or of all, those that have moved by less than a length a over the time t:
 *
 *     Q(t) = (1/N) sum_i w(|u_i| < a)          q(t) = <Q>          chi_4(t) = N (<Q^2> - <Q>^2)
 *
 * over origins. Where the atoms move in regions that are fast or slow together, chi_4 is about the number of
 * atoms in one, and largest near the relaxation time. Origins that see the same motion are not independent,
 * and a run that is not much longer than t has few that are: then chi_4 is too small. Errors come from
 * stretches of time; where only one was seen there are none. The variance is that of the origins seen, times
 * n/(n - 1).
 *
 * Reference: Lacevic, Starr, Schroder, Glotzer, JCP 119, 7372 (2003). */
#include <math.h>
#include <string.h>

#include "analysis/motion.h"
#include "core/memory.h"
#include "core/parallel.h"

struct overlap {
    struct vt_common_options common;
    struct vt_lag_options lags;
    double a;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct overlap, 0.05),
    VT_LAG_OPTIONS(struct overlap, VT_LAGS_LOG, 100),
    {"a", "angstrom", VT_REAL, offsetof(struct overlap, a), 1, 1e-3, 100,
     "an atom that has moved by less overlaps with where it was", NULL},
    {0},
};

/* For each lag the number of pairs of frames, then of each species and of all sums of Q and Q^2. */
enum { PAIRS, HEAD };

static int count(const struct overlap *o)
{
    return vt_lags_count(&o->lags, o->common.every);
}

static size_t size_of(int n_species)
{
    return HEAD + 2 * (size_t)(n_species + 1);
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    *common = VT_MOTION_COMMON * (size_t)count(options);
    *group = (size_t)count(options) * size_of(material->n_species);
}

static int64_t near(const struct vt_between *b, int begin, int end, double a)
{
    double u[3][VT_MOTION_RUN];
    int64_t n = 0;
    for (; begin < end; begin += VT_MOTION_RUN) {
        int run = end - begin < VT_MOTION_RUN ? end - begin : VT_MOTION_RUN;
        vt_between_displacements(b, begin, run, (double *const[3]){u[0], u[1], u[2]});
        for (int k = 0; k < run; k++) n += u[0][k] * u[0][k] + u[1][k] * u[1][k] + u[2][k] * u[2][k] < a * a;
    }
    return n;
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    const struct overlap *o = options;
    int n_species = b->roll->n_species;
    int64_t stay[VT_SPECIES_MAX + 1] = {0};
    (void)work;
#pragma omp parallel for schedule(static, 1)
    for (int k = 0; k < n_species * VT_SPACE_GROUPS; k++) {
        const int *begin = &b->roll->begin[k / VT_SPACE_GROUPS][k % VT_SPACE_GROUPS];
        int64_t n = near(b, begin[0], begin[1], o->a);
#pragma omp atomic
        stay[k / VT_SPACE_GROUPS] += n;
    }
    for (int a = 0; a < n_species; a++) stay[n_species] += stay[a];
    VT_TRY(
        vt_mpi(MPI_Allreduce(MPI_IN_PLACE, stay, n_species + 1, MPI_INT64_T, MPI_SUM, frame->ranks->comm)));
    if (frame->ranks->rank) return VT_OK;
    double *sum = tally->group + (size_t)tally->now * tally->group_size + (size_t)b->lag * size_of(n_species);
    vt_motion_count(b, tally);
    sum[PAIRS] += 1;
    for (int a = 0; a <= n_species; a++) {
        int64_t n = a < n_species ? frame->material->species[a].count : b->roll->n_total;
        double Q = (double)stay[a] / (double)n;
        sum[HEAD + 2 * a] += Q;
        sum[HEAD + 2 * a + 1] += Q * Q;
    }
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct overlap *o = options;
    enum vt_status st = VT_OK;
    int most = count(o), species = what->material->n_species, *index = NULL;
    double *time = NULL;
    struct vt_dataset *q, *chi;
    VT_TRY_GOTO(st, done, vt_alloc(&index, most));
    VT_TRY_GOTO(st, done, vt_alloc(&time, most));
    int n = vt_motion_times(what, "overlap/q", common, most, false, index, time);
    if (!n) goto done;
    VT_TRY_GOTO(st, done,
                vt_motion_put(out, what->material, "overlap/q", "1",
                              "overlap q(t): share of atoms that have moved by less than a", n, time, &q));
    VT_TRY_GOTO(st, done,
                vt_motion_put(out, what->material, "overlap/chi_4", "1",
                              "chi_4(t) = N (<Q^2> - <Q>^2) over origins", n, time, &chi));
    q = &out->item[out->n - 2];
    for (int k = 0; k < n; k++)
        for (int a = 0; a <= species; a++) {
            const double *s = sum + (size_t)index[k] * size_of(species);
            double pairs = s[PAIRS], mean = s[HEAD + 2 * a] / pairs,
                   atoms = (double)(a < species ? what->material->species[a].count
                                                : vt_material_atoms(what->material));
            q->value[a * n + k] = mean;
            chi->value[a * n + k] =
                pairs > 1 ? atoms * (s[HEAD + 2 * a + 1] / pairs - mean * mean) * pairs / (pairs - 1) : NAN;
        }
done:
    free(index);
    free(time);
    return st;
}

static const struct vt_motion motion = {
    .kind = VT_PAST_POSITIONS, .lags = offsetof(struct overlap, lags), .between = between};

const struct vt_kernel vt_kernel_overlap = {
    .name = "overlap",
    .help = "overlap function and dynamic susceptibility chi_4",
    .params = params,
    .options_size = sizeof(struct overlap),
    .grouping = VT_GROUP_TIME,
    .motion = &motion,
    .collective = true,
    .sizes = sizes,
    .finish = finish,
};
