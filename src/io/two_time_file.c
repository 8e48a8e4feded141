/* two_time_file.c: see two_time_file.h; the text. All numbers are read first, then the table is judged.
 *
 * Lines and what is a number come from table_text.c. Cells are walked here: a row of C has as many as there
 * are frames. */
#include "io/two_time_file.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "io/number.h"
#include "io/table_text.h"

enum { SQUARE_LEAST = 8, LOOKED_AT = 64 };
static const double symmetric_to = 1e-3; /* C(t1, t2) and C(t2, t1), of what C spans */

void vt_correlation_release(struct vt_correlation_file *f)
{
    free(f->delay), free(f->value), free(f->error), free(f->source);
    *f = (struct vt_correlation_file){0};
}

/* ---- units ---- */

bool vt_correlation_unit(const char *unit, double *seconds)
{
    static const struct {
        const char *names; /* short ones with their case */
        double seconds;
    } known[] = {{"s|sec|secs|second|seconds", 1},
                 {"ms|msec|millisecond|milliseconds", 1e-3},
                 {"us|usec|\302\265s|\316\274s|microsecond|microseconds", 1e-6},
                 {"ns|nsec|nanosecond|nanoseconds", 1e-9},
                 {"ps|psec|picosecond|picoseconds", 1e-12},
                 {"fs|fsec|femtosecond|femtoseconds", 1e-15},
                 {"min|mins|minute|minutes", 60},
                 {"h|hr|hrs|hour|hours", 3600},
                 {"frame|frames", 0}};
    size_t length = strlen(unit);
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        for (const char *at = known[k].names; *at; at += *at == '|') {
            size_t n = strcspn(at, "|");
            if (n == length && !(n > 2 ? strncasecmp(at, unit, n) : strncmp(at, unit, n))) {
                *seconds = known[k].seconds;
                return true;
            }
            at += n;
        }
    return false;
}

/* `delay (us)`, `tau/ms`, `t [min]`, `delay_us`: the unit in s; 0: frames. False if there is none. */
static bool unit_of(const char *heading, char name[VT_TABLE_NAME], double *seconds)
{
    enum { COMMA = 3 }; /* `T, K`: commas set names apart here */
    char unit[VT_TABLE_NAME];
    for (int form = 0; form < VT_TABLE_UNIT_FORMS; form++)
        if (form != COMMA && vt_table_split_unit(heading, form, name, unit) &&
            vt_correlation_unit(unit, seconds))
            return true;
    snprintf(name, VT_TABLE_NAME, "%s", heading);
    return false;
}

/* ---- cells ---- */

enum cell { NUMBER, EMPTY, MISSING, WORD };

/* The next cell of a line, without blanks and quotes around it; *at goes behind it, NULL at the end. */
static bool next_cell(const char **at, char separator, const char **begin, int *length)
{
    const char *from = *at, *end;
    if (!from) return false;
    from += strspn(from, separator == '\t' ? " " : " \t");
    if (separator == ' ') {
        if (!*from) return false;
        end = from + strcspn(from, " \t");
        *at = end;
    } else {
        const char *quote = *from == '"' ? strchr(from + 1, '"') : NULL;
        end = strchr(quote ? quote : from, separator);
        if (!end) end = from + strlen(from);
        *at = *end ? end + 1 : NULL;
    }
    while (end > from && (end[-1] == ' ' || end[-1] == '\t')) end--;
    if (end - from >= 2 && *from == '"' && end[-1] == '"') from++, end--;
    *begin = from, *length = (int)(end - from);
    return true;
}

static enum cell judge(const char *begin, int length, char separator, double *value, char *decimal)
{
    static const char *const none[] = {"nan",  "+nan", "-nan", "inf", "+inf",     "-inf",
                                       "none", "null", "na",   "n/a", "infinity", "--"};
    char text[64];
    *decimal = '\0';
    *value = NAN;
    if (!length) return EMPTY;
    if (length >= (int)sizeof text) return WORD;
    memcpy(text, begin, (size_t)length);
    text[length] = '\0';
    if (vt_table_text_number(text, separator != ',', value, decimal)) {
        if (isfinite(*value)) return NUMBER;
        *value = NAN;
        return MISSING;
    }
    for (size_t k = 0; k < sizeof none / sizeof *none; k++)
        if (!strcasecmp(text, none[k])) return MISSING;
    return WORD;
}

/* What stands in a line, cut at this sign; is it a row? Its first cell is a number, or none at all. */
static struct vt_table_look look(const char *line, char separator, bool *row)
{
    struct vt_table_look l = {0};
    const char *begin;
    int length;
    double value;
    char decimal;
    bool first = false;
    while (next_cell(&line, separator, &begin, &length)) {
        enum cell c = judge(begin, length, separator, &value, &decimal);
        if (!l.cells++) first = c != WORD;
        l.numbers += c == NUMBER, l.words += c == WORD;
    }
    *row = first && l.numbers;
    return l;
}

/* A line with a comment sign. Where semicolons set cells apart, one at the begin may be that behind an empty
 * cell: so it is in lines of numbers alone, and in those of as many cells as the rows have (0: none yet). */
static bool is_comment(const char *line, char separator, int columns)
{
    bool row;
    line += strspn(line, " \t");
    if (*line == ';' && separator == ';') {
        struct vt_table_look l = look(line, separator, &row);
        return !(l.cells == columns || (l.numbers && !l.words));
    }
    return *line && strchr("#%;!'", *line);
}

/* The sign under which most cells of the first lines of numbers are numbers, less those that are none. */
static char find_separator(const struct vt_table_text *t)
{
    static const char sign[] = "\t;, ";
    int best = 0;
    char found = ' ';
    for (const char *s = sign; *s; s++) {
        int score = 0, rows = 0;
        for (int k = 0; k < t->n && rows < LOOKED_AT; k++) {
            bool row;
            if (is_comment(t->line[k], *s, 0) || vt_table_text_blank(t->line[k])) continue;
            struct vt_table_look l = look(t->line[k], *s, &row);
            if (l.numbers < 2 || l.numbers <= l.words) continue;
            score += l.numbers - l.words, rows++;
        }
        if (score > best) best = score, found = *s;
    }
    return found;
}

/* ---- the table ---- */

struct table {
    struct vt_table_text text;
    int rows, columns;
    double *value; /* (rows, columns); NAN: no number */
    size_t capacity;
    bool *there; /* (columns): has a cell that is not empty */
    size_t there_capacity;
    int first_line; /* from 0 */
    int heading;    /* the last line above the numbers that is not blank, from 0; -1: none */
    char separator, decimal;
    double frame, frame_scale;
};

static enum vt_status fail(const struct table *t, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static enum vt_status fail(const struct table *t, int line, const char *format, ...)
{
    char message[320];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    return vt_table_text_fail(t->text.path, line + 1, message);
}

/* `dt = 0.5 ms` or `dt [ms] = 0.5` in a line above the numbers. */
static enum vt_status read_frame(struct table *t, int line)
{
    const char *text = t->text.line[line] + strspn(t->text.line[line], " \t#%;!'"),
               *equal = strchr(text, '=');
    char key[VT_TABLE_NAME], name[VT_TABLE_NAME], *end;
    double seconds = 0;
    if (!equal || equal - text >= (ptrdiff_t)sizeof key) return VT_OK;
    snprintf(key, sizeof key, "%.*s", (int)(equal - text), text);
    bool told = unit_of(vt_table_text_trim(key), name, &seconds);
    if (!vt_table_among("dt|frame|frame time", vt_table_text_trim(name))) return VT_OK;
    double v = vt_number(equal + 1, &end);
    if (end == equal + 1) return VT_OK;
    const char *unit = end + strspn(end, " \t([");
    size_t length = strcspn(unit, " \t,;)]#");
    if (length && !told) {
        snprintf(key, sizeof key, "%.*s", (int)(length < sizeof key ? length : sizeof key - 1), unit);
        told = vt_correlation_unit(key, &seconds);
    }
    if (*end == ',' || (!told && length) || (told && !(seconds > 0)))
        return fail(t, line,
                    "'%.60s': the time of a frame is due as a number and a unit of time: dt = 0.5 ms", text);
    if (!(v > 0) || !isfinite(v)) return fail(t, line, "'%.60s': a time above 0 is due", text);
    t->frame = v, t->frame_scale = told ? seconds : 0;
    return VT_OK;
}

static enum vt_status read_row(struct table *t, int line)
{
    const char *at = t->text.line[line], *begin;
    size_t filled = (size_t)t->rows * (size_t)t->columns;
    int n = 0, length;
    while (next_cell(&at, t->separator, &begin, &length)) {
        double v;
        char decimal;
        enum cell c = judge(begin, length, t->separator, &v, &decimal);
        if (c == WORD) return fail(t, line, "'%.*s' is no number", length < 40 ? length : 40, begin);
        if (decimal && t->decimal && decimal != t->decimal)
            return fail(t, line, "'%.*s' has a decimal %s, where the lines before have the other sign",
                        length < 40 ? length : 40, begin, decimal == ',' ? "comma" : "point");
        if (decimal) t->decimal = decimal;
        if (t->rows && n == t->columns)
            return fail(t, line, "more than the %d columns of the lines before", t->columns);
        VT_TRY(vt_grow(&t->value, &t->capacity, filled + (size_t)n + 1));
        if (!t->rows) {
            VT_TRY(vt_grow(&t->there, &t->there_capacity, (size_t)n + 1));
            t->there[n] = false;
        }
        if (c != EMPTY) t->there[n] = true;
        t->value[filled + (size_t)n++] = v;
    }
    if (t->rows && n != t->columns)
        return fail(t, line, "%d columns, where the lines before have %d", n, t->columns);
    if (!t->rows) t->first_line = line;
    t->columns = n, t->rows++;
    return VT_OK;
}

/* Columns at the end that are empty in all rows: a separator ends each line. */
static void drop_empty(struct table *t)
{
    int left = t->columns;
    while (left && !t->there[left - 1]) left--;
    if (left == t->columns) return;
    for (size_t row = 0; row < (size_t)t->rows; row++)
        memmove(t->value + row * (size_t)left, t->value + row * (size_t)t->columns,
                (size_t)left * sizeof *t->value);
    t->columns = left;
}

static enum vt_status read_table(struct table *t)
{
    int words = 0;
    t->heading = -1;
    t->separator = find_separator(&t->text);
    for (int k = 0; k < t->text.n; k++) {
        const char *line = t->text.line[k];
        bool comment = is_comment(line, t->separator, t->columns), row = false;
        if (vt_table_text_blank(line)) continue;
        if (!comment && !t->rows) look(line, t->separator, &row);
        if (!comment && (t->rows || row)) {
            VT_TRY(read_row(t, k));
            continue;
        }
        if (!comment && words++) return fail(t, k, "'%.40s' is no number", line + strspn(line, " \t"));
        if (t->rows) continue; /* a comment between numbers */
        VT_TRY(read_frame(t, k));
        t->heading = k;
    }
    if (!t->rows)
        return VT_RAISE(VT_EINPUT, "%s: no numbers: a table of g2 or C(t1, t2) is due", t->text.path);
    drop_empty(t);
    return VT_OK;
}

/* ---- C ---- */

struct halves {
    double worst;            /* the largest difference of C(t1, t2) and C(t2, t1), of what C spans */
    bool no_lower, no_upper; /* all zero or no number */
    int row, column;         /* of a pair of which neither half is a number; -1: none */
};

static struct halves compare_halves(int n, const double *c)
{
    struct halves h = {0, true, true, -1, -1};
    double low = INFINITY, high = -INFINITY, worst = 0;
    for (size_t a = 0; a < (size_t)n; a++)
        for (size_t b = a + 1; b < (size_t)n; b++) {
            double up = c[a * (size_t)n + b], down = c[b * (size_t)n + a];
            if (isfinite(up)) low = fmin(low, up), high = fmax(high, up), h.no_upper = h.no_upper && up == 0;
            if (isfinite(down))
                low = fmin(low, down), high = fmax(high, down), h.no_lower = h.no_lower && down == 0;
            if (isfinite(up) && isfinite(down)) worst = fmax(worst, fabs(up - down));
            if (!isfinite(up) && !isfinite(down) && h.row < 0) h.row = (int)a, h.column = (int)b;
        }
    h.worst = high > low ? worst / (high - low) : worst > 0 ? INFINITY : 0;
    return h;
}

static bool are_alike(const struct halves *h)
{
    return h->row < 0 && (h->worst < symmetric_to || h->no_lower != h->no_upper);
}

static enum vt_status no_number(const char *path, int a, int b)
{
    return VT_RAISE(VT_EINPUT, "%s: C(t1, t2) of the frames %d and %d, from 1, is no finite number", path,
                    a + 1, b + 1);
}

enum vt_status vt_correlation_symmetric(const char *path, int n, double *c)
{
    struct halves h = compare_halves(n, c);
    if (h.row >= 0) return no_number(path, h.row, h.column);
    if (!are_alike(&h))
        return VT_RAISE(VT_EINPUT,
                        "%s: C(t1, t2) and C(t2, t1) differ by %.2g of what C spans: a symmetric "
                        "square, or one half and zeros, is due",
                        path, h.worst);
    bool half = h.no_lower != h.no_upper;
    for (size_t a = 0; a < (size_t)n; a++) {
        if (!isfinite(c[a * (size_t)n + a])) c[a * (size_t)n + a] = NAN;
        for (size_t b = a + 1; b < (size_t)n; b++) {
            double *up = &c[a * (size_t)n + b], *down = &c[b * (size_t)n + a];
            double v = half              ? h.no_lower ? *up : *down
                       : !isfinite(*up)  ? *down
                       : isfinite(*down) ? (*up + *down) / 2
                                         : *up;
            if (!isfinite(v)) return no_number(path, (int)a, (int)b);
            *up = *down = v;
        }
    }
    return VT_OK;
}

static enum vt_status take_square(const char *path, struct table *t, struct vt_correlation_file *out)
{
    if (t->rows != t->columns || t->rows < SQUARE_LEAST)
        return VT_RAISE(VT_EINPUT, "%s: %d rows of %d numbers: C(t1, t2) is a square of at least %d a side",
                        path, t->rows, t->columns, SQUARE_LEAST);
    VT_TRY(vt_correlation_symmetric(path, t->rows, t->value));
    out->kind = VT_CORRELATION_TWO_TIME, out->n = t->rows, out->columns = 1;
    out->value = t->value;
    t->value = NULL;
    return VT_OK;
}

/* ---- names of the columns of g2 ---- */

/* Does the name hold a word for an error? Words are runs of letters: "g2_err_q1" has g, err and q. */
static bool is_error_name(const char *name)
{
    static const char *const begin[] = {"err", "sigma", "std", "stderr", "uncert"},
                             *const whole[] = {"unc", "sd"},
                             *const sign[] = {"\317\203", "\316\224", "\302\261", "+-", "+/-"};
    if (!strncasecmp(name, "d_", 2) || !strncasecmp(name, "e_", 2) || !strncasecmp(name, "dg2", 3))
        return true;
    for (size_t k = 0; k < sizeof sign / sizeof *sign; k++)
        if (strstr(name, sign[k])) return true;
    for (const char *at = name; *at;) {
        size_t n = 0;
        while (isalpha((unsigned char)at[n])) n++;
        for (size_t k = 0; k < sizeof begin / sizeof *begin; k++)
            if (n >= strlen(begin[k]) && !strncasecmp(at, begin[k], strlen(begin[k]))) return true;
        for (size_t k = 0; k < sizeof whole / sizeof *whole; k++)
            if (n == strlen(whole[k]) && !strncasecmp(at, whole[k], n)) return true;
        if ((n > 3 && !strncasecmp(at + n - 3, "err", 3)) || (n > 5 && !strncasecmp(at + n - 5, "error", 5)))
            return true;
        at += n ? n : 1;
    }
    return false;
}

/* Words of a heading that blanks set apart, in place: "(us)" belongs to the word before it, and so do words
 * before a unit of the first column, if there are too many. Returns how many are left. */
static int join_words(int n, char **cell, int columns)
{
    int kept = 0;
    for (int k = 0; k < n; k++) {
        if (kept && strchr("([/", *cell[k]))
            cell[kept - 1][strlen(cell[kept - 1])] = ' ';
        else
            cell[kept++] = cell[k];
    }
    int more = kept - columns;
    char name[VT_TABLE_NAME];
    double seconds;
    if (more <= 0 || !unit_of(cell[more], name, &seconds)) return kept;
    for (int k = 0; k < more; k++) cell[k][strlen(cell[k])] = ' ';
    for (int k = 1; k < columns; k++) cell[k] = cell[k + more];
    return columns;
}

/* Names of all columns in name, which point into work; false if the heading does not give them. count: how
 * many there are if it is cut as the rows are. */
static bool find_names(struct table *t, char *name[VT_TABLE_CELLS], int *count)
{
    const char *line = t->text.line[t->heading] + strspn(t->text.line[t->heading], " \t#%;!'");
    const char sign[] = {t->separator, '\t', ';', ',', '2', ' '};
    for (size_t s = 0; s < sizeof sign; s++) {
        if (s && sign[s] == t->separator) continue;
        int n = vt_table_text_cut(line, sign[s], t->text.work, name);
        if (n > VT_TABLE_CELLS) {
            if (!s) *count = n;
            continue;
        }
        while (n && !*name[n - 1]) n--;
        if (sign[s] == ' ') n = join_words(n, name, t->columns);
        if (!s) *count = n;
        if (n == t->columns) return true;
    }
    return false;
}

/* Which columns are errors, and the unit of the first. */
static enum vt_status read_names(struct table *t, enum vt_correlation_columns how, bool *is_error,
                                 struct vt_correlation_file *out)
{
    char *name[VT_TABLE_CELLS], first[VT_TABLE_NAME];
    int count = 0;
    const char *path = t->text.path;
    for (int k = 0; k < t->columns; k++) is_error[k] = how == VT_COLUMNS_PAIRS && k && k % 2 == 0;
    if (how == VT_COLUMNS_PAIRS && t->columns % 2 == 0)
        return VT_RAISE(VT_EINPUT, "%s: %d columns are no delay with pairs of g2 and error", path,
                        t->columns);
    bool told = how == VT_COLUMNS_TOLD, named = t->heading >= 0 && find_names(t, name, &count);
    if (named) {
        double seconds;
        if (unit_of(name[0], first, &seconds)) out->delay_scale = seconds, out->in_frames = !(seconds > 0);
        for (int k = 1; k < t->columns && told; k++) is_error[k] = is_error_name(name[k]);
        return VT_OK;
    }
    if (t->heading >= 0) {
        const char *line = t->text.line[t->heading];
        bool comment = is_comment(line, t->separator, 0);
        if (!comment && count > 1 && (t->separator != ' ' || count < t->columns))
            return fail(t, t->heading,
                        "the heading has %d names, where the lines below have %d numbers; a line that is no "
                        "heading begins with #",
                        count, t->columns);
        if (told && t->columns > 3 && is_error_name(line))
            return fail(t, t->heading,
                        "the heading speaks of errors, but its %d names are not those of %d columns: say "
                        "--columns pairs, or --columns g2",
                        count, t->columns);
    }
    if (told && t->columns == 3) is_error[2] = true;
    return VT_OK;
}

/* ---- g2 ---- */

/* Where each column goes: g2 and error k, errors behind each g2, or all behind all. */
static enum vt_status pair_errors(const struct table *t, const bool *is_error, int *place, int *errors)
{
    int values = 0, changes = 0;
    *errors = 0;
    for (int k = 1; k < t->columns; k++) {
        place[k] = is_error[k] ? (*errors)++ : values++;
        changes += k > 1 && is_error[k] != is_error[k - 1];
    }
    if (*errors && *errors != values)
        return VT_RAISE(VT_EINPUT, "%s: %d columns of g2 and %d of errors: all or none have errors",
                        t->text.path, values, *errors);
    if (*errors && (is_error[1] || (changes != 1 && changes != t->columns - 2)))
        return VT_RAISE(VT_EINPUT,
                        "%s: errors are due behind each column of g2, or all of them behind all of g2",
                        t->text.path);
    return VT_OK;
}

static enum vt_status check_cell(const struct table *t, bool is_error, int row, int column, double v,
                                 double before)
{
    const char *about;
    if (!column && !(v >= 0 && (!row || v > before)))
        about = "delays from 0 up are due, each longer than the one before";
    else if (is_error && v <= 0)
        about = "a positive one is due; leave the column out if there is none";
    else
        return VT_OK;
    return VT_RAISE(VT_EINPUT, "%s: row %d (the first is in line %d): %s is %g, and %s", t->text.path,
                    row + 1, t->first_line + 1, column ? "an error" : "the delay", v, about);
}

static enum vt_status take_g2(struct table *t, enum vt_correlation_columns how,
                              struct vt_correlation_file *out)
{
    bool *is_error = NULL;
    int errors, *place = NULL;
    enum vt_status st;
    if (t->columns < 2 || t->rows < 3)
        return VT_RAISE(VT_EINPUT, "%s: %d rows of %d numbers: at least 3 of delay and g2 are due",
                        t->text.path, t->rows, t->columns);
    VT_TRY_GOTO(st, done, vt_alloc(&is_error, t->columns));
    VT_TRY_GOTO(st, done, vt_alloc(&place, t->columns));
    VT_TRY_GOTO(st, done, read_names(t, how, is_error, out));
    VT_TRY_GOTO(st, done, pair_errors(t, is_error, place, &errors));
    out->kind = VT_CORRELATION_G2, out->n = t->rows, out->columns = t->columns - 1 - errors;
    size_t n = (size_t)t->rows;
    VT_TRY_GOTO(st, done, vt_alloc(&out->delay, n));
    VT_TRY_GOTO(st, done, vt_alloc(&out->value, n * (size_t)out->columns));
    if (errors) VT_TRY_GOTO(st, done, vt_alloc(&out->error, n * (size_t)out->columns));
    for (int k = 0; k < t->columns; k++) {
        double *to = !k            ? out->delay
                     : is_error[k] ? out->error + (size_t)place[k] * n
                                   : out->value + (size_t)place[k] * n;
        int missing = 0;
        for (int row = 0; row < t->rows; row++) {
            to[row] = t->value[(size_t)row * (size_t)t->columns + (size_t)k];
            missing += isnan(to[row]);
            VT_TRY_GOTO(st, done, check_cell(t, is_error[k], row, k, to[row], row ? to[row - 1] : 0));
        }
        if (10 * missing > t->rows) {
            st = VT_RAISE(VT_EINPUT,
                          "%s: column %d is no finite number in %d of %d rows: a tenth at most may be none",
                          t->text.path, k + 1, missing, t->rows);
            goto done;
        }
    }
done:
    free(is_error), free(place);
    return st;
}

/* ---- all of it ---- */

/* What a table is of which it is not told: a symmetric square is C, what begins with ascending delays is g2.
 */
static enum vt_status tell_kind(const struct table *t, enum vt_correlation_kind *kind)
{
    *kind = VT_CORRELATION_G2;
    if (t->rows != t->columns || t->rows < SQUARE_LEAST) return VT_OK;
    struct halves h = compare_halves(t->rows, t->value);
    if (are_alike(&h)) {
        *kind = VT_CORRELATION_TWO_TIME;
        return VT_OK;
    }
    for (size_t row = 0; row < (size_t)t->rows; row++) {
        const double *delay = t->value + row * (size_t)t->columns;
        if (*delay >= 0 && (!row || *delay > delay[-t->columns])) continue;
        if (h.row >= 0) {
            *kind = VT_CORRELATION_TWO_TIME; /* which says where there is no number */
            return VT_OK;
        }
        return VT_RAISE(
            VT_EINPUT,
            "%s: a square of %d a side, but not symmetric: C(t1, t2) and C(t2, t1) differ by %.2g of "
            "what C spans, where %g is allowed; and its first column does not ascend as delays of g2 "
            "do. Give the mean of both halves, or one half and zeros; --kind says what it is",
            t->text.path, t->rows, h.worst, symmetric_to);
    }
    return VT_OK;
}

static bool is_hdf5(const char *path)
{
    char magic[8] = {0};
    FILE *file = fopen(path, "re");
    size_t n = file ? fread(magic, 1, sizeof magic, file) : 0;
    if (file) fclose(file);
    return n == sizeof magic && !memcmp(magic, "\x89HDF\r\n\x1a\n", sizeof magic);
}

enum vt_status vt_correlation_read(const char *path, const struct vt_correlation_reading *how,
                                   struct vt_correlation_file *out)
{
    struct table t = {0};
    enum vt_correlation_kind kind = how->kind;
    enum vt_status st;
    *out = (struct vt_correlation_file){.of = 1};
    if (is_hdf5(path)) return vt_correlation_read_h5(path, how, out);
    VT_TRY_GOTO(st, done, vt_table_text_read(path, &t.text));
    VT_TRY_GOTO(st, done, read_table(&t));
    out->frame = t.frame, out->frame_scale = t.frame_scale;
    if (kind == VT_CORRELATION_TOLD) VT_TRY_GOTO(st, done, tell_kind(&t, &kind));
    st = kind == VT_CORRELATION_TWO_TIME ? take_square(path, &t, out) : take_g2(&t, how->columns, out);
done:
    free(t.value), free(t.there);
    vt_table_text_release(&t.text);
    return st;
}
