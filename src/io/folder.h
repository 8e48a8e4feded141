/* folder.h: folders for what is written. */
#ifndef VT_FOLDER_H
#define VT_FOLDER_H

#include "core/status.h"

/* Make a folder, with those it lies in, unless it is there. VT_EWORLD with the reason; VT_EINPUT if the name
 * is too long or that of a file. Local. */
enum vt_status vt_folder_make(const char *path);

#endif
