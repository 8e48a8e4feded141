/* kernel.h: a kernel measures something on frames. One file (an_*.c), one descriptor, one line in
 * kernels.def.
 *
 * A kernel adds what it sees to a state and, at the end, makes datasets of it. It knows nothing of ranks,
 * time-resolved blocks, errors or checkpoints: the driver (analysis.c) keeps one state per block and does all
 * that, the same way for every kernel. For this a state is an array of doubles that may simply be added:
 *
 *     common              what every part shares (number of frames, sum of 1/V)
 *     group 0, 1, ...     parts of about equal weight; each rank adds what its atoms contribute
 *
 * Of the sum of groups that finish gets, values are made; which groups there are, a kernel says
 * (vt_grouping). Sums over ranks must not depend on the order, so a state holds whole numbers (below 2^53),
 * or numbers that rank 0 alone adds. Errors come from leaving out one group at a time: docs/theory/errors.md.
 */
#ifndef VT_KERNEL_H
#define VT_KERNEL_H

#include "core/dataset.h"
#include "core/frame.h"
#include "core/params.h"

/* What the groups are. */
enum vt_grouping {
    VT_GROUP_SPACE, /* parts of the sample: 3 x 3 x 3 in fractional coordinates, or in reciprocal space */
    VT_GROUP_TIME,  /* stretches of the block's time: for numbers that exist once a frame */
    VT_GROUP_BOTH,  /* both, and the larger error counts: for what spreads over the sample and over time. A
                     * kernel  adds all that it sees to a group in space, and again to the stretch of time. */
};
enum { VT_SPACE_PARTS = 3, VT_SPACE_GROUPS = 27, VT_TIME_GROUPS = 20 };
enum { VT_BOTH_GROUPS = VT_SPACE_GROUPS + VT_TIME_GROUPS }; /* first those in space */

/* First member of every kernel's options; VT_COMMON_OPTIONS are the first lines of its table. */
struct vt_common_options {
    double every, skip; /* ps */
    bool inherent;
    int64_t blocks;
};
#define VT_COMMON_OPTIONS(type, every_ps)                                                                    \
    {.name = "every",                                                                                        \
     .unit = "ps",                                                                                           \
     .kind = VT_REAL,                                                                                        \
     .offset = offsetof(type, common.every),                                                                 \
     .preset = (every_ps),                                                                                   \
     .min = 0,                                                                                               \
     .max = 1e9,                                                                                             \
     .help = "time from one measured frame to the next; 0: once, at the end of the stage"},                  \
        {.name = "inherent",                                                                                 \
         .unit = "",                                                                                         \
         .kind = VT_BOOL,                                                                                    \
         .offset = offsetof(type, common.inherent),                                                          \
         .max = 1,                                                                                           \
         .help = "measure on copies brought to their energy minimum"},                                       \
        {.name = "skip",                                                                                     \
         .unit = "ps",                                                                                       \
         .kind = VT_REAL,                                                                                    \
         .offset = offsetof(type, common.skip),                                                              \
         .min = 0,                                                                                           \
         .max = 1e9,                                                                                         \
         .help = "time after the stage's start that is not looked at, for the sample to settle"},            \
    {                                                                                                        \
        .name = "blocks", .unit = "1", .kind = VT_INT, .offset = offsetof(type, common.blocks), .preset = 1, \
        .min = 1, .max = 10000,                                                                              \
        .help = "parts of the measured time that get results of their own, beside "                          \
                "the average over the stage"                                                                 \
    }

/* Where a frame's contribution goes. */
struct vt_tally {
    double *common, *group; /* group g begins at group + g * group_size */
    size_t group_size;
    int now;      /* VT_GROUP_TIME: the group of this frame */
    double *time; /* VT_GROUP_BOTH: the stretch of time of this frame; else NULL */
};

/* What finish may know beside the state. */
struct vt_measured {
    const struct vt_material *material;
    bool inherent;
    bool left_out; /* some of the sample is left out, to learn an error: only the differences between such
                    * calls matter, and the datasets should change smoothly with the counts */
    /* All groups, [groups][group_size], so that finish can see how they differ; NULL if some is left out.
     * With VT_GROUP_BOTH all of both kinds, which is everything twice. */
    const double *group;
    int groups;
    size_t group_size;
    /* What was made of everything, if some is left out; for values that shall not change. Else NULL. */
    const struct vt_results *whole;
    /* For a block: what was made of the whole stage, so that lists can have the same rows. Else NULL. */
    const struct vt_results *stage;
    int block; /* which one, from 1 on, also with some of it left out; 0: the whole stage */
};

struct vt_motion;
struct vt_kernel {
    const char *name, *help;
    const struct vt_param *params;
    size_t options_size;
    enum vt_grouping grouping;
    /* Read the options that are nodes (VT_NODE), whose tree is gone after the call, and check what the table
     * cannot say. node is the kernel's line in the list, for messages. NULL if there is nothing. Local. */
    enum vt_status (*read)(void *options, const struct vt_material *material, const struct vt_yaml *node);
    bool collective; /* accumulate is: all ranks have agreed that all is well before it is called */
    /* Ghosts needed, angstrom. NULL: none. */
    double (*reach)(const void *options);
    /* Lengths of the two parts of a state. */
    void (*sizes)(const void *options, const struct vt_material *material, size_t *common, size_t *group);
    /* NULL if any cell will do. The cell is the same on every rank. Local. */
    enum vt_status (*check)(const void *options, const struct vt_cell *cell);
    /* For kernels that compare frames with earlier ones (motion.h); NULL for others. */
    const struct vt_motion *motion;
    /* Add a frame; NULL if a kernel of motion has nothing to say of single ones. work: work_size bytes that
     * are zero at first and kept from frame to frame. Local, unless collective. */
    enum vt_status (*accumulate)(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally);
    /* Add what the energies of single atoms tell; NULL if they tell nothing. It is called beside accumulate,
     * for some frames: all energy minima, some tens of thermal frames of a block. Local. */
    enum vt_status (*energies)(const void *options, const struct vt_frame *frame,
                               const struct vt_tally *tally);
    /* Append datasets "NAME/..." to out. sum: the sum of the groups. Datasets that shall get an error are
     * given room for it with vt_dataset_errors; an error put there is the least that it can become. Local. */
    enum vt_status (*finish)(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out);
    /* For a kernel that looks in a rhythm of its own: a stage begins; say in look (which comes as the options
     * have it) what it wants to see of it. NULL: `every` and `skip` of the options, in any stage. Local. */
    void (*begin)(void *options, const struct vt_stage_info *stage, struct vt_look *look);
    /* Is enough known for the stage to end (vt_sink)? From the sum of all ranks' states, which is the same in
     * a resumed run. NULL: the kernel does not say. Local. */
    bool (*enough)(const void *options, const double *common);
    size_t work_size;
    void (*release)(void *work); /* NULL if work owns nothing */
};

/* All kernels, ended by NULL. */
const struct vt_kernel *const *vt_kernel_list(void);

/* The spatial group of a place. */
int vt_space_group(const struct vt_cell *cell, const double *x);

#endif
