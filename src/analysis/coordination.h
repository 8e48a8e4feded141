/* coordination.h: numbers of neighbours and the chemical order they tell.
 *
 * With Z_ab neighbours of species b an atom of species a has on average, Z_a = sum_b Z_ab, concentrations c
 * and <Z> = sum_a c_a Z_a:
 *
 *     alpha_ab = 1 - Z_ab / (c_b Z_a)                       Warren and Cowley
 *     eta_ab   = Z_ab <Z> / (c_b Z_a Z_b) - 1               Cargill and Spaepen
 *
 * Both are 0 if species are dealt at random; alpha < 0 and eta > 0 if a likes to be beside b. An alloy whose
 * large atoms have more neighbours than small ones has alpha != 0 for geometry alone, and alpha_ab !=
 * alpha_ba; eta takes the coordination numbers as given and is the same from both sides.
 *
 * References: Cowley, Phys. Rev. 77, 669 (1950); Warren, X-ray Diffraction (1969), sec. 12.3; Cargill &
 * Spaepen, J. Non-Cryst. Solids 43, 91 (1981). */
#ifndef VT_COORDINATION_H
#define VT_COORDINATION_H

#include "core/dataset.h"
#include "core/material.h"

enum { VT_CENTRES_MAX = VT_SPECIES_MAX + 1 };

/* Labels of centres, "all" and then the species; returns their number. */
int vt_centre_labels(const struct vt_material *material, const char *label[VT_CENTRES_MAX]);
/* Append NAME/LEAF with errors: one value for all atoms, then one a species. of[a] (stride apart) over
 * per[a] (per_stride apart), and for all the ratio of the sums. */
enum vt_status vt_centres_put(struct vt_results *out, const char *path, const char *unit, const char *help,
                              const struct vt_material *material, const double *of, size_t stride,
                              const double *per, size_t per_stride);
/* Append NAME/coordination, partial and, if there are several species, warren_cowley and cargill_spaepen.
 *
 * atoms       (species) centres met
 * neighbours  (species, species) neighbours of each species that all centres of a species have */
enum vt_status vt_coordination_put(const char *name, const struct vt_material *material, const double *atoms,
                                   const double *neighbours, struct vt_results *out);

#endif
