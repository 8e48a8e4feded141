/* halo.c: ghosts: which atoms other ranks (and this one, through periodic images) need to see.
 *
 * Picture the rank grid repeated without end: grid place j of an axis, any integer, is rank j mod n of
 * the cell image floor(j / n). An atom at fractional coordinate s is needed in every place j with
 *
 *     place(s - w) <= j <= place(s + w),    w = reach / height of the cell along that axis,
 *
 * and is seen there at x - floor(j / n) h. Who looks only for what lies ahead along z needs no atom from
 * below: w is 0 in the second bound then, for z. This one rule covers next neighbours, halos that reach over
 * several ranks, thin parts, periodic images of a rank's own atoms, and several images of one atom when the
 * reach exceeds the cell. */
#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <string.h>

#include "core/atoms.h"
#include "core/memory.h"
#include "core/parallel.h"

struct vt_halo_partner {
    int rank;
    int send_begin, send_n;
    int receive_begin, receive_n; /* ghosts, counted from the first ghost */
};

/* Positions at the border of two parts may fall on either side by rounding. */
static const double margin = 1e-6; /* angstrom */

static int floor_div(int a, int n)
{
    return a >= 0 ? a / n : -((n - 1 - a) / n);
}

/* Where atoms go: filled in two passes over the same loop, first counting, then writing. */
struct plan {
    const struct vt_ranks *ranks;
    double w[3];
    double behind; /* as w, along z for what lies below: w[2] or next to nothing */
    size_t *count; /* per rank */
    size_t *next;  /* per rank, second pass; NULL in the first */
    struct vt_halo *halo;
};

/* Any s: the place on an axis of the endless grid. */
static int place(const struct vt_ranks *ranks, int axis, double s)
{
    double image = floor(s);
    return (int)image * ranks->grid[axis] + vt_ranks_part(ranks, axis, s - image);
}

static void plan_atom(struct plan *p, int i, const double s[3])
{
    const int *grid = p->ranks->grid, *at = p->ranks->at;
    int low[3], high[3], inside = 1;
    for (int d = 0; d < 3; d++) {
        low[d] = place(p->ranks, d, s[d] - p->w[d]);
        high[d] = place(p->ranks, d, s[d] + (d == 2 ? p->behind : p->w[d]));
        inside &= low[d] == at[d] && high[d] == at[d];
    }
    if (inside) return;
    for (int jx = low[0]; jx <= high[0]; jx++)
        for (int jy = low[1]; jy <= high[1]; jy++)
            for (int jz = low[2]; jz <= high[2]; jz++) {
                const int k[3] = {floor_div(jx, grid[0]), floor_div(jy, grid[1]), floor_div(jz, grid[2])};
                int rank =
                    vt_ranks_at(p->ranks, jx - k[0] * grid[0], jy - k[1] * grid[1], jz - k[2] * grid[2]);
                if (rank == p->ranks->rank && !k[0] && !k[1] && !k[2]) continue; /* the atom itself */
                if (!p->next) {
                    p->count[rank]++;
                    continue;
                }
                size_t place = p->next[rank]++;
                p->halo->send_index[place] = i;
                for (int d = 0; d < 3; d++) p->halo->send_shift[place][d] = -k[d];
            }
}

static void plan_atoms(struct plan *p, const struct vt_atoms *a, const struct vt_cell *cell)
{
    for (int i = 0; i < a->n; i++) {
        double s[3];
        vt_cell_fractional(cell, a->x[i], s);
        /* An atom that rounding put outside its owner's part counts as on the border: the rule that
         * skips "the atom itself" needs its place to be the owner's. */
        for (int d = 0; d < 3; d++) {
            double low = vt_ranks_cut(p->ranks, d, p->ranks->at[d]);
            double high = vt_ranks_cut(p->ranks, d, p->ranks->at[d] + 1);
            s[d] = s[d] < low ? low : s[d] >= high ? nextafter(high, low) : s[d];
        }
        plan_atom(p, i, s);
    }
}

struct newcomer {
    int64_t id;
    int64_t species;
};

static enum vt_status partners(struct vt_halo *halo, const struct vt_ranks *ranks, const size_t *sent,
                               const size_t *received)
{
    free(halo->partner);
    halo->partner = NULL;
    VT_TRY(vt_alloc(&halo->partner, ranks->size));
    VT_TRY(vt_grow(&halo->request, &halo->request_capacity, 2 * (size_t)ranks->size));
    halo->n_partners = halo->own_begin = halo->own_end = halo->own_send = 0;
    for (int r = 0; r < ranks->size; r++) {
        const size_t bytes = sizeof(struct newcomer);
        struct vt_halo_partner p = {r, vt_int((int64_t)(sent[r] / bytes)),
                                    vt_int((int64_t)((sent[r + 1] - sent[r]) / bytes)),
                                    vt_int((int64_t)(received[r] / bytes)),
                                    vt_int((int64_t)((received[r + 1] - received[r]) / bytes))};
        if (r == ranks->rank)
            halo->own_begin = p.receive_begin, halo->own_end = p.receive_begin + p.receive_n,
            halo->own_send = p.send_begin;
        if (p.send_n || p.receive_n) halo->partner[halo->n_partners++] = p;
    }
    return VT_OK;
}

enum vt_status vt_halo_build(struct vt_halo *halo, struct vt_atoms *a, const struct vt_ranks *ranks,
                             const struct vt_cell *cell, double reach, enum vt_ghosts want)
{
    enum vt_status st = VT_OK;
    struct plan plan = {.ranks = ranks, .halo = halo};
    size_t *begin = NULL, *received = NULL;
    struct newcomer *out = NULL;
    char *in = NULL;
    double heights[3];
    vt_cell_heights(cell, heights);
    for (int d = 0; d < 3; d++) plan.w[d] = (reach + margin) / heights[d];
    plan.behind = (want == VT_GHOSTS_AHEAD ? margin : reach + margin) / heights[2];
    halo->reach = reach;

    VT_TRY_GOTO(st, agree, vt_alloc(&plan.count, ranks->size));
    VT_TRY_GOTO(st, agree, vt_alloc(&begin, ranks->size + 1));
    VT_TRY_GOTO(st, agree, vt_alloc(&received, ranks->size + 1));
    plan_atoms(&plan, a, cell);
    for (int r = 0; r < ranks->size; r++) begin[r + 1] = begin[r] + plan.count[r];
    size_t n_send = begin[ranks->size];
    halo->n_send = vt_int((int64_t)n_send);
    VT_TRY_GOTO(st, agree, vt_grow(&halo->send_index, &halo->index_capacity, n_send));
    VT_TRY_GOTO(st, agree, vt_grow(&halo->send_shift, &halo->shift_capacity, n_send));
    VT_TRY_GOTO(st, agree, vt_grow(&halo->send, &halo->send_capacity, 3 * n_send));
    VT_TRY_GOTO(st, agree, vt_alloc(&out, n_send));
    plan.next = plan.count;
    for (int r = 0; r < ranks->size; r++) plan.next[r] = begin[r];
    plan_atoms(&plan, a, cell);
    for (size_t k = 0; k < n_send; k++)
        out[k] = (struct newcomer){a->id[halo->send_index[k]], a->species[halo->send_index[k]]};
    for (int r = 0; r <= ranks->size; r++) begin[r] *= sizeof *out;
agree:
    if ((st = vt_agree(ranks->comm, st)) != VT_OK) goto done;
    VT_TRY_GOTO(st, done, vt_exchange(ranks->comm, (const char *)out, begin, &in, received));
    halo->n_receive = vt_int((int64_t)(received[ranks->size] / sizeof *out));
    st = partners(halo, ranks, begin, received);
    if (st == VT_OK) st = vt_atoms_reserve(a, (size_t)a->n + (size_t)halo->n_receive);
    if (st == VT_OK) st = vt_grow(&halo->receive, &halo->receive_capacity, 3 * (size_t)halo->n_receive);
    VT_TRY_GOTO(st, done, vt_agree(ranks->comm, st)); /* before messages between those who have room */
    a->n_ghost = halo->n_receive;
    for (int g = 0; g < a->n_ghost; g++) {
        const struct newcomer *newcomer = (const struct newcomer *)in + g;
        a->id[a->n + g] = newcomer->id;
        a->species[a->n + g] = (int32_t)newcomer->species;
    }
    VT_TRY_GOTO(st, done, vt_halo_positions_begin(halo, a, ranks, cell));
    st = vt_halo_positions_end(halo, a);
done:
    free(plan.count);
    free(begin);
    free(received);
    free(out);
    free(in);
    return st;
}

/* One end of the message space: what lies there for each partner. */
struct end {
    double *space;
    int begin, n;
};

static struct end end_of(const struct vt_halo *halo, const struct vt_halo_partner *p, bool receives)
{
    return receives ? (struct end){halo->receive, p->receive_begin, p->receive_n}
                    : (struct end){halo->send, p->send_begin, p->send_n};
}

/* Send `width` doubles an atom to all partners: from atoms to their ghosts, or home from the ghosts. */
static enum vt_status swap_begin(struct vt_halo *halo, const struct vt_ranks *ranks, int width, bool home)
{
    enum { TAG = 72 };
    enum vt_status st = VT_OK;
    assert(halo->n_requests == 0);
    for (int receiving = 1; receiving >= 0; receiving--)
        for (int k = 0; k < halo->n_partners && st == VT_OK; k++) {
            const struct vt_halo_partner *p = &halo->partner[k];
            struct end here = end_of(halo, p, receiving ? !home : home);
            double *data = here.space + (size_t)width * (size_t)here.begin;
            MPI_Request *request = &halo->request[halo->n_requests];
            if (p->rank == ranks->rank || !here.n) continue;
            halo->n_requests++;
            if (receiving)
                st = vt_mpi(MPI_Irecv(data, width * here.n, MPI_DOUBLE, p->rank, TAG, ranks->comm, request));
            else {
                halo->messages++;
                halo->doubles += (int64_t)width * here.n;
                st = vt_mpi(MPI_Isend(data, width * here.n, MPI_DOUBLE, p->rank, TAG, ranks->comm, request));
            }
        }
    return st;
}

static enum vt_status swap_end(struct vt_halo *halo)
{
    int n = halo->n_requests;
    halo->n_requests = 0;
    return vt_mpi(MPI_Waitall(n, halo->request, MPI_STATUSES_IGNORE));
}

/* Is the k-th atom to send, or the g-th ghost, on this rank's own account? Then nothing is sent. */
static bool sends_to_self(const struct vt_halo *halo, int k)
{
    return k >= halo->own_send && k < halo->own_send + (halo->own_end - halo->own_begin);
}

static bool is_own(const struct vt_halo *halo, int g)
{
    return g >= halo->own_begin && g < halo->own_end;
}

/* The ghost of the k-th atom to send, which sends_to_self. */
static int own_ghost(const struct vt_halo *halo, int k)
{
    return halo->own_begin + (k - halo->own_send);
}

/* Positions (from lane 0 on) or F' (lane 3) of the ghosts that are on other ranks. */
static void unpack(const struct vt_halo *halo, struct vt_atoms *a, int lane, int width)
{
    if (!vt_halo_is_remote(halo)) return;
#pragma omp parallel for schedule(static)
    for (int g = 0; g < halo->n_receive; g++) {
        if (is_own(halo, g)) continue;
        for (int d = 0; d < width; d++) a->x[a->n + g][lane + d] = halo->receive[(int64_t)width * g + d];
    }
}

enum vt_status vt_halo_positions_begin(struct vt_halo *halo, struct vt_atoms *a, const struct vt_ranks *ranks,
                                       const struct vt_cell *cell)
{
#pragma omp parallel for schedule(static)
    for (int k = 0; k < halo->n_send; k++) {
        double shift[3],
            *to = sends_to_self(halo, k) ? a->x[a->n + own_ghost(halo, k)] : halo->send + 3 * (int64_t)k;
        vt_cell_shift(cell, halo->send_shift[k], shift);
        for (int d = 0; d < 3; d++) to[d] = a->x[halo->send_index[k]][d] + shift[d];
    }
    return swap_begin(halo, ranks, 3, false);
}

enum vt_status vt_halo_positions_end(struct vt_halo *halo, struct vt_atoms *a)
{
    VT_TRY(swap_end(halo));
    unpack(halo, a, 0, 3);
    return VT_OK;
}

enum vt_status vt_halo_lane_begin(struct vt_halo *halo, struct vt_atoms *a, const struct vt_ranks *ranks)
{
#pragma omp parallel for schedule(static)
    for (int k = 0; k < halo->n_send; k++)
        *(sends_to_self(halo, k) ? &a->x[a->n + own_ghost(halo, k)][3] : halo->send + k) =
            a->x[halo->send_index[k]][3];
    return swap_begin(halo, ranks, 1, false);
}

enum vt_status vt_halo_lane_end(struct vt_halo *halo, struct vt_atoms *a)
{
    VT_TRY(swap_end(halo));
    unpack(halo, a, 3, 1);
    return VT_OK;
}

/* What the ghosts of one partner gathered, for the atoms [begin, end): an atom may be at home to several
 * ghosts, and those that go to a partner stand in the order of the atoms. */
static void add_home(const struct vt_halo *halo, const struct vt_halo_partner *p, bool own, int begin,
                     int end, struct vt_gathered to)
{
    int low = p->send_begin, high = p->send_begin + p->send_n, last = high;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (halo->send_index[middle] < begin)
            low = middle + 1;
        else
            high = middle;
    }
    for (int k = low; k < last && halo->send_index[k] < end; k++) {
        const double *from = own ? to.values + (int64_t)to.stride * (to.n + own_ghost(halo, k))
                                 : halo->send + (int64_t)to.width * k;
        for (int d = 0; d < to.width; d++) to.values[(int64_t)to.stride * halo->send_index[k] + d] += from[d];
    }
}

enum vt_status vt_halo_collect_begin(struct vt_halo *halo, struct vt_gathered gathered,
                                     const struct vt_ranks *ranks)
{
    const double *ghost = gathered.values + (int64_t)gathered.stride * gathered.n;
    assert(gathered.width <= 3);
    /* Who has no ghosts from others may have atoms that are ghosts there: the messages go both ways. */
    int n = vt_halo_is_remote(halo) ? halo->n_receive : 0;
#pragma omp parallel for schedule(static)
    for (int g = 0; g < n; g++) {
        if (is_own(halo, g)) continue;
        for (int d = 0; d < gathered.width; d++)
            halo->receive[(int64_t)gathered.width * g + d] = ghost[(int64_t)gathered.stride * g + d];
    }
    return swap_begin(halo, ranks, gathered.width, true);
}

enum vt_status vt_halo_collect_end(struct vt_halo *halo, struct vt_gathered gathered,
                                   const struct vt_ranks *ranks)
{
    VT_TRY(swap_end(halo));
#pragma omp parallel
    {
        int64_t begin, end;
        vt_share(gathered.n, omp_get_num_threads(), omp_get_thread_num(), &begin, &end);
        for (int p = 0; p < halo->n_partners; p++)
            add_home(halo, &halo->partner[p], halo->partner[p].rank == ranks->rank, (int)begin, (int)end,
                     gathered);
    }
    return VT_OK;
}

enum vt_status vt_halo_collect(struct vt_halo *halo, struct vt_gathered gathered,
                               const struct vt_ranks *ranks)
{
    VT_TRY(vt_halo_collect_begin(halo, gathered, ranks));
    return vt_halo_collect_end(halo, gathered, ranks);
}

void vt_halo_release(struct vt_halo *halo)
{
    free(halo->partner);
    free(halo->request);
    free(halo->send);
    free(halo->receive);
    free(halo->send_index);
    free(halo->send_shift);
    *halo = (struct vt_halo){0};
}
