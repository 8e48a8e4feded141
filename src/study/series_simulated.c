/* series_simulated.c: see series_simulated.h. */
#include "study/series_simulated.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/dataset.h"
#include "core/memory.h"
#include "io/results_file.h"

bool vt_simulated_is(const char *path)
{
    const char *end = strstr(path, ".h5:");
    size_t length = strlen(path);
    return end || (length > 3 && !strcmp(path + length - 3, ".h5"));
}

const char *vt_simulated_file(const char *path, char file[VT_SIMULATED_FILE])
{
    const char *colon = strstr(path, ".h5:");
    snprintf(file, VT_SIMULATED_FILE, "%.*s", colon ? (int)(colon + 3 - path) : VT_SIMULATED_FILE, path);
    return colon ? colon + 4 : NULL;
}

void vt_simulated_release(struct vt_simulated *s)
{
    free(s->t);
    *s = (struct vt_simulated){0};
}

static const struct vt_dataset *of_stage(const struct vt_results *r, const char *stage, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "stages/%.100s/blocks/%s", stage, name);
    return vt_results_find(r, path);
}

/* The last stage of the kind heat. */
static bool last_heat(const struct vt_results *r, char stage[100])
{
    *stage = '\0';
    for (int k = 0; k < r->n_notes; k++) {
        const struct vt_note *note = &r->note[k];
        if (strcmp(note->key, "kind") != 0 || strcmp(note->text, "heat") != 0 ||
            strncmp(note->path, "stages/", 7) != 0)
            continue;
        if (strcmp(note->path + 7, stage) > 0) snprintf(stage, 100, "%s", note->path + 7);
    }
    return *stage;
}

static int by_temperature(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static enum vt_status take(const struct vt_dataset *t, const struct vt_dataset *s, struct vt_simulated *out)
{
    double(*row)[3] = NULL;
    const int n = s->axis[0].n;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&row, n));
    VT_TRY_GOTO(st, done, vt_alloc(&out->t, 3 * n));
    for (int k = 0; k < n; k++) { /* a block without frames has no number */
        if (!isfinite(t->value[k]) || !isfinite(s->value[k])) continue;
        row[out->n][0] = t->value[k], row[out->n][1] = s->value[k],
        row[out->n][2] = s->error ? s->error[k] : NAN;
        out->n++;
    }
    qsort(row, (size_t)out->n, sizeof *row, by_temperature);
    out->s = out->t + n, out->error = out->s + n;
    for (int k = 0; k < out->n; k++) out->t[k] = row[k][0], out->s[k] = row[k][1], out->error[k] = row[k][2];
done:
    free(row);
    return st;
}

enum vt_status vt_simulated_read(const char *path, struct vt_simulated *out)
{
    static const char *const name[] = {"sq/s_eq_xray", "entropy/s_xray"}, *const at[] = {
                                                                              "sq/temperature",
                                                                              "entropy/temperature"};
    char file[VT_SIMULATED_FILE], stage[100] = "";
    struct vt_results r = {0};
    const struct vt_dataset *s = NULL, *t = NULL;
    const char *own = vt_simulated_file(path, file);
    enum vt_status st;
    *out = (struct vt_simulated){0};
    if (own) snprintf(stage, sizeof stage, "%s", own);
    VT_TRY_GOTO(st, done, vt_results_read(file, &r));
    if (!own && !last_heat(&r, stage))
        VT_TRY_GOTO(st, done,
                    VT_RAISE(VT_EINPUT, "%s: it has no stage of the kind heat; say which one: %s:03-quench",
                             file, file));
    for (int q = 0; q < 2 && !(s && t); q++) {
        s = of_stage(&r, stage, name[q]), t = of_stage(&r, stage, at[q]);
        snprintf(out->from, sizeof out->from, "%s: %s", stage, name[q]);
    }
    if (!s || !t)
        VT_TRY_GOTO(st, done,
                    VT_RAISE(VT_EINPUT,
                             "%s: stage %s has no S_eq against temperature; measure with blocks: `pdf: "
                             "{blocks: 40}` and entropy or sq",
                             file, stage));
    VT_TRY_GOTO(st, done, take(t, s, out));
    if (!out->n)
        st = VT_RAISE(
            VT_EINPUT,
            "%s: no block of stage %s has both a temperature and S_eq; files of positions alone tell "
            "no temperature",
            file, stage);
done:
    vt_results_release(&r);
    return st;
}
