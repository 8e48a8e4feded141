/* findings.h: what a potential was found to give, beside what it should give, and the verdict.
 *
 * How far off each property may be, and why, stands in one table (findings.c). */
#ifndef VT_FINDINGS_H
#define VT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

/* What a potential is used for. */
enum vt_use { VT_STRUCTURE, VT_THERMODYNAMICS, VT_MECHANICS, VT_RUNNING, VT_USES };

enum vt_verdict { VT_MEETS, VT_NEAR, VT_MISSES, VT_NO_REFERENCE, VT_NOT_COMPUTED };

enum vt_property {
    /* elements */
    VT_P_LOWEST,
    VT_P_A,
    VT_P_C,
    VT_P_COHESIVE,
    VT_P_BULK,
    VT_P_C11,
    VT_P_C12,
    VT_P_C13,
    VT_P_C33,
    VT_P_C44,
    VT_P_SHEAR,
    VT_P_STABLE,
    VT_P_VACANCY,
    VT_P_ABOVE,
    VT_P_EOS,
    VT_P_EXPANSION,
    VT_P_MELTING,
    /* pairs */
    VT_P_MIXING,
    VT_P_VOLUME,
    VT_P_COMPOUND_BULK,
    VT_P_FORMATION,
    VT_P_COMPOUND_STABLE,
    /* alloys */
    VT_P_LIQUID,
    VT_P_SEPARATION,
    VT_P_DENSITY,
    VT_P_PEAK,
    VT_P_CRYSTAL,
    VT_P_ICOSAHEDRA,
    VT_P_TG,
    VT_P_GLASS_BULK,
    VT_P_GLASS_SHEAR,
    /* tables */
    VT_P_KINK_F,
    VT_P_KINK_RHO,
    VT_P_KINK_PHI,
    VT_P_STEP_PHI,
    VT_P_CUT_PHI,
    VT_P_STEP_RHO,
    VT_P_CUT_RHO,
    VT_P_REPULSION,
    VT_P_CORE,
    VT_P_RANGE,
    VT_P_KNOTS,
    VT_PROPERTIES,
};

struct vt_property_row {
    const char *name, *unit; /* "" for yes and no */
    int decimals;
    enum vt_use use;
    bool decides;   /* the verdict on the use; else it is only shown */
    double allowed; /* off the reference value; for a range, how far outside is near */
    bool percent;   /* of the reference; else in the unit */
    const char *reason;
};
extern const struct vt_property_row vt_property_rows[VT_PROPERTIES];
extern const char *const vt_use_names[VT_USES], *const vt_verdict_names[];

/* Why a finding has no value. */
enum vt_lack {
    VT_LEFT_OUT,      /* it was not asked for: the verdict says nothing of it, and says so */
    VT_NOTHING_KNOWN, /* nothing is known to compare it with: no matter */
    VT_NOT_THERE,     /* it was sought: as bad as a value that misses */
};

struct vt_finding {
    enum vt_property property;
    char subject[64];  /* "Zr", "Cu-Zr", "Cu46Zr46Al8", "tables" */
    char what[64];     /* what exactly: "CuZr B2", "fcc", "Cu-Zr"; "" if there is but one */
    double value;      /* in the unit of the row; NAN: not computed, and then source says why */
    double error;      /* standard error, NAN if there is none */
    double low, high;  /* what is right: equal for one value; an open end is infinite; NAN: not known */
    enum vt_lack lack; /* of a value that is NAN */
    char source[256];
    /* Set by vt_findings_add: */
    double deviation; /* from low .. high, in % or in the unit; 0 inside */
    enum vt_verdict verdict;
};

struct vt_findings {
    int n;
    size_t capacity;
    struct vt_finding *item;
};

/* Judge and append. */
enum vt_status vt_findings_add(struct vt_findings *f, const struct vt_finding *finding);
void vt_findings_release(struct vt_findings *f);

/* What a property is called by itself, in a list: "bulk modulus of compounds", "first peak" */
void vt_property_title(enum vt_property property, char *text, size_t size);
/* "bulk modulus of CuZr B2", "first peak Cu-Zr"; as by itself if it is not said of what */
void vt_finding_title(const struct vt_finding *f, char *text, size_t size);

/* Has it this verdict and a word in that on this use? What was sought and is not there misses. */
bool vt_finding_decides(const struct vt_finding *f, enum vt_use use, enum vt_verdict verdict);
/* The verdict on a use: the worst of the findings that decide; VT_NO_REFERENCE if nothing was judged. */
enum vt_verdict vt_findings_verdict(const struct vt_findings *f, enum vt_use use);

#endif
