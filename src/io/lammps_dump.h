/* lammps_dump.h: frames of LAMMPS text dumps (`dump custom`, `dump atom`), `units metal`. */
#ifndef VT_LAMMPS_DUMP_H
#define VT_LAMMPS_DUMP_H

#include "core/status.h"
#include "io/lines.h"
#include "io/structure.h"

/* What stands above the atoms of a frame. */
struct vt_dump_head {
    int64_t step, n;
    double time;                     /* ps, from ITEM: TIME; NaN if it has none */
    double low[3], edge[3], tilt[3]; /* tilt: xy xz yz */
    char columns[512];               /* behind ITEM: ATOMS */
};

/* From the first ITEM, which is the current line, to "ITEM: ATOMS". VT_EINPUT "PATH:LINE: ...".
 * Local. */
enum vt_status vt_dump_head(struct vt_lines *lines, struct vt_dump_head *head);
/* The atoms behind it. Columns x, xu, xs or xsu (and y, z) are needed, and element, or type with elements:
 * symbols in order of the types; id, ix iy iz and vx vy vz are taken, others passed over. Released by the
 * caller, also after a failure. */
enum vt_status vt_dump_atoms(struct vt_lines *lines, const struct vt_dump_head *head, int n_elements,
                             const char (*elements)[4], struct vt_structure *s);

#endif
