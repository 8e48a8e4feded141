/* instrument.h: what a diffractometer makes of S(q): its resolution and its counting noise.
 *
 *     S'(q) = int S(p) N(q - p; q_broad p) dp            N a normal distribution of this standard deviation
 *     S''(q) = S'(q) + s(q) x,   s = I' / (|<f>|^2 sqrt(n)),   n(q) = counts I'(q) / mean of I'
 *
 * with the intensity an atom I' = |<f>|^2 (S' - 1) + <|f|^2>, x a standard normal number of its own for each
 * q, and counts: photons or neutrons in a step of q, on average over the window. Incoherent scattering and
 * background, which add noise, are not in it.
 *
 * q_broad is a share, dq / q, as a detector or a wavelength spread gives it; it widens a peak of g(r) at r by
 * q_broad r. (In the fits of PDFgui a number of this name widens a peak in proportion to its own width.)
 *
 * Reference: Egami & Billinge, Underneath the Bragg Peaks, 2nd ed. (2012), ch. 5 and app. 5. */
#ifndef VT_INSTRUMENT_H
#define VT_INSTRUMENT_H

#include <stdint.h>

struct vt_instrument {
    double q_broad, counts; /* counts 0: no noise */
    int64_t noise_seed;
};

/* What is measured of S at n ascending, evenly spaced q, from the first-th on; before it, S is only smeared.
 * At the ends of the range the resolution sees what there is.
 *
 * mean_squared, mean_square  (n) |<f>|^2 and <|f|^2>
 * stream                     of random numbers
 * measured                   (n)
 * noise                      (n) its standard deviation s(q) */
void vt_instrument_measure(const struct vt_instrument *instrument, int n, int first, const double *q,
                           const double *s, const double *mean_squared, const double *mean_square, int stream,
                           double *measured, double *noise);

#endif
