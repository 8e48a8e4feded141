/* structure_file.h: one structure from a file of any format that is read: LAMMPS data, extended XYZ. */
#ifndef VT_STRUCTURE_FILE_H
#define VT_STRUCTURE_FILE_H

#include "core/status.h"
#include "io/structure.h"

/* Told apart by what the first line says, not by the name. VT_EINPUT "PATH:LINE: ..." for anything wrong. s
 * is released by the caller, also after a failure. Local. */
enum vt_status vt_structure_read(const char *path, struct vt_structure *s);

#endif
