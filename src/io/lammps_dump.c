/* lammps_dump.c: see lammps_dump.h.
 *
 * Bounds of a leaning cell are those of the box around it: x_low - min(0, xy, xz, xy + xz) and so on (LAMMPS
 * manual, Howto triclinic). Text with six digits moves atoms by up to 1e-5 of the cell: dump_modify format
 * float %.17g keeps them. */
#include "io/lammps_dump.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"

static enum vt_status next(struct vt_lines *lines, const char *what)
{
    if (vt_lines_next(lines)) return VT_OK;
    return vt_lines_fail(lines, "the file ends where %s is due", what);
}

static enum vt_status read_bounds(struct vt_lines *lines, bool leans, struct vt_dump_head *h)
{
    double bound[3][3] = {{0}};
    for (int d = 0; d < 3; d++) {
        char *word[4];
        VT_TRY(next(lines, "a bound of the box"));
        int n = vt_lines_split(lines->text, word, 4);
        if (n != 2 + leans)
            return vt_lines_fail(lines, "%d numbers; the bounds of the box are %d on a line", n, 2 + leans);
        for (int k = 0; k < n; k++) VT_TRY(vt_lines_real(lines, word[k], "a bound of the box", &bound[d][k]));
    }
    double xy = bound[0][2], xz = bound[1][2], yz = bound[2][2];
    const double low[3] = {fmin(fmin(0, xy), fmin(xz, xy + xz)), fmin(0, yz), 0},
                 high[3] = {fmax(fmax(0, xy), fmax(xz, xy + xz)), fmax(0, yz), 0};
    for (int d = 0; d < 3; d++) {
        h->low[d] = bound[d][0] - low[d];
        h->edge[d] = bound[d][1] - high[d] - h->low[d];
        if (!(h->edge[d] > 1e-3 && h->edge[d] < VT_GRID_MAX))
            return vt_lines_fail(lines, "an edge of the box is %g angstrom long", h->edge[d]);
    }
    h->tilt[0] = xy, h->tilt[1] = xz, h->tilt[2] = yz;
    for (int k = 0; k < 3; k++) /* LAMMPS allows half an edge, or with `box tilt large` some more */
        if (!(fabs(h->tilt[k]) <= 1000 * h->edge[k == 2]))
            return vt_lines_fail(lines, "a tilt of the box is %g angstrom", h->tilt[k]);
    return VT_OK;
}

/* What stands behind an item's name; NULL if the line is another item. */
static const char *item(const char *line, const char *name)
{
    size_t length = strlen(name);
    if (strncmp(line, "ITEM: ", 6) != 0 || strncmp(line + 6, name, length) != 0) return NULL;
    return line[6 + length] == ' ' || !line[6 + length] ? line + 6 + length : NULL;
}

/* The words behind BOX BOUNDS: tilts, or not, and how each side is bounded. */
static enum vt_status read_box(struct vt_lines *lines, const char *behind, struct vt_dump_head *h)
{
    char text[256], *word[16];
    bool leans = false;
    snprintf(text, sizeof text, "%s", behind);
    int n = vt_lines_split(text, word, 16);
    for (int k = 0; k < n && k < 16; k++) {
        bool tilt = !strcmp(word[k], "xy") || !strcmp(word[k], "xz") || !strcmp(word[k], "yz");
        leans = leans || tilt;
        if (!tilt && strcmp(word[k], "pp"))
            return vt_lines_fail(lines, "'%.40s': only boxes periodic in all directions can be read", behind);
    }
    return read_bounds(lines, leans, h);
}

enum vt_status vt_dump_head(struct vt_lines *lines, struct vt_dump_head *h)
{
    const char *behind;
    bool box = false;
    *h = (struct vt_dump_head){.time = NAN, .n = -1, .step = -1};
    for (bool first = true;; first = false) { /* LAMMPS writes units and time before the step */
        if (!first) VT_TRY(next(lines, "ITEM: ATOMS"));
        if (item(lines->text, "TIMESTEP")) {
            VT_TRY(next(lines, "a step"));
            VT_TRY(vt_lines_int(lines, lines->text, "the step", &h->step));
        } else if (item(lines->text, "TIME")) {
            VT_TRY(next(lines, "a time"));
            VT_TRY(vt_lines_real(lines, lines->text, "the time", &h->time));
        } else if (item(lines->text, "UNITS")) {
            VT_TRY(next(lines, "the units"));
            if (strcmp(lines->text, "metal"))
                return vt_lines_fail(lines, "units %.20s: metal is due", lines->text);
        } else if (item(lines->text, "NUMBER OF ATOMS")) {
            VT_TRY(next(lines, "a number of atoms"));
            VT_TRY(vt_lines_int(lines, lines->text, "the number of atoms", &h->n));
            VT_TRY(vt_lines_room(lines, h->n, sizeof "1 1 0 0 0\n" - 1));
        } else if ((behind = item(lines->text, "BOX BOUNDS"))) {
            VT_TRY(read_box(lines, behind, h));
            box = true;
        } else if ((behind = item(lines->text, "ATOMS"))) {
            if (h->n < 1 || h->step < 0 || !box)
                return vt_lines_fail(lines, "step, number of atoms and box are due before ITEM: ATOMS");
            snprintf(h->columns, sizeof h->columns, "%s", behind);
            return VT_OK;
        } else
            return vt_lines_fail(lines, "'%.40s' is no ITEM that is known", lines->text);
    }
}

/* Where what is wanted stands in a row; -1: nowhere. */
enum { ID, TYPE, ELEMENT, X, V = X + 3, IMAGE = V + 3, WANTED = IMAGE + 3, COLUMNS_MAX = 64 };
struct columns {
    int at[WANTED], n;
    bool scaled, unwrapped;
};

static enum vt_status find_columns(const struct vt_lines *lines, const struct vt_dump_head *h,
                                   struct columns *c)
{
    static const char *const name[WANTED] = {"id", "type", "element", NULL, NULL, NULL,
                                             "vx", "vy",   "vz",      "ix", "iy", "iz"};
    static const char *const x[4][3] = {
        {"x", "y", "z"}, {"xu", "yu", "zu"}, {"xs", "ys", "zs"}, {"xsu", "ysu", "zsu"}};
    char text[sizeof h->columns], *word[COLUMNS_MAX];
    snprintf(text, sizeof text, "%s", h->columns);
    c->n = vt_lines_split(text, word, COLUMNS_MAX);
    if (c->n > COLUMNS_MAX) return vt_lines_fail(lines, "more than %d columns", COLUMNS_MAX);
    for (int w = 0; w < WANTED; w++) c->at[w] = -1;
    for (int k = 0; k < c->n; k++) {
        for (int w = 0; w < WANTED; w++)
            if (name[w] && !strcmp(word[k], name[w])) c->at[w] = k;
        for (int form = 0; form < 4; form++)
            for (int d = 0; d < 3; d++)
                if (!strcmp(word[k], x[form][d]) && c->at[X + d] < 0) {
                    c->at[X + d] = k;
                    c->scaled = form >= 2;
                    c->unwrapped = form % 2;
                }
    }
    if (c->at[X] < 0 || c->at[X + 1] < 0 || c->at[X + 2] < 0)
        return vt_lines_fail(lines, "ITEM: ATOMS has no x y z, xu yu zu or xs ys zs");
    return VT_OK;
}

static enum vt_status species_of(const struct vt_lines *lines, const char *symbol, struct vt_material *m,
                                 int32_t *species)
{
    return vt_prefix(vt_structure_species(m, symbol, species), "%s:%" PRId64, lines->path, lines->number);
}

static enum vt_status read_species(const struct vt_lines *lines, const struct columns *c, char **word,
                                   int n_elements, const char (*elements)[4], struct vt_material *m,
                                   int32_t *species)
{
    int64_t type;
    if (c->at[ELEMENT] >= 0 && !n_elements) return species_of(lines, word[c->at[ELEMENT]], m, species);
    if (c->at[TYPE] < 0 || !n_elements)
        return vt_lines_fail(lines,
                             "which elements? The dump has %s; give their symbols in order of the types",
                             c->at[TYPE] < 0 ? "neither element nor type" : "types only");
    VT_TRY(vt_lines_int(lines, word[c->at[TYPE]], "a type", &type));
    if (type < 1 || type > n_elements)
        return vt_lines_fail(lines, "type %" PRId64 ", and %d elements were given", type, n_elements);
    return species_of(lines, elements[type - 1], m, species);
}

enum vt_status vt_dump_atoms(struct vt_lines *lines, const struct vt_dump_head *h, int n_elements,
                             const char (*elements)[4], struct vt_structure *s)
{
    struct columns c = {0};
    char *word[COLUMNS_MAX];
    VT_TRY(find_columns(lines, h, &c));
    s->n = h->n;
    s->images = c.unwrapped || (c.at[IMAGE] >= 0 && c.at[IMAGE + 1] >= 0 && c.at[IMAGE + 2] >= 0);
    s->cell = vt_cell_make(h->edge[0], h->edge[1], h->edge[2], h->tilt[0], h->tilt[1], h->tilt[2]);
    VT_TRY(vt_structure_alloc(s, c.at[V] >= 0 && c.at[V + 1] >= 0 && c.at[V + 2] >= 0));
    /* All species first, so that their order does not depend on which atom comes first. */
    for (int k = 0; k < n_elements; k++) VT_TRY(species_of(lines, elements[k], &s->material, &s->species[0]));
    for (int64_t i = 0; i < h->n; i++) {
        double x[3];
        VT_TRY(next(lines, "an atom"));
        int n = vt_lines_split(lines->text, word, COLUMNS_MAX);
        if (n != c.n) return vt_lines_fail(lines, "%d columns, and ITEM: ATOMS names %d", n, c.n);
        s->id[i] = i + 1;
        if (c.at[ID] >= 0) VT_TRY(vt_lines_int(lines, word[c.at[ID]], "an id", &s->id[i]));
        VT_TRY(read_species(lines, &c, word, n_elements, elements, &s->material, &s->species[i]));
        for (int d = 0; d < 3; d++) {
            int64_t image = 0;
            VT_TRY(vt_lines_real(lines, word[c.at[X + d]], "a position", &x[d]));
            if (!c.scaled) x[d] -= h->low[d];
            if (s->v) VT_TRY(vt_lines_real(lines, word[c.at[V + d]], "a velocity", &s->v[i][d]));
            if (c.at[IMAGE + d] >= 0 && !c.unwrapped)
                VT_TRY(vt_lines_int(lines, word[c.at[IMAGE + d]], "an image", &image));
            s->image[i][d] = (int32_t)image;
        }
        if (c.scaled)
            vt_cell_cartesian(&s->cell, x, s->x[i]);
        else
            memcpy(s->x[i], x, sizeof x);
    }
    return vt_prefix(vt_structure_finish(s), "%s", lines->path);
}
