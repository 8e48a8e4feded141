/* superposition.h: time-temperature superposition: spectra at several temperatures, shifted along log
 * frequency until they lie on one another: the master curve.
 *
 *     y(log10 omega; T) = Y(log10 omega + log10 a_T),      a_T = tau(T) / tau(T_0),   a = 1 at the reference
 *
 * Neighbours in temperature are laid on one another: the shift s with the least mean square of
 *
 *     y_2(x) - y_1(x + s)  at the points of 2,      y_1(x) - y_2(x - s)  at those of 1,
 *
 * where they overlap, values between points by cubic splines. y is a logarithm of a modulus or of tan(delta),
 * or several of them at once, which then share the shift. Its error follows from the scatter v of the
 * differences at the minimum and the slopes there, s^2 = 2 v / sum (dy/dx)^2 (each point meets its
 * neighbours' noise twice); along the chain from the reference squares add up.
 *
 * Reference: Ferry, Viscoelastic Properties of Polymers, 3rd ed., ch. 11. There is no vertical shift here. */
#ifndef VT_SUPERPOSITION_H
#define VT_SUPERPOSITION_H

#include "core/status.h"

enum { VT_SWEEP_CHANNELS = 2 };

struct vt_sweep {
    int n;
    double temperature;
    const double *x;                    /* log10 of the frequency, ascending */
    const double *y[VT_SWEEP_CHANNELS]; /* NULL: not there; the same ones in all sweeps */
    /* Out. */
    double shift, error; /* log10 a_T; 0 and 0 of the reference */
    double mismatch;     /* root mean square of what is left, to the neighbour towards the reference */
};

/* n sweeps by ascending temperature; reference: number of one. overlap: the least share of the shorter of two
 * neighbours that must lie on the other, 0.1 to 0.9. VT_EINPUT for a sweep with fewer than 5 points;
 * VT_EPHYSICS where two do not tell their shift: curves without slope, or the least mismatch at the end of
 * what the overlap allows. Local. */
enum vt_status vt_superpose(int n, struct vt_sweep *sweep, int reference, double overlap);

/* E [eV] of a_T = exp[(E / k_B) (1 / T - 1 / T_0)], by the shifts from neighbour to neighbour. Its error
 * takes them as independent and is stretched where they scatter by more than their errors; as the noise of a
 * curve between two others moves both shifts against each other, it is on the large side (up to twice).
 * *reduced: chi^2 / dof, NAN with two sweeps. Local. */
void vt_superposition_energy(int n, const struct vt_sweep *sweep, double *energy, double *error,
                             double *reduced);

#endif
