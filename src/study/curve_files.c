/* curve_files.c: see curve_files.h. Threads read files; what they find wrong is told afterwards, in the order
 * of the files. */
#include "study/curve_files.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "study/temperature_table.h"

/* A file, and what became of reading it. */
struct attempt {
    struct vt_measured_curve curve;
    enum vt_status st;
    char message[512];
};

/* The number before the last "K" that ends a word, as in run_210K.gr and x_210.0K_001.gr. */
static bool temperature_in(const char *name, double *temperature)
{
    bool found = false;
    for (const char *k = strchr(name, 'K'); k; k = strchr(k + 1, 'K')) {
        const char *at = k;
        if (isalnum((unsigned char)k[1])) continue;
        while (at > name && (isdigit((unsigned char)at[-1]) || at[-1] == '.')) at--;
        const char *dot = strchr(at, '.');
        if (dot == at) at++, dot = strchr(at, '.');  /* it parts words: run.300K */
        if (dot && dot < k && k - dot > 3) continue; /* a.1.300K: 300 or 1.3? */
        char *end;
        double value = strtod(at, &end);
        if (end != k || at == k) continue;
        *temperature = value;
        found = true;
    }
    return found;
}

static enum vt_status find_temperature(const struct vt_temperature_table *table, struct vt_measured_curve *c)
{
    const char *slash = strrchr(c->path, '/'), *note = vt_curve_note(&c->file, "temperature");
    char *end;
    if (table->n) {
        const double *found = vt_temperature_table_find(table, c->path);
        if (!found) return VT_RAISE(VT_EINPUT, "%s: %s has no temperature for it", c->path, table->path);
        c->temperature = *found;
        return VT_OK;
    }
    if (note) {
        c->temperature = strtod(note, &end);
        end += strspn(end, " \t");
        if (end != note && (!*end || !strcmp(end, "K")) && c->temperature > 0) return VT_OK;
    }
    if (temperature_in(slash ? slash + 1 : c->path, &c->temperature) && c->temperature > 0) return VT_OK;
    return VT_RAISE(VT_EINPUT,
                    "%s: no temperature: neither `temperature = 300` in its header nor 300K in its name; or "
                    "give --temperatures FILE",
                    c->path);
}

/* In a thread. */
static void attempt(const struct vt_temperature_table *table, vt_curve_check *check, const void *options,
                    struct attempt *a)
{
    a->st = vt_curve_read(a->curve.path, &a->curve.file);
    if (a->st == VT_OK) a->st = find_temperature(table, &a->curve);
    if (a->st == VT_OK) a->st = check(&a->curve, options);
    if (a->st != VT_OK) snprintf(a->message, sizeof a->message, "%s", vt_message());
}

static int by_temperature(const void *a, const void *b)
{
    const struct vt_measured_curve *x = a, *y = b;
    return (x->temperature > y->temperature) - (x->temperature < y->temperature);
}

static enum vt_status sort(struct vt_curve_files *out)
{
    qsort(out->item, (size_t)out->n, sizeof *out->item, by_temperature);
    for (int k = 1; k < out->n; k++)
        if (out->item[k].temperature == out->item[k - 1].temperature)
            return VT_RAISE(VT_EINPUT, "two curves have the temperature %g K: %s and %s",
                            out->item[k].temperature, out->item[k - 1].path, out->item[k].path);
    return out->n ? VT_OK : VT_RAISE(VT_EINPUT, "no file could be used, see above");
}

enum vt_status vt_curve_files_read(int n, char *const *paths, const char *table, vt_curve_check *check,
                                   const void *options, struct vt_curve_files *out)
{
    struct vt_temperature_table temperatures = {0};
    struct attempt *a = NULL;
    enum vt_status st;
    *out = (struct vt_curve_files){0};
    if (*table) VT_TRY_GOTO(st, done, vt_temperature_table_read(table, &temperatures));
    VT_TRY_GOTO(st, done, vt_alloc(&a, n));
    VT_TRY_GOTO(st, done, vt_alloc(&out->item, n));
    for (int k = 0; k < n; k++) a[k].curve.path = paths[k];
#pragma omp parallel for schedule(dynamic, 4) default(none) shared(a, n, temperatures, check, options)
    for (int k = 0; k < n; k++) attempt(&temperatures, check, options, &a[k]);
    for (int k = 0; k < n; k++) {
        if (a[k].st == VT_OK) {
            out->item[out->n++] = a[k].curve;
            continue;
        }
        vt_curve_release(&a[k].curve.file);
        vt_message_set(a[k].message);
        if (a[k].st != VT_EINPUT) st = a[k].st;
        vt_log(VT_LOG_WARNING, "left out: %s", a[k].message);
        out->refused++;
    }
    if (st == VT_OK) st = sort(out);
done:
    free(a);
    vt_temperature_table_release(&temperatures);
    return st;
}

void vt_curve_files_release(struct vt_curve_files *files)
{
    for (int k = 0; k < files->n; k++) vt_curve_release(&files->item[k].file);
    free(files->item);
    *files = (struct vt_curve_files){0};
}
