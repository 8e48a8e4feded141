/* table_file.c: see table_file.h.
 *
 * Columns are set apart by the sign (tab, ; comma, blanks) under which the most cells of the file are
 * numbers, less those that are none. A row is a line with as many cells as most, of which numbers and NaN are
 * not the minority. Data begin behind the last line that is neither row nor comment; a line of words behind
 * more than HEADER_ROWS rows is damage, or a second table, and data before it must not be lost. Names are
 * looked for from the data upwards. */
#include "io/table_file.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/params.h"
#include "core/units.h"
#include "io/heat_sign.h"
#include "io/table_text.h"

enum { HEADER_ROWS = 8, WANTS_MAX = 24, HOLES_SHOWN = 8 };
static const double HOLES_SHARE = 0.1; /* of the rows, that may be left out */

/* A heading without a quantity in brackets, as in `E'(1.000 Hz)/MPa`: that is a condition, not a unit. */
static void drop_condition(const char *heading, char plain[VT_TABLE_NAME])
{
    snprintf(plain, VT_TABLE_NAME, "%s", heading);
    for (char *open = strchr(plain, '('); open; open = strchr(open + 1, '(')) {
        char *close = strchr(open, ')');
        if (!close || !vt_units_is_quantity(open + 1) || !memchr(open, ' ', (size_t)(close - open))) continue;
        memmove(open, close + 1, strlen(close + 1) + 1);
        return;
    }
}

/* How well a heading names a quantity, ascending. */
enum fit { NOT_NAMED, FOREIGN_UNIT, OWN_UNIT, WHOLE };

/* Does a heading name this quantity? unit is what it says of it, "" if nothing. A heading that is a name as a
 * whole is not cut: V/V0 is a ratio, no volume in a unit V0. */
static enum fit heads(const struct vt_table_want *want, const char *written, char unit[VT_TABLE_NAME])
{
    char heading[VT_TABLE_NAME], name[VT_TABLE_NAME], foreign[VT_TABLE_NAME] = "";
    enum fit best = NOT_NAMED;
    double factor, offset;
    drop_condition(written, heading);
    *unit = '\0';
    if (vt_table_among(want->names, heading) || vt_table_same_name(want->key, heading)) return WHOLE;
    vt_heat_sign_strip(heading); /* `DSC ^exo/(mW/mg)` */
    if (vt_table_among(want->names, heading) || vt_table_same_name(want->key, heading)) return WHOLE;
    for (int form = 0; form < VT_TABLE_UNIT_FORMS; form++) {
        if (!vt_table_split_unit(heading, form, name, unit) ||
            !(vt_table_among(want->names, name) || vt_table_same_name(want->key, name)))
            continue;
        if (vt_units_scale(unit, want->unit, &factor, &offset)) return OWN_UNIT;
        if (form < 3 && best == NOT_NAMED) best = FOREIGN_UNIT, strcpy(foreign, unit);
    }
    strcpy(unit, foreign);
    return best;
}

/* ------------------------------------------------------------------------------------ where things are */

struct plan {
    char separator;
    int columns, first; /* of cells; line (from 0) of the first row */
    int names, units;   /* lines, -1: none */
    char names_separator;
    int n;                            /* wants */
    const struct vt_table_want *want; /* */
    struct choice {                   /* by the option */
        int column;                   /* from 1; 0: none */
        char name[VT_TABLE_NAME];     /* "": none */
        char unit[VT_TABLE_NAME];     /* "": none */
    } choice[WANTS_MAX];
};

/* Numbers, or NaN where none was measured, that words do not outnumber; NaN alone, in as many cells as are
 * due, that may be empty at the end. */
static bool is_row(const struct vt_table_text *t, int line, const struct plan *p)
{
    struct vt_table_look look = vt_table_text_look(t, line, p->separator);
    if (look.numbers >= 1) return look.numbers + look.nans >= look.words;
    return look.nans && !look.words &&
           (look.cells == p->columns || (look.cells < p->columns && p->separator != ' '));
}

/* The commonest number of cells among lines that are mostly numbers. */
static int common_cells(const struct vt_table_text *t, char separator)
{
    int count[VT_TABLE_CELLS + 1] = {0}, best = 0;
    for (int k = 0; k < t->n; k++) {
        struct vt_table_look look = vt_table_text_look(t, k, separator);
        if (look.numbers >= 2 && look.numbers > look.words) count[look.cells]++;
    }
    for (int k = 1; k <= VT_TABLE_CELLS; k++)
        if (count[k] >= count[best] && count[k]) best = k;
    return best;
}

static enum vt_status fail_between(const struct vt_table_text *t, int line)
{
    char message[200];
    snprintf(message, sizeof message,
             "'%.40s' stands between the numbers: one table in a file is read; cut the file if it has two",
             t->line[line]);
    return vt_table_text_fail(t->path, line + 1, message);
}

static enum vt_status find_rows(const struct vt_table_text *t, struct plan *p)
{
    int rows = 0;
    p->separator = vt_table_text_separator(t);
    if (!p->separator)
        return VT_RAISE(VT_EINPUT, "%s: no line with two numbers or more was found: this is no table",
                        t->path);
    p->columns = common_cells(t, p->separator);
    p->first = -1;
    for (int k = 0; k < t->n; k++) {
        if (vt_table_text_blank(t->line[k]) || vt_table_text_comment(t->line[k])) continue;
        if (is_row(t, k, p)) {
            if (p->first < 0) p->first = k;
            rows++;
            continue;
        }
        if (rows > HEADER_ROWS) return fail_between(t, k);
        p->first = -1;
        rows = 0;
    }
    if (p->first < 0)
        return VT_RAISE(VT_EINPUT, "%s: no rows of numbers were found behind the words", t->path);
    return VT_OK;
}

/* Cut a line of names, without its comment signs, so that there are as many as columns; 0 if that cannot be.
 */
static char cut_names(const struct vt_table_text *t, int line, const struct plan *p, char **cell)
{
    const char try[] = {p->separator, '\t', ';', ',', '2', ' ', '\0'};
    const char *at = t->line[line];
    at += strspn(at, " ");
    at += strspn(at, "#!");
    if (p->separator != '\t') at += strspn(at, " \t");
    for (const char *s = try; *s; s++) {
        int n = vt_table_text_cut(at, *s, t->work, cell);
        while (n > p->columns && n <= VT_TABLE_CELLS && !*cell[n - 1])
            n--;                                                  /* a separator at the end of each line */
        if (*s == ' ' && n > p->columns && n <= VT_TABLE_CELLS) { /* `T (K)` is one */
            int kept = 0;
            for (int k = 0; k < n; k++)
                if (kept && (*cell[k] == '(' || *cell[k] == '[')) {
                    char *joined = cell[kept - 1] + strlen(cell[kept - 1]);
                    *joined = ' ';
                    if (cell[k] > joined + 1) memmove(joined + 1, cell[k], strlen(cell[k]) + 1);
                } else {
                    cell[kept++] = cell[k];
                }
            n = kept;
        }
        if (n == p->columns) return *s;
    }
    return 0;
}

static int wants_named(const struct vt_table_text *t, int line, const struct plan *p)
{
    char *cell[VT_TABLE_CELLS], unit[VT_TABLE_NAME];
    int found = 0;
    if (vt_table_text_blank(t->line[line]) || !cut_names(t, line, p, cell)) return 0;
    for (int w = 0; w < p->n; w++)
        for (int k = 0; k < p->columns; k++) {
            bool named = *p->choice[w].name && vt_table_same_name(p->choice[w].name, cell[k]);
            if (!named && !heads(&p->want[w], cell[k], unit)) continue;
            found++;
            break;
        }
    return found;
}

/* Where a cell stands in its line, in characters: [0] its begin, [1] its end. It is looked for from *behind
 * on, before which are *before characters; both move behind it. */
static bool place_of(const char **behind, int *before, const char *cell, int place[2])
{
    const char *at = strstr(*behind, cell);
    if (!at) return false; /* names that were joined or quoted stand otherwise there */
    place[0] = place[1] = *before;
    for (const char *c = *behind; c < at + strlen(cell); c++) {
        bool one = ((unsigned char)*c & 0xc0) != 0x80; /* not the inside of a UTF-8 character */
        place[0] += one && c < at;
        place[1] += one;
    }
    *behind = at + strlen(cell);
    *before = place[1];
    return true;
}

/* Units set with blanks under some of the names only: each under the name whose begin or end is the nearest
 * to its own, and in order. */
static bool cut_under(const struct vt_table_text *t, int line, const struct plan *p, char **cell)
{
    char *name[VT_TABLE_CELLS], *unit[VT_TABLE_CELLS];
    int place[VT_TABLE_CELLS][2], own[2], k = -1;
    bool fits = cut_names(t, p->names, p, name) != 0;
    const char *behind = t->line[p->names];
    for (int c = 0, before = 0; fits && c < p->columns; c++) {
        fits = place_of(&behind, &before, name[c], place[c]);
    }
    int n = fits ? vt_table_text_cut(t->line[line], ' ', t->work, unit) : 0;
    fits = fits && n > 0 && n < p->columns;
    for (int c = 0; c < p->columns; c++) cell[c] = t->work + strlen(t->work); /* "" */
    behind = t->line[line];
    for (int u = 0, before = 0; fits && u < n; u++) {
        int best = -1, least = 1 << 30;
        fits = place_of(&behind, &before, unit[u], own);
        for (int c = k + 1; c < p->columns; c++) {
            int begin = abs(place[c][0] - own[0]), end = abs(place[c][1] - own[1]);
            int far = begin < end ? begin : end;
            if (far < least) least = far, best = c;
        }
        fits = fits && best >= 0;
        if (fits) cell[best] = unit[u], k = best;
    }
    return fits;
}

/* The cells of a line of units. */
static bool cut_units(const struct vt_table_text *t, int line, const struct plan *p, char **cell)
{
    return cut_names(t, line, p, cell) || (p->separator == ' ' && cut_under(t, line, p, cell));
}

/* Is the line one of units, with one at least that is no number? */
static bool is_units(const struct vt_table_text *t, int line, const struct plan *p)
{
    char *cell[VT_TABLE_CELLS];
    int units = 0;
    if (line >= t->n || vt_table_text_blank(t->line[line]) || !cut_units(t, line, p, cell)) return false;
    for (int k = 0; k < p->columns; k++) {
        double value;
        char decimal;
        if (vt_table_text_hole(cell[k]) || !strcmp(cell[k], "-") ||
            vt_table_text_number(cell[k], true, &value, &decimal))
            continue;
        if (strlen(cell[k]) > 12) return false;
        units++;
    }
    return units > 0;
}

static void find_names(const struct vt_table_text *t, struct plan *p)
{
    int best = 0;
    p->names = p->units = -1;
    for (int k = p->first - 1; k >= 0; k--) {
        int found = wants_named(t, k, p);
        if (found > best) best = found, p->names = k;
    }
    if (p->names < 0) { /* names that say nothing to us: right above the numbers */
        char *cell[VT_TABLE_CELLS];
        for (int k = p->first - 1; k >= 0 && p->names < 0; k--)
            if (!vt_table_text_blank(t->line[k])) {
                if (!cut_names(t, k, p, cell)) break;
                p->names = k;
            }
        return;
    }
    if (p->names + 1 < p->first && is_units(t, p->names + 1, p)) p->units = p->names + 1;
    /* A line of units of which most are `1` or `-` was taken for a row. */
    if (p->first == p->names + 1) {
        char *cell[VT_TABLE_CELLS];
        double factor, offset, value;
        char decimal;
        bool all = is_units(t, p->first, p) && cut_names(t, p->first, p, cell);
        for (int k = 0; all && k < p->columns; k++)
            if (!vt_table_text_number(cell[k], true, &value, &decimal)) {
                bool known = false;
                for (int w = 0; w < p->n; w++)
                    known = known || vt_units_scale(cell[k], p->want[w].unit, &factor, &offset);
                all = known;
            } else {
                all = !strcmp(cell[k], "1");
            }
        if (all) p->units = p->first++;
    }
}

/* Is there a table above the names? A line there that names a quantity, or is the same as the names, has rows
 * under it: full ones, of more numbers than words; lines on the sample have a word each. */
static enum vt_status check_above(const struct vt_table_text *t, const struct plan *p)
{
    bool headed = false;
    for (int k = 0; k < p->names; k++) {
        struct vt_table_look look = vt_table_text_look(t, k, p->separator);
        if (!is_row(t, k, p))
            headed = headed || wants_named(t, k, p) > 0 || !strcmp(t->line[k], t->line[p->names]);
        else if (headed && look.cells == p->columns && look.numbers > look.words)
            return fail_between(t, p->names);
    }
    return VT_OK;
}

/* Rows under the names, or in a file without names, that lie before the data: few, so that find_rows went on.
 */
static enum vt_status check_between(const struct vt_table_text *t, const struct plan *p)
{
    bool rows = false;
    for (int k = (p->units >= 0 ? p->units : p->names) + 1; k < p->first; k++) {
        if (vt_table_text_blank(t->line[k]) || vt_table_text_comment(t->line[k])) continue;
        if (!is_row(t, k, p)) {
            if (rows) return fail_between(t, k);
        } else if (vt_table_text_look(t, k, p->separator).cells == p->columns) {
            rows = true;
        }
    }
    return check_above(t, p);
}

/* ------------------------------------------------------------------------------------ the option */

/* One `key=column [unit]` from *at on; *at moves behind it and its comma. */
static enum vt_status read_choice(const char **at, const char *all, struct plan *p)
{
    char key[VT_TABLE_NAME];
    const char *keys[WANTS_MAX];
    *at += strspn(*at, " \t");
    size_t length = strcspn(*at, "=,");
    if ((*at)[length] != '=')
        return VT_RAISE(VT_EINPUT,
                        "columns '%.80s': key=column is due, as in temperature=3, tan_delta='Tan(delta)'",
                        all);
    snprintf(key, sizeof key, "%.*s", (int)length, *at);
    char *name = vt_table_text_trim(key);
    int w = 0;
    while (w < p->n && strcmp(p->want[w].key, name) != 0) w++;
    if (w == p->n) {
        char list[400] = "";
        for (int k = 0; k < p->n; k++) {
            keys[k] = p->want[k].key;
            size_t used = strlen(list);
            snprintf(list + used, sizeof list - used, "%s%s", k ? ", " : "", keys[k]);
        }
        const char *near = vt_nearest(name, keys, p->n);
        return VT_RAISE(VT_EINPUT, "columns: '%.40s' is not a quantity that is read here%s%s%s; they are %s",
                        name, near ? " (do you mean " : "", near ? near : "", near ? "?)" : "", list);
    }
    struct choice *c = &p->choice[w];
    if (c->column || *c->name) return VT_RAISE(VT_EINPUT, "columns: '%s' is given twice", name);
    const char *value = *at + length + 1;
    value += strspn(value, " \t");
    if (*value == '\'' || *value == '"') {
        const char *end = strchr(value + 1, *value);
        /* E'' in single quotes: the quote that ends it stands before a comma, a bracket or the end. */
        while (end && end[1 + strspn(end + 1, " \t")] && !strchr(",[", end[1 + strspn(end + 1, " \t")]))
            end = strchr(end + 1, *value);
        if (!end) return VT_RAISE(VT_EINPUT, "columns: the name behind %s= has no closing quote", name);
        snprintf(c->name, sizeof c->name, "%.*s", (int)(end - value - 1), value + 1);
        value = end + 1;
    } else {
        length = strcspn(value, ",[");
        snprintf(c->name, sizeof c->name, "%.*s", (int)length, value);
        char *plain = vt_table_text_trim(c->name);
        memmove(c->name, plain, strlen(plain) + 1);
        value += length;
        if (*c->name && !c->name[strspn(c->name, "0123456789")]) {
            c->column = strlen(c->name) < 5 ? atoi(c->name) : 0;
            if (c->column < 1 || c->column > VT_TABLE_CELLS)
                return VT_RAISE(VT_EINPUT, "columns: %s=%s: a number of a column from 1 to %d is due", name,
                                c->name, VT_TABLE_CELLS);
            *c->name = '\0';
        }
    }
    value += strspn(value, " \t");
    if (*value == '[') {
        length = strcspn(value, "]");
        double factor, offset;
        if (!value[length]) return VT_RAISE(VT_EINPUT, "columns: the unit of %s has no closing ]", name);
        snprintf(c->unit, sizeof c->unit, "%.*s", (int)length - 1, value + 1);
        if (!vt_units_scale(c->unit, p->want[w].unit, &factor, &offset)) {
            char fit[256];
            vt_units_list(p->want[w].unit, fit, sizeof fit);
            return VT_RAISE(VT_EINPUT, "columns: [%.30s] is not a unit of %s; units that fit: %s%s", c->unit,
                            name, fit, !strcmp(p->want[w].unit, "K") ? ", degC, degF" : "");
        }
        value += length + 1;
        value += strspn(value, " \t");
    }
    if (!c->column && !*c->name) return VT_RAISE(VT_EINPUT, "columns: %s= names no column", name);
    if (*value && *value != ',') return VT_RAISE(VT_EINPUT, "columns: a comma is due before '%.40s'", value);
    *at = value + (*value == ',');
    return VT_OK;
}

static enum vt_status read_choices(const char *text, struct plan *p)
{
    const char *at = text;
    while (at && at[strspn(at, " \t")]) VT_TRY(read_choice(&at, text, p));
    return VT_OK;
}

/* ------------------------------------------------------------------------------------ columns and units */

struct column {
    int at; /* from 1; 0: none */
    double factor, offset;
};

/* The names of a file, for messages. */
static void list_names(const struct vt_table *table, char *list, size_t size)
{
    *list = '\0';
    for (int k = 0; table->name && k < table->columns; k++) {
        size_t used = strlen(list);
        if (used + 60 > size) break;
        snprintf(list + used, size - used, "%s%.40s", k ? ", " : "",
                 *table->name[k] ? table->name[k] : "(none)");
    }
}

/* The unit on the line of units, without brackets. */
static void unit_below(const struct vt_table_text *t, const struct plan *p, int column,
                       char unit[VT_TABLE_NAME])
{
    char *cell[VT_TABLE_CELLS];
    *unit = '\0';
    if (p->units < 0 || !cut_units(t, p->units, p, cell)) return;
    const char *text = cell[column - 1];
    size_t length = strlen(text);
    bool brackets = length > 1 && strchr("([", *text) && strchr(")]", text[length - 1]);
    snprintf(unit, VT_TABLE_NAME, "%.*s", (int)(brackets ? length - 2 : length), text + brackets);
}

/* Is the column, by its unit, that of another want with the same names? Such wants are of one thing in two
 * quantities: heat flow in W/g or in mW. */
static bool is_of_twin(const struct vt_table_text *t, const struct plan *p, int w, int column,
                       const char *told)
{
    char below[VT_TABLE_NAME];
    double factor, offset;
    if (!*told) unit_below(t, p, column, below);
    const char *unit = *told ? told : below;
    if (!*unit || vt_units_scale(unit, p->want[w].unit, &factor, &offset)) return false;
    for (int v = 0; v < p->n; v++)
        if (v != w && !strcmp(p->want[v].names, p->want[w].names) &&
            vt_units_scale(unit, p->want[v].unit, &factor, &offset))
            return true;
    return false;
}

/* Does the option give a want this column by its name? unit: what the heading says of it, or "". */
static bool is_chosen(const struct plan *p, int w, const char *heading, char unit[VT_TABLE_NAME])
{
    const struct vt_table_want named = {"", p->choice[w].name, p->want[w].unit, false};
    *unit = '\0';
    if (!*p->choice[w].name) return false;
    if (heads(&named, heading, unit)) return true;
    *unit = '\0';
    return !strcmp(p->choice[w].name, heading);
}

/* Does a heading name another want better, or has the option given the column to one? */
static bool is_of_other(const struct plan *p, int w, int column, const char *heading, enum fit own)
{
    char unit[VT_TABLE_NAME];
    for (int v = 0; v < p->n; v++)
        if (v != w && (p->choice[v].column == column || is_chosen(p, v, heading, unit) ||
                       heads(&p->want[v], heading, unit) > own))
            return true;
    return false;
}

/* The scale of a column by a unit, or by the line of units where that is "". */
static bool scale_of(const struct vt_table_text *t, const struct plan *p, int w, int column, const char *unit,
                     double *factor, double *offset)
{
    char below[VT_TABLE_NAME];
    if (!*unit) unit_below(t, p, column, below);
    const char *own = *unit ? unit : below;
    return *own && vt_units_scale(own, p->want[w].unit, factor, offset);
}

/* A want with the name ? takes no column that has no unit of it. */
static bool is_shy(const struct vt_table_text *t, const struct plan *p, int w, int column, const char *told)
{
    double factor, offset;
    return vt_table_among(p->want[w].names, "?") && !scale_of(t, p, w, column, told, &factor, &offset);
}

/* Half of the last digit of a number as it is written: 0.05 of 12.3, 50 of 1.2e3. */
static double half_a_digit(const char *cell)
{
    size_t whole = strcspn(cell, ".,eE");
    const char *behind = cell + whole + (cell[whole] == '.' || cell[whole] == ',');
    size_t decimals = strspn(behind, "0123456789");
    const char *e = strpbrk(cell, "eE");
    return 0.5 * pow(10, (double)(e ? strtol(e + 1, NULL, 10) : 0) - (double)decimals);
}

/* Do two columns in two units hold the same in each row? Frequencies in Hz and in rad/s do, to 1e-3. Where
 * the zeros of the units differ, as those of K and degC, that would be more than a sample lags behind its
 * oven: there they are the same to 0.02 K, or to their digits if those are of 0.1. *second: the second is in
 * the unit that is wanted. */
static bool hold_the_same(const struct vt_table_text *t, const struct plan *p, int w, const int column[2],
                          const char *const unit[2], bool *second)
{
    char *cell[VT_TABLE_CELLS], sign;
    const double least = 0.02, most = 0.1; /* K, the one quantity with zeros */
    double factor[2], offset[2], x[2];
    int rows = 0;
    for (int i = 0; i < 2; i++)
        if (!scale_of(t, p, w, column[i], unit[i], &factor[i], &offset[i])) return false;
    if (factor[0] == factor[1] && offset[0] == offset[1]) return false;
    for (int k = p->first; k < t->n; k++) {
        if (vt_table_text_blank(t->line[k]) || vt_table_text_comment(t->line[k]) ||
            vt_table_text_cut(t->line[k], p->separator, t->work, cell) < p->columns)
            continue;
        bool numbers = true;
        double digits = 0;
        for (int i = 0; numbers && i < 2; i++) {
            numbers = vt_table_text_number(cell[column[i] - 1], p->separator != ',', &x[i], &sign);
            if (!numbers) break;
            x[i] = x[i] * factor[i] + offset[i];
            digits += factor[i] * half_a_digit(cell[column[i] - 1]);
        }
        if (!numbers) continue;
        double far = offset[0] != offset[1] ? fmax(least, fmin(digits, most)) * (1 + 1e-6)
                                            : 1e-3 * fmax(fabs(x[0]), fabs(x[1]));
        if (!(fabs(x[0] - x[1]) <= far)) return false;
        rows++;
    }
    *second = factor[1] == 1 && offset[1] == 0;
    return rows > 0;
}

/* A want that takes any name: the only column of its unit that names no other want. */
static void find_by_unit(const struct vt_table_text *t, const struct plan *p, const struct vt_table *table,
                         int w, int *at, char unit[VT_TABLE_NAME])
{
    char heading[VT_TABLE_NAME], name[VT_TABLE_NAME], told[VT_TABLE_NAME];
    double factor, offset;
    int found = 0;
    for (int k = 0; table->name && k < p->columns; k++) {
        bool fits = false;
        if (is_of_other(p, w, k + 1, table->name[k], NOT_NAMED)) continue;
        drop_condition(table->name[k], heading);
        for (int form = 0; form < VT_TABLE_UNIT_FORMS && !fits; form++)
            fits = vt_table_split_unit(heading, form, name, told) && *told &&
                   vt_units_scale(told, p->want[w].unit, &factor, &offset);
        if (!fits) *told = '\0';
        if (!fits && !scale_of(t, p, w, k + 1, "", &factor, &offset)) continue;
        found++;
        *at = k + 1;
        strcpy(unit, told);
    }
    if (found != 1)
        *at = 0, *unit = '\0';
    else
        vt_log(VT_LOG_INFO, "%s: column %d (%.40s) is the %s, by its unit", t->path, *at,
               table->name[*at - 1], p->want[w].key);
}

/* The column of one want: by number, by the option's name, by its own names, by its unit. */
static enum vt_status find_column(const struct vt_table_text *t, const struct plan *p,
                                  const struct vt_table *table, int w, int *at, char unit[VT_TABLE_NAME])
{
    const struct vt_table_want *want = &p->want[w];
    const struct choice *c = &p->choice[w];
    char list[600], name[VT_TABLE_NAME], told[VT_TABLE_NAME];
    *at = 0;
    *unit = '\0';
    list_names(table, list, sizeof list);
    if (c->column > p->columns)
        return VT_RAISE(VT_EINPUT, "%s: column %d is asked for %s, there are %d", t->path, c->column,
                        want->key, p->columns);
    for (int k = 0; table->name && k < p->columns; k++) {
        bool found = false;
        if (c->column) {
            if (c->column != k + 1) continue;
            found = true;
            if (!heads(want, table->name[k], told)) {
                *told = '\0';
                for (int form = 0; form < 3 && !*told; form++) {
                    double factor, offset;
                    if (vt_table_split_unit(table->name[k], form, name, told) &&
                        !vt_units_scale(told, want->unit, &factor, &offset))
                        *told = '\0';
                }
            }
        } else if (*c->name) {
            found = is_chosen(p, w, table->name[k], told);
        } else {
            enum fit fit = heads(want, table->name[k], told);
            found = fit && !is_of_other(p, w, k + 1, table->name[k], fit) &&
                    !is_of_twin(t, p, w, k + 1, told) && !is_shy(t, p, w, k + 1, told);
        }
        if (!found) continue;
        bool second;
        if (*at && !*c->name &&
            hold_the_same(t, p, w, (const int[]){*at, k + 1}, (const char *const[]){unit, told}, &second)) {
            vt_log(VT_LOG_INFO, "%s: columns %d and %d hold the same %s: column %d is taken", t->path, *at,
                   k + 1, want->key, second ? k + 1 : *at);
            if (second) *at = k + 1, strcpy(unit, told);
            continue;
        }
        if (*at)
            return VT_RAISE(VT_EINPUT,
                            "%s:%d: columns %d and %d ('%.40s', '%.40s') are both %s: say which with columns "
                            "'%s=%d'",
                            t->path, p->names + 1, *at, k + 1, table->name[*at - 1], table->name[k],
                            want->key, want->key, *at);
        *at = k + 1;
        snprintf(unit, VT_TABLE_NAME, "%s", told);
    }
    if (c->column) *at = c->column;
    if (!*at && !*c->name && vt_table_among(want->names, "*")) find_by_unit(t, p, table, w, at, unit);
    if (*at || (!want->required && !*c->name)) return VT_OK;
    if (!table->name)
        return VT_RAISE(VT_EINPUT,
                        "%s: no line names the %d columns: say which is %s, as in columns '%s=1 [%s]'",
                        t->path, p->columns, want->key, want->key, want->unit);
    if (*c->name)
        return VT_RAISE(VT_EINPUT, "%s: no column is named '%.40s' (%s); the names are: %s", t->path, c->name,
                        want->key, list);
    return VT_RAISE(
        VT_EINPUT, "%s: no column for %s was found; the names are: %s; say which it is, as in columns '%s=2'",
        t->path, want->key, list, want->key);
}

static enum vt_status find_unit(const struct vt_table_text *t, const struct plan *p, int w, const char *name,
                                const char *unit, struct column *column)
{
    char fit[256];
    const struct vt_table_want *want = &p->want[w];
    vt_units_list(want->unit, fit, sizeof fit);
    const char *more = !strcmp(want->unit, "K") ? ", degC, degF" : "";
    if (!*unit && strcmp(want->unit, "1") != 0)
        return VT_RAISE(
            VT_EINPUT,
            "%s: column %d (%.40s) has no unit: say it in the file, or with columns '%s=%d [%s]'; units "
            "that fit: %s%s",
            t->path, column->at, name, want->key, column->at, want->unit, fit, more);
    if (vt_units_scale(unit, want->unit, &column->factor, &column->offset)) return VT_OK;
    return VT_RAISE(VT_EINPUT, "%s:%d: column %d (%.40s): '%.30s' is not a unit of %s; units that fit: %s%s",
                    t->path,
                    (p->units >= 0   ? p->units
                     : p->names >= 0 ? p->names
                                     : p->first) +
                        1,
                    column->at, name, unit, want->key, fit, more);
}

static enum vt_status keep_names(const struct vt_table_text *t, const struct plan *p, struct vt_table *table)
{
    char *cell[VT_TABLE_CELLS];
    table->columns = p->columns;
    if (p->names < 0 || !cut_names(t, p->names, p, cell)) return VT_OK;
    VT_TRY(vt_alloc(&table->name, p->columns));
    for (int k = 0; k < p->columns; k++) VT_TRY(vt_copy_text(&table->name[k], cell[k]));
    return VT_OK;
}

static enum vt_status find_columns(const struct vt_table_text *t, const struct plan *p,
                                   struct vt_table *table, struct column *column)
{
    char unit[VT_TABLE_NAME];
    VT_TRY(keep_names(t, p, table));
    for (int w = 0; w < p->n; w++) {
        column[w] = (struct column){0, 1, 0};
        VT_TRY(find_column(t, p, table, w, &column[w].at, unit));
        if (!column[w].at) continue;
        if (!*unit) unit_below(t, p, column[w].at, unit);
        if (*p->choice[w].unit) snprintf(unit, sizeof unit, "%s", p->choice[w].unit);
        VT_TRY(find_unit(t, p, w, table->name ? table->name[column[w].at - 1] : p->want[w].key, unit,
                         &column[w]));
        for (int v = 0; v < w; v++)
            if (column[v].at == column[w].at)
                return VT_RAISE(VT_EINPUT, "%s: column %d cannot be both %s and %s", t->path, column[w].at,
                                p->want[v].key, p->want[w].key);
        table->column[w] = column[w].at;
    }
    return VT_OK;
}

/* ------------------------------------------------------------------------------------ rows and notes */

/* Rows with a cell that is empty or NaN: not measured. */
struct holes {
    int n;
    int64_t line[HOLES_SHOWN]; /* the first of them */
    char first[240];           /* what is wrong in the first */
};

static enum vt_status read_row(const struct vt_table_text *t, const struct plan *p, int line,
                               const struct column *column, char *decimal, struct holes *holes,
                               struct vt_table *table)
{
    bool whole = true;
    char *cell[VT_TABLE_CELLS], message[240];
    int n = vt_table_text_cut(t->line[line], p->separator, t->work, cell);
    while (n > p->columns && !*cell[n - 1]) n--;
    if (n != p->columns) {
        snprintf(message, sizeof message, "%d columns, where most lines have %d", n, p->columns);
        return vt_table_text_fail(t->path, line + 1, message);
    }
    for (int w = 0; w < p->n; w++) {
        if (!column[w].at) continue;
        const char *text = cell[column[w].at - 1];
        char sign;
        double value = NAN;
        bool number = vt_table_text_number(text, p->separator != ',', &value, &sign);
        if (number && sign && *decimal && sign != *decimal) {
            snprintf(message, sizeof message,
                     "%s '%.40s': the decimal sign of the lines before is '%c': is this one for thousands?",
                     p->want[w].key, text, *decimal);
            return vt_table_text_fail(t->path, line + 1, message);
        }
        if (number && sign) *decimal = sign;
        value = value * column[w].factor + column[w].offset;
        if (!number || !isfinite(value)) {
            snprintf(message, sizeof message,
                     *text ? "column %d, %s: '%.40s' is no number" : "column %d, %s: the cell is empty%s",
                     column[w].at, p->want[w].key, text);
            if (vt_table_text_hole(text)) {
                if (!holes->n) snprintf(holes->first, sizeof holes->first, "%s", message);
                whole = false;
                continue;
            }
            return vt_table_text_fail(t->path, line + 1, message);
        }
        table->value[w][table->n] = value;
    }
    if (whole) {
        table->line[table->n++] = line + 1;
    } else {
        if (holes->n < HOLES_SHOWN) holes->line[holes->n] = line + 1;
        holes->n++;
    }
    return VT_OK;
}

/* A few rows that were not measured are left out; a column of which much is not there is not used. */
static enum vt_status check_holes(const char *path, const struct holes *holes, int rows)
{
    char list[200] = "";
    size_t used = 0;
    if (!holes->n) return VT_OK;
    if (holes->n > rows * HOLES_SHARE) {
        char message[400];
        snprintf(message, sizeof message,
                 holes->n > 1 ? "%s; %d of %d rows have such cells: up to a tenth would be left out" : "%s",
                 holes->first, holes->n, rows);
        return vt_table_text_fail(path, holes->line[0], message);
    }
    for (int k = 0; k < holes->n && k < HOLES_SHOWN; k++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%lld", k ? ", " : "",
                                 (long long)holes->line[k]);
    vt_log(VT_LOG_WARNING, "%s: %d of %d rows are left out, as a cell of them is empty or NaN: line%s %s%s",
           path, holes->n, rows, holes->n > 1 ? "s" : "", list, holes->n > HOLES_SHOWN ? ", ..." : "");
    return VT_OK;
}

static enum vt_status read_rows(const struct vt_table_text *t, const struct plan *p,
                                const struct column *column, struct vt_table *table)
{
    int rows = 0;
    char decimal = 0;
    struct holes holes = {0};
    for (int k = p->first; k < t->n; k++)
        rows += !vt_table_text_blank(t->line[k]) && !vt_table_text_comment(t->line[k]);
    VT_TRY(vt_alloc(&table->line, rows));
    for (int w = 0; w < p->n; w++)
        if (column[w].at) VT_TRY(vt_alloc(&table->value[w], rows));
    for (int k = p->first; k < t->n; k++)
        if (!vt_table_text_blank(t->line[k]) && !vt_table_text_comment(t->line[k]))
            VT_TRY(read_row(t, p, k, column, &decimal, &holes, table));
    table->decimal = decimal;
    return check_holes(t->path, &holes, rows);
}

static enum vt_status read_notes(const struct vt_table_text *t, int end, char separator,
                                 struct vt_table *table)
{
    for (int k = 0; k < end; k++) {
        strcpy(t->work, t->line[k] + strspn(t->line[k], " \t#!"));
        char *at = separator == ' ' || separator == '\0' ? NULL : strchr(t->work, separator);
        char *sign = strpbrk(t->work, "=:");
        if (sign && (!at || sign < at)) at = sign;
        const bool parted = at && at > t->work;
        if (parted) *at = '\0';
        char *key = parted ? vt_table_text_trim(t->work) : "",
             *text = vt_table_text_trim(parted ? at + 1 + strspn(at + 1, " \t:=,;") : t->work);
        if ((parted && !*key) || !*text) continue;
        VT_TRY(vt_grow(&table->note, &table->note_capacity, table->n_notes + 1));
        struct vt_table_note *note = &table->note[table->n_notes];
        *note = (struct vt_table_note){0};
        table->n_notes++;
        VT_TRY(vt_copy_text(&note->key, key));
        VT_TRY(vt_copy_text(&note->text, text));
    }
    return VT_OK;
}

enum vt_status vt_table_read(const char *path, const char *columns, int n_wants,
                             const struct vt_table_want *wants, struct vt_table *table)
{
    struct vt_table_text text = {0};
    struct plan plan = {.n = n_wants, .want = wants};
    struct column column[WANTS_MAX];
    enum vt_status st;
    assert(n_wants > 0 && n_wants <= WANTS_MAX);
    *table = (struct vt_table){.n_wants = n_wants};
    VT_TRY(vt_alloc(&table->value, n_wants));
    VT_TRY(vt_alloc(&table->column, n_wants));
    VT_TRY(read_choices(columns, &plan));
    VT_TRY_GOTO(st, done, vt_table_text_read(path, &text));
    VT_TRY_GOTO(st, done, find_rows(&text, &plan));
    find_names(&text, &plan);
    VT_TRY_GOTO(st, done, check_between(&text, &plan));
    VT_TRY_GOTO(st, done, find_columns(&text, &plan, table, column));
    VT_TRY_GOTO(st, done, read_rows(&text, &plan, column, table));
    st = read_notes(&text, plan.names >= 0 ? plan.names : plan.first, plan.separator, table);
done:
    vt_table_text_release(&text);
    return st;
}

void vt_table_release(struct vt_table *table)
{
    for (int w = 0; table->value && w < table->n_wants; w++) free(table->value[w]);
    for (int k = 0; table->name && k < table->columns; k++) free(table->name[k]);
    for (int k = 0; k < table->n_notes; k++) free(table->note[k].key), free(table->note[k].text);
    free(table->value), free(table->column), free(table->line), free(table->name), free(table->note);
    *table = (struct vt_table){0};
}
