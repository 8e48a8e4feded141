/* draw.h: pieces of work drawn by the ranks of one MPI job as they come free, and the wish to stop.
 *
 * The counters are in a window of rank 0 that all ranks add to. A run is told of now and then (vt_run's
 * tell), and so the job gets to count, to speak and to hear of a stop while runs are under way. A rank that
 * got no signal itself hears of the stop by a counter, and sends itself one: so there is one way to stop.
 *
 * A piece is done by a group of ranks, by one for example; one rank of it leads. */
#ifndef VT_DRAW_H
#define VT_DRAW_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

struct vt_draw {
    MPI_Comm comm, group;
    int rank;
    bool leads;       /* rank 0 of its group */
    int n;            /* pieces */
    int64_t work;     /* of all of them: atoms times steps */
    const char *what; /* they are called, in the progress line */
    MPI_Win window;
    int64_t *counter; /* rank 0's memory of the window */
    double start, last_look;
    int64_t now, told; /* work of the piece under way: done, and counted */
    bool stop_told;
};

/* The order in which pieces are drawn: the longest first; of the same length, as they come. order has room
 * for n; pieces with work < 0 are left out. Returns how many are in it. Local. */
int vt_draw_order(int n, const int64_t *work, int *order);

/* Signals are watched from here on; one that was seen before counts, and becomes everyone's. Collective over
 * comm. */
enum vt_status vt_draw_watch(MPI_Comm comm);
/* Counters at zero. group holds this rank. Collective over comm. */
enum vt_status vt_draw_open(struct vt_draw *draw, MPI_Comm comm, MPI_Comm group, int n, int64_t work,
                            const char *what);
/* The next piece, from 0; -1 when there are no more, or when a stop is asked for. Collective over group. */
int vt_draw_next(struct vt_draw *draw);
/* From a run under way: atoms times steps since it began. (vt_run_options.tell, with draw as the teller.) */
void vt_draw_tell(void *draw, int64_t atom_steps);
/* A piece of this much work is done. Local. */
void vt_draw_done(struct vt_draw *draw, int64_t work);
/* It was given up: what of it was done counts as such. Local. */
void vt_draw_given_up(struct vt_draw *draw);
/* Wait for all ranks, without keeping a core busy. Collective over comm. */
void vt_draw_wait(struct vt_draw *draw);
/* How many were drawn: in the order of drawing, those behind them have not been begun. Local, after waiting.
 */
int vt_draw_drawn(const struct vt_draw *draw);
/* Collective over comm. */
void vt_draw_close(struct vt_draw *draw);

/* What one rank knows of a piece, and the others do not (VT_OK and an empty message), becomes known to all.
 * message: of size bytes, zero behind its end. Collective over comm. */
enum vt_status vt_draw_share(MPI_Comm comm, enum vt_status *status, char *message, int size);

#endif
