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
/* The same, and its parts from 0 to each edge; edges ascending, none beyond the last point (beyond it: the
 * whole). A part ends between two points as the integrand's straight line has it, so differences of parts add
 * up to the whole. */
struct vt_curve_entropy vt_curve_s_parts(int n, const double *r, const double *g, double rho, double r_core,
                                         int edges, const double *edge, double *part);
/* dS/dg of each point, to first order: c_k = -2 pi rho r_k^2 ln g_k w_k with the weight w_k of the trapezoid
 * rule; 0 in the core and where g <= 0. ln g is taken as that of VT_CURVE_G_SMALL where g is smaller: errors
 * of g are not, so first order ends there. */
#define VT_CURVE_G_SMALL 0.01
void vt_curve_s_weights(int n, const double *r, const double *g, double rho, double r_core, double *c);

/* The density of G(r) = -4 pi rho r for 0 < r <= to, by least squares. *error: from what is left, with its
 * correlation (noise.h); points on equal steps. */
double vt_curve_density(int n, const double *r, const double *reduced, double to, double *error);

#endif
