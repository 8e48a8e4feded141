/* measurements.c: see measurements.h.
 *
 * An analysis speaks for its whole list. Which entry of it does not fit, or is large, is found by asking
 * lists that end sooner. */
#include "study/measurements.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "analysis/kernel.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/units.h"

enum vt_status vt_measurements_init(struct vt_measurements *m, const struct vt_protocol *p)
{
    *m = (struct vt_measurements){.protocol = p, .n = p->n_stages};
    VT_TRY(vt_alloc(&m->of_stage, m->n));
    VT_TRY(vt_analysis_create(p->measure, &p->material, &m->common));
    for (int k = 0; k < m->n; k++) {
        const struct vt_yaml *own = p->stage[k].common.measure;
        m->of_stage[k] = m->common;
        if (own) VT_TRY(vt_analysis_create(own, &p->material, &m->of_stage[k]));
    }
    return VT_OK;
}

void vt_measurements_release(struct vt_measurements *m)
{
    for (int k = 0; m->of_stage && k < m->n; k++)
        if (m->of_stage[k] != m->common) vt_analysis_destroy(m->of_stage[k]);
    vt_analysis_destroy(m->common);
    free(m->of_stage);
}

/* ---- the sink ---- */

static struct vt_sink sink_now(void *self)
{
    return vt_analysis_sink(((struct vt_measurements *)self)->now);
}

static enum vt_status begin(void *self, const struct vt_stage_info *stage, const struct vt_material *material,
                            int *n_looks, const struct vt_look **looks)
{
    struct vt_measurements *m = self;
    m->now = m->of_stage[stage->index - 1];
    struct vt_sink sink = sink_now(self);
    return sink.begin(sink.self, stage, material, n_looks, looks);
}

static enum vt_status frame(void *self, int look, const struct vt_frame *f)
{
    struct vt_sink sink = sink_now(self);
    return sink.frame(sink.self, look, f);
}

static enum vt_status end(void *self)
{
    struct vt_sink sink = sink_now(self);
    return sink.end(sink.self);
}

static enum vt_status harvest(void *self, struct vt_results *results)
{
    return vt_results_move(results, vt_analysis_results(((struct vt_measurements *)self)->now), "");
}

static enum vt_status save(void *self, const struct vt_ranks *ranks, struct vt_kept *kept)
{
    struct vt_sink sink = sink_now(self);
    return sink.save(sink.self, ranks, kept);
}

static enum vt_status load(void *self, const struct vt_ranks *ranks, const struct vt_kept *kept)
{
    struct vt_sink sink = sink_now(self);
    return sink.load(sink.self, ranks, kept);
}

static enum vt_status enough(void *self, const struct vt_ranks *ranks, bool *yes)
{
    struct vt_sink sink = sink_now(self);
    return sink.enough(sink.self, ranks, yes);
}

struct vt_sink vt_measurements_sink(struct vt_measurements *m)
{
    return (struct vt_sink){m, begin, frame, end, harvest, save, load, enough};
}

/* ---- lists and their entries ---- */

/* The list that stage k measures; NULL if it measures nothing. */
static const struct vt_yaml *list_of(const struct vt_measurements *m, int k)
{
    const struct vt_yaml *own = m->protocol->stage[k].common.measure,
                         *list = own ? own : m->protocol->measure;
    return list && list->kind == VT_YAML_LIST && list->n ? list : NULL;
}

/* The first n entries, of a list that is known to be good. */
static enum vt_status part_of(const struct vt_measurements *m, const struct vt_yaml *list, int n,
                              struct vt_analysis **part)
{
    struct vt_yaml shorter = *list;
    shorter.n = n;
    return vt_analysis_create(&shorter, &m->protocol->material, part);
}

/* What is common to all kernels; *kernel is NULL if the entry is an operator. */
static enum vt_status read_entry(const struct vt_yaml *entry, const struct vt_kernel **kernel,
                                 struct vt_common_options *common)
{
    const char *name = entry->kind == VT_YAML_MAP ? entry->key[0] : entry->text;
    const struct vt_kernel *const *k = vt_kernel_list();
    while (*k && strcmp((*k)->name, name) != 0) k++;
    *kernel = *k;
    if (!*k) return VT_OK;
    char *options;
    VT_TRY(vt_alloc(&options, (*k)->options_size));
    enum vt_status st = vt_params_read(entry->kind == VT_YAML_MAP ? entry->item[0] : NULL, name,
                                       &(struct vt_params){(*k)->params, options}, 1);
    if (st == VT_OK) memcpy(common, options, sizeof *common);
    free(options);
    return st;
}

/* ---- does it fit? ---- */

/* The first entry that does not fit into a cell. */
static const struct vt_yaml *misfit(const struct vt_measurements *m, const struct vt_yaml *list,
                                    const struct vt_cell *cell)
{
    for (int n = 1; n < list->n; n++) {
        struct vt_analysis *part;
        if (part_of(m, list, n, &part) != VT_OK) break;
        enum vt_status st = vt_analysis_check(part, cell);
        vt_analysis_destroy(part);
        if (st != VT_OK) return list->item[n - 1];
    }
    return list->item[list->n - 1];
}

static enum vt_status check_stage(const struct vt_measurements *m, int k, const struct vt_cell *first,
                                  const struct vt_cell *least)
{
    const struct vt_yaml *list = list_of(m, k);
    if (vt_analysis_check(m->of_stage[k], first) != VT_OK) {
        const struct vt_yaml *entry = misfit(m, list, first);
        return vt_prefix(vt_analysis_check(m->of_stage[k], first), "%s:%d: measure", entry->file,
                         entry->line);
    }
    if (vt_analysis_check(m->of_stage[k], least) == VT_OK) return VT_OK;
    const struct vt_yaml *entry = misfit(m, list, least);
    return vt_prefix(
        vt_analysis_check(m->of_stage[k], least),
        "%s:%d: measure: pressure and shear are planned to leave the cell %.4g of now %.4g angstrom "
        "across by %s",
        entry->file, entry->line, vt_cell_least_height(least), vt_cell_least_height(first),
        m->protocol->stage[k].label);
}

/* The estimate of the least cell leaves out what heat and the first density do to it. */
#define MARGIN 0.95

static void warn_if_close(const struct vt_measurements *m, int k, const struct vt_cell *least)
{
    struct vt_cell cell = *least;
    for (int d = 0; d < 9; d++) cell.h[d / 3][d % 3] *= MARGIN;
    if (vt_analysis_check(m->of_stage[k], &cell) == VT_OK) return;
    const struct vt_yaml *entry = misfit(m, list_of(m, k), &cell);
    vt_log(
        VT_LOG_WARNING,
        "%s:%d: measure: this may not fit any more in %s, whose cell becomes about %.4g angstrom across: a "
        "smaller r_max is safer",
        entry->file, entry->line, m->protocol->stage[k].label, vt_cell_least_height(least));
}

/* Entries that a stage is too short for, all stages of an entry in one line. */
static enum vt_status warn_if_seldom(const struct vt_measurements *m, const struct vt_yaml *list,
                                     const struct vt_yaml *entry)
{
    const struct vt_kernel *kernel;
    struct vt_common_options common = {0};
    char stages[400] = "", every[48];
    VT_TRY(read_entry(entry, &kernel, &common));
    for (int k = 0; k < m->n && kernel && common.every > 0; k++) {
        const struct vt_control *c = &m->protocol->planned[k];
        size_t used = strlen(stages);
        if (list_of(m, k) != list || m->protocol->stage[k].type->act) continue;
        if (llrint(common.every / c->dt) > c->steps)
            snprintf(stages + used, sizeof stages - used, "%s%s (%.4g ps)", used ? ", " : "",
                     m->protocol->stage[k].label, (double)c->steps * c->dt);
    }
    vt_units_format(common.every, "ps", every, sizeof every);
    if (*stages)
        vt_log(VT_LOG_WARNING, "%s:%d: measure: %s: every %s is longer than %s: nothing is measured there",
               entry->file, entry->line, kernel->name, every, stages);
    return VT_OK;
}

/* An entry of motion whose pace is no multiple of a stage's time step: its times are numbers of frames, which
 * come at the nearest multiple. Once for an entry. */
static enum vt_status warn_if_between_steps(const struct vt_measurements *m, const struct vt_yaml *list,
                                            const struct vt_yaml *entry)
{
    const struct vt_kernel *kernel;
    struct vt_common_options common = {0};
    VT_TRY(read_entry(entry, &kernel, &common));
    for (int k = 0; k < m->n && kernel && kernel->motion && common.every > 0; k++) {
        double dt = m->protocol->planned[k].dt;
        if (list_of(m, k) != list || m->protocol->stage[k].type->act) continue;
        double steps = fmax((double)llrint(common.every / dt), 1);
        if (fabs(steps * dt / common.every - 1) < 1e-3) continue;
        vt_log(VT_LOG_WARNING,
               "%s:%d: measure: %s: every %.6g ps is no multiple of the time step of %s, %.6g ps: a frame is "
               "looked "
               "at each %.6g ps, and t_max and all times change in that proportion",
               entry->file, entry->line, kernel->name, common.every, m->protocol->stage[k].label, dt,
               steps * dt);
        break;
    }
    return VT_OK;
}

/* An entry that measures oscillations, in a list that no stage which oscillates has. */
static enum vt_status refuse_if_idle(const struct vt_measurements *m, const struct vt_yaml *list,
                                     const struct vt_yaml *entry)
{
    const struct vt_kernel *kernel;
    struct vt_common_options common = {0};
    VT_TRY(read_entry(entry, &kernel, &common));
    if (!kernel || !kernel->enough) return VT_OK;
    for (int k = 0; k < m->n; k++)
        if (list_of(m, k) == list && m->protocol->planned[k].wave.period) return VT_OK;
    return VT_RAISE_AT(entry,
                       "measure: %s: no stage with this list is an oscillation; give it to an `oscillate` "
                       "stage, or leave it out",
                       kernel->name);
}

/* Is stage k the first with its list? Warnings are given once for each list. */
static bool is_new(const struct vt_measurements *m, int k)
{
    for (int b = 0; b < k; b++)
        if (list_of(m, b) == list_of(m, k)) return false;
    return list_of(m, k) != NULL;
}

/* The stage with the thinnest cell among those that measure a list. */
static int tightest(const struct vt_measurements *m, const struct vt_yaml *list, const struct vt_cell *least)
{
    int best = -1;
    for (int k = 0; k < m->n; k++)
        if (list_of(m, k) == list &&
            (best < 0 || vt_cell_least_height(&least[k]) < vt_cell_least_height(&least[best])))
            best = k;
    return best;
}

enum vt_status vt_measurements_check(const struct vt_measurements *m)
{
    struct vt_cell first, *least = NULL;
    enum vt_status st = VT_OK;
    VT_TRY_GOTO(st, done, vt_protocol_cell(m->protocol, &first));
    VT_TRY_GOTO(st, done, vt_alloc(&least, m->n));
    VT_TRY_GOTO(st, done, vt_protocol_least_cells(m->protocol, least));
    for (int k = 0; k < m->n; k++) {
        const struct vt_stage *stage = &m->protocol->stage[k];
        if (list_of(m, k)) VT_TRY_GOTO(st, done, check_stage(m, k, &first, &least[k]));
        if (m->protocol->planned[k].wave.error > 0 && !vt_analysis_judges(m->of_stage[k]))
            VT_TRY_GOTO(st, done,
                        VT_RAISE_AT(stage->node,
                                    "%s: key 'error': needs `moduli` among the measurements of this stage, "
                                    "to know the error of tan(delta)",
                                    stage->type->name));
    }
    for (int k = 0; k < m->n; k++) {
        const struct vt_yaml *list = list_of(m, k);
        if (!is_new(m, k)) continue;
        for (int e = 0; e < list->n; e++) VT_TRY_GOTO(st, done, refuse_if_idle(m, list, list->item[e]));
        int worst = tightest(m, list, least);
        warn_if_close(m, worst, &least[worst]);
        for (int e = 0; e < list->n; e++) {
            VT_TRY_GOTO(st, done, warn_if_seldom(m, list, list->item[e]));
            VT_TRY_GOTO(st, done, warn_if_between_steps(m, list, list->item[e]));
        }
    }
done:
    free(least);
    return st;
}

/* ---- memory ---- */

/* Kernels that count in space do it in 4 bytes a number, for each thread, before they add to the state. */
static enum vt_status list_needs(const struct vt_measurements *m, const struct vt_yaml *list,
                                 struct vt_run_needs *needs)
{
    double before = 0, most = 0;
    *needs = (struct vt_run_needs){0};
    for (int e = 0; e < list->n; e++) {
        struct vt_analysis *part;
        const struct vt_kernel *kernel;
        struct vt_common_options common = {.blocks = 1};
        VT_TRY(read_entry(list->item[e], &kernel, &common));
        VT_TRY(part_of(m, list, e + 1, &part));
        double state = (double)vt_analysis_bytes(part), atom = (double)vt_analysis_bytes_an_atom(part),
               bytes = state + atom * (double)m->protocol->atoms, own = bytes - before;
        vt_analysis_destroy(part);
        before = bytes;
        needs->state = state;
        needs->atom = atom;
        if (kernel && kernel->grouping == VT_GROUP_SPACE && !kernel->motion)
            needs->work += omp_get_max_threads() * own / (double)common.blocks / 2;
        if (e == 0 || own > most) {
            most = own;
            needs->at = list->item[e];
        }
    }
    return VT_OK;
}

enum vt_status vt_measurements_needs(const struct vt_measurements *m, struct vt_run_needs *needs)
{
    *needs = (struct vt_run_needs){0};
    for (int k = 0; k < m->n; k++) {
        struct vt_run_needs here;
        if (!is_new(m, k)) continue;
        VT_TRY(list_needs(m, list_of(m, k), &here));
        double atoms = (double)m->protocol->atoms;
        if (here.state + here.work + here.atom * atoms > needs->state + needs->work + needs->atom * atoms)
            *needs = here;
    }
    return VT_OK;
}
