/* analysis.c: see analysis.h.
 *
 * Measurements with the same rhythm, all thermal or all inherent, share one look, so that the source brings
 * a sample to its energy minimum once for all of them. Ranks add to states of their own; only the end of a
 * stage and a checkpoint bring these together (sums of whole numbers: the same bits from any layout). */
#include "analysis/analysis.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/measurement.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"

struct vt_analysis {
    struct vt_material material;
    double pace; /* of the frames that will come, ps; 0: as asked for */
    int n;
    struct vt_measurement *measurement;
    size_t capacity;
    int n_pasts;
    struct vt_past_use {
        struct vt_past past;
        int look;
    } * past;
    size_t past_capacity;
    int n_looks;
    struct vt_look *look;
    size_t look_capacity;
    struct vt_results results;
    /* The stage under way. */
    char label[128];
    double start, duration;
    MPI_Comm comm; /* of the frames seen; MPI_COMM_NULL before the first */
};

static const struct vt_kernel *find_kernel(const char *name)
{
    const struct vt_kernel *const *k = vt_kernel_list();
    while (*k && strcmp((*k)->name, name) != 0) k++;
    return *k;
}

static const struct vt_operator *find_operator(const char *name)
{
    const struct vt_operator *const *o = vt_operator_list();
    while (*o && strcmp((*o)->name, name) != 0) o++;
    return *o;
}

static enum vt_status unknown(const struct vt_yaml *node, const char *name)
{
    enum { WORDS_MAX = 64 };
    const char *words[WORDS_MAX];
    int n = 0;
    for (const struct vt_kernel *const *k = vt_kernel_list(); *k && n < WORDS_MAX; k++)
        words[n++] = (*k)->name;
    for (const struct vt_operator *const *o = vt_operator_list(); *o && n < WORDS_MAX; o++)
        words[n++] = (*o)->name;
    char all[512] = "";
    for (int k = 0; k < n; k++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", k ? ", " : "", words[k]);
    }
    const char *nearest = vt_nearest(name, words, n);
    if (nearest)
        return VT_RAISE_AT(node, "measure: there is no measurement '%s'; did you mean '%s'? (there are %s)",
                           name, nearest, all);
    return VT_RAISE_AT(node, "measure: there is no measurement '%s'; there are %s", name, all);
}

/* The past that a kernel of motion looks back at: another's, if it is the same. */
static enum vt_status add_past(struct vt_analysis *a, struct vt_measurement *m, const struct vt_yaml *node)
{
    const struct vt_motion *motion = m->kernel->motion;
    const struct vt_lag_options *options = (const void *)((const char *)m->options + motion->lags);
    double every = m->common_options->every;
    if (every <= 0)
        return VT_RAISE_AT(node, "measure: %s compares frames: key 'every' must be a time, not 0",
                           m->kernel->name);
    if (options->spacing == VT_LAGS_LINEAR && vt_motion_given(node, "per_octave"))
        return VT_RAISE_AT(node, "measure: %s: key 'per_octave' goes with lags: log only", m->kernel->name);
    VT_TRY(vt_prefix(vt_lags_make(options, every, &m->lags), "%s:%d: measure: %s", node->file, node->line,
                     m->kernel->name));
    int k = 0;
    while (k < a->n_pasts && (a->past[k].look != m->look || a->past[k].past.kind != motion->kind ||
                              motion->kind == VT_PAST_VALUES))
        k++;
    if (k == a->n_pasts) {
        VT_TRY(vt_grow(&a->past, &a->past_capacity, k + 1));
        a->past[a->n_pasts++] = (struct vt_past_use){.past.kind = motion->kind, .look = m->look};
    }
    m->past = k;
    struct vt_past *past = &a->past[k].past;
    VT_TRY(vt_grow(&past->plan, &past->plan_capacity, past->n_plans + 1));
    past->plan[past->n_plans++] = m->lags;
    return VT_OK;
}

static const char *in_ps(double time, char text[32])
{
    snprintf(text, 32, "%.6g ps", time);
    return text;
}

double vt_time_rounded(double time)
{
    char text[32];
    snprintf(text, sizeof text, "%.9g", time);
    return strtod(text, NULL);
}

/* The pace of a measurement of motion is that of the file, or a multiple. */
static enum vt_status fit_pace(const struct vt_analysis *a, struct vt_measurement *m,
                               const struct vt_yaml *node, const struct vt_yaml *options)
{
    struct vt_common_options *o = m->options;
    const struct vt_yaml *given = vt_params_given(options, "every") ? vt_yaml_get(options, "every") : NULL;
    double times = a->pace > 0 ? rint(o->every / a->pace) : 0,
           every = vt_time_rounded(fmax(times, 1) * a->pace);
    char asked[32], file[32], next[32], after[32];
    if (!m->kernel->motion || !(a->pace > 0) || o->every <= 0) return VT_OK;
    in_ps(o->every, asked);
    in_ps(a->pace, file);
    bool fits = fabs(o->every - every) <= 1e-3 * a->pace;
    if (!fits && given && o->every > a->pace) {
        double below = floor(o->every / a->pace) * a->pace;
        return VT_RAISE_AT(
            given,
            "measure: %s: `every: %s` is no multiple of the %s from one frame to the next: take %s or %s",
            m->kernel->name, asked, file, in_ps(below, next), in_ps(below + a->pace, after));
    }
    if (!fits)
        vt_log(VT_LOG_INFO, "%s:%d: %s: every %s: there is a frame each %s, so %s is used", node->file,
               node->line, m->kernel->name, asked, file, in_ps(every, next));
    o->every = every;
    struct vt_lag_options *lags = (void *)((char *)m->options + m->kernel->motion->lags);
    if (lags->t_max > 0 && lags->t_max < every && !vt_params_given(options, "t_max")) {
        lags->t_max = 100 * every; /* the preset is for frames that are nearer to each other */
        vt_log(VT_LOG_INFO, "%s:%d: %s: t_max is %s: the preset is shorter than %s", node->file, node->line,
               m->kernel->name, in_ps(lags->t_max, next), file);
    }
    return VT_OK;
}

/* Does a look belong to a kernel with a rhythm of its own? */
static bool is_own(const struct vt_analysis *a, int look)
{
    for (int k = 0; k < a->n; k++)
        if (a->measurement[k].kernel->begin && a->measurement[k].look == look) return true;
    return false;
}

static enum vt_status add_kernel(struct vt_analysis *a, const struct vt_kernel *kernel,
                                 const struct vt_yaml *node, const struct vt_yaml *options)
{
    VT_TRY(vt_grow(&a->measurement, &a->capacity, a->n + 1));
    struct vt_measurement *m = &a->measurement[a->n++];
    VT_TRY(vt_measurement_init(m, kernel));
    VT_TRY(vt_params_read(options, kernel->name, &(struct vt_params){kernel->params, m->options}, 1));
    VT_TRY(fit_pace(a, m, node, options));
    if (kernel->read) VT_TRY(kernel->read(m->options, &a->material, node));
    vt_measurement_sizes(m, &a->material);
    bool inherent = m->common_options->inherent;
    for (int k = 0; k < a->n - 1; k++) {
        const struct vt_measurement *other = &a->measurement[k];
        if (other->kernel == kernel && other->common_options->inherent == inherent)
            return VT_RAISE_AT(node,
                               "measure: %s is there twice, both with inherent: %s; their results would "
                               "have the same names",
                               kernel->name, inherent ? "true" : "false");
        if (m->blocks > 1 && other->blocks > 1 && m->blocks != other->blocks)
            return VT_RAISE_AT(node,
                               "measure: %s has blocks: %d, but %s before it has blocks: %d; all that have "
                               "blocks share their times, so give the same number",
                               kernel->name, m->blocks, other->kernel->name, other->blocks);
        if (m->blocks > 1 && other->blocks > 1 && m->common_options->skip != other->common_options->skip)
            return VT_RAISE_AT(
                node,
                "measure: %s has blocks and skip: %g ps, but %s before it skips %g ps; all that "
                "have blocks share their times, so give the same skip",
                kernel->name, m->common_options->skip, other->kernel->name, other->common_options->skip);
    }
    int look = kernel->begin ? a->n_looks : 0; /* its own, or one that it shares */
    while (look < a->n_looks && (is_own(a, look) || a->look[look].every != m->common_options->every ||
                                 a->look[look].skip != m->common_options->skip ||
                                 a->look[look].inherent != inherent || a->look[look].energies))
        look++;
    if (look == a->n_looks) {
        VT_TRY(vt_grow(&a->look, &a->look_capacity, look + 1));
        a->look[a->n_looks++] = (struct vt_look){
            .every = m->common_options->every, .skip = m->common_options->skip, .inherent = inherent};
    }
    m->look = look;
    if (kernel->motion) VT_TRY(add_past(a, m, node));
    a->look[look].reach = fmax(a->look[look].reach, vt_measurement_reach(m));
    if (kernel->energies) {
        VT_TRY(vt_grow(&a->look, &a->look_capacity, a->n_looks + 1));
        m->energies = a->n_looks;
        a->look[a->n_looks++] = (struct vt_look){.every = m->common_options->every,
                                                 .skip = m->common_options->skip,
                                                 .inherent = inherent,
                                                 .energies = true};
    }
    return VT_OK;
}

/* An operator belongs to the last measurement before it whose datasets it reads. */
static enum vt_status add_operator(struct vt_analysis *a, const struct vt_operator *operator,
                                   const struct vt_yaml * node, const struct vt_yaml *options)
{
    int k = a->n - 1;
    while (k >= 0 && strcmp(a->measurement[k].kernel->name, operator->reads) != 0) k--;
    if (k < 0)
        return VT_RAISE_AT(node,
                           "measure: %s works on the results of %s, and there is no %s before it in the list",
                           operator->name, operator->reads, operator->reads);
    struct vt_measurement *m = &a->measurement[k];
    for (int o = 0; o < m->n_operators; o++)
        if (m->operators[o].operator== operator)
            return VT_RAISE_AT(node,
                               "measure: %s is there twice for the same %s", operator->name, operator->reads);
    VT_TRY(vt_grow(&m->operators, &m->operators_capacity, m->n_operators + 1));
    struct vt_operator_use *use = &m->operators[m->n_operators++];
    *use = (struct vt_operator_use){.operator= operator};
    VT_TRY(vt_alloc((char **)&use->options, operator->options_size));
    VT_TRY(vt_params_read(options, operator->name, &(struct vt_params){operator->params, use->options}, 1));
    return operator->check ? operator->check(use->options, options, vt_measurement_reach(m)) : VT_OK;
}

static enum vt_status add_item(struct vt_analysis *a, const struct vt_yaml *item)
{
    const char *name = item->text;
    const struct vt_yaml *options = NULL;
    if (item->kind == VT_YAML_MAP && item->n == 1) {
        name = item->key[0];
        options = item->item[0];
    } else if (item->kind != VT_YAML_SCALAR) {
        return VT_RAISE_AT(item, "measure: each line names one measurement, as in '- pdf: {r_max: 12 A}'");
    }
    const struct vt_kernel *kernel = find_kernel(name);
    if (kernel) return add_kernel(a, kernel, item, options);
    const struct vt_operator *operator= find_operator(name);
    if (operator) return add_operator(a, operator, item, options);
    return unknown(item, name);
}

enum vt_status vt_analysis_create(const struct vt_yaml *list, const struct vt_material *material,
                                  struct vt_analysis **out)
{
    return vt_analysis_create_for(list, material, 0, out);
}

enum vt_status vt_analysis_create_for(const struct vt_yaml *list, const struct vt_material *material,
                                      double pace, struct vt_analysis **out)
{
    VT_TRY(vt_alloc(out, 1));
    struct vt_analysis *a = *out;
    a->material = *material;
    a->pace = pace;
    a->comm = MPI_COMM_NULL;
    enum vt_status st = VT_OK;
    if (list && list->kind == VT_YAML_LIST)
        for (int k = 0; k < list->n && st == VT_OK; k++) st = add_item(a, list->item[k]);
    else if (list && (list->kind != VT_YAML_SCALAR || *list->text))
        st = VT_RAISE_AT(list, "measure: must be a list, as in '- pdf: {r_max: 12 A}'");
    if (st != VT_OK) {
        vt_analysis_destroy(a);
        *out = NULL;
    }
    return st;
}

void vt_analysis_destroy(struct vt_analysis *a)
{
    if (!a) return;
    for (int k = 0; k < a->n; k++) vt_measurement_release(&a->measurement[k]);
    free(a->measurement);
    for (int k = 0; k < a->n_pasts; k++) {
        vt_past_clear(&a->past[k].past);
        free(a->past[k].past.plan);
    }
    free(a->past);
    free(a->look);
    vt_results_release(&a->results);
    free(a);
}

enum vt_status vt_analysis_check(const struct vt_analysis *a, const struct vt_cell *cell)
{
    for (int k = 0; k < a->n; k++)
        if (a->measurement[k].kernel->check)
            VT_TRY(a->measurement[k].kernel->check(a->measurement[k].options, cell));
    return VT_OK;
}

static size_t state_size(const struct vt_measurement *m)
{
    return (size_t)m->blocks * m->block;
}

size_t vt_analysis_bytes(const struct vt_analysis *a)
{
    size_t bytes = 0;
    for (int k = 0; k < a->n; k++) bytes += state_size(&a->measurement[k]) * sizeof(double);
    return bytes;
}

size_t vt_analysis_bytes_an_atom(const struct vt_analysis *a)
{
    size_t bytes = 0;
    for (int k = 0; k < a->n_pasts; k++) bytes += vt_past_bytes(&a->past[k].past);
    return bytes;
}

struct vt_results *vt_analysis_results(struct vt_analysis *a)
{
    return &a->results;
}

/* States are there from begin, or from a load before it, until end. Local. */
static enum vt_status open_states(struct vt_analysis *a)
{
    for (int k = 0; k < a->n; k++)
        if (!a->measurement[k].state)
            VT_TRY(vt_alloc(&a->measurement[k].state, state_size(&a->measurement[k])));
    return VT_OK;
}

static void close_states(struct vt_analysis *a)
{
    for (int k = 0; k < a->n; k++) {
        free(a->measurement[k].state);
        a->measurement[k].state = NULL;
    }
    for (int k = 0; k < a->n_pasts; k++) vt_past_clear(&a->past[k].past);
    a->comm = MPI_COMM_NULL;
}

/* Energies of single atoms cost a step, so of thermal frames only some are asked for: every n-th, with ENOUGH
 * of them in each block. Energy minima cost much more, so there each counts. */
static void choose_energies(struct vt_analysis *a, const struct vt_measurement *m)
{
    enum { ENOUGH = 20 };
    const struct vt_common_options *o = m->common_options;
    double every =
        o->every > 0 && !o->inherent ? floor((a->duration - o->skip) / o->every / (ENOUGH * m->blocks)) : 1;
    a->look[m->energies].every = o->every * fmax(every, 1);
}

static enum vt_status begin(void *self, const struct vt_stage_info *stage, const struct vt_material *material,
                            int *n_looks, const struct vt_look **looks)
{
    struct vt_analysis *a = self;
    assert(material->n_species == a->material.n_species);
    a->material = *material;
    snprintf(a->label, sizeof a->label, "%s", stage->label);
    a->start = stage->start;
    a->duration = stage->duration;
    for (int k = 0; k < a->n; k++) {
        struct vt_measurement *m = &a->measurement[k];
        m->warned = false;
        if (a->duration > 0 && m->common_options->skip > a->duration)
            vt_log(VT_LOG_WARNING, "%s: no %s: skip is %g ps, and the stage takes %g ps", a->label,
                   m->kernel->name, m->common_options->skip, a->duration);
    }
    for (int k = 0; k < a->n; k++) {
        const struct vt_measurement *m = &a->measurement[k];
        double time = a->duration - m->common_options->skip,
               frames = floor(time / m->common_options->every + 1e-6);
        if (m->blocks > 1 && time > 0 && m->common_options->every > 0 && m->blocks > frames)
            vt_log(VT_LOG_WARNING,
                   "%s: %s: blocks: %d, and %.0f frames come in %.4g ps: most blocks have none", a->label,
                   m->kernel->name, m->blocks, frames, time);
    }
    for (int k = 0; k < a->n; k++)
        if (a->measurement[k].energies >= 0) choose_energies(a, &a->measurement[k]);
    for (int k = 0; k < a->n; k++) {
        struct vt_measurement *m = &a->measurement[k];
        if (!m->kernel->begin) continue;
        a->look[m->look] = (struct vt_look){.every = m->common_options->every,
                                            .skip = m->common_options->skip,
                                            .reach = vt_measurement_reach(m),
                                            .inherent = m->common_options->inherent};
        m->kernel->begin(m->options, stage, &a->look[m->look]);
    }
    *n_looks = a->n_looks;
    *looks = a->look;
    return open_states(a);
}

/* place: in the time of the stage, 0 .. 1. */
static enum vt_status add_to(const struct vt_analysis *a, struct vt_measurement *m, int look,
                             const struct vt_frame *frame, double place)
{
    if (m->energies == look) VT_TRY(vt_measurement_energies(m, frame, place));
    if (m->look != look) return VT_OK;
    if (!m->kernel->check || m->kernel->check(m->options, &frame->state.cell) == VT_OK)
        return vt_measurement_add(m, frame, place);
    /* A cell that is sheared or pressed may become too thin for a while: no reason to end a run. */
    if (!m->warned)
        vt_log(VT_LOG_WARNING, "%s, %.4g ps: %s; such frames are left out", a->label, frame->state.time,
               vt_message());
    m->warned = true;
    vt_measurement_skip(m, frame, place);
    return VT_OK;
}

/* Let the pasts of a look see a frame. Collective. */
static enum vt_status observe(struct vt_analysis *a, int look, const struct vt_frame *frame, double place)
{
    for (int k = 0; k < a->n_pasts; k++) {
        const double *values = NULL;
        int n = 0;
        if (a->past[k].look != look) continue;
        for (int m = 0; m < a->n && a->past[k].past.kind == VT_PAST_VALUES; m++) {
            struct vt_measurement *of = &a->measurement[m];
            if (!of->kernel->motion || of->past != k) continue;
            if (of->kernel->motion->follow) {
                struct vt_cell first;
                int turn[3][3];
                vt_past_turn(&a->past[k].past, &frame->state.cell, &first, turn);
                VT_TRY(vt_agree(frame->ranks->comm,
                                of->kernel->motion->follow(of->options, &first, turn, of->work)));
            }
            VT_TRY(of->kernel->motion->remember(of->options, frame, of->work, &values, &n));
        }
        VT_TRY(vt_past_observe(&a->past[k].past, frame, place, values, frame->ranks->rank == 0 ? n : 0));
    }
    return VT_OK;
}

/* What a frame tells beside those before it. The ranks know of no trouble yet. */
static enum vt_status compare(struct vt_analysis *a, struct vt_measurement *m, const struct vt_frame *frame)
{
    enum vt_status st = VT_OK;
    struct vt_between between;
    if (m->kernel->check && m->kernel->check(m->options, &frame->state.cell) != VT_OK)
        return VT_OK; /* told already */
    for (int k = 0; k < m->lags.n && st == VT_OK; k++) {
        if (!vt_past_between(&a->past[m->past].past, &m->lags, k, &between)) continue;
        st = vt_measurement_between(m, frame, &between);
        if (m->kernel->collective) VT_TRY(vt_agree(frame->ranks->comm, st));
    }
    return st;
}

static enum vt_status add_frame(struct vt_analysis *a, int look, const struct vt_frame *frame)
{
    assert(look >= 0 && look < a->n_looks);
    if (frame->reach < a->look[look].reach * (1 - 1e-12))
        return VT_RAISE(VT_EINPUT,
                        "measure: the frame is complete to %g angstrom, but %g angstrom are needed",
                        frame->reach, a->look[look].reach);
    double skip = a->duration > 0 ? a->look[look].skip : 0; /* a stage without time has one frame */
    double since = frame->state.time - a->start - skip, length = a->duration - skip;
    double place = length > 0 ? fmin(fmax(since / length, 0), 1) : 0;
    if (skip > 0 && since < -1e-6) return VT_OK;
    enum vt_status st = VT_OK;
    VT_TRY(observe(a, look, frame, place));
    for (int k = 0; k < a->n; k++) {
        struct vt_measurement *m = &a->measurement[k];
        if (m->kernel->collective && m->look == look) VT_TRY(vt_agree(frame->ranks->comm, st));
        if (st == VT_OK) st = add_to(a, m, look, frame, place);
        if (st == VT_OK && m->kernel->motion && m->look == look) st = compare(a, m, frame);
    }
    for (int k = 0; k < a->n_pasts; k++)
        if (a->past[k].look == look) vt_past_forget(&a->past[k].past);
    return st;
}

static enum vt_status look_at(void *self, int look, const struct vt_frame *frame)
{
    struct vt_analysis *a = self;
    a->comm = frame->ranks->comm;
    return vt_agree(a->comm, add_frame(a, look, frame));
}

/* *sum = the sum of all ranks' states of a measurement; on rank 0 (NULL elsewhere), freed by the caller.
 * Collective. */
static enum vt_status gather(MPI_Comm comm, const struct vt_measurement *m, double **sum)
{
    enum { PIECE = 1 << 24 }; /* values a message */
    int rank;
    MPI_Comm_rank(comm, &rank);
    *sum = NULL;
    size_t size = state_size(m);
    VT_TRY(vt_agree(comm, rank == 0 ? vt_alloc(sum, size) : VT_OK));
    for (size_t at = 0; at < size; at += PIECE) {
        int n = size - at < PIECE ? (int)(size - at) : PIECE;
        VT_TRY(
            vt_mpi(MPI_Reduce(m->state + at, rank == 0 ? *sum + at : NULL, n, MPI_DOUBLE, MPI_SUM, 0, comm)));
    }
    return VT_OK;
}

/* Times and temperatures of the blocks, as a measurement saw them, below "prefix/blocks"; what is there
 * already stays. */
static enum vt_status put_clock(const struct vt_analysis *a, const struct vt_measurement *m,
                                const double *state, const char *prefix, const char *name,
                                struct vt_results *out)
{
    static const struct {
        const char *name, *unit, *help;
        int of;
    } what[] = {{"time", "ps", "mean time of the block's frames", VT_OWN_TIME},
                {"temperature", "K", "mean temperature of the block's frames", VT_OWN_TEMPERATURE}};
    double skip = m->common_options->skip;
    for (int q = 0; q < 2; q++) {
        char path[256];
        struct vt_dataset *d;
        snprintf(path, sizeof path, "%s/blocks/%s%s%s", prefix, name, *name ? "/" : "", what[q].name);
        if (vt_results_find(out, path)) continue;
        VT_TRY(vt_results_add(out, path, what[q].unit, what[q].help, 1, &m->blocks, &d));
        double *number;
        VT_TRY(vt_dataset_axis(d, 0, "block", "", NULL, NULL));
        VT_TRY(vt_alloc(&number, m->blocks));
        d->axis[0].value = number;
        for (int b = 0; b < m->blocks; b++) {
            const double *own = state + (size_t)b * m->block;
            number[b] = b + 1;
            d->value[b] = own[VT_OWN_FRAMES] > 0 ? own[what[q].of] / own[VT_OWN_FRAMES]
                          : what[q].of == VT_OWN_TIME
                              ? a->start + skip + (b + 0.5) / m->blocks * (a->duration - skip)
                              : NAN;
        }
    }
    return VT_OK;
}

static enum vt_status note_options(struct vt_results *out, const char *prefix, const char *name,
                                   const struct vt_param *table, void *options)
{
    char path[256], text[2048];
    struct vt_params set = {table, options};
    snprintf(path, sizeof path, "%s/%s", prefix, name);
    vt_params_echo(&set, 1, text, sizeof text);
    return vt_results_note(out, path, "options", text);
}

/* Datasets and notes of one measurement, on rank 0. */
static enum vt_status conclude(const struct vt_analysis *a, struct vt_measurement *m, const double *state,
                               struct vt_results *out)
{
    char prefix[192], path[256], frames[32];
    struct vt_results own = {0};
    double n = 0, skipped = 0;
    for (int b = 0; b < m->blocks; b++) {
        n += state[(size_t)b * m->block + VT_OWN_FRAMES];
        skipped += state[(size_t)b * m->block + VT_OWN_SKIPPED];
    }
    m->most_frames = fmax(m->most_frames, n + skipped);
    if (n + skipped == 0) return VT_OK;
    snprintf(prefix, sizeof prefix, "stages/%s%s", a->label, m->common_options->inherent ? "/inherent" : "");
    if (m->kernel->check) {
        struct vt_dataset *d;
        snprintf(path, sizeof path, "%s/%s/frames_skipped", prefix, m->kernel->name);
        VT_TRY(vt_results_add(out, path, "1", "frames left out because their cell cannot be measured", 0,
                              NULL, &d));
        d->value[0] = skipped;
    }
    if (n == 0)
        vt_log(VT_LOG_WARNING, "%s: no %s: no cell of %.0f frames can be measured", a->label, m->kernel->name,
               skipped);
    enum vt_status st = vt_measurement_conclude(m, &a->material, state, &own);
    if (st == VT_OK) st = vt_results_move(out, &own, prefix);
    vt_results_release(&own);
    VT_TRY(st);
    if (m->blocks > 1 && n > 0) {
        VT_TRY(put_clock(a, m, state, prefix, "", out));
        VT_TRY(put_clock(a, m, state, prefix, m->kernel->name, out));
        for (int o = 0; o < m->n_operators; o++)
            VT_TRY(put_clock(a, m, state, prefix, m->operators[o].operator->name, out));
    }
    snprintf(path, sizeof path, "%s/%s", prefix, m->kernel->name);
    snprintf(frames, sizeof frames, "%.0f", n);
    VT_TRY(vt_results_note(out, path, "frames", frames));
    VT_TRY(note_options(out, prefix, m->kernel->name, m->kernel->params, m->options));
    for (int o = 0; o < m->n_operators; o++)
        VT_TRY(note_options(out, prefix, m->operators[o].operator->name, m->operators[o].operator->params,
                            m->operators[o].options));
    return VT_OK;
}

static enum vt_status end(void *self)
{
    struct vt_analysis *a = self;
    enum vt_status st = VT_OK;
    for (int k = 0; k < a->n && a->comm != MPI_COMM_NULL && st == VT_OK; k++) {
        double *sum;
        st = gather(a->comm, &a->measurement[k], &sum);
        if (st == VT_OK)
            st = vt_agree(a->comm, sum ? conclude(a, &a->measurement[k], sum, &a->results) : VT_OK);
        free(sum);
    }
    close_states(a);
    return st;
}

void vt_analysis_warn_of_nothing(const struct vt_analysis *a)
{
    for (int k = 0; k < a->n; k++) {
        const struct vt_measurement *m = &a->measurement[k];
        char every[32];
        if (m->most_frames >= (m->kernel->motion ? 2 : 1)) continue;
        vt_log(VT_LOG_WARNING, "%s: nothing is measured: %s of the frames %s%s%s", m->kernel->name,
               m->most_frames > 0 ? "it compares frames, and only one" : "none",
               m->common_options->every > 0 ? "comes at its `every: " : "is at the end of a stage",
               m->common_options->every > 0 ? in_ps(m->common_options->every, every) : "",
               m->common_options->every > 0 ? "`" : "");
    }
}

bool vt_analysis_judges(const struct vt_analysis *a)
{
    for (int k = 0; k < a->n; k++)
        if (a->measurement[k].kernel->enough) return true;
    return false;
}

/* The state is on rank 0 as far as kernels that judge let rank 0 alone add; a sum over ranks serves all. */
static enum vt_status enough(void *self, const struct vt_ranks *ranks, bool *yes)
{
    struct vt_analysis *a = self;
    int answer = 1, judges = 0;
    for (int k = 0; k < a->n; k++) {
        const struct vt_measurement *m = &a->measurement[k];
        double *sum;
        if (!m->kernel->enough) continue;
        judges++;
        VT_TRY(gather(ranks->comm, m, &sum));
        if (sum) answer = answer && m->kernel->enough(m->options, sum + VT_OWN);
        free(sum);
    }
    VT_TRY(vt_mpi(MPI_Bcast(&answer, 1, MPI_INT, 0, ranks->comm)));
    *yes = judges && answer;
    return VT_OK;
}

/* What a checkpoint holds: this, then the states one after another, then the pasts. */
struct header {
    char magic[8];
    uint64_t measurements, values, pasts;
    int64_t atoms, species; /* when there are pasts */
};
static const char magic[8] = "vtmeas5";

static struct header make_header(const struct vt_analysis *a)
{
    struct header h = {.measurements = (uint64_t)a->n,
                       .values = vt_analysis_bytes(a) / sizeof(double),
                       .pasts = (uint64_t)a->n_pasts,
                       .atoms = vt_material_atoms(&a->material),
                       .species = a->material.n_species};
    memcpy(h.magic, magic, sizeof magic);
    return h;
}

/* Room for everything; on rank 0 also for the block. Local. */
static enum vt_status make_room(struct vt_analysis *a, const struct vt_ranks *ranks, struct vt_kept *kept)
{
    int64_t begin, end;
    VT_TRY(open_states(a));
    for (int k = 0; k < a->n_pasts; k++) kept->width += vt_past_width(&a->past[k].past);
    vt_share(vt_material_atoms(&a->material), ranks->size, ranks->rank, &begin, &end);
    VT_TRY(vt_alloc(&kept->rows, kept->width * (size_t)(end - begin)));
    if (ranks->rank) return VT_OK;
    kept->bytes = sizeof(struct header) + vt_analysis_bytes(a);
    for (int k = 0; k < a->n_pasts; k++) kept->bytes += vt_past_block_size(&a->past[k].past);
    return vt_alloc(&kept->block, kept->bytes);
}

static enum vt_status save(void *self, const struct vt_ranks *ranks, struct vt_kept *kept)
{
    struct vt_analysis *a = self;
    struct header h = make_header(a);
    size_t at = sizeof h, column = 0;
    *kept = (struct vt_kept){0};
    VT_TRY(vt_agree(ranks->comm, make_room(a, ranks, kept)));
    if (ranks->rank == 0) memcpy(kept->block, &h, sizeof h);
    for (int k = 0; k < a->n; k++) {
        double *sum;
        size_t size = state_size(&a->measurement[k]) * sizeof(double);
        VT_TRY(gather(ranks->comm, &a->measurement[k], &sum));
        if (ranks->rank == 0) memcpy(kept->block + at, sum, size);
        at += size;
        free(sum);
    }
    for (int k = 0; k < a->n_pasts; k++) {
        const struct vt_past *past = &a->past[k].past;
        vt_past_save(past, ranks, kept->block ? kept->block + at : NULL, kept->rows, kept->width, column);
        at += vt_past_block_size(past);
        column += vt_past_width(past);
    }
    return VT_OK;
}

static enum vt_status load(void *self, const struct vt_ranks *ranks, const struct vt_kept *kept)
{
    struct vt_analysis *a = self;
    enum vt_status st = open_states(a);
    struct header want = make_header(a), have = {0};
    if (st == VT_OK && ranks->rank == 0) {
        if (kept->bytes >= sizeof have) memcpy(&have, kept->block, sizeof have);
        if (kept->bytes < sizeof have + vt_analysis_bytes(a) || memcmp(&have, &want, sizeof have) != 0)
            st = VT_RAISE(VT_EINPUT,
                          "measure: the checkpoint holds %zu bytes of measurements, which are not those of "
                          "the list: resume "
                          "with the `measure:` list it was written with",
                          kept->bytes);
    }
    VT_TRY(vt_agree(ranks->comm, st));
    a->comm = ranks->comm;
    size_t at = sizeof have, column = 0;
    for (int k = 0; k < a->n; k++) {
        size_t size = state_size(&a->measurement[k]) * sizeof(double);
        if (ranks->rank == 0)
            memcpy(a->measurement[k].state, kept->block + at, size);
        else
            memset(a->measurement[k].state, 0, size);
        at += size;
    }
    for (int k = 0; k < a->n_pasts; k++)
        VT_TRY(vt_past_load(&a->past[k].past, ranks, kept, want.atoms, a->material.n_species, &at, &column));
    return VT_OK;
}

struct vt_sink vt_analysis_sink(struct vt_analysis *a)
{
    return (struct vt_sink){.self = a,
                            .begin = begin,
                            .frame = look_at,
                            .end = end,
                            .save = save,
                            .load = load,
                            .enough = enough};
}
