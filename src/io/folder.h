/* folder.h: folders for what is written. */
#ifndef VT_FOLDER_H
#define VT_FOLDER_H

#include "core/status.h"

/* Make a folder, with those it lies in, unless it is there. VT_EWORLD with the reason; VT_EINPUT if the name
 * is too long or that of a file. Local. */
enum vt_status vt_folder_make(const char *path);
/* Bring the file system that a folder is on to the disk: after many files written with vt_replace's `later`.
 * VT_EWORLD. Local. */
enum vt_status vt_folder_sync(const char *path);

#endif
