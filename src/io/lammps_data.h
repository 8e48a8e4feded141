/* lammps_data.h: structures as LAMMPS read_data takes them and write_data leaves them: units metal (angstrom,
 * ps), atom_style atomic, triclinic. */
#ifndef VT_LAMMPS_DATA_H
#define VT_LAMMPS_DATA_H

#include "core/frame.h"
#include "core/status.h"
#include "io/structure.h"

/* Write the owned atoms of all ranks to path in order of their ids with masses, image flags, velocities (if
 * the frame has them) and 17 digits. Tilts beyond half an edge need `box tilt large` in the LAMMPS input.
 * Whole or not at all (replace.h); VT_EWORLD with path and reason. Collective over frame->ranks->comm. */
enum vt_status vt_lammps_data_write(const char *path, const struct vt_frame *frame);

/* Read a data file: with or without tilt, image flags, velocities; a low corner other than 0 is shifted to 0.
 * The element of a type is told by its label (Atom Type Labels), by a comment behind its mass (`1 63.546 #
 * Cu`), or by the mass itself to 0.1 u. VT_EINPUT "PATH:LINE: ..." for anything wrong. s is released by the
 * caller, also after a failure. Local. */
enum vt_status vt_lammps_data_read(const char *path, struct vt_structure *s);

#endif
