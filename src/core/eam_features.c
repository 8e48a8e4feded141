/* eam_features.c: what one looks for in EAM tables: how far they reach, their minima, and the density in the
 * crystal,
 *
 *     rho_a = sum_{j != 0} rho_aa(|x_j|),    x_j: the sites of the lattice that the tables name for a.
 *
 * hcp is taken with c/a = sqrt(8/3): tables hold no other. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "core/eam.h"

static const double R_MIN = 1; /* angstrom; phi nearer than this is repulsion between nuclei */

double vt_eam_reach(const double *table, int n, double d)
{
    while (n > 1 && table[n - 1] == 0) n--;
    return (n - 1) * d;
}

/* Where the parabola through three knots is lowest, from the middle one, the lowest of them, in spacings. Its
 * value is hardly lower, unless the table jumps there. */
static double parabola_minimum(const double y[3])
{
    double bend = y[0] - 2 * y[1] + y[2];
    return bend > 0 ? 0.5 * (y[0] - y[2]) / bend : 0;
}

bool vt_eam_f_minimum(const struct vt_eam *e, int a, double *rho, double *f)
{
    const double *table = vt_eam_f(e, a);
    int best = 0;
    for (int k = 1; k < e->n_rho; k++)
        if (table[k] < table[best]) best = k;
    if (best == 0 || best == e->n_rho - 1) return false;
    *rho = (best + parabola_minimum(table + best - 1)) * e->d_rho;
    *f = table[best];
    return true;
}

bool vt_eam_phi_minimum(const struct vt_eam *e, int a, int b, double *r, double *phi)
{
    const double *rphi = vt_eam_rphi(e, a, b);
    int begin = (int)fmin(e->n_r, fmax(1, ceil(R_MIN / e->d_r))), end = e->n_r, best = begin;
    for (int k = begin; k < end; k++)
        if (rphi[k] / k < rphi[best] / best) best = k;
    if (best == begin || best >= end - 1 || rphi[best] >= 0) return false;
    double y[3];
    for (int k = 0; k < 3; k++) y[k] = rphi[best - 1 + k] / ((best - 1 + k) * e->d_r);
    *r = (best + parabola_minimum(y)) * e->d_r;
    *phi = y[1];
    return true;
}

static double at(const double *table, int n, double d, double x)
{
    double t = x / d;
    if (!(t < n - 1)) return 0;
    int k = (int)t;
    return table[k] + (t - k) * (table[k + 1] - table[k]);
}

double vt_eam_crystal(const struct vt_eam *e, int a, double *nearest)
{
    /* Right-angled cells, edges and sites in lattice constants. */
    static const struct {
        const char *name;
        double edge[3];
        int n;
        double site[4][3];
    } lattice[] = {
        {"fcc", {1, 1, 1}, 4, {{0, 0, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}}},
        {"bcc", {1, 1, 1}, 2, {{0, 0, 0}, {0.5, 0.5, 0.5}}},
        {"hcp",
         {1, 1.7320508075688772, 1.6329931618554521},
         4,
         {{0, 0, 0},
          {0.5, 0.8660254037844386, 0},
          {0.5, 0.2886751345948129, 0.816496580927726},
          {0, 1.1547005383792515, 0.816496580927726}}},
    };
    const struct vt_eam_element *element = &e->element[a];
    double far = e->cutoff / element->lattice, near = INFINITY, sum = 0; /* in lattice constants */
    *nearest = NAN;
    if (!(element->lattice > 0) || far > 20) return NAN;
    for (size_t l = 0; l < sizeof lattice / sizeof *lattice; l++) {
        if (strcasecmp(element->structure, lattice[l].name) != 0) continue;
        int m = (int)ceil(far) + 1;
        for (int i = -m; i <= m; i++)
            for (int j = -m; j <= m; j++)
                for (int k = -m; k <= m; k++)
                    for (int s = 0; s < lattice[l].n; s++) {
                        const double *edge = lattice[l].edge, *site = lattice[l].site[s];
                        double x = i * edge[0] + site[0], y = j * edge[1] + site[1],
                               z = k * edge[2] + site[2], r = sqrt(x * x + y * y + z * z);
                        if (r > 0) near = fmin(near, r);
                        if (r > 0 && r < far)
                            sum += at(vt_eam_rho(e, a, a), e->n_r, e->d_r, r * element->lattice);
                    }
        *nearest = near * element->lattice;
        return sum;
    }
    return NAN;
}

bool vt_eam_one_density(const struct vt_eam *e, int a, int *b)
{
    size_t row = (size_t)e->n_r * sizeof(double);
    for (*b = 1; *b < e->n_species; ++*b)
        if (memcmp(vt_eam_rho(e, a, 0), vt_eam_rho(e, a, *b), row) != 0) return false;
    return true;
}
