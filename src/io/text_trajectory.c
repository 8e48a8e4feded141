/* text_trajectory.c: see text_trajectory.h. The file is read once to find its frames, and again frame by
 * frame. */
#include "io/text_trajectory.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/extxyz.h"
#include "io/lammps_dump.h"

static const char dump_mark[] = "ITEM: ";

bool vt_text_trajectory_is(const char *path)
{
    char first[64] = "", *end;
    FILE *file = fopen(path, "re");
    if (!file) return false;
    size_t n = fread(first, 1, sizeof first - 1, file);
    fclose(file);
    if (n < 2 || !strncmp(first, dump_mark, strlen(dump_mark))) return n >= 2;
    long atoms = strtol(first, &end, 10); /* a number alone on its line */
    end += strspn(end, " \t\r");
    return atoms > 0 && *end == '\n';
}

/* The number behind key= in the second line of a frame of XYZ; NaN if there is none. */
static double value_of(const char *text, const char *key)
{
    for (const char *at = strcasestr(text, key); at; at = strcasestr(at + 1, key)) {
        const char *value = at + strlen(key);
        if ((at == text || at[-1] == ' ') && *value == '=')
            return strtod(value + 1 + (value[1] == '"'), NULL);
    }
    return NAN;
}

static enum vt_status skip(struct vt_lines *lines, int64_t n)
{
    for (int64_t k = 0; k < n; k++)
        if (!vt_lines_next(lines))
            return vt_lines_fail(lines, "the file ends after %lld of %lld atoms of its last frame",
                                 (long long)k, (long long)n);
    return VT_OK;
}

/* From the frame's first line, which is the current one, to its last. */
static enum vt_status scan(struct vt_text_trajectory *t, struct vt_text_frame *f)
{
    struct vt_lines *lines = &t->lines;
    if (t->dump) {
        struct vt_dump_head head;
        VT_TRY(vt_dump_head(lines, &head));
        if (t->n == 0 && !strstr(head.columns, " id"))
            vt_log(VT_LOG_WARNING, "%s names no id: atoms are taken to be in the same order in every frame",
                   lines->path);
        f->step = head.step;
        f->atoms = head.n;
        f->time = isnan(head.time) ? (double)head.step * t->options.dt : head.time;
    } else {
        char *word[2];
        if (vt_lines_split(lines->text, word, 2) != 1)
            return vt_lines_fail(lines, "a frame must begin with the number of atoms");
        VT_TRY(vt_lines_int(lines, word[0], "the number of atoms", &f->atoms));
        VT_TRY(vt_lines_room(lines, f->atoms, sizeof "H 0 0 0\n" - 1));
        if (!vt_lines_next(lines))
            return vt_lines_fail(lines, "the file ends before the second line of a frame");
        double step = value_of(lines->text, "step");
        f->step = step >= 0 && step < 1e15 ? (int64_t)step : t->n;
        f->time = value_of(lines->text, "time");
        if (isnan(f->time)) f->time = (double)t->n * t->options.dt;
    }
    if (!isfinite(f->time))
        return vt_lines_fail(lines, "the frame has no time: say how long a %s is",
                             t->dump ? "step" : "frame");
    return skip(lines, f->atoms);
}

enum vt_status vt_text_trajectory_open(struct vt_text_trajectory *t, const char *path,
                                       const struct vt_text_options *options)
{
    *t = (struct vt_text_trajectory){.options = *options};
    VT_TRY(vt_lines_open(&t->lines, path));
    for (long at = 0;; at = ftell(t->lines.file)) {
        int64_t line = t->lines.number;
        if (!vt_lines_next(&t->lines)) break;
        if (!t->lines.text[strspn(t->lines.text, " \t")]) continue; /* blank lines at the end */
        if (t->n == 0) t->dump = !strncmp(t->lines.text, dump_mark, strlen(dump_mark));
        struct vt_text_frame f = {.at = at, .line = line};
        VT_TRY(scan(t, &f));
        if (t->n && f.atoms != t->frame[0].atoms)
            return vt_lines_fail(&t->lines, "a frame of %lld atoms behind others of %lld", (long long)f.atoms,
                                 (long long)t->frame[0].atoms);
        if (t->n && f.time < t->frame[t->n - 1].time)
            return vt_lines_fail(&t->lines, "a frame at %g ps behind one at %g ps", f.time,
                                 t->frame[t->n - 1].time);
        VT_TRY(vt_grow(&t->frame, &t->capacity, t->n + 1));
        t->frame[t->n++] = f;
    }
    return t->n ? VT_OK : VT_RAISE(VT_EINPUT, "%s holds no frame", path);
}

enum vt_status vt_text_trajectory_read(struct vt_text_trajectory *t, int64_t k, struct vt_structure *s)
{
    struct vt_lines *lines = &t->lines;
    *s = (struct vt_structure){0};
    if (fseek(lines->file, t->frame[k].at, SEEK_SET))
        return VT_RAISE(VT_EWORLD, "cannot read %s: %s", lines->path, strerror(errno));
    lines->number = t->frame[k].line;
    if (!t->dump) return vt_extxyz_read_frame(lines, s);
    struct vt_dump_head head;
    if (!vt_lines_next(lines)) return vt_lines_fail(lines, "the file has become shorter");
    VT_TRY(vt_dump_head(lines, &head));
    return vt_dump_atoms(lines, &head, t->options.n_elements, (const char(*)[4])t->options.element, s);
}

void vt_text_trajectory_close(struct vt_text_trajectory *t)
{
    vt_lines_close(&t->lines);
    free(t->frame);
    *t = (struct vt_text_trajectory){0};
}
