/* prototypes.c: primitive cells of the structures that metals and their compounds have.
 *
 * Positions: Pearson's Handbook; Mehl et al., Comput. Mater. Sci. 136, S1 (2017) (AFLOW library of
 * prototypes). Where a compound has two kinds of atoms, the more frequent one comes first. */
#include "potential/prototypes.h"

#include <math.h>
#include <string.h>

static void edges(struct vt_crystal *c, const double h[9])
{
    for (int k = 0; k < 9; k++) c->h[k / 3][k % 3] = h[k];
}

/* kind 0 or 1, for now. */
static void atom(struct vt_crystal *c, int kind, double x, double y, double z)
{
    c->species[c->n] = kind;
    c->x[c->n][0] = x, c->x[c->n][1] = y, c->x[c->n][2] = z;
    c->n++;
}

/* At fractions of the edges. */
static void atom_at(struct vt_crystal *c, int kind, double a, double b, double g)
{
    double x[3];
    for (int d = 0; d < 3; d++) x[d] = a * c->h[0][d] + b * c->h[1][d] + g * c->h[2][d];
    atom(c, kind, x[0], x[1], x[2]);
}

static void cubic(struct vt_crystal *c, double a)
{
    edges(c, (const double[]){a, 0, 0, 0, a, 0, 0, 0, a});
}

static void face_centred(struct vt_crystal *c, double a)
{
    edges(c, (const double[]){0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0});
}

static void body_centred(struct vt_crystal *c, double a, double height)
{
    double h = height / 2;
    edges(c, (const double[]){-a / 2, a / 2, h, a / 2, -a / 2, h, a / 2, a / 2, -h});
}

static void hexagonal(struct vt_crystal *c, double a, double height)
{
    edges(c, (const double[]){a, 0, 0, -a / 2, a * sqrt(3) / 2, 0, 0, 0, height});
}

static void fcc(const struct vt_lattice *l, struct vt_crystal *c)
{
    face_centred(c, l->a);
    atom(c, 0, 0, 0, 0);
}

static void bcc(const struct vt_lattice *l, struct vt_crystal *c)
{
    body_centred(c, l->a, l->a);
    atom(c, 0, 0, 0, 0);
}

static void hcp(const struct vt_lattice *l, struct vt_crystal *c)
{
    hexagonal(c, l->a, l->c);
    atom(c, 0, 0, 0, 0);
    atom_at(c, 0, 1. / 3, 2. / 3, 0.5);
}

static void b2(const struct vt_lattice *l, struct vt_crystal *c)
{
    cubic(c, l->a);
    atom(c, 0, 0, 0, 0);
    atom_at(c, 1, 0.5, 0.5, 0.5);
}

static void l12(const struct vt_lattice *l, struct vt_crystal *c)
{
    cubic(c, l->a);
    atom_at(c, 0, 0, 0.5, 0.5);
    atom_at(c, 0, 0.5, 0, 0.5);
    atom_at(c, 0, 0.5, 0.5, 0);
    atom(c, 1, 0, 0, 0);
}

static void c11b(const struct vt_lattice *l, struct vt_crystal *c)
{
    body_centred(c, l->a, l->c);
    atom(c, 0, 0, 0, l->internal[0] * l->c);
    atom(c, 0, 0, 0, (1 - l->internal[0]) * l->c);
    atom(c, 1, 0, 0, 0);
}

static void c16(const struct vt_lattice *l, struct vt_crystal *c)
{
    double x = l->internal[0] * l->a, half = l->a / 2;
    body_centred(c, l->a, l->c);
    atom(c, 0, x, x + half, 0);
    atom(c, 0, -x, half - x, 0);
    atom(c, 0, half - x, x, 0);
    atom(c, 0, half + x, -x, 0);
    atom(c, 1, 0, 0, l->c / 4);
    atom(c, 1, 0, 0, 3 * l->c / 4);
}

static void c15(const struct vt_lattice *l, struct vt_crystal *c)
{
    double e = l->a / 8;
    face_centred(c, l->a);
    atom(c, 0, 5 * e, 5 * e, 5 * e);
    atom(c, 0, 5 * e, 7 * e, 7 * e);
    atom(c, 0, 7 * e, 5 * e, 7 * e);
    atom(c, 0, 7 * e, 7 * e, 5 * e);
    atom(c, 1, 0, 0, 0);
    atom(c, 1, 2 * e, 2 * e, 2 * e);
}

static void c32(const struct vt_lattice *l, struct vt_crystal *c)
{
    hexagonal(c, l->a, l->c);
    atom_at(c, 0, 1. / 3, 2. / 3, 0.5);
    atom_at(c, 0, 2. / 3, 1. / 3, 0.5);
    atom(c, 1, 0, 0, 0);
}

static void bf(const struct vt_lattice *l, struct vt_crystal *c)
{
    double a = l->a / 2, b = l->b / 2;
    edges(c, (const double[]){a, -b, 0, a, b, 0, 0, 0, l->c});
    for (int kind = 0; kind < 2; kind++) {
        atom(c, kind, 0, l->internal[kind] * l->b, l->c / 4);
        atom(c, kind, 0, -l->internal[kind] * l->b, 3 * l->c / 4);
    }
}

const struct vt_prototype vt_prototypes[] = {
    {"fcc", "Cu, Fm-3m", {1, 0}, false, false, 0, fcc},
    {"hcp", "Mg, P6_3/mmc", {2, 0}, false, true, 0, hcp},
    {"bcc", "W, Im-3m", {1, 0}, false, false, 0, bcc},
    {"B2", "CsCl, Pm-3m", {1, 1}, false, false, 0, b2},
    {"L12", "Cu3Au, Pm-3m", {3, 1}, false, false, 0, l12},
    {"C11b", "MoSi2, I4/mmm", {2, 1}, false, true, 1, c11b},
    {"C16", "Al2Cu, I4/mcm", {4, 2}, false, true, 1, c16},
    {"C15", "MgCu2, Fd-3m", {4, 2}, false, false, 0, c15},
    {"C32", "AlB2, P6/mmm", {2, 1}, false, true, 0, c32},
    {"Bf", "CrB, Cmcm", {2, 2}, true, true, 2, bf},
    {0},
};

const struct vt_prototype *vt_prototype_find(const char *name)
{
    for (const struct vt_prototype *p = vt_prototypes; p->name; p++)
        if (strcmp(p->name, name) == 0) return p;
    return NULL;
}

struct vt_crystal vt_prototype_make(const struct vt_prototype *p, const struct vt_lattice *l,
                                    const int species[2])
{
    struct vt_crystal c = {0};
    p->make(l, &c);
    for (int i = 0; i < c.n; i++) c.species[i] = species[c.species[i]];
    return c;
}

struct vt_lattice vt_prototype_lattice(const struct vt_prototype *p, const struct vt_crystal *c)
{
    /* Sums of edges that lie along the axes, twice their lengths where the cell is a centred one. */
    struct vt_lattice l = {0};
    double x[3] = {0};
    for (int k = 0; k < 3; k++)
        for (int d = 0; d < 3; d++) x[d] += fabs(c->h[k][d]);
    if (p->make == hcp || p->make == c32)
        l.a = c->h[0][0];
    else if (p->make == b2 || p->make == l12 || p->make == fcc || p->make == c15)
        l.a = x[0];
    else if (p->make == bf)
        l.a = x[0], l.b = x[1];
    else
        l.a = 2 * x[0] / 3;
    if (p->c) l.c = p->make == c11b || p->make == c16 ? 2 * x[2] / 3 : x[2];
    return l;
}
