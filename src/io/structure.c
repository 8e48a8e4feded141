/* structure.c: see structure.h. */
#include "io/structure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "io/rows.h"

void vt_structure_release(struct vt_structure *s)
{
    free(s->id);
    free(s->species);
    free(s->x);
    free(s->v);
    free(s->image);
    *s = (struct vt_structure){0};
}

enum vt_status vt_structure_alloc(struct vt_structure *s, int with_velocities)
{
    VT_TRY(vt_alloc(&s->id, s->n));
    VT_TRY(vt_alloc(&s->species, s->n));
    VT_TRY(vt_alloc(&s->x, s->n));
    VT_TRY(vt_alloc(&s->image, s->n));
    return with_velocities ? vt_alloc(&s->v, s->n) : VT_OK;
}

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double c[3])
{
    c[0] = a[1] * b[2] - a[2] * b[1];
    c[1] = a[2] * b[0] - a[0] * b[2];
    c[2] = a[0] * b[1] - a[1] * b[0];
}

static void turn(double axes[3][3], double x[3])
{
    double turned[3] = {dot(axes[0], x), dot(axes[1], x), dot(axes[2], x)};
    memcpy(x, turned, sizeof turned);
}

/* Gram-Schmidt: the new axes are e0 = a/|a|, e2 along a x b, e1 = e2 x e0. */
enum vt_status vt_structure_lattice(struct vt_structure *s, const double edges[3][3])
{
    const double *a = edges[0], *b = edges[1];
    double c[3] = {edges[2][0], edges[2][1], edges[2][2]}, normal[3], axes[3][3];
    cross(a, b, normal);
    double volume = dot(normal, c), length = sqrt(dot(a, a)), area = sqrt(dot(normal, normal));
    if (!(fabs(volume) > 1e-6) || !isfinite(volume))
        return VT_RAISE(VT_EINPUT, "the cell has a volume of %g angstrom^3", fabs(volume));
    if (volume < 0)
        for (int k = 0; k < 3; k++) c[k] = -c[k];
    bool turned = a[1] != 0 || a[2] != 0 || b[2] != 0 || a[0] < 0 || b[1] < 0;
    if (turned) {
        for (int k = 0; k < 3; k++) {
            axes[0][k] = a[k] / length;
            axes[2][k] = normal[k] / area;
        }
        cross(axes[2], axes[0], axes[1]);
        s->cell = vt_cell_make(length, dot(axes[1], b), dot(axes[2], c), dot(axes[0], b), dot(axes[0], c),
                               dot(axes[1], c));
        for (int64_t i = 0; i < s->n; i++) turn(axes, s->x[i]);
        for (int64_t i = 0; s->v && i < s->n; i++) turn(axes, s->v[i]);
    } else
        s->cell = vt_cell_make(a[0], b[1], c[2], b[0], c[0], c[1]);
    for (int row = 0; row < 3; row++)
        for (int k = 0; k < 3; k++)
            if (fabs(s->cell.h[row][k]) >= VT_GRID_MAX)
                return VT_RAISE(VT_EINPUT, "the cell has an edge of %g angstrom; the largest is %g",
                                s->cell.h[row][k], VT_GRID_MAX);
    return VT_OK;
}

enum vt_status vt_structure_species(struct vt_material *m, const char *symbol, int32_t *species)
{
    for (*species = 0; *species < m->n_species; ++*species)
        if (!strcmp(m->species[*species].symbol, symbol)) return VT_OK;
    int z = vt_element_z(symbol);
    if (!z) return VT_RAISE(VT_EINPUT, "'%.20s' is not the symbol of an element", symbol);
    if (m->n_species == VT_SPECIES_MAX) return VT_RAISE(VT_EINPUT, "more than %d species", VT_SPECIES_MAX);
    struct vt_species *s = &m->species[m->n_species++];
    *s = (struct vt_species){.z = z, .mass = vt_element_mass(z)};
    snprintf(s->symbol, sizeof s->symbol, "%s", symbol);
    return VT_OK;
}

struct order {
    int64_t id, at;
};

static int by_id(const void *a, const void *b)
{
    const struct order *p = a, *q = b;
    return (p->id > q->id) - (p->id < q->id);
}

/* array[k] = old array[order[k].at] */
static void permute(const struct order *order, int64_t n, void *array, size_t size, char *scratch)
{
    if (!array) return;
    for (int64_t k = 0; k < n; k++)
        memcpy(scratch + (size_t)k * size, (char *)array + (size_t)order[k].at * size, size);
    memcpy(array, scratch, (size_t)n * size);
}

static enum vt_status sort(struct vt_structure *s)
{
    struct order *order = NULL;
    double(*scratch)[3] = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&order, s->n));
    VT_TRY_GOTO(st, done, vt_alloc(&scratch, s->n));
    for (int64_t k = 0; k < s->n; k++) order[k] = (struct order){s->id[k], k};
    qsort(order, (size_t)s->n, sizeof *order, by_id);
    for (int64_t k = 1; k < s->n; k++)
        if (order[k].id == order[k - 1].id) {
            st = VT_RAISE(VT_EINPUT, "two atoms have the id %" PRId64, order[k].id);
            goto done;
        }
    permute(order, s->n, s->species, sizeof *s->species, (char *)scratch);
    permute(order, s->n, s->x, sizeof *s->x, (char *)scratch);
    permute(order, s->n, s->v, sizeof *s->v, (char *)scratch);
    permute(order, s->n, s->image, sizeof *s->image, (char *)scratch);
    for (int64_t k = 0; k < s->n; k++) s->id[k] = k + 1;
done:
    free(scratch);
    free(order);
    return st;
}

enum vt_status vt_structure_finish(struct vt_structure *s)
{
    static const double far = 1e6; /* angstrom; also keeps the image counts small */
    for (int64_t i = 0; i < s->n; i++) {
        double *x = s->x[i];
        for (int d = 0; d < 3; d++)
            if (!(fabs(x[d]) < far) || (s->v && !isfinite(s->v[i][d])) || abs(s->image[i][d]) > 1 << 24)
                return VT_RAISE(VT_EINPUT,
                                "atom %" PRId64 " has a position, velocity or image out of range: %g %g %g",
                                s->id[i], x[0], x[1], x[2]);
        vt_row_wrap(&s->cell, x,
                    s->image[i]); /* far out, the grid is finer than double: first near, then on it */
        for (int d = 0; d < 3; d++) x[d] = vt_grid(x[d]);
        vt_row_wrap(&s->cell, x, s->image[i]);
    }
    for (int k = 0; k < s->material.n_species; k++) s->material.species[k].count = 0;
    for (int64_t i = 0; i < s->n; i++) s->material.species[s->species[i]].count++;
    return sort(s);
}
