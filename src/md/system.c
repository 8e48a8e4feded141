/* system.c: see system.h. */
#include "md/system.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/exact.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/random.h"
#include "core/units.h"

void vt_system_release(struct vt_system *sys)
{
    vt_atoms_release(&sys->atoms);
    vt_halo_release(&sys->halo);
    vt_pairs_release(&sys->pairs);
    free(sys->x_list);
    free(sys->f);
    free(sys->energy);
    free(sys->atom_virial);
    *sys = (struct vt_system){0};
}

double vt_system_freedom(const struct vt_system *sys)
{
    return 3 * (double)sys->atoms.n_total - 3;
}

/* The shortest way from an atom to an image of itself: among few edges, as the cell does not lean more than
 * vt_cell_flip lets it. */
static double shortest_period(const struct vt_cell *cell)
{
    enum { FEW = 4 };
    double least2 = INFINITY;
    for (int i = -FEW; i <= FEW; i++)
        for (int j = -FEW; j <= FEW; j++)
            for (int k = -FEW; k <= FEW; k++) {
                double x[3];
                if (!i && !j && !k) continue;
                vt_cell_shift(cell, (int[3]){i, j, k}, x);
                least2 = fmin(least2, x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
            }
    return sqrt(least2);
}

static enum vt_status check_narrow(const struct vt_system *sys)
{
    double least = shortest_period(&sys->cell);
    if (least >= 2 * sys->potential->cutoff) return VT_OK;
    return VT_RAISE(VT_EINPUT,
                    "at step %lld (%.4g ps) the cell repeats itself after %.4g angstrom, less than twice the "
                    "cut-off %.4g of potential '%s': atoms would meet each other twice; use more atoms",
                    (long long)sys->step, sys->time, least, sys->potential->cutoff, sys->potential->name);
}

enum vt_status vt_system_check_size(const struct vt_system *sys)
{
    for (int a = 0; a < 3; a++)
        if (!(sys->cell.h[a][a] < VT_GRID_MAX / 2))
            return VT_RAISE(VT_EINPUT, "an edge of the cell is %g angstrom long; at most %g",
                            sys->cell.h[a][a], VT_GRID_MAX / 2);
    return check_narrow(sys);
}

/* How far a pair could have come nearer since the list was made: twice the largest displacement beyond
 * what the cell itself did, plus the cell's strain over the listed distance.
 * farthest is that displacement; infinite when a position is not a number. Collective. */
static enum vt_status approach(const struct vt_system *sys, double *nearer, double *farthest)
{
    double strain;
    *nearer = INFINITY;
    *farthest = vt_cell_displacement(&sys->list_cell, &sys->cell, (const double(*)[3])sys->x_list,
                                     (const double(*)[4])sys->atoms.x, sys->atoms.n, &strain);
    double most[2] = {*farthest, sys->trouble};
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, most, 2, MPI_DOUBLE, MPI_MAX, sys->ranks.comm)));
    if (most[1] > 0) return vt_agree(sys->ranks.comm, sys->trouble);
    *farthest = most[0];
    *nearer = 2 * *farthest + strain * (sys->potential->cutoff + sys->skin);
    return VT_OK;
}

void vt_system_flip(struct vt_system *sys)
{
    if (vt_atoms_flip(&sys->atoms, &sys->cell)) sys->list_valid = false;
}

static bool numbers(const double v[3])
{
    return isfinite(v[0]) && isfinite(v[1]) && isfinite(v[2]);
}

static enum vt_status check_numbers(const struct vt_system *sys)
{
    const struct vt_atoms *a = &sys->atoms;
    /* Forces first: a velocity is what they made of it. Between a migration and the next forces they are
     * those of other atoms, but numbers all the same. */
    for (int what = sys->f_capacity < (size_t)a->n; what < 3; what++)
        for (int i = 0; i < a->n; i++) {
            const double *v = what == 0 ? sys->f[i] : what == 1 ? a->v[i] : a->x[i];
            if (!numbers(v))
                return VT_RAISE(
                    VT_EPHYSICS,
                    "at step %lld (%.4g ps) the %s of atom %lld is (%g, %g, %g): atoms overlap, the "
                    "time step is too long, or the tables of '%s' are not sound",
                    (long long)sys->step, sys->time,
                    what == 0   ? "force"
                    : what == 1 ? "velocity"
                                : "position",
                    (long long)a->id[i], v[0], v[1], v[2], sys->potential->name);
        }
    return VT_OK;
}

enum vt_status vt_system_check_numbers(const struct vt_system *sys)
{
    return vt_agree(sys->ranks.comm, check_numbers(sys));
}

/* A sum over the sample is not a number: whose fault is it? Collective. */
static enum vt_status no_number(const struct vt_system *sys, const char *what)
{
    VT_TRY(vt_system_check_numbers(sys));
    return VT_RAISE(VT_EPHYSICS,
                    "at step %lld (%.4g ps) the %s of the sample is beyond all bounds: atoms overlap, or the "
                    "time step is too long",
                    (long long)sys->step, sys->time, what);
}

/* Positions must be numbers on the grid before anyone asks in which cell they are. Local. */
static enum vt_status check_places(const struct vt_system *sys)
{
    const struct vt_atoms *a = &sys->atoms;
    for (int i = 0; i < a->n; i++)
        for (int d = 0; d < 3; d++)
            if (!(fabs(a->x[i][d]) < VT_GRID_MAX))
                return VT_RAISE(
                    VT_EPHYSICS,
                    "at step %lld (%.4g ps) atom %lld is at (%g, %g, %g) angstrom: not a place within "
                    "+-%g angstrom",
                    (long long)sys->step, sys->time, (long long)a->id[i], a->x[i][0], a->x[i][1], a->x[i][2],
                    VT_GRID_MAX);
    return VT_OK;
}

/* Positions must stay in the range of their grid. Local; the same on every rank. */
static enum vt_status check_extent(const struct vt_system *sys)
{
    for (int p = 0; p < 3; p++)
        for (int q = 0; q <= p; q++)
            if (!(fabs(sys->cell.h[p][q]) < VT_GRID_MAX))
                return VT_RAISE(
                    VT_EPHYSICS,
                    "at step %lld (%.4g ps) the cell is %.4g angstrom long, and positions reach to "
                    "%g: the sample has evaporated, or a pressure tears it apart",
                    (long long)sys->step, sys->time, sys->cell.h[p][q], VT_GRID_MAX);
    return VT_OK;
}

/* Make ghosts and list anew. The cell stays, and the atoms' unwrapped positions keep their bits: nothing that
 * the motion sees depends on when this is done. */
static enum vt_status remake_list(struct vt_system *sys)
{
    struct vt_atoms *a = &sys->atoms;
    double reach = sys->potential->cutoff + sys->skin;
    enum vt_status st = VT_OK;
    VT_TRY(check_extent(sys));
    if (sys->must_fit) VT_TRY(check_narrow(sys));
    VT_TRY(vt_agree(sys->ranks.comm, sys->trouble != VT_OK ? sys->trouble : check_places(sys)));
    VT_TRY(vt_ranks_balance(&sys->ranks, sys->busy));
    sys->busy = 0;
    VT_TRY(vt_atoms_migrate(a, &sys->ranks, &sys->cell, reach));
    VT_TRY(vt_halo_build(&sys->halo, a, &sys->ranks, &sys->cell, reach, VT_GHOSTS_AHEAD));
    VT_TRY_GOTO(st, agree, vt_pairs_find(&sys->pairs, (const double(*)[4])a->x, a->n, a->n_ghost, reach));
    VT_TRY_GOTO(st, agree, vt_grow(&sys->f, &sys->f_capacity, a->n + a->n_ghost));
    VT_TRY_GOTO(st, agree, vt_grow(&sys->x_list, &sys->x_list_capacity, a->n));
    for (int i = 0; i < a->n; i++) memcpy(sys->x_list[i], a->x[i], sizeof *sys->x_list);
    sys->list_cell = sys->cell;
    sys->list_valid = true;
    sys->lists_made++;
agree:
    return vt_agree(sys->ranks.comm, st);
}

/* Which atom moved farther than it may? Local. */
static enum vt_status find_runaway(const struct vt_system *sys, double limit, double one_step)
{
    const struct vt_atoms *a = &sys->atoms;
    for (int i = 0; i < a->n; i++) {
        double strain,
            moved = vt_cell_displacement(&sys->list_cell, &sys->cell, (const double(*)[3])(sys->x_list + i),
                                         (const double(*)[4])(a->x + i), 1, &strain);
        if (!(moved <= limit))
            return VT_RAISE(
                VT_EPHYSICS,
                "at step %lld (%.4g ps) atom %lld moved more than %g angstrom in one step, or its "
                "position is not a number: the time step may be too long, or atoms overlap",
                (long long)sys->step, sys->time, (long long)a->id[i], one_step);
    }
    return VT_OK;
}

/* Bring ghosts and the half list up to date after positions or the cell have changed: usually only the ghosts
 * move, and are under way then; the list is made anew when an atom could have crossed the skin. Collective.
 */
static enum vt_status neighbours(struct vt_system *sys)
{
    double since = vt_clock();
    if (sys->list_valid) {
        /* A step ago no atom was farther than half the skin. Atoms of a metal at 2000 K go 0.1 angstrom a
         * step. */
        static const double one_step = 1;
        double nearer, farthest;
        VT_TRY(approach(sys, &nearer, &farthest));
        double limit = 0.5 * sys->skin + one_step;
        if (!(farthest <= limit)) {
            VT_TRY(vt_agree(sys->ranks.comm, find_runaway(sys, limit, one_step)));
            return no_number(sys, "motion");
        }
        since = vt_timers_book(&sys->timers, VT_PHASE_LISTS, since);
        if (nearer < sys->skin) {
            VT_TRY(vt_halo_positions_begin(&sys->halo, &sys->atoms, &sys->ranks, &sys->cell));
            sys->ghosts_under_way = true;
            vt_timers_book(&sys->timers, VT_PHASE_MESSAGES, since);
            return VT_OK;
        }
    }
    enum vt_status st = remake_list(sys);
    vt_timers_book(&sys->timers, VT_PHASE_LISTS, since);
    return st;
}

enum vt_status vt_system_ghosts(struct vt_system *sys)
{
    if (!sys->ghosts_under_way) return VT_OK;
    double since = vt_clock();
    sys->ghosts_under_way = false;
    VT_TRY(vt_halo_positions_end(&sys->halo, &sys->atoms));
    vt_timers_book(&sys->timers, VT_PHASE_MESSAGES, since);
    return VT_OK;
}

enum vt_status vt_system_forces(struct vt_system *sys, enum vt_want want)
{
    VT_TRY(neighbours(sys));
    VT_TRY(sys->potential->compute(sys->potential, sys, want));
    assert(!sys->ghosts_under_way);
    if (want == VT_FORCES) return VT_OK;
    double sum = sys->potential_energy;
    for (int q = 0; q < 6; q++) sum += sys->virial[q];
    return isfinite(sum) ? VT_OK : no_number(sys, "energy or virial");
}

enum vt_status vt_system_per_atom(struct vt_system *sys, bool virials)
{
    assert(sys->list_valid && sys->potential->per_atom);
    return sys->potential->per_atom(sys->potential, sys, virials);
}

enum vt_status vt_system_kinetic(const struct vt_system *sys, double kinetic[6])
{
    VT_TRY(vt_atoms_kinetic(&sys->atoms, &sys->material, sys->ranks.comm, kinetic));
    double sum = 0;
    for (int k = 0; k < 6; k++) sum += kinetic[k];
    return isfinite(sum) ? VT_OK : no_number(sys, "kinetic energy");
}

enum vt_status vt_system_state(const struct vt_system *sys, struct vt_state *s)
{
    double kinetic[6];
    VT_TRY(vt_system_kinetic(sys, kinetic));
    *s = (struct vt_state){.step = sys->step,
                           .time = sys->time,
                           .cell = sys->cell,
                           .strain = sys->strain,
                           .work = sys->work,
                           .heat = sys->heat,
                           .potential = sys->potential_energy,
                           .target_temperature = NAN,
                           .target_pressure = NAN};
    s->volume = vt_cell_volume(&sys->cell);
    s->kinetic = 0.5 * (kinetic[0] + kinetic[1] + kinetic[2]);
    s->temperature = 2 * s->kinetic / (VT_KB * vt_system_freedom(sys));
    for (int k = 0; k < 6; k++) s->pressure[k] = (kinetic[k] + sys->virial[k]) / s->volume;
    return VT_OK;
}

enum vt_status vt_system_zero_momentum(struct vt_system *sys)
{
    struct vt_exact sums[4] = {0};
    struct vt_atoms *a = &sys->atoms;
    for (int i = 0; i < a->n; i++) {
        double m = sys->material.species[a->species[i]].mass;
        for (int d = 0; d < 3; d++) vt_exact_add(&sums[d], m * a->v[i][d]);
        vt_exact_add(&sums[3], m);
        if (i % 4096 == 0)
            for (int k = 0; k < 4; k++) vt_exact_tidy(&sums[k]);
    }
    double total[4];
    VT_TRY(vt_exact_reduce(sys->ranks.comm, sums, 4, total));
    for (int i = 0; i < a->n; i++)
        for (int d = 0; d < 3; d++) a->v[i][d] -= total[d] / total[3];
    return VT_OK;
}

enum vt_status vt_system_velocities(struct vt_system *sys, double temperature)
{
    struct vt_atoms *a = &sys->atoms;
    for (int i = 0; i < a->n; i++) {
        double g[4], m = sys->material.species[a->species[i]].mass * VT_MASS_SPEED2;
        vt_normal4(sys->seed, a->id[i], sys->step, VT_RANDOM_VELOCITY, g);
        for (int d = 0; d < 3; d++) a->v[i][d] = sqrt(VT_KB * temperature / m) * g[d];
    }
    VT_TRY(vt_system_zero_momentum(sys));
    double kinetic[6];
    VT_TRY(vt_system_kinetic(sys, kinetic));
    double now = (kinetic[0] + kinetic[1] + kinetic[2]) / (VT_KB * vt_system_freedom(sys));
    double scale = now > 0 ? sqrt(temperature / now) : 0;
    for (int i = 0; i < a->n; i++)
        for (int d = 0; d < 3; d++) a->v[i][d] *= scale;
    return VT_OK;
}
