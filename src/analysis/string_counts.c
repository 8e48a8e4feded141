/* string_counts.c: from counts of strings to datasets; equations in an_strings.c. */
#include "analysis/string_counts.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"

struct sums {
    const struct vt_strings *o;
    const struct vt_measured *what;
    const double *common, *sum;
    int species, n, *index;
    double *time;
};

static const double *row(const struct sums *s, int species, int k)
{
    size_t rows = (size_t)s->species + 1;
    return s->sum + ((size_t)s->index[k] * rows + (size_t)species) * vt_strings_row_size(s->o);
}

static const double *kind(const struct sums *s, int species, int k, int which)
{
    return row(s, species, k) + VT_STRINGS_KINDS + (size_t)which * vt_strings_kind_size(s->o);
}

static bool counts(const struct vt_strings *o, int which)
{
    return which == VT_LINKS_CHAIN || (which == VT_LINKS_LOOP ? o->loops : o->branched) == VT_STRINGS_WITH;
}

/* One of VT_STRINGS_NUMBER ... VT_STRINGS_COUNT + n, of the strings that count. */
static double counted(const struct sums *s, int species, int k, int64_t what)
{
    double sum = 0;
    for (int q = 0; q < VT_LINKS_KINDS; q++)
        if (counts(s->o, q)) sum += kind(s, species, k, q)[what];
    return sum;
}

static double ratio(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

/* Strings of one atom, which have no links. */
static double single(const struct sums *s, int species, int k)
{
    return kind(s, species, k, VT_LINKS_CHAIN)[VT_STRINGS_COUNT];
}

/* Over all lags, and species and all. */
typedef double quantity(const struct sums *s, int species, int k);

static double mobile(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[VT_STRINGS_MOBILE], row(s, a, k)[VT_STRINGS_ATOMS]);
}
static double displacement(const struct sums *s, int a, int k)
{
    return sqrt(ratio(row(s, a, k)[VT_STRINGS_SQUARE], row(s, a, k)[VT_STRINGS_MOBILE]));
}
static double mean_length(const struct sums *s, int a, int k)
{
    return ratio(counted(s, a, k, VT_STRINGS_MEMBERS), counted(s, a, k, VT_STRINGS_NUMBER));
}
static double mean_length_linked(const struct sums *s, int a, int k)
{
    double one = single(s, a, k);
    return ratio(counted(s, a, k, VT_STRINGS_MEMBERS) - one, counted(s, a, k, VT_STRINGS_NUMBER) - one);
}
static double weight_length(const struct sums *s, int a, int k)
{
    return ratio(counted(s, a, k, VT_STRINGS_WEIGHT), counted(s, a, k, VT_STRINGS_MEMBERS));
}
static double weight_length_linked(const struct sums *s, int a, int k)
{
    double one = single(s, a, k);
    return ratio(counted(s, a, k, VT_STRINGS_WEIGHT) - one, counted(s, a, k, VT_STRINGS_MEMBERS) - one);
}
static double members(const struct sums *s, int a, int k)
{
    double sum = 0;
    for (int q = 0; q < VT_LINKS_KINDS; q++) sum += kind(s, a, k, q)[VT_STRINGS_MEMBERS];
    return sum;
}
static double linked(const struct sums *s, int a, int k)
{
    return members(s, a, k) - single(s, a, k);
}
static double in_strings(const struct sums *s, int a, int k)
{
    return ratio(linked(s, a, k), members(s, a, k));
}
static double in_loops(const struct sums *s, int a, int k)
{
    return ratio(kind(s, a, k, VT_LINKS_LOOP)[VT_STRINGS_MEMBERS], members(s, a, k));
}
static double in_branched(const struct sums *s, int a, int k)
{
    return ratio(kind(s, a, k, VT_LINKS_BRANCHED)[VT_STRINGS_MEMBERS], members(s, a, k));
}
/* Of strings of two or more atoms. */
static double share_of(const struct sums *s, int a, int k, int which)
{
    double sum = 0;
    for (int q = 0; q < VT_LINKS_KINDS; q++) sum += kind(s, a, k, q)[VT_STRINGS_NUMBER];
    return ratio(kind(s, a, k, which)[VT_STRINGS_NUMBER], sum - single(s, a, k));
}
static double loop_share(const struct sums *s, int a, int k)
{
    return share_of(s, a, k, VT_LINKS_LOOP);
}
static double branched_share(const struct sums *s, int a, int k)
{
    return share_of(s, a, k, VT_LINKS_BRANCHED);
}
static double number(const struct sums *s, int a, int k)
{
    return ratio(counted(s, a, k, VT_STRINGS_NUMBER) - single(s, a, k), row(s, a, k)[VT_STRINGS_ATOMS]);
}
static double mobile_share(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[VT_STRINGS_MOBILE], row(s, s->species, k)[VT_STRINGS_MOBILE]);
}
static double string_share(const struct sums *s, int a, int k)
{
    return ratio(linked(s, a, k), linked(s, s->species, k));
}
static double concentration(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[VT_STRINGS_ATOMS], row(s, s->species, k)[VT_STRINGS_ATOMS]);
}
static double mobile_enrichment(const struct sums *s, int a, int k)
{
    return ratio(mobile_share(s, a, k), concentration(s, a, k));
}
static double string_enrichment(const struct sums *s, int a, int k)
{
    return ratio(string_share(s, a, k), concentration(s, a, k));
}
static double cluster_number(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[VT_STRINGS_CLUSTERS], row(s, a, k)[VT_STRINGS_ATOMS]);
}
static double cluster_mean(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[VT_STRINGS_CLUSTER_ATOMS], row(s, a, k)[VT_STRINGS_CLUSTERS]);
}
static double cluster_weight(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[VT_STRINGS_CLUSTER_SQUARE], row(s, a, k)[VT_STRINGS_CLUSTER_ATOMS]);
}
static double cluster_z(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[VT_STRINGS_CLUSTER_CUBE], row(s, a, k)[VT_STRINGS_CLUSTER_SQUARE]);
}

static const struct curve {
    const char *path, *unit, *help;
    quantity *of;
} curves[] = {
    {"strings/mobile", "1", "part of the atoms that is mobile", mobile},
    {"strings/displacement", "angstrom", "root of the mean u^2 of mobile atoms", displacement},
    {"strings/mean_length", "1", "mean number of atoms of a string, sum n N(n) / sum N(n), with n = 1",
     mean_length},
    {"strings/mean_length_linked", "1", "mean number of atoms of a string of two or more",
     mean_length_linked},
    {"strings/weight_length", "1",
     "mean number of atoms of the string of a mobile atom, sum n^2 N(n) / sum n N(n), with n = 1",
     weight_length},
    {"strings/weight_length_linked", "1", "the same of strings of two or more atoms", weight_length_linked},
    {"strings/number", "1", "strings of two or more atoms for each atom of the sample", number},
    {"strings/in_strings", "1", "part of the mobile atoms that is linked to others, in loops too",
     in_strings},
    {"strings/in_loops", "1", "part of the mobile atoms that moves in loops", in_loops},
    {"strings/in_branched", "1", "part of the mobile atoms in strings with branches", in_branched},
    {"strings/loop_share", "1", "loops for each string of two or more atoms, chain, loop or branched",
     loop_share},
    {"strings/branched_share", "1", "strings with branches for each string of two or more atoms",
     branched_share},
    {"strings/mobile_share", "1", "part of the mobile atoms that is of a species", mobile_share},
    {"strings/string_share", "1", "part of the linked mobile atoms that is of a species", string_share},
    {"strings/mobile_enrichment", "1", "mobile_share over the alloy's share of the species",
     mobile_enrichment},
    {"strings/string_enrichment", "1", "string_share over the alloy's share of the species",
     string_enrichment},
    {"strings/cluster_number", "1", "clusters of mobile atoms for each atom of the sample", cluster_number},
    {"strings/cluster_mean", "1", "mean size of clusters of mobile atoms, <s>", cluster_mean},
    {"strings/cluster_weight_mean", "1", "size of the cluster of a mobile atom, <s^2> / <s>", cluster_weight},
    {"strings/cluster_z_mean", "1", "<s^3> / <s^2> of clusters of mobile atoms", cluster_z},
};

static enum vt_status put_curves(const struct sums *s, struct vt_results *out)
{
    for (size_t q = 0; q < sizeof curves / sizeof *curves; q++) {
        struct vt_dataset *d;
        VT_TRY(vt_motion_put(out, s->what->material, curves[q].path, curves[q].unit, curves[q].help, s->n,
                             s->time, &d));
        for (int a = 0; a <= s->species; a++)
            for (int k = 0; k < s->n; k++) d->value[a * s->n + k] = curves[q].of(s, a, k);
    }
    return VT_OK;
}

/* What was used: of the whole stage, without errors. */
static enum vt_status put_lengths(const struct sums *s, struct vt_results *out)
{
    static const struct {
        const char *path, *help;
        int of;
    } used[] = {
        {"strings/delta", "length delta below which an atom is in another's place", VT_STRINGS_DELTA},
        {"strings/cluster_cutoff", "distance below which mobile atoms are in a cluster", VT_STRINGS_CUTOFF}};
    const struct vt_material *m = s->what->material;
    struct vt_dataset *d;
    for (int q = 0; q < 2; q++) {
        VT_TRY(vt_results_add(out, used[q].path, "angstrom", used[q].help, 1, &s->n, &d));
        VT_TRY(vt_dataset_axis(d, 0, "time", "ps", s->time, NULL));
        for (int k = 0; k < s->n; k++)
            d->value[k] = s->common[vt_strings_own_at(s->o, s->species, s->index[k]) + (size_t)used[q].of] /
                          s->common[VT_MOTION_COMMON * s->index[k] + VT_MOTION_PAIRS];
    }
    VT_TRY(vt_results_add(out, "strings/pairs", "1", "pairs of frames that were compared", 1, &s->n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "time", "ps", s->time, NULL));
    for (int k = 0; k < s->n; k++) d->value[k] = s->common[VT_MOTION_COMMON * s->index[k] + VT_MOTION_PAIRS];
    const char *label[VT_SPECIES_MAX];
    for (int a = 0; a < s->species; a++) label[a] = m->species[a].symbol;
    VT_TRY(vt_results_add(out, "strings/threshold", "angstrom",
                          "least |u| of a mobile atom, mean over pairs of frames that have mobile atoms", 2,
                          (const int[]){s->species, s->n}, &d));
    VT_TRY(vt_dataset_axis(d, 0, "species", "", NULL, label));
    VT_TRY(vt_dataset_axis(d, 1, "time", "ps", s->time, NULL));
    for (int a = 0; a < s->species; a++)
        for (int k = 0; k < s->n; k++) {
            const double *own =
                s->common + vt_strings_own_at(s->o, s->species, s->index[k]) + VT_STRINGS_THRESHOLDS + 2 * a;
            d->value[a * s->n + k] = ratio(own[1], own[0]);
        }
    return VT_OK;
}

/* P(n), and loops of n beside it: over species and all, time, n. */
static enum vt_status put_distributions(const struct sums *s, struct vt_results *out)
{
    static const char *const path[] = {"strings/probability", "strings/loops"};
    static const char *const help[] = {
        "P(n): part of the strings that has n atoms, with n = 1; the last n takes all longer ones too",
        "loops of n atoms for each string; the last n takes all longer ones too"};
    const struct vt_material *m = s->what->material;
    const char *label[VT_SPECIES_MAX + 1];
    enum vt_status st = VT_OK;
    int n_max = (int)s->o->n_max;
    double *length = NULL;
    VT_TRY(vt_alloc(&length, n_max));
    for (int n = 0; n < n_max; n++) length[n] = n + 1;
    for (int a = 0; a < s->species; a++) label[a] = m->species[a].symbol;
    label[s->species] = "all";
    for (int q = 0; q < 2; q++) {
        struct vt_dataset *d;
        VT_TRY_GOTO(
            st, done,
            vt_results_add(out, path[q], "1", help[q], 3, (const int[]){s->species + 1, s->n, n_max}, &d));
        VT_TRY_GOTO(st, done, vt_dataset_axis(d, 0, "species", "", NULL, label));
        VT_TRY_GOTO(st, done, vt_dataset_axis(d, 1, "time", "ps", s->time, NULL));
        VT_TRY_GOTO(st, done, vt_dataset_axis(d, 2, "n", "1", length, NULL));
        VT_TRY_GOTO(st, done, vt_dataset_errors(d));
        for (int a = 0; a <= s->species; a++)
            for (int k = 0; k < s->n; k++)
                for (int n = 0; n < n_max; n++)
                    d->value[(a * s->n + k) * n_max + n] =
                        ratio(q ? kind(s, a, k, VT_LINKS_LOOP)[VT_STRINGS_COUNT + n]
                                : counted(s, a, k, VT_STRINGS_COUNT + n),
                              counted(s, a, k, VT_STRINGS_NUMBER));
    }
done:
    free(length);
    return st;
}

/* ln N(n) = c - n / n0, weights N(n), which are the inverse variances of ln N(n) where strings are
 * independent. NaN where fewer than three lengths are met, or P(n) does not fall. */
static void fit(const struct sums *s, int a, int k, double *n0, double *r_squared)
{
    double w = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
    int met = 0;
    for (int64_t n = s->o->fit_from; n <= s->o->fit_to; n++) {
        double weight = counted(s, a, k, VT_STRINGS_COUNT + n - 1);
        if (!(weight > 0)) continue;
        met++;
        w += weight, x += weight * (double)n, y += weight * log(weight);
    }
    *n0 = *r_squared = NAN;
    if (met < 2) return;
    x /= w, y /= w;
    for (int64_t n = s->o->fit_from; n <= s->o->fit_to; n++) {
        double weight = counted(s, a, k, VT_STRINGS_COUNT + n - 1), dx = (double)n - x;
        if (!(weight > 0)) continue;
        xx += weight * dx * dx;
        xy += weight * dx * (log(weight) - y);
        yy += weight * (log(weight) - y) * (log(weight) - y);
    }
    if (!s->what->whole && (met < 3 || xy >= 0)) return;
    *n0 = -xx / xy;
    *r_squared = xy * xy / (xx * yy);
}

static enum vt_status put_decay(const struct sums *s, struct vt_results *out)
{
    const struct vt_results *whole = s->what->whole;
    const struct vt_dataset *known = whole ? vt_results_find(whole, "strings/decay") : NULL;
    struct vt_dataset *decay, *r_squared;
    VT_TRY(vt_motion_put(out, s->what->material, "strings/decay", "1",
                         "n0 of P(n) ~ exp(-n / n0) from fit_from to fit_to; NaN where fewer than three "
                         "lengths are met, or P(n) does not fall",
                         s->n, s->time, &decay));
    VT_TRY(vt_motion_put(out, s->what->material, "strings/r_squared", "1",
                         "coefficient of determination of ln P(n) in the fit of n0", s->n, s->time,
                         &r_squared));
    decay = &out->item[out->n - 2];
    for (int a = 0; a <= s->species; a++)
        for (int k = 0; k < s->n; k++) {
            int at = a * s->n + k;
            fit(s, a, k, &decay->value[at], &r_squared->value[at]);
            if (known && isnan(known->value[at])) decay->value[at] = r_squared->value[at] = NAN;
        }
    return VT_OK;
}

/* The longest mean length; which points it is sought between is what the whole says. */
static enum vt_status put_longest(const struct sums *s, struct vt_results *out)
{
    const struct vt_results *whole = s->what->whole;
    const struct vt_dataset *known = whole ? vt_results_find(whole, "strings/mean_length") : NULL;
    struct vt_dataset *time, *height;
    VT_TRY(vt_motion_put_species(out, s->what->material, "strings/longest_time", "ps",
                                 "time of the longest mean_length; NaN if it lies at an end", &time));
    VT_TRY(vt_motion_put_species(out, s->what->material, "strings/longest_mean_length", "1",
                                 "the longest mean_length; NaN if it lies at an end", &height));
    time = &out->item[out->n - 2];
    const struct vt_dataset *mean = vt_results_find(out, "strings/mean_length");
    for (int a = 0; a <= s->species; a++) {
        const double *value = mean->value + (size_t)(a * s->n);
        const double *seen = known ? known->value + (size_t)(a * s->n) : value;
        int top = 0;
        for (int k = 1; k < s->n; k++)
            if (seen[k] > seen[top] || isnan(seen[top])) top = k;
        time->value[a] = height->value[a] = NAN;
        if (top == 0 || top >= s->n - 1) continue;
        vt_motion_vertex(s->time + top - 1, value + top - 1, &time->value[a], &height->value[a]);
    }
    return VT_OK;
}

enum vt_status vt_strings_finish(const void *options, const struct vt_measured *what, const double *common,
                                 const double *sum, struct vt_results *out)
{
    const struct vt_strings *o = options;
    enum vt_status st = VT_OK;
    struct sums s = {
        .o = o, .what = what, .common = common, .sum = sum, .species = what->material->n_species};
    VT_TRY_GOTO(st, done, vt_alloc(&s.index, vt_strings_lags(o)));
    VT_TRY_GOTO(st, done, vt_alloc(&s.time, vt_strings_lags(o)));
    s.n = vt_motion_times(what, "strings/pairs", common, (int)vt_strings_lags(o), false, s.index, s.time);
    if (s.n == 0) goto done; /* fewer than two frames */
    VT_TRY_GOTO(st, done, put_distributions(&s, out));
    VT_TRY_GOTO(st, done, put_curves(&s, out));
    VT_TRY_GOTO(st, done, put_decay(&s, out));
    VT_TRY_GOTO(st, done, put_longest(&s, out));
    st = put_lengths(&s, out);
done:
    free(s.index);
    free(s.time);
    return st;
}
