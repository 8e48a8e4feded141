/* glass.c: see glass.h.
 *
 * Each replica is one run: a melt at 2000 K, a liquid at 1500 K that is measured, the quench to 300 K, the
 * glass as cast, and from it eight branches of 300 K, all in fixed cells:
 *
 *     pressed, pulled    towards P = +-1 GPa for 1 ps, some +-0.5 % of V:   B = (p_+ - p_-) / ln(V_- / V_+)
 *     sheared            by +-1 % in the planes xy, xz and yz:               G = mean of (s_+ - s_-) / (2 %)
 *
 * with p and s the mean pressure and shear stress there. In the difference of two branches of the same age
 * drop out what ageing and frozen stress do and what is even in the strain, so B and G are those of P = 0. In
 * a fixed cell the pressure fluctuates fast, and 4 ps of 4000 atoms tell B to 1 GPa; volumes under a barostat
 * breathe slowly and would tell it to 2 to 3 GPa. G in an energy minimum is another quantity, a quarter
 * larger.
 *
 * T_g is where lines through enthalpy, or volume, of the quench cross: 300 to 600 K, and 1100 to 1500 K. Both
 * branches are bent, so other windows give other values: docs/theory/glass.md. */
#include "potential/glass.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "md/protocol.h"
#include "potential/curves.h"
#include "study/pool.h"

const struct vt_glass_options vt_glass_defaults = {.atoms = 4000,
                                                   .replicas = 5,
                                                   .rate = 10,
                                                   .melt = 5,
                                                   .settle = 10,
                                                   .liquid = 30,
                                                   .glass = 8,
                                                   .strained = 5};

const struct vt_glass_name vt_glass_names[VT_GLASS_NUMBERS] = {
    {"liquid density", "g/cm^3", "at 1500 K"},
    {"liquid number density", "1/angstrom^3", "at 1500 K"},
    {"density", "g/cm^3", "at 300 K"},
    {"number density", "1/angstrom^3", "at 300 K"},
    {"T_g (enthalpy)", "K", "lines of 300 to 600 and 1100 to 1500 K cross"},
    {"T_g (volume)", "K", "lines of 300 to 600 and 1100 to 1500 K cross"},
    {"bulk modulus", "GPa", "at 300 K and P = 0"},
    {"shear modulus", "GPa", "at 300 K, strains of -1 and 1 %"},
    {"crystalline", "1", "share of atoms with the neighbours of fcc, hcp or bcc"},
    {"icosahedra", "1", "share of atoms in the middle of one"},
};

/* The protocol, and where its stages stand in it. */
enum {
    LIQUID = 3,
    QUENCH,
    GLASS,
    PRESSED = 7,  /* +, then - two later */
    SHEARED = 11, /* xy +, xy -, xz +, ..., each two later */
    PLANES = 3,
};
static const double pressure = 1, strain = 0.01; /* GPa */
static const double strain_time = 1;             /* ps */
#define SETTLE 0.2                               /* share of the time in a cell that is not looked at */

static enum vt_status write_protocol(const struct vt_glass_options *o, int seed,
                                     char text[VT_MEMBER_PROTOCOL])
{
    static const char *const plane[PLANES] = {"xy", "xz", "yz"};
    FILE *f = fmemopen(text, VT_MEMBER_PROTOCOL, "w");
    if (!f) return VT_RAISE(VT_EWORLD, "out of memory");
    fprintf(f,
            "title: 'glass of %s'\n"
            "seed: %d\n"
            "material: {composition: %s, atoms: %lld, potential: " VT_POOL_TABLES "}\n"
            "output: {structures: none}\n"
            "protocol:\n"
            "  - create: {temperature: %d K}\n"
            "  - melt: {temperature: %d K, time: %.10g ps, pressure: 0 GPa}\n",
            o->composition, seed, o->composition, (long long)o->atoms, VT_GLASS_MELT, VT_GLASS_MELT, o->melt);
    fprintf(f,
            "  - hold:\n      temperature: %d K\n      time: %.10g ps\n      measure:\n"
            "        - thermo: {skip: %.10g ps}\n"
            "        - concentration: {q_max: 0.6 /A, every: 0.5 ps, skip: %.10g ps, blocks: 2}\n"
            "  - quench: {temperature: %d K, rate: %.10ge12 K/s, measure: [thermo: {blocks: %d}]}\n",
            VT_GLASS_LIQUID, o->settle + o->liquid, o->settle, o->settle, VT_GLASS_ROOM, o->rate,
            (VT_GLASS_LIQUID - VT_GLASS_ROOM) / 20);
    fprintf(f,
            "  - hold:\n      time: %.10g ps\n      save: cast\n      measure:\n"
            "        - thermo: {skip: %.10g ps}\n"
            "        - pdf: {r_max: 6 A, every: 0.2 ps, skip: %.10g ps}\n"
            "        - crystal: {inherent: true, every: 0 ps}\n",
            o->glass, SETTLE * o->glass, SETTLE * o->glass);
    for (int k = 0; k < 2 + 2 * PLANES; k++) {
        int sign = k % 2 ? -1 : 1;
        if (k < 2)
            fprintf(f, "  - compress: {from: cast, pressure: %.10g GPa, temperature: %d K, time: %.10g ps}\n",
                    sign * pressure, VT_GLASS_ROOM, strain_time);
        else
            fprintf(f,
                    "  - shear: {from: cast, plane: %s, rate: %.10ge12 /s, strain: %.10g, temperature: %d K, "
                    "barostat: none}\n",
                    plane[k / 2 - 1], sign * strain / strain_time, strain, VT_GLASS_ROOM);
        fprintf(f,
                "  - hold: {time: %.10g ps, barostat: none, measure: [thermo: {every: 0.02 ps, skip: %.10g "
                "ps}]}\n",
                o->strained, SETTLE * o->strained);
    }
    bool whole = ftell(f) < VT_MEMBER_PROTOCOL - 1;
    fclose(f);
    return whole ? VT_OK : VT_RAISE(VT_EINPUT, "the composition is too long: %.80s...", o->composition);
}

/* What the sample is made of: a protocol that reads well is also one that runs. Local. */
static enum vt_status read_material(const struct vt_glass_options *o, const char *text, struct vt_material *m)
{
    struct vt_protocol p = {0};
    enum vt_status st =
        vt_protocol_parse_with(o->tables, text, strlen(text), o->composition, MPI_COMM_SELF, &p);
    if (st == VT_OK) *m = p.material;
    vt_protocol_release(&p);
    return st;
}

/* "glass-CuZr-1" */
static void write_name(const struct vt_material *m, int seed, char name[VT_MEMBER_NAME])
{
    int n = snprintf(name, VT_MEMBER_NAME, "glass-");
    for (int s = 0; s < m->n_species; s++)
        n += snprintf(name + n, (size_t)(VT_MEMBER_NAME - n), "%s", m->species[s].symbol);
    snprintf(name + n, (size_t)(VT_MEMBER_NAME - n), "-%d", seed);
}

/* -------------------------------------------------------------------------------------- of one replica */

/* A dataset of a stage; at least n values. */
static enum vt_status find(const struct vt_results *r, int stage, const char *what, size_t n,
                           const struct vt_dataset **d)
{
    char path[160];
    snprintf(path, sizeof path, "stages/%02d-%s/%s", stage, stage == QUENCH ? "quench" : "hold", what);
    *d = vt_results_find(r, path);
    if (!*d || vt_dataset_size(*d) < n) return VT_RAISE(VT_EWORLD, "the run has no %s", path);
    return VT_OK;
}

static enum vt_status take(const struct vt_results *r, int stage, const char *what, size_t at, double *value)
{
    const struct vt_dataset *d;
    VT_TRY(find(r, stage, what, at + 1, &d));
    *value = d->value[at];
    return VT_OK;
}

static enum vt_status take_transition(const struct vt_results *r, const char *what, double *tg)
{
    static const double glass[2] = {VT_GLASS_ROOM, VT_GLASS_BRANCH_END},
                        liquid[2] = {VT_GLASS_BRANCH_LIQUID, VT_GLASS_LIQUID};
    const struct vt_dataset *t, *y;
    VT_TRY(find(r, QUENCH, "blocks/thermo/temperature", 1, &t));
    VT_TRY(find(r, QUENCH, what, vt_dataset_size(t), &y));
    *tg = vt_lines_cross(t->value, y->value, t->axis[0].n, glass, liquid);
    return VT_OK;
}

static enum vt_status take_moduli(const struct vt_results *r, double *bulk, double *shear)
{
    double p[2], v[2], s[2], e[2];
    for (int k = 0; k < 2; k++) {
        VT_TRY(take(r, PRESSED + 2 * k, "thermo/pressure", 0, &p[k]));
        VT_TRY(take(r, PRESSED + 2 * k, "thermo/volume", 0, &v[k]));
    }
    *bulk = (p[0] - p[1]) / log(v[1] / v[0]);
    *shear = 0;
    for (int plane = 0; plane < PLANES; plane++) {
        for (int k = 0; k < 2; k++) {
            int stage = SHEARED + 2 * (2 * plane + k);
            VT_TRY(take(r, stage, "thermo/stress", (size_t)(3 + plane), &s[k])); /* compression positive */
            VT_TRY(take(r, stage, "thermo/strain", 0, &e[k]));
        }
        *shear -= (s[0] - s[1]) / (e[0] - e[1]) / PLANES;
    }
    return VT_OK;
}

/* First peaks end before 1.45 rho^(-1/3): those of Zr-Zr lie at 1.2, the minimum after them at 1.5. */
#define PEAKS_END 1.45

/* The top of a first peak must hold so many pairs of atoms, of all replicas together: its place is then known
 * to 0.014 angstrom. Frames of a glass see the same pairs, so more of them do not help. */
enum { PAIRS_LEAST = 300 };

/* Counts of all runs, of which those of one (NULL: none) are left out: [2][pairs x bins], of the sample and
 * of a gas. work (2 x bins) */
static struct vt_peak find_peak(const double *all, const double *one, size_t size, const struct vt_axis *r,
                                int pair, double x_max, double *work)
{
    double *count = work, *g = work + r->n;
    for (int j = 0; j < r->n; j++) {
        size_t at = (size_t)pair * (size_t)r->n + (size_t)j;
        count[j] = all[at] - (one ? one[at] : 0);
        double gas = all[size + at] - (one ? one[size + at] : 0);
        g[j] = gas > 0 ? count[j] / gas : 0;
    }
    return vt_highest_peak(r->value, g, count, r->n, x_max);
}

/* The error is the jackknife's: from leaving out one run at a time. */
static enum vt_status take_peaks(int n, const struct vt_outcome *runs, struct vt_glass *glass)
{
    static const char *const what[] = {"pdf/count", "pdf/count_ideal"};
    double *all, *work = NULL, frames = 0,
                 x_max = PEAKS_END / cbrt(glass->number[VT_GLASS_NUMBER_DENSITY].value);
    const struct vt_dataset *first, *d;
    VT_TRY(find(&runs->results, GLASS, what[0], 1, &first));
    size_t size = vt_dataset_size(first);
    enum vt_status st = vt_alloc(&all, ((size_t)n + 1) * 2 * size); /* then each run */
    if (st == VT_OK) st = vt_alloc(&work, 2 * first->axis[1].n);
    for (int k = 0; k < 2 * n && st == VT_OK; k++) {
        const char *note = vt_results_get_note(&runs[k / 2].results, "stages/05-hold/pdf", "frames");
        double *one = all + ((size_t)(k / 2) + 1) * 2 * size, *to = all + (size_t)(k % 2) * size;
        VT_TRY_GOTO(st, done, find(&runs[k / 2].results, GLASS, what[k % 2], size, &d));
        memcpy(one + (size_t)(k % 2) * size, d->value, size * sizeof *one);
        for (size_t j = 0; j < size; j++) to[j] += d->value[j];
        frames = note ? atof(note) : INFINITY;
    }
    for (int p = 0; p < vt_species_pairs(glass->material.n_species) && st == VT_OK; p++) {
        struct vt_peak top = find_peak(all, NULL, size, &first->axis[1], p, x_max, work);
        double mean = 0, square = 0;
        for (int k = 0; k < n; k++) {
            const double *one = all + ((size_t)k + 1) * 2 * size;
            double at = find_peak(all, one, size, &first->axis[1], p, x_max, work).position,
                   delta = at - mean;
            mean += delta / (k + 1);
            square += delta * (at - mean);
        }
        bool enough = top.count >= PAIRS_LEAST * frames;
        glass->peak[p] = (struct vt_estimate){enough ? top.position : NAN,
                                              enough && n > 1 ? sqrt(square * (n - 1) / n) : NAN};
    }
done:
    free(work);
    free(all);
    return st;
}

static enum vt_status take_demixing(const struct vt_results *r, int n_species, struct vt_glass *one)
{
    size_t n = (size_t)n_species;
    for (size_t s = 0; s < n; s++) {
        double half[2];
        one->demixing[s].value = one->growth[s].value = NAN;
        if (n == 1) break;
        VT_TRY(take(r, LIQUID, "concentration/ratio_edges", s, &one->demixing[s].value));
        for (size_t k = 0; k < 2; k++)
            VT_TRY(take(r, LIQUID, "blocks/concentration/ratio_edges", k * n + s, &half[k]));
        one->growth[s].value = half[1] - half[0];
    }
    return VT_OK;
}

/* The values of one replica. */
static enum vt_status take_all(const struct vt_results *r, struct vt_glass *one)
{
    static const struct {
        enum vt_glass_number number;
        int stage;
        const char *what;
        size_t at;
    } plain[] = {
        {VT_GLASS_LIQUID_DENSITY, LIQUID, "thermo/density", 0},
        {VT_GLASS_LIQUID_NUMBER_DENSITY, LIQUID, "thermo/number_density", 0},
        {VT_GLASS_DENSITY, GLASS, "thermo/density", 0},
        {VT_GLASS_NUMBER_DENSITY, GLASS, "thermo/number_density", 0},
        {VT_GLASS_CRYSTALLINE, GLASS, "inherent/crystal/crystalline", 0},
        {VT_GLASS_ICOSAHEDRA, GLASS, "inherent/crystal/fraction", 3},
    };
    struct vt_estimate *e = one->number;
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
        VT_TRY(take(r, plain[k].stage, plain[k].what, plain[k].at, &e[plain[k].number].value));
    VT_TRY(take_transition(r, "blocks/thermo/enthalpy", &e[VT_GLASS_TG_ENTHALPY].value));
    VT_TRY(take_transition(r, "blocks/thermo/volume", &e[VT_GLASS_TG_VOLUME].value));
    VT_TRY(take_moduli(r, &e[VT_GLASS_BULK].value, &e[VT_GLASS_SHEAR].value));
    return take_demixing(r, one->material.n_species, one);
}

/* ------------------------------------------------------------------------------------------------- all */

/* Mean and standard error of m estimates that stand `first` bytes into each of n replicas. */
static void average(const struct vt_glass *one, int n, size_t first, int m, struct vt_glass *mean)
{
    for (size_t at = first; at < first + (size_t)m * sizeof(struct vt_estimate);
         at += sizeof(struct vt_estimate)) {
        struct vt_estimate e, sum = {0, 0};
        for (int i = 0; i < n; i++) {
            memcpy(&e, (const char *)&one[i] + at, sizeof e);
            sum.value += e.value / n;
        }
        for (int i = 0; i < n; i++) {
            memcpy(&e, (const char *)&one[i] + at, sizeof e);
            sum.error += pow(e.value - sum.value, 2) / (n * (n - 1.0));
        }
        sum.error = sqrt(sum.error);
        memcpy((char *)mean + at, &sum, sizeof sum);
    }
}

enum vt_status vt_glass_conclude(int n, const struct vt_outcome *runs, struct vt_glass *glass)
{
    struct vt_glass *one;
    enum vt_status st = vt_alloc(&one, n);
    for (int k = 0; k < n && st == VT_OK; k++) {
        one[k].material = glass->material;
        st = take_all(&runs[k].results, &one[k]);
    }
    if (st == VT_OK) {
        int species = glass->material.n_species;
        average(one, n, offsetof(struct vt_glass, number), VT_GLASS_NUMBERS, glass);
        average(one, n, offsetof(struct vt_glass, demixing), species, glass);
        average(one, n, offsetof(struct vt_glass, growth), species, glass);
        glass->replicas = n;
        st = take_peaks(n, runs, glass);
    }
    free(one);
    return st;
}

enum vt_status vt_glass_measure(MPI_Comm comm, const struct vt_glass_options *o, struct vt_glass *glass)
{
    int rank;
    struct vt_batch batch;
    enum vt_status st;
    assert(o->replicas > 0);
    MPI_Comm_rank(comm, &rank);
    memset(glass, 0, sizeof *glass); /* padding too: it is sent as bytes */
    VT_TRY_GOTO(st, made, vt_batch_alloc(&batch, o->replicas));
    for (int seed = 1; seed <= o->replicas; seed++) {
        struct vt_batch_text *text = vt_batch_add(&batch, o->tables);
        VT_TRY_GOTO(st, made, write_protocol(o, seed, text->protocol));
        if (seed == 1) VT_TRY_GOTO(st, made, read_material(o, text->protocol, &glass->material));
        write_name(&glass->material, seed, text->name);
    }
made:
    st = vt_batch_run(comm, o->cache, st, &batch);
    if (st == VT_OK) st = vt_pool_check(batch.n, batch.member, batch.outcome);
    if (st == VT_OK && rank == 0) st = vt_glass_conclude(batch.n, batch.outcome, glass);
    st = vt_agree(comm, st);
    if (st == VT_OK) st = vt_mpi(MPI_Bcast(glass, sizeof *glass, MPI_BYTE, 0, comm));
    vt_batch_release(&batch);
    return st;
}

static void print(FILE *out, const char *name, struct vt_estimate e, const char *unit, const char *what)
{
    if (isfinite(e.value))
        fprintf(out, "  %-22s %10.5g +- %-8.2g %-13s %s\n", name, e.value, e.error, unit, what);
    else
        fprintf(out, "  %-22s %10s    %-8s %-13s %s\n", name, "none", "", unit, what);
}

void vt_glass_print(FILE *out, const struct vt_glass_options *o, const struct vt_glass *g)
{
    const struct vt_material *m = &g->material;
    char label[VT_SPECIES_PAIRS_MAX][VT_PAIR_LABEL];
    vt_pair_labels(m, label);
    fprintf(out, "glass of %s, %d replicas of %lld atoms, cooled at %.3g K/s\n", o->composition, g->replicas,
            (long long)vt_material_atoms(m), 1e12 * o->rate);
    for (int k = 0; k < VT_GLASS_NUMBERS; k++)
        print(out, vt_glass_names[k].name, g->number[k],
              strcmp(vt_glass_names[k].unit, "1") ? vt_glass_names[k].unit : "", vt_glass_names[k].what);
    for (int p = 0; p < vt_species_pairs(m->n_species); p++)
        print(out, label[p], g->peak[p], "angstrom",
              isfinite(g->peak[p].value) ? "first peak at 300 K" : "too few pairs for a first peak");
    for (int s = 0; s < m->n_species && m->n_species > 1; s++) {
        print(out, m->species[s].symbol, g->demixing[s], "", "S_cc/c(1-c) at 1500 K, 1: mixed at random");
        print(out, m->species[s].symbol, g->growth[s], "", "its growth, second half of the time minus first");
    }
}
