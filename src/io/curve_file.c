/* curve_file.c: see curve_file.h.
 *
 * Where data begin: behind the last line that says "start data", if there is one; else behind the last line
 * that is neither a comment nor numbers. Headers hold tables of numbers too, but short ones: a line of words
 * behind more than HEADER_ROWS rows of numbers is damage, and data before it must not be lost. */
#include "io/curve_file.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "io/lines.h"
#include "io/number.h"

enum { COLUMNS_MAX = 16, HEADER_ROWS = 8 };

void vt_curve_release(struct vt_curve_file *c)
{
    free(c->x), free(c->y), free(c->error);
    for (int k = 0; k < c->n_notes; k++) free(c->note[k].key), free(c->note[k].text);
    free(c->note);
    *c = (struct vt_curve_file){0};
}

const char *vt_curve_note(const struct vt_curve_file *c, const char *key)
{
    for (int k = c->n_notes - 1; k >= 0; k--)
        if (!strcasecmp(c->note[k].key, key)) return c->note[k].text;
    return NULL;
}

/* ---------------------------------------------------------------------------------------------- one line */

static bool is_comment(const char *line)
{
    line += strspn(line, " \t");
    return *line == '#' || *line == '\'' || *line == '!' || *line == ';' || *line == '%';
}

static bool is_blank(const char *line)
{
    return !line[strspn(line, " \t\r")];
}

static bool says(const char *line, const char *word)
{
    return strcasestr(line, word) != NULL;
}

static bool begins(const char *word, const char *with)
{
    return !strncasecmp(word, with, strlen(with));
}

/* The numbers of a line, at most COLUMNS_MAX; 0 if it is none or holds anything else. Columns stand apart by
 * blanks, commas or semicolons. Not-a-number is a number here, to be complained of later. */
static int numbers(const char *line, double value[COLUMNS_MAX])
{
    int n = 0;
    for (const char *at = line + strspn(line, " \t"); *at && *at != '\r'; at += strspn(at, " \t,;\r")) {
        char *end;
        double v = vt_number(at, &end);
        if (end == at || (*end && !strchr(" \t,;\r", *end))) return 0;
        if (n == COLUMNS_MAX) return 0;
        value[n++] = v;
        at = end;
    }
    return n;
}

/* A copy of text without blanks at its ends. */
static enum vt_status copy(char **to, const char *text, size_t length)
{
    while (length && isspace((unsigned char)*text)) text++, length--;
    while (length && isspace((unsigned char)text[length - 1])) length--;
    VT_TRY(vt_alloc(to, length + 1));
    memcpy(*to, text, length);
    return VT_OK;
}

/* `key = value`, and more of them on the line: a value ends where blanks and the next key begin. */
static enum vt_status take_notes(struct vt_curve_file *c, const char *line)
{
    line += strspn(line, " \t#'!;%");
    for (const char *equal = strchr(line, '='); equal; equal = strchr(line, '=')) {
        const char *next = strchr(equal + 1, '='), *end = equal + 1 + strlen(equal + 1);
        if (next) {
            const char *word = next;
            while (word > equal + 1 && isspace((unsigned char)word[-1])) word--;
            while (word > equal + 1 && !isspace((unsigned char)word[-1])) word--;
            if (word > equal + 1) end = word;
        }
        VT_TRY(vt_grow(&c->note, &c->note_capacity, c->n_notes + 1));
        struct vt_curve_note *note = &c->note[c->n_notes];
        *note = (struct vt_curve_note){0};
        VT_TRY(copy(&note->key, line, (size_t)(equal - line)));
        c->n_notes++;
        VT_TRY(copy(&note->text, equal + 1, (size_t)(end - equal - 1)));
        line = end;
    }
    return VT_OK;
}

/* ------------------------------------------------------------------------------ what the header says */

/* The dialect by a line of the header; NULL if the line does not tell. */
static const char *dialect_of(const char *line)
{
    static const struct {
        const char *word, *dialect;
    } signs[] = {
        {"pdfgetx3", "PDFgetX3"},           {"pdfgetx-", "PDFgetX3"},        {"xPDFsuite", "xPDFsuite"},
        {"Get_XPDF", "PDFgetX2"},           {"pdfgetx2", "PDFgetX2"},        {"PDFgetN", "PDFgetN"},
        {"mar_utilities", "mar_utilities"}, {"#Comment: neutron", "Mantid"}, {"pyFAI", "pyFAI"},
        {"version = vitrum", "Vitrum"},
    };
    for (size_t k = 0; k < sizeof signs / sizeof *signs; k++)
        if (says(line, signs[k].word)) return signs[k].dialect;
    return NULL;
}

/* Is it this name, alone or before what is no letter: "r", "r(A)", "Q[1/A]", "q_nm^-1"? */
static bool is_name(const char *word, const char *name)
{
    return begins(word, name) && !isalpha((unsigned char)word[strlen(name)]);
}

/* 'A' or 'n' if a unit holds angstrom or nanometres, else 0. */
static char length_unit(const char *text)
{
    return says(text, "nm") ? 'n' : strchr(text, 'A') || strstr(text, "\xc3\x85") ? 'A' : 0;
}

/* Kinds by the names of the columns: "r(A) G(r) d_r d_Gr", "2th_deg I", "q_nm^-1 I sigma", "r (A) G (A^-2)".
 * A unit of length is noted where one is told. */
static void read_labels(const char *labels, struct vt_curve_file *c)
{
    char text[256], *word[COLUMNS_MAX];
    int n = 0;
    bool radians = false;
    snprintf(text, sizeof text, "%s", labels + strspn(labels, " \t#"));
    int all = vt_lines_split(text, word, COLUMNS_MAX);
    for (int k = all && !strcmp(word[0], "L"); k < all && k < COLUMNS_MAX; k++)
        if (*word[k] != '(' && *word[k] != '[')
            word[n++] = word[k];
        else if (n == 1) {
            c->length = length_unit(word[k] + 1);
            radians = begins(word[k] + 1, "rad");
        }
    if (n < 2) return;
    const char *x = word[0], *y = word[1];
    if (begins(x, "2th") || begins(x, "tth") || begins(x, "two"))
        c->abscissa = VT_ABSCISSA_TWO_THETA;
    else if (is_name(x, "q") || is_name(x, "chi_q"))
        c->abscissa = VT_ABSCISSA_Q;
    else if (is_name(x, "r"))
        c->abscissa = VT_ABSCISSA_R;
    if (length_unit(x + 1)) c->length = length_unit(x + 1);
    c->radians = c->abscissa == VT_ABSCISSA_TWO_THETA && (radians || says(x, "rad"));
    if (is_name(y, "I") || begins(y, "intensity") || is_name(y, "chi_I") || begins(y, "counts"))
        c->ordinate = VT_ORDINATE_INTENSITY;
    else if (c->abscissa == VT_ABSCISSA_R && is_name(y, "G"))
        c->ordinate = *y == 'G' ? VT_ORDINATE_REDUCED : VT_ORDINATE_G;
    else if (c->abscissa == VT_ABSCISSA_Q && is_name(y, "F"))
        c->ordinate = VT_ORDINATE_F;
    else if (c->abscissa == VT_ABSCISSA_Q && is_name(y, "S"))
        c->ordinate = VT_ORDINATE_S;
}

/* From nanometres, everything that is or holds a length: r, q, G(r) and F(q). */
static void to_angstrom(struct vt_curve_file *c)
{
    const double length = 0.1;
    double x = c->abscissa == VT_ABSCISSA_Q ? length : c->abscissa == VT_ABSCISSA_R ? 1 / length : 1;
    double y = c->ordinate == VT_ORDINATE_F         ? length
               : c->ordinate == VT_ORDINATE_REDUCED ? length * length
                                                    : 1;
    for (int k = 0; k < c->n; k++) {
        c->x[k] *= x;
        c->y[k] *= y;
        if (c->error) c->error[k] *= y;
    }
}

/* What a first look at the file found. */
struct shape {
    int64_t header; /* lines before the data, but for comments right before them */
    int columns;
    int64_t rows;
    double *value; /* (rows, columns) */
    size_t capacity;
};

/* A row more behind those that are there. */
static enum vt_status keep_row(struct shape *shape, const double *value)
{
    size_t columns = (size_t)shape->columns, at = (size_t)shape->rows * columns;
    VT_TRY(vt_grow(&shape->value, &shape->capacity, at + columns));
    memcpy(shape->value + at, value, columns * sizeof *value);
    shape->rows++;
    return VT_OK;
}

static enum vt_status find_data(struct vt_lines *lines, struct shape *shape)
{
    double value[COLUMNS_MAX];
    bool marked = false;
    *shape = (struct shape){0};
    while (vt_lines_next(lines)) {
        const char *line = lines->text;
        int n = is_comment(line) ? 0 : numbers(line, value);
        if (n >= 2 && n == shape->columns) {
            VT_TRY(keep_row(shape, value));
            continue;
        }
        if (n >= 2) {
            if (shape->rows > HEADER_ROWS || (marked && shape->rows > 0))
                return vt_lines_fail(lines, "%d columns, where the lines before have %d", n, shape->columns);
            if (!marked) shape->header = lines->number - 1;
            shape->columns = n;
            shape->rows = 0;
            VT_TRY(keep_row(shape, value));
            continue;
        }
        if (line[strcspn(line, "\x01\x02\x03\x04\x05\x06\x0e\x0f\x10")])
            return vt_lines_fail(lines, "this is no text");
        bool mark = says(line, "start data");
        if (is_blank(line) || (is_comment(line) && !mark)) continue;
        if (shape->rows > HEADER_ROWS || (marked && shape->rows > 0 && !mark))
            return vt_lines_fail(lines, "'%.40s' stands between the numbers", line);
        marked = marked || mark;
        shape->header = lines->number;
        shape->columns = 0;
        shape->rows = 0;
    }
    if (lines->number == 0) return VT_RAISE(VT_EINPUT, "%s is empty", lines->path);
    if (shape->rows < 2)
        return VT_RAISE(VT_EINPUT, "%s: no two rows of two numbers or more were found: this is no curve",
                        lines->path);
    return VT_OK;
}

/* The words of a file about itself: comments and the lines above the data. */
struct words {
    char *labels;      /* the last comment above the data, which may name the columns; NULL if none */
    int64_t count;     /* of rows, as Fit2D gives it; 0 if not given */
    bool two_theta, q; /* Fit2D's second line */
};

static enum vt_status read_word(const struct vt_lines *lines, int64_t header, struct vt_curve_file *c,
                                struct words *w)
{
    const char *text = lines->text + strspn(lines->text, " \t"), *dialect = dialect_of(text);
    double number[COLUMNS_MAX];
    if (dialect && strcmp(c->dialect, "Vitrum") != 0) c->dialect = dialect; /* our comments name others */
    if (lines->number == 1 && *text == '\'') c->dialect = "laboratory .xy";
    if (lines->number == 2) w->two_theta = says(text, "2-theta"), w->q = begins(text, "Q ");
    if (lines->number == 4 && header == 4 && numbers(text, number) == 1 && number[0] > 0 && number[0] < 1e9) {
        c->dialect = "Fit2D";
        w->count = (int64_t)number[0];
    }
    if (!c->n && is_comment(text) && !is_blank(text + strspn(text, "#'!;% \t"))) {
        free(w->labels);
        w->labels = NULL;
        VT_TRY(copy(&w->labels, text, strlen(text)));
    }
    return take_notes(c, text);
}

static enum vt_status read_row(const struct vt_lines *lines, const struct shape *shape, const double *value,
                               struct vt_curve_file *c)
{
    if (!c->n) c->first_line = lines->number;
    for (int k = 0; k < shape->columns; k++)
        if (!isfinite(value[k])) return vt_lines_fail(lines, "column %d is no finite number", k + 1);
    double step = c->n ? value[0] - c->x[c->n - 1] : 1;
    bool falls = c->n > 1 ? c->x[1] < c->x[0] : step < 0;
    if (!(falls ? step < 0 : step > 0))
        return vt_lines_fail(lines,
                             "%g does not come after %g: the first column must ascend, or descend, all along",
                             value[0], c->x[c->n - 1]);
    c->x[c->n] = value[0];
    c->y[c->n] = value[1];
    if (c->error) c->error[c->n] = value[shape->columns - 1];
    c->n++;
    return VT_OK;
}

static enum vt_status read_all(struct vt_lines *lines, const struct shape *shape, struct vt_curve_file *c,
                               struct words *w)
{
    c->dialect = "columns";
    while (vt_lines_next(lines)) {
        bool header = lines->number <= shape->header || is_comment(lines->text);
        if (!header && is_blank(lines->text)) continue;
        if (!header && c->n == shape->rows) return vt_lines_fail(lines, "the file changes while it is read");
        VT_TRY(header ? read_word(lines, shape->header, c, w)
                      : read_row(lines, shape, shape->value + (size_t)c->n * (size_t)shape->columns, c));
    }
    if (w->count && w->count != c->n)
        return vt_lines_fail(lines, "the fourth line promises %lld rows, here end %d: the file is not whole",
                             (long long)w->count, c->n);
    return VT_OK;
}

static enum vt_status make_room(struct vt_curve_file *c, const struct shape *shape)
{
    VT_TRY(vt_alloc(&c->x, shape->rows));
    VT_TRY(vt_alloc(&c->y, shape->rows));
    /* r G dr dG, or x y dy; of more columns nobody knows. */
    return shape->columns == 3 || shape->columns == 4 ? vt_alloc(&c->error, shape->rows) : VT_OK;
}

/* Rows that descend, as lattice spacings do, the other way round. */
static void make_ascend(struct vt_curve_file *c)
{
    double *const column[] = {c->x, c->y, c->error};
    if (c->x[0] < c->x[c->n - 1]) return;
    for (int d = 0; d < 3; d++)
        for (int k = 0; column[d] && k < c->n / 2; k++) {
            double kept = column[d][k];
            column[d][k] = column[d][c->n - 1 - k];
            column[d][c->n - 1 - k] = kept;
        }
}

/* A column of zeros is no error. */
static void drop_empty_errors(struct vt_curve_file *c)
{
    bool any = false;
    for (int k = 0; c->error && k < c->n; k++) any = any || c->error[k] > 0;
    if (any) return;
    free(c->error);
    c->error = NULL;
}

enum vt_status vt_curve_read(const char *path, struct vt_curve_file *c)
{
    struct vt_lines lines;
    struct shape shape;
    struct words words = {0};
    *c = (struct vt_curve_file){0};
    VT_TRY(vt_lines_open(&lines, path));
    enum vt_status st = find_data(&lines, &shape);
    vt_lines_close(&lines);
    VT_TRY_GOTO(st, done, st);
    VT_TRY_GOTO(st, done, vt_lines_open(&lines, path));
    VT_TRY_GOTO(st, done, make_room(c, &shape));
    VT_TRY_GOTO(st, done, read_all(&lines, &shape, c, &words));
    if (words.labels) read_labels(words.labels, c);
    if (words.count) {
        c->abscissa = words.two_theta ? VT_ABSCISSA_TWO_THETA : words.q ? VT_ABSCISSA_Q : VT_ABSCISSA_UNKNOWN;
        c->ordinate = VT_ORDINATE_INTENSITY;
    }
    if (c->length == 'n') to_angstrom(c);
    for (int k = 0; c->radians && k < c->n; k++) c->x[k] *= 180 / M_PI;
    make_ascend(c);
    drop_empty_errors(c);
done:
    free(words.labels);
    free(shape.value);
    if (lines.file) vt_lines_close(&lines);
    return st;
}
