/* liquid.c: see liquid.h.
 *
 *     H = <U + K> / N,   P = 0;       H_mix = H(ab) - (H(a) + H(b)) / 2,
 *     sigma^2(H_mix) = sigma^2(H(ab)) + (sigma^2(H(a)) + sigma^2(H(b))) / 4.
 *
 * With 500 atoms at 2000 K the enthalpy of an atom fluctuates by about 15 meV (sqrt(k_B C_P / N) T, C_P = 4
 * k_B), 24 ps are some tens of independent moments, and the errors of the thermo kernel make 0.3 kJ/mol of
 * it. The same seed gives all three runs the same thermostat noise, so much of their errors cancels in H_mix:
 * seeds scatter by 0.1 kJ/mol in most pairs (docs/theory/validation.md). */
#include "study/liquid.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "core/units.h"
#include "md/protocol.h"

const struct vt_liquid_times vt_liquid_defaults = {
    .melt_temperature = 3000, .melt = 4, .temperature = 2000, .settle = 4, .average = 16, .seed = 1};

static void write_protocol(const struct vt_liquid *l, const struct vt_liquid_times *t,
                           char text[VT_MEMBER_PROTOCOL])
{
    snprintf(text, VT_MEMBER_PROTOCOL,
             "title: 'liquid {%s} at %.10g K'\n"
             "seed: %lld\n"
             "material: {composition: {%s}, atoms: %lld, potential: %s}\n"
             "protocol:\n"
             "  - melt: {temperature: %.10g K, time: %.10g ps, pressure: 0 GPa}\n"
             "  - hold: {temperature: %.10g K, time: %.10g ps, measure: [{thermo: {skip: %.10g ps}}]}\n",
             l->composition, t->temperature, (long long)t->seed, l->composition, (long long)l->atoms,
             VT_POOL_TABLES, t->melt_temperature, t->melt, t->temperature, t->settle + t->average, t->settle);
}

/* "Cu50Zr50-2000K" */
static void write_name(const struct vt_liquid *l, const struct vt_liquid_times *t, char name[VT_MEMBER_NAME])
{
    int n = 0;
    for (const char *c = l->composition; *c && n < VT_MEMBER_NAME - 20; c++)
        if (isalnum((unsigned char)*c) || *c == '.') name[n++] = *c;
    snprintf(name + n, (size_t)(VT_MEMBER_NAME - n), "-%.0fK", t->temperature);
}

enum vt_status vt_liquid_atoms(const struct vt_eam *tables, const char *composition, int64_t *atoms)
{
    enum { LEAST = 500, STEP = 100 };
    const struct vt_liquid any = {.composition = composition, .atoms = 100000};
    const struct vt_liquid_times times = {2000, 1, 2000, 1, 1, 1};
    char text[VT_MEMBER_PROTOCOL];
    struct vt_protocol p = {0};
    write_protocol(&any, &times, text);
    enum vt_status st = vt_protocol_parse_with(tables, text, strlen(text), composition, MPI_COMM_SELF, &p);
    if (st == VT_OK) {
        double need = vt_protocol_density(&p) * pow(2.2 * tables->cutoff, 3);
        *atoms = STEP * (int64_t)ceil(fmax(need, LEAST) / STEP);
    }
    vt_protocol_release(&p);
    return st;
}

/* Rank 0. */
static enum vt_status take(const struct vt_results *r, const char *name, double *value, double *error)
{
    char path[100];
    snprintf(path, sizeof path, "stages/03-hold/thermo/%s", name);
    const struct vt_dataset *d = vt_results_find(r, path);
    if (!d || !d->error) return VT_RAISE(VT_EWORLD, "there is no %s with an error", path);
    *value = *d->value;
    *error = *d->error;
    return VT_OK;
}

static enum vt_status take_all(const struct vt_outcome *outcome, struct vt_liquid *l)
{
    struct vt_liquid_found *f = &l->found;
    *f = (struct vt_liquid_found){NAN, NAN, NAN, NAN};
    l->status = outcome->status;
    if (outcome->status != VT_OK || !outcome->results.n) return VT_OK; /* only rank 0 has results */
    VT_TRY(take(&outcome->results, "enthalpy", &f->enthalpy, &f->enthalpy_error));
    return take(&outcome->results, "volume", &f->volume, &f->volume_error);
}

enum vt_status vt_liquids_measure(MPI_Comm comm, const char *cache, const struct vt_liquid_times *times,
                                  int n, struct vt_liquid *liquids)
{
    struct vt_batch batch;
    enum vt_status st, read;
    VT_TRY_GOTO(st, made, vt_batch_alloc(&batch, n));
    for (int k = 0; k < n; k++) {
        struct vt_liquid *l = &liquids[k];
        if (!l->atoms) VT_TRY_GOTO(st, made, vt_liquid_atoms(l->tables, l->composition, &l->atoms));
        struct vt_batch_text *text = vt_batch_add(&batch, l->tables);
        write_protocol(l, times, text->protocol);
        write_name(l, times, text->name);
    }
made:
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    st = vt_pool_run(comm, cache, batch.n, batch.member, batch.outcome);
    read = VT_OK;
    for (int k = 0; k < n && read == VT_OK; k++) read = take_all(&batch.outcome[k], &liquids[k]);
    read = vt_agree(comm, read);
    for (int k = 0; k < n && read == VT_OK; k++)
        read = vt_mpi(MPI_Bcast(&liquids[k].found, sizeof liquids[k].found, MPI_BYTE, 0, comm));
    if (st == VT_OK) st = read;
done:
    vt_batch_release(&batch);
    return st;
}

enum { PARTS = 3 }; /* liquids of a mixture: both, and each */

static void conclude(const struct vt_liquid part[PARTS], struct vt_mixture *m)
{
    const struct vt_liquid_found *ab = &part[0].found, *a = &part[1].found, *b = &part[2].found;
    const double unit = vt_units_factor("kJ/mol");
    m->mixed = *ab;
    m->pure[0] = *a;
    m->pure[1] = *b;
    m->status = VT_OK;
    for (int k = 0; k < PARTS; k++)
        if (part[k].status > m->status) m->status = part[k].status;
    m->enthalpy = (ab->enthalpy - (a->enthalpy + b->enthalpy) / 2) / unit;
    m->error = hypot(ab->enthalpy_error, hypot(a->enthalpy_error, b->enthalpy_error) / 2) / unit;
}

enum vt_status vt_mixtures_measure(MPI_Comm comm, const char *cache, const struct vt_liquid_times *times,
                                   int n, struct vt_mixture *mixtures)
{
    struct vt_liquid(*liquid)[PARTS] = NULL;
    char(*composition)[PARTS][32] = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, agree, vt_alloc(&liquid, n));
    VT_TRY_GOTO(st, agree, vt_alloc(&composition, n));
    for (int k = 0; k < n; k++) {
        const struct vt_mixture *m = &mixtures[k];
        snprintf(composition[k][0], sizeof composition[k][0], "%s: 50, %s: 50", m->a, m->b);
        snprintf(composition[k][1], sizeof composition[k][1], "%s: 100", m->a);
        snprintf(composition[k][2], sizeof composition[k][2], "%s: 100", m->b);
        for (int part = 0; part < PARTS; part++)
            liquid[k][part] = (struct vt_liquid){.composition = composition[k][part], .tables = m->tables};
    }
agree:
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    st = vt_liquids_measure(comm, cache, times, PARTS * n, *liquid);
    for (int k = 0; k < n; k++) conclude(liquid[k], &mixtures[k]);
done:
    free(composition);
    free(liquid);
    return st;
}
