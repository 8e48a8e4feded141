/* names.c: see names.h. */
#include "study/names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER = 12 }; /* room for what vt_name_apart puts behind */

void vt_name_of(const char *text, size_t length, char name[VT_NAME])
{
    if (length > VT_NAME - NUMBER) length = VT_NAME - NUMBER;
    for (size_t k = 0; k < length; k++)
        name[k] = isalnum((unsigned char)text[k]) || strchr("_-+.", text[k]) ? text[k] : '_';
    name[length] = '\0';
    if (!length || *name == '.') snprintf(name, VT_NAME, "file");
}

const char *vt_name_last(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void vt_name_after(const char *path, char name[VT_NAME])
{
    const char *from = vt_name_last(path), *dot = strrchr(from, '.');
    vt_name_of(from, dot && dot > from ? (size_t)(dot - from) : strlen(from), name);
}

void vt_name_apart(char name[VT_NAME], const void *others, int n, size_t stride)
{
    size_t length = strlen(name);
    for (int round = 2, k = 0; k < n; k++)
        if (!strcmp((const char *)others + (size_t)k * stride, name)) {
            snprintf(name + length, VT_NAME - length, "-%d", round++);
            k = -1;
        }
}
