/* expand.c: see expand.h. Scalars know where they stand in the text (yaml.h): each that holds a $NAME, and
 * each top-level section that goes, is an edit of a range of bytes. */
#include "core/expand.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/params.h"

/* A text that grows. */
struct text {
    char *at;
    size_t length, capacity;
};

static enum vt_status put(struct text *t, const char *bytes, size_t n)
{
    VT_TRY(vt_grow(&t->at, &t->capacity, t->length + n + 1));
    memcpy(t->at + t->length, bytes, n);
    t->length += n;
    t->at[t->length] = '\0';
    return VT_OK;
}

static enum vt_status put_word(struct text *t, const char *word)
{
    return put(t, word, strlen(word));
}

/* ---------------------------------------------------------------------------------------- values as text */

/* As it stands if that means the same everywhere, else in double quotes. */
static enum vt_status put_scalar(struct text *t, const char *s)
{
    size_t n = strlen(s);
    bool plain = n && !strchr("-?:,[]{}#&*!|>'\"%@` ", s[0]) && s[n - 1] != ' ' && s[n - 1] != ':';
    for (const char *c = s; *c; c++)
        plain = plain && !strchr(",[]{}\n\t", *c) && strncmp(c, ": ", 2) != 0 && strncmp(c, " #", 2) != 0;
    /* A number may be negative. */
    if (s[0] == '-' && n > 1 && (isdigit((unsigned char)s[1]) || s[1] == '.') && !strpbrk(s, ",[]{}:#\n\t"))
        plain = true;
    if (plain) return put(t, s, n);
    VT_TRY(put_word(t, "\""));
    for (const char *c = s; *c; c++) {
        if (*c == '"' || *c == '\\') VT_TRY(put_word(t, "\\"));
        VT_TRY(*c == '\n' ? put_word(t, "\\n") : *c == '\t' ? put_word(t, "\\t") : put(t, c, 1));
    }
    return put_word(t, "\"");
}

/* The depth is that of the tree, which yaml.c bounds. */
static enum vt_status put_flow(struct text *t, const struct vt_yaml *node)
{
    if (node->kind == VT_YAML_SCALAR) return put_scalar(t, node->text);
    bool map = node->kind == VT_YAML_MAP;
    VT_TRY(put_word(t, map ? "{" : "["));
    for (int k = 0; k < node->n; k++) {
        if (k) VT_TRY(put_word(t, ", "));
        if (map) VT_TRY(put_scalar(t, node->key[k]));
        if (map) VT_TRY(put_word(t, ": "));
        VT_TRY(put_flow(t, node->item[k]));
    }
    return put_word(t, map ? "}" : "]");
}

enum vt_status vt_yaml_flow(const struct vt_yaml *node, char **out)
{
    struct text t = {0};
    enum vt_status st = put_flow(&t, node);
    *out = t.at;
    return st;
}

/* ---------------------------------------------------------------------------------------------- names */

size_t vt_variable_length(const char *s)
{
    size_t n = 0;
    if (!isalpha((unsigned char)*s) && *s != '_') return 0;
    while (isalnum((unsigned char)s[n]) || s[n] == '_') n++;
    return n;
}

bool vt_is_variable(const char *name)
{
    return *name && vt_variable_length(name) == strlen(name);
}

static int find(const struct vt_expansion *how, const char *name, size_t n)
{
    for (int k = 0; k < how->n; k++)
        if (strlen(how->variable[k].name) == n && !strncmp(how->variable[k].name, name, n)) return k;
    return -1;
}

static enum vt_status unknown(const struct vt_expansion *how, const struct vt_yaml *node, const char *name,
                              size_t n)
{
    enum { NAMES_MAX = 100 };
    char word[80];
    const char *names[NAMES_MAX];
    int known = how->n < NAMES_MAX ? how->n : NAMES_MAX;
    snprintf(word, sizeof word, "%.*s", (int)n, name);
    for (int k = 0; k < known; k++) names[k] = how->variable[k].name;
    const char *near = vt_nearest(word, names, known);
    if (near) return VT_RAISE_AT(node, "$%s is not known here; did you mean $%s?", word, near);
    return VT_RAISE_AT(node, "$%s is not known here: %s; a dollar itself is $$", word,
                       known ? "no variable has this name"
                             : "there are no variables (`sizes`, or `variables` of a sweep)");
}

/* The text of a scalar with values for names, as text. *met: was there anything to put in? *alone: is it one
 * name and no more? -1 if not. */
static enum vt_status fill(const struct vt_expansion *how, const struct vt_yaml *node, struct text *t,
                           bool *met, int *alone)
{
    *met = false;
    *alone = -1;
    for (const char *c = node->text; *c;) {
        if (c[0] == '$' && c[1] == '$') {
            VT_TRY(put(t, c, how->last ? 1 : 2));
            *met = *met || how->last;
            c += 2;
            continue;
        }
        size_t n = *c == '$' ? vt_variable_length(c + 1) : 0;
        int k = n ? find(how, c + 1, n) : -1;
        if (n && k < 0 && how->last) return unknown(how, node, c + 1, n);
        if (k < 0) {
            VT_TRY(put(t, c, 1));
            c++;
            continue;
        }
        const struct vt_yaml *value = how->variable[k].value;
        *met = true;
        if (how->used) how->used[k] = true;
        if (c == node->text && !c[n + 1])
            *alone = k;
        else if (value->kind != VT_YAML_SCALAR)
            return VT_RAISE_AT(node, "$%s is a list or a map: it can only stand alone",
                               how->variable[k].name);
        else
            VT_TRY(put_word(t, value->text));
        c += n + 1;
    }
    return put(t, "", 0);
}

/* ---------------------------------------------------------------------------------------------- edits */

struct edit {
    size_t begin, end;
    char *text;
};
struct edits {
    struct edit *item;
    size_t n, capacity;
    const char *source; /* the text that is edited */
};

/* Takes text over, also after a failure. */
static enum vt_status note(struct edits *e, size_t begin, size_t end, char *text)
{
    enum vt_status st = vt_grow(&e->item, &e->capacity, e->n + 1);
    if (st == VT_OK)
        e->item[e->n++] = (struct edit){begin, end, text};
    else
        free(text);
    return st;
}

static enum vt_status edit_scalar(const struct vt_expansion *how, const struct vt_yaml *node, struct edits *e)
{
    struct text filled = {0}, t = {0};
    bool met;
    int alone;
    if (!strchr(node->text, '$')) return VT_OK;
    if (memchr(e->source + node->begin, '\n', node->end - node->begin))
        return VT_RAISE_AT(node, "a value with $ in it must stand on one line");
    enum vt_status st = fill(how, node, &filled, &met, &alone);
    if (st == VT_OK && met)
        st = alone >= 0 ? put_flow(&t, how->variable[alone].value) : put_scalar(&t, filled.at);
    if (st == VT_OK && met)
        st = note(e, node->begin, node->end, t.at);
    else
        free(t.at);
    free(filled.at);
    return st;
}

static enum vt_status edit_below(const struct vt_expansion *how, const struct vt_yaml *node, struct edits *e)
{
    if (node->kind == VT_YAML_SCALAR) return edit_scalar(how, node, e);
    for (int k = 0; k < node->n; k++) VT_TRY(edit_below(how, node->item[k], e));
    return VT_OK;
}

static bool is_dropped(const struct vt_expansion *how, const char *key)
{
    for (const char *const *d = how->drop; d && *d; d++)
        if (!strcmp(*d, key)) return true;
    return false;
}

static size_t line_begin(const char *text, size_t length, int line)
{
    size_t at = 0;
    for (int k = 1; k < line; k++) {
        const char *end = memchr(text + at, '\n', length - at);
        if (!end) return length;
        at = (size_t)(end - text) + 1;
    }
    return at;
}

/* Where a top-level key stands, which must begin a line of its own. */
static enum vt_status find_key(const struct vt_yaml *root, const char *text, size_t length, int k,
                               size_t *line, size_t *key)
{
    *line = line_begin(text, length, root->key_line[k]);
    if (!*line && !strncmp(text, "\xef\xbb\xbf", 3)) *line = 3; /* a byte order mark */
    *key = *line + strspn(text + *line, " ");
    if (text[root->begin] != '{' && !strncmp(text + *key, root->key[k], strlen(root->key[k]))) return VT_OK;
    return vt_yaml_raise(__FILE__, __LINE__, root->file, root->key_line[k],
                         "key '%s' must begin a line of its own, without braces or quotes", root->key[k]);
}

/* A section goes from the line of its key to that of the next one. */
static enum vt_status edit_section(const struct vt_expansion *how, const struct vt_yaml *root,
                                   const char *text, size_t length, int k, struct edits *e)
{
    size_t begin, key, end = length;
    struct text lines = {0};
    VT_TRY(find_key(root, text, length, k, &begin, &key));
    if (k + 1 < root->n) end = line_begin(text, length, root->key_line[k + 1]);
    enum vt_status st = put(&lines, "", 0);
    for (size_t c = begin; how->keep_lines && st == VT_OK && c < end; c++)
        if (text[c] == '\n') st = put(&lines, "\n", 1);
    if (st == VT_OK) return note(e, begin, end, lines.at);
    free(lines.at);
    return st;
}

static enum vt_status edit_key(const struct vt_expansion *how, const struct vt_yaml *root, const char *text,
                               size_t length, int k, struct edits *e)
{
    size_t line, key;
    struct text word = {0};
    VT_TRY(find_key(root, text, length, k, &line, &key));
    enum vt_status st = put_word(&word, how->rename[1]);
    if (st == VT_OK) return note(e, key, key + strlen(root->key[k]), word.at);
    free(word.at);
    return st;
}

static enum vt_status find_edits(const struct vt_yaml *root, const char *text, size_t length,
                                 const struct vt_expansion *how, struct edits *e)
{
    if (root->kind != VT_YAML_MAP) return VT_OK;
    for (int k = 0; k < root->n; k++) {
        if (is_dropped(how, root->key[k])) {
            VT_TRY(edit_section(how, root, text, length, k, e));
            continue;
        }
        if (how->rename[0] && !strcmp(how->rename[0], root->key[k]))
            VT_TRY(edit_key(how, root, text, length, k, e));
        VT_TRY(edit_below(how, root->item[k], e));
    }
    return VT_OK;
}

enum vt_status vt_expand(const struct vt_yaml *root, const char *text, size_t length,
                         const struct vt_expansion *how, char **out)
{
    struct edits e = {.source = text};
    struct text t = {0};
    size_t at = 0;
    enum vt_status st = find_edits(root, text, length, how, &e);
    for (size_t k = 0; k < e.n && st == VT_OK; k++) {
        assert(e.item[k].begin >= at && e.item[k].end <= length);
        st = put(&t, text + at, e.item[k].begin - at);
        if (st == VT_OK) st = put_word(&t, e.item[k].text);
        at = e.item[k].end;
    }
    if (st == VT_OK) st = put(&t, text + at, length - at);
    for (size_t k = 0; k < e.n; k++) free(e.item[k].text);
    free(e.item);
    *out = t.at;
    return st;
}

/* ---------------------------------------------------------------------------------------------- sizes */

/* All sets have the same names: then a protocol that is right in one size is not wrong in another. */
static enum vt_status check_sets(const struct vt_yaml *sizes)
{
    if (sizes->kind != VT_YAML_MAP || !sizes->n)
        return VT_RAISE_AT(sizes, "sizes: a map of sets is due, `demo: {atoms: 2000}` for example");
    for (int k = 0; k < sizes->n; k++) {
        const struct vt_yaml *set = sizes->item[k], *first = sizes->item[0];
        if (set->kind != VT_YAML_MAP || !set->n)
            return VT_RAISE_AT(set, "sizes: %s: a map of values is due, {atoms: 2000} for example",
                               sizes->key[k]);
        for (int i = 0; i < set->n; i++) {
            if (!vt_is_variable(set->key[i]))
                return VT_RAISE_AT(set->item[i],
                                   "sizes: %s: '%s' is no name: letters, digits and _ are, a digit not first",
                                   sizes->key[k], set->key[i]);
            if (!vt_yaml_get(first, set->key[i]))
                return VT_RAISE_AT(set->item[i], "sizes: %s: '%s' is in this set and not in '%s'",
                                   sizes->key[k], set->key[i], sizes->key[0]);
        }
        for (int i = 0; i < first->n; i++)
            if (!vt_yaml_get(set, first->key[i]))
                return VT_RAISE_AT(set, "sizes: %s: '%s' is missing, which '%s' has", sizes->key[k],
                                   first->key[i], sizes->key[0]);
    }
    return VT_OK;
}

static enum vt_status choose(const struct vt_yaml *root, const char *choice, const struct vt_yaml **set)
{
    const struct vt_yaml *sizes = vt_yaml_get(root, "sizes"), *size = vt_yaml_get(root, "size");
    *set = NULL;
    if (!sizes && size) return VT_RAISE_AT(size, "size: there are no `sizes` to choose from");
    if (!sizes && choice)
        return VT_RAISE(VT_EINPUT, "%s: size '%s': the file has no `sizes` to choose from", root->file,
                        choice);
    if (!sizes) return VT_OK;
    VT_TRY(check_sets(sizes));
    if (!choice && !size)
        return VT_RAISE_AT(sizes, "key 'size' is missing: which of `sizes` is used, `size: %s` for example",
                           sizes->key[0]);
    if (size && (size->kind != VT_YAML_SCALAR || !*size->text))
        return VT_RAISE_AT(size, "size: the name of one of `sizes` is due, '%s' for example", sizes->key[0]);
    const char *name = choice ? choice : size->text;
    *set = vt_yaml_get(sizes, name);
    if (*set) return VT_OK;
    char known[400] = "";
    for (int k = 0; k < sizes->n; k++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%.60s", k ? ", " : "",
                 sizes->key[k]);
    return VT_RAISE_AT(choice ? sizes : size, "size: there is no '%.80s' in `sizes`: %s", name, known);
}

static enum vt_status expand_size(const struct vt_yaml *root, const char *text, size_t length,
                                  const struct vt_yaml *set, bool last, char **out)
{
    static const char *const drop[] = {"size", "sizes", NULL};
    struct vt_variable *variable = NULL;
    bool *used = NULL;
    int n = set ? set->n : 0;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&variable, n));
    VT_TRY_GOTO(st, done, vt_alloc(&used, n));
    for (int k = 0; k < n; k++) variable[k] = (struct vt_variable){set->key[k], set->item[k]};
    const struct vt_expansion how = {
        .n = n, .variable = variable, .used = used, .drop = drop, .keep_lines = true, .last = last};
    VT_TRY_GOTO(st, done, vt_expand(root, text, length, &how, out));
    for (int k = 0; k < n && st == VT_OK; k++)
        if (!used[k])
            st = VT_RAISE_AT(set->item[k], "sizes: '%s' is used nowhere: write $%s where it belongs",
                             set->key[k], set->key[k]);
done:
    free(used);
    free(variable);
    return st;
}

enum vt_status vt_expand_size(char **text, size_t *length, const char *name, const char *choice, bool last)
{
    struct vt_yaml *root;
    const struct vt_yaml *set;
    char *out = NULL;
    VT_TRY(vt_yaml_parse(*text, *length, name, &root));
    enum vt_status st = VT_OK;
    if (root->kind == VT_YAML_MAP && last && vt_yaml_get(root, "sweep"))
        st = VT_RAISE_AT(vt_yaml_get(root, "sweep"),
                         "key 'sweep': this is a sweep of many runs: `vitrum sweep %s` carries it out", name);
    else if (root->kind == VT_YAML_MAP) {
        st = choose(root, choice, &set);
        if (st == VT_OK) st = expand_size(root, *text, *length, set, last, &out);
    }
    if (st == VT_OK && out) {
        free(*text);
        *text = out, *length = strlen(out);
        out = NULL;
    }
    free(out);
    vt_yaml_release(root);
    return st;
}
