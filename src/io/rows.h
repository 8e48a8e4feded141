/* rows.h: the atoms of a frame in the order of their ids, whichever rank owns them. */
#ifndef VT_ROWS_H
#define VT_ROWS_H

#include <mpi.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cell.h"
#include "core/frame.h"
#include "core/status.h"

struct vt_row {
    double x[3], v[3]; /* angstrom, wrapped into the cell; angstrom/ps, zero if the frame has none */
    int32_t image[3];  /* cells crossed: x + image h is the unwrapped position */
    int32_t species;
};

/* The rank's share of all rows: ids first + 1 .. first + n (vt_share over ranks). */
struct vt_rows {
    int64_t n_total, first;
    int n;
    size_t capacity;
    struct vt_row *row;
};

/* Sort the owned atoms of a frame by id over the ranks. rows is empty or from an earlier frame. VT_EPHYSICS
 * if the ids are not 1 .. number of atoms, each once: then atoms were lost. Collective over
 * frame->ranks->comm. */
enum vt_status vt_rows_of_frame(struct vt_rows *rows, const struct vt_frame *frame);
void vt_rows_release(struct vt_rows *rows);

/* Call put(self, id, row) on rank 0 for every row, in order of id, with little memory. Collective over comm.
 */
enum vt_status vt_rows_each(const struct vt_rows *rows, MPI_Comm comm,
                            void (*put)(void *self, int64_t id, const struct vt_row *row), void *self);

/* Bring x into the cell by whole edges, counted in image; exact on the grid. */
void vt_row_wrap(const struct vt_cell *cell, double x[3], int32_t image[3]);

#endif
