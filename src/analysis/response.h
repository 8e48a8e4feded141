/* response.h: how a modulus answers at an angular frequency omega, and the fit of its law.
 *
 *     M*(omega) = M' + i M'' = M_U - Delta / [1 + (i omega tau)^(1 - alpha)]^beta
 *
 * Havriliak and Negami's law, written for a modulus as Hartmann, Lee & Lee (J. Acoust. Soc. Am. 95, 226
 * (1994)) do: M_U unrelaxed, M_R = M_U - Delta relaxed. beta = 1: Cole and Cole; alpha = 0 too: Debye, which
 * is Zener's standard solid. The loss of unit strength at x = ln(omega tau), a = 1 - alpha, is
 *
 *     L(x) = |z|^-beta sin(beta arg z),      z = 1 + e^(a x) e^(i a pi/2)
 *          = sin(a pi/2) / (2 [cosh(a x) + cos(a pi/2)])                                     beta = 1
 *
 * For beta = 1 its maximum, at omega tau = 1, is tan(a pi/4) / 2; else it is at
 *
 *     omega tau = [sin(a pi / (2 + 2 beta)) / sin(a beta pi / (2 + 2 beta))]^(1/a)
 *
 * (Diaz-Calleja, Macromolecules 33, 8924 (2000)). Zener's tan(delta) has its maximum Delta / (2 sqrt(M_R
 * M_U)) at omega tau = sqrt(M_R / M_U). */
#ifndef VT_RESPONSE_H
#define VT_RESPONSE_H

#include "analysis/model_fit.h"
#include "core/status.h"

enum vt_response_form { VT_RESPONSE_DEBYE, VT_RESPONSE_COLE_COLE, VT_RESPONSE_HAVRILIAK_NEGAMI };

struct vt_response {
    double unrelaxed, strength, tau, alpha, beta; /* M_U, Delta, tau (1 / unit of omega), alpha, beta */
};

void vt_response_value(const struct vt_response *law, double omega, double *storage, double *loss);
/* L(x) and the x of its maximum. */
double vt_response_loss(double x, double a, double beta);
double vt_response_loss_place(double a, double beta);

struct vt_response_fit {
    enum vt_response_form form;
    struct vt_response law;
    /* Errors; NAN at a bound, 0 where the form has the value. Without a storage modulus M_U is 0, and Delta
     * is of the loss alone. */
    struct vt_response error;
    double peak, peak_error;     /* omega of the maximum of loss */
    double height, height_error; /* of the loss there */
    double storage_scatter, loss_scatter;
    double covariance[5][5]; /* of M_U, Delta, tau, alpha, beta */
};

/* Fit a spectrum: n angular frequencies, ascending; storage may be NULL. Storage and loss weigh as they
 * scatter about a first fit. VT_EPHYSICS where the loss has no maximum within the frequencies, or the law
 * does not fit one there. Local. */
enum vt_status vt_response_fit(int n, const double *omega, const double *storage, const double *loss,
                               enum vt_response_form form, struct vt_response_fit *out);

#endif
