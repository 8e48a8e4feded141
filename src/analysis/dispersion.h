/* dispersion.h: how much more than independent counts the counts of frames scatter. */
#ifndef VT_DISPERSION_H
#define VT_DISPERSION_H

#include <stddef.h>

#include "core/status.h"

/* The variance of counts in bins, divided by what independent counts would have, averaged over bins.
 *
 * group  counts [groups][bins] of the parts of the sample, stride from one part to the next
 * sum    (bins) their sum over the parts
 *
 * 1 for independent counts; F if the same configuration was counted F times; 1 if there are too few counts to
 * tell. */
enum vt_status vt_dispersion(const double *group, int groups, size_t stride, const double *sum, int bins,
                             double *dispersion);

#endif
