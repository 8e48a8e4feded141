/* an_voronoi.c: Voronoi cells: their faces, volumes, indices, and who is a neighbour of whom.
 *
 * The cell of an atom i is what is nearer to it than to any other atom j, or, with radii R (Laguerre or
 * radical tessellation), where the tangent to its sphere is the shortest: it lies on i's side of all planes
 *
 *     x (r_j - r_i) = (|r_j - r_i|^2 + R_i^2 - R_j^2) / 2            x from r_i; R = 0 if there are no radii
 *
 * so faces tell the neighbours, without a cut-off. From the faces and their numbers of edges come
 *
 *     the index <n3,n4,n5,n6>          faces with 3, 4, 5 and 6 edges; <0,0,12,0> is an icosahedron
 *     five_fold                        faces with 5 edges among all faces
 *     volume, volume_spread            mean and standard deviation over cells; volumes fill the sample
 *     coordination, partial, chemical order                         coordination.h
 *
 * Tiny faces: they come and go with the thermal motion. By default all count. Edges shorter than edge_min are
 * not counted, and neither is a face that has fewer than three edges left or less than face_min of its cell's
 * surface, as in OVITO; volumes are those of the whole cells. fcc is <0,12,0,0> only so: a little
 * shaken, its corners where four faces meet split up.
 *
 * Planes are cut off by distance until the next atom is too far: at distance d its plane is farther than
 * (d^2 + R_i^2 - R_max^2) / 2d, so none can reach a cell whose corners are nearer. A cell for which this does
 * not hold at r_max is open: an unseen atom might cut it. It is counted as open and nowhere else, and a
 * warning says so. With radii an atom may have no cell at all: <0,0,0,0>, volume 0.
 *
 * An atom's neighbours are sorted by exact distances, so a cell has the same bits on any rank. A state holds
 * whole numbers: cells, faces, and volumes as multiples of 2^-36 angstrom^3.
 *
 * References: Finney, Proc. R. Soc. A 319, 479 (1970); Gellatly & Finney, J. Non-Cryst. Solids 50, 313
 * (1982), radical planes; Borodin, Phil. Mag. A 79, 1887 (1999), indices; voro++: Rycroft, Chaos 19, 041111
 * (2009). */
#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "analysis/by_name.h"
#include "analysis/coordination.h"
#include "analysis/kernel.h"
#include "analysis/voronoi_cell.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/pairs.h"

struct voronoi {
    struct vt_common_options common;
    double r_max, face_min, edge_min;
    int64_t indices;
    const struct vt_yaml *radii;   /* NULL after read */
    double radius[VT_SPECIES_MAX]; /* angstrom; 0: none given */
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct voronoi, 1),
    {.name = "r_max",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct voronoi, r_max),
     .preset = 8,
     .min = 1,
     .max = 100,
     .help = "neighbours are known up to here; cells with corners beyond half of it are counted as open"},
    {.name = "radii",
     .unit = "",
     .kind = VT_NODE,
     .offset = offsetof(struct voronoi, radii),
     .text = "{Cu: 1.28 A, Zr: 1.6 A}",
     .help = "of all species, for radical planes; without them planes lie halfway"},
    {.name = "edge_min",
     .unit = "angstrom",
     .kind = VT_REAL,
     .offset = offsetof(struct voronoi, edge_min),
     .min = 0,
     .max = 10,
     .help = "shorter edges are not counted, nor are faces that have fewer than three others"},
    {.name = "face_min",
     .unit = "%",
     .kind = VT_REAL,
     .offset = offsetof(struct voronoi, face_min),
     .min = 0,
     .max = 20,
     .help = "faces with less of the surface of their cell are not counted"},
    {.name = "indices",
     .unit = "1",
     .kind = VT_INT,
     .offset = offsetof(struct voronoi, indices),
     .preset = 10,
     .min = 1,
     .max = 100,
     .help = "how many of the commonest indices around each species are listed"},
    {0},
};

/* Indices that are told apart; all others are one. With n faces of more than 6 edges and no corner of more
 * than three, 3 n3 + 2 n4 + n5 - 12 is 1 for each heptagon, 2 for each octagon, ... (Euler); faces that are
 * not counted make it smaller, and corners where more faces meet larger. */
enum { N3 = 4, N4 = 7, EULER = 7, LEAST_EULER = 10, N6 = 10, SQUARES = 13 };
enum { OTHER = N3 * N4 * EULER * N6 + SQUARES, INDICES };
struct index {
    int n[4];
};

static int slot_of(const struct index *x)
{
    const int *n = x->n, euler = 3 * n[0] + 2 * n[1] + n[2] - LEAST_EULER;
    if (n[0] < N3 && n[1] < N4 && n[3] < N6 && euler >= 0 && euler < EULER)
        return ((n[0] * N4 + n[1]) * EULER + euler) * N6 + n[3];
    if (!n[0] && !n[2] && !n[3] && n[1] < SQUARES) return OTHER - SQUARES + n[1]; /* fcc, hcp */
    return OTHER;
}

static struct index index_of(int slot)
{
    if (slot >= OTHER - SQUARES) return (struct index){{0, slot - (OTHER - SQUARES), 0, 0}};
    int n6 = slot % N6, euler = slot / N6 % EULER, n4 = slot / N6 / EULER % N4, n3 = slot / N6 / EULER / N4;
    return (struct index){{n3, n4, euler + LEAST_EULER - 3 * n3 - 2 * n4, n6}};
}

static const struct index icosahedron = {{0, 0, 12, 0}};

/* A group: for each species this, then faces shared with each species, then cells of each index. */
enum {
    CELLS,
    OPEN,
    VOLUME,         /* high and low part */
    SQUARE = 4,     /* of volumes, the same */
    FACES = 6,      /* with 3, 4, 5, 6 and more edges */
    NEIGHBOURS = 11 /* as many as there are species */
};
enum { FIVE = 2, ORDERS = 5 };

static size_t stride(const struct vt_material *m)
{
    return (size_t)NEIGHBOURS + (size_t)m->n_species + INDICES;
}

static void sizes(const void *options, const struct vt_material *m, size_t *common, size_t *group)
{
    (void)options;
    *common = 0;
    *group = (size_t)m->n_species * stride(m);
}

static double reach(const void *options)
{
    return ((const struct voronoi *)options)->r_max;
}

static enum vt_status read_radii(void *options, const struct vt_material *m, const struct vt_yaml *node)
{
    struct voronoi *o = options;
    char label[VT_SPECIES_MAX][VT_PAIR_LABEL];
    const struct vt_yaml *map = o->radii;
    (void)node;
    o->radii = NULL;
    if (!map) return VT_OK;
    for (int a = 0; a < m->n_species; a++) snprintf(label[a], sizeof label[a], "%s", m->species[a].symbol);
    VT_TRY(vt_lengths_by_name(map, "voronoi: radii", m->n_species, (const char(*)[VT_PAIR_LABEL])label, 10,
                              o->radius));
    for (int a = 0; a < m->n_species; a++)
        if (isnan(o->radius[a])) return VT_RAISE_AT(map, "voronoi: radii: there is none for %s", label[a]);
    return VT_OK;
}

/* ----------------------------------------------------------------------------------------------- cells */

struct near {
    double square; /* angstrom^2 */
    int atom;
};

/* What is counted of a cell. */
struct found {
    bool open;
    int slot, order[ORDERS], neighbours[VT_SPECIES_MAX];
    double volume; /* angstrom^3 */
};

struct work {
    struct vt_pairs pairs;
    struct found *found;
    size_t found_capacity, thread_capacity;
    struct thread {
        struct vt_voronoi_cell *cell;
        struct near *near, *sorted;
        size_t near_capacity, sorted_capacity;
    } * thread;
};

static void release(void *work)
{
    struct work *w = work;
    for (size_t t = 0; t < w->thread_capacity; t++) {
        if (w->thread[t].cell) vt_voronoi_destroy(w->thread[t].cell);
        free(w->thread[t].near), free(w->thread[t].sorted);
    }
    free(w->thread), free(w->found);
    vt_pairs_release(&w->pairs);
}

struct job {
    const struct voronoi *o;
    const struct vt_frame *frame;
    const struct vt_pairs *pairs;
    double largest; /* R_max^2 */
};

/* At equal distances the place decides, so that the order is the same on any rank. */
static bool is_before(const struct near *a, const struct near *b, const double (*x)[4])
{
    if (a->square != b->square) return a->square < b->square;
    for (int c = 0; c < 3; c++)
        if (x[a->atom][c] != x[b->atom][c]) return x[a->atom][c] < x[b->atom][c];
    return false;
}

/* The neighbours of an atom in order of their distance: first into shells of equal steps in the square of the
 * distance, then to and fro. */
static int sort_near(const struct job *job, int i, struct thread *t)
{
    enum { SHELLS = 64 };
    const double(*x)[4] = job->frame->x;
    const int32_t *partner = job->pairs->partner + job->pairs->begin[i];
    int n = (int)(job->pairs->begin[i + 1] - job->pairs->begin[i]), first[SHELLS + 1] = {0};
    double scale = SHELLS / (job->o->r_max * job->o->r_max);
    for (int k = 0; k < n; k++) {
        double square = 0;
        for (int c = 0; c < 3; c++) square += (x[partner[k]][c] - x[i][c]) * (x[partner[k]][c] - x[i][c]);
        t->near[k] = (struct near){square, partner[k]};
        first[1 + (int)fmin(square * scale, SHELLS - 1)]++;
    }
    for (int s = 0; s < SHELLS; s++) first[s + 1] += first[s];
    for (int k = 0; k < n; k++)
        t->sorted[first[(int)fmin(t->near[k].square * scale, SHELLS - 1)]++] = t->near[k];
    for (int k = 1; k < n; k++) {
        struct near a = t->sorted[k];
        int at = k;
        for (; at > 0 && is_before(&a, &t->sorted[at - 1], x); at--) t->sorted[at] = t->sorted[at - 1];
        t->sorted[at] = a;
    }
    return n;
}

/* Can no plane of an atom at this distance or farther reach the cell? */
static bool is_beyond(const struct job *job, struct vt_voronoi_cell *cell, double square, double own)
{
    double b = square + own - job->largest;
    return b > 0 && b * b > 4 * square * vt_voronoi_reach_square(cell);
}

/* Cut the cell of atom i; false if nothing is left. */
static bool cut(const struct job *job, int i, struct thread *t)
{
    enum { LOOK_AFTER = 12, LOOK_EVERY = 4 }; /* the reach of a cell takes as long as a cut */
    const struct vt_frame *f = job->frame;
    const double *radius = job->o->radius, own = radius[f->species[i]] * radius[f->species[i]];
    int n = sort_near(job, i, t);
    vt_voronoi_begin(t->cell, job->o->r_max);
    for (int k = 0; k < n; k++) {
        const struct near *a = &t->sorted[k];
        double d[3], other = radius[f->species[a->atom]];
        if (k >= LOOK_AFTER && k % LOOK_EVERY == 0 && is_beyond(job, t->cell, a->square, own)) break;
        for (int c = 0; c < 3; c++) d[c] = f->x[a->atom][c] - f->x[i][c];
        if (!vt_voronoi_cut(t->cell, d, a->square + own - other * other, a->atom)) return false;
    }
    return true;
}

/* false: no memory */
static bool look(const struct job *job, int i, struct thread *t, struct found *found)
{
    const struct voronoi *o = job->o;
    const int32_t *species = job->frame->species;
    const struct vt_voronoi_face *face;
    struct index index = {{0}};
    *found = (struct found){.slot = slot_of(&index)};
    if (!cut(job, i, t)) return true;
    double own = o->radius[species[i]] * o->radius[species[i]], surface = 0;
    found->open = !is_beyond(job, t->cell, o->r_max * o->r_max, own);
    if (found->open) return true;
    found->volume = vt_voronoi_volume(t->cell);
    int n = vt_voronoi_faces(t->cell, o->edge_min, &face);
    for (int k = 0; k < n; k++) surface += face[k].area;
    for (int k = 0; k < n; k++) {
        int edges = face[k].edges;
        if (edges < 3 || face[k].area < o->face_min * surface) continue;
        found->neighbours[species[face[k].neighbour]]++;
        found->order[edges > 6 ? ORDERS - 1 : edges - 3]++;
        if (edges <= 6) index.n[edges - 3]++;
    }
    found->slot = slot_of(&index);
    return n >= 0;
}

static enum vt_status prepare(struct work *w, const struct vt_frame *f, double r_max, int threads)
{
    int most = 0;
    VT_TRY(vt_pairs_around(&w->pairs, f->x, f->n, f->n_ghost, r_max));
    VT_TRY(vt_grow(&w->found, &w->found_capacity, f->n));
    VT_TRY(vt_grow(&w->thread, &w->thread_capacity, threads));
    for (int i = 0; i < f->n; i++)
        most = (int)fmax(most, (double)(w->pairs.begin[i + 1] - w->pairs.begin[i]));
    for (int t = 0; t < threads; t++) {
        struct thread *own = &w->thread[t];
        if (!own->cell) own->cell = vt_voronoi_create();
        if (!own->cell) return VT_RAISE(VT_EWORLD, "no memory for Voronoi cells");
        VT_TRY(vt_grow(&own->near, &own->near_capacity, most));
        VT_TRY(vt_grow(&own->sorted, &own->sorted_capacity, most));
    }
    return VT_OK;
}

/* Add v to a sum of two whole numbers: v = (high 2^26 + low) 2^-36. */
static void add_fixed(double *sum, double v)
{
    double whole = rint(v * 0x1p36), high = floor(whole * 0x1p-26);
    sum[0] += high;
    sum[1] += whole - high * 0x1p26;
}

static double fixed(const double *sum)
{
    return sum[0] * 0x1p-10 + sum[1] * 0x1p-36;
}

static void tally_cell(const struct found *found, int n_species, double *own)
{
    if (found->open) {
        own[OPEN] += 1;
        return;
    }
    own[CELLS] += 1;
    add_fixed(own + VOLUME, found->volume);
    add_fixed(own + SQUARE, found->volume * found->volume);
    for (int k = 0; k < ORDERS; k++) own[FACES + k] += found->order[k];
    for (int b = 0; b < n_species; b++) own[NEIGHBOURS + b] += found->neighbours[b];
    own[NEIGHBOURS + n_species + found->slot] += 1;
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    struct work *w = work;
    struct job job = {options, frame, &w->pairs, 0};
    const struct vt_material *m = frame->material;
    int n = frame->n, failed = 0;
    VT_TRY(prepare(w, frame, job.o->r_max, omp_get_max_threads()));
    for (int a = 0; a < m->n_species; a++)
        job.largest = fmax(job.largest, job.o->radius[a] * job.o->radius[a]);
#pragma omp parallel for default(none) shared(w, n, job) schedule(dynamic, 64) reduction(| : failed)
    for (int i = 0; i < n; i++) failed |= !look(&job, i, &w->thread[omp_get_thread_num()], &w->found[i]);
    if (failed) return VT_RAISE(VT_EWORLD, "no memory for Voronoi cells");
    for (int i = 0; i < n; i++) {
        double *group =
            tally->group + (size_t)vt_space_group(&frame->state.cell, frame->x[i]) * tally->group_size;
        tally_cell(&w->found[i], m->n_species, group + (size_t)frame->species[i] * stride(m));
    }
    return VT_OK;
}

/* -------------------------------------------------------------------------------------------- datasets */

enum { LABEL = 20 };

static void label_of(int slot, char label[LABEL])
{
    struct index x = index_of(slot);
    snprintf(label, LABEL, "<%d,%d,%d,%d>", x.n[0], x.n[1], x.n[2], x.n[3]);
}

/* Cells of an index around a centre: 0 is all, then the species. */
static double count_of(const struct vt_material *m, const double *sum, int centre, int slot)
{
    double count = 0;
    for (int a = 0; a < m->n_species; a++)
        if (!centre || centre == a + 1)
            count += sum[(size_t)a * stride(m) + (size_t)(NEIGHBOURS + m->n_species + slot)];
    return count;
}

/* The commonest slots around each centre, by their share of all cells; returns how many. */
static int choose(const struct vt_material *m, const double *sum, int each, int slot[INDICES])
{
    bool chosen[INDICES] = {false};
    int n = 0;
    for (int centre = 0; centre <= m->n_species; centre++) {
        bool taken[INDICES] = {false};
        for (int k = 0; k < each; k++) {
            int best = -1;
            double most = 0;
            for (int s = 0; s < OTHER; s++) {
                double count = taken[s] ? 0 : count_of(m, sum, centre, s);
                if (count > most) most = count, best = s;
            }
            if (best < 0) break;
            taken[best] = true;
            if (!chosen[best]) slot[n++] = best;
            chosen[best] = true;
        }
    }
    for (int k = 1; k < n; k++) /* insertion sort: some tens */
        for (int j = k; j > 0 && count_of(m, sum, 0, slot[j]) > count_of(m, sum, 0, slot[j - 1]); j--) {
            int swap = slot[j];
            slot[j] = slot[j - 1], slot[j - 1] = swap;
        }
    return n;
}

/* The slots listed before, for all of the sample or the stage. */
static int choose_again(const struct vt_dataset *before, int slot[INDICES])
{
    int n = before->axis[1].n - 1;
    for (int k = 0; k < n; k++) {
        struct index x;
        int read = sscanf(before->axis[1].label[k], "<%d,%d,%d,%d>", &x.n[0], &x.n[1], &x.n[2], &x.n[3]);
        assert(read == 4), (void)read;
        slot[k] = slot_of(&x);
    }
    return n;
}

static enum vt_status put_indices(const struct voronoi *o, const struct vt_measured *what, const double *sum,
                                  struct vt_results *out)
{
    static const char path[] = "voronoi/indices";
    const struct vt_material *m = what->material;
    const struct vt_results *before = what->whole ? what->whole : what->stage;
    int slot[INDICES], n = before ? choose_again(vt_results_find(before, path), slot)
                                  : choose(m, sum, (int)o->indices, slot);
    char(*text)[LABEL];
    const char **label, *centre[VT_CENTRES_MAX];
    int n_centres = vt_centre_labels(m, centre);
    struct vt_dataset *d;
    enum vt_status st;
    VT_TRY(vt_alloc(&text, n + 1));
    VT_TRY_GOTO(st, text, vt_alloc(&label, n + 1));
    for (int k = 0; k < n; k++) label_of(slot[k], text[k]), label[k] = text[k];
    label[n] = "other";
    VT_TRY_GOTO(st, label,
                vt_results_add(out, path, "1",
                               "share of cells with each index <n3,n4,n5,n6> around a centre, the commonest",
                               2, (const int[]){n_centres, n + 1}, &d));
    VT_TRY_GOTO(st, label, vt_dataset_axis(d, 0, "centre", "", NULL, centre));
    VT_TRY_GOTO(st, label, vt_dataset_axis(d, 1, "index", "", NULL, label));
    VT_TRY_GOTO(st, label, vt_dataset_errors(d));
    for (int c = 0; c < n_centres; c++) {
        double cells = 0, listed = 0, *row = d->value + c * (n + 1);
        for (int a = 0; a < m->n_species; a++)
            if (!c || c == a + 1) cells += sum[(size_t)a * stride(m) + CELLS];
        for (int k = 0; k < n; k++) {
            double count = count_of(m, sum, c, slot[k]);
            listed += count, row[k] = count / cells;
        }
        row[n] = (cells - listed) / cells;
    }
label:
    free(label);
text:
    free(text);
    return st;
}

static enum vt_status put_volumes(const struct vt_material *m, const double *sum, struct vt_results *out)
{
    double volume[VT_SPECIES_MAX], square[VT_SPECIES_MAX], all[3] = {0};
    for (int a = 0; a < m->n_species; a++) {
        const double *own = sum + (size_t)a * stride(m);
        volume[a] = fixed(own + VOLUME), square[a] = fixed(own + SQUARE);
        all[0] += own[CELLS], all[1] += volume[a], all[2] += square[a];
    }
    VT_TRY(vt_centres_put(out, "voronoi/volume", "angstrom^3", "mean volume of a cell", m, volume, 1,
                          sum + CELLS, stride(m)));
    VT_TRY(vt_centres_put(out, "voronoi/volume_spread", "angstrom^3",
                          "standard deviation of the volume from cell to cell", m, square, 1, sum + CELLS,
                          stride(m)));
    struct vt_dataset *d = &out->item[out->n - 1]; /* <v^2> so far */
    for (int c = 0; c <= m->n_species; c++) {
        double cells = c ? sum[(size_t)(c - 1) * stride(m) + CELLS] : all[0];
        double mean = (c ? volume[c - 1] : all[1]) / cells;
        d->value[c] = cells > 0 ? sqrt(fmax(0, d->value[c] - mean * mean)) : NAN;
    }
    return VT_OK;
}

/* Numbers of cells, and the radii in use. */
static enum vt_status put_plain(const struct voronoi *o, const struct vt_measured *what, const double *sum,
                                struct vt_results *out)
{
    const struct vt_material *m = what->material;
    const char *label[VT_CENTRES_MAX];
    int n = vt_centre_labels(m, label) - 1;
    double cells = 0, open = 0;
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, "voronoi/cells", "1", "cells measured around each species, in all frames", 1,
                          &n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "species", "", NULL, label + 1));
    for (int a = 0; a < n; a++) cells += d->value[a] = sum[(size_t)a * stride(m) + CELLS];
    VT_TRY(vt_results_add(out, "voronoi/open", "1",
                          "cells that reach beyond r_max/2 and are counted nowhere else, in all frames", 0,
                          NULL, &d));
    for (int a = 0; a < n; a++) open += sum[(size_t)a * stride(m) + OPEN];
    d->value[0] = open;
    VT_TRY(
        vt_results_add(out, "voronoi/radius", "angstrom", "radii in use; 0: planes lie halfway", 1, &n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "species", "", NULL, label + 1));
    for (int a = 0; a < n; a++) d->value[a] = o->radius[a];
    if (open > 0 && !what->left_out && !what->stage)
        vt_log(
            VT_LOG_WARNING,
            "voronoi: %.0f of %.0f cells are not closed by neighbours within %g angstrom and are left out; "
            "use a larger r_max, unless they lie at a surface",
            open, open + cells, o->r_max);
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    (void)common;
    const struct voronoi *o = options;
    const struct vt_material *m = what->material;
    int n = m->n_species;
    double atoms[VT_SPECIES_MAX], faces[VT_SPECIES_MAX] = {0}, neighbours[VT_SPECIES_MAX * VT_SPECIES_MAX];
    for (int a = 0; a < n; a++) {
        const double *own = sum + (size_t)a * stride(m);
        atoms[a] = own[CELLS];
        for (int k = 0; k < ORDERS; k++) faces[a] += own[FACES + k];
        memcpy(neighbours + a * n, own + NEIGHBOURS, (size_t)n * sizeof *neighbours);
    }
    VT_TRY(vt_centres_put(out, "voronoi/icosahedra", "1", "share of cells with the index <0,0,12,0>", m,
                          sum + NEIGHBOURS + n + slot_of(&icosahedron), stride(m), atoms, 1));
    VT_TRY(vt_centres_put(out, "voronoi/five_fold", "1", "share of faces that have five edges", m,
                          sum + FACES + FIVE, stride(m), faces, 1));
    VT_TRY(put_indices(o, what, sum, out));
    VT_TRY(put_volumes(m, sum, out));
    VT_TRY(vt_coordination_put("voronoi", m, atoms, neighbours, out));
    return put_plain(o, what, sum, out);
}

const struct vt_kernel vt_kernel_voronoi = {
    .name = "voronoi",
    .help = "Voronoi cells: indices, icosahedra, five-fold faces, volumes, neighbours, chemical order",
    .params = params,
    .options_size = sizeof(struct voronoi),
    .grouping = VT_GROUP_SPACE,
    .read = read_radii,
    .reach = reach,
    .sizes = sizes,
    .accumulate = accumulate,
    .finish = finish,
    .work_size = sizeof(struct work),
    .release = release,
};
