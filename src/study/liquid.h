/* liquid.h: enthalpies of liquids at P = 0, and what mixing two of them gives. */
#ifndef VT_LIQUID_H
#define VT_LIQUID_H

#include "study/pool.h"

/* How a liquid is made and measured: K, ps. */
struct vt_liquid_times {
    double melt_temperature, melt; /* from random places at this temperature for this time, */
    double temperature, settle;    /* then at this one, not looked at at first, */
    double average;                /* then averaged */
    int64_t seed;
};

/* Molten at 3000 K and measured at 2000 K: the error of an enthalpy of mixing is about 0.3 kJ/mol then. */
extern const struct vt_liquid_times vt_liquid_defaults;

struct vt_liquid {
    const char *composition;     /* at.%, as in a protocol: "Cu: 50, Zr: 50" */
    int64_t atoms;               /* 0: vt_liquid_atoms */
    const struct vt_eam *tables; /* may hold more elements */
    /* Filled, the same on every rank. */
    enum vt_status status;
    struct vt_liquid_found {
        double enthalpy, enthalpy_error; /* U + K + P V, eV/atom */
        double volume, volume_error;     /* angstrom^3/atom */
    } found;                             /* NaN after a failure */
};

/* Atoms, a multiple of 100, at least 500, with which the cell at the density of the elements' lattices is 2.2
 * cut-offs wide, so that it stays wider than 2. A liquid at P = 0 is less dense. Local. */
enum vt_status vt_liquid_atoms(const struct vt_eam *tables, const char *composition, int64_t *atoms);

/* Measure n liquids, each once (vt_pool_run: same cache). A liquid that fails is warned of and has its
 * status; VT_ESTOP if a signal came. Collective over comm. */
enum vt_status vt_liquids_measure(MPI_Comm comm, const char *cache, const struct vt_liquid_times *times,
                                  int n, struct vt_liquid *liquids);

/* Equal parts of two elements, and each alone. */
struct vt_mixture {
    const char *a, *b;
    const struct vt_eam *tables;
    /* Filled, the same on every rank. */
    enum vt_status status; /* the worst of the three liquids */
    struct vt_liquid_found mixed, pure[2];
    double enthalpy, error; /* H(ab) - (H(a) + H(b)) / 2, kJ/mol of atoms; NaN after a failure */
};

/* The same for n mixtures. An element alone does not depend on what its tables hold besides, so it is run
 * once for all mixtures, and again only if its own functions change. Collective over comm. */
enum vt_status vt_mixtures_measure(MPI_Comm comm, const char *cache, const struct vt_liquid_times *times,
                                   int n, struct vt_mixture *mixtures);

#endif
