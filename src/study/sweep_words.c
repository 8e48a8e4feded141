/* sweep_words.c: see sweep_words.h. */
#include "study/sweep_words.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/expand.h"
#include "core/memory.h"
#include "core/units.h"

enum { LONGEST = 60 };

/* ---- numbers ---- */

static bool read_number(const struct vt_yaml *node, double *number, char unit[32])
{
    char *end;
    if (node->kind != VT_YAML_SCALAR || !vt_units_is_quantity(node->text)) return false;
    *number = strtod(node->text, &end);
    if (end == node->text) return false;
    while (isspace((unsigned char)*end)) end++;
    size_t length = strlen(end);
    while (length && isspace((unsigned char)end[length - 1])) length--;
    return snprintf(unit, 32, "%.*s", length ? (int)length : 1, length ? end : "1") < 32;
}

enum vt_status vt_sweep_numbers(struct vt_sweep_variable *v)
{
    double *number, factor;
    bool good = true;
    v->unit[0] = '\0';
    VT_TRY(vt_alloc(&number, v->n));
    for (int k = 0; k < v->n && good; k++) {
        char unit[32];
        good = read_number(v->value[k], &number[k], unit);
        if (good && k == 0) snprintf(v->unit, sizeof v->unit, "%s", unit);
        if (!good || !strcmp(unit, v->unit)) continue;
        good = vt_units_ratio(unit, v->unit, &factor);
        if (good) number[k] *= factor;
    }
    if (good)
        v->number = number;
    else
        free(number);
    return VT_OK;
}

/* ---- words ---- */

enum vt_status vt_sweep_word(struct vt_sweep_variable *v, int k)
{
    VT_TRY(vt_alloc(&v->word[k], strlen(v->text[k]) + 1));
    char *to = v->word[k];
    for (const char *c = v->text[k]; *c; c++)
        if (isalnum((unsigned char)*c) || strchr(".-+", *c)) *to++ = *c;
    return VT_OK;
}

/* {Cu: 50, Zr: 50} */
static bool is_composition(const struct vt_yaml *map)
{
    for (int i = 0; i < map->n; i++) {
        const char *key = map->key[i];
        bool symbol =
            isupper((unsigned char)key[0]) && (!key[1] || (islower((unsigned char)key[1]) && !key[2]));
        if (!symbol || map->item[i]->kind != VT_YAML_SCALAR || !vt_units_is_quantity(map->item[i]->text))
            return false;
    }
    return map->n > 0;
}

static enum vt_status text_of(const struct vt_yaml *node, char **text)
{
    if (node->kind != VT_YAML_SCALAR) return vt_yaml_flow(node, text);
    return vt_copy_text(text, node->text);
}

/* Have all maps the same under this key? */
static enum vt_status is_shared(const struct vt_sweep_variable *v, const char *key, bool *shared)
{
    char *first = NULL;
    enum vt_status st = VT_OK;
    *shared = true;
    for (int k = 0; k < v->n && *shared && st == VT_OK; k++) {
        const struct vt_yaml *item = vt_yaml_get(v->value[k], key);
        char *text = NULL;
        if (!item) {
            *shared = false;
            break;
        }
        st = text_of(item, &text);
        if (st == VT_OK && first) *shared = !strcmp(first, text);
        if (first)
            free(text);
        else
            first = text;
    }
    free(first);
    return st;
}

/* "period 10 ps, amplitude 1 %"; empty if there is nothing that differs. */
static enum vt_status what_differs(const struct vt_sweep_variable *v, int k, char *out, size_t size)
{
    const struct vt_yaml *map = v->value[k];
    *out = '\0';
    for (int i = 0; i < map->n; i++) {
        bool shared;
        char *text = NULL;
        size_t used = strlen(out);
        VT_TRY(is_shared(v, map->key[i], &shared));
        if (shared) continue;
        enum vt_status st = text_of(map->item[i], &text);
        if (st == VT_OK) snprintf(out + used, size - used, "%s%s %s", used ? ", " : "", map->key[i], text);
        free(text);
        VT_TRY(st);
    }
    return VT_OK;
}

enum vt_status vt_sweep_brief(struct vt_sweep_variable *v)
{
    bool maps = true, compositions = true;
    VT_TRY(vt_alloc(&v->brief, v->n));
    for (int k = 0; k < v->n; k++) {
        maps = maps && v->value[k]->kind == VT_YAML_MAP;
        compositions = maps && compositions && is_composition(v->value[k]);
    }
    for (int k = 0; k < v->n; k++) {
        char text[1000] = "";
        if (compositions)
            snprintf(text, sizeof text, "%.900s", v->word[k]);
        else if (maps)
            VT_TRY(what_differs(v, k, text, sizeof text));
        if (!*text) snprintf(text, sizeof text, "%.900s", v->text[k]);
        if (strlen(text) > LONGEST) { /* cut between characters; the number keeps it apart from others */
            size_t cut = LONGEST - 10;
            while (cut && ((unsigned char)text[cut] & 0xC0) == 0x80) cut--;
            snprintf(text + cut, sizeof text - cut, "… (no. %d)", k + 1);
        }
        VT_TRY(vt_copy_text(&v->brief[k], text));
    }
    return VT_OK;
}

/* ---- the title ---- */

static void put_range(const struct vt_sweep_variable *v, char *text, size_t size)
{
    *text = '\0';
    for (int k = 0; k < v->n && !v->number; k++) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s", used ? ", " : "", v->brief[k]);
    }
    if (!v->number) {
        if (strlen(text) > LONGEST) snprintf(text, size, "%s", v->name);
        return;
    }
    double low = v->number[0], high = v->number[0];
    for (int k = 1; k < v->n; k++) low = fmin(low, v->number[k]), high = fmax(high, v->number[k]);
    const bool bare = !strcmp(v->unit, "1");
    if (low == high)
        snprintf(text, size, "%g%s%s", low, bare ? "" : " ", bare ? "" : v->unit);
    else
        snprintf(text, size, "%g %s %g%s%s", low, v->n == 2 ? "and" : "to", high, bare ? "" : " ",
                 bare ? "" : v->unit);
}

void vt_sweep_title(const struct vt_sweep *s, char *title, size_t size)
{
    char out[VT_TEXT_SIZE] = "", range[VT_TEXT_SIZE];
    for (const char *c = title; *c;) {
        size_t used = strlen(out), length = 0;
        const struct vt_sweep_variable *found = NULL;
        if (*c == '$') length = vt_variable_length(c + 1);
        for (int k = 0; k < s->n_variables && length; k++)
            if (strlen(s->variable[k].name) == length && !strncmp(s->variable[k].name, c + 1, length))
                found = &s->variable[k];
        if (found) {
            put_range(found, range, sizeof range);
            snprintf(out + used, sizeof out - used, "%s", range);
            c += 1 + length;
        } else {
            snprintf(out + used, sizeof out - used, "%c", *c);
            c += *c == '$' && c[1] == '$' ? 2 : 1;
        }
    }
    snprintf(title, size, "%s", out);
}
