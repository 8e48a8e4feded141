/* rows.c: see rows.h. */
#include "io/rows.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"

struct message {
    int64_t id;
    struct vt_row row;
};

void vt_row_wrap(const struct vt_cell *cell, double x[3], int32_t image[3])
{
    /* A second turn when rounding in the fractional coordinate misjudged an atom on a face. */
    for (int turn = 0; turn < 2; turn++) {
        double s[3], shift[3];
        vt_cell_fractional(cell, x, s);
        const int k[3] = {(int)floor(s[0]), (int)floor(s[1]), (int)floor(s[2])};
        if (!k[0] && !k[1] && !k[2]) return;
        vt_cell_shift(cell, k, shift);
        for (int d = 0; d < 3; d++) {
            x[d] -= shift[d];
            image[d] += k[d];
        }
    }
}

/* The rank whose share of 0..n holds k. */
static int owner(int64_t k, int64_t n, int ranks)
{
    int64_t begin, end;
    int r = (int)((double)k / (double)n * ranks);
    if (r >= ranks) r = ranks - 1;
    for (;;) {
        vt_share(n, ranks, r, &begin, &end);
        if (k < begin)
            r--;
        else if (k >= end)
            r++;
        else
            return r;
    }
}

static struct vt_row make_row(const struct vt_frame *f, int i)
{
    struct vt_row row = {.species = f->species[i]};
    memcpy(row.x, f->x[i], sizeof row.x);
    if (f->v) memcpy(row.v, f->v[i], sizeof row.v);
    if (f->image) memcpy(row.image, f->image[i], sizeof row.image);
    vt_row_wrap(&f->state.cell, row.x, row.image);
    return row;
}

/* Sort the atoms by the rank that gets them: begin (ranks + 1) byte offsets. */
static enum vt_status pack(const struct vt_frame *f, int64_t n_total, int ranks, size_t *begin,
                           struct message *messages)
{
    for (int i = 0; i < f->n; i++) {
        if (f->id[i] < 1 || f->id[i] > n_total)
            return VT_RAISE(VT_EPHYSICS, "atom id %" PRId64 " among %" PRId64 " atoms: atoms were lost",
                            f->id[i], n_total);
        for (int d = 0; d < 3; d++)
            if (!(fabs(f->x[i][d]) < INT_MAX))
                return VT_RAISE(VT_EPHYSICS, "atom %" PRId64 " is at %g %g %g angstrom", f->id[i], f->x[i][0],
                                f->x[i][1], f->x[i][2]);
        begin[owner(f->id[i] - 1, n_total, ranks) + 1] += sizeof *messages;
    }
    for (int r = 0; r < ranks; r++) begin[r + 1] += begin[r];
    size_t *next;
    VT_TRY(vt_alloc(&next, ranks));
    memcpy(next, begin, (size_t)ranks * sizeof *next);
    for (int i = 0; i < f->n; i++) {
        size_t *at = &next[owner(f->id[i] - 1, n_total, ranks)];
        messages[*at / sizeof *messages] = (struct message){f->id[i], make_row(f, i)};
        *at += sizeof *messages;
    }
    free(next);
    return VT_OK;
}

/* Put what came in order. That as many rows came as are due, none twice, means that all are there. */
static enum vt_status unpack(struct vt_rows *rows, const struct message *messages, size_t n)
{
    if (n != (size_t)rows->n)
        return VT_RAISE(VT_EPHYSICS,
                        "%zu atoms have ids %" PRId64 " to %" PRId64 ": atoms were lost or doubled", n,
                        rows->first + 1, rows->first + rows->n);
    for (int k = 0; k < rows->n; k++) rows->row[k].species = -1;
    for (size_t k = 0; k < n; k++) {
        struct vt_row *row = &rows->row[messages[k].id - 1 - rows->first];
        if (row->species >= 0) return VT_RAISE(VT_EPHYSICS, "two atoms have the id %" PRId64, messages[k].id);
        *row = messages[k].row;
    }
    return VT_OK;
}

enum vt_status vt_rows_of_frame(struct vt_rows *rows, const struct vt_frame *f)
{
    MPI_Comm comm = f->ranks->comm;
    int ranks, me;
    MPI_Comm_size(comm, &ranks);
    MPI_Comm_rank(comm, &me);
    int64_t n_total = f->n, end;
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &n_total, 1, MPI_INT64_T, MPI_SUM, comm)));
    rows->n_total = n_total;
    vt_share(n_total, ranks, me, &rows->first, &end);
    rows->n = vt_int(end - rows->first);

    size_t *begin = NULL, *received = NULL;
    struct message *messages = NULL;
    char *incoming = NULL;
    enum vt_status st = vt_grow(&rows->row, &rows->capacity, rows->n + 1);
    if (st == VT_OK) st = vt_alloc(&begin, ranks + 1);
    if (st == VT_OK) st = vt_alloc(&received, ranks + 1);
    if (st == VT_OK) st = vt_alloc(&messages, f->n);
    if (st == VT_OK) st = pack(f, n_total, ranks, begin, messages);
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    VT_TRY_GOTO(st, done, vt_exchange(comm, (const char *)messages, begin, &incoming, received));
    st = unpack(rows, (const struct message *)incoming, received[ranks] / sizeof *messages);
    st = vt_agree(comm, st);
done:
    free(incoming);
    free(messages);
    free(received);
    free(begin);
    return st;
}

void vt_rows_release(struct vt_rows *rows)
{
    free(rows->row);
    *rows = (struct vt_rows){0};
}

enum vt_status vt_rows_each(const struct vt_rows *rows, MPI_Comm comm,
                            void (*put)(void *self, int64_t id, const struct vt_row *row), void *self)
{
    enum { PIECE = 16384, TAG = 72 }; /* rows in a message: 1 MB */
    int ranks, me;
    MPI_Comm_size(comm, &ranks);
    MPI_Comm_rank(comm, &me);
    struct vt_row *piece = NULL;
    VT_TRY(vt_agree(comm, me ? VT_OK : vt_alloc(&piece, PIECE)));
    enum vt_status st = VT_OK;
    for (int at = 0; me && at < rows->n && st == VT_OK; at += PIECE) {
        int n = rows->n - at < PIECE ? rows->n - at : PIECE;
        st = vt_mpi(MPI_Send(rows->row + at, n * (int)sizeof *piece, MPI_BYTE, 0, TAG, comm));
    }
    for (int k = 0; !me && k < rows->n; k++) put(self, rows->first + k + 1, &rows->row[k]);
    for (int r = 1; !me && r < ranks && st == VT_OK; r++) {
        int64_t begin, end;
        vt_share(rows->n_total, ranks, r, &begin, &end);
        while (begin < end && st == VT_OK) {
            int n = end - begin < PIECE ? (int)(end - begin) : PIECE;
            st = vt_mpi(MPI_Recv(piece, n * (int)sizeof *piece, MPI_BYTE, r, TAG, comm, MPI_STATUS_IGNORE));
            for (int k = 0; k < n && st == VT_OK; k++) put(self, begin + k + 1, &piece[k]);
            begin += n;
        }
    }
    free(piece);
    return vt_agree(comm, st);
}
