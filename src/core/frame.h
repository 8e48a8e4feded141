/* frame.h: a read-only view of the atoms at one moment, and who may look at it.
 *
 * md and file readers are sources of frames; analysis and trajectory writers are sinks. Neither knows
 * the other. Owned atoms come first, then ghosts; every atom within `reach` of an owned atom is there. */
#ifndef VT_FRAME_H
#define VT_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/cell.h"
#include "core/dataset.h"
#include "core/material.h"
#include "core/ranks.h"
#include "core/status.h"

/* The state of the whole sample, the same on every rank. Stress components are in the order xx yy zz xy xz
 * yz. */
struct vt_state {
    int64_t step;
    double time; /* ps, since the sample was created; a branch goes on from its saved state */
    struct vt_cell cell;
    double volume;      /* angstrom^3 */
    double potential;   /* eV, whole sample */
    double kinetic;     /* eV, peculiar */
    double temperature; /* K */
    double pressure[6]; /* eV/angstrom^3, compression positive: kinetic and virial part */
    double strain;      /* accumulated shear strain, through all flips */
    double work;        /* eV done on the sample by the moving cell */
    double heat;        /* eV given to the sample by thermostats */
    double target_temperature, target_pressure; /* what the stage asks for now; NaN if nothing */
};

struct vt_frame {
    const struct vt_ranks *ranks;
    const struct vt_material *material;
    struct vt_state state;
    bool inherent; /* positions are those of the energy minimum */
    int n, n_ghost;
    const int64_t *id;         /* n + n_ghost */
    const int32_t *species;    /* n + n_ghost */
    const double (*x)[4];      /* n + n_ghost; three are positions [angstrom] */
    const double (*v)[3];      /* n; peculiar velocities [angstrom/ps], NULL if the source has none */
    const int32_t (*image)[3]; /* n; NULL if unknown */
    const double *energy;      /* n; potential energy of each atom [eV], NULL unless a look wants it */
    double reach;              /* angstrom */
};

enum { VT_WAVE_CYCLES_MAX = 1000 };

/* A strain that a stage imposes on the cell after step k: amplitude sin(2 pi k/period). */
struct vt_wave {
    double amplitude;        /* of the shear strain (engineering: the slope) */
    int64_t period;          /* steps; 0: there is no wave */
    int component;           /* which stress answers: 3 xy, 4 xz, 5 yz */
    int64_t discard, cycles; /* cycles that come before those that count; those that count, at most (and at
                              * most VT_WAVE_CYCLES_MAX) */
    int64_t least;           /* those that count, at least */
    double error; /* enough is known when tan(delta) has this standard error; 0: after all cycles */
};

/* What a stage is, told to sinks before its first frame. */
struct vt_stage_info {
    int index;              /* from 1, in order of the protocol */
    const char *kind;       /* "melt", "shear", ... */
    const char *branch;     /* name of the saved state it started from by `from:`, "" for the main line */
    const char *save;       /* name under which its end is saved, "" if none */
    const char *label;      /* "03-shear": unique, for file and group names */
    const char *options;    /* echo of the options in use */
    double start, duration; /* ps */
    double dt;              /* ps */
    struct vt_wave wave;
};

static inline int64_t vt_wave_steps(const struct vt_wave *w)
{
    return (w->discard + w->cycles) * w->period;
}

/* Something that looks at frames. A sink may have several looks, each with its own rhythm; all functions
 * are collective over the ranks of the run. A sink is not asked to write until end or save. */
struct vt_look {
    double every;  /* ps; 0: once, at the end of the stage */
    double skip;   /* ps after the stage's start before which nothing needs to be shown */
    double reach;  /* angstrom of ghosts needed; 0: owned atoms only */
    bool inherent; /* wants the energy minimum of the moment */
    bool energies; /* wants the energy of each atom, which costs about one more step */
    bool totals;   /* wants the state only: atoms may be missing from the frame */
    bool none;     /* wants nothing of this stage */
};
/* What a sink keeps in a checkpoint. */
struct vt_kept {
    char *block; /* on rank 0: the sum of all ranks' state; others have 0 bytes */
    size_t bytes;
    char *rows; /* `width` bytes for each atom, by id: those of the rank's share (vt_share) of all atoms */
    size_t width;
};
struct vt_sink {
    void *self;
    /* A stage begins: n_looks and looks say what this sink wants to see of it (looks stay owned by
     * the sink, valid until end). resumed: load() was or will be called with the stage's state. */
    enum vt_status (*begin)(void *self, const struct vt_stage_info *stage, const struct vt_material *material,
                            int *n_looks, const struct vt_look **looks);
    enum vt_status (*frame)(void *self, int look, const struct vt_frame *frame);
    enum vt_status (*end)(void *self);
    /* Move the datasets of stages that have ended to results (rank 0). May be NULL. */
    enum vt_status (*harvest)(void *self, struct vt_results *results);
    /* What a checkpoint must keep so that the stage can go on. save fills kept, which comes empty and whose
     * memory the caller frees; load takes it back, on any number of ranks. Either may be NULL. */
    enum vt_status (*save)(void *self, const struct vt_ranks *ranks, struct vt_kept *kept);
    enum vt_status (*load)(void *self, const struct vt_ranks *ranks, const struct vt_kept *kept);
    /* Is enough known for a stage with a wave to end? Asked after each cycle that counts, before the frames
     * of that step; after a resume it must give the same answer. May be NULL: never. */
    enum vt_status (*enough)(void *self, const struct vt_ranks *ranks, bool *enough);
};

#endif
