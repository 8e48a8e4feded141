/* mobile.h: the atoms that moved most from one frame to another, found over all ranks.
 *
 * With the displacement u of each atom (past.h), in the whole sample or in each species by itself:
 *
 *     fraction    the round(fraction N) atoms with the largest |u|; of equal ones those with the lowest ids
 *     van_hove    |u| > r*, where r* is the outer crossing of 4 pi r^2 G_s(r) and the Gaussian of the same
 *                 <u^2>. It is where the tail of G_s holds most more atoms than the Gaussian's,
 *
 *                     E(r) = N(|u| > r) / N - Q(r / s),   s^2 = <u^2> / 3,
 *                     Q(x) = erfc(x / sqrt 2) + sqrt(2 / pi) x exp(-x^2 / 2),
 *
 *                 as dE/dr is the difference of the two densities: no bins have to be smoothed. r* is a
 *                 multiple of s / 256. Where E stays below 1.52 / sqrt N, which a Gaussian exceeds in one
 *                 case of a hundred (Smirnov), there is no crossing, and no atom is mobile.
 *     distance    |u| > a given length
 *
 * References: Kob et al., PRL 79, 2827 (1997); Donati et al., PRL 80, 2338 (1998). */
#ifndef VT_MOBILE_H
#define VT_MOBILE_H

#include "analysis/past.h"

enum vt_mobile_select { VT_MOBILE_FRACTION, VT_MOBILE_VAN_HOVE, VT_MOBILE_DISTANCE };
enum vt_mobile_of { VT_MOBILE_OF_ALL, VT_MOBILE_OF_SPECIES };

struct vt_mobile_rule {
    int select, of; /* enum vt_mobile_select, vt_mobile_of */
    double fraction, distance;
};

struct vt_mobile {
    int64_t id;
    double then[3], now[3]; /* then: carried by the cell and the centre of mass; now = then + u [angstrom] */
    double square;          /* u^2 */
    int32_t species, group;
};

/* What is found, and memory that is kept from pair to pair. */
struct vt_mobile_list {
    int n;                            /* on rank 0; 0 elsewhere */
    struct vt_mobile *atom;           /* by id */
    double threshold[VT_SPECIES_MAX]; /* on rank 0: the least |u| that counts, NaN if nobody's does */
    double *square;                   /* (rows) */
    uint64_t *candidate;
    int64_t *bin;
    size_t atom_capacity, square_capacity, candidate_capacity, bin_capacity;
};

/* Collective over the frame's ranks. */
enum vt_status vt_mobile_find(const struct vt_mobile_rule *rule, const struct vt_frame *frame,
                              const struct vt_between *between, struct vt_mobile_list *list);
void vt_mobile_release(struct vt_mobile_list *list);

#endif
