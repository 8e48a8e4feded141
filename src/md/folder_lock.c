/* folder_lock.c: see folder_lock.h.
 *
 * The lock is an fcntl record lock on FOLDER/.vitrum-lock: it works over NFS and is gone with its process,
 * however that ends, so a file that a killed run left behind locks nothing. Closing any descriptor of a file
 * gives up the process's locks on it: nobody else here opens this one.
 *
 * The file is removed while it is locked. Who opened it just before gets the lock on a file without a name,
 * sees that the name is another file's or nobody's, and tries again. */
#include "md/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"

static int descriptor = -1;
static char path[4200];

static enum vt_status refuse(const char *folder, int file)
{
    char holder[300] = "";
    ssize_t n = pread(file, holder, sizeof holder - 1, 0);
    holder[n > 0 ? n : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    return VT_RAISE(VT_EINPUT,
                    "the folder '%s' is in use by another run (%s): let it end, stop it, or give another "
                    "folder with -o",
                    folder, *holder ? holder : "it does not say which");
}

static bool is_held(int error)
{
    return error == EACCES || error == EAGAIN;
}

static enum vt_status look_at(const char *folder)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return VT_OK; /* no lock, or no folder yet */
    bool held = !fcntl(file, F_GETLK, &whole) && whole.l_type != F_UNLCK;
    enum vt_status st = held ? refuse(folder, file) : VT_OK;
    close(file);
    return st;
}

/* Does the name still belong to the file? */
static bool named(int file)
{
    struct stat a, b;
    return !fstat(file, &a) && !stat(path, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

enum vt_status vt_folder_lock(const char *folder, bool look)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    vt_folder_unlock();
    snprintf(path, sizeof path, "%s/.vitrum-lock", folder);
    if (look) return look_at(folder);
    int file, error;
    for (;;) {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (file < 0) return VT_RAISE(VT_EWORLD, "cannot write '%s': %s", path, strerror(errno));
        error = fcntl(file, F_SETLK, &whole) ? errno : 0;
        if (is_held(error)) {
            enum vt_status st = refuse(folder, file);
            close(file);
            return st;
        }
        if (error || named(file)) break;
        close(file);
    }
    if (error)
        vt_log(VT_LOG_WARNING,
               "the disk of '%s' has no locks (%s): see to it that no second run uses the folder", folder,
               strerror(error));
    descriptor = file;
    char host[128] = "?", date[64] = "?";
    time_t now = time(NULL);
    struct tm when;
    gethostname(host, sizeof host - 1);
    if (localtime_r(&now, &when)) strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &when);
    /* What it says is for people: a full disk is found out elsewhere. */
    if (ftruncate(file, 0) || dprintf(file, "process %ld on %s since %s\n", (long)getpid(), host, date) < 0)
        return VT_OK;
    return VT_OK;
}

void vt_folder_unlock(void)
{
    if (descriptor < 0) return;
    unlink(path);
    close(descriptor);
    descriptor = -1;
}
