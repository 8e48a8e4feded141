/* by_name.h: a length for each species or pair of species, as a map in an option says it. */
#ifndef VT_BY_NAME_H
#define VT_BY_NAME_H

#include "analysis/weights.h"
#include "core/yaml.h"

/* value[k] = the length at the key label[k], "Cu" or "Cu-Zr" (also "Zr-Cu"), NaN if there is none [angstrom].
 * what: of the message, "voronoi: radii". VT_EINPUT for a key that is no label, and for what is no length up
 * to `most`. Local. */
enum vt_status vt_lengths_by_name(const struct vt_yaml *map, const char *what, int n,
                                  const char (*label)[VT_PAIR_LABEL], double most, double *value);

#endif
