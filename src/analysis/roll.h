/* roll.h: the atoms in an order that lasts: each rank has its share of them by id, whoever owns them now.
 *
 * Atoms wander from rank to rank, but to compare a frame with an earlier one an atom must be found again. So
 * rank r of R keeps the ids of its share (vt_share), sorted by species, then by the part of the sample where
 * the atom was in the first frame (one of VT_SPACE_GROUPS), then by id: atoms of one species and part are
 * a run of rows, which loops without branches can go through. */
#ifndef VT_ROLL_H
#define VT_ROLL_H

#include "analysis/kernel.h"

struct vt_roll {
    int64_t n_total, first; /* this rank has the ids first + 1 .. first + n */
    int n, n_species;
    int *row;                                       /* (n) of id first + 1 + k */
    int64_t *id;                                    /* (n) of a row */
    int32_t *species;                               /* (n) of a row */
    uint8_t *group;                                 /* (n) of a row: the part of the sample */
    int begin[VT_SPECIES_MAX][VT_SPACE_GROUPS + 1]; /* rows of a species and part; the last entry ends it */
};

/* Call the roll: who is there, where. VT_EINPUT if the ids are not 1 .. n_total, each once. Collective over
 * the frame's ranks. */
enum vt_status vt_roll_call(struct vt_roll *roll, const struct vt_frame *frame);
/* From what is known of each id of this rank's share, as after a restart. Local. */
enum vt_status vt_roll_make(struct vt_roll *roll, const struct vt_ranks *ranks, int64_t n_total,
                            int n_species, const uint8_t *species, const uint8_t *group);
void vt_roll_release(struct vt_roll *roll);

/* Three numbers of each owned atom of a frame, (frame->n, 3), to the rows of the ranks that have them:
 * out[d][row]. Collective. */
enum vt_status vt_roll_gather(const struct vt_roll *roll, const struct vt_frame *frame,
                              const double (*value)[3], double *const out[3]);

#endif
