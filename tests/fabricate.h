/* fabricate.h: frames made by hand, for tests of the measuring side. */
#ifndef FABRICATE_H
#define FABRICATE_H

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/analysis.h"
#include "core/frame.h"
#include "core/random.h"

/* All atoms of a sample; a frame takes its share of them and all images within reach. */
struct sample {
    struct vt_material material;
    struct vt_cell cell;
    int n;
    double (*x)[3];
    int32_t *species;
    double *energy; /* of each atom; NULL: frames have none */
    double (*v)[3]; /* of each atom; NULL: frames have none */
    /* The arrays of the frame made last. */
    struct vt_ranks ranks;
    int64_t *id;
    int32_t *frame_species;
    double (*frame_x)[4], *frame_energy, (*frame_v)[3];
};

static inline struct sample sample_make(int n, struct vt_cell cell)
{
    struct sample s = {.cell = cell, .n = n};
    s.x = calloc((size_t)n, sizeof *s.x);
    s.species = calloc((size_t)n, sizeof *s.species);
    assert(s.x && s.species);
    return s;
}

static inline void sample_release(struct sample *s)
{
    free(s->x), free(s->species), free(s->id), free(s->frame_species), free(s->frame_x);
    free(s->energy), free(s->frame_energy), free(s->v), free(s->frame_v);
}

/* symbols in the order of the species */
static inline void sample_count(struct sample *s, int n_species, const char *const *symbols)
{
    s->material = (struct vt_material){.n_species = n_species};
    for (int a = 0; a < n_species; a++) {
        struct vt_species *sp = &s->material.species[a];
        strcpy(sp->symbol, symbols[a]);
        sp->z = vt_element_z(symbols[a]);
        sp->mass = vt_element_mass(sp->z);
    }
    for (int i = 0; i < s->n; i++) s->material.species[s->species[i]].count++;
}

/* Species a to the atoms of the smallest draws, by seed. */
static inline void sample_mix(struct sample *s, int n_species, const int *count, uint64_t seed)
{
    for (int i = 0; i < s->n; i++) s->species[i] = -1;
    for (int a = 0; a < n_species; a++)
        for (int k = 0; k < count[a]; k++) {
            int least = -1;
            double least_draw = 2;
            for (int i = 0; i < s->n; i++) {
                double u[4];
                if (s->species[i] >= 0) continue;
                vt_uniform4(seed, i, a, VT_RANDOM_TEST, u);
                if (u[0] < least_draw) least_draw = u[0], least = i;
            }
            s->species[least] = a;
        }
}

/* Independent uniform positions: the ideal gas. */
static inline void sample_gas(struct sample *s, uint64_t seed, int64_t step)
{
    for (int i = 0; i < s->n; i++) {
        double u[4], x[3];
        vt_uniform4(seed, i, step, VT_RANDOM_TEST, u);
        vt_cell_cartesian(&s->cell, u, x);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(x[d]);
    }
}

/* Atoms whose index leaves `rank` when divided by `size` are owned, wherever they are; all other images
 * within reach of the cell are ghosts. Valid until the next call. */
static inline struct vt_frame sample_frame(struct sample *s, MPI_Comm comm, double reach, double time)
{
    MPI_Comm_rank(comm, &s->ranks.rank);
    MPI_Comm_size(comm, &s->ranks.size);
    s->ranks.comm = comm;
    double h[3];
    int images[3];
    vt_cell_heights(&s->cell, h);
    for (int d = 0; d < 3; d++) images[d] = (int)ceil(reach / h[d]);
    size_t room = (size_t)s->n * (size_t)((2 * images[0] + 1) * (2 * images[1] + 1) * (2 * images[2] + 1));
    s->id = realloc(s->id, room * sizeof *s->id);
    s->frame_species = realloc(s->frame_species, room * sizeof *s->frame_species);
    s->frame_x = realloc(s->frame_x, room * sizeof *s->frame_x);
    s->frame_energy = realloc(s->frame_energy, room * sizeof *s->frame_energy);
    s->frame_v = realloc(s->frame_v, room * sizeof *s->frame_v);
    assert(s->id && s->frame_species && s->frame_x && s->frame_energy && s->frame_v);
    int n[2] = {0, 0};
    for (int ghosts = 0; ghosts < 2; ghosts++)
        for (int i = 0; i < s->n; i++)
            for (int a = -images[0]; a <= images[0]; a++)
                for (int b = -images[1]; b <= images[1]; b++)
                    for (int c = -images[2]; c <= images[2]; c++) {
                        bool home = !a && !b && !c, owned = home && i % s->ranks.size == s->ranks.rank;
                        double shift[3], x[3], f[3];
                        vt_cell_shift(&s->cell, (int[]){a, b, c}, shift);
                        for (int d = 0; d < 3; d++) x[d] = s->x[i][d] + shift[d];
                        vt_cell_fractional(&s->cell, x, f);
                        bool near = true;
                        for (int d = 0; d < 3; d++)
                            near = near && f[d] > -reach / h[d] - 1e-9 && f[d] < 1 + reach / h[d] + 1e-9;
                        if (owned == (ghosts == 1) || (!owned && !near)) continue;
                        int at = n[0] + n[1];
                        n[ghosts]++;
                        s->id[at] = i + 1;
                        s->frame_species[at] = s->species[i];
                        memcpy(s->frame_x[at], x, sizeof x);
                        s->frame_energy[at] = s->energy ? s->energy[i] : 0;
                        s->frame_x[at][3] = 0;
                        if (s->v) memcpy(s->frame_v[at], s->v[i], sizeof s->v[i]);
                    }
    return (struct vt_frame){.ranks = &s->ranks,
                             .material = &s->material,
                             .state = {.time = time, .cell = s->cell, .volume = vt_cell_volume(&s->cell)},
                             .n = n[0],
                             .n_ghost = n[1],
                             .id = s->id,
                             .species = s->frame_species,
                             .x = (const double(*)[4])s->frame_x,
                             .v = s->v ? (const double(*)[3])s->frame_v : NULL,
                             .energy = s->energy ? s->frame_energy : NULL,
                             .reach = reach};
}

/* An analysis from the text of a measure list; fails the program if the list is wrong. */
static inline struct vt_analysis *analysis_make(const char *list, const struct vt_material *material)
{
    struct vt_yaml *root = NULL;
    struct vt_analysis *a = NULL;
    enum vt_status st = vt_yaml_parse(list, strlen(list), "list", &root);
    if (st == VT_OK) st = vt_analysis_create(root, material, &a);
    vt_yaml_release(root);
    if (st != VT_OK) {
        fprintf(stderr, "%s\n", vt_message());
        abort();
    }
    return a;
}

static inline struct vt_stage_info stage_make(double start, double duration)
{
    return (struct vt_stage_info){.index = 1,
                                  .kind = "hold",
                                  .branch = "",
                                  .save = "",
                                  .label = "01-hold",
                                  .options = "",
                                  .start = start,
                                  .duration = duration,
                                  .dt = 0.002};
}

static inline void must(enum vt_status st)
{
    if (st == VT_OK) return;
    fprintf(stderr, "%s\n", vt_message());
    abort();
}

static inline const struct vt_dataset *result(struct vt_analysis *a, const char *path)
{
    const struct vt_dataset *d = vt_results_find(vt_analysis_results(a), path);
    if (!d) {
        fprintf(stderr, "there is no dataset %s\n", path);
        abort();
    }
    return d;
}

/* The datasets of both, more than `least`, bit for bit; NaN equals NaN. */
static inline bool same_results(struct vt_analysis *a, struct vt_analysis *b, int least)
{
    const struct vt_results *x = vt_analysis_results(a), *y = vt_analysis_results(b);
    bool equal = x->n == y->n && x->n > least;
    for (int k = 0; k < x->n && equal; k++) {
        size_t bytes = vt_dataset_size(&x->item[k]) * sizeof(double);
        equal = !strcmp(x->item[k].path, y->item[k].path) &&
                vt_dataset_size(&y->item[k]) * sizeof(double) == bytes &&
                !memcmp(x->item[k].value, y->item[k].value, bytes) &&
                !x->item[k].error == !y->item[k].error &&
                (!x->item[k].error || !memcmp(x->item[k].error, y->item[k].error, bytes));
        if (!equal) fprintf(stderr, "%s differs\n", x->item[k].path);
    }
    return equal;
}

#endif
