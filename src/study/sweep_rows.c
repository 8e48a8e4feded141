/* sweep_rows.c: see sweep_rows.h. */
#include "study/sweep_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"

static bool is_q(const struct vt_axis *axis)
{
    return !axis->label && axis->value && !strcmp(axis->name, "q");
}

bool vt_sweep_is_number(const struct vt_dataset *d)
{
    for (int a = 0; a < d->n_axes; a++)
        if (!d->axis[a].label && !is_q(&d->axis[a])) return false;
    return vt_dataset_size(d) <= VT_SWEEP_ROWS_MAX;
}

bool vt_sweep_is_curve(const struct vt_dataset *d)
{
    static const char *const leaf[] = {"isf_self/f_s", "isf/f_xray",  "isf/f_number", "xpcs/g2",
                                       "msd/msd",      "msd/alpha_2", "overlap/chi_4"};
    const int last = d->n_axes - 1;
    if (last < 0 || !d->axis[last].value || is_q(&d->axis[last])) return false;
    for (int a = 0; a < last; a++)
        if (!d->axis[a].label && !is_q(&d->axis[a])) return false;
    for (size_t k = 0; k < sizeof leaf / sizeof *leaf; k++) {
        size_t n = strlen(leaf[k]), length = strlen(d->path);
        if (length > n && d->path[length - n - 1] == '/' && !strcmp(d->path + length - n, leaf[k]))
            return true;
    }
    return false;
}

/* Stretches of a recording are a run's own. */
static bool is_own(const struct vt_axis *axis, int row)
{
    return axis->label && !strcmp(axis->name, "stretch") && strcmp(axis->label[row], "stage") != 0;
}

/* The place of a row of `from` on an axis, -1 if it is not there. */
static int place(const struct vt_axis *axis, const struct vt_axis *from, int row)
{
    for (int k = 0; k < axis->n; k++)
        if (from->label ? !strcmp(axis->label[k], from->label[row])
                        : fabs(axis->value[k] - from->value[row]) <= 1e-9 * fabs(axis->value[k]))
            return k;
    return -1;
}

/* Put a row of `from` before place `at`. */
static enum vt_status insert(struct vt_axis *axis, int at, const struct vt_axis *from, int row)
{
    if (from->label) {
        char **label;
        VT_TRY(vt_alloc(&label, axis->n + 1));
        for (int k = 0; k < axis->n; k++) label[k + (k >= at)] = axis->label[k];
        free(axis->label);
        axis->label = label;
        axis->n++;
        return vt_copy_text(&label[at], from->label[row]);
    }
    double *value;
    VT_TRY(vt_alloc(&value, axis->n + 1));
    for (int k = 0; k < axis->n; k++) value[k + (k >= at)] = axis->value[k];
    value[at] = from->value[row];
    free(axis->value);
    axis->value = value;
    axis->n++;
    return VT_OK;
}

/* Rows that are not there yet come behind the one that is before them in `from`, or by rising q. */
static enum vt_status unite(struct vt_axis *axis, const struct vt_axis *from)
{
    for (int row = 0, behind = -1; row < from->n; row++) {
        if (is_own(from, row)) continue;
        int at = place(axis, from, row);
        if (at < 0) {
            at = behind + 1;
            if (!from->label)
                for (at = 0; at < axis->n && axis->value[at] < from->value[row]; at++) continue;
            VT_TRY(insert(axis, at, from, row));
        }
        behind = at;
    }
    return VT_OK;
}

/* With the path, unit and axes of d, the axes without rows but for that of time; labels of an axis without
 * rows are a block all the same, which tells that there are labels. */
static enum vt_status begin(struct vt_sweep_rows *rows, const struct vt_dataset *d)
{
    VT_TRY(vt_grow(&rows->item, &rows->capacity, rows->n + 1));
    struct vt_sweep_quantity *q = &rows->item[rows->n++];
    *q = (struct vt_sweep_quantity){.as.n_axes = d->n_axes, .single = true, .curve = vt_sweep_is_curve(d)};
    VT_TRY(vt_copy_text(&q->as.path, d->path));
    VT_TRY(vt_copy_text(&q->as.unit, d->unit));
    VT_TRY(vt_copy_text(&q->as.help, d->help));
    for (int a = 0; a < d->n_axes; a++) {
        VT_TRY(vt_copy_text(&q->as.axis[a].name, d->axis[a].name));
        VT_TRY(vt_copy_text(&q->as.axis[a].unit, d->axis[a].unit));
        if (d->axis[a].label)
            VT_TRY(vt_alloc(&q->as.axis[a].label, 1));
        else
            VT_TRY(vt_alloc(&q->as.axis[a].value, 1));
    }
    for (int row = 0, last = d->n_axes - 1; q->curve && row < d->axis[last].n; row++)
        VT_TRY(insert(&q->as.axis[last], row, &d->axis[last], row));
    return VT_OK;
}

static struct vt_sweep_quantity *find(const struct vt_sweep_rows *rows, const char *path)
{
    for (int k = 0; k < rows->n; k++)
        if (!strcmp(rows->item[k].as.path, path)) return &rows->item[k];
    return NULL;
}

/* The same kinds of axes, in one unit. */
static bool fits(const struct vt_sweep_quantity *q, const struct vt_dataset *d)
{
    bool same = q->as.n_axes == d->n_axes && !strcmp(q->as.unit, d->unit);
    for (int a = 0; same && a < d->n_axes; a++)
        same = !strcmp(q->as.axis[a].name, d->axis[a].name) && !strcmp(q->as.axis[a].unit, d->axis[a].unit) &&
               !q->as.axis[a].label == !d->axis[a].label;
    if (!same || !q->curve) return same;
    const struct vt_axis *time = &q->as.axis[d->n_axes - 1], *other = &d->axis[d->n_axes - 1];
    same = time->n == other->n;
    for (int row = 0; same && row < time->n; row++)
        same = fabs(time->value[row] - other->value[row]) <= 1e-9 * fabs(time->value[row]);
    return same;
}

enum vt_status vt_sweep_rows_meet(struct vt_sweep_rows *rows, const struct vt_dataset *d)
{
    struct vt_sweep_quantity *q = find(rows, d->path);
    if (!q) {
        VT_TRY(begin(rows, d));
        q = &rows->item[rows->n - 1];
    }
    if (!fits(q, d)) {
        if (!q->refused && !q->curve)
            vt_log(VT_LOG_WARNING,
                   "%s: some members have it in another unit or with other axes than the first: left out",
                   d->path);
        q->refused = true;
        return VT_OK;
    }
    for (int a = 0; a < d->n_axes - q->curve; a++) {
        if (is_q(&d->axis[a])) q->single = q->single && d->axis[a].n == 1;
        VT_TRY(unite(&q->as.axis[a], &d->axis[a]));
    }
    q->errors = q->errors || d->error;
    return VT_OK;
}

static void release_axis(struct vt_axis *axis)
{
    for (int k = 0; axis->label && k < axis->n; k++) free(axis->label[k]);
    free(axis->label);
    free(axis->value);
    free(axis->name);
    free(axis->unit);
    *axis = (struct vt_axis){0};
}

static void release(struct vt_sweep_quantity *q)
{
    for (int a = 0; a < q->as.n_axes; a++) release_axis(&q->as.axis[a]);
    free(q->as.path);
    free(q->as.unit);
    free(q->as.help);
    free(q->value);
    free(q->error);
}

/* The place of the axis of q, -1 if there is none. */
static int axis_of_q(const struct vt_dataset *d)
{
    for (int a = 0; a < d->n_axes; a++)
        if (is_q(&d->axis[a])) return a;
    return -1;
}

/* Each run has a q of its own: instead of the axis, a quantity behind this one. */
static enum vt_status move_q(struct vt_sweep_rows *rows, int k)
{
    struct vt_sweep_quantity *q = &rows->item[k];
    char path[700], help[400];
    int axis = axis_of_q(&q->as);
    if (!q->single || axis < 0 || q->as.axis[axis].n < 2 || q->refused) return VT_OK;
    const char *leaf = strrchr(q->as.path, '/');
    snprintf(path, sizeof path, "%.600s_q", q->as.path);
    snprintf(help, sizeof help, "wave number of %.300s", leaf ? leaf + 1 : q->as.path);
    VT_TRY(begin(rows, &(struct vt_dataset){.path = path, .unit = q->as.axis[axis].unit, .help = help}));
    q = &rows->item[k];
    release_axis(&q->as.axis[axis]);
    for (int a = axis; a + 1 < q->as.n_axes; a++) q->as.axis[a] = q->as.axis[a + 1];
    q->as.axis[--q->as.n_axes] = (struct vt_axis){0};
    q->moving = true;
    return VT_OK;
}

enum vt_status vt_sweep_rows_close(struct vt_sweep_rows *rows, int n)
{
    for (int k = 0, met = rows->n; k < met; k++) VT_TRY(move_q(rows, k));
    int kept = 0;
    for (int k = 0; k < rows->n; k++) {
        struct vt_sweep_quantity *q = &rows->item[k];
        q->size = vt_dataset_size(&q->as);
        const bool long_rows = q->size > VT_SWEEP_ROWS_MAX && !q->curve;
        if (long_rows && !q->refused)
            vt_log(VT_LOG_WARNING,
                   "%s: the members have %zu different rows together, more than %d: see their own "
                   "results",
                   q->as.path, q->size, VT_SWEEP_ROWS_MAX);
        if (q->refused || !q->size || long_rows) {
            release(q);
            continue;
        }
        rows->item[kept++] = *q;
    }
    rows->n = kept;
    for (int k = 0; k < rows->n; k++) {
        struct vt_sweep_quantity *q = &rows->item[k];
        size_t size = q->size * (size_t)n;
        VT_TRY(vt_alloc(&q->value, size));
        VT_TRY(vt_alloc(&q->error, size));
        for (size_t i = 0; i < size; i++) q->value[i] = q->error[i] = NAN;
    }
    return VT_OK;
}

void vt_sweep_rows_take(struct vt_sweep_rows *rows, int run, const struct vt_dataset *d)
{
    struct vt_sweep_quantity *q = find(rows, d->path);
    if (!q) return;
    int moved = q->moving ? axis_of_q(d) : -1;
    for (size_t i = 0; i < vt_dataset_size(d); i++) {
        size_t to = 0, below = vt_dataset_size(d);
        bool there = true;
        for (int a = 0, b = 0; a < d->n_axes && there; a++) {
            below /= (size_t)d->axis[a].n;
            if (a == moved) continue;
            int row = (int)(i / below % (size_t)d->axis[a].n), at = row;
            if (!q->curve || a < d->n_axes - 1) at = place(&q->as.axis[b], &d->axis[a], row);
            there = at >= 0;
            to = to * (size_t)q->as.axis[b++].n + (size_t)(there ? at : 0);
        }
        if (!there) continue;
        q->value[(size_t)run * q->size + to] = d->value[i];
        if (d->error) q->error[(size_t)run * q->size + to] = d->error[i];
    }
    if (!q->moving) return;
    char path[700];
    snprintf(path, sizeof path, "%.600s_q", d->path);
    q = find(rows, path);
    if (q) q->value[run] = d->axis[moved].value[0];
}

void vt_sweep_rows_release(struct vt_sweep_rows *rows)
{
    for (int k = 0; k < rows->n; k++) release(&rows->item[k]);
    free(rows->item);
    *rows = (struct vt_sweep_rows){0};
}
