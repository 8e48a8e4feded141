/* extxyz.h: one frame as extended XYZ, which ASE and OVITO read, and the first frame of such a file. */
#ifndef VT_EXTXYZ_H
#define VT_EXTXYZ_H

#include <stdbool.h>

#include "core/frame.h"
#include "core/status.h"
#include "io/lines.h"
#include "io/structure.h"

/* Write the owned atoms of all ranks to path in order of their ids, wrapped into the cell, with 17 digits:
 * read back, the same bits. velocities: with a column vel [angstrom/ps], if the frame has them. Whole or not
 * at all (replace.h); VT_EWORLD with path and reason. Collective over frame->ranks->comm. */
enum vt_status vt_extxyz_write(const char *path, const struct vt_frame *frame, bool velocities);

/* Read the first frame. Columns species and pos are needed, id and vel [angstrom/ps] are taken, others passed
 * over. A general lattice is turned into our form (structure.h), positions and velocities with it. VT_EINPUT
 * "PATH:LINE: ..." for anything wrong. s is released by the caller, also after a failure. Local. */
enum vt_status vt_extxyz_read(const char *path, struct vt_structure *s);
/* The same from the next line of a file on; s begins zeroed. */
enum vt_status vt_extxyz_read_frame(struct vt_lines *lines, struct vt_structure *s);

#endif
