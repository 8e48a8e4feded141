/* replace.c: see replace.h.
 *
 * The order matters: the data must be on the disk before the name points to it (fsync of the file, then
 * rename), and the name itself lives in the folder (fsync of the folder). rename() is atomic in POSIX. */
#include "io/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"

static enum vt_status cannot_write(const char *path, int error)
{
    return VT_RAISE(VT_EWORLD, "cannot write %s: %s", path, strerror(error));
}

static enum vt_status join(char **to, const char *a, const char *b)
{
    VT_TRY(vt_alloc(to, strlen(a) + strlen(b) + 1));
    strcpy(*to, a);
    strcat(*to, b);
    return VT_OK;
}

/* What a name leads to may be a device, a pipe or a socket that others use: a rename would put a file in its
 * place. */
enum vt_status vt_replace_check(const char *path)
{
    struct stat s;
    if (!*path) return VT_RAISE(VT_EINPUT, "the name of a file to write is empty");
    if (stat(path, &s) || S_ISREG(s.st_mode)) return VT_OK; /* other troubles show when it is written */
    return VT_RAISE(VT_EINPUT, "%s is %s, not a file: give another name", path,
                    S_ISDIR(s.st_mode)    ? "a folder"
                    : S_ISFIFO(s.st_mode) ? "a pipe"
                    : S_ISSOCK(s.st_mode) ? "a socket"
                                          : "a device");
}

enum vt_status vt_replace_name(const char *path, char **temporary)
{
    VT_TRY(vt_replace_check(path));
    return join(temporary, path, ".partial");
}

/* Flush a file or folder to the disk. Some file systems cannot do it for folders (EINVAL): then it is not
 * needed or not to be had. */
static int sync_path(const char *path, int flags)
{
    int descriptor = open(path, flags | O_CLOEXEC);
    if (descriptor < 0) return errno;
    int error = fsync(descriptor) ? errno : 0;
    close(descriptor);
    return error == EINVAL ? 0 : error;
}

static enum vt_status rename_synced(const char *temporary, const char *path, bool later)
{
    if (rename(temporary, path)) return cannot_write(path, errno);
    if (later) return VT_OK;
    char *copy;
    VT_TRY(join(&copy, path, "")); /* dirname writes into its argument */
    int error = sync_path(dirname(copy), O_RDONLY | O_DIRECTORY);
    free(copy);
    return error ? cannot_write(path, error) : VT_OK;
}

enum vt_status vt_replace_rename(const char *temporary, const char *path)
{
    int error = sync_path(temporary, O_RDONLY);
    return error ? cannot_write(path, error) : rename_synced(temporary, path, false);
}

enum vt_status vt_replace_open(struct vt_replace *r, const char *path)
{
    *r = (struct vt_replace){0};
    VT_TRY(vt_replace_check(path));
    enum vt_status st;
    char *target = realpath(path, NULL); /* a link stays a link */
    st = join(&r->path, target ? target : path, "");
    free(target);
    if (st == VT_OK) st = vt_replace_name(r->path, &r->temporary);
    if (st == VT_OK) {
        r->file = fopen(r->temporary, "we");
        if (!r->file) st = cannot_write(path, errno);
    }
    if (st != VT_OK) {
        free(r->path);
        free(r->temporary);
        *r = (struct vt_replace){0};
    }
    return st;
}

enum vt_status vt_replace_flush(struct vt_replace *r)
{
    int error = 0;
    if (ferror(r->file)) { /* an earlier write failed, its errno is gone: fail once more to learn why */
        error = EIO;
        if (fputc(0, r->file) == EOF || fflush(r->file)) error = errno;
    } else if (fflush(r->file))
        error = errno;
    if (!error && !r->later && fsync(fileno(r->file))) error = errno;
    if (fclose(r->file) && !error) error = errno;
    r->file = NULL;
    return error ? cannot_write(r->path, error) : VT_OK;
}

static void release(struct vt_replace *r)
{
    free(r->path);
    free(r->temporary);
    *r = (struct vt_replace){0};
}

enum vt_status vt_replace_commit(struct vt_replace *r)
{
    if (r->file) VT_TRY(vt_replace_flush(r));
    VT_TRY(rename_synced(r->temporary, r->path, r->later));
    release(r);
    return VT_OK;
}

void vt_replace_abandon(struct vt_replace *r)
{
    if (r->file) fclose(r->file);
    if (r->temporary) unlink(r->temporary);
    release(r);
}

enum vt_status vt_replace_text(const char *path, const char *text)
{
    struct vt_replace out;
    VT_TRY(vt_replace_open(&out, path));
    fputs(text, out.file);
    enum vt_status st = vt_replace_commit(&out);
    vt_replace_abandon(&out);
    return st;
}
