/* structure_file.c: an XYZ file begins with the number of its atoms alone on a line, LAMMPS data with a
 * title. */
#include "io/structure_file.h"

#include <stdlib.h>

#include "io/extxyz.h"
#include "io/lammps_data.h"
#include "io/lines.h"

enum vt_status vt_structure_read(const char *path, struct vt_structure *s)
{
    struct vt_lines lines;
    char *word[2], *end;
    VT_TRY(vt_lines_open(&lines, path));
    bool count = vt_lines_next(&lines) && vt_lines_split(lines.text, word, 2) == 1;
    if (count) strtoll(word[0], &end, 10), count = *end == '\0';
    vt_lines_close(&lines);
    return count ? vt_extxyz_read(path, s) : vt_lammps_data_read(path, s);
}
