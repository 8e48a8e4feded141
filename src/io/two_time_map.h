/* two_time_map.h: C(t1, t2) as a map in colours. */
#ifndef VT_TWO_TIME_MAP_H
#define VT_TWO_TIME_MAP_H

#include "io/plot.h"

enum { VT_TWO_TIME_ABOUT = 96 };
/* A panel with C (n x n) in at most 222 cells a side, up to time `end`, without its diagonal, which holds the
 * noise of counting. The darkest 2 % and the brightest 0.2 % are cut off; about, its title, says where.
 * Local. */
enum vt_status vt_two_time_map(struct vt_plot *figure, const double *c, int n, double end, const char *unit,
                               char about[VT_TWO_TIME_ABOUT]);

#endif
