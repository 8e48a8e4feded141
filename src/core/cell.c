/* cell.c: see cell.h. */
#include "core/cell.h"

#include <string.h>

struct vt_cell vt_cell_make(double lx, double ly, double lz, double xy, double xz, double yz)
{
    return (struct vt_cell){
        {{vt_grid(lx), 0, 0}, {vt_grid(xy), vt_grid(ly), 0}, {vt_grid(xz), vt_grid(yz), vt_grid(lz)}}};
}

double vt_cell_volume(const struct vt_cell *cell)
{
    return cell->h[0][0] * cell->h[1][1] * cell->h[2][2];
}

void vt_cell_heights(const struct vt_cell *cell, double heights[3])
{
    const double(*h)[3] = cell->h;
    /* Face areas are |b x c|, |c x a|, |a x b|. */
    double bc[3] = {h[1][1] * h[2][2], -h[1][0] * h[2][2], h[1][0] * h[2][1] - h[1][1] * h[2][0]};
    double volume = vt_cell_volume(cell);
    heights[0] = volume / sqrt(bc[0] * bc[0] + bc[1] * bc[1] + bc[2] * bc[2]);
    heights[1] = volume / (h[0][0] * hypot(h[2][1], h[2][2]));
    heights[2] = h[2][2];
}

double vt_cell_least_height(const struct vt_cell *cell)
{
    double h[3];
    vt_cell_heights(cell, h);
    return fmin(fmin(h[0], h[1]), h[2]);
}

void vt_cell_fractional(const struct vt_cell *cell, const double x[3], double s[3])
{
    const double(*h)[3] = cell->h;
    s[2] = x[2] / h[2][2];
    s[1] = (x[1] - s[2] * h[2][1]) / h[1][1];
    s[0] = (x[0] - s[1] * h[1][0] - s[2] * h[2][0]) / h[0][0];
}

void vt_cell_cartesian(const struct vt_cell *cell, const double s[3], double x[3])
{
    const double(*h)[3] = cell->h;
    x[0] = s[0] * h[0][0] + s[1] * h[1][0] + s[2] * h[2][0];
    x[1] = s[1] * h[1][1] + s[2] * h[2][1];
    x[2] = s[2] * h[2][2];
}

void vt_cell_shift(const struct vt_cell *cell, const int k[3], double shift[3])
{
    const double s[3] = {k[0], k[1], k[2]};
    vt_cell_cartesian(cell, s, shift);
}

void vt_cell_map(const struct vt_cell *from, const struct vt_cell *to, double e[3][3])
{
    const double(*f)[3] = from->h, (*t)[3] = to->h;
    memset(e, 0, 9 * sizeof(double));
    for (int k = 0; k < 3; k++) e[k][k] = t[k][k] / f[k][k];
    e[1][0] = (t[1][0] - f[1][0] * e[0][0]) / f[1][1];
    e[2][1] = (t[2][1] - f[2][1] * e[1][1]) / f[2][2];
    e[2][0] = (t[2][0] - f[2][0] * e[0][0] - f[2][1] * e[1][0]) / f[2][2];
}

static void add_edge(struct vt_cell *cell, int m[3][3], int to, int from, int times)
{
    for (int k = 0; k < 3; k++) {
        cell->h[to][k] += times * cell->h[from][k];
        m[to][k] += times * m[from][k];
    }
}

double vt_cell_displacement(const struct vt_cell *then, const struct vt_cell *now, const double (*x_then)[3],
                            const double (*x)[4], int n, double *strain)
{
    double e[3][3], strain2 = 0, worst = 0;
    vt_cell_map(then, now, e);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) strain2 += pow(e[a][b] - (a == b), 2);
    *strain = sqrt(strain2);
#pragma omp parallel for reduction(max : worst) schedule(static)
    for (int i = 0; i < n; i++) {
        const double *x0 = x_then[i];
        double d2 = 0;
        for (int b = 0; b < 3; b++) {
            double d = x[i][b] - (x0[0] * e[0][b] + x0[1] * e[1][b] + x0[2] * e[2][b]);
            d2 += d * d;
        }
        if (!(d2 <= 1e8)) d2 = INFINITY;
        worst = d2 > worst ? d2 : worst;
    }
    return sqrt(worst);
}

int vt_cell_flip(struct vt_cell *cell, int m[3][3])
{
    static const int lean[3][2] = {{2, 1}, {2, 0}, {1, 0}}; /* yz first: it moves xz too */
    memset(m, 0, 9 * sizeof(int));
    m[0][0] = m[1][1] = m[2][2] = 1;
    int flipped = 0;
    for (int k = 0; k < 3; k++) {
        int to = lean[k][0], along = lean[k][1];
        double tilt = cell->h[to][along] / cell->h[along][along];
        if (fabs(tilt) <= VT_TILT_MAX) continue;
        add_edge(cell, m, to, along, -(int)rint(tilt));
        flipped = 1;
    }
    return flipped;
}
