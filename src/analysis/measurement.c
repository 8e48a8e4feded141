/* measurement.c: from states to datasets with errors.
 *
 * Delete-one jackknife: with theta(-g) the dataset made from everything but group g, of G groups,
 *
 *     sigma^2 = (G - 1)/G sum_g (theta(-g) - mean)^2,      bias = (G - 1)(mean - theta).
 *
 * Groups in space (pdf): frames of one glass share their frozen disorder, so stretches of time are not
 * independent, but distant parts of the sample are. Groups in time (numbers that exist once a frame):
 * successive stretches may still be correlated, so the 20 groups are also merged by 2 and by 4, and the
 * largest of the three errors is given (blocking). Both see everything downstream, operators included,
 * without knowing it.
 *
 * Both kinds (motion): a sample has fast and slow spells as a whole, which its parts share, and fast and slow
 * parts, which stretches of time share. Each kind is left out by itself and the larger error is given. Values
 * are made of the groups in space. What is left of the stretches is added up, not taken off the whole, so
 * that a time of which nothing is left has exactly nothing; it has no error in time, and keeps that in space.
 * A long lag has origins in a few stretches only: G counts, for each value, those that change it.
 *
 * Reference: Efron, SIAM monograph 38 (1982); Flyvbjerg & Petersen, J. Chem. Phys. 91, 461 (1989);
 * docs/theory/errors.md. */
#include "analysis/measurement.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/analysis.h"
#include "core/memory.h"

int vt_space_group(const struct vt_cell *cell, const double *x)
{
    double s[3];
    int part[3];
    vt_cell_fractional(cell, x, s);
    for (int d = 0; d < 3; d++) {
        part[d] = (int)(VT_SPACE_PARTS * (s[d] - floor(s[d])));
        if (part[d] == VT_SPACE_PARTS) part[d]--; /* s - floor(s) may round to 1 */
    }
    return (part[0] * VT_SPACE_PARTS + part[1]) * VT_SPACE_PARTS + part[2];
}

enum vt_status vt_measurement_init(struct vt_measurement *m, const struct vt_kernel *kernel)
{
    *m = (struct vt_measurement){.kernel = kernel, .energies = -1};
    VT_TRY(vt_alloc((char **)&m->options, kernel->options_size));
    VT_TRY(vt_alloc((char **)&m->work, kernel->work_size));
    m->common_options = m->options;
    return VT_OK;
}

void vt_measurement_sizes(struct vt_measurement *m, const struct vt_material *material)
{
    static const int groups[] = {[VT_GROUP_SPACE] = VT_SPACE_GROUPS,
                                 [VT_GROUP_TIME] = VT_TIME_GROUPS,
                                 [VT_GROUP_BOTH] = VT_BOTH_GROUPS};
    m->groups = groups[m->kernel->grouping];
    m->kernel->sizes(m->options, material, &m->common, &m->group);
    m->block = VT_OWN + m->common + (size_t)m->groups * m->group;
    m->blocks = (int)m->common_options->blocks;
}

void vt_measurement_release(struct vt_measurement *m)
{
    if (m->work && m->kernel->release) m->kernel->release(m->work);
    free(m->work);
    free(m->options);
    free(m->lags.lag);
    free(m->state);
    for (int k = 0; k < m->n_operators; k++) free(m->operators[k].options);
    free(m->operators);
    *m = (struct vt_measurement){0};
}

double vt_measurement_reach(const struct vt_measurement *m)
{
    return m->kernel->reach ? m->kernel->reach(m->options) : 0;
}

/* The block's state, and where in it a frame belongs. */
static double *block_at(const struct vt_measurement *m, double place, struct vt_tally *tally)
{
    const double little = 1e-9; /* a frame on a boundary belongs to what begins there */
    int block = (int)(place * m->blocks + little);
    if (block > m->blocks - 1) block = m->blocks - 1;
    int now = (int)((place * m->blocks - block) * VT_TIME_GROUPS + little);
    if (now > VT_TIME_GROUPS - 1) now = VT_TIME_GROUPS - 1;
    double *state = m->state + (size_t)block * m->block;
    double *group = state + VT_OWN + m->common;
    *tally = (struct vt_tally){.common = state + VT_OWN,
                               .group = group,
                               .group_size = m->group,
                               .now = now,
                               .time = m->kernel->grouping == VT_GROUP_BOTH
                                           ? group + (size_t)(VT_SPACE_GROUPS + now) * m->group
                                           : NULL};
    return state;
}

enum vt_status vt_measurement_add(struct vt_measurement *m, const struct vt_frame *frame, double place)
{
    struct vt_tally tally;
    double *state = block_at(m, place, &tally);
    if (frame->ranks->rank == 0) {
        state[VT_OWN_FRAMES] += 1;
        state[VT_OWN_TIME] += frame->state.time;
        state[VT_OWN_TEMPERATURE] += frame->state.temperature;
    }
    return m->kernel->accumulate ? m->kernel->accumulate(m->options, frame, m->work, &tally) : VT_OK;
}

enum vt_status vt_measurement_between(struct vt_measurement *m, const struct vt_frame *frame,
                                      const struct vt_between *between)
{
    struct vt_tally tally;
    block_at(m, between->then->place, &tally);
    return m->kernel->motion->between(m->options, frame, between, m->work, &tally);
}

void vt_measurement_skip(struct vt_measurement *m, const struct vt_frame *frame, double place)
{
    struct vt_tally tally;
    double *state = block_at(m, place, &tally);
    if (frame->ranks->rank == 0) state[VT_OWN_SKIPPED] += 1;
}

enum vt_status vt_measurement_energies(struct vt_measurement *m, const struct vt_frame *frame, double place)
{
    struct vt_tally tally;
    if (!frame->energy) return VT_OK;
    block_at(m, place, &tally);
    return m->kernel->energies(m->options, frame, &tally);
}

/* sum: of the groups that count; whole: what came of all of them, NULL if these are all. */
static enum vt_status evaluate(const struct vt_measurement *m, const struct vt_material *material,
                               const double *state, const double *sum, int block,
                               const struct vt_results *whole, const struct vt_results *stage,
                               struct vt_results *out)
{
    const double *group = state + VT_OWN + m->common;
    struct vt_measured what = {.material = material,
                               .inherent = m->common_options->inherent,
                               .left_out = whole != NULL,
                               .group = whole ? NULL : group,
                               .groups = m->groups,
                               .group_size = m->group,
                               .whole = whole,
                               .stage = stage,
                               .block = block};
    VT_TRY(m->kernel->finish(m->options, &what, state + VT_OWN, sum, out));
    for (int k = 0; k < m->n_operators; k++)
        VT_TRY(m->operators[k].operator->apply(m->operators[k].options, &what, out));
    return VT_OK;
}

/* Running mean and sum of squared deviations (Welford) of every value that wants an error. */
struct spread {
    int n, *count; /* groups; those that count for a value */
    double *mean, *m2;
};

/* whole: what changes nothing in it, but for the order of sums, does not count; NULL: all count. */
static void spread_add(struct spread *s, const struct vt_results *part, const struct vt_results *whole)
{
    s->n++;
    size_t at = 0;
    for (int k = 0; k < part->n; k++) {
        const struct vt_dataset *d = &part->item[k];
        size_t size = d->error ? vt_dataset_size(d) : 0;
        for (size_t v = 0; v < size; v++, at++) {
            double all = whole ? whole->item[k].value[v] : NAN;
            if (fabs(d->value[v] - all) <= 1e-9 * fabs(all)) continue;
            double delta = d->value[v] - s->mean[at];
            s->mean[at] += delta / ++s->count[at];
            s->m2[at] += delta * (d->value[v] - s->mean[at]);
        }
    }
}

/* The groups that together are everything, of one kind. */
struct run {
    int begin, end;
    bool time;
};

static struct run first_kind(const struct vt_measurement *m)
{
    bool both = m->kernel->grouping == VT_GROUP_BOTH;
    return (struct run){0, both ? VT_SPACE_GROUPS : m->groups, m->kernel->grouping == VT_GROUP_TIME};
}

/* What is left without the groups [from, to); false if these are empty. total: of all. */
static bool rest_of(const struct vt_measurement *m, const double *group, const double *total, struct run of,
                    int from, int to, double *rest)
{
    bool empty = true, add = of.begin > 0;
    for (int h = from; h < to; h++)
        for (size_t v = 0; v < m->group; v++) empty = empty && group[(size_t)h * m->group + v] == 0;
    if (empty) return false;
    memcpy(rest, total, m->group * sizeof *rest);
    if (add) memset(rest, 0, m->group * sizeof *rest);
    for (int h = of.begin; h < of.end; h++) {
        bool out = h >= from && h < to;
        if (add == out) continue;
        for (size_t v = 0; v < m->group; v++)
            rest[v] += add ? group[(size_t)h * m->group + v] : -group[(size_t)h * m->group + v];
    }
    return true;
}

/* Leave out `merge` groups at a time, those that have something in them. */
static enum vt_status leave_out(const struct vt_measurement *m, const struct vt_material *material,
                                const double *state, const double *total, int block, struct run of, int merge,
                                double *rest, const struct vt_results *whole, struct spread *spread)
{
    const double *group = state + VT_OWN + m->common;
    for (int g = of.begin; g < of.end; g += merge) {
        if (!rest_of(m, group, total, of, g, g + merge, rest)) continue;
        struct vt_results part = {0};
        enum vt_status st = evaluate(m, material, state, rest, block, whole, NULL, &part);
        if (st == VT_OK) spread_add(spread, &part, of.begin > 0 ? whole : NULL);
        vt_results_release(&part);
        VT_TRY(st);
    }
    return VT_OK;
}

/* Errors become the larger of what they were and what the spread of at least `least` groups says. second: a
 * spread that is not known changes nothing, and what had no error gets none. */
static void put_errors(struct vt_results *out, const struct spread *s, int least, bool second)
{
    size_t at = 0;
    for (int k = 0; k < out->n; k++) {
        struct vt_dataset *d = &out->item[k];
        size_t size = d->error ? vt_dataset_size(d) : 0;
        for (size_t v = 0; v < size; v++, at++) {
            int n = s->count[at];
            double error = n < least ? NAN : sqrt((n - 1.0) / n * s->m2[at]);
            if (second ? error > d->error[v] : !(d->error[v] > error)) d->error[v] = error;
        }
    }
}

static void put_biases(const struct vt_measurement *m, struct vt_results *out, const struct spread *s)
{
    for (int o = 0; o < m->n_operators; o++)
        for (const struct vt_bias_pair *b = m->operators[o].operator->biases; b && b->of; b++) {
            struct vt_dataset *into = vt_results_find(out, b->into);
            size_t at = 0;
            for (int k = 0; k < out->n; k++) {
                const struct vt_dataset *d = &out->item[k];
                size_t size = d->error ? vt_dataset_size(d) : 0;
                if (!strcmp(d->path, b->of))
                    for (size_t v = 0; v < size; v++)
                        into->value[v] = s->n > 1 ? (s->n - 1) * (s->mean[at + v] - d->value[v]) : NAN;
                at += size;
            }
        }
}

/* The errors that groups of one kind tell. */
static enum vt_status judge(const struct vt_measurement *m, const struct vt_material *material,
                            const double *state, const double *total, int block, struct run of, double *rest,
                            struct vt_results *out, struct spread *spread, size_t values)
{
    bool second = of.begin > 0;
    for (int merge = 1; merge <= (of.time ? 4 : 1); merge *= 2) {
        int least = merge == 1 ? 2 : 4; /* fewer cannot tell */
        spread->n = 0;
        memset(spread->count, 0, values * sizeof *spread->count);
        memset(spread->mean, 0, values * sizeof *spread->mean);
        memset(spread->m2, 0, values * sizeof *spread->m2);
        VT_TRY(leave_out(m, material, state, total, block, of, merge, rest, out, spread));
        if (merge == 1 && !second) put_biases(m, out, spread);
        if (spread->n < least) break;
        put_errors(out, spread, least, second);
    }
    return VT_OK;
}

enum vt_status vt_measurement_estimate(const struct vt_measurement *m, const struct vt_material *material,
                                       const double *state, int block, const struct vt_results *stage,
                                       struct vt_results *out)
{
    assert(out->n == 0);
    enum vt_status st = VT_OK;
    double *total = NULL, *rest = NULL;
    struct spread spread = {0};
    const struct run first = first_kind(m), second = {first.end, m->groups, true};
    VT_TRY_GOTO(st, done, vt_alloc(&total, m->group));
    VT_TRY_GOTO(st, done, vt_alloc(&rest, m->group));
    const double *group = state + VT_OWN + m->common;
    for (int g = first.begin; g < first.end; g++)
        for (size_t v = 0; v < m->group; v++) total[v] += group[(size_t)g * m->group + v];
    VT_TRY_GOTO(st, done, evaluate(m, material, state, total, block, NULL, stage, out));

    size_t values = 0;
    for (int k = 0; k < out->n; k++) {
        struct vt_dataset *d = &out->item[k];
        size_t size = d->error ? vt_dataset_size(d) : 0;
        for (size_t v = 0; v < size; v++)
            if (!(d->error[v] > 0)) d->error[v] = NAN; /* else the kernel knows a part of it */
        values += size;
    }
    VT_TRY_GOTO(st, done, vt_alloc(&spread.count, values));
    VT_TRY_GOTO(st, done, vt_alloc(&spread.mean, values));
    VT_TRY_GOTO(st, done, vt_alloc(&spread.m2, values));
    VT_TRY_GOTO(st, done, judge(m, material, state, total, block, first, rest, out, &spread, values));
    if (second.begin < second.end)
        st = judge(m, material, state, total, block, second, rest, out, &spread, values);
done:
    free(spread.m2);
    free(spread.mean);
    free(spread.count);
    free(rest);
    free(total);
    return st;
}

enum { BLOCK_AXES = 3 }; /* of a dataset with all blocks in it */

/* Row `block` of out's "blocks/PATH" from the datasets of that block; small ones only. */
static enum vt_status put_block(const struct vt_measurement *m, int block, const struct vt_results *from,
                                struct vt_results *out)
{
    for (int k = 0; k < from->n; k++) {
        const struct vt_dataset *d = &from->item[k];
        size_t size = vt_dataset_size(d);
        if (size > VT_BLOCK_VALUES || d->n_axes >= BLOCK_AXES) continue;
        char path[512];
        snprintf(path, sizeof path, "blocks/%s", d->path);
        struct vt_dataset *to = vt_results_find(out, path);
        if (!to) {
            int lengths[VT_AXES_MAX] = {m->blocks};
            for (int a = 0; a < d->n_axes; a++) lengths[a + 1] = d->axis[a].n;
            VT_TRY(vt_results_add(out, path, d->unit, d->help, d->n_axes + 1, lengths, &to));
            VT_TRY(vt_dataset_axis(to, 0, "block", "", NULL, NULL));
            VT_TRY(vt_alloc(&to->axis[0].value, m->blocks));
            for (int b = 0; b < m->blocks; b++) to->axis[0].value[b] = b + 1;
            for (int a = 0; a < d->n_axes; a++)
                VT_TRY(vt_dataset_axis(to, a + 1, d->axis[a].name, d->axis[a].unit, d->axis[a].value,
                                       (const char *const *)d->axis[a].label));
            if (d->error) VT_TRY(vt_dataset_errors(to));
            for (size_t v = 0; v < vt_dataset_size(to); v++) {
                to->value[v] = NAN; /* blocks without frames stay so */
                if (to->error) to->error[v] = NAN;
            }
        }
        if (vt_dataset_size(to) != (size_t)m->blocks * size) continue; /* not as long as in other blocks */
        memcpy(to->value + (size_t)block * size, d->value, size * sizeof *d->value);
        if (d->error) memcpy(to->error + (size_t)block * size, d->error, size * sizeof *d->error);
    }
    return VT_OK;
}

/* The state of the whole stage. Groups in time are joined to as many, successive ones: the same as without
 * blocks. */
static void sum_blocks(const struct vt_measurement *m, const double *state, double *whole)
{
    size_t head = VT_OWN + m->common;
    for (int b = 0; b < m->blocks; b++) {
        const double *block = state + (size_t)b * m->block;
        for (size_t v = 0; v < head; v++) whole[v] += block[v];
        for (int g = 0; g < m->groups; g++) {
            int to = g;
            if (m->kernel->grouping == VT_GROUP_TIME) to = (b * m->groups + g) / m->blocks;
            if (m->kernel->grouping == VT_GROUP_BOTH && g >= VT_SPACE_GROUPS)
                to = VT_SPACE_GROUPS + (b * VT_TIME_GROUPS + g - VT_SPACE_GROUPS) / m->blocks;
            for (size_t v = 0; v < m->group; v++)
                whole[head + (size_t)to * m->group + v] += block[head + (size_t)g * m->group + v];
        }
    }
}

enum vt_status vt_measurement_conclude(const struct vt_measurement *m, const struct vt_material *material,
                                       const double *state, struct vt_results *out)
{
    enum vt_status st = VT_OK;
    double *whole = NULL;
    struct vt_results blocks = {0}, one = {0};
    VT_TRY_GOTO(st, done, vt_alloc(&whole, m->block));
    sum_blocks(m, state, whole);
    if (whole[VT_OWN_FRAMES] == 0) goto done;
    VT_TRY_GOTO(st, done, vt_measurement_estimate(m, material, whole, 0, NULL, out));
    for (int b = 0; b < m->blocks && m->blocks > 1; b++) {
        if (state[(size_t)b * m->block + VT_OWN_FRAMES] == 0) continue;
        VT_TRY_GOTO(st, done,
                    vt_measurement_estimate(m, material, state + (size_t)b * m->block, b + 1, out, &one));
        VT_TRY_GOTO(st, done, put_block(m, b, &one, &blocks));
        vt_results_release(&one);
    }
    st = vt_results_move(out, &blocks, "");
done:
    vt_results_release(&one);
    vt_results_release(&blocks);
    free(whole);
    return st;
}
