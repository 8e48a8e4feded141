/* analyze.c: see analyze.h. Rows of a file go to the ranks that own their places, get ghosts as far as asked,
 * and are shown as a frame. */
#include "study/analyze.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/analysis.h"
#include "core/atoms.h"
#include "core/exact.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "core/units.h"
#include "io/h5md.h"

struct source {
    const char *path;
    struct vt_h5md_source *file;
    struct vt_h5md_rows rows;
    struct vt_material material;
    int64_t frames;
    double *time;
    int *stage; /* of each frame */
    struct vt_ranks ranks;
    struct vt_atoms atoms;
    struct vt_halo halo;
};

static void close_source(struct source *s)
{
    vt_h5md_rows_release(&s->rows);
    vt_atoms_release(&s->atoms);
    vt_halo_release(&s->halo);
    vt_h5md_source_close(&s->file);
    free(s->time);
    free(s->stage);
}

static enum vt_status open_source(struct source *s, MPI_Comm comm)
{
    VT_TRY(vt_h5md_open(&s->file, s->path, comm));
    s->frames = vt_h5md_source_frames(s->file);
    s->material = *vt_h5md_source_material(s->file);
    enum vt_status st = vt_alloc(&s->time, s->frames);
    if (st == VT_OK) st = vt_alloc(&s->stage, s->frames);
    VT_TRY(vt_agree(comm, st));
    return s->frames ? vt_h5md_source_times(s->file, s->time, s->stage)
                     : VT_RAISE(VT_EINPUT, "%s holds no frame", s->path);
}

/* Counts of species, which files do not hold. Collective. */
static enum vt_status count(struct source *s, MPI_Comm comm)
{
    int64_t n[VT_SPECIES_MAX] = {0};
    for (int k = 0; k < s->rows.n; k++) n[s->rows.species[k]]++;
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, n, VT_SPECIES_MAX, MPI_INT64_T, MPI_SUM, comm)));
    for (int a = 0; a < s->material.n_species; a++) s->material.species[a].count = n[a];
    return VT_OK;
}

static enum vt_status take_rows(struct source *s)
{
    struct vt_atoms *a = &s->atoms;
    const struct vt_h5md_rows *r = &s->rows;
    VT_TRY(vt_atoms_reserve(a, (size_t)r->n));
    a->n = r->n;
    a->n_ghost = 0;
    a->n_total = vt_h5md_source_atoms(s->file);
    for (int k = 0; k < r->n; k++) {
        a->id[k] = r->first + k + 1;
        a->species[k] = r->species[k];
        memcpy(a->x[k], r->x[k], sizeof r->x[k]);
        a->x[k][3] = 0;
        if (r->v) memcpy(a->v[k], r->v[k], sizeof r->v[k]);
        memcpy(a->image[k], r->image[k], sizeof r->image[k]);
    }
    return VT_OK;
}

/* Kinetic energy and temperature as the run has them (md/system.c), not numbers where the file has no
 * velocities. Collective. */
static enum vt_status motion(const struct source *s, struct vt_state *state)
{
    struct vt_exact sum[3] = {0};
    const struct vt_atoms *a = &s->atoms;
    double k[3];
    state->kinetic = state->temperature = NAN;
    if (!s->rows.v) return VT_OK;
    for (int i = 0; i < a->n; i++) {
        double m = s->material.species[a->species[i]].mass * VT_MASS_SPEED2;
        for (int d = 0; d < 3; d++) vt_exact_add(&sum[d], m * (a->v[i][d] * a->v[i][d]));
        for (int d = 0; d < 3 && i % 4096 == 0; d++) vt_exact_tidy(&sum[d]);
    }
    VT_TRY(vt_exact_reduce(s->ranks.comm, sum, 3, k));
    state->kinetic = 0.5 * (k[0] + k[1] + k[2]);
    state->temperature = 2 * state->kinetic / (VT_KB * (3 * (double)a->n_total - 3));
    return VT_OK;
}

/* Frame t with ghosts to reach; valid until the next call. Collective. */
static enum vt_status load(struct source *s, MPI_Comm comm, int64_t t, double reach, struct vt_frame *frame)
{
    VT_TRY(vt_h5md_read(s->file, t, &s->rows));
    if (s->material.species[0].count == 0) VT_TRY(count(s, comm));
    const struct vt_cell *cell = &s->rows.cell;
    vt_ranks_init(&s->ranks, comm, cell);
    VT_TRY(vt_agree(comm, take_rows(s)));
    VT_TRY(vt_atoms_migrate(&s->atoms, &s->ranks, cell, 4));
    if (reach > 0) VT_TRY(vt_halo_build(&s->halo, &s->atoms, &s->ranks, cell, reach, VT_GHOSTS_AROUND));
    *frame = (struct vt_frame){.ranks = &s->ranks,
                               .material = &s->material,
                               .state = {.step = s->rows.step,
                                         .time = s->rows.time,
                                         .cell = *cell,
                                         .volume = vt_cell_volume(cell),
                                         .potential = NAN,
                                         .target_temperature = NAN,
                                         .target_pressure = NAN},
                               .n = s->atoms.n,
                               .n_ghost = s->atoms.n_ghost,
                               .id = s->atoms.id,
                               .species = s->atoms.species,
                               .x = (const double(*)[4])s->atoms.x,
                               .v = s->rows.v ? (const double(*)[3])s->atoms.v : NULL,
                               .image = (const int32_t(*)[3])s->atoms.image,
                               .reach = reach};
    for (int k = 0; k < 6; k++) frame->state.pressure[k] = NAN;
    return motion(s, &frame->state);
}

/* The frames of one stage: first, first + step, ... up to last. */
struct stretch {
    int64_t first, last, step;
};

/* When a look is due next after time t: at whole multiples of its pace since the stage began, as in a run. */
static double due_after(const struct vt_look *look, double start, double t)
{
    return start + look->every * (floor((t - start) / look->every + 1e-6) + 1);
}

/* When it is due for the first time, in frames from `first` on: not at the very start of a stage, unless the
 * file does not tell when that was. */
static double first_due(const struct vt_look *look, const struct vt_h5md_stage *stage, double first)
{
    double little = 1e-3 * look->every, before = stage->start;
    if (isnan(stage->start) || look->every == 0) return first;
    if (first > stage->start + 1e-6) before = first - little;
    if (look->skip > 0) before = fmax(before, stage->start + look->skip - little);
    return due_after(look, stage->start, before);
}

/* Which looks want frame t; returns the reach they need, negative if none. next: when each is due. */
static double wanted(const struct source *s, struct stretch part, double start, int64_t t, int n,
                     const struct vt_look *looks, double *next, bool *want)
{
    double reach = -1;
    for (int k = 0; k < n; k++) {
        bool last = t + part.step > part.last;
        want[k] = !looks[k].energies && (looks[k].every > 0 ? s->time[t] >= next[k] - 1e-6 : last);
        if (!want[k]) continue;
        if (looks[k].every > 0) next[k] = due_after(&looks[k], start, s->time[t]);
        reach = fmax(reach, looks[k].reach);
    }
    return reach;
}

static enum vt_status show(struct source *s, MPI_Comm comm, struct stretch part, struct vt_sink *sink)
{
    const struct vt_h5md_stage of = vt_h5md_source_stage(s->file, s->stage[part.first]);
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
    /* The material is complete once a frame is there. */
    VT_TRY(load(s, comm, part.first, 0, &frame));
    VT_TRY(sink->begin(sink->self, &stage, &s->material, &n, &looks));
    enum vt_status st = vt_alloc(&next, n);
    if (st == VT_OK) st = vt_alloc(&want, n);
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    for (int k = 0; k < n; k++) next[k] = first_due(&looks[k], &of, first);
    for (int64_t t = part.first; t <= part.last; t += part.step) {
        double reach = wanted(s, part, stage.start, t, n, looks, next, want);
        vt_progress(10, "%s: frame %" PRId64 " of %" PRId64 ", %.4g ps", of.label,
                    (t - part.first) / part.step + 1, (part.last - part.first) / part.step + 1, s->time[t]);
        if (reach < 0) continue;
        VT_TRY_GOTO(st, done, load(s, comm, t, reach, &frame));
        for (int k = 0; k < n; k++)
            if (want[k]) VT_TRY_GOTO(st, done, sink->frame(sink->self, k, &frame));
    }
    st = sink->end(sink->self);
done:
    free(next);
    free(want);
    return st;
}

/* What a trajectory cannot give. */
static enum vt_status check_list(const struct vt_yaml *list)
{
    for (int k = 0; list && list->kind == VT_YAML_LIST && k < list->n; k++) {
        const struct vt_yaml *item = list->item[k];
        bool map = item->kind == VT_YAML_MAP && item->n == 1;
        const char *name = map ? item->key[0] : item->text;
        const struct vt_yaml *inherent = map ? vt_yaml_get(item->item[0], "inherent") : NULL;
        if (name && !strcmp(name, "thermo"))
            return VT_RAISE_AT(item,
                               "analyze: thermo needs energies and stresses, which trajectories do not hold: "
                               "measure it in the run");
        if (inherent && inherent->text && strcmp(inherent->text, "false") && strcmp(inherent->text, "no"))
            return VT_RAISE_AT(
                inherent, "analyze: key 'inherent': energy minima need a potential, which trajectories do "
                          "not hold: measure in the run");
    }
    return VT_OK;
}

static enum vt_status note(const struct source *s, struct vt_results *results)
{
    char text[512] = "", atoms[32];
    size_t used = 0;
    double n = (double)vt_material_atoms(&s->material);
    for (int a = 0; a < s->material.n_species; a++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%s %.6g", a ? ", " : "",
                             s->material.species[a].symbol, 100 * (double)s->material.species[a].count / n);
    snprintf(atoms, sizeof atoms, "%.0f", n);
    VT_TRY(vt_results_note(results, "", "composition", text));
    VT_TRY(vt_results_note(results, "", "atoms", atoms));
    VT_TRY(vt_results_note(results, "", "trajectory", s->path));
    return vt_provenance_note(results, &s->ranks);
}

enum vt_status vt_analyze(MPI_Comm comm, const char *trajectory, const struct vt_yaml *measure,
                          struct vt_analyze_range range, struct vt_results *results)
{
    struct source s = {.path = trajectory};
    struct vt_analysis *analysis = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_agree(comm, check_list(measure)));
    VT_TRY_GOTO(st, done, open_source(&s, comm));
    VT_TRY_GOTO(st, done, vt_agree(comm, vt_analysis_create(measure, &s.material, &analysis)));
    struct vt_sink sink = vt_analysis_sink(analysis);
    if (range.last < 0 || range.last > s.frames - 1) range.last = s.frames - 1;
    if (range.first > range.last)
        VT_TRY_GOTO(st, done,
                    VT_RAISE(VT_EINPUT,
                             "analyze: %s has frames 0 to %" PRId64 "; there is none from %" PRId64 " on",
                             trajectory, s.frames - 1, range.first));
    int rank;
    MPI_Comm_rank(comm, &rank);
    for (int64_t t = range.first, last; t <= range.last; t = last + range.step) {
        for (last = t; last + range.step <= range.last && s.stage[last + range.step] == s.stage[t];)
            last += range.step;
        VT_TRY_GOTO(st, done, show(&s, comm, (struct stretch){t, last, range.step}, &sink));
    }
    if (rank == 0) st = vt_results_move(results, vt_analysis_results(analysis), "");
    if (rank == 0 && st == VT_OK) st = note(&s, results);
    st = vt_agree(comm, st);
done:
    vt_analysis_destroy(analysis);
    close_source(&s);
    return st;
}
