/* glass.h: what the glass of an alloy is like that given tables make: liquid, glass transition, density,
 * moduli, nearest neighbours, and whether it stayed a mixed glass. */
#ifndef VT_GLASS_H
#define VT_GLASS_H

#include <mpi.h>
#include <stdio.h>

#include "analysis/weights.h"
#include "core/eam.h"

/* Temperatures [K], and where the lines are fitted whose crossing is T_g. */
enum {
    VT_GLASS_MELT = 2000,
    VT_GLASS_LIQUID = 1500,
    VT_GLASS_ROOM = 300,
    VT_GLASS_BRANCH_END = 600,     /* of the glass: from 300 K to here */
    VT_GLASS_BRANCH_LIQUID = 1100, /* of the liquid: from here to 1500 K */
};

/* How it is made; vt_glass_defaults has all but the first three. Times in ps. */
struct vt_glass_options {
    const char *composition;     /* at.%, as in a protocol: "{Cu: 50, Zr: 50}" */
    const struct vt_eam *tables; /* may hold more elements */
    const char *cache;           /* folder of the runs: study/pool.h */
    int64_t atoms;
    int replicas;          /* with the seeds 1, 2, ... */
    double rate;           /* of cooling from 1500 to 300 K [K/ps]: 10 is 1e13 K/s */
    double melt;           /* at 2000 K */
    double settle, liquid; /* at 1500 K: not looked at, and measured */
    double glass;          /* at 300 K, of which the last four fifths are measured */
    double strained;       /* in each strained cell, the same */
};
extern const struct vt_glass_options vt_glass_defaults;

enum vt_glass_number {
    VT_GLASS_LIQUID_DENSITY,        /* g/cm^3, at 1500 K */
    VT_GLASS_LIQUID_NUMBER_DENSITY, /* 1/angstrom^3, at 1500 K */
    VT_GLASS_DENSITY,               /* g/cm^3, at 300 K, as all that follows */
    VT_GLASS_NUMBER_DENSITY,        /* 1/angstrom^3 */
    VT_GLASS_TG_ENTHALPY,           /* K */
    VT_GLASS_TG_VOLUME,             /* K */
    VT_GLASS_BULK,                  /* GPa */
    VT_GLASS_SHEAR,                 /* GPa */
    VT_GLASS_CRYSTALLINE,           /* share of atoms with the neighbours of fcc, hcp or bcc */
    VT_GLASS_ICOSAHEDRA,            /* share of atoms that are centres of icosahedra */
    VT_GLASS_NUMBERS
};
extern const struct vt_glass_name {
    const char *name, *unit, *what;
} vt_glass_names[VT_GLASS_NUMBERS];

/* Mean over the replicas and its standard error. NAN: the value where a replica has none (T_g not between the
 * windows) or a pair has too few atoms; the error of a single replica. */
struct vt_estimate {
    double value, error;
};

struct vt_glass {
    int replicas;
    struct vt_material material; /* of one */
    struct vt_estimate number[VT_GLASS_NUMBERS];
    struct vt_estimate peak[VT_SPECIES_PAIRS_MAX]; /* first maximum of g_ab(r) at 300 K, of all replicas
                                                    together [angstrom] */
    /* Of the liquid at 1500 K, each species against the rest: S_cc(q) / (c (1 - c)) for the longest waves, 1
     * if mixed at random, above 1 and growing where the species separate; of the second half of the time
     * minus the first. NAN in a pure element. */
    struct vt_estimate demixing[VT_SPECIES_MAX], growth[VT_SPECIES_MAX];
};

/* Make the replicas, or take them from the cache, and measure them; the same on every rank. VT_ESTOP if a
 * signal came. Collective over comm. */
enum vt_status vt_glass_measure(MPI_Comm comm, const struct vt_glass_options *options,
                                struct vt_glass *glass);

struct vt_outcome; /* study/pool.h */
/* What n runs tell, all of which went well; of glass the material is known. Local. */
enum vt_status vt_glass_conclude(int n, const struct vt_outcome *runs, struct vt_glass *glass);

/* Everything as text. Local. */
void vt_glass_print(FILE *out, const struct vt_glass_options *options, const struct vt_glass *glass);

#endif
