/* eam_rows.c: from the splines of a file to rows for the loops.
 *
 * The knots stay those of the file: published tables carry noise in their slopes, so a fit over other knots
 * would be another potential. Values (rho, r phi) are the file's own cubics, cut and centred, which is exact.
 * Slopes over r are quadratics over r or cubics over r^2, no cubics; a row takes the cubic through the four
 * Chebyshev points of its interval, which misses
 *
 *     h^4/3072 d4f/dr4,     f = phi'/r or rho'/r, h the width of the row,
 *
 * an eighth of what values and slopes at the ends would give: with h below 0.004 angstrom some 1e-11 of the
 * force of a pair (tests/unit/eam_force.c). Wider intervals are cut into several rows. */
#include "md/eam_rows.h"

#include <math.h>

#include "core/exact.h"
#include "core/memory.h"

/* The rows of a table are at most so long [angstrom]; but an interval is not cut into more than PARTS_MOST.
 */
static const double ROW_MOST = 0.004;
enum { PARTS_MOST = 64 };

/* What a table holds, from the spline y(r) of a file. */
enum content {
    VALUE, /* y */
    PULL,  /* y'/r */
    PHI,   /* phi'/r, where y = r phi: (y' - y/r)/r^2 */
};

/* A spline and how it is cut. */
struct spline {
    const double (*cubic)[4];
    int n; /* knots */
    double dr;
    int parts; /* rows an interval */
};

/* At p in interval k. Beyond the last knot value and slope stay what they are there, as in LAMMPS. */
static double content_at(enum content content, const struct spline *s, int k, double p)
{
    double r = (k + p) * s->dr;
    const double *c = s->cubic[k < s->n - 1 ? k : s->n - 2];
    if (k >= s->n - 1) p = 1;
    double y = ((c[0] * p + c[1]) * p + c[2]) * p + c[3];
    double slope = ((3 * c[0] * p + 2 * c[1]) * p + c[2]) / s->dr;
    return content == VALUE ? y : content == PULL ? slope / r : (slope - y / r) / (r * r);
}

static void value_row(const struct spline *s, int row, double out[4])
{
    int k = row / s->parts;
    double h = 1.0 / s->parts, p0 = (row % s->parts + 0.5) * h;
    if (k >= s->n - 1) {
        out[0] = out[1] = out[2] = 0;
        out[3] = content_at(VALUE, s, k, p0);
        return;
    }
    const double *c = s->cubic[k];
    out[0] = c[0] * h * h * h;
    out[1] = (3 * c[0] * p0 + c[1]) * h * h;
    out[2] = ((3 * c[0] * p0 + 2 * c[1]) * p0 + c[2]) * h;
    out[3] = ((c[0] * p0 + c[1]) * p0 + c[2]) * p0 + c[3];
}

/* Newton's form through the four points, expanded. */
static void slope_row(enum content content, const struct spline *s, int row, double out[4])
{
    int k = row / s->parts;
    double h = 1.0 / s->parts, p0 = (row % s->parts + 0.5) * h, p[4], d[4];
    for (int m = 0; m < 4; m++) {
        p[m] = -0.5 * cos((2 * m + 1) * M_PI / 8);
        d[m] = content_at(content, s, k, p0 + h * p[m]);
    }
    for (int order = 1; order < 4; order++)
        for (int m = 3; m >= order; m--) d[m] = (d[m] - d[m - 1]) / (p[m] - p[m - order]);
    out[0] = d[3];
    out[1] = d[2] - d[3] * (p[0] + p[1] + p[2]);
    out[2] = d[1] - d[2] * (p[0] + p[1]) + d[3] * (p[0] * p[1] + p[0] * p[2] + p[1] * p[2]);
    out[3] = d[0] - p[0] * (d[1] - p[1] * (d[2] - p[2] * d[3]));
}

double vt_eam_rows_at(const struct vt_eam_rows *rows, int32_t first, int guard, double r)
{
    double t = fmin(r * rows->inverse_dr - 0.5, guard), k = rint(t), p = t - k;
    const double *c = rows->row[first / (int32_t)sizeof *rows->row + (int)k];
    return ((c[0] * p + c[1]) * p + c[2]) * p + c[3];
}

/* The intervals of a spline before it is 0 for good, up to `most`. */
static int intervals_used(const struct spline *s, int most)
{
    int k = most;
    if (most > s->n - 1 && content_at(VALUE, s, s->n - 1, 1) != 0) return most;
    if (k > s->n - 1) k = s->n - 1;
    for (; k > 0; k--) {
        const double *c = s->cubic[k - 1];
        if (c[0] != 0 || c[1] != 0 || c[2] != 0 || c[3] != 0) break;
    }
    return k;
}

/* All tables one after the other, each with its guard. */
struct filling {
    struct vt_eam_rows *rows;
    struct spline spline;
    int most; /* intervals up to the cut-off */
    int64_t rows_made;
};

static int32_t add(struct filling *f, enum content content, int guard)
{
    double(*row)[4] = f->rows->row + f->rows_made;
    for (int k = 0; k < guard && k < f->spline.parts * f->most; k++)
        if (content == VALUE)
            value_row(&f->spline, k, row[k]);
        else
            slope_row(content, &f->spline, k, row[k]);
    f->rows_made += guard + 1;
    return (int32_t)((row - f->rows->row) * (int64_t)sizeof *row);
}

/* How far each pair reaches, and so the guards. */
static void find_reaches(struct filling *f, const struct vt_eam *e, double (*cubic)[4])
{
    struct vt_eam_rows *rows = f->rows;
    int s = e->n_species, longest_rho = 1, longest_phi = 1;
    for (int a = 0; a < s; a++)
        for (int b = 0; b < s; b++) {
            vt_eam_cubics(vt_eam_rho(e, a, b), e->n_r, cubic);
            int rho = intervals_used(&f->spline, f->most);
            vt_eam_cubics(vt_eam_rphi(e, a, b), e->n_r, cubic);
            int phi = intervals_used(&f->spline, f->most);
            rows->near[a][b] = fmax(rows->near[a][b], fmin(rho * e->d_r, e->cutoff));
            rows->near[b][a] = fmax(rows->near[b][a], fmin(rho * e->d_r, e->cutoff));
            rows->far[a][b] = fmin(phi * e->d_r, e->cutoff);
            longest_rho = rho > longest_rho ? rho : longest_rho;
            longest_phi = phi > longest_phi ? phi : longest_phi;
        }
    for (int a = 0; a < s; a++)
        for (int b = 0; b < s; b++) rows->far[a][b] = fmax(rows->far[a][b], rows->near[a][b]);
    if (longest_phi < longest_rho) longest_phi = longest_rho;
    rows->guard_rho = longest_rho * f->spline.parts;
    rows->guard_phi = longest_phi * f->spline.parts;
    rows->cutoff2 = pow(fmin(e->cutoff, longest_phi * e->d_r), 2);
}

enum vt_status vt_eam_rows_make(struct vt_eam_rows *rows, const struct vt_eam *e)
{
    int s = e->n_species, densities = e->finnis_sinclair ? s * s : s, phis = s * (s + 1) / 2;
    *rows = (struct vt_eam_rows){0};
    struct filling f = {.rows = rows};
    enum vt_status st = VT_OK;
    double(*cubic)[4] = NULL, largest = 0;
    VT_TRY_GOTO(st, done, vt_alloc(&cubic, e->n_r));
    f.spline = (struct spline){(const double(*)[4])cubic, e->n_r, e->d_r,
                               (int)fmin(ceil(e->d_r / ROW_MOST), PARTS_MOST)};
    f.most = (int)ceil(e->cutoff / e->d_r - 1e-9);
    rows->inverse_dr = f.spline.parts / e->d_r;
    find_reaches(&f, e, cubic);
    int64_t made = 2 * ((int64_t)densities * (rows->guard_rho + 1) + (int64_t)phis * (rows->guard_phi + 1));
    if (made > INT32_MAX / (int64_t)sizeof *rows->row) {
        st =
            VT_RAISE(VT_EINPUT, "%d tables of %d points each: at most 2 GiB", 2 * (densities + phis), e->n_r);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_alloc(&rows->row, made));
    /* Densities once per giver (alloy) or per giver and place (Finnis-Sinclair), phi once per pair. */
    for (int a = 0; a < s; a++)
        for (int b = 0; b < s; b++) {
            if (!e->finnis_sinclair && b > 0) {
                rows->rho_of_i[a][b] = rows->rho_of_j[b][a] = rows->rho_of_i[a][0];
                rows->pull_of_i[a][b] = rows->pull_of_j[b][a] = rows->pull_of_i[a][0];
                continue;
            }
            vt_eam_cubics(vt_eam_rho(e, a, b), e->n_r, cubic);
            rows->rho_of_i[a][b] = rows->rho_of_j[b][a] = add(&f, VALUE, rows->guard_rho);
            rows->pull_of_i[a][b] = rows->pull_of_j[b][a] = add(&f, PULL, rows->guard_rho);
            for (int k = 0; k < e->n_r; k++) largest = fmax(largest, fabs(vt_eam_rho(e, a, b)[k]));
        }
    for (int a = 0; a < s; a++)
        for (int b = a; b < s; b++) {
            vt_eam_cubics(vt_eam_rphi(e, a, b), e->n_r, cubic);
            rows->rphi[a][b] = rows->rphi[b][a] = add(&f, VALUE, rows->guard_phi);
            rows->pair_pull[a][b] = rows->pair_pull[b][a] = add(&f, PHI, rows->guard_phi);
        }
    /* 128 times the largest single density still sums exactly. */
    int exponent;
    frexp(largest, &exponent);
    rows->rho_magic = VT_MAGIC(ldexp(1, exponent + 7 - 52));
done:
    free(cubic);
    if (st != VT_OK) vt_eam_rows_release(rows);
    return st;
}

void vt_eam_rows_release(struct vt_eam_rows *rows)
{
    free(rows->row);
    *rows = (struct vt_eam_rows){0};
}
