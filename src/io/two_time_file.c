/* two_time_file.c: see two_time_file.h; the text. All numbers are read first, then the table is judged. */
#include "io/two_time_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "io/lines.h"
#include "io/number.h"

enum { SQUARE_LEAST = 8, NAMES_MAX = 256 };

void vt_correlation_release(struct vt_correlation_file *f)
{
    free(f->delay), free(f->value), free(f->error), free(f->source);
    *f = (struct vt_correlation_file){0};
}

struct table {
    int rows, columns;
    double *value; /* (rows, columns) */
    size_t capacity;
    int64_t first_line;
    char *names; /* the last line above the numbers that is not blank */
    double frame;
};

/* `dt = 0.5` in a line above the numbers. */
static void read_frame(const char *line, struct table *t)
{
    static const char *const key[] = {"dt", "frame", "frame_time"};
    const char *equal = strchr(line, '=');
    if (!equal) return;
    const char *begin = line + strspn(line, " \t#%;!'"), *end = equal;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t')) end--;
    for (size_t k = 0; k < sizeof key / sizeof *key; k++) {
        if ((size_t)(end - begin) != strlen(key[k]) || strncasecmp(begin, key[k], strlen(key[k])) != 0)
            continue;
        double v = strtod(equal + 1, NULL);
        if (v > 0 && isfinite(v)) t->frame = v;
    }
}

static const char separators[] = " \t,;\r";

/* Is the line one of numbers? Its first word is. */
static bool is_row(const char *line)
{
    char *end;
    line += strspn(line, separators);
    vt_number(line, &end);
    return end != line && (!*end || strchr(separators, *end));
}

static enum vt_status read_row(const struct vt_lines *lines, struct table *t)
{
    int n = 0;
    size_t filled = (size_t)t->rows * (size_t)t->columns;
    for (const char *at = lines->text + strspn(lines->text, separators); *at; at += strspn(at, separators)) {
        char *end;
        double v = vt_number(at, &end);
        if (end == at || (*end && !strchr(separators, *end)))
            return vt_lines_fail(lines, "'%.*s' is no number", (int)fmin((double)strcspn(at, separators), 40),
                                 at);
        if (!isfinite(v)) return vt_lines_fail(lines, "column %d is no finite number", n + 1);
        if (t->rows && n == t->columns)
            return vt_lines_fail(lines, "more than the %d columns of the lines before", t->columns);
        VT_TRY(vt_grow(&t->value, &t->capacity, filled + (size_t)n + 1));
        t->value[filled + (size_t)n++] = v;
        at = end;
    }
    if (t->rows && n != t->columns)
        return vt_lines_fail(lines, "%d columns, where the lines before have %d", n, t->columns);
    if (!t->rows) t->first_line = lines->number;
    t->columns = n, t->rows++;
    return VT_OK;
}

static enum vt_status read_table(struct vt_lines *lines, struct table *t)
{
    int words = 0;
    while (vt_lines_next(lines)) {
        const char *text = lines->text + strspn(lines->text, " \t\r");
        bool comment = *text && strchr("#%;!'", *text);
        if (lines->text[strcspn(lines->text, "\x01\x02\x03\x04\x05\x06\x0e\x0f\x10")])
            return vt_lines_fail(lines, "this is no text");
        if (!*text) continue;
        if (!comment && (t->rows || is_row(text))) {
            VT_TRY(read_row(lines, t));
            continue;
        }
        if (!comment && words++) return vt_lines_fail(lines, "'%.40s' is no number", text);
        if (t->rows) continue; /* a comment between numbers */
        read_frame(text, t);
        char *names;
        VT_TRY(vt_alloc(&names, strlen(text) + 1));
        strcpy(names, text);
        free(t->names);
        t->names = names;
    }
    if (!t->rows)
        return VT_RAISE(VT_EINPUT, "%s: no numbers: a table of g2 or C(t1, t2) is due", lines->path);
    return VT_OK;
}

/* ---- C ---- */

/* The largest difference of C(t1, t2) and C(t2, t1), as a part of what C spans; which halves are all zero. */
static double asymmetry(int n, const double *c, bool *no_lower, bool *no_upper)
{
    double low = INFINITY, high = -INFINITY, worst = 0;
    *no_lower = *no_upper = true;
    for (size_t a = 0; a < (size_t)n; a++)
        for (size_t b = a + 1; b < (size_t)n; b++) {
            double up = c[a * (size_t)n + b], down = c[b * (size_t)n + a];
            low = fmin(low, fmin(up, down)), high = fmax(high, fmax(up, down));
            worst = fmax(worst, fabs(up - down));
            if (up != 0) *no_upper = false;
            if (down != 0) *no_lower = false;
        }
    return high > low ? worst / (high - low) : worst > 0 ? INFINITY : 0;
}

static bool is_symmetric(int n, const double *c)
{
    bool no_lower, no_upper;
    double a = asymmetry(n, c, &no_lower, &no_upper);
    return a < 1e-3 || no_lower != no_upper;
}

enum vt_status vt_correlation_symmetric(const char *path, int n, double *c)
{
    bool no_lower, no_upper;
    double worst = asymmetry(n, c, &no_lower, &no_upper);
    if (no_lower == no_upper && !(worst < 1e-3))
        return VT_RAISE(VT_EINPUT,
                        "%s: C(t1, t2) and C(t2, t1) differ by %.2g of what C spans: a symmetric "
                        "square, or one half and zeros, is due",
                        path, worst);
    for (size_t a = 0; a < (size_t)n; a++)
        for (size_t b = a + 1; b < (size_t)n; b++) {
            double *up = &c[a * (size_t)n + b], *down = &c[b * (size_t)n + a];
            *up = *down = no_lower == no_upper ? (*up + *down) / 2 : no_lower ? *up : *down;
        }
    return VT_OK;
}

/* ---- g2 ---- */

static bool is_error_name(const char *name)
{
    static const char *const begin[] = {"err", "sigma", "std", "d_", "e_", "dg2"};
    for (size_t k = 0; k < sizeof begin / sizeof *begin; k++)
        if (!strncasecmp(name, begin[k], strlen(begin[k]))) return true;
    return false;
}

/* Which columns are errors of the one before. */
static enum vt_status find_errors(const char *path, const struct table *t, enum vt_correlation_columns how,
                                  bool *is_error)
{
    char *word[NAMES_MAX];
    for (int k = 0; k < t->columns; k++) is_error[k] = how == VT_COLUMNS_PAIRS && k && k % 2 == 0;
    if (how == VT_COLUMNS_PAIRS && t->columns % 2 == 0)
        return VT_RAISE(VT_EINPUT, "%s: %d columns are no delay with pairs of g2 and error", path,
                        t->columns);
    if (how != VT_COLUMNS_TOLD) return VT_OK;
    char *names = t->names;
    for (char *c = names; c && *c; c++)
        if (strchr(",;", *c)) *c = ' ';
    int n = names ? vt_lines_split(names + strspn(names, " \t#%;!'"), word, NAMES_MAX) : 0;
    if (n == t->columns && n <= NAMES_MAX) {
        for (int k = 2; k < n; k++) is_error[k] = is_error_name(word[k]) && !is_error[k - 1];
        return VT_OK;
    }
    is_error[2 < t->columns ? 2 : 0] = t->columns == 3;
    return VT_OK;
}

/* The unit of times in the heading of the first column: "delay (us), g2", "tau/ms g2", "t [s]"; "" if it
 * tells none. */
static void find_unit(const char *names, char unit[8])
{
    static const struct {
        const char *word, *unit;
    } known[] = {{"s", "s"},   {"sec", "s"}, {"seconds", "s"},    {"ms", "ms"},       {"us", "us"},
                 {"ns", "ns"}, {"ps", "ps"}, {"\302\265s", "us"}, {"\316\274s", "us"}};
    *unit = '\0';
    if (!names) return;
    names += strspn(names, " \t#%;!'");
    const char *at = strpbrk(names, "([/,;\t"), *blank = strchr(names, ' ');
    if (!at || !strchr("([/", *at)) return;
    /* Where blanks part the names, one word only stands before the unit. */
    if (!strpbrk(at, ",;\t") && blank && blank + strspn(blank, " ") < at) return;
    at += 1 + strspn(at + 1, " ");
    size_t length = strcspn(at, ")], ;\t\r");
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (length == strlen(known[k].word) && !strncmp(at, known[k].word, length))
            strcpy(unit, known[k].unit);
}

static enum vt_status take_g2(const char *path, const struct table *t, enum vt_correlation_columns how,
                              struct vt_correlation_file *out)
{
    bool *is_error = NULL;
    int errors = 0, column = -1;
    enum vt_status st;
    if (t->columns < 2 || t->rows < 3)
        return VT_RAISE(VT_EINPUT, "%s: %d rows of %d numbers: at least 3 of delay and g2 are due", path,
                        t->rows, t->columns);
    VT_TRY_GOTO(st, done, vt_alloc(&is_error, t->columns));
    find_unit(t->names, out->unit); /* before names are cut */
    VT_TRY_GOTO(st, done, find_errors(path, t, how, is_error));
    for (int k = 1; k < t->columns; k++) errors += is_error[k];
    out->kind = VT_CORRELATION_G2, out->n = t->rows, out->columns = t->columns - 1 - errors;
    if (errors && errors != out->columns) {
        st = VT_RAISE(VT_EINPUT, "%s: %d columns of g2 and %d of errors: all or none have errors", path,
                      out->columns, errors);
        goto done;
    }
    size_t n = (size_t)t->rows;
    VT_TRY_GOTO(st, done, vt_alloc(&out->delay, n));
    VT_TRY_GOTO(st, done, vt_alloc(&out->value, n * (size_t)out->columns));
    if (errors) VT_TRY_GOTO(st, done, vt_alloc(&out->error, n * (size_t)out->columns));
    for (int k = 0; k < t->columns; k++) {
        double *to = !k ? out->delay : is_error[k] ? out->error + (size_t)column * n : NULL;
        if (!to) to = out->value + (size_t)++column * n;
        for (size_t row = 0; row < n; row++) {
            to[row] = t->value[row * (size_t)t->columns + (size_t)k];
            bool good = k ? !is_error[k] || to[row] > 0 : to[row] >= 0 && (!row || to[row] > to[row - 1]);
            if (good) continue;
            st = VT_RAISE(VT_EINPUT, "%s: row %zu (the first is in line %lld): %s is %g, and %s", path,
                          row + 1, (long long)t->first_line, k ? "an error" : "the delay", to[row],
                          k ? "a positive one is due; leave the column out if there is none"
                            : "delays from 0 up are due, each longer than the one before");
            goto done;
        }
    }
done:
    free(is_error);
    return st;
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
    struct vt_lines lines;
    struct table t = {0};
    *out = (struct vt_correlation_file){0};
    if (is_hdf5(path)) return vt_correlation_read_h5(path, how, out);
    VT_TRY(vt_lines_open(&lines, path));
    enum vt_status st = read_table(&lines, &t);
    vt_lines_close(&lines);
    VT_TRY_GOTO(st, done, st);
    out->frame = t.frame;
    bool square = t.rows == t.columns && t.rows >= SQUARE_LEAST && is_symmetric(t.rows, t.value);
    if (how->kind == VT_CORRELATION_TWO_TIME || (how->kind == VT_CORRELATION_TOLD && square))
        st = take_square(path, &t, out);
    else
        st = take_g2(path, &t, how->columns, out);
done:
    free(t.value), free(t.names);
    return st;
}
