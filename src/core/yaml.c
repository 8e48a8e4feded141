/* yaml.c: libyaml events into a tree.
 *
 * The part of YAML that protocols need and no more: one document of maps, lists and scalars. Anchors and
 * aliases could make a small file expand without bound, tags change what a value means, and of two equal
 * keys one would silently win: all are refused with their line. */
#include "core/yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/memory.h"

enum {
    SIZE_LIMIT = 1 << 20, /* bytes; a protocol has some thousand */
    DEPTH_LIMIT = 32,     /* lists and maps in each other; also bounds the recursion below */
    KEY_LIMIT = 1000,     /* keys of one map; equal keys are looked for in pairs */
};

struct reader {
    yaml_parser_t parser;
    const char *text;
    size_t length;
    const char *name;       /* of the file, owned by the root once there is one */
    size_t skipped;         /* bytes before text: a byte order mark */
    size_t character, byte; /* a place in text, in both measures */
};

enum vt_status vt_yaml_raise(const char *source, int source_line, const char *file, int line,
                             const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return vt_raise(source, source_line, VT_EINPUT, "%s:%d: %s", file, line, text);
}

#define RAISE_MARK(r, mark, ...)                                                                             \
    vt_yaml_raise(__FILE__, __LINE__, (r)->name, (int)(mark).line + 1, __VA_ARGS__)

/* Does a line (from 0) have a tab among its leading blanks? */
static bool indents_with_tab(const struct reader *r, size_t line)
{
    const char *p = r->text, *end = r->text + r->length;
    for (; line > 0 && p < end; p++) line -= *p == '\n';
    while (p < end && *p == ' ') p++;
    return p < end && *p == '\t';
}

/* What libyaml says, with the line; a mark is missing where the bytes themselves are wrong. */
static enum vt_status raise_parser(const struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const char *problem = p->problem ? p->problem : "not YAML";
    if (p->error == YAML_MEMORY_ERROR) return VT_RAISE(VT_EWORLD, "%s: out of memory", r->name);
    if (p->error == YAML_READER_ERROR) {
        yaml_mark_t mark = {0, 0, 0};
        for (size_t k = 0; k < p->problem_offset && k < r->length; k++) mark.line += r->text[k] == '\n';
        return RAISE_MARK(r, mark, "this is not a text file in UTF-8 (%s, byte %zu of the file)", problem,
                          p->problem_offset + 1);
    }
    bool tab = indents_with_tab(r, p->problem_mark.line);
    char context[160] = "";
    if (p->context)
        snprintf(context, sizeof context, ", %s that began in line %zu", p->context,
                 p->context_mark.line + 1);
    return RAISE_MARK(r, p->problem_mark, "%s%s (column %zu)%s", problem, context, p->problem_mark.column + 1,
                      tab ? ": indent with spaces, not with a tab" : "");
}

static enum vt_status next(struct reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) ? VT_OK : raise_parser(r);
}

/* A copy of a scalar's text. NUL would end it early, other control characters would garble messages. */
static enum vt_status copy_text(const struct reader *r, const yaml_event_t *event, char **copy)
{
    const unsigned char *text = event->data.scalar.value;
    size_t length = event->data.scalar.length;
    for (size_t k = 0; k < length; k++)
        if ((text[k] < 0x20 && text[k] != '\n' && text[k] != '\t') || text[k] == 0x7f)
            return RAISE_MARK(r, event->start_mark, "a text holds the control character 0x%02x", text[k]);
    VT_TRY(vt_alloc(copy, length + 1));
    memcpy(*copy, text, length);
    return VT_OK;
}

/* Anchors and tags of a node that begins. */
static enum vt_status check_plain(const struct reader *r, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (event->type == YAML_ALIAS_EVENT)
        return RAISE_MARK(r, event->start_mark,
                          "the alias *%.60s: aliases are not read; write the value here",
                          (const char *)event->data.alias.anchor);
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor)
        return RAISE_MARK(r, event->start_mark, "the anchor &%.60s: anchors are not read; leave it out",
                          (const char *)anchor);
    if (tag)
        return RAISE_MARK(r, event->start_mark, "the tag %.60s: tags are not read; leave it out",
                          (const char *)tag);
    return VT_OK;
}

/* libyaml counts characters. Places come nearly in order, so the count goes on from the last one. */
static size_t byte_of(struct reader *r, size_t character)
{
    if (character < r->character) r->character = r->byte = 0;
    while (r->character < character && r->byte < r->length) {
        r->byte++;
        while (r->byte < r->length && ((unsigned char)r->text[r->byte] & 0xc0) == 0x80) r->byte++;
        r->character++;
    }
    return r->skipped + r->byte;
}

static enum vt_status build(struct reader *r, yaml_event_t *event, int depth, struct vt_yaml **out);

/* The next event begins a value: build it. */
static enum vt_status build_next(struct reader *r, int depth, struct vt_yaml **out)
{
    yaml_event_t event;
    VT_TRY(next(r, &event));
    enum vt_status st = build(r, &event, depth, out);
    yaml_event_delete(&event);
    return st;
}

static enum vt_status build_list(struct reader *r, int depth, struct vt_yaml *list)
{
    size_t capacity = 0;
    for (;;) {
        yaml_event_t event;
        VT_TRY(next(r, &event));
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        enum vt_status st = VT_OK;
        if (!end) st = vt_grow(&list->item, &capacity, list->n + 1);
        if (!end && st == VT_OK) st = build(r, &event, depth, &list->item[list->n++]);
        yaml_event_delete(&event);
        if (end || st != VT_OK) return st;
    }
}

/* A key is in place, with its line, when its value is built. */
static enum vt_status add_key(const struct reader *r, const yaml_event_t *event, struct vt_yaml *map)
{
    if (event->type != YAML_SCALAR_EVENT)
        return RAISE_MARK(r, event->start_mark, "a key must be a word, not a list, a map or an alias");
    VT_TRY(check_plain(r, event));
    if (event->data.scalar.length == 0) return RAISE_MARK(r, event->start_mark, "a key is empty");
    if (map->n >= KEY_LIMIT)
        return RAISE_MARK(r, event->start_mark, "a map has more than %d keys", KEY_LIMIT);
    int k = map->n;
    VT_TRY(copy_text(r, event, &map->key[k]));
    map->n++; /* from here on release frees the key */
    map->key_line[k] = (int)event->start_mark.line + 1;
    if (strchr(map->key[k], '\n')) return RAISE_MARK(r, event->start_mark, "a key goes over several lines");
    for (int other = 0; other < k; other++)
        if (strcmp(map->key[other], map->key[k]) == 0)
            return RAISE_MARK(r, event->start_mark, "key '%.60s' is given twice; the first is in line %d",
                              map->key[k], map->key_line[other]);
    return VT_OK;
}

static enum vt_status build_map(struct reader *r, int depth, struct vt_yaml *map)
{
    size_t items = 0, keys = 0, lines = 0;
    for (;;) {
        yaml_event_t event;
        VT_TRY(next(r, &event));
        bool end = event.type == YAML_MAPPING_END_EVENT;
        enum vt_status st = VT_OK;
        if (!end) st = vt_grow(&map->item, &items, map->n + 1);
        if (!end && st == VT_OK) st = vt_grow(&map->key, &keys, map->n + 1);
        if (!end && st == VT_OK) st = vt_grow(&map->key_line, &lines, map->n + 1);
        if (!end && st == VT_OK) st = add_key(r, &event, map);
        yaml_event_delete(&event);
        if (end || st != VT_OK) return st;
        VT_TRY(build_next(r, depth, &map->item[map->n - 1]));
    }
}

/* The tree below the node that event begins. *out is set as soon as there is something to release. */
static enum vt_status build(struct reader *r, yaml_event_t *event, int depth, struct vt_yaml **out)
{
    VT_TRY(check_plain(r, event));
    if (depth >= DEPTH_LIMIT && event->type != YAML_SCALAR_EVENT)
        return RAISE_MARK(r, event->start_mark, "lists and maps are nested more than %d deep", DEPTH_LIMIT);
    VT_TRY(vt_alloc(out, 1));
    struct vt_yaml *node = *out;
    node->file = r->name;
    node->line = (int)event->start_mark.line + 1;
    node->begin = byte_of(r, event->start_mark.index);
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        node->kind = VT_YAML_LIST;
        return build_list(r, depth + 1, node);
    }
    if (event->type == YAML_MAPPING_START_EVENT) {
        node->kind = VT_YAML_MAP;
        return build_map(r, depth + 1, node);
    }
    assert(event->type == YAML_SCALAR_EVENT);
    node->kind = VT_YAML_SCALAR;
    node->end = byte_of(r, event->end_mark.index);
    return copy_text(r, event, &node->text);
}

/* Events around the one document. */
static enum vt_status build_document(struct reader *r, struct vt_yaml **root)
{
    enum vt_status st = VT_OK;
    for (bool end = false; !end && st == VT_OK;) {
        yaml_event_t event;
        VT_TRY(next(r, &event));
        end = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT) {
            if (*root)
                st = RAISE_MARK(r, event.start_mark, "a second document begins; one file is one document");
            else if (event.data.document_start.version_directive ||
                     event.data.document_start.tag_directives.start !=
                         event.data.document_start.tag_directives.end)
                st = RAISE_MARK(r, event.start_mark, "%% directives are not read; leave them out");
            else
                st = build_next(r, 0, root);
        }
        yaml_event_delete(&event);
    }
    return st;
}

static enum vt_status check_length(size_t length, const char *name)
{
    if (length <= SIZE_LIMIT) return VT_OK;
    return VT_RAISE(VT_EINPUT, "%s: the file is larger than %d bytes, which no protocol is", name,
                    SIZE_LIMIT);
}

enum vt_status vt_yaml_parse(const char *text, size_t length, const char *name, struct vt_yaml **root)
{
    bool mark = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0; /* byte order mark: not content */
    struct reader r = {
        .text = text + (mark ? 3 : 0), .length = length - (mark ? 3 : 0), .skipped = mark ? 3 : 0};
    char *own_name = NULL;
    *root = NULL;
    VT_TRY(check_length(length, name));
    VT_TRY(vt_copy_text(&own_name, name));
    r.name = own_name;
    if (!yaml_parser_initialize(&r.parser)) {
        free(own_name);
        return VT_RAISE(VT_EWORLD, "%s: out of memory", name);
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.text, r.length);

    enum vt_status st = build_document(&r, root);
    if (st == VT_OK && !*root)
        st = vt_yaml_raise(__FILE__, __LINE__, name, 1, "the file holds nothing but comments or spaces");
    yaml_parser_delete(&r.parser);
    if (*root)
        (*root)->file = own_name;
    else
        free(own_name);
    if (st != VT_OK) {
        vt_yaml_release(*root);
        *root = NULL;
    }
    return st;
}

enum vt_status vt_yaml_load(const char *path, char **text, size_t *length)
{
    *text = NULL;
    *length = 0;
    FILE *file = fopen(path, "rb");
    if (!file) return VT_RAISE(VT_EINPUT, "%s: the file cannot be opened: %s", path, strerror(errno));
    /* One byte more than is allowed tells a file that is too long, also where a size is not known. */
    enum vt_status st = vt_alloc(text, SIZE_LIMIT + 2);
    if (st == VT_OK) *length = fread(*text, 1, SIZE_LIMIT + 1, file);
    if (st == VT_OK && ferror(file))
        st = VT_RAISE(VT_EINPUT, "%s: the file cannot be read: %s", path, strerror(errno));
    if (st == VT_OK) st = check_length(*length, path);
    fclose(file);
    return st;
}

enum vt_status vt_yaml_read(const char *path, struct vt_yaml **root)
{
    char *text;
    size_t length;
    *root = NULL;
    enum vt_status st = vt_yaml_load(path, &text, &length);
    if (st == VT_OK) st = vt_yaml_parse(text, length, path, root);
    free(text);
    return st;
}

static void release_below(struct vt_yaml *node)
{
    if (!node) return;
    for (int k = 0; k < node->n; k++) {
        if (node->item) release_below(node->item[k]);
        if (node->key) free(node->key[k]);
    }
    free(node->item);
    free(node->key);
    free(node->key_line);
    free(node->text);
    free(node);
}

void vt_yaml_release(struct vt_yaml *root)
{
    if (!root) return;
    char *name = (char *)root->file;
    release_below(root);
    free(name);
}

const struct vt_yaml *vt_yaml_get(const struct vt_yaml *map, const char *key)
{
    assert(map->kind == VT_YAML_MAP);
    for (int k = 0; k < map->n; k++)
        if (strcmp(map->key[k], key) == 0) return map->item[k];
    return NULL;
}
