/* lines.h: text files line by line, with errors that name file and line. Local. */
#ifndef VT_LINES_H
#define VT_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/status.h"

struct vt_lines {
    const char *path;
    FILE *file;
    char *text; /* the line, without its end */
    size_t capacity;
    int64_t number; /* of the line, from 1 */
};

/* VT_EINPUT "cannot open PATH: reason". path is kept, not copied. */
enum vt_status vt_lines_open(struct vt_lines *lines, const char *path);
void vt_lines_close(struct vt_lines *lines);
/* Go to the next line; false at the end. */
bool vt_lines_next(struct vt_lines *lines);
/* VT_EINPUT "PATH:LINE: message" */
enum vt_status vt_lines_fail(const struct vt_lines *lines, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* VT_EINPUT unless n atoms, of at least bytes each, can stand in the file: before memory is asked for. */
enum vt_status vt_lines_room(const struct vt_lines *lines, int64_t n, int bytes);

/* Cut text at blanks, in place; returns the number of words, of which the first max are in word. */
int vt_lines_split(char *text, char **word, int max);
/* The whole word must be a number; VT_EINPUT otherwise. what names it in the message. */
enum vt_status vt_lines_real(const struct vt_lines *lines, const char *word, const char *what, double *value);
enum vt_status vt_lines_int(const struct vt_lines *lines, const char *word, const char *what, int64_t *value);

#endif
