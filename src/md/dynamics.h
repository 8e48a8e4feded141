/* dynamics.h: one step in time: velocity Verlet with flow, thermostat and barostat.
 *
 * Velocities are peculiar: what is left after the cell's own motion. With the velocity gradient L of the
 * cell (rows: dx/dt = x L, lower triangular as the cell is) the equations are the SLLOD equations
 *
 *     dx/dt = v + x L,    dv/dt = f/m - v L,    dh/dt = h L
 *
 * so a thermostat that acts on v leaves the flow alone. A barostat moves the cell too, by strains that
 * are applied with the drift of the next step.
 *
 * L is constant, or that of a wave: simple shear, whose strain gamma is a function of the step number alone.
 * Simple shears add and commute, so both the cell and v -> v - v (gamma' - gamma) follow gamma exactly.
 *
 * References: Evans & Morriss, Statistical Mechanics of Nonequilibrium Liquids, ch. 6; Todd & Daivis, Mol.
 * Simul. 33, 189 (2007); Bussi, Donadio, Parrinello, JCP 126, 014101 (2007); Martyna, Klein, Tuckerman, JCP
 * 97, 2635 (1992); Bernetti & Bussi, JCP 153, 114107 (2020); Del Tatto et al., Appl. Sci. 12, 1139 (2022). */
#ifndef VT_DYNAMICS_H
#define VT_DYNAMICS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/frame.h"
#include "md/system.h"

enum vt_thermostat {
    VT_THERMOSTAT_NONE,
    VT_THERMOSTAT_RESCALE,
    VT_THERMOSTAT_NOSE_HOOVER,
    VT_THERMOSTAT_LANGEVIN
};
enum vt_barostat { VT_BAROSTAT_NONE, VT_BAROSTAT_ISO, VT_BAROSTAT_ORTHO, VT_BAROSTAT_TRI };

/* What a stage asks of the motion. Targets go linearly from [0] to [1] over the steps of the stage. */
struct vt_control {
    double dt; /* ps */
    int64_t steps;
    enum vt_thermostat thermostat;
    double thermostat_time; /* ps */
    double temperature[2];  /* K */
    enum vt_barostat barostat;
    double barostat_time;   /* ps */
    double compressibility; /* angstrom^3/eV */
    bool controlled[6];     /* stress components that the barostat moves: xx yy zz xy xz yz */
    double pressure[2][6];  /* eV/angstrom^3, compression positive */
    bool ramp_pressure;     /* the pressure goes from what it was to its target over the stage */
    double flow[3][3];      /* imposed velocity gradient L, 1/ps */
    int shear_plane;        /* component (3 xy, 4 xz, 5 yz) whose strain is accumulated; 0 if none */
    struct vt_wave wave;    /* imposed besides; a stage has a flow or a wave, not both */
};

enum { VT_CHAIN = 3 };

/* The memory of thermostat and barostat: part of a checkpoint. */
struct vt_dynamics {
    double chain_x[VT_CHAIN], chain_v[VT_CHAIN]; /* Nose-Hoover chain: positions, velocities [1/ps] */
    double strain[6];                            /* barostat strain to apply with the next drift */
    double last_pressure[6];                     /* at the last coupling, for the work ledger */
    double strain_since[3][3];                   /* cell strain since then */
};

/* Steps between couplings of the stochastic thermostat and the barostat, and between entries of the work
 * ledger. */
enum { VT_COUPLE_EVERY = 5 };

/* Targets at step k of a stage. */
double vt_control_temperature(const struct vt_control *control, int64_t k);
double vt_control_pressure(const struct vt_control *control, int component, int64_t k);

/* A sample at rest cannot be heated by a thermostat that scales velocities. If the stage has a thermostat and
 * the sample next to no kinetic energy (after a minimisation), give it velocities at the temperature of the
 * first step, drawn as those of a new sample are, and book the heat; *drawn says whether. Before
 * vt_dynamics_begin. Collective. */
enum vt_status vt_dynamics_wake(const struct vt_control *control, struct vt_system *sys, bool *drawn);
/* Strain of a wave after half_steps / 2 steps: on a binary grid, so that differences add up without rounding.
 */
double vt_wave_strain(const struct vt_wave *wave, int64_t half_steps);
/* Make forces current and forget the memory of former stages. Collective. */
enum vt_status vt_dynamics_begin(struct vt_dynamics *dynamics, struct vt_system *sys);
/* Go from step k to k + 1 of a stage. totals: the energy and virial are wanted after it too.
 * Collective. */
enum vt_status vt_dynamics_step(struct vt_dynamics *dynamics, const struct vt_control *control,
                                struct vt_system *sys, int64_t k, bool totals);

#endif
