/* table_text.c: see table_text.h. */
#include "io/table_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "io/lines.h"
#include "io/number.h"

static const size_t SIZE_MAX_READ = (size_t)1 << 30; /* bytes of a file */

/* ------------------------------------------------------------------------------------- text to lines */

void vt_table_text_release(struct vt_table_text *t)
{
    free(t->bytes), free(t->line), free(t->work);
    *t = (struct vt_table_text){0};
}

enum vt_status vt_table_text_fail(const char *path, int64_t line, const char *message)
{
    return VT_RAISE(VT_EINPUT, "%s:%lld: %s", path, (long long)line, message);
}

static enum vt_status slurp(const char *path, char **bytes, size_t *size)
{
    struct vt_lines lines; /* opens it with the messages that all readers have */
    size_t capacity = 0;
    *size = 0;
    VT_TRY(vt_lines_open(&lines, path));
    enum vt_status st = VT_OK;
    for (;;) {
        VT_TRY_GOTO(st, done, vt_grow(bytes, &capacity, *size + 65536));
        size_t got = fread(*bytes + *size, 1, 65535, lines.file);
        *size += got;
        (*bytes)[*size] = '\0';
        if (!got) break;
        if (*size > SIZE_MAX_READ) {
            st = VT_RAISE(VT_EINPUT, "%s is larger than 1 GiB: this is no table of a measurement", path);
            goto done;
        }
    }
    if (ferror(lines.file)) st = VT_RAISE(VT_EWORLD, "cannot read %s: %s", path, strerror(errno));
done:
    vt_lines_close(&lines);
    return st;
}

/* Length of the UTF-8 character at s, 0 if it is none. */
static size_t utf8_length(const unsigned char *s)
{
    size_t n = *s < 0x80                 ? 1
               : *s >= 0xc2 && *s < 0xe0 ? 2
               : (*s & 0xf0) == 0xe0     ? 3
               : *s >= 0xf0 && *s < 0xf5 ? 4
                                         : 0;
    for (size_t k = 1; k < n; k++)
        if ((s[k] & 0xc0) != 0x80) return 0;
    return n;
}

static enum vt_status latin1_to_utf8(char **bytes, size_t *size)
{
    const unsigned char *from = (const unsigned char *)*bytes;
    char *out;
    size_t used = 0;
    VT_TRY(vt_alloc(&out, 2 * *size + 1));
    for (size_t k = 0; k < *size; k++)
        if (from[k] < 0x80) {
            out[used++] = (char)from[k];
        } else {
            out[used++] = (char)(0xc0 | from[k] >> 6);
            out[used++] = (char)(0x80 | (from[k] & 0x3f));
        }
    free(*bytes);
    *bytes = out;
    *size = used;
    return VT_OK;
}

static enum vt_status decode(const char *path, char **bytes, size_t *size)
{
    const unsigned char *s = (const unsigned char *)*bytes;
    if (!*size) return VT_RAISE(VT_EINPUT, "%s is empty", path);
    if (*size >= 2 && ((s[0] == 0xff && s[1] == 0xfe) || (s[0] == 0xfe && s[1] == 0xff)))
        return VT_RAISE(VT_EINPUT, "%s is UTF-16 text: save it as UTF-8 or as plain text", path);
    int64_t line = 1;
    bool utf8 = true;
    for (size_t k = 0; k < *size; k++) {
        line += s[k] == '\n';
        if (s[k] < 0x20 && !strchr("\t\n\v\f\r\x1a", s[k] ? s[k] : 1))
            return vt_table_text_fail(path, line, "this is no text");
    }
    for (size_t k = 0, length; k < *size; k += length)
        if (!(length = utf8_length(s + k))) {
            utf8 = false;
            break;
        }
    if (!utf8) return latin1_to_utf8(bytes, size);
    if (!strncmp(*bytes, "\xef\xbb\xbf", 3)) memset(*bytes, ' ', 3); /* the byte order mark */
    return VT_OK;
}

enum vt_status vt_table_text_read(const char *path, struct vt_table_text *t)
{
    size_t size = 0, capacity = 0, longest = 0;
    *t = (struct vt_table_text){.path = path};
    VT_TRY(slurp(path, &t->bytes, &size));
    VT_TRY(decode(path, &t->bytes, &size));
    for (char *at = t->bytes; *at;) {
        size_t length = strcspn(at, "\r\n");
        char *next = at + length + (at[length] == '\r' && at[length + 1] == '\n' ? 2 : at[length] ? 1 : 0);
        at[length] = '\0';
        VT_TRY(vt_grow(&t->line, &capacity, t->n + 1));
        t->line[t->n++] = at;
        if (length > longest) longest = length;
        at = next;
    }
    return vt_alloc(&t->work, longest + 2);
}

/* ------------------------------------------------------------------------------------- lines to cells */

char *vt_table_text_trim(char *text)
{
    text += strspn(text, " \t\v\f\x1a");
    for (size_t n = strlen(text); n && strchr(" \t\v\f\x1a", text[n - 1]);) text[--n] = '\0';
    return text;
}

/* One cell from at on, up to a separator: quotes around it are taken off, "" inside them is one. Returns
 * where the separator stands, or the end. */
static char *quoted_end(char *at, char separator)
{
    char *from = at + 1, *to = at;
    for (; *from; from++)
        if (*from == '"' && from[1] == '"')
            *to++ = *from++;
        else if (*from == '"')
            break;
        else
            *to++ = *from;
    if (*from != '"') return NULL;
    char *end = from + 1 + strspn(from + 1, " ");
    if (*end && *end != separator) return NULL;
    *to = '\0';
    return end;
}

int vt_table_text_cut(const char *line, char separator, char *work, char **cell)
{
    int n = 0;
    strcpy(work, line);
    char *at = work;
    if (separator == ' ' || separator == '2') {
        for (at = vt_table_text_trim(work); *at; n++) {
            char *end = at;
            while (*end &&
                   !(*end == '\t' || (*end == ' ' && (separator == ' ' || end[1] == ' ' || end[1] == '\t'))))
                end++;
            char *next = end + strspn(end, " \t");
            if (*end) *end = '\0';
            if (n < VT_TABLE_CELLS) cell[n] = at;
            at = next;
        }
        return n;
    }
    for (;; at++) {
        if (separator != '\t') at += strspn(at, " ");
        char *copy = NULL, *end = NULL;
        if (*at == '"' && strchr(at + 1, '"')) {
            char *kept = strdup(at); /* quoted_end writes, also where it fails */
            if (kept && !(end = quoted_end(at, separator))) strcpy(at, kept);
            free(kept);
            copy = at;
        }
        if (!end) {
            copy = at;
            end = strchr(at, separator);
            if (!end) end = at + strlen(at);
        }
        bool last = !*end;
        *end = '\0';
        if (n < VT_TABLE_CELLS) cell[n] = vt_table_text_trim(copy);
        n++;
        at = end;
        if (last) break;
    }
    return n;
}

bool vt_table_text_number(const char *cell, bool comma, double *value, char *decimal)
{
    char plain[64], *end;
    size_t length = strlen(cell);
    *decimal = 0;
    if (!length || length >= sizeof plain || cell[strspn(cell, "0123456789+-.,eE")]) return false;
    memcpy(plain, cell, length + 1);
    char *sign = strpbrk(plain, ".,");
    if (sign) {
        *decimal = *sign;
        if (*sign == ',' && !comma) return false;
        *sign = '.';
        if (strpbrk(sign + 1, ".,")) return false;
    }
    *value = vt_number(plain, &end);
    return end != plain && !*end;
}

bool vt_table_text_hole(const char *cell)
{
    return !*cell || !strcasecmp(cell + (*cell == '-' || *cell == '+'), "nan");
}

bool vt_table_text_comment(const char *line)
{
    line += strspn(line, " \t");
    return *line == '#' || *line == '!';
}

bool vt_table_text_blank(const char *line)
{
    return !line[strspn(line, " \t\v\f\x1a,;")];
}

struct vt_table_look vt_table_text_look(const struct vt_table_text *t, int line, char separator)
{
    char *cell[VT_TABLE_CELLS];
    struct vt_table_look look = {0};
    if (vt_table_text_blank(t->line[line]) || vt_table_text_comment(t->line[line])) return look;
    int n = vt_table_text_cut(t->line[line], separator, t->work, cell);
    if (n > VT_TABLE_CELLS) return look;
    while (n && !*cell[n - 1]) n--;
    look.cells = n;
    for (int k = 0; k < n; k++) {
        double value;
        char decimal;
        if (vt_table_text_number(cell[k], separator != ',', &value, &decimal))
            look.numbers++;
        else if (!vt_table_text_hole(cell[k]))
            look.words++;
        else if (*cell[k])
            look.nans++;
    }
    return look;
}

char vt_table_text_separator(const struct vt_table_text *t)
{
    static const char sign[] = "\t;, ";
    int64_t best = 0;
    char found = '\0';
    for (const char *s = sign; *s; s++) {
        int64_t score = 0;
        for (int k = 0; k < t->n; k++) {
            struct vt_table_look look = vt_table_text_look(t, k, *s);
            if (look.numbers >= 2 && look.numbers > look.words) score += look.numbers - look.words;
        }
        if (score > best) best = score, found = *s;
    }
    return found;
}

/* ------------------------------------------------------------------------------------------ names */

/* A name in the form in which names are compared: Greek letters, primes, lower 0 and 1 as ASCII, without
 * blanks and _ . - ( ) [ ] | and case, which counts in names of one or two letters. */
static void plain_name(const char *text, char out[VT_TABLE_NAME])
{
    static const char *const sign[][2] = {
        {"\xce\xb4", "delta"},  {"\xcf\x89", "omega"}, {"\xce\xbd", "nu"},    {"\xce\xb5", "epsilon"},
        {"\xcf\x83", "sigma"},  {"\xcf\x81", "rho"},   {"\xe2\x80\xb2", "'"}, {"\xe2\x80\xb3", "''"},
        {"\xe2\x82\x80", "0"},  {"\xe2\x82\x81", "1"}, {"\"", "''"},          {"\xe2\x80\x99", "'"},
        {"\xe2\x80\x9d", "''"}, {"\xc2\xb4", "'"},
    };
    size_t used = 0;
    int letters = 0;
    while (*text && used + 8 < VT_TABLE_NAME) {
        size_t k = 0, count = sizeof sign / sizeof *sign;
        while (k < count && strncmp(text, sign[k][0], strlen(sign[k][0])) != 0) k++;
        if (k < count) {
            memcpy(out + used, sign[k][1], strlen(sign[k][1]));
            used += strlen(sign[k][1]);
            text += strlen(sign[k][0]);
        } else {
            if (!strchr(" \t_.-()[]|", *text)) out[used++] = *text;
            text++;
        }
    }
    out[used] = '\0';
    for (const char *c = out; *c; c++) letters += isalpha((unsigned char)*c) != 0;
    for (char *c = out; letters > 2 && *c; c++) *c = (char)tolower((unsigned char)*c);
}

bool vt_table_same_name(const char *a, const char *b)
{
    char x[VT_TABLE_NAME], y[VT_TABLE_NAME];
    plain_name(a, x);
    plain_name(b, y);
    return *x && !strcmp(x, y);
}

bool vt_table_among(const char *names, const char *name)
{
    char one[VT_TABLE_NAME];
    for (const char *at = names; *at; at += *at == '|') {
        size_t length = strcspn(at, "|");
        snprintf(one, sizeof one, "%.*s", (int)length, at);
        if (vt_table_same_name(one, name)) return true;
        at += length;
    }
    return false;
}

bool vt_table_split_unit(const char *heading, int form, char *name, char *unit)
{
    static const char *const open = "([/,_";
    snprintf(name, VT_TABLE_NAME, "%s", heading);
    size_t length = strlen(name);
    char *at = NULL, sign = open[form];
    if (sign == '(' || sign == '[') {
        char close = sign == '(' ? ')' : ']';
        if (!length || name[length - 1] != close) return false;
        int depth = 0;
        for (char *c = name + length - 1; c >= name && !at; c--) {
            depth += *c == close ? 1 : *c == sign ? -1 : 0;
            if (!depth) at = c;
        }
        if (!at || at == name) return false;
        name[length - 1] = '\0';
    } else {
        at = sign == '_' ? strrchr(name, sign) : strchr(name, sign);
        if (!at || at == name) return false;
    }
    snprintf(unit, VT_TABLE_NAME, "%s", at + 1);
    *at = '\0';
    char *bare = vt_table_text_trim(unit);
    length = strlen(bare);
    if (length > 1 &&
        ((*bare == '(' && bare[length - 1] == ')') || (*bare == '[' && bare[length - 1] == ']'))) {
        bare[length - 1] = '\0';
        bare++;
    }
    memmove(unit, bare, strlen(bare) + 1);
    return true;
}
