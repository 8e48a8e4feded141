/* dataset.c: see dataset.h. */
#include "core/dataset.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"

static void release_axis(struct vt_axis *axis)
{
    free(axis->name);
    free(axis->unit);
    free(axis->value);
    for (int k = 0; axis->label && k < axis->n; k++) free(axis->label[k]);
    free(axis->label);
    *axis = (struct vt_axis){.n = axis->n};
}

static void release_dataset(struct vt_dataset *d)
{
    free(d->path);
    free(d->unit);
    free(d->help);
    for (int a = 0; a < d->n_axes; a++) release_axis(&d->axis[a]);
    free(d->value);
    free(d->error);
}

static void release_note(struct vt_note *note)
{
    free(note->path);
    free(note->key);
    free(note->text);
}

size_t vt_dataset_size(const struct vt_dataset *d)
{
    size_t size = 1;
    for (int a = 0; a < d->n_axes; a++) size *= (size_t)d->axis[a].n;
    return size;
}

enum vt_status vt_results_add(struct vt_results *results, const char *path, const char *unit,
                              const char *help, int n_axes, const int *lengths, struct vt_dataset **out)
{
    assert(n_axes <= VT_AXES_MAX);
    VT_TRY(vt_grow(&results->item, &results->capacity, results->n + 1));
    struct vt_dataset *d = &results->item[results->n++];
    *d = (struct vt_dataset){.n_axes = n_axes};
    for (int a = 0; a < n_axes; a++) d->axis[a].n = lengths[a];
    VT_TRY(vt_copy_text(&d->path, path));
    VT_TRY(vt_copy_text(&d->unit, unit));
    VT_TRY(vt_copy_text(&d->help, help));
    VT_TRY(vt_alloc(&d->value, vt_dataset_size(d)));
    *out = d;
    return VT_OK;
}

enum vt_status vt_dataset_axis(struct vt_dataset *d, int a, const char *name, const char *unit,
                               const double *values, const char *const *labels)
{
    assert(a < d->n_axes);
    struct vt_axis *axis = &d->axis[a];
    release_axis(axis);
    VT_TRY(vt_copy_text(&axis->name, name));
    VT_TRY(vt_copy_text(&axis->unit, unit));
    if (values) {
        VT_TRY(vt_alloc(&axis->value, axis->n));
        memcpy(axis->value, values, (size_t)axis->n * sizeof *values);
    }
    if (labels) {
        VT_TRY(vt_alloc(&axis->label, axis->n));
        for (int k = 0; k < axis->n; k++) VT_TRY(vt_copy_text(&axis->label[k], labels[k]));
    }
    return VT_OK;
}

enum vt_status vt_dataset_errors(struct vt_dataset *d)
{
    return d->error ? VT_OK : vt_alloc(&d->error, vt_dataset_size(d));
}

static struct vt_note *find_note(const struct vt_results *results, const char *path, const char *key)
{
    for (int k = 0; k < results->n_notes; k++)
        if (!strcmp(results->note[k].path, path) && !strcmp(results->note[k].key, key))
            return &results->note[k];
    return NULL;
}

enum vt_status vt_results_note(struct vt_results *results, const char *path, const char *key,
                               const char *text)
{
    struct vt_note *note = find_note(results, path, key);
    if (note) {
        free(note->text);
        return vt_copy_text(&note->text, text);
    }
    VT_TRY(vt_grow(&results->note, &results->note_capacity, results->n_notes + 1));
    note = &results->note[results->n_notes++];
    *note = (struct vt_note){0};
    VT_TRY(vt_copy_text(&note->path, path));
    VT_TRY(vt_copy_text(&note->key, key));
    return vt_copy_text(&note->text, text);
}

const char *vt_results_get_note(const struct vt_results *results, const char *path, const char *key)
{
    const struct vt_note *note = find_note(results, path, key);
    return note ? note->text : NULL;
}

struct vt_dataset *vt_results_find(const struct vt_results *results, const char *path)
{
    for (int k = 0; k < results->n; k++)
        if (!strcmp(results->item[k].path, path)) return &results->item[k];
    return NULL;
}

static bool lies_below(const char *path, const char *prefix)
{
    size_t n = strlen(prefix);
    return !strncmp(path, prefix, n) && (path[n] == '\0' || path[n] == '/' || n == 0);
}

void vt_results_remove(struct vt_results *results, const char *prefix)
{
    int kept = 0;
    for (int k = 0; k < results->n; k++)
        if (lies_below(results->item[k].path, prefix))
            release_dataset(&results->item[k]);
        else
            results->item[kept++] = results->item[k];
    results->n = kept;
    kept = 0;
    for (int k = 0; k < results->n_notes; k++)
        if (lies_below(results->note[k].path, prefix))
            release_note(&results->note[k]);
        else
            results->note[kept++] = results->note[k];
    results->n_notes = kept;
}

/* "prefix/path", "prefix" or "path", whichever parts are not empty; takes over path. */
static enum vt_status put_below(char **path, const char *prefix)
{
    if (!*prefix) return VT_OK;
    size_t size = strlen(prefix) + strlen(*path) + 2;
    char *joined;
    VT_TRY(vt_alloc(&joined, size));
    snprintf(joined, size, "%s%s%s", prefix, **path ? "/" : "", *path);
    free(*path);
    *path = joined;
    return VT_OK;
}

enum vt_status vt_results_move(struct vt_results *to, struct vt_results *from, const char *prefix)
{
    VT_TRY(vt_grow(&to->item, &to->capacity, to->n + from->n));
    VT_TRY(vt_grow(&to->note, &to->note_capacity, to->n_notes + from->n_notes));
    for (int k = 0; k < from->n; k++) {
        VT_TRY(put_below(&from->item[k].path, prefix));
        to->item[to->n++] = from->item[k];
    }
    from->n = 0;
    for (int k = 0; k < from->n_notes; k++) {
        VT_TRY(put_below(&from->note[k].path, prefix));
        to->note[to->n_notes++] = from->note[k];
    }
    from->n_notes = 0;
    vt_results_release(from);
    return VT_OK;
}

void vt_results_release(struct vt_results *results)
{
    for (int k = 0; k < results->n; k++) release_dataset(&results->item[k]);
    for (int k = 0; k < results->n_notes; k++) release_note(&results->note[k]);
    free(results->item);
    free(results->note);
    *results = (struct vt_results){0};
}
