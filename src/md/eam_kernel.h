/* eam_kernel.h: the two hot loops of EAM, built for several instruction sets from one source. */
#ifndef VT_EAM_KERNEL_H
#define VT_EAM_KERNEL_H

#include <stdint.h>

#include "core/exact.h"
#include "core/material.h"
#include "md/system.h"

/* Pair tables as the loops read them: rows of four coefficients c3 c2 c1 c0 of the cubic between two knots,
 * value = ((c3 p + c2) p + c1) p + c0 with p from 0 to 1. Row k of a table serves k dr <= r < (k + 1) dr; the
 * last row is 0 and serves every pair out of range. Places of tables are in bytes from `row`. */
struct vt_eam_rows {
    int guard; /* the row of zeros, in each table */
    double cutoff2, inverse_dr;
    const double (*row)[4];
    /* [species of i][species of j]: the density that j makes at i and the one that i makes at j; the
     * derivatives of both over r; phi'/r; r phi */
    int32_t rho_of_j[VT_SPECIES_MAX][VT_SPECIES_MAX], rho_of_i[VT_SPECIES_MAX][VT_SPECIES_MAX];
    int32_t pull_of_j[VT_SPECIES_MAX][VT_SPECIES_MAX], pull_of_i[VT_SPECIES_MAX][VT_SPECIES_MAX];
    int32_t pair_pull[VT_SPECIES_MAX][VT_SPECIES_MAX], rphi[VT_SPECIES_MAX][VT_SPECIES_MAX];
    double reach[VT_SPECIES_MAX]
                [VT_SPECIES_MAX]; /* beyond it, no table of the pair holds anything [angstrom] */
    double rho_magic;             /* rounds densities: vt_round */
};

enum {
    VT_EAM_BLOCK = 8,    /* lists of partners are filled up to whole blocks */
    VT_EAM_SPECIES = 16, /* an entry is 16 times the partner's place plus its species */
};

/* Work space of a thread: one number for each partner of one atom. */
struct vt_eam_scratch {
    double *dx, *dy, *dz, *p, *slope;
    int32_t *place[4]; /* rows of up to four tables, in bytes */
};

/* One thread's share of a pass: atoms [begin, end). */
struct vt_eam_job {
    const struct vt_eam_rows *rows;
    const double (*x)[4]; /* owned and ghosts; the fourth lane is F' in the second pass */
    const int32_t *species;
    int begin, end;
    const int64_t *list; /* as in struct vt_pairs */
    const int32_t *partner;
    /* The first pass makes the inner list anew, to these distances squared; NULL: not. */
    const double (*prune2)[VT_SPECIES_MAX];
    int32_t *inner;   /* entries; those of atom i from list[i] + VT_EAM_BLOCK i on, rounded down to a block */
    int32_t *n_inner; /* their number, with those that fill up: a multiple of VT_EAM_BLOCK */
    double *rho;      /* n + 1: added to; [n] takes what ghosts would get */
    double (*f)[4];   /* n + 1: added to */
    enum vt_want want;          /* VT_FORCES or VT_TOTALS */
    struct vt_exact totals[7];  /* added to: pair energy, then the virial in the order of vt_state */
    struct vt_eam_scratch work; /* room for the longest list */
};

/* Quanta of forces, energies and virials: 2^-40 eV/angstrom and eV. Exact sums reach 2^12. */
#define VT_FORCE_MAGIC  VT_MAGIC(0x1p-40)
#define VT_ENERGY_MAGIC VT_MAGIC(0x1p-40)

struct vt_eam_kernel {
    const char *name;
    void (*density)(struct vt_eam_job *job);
    void (*force)(struct vt_eam_job *job);
};

extern const struct vt_eam_kernel vt_eam_kernel_portable;
#ifdef __x86_64__
extern const struct vt_eam_kernel vt_eam_kernel_avx2, vt_eam_kernel_avx512;
#endif

#endif
