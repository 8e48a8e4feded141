/* alloy.c: see alloy.h. */
#include "core/alloy.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/yaml.h"

static enum vt_status add(struct vt_alloy *a, const char *symbol, int length, const char *number,
                          const char **end)
{
    char word[4] = "", *after;
    snprintf(word, sizeof word, "%.*s", length < 3 ? length : 3, symbol);
    if (length > 3 || !vt_element_z(word))
        return VT_RAISE(VT_EINPUT, "'%.*s' is not an element", length, symbol);
    for (int k = 0; k < a->n; k++)
        if (!strcmp(a->symbol[k], word)) return VT_RAISE(VT_EINPUT, "%s stands twice", word);
    if (a->n == VT_SPECIES_MAX) return VT_RAISE(VT_EINPUT, "more than %d elements", VT_SPECIES_MAX);
    a->percent[a->n] = strtod(number, &after);
    if (after == number || !(a->percent[a->n] > 0 && a->percent[a->n] <= 100))
        return VT_RAISE(VT_EINPUT, "%s: its at.%% is due, above 0 and at most 100", word);
    strcpy(a->symbol[a->n++], word);
    *end = after;
    return VT_OK;
}

static enum vt_status read_map(const char *text, struct vt_alloy *a)
{
    struct vt_yaml *root;
    const char *end;
    enum vt_status st = vt_yaml_parse(text, strlen(text), "alloy", &root);
    if (st == VT_OK && root->kind != VT_YAML_MAP) st = VT_RAISE(VT_EINPUT, "a map is due");
    for (int k = 0; st == VT_OK && k < root->n; k++) {
        const char *number = root->item[k]->kind == VT_YAML_SCALAR ? root->item[k]->text : "";
        st = add(a, root->key[k], (int)strlen(root->key[k]), number, &end);
        if (st == VT_OK && strcmp(end, "") != 0 && strcmp(end, " at.%") != 0)
            st = VT_RAISE(VT_EINPUT, "%s: '%s' is no number of at.%%", a->symbol[a->n - 1], number);
    }
    vt_yaml_release(root);
    return st;
}

static enum vt_status read_formula(const char *text, struct vt_alloy *a)
{
    while (*text) {
        int length = 1;
        while (islower((unsigned char)text[length])) length++;
        if (!isupper((unsigned char)*text))
            return VT_RAISE(VT_EINPUT, "an element is due where '%s' stands", text);
        VT_TRY(add(a, text, length, text + length, &text));
    }
    return VT_OK;
}

/* The name of an alloy; its parts must sum to 100. */
static enum vt_status finish(const char *text, struct vt_alloy *a)
{
    double sum = 0;
    size_t used = 0;
    for (int k = 0; k < a->n; k++) {
        sum += a->percent[k];
        used +=
            (size_t)snprintf(a->name + used, sizeof a->name - used, "%s%.10g", a->symbol[k], a->percent[k]);
        if (used >= sizeof a->name) return VT_RAISE(VT_EINPUT, "alloy '%s': its name is too long", text);
    }
    if (!(fabs(sum - 100) <= 0.05))
        return VT_RAISE(VT_EINPUT, "alloy '%s' sums to %.10g at.%%, not 100", text, sum);
    return VT_OK;
}

enum vt_status vt_alloy_parse(const char *text, struct vt_alloy *a)
{
    *a = (struct vt_alloy){0};
    VT_TRY(vt_prefix(*text == '{' ? read_map(text, a) : read_formula(text, a),
                     "alloy '%s', such as Cu46Zr46Al8 or '{Cu: 46, Zr: 46, Al: 8}'", text));
    return finish(text, a);
}

enum vt_status vt_alloy_formula(const char *text, struct vt_alloy *a)
{
    double sum = 0;
    *a = (struct vt_alloy){0};
    for (const char *at = text; *at;) {
        if (isspace((unsigned char)*at)) {
            at++;
            continue;
        }
        int length = 1;
        while (islower((unsigned char)at[length])) length++;
        const char *number = at + length;
        bool one = !isdigit((unsigned char)*number) && *number != '.';
        enum vt_status st = isupper((unsigned char)*at)
                                ? add(a, at, length, one ? "1" : number, &at)
                                : VT_RAISE(VT_EINPUT, "an element is due where '%s' stands", at);
        if (one) at = number;
        VT_TRY(vt_prefix(st, "composition '%s', such as Cu50Zr50 or CeO2", text));
        sum += a->percent[a->n - 1];
    }
    if (!a->n) return VT_RAISE(VT_EINPUT, "composition '%s': elements are due, such as Cu50Zr50", text);
    for (int k = 0; k < a->n; k++) a->percent[k] *= 100 / sum;
    snprintf(a->name, sizeof a->name, "%s", text);
    return VT_OK;
}

bool vt_alloy_same(const struct vt_alloy *a, const struct vt_alloy *b)
{
    int found = 0;
    for (int k = 0; k < a->n; k++)
        for (int q = 0; q < b->n; q++)
            found += !strcmp(a->symbol[k], b->symbol[q]) && fabs(a->percent[k] - b->percent[q]) < 1e-6;
    return a->n == b->n && found == a->n;
}

void vt_alloy_composition(const struct vt_alloy *a, char *text, size_t size)
{
    *text = '\0';
    for (int k = 0; k < a->n; k++) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s: %.10g%s", k ? ", " : "{", a->symbol[k], a->percent[k],
                 k == a->n - 1 ? "}" : "");
    }
}
