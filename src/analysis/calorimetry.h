/* calorimetry.h: the glass transition in a heat capacity Cp(T), or in what has a heat capacity for its slope:
 * H(T), V(T), S_eq(T).
 *
 * Below and above the transition polynomials are fitted, g to the glass and l to the liquid, each in a window
 * that the caller states. The fictive temperature T_f is Moynihan's, in integral form:
 *
 *     int_{T_f}^{T_1} (l - g) dT = int_{T_2}^{T_1} (Cp - g) dT,     T_2 in the glass, T_1 in the liquid
 *
 * (Moynihan, Easteal, DeBolt & Tucker, J. Am. Ceram. Soc. 59, 12 (1976)). Of an integral (VT_CURVE_INTEGRAL)
 * the right side is known without a slope: T_f is where the two polynomials, drawn on, meet; no derivative's
 * noise comes in. Everything else is of the smoothed Cp, or of the smoothed slope:
 *
 *     onset          where the tangent at the steepest place of the step meets g
 *     half           where Cp is midway between g and l
 *     step           l - g at T_f
 *     overshoot      largest Cp - l, at `peak` (none where it is less than three errors or 2 % of the step,
 * or its area is less than three errors or that height times a tenth of `smooth`: a sharp step is smoothed to
 * an overshoot that has no area); its area is that of Cp, as given, less l, over the stretch around it where
 * the smoothed Cp > l exotherm       area of g - Cp, where that is positive, before the step: what was
 * released below T_g
 *
 * Noise has tangents and maxima too. A place is not given (NaN) where its error is a third of what is between
 * the windows, or the smoothed curve ripples in the windows by a fourth of the step (rms), and no peak that
 * is lower than four such ripples.
 *
 * Errors are those of a block bootstrap of prewhitened residuals: of e_i = phi e_{i-1} + u_i in the windows
 * stretches of u, long enough for what correlation is left, are drawn anew, summed up to noise and added to
 * polynomials and curve (Kuensch, Ann. Statist. 17, 1217 (1989); Andrews & Monahan, Econometrica 60, 953
 * (1992)). phi is freed from what the fit of the polynomials takes of it. So they hold for noise like that in
 * the windows, and not for a baseline that is no polynomial. */
#ifndef VT_CALORIMETRY_H
#define VT_CALORIMETRY_H

#include <stdint.h>

#include "core/status.h"

enum vt_curve_kind { VT_CURVE_CAPACITY, VT_CURVE_INTEGRAL };
enum { VT_BASELINE_DEGREE_MAX = 2 };

struct vt_calorimetry_options {
    double glass[2], liquid[2]; /* K */
    int degree;                 /* of both polynomials: 1 or 2 */
    double smooth; /* K, width of the local parabolas; NaN: a tenth of what is between the windows, of an
                      integral a third */
    int resamples; /* 0: no errors (NaN) */
    int64_t seed;
};

/* A polynomial in T - center, as many coefficients as degree + 1. */
struct vt_baseline {
    double center, coefficient[VT_BASELINE_DEGREE_MAX + 1];
    int degree;
};

struct vt_number {
    double value, error;
};

/* Temperatures in K, steps and heights in the unit of Cp, areas in that times K. NaN: there is none. */
struct vt_transition {
    struct vt_number fictive, onset, half, inflection, step;
    struct vt_number peak, overshoot, overshoot_area, exotherm;
    struct vt_baseline glass, liquid; /* of what was given: of the integral, where that was given */
    double noise;                     /* rms of the residuals in the windows */
    double persistence;               /* correlation of neighbouring points of the noise */
    int block;                        /* points of a block of what is new in the noise */
    double ripple;                    /* rms of the smoothed curve about the baselines, in the unit of Cp */
    double smooth;                    /* K, as used */
};

/* n points, T ascending. VT_EINPUT where windows do not lie in the data or hold too few points; VT_EPHYSICS
 * where there is no transition between them: no step of three times its error, or areas that no T_f
 * matches. Local. */
enum vt_status vt_transition_fit(enum vt_curve_kind kind, int n, const double *t, const double *y,
                                 const struct vt_calorimetry_options *options, struct vt_transition *out);
double vt_baseline_value(const struct vt_baseline *b, double t);
double vt_baseline_slope(const struct vt_baseline *b, double t);
/* Smoothed Cp, or smoothed slope of an integral (n), NaN within half of `smooth` from its ends. Local. */
enum vt_status vt_transition_capacity(enum vt_curve_kind kind, int n, const double *t, const double *y,
                                      double smooth, double *capacity);
/* int (Cp - reference) dT from one temperature to the other, by the trapezoid rule; the reference, m points,
 * is taken between its points on a straight line. The enthalpy that a first scan recovers against a second.
 * VT_EINPUT where one of them does not reach that far. Local. */
enum vt_status vt_recovery_enthalpy(int n, const double *t, const double *cp, int m,
                                    const double *reference_t, const double *reference, double from,
                                    double to, double *area);

#endif
