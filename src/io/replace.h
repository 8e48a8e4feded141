/* replace.h: a file that appears under its name only when it is whole.
 *
 * It is written as PATH.partial in the same folder, flushed to the disk and then renamed, so a reader
 * finds the old file or the new one, never half of one, even after a kill or a power failure. */
#ifndef VT_REPLACE_H
#define VT_REPLACE_H

#include <stdbool.h>
#include <stdio.h>

#include "core/status.h"

struct vt_replace {
    char *path;      /* the final name; where a symbolic link points to, if it is one */
    char *temporary; /* the name until then */
    FILE *file;      /* for writing; NULL after vt_replace_flush */
    bool later; /* set by a caller who writes thousands: nothing is brought to the disk one by one, a kill
                 * still leaves whole files, and vt_folder_sync at the end makes them outlast a power failure
                 */
};

/* May a file be written under this name? VT_EINPUT if it is empty, or leads to something that is there and is
 * no regular file (a device, a pipe, a socket, a folder): that is never replaced. */
enum vt_status vt_replace_check(const char *path);

/* Check the name and create the temporary file. All calls are local, for one rank; all failures but that
 * check and lack of memory are VT_EWORLD "cannot write PATH: reason". */
enum vt_status vt_replace_open(struct vt_replace *r, const char *path);
/* Bring everything to the disk and close the file; reports whatever went wrong in earlier writes. What was
 * written can now be read back under the temporary name. */
enum vt_status vt_replace_flush(struct vt_replace *r);
/* Flush if that is still to do, rename, and release r. After a failure the old file is still there. */
enum vt_status vt_replace_commit(struct vt_replace *r);
/* Remove the temporary file and release r; does nothing after a commit. */
void vt_replace_abandon(struct vt_replace *r);

/* All of it: a file of this text. */
enum vt_status vt_replace_text(const char *path, const char *text);

/* The same in parts, for a file that is written by other means (several ranks, a library): the temporary name
 * of path (checked; the name is freed by the caller), and fsync, rename and fsync of the folder. */
enum vt_status vt_replace_name(const char *path, char **temporary);
enum vt_status vt_replace_rename(const char *temporary, const char *path);

#endif
