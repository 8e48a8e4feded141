/* log.c: see log.h. */
#include "core/log.h"

#include <stdarg.h>
#include <time.h>
#include <unistd.h>

static bool speaks_here = true, terminal, line_open;
static enum vt_level shown = VT_LOG_INFO;
static double start, last_progress = -1e9;
static FILE *aside;

double vt_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void vt_log_init(bool speaks, enum vt_level level)
{
    speaks_here = speaks;
    shown = level;
    terminal = isatty(STDERR_FILENO);
    start = vt_clock();
}

FILE *vt_log_into(FILE *file)
{
    FILE *former = aside;
    aside = file;
    return former;
}

static void end_progress_line(void)
{
    if (line_open) fprintf(stderr, "\r\033[K");
    line_open = false;
}

void vt_log(enum vt_level level, const char *format, ...)
{
    static const char *const mark[] = {"error: ", "warning: ", "", ""};
    if ((!speaks_here && !aside) || level > shown) return;
    FILE *to = aside ? aside : stderr;
    if (!aside) end_progress_line();
    fprintf(to, "vitrum: %s", mark[level]);
    va_list args;
    va_start(args, format);
    vfprintf(to, format, args);
    va_end(args);
    fputc('\n', to);
}

void vt_progress(double min_seconds, const char *format, ...)
{
    double now = vt_clock();
    if (start == 0) start = now; /* a program without vt_log_init */
    if (!speaks_here || aside || shown < VT_LOG_INFO || now - last_progress < (terminal ? 0.2 : min_seconds))
        return;
    last_progress = now;
    if (terminal)
        fprintf(stderr, "\r\033[K");
    else
        fprintf(stderr, "vitrum: [%7.1f s] ", now - start);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    if (terminal) {
        line_open = true;
        fflush(stderr);
    } else
        fputc('\n', stderr);
}
