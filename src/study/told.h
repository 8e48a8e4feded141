/* told.h: numbers that names of files, headings and lines above a table's columns tell: 0p5Hz, 20K_min,
 * `Sample mass: 10,5 mg`. */
#ifndef VT_TOLD_H
#define VT_TOLD_H

#include <stdbool.h>

#include "core/status.h"
#include "io/table_file.h"

/* The number that begins at `at`, a digit of name: 2.5, 2,5, 2p5 or 1e4; *end behind it. *doubtful: what
 * stands before may be its beginning, as in x_0_5Hz or 10-20Kmin: a number, no part of a word (vit4_20Kmin)
 * nor of five digits or more (a date: 20240131_20Kmin), and one of _ - . and a comma. */
double vt_told_number_in_name(const char *name, const char *at, const char **end, bool *doubtful);
/* The frequency [Hz] in the name of a file, NaN if there is none: 1Hz, 0p5_Hz, 250mHz, 10kHz. VT_EINPUT, and
 * NaN, where it is doubtful or two differ. */
enum vt_status vt_told_frequency_in_name(const char *path, double *frequency);

/* A number at the head of text, with a decimal point or comma; *end behind it, text where there is none.
 * 1,000 is a thousand where the rows of the table have decimal points, one where they have commas, else not
 * read. */
double vt_told_number(const struct vt_table *table, const char *text, const char **end);
/* The value of `KEY: 10.5 mg` or `KEY [mg]: 10.5` in unit, without its sign; NaN if the line is none of that
 * key, or cannot be read. Behind the key a unit may stand, in brackets or behind / or a comma, and nothing
 * else. *mine (or NULL): it is of that key. */
double vt_told_value(const struct vt_table *table, const struct vt_table_note *note, const char *key,
                     const char *unit, bool *mine);

#endif
