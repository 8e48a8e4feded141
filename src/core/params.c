/* params.c: tables of options: presets, reading, printing, echo.
 *
 * Keys are read in the order of the file, so the first complaint is about the first wrong line; what is
 * required and missing comes last, at the line of the map. */
#include "core/params.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "core/units.h"

enum { KEYS_MAX = 128, WORD_SIZE = 64 };

static void *member(const struct vt_params *set, const struct vt_param *p)
{
    return (char *)set->object + p->offset;
}

static bool required(const struct vt_param *p)
{
    if (p->kind == VT_TEXT && p->text) return false; /* .text is its preset */
    return isinf(p->preset) && p->preset < 0;
}

/* printf at the end of a text of a known size; a text that is full stays so. Returns the length needed. */
static size_t append(char *text, size_t size, size_t used, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static size_t append(char *text, size_t size, size_t used, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(used < size ? text + used : NULL, used < size ? size - used : 0, format, args);
    va_end(args);
    return used + (n > 0 ? (size_t)n : 0);
}

/* ---- words of a choice ---- */

/* Word number k of "word|word|..."; false when there are fewer. */
static bool choice_word(const char *words, int k, char word[WORD_SIZE])
{
    for (; k > 0; k--) {
        words = strchr(words, '|');
        if (!words) return false;
        words++;
    }
    size_t length = strcspn(words, "|");
    assert(length > 0 && length < WORD_SIZE);
    memcpy(word, words, length);
    word[length] = '\0';
    return true;
}

/* "xy, xz, yz" */
static void choice_list(const char *words, char *text, size_t size)
{
    char word[WORD_SIZE];
    size_t used = 0;
    for (int k = 0; choice_word(words, k, word); k++)
        used = append(text, size, used, k ? ", %s" : "%s", word);
}

/* ---- what a table says, in words ---- */

/* A number as written in the unit of the table, without the unit. */
static void bare_number(const struct vt_param *p, double number, char *text, size_t size)
{
    if (p->kind == VT_INT && fabs(number) < 1e7) {
        snprintf(text, size, "%.0f", number);
        return;
    }
    vt_units_format(number, "1", text, size);
}

static const char *unit_of(const struct vt_param *p)
{
    return p->unit && strcmp(p->unit, "1") != 0 ? p->unit : "";
}

/* "1e6 to 1e14", "at least 0", "at most 5", "any" */
static void range_text(const struct vt_param *p, char *text, size_t size)
{
    char low[48], high[48];
    bare_number(p, p->min, low, sizeof low);
    bare_number(p, p->max, high, sizeof high);
    bool bound_low = isfinite(p->min), bound_high = isfinite(p->max);
    if (bound_low && bound_high)
        snprintf(text, size, "%s to %s", low, high);
    else if (bound_low || bound_high)
        snprintf(text, size, bound_low ? "at least %s" : "at most %s", bound_low ? low : high);
    else
        snprintf(text, size, "any");
}

/* What may stand there: a range with its unit, or the words of a choice. */
static void allowed_text(const struct vt_param *p, char *text, size_t size)
{
    char range[112];
    switch (p->kind) {
    case VT_REAL:
    case VT_INT:
        range_text(p, range, sizeof range);
        snprintf(text, size, "%s%s%s", range, *unit_of(p) ? " " : "", unit_of(p));
        break;
    case VT_BOOL:
        snprintf(text, size, "true, false");
        break;
    case VT_TEXT:
        snprintf(text, size, "text");
        break;
    case VT_CHOICE:
        choice_list(p->text, text, size);
        break;
    case VT_NODE:
        snprintf(text, size, "%s", p->text);
        break;
    }
}

static void preset_text(const struct vt_param *p, char *text, size_t size)
{
    char word[WORD_SIZE];
    if (required(p)) {
        snprintf(text, size, "required");
        return;
    }
    switch (p->kind) {
    case VT_REAL:
    case VT_INT:
        if (isnan(p->preset))
            snprintf(text, size, "none");
        else
            bare_number(p, p->preset, text, size);
        break;
    case VT_BOOL:
        snprintf(text, size, "%s", p->preset != 0 ? "true" : "false");
        break;
    case VT_TEXT:
        snprintf(text, size, "%s", p->text && *p->text ? p->text : "none");
        break;
    case VT_CHOICE:
        if (!choice_word(p->text, (int)p->preset, word))
            assert(!"the preset of a choice is one of its words");
        snprintf(text, size, "%s", word);
        break;
    case VT_NODE:
        snprintf(text, size, "none");
        break;
    }
}

/* What could be written there: the preset, or an example of the quantity if the range has it; "": nothing.
 * Those examples are of simulations (1e12 K/s): options of a command, which are as often of a laboratory, get
 * their preset only. */
static void example_of(const struct vt_param *p, const char *file, char *text, size_t size)
{
    double v, factor = vt_units_factor(p->unit);
    const char *example = vt_units_example(p->unit);
    char number[48];
    *text = '\0';
    if (!required(p) && isfinite(p->preset) && p->preset != 0) {
        bare_number(p, p->preset, number, sizeof number);
        snprintf(text, size, "%s%s%s", number, *unit_of(p) ? " " : "", unit_of(p));
    } else if (strcmp(file, VT_COMMAND_LINE) != 0 && vt_units_parse(example, p->unit, &v) == VT_OK &&
               v >= p->min * factor && v <= p->max * factor) {
        snprintf(text, size, "%s", example);
    }
}

/* ---- presets ---- */

static void preset_one(const struct vt_params *set, const struct vt_param *p)
{
    void *to = member(set, p);
    bool none = required(p);
    switch (p->kind) {
    case VT_REAL:
        *(double *)to = none ? NAN : p->preset * vt_units_factor(p->unit);
        break;
    case VT_INT:
        *(int64_t *)to = none ? 0 : (int64_t)p->preset;
        break;
    case VT_BOOL:
        *(bool *)to = !none && p->preset != 0;
        break;
    case VT_TEXT:
        snprintf(to, VT_TEXT_SIZE, "%s", p->text ? p->text : "");
        break;
    case VT_CHOICE:
        *(int *)to = none ? 0 : (int)p->preset;
        break;
    case VT_NODE:
        *(const struct vt_yaml **)to = NULL;
        break;
    }
}

void vt_params_preset(const struct vt_params *sets, int n_sets)
{
    for (int s = 0; s < n_sets; s++)
        for (const struct vt_param *p = sets[s].table; p->name; p++) preset_one(&sets[s], p);
}

/* ---- reading ---- */

static enum vt_status read_real(const struct vt_param *p, const struct vt_yaml *node, double *value)
{
    double v, factor = vt_units_factor(p->unit), low = p->min * factor, high = p->max * factor;
    char example[96];
    const char *text = node->text;
    example_of(p, node->file, example, sizeof example);
    VT_TRY(vt_units_parse_like(text, p->unit, example, &v));
    /* 6000 MPa may differ from 6 GPa in the last bit: what is as good as on the bound is on it. */
    if (v < low && v >= low - 1e-14 * fabs(low)) v = low;
    if (v > high && v <= high + 1e-14 * fabs(high)) v = high;
    if (v < low || v > high) {
        char allowed[192];
        allowed_text(p, allowed, sizeof allowed);
        return VT_RAISE(VT_EINPUT, "value '%.60s': out of range; what fits: %s", text, allowed);
    }
    *value = v;
    return VT_OK;
}

/* Plain digits are read exactly to 64 bits; 1e6 and 2.5e3 are fine too where they are whole and exact. */
static enum vt_status read_int(const struct vt_param *p, const struct vt_yaml *node, int64_t *value)
{
    const char *text = node->text;
    size_t sign = *text == '-' || *text == '+';
    int64_t whole;
    if (text[sign] && strspn(text + sign, "0123456789") == strlen(text + sign)) {
        errno = 0;
        long long v = strtoll(text, NULL, 10);
        if (errno == ERANGE)
            return VT_RAISE(VT_EINPUT, "value '%.60s': the number does not fit in 64 bits", text);
        whole = v;
    } else {
        double v;
        char example[96];
        example_of(p, node->file, example, sizeof example);
        VT_TRY(vt_units_parse_like(text, "1", example, &v));
        if (v != rint(v) || fabs(v) > 0x1p53)
            return VT_RAISE(VT_EINPUT, "value '%.60s': a whole number is due, for example %.0f", text,
                            fabs(v) < 1e9 ? rint(v) : 1000.0);
        whole = (int64_t)v;
    }
    if ((double)whole < p->min || (double)whole > p->max) {
        char allowed[192];
        allowed_text(p, allowed, sizeof allowed);
        return VT_RAISE(VT_EINPUT, "value '%.60s': out of range; what fits: %s", text, allowed);
    }
    *value = whole;
    return VT_OK;
}

static enum vt_status read_bool(const char *text, bool *value)
{
    static const char *const yes[] = {"true", "yes"}, *const no[] = {"false", "no"};
    for (int k = 0; k < 2; k++) {
        if (strcasecmp(text, yes[k]) == 0) {
            *value = true;
            return VT_OK;
        }
        if (strcasecmp(text, no[k]) == 0) {
            *value = false;
            return VT_OK;
        }
    }
    return VT_RAISE(VT_EINPUT, "value '%.60s': true or false is due", text);
}

static enum vt_status read_choice(const struct vt_param *p, const char *text, int *value)
{
    char word[KEYS_MAX][WORD_SIZE], list[400];
    const char *words[KEYS_MAX];
    int n = 0;
    for (; n < KEYS_MAX && choice_word(p->text, n, word[n]); n++) {
        if (strcmp(text, word[n]) == 0) {
            *value = n;
            return VT_OK;
        }
        words[n] = word[n];
    }
    choice_list(p->text, list, sizeof list);
    const char *near = vt_nearest(text, words, n);
    if (near)
        return VT_RAISE(VT_EINPUT, "value '%.60s': do you mean %s? One of these is due: %s", text, near,
                        list);
    return VT_RAISE(VT_EINPUT, "value '%.60s': one of these is due: %s", text, list);
}

static enum vt_status read_text(const char *text, char *value)
{
    size_t length = strlen(text);
    if (length >= VT_TEXT_SIZE)
        return VT_RAISE(VT_EINPUT, "value '%.60s...': the text has %zu bytes, at most %d fit", text, length,
                        VT_TEXT_SIZE - 1);
    memcpy(value, text, length + 1);
    return VT_OK;
}

static enum vt_status read_one(const struct vt_params *set, const struct vt_param *p,
                               const struct vt_yaml *node)
{
    void *to = member(set, p);
    if (p->kind == VT_NODE) {
        if (node->kind == VT_YAML_SCALAR && *p->text != '[') /* one of a list may stand alone */
            return VT_RAISE(VT_EINPUT, "value '%.60s': a list or map is due, for example %s", node->text,
                            p->text);
        *(const struct vt_yaml **)to = node;
        return VT_OK;
    }
    if (node->kind != VT_YAML_SCALAR)
        return VT_RAISE(VT_EINPUT, "one value is due, not a %s",
                        node->kind == VT_YAML_LIST ? "list" : "map of keys");
    if (!*node->text) {
        char allowed[400];
        allowed_text(p, allowed, sizeof allowed);
        return VT_RAISE(VT_EINPUT, "no value is given; what fits: %s", allowed);
    }
    switch (p->kind) {
    case VT_REAL:
        return read_real(p, node, to);
    case VT_INT:
        return read_int(p, node, to);
    case VT_BOOL:
        return read_bool(node->text, to);
    case VT_TEXT:
        return read_text(node->text, to);
    case VT_CHOICE:
        return read_choice(p, node->text, to);
    case VT_NODE:
        break;
    }
    assert(!"a kind without a reader");
    return VT_EINPUT;
}

/* The row of a key and its set; NULL if there is none. */
static const struct vt_param *find(const struct vt_params *sets, int n_sets, const char *name,
                                   const struct vt_params **set)
{
    for (int s = 0; s < n_sets; s++)
        for (const struct vt_param *p = sets[s].table; p->name; p++)
            if (strcmp(p->name, name) == 0) {
                *set = &sets[s];
                return p;
            }
    return NULL;
}

static enum vt_status raise_unknown(const struct vt_yaml *map, int k, const char *what,
                                    const struct vt_params *sets, int n_sets)
{
    const char *words[KEYS_MAX] = {0};
    char list[600] = "";
    int n = 0;
    size_t used = 0;
    for (int s = 0; s < n_sets; s++)
        for (const struct vt_param *p = sets[s].table; p->name && n < KEYS_MAX; p++) {
            used = append(list, sizeof list, used, n ? ", %s" : "%s", p->name);
            words[n++] = p->name;
        }
    const char *near = vt_nearest(map->key[k], words, n);
    if (near)
        return vt_yaml_raise(__FILE__, __LINE__, map->file, map->key_line[k],
                             "%s: unknown key '%.60s': do you mean '%s'? Keys that fit: %s", what,
                             map->key[k], near, list);
    return vt_yaml_raise(__FILE__, __LINE__, map->file, map->key_line[k],
                         "%s: unknown key '%.60s'; keys that fit: %s", what, map->key[k], n ? list : "none");
}

static enum vt_status raise_missing(const struct vt_yaml *map, const char *what, const struct vt_param *p)
{
    char example[400] = "", own[96];
    if (p->kind == VT_REAL) {
        example_of(p, map ? map->file : "", own, sizeof own);
        if (*own) snprintf(example, sizeof example, ", for example %s", own);
    } else if (p->kind == VT_CHOICE) {
        int n = snprintf(example, sizeof example, ": ");
        choice_list(p->text, example + n, sizeof example - (size_t)n);
    } else if (p->kind != VT_TEXT) {
        int n = snprintf(example, sizeof example, ": ");
        allowed_text(p, example + n, sizeof example - (size_t)n);
    }
    if (!map) return VT_RAISE(VT_EINPUT, "%s: key '%s' is missing (%s%s)", what, p->name, p->help, example);
    return VT_RAISE_AT(map, "%s: key '%s' is missing (%s%s)", what, p->name, p->help, example);
}

/* One key may stand in one table only: the second would never be read. */
static void assert_keys_differ(const struct vt_params *sets, int n_sets)
{
    for (int s = 0; s < n_sets; s++)
        for (const struct vt_param *p = sets[s].table; p->name; p++) {
            const struct vt_params *set = NULL;
            const struct vt_param *first = find(sets, n_sets, p->name, &set);
            assert(first == p && "two parameter tables share a key");
            (void)first;
        }
}

enum vt_status vt_params_read(const struct vt_yaml *map, const char *what, const struct vt_params *sets,
                              int n_sets)
{
    assert_keys_differ(sets, n_sets);
    vt_params_preset(sets, n_sets);
    bool empty = !map || (map->kind == VT_YAML_SCALAR && !*map->text);
    if (!empty && map->kind != VT_YAML_MAP)
        return VT_RAISE_AT(map, "%s: 'key: value' lines are due here, not %s%.60s%s", what,
                           map->kind == VT_YAML_LIST ? "a list" : "'",
                           map->kind == VT_YAML_LIST ? "" : map->text, map->kind == VT_YAML_LIST ? "" : "'");
    for (int k = 0; !empty && k < map->n; k++) {
        const struct vt_params *set = NULL;
        const struct vt_param *p = find(sets, n_sets, map->key[k], &set);
        if (!p) return raise_unknown(map, k, what, sets, n_sets);
        VT_TRY(vt_prefix(read_one(set, p, map->item[k]), "%s:%d: %s: key '%s'", map->file, map->key_line[k],
                         what, p->name));
    }
    for (int s = 0; s < n_sets; s++)
        for (const struct vt_param *p = sets[s].table; p->name; p++)
            if (required(p) && !vt_params_given(map, p->name)) return raise_missing(map, what, p);
    return VT_OK;
}

enum vt_status vt_params_read_as(const struct vt_yaml *map, const char *key, const char *what,
                                 const struct vt_param *row, void *object)
{
    const struct vt_params set = {row, object};
    preset_one(&set, row);
    for (int k = 0; map && map->kind == VT_YAML_MAP && k < map->n; k++)
        if (!strcmp(map->key[k], key))
            return vt_prefix(read_one(&set, row, map->item[k]), "%s:%d: %s: key '%s'", map->file,
                             map->key_line[k], what, key);
    return VT_OK;
}

bool vt_params_given(const struct vt_yaml *map, const char *name)
{
    return map && map->kind == VT_YAML_MAP && vt_yaml_get(map, name);
}

/* ---- printing ---- */

enum { COLUMNS = 5, CELL_SIZE = 400 };

/* Name, unit, default, range, help of a row. */
static void row_cells(const struct vt_param *p, char cell[COLUMNS][CELL_SIZE])
{
    snprintf(cell[0], CELL_SIZE, "%s", p->name);
    snprintf(cell[1], CELL_SIZE, "%s", unit_of(p));
    preset_text(p, cell[2], CELL_SIZE);
    if (p->kind == VT_REAL || p->kind == VT_INT)
        range_text(p, cell[3], CELL_SIZE);
    else
        allowed_text(p, cell[3], CELL_SIZE);
    snprintf(cell[4], CELL_SIZE, "%s", p->help);
}

static void print_markdown(FILE *out, char cell[COLUMNS][CELL_SIZE])
{
    fprintf(out, "| `%s` |", cell[0]);
    for (int c = 1; c < COLUMNS; c++) {
        fputc(' ', out);
        for (const char *s = cell[c]; *s; s++) {
            if (*s == '|') fputc('\\', out); /* a bare one would begin a column */
            fputc(*s, out);
        }
        fprintf(out, "%s|", *cell[c] ? " " : "");
    }
    fputc('\n', out);
}

static void print_aligned(FILE *out, char cell[COLUMNS][CELL_SIZE], const int *width)
{
    for (int c = 0; c < COLUMNS - 1; c++) fprintf(out, "%-*s  ", width[c], cell[c]);
    fprintf(out, "%s\n", cell[COLUMNS - 1]);
}

void vt_params_print(FILE *out, const struct vt_param *table, bool markdown)
{
    static const char *const title[COLUMNS] = {"key", "unit", "default", "range", "meaning"};
    char cell[COLUMNS][CELL_SIZE];
    if (markdown) {
        fprintf(out, "| key | unit | default | range | meaning |\n|---|---|---|---|---|\n");
        for (const struct vt_param *p = table; p->name; p++) {
            row_cells(p, cell);
            print_markdown(out, cell);
        }
        return;
    }
    int width[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) width[c] = (int)strlen(title[c]);
    for (const struct vt_param *p = table; p->name; p++) {
        row_cells(p, cell);
        for (int c = 0; c < COLUMNS; c++)
            if ((int)strlen(cell[c]) > width[c]) width[c] = (int)strlen(cell[c]);
    }
    for (int c = 0; c < COLUMNS; c++) strcpy(cell[c], title[c]);
    print_aligned(out, cell, width);
    for (const struct vt_param *p = table; p->name; p++) {
        row_cells(p, cell);
        print_aligned(out, cell, width);
    }
}

/* A text as a YAML scalar: in quotes unless it is a plain word. */
static size_t append_scalar(char *text, size_t size, size_t used, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+";
    if (*value && strspn(value, plain) == strlen(value)) return append(text, size, used, "%s", value);
    used = append(text, size, used, "\"");
    for (; *value; value++) {
        if (*value == '\n')
            used = append(text, size, used, "\\n");
        else if (*value == '\t')
            used = append(text, size, used, "\\t");
        else
            used = append(text, size, used, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
    }
    return append(text, size, used, "\"");
}

static size_t append_node(char *text, size_t size, size_t used, const struct vt_yaml *node)
{
    if (node->kind == VT_YAML_SCALAR) return append_scalar(text, size, used, node->text);
    bool map = node->kind == VT_YAML_MAP;
    used = append(text, size, used, map ? "{" : "[");
    for (int k = 0; k < node->n; k++) {
        if (k) used = append(text, size, used, ", ");
        if (map) {
            used = append_scalar(text, size, used, node->key[k]);
            used = append(text, size, used, ": ");
        }
        used = append_node(text, size, used, node->item[k]);
    }
    return append(text, size, used, map ? "}" : "]");
}

size_t vt_params_echo(const struct vt_params *sets, int n_sets, char *text, size_t size)
{
    size_t used = 0;
    char word[WORD_SIZE];
    if (size) *text = '\0';
    for (int s = 0; s < n_sets; s++)
        for (const struct vt_param *p = sets[s].table; p->name; p++) {
            const void *from = member(&sets[s], p);
            /* What has no value leaves no line, so that the echo reads back to the same options. */
            if (p->kind == VT_REAL && isnan(*(const double *)from)) continue;
            if (p->kind == VT_TEXT && !*(const char *)from) continue;
            if (p->kind == VT_NODE && !*(const struct vt_yaml *const *)from) continue;
            used = append(text, size, used, "%s: ", p->name);
            switch (p->kind) {
            case VT_REAL:
                vt_units_format(*(const double *)from, p->unit, word, sizeof word);
                used = append(text, size, used, "%s", word);
                break;
            case VT_INT:
                used = append(text, size, used, "%lld", (long long)*(const int64_t *)from);
                break;
            case VT_BOOL:
                used = append(text, size, used, *(const bool *)from ? "true" : "false");
                break;
            case VT_TEXT:
                used = append_scalar(text, size, used, from);
                break;
            case VT_CHOICE:
                if (choice_word(p->text, *(const int *)from, word))
                    used = append(text, size, used, "%s", word);
                break;
            case VT_NODE:
                used = append_node(text, size, used, *(const struct vt_yaml *const *)from);
                break;
            }
            used = append(text, size, used, "\n");
        }
    return used;
}

bool vt_params_echoed(const char *line, const char *key, char *text, size_t size)
{
    size_t length = strlen(key);
    while (line && *line) {
        line += strspn(line, " \n");
        size_t end = strcspn(line, "\n");
        if (!strncmp(line, key, length) && line[length] == ':') {
            size_t begin = length + 1 + strspn(line + length + 1, " ");
            snprintf(text, size, "%.*s", end > begin ? (int)(end - begin) : 0, line + begin);
            return *text;
        }
        line += end;
    }
    return false;
}

/* ---- nearest word ---- */

/* Damerau-Levenshtein distance (optimal string alignment: each place is edited once), without case. */
static int distance(const char *a, int na, const char *b, int nb)
{
    int rows[3][WORD_SIZE + 1];
    int *before = rows[0], *last = rows[1], *now = rows[2];
    for (int j = 0; j <= nb; j++) last[j] = j;
    for (int i = 1; i <= na; i++) {
        int ca = tolower((unsigned char)a[i - 1]);
        now[0] = i;
        for (int j = 1; j <= nb; j++) {
            int cb = tolower((unsigned char)b[j - 1]);
            int best = last[j - 1] + (ca != cb);
            if (last[j] + 1 < best) best = last[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
                cb == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        int *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[nb];
}

/* Near is a third of the longer word wrong, or a beginning of at least three letters ("temp"). */
const char *vt_nearest(const char *word, const char *const *words, int n)
{
    const char *best = NULL;
    int least = 0;
    size_t length = strlen(word);
    if (length == 0 || length >= WORD_SIZE) return NULL;
    for (int k = 0; k < n; k++) {
        size_t other = strlen(words[k]);
        if (other >= WORD_SIZE) continue;
        size_t longer = length > other ? length : other;
        int d = distance(word, (int)length, words[k], (int)other), limit = (int)(longer + 1) / 3;
        if (length >= 3 && strncasecmp(word, words[k], length) == 0) d = d < limit ? d : limit;
        if (d > limit || d >= (int)longer || (best && d >= least)) continue;
        best = words[k];
        least = d;
    }
    return best;
}
