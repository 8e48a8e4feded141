/* timers.h: where the time of a run goes, on one rank. */
#ifndef VT_TIMERS_H
#define VT_TIMERS_H

#include "core/log.h"

enum vt_phase {
    VT_PHASE_PAIRS,    /* loops over pairs, and the embedding between them */
    VT_PHASE_LISTS,    /* who is near whom: migration, ghosts, lists, and whether they still serve */
    VT_PHASE_MESSAGES, /* between atoms and their ghosts, and sums over ranks */
    VT_PHASE_LOOKS,    /* measurements, trajectories */
    VT_PHASES
};

struct vt_timers {
    double seconds[VT_PHASES];
};

/* Book the time since a moment; returns the present one. */
static inline double vt_timers_book(struct vt_timers *timers, enum vt_phase phase, double since)
{
    double now = vt_clock();
    timers->seconds[phase] += now - since;
    return now;
}

#endif
