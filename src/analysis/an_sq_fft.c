/* an_sq_fft.c: structure factors over all waves up to q_max, by Fourier transforms of the density on grids.
 *
 *     S_ab(q) = <Re rho_a rho_b*> / sqrt(N_a N_b),   A_ab = 1 + (S_ab - delta_ab) / sqrt(c_a c_b)
 *
 * as in an_sq_direct.c, with the amplitudes of mesh.h: for large samples. An amplitude is right to a share of
 * the amplitudes of other waves (sq_fft/aliasing), 2e-5 or less. */
#include <math.h>
#include <omp.h>

#include "analysis/kernel.h"
#include "analysis/mesh.h"
#include "analysis/partials.h"
#include "analysis/weights.h"
#include "core/memory.h"
#include "core/parallel.h"

struct sq_fft {
    struct vt_common_options common;
    double q_max, dq, energy, oversampling;
};

static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct sq_fft, 1),
    {.name = "q_max",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct sq_fft, q_max),
     .preset = 12,
     .min = 0.01,
     .max = 70,
     .help = "largest wave number"},
    {.name = "dq",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = offsetof(struct sq_fft, dq),
     .preset = 0.05,
     .min = 1e-3,
     .max = 10,
     .help = "width of a shell"},
    {.name = "oversampling",
     .unit = "1",
     .kind = VT_REAL,
     .offset = offsetof(struct sq_fft, oversampling),
     .preset = 1,
     .min = 1,
     .max = 4,
     .help = "grid points in half the shortest wave: 1 gives amplitudes to 2e-5, 1.5 to 1e-7, 2 to 4e-9"},
    VT_ENERGY_OPTION(struct sq_fft),
    {0},
};

static struct vt_wave_shells shells_of(const struct sq_fft *o)
{
    return vt_wave_shells_make(o->q_max, o->dq, INFINITY);
}

static double q_end(const struct vt_wave_shells *shells)
{
    return shells->n * shells->dq;
}

static void sizes(const void *options, const struct vt_material *m, size_t *common, size_t *group)
{
    *common = VT_SHELL_COMMON;
    *group = (size_t)shells_of(options).n * vt_shell_size(m->n_species);
}

static enum vt_status check(const void *options, const struct vt_cell *cell)
{
    const struct sq_fft *o = options;
    const struct vt_wave_shells shells = shells_of(o);
    double q = q_end(&shells), points = vt_mesh_points(cell, q, o->oversampling);
    if (vt_waves_count(&shells, cell) < 0)
        return VT_RAISE(VT_EINPUT, "sq_fft: no wave up to %g /A fits into the cell: use a larger q_max", q);
    /* Amplitudes of half of the waves that the grid can tell apart and a ball holds: pi / 12 a point, 16
     * bytes each. */
    if (points > 0x1p36)
        return VT_RAISE(
            VT_EINPUT,
            "sq_fft: waves up to %g /A need a grid of %.2g points, %.0f GB, and %.0f GB for each species; "
            "at most 7e10 points: use a smaller q_max, or sq_direct",
            q, points, 8e-9 * points, 16e-9 * M_PI / 12 * points / pow(o->oversampling, 3));
    return VT_OK;
}

static void release(void *work)
{
    vt_mesh_release(work);
}

/* Sums of shells as whole numbers: products an atom and lengths, in quanta of 2^-30. */
#define PRODUCT_QUANTUM 0x1p-30
#define LENGTH_QUANTUM  0x1p-30

struct sums {
    double g[3][3], dq, atoms;
    int n_species, shells;
    size_t shell, group; /* lengths of both */
};

static void add_line(const struct sums *s, const struct vt_mesh_line *l, const double *rho, int64_t *sum)
{
    for (int n1 = l->low; n1 <= l->high; n1++, rho += 2 * s->n_species) {
        const int n[3] = {n1, l->n2, l->n3};
        double q = vt_wave_number((double(*)[3])s->g, n);
        int at = (int)(q / s->dq);
        if (at >= s->shells) continue; /* below q_max, but by less than a division tells */
        int64_t *shell = sum + (size_t)vt_wave_class(n) * s->group + (size_t)at * s->shell;
        shell[VT_SHELL_WAVES]++;
        shell[VT_SHELL_LENGTH] += llrint(q / LENGTH_QUANTUM);
        for (int a = 0, pair = VT_SHELL_PRODUCT; a < s->n_species; a++)
            for (int b = a; b < s->n_species; b++, pair++)
                shell[pair] += llrint((rho[2 * a] * rho[2 * b] + rho[2 * a + 1] * rho[2 * b + 1]) / s->atoms /
                                      PRODUCT_QUANTUM);
    }
}

/* The waves of this rank into sum (groups): whole numbers, so threads may add in any order. */
static enum vt_status add_waves(const struct sums *s, const struct vt_mesh *mesh, int64_t *sum)
{
    enum vt_status st = VT_OK;
    size_t size = s->group * VT_SPACE_GROUPS;
    int threads = omp_get_max_threads();
    int64_t *part;
    VT_TRY(vt_alloc(&part, (size_t)threads * size));
#pragma omp parallel default(none) shared(s, mesh, part, size)
    {
        int64_t *mine = part + (size_t)omp_get_thread_num() * size;
#pragma omp for schedule(dynamic, 64)
        for (int k = 0; k < mesh->n_lines; k++)
            add_line(s, &mesh->line[k], mesh->rho + mesh->line[k].first * 2 * (size_t)s->n_species, mine);
    }
    for (int t = 0; t < threads; t++)
        for (size_t k = 0; k < size; k++) sum[k] += part[(size_t)t * size + k];
    free(part);
    return st;
}

static enum vt_status accumulate(const void *options, const struct vt_frame *frame, void *work,
                                 const struct vt_tally *tally)
{
    const struct sq_fft *o = options;
    struct vt_mesh *mesh = work;
    const struct vt_wave_shells shells = shells_of(o);
    MPI_Comm comm = frame->ranks->comm;
    struct sums s = {.dq = o->dq,
                     .atoms = (double)vt_material_atoms(frame->material),
                     .n_species = frame->material->n_species,
                     .shells = shells.n,
                     .shell = vt_shell_size(frame->material->n_species),
                     .group = tally->group_size};
    size_t size = s.group * VT_SPACE_GROUPS;
    int64_t *sum = NULL;
    enum vt_status st = VT_OK;
    vt_reciprocal(&frame->state.cell, s.g);
    VT_TRY(vt_mesh_measure(mesh, q_end(&shells), o->oversampling, frame));
    VT_TRY_GOTO(st, agree, vt_alloc(&sum, size));
    st = add_waves(&s, mesh, sum);
agree:
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    VT_TRY_GOTO(st, done,
                vt_mpi(MPI_Reduce(frame->ranks->rank == 0 ? MPI_IN_PLACE : sum, sum, vt_int((int64_t)size),
                                  MPI_INT64_T, MPI_SUM, 0, comm)));
    if (frame->ranks->rank != 0) goto done;
    tally->common[VT_SHELL_FRAMES] += 1;
    for (size_t k = 0; k < size; k++) {
        size_t what = k % s.group % s.shell;
        tally->group[k] += (double)sum[k] * (what == VT_SHELL_WAVES    ? 1
                                             : what == VT_SHELL_LENGTH ? LENGTH_QUANTUM
                                                                       : PRODUCT_QUANTUM * s.atoms);
    }
done:
    free(sum);
    return st;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct sq_fft *o = options;
    const struct vt_wave_shells shells = shells_of(o);
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, "sq_fft/aliasing", "1",
                          "largest share of another wave's amplitude that is mistaken for a wave's", 0, NULL,
                          &d));
    d->value[0] = vt_mesh_aliasing(o->oversampling);
    return vt_shells_finish("sq_fft", o->energy, &shells, what->material, common[VT_SHELL_FRAMES], sum, out);
}

const struct vt_kernel vt_kernel_sq_fft = {
    .name = "sq_fft",
    .help = "structure factors over all waves up to q_max by Fourier transforms on a grid, for large "
            "samples: partial, "
            "X-ray, neutron",
    .params = params,
    .options_size = sizeof(struct sq_fft),
    .grouping = VT_GROUP_SPACE,
    .collective = true,
    .sizes = sizes,
    .check = check,
    .accumulate = accumulate,
    .finish = finish,
    .work_size = sizeof(struct vt_mesh),
    .release = release,
};
