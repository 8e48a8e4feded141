/* roll.c: see roll.h. */
#include "analysis/roll.h"

#include <assert.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"

/* The rank whose share has an id. */
static int keeper(int64_t id, int64_t n_total, int ranks)
{
    int r = (int)((double)(id - 1) / (double)n_total * ranks);
    int64_t begin, end;
    r = r < 0 ? 0 : r > ranks - 1 ? ranks - 1 : r;
    for (;;) {
        vt_share(n_total, ranks, r, &begin, &end);
        if (id <= begin)
            r--;
        else if (id > end)
            r++;
        else
            return r;
    }
}

static enum vt_status check_ids(const struct vt_frame *frame, int64_t n_total)
{
    for (int i = 0; i < frame->n; i++)
        if (frame->id[i] < 1 || frame->id[i] > n_total)
            return VT_RAISE(VT_EINPUT,
                            "an atom has the id %lld, and there are %lld atoms: ids from 1 on are due",
                            (long long)frame->id[i], (long long)n_total);
    return VT_OK;
}

/* A record of `size` bytes, the first 8 of them the id, for each owned atom, goes to the rank that keeps the
 * id: *received is a block the caller frees, of *n records. Collective. */
static enum vt_status send_records(const struct vt_frame *frame, int64_t n_total, const char *record,
                                   size_t size, char **received, int64_t *n)
{
    int ranks = frame->ranks->size;
    size_t *begin = NULL, *from = NULL, *at = NULL;
    char *sorted = NULL;
    enum vt_status st = VT_OK;
    *received = NULL;
    VT_TRY_GOTO(st, agree, vt_alloc(&begin, ranks + 1));
    VT_TRY_GOTO(st, agree, vt_alloc(&from, ranks + 1));
    VT_TRY_GOTO(st, agree, vt_alloc(&at, ranks));
    VT_TRY_GOTO(st, agree, vt_alloc(&sorted, (size_t)frame->n * size));
    for (int i = 0; i < frame->n; i++) begin[keeper(frame->id[i], n_total, ranks) + 1] += size;
    for (int r = 0; r < ranks; r++) begin[r + 1] += begin[r];
    memcpy(at, begin, (size_t)ranks * sizeof *at);
    for (int i = 0; i < frame->n; i++) {
        int r = keeper(frame->id[i], n_total, ranks);
        memcpy(sorted + at[r], record + (size_t)i * size, size);
        at[r] += size;
    }
agree:
    VT_TRY_GOTO(st, done, vt_agree(frame->ranks->comm, st));
    VT_TRY_GOTO(st, done, vt_exchange(frame->ranks->comm, sorted, begin, received, from));
    *n = (int64_t)(from[ranks] / size);
done:
    free(sorted);
    free(at);
    free(from);
    free(begin);
    return st;
}

enum vt_status vt_roll_make(struct vt_roll *roll, const struct vt_ranks *ranks, int64_t n_total,
                            int n_species, const uint8_t *species, const uint8_t *group)
{
    int64_t begin, end;
    int count[VT_SPECIES_MAX][VT_SPACE_GROUPS] = {{0}};
    vt_share(n_total, ranks->size, ranks->rank, &begin, &end);
    *roll = (struct vt_roll){
        .n_total = n_total, .first = begin, .n = vt_int(end - begin), .n_species = n_species};
    VT_TRY(vt_alloc(&roll->row, roll->n));
    VT_TRY(vt_alloc(&roll->id, roll->n));
    VT_TRY(vt_alloc(&roll->species, roll->n));
    VT_TRY(vt_alloc(&roll->group, roll->n));
    for (int k = 0; k < roll->n; k++) {
        assert(species[k] < n_species && group[k] < VT_SPACE_GROUPS);
        count[species[k]][group[k]]++;
    }
    int row = 0;
    for (int a = 0; a < n_species; a++) {
        for (int g = 0; g < VT_SPACE_GROUPS; g++) {
            roll->begin[a][g] = row;
            row += count[a][g];
            count[a][g] = roll->begin[a][g];
        }
        roll->begin[a][VT_SPACE_GROUPS] = row;
    }
    for (int k = 0; k < roll->n; k++) {
        int at = roll->row[k] = count[species[k]][group[k]]++;
        roll->id[at] = begin + 1 + k;
        roll->species[at] = species[k];
        roll->group[at] = group[k];
    }
    return VT_OK;
}

struct who {
    int64_t id;
    uint8_t species, group;
};

/* Put what came in order of id; each must be there once. Local. */
static enum vt_status list_all(const struct vt_frame *frame, int64_t n_total, const struct who *who,
                               int64_t n, struct vt_roll *roll)
{
    int64_t begin, end;
    uint8_t *species = NULL, *group = NULL;
    bool *there = NULL;
    enum vt_status st = VT_OK;
    vt_share(n_total, frame->ranks->size, frame->ranks->rank, &begin, &end);
    VT_TRY_GOTO(st, done, vt_alloc(&species, end - begin));
    VT_TRY_GOTO(st, done, vt_alloc(&group, end - begin));
    VT_TRY_GOTO(st, done, vt_alloc(&there, end - begin));
    for (int64_t k = 0; k < n; k++) {
        int64_t at = who[k].id - 1 - begin;
        assert(at >= 0 && at < end - begin);
        if (there[at])
            VT_TRY_GOTO(st, done,
                        VT_RAISE(VT_EINPUT, "two atoms have the id %lld: how they move cannot be told",
                                 (long long)who[k].id));
        there[at] = true;
        species[at] = who[k].species;
        group[at] = who[k].group;
    }
    if (n != end - begin)
        VT_TRY_GOTO(st, done,
                    VT_RAISE(VT_EINPUT,
                             "%lld of the ids %lld to %lld are missing: how atoms move cannot be told",
                             (long long)(end - begin - n), (long long)begin + 1, (long long)end));
    st = vt_roll_make(roll, frame->ranks, n_total, frame->material->n_species, species, group);
done:
    free(there);
    free(group);
    free(species);
    return st;
}

enum vt_status vt_roll_call(struct vt_roll *roll, const struct vt_frame *frame)
{
    int64_t n_total = vt_material_atoms(frame->material), n = 0;
    MPI_Comm comm = frame->ranks->comm;
    struct who *mine = NULL;
    char *received = NULL;
    enum vt_status st = check_ids(frame, n_total);
    if (st == VT_OK) st = vt_alloc(&mine, frame->n);
    for (int i = 0; i < frame->n && st == VT_OK; i++)
        mine[i] = (struct who){frame->id[i], (uint8_t)frame->species[i],
                               (uint8_t)vt_space_group(&frame->state.cell, frame->x[i])};
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    VT_TRY_GOTO(st, done, send_records(frame, n_total, (char *)mine, sizeof *mine, &received, &n));
    st = vt_agree(comm, list_all(frame, n_total, (struct who *)received, n, roll));
done:
    free(received);
    free(mine);
    return st;
}

void vt_roll_release(struct vt_roll *roll)
{
    free(roll->row);
    free(roll->id);
    free(roll->species);
    free(roll->group);
    *roll = (struct vt_roll){0};
}

struct place {
    int64_t id;
    double value[3];
};

static void put(const struct vt_roll *roll, int64_t id, const double value[3], double *const out[3])
{
    int row = roll->row[id - 1 - roll->first];
    for (int d = 0; d < 3; d++) out[d][row] = value[d];
}

enum vt_status vt_roll_gather(const struct vt_roll *roll, const struct vt_frame *frame,
                              const double (*value)[3], double *const out[3])
{
    struct place *mine = NULL, *place;
    char *received = NULL;
    int64_t n = 0;
    bool alone = frame->ranks->size == 1;
    enum vt_status st = check_ids(frame, roll->n_total);
    for (int i = 0; i < frame->n && st == VT_OK && alone; i++) put(roll, frame->id[i], value[i], out);
    if (alone) return st;
    if (st == VT_OK) st = vt_alloc(&mine, frame->n);
    for (int i = 0; i < frame->n && st == VT_OK; i++)
        mine[i] = (struct place){frame->id[i], {value[i][0], value[i][1], value[i][2]}};
    VT_TRY_GOTO(st, done, vt_agree(frame->ranks->comm, st));
    VT_TRY_GOTO(st, done, send_records(frame, roll->n_total, (char *)mine, sizeof *mine, &received, &n));
    place = (struct place *)received;
    for (int64_t k = 0; k < n; k++) put(roll, place[k].id, place[k].value, out);
done:
    free(received);
    free(mine);
    return st;
}
