/* table_file.h: measured tables of several columns from text files: DMA, DSC, equations of state.
 *
 * What instruments and people export: columns set apart by tabs, semicolons, commas or blanks; a decimal
 * comma where commas do not set columns apart; lines about the sample above the names of the columns; units
 * behind the names, `T (K)`, `Temp./degC`, `E' [MPa]`, `T_K`, or on a line of their own below them; comments
 * with #; UTF-8 or Latin-1, with or without a byte order mark; any ends of lines. Columns are found by their
 * names, in which words on the sign of a heat flow, `^exo`, do not count (io/heat_sign.h). A column without a
 * unit, where one is due, is refused rather than guessed. */
#ifndef VT_TABLE_FILE_H
#define VT_TABLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/* A quantity that the caller looks for. */
struct vt_table_want {
    const char *key;   /* as options and messages call it: "tan_delta" */
    const char *names; /* how columns are headed, separated by |: "tan delta|loss factor". Compared without
                        * blanks, _ . - ( ) | and case, but names of one or two letters with case: T is not t.
                        * Two signs stand among them: *: any name, of the only column in this unit that is
                        * nothing else; ?: columns without a unit that fits are not meant */
    const char
        *unit; /* of the values that come out; any unit of its quantity is read (core/units.h). Two
                * wants of  the same names and units of two quantities: each takes what is in its own */
    bool required;
};

struct vt_table {
    int n_wants;
    int n;          /* rows */
    double **value; /* (n_wants) of n, in the want's unit; NULL where the file has no such column */
    int *column;    /* (n_wants) in the file, from 1; 0: not there */
    int64_t *line;  /* (n) of the file */
    int columns;    /* of the file */
    char **name;    /* (columns) as the file heads them; NULL if it does not */
    char decimal;   /* sign of its numbers, '.' or ','; 0: they have none */
    int n_notes;    /* lines above the names: `key = value`, `key: value`, or two cells; key "": others */
    struct vt_table_note { /* */
        char *key, *text;
    } * note;
    size_t note_capacity;
};

/* Read the columns that are wanted.
 *
 * columns  what the names do not tell, or "" (NULL): "temperature=3 [degC], tan_delta='Tan(delta)'": key =
 * number of the column from 1, or its name, and its unit in [] where the file does not give it
 *
 * A heading goes to the want that it names best: as a whole (V/V0), with a unit that fits, with another. Two
 * columns of one want that hold the same in two units, to 1e-3, or 0.02 K of temperatures, are one. Rows in
 * which a wanted cell is empty or NaN are left out with a warning, up to a tenth of all.
 *
 * VT_EINPUT "PATH:LINE: ..." where a wanted cell is no number, a row is short, words stand between numbers,
 * a unit is missing or of another quantity, two columns answer to one name; "PATH: ..." where a required
 * column is not there, with the names that are; or with the option's text where that is wrong. Cells of other
 * columns may be anything. table is released by the caller, also after a failure. Local. */
enum vt_status vt_table_read(const char *path, const char *columns, int n_wants,
                             const struct vt_table_want *wants, struct vt_table *table);
void vt_table_release(struct vt_table *table);

#endif
