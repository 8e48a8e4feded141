/* loss_peak.h: one peak of tan(delta), or of a loss modulus, against temperature at one frequency.
 *
 *     y(T) = h L(x(T)) / L(x_m) + base(T),      x(T) - x_m = (E / k_B) (1 / T - 1 / T_p)
 *
 * with the loss L of Cole and Cole or of Havriliak and Negami (analysis/response.h): a thermally activated
 * relaxation time, tau ~ exp(E / k_B T), goes through omega tau = 1 as T rises. tan(delta) = M'' / M' has
 * this form where the relaxation is weak, M' all but constant over the peak. One scan tells the products a E
 * (its width) and, by its feet only, a = 1 - alpha: the fitted width energy is E_w = a E. Several frequencies
 * tell E alone, by T_p(f) (vt_arrhenius_fit), and a E / E then tells alpha again, better than the feet do.
 *
 * Gaussian: y = h exp(-4 ln 2 (T - T_p)^2 / w^2) + base.
 *
 * A fit that is no peak is refused: T_p or a side at half height outside of the window, a height below three
 * of its errors, or a base that fits as well without it. Errors are by the scatter about the fit, times
 * sqrt[(1 + r) / (1 - r)] where neighbouring residuals are correlated, r > 0: drift, or a law that does not
 * quite fit. */
#ifndef VT_LOSS_PEAK_H
#define VT_LOSS_PEAK_H

#include "analysis/model_fit.h"
#include "core/status.h"

enum vt_loss_form { VT_LOSS_COLE_COLE, VT_LOSS_HAVRILIAK_NEGAMI, VT_LOSS_GAUSSIAN };
/* Exponential: a constant, and a flank that rises to higher temperatures. */
enum vt_loss_base { VT_LOSS_BASE_NONE, VT_LOSS_BASE_CONSTANT, VT_LOSS_BASE_LINEAR, VT_LOSS_BASE_EXPONENTIAL };

enum { VT_LOSS_PARAMETERS = 8 };

struct vt_loss_peak {
    enum vt_loss_form form;
    enum vt_loss_base base_form;
    double place, place_error;   /* T_p [K] */
    double height, height_error; /* above the base */
    double width, width_error;   /* full, at half height [K] */
    double energy, energy_error; /* E_w = a E [eV]; NAN for a Gaussian */
    double alpha, alpha_error;   /* Cole-Cole's; error NAN at a bound */
    double beta, beta_error;     /* Havriliak-Negami's; 1 and 0 else */
    double base;                 /* under the peak, at T_p */
    double scatter, correlation; /* of the residuals; r, 0 or above */
    int points;
    double from, to;                      /* temperatures of the window: of the first and the last point */
    double parameter[VT_LOSS_PARAMETERS]; /* as fitted, for the functions below */
    double covariance[VT_LOSS_PARAMETERS][VT_LOSS_PARAMETERS];
};

/* n points, T [K] ascending; those with from <= T <= to are fitted. VT_EINPUT for a T or y that cannot be;
 * VT_EPHYSICS where there is no peak, with the reason. Local. */
enum vt_status vt_loss_peak_fit(int n, const double *temperature, const double *y, double from, double to,
                                enum vt_loss_form form, enum vt_loss_base base, struct vt_loss_peak *out);
/* The peak alone and its base, at a temperature. */
double vt_loss_peak_value(const struct vt_loss_peak *peak, double temperature);
double vt_loss_peak_base(const struct vt_loss_peak *peak, double temperature);

/* What a second state has changed. Errors of both, as independent. */
struct vt_loss_change {
    double ratio, ratio_error;       /* height over reference height */
    double shift, shift_error;       /* T_p less that of the reference [K] */
    double widening, widening_error; /* width over reference width */
};
void vt_loss_peak_change(const struct vt_loss_peak *reference, const struct vt_loss_peak *state,
                         struct vt_loss_change *out);

#endif
