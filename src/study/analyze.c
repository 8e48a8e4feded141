/* analyze.c: see analyze.h. */
#include "study/analyze.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/analysis.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "study/frame_source.h"

/* The frames of one stage: first, first + step, ... up to last. */
struct stretch {
    int64_t first, last, step;
};

/* Times in files are rounded: by so much of a pace a frame may be early. */
static const double EARLY = 1e-3;

/* When a look is due next after time t: at whole multiples of its pace since the stage began, as in a run. */
static double due_after(const struct vt_look *look, double start, double t)
{
    return start + look->every * (floor((t - start) / look->every + EARLY) + 1);
}

/* When it is due for the first time, in frames from `first` on: not at the very start of a stage, unless the
 * file does not tell when that was. */
static double first_due(const struct vt_look *look, const struct vt_h5md_stage *stage, double first)
{
    double little = 2 * EARLY * look->every, before = stage->start;
    if (isnan(stage->start) || look->every == 0) return first;
    if (first > stage->start + 1e-6) before = first - little;
    if (look->skip > 0) before = fmax(before, stage->start + look->skip - little);
    return due_after(look, stage->start, before);
}

/* Which looks want frame t; returns the reach they need, negative if none. next: when each is due. */
static double wanted(const struct vt_frame_source *s, struct stretch part, double start, int64_t t, int n,
                     const struct vt_look *looks, double *next, bool *want)
{
    double reach = -1;
    for (int k = 0; k < n; k++) {
        bool last = t + part.step > part.last;
        want[k] = !looks[k].energies && !looks[k].none &&
                  (looks[k].every > 0 ? s->time[t] >= next[k] - EARLY * looks[k].every : last);
        if (!want[k]) continue;
        if (looks[k].every > 0) next[k] = due_after(&looks[k], start, s->time[t]);
        reach = fmax(reach, looks[k].reach);
    }
    return reach;
}

static enum vt_status show(struct vt_frame_source *s, struct stretch part, struct vt_sink *sink)
{
    const struct vt_h5md_stage of = vt_frame_source_stage(s, s->stage[part.first]);
    double first = s->time[part.first], last = s->time[part.last];
    int n;
    const struct vt_look *looks;
    double *next = NULL;
    bool *want = NULL;
    const struct vt_stage_info stage = {.index = s->stage[part.first],
                                        .kind = "trajectory",
                                        .branch = "",
                                        .save = "",
                                        .label = of.label,
                                        .options = "",
                                        .start = isfinite(of.start) ? of.start : first,
                                        .duration = isfinite(of.start) ? of.duration : last - first};
    struct vt_frame frame;
    VT_TRY(vt_agree(s->comm, sink->begin(sink->self, &stage, &s->material, &n, &looks)));
    enum vt_status st = vt_alloc(&next, n);
    if (st == VT_OK) st = vt_alloc(&want, n);
    VT_TRY_GOTO(st, done, vt_agree(s->comm, st));
    for (int k = 0; k < n; k++) next[k] = first_due(&looks[k], &of, first);
    for (int64_t t = part.first; t <= part.last; t += part.step) {
        double reach = wanted(s, part, stage.start, t, n, looks, next, want);
        vt_progress(10, "%s: frame %" PRId64 " of %" PRId64 ", %.4g ps", of.label,
                    (t - part.first) / part.step + 1, (part.last - part.first) / part.step + 1, s->time[t]);
        if (reach < 0) continue;
        VT_TRY_GOTO(st, done, vt_frame_source_load(s, t, reach, &frame));
        for (int k = 0; k < n; k++)
            if (want[k]) VT_TRY_GOTO(st, done, vt_prefix(sink->frame(sink->self, k, &frame), "%s", s->path));
    }
    st = sink->end(sink->self);
done:
    free(next);
    free(want);
    return st;
}

/* The last frame of the stage in which frame t is. */
static int64_t last_of(const struct vt_frame_source *s, struct vt_analyze_range range, int64_t t)
{
    int64_t last = t;
    while (last + range.step <= range.last && s->stage[last + range.step] == s->stage[t]) last += range.step;
    return last;
}

/* From one frame to the next, ps: the mean of a stage, the least of all stages, so that none loses frames; 0
 * where no stage has two frames. */
static double pace_of(const struct vt_frame_source *s, struct vt_analyze_range range)
{
    double least = 0;
    for (int64_t t = range.first, last; t <= range.last; t = last + range.step) {
        last = last_of(s, range, t);
        const int64_t paces = (last - t) / range.step;
        double pace = paces > 0 ? (s->time[last] - s->time[t]) / (double)paces : 0;
        if (pace > 0 && (least == 0 || pace < least)) least = pace;
    }
    return vt_time_rounded(least);
}

/* What a trajectory cannot give. */
static enum vt_status check_list(const struct vt_yaml *list)
{
    for (int k = 0; list && list->kind == VT_YAML_LIST && k < list->n; k++) {
        const struct vt_yaml *item = list->item[k];
        bool map = item->kind == VT_YAML_MAP && item->n == 1;
        const char *name = map ? item->key[0] : item->text;
        const struct vt_yaml *inherent = map ? vt_yaml_get(item->item[0], "inherent") : NULL;
        if (name && (!strcmp(name, "thermo") || !strcmp(name, "moduli") || !strcmp(name, "viscosity")))
            return VT_RAISE_AT(item,
                               "analyze: %s needs energies and stresses, which trajectories do not hold: "
                               "measure it in the run",
                               name);
        if (inherent && inherent->text && strcmp(inherent->text, "false") && strcmp(inherent->text, "no"))
            return VT_RAISE_AT(
                inherent, "analyze: key 'inherent': energy minima need a potential, which trajectories do "
                          "not hold: measure in the run");
    }
    return VT_OK;
}

static enum vt_status note(const struct vt_frame_source *s, struct vt_results *results)
{
    char text[512] = "", atoms[32];
    vt_material_text(&s->material, text, sizeof text);
    snprintf(atoms, sizeof atoms, "%" PRId64, vt_material_atoms(&s->material));
    VT_TRY(vt_results_note(results, "", "composition", text));
    VT_TRY(vt_results_note(results, "", "atoms", atoms));
    VT_TRY(vt_results_note(results, "", "trajectory", s->path));
    return vt_provenance_note(results, &s->ranks);
}

enum vt_status vt_analyze(MPI_Comm comm, const char *trajectory, const struct vt_yaml *measure,
                          struct vt_analyze_range range, const struct vt_text_options *text,
                          struct vt_results *results)
{
    struct vt_frame_source s = {0};
    struct vt_analysis *analysis = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_agree(comm, check_list(measure)));
    VT_TRY_GOTO(st, done, vt_frame_source_open(&s, comm, trajectory, text));
    if (range.last < 0 || range.last > s.frames - 1) range.last = s.frames - 1;
    if (range.step > s.frames) range.step = s.frames;
    if (range.first > range.last)
        VT_TRY_GOTO(st, done,
                    VT_RAISE(VT_EINPUT,
                             "analyze: %s has frames 0 to %" PRId64 "; there is none from %" PRId64 " on",
                             trajectory, s.frames - 1, range.first));
    VT_TRY_GOTO(st, done,
                vt_agree(comm, vt_analysis_create_for(measure, &s.material, pace_of(&s, range), &analysis)));
    struct vt_sink sink = vt_analysis_sink(analysis);
    int rank;
    MPI_Comm_rank(comm, &rank);
    for (int64_t t = range.first, last; t <= range.last; t = last + range.step) {
        last = last_of(&s, range, t);
        VT_TRY_GOTO(st, done, show(&s, (struct stretch){t, last, range.step}, &sink));
    }
    if (rank == 0) vt_analysis_warn_of_nothing(analysis);
    if (rank == 0) st = vt_results_move(results, vt_analysis_results(analysis), "");
    if (rank == 0 && st == VT_OK) st = note(&s, results);
    st = vt_agree(comm, st);
done:
    vt_analysis_destroy(analysis);
    vt_frame_source_close(&s);
    return st;
}
