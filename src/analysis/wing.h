/* wing.h: what stands above the flank of a main peak of loss, on the side of high frequencies, that is of low
 * temperatures: the excess wing.
 *
 *     W_i = y_i - main(x_i),     W = A e^(-b x),  x = ln(omega tau):   a power law, W ~ (omega tau)^-b
 *     share = sum W_i / sum y_i over the flank
 *
 * The main peak was fitted elsewhere, near its top; its covariance goes into the errors of b, A and the
 * share. A flank that the main peak accounts for is refused. */
#ifndef VT_WING_H
#define VT_WING_H

#include "analysis/loss_peak.h"
#include "analysis/response.h"
#include "core/status.h"

struct vt_wing {
    double exponent, exponent_error; /* b */
    double share, share_error;
    double amplitude, amplitude_error; /* A at the middle of the flank */
    double middle;                     /* x there */
    int points;
};

/* Of a spectrum, over the angular frequencies from..to, above that of the maximum. VT_EPHYSICS where there is
 * no wing: W below three of its errors. Local. */
enum vt_status vt_wing_of_spectrum(int n, const double *omega, const double *loss,
                                   const struct vt_response_fit *main, double from, double to,
                                   struct vt_wing *out);
/* Of a scan, over the temperatures from..to, below the peak. energy: E of the relaxation [eV], x = (E / k_B)
 * (1 / T - 1 / T_p); NAN: not known, then that of the width, E_w = (1 - alpha) E, is taken, and b is in parts
 * of the main peak's own exponent 1 - alpha: below 1 in a wing. Not of a Gaussian, unless energy is given.
 * Local. */
enum vt_status vt_wing_of_scan(int n, const double *temperature, const double *y,
                               const struct vt_loss_peak *main, double energy, double from, double to,
                               struct vt_wing *out);

#endif
