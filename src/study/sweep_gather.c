/* sweep_gather.c: numbers of the members over the grid of a sweep; see sweep.h.
 *
 * What is gathered are the quantities of sweep_rows.h (curves not into the table), of the last stage that has
 * any, or of the stages that `gather` names. An axis for each variable, then those of the rows. Over n
 * replicas
 *
 *     value = mean,    error = sqrt(sum (x - mean)^2 / (n (n - 1)))    for n > 1,
 *
 * the standard error of the mean, which needs no knowledge of correlation times in the runs. A value that a
 * single replica has stands without error: how much replicas differ is not known there. NAME_n counts the
 * values behind each mean. Without replicas value and error are the member's own. Where there is none: NaN.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/provenance.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "study/sweep.h"
#include "study/sweep_rows.h"

/* Notes of the members: of the machine, each value once; of the sample, where all have the same. */
static const char *const of_machine[] = {"version", "commit", "compiler", "host", "ranks", "threads"};
static const char *const of_sample[] = {"composition", "potential", "potential_checksum", "atoms"};
enum { MACHINE = sizeof of_machine / sizeof *of_machine, SAMPLE = sizeof of_sample / sizeof *of_sample };

struct gathering {
    const struct vt_sweep *sweep;
    struct vt_sweep_rows rows;
    struct vt_results notes; /* of the stages */
    char machine[MACHINE][256], sample[SAMPLE][256];
    bool differs[SAMPLE];
    bool *complete, *found; /* members; words of `gather` */
    int n_complete;
};

/* "stages/LABEL" of a path and "LABEL"; false if it is not of a stage. */
static bool stage_of(const char *path, char stage[100], const char **label)
{
    if (strncmp(path, "stages/", 7) != 0) return false;
    snprintf(stage, 100, "%.*s", (int)(7 + strcspn(path + 7, "/")), path);
    *label = stage + 7;
    return true;
}

/* The number of the last stage of a run that has numbers; its label begins with it. */
static long last_stage(const struct vt_results *r)
{
    long last = 0;
    char stage[100];
    const char *label;
    for (int k = 0; k < r->n; k++)
        if (stage_of(r->item[k].path, stage, &label) && vt_sweep_is_number(&r->item[k]) &&
            strtol(label, NULL, 10) > last)
            last = strtol(label, NULL, 10);
    return last;
}

/* Is it asked for? Marks the words of `gather` that ask. */
static bool is_asked(struct gathering *g, const struct vt_results *r, const char *path, long last)
{
    char stage[100];
    const char *label;
    bool asked = false;
    if (!stage_of(path, stage, &label)) return false;
    const char *kind = vt_results_get_note(r, stage, "kind"), *save = vt_results_get_note(r, stage, "save");
    for (int k = 0; k < vt_sweep_gather_words(g->sweep); k++)
        if (vt_sweep_gather_asks(g->sweep, k, label, kind ? kind : "", save ? save : "",
                                 strtol(label, NULL, 10) == last))
            asked = g->found[k] = true;
    return asked;
}

/* Of each stage what kind it is and what it saved, if members agree: the report tells it. */
static enum vt_status note_stage(struct gathering *g, const struct vt_results *r, const char *path)
{
    static const char *const keys[] = {"kind", "save"};
    char stage[100];
    const char *label;
    stage_of(path, stage, &label);
    for (int k = 0; k < 2; k++) {
        const char *text = vt_results_get_note(r, stage, keys[k]),
                   *there = vt_results_get_note(&g->notes, stage, keys[k]);
        bool other = there && text && strcmp(there, text) != 0;
        if (text && (!there || other)) VT_TRY(vt_results_note(&g->notes, stage, keys[k], other ? "" : text));
    }
    return VT_OK;
}

/* Append a text to a list "a, b" unless it is there. */
static void list_once(char *list, size_t size, const char *text)
{
    size_t used = strlen(list), length = strlen(text);
    for (const char *c = list; (c = strstr(c, text)); c++) {
        bool begins = c == list || !strncmp(c - 2, ", ", 2), ends = !c[length] || c[length] == ',';
        if (begins && ends) return;
    }
    snprintf(list + used, size - used, "%s%s", used ? ", " : "", text);
}

static void take_notes(struct gathering *g, const struct vt_results *r)
{
    for (int k = 0; k < MACHINE; k++) {
        const char *text = vt_results_get_note(r, "", of_machine[k]);
        if (text) list_once(g->machine[k], sizeof g->machine[k], text);
    }
    for (int k = 0; k < SAMPLE; k++) {
        const char *text = vt_results_get_note(r, "", of_sample[k]);
        char *kept = g->sample[k];
        if (g->n_complete == 1)
            snprintf(kept, sizeof g->sample[k], "%s", text ? text : "");
        else if (strncmp(kept, text ? text : "", sizeof g->sample[k] - 1) != 0)
            g->differs[k] = true;
    }
}

/* meet: which quantities there are; else their values. */
static enum vt_status look_at_member(struct gathering *g, int member, bool meet)
{
    struct vt_results r = {0};
    enum vt_sweep_found found;
    enum vt_status st = vt_sweep_look(g->sweep, &g->sweep->member[member], &found, &r);
    if (meet && st == VT_OK && found == VT_SWEEP_COMPLETE) {
        g->complete[member] = true;
        g->n_complete++;
        take_notes(g, &r);
    }
    long last = last_stage(&r);
    for (int k = 0; k < r.n && st == VT_OK; k++) {
        const struct vt_dataset *d = &r.item[k];
        if (!vt_sweep_is_number(d) && !vt_sweep_is_curve(d)) continue;
        if (!is_asked(g, &r, d->path, last)) continue;
        if (meet) {
            st = vt_sweep_rows_meet(&g->rows, d);
            if (st == VT_OK) st = note_stage(g, &r, d->path);
        } else
            vt_sweep_rows_take(&g->rows, member, d);
    }
    vt_results_release(&r);
    return st;
}

static enum vt_status read_members(struct gathering *g)
{
    const struct vt_sweep *s = g->sweep;
    for (int m = 0; m < s->n_members; m++) VT_TRY(look_at_member(g, m, true));
    if (!g->n_complete) return VT_RAISE(VT_EINPUT, "no member of the sweep is complete in '%s'", s->folder);
    for (int k = 0; k < vt_sweep_gather_words(s); k++)
        if (!g->found[k]) {
            const char *word = vt_sweep_gather_word(s, k);
            if (strcmp(word, "last") != 0 && strcmp(word, "all") != 0) return vt_sweep_gather_refuse(s, k);
            vt_log(VT_LOG_WARNING, "sweep: no member has measured a number");
        }
    VT_TRY(vt_sweep_rows_close(&g->rows, s->n_members));
    for (int m = 0; m < s->n_members; m++)
        if (g->complete[m]) VT_TRY(look_at_member(g, m, false));
    return VT_OK;
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
        const bool bare = !v->number || !strcmp(v->unit, "1");
        VT_TRY(vt_dataset_axis(*d, a++, v->name, bare ? "" : v->unit, v->number,
                               v->number ? NULL : (const char *const *)v->brief));
    }
    for (int a = 0; like && a < like->n_axes; a++)
        VT_TRY(vt_dataset_axis(*d, of_grid + a, like->axis[a].name, like->axis[a].unit, like->axis[a].value,
                               (const char *const *)like->axis[a].label));
    return VT_OK;
}

static int64_t replicas_of(const struct vt_sweep *s)
{
    for (int k = 0; k < s->n_variables; k++)
        if (s->variable[k].replicas) return s->variable[k].n;
    return 1;
}

/* Mean and spread over the members of each cell; n (cells): values behind them. */
static void average(const struct vt_sweep *s, const struct vt_sweep_quantity *q, bool replicas,
                    struct vt_dataset *d, double *n)
{
    for (int m = 0; m < s->n_members; m++)
        for (size_t i = 0; i < q->size; i++) {
            double x = q->value[(size_t)m * q->size + i];
            size_t at = cell_of(s, m) * q->size + i;
            if (isnan(x)) continue;
            /* Welford, Technometrics 4, 419 (1962) */
            double change = x - d->value[at];
            d->value[at] += change / ++n[at];
            if (d->error && replicas)
                d->error[at] += change * (x - d->value[at]);
            else if (d->error)
                d->error[at] = q->error[(size_t)m * q->size + i];
        }
    for (size_t at = 0; at < vt_dataset_size(d); at++) {
        if (!n[at]) d->value[at] = NAN;
        if (d->error && replicas)
            d->error[at] = n[at] > 1 ? sqrt(d->error[at] / (n[at] * (n[at] - 1))) : NAN;
        else if (d->error && !n[at])
            d->error[at] = NAN;
    }
}

static enum vt_status put_quantity(const struct gathering *g, const struct vt_sweep_quantity *q,
                                   struct vt_results *out)
{
    const struct vt_sweep *s = g->sweep;
    struct vt_dataset *d;
    char text[1200];
    double *n;
    const bool replicas = replicas_of(s) > 1;
    snprintf(text, sizeof text, "%.1000s%s", q->as.help,
             replicas ? "; mean of replicas, error from their spread" : "");
    VT_TRY(add_grid(s, &q->as, q->as.path, q->as.unit, text, out, &d));
    if (replicas || q->errors) VT_TRY(vt_dataset_errors(d));
    VT_TRY(vt_alloc(&n, vt_dataset_size(d)));
    average(s, q, replicas, d, n);
    enum vt_status st = VT_OK;
    if (replicas) {
        char path[700];
        snprintf(path, sizeof path, "%.600s_n", q->as.path);
        snprintf(text, sizeof text, "values behind each mean, of %lld replicas", (long long)replicas_of(s));
        st = add_grid(s, &q->as, path, "1", text, out, &d);
        if (st == VT_OK) memcpy(d->value, n, vt_dataset_size(d) * sizeof *n);
    }
    free(n);
    return st;
}

static enum vt_status put_notes(const struct gathering *g, struct vt_results *out)
{
    const struct vt_sweep *s = g->sweep;
    const struct vt_ranks alone = {.comm = MPI_COMM_SELF, .size = 1};
    char text[300];
    VT_TRY(vt_results_note(out, "", "title", s->title));
    VT_TRY(vt_results_note(out, "", "sweep", s->text));
    VT_TRY(vt_provenance_note(out, &alone)); /* when it was gathered; the rest is of the members */
    for (int k = 0; k < MACHINE; k++) {
        snprintf(text, sizeof text, "%s%s", g->machine[k],
                 strcmp(of_machine[k], "ranks") ? "" : " for each member");
        if (*g->machine[k]) VT_TRY(vt_results_note(out, "", of_machine[k], text));
    }
    for (int k = 0; k < SAMPLE; k++)
        if (*g->sample[k] && !g->differs[k]) VT_TRY(vt_results_note(out, "", of_sample[k], g->sample[k]));
    for (int k = 0; k < g->notes.n_notes; k++) {
        const struct vt_note *note = &g->notes.note[k];
        if (*note->text) VT_TRY(vt_results_note(out, note->path, note->key, note->text));
    }
    if (replicas_of(s) == 1) return VT_OK;
    snprintf(text, sizeof text, "%lld", (long long)replicas_of(s));
    return vt_results_note(out, "", "replicas", text);
}

static enum vt_status put_all(const struct gathering *g, struct vt_results *out)
{
    const struct vt_sweep *s = g->sweep;
    struct vt_dataset *d;
    int axes = 0, left_out[2] = {0};
    VT_TRY(put_notes(g, out));
    VT_TRY(add_grid(s, NULL, "sweep/complete", "1", "members that are complete, replicas together", out, &d));
    for (int m = 0; m < s->n_members; m++) d->value[cell_of(s, m)] += g->complete[m];
    for (int k = 0; k < s->n_variables; k++) axes += !s->variable[k].replicas;
    for (int k = 0; k < g->rows.n; k++)
        if (axes + g->rows.item[k].as.n_axes <= VT_AXES_MAX)
            VT_TRY(put_quantity(g, &g->rows.item[k], out));
        else
            left_out[g->rows.item[k].curve]++;
    for (int curve = 0; curve < 2; curve++)
        if (left_out[curve])
            vt_log(VT_LOG_WARNING, "%d %s would have more than %d axes: they are in %s only", left_out[curve],
                   curve ? "curves" : "rows", VT_AXES_MAX,
                   curve ? "the results of the members" : "table.csv");
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
    for (int k = 0; k < g->rows.n; k++)
        for (size_t i = 0; !g->rows.item[k].curve && i < g->rows.item[k].size; i++) {
            const struct vt_dataset *d = &g->rows.item[k].as;
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
    for (int k = 0; k < g->rows.n; k++) {
        const struct vt_sweep_quantity *q = &g->rows.item[k];
        for (size_t i = 0; !q->curve && i < q->size; i++) {
            size_t at = (size_t)m * q->size + i;
            fprintf(out, ",%.17g,%.17g", q->value[at], q->error[at]);
        }
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
    VT_TRY_GOTO(st, done, vt_alloc(&g.found, vt_sweep_gather_words(s)));
    VT_TRY_GOTO(st, done, read_members(&g));
    VT_TRY_GOTO(st, done, put_all(&g, &out));
    VT_TRY_GOTO(st, done, vt_results_write(path, &out));
    st = write_table(&g);
done:
    free(g.found);
    free(g.complete);
    vt_sweep_rows_release(&g.rows);
    vt_results_release(&g.notes);
    vt_results_release(&out);
    return st;
}
