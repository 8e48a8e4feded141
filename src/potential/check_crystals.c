/* check_crystals.c: what the crystals of elements do when they are warm.
 *
 * Thermal expansion. Volumes at P = 0 of one crystal at two temperatures around 300 K, all edges free:
 *
 *     alpha = ln(V_2 / V_1) / (3 (T_2 - T_1))
 *
 * Nuclei are classical here; in a metal whose Debye temperature is far above 300 K (Be) alpha is then too
 * large.
 *
 * Melting point. Crystal and liquid, half of a long cell each, with the edges free at P = 0 and without a
 * thermostat (NPH). Above T_m the crystal melts and takes its heat from the cell, below T_m the liquid
 * freezes and gives it: the temperature goes to T_m and stays there, if both are still there at the end. To
 * use up one half moves the temperature by about T_m/6 (L of some k_B T_m, 3 k_B of heat capacity). So
 *
 *     both there          the next round begins where this one ended; a long one that moved by less than
 *                         T_m/25 is the last, and its second half tells T_m
 *     no crystal left     T_m is below that temperature,
 *     no liquid left      above it: the next round begins between these bounds
 *
 * Each round is short unless the one before it was near. Which atoms are crystal: analysis/an_crystal.c.
 *
 * Reference: Morris et al., PRB 49, 3109 (1994). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "potential/check.h"
#include "study/pool.h"

/* Atoms of a block at least so wide [angstrom], and `longer` as long. */
static int64_t block(const struct vt_check *c, const struct vt_check_subject *s, double least, int longer)
{
    double width = fmax(least, 2.3 * c->options.tables->cutoff);
    if (!strcmp(s->structure, "hcp")) {
        double a = cbrt(sqrt(2) * s->volume);
        return 4 * longer * (int64_t)ceil(width / a) * (int64_t)ceil(width / (sqrt(3) * a)) *
               (int64_t)ceil(width / (sqrt(8. / 3) * a));
    }
    int basis = !strcmp(s->structure, "fcc") ? 4 : 2;
    int64_t cells = (int64_t)ceil(width / cbrt(basis * s->volume));
    return longer * basis * cells * cells * cells;
}

/* hcp has two lengths of its own; in a cubic crystal single edges only fluctuate more. */
static const char *barostat_of(const struct vt_check_subject *s)
{
    return strcmp(s->structure, "hcp") ? "iso" : "ortho";
}

static int crystals(const struct vt_check *c)
{
    int n = 0;
    for (int k = 0; k < c->n; k++) n += c->subject[k].structure != NULL;
    return n;
}

static const struct vt_target *reference(const struct vt_check *c, const char *element,
                                         enum vt_target_kind kind)
{
    return vt_check_target(vt_targets_find(c->options.targets, element, NULL), kind, NULL);
}

/* ------------------------------------------------------------------------------------------- expansion */

enum { COLD = 100, HOT = 500, ENDS = 2 }; /* K */

static void write_expansion(const struct vt_check *c, const struct vt_check_subject *s, int temperature,
                            struct vt_batch_text *run)
{
    double time = c->options.brief ? 1 : 25;
    snprintf(run->name, sizeof run->name, "%s-%s-%dK", s->name, s->structure, temperature);
    snprintf(run->protocol, sizeof run->protocol,
             "title: '%s (%s) at %d K'\n"
             "material: {composition: {%s: 100}, atoms: %lld, potential: %s}\n"
             "output: {structures: none}\n"
             "protocol:\n"
             "  - create: {start: %s, density: %.10g /A^3, temperature: %d K}\n"
             "  - hold: {temperature: %d K, time: %g ps, pressure: 0 GPa, barostat: %s, measure: [thermo: "
             "{skip: %g ps}]}\n",
             s->name, s->structure, temperature, s->name,
             (long long)block(c, s, c->options.brief ? 0 : 26, 1), VT_POOL_TABLES, s->structure,
             1 / s->volume, 2 * temperature, temperature, time, barostat_of(s), time / 5);
}

/* Rank 0. */
static enum vt_status conclude_expansion(struct vt_check *c, const char *element,
                                         const struct vt_outcome end[ENDS])
{
    double volume[ENDS], error[ENDS];
    for (int k = 0; k < ENDS; k++) {
        const struct vt_dataset *d = vt_results_find(&end[k].results, "stages/02-hold/thermo/volume");
        if (end[k].status != VT_OK || !d || !d->error)
            return vt_check_missing(c, element, VT_P_EXPANSION, "",
                                    vt_check_lack(reference(c, element, VT_TARGET_EXPANSION)),
                                    *end[k].message ? end[k].message : "a run gave no volume");
        volume[k] = *d->value, error[k] = *d->error / *d->value;
    }
    return vt_check_add(c, element, VT_P_EXPANSION, "", log(volume[1] / volume[0]) / (3 * (HOT - COLD)),
                        hypot(error[0], error[1]) / (3 * (HOT - COLD)),
                        reference(c, element, VT_TARGET_EXPANSION));
}

enum vt_status vt_check_expansion(MPI_Comm comm, struct vt_check *c)
{
    int rank, m = 0;
    struct vt_batch batch;
    enum vt_status st;
    MPI_Comm_rank(comm, &rank);
    VT_TRY_GOTO(st, made, vt_batch_alloc(&batch, ENDS * crystals(c)));
    for (int k = 0; k < c->n; k++)
        for (int end = 0; end < ENDS && c->subject[k].structure; end++)
            write_expansion(c, &c->subject[k], end ? HOT : COLD, vt_batch_add(&batch, c->options.tables));
made:
    st = vt_batch_run(comm, c->options.cache, st, &batch);
    for (int k = 0; k < c->n && st == VT_OK && rank == 0; k++) {
        if (!c->subject[k].structure) continue;
        st = conclude_expansion(c, c->subject[k].name, &batch.outcome[m]);
        m += ENDS;
    }
    st = vt_agree(comm, st);
    vt_batch_release(&batch);
    return st;
}

/* ------------------------------------------------------------------------------------------- melting */

enum { SEEDS = 2, ROUNDS = 10, BLOCKS = 20 };

/* An element on its way to T_m: each seed alone. */
struct melting {
    const struct vt_check_subject *subject;
    struct melt {
        double start, end, error; /* K */
        double crystalline;       /* share of atoms at the end */
        double low, high;         /* bounds of T_m; 0 and infinite at first */
        bool fine, done;          /* a long run; and that has found T_m */
    } seed[SEEDS];
    char message[256]; /* "" unless it failed */
};

static void write_melting(const struct vt_check *c, const struct melting *m, int seed,
                          struct vt_batch_text *run)
{
    const struct vt_check_subject *s = m->subject;
    const struct melt *e = &m->seed[seed];
    snprintf(run->name, sizeof run->name, "%s-melting-%.0fK-%d", s->name, e->start, seed + 1);
    snprintf(run->protocol, sizeof run->protocol,
             "title: 'crystal (%s) and liquid of %s from %.0f K'\n"
             "seed: %d\n"
             "material: {composition: {%s: 100}, atoms: %lld, potential: %s}\n"
             "output: {structures: none}\n"
             "protocol:\n"
             "  - create: {start: %s, density: %.10g /A^3, molten: 50 %%, temperature: %.0f K}\n"
             "  - hold: {temperature: %.0f K, time: 3 ps, pressure: 0 GPa, barostat: ortho}\n"
             "  - hold: {thermostat: none, time: %d ps, barostat: ortho, measure:\n"
             "      [thermo: {blocks: %d}, crystal: {inherent: true, every: 0 ps}]}\n",
             s->structure, s->name, e->start, seed + 1, s->name, (long long)block(c, s, 22, 3),
             VT_POOL_TABLES, s->structure, 0.95 / s->volume, e->start, e->start, e->fine ? 80 : 20, BLOCKS);
}

/* The mean of the last half, with what its blocks scatter and how far its two parts differ: still on the way.
 */
static enum vt_status take_end(const struct vt_outcome *o, struct melt *e)
{
    const struct vt_dataset *d = vt_results_find(&o->results, "stages/03-hold/blocks/thermo/temperature"),
                            *share =
                                vt_results_find(&o->results, "stages/03-hold/inherent/crystal/crystalline");
    if (!d || !share || vt_dataset_size(d) != BLOCKS)
        return VT_RAISE(VT_EWORLD, "the run has no temperatures or does not tell crystal from liquid");
    const int half = BLOCKS / 2;
    double part[2] = {0}, scatter = 0;
    for (int k = half; k < BLOCKS; k++) part[k >= half + half / 2] += 2 * d->value[k] / half;
    e->end = 0.5 * (part[0] + part[1]);
    for (int k = half; k < BLOCKS; k++) scatter += pow(d->value[k] - e->end, 2);
    e->error = hypot(sqrt(scatter) / half, 0.5 * (part[1] - part[0]));
    e->crystalline = *share->value;
    return VT_OK;
}

/* Where to begin next. Atoms at faces and defects count as liquid: of a whole crystal some tenths. */
static void go_on(struct melt *e)
{
    double moved = fabs(e->end / e->start - 1);
    bool both = e->crystalline > 0.2 && e->crystalline < 0.75;
    e->done = both && e->fine && moved < 0.04;
    if (e->done) return;
    e->fine = both && moved < 0.08;
    if (both) {
        e->start = rint(e->end);
        return;
    }
    if (e->crystalline <= 0.2)
        e->high = fmin(e->high, e->end);
    else
        e->low = fmax(e->low, e->end);
    if (!(e->low < e->high)) e->low = 0, e->high = INFINITY; /* bounds from short runs may be wrong */
    e->start = rint(e->low > 0 && isfinite(e->high) ? 0.5 * (e->low + e->high)
                    : e->low > 0                    ? 1.1 * e->low
                                                    : 0.85 * e->end);
}

/* One more round of those that are not done; false when there are none. Collective over comm. */
static enum vt_status melt_round(MPI_Comm comm, struct vt_check *c, int n, struct melting *melting, bool *any)
{
    int rank, next = 0;
    struct vt_batch batch;
    enum vt_status st;
    MPI_Comm_rank(comm, &rank);
    VT_TRY_GOTO(st, made, vt_batch_alloc(&batch, n * SEEDS));
    for (int k = 0; k < n; k++)
        for (int seed = 0; seed < SEEDS; seed++)
            if (!melting[k].seed[seed].done && !*melting[k].message)
                write_melting(c, &melting[k], seed, vt_batch_add(&batch, c->options.tables));
made:
    *any = batch.n > 0;
    st = vt_batch_run(comm, c->options.cache, st, &batch);
    for (int k = 0; k < n && st == VT_OK && rank == 0; k++) {
        struct melting *e = &melting[k];
        if (*e->message) continue;
        for (int seed = 0; seed < SEEDS; seed++) {
            struct melt *own = &e->seed[seed];
            if (own->done) continue;
            const struct vt_outcome *o = &batch.outcome[next++];
            if (o->status != VT_OK || take_end(o, own) != VT_OK) {
                snprintf(e->message, sizeof e->message, "%.250s",
                         o->status != VT_OK ? o->message : vt_message());
                continue;
            }
            vt_log(VT_LOG_INFO,
                   "%s: crystal and liquid from %.0f K go to %.0f +- %.0f K, %.0f %% of it crystal",
                   e->subject->name, own->start, own->end, own->error, 100 * own->crystalline);
            go_on(own);
            if (own->start < 50) snprintf(e->message, sizeof e->message, "no crystal is found above 50 K");
        }
    }
    st = vt_agree(comm, st);
    for (int k = 0; k < n && st == VT_OK; k++) { /* the subject is each rank's own */
        struct melting *e = &melting[k];
        const struct vt_check_subject *own = e->subject;
        st = vt_mpi(MPI_Bcast(e, sizeof *e, MPI_BYTE, 0, comm));
        e->subject = own;
    }
    vt_batch_release(&batch);
    return st;
}

static enum vt_status conclude_melting(struct vt_check *c, const struct melting *m)
{
    const char *name = m->subject->name;
    double mean = 0, spread = 0, within = 0;
    bool found = !*m->message;
    for (int seed = 0; seed < SEEDS; seed++) {
        found = found && m->seed[seed].done;
        mean += m->seed[seed].end / SEEDS;
        within += pow(m->seed[seed].error / SEEDS, 2);
    }
    if (!found)
        return vt_check_missing(
            c, name, VT_P_MELTING, "", vt_check_lack(reference(c, name, VT_TARGET_MELTING)),
            *m->message ? m->message : "crystal and liquid did not come to rest beside each other");
    for (int seed = 0; seed < SEEDS; seed++)
        spread += pow(m->seed[seed].end - mean, 2) / (SEEDS * (SEEDS - 1));
    return vt_check_add(c, name, VT_P_MELTING, "", mean, sqrt(fmax(spread, within)),
                        reference(c, name, VT_TARGET_MELTING));
}

enum vt_status vt_check_melting(MPI_Comm comm, struct vt_check *c)
{
    struct melting *melting;
    enum vt_status st;
    int n = 0;
    bool any = true;
    VT_TRY(vt_agree(comm, vt_alloc(&melting, crystals(c))));
    for (int k = 0; k < c->n; k++) {
        if (!c->subject[k].structure) continue;
        melting[n].subject = &c->subject[k];
        /* Metals melt at about 0.03 of their cohesive energy. */
        for (int seed = 0; seed < SEEDS; seed++)
            melting[n].seed[seed] =
                (struct melt){.start = rint(348 * c->subject[k].cohesive), .high = INFINITY};
        n++;
    }
    for (int round = 0; round < ROUNDS && any; round++)
        VT_TRY_GOTO(st, done, melt_round(comm, c, n, melting, &any));
    st = VT_OK;
    for (int k = 0; k < n && st == VT_OK; k++) st = conclude_melting(c, &melting[k]);
    st = vt_agree(comm, st);
done:
    free(melting);
    return st;
}
