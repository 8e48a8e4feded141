/* What the kernel nonaffine makes of motion that is known: affine, rigid, of one atom, of a shear band,
 * random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gsl/gsl_multifit.h>

#include "analysis/local_motion.h"
#include "check.h"
#include "crystals.h"

typedef void mover(struct sample *s, int frame);

/* Frames 1 ps apart of a sample that `move` has moved. */
static struct vt_analysis *follow(const char *list, struct sample *s, int frames, mover *move)
{
    struct vt_analysis *a = analysis_make(list, &s->material);
    struct vt_sink sink = vt_analysis_sink(a);
    struct vt_stage_info stage = stage_make(0, frames);
    int n_looks;
    const struct vt_look *looks;
    must(sink.begin(sink.self, &stage, &s->material, &n_looks, &looks));
    for (int f = 0; f < frames; f++) {
        move(s, f);
        struct vt_frame frame = sample_frame(s, MPI_COMM_SELF, 0, f);
        for (int l = 0; l < n_looks; l++) must(sink.frame(sink.self, l, &frame));
    }
    must(sink.end(sink.self));
    return a;
}

static const struct vt_dataset *of(struct vt_analysis *a, const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "stages/01-hold/nonaffine/%s", name);
    return result(a, path);
}

/* Components xx yy zz xy xz yz of (J J^T - 1)/2. */
static void green(double J[3][3], double eta[6])
{
    static const int A[6] = {0, 1, 2, 0, 0, 1}, B[6] = {0, 1, 2, 1, 2, 2};
    for (int k = 0; k < 6; k++) {
        eta[k] = A[k] == B[k] ? -0.5 : 0;
        for (int d = 0; d < 3; d++) eta[k] += 0.5 * J[A[k]][d] * J[B[k]][d];
    }
}

static double mises(const double eta[6])
{
    return sqrt(eta[3] * eta[3] + eta[4] * eta[4] + eta[5] * eta[5] +
                (pow(eta[0] - eta[1], 2) + pow(eta[1] - eta[2], 2) + pow(eta[2] - eta[0], 2)) / 6);
}

/* ---- a cell that is sheared and stretched with its atoms ---- */

static struct vt_cell strained(int frame)
{
    return vt_cell_make(30 + 0.1 * frame, 27, 33 - 0.05 * frame, 4 + 0.6 * frame, -3 - 0.4 * frame, 2);
}

/* The cell is exchanged for an equivalent one when it leans too far. */
static void strain(struct sample *s, int frame)
{
    static double fraction[2000][3];
    int flip[3][3];
    if (!frame)
        for (int i = 0; i < s->n; i++) vt_cell_fractional(&s->cell, s->x[i], fraction[i]);
    s->cell = strained(frame);
    for (int i = 0; i < s->n; i++) {
        vt_cell_cartesian(&s->cell, fraction[i], s->x[i]);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d]);
    }
    while (vt_cell_flip(&s->cell, flip)) {
    }
}

static struct sample gas(int n)
{
    struct sample s = sample_make(n, strained(0));
    sample_gas(&s, 7, 0);
    for (int i = 0; i < n; i++) s.species[i] = i % 3 == 0;
    sample_count(&s, 2, (const char *const[]){"Cu", "Zr"});
    return s;
}

/* D2min is 0, of positions on a grid of 1e-12 angstrom: below 1e-20 angstrom^2. The strain is that of the
 * cell to 1e-11 (the grid over the distance of neighbours), from frame to frame, through flips: 60 frames
 * lean the cell by 0.9 of its edge. Against the cell nothing is left. */
static void affine_deformation_is_strain_and_nothing_else(void **state)
{
    (void)state;
    enum { FRAMES = 40 };
    for (int cell = 0; cell < 2; cell++) {
        struct sample s = gas(1500);
        struct vt_analysis *a =
            follow(cell ? "- nonaffine: {every: 1 ps, t_max: 38 ps, per_octave: 1, r_max: 5 A, against: cell}"
                        : "- nonaffine: {every: 1 ps, t_max: 38 ps, per_octave: 1, r_max: 5 A}",
                   &s, FRAMES, strain);
        const struct vt_dataset *d2min = of(a, "d2min"), *total = of(a, "d2min_total"),
                                *eta = of(a, "strain"), *von = of(a, "von_mises"),
                                *volume = of(a, "volumetric"), *angle = of(a, "rotation"),
                                *pairs = of(a, "pairs");
        int n = d2min->axis[1].n;
        assert_true(s.cell.h[1][0] < strained(FRAMES - 1).h[1][0] - 27); /* it was exchanged */
        assert_int_equal(n, 6); /* 1, 2, 4, ... with origins each 1, 2, 4, ... frames (lags.h) */
        for (int k = 0; k < n; k++) {
            int lag = (int)rint(d2min->axis[1].value[k]), seen = 0;
            double sum[6] = {0}, sum_mises = 0;
            for (int f = 0; f + lag < FRAMES; f += lag, seen++) {
                struct vt_cell from = strained(f), to = strained(f + lag);
                double F[3][3], one[6];
                vt_cell_map(&from, &to, F);
                green(F, one);
                for (int q = 0; q < 6; q++) sum[q] += one[q];
                sum_mises += mises(one);
            }
            check_equal(pairs->value[k], seen, 0);
            for (int q = 0; q < 6; q++) check_equal(eta->value[q * n + k], cell ? 0 : sum[q] / seen, 1e-11);
            for (int b = 0; b < 3; b++) {
                check_equal(of(a, "unfitted")->value[b * n + k], 0, 0); /* each frame counts alike */
                assert_true(d2min->value[b * n + k] < 1e-20 && total->value[b * n + k] < 1e-20);
                check_equal(von->value[b * n + k], cell ? 0 : sum_mises / seen, 1e-11);
                check_equal(volume->value[b * n + k], cell ? 0 : (sum[0] + sum[1] + sum[2]) / seen / 3,
                            1e-11);
                if (cell) assert_true(angle->value[b * n + k] < 1e-9);
            }
        }
        vt_analysis_destroy(a);
        sample_release(&s);
    }
}

/* Simple shear by g of planes normal to y along x: eta_xy = g/2, eta_yy = g^2/2, and the rotation of its
 * polar decomposition is by -atan(g/2) about z. In one fit, also beside a base deformation, which changes
 * nothing. */
static void simple_shear_turns_by_half_of_itself(void **state)
{
    (void)state;
    enum { N = 11 };
    const double g = 0.7;
    double d[N][3], m[N][3] = {{0}}, none[N][3] = {{0}}, e[N][3];
    const double F[3][3] = {{1, 0, 0}, {g, 1, 0}, {0, 0, 1}};
    for (int k = 0; k < N; k++) {
        double u[4];
        vt_normal4(2, k, 0, VT_RANDOM_TEST, u);
        for (int c = 0; c < 3; c++) d[k][c] = e[k][c] = 2 * u[c];
        m[k][0] = g * d[k][1];
        e[k][0] += m[k][0];
    }
    for (int base = 0; base < 2; base++) {
        struct vt_local_motion l;
        vt_local_motion(N, (const double(*)[3])(base ? e : d), (const double(*)[3])(base ? none : m),
                        base ? F : NULL, &l);
        assert_true(l.fitted && l.turned && l.neighbours == N);
        assert_true(l.d2min < 1e-28);
        check_equal(l.strain[3], g / 2, 1e-14);
        check_equal(l.strain[1], g * g / 2, 1e-14);
        check_equal(l.mises, sqrt(g * g / 4 + pow(g, 4) / 12), 1e-14);
        check_equal(l.turn[2], -atan(g / 2) * 180 / M_PI, 1e-12);
        check_equal(l.angle, atan(g / 2) * 180 / M_PI, 1e-12);
    }
}

/* Stretched by a tensor, then turned about any axis by up to 179.9 degrees: the polar decomposition finds
 * both again, whatever the stretch (2 angstrom of 64-bit numbers: 1e-12 degrees where sines are not small). A
 * mirror image has a D2min and a strain but no rotation. Three neighbours, or many in a plane, are not
 * fitted. */
static void stretch_and_rotation_are_told_apart(void **state)
{
    (void)state;
    enum { N = 14 };
    for (int trial = 0; trial < 200; trial++) {
        double g[4], axis[3], d[N][3], m[N][3], S[3][3], R[3][3], J[3][3] = {{0}}, eta[6], norm = 0;
        double theta = (trial + 1) * 179.9 / 200 * M_PI / 180;
        struct vt_local_motion l;
        vt_normal4(3, trial, 0, VT_RANDOM_TEST, g);
        for (int c = 0; c < 3; c++) norm += g[c] * g[c];
        for (int c = 0; c < 3; c++) axis[c] = g[c] / sqrt(norm);
        for (int i = 0; i < 3; i++) {
            vt_normal4(4, trial, i, VT_RANDOM_TEST, g);
            for (int j = 0; j <= i; j++) S[i][j] = S[j][i] = (i == j) * (trial % 2 ? 1 : 3) + 0.15 * g[j];
        }
        /* Rodrigues; a row v turns to v cos + (axis x v) sin + axis (axis v)(1 - cos). */
        for (int i = 0; i < 3; i++) {
            double v[3] = {i == 0, i == 1, i == 2};
            for (int c = 0; c < 3; c++)
                R[i][c] =
                    v[c] * cos(theta) +
                    (axis[(c + 1) % 3] * v[(c + 2) % 3] - axis[(c + 2) % 3] * v[(c + 1) % 3]) * sin(theta) +
                    axis[c] * axis[i] * (1 - cos(theta));
        }
        for (int i = 0; i < 9; i++)
            for (int k = 0; k < 3; k++) J[i / 3][i % 3] += S[i / 3][k] * R[k][i % 3];
        for (int mirror = 0; mirror < 2; mirror++) {
            for (int k = 0; k < N; k++) {
                vt_normal4(5, k, trial, VT_RANDOM_TEST, g);
                for (int c = 0; c < 3; c++) d[k][c] = 2 * g[c];
                for (int c = 0; c < 3; c++)
                    m[k][c] =
                        (mirror ? -1 : 1) * (d[k][0] * J[0][c] + d[k][1] * J[1][c] + d[k][2] * J[2][c]) -
                        d[k][c];
            }
            vt_local_motion(N, (const double(*)[3])d, (const double(*)[3])m, NULL, &l);
            green(J, eta);
            assert_true(l.fitted && l.turned == !mirror);
            for (int q = 0; q < 6; q++) check_equal(l.strain[q], eta[q], 1e-12);
            assert_true(l.d2min < 1e-26);
        }
        vt_local_motion(N, (const double(*)[3])d, (const double(*)[3])m, NULL, &l);
        for (int c = 0; c < 3; c++) check_equal(l.turn[c], 0, 0);
        for (int k = 0; k < N; k++)
            for (int c = 0; c < 3; c++) m[k][c] = -m[k][c] - 2 * d[k][c];
        vt_local_motion(N, (const double(*)[3])d, (const double(*)[3])m, NULL, &l);
        check_equal(l.angle, theta * 180 / M_PI, 1e-10);
        for (int c = 0; c < 3; c++) check_equal(l.turn[c], axis[c] * theta * 180 / M_PI, 1e-9);
        vt_local_motion(3, (const double(*)[3])d, (const double(*)[3])m, NULL, &l);
        assert_true(!l.fitted && l.d2min == 0);
        for (int k = 0; k < N; k++) d[k][2] = 2 * d[k][0] + d[k][1];
        vt_local_motion(N, (const double(*)[3])d, (const double(*)[3])m, NULL, &l);
        assert_true(!l.fitted && !l.turned);
    }
}

/* ---- a ball that turns in an empty cell ---- */

enum { STEP = 7 }; /* degrees a frame */

static struct sample ball(void)
{
    struct sample s = fcc(4), b = sample_make(256, vt_cell_make(60, 60, 60, 0, 0, 0));
    int n = 0;
    for (int i = 0; i < s.n; i++) {
        double square = 0;
        for (int d = 0; d < 3; d++) square += pow(s.x[i][d] - 7.23, 2);
        if (square > 40) continue;
        for (int d = 0; d < 3; d++) b.x[n][d] = s.x[i][d] + 22.77;
        n++;
    }
    b.n = n;
    sample_count(&b, 1, (const char *const[]){"Cu"});
    sample_release(&s);
    return b;
}

static void turn(struct sample *s, int frame)
{
    const double c = cos(STEP * M_PI / 180), q = sin(STEP * M_PI / 180);
    for (int i = 0; i < s->n && frame; i++) {
        double x = s->x[i][0] - 30, z = s->x[i][2] - 30; /* about y: from z towards x */
        s->x[i][2] = vt_grid(30 + c * z - q * x);
        s->x[i][0] = vt_grid(30 + c * x + q * z);
    }
}

/* Each atom is turned by the ball's angle about the ball's axis, and there is neither strain nor D2min,
 * though the atoms at its rim have moved by 12 angstrom; to the grid of positions. */
static void a_rigid_rotation_is_rotation_and_nothing_else(void **state)
{
    (void)state;
    struct sample s = ball();
    struct vt_analysis *a =
        follow("- nonaffine: {every: 1 ps, t_max: 20 ps, lags: linear, origins: 22 ps, profile: y, bins: 60}",
               &s, 22, turn);
    const struct vt_dataset *angle = of(a, "rotation"), *about = of(a, "rotation_about"),
                            *d2min = of(a, "d2min"), *von = of(a, "von_mises"),
                            *layer = of(a, "profile_rotation_about"), *seen = of(a, "rotation_distribution");
    assert_int_equal(angle->axis[1].n, 20);
    assert_true(s.n > 80);
    for (int k = 0; k < 20; k++) {
        double theta = (k + 1) * STEP; /* up to 140 degrees */
        for (int b = 0; b < 2; b++) {
            check_equal(angle->value[b * 20 + k], theta, 1e-9);
            assert_true(d2min->value[b * 20 + k] < 1e-20 && von->value[b * 20 + k] < 1e-10);
        }
        for (int d = 0; d < 3; d++) {
            check_equal(about->value[d * 20 + k], d == 1 ? theta : 0, 1e-9);
            int layers = 0;
            for (int l = 0; l < 60; l++) {
                double v = layer->value[(d * 20 + k) * 60 + l];
                if (isnan(v)) continue; /* nobody there */
                layers++;
                check_equal(v, d == 1 ? theta : 0, 1e-9);
            }
            assert_true(layers > 5 && layers < 20);
        }
        /* All are in the one bin of this angle: ten bins a decade, so 10 in it. */
        for (int q = 0; q < 40; q++) {
            double low = 0.018 * pow(10, q / 10.), high = 0.018 * pow(10, (q + 1) / 10.);
            check_equal(seen->value[k * 40 + q], theta > low && theta < high ? 10 : 0, 1e-12);
        }
    }
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* ---- one atom that moves ---- */

static void move_one(struct sample *s, int frame)
{
    if (!frame) return;
    s->x[77][0] += 0.3, s->x[77][1] -= 0.25, s->x[77][2] += 0.1;
}

/* In an fcc crystal with n = 12 neighbours at distance d, sum d^T d = 4 d^2 1. The atom that moves by u sees
 * all neighbours move by -u, which no J explains: D2min = u^2. A neighbour of it sees one of twelve move, and
 * its J takes a quarter of that: D2min = (3/4) u^2/12. So the mean is (1 + 12/16) u^2/N; to rounding. */
static void one_atom_that_moves_has_its_square(void **state)
{
    (void)state;
    struct sample s = fcc(4);
    const double u2 = 0.3 * 0.3 + 0.25 * 0.25 + 0.1 * 0.1;
    struct vt_analysis *a =
        follow("- nonaffine: {every: 1 ps, t_max: 1 ps, r_max: 3 A, d2min_above: 0.1 A^2}", &s, 2, move_one);
    const struct vt_dataset *d = of(a, "d2min_distribution");
    check_equal(of(a, "d2min")->value[0] / (1.75 * u2 / 256), 1, 1e-10);
    check_equal(of(a, "d2min_total")->value[0] / (12 * 1.75 * u2 / 256), 1, 1e-10);
    check_equal(of(a, "participation")->value[0], 1.75 * 1.75 / (1 + 12. / 256) / 256, 1e-10);
    check_equal(of(a, "share_d2min")->value[0], 1. / 256, 1e-15);
    check_equal(of(a, "neighbours")->value[0], 12, 0);
    check_equal(of(a, "unfitted")->value[0], 0, 0);
    double share = 0;
    for (int q = 0; q < 80; q++) {
        double low = 1e-5 * pow(10, q / 10.), high = low * pow(10, 0.1), atoms = 0;
        atoms += u2 > low && u2 < high ? 1 : 0;
        atoms += u2 / 16 > low && u2 / 16 < high ? 12 : 0;
        check_equal(d->value[q], atoms / 256 * 10, 1e-12);
        share += d->value[q] / 10;
    }
    check_equal(share, 13. / 256, 1e-12); /* the others lie below all bins */
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* ---- against a slow computation ---- */

static void walk(struct sample *s, int frame)
{
    for (int i = 0; i < s->n && frame; i++) {
        double g[4];
        vt_normal4(5, i, frame, VT_RANDOM_TEST, g);
        for (int d = 0; d < 3; d++) s->x[i][d] = vt_grid(s->x[i][d] + 0.3 * g[d]);
    }
}

/* The same in a cell that is stretched and leans otherwise each frame, with its atoms. */
static void walk_and_strain(struct sample *s, int frame)
{
    struct vt_cell to = s->cell;
    to.h[0][0] *= 1 + 0.07 * frame;
    to.h[1][0] += 0.9 * frame;
    to.h[2][1] -= 0.6 * frame;
    to.h[2][2] *= 1 - 0.05 * frame;
    for (int i = 0; i < s->n; i++) {
        double f[3];
        vt_cell_fractional(&s->cell, s->x[i], f);
        vt_cell_cartesian(&to, f, s->x[i]);
    }
    s->cell = to;
    walk(s, frame);
}

/* D2min and J of atom i by fits of GSL of the vectors themselves, d' by d J, all images in sight. */
static void slow(const struct vt_cell cell[2], int n_atoms, const double (*x[2])[3], int i, double r_max,
                 double *d2min, double J[3][3])
{
    enum { MOST = 200 };
    double d[MOST][2][3], chi;
    int n = 0;
    for (int j = 0; j < n_atoms; j++)
        for (int image = 0; image < 125; image++) {
            const int k[3] = {image % 5 - 2, image / 5 % 5 - 2, image / 25 - 2};
            double square = 0;
            for (int t = 0; t < 2; t++) {
                double shift[3];
                vt_cell_shift(&cell[t], k, shift);
                for (int c = 0; c < 3; c++) d[n][t][c] = x[t][j][c] + shift[c] - x[t][i][c];
            }
            for (int c = 0; c < 3; c++) square += d[n][0][c] * d[n][0][c];
            if (square > 0 && square < r_max * r_max) n++;
            assert(n < MOST);
        }
    gsl_matrix *X = gsl_matrix_alloc((size_t)n, 3), *covariance = gsl_matrix_alloc(3, 3);
    gsl_vector *y = gsl_vector_alloc((size_t)n), *c = gsl_vector_alloc(3);
    gsl_multifit_linear_workspace *w = gsl_multifit_linear_alloc((size_t)n, 3);
    *d2min = 0;
    for (int to = 0; to < 3; to++) {
        for (int k = 0; k < n; k++) {
            for (int q = 0; q < 3; q++) gsl_matrix_set(X, (size_t)k, (size_t)q, d[k][0][q]);
            gsl_vector_set(y, (size_t)k, d[k][1][to]);
        }
        gsl_multifit_linear(X, y, c, covariance, &chi, w);
        *d2min += chi / n;
        for (int from = 0; from < 3; from++) J[from][to] = gsl_vector_get(c, (size_t)from);
    }
    gsl_multifit_linear_free(w);
    gsl_matrix_free(X), gsl_matrix_free(covariance);
    gsl_vector_free(y), gsl_vector_free(c);
}

/* F^-1 J, as F is lower triangular. */
static void take_away(const double F[3][3], double J[3][3])
{
    for (int i = 0; i < 3; i++)
        for (int d = 0; d < 3; d++) {
            for (int k = 0; k < i; k++) J[i][d] -= F[i][k] * J[k][d];
            J[i][d] /= F[i][i];
        }
}

/* A shaken crystal of two species in a leaning cell so small that atoms see several images of each other. To
 * the rounding of vectors of some angstrom: 1e-12 of D2min and strain. */
static void d2min_and_strain_are_those_of_a_slow_fit(void **state)
{
    (void)state;
    for (int cell = 0; cell < 2; cell++) {
        struct sample s = hcp(2, 1.6);
        shake(&s, 0.2);
        for (int i = 0; i < s.n; i++) s.species[i] = i % 3 == 0;
        sample_count(&s, 2, (const char *const[]){"Cu", "Zr"});
        double sum[3] = {0}, atoms[3] = {0}, eta[6] = {0}, von = 0, F[3][3];
        double(*then)[3] = malloc((size_t)s.n * sizeof *then);
        struct vt_cell cells[2] = {s.cell};
        memcpy(then, s.x, (size_t)s.n * sizeof *then);
        struct vt_analysis *a =
            follow(cell ? "- nonaffine: {every: 1 ps, t_max: 1 ps, r_max: 4.6 A, against: cell}"
                        : "- nonaffine: {every: 1 ps, t_max: 1 ps, r_max: 4.6 A}",
                   &s, 2, walk_and_strain);
        cells[1] = s.cell;
        vt_cell_map(&cells[0], &cells[1], F);
        for (int i = 0; i < s.n; i++) {
            const double(*x[2])[3] = {(const double(*)[3])then, (const double(*)[3])s.x};
            double d2min = 0, J[3][3], one[6];
            slow(cells, s.n, x, i, 4.6, &d2min, J);
            if (cell) take_away((const double(*)[3])F, J);
            green(J, one);
            for (int q = 0; q < 6; q++) eta[q] += one[q] / s.n;
            von += mises(one) / s.n;
            for (int b = s.species[i]; b < 3; b += 2 - s.species[i]) sum[b] += d2min, atoms[b]++;
        }
        for (int b = 0; b < 3; b++) {
            assert_true(sum[b] / atoms[b] > 0.1);
            check_equal(of(a, "d2min")->value[b] / (sum[b] / atoms[b]), 1, 1e-12);
        }
        for (int q = 0; q < 6; q++) check_equal(of(a, "strain")->value[q], eta[q], 1e-12);
        check_equal(of(a, "von_mises")->value[2] / von, 1, 1e-12);
        free(then);
        vt_analysis_destroy(a);
        sample_release(&s);
    }
}

/* ---- noise ---- */

/* Each atom moves by itself, by s along each axis, from a perfect fcc crystal. A neighbour's move counts but
 * for the part 3/n that J takes, one's own whole (see above): D2min = 3 s^2 (1 + 1 - 3/n), n = 12. Within
 * four errors, and the error is right to a factor of two: the sum of N squares, which share neighbours. */
static void independent_moves_have_the_d2min_of_their_variance(void **state)
{
    (void)state;
    struct sample s = fcc(8);
    struct vt_analysis *a = follow("- nonaffine: {every: 1 ps, t_max: 1 ps, r_max: 3 A}", &s, 2, walk);
    const struct vt_dataset *d = of(a, "d2min");
    const double expected = 3 * 0.09 * 1.75;
    assert_true(fabs(d->value[0] - expected) < 4 * d->error[0]);
    assert_true(d->error[0] > 0.002 * expected && d->error[0] < 0.04 * expected);
    vt_analysis_destroy(a);
    sample_release(&s);
}

/* ---- a shear band ---- */

enum { LAYERS = 20 };
#define BAND 0.3 /* shear in the band: layers of 1/20 from 8/20 to 12/20 of the height */
#define LOW  0.4
#define HIGH 0.6
#define TALL (20 * 3.615)

static void slip(struct sample *s, int frame)
{
    if (!frame) return;
    for (int i = 0; i < s->n; i++) {
        double y = s->x[i][1] + 0.1; /* planes of atoms lie within the layers, not on their borders */
        s->x[i][0] = vt_grid(s->x[i][0] + BAND * (fmin(fmax(y, LOW * TALL), HIGH * TALL) - LOW * TALL));
    }
    s->cell.h[1][0] = vt_grid(BAND * (HIGH - LOW) * TALL); /* the cell goes along */
}

/* Inside the band, the strain of its shear, its rotation and no D2min; outside, nothing of these, and atoms
 * slide as far as the band lets them; D2min is there only where neighbours lie on both sides of a border. The
 * cell as a whole is sheared by a fifth, which is taken away with against: cell. */
static void a_shear_band_is_seen_across_the_sample(void **state)
{
    (void)state;
    for (int cell = 0; cell < 2; cell++) {
        static const double base[4][3] = {{0, 0, 0}, {0, .5, .5}, {.5, 0, .5}, {.5, .5, 0}};
        struct sample s =
            repeat((const int[]){6, LAYERS, 6}, (const double[]){3.615, 3.615, 3.615}, 0, 4, base, NULL);
        for (int i = 0; i < s.n; i++) s.x[i][1] += 0.5;
        sample_count(&s, 1, (const char *const[]){"Cu"});
        struct vt_analysis *a =
            follow(cell ? "- nonaffine: {every: 1 ps, t_max: 1 ps, r_max: 3 A, profile: y, bins: 20, "
                          "against: cell}"
                        : "- nonaffine: {every: 1 ps, t_max: 1 ps, r_max: 3 A, profile: y, bins: 20}",
                   &s, 2, slip);
        const struct vt_dataset *eta = of(a, "profile_strain"), *von = of(a, "profile_von_mises"),
                                *about = of(a, "profile_rotation_about"), *d2min = of(a, "profile_d2min"),
                                *moved = of(a, "profile_displacement"), *atoms = of(a, "profile_atoms");
        double mean = cell ? BAND * (HIGH - LOW) : 0; /* J_cell = F^-1 J: shears of one kind add up */
        check_equal(eta->axis[2].value[1] - eta->axis[2].value[0], 3.615, 1e-9);
        for (int l = 0; l < LAYERS; l++) {
            bool inside = l >= 9 && l < 11, border = l == 7 || l == 8 || l == 11 || l == 12;
            double g = (inside ? BAND : 0) - mean;
            check_equal(atoms->value[l], 6 * 6 * 4, 0);
            if (border) continue;
            check_equal(eta->value[3 * LAYERS + l], g / 2, 1e-11);
            check_equal(eta->value[1 * LAYERS + l], g * g / 2, 1e-11);
            check_equal(von->value[l], sqrt(g * g / 4 + pow(g, 4) / 12), 1e-11);
            check_equal(about->value[2 * LAYERS + l], -atan(g / 2) * 180 / M_PI, 1e-9);
            assert_true(d2min->value[l] < 1e-20);
        }
        assert_true(d2min->value[7] + d2min->value[8] > 1e-3);
        /* From below the band to above it atoms slide by the whole of it, less what the cell takes. */
        double height = 10 * 3.615, slid = moved->value[15] - moved->value[5];
        check_equal(slid, BAND * (HIGH - LOW) * TALL - (cell ? mean * height : 0), 1e-9);
        vt_analysis_destroy(a);
        sample_release(&s);
    }
}

/* ---- what cannot be ---- */

static void stand(struct sample *s, int frame)
{
    (void)s, (void)frame;
}

/* Atoms that are alone have no neighbourhood: they are counted, and there is no number for them. */
static void lonely_atoms_are_counted_and_left_out(void **state)
{
    (void)state;
    struct sample s = simple_cubic(4); /* 2.6 angstrom apart */
    struct vt_analysis *a = follow("- nonaffine: {every: 1 ps, t_max: 1 ps, r_max: 2 A}", &s, 2, stand);
    check_equal(of(a, "unfitted")->value[0], 1, 0);
    assert_true(isnan(of(a, "d2min")->value[0]));
    vt_analysis_destroy(a);
    sample_release(&s);
}

static void refuse(const char *list, const char *word)
{
    struct vt_yaml *root = NULL;
    struct vt_analysis *a = NULL;
    struct sample s = fcc(2);
    must(vt_yaml_parse(list, strlen(list), "list", &root));
    assert_int_equal(vt_analysis_create(root, &s.material, &a), VT_EINPUT);
    if (!strstr(vt_message(), word)) fprintf(stderr, "%s\n", vt_message());
    assert_non_null(strstr(vt_message(), word));
    vt_yaml_release(root);
    sample_release(&s);
}

static void unfit_options_are_refused(void **state)
{
    (void)state;
    refuse("- nonaffine: {every: 0}", "every");
    refuse("- nonaffine: {r_max: 4 A^2}", "r_max");
    refuse("- nonaffine: {d2min_above: 1 A}", "A^2");
    refuse("- nonaffine: {profile: w}", "none, x, y, z");
    struct vt_cell cell = vt_cell_make(17, 17, 17, 0, 0, 0);
    struct sample s = fcc(2);
    struct vt_analysis *a = analysis_make("- nonaffine: {r_max: 17.5 A}", &s.material);
    assert_int_equal(vt_analysis_check(a, &cell), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "neighbours of themselves"));
    vt_analysis_destroy(a);
    sample_release(&s);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(affine_deformation_is_strain_and_nothing_else),
        cmocka_unit_test(simple_shear_turns_by_half_of_itself),
        cmocka_unit_test(stretch_and_rotation_are_told_apart),
        cmocka_unit_test(a_rigid_rotation_is_rotation_and_nothing_else),
        cmocka_unit_test(one_atom_that_moves_has_its_square),
        cmocka_unit_test(d2min_and_strain_are_those_of_a_slow_fit),
        cmocka_unit_test(independent_moves_have_the_d2min_of_their_variance),
        cmocka_unit_test(a_shear_band_is_seen_across_the_sample),
        cmocka_unit_test(lonely_atoms_are_counted_and_left_out),
        cmocka_unit_test(unfit_options_are_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
