/* mobile.c: see mobile.h.
 *
 * The k-th largest u^2 of all ranks is found bit by bit: u^2 >= 0, so numbers and their bits, taken as whole
 * numbers, are in the same order. Histograms of the leading bits are added over ranks; the bin that holds the
 * k-th is looked at more closely until few are in it. Rank 0 gets all from that bin on, and sorts out the
 * rest. */
#include "analysis/mobile.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/exact.h"
#include "core/memory.h"
#include "core/parallel.h"

enum { RUN = 1024, BITS = 14, BINS = 1 << BITS, STEPS = 256, SPREADS = 16 };

/* Atoms that are compared with each other: rows [begin, end) of this rank. */
struct class
{
    int begin, end;
    int64_t atoms, wanted; /* of all ranks; wanted < 0: all that reach the limit */
    uint64_t limit;        /* bits of the least u^2 */
    uint64_t sure;         /* from here on they are wanted for certain */
};

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static void squares(const struct vt_between *b, double *square)
{
#pragma omp parallel for schedule(static)
    for (int begin = 0; begin < b->n; begin += RUN) {
        double u[3][RUN];
        int n = b->n - begin < RUN ? b->n - begin : RUN;
        vt_between_displacements(b, begin, n, (double *const[3]){u[0], u[1], u[2]});
        for (int k = 0; k < n; k++)
            square[begin + k] = u[0][k] * u[0][k] + u[1][k] * u[1][k] + u[2][k] * u[2][k];
    }
}

static enum vt_status add_bins(MPI_Comm comm, int64_t *bin, int n)
{
    int size;
    MPI_Comm_size(comm, &size);
    return size == 1 ? VT_OK : vt_mpi(MPI_Allreduce(MPI_IN_PLACE, bin, n, MPI_INT64_T, MPI_SUM, comm));
}

/* Sets limit so that `wanted` atoms or a few more reach it. Collective. */
static enum vt_status find_rank(MPI_Comm comm, struct vt_mobile_list *list, struct class *c)
{
    int n = 0, shift = 64;
    int64_t above = 0, *bin = list->bin;
    uint64_t *key = list->candidate;
    for (int row = c->begin; row < c->end; row++) key[n++] = bits_of(list->square[row]);
    c->limit = 0;
    while (shift > 0) {
        int bits = shift < BITS ? shift : BITS, k = (1 << bits) - 1, m = 0;
        shift -= bits;
        memset(bin, 0, BINS * sizeof *bin);
        for (int i = 0; i < n; i++) bin[(key[i] >> shift) & (uint64_t)k]++;
        VT_TRY(add_bins(comm, bin, BINS));
        while (k > 0 && above + bin[k] < c->wanted) above += bin[k--];
        c->limit |= (uint64_t)k << shift;
        c->sure = c->limit + (UINT64_C(1) << shift);
        if (bin[k] <= 32 + c->wanted / 8) break;
        for (int i = 0; i < n; i++)
            if (key[i] >> shift == c->limit >> shift) key[m++] = key[i];
        n = m;
    }
    return VT_OK;
}

static double gaussian_beyond(double x)
{
    return erfc(x * M_SQRT1_2) + sqrt(2 / M_PI) * x * exp(-x * x / 2);
}

/* Collective. */
static enum vt_status find_crossing(MPI_Comm comm, struct vt_mobile_list *list, struct class *c)
{
    struct vt_exact sum = {0};
    double total, sigma, most = 0;
    int64_t *bin = list->bin, beyond = 0;
    int at = -1;
    static_assert(STEPS * SPREADS <= BINS, "room for the histogram");
    for (int row = c->begin; row < c->end; row++) {
        vt_exact_add(&sum, list->square[row]);
        if (row % (1 << 20) == 0) vt_exact_tidy(&sum);
    }
    VT_TRY(vt_exact_reduce(comm, &sum, 1, &total));
    sigma = sqrt(total / (3 * (double)c->atoms));
    c->limit = UINT64_MAX;
    if (!(sigma > 0)) return VT_OK;
    memset(bin, 0, (size_t)(STEPS * SPREADS) * sizeof *bin);
    for (int row = c->begin; row < c->end; row++) {
        double k = sqrt(list->square[row]) / sigma * STEPS;
        bin[k < STEPS * SPREADS - 1 ? (int)k : STEPS * SPREADS - 1]++;
    }
    VT_TRY(add_bins(comm, bin, STEPS * SPREADS));
    for (int k = STEPS * SPREADS - 1; k > 0; k--) {
        beyond += bin[k];
        double excess = (double)beyond / (double)c->atoms - gaussian_beyond((double)k / STEPS);
        if (excess > most) most = excess, at = k;
    }
    if (most * sqrt((double)c->atoms) < 1.52) return VT_OK;
    double r = sigma * at / STEPS;
    c->limit = bits_of(nextafter(r * r, INFINITY));
    return VT_OK;
}

/* Atoms that reach the limits of their classes, in the order of ids. Local. */
static enum vt_status collect(const struct vt_between *b, const struct class *class, bool of_species,
                              struct vt_mobile_list *list)
{
    const struct vt_roll *roll = b->roll;
    list->n = 0;
    for (int k = 0; k < roll->n; k++) {
        int row = roll->row[k], n = list->n;
        if (bits_of(list->square[row]) < class[of_species ? roll->species[row] : 0].limit) continue;
        VT_TRY(vt_grow(&list->atom, &list->atom_capacity, n + 1));
        struct vt_mobile *m = &list->atom[list->n++];
        *m = (struct vt_mobile){.id = roll->id[row],
                                .square = list->square[row],
                                .species = roll->species[row],
                                .group = roll->group[row]};
        for (int d = 0; d < 3; d++) {
            m->now[d] = b->now->row[d][row];
            m->then[d] = b->then->row[d][row];
            if (b->strained)
                m->then[d] = b->then->row[0][row] * b->map[0][d] + b->then->row[1][row] * b->map[1][d] +
                             b->then->row[2][row] * b->map[2][d];
            m->then[d] += b->drift[d];
        }
    }
    return VT_OK;
}

/* All to rank 0: ranks follow each other as ids do. Collective. */
static enum vt_status gather(const struct vt_ranks *ranks, struct vt_mobile_list *list)
{
    size_t *begin = NULL, *from = NULL;
    char *received = NULL;
    enum vt_status st = VT_OK;
    if (ranks->size == 1) return VT_OK;
    VT_TRY_GOTO(st, agree, vt_alloc(&begin, ranks->size + 1));
    VT_TRY_GOTO(st, agree, vt_alloc(&from, ranks->size + 1));
    for (int r = 0; r < ranks->size; r++) begin[r + 1] = (size_t)list->n * sizeof *list->atom;
agree:
    VT_TRY_GOTO(st, done, vt_agree(ranks->comm, st));
    VT_TRY_GOTO(st, done, vt_exchange(ranks->comm, (const char *)list->atom, begin, &received, from));
    list->n = vt_int((int64_t)(from[ranks->size] / sizeof *list->atom));
    st = vt_grow(&list->atom, &list->atom_capacity, list->n);
    if (st == VT_OK && list->n) memcpy(list->atom, received, (size_t)list->n * sizeof *list->atom);
done:
    free(received);
    free(from);
    free(begin);
    return st;
}

static int by_square(const void *a, const void *b)
{
    const struct vt_mobile *x = *(struct vt_mobile *const *)a, *y = *(struct vt_mobile *const *)b;
    if (x->square != y->square) return x->square < y->square ? -1 : 1;
    return x->id > y->id ? -1 : x->id < y->id;
}

/* Mark those of a class that are too many: the slowest; of equal ones, the last. */
static enum vt_status strike_out(const struct class *c, int species, struct vt_mobile_list *list)
{
    struct vt_mobile **doubtful = NULL;
    int64_t sure = 0, n = 0;
    VT_TRY(vt_alloc(&doubtful, list->n));
    for (int i = 0; i < list->n; i++) {
        if (species >= 0 && list->atom[i].species != species) continue;
        if (bits_of(list->atom[i].square) >= c->sure)
            sure++;
        else
            doubtful[n++] = &list->atom[i];
    }
    if (sure + n > c->wanted) qsort(doubtful, (size_t)n, sizeof *doubtful, by_square);
    for (int64_t k = 0; k < sure + n - c->wanted; k++) doubtful[k]->id = 0;
    free(doubtful);
    return VT_OK;
}

/* Rank 0: who stays, and how far the slowest of them went. Local. */
static enum vt_status settle(const struct class *class, int classes, int n_species,
                             struct vt_mobile_list *list)
{
    int n = 0;
    for (int c = 0; c < classes; c++)
        if (class[c].wanted >= 0) VT_TRY(strike_out(&class[c], classes > 1 ? c : -1, list));
    for (int i = 0; i < list->n; i++)
        if (list->atom[i].id) list->atom[n++] = list->atom[i];
    list->n = n;
    for (int a = 0; a < n_species; a++) {
        const struct class *c = &class[classes > 1 ? a : 0];
        double least = INFINITY;
        if (c->wanted < 0 && c->limit != UINT64_MAX) memcpy(&least, &c->limit, sizeof least);
        for (int i = 0; i < n && c->wanted >= 0; i++)
            if (classes == 1 || list->atom[i].species == a) least = fmin(least, list->atom[i].square);
        list->threshold[a] = isfinite(least) ? sqrt(least) : NAN;
    }
    return VT_OK;
}

enum vt_status vt_mobile_find(const struct vt_mobile_rule *rule, const struct vt_frame *frame,
                              const struct vt_between *b, struct vt_mobile_list *list)
{
    const struct vt_roll *roll = b->roll;
    const struct vt_material *material = frame->material;
    MPI_Comm comm = frame->ranks->comm;
    struct class class[VT_SPECIES_MAX];
    bool of_species = rule->of == VT_MOBILE_OF_SPECIES;
    int classes = of_species ? roll->n_species : 1;
    enum vt_status st = vt_renew(&list->square, &list->square_capacity, (size_t)b->n + 1);
    if (st == VT_OK) st = vt_renew(&list->candidate, &list->candidate_capacity, (size_t)b->n + 1);
    if (st == VT_OK) st = vt_renew(&list->bin, &list->bin_capacity, BINS);
    VT_TRY(vt_agree(comm, st));
    squares(b, list->square);
    for (int c = 0; c < classes; c++) {
        class[c] = (struct class){
            .begin = of_species ? roll->begin[c][0] : 0,
            .end = of_species ? roll->begin[c][VT_SPACE_GROUPS] : roll->n,
            .atoms = of_species ? material->species[c].count : roll->n_total,
            .wanted = -1,
            .limit = UINT64_MAX,
        };
        if (rule->select == VT_MOBILE_DISTANCE)
            class[c].limit = bits_of(nextafter(rule->distance * rule->distance, INFINITY));
        else if (rule->select == VT_MOBILE_VAN_HOVE)
            VT_TRY(find_crossing(comm, list, &class[c]));
        else {
            class[c].wanted = llrint(rule->fraction * (double)class[c].atoms);
            if (class[c].wanted) VT_TRY(find_rank(comm, list, &class[c]));
        }
    }
    VT_TRY(vt_agree(comm, collect(b, class, of_species, list)));
    VT_TRY(vt_agree(comm, gather(frame->ranks, list)));
    return vt_agree(comm, frame->ranks->rank ? VT_OK : settle(class, classes, roll->n_species, list));
}

void vt_mobile_release(struct vt_mobile_list *list)
{
    free(list->atom), free(list->square), free(list->candidate), free(list->bin);
}
