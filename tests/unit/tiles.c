/* Tiles: every tile is taken once, and two that are worked on at the same time have no atom in common. */
#include "check.h"

#include <omp.h>
#include <stdlib.h>

#include "core/tiles.h"

enum { EACH = 7 }; /* atoms a tile */

/* Marks on the tiles that may be written to from a tile, periodic images being ghosts: their own places. */
static void mark(int *marks, const int n[3], int tile, int by)
{
    int a = tile / n[2] / n[1], b = tile / n[2] % n[1], c = tile % n[2];
    for (int da = 0; da <= 1; da++)
        for (int db = -1; db <= 1; db++)
            for (int dc = -1; dc <= 1; dc++) {
                int at = ((a + da) * (n[1] + 2) + b + db + 1) * (n[2] + 2) + c + dc + 1;
#pragma omp atomic
                marks[at] += by;
            }
}

static void tiles_at_work_share_no_atom(void **state)
{
    (void)state;
    static const int shapes[][3] = {{1, 1, 1}, {1, 8, 1},  {9, 9, 1}, {2, 3, 4},
                                    {4, 4, 2}, {12, 1, 1}, {1, 1, 12}};
    for (unsigned s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int threads = 1; threads <= 4; threads++) {
            struct vt_tiles tiles = {0};
            const int *n = shapes[s];
            int count = n[0] * n[1] * n[2], most = 0, places = (n[0] + 1) * (n[1] + 2) * (n[2] + 2);
            check_ok(vt_tiles_shape(&tiles, n, threads));
            for (int t = 0; t <= count; t++) tiles.first[t] = EACH * t;
            int *marks = calloc((size_t)places, sizeof *marks);
            int *taken = calloc((size_t)count, sizeof *taken);
            assert_true(marks && taken);
            for (int round = 0; round < 20; round++) {
                vt_tiles_begin(&tiles);
#pragma omp parallel num_threads(threads) reduction(max : most)
                for (int t; (t = vt_tiles_take(&tiles)) >= 0;) {
                    mark(marks, n, t, 1);
                    taken[t]++;
                    for (int k = 0; k < places; k++) {
                        int now;
#pragma omp atomic read
                        now = marks[k];
                        most = now > most ? now : most;
                    }
                    mark(marks, n, t, -1);
                }
            }
            for (int t = 0; t < count; t++) assert_int_equal(taken[t], 20);
            assert_int_equal(most, 1);
            free(marks);
            free(taken);
            vt_tiles_release(&tiles);
        }
}

/* A thread begins with the tiles of the atoms that a static loop gives it. */
static void threads_begin_with_their_own(void **state)
{
    (void)state;
    struct vt_tiles tiles = {0};
    check_ok(vt_tiles_shape(&tiles, (const int[]){8, 1, 1}, 2));
    for (int t = 0; t <= 8; t++) tiles.first[t] = EACH * t;
    vt_tiles_begin(&tiles);
    assert_int_equal(tiles.next[0], 0);
    assert_int_equal(tiles.end[0], 4);
    assert_int_equal(tiles.next[1], 4);
    assert_int_equal(tiles.end[1], 8);
    vt_tiles_release(&tiles);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(tiles_at_work_share_no_atom),
    cmocka_unit_test(threads_begin_with_their_own),
};
CHECK_MPI_MAIN(tests)
