/* series_align.h: series beside each other: aligned in the liquid, and by how much they differ.
 *
 * In the liquid all states of a glass are one, so S_eq(T) of each series is brought onto that of the first,
 * there, by a constant; a constant is not the only choice (a wrong density or scale is none), so a factor is
 * given beside it. Both are nuisance parameters, fitted and told with their errors. */
#ifndef VT_SERIES_ALIGN_H
#define VT_SERIES_ALIGN_H

#include "study/curve_series.h"

/* Appends s_aligned, s_aligned_smooth, shift, scale, ... and difference to each series but the first (in the
 * first: s_aligned as it was), from the datasets that are there. Without align_from only the difference.
 * Local. */
enum vt_status vt_series_align(int n, const struct vt_series_files *series,
                               const struct vt_series_options *options, struct vt_results *results);

#endif
