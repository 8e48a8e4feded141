/* crystals.h: lattices, shaken and mixed, and what a kernel finds in one frame of them. */
#ifndef CRYSTALS_H
#define CRYSTALS_H

#include "fabricate.h"

/* A crystal of cells[] cells with n_base atoms in each; edges in angstrom, the second leaning by xy. */
static inline struct sample repeat(const int cells[3], const double edge[3], double xy, int n_base,
                                   const double (*base)[3], const int *kind)
{
    int n = 0;
    struct sample s = sample_make(
        n_base * cells[0] * cells[1] * cells[2],
        vt_cell_make(cells[0] * edge[0], cells[1] * edge[1], cells[2] * edge[2], cells[1] * xy, 0, 0));
    for (int i = 0; i < cells[0]; i++)
        for (int j = 0; j < cells[1]; j++)
            for (int k = 0; k < cells[2]; k++)
                for (int b = 0; b < n_base; b++, n++) {
                    double at[3] = {(i + base[b][0]) / cells[0], (j + base[b][1]) / cells[1],
                                    (k + base[b][2]) / cells[2]},
                           x[3];
                    vt_cell_cartesian(&s.cell, at, x);
                    for (int d = 0; d < 3; d++) s.x[n][d] = vt_grid(x[d]);
                    s.species[n] = kind ? kind[b] : 0;
                }
    sample_count(&s, 2, (const char *const[]){"Cu", "Zr"});
    return s;
}

static inline struct sample cubic(int cells, double edge, int n_base, const double (*base)[3],
                                  const int *kind)
{
    return repeat((const int[]){cells, cells, cells}, (const double[]){edge, edge, edge}, 0, n_base, base,
                  kind);
}

static inline struct sample fcc(int cells)
{
    static const double base[4][3] = {{0, 0, 0}, {0, .5, .5}, {.5, 0, .5}, {.5, .5, 0}};
    return cubic(cells, 3.615, 4, base, NULL);
}

static inline struct sample simple_cubic(int cells)
{
    static const double base[1][3] = {{0, 0, 0}};
    return cubic(cells, 2.6, 1, base, NULL);
}

static inline struct sample bcc(int cells, bool ordered)
{
    static const double base[2][3] = {{0, 0, 0}, {.5, .5, .5}};
    return cubic(cells, 3.26, 2, base, ordered ? (const int[]){0, 1} : NULL); /* B2 CuZr */
}

static inline struct sample hcp(int cells, double c_over_a)
{
    static const double base[2][3] = {{0, 0, 0}, {1. / 3, 2. / 3, .5}};
    const double a = 3.232;
    return repeat((const int[]){cells, cells, cells}, (const double[]){a, a * sqrt(.75), a * c_over_a},
                  -a / 2, 2, base, NULL);
}

/* Cu2Mg, C15: Mg on a diamond lattice, Cu on the corners of tetrahedra. */
static inline struct sample laves(void)
{
    static const double base[24][3] = {
        {0, 0, 0},          {0, .5, .5},        {.5, 0, .5},        {.5, .5, 0},        {.25, .25, .25},
        {.25, .75, .75},    {.75, .25, .75},    {.75, .75, .25},    {.625, .625, .625}, {.625, .125, .125},
        {.125, .625, .125}, {.125, .125, .625}, {.625, .875, .875}, {.625, .375, .375}, {.125, .875, .375},
        {.125, .375, .875}, {.875, .625, .875}, {.875, .125, .375}, {.375, .625, .375}, {.375, .125, .875},
        {.875, .875, .625}, {.875, .375, .125}, {.375, .875, .125}, {.375, .375, .625}};
    static const int kind[24] = {1, 1, 1, 1, 1, 1, 1, 1};
    return cubic(2, 7.0, 24, base, kind);
}

/* Independent displacements, each component normal with this deviation [angstrom]. */
static inline void shake(struct sample *s, double deviation)
{
    for (int i = 0; i < s->n; i++) {
        double g[4];
        vt_normal4(5, i, 0, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + deviation * g[d]);
    }
}

/* One frame, measured. */
static inline struct vt_analysis *measure(const char *list, struct sample *s)
{
    struct vt_analysis *a = analysis_make(list, &s->material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, 1);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s->material, &n_looks, &looks));
    assert(n_looks == 1);
    struct vt_frame frame = sample_frame(s, MPI_COMM_SELF, looks[0].reach, 0);
    must(sink.frame(sink.self, 0, &frame));
    must(sink.end(sink.self));
    return a;
}

#endif
