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
    double bulk, shear;    /* under pressure (Reuss); of many grains (Voigt-Reuss-Hill) */
};

/* The structure next to a lattice; found = false (and VT_OK) if there is none. Local. */
enum vt_status vt_rest_find(const struct vt_prototype *p, const struct vt_lattice *start,
                            const int species[2], const struct vt_eam_curves *curves, bool elastic,
                            struct vt_rest *rest);

/* Elastic constants, bulk and shear modulus into a crystal at rest. Local. */
enum vt_status vt_rest_elastic(struct vt_rest *rest, const struct vt_eam_curves *curves);

/* A lattice of fcc, hcp or bcc with so much volume an atom [angstrom^3], hcp with the ideal c/a. */
struct vt_lattice vt_lattice_of_volume(const char *structure, double volume);

/* Bulk modulus under pressure (Reuss) and shear modulus of many grains (Voigt-Reuss-Hill) from elastic
 * constants; 0 if these have no inverse. */
void vt_elastic_means(const double C[6][6], double *bulk, double *shear);

/* Volume an atom [angstrom^3] of the lattice constants that are an element's targets; NAN without. */
double vt_target_volume(const struct vt_target_set *set);

/* Rose's curve [eV an atom] at this share of V_0. */
double vt_rose(double share, double E_c, double B, double V_0);

/* Points of the equation of state that VT_TARGET_EOS compares with Rose's curve. */
enum { VT_EOS_POINTS = 7 };
/* Departures of an atom's energy [eV] from the curve of an element's targets; NAN without these. */
void vt_rest_eos(const struct vt_target_set *set, const struct vt_rest *stable,
                 const struct vt_eam_curves *curves, double eos[VT_EOS_POINTS]);

/* What the potential gives for each target of an element (species: its place in the tables). A target that it
 * cannot answer (no such crystal) gets NAN. value: one for each target; eos: departures of an atom's energy
 * [eV], NULL if not wanted. Local. */
enum vt_status vt_element_properties(const struct vt_target_set *set, const struct vt_eam_curves *curves,
                                     int species, double *value, double eos[VT_EOS_POINTS]);

/* The crystal of a target that names a compound of this pair, at rest, with elastic constants. t->structure
 * is not "". Local. */
enum vt_status vt_compound_rest(const struct vt_target_set *set, const struct vt_target *t,
                                const struct vt_eam_curves *curves, const int species[2],
                                struct vt_rest *rest);

/* The same for the compounds of a pair; targets of liquids get NAN. Local. */
enum vt_status vt_compound_properties(const struct vt_target_set *set, const struct vt_eam_curves *curves,
                                      const int species[2], double *value);

#endif
