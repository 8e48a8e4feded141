/* atoms.c: the owned atoms: memory, wrapping, migration, order in memory. */
#include "core/atoms.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/exact.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/units.h"

enum vt_status vt_atoms_reserve(struct vt_atoms *a, size_t need)
{
    if (need <= a->capacity && a->id) return VT_OK;
    size_t room[5] = {a->capacity, a->capacity, a->capacity, a->capacity, a->capacity};
    VT_TRY(vt_grow(&a->id, &room[0], need));
    VT_TRY(vt_grow(&a->species, &room[1], need));
    VT_TRY(vt_grow(&a->x, &room[2], need));
    VT_TRY(vt_grow(&a->v, &room[3], need));
    VT_TRY(vt_grow(&a->image, &room[4], need));
    a->capacity = room[0];
    for (int k = 1; k < 5; k++) /* they grow by different steps */
        if (room[k] < a->capacity) a->capacity = room[k];
    return VT_OK;
}

void vt_atoms_release(struct vt_atoms *a)
{
    free(a->id);
    free(a->species);
    free(a->x);
    free(a->v);
    free(a->image);
    vt_tiles_release(&a->tiles);
    *a = (struct vt_atoms){0};
}

enum vt_status vt_atoms_copy(struct vt_atoms *to, const struct vt_atoms *from)
{
    size_t n = (size_t)from->n;
    VT_TRY(vt_atoms_reserve(to, n));
    to->n = from->n;
    to->n_ghost = 0;
    to->n_total = from->n_total;
    memcpy(to->id, from->id, n * sizeof *to->id);
    memcpy(to->species, from->species, n * sizeof *to->species);
    memcpy(to->x, from->x, n * sizeof *to->x);
    memcpy(to->v, from->v, n * sizeof *to->v);
    memcpy(to->image, from->image, n * sizeof *to->image);
    return VT_OK;
}

/* What travels with an atom. */
struct traveller {
    double x[4], v[3];
    int64_t id;
    int32_t image[3], species;
};

static struct traveller pack(const struct vt_atoms *a, int i)
{
    struct traveller t = {.id = a->id[i], .species = a->species[i]};
    memcpy(t.x, a->x[i], sizeof t.x);
    memcpy(t.v, a->v[i], sizeof t.v);
    memcpy(t.image, a->image[i], sizeof t.image);
    return t;
}

static void unpack(struct vt_atoms *a, int i, const struct traveller *t)
{
    a->id[i] = t->id;
    a->species[i] = t->species;
    memcpy(a->x[i], t->x, sizeof t->x);
    memcpy(a->v[i], t->v, sizeof t->v);
    memcpy(a->image[i], t->image, sizeof t->image);
}

/* Wrap atom i into the cell. Shifts by whole edges are exact, so the unwrapped position keeps its bits. */
static void wrap(struct vt_atoms *a, int i, const struct vt_cell *cell, double s[3])
{
    vt_cell_fractional(cell, a->x[i], s);
    int k[3] = {(int)floor(s[0]), (int)floor(s[1]), (int)floor(s[2])};
    if (!k[0] && !k[1] && !k[2]) return;
    double shift[3];
    vt_cell_shift(cell, k, shift);
    for (int d = 0; d < 3; d++) {
        a->x[i][d] -= shift[d];
        a->image[i][d] += k[d];
    }
    vt_cell_fractional(cell, a->x[i], s);
}

bool vt_atoms_flip(struct vt_atoms *a, struct vt_cell *cell)
{
    int m[3][3];
    if (!vt_cell_flip(cell, m)) return false;
    /* x + image h stays; h_new = m h_old, so image_new m = image_old, and m has determinant 1 with
     * zeros above its diagonal: solve from the last edge up. */
    for (int i = 0; i < a->n; i++) {
        int32_t *k = a->image[i];
        k[1] -= k[2] * m[2][1];
        k[0] -= k[2] * m[2][0] + k[1] * m[1][0];
    }
    return true;
}

enum vt_status vt_atoms_kinetic(const struct vt_atoms *a, const struct vt_material *material, MPI_Comm comm,
                                double kinetic[6])
{
    static const int A[6] = {0, 1, 2, 0, 0, 1}, B[6] = {0, 1, 2, 1, 2, 2};
    struct vt_exact sums[6] = {0};
#pragma omp parallel
    {
        struct vt_exact mine[6] = {0};
#pragma omp for schedule(static)
        for (int i = 0; i < a->n; i++) {
            double m = material->species[a->species[i]].mass * VT_MASS_SPEED2;
            for (int k = 0; k < 6; k++) vt_exact_add(&mine[k], m * (a->v[i][A[k]] * a->v[i][B[k]]));
            if (i % 4096 == 0)
                for (int k = 0; k < 6; k++) vt_exact_tidy(&mine[k]);
        }
#pragma omp critical(vt_atoms_kinetic)
        for (int k = 0; k < 6; k++) vt_exact_merge(&sums[k], &mine[k]);
    }
    return vt_exact_reduce(comm, sums, 6, kinetic);
}

/* The part of a rank along one axis. */
struct stretch {
    double low, width; /* fractional */
    int tiles, slices; /* and slices of each tile */
};

/* Tiles at least as wide as `reach`, wider where the sample is so sparse that they would hold few atoms.
 * Along x there are only as many as let every thread find a free one, in slices: long runs of atoms are
 * faster. */
static void divide(const struct vt_ranks *ranks, const struct vt_cell *cell, double reach, int n,
                   struct stretch part[3])
{
    enum { FEW_ATOMS = 8, TILES_A_THREAD = 24 };
    double heights[3], most[3], count = INFINITY;
    vt_cell_heights(cell, heights);
    for (int d = 0; d < 3; d++) {
        part[d].low = vt_ranks_cut(ranks, d, ranks->at[d]);
        part[d].width = vt_ranks_cut(ranks, d, ranks->at[d] + 1) - part[d].low;
        part[d].slices = 1;
    }
    for (; count > 1 + (double)n / FEW_ATOMS; reach *= 1.26) {
        count = 1;
        for (int d = 0; d < 3; d++) {
            most[d] = fmax(1, floor(heights[d] * part[d].width / reach));
            part[d].tiles = (int)fmin(most[d], n);
            count *= most[d];
        }
    }
    double wanted = ceil(TILES_A_THREAD * ranks->threads / (most[1] * most[2]));
    part[0].tiles = ranks->threads == 1 ? 1 : (int)fmin(most[0], wanted);
    part[0].slices = (int)(2 * most[0] / part[0].tiles);
}

/* Counting sort by tiles, z slowest, then y, then x; within a tile by slices along x. */
static enum vt_status sort_by_tiles(struct vt_atoms *a, const struct vt_ranks *ranks,
                                    const struct vt_cell *cell, double reach)
{
    struct stretch part[3];
    divide(ranks, cell, reach, a->n, part);
    const int tiles[3] = {part[2].tiles, part[1].tiles, part[0].tiles}, slices = part[0].slices;
    enum vt_status st = VT_OK;
    int *first = NULL, *slice_of = NULL;
    struct traveller *sorted = NULL;
    VT_TRY(vt_tiles_shape(&a->tiles, tiles, ranks->threads));
    int n_tiles = vt_tiles_count(&a->tiles), n_slices = slices * n_tiles;
    VT_TRY_GOTO(st, done, vt_alloc(&first, n_slices + 1));
    VT_TRY_GOTO(st, done, vt_alloc(&slice_of, a->n));
    VT_TRY_GOTO(st, done, vt_alloc(&sorted, a->n));
    for (int i = 0; i < a->n; i++) {
        double s[3];
        vt_cell_fractional(cell, a->x[i], s);
        int at = 0;
        for (int d = 2; d >= 0; d--) {
            int n = part[d].tiles * part[d].slices, k = (int)((s[d] - part[d].low) / part[d].width * n);
            at = at * n + (k < 0 ? 0 : k >= n ? n - 1 : k); /* s may be outside by rounding */
        }
        slice_of[i] = at;
        first[at + 1]++;
    }
    for (int k = 0; k < n_slices; k++) first[k + 1] += first[k];
    for (int t = 0; t <= n_tiles; t++) a->tiles.first[t] = first[slices * t];
    for (int i = 0; i < a->n; i++) sorted[first[slice_of[i]]++] = pack(a, i);
    for (int i = 0; i < a->n; i++) unpack(a, i, &sorted[i]);
done:
    free(first);
    free(slice_of);
    free(sorted);
    return st;
}

/* Wrap all atoms, note where each belongs, and count those that go elsewhere, in travellers for each rank. */
static void find_homes(struct vt_atoms *a, const struct vt_ranks *ranks, const struct vt_cell *cell,
                       int *home, size_t *leaving)
{
    for (int i = 0; i < a->n; i++) {
        double s[3];
        wrap(a, i, cell, s);
        home[i] = vt_ranks_at(ranks, vt_ranks_part(ranks, 0, s[0]), vt_ranks_part(ranks, 1, s[1]),
                              vt_ranks_part(ranks, 2, s[2]));
        if (home[i] != ranks->rank) leaving[home[i]]++;
    }
}

/* Those that leave are packed up, the others close ranks. next: where the travellers to each rank go. */
static void pack_up(struct vt_atoms *a, const struct vt_ranks *ranks, const int *home, size_t *next,
                    struct traveller *out)
{
    int stay = 0;
    for (int i = 0; i < a->n; i++)
        if (home[i] != ranks->rank)
            out[next[home[i]]++] = pack(a, i);
        else {
            struct traveller t = pack(a, i);
            unpack(a, stay++, &t);
        }
    a->n = stay;
}

enum vt_status vt_atoms_migrate(struct vt_atoms *a, const struct vt_ranks *ranks, const struct vt_cell *cell,
                                double reach)
{
    enum vt_status st = VT_OK;
    int *home = NULL;
    size_t *begin = NULL, *next = NULL, *received = NULL;
    struct traveller *out = NULL;
    char *in = NULL;
    VT_TRY_GOTO(st, agree, vt_alloc(&home, a->n));
    VT_TRY_GOTO(st, agree, vt_alloc(&begin, ranks->size + 1));
    VT_TRY_GOTO(st, agree, vt_alloc(&next, ranks->size));
    VT_TRY_GOTO(st, agree, vt_alloc(&received, ranks->size + 1));
    find_homes(a, ranks, cell, home, begin + 1);
    for (int r = 0; r < ranks->size; r++) {
        next[r] = begin[r];
        begin[r + 1] += begin[r];
    }
    VT_TRY_GOTO(st, agree, vt_alloc(&out, begin[ranks->size]));
    pack_up(a, ranks, home, next, out);
    for (int r = 0; r <= ranks->size; r++) begin[r] *= sizeof *out;
agree:
    if ((st = vt_agree(ranks->comm, st)) != VT_OK) goto done;
    VT_TRY_GOTO(st, done, vt_exchange(ranks->comm, (const char *)out, begin, &in, received));
    size_t arrived = received[ranks->size] / sizeof *out, stayed = (size_t)a->n;
    st = vt_atoms_reserve(a, stayed + arrived);
    if (st == VT_OK) {
        a->n = vt_int((int64_t)(stayed + arrived));
        a->n_ghost = 0;
        for (size_t k = 0; k < arrived; k++) unpack(a, (int)(stayed + k), (const struct traveller *)in + k);
        free(in);
        in = NULL;
        st = sort_by_tiles(a, ranks, cell, reach);
    }
    st = vt_agree(ranks->comm, st);
done:
    free(home);
    free(begin);
    free(next);
    free(received);
    free(out);
    free(in);
    return st;
}
