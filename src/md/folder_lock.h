/* folder_lock.h: one run at a time in a folder: two would write the same files and ruin both. */
#ifndef VT_FOLDER_LOCK_H
#define VT_FOLDER_LOCK_H

#include <stdbool.h>

#include "core/status.h"

/* Lock a folder that is there, for this process. VT_EINPUT that names the holder if another run has it. A
 * disk without locks is taken with a warning. look: only look whether another run has it; nothing is made.
 * One folder a process; for rank 0. */
enum vt_status vt_folder_lock(const char *folder, bool look);
/* Give it back; nothing happens if there is none. */
void vt_folder_unlock(void);

#endif
