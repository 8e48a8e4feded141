/* minimise.c: FIRE, the fast inertial relaxation engine.
 *
 * Newton's dynamics with all masses equal, whose velocity is turned towards the force,
 *
 *     v <- (1 - alpha) v + alpha |v| f/|f|,
 *
 * which gains speed while P = f.v > 0, and stops, stepping half back, when it goes uphill. All sums are
 * exact, so the minimum that is found has the same bits on any number of ranks.
 *
 * References: Bitzek, Koskinen, Gaehler, Moseler, Gumbsch, PRL 97, 170201 (2006); the variant with mixing
 * before the step and the step back: Guenole et al., Comput. Mater. Sci. 175, 109584 (2020), whose constants
 * are used. */
#include "md/minimise.h"

#include <math.h>
#include <string.h>

#include "core/exact.h"
#include "core/parallel.h"
#include "core/signals.h"
#include "core/units.h"

enum { DELAY = 20 };
static const double dt_start = 0.002, dt_min = 2e-5; /* ps, for a mass of MASS */
/* Steps beyond 2/omega make the stiffest vibration grow. The narrowest places of a sheared glass need less
 * than 0.02 ps: forces there stay at 0.1 eV/angstrom, whatever the number of steps. */
static const double dt_max = 0.0125;
static const double grow = 1.1, shrink = 0.5, alpha_start = 0.25, alpha_shrink = 0.99;
static const double MASS = 60; /* u */

struct sums {
    double power, f2, v2; /* f.v, f.f, v.v */
    double largest;       /* force component */
    int signal;           /* that any rank got */
};

static enum vt_status add_up(const struct vt_system *sys, struct sums *sums)
{
    struct vt_exact exact[3] = {0};
    double largest = 0, value[3];
    const struct vt_atoms *a = &sys->atoms;
    for (int i = 0; i < a->n; i++) {
        const double *f = sys->f[i], *v = a->v[i];
        vt_exact_add(&exact[0], f[0] * v[0] + f[1] * v[1] + f[2] * v[2]);
        vt_exact_add(&exact[1], f[0] * f[0] + f[1] * f[1] + f[2] * f[2]);
        vt_exact_add(&exact[2], v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        /* Written so that a force that is not a number counts as the largest of all. */
        for (int d = 0; d < 3; d++)
            if (!(fabs(f[d]) <= largest)) largest = isfinite(f[d]) ? fabs(f[d]) : INFINITY;
        if (i % 4096 == 0)
            for (int k = 0; k < 3; k++) vt_exact_tidy(&exact[k]);
    }
    VT_TRY(vt_exact_reduce(sys->ranks.comm, exact, 3, value));
    double most[2] = {largest, vt_signals_seen()};
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, most, 2, MPI_DOUBLE, MPI_MAX, sys->ranks.comm)));
    sums->largest = most[0], sums->signal = (int)most[1];
    if (!isfinite(sums->largest)) VT_TRY(vt_system_check_numbers(sys));
    sums->power = value[0], sums->f2 = value[1], sums->v2 = value[2];
    return VT_OK;
}

/* x += factor v, no atom farther than limit. */
static void move(struct vt_system *sys, double factor, double limit)
{
    struct vt_atoms *a = &sys->atoms;
    for (int i = 0; i < a->n; i++) {
        const double *v = a->v[i];
        double length = fabs(factor) * sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        double scale = length > limit ? factor * (limit / length) : factor;
        for (int d = 0; d < 3; d++) a->x[i][d] += vt_grid(scale * v[d]);
    }
}

enum vt_status vt_minimise(struct vt_system *sys, const struct vt_minimise *o, bool *converged,
                           int64_t *steps)
{
    struct vt_atoms *a = &sys->atoms;
    double dt = dt_start, alpha = alpha_start;
    int64_t downhill = 0;
    *converged = false;
    memset(a->v, 0, (size_t)a->n * sizeof *a->v);
    VT_TRY(vt_system_forces(sys, VT_FORCES));
    for (*steps = 0; *steps < o->steps_max; ++*steps) {
        struct sums s;
        VT_TRY(add_up(sys, &s));
        if (s.signal) return VT_RAISE(VT_ESTOP, "stopped by signal %d on the way to a minimum", s.signal);
        if (s.largest <= o->force) {
            *converged = true;
            break;
        }
        /* Forces beyond all bounds: their sums are not numbers, and the way goes straight downhill. */
        if (s.power > 0) {
            if (++downhill > DELAY) {
                dt = fmin(dt * grow, dt_max);
                alpha *= alpha_shrink;
            }
        } else {
            if (*steps > 0) {
                downhill = 0;
                dt = fmax(dt * shrink, dt_min);
                alpha = alpha_start;
                move(sys, -0.5 * dt, o->step_max);
            }
            memset(a->v, 0, (size_t)a->n * sizeof *a->v);
            s.v2 = 0;
        }
        double kick = dt * VT_FORCE_TO_ACCELERATION / MASS;
        /* |v| after the kick, from the sums at hand. */
        double speed = sqrt(fmax(s.v2 + 2 * kick * (s.v2 > 0 ? s.power : 0) + kick * kick * s.f2, 0));
        double turn = s.f2 > 0 ? alpha * speed / sqrt(s.f2) : 0;
        for (int i = 0; i < a->n; i++)
            for (int d = 0; d < 3; d++) {
                double v = a->v[i][d] + kick * sys->f[i][d];
                a->v[i][d] = (1 - alpha) * v + turn * sys->f[i][d];
            }
        move(sys, dt, o->step_max);
        VT_TRY(vt_system_forces(sys, VT_FORCES));
    }
    memset(a->v, 0, (size_t)a->n * sizeof *a->v);
    return vt_system_forces(sys, VT_TOTALS);
}
