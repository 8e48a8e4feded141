/* yaml.h: a YAML file as a tree that remembers where each value stands.
 *
 * Read with libyaml. One document; scalars, lists and maps; anchors, tags and duplicate keys are
 * refused. Each node knows its file and line, so that a complaint about a value can name them. */
#ifndef VT_YAML_H
#define VT_YAML_H

#include <stddef.h>

#include "core/status.h"

enum vt_yaml_kind { VT_YAML_SCALAR, VT_YAML_LIST, VT_YAML_MAP };

struct vt_yaml {
    enum vt_yaml_kind kind;
    char *text;            /* scalar: its text; "" for an empty value */
    int n;                 /* list, map: number of items */
    struct vt_yaml **item; /* list: items; map: values */
    char **key;            /* map: keys, in order of the file */
    int *key_line;         /* map: line of each key */
    const char *file;      /* name for messages; lives as long as the root */
    int line;              /* from 1 */
    size_t begin, end;     /* bytes of the text: where it begins; of a scalar also where it ends */
};

/* Read a file or a text. *root is released with vt_yaml_release (also after a failure). Local.
 * Fails with VT_EINPUT "FILE:LINE: ..." on a syntax error and VT_EINPUT when the file cannot be read. */
enum vt_status vt_yaml_read(const char *path, struct vt_yaml **root);
enum vt_status vt_yaml_parse(const char *text, size_t length, const char *name, struct vt_yaml **root);
/* The bytes of a file, for vt_yaml_parse on several ranks: *text ends with a NUL that *length does not count
 * and is freed by the caller, also after a failure. VT_EINPUT when the file cannot be read or is longer than
 * vt_yaml_parse takes. Local. */
enum vt_status vt_yaml_load(const char *path, char **text, size_t *length);
void vt_yaml_release(struct vt_yaml *root);

/* The value of a key, NULL if absent. Asserts that map is a map. */
const struct vt_yaml *vt_yaml_get(const struct vt_yaml *map, const char *key);

/* Fail with VT_EINPUT "FILE:LINE: message" at a node. */
#define VT_RAISE_AT(node, ...) vt_yaml_raise(__FILE__, __LINE__, (node)->file, (node)->line, __VA_ARGS__)
enum vt_status vt_yaml_raise(const char *source, int source_line, const char *file, int line,
                             const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
