/* options.c: see options.h. */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

static enum vt_status append(struct vt_options *o, const char *text, size_t length)
{
    VT_TRY(vt_grow(&o->text, &o->capacity, o->length + length + 1));
    memcpy(o->text + o->length, text, length);
    o->length += length;
    o->text[o->length] = '\0';
    return VT_OK;
}

static enum vt_status append_quoted(struct vt_options *o, const char *value)
{
    VT_TRY(append(o, "'", 1));
    for (const char *c = value; *c; c++) VT_TRY(append(o, *c == '\'' ? "''" : c, *c == '\'' ? 2 : 1));
    return append(o, "'", 1);
}

static bool is_given(const struct vt_options *o, const char *name, size_t length)
{
    for (const char *at = o->text; at && *at; at += strcspn(at, "\n") + 1) /* each line has an end */
        if (!strncmp(at, name, length) && at[length] == ':') return true;
    return false;
}

enum vt_status vt_options_take(struct vt_options *o, const struct vt_param *table, int argc, char **argv,
                               int *k, bool *taken)
{
    const char *word = argv[*k];
    *taken = false;
    if (strncmp(word, "--", 2) != 0) return VT_OK;
    size_t length = strcspn(word + 2, "=");
    for (const struct vt_param *p = table; p->name; p++) {
        if (strlen(p->name) != length || strncmp(p->name, word + 2, length) != 0) continue;
        const char *value = word[2 + length] ? word + 3 + length : ++*k < argc ? argv[*k] : "";
        if (!*value || strchr(value, '\n')) return VT_RAISE(VT_EINPUT, "--%s: a value is due", p->name);
        if (is_given(o, p->name, length)) return VT_RAISE(VT_EINPUT, "--%s is given twice", p->name);
        VT_TRY(append(o, p->name, length));
        VT_TRY(append(o, ": ", 2));
        if (p->kind == VT_NODE)
            VT_TRY(append(o, value, strlen(value)));
        else
            VT_TRY(append_quoted(o, value)); /* one value, whatever signs of YAML are in it */
        VT_TRY(append(o, "\n", 1));
        *taken = true;
        return VT_OK;
    }
    return VT_OK;
}

enum vt_status vt_options_unknown(const char *command, const char *word, const struct vt_param *table,
                                  const char *others)
{
    enum { WORDS_MAX = 64 };
    const char *name[WORDS_MAX];
    int n = 0;
    for (const struct vt_param *p = table; p->name && n < WORDS_MAX; p++) name[n++] = p->name;
    const char *nearest = vt_nearest(word + strspn(word, "-"), name, n);
    if (nearest)
        return VT_RAISE(VT_EINPUT, "%s: option '%s' is not known; did you mean --%s?", command, word,
                        nearest);
    return VT_RAISE(VT_EINPUT, "%s: option '%s' is not known: %s; `vitrum %s --help` lists all", command,
                    word, others, command);
}

/* Each option is a line. */
enum vt_status vt_options_say(enum vt_status st, const struct vt_options *o, const char *command)
{
    char message[1024], within[200];
    int line, length = 0;
    snprintf(message, sizeof message, "%s", vt_message());
    if (st == VT_OK || sscanf(message, VT_COMMAND_LINE ":%d: %n", &line, &length) != 1 || !length) return st;
    const char *at = o->text, *rest = message + length;
    for (int k = 1; k < line && strchr(at, '\n')[1]; k++) at = strchr(at, '\n') + 1;
    int name = (int)strcspn(at, ":\n");
    snprintf(within, sizeof within, "%s: key '%.*s': ", command, name, at);
    if (!strncmp(rest, within, strlen(within))) rest += strlen(within);
    return VT_RAISE(st, "%s: --%.*s: %s", command, name, at, rest);
}

enum vt_status vt_options_read(const struct vt_options *o, const char *command, const struct vt_param *table,
                               void *object)
{
    struct vt_yaml *map = NULL;
    enum vt_status st = o->length ? vt_yaml_parse(o->text, o->length, VT_COMMAND_LINE, &map) : VT_OK;
    if (st == VT_OK) st = vt_params_read(map, command, &(struct vt_params){table, object}, 1);
    st = vt_options_say(st, o, command);
    vt_yaml_release(map);
    return st;
}

void vt_options_release(struct vt_options *o)
{
    free(o->text);
    *o = (struct vt_options){0};
}
