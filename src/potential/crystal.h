/* crystal.h: a perfect crystal: energy, its gradients, relaxation and elastic constants by direct lattice
 * sums.
 *
 * A second way to the energies that the engine gives, for cells of a few atoms. */
#ifndef VT_CRYSTAL_H
#define VT_CRYSTAL_H

#include <stdbool.h>

#include "core/eam.h"

enum {
    VT_CRYSTAL_ATOMS = 12,
    VT_CRYSTAL_FREEDOM = 6 + 3 * VT_CRYSTAL_ATOMS, /* strains xx yy zz yz xz xy, then positions */
};

/* The cubics between the knots of tables, ready for evaluation. */
struct vt_eam_curves {
    const struct vt_eam *tables; /* not owned */
    double (*row)[4];            /* F of each species, rho [a][b], r phi [a][b] */
};
enum vt_status vt_eam_curves_init(struct vt_eam_curves *c, const struct vt_eam *tables);
void vt_eam_curves_release(struct vt_eam_curves *c);
/* F_a, linear beyond the end of its table; the density that `from` gives to `to`; phi_ab. Slopes too. */
double vt_eam_curves_f(const struct vt_eam_curves *c, int a, double rho, double *slope);
double vt_eam_curves_rho(const struct vt_eam_curves *c, int from, int to, double r, double *slope);
double vt_eam_curves_phi(const struct vt_eam_curves *c, int a, int b, double r, double *slope);

struct vt_crystal {
    int n; /* atoms of the cell */
    int species[VT_CRYSTAL_ATOMS];
    double h[3][3];                /* rows: edges of the cell [angstrom] */
    double x[VT_CRYSTAL_ATOMS][3]; /* [angstrom] */
};

/* What relaxation may change. */
enum vt_crystal_freedom {
    VT_CRYSTAL_NOTHING,
    VT_CRYSTAL_VOLUME,    /* all lengths alike */
    VT_CRYSTAL_POSITIONS, /* in the cell as it is */
    VT_CRYSTAL_ALL,       /* cell and positions */
};

/* Energy [eV] of the cell, strained and with atoms moved: x' = (x + u)(1 + strain).
 *
 * q  strain xx yy zz, then 2 yz, 2 xz, 2 xy; then u of each atom [angstrom]; NULL: as it is
 * g  (NULL: not wanted) the derivatives by all of q */
double vt_crystal_energy(const struct vt_crystal *c, const struct vt_eam_curves *curves, const double *q,
                         double *g);

/* To a point where nothing pulls, by Newton's method: the minimum next to the crystal among those of its
 * symmetry. Fails with VT_EPHYSICS if there is none near (lengths off by more than a third). Local. */
enum vt_status vt_crystal_relax(struct vt_crystal *c, const struct vt_eam_curves *curves,
                                enum vt_crystal_freedom freedom);

/* Elastic constants C[6][6] [eV/angstrom^3] of a relaxed crystal in Voigt's order xx yy zz yz xz xy, atoms
 * free to follow the strain. *stable: no strain and no motion of the atoms against each other lowers the
 * energy. Local. */
enum vt_status vt_crystal_elastic(const struct vt_crystal *c, const struct vt_eam_curves *curves,
                                  double C[6][6], bool *stable);

double vt_crystal_volume(const struct vt_crystal *c);
/* All lengths times this. */
struct vt_crystal vt_crystal_stretched(const struct vt_crystal *c, double factor);
/* Densities at the atoms. */
void vt_crystal_densities(const struct vt_crystal *c, const struct vt_eam_curves *curves,
                          double rho[VT_CRYSTAL_ATOMS]);

#endif
