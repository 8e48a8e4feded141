/* params.h: every option of every stage, kernel and operator stands in one table.
 *
 * Input checking, `vitrum info`, the reference manual and the echo of used values come from it. */
#ifndef VT_PARAMS_H
#define VT_PARAMS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/status.h"
#include "core/yaml.h"

enum vt_kind {
    VT_REAL,   /* double, stored in internal units */
    VT_INT,    /* int64_t */
    VT_BOOL,   /* bool; written true/false, yes/no */
    VT_TEXT,   /* char[VT_TEXT_SIZE] */
    VT_CHOICE, /* int: index of one of the words in .text, separated by | */
    VT_NODE,   /* const struct vt_yaml *: a list or map that its owner reads (composition); NULL unless
                * given; lives as long as the tree it came from */
};
enum { VT_TEXT_SIZE = 512 };

#define VT_REQUIRED (-INFINITY) /* preset: the user must give it */
#define VT_UNSET    NAN         /* preset: no value unless given; VT_REAL only, test with isnan */

struct vt_param {
    const char *name; /* the YAML key; NULL ends a table */
    const char
        *unit; /* unit of preset, min, max and of what is printed; "1" for a bare number, "" for text */
    enum vt_kind kind;
    size_t offset;           /* of the member in the options struct */
    double preset, min, max; /* in unit; presets of VT_BOOL and VT_CHOICE are 0/1 and the index */
    const char *help;        /* one line */
    const char *text;        /* VT_TEXT: the preset (NULL: required if preset is VT_REQUIRED, else "");
                              * VT_CHOICE: "word|word|..."; VT_NODE: its form, "{Cu: 64, Zr: 36}" */
};

/* Options are often several tables on several structs: those of all stages and those of this one. */
struct vt_params {
    const struct vt_param *table;
    void *object;
};

/* The name under which options of a command are read (vt_yaml_parse): messages name the option instead of it
 * (cli/options.h), and their examples are the option's own. */
#define VT_COMMAND_LINE "command line"

/* Fill objects with the presets (required ones become NaN, 0 or ""). */
void vt_params_preset(const struct vt_params *sets, int n_sets);

/* Presets, then the keys of a map. Every key must be in one of the tables.
 * Fails with VT_EINPUT naming file, line, key, value and what would be right, with the nearest valid
 * key for an unknown one. map may be NULL or an empty scalar: presets only. Local. */
enum vt_status vt_params_read(const struct vt_yaml *map, const char *what, const struct vt_params *sets,
                              int n_sets);

/* Read the value of one key by another row than its own, into object: for a key that may hold two kinds of
 * things. The row's preset if the key is not there. Local. */
enum vt_status vt_params_read_as(const struct vt_yaml *map, const char *key, const char *what,
                                 const struct vt_param *row, void *object);

/* Was this key given? (needed where two options exclude each other) */
bool vt_params_given(const struct vt_yaml *map, const char *name);

/* Print a table for people: name, unit, default, range, help; as aligned text or as a Markdown table. */
void vt_params_print(FILE *out, const struct vt_param *table, bool markdown);

/* "name: value unit" lines of the values in use, for the results file. Returns the length needed. */
size_t vt_params_echo(const struct vt_params *sets, int n_sets, char *text, size_t size);

/* The value of a key among such lines, as it is written; false if it is not there (echo may be NULL). */
bool vt_params_echoed(const char *echo, const char *key, char *text, size_t size);

/* The word among words (n) nearest to word by edit distance; NULL when none is near. */
const char *vt_nearest(const char *word, const char *const *words, int n);

#endif
