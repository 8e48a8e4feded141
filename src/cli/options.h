/* options.h: options of a command by the tables that check protocols: `--r_max '12 A'` is `r_max: 12 A`. */
#ifndef VT_CLI_OPTIONS_H
#define VT_CLI_OPTIONS_H

#include "core/params.h"

/* Begins zeroed; released by vt_options_release. */
struct vt_options {
    char *text; /* YAML */
    size_t length, capacity;
};

/* If argv[*k] is an option of the table, keep it and its value (the next word, or behind '='), and step *k
 * over them: *taken. VT_EINPUT if the value is missing. Local. */
enum vt_status vt_options_take(struct vt_options *options, const struct vt_param *table, int argc,
                               char **argv, int *k, bool *taken);
/* An option that is in no table: VT_EINPUT with the nearest one. others: what else the command takes, for the
 * message. */
enum vt_status vt_options_unknown(const char *command, const char *word, const struct vt_param *table,
                                  const char *others);
/* Fill object with presets and what was kept. Local. */
enum vt_status vt_options_read(const struct vt_options *options, const char *command,
                               const struct vt_param *table, void *object);
/* "command line:3: dsc: key 'rate': value ..." is of a file that nobody has: make it "dsc: --rate: value
 * ...". vt_options_read does so; others that read the text do it as that file. Passes st on. Local. */
enum vt_status vt_options_say(enum vt_status st, const struct vt_options *options, const char *command);
void vt_options_release(struct vt_options *options);

#endif
