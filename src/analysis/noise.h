/* noise.h: the error of a weighted sum over a curve whose noise is correlated, as that of a Fourier transform
 * on a fine grid is.
 *
 *     Var(sum_k c_k y_k) = sum_kl c_k c_l C(|k - l|),     C(l) = (1 - l / (L + 1)) sum_k e_k e_{k+l} / m,   l
 * <= L,
 *
 * with the autocovariance of a sample e (m) of the noise, tapered (Bartlett, so that no variance is negative:
 * Newey & West, Econometrica 55, 703 (1987)) up to an eighth of the sample. */
#ifndef VT_NOISE_H
#define VT_NOISE_H

enum { VT_NOISE_PART = 8 };

/* c (n) and e (m) on the same equal steps. */
double vt_noise_variance(int n, const double *c, int m, const double *e);

#endif
