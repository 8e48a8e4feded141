/* curves.h: numbers that stand in measured curves: where straight lines cross, where a peak is. */
#ifndef VT_CURVES_H
#define VT_CURVES_H

/* Where the lines fitted to the points (x, y) with x in low[0]..low[1] and in high[0]..high[1] cross: the
 * glass transition in a curve of enthalpy or volume. NAN unless that is between the two windows, and each
 * holds three points. Local. */
double vt_lines_cross(const double *x, const double *y, int n, const double low[2], const double high[2]);

/* A peak of a distribution. */
struct vt_peak {
    double position, height; /* NAN if there is no peak */
    double count;            /* sum of counts in its top, from which the position comes */
};

/* The highest peak of g below x_max: the maximum of a Gaussian through its top.
 *
 * x (n)      middles of bins of equal width
 * g (n)      the distribution
 * count (n)  the counts of which it is made, for weights */
struct vt_peak vt_highest_peak(const double *x, const double *g, const double *count, int n, double x_max);

#endif
