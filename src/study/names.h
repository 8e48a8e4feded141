/* names.h: names of datasets and figures after the files that they are of. */
#ifndef VT_NAMES_H
#define VT_NAMES_H

#include <stddef.h>

enum { VT_NAME = 80 };

/* Letters, digits, _ - + and . of text (length), others as _; "file" where that leaves nothing or begins with
 * a dot. */
void vt_name_of(const char *text, size_t length, char name[VT_NAME]);
/* The last part of a path. */
const char *vt_name_last(const char *path);
/* After it, without its ending. */
void vt_name_after(const char *path, char name[VT_NAME]);
/* Where name is among n others, of which the first is at `others` and each `stride` bytes behind the one
 * before: -2, -3 ... behind it, until it is none of them. */
void vt_name_apart(char name[VT_NAME], const void *others, int n, size_t stride);

#endif
