/* lines.c: see lines.h. */
#include "io/lines.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum vt_status vt_lines_open(struct vt_lines *lines, const char *path)
{
    *lines = (struct vt_lines){.path = path, .file = fopen(path, "re")};
    if (!lines->file) return VT_RAISE(VT_EINPUT, "cannot open %s: %s", path, strerror(errno));
    struct stat found; /* a folder can be opened, and looks like an empty file */
    if (fstat(fileno(lines->file), &found) || !S_ISDIR(found.st_mode)) return VT_OK;
    fclose(lines->file);
    lines->file = NULL;
    return VT_RAISE(VT_EINPUT, "cannot open %s: %s", path, strerror(EISDIR));
}

void vt_lines_close(struct vt_lines *lines)
{
    if (lines->file) fclose(lines->file);
    free(lines->text);
    *lines = (struct vt_lines){0};
}

bool vt_lines_next(struct vt_lines *lines)
{
    ssize_t n = getline(&lines->text, &lines->capacity, lines->file);
    if (n < 0) return false;
    while (n > 0 && (lines->text[n - 1] == '\n' || lines->text[n - 1] == '\r')) lines->text[--n] = '\0';
    lines->number++;
    return true;
}

enum vt_status vt_lines_fail(const struct vt_lines *lines, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return VT_RAISE(VT_EINPUT, "%s:%lld: %s", lines->path, (long long)lines->number, text);
}

enum vt_status vt_lines_room(const struct vt_lines *lines, int64_t n, int bytes)
{
    struct stat info;
    if (n < 1) return vt_lines_fail(lines, "%lld atoms", (long long)n);
    if (!fstat(fileno(lines->file), &info) && S_ISREG(info.st_mode) && info.st_size / bytes + 1 < n)
        return vt_lines_fail(lines, "the file ends too early: %lld bytes do not hold %lld atoms",
                             (long long)info.st_size, (long long)n);
    return VT_OK;
}

int vt_lines_split(char *text, char **word, int max)
{
    static const char blank[] = " \t\r\n";
    int n = 0;
    for (char *at = text + strspn(text, blank); *at; at += strspn(at, blank)) {
        if (n < max) word[n] = at;
        n++;
        at += strcspn(at, blank);
        if (*at) *at++ = '\0';
    }
    return n;
}

enum vt_status vt_lines_real(const struct vt_lines *lines, const char *word, const char *what, double *value)
{
    char *end;
    *value = strtod(word, &end);
    if (end == word || *end || !isfinite(*value))
        return vt_lines_fail(lines, "%s must be a number, not '%.40s'", what, word);
    return VT_OK;
}

enum vt_status vt_lines_int(const struct vt_lines *lines, const char *word, const char *what, int64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoll(word, &end, 10);
    if (end == word || *end || errno)
        return vt_lines_fail(lines, "%s must be a whole number, not '%.40s'", what, word);
    return VT_OK;
}
