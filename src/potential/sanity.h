/* sanity.h: are tables fit to be run with: kinks, ends, repulsion, range. */
#ifndef VT_SANITY_H
#define VT_SANITY_H

#include "potential/crystal.h"
#include "potential/findings.h"

/* The largest jump of a second derivative in knots y[0 .. n) of spacing d, among knots begin <= k < end.
 *
 * size   of the largest second derivative within `near` of it, or of `least` if that is less; 0: none found
 * order  of the lowest derivative that jumps there: 0, 1 or 2 */
struct vt_kink {
    double size, at;
    int order;
};
enum vt_status vt_kink_find(const double *y, int n, double d, int begin, int end, double near, double least,
                            struct vt_kink *kink);

/* What is known of a species from its crystals at rest. */
struct vt_sane {
    double nearest; /* distance of neighbours, angstrom */
    double density; /* at an atom of its own crystal */
    double most;    /* the highest density at one of its atoms in crystals of 3/4 of the volume at rest */
};

/* Findings about the tables, subject "tables". Local. */
enum vt_status vt_sanity_check(const struct vt_eam_curves *curves, const struct vt_sane *species,
                               struct vt_findings *findings);

#endif
