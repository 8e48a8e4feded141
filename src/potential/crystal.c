/* crystal.c: lattice sums over a cell without end.
 *
 *     E = sum_i F(rho_i) + 1/2 sum_{i,j,images} phi(d),    d = (x_j + u_j + image - x_i - u_i)(1 + strain)
 *
 *     dE/dstrain_ab = sum over pairs of g d0_a d_b / r     with d0 = d before the strain, and
 *     g = phi'/2 + F'_i rho'_{ji}                          over ordered pairs (i, j)
 *
 * Second derivatives H are differences of these first ones. The relaxed elastic constants of a cell whose
 * atoms may follow the strain (Born & Huang, Dynamical Theory of Crystal Lattices, 1954) are
 *
 *     C = [H_ss - H_su H_uu^-1 H_us] / V,    s: strains, u: positions without a motion of all together. */
#include "potential/crystal.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { FREEDOM = VT_CRYSTAL_FREEDOM };

/* ---------------------------------------------------------------------------------------------- curves */

enum vt_status vt_eam_curves_init(struct vt_eam_curves *c, const struct vt_eam *e)
{
    int64_t s = e->n_species, n_rho = e->n_rho - 1, n_r = e->n_r - 1;
    *c = (struct vt_eam_curves){.tables = e};
    VT_TRY(vt_alloc(&c->row, s * n_rho + 2 * s * s * n_r));
    for (int a = 0; a < s; a++) {
        vt_eam_cubics(vt_eam_f(e, a), e->n_rho, c->row + a * n_rho);
        for (int b = 0; b < s; b++) {
            double(*row)[4] = c->row + s * n_rho + (a * s + b) * n_r;
            vt_eam_cubics(vt_eam_rho(e, a, b), e->n_r, row);
            vt_eam_cubics(vt_eam_rphi(e, a, b), e->n_r, row + s * s * n_r);
        }
    }
    return VT_OK;
}

void vt_eam_curves_release(struct vt_eam_curves *c)
{
    free(c->row);
    *c = (struct vt_eam_curves){0};
}

static double at(const double (*row)[4], int n, double d, double x, double *slope)
{
    double t = x / d;
    int k = t < n - 2 ? (int)t : n - 2;
    double p = t - k;
    const double *c = row[k];
    *slope = ((3 * c[0] * p + 2 * c[1]) * p + c[2]) / d;
    return ((c[0] * p + c[1]) * p + c[2]) * p + c[3];
}

double vt_eam_curves_f(const struct vt_eam_curves *c, int a, double rho, double *slope)
{
    const struct vt_eam *e = c->tables;
    double last = (e->n_rho - 1) * e->d_rho;
    double f = at((const double(*)[4])c->row + (int64_t)a * (e->n_rho - 1), e->n_rho, e->d_rho,
                  fmin(rho, last), slope);
    return rho > last ? f + *slope * (rho - last) : f;
}

static const double (*pair_rows(const struct vt_eam_curves *c, int a, int b))[4]
{
    const struct vt_eam *e = c->tables;
    int64_t s = e->n_species;
    return (const double(*)[4])c->row + s * (e->n_rho - 1) + (a * s + b) * (e->n_r - 1);
}

double vt_eam_curves_rho(const struct vt_eam_curves *c, int from, int to, double r, double *slope)
{
    return at(pair_rows(c, from, to), c->tables->n_r, c->tables->d_r, r, slope);
}

double vt_eam_curves_phi(const struct vt_eam_curves *c, int a, int b, double r, double *slope)
{
    const struct vt_eam *e = c->tables;
    int64_t s = e->n_species;
    double d, y = at(pair_rows(c, a, b) + s * s * (e->n_r - 1), e->n_r, e->d_r, r, &d);
    *slope = (d - y / r) / r;
    return y / r;
}

/* ---------------------------------------------------------------------------------------------- energy */

/* The normal of the face opposite to edge k, as long as its area is large; returns the volume. */
static double face(const double *edge, int k, double n[3])
{
    const double *h = edge + 3 * k, *a = edge + 3 * ((k + 1) % 3), *b = edge + 3 * ((k + 2) % 3);
    for (int d = 0; d < 3; d++) n[d] = a[(d + 1) % 3] * b[(d + 2) % 3] - a[(d + 2) % 3] * b[(d + 1) % 3];
    return fabs(n[0] * h[0] + n[1] * h[1] + n[2] * h[2]);
}

double vt_crystal_volume(const struct vt_crystal *c)
{
    double n[3];
    return face(c->h[0], 0, n);
}

struct vt_crystal vt_crystal_stretched(const struct vt_crystal *c, double factor)
{
    struct vt_crystal s = *c;
    for (int d = 0; d < 3; d++) {
        for (int k = 0; k < 3; k++) s.h[k][d] *= factor;
        for (int i = 0; i < s.n; i++) s.x[i][d] *= factor;
    }
    return s;
}

/* One call of a visitor for each ordered pair nearer than the cut-off, after the strain. */
struct walk {
    const struct vt_crystal *c;
    double moved[VT_CRYSTAL_ATOMS][3]; /* x + u */
    double map[3][3];                  /* 1 + strain */
    int reach[3];                      /* images to look at */
    double cutoff;
};

static void walk_init(struct walk *w, const struct vt_crystal *c, const double *q, double cutoff)
{
    double none[FREEDOM] = {0}, h[3][3] = {{0}};
    if (!q) q = none;
    w->c = c;
    w->cutoff = cutoff;
    for (int i = 0; i < c->n; i++)
        for (int d = 0; d < 3; d++) w->moved[i][d] = c->x[i][d] + q[6 + 3 * i + d];
    const double map[3][3] = {
        {1 + q[0], q[5] / 2, q[4] / 2}, {q[5] / 2, 1 + q[1], q[3] / 2}, {q[4] / 2, q[3] / 2, 1 + q[2]}};
    memcpy(w->map, map, sizeof map);
    for (int k = 0; k < 3; k++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) h[k][b] += c->h[k][a] * map[a][b];
    for (int k = 0; k < 3; k++) {
        /* Atoms are in the cell: one image more than the height says. */
        double n[3], volume = face(h[0], k, n);
        double height = volume / sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
        w->reach[k] = (int)(cutoff / height) + 1;
    }
}

typedef void visitor(void *of, int i, int j, const double before[3], const double d[3], double r);

static void walk(const struct walk *w, visitor *visit, void *of)
{
    const struct vt_crystal *c = w->c;
    for (int p = -w->reach[0]; p <= w->reach[0]; p++)
        for (int q = -w->reach[1]; q <= w->reach[1]; q++)
            for (int s = -w->reach[2]; s <= w->reach[2]; s++) {
                double shift[3];
                for (int k = 0; k < 3; k++) shift[k] = p * c->h[0][k] + q * c->h[1][k] + s * c->h[2][k];
                for (int i = 0; i < c->n; i++)
                    for (int j = 0; j < c->n; j++) {
                        double before[3], d[3] = {0}, r2 = 0;
                        for (int k = 0; k < 3; k++) before[k] = w->moved[j][k] + shift[k] - w->moved[i][k];
                        for (int k = 0; k < 3; k++) {
                            for (int a = 0; a < 3; a++) d[k] += before[a] * w->map[a][k];
                            r2 += d[k] * d[k];
                        }
                        if (r2 < w->cutoff * w->cutoff && r2 > 1e-12) visit(of, i, j, before, d, sqrt(r2));
                    }
            }
}

struct sums {
    const struct vt_eam_curves *curves;
    const int *species;
    double rho[VT_CRYSTAL_ATOMS], slope[VT_CRYSTAL_ATOMS]; /* F' */
    double energy;
    double strain[3][3];              /* dE/dstrain, before it is made symmetric */
    double pull[VT_CRYSTAL_ATOMS][3]; /* dE/d(x'), after the strain */
};

static void first_pass(void *of, int i, int j, const double before[3], const double d[3], double r)
{
    (void)before, (void)d;
    struct sums *s = of;
    double slope;
    s->rho[i] += vt_eam_curves_rho(s->curves, s->species[j], s->species[i], r, &slope);
    s->energy += 0.5 * vt_eam_curves_phi(s->curves, s->species[i], s->species[j], r, &slope);
}

static void second_pass(void *of, int i, int j, const double before[3], const double d[3], double r)
{
    struct sums *s = of;
    double dphi, drho;
    vt_eam_curves_phi(s->curves, s->species[i], s->species[j], r, &dphi);
    vt_eam_curves_rho(s->curves, s->species[j], s->species[i], r, &drho);
    double g = (0.5 * dphi + s->slope[i] * drho) / r;
    for (int b = 0; b < 3; b++) {
        s->pull[j][b] += g * d[b];
        s->pull[i][b] -= g * d[b];
        for (int a = 0; a < 3; a++) s->strain[a][b] += g * before[a] * d[b];
    }
}

double vt_crystal_energy(const struct vt_crystal *c, const struct vt_eam_curves *curves, const double *q,
                         double *g)
{
    struct walk w;
    struct sums s = {.curves = curves, .species = c->species};
    walk_init(&w, c, q, curves->tables->cutoff);
    walk(&w, first_pass, &s);
    for (int i = 0; i < c->n; i++) s.energy += vt_eam_curves_f(curves, c->species[i], s.rho[i], &s.slope[i]);
    if (!g) return s.energy;
    walk(&w, second_pass, &s);
    static const int A[6] = {0, 1, 2, 1, 0, 0}, B[6] = {0, 1, 2, 2, 2, 1};
    for (int k = 0; k < 6; k++) g[k] = 0.5 * (s.strain[A[k]][B[k]] + s.strain[B[k]][A[k]]);
    for (int i = 0; i < c->n; i++)
        for (int a = 0; a < 3; a++) {
            g[6 + 3 * i + a] = 0;
            for (int b = 0; b < 3; b++) g[6 + 3 * i + a] += w.map[a][b] * s.pull[i][b];
        }
    return s.energy;
}

void vt_crystal_densities(const struct vt_crystal *c, const struct vt_eam_curves *curves,
                          double rho[VT_CRYSTAL_ATOMS])
{
    struct walk w;
    struct sums s = {.curves = curves, .species = c->species};
    walk_init(&w, c, NULL, curves->tables->cutoff);
    walk(&w, first_pass, &s);
    memcpy(rho, s.rho, sizeof s.rho);
}

/* ------------------------------------------------------------------------------------------ relaxation */

/* Directions in q among which to search, as rows; the last atom stays, so that nothing moves as a whole. */
static int directions(const struct vt_crystal *c, enum vt_crystal_freedom freedom,
                      double direction[FREEDOM][FREEDOM])
{
    int n = 0, atoms = 3 * (c->n - 1);
    memset(direction, 0, sizeof(double[FREEDOM][FREEDOM]));
    if (freedom == VT_CRYSTAL_VOLUME) {
        for (int k = 0; k < 3; k++) direction[0][k] = 1;
        return 1;
    }
    if (freedom == VT_CRYSTAL_ALL)
        for (; n < 6; n++) direction[n][n] = 1;
    for (int k = 0; k < atoms; k++, n++) direction[n][6 + k] = 1;
    return n;
}

static void along(double direction[FREEDOM][FREEDOM], int n, int size, const double *p, double *q)
{
    for (int k = 0; k < size; k++) {
        q[k] = 0;
        for (int m = 0; m < n; m++) q[k] += p[m] * direction[m][k];
    }
}

/* The gradient and, by differences, the second derivatives along n directions.
 *
 * Newton's method does with short steps. Where the second derivatives themselves are wanted (exact) the steps
 * are long: knots of published tables, some 1e-3 angstrom apart, are rounded to 1e-10, which over 1e-4 would
 * err by a percent. Then the third order is taken out too. */
static void derivatives(const struct vt_crystal *c, const struct vt_eam_curves *curves,
                        double direction[FREEDOM][FREEDOM], int n, bool exact, double *gradient,
                        double H[FREEDOM][FREEDOM])
{
    enum { POINTS = 4 };
    static const double at[POINTS] = {1, -1, 2, -2}, weight[POINTS] = {8. / 12, -8. / 12, -1. / 12, 1. / 12};
    const double h = exact ? 5e-4 : 1e-4; /* strains, and angstrom */
    int size = 6 + 3 * c->n, points = exact ? POINTS : 2;
    double q[FREEDOM], p[FREEDOM] = {0}, g[FREEDOM];
    vt_crystal_energy(c, curves, NULL, g);
    for (int m = 0; m < n; m++) {
        gradient[m] = 0;
        for (int k = 0; k < size; k++) gradient[m] += direction[m][k] * g[k];
    }
    for (int m = 0; m < n; m++) {
        for (int o = 0; o < n; o++) H[m][o] = 0;
        for (int point = 0; point < points; point++) {
            double w = exact ? weight[point] : 0.5 * at[point];
            p[m] = at[point] * h;
            along(direction, n, size, p, q);
            vt_crystal_energy(c, curves, q, g);
            for (int o = 0; o < n; o++)
                for (int k = 0; k < size; k++) H[m][o] += w * direction[o][k] * g[k] / h;
        }
        p[m] = 0;
    }
    for (int m = 0; m < n; m++)
        for (int o = 0; o < m; o++) H[m][o] = H[o][m] = 0.5 * (H[m][o] + H[o][m]);
}

/* Make the strain and the motion part of the crystal. */
static void apply(struct vt_crystal *c, const double *q)
{
    struct walk w;
    walk_init(&w, c, q, 1);
    double h[3][3];
    memcpy(h, c->h, sizeof h);
    memset(c->h, 0, sizeof c->h);
    memset(c->x, 0, sizeof c->x);
    for (int k = 0; k < 3; k++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) c->h[k][b] += h[k][a] * w.map[a][b];
    for (int i = 0; i < c->n; i++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) c->x[i][b] += w.moved[i][a] * w.map[a][b];
}

/* Eigenvalues [n] and vectors (rows) of a symmetric matrix. Local. */
static enum vt_status eigen(double H[FREEDOM][FREEDOM], int n, double *value, double vector[FREEDOM][FREEDOM])
{
    enum vt_status st = VT_OK;
    gsl_matrix *m = gsl_matrix_alloc((size_t)n, (size_t)n), *v = gsl_matrix_alloc((size_t)n, (size_t)n);
    gsl_vector *e = gsl_vector_alloc((size_t)n);
    gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc((size_t)n);
    if (!m || !v || !e || !work)
        st = VT_RAISE(VT_EWORLD, "out of memory");
    else {
        for (int a = 0; a < n; a++)
            for (int b = 0; b < n; b++) gsl_matrix_set(m, (size_t)a, (size_t)b, H[a][b]);
        gsl_eigen_symmv(m, e, v, work);
        for (int k = 0; k < n; k++) {
            value[k] = gsl_vector_get(e, (size_t)k);
            for (int a = 0; a < n; a++) vector[k][a] = gsl_matrix_get(v, (size_t)a, (size_t)k);
        }
    }
    if (work) gsl_eigen_symmv_free(work);
    gsl_vector_free(e);
    gsl_matrix_free(v);
    gsl_matrix_free(m);
    return st;
}

enum vt_status vt_crystal_relax(struct vt_crystal *c, const struct vt_eam_curves *curves,
                                enum vt_crystal_freedom freedom)
{
    if (freedom == VT_CRYSTAL_NOTHING) return VT_OK;
    double direction[FREEDOM][FREEDOM], H[FREEDOM][FREEDOM], g[FREEDOM], value[FREEDOM],
        vector[FREEDOM][FREEDOM];
    int n = directions(c, freedom, direction);
    double start = vt_crystal_volume(c);
    for (int step = 0; n && step < 200; step++) {
        derivatives(c, curves, direction, n, false, g, H);
        VT_TRY(eigen(H, n, value, vector));
        /* Each eigenvector's step, downhill where the curvature is negative; none where symmetry holds it. */
        double p[FREEDOM] = {0}, longest = 0, stiffest = 0, pull = 0;
        for (int k = 0; k < n; k++) stiffest = fmax(stiffest, fabs(value[k]));
        for (int k = 0; k < n; k++) {
            double s = 0;
            for (int m = 0; m < n; m++) s += vector[k][m] * g[m];
            pull = fmax(pull, fabs(s));
            if (fabs(s) < 1e-9 * stiffest) continue;
            s /= fmax(fabs(value[k]), 1e-3 * stiffest);
            for (int m = 0; m < n; m++) p[m] -= s * vector[k][m];
        }
        if (!(stiffest > 0 && isfinite(pull))) break;
        for (int m = 0; m < n; m++) longest = fmax(longest, fabs(p[m]));
        double limit = longest > 0.05 ? 0.05 / longest : 1, q[FREEDOM];
        for (int m = 0; m < n; m++) p[m] *= limit;
        along(direction, n, 6 + 3 * c->n, p, q);
        apply(c, q);
        if (fabs(vt_crystal_volume(c) / start - 1) > 1) break;
        if (longest < 1e-8) return VT_OK;
    }
    return VT_RAISE(VT_EPHYSICS, "no crystal of this kind is near: %.3g angstrom^3 an atom at the start",
                    start / c->n);
}

enum vt_status vt_crystal_elastic(const struct vt_crystal *c, const struct vt_eam_curves *curves,
                                  double C[6][6], bool *stable)
{
    double direction[FREEDOM][FREEDOM], H[FREEDOM][FREEDOM], g[FREEDOM], value[FREEDOM],
        vector[FREEDOM][FREEDOM];
    int n = directions(c, VT_CRYSTAL_ALL, direction), u = n - 6;
    derivatives(c, curves, direction, n, true, g, H);
    *stable = true;
    if (u > 0) {
        /* The block of positions apart, to invert it. */
        double block[FREEDOM][FREEDOM];
        for (int a = 0; a < u; a++)
            for (int b = 0; b < u; b++) block[a][b] = H[6 + a][6 + b];
        VT_TRY(eigen(block, u, value, vector));
        double follow[6][FREEDOM]; /* H_su along each eigenvector */
        for (int k = 0; k < u; k++) {
            if (!(value[k] > 0)) *stable = false;
            for (int s = 0; s < 6; s++) {
                follow[s][k] = 0;
                for (int a = 0; a < u; a++) follow[s][k] += H[s][6 + a] * vector[k][a];
            }
        }
        for (int s = 0; s < 6; s++)
            for (int t = 0; t < 6; t++)
                for (int k = 0; k < u; k++)
                    if (fabs(value[k]) > 1e-9) H[s][t] -= follow[s][k] * follow[t][k] / value[k];
    }
    double volume = vt_crystal_volume(c);
    for (int s = 0; s < 6; s++)
        for (int t = 0; t < 6; t++) C[s][t] = H[s][t] / volume;
    VT_TRY(eigen(H, 6, value, vector));
    for (int k = 0; k < 6; k++)
        if (!(value[k] > 0)) *stable = false;
    return VT_OK;
}
