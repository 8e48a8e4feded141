/* status.c: the message buffer behind status.h, one a thread: what a thread finds wrong, it must hand over
 * itself. */
#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[1024];
static _Thread_local char origin[256];

enum vt_status vt_raise(const char *file, int line, enum vt_status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    snprintf(origin, sizeof origin, "%s:%d", file, line);
    return code;
}

enum vt_status vt_prefix(enum vt_status st, const char *format, ...)
{
    if (st == VT_OK) return st;
    char text[sizeof message];
    va_list args;
    va_start(args, format);
    int used = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (used > 0 && (size_t)used < sizeof text)
        snprintf(text + used, sizeof text - (size_t)used, ": %s", message);
    memcpy(message, text, sizeof message);
    return st;
}

enum vt_status vt_as_input(enum vt_status st)
{
    return st == VT_EPHYSICS ? VT_EINPUT : st;
}

const char *vt_message(void)
{
    return message;
}
const char *vt_message_origin(void)
{
    return origin;
}
void vt_message_set(const char *text)
{
    snprintf(message, sizeof message, "%s", text);
}
