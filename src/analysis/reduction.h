/* reduction.h: from a diffraction pattern I(q) to S(q), F(q) and G(r). */
#ifndef VT_REDUCTION_H
#define VT_REDUCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/alloy.h"
#include "core/status.h"

enum vt_reduction_route { VT_ROUTE_AD_HOC, VT_ROUTE_ABSOLUTE };
enum vt_reduction_choice { VT_CHOOSE_AUTO, VT_CHOOSE_NO, VT_CHOOSE_YES };

/* What is asked for; q in 1/angstrom, r in angstrom. qmaxinst, qmax and rpoly may be NaN or 0: all data, and
 * what the route takes. */
struct vt_reduction {
    int route, neutron;        /* enum vt_reduction_route; 0 X-rays, 1 neutrons */
    double wavelength, energy; /* angstrom, eV; NaN: not known */
    double bgscale, rpoly, qmaxinst, qmin, qmax, rmin, rmax, rstep;
    double density;      /* atoms/angstrom^3; NaN: not known */
    int compton;         /* is it in the pattern? enum vt_reduction_choice */
    int anomalous;       /* f' and f''? likewise */
    int64_t recoil;      /* power of the recoil factor */
    double polarisation; /* K; NaN: the pattern is corrected already */
    double mut;          /* mu t of the plate; 0: no absorption */
    bool lorch;
};

/* Wavelength [angstrom] of an energy [eV], and the other way round. */
double vt_photon(double value);
/* Options that do not go together, or lack what the others need: VT_EINPUT. Fills in the wavelength from the
 * energy and rpoly by route. Local. */
enum vt_status vt_reduction_check(struct vt_reduction *options);
/* Is Compton scattering subtracted, and are f' and f'' in the form factors? */
bool vt_reduction_compton(const struct vt_reduction *options);
bool vt_reduction_anomalous(const struct vt_reduction *options);

/* n points at q > 0, ascending; error may be NULL. */
struct vt_pattern {
    int n;
    double *q, *y, *error;
};
void vt_pattern_release(struct vt_pattern *pattern);

/* Room for one pattern and what came of it; tables of the last grid are kept, as patterns of a series share
 * theirs. Begins zeroed; one for each thread. */
struct vt_reducer {
    struct vt_pattern i;                 /* background subtracted and corrected, on all data */
    struct vt_pattern s, f;              /* in the window: from qmin to qmax with both ends */
    struct vt_pattern g;                 /* q is r here */
    double scale;                        /* a: intensity times it is in electrons^2 an atom */
    double qmin, qmax, qmaxinst, degree; /* what was used */

    size_t room[12];
    int n_form, n_table, blocks;        /* grids that the tables are of */
    double *form_q, *f2, *ff, *compton; /* <f^2>, |<f>|^2, Compton on the grid of the data */
    double table_r[2];
    double *table_q, *inner_sin, *inner_cos, *outer_sin, *outer_cos; /* of the transform */
    double *work[2];
};
void vt_reducer_release(struct vt_reducer *reducer);

/* Reduce one pattern; background NULL: none. All of a series with the same options and composition. VT_EINPUT
 * with what does not fit, without the name of a file. The same bits whatever was reduced before. Local. */
enum vt_status vt_reduce(struct vt_reducer *reducer, const struct vt_reduction *options,
                         const struct vt_alloy *alloy, const struct vt_pattern *sample,
                         const struct vt_pattern *background);

#endif
