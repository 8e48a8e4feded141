/* eam.h: embedded-atom tables, as setfl and eam.fs files hold them.
 *
 *     E = sum_i F_i(rho_i) + 1/2 sum_{i != j} phi_ij(r_ij),    rho_i = sum_{j != i} rho_{s(j) s(i)}(r_ij)
 *
 * alloy: the density that an atom gives depends on its own species only (rho_ab = rho_a);
 * Finnis-Sinclair: on both species. Between knots stand the cubics that LAMMPS uses.
 *
 * Reference: Daw & Baskes, PRB 29, 6443 (1984); Finnis & Sinclair, Phil. Mag. A 50, 45 (1984);
 * file formats: LAMMPS manual, pair_style eam. */
#ifndef VT_EAM_H
#define VT_EAM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/material.h"
#include "core/status.h"

struct vt_eam {
    int n_species;
    struct vt_eam_element {
        char symbol[4];
        int z;
        double mass;    /* u */
        double lattice; /* angstrom */
        char structure[8];
    } element[VT_SPECIES_MAX];
    bool finnis_sinclair;
    int n_rho, n_r;
    double d_rho, d_r; /* knots at k d_rho, k d_r; k from 0 */
    double cutoff;     /* angstrom */
    double *f;         /* [species][n_rho] embedding energy, eV */
    double *rho;  /* [a][b][n_r] density that an atom a gives at a place of species b (alloy: the same for all
                     b) */
    double *rphi; /* [a][b][n_r] r phi_ab(r), eV angstrom; symmetric */
    char comment[3][256]; /* first lines of the file: who made it, from what */
    uint64_t checksum;    /* of the numbers above */
};

static inline double *vt_eam_f(const struct vt_eam *e, int a)
{
    return e->f + (int64_t)a * e->n_rho;
}
static inline double *vt_eam_rho(const struct vt_eam *e, int a, int b)
{
    return e->rho + ((int64_t)a * e->n_species + b) * e->n_r;
}
static inline double *vt_eam_rphi(const struct vt_eam *e, int a, int b)
{
    return e->rphi + ((int64_t)a * e->n_species + b) * e->n_r;
}

/* Allocate tables for n_species, n_rho and n_r set beforehand. */
enum vt_status vt_eam_alloc(struct vt_eam *e);
void vt_eam_release(struct vt_eam *e);
/* The tables of the n species wanted, in this order, sealed: the same bits and checksum from whatever larger
 * potential they are cut. Fails with VT_EINPUT that names the first element that e lacks and those it has;
 * *part is empty then. Local. */
enum vt_status vt_eam_subset(const struct vt_eam *e, const char *const *symbols, int n, struct vt_eam *part);
/* Keep only these; leaves e as it was if that fails. Local. */
enum vt_status vt_eam_select(struct vt_eam *e, const char *const *symbols, int n);
/* Put the checksum over sizes, spacings, cut-off, masses and tables. */
void vt_eam_seal(struct vt_eam *e);

/* Rows of the cubics through n knots, row[k][0] p^3 + row[k][1] p^2 + row[k][2] p + row[k][3] between knot k
 * (p = 0) and the next (p = 1): value and slope at both ends, with LAMMPS's slopes: five points inside,
 * one-sided at the ends. row: n - 1 */
void vt_eam_cubics(const double *y, int n, double (*row)[4]);

/* What to look for in tables, see eam_features.c.
 *
 * reach        the last knot that is not 0, for a table with spacing d
 * f_minimum    of F_a; false if its lowest knot is the first or the last
 * phi_minimum  of phi_ab beyond 1 angstrom; false if phi is not negative there, or lowest at an end
 * crystal      density at an atom of the lattice that the tables name for a, and the distance of its nearest
 *              neighbours; NaN unless that is fcc, bcc or hcp
 * one_density  does a give the same density to all? If not, b is the first to which it gives another than to
 *              the first element */
double vt_eam_reach(const double *table, int n, double d);
bool vt_eam_f_minimum(const struct vt_eam *e, int a, double *rho, double *f);
bool vt_eam_phi_minimum(const struct vt_eam *e, int a, int b, double *r, double *phi);
double vt_eam_crystal(const struct vt_eam *e, int a, double *nearest);
bool vt_eam_one_density(const struct vt_eam *e, int a, int *b);

#endif
