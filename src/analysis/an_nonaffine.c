/* an_nonaffine.c: how neighbourhoods are strained and turned, and what of the motion is not affine.
 *
 * For each pair of frames and each atom with at least four neighbours within r_max in the first of them, the
 * best local deformation J, and from it D2min (per neighbour), strain eta, its von Mises and volumetric part,
 * and the rotation R: local_motion.h has the equations, vicinity.h the neighbours. J is the whole deformation
 * (against: nothing) or that beyond the cell's (against: cell): J_cell = F^-1 J with the F of past.h. D2min
 * is the same for both.
 *
 * Averages are over the atoms that could be fitted, those of rotations over atoms with det J > 0; and with x
 * the D2min of an atom
 *
 *     participation = <x>^2 / <x^2>                     1: all alike, 1/N: one atom does it all
 *     distribution: share of atoms in a bin / its width in decades
 *
 * Profiles lie across the cell: distance from the faces that the other two edges span, where the atom was in
 * the first frame. An atom counts for the part of the sample (for errors) in which it was then.
 *
 * References: Falk & Langer, PRE 57, 7192 (1998); Shimizu, Ogata & Li, Mater. Trans. 48, 2923 (2007). */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "analysis/local_motion.h"
#include "analysis/motion.h"
#include "analysis/vicinity.h"
#include "core/memory.h"

struct nonaffine {
    struct vt_common_options common;
    struct vt_lag_options lags;
    double r_max, d2min_above, strain_above;
    int against, profile;
    int64_t per_decade, bins;
};
enum { NOTHING, CELL };

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct nonaffine, 1),
    VT_LAG_OPTIONS(struct nonaffine, VT_LAGS_LOG, 100),
    {.name = "r_max",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct nonaffine, r_max),
     .preset = 4,
     .min = 1,
     .max = 30,
     .help = "atoms nearer to each other are neighbours; a little beyond the first minimum of g(r)"},
    {.name = "against",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = offsetof(struct nonaffine, against),
     .preset = NOTHING,
     .text = "nothing|cell",
     .help = "strains, rotations and displacements of profiles are the whole ones, or those beyond the "
             "cell's; D2min is the same"},
    {.name = "d2min_above",
     .unit = "A^2",
     .kind = VT_REAL,
     .offset = offsetof(struct nonaffine, d2min_above),
     .preset = 0.5,
     .min = 0,
     .max = 1e6,
     .help = "atoms with a larger D2min are counted"},
    {.name = "strain_above",
     .unit = "1",
     .kind = VT_REAL,
     .offset = offsetof(struct nonaffine, strain_above),
     .preset = 0.2,
     .min = 0,
     .max = 1e6,
     .help = "atoms with a larger von Mises strain are counted"},
    {.name = "per_decade",
     .unit = "1",
     .kind = VT_INT,
     .offset = offsetof(struct nonaffine, per_decade),
     .preset = 10,
     .min = 1,
     .max = 100,
     .help = "bins of the distributions in each factor of ten"},
    {.name = "profile",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = offsetof(struct nonaffine, profile),
     .preset = 0,
     .text = "none|x|y|z",
     .help = "averages across the sample along this axis, as across a shear band"},
    {.name = "bins",
     .unit = "1",
     .kind = VT_INT,
     .offset = offsetof(struct nonaffine, bins),
     .preset = 30,
     .min = 1,
     .max = 1000,
     .help = "bins of the profile"},
    {0},
};

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    const struct nonaffine *o = options;
    (void)material;
    if (!o->profile && vt_motion_given(node, "bins"))
        return VT_RAISE_AT(node, "nonaffine: key 'bins' goes with a profile: add profile: x, y or z");
    return VT_OK;
}

/* An atom may see several images of another one, but not of itself: these move as the cell does, always. */
static enum vt_status check(const void *options, const struct vt_cell *cell)
{
    const struct nonaffine *o = options;
    double height = vt_cell_least_height(cell);
    if (o->r_max <= height) return VT_OK;
    return VT_RAISE(
        VT_EINPUT,
        "nonaffine: r_max is %g angstrom, and the cell is only %.4g across: atoms would be neighbours of "
        "themselves",
        o->r_max, height);
}

/* ------------------------------------------------------------------------------------------------- sums */

/* A record: numbers of atoms, then sums over those that were fitted, three words each. Squares are of D2min.
 */
enum { ATOMS, FITTED, TURNED, NEIGHBOURS, HIGH_D2MIN, HIGH_STRAIN, COUNTS };
enum {
    D2MIN,
    SQUARE,
    TOTAL,
    MISES,
    VOLUME,
    STRAIN,
    MOVE = STRAIN + 6,
    ANGLE = MOVE + 3,
    TURN,
    SUMS = TURN + 3
};
enum { RECORD = COUNTS + SUMS * VT_WORDS };

/* What is distributed over bins: [below][bins][above] each. */
enum { KINDS = 3 };
static const struct kind {
    const char *name, *axis, *unit, *help;
    double low;
    int decades;
} kinds[KINDS] = {
    {"d2min", "d2min_bin", "angstrom^2", "atoms over D2min: share of them in a bin / its width in decades",
     1e-5, 8},
    {"von_mises", "von_mises_bin", "1", "the same over von Mises strain", 1e-4, 5},
    {"rotation", "rotation_bin", "degree", "the same over the angle of rotation", 0.018, 4},
};

static size_t bins_of(const struct nonaffine *o, int kind)
{
    return (size_t)kinds[kind].decades * (size_t)o->per_decade;
}

static size_t distributions(const struct nonaffine *o)
{
    size_t n = 0;
    for (int k = 0; k < KINDS; k++) n += bins_of(o, k) + 2;
    return n;
}

static size_t layers(const struct nonaffine *o)
{
    return o->profile ? (size_t)o->bins : 0;
}

static int count(const struct nonaffine *o)
{
    return vt_lags_count(&o->lags, o->common.every);
}

/* A group, for each lag: for each species a record and distributions; records of the profile. */
static size_t of_species(const struct nonaffine *o)
{
    return RECORD + distributions(o);
}

static size_t of_lag(const struct nonaffine *o, int n_species)
{
    return (size_t)n_species * of_species(o) + layers(o) * RECORD;
}

/* Behind what all kernels of motion keep, the sums of the cells' heights along the profile. */
static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    const struct nonaffine *o = options;
    *common = (VT_MOTION_COMMON + 1) * (size_t)count(o);
    *group = (size_t)count(o) * of_lag(o, material->n_species);
}

/* --------------------------------------------------------------------------------------------- measuring */

struct work {
    struct vt_vicinity vicinity;
    struct vt_local_motion *local;           /* of owned atoms */
    int begin[VT_SPACE_GROUPS + 1], *member; /* owned atoms of each part of the sample */
    double (*vector)[3];                     /* [thread][then, change][most] */
    double *part;                            /* sums of a pair of frames: [group][of_lag] */
    size_t local_capacity, member_capacity, vector_capacity, part_capacity;
};

static void release(void *work)
{
    struct work *w = work;
    vt_vicinity_release(&w->vicinity);
    free(w->local);
    free(w->member);
    free(w->vector);
    free(w->part);
}

/* x F */
static void carry(const struct vt_between *b, const double x[3], double to[3])
{
    for (int d = 0; d < 3; d++)
        to[d] = b->strained ? x[0] * b->map[0][d] + x[1] * b->map[1][d] + x[2] * b->map[2][d] : x[d];
}

/* Local. */
static enum vt_status find_local(const struct nonaffine *o, const struct vt_between *b, struct work *w)
{
    const struct vt_vicinity *v = &w->vicinity;
    const double(*base)[3] = o->against == NOTHING && b->strained ? b->map : NULL;
    size_t most = 0;
    for (int i = 0; i < v->atoms.n; i++) {
        size_t n = (size_t)(v->around.begin[i + 1] - v->around.begin[i]);
        most = n > most ? n : most;
    }
    VT_TRY(vt_renew(&w->local, &w->local_capacity, v->atoms.n + 1));
    VT_TRY(vt_renew(&w->vector, &w->vector_capacity, 2 * (most + 1) * (size_t)omp_get_max_threads()));
#pragma omp parallel for schedule(static)
    for (int i = 0; i < v->atoms.n; i++) {
        double(*e)[3] = w->vector + 2 * most * (size_t)omp_get_thread_num(), (*m)[3] = e + most;
        int n = 0;
        for (int64_t k = v->around.begin[i]; k < v->around.begin[i + 1]; k++, n++) {
            int j = v->around.partner[k];
            double d[3];
            for (int c = 0; c < 3; c++) {
                d[c] = v->place[j][c] - v->place[i][c];
                m[n][c] = v->atoms.x[j][c] - v->atoms.x[i][c];
            }
            carry(b, d, e[n]);
        }
        vt_local_motion(n, (const double(*)[3])e, (const double(*)[3])m, base, &w->local[i]);
    }
    return VT_OK;
}

/* Owned atoms by the part of the sample, so that threads can add side by side. Local. */
static enum vt_status find_members(const struct vt_cell *cell, struct work *w)
{
    const struct vt_vicinity *v = &w->vicinity;
    uint8_t *part;
    int next[VT_SPACE_GROUPS + 1] = {0};
    VT_TRY(vt_renew(&w->member, &w->member_capacity, v->atoms.n + 1));
    VT_TRY(vt_alloc(&part, v->atoms.n));
    for (int i = 0; i < v->atoms.n; i++) {
        part[i] = (uint8_t)vt_space_group(cell, v->place[i]);
        next[part[i] + 1]++;
    }
    for (int g = 0; g < VT_SPACE_GROUPS; g++) next[g + 1] += next[g];
    memcpy(w->begin, next, sizeof next);
    for (int i = 0; i < v->atoms.n; i++) w->member[next[part[i]]++] = i;
    free(part);
    return VT_OK;
}

static void add_record(const struct nonaffine *o, const struct vt_local_motion *l, const double move[3],
                       double *record)
{
    double value[SUMS] = {
        [D2MIN] = l->d2min, [SQUARE] = l->d2min * l->d2min, [TOTAL] = l->d2min * l->neighbours,
        [MISES] = l->mises, [VOLUME] = l->volumetric,       [ANGLE] = l->angle};
    record[ATOMS]++;
    if (!l->fitted) return;
    memcpy(value + STRAIN, l->strain, sizeof l->strain);
    memcpy(value + MOVE, move, 3 * sizeof *move);
    memcpy(value + TURN, l->turn, sizeof l->turn);
    record[FITTED]++;
    record[TURNED] += l->turned;
    record[NEIGHBOURS] += l->neighbours;
    record[HIGH_D2MIN] += l->d2min > o->d2min_above;
    record[HIGH_STRAIN] += l->mises > o->strain_above;
    for (int k = 0; k < (l->turned ? SUMS : ANGLE); k++) {
        double hi = vt_round(value[k], VT_MAGIC(0x1p-20));
        vt_words_add(record + COUNTS + k * VT_WORDS, hi, vt_round(value[k] - hi, VT_MAGIC(0x1p-60)));
    }
}

static void add_to_distributions(const struct nonaffine *o, const struct vt_local_motion *l, double *bin)
{
    const double value[KINDS] = {l->d2min, l->mises, l->angle};
    for (int k = 0; k < KINDS && l->fitted; k++) {
        double n = (double)bins_of(o, k), at = floor(log10(value[k] / kinds[k].low) * (double)o->per_decade);
        if (k < 2 || l->turned) bin[at < 0 ? 0 : at < n ? 1 + (size_t)at : 1 + (size_t)n]++;
        bin += (size_t)n + 2;
    }
}

/* Where across the cell, 0 .. bins - 1. */
static size_t layer_of(const struct nonaffine *o, const struct vt_cell *cell, const double *x)
{
    double s[3];
    vt_cell_fractional(cell, x, s);
    double at = s[o->profile - 1] - floor(s[o->profile - 1]);
    size_t layer = (size_t)(at * (double)o->bins);
    return layer < (size_t)o->bins ? layer : (size_t)o->bins - 1; /* at may round to 1 */
}

/* Sums of a lag to those of a group. */
static void join(const struct nonaffine *o, int n_species, double *to, const double *from)
{
    const struct vt_motion_layout record = {RECORD, COUNTS}, counts = {distributions(o), distributions(o)};
    for (size_t a = 0; a < (size_t)n_species + layers(o); a++) {
        vt_motion_join(record, to, from);
        to += RECORD, from += RECORD;
        if (a >= (size_t)n_species) continue;
        vt_motion_join(counts, to, from);
        to += counts.size, from += counts.size;
    }
}

/* Atoms of one part of the sample. */
static void add_part(const struct nonaffine *o, const struct vt_between *b, const struct work *w, int part,
                     int n_species, double *sum)
{
    const struct vt_vicinity *v = &w->vicinity;
    for (int k = w->begin[part]; k < w->begin[part + 1]; k++) {
        int i = w->member[k];
        const double *x = v->place[i], *u = v->atoms.x[i];
        double *own = sum + (size_t)v->atoms.species[i] * of_species(o), move[3] = {u[0], u[1], u[2]};
        if (o->against == NOTHING) {
            double carried[3];
            carry(b, x, carried);
            for (int d = 0; d < 3; d++) move[d] += carried[d] - x[d];
        }
        add_record(o, &w->local[i], move, own);
        add_to_distributions(o, &w->local[i], own + RECORD);
        if (o->profile)
            add_record(o, &w->local[i], move,
                       sum + (size_t)n_species * of_species(o) + layer_of(o, &b->then->cell, x) * RECORD);
    }
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    const struct nonaffine *o = options;
    struct work *w = work;
    if (b->lag == 0) return VT_OK;
    VT_TRY(vt_vicinity_make(&w->vicinity, frame->ranks->comm, b, o->r_max));
    VT_TRY(find_local(o, b, w));
    VT_TRY(find_members(&b->then->cell, w));
    int n_species = b->roll->n_species;
    size_t size = of_lag(o, n_species), place = (size_t)b->lag * size;
    VT_TRY(vt_renew(&w->part, &w->part_capacity, VT_SPACE_GROUPS * size));
    if (frame->ranks->rank == 0) {
        double height[3], *common = tally->common + VT_MOTION_COMMON * b->lag;
        vt_cell_heights(&b->then->cell, height);
        common[VT_MOTION_PAIRS] += 1;
        common[VT_MOTION_TIME] += b->now->time - b->then->time;
        tally->common[VT_MOTION_COMMON * count(o) + b->lag] += o->profile ? height[o->profile - 1] : 0;
    }
#pragma omp parallel for schedule(dynamic)
    for (int g = 0; g < VT_SPACE_GROUPS; g++) {
        double *sum = w->part + (size_t)g * size;
        memset(sum, 0, size * sizeof *sum);
        add_part(o, b, w, g, n_species, sum);
        join(o, n_species, tally->group + (size_t)g * tally->group_size + place, sum);
    }
    for (int g = 0; g < VT_SPACE_GROUPS; g++)
        join(o, n_species, tally->time + place, w->part + (size_t)g * size);
    return VT_OK;
}

/* ---------------------------------------------------------------------------------------------- datasets */

/* What is made of a record. */
struct column {
    const char *name, *unit, *help;
    int from, component;
};
enum { PARTICIPATION = SUMS, SHARE_D2MIN, SHARE_STRAIN, MEAN_NEIGHBOURS, UNFITTED, UNTURNED, NUMBER };

static double value_of(const double *record, int what)
{
    double n = record[what >= ANGLE && what < SUMS ? TURNED : FITTED];
    if (what < SUMS) return vt_words_value(record + COUNTS + what * VT_WORDS) / n;
    switch (what) {
    case PARTICIPATION:
        return pow(value_of(record, D2MIN), 2) / value_of(record, SQUARE);
    case SHARE_D2MIN:
        return record[HIGH_D2MIN] / n;
    case SHARE_STRAIN:
        return record[HIGH_STRAIN] / n;
    case MEAN_NEIGHBOURS:
        return record[NEIGHBOURS] / n;
    case UNFITTED:
        return 1 - n / record[ATOMS];
    case UNTURNED:
        return 1 - record[TURNED] / n;
    default:
        return record[ATOMS];
    }
}

/* The sums of one call of finish. */
struct sums {
    const struct nonaffine *o;
    const struct vt_material *material;
    const double *sum, *common;
    int n, *index; /* lags that were seen */
    double *time;
    double *all; /* of all species: record and distributions, of the last call of `of` */
};

static const double *lag_of(const struct sums *s, int k)
{
    return s->sum + (size_t)s->index[k] * of_lag(s->o, s->material->n_species);
}

/* The record, or its distributions, of a species; n_species: of all. */
static const double *of(struct sums *s, int k, int species)
{
    size_t size = of_species(s->o);
    const double *lag = lag_of(s, k);
    if (species < s->material->n_species) return lag + (size_t)species * size;
    memset(s->all, 0, size * sizeof *s->all);
    for (int a = 0; a < s->material->n_species; a++)
        for (size_t v = 0; v < size; v++) s->all[v] += lag[(size_t)a * size + v];
    return s->all;
}

static enum vt_status put_columns(struct sums *s, struct vt_results *out)
{
    static const struct column columns[] = {
        {"d2min", "angstrom^2",
         "least mean square deviation from an affine motion of the neighbours, per neighbour", D2MIN, 0},
        {"d2min_total", "angstrom^2", "the same summed over the neighbours, as Falk & Langer have it", TOTAL,
         0},
        {"von_mises", "1", "von Mises invariant of the local strain", MISES, 0},
        {"volumetric", "1", "tr eta / 3 of the local strain", VOLUME, 0},
        {"rotation", "degree", "angle of the local rotation", ANGLE, 0},
        {"participation", "1", "<x>^2 / <x^2> of x = D2min: 1 if all atoms are alike, 1/N if one has it all",
         PARTICIPATION, 0},
        {"share_d2min", "1", "share of atoms with D2min above d2min_above", SHARE_D2MIN, 0},
        {"share_strain", "1", "share of atoms with von Mises strain above strain_above", SHARE_STRAIN, 0},
        {"neighbours", "1", "neighbours within r_max of the atoms that were fitted", MEAN_NEIGHBOURS, 0},
        {"unfitted", "1", "share of atoms left out: fewer than four neighbours, or all in a plane", UNFITTED,
         0},
        {"unturned", "1", "share of atoms left out of rotations: det J is not positive", UNTURNED, 0},
    };
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        struct vt_dataset *d;
        char path[64];
        snprintf(path, sizeof path, "nonaffine/%s", columns[c].name);
        VT_TRY(vt_motion_put(out, s->material, path, columns[c].unit, columns[c].help, s->n, s->time, &d));
        for (int a = 0; a <= s->material->n_species; a++)
            for (int k = 0; k < s->n; k++) d->value[a * s->n + k] = value_of(of(s, k, a), columns[c].from);
    }
    return VT_OK;
}

/* Tensors and vectors: their components are rows. */
static const char *const tensor[] = {"xx", "yy", "zz", "xy", "xz", "yz"}, *const vector[] = {"x", "y", "z"};
static const struct column rows[] = {
    {"strain", "1", "local strain eta = (J J^T - 1)/2", STRAIN, 6},
    {"rotation_about", "degree", "angle of the local rotation times its axis", TURN, 3},
    {"displacement", "angstrom", "displacement", MOVE, 3},
};
enum { STRAIN_ROW, TURN_ROW, MOVE_ROW, ROWS };

static enum vt_status name_components(struct vt_dataset *d, int n)
{
    return n == 6 ? vt_dataset_axis(d, 0, "component", "", NULL, tensor)
                  : vt_dataset_axis(d, 0, "direction", "", NULL, vector);
}

static enum vt_status put_rows(struct sums *s, struct vt_results *out)
{
    for (int r = 0; r < MOVE_ROW; r++) {
        struct vt_dataset *d;
        char path[64];
        int n = rows[r].component;
        snprintf(path, sizeof path, "nonaffine/%s", rows[r].name);
        VT_TRY(vt_results_add(out, path, rows[r].unit, rows[r].help, 2, (const int[]){n, s->n}, &d));
        VT_TRY(name_components(d, n));
        VT_TRY(vt_dataset_axis(d, 1, "time", "ps", s->time, NULL));
        VT_TRY(vt_dataset_errors(d));
        for (int k = 0; k < s->n; k++) {
            const double *all = of(s, k, s->material->n_species);
            for (int c = 0; c < n; c++) d->value[c * s->n + k] = value_of(all, rows[r].from + c);
        }
    }
    return VT_OK;
}

static enum vt_status put_distribution(struct sums *s, int kind, struct vt_results *out)
{
    struct vt_dataset *d;
    const struct kind *what = &kinds[kind];
    int species = s->material->n_species, bins = (int)bins_of(s->o, kind);
    double width = 1 / (double)s->o->per_decade, *middle;
    size_t before = RECORD;
    const char *label[VT_SPECIES_MAX + 1];
    char path[64];
    for (int k = 0; k < kind; k++) before += bins_of(s->o, k) + 2;
    for (int a = 0; a < species; a++) label[a] = s->material->species[a].symbol;
    label[species] = "all";
    snprintf(path, sizeof path, "nonaffine/%s_distribution", what->name);
    VT_TRY(vt_results_add(out, path, "1/decade", what->help, 3, (const int[]){species + 1, s->n, bins}, &d));
    VT_TRY(vt_dataset_axis(d, 0, "species", "", NULL, label));
    VT_TRY(vt_dataset_axis(d, 1, "time", "ps", s->time, NULL));
    VT_TRY(vt_dataset_axis(d, 2, what->axis, what->unit, NULL, NULL));
    VT_TRY(vt_alloc(&d->axis[2].value, bins));
    VT_TRY(vt_dataset_errors(d));
    middle = d->axis[2].value;
    for (int q = 0; q < bins; q++) middle[q] = what->low * pow(10, (q + 0.5) * width);
    for (int a = 0; a <= species; a++)
        for (int k = 0; k < s->n; k++) {
            const double *own = of(s, k, a), *bin = own + before;
            double atoms = own[kind == 2 ? TURNED : FITTED];
            for (int q = 0; q < bins; q++)
                d->value[((size_t)a * (size_t)s->n + (size_t)k) * (size_t)bins + (size_t)q] =
                    bin[1 + q] / (atoms * width);
        }
    return VT_OK;
}

static const double *layer(const struct sums *s, int k, int l)
{
    return lag_of(s, k) + (size_t)s->material->n_species * of_species(s->o) + (size_t)l * RECORD;
}

/* Positions are those in the mean cell of the longest time. */
static enum vt_status put_across(const struct sums *s, struct vt_dataset *d, int axis)
{
    int last = s->index[s->n - 1], bins = (int)s->o->bins;
    double height = s->common[VT_MOTION_COMMON * count(s->o) + last] /
                    s->common[VT_MOTION_COMMON * last + VT_MOTION_PAIRS];
    VT_TRY(vt_dataset_axis(d, axis - 1, "time", "ps", s->time, NULL));
    VT_TRY(vt_dataset_axis(d, axis, vector[s->o->profile - 1], "angstrom", NULL, NULL));
    VT_TRY(vt_alloc(&d->axis[axis].value, bins));
    for (int l = 0; l < bins; l++) d->axis[axis].value[l] = (l + 0.5) / bins * height;
    return VT_OK;
}

static enum vt_status put_profile(const struct sums *s, struct vt_results *out)
{
    static const struct column columns[] = {
        {"d2min", "angstrom^2", "across the sample: D2min per neighbour", D2MIN, 0},
        {"von_mises", "1", "across the sample: von Mises strain", MISES, 0},
        {"rotation", "degree", "across the sample: angle of the local rotation", ANGLE, 0},
        {"share_d2min", "1", "across the sample: share of atoms with D2min above d2min_above", SHARE_D2MIN,
         0},
        {"atoms", "1", "atoms of a layer, in a frame", NUMBER, 0},
    };
    int bins = (int)s->o->bins;
    struct vt_dataset *d;
    char path[64];
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        snprintf(path, sizeof path, "nonaffine/profile_%s", columns[c].name);
        VT_TRY(vt_results_add(out, path, columns[c].unit, columns[c].help, 2, (const int[]){s->n, bins}, &d));
        VT_TRY(put_across(s, d, 1));
        if (columns[c].from != NUMBER) VT_TRY(vt_dataset_errors(d));
        for (int k = 0; k < s->n; k++)
            for (int l = 0; l < bins; l++) {
                double pairs = s->common[VT_MOTION_COMMON * s->index[k] + VT_MOTION_PAIRS];
                d->value[k * bins + l] =
                    value_of(layer(s, k, l), columns[c].from) / (columns[c].from == NUMBER ? pairs : 1);
            }
    }
    for (int r = 0; r < ROWS; r++) {
        int n = rows[r].component;
        snprintf(path, sizeof path, "nonaffine/profile_%s", rows[r].name);
        VT_TRY(vt_results_add(out, path, rows[r].unit, rows[r].help, 3, (const int[]){n, s->n, bins}, &d));
        VT_TRY(name_components(d, n));
        VT_TRY(put_across(s, d, 2));
        VT_TRY(vt_dataset_errors(d));
        for (int c = 0; c < n; c++)
            for (int k = 0; k < s->n; k++)
                for (int l = 0; l < bins; l++)
                    d->value[(c * s->n + k) * bins + l] = value_of(layer(s, k, l), rows[r].from + c);
    }
    return VT_OK;
}

static enum vt_status put_pairs(const struct sums *s, struct vt_results *out)
{
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, "nonaffine/pairs", "1", "pairs of frames that were compared", 1, &s->n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "time", "ps", s->time, NULL));
    for (int k = 0; k < s->n; k++) d->value[k] = s->common[VT_MOTION_COMMON * s->index[k] + VT_MOTION_PAIRS];
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    struct sums s = {.o = options, .material = what->material, .sum = sum, .common = common};
    int most = count(s.o);
    enum vt_status st = VT_OK;
    VT_TRY_GOTO(st, done, vt_alloc(&s.index, most));
    VT_TRY_GOTO(st, done, vt_alloc(&s.time, most));
    VT_TRY_GOTO(st, done, vt_alloc(&s.all, of_species(s.o)));
    s.n = vt_motion_times(what, "nonaffine/pairs", common, most, false, s.index, s.time);
    if (s.n == 0) goto done; /* fewer than two frames */
    VT_TRY_GOTO(st, done, put_columns(&s, out));
    VT_TRY_GOTO(st, done, put_rows(&s, out));
    for (int k = 0; k < KINDS; k++) VT_TRY_GOTO(st, done, put_distribution(&s, k, out));
    if (s.o->profile) VT_TRY_GOTO(st, done, put_profile(&s, out));
    st = put_pairs(&s, out);
done:
    free(s.index);
    free(s.time);
    free(s.all);
    return st;
}

static const struct vt_motion motion = {
    .kind = VT_PAST_POSITIONS, .lags = offsetof(struct nonaffine, lags), .between = between};

const struct vt_kernel vt_kernel_nonaffine = {
    .name = "nonaffine",
    .help = "non-affine motion D2min, local strain and rotation; profiles across the sample",
    .params = params,
    .options_size = sizeof(struct nonaffine),
    .grouping = VT_GROUP_BOTH,
    .collective = true,
    .motion = &motion,
    .read = read,
    .check = check,
    .sizes = sizes,
    .finish = finish,
    .work_size = sizeof(struct work),
    .release = release,
};
