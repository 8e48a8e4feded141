/* measurement.h: one kernel with its options and operators, its state, and what becomes of it. */
#ifndef VT_MEASUREMENT_H
#define VT_MEASUREMENT_H

#include "analysis/motion.h"
#include "analysis/operator.h"

/* Kept by the driver for each block, in front of what the kernel keeps: added by rank 0. */
enum { VT_OWN_FRAMES, VT_OWN_TIME, VT_OWN_TEMPERATURE, VT_OWN_SKIPPED, VT_OWN };

struct vt_measurement {
    const struct vt_kernel *kernel;
    void *options;
    const struct vt_common_options *common_options; /* the first member of options */
    int n_operators;
    struct vt_operator_use {
        const struct vt_operator *operator;
        void *options;
    } * operators;
    size_t operators_capacity;
    int look; /* which look of the sink */
    int past; /* for kernels of motion: which past of the analysis */
    struct vt_lags lags;
    int energies;  /* which look brings the energies of single atoms; -1 if none */
    int groups;    /* of a block */
    size_t common; /* lengths of the parts of a state */
    size_t group;  /*   [VT_OWN][common][groups x group] */
    size_t block;  /* whole length */
    int blocks;
    double *state;      /* [blocks][block]; NULL outside a stage */
    bool warned;        /* of a skipped frame in this stage */
    double most_frames; /* that any stage had for it so far; on rank 0 */
    void *work;         /* the kernel's */
};

/* Set the options aside and learn the sizes; the state is not allocated. */
enum vt_status vt_measurement_init(struct vt_measurement *m, const struct vt_kernel *kernel);
void vt_measurement_sizes(struct vt_measurement *m, const struct vt_material *material);
void vt_measurement_release(struct vt_measurement *m);
/* Ghosts that its kernel needs, angstrom. */
double vt_measurement_reach(const struct vt_measurement *m);

/* Add a frame to the block and group that belong to its place in the stage's time (0 .. 1). Local. */
enum vt_status vt_measurement_add(struct vt_measurement *m, const struct vt_frame *frame, double place);
/* The same for two frames that are compared: into the block and group of the first. */
enum vt_status vt_measurement_between(struct vt_measurement *m, const struct vt_frame *frame,
                                      const struct vt_between *between);
/* The same for what the energies of single atoms tell; nothing if the frame has none. Local. */
enum vt_status vt_measurement_energies(struct vt_measurement *m, const struct vt_frame *frame, double place);
/* Count a frame that could not be measured. Local. */
void vt_measurement_skip(struct vt_measurement *m, const struct vt_frame *frame, double place);

/* Datasets "KERNEL/...", "OPERATOR/..." with errors, from the sum of all ranks' states of one block.
 * block: which one, from 1 on; 0: the whole stage. stage: what came of the whole stage, NULL if this is it.
 * out must be empty. Local; may be long. */
enum vt_status vt_measurement_estimate(const struct vt_measurement *m, const struct vt_material *material,
                                       const double *state, int block, const struct vt_results *stage,
                                       struct vt_results *out);
/* All that a stage gives: the averages and, if there are blocks, "blocks/KERNEL/...".
 * state [blocks][block] */
enum vt_status vt_measurement_conclude(const struct vt_measurement *m, const struct vt_material *material,
                                       const double *state, struct vt_results *out);

#endif
