/* an_strings.c: do atoms of a glass move in file, each into the place that another leaves?
 *
 * Of two frames a time t apart, the atoms that moved most (mobile.h) are looked at. A mobile atom i replaces
 * another, j, if it comes to where j was:
 *
 *     i -> j    if |r_i(t) - r_j(0)| < delta,   i != j,
 *
 * with r_j(0) carried by the cell and the centre of mass (past.h), to the nearest image. Two atoms are
 * linked if i -> j or j -> i, that is if min(|r_i(t) - r_j(0)|, |r_j(t) - r_i(0)|) < delta. What links hold
 * together is a string of n atoms; a mobile atom that is alone is a string of n = 1. Links know their
 * direction, so it is seen (links.h) whether a string is a chain, a loop (n atoms in a ring, or two that
 * change places), or branched, which a wide delta lets happen. Of the strings that count (`loops`,
 * `branched`), N(n) of n atoms,
 *
 *     P(n) = N(n) / sum N                    mean_length    sum n N / sum N        n0: ln P = c - n / n0
 *                                            weight_length  sum n^2 N / sum n N
 *
 * with n = 1, and for `..._linked` from n = 2 on. For one species, a string with k of its n atoms of that
 * species counts k / n: the species add up to all. delta is a share of the first-neighbour distance r1, by
 * preset that of a close-packed crystal as dense as the sample, r1 = (sqrt 2 V / N)^(1/3).
 *
 * Mobile atoms also lie together: those nearer than cluster_cutoff at the start of the time are clusters.
 *
 * A string or cluster belongs to the part of the sample of its atom of the lowest id. All that is linked is
 * linked on rank 0.
 *
 * References: Donati et al., PRL 80, 2338 (1998); Donati et al., PRE 60, 3107 (1999), for clusters. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/links.h"
#include "analysis/mobile.h"
#include "analysis/motion.h"
#include "core/exact.h"
#include "core/memory.h"

struct strings {
    struct vt_common_options common;
    struct vt_lag_options lags;
    struct vt_mobile_rule mobile;
    double delta, delta_r1, r1, cluster_cutoff;
    int loops, branched; /* enum counted */
    int64_t n_max, fit_from, fit_to;
};
enum counted { APART, WITH };

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct strings, 0.5),
    VT_LAG_OPTIONS_EACH(struct strings, VT_LAGS_LOG, 100, 1),
    {"select", "", VT_CHOICE, offsetof(struct strings, mobile.select), VT_MOBILE_FRACTION, 0, 0,
     "which atoms are mobile: the `fraction` with the longest |u|, those beyond the outer crossing of the "
     "self van Hove function and a Gaussian, or those beyond `distance`",
     "fraction|van_hove|distance"},
    {"of", "", VT_CHOICE, offsetof(struct strings, mobile.of), VT_MOBILE_OF_ALL, 0, 0,
     "fraction and van_hove are those of all atoms together, or of each species by itself", "all|species"},
    {"fraction", "1", VT_REAL, offsetof(struct strings, mobile.fraction), 0.05, 0, 1,
     "part of the atoms that is mobile, with select: fraction", NULL},
    {"distance", "angstrom", VT_REAL, offsetof(struct strings, mobile.distance), VT_UNSET, 0, 1000,
     "with select: distance, how far a mobile atom has gone at least", NULL},
    {"delta", "angstrom", VT_REAL, offsetof(struct strings, delta), VT_UNSET, 0.01, 20,
     "nearer to where another mobile atom was is in its place; delta_r1 of r1 if not given", NULL},
    {"delta_r1", "1", VT_REAL, offsetof(struct strings, delta_r1), 0.6, 0.01, 2, "delta as a share of r1",
     NULL},
    {"r1", "angstrom", VT_REAL, offsetof(struct strings, r1), VT_UNSET, 0.5, 20,
     "distance of first neighbours, the first peak of g(r); (sqrt 2 V / N)^(1/3) if not given", NULL},
    {"loops", "", VT_CHOICE, offsetof(struct strings, loops), APART, 0, 0,
     "rings of atoms are counted apart, or with the strings", "apart|with"},
    {"branched", "", VT_CHOICE, offsetof(struct strings, branched), WITH, 0, 0,
     "strings with branches are left out, or counted with the chains", "apart|with"},
    {"n_max", "1", VT_INT, offsetof(struct strings, n_max), 20, 4, 1000,
     "longest string with a place of its own in P(n); the last place takes longer ones too", NULL},
    {"fit_from", "1", VT_INT, offsetof(struct strings, fit_from), 2, 1, 1000,
     "shortest string of the fit of ln P(n)", NULL},
    {"fit_to", "1", VT_INT, offsetof(struct strings, fit_to), 6, 3, 1000,
     "longest string of the fit of ln P(n)", NULL},
    {"cluster_cutoff", "angstrom", VT_REAL, offsetof(struct strings, cluster_cutoff), VT_UNSET, 0.5, 20,
     "mobile atoms that were nearer than this are a cluster; 1.3 r1 if not given", NULL},
    {0},
};

/* In the common part, for each lag behind what all kernels of motion have there (motion.h). */
enum { DELTA, CUTOFF, THRESHOLDS }; /* sums; of each species, pairs that have a threshold and its sum */

/* A group has for each lag, species and all: */
enum {
    ATOMS,
    MOBILE, /* counted where each is, not where its string is */
    SQUARE, /* sum of u^2 of the mobile ones */
    CLUSTERS,
    CLUSTER_ATOMS, /* sum of s, s^2, s^3 over clusters of s atoms */
    CLUSTER_SQUARE,
    CLUSTER_CUBE,
    KINDS
};
/* ..., then for each kind of string: */
enum {
    STRINGS,
    MEMBERS, /* sum of n, n^2 */
    WEIGHT,
    COUNT /* [n - 1] */
};

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    struct strings *o = options;
    const struct vt_yaml *map =
        node->kind == VT_YAML_MAP && node->item[0]->kind == VT_YAML_MAP ? node->item[0] : NULL;
    (void)material;
    if (o->mobile.select == VT_MOBILE_DISTANCE && isnan(o->mobile.distance))
        return VT_RAISE_AT(node, "strings: select: distance needs the key 'distance', as in distance: 1.2 A");
    if (o->mobile.select != VT_MOBILE_DISTANCE && !isnan(o->mobile.distance))
        return VT_RAISE_AT(node, "strings: the key 'distance' goes with select: distance only");
    if (map && o->mobile.select != VT_MOBILE_FRACTION && vt_params_given(map, "fraction"))
        return VT_RAISE_AT(node, "strings: the key 'fraction' goes with select: fraction only");
    if (map && o->mobile.select == VT_MOBILE_DISTANCE && vt_params_given(map, "of"))
        return VT_RAISE_AT(node, "strings: with select: distance the key 'of' would change nothing");
    if (map && !isnan(o->delta) && vt_params_given(map, "delta_r1"))
        return VT_RAISE_AT(node, "strings: give delta or delta_r1, not both");
    if (!isnan(o->delta) && !isnan(o->cluster_cutoff) && !isnan(o->r1))
        return VT_RAISE_AT(node, "strings: r1 changes nothing where delta and cluster_cutoff are given");
    if (o->fit_to < o->fit_from + 2 || o->fit_to >= o->n_max)
        return VT_RAISE_AT(node,
                           "strings: fit_from: %lld, fit_to: %lld: at least three lengths below n_max: %lld "
                           "are needed",
                           (long long)o->fit_from, (long long)o->fit_to, (long long)o->n_max);
    return VT_OK;
}

static double reach(const void *options)
{
    (void)options;
    return 0;
}

static size_t count(const struct strings *o)
{
    return (size_t)vt_lags_count(&o->lags, o->common.every);
}

static size_t kind_size(const struct strings *o)
{
    return COUNT + (size_t)o->n_max;
}

static size_t row_size(const struct strings *o)
{
    return KINDS + VT_LINKS_KINDS * kind_size(o);
}

static size_t own_size(int n_species)
{
    return THRESHOLDS + 2 * (size_t)n_species;
}

/* Common: what all have for all lags, then own_size for each lag. */
static size_t own_at(const struct strings *o, int n_species, int lag)
{
    return VT_MOTION_COMMON * count(o) + (size_t)lag * own_size(n_species);
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    const struct strings *o = options;
    *common = own_at(o, material->n_species, (int)count(o));
    *group = count(o) * (size_t)(material->n_species + 1) * row_size(o);
}

struct work {
    struct vt_mobile_list mobile;
    struct vt_near near;
    struct vt_near_list pairs;
    struct vt_links links;
    double (*then)[3], (*now)[3]; /* fractional */
    size_t then_capacity, now_capacity;
};

static void release(void *work)
{
    struct work *w = work;
    vt_mobile_release(&w->mobile);
    vt_near_release(&w->near);
    free(w->pairs.pair);
    vt_links_release(&w->links);
    free(w->then), free(w->now);
}

/* The rows of a pair's lag in a group's state. */
struct place {
    const struct strings *o;
    const struct vt_tally *tally;
    size_t lag;
    int n_species;
};

static double *row_of(const struct place *p, int group, int species)
{
    size_t rows = (size_t)p->n_species + 1;
    return p->tally->group + (size_t)group * p->tally->group_size +
           (p->lag * rows + (size_t)species) * row_size(p->o);
}

/* 1 / n, such that sums of millions are exact. */
static double share(int n)
{
    return vt_round(1.0 / n, VT_MAGIC(0x1p-30));
}

static void count_strings(const struct place *p, const struct vt_mobile *atom, const struct vt_links *links)
{
    const struct strings *o = p->o;
    for (int i = 0; i < links->n; i++) {
        int root = links->node[i].root, n = links->node[root].size;
        size_t kind = KINDS + (size_t)links->node[root].kind * kind_size(o);
        int64_t last = n < o->n_max ? n : o->n_max;
        double *one = row_of(p, atom[root].group, atom[i].species) + kind;
        one[STRINGS] += share(n);
        one[MEMBERS] += 1;
        one[WEIGHT] += n;
        one[COUNT + last - 1] += share(n);
        if (i != root) continue;
        double *all = row_of(p, atom[root].group, p->n_species) + kind;
        all[STRINGS] += 1;
        all[MEMBERS] += n;
        all[WEIGHT] += (double)n * n;
        all[COUNT + last - 1] += 1;
    }
}

static void count_clusters(const struct place *p, const struct vt_mobile *atom, const struct vt_links *links)
{
    for (int i = 0; i < links->n; i++) {
        int root = links->node[i].root, group = atom[root].group;
        double s = links->node[root].size;
        double *rows[2] = {row_of(p, group, atom[i].species), row_of(p, group, p->n_species)};
        for (int q = 0; q < (i == root ? 2 : 1); q++) {
            double weight = q ? s : 1;
            rows[q][CLUSTERS] += q ? 1 : share((int)s);
            rows[q][CLUSTER_ATOMS] += weight;
            rows[q][CLUSTER_SQUARE] += weight * s;
            rows[q][CLUSTER_CUBE] += weight * s * s;
        }
    }
}

static void count_mobile(const struct place *p, const struct vt_mobile_list *mobile)
{
    for (int i = 0; i < mobile->n; i++) {
        const struct vt_mobile *m = &mobile->atom[i];
        double *rows[2] = {row_of(p, m->group, m->species), row_of(p, m->group, p->n_species)};
        for (int q = 0; q < 2; q++) {
            rows[q][MOBILE] += 1;
            rows[q][SQUARE] += m->square;
        }
    }
}

/* The lengths of this pair of frames. */
static void lengths(const struct strings *o, const struct vt_between *b, double *delta, double *cutoff)
{
    double r1 = o->r1;
    if (isnan(r1)) r1 = cbrt(M_SQRT2 * vt_cell_volume(&b->now->cell) / (double)b->roll->n_total);
    *delta = isnan(o->delta) ? o->delta_r1 * r1 : o->delta;
    *cutoff = isnan(o->cluster_cutoff) ? 1.3 * r1 : o->cluster_cutoff;
}

/* The cell `now` as it was then, up to an exchange for an equivalent one: fractional coordinates stay. */
static struct vt_cell cell_then(const struct vt_between *b)
{
    struct vt_cell map, then = {{{0}}};
    memcpy(map.h, b->map, sizeof map.h);
    for (int d = 0; d < 3; d++) vt_cell_fractional(&map, b->now->cell.h[d], then.h[d]);
    return then;
}

/* Rank 0 links them. Local. */
static enum vt_status link_up(const struct place *p, const struct vt_between *b, double delta, double cutoff,
                              struct work *w)
{
    const struct vt_cell *now = &b->now->cell, then = cell_then(b);
    const struct vt_mobile *atom = w->mobile.atom;
    int n = w->mobile.n;
    VT_TRY(vt_renew(&w->then, &w->then_capacity, (size_t)n + 1));
    VT_TRY(vt_renew(&w->now, &w->now_capacity, (size_t)n + 1));
    for (int i = 0; i < n; i++) {
        vt_cell_fractional(now, atom[i].then, w->then[i]);
        vt_cell_fractional(now, atom[i].now, w->now[i]);
    }
    VT_TRY(vt_near_sort(&w->near, now, n, (const double(*)[3])w->then));
    VT_TRY(vt_near_find(&w->near, now, delta, n, (const double(*)[3])w->now, &w->pairs));
    VT_TRY(vt_links_sort(&w->links, n, &w->pairs));
    count_strings(p, atom, &w->links);
    VT_TRY(vt_near_find(&w->near, &then, cutoff, n, (const double(*)[3])w->then, &w->pairs));
    VT_TRY(vt_links_sort(&w->links, n, &w->pairs));
    count_clusters(p, atom, &w->links);
    count_mobile(p, &w->mobile);
    return VT_OK;
}

static void count_atoms(const struct place *p, const struct vt_roll *roll)
{
    for (int a = 0; a < roll->n_species; a++)
        for (int g = 0; g < VT_SPACE_GROUPS; g++) {
            int n = roll->begin[a][g + 1] - roll->begin[a][g];
            row_of(p, g, a)[ATOMS] += n;
            row_of(p, g, p->n_species)[ATOMS] += n;
        }
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    const struct strings *o = options;
    struct work *w = work;
    struct place p = {o, tally, (size_t)b->lag, b->roll->n_species};
    double *common = tally->common + VT_MOTION_COMMON * b->lag;
    double *own = tally->common + own_at(o, p.n_species, b->lag);
    double delta, cutoff;
    if (b->lag == 0) return VT_OK;
    VT_TRY(vt_mobile_find(&o->mobile, frame, b, &w->mobile));
    count_atoms(&p, b->roll);
    if (frame->ranks->rank) return VT_OK;
    lengths(o, b, &delta, &cutoff);
    common[VT_MOTION_PAIRS] += 1;
    common[VT_MOTION_TIME] += b->now->time - b->then->time;
    own[DELTA] += delta;
    own[CUTOFF] += cutoff;
    for (int a = 0; a < p.n_species; a++)
        if (!isnan(w->mobile.threshold[a])) {
            own[THRESHOLDS + 2 * a] += 1;
            own[THRESHOLDS + 2 * a + 1] += w->mobile.threshold[a];
        }
    return link_up(&p, b, delta, cutoff, w);
}

/* ---- what becomes of it ---- */

struct sums {
    const struct strings *o;
    const struct vt_measured *what;
    const double *common, *sum;
    int species, n, *index;
    double *time;
};

static const double *row(const struct sums *s, int species, int k)
{
    size_t rows = (size_t)s->species + 1;
    return s->sum + ((size_t)s->index[k] * rows + (size_t)species) * row_size(s->o);
}

static const double *kind(const struct sums *s, int species, int k, int which)
{
    return row(s, species, k) + KINDS + (size_t)which * kind_size(s->o);
}

static bool counts(const struct strings *o, int which)
{
    return which == VT_LINKS_CHAIN || (which == VT_LINKS_LOOP ? o->loops : o->branched) == WITH;
}

/* One of STRINGS ... COUNT + n, of the strings that count. */
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
    return kind(s, species, k, VT_LINKS_CHAIN)[COUNT];
}

/* Over all lags, and species and all. */
typedef double quantity(const struct sums *s, int species, int k);

static double mobile(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[MOBILE], row(s, a, k)[ATOMS]);
}
static double displacement(const struct sums *s, int a, int k)
{
    return sqrt(ratio(row(s, a, k)[SQUARE], row(s, a, k)[MOBILE]));
}
static double mean_length(const struct sums *s, int a, int k)
{
    return ratio(counted(s, a, k, MEMBERS), counted(s, a, k, STRINGS));
}
static double mean_length_linked(const struct sums *s, int a, int k)
{
    double one = single(s, a, k);
    return ratio(counted(s, a, k, MEMBERS) - one, counted(s, a, k, STRINGS) - one);
}
static double weight_length(const struct sums *s, int a, int k)
{
    return ratio(counted(s, a, k, WEIGHT), counted(s, a, k, MEMBERS));
}
static double weight_length_linked(const struct sums *s, int a, int k)
{
    double one = single(s, a, k);
    return ratio(counted(s, a, k, WEIGHT) - one, counted(s, a, k, MEMBERS) - one);
}
static double members(const struct sums *s, int a, int k)
{
    double sum = 0;
    for (int q = 0; q < VT_LINKS_KINDS; q++) sum += kind(s, a, k, q)[MEMBERS];
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
    return ratio(kind(s, a, k, VT_LINKS_LOOP)[MEMBERS], members(s, a, k));
}
static double in_branched(const struct sums *s, int a, int k)
{
    return ratio(kind(s, a, k, VT_LINKS_BRANCHED)[MEMBERS], members(s, a, k));
}
/* Of strings of two or more atoms. */
static double share_of(const struct sums *s, int a, int k, int which)
{
    double sum = 0;
    for (int q = 0; q < VT_LINKS_KINDS; q++) sum += kind(s, a, k, q)[STRINGS];
    return ratio(kind(s, a, k, which)[STRINGS], sum - single(s, a, k));
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
    return ratio(counted(s, a, k, STRINGS) - single(s, a, k), row(s, a, k)[ATOMS]);
}
static double mobile_share(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[MOBILE], row(s, s->species, k)[MOBILE]);
}
static double string_share(const struct sums *s, int a, int k)
{
    return ratio(linked(s, a, k), linked(s, s->species, k));
}
static double concentration(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[ATOMS], row(s, s->species, k)[ATOMS]);
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
    return ratio(row(s, a, k)[CLUSTERS], row(s, a, k)[ATOMS]);
}
static double cluster_mean(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[CLUSTER_ATOMS], row(s, a, k)[CLUSTERS]);
}
static double cluster_weight(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[CLUSTER_SQUARE], row(s, a, k)[CLUSTER_ATOMS]);
}
static double cluster_z(const struct sums *s, int a, int k)
{
    return ratio(row(s, a, k)[CLUSTER_CUBE], row(s, a, k)[CLUSTER_SQUARE]);
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
    } used[] = {{"strings/delta", "length delta below which an atom is in another's place", DELTA},
                {"strings/cluster_cutoff", "distance below which mobile atoms are in a cluster", CUTOFF}};
    const struct vt_material *m = s->what->material;
    struct vt_dataset *d;
    for (int q = 0; q < 2; q++) {
        VT_TRY(vt_results_add(out, used[q].path, "angstrom", used[q].help, 1, &s->n, &d));
        VT_TRY(vt_dataset_axis(d, 0, "time", "ps", s->time, NULL));
        for (int k = 0; k < s->n; k++)
            d->value[k] = s->common[own_at(s->o, s->species, s->index[k]) + (size_t)used[q].of] /
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
            const double *own = s->common + own_at(s->o, s->species, s->index[k]) + THRESHOLDS + 2 * a;
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
                        ratio(q ? kind(s, a, k, VT_LINKS_LOOP)[COUNT + n] : counted(s, a, k, COUNT + n),
                              counted(s, a, k, STRINGS));
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
        double weight = counted(s, a, k, COUNT + n - 1);
        if (!(weight > 0)) continue;
        met++;
        w += weight, x += weight * (double)n, y += weight * log(weight);
    }
    *n0 = *r_squared = NAN;
    if (met < 2) return;
    x /= w, y /= w;
    for (int64_t n = s->o->fit_from; n <= s->o->fit_to; n++) {
        double weight = counted(s, a, k, COUNT + n - 1), dx = (double)n - x;
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

/* Of the parabola in ln t through three points, within them. */
static void vertex(const double *time, const double *value, double *at, double *height)
{
    double h = log(time[1] / time[0]), k = log(time[2] / time[1]);
    double left = (value[1] - value[0]) / h, right = (value[2] - value[1]) / k;
    double bend = (right - left) / (h + k), tilt = (left * k + right * h) / (h + k);
    double x = bend < 0 ? fmax(-h, fmin(k, -tilt / (2 * bend))) : 0;
    *at = time[1] * exp(x);
    *height = value[1] + x * (tilt + x * bend);
}

/* The longest mean length; which points it is sought between is what the whole says. */
static enum vt_status put_longest(const struct sums *s, struct vt_results *out)
{
    const struct vt_results *whole = s->what->whole;
    const struct vt_dataset *known = whole ? vt_results_find(whole, "strings/mean_length") : NULL;
    struct vt_dataset *time, *height, *mean = vt_results_find(out, "strings/mean_length");
    VT_TRY(vt_motion_put_species(out, s->what->material, "strings/longest_time", "ps",
                                 "time of the longest mean_length; NaN if it lies at an end", &time));
    VT_TRY(vt_motion_put_species(out, s->what->material, "strings/longest_mean_length", "1",
                                 "the longest mean_length; NaN if it lies at an end", &height));
    time = &out->item[out->n - 2];
    mean = vt_results_find(out, "strings/mean_length");
    for (int a = 0; a <= s->species; a++) {
        const double *value = mean->value + (size_t)(a * s->n);
        const double *seen = known ? known->value + (size_t)(a * s->n) : value;
        int top = 0;
        for (int k = 1; k < s->n; k++)
            if (seen[k] > seen[top] || isnan(seen[top])) top = k;
        time->value[a] = height->value[a] = NAN;
        if (top == 0 || top >= s->n - 1) continue;
        vertex(s->time + top - 1, value + top - 1, &time->value[a], &height->value[a]);
    }
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct strings *o = options;
    enum vt_status st = VT_OK;
    struct sums s = {
        .o = o, .what = what, .common = common, .sum = sum, .species = what->material->n_species};
    VT_TRY_GOTO(st, done, vt_alloc(&s.index, count(o)));
    VT_TRY_GOTO(st, done, vt_alloc(&s.time, count(o)));
    s.n = vt_motion_times(common, (int)count(o), false, s.index, s.time);
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

static const struct vt_motion motion = {
    .kind = VT_PAST_POSITIONS, .lags = offsetof(struct strings, lags), .between = between};

const struct vt_kernel vt_kernel_strings = {
    .name = "strings",
    .help = "string-like motion: mobile atoms that follow each other, and their clusters",
    .params = params,
    .options_size = sizeof(struct strings),
    .grouping = VT_GROUP_SPACE,
    .read = read,
    .collective = true,
    .motion = &motion,
    .reach = reach,
    .sizes = sizes,
    .finish = finish,
    .work_size = sizeof(struct work),
    .release = release,
};
