/* temperature_table.c: see temperature_table.h. The temperature is the last word of a line but for K, so
 * names may hold blanks. */
#include "study/temperature_table.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/lines.h"

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct vt_named_temperature *)a)->name,
                  ((const struct vt_named_temperature *)b)->name);
}

void vt_temperature_table_release(struct vt_temperature_table *table)
{
    for (int k = 0; k < table->n; k++) free(table->row[k].name);
    free(table->row);
    *table = (struct vt_temperature_table){0};
}

/* Cut the last word off text; NULL if there is only one. */
static char *last_word(char *text)
{
    size_t length = strlen(text);
    while (length && strchr(" \t,;\r", text[length - 1])) text[--length] = '\0';
    char *word = text + length;
    while (word > text && !strchr(" \t,;", word[-1])) word--;
    if (word == text) return NULL;
    word[-1] = '\0';
    return word;
}

static enum vt_status read_line(const struct vt_lines *lines, struct vt_temperature_table *table,
                                size_t *capacity)
{
    char *text = lines->text + strspn(lines->text, " \t");
    if (!*text || *text == '#' || *text == '\r') return VT_OK;
    char *word = last_word(text), *end = NULL;
    if (word && !strcmp(word, "K")) word = last_word(text);
    double temperature = word ? strtod(word, &end) : NAN;
    for (size_t k = strlen(text); k && strchr(" \t,;", text[k - 1]); k--) text[k - 1] = '\0';
    if (!word || !*text || end == word || (*end && strcmp(end, "K") != 0) ||
        !(temperature > 0 && temperature <= 1e5))
        return vt_lines_fail(
            lines,
            "the name of a file and its temperature are due, as in `scan_001.gr 300 K`; up to 100000 K");
    VT_TRY(vt_grow(&table->row, capacity, table->n + 1));
    table->row[table->n] = (struct vt_named_temperature){strdup(text), temperature};
    if (!table->row[table->n].name) return VT_RAISE(VT_EWORLD, "no memory for %s", table->path);
    table->n++;
    return VT_OK;
}

enum vt_status vt_temperature_table_read(const char *path, struct vt_temperature_table *table)
{
    struct vt_lines lines;
    size_t capacity = 0;
    enum vt_status st = VT_OK;
    *table = (struct vt_temperature_table){.path = path};
    VT_TRY(vt_lines_open(&lines, path));
    while (st == VT_OK && vt_lines_next(&lines)) st = read_line(&lines, table, &capacity);
    vt_lines_close(&lines);
    VT_TRY(st);
    if (!table->n)
        return VT_RAISE(VT_EINPUT, "%s: no line with the name of a file and its temperature", path);
    qsort(table->row, (size_t)table->n, sizeof *table->row, by_name);
    for (int k = 1; k < table->n; k++)
        if (!strcmp(table->row[k].name, table->row[k - 1].name))
            return VT_RAISE(VT_EINPUT, "%s: '%s' is there twice", path, table->row[k].name);
    return VT_OK;
}

const double *vt_temperature_table_find(const struct vt_temperature_table *table, const char *file)
{
    const char *slash = strrchr(file, '/'), *name[2] = {file, slash ? slash + 1 : file};
    for (int q = 0; q < 2; q++) {
        struct vt_named_temperature key = {.name = (char *)name[q]};
        const struct vt_named_temperature *found =
            bsearch(&key, table->row, (size_t)table->n, sizeof key, by_name);
        if (found) return &found->temperature;
    }
    return NULL;
}
