/* past.c: see past.h. */
#include "analysis/past.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/exact.h"
#include "core/memory.h"
#include "core/parallel.h"

static const double one[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

static bool of_atoms(const struct vt_past *past)
{
    return past->kind != VT_PAST_VALUES;
}

static int64_t life(const struct vt_past *past, int64_t frame)
{
    int64_t longest = 0;
    for (int k = 0; k < past->n_plans; k++) {
        int64_t of = vt_lags_life(&past->plan[k], frame);
        if (of > longest) longest = of;
    }
    return longest;
}

/* A slot for the frame `number`, the latest of all. *index stays valid when slots move. Local. */
static enum vt_status take_slot(struct vt_past *past, int64_t number, int *index)
{
    int k = 0, now = past->now ? (int)(past->now - past->slot) : -1;
    VT_TRY(vt_grow(&past->kept, &past->kept_capacity, past->n_kept + 1));
    while (k < past->n_slots && past->slot[k].number >= 0) k++;
    if (k == past->n_slots) {
        VT_TRY(vt_grow(&past->slot, &past->slot_capacity, k + 1));
        past->slot[past->n_slots++] = (struct vt_moment){.number = -1};
        if (now >= 0) past->now = &past->slot[now];
    }
    struct vt_moment *m = &past->slot[k];
    if (!m->value) {
        VT_TRY(vt_alloc(&m->value, (size_t)past->n * (of_atoms(past) ? 3 : 1)));
        for (int d = 0; d < 3 && of_atoms(past); d++) m->row[d] = m->value + (size_t)d * (size_t)past->n;
    }
    m->number = number;
    past->kept[past->n_kept++] = *index = k;
    return VT_OK;
}

/* Frames must come at even times: a lag is a number of frames. */
static enum vt_status check_clock(struct vt_past *past, double time)
{
    double since = time - past->last_time;
    if (past->frames == 1) past->apart = since;
    past->last_time = time;
    if (past->frames == 0 || (since > 0 && fabs(since - past->apart) <= 1e-3 * past->apart)) return VT_OK;
    return VT_RAISE(
        VT_EINPUT,
        "frames are not evenly spaced: %.6g ps at %.6g ps, %.6g ps before; motion is measured on frames "
        "at even times",
        since, time, past->apart);
}

/* (tilt + whole edges) nearest to what it was: exchanged cells are the same sample. */
static void undo_flips(const struct vt_cell *from, struct vt_cell *to)
{
    for (int d = 0; d < 3; d++)
        to->h[2][d] -= rint((to->h[2][1] - from->h[2][1]) / to->h[1][1]) * to->h[1][d];
    to->h[2][0] -= rint((to->h[2][0] - from->h[2][0]) / to->h[0][0]) * to->h[0][0];
    to->h[1][0] -= rint((to->h[1][0] - from->h[1][0]) / to->h[0][0]) * to->h[0][0];
}

/* The same numbers, nine of them. */
static bool same(double a[3][3], double b[3][3])
{
    bool equal = true;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) equal = equal && a[i][j] == b[i][j];
    return equal;
}

static void multiply(double a[3][3], double b[3][3], double out[3][3])
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            out[i][j] = 0;
            for (int k = 0; k < 3; k++) out[i][j] += a[i][k] * b[k][j];
        }
}

static void deform(struct vt_moment *before, struct vt_moment *now)
{
    struct vt_cell cell = now->cell;
    double step[3][3];
    if (!before) {
        memcpy(now->deformation, one, sizeof one);
        return;
    }
    undo_flips(&before->cell, &cell);
    if (same(cell.h, before->cell.h)) { /* keeps the bits, so that F is exactly one */
        memcpy(now->deformation, before->deformation, sizeof now->deformation);
        return;
    }
    vt_cell_map(&before->cell, &cell, step);
    multiply(before->deformation, step, now->deformation);
}

static void unwrap(const struct vt_frame *frame, double (*out)[3])
{
    for (int i = 0; i < frame->n; i++) {
        double shift[3] = {0};
        if (frame->image) vt_cell_shift(&frame->state.cell, frame->image[i], shift);
        for (int d = 0; d < 3; d++) out[i][d] = frame->x[i][d] + shift[d];
    }
}

/* Images of atoms are not known: each is taken nearest to where the cell carried it. */
static void follow(const struct vt_past *past, const struct vt_moment *before, struct vt_moment *now)
{
    struct vt_cell cell = now->cell;
    double step[3][3];
    undo_flips(&before->cell, &cell);
    vt_cell_map(&before->cell, &cell, step);
    for (int i = 0; i < past->n; i++) {
        double off[3], s[3];
        for (int d = 0; d < 3; d++) {
            off[d] = now->row[d][i];
            for (int k = 0; k < 3; k++) off[d] -= before->row[k][i] * step[k][d];
        }
        vt_cell_fractional(&now->cell, off, s);
        int whole[3];
        double shift[3];
        for (int d = 0; d < 3; d++) whole[d] = (int)rint(s[d]);
        vt_cell_shift(&now->cell, whole, shift);
        for (int d = 0; d < 3; d++) now->row[d][i] -= shift[d];
    }
}

/* The centre of mass. Collective. */
static enum vt_status centre_of_mass(const struct vt_past *past, const struct vt_frame *frame,
                                     struct vt_moment *now)
{
    struct vt_exact sum[3] = {{0}};
    double mass = 0, total[3];
    for (int i = 0; i < past->n; i++)
        for (int d = 0; d < 3; d++) {
            vt_exact_add(&sum[d], frame->material->species[past->roll.species[i]].mass * now->row[d][i]);
            if (i % (1 << 20) == 0) vt_exact_tidy(&sum[d]);
        }
    for (int a = 0; a < frame->material->n_species; a++)
        mass += frame->material->species[a].mass * (double)frame->material->species[a].count;
    VT_TRY(vt_exact_reduce(frame->ranks->comm, sum, 3, total));
    for (int d = 0; d < 3; d++) now->centre[d] = total[d] / mass;
    return VT_OK;
}

static enum vt_status observe_atoms(struct vt_past *past, const struct vt_frame *frame,
                                    const struct vt_moment *before, struct vt_moment *now)
{
    double(*place)[3];
    if (past->kind == VT_PAST_VELOCITIES) return vt_roll_gather(&past->roll, frame, frame->v, now->row);
    VT_TRY(vt_agree(frame->ranks->comm,
                    vt_renew(&past->scratch, &past->scratch_capacity, 3 * ((size_t)frame->n + 1))));
    place = (double(*)[3])past->scratch;
    unwrap(frame, place);
    VT_TRY(vt_roll_gather(&past->roll, frame, (const double(*)[3])place, now->row));
    int known = frame->image != NULL || frame->n == 0;
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &known, 1, MPI_INT, MPI_MIN, frame->ranks->comm)));
    if (!known && before) follow(past, before, now);
    return centre_of_mass(past, frame, now);
}

enum vt_status vt_past_observe(struct vt_past *past, const struct vt_frame *frame, double place,
                               const double *values, int n_values)
{
    MPI_Comm comm = frame->ranks->comm;
    int index = 0;
    enum vt_status st = check_clock(past, frame->state.time);
    if (st == VT_OK && past->kind == VT_PAST_VELOCITIES && !frame->v && frame->n)
        st = VT_RAISE(VT_EINPUT,
                      "the frame at %.6g ps has no velocities: write the trajectory with "
                      "trajectory_velocities: true",
                      frame->state.time);
    VT_TRY(vt_agree(comm, st));
    if (past->frames == 0) {
        if (of_atoms(past)) VT_TRY(vt_roll_call(&past->roll, frame));
        past->n = of_atoms(past) ? past->roll.n : n_values;
    }
    VT_TRY(vt_agree(comm, take_slot(past, past->frames, &index)));
    struct vt_moment *now = &past->slot[index], *before = past->now;
    now->time = frame->state.time;
    now->place = place;
    now->cell = frame->state.cell;
    deform(before, now);
    if (of_atoms(past))
        VT_TRY(observe_atoms(past, frame, before, now));
    else if (past->n)
        memcpy(now->value, values, (size_t)past->n * sizeof *values);
    if (past->frames == 0) {
        past->first = now->cell;
        past->first_place = place;
    } else if (past->frames == 1)
        past->pace = fmax(place - past->first_place, 0);
    past->now = now;
    past->frames++;
    return VT_OK;
}

void vt_past_turn(const struct vt_past *past, const struct vt_cell *next, struct vt_cell *first, int m[3][3])
{
    struct vt_moment moment = {.cell = *next};
    struct vt_cell carried = {0};
    if (past->frames) {
        deform(past->now, &moment);
        multiply((double(*)[3])past->first.h, moment.deformation, carried.h);
    } else
        carried = *next;
    *first = past->frames ? past->first : *next;
    for (int k = 0; k < 3; k++) {
        double s[3];
        vt_cell_fractional(&carried, next->h[k], s);
        for (int d = 0; d < 3; d++) m[k][d] = (int)rint(s[d]);
    }
}

/* Frames that the measured time holds. */
static int64_t expected(const struct vt_past *past)
{
    return past->pace > 0 ? (int64_t)floor((1 - past->first_place) / past->pace + 1e-6) + 1 : 0;
}

bool vt_past_between(const struct vt_past *past, const struct vt_lags *plan, int lag, struct vt_between *b)
{
    struct vt_moment *now = past->now, *then = NULL;
    int64_t origin = now->number - plan->lag[lag].length;
    if (origin < 0 || origin % plan->lag[lag].origins) return false;
    for (int low = 0, high = past->n_kept; low < high && !then;) {
        int mid = low + (high - low) / 2;
        struct vt_moment *m = &past->slot[past->kept[mid]];
        if (m->number == origin) then = m;
        if (m->number < origin)
            low = mid + 1;
        else
            high = mid;
    }
    if (!then) return false;
    *b = (struct vt_between){.roll = of_atoms(past) ? &past->roll : NULL,
                             .then = then,
                             .now = now,
                             .n = past->n,
                             .lag = lag,
                             .expected = expected(past),
                             .strained = !same(then->deformation, now->deformation)};
    memcpy(b->map, one, sizeof one);
    if (b->strained) {
        struct vt_cell from, to;
        memcpy(from.h, then->deformation, sizeof from.h);
        memcpy(to.h, now->deformation, sizeof to.h);
        vt_cell_map(&from, &to, b->map);
    }
    for (int d = 0; d < 3; d++) {
        double carried = then->centre[d];
        if (b->strained)
            carried = then->centre[0] * b->map[0][d] + then->centre[1] * b->map[1][d] +
                      then->centre[2] * b->map[2][d];
        b->drift[d] = now->centre[d] - carried;
    }
    return true;
}

void vt_past_forget(struct vt_past *past)
{
    int n = 0;
    for (int k = 0; k < past->n_kept; k++) {
        struct vt_moment *m = &past->slot[past->kept[k]];
        if (m != past->now && m->number + life(past, m->number) < past->frames)
            m->number = -1;
        else
            past->kept[n++] = past->kept[k];
    }
    past->n_kept = n;
}

void vt_past_clear(struct vt_past *past)
{
    for (int k = 0; k < past->n_slots; k++) free(past->slot[k].value);
    free(past->slot);
    free(past->kept);
    free(past->scratch);
    vt_roll_release(&past->roll);
    *past = (struct vt_past){.kind = past->kind,
                             .n_plans = past->n_plans,
                             .plan = past->plan,
                             .plan_capacity = past->plan_capacity};
}

__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) static void subtract(
    const double *restrict now, const double *restrict then, double drift, int n, double *restrict u)
{
    for (int i = 0; i < n; i++) u[i] = (now[i] - then[i]) - drift;
}

void vt_between_displacements(const struct vt_between *b, int begin, int n, double *const u[3])
{
    for (int d = 0; d < 3; d++) {
        const double *now = b->now->row[d] + begin;
        if (!b->strained) {
            subtract(now, b->then->row[d] + begin, b->drift[d], n, u[d]);
            continue;
        }
        const double *x = b->then->row[0] + begin, *y = b->then->row[1] + begin, *z = b->then->row[2] + begin;
        for (int i = 0; i < n; i++)
            u[d][i] =
                now[i] - (x[i] * b->map[0][d] + y[i] * b->map[1][d] + z[i] * b->map[2][d]) - b->drift[d];
    }
}

/* The plans are those of log or linear lags, so the frames that several of them keep are those of the most
 * demanding one, about; never more than all together. */
size_t vt_past_bytes(const struct vt_past *past)
{
    int64_t frames = 0;
    if (!of_atoms(past)) return 0;
    for (int k = 0; k < past->n_plans; k++) frames += vt_lags_frames(&past->plan[k]);
    return (size_t)(frames + 2) * 3 * sizeof(double) + 18;
}

/* ---- checkpoints ---- */

/* The block: this, then for each moment its head, and its values if it has some of its own. */
struct head {
    int64_t frames, n, moments, now;
    double apart, last_time, pace, first_place, first[9];
};
struct moment_head {
    int64_t number;
    double time, place, cell[9], deformation[9], centre[3];
};
struct atom_head {
    uint8_t species, group, unused[6];
};

size_t vt_past_block_size(const struct vt_past *past)
{
    size_t values = of_atoms(past) ? 0 : (size_t)past->n * sizeof(double);
    return sizeof(struct head) + (size_t)past->n_kept * (sizeof(struct moment_head) + values);
}

size_t vt_past_width(const struct vt_past *past)
{
    if (!of_atoms(past) || !past->frames) return 0;
    return sizeof(struct atom_head) + (size_t)past->n_kept * 3 * sizeof(double);
}

static void save_rows(const struct vt_past *past, char *rows, size_t width, size_t column)
{
    for (int k = 0; k < past->roll.n; k++) {
        int row = past->roll.row[k];
        char *at = rows + (size_t)k * width + column;
        struct atom_head head = {.species = (uint8_t)past->roll.species[row], .group = past->roll.group[row]};
        memcpy(at, &head, sizeof head);
        at += sizeof head;
        for (int s = 0; s < past->n_kept; s++)
            for (int d = 0; d < 3; d++, at += sizeof(double))
                memcpy(at, &past->slot[past->kept[s]].row[d][row], sizeof(double));
    }
}

void vt_past_save(const struct vt_past *past, const struct vt_ranks *ranks, char *block, char *rows,
                  size_t width, size_t column)
{
    if (of_atoms(past) && past->frames) save_rows(past, rows, width, column);
    if (ranks->rank) return;
    struct head head = {.frames = past->frames,
                        .n = past->n,
                        .moments = past->n_kept,
                        .now = past->now ? past->now->number : -1,
                        .apart = past->apart,
                        .last_time = past->last_time,
                        .pace = past->pace,
                        .first_place = past->first_place};
    memcpy(head.first, past->first.h, sizeof head.first);
    memcpy(block, &head, sizeof head);
    block += sizeof head;
    for (int s = 0; s < past->n_kept; s++) {
        const struct vt_moment *m = &past->slot[past->kept[s]];
        struct moment_head of = {.number = m->number, .time = m->time, .place = m->place};
        memcpy(of.cell, m->cell.h, sizeof of.cell);
        memcpy(of.deformation, m->deformation, sizeof of.deformation);
        memcpy(of.centre, m->centre, sizeof of.centre);
        memcpy(block, &of, sizeof of);
        block += sizeof of;
        if (of_atoms(past)) continue;
        memcpy(block, m->value, (size_t)past->n * sizeof(double));
        block += (size_t)past->n * sizeof(double);
    }
}

static enum vt_status load_roll(struct vt_past *past, const struct vt_ranks *ranks,
                                const struct vt_kept *kept, int64_t n_total, int n_species, size_t column)
{
    int64_t begin, end;
    uint8_t *species = NULL, *group = NULL;
    vt_share(n_total, ranks->size, ranks->rank, &begin, &end);
    enum vt_status st = vt_alloc(&species, end - begin);
    if (st == VT_OK) st = vt_alloc(&group, end - begin);
    for (int64_t k = 0; k < end - begin && st == VT_OK; k++) {
        struct atom_head head;
        memcpy(&head, kept->rows + (size_t)k * kept->width + column, sizeof head);
        species[k] = head.species;
        group[k] = head.group;
    }
    if (st == VT_OK) st = vt_roll_make(&past->roll, ranks, n_total, n_species, species, group);
    free(species);
    free(group);
    return st;
}

/* One moment from its head; its values follow. Local. */
static enum vt_status load_moment(struct vt_past *past, const struct moment_head *of, const char *values,
                                  const struct vt_kept *kept, size_t column, int64_t now)
{
    int index;
    VT_TRY(take_slot(past, of->number, &index));
    struct vt_moment *m = &past->slot[index];
    m->time = of->time;
    m->place = of->place;
    memcpy(m->cell.h, of->cell, sizeof of->cell);
    memcpy(m->deformation, of->deformation, sizeof of->deformation);
    memcpy(m->centre, of->centre, sizeof of->centre);
    if (m->number == now) past->now = m;
    if (!of_atoms(past) && past->n) memcpy(m->value, values, (size_t)past->n * sizeof(double));
    for (int k = 0; k < past->roll.n; k++)
        for (int d = 0; d < 3; d++)
            memcpy(&m->row[d][past->roll.row[k]],
                   kept->rows + (size_t)k * kept->width + column + (size_t)d * sizeof(double),
                   sizeof(double));
    return VT_OK;
}

enum vt_status vt_past_load(struct vt_past *past, const struct vt_ranks *ranks, const struct vt_kept *kept,
                            int64_t n_total, int n_species, size_t *at, size_t *column)
{
    struct head head = {0};
    const char *from = kept->block ? kept->block + *at : NULL;
    vt_past_clear(past);
    if (ranks->rank == 0) memcpy(&head, from, sizeof head);
    VT_TRY(vt_mpi(MPI_Bcast(&head, sizeof head, MPI_BYTE, 0, ranks->comm)));
    past->frames = head.frames;
    past->apart = head.apart;
    past->last_time = head.last_time;
    past->pace = head.pace;
    past->first_place = head.first_place;
    memcpy(past->first.h, head.first, sizeof head.first);
    size_t place = sizeof head, beside = *column;
    enum vt_status st = VT_OK;
    if (of_atoms(past) && head.frames) {
        st = load_roll(past, ranks, kept, n_total, n_species, *column);
        beside += sizeof(struct atom_head);
    }
    past->n = of_atoms(past) ? past->roll.n : ranks->rank == 0 ? (int)head.n : 0;
    for (int64_t s = 0; s < head.moments; s++) {
        struct moment_head of = {0};
        if (ranks->rank == 0) memcpy(&of, from + place, sizeof of);
        VT_TRY(vt_mpi(MPI_Bcast(&of, sizeof of, MPI_BYTE, 0, ranks->comm)));
        place += sizeof of;
        if (st == VT_OK) st = load_moment(past, &of, from ? from + place : NULL, kept, beside, head.now);
        if (of_atoms(past))
            beside += 3 * sizeof(double);
        else
            place += (size_t)head.n * sizeof(double);
    }
    *at += place;
    *column = beside;
    return vt_agree(ranks->comm, st);
}
