/* atoms.c: the owned atoms: memory, wrapping, migration, order in memory. */
#include "core/atoms.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"

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

/* The part of n that holds s; s may miss [0, 1) by rounding. */
static int part_of(double s, int n)
{
    int part = (int)floor(s * n);
    return part < 0 ? 0 : part >= n ? n - 1 : part;
}

/* Tiles at least as wide as `reach`, wider where the sample is so sparse that they would hold few atoms, and
 * slices of each along x. Along x there are only as many tiles as let every thread find a free one: long runs
 * of atoms are faster. */
static void cut(const struct vt_ranks *ranks, const struct vt_cell *cell, double reach, int n, int tiles[3],
                int *slices)
{
    enum { FEW_ATOMS = 8, TILES_A_THREAD = 24, SLICES_MOST = 1024 };
    double heights[3], most[3], count = INFINITY;
    vt_cell_heights(cell, heights);
    for (; count > 1 + n / FEW_ATOMS; reach *= 1.26) {
        for (int k = 0; k < 3; k++) most[k] = fmax(1, floor(heights[2 - k] / ranks->grid[2 - k] / reach));
        count = most[0] * most[1];
    }
    double along_x = ranks->threads == 1 ? 1 : fmin(most[2], ceil(TILES_A_THREAD * ranks->threads / count));
    tiles[0] = (int)most[0], tiles[1] = (int)most[1], tiles[2] = (int)along_x;
    *slices = (int)fmin(2 * most[2] / along_x, SLICES_MOST);
}

/* Counting sort by tiles, z slowest, then y, then x; within a tile by slices along x. */
static enum vt_status sort_by_tiles(struct vt_atoms *a, const struct vt_ranks *ranks,
                                    const struct vt_cell *cell, double reach)
{
    int tiles[3], slices;
    cut(ranks, cell, reach, a->n, tiles, &slices);
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
        for (int k = 0; k < 3; k++) {
            int d = 2 - k, n = d ? tiles[k] : slices * tiles[k];
            at = at * n + part_of(s[d] * ranks->grid[d] - ranks->at[d], n);
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
        home[i] = vt_ranks_at(ranks, part_of(s[0], ranks->grid[0]), part_of(s[1], ranks->grid[1]),
                              part_of(s[2], ranks->grid[2]));
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
