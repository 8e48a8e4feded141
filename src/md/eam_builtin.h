/* eam_builtin.h: EAM tables made at run time from the analytic form of Zhou, Johnson and Wadley. */
#ifndef VT_EAM_BUILTIN_H
#define VT_EAM_BUILTIN_H

#include "core/eam.h"

struct vt_zhou_element;
struct vt_zhou_pair;

/* Where a potential in an input comes from: "builtin:NAME" or the path of a setfl or eam.fs file; NAME alone
 * is taken for the built-in one where no file is called so. *e is filled and sealed. Local: one rank loads,
 * then vt_eam_broadcast. */
enum vt_status vt_eam_load(const char *source, struct vt_eam *e);
/* NAME if it would be taken for a built-in one, else NULL; points into source. Local. */
const char *vt_eam_builtin_name(const char *source);

/* A named alloy (CuZrAlHfCo, ZrTiCuNiBe) or a list of elements as below. Local. */
enum vt_status vt_eam_builtin(const char *name, struct vt_eam *e);

/* "Cu,Zr" or "Cu, Zr, Al": any of the elements with a row. Local. */
enum vt_status vt_eam_builtin_elements(const char *list, struct vt_eam *e);

/* The functions that the tables sample, for tests and for fits.
 *
 * density    of a at r, with the switch; densities are scaled so that rho_e is VT_ZHOU_RHO_E, times the
 *            row's own scale
 * rphi       r phi_ab(r) [eV angstrom], with repulsion and switch; symmetric in a and b; pair counts if these
 *            are two
 * rule       what a pair without a row is taken to have
 * minimum    where phi_aa has it [angstrom]
 * embedding  F_a(rho) [eV], rho >= 0 */
#define VT_ZHOU_RHO_E 25.0
const struct vt_zhou_element *vt_zhou_find(const char *symbol); /* NULL if there is no row */
const struct vt_zhou_pair *vt_zhou_find_pair(const struct vt_zhou_pair *pairs, int n, const char *a,
                                             const char *b); /* NULL if there is none */
double vt_zhou_density(const struct vt_zhou_element *a, double r);
double vt_zhou_rphi(const struct vt_zhou_element *a, const struct vt_zhou_element *b,
                    const struct vt_zhou_pair *pair, double r);
double vt_zhou_minimum(const struct vt_zhou_element *a);
struct vt_zhou_pair vt_zhou_rule(const struct vt_zhou_element *a, const struct vt_zhou_element *b);
double vt_zhou_embedding(const struct vt_zhou_element *a, double rho);
/* Tables of these rows and pairs; without comments and seal. */
enum vt_status vt_zhou_tabulate(const struct vt_zhou_element *const *row, int n,
                                const struct vt_zhou_pair *pairs, int n_pairs, struct vt_eam *e);

#endif
