/* two_time_map.c: see two_time_map.h. */
#include "io/two_time_map.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"

enum { CELLS_MOST = 222, HEIGHT = 444 };

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Means over blocks of C, NaN where there is nothing; *used: how many are numbers, which sorted holds too. */
static void average(const double *c, int n, int cells, double *mean, double *sorted, int *used)
{
    for (int y = 0; y < cells; y++)
        for (int x = 0; x < cells; x++) {
            double sum = 0;
            int count = 0;
            for (int a = (int)((int64_t)n * y / cells); a < (int)((int64_t)n * (y + 1) / cells); a++)
                for (int b = (int)((int64_t)n * x / cells); b < (int)((int64_t)n * (x + 1) / cells); b++)
                    if (a != b) sum += c[(size_t)a * (size_t)n + (size_t)b], count++;
            mean[y * cells + x] = count ? sum / count : NAN;
            if (count && isfinite(sum)) sorted[(*used)++] = sum / count;
        }
}

enum vt_status vt_two_time_map(struct vt_plot *figure, const double *c, int n, double end, const char *unit,
                               char about[VT_TWO_TIME_ABOUT])
{
    int cells = n < CELLS_MOST ? n : CELLS_MOST, panel, used = 0;
    char title[32];
    snprintf(title, sizeof title, "t_2 [%s]", unit);
    double *mean = NULL, *sorted = NULL, low = 0, high = 0;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&mean, cells * cells));
    VT_TRY_GOTO(st, done, vt_alloc(&sorted, cells * cells));
    average(c, n, cells, mean, sorted, &used);
    qsort(sorted, (size_t)used, sizeof *sorted, ascending);
    if (used) low = sorted[used / 50], high = sorted[used - 1 - used / 500];
    if (!(high > low)) low -= 1e-6, high += 1e-6;
    snprintf(about, VT_TWO_TIME_ABOUT, "C(t_1, t_2), from %.4g (dark) to %.4g (bright)", low, high);
    VT_TRY_GOTO(st, done, vt_plot_add_panel(figure, about, title, HEIGHT, &panel));
    st = vt_plot_add_image(
        figure, panel,
        &(struct vt_plot_image){
            .n_x = cells, .n_y = cells, .x1 = end, .y1 = end, .value = mean, .low = low, .high = high});
done:
    free(mean), free(sorted);
    return st;
}
