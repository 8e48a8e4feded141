/* dsc_told.h: what a table of a calorimeter, or its name, tells of heating rate, mass and sign. Local. */
#ifndef VT_DSC_TOLD_H
#define VT_DSC_TOLD_H

#include <stdbool.h>

#include "core/status.h"
#include "io/table_file.h"

/* The heating rate [K/s] in the name of a file, NaN if there is none: 20Kmin, 20Kpmin, 20K_per_min, and
 * 20K_min, 20K-s where a further _ - . or the end of the name follows. VT_EINPUT, and NaN, where two that
 * differ are in it, or one that may be an annealing, 600K_min, or the end of a longer number, 0_5Kmin. */
enum vt_status vt_dsc_rate_in_name(const char *path, double *rate);
/* The rate [K/s, positive] that lines above the columns tell of a scan of this direction, NaN if none does;
 * VT_EINPUT where two differ. */
enum vt_status vt_dsc_told_rate(const struct vt_table *table, bool cooling, double *rate);
/* mg, and the key that tells it, a text of the table; NaN if it is not told. */
enum vt_status vt_dsc_told_mass(const struct vt_table *table, double *mass, const char **from);
/* Sign of a column (from 1): 1 endothermic up, -1 exothermic up, 0 not told; VT_EINPUT where both are told.
 */
enum vt_status vt_dsc_told_sign(const struct vt_table *table, int column, int *sign);

#endif
