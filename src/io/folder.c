/* folder.c: see folder.h. */
#include "io/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum vt_status vt_folder_make(const char *path)
{
    char part[4096];
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part - 300)
        return VT_RAISE(VT_EINPUT, "folder name '%.60s...' is too long", path);
    for (char *c = part + 1;; c++) {
        if (*c != '/' && *c) continue;
        char keep = *c;
        *c = '\0';
        if (mkdir(part, 0777) && errno != EEXIST)
            return VT_RAISE(VT_EWORLD, "cannot make the folder '%s': %s", part, strerror(errno));
        if (!keep) break;
        *c = keep;
    }
    struct stat s;
    if (stat(path, &s) || !S_ISDIR(s.st_mode)) return VT_RAISE(VT_EINPUT, "'%s' is not a folder", path);
    return VT_OK;
}

enum vt_status vt_folder_sync(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = descriptor < 0 || syncfs(descriptor) ? errno : 0;
    if (descriptor >= 0) close(descriptor);
    return error ? VT_RAISE(VT_EWORLD, "cannot write %s: %s", path, strerror(error)) : VT_OK;
}
