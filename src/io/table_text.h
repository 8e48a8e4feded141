/* table_text.h: a text file as lines, lines as cells, cells as numbers or names: what table_file.c works
 * with. Local. */
#ifndef VT_TABLE_TEXT_H
#define VT_TABLE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

enum { VT_TABLE_CELLS = 128, VT_TABLE_NAME = 120 };

struct vt_table_text {
    const char *path;
    char *bytes; /* UTF-8; the lines lie in it, each ended by 0 */
    int n;
    char **line;
    char *work; /* as long as the longest line, and one more: where lines are cut into cells */
};

/* Read it all, bring it to UTF-8 and cut it into lines. VT_EINPUT where it cannot be opened, is empty, larger
 * than 1 GiB, UTF-16 or no text. Released by the caller, also after a failure. */
enum vt_status vt_table_text_read(const char *path, struct vt_table_text *t);
void vt_table_text_release(struct vt_table_text *t);
/* VT_EINPUT "PATH:LINE: message" */
enum vt_status vt_table_text_fail(const char *path, int64_t line, const char *message);

/* Blanks off both ends, in place. */
char *vt_table_text_trim(char *text);
/* Cut a line into cells in work; returns how many there are, of which at most VT_TABLE_CELLS are in cell.
 * separator ' ': blanks and tabs in any number; '2': two of them or more, or a tab. Quotes around a cell go.
 */
int vt_table_text_cut(const char *line, char separator, char *work, char **cell);
/* Is the whole cell a number? decimal is the sign found, '.' or ',' (where commas may be it), or 0. */
bool vt_table_text_number(const char *cell, bool comma, double *value, char *decimal);
bool vt_table_text_comment(const char *line);
bool vt_table_text_blank(const char *line);

/* Is a cell one of what was not measured: empty, or NaN? */
bool vt_table_text_hole(const char *cell);

struct vt_table_look {
    int cells, numbers, words, nans; /* empty cells at the end do not count as cells */
};
/* What a line (from 0) holds, cut at this separator; nothing in blank lines and comments. */
struct vt_table_look vt_table_text_look(const struct vt_table_text *t, int line, char separator);
/* That under which most cells of the file are numbers, less those that are none; 0: no line has two. */
char vt_table_text_separator(const struct vt_table_text *t);

/* Names alike but for blanks, _ . - ( ) [ ] |, the spelling of Greek letters and primes, and case, which
 * counts in names of one or two letters. */
bool vt_table_same_name(const char *a, const char *b);
/* Is it one of the names a|b|c? */
bool vt_table_among(const char *names, const char *name);
/* Take the unit off the end of a heading (both VT_TABLE_NAME long): form 0 `T (K)`, 1 `T [K]`, 2 `T/K` or
 * `DSC/(mW/mg)`, 3 `T, K`, 4 `T_K`. False if there is none by this form. */
enum { VT_TABLE_UNIT_FORMS = 5 };
bool vt_table_split_unit(const char *heading, int form, char *name, char *unit);

#endif
