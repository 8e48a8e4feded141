/* local_motion.h: how the neighbourhood of one atom was deformed and turned, and what no deformation
 * explains.
 *
 * Vectors are rows, as everywhere: a deformation J takes the vector d to a neighbour to d J. Of all of them,
 * the local one leaves least of the n neighbours' vectors d -> d':
 *
 *     D2min = (1/n) min_J sum |d' - d J|^2,        J = (sum d^T d)^-1 (sum d^T d')
 *     eta   = (J J^T - 1)/2                         strain (Green, Lagrange)
 *     von Mises: sqrt(eta_xy^2 + eta_xz^2 + eta_yz^2
 *                     + ((eta_xx - eta_yy)^2 + (eta_yy - eta_zz)^2 + (eta_zz - eta_xx)^2)/6)
 *     volumetric: tr eta / 3
 *     J = U R                                       U = (J J^T)^1/2 stretches, then R turns
 *
 * What is fitted is how vectors change beyond a base deformation F, as D2min does not depend on it: with
 * e = d F and m = d' - e the fit of m by e H leaves the same, and J = F (1 + H). So small numbers stay exact.
 *
 * References: Falk & Langer, PRE 57, 7192 (1998), whose D2min is the sum, not the mean; Shimizu, Ogata & Li,
 * Mater. Trans. 48, 2923 (2007), for the strain and its invariant. */
#ifndef VT_LOCAL_MOTION_H
#define VT_LOCAL_MOTION_H

#include <stdbool.h>

enum { VT_LOCAL_LEAST = 4 }; /* neighbours; three can always be fitted */

struct vt_local_motion {
    int neighbours;
    bool fitted;  /* at least VT_LOCAL_LEAST neighbours that do not lie in a plane; else the rest is 0 */
    double d2min; /* angstrom^2, mean over neighbours */
    double strain[6], mises, volumetric; /* xx yy zz xy xz yz */
    bool turned;           /* J keeps right hands right, so there is an R; else what follows is 0 */
    double angle, turn[3]; /* of R, degrees: 0 .. 180; times its axis, counted right-handed */
};

/* From e and m [angstrom], (n, 3) each. base: F, or NULL for J = 1 + H, against the base. */
void vt_local_motion(int n, const double (*e)[3], const double (*m)[3], const double (*base)[3],
                     struct vt_local_motion *out);

#endif
