/* local_motion.c: see local_motion.h. */
#include "analysis/local_motion.h"

#include <math.h>
#include <string.h>

/* H of e H = m, least squares: by the factor L of sum e^T e = L L^T. False if the neighbours lie in a plane,
 * about: thinner than a hundredth of their distance. */
static bool fit(int n, const double (*e)[3], const double (*m)[3], double H[3][3])
{
    const double flat = 1e-4;
    double A[3][3] = {{0}}, B[3][3] = {{0}};
    for (int k = 0; k < n; k++)
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                A[i][j] += e[k][i] * e[k][j];
                B[i][j] += e[k][i] * m[k][j];
            }
    double least = flat * (A[0][0] + A[1][1] + A[2][2]);
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j <= i; j++) {
            double rest = A[i][j];
            for (int k = 0; k < j; k++) rest -= A[i][k] * A[j][k];
            if (i == j && !(rest > least)) return false;
            A[i][j] = i == j ? sqrt(rest) : rest / A[j][j];
        }
    }
    for (int c = 0; c < 3; c++) {
        double y[3];
        for (int i = 0; i < 3; i++) {
            y[i] = B[i][c];
            for (int k = 0; k < i; k++) y[i] -= A[i][k] * y[k];
            y[i] /= A[i][i];
        }
        for (int i = 2; i >= 0; i--) {
            for (int k = i + 1; k < 3; k++) y[i] -= A[k][i] * y[k];
            H[i][c] = y[i] /= A[i][i];
        }
    }
    return true;
}

static double left_over(int n, const double (*e)[3], const double (*m)[3], double H[3][3])
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        for (int d = 0; d < 3; d++) {
            double r = m[k][d] - (e[k][0] * H[0][d] + e[k][1] * H[1][d] + e[k][2] * H[2][d]);
            sum += r * r;
        }
    return sum / n;
}

/* D = J - 1 = (F - 1) + F H, or H. */
static void change(double H[3][3], const double (*base)[3], double D[3][3])
{
    memcpy(D, H, 9 * sizeof(double));
    for (int i = 0; i < 3 && base; i++)
        for (int j = 0; j < 3; j++)
            D[i][j] = (base[i][j] - (i == j)) +
                      (base[i][0] * H[0][j] + base[i][1] * H[1][j] + base[i][2] * H[2][j]);
}

/* (D + D^T + D D^T)/2 */
static void find_strain(double D[3][3], struct vt_local_motion *out)
{
    static const int A[6] = {0, 1, 2, 0, 0, 1}, B[6] = {0, 1, 2, 1, 2, 2};
    double *s = out->strain;
    for (int k = 0; k < 6; k++) {
        const double *a = D[A[k]], *b = D[B[k]];
        s[k] = 0.5 * ((a[B[k]] + b[A[k]]) + (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]));
    }
    double xy = s[0] - s[1], yz = s[1] - s[2], zx = s[2] - s[0];
    out->mises = sqrt(s[3] * s[3] + s[4] * s[4] + s[5] * s[5] + (xy * xy + yz * yz + zx * zx) / 6);
    out->volumetric = (s[0] + s[1] + s[2]) / 3;
}

/* The cofactors of x, and its determinant: the inverse is the transpose of C / det. */
static double cofactors(double x[3][3], double C[3][3])
{
    for (int i = 0; i < 3; i++) {
        const double *a = x[(i + 1) % 3], *b = x[(i + 2) % 3];
        for (int d = 0; d < 3; d++)
            C[i][d] = a[(d + 1) % 3] * b[(d + 2) % 3] - a[(d + 2) % 3] * b[(d + 1) % 3];
    }
    return x[0][0] * C[0][0] + x[0][1] * C[0][1] + x[0][2] * C[0][2];
}

/* R of J = U R: X -> (g X + X^-T / g)/2, g = det^(-1/3) while that is far from 1, converges to it with the
 * square of the rest (Higham, SIAM J. Sci. Stat. Comput. 7, 1160 (1986)). */
static bool find_rotation(double D[3][3], double R[3][3])
{
    enum { MOST = 60 };
    double C[3][3], rest = 1;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) R[i][j] = D[i][j] + (i == j);
    if (!(cofactors(R, C) > 0)) return false;
    for (int step = 0; step < MOST && rest > 1e-9; step++) {
        double det = cofactors(R, C), g = fabs(det - 1) > 0.1 ? 1 / cbrt(det) : 1;
        rest = 0;
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                double next = 0.5 * (g * R[i][j] + C[i][j] / (g * det));
                rest = fmax(rest, fabs(next - R[i][j]));
                R[i][j] = next;
            }
    }
    return rest <= 1e-9;
}

/* A row turned about z by a small angle goes from x towards y: R_xy = sin. */
static void find_angle(double R[3][3], struct vt_local_motion *out)
{
    const double w[3] = {(R[1][2] - R[2][1]) / 2, (R[2][0] - R[0][2]) / 2, (R[0][1] - R[1][0]) / 2};
    double sine = sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]);
    out->angle = atan2(sine, (R[0][0] + R[1][1] + R[2][2] - 1) / 2) * (180 / M_PI);
    for (int d = 0; d < 3; d++) out->turn[d] = sine > 0 ? out->angle * (w[d] / sine) : 0;
}

void vt_local_motion(int n, const double (*e)[3], const double (*m)[3], const double (*base)[3],
                     struct vt_local_motion *out)
{
    double H[3][3], D[3][3], R[3][3];
    *out = (struct vt_local_motion){.neighbours = n};
    if (n < VT_LOCAL_LEAST || !fit(n, e, m, H)) return;
    out->fitted = true;
    out->d2min = left_over(n, e, m, H);
    change(H, base, D);
    find_strain(D, out);
    out->turned = find_rotation(D, R);
    if (out->turned) find_angle(R, out);
}
