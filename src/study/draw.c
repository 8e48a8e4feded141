/* draw.c: see draw.h. */
#include "study/draw.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include "core/log.h"
#include "core/parallel.h"
#include "core/signals.h"

enum { NEXT, STOP, DONE, COVERED, COMPUTED, COUNTERS }; /* pieces drawn, stops, pieces done, work */

int vt_draw_order(int n, const int64_t *work, int *order)
{
    int n_order = 0;
    for (int k = 0; k < n; k++) {
        if (work[k] < 0) continue;
        int at = n_order++;
        for (; at > 0 && work[order[at - 1]] < work[k]; at--) order[at] = order[at - 1];
        order[at] = k;
    }
    return n_order;
}

/* Add to a counter; returns what it was. Local. */
static int64_t add(const struct vt_draw *d, int counter, int64_t amount)
{
    int64_t before;
    MPI_Fetch_and_op(&amount, &before, MPI_INT64_T, 0, counter, amount ? MPI_SUM : MPI_NO_OP, d->window);
    MPI_Win_flush(0, d->window);
    return before;
}

static void count(struct vt_draw *d)
{
    if (!d->leads || d->now == d->told) return;
    add(d, COVERED, d->now - d->told);
    add(d, COMPUTED, d->now - d->told);
    d->told = d->now;
}

static void say_progress(const struct vt_draw *d)
{
    int64_t done = add(d, DONE, 0), covered = add(d, COVERED, 0), computed = add(d, COMPUTED, 0);
    double rate = (double)computed / (vt_clock() - d->start + 1e-9), left = 0;
    if (rate > 0) left = (double)(d->work - covered) / rate;
    FILE *own = vt_log_into(NULL);
    vt_progress(20, "%lld of %d %s done  %.3g atom-steps/s  %d:%02d left", (long long)done, d->n, d->what,
                rate, (int)(left / 60), (int)left % 60);
    vt_log_into(own);
}

/* Count the work since the last time, speak, and pass on a wish to stop: now and then, so that it costs
 * nothing. */
static void look_around(struct vt_draw *d)
{
    if (vt_clock() - d->last_look < 0.25) return;
    d->last_look = vt_clock();
    count(d);
    if (vt_signals_seen()) {
        if (!d->stop_told) add(d, STOP, 1);
        d->stop_told = true;
    } else if (add(d, STOP, 0))
        raise(SIGUSR1);
    if (d->rank == 0) say_progress(d);
}

void vt_draw_tell(void *self, int64_t atom_steps)
{
    struct vt_draw *d = self;
    d->now = atom_steps;
    look_around(d);
}

enum vt_status vt_draw_watch(MPI_Comm comm)
{
    if (!vt_signals_seen()) vt_signals_watch();
    int seen = vt_signals_seen();
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &seen, 1, MPI_INT, MPI_MAX, comm)));
    if (seen && !vt_signals_seen()) raise(SIGUSR1);
    return VT_OK;
}

enum vt_status vt_draw_open(struct vt_draw *d, MPI_Comm comm, MPI_Comm group, int n, int64_t work,
                            const char *what)
{
    *d = (struct vt_draw){
        .comm = comm, .group = group, .n = n, .work = work, .what = what, .start = vt_clock()};
    int in_group;
    MPI_Comm_rank(comm, &d->rank);
    MPI_Comm_rank(group, &in_group);
    d->leads = in_group == 0;
    MPI_Aint bytes = d->rank == 0 ? COUNTERS * sizeof *d->counter : 0;
    VT_TRY(vt_mpi(MPI_Win_allocate(bytes, sizeof *d->counter, MPI_INFO_NULL, comm, &d->counter, &d->window)));
    if (d->rank == 0) memset(d->counter, 0, COUNTERS * sizeof *d->counter);
    MPI_Win_fence(MPI_MODE_NOSUCCEED, d->window);
    MPI_Win_lock_all(0, d->window);
    return VT_OK;
}

int vt_draw_next(struct vt_draw *d)
{
    int stop = vt_signals_seen() || add(d, STOP, 0), next = -1;
    d->now = d->told = 0;
    MPI_Allreduce(MPI_IN_PLACE, &stop, 1, MPI_INT, MPI_MAX, d->group);
    if (stop) return -1;
    if (d->leads) {
        int64_t at = add(d, NEXT, 1);
        if (at < d->n) next = (int)at;
    }
    MPI_Bcast(&next, 1, MPI_INT, 0, d->group);
    return next;
}

void vt_draw_given_up(struct vt_draw *d)
{
    count(d);
}

void vt_draw_done(struct vt_draw *d, int64_t work)
{
    count(d);
    if (d->leads) {
        add(d, COVERED, work - d->told);
        add(d, DONE, 1);
    }
    look_around(d);
}

void vt_draw_wait(struct vt_draw *d)
{
    MPI_Request all_here;
    int done = 0;
    MPI_Ibarrier(d->comm, &all_here);
    for (;;) {
        MPI_Test(&all_here, &done, MPI_STATUS_IGNORE);
        if (done) return;
        look_around(d);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

int vt_draw_drawn(const struct vt_draw *d)
{
    int64_t drawn = add(d, NEXT, 0);
    return drawn < d->n ? (int)drawn : d->n;
}

void vt_draw_close(struct vt_draw *d)
{
    MPI_Win_unlock_all(d->window);
    MPI_Win_free(&d->window);
}

enum vt_status vt_draw_share(MPI_Comm comm, enum vt_status *status, char *message, int size)
{
    int told = *status;
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &told, 1, MPI_INT, MPI_MAX, comm)));
    if (told != VT_OK) VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, message, size, MPI_BYTE, MPI_BOR, comm)));
    *status = (enum vt_status)told;
    return VT_OK;
}
