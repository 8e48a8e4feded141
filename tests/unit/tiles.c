/* Tiles: every tile is taken once, and two that are worked on at the same time have no atom in common. */
#include "check.h"

#include <omp.h>
#include <stdlib.h>

#include "core/tiles.h"

enum { EACH = 7 }; /* atoms a tile */

/* Marks on the tiles that may be written to from (a, b), periodic images being ghosts: their own places. */
static void mark(int *marks, int rows, int columns, int tile, int by)
{
    int a = tile / columns, b = tile % columns;
    for (int da = 0; da <= 1; da++)
        for (int db = -1; db <= 1; db++) {
            int at = (a + da) * (columns + 2) + b + db + 1;
            if (a + da > rows) continue;
#pragma omp atomic
            marks[at] += by;
        }
}

static void tiles_at_work_share_no_atom(void **state)
{
    (void)state;
    static const int shapes[][2] = {{1, 1}, {1, 8}, {9, 9}, {2, 3}, {4, 4}, {12, 1}};
    for (unsigned s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int threads = 1; threads <= 4; threads++) {
            struct vt_tiles tiles = {0};
            int rows = shapes[s][0], columns = shapes[s][1], n = rows * columns, most = 0,
                places = (rows + 1) * (columns + 2);
            check_ok(vt_tiles_shape(&tiles, shapes[s], threads));
            for (int t = 0; t <= n; t++) tiles.first[t] = EACH * t;
            int *marks = calloc((size_t)places, sizeof *marks);
            int *taken = calloc((size_t)n, sizeof *taken);
            assert_true(marks && taken);
            for (int round = 0; round < 20; round++) {
                vt_tiles_begin(&tiles);
#pragma omp parallel num_threads(threads) reduction(max : most)
                for (int t; (t = vt_tiles_take(&tiles)) >= 0;) {
                    mark(marks, rows, columns, t, 1);
                    taken[t]++;
                    for (int k = 0; k < places; k++) {
                        int now;
#pragma omp atomic read
                        now = marks[k];
                        most = now > most ? now : most;
                    }
                    mark(marks, rows, columns, t, -1);
                }
            }
            for (int t = 0; t < n; t++) assert_int_equal(taken[t], 20);
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
    check_ok(vt_tiles_shape(&tiles, (const int[]){8, 1}, 2));
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
