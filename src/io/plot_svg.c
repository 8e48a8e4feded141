/* plot_svg.c: gnuplot draws, its SVG becomes inline SVG.
 *
 * The script goes to gnuplot's standard input and the SVG comes back through an unnamed file in memory, so
 * nothing touches a shell, a disk or a pipe that could fill. */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/signals.h"
#include "io/plot_parts.h"

extern char **environ;

/* ---- the child ---- */

static enum vt_status open_memory_file(FILE **file)
{
    int fd = memfd_create("vitrum-plot", MFD_CLOEXEC);
    *file = fd < 0 ? NULL : fdopen(fd, "w+");
    if (*file) return VT_OK;
    int code = errno;
    if (fd >= 0) close(fd);
    return VT_RAISE(VT_EWORLD, "a temporary file in memory could not be made: %s", strerror(code));
}

/* The whole file as text. */
static enum vt_status read_all(FILE *file, char **text)
{
    *text = NULL;
    long size = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
    if (size < 0) return VT_RAISE(VT_EWORLD, "gnuplot's answer could not be read: %s", strerror(errno));
    rewind(file);
    VT_TRY(vt_alloc(text, size + 1));
    if (fread(*text, 1, (size_t)size, file) == (size_t)size) return VT_OK;
    free(*text);
    *text = NULL;
    return VT_RAISE(VT_EWORLD, "gnuplot's answer could not be read: %s", strerror(errno));
}

/* Run gnuplot without anyone's settings (-d) on a script; its output and complaints go to the given files. */
static enum vt_status run_gnuplot(FILE *script, FILE *answer, FILE *complaints, int *exit_code)
{
    if (fflush(script) || ferror(script) || fseek(script, 0, SEEK_SET))
        return VT_RAISE(VT_EWORLD, "the script for gnuplot could not be written: %s", strerror(errno));
    /* fseek moved our stream; the child shares the descriptor's offset. */
    if (lseek(fileno(script), 0, SEEK_SET) < 0)
        return VT_RAISE(VT_EWORLD, "the script for gnuplot could not be written: %s", strerror(errno));
    char *argv[] = {"gnuplot", "-d", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(script), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(answer), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(complaints), STDERR_FILENO);
    /* A signal that ends a run soon may go to all its processes (mpirun, Slurm): the figures are finished. */
    sigset_t blocked;
    vt_signals_set(&blocked);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &blocked);
    pid_t child;
    int code = posix_spawnp(&child, "gnuplot", &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (code == ENOENT)
        return VT_RAISE(VT_EWORLD, "gnuplot, which draws the figures, was not found on PATH; on Debian: "
                                   "apt-get install gnuplot-nox");
    if (code) return VT_RAISE(VT_EWORLD, "gnuplot could not be started: %s", strerror(code));
    int state;
    while (waitpid(child, &state, 0) < 0)
        if (errno != EINTR) return VT_RAISE(VT_EWORLD, "waiting for gnuplot failed: %s", strerror(errno));
    *exit_code = WIFEXITED(state) ? WEXITSTATUS(state) : 128;
    return VT_OK;
}

/* ---- from gnuplot's SVG to ours ---- */

static bool starts(const char *text, const char *word)
{
    return !strncmp(text, word, strlen(word));
}

/* Length of "rgb(r, g, b)" at text if it is one of our numbered colours; *number then is which. */
static int numbered_color(const char *text, int *number)
{
    int r, g, b, length = 0;
    if (sscanf(text, "rgb(%d,%d,%d)%n", &r, &g, &b, &length) != 3 || !length) return 0;
    if (r != 1 || g != 2 || b < 0 || b >= VT_PLOT_VARIABLES) return 0;
    *number = b;
    return length;
}

/* Length of an empty group at text, with the space after it; 0 if it is something else. */
static size_t empty_group(const char *text)
{
    const char *end = starts(text, "<g fill=\"none\"") ? strchr(text, '>') : NULL;
    if (!end) return 0;
    end++;
    end += strspn(end, "\n\t ");
    if (!starts(end, "</g>")) return 0;
    end += strlen("</g>");
    end += strspn(end, "\n");
    return (size_t)(end - text);
}

/* Length of the white dot that gnuplot paints under each dot; it would hide short error bars. */
static size_t white_dot(const char *text)
{
    const char *end = starts(text, "<use ") ? strchr(text, '>') : NULL;
    const char *white = end ? strstr(text, "color='white'") : NULL;
    return white && white < end ? (size_t)(end + 1 - text) : 0;
}

/* Copy coordinates up to the closing quote with one decimal: a tenth of a pixel is enough, and a page of
 * figures is a third smaller. */
static const char *put_coordinates(FILE *out, const char *s)
{
    for (int decimals = -1; *s && *s != '\''; s++) {
        bool digit = *s >= '0' && *s <= '9';
        decimals = *s == '.' ? 0 : digit && decimals >= 0 ? decimals + 1 : digit ? decimals : -1;
        if (decimals <= 1) fputc(*s, out);
    }
    return s;
}

/* The tag of a picture, but for its end. */
static void put_tag(FILE *out, const char *id, const char *about, double width, double height)
{
    fprintf(out,
            "<svg id=\"%s\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
            "aria-label=\"",
            id, width, height);
    for (const char *c = about ? about : ""; *c; c++)
        if (strchr("<>&\"", *c))
            fprintf(out, "&#%d;", *c);
        else
            fputc(*c, out);
    fprintf(out, "\"");
}

/* Copy the drawing, which is the inside of a group: our colours, our names, no titles (browsers show them as
 * tips), no font (the page's). */
static void put_svg(FILE *out, const char *s, const struct vt_plot *f, double width, double height)
{
    put_tag(out, f->id, f->about, width, height);
    fprintf(out,
            " font-family=\"system-ui,sans-serif\" fill=\"none\">\n"
            "<defs><circle id=\"%s-dot\" r=\"1\" fill=\"currentColor\"/></defs>\n<g>\n",
            f->id);
    while (*s) {
        int number, length;
        size_t empty;
        if (*s == '<' && (empty = empty_group(s) + white_dot(s))) {
            s += empty;
        } else if (starts(s, " d='") || starts(s, " points = '")) {
            const char *value = strchr(s, '\'') + 1;
            fwrite(s, 1, (size_t)(value - s), out);
            s = put_coordinates(out, value);
        } else if (starts(s, "<title>")) {
            s = strstr(s, "</title>");
            s = s ? s + strlen("</title>") : "";
        } else if (starts(s, " font-family=\"VT\"")) {
            s += strlen(" font-family=\"VT\"");
        } else if (starts(s, "id=\"gnuplot_")) {
            s = strchr(s + 4, '"');
            s = s ? s + 1 : "";
        } else if (starts(s, "<use xlink:href='#gpDot'")) { /* the tiny point that error bars bring along */
            s = strchr(s, '>');
            s = s ? s + 1 : "";
        } else if (starts(s, "xlink:href='#gpPt6'")) {
            fprintf(out, "href=\"#%s-dot\"", f->id);
            s += strlen("xlink:href='#gpPt6'");
        } else if (starts(s, "<image ")) { /* sharp pixels, and a name of the link that a page knows */
            fprintf(out, "<image style=\"image-rendering:pixelated\" ");
            s += strlen("<image ");
        } else if (starts(s, "xlink:href='data:")) {
            const char *end = strchr(s + strlen("xlink:href='"), '\'');
            s += strlen("xlink:");
            fwrite(s, 1, end ? (size_t)(end - s) : strlen(s), out);
            s = end ? end : s + strlen(s);
        } else if (*s == 'r' && (length = numbered_color(s, &number))) {
            fprintf(out, "var(%s,%s)", vt_plot_variable[number].name, vt_plot_variable[number].light);
            s += length;
        } else
            fputc(*s++, out);
    }
}

enum vt_status vt_plot_svg(const struct vt_plot *f, char **svg)
{
    enum vt_status st;
    FILE *script = NULL, *answer = NULL, *complaints = NULL, *out = NULL;
    char *drawn = NULL, *said = NULL;
    size_t size;
    int exit_code;
    double width = f->width > 0 ? f->width : 540, height;
    *svg = NULL;
    VT_TRY_GOTO(st, done, open_memory_file(&script));
    VT_TRY_GOTO(st, done, open_memory_file(&answer));
    VT_TRY_GOTO(st, done, open_memory_file(&complaints));
    VT_TRY_GOTO(st, done, vt_plot_script(script, f, width, &height));
    VT_TRY_GOTO(st, done, run_gnuplot(script, answer, complaints, &exit_code));
    VT_TRY_GOTO(st, done, read_all(answer, &drawn));
    VT_TRY_GOTO(st, done, read_all(complaints, &said));
    const char *body = strstr(drawn, "</defs>");
    if (exit_code || !body || !strstr(body, "</svg>")) {
        st = VT_RAISE(VT_EWORLD, "gnuplot did not draw figure \"%s\" (exit code %d): %.400s", f->id,
                      exit_code, said);
        goto done;
    }
    out = open_memstream(svg, &size);
    if (!out) {
        st = VT_RAISE(VT_EWORLD, "no memory for figure \"%s\"", f->id);
        goto done;
    }
    put_svg(out, body + strlen("</defs>"), f, width, height);
    bool failed = ferror(out);
    if (fclose(out) || failed) {
        free(*svg);
        *svg = NULL;
        st = VT_RAISE(VT_EWORLD, "no memory for figure \"%s\"", f->id);
    }
done:
    free(said);
    free(drawn);
    if (complaints) fclose(complaints);
    if (answer) fclose(answer);
    if (script) fclose(script);
    return st;
}

enum vt_status vt_plot_row(const char *id, const char *about, int n, const struct vt_plot *figures,
                           char **svg)
{
    enum { MOST = 4 };
    char *drawn[MOST] = {0};
    double size[MOST][2], width = 0, height = 0;
    size_t bytes;
    FILE *out = NULL;
    enum vt_status st = VT_OK;
    assert(n <= MOST);
    *svg = NULL;
    for (int k = 0; k < n; k++) {
        if (!figures[k].n_panels) continue;
        VT_TRY_GOTO(st, done, vt_plot_svg(&figures[k], &drawn[k]));
        sscanf(strstr(drawn[k], "viewBox"), "viewBox=\"0 0 %lf %lf", &size[k][0], &size[k][1]);
        width += size[k][0], height = fmax(height, size[k][1]);
    }
    out = open_memstream(svg, &bytes);
    if (!out) VT_TRY_GOTO(st, done, VT_RAISE(VT_EWORLD, "no memory for figure \"%s\"", id));
    put_tag(out, id, about, width, height);
    fprintf(out, ">\n");
    for (int k = 0, x = 0; k < n; k++) {
        if (!drawn[k]) continue;
        fprintf(out, "<svg x=\"%d\" width=\"%.0f\" height=\"%.0f\"%s\n", x, size[k][0], size[k][1],
                drawn[k] + strlen("<svg"));
        x += (int)size[k][0];
    }
    fprintf(out, "</svg>\n");
    bool failed = ferror(out);
    if (fclose(out) || failed) {
        free(*svg);
        *svg = NULL;
        st = VT_RAISE(VT_EWORLD, "no memory for figure \"%s\"", id);
    }
done:
    for (int k = 0; k < n; k++) free(drawn[k]);
    return st;
}
