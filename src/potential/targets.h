/* targets.h: what a potential should give: measured and computed properties of elements and pairs, each with
 * a tolerance and a source, read from a YAML file. */
#ifndef VT_TARGETS_H
#define VT_TARGETS_H

#include "core/alloy.h"
#include "core/params.h"
#include "core/yaml.h"
#include "potential/prototypes.h"

/* What a target is about. */
enum vt_target_kind {
    VT_TARGET_A, /* lattice constants, angstrom */
    VT_TARGET_C,
    VT_TARGET_COHESIVE, /* energy of free atoms over that of the crystal, eV an atom */
    VT_TARGET_BULK,     /* eV/angstrom^3, as all moduli */
    VT_TARGET_C11,
    VT_TARGET_C12,
    VT_TARGET_C13,
    VT_TARGET_C33,
    VT_TARGET_C44,
    VT_TARGET_VACANCY,   /* eV */
    VT_TARGET_ABOVE,     /* energy of another structure over the stable one, eV an atom */
    VT_TARGET_EOS,       /* departure of the energy from Rose's curve at volumes 0.7 to 1.45, eV an atom */
    VT_TARGET_CURVATURE, /* rho^2 F'' in the crystal, eV: a choice between properties, as STRETCH */
    VT_TARGET_VOLUME,    /* of a compound, angstrom^3 an atom */
    VT_TARGET_MIXING,    /* enthalpy of the liquid at equal parts, eV an atom */
    VT_TARGET_STRETCH,   /* of a pair's function: a choice between properties, not one of them */
    /* Of these nothing is fitted, but for first peaks with a tolerance: they are what a potential is compared
     * with. */
    VT_TARGET_FORMATION, /* energy of a compound over that of its elements, eV an atom */
    VT_TARGET_EXPANSION, /* linear, of an element at 300 K, 1/K */
    VT_TARGET_MELTING,   /* K */
    VT_TARGET_DENSITY,   /* of a glass at 300 K, u/angstrom^3 */
    VT_TARGET_SHEAR,
    VT_TARGET_TG,   /* K, at the rate of the source */
    VT_TARGET_PEAK, /* first one of g(r) of a pair in the glass, angstrom */
    VT_TARGET_KINDS,
};

struct vt_target {
    enum vt_target_kind kind;
    double value, tolerance;   /* internal units; tolerance as a standard error, NAN if not given */
    double low, high;          /* what is right: both are the value, or a range, whose middle the value is; an
                                  open end is infinite, and then the value is the other end */
    char structure[8];         /* ABOVE: which; compounds: which */
    char compound[16];         /* such as Zr2Cu; elements: empty; PEAK: the pair, such as Cu-Zr */
    struct vt_lattice lattice; /* of a compound, or of an element: to begin from */
    double temperature;        /* MIXING: K */
    char source[256];
    bool fit; /* a target of the fit, or shown only */
};

/* An element, a pair or an alloy with its targets. */
struct vt_target_set {
    char symbol[2][4]; /* the second empty for an element; both for an alloy */
    struct vt_alloy alloy;
    char structure[8]; /* of the stable crystal of an element */
    char remark[256];
    double r_s, r_c;      /* f and phi are switched off between the two [angstrom] */
    double density_scale; /* of an element in alloys (md/zhou_parameters.h) */
    int n;
    struct vt_target *target;
    const struct vt_yaml *at;
};

struct vt_targets {
    struct vt_yaml *root;
    int n_elements, n_pairs, n_alloys;
    struct vt_target_set *element, *pair, *alloy;
};

/* The word in the file and the unit that people use. */
extern const struct vt_target_name {
    const char *name, *unit, *what;
    enum vt_of { VT_OF_ELEMENT = 1, VT_OF_PAIR = 2, VT_OF_ALLOY = 4 } of;
} vt_target_names[VT_TARGET_KINDS];

/* The keys of an element, pair or alloy, and those of a target; where the unit is NULL it is the property's.
 */
extern const struct vt_param vt_target_set_params[], vt_target_params[];

/* From a file, or the built-in ones where path is NULL. VT_EINPUT "FILE:LINE: ...". Local. */
enum vt_status vt_targets_read(const char *path, struct vt_targets *targets);
void vt_targets_release(struct vt_targets *targets);
/* NULL if it has no targets. b may be NULL. */
const struct vt_target_set *vt_targets_find(const struct vt_targets *targets, const char *a, const char *b);
const struct vt_target_set *vt_targets_find_alloy(const struct vt_targets *targets,
                                                  const struct vt_alloy *alloy);
/* That of the first peak of a-b in an alloy (NULL: none is given), whichever of the two it names first. */
const struct vt_target *vt_peak_target(const struct vt_target_set *alloy, const char *a, const char *b);

#endif
