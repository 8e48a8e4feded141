/* eam_kernel.h: the hot loops of EAM, built for several instruction sets from one source. */
#ifndef VT_EAM_KERNEL_H
#define VT_EAM_KERNEL_H

#include <stdint.h>

#include "core/exact.h"
#include "core/material.h"
#include "md/eam_rows.h"
#include "md/system.h"

enum {
    VT_EAM_BLOCK = 8,    /* partners of one atom that go through the loops together */
    VT_EAM_SPECIES = 16, /* an entry is 16 times an atom's place plus its species */
};

/* Inner lists, in blocks: VT_EAM_BLOCK entries of partners and one of the atom they belong to. The last
 * block of an atom is filled up with the atom itself: a pair at distance 0 is out of range. */
struct vt_eam_blocks {
    uint32_t (*partner)[VT_EAM_BLOCK];
    uint32_t *owner;
};

/* A piece of work on a range of atoms or blocks. */
struct vt_eam_job {
    const struct vt_eam_rows *rows;
    const double (*x)[4]; /* owned, ghosts; the fourth lane is F' in the pass over forces */
    const int32_t *species;
    struct vt_eam_blocks blocks;
    double *rho;               /* added to; rows as in x */
    double (*f)[4];            /* added to; rows as in x */
    struct vt_exact totals[7]; /* added to: pair energy, then the virial in the order of vt_state */
};

/* How inner lists are picked from the outer one. */
struct vt_eam_pick {
    const int64_t *list; /* as in struct vt_pairs */
    const int32_t *partner;
    const double (*near2)[VT_SPECIES_MAX]; /* pairs nearer than this (squared) may give densities; */
    const double (*far2)[VT_SPECIES_MAX];  /* those nearer than this still have a phi */
    uint32_t *near, *far;                  /* room for the longest list, each, and a block */
};

/* Quanta of forces, energies and virials: 2^-40 eV/angstrom and eV. Exact sums reach 2^12. */
#define VT_FORCE_MAGIC  VT_MAGIC(0x1p-40)
#define VT_ENERGY_MAGIC VT_MAGIC(0x1p-40)

struct vt_eam_kernel {
    const char *name;
    /* The loops over blocks [begin, end). Densities and both kinds of forces: of pairs that give densities,
     * and of those too far apart for that. */
    void (*density)(const struct vt_eam_job *job, int64_t begin, int64_t end);
    void (*near_forces)(struct vt_eam_job *job, enum vt_want want, int64_t begin, int64_t end);
    void (*far_forces)(struct vt_eam_job *job, enum vt_want want, int64_t begin, int64_t end);
    /* Sort the partners of atom i: first those near, then those that are only not far. Returns the numbers.
     */
    void (*pick)(const struct vt_eam_job *job, const struct vt_eam_pick *pick, int i, int *n_near,
                 int *n_far);
};

extern const struct vt_eam_kernel vt_eam_kernel_portable;
#ifdef __x86_64__
extern const struct vt_eam_kernel vt_eam_kernel_avx2, vt_eam_kernel_avx512;
#endif

#endif
