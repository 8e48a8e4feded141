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
#include <string.h>

#include "analysis/string_counts.h"
#include "core/exact.h"
#include "core/memory.h"

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct vt_strings, 0.5),
    VT_LAG_OPTIONS_EACH(struct vt_strings, VT_LAGS_LOG, 100, 1),
    {"select", "", VT_CHOICE, offsetof(struct vt_strings, mobile.select), VT_MOBILE_FRACTION, 0, 0,
     "which atoms are mobile: the `fraction` with the longest |u|, those beyond the outer crossing of the "
     "self van Hove function and a Gaussian, or those beyond `distance`",
     "fraction|van_hove|distance"},
    {"of", "", VT_CHOICE, offsetof(struct vt_strings, mobile.of), VT_MOBILE_OF_ALL, 0, 0,
     "fraction and van_hove are those of all atoms together, or of each species by itself", "all|species"},
    {"fraction", "1", VT_REAL, offsetof(struct vt_strings, mobile.fraction), 0.05, 1e-6, 1,
     "part of the atoms that is mobile, with select: fraction", NULL},
    {"distance", "angstrom", VT_REAL, offsetof(struct vt_strings, mobile.distance), VT_UNSET, 0, 1000,
     "with select: distance, how far a mobile atom has gone at least", NULL},
    {"delta", "angstrom", VT_REAL, offsetof(struct vt_strings, delta), VT_UNSET, 0.01, 20,
     "nearer to where another mobile atom was is in its place; delta_r1 of r1 if not given", NULL},
    {"delta_r1", "1", VT_REAL, offsetof(struct vt_strings, delta_r1), 0.6, 0.01, 2, "delta as a share of r1",
     NULL},
    {"r1", "angstrom", VT_REAL, offsetof(struct vt_strings, r1), VT_UNSET, 0.5, 20,
     "distance of first neighbours, the first peak of g(r); (sqrt 2 V / N)^(1/3) if not given", NULL},
    {"loops", "", VT_CHOICE, offsetof(struct vt_strings, loops), VT_STRINGS_APART, 0, 0,
     "rings of atoms are counted apart, or with the strings", "apart|with"},
    {"branched", "", VT_CHOICE, offsetof(struct vt_strings, branched), VT_STRINGS_WITH, 0, 0,
     "strings with branches are left out, or counted with the chains", "apart|with"},
    {"n_max", "1", VT_INT, offsetof(struct vt_strings, n_max), 20, 4, 1000,
     "longest string with a place of its own in P(n); the last place takes longer ones too", NULL},
    {"fit_from", "1", VT_INT, offsetof(struct vt_strings, fit_from), 2, 1, 1000,
     "shortest string of the fit of ln P(n)", NULL},
    {"fit_to", "1", VT_INT, offsetof(struct vt_strings, fit_to), 6, 3, 1000,
     "longest string of the fit of ln P(n)", NULL},
    {"cluster_cutoff", "angstrom", VT_REAL, offsetof(struct vt_strings, cluster_cutoff), VT_UNSET, 0.5, 20,
     "mobile atoms that were nearer than this are a cluster; 1.3 r1 if not given", NULL},
    {0},
};

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    struct vt_strings *o = options;
    const struct vt_yaml *map =
        node->kind == VT_YAML_MAP && node->item[0]->kind == VT_YAML_MAP ? node->item[0] : NULL;
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
    double atoms = (double)vt_material_atoms(material), mobile = 0; /* as vt_mobile_find has it */
    for (int a = 0; a < material->n_species && o->mobile.of == VT_MOBILE_OF_SPECIES; a++)
        mobile += (double)llrint(o->mobile.fraction * (double)material->species[a].count);
    if (o->mobile.of == VT_MOBILE_OF_ALL) mobile = (double)llrint(o->mobile.fraction * atoms);
    if (o->mobile.select == VT_MOBILE_FRACTION && atoms > 0 && mobile < 2)
        return VT_RAISE_AT(
            node,
            "strings: fraction: %g of %.0f atoms makes %.0f of them mobile: two are needed, 0.05 is "
            "usual",
            o->mobile.fraction, atoms, mobile);
    return VT_OK;
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    const struct vt_strings *o = options;
    *common = vt_strings_own_at(o, material->n_species, (int)vt_strings_lags(o));
    *group = vt_strings_lags(o) * (size_t)(material->n_species + 1) * vt_strings_row_size(o);
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
    const struct vt_strings *o;
    const struct vt_tally *tally;
    size_t lag;
    int n_species;
};

static double *row_of(const struct place *p, int group, int species)
{
    size_t rows = (size_t)p->n_species + 1;
    return p->tally->group + (size_t)group * p->tally->group_size +
           (p->lag * rows + (size_t)species) * vt_strings_row_size(p->o);
}

/* 1 / n, such that sums of millions are exact. */
static double share(int n)
{
    return vt_round(1.0 / n, VT_MAGIC(0x1p-30));
}

static void count_strings(const struct place *p, const struct vt_mobile *atom, const struct vt_links *links)
{
    const struct vt_strings *o = p->o;
    for (int i = 0; i < links->n; i++) {
        int root = links->node[i].root, n = links->node[root].size;
        size_t kind = VT_STRINGS_KINDS + (size_t)links->node[root].kind * vt_strings_kind_size(o);
        int64_t last = n < o->n_max ? n : o->n_max;
        double *one = row_of(p, atom[root].group, atom[i].species) + kind;
        one[VT_STRINGS_NUMBER] += share(n);
        one[VT_STRINGS_MEMBERS] += 1;
        one[VT_STRINGS_WEIGHT] += n;
        one[VT_STRINGS_COUNT + last - 1] += share(n);
        if (i != root) continue;
        double *all = row_of(p, atom[root].group, p->n_species) + kind;
        all[VT_STRINGS_NUMBER] += 1;
        all[VT_STRINGS_MEMBERS] += n;
        all[VT_STRINGS_WEIGHT] += (double)n * n;
        all[VT_STRINGS_COUNT + last - 1] += 1;
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
            rows[q][VT_STRINGS_CLUSTERS] += q ? 1 : share((int)s);
            rows[q][VT_STRINGS_CLUSTER_ATOMS] += weight;
            rows[q][VT_STRINGS_CLUSTER_SQUARE] += weight * s;
            rows[q][VT_STRINGS_CLUSTER_CUBE] += weight * s * s;
        }
    }
}

static void count_mobile(const struct place *p, const struct vt_mobile_list *mobile)
{
    for (int i = 0; i < mobile->n; i++) {
        const struct vt_mobile *m = &mobile->atom[i];
        double *rows[2] = {row_of(p, m->group, m->species), row_of(p, m->group, p->n_species)};
        for (int q = 0; q < 2; q++) {
            rows[q][VT_STRINGS_MOBILE] += 1;
            rows[q][VT_STRINGS_SQUARE] += m->square;
        }
    }
}

/* The lengths of this pair of frames. */
static void lengths(const struct vt_strings *o, const struct vt_between *b, double *delta, double *cutoff)
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
            row_of(p, g, a)[VT_STRINGS_ATOMS] += n;
            row_of(p, g, p->n_species)[VT_STRINGS_ATOMS] += n;
        }
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    const struct vt_strings *o = options;
    struct work *w = work;
    struct place p = {o, tally, (size_t)b->lag, b->roll->n_species};
    double *common = tally->common + VT_MOTION_COMMON * b->lag;
    double *own = tally->common + vt_strings_own_at(o, p.n_species, b->lag);
    double delta, cutoff;
    if (b->lag == 0) return VT_OK;
    VT_TRY(vt_mobile_find(&o->mobile, frame, b, &w->mobile));
    count_atoms(&p, b->roll);
    if (frame->ranks->rank) return VT_OK;
    lengths(o, b, &delta, &cutoff);
    common[VT_MOTION_PAIRS] += 1;
    common[VT_MOTION_TIME] += b->now->time - b->then->time;
    own[VT_STRINGS_DELTA] += delta;
    own[VT_STRINGS_CUTOFF] += cutoff;
    for (int a = 0; a < p.n_species; a++)
        if (!isnan(w->mobile.threshold[a])) {
            own[VT_STRINGS_THRESHOLDS + 2 * a] += 1;
            own[VT_STRINGS_THRESHOLDS + 2 * a + 1] += w->mobile.threshold[a];
        }
    return link_up(&p, b, delta, cutoff, w);
}

static const struct vt_motion motion = {
    .kind = VT_PAST_POSITIONS, .lags = offsetof(struct vt_strings, lags), .between = between};

const struct vt_kernel vt_kernel_strings = {
    .name = "strings",
    .help = "string-like motion: mobile atoms that follow each other, and their clusters",
    .params = params,
    .options_size = sizeof(struct vt_strings),
    .grouping = VT_GROUP_SPACE,
    .read = read,
    .collective = true,
    .motion = &motion,
    .sizes = sizes,
    .finish = vt_strings_finish,
    .work_size = sizeof(struct work),
    .release = release,
};
