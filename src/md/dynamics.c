/* dynamics.c: see dynamics.h.
 *
 * A step of length dt:
 *
 *     v += dt/2 f/m            half kick, and half of the flow's term: v (1 - dt/2 L + ...)
 *     h -> h E                 flow over dt, times the barostat's strain; v -> v E_barostat^-T
 *     x -> x E + dt v (1+E)/2  drift; rounded to the grid as a displacement
 *     f                        forces at the new positions
 *     v += dt/2 f/m            half flow and second half kick
 *     thermostat; every few steps the barostat's next strain from the pressure
 *
 * A displacement is computed from the unwrapped position x + image h and rounded before it is added, so it
 * does not depend on which image of the atom a rank holds. */
#include "md/dynamics.h"

#include <math.h>
#include <string.h>

#include "core/random.h"
#include "core/units.h"

static const int A[6] = {0, 1, 2, 1, 2, 2}, B[6] = {0, 1, 2, 0, 0, 1}; /* place in the lower triangle */

static double ramp(const double ends[2], int64_t k, int64_t steps)
{
    return steps > 0 ? ends[0] + (ends[1] - ends[0]) * ((double)k / (double)steps) : ends[1];
}

double vt_control_temperature(const struct vt_control *c, int64_t k)
{
    return ramp(c->temperature, k, c->steps);
}

double vt_control_pressure(const struct vt_control *c, int component, int64_t k)
{
    return ramp((double[2]){c->pressure[0][component], c->pressure[1][component]}, k, c->steps);
}

static enum vt_status kinetic_energy(const struct vt_system *sys, double *kinetic)
{
    double k[6];
    VT_TRY(vt_system_kinetic(sys, k));
    *kinetic = 0.5 * (k[0] + k[1] + k[2]);
    return VT_OK;
}

enum vt_status vt_dynamics_wake(const struct vt_control *c, struct vt_system *sys, bool *drawn)
{
    /* From a millionth of the energy a thermostat finds its way up within some of its times. */
    const double rest = 1e-6;
    double target = vt_control_temperature(c, 0), before, after;
    *drawn = false;
    if (c->thermostat == VT_THERMOSTAT_NONE) return VT_OK;
    VT_TRY(kinetic_energy(sys, &before));
    if (before >= rest * 0.5 * vt_system_freedom(sys) * VT_KB * target) return VT_OK;
    VT_TRY(vt_system_velocities(sys, target));
    VT_TRY(kinetic_energy(sys, &after));
    sys->heat += after - before;
    *drawn = true;
    return VT_OK;
}

enum vt_status vt_dynamics_begin(struct vt_dynamics *dynamics, struct vt_system *sys)
{
    struct vt_state state;
    *dynamics = (struct vt_dynamics){0};
    VT_TRY(vt_system_forces(sys, VT_TOTALS));
    VT_TRY(vt_system_state(sys, &state));
    memcpy(dynamics->last_pressure, state.pressure, sizeof state.pressure);
    return VT_OK;
}

/* A strain of up to 64 is exact in steps of 2^-46. */
static const double strain_grid = 0x1p-46;

static double strain_round(double strain)
{
    return rint(strain / strain_grid) * strain_grid;
}

double vt_wave_strain(const struct vt_wave *w, int64_t half_steps)
{
    int64_t at = half_steps % (2 * w->period); /* exact, and the argument stays small */
    return strain_round(w->amplitude * sin(M_PI * (double)at / (double)w->period));
}

static bool flows(const struct vt_control *c)
{
    if (c->wave.period) return true;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            if (c->flow[a][b] != 0) return true;
    return false;
}

/* Half a kick of step k -> k + 1. With flow, v also turns by exp(-L dt/2), to second order: after the kick in
 * the first half of a step, before it in the second, so that a step is its own mirror image in time. A wave
 * turns it by its strain in that half of the step. */
static void half_kick(struct vt_system *sys, const struct vt_control *c, int64_t k_step, bool second)
{
    struct vt_atoms *a = &sys->atoms;
    bool flow = flows(c);
    double m[3][3]; /* 1 - L dt/2 + (L dt/2)^2 / 2 */
    for (int p = 0; p < 3; p++)
        for (int q = 0; q < 3; q++) {
            double square = 0;
            for (int k = 0; k < 3; k++) square += c->flow[p][k] * c->flow[k][q];
            m[p][q] = (p == q) - 0.5 * c->dt * c->flow[p][q] + 0.125 * c->dt * c->dt * square;
        }
    if (c->wave.period) {
        int64_t half = 2 * k_step + second;
        int q = c->wave.component;
        m[A[q]][B[q]] -= vt_wave_strain(&c->wave, half + 1) - vt_wave_strain(&c->wave, half);
    }
    double kick[VT_SPECIES_MAX];
    for (int s = 0; s < sys->material.n_species; s++)
        kick[s] = 0.5 * c->dt * VT_FORCE_TO_ACCELERATION / sys->material.species[s].mass;
#pragma omp parallel for schedule(static)
    for (int i = 0; i < a->n; i++) {
        double *v = a->v[i], k = kick[a->species[i]];
        if (!second || !flow)
            for (int d = 0; d < 3; d++) v[d] += k * sys->f[i][d];
        if (!flow) continue;
        double u[3] = {v[0], v[1], v[2]};
        for (int d = 0; d < 3; d++) v[d] = u[0] * m[0][d] + u[1] * m[1][d] + u[2] * m[2][d];
        if (second)
            for (int d = 0; d < 3; d++) v[d] += k * sys->f[i][d];
    }
}

/* The map of the barostat's strain: lower triangular, exact logarithmic strain on the diagonal. */
static void strain_map(const double strain[6], double e[3][3])
{
    memset(e, 0, 9 * sizeof(double));
    for (int q = 0; q < 6; q++) e[A[q]][B[q]] = q < 3 ? exp(strain[q]) : strain[q];
}

static void multiply(double p[3][3], double q[3][3], double out[3][3])
{
    double result[3][3] = {{0}};
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            for (int k = 0; k < 3; k++) result[a][b] += p[a][k] * q[k][b];
    memcpy(out, result, sizeof result);
}

/* m with h_old m = h_new - h_old: the displacement of a point x is x m. */
static void displacement_map(const struct vt_cell *from, const struct vt_cell *to, double m[3][3])
{
    const double(*f)[3] = from->h, (*t)[3] = to->h;
    memset(m, 0, 9 * sizeof(double));
    for (int k = 0; k < 3; k++) m[k][k] = (t[k][k] - f[k][k]) / f[k][k];
    m[1][0] = ((t[1][0] - f[1][0]) - f[1][0] * m[0][0]) / f[1][1];
    m[2][1] = ((t[2][1] - f[2][1]) - f[2][1] * m[1][1]) / f[2][2];
    m[2][0] = ((t[2][0] - f[2][0]) - f[2][0] * m[0][0] - f[2][1] * m[1][0]) / f[2][2];
}

/* Shear the cell from a wave's step k to k + 1. The tilts follow grid(gamma(k) times their edge), which is a
 * function of k as long as that edge stays, so a cell without barostat comes back to its bits after each
 * cycle; a flip adds whole edges, which leaves that true of the lattice. */
static void shear_cell(const struct vt_wave *w, int64_t k, struct vt_cell *cell)
{
    double before = vt_wave_strain(w, 2 * k), after = vt_wave_strain(w, 2 * k + 2);
    int normal = A[w->component], along = B[w->component];
    for (int edge = normal; edge < 3; edge++) {
        double height = cell->h[edge][normal];
        cell->h[edge][along] += vt_grid(after * height) - vt_grid(before * height);
    }
}

/* Move the cell by flow and barostat, carry the atoms along, and let them drift: step k -> k + 1. */
static void drift(struct vt_dynamics *dyn, struct vt_system *sys, const struct vt_control *c, int64_t k_step)
{
    struct vt_atoms *a = &sys->atoms;
    bool strained = false;
    for (int q = 0; q < 6; q++) strained |= dyn->strain[q] != 0;
    if (!strained && !flows(c)) {
#pragma omp parallel for schedule(static)
        for (int i = 0; i < a->n; i++)
            for (int d = 0; d < 3; d++) a->x[i][d] += vt_grid(c->dt * a->v[i][d]);
        return;
    }

    double flow[3][3], baro[3][3], e[3][3], m[3][3], inverse[3][3] = {{0}};
    for (int p = 0; p < 3; p++)
        for (int q = 0; q < 3; q++) {
            double square = 0;
            for (int k = 0; k < 3; k++) square += c->flow[p][k] * c->flow[k][q];
            flow[p][q] = (p == q) + c->dt * c->flow[p][q] + 0.5 * c->dt * c->dt * square;
        }
    strain_map(dyn->strain, baro);
    multiply(flow, baro, e);
    struct vt_cell old = sys->cell, next = old;
    if (c->wave.period) shear_cell(&c->wave, k_step, &next);
    if (strained || !c->wave.period) {
        multiply(next.h, e, next.h);
        for (int p = 0; p < 3; p++)
            for (int q = 0; q < 3; q++) next.h[p][q] = vt_grid(next.h[p][q]);
    }
    displacement_map(&old, &next, m);
    /* Peculiar velocities answer the barostat's strain contragrediently: v -> v E^-T keeps phase-space
     * volume. */
    struct vt_cell identity = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}, as_cell;
    memcpy(as_cell.h, baro, sizeof baro);
    vt_cell_map(&as_cell, &identity, inverse);

#pragma omp parallel for schedule(static)
    for (int i = 0; i < a->n; i++) {
        double *v = a->v[i], u[3], from[3], to[3];
        for (int d = 0; d < 3; d++) u[d] = v[0] * inverse[d][0] + v[1] * inverse[d][1] + v[2] * inverse[d][2];
        memcpy(v, u, sizeof u);
        vt_cell_shift(&old, a->image[i], from);
        vt_cell_shift(&next, a->image[i], to);
        double x[3], step[3];
        for (int d = 0; d < 3; d++) {
            x[d] = a->x[i][d] + from[d];
            step[d] = c->dt * v[d];
        }
        for (int d = 0; d < 3; d++) {
            double carried = (x[0] + 0.5 * step[0]) * m[0][d] + (x[1] + 0.5 * step[1]) * m[1][d] +
                             (x[2] + 0.5 * step[2]) * m[2][d];
            a->x[i][d] = (x[d] + vt_grid(carried + step[d])) - to[d];
        }
    }
    sys->cell = next;
    if (c->shear_plane) sys->strain += c->dt * c->flow[A[c->shear_plane]][B[c->shear_plane]];
    if (c->wave.period)
        sys->strain = strain_round(sys->strain) +
                      (vt_wave_strain(&c->wave, 2 * k_step + 2) - vt_wave_strain(&c->wave, 2 * k_step));
    for (int p = 0; p < 3; p++)
        for (int q = 0; q < 3; q++) dyn->strain_since[p][q] += m[p][q];
    memset(dyn->strain, 0, sizeof dyn->strain);
    /* A flip changes how edges are rounded, so it has its place in the motion, not in the making of lists. */
    vt_system_flip(sys);
}

static void scale_velocities(struct vt_system *sys, double factor)
{
    struct vt_atoms *a = &sys->atoms;
#pragma omp parallel for schedule(static)
    for (int i = 0; i < a->n; i++)
        for (int d = 0; d < 3; d++) a->v[i][d] *= factor;
}

/* Chi-squared variate with n degrees of freedom (n > 2): Marsaglia & Tsang, ACM TOMS 26, 363 (2000). */
static double chi_squared(double n, uint64_t seed, int64_t step)
{
    double shape = 0.5 * n, d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (int64_t attempt = 1;; attempt++) {
        double g[4], u[4];
        vt_normal4(seed, attempt, step, VT_RANDOM_RESCALE, g);
        vt_uniform4(seed, -attempt, step, VT_RANDOM_RESCALE, u);
        double v = 1 + c * g[0];
        if (v <= 0) continue;
        v = v * v * v;
        if (log(u[0]) < 0.5 * g[0] * g[0] + d - d * v + d * log(v)) return 2 * d * v;
    }
}

/* Stochastic velocity rescaling over a time: the kinetic energy follows its canonical Langevin equation
 * exactly (Bussi, Donadio, Parrinello 2007, appendix). Returns the factor for all velocities. */
static double rescale_factor(const struct vt_system *sys, double kinetic, double target, double freedom,
                             double ratio)
{
    double g[4], c = exp(-ratio), mean = 0.5 * freedom * VT_KB * target;
    if (kinetic <= 0) return 1;
    vt_normal4(sys->seed, 0, sys->step, VT_RANDOM_RESCALE, g);
    double rest = chi_squared(freedom - 1, sys->seed, sys->step);
    double share = (1 - c) * mean / (freedom * kinetic);
    double square = c + share * (g[0] * g[0] + rest) + 2 * g[0] * sqrt(c * share);
    return sqrt(fmax(square, 0));
}

/* Nose-Hoover chain over dt, with three Suzuki-Yoshida steps. Returns the factor for all velocities. */
static double chain_factor(struct vt_dynamics *dyn, double twice_kinetic, double target, double freedom,
                           double dt, double tau)
{
    static const double yoshida[3] = {1.3512071919596578, -1.7024143839193153, 1.3512071919596578};
    double kt = VT_KB * target, mass[VT_CHAIN], factor = 1, *v = dyn->chain_v;
    for (int k = 0; k < VT_CHAIN; k++) mass[k] = (k ? 1 : freedom) * kt * tau * tau;
#define PUSH(k)                                                                                              \
    ((k ? mass[k - 1] * v[k - 1] * v[k - 1] - kt : factor * factor * twice_kinetic - freedom * kt) / mass[k])
    for (int y = 0; y < 3; y++) {
        double h = yoshida[y] * dt;
        v[VT_CHAIN - 1] += 0.5 * h * PUSH(VT_CHAIN - 1);
        for (int k = VT_CHAIN - 2; k >= 0; k--) {
            double drag = exp(-0.25 * h * v[k + 1]);
            v[k] = (v[k] * drag + 0.5 * h * PUSH(k)) * drag;
        }
        factor *= exp(-h * v[0]);
        for (int k = 0; k < VT_CHAIN; k++) dyn->chain_x[k] += h * v[k];
        for (int k = 0; k < VT_CHAIN - 1; k++) {
            double drag = exp(-0.25 * h * v[k + 1]);
            v[k] = (v[k] * drag + 0.5 * h * PUSH(k)) * drag;
        }
        v[VT_CHAIN - 1] += 0.5 * h * PUSH(VT_CHAIN - 1);
    }
#undef PUSH
    return factor;
}

/* v -> c v + sqrt((1 - c^2) kT/m) g: friction and noise of a Langevin bath over dt; momentum taken out again.
 */
static enum vt_status langevin(struct vt_system *sys, double target, double dt, double tau)
{
    struct vt_atoms *a = &sys->atoms;
    double c = exp(-dt / tau);
#pragma omp parallel for schedule(static)
    for (int i = 0; i < a->n; i++) {
        double g[4], m = sys->material.species[a->species[i]].mass * VT_MASS_SPEED2;
        vt_normal4(sys->seed, a->id[i], sys->step, VT_RANDOM_LANGEVIN, g);
        double kick = sqrt((1 - c * c) * VT_KB * target / m);
        for (int d = 0; d < 3; d++) a->v[i][d] = c * a->v[i][d] + kick * g[d];
    }
    return vt_system_zero_momentum(sys);
}

static enum vt_status thermostat(struct vt_dynamics *dyn, struct vt_system *sys, const struct vt_control *c,
                                 int64_t k)
{
    double target = vt_control_temperature(c, k), freedom = vt_system_freedom(sys), before, factor;
    if (c->thermostat == VT_THERMOSTAT_NONE) return VT_OK;
    if (c->thermostat == VT_THERMOSTAT_RESCALE && k % VT_COUPLE_EVERY) return VT_OK;
    VT_TRY(kinetic_energy(sys, &before));
    if (c->thermostat == VT_THERMOSTAT_LANGEVIN) {
        double after;
        VT_TRY(langevin(sys, target, c->dt, c->thermostat_time));
        VT_TRY(kinetic_energy(sys, &after));
        sys->heat += after - before;
        return VT_OK;
    }
    if (c->thermostat == VT_THERMOSTAT_RESCALE)
        factor = rescale_factor(sys, before, target, freedom, VT_COUPLE_EVERY * c->dt / c->thermostat_time);
    else
        factor = chain_factor(dyn, 2 * before, target, freedom, c->dt, c->thermostat_time);
    scale_velocities(sys, factor);
    sys->heat += (factor * factor - 1) * before;
    return VT_OK;
}

/* A target far away must not tear the sample: at most 1 % a coupling. The noise is bounded by kT, and a limit
 * on it would narrow the distribution of the volume. */
static double careful(double strain)
{
    return fmax(-0.01, fmin(0.01, strain));
}

/* Stochastic cell rescaling: the next strain of the controlled components over a time [ps].
 *
 *     d eps = (beta / 3 tau) (P - P0) dt + sqrt(2 beta kT / (3 V tau)) dW        each edge (logarithmic
 * strain) d eps = (beta / tau) ... of the mean pressure for all edges together       isotropic
 *
 * In logarithmic strain the drift needs no term in kT: those of the measure and of the noise cancel. The
 * volume has the density exp(-P0 V/kT) Z(V) dV, and the mean of each controlled component is its target. A
 * tilt collects the strains xy and yx of a symmetric cell, so its drift and variance are twice those of an
 * edge.
 */
static void barostat(struct vt_dynamics *dyn, const struct vt_system *sys, const struct vt_control *c,
                     const struct vt_state *s, int64_t k, double time)
{
    double noise[8], kt = VT_KB * vt_control_temperature(c, k);
    if (c->thermostat == VT_THERMOSTAT_NONE) kt = VT_KB * s->temperature;
    vt_normal4(sys->seed, 1, sys->step, VT_RANDOM_CELL, noise);
    vt_normal4(sys->seed, 2, sys->step, VT_RANDOM_CELL, noise + 4);
    double mobility = c->compressibility * time / (3 * c->barostat_time);
    double spread = sqrt(2 * mobility * kt / s->volume);
    if (c->barostat == VT_BAROSTAT_ISO) {
        double excess = 0;
        for (int q = 0; q < 3; q++) excess += (s->pressure[q] - vt_control_pressure(c, q, k)) / 3;
        for (int q = 0; q < 3; q++) dyn->strain[q] = careful(mobility * excess) + spread * noise[0] / sqrt(3);
    } else
        for (int q = 0; q < 6; q++) {
            if (!c->controlled[q]) continue;
            double weight = q < 3 ? 1 : 2;
            double excess = s->pressure[q] - vt_control_pressure(c, q, k);
            dyn->strain[q] = careful(weight * mobility * excess) + sqrt(weight) * spread * noise[q];
        }
}

/* Book the work of the moving cell since the last coupling: -V P : strain, with the mean of both pressures.
 */
static void book_work(struct vt_dynamics *dyn, struct vt_system *sys, const struct vt_state *s)
{
    for (int q = 0; q < 6; q++)
        sys->work -=
            0.5 * s->volume * (dyn->last_pressure[q] + s->pressure[q]) * dyn->strain_since[A[q]][B[q]];
    memset(dyn->strain_since, 0, sizeof dyn->strain_since);
    memcpy(dyn->last_pressure, s->pressure, sizeof dyn->last_pressure);
}

enum vt_status vt_dynamics_step(struct vt_dynamics *dyn, const struct vt_control *c, struct vt_system *sys,
                                int64_t k, bool totals)
{
    bool moving = c->barostat != VT_BAROSTAT_NONE || flows(c);
    bool couple = moving && (k + 1) % VT_COUPLE_EVERY == 0;
    bool book = couple || (moving && k + 1 == c->steps); /* the ledger is complete at the end of a stage */
    half_kick(sys, c, k, false);
    drift(dyn, sys, c, k);
    sys->step++;
    sys->time += c->dt;
    VT_TRY(vt_system_forces(sys, book || totals ? VT_TOTALS : VT_FORCES));
    half_kick(sys, c, k, true);
    VT_TRY(thermostat(dyn, sys, c, k + 1));
    if (!book) return VT_OK;
    struct vt_state state;
    VT_TRY(vt_system_state(sys, &state));
    book_work(dyn, sys, &state);
    if (couple && c->barostat != VT_BAROSTAT_NONE)
        barostat(dyn, sys, c, &state, k + 1, VT_COUPLE_EVERY * c->dt);
    return VT_OK;
}
