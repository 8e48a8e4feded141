/* lammps_data.c: see lammps_data.h.
 *
 * A data file is a title, header lines (`4000 atoms`, `0 36.2 xlo xhi`, ...) and sections, each a
 * keyword, a blank line and lines; `#` starts a comment.
 *
 * Reference: LAMMPS manual, read_data. */
#include "io/lammps_data.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "io/lines.h"
#include "io/replace.h"
#include "io/rows.h"

/* ---- writing ---- */

static void put_atom(void *out, int64_t id, const struct vt_row *row)
{
    fprintf(out, "%" PRId64 " %d %.17g %.17g %.17g %d %d %d\n", id, (int)row->species + 1, row->x[0],
            row->x[1], row->x[2], (int)row->image[0], (int)row->image[1], (int)row->image[2]);
}

static void put_velocity(void *out, int64_t id, const struct vt_row *row)
{
    fprintf(out, "%" PRId64 " %.17g %.17g %.17g\n", id, row->v[0], row->v[1], row->v[2]);
}

static void put_header(FILE *out, const struct vt_frame *frame, int64_t n)
{
    const double(*h)[3] = frame->state.cell.h;
    const struct vt_material *m = frame->material;
    fprintf(out, "LAMMPS data file by Vitrum: units metal, step %" PRId64 ", time %.17g ps\n\n",
            frame->state.step, frame->state.time);
    fprintf(out, "%" PRId64 " atoms\n%d atom types\n\n", n, m->n_species);
    for (int k = 0; k < 3; k++) fprintf(out, "0 %.17g %clo %chi\n", h[k][k], "xyz"[k], "xyz"[k]);
    fprintf(out, "%.17g %.17g %.17g xy xz yz\n\nMasses\n\n", h[1][0], h[2][0], h[2][1]);
    for (int k = 0; k < m->n_species; k++)
        fprintf(out, "%d %.17g # %s\n", k + 1, m->species[k].mass, m->species[k].symbol);
}

enum vt_status vt_lammps_data_write(const char *path, const struct vt_frame *frame)
{
    MPI_Comm comm = frame->ranks->comm;
    int me = frame->ranks->rank;
    struct vt_rows rows = {0};
    struct vt_replace r = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_rows_of_frame(&rows, frame));
    VT_TRY_GOTO(st, done, vt_agree(comm, me ? VT_OK : vt_replace_open(&r, path)));
    if (!me) {
        put_header(r.file, frame, rows.n_total);
        fputs("\nAtoms # atomic\n\n", r.file);
    }
    VT_TRY_GOTO(st, done, vt_rows_each(&rows, comm, put_atom, r.file));
    if (frame->v) {
        if (!me) fputs("\nVelocities\n\n", r.file);
        VT_TRY_GOTO(st, done, vt_rows_each(&rows, comm, put_velocity, r.file));
    }
    st = vt_agree(comm, me ? VT_OK : vt_replace_commit(&r));
done:
    vt_replace_abandon(&r);
    vt_rows_release(&rows);
    return st;
}

/* ---- reading ---- */

enum { WORDS = 12 };

struct data {
    struct vt_lines lines;
    struct vt_structure *s;
    double low[3], high[3], tilt[3];
    char comment[64]; /* behind the # of this line, without blanks around it */
    char section[64]; /* keyword of the section that starts, "" at the end of the file */
    char hint[64];    /* the comment behind that keyword */
    bool have_box[3], have_masses, have_labels;
};

static void trim(char *text)
{
    size_t skip = strspn(text, " \t"), n = strlen(text + skip);
    memmove(text, text + skip, n + 1);
    while (n > 0 && isspace((unsigned char)text[n - 1])) text[--n] = '\0';
}

/* The next line that is not blank, its comment cut off. */
static bool next(struct data *d)
{
    while (vt_lines_next(&d->lines)) {
        char *hash = strchr(d->lines.text, '#');
        d->comment[0] = '\0';
        if (hash) {
            *hash = '\0';
            snprintf(d->comment, sizeof d->comment, "%s", hash + 1);
            trim(d->comment);
        }
        trim(d->lines.text);
        if (*d->lines.text) return true;
    }
    return false;
}

static void start_section(struct data *d)
{
    snprintf(d->section, sizeof d->section, "%s", d->lines.text);
    snprintf(d->hint, sizeof d->hint, "%s", d->comment);
}

/* One line of a section of n lines: its words. A line too few is an error that names the section. */
static enum vt_status next_entry(struct data *d, int64_t at, int64_t n, char **word, int *words)
{
    if (!next(d) || isalpha((unsigned char)*d->lines.text))
        return vt_lines_fail(&d->lines, "section %s ends after %" PRId64 " of %" PRId64 " lines", d->section,
                             at, n);
    *words = vt_lines_split(d->lines.text, word, WORDS);
    return VT_OK;
}

static bool ends_with(char *const *word, int words, int n, const char *const *key)
{
    for (int k = 0; k < n; k++)
        if (words < n || strcmp(word[words - n + k], key[k])) return false;
    return true;
}

/* Header lines up to the first section keyword, which is a line that starts with a letter. */
static enum vt_status read_header(struct data *d)
{
    static const char *const edge[3][2] = {{"xlo", "xhi"}, {"ylo", "yhi"}, {"zlo", "zhi"}};
    static const char *const tilts[3] = {"xy", "xz", "yz"}, *const types[2] = {"atom", "types"},
                             *const atoms[1] = {"atoms"};
    struct vt_structure *s = d->s;
    if (!vt_lines_next(&d->lines)) return vt_lines_fail(&d->lines, "the file is empty");
    d->section[0] = '\0';
    while (next(d)) {
        if (isalpha((unsigned char)*d->lines.text)) {
            start_section(d);
            break;
        }
        char *word[WORDS], whole[64];
        snprintf(whole, sizeof whole, "%s", d->lines.text);
        int n = vt_lines_split(d->lines.text, word, WORDS);
        if (n > WORDS) return vt_lines_fail(&d->lines, "a header line of %d words", n);
        bool known = false;
        for (int k = 0; k < 3; k++) {
            if (n != 4 || !ends_with(word, n, 2, edge[k])) continue;
            VT_TRY(vt_lines_real(&d->lines, word[0], edge[k][0], &d->low[k]));
            VT_TRY(vt_lines_real(&d->lines, word[1], edge[k][1], &d->high[k]));
            known = d->have_box[k] = true;
        }
        if (n == 6 && ends_with(word, n, 3, tilts)) {
            for (int k = 0; k < 3; k++) VT_TRY(vt_lines_real(&d->lines, word[k], tilts[k], &d->tilt[k]));
            known = true;
        }
        if (n == 2 && ends_with(word, n, 1, atoms)) {
            VT_TRY(vt_lines_int(&d->lines, word[0], "the number of atoms", &s->n));
            known = true;
        }
        if (n == 3 && ends_with(word, n, 2, types)) {
            int64_t count;
            VT_TRY(vt_lines_int(&d->lines, word[0], "the number of atom types", &count));
            if (count < 1 || count > VT_SPECIES_MAX)
                return vt_lines_fail(&d->lines, "%" PRId64 " atom types; 1 to %d can be read", count,
                                     VT_SPECIES_MAX);
            s->material.n_species = (int)count;
            known = true;
        }
        /* "0 bonds" and the like are common; anything there is of them cannot be kept. */
        if (!known && strcmp(word[0], "0"))
            return vt_lines_fail(&d->lines, "header line '%s' is not understood", whole);
    }
    if (s->n < 1) return vt_lines_fail(&d->lines, "the header has no `N atoms`: is this a LAMMPS data file?");
    VT_TRY(vt_lines_room(&d->lines, s->n, sizeof "1 1 0 0 0\n" - 1));
    if (s->material.n_species < 1) return vt_lines_fail(&d->lines, "the header has no `N atom types`");
    for (int k = 0; k < 3; k++)
        if (!d->have_box[k])
            return vt_lines_fail(&d->lines, "the header has no `LOW HIGH %s %s`", edge[k][0], edge[k][1]);
    return VT_OK;
}

static enum vt_status type_of(struct data *d, const char *word, int *type)
{
    const struct vt_material *m = &d->s->material;
    for (int k = 0; d->have_labels && k < m->n_species; k++)
        if (!strcmp(word, m->species[k].symbol)) {
            *type = k;
            return VT_OK;
        }
    int64_t value;
    VT_TRY(vt_lines_int(&d->lines, word, "an atom type", &value));
    if (value < 1 || value > m->n_species)
        return vt_lines_fail(&d->lines, "atom type %" PRId64 "; there are 1 to %d", value, m->n_species);
    *type = (int)value - 1;
    return VT_OK;
}

static enum vt_status name_species(struct data *d, int type, const char *symbol)
{
    struct vt_species *s = &d->s->material.species[type];
    s->z = vt_element_z(symbol);
    if (!s->z) return vt_lines_fail(&d->lines, "'%.20s' is not the symbol of an element", symbol);
    snprintf(s->symbol, sizeof s->symbol, "%s", symbol);
    return VT_OK;
}

static enum vt_status read_labels(struct data *d)
{
    char *word[WORDS];
    int n, type, types = d->s->material.n_species;
    for (int k = 0; k < types; k++) {
        VT_TRY(next_entry(d, k, types, word, &n));
        if (n != 2) return vt_lines_fail(&d->lines, "an atom type label is `TYPE LABEL`");
        VT_TRY(type_of(d, word[0], &type));
        VT_TRY(name_species(d, type, word[1]));
    }
    d->have_labels = true;
    return VT_OK;
}

static enum vt_status name_by_mass(struct data *d, int type)
{
    static const double near = 0.1; /* u; Co and Ni, the closest of neighbours, are 0.24 apart */
    double mass = d->s->material.species[type].mass;
    int best = 1;
    for (int z = 2; z <= 103; z++)
        if (fabs(vt_element_mass(z) - mass) < fabs(vt_element_mass(best) - mass)) best = z;
    if (fabs(vt_element_mass(best) - mass) > near)
        return vt_lines_fail(
            &d->lines, "type %d has mass %g, which is no element's; write its symbol behind it: `%d %g # Cu`",
            type + 1, mass, type + 1, mass);
    return name_species(d, type, vt_element_symbol(best));
}

static enum vt_status read_masses(struct data *d)
{
    char *word[WORDS];
    int n, type, types = d->s->material.n_species;
    for (int k = 0; k < types; k++) {
        VT_TRY(next_entry(d, k, types, word, &n));
        if (n != 2) return vt_lines_fail(&d->lines, "a mass is `TYPE MASS`");
        VT_TRY(type_of(d, word[0], &type));
        struct vt_species *s = &d->s->material.species[type];
        VT_TRY(vt_lines_real(&d->lines, word[1], "a mass", &s->mass));
        if (s->mass <= 0) return vt_lines_fail(&d->lines, "a mass of %g u", s->mass);
        if (s->z) continue; /* has a label */
        if (vt_element_z(d->comment))
            VT_TRY(name_species(d, type, d->comment));
        else
            VT_TRY(name_by_mass(d, type));
    }
    d->have_masses = true;
    return VT_OK;
}

static enum vt_status read_atoms(struct data *d)
{
    struct vt_structure *s = d->s;
    if (*d->hint && strcmp(d->hint, "atomic"))
        return vt_lines_fail(&d->lines, "atom style %s; only atomic can be read", d->hint);
    if (s->id) return vt_lines_fail(&d->lines, "a second section Atoms");
    VT_TRY(vt_structure_alloc(s, 0));
    for (int64_t i = 0; i < s->n; i++) {
        char *word[WORDS];
        int n = 0, type;
        VT_TRY(next_entry(d, i, s->n, word, &n));
        if (n != 5 && n != 8)
            return vt_lines_fail(&d->lines,
                                 "an atom of style atomic is `ID TYPE X Y Z` or `ID TYPE X Y Z NX NY NZ`,"
                                 " this line has %d words",
                                 n);
        VT_TRY(vt_lines_int(&d->lines, word[0], "an id", &s->id[i]));
        VT_TRY(type_of(d, word[1], &type));
        s->species[i] = type;
        for (int k = 0; k < 3; k++) {
            VT_TRY(vt_lines_real(&d->lines, word[2 + k], "a position", &s->x[i][k]));
            s->x[i][k] -= d->low[k];
            int64_t image = 0;
            if (n == 8) VT_TRY(vt_lines_int(&d->lines, word[5 + k], "an image flag", &image));
            if (image > 1 << 24 || image < -(1 << 24))
                return vt_lines_fail(&d->lines, "an image flag of %" PRId64, image);
            s->image[i][k] = (int32_t)image;
        }
    }
    return VT_OK;
}

struct place {
    int64_t id, at;
};

static int by_id(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    return (p->id > q->id) - (p->id < q->id);
}

/* Velocities come in any order, after the atoms. */
static enum vt_status read_velocities(struct data *d)
{
    struct vt_structure *s = d->s;
    if (!s->id || s->v)
        return vt_lines_fail(&d->lines, "section Velocities must come once, after the section Atoms");
    VT_TRY(vt_alloc(&s->v, s->n));
    struct place *place;
    VT_TRY(vt_alloc(&place, s->n));
    for (int64_t i = 0; i < s->n; i++) place[i] = (struct place){s->id[i], i};
    qsort(place, (size_t)s->n, sizeof *place, by_id);
    enum vt_status st = VT_OK;
    for (int64_t i = 0; i < s->n; i++) {
        char *word[WORDS];
        int n = 0;
        struct place key;
        VT_TRY_GOTO(st, done, next_entry(d, i, s->n, word, &n));
        if (n != 4) {
            st = vt_lines_fail(&d->lines, "a velocity is `ID VX VY VZ`, this line has %d words", n);
            goto done;
        }
        VT_TRY_GOTO(st, done, vt_lines_int(&d->lines, word[0], "an id", &key.id));
        const struct place *found = bsearch(&key, place, (size_t)s->n, sizeof *place, by_id);
        if (!found) {
            st = vt_lines_fail(&d->lines, "a velocity of atom %" PRId64 ", which there is not", key.id);
            goto done;
        }
        for (int k = 0; k < 3; k++)
            VT_TRY_GOTO(st, done, vt_lines_real(&d->lines, word[1 + k], "a velocity", &s->v[found->at][k]));
    }
done:
    free(place);
    return st;
}

/* Pass over a section whose length we do not know; d->section is then the next one. */
static bool skip_section(struct data *d)
{
    while (next(d))
        if (isalpha((unsigned char)*d->lines.text)) {
            start_section(d);
            return true;
        }
    return false;
}

static enum vt_status read_sections(struct data *d)
{
    bool more = *d->section;
    while (more) {
        if (!strcmp(d->section, "Pair Coeffs") || !strcmp(d->section, "PairIJ Coeffs")) {
            more = skip_section(d);
            continue;
        }
        if (!strcmp(d->section, "Masses"))
            VT_TRY(read_masses(d));
        else if (!strcmp(d->section, "Atom Type Labels"))
            VT_TRY(read_labels(d));
        else if (!strcmp(d->section, "Atoms"))
            VT_TRY(read_atoms(d));
        else if (!strcmp(d->section, "Velocities"))
            VT_TRY(read_velocities(d));
        else
            return vt_lines_fail(&d->lines,
                                 "section '%s' cannot be read; known are Masses, Atom Type Labels, Atoms, "
                                 "Velocities",
                                 d->section);
        more = next(d);
        if (!more) break;
        if (!isalpha((unsigned char)*d->lines.text))
            return vt_lines_fail(&d->lines, "section %s has more lines than the header says", d->section);
        start_section(d);
    }
    if (!d->s->id) return vt_lines_fail(&d->lines, "the file has no section Atoms");
    for (int k = 0; k < d->s->material.n_species; k++) {
        struct vt_species *s = &d->s->material.species[k];
        if (!s->z)
            return vt_lines_fail(&d->lines, "the file does not say what type %d is: it has no Masses", k + 1);
        if (!d->have_masses) s->mass = vt_element_mass(s->z);
    }
    return VT_OK;
}

enum vt_status vt_lammps_data_read(const char *path, struct vt_structure *s)
{
    *s = (struct vt_structure){0};
    struct data d = {.s = s};
    VT_TRY(vt_lines_open(&d.lines, path));
    enum vt_status st = read_header(&d);
    if (st == VT_OK) st = read_sections(&d);
    vt_lines_close(&d.lines);
    VT_TRY(st);
    const double edges[3][3] = {{d.high[0] - d.low[0], 0, 0},
                                {d.tilt[0], d.high[1] - d.low[1], 0},
                                {d.tilt[1], d.tilt[2], d.high[2] - d.low[2]}};
    for (int k = 0; k < 3; k++)
        if (!(edges[k][k] > 0))
            return VT_RAISE(VT_EINPUT, "%s: the box has an edge of %g angstrom", path, edges[k][k]);
    VT_TRY(vt_prefix(vt_structure_lattice(s, edges), "%s", path));
    return vt_prefix(vt_structure_finish(s), "%s", path);
}
