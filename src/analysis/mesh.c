/* mesh.c: see mesh.h.
 *
 * With M_p the cardinal B-spline of order p, u = N s and hat(x) = (sin(pi x) / (pi x))^p its transform,
 *
 *     Q(k) = sum_i M_p(u_i1 - k_1) M_p(u_i2 - k_2) M_p(u_i3 - k_3)
 *     rho(n) = DFT[Q](n) / (hat(n_1 / N_1) hat(n_2 / N_2) hat(n_3 / N_3))
 *
 * and the same for a grid whose points lie half a step further along all three edges, of which the mean is
 * taken (interlacing).
 *
 * The grid is cut into planes, which ranks own and threads share. A plane is transformed by one rank, then
 * FFTW-MPI transposes, and the third direction is transformed row by row. Every transform is thus the same
 * call on the same numbers for any number of ranks and threads; and the spread weights are rounded to 2^-40,
 * so that their sums are exact: amplitudes have the same bits from any layout.
 *
 * References: Essmann et al., J. Chem. Phys. 103, 8577 (1995), for B-splines on grids; Hockney & Eastwood,
 * Computer Simulation Using Particles (1988), sec. 7-8, for images and interlacing. */
#include "analysis/mesh.h"

#include <assert.h>
#include <complex.h>
#include <fftw3-mpi.h>
#include <limits.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/exact.h"
#include "core/memory.h"
#include "core/parallel.h"

enum { P = VT_MESH_ORDER };
#define QUANTUM 0x1p-40

/* What a rank needs to know of an atom that touches its planes. */
struct place {
    double s[3];
    int64_t species;
};

/* ------------------------------------------------------------------------------------------------ sizes */

double vt_mesh_aliasing(double oversampling)
{
    double x = 0.5 / oversampling, y = x / M_SQRT2; /* along an edge; between two of them */
    return fmax(pow(x / (2 - x), P), pow(y / (1 - y), 2 * P));
}

/* The least number from n on that has no prime factor above 7: what FFTW is fast with. */
static int smooth(int n)
{
    static const int prime[] = {2, 3, 5, 7};
    for (;; n++) {
        int rest = n;
        for (int k = 0; k < 4; k++)
            while (rest % prime[k] == 0) rest /= prime[k];
        if (rest == 1) return n;
    }
}

/* Points along each edge. Images beside an edge are far enough by 2 most; those beyond two edges at an angle
 * gamma, m = (1, -1, 0) or (1, 1, 0), are met by waves halfway between both, n_d = most_d cos(gamma / 2): at
 * a right angle less than the first. In a skew cell sqrt(2) cos(gamma / 2) times the points make up for it.
 */
static void dimensions(const struct vt_cell *cell, double q_max, double oversampling, int n[3], int most[3])
{
    double length[3];
    for (int d = 0; d < 3; d++) {
        const double *h = cell->h[d];
        length[d] = sqrt(h[0] * h[0] + h[1] * h[1] + h[2] * h[2]);
    }
    for (int d = 0; d < 3; d++) { /* |q| times an edge is at least 2 pi |n_d| */
        const double *h = cell->h[d];
        double cosine = 0; /* the largest with another edge */
        for (int e = 0; e < 3; e++) {
            const double *other = cell->h[e];
            double product = fabs(h[0] * other[0] + h[1] * other[1] + h[2] * other[2]);
            if (e != d) cosine = fmax(cosine, product / (length[d] * length[e]));
        }
        most[d] = (int)floor(q_max * length[d] / (2 * M_PI));
        n[d] = smooth((int)ceil(2 * most[d] * oversampling * sqrt(1 + cosine)) + 2);
    }
}

double vt_mesh_points(const struct vt_cell *cell, double q_max, double oversampling)
{
    int n[3], most[3];
    dimensions(cell, q_max, oversampling, n, most);
    return (double)n[0] * n[1] * n[2];
}

static void forget_plans(struct vt_mesh *m)
{
    fftw_plan *const plans[] = {&m->plane, &m->along, &m->transpose};
    for (int k = 0; k < 3; k++) {
        if (*plans[k]) fftw_destroy_plan(*plans[k]);
        *plans[k] = NULL;
    }
}

void vt_mesh_release(struct vt_mesh *m)
{
    forget_plans(m);
    free(m->line), free(m->rho), free(m->grid);
    for (int d = 0; d < 3; d++) free(m->factor[d]);
    *m = (struct vt_mesh){0};
}

/* The lines of waves below q_max in this rank's rows: of n_3, n_2, n_1, the first that is not 0 is positive.
 */
static enum vt_status list_lines(struct vt_mesh *m, double q_max, const struct vt_cell *cell)
{
    double g[3][3];
    vt_reciprocal(cell, g);
    m->n_lines = 0;
    m->n_waves = 0;
    for (ptrdiff_t t = m->first_row; t < m->first_row + m->rows; t++) {
        int n2 = (int)(2 * t <= m->n[1] ? t : t - m->n[1]);
        if (abs(n2) > m->most[1]) continue;
        for (int n3 = 0; n3 <= m->most[2]; n3++) {
            int begin = n3 || n2 > 0 ? -m->most[0] : n2 < 0 ? m->most[0] + 1 : 1, low = begin, high;
            while (low <= m->most[0] && vt_wave_number(g, (int[]){low, n2, n3}) >= q_max) low++;
            for (high = low - 1; high < m->most[0] && vt_wave_number(g, (int[]){high + 1, n2, n3}) < q_max;)
                high++;
            if (high < low) continue;
            VT_TRY(vt_grow(&m->line, &m->line_capacity, m->n_lines + 1));
            m->line[m->n_lines++] = (struct vt_mesh_line){n2, n3, low, high, m->n_waves};
            m->n_waves += (size_t)(high - low + 1);
        }
    }
    return VT_OK;
}

/* This rank's share of the grid and its waves, and memory for both. Local. */
static enum vt_status make_room(struct vt_mesh *m, double q_max, const struct vt_frame *frame)
{
    MPI_Comm comm = frame->ranks->comm;
    int size = frame->ranks->size, n_species = frame->material->n_species;
    m->row = (m->n[2] / 2 + 1 + 3) / 4 * 4; /* planes and rows begin at a cache line each */
    const ptrdiff_t lengths[] = {m->n[0], m->n[1]};
    for (int d = 0; d < 2; d++) m->block[d] = (m->n[d] + size - 1) / size;
    ptrdiff_t need =
        fftw_mpi_local_size_many_transposed(2, lengths, 2 * m->row, m->block[0], m->block[1], comm,
                                            &m->planes, &m->first, &m->rows, &m->first_row);
    if ((double)m->block[0] * (double)m->block[1] * 2 * m->row > INT_MAX) /* MPI counts in int */
        return VT_RAISE(
            VT_EINPUT,
            "sq_fft: a grid of %d x %d x %d points is too large for %d ranks: use more of them, or a "
            "smaller q_max",
            m->n[0], m->n[1], m->n[2], size);
    VT_TRY(list_lines(m, q_max, &frame->state.cell));
    VT_TRY(vt_renew(&m->grid, &m->grid_capacity, need));
    for (int d = 0; d < 3; d++)
        VT_TRY(vt_grow(&m->factor[d], &m->factor_capacity[d], 2 * (size_t)(m->most[d] + 1)));
    return vt_renew(&m->rho, &m->rho_capacity, m->n_waves * 2 * (size_t)n_species);
}

/* Collective. */
static enum vt_status make_plans(struct vt_mesh *m, MPI_Comm comm)
{
    fftw_complex *c = (fftw_complex *)m->grid;
    const int n[] = {m->n[1], m->n[2]}, in[] = {m->n[1], 2 * m->row}, out[] = {m->n[1], m->row};
    forget_plans(m);
    m->plane = fftw_plan_many_dft_r2c(2, n, 1, m->grid, in, 1, 0, c, out, 1, 0, FFTW_ESTIMATE);
    m->along = fftw_plan_many_dft(1, m->n, m->most[2] + 1, c, NULL, m->row, 1, c, NULL, m->row, 1,
                                  FFTW_FORWARD, FFTW_ESTIMATE);
    m->transpose = fftw_mpi_plan_many_transpose(m->n[0], m->n[1], 2 * m->row, m->block[0], m->block[1],
                                                m->grid, m->grid, comm, FFTW_ESTIMATE);
    if (!m->plane || !m->along || !m->transpose)
        return VT_RAISE(VT_EWORLD, "no plan for a transform of %d x %d x %d points", m->n[0], m->n[1],
                        m->n[2]);
    return VT_OK;
}

/* --------------------------------------------------------------------------------------------- spreading */

/* M_p(t + p - 1 - j) for j = 0 .. p - 1: the weights of grid points from floor(u) - p/2 + 1 on. */
static void spline(double t, double w[P])
{
    w[0] = 1 - t;
    w[1] = t;
    for (int k = 3; k <= P; k++) {
        double share = 1.0 / (k - 1);
        w[k - 1] = share * t * w[k - 2];
        for (int j = 1; j <= k - 2; j++)
            w[k - 1 - j] = share * ((t + j) * w[k - 2 - j] + (k - j - t) * w[k - 1 - j]);
        w[0] *= share * (1 - t);
    }
}

static int wrap(int64_t k, int n)
{
    return (int)((k % n + n) % n);
}

/* The first plane that an atom touches; shift: 1 for the grid that lies half a point further. */
static int64_t first_point(double s, int n, int shift, double *t)
{
    double u = s * n - 0.5 * shift, whole = floor(u);
    *t = u - whole;
    return (int64_t)whole - P / 2 + 1;
}

/* Spread atoms of a species over planes [begin, end) of the rank's own. */
static void spread(const struct vt_mesh *m, const struct place *atom, size_t n, int species, int shift,
                   ptrdiff_t begin, ptrdiff_t end)
{
    const double magic = VT_MAGIC(QUANTUM);
    const size_t plane = (size_t)m->n[1] * 2 * (size_t)m->row;
    memset(m->grid + (size_t)begin * plane, 0, (size_t)(end - begin) * plane * sizeof *m->grid);
    for (const struct place *a = atom; a < atom + n; a++) {
        if (a->species != species) continue;
        double t[3], w[3][P];
        int64_t k[3];
        int at[3][P];
        k[0] = first_point(a->s[0], m->n[0], shift, &t[0]);
        bool touches = false;
        for (int j = 0; j < P; j++) {
            at[0][j] = wrap(k[0] + j, m->n[0]) - (int)m->first;
            touches = touches || (at[0][j] >= begin && at[0][j] < end);
        }
        if (!touches) continue;
        spline(t[0], w[0]);
        for (int d = 1; d < 3; d++) {
            k[d] = first_point(a->s[d], m->n[d], shift, &t[d]);
            spline(t[d], w[d]);
            for (int j = 0; j < P; j++) at[d][j] = wrap(k[d] + j, m->n[d]);
        }
        bool whole = at[2][P - 1] - at[2][0] == P - 1 && m->n[2] >= P;
        for (int i = 0; i < P; i++) {
            if (at[0][i] < begin || at[0][i] >= end) continue;
            for (int j = 0; j < P; j++) {
                double *row = m->grid + (size_t)at[0][i] * plane + (size_t)at[1][j] * 2 * (size_t)m->row,
                       w12 = w[0][i] * w[1][j];
                if (whole)
                    for (int l = 0; l < P; l++) row[at[2][0] + l] += vt_round(w12 * w[2][l], magic);
                else
                    for (int l = 0; l < P; l++) row[at[2][l]] += vt_round(w12 * w[2][l], magic);
            }
        }
    }
}

/* Which ranks an atom touches, on either grid; at most P + 1 of them. */
static int owners(const struct vt_mesh *m, double s, int rank[P + 1])
{
    double t;
    int n = 0;
    int64_t k = first_point(s, m->n[0], 1, &t);
    for (int j = 0; j <= P; j++) {
        int owner = (int)(wrap(k + j, m->n[0]) / m->block[0]), known = 0;
        while (known < n && rank[known] != owner) known++;
        if (known == n) rank[n++] = owner;
    }
    return n;
}

/* Bring atoms to the ranks whose planes they touch. *atom is the caller's to free. Collective. */
static enum vt_status bring(const struct vt_mesh *m, const struct vt_frame *frame, struct place **atom,
                            size_t *n)
{
    int size = frame->ranks->size, rank[P + 1];
    struct place *own = NULL, *send = NULL;
    size_t *begin = NULL, *received = NULL;
    char *block = NULL;
    enum vt_status st = VT_OK;
    *atom = NULL;
    VT_TRY_GOTO(st, agree, vt_alloc(&own, frame->n));
    VT_TRY_GOTO(st, agree, vt_alloc(&begin, size + 2));
    VT_TRY_GOTO(st, agree, vt_alloc(&received, size + 1));
    for (int i = 0; i < frame->n; i++) {
        own[i].species = frame->species[i];
        vt_wave_place(&frame->state.cell, frame->x[i], own[i].s);
        for (int k = owners(m, own[i].s[0], rank); k-- > 0;) begin[rank[k] + 2] += sizeof *own;
    }
    for (int r = 0; r < size; r++) begin[r + 2] += begin[r + 1];
    VT_TRY_GOTO(st, agree, vt_alloc(&send, begin[size + 1] / sizeof *own));
    /* begin[r + 1] goes from the beginning of rank r's block to its end, where the next one begins. */
    for (int i = 0; i < frame->n; i++)
        for (int k = owners(m, own[i].s[0], rank); k-- > 0;) {
            size_t *end = &begin[rank[k] + 1];
            send[*end / sizeof *own] = own[i];
            *end += sizeof *own;
        }
agree:
    VT_TRY_GOTO(st, done, vt_agree(frame->ranks->comm, st));
    VT_TRY_GOTO(st, done, vt_exchange(frame->ranks->comm, (const char *)send, begin, &block, received));
    *atom = (struct place *)block;
    *n = received[size] / sizeof *own;
done:
    free(own), free(send), free(begin), free(received);
    return st;
}

/* --------------------------------------------------------------------------------------------- transform */

/* Planes, then rows: the grid holds amplitudes [row][n_1][n_3] afterwards. Collective. */
static void transform(const struct vt_mesh *m, const struct place *atom, size_t n, int species, int shift)
{
    const size_t plane = (size_t)m->n[1] * 2 * (size_t)m->row, row = (size_t)m->n[0] * 2 * (size_t)m->row;
#pragma omp parallel default(none) shared(m, atom, n, species, shift, plane)
    {
        int64_t begin, end;
        vt_share(m->planes, omp_get_num_threads(), omp_get_thread_num(), &begin, &end);
        spread(m, atom, n, species, shift, begin, end);
        for (int64_t k = begin; k < end; k++) {
            double *p = m->grid + (size_t)k * plane;
            fftw_execute_dft_r2c(m->plane, p, (fftw_complex *)p);
        }
    }
    fftw_execute(m->transpose);
#pragma omp parallel for default(none) shared(m, row)
    for (ptrdiff_t k = 0; k < m->rows; k++) {
        fftw_complex *p = (fftw_complex *)(m->grid + (size_t)k * row);
        fftw_execute_dft(m->along, p, p);
    }
}

/* What a point of the grid's transform is multiplied with, a complex number for each edge and n_d >= 0: 1 /
 * hat, and the phase of the grid that lies half a point further. */
static void make_factors(const struct vt_mesh *m, int shift)
{
    for (int d = 0; d < 3; d++)
        for (int k = 0; k <= m->most[d]; k++) {
            double x = M_PI * k / m->n[d], f = k ? pow(x / sin(x), P) : 1;
            m->factor[d][2 * k] = f * cos(shift * x);
            m->factor[d][2 * k + 1] = -f * sin(shift * x);
        }
}

static double complex factor(const struct vt_mesh *m, int d, int n)
{
    const double *f = m->factor[d] + 2 * abs(n);
    return f[0] + I * (n < 0 ? -f[1] : f[1]);
}

/* The amplitudes of a species: half of what a grid says is put there by the first, added by the second. */
static void collect(const struct vt_mesh *m, int species, int n_species, int shift)
{
    make_factors(m, shift);
#pragma omp parallel for default(none) shared(m, species, n_species, shift)
    for (int k = 0; k < m->n_lines; k++) {
        const struct vt_mesh_line *l = &m->line[k];
        size_t t = (size_t)(wrap(l->n2, m->n[1]) - m->first_row) * (size_t)m->n[0];
        double complex f23 = 0.5 * factor(m, 1, l->n2) * factor(m, 2, l->n3);
        double *rho = m->rho + (l->first * (size_t)n_species + (size_t)species) * 2;
        for (int n1 = l->low; n1 <= l->high; n1++, rho += 2 * n_species) {
            size_t at = (t + (size_t)(n1 < 0 ? n1 + m->n[0] : n1)) * (size_t)m->row + (size_t)l->n3;
            double complex f = f23 * factor(m, 0, n1),
                           value = f * (m->grid[2 * at] + I * m->grid[2 * at + 1]);
            rho[0] = creal(value) + (shift ? rho[0] : 0);
            rho[1] = cimag(value) + (shift ? rho[1] : 0);
        }
    }
}

enum vt_status vt_mesh_measure(struct vt_mesh *m, double q_max, double oversampling,
                               const struct vt_frame *frame)
{
    MPI_Comm comm = frame->ranks->comm;
    int n_species = frame->material->n_species;
    struct place *atom = NULL;
    size_t n = 0;
    fftw_mpi_init();
    dimensions(&frame->state.cell, q_max, oversampling, m->n, m->most);
    enum vt_status st;
    VT_TRY(vt_agree(comm, make_room(m, q_max, frame)));
    VT_TRY(vt_agree(comm, make_plans(m, comm)));
    VT_TRY_GOTO(st, done, bring(m, frame, &atom, &n));
    for (int s = 0; s < n_species; s++)
        for (int shift = 0; shift < 2; shift++) {
            transform(m, atom, n, s, shift);
            collect(m, s, n_species, shift);
        }
done:
    free(atom);
    return st;
}
