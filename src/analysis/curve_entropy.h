/* curve_entropy.h: the equivalent entropy of a curve G(r), measured or simulated alike.
 *
 *     g = 1 + G / (4 pi rho r),     S_eq = -2 pi rho int_0^r_end [g ln g - g + 1] r^2 dr      [k_B an atom]
 *
 * A measured G has ripples below the first shell, where g must be 0, and noise, where g may come out
 * negative. The rule: below r_core g is 0 whatever G says; beyond it, g <= 0 counts as 0, and such points are
 * counted. */
#ifndef VT_CURVE_ENTROPY_H
#define VT_CURVE_ENTROPY_H

struct vt_curve_entropy {
    double s;      /* k_B an atom */
    int negative;  /* points beyond r_core where g <= 0 */
    double lowest; /* the least g beyond r_core */
};

/* g from G; n points at r > 0 [angstrom], rho [atoms / angstrom^3]. Below r_core it is 0. */
void vt_curve_g(int n, const double *r, const double *reduced, double rho, double r_core, double *g);
/* S_eq of a curve by the trapezoid rule, from 0 to the last point; r ascending. */
struct vt_curve_entropy vt_curve_s(int n, const double *r, const double *g, double rho, double r_core);

#endif
