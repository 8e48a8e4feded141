/* an_concentration.c: structure factors at small q, and how far the species are from being mixed at random.
 *
 * Of all waves q = 2 pi (n_1 a* + n_2 b* + n_3 c*) that fit into the cell, up to q_max, in shells of |q|:
 *
 *     rho_a(q) = sum_{i of species a} exp(i q r_i)
 *     S_ab(q)  = <Re rho_a rho_b*> / sqrt(N_a N_b)                        (Ashcroft & Langreth)
 *     S_cc(q)  = <|rho_s - c_s rho|^2> / N,   rho = sum_b rho_b           (Bhatia & Thornton, s against the
 * rest) ratio    = S_cc / (c_s (1 - c_s))
 *
 * <...> is over frames and the waves of a shell; of q and -q, which give the same, one is taken. Species
 * dealt to the atoms at random have ratio N / (N - 1); an ordered alloy has less, and one that separates has
 * more, most at the smallest q: for two halves of a cell it is of the order of N. With two species both have
 * the same S_cc, the usual one. Because the smallest shells change with the cell, the three waves along its
 * edges, n = 100, 010, 001, are also given on their own: they are there in every frame and block.
 *
 * Groups of the jackknife are classes of waves (waves.h).
 *
 * References: Ashcroft & Langreth, Phys. Rev. 156, 685 (1967); Bhatia & Thornton, PRB 2, 3004 (1970). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/kernel.h"
#include "analysis/waves.h"
#include "analysis/weights.h"
#include "core/memory.h"

struct concentration {
    struct vt_common_options common;
    double q_max, dq;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct concentration, 1),
    {.name = "q_max",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct concentration, q_max),
     .preset = 1.5,
     .min = 0.01,
     .max = 30,
     .help = "largest wave number; the work goes with its cube, and with the square of the number of atoms"},
    {.name = "dq",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct concentration, dq),
     .preset = 0.05,
     .min = 1e-3,
     .max = 10,
     .help = "width of a shell"},
    {0},
};

/* A group holds the shells, and one more row: the waves along the edges. */

static struct vt_wave_shells shells_of(const struct concentration *o)
{
    return vt_wave_shells_make(o->q_max, o->dq, INFINITY);
}

static void sizes(const void *options, const struct vt_material *m, size_t *common, size_t *group)
{
    *common = VT_SHELL_COMMON;
    *group = (size_t)(shells_of(options).n + 1) * vt_shell_size(m->n_species);
}

static enum vt_status check(const void *options, const struct vt_cell *cell)
{
    const struct concentration *o = options;
    const struct vt_wave_shells shells = shells_of(o);
    double q = shells.n * shells.dq, waves = vt_waves_count(&shells, cell), height[3];
    if (waves < 0) {
        vt_cell_heights(cell, height);
        return VT_RAISE(
            VT_EINPUT,
            "concentration: the waves along the edges of the cell begin at %.4g /A, the shells end "
            "at %g /A: use a larger q_max",
            2 * M_PI / fmax(fmax(height[0], height[1]), height[2]), q);
    }
    if (waves > VT_WAVES_MOST)
        return VT_RAISE(VT_EINPUT,
                        "concentration: about %.2g waves up to %g /A fit into the cell, at most %d are "
                        "measured: use a smaller q_max",
                        waves, q, VT_WAVES_MOST);
    return VT_OK;
}

static void release(void *work)
{
    vt_waves_release(work);
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    const struct vt_wave_shells shells = shells_of(options);
    return vt_waves_accumulate(work, &shells, true, frame, tally);
}

/* -------------------------------------------------------------------------------------------- datasets */

/* S_ab of a row. */
static double partial(const struct vt_material *m, const double *row, int a, int b)
{
    double na = (double)m->species[a].count, nb = (double)m->species[b].count;
    return row[VT_SHELL_PRODUCT + vt_species_pair(a, b, m->n_species)] /
           (row[VT_SHELL_WAVES] * sqrt(na * nb));
}

/* S_cc of species s against the rest: |rho_s - c rho|^2 multiplied out. */
static double s_cc(const struct vt_material *m, const double *row, int s)
{
    double c = (double)m->species[s].count / (double)vt_material_atoms(m), sum = 0;
    for (int a = 0; a < m->n_species; a++)
        for (int b = 0; b < m->n_species; b++)
            sum +=
                ((a == s) - c) * ((b == s) - c) * row[VT_SHELL_PRODUCT + vt_species_pair(a, b, m->n_species)];
    return sum / (row[VT_SHELL_WAVES] * (double)vt_material_atoms(m));
}

static double ratio(const struct vt_material *m, const double *row, int s)
{
    double c = (double)m->species[s].count / (double)vt_material_atoms(m);
    return s_cc(m, row, s) / (c * (1 - c));
}

/* A dataset with errors over shells and another axis. */
static enum vt_status add(struct vt_results *out, const char *path, const char *unit, const char *help,
                          const char *first, int n, const char *const *labels, int shells, const double *q,
                          struct vt_dataset **d)
{
    VT_TRY(vt_results_add(out, path, unit, help, 2, (const int[]){n, shells}, d));
    VT_TRY(vt_dataset_axis(*d, 0, first, "", NULL, labels));
    VT_TRY(vt_dataset_axis(*d, 1, "q", "1/angstrom", q, NULL));
    return vt_dataset_errors(*d);
}

static enum vt_status put(const struct vt_material *m, const double *sum, int shells, const double *q,
                          struct vt_results *out)
{
    int species = m->n_species, pairs = vt_species_pairs(species);
    size_t size = vt_shell_size(species);
    char label[VT_SPECIES_PAIRS_MAX][VT_PAIR_LABEL];
    const char *pair[VT_SPECIES_PAIRS_MAX], *symbol[VT_SPECIES_MAX];
    vt_pair_labels(m, label);
    for (int p = 0; p < pairs; p++) pair[p] = label[p];
    for (int s = 0; s < species; s++) symbol[s] = m->species[s].symbol;
    struct vt_dataset *d;
    VT_TRY(add(out, "concentration/s_partial", "1",
               "S_ab(q) = <Re rho_a rho_b*> / sqrt(N_a N_b): Ashcroft and Langreth", "pair", pairs, pair,
               shells, q, &d));
    for (int a = 0, p = 0; a < species; a++)
        for (int b = a; b < species; b++, p++)
            for (int k = 0; k < shells; k++)
                d->value[p * shells + k] = partial(m, sum + (size_t)k * size, a, b);
    if (species == 1) return VT_OK; /* nothing to be mixed with */
    VT_TRY(add(out, "concentration/s_cc", "1",
               "S_cc(q) of one species against the rest; c (1 - c) if mixed at random: Bhatia and Thornton",
               "species", species, symbol, shells, q, &d));
    for (int s = 0; s < species; s++)
        for (int k = 0; k < shells; k++) d->value[s * shells + k] = s_cc(m, sum + (size_t)k * size, s);
    VT_TRY(add(out, "concentration/ratio", "1", "S_cc(q) / (c (1 - c)): 1 if mixed at random", "species",
               species, symbol, shells, q, &d));
    for (int s = 0; s < species; s++)
        for (int k = 0; k < shells; k++) d->value[s * shells + k] = ratio(m, sum + (size_t)k * size, s);
    const double *edges = sum + (size_t)shells * size;
    VT_TRY(vt_results_add(out, "concentration/ratio_edges", "1",
                          "the ratio for the waves n = 100, 010, 001 along the edges of the cell", 1,
                          &species, &d));
    VT_TRY(vt_dataset_axis(d, 0, "species", "", NULL, symbol));
    VT_TRY(vt_dataset_errors(d));
    for (int s = 0; s < species; s++) d->value[s] = ratio(m, edges, s);
    VT_TRY(vt_results_add(out, "concentration/q_edges", "1/angstrom", "mean wave number of these waves", 0,
                          NULL, &d));
    d->value[0] = edges[VT_SHELL_LENGTH] / edges[VT_SHELL_WAVES];
    return VT_OK;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct vt_wave_shells shells = shells_of(options);
    double *q, frames = common[VT_SHELL_FRAMES];
    VT_TRY(vt_alloc(&q, shells.n));
    for (int k = 0; k < shells.n; k++) q[k] = (k + 0.5) * shells.dq;
    enum vt_status st =
        vt_shells_put("concentration", &shells, what->material->n_species, frames, sum, q, out);
    if (st == VT_OK) st = put(what->material, sum, shells.n, q, out);
    free(q);
    return st;
}

const struct vt_kernel vt_kernel_concentration = {
    .name = "concentration",
    .help = "structure factors at small q: partial, and of concentrations; do the species separate?",
    .params = params,
    .options_size = sizeof(struct concentration),
    .grouping = VT_GROUP_SPACE,
    .collective = true,
    .sizes = sizes,
    .check = check,
    .accumulate = accumulate,
    .finish = finish,
    .work_size = sizeof(struct vt_waves),
    .release = release,
};
