/* export.h: what a simulation measured as files that programs for measured curves open, and as tables. */
#ifndef VT_EXPORT_H
#define VT_EXPORT_H

#include <stdbool.h>

#include "core/dataset.h"

/* Write into FOLDER, which is made if need be:
 *
 *     STAGE-xray.gr .g .fq .sq            G, g and F through the window of sq, S of the sample; neutron
 * likewise STAGE-KERNEL-xray.sq .fq            of sq_direct, sq_fft, debye STAGE-inherent-... of energy
 * minima numbers.csv, PATH.csv               tables: all single numbers; each dataset with one or two axes
 *
 * The form of curves is that of curve_write.h, with their errors; points without a value are left out.
 *
 * stage  a label, or "" for all
 *
 * VT_EINPUT, before anything is written, if there is no such stage, nothing to write (curves are missed only
 * where no tables are asked for), or a file is there and force is not set. *curves and *tables are how many
 * were written. Local. */
enum vt_status vt_export(const struct vt_results *results, const char *stage, bool with_tables, bool force,
                         const char *folder, int *curves, int *tables);

#endif
