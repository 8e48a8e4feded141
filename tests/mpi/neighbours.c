/* Ghosts and pairs: every pair within the reach is found once, on one rank, compared
 * with a sum over all atoms and images that knows nothing of ranks, bins or halos. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/atoms.h"
#include "core/exact.h"
#include "core/pairs.h"
#include "core/random.h"

/* Atom id sits at the same place on every rank; some start outside the cell, and an empty share of the cell
 * is left. */
static void place(const struct vt_cell *cell, int64_t id, double fill, double x[3])
{
    double u[4], s[3];
    vt_uniform4(11, id, 0, VT_RANDOM_TEST, u);
    for (int d = 0; d < 3; d++) s[d] = fill * u[d] + (u[3] < 0.1 ? 2 - d : 0);
    vt_cell_cartesian(cell, s, x);
    for (int d = 0; d < 3; d++) x[d] = vt_grid(x[d]);
}

struct seen {
    int64_t pairs;
    double distance2; /* exact sum over ordered pairs */
};

static struct seen by_ranks(const struct vt_cell *cell, int n, double fill, double reach, enum vt_ghosts want,
                            bool uneven, bool full)
{
    struct vt_ranks ranks;
    struct vt_atoms atoms = {0};
    struct vt_halo halo = {0};
    struct vt_pairs pairs = {0};
    vt_ranks_init(&ranks, MPI_COMM_WORLD, cell);
    for (int round = 0; uneven && round < 5; round++)
        check_ok(vt_ranks_balance(&ranks, 1 + 7 * (ranks.rank % 2)));
    check_ok(vt_atoms_reserve(&atoms, (size_t)n));
    for (int64_t id = 1 + ranks.rank; id <= n; id += ranks.size) {
        atoms.id[atoms.n] = id;
        memset(atoms.x[atoms.n], 0, sizeof *atoms.x);
        place(cell, id, fill, atoms.x[atoms.n++]);
    }
    check_ok(vt_atoms_migrate(&atoms, &ranks, cell, 3));
    check_ok(vt_halo_build(&halo, &atoms, &ranks, cell, reach, want));
    const double(*x)[4] = (const double(*)[4])atoms.x;
    check_ok(full ? vt_pairs_around(&pairs, x, atoms.n, atoms.n_ghost, reach)
                  : vt_pairs_find(&pairs, x, atoms.n, atoms.n_ghost, reach));
    struct vt_exact sums[2] = {0};
    for (int i = 0; i < atoms.n; i++)
        for (int64_t k = pairs.begin[i]; k < pairs.begin[i + 1]; k++) {
            int j = pairs.partner[k];
            double r2 = 0, weight = full ? 1 : 2; /* a pair stands once, for both orders */
            for (int d = 0; d < 3; d++) r2 += pow(atoms.x[i][d] - atoms.x[j][d], 2);
            vt_exact_add(&sums[0], weight);
            vt_exact_add(&sums[1], weight * r2);
        }
    double total[2];
    check_ok(vt_exact_reduce(MPI_COMM_WORLD, sums, 2, total));
    vt_pairs_release(&pairs);
    vt_halo_release(&halo);
    vt_atoms_release(&atoms);
    return (struct seen){(int64_t)total[0], total[1]};
}

static struct seen by_brute_force(const struct vt_cell *cell, int n, double fill, double reach, int images)
{
    struct vt_exact sum = {0};
    int64_t pairs = 0;
    for (int i = 1; i <= n; i++)
        for (int j = 1; j <= n; j++) {
            double xi[3], xj[3], s[3];
            place(cell, i, fill, xi);
            place(cell, j, fill, xj);
            vt_cell_fractional(cell, (double[3]){xi[0] - xj[0], xi[1] - xj[1], xi[2] - xj[2]}, s);
            for (int a = -images; a <= images; a++)
                for (int b = -images; b <= images; b++)
                    for (int c = -images; c <= images; c++) {
                        double shift[3], r2 = 0;
                        vt_cell_shift(cell,
                                      (int[3]){(int)rint(s[0]) + a, (int)rint(s[1]) + b, (int)rint(s[2]) + c},
                                      shift);
                        for (int d = 0; d < 3; d++) r2 += pow(xi[d] - xj[d] - shift[d], 2);
                        if (r2 >= reach * reach || (i == j && r2 == 0)) continue;
                        pairs++;
                        vt_exact_add(&sum, r2);
                    }
        }
    return (struct seen){pairs, vt_exact_value(sum)};
}

/* Reaches from a part of the cell to twice the cell; cells thin enough that a halo crosses several ranks. */
static void every_pair_is_found_for_any_reach_and_cell(void **state)
{
    (void)state;
    static const struct {
        double lx, ly, lz, xy, xz, yz, fill, reach;
        int n, images;
    } cases[] = {
        {20, 22, 24, 0, 0, 0, 1, 5, 400, 1},    {20, 22, 24, 8, -7, 9, 1, 6, 400, 2},
        {9, 11, 30, 4, -3, 5, 1, 12, 100, 3},   {5, 40, 5, 2, 0, 1, 1, 11, 60, 4},
        {60, 60, 60, 0, 20, 0, 0.3, 8, 200, 1}, /* all atoms in one corner: empty ranks */
        {30, 6, 6, 0, 0, 0, 1, 4, 1, 1},        {30, 6, 6, 0, 0, 0, 1, 7, 2, 2},
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct vt_cell cell =
            vt_cell_make(cases[k].lx, cases[k].ly, cases[k].lz, cases[k].xy, cases[k].xz, cases[k].yz);
        struct seen truth = by_brute_force(&cell, cases[k].n, cases[k].fill, cases[k].reach, cases[k].images);
        check_all(cases[k].n < 50 || truth.pairs > 0);
        for (enum vt_ghosts want = VT_GHOSTS_AROUND; want <= VT_GHOSTS_AHEAD; want++) {
            for (int uneven = 0; uneven < 2; uneven++) {
                for (int full = 0; full <= (want == VT_GHOSTS_AROUND); full++) {
                    struct seen ours =
                        by_ranks(&cell, cases[k].n, cases[k].fill, cases[k].reach, want, uneven, full);
                    check_all(ours.pairs == truth.pairs);
                    check_all(ours.distance2 == truth.distance2); /* bit for bit */
                }
            }
        }
    }
}

/* a - b + b = a on the grid, for whole edges: an atom carried through the cell and back keeps its bits. */
static void unwrapped_positions_survive_wrapping_and_flips(void **state)
{
    (void)state;
    struct vt_cell cell = vt_cell_make(13.1, 12.7, 11.3, 6.2, -5.1, 5.4);
    for (int64_t id = 1; id <= 100; id++) {
        double x[3];
        place(&cell, id, 5, x);
        struct vt_ranks ranks;
        vt_ranks_init(&ranks, MPI_COMM_SELF, &cell);
        struct vt_atoms atoms = {0};
        check_ok(vt_atoms_reserve(&atoms, 1));
        memcpy(atoms.x[0], x, sizeof x);
        atoms.id[0] = 1;
        atoms.n = 1;
        check_ok(vt_atoms_migrate(&atoms, &ranks, &cell, 3));
        double shift[3];
        vt_cell_shift(&cell, atoms.image[0], shift);
        for (int d = 0; d < 3; d++) check_all(atoms.x[0][d] + shift[d] == x[d]);
        vt_atoms_release(&atoms);
    }
    struct vt_cell flipped = cell;
    int m[3][3];
    flipped.h[1][0] = 30 * cell.h[0][0] + 1;
    double volume = vt_cell_volume(&flipped);
    check_all(vt_cell_flip(&flipped, m) == 1);
    check_all(vt_cell_volume(&flipped) == volume);
    check_all(fabs(flipped.h[1][0]) <= flipped.h[0][0] / 2);
    check_all(m[1][0] == -30);
}

/* Ranks that are k times as slow as the first one get a k-th of its width; all agree on where the cuts are.
 */
static void cuts_move_until_all_are_equally_busy(void **state)
{
    (void)state;
    struct vt_cell cell = vt_cell_make(10, 10, 40, 0, 0, 0);
    struct vt_ranks ranks;
    vt_ranks_init(&ranks, MPI_COMM_WORLD, &cell);
    const int bar[3] = {1, 1, ranks.size};
    vt_ranks_shape(&ranks, bar);
    double slowness = 1 + 0.2 * ranks.rank, cost = 0, mean = 0, first;
    for (int round = 0; round < 30; round++) {
        cost = slowness * (vt_ranks_cut(&ranks, 2, ranks.rank + 1) - vt_ranks_cut(&ranks, 2, ranks.rank));
        check_ok(vt_ranks_balance(&ranks, cost));
    }
    MPI_Allreduce(&cost, &mean, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    mean /= ranks.size;
    check_all(fabs(cost / mean - 1) < 0.025); /* 2 % are left alone */
    first = ranks.cut[2][1];
    MPI_Bcast(&first, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
    check_all(first == ranks.cut[2][1]);
    for (int k = 0; k < ranks.size; k++)
        check_all(vt_ranks_part(&ranks, 2, vt_ranks_cut(&ranks, 2, k)) == k &&
                  (k == 0 || vt_ranks_part(&ranks, 2, nextafter(vt_ranks_cut(&ranks, 2, k), 0)) == k - 1));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(cuts_move_until_all_are_equally_busy),
    cmocka_unit_test(every_pair_is_found_for_any_reach_and_cell),
    cmocka_unit_test(unwrapped_positions_survive_wrapping_and_flips),
};
CHECK_MPI_MAIN(tests)
