/* sweep_gather.c: numbers of the members over the grid of a sweep; see sweep.h.
 *
 * What is gathered are single numbers, and short rows with labels (components, species, pairs) or of wave
 * numbers q, of the last stage that has any, or of all stages. An axis for each variable, then that of the
 * labels. Over n replicas
 *
 *     value = mean,    error = sqrt(sum (x - mean)^2 / (n (n - 1)))    for n > 1,
 *
 * the standard error of the mean, which needs no knowledge of correlation times in the runs; of one replica
 * alone, or without replicas, value and error are the member's own. Where no member is complete: NaN. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/provenance.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "study/sweep.h"

enum { LABELS_MAX = 64 };

/* One quantity, of all members. */
struct quantity {
    struct vt_dataset *as; /* its first, in model */
    size_t size;
    double *value, *error; /* (members, size); NaN where there is none */
};

struct gathering {
    const struct vt_sweep *sweep;
    struct vt_results model; /* of the first complete member */
    bool *complete;
    int n, n_complete;
    struct quantity *item;
};

/* "stages/LABEL" of a path, 0 if it is not of a stage. */
static size_t stage_length(const char *path)
{
    if (strncmp(path, "stages/", 7) != 0) return 0;
    return 7 + strcspn(path + 7, "/");
}

static bool is_number(const struct vt_dataset *d)
{
    if (!stage_length(d->path)) return false;
    for (int a = 0; a < d->n_axes; a++)
        if (!d->axis[a].label && strcmp(d->axis[a].name, "q") != 0) return false;
    return vt_dataset_size(d) <= LABELS_MAX;
}

static int axes_of(const struct vt_sweep *s)
{
    int axes = 0;
    for (int k = 0; k < s->n_variables; k++) axes += !s->variable[k].replicas;
    return axes;
}

/* Which quantities there are, from the first complete member. Labels are in the order of stages. */
static enum vt_status choose(struct gathering *g)
{
    const struct vt_results *r = &g->model;
    const char *last = "";
    size_t length = 0;
    int axes = axes_of(g->sweep);
    for (int k = 0; k < r->n; k++) {
        size_t n = stage_length(r->item[k].path);
        if (!is_number(&r->item[k]) || strncmp(r->item[k].path, last, n > length ? n : length) < 0) continue;
        last = r->item[k].path, length = n;
    }
    VT_TRY(vt_alloc(&g->item, r->n));
    for (int k = 0; k < r->n; k++) {
        struct vt_dataset *d = &r->item[k];
        bool of_last = stage_length(d->path) == length && !strncmp(d->path, last, length);
        if (!is_number(d) || axes + d->n_axes > VT_AXES_MAX) continue;
        if (!of_last && !g->sweep->section.gather) continue;
        struct quantity *q = &g->item[g->n++];
        *q = (struct quantity){.as = d, .size = vt_dataset_size(d)};
        VT_TRY(vt_alloc(&q->value, q->size * (size_t)g->sweep->n_members));
        VT_TRY(vt_alloc(&q->error, q->size * (size_t)g->sweep->n_members));
        for (size_t i = 0; i < q->size * (size_t)g->sweep->n_members; i++) q->value[i] = q->error[i] = NAN;
    }
    return VT_OK;
}

static void take(struct gathering *g, int member, const struct vt_results *r)
{
    for (int k = 0; k < g->n; k++) {
        struct quantity *q = &g->item[k];
        const struct vt_dataset *d = vt_results_find(r, q->as->path);
        if (!d || d->n_axes != q->as->n_axes || vt_dataset_size(d) != q->size || strcmp(d->unit, q->as->unit))
            continue;
        memcpy(q->value + q->size * (size_t)member, d->value, q->size * sizeof *d->value);
        if (d->error) memcpy(q->error + q->size * (size_t)member, d->error, q->size * sizeof *d->error);
    }
}

static enum vt_status read_members(struct gathering *g)
{
    const struct vt_sweep *s = g->sweep;
    for (int m = 0; m < s->n_members; m++) {
        struct vt_results r = {0};
        enum vt_sweep_found found;
        enum vt_status st = vt_sweep_look(s, &s->member[m], &found, &r);
        if (st == VT_OK && found == VT_SWEEP_COMPLETE) {
            g->complete[m] = true;
            if (!g->n_complete++) {
                st = vt_results_move(&g->model, &r, "");
                if (st == VT_OK) st = choose(g);
                if (st == VT_OK) take(g, m, &g->model);
            } else
                take(g, m, &r);
        }
        vt_results_release(&r);
        VT_TRY(st);
    }
    if (g->n_complete) return VT_OK;
    return VT_RAISE(VT_EINPUT, "no member of the sweep is complete in '%s'", s->folder);
}

/* --------------------------------------------------------------------------------------------- the grid */

/* Cell of a member among those of all axes. */
static size_t cell_of(const struct vt_sweep *s, int member)
{
    size_t cell = 0;
    for (int k = 0; k < s->n_variables; k++)
        if (!s->variable[k].replicas)
            cell = cell * (size_t)s->variable[k].n + (size_t)s->member[member].at[k];
    return cell;
}

static enum vt_status add_grid(const struct vt_sweep *s, const struct vt_dataset *like, const char *path,
                               const char *unit, const char *help, struct vt_results *out,
                               struct vt_dataset **d)
{
    int lengths[VT_AXES_MAX], axes = 0;
    for (int k = 0; k < s->n_variables; k++)
        if (!s->variable[k].replicas) lengths[axes++] = s->variable[k].n;
    int of_grid = axes;
    for (int a = 0; like && a < like->n_axes; a++) lengths[axes++] = like->axis[a].n;
    VT_TRY(vt_results_add(out, path, unit, help, axes, lengths, d));
    for (int k = 0, a = 0; k < s->n_variables; k++) {
        const struct vt_sweep_variable *v = &s->variable[k];
        if (v->replicas) continue;
        VT_TRY(vt_dataset_axis(*d, a++, v->name, v->number ? v->unit : "", v->number,
                               v->number ? NULL : (const char *const *)v->text));
    }
    for (int a = 0; like && a < like->n_axes; a++)
        VT_TRY(vt_dataset_axis(*d, of_grid + a, like->axis[a].name, like->axis[a].unit, like->axis[a].value,
                               (const char *const *)like->axis[a].label));
    return VT_OK;
}

static enum vt_status put_quantity(const struct gathering *g, const struct quantity *q,
                                   struct vt_results *out)
{
    const struct vt_sweep *s = g->sweep;
    struct vt_dataset *d;
    char help[1200];
    bool replicas = false;
    for (int k = 0; k < s->n_variables; k++) replicas = replicas || s->variable[k].replicas;
    snprintf(help, sizeof help, "%.1000s%s", q->as->help,
             replicas ? "; mean of replicas, error from their spread" : "");
    VT_TRY(add_grid(s, q->as, q->as->path, q->as->unit, help, out, &d));
    if (replicas || q->as->error) VT_TRY(vt_dataset_errors(d));
    size_t size = vt_dataset_size(d);
    double *n, *own;
    VT_TRY(vt_alloc(&n, size));
    enum vt_status st = vt_alloc(&own, size);
    if (st != VT_OK) {
        free(n);
        return st;
    }
    for (int m = 0; m < s->n_members; m++)
        for (size_t i = 0; i < q->size; i++) {
            double x = q->value[(size_t)m * q->size + i];
            size_t at = cell_of(s, m) * q->size + i;
            if (isnan(x)) continue;
            /* Welford, Technometrics 4, 419 (1962) */
            double change = x - d->value[at];
            d->value[at] += change / ++n[at];
            if (d->error) d->error[at] += change * (x - d->value[at]);
            own[at] = q->error[(size_t)m * q->size + i];
        }
    for (size_t at = 0; at < size; at++) {
        if (!n[at]) d->value[at] = NAN;
        if (!d->error) continue;
        if (n[at] > 1)
            d->error[at] = sqrt(d->error[at] / (n[at] * (n[at] - 1)));
        else
            d->error[at] = n[at] ? own[at] : NAN;
    }
    free(own);
    free(n);
    return VT_OK;
}

static enum vt_status put_all(const struct gathering *g, struct vt_results *out)
{
    static const char *const kept[] = {"composition", "potential", "potential_checksum", "atoms"};
    const struct vt_sweep *s = g->sweep;
    struct vt_dataset *d;
    struct vt_ranks ranks = {.comm = MPI_COMM_SELF, .size = 1};
    VT_TRY(vt_results_note(out, "", "title", s->title));
    VT_TRY(vt_results_note(out, "", "sweep", s->text));
    VT_TRY(vt_provenance_note(out, &ranks));
    for (size_t k = 0; k < sizeof kept / sizeof *kept; k++) {
        const char *text = vt_results_get_note(&g->model, "", kept[k]);
        if (text) VT_TRY(vt_results_note(out, "", kept[k], text));
    }
    VT_TRY(add_grid(s, NULL, "sweep/complete", "1", "members that are complete, replicas together", out, &d));
    for (int m = 0; m < s->n_members; m++) d->value[cell_of(s, m)] += g->complete[m];
    for (int k = 0; k < g->n; k++) VT_TRY(put_quantity(g, &g->item[k], out));
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------------- table */

/* Append where a value stands on its axes: ":Cu", ":all:q=2.7". */
static void name_value(const struct vt_dataset *d, size_t i, char *text, size_t size)
{
    size_t below = vt_dataset_size(d);
    for (int a = 0; a < d->n_axes; a++) {
        const struct vt_axis *axis = &d->axis[a];
        below /= (size_t)axis->n;
        size_t at = i / below % (size_t)axis->n, used = strlen(text);
        if (axis->label)
            snprintf(text + used, size - used, ":%.60s", axis->label[at]);
        else
            snprintf(text + used, size - used, ":%.20s=%g", axis->name, axis->value[at]);
    }
}

static void put_heads(const struct gathering *g, FILE *out)
{
    const struct vt_sweep *s = g->sweep;
    fputs("number,member", out);
    for (int k = 0; k < s->n_variables; k++) {
        const struct vt_sweep_variable *v = &s->variable[k];
        fprintf(out, ",%s", v->name);
        if (v->number && strcmp(v->unit, "1") != 0) fprintf(out, " [%s]", v->unit);
    }
    fputs(",complete", out);
    for (int k = 0; k < g->n; k++)
        for (size_t i = 0; i < g->item[k].size; i++) {
            const struct vt_dataset *d = g->item[k].as;
            char head[700];
            snprintf(head, sizeof head, "%.400s", d->path);
            name_value(d, i, head, sizeof head);
            for (int e = 0; e < 2; e++) {
                char text[900];
                snprintf(text, sizeof text, "%s%s [%s]", e ? "error of " : "", head, d->unit);
                fputc(',', out);
                vt_results_csv_text(out, text);
            }
        }
    fputc('\n', out);
}

static void put_row(const struct gathering *g, int m, FILE *out)
{
    const struct vt_sweep *s = g->sweep;
    fprintf(out, "%d,%s", m + 1, s->member[m].name);
    for (int k = 0; k < s->n_variables; k++) {
        const struct vt_sweep_variable *v = &s->variable[k];
        int at = s->member[m].at[k];
        fputc(',', out);
        if (v->number)
            fprintf(out, "%.17g", v->number[at]);
        else
            vt_results_csv_text(out, v->text[at]);
    }
    fprintf(out, ",%s", g->complete[m] ? "yes" : "no");
    for (int k = 0; k < g->n; k++)
        for (size_t i = 0; i < g->item[k].size; i++) {
            size_t at = (size_t)m * g->item[k].size + i;
            fprintf(out, ",%.17g,%.17g", g->item[k].value[at], g->item[k].error[at]);
        }
    fputc('\n', out);
}

static enum vt_status write_table(const struct gathering *g)
{
    char path[VT_SWEEP_PATH];
    struct vt_replace out;
    snprintf(path, sizeof path, "%s/table.csv", g->sweep->folder);
    VT_TRY(vt_replace_open(&out, path));
    fprintf(out.file, "# %s\n# a row for each member; nan: not there\n", g->sweep->title);
    put_heads(g, out.file);
    for (int m = 0; m < g->sweep->n_members; m++) put_row(g, m, out.file);
    enum vt_status st = vt_replace_commit(&out);
    vt_replace_abandon(&out);
    return st;
}

enum vt_status vt_sweep_gather(const struct vt_sweep *s)
{
    struct gathering g = {.sweep = s};
    struct vt_results out = {0};
    char path[VT_SWEEP_PATH];
    enum vt_status st;
    snprintf(path, sizeof path, "%s/results.h5", s->folder);
    VT_TRY_GOTO(st, done, vt_alloc(&g.complete, s->n_members));
    VT_TRY_GOTO(st, done, read_members(&g));
    VT_TRY_GOTO(st, done, put_all(&g, &out));
    VT_TRY_GOTO(st, done, vt_results_write(path, &out));
    st = write_table(&g);
done:
    for (int k = 0; k < g.n; k++) {
        free(g.item[k].value);
        free(g.item[k].error);
    }
    free(g.item);
    free(g.complete);
    vt_results_release(&g.model);
    vt_results_release(&out);
    return st;
}
