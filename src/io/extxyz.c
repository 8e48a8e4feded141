/* extxyz.c: see extxyz.h.
 *
 *     4000
 *     Lattice="ax ay az bx by bz cx cy cz" Properties=species:S:1:pos:R:3:id:I:1 pbc="T T T" time=12.5
 *     Cu 0.1 0.2 0.3 1
 *     ...
 *
 * Reference: https://github.com/libAtoms/extxyz (specification), as ASE 3.22 reads it. */
#include "io/extxyz.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "io/lines.h"
#include "io/replace.h"
#include "io/rows.h"

/* ---- writing ---- */

struct job {
    FILE *out;
    const struct vt_material *material;
    bool velocities;
};

static void put_row(void *self, int64_t id, const struct vt_row *row)
{
    struct job *job = self;
    fprintf(job->out, "%s %.17g %.17g %.17g %" PRId64, job->material->species[row->species].symbol, row->x[0],
            row->x[1], row->x[2], id);
    if (job->velocities) fprintf(job->out, " %.17g %.17g %.17g", row->v[0], row->v[1], row->v[2]);
    fputc('\n', job->out);
}

enum vt_status vt_extxyz_write(const char *path, const struct vt_frame *frame, bool velocities)
{
    MPI_Comm comm = frame->ranks->comm;
    int me = frame->ranks->rank;
    struct vt_rows rows = {0};
    struct vt_replace r = {0};
    struct job job = {.material = frame->material, .velocities = velocities && frame->v};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_rows_of_frame(&rows, frame));
    VT_TRY_GOTO(st, done, vt_agree(comm, me ? VT_OK : vt_replace_open(&r, path)));
    if (!me) {
        const double(*h)[3] = frame->state.cell.h;
        fprintf(r.file, "%" PRId64 "\nLattice=\"", rows.n_total);
        for (int k = 0; k < 9; k++) fprintf(r.file, "%s%.17g", k ? " " : "", h[k / 3][k % 3]);
        fprintf(r.file,
                "\" Properties=species:S:1:pos:R:3:id:I:1%s pbc=\"T T T\" time=%.17g step=%" PRId64 "\n",
                job.velocities ? ":vel:R:3" : "", frame->state.time, frame->state.step);
    }
    job.out = r.file;
    VT_TRY_GOTO(st, done, vt_rows_each(&rows, comm, put_row, &job));
    st = vt_agree(comm, me ? VT_OK : vt_replace_commit(&r));
done:
    vt_replace_abandon(&r);
    vt_rows_release(&rows);
    return st;
}

/* ---- reading ---- */

/* *value = a copy of the value of key in a line of key=value and key="v a l u e"; NULL if absent. */
static enum vt_status get_value(const char *line, const char *key, char **value)
{
    *value = NULL;
    const char *at = line;
    while (*at) {
        at += strspn(at, " \t");
        size_t name = strcspn(at, "= \t");
        bool found = name == strlen(key) && !strncasecmp(at, key, name);
        at += name;
        if (*at != '=') continue;
        at++;
        char quote = *at == '"' || *at == '\'' ? *at++ : 0;
        const char stop[] = {quote, 0};
        size_t n = strcspn(at, quote ? stop : " \t");
        if (found) {
            VT_TRY(vt_alloc(value, n + 1));
            memcpy(*value, at, n);
            return VT_OK;
        }
        at += n;
        if (quote && *at) at++;
    }
    return VT_OK;
}

/* Where the columns are; -1: not there. */
struct columns {
    int species, pos, id, vel, n;
};

enum { COLUMNS_MAX = 256 };

static enum vt_status parse_columns(const struct vt_lines *lines, char *text, struct columns *c)
{
    *c = (struct columns){-1, -1, -1, -1, 0};
    char *name, *type, *count;
    while (text) {
        name = strsep(&text, ":");
        type = strsep(&text, ":");
        count = strsep(&text, ":");
        int64_t width;
        if (!type || !count)
            return vt_lines_fail(lines, "Properties must be name:type:count:..., it ends at '%s'", name);
        VT_TRY(vt_lines_int(lines, count, "the count of columns in Properties", &width));
        if (width < 1 || width > COLUMNS_MAX - c->n)
            return vt_lines_fail(lines, "property %s has %s columns", name, count);
        if (!strcmp(name, "species") && *type == 'S') c->species = c->n;
        if (!strcmp(name, "pos") && width == 3) c->pos = c->n;
        if (!strcmp(name, "id") && *type == 'I') c->id = c->n;
        if ((!strcmp(name, "vel") || !strcmp(name, "velo")) && width == 3) c->vel = c->n;
        c->n += (int)width;
    }
    if (c->species < 0 || c->pos < 0)
        return vt_lines_fail(lines, "Properties has no %s", c->species < 0 ? "species:S:1" : "pos:R:3");
    return VT_OK;
}

static enum vt_status parse_header(const struct vt_lines *lines, double edges[3][3], struct columns *c)
{
    char *lattice = NULL, *properties = NULL, *pbc = NULL, *word[10], standard[] = "species:S:1:pos:R:3";
    enum vt_status st;
    VT_TRY_GOTO(st, done, get_value(lines->text, "Lattice", &lattice));
    VT_TRY_GOTO(st, done, get_value(lines->text, "Properties", &properties));
    VT_TRY_GOTO(st, done, get_value(lines->text, "pbc", &pbc));
    if (!lattice) {
        st = vt_lines_fail(lines, "no Lattice=\"ax ay az bx by bz cx cy cz\": this is not extended XYZ");
        goto done;
    }
    int n = vt_lines_split(lattice, word, 10);
    if (n != 9) {
        st = vt_lines_fail(lines, "Lattice has %d numbers; it needs 9", n);
        goto done;
    }
    for (int k = 0; k < 9; k++)
        VT_TRY_GOTO(st, done, vt_lines_real(lines, word[k], "Lattice", &edges[k / 3][k % 3]));
    if (pbc && strpbrk(pbc, "Ff0")) {
        st = vt_lines_fail(lines, "pbc=\"%s\": only cells periodic in all directions can be read", pbc);
        goto done;
    }
    st = parse_columns(lines, properties ? properties : standard, c);
done:
    free(pbc);
    free(properties);
    free(lattice);
    return st;
}

static enum vt_status species_of(const struct vt_lines *lines, const char *symbol, struct vt_material *m,
                                 int32_t *species)
{
    return vt_prefix(vt_structure_species(m, symbol, species), "%s:%" PRId64, lines->path, lines->number);
}

static enum vt_status parse_atom(const struct vt_lines *lines, const struct columns *c,
                                 struct vt_structure *s, int64_t i)
{
    char *word[COLUMNS_MAX];
    int n = vt_lines_split(lines->text, word, COLUMNS_MAX);
    if (n != c->n)
        return vt_lines_fail(lines, "atom %" PRId64 " has %d columns; Properties says %d", i + 1, n, c->n);
    VT_TRY(species_of(lines, word[c->species], &s->material, &s->species[i]));
    for (int d = 0; d < 3; d++) {
        VT_TRY(vt_lines_real(lines, word[c->pos + d], "a position", &s->x[i][d]));
        if (s->v) VT_TRY(vt_lines_real(lines, word[c->vel + d], "a velocity", &s->v[i][d]));
    }
    s->id[i] = i + 1;
    return c->id < 0 ? VT_OK : vt_lines_int(lines, word[c->id], "an id", &s->id[i]);
}

enum vt_status vt_extxyz_read_frame(struct vt_lines *lines, struct vt_structure *s)
{
    char *word[2];
    double edges[3][3];
    struct columns columns;
    if (!vt_lines_next(lines)) return vt_lines_fail(lines, "the file is empty");
    if (vt_lines_split(lines->text, word, 2) != 1)
        return vt_lines_fail(lines, "the first line must be the number of atoms");
    VT_TRY(vt_lines_int(lines, word[0], "the number of atoms", &s->n));
    VT_TRY(vt_lines_room(lines, s->n, sizeof "H 0 0 0\n" - 1));
    if (!vt_lines_next(lines))
        return vt_lines_fail(lines, "the file ends before its second line, with Lattice=");
    VT_TRY(parse_header(lines, edges, &columns));
    VT_TRY(vt_structure_alloc(s, columns.vel >= 0));
    for (int64_t i = 0; i < s->n; i++) {
        if (!vt_lines_next(lines))
            return vt_lines_fail(lines, "the file ends after %" PRId64 " of %" PRId64 " atoms", i, s->n);
        VT_TRY(parse_atom(lines, &columns, s, i));
    }
    VT_TRY(vt_prefix(vt_structure_lattice(s, (const double(*)[3])edges), "%s", lines->path));
    return vt_prefix(vt_structure_finish(s), "%s", lines->path);
}

enum vt_status vt_extxyz_read(const char *path, struct vt_structure *s)
{
    *s = (struct vt_structure){0};
    struct vt_lines lines;
    VT_TRY(vt_lines_open(&lines, path));
    enum vt_status st = vt_extxyz_read_frame(&lines, s);
    vt_lines_close(&lines);
    return st;
}
