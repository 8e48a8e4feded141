/* properties.h: what a potential gives for the targets that crystals answer. */
#ifndef VT_PROPERTIES_H
#define VT_PROPERTIES_H

#include "potential/targets.h"

/* A crystal relaxed to rest. */
struct vt_rest {
    bool found, stable;
    struct vt_crystal crystal;
    struct vt_lattice lattice;
    double energy, volume; /* an atom's: eV, angstrom^3 */
    double C[6][6];        /* eV/angstrom^3; 0 unless asked for */
    double bulk, shear;    /* Voigt-Reuss-Hill means */
};

/* The structure next to a lattice; found = false (and VT_OK) if there is none. Local. */
enum vt_status vt_rest_find(const struct vt_prototype *p, const struct vt_lattice *start,
                            const int species[2], const struct vt_eam_curves *curves, bool elastic,
                            struct vt_rest *rest);

/* Elastic constants, bulk and shear modulus into a crystal at rest. Local. */
enum vt_status vt_rest_elastic(struct vt_rest *rest, const struct vt_eam_curves *curves);

/* Points of the equation of state that VT_TARGET_EOS compares with Rose's curve. */
enum { VT_EOS_POINTS = 7 };

/* What the potential gives for each target of an element (species: its place in the tables). A target that it
 * cannot answer (no such crystal) gets NAN. value: one for each target; eos: departures of an atom's energy
 * [eV], NULL if not wanted. Local. */
enum vt_status vt_element_properties(const struct vt_target_set *set, const struct vt_eam_curves *curves,
                                     int species, double *value, double eos[VT_EOS_POINTS]);

/* The same for the compounds of a pair; targets of liquids get NAN. Local. */
enum vt_status vt_compound_properties(const struct vt_target_set *set, const struct vt_eam_curves *curves,
                                      const int species[2], double *value);

#endif
