/* eam_file.h: EAM tables from setfl (eam/alloy), eam.fs and funcfl files, and to the first two. */
#ifndef VT_EAM_FILE_H
#define VT_EAM_FILE_H

#include <mpi.h>
#include <stddef.h>

#include "core/eam.h"

/* Read a setfl, eam.fs or funcfl file; which of them it is follows from what it holds, not from its name. A
 * funcfl file gives tables of one element, named by its atomic number. *e is filled and sealed; on failure it
 * is empty and the message names file, line and what was expected. Local: one rank reads, then
 * vt_eam_broadcast. */
enum vt_status vt_eam_read(const char *path, struct vt_eam *e);

/* The same from memory (need not end in 0). name stands for the file in messages. Local. */
enum vt_status vt_eam_parse(const char *text, size_t length, const char *name, struct vt_eam *e);

/* Give rank 0's tables to every rank (the others' e is overwritten, not released). Collective over comm. */
enum vt_status vt_eam_broadcast(MPI_Comm comm, struct vt_eam *e);

/* Write with 17 significant digits, so that reading gives the same bits and checksum. The file is written
 * under a temporary name and renamed when it is whole; an existing file is replaced. setfl can not hold
 * tables in which an element gives different densities to different elements (VT_EINPUT); eam.fs can. Local.
 */
enum vt_status vt_eam_write_setfl(const char *path, const struct vt_eam *e);
enum vt_status vt_eam_write_fs(const char *path, const struct vt_eam *e);

#endif
