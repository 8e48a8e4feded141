/* expand.h: a YAML text with $NAME in it becomes one with values: sizes of a protocol, variables of a sweep.
 *
 * $NAME stands in a value, alone or within it, never in a key: letters, digits and _, not beginning with a
 * digit; $$ is a dollar. The text stays as it is everywhere else, comments and all, so that the lines of
 * messages are those of the file. What a name stands for may be a list or a map where it stands alone. */
#ifndef VT_EXPAND_H
#define VT_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/yaml.h"

struct vt_variable {
    const char *name;
    const struct vt_yaml *value;
};

struct vt_expansion {
    int n;
    const struct vt_variable *variable;
    bool *used;              /* n: set where a name was met; may be NULL */
    const char *const *drop; /* top-level keys that go with all that is below them; ended by NULL */
    bool keep_lines;         /* empty lines take their place */
    const char *rename[2];   /* a top-level key becomes another one; NULL: none */
    bool last;               /* names that are not known are errors, and $$ becomes $ */
};

/* root is the tree of text (length). *out (NUL-ended) is freed by the caller, also after a failure.
 * VT_EINPUT at its line for a name that is not known, or for a list within a text. Local. */
enum vt_status vt_expand(const struct vt_yaml *root, const char *text, size_t length,
                         const struct vt_expansion *how, char **out);

/* A value as YAML on one line; *out is freed by the caller. Local. */
enum vt_status vt_yaml_flow(const struct vt_yaml *node, char **out);

/* The letters of the name at the head of s that can stand behind a $; 0: there is none. */
size_t vt_variable_length(const char *s);
/* Is it such a name? */
bool vt_is_variable(const char *name);

/* Choose a size: what `sizes` has under the name in `size` (or under choice, if not NULL) are the variables
 * of the whole text; both keys are gone from it then, their lines are empty. Without sizes the text stays,
 * byte for byte. last: as above. *text (a block of its own) and *length are replaced. Local. */
enum vt_status vt_expand_size(char **text, size_t *length, const char *name, const char *choice, bool last);

#endif
